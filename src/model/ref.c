/* SPDX-License-Identifier: MIT */
/* Paths of ids. Copies are deep: a ref outlives whatever it was made from. */
#include "model/ref.h"

#include <stddef.h>

#include "core/mem.h"
#include "core/text.h"

void ref_cut(struct ref *ref, int depth)
{
	int i;

	for (i = depth; i < REF_LEVELS; i++) {
		mem_free(ref->id[i]);
		ref->id[i] = NULL;
	}
}

void ref_set(struct ref *ref, enum ref_level level, const char *id)
{
	ref_cut(ref, level);
	ref->id[level] = mem_strdup(id);
}

void ref_done(struct ref *ref)
{
	ref_cut(ref, 0);
}

void ref_copy(struct ref *to, const struct ref *from)
{
	struct ref copy = {{NULL}};
	int i;

	for (i = 0; i < REF_LEVELS; i++)
		copy.id[i] = mem_strdup(from->id[i]);
	ref_done(to);
	*to = copy;
}

bool ref_within(const struct ref *inner, const struct ref *outer)
{
	int i;

	for (i = 0; i < REF_LEVELS && outer->id[i]; i++)
		if (!text_same(inner->id[i], outer->id[i]))
			return false;
	return true;
}

int ref_depth(const struct ref *ref)
{
	int i = 0;

	while (i < REF_LEVELS && ref->id[i])
		i++;
	return i;
}

/* A retry may move a step that it took the place of below another job. */
static bool same_step(const struct ref *a, const struct ref *b)
{
	static const enum ref_level named[] = {REF_PROJECT, REF_PIPELINE, REF_RUN, REF_STEP};
	size_t i;

	for (i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (!text_same(a->id[named[i]], b->id[named[i]]))
			return false;
	return true;
}

bool ref_same(const struct ref *a, const struct ref *b)
{
	int depth = ref_depth(a);

	if (depth != ref_depth(b))
		return false;
	return depth == REF_LEVELS ? same_step(a, b) : ref_within(a, b);
}
