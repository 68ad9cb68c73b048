/* SPDX-License-Identifier: MIT */
/*
 * The real transport and the real simulator over TLS: what is trusted, what is refused and
 * in which words, and that nothing of a request leaves before the certificate was verified
 * (reliability.md N05-N09, N17, N22, 4.2).
 */
#include "test.h"

#include <arpa/inet.h>
#include <locale.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "asker.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "net/http_limits.h"
#include "raw.h"
#include "sim/sim.h"

#define PATH "/v5/aaaaaaaa000000000000000000000001/api/pipelines/x"

struct bench {
	struct ev_loop *loop;
	struct sim *sim;
	struct asker asker;
	struct asked got;
};

static const char *scenario(void)
{
	static char file[4200];

	snprintf(file, sizeof(file), "%s/scenarios/demo.conf", getenv("top_srcdir"));
	return file;
}

static void start(struct bench *b, const struct sim_options *options, bool trusting,
		  enum http_gzip gzip)
{
	struct sim_options o = *options;
	struct http_options http = {.gzip = gzip};
	struct err err = {0};

	*b = (struct bench){.loop = ev_loop_new(EVFLAG_AUTO)};
	o.scenario = scenario();
	b->sim = sim_new(b->loop, &o, &err);
	if (!b->sim)
		fail_msg("%s", err.text);
	http.ca_file = trusting ? sim_certificate(b->sim) : NULL;
	asker_start_on(&b->asker, b->loop, &http);
}

static void stop(struct bench *b)
{
	asker_stop(&b->asker);
	sim_free(b->sim);
	ev_loop_destroy(b->loop);
	asked_done(&b->got);
}

/* Asks the simulator under this host's name; the answer is in b->got. */
static void ask(struct bench *b, const char *scheme, const char *host)
{
	char url[300];

	snprintf(url, sizeof(url), "%s://%s:%d" PATH, scheme, host, sim_port(b->sim));
	asker_get(&b->asker, url, &b->got);
}

/* No control characters, no text that runs backwards; whole characters. */
static bool fit_for_a_terminal(const char *s)
{
	size_t used, len = strlen(s);
	uint32_t cp;

	for (; len; s += used, len -= used) {
		cp = text_decode(s, len, &used);
		if (cp < ' ' || cp == 0x7f || (cp >= 0x80 && cp < 0xa0) || cp == TEXT_BAD ||
		    (cp >= 0x202a && cp <= 0x202e))
			return false;
	}
	return true;
}

static void only_a_good_certificate_gets_the_token(void **state)
{
	static const struct {
		enum sim_tls kind;
		bool trusting;
		const char *host;
		const char *says[3]; /* none: it is trusted */
	} rows[] = {
		{SIM_TLS_SELF_SIGNED, true, "127.0.0.1", {NULL}},
		{SIM_TLS_SELF_SIGNED, true, "localhost", {NULL}},
		{SIM_TLS_SELF_SIGNED, true, "pipetop.test", {NULL}},
		{SIM_TLS_SELF_SIGNED, false, "127.0.0.1",
		 {"not trusted: self-signed", "issuer localhost", "set `ca_file`"}},
		{SIM_TLS_CHAIN, true, "127.0.0.1", {NULL}},
		{SIM_TLS_CHAIN, false, "127.0.0.1",
		 {"not trusted", "issuer pipetop-sim intermediate", "set `ca_file`"}},
		{SIM_TLS_UNKNOWN_CA, true, "127.0.0.1",
		 {"not trusted", "issuer pipetop-sim stranger", "set `ca_file`"}},
		{SIM_TLS_EXPIRED, true, "127.0.0.1", {"it expired 20", "issuer localhost"}},
		{SIM_TLS_NOT_YET_VALID, true, "127.0.0.1", {"it holds only from 20", "issuer localhost"}},
		{SIM_TLS_WRONG_HOST, true, "127.0.0.1",
		 {"it is for other.example, 192.0.2.1", "not for 127.0.0.1:"}},
		{SIM_TLS_WRONG_HOST_SUFFIX, true, "localhost",
		 {"it is for localhost.attacker.example, ", "not for localhost:"}},
		{SIM_TLS_WRONG_HOST_SUFFIX, true, "127.0.0.1", {"not for 127.0.0.1:"}},
		{SIM_TLS_WRONG_HOST_SUFFIX, true, "pipetop.test", {"not for pipetop.test:"}},
		{SIM_TLS_HOSTILE_NAMES, false, "127.0.0.1",
		 {"not trusted", "issuer ?]0;owned??[31m?evil)"}},
		{SIM_TLS_HOSTILE_NAMES, true, "127.0.0.1",
		 {"it is for ?]0;owned??[31m", "not for 127.0.0.1:"}},
	};
	size_t i, k;

	asker_resolve("127.0.0.1");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench b;
		const struct err *err = &b.got.r.err;

		start(&b, &(struct sim_options){.tls = rows[i].kind}, rows[i].trusting,
		      HTTP_GZIP_REMOTE);
		ask(&b, "https", rows[i].host);
		if (!rows[i].says[0]) {
			if (err->kind != ERR_NONE)
				fail_msg("row %zu: %s", i, err->text);
			assert_int_equal(sim_requests(b.sim, NULL), 1);
			stop(&b);
			continue;
		}
		if (err->kind != ERR_NET || err->code != TRANSPORT_CERTIFICATE)
			fail_msg("row %zu: %d %d %s", i, err->kind, err->code, err->text);
		for (k = 0; k < 3 && rows[i].says[k]; k++)
			if (!strstr(err->text, rows[i].says[k]))
				fail_msg("row %zu: \"%s\" lacks \"%s\"", i, err->text, rows[i].says[k]);
		if (!fit_for_a_terminal(err->text))
			fail_msg("row %zu: \"%s\" is not fit for a terminal", i, err->text);
		assert_false(b.got.r.sent);
		assert_int_equal(sim_requests(b.sim, NULL), 0);
		stop(&b);
	}
}

static void a_ca_file_that_cannot_be_read_is_named(void **state)
{
	struct http_options http = {.ca_file = "/nowhere/ca.pem"};
	struct bench b;

	start(&b, &(struct sim_options){.tls = SIM_TLS_SELF_SIGNED}, true, HTTP_GZIP_REMOTE);
	asker_stop(&b.asker);
	asker_start_on(&b.asker, b.loop, &http);
	ask(&b, "https", "127.0.0.1");
	assert_int_equal(b.got.r.err.kind, ERR_INPUT);
	assert_string_equal(b.got.r.err.text, "`ca_file` /nowhere/ca.pem: no certificates can be read");
	assert_int_equal(sim_requests(b.sim, NULL), 0);
	stop(&b);
}

static void old_tls_is_refused_before_anything_is_sent(void **state)
{
	struct bench b;

	start(&b, &(struct sim_options){.tls = SIM_TLS_OLD}, true, HTTP_GZIP_REMOTE);
	ask(&b, "https", "127.0.0.1");
	assert_int_equal(b.got.r.err.kind, ERR_NET);
	if (!strstr(b.got.r.err.text, "offers only old TLS"))
		fail_msg("%s", b.got.r.err.text);
	assert_false(b.got.r.sent);
	assert_int_equal(sim_requests(b.sim, NULL), 0);
	stop(&b);
}

static void the_wrong_scheme_for_a_port_is_told(void **state)
{
	static const struct {
		enum sim_tls served;
		const char *asked, *says;
	} rows[] = {
		{SIM_TLS_OFF, "https", "is the port right?"}, /* told by an answer, or by none */
		{SIM_TLS_SELF_SIGNED, "http", "is it https"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench b;

		start(&b, &(struct sim_options){.tls = rows[i].served}, true, HTTP_GZIP_REMOTE);
		ask(&b, rows[i].asked, "127.0.0.1");
		assert_int_equal(b.got.r.err.kind, ERR_NET);
		if (!strstr(b.got.r.err.text, rows[i].says))
			fail_msg("%s", b.got.r.err.text);
		assert_int_equal(sim_requests(b.sim, NULL), 0);
		stop(&b);
	}
}

/* ---- servers that are none ---- */

struct stranger {
	struct ev_loop *loop;
	struct raw raw;
	struct asker asker;
	struct asked got;
	char url[100];
};

static void meet(struct stranger *s, const struct raw_reply *reply)
{
	const struct http_limits limits = {.connect_ms = 300, .slow_bytes = 64, .slow_s = 5};

	*s = (struct stranger){.loop = ev_loop_new(EVFLAG_AUTO)};
	raw_start(&s->raw, s->loop, reply, 1);
	asker_start_on(&s->asker, s->loop, &(struct http_options){0});
	http_set_limits(s->asker.http, &limits);
	snprintf(s->url, sizeof(s->url), "https://127.0.0.1:%d" PATH, s->raw.port);
}

static void part(struct stranger *s)
{
	asker_stop(&s->asker);
	raw_stop(&s->raw);
	ev_loop_destroy(s->loop);
	asked_done(&s->got);
}

static void a_handshake_that_stalls_is_given_up(void **state)
{
	const struct raw_reply silence = {NULL};
	struct stranger s;

	meet(&s, &silence);
	asker_get(&s.asker, s.url, &s.got);
	assert_int_equal(s.got.r.err.kind, ERR_NET);
	if (!strstr(s.got.r.err.text, "the TLS handshake of 127.0.0.1:") ||
	    !strstr(s.got.r.err.text, "stalled"))
		fail_msg("%s", s.got.r.err.text);
	assert_false(s.got.r.sent);
	assert_in_range(s.got.r.took_ms, 250, 5000);
	part(&s);
}

static void a_handshake_of_garbage_is_told_and_sends_nothing(void **state)
{
	/* A TLS alert record that is none, and then noise. */
	static const char *const garbage[] = {"\x16\x03\x03\x01\x01zzzzzzzzzzzzzzzzzzzzzzzzzzzz",
					      "\x15\x03\x01\x01\x02\x02\x28", "\x80\x2e\x01\x03\x01"};
	const struct raw_reply silence = {NULL};
	size_t i;

	for (i = 0; i < sizeof(garbage) / sizeof(garbage[0]); i++) {
		struct stranger s;

		meet(&s, &silence);
		asker_send(&s.asker, &(struct request){.method = "GET", .url = s.url, .max_body = 100},
			   &s.got);
		while (!s.raw.conns)
			ev_run(s.loop, EVRUN_ONCE);
		raw_say(&s.raw, garbage[i]);
		asker_wait(&s.asker, &s.got.n, 1);
		assert_int_equal(s.got.r.err.kind, ERR_NET);
		assert_true(fit_for_a_terminal(s.got.r.err.text));
		if (!strstr(s.got.r.err.text, "TLS"))
			fail_msg("%zu: %s", i, s.got.r.err.text);
		assert_false(s.got.r.sent);
		part(&s);
	}
}

/* ---- actions ---- */

static void an_action_over_tls_has_a_connection_of_its_own_and_http_1(void **state)
{
	struct request action = {.method = "POST", .max_body = 1 << 20, .fresh = true};
	struct bench b;
	char url[200];

	start(&b, &(struct sim_options){.tls = SIM_TLS_CHAIN}, true, HTTP_GZIP_REMOTE);
	snprintf(url, sizeof(url), "%s" PATH, sim_url(b.sim));
	action.url = url;
	asker_send(&b.asker, &action, &b.got);
	asker_wait(&b.asker, &b.got.n, 1);
	assert_int_equal(b.got.r.err.kind, ERR_NONE);
	assert_int_equal(b.got.r.http_version, 11);
	stop(&b);
}

/* ---- IPv6 ---- */

static bool has_ipv6(void)
{
	struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool ok = fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0;

	if (fd >= 0)
		close(fd);
	return ok;
}

static void the_same_works_over_ipv6(void **state)
{
	static const enum sim_tls kinds[] = {SIM_TLS_OFF, SIM_TLS_SELF_SIGNED};
	size_t i;

	if (!has_ipv6())
		skip();
	for (i = 0; i < 2; i++) {
		struct bench b;

		start(&b, &(struct sim_options){.ipv6 = true, .tls = kinds[i]}, true, HTTP_GZIP_REMOTE);
		assert_true(text_starts(sim_url(b.sim), i ? "https://[::1]:" : "http://[::1]:"));
		ask(&b, i ? "https" : "http", "[::1]");
		if (b.got.r.err.kind != ERR_NONE)
			fail_msg("%s", b.got.r.err.text);
		assert_int_equal(sim_requests(b.sim, NULL), 1);
		stop(&b);
	}
}

/* A listener on [::1] of the simulator's port whose queue is full: a black hole for a SYN. */
struct hole {
	int fd, waiting[8];
	size_t n;
};

static bool dig(struct hole *h, int port)
{
	struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port),
				 .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	int on = 1;

	h->n = 0;
	h->fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(h->fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(h->fd, (struct sockaddr *)&a, sizeof(a)) != 0 || listen(h->fd, 0) != 0)
		return false;
	for (; h->n < 8; h->n++) {
		h->waiting[h->n] = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		connect(h->waiting[h->n], (struct sockaddr *)&a, sizeof(a));
	}
	return true;
}

static void fill_in(struct hole *h)
{
	while (h->n)
		close(h->waiting[--h->n]);
	close(h->fd);
}

static void a_dead_address_of_one_kind_costs_a_moment_and_no_more(void **state)
{
	struct hole hole;
	struct bench b;
	int round;

	if (!has_ipv6())
		skip();
	start(&b, &(struct sim_options){.tls = SIM_TLS_SELF_SIGNED}, true, HTTP_GZIP_REMOTE);
	asker_resolve("::1,127.0.0.1");
	for (round = 0; round < 2; round++) { /* refused at once, then silent */
		if (round == 1)
			assert_true(dig(&hole, sim_port(b.sim)));
		ask(&b, "https", "pipetop.test");
		if (b.got.r.err.kind != ERR_NONE)
			fail_msg("%s", b.got.r.err.text);
		assert_in_range(b.got.r.took_ms, 0, 3000);
		if (round == 1)
			fill_in(&hole);
		http_drop_idle(b.asker.http);
	}
	stop(&b);
	start(&b, &(struct sim_options){.ipv6 = true, .tls = SIM_TLS_SELF_SIGNED}, true, HTTP_GZIP_REMOTE);
	asker_resolve("127.0.0.1,::1"); /* and the other way round */
	ask(&b, "https", "pipetop.test");
	assert_int_equal(b.got.r.err.kind, ERR_NONE);
	stop(&b);
}

/* ---- gzip ---- */

/* The list of pipelines of the simulator, which is longer than what it leaves alone. */
static void ask_list(struct bench *b, const char *host)
{
	const struct header headers[] = {{"X-Auth-Token", "t"}, {"Content-Type", "application/json"}};
	int n = b->got.n;
	struct buf project;
	char url[300];

	buf_init(&project, BUF_MAX);
	sim_projects(b->sim, &project);
	snprintf(url, sizeof(url), "https://%s:%d/v5/%.32s/api/pipelines/list", host, sim_port(b->sim),
		 project.data);
	buf_done(&project);
	asker_send(&b->asker, &(struct request){.method = "POST", .url = url, .headers = headers,
						.n_headers = 2, .body = "{}", .body_len = 2,
						.max_body = 1 << 20, .timeout_ms = 15000},
		   &b->got);
	asker_wait(&b->asker, &b->got.n, n + 1);
	assert_int_equal(b->got.r.err.kind, ERR_NONE);
	assert_int_equal(b->got.r.status, 200);
}

static void answers_are_compressed_on_their_way_from_other_machines(void **state)
{
	static const struct {
		const char *host;
		enum http_gzip gzip;
		bool packed;
	} rows[] = {
		{"pipetop.test", HTTP_GZIP_REMOTE, true}, /* as far as its name says */
		{"127.0.0.1", HTTP_GZIP_REMOTE, false},
		{"127.0.0.1", HTTP_GZIP_ALWAYS, true},
	};
	size_t i;

	asker_resolve("127.0.0.1");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench b;

		start(&b, &(struct sim_options){.tls = SIM_TLS_SELF_SIGNED, .gzip = true}, true,
		      rows[i].gzip);
		ask_list(&b, rows[i].host);
		assert_non_null(strstr(b.got.body.data, "\"pipelines\":["));
		assert_int_equal(b.got.r.len, strlen(b.got.body.data));
		if (rows[i].packed != (b.got.r.wire_bytes < b.got.r.len / 2))
			fail_msg("row %zu: %zu bytes as %zu", i, b.got.r.len, b.got.r.wire_bytes);
		stop(&b);
	}
}

/* ---- tokens ---- */

static void sign_in(struct bench *b)
{
	static const char body[] = "{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{"
				   "\"user\":{\"name\":\"o\",\"password\":\"p\",\"domain\":{\"name\":\"d\"}}"
				   "}}}}";
	const struct header type = {"Content-Type", "application/json"};
	char url[100];
	int n = b->got.n;

	snprintf(url, sizeof(url), "%s/v3/auth/tokens", sim_url(b->sim));
	asker_send(&b->asker, &(struct request){.method = "POST", .url = url, .headers = &type,
						.n_headers = 1, .body = body, .body_len = strlen(body),
						.max_body = 1 << 20, .timeout_ms = 15000},
		   &b->got);
	asker_wait(&b->asker, &b->got.n, n + 1);
}

static void a_token_in_a_header_comes_whole_or_not_at_all(void **state)
{
	static const struct {
		const char *fault;
		size_t len; /* 0: none may come */
	} rows[] = {
		{"class=iam&kind=long-token", 16384},
		{"class=iam&kind=no-token", 0},
		{"class=iam&kind=split-token", 0},
	};
	struct bench b;
	struct err err;
	size_t i;

	start(&b, &(struct sim_options){0}, false, HTTP_GZIP_REMOTE);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(sim_fault(b.sim, rows[i].fault, &err));
		sign_in(&b);
		assert_int_equal(b.got.r.err.kind, ERR_NONE);
		assert_int_equal(b.got.r.status, 201);
		assert_int_equal(b.got.token_len, rows[i].len);
	}
	stop(&b);
}

/* ---- what must have no effect ---- */

static void no_files_or_variables_of_curl_change_anything(void **state)
{
	char home[] = "/tmp/pipetop-home-XXXXXX", path[100];
	struct bench b;
	FILE *f;

	assert_non_null(mkdtemp(home));
	snprintf(path, sizeof(path), "%s/.netrc", home);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("default login me password netrc-secret\n", f);
	fclose(f);
	setenv("HOME", home, 1);
	setenv("SSLKEYLOGFILE", path, 1);
	setenv("CURL_CA_BUNDLE", "/nowhere", 1);
	start(&b, &(struct sim_options){.tls = SIM_TLS_SELF_SIGNED}, true, HTTP_GZIP_REMOTE);
	ask(&b, "https", "127.0.0.1");
	assert_int_equal(b.got.r.err.kind, ERR_NONE);
	assert_null(getenv("SSLKEYLOGFILE"));
	f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(fgets(path, sizeof(path), f));
	assert_string_equal(path, "default login me password netrc-secret\n");
	assert_null(fgets(path, sizeof(path), f)); /* no keys were added to it */
	fclose(f);
	stop(&b);
	snprintf(path, sizeof(path), "%s/.netrc", home);
	unlink(path);
	rmdir(home);
	unsetenv("CURL_CA_BUNDLE");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_good_certificate_gets_the_token),
		cmocka_unit_test(a_ca_file_that_cannot_be_read_is_named),
		cmocka_unit_test(old_tls_is_refused_before_anything_is_sent),
		cmocka_unit_test(the_wrong_scheme_for_a_port_is_told),
		cmocka_unit_test(a_handshake_that_stalls_is_given_up),
		cmocka_unit_test(a_handshake_of_garbage_is_told_and_sends_nothing),
		cmocka_unit_test(an_action_over_tls_has_a_connection_of_its_own_and_http_1),
		cmocka_unit_test(the_same_works_over_ipv6),
		cmocka_unit_test(a_dead_address_of_one_kind_costs_a_moment_and_no_more),
		cmocka_unit_test(answers_are_compressed_on_their_way_from_other_machines),
		cmocka_unit_test(a_token_in_a_header_comes_whole_or_not_at_all),
		cmocka_unit_test(no_files_or_variables_of_curl_change_anything),
	};

	unsetenv("https_proxy");
	unsetenv("HTTPS_PROXY");
	unsetenv("all_proxy");
	unsetenv("ALL_PROXY");
	setlocale(LC_ALL, "");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
