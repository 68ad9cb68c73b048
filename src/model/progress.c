/* SPDX-License-Identifier: MIT */
/*
 * Two details of a run are walked side by side, and each thing is asked what it went through
 * since. What comes out is sorted by the server's times, but these are only nearly true: a
 * stage may say that it began after its first job, a skipped one says nothing at all. So an
 * event's place in time is never before that of what holds it, a thing's end never before
 * the ends of what it holds, and what has no time stands after what is before it in the
 * tree. Then equal places are left in the order of the walk, in which everything begins before what
 * it holds and ends after it.
 */
#include "model/progress.h"

#include <stdlib.h>

#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "place.h"

/* What stages, jobs, steps and runs have in common here. */
struct thing {
	const char *id;
	enum state state;
	int64_t start_ms, end_ms;
	bool gate; /* to be at work means to wait */
};

struct placed {
	struct progress event;
	int64_t place_ms;
	size_t nth;
	bool noticed; /* at_ms is when it was seen, at the latest then it happened */
};

struct walk {
	const struct run *now;
	bool first; /* nothing was known before */
	bool over;  /* the run is */
	struct placed *events;
	size_t n;
};

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* ---- things ---- */

/* A state that only says that something within waits. */
static enum state own_state(enum state state, bool within)
{
	return state == STATE_WAITING && within ? STATE_RUNNING : state;
}

static bool step_waits(const struct step *steps, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (steps[i].state == STATE_WAITING && !steps[i].superseded)
			return true;
	return false;
}

static struct thing thing_of_step(const struct step *step, bool over)
{
	struct thing thing = {step->id, step->state, step->start_ms, step->end_ms, false};
	enum gate kind = step_gate_kind(step);

	if (step->state == STATE_OTHER && text_empty(step->status))
		thing.state = over ? STATE_SKIPPED : STATE_PENDING;
	thing.gate = kind == GATE_REVIEW || kind == GATE_STAGE || kind == GATE_DELAY;
	return thing;
}

static struct thing thing_of_job(const struct job *job)
{
	bool within = step_waits(job->steps, job->n_steps);

	return (struct thing){job->id, own_state(job->state, within), job->start_ms, job->end_ms, false};
}

static struct thing thing_of_stage(const struct stage *stage)
{
	bool within = step_waits(stage->pre, stage->n_pre) || step_waits(stage->post, stage->n_post);
	size_t i;

	for (i = 0; i < stage->n_jobs; i++)
		within = within || stage->jobs[i].state == STATE_WAITING;
	return (struct thing){stage->id, own_state(stage->state, within), stage->start_ms, stage->end_ms,
			      false};
}

static struct thing thing_of_run(const struct run *run)
{
	bool within = false;
	size_t i;

	for (i = 0; i < run->n_stages; i++)
		within = within || run->stages[i].state == STATE_WAITING;
	return (struct thing){run->id, own_state(run->state, within), run->start_ms, run->end_ms, false};
}

static bool begun(enum state state)
{
	return state != STATE_PENDING && state != STATE_QUEUED && state != STATE_SKIPPED;
}

/* The same thing was over before and is over now: was it under way in between? */
static bool restarted(const struct thing *old, const struct thing *now)
{
	return old->end_ms != WHEN_NONE ? now->start_ms >= old->end_ms && now->start_ms > old->start_ms
					: old->start_ms != WHEN_NONE && now->start_ms > old->start_ms;
}

/* Is this another try than the one that was known? */
static bool is_again(const struct thing *old, const struct thing *now)
{
	if (!old || !begun(old->state) || !begun(now->state))
		return false;
	if (!text_same(old->id, now->id))
		return true;
	return state_terminal(old->state) && (!state_terminal(now->state) || restarted(old, now));
}

/* ---- events ---- */

static void add(struct walk *w, const struct progress *which, enum progress_what what, enum state state,
		int64_t at_ms, int64_t place_ms)
{
	struct placed *placed;

	w->events = mem_grow(w->events, w->n, sizeof(*w->events));
	placed = &w->events[w->n];
	*placed = (struct placed){*which, place_ms, w->n};
	placed->event.what = what;
	placed->event.state = state;
	placed->event.at_ms = at_ms != WHEN_NONE ? at_ms : place_ms;
	w->n++;
}

/* A change that the server gives no time of: it was seen now, unless this is the first look. */
static void add_noticed(struct walk *w, const struct progress *which, enum progress_what what,
			enum state state, int64_t place_ms)
{
	int64_t at_ms = w->first ? place_ms : later(w->now->server_ms, place_ms);

	add(w, which, what, state, at_ms, place_ms);
	w->events[w->n - 1].noticed = !w->first;
}

/* That it came to be under way, or to wait; `place_ms` is where its start stands in time. */
static void tell_start(struct walk *w, const struct progress *which, const struct thing *old,
		       const struct thing *now, int64_t place_ms)
{
	bool again = is_again(old, now), over = state_terminal(now->state);
	enum state was = old && !again ? old->state : STATE_PENDING, state = now->state;
	enum progress_what what = PROGRESS_MOVED;

	if (over && (begun(was) || state == STATE_SKIPPED || now->start_ms == WHEN_NONE))
		return;
	if (over)
		state = now->gate ? STATE_WAITING : STATE_RUNNING;
	if (state == was || state == STATE_PENDING)
		return;
	if (state == STATE_WAITING)
		what = PROGRESS_GATE;
	else if (again)
		what = PROGRESS_AGAIN;
	/* The start is no news: that it goes on is, and that it is queued. */
	if (again && old->start_ms == now->start_ms)
		add_noticed(w, which, what, state, later(place_ms, old->end_ms));
	else if (begun(was) || state == STATE_QUEUED)
		add_noticed(w, which, what, state, place_ms);
	else
		add(w, which, what, state, now->start_ms, place_ms);
}

/* `place_ms`: where its end stands in time. */
static void tell_end(struct walk *w, const struct progress *which, const struct thing *old,
		     const struct thing *now, int64_t place_ms)
{
	bool again = is_again(old, now);

	if (state_terminal(now->state) && (!old || again || old->state != now->state))
		add(w, which, PROGRESS_ENDED, now->state, now->end_ms, place_ms);
}

/* ---- the walk ---- */

/*
 * Each returns where in time the thing ends, or is now. `floor_ms`: not before; `before_ms`: where
 * in time that ends which stands before it.
 */
static int64_t start_place(const struct thing *now, int64_t floor_ms, int64_t before_ms)
{
	return now->start_ms != WHEN_NONE ? later(now->start_ms, floor_ms) : later(before_ms, floor_ms);
}

static int64_t walk_step(struct walk *w, struct progress which, const struct thing *old, int64_t floor_ms,
			 int64_t before_ms, bool skipped)
{
	struct thing now = thing_of_step(which.step, w->over);
	int64_t start_ms = start_place(&now, floor_ms, before_ms), end_ms = later(now.end_ms, start_ms);

	tell_start(w, &which, old, &now, start_ms);
	if (!skipped || now.state != STATE_SKIPPED)
		tell_end(w, &which, old, &now, end_ms);
	return end_ms;
}

/* The steps of a job, or one end of a stage. */
static int64_t walk_steps(struct walk *w, struct progress which, const struct step *old, size_t n_old,
			  const struct step *steps, size_t n, int64_t floor_ms, bool skipped)
{
	int64_t before_ms = floor_ms, last_ms = floor_ms;
	size_t i;

	for (i = 0; i < n; i++) {
		const struct step *was = place_step(old, n_old, steps, n, &steps[i]);
		struct thing before = {0};

		if (steps[i].superseded)
			continue;
		if (was)
			before = thing_of_step(was, false);
		which.step = &steps[i];
		before_ms = walk_step(w, which, was ? &before : NULL, floor_ms, before_ms, skipped);
		last_ms = later(last_ms, before_ms);
	}
	return last_ms;
}

static int64_t walk_job(struct walk *w, struct progress which, const struct job *old, int64_t floor_ms,
			bool skipped)
{
	const struct job *job = which.job;
	struct thing now = thing_of_job(job), was = {0};
	int64_t start_ms = start_place(&now, floor_ms, floor_ms), end_ms;
	bool skip = now.state == STATE_SKIPPED;

	if (old)
		was = thing_of_job(old);
	tell_start(w, &which, old ? &was : NULL, &now, start_ms);
	end_ms = walk_steps(w, which, old ? old->steps : NULL, old ? old->n_steps : 0, job->steps,
			    job->n_steps, start_ms, skipped || skip);
	end_ms = later(end_ms, now.end_ms);
	if (!skipped || !skip)
		tell_end(w, &which, old ? &was : NULL, &now, end_ms);
	return end_ms;
}

static int64_t walk_stage(struct walk *w, struct progress which, const struct stage *old,
			  int64_t floor_ms, int64_t before_ms)
{
	const struct stage *stage = which.stage;
	struct thing now = thing_of_stage(stage), was = {0};
	int64_t start_ms = start_place(&now, floor_ms, before_ms), end_ms, jobs_ms;
	bool skip = now.state == STATE_SKIPPED;
	size_t i;

	if (old)
		was = thing_of_stage(old);
	tell_start(w, &which, old ? &was : NULL, &now, start_ms);
	end_ms = jobs_ms = walk_steps(w, which, old ? old->pre : NULL, old ? old->n_pre : 0, stage->pre,
				      stage->n_pre, start_ms, skip);
	for (i = 0; i < stage->n_jobs; i++) {
		struct progress of_job = {.stage = stage, .job = &stage->jobs[i]};
		const struct job *old_job = old ? place_job(old, stage, of_job.job) : NULL;

		end_ms = later(end_ms, walk_job(w, of_job, old_job, of_job.job->start_ms ? start_ms : jobs_ms,
						skip));
	}
	end_ms = walk_steps(w, which, old ? old->post : NULL, old ? old->n_post : 0, stage->post,
			    stage->n_post, end_ms, skip);
	end_ms = later(end_ms, now.end_ms);
	tell_end(w, &which, old ? &was : NULL, &now, end_ms);
	return end_ms;
}

static void walk_run(struct walk *w, const struct run *old)
{
	const struct run *run = w->now;
	struct progress which = {.what = PROGRESS_MOVED};
	struct thing now = thing_of_run(run), was = {0};
	int64_t start_ms = start_place(&now, 0, 0), before_ms = start_ms, end_ms = start_ms;
	size_t i;

	if (old)
		was = thing_of_run(old);
	tell_start(w, &which, old ? &was : NULL, &now, start_ms);
	for (i = 0; i < run->n_stages; i++) {
		which.stage = &run->stages[i];
		before_ms = walk_stage(w, which, old ? place_stage(old, which.stage) : NULL, start_ms,
				       before_ms);
		end_ms = later(end_ms, before_ms);
	}
	which.stage = NULL;
	tell_end(w, &which, old ? &was : NULL, &now, later(end_ms, now.end_ms));
}

/* What was noticed happened before what comes after it. */
static void mend_times(struct placed *events, size_t n)
{
	size_t i;

	for (i = n; i-- > 1;)
		if (events[i - 1].noticed && events[i].event.at_ms != WHEN_NONE &&
		    events[i].event.at_ms < events[i - 1].event.at_ms)
			events[i - 1].event.at_ms = events[i].event.at_ms;
}

static int compare(const void *left, const void *right)
{
	const struct placed *a = left, *b = right;

	if (a->place_ms != b->place_ms)
		return a->place_ms < b->place_ms ? -1 : 1;
	return a->nth < b->nth ? -1 : 1;
}

size_t progress_between(const struct run *old, const struct run *now, struct progress **events)
{
	struct walk w = {.now = now, .first = !old, .over = state_terminal(now->state)};
	size_t i;

	walk_run(&w, old);
	if (w.n)
		qsort(w.events, w.n, sizeof(*w.events), compare);
	mend_times(w.events, w.n);
	*events = mem_calloc(w.n, sizeof(**events));
	for (i = 0; i < w.n; i++)
		(*events)[i] = w.events[i].event;
	mem_free(w.events);
	return w.n;
}
