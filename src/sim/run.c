/* SPDX-License-Identifier: MIT */
/*
 * A run's numbers all come from one seed, made of the pipeline's id and the run's number:
 * so a run that was forgotten can be made again, and is the same.
 */
#include "sim/run.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "sim/world.h"

/* ---- label ---- */

uint64_t run_pipeline_hash(const struct scenario *s, const char *pipeline_id)
{
	return rng_mix(s->seed, rng_text(pipeline_id, strlen(pipeline_id)));
}

uint64_t run_seed(uint64_t pipeline_hash, int number)
{
	return rng_mix(pipeline_hash, (uint64_t)number);
}

int run_person(const struct scenario *s, uint64_t seed)
{
	return s->npeople ? (int)(rng_mix(seed, 3) % (uint64_t)s->npeople) : -1;
}

/* Who, why and of what. */
static void run_label(const struct scenario *s, struct run *r)
{
	static const char *const triggers[] = {"Push",	 "Push", "MR",	 "Push",
					       "Manual", "MR",	 "Push", "Scheduler"};
	uint64_t h = rng_mix(r->seed, 3);
	int who = run_person(s, r->seed);

	r->executor = who >= 0 ? s->people[who].name : "ops";
	snprintf(r->executor_id, sizeof(r->executor_id), "%s", who >= 0 ? s->people[who].id : "");
	r->trigger = triggers[h >> 8 & 7];
	r->branch = s->nbranches ? s->branches[(h >> 16) % (uint64_t)s->nbranches] : "master";
	r->message = s->ncommits ? s->commits[(h >> 24) % (uint64_t)s->ncommits] : "";
	snprintf(r->commit, sizeof(r->commit), "%016llx%016llx%08x",
		 (unsigned long long)rng_mix(h, 1), (unsigned long long)rng_mix(h, 2),
		 (unsigned)rng_mix(h, 3));
	r->context = (struct log_context){r->pipeline->info->repo, r->branch, r->commit, r->number};
}

struct run *run_begin(const struct scenario *s, struct pipeline *p, int number, uint64_t salt)
{
	struct run *r = mem_zalloc(sizeof(*r));

	r->pipeline = p;
	r->number = number;
	r->seed = run_seed(run_pipeline_hash(s, p->info->id), number);
	if (salt)
		r->seed = rng_mix(r->seed, salt);
	rng_id(r->seed, r->id);
	run_label(s, r);
	return r;
}

/* ---- plans ---- */

struct plan_order run_order(const struct scenario *s, struct run *r, plan_run_child *run_child,
			    void *self)
{
	return (struct plan_order){
		.arena = &r->arena,
		.scenario = s,
		.shape = r->pipeline->info->shape,
		.context = &r->context,
		.seed = r->seed,
		.attempt = 1,
		.choice = r->choice,
		.run_child = run_child,
		.self = self,
	};
}

void run_make_plans(const struct scenario *s, struct run *r, const struct run_fate *fate,
		    plan_run_child *run_child, void *self)
{
	struct plan_order o = run_order(s, r, run_child, self);

	r->created = fate->created;
	r->start = fate->start;
	o.start = fate->start;
	o.fails = fate->fails || fate->retried;
	o.refused = fate->refused;
	o.slow = fate->slow;
	plan_make(&o, &r->plans[0]);
	r->nplans = 1;
	if (fate->cancelled)
		plan_cancel(&r->plans[0],
			    fate->start + (r->plans[0].end - fate->start) *
						  rng_between(rng_mix(r->seed, 9), 20, 80) / 100);
	if (!fate->retried || r->plans[0].outcome != SIM_FAILED)
		return;
	o.before = &r->plans[0];
	o.start = r->plans[0].end + rng_between(rng_mix(r->seed, 10), 45, 150) * 1000;
	o.attempt = 2;
	o.fails = fate->fails;
	plan_make(&o, &r->plans[1]);
	r->nplans = 2;
}

void run_tell(const struct scenario *s, struct run *r, const struct told_run *told)
{
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
}

void sim_run_free(struct run *r)
{
	int a;

	if (!r)
		return;
	for (a = 0; a < r->nplans; a++)
		plan_done(&r->plans[a]);
	arena_done(&r->arena);
	mem_free(r);
}

/* ---- at a moment ---- */

const struct plan *run_last_plan(const struct run *r)
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
	if (now >= p->end)
		return plan_word(p->outcome);
	if (run_queued(r, now))
		return plan_word(SIM_QUEUED);
	return plan_waits(p, now) ? plan_gate_word(p, now, gate_as) : plan_word(SIM_RUNNING);
}

bool run_queued(const struct run *r, int64_t now)
{
	return r->created <= now && !run_final(r, now) && (now < r->start || now < r->held_until);
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

struct plan_step *run_step(struct run *r, const char *job_id, const char *step_id, int64_t now)
{
	struct plan_step *s = NULL;
	int i;

	for (i = run_attempt(r, now) - 1; i >= 0 && !s; i--)
		s = plan_find_step(&r->plans[i], job_id, step_id);
	return s;
}
