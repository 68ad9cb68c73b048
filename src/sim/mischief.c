/* SPDX-License-Identifier: MIT */
/*
 * A fault strikes between what is done and what is said. Those of the answer (an error, a
 * page, nothing at all) come with the action or without it, as `when` says; the others lie
 * about what was done, when, to what, or by whom. An action that is put off is kept as the
 * request that it came with, and goes the way of all requests when its time has come.
 */
#include "sim/mischief.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "sim/act.h"
#include "sim/render.h"
#include "sim/server.h"
#include "sim/tokens.h"

#define NOBODY_CAME "a fault came before it"

struct mischief_late {
	int64_t due;
	char *method, *path, *body;
	size_t len;
	char made[RNG_ID_SIZE]; /* the id that was promised */
};

/* ---- doing it in another way ---- */

/* The same call by somebody else, or at another time; what it is told is for nobody. */
static void do_apart(struct call *c)
{
	struct answer unheard = {0}, *own = c->answer;

	buf_init(&unheard.body, BUF_MAX);
	c->answer = &unheard;
	action_handle(c);
	c->answer = own;
	buf_done(&unheard.body);
}

static struct run *run_of(struct call *c)
{
	struct pipeline *p = world_pipeline(c->server->world, c->args[1]);
	const char *id = c->route->action == ACTION_RUN ? c->made : c->args[2];

	return p && *id ? pipeline_run(p, id, c->now) : NULL;
}

static const struct route *route_of(enum action_kind kind)
{
	size_t i;

	for (i = 0; service_routes[i].action != kind; i++)
		;
	return &service_routes[i];
}

/* ---- what is said is not what was done ---- */

static void late(struct call *c, const struct fault *f)
{
	struct mischief *m = &c->server->mischief;
	struct mischief_late *l;

	action_pretend(c);
	m->late = mem_grow(m->late, m->nlate, sizeof(*m->late));
	l = &m->late[m->nlate++];
	*l = (struct mischief_late){.due = c->now + f->ms, .len = c->request->len};
	l->method = mem_strdup(c->request->method);
	l->path = mem_strdup(c->request->path);
	l->body = mem_alloc(l->len + 1);
	if (l->len)
		memcpy(l->body, c->request->body, l->len);
	snprintf(l->made, sizeof(l->made), "%s", c->made);
}

static void undone(struct call *c, const struct fault *f)
{
	action_skip(c, "success was said all the same");
	action_pretend(c);
}

static void stale(struct call *c, const struct fault *f)
{
	struct mischief *m = &c->server->mischief;
	struct run *r = run_of(c);

	if (!faults_are_of_runs(c->route->class)) {
		action_handle(c);
		return;
	}
	cJSON_Delete(m->stale_detail);
	m->stale_detail = r ? render_detail(c, r) : NULL;
	action_handle(c);
	snprintf(m->stale_run, sizeof(m->stale_run), "%.32s", *c->made ? c->made : c->args[2]);
	m->stale_reads = f->reads;
}

static void blind(struct call *c, const struct fault *f)
{
	struct fault reads = *f;

	action_handle(c);
	reads.class = faults_are_of_runs(c->route->class) ? FAULT_DETAIL : FAULT_OTHER;
	reads.kind = FAULT_STATUS;
	reads.count = f->reads;
	reads.skip = 0;
	faults_push(&c->server->faults, &reads);
}

/* ---- it happens to another ---- */

static bool act_on(struct call *c, struct run *r)
{
	struct world *w = c->server->world;

	switch (c->route->class) {
	case FAULT_STOP:
		return act_stop(w, r, c->now, NULL);
	case FAULT_RETRY:
		return act_retry(w, r, c->now, NULL);
	case FAULT_APPROVE:
		return act_decide(w, r, SIM_COMPLETED, c->now, NULL);
	default:
		return act_decide(w, r, SIM_FAILED, c->now, NULL);
	}
}

static struct run *run_astray(struct call *c, struct pipeline *p)
{
	struct world *w = c->server->world;
	struct run *r = NULL;
	int i;

	if (c->route->action == ACTION_RUN) {
		for (i = 0; i < world_count(w) && !r; i++)
			if (world_pipeline_at(w, i) != p)
				r = act_start(w, world_pipeline_at(w, i), &(struct act_order){0},
					      c->now, NULL);
		return r;
	}
	for (i = pipeline_run_count(p) - 1; i >= 0; i--) {
		r = pipeline_run_at(p, i);
		if (r->created <= c->now && strcmp(r->id, c->args[2]) && act_on(c, r))
			return r;
	}
	return NULL;
}

static void astray(struct call *c, const struct fault *f)
{
	struct pipeline *p = world_pipeline(c->server->world, c->args[1]);
	struct run *r = p && faults_are_of_runs(c->route->class) ? run_astray(c, p) : NULL;
	struct journal_entry *e;

	action_skip(c, "another run was changed instead");
	e = r ? journal_add(&c->server->journal, c->now, action_name(c->route->action)) : NULL;
	if (e) {
		snprintf(e->pipeline_id, sizeof(e->pipeline_id), "%s", r->pipeline->info->id);
		snprintf(e->run_id, sizeof(e->run_id), "%s", r->id);
		snprintf(e->text, sizeof(e->text), "instead of what was asked for");
	}
	action_pretend(c);
}

/* ---- others are there too ---- */

static void undo(struct call *c)
{
	enum action_kind opposite = c->route->action == ACTION_STOP ? ACTION_RETRY : ACTION_STOP;
	struct call other = *c;

	if (!run_of(c))
		return;
	if (c->route->action == ACTION_RUN)
		snprintf(other.args[2], sizeof(other.args[2]), "%s", c->made);
	other.by = JOURNAL_COLLEAGUE;
	other.route = route_of(opposite);
	do_apart(&other);
}

static void colleague(struct call *c, const struct fault *f)
{
	struct call other = *c;

	other.by = JOURNAL_COLLEAGUE;
	if (f->when != FAULT_AFTER)
		do_apart(&other);
	action_handle(c);
	if (f->when == FAULT_AFTER)
		undo(c);
}

static void finish(struct call *c)
{
	struct run *r = run_of(c);

	if (r)
		act_finish(c->server->world, r, c->now, NULL);
}

/* A stop that came too late is accepted like any other. */
static void finishes(struct call *c, const struct fault *f)
{
	if (f->when != FAULT_AFTER) {
		finish(c);
		action_handle(c);
		return;
	}
	if (c->route->class == FAULT_STOP) {
		action_skip(c, "the run ended by itself first");
		action_pretend(c);
	} else {
		action_handle(c);
	}
	finish(c);
}

/* ---- only the answer ---- */

static void spoiled(struct call *c, const struct fault *f)
{
	bool softly = f->kind == FAULT_TRUNCATE || f->kind == FAULT_DELAY;

	if (f->when == FAULT_AFTER || (f->when == FAULT_AS_EVER && softly)) {
		action_handle(c);
	} else {
		action_skip(c, NOBODY_CAME);
		if (softly)
			action_pretend(c);
	}
	server_spoil(c, f);
}

void mischief_serve(struct call *c, const struct fault *f)
{
	static const struct {
		enum fault_kind kind;
		void (*play)(struct call *c, const struct fault *f);
	} plays[] = {
		{FAULT_LATE, late},	    {FAULT_UNDONE, undone},	  {FAULT_STALE, stale},
		{FAULT_BLIND, blind},	    {FAULT_ASTRAY, astray},	  {FAULT_COLLEAGUE, colleague},
		{FAULT_FINISHES, finishes},
	};
	size_t i;

	if (!tokens_check(c) || !server_read_body(c))
		return;
	for (i = 0; i < sizeof(plays) / sizeof(plays[0]); i++)
		if (plays[i].kind == f->kind) {
			plays[i].play(c, f);
			return;
		}
	spoiled(c, f);
}

/* ---- later ---- */

static void late_done(struct mischief_late *l)
{
	mem_free(l->method);
	mem_free(l->path);
	mem_free(l->body);
}

static void do_late(struct server *s, const struct mischief_late *l)
{
	struct request r = {.method = l->method, .path = l->path, .body = l->body, .len = l->len};
	struct answer unheard = {0};
	struct call c = {.server = s, .request = &r, .answer = &unheard, .now = l->due};

	buf_init(&unheard.body, BUF_MAX);
	snprintf(c.made, sizeof(c.made), "%s", l->made);
	world_catch_up(s->world, l->due);
	c.route = route_find(service_routes, service_routes_count, &r, &c);
	if (server_read_body(&c))
		action_handle(&c);
	cJSON_Delete(c.body);
	arena_done(&c.words);
	buf_done(&unheard.body);
}

void mischief_catch_up(struct server *s, int64_t now)
{
	struct mischief *m = &s->mischief;
	size_t i, first;

	while (m->nlate) {
		struct mischief_late l;

		for (i = first = 0; i < m->nlate; i++)
			if (m->late[i].due < m->late[first].due)
				first = i;
		l = m->late[first];
		if (l.due > now)
			return;
		memmove(m->late + first, m->late + first + 1,
			(m->nlate - first - 1) * sizeof(*m->late));
		m->nlate--;
		do_late(s, &l);
		late_done(&l);
	}
}

bool mischief_stale(struct call *c, const char *run_id)
{
	struct mischief *m = &c->server->mischief;
	cJSON *copy;

	if (m->stale_reads <= 0 || strcmp(m->stale_run, run_id))
		return false;
	m->stale_reads--;
	if (!m->stale_detail) {
		call_error(c, 200, "DEVCP.00012002", "the run %s does not exist", run_id);
		return true;
	}
	copy = cJSON_Duplicate(m->stale_detail, true);
	cJSON_SetNumberValue(cJSON_GetObjectItemCaseSensitive(copy, "current_system_time"),
			     (double)c->now);
	call_json(c, 200, copy);
	return true;
}

void mischief_done(struct mischief *m)
{
	while (m->nlate)
		late_done(&m->late[--m->nlate]);
	mem_free(m->late);
	cJSON_Delete(m->stale_detail);
	*m = (struct mischief){0};
}
