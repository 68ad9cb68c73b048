/* SPDX-License-Identifier: MIT */
/*
 * The order is total: class, then newest first, then names, numbers and ids. Rows that
 * are equal in all that a person sees still come out in one order, so that nothing
 * flickers when the same data is sorted again.
 */
#include "model/attention.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "model/usual.h"

static bool stuck(const struct entry *entry, int64_t server_now_ms)
{
	int64_t elapsed = model_elapsed(entry->run->start_ms, WHEN_NONE, server_now_ms);

	return usual_stuck(elapsed, entry->usual_ms, entry->mad_ms);
}

enum attention attention_of(const struct entry *entry, int64_t server_now_ms)
{
	if (!entry->run)
		return ATTENTION_REST;
	switch (entry->run->state) {
	case STATE_WAITING:
		return ATTENTION_WAITING;
	case STATE_FAILED:
		return entry->latest ? ATTENTION_FAILING : ATTENTION_REST;
	case STATE_RUNNING:
		return stuck(entry, server_now_ms) ? ATTENTION_STUCK : ATTENTION_RUNNING;
	case STATE_QUEUED:
	case STATE_PENDING:
		return ATTENTION_RUNNING;
	default:
		return ATTENTION_REST;
	}
}

static int64_t start_of(const struct entry *entry)
{
	if (entry->run && entry->run->start_ms != WHEN_NONE)
		return entry->run->start_ms;
	return entry->pipeline->v3_start_ms;
}

static int descending(int64_t a, int64_t b)
{
	return (a < b) - (a > b);
}

static int by_name(const struct entry *a, const struct entry *b)
{
	const struct pipeline *p = a->pipeline, *q = b->pipeline;
	int order = text_compare_natural(text_or_empty(p->project_name), text_or_empty(q->project_name));

	if (order == 0)
		order = text_compare_natural(text_or_empty(p->name), text_or_empty(q->name));
	if (order == 0)
		order = strcmp(text_or_empty(p->project_id), text_or_empty(q->project_id));
	return order ? order : strcmp(text_or_empty(p->id), text_or_empty(q->id));
}

static int by_run(const struct entry *a, const struct entry *b)
{
	int order = descending(a->run ? a->run->number : 0, b->run ? b->run->number : 0);

	return order ? order : strcmp(text_or_empty(a->run ? a->run->id : NULL),
				      text_or_empty(b->run ? b->run->id : NULL));
}

/* What decides nearly always, beside what decides the rest. */
struct key {
	int64_t start_ms;
	enum attention attention;
	struct entry entry;
};

static int compare(const void *left, const void *right)
{
	const struct key *a = left, *b = right;
	int order = (int)a->attention - (int)b->attention;

	if (order == 0)
		order = descending(a->start_ms, b->start_ms);
	if (order == 0)
		order = by_name(&a->entry, &b->entry);
	return order ? order : by_run(&a->entry, &b->entry);
}

void attention_sort(struct entry *entries, size_t n, int64_t server_now_ms)
{
	struct key *keys = mem_calloc(n, sizeof(*keys));
	size_t i;

	for (i = 0; i < n; i++) {
		keys[i].start_ms = start_of(&entries[i]);
		keys[i].attention = attention_of(&entries[i], server_now_ms);
		keys[i].entry = entries[i];
	}
	qsort(keys, n, sizeof(*keys), compare);
	for (i = 0; i < n; i++)
		entries[i] = keys[i].entry;
	mem_free(keys);
}
