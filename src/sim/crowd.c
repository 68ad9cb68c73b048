/* SPDX-License-Identifier: MIT */
/*
 * The crowd has a number of runs in progress that it keeps on average, whatever its size:
 * a pipeline's period is the mean length of its runs over the share of time that it is to
 * be seen running. Four in ten sleep for days, a few have never run, some fail every
 * other time. `next` stands alone and close together, because it is what is gone through
 * whenever time has passed.
 *
 * Runs that were made whole are in a hash table by pipeline and number, and in a list by
 * when they were last looked at.
 */
#include "sim/crowd.h"

#include <string.h>

#include "core/mem.h"

#define MADE_MAX 2500
#define TABLE_SIZE 8192
#define TRIALS 16

struct kind { /* what follows from a shape */
	const struct shape *shape;
	bool gated, can_fail;
	int64_t mean_ms, bound_ms, slow_ms; /* slow_ms: how much longer a slow run may be */
};

struct member {
	uint64_t h;	      /* of the pipeline's id */
	int64_t period;	      /* 0: it never runs */
	int64_t turn, origin; /* the newest turn; the one at the scenario's start */
	int64_t created, start, end;
	bool exact; /* `end` is; else the run is over by then */
	bool kept;
	enum sim_state outcome;
	const struct kind *kind;
};

struct made {
	struct run *run;
	int pipeline, number;
	struct made *chain, *newer, *older;
};

struct crowd {
	struct world *world;
	const struct scenario *s;
	struct kind *kinds;
	int nkinds, n;
	struct member *members; /* by the pipeline's place; those not of the crowd are kept */
	int64_t *next;		/* when the next turn's run is created */
	int64_t next_of_all;
	struct made *table[TABLE_SIZE];
	struct made *newest, *oldest;
	int nmade;
};

/* ---- what follows from a shape ---- */

static void look_at_job(const struct shape_job *j, struct kind *k, int64_t *sum, int64_t *longest)
{
	int i;

	for (*sum = 0, i = 0; i < j->n; i++) {
		const struct shape_step *s = j->steps[i];
		int hi = s->seconds.hi > s->timeout_s ? s->seconds.hi : s->timeout_s;

		k->gated |= s->gate;
		k->can_fail |= s->fails > 0;
		*sum += hi * INT64_C(1000) + 1;
		if (hi * INT64_C(1000) > *longest)
			*longest = hi * INT64_C(1000);
	}
}

/* No run of the shape is longer than that, unless it is slow or retried. */
static void find_bounds(struct kind *k)
{
	int64_t longest = 0, sum, most;
	int i, j;

	for (i = 0; i < k->shape->n; i++) {
		const struct shape_stage *g = &k->shape->stages[i];
		const struct shape_step *e = &g->entry;

		k->gated |= g->manual;
		for (most = 0, j = 0; j < g->n; j++) {
			look_at_job(&g->jobs[j], k, &sum, &longest);
			most = sum > most ? sum : most;
		}
		k->bound_ms += most + 220;
		if (g->manual)
			k->bound_ms += (e->seconds.hi + e->timeout_s) * INT64_C(1000);
		if (g->post)
			k->bound_ms += g->post->seconds.hi * INT64_C(1000);
	}
	k->slow_ms = 5 * longest;
}

static int64_t find_mean(const struct scenario *s, const struct shape *shape)
{
	struct arena arena = {0};
	struct log_context context = {"", "", "", 0};
	struct plan_order o = {
		.arena = &arena, .scenario = s, .shape = shape, .context = &context, .attempt = 1};
	int64_t sum = 0;
	struct plan p;
	int i;

	for (i = 0; i < TRIALS; i++) {
		o.seed = rng_mix(s->seed, (uint64_t)i + 4000);
		plan_make(&o, &p);
		sum += p.end;
		plan_done(&p);
	}
	arena_done(&arena);
	return sum / TRIALS + 1;
}

static void make_kinds(struct crowd *c)
{
	const struct crowd_info *info = &c->s->crowd;
	int i;

	c->nkinds = info->nshapes;
	c->kinds = mem_calloc((size_t)c->nkinds + 1, sizeof(*c->kinds));
	for (i = 0; i < c->nkinds; i++) {
		c->kinds[i].shape = info->shapes[i].shape;
		find_bounds(&c->kinds[i]);
		c->kinds[i].mean_ms = find_mean(c->s, info->shapes[i].shape);
	}
}

/* ---- turns ---- */

#define SLEEPERS 40 /* of a hundred */

static int percent(uint64_t h, int shift)
{
	return (int)((h >> shift) % 100);
}

static void draw_fate(const struct member *m, int64_t turn, struct run_fate *f)
{
	uint64_t h = rng_mix(m->h, (uint64_t)turn ^ UINT64_C(0x5bd1e995));
	bool flaky = percent(m->h, 3) < 10, gated = m->kind->gated;

	f->fails = percent(h, 0) < (flaky ? 45 : 7);
	f->refused = f->fails && gated;
	f->fails = f->fails && !gated;
	if (f->fails || f->refused)
		return;
	f->cancelled = percent(h, 8) < 3;
	f->slow = !f->cancelled && percent(h, 16) < 4;
	f->retried = !f->cancelled && !gated && m->kind->can_fail && percent(h, 24) < 3;
}

static int64_t turn_created(const struct member *m, int64_t turn)
{
	uint64_t h = rng_mix(m->h, (uint64_t)turn);

	return turn * m->period + (int64_t)(m->h % (uint64_t)m->period) +
	       rng_between(h, 0, m->period / 4);
}

static void make_fate(const struct member *m, int64_t turn, struct run_fate *f)
{
	uint64_t h = rng_mix(m->h, (uint64_t)turn);

	memset(f, 0, sizeof(*f));
	f->created = turn_created(m, turn);
	f->start = f->created + (percent(h, 32) < 8 ? rng_between(h >> 40, 20, 240) * 1000 : 800);
	draw_fate(m, turn, f);
}

static int64_t turn_at(const struct member *m, int64_t now)
{
	int64_t turn = (now - (int64_t)(m->h % (uint64_t)m->period)) / m->period;

	return turn_created(m, turn) > now ? turn - 1 : turn;
}

static enum sim_state fate_outcome(const struct member *m, const struct run_fate *f)
{
	if (f->cancelled)
		return SIM_CANCELED;
	return f->refused || (f->fails && m->kind->can_fail) ? SIM_FAILED : SIM_COMPLETED;
}

/* The turn is the member's newest from now on. */
static void take_turn(struct crowd *c, int pipeline, int64_t turn)
{
	struct member *m = &c->members[pipeline];
	struct run_fate f;
	int64_t bound = m->kind->bound_ms;

	make_fate(m, turn, &f);
	m->turn = turn;
	m->created = f.created;
	m->start = f.start;
	m->outcome = fate_outcome(m, &f);
	if (f.slow)
		bound += m->kind->slow_ms;
	if (f.retried)
		bound += bound + 151000;
	m->end = f.start + bound;
	m->exact = false;
	c->next[pipeline] = turn_created(m, turn + 1);
}

static int turn_number(const struct crowd *c, int pipeline, int64_t turn)
{
	const struct pipeline *p = world_pipeline_at(c->world, pipeline);

	return p->info->first_number + (int)(turn - c->members[pipeline].origin);
}

/* ---- runs made whole ---- */

static struct made **table_at(struct crowd *c, int pipeline, int number)
{
	return &c->table[rng_mix((uint64_t)pipeline, (uint64_t)number) % TABLE_SIZE];
}

static void list_remove(struct crowd *c, struct made *x)
{
	*(x->newer ? &x->newer->older : &c->newest) = x->older;
	*(x->older ? &x->older->newer : &c->oldest) = x->newer;
}

static void list_push(struct crowd *c, struct made *x)
{
	x->newer = NULL;
	x->older = c->newest;
	*(c->newest ? &c->newest->newer : &c->oldest) = x;
	c->newest = x;
}

/* Takes it out of the table and the list; the run stays. */
static void made_drop(struct crowd *c, struct made *x)
{
	struct made **at = table_at(c, x->pipeline, x->number);

	while (*at != x)
		at = &(*at)->chain;
	*at = x->chain;
	list_remove(c, x);
	c->nmade--;
	mem_free(x);
}

static struct run *make_whole(struct crowd *c, int pipeline, int64_t turn)
{
	struct member *m = &c->members[pipeline];
	int number = turn_number(c, pipeline, turn);
	struct made **at = table_at(c, pipeline, number), *x;
	struct run_fate f;

	for (x = *at; x; x = x->chain)
		if (x->pipeline == pipeline && x->number == number)
			break;
	if (x) {
		list_remove(c, x);
		list_push(c, x);
		return x->run;
	}
	make_fate(m, turn, &f);
	x = mem_zalloc(sizeof(*x));
	x->pipeline = pipeline;
	x->number = number;
	x->run = run_begin(c->s, world_pipeline_at(c->world, pipeline), number, 0);
	run_make_plans(c->s, x->run, &f, NULL, NULL);
	x->chain = *at;
	*at = x;
	list_push(c, x);
	c->nmade++;
	return x->run;
}

struct run *crowd_made(struct crowd *c, int i)
{
	struct made *x = c->newest;

	while (x && i--)
		x = x->older;
	return x ? x->run : NULL;
}

/* ---- a pipeline at a moment ---- */

int crowd_count(struct crowd *c, int pipeline)
{
	const struct member *m = &c->members[pipeline];
	int number;

	if (!m->period)
		return 0;
	number = turn_number(c, pipeline, m->turn);
	return number <= c->s->history ? number : c->s->history + 1;
}

struct run *crowd_run_at(struct crowd *c, int pipeline, int i)
{
	return make_whole(c, pipeline,
			  c->members[pipeline].turn - crowd_count(c, pipeline) + 1 + i);
}

struct run *crowd_latest(struct crowd *c, int pipeline, int64_t now)
{
	const struct member *m = &c->members[pipeline];
	int n = crowd_count(c, pipeline), back = 0;

	while (back < n && turn_created(m, m->turn - back) > now)
		back++;
	return back < n ? make_whole(c, pipeline, m->turn - back) : NULL;
}

/* The id is computed from the number: only the run that has it is made. */
struct run *crowd_run(struct crowd *c, int pipeline, const char *id, int64_t now)
{
	const struct member *m = &c->members[pipeline];
	int n = crowd_count(c, pipeline), back;
	char one[RNG_ID_SIZE];

	for (back = 0; back < n; back++) {
		if (turn_created(m, m->turn - back) > now)
			continue;
		rng_id(run_seed(m->h, turn_number(c, pipeline, m->turn - back)), one);
		if (strcmp(one, id) == 0)
			return make_whole(c, pipeline, m->turn - back);
	}
	return NULL;
}

static void sight_of_run(const struct run *r, int64_t now, enum sim_gate gate_as, struct sight *out)
{
	*out = (struct sight){r->created, r->start, r->executor_id, run_word(r, now, gate_as)};
}

bool crowd_sight(struct crowd *c, int pipeline, int64_t listed, int64_t now, enum sim_gate gate_as,
		 struct sight *out)
{
	struct member *m = &c->members[pipeline];
	struct run *r;
	int who;

	if (!m->period)
		return false;
	if (listed < m->created || (now < m->end && m->exact)) {
		r = crowd_latest(c, pipeline, listed);
		if (r)
			sight_of_run(r, now, gate_as, out);
		return r != NULL;
	}
	if (now < m->end) { /* it may be over already: ask its plan, once */
		r = make_whole(c, pipeline, m->turn);
		m->end = run_last_plan(r)->end;
		m->exact = true;
		sight_of_run(r, now, gate_as, out);
		return true;
	}
	who = run_person(c->s, run_seed(m->h, turn_number(c, pipeline, m->turn)));
	*out = (struct sight){m->created, m->start, who >= 0 ? c->s->people[who].id : "",
			      plan_word(m->outcome)};
	return true;
}

/* ---- time ---- */

void crowd_keep(struct crowd *c, int pipeline)
{
	struct made *x, *next;

	c->members[pipeline].kept = true;
	for (x = c->newest; x; x = next) {
		next = x->older;
		if (x->pipeline == pipeline)
			made_drop(c, x);
	}
}

static void forget(struct crowd *c)
{
	while (c->nmade > MADE_MAX) {
		struct run *r = c->oldest->run;

		made_drop(c, c->oldest);
		sim_run_free(r);
	}
}

static void pass_turn(struct crowd *c, int pipeline, int64_t now)
{
	struct member *m = &c->members[pipeline];
	struct run_fate f;

	do {
		take_turn(c, pipeline, m->turn + 1);
		if (!m->kept)
			continue;
		make_fate(m, m->turn, &f);
		world_make_run(c->world, world_pipeline_at(c->world, pipeline), &f);
	} while (c->next[pipeline] <= now);
}

bool crowd_catch_up(struct crowd *c, int64_t now)
{
	int i;

	forget(c);
	if (now < c->next_of_all)
		return false;
	c->next_of_all = INT64_MAX;
	for (i = 0; i < c->n; i++) {
		if (c->next[i] <= now)
			pass_turn(c, i, now);
		if (c->next[i] < c->next_of_all)
			c->next_of_all = c->next[i];
	}
	return true;
}

/* ---- life ---- */

/* The period that makes it run for its share of the time. */
static int64_t draw_period(const struct crowd *c, const struct member *m)
{
	const struct crowd_info *info = &c->s->crowd;
	int64_t awake = (int64_t)info->count * (100 - SLEEPERS) / 100, live = info->live, period;

	if (percent(m->h, 40) < 1)
		return 0;
	if (percent(m->h, 12) < SLEEPERS)
		return rng_between(m->h >> 20, 3 * 24, 40 * 24) * 3600000;
	if (awake < 1)
		awake = 1;
	if (live * 5 > awake)
		live = awake / 5;
	if (live < 1)
		live = 1;
	period = m->kind->mean_ms * awake / live;
	return period * rng_between(m->h >> 30, 70, 130) / 100;
}

static void member_init(struct crowd *c, int pipeline)
{
	const struct pipeline *p = world_pipeline_at(c->world, pipeline);
	struct member *m = &c->members[pipeline];
	int k;

	c->next[pipeline] = INT64_MAX;
	if (!p->computed)
		return;
	for (k = 0; c->kinds[k].shape != p->info->shape; k++)
		;
	m->kind = &c->kinds[k];
	m->h = run_pipeline_hash(c->s, p->info->id);
	m->period = draw_period(c, m);
	if (!m->period)
		return;
	m->origin = turn_at(m, c->s->start_ms);
	take_turn(c, pipeline, m->origin);
}

struct crowd *crowd_new(struct world *w)
{
	struct crowd *c = mem_zalloc(sizeof(*c));
	int i;

	c->world = w;
	c->s = world_scenario(w);
	c->n = world_count(w);
	c->members = mem_calloc((size_t)c->n + 1, sizeof(*c->members));
	c->next = mem_calloc((size_t)c->n + 1, sizeof(*c->next));
	make_kinds(c);
	for (i = 0; i < c->n; i++)
		member_init(c, i);
	return c;
}

void crowd_free(struct crowd *c)
{
	if (!c)
		return;
	while (c->oldest) {
		struct run *r = c->oldest->run;

		made_drop(c, c->oldest);
		sim_run_free(r);
	}
	mem_free(c->members);
	mem_free(c->next);
	mem_free(c->kinds);
	mem_free(c);
}
