/* SPDX-License-Identifier: MIT */
/*
 * Stages follow each other; the jobs of a stage run side by side; the steps of a job
 * follow each other. A failing step ends its job, its stage fails when the other jobs
 * are through, and later stages never start: they stay INIT for ever, as the service
 * does it (api.md 8.2), unless they always run.
 *
 * Assumptions, because nothing is known: a retry keeps the run's id and all that was
 * well, and gives the failed job and its steps new ids; a gate that is refused fails its
 * step.
 */
#include "sim/plan.h"

#include <string.h>

/* ---- states ---- */

static const char *const words[] = {
	[SIM_INIT] = "INIT",	 [SIM_QUEUED] = "QUEUED",     [SIM_RUNNING] = "RUNNING",
	[SIM_PAUSED] = "PAUSED", [SIM_SUSPEND] = "SUSPEND",   [SIM_COMPLETED] = "COMPLETED",
	[SIM_FAILED] = "FAILED", [SIM_CANCELED] = "CANCELED", [SIM_SKIPPED] = "SKIPPED",
	[SIM_OTHER] = "IGNORED",
};

const char *plan_word(enum sim_state state)
{
	return words[state];
}

bool plan_final(enum sim_state state)
{
	return state >= SIM_COMPLETED;
}

static enum sim_state state_of_word(const char *word)
{
	int i;

	for (i = 0; i < SIM_OTHER; i++)
		if (strcmp(word, words[i]) == 0)
			return (enum sim_state)i;
	return SIM_OTHER;
}

static const enum sim_state gate_states[] = {
	[SIM_GATE_RUNNING] = SIM_RUNNING,
	[SIM_GATE_PAUSED] = SIM_PAUSED,
	[SIM_GATE_SUSPEND] = SIM_SUSPEND,
};

enum sim_state plan_state(const struct plan_span *s, int64_t now, enum sim_gate gate_as)
{
	if (now < s->start)
		return SIM_INIT;
	if (now >= s->end)
		return s->outcome;
	return s->waits ? gate_states[gate_as] : SIM_RUNNING;
}

const char *plan_span_word(const struct plan_span *s, int64_t now, enum sim_gate gate_as)
{
	return s->told && now >= s->start ? s->told : plan_word(plan_state(s, now, gate_as));
}

bool plan_step_waits(const struct plan_step *s, int64_t now)
{
	return s->span.waits && now >= s->span.start && now < s->span.end;
}

bool plan_job_waits(const struct plan_job *j, int64_t now)
{
	int k;

	for (k = 0; k < j->n; k++)
		if (plan_step_waits(&j->steps[k], now))
			return true;
	return false;
}

bool plan_stage_waits(const struct plan_stage *g, int64_t now)
{
	int j;

	for (j = 0; j < g->n; j++)
		if (plan_job_waits(&g->jobs[j], now))
			return true;
	return plan_step_waits(&g->pre, now);
}

bool plan_waits(const struct plan *p, int64_t now)
{
	int i;

	for (i = 0; i < p->n; i++)
		if (plan_stage_waits(&p->stages[i], now))
			return true;
	return false;
}

const char *plan_gate_word(enum sim_gate gate_as)
{
	return plan_word(gate_states[gate_as]);
}

const char *plan_job_word(const struct plan_job *j, int64_t now, enum sim_gate gate_as)
{
	return plan_job_waits(j, now) ? plan_gate_word(gate_as)
				      : plan_span_word(&j->span, now, gate_as);
}

const char *plan_stage_word(const struct plan_stage *g, int64_t now, enum sim_gate gate_as)
{
	return plan_stage_waits(g, now) ? plan_gate_word(gate_as)
					: plan_span_word(&g->span, now, gate_as);
}

/* ---- making ---- */

struct making {
	const struct plan_order *o;
	struct plan *p;
	int fail_stage, fail_job, fail_step; /* which one, -1: none */
};

static uint64_t place(const struct making *m, int stage, int job, int step, int salt)
{
	return rng_mix(rng_mix(m->o->seed, (uint64_t)stage * 10000 + (uint64_t)job * 100 + (uint64_t)step),
		       (uint64_t)salt + 1000 * (uint64_t)m->o->attempt);
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

static void never(struct plan_span *s)
{
	s->start = s->end = PLAN_NEVER;
	s->outcome = SIM_INIT;
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

/* The life of a step that starts at `at`; returns its end. */
static int64_t live_step(struct making *m, struct plan_step *s, uint64_t h, int64_t at, bool fails)
{
	const struct shape_step *shape = s->shape;
	int64_t ms = rng_between(h >> 16, (int64_t)shape->seconds.lo * 1000,
				 (int64_t)shape->seconds.hi * 1000);
	struct plan_child child;

	s->span.start = at;
	s->span.outcome = fails ? SIM_FAILED : SIM_COMPLETED;
	s->span.end = at + (fails ? ms * rng_between(h >> 32, 40, 95) / 100 : ms) + 1;
	if (shape->gate) {
		s->span.waits = true;
		s->span.outcome = m->o->refused ? SIM_FAILED : SIM_COMPLETED;
		note_gate(m, &s->span);
	}
	if (shape->sub && m->o->run_child && m->o->run_child(m->o->self, shape->sub, at, &child)) {
		s->span.end = child.end;
		s->span.outcome = child.outcome;
		s->sub_pipeline = child.pipeline_id;
		s->sub_run =
			arena_strdup(m->o->arena, child.run_id); /* it may be forgotten first */
	}
	if (s->span.outcome == SIM_FAILED)
		s->message = shape->gate  ? "人工审核被拒绝 / the manual review was refused"
			     : shape->sub ? "the sub-pipeline did not succeed"
					  : "the shell ended with exit code 1";
	make_log(m, s, h, fails);
	return s->span.end;
}

static void make_job(struct making *m, int stage, int job, const struct shape_job *shape,
		     int64_t at, struct plan_job *j)
{
	uint64_t h = place(m, stage, job, 99, 1);
	bool down = at == PLAN_NEVER;
	int k;

	rng_id(h, j->id);
	snprintf(j->identifier, sizeof(j->identifier), "JOB_%05x",
		 (unsigned)(rng_mix(m->o->seed, (uint64_t)job) & 0xfffff));
	j->name = shape->name;
	j->n = shape->n;
	j->steps = arena_array(m->o->arena, (size_t)j->n, sizeof(*j->steps));
	j->span = (struct plan_span){at, at, SIM_COMPLETED, NULL, false};
	for (k = 0; k < j->n; k++) {
		struct plan_step *s = &j->steps[k];
		bool fails = m->fail_stage == stage && m->fail_job == job && m->fail_step == k;

		s->shape = shape->steps[k];
		s->name = s->shape->name;
		s->task = s->shape->task;
		s->type = s->shape->type;
		rng_id(place(m, stage, job, k, 2), s->id);
		if (down) {
			never(&s->span);
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
		never(&j->span);
}

/* The step before a stage's jobs: a person, or nobody. */
static int64_t make_pre(struct making *m, int stage, const struct shape_stage *shape, int64_t at,
			struct plan_step *pre)
{
	uint64_t h = place(m, stage, 99, 99, 4);

	rng_id(h, pre->id);
	pre->task =
		shape->manual ? "official_devcloud_manualTrigger" : "official_devcloud_autoTrigger";
	pre->type = "Gate";
	if (at == PLAN_NEVER) {
		never(&pre->span);
		return at;
	}
	pre->span = (struct plan_span){at, at + 20, SIM_COMPLETED, NULL, false};
	if (shape->manual) {
		pre->span.waits = true;
		pre->span.end = at + rng_between(h >> 9, (int64_t)shape->seconds.lo * 1000,
						 (int64_t)shape->seconds.hi * 1000);
		pre->span.outcome = m->o->refused ? SIM_FAILED : SIM_COMPLETED;
		pre->message = m->o->refused ? "refused" : NULL;
		note_gate(m, &pre->span);
	}
	return pre->span.end;
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

/* Makes stage i from `at`; returns its end. */
static int64_t make_stage(struct making *m, int i, int64_t at, struct plan_stage *g)
{
	const struct shape_stage *shape = &m->o->shape->stages[i];
	const struct plan_stage *old = stage_before(m, i);
	int64_t jobs_at = at;

	rng_id(rng_mix(m->o->seed, (uint64_t)i + 700), g->id);
	snprintf(g->identifier, sizeof(g->identifier), "st-%d", i + 1);
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
	if (at == PLAN_NEVER)
		never(&g->span);
	return g->span.end;
}

void plan_make(const struct plan_order *o, struct plan *p)
{
	struct making m = {o, p, -1, -1, -1};
	int64_t at = o->start;
	bool down = false;
	int i;

	memset(p, 0, sizeof(*p));
	p->from = o->start;
	p->gate_start = p->gate_end = PLAN_NEVER;
	p->n = o->shape->n;
	p->stages = arena_array(o->arena, (size_t)p->n, sizeof(*p->stages));
	p->outcome = SIM_COMPLETED;
	if (o->fails)
		draw_failure(&m);
	for (i = 0; i < p->n; i++) {
		struct plan_stage *g = &p->stages[i];
		const struct plan_stage *old = stage_before(&m, i);

		if (old && old->span.outcome == SIM_COMPLETED && !g->always) {
			*g = *old;
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

/* ---- cancelling ---- */

static void cut(struct plan_span *s, int64_t at)
{
	if (s->start >= at) {
		never(s);
	} else if (s->end > at) {
		s->end = at;
		s->outcome = SIM_CANCELED;
	}
}

static void cut_step(struct plan_step *s, int64_t at)
{
	cut(&s->span, at);
	if (s->log.form != LOG_TEMPLATE || s->log.end <= at)
		return;
	/* The lines that were written stay; no others come. */
	s->log.cut = logtext_visible(&s->log, at);
	s->log.is_cut = true;
}

void plan_cancel(struct plan *p, int64_t at)
{
	int i, j, k;

	if (at >= p->end)
		return;
	for (i = 0; i < p->n; i++) {
		struct plan_stage *g = &p->stages[i];

		cut(&g->span, at);
		cut(&g->pre.span, at);
		for (j = 0; j < g->n; j++) {
			cut(&g->jobs[j].span, at);
			for (k = 0; k < g->jobs[j].n; k++)
				cut_step(&g->jobs[j].steps[k], at);
		}
	}
	p->end = at;
	p->outcome = SIM_CANCELED;
}

/* ---- told runs ---- */

static struct plan_span told_span(const char *status, int64_t start, int64_t end)
{
	struct plan_span s = {start, end ? end : PLAN_NEVER, state_of_word(status), NULL, false};

	if (s.outcome == SIM_OTHER)
		s.told = status;
	if (!plan_final(s.outcome)) {
		s.told = status; /* whatever the clock says */
		s.end = PLAN_NEVER;
	}
	if (s.outcome == SIM_INIT)
		s.start = PLAN_NEVER;
	return s;
}

static void told_id(const char *given, uint64_t h, char id[RNG_ID_SIZE])
{
	rng_id(h, id);
	if (given)
		snprintf(id, RNG_ID_SIZE, "%s", given);
}

static void told_job(struct arena *arena, const struct told_job *t, uint64_t h, struct plan_job *j)
{
	int k;

	told_id(t->id, h, j->id);
	snprintf(j->identifier, sizeof(j->identifier), "JOB_%05x", (unsigned)(h & 0xfffff));
	j->name = t->name;
	j->span = told_span(t->status, t->start, t->end);
	j->n = t->n;
	j->steps = arena_array(arena, (size_t)j->n, sizeof(*j->steps));
	for (k = 0; k < j->n; k++) {
		struct plan_step *s = &j->steps[k];

		told_id(t->steps[k].id, rng_mix(h, (uint64_t)k + 40), s->id);
		s->name = t->steps[k].name;
		s->task = t->steps[k].task;
		s->type = "Normal";
		s->span = told_span(t->steps[k].status, t->steps[k].start, t->steps[k].end);
		s->log = t->steps[k].log;
	}
}

void plan_told(struct arena *arena, const struct told_run *run, uint64_t seed, struct plan *p)
{
	struct plan_span whole = told_span(run->status, run->start, run->end);
	int i, j;

	memset(p, 0, sizeof(*p));
	p->from = run->start;
	p->end = whole.end;
	p->outcome = whole.outcome;
	p->told = whole.told;
	p->gate_start = p->gate_end = PLAN_NEVER;
	p->n = run->n;
	p->stages = arena_array(arena, (size_t)p->n, sizeof(*p->stages));
	for (i = 0; i < p->n; i++) {
		struct plan_stage *g = &p->stages[i];
		const struct told_stage *t = &run->stages[i];

		told_id(NULL, rng_mix(seed, (uint64_t)i + 10), g->id);
		snprintf(g->identifier, sizeof(g->identifier), "st-%d", i + 1);
		g->name = t->name;
		g->span = told_span(t->status, t->start, t->end);
		told_id(NULL, rng_mix(seed, (uint64_t)i + 90), g->pre.id);
		g->pre.task = "official_devcloud_autoTrigger";
		g->pre.type = "Gate";
		g->pre.span = told_span(t->start ? "COMPLETED" : "INIT", t->start, t->start);
		g->n = t->n;
		g->jobs = arena_array(arena, (size_t)g->n, sizeof(*g->jobs));
		for (j = 0; j < g->n; j++)
			told_job(arena, &t->jobs[j], rng_mix(seed, (uint64_t)(i * 100 + j) + 1000),
				 &g->jobs[j]);
	}
}
