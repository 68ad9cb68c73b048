/* SPDX-License-Identifier: MIT */
/*
 * What every request goes through: the clock, the route, the token, a fault if one
 * stands, the handler, the record. The control path takes none of that but the clock
 * and the route, so that a broken service can still be mended.
 */
#include "sim/server.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>

#include "core/hash.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "sim/echo.h"
#include "sim/percent.h"
#include "sim/signature.h"
#include "sim/stamp.h"
#include "sim/tokens.h"

/* ---- time ---- */

int64_t server_now(const struct server *s)
{
	const struct server_clock *c = &s->clock;

	return c->sim_ms + (int64_t)((double)(when_monotonic_ms() - c->real_ms) * c->speed);
}

void server_set_speed(struct server *s, double speed)
{
	s->clock.sim_ms = server_now(s);
	s->clock.real_ms = when_monotonic_ms();
	s->clock.speed = speed;
}

void server_advance(struct server *s, double seconds)
{
	s->clock.sim_ms += (int64_t)(seconds * 1000);
}

void server_set_modes(struct server *s, const struct sim_modes *modes)
{
	s->modes = *modes;
	world_retry_same_ids(s->world, modes->retry_same_ids);
}

void server_catch_up(struct server *s, int64_t now)
{
	mischief_catch_up(s, now);
	orchestra_catch_up(s, now);
	world_catch_up(s->world, now);
}

/* ---- life ---- */

void server_init(struct server *s, struct world *world, const struct sim_options *o)
{
	*s = (struct server){.world = world, .modes = o->modes};
	s->clock.sim_ms = world_scenario(world)->start_ms;
	s->clock.real_ms = when_monotonic_ms();
	s->clock.speed = o->speed;
	s->tokens.only = o->token;
	s->access_key = o->access_key ? o->access_key : SIM_ACCESS_KEY;
	s->secret_key = o->secret_key ? o->secret_key : SIM_SECRET_KEY;
	s->security_token = o->security_token;
	s->password = o->password;
	s->lock_after = o->lock_after;
	s->templates.specimens = o->templates;
	s->tokens.life_ms = o->token_life_s ? INT64_C(1000) * o->token_life_s
					    : INT64_C(24) * 3600 * 1000;
}

void server_done(struct server *s)
{
	int i;

	faults_clear(&s->faults);
	ring_done(&s->ring);
	journal_done(&s->journal);
	mischief_done(&s->mischief);
	orchestra_done(&s->orchestra);
	templates_done(&s->templates);
	for (i = 0; i < FAULT_CLASSES; i++)
		buf_done(&s->heard[i]);
	world_free(s->world);
}

/* ---- answers ---- */

const char *call_query(const struct call *c, const char *name)
{
	int i;

	for (i = 0; i < c->request->nquery; i++)
		if (strcmp(c->query[i].name, name) == 0)
			return c->query[i].value;
	return NULL;
}

void call_json(struct call *c, int status, cJSON *json)
{
	char *text = cJSON_PrintUnformatted(json);

	if (!text)
		mem_exhausted();
	cJSON_Delete(json);
	c->answer->status = status;
	c->answer->type = "application/json;charset=UTF-8";
	buf_clear(&c->answer->body);
	buf_adds(&c->answer->body, text);
	cJSON_free(text);
}

void call_error(struct call *c, int status, const char *code, const char *fmt, ...)
{
	cJSON *o = cJSON_CreateObject();
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	cJSON_AddStringToObject(o, "error_code", code);
	cJSON_AddStringToObject(o, "error_msg", text);
	call_json(c, status, o);
}

void call_gateway(struct call *c, int status, const char *code, const char *text)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "error_msg", text);
	cJSON_AddStringToObject(o, "error_code", code);
	cJSON_AddStringToObject(o, "request_id", c->answer->request_id);
	call_json(c, status, o);
}

void call_keystone(struct call *c, int status, const char *title, const char *text)
{
	cJSON *o = cJSON_CreateObject(), *e = cJSON_AddObjectToObject(o, "error");

	cJSON_AddNumberToObject(e, "code", status);
	cJSON_AddStringToObject(e, "message", text);
	cJSON_AddStringToObject(e, "title", title);
	call_json(c, status, o);
}

/* ---- routes ---- */

/* One segment of the path into `out`; false when it is empty, does not fit or is no text. */
static bool decode_segment(const char *s, size_t len, char *out, size_t size)
{
	struct buf plain;
	bool good;

	buf_init(&plain, size - 1);
	good = percent_decode(s, len, &plain) && plain.len;
	if (good)
		memcpy(out, plain.data, plain.len + 1);
	buf_done(&plain);
	return good;
}

static bool route_fits(const char *pattern, const char *path, struct call *c)
{
	int n = 0;

	while (*pattern && *path) {
		size_t want = strcspn(pattern + 1, "/") + 1, have = strcspn(path + 1, "/") + 1;

		if (pattern[1] == '{') {
			if (!decode_segment(path + 1, have - 1, c->args[n++], sizeof(c->args[0])))
				return false;
		} else if (want != have || memcmp(pattern, path, want)) {
			return false;
		}
		pattern += want;
		path += have;
	}
	return !*pattern && !*path;
}

const struct route *route_find(const struct route *routes, size_t n, const struct request *r,
			       struct call *c)
{
	size_t i;

	for (i = 0; *r->path == '/' && i < n; i++)
		if (strcmp(routes[i].method, r->method) == 0 &&
		    route_fits(routes[i].pattern, r->path, c))
			return &routes[i];
	return NULL;
}

/* ---- faults ---- */

static void fault_error200(struct call *c, int shape)
{
	static const char *const shapes[] = {
		"{\"error_code\":\"DEVCP.00014031\",\"error_msg\":\"no permission\"}",
		"{\"error\":{\"code\":\"DEVCP.00010000\",\"message\":\"unknown internal error\"}}",
		("{\"error_code\":\"DEVPIPE.00011169\",\"error_msg\":\"limit reached, queued\","
		 "\"error\":{\"pipeline_run_id\":\"cccccccc000000000000000000000002\",\"queue_id\":"
		 "15}}"),
		"{\"error_msg\":\"throttled\",\"error_code\":\"APIGW.0308\",\"request_id\":\"0\"}",
		"{\"success\":false}",
		"{\"pipeline_run_id\":\"\",\"error_msg\":\"the run was refused\"}",
	};

	buf_clear(&c->answer->body);
	buf_adds(&c->answer->body, shapes[shape - 1]);
	c->answer->status = 200;
	c->answer->type = "application/json;charset=UTF-8";
}

static void fault_status(struct call *c, const struct fault *f)
{
	static const struct {
		int status;
		const char *code, *text;
	} known[] = {
		{400, "APIGW.0201", "Bad request."},
		{401, "APIGW.0301", "Incorrect IAM authentication information: token expired"},
		{403, "APIGW.0302", "The IAM user is not allowed to access the API."},
		{404, "APIGW.0101",
		 "The API does not exist or has not been published in the environment"},
		{429, "APIGW.0308",
		 "The throttling threshold has been reached: policy user over "
		 "ratelimit,limit:10,time:1 second"},
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]) && known[i].status != f->status; i++)
		;
	if (f->class == FAULT_IAM)
		call_keystone(c, f->status, f->status == 401 ? "Unauthorized" : "Error",
			      f->status == 401 ? "The username or password is wrong."
					       : "The service cannot answer now.");
	else if (i < sizeof(known) / sizeof(known[0]))
		call_gateway(c, f->status, known[i].code, known[i].text);
	else
		call_error(c, f->status, "COCT.0070500", "the service is busy, try later");
	if (f->retry_after >= 0)
		snprintf(c->answer->retry_after, sizeof(c->answer->retry_after), "%d",
			 f->retry_after);
}

static void fault_page(struct call *c, int status, const char *text)
{
	buf_clear(&c->answer->body);
	buf_adds(&c->answer->body, text);
	c->answer->status = status;
	c->answer->type = "text/html";
}

static bool fault_echo(struct call *c, const struct fault *f)
{
	if (f->shape == ECHO_PAGE)
		echo_page(c);
	else if (f->shape != ECHO_LOG)
		echo_answer(c, f->status);
	return f->shape != ECHO_LOG;
}

/* Spoils the answer; true when there is nothing left for the handler to say. */
bool server_spoil(struct call *c, const struct fault *f)
{
	struct answer *a = c->answer;

	switch (f->kind) {
	case FAULT_LATE: /* mischief.c does these */
	case FAULT_UNDONE:
	case FAULT_STALE:
	case FAULT_BLIND:
	case FAULT_ASTRAY:
	case FAULT_COLLEAGUE:
	case FAULT_FINISHES:
		return false;
	case FAULT_STATUS:
		fault_status(c, f);
		return true;
	case FAULT_ERROR200:
		fault_error200(c, f->shape);
		return true;
	case FAULT_HTML:
		fault_page(c, 200,
			   "<html><head><title>Login</title></head><body>Please sign "
			   "in.</body></html>\n");
		return true;
	case FAULT_EMPTY:
		fault_page(c, 200, "");
		return true;
	case FAULT_REDIRECT:
		fault_page(c, 302, "");
		snprintf(a->location, sizeof(a->location), "http://elsewhere.example.com/");
		return true;
	case FAULT_HANG:
		a->manner = ANSWER_NEVER;
		return true;
	case FAULT_CLOSE:
		a->manner = ANSWER_CLOSE;
		return true;
	case FAULT_TRUNCATE:
		a->manner = ANSWER_CUT;
		a->cut_at = f->bytes;
		return false;
	case FAULT_DELAY:
		a->delay_ms = f->ms;
		return false;
	case FAULT_NO_TOKEN: /* tokens.c does these */
	case FAULT_LONG_TOKEN:
	case FAULT_SPLIT_TOKEN:
	case FAULT_EXPIRES:
		break;
	case FAULT_ECHO:
		return fault_echo(c, f);
	case FAULT_KINDS:
		break;
	}
	c->fault = *f;
	c->struck = true;
	return false;
}

/* ---- the way of a request ---- */

static void record(struct server *s, const struct call *c)
{
	struct ring_entry *e;
	struct buf path;
	int i;

	buf_init(&path, 4096);
	buf_adds(&path, c->request->path);
	for (i = 0; i < c->request->nquery; i++)
		buf_addf(&path, "%c%s=%s", i ? '&' : '?', c->request->query[i].name,
			 text_or_empty(c->request->query[i].value));
	e = ring_add(&s->ring, buf_take(&path));
	e->real_ms = when_monotonic_ms();
	e->sim_ms = c->now;
	snprintf(e->method, sizeof(e->method), "%s", c->request->method);
	hash_sha256_hex(c->request->body, c->request->len, e->body_sha256);
	e->status = c->answer->status;
	e->with_token = c->request->token != NULL;
	e->with_signature = signature_is(c->request->authorization);
	buf_done(&path);
}

/* A word of the query without its escapes; one that cannot be decoded stays as it is. */
static const char *decoded(struct call *c, const char *s)
{
	struct buf plain;
	const char *word = text_or_empty(s);

	if (!strchr(word, '%'))
		return word;
	buf_init(&plain, BUF_MAX);
	if (percent_decode(word, strlen(word), &plain))
		word = arena_strdup(&c->words, text_or_empty(plain.data));
	buf_done(&plain);
	return word;
}

static void read_query(struct call *c)
{
	int i;

	for (i = 0; i < c->request->nquery; i++)
		c->query[i] = (struct pair){decoded(c, c->request->query[i].name),
					    decoded(c, c->request->query[i].value)};
}

/* A body must be JSON; assumption: a wrong one is the documented error in HTTP 200. */
bool server_read_body(struct call *c)
{
	if (!c->request->len)
		return true;
	c->body = cJSON_ParseWithLength(c->request->body, c->request->len);
	if (!c->body)
		call_error(c, 200, "DEVCP.00014004", "the body is not JSON");
	return c->body != NULL;
}

static void serve(struct server *s, struct call *c)
{
	const struct route *route = route_find(service_routes, service_routes_count, c->request, c);
	enum fault_class class = route ? route->class : FAULT_OTHER;
	struct fault fault;
	bool struck = faults_strike(&s->faults, class, &fault);

	c->route = route;
	echo_remember(s->heard, class, c->request);
	s->counts[class]++;
	s->counts[FAULT_ANY]++;
	if (struck && faults_are_actions(class)) {
		mischief_serve(c, &fault);
		return;
	}
	if (struck && server_spoil(c, &fault))
		return;
	if (!route) /* assumption: unknown routes are the gateway's to refuse, also without a token
		     */
		call_gateway(c, 404, "APIGW.0101",
			     "The API does not exist or has not been published in the environment");
	else if ((class == FAULT_IAM || tokens_check(c)) && server_read_body(c))
		route->handle(c);
	if (struck && fault.kind == FAULT_ECHO)
		echo_into_log(c);
}

static void control(struct call *c)
{
	const struct route *route = route_find(control_routes, control_routes_count, c->request, c);

	if (route)
		route->handle(c);
	else
		call_error(c, 404, "SIM.0404", "there is no %s %.100s: see pipetop-sim(1)",
			   c->request->method, c->request->path);
}

void server_answer(struct server *s, const struct request *r, struct answer *a)
{
	struct call c = {.server = s, .request = r, .answer = a, .now = server_now(s)};

	buf_init(&a->body, BUF_MAX);
	rng_id(rng_mix(world_scenario(s->world)->seed, ++s->answers), a->request_id);
	stamp_http(c.now, a->date);
	server_catch_up(s, c.now);
	read_query(&c);
	if (text_starts(r->path, "/_sim/")) {
		control(&c);
	} else {
		serve(s, &c);
		record(s, &c);
	}
	cJSON_Delete(c.body);
	arena_done(&c.words);
}
