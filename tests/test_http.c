/* SPDX-License-Identifier: MIT */
/*
 * The real transport against a server on the same loop that says the bytes it is told
 * to. Names are looked up by a getaddrinfo() of the test's own, so that nothing leaves
 * this machine and a resolver can be made to hang.
 */
#include "test.h"

#include <dirent.h>
#include <dlfcn.h>
#include <ev.h>
#include <netdb.h>
#include <sched.h>
#include <semaphore.h>
#include <zlib.h>

#include "api/json.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "net/http.h"
#include "net/http_limits.h"
#include "raw.h"

#define OK "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"

static sem_t resolver_released;

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
		struct addrinfo **res)
{
	static int (*real)(const char *, const char *, const struct addrinfo *,
			   struct addrinfo **);

	if (name && text_starts(name, "hang."))
		sem_wait(&resolver_released);
	if (name && strstr(name, ".example"))
		return EAI_NONAME;
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	return real(name, service, hints, res);
}

/* ---- the bench: a loop, a server, a client, and what was answered ---- */

struct bench {
	struct ev_loop *loop;
	ev_timer limit;
	struct raw raw;
	struct http *http;
	struct transport *t;
	char url[128];
	uint64_t order[64]; /* ids as they were completed */
	int completed;
};

/* The newest answer to one request, copied. */
struct got {
	struct bench *bench;
	int n;
	struct response r;
	char *body, *type, *request_id, *token, *location;
	void (*then)(struct got *got);
	uint64_t id;
	struct got *other;
};

static void too_long(struct ev_loop *loop, ev_timer *timer, int revents)
{
	fail_msg("nothing happened for 20 s");
}

static void bench_start(struct bench *b, const struct raw_reply *replies, size_t n)
{
	struct http_options options = {.user_agent = "pipetop-test"};

	*b = (struct bench){.loop = ev_loop_new(EVFLAG_AUTO)};
	ev_timer_init(&b->limit, too_long, 20., 0.);
	ev_timer_start(b->loop, &b->limit);
	raw_start(&b->raw, b->loop, replies, n);
	b->http = http_new(b->loop, &options);
	b->t = http_transport(b->http);
	snprintf(b->url, sizeof(b->url), "http://127.0.0.1:%d/v5/list?secret=1", b->raw.port);
}

static void bench_stop(struct bench *b)
{
	http_free(b->http);
	raw_stop(&b->raw);
	ev_timer_stop(b->loop, &b->limit);
	ev_loop_destroy(b->loop);
}

static void got_done(struct got *g)
{
	mem_free(g->body);
	mem_free(g->type);
	mem_free(g->request_id);
	mem_free(g->token);
	mem_free(g->location);
}

static void done(void *self, uint64_t id, const struct response *r)
{
	struct got *g = self;

	got_done(g);
	g->n++;
	g->r = *r;
	g->body = mem_alloc(r->len + 1);
	memcpy(g->body, r->body, r->len + 1);
	assert_int_equal(g->body[r->len], 0);
	g->type = mem_strdup(r->content_type);
	g->request_id = mem_strdup(r->request_id);
	g->token = mem_strdup(r->subject_token);
	g->location = mem_strdup(r->location_host);
	g->bench->order[g->bench->completed++ % 64] = id;
	if (g->then)
		g->then(g);
}

static void send_request(struct got *g, const struct request *r)
{
	int before = g->n;

	g->id = g->bench->t->send(g->bench->t, r, done, g);
	assert_true(g->id != 0);
	assert_int_equal(g->n, before);
}

static void get(struct bench *b, struct got *g)
{
	g->bench = b;
	send_request(g, &(struct request){.method = "GET", .url = b->url, .max_body = 100000});
}

static void wait_for(struct bench *b, const int *n, int least)
{
	while (*n < least)
		ev_run(b->loop, EVRUN_ONCE);
}

static void get_and_wait(struct bench *b, struct got *g)
{
	int n = g->n;

	get(b, g);
	wait_for(b, &g->n, n + 1);
}

#define BENCH(b, ...)                                                                          \
	const struct raw_reply replies_[] = {__VA_ARGS__};                                     \
	struct bench b;                                                                        \
	bench_start(&b, replies_, sizeof(replies_) / sizeof(replies_[0]))

/* ---- answers ---- */

static void an_answer_comes_with_the_headers_that_are_asked_for(void **state)
{
	struct got g = {0};
	BENCH(b, {"HTTP/1.1 201 Created\r\nContent-Type: application/json; charset=utf-8\r\n"
		  "X-Request-Id: r-1\r\nX-Subject-Token: MIIF\r\nRetry-After: 7\r\n"
		  "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Length: 5\r\n\r\nhello"});

	get_and_wait(&b, &g);
	assert_int_equal(g.r.err.kind, ERR_NONE);
	assert_int_equal(g.r.status, 201);
	assert_string_equal(g.body, "hello");
	assert_string_equal(g.type, "application/json; charset=utf-8");
	assert_string_equal(g.request_id, "r-1");
	assert_string_equal(g.token, "MIIF");
	assert_string_equal(g.location, "");
	assert_int_equal(g.r.date_ms, INT64_C(1767225600000));
	assert_int_equal(g.r.retry_after_ms, 7000);
	assert_int_equal(g.r.wire_bytes, 5);
	assert_true(g.r.sent);
	assert_in_range(g.r.took_ms, 0, 10000);
	assert_true(text_starts(b.raw.heard.data, "GET /v5/list?secret=1 HTTP/1.1\r\n"));
	assert_non_null(strstr(b.raw.heard.data, "User-Agent: pipetop-test\r\n"));
	assert_null(strcasestr(b.raw.heard.data, "gzip"));
	assert_int_equal(http_in_flight(b.http), 0);
	got_done(&g);
	bench_stop(&b);
}

static void a_request_is_copied_and_sent_as_it_is(void **state)
{
	static const struct {
		const char *method, *body, *sent;
	} rows[] = {
		{"POST", "{\"a\":1}", "Content-Length: 7\r\n"},
		{"POST", NULL, "Content-Length: 0\r\n"},
		{"PUT", "x", "Content-Length: 1\r\n"},
		{"PUT", NULL, "Content-Length: 0\r\n"},
		{"DELETE", NULL, "X-Auth-Token: secret\r\n"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		BENCH(b, {OK});
		struct got g = {.bench = &b};
		char *url = mem_strdup(b.url), *value = mem_strdup("secret");
		char *body = mem_strdup(rows[i].body), line[64];
		struct header headers[] = {{"X-Auth-Token", value}, {"X-Empty", ""}};

		send_request(&g, &(struct request){.method = rows[i].method, .url = url,
						   .headers = headers, .n_headers = 2, .body = body,
						   .body_len = body ? strlen(body) : 0,
						   .max_body = 100});
		memset(url, 'x', strlen(url));
		memset(value, 'x', strlen(value));
		if (body)
			memset(body, 'x', strlen(body));
		mem_free(url);
		mem_free(value);
		mem_free(body);
		wait_for(&b, &g.n, 1);
		snprintf(line, sizeof(line), "%s /v5/list?secret=1 HTTP/1.1\r\n", rows[i].method);
		assert_true(text_starts(b.raw.heard.data, line));
		assert_non_null(strstr(b.raw.heard.data, rows[i].sent));
		assert_non_null(strstr(b.raw.heard.data, "X-Auth-Token: secret\r\n"));
		assert_non_null(strstr(b.raw.heard.data, "X-Empty:"));
		assert_null(strcasestr(b.raw.heard.data, "Expect"));
		assert_null(strcasestr(b.raw.heard.data, "Content-Type"));
		if (rows[i].body)
			assert_non_null(strstr(b.raw.heard.data, rows[i].body));
		got_done(&g);
		bench_stop(&b);
	}
}

static void what_is_not_a_whole_answer_is_an_error_with_the_hosts_name(void **state)
{
	static const struct {
		const char *name;
		struct raw_reply reply;
		const char *says;
	} rows[] = {
		{"closed at once", {"", .then = RAW_FIN}, "closed the connection without"},
		{"reset at once", {"", .then = RAW_RESET}, "connection to"},
		{"reset in the headers", {"HTTP/1.1 200 OK\r\nA: b\r\n", .then = RAW_RESET}, "127.0.0.1"},
		{"reset in the body",
		 {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", .then = RAW_RESET}, "cut off"},
		{"short body",
		 {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", .then = RAW_FIN}, "cut off"},
		{"chunk cut",
		 {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc", .then = RAW_FIN},
		 "cut off"},
		{"last chunk missing",
		 {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
		  .then = RAW_FIN},
		 "cut off"},
		{"chunk size not hex",
		 {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n"},
		 "cut off"},
		{"negative length",
		 {"HTTP/1.1 200 OK\r\nContent-Length: -9\r\n\r\nabc", .then = RAW_FIN}, "127.0.0.1"},
		{"corrupt gzip",
		 {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!"},
		 "broken"},
		{"unknown encoding",
		 {"HTTP/1.1 200 OK\r\nContent-Encoding: rot13\r\nContent-Length: 2\r\n\r\n{}"},
		 "broken"},
		{"HTTP/0.9", {"{\"pipelines\":[]}\n", .then = RAW_FIN}, "does not answer in HTTP"},
		{"not HTTP", {"SSH-2.0-OpenSSH_9.2\r\n", .then = RAW_FIN}, "does not answer in HTTP"},
		{"many headers", {"HTTP/1.1 200 OK\r\n", .for_ever = "X-A: b\r\n"}, "headers without end"},
		{"a header line without end", {"HTTP/1.1 200 OK\r\nX: ", .for_ever = "aaaaaaaa"},
		 "headers without end"},
		{"hundreds without end", {"HTTP/1.1 100 Continue\r\n\r\n",
					  .for_ever = "HTTP/1.1 100 Continue\r\n\r\n"},
		 "headers without end"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct got g = {0};
		BENCH(b, rows[i].reply);

		get_and_wait(&b, &g);
		if (g.r.err.kind != ERR_NET || !strstr(g.r.err.text, rows[i].says) ||
		    !strstr(g.r.err.text, "127.0.0.1:"))
			fail_msg("%s: %d '%s'", rows[i].name, g.r.err.kind, g.r.err.text);
		assert_string_equal(g.body, "");
		assert_true(g.r.sent);
		assert_false(g.r.too_large);
		got_done(&g);
		bench_stop(&b);
	}
}

/* An answer whose body is `plain` as gzip, but for its last `cut` bytes; mem_free it. */
static char *packed(const char *plain, size_t cut, const char *encoding, size_t *len)
{
	char *out = mem_alloc(1 << 16), body[1 << 14];
	z_stream z = {0};
	size_t n;

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)plain;
	z.avail_in = (uInt)strlen(plain);
	z.next_out = (Bytef *)body;
	z.avail_out = sizeof(body);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	n = z.total_out - cut;
	deflateEnd(&z);
	*len = (size_t)snprintf(out, 1 << 15,
				"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %zu\r\n\r\n",
				encoding, n);
	memcpy(out + *len, body, n);
	*len += n;
	return out;
}

static void parse(const struct got *g, struct err *err)
{
	struct json *json = json_parse(g->body, strlen(g->body), NULL, NULL, NULL, err);

	json_free(json);
}

/*
 * libcurl lets a gzip stream pass that ends too early, as long as the bytes that were promised
 * came. What is missing then is missing from the JSON too, and that refuses it.
 */
static void a_packed_answer_is_whole_or_an_error(void **state)
{
	static const char plain[] = "{\"pipelines\":[{\"name\":\"alpha\"},{\"name\":\"beta\"}],\"total\":2}";
	static const struct {
		size_t cut;
		const char *encoding;
		bool good;
	} rows[] = {
		{0, "gzip", true},   {0, "x-gzip", true},	{8, "gzip", true}, /* without its checksum */
		{12, "gzip", false}, {40, "gzip", false}, {0, "gzip, gzip", false}, {0, "deflate", false},
	};
	size_t i, len;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *answer = packed(plain, rows[i].cut, rows[i].encoding, &len);
		struct got g = {0};
		struct err err;
		BENCH(b, {"", answer, len});

		get_and_wait(&b, &g);
		err = g.r.err;
		if (err.kind == ERR_NONE)
			parse(&g, &err);
		if ((err.kind == ERR_NONE) != rows[i].good)
			fail_msg("row %zu: %d '%s' '%s'", i, err.kind, err.text, g.body);
		if (rows[i].good)
			assert_string_equal(g.body, plain);
		got_done(&g);
		bench_stop(&b);
		mem_free(answer);
	}
}

static char *bomb(size_t *len)
{
	static const char head[] =
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n";
	size_t plain = 50u << 20;
	char *zeros = mem_zalloc(plain), *out = mem_alloc(200000);
	z_stream z = {0};
	int n;

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (Bytef *)zeros;
	z.avail_in = (uInt)plain;
	z.next_out = (Bytef *)out + 100;
	z.avail_out = 199900;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	n = sprintf(out, head, (size_t)z.total_out);
	memmove(out + n, out + 100, z.total_out);
	*len = (size_t)n + z.total_out;
	deflateEnd(&z);
	mem_free(zeros);
	return out;
}

static void bodies_past_their_ceiling_are_given_up(void **state)
{
	size_t len;
	char *gzip = bomb(&len);
	const struct raw_reply rows[] = {
		{"HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\nab"},
		{"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\nab"},
		{"HTTP/1.1 200 OK\r\n\r\n", .for_ever = "never-ending "},
		{"HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n", .for_ever = "4\r\nabcd\r\n"},
		{"", gzip, len},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct got g = {0};
		BENCH(b, rows[i]);

		get_and_wait(&b, &g);
		if (g.r.err.kind != ERR_REMOTE || !g.r.too_large)
			fail_msg("row %zu: %d '%s'", i, g.r.err.kind, g.r.err.text);
		assert_string_equal(g.r.err.text, "answer too large");
		assert_int_equal(g.r.len, 0);
		assert_int_equal(g.r.status, i == 3 ? 500 : 200);
		assert_true(g.r.wire_bytes < 1u << 20);
		got_done(&g);
		bench_stop(&b);
	}
	mem_free(gzip);
}

static void a_body_of_exactly_the_ceiling_is_taken(void **state)
{
	BENCH(b, {OK});
	struct got g = {.bench = &b};

	send_request(&g, &(struct request){.method = "GET", .url = b.url, .max_body = 2});
	wait_for(&b, &g.n, 1);
	assert_int_equal(g.r.err.kind, ERR_NONE);
	send_request(&g, &(struct request){.method = "GET", .url = b.url, .max_body = 1});
	wait_for(&b, &g.n, 2);
	assert_true(g.r.too_large);
	got_done(&g);
	bench_stop(&b);
}

static void a_redirect_is_an_answer_and_takes_the_token_nowhere(void **state)
{
	static const struct raw_reply trap = {OK};
	static const char *const to[] = {"http://127.0.0.1:%d/x", "http://localhost:%d/", "//[::1]:%d/"};
	size_t i;

	for (i = 0; i < sizeof(to) / sizeof(to[0]); i++) {
		struct got g = {0};
		struct raw other;
		char where[64], text[256], host[64];
		BENCH(b, {text});

		raw_start(&other, b.loop, &trap, 1);
		snprintf(where, sizeof(where), to[i], other.port);
		snprintf(text, sizeof(text), "HTTP/1.1 307 Go\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n",
			 where);
		get_and_wait(&b, &g);
		assert_int_equal(g.r.err.kind, ERR_NONE);
		assert_int_equal(g.r.status, 307);
		snprintf(host, sizeof(host), "%.*s", (int)strcspn(strstr(where, "//") + 2, "/"),
			 strstr(where, "//") + 2);
		assert_string_equal(g.location, host);
		ev_run(b.loop, EVRUN_NOWAIT);
		assert_int_equal(other.accepted, 0);
		raw_stop(&other);
		got_done(&g);
		bench_stop(&b);
	}
}

/* ---- no connection ---- */

static void a_refused_connection_names_the_host_and_sent_nothing(void **state)
{
	struct got g = {0};
	BENCH(b, {OK});

	snprintf(b.url, sizeof(b.url), "http://127.0.0.1:%d/", raw_dead_port());
	get_and_wait(&b, &g);
	assert_int_equal(g.r.err.kind, ERR_NET);
	assert_int_equal(g.r.err.code, 7);
	assert_non_null(strstr(g.r.err.text, "refused the connection"));
	assert_non_null(strstr(g.r.err.text, "127.0.0.1:"));
	assert_false(g.r.sent);
	assert_int_equal(g.r.status, 0);
	got_done(&g);
	bench_stop(&b);
}

static void an_unknown_host_is_named(void **state)
{
	struct got g = {0};
	BENCH(b, {OK});

	snprintf(b.url, sizeof(b.url), "https://nowhere.example/v5");
	get_and_wait(&b, &g);
	assert_int_equal(g.r.err.kind, ERR_NET);
	assert_string_equal(g.r.err.text, "cannot find host nowhere.example");
	assert_false(g.r.sent);
	got_done(&g);
	bench_stop(&b);
}

static void a_server_without_tls_is_told_apart(void **state)
{
	struct got g = {0};
	BENCH(b, {"HTTP/1.1 400 Bad\r\n\r\n", .then = RAW_FIN});

	snprintf(b.url, sizeof(b.url), "https://127.0.0.1:%d/", b.raw.port);
	get(&b, &g);
	while (!b.raw.conns)
		ev_run(b.loop, EVRUN_ONCE);
	/* A ClientHello is no request to the server: it speaks first. */
	raw_say(&b.raw, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
	wait_for(&b, &g.n, 1);
	assert_int_equal(g.r.err.kind, ERR_NET);
	assert_non_null(strstr(g.r.err.text, "does not speak TLS"));
	assert_false(g.r.sent);
	got_done(&g);
	bench_stop(&b);
}

static void what_may_not_be_asked_is_refused_later_not_in_send(void **state)
{
	static const struct {
		const char *url;
		struct header header;
		const char *says;
	} rows[] = {
		{"http://10.0.0.1/", {"A", "b"}, "this machine only"},
		{"file:///etc/passwd", {"A", "b"}, "https://"},
		{"https://user:pass@host/", {"A", "b"}, "token file"},
		{"http://127.0.0.1:1/a b", {"A", "b"}, "odd characters"},
		{"http://127.0.0.1:1/\r\nX: y", {"A", "b"}, "odd characters"},
		{"http://127.0.0.1:1/", {"X-Auth-Token", "a\r\nX: y"}, "X-Auth-Token"},
		{"http://127.0.0.1:1/", {"X-Auth-Token", "a\nb"}, "X-Auth-Token"},
		{"http://127.0.0.1:1/", {"A: b", "c"}, "A: b"},
		{"http://127.0.0.1:1/", {"", "c"}, "no name"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		BENCH(b, {OK});
		struct got g = {.bench = &b};

		send_request(&g, &(struct request){.method = "GET", .url = rows[i].url,
						   .headers = &rows[i].header, .n_headers = 1});
		wait_for(&b, &g.n, 1);
		if (g.r.err.kind != ERR_INPUT || !strstr(g.r.err.text, rows[i].says))
			fail_msg("%s: %d '%s'", rows[i].url, g.r.err.kind, g.r.err.text);
		assert_false(g.r.sent);
		assert_null(strstr(g.r.err.text, "pass@"));
		got_done(&g);
		bench_stop(&b);
	}
}

/* ---- giving up ---- */

static void silence_and_drips_are_given_up(void **state)
{
	static const struct {
		const char *name;
		struct raw_reply reply;
		int64_t timeout_ms;
		const char *says;
	} rows[] = {
		{"silent", {NULL}, 60, "no answer from"},
		{"stalled body", {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"}, 300, "half-way"},
		{"slow headers", {"HTTP/1.1 200 OK\r\nX: abcdefghijklmnopqrstuvwxyz", .drip_s = 0.2},
		 0, "in 1 s|half-way|in 2 s"},
		{"slow body", {"HTTP/1.1 200 OK\r\n\r\n", "abcdefghijklmnopqrstuvwxyz", 26,
			       .drip_s = 0.05}, 0, "half-way|in 1 s"},
	};
	const struct http_limits limits = {.connect_ms = 5000, .slow_bytes = 64, .slow_s = 1};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		BENCH(b, rows[i].reply);
		struct got g = {.bench = &b};
		const char *says = rows[i].says;
		bool right = false;

		http_set_limits(b.http, &limits);
		send_request(&g, &(struct request){.method = "GET", .url = b.url, .max_body = 1000,
						   .timeout_ms = rows[i].timeout_ms});
		wait_for(&b, &g.n, 1);
		for (; *says && !right; says += strcspn(says, "|") + (strchr(says, '|') != NULL)) {
			char part[64];

			snprintf(part, sizeof(part), "%.*s", (int)strcspn(says, "|"), says);
			right = strstr(g.r.err.text, part) != NULL;
		}
		if (g.r.err.kind != ERR_NET || g.r.err.code != 28 || !right)
			fail_msg("%s: %d '%s'", rows[i].name, g.r.err.kind, g.r.err.text);
		got_done(&g);
		bench_stop(&b);
	}
}

/* ---- connections ---- */

static void a_connection_is_kept_for_reads_and_never_for_actions(void **state)
{
	struct got g = {0};
	BENCH(b, {OK});
	struct request action = {.method = "POST", .url = b.url, .max_body = 100, .fresh = true};
	int i;

	for (i = 0; i < 3; i++)
		get_and_wait(&b, &g);
	assert_int_equal(b.raw.accepted, 1);
	send_request(&g, &action);
	wait_for(&b, &g.n, 4);
	assert_int_equal(b.raw.accepted, 2);
	while (raw_open(&b.raw) > 1) /* the action's own is closed, the kept one is not */
		ev_run(b.loop, EVRUN_ONCE);
	get_and_wait(&b, &g);
	assert_int_equal(b.raw.accepted, 2);
	assert_int_equal(b.raw.requests, 5);
	got_done(&g);
	bench_stop(&b);
}

static void an_unanswered_action_is_sent_once_and_says_so(void **state)
{
	struct got g = {0};
	BENCH(b, {OK}, {"", .then = RAW_FIN});
	struct request action = {.method = "POST", .url = b.url, .max_body = 100, .fresh = true};

	get_and_wait(&b, &g);
	send_request(&g, &action);
	wait_for(&b, &g.n, 2);
	assert_int_equal(g.r.err.kind, ERR_NET);
	assert_true(g.r.sent);
	assert_int_equal(b.raw.requests, 2);
	got_done(&g);
	bench_stop(&b);
}

static void a_read_survives_a_kept_connection_that_died(void **state)
{
	struct got g = {0};
	BENCH(b, {OK, .then = RAW_KEEP}, {"", .then = RAW_RESET}, {OK});

	get_and_wait(&b, &g);
	get_and_wait(&b, &g);
	assert_int_equal(g.r.err.kind, ERR_NONE);
	assert_int_equal(b.raw.accepted, 2);
	got_done(&g);
	bench_stop(&b);
}

static void idle_connections_can_be_dropped(void **state)
{
	struct got g = {0}, busy = {0};
	BENCH(b, {OK}, {NULL}, {OK});

	get_and_wait(&b, &g);
	http_drop_idle(b.http);
	get(&b, &busy);
	while (b.raw.requests < 2)
		ev_run(b.loop, EVRUN_ONCE);
	assert_int_equal(b.raw.accepted, 2);
	http_drop_idle(b.http); /* what is in use stays */
	ev_run(b.loop, EVRUN_NOWAIT);
	assert_int_equal(busy.n, 0);
	get_and_wait(&b, &g);
	assert_int_equal(g.r.err.kind, ERR_NONE);
	assert_int_equal(b.raw.accepted, 3);
	bench_stop(&b);
	got_done(&g);
	got_done(&busy);
}

static void cookies_and_proxies_have_no_effect(void **state)
{
	struct got g = {0};
	BENCH(b, {"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nAlt-Svc: h2=\":1\"\r\n"
		  "Strict-Transport-Security: max-age=999\r\nContent-Length: 0\r\n\r\n"});

	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	setenv("SSLKEYLOGFILE", "/nowhere/keys", 1);
	get_and_wait(&b, &g);
	get_and_wait(&b, &g);
	assert_int_equal(g.r.err.kind, ERR_NONE);
	assert_null(strcasestr(b.raw.heard.data, "Cookie"));
	assert_int_equal(b.raw.requests, 2);
	assert_null(getenv("SSLKEYLOGFILE"));
	unsetenv("http_proxy");
	unsetenv("ALL_PROXY");
	got_done(&g);
	bench_stop(&b);
}

static void proxy_faults_say_proxy(void **state)
{
	static const struct {
		const char *proxy, *reply, *says;
	} rows[] = {
		{"http://127.0.0.1:%d", "HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n", "407"},
		{"http://127.0.0.1:%d", "HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n", "(502)"},
		{"http://me:hidden@127.0.0.1:1", "", "cannot connect to the proxy"},
		{"http://nowhere.example:1", "", "cannot find the proxy's host"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct got g = {0};
		char proxy[64];
		BENCH(b, {rows[i].reply});

		snprintf(proxy, sizeof(proxy), rows[i].proxy, b.raw.port);
		setenv("https_proxy", proxy, 1);
		snprintf(b.url, sizeof(b.url), "https://api.example/v5");
		get_and_wait(&b, &g);
		if (g.r.err.kind != ERR_NET || !strstr(g.r.err.text, rows[i].says) ||
		    !strstr(g.r.err.text, "proxy"))
			fail_msg("%s: %d '%s'", rows[i].says, g.r.err.kind, g.r.err.text);
		assert_null(strstr(g.r.err.text, "hidden"));
		assert_false(g.r.sent);
		got_done(&g);
		bench_stop(&b);
	}
	unsetenv("https_proxy");
}

/* ---- order, cancel, end ---- */

static void send_again(struct got *g)
{
	if (g->n < 5)
		get(g->bench, g);
}

static void done_may_send_the_next(void **state)
{
	struct got g = {.then = send_again};
	BENCH(b, {OK});

	get(&b, &g);
	wait_for(&b, &g.n, 5);
	assert_int_equal(b.raw.requests, 5);
	assert_int_equal(b.raw.accepted, 1);
	got_done(&g);
	bench_stop(&b);
}

static void answers_come_in_the_order_of_the_server_not_of_sending(void **state)
{
	struct got slow = {0}, fast = {0};
	BENCH(b, {"HTTP/1.1 200 OK\r\nContent-Length: 26\r\n\r\nabcdefghijklmnopqrstuvwxyz",
		  .drip_s = 0.001}, {OK});

	get(&b, &slow);
	while (b.raw.requests < 1)
		ev_run(b.loop, EVRUN_ONCE);
	get(&b, &fast);
	wait_for(&b, &slow.n, 1);
	assert_int_equal(b.order[0], fast.id);
	assert_int_equal(b.order[1], slow.id);
	assert_string_equal(slow.body, "abcdefghijklmnopqrstuvwxyz");
	got_done(&slow);
	got_done(&fast);
	bench_stop(&b);
}

static void cancel_completes_before_it_returns_and_once(void **state)
{
	struct got g = {0};
	BENCH(b, {NULL}, {OK});

	get(&b, &g);
	b.t->cancel(b.t, g.id);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.r.err.kind, ERR_CANCELLED);
	assert_false(g.r.sent);
	b.t->cancel(b.t, g.id);
	b.t->cancel(b.t, 12345);
	assert_int_equal(g.n, 1);
	get(&b, &g);
	while (b.raw.requests < 1)
		ev_run(b.loop, EVRUN_ONCE);
	b.t->cancel(b.t, g.id);
	assert_int_equal(g.n, 2);
	assert_true(g.r.sent);
	get_and_wait(&b, &g);
	assert_int_equal(g.r.err.kind, ERR_NONE);
	got_done(&g);
	bench_stop(&b);
}

static void cancel_other(struct got *g)
{
	g->bench->t->cancel(g->bench->t, g->id);
	if (g->other)
		g->bench->t->cancel(g->bench->t, g->other->id);
}

/* Both are refused connections, so both are finished in the same pass of the loop. */
static void done_may_cancel_what_has_finished_but_is_not_reported(void **state)
{
	struct got a = {.then = cancel_other}, z = {.then = cancel_other, .other = &a};
	BENCH(b, {OK});

	a.other = &z;
	snprintf(b.url, sizeof(b.url), "http://127.0.0.1:%d/", raw_dead_port());
	get(&b, &a);
	get(&b, &z);
	while (a.n + z.n < 2)
		ev_run(b.loop, EVRUN_ONCE);
	assert_int_equal(a.n, 1);
	assert_int_equal(z.n, 1);
	assert_int_equal((a.r.err.kind == ERR_CANCELLED) + (z.r.err.kind == ERR_CANCELLED), 1);
	assert_int_equal(http_in_flight(b.http), 0);
	got_done(&a);
	got_done(&z);
	bench_stop(&b);
}

static void send_once_more(struct got *g)
{
	if (g->n == 1)
		get(g->bench, g);
}

static void freeing_completes_everything_as_cancelled(void **state)
{
	struct got g[20] = {0};
	BENCH(b, {NULL});
	size_t i;

	for (i = 0; i < 20; i++) {
		g[i].then = send_once_more;
		get(&b, &g[i]);
	}
	g[0].then = NULL;
	while (b.raw.requests < 20)
		ev_run(b.loop, EVRUN_ONCE);
	assert_int_equal(http_in_flight(b.http), 20);
	bench_stop(&b);
	for (i = 0; i < 20; i++) {
		assert_int_equal(g[i].n, i ? 2 : 1);
		assert_int_equal(g[i].r.err.kind, ERR_CANCELLED);
		got_done(&g[i]);
	}
}

static int threads(void)
{
	DIR *dir = opendir("/proc/self/task");
	int n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n - 2;
}

static void a_resolver_that_hangs_holds_nothing_up(void **state)
{
	struct got g = {0}, h = {0};
	int64_t start, took;
	int before = threads();
	BENCH(b, {OK});

	snprintf(b.url, sizeof(b.url), "https://hang.example/v5");
	get(&b, &g);
	get(&b, &h);
	while (threads() == before)
		ev_run(b.loop, EVRUN_NOWAIT);
	start = when_monotonic_ms();
	b.t->cancel(b.t, g.id);
	bench_stop(&b);
	took = when_monotonic_ms() - start;
	assert_in_range(took, 0, 500); /* it hangs until it is released below */
	assert_int_equal(h.r.err.kind, ERR_CANCELLED);
	sem_post(&resolver_released); /* the second waits for the first's connection */
	while (threads() > before)
		sched_yield();
	got_done(&g);
	got_done(&h);
}

static int setup(void **state)
{
	return sem_init(&resolver_released, 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_comes_with_the_headers_that_are_asked_for),
		cmocka_unit_test(a_request_is_copied_and_sent_as_it_is),
		cmocka_unit_test(what_is_not_a_whole_answer_is_an_error_with_the_hosts_name),
		cmocka_unit_test(a_packed_answer_is_whole_or_an_error),
		cmocka_unit_test(bodies_past_their_ceiling_are_given_up),
		cmocka_unit_test(a_body_of_exactly_the_ceiling_is_taken),
		cmocka_unit_test(a_redirect_is_an_answer_and_takes_the_token_nowhere),
		cmocka_unit_test(a_refused_connection_names_the_host_and_sent_nothing),
		cmocka_unit_test(an_unknown_host_is_named),
		cmocka_unit_test(a_server_without_tls_is_told_apart),
		cmocka_unit_test(what_may_not_be_asked_is_refused_later_not_in_send),
		cmocka_unit_test(silence_and_drips_are_given_up),
		cmocka_unit_test(a_connection_is_kept_for_reads_and_never_for_actions),
		cmocka_unit_test(an_unanswered_action_is_sent_once_and_says_so),
		cmocka_unit_test(a_read_survives_a_kept_connection_that_died),
		cmocka_unit_test(idle_connections_can_be_dropped),
		cmocka_unit_test(cookies_and_proxies_have_no_effect),
		cmocka_unit_test(proxy_faults_say_proxy),
		cmocka_unit_test(done_may_send_the_next),
		cmocka_unit_test(answers_come_in_the_order_of_the_server_not_of_sending),
		cmocka_unit_test(cancel_completes_before_it_returns_and_once),
		cmocka_unit_test(done_may_cancel_what_has_finished_but_is_not_reported),
		cmocka_unit_test(freeing_completes_everything_as_cancelled),
		cmocka_unit_test(a_resolver_that_hangs_holds_nothing_up),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
