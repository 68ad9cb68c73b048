/* SPDX-License-Identifier: MIT */
/*
 * Places in a run. The identifier is what the definition calls a stage or job; where the
 * service leaves it out, the name and the position have to do. Steps have no identifier at
 * all. Ids come first: what is still there under its id has not been replaced, whatever else
 * looks like it.
 */
#include "place.h"

#include <string.h>

#include "core/text.h"

static bool same_job(const struct job *a, const struct job *b)
{
	if (a->identifier && b->identifier)
		return strcmp(a->identifier, b->identifier) == 0;
	return text_same(a->name, b->name) && a->sequence == b->sequence;
}

static bool same_stage(const struct stage *a, const struct stage *b)
{
	if (a->identifier && b->identifier)
		return strcmp(a->identifier, b->identifier) == 0;
	return text_same(a->name, b->name) && a->sequence == b->sequence;
}

bool place_same_step(const struct step *a, const struct step *b)
{
	return a->sequence == b->sequence && text_same(a->name, b->name) &&
	       text_same(a->task, b->task);
}

const struct stage *place_stage(const struct run *old, const struct stage *stage)
{
	size_t i;

	for (i = 0; i < old->n_stages; i++)
		if (stage->id && text_same(old->stages[i].id, stage->id))
			return &old->stages[i];
	for (i = 0; i < old->n_stages; i++)
		if (same_stage(&old->stages[i], stage))
			return &old->stages[i];
	return NULL;
}

static bool has_job(const struct stage *stage, const char *id)
{
	size_t i;

	for (i = 0; i < stage->n_jobs; i++)
		if (text_same(stage->jobs[i].id, id))
			return true;
	return false;
}

const struct job *place_job(const struct stage *old, const struct stage *now, const struct job *job)
{
	size_t i;

	for (i = 0; i < old->n_jobs; i++)
		if (text_same(old->jobs[i].id, job->id))
			return &old->jobs[i];
	for (i = 0; i < old->n_jobs; i++)
		if (same_job(&old->jobs[i], job) && !has_job(now, old->jobs[i].id))
			return &old->jobs[i];
	return NULL;
}

static const struct step *by_id(const struct step *steps, size_t n, const char *id)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (text_same(steps[i].id, id))
			return &steps[i];
	return NULL;
}

const struct step *place_step(const struct step *old, size_t n_old, const struct step *now,
			      size_t n_now, const struct step *step)
{
	const struct step *same = by_id(old, n_old, step->id);
	size_t i;

	for (i = 0; i < n_old && !same; i++)
		if (!old[i].superseded && place_same_step(&old[i], step) && !by_id(now, n_now, old[i].id))
			same = &old[i];
	return same;
}
