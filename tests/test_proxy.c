/* SPDX-License-Identifier: MIT */
/*
 * Through a proxy, as its variables say: the simulator's TLS at the end of a tunnel. The proxy
 * learns the host and nothing else, and what goes wrong with it is told as its own fault
 * (reliability.md N21, 4.2).
 */
#include "test.h"

#include "asker.h"
#include "core/text.h"
#include "net/http_limits.h"
#include "raw.h"
#include "sim/sim.h"
#include "tunnel.h"

#define PATH "/v5/aaaaaaaa000000000000000000000001/api/pipelines/x"

struct bench {
	struct ev_loop *loop;
	struct sim *sim;
	struct tunnel tunnel;
	struct asker asker;
	struct asked got;
	struct buf trace;
};

static const char *const variables[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
					"http_proxy",  "HTTP_PROXY",  "no_proxy",  "NO_PROXY"};

static void forget_variables(void)
{
	size_t i;

	for (i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		unsetenv(variables[i]);
}

static void keep(void *self, const char *line)
{
	buf_addf(self, "%s\n", line);
}

static void start(struct bench *b, enum sim_tls tls)
{
	const struct http_limits limits = {.connect_ms = 1000, .slow_bytes = 64, .slow_s = 5};
	struct sim_options o = {.tls = tls};
	struct http_options http = {.trace = keep, .trace_self = &b->trace};
	struct err err = {0};
	char file[4200];

	forget_variables();
	asker_resolve(NULL);
	snprintf(file, sizeof(file), "%s/scenarios/seed.conf", getenv("top_srcdir"));
	o.scenario = file;
	*b = (struct bench){.loop = ev_loop_new(EVFLAG_AUTO)};
	buf_init(&b->trace, BUF_MAX);
	buf_adds(&b->trace, "");
	b->sim = sim_new(b->loop, &o, &err);
	if (!b->sim)
		fail_msg("%s", err.text);
	http.ca_file = sim_certificate(b->sim);
	tunnel_start(&b->tunnel, b->loop, sim_port(b->sim));
	asker_start_on(&b->asker, b->loop, &http);
	http_set_limits(b->asker.http, &limits);
}

static void stop(struct bench *b)
{
	asker_stop(&b->asker);
	tunnel_stop(&b->tunnel);
	sim_free(b->sim);
	ev_loop_destroy(b->loop);
	asked_done(&b->got);
	buf_done(&b->trace);
	forget_variables();
}

/* `form` has a %d for the proxy's port. */
static void set_proxy(const struct bench *b, const char *variable, const char *form)
{
	char value[200];

	snprintf(value, sizeof(value), form, b->tunnel.port);
	setenv(variable, value, 1);
}

static void ask(struct bench *b, const char *host)
{
	char url[300];

	snprintf(url, sizeof(url), "https://%s:%d" PATH, host, sim_port(b->sim));
	asker_get(&b->asker, url, &b->got);
}

static void the_usual_variables_lead_through_the_proxy(void **state)
{
	static const struct {
		const char *name, *form;
		bool proxied;
	} rows[] = {
		{"https_proxy", "http://127.0.0.1:%d", true},
		{"https_proxy", "127.0.0.1:%d", true},
		{"HTTPS_PROXY", "http://127.0.0.1:%d/", true},
		{"all_proxy", "http://127.0.0.1:%d", true},
		{"ALL_PROXY", "http://127.0.0.1:%d", true},
		{"http_proxy", "http://127.0.0.1:%d", false}, /* of another scheme */
		{"HTTP_PROXY", "http://127.0.0.1:%d", false}, /* a CGI's header could set it */
	};
	char connect[100];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench b;

		start(&b, SIM_TLS_CHAIN);
		set_proxy(&b, rows[i].name, rows[i].form);
		ask(&b, "pipetop.test"); /* nobody here knows that name: only the proxy does */
		if ((b.got.r.err.kind == ERR_NONE) != rows[i].proxied)
			fail_msg("%s: %s", rows[i].name, b.got.r.err.text);
		assert_int_equal(b.tunnel.connects, rows[i].proxied);
		assert_int_equal(sim_requests(b.sim, NULL), rows[i].proxied);
		snprintf(connect, sizeof(connect), "CONNECT pipetop.test:%d HTTP/1.1\r\n",
			 sim_port(b.sim));
		if (rows[i].proxied)
			assert_true(text_starts(b.tunnel.asked.data, connect));
		stop(&b);
	}
}

static void no_proxy_and_this_machine_are_reached_directly(void **state)
{
	static const struct {
		const char *no_proxy, *host;
		bool proxied;
	} rows[] = {
		{"", "pipetop.test", true},
		{"pipetop.test", "pipetop.test", false},
		{"other.example, .test", "pipetop.test", false},
		{"*", "pipetop.test", false},
		{"other.test", "pipetop.test", true},
		{"top.test", "pipetop.test", true}, /* not a label of it */
		{"", "127.0.0.1", false},
		{"", "localhost", false},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench b;

		start(&b, SIM_TLS_SELF_SIGNED);
		asker_resolve("127.0.0.1");
		set_proxy(&b, "https_proxy", "http://127.0.0.1:%d");
		setenv(i % 2 ? "NO_PROXY" : "no_proxy", rows[i].no_proxy, 1);
		ask(&b, rows[i].host);
		if (b.got.r.err.kind != ERR_NONE || b.tunnel.connects != rows[i].proxied)
			fail_msg("row %zu: %d %s", i, b.tunnel.connects, b.got.r.err.text);
		stop(&b);
	}
}

static void the_proxy_sees_no_token_and_no_header_of_ours(void **state)
{
	static const char *const none_of[] = {"secret-token", "X-Auth-Token", "Authorization", "Cookie",
					      "/v5/"};
	struct bench b;
	size_t i;

	start(&b, SIM_TLS_SELF_SIGNED);
	set_proxy(&b, "https_proxy", "http://127.0.0.1:%d");
	b.tunnel.answer = "HTTP/1.1 200 Yes\r\nX-Request-Id: the-proxys\r\nX-Subject-Token: the-proxys\r\n"
			  "Retry-After: 9\r\n\r\n";
	ask(&b, "pipetop.test");
	assert_int_equal(b.got.r.err.kind, ERR_NONE);
	assert_int_equal(sim_requests(b.sim, NULL), 1);
	for (i = 0; i < sizeof(none_of) / sizeof(none_of[0]); i++) {
		assert_null(strstr(b.tunnel.asked.data, none_of[i]));
		assert_null(memmem(b.tunnel.passed.data, b.tunnel.passed.len, none_of[i],
				   strlen(none_of[i])));
	}
	assert_true(b.tunnel.passed.len > 500); /* it did go through there */
	/* Nor does its answer pass for the service's. */
	assert_string_equal(b.got.token, "");
	assert_int_equal(b.got.r.retry_after_ms, -1);
	assert_null(strstr(b.trace.data, "the-proxys"));
	assert_non_null(strstr(b.trace.data, " proxy 200"));
	stop(&b);
}

static void a_proxy_that_wants_a_password_gets_it_and_nobody_else_does(void **state)
{
	static const struct {
		const char *form;
		bool right;
	} rows[] = {
		{"http://me:hidden@127.0.0.1:%d", true},
		{"http://me:wrong-hidden@127.0.0.1:%d", false},
		{"http://127.0.0.1:%d", false},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench b;

		start(&b, SIM_TLS_SELF_SIGNED);
		b.tunnel.wants = "\r\nProxy-Authorization: Basic bWU6aGlkZGVu\r\n"; /* me:hidden */
		set_proxy(&b, "https_proxy", rows[i].form);
		ask(&b, "pipetop.test");
		if ((b.got.r.err.kind == ERR_NONE) != rows[i].right)
			fail_msg("%s: %s", rows[i].form, b.got.r.err.text);
		if (!rows[i].right)
			assert_string_equal(b.got.r.err.text,
					    "the proxy wants a password (407): check https_proxy");
		assert_int_equal(b.got.r.sent, rows[i].right);
		assert_int_equal(sim_requests(b.sim, NULL), rows[i].right);
		assert_null(strstr(b.got.r.err.text, "hidden"));
		assert_null(strstr(b.trace.data, "hidden"));
		assert_null(strstr(b.trace.data, "bWU6"));
		stop(&b);
	}
}

static void what_is_wrong_with_a_proxy_is_told_as_its_fault(void **state)
{
	static const struct {
		const char *name, *form, *answer;
		const char *says;
	} rows[] = {
		{"refused", "http://me:hidden@127.0.0.1:1", "", "cannot connect to the proxy: check https_proxy"},
		{"no such name", "http://me:hidden@proxy.nowhere:%d", "",
		 "cannot find the proxy's host: check https_proxy"},
		{"odd syntax", "http://me:hidden@127.0.0.1:%dx", "", "the proxy"},
		{"odd scheme", "ftp://me:hidden@127.0.0.1:%d", "", "the proxy"},
		{"socks refused", "socks5h://me:hidden@127.0.0.1:1", "", "the proxy"},
		{"no socks", "socks5h://me:hidden@127.0.0.1:%d", "HTTP/1.1 400 No\r\n\r\n", "the proxy"},
		{"502", "http://me:hidden@127.0.0.1:%d",
		 "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
		 "the proxy refused to connect to pipetop.test:"},
		{"403", "http://me:hidden@127.0.0.1:%d",
		 "HTTP/1.1 403 No\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\n<html",
		 "the proxy refused to connect to pipetop.test:"},
		{"silent", "http://me:hidden@127.0.0.1:%d", NULL, "no answer from the proxy: check https_proxy"},
		{"closes", "http://me:hidden@127.0.0.1:%d", "", "the proxy"},
		{"no HTTP", "http://me:hidden@127.0.0.1:%d", "SSH-2.0-x\r\n\r\n", "the proxy"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench b;

		start(&b, SIM_TLS_SELF_SIGNED);
		b.tunnel.answer = rows[i].answer;
		set_proxy(&b, "https_proxy", rows[i].form);
		ask(&b, "pipetop.test");
		if (b.got.r.err.kind != ERR_NET || !strstr(b.got.r.err.text, rows[i].says) ||
		    strstr(b.got.r.err.text, "hidden"))
			fail_msg("%s: %d '%s'", rows[i].name, b.got.r.err.kind, b.got.r.err.text);
		assert_false(b.got.r.sent);
		assert_int_equal(sim_requests(b.sim, NULL), 0);
		assert_null(strstr(b.trace.data, "hidden"));
		stop(&b);
	}
}

static void a_certificate_is_verified_at_the_end_of_the_tunnel_too(void **state)
{
	struct bench b;

	start(&b, SIM_TLS_WRONG_HOST);
	set_proxy(&b, "https_proxy", "http://127.0.0.1:%d");
	ask(&b, "pipetop.test");
	assert_int_equal(b.got.r.err.code, TRANSPORT_CERTIFICATE);
	assert_non_null(strstr(b.got.r.err.text, "it is for other.example, 192.0.2.1, not for pipetop.test"));
	assert_false(b.got.r.sent);
	assert_int_equal(sim_requests(b.sim, NULL), 0);
	stop(&b);
}

static void a_tunnel_is_kept_for_the_next_request_and_made_anew_when_it_is_cut(void **state)
{
	struct bench b;

	start(&b, SIM_TLS_SELF_SIGNED);
	set_proxy(&b, "https_proxy", "http://127.0.0.1:%d");
	ask(&b, "pipetop.test");
	ask(&b, "pipetop.test");
	assert_int_equal(b.tunnel.connects, 1);
	tunnel_cut(&b.tunnel);
	ask(&b, "pipetop.test");
	assert_int_equal(b.got.r.err.kind, ERR_NONE);
	assert_int_equal(b.tunnel.connects, 2);
	assert_int_equal(sim_requests(b.sim, NULL), 3);
	stop(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_usual_variables_lead_through_the_proxy),
		cmocka_unit_test(no_proxy_and_this_machine_are_reached_directly),
		cmocka_unit_test(the_proxy_sees_no_token_and_no_header_of_ours),
		cmocka_unit_test(a_proxy_that_wants_a_password_gets_it_and_nobody_else_does),
		cmocka_unit_test(what_is_wrong_with_a_proxy_is_told_as_its_fault),
		cmocka_unit_test(a_certificate_is_verified_at_the_end_of_the_tunnel_too),
		cmocka_unit_test(a_tunnel_is_kept_for_the_next_request_and_made_anew_when_it_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
