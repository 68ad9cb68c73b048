/* SPDX-License-Identifier: MIT */
/* Who may sign in to the simulator, who is locked out, and what can be wrong with the answer. */
#include "test.h"

#include "sim/signature.h"
#include "sim_client.h"

#define SIGN_IN "/v3/auth/tokens"
#define LIST "/v5/fa170000000000000000000000000001/api/pipelines/list"
#define DATE "20260102T030405Z" /* signing.start, in UTC */

struct bench {
	struct ev_loop *loop;
	struct sim *sim;
};

static void start(struct bench *b, const struct sim_options *options)
{
	struct sim_options o = *options;
	struct err err = {0};
	char file[4200];

	snprintf(file, sizeof(file), "%s/scenarios/seed.conf", getenv("top_srcdir"));
	o.scenario = file;
	b->loop = ev_loop_new(EVFLAG_AUTO);
	b->sim = sim_new(b->loop, &o, &err);
	if (!b->sim)
		fail_msg("%s", err.text);
}

static void stop(struct bench *b)
{
	sim_free(b->sim);
	ev_loop_destroy(b->loop);
}

static int ask(struct bench *b, const char *body, struct reply *r)
{
	client_ask(b->loop, b->sim, "POST", SIGN_IN, NULL, body, r);
	return r->status;
}

/* Signs in with this password; the status. */
static int sign_in(struct bench *b, const char *password)
{
	char body[500];
	struct reply r;
	int status;

	snprintf(body, sizeof(body),
		 "{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{\"name\":"
		 "\"ops1\",\"password\":\"%s\",\"domain\":{\"name\":\"acme\"}}}},\"scope\":{\"project\":"
		 "{\"name\":\"cn-north-4\"}}}}",
		 password);
	status = ask(b, body, &r);
	if (status == 401)
		assert_non_null(strstr(r.body, "\"title\":\"Unauthorized\""));
	reply_done(&r);
	return status;
}

static bool is_locked(struct bench *b, const char *what)
{
	cJSON *o = client_json(b->loop, b->sim, "GET", "/_sim/locks", NULL, 200);
	bool locked = cJSON_IsTrue(at(at(o, what), "locked"));

	cJSON_Delete(o);
	return locked;
}

static void enough_wrong_passwords_lock_the_account_for_a_while(void **state)
{
	struct bench b;

	start(&b, &(struct sim_options){.password = "right", .lock_after = 3});
	assert_int_equal(sign_in(&b, "wrong"), 401);
	assert_int_equal(sign_in(&b, "wrong"), 401);
	assert_int_equal(sign_in(&b, "right"), 201); /* they must be in a row */
	assert_int_equal(sign_in(&b, "wrong"), 401);
	assert_int_equal(sign_in(&b, "wrong"), 401);
	assert_false(is_locked(&b, "account"));
	assert_int_equal(sign_in(&b, "wrong"), 401);
	assert_true(is_locked(&b, "account"));
	assert_int_equal(sign_in(&b, "right"), 401);
	sim_advance(b.sim, 15 * 60);
	assert_int_equal(sign_in(&b, "right"), 201);
	stop(&b);
}

static void the_key_pair_of_a_sign_in_counts_where_one_was_said(void **state)
{
	static const char form[] = "{\"auth\":{\"identity\":{\"methods\":[\"hw_ak_sk\"],\"hw_ak_sk\":{"
				   "\"access\":{\"key\":\"AK\"},\"secret\":{\"key\":\"%s\"}}}}}";
	char body[300];
	struct bench b;
	struct reply r;

	start(&b, &(struct sim_options){.access_key = "AK", .secret_key = "SK"});
	snprintf(body, sizeof(body), form, "SK");
	assert_int_equal(ask(&b, body, &r), 201);
	reply_done(&r);
	snprintf(body, sizeof(body), form, "KS");
	assert_int_equal(ask(&b, body, &r), 401);
	reply_done(&r);
	stop(&b);
}

/* A list signed at the simulator's moment with this secret; `token` may be NULL. */
static int signed_list(struct bench *b, const char *secret, const char *token, char *says, size_t size)
{
	struct request request = {.method = "POST", .path = LIST, .body = "{}", .len = 2};
	const char *names = token ? "x-sdk-date;x-security-token" : "x-sdk-date";
	char hex[HASH_SHA256_HEX];
	struct buf out;
	struct reply r;
	int status;

	request.headers[request.nheaders++] = (struct pair){"X-Sdk-Date", DATE};
	request.headers[request.nheaders++] = (struct pair){"X-Security-Token", token};
	signature_make(&request, names, secret, hex);
	buf_init(&out, BUF_MAX);
	buf_addf(&out,
		 "POST " LIST " HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Sdk-Date: " DATE "\r\n"
		 "Authorization: SDK-HMAC-SHA256 Access=AK, SignedHeaders=%s, Signature=%s\r\n"
		 "Content-Length: 2\r\n",
		 names, hex);
	if (token)
		buf_addf(&out, "X-Security-Token: %s\r\n", token);
	buf_adds(&out, "\r\n{}");
	client_send(b->loop, b->sim, &out, &r);
	snprintf(says, size, "%.*s", (int)r.len, r.body);
	status = r.status;
	reply_done(&r);
	buf_done(&out);
	return status;
}

static const struct sim_options signing = {
	.access_key = "AK", .secret_key = "SK", .start = "2026-01-02 11:04:05"};

static void more_than_five_wrong_signatures_lock_the_key_for_five_minutes(void **state)
{
	char says[1000];
	struct bench b;
	int i;

	start(&b, &signing);
	for (i = 0; i < 5; i++)
		assert_int_equal(signed_list(&b, "wrong", NULL, says, sizeof(says)), 401);
	assert_int_equal(signed_list(&b, "SK", NULL, says, sizeof(says)), 200);
	for (i = 0; i < 6; i++)
		assert_int_equal(signed_list(&b, "wrong", NULL, says, sizeof(says)), 401);
	assert_true(is_locked(&b, "access_key"));
	assert_int_equal(signed_list(&b, "SK", NULL, says, sizeof(says)), 401);
	assert_non_null(strstr(says, "locked for 5 minutes"));
	sim_advance(b.sim, 5 * 60);
	assert_int_equal(signed_list(&b, "SK", NULL, says, sizeof(says)), 200);
	stop(&b);
}

static void a_temporary_key_needs_its_security_token(void **state)
{
	struct sim_options o = signing;
	char says[1000];
	struct bench b;

	o.security_token = "SECURITY";
	start(&b, &o);
	assert_int_equal(signed_list(&b, "SK", "SECURITY", says, sizeof(says)), 200);
	assert_int_equal(signed_list(&b, "SK", NULL, says, sizeof(says)), 401);
	assert_non_null(strstr(says, "needs X-Security-Token"));
	assert_int_equal(signed_list(&b, "SK", "OTHER", says, sizeof(says)), 401);
	assert_non_null(strstr(says, "the security token is not that of the access key"));
	stop(&b);
}

#define PASSWORD                                                                              \
	"{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{\"name\":" \
	"\"ops1\",\"password\":\"p\",\"domain\":{\"name\":\"acme\"}}}}}}"

static void what_is_wrong_with_a_token_is_on_demand(void **state)
{
	static const struct {
		const char *fault;
		int status;
		const char *has, *lacks;
	} rows[] = {
		{"kind=no-token", 201, "\"methods\"", "X-Subject-Token"},
		{"kind=long-token", 201, "-------------------------------------------", "\r\n and"},
		{"kind=split-token", 201, "\r\n and-a-second-line\rand-a-third\r\n", "X-Request-Id"},
		{"kind=expires&shape=1", 201, "\"expires_at\":\"in a while\"", "9999"},
		{"kind=expires&shape=2", 201, "\"expires_at\":\"2023-11-24T12:52:00", "9999"},
		{"kind=expires&shape=3", 201, "\"expires_at\":\"9999-12-31", "2023-11-25"},
		{"kind=expires&shape=4", 201, "\"methods\"", "expires_at"},
		{"kind=status&status=401", 401, "\"title\":\"Unauthorized\"", "X-Subject-Token"},
		{"kind=status&status=503", 503, "\"message\"", "X-Subject-Token"},
	};
	struct bench b;
	size_t i;

	start(&b, &(struct sim_options){0});
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char words[100];
		struct reply r;
		struct err err;

		snprintf(words, sizeof(words), "class=iam&%s", rows[i].fault);
		assert_true(sim_fault(b.sim, words, &err));
		if (ask(&b, PASSWORD, &r) != rows[i].status || !strstr(r.raw.data, rows[i].has) ||
		    strstr(r.raw.data, rows[i].lacks))
			fail_msg("%s: %s", rows[i].fault, r.raw.data);
		reply_done(&r);
		assert_int_equal(sign_in(&b, "any"), 201); /* once */
	}
	stop(&b);
}

/* Copies the answer's X-Subject-Token. */
static void token_of(const struct reply *r, char *token, size_t size)
{
	const char *at = strstr(r->raw.data, "X-Subject-Token: ");

	assert_non_null(at);
	snprintf(token, size, "%.*s", (int)strcspn(at + 17, "\r"), at + 17);
}

static void a_long_token_is_a_good_one_and_ends_with_its_life(void **state)
{
	char token[20000];
	struct reply r;
	struct bench b;
	struct err err;

	start(&b, &(struct sim_options){.token = "no other", .token_life_s = 100});
	assert_true(sim_fault(b.sim, "class=iam&kind=long-token", &err));
	assert_int_equal(ask(&b, PASSWORD, &r), 201);
	token_of(&r, token, sizeof(token));
	reply_done(&r);
	assert_int_equal(strlen(token), 16384);
	client_ask(b.loop, b.sim, "POST", LIST, token, "{}", &r);
	assert_int_equal(r.status, 200);
	reply_done(&r);
	sim_advance(b.sim, 100);
	client_ask(b.loop, b.sim, "POST", LIST, token, "{}", &r);
	assert_int_equal(r.status, 401);
	assert_non_null(strstr(r.body, "APIGW.0307"));
	reply_done(&r);
	stop(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(enough_wrong_passwords_lock_the_account_for_a_while),
		cmocka_unit_test(the_key_pair_of_a_sign_in_counts_where_one_was_said),
		cmocka_unit_test(more_than_five_wrong_signatures_lock_the_key_for_five_minutes),
		cmocka_unit_test(a_temporary_key_needs_its_security_token),
		cmocka_unit_test(what_is_wrong_with_a_token_is_on_demand),
		cmocka_unit_test(a_long_token_is_a_good_one_and_ends_with_its_life),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
