/* SPDX-License-Identifier: MIT */
/*
 * A request has a number of the session's own, because it may travel twice: it waits while the
 * credentials are fetched, leaves stamped with those of that moment, and comes back with an answer
 * that says yes or no to them. Every request is on one of two lists, waiting or flying; so
 * freeing the session ends them all and each callback has run.
 *
 * Secrets leave through stamp() alone, and only with a request whose URL, as it will be
 * sent, is of the endpoint's own origin. Where a stranger answered in the service's place (a login
 * portal, a redirect) the next request leaves without them, until the service itself is heard again.
 *
 * Callbacks never run from within session_send().
 */
#include "api/session.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "api/sign.h"
#include "authwork.h"
#include "clock.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "net/url.h"
#include "send.h"

#define TIMEOUT_MS 30000
#define LANGUAGE_MAX 16
/* 8 MiB of a page in which every byte is wrong: each becomes a U+FFFD. */
#define LIFTED_MAX ((size_t)24 << 20)
#define DATE_SPAN_MS 999    /* a Date has whole seconds */
#define SKEW_MENDED_MS 60000 /* a signature refused with the clock this far off is signed again */
#define BARE_MAX 2 /* strangers that come and go do not keep a request for ever */

struct flights { /* a queue that can lose any of its members */
	struct flight *first, **last;
};

/* A request: its strings lie behind it. */
struct flight {
	struct flight *next, **link;
	struct flights *list;
	struct session *session;
	uint64_t id, wire_id; /* of the session, of the transport */
	response_fn *done;
	void *self;
	const char *method, *url, *body; /* body NULL: none */
	size_t body_len, max_body;
	bool action;
	bool repeated; /* it left before and was refused */
	bool bare;     /* it left without credentials */
	unsigned bares; /* how often it did */
	bool proves;   /* what auth_sent() said */
	uint64_t generation;
	int64_t signed_ms; /* the time under its signature; WHEN_NONE: none */
};

struct session {
	struct transport *transport;
	struct auth *auth; /* NULL: none */
	auth_clock_fn *clock;
	struct url endpoint;
	struct buf base;
	char host[300]; /* as a Host header has it */
	char language[LANGUAGE_MAX + 1];
	int zone_offset_s;
	int64_t timeout_ms;
	bool read_only, closing;
	bool stranger; /* somebody else answered last */
	struct clock server;	  /* on our monotonic clock, for what is shown */
	struct clock server_boot; /* on CLOCK_BOOTTIME, for signatures */
	struct flights flying, waiting;
	uint64_t last_id;
	struct buf lifted;
};

/* ---- lists ---- */

static void list_init(struct flights *list)
{
	list->first = NULL;
	list->last = &list->first;
}

static void list_add(struct flights *list, struct flight *flight)
{
	flight->next = NULL;
	flight->link = list->last;
	flight->list = list;
	*list->last = flight;
	list->last = &flight->next;
}

static void list_remove(struct flight *flight)
{
	*flight->link = flight->next;
	if (flight->next)
		flight->next->link = flight->link;
	else
		flight->list->last = flight->link;
}

static struct flight *list_find(const struct flights *list, uint64_t id)
{
	struct flight *flight;

	for (flight = list->first; flight && flight->id != id; flight = flight->next)
		;
	return flight;
}

/* ---- the session itself ---- */

static bool check_token(const char *token, struct err *err)
{
	if (!*token)
		return err_set(err, ERR_AUTH, 0,
			       _("the token is empty: set PIPETOP_TOKEN or --token-file"));
	return auth_token_fit(token, _("sign-in"), err);
}

static bool check_language(const char *language, struct err *err)
{
	size_t n = strlen(language);

	if (n >= 1 && n <= LANGUAGE_MAX && strspn(language, "abcdefghijklmnopqrstuvwxyz-") == n)
		return true;
	return err_set(err, ERR_INPUT, 0, _("language: write zh-cn or en-us"));
}

static bool check_options(const struct session_options *options, struct url *endpoint,
			  struct err *err)
{
	if (text_empty(options->endpoint))
		return err_set(err, ERR_INPUT, 0, _("no endpoint: set `endpoint` to the service's base URL"));
	return url_parse(options->endpoint, endpoint, err) &&
	       (options->auth || !options->token || check_token(options->token, err)) &&
	       (!options->language || check_language(options->language, err));
}

/* Without the scheme's own port. */
static void put_host(const struct url *url, char *out, size_t size)
{
	bool v6 = strchr(url->host, ':') != NULL;
	size_t n = (size_t)snprintf(out, size, "%s%s%s", v6 ? "[" : "", url->host, v6 ? "]" : "");

	if (url->port != (strcmp(url->scheme, "https") == 0 ? 443 : 80) && n < size)
		snprintf(out + n, size - n, ":%d", url->port);
}

static void woken(void *self);

static struct auth *make_auth(const struct session_options *options)
{
	if (options->auth || !options->token)
		return options->auth;
	return auth_new(auth_fixed_token(options->token, _("the token"),
					 _("set PIPETOP_TOKEN or --token-file"), WHEN_NONE));
}

struct session *session_new(struct transport *transport, const struct session_options *options,
			    struct err *err)
{
	struct session *session;
	struct url endpoint;

	if (!check_options(options, &endpoint, err)) {
		auth_free(options->auth);
		return NULL;
	}
	session = mem_zalloc(sizeof(*session));
	session->transport = transport;
	session->auth = make_auth(options);
	session->clock = auth_clock;
	if (session->auth)
		auth_listen(session->auth, woken, session);
	session->endpoint = endpoint;
	buf_init(&session->base, BUF_MAX);
	url_base(&endpoint, &session->base);
	put_host(&endpoint, session->host, sizeof(session->host));
	buf_init(&session->lifted, LIFTED_MAX);
	if (options->language)
		memcpy(session->language, options->language, strlen(options->language));
	session->zone_offset_s = options->zone_offset_s;
	session->timeout_ms = options->timeout_ms > 0 ? options->timeout_ms : TIMEOUT_MS;
	session->read_only = options->read_only;
	list_init(&session->flying);
	list_init(&session->waiting);
	return session;
}

void session_set_clock(struct session *session, auth_clock_fn *clock)
{
	session->clock = clock;
}

const char *session_host(const struct session *session)
{
	return session->endpoint.host;
}

int session_zone_offset_s(const struct session *session)
{
	return session->zone_offset_s;
}

bool session_read_only(const struct session *session)
{
	return session->read_only;
}

struct auth *session_auth(const struct session *session)
{
	return session->auth;
}

struct buf *session_lifted(struct session *session)
{
	return &session->lifted;
}

int64_t session_server_ms(const struct session *session, int64_t monotonic_ms)
{
	return clock_server_ms(&session->server, monotonic_ms);
}

void session_saw_clock(struct session *session, int64_t server_ms, int64_t span_ms,
		       int64_t monotonic_ms)
{
	clock_saw(&session->server, server_ms, span_ms, monotonic_ms);
}

bool session_skew_ms(const struct session *session, int64_t *skew_ms)
{
	struct auth_moment now;
	int64_t server_ms;

	session->clock(&now);
	server_ms = clock_server_ms(&session->server_boot, now.boot_ms);
	/* Without TLS nobody vouches for a Date; a simulator has the time that it likes. */
	if (server_ms == WHEN_NONE || strcmp(session->endpoint.scheme, "https") != 0)
		return false;
	*skew_ms = server_ms - now.wall_ms;
	return true;
}

/* ---- stamping ---- */

#define HEADERS_MAX 8

/* What a request carries, and the memory for it. */
struct stamp {
	struct header headers[HEADERS_MAX];
	size_t n;
	char date[SIGN_DATE_SIZE];
	struct buf authorization;
};

static void add_header(struct stamp *stamp, const char *name, const char *value)
{
	assert(stamp->n < HEADERS_MAX);
	stamp->headers[stamp->n++] = (struct header){name, value};
}

/* The server's clock as far as it is known: ours may be wrong, or be set while we run. */
static int64_t time_to_sign(const struct session *session)
{
	struct auth_moment now;
	int64_t server_ms;

	session->clock(&now);
	server_ms = clock_server_ms(&session->server_boot, now.boot_ms);
	return server_ms == WHEN_NONE ? now.wall_ms : server_ms;
}

/* All headers from the first signed one on are under the signature. */
static void sign(struct flight *flight, struct stamp *stamp, size_t first,
		 const struct auth_credentials *c)
{
	struct sign_request request = {
		.method = flight->method,
		.url = flight->url,
		.body = flight->body,
		.body_len = flight->body_len,
	};

	flight->signed_ms = time_to_sign(flight->session);
	sign_date(flight->signed_ms, stamp->date);
	add_header(stamp, "X-Sdk-Date", stamp->date);
	add_header(stamp, "Host", flight->session->host);
	if (c->security_token)
		add_header(stamp, "X-Security-Token", c->security_token);
	request.headers = stamp->headers + first;
	request.n_headers = stamp->n - first;
	sign_authorization(&request, c->access_key, c->secret_key, &stamp->authorization);
	add_header(stamp, "Authorization", stamp->authorization.data);
}

static void put_credentials(struct flight *flight, struct stamp *stamp, size_t first)
{
	struct auth_credentials c = auth_credentials(flight->session->auth);

	flight->generation = c.generation;
	if (c.token)
		add_header(stamp, "X-Auth-Token", c.token);
	else
		sign(flight, stamp, first, &c);
	flight->proves = auth_sent(flight->session->auth);
}

/* Do requests leave without credentials? */
static bool bare(const struct session *session)
{
	return !session->auth || session->stranger;
}

static void put_stamp(struct flight *flight, struct stamp *stamp)
{
	const struct session *session = flight->session;
	size_t signed_from;

	add_header(stamp, "Accept", "application/json");
	if (session->language[0])
		add_header(stamp, "X-Language", session->language);
	signed_from = stamp->n;
	if (flight->body)
		add_header(stamp, "Content-Type", "application/json;charset=UTF-8");
	flight->signed_ms = WHEN_NONE;
	flight->proves = false;
	flight->bare = bare(session);
	flight->bares += flight->bare;
	if (!flight->bare)
		put_credentials(flight, stamp, signed_from);
}

/* ---- requests ---- */

static void flight_over(void *self, uint64_t id, const struct response *response);

static void launch(struct flight *flight)
{
	struct session *session = flight->session;
	struct stamp stamp = {.n = 0};
	struct request wire = {
		.method = flight->method,
		.url = flight->url,
		.headers = stamp.headers,
		.body = flight->body,
		.body_len = flight->body_len,
		.max_body = flight->max_body,
		.timeout_ms = session->timeout_ms,
		.fresh = flight->action,
	};

	buf_init(&stamp.authorization, BUF_MAX);
	put_stamp(flight, &stamp);
	wire.n_headers = stamp.n;
	list_add(&session->flying, flight);
	flight->wire_id = session->transport->send(session->transport, &wire, flight_over, flight);
	buf_done(&stamp.authorization);
}

/* Its end. It is off the lists already, so that the callback does not find it. */
static void land(struct flight *flight, const struct response *response)
{
	flight->done(flight->self, flight->id, response);
	mem_free(flight);
}

static void land_without(struct flight *flight, const struct err *why)
{
	struct response response = answer_none(why);

	list_remove(flight);
	land(flight, &response);
}

/* While a stranger answers, a read may find out whether the service is back, but no action. */
static struct flight *first_waiting(const struct session *session)
{
	struct flight *flight = session->waiting.first;

	while (flight && flight->action && session->stranger && session->auth)
		flight = flight->next;
	return flight;
}

/* Sends what waits and may go. */
static enum auth_word pump(struct session *session, struct err *err)
{
	enum auth_word word = AUTH_GO;
	struct flight *flight;

	while ((flight = first_waiting(session)) && !session->closing) {
		word = bare(session) ? AUTH_GO : auth_check(session->auth, err);
		if (word != AUTH_GO)
			break;
		list_remove(flight);
		launch(flight);
	}
	return word;
}

static bool stranger_err(struct err *err)
{
	return err_set(err, ERR_NET, 0,
		       _("not sent: a web page answered last instead of the API (login portal?)"));
}

/* They do not wait for a read to find out. */
static void end_actions(struct session *session)
{
	struct flight *flight;
	struct err why;

	stranger_err(&why);
	do {
		for (flight = session->waiting.first; flight && !flight->action; flight = flight->next)
			;
		if (flight)
			land_without(flight, &why);
	} while (flight);
}

/* The same, and ends those that will not go. */
static void pump_or_end(struct session *session)
{
	struct err why = {0};

	if (session->stranger && session->auth)
		end_actions(session);
	while (pump(session, &why) == AUTH_STOP && session->waiting.first && !session->closing)
		land_without(session->waiting.first, &why);
}

static void woken(void *self)
{
	pump_or_end(self);
}

/* ---- answers ---- */

static void take_time(struct session *session, const struct response *response)
{
	struct auth_moment now;

	session->clock(&now);
	clock_saw(&session->server_boot, response->date_ms, response->took_ms + DATE_SPAN_MS, now.boot_ms);
}

static bool far_off(const struct flight *flight, const struct response *response)
{
	int64_t off = response->date_ms - flight->signed_ms;

	return flight->signed_ms != WHEN_NONE && clock_plausible(response->date_ms) &&
	       (off > SKEW_MENDED_MS || off < -SKEW_MENDED_MS);
}

static bool hear(struct flight *flight, enum answer_voice voice, const struct response *response)
{
	struct auth_answer answer = {
		.generation = flight->generation,
		.proved = flight->proves,
		.repeated = flight->repeated,
	};

	switch (voice) {
	case VOICE_ACCEPTS:
		answer.said = AUTH_SAID_YES;
		break;
	case VOICE_REFUSES:
		answer.said = far_off(flight, response) && !flight->repeated ? AUTH_SAID_CLOCK : AUTH_SAID_NO;
		break;
	default:
		answer.said = AUTH_SAID_NOTHING;
	}
	return auth_heard(flight->session->auth, &answer) && !flight->action;
}

/* Is there a reason to send it once more? */
static bool goes_again(struct flight *flight, const struct response *response)
{
	struct session *session = flight->session;
	enum answer_voice voice = answer_voice(response);
	bool own = voice == VOICE_ACCEPTS || voice == VOICE_REFUSES;

	if (voice == VOICE_STRANGER)
		session->stranger = true;
	else if (own)
		session->stranger = false;
	if (own || voice == VOICE_VAGUE)
		take_time(session, response);
	if (!session->auth || session->closing)
		return false;
	if (flight->bare)
		return own && flight->bares < BARE_MAX;
	if (!hear(flight, voice, response))
		return false;
	flight->repeated = true;
	return true;
}

static void flight_over(void *self, uint64_t id, const struct response *response)
{
	struct flight *flight = self;
	struct session *session = flight->session;
	bool again = goes_again(flight, response);

	list_remove(flight);
	if (again)
		list_add(&session->waiting, flight);
	pump_or_end(session); /* before the callback, which may take long */
	if (!again)
		land(flight, response);
}

/* ---- from outside ---- */

static bool may_send(const struct session *session, const struct send_request *request,
		     const char *whole_url, struct err *err)
{
	if (session->closing)
		return err_set(err, ERR_CANCELLED, 0, _("the session is closing"));
	if (request->action && session->read_only)
		return err_set(err, ERR_INPUT, 0, _("read-only: nothing was sent"));
	/* The one test of whether secrets may go with a request (reliability.md 4.2). */
	if (!url_is_within(whole_url, &session->endpoint))
		return err_set(err, ERR_INPUT, 0, _("not sent: the address is not the endpoint's"));
	if (request->action && session->stranger && session->auth)
		return stranger_err(err);
	return true;
}

static struct flight *make_flight(struct session *session, const struct send_request *request)
{
	size_t path_len = strlen(request->path), method_len = strlen(request->method);
	size_t url_len = session->base.len + path_len;
	size_t body_len = request->body ? request->body_len : 0;
	struct flight *flight = mem_alloc(sizeof(*flight) + url_len + method_len + body_len + 3);
	char *text = (char *)(flight + 1);

	*flight = (struct flight){
		.session = session,
		.action = request->action,
		.max_body = request->max_body,
		.body_len = body_len,
	};
	flight->url = text;
	memcpy(text, session->base.data, session->base.len);
	memcpy(text + session->base.len, request->path, path_len + 1);
	text += url_len + 1;
	flight->method = text;
	memcpy(text, request->method, method_len + 1);
	text += method_len + 1;
	if (request->body) {
		flight->body = text;
		memcpy(text, request->body, body_len);
		text[body_len] = '\0';
	}
	return flight;
}

uint64_t session_send(struct session *session, const struct send_request *request,
		      response_fn *done, void *self, struct err *err)
{
	struct flight *flight = make_flight(session, request);

	if (!may_send(session, request, flight->url, err)) {
		mem_free(flight);
		return 0;
	}
	flight->id = ++session->last_id;
	flight->done = done;
	flight->self = self;
	list_add(&session->waiting, flight);
	/* Those that waited before, and are to end, do so with the answer they wait for. */
	if (pump(session, err) == AUTH_STOP) {
		list_remove(flight);
		mem_free(flight);
		return 0;
	}
	return flight->id;
}

void session_cancel(struct session *session, uint64_t id)
{
	struct flight *flight = list_find(&session->waiting, id);
	struct err why;

	if (flight) {
		err_set(&why, ERR_CANCELLED, 0, _("cancelled"));
		land_without(flight, &why);
		return;
	}
	flight = list_find(&session->flying, id);
	if (flight)
		session->transport->cancel(session->transport, flight->wire_id);
}

void session_free(struct session *session)
{
	struct err why;

	if (!session)
		return;
	session->closing = true; /* callbacks that ask for more are refused */
	err_set(&why, ERR_CANCELLED, 0, _("cancelled"));
	while (session->waiting.first)
		land_without(session->waiting.first, &why);
	while (session->flying.first) {
		struct flight *first = session->flying.first;

		session->transport->cancel(session->transport, first->wire_id);
		assert(session->flying.first != first);
	}
	auth_free(session->auth);
	buf_done(&session->base);
	buf_done(&session->lifted);
	mem_free(session);
}
