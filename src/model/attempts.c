/* SPDX-License-Identifier: MIT */
/*
 * The service tells of the newest attempt only, and nothing says that it is one: a job or
 * step merely has another id than before at the same place. So the places are compared,
 * each time a detail comes: stages and jobs by what the definition calls them, steps by
 * name, task and sequence. Ids decide first: what is still there under its id is no earlier
 * attempt, whatever else moved, so that no id ever stands twice.
 *
 * An old step goes right before the one that took its place. One whose place is empty
 * stays too while its job starts anew, for then the new steps are merely not there yet.
 */
#include "attempts.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "place.h"

static void *new_array(struct attempts *a, size_t n, size_t size)
{
	void *array = mem_calloc(n, size);

	a->arrays = mem_grow(a->arrays, a->n, sizeof(*a->arrays));
	a->arrays[a->n++] = array;
	return array;
}

void attempts_done(struct attempts *a)
{
	while (a->n > 0)
		mem_free(a->arrays[--a->n]);
	mem_free(a->arrays);
	a->arrays = NULL;
}

/* ---- steps ---- */

/* The steps of one place (a job, or one end of a stage) before and now. */
struct place {
	const struct run *old_run;
	const struct step *old;
	size_t n_old;
	const struct step *now;
	size_t n_now;
	const char *old_job; /* its id, where the job has another one now */
	bool *put;	     /* which of the old ones have their place */
};

static const struct step *by_id(const struct step *steps, size_t n, const char *id)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (text_same(steps[i].id, id))
			return &steps[i];
	return NULL;
}

static bool begun(const struct step *step)
{
	return step->superseded || step->start_ms != WHEN_NONE ||
	       (state_terminal(step->state) && step->state != STATE_SKIPPED);
}

/* Is this old step an attempt that the answer no longer tells of, and that has no place yet? */
static bool left_out(const struct place *p, size_t i)
{
	return !p->put[i] && begun(&p->old[i]) && !by_id(p->now, p->n_now, p->old[i].id);
}

/* It was over and is under way again, or has been: by its start, where it has one. */
static bool restarted(const struct step *old, const struct step *now)
{
	if (!begun(old) || !state_terminal(old->state) || old->start_ms == WHEN_NONE)
		return false;
	if (now->start_ms == WHEN_NONE)
		return !state_terminal(state_from_v5(now->status, false));
	return now->start_ms > old->start_ms;
}

static int number(const struct step *step)
{
	return step->attempt > 0 ? step->attempt : 1;
}

/* An old step as an earlier attempt. If nobody saw its end, it was alive when last seen. */
static struct step supersede(const struct place *p, const struct step *old)
{
	struct step step = *old;

	step.attempt = number(old);
	if (!step.job_id)
		step.job_id = (char *)(uintptr_t)p->old_job;
	if (step.superseded)
		return step;
	step.superseded = true;
	if (state_terminal(old->state))
		return step;
	step.status = NULL;
	if (step.end_ms == WHEN_NONE)
		step.end_ms = p->old_run->server_ms > step.start_ms ? p->old_run->server_ms
								    : step.start_ms;
	return step;
}

/* What the same step, by id, was known for. */
static void carry(const struct step *old, struct step *now)
{
	now->attempt = old->attempt;
	if (restarted(old, now))
		now->attempt = number(old) + 1;
	if (now->child_run || !old->child_run ||
	    (now->child_pipeline && !text_same(now->child_pipeline, old->child_pipeline)))
		return;
	now->child_pipeline = old->child_pipeline;
	now->child_run = old->child_run;
	now->child_project = old->child_project;
}

/* The newest of the attempts at indices `at`, as many as may stay; how many. */
static size_t put_earlier(struct attempts *a, const struct place *p, const size_t *at, size_t n,
			  struct step *out)
{
	size_t stay = n < ATTEMPTS_OF_STEP ? n : ATTEMPTS_OF_STEP, i;

	if (stay > a->left)
		stay = a->left;
	a->left -= stay;
	for (i = 0; i < stay; i++)
		out[i] = supersede(p, &p->old[at[n - stay + i]]);
	return stay;
}

/* A step of the answer, with those before it that stood in its place. */
static size_t put_step(struct attempts *a, const struct place *p, const struct step *now,
		       size_t *at, struct step *out)
{
	const struct step *same = by_id(p->old, p->n_old, now->id);
	size_t n = 0, put, i;
	struct step step = *now;
	int last = 0;

	for (i = 0; i < p->n_old; i++) {
		if (!left_out(p, i) || !place_same_step(&p->old[i], now))
			continue;
		at[n++] = i;
		p->put[i] = true;
		last = number(&p->old[i]);
	}
	put = put_earlier(a, p, at, n, out);
	if (same && !same->superseded)
		carry(same, &step);
	if (last && step.attempt <= last)
		step.attempt = last + 1;
	out[put] = step;
	return put + 1;
}

/* Those whose place is empty while their job starts anew. */
static size_t put_heirless(struct attempts *a, const struct place *p, struct step *out)
{
	bool anew = p->old_job || p->n_now == 0;
	size_t n = 0, i;

	for (i = 0; i < p->n_old; i++)
		if (left_out(p, i) && (anew || p->old[i].superseded))
			n += put_earlier(a, p, &i, 1, &out[n]);
	return n;
}

static void join_steps(struct attempts *a, struct place *p, struct step **steps, size_t *n)
{
	struct step *joined;
	size_t *at, i;

	if (p->n_old == 0)
		return;
	joined = new_array(a, p->n_old + p->n_now, sizeof(*joined));
	p->put = new_array(a, p->n_old, sizeof(*p->put));
	at = new_array(a, p->n_old, sizeof(*at));
	*n = 0;
	for (i = 0; i < p->n_now; i++)
		*n += put_step(a, p, &p->now[i], at, joined + *n);
	*n += put_heirless(a, p, joined + *n);
	*steps = joined;
}

/* ---- jobs and stages ---- */

static void join_job(struct attempts *a, const struct run *old_run, const struct job *old,
		     struct job *job)
{
	struct place p = {.old_run = old_run, .old = old->steps, .n_old = old->n_steps,
			  .now = job->steps, .n_now = job->n_steps};

	if (!text_same(old->id, job->id))
		p.old_job = old->id;
	join_steps(a, &p, &job->steps, &job->n_steps);
}

static void join_outer(struct attempts *a, const struct run *old_run, const struct step *old,
		       size_t n_old, struct step **steps, size_t *n)
{
	struct place p = {.old_run = old_run, .old = old, .n_old = n_old, .now = *steps, .n_now = *n};

	join_steps(a, &p, steps, n);
}

static void join_stage(struct attempts *a, const struct run *old_run, const struct stage *old,
		       struct stage *stage)
{
	struct stage now = *stage;
	const struct job *before;
	size_t i;

	join_outer(a, old_run, old->pre, old->n_pre, &stage->pre, &stage->n_pre);
	join_outer(a, old_run, old->post, old->n_post, &stage->post, &stage->n_post);
	if (stage->n_jobs == 0)
		return;
	stage->jobs = new_array(a, stage->n_jobs, sizeof(*stage->jobs));
	memcpy(stage->jobs, now.jobs, now.n_jobs * sizeof(*now.jobs));
	for (i = 0; i < stage->n_jobs; i++) {
		before = place_job(old, &now, &stage->jobs[i]);
		if (before)
			join_job(a, old_run, before, &stage->jobs[i]);
	}
}

void attempts_join(struct attempts *a, struct run *run, const struct run *old)
{
	const struct stage *before;
	size_t i;

	a->left = ATTEMPTS_OF_RUN;
	for (i = 0; i < run->n_stages; i++) {
		before = place_stage(old, &run->stages[i]);
		if (before)
			join_stage(a, old, before, &run->stages[i]);
	}
}
