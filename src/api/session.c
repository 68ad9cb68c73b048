/* SPDX-License-Identifier: MIT */
/*
 * The token lives on pages of its own that are not swapped and not dumped, and leaves
 * through session_send() alone, which sends nothing to another origin. Every request in flight is
 * on a list, so that freeing the session cancels them all and each callback has run.
 *
 * The server's clock is an estimate that `Date` narrows: it has whole seconds, so the
 * estimate moves only as far as the answer's second demands. Taking each Date as it
 * comes would make running durations jump back and forth by a second.
 */
#include "api/session.h"

#include <assert.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "net/url.h"
#include "send.h"

#define TIMEOUT_MS 30000
#define TOKEN_MAX ((size_t)16 << 10)
#define LANGUAGE_MAX 16
/* 8 MiB of a page in which every byte is wrong: each becomes a U+FFFD. */
#define LIFTED_MAX ((size_t)24 << 20)
#define CLOCK_FIRST_MS INT64_C(1577836800000) /* 2020 */
#define CLOCK_LAST_MS INT64_C(4102444800000)  /* 2100 */

/* A request in flight. */
struct flight {
	struct flight *next, **link;
	uint64_t id;
	response_fn *done;
	void *self;
};

struct session {
	struct transport *transport;
	struct url endpoint;
	struct buf base;
	char *token; /* own pages, token_pages bytes; NULL: none */
	size_t token_pages;
	char language[LANGUAGE_MAX + 1];
	int zone_offset_s;
	int64_t timeout_ms;
	bool read_only, closing;
	int64_t server_ms, server_at_ms; /* the server's clock at our monotonic one */
	struct flight *flights;
	struct buf lifted;
};

/* A token is one header value: printable ASCII without a space. */
static bool check_token(const char *token, struct err *err)
{
	const char *s;

	if (!*token)
		return err_set(err, ERR_AUTH, 0,
			       _("the token is empty: set PIPETOP_TOKEN or --token-file"));
	for (s = token; *s; s++)
		if (*s <= ' ' || *s >= 0x7F)
			return err_set(err, ERR_AUTH, 0,
				       _("the token has a space, a line end or a control character in it: "
					 "give the token alone, on one line"));
	if ((size_t)(s - token) > TOKEN_MAX)
		return err_set(err, ERR_AUTH, 0, _("the token is longer than 16 KiB: that is no token"));
	return true;
}

static bool check_language(const char *language, struct err *err)
{
	size_t n = strlen(language);

	if (n >= 1 && n <= LANGUAGE_MAX && strspn(language, "abcdefghijklmnopqrstuvwxyz-") == n)
		return true;
	return err_set(err, ERR_INPUT, 0, _("language: write zh-cn or en-us"));
}

/* Locking may be refused by a limit; the token is still usable then. */
static void keep_token(struct session *session, const char *token)
{
	size_t len = strlen(token) + 1, page = (size_t)sysconf(_SC_PAGESIZE);
	size_t pages = (len + page - 1) / page * page;
	void *p = mmap(NULL, pages, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		mem_exhausted();
	(void)mlock(p, pages);
	(void)madvise(p, pages, MADV_DONTDUMP);
	session->token = memcpy(p, token, len);
	session->token_pages = pages;
}

static void forget_token(struct session *session)
{
	if (!session->token)
		return;
	explicit_bzero(session->token, session->token_pages);
	munmap(session->token, session->token_pages);
	session->token = NULL;
}

struct session *session_new(struct transport *transport, const struct session_options *options,
			    struct err *err)
{
	struct session *session;
	struct url endpoint;

	if (text_empty(options->endpoint)) {
		err_set(err, ERR_INPUT, 0, _("no endpoint: set `endpoint` to the service's base URL"));
		return NULL;
	}
	if (!url_parse(options->endpoint, &endpoint, err) ||
	    (options->token && !check_token(options->token, err)) ||
	    (options->language && !check_language(options->language, err)))
		return NULL;
	session = mem_zalloc(sizeof(*session));
	session->transport = transport;
	session->endpoint = endpoint;
	buf_init(&session->base, BUF_MAX);
	url_base(&endpoint, &session->base);
	buf_init(&session->lifted, LIFTED_MAX);
	if (options->token)
		keep_token(session, options->token);
	if (options->language)
		memcpy(session->language, options->language, strlen(options->language));
	session->zone_offset_s = options->zone_offset_s;
	session->timeout_ms = options->timeout_ms > 0 ? options->timeout_ms : TIMEOUT_MS;
	session->read_only = options->read_only;
	return session;
}

void session_free(struct session *session)
{
	if (!session)
		return;
	session->closing = true; /* callbacks that ask for more are refused */
	while (session->flights) {
		struct flight *first = session->flights;

		session->transport->cancel(session->transport, first->id);
		assert(session->flights != first);
	}
	forget_token(session);
	buf_done(&session->base);
	buf_done(&session->lifted);
	mem_free(session);
}

const char *session_host(const struct session *session)
{
	return session->endpoint.host;
}

int session_zone_offset_s(const struct session *session)
{
	return session->zone_offset_s;
}

bool session_has_token(const struct session *session)
{
	return session->token != NULL;
}

struct buf *session_lifted(struct session *session)
{
	return &session->lifted;
}

int64_t session_server_ms(const struct session *session, int64_t monotonic_ms)
{
	if (session->server_ms == WHEN_NONE)
		return WHEN_NONE;
	return session->server_ms + (monotonic_ms - session->server_at_ms);
}

void session_saw_clock(struct session *session, int64_t server_ms, int64_t span_ms,
		       int64_t monotonic_ms)
{
	int64_t guess = session_server_ms(session, monotonic_ms);

	if (server_ms < CLOCK_FIRST_MS || server_ms > CLOCK_LAST_MS)
		return;
	if (guess < server_ms)
		guess = server_ms;
	else if (guess > server_ms + span_ms)
		guess = server_ms + span_ms;
	session->server_ms = guess;
	session->server_at_ms = monotonic_ms;
}

void session_cancel(struct session *session, uint64_t id)
{
	session->transport->cancel(session->transport, id);
}

/*
 * The one test of whether the token may go with a request: the URL as it will be sent
 * must be of the endpoint's own origin (reliability.md 4.2).
 */
static bool own_origin(const struct session *session, const char *whole_url)
{
	const char *host = strstr(whole_url, "://");
	struct url target;
	char *origin;
	bool ok;

	if (!host)
		return false;
	origin = mem_strndup(whole_url, (size_t)(host + 3 - whole_url) + strcspn(host + 3, "/?#"));
	ok = url_parse(origin, &target, NULL) && url_same_origin(&target, &session->endpoint);
	mem_free(origin);
	return ok;
}

#define HEADERS_MAX 4

static size_t stamp(const struct session *session, bool body, struct header headers[HEADERS_MAX])
{
	size_t n = 0;

	headers[n++] = (struct header){"Accept", "application/json"};
	if (body)
		headers[n++] = (struct header){"Content-Type", "application/json;charset=UTF-8"};
	if (session->language[0])
		headers[n++] = (struct header){"X-Language", session->language};
	if (session->token)
		headers[n++] = (struct header){"X-Auth-Token", session->token};
	return n;
}

static void flight_over(void *self, uint64_t id, const struct response *response)
{
	struct flight *flight = self;

	*flight->link = flight->next;
	if (flight->next)
		flight->next->link = flight->link;
	flight->done(flight->self, id, response);
	mem_free(flight);
}

static void flight_list(struct flight *flight, struct session *session)
{
	flight->next = session->flights;
	flight->link = &session->flights;
	if (flight->next)
		flight->next->link = &flight->next;
	session->flights = flight;
}

static bool may_send(const struct session *session, const struct send_request *request,
		     const char *whole_url, struct err *err)
{
	if (session->closing)
		return err_set(err, ERR_CANCELLED, 0, _("the session is closing"));
	if (request->action && session->read_only)
		return err_set(err, ERR_INPUT, 0, _("read-only: nothing was sent"));
	if (!own_origin(session, whole_url))
		return err_set(err, ERR_INPUT, 0, _("not sent: the address is not the endpoint's"));
	return true;
}

static uint64_t launch(struct session *session, const struct request *wire, response_fn *done,
		       void *self)
{
	struct flight *flight = mem_zalloc(sizeof(*flight));

	flight->done = done;
	flight->self = self;
	flight->id = session->transport->send(session->transport, wire, flight_over, flight);
	flight_list(flight, session);
	return flight->id;
}

uint64_t session_send(struct session *session, const struct send_request *request,
		      response_fn *done, void *self, struct err *err)
{
	struct header headers[HEADERS_MAX];
	struct request wire = {
		.method = request->method,
		.headers = headers,
		.n_headers = stamp(session, request->body != NULL, headers),
		.body = request->body,
		.body_len = request->body_len,
		.max_body = request->max_body,
		.timeout_ms = session->timeout_ms,
		.fresh = request->action,
	};
	uint64_t id = 0;
	struct buf url;

	buf_init(&url, BUF_MAX);
	buf_adds(&url, session->base.data);
	buf_adds(&url, request->path);
	wire.url = url.data;
	if (may_send(session, request, url.data, err))
		id = launch(session, &wire, done, self);
	buf_done(&url);
	return id;
}
