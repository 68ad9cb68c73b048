/* SPDX-License-Identifier: MIT */
/*
 * A plan is fixed when it is made, so whoever interferes makes a new one from here on: a
 * stop cuts it, a retry adds an attempt, and a word at a gate makes the same plan once
 * more with that gate decided, which leaves all that came before as it was. Attempts that
 * were planned for later no longer happen, and neither do sub-pipelines that the new plan
 * does not start.
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
	world_changed(w);
	return true;
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
	plan_make(&o, &r->plans[r->nplans]);
	r->nplans++;
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

/* The attempt that shows, made again with all that was decided. */
static void make_again(struct world *w, struct run *r, bool refused, int64_t now)
{
	struct plan *p = &r->plans[r->nplans - 1], fresh;
	struct plan_order o = run_order(world_scenario(w), r, world_run_child, w);

	o.attempt = r->nplans;
	o.before = r->nplans > 1 ? p - 1 : NULL;
	o.start = p->from;
	o.fails = p->fails;
	o.refused = refused;
	o.slow = p->slow;
	o.was = p;
	o.decisions = r->decisions;
	o.ndecisions = r->ndecisions;
	plan_make(&o, &fresh);
	world_settle_children(w, p, &fresh, now);
	plan_done(p);
	*p = fresh;
}

bool act_decide(struct world *w, struct run *r, enum sim_state outcome, int64_t now,
		struct err *err)
{
	struct plan_decision d = {.at = now, .outcome = outcome};
	struct plan_step *gate;

	gate = plan_open_gate(&r->plans[run_attempt(r, now) - 1], now);
	if (!gate)
		return err_set(err, ERR_INPUT, 0, "no gate of run %d is open", r->number);
	world_keep(w, r->pipeline);
	drop_later_attempts(r, now);
	snprintf(d.step_id, sizeof(d.step_id), "%s", gate->id);
	remember(r, &d);
	make_again(w, r, false, now);
	world_changed(w);
	return true;
}

static int number_for(const struct pipeline *p, int64_t now)
{
	int i;

	for (i = 0; i < p->n; i++)
		if (p->runs[i]->created > now)
			return p->runs[i]->number;
	return p->next_number;
}

struct run *act_start(struct world *w, struct pipeline *p, int64_t now, struct err *err)
{
	struct run_fate fate = {.created = now, .start = now + 1500};
	struct run *r;

	if (!p->info->shape || p->info->banned) {
		err_set(err, ERR_INPUT, 0, "pipeline %s %s", p->info->name,
			p->info->banned ? "is disabled" : "is told by the scenario");
		return NULL;
	}
	world_keep(w, p);
	/* Its time is in its id: another run has, or will have, been made of that number. */
	r = run_begin(world_scenario(w), p, number_for(p, now), (uint64_t)now);
	r->trigger = "Manual";
	run_make_plans(world_scenario(w), r, &fate, world_run_child, w);
	world_insert_run(w, p, r, now);
	return r;
}
