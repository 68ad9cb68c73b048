/* SPDX-License-Identifier: MIT */
/*
 * A plan is fixed when it is made, so whoever interferes makes a new one from here on: a
 * stop cuts it, a retry adds an attempt, and a word at a gate makes the same plan once
 * more with that gate decided, which leaves all that came before as it was. Attempts that
 * were planned for later no longer happen, and neither do sub-pipelines that the new plan
 * does not start.
 *
 * A run that waits for a slot is planned from the moment when one will be free, as it looks
 * now; each act may change that, so all that wait are planned anew after it. Only runs that
 * were started here wait: what the scenario's lanes start is there whatever the limit.
 */
#include "sim/act.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"

static void drop_later_attempts(struct run *r, int64_t now)
{
	int keep = run_attempt(r, now);

	while (r->nplans > keep)
		plan_done(&r->plans[--r->nplans]);
}

/* The attempt that shows, made again from `start` with all that was decided. */
static void make_again(struct world *w, struct run *r, int64_t start, int64_t now)
{
	struct plan *p = &r->plans[r->nplans - 1], fresh;
	struct plan_order o = run_order(world_scenario(w), r, world_run_child, w);

	o.attempt = r->nplans;
	o.before = r->nplans > 1 ? p - 1 : NULL;
	o.start = start;
	o.fails = p->fails;
	o.refused = p->refused && !r->ndecisions;
	o.slow = p->slow;
	o.was = p;
	o.decisions = r->decisions;
	o.ndecisions = r->ndecisions;
	plan_make(&o, &fresh);
	fresh.from = p->from < start ? p->from : start;
	world_settle_children(w, p, &fresh, now);
	plan_done(p);
	*p = fresh;
}

/* ---- limits ---- */

/* Long enough to never come, and still a time that can be added to. */
#define FAR(now) ((now) + INT64_C(3650) * 86400000)

/* Does the run take a slot at that time? One that waits does not. */
static bool takes_slot(const struct run *r, int64_t at)
{
	return r->created <= at && r->start <= at && r->held_until <= at && !run_final(r, at);
}

static int slots_taken(const struct pipeline *p, const struct run *but, int64_t at)
{
	int i, n = 0;

	for (i = 0; i < p->n && !p->deleted; i++)
		n += p->runs[i] != but && takes_slot(p->runs[i], at);
	return n;
}

static int tenant_taken(struct world *w, const struct run *but, int64_t at)
{
	int i, n = 0;

	for (i = 0; i < world_count(w); i++)
		n += slots_taken(world_pipeline_at(w, i), but, at);
	return n;
}

static enum act_limit limit_at(struct world *w, const struct pipeline *p, const struct run *but,
			       int64_t at)
{
	int tenant = world_tenant_limit(w);

	if (p->concurrency && slots_taken(p, but, at) >= p->concurrency)
		return ACT_PIPELINE_FULL;
	return tenant && tenant_taken(w, but, at) >= tenant ? ACT_TENANT_FULL : ACT_FREE;
}

enum act_limit act_limit(struct world *w, const struct pipeline *p, int64_t now)
{
	return limit_at(w, p, NULL, now);
}

/* It waits from now on, if a limit is reached, for a moment that plan_queue finds. */
static bool hold_back(struct world *w, struct run *r, int64_t now)
{
	r->held = act_limit(w, r->pipeline, now) != ACT_FREE;
	if (r->held) {
		r->held_since = now;
		r->held_until = FAR(now);
	}
	return r->held;
}

/* The first moment after `after` at which a run ends; FAR when none does. */
static int64_t next_end(struct world *w, int64_t after)
{
	int64_t end, first = FAR(after);
	int i, k;

	for (i = 0; i < world_count(w); i++) {
		const struct pipeline *p = world_pipeline_at(w, i);

		for (k = 0; k < p->n; k++) {
			end = run_plan(p->runs[k], after)->end;
			if (end > after && end < first)
				first = end;
		}
	}
	return first;
}

static int64_t slot_from(struct world *w, const struct run *r, int64_t now)
{
	int64_t at = now, end = FAR(now);

	while (at < end && limit_at(w, r->pipeline, r, at) != ACT_FREE)
		at = next_end(w, at);
	return at < end ? at : end;
}

static bool waits_for_slot(const struct run *r, int64_t now)
{
	return r->held && r->created <= now && now < r->held_until && !run_final(r, now);
}

static void plan_turn(struct world *w, struct run *r, int64_t now)
{
	int64_t at = slot_from(w, r, now);

	if (at == r->held_until)
		return;
	if (r->start == r->held_until)
		r->start = at; /* it has not begun before */
	r->held_until = at;
	make_again(w, r, at, now);
}

static bool comes_after(const struct run *r, const struct run *other)
{
	if (!other)
		return true;
	if (r->held_since != other->held_since)
		return r->held_since > other->held_since;
	return strcmp(r->id, other->id) > 0;
}

/* Those that came first go first. */
static void plan_queue(struct world *w, int64_t now)
{
	struct run *next, *last = NULL;
	int i, k;

	do {
		next = NULL;
		for (i = 0; i < world_count(w); i++) {
			struct pipeline *p = world_pipeline_at(w, i);

			for (k = 0; k < p->n; k++) {
				struct run *r = p->runs[k];

				if (waits_for_slot(r, now) && comes_after(r, last) &&
				    (!next || comes_after(next, r)))
					next = r;
			}
		}
		if (next)
			plan_turn(w, next, now);
		last = next;
	} while (next);
}

bool act_stop(struct world *w, struct run *r, int64_t now, struct err *err)
{
	struct plan *p;

	if (run_final(r, now))
		return err_set(err, ERR_INPUT, 0, "run %d is over already", r->number);
	world_keep(w, r->pipeline);
	drop_later_attempts(r, now);
	p = &r->plans[r->nplans - 1];
	plan_cancel(p, now);
	if (now < r->start)
		r->start = now;
	r->list_row = NULL; /* it is not as it was told any more */
	world_settle_children(w, p, NULL, now);
	plan_queue(w, now);
	world_changed(w);
	return true;
}

bool act_finish(struct world *w, struct run *r, int64_t now, struct err *err)
{
	if (run_final(r, now))
		return err_set(err, ERR_INPUT, 0, "run %d is over already", r->number);
	world_keep(w, r->pipeline);
	drop_later_attempts(r, now);
	plan_finish(&r->plans[r->nplans - 1], now);
	if (now < r->start)
		r->start = now;
	r->list_row = NULL;
	plan_queue(w, now);
	world_changed(w);
	return true;
}

bool act_cancel(struct world *w, struct run *r, int64_t now, struct err *err)
{
	if (!run_queued(r, now))
		return err_set(err, ERR_INPUT, 0, "run %d does not wait in the queue", r->number);
	return act_stop(w, r, now, err);
}

bool act_retry(struct world *w, struct run *r, int64_t now, struct err *err)
{
	const struct plan *last = run_plan(r, now);
	struct plan_order o;

	if (!r->pipeline->info->shape)
		return err_set(err, ERR_INPUT, 0, "run %d is told by the scenario", r->number);
	if (!run_final(r, now) || (last->outcome != SIM_FAILED && last->outcome != SIM_CANCELED))
		return err_set(err, ERR_INPUT, 0, "run %d is %s: it has not failed", r->number,
			       run_word(r, now, SIM_GATE_RUNNING));
	if (run_attempt(r, now) == RUN_ATTEMPTS)
		return err_set(err, ERR_INPUT, 0, "run %d was tried %d times: no more", r->number,
			       RUN_ATTEMPTS);
	world_keep(w, r->pipeline);
	drop_later_attempts(r, now);
	o = run_order(world_scenario(w), r, world_run_child, w);
	o.attempt = r->nplans + 1;
	o.before = &r->plans[r->nplans - 1];
	o.start = now;
	if (hold_back(w, r, now)) {
		o.start = r->held_until;
		o.run_child = NULL; /* until its turn is known */
	}
	plan_make(&o, &r->plans[r->nplans]);
	r->plans[r->nplans].from = now;
	r->nplans++;
	plan_queue(w, now);
	world_changed(w);
	return true;
}

static void remember(struct run *r, const struct plan_decision *d)
{
	struct plan_decision *all = arena_array(&r->arena, (size_t)r->ndecisions + 1, sizeof(*all));

	if (r->ndecisions)
		memcpy(all, r->decisions, (size_t)r->ndecisions * sizeof(*all));
	all[r->ndecisions++] = *d;
	r->decisions = all;
}

void act_settle(struct world *w, struct run *r, const struct plan_step *gate,
		enum sim_state outcome, int64_t at, int64_t now)
{
	struct plan_decision d = {.at = at, .outcome = outcome};

	snprintf(d.step_id, sizeof(d.step_id), "%s", gate->id);
	world_keep(w, r->pipeline);
	drop_later_attempts(r, now);
	remember(r, &d);
	make_again(w, r, r->plans[r->nplans - 1].start, now);
	plan_queue(w, now);
	world_changed(w);
}

bool act_decide(struct world *w, struct run *r, enum sim_state outcome, int64_t now,
		struct err *err)
{
	struct plan_step *gate = plan_open_gate(&r->plans[run_attempt(r, now) - 1], now);

	if (!gate)
		return err_set(err, ERR_INPUT, 0, "no gate of run %d is open", r->number);
	act_settle(w, r, gate, outcome, now, now);
	return true;
}

static bool is_of_kind(const struct plan_step *s, enum act_gate kind)
{
	if (kind == ACT_REVIEW)
		return s->shape && s->shape->gate;
	if (kind == ACT_DELAY)
		return s->shape && s->shape->delay;
	return true;
}

struct plan_step *act_gate(struct run *r, enum act_gate kind, const char *job_id,
			   const char *step_id, int64_t now, struct err *err)
{
	static const char *const names[] = {"manual review", "delayed execution", "check point",
					    "suspended step"};
	struct plan *p = &r->plans[run_attempt(r, now) - 1];
	struct plan_step *s = kind == ACT_ENTRY ? plan_find_entry(p, step_id)
						: plan_find_step(p, job_id, step_id);

	if (!s || !is_of_kind(s, kind))
		err_set(err, ERR_INPUT, 0, "the step %.40s is no %s", step_id, names[kind]);
	else if (run_final(r, now) || !plan_step_waits(s, now))
		err_set(err, ERR_INPUT, 0, "the %s is not waiting", names[kind]);
	else
		return s;
	return NULL;
}

static int number_for(const struct pipeline *p, int64_t now)
{
	int i;

	for (i = 0; i < p->n; i++)
		if (p->runs[i]->created > now)
			return p->runs[i]->number;
	return p->next_number;
}

static const char **copy_words(struct arena *arena, const char **words, int n)
{
	const char **copy = arena_array(arena, (size_t)n + 1, sizeof(*copy));
	int i;

	for (i = 0; i < n; i++)
		copy[i] = arena_strdup(arena, words[i]);
	return copy;
}

static void take_order(struct run *r, const struct act_order *o)
{
	struct pair_text *v;
	int i;

	r->choice = o->choice;
	r->choice.stages = copy_words(&r->arena, o->choice.stages, o->choice.nstages);
	r->choice.jobs = copy_words(&r->arena, o->choice.jobs, o->choice.njobs);
	v = arena_array(&r->arena, (size_t)o->nvariables + 1, sizeof(*v));
	for (i = 0; i < o->nvariables; i++)
		v[i] = (struct pair_text){arena_strdup(&r->arena, o->variables[i].name),
					  arena_strdup(&r->arena, o->variables[i].value)};
	r->variables = v;
	r->nvariables = o->nvariables;
	if (o->branch)
		r->branch = r->context.branch = arena_strdup(&r->arena, o->branch);
}

struct run *act_start(struct world *w, struct pipeline *p, const struct act_order *order,
		      int64_t now, struct err *err)
{
	struct run_fate fate = {.created = now, .start = now + 1500};
	struct run *r;

	if (!p->info->shape || p->banned) {
		err_set(err, ERR_INPUT, 0, "pipeline %s %s", p->info->name,
			p->banned ? "is disabled" : "is told by the scenario");
		return NULL;
	}
	world_keep(w, p);
	/* Its time is in its id: another run has, or will have, been made of that number. */
	r = run_begin(world_scenario(w), p, number_for(p, now), world_salt(w, now));
	r->trigger = "Manual";
	take_order(r, order);
	if (hold_back(w, r, now))
		fate.start = r->held_until;
	run_make_plans(world_scenario(w), r, &fate, r->held ? NULL : world_run_child, w);
	world_insert_run(w, p, r, now);
	plan_queue(w, now);
	return r;
}
