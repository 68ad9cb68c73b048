/* SPDX-License-Identifier: MIT */
/*
 * The simulator's own path, /_sim/: the truth for those who test against it, and levers
 * on time, modes and faults. Described in pipetop-sim(1).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "sim/act.h"
#include "sim/server.h"
#include "sim/tokens.h"
#include "sim/truth.h"

static void say_ok(struct call *c)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddBoolToObject(o, "ok", true);
	cJSON_AddNumberToObject(o, "now", (double)server_now(c->server));
	call_json(c, 200, o);
}

static void say_wrong(struct call *c, const char *text)
{
	call_error(c, 400, "SIM.0400", "%s", text);
}

static bool number(const char *text, double min, double max, double *out)
{
	char *end;

	if (text_empty(text))
		return false;
	*out = strtod(text, &end);
	return !*end && isfinite(*out) && *out >= min && *out <= max;
}

static void truth_log_text(struct call *c)
{
	c->answer->status = 200;
	c->answer->type = "text/plain;charset=UTF-8";
	if (!truth_log(c->server, c->args[0], &c->answer->body))
		call_error(c, 404, "SIM.0404", "no step %s", c->args[0]);
}

static void truth_log_hash(struct call *c)
{
	c->answer->status = 200;
	c->answer->type = "application/json;charset=UTF-8";
	if (!truth_hash(c->server, c->args[0], &c->answer->body))
		call_error(c, 404, "SIM.0404", "no step %s", c->args[0]);
}

static void truth_states(struct call *c)
{
	call_json(c, 200, truth_state(c->server));
}

#define REQUESTS_PAGE 10000

static cJSON *request_row(const struct ring_entry *e)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddNumberToObject(o, "n", (double)e->number);
	cJSON_AddNumberToObject(o, "real_ms", (double)e->real_ms);
	cJSON_AddNumberToObject(o, "sim_ms", (double)e->sim_ms);
	cJSON_AddStringToObject(o, "method", e->method);
	cJSON_AddStringToObject(o, "path", text_or_empty(e->path));
	cJSON_AddStringToObject(o, "body_sha256", e->body_sha256);
	cJSON_AddNumberToObject(o, "status", e->status);
	cJSON_AddBoolToObject(o, "with_token", e->with_token);
	cJSON_AddBoolToObject(o, "with_signature", e->with_signature);
	return o;
}

/* Those after number `since`; "next" is what to ask with the next time. */
static void requests(struct call *c)
{
	const struct ring *ring = &c->server->ring;
	uint64_t n;
	double since = 0;
	cJSON *o, *list;
	int k;

	if (call_query(c, "since") && !number(call_query(c, "since"), 0, 9e15, &since)) {
		say_wrong(c, "since must be the number of a request");
		return;
	}
	n = (uint64_t)since < ring->forgotten ? ring->forgotten : (uint64_t)since;
	o = cJSON_CreateObject();
	cJSON_AddNumberToObject(o, "received", (double)ring->received);
	cJSON_AddNumberToObject(o, "forgotten", (double)(n - (uint64_t)since));
	list = cJSON_AddArrayToObject(o, "requests");
	for (k = 0; k < REQUESTS_PAGE && n < ring->received; k++)
		cJSON_AddItemToArray(list, request_row(ring_get(ring, ++n)));
	cJSON_AddNumberToObject(o, "next", (double)n);
	call_json(c, 200, o);
}

/* With its secrets: what a client is caught with, if it lets them out anywhere else. */
static void heard(struct call *c)
{
	const char *name = text_or_empty(call_query(c, "class"));
	const struct buf *last;
	int i;

	for (i = 0; i < FAULT_CLASSES && strcmp(name, fault_class_name((enum fault_class)i)); i++)
		;
	if (i == FAULT_CLASSES || i == FAULT_ANY) {
		say_wrong(c, "class must be list, detail, log, iam, run, stop, retry, approve, reject, ban, template, task or other");
		return;
	}
	last = &c->server->heard[i];
	c->answer->status = 200;
	c->answer->type = "text/plain;charset=UTF-8";
	if (last->len)
		buf_add(&c->answer->body, last->data, last->len);
}

static void counts(struct call *c)
{
	cJSON *o = cJSON_CreateObject();
	int i;

	for (i = 0; i < FAULT_CLASSES; i++)
		cJSON_AddNumberToObject(o, fault_class_name((enum fault_class)i),
					(double)c->server->counts[i]);
	call_json(c, 200, o);
}

static void advance(struct call *c)
{
	double seconds;

	if (!number(call_query(c, "seconds"), 0, 366 * 86400.0, &seconds)) {
		say_wrong(c, "seconds must be a number from 0 to 31622400");
		return;
	}
	server_advance(c->server, seconds);
	server_catch_up(c->server, server_now(c->server));
	say_ok(c);
}

static void speed(struct call *c)
{
	double x;

	if (!number(call_query(c, "x"), 0, 100000, &x)) {
		say_wrong(c, "x must be a number from 0 (time stands still) to 100000");
		return;
	}
	server_set_speed(c->server, x);
	say_ok(c);
}

static void stop_time(struct call *c)
{
	server_set_speed(c->server, 0);
	say_ok(c);
}

static void mode(struct call *c)
{
	struct sim_modes modes = c->server->modes;
	struct err err = {0};
	int i;

	for (i = 0; i < c->request->nquery; i++)
		if (!sim_modes_set(&modes, c->request->query[i].name,
				   text_or_empty(c->request->query[i].value), &err)) {
			say_wrong(c, err.text);
			return;
		}
	server_set_modes(c->server, &modes);
	say_ok(c);
}

static void fault(struct call *c)
{
	struct fault f;
	struct err err = {0};
	int i;

	faults_default(&f);
	for (i = 0; i < c->request->nquery; i++)
		if (!faults_set(&f, c->request->query[i].name,
				text_or_empty(c->request->query[i].value), &err)) {
			say_wrong(c, err.text);
			return;
		}
	faults_push(&c->server->faults, &f);
	say_ok(c);
}

static void clear_faults(struct call *c)
{
	faults_clear(&c->server->faults);
	say_ok(c);
}

/* ---- a person acts ---- */

static struct run *asked_run(struct call *c)
{
	const char *id = text_or_empty(call_query(c, "run"));
	struct run *r = *id ? world_run(c->server->world, id, c->now) : NULL;

	if (!r)
		call_error(c, 404, "SIM.0404",
			   "there is no run \"%.40s\" (one of a crowd must have been looked at)",
			   id);
	return r;
}

/* Into the journal, and answered. */
static void acted(struct call *c, const char *kind, const char *pipeline_id, const struct run *r,
		  const struct err *err)
{
	struct journal_entry *e = journal_add(&c->server->journal, c->now, kind);

	if (e) {
		e->by = JOURNAL_CONTROL;
		e->outcome = err->kind ? JOURNAL_REFUSED : JOURNAL_APPLIED;
		snprintf(e->pipeline_id, sizeof(e->pipeline_id), "%.60s", pipeline_id);
		snprintf(e->run_id, sizeof(e->run_id), "%s", r ? r->id : "");
		snprintf(e->text, sizeof(e->text), "%s", err->kind ? err->text : "");
	}
	if (err->kind)
		say_wrong(c, err->text);
	else
		say_ok(c);
}

static void stop_run(struct call *c)
{
	struct run *r = asked_run(c);
	struct err err = {0};

	if (!r)
		return;
	act_stop(c->server->world, r, c->now, &err);
	acted(c, "stop", r->pipeline->info->id, r, &err);
}

static void retry_run(struct call *c)
{
	struct run *r = asked_run(c);
	struct err err = {0};

	if (!r)
		return;
	act_retry(c->server->world, r, c->now, &err);
	acted(c, "retry", r->pipeline->info->id, r, &err);
}

static void decide(struct call *c, enum sim_state outcome)
{
	struct run *r = asked_run(c);
	struct err err = {0};

	if (!r)
		return;
	act_decide(c->server->world, r, outcome, c->now, &err);
	acted(c, outcome == SIM_COMPLETED ? "pass" : "refuse", r->pipeline->info->id, r, &err);
}

static void pass_gate(struct call *c)
{
	decide(c, SIM_COMPLETED);
}

static void refuse_gate(struct call *c)
{
	decide(c, SIM_FAILED);
}

static void start_run(struct call *c)
{
	const char *id = text_or_empty(call_query(c, "pipeline"));
	struct pipeline *p = *id ? world_pipeline(c->server->world, id) : NULL;
	struct run *r = NULL;
	struct err err = {0};
	cJSON *o;

	if (!p) {
		call_error(c, 404, "SIM.0404", "there is no pipeline \"%.40s\"", id);
		return;
	}
	r = act_start(c->server->world, p, &(struct act_order){0}, c->now, &err);
	acted(c, "run", id, r, &err);
	if (!r)
		return;
	o = cJSON_CreateObject();
	cJSON_AddStringToObject(o, "pipeline_run_id", r->id);
	cJSON_AddNumberToObject(o, "run_number", r->number);
	call_json(c, 200, o);
}

static void actions(struct call *c)
{
	double since = 0;

	if (call_query(c, "since") && !number(call_query(c, "since"), 0, 9e15, &since))
		say_wrong(c, "since must be the number of an action");
	else
		call_json(c, 200, journal_json(&c->server->journal, (uint64_t)since));
}

/* Of one pipeline, or of all together. */
static void concurrency(struct call *c)
{
	const char *id = call_query(c, "pipeline"), *exceed = text_or_empty(call_query(c, "exceed"));
	struct pipeline *p = id ? world_pipeline(c->server->world, id) : NULL;
	double n;

	if (!number(call_query(c, "number"), 0, 1000000, &n)) {
		say_wrong(c, "number must be 0 (no limit) to 1000000");
	} else if (id && !p) {
		call_error(c, 404, "SIM.0404", "there is no pipeline \"%.40s\"", id);
	} else if (*exceed && strcmp(exceed, "queue") && strcmp(exceed, "abort")) {
		say_wrong(c, "exceed must be queue or abort");
	} else {
		if (p) {
			p->concurrency = (int)n;
			p->aborts = *exceed == 'a';
		} else {
			world_set_tenant_limit(c->server->world, (int)n);
		}
		say_ok(c);
	}
}

/* Custom ones, made up, besides those that there are. */
static void templates(struct call *c)
{
	const struct scenario *s = world_scenario(c->server->world);
	double n;

	if (!number(call_query(c, "count"), 0, 10000, &n)) {
		say_wrong(c, "count must be a number from 0 to 10000");
		return;
	}
	templates_fill(&c->server->templates, s);
	specimens_add(&c->server->templates, s, (int)n);
	say_ok(c);
}

static void expire_tokens(struct call *c)
{
	tokens_expire(&c->server->tokens);
	say_ok(c);
}

static void unlock(struct call *c)
{
	tokens_unlock(c->server);
	say_ok(c);
}

static void token_life(struct call *c)
{
	double seconds;

	if (!number(call_query(c, "seconds"), 1, 366 * 86400.0, &seconds)) {
		say_wrong(c, "seconds must be a number from 1 to 31622400");
		return;
	}
	c->server->tokens.life_ms = (int64_t)(seconds * 1000);
	say_ok(c);
}

const struct route control_routes[] = {
	{"GET", "/_sim/locks", FAULT_OTHER, tokens_locks, ACTION_NONE},
	{"POST", "/_sim/unlock", FAULT_OTHER, unlock, ACTION_NONE},
	{"POST", "/_sim/token-life", FAULT_OTHER, token_life, ACTION_NONE},
	{"GET", "/_sim/truth/log/{}", FAULT_OTHER, truth_log_text, ACTION_NONE},
	{"GET", "/_sim/truth/hash/{}", FAULT_OTHER, truth_log_hash, ACTION_NONE},
	{"GET", "/_sim/truth/state", FAULT_OTHER, truth_states, ACTION_NONE},
	{"GET", "/_sim/requests", FAULT_OTHER, requests, ACTION_NONE},
	{"GET", "/_sim/heard", FAULT_OTHER, heard, ACTION_NONE},
	{"GET", "/_sim/counts", FAULT_OTHER, counts, ACTION_NONE},
	{"GET", "/_sim/actions", FAULT_OTHER, actions, ACTION_NONE},
	{"POST", "/_sim/concurrency", FAULT_OTHER, concurrency, ACTION_NONE},
	{"POST", "/_sim/templates", FAULT_OTHER, templates, ACTION_NONE},
	{"POST", "/_sim/advance", FAULT_OTHER, advance, ACTION_NONE},
	{"POST", "/_sim/speed", FAULT_OTHER, speed, ACTION_NONE},
	{"POST", "/_sim/stop-time", FAULT_OTHER, stop_time, ACTION_NONE},
	{"POST", "/_sim/mode", FAULT_OTHER, mode, ACTION_NONE},
	{"POST", "/_sim/fault", FAULT_OTHER, fault, ACTION_NONE},
	{"POST", "/_sim/clear-faults", FAULT_OTHER, clear_faults, ACTION_NONE},
	{"POST", "/_sim/stop", FAULT_OTHER, stop_run, ACTION_NONE},
	{"POST", "/_sim/retry", FAULT_OTHER, retry_run, ACTION_NONE},
	{"POST", "/_sim/pass", FAULT_OTHER, pass_gate, ACTION_NONE},
	{"POST", "/_sim/refuse", FAULT_OTHER, refuse_gate, ACTION_NONE},
	{"POST", "/_sim/start", FAULT_OTHER, start_run, ACTION_NONE},
	{"POST", "/_sim/expire-tokens", FAULT_OTHER, expire_tokens, ACTION_NONE},
};
const size_t control_routes_count = sizeof(control_routes) / sizeof(control_routes[0]);
