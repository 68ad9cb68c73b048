/* SPDX-License-Identifier: MIT */
/*
 * The document is a graph of named states. It is checked as api.md 7.4 says, with the place
 * in it that is wrong, and read as what the graph means: the chain of stages from `initial`,
 * each with the tasks that hang off it as its jobs. The shape that comes of that is what the
 * new pipeline's runs have. Keys that nobody reads may be spelt in any way.
 *
 * Assumptions: `initial` and `final` themselves do nothing and make no stage; a document with
 * more than 200 states is refused; the url is made up.
 */
#include "sim/orchestra.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "sim/server.h"

#define STATES_MAX 200
#define EDGES_MAX 2000
#define INITIALIZING_MS 2000
#define PROCESSING_MS 6000
#define NAME_MAX_BYTES (128 * 4)

struct orchestra_task {
	char id[RNG_ID_SIZE];
	int64_t created;
	bool made;
	struct pipeline_info info;
};

/* ---- the graph ---- */

struct edge {
	int from, to;
};

struct graph {
	const cJSON *flow, *states;
	const cJSON *state[STATES_MAX];
	struct edge edges[EDGES_MAX];
	int n, nedges;
};

static const cJSON *part(const cJSON *o, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(o, name);
}

static const char *word(const cJSON *o, const char *name)
{
	return text_or_empty(cJSON_GetStringValue(part(o, name)));
}

static int state_named(const struct graph *g, const char *name)
{
	int i;

	for (i = 0; i < g->n && strcmp(g->state[i]->string, name); i++)
		;
	return i < g->n ? i : -1;
}

static bool is_task(const struct graph *g, int i)
{
	return strcmp(word(g->state[i], "type"), "task") == 0;
}

static bool read_states(struct graph *g, struct err *err)
{
	const cJSON *e;

	cJSON_ArrayForEach(e, g->states)
	{
		const char *type = word(e, "type");

		if (g->n == STATES_MAX)
			return err_set(err, ERR_INPUT, 0, "states: more than %d", STATES_MAX);
		if (strcmp(type, "stage") && strcmp(type, "task"))
			return err_set(err, ERR_INPUT, 0, "states.%.60s.type: must be stage or task",
				       e->string);
		if (part(e, "name") && strcmp(word(e, "name"), e->string))
			return err_set(err, ERR_INPUT, 0, "states.%.60s.name: is not its key",
				       e->string);
		g->state[g->n++] = e;
	}
	return true;
}

static bool read_edge(struct graph *g, const cJSON *from, const cJSON *to, struct err *err)
{
	struct edge e = {state_named(g, from->string), state_named(g, to->string)};

	if (e.to < 0)
		return err_set(err, ERR_INPUT, 0, "flow.%.60s.%.60s: no such state", from->string,
			       to->string);
	if (!cJSON_IsString(to))
		return err_set(err, ERR_INPUT, 0, "flow.%.60s.%.60s: must be \"always\"",
			       from->string, to->string);
	if (is_task(g, e.from))
		return err_set(err, ERR_INPUT, 0, "flow.%.60s: a task has no successors",
			       from->string);
	if (g->nedges == EDGES_MAX)
		return err_set(err, ERR_INPUT, 0, "flow: more than %d successors", EDGES_MAX);
	g->edges[g->nedges++] = e;
	return true;
}

static bool read_flow(struct graph *g, struct err *err)
{
	const cJSON *from, *to;

	cJSON_ArrayForEach(from, g->flow)
	{
		if (state_named(g, from->string) < 0)
			return err_set(err, ERR_INPUT, 0, "flow.%.60s: no such state", from->string);
		if (!cJSON_IsObject(from))
			return err_set(err, ERR_INPUT, 0, "flow.%.60s: must be an object",
				       from->string);
		cJSON_ArrayForEach(to, from) if (!read_edge(g, from, to, err)) return false;
	}
	return true;
}

/* The longest way to each state grows without end exactly where there is a cycle. */
static int in_cycle(const struct graph *g)
{
	int way[STATES_MAX] = {0}, i;
	bool moved = true;

	while (moved) {
		moved = false;
		for (i = 0; i < g->nedges; i++) {
			const struct edge *e = &g->edges[i];

			if (way[e->to] > way[e->from])
				continue;
			way[e->to] = way[e->from] + 1;
			if (way[e->to] > g->n)
				return e->to;
			moved = true;
		}
	}
	return -1;
}

static bool reaches(const struct graph *g, int from, int to)
{
	bool seen[STATES_MAX] = {false}, moved = true;
	int i;

	seen[from] = true;
	while (moved) {
		moved = false;
		for (i = 0; i < g->nedges; i++)
			if (seen[g->edges[i].from] && !seen[g->edges[i].to])
				seen[g->edges[i].to] = moved = true;
	}
	return seen[to];
}

static bool check(struct graph *g, const cJSON *doc, struct err *err)
{
	static const char *const ends[] = {"initial", "final"};
	const cJSON *workflow = part(doc, "workflow");
	size_t i;
	int at;

	g->flow = part(doc, "flow");
	g->states = part(doc, "states");
	if (!cJSON_IsObject(g->flow) || !cJSON_IsObject(g->states) || !cJSON_IsObject(workflow))
		return err_set(err, ERR_INPUT, 0, "%s: is required, an object",
			       !cJSON_IsObject(g->flow)	    ? "flow"
			       : !cJSON_IsObject(g->states) ? "states"
							    : "workflow");
	if (text_empty(word(workflow, "name")) || strlen(word(workflow, "name")) > NAME_MAX_BYTES)
		return err_set(err, ERR_INPUT, 0, "workflow.name: is required, 1 to 128 characters");
	if (!read_states(g, err))
		return false;
	for (i = 0; i < 2; i++)
		if (state_named(g, ends[i]) < 0)
			return err_set(err, ERR_INPUT, 0, "states.%s: is required", ends[i]);
	if (!read_flow(g, err))
		return false;
	at = in_cycle(g);
	if (at >= 0)
		return err_set(err, ERR_INPUT, 0, "flow.%.60s: is part of a cycle",
			       g->state[at]->string);
	if (!reaches(g, state_named(g, "initial"), state_named(g, "final")))
		return err_set(err, ERR_INPUT, 0, "flow: final is not reached from initial");
	return true;
}

/* ---- what its runs will be ---- */

static const char *shown(struct arena *a, const cJSON *state)
{
	const char *name = word(state, "display_name");

	return arena_strdup(a, *name ? name : state->string);
}

static void make_job(struct arena *a, const struct scenario *s, const cJSON *state,
		     struct shape_job *j)
{
	struct shape_step *step = arena_alloc(a, sizeof(*step));
	const struct shape_step **steps = arena_array(a, 1, sizeof(*steps));

	step->name = shown(a, state);
	step->task = arena_printf(a, "official_devcloud_%s", word(state, "dsl_method"));
	step->type = "Build";
	step->log = s->nlogs ? &s->logs[s->nlogs - 1] : NULL;
	step->seconds = (struct range){20, 60};
	step->rate = (struct range){1, 4};
	steps[0] = step;
	*j = (struct shape_job){step->name, steps, 1};
}

static int next_stage(const struct graph *g, int at)
{
	int i;

	for (i = 0; i < g->nedges; i++)
		if (g->edges[i].from == at && !is_task(g, g->edges[i].to))
			return g->edges[i].to;
	return -1;
}

static void make_stage(struct arena *a, const struct scenario *s, const struct graph *g, int at,
		       struct shape_stage *stage)
{
	int i;

	stage->name = shown(a, g->state[at]);
	stage->jobs = arena_array(a, (size_t)g->nedges + 1, sizeof(*stage->jobs));
	for (i = 0; i < g->nedges; i++)
		if (g->edges[i].from == at && is_task(g, g->edges[i].to))
			make_job(a, s, g->state[g->edges[i].to], &stage->jobs[stage->n++]);
}

static const struct shape *make_shape(struct arena *a, const struct scenario *s,
				      const struct graph *g, const char *name)
{
	struct shape *shape = arena_alloc(a, sizeof(*shape));
	int at = next_stage(g, state_named(g, "initial")), final = state_named(g, "final");

	shape->name = name;
	shape->stages = arena_array(a, (size_t)g->n, sizeof(*shape->stages));
	for (; at >= 0 && at != final; at = next_stage(g, at))
		make_stage(a, s, g, at, &shape->stages[shape->n++]);
	return shape;
}

/* ---- the task ---- */

static void plan_pipeline(struct call *c, const struct graph *g, const cJSON *workflow,
			  struct orchestra_task *t)
{
	const struct scenario *s = world_scenario(c->server->world);
	const struct project *project = world_project(c->server->world, word(workflow, "project_id"));
	struct arena *a = world_arena(c->server->world);
	struct pipeline_info *p = &t->info;

	rng_id(rng_mix(rng_text(t->id, strlen(t->id)), 1), p->id);
	p->name = arena_strdup(a, word(workflow, "name"));
	p->repo = p->name;
	p->project = project ? (int)(project - s->projects) : 0;
	p->shape = make_shape(a, s, g, p->name);
	p->listed_v3 = true;
	p->group = -1;
	p->creator = s->npeople ? s->people[0].name : "ops";
	p->creator_id = s->npeople ? s->people[0].id : "";
	p->create_ms = t->created + INITIALIZING_MS + PROCESSING_MS;
	p->first_number = 1;
}

void orchestra_create(struct call *c)
{
	struct orchestra *o = &c->server->orchestra;
	struct graph *g = mem_zalloc(sizeof(*g));
	struct orchestra_task *t;
	struct err err = {0};
	cJSON *answer;

	if (!check(g, c->body, &err)) {
		call_error(c, 400, "DEVCP.00021400", "%s", err.text);
		mem_free(g);
		return;
	}
	o->v = mem_grow(o->v, o->n, sizeof(*o->v));
	t = &o->v[o->n++];
	*t = (struct orchestra_task){.created = c->now};
	if (!*c->made)
		rng_id(rng_mix(world_salt(c->server->world, c->now), 0x7a5c), c->made);
	snprintf(t->id, sizeof(t->id), "%s", c->made);
	plan_pipeline(c, g, part(c->body, "workflow"), t);
	mem_free(g);
	answer = cJSON_CreateObject();
	cJSON_AddStringToObject(answer, "task_id", t->id);
	call_json(c, 200, answer);
}

static const char *progress(const struct orchestra_task *t, int64_t now)
{
	if (now < t->created + INITIALIZING_MS)
		return "initializing";
	return t->made ? "succeeded" : "processing";
}

static void add_or_null(cJSON *o, const char *name, const char *value)
{
	cJSON_AddItemToObject(o, name, value ? cJSON_CreateString(value) : cJSON_CreateNull());
}

void orchestra_status(struct call *c)
{
	const struct orchestra *o = &c->server->orchestra;
	const struct orchestra_task *t;
	char url[160];
	cJSON *answer;
	size_t i;

	for (i = 0; i < o->n && strcmp(o->v[i].id, c->args[0]); i++)
		;
	if (i == o->n) {
		call_error(c, 200, "DEVCP.00012002", "the task %s does not exist", c->args[0]);
		return;
	}
	t = &o->v[i];
	snprintf(url, sizeof(url), "https://devcloud.example.com/pipeline/%s", t->info.id);
	answer = cJSON_CreateObject();
	cJSON_AddStringToObject(answer, "task_id", t->id);
	cJSON_AddStringToObject(answer, "task_status", progress(t, c->now));
	add_or_null(answer, "pipeline_id", t->made ? t->info.id : NULL);
	cJSON_AddStringToObject(answer, "pipeline_name", t->info.name);
	add_or_null(answer, "pipeline_url", t->made ? url : NULL);
	call_json(c, 200, answer);
}

void orchestra_catch_up(struct server *s, int64_t now)
{
	struct orchestra *o = &s->orchestra;
	size_t i;

	for (i = 0; i < o->n; i++)
		if (!o->v[i].made && now >= o->v[i].info.create_ms)
			o->v[i].made = world_add_pipeline(s->world, &o->v[i].info) != NULL;
}

void orchestra_done(struct orchestra *o)
{
	mem_free(o->v);
	*o = (struct orchestra){0};
}
