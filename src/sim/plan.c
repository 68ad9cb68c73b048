/* SPDX-License-Identifier: MIT */
/*
 * A plan looked at: the state of each part at a moment follows from its span. What is
 * told instead of planned says its own word, whatever the clock says. Making one is
 * planmake.c's.
 */
#include "sim/plan.h"

#include <stdio.h>
#include <string.h>

/* ---- states ---- */

static const char *const words[] = {
	[SIM_INIT] = "INIT",	 [SIM_QUEUED] = "QUEUED",     [SIM_RUNNING] = "RUNNING",
	[SIM_PAUSED] = "PAUSED", [SIM_SUSPEND] = "SUSPEND",   [SIM_COMPLETED] = "COMPLETED",
	[SIM_FAILED] = "FAILED", [SIM_CANCELED] = "CANCELED", [SIM_SKIPPED] = "SKIPPED",
	[SIM_UNSELECTED] = "UNSELECTED", [SIM_OTHER] = "IGNORED",
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
	return s->suspends ? SIM_SUSPEND : s->waits ? gate_states[gate_as] : SIM_RUNNING;
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

/* What waits for nothing but being resumed makes all that holds it suspended. */
static bool job_suspends(const struct plan_job *j, int64_t now)
{
	int k;

	for (k = 0; k < j->n; k++)
		if (j->steps[k].span.suspends && plan_step_waits(&j->steps[k], now))
			return true;
	return false;
}

static bool stage_suspends(const struct plan_stage *g, int64_t now)
{
	int j;

	for (j = 0; j < g->n; j++)
		if (job_suspends(&g->jobs[j], now))
			return true;
	return false;
}

static const char *gate_word(bool suspends, enum sim_gate gate_as)
{
	return plan_word(suspends ? SIM_SUSPEND : gate_states[gate_as]);
}

const char *plan_job_word(const struct plan_job *j, int64_t now, enum sim_gate gate_as)
{
	return plan_job_waits(j, now) ? gate_word(job_suspends(j, now), gate_as)
				      : plan_span_word(&j->span, now, gate_as);
}

const char *plan_stage_word(const struct plan_stage *g, int64_t now, enum sim_gate gate_as)
{
	return plan_stage_waits(g, now) ? gate_word(stage_suspends(g, now), gate_as)
					: plan_span_word(&g->span, now, gate_as);
}

const char *plan_gate_word(const struct plan *p, int64_t now, enum sim_gate gate_as)
{
	bool suspends = false;
	int i;

	for (i = 0; i < p->n; i++)
		suspends = suspends || stage_suspends(&p->stages[i], now);
	return gate_word(suspends, gate_as);
}

/* ---- names ---- */

void plan_stage_identifier(int stage, char out[PLAN_IDENTIFIER_SIZE])
{
	snprintf(out, PLAN_IDENTIFIER_SIZE, "st-%d", stage + 1);
}

void plan_job_identifier(const struct shape *shape, int stage, int job,
			 char out[PLAN_IDENTIFIER_SIZE])
{
	uint64_t h = rng_text(shape->name, strlen(shape->name));

	/* The place is in it, so that no two jobs of a shape have the same. */
	snprintf(out, PLAN_IDENTIFIER_SIZE, "JOB_%03x%d%02d", (unsigned)(h & 0xfff), stage % 10,
		 job % 100);
}

/* ---- finding ---- */

struct plan_step *plan_find_step(struct plan *p, const char *job_id, const char *step_id)
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

static struct plan_step *open_gate_in_stage(struct plan_stage *g, int64_t now)
{
	int j, k;

	if (plan_step_waits(&g->pre, now))
		return &g->pre;
	for (j = 0; j < g->n; j++)
		for (k = 0; k < g->jobs[j].n; k++)
			if (plan_step_waits(&g->jobs[j].steps[k], now))
				return &g->jobs[j].steps[k];
	return NULL;
}

struct plan_step *plan_find_entry(struct plan *p, const char *step_id)
{
	int i;

	for (i = 0; i < p->n; i++)
		if (strcmp(p->stages[i].pre.id, step_id) == 0)
			return &p->stages[i].pre;
	return NULL;
}

struct plan_step *plan_open_gate(struct plan *p, int64_t now)
{
	struct plan_step *s = NULL;
	int i;

	for (i = 0; i < p->n && !s; i++)
		s = open_gate_in_stage(&p->stages[i], now);
	return s;
}

void plan_done(struct plan *p)
{
	int i, j, k;

	for (i = 0; i < p->n; i++)
		for (j = 0; j < p->stages[i].n; j++)
			for (k = 0; k < p->stages[i].jobs[j].n; k++)
				logtext_done(&p->stages[i].jobs[j].steps[k].log);
}

/* ---- cancelling ---- */

void plan_never(struct plan_span *s)
{
	s->start = s->end = PLAN_NEVER;
	s->outcome = SIM_INIT;
	s->told = NULL;
}

static void cancel_span(struct plan_span *s, int64_t at)
{
	if (s->start >= at) {
		plan_never(s);
	} else if (s->end > at) {
		s->end = at;
		s->outcome = SIM_CANCELED;
		s->told = NULL;
	}
}

static void finish_span(struct plan_span *s, int64_t at)
{
	if (s->end <= at && s->start < at)
		return;
	if (s->start > at)
		s->start = at;
	s->end = at;
	s->outcome = SIM_COMPLETED;
	s->told = NULL;
}

typedef void end_span(struct plan_span *s, int64_t at); /* a function, not a struct */

static void end_step(struct plan_step *s, int64_t at, end_span *end)
{
	end(&s->span, at);
	if (s->log.form == LOG_FLOOD && s->log.end > at)
		s->log.end = at;
	if (s->log.form != LOG_TEMPLATE || s->log.end <= at)
		return;
	/* The lines that were written stay; no others come. */
	s->log.cut = logtext_visible(&s->log, at);
	s->log.is_cut = true;
}

static void end_plan(struct plan *p, int64_t at, end_span *end)
{
	int i, j, k;

	for (i = 0; i < p->n; i++) {
		struct plan_stage *g = &p->stages[i];

		end(&g->span, at);
		end(&g->pre.span, at);
		if (g->post)
			end(&g->post->span, at);
		for (j = 0; j < g->n; j++) {
			end(&g->jobs[j].span, at);
			for (k = 0; k < g->jobs[j].n; k++)
				end_step(&g->jobs[j].steps[k], at, end);
		}
	}
	p->end = at;
	p->told = NULL;
}

void plan_cancel(struct plan *p, int64_t at)
{
	if (at >= p->end)
		return;
	end_plan(p, at, cancel_span);
	p->outcome = SIM_CANCELED;
}

void plan_finish(struct plan *p, int64_t at)
{
	if (at >= p->end)
		return;
	end_plan(p, at, finish_span);
	p->outcome = SIM_COMPLETED;
}

/* ---- told runs ---- */

static struct plan_span told_span(const char *status, int64_t start, int64_t end)
{
	struct plan_span s = {start, end ? end : PLAN_NEVER, state_of_word(status), NULL, false, false};

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
		plan_stage_identifier(i, g->identifier);
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
