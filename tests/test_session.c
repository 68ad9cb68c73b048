/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "api/send.h"
#include "api/session.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "fake.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

struct world {
	struct fake *fake;
	struct session *session;
	int done;
	struct err last;
};

static const struct session_options plain = {
	.endpoint = "https://pipe.example.com/base",
	.token = "MIIEtoken",
	.language = "zh-cn",
	.zone_offset_s = 8 * 3600,
};

static void start(struct world *w, const struct session_options *options)
{
	struct err err = {0};

	memset(w, 0, sizeof(*w));
	w->fake = fake_new();
	w->session = session_new(fake_transport(w->fake), options, &err);
	if (!w->session)
		fail_msg("%s", err.text);
}

static void stop(struct world *w)
{
	session_free(w->session);
	fake_free(w->fake);
}

static void count(void *self, uint64_t id, const struct response *response)
{
	struct world *w = self;

	w->done++;
	w->last = response->err;
}

static uint64_t send_to(struct world *w, const char *path, const char *body, bool action, struct err *err)
{
	const struct send_request request = {
		.method = "POST",
		.path = path,
		.body = body,
		.body_len = body ? strlen(body) : 0,
		.max_body = 1000,
		.action = action,
	};

	return session_send(w->session, &request, count, w, err);
}

static void options_that_cannot_work_are_refused_with_the_mend(void **state)
{
	char *long_token = mem_zalloc(20000);
	const struct {
		const char *endpoint, *token, *language;
		enum err_kind kind;
		const char *says;
	} rows[] = {
		{NULL, NULL, NULL, ERR_INPUT, "endpoint"},
		{"", NULL, NULL, ERR_INPUT, "endpoint"},
		{"ftp://x", NULL, NULL, ERR_INPUT, ""},
		{"http://pipe.example.com", NULL, NULL, ERR_INPUT, ""},
		{"https://user:pw@pipe.example.com", NULL, NULL, ERR_INPUT, ""},
		{"https://e", "", NULL, ERR_AUTH, "PIPETOP_TOKEN"},
		{"https://e", "a\r\nX-Evil: 1", NULL, ERR_AUTH, "on one line"},
		{"https://e", "a\n", NULL, ERR_AUTH, "on one line"},
		{"https://e", "a b", NULL, ERR_AUTH, "on one line"},
		{"https://e", "a\x01", NULL, ERR_AUTH, "on one line"},
		{"https://e", "a\x7F", NULL, ERR_AUTH, "on one line"},
		{"https://e", "t\xC3\xB6ken", NULL, ERR_AUTH, "on one line"},
		{"https://e", long_token, NULL, ERR_AUTH, "16 KiB"},
		{"https://e", NULL, "zh-cn\r\nX: y", ERR_INPUT, "zh-cn"},
		{"https://e", NULL, "", ERR_INPUT, "zh-cn"},
	};
	struct fake *fake = fake_new();
	size_t i;

	memset(long_token, 'a', 16385);
	for (i = 0; i < LENGTH(rows); i++) {
		const struct session_options options = {
			.endpoint = rows[i].endpoint,
			.token = rows[i].token,
			.language = rows[i].language,
		};
		struct err err = {0};

		assert_null(session_new(fake_transport(fake), &options, &err));
		assert_int_equal(err.kind, rows[i].kind);
		if (!strstr(err.text, rows[i].says))
			fail_msg("row %zu: %s", i, err.text);
		if (rows[i].token && *rows[i].token)
			assert_null(strstr(err.text, rows[i].token));
	}
	fake_free(fake);
	mem_free(long_token);
}

static void requests_carry_who_we_are(void **state)
{
	const struct fake_request *sent;
	struct world w;

	start(&w, &plain);
	assert_string_equal(session_host(w.session), "pipe.example.com");
	assert_int_equal(session_zone_offset_s(w.session), 8 * 3600);
	assert_int_not_equal(send_to(&w, "/v5/x?y=1", "{}", false, NULL), 0);
	sent = fake_last(w.fake);
	assert_string_equal(sent->url, "https://pipe.example.com:443/base/v5/x?y=1");
	assert_string_equal(sent->method, "POST");
	assert_string_equal(sent->body, "{}");
	assert_string_equal(fake_header(sent, "X-Auth-Token"), "MIIEtoken");
	assert_string_equal(fake_header(sent, "X-Language"), "zh-cn");
	assert_string_equal(fake_header(sent, "Accept"), "application/json");
	assert_string_equal(fake_header(sent, "Content-Type"), "application/json;charset=UTF-8");
	assert_int_equal(sent->timeout_ms, 30000);
	assert_int_equal(sent->max_body, 1000);
	assert_false(sent->fresh);
	assert_int_not_equal(send_to(&w, "/v5/x", NULL, true, NULL), 0);
	sent = fake_last(w.fake);
	assert_null(fake_header(sent, "Content-Type"));
	assert_true(sent->fresh);
	stop(&w);
	assert_int_equal(w.done, 2);
}

static void without_token_and_language_no_such_header_is_sent(void **state)
{
	const struct session_options bare = {.endpoint = "http://127.0.0.1:8080", .timeout_ms = 5000};
	struct world w;

	start(&w, &bare);
	assert_null(session_auth(w.session));
	assert_int_not_equal(send_to(&w, "/x", NULL, false, NULL), 0);
	assert_string_equal(fake_last(w.fake)->url, "http://127.0.0.1:8080/x");
	assert_int_equal(fake_last(w.fake)->timeout_ms, 5000);
	assert_null(fake_header(fake_last(w.fake), "X-Auth-Token"));
	assert_null(fake_header(fake_last(w.fake), "X-Language"));
	stop(&w);
}

static void nothing_is_sent_to_another_origin(void **state)
{
	static const char *const paths[] = {
		"@evil.example/x", ".evil.example/x", ":8443/x", "1/x", "\\@evil.example/x",
	};
	const struct session_options options = {.endpoint = "https://pipe.example.com", .token = "t"};
	struct world w;
	size_t i;

	start(&w, &options);
	for (i = 0; i < LENGTH(paths); i++) {
		struct err err = {0};

		if (send_to(&w, paths[i], NULL, false, &err) != 0)
			fail_msg("%s was sent to %s", paths[i], fake_last(w.fake)->url);
		assert_int_equal(err.kind, ERR_INPUT);
	}
	assert_int_equal(fake_count(w.fake), 0);
	assert_int_equal(w.done, 0);
	stop(&w);
}

static void a_read_only_session_sends_no_change(void **state)
{
	struct session_options options = plain;
	struct err err = {0};
	struct world w;

	options.read_only = true;
	start(&w, &options);
	assert_int_equal(send_to(&w, "/x", "{}", true, &err), 0);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_non_null(strstr(err.text, "read-only"));
	assert_int_not_equal(send_to(&w, "/x", "{}", false, NULL), 0);
	assert_int_equal(fake_count(w.fake), 1);
	stop(&w);
}

static void each_callback_runs_once_however_it_ends(void **state)
{
	struct world w;
	uint64_t a;

	start(&w, &plain);
	fake_answer(w.fake, "/answered", 200, "{}");
	a = send_to(&w, "/cancelled", NULL, false, NULL);
	send_to(&w, "/answered", NULL, false, NULL);
	send_to(&w, "/pending", NULL, false, NULL);
	assert_int_equal(w.done, 0);
	session_cancel(w.session, a);
	assert_int_equal(w.done, 1);
	assert_int_equal(w.last.kind, ERR_CANCELLED);
	session_cancel(w.session, a);
	session_cancel(w.session, 12345);
	fake_deliver(w.fake);
	assert_int_equal(w.done, 2);
	assert_int_equal(w.last.kind, ERR_NONE);
	session_free(w.session);
	assert_int_equal(w.done, 3);
	assert_int_equal(w.last.kind, ERR_CANCELLED);
	fake_free(w.fake);
	assert_int_equal(w.done, 3);
}

static void ask_again(void *self, uint64_t id, const struct response *response)
{
	struct world *w = self;
	struct err err = {0};

	w->done++;
	assert_int_equal(send_to(w, "/again", NULL, false, &err), 0);
	w->last = err;
}

static void a_callback_of_a_closing_session_is_refused_more(void **state)
{
	const struct send_request request = {.method = "GET", .path = "/x"};
	struct world w;

	start(&w, &plain);
	assert_int_not_equal(session_send(w.session, &request, ask_again, &w, NULL), 0);
	stop(&w);
	assert_int_equal(w.done, 1);
	assert_int_equal(w.last.kind, ERR_CANCELLED);
}

static void the_servers_clock_runs_on_and_dates_only_narrow_it(void **state)
{
	const int64_t t = INT64_C(1767312042000);
	struct world w;

	start(&w, &plain);
	assert_int_equal(session_server_ms(w.session, 5000), WHEN_NONE);
	session_saw_clock(w.session, WHEN_NONE, 999, 5000);
	session_saw_clock(w.session, 1000, 999, 5000);
	session_saw_clock(w.session, INT64_C(253402300799000), 999, 5000);
	assert_int_equal(session_server_ms(w.session, 5000), WHEN_NONE);

	session_saw_clock(w.session, t, 999, 5000);
	assert_int_equal(session_server_ms(w.session, 5000), t);
	assert_int_equal(session_server_ms(w.session, 5700), t + 700);
	session_saw_clock(w.session, t, 999, 5700); /* the same second: no step back */
	assert_int_equal(session_server_ms(w.session, 5700), t + 700);
	session_saw_clock(w.session, t + 1000, 999, 5800); /* it was later than we thought */
	assert_int_equal(session_server_ms(w.session, 5800), t + 1000);
	session_saw_clock(w.session, t + 1000, 999, 9000); /* and earlier */
	assert_int_equal(session_server_ms(w.session, 9000), t + 1999);
	session_saw_clock(w.session, 7, 999, 9000);
	assert_int_equal(session_server_ms(w.session, 9000), t + 1999);
	stop(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_that_cannot_work_are_refused_with_the_mend),
		cmocka_unit_test(requests_carry_who_we_are),
		cmocka_unit_test(without_token_and_language_no_such_header_is_sent),
		cmocka_unit_test(nothing_is_sent_to_another_origin),
		cmocka_unit_test(a_read_only_session_sends_no_change),
		cmocka_unit_test(each_callback_runs_once_however_it_ends),
		cmocka_unit_test(a_callback_of_a_closing_session_is_refused_more),
		cmocka_unit_test(the_servers_clock_runs_on_and_dates_only_narrow_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
