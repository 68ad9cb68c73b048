/* SPDX-License-Identifier: MIT */
/*
 * libcurl's multi interface on libev.
 *
 * libcurl tells us which sockets and which one deadline it waits for; libev watches them
 * and curl_multi_socket_action() is called when one is due. libcurl's callbacks only
 * record: they never call the multi again and never run anybody's `done`. Finished
 * transfers are reaped after each action, where everything is allowed again: a `done`
 * may send, and cancel, also what has finished and is not yet reaped.
 *
 * An exchange (handle, headers, body buffer) goes back to a small pool, so that following
 * a log page after page allocates nothing.
 */
#include "net/http.h"

#include <curl/curl.h>
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "fault.h"
#include "headers.h"
#include "http_limits.h"
#include "net/url.h"
#include "peer.h"
#include "trace.h"

#define TIMEOUT_MS 30000
#define RECEIVE_BUFFER 131072L
#define IDLE_CONNECTIONS 8L
#define POOLED 4
#define POOLED_BODY (1u << 20) /* larger bodies are given back to the system */

#define TOO_LARGE 100 /* CURLE_TOO_LARGE of newer libcurls: a header line; older: out of memory */

_Static_assert((int)CURLE_PEER_FAILED_VERIFICATION == TRANSPORT_CERTIFICATE, "one number");

struct exchange {
	struct exchange *next, **at; /* in `flying`, or in `idle` (next only) */
	struct http *http;
	uint64_t id;
	CURL *easy;
	struct curl_slist *sent_headers;
	response_fn *done;
	void *self;
	struct url origin;
	char host[300]; /* for sentences */
	struct headers headers;
	struct buf body;
	bool fits;	  /* so far: the body is within max_body */
	bool headers_fit;
	struct err refused; /* set: it was never given to libcurl */
	int64_t start_ms;
	struct peer peer;
	bool tls_begun;
	char *label; /* "POST /path" with a trace */
	char detail[CURL_ERROR_SIZE];
};

struct socket {
	struct socket *next, **at;
	struct http *http;
	int fd;
	bool ours;    /* opened here; else a pair of libcurl's own, for its resolver */
	bool watched; /* by libcurl: a transfer is on it */
	ev_io io;
};

struct http {
	struct transport transport; /* first: a transport * is a http * */
	struct ev_loop *loop;
	struct http_limits limits;
	char *user_agent, *ca_file;
	enum http_gzip gzip;
	void (*trace)(void *self, const char *line);
	void *trace_self;
	bool looks_at_peers; /* libcurl's TLS is one that can be */
	bool closing;
	bool reaping; /* what is sent now may leave at once */
	CURLM *multi; /* NULL until the first send */
	ev_timer timer;	 /* libcurl's deadline */
	ev_timer refusal; /* reports what was refused at once, outside of send() */
	struct socket *sockets;
	struct exchange *flying, *idle;
	unsigned n_flying, n_idle;
	uint64_t last_id;
};

/* ---- sockets and the deadline: libcurl's wishes to libev ---- */

static void reap(struct http *http);

static void act(struct http *http, curl_socket_t fd, int events)
{
	int running;

	curl_multi_socket_action(http->multi, fd, events, &running);
	reap(http);
}

static void on_socket(struct ev_loop *loop, ev_io *io, int revents)
{
	struct socket *s = io->data;
	int events = 0;

	if (revents & EV_READ)
		events |= CURL_CSELECT_IN;
	if (revents & EV_WRITE)
		events |= CURL_CSELECT_OUT;
	act(s->http, s->fd, events); /* s may be gone after this */
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int revents)
{
	act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static struct socket *find_socket(struct http *http, int fd)
{
	struct socket *s;

	for (s = http->sockets; s && s->fd != fd; s = s->next)
		;
	return s;
}

static struct socket *add_socket(struct http *http, int fd, bool ours)
{
	struct socket *s = mem_zalloc(sizeof(*s));

	s->http = http;
	s->fd = fd;
	s->ours = ours;
	ev_init(&s->io, on_socket);
	s->io.data = s;
	s->next = http->sockets;
	s->at = &http->sockets;
	if (s->next)
		s->next->at = &s->next;
	http->sockets = s;
	return s;
}

static void remove_socket(struct socket *s)
{
	ev_io_stop(s->http->loop, &s->io);
	*s->at = s->next;
	if (s->next)
		s->next->at = s->at;
	mem_free(s);
}

/*
 * The watcher is set anew each time: the number may have come back as another
 * connection, and only ev_io_set makes libev tell the kernel again.
 */
static int watch(CURL *easy, curl_socket_t fd, int what, void *self, void *unused)
{
	struct http *http = self;
	struct socket *s = find_socket(http, fd);

	if (!s)
		s = add_socket(http, fd, false);
	ev_io_stop(http->loop, &s->io);
	s->watched = what != CURL_POLL_REMOVE;
	if (s->watched) {
		ev_io_set(&s->io, fd,
			  (what & CURL_POLL_IN ? EV_READ : 0) | (what & CURL_POLL_OUT ? EV_WRITE : 0));
		ev_io_start(http->loop, &s->io);
	} else if (!s->ours) {
		remove_socket(s);
	}
	return 0;
}

static curl_socket_t open_socket(void *self, curlsocktype purpose, struct curl_sockaddr *a)
{
	int fd = socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);

	if (fd < 0)
		return CURL_SOCKET_BAD;
	add_socket(self, fd, true);
	return fd;
}

static int close_socket(void *self, curl_socket_t fd)
{
	struct socket *s = find_socket(self, fd);

	if (s)
		remove_socket(s);
	return close(fd);
}

static int set_timer(CURLM *multi, long ms, void *self)
{
	struct http *http = self;

	ev_timer_stop(http->loop, &http->timer);
	if (ms < 0)
		return 0;
	ev_now_update(http->loop);
	ev_timer_set(&http->timer, (double)ms / 1000.0, 0.);
	ev_timer_start(http->loop, &http->timer);
	return 0;
}

/* ---- what comes in ---- */

static size_t take_header(char *line, size_t size, size_t n, void *self)
{
	struct exchange *x = self;
	size_t len = size * n;

	/* After the body come trailers: they are counted, and say nothing. */
	x->headers_fit = x->body.len ? headers_line(&x->headers, "", 0) :
				       headers_line(&x->headers, line, len);
	return x->headers_fit ? len : 0;
}

static size_t take_body(char *data, size_t size, size_t n, void *self)
{
	struct exchange *x = self;
	size_t len = size * n;
	curl_off_t whole;

	if (x->body.len == 0 &&
	    curl_easy_getinfo(x->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &whole) == CURLE_OK &&
	    whole > 0 && (uint64_t)whole <= x->body.max)
		buf_room(&x->body, (size_t)whole); /* grows once */
	x->fits = buf_add(&x->body, data, len);
	return x->fits ? len : 0;
}

/* ---- exchanges ---- */

static void link_exchange(struct exchange *x)
{
	struct exchange **at = &x->http->flying;

	x->next = *at;
	x->at = at;
	if (x->next)
		x->next->at = &x->next;
	*at = x;
	x->http->n_flying++;
}

static struct exchange *find_exchange(struct http *http, uint64_t id)
{
	struct exchange *x;

	for (x = http->flying; x && x->id != id; x = x->next)
		;
	return x;
}

static void unlink_exchange(struct exchange *x)
{
	*x->at = x->next;
	if (x->next)
		x->next->at = x->at;
	x->http->n_flying--;
}

static struct exchange *take_exchange(struct http *http)
{
	struct exchange *x = http->idle;

	if (x) {
		http->idle = x->next;
		http->n_idle--;
		return x;
	}
	x = mem_zalloc(sizeof(*x));
	x->http = http;
	headers_init(&x->headers);
	buf_init(&x->body, 0);
	return x;
}

static void free_exchange(struct exchange *x)
{
	if (x->easy)
		curl_easy_cleanup(x->easy);
	headers_done(&x->headers);
	buf_done(&x->body);
	mem_free(x);
}

static void release_exchange(struct exchange *x)
{
	struct http *http = x->http;

	curl_slist_free_all(x->sent_headers);
	x->sent_headers = NULL;
	mem_free(x->label);
	x->label = NULL;
	headers_clear(&x->headers);
	if (http->closing || http->n_idle == POOLED) {
		free_exchange(x);
		return;
	}
	if (x->easy)
		curl_easy_reset(x->easy); /* drops its copy of the request */
	if (x->body.cap > POOLED_BODY)
		buf_done(&x->body);
	buf_clear(&x->body);
	x->next = http->idle;
	http->idle = x;
	http->n_idle++;
}

/* ---- the end of an exchange ---- */

static int64_t info(struct exchange *x, CURLINFO what)
{
	curl_off_t value = 0;

	return curl_easy_getinfo(x->easy, what, &value) == CURLE_OK ? (int64_t)value : 0;
}

static long info_long(struct exchange *x, CURLINFO what)
{
	long value = 0;

	return curl_easy_getinfo(x->easy, what, &value) == CURLE_OK ? value : 0;
}

static bool is_https(const struct exchange *x)
{
	return strcmp(x->origin.scheme, "https") == 0;
}

/* On a new connection whose TLS does not stand yet: what was sent so far was a CONNECT at most. */
static bool before_request(struct exchange *x)
{
	return is_https(x) && info_long(x, CURLINFO_NUM_CONNECTS) > 0 &&
	       info(x, CURLINFO_PRETRANSFER_TIME_T) == 0;
}

/* Before CONNECT was answered; a SOCKS proxy shows by its port alone. */
static bool waits_for_proxy(struct exchange *x)
{
	long port = info_long(x, CURLINFO_PRIMARY_PORT);

	return before_request(x) && info_long(x, CURLINFO_HTTP_CONNECTCODE) == 0 &&
	       (info_long(x, CURLINFO_REQUEST_SIZE) > 0 ||
		(!x->tls_begun && port && port != x->origin.port));
}

static enum fault_stage stage(struct exchange *x)
{
	bool tls = is_https(x), before = before_request(x);

	if (info_long(x, CURLINFO_RESPONSE_CODE) >= 200)
		return FAULT_BODY;
	if (!before &&
	    (info(x, CURLINFO_PRETRANSFER_TIME_T) > 0 || info_long(x, CURLINFO_REQUEST_SIZE) > 0))
		return FAULT_WAIT;
	if (x->tls_begun || (tls && info(x, CURLINFO_CONNECT_TIME_T) > 0))
		return FAULT_TLS;
	return info(x, CURLINFO_NAMELOOKUP_TIME_T) > 0 ? FAULT_CONNECT : FAULT_RESOLVE;
}

/* libcurl names the peer that it failed to reach: if that is not our host, it is a proxy. */
static bool failed_at_proxy(struct exchange *x, CURLcode result)
{
	if (waits_for_proxy(x))
		return true;
	if (result != CURLE_COULDNT_CONNECT)
		return false;
	return strcasestr(x->detail, "proxy") ||
	       (text_starts(x->detail, "Failed to connect to ") &&
		!strstr(x->detail, x->origin.host));
}

static void explain(struct exchange *x, CURLcode result, struct response *r)
{
	struct fault fault = {
		.code = (int)result,
		.detail = x->detail[0] ? x->detail : curl_easy_strerror(result),
		.stage = stage(x),
		.host = x->host,
		.ca_file = x->http->ca_file,
		.tls = is_https(x),
		.os_errno = (int)info_long(x, CURLINFO_OS_ERRNO),
		.proxy_status = (int)info_long(x, CURLINFO_HTTP_CONNECTCODE),
		.proxy = failed_at_proxy(x, result),
		.proxy_tls = info_long(x, CURLINFO_PROXY_SSL_VERIFYRESULT) != 0,
		.peer = x->peer.seen ? &x->peer : NULL,
		.now_ms = when_wall_ms(),
		.built_ms = INT64_C(1000) * PIPETOP_BUILT_S,
		.took_ms = r->took_ms,
	};

	r->too_large = !x->fits || result == CURLE_FILESIZE_EXCEEDED;
	if (r->too_large)
		err_set(&r->err, ERR_REMOTE, r->status, _("answer too large"));
	else if (!x->headers_fit || result == CURLE_OUT_OF_MEMORY || (int)result == TOO_LARGE)
		err_set(&r->err, ERR_NET, CURLE_RECV_ERROR, _("%s sent headers without end"), x->host);
	else
		fault_explain(&fault, &r->err);
}

/* CURL_HTTP_VERSION_* as in struct response. */
static int http_version(struct exchange *x)
{
	switch (info_long(x, CURLINFO_HTTP_VERSION)) {
	case CURL_HTTP_VERSION_1_0:
		return 10;
	case CURL_HTTP_VERSION_1_1:
		return 11;
	case CURL_HTTP_VERSION_2_0:
		return 20;
	default:
		return 0;
	}
}

static void trace(struct exchange *x, const struct response *r)
{
	struct trace_facts facts = {.what = x->label, .host = x->host, .response = r};
	struct buf line;
	char *address = NULL;

	if (x->easy && !x->refused.kind) {
		curl_easy_getinfo(x->easy, CURLINFO_PRIMARY_IP, &address);
		facts.address = address;
		facts.port = (int)info_long(x, CURLINFO_PRIMARY_PORT);
		facts.connections = (int)info_long(x, CURLINFO_NUM_CONNECTS);
		facts.handshake_ms = info(x, CURLINFO_APPCONNECT_TIME_T) / 1000;
		facts.proxy_status = (int)info_long(x, CURLINFO_HTTP_CONNECTCODE);
	}
	buf_init(&line, TRACE_MAX);
	trace_write(&facts, &line);
	x->http->trace(x->http->trace_self, line.data);
	buf_done(&line);
}

/* Takes x out of everything, runs its done, once, and lets go of it. */
static void complete(struct exchange *x, const struct response *r)
{
	unlink_exchange(x);
	if (x->label)
		trace(x, r);
	x->done(x->self, x->id, r);
	release_exchange(x);
}

static struct response blank_response(struct exchange *x)
{
	return (struct response){
		.body = "",
		.content_type = x->headers.content_type,
		.request_id = x->headers.request_id,
		.subject_token = "",
		.location_host = "",
		.retry_after_ms = -1,
		.took_ms = when_monotonic_ms() - x->start_ms,
	};
}

static void refuse(struct exchange *x)
{
	struct response r = blank_response(x);

	r.err = x->refused;
	complete(x, &r);
}

/* What libcurl knows of an exchange that was given to it. */
static struct response describe(struct exchange *x)
{
	struct response r = blank_response(x);
	int status = (int)info_long(x, CURLINFO_RESPONSE_CODE);

	r.status = status;
	r.http_version = http_version(x);
	r.date_ms = x->headers.date_ms;
	r.retry_after_ms = headers_retry_after_ms(&x->headers, when_wall_ms());
	r.wire_bytes = (size_t)info(x, CURLINFO_SIZE_DOWNLOAD_T);
	/* A proxy that was asked to CONNECT has seen nothing of the request itself. */
	r.sent = !before_request(x) &&
		 (status > 0 || info_long(x, CURLINFO_REQUEST_SIZE) > 0 ||
		  info(x, CURLINFO_PRETRANSFER_TIME_T) > 0) &&
		 info_long(x, CURLINFO_HTTP_CONNECTCODE) < 300;
	return r;
}

static void finish(struct exchange *x, CURLcode result)
{
	struct response r = describe(x);
	char location_host[256];

	if (result == CURLE_OK) {
		r.body = x->body.data;
		r.len = x->body.len;
		r.subject_token = x->headers.subject_token.data;
		if (r.status >= 300 && r.status <= 399) {
			headers_location_host(&x->headers, x->host, location_host,
					      sizeof(location_host));
			r.location_host = location_host;
		}
	} else {
		explain(x, result, &r);
	}
	curl_multi_remove_handle(x->http->multi, x->easy);
	complete(x, &r);
}

/*
 * Each turn reads the queue anew: a done may have taken entries out of it, or put some in
 * by sending.
 */
static void reap(struct http *http)
{
	CURLMsg *message;
	int left;

	http->reaping = true;
	while ((message = curl_multi_info_read(http->multi, &left))) {
		struct exchange *x = NULL;

		if (message->msg == CURLMSG_DONE &&
		    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &x) == CURLE_OK && x)
			finish(x, message->data.result);
	}
	http->reaping = false;
}

static void cancel_exchange(struct exchange *x)
{
	struct response r = x->refused.kind ? blank_response(x) : describe(x);

	if (!x->refused.kind)
		curl_multi_remove_handle(x->http->multi, x->easy);
	err_set(&r.err, ERR_CANCELLED, 0, _("cancelled"));
	complete(x, &r);
}

static void cancel(struct transport *t, uint64_t id)
{
	struct exchange *x = find_exchange((struct http *)t, id);

	if (x)
		cancel_exchange(x);
}

/* ---- the start of an exchange ---- */

/* What is the same for all. No netrc, cookies, alt-svc or HSTS: off unless asked for. */
static void set_constants(CURL *easy)
{
	static const struct {
		CURLoption option;
		long value;
	} all[] = {
		{CURLOPT_NOSIGNAL, 1},
		{CURLOPT_QUICK_EXIT, 1}, /* cancel does not wait for a resolver */
		{CURLOPT_FOLLOWLOCATION, 0},
		{CURLOPT_HTTP09_ALLOWED, 0},
		{CURLOPT_SSL_VERIFYPEER, 1},
		{CURLOPT_SSL_VERIFYHOST, 2},
		{CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
		{CURLOPT_PROXY_SSL_VERIFYPEER, 1},
		{CURLOPT_PROXY_SSL_VERIFYHOST, 2},
		{CURLOPT_PROXY_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
		{CURLOPT_HEADEROPT, CURLHEADER_SEPARATE},
		{CURLOPT_SUPPRESS_CONNECT_HEADERS, 1},
		{CURLOPT_TCP_NODELAY, 1},
		{CURLOPT_TCP_KEEPALIVE, 1},
		{CURLOPT_BUFFERSIZE, RECEIVE_BUFFER},
		{CURLOPT_NOPROGRESS, 1},
	};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		curl_easy_setopt(easy, all[i].option, all[i].value);
}

static void set_callbacks(struct exchange *x)
{
	CURL *easy = x->easy;

	curl_easy_setopt(easy, CURLOPT_PRIVATE, x);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, x->detail);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, x);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, x);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, x->http);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, x->http);
}

static struct peer *find_peer(void *self, uint64_t id)
{
	struct exchange *x = find_exchange(self, id);

	return x ? &x->peer : NULL;
}

static CURLcode on_tls_context(CURL *easy, void *ssl_ctx, void *self)
{
	struct exchange *x = self;

	x->tls_begun = true;
	x->peer.seen = false; /* a proxy's may have been seen before */
	peer_watch(ssl_ctx, find_peer, x->http, x->id);
	return CURLE_OK;
}

/* Also that of a proxy that is reached by https. */
static void set_trust(struct exchange *x)
{
	const struct http *http = x->http;

	if (http->ca_file) {
		curl_easy_setopt(x->easy, CURLOPT_CAINFO, http->ca_file);
		curl_easy_setopt(x->easy, CURLOPT_PROXY_CAINFO, http->ca_file);
	}
	if (http->looks_at_peers) {
		curl_easy_setopt(x->easy, CURLOPT_SSL_CTX_FUNCTION, on_tls_context);
		curl_easy_setopt(x->easy, CURLOPT_SSL_CTX_DATA, x);
	}
}

static void set_connection(struct exchange *x, bool fresh)
{
	const struct http *http = x->http;
	bool tls = is_https(x), loopback = url_loopback(&x->origin);
	bool gzip = !loopback || http->gzip == HTTP_GZIP_ALWAYS;
	CURL *easy = x->easy;

	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, x->origin.scheme);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, http->user_agent);
	set_trust(x);
	/* "identity" still decodes what a server encodes unasked. */
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, gzip ? "gzip" : "identity");
	if (loopback)
		curl_easy_setopt(easy, CURLOPT_PROXY, "");
	/* An action is on its own: libcurl re-sends on a reused connection and on a refused stream. */
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
			 tls && !fresh ? (long)CURL_HTTP_VERSION_2TLS : (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_PIPEWAIT, tls && !fresh ? 1L : 0L);
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, fresh ? 1L : 0L);
}

static void set_limits(struct exchange *x, const struct request *r)
{
	const struct http_limits *limits = &x->http->limits;
	CURL *easy = x->easy;

	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, limits->connect_ms);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, limits->slow_bytes);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, limits->slow_s);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
			 (long)(r->timeout_ms > 0 ? r->timeout_ms : TIMEOUT_MS));
	curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)r->max_body);
	x->body.max = r->max_body < BUF_MAX ? r->max_body : BUF_MAX;
}

static void set_method(struct exchange *x, const struct request *r)
{
	CURL *easy = x->easy;
	bool has_body = strcmp(r->method, "POST") == 0 || strcmp(r->method, "PUT") == 0 || r->body;

	curl_easy_setopt(easy, CURLOPT_URL, r->url);
	if (has_body) {
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
				 (curl_off_t)(r->body ? r->body_len : 0));
		curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, r->body ? r->body : "");
	}
	if (strcmp(r->method, has_body ? "POST" : "GET") != 0)
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, r->method);
}

static void add_header(struct exchange *x, const char *name, const char *value)
{
	struct buf line;

	buf_init(&line, BUF_MAX);
	buf_adds(&line, name);
	buf_adds(&line, *value ? ": " : ";"); /* libcurl's way to send an empty one */
	buf_adds(&line, value);
	x->sent_headers = curl_slist_append(x->sent_headers, line.data);
	explicit_bzero(line.data, line.len);
	buf_done(&line);
}

static void set_headers(struct exchange *x, const struct request *r)
{
	bool typed = false;
	size_t i;

	for (i = 0; i < r->n_headers; i++) {
		add_header(x, r->headers[i].name, r->headers[i].value);
		typed |= strcasecmp(r->headers[i].name, "Content-Type") == 0;
	}
	x->sent_headers = curl_slist_append(x->sent_headers, "Expect:");
	if (!typed)
		x->sent_headers = curl_slist_append(x->sent_headers, "Content-Type:");
	curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, x->sent_headers);
}

static bool good_header(const struct header *h)
{
	const char *s;

	for (s = h->name; *s; s++)
		if (*s <= ' ' || *s >= 0x7f || *s == ':' || *s == ';')
			return false;
	return *h->name && !strpbrk(h->value, "\r\n");
}

/* Splits the URL at its path; a base URL that url_parse() refuses is refused here too. */
static bool check(struct exchange *x, const struct request *r)
{
	const char *authority = strstr(r->url, "://"), *s;
	char *origin;
	bool ok;
	size_t i;

	for (s = r->url; *s; s++)
		if (*s <= ' ' || *s >= 0x7f)
			return err_set(&x->refused, ERR_INPUT, 0, _("not a URL: it has odd characters"));
	s = authority ? authority + 3 + strcspn(authority + 3, "/?#") : s;
	origin = mem_strndup(r->url, (size_t)(s - r->url));
	ok = url_parse(origin, &x->origin, &x->refused);
	mem_free(origin);
	if (!ok)
		return false;
	for (i = 0; i < r->n_headers; i++)
		if (!good_header(&r->headers[i]))
			return err_set(&x->refused, ERR_INPUT, 0,
				       _("the header %s has a line break or no name"),
				       r->headers[i].name);
	snprintf(x->host, sizeof(x->host), "%s", x->origin.host);
	if (x->origin.port != (strcmp(x->origin.scheme, "https") == 0 ? 443 : 80))
		snprintf(x->host + strlen(x->host), 8, ":%d", x->origin.port);
	return true;
}

static void start_libcurl(struct http *http)
{
	if (http->multi)
		return;
	unsetenv("SSLKEYLOGFILE"); /* libcurl reads it as it starts */
	curl_global_init_mem(CURL_GLOBAL_DEFAULT, mem_alloc, mem_free, mem_realloc, mem_strdup,
			     mem_calloc);
	http->looks_at_peers = peer_supported(curl_version_info(CURLVERSION_NOW)->ssl_version);
	http->multi = curl_multi_init();
	if (!http->multi)
		mem_exhausted();
	curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, watch);
	curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
	curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
	curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, IDLE_CONNECTIONS);
}

static void start(struct exchange *x, const struct request *r)
{
	if (!x->easy)
		x->easy = curl_easy_init();
	if (!x->easy)
		mem_exhausted();
	set_constants(x->easy);
	set_callbacks(x);
	set_connection(x, r->fresh);
	set_limits(x, r);
	set_method(x, r);
	set_headers(x, r);
	curl_multi_add_handle(x->http->multi, x->easy);
}

/*
 * By itself a new transfer waits for the next turn of the loop. From a done the server can
 * have the question, and think, while the done goes on with the last answer.
 */
static void leave_now(struct http *http)
{
	int running;

	if (http->reaping)
		curl_multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0, &running);
}

static uint64_t send_request(struct transport *t, const struct request *r, response_fn *done,
			     void *self)
{
	struct http *http = (struct http *)t;
	struct exchange *x = take_exchange(http);
	uint64_t id;

	x->id = ++http->last_id;
	x->done = done;
	x->self = self;
	x->fits = x->headers_fit = true;
	x->refused = (struct err){0};
	x->detail[0] = x->host[0] = '\0';
	x->peer.seen = x->tls_begun = false;
	x->start_ms = when_monotonic_ms();
	x->label = http->trace ? trace_label(r) : NULL;
	link_exchange(x);
	if (http->closing)
		err_set(&x->refused, ERR_CANCELLED, 0, _("cancelled"));
	else if (check(x, r)) {
		start_libcurl(http);
		start(x, r);
		id = x->id;
		leave_now(http);
		return id;
	}
	ev_timer_set(&http->refusal, 0., 0.);
	ev_timer_start(http->loop, &http->refusal);
	return x->id;
}

static void on_refusal(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct http *http = timer->data;
	uint64_t last = http->last_id; /* what a done sends now waits for the next turn */
	struct exchange *x;

	do {
		for (x = http->flying; x && (!x->refused.kind || x->id > last); x = x->next)
			;
		if (x)
			refuse(x);
	} while (x);
}

/* ---- the whole ---- */

struct http *http_new(struct ev_loop *loop, const struct http_options *options)
{
	struct http *http = mem_zalloc(sizeof(*http));

	http->transport = (struct transport){send_request, cancel};
	http->loop = loop;
	http->limits = (struct http_limits){.connect_ms = 10000, .slow_bytes = 64, .slow_s = 15};
	http->user_agent = mem_strdup(text_or_empty(options->user_agent));
	http->ca_file = mem_strdup(options->ca_file);
	http->trace = options->trace;
	http->trace_self = options->trace_self;
	http->gzip = options->gzip;
	ev_init(&http->timer, on_timer);
	ev_timer_init(&http->refusal, on_refusal, 0., 0.);
	http->timer.data = http->refusal.data = http;
	return http;
}

void http_free(struct http *http)
{
	struct exchange *x;

	if (!http)
		return;
	http->closing = true;
	while (http->flying)
		cancel_exchange(http->flying);
	while ((x = http->idle)) {
		http->idle = x->next;
		free_exchange(x);
	}
	if (http->multi) {
		curl_multi_cleanup(http->multi);
		curl_global_cleanup();
	}
	while (http->sockets)
		remove_socket(http->sockets);
	ev_timer_stop(http->loop, &http->timer);
	ev_timer_stop(http->loop, &http->refusal);
	mem_free(http->user_agent);
	mem_free(http->ca_file);
	mem_free(http);
}

struct transport *http_transport(struct http *http)
{
	return &http->transport;
}

unsigned http_in_flight(const struct http *http)
{
	return http->n_flying;
}

/*
 * libcurl has no call for it. A connection that it does not watch is idle; once shut
 * down it reads as closed, and libcurl discards it when it looks for one to use again.
 */
void http_drop_idle(struct http *http)
{
	struct socket *s;

	for (s = http->sockets; s; s = s->next)
		if (s->ours && !s->watched)
			shutdown(s->fd, SHUT_RDWR);
}

void http_set_limits(struct http *http, const struct http_limits *limits)
{
	http->limits = *limits;
}
