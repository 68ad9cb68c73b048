/* SPDX-License-Identifier: MIT */
/*
 * Stages follow each other; the jobs of a stage run side by side; the steps of a job
 * follow each other. A failing step ends its job, its stage fails when the other jobs
 * are through, and later stages never start: they stay INIT for ever, as the service
 * does it (api.md 8.2), unless they always run.
 *
 * Assumptions, because nothing is known: a retry keeps the run's id and all that was
 * well, and gives the failed job and its steps new ids (or the same ones, if the scenario
 * is told so); a gate that is refused fails its step.
 *
 * Everything is drawn from the order's seed and the place in the run, so a plan can be
 * made again with one thing decided otherwise, and all that came before is the same.
 */
#include "sim/plan.h"

#include <stdio.h>
#include <string.h>

struct making {
	const struct plan_order *o;
	struct plan *p;
	int fail_stage, fail_job, fail_step; /* which one, -1: none */
	int slow; /* steps to go until the slow one; -1: it was, or none is */
};

static uint64_t place_in(const struct making *m, int stage, int job, int step, int salt,
			 int attempt)
{
	uint64_t where = (uint64_t)stage * 10000 + (uint64_t)job * 100 + (uint64_t)step;

	return rng_mix(rng_mix(m->o->seed, where), (uint64_t)salt + 1000 * (uint64_t)attempt);
}

static uint64_t place(const struct making *m, int stage, int job, int step, int salt)
{
	return place_in(m, stage, job, step, salt, m->o->attempt);
}

static void place_id(const struct making *m, int stage, int job, int step, int salt,
		     char id[RNG_ID_SIZE])
{
	int attempt = m->o->scenario->retry_same_ids ? 1 : m->o->attempt;

	rng_id(place_in(m, stage, job, step, salt, attempt), id);
}

/*
 * Draws the step that fails, by weight: goes over all steps in order and stops where the
 * weights so far pass `drawn`. Returns their sum when it never stops.
 */
static int64_t pass_weights(struct making *m, int64_t drawn)
{
	const struct shape *s = m->o->shape;
	int64_t sum = 0;
	int i, j, k;

	for (i = 0; i < s->n; i++)
		for (j = 0; j < s->stages[i].n; j++)
			for (k = 0; k < s->stages[i].jobs[j].n; k++) {
				sum += s->stages[i].jobs[j].steps[k]->fails;
				if (sum <= drawn)
					continue;
				m->fail_stage = i;
				m->fail_job = j;
				m->fail_step = k;
				return sum;
			}
	return sum;
}

static void draw_failure(struct making *m)
{
	int64_t total = pass_weights(m, INT64_MAX);

	if (total)
		pass_weights(m, rng_between(rng_mix(m->o->seed, 61), 0, total - 1));
}

/* A person's or a sub-pipeline's time is never the slow one. */
static bool may_be_slow(const struct shape_step *s)
{
	return !s->gate && !s->delay && !s->suspends && !s->sub;
}

static void draw_slow(struct making *m)
{
	const struct shape *s = m->o->shape;
	int i, j, k, n = 0;

	for (i = 0; i < s->n; i++)
		for (j = 0; j < s->stages[i].n; j++)
			for (k = 0; k < s->stages[i].jobs[j].n; k++)
				n += may_be_slow(s->stages[i].jobs[j].steps[k]);
	if (n)
		m->slow = (int)(rng_mix(m->o->seed, 62) % (uint64_t)n);
}

static void make_log(struct making *m, struct plan_step *s, uint64_t h, bool fails)
{
	const struct shape_step *shape = s->shape;
	struct logtext *t = &s->log;
	int64_t ms = s->span.end - s->span.start;

	if (!shape->log)
		return;
	t->form = LOG_TEMPLATE;
	t->seed = rng_mix(h, 8);
	t->start = s->span.start;
	t->end = s->span.end;
	t->fails = fails;
	t->step = s->name;
	t->kind = shape->log;
	t->vocabulary = &m->o->scenario->vocabulary;
	t->context = m->o->context;
	t->lines =
		logtext_count(t, ms * rng_between(h >> 7, shape->rate.lo, shape->rate.hi) / 1000);
}

static void note_gate(struct making *m, const struct plan_span *s)
{
	if (m->p->gate_start != PLAN_NEVER)
		return;
	m->p->gate_start = s->start;
	m->p->gate_end = s->end;
}

static const struct plan_decision *decision_on(const struct making *m, const struct plan_step *s)
{
	int i;

	for (i = m->o->ndecisions - 1; i >= 0; i--)
		if (strcmp(m->o->decisions[i].step_id, s->id) == 0)
			return &m->o->decisions[i];
	return NULL;
}

/*
 * How long a person takes, and what comes of it. A gate with a time-out that rejects is
 * refused by its time-out; one that passes is passed by it if nobody came first.
 */
static void gate_span(const struct making *m, struct plan_step *s, uint64_t h, int64_t at)
{
	const struct shape_step *shape = s->shape;
	const struct plan_decision *d = decision_on(m, s);
	int64_t limit = shape->timeout_s * INT64_C(1000);
	int64_t ms = rng_between(h, (int64_t)shape->seconds.lo * 1000,
				 (int64_t)shape->seconds.hi * 1000);
	bool refused = m->o->refused && !shape->delay && !shape->suspends;

	if (limit && refused && !shape->timeout_passes)
		ms = limit;
	else if (limit && ms >= limit)
		ms = shape->timeout_passes && !refused ? limit : limit * 95 / 100;
	s->span = (struct plan_span){at, at + ms, refused ? SIM_FAILED : SIM_COMPLETED, NULL, true, shape->suspends};
	s->timed_out = limit && ms == limit;
	if (d) {
		s->span.end = d->at > at ? d->at : at;
		s->span.outcome = d->outcome;
		s->timed_out = false;
	}
	if (s->span.outcome == SIM_FAILED)
		s->message = s->timed_out ? "人工审核超时，自动驳回 / timed out: rejected"
					  : "人工审核被拒绝 / the manual review was refused";
}

/* Starts the step's sub-pipeline, or takes the one that the plan before had started. */
static void child_span(const struct making *m, struct plan_step *s, int64_t at)
{
	const struct plan_step *was = m->o->was ? plan_find_step(m->o->was, NULL, s->id) : NULL;
	struct plan_child child;

	if (was && was->sub_run && was->span.start == at) {
		s->span = was->span;
		s->sub_pipeline = was->sub_pipeline;
		s->sub_run = was->sub_run;
	} else if (m->o->run_child && m->o->run_child(m->o->self, s->shape->sub, at, &child)) {
		s->span.end = child.end;
		s->span.outcome = child.outcome;
		s->sub_pipeline = child.pipeline_id;
		/* It may be forgotten first. */
		s->sub_run = arena_strdup(m->o->arena, child.run_id);
	}
	if (s->span.outcome == SIM_FAILED)
		s->message = "the sub-pipeline did not succeed";
}

#define SLOW_TIMES 6

/* The life of a step that starts at `at`; returns its end. */
static int64_t live_step(struct making *m, struct plan_step *s, uint64_t h, int64_t at, bool fails)
{
	const struct shape_step *shape = s->shape;
	int64_t ms = rng_between(h >> 16, (int64_t)shape->seconds.lo * 1000,
				 (int64_t)shape->seconds.hi * 1000);

	if (shape->gate || shape->delay || shape->suspends) {
		gate_span(m, s, h >> 16, at);
		note_gate(m, &s->span);
		return s->span.end;
	}
	if (m->slow >= 0 && may_be_slow(shape) && m->slow-- == 0)
		ms *= SLOW_TIMES;
	s->span.start = at;
	s->span.outcome = fails ? SIM_FAILED : SIM_COMPLETED;
	s->span.end = at + (fails ? ms * rng_between(h >> 32, 40, 95) / 100 : ms) + 1;
	if (fails)
		s->message = "the shell ended with exit code 1";
	if (shape->sub)
		child_span(m, s, at);
	make_log(m, s, h, fails);
	return s->span.end;
}

static void make_job(struct making *m, int stage, int job, const struct shape_job *shape,
		     int64_t at, struct plan_job *j)
{
	bool down = at == PLAN_NEVER;
	int k;

	place_id(m, stage, job, 99, 1, j->id);
	plan_job_identifier(m->o->shape, stage, job, j->identifier);
	j->name = shape->name;
	j->n = shape->n;
	j->steps = arena_array(m->o->arena, (size_t)j->n, sizeof(*j->steps));
	j->span = (struct plan_span){at, at, SIM_COMPLETED, NULL, false, false};
	for (k = 0; k < j->n; k++) {
		struct plan_step *s = &j->steps[k];
		bool fails = m->fail_stage == stage && m->fail_job == job && m->fail_step == k;

		s->shape = shape->steps[k];
		s->name = s->shape->name;
		s->task = s->shape->task;
		s->type = s->shape->type;
		place_id(m, stage, job, k, 2, s->id);
		if (down) {
			plan_never(&s->span);
			continue;
		}
		j->span.end = live_step(m, s, place(m, stage, job, k, 3), j->span.end, fails);
		if (s->span.outcome != SIM_COMPLETED) {
			down = true;
			j->span.outcome = s->span.outcome;
			j->message = s->message;
		}
	}
	if (at == PLAN_NEVER)
		plan_never(&j->span);
}

/* ---- what was chosen ---- */

static bool among(const char *const *list, int n, const char *word)
{
	int i;

	for (i = 0; i < n && strcmp(list[i], word); i++)
		;
	return i < n;
}

static bool job_chosen(const struct making *m, int stage, int job)
{
	const struct plan_choice *choice = &m->o->choice;
	char name[PLAN_IDENTIFIER_SIZE];

	if (choice->nstages || !choice->njobs)
		return true;
	plan_job_identifier(m->o->shape, stage, job, name);
	return among(choice->jobs, choice->njobs, name);
}

/* A stage none of whose jobs was chosen is not chosen either. */
static bool stage_chosen(const struct making *m, int stage)
{
	const struct plan_choice *choice = &m->o->choice;
	char name[PLAN_IDENTIFIER_SIZE];
	int j;

	if (choice->nstages) {
		plan_stage_identifier(stage, name);
		return among(choice->stages, choice->nstages, name);
	}
	for (j = 0; j < m->o->shape->stages[stage].n; j++)
		if (job_chosen(m, stage, j))
			return true;
	return !choice->njobs;
}

/* From the beginning, and it has no times. */
static void unselect(struct plan_span *s)
{
	*s = (struct plan_span){.outcome = SIM_UNSELECTED};
}

static void unselect_job(struct plan_job *j)
{
	int k;

	unselect(&j->span);
	for (k = 0; k < j->n; k++)
		unselect(&j->steps[k].span);
}

static void unselect_stage(struct plan_stage *g)
{
	int j;

	unselect(&g->span);
	unselect(&g->pre.span);
	for (j = 0; j < g->n; j++)
		unselect_job(&g->jobs[j]);
}

/* The step before a stage's jobs: a person, or nobody. */
static int64_t make_pre(struct making *m, int stage, const struct shape_stage *shape, int64_t at,
			struct plan_step *pre)
{
	uint64_t h = place(m, stage, 99, 99, 4);

	place_id(m, stage, 99, 99, 4, pre->id);
	pre->task = shape->manual ? shape->entry.task : "official_devcloud_autoTrigger";
	pre->type = "Gate";
	if (shape->manual)
		pre->shape = &shape->entry;
	if (at == PLAN_NEVER) {
		plan_never(&pre->span);
		return at;
	}
	pre->span = (struct plan_span){at, at + 20, SIM_COMPLETED, NULL, false, false};
	if (shape->manual) {
		gate_span(m, pre, h >> 9, at);
		note_gate(m, &pre->span);
	}
	return pre->span.end;
}

/* The step after them, which nobody waits for. */
static void make_post(struct making *m, int stage, const struct shape_step *shape, int64_t at,
		      struct plan_step *post)
{
	uint64_t h = place(m, stage, 98, 98, 5);

	place_id(m, stage, 98, 98, 5, post->id);
	post->shape = shape;
	post->name = shape->name;
	post->task = shape->task;
	post->type = "Gate";
	plan_never(&post->span);
	if (at == PLAN_NEVER)
		return;
	post->span = (struct plan_span){at, at, SIM_COMPLETED, NULL, false, false};
	post->span.end += rng_between(h, (int64_t)shape->seconds.lo * 1000,
				      (int64_t)shape->seconds.hi * 1000);
}

static const struct plan_stage *stage_before(const struct making *m, int i)
{
	return m->o->before ? &m->o->before->stages[i] : NULL;
}

/* The stage's jobs from `at`, those that were well before as they were; widens the stage's span. */
static void make_jobs(struct making *m, int i, int64_t at, const struct plan_stage *old,
		      struct plan_stage *g)
{
	int j;

	g->n = m->o->shape->stages[i].n;
	g->jobs = arena_array(m->o->arena, (size_t)g->n, sizeof(*g->jobs));
	for (j = 0; j < g->n; j++) {
		struct plan_job *job = &g->jobs[j];

		if (!job_chosen(m, i, j)) {
			make_job(m, i, j, &m->o->shape->stages[i].jobs[j], PLAN_NEVER, job);
			unselect_job(job);
			continue;
		}
		if (old && old->jobs[j].span.outcome == SIM_COMPLETED)
			*job = old->jobs[j];
		else
			make_job(m, i, j, &m->o->shape->stages[i].jobs[j], at, job);
		if (job->span.start == PLAN_NEVER)
			continue;
		if (job->span.end > g->span.end)
			g->span.end = job->span.end;
		if (job->span.outcome != SIM_COMPLETED)
			g->span.outcome = job->span.outcome;
	}
}

/* The step after the jobs is reached when they all were well; it belongs to the stage's span. */
static void end_stage(struct making *m, int i, struct plan_stage *g)
{
	const struct shape_step *post = m->o->shape->stages[i].post;
	bool reached = g->span.end != PLAN_NEVER && g->span.outcome == SIM_COMPLETED;

	if (!post)
		return;
	g->post = arena_alloc(m->o->arena, sizeof(*g->post));
	make_post(m, i, post, reached ? g->span.end : PLAN_NEVER, g->post);
	if (reached)
		g->span.end = g->post->span.end;
}

/* Makes stage i from `at`; returns its end. */
static int64_t make_stage(struct making *m, int i, int64_t at, struct plan_stage *g)
{
	const struct shape_stage *shape = &m->o->shape->stages[i];
	const struct plan_stage *old = stage_before(m, i);
	int64_t jobs_at = at;

	rng_id(rng_mix(m->o->seed, (uint64_t)i + 700), g->id);
	plan_stage_identifier(i, g->identifier);
	g->name = shape->name;
	g->always = shape->always;
	if (old && old->pre.span.outcome == SIM_COMPLETED)
		g->pre = old->pre;
	else
		jobs_at = make_pre(m, i, shape, at, &g->pre);
	if (g->pre.span.outcome == SIM_FAILED)
		jobs_at = PLAN_NEVER;
	g->span.start = old && old->span.start < at ? old->span.start : at;
	g->span.end = at == PLAN_NEVER ? at : g->pre.span.end;
	g->span.outcome = g->pre.span.outcome == SIM_FAILED ? SIM_FAILED : SIM_COMPLETED;
	make_jobs(m, i, jobs_at, old, g);
	end_stage(m, i, g);
	if (at == PLAN_NEVER)
		plan_never(&g->span);
	return g->span.end;
}

void plan_make(const struct plan_order *o, struct plan *p)
{
	struct making m = {o, p, -1, -1, -1, -1};
	int64_t at = o->start;
	bool down = false;
	int i;

	memset(p, 0, sizeof(*p));
	p->from = p->start = o->start;
	p->gate_start = p->gate_end = PLAN_NEVER;
	p->n = o->shape->n;
	p->stages = arena_array(o->arena, (size_t)p->n, sizeof(*p->stages));
	p->outcome = SIM_COMPLETED;
	p->fails = o->fails;
	p->refused = o->refused;
	p->slow = o->slow;
	if (o->fails)
		draw_failure(&m);
	if (o->slow)
		draw_slow(&m);
	for (i = 0; i < p->n; i++) {
		struct plan_stage *g = &p->stages[i];
		const struct plan_stage *old = stage_before(&m, i);

		if (old && old->span.outcome == SIM_COMPLETED && !g->always) {
			*g = *old;
			continue;
		}
		if (!stage_chosen(&m, i)) {
			make_stage(&m, i, PLAN_NEVER, g);
			unselect_stage(g);
			continue;
		}
		if (down && !o->shape->stages[i].always) {
			make_stage(&m, i, PLAN_NEVER, g);
			continue;
		}
		at = make_stage(&m, i, at, g) + 200;
		if (g->span.outcome != SIM_COMPLETED) {
			down = true;
			p->outcome = g->span.outcome;
		}
	}
	p->end = at;
}
