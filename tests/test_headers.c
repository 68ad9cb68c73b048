/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "core/when.h"
#include "net/headers.h"

static void lines(struct headers *h, const char *const *line, size_t n)
{
	size_t i;

	for (i = 0; i < n && line[i]; i++)
		assert_true(headers_line(h, line[i], strlen(line[i])));
}

static void the_named_headers_are_kept_whatever_their_case(void **state)
{
	static const char *const all[] = {
		"HTTP/1.1 200 OK\r\n",
		"content-TYPE:  application/json;charset=UTF-8 \r\n",
		"X-Request-ID: abc-1\r\n",
		"x-subject-token:\tMIIF==\r\n",
		"Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n",
		"X-Request-Id-Not: no\r\n",
		"Content-Typ: no\r\n",
		"garbage\r\n",
		": empty\r\n",
		"\r\n",
	};
	struct headers h;

	headers_init(&h);
	lines(&h, all, sizeof(all) / sizeof(all[0]));
	assert_string_equal(h.content_type, "application/json;charset=UTF-8");
	assert_string_equal(h.request_id, "abc-1");
	assert_string_equal(h.subject_token.data, "MIIF==");
	assert_int_equal(h.date_ms, INT64_C(1767225600000));
	assert_int_equal(headers_retry_after_ms(&h, 0), -1);
	headers_clear(&h);
	assert_string_equal(h.subject_token.data, "");
	assert_string_equal(h.content_type, "");
	headers_done(&h);
}

static void the_last_answer_counts_not_the_hundreds_before_it(void **state)
{
	static const char *const all[] = {
		"HTTP/1.1 103 Early Hints\r\n", "X-Subject-Token: early\r\n", "X-Request-Id: e\r\n",
		"\r\n", "HTTP/1.1 200 OK\r\n", "X-Request-Id: final\r\n",
	};
	struct headers h;

	headers_init(&h);
	lines(&h, all, sizeof(all) / sizeof(all[0]));
	assert_string_equal(h.request_id, "final");
	assert_string_equal(h.subject_token.data, "");
	headers_done(&h);
}

static void hostile_values_are_cut_or_dropped(void **state)
{
	struct headers h;
	char big[70000];
	int i;

	headers_init(&h);
	assert_true(headers_line(&h, "X-Request-Id: a\x1b[2Jb", 20));
	assert_string_equal(h.request_id, "a");
	snprintf(big, sizeof(big), "Content-Type: %0200d", 0);
	assert_true(headers_line(&h, big, strlen(big)));
	assert_int_equal(strlen(h.content_type), sizeof(h.content_type) - 1);
	snprintf(big, sizeof(big), "X-Subject-Token: %0*d", 16384, 0);
	assert_true(headers_line(&h, big, strlen(big)));
	assert_int_equal(h.subject_token.len, 16384);
	snprintf(big, sizeof(big), "X-Subject-Token: %0*d", 65537, 0);
	assert_true(headers_line(&h, big, strlen(big)));
	assert_int_equal(h.subject_token.len, 0);
	headers_clear(&h);
	for (i = 0; i < (int)HEADERS_MAX / 16; i++)
		assert_true(headers_line(&h, "HTTP/1.1 100 a\r\n", 16));
	assert_false(headers_line(&h, "\r\n", 2));
	headers_done(&h);
}

static void a_token_that_is_not_one_word_is_none(void **state)
{
	static const struct {
		const char *line[4], *token;
	} rows[] = {
		{{"X-Subject-Token: MIIF\r\n", "Date: x\r\n"}, "MIIF"},
		{{"X-Subject-Token: MIIF\r\n", " more\r\n"}, ""},
		{{"X-Subject-Token: MIIF\r\n", "\tmore\r\n"}, ""},
		{{"X-Subject-Token: MI\rIF\r\n"}, ""},
		{{"X-Subject-Token: MI IF\r\n"}, ""},
		{{"X-Subject-Token: MI\033[31mIF\r\n"}, ""},
		{{"X-Subject-Token: MI\xc3\xa9\r\n"}, ""},
		{{"X-Subject-Token: MIIF\r\n", "X-Subject-Token: MI IF\r\n"}, ""},
		{{"X-Subject-Token: MIIF\r\n", "Date: x\r\n", " folded\r\n"}, "MIIF"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct headers h;

		headers_init(&h);
		lines(&h, rows[i].line, 4);
		if (strcmp(h.subject_token.data, rows[i].token) != 0)
			fail_msg("row %zu: %s", i, h.subject_token.data);
		headers_done(&h);
	}
}

static void retry_after_is_clamped(void **state)
{
	static const struct {
		const char *line[4];
		int64_t wait_ms;
	} rows[] = {
		{{"Retry-After: 7"}, 7000},
		{{"Retry-After: 0"}, 1000},
		{{"Retry-After: -1"}, 1000},
		{{"Retry-After: 1000000000"}, 600000},
		{{"Retry-After: 99999999999999999999999"}, 600000},
		{{"Retry-After: soon"}, -1},
		{{"Retry-After: "}, -1},
		{{"Retry-After: -"}, -1},
		{{"Retry-After: 1.5"}, -1},
		{{"Retry-After: 3", "Retry-After: 9"}, 9000},
		{{"Retry-After: 9", "Retry-After: 3"}, 9000},
		{{"Retry-After: Thu, 01 Jan 2026 00:00:30 GMT"}, 20000},
		{{"Retry-After: Thu, 01 Jan 2026 00:00:30 GMT",
		  "Date: Thu, 01 Jan 2026 00:00:00 GMT"}, 30000},
		{{"Retry-After: Thu, 01 Jan 2015 00:00:30 GMT"}, 1000},
		{{"Retry-After: Thu, 01 Jan 2099 00:00:30 GMT"}, 600000},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct headers h;

		headers_init(&h);
		lines(&h, rows[i].line, 4);
		if (headers_retry_after_ms(&h, INT64_C(1767225610000)) != rows[i].wait_ms)
			fail_msg("%s", rows[i].line[0]);
		headers_done(&h);
	}
}

static void location_gives_its_host_only(void **state)
{
	static const struct {
		const char *line, *host;
	} rows[] = {
		{"Location: https://evil.example/x?token=1", "evil.example"},
		{"Location: http://evil.example:81", "evil.example:81"},
		{"Location: //evil.example/x", "evil.example"},
		{"Location: https://api.example@evil.example/", "evil.example"},
		{"Location: https://[::1]:8/x", "[::1]:8"},
		{"Location: file:///etc/passwd", ""},
		{"Location: /login?next=http://evil.example/", "own"},
		{"Location: login", "own"},
		{"Location: ?a://b", "own"},
		{"Location:", ""},
		{"Location: https://ev\x1b[2Jil/", "ev"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct headers h;
		char host[64];

		headers_init(&h);
		lines(&h, &rows[i].line, 1);
		headers_location_host(&h, "own", host, sizeof(host));
		if (strcmp(host, rows[i].host) != 0)
			fail_msg("%s: %s", rows[i].line, host);
		headers_done(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_named_headers_are_kept_whatever_their_case),
		cmocka_unit_test(the_last_answer_counts_not_the_hundreds_before_it),
		cmocka_unit_test(hostile_values_are_cut_or_dropped),
		cmocka_unit_test(a_token_that_is_not_one_word_is_none),
		cmocka_unit_test(retry_after_is_clamped),
		cmocka_unit_test(location_gives_its_host_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
