/* SPDX-License-Identifier: MIT */
/* One question to IAM: what is asked, and what every answer means. */
#include "test.h"

#include "api/iam.h"
#include "core/mem.h"
#include "core/vault.h"
#include "core/when.h"
#include "fake.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define ISSUED INT64_C(1767323045123) /* 2026-01-02T03:04:05.123Z */
#define KEYSTONE(code, message) \
	"{\"error\":{\"code\":" code ",\"message\":\"" message "\",\"title\":\"no\"}}"

static const struct iam_options by_password = {
	.endpoint = "https://iam.example.com",
	.account = "acme",
	.user = "ops1",
	.password = "pass word \"\\\n\xC3\xA9",
	.project = "cn-north-4",
	.name = "IAM",
	.mend = "run pipetop login",
};

struct desk { /* what the source said */
	unsigned done;
	struct err err;
	char token[100], account_id[40], account[40], user[40], project[40];
	int64_t issued_ms, expires_ms, retry_after_ms;
};

static void put(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", text ? text : "(null)");
}

static void take(void *self, const struct auth_grant *grant)
{
	struct desk *desk = self;

	desk->done++;
	desk->err = grant->err;
	put(desk->token, sizeof(desk->token), grant->token);
	put(desk->account_id, sizeof(desk->account_id), grant->account_id);
	put(desk->account, sizeof(desk->account), grant->account);
	put(desk->user, sizeof(desk->user), grant->user);
	put(desk->project, sizeof(desk->project), grant->project);
	desk->issued_ms = grant->issued_ms;
	desk->expires_ms = grant->expires_ms;
	desk->retry_after_ms = grant->retry_after_ms;
}

static struct auth_source *open_source(struct fake *fake, const struct iam_options *options)
{
	struct err err = {0};
	struct auth_source *source = iam_source(fake_transport(fake), options, &err);

	if (!source)
		fail_msg("%s", err.text);
	return source;
}

/* Asks and has this reply. */
static void ask(const struct iam_options *options, const struct fake_reply *reply, struct desk *desk)
{
	struct fake *fake = fake_new();
	struct auth_source *source = open_source(fake, options);

	memset(desk, 0, sizeof(*desk));
	fake_reply(fake, reply);
	source->ask(source, take, desk);
	assert_int_equal(desk->done, 0);
	assert_int_equal(fake_deliver(fake), 1);
	assert_int_equal(desk->done, 1);
	source->free(source);
	assert_int_equal(desk->done, 1);
	fake_free(fake);
}

static void the_question_is_the_documented_one(void **state)
{
	static const struct {
		struct iam_options options;
		const char *url, *body;
	} rows[] = {
		{{.endpoint = "https://iam.example.com", .account = "acme", .user = "ops1",
		  .password = "pass word \"\\\n\xC3\xA9", .project = "cn-north-4"},
		 "https://iam.example.com:443/v3/auth/tokens?nocatalog=true",
		 "{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{"
		 "\"name\":\"ops1\",\"password\":\"pass word \\\"\\\\\\u000a\xC3\xA9\","
		 "\"domain\":{\"name\":\"acme\"}}}},\"scope\":{\"project\":{\"name\":\"cn-north-4\"}}}}"},
		{{.endpoint = "http://127.0.0.1:9/iam/", .account = "acme", .user = "ops1",
		  .password = "p", .project = "ignored", .project_id = "0a"},
		 "http://127.0.0.1:9/iam/v3/auth/tokens?nocatalog=true",
		 "{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{"
		 "\"name\":\"ops1\",\"password\":\"p\",\"domain\":{\"name\":\"acme\"}}}},"
		 "\"scope\":{\"project\":{\"id\":\"0a\"}}}}"},
		{{.endpoint = "https://iam.example.com", .account = "acme", .user = "ops1",
		  .password = "p", .project = ""},
		 "https://iam.example.com:443/v3/auth/tokens?nocatalog=true",
		 "{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{"
		 "\"name\":\"ops1\",\"password\":\"p\",\"domain\":{\"name\":\"acme\"}}}},"
		 "\"scope\":{\"domain\":{\"name\":\"acme\"}}}}"},
		{{.endpoint = "https://iam.example.com", .access_key = "AK", .secret_key = "S\"K",
		  .project = "cn-north-4"},
		 "https://iam.example.com:443/v3/auth/tokens?nocatalog=true",
		 "{\"auth\":{\"identity\":{\"methods\":[\"hw_ak_sk\"],\"hw_ak_sk\":{"
		 "\"access\":{\"key\":\"AK\"},\"secret\":{\"key\":\"S\\\"K\"}}},"
		 "\"scope\":{\"project\":{\"name\":\"cn-north-4\"}}}}"},
		{{.endpoint = "https://iam.example.com", .access_key = "AK", .secret_key = "SK"},
		 "https://iam.example.com:443/v3/auth/tokens?nocatalog=true",
		 "{\"auth\":{\"identity\":{\"methods\":[\"hw_ak_sk\"],\"hw_ak_sk\":{"
		 "\"access\":{\"key\":\"AK\"},\"secret\":{\"key\":\"SK\"}}}}}"},
	};
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		struct fake *fake = fake_new();
		struct auth_source *source = open_source(fake, &rows[i].options);
		const struct fake_request *sent;
		struct desk desk = {0};

		assert_true(source->again);
		source->ask(source, take, &desk);
		sent = fake_last(fake);
		assert_string_equal(sent->method, "POST");
		assert_string_equal(sent->url, rows[i].url);
		assert_string_equal(sent->body, rows[i].body);
		assert_string_equal(fake_header(sent, "Content-Type"), "application/json;charset=utf8");
		assert_null(fake_header(sent, "X-Auth-Token"));
		assert_true(sent->fresh); /* libcurl does not sign in a second time by itself */
		assert_int_equal(sent->timeout_ms, 30000);
		source->free(source);
		fake_free(fake);
	}
}

static void options_that_cannot_work_are_refused(void **state)
{
	static char large[4000];
	const struct {
		struct iam_options options;
		const char *says;
	} rows[] = {
		{{.account = "a", .user = "u", .password = "p"}, "iam_endpoint"},
		{{.endpoint = "http://iam.example.com", .account = "a", .user = "u", .password = "p"}, "https"},
		{{.endpoint = "https://i", .user = "u", .password = "p"}, "account"},
		{{.endpoint = "https://i", .account = "a", .password = "p"}, "user"},
		{{.endpoint = "https://i", .account = "a", .user = "u", .password = ""}, "password"},
		{{.endpoint = "https://i"}, "secret key"},
		{{.endpoint = "https://i", .access_key = "a"}, "secret key"},
		{{.endpoint = "https://i", .account = "a", .user = "u", .password = "\xff"}, "not UTF-8"},
		{{.endpoint = "https://i", .account = "a", .user = "u", .password = large}, "2 KiB"},
		{{.endpoint = "https://i", .access_key = "a", .secret_key = "s", .security_token = "a\r\nb"},
		 "on one line"},
	};
	struct fake *fake = fake_new();
	size_t i;

	memset(large, 'a', sizeof(large) - 1);
	for (i = 0; i < LENGTH(rows); i++) {
		struct err err = {0};

		assert_null(iam_source(fake_transport(fake), &rows[i].options, &err));
		if (!strstr(err.text, rows[i].says))
			fail_msg("row %zu: %s", i, err.text);
	}
	fake_free(fake);
}

static void a_token_comes_with_its_owner_and_its_times(void **state)
{
	const struct fake_reply reply = {
		.status = 201,
		.subject_token = "the-token",
		.body = "{\"token\":{\"methods\":[\"password\"],"
			"\"expires_at\":\"2026-01-03T03:04:05.123000Z\","
			"\"issued_at\":\"2026-01-02T03:04:05.123000Z\","
			"\"user\":{\"id\":\"u1\",\"name\":\"ops1\",\"domain\":{\"id\":\"d1\",\"name\":\"acme\"}},"
			"\"project\":{\"id\":\"p1\",\"name\":\"cn-north-4\"},\"roles\":[]}}",
	};
	struct desk desk;

	ask(&by_password, &reply, &desk);
	assert_int_equal(desk.err.kind, ERR_NONE);
	assert_string_equal(desk.token, "the-token");
	assert_string_equal(desk.account_id, "d1");
	assert_string_equal(desk.account, "acme");
	assert_string_equal(desk.user, "ops1");
	assert_string_equal(desk.project, "cn-north-4");
	assert_int_equal(desk.issued_ms, ISSUED);
	assert_int_equal(desk.expires_ms, ISSUED + INT64_C(24) * 3600000);
}

#define TIMES(expires, issued) \
	"{\"token\":{\"expires_at\":" expires ",\"issued_at\":" issued "}}"

static void times_that_make_no_sense_are_no_times(void **state)
{
	static const struct {
		const char *body;
		int64_t issued_ms;
		bool expires;
	} rows[] = {
		{TIMES("\"2026-01-02T04:04:05Z\"", "\"2026-01-02T03:04:05.123Z\""), ISSUED, true},
		{TIMES("\"2026-01-02T04:04:05Z\"", "null"), ISSUED + 877, true}, /* of Date */
		{TIMES("\"2026-01-02T02:04:05Z\"", "\"2026-01-02T03:04:05.123Z\""), ISSUED, false},
		{TIMES("\"9999-12-31T23:59:59Z\"", "\"2026-01-02T03:04:05.123Z\""), ISSUED, false},
		{TIMES("\"in a while\"", "\"2026-01-02T03:04:05.123Z\""), ISSUED, false},
		{TIMES("0", "\"soon\""), ISSUED + 877, false},
		{"{\"token\":[]}", ISSUED + 877, false},
		{"{}", ISSUED + 877, false},
		{"", ISSUED + 877, false},
		{"no json", ISSUED + 877, false},
	};
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		const struct fake_reply reply = {
			.status = 201, .subject_token = "t", .body = rows[i].body, .date_ms = ISSUED + 877};
		struct desk desk;

		ask(&by_password, &reply, &desk);
		assert_int_equal(desk.err.kind, ERR_NONE);
		assert_int_equal(desk.issued_ms, rows[i].issued_ms);
		if ((desk.expires_ms != WHEN_NONE) != rows[i].expires)
			fail_msg("row %zu: %lld", i, (long long)desk.expires_ms);
	}
}

static void a_refusal_is_final_and_everything_else_is_for_later(void **state)
{
	static const struct {
		struct fake_reply reply;
		enum err_kind kind;
		const char *says[3];
	} rows[] = {
		{{.status = 401, .body = KEYSTONE("401", "The username or password is wrong.")},
		 ERR_AUTH, {"IAM refuses the sign-in (HTTP 401: The username", "run pipetop login"}},
		{{.status = 403, .body = KEYSTONE("403", "denied")}, ERR_AUTH, {"HTTP 403: denied"}},
		{{.status = 400, .body = KEYSTONE("400", "bad")}, ERR_AUTH, {"HTTP 400: bad"}},
		{{.status = 404, .body = KEYSTONE("404", "no project")}, ERR_AUTH, {"no project"}},
		{{.status = 401, .body = ""}, ERR_AUTH, {"(HTTP 401)"}},
		{{.status = 403, .body = "plain words"}, ERR_AUTH, {"(HTTP 403)"}},
		{{.status = 401, .body = KEYSTONE("401", "\\u001b[2Jevil\\u202e")}, ERR_AUTH,
		 {"HTTP 401:  [2Jevil "}},
		{{.status = 201, .body = "{}"}, ERR_AUTH, {"X-Subject-Token", "run pipetop login"}},
		{{.status = 200, .body = "{}"}, ERR_AUTH, {"X-Subject-Token"}},
		{{.status = 201, .body = "{}", .subject_token = "a b"}, ERR_AUTH, {"on one line"}},
		{{.status = 201, .body = "{}", .subject_token = "a\rb"}, ERR_AUTH, {"on one line"}},
		{{.status = 429, .body = "{}", .retry_after_ms = 7000}, ERR_RATE, {"too many requests"}},
		{{.status = 500, .body = KEYSTONE("500", "oops")}, ERR_REMOTE, {"failed (HTTP 500: oops)"}},
		{{.status = 503, .body = "<html>"}, ERR_REMOTE, {"iam.example.com failed (HTTP 503)"}},
		{{.status = 408, .body = ""}, ERR_REMOTE, {"HTTP 408"}},
		{{.status = 407, .body = ""}, ERR_REMOTE, {"HTTP 407"}},
		{{.status = 302, .body = "", .location_host = "portal.example"}, ERR_REMOTE,
		 {"redirects to portal.example", "iam_endpoint"}},
		{{.status = 200, .body = "<html>log in</html>", .content_type = "text/html"}, ERR_NET,
		 {"login portal?"}},
		{{.status = 201, .body = "<html>", .content_type = "text/html", .subject_token = "t"}, ERR_NET,
		 {"login portal?"}},
		{{.status = 401, .body = "<html>log in</html>", .content_type = "text/html"}, ERR_NET,
		 {"login portal?"}},
		{{.err = {ERR_NET, 28, "no answer in 30 s"}}, ERR_NET, {"IAM: no answer in 30 s"}},
		{{.err = {ERR_REMOTE, 0, "answer too large"}, .too_large = true}, ERR_REMOTE, {"too large"}},
	};
	size_t i, k;

	for (i = 0; i < LENGTH(rows); i++) {
		struct desk desk;

		ask(&by_password, &rows[i].reply, &desk);
		if (desk.err.kind != rows[i].kind)
			fail_msg("row %zu: kind %d: %s", i, (int)desk.err.kind, desk.err.text);
		for (k = 0; rows[i].says[k]; k++)
			if (!strstr(desk.err.text, rows[i].says[k]))
				fail_msg("row %zu: \"%s\" does not say \"%s\"", i, desk.err.text,
					 rows[i].says[k]);
		assert_int_equal(desk.retry_after_ms, rows[i].reply.retry_after_ms);
		assert_string_equal(desk.token, "(null)");
	}
}

/* In whatever form, of whatever length, however it is cut. */
static void an_answer_that_repeats_the_question_is_not_repeated(void **state)
{
	static const struct {
		const char *password, *body;
	} rows[] = {
		{"hunter2hunter2", KEYSTONE("401", "no user with hunter2hunter2 here")},
		{"hunter2", KEYSTONE("401", "no user with hunter2 here")},
		{"hunter2hunter2", "{\"error_msg\":\"hunter2hunter2?\"}"},
		{"hunter\"2", KEYSTONE("401", "body: {\\\"password\\\":\\\"hunter\\\\\\\"2\\\"}")},
		{"hunter2hunter2", KEYSTONE("401", "a sentence that is long enough to be cut off within "
						   "what follows it, as sentences of 120 bytes and more "
						   "sometimes are: hunter2hunter2")},
	};
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		struct iam_options options = by_password;
		const struct fake_reply reply = {.status = 401, .body = rows[i].body};
		struct desk desk;

		options.password = rows[i].password;
		ask(&options, &reply, &desk);
		if (strstr(desk.err.text, "hunter"))
			fail_msg("row %zu: %s", i, desk.err.text);
		assert_int_equal(desk.err.kind, ERR_AUTH);
		assert_false(vault_found("hunter2hunter2", 14)); /* and it is gone */
	}
}

static void a_question_can_be_taken_back(void **state)
{
	struct fake *fake = fake_new();
	struct auth_source *source = open_source(fake, &by_password);
	struct desk desk = {0};

	source->cancel(source);
	assert_int_equal(desk.done, 0);
	source->ask(source, take, &desk);
	source->cancel(source);
	assert_int_equal(desk.done, 1);
	assert_int_equal(desk.err.kind, ERR_CANCELLED);
	assert_int_equal(fake_pending(fake), 0);
	source->ask(source, take, &desk);
	source->free(source);
	assert_int_equal(desk.done, 2);
	assert_int_equal(fake_pending(fake), 0);
	fake_free(fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_question_is_the_documented_one),
		cmocka_unit_test(options_that_cannot_work_are_refused),
		cmocka_unit_test(a_token_comes_with_its_owner_and_its_times),
		cmocka_unit_test(times_that_make_no_sense_are_no_times),
		cmocka_unit_test(a_refusal_is_final_and_everything_else_is_for_later),
		cmocka_unit_test(an_answer_that_repeats_the_question_is_not_repeated),
		cmocka_unit_test(a_question_can_be_taken_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
