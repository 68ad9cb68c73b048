/* SPDX-License-Identifier: MIT */
/*
 * A run is made with its whole future. It is in its pipeline's list from then on, but
 * nobody sees it before its `created` time.
 */
#include "sim/world.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "sim/crowd.h"
#include "sim/lanes.h"

#define WORLD_SPARE 1000 /* pipelines that may be added; they must stay where they are */

struct world {
	struct scenario *scenario;
	struct pipeline *pipelines;
	int n;
	int *index; /* open addressing over pipeline ids; -1 is free */
	int index_size;
	int *name_ranks; /* made when first asked for */
	struct lanes *lanes;
	struct crowd *crowd; /* NULL: there is none */
	int room;
	struct arena arena; /* of pipelines that were added */
	uint64_t version, made;
	int tenant_limit;
	int64_t now;
};

/* ---- finding ---- */

static void index_pipeline(struct world *w, int i)
{
	const char *id = w->pipelines[i].info->id;
	uint64_t h = rng_text(id, strlen(id));

	while (w->index[h & (uint64_t)(w->index_size - 1)] >= 0)
		h++;
	w->index[h & (uint64_t)(w->index_size - 1)] = i;
}

static void index_pipelines(struct world *w)
{
	int i;

	for (w->index_size = 16; w->index_size < 2 * w->room; w->index_size *= 2)
		;
	w->index = mem_calloc((size_t)w->index_size, sizeof(int));
	for (i = 0; i < w->index_size; i++)
		w->index[i] = -1;
	for (i = 0; i < w->n; i++)
		index_pipeline(w, i);
}

const struct project *world_project(const struct world *w, const char *id)
{
	int i;

	for (i = 0; i < w->scenario->nprojects; i++)
		if (strcmp(w->scenario->projects[i].id, id) == 0)
			return &w->scenario->projects[i];
	return NULL;
}

struct pipeline *world_pipeline(struct world *w, const char *id)
{
	uint64_t h = rng_text(id, strlen(id));
	int i;

	for (; (i = w->index[h & (uint64_t)(w->index_size - 1)]) >= 0; h++)
		if (strcmp(w->pipelines[i].info->id, id) == 0)
			return w->pipelines[i].deleted ? NULL : &w->pipelines[i];
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

static int by_name(const void *a, const void *b)
{
	const struct pipeline *const *x = a, *const *y = b;
	int order = strcmp((*x)->info->name, (*y)->info->name);

	return order ? order : strcmp((*x)->info->id, (*y)->info->id);
}

static void rank_names(struct world *w)
{
	struct pipeline **all = mem_calloc((size_t)w->n, sizeof(*all));
	int i;

	w->name_ranks = mem_calloc((size_t)w->n, sizeof(int));
	for (i = 0; i < w->n; i++)
		all[i] = &w->pipelines[i];
	qsort(all, (size_t)w->n, sizeof(*all), by_name);
	for (i = 0; i < w->n; i++)
		w->name_ranks[world_pipeline_index(w, all[i])] = i;
	mem_free(all);
}

int world_name_rank(struct world *w, const struct pipeline *p)
{
	if (!w->name_ranks)
		rank_names(w);
	return w->name_ranks[world_pipeline_index(w, p)];
}

int world_pipeline_index(const struct world *w, const struct pipeline *p)
{
	return (int)(p - w->pipelines);
}

void world_retry_same_ids(struct world *w, bool same)
{
	w->scenario->retry_same_ids = same;
}

uint64_t world_version(const struct world *w)
{
	return w->version;
}

void world_changed(struct world *w)
{
	w->version++;
}

uint64_t world_salt(struct world *w, int64_t now)
{
	return rng_mix((uint64_t)now, w->made++);
}

int world_tenant_limit(const struct world *w)
{
	return w->tenant_limit;
}

void world_set_tenant_limit(struct world *w, int limit)
{
	w->tenant_limit = limit;
}

/* ---- a pipeline's runs ---- */

static int index_of(const struct pipeline *p)
{
	return world_pipeline_index(p->world, p);
}

int pipeline_run_count(const struct pipeline *p)
{
	return p->computed ? crowd_count(p->world->crowd, index_of(p)) : p->n;
}

struct run *pipeline_run_at(struct pipeline *p, int i)
{
	return p->computed ? crowd_run_at(p->world->crowd, index_of(p), i) : p->runs[i];
}

struct run *pipeline_latest(struct pipeline *p, int64_t now)
{
	int i;

	if (p->computed)
		return crowd_latest(p->world->crowd, index_of(p), now);
	for (i = p->n - 1; i >= 0; i--)
		if (p->runs[i]->created <= now)
			return p->runs[i];
	return NULL;
}

struct run *pipeline_run(struct pipeline *p, const char *id, int64_t now)
{
	int i;

	if (p->computed)
		return crowd_run(p->world->crowd, index_of(p), id, now);
	for (i = p->n - 1; i >= 0; i--)
		if (p->runs[i]->created <= now && strcmp(p->runs[i]->id, id) == 0)
			return p->runs[i];
	return NULL;
}

bool pipeline_sight(struct pipeline *p, int64_t listed, int64_t now, enum sim_gate gate_as,
		    struct sight *out)
{
	const struct run *r;

	if (p->computed)
		return crowd_sight(p->world->crowd, index_of(p), listed, now, gate_as, out);
	r = pipeline_latest(p, listed);
	if (r)
		*out = (struct sight){r->created, r->start, r->executor_id,
				      run_word(r, now, gate_as)};
	return r != NULL;
}

/* ---- anywhere ---- */

struct run *world_made(struct world *w, int i)
{
	return w->crowd ? crowd_made(w->crowd, i) : NULL;
}

struct run *world_run(struct world *w, const char *id, int64_t now)
{
	struct run *r;
	int i;

	for (i = 0; i < w->n; i++) {
		r = w->pipelines[i].computed ? NULL : pipeline_run(&w->pipelines[i], id, now);
		if (r)
			return r;
	}
	for (i = 0; (r = world_made(w, i)); i++)
		if (r->created <= now && strcmp(r->id, id) == 0)
			return r;
	return NULL;
}

static struct plan_step *step_in_crowd(struct world *w, const char *id, int64_t now,
				       struct run **run)
{
	struct plan_step *s;
	int i;

	for (i = 0; (*run = world_made(w, i)); i++) {
		s = (*run)->created <= now ? run_step(*run, NULL, id, now) : NULL;
		if (s)
			return s;
	}
	return NULL;
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
	return step_in_crowd(w, step_id, now, run);
}

/* ---- making runs ---- */

static void pipeline_add(struct pipeline *p, struct run *r)
{
	p->runs = mem_grow(p->runs, (size_t)p->n, sizeof(*p->runs));
	p->runs[p->n++] = r;
	p->world->version++;
}

/* Forgets the oldest runs beyond the history; one that lives stays, and so do those after it. */
static void pipeline_forget(struct pipeline *p, int keep, int64_t now)
{
	int drop = 0, i;

	while (p->n - drop > keep + 1 && run_last_plan(p->runs[drop])->end < now &&
	       p->runs[drop + 1]->created <= now)
		drop++;
	if (p->info->nruns || drop < 8)
		return; /* told runs are all there is; and moving by eights is cheaper */
	for (i = 0; i < drop; i++)
		sim_run_free(p->runs[i]);
	p->n -= drop;
	memmove(p->runs, p->runs + drop, (size_t)p->n * sizeof(*p->runs));
}

struct run *world_make_run(struct world *w, struct pipeline *p, const struct run_fate *fate)
{
	struct run *r = run_begin(w->scenario, p, p->next_number++, 0);

	run_make_plans(w->scenario, r, fate, world_run_child, w);
	if (fate->cancelled)
		world_settle_children(w, &r->plans[0], NULL, r->plans[0].end);
	pipeline_add(p, r);
	pipeline_forget(p, w->scenario->history, w->now);
	return r;
}

/* Those after it have not been seen by anybody, so their numbers may change. */
void world_insert_run(struct world *w, struct pipeline *p, struct run *r, int64_t now)
{
	int at = p->n, i;

	while (at > 0 && p->runs[at - 1]->created > now)
		at--;
	pipeline_add(p, r);
	for (i = p->n - 1; i > at; i--) {
		p->runs[i] = p->runs[i - 1];
		p->runs[i]->number++;
		p->runs[i]->context.number++;
	}
	p->runs[at] = r;
	p->next_number++;
	pipeline_forget(p, w->scenario->history, now);
}

void world_remove_run(struct pipeline *p, struct run *r)
{
	int i;

	for (i = 0; i < p->n && p->runs[i] != r; i++)
		;
	if (i == p->n)
		return;
	memmove(p->runs + i, p->runs + i + 1, (size_t)(p->n - i - 1) * sizeof(*p->runs));
	p->n--;
	p->world->version++;
	sim_run_free(r);
}

static struct pipeline *pipeline_named(struct world *w, const char *name)
{
	int i;

	for (i = 0; i < w->n; i++)
		if (strcmp(w->pipelines[i].info->name, name) == 0 && w->pipelines[i].info->shape &&
		    !w->pipelines[i].deleted)
			return &w->pipelines[i];
	return NULL;
}

bool world_run_child(void *self, const char *name, int64_t at, struct plan_child *child)
{
	struct world *w = self;
	struct pipeline *p = pipeline_named(w, name);
	struct run_fate fate = {.created = at + PLAN_CHILD_MS, .start = at + 1500};
	struct run *r;

	if (!p)
		return false;
	fate.fails = rng_mix(w->scenario->seed, (uint64_t)p->next_number) % 12 == 0;
	world_keep(w, p);
	r = world_make_run(w, p, &fate);
	*child = (struct plan_child){p->info->id, r->id, run_last_plan(r)->end + 1000,
				     run_last_plan(r)->outcome};
	return true;
}

static void settle_child(struct world *w, const struct plan_step *s, int64_t now)
{
	struct pipeline *p = world_pipeline(w, s->sub_pipeline);
	struct run *r = p ? pipeline_run(p, s->sub_run, INT64_MAX) : NULL;

	if (!r)
		return;
	if (r->created > now) {
		world_remove_run(p, r);
		return;
	}
	if (now < r->start)
		r->start = now;
	plan_cancel(&r->plans[r->nplans - 1], now);
}

static bool has_child(struct plan *fresh, const struct plan_step *s)
{
	const struct plan_step *same = fresh ? plan_find_step(fresh, NULL, s->id) : NULL;

	return same && same->sub_run && strcmp(same->sub_run, s->sub_run) == 0;
}

void world_settle_children(struct world *w, struct plan *old, struct plan *fresh, int64_t now)
{
	int i, j, k;

	for (i = 0; i < old->n; i++)
		for (j = 0; j < old->stages[i].n; j++) {
			const struct plan_job *job = &old->stages[i].jobs[j];

			for (k = 0; k < job->n; k++)
				if (job->steps[k].sub_run && !has_child(fresh, &job->steps[k]))
					settle_child(w, &job->steps[k], now);
		}
}

void world_keep(struct world *w, struct pipeline *p)
{
	int i, n = pipeline_run_count(p);

	if (!p->computed)
		return;
	for (i = 0; i < n; i++)
		pipeline_add(p, pipeline_run_at(p, i));
	p->computed = false;
	if (n)
		p->next_number = p->runs[n - 1]->number + 1;
	crowd_keep(w->crowd, index_of(p));
}

/* ---- time and life ---- */

void world_catch_up(struct world *w, int64_t now)
{
	if (now < w->now)
		return;
	w->now = now;
	lanes_catch_up(w->lanes, now);
	if (w->crowd && crowd_catch_up(w->crowd, now))
		w->version++;
}

static void pipeline_init(struct world *w, struct pipeline *p, const struct pipeline_info *info)
{
	struct run *r;
	int k;

	p->world = w;
	p->info = info;
	p->project = &w->scenario->projects[p->info->project];
	p->banned = p->info->banned;
	p->next_number = p->info->first_number;
	p->computed = p->info->crowd;
	for (k = 0; k < p->info->nruns; k++) {
		r = run_begin(w->scenario, p, p->info->runs[k].number, 0);
		run_tell(w->scenario, r, &p->info->runs[k]);
		pipeline_add(p, r);
	}
}

struct arena *world_arena(struct world *w)
{
	return &w->arena;
}

struct pipeline *world_add_pipeline(struct world *w, const struct pipeline_info *info)
{
	struct pipeline_info *own;

	if (w->n == w->room || world_pipeline(w, info->id))
		return NULL;
	own = arena_alloc(&w->arena, sizeof(*own));
	*own = *info;
	pipeline_init(w, &w->pipelines[w->n], own);
	index_pipeline(w, w->n++);
	mem_free(w->name_ranks);
	w->name_ranks = NULL;
	w->version++;
	return &w->pipelines[w->n - 1];
}

struct world *world_new(struct scenario *scenario)
{
	struct world *w = mem_zalloc(sizeof(*w));
	int i;

	w->scenario = scenario;
	w->n = scenario->npipelines;
	w->room = w->n + WORLD_SPARE;
	w->pipelines = mem_calloc((size_t)w->room, sizeof(*w->pipelines));
	for (i = 0; i < w->n; i++)
		pipeline_init(w, &w->pipelines[i], &scenario->pipelines[i]);
	index_pipelines(w);
	if (scenario->crowd.count)
		w->crowd = crowd_new(w);
	w->lanes = lanes_new(w);
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
			sim_run_free(w->pipelines[i].runs[k]);
		mem_free(w->pipelines[i].runs);
	}
	arena_done(&w->arena);
	crowd_free(w->crowd);
	lanes_free(w->lanes);
	mem_free(w->pipelines);
	mem_free(w->index);
	mem_free(w->name_ranks);
	scenario_free(w->scenario);
	mem_free(w);
}
