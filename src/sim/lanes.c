/* SPDX-License-Identifier: MIT */
/*
 * Lanes are what keeps a day looking like a day. Pipelines left to chance would run all
 * at once or not at all; the pipelines of a lane take turns instead, so the number of
 * lanes is the number of runs in progress, and a lane that fails every k-th turn keeps
 * about the same number of pipelines red. A gate lane starts its next run so early that
 * it waits before the last gate is passed: somebody always has something to approve. A
 * queue lane puts its next run in the queue before the present one starts.
 */
#include "sim/lanes.h"

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

struct lanes {
	struct world *world;
	struct lane_state *v;
	int n;
};

/* How long until the gate of this turn's run, and the run's length: by planning it once. */
static void lane_try(struct world *w, struct pipeline *p, int64_t *to_gate, int64_t *length)
{
	struct run *r = run_begin(world_scenario(w), p, p->next_number, 0);
	struct run_fate t = {0};

	run_make_plans(world_scenario(w), r, &t, NULL, NULL);
	*to_gate = r->plans[0].gate_start == PLAN_NEVER ? 0 : r->plans[0].gate_start;
	*length = r->plans[0].end;
	sim_run_free(r);
}

static struct pipeline *lane_pipeline(struct world *w, const struct lane_state *l)
{
	return world_pipeline_at(w, l->lane->pipelines[l->turn % l->lane->n]);
}

/* When the next turn's run is created and starts. */
static void lane_times(struct world *w, struct lane_state *l, struct run_fate *t)
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

static void lane_fate(const struct lane_state *l, struct run_fate *t)
{
	const struct lane *lane = l->lane;

	t->fails = every(l->turn, lane->fail_every, lane->phase);
	t->cancelled = !t->fails && every(l->turn, lane->cancel_every, lane->phase + 1);
	t->slow = !t->fails && !t->cancelled && every(l->turn, lane->slow_every, lane->phase + 2);
	if (lane->kind == LANE_GATE) {
		t->refused = t->fails;
		t->fails = false;
	}
	t->retried = lane->kind == LANE_RETRY;
}

static void lane_advance(struct lane_state *l, const struct run *r)
{
	const struct plan *p = run_last_plan(r);

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
	struct run_fate t = {0};

	lane_times(w, l, &t);
	lane_fate(l, &t);
	lane_advance(l, world_make_run(w, lane_pipeline(w, l), &t));
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
	int64_t start = world_scenario(w)->start_ms, sum = 0, to_gate, length;
	int i;

	l->seed = rng_mix(world_scenario(w)->seed, (uint64_t)index + 3000);
	if (lane->kind == LANE_DAILY) {
		int64_t midnight = (start + 8 * 3600000) / DAY_MS * DAY_MS - 8 * 3600000;

		l->ready =
			midnight + lane->at_s * INT64_C(1000) - world_scenario(w)->history * DAY_MS;
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
	l->ready = start - sum * world_scenario(w)->history - rng_between(l->seed, 0, 60000);
}

void lanes_catch_up(struct lanes *l, int64_t now)
{
	int i;

	for (i = 0; i < l->n; i++)
		while (lane_next(&l->v[i]) <= now)
			lane_turn(l->world, &l->v[i]);
}

struct lanes *lanes_new(struct world *w)
{
	const struct scenario *s = world_scenario(w);
	struct lanes *l = mem_zalloc(sizeof(*l));
	int i;

	l->world = w;
	l->n = s->nlanes;
	l->v = mem_calloc((size_t)l->n + 1, sizeof(*l->v));
	for (i = 0; i < l->n; i++) {
		l->v[i].lane = &s->lanes[i];
		lane_begin(w, &l->v[i], i);
	}
	return l;
}

void lanes_free(struct lanes *l)
{
	if (!l)
		return;
	mem_free(l->v);
	mem_free(l);
}
