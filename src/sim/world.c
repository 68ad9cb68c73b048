/* SPDX-License-Identifier: MIT */
/*
 * Lanes are what keeps a day looking like a day. Pipelines left to chance would run all
 * at once or not at all; the pipelines of a lane take turns instead, so the number of
 * lanes is the number of runs in progress, and a lane that fails every k-th turn keeps
 * about the same number of pipelines red. A gate lane starts its next run so early that
 * it waits before the last gate is passed: somebody always has something to approve. A
 * queue lane puts its next run in the queue before the present one starts.
 *
 * A run is made with its whole future. It is in its pipeline's list from then on, but
 * nobody sees it before its `created` time.
 */
#include "sim/world.h"

#include <string.h>

#include "core/hash.h"
#include "core/mem.h"

#define DAY_MS INT64_C(86400000)

struct lane_state {
	const struct lane *lane;
	uint64_t seed;
	int64_t turn;
	int64_t ready;	    /* when the next turn may begin */
	int64_t gate_end;   /* of the last run, LANE_GATE */
	int64_t last_start; /* LANE_QUEUE */
};

struct world {
	struct scenario *scenario;
	struct pipeline *pipelines;
	int n;
	int *index; /* open addressing over pipeline ids; -1 is free */
	int index_size;
	struct lane_state *lanes;
	int64_t now;
};

/* ---- finding ---- */

static void index_pipelines(struct world *w)
{
	int i;

	for (w->index_size = 16; w->index_size < 2 * w->n; w->index_size *= 2)
		;
	w->index = mem_calloc((size_t)w->index_size, sizeof(int));
	for (i = 0; i < w->index_size; i++)
		w->index[i] = -1;
	for (i = 0; i < w->n; i++) {
		const char *id = w->pipelines[i].info->id;
		uint64_t h = hash_bytes(id, strlen(id));

		while (w->index[h & (uint64_t)(w->index_size - 1)] >= 0)
			h++;
		w->index[h & (uint64_t)(w->index_size - 1)] = i;
	}
}

struct pipeline *world_pipeline(struct world *w, const char *id)
{
	uint64_t h = hash_bytes(id, strlen(id));
	int i;

	for (; (i = w->index[h & (uint64_t)(w->index_size - 1)]) >= 0; h++)
		if (strcmp(w->pipelines[i].info->id, id) == 0)
			return &w->pipelines[i];
	return NULL;
}

int world_count(const struct world *w)
{
	return w->n;
}

struct pipeline *world_pipeline_at(struct world *w, int i)
{
	return &w->pipelines[i];
}

const struct scenario *world_scenario(const struct world *w)
{
	return w->scenario;
}

struct run *pipeline_latest(const struct pipeline *p, int64_t now)
{
	int i;

	for (i = p->n - 1; i >= 0; i--)
		if (p->runs[i]->created <= now)
			return p->runs[i];
	return NULL;
}

struct run *pipeline_run(const struct pipeline *p, const char *id, int64_t now)
{
	int i;

	for (i = p->n - 1; i >= 0; i--)
		if (p->runs[i]->created <= now && strcmp(p->runs[i]->id, id) == 0)
			return p->runs[i];
	return NULL;
}

/* ---- runs ---- */

static const struct plan *last_plan(const struct run *r)
{
	return &r->plans[r->nplans - 1];
}

int run_attempt(const struct run *r, int64_t now)
{
	int i = r->nplans - 1;

	while (i > 0 && r->plans[i].from > now)
		i--;
	return i + 1;
}

const struct plan *run_plan(const struct run *r, int64_t now)
{
	return &r->plans[run_attempt(r, now) - 1];
}

const char *run_word(const struct run *r, int64_t now, enum sim_gate gate_as)
{
	const struct plan *p = run_plan(r, now);

	if (p->told)
		return p->told;
	if (now < r->start)
		return plan_word(SIM_QUEUED);
	if (now >= p->end)
		return plan_word(p->outcome);
	return plan_waits(p, now) ? plan_gate_word(gate_as) : plan_word(SIM_RUNNING);
}

bool run_final(const struct run *r, int64_t now)
{
	return now >= run_plan(r, now)->end;
}

int64_t run_end(const struct run *r, int64_t now)
{
	const struct plan *p = run_plan(r, now);

	return now >= p->end ? p->end : 0;
}

static struct plan_step *find_step(struct plan *p, const char *job_id, const char *step_id)
{
	int i, j, k;

	for (i = 0; i < p->n; i++)
		for (j = 0; j < p->stages[i].n; j++) {
			struct plan_job *job = &p->stages[i].jobs[j];

			if (job_id && strcmp(job->id, job_id))
				continue;
			for (k = 0; k < job->n; k++)
				if (strcmp(job->steps[k].id, step_id) == 0)
					return &job->steps[k];
		}
	return NULL;
}

struct plan_step *run_step(struct run *r, const char *job_id, const char *step_id, int64_t now)
{
	struct plan_step *s = NULL;
	int i;

	for (i = run_attempt(r, now) - 1; i >= 0 && !s; i--)
		s = find_step(&r->plans[i], job_id, step_id);
	return s;
}

struct plan_step *world_step(struct world *w, const char *step_id, int64_t now, struct run **run)
{
	struct plan_step *s;
	int i, k;

	for (i = 0; i < w->n; i++)
		for (k = 0; k < w->pipelines[i].n; k++) {
			if (w->pipelines[i].runs[k]->created > now)
				continue;
			s = run_step(w->pipelines[i].runs[k], NULL, step_id, now);
			if (s) {
				*run = w->pipelines[i].runs[k];
				return s;
			}
		}
	return NULL;
}

static void run_free(struct run *r)
{
	int a, i, j, k;

	for (a = 0; a < r->nplans; a++)
		for (i = 0; i < r->plans[a].n; i++)
			for (j = 0; j < r->plans[a].stages[i].n; j++)
				for (k = 0; k < r->plans[a].stages[i].jobs[j].n; k++)
					logtext_done(&r->plans[a].stages[i].jobs[j].steps[k].log);
	arena_done(&r->arena);
	mem_free(r);
}

static void pipeline_add(struct pipeline *p, struct run *r)
{
	p->runs = mem_grow(p->runs, (size_t)p->n, sizeof(*p->runs));
	p->runs[p->n++] = r;
}

/* Forgets the oldest runs beyond the history; one that lives stays, and so do those after it. */
static void pipeline_forget(struct pipeline *p, int keep, int64_t now)
{
	int drop = 0, i;

	while (p->n - drop > keep + 1 && last_plan(p->runs[drop])->end < now &&
	       p->runs[drop + 1]->created <= now)
		drop++;
	if (p->info->nruns || drop < 8)
		return; /* told runs are all there is; and moving by eights is cheaper */
	for (i = 0; i < drop; i++)
		run_free(p->runs[i]);
	p->n -= drop;
	memmove(p->runs, p->runs + drop, (size_t)p->n * sizeof(*p->runs));
}

static struct run *run_begin(struct world *w, struct pipeline *p, int number)
{
	struct run *r = mem_zalloc(sizeof(*r));

	r->pipeline = p;
	r->number = number;
	r->seed = rng_mix(rng_mix(w->scenario->seed, hash_bytes(p->info->id, strlen(p->info->id))),
			  (uint64_t)number);
	rng_id(r->seed, r->id);
	return r;
}

/* Who, why and of what: the run's label. */
static void run_label(struct world *w, struct run *r)
{
	static const char *const triggers[] = {"Push",	 "Push", "MR",	 "Push",
					       "Manual", "MR",	 "Push", "Scheduler"};
	const struct scenario *s = w->scenario;
	uint64_t h = rng_mix(r->seed, 3);
	const struct person *who = s->npeople ? &s->people[h % (uint64_t)s->npeople] : NULL;

	r->executor = who ? who->name : "ops";
	snprintf(r->executor_id, sizeof(r->executor_id), "%s", who ? who->id : "");
	r->trigger = triggers[h >> 8 & 7];
	r->branch = s->nbranches ? s->branches[(h >> 16) % (uint64_t)s->nbranches] : "master";
	r->message = s->ncommits ? s->commits[(h >> 24) % (uint64_t)s->ncommits] : "";
	snprintf(r->commit, sizeof(r->commit), "%016llx%016llx%08x",
		 (unsigned long long)rng_mix(h, 1), (unsigned long long)rng_mix(h, 2),
		 (unsigned)rng_mix(h, 3));
	r->context = (struct log_context){r->pipeline->info->repo, r->branch, r->commit, r->number};
}

struct turn { /* what a lane wants of a run */
	int64_t created, start;
	bool fails, refused, retried, cancelled;
};

static bool run_child(void *self, const char *name, int64_t at, struct plan_child *child);

/* Plans the run; a trial does not start other pipelines. */
static void run_make_plans(struct world *w, struct run *r, const struct turn *t, bool trial)
{
	struct plan_order o = {
		.arena = &r->arena,
		.scenario = w->scenario,
		.shape = r->pipeline->info->shape,
		.context = &r->context,
		.seed = r->seed,
		.start = t->start,
		.attempt = 1,
		.fails = t->fails || t->retried,
		.refused = t->refused,
		.run_child = trial ? NULL : run_child,
		.self = w,
	};

	r->created = t->created;
	r->start = t->start;
	plan_make(&o, &r->plans[0]);
	r->nplans = 1;
	if (t->cancelled)
		plan_cancel(&r->plans[0],
			    t->start + (r->plans[0].end - t->start) *
					       rng_between(rng_mix(r->seed, 9), 20, 80) / 100);
	if (!t->retried || r->plans[0].outcome != SIM_FAILED)
		return;
	o.before = &r->plans[0];
	o.start = r->plans[0].end + rng_between(rng_mix(r->seed, 10), 45, 150) * 1000;
	o.attempt = 2;
	o.fails = t->fails;
	plan_make(&o, &r->plans[1]);
	r->nplans = 2;
}

static struct run *run_make(struct world *w, struct pipeline *p, const struct turn *t)
{
	struct run *r = run_begin(w, p, p->next_number++);

	run_label(w, r);
	run_make_plans(w, r, t, false);
	pipeline_add(p, r);
	pipeline_forget(p, w->scenario->history, w->now);
	return r;
}

static bool run_child(void *self, const char *name, int64_t at, struct plan_child *child)
{
	struct world *w = self;
	struct pipeline *p = NULL;
	struct turn t = {.created = at + 500, .start = at + 1500};
	struct run *r;
	int i;

	for (i = 0; i < w->n && !p; i++)
		if (strcmp(w->pipelines[i].info->name, name) == 0 && w->pipelines[i].info->shape)
			p = &w->pipelines[i];
	if (!p)
		return false;
	t.fails = rng_mix(w->scenario->seed, (uint64_t)p->next_number) % 12 == 0;
	r = run_make(w, p, &t);
	*child = (struct plan_child){p->info->id, r->id, last_plan(r)->end + 1000,
				     last_plan(r)->outcome};
	return true;
}

static void add_told(struct world *w, struct pipeline *p, const struct told_run *told)
{
	struct run *r = run_begin(w, p, told->number);

	run_label(w, r);
	if (told->id)
		snprintf(r->id, sizeof(r->id), "%s", told->id);
	if (told->executor)
		r->executor = told->executor;
	if (told->executor_id)
		snprintf(r->executor_id, sizeof(r->executor_id), "%s", told->executor_id);
	if (told->commit)
		snprintf(r->commit, sizeof(r->commit), "%s", told->commit);
	r->trigger = told->trigger;
	r->branch = told->branch;
	r->message = told->message;
	r->context.branch = r->branch;
	r->list_row = told->list_row;
	r->created = r->start = told->start;
	plan_told(&r->arena, told, r->seed, &r->plans[0]);
	r->nplans = 1;
	pipeline_add(p, r);
}

/* ---- lanes ---- */

/* How long until the gate of this turn's run, and the run's length: by planning it once. */
static void lane_try(struct world *w, struct pipeline *p, int64_t *to_gate, int64_t *length)
{
	struct run *r = run_begin(w, p, p->next_number);
	struct turn t = {0};

	run_label(w, r);
	run_make_plans(w, r, &t, true);
	*to_gate = r->plans[0].gate_start == PLAN_NEVER ? 0 : r->plans[0].gate_start;
	*length = r->plans[0].end;
	run_free(r);
}

static struct pipeline *lane_pipeline(struct world *w, const struct lane_state *l)
{
	return &w->pipelines[l->lane->pipelines[l->turn % l->lane->n]];
}

/* When the next turn's run is created and starts. */
static void lane_times(struct world *w, struct lane_state *l, struct turn *t)
{
	uint64_t h = rng_mix(l->seed, (uint64_t)l->turn);
	int64_t gap =
		rng_between(h, (int64_t)l->lane->gap.lo * 1000, (int64_t)l->lane->gap.hi * 1000);
	int64_t to_gate, length;

	t->start = l->ready + gap;
	t->created = t->start;
	switch (l->lane->kind) {
	case LANE_GATE:
		if (!l->gate_end)
			break;
		lane_try(w, lane_pipeline(w, l), &to_gate, &length);
		t->start = t->created = l->gate_end - gap - to_gate;
		break;
	case LANE_QUEUE:
		t->start = l->ready + 1500;
		t->created = l->last_start ? l->last_start - 1000 - gap : t->start;
		break;
	case LANE_DAILY:
		t->start = t->created = l->ready + (l->turn % l->lane->n) * 60000;
		break;
	case LANE_STEADY:
	case LANE_RETRY:
		t->created = t->start - 800;
		break;
	}
}

static bool every(int64_t turn, int period, int phase)
{
	return period > 0 && (turn + phase) % period == 0;
}

static void lane_fate(const struct lane_state *l, struct turn *t)
{
	const struct lane *lane = l->lane;

	t->fails = every(l->turn, lane->fail_every, lane->phase);
	t->cancelled = !t->fails && every(l->turn, lane->cancel_every, lane->phase + 1);
	if (lane->kind == LANE_GATE) {
		t->refused = t->fails;
		t->fails = false;
	}
	t->retried = lane->kind == LANE_RETRY;
}

static void lane_advance(struct lane_state *l, const struct run *r)
{
	const struct plan *p = last_plan(r);

	l->turn++;
	l->last_start = r->start;
	l->gate_end = p->gate_end != PLAN_NEVER ? p->gate_end : p->end;
	if (l->lane->kind != LANE_DAILY)
		l->ready = p->end;
	else if (l->turn % l->lane->n == 0)
		l->ready += DAY_MS;
}

static void lane_turn(struct world *w, struct lane_state *l)
{
	struct turn t = {0};

	lane_times(w, l, &t);
	lane_fate(l, &t);
	lane_advance(l, run_make(w, lane_pipeline(w, l), &t));
}

/* The first moment at which the next turn could matter. */
static int64_t lane_next(const struct lane_state *l)
{
	if (l->lane->kind == LANE_QUEUE)
		return l->last_start - 600000;
	if (l->lane->kind == LANE_GATE)
		return l->gate_end - 3600000; /* no way to a gate is longer than an hour */
	return l->ready;
}

/* Begins so long ago that each pipeline has its history by the scenario's start. */
static void lane_begin(struct world *w, struct lane_state *l, int index)
{
	const struct lane *lane = l->lane;
	int64_t start = w->scenario->start_ms, sum = 0, to_gate, length;
	int i;

	l->seed = rng_mix(w->scenario->seed, (uint64_t)index + 3000);
	if (lane->kind == LANE_DAILY) {
		int64_t midnight = (start + 8 * 3600000) / DAY_MS * DAY_MS - 8 * 3600000;

		l->ready = midnight + lane->at_s * INT64_C(1000) - w->scenario->history * DAY_MS;
		return;
	}
	for (i = 0; i < lane->n; i++) {
		l->turn = i;
		lane_try(w, lane_pipeline(w, l), &to_gate, &length);
		sum += lane->kind == LANE_GATE ? length - to_gate : length;
		sum += (int64_t)(lane->gap.lo + lane->gap.hi) * 500;
		sum += lane->kind == LANE_RETRY ? length / 2 : 0;
	}
	l->turn = 0;
	l->ready = start - sum * w->scenario->history - rng_between(l->seed, 0, 60000);
}

void world_catch_up(struct world *w, int64_t now)
{
	int i;

	if (now < w->now)
		return;
	w->now = now;
	for (i = 0; i < w->scenario->nlanes; i++)
		while (lane_next(&w->lanes[i]) <= now)
			lane_turn(w, &w->lanes[i]);
}

struct world *world_new(struct scenario *scenario)
{
	struct world *w = mem_zalloc(sizeof(*w));
	int i, k;

	w->scenario = scenario;
	w->n = scenario->npipelines;
	w->pipelines = mem_calloc((size_t)w->n + 1, sizeof(*w->pipelines));
	for (i = 0; i < w->n; i++) {
		struct pipeline *p = &w->pipelines[i];

		p->info = &scenario->pipelines[i];
		p->project = &scenario->projects[p->info->project];
		p->next_number = p->info->first_number;
		for (k = 0; k < p->info->nruns; k++)
			add_told(w, p, &p->info->runs[k]);
	}
	index_pipelines(w);
	w->lanes = mem_calloc((size_t)scenario->nlanes + 1, sizeof(*w->lanes));
	for (i = 0; i < scenario->nlanes; i++) {
		w->lanes[i].lane = &scenario->lanes[i];
		lane_begin(w, &w->lanes[i], i);
	}
	world_catch_up(w, scenario->start_ms);
	return w;
}

void world_free(struct world *w)
{
	int i, k;

	if (!w)
		return;
	for (i = 0; i < w->n; i++) {
		for (k = 0; k < w->pipelines[i].n; k++)
			run_free(w->pipelines[i].runs[k]);
		mem_free(w->pipelines[i].runs);
	}
	mem_free(w->pipelines);
	mem_free(w->index);
	mem_free(w->lanes);
	scenario_free(w->scenario);
	mem_free(w);
}
