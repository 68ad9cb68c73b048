/* SPDX-License-Identifier: MIT */
/*
 * How a session signs in: with a source that answers when the test says so, a transport that
 * does too, and clocks that the test sets. At the end, all of it at random.
 */
#include "test.h"

#include <time.h>

#include "api/auth.h"
#include "api/authwork.h"
#include "api/send.h"
#include "api/session.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/vault.h"
#include "core/when.h"
#include "fake.h"

#define T0 INT64_C(1767323045000) /* 2026-01-02T03:04:05Z */
#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define GATEWAY(code) "{\"error_code\":\"" code "\",\"error_msg\":\"no\",\"request_id\":\"r\"}"
#define PAGE "<html>please log in</html>"

/* ---- the world ---- */

static struct auth_moment now;
static double dice = 0.5;

static void test_clock(struct auth_moment *moment)
{
	*moment = now;
}

static double test_dice(void)
{
	return dice;
}

static void pass(int64_t ms)
{
	now.wall_ms += ms;
	now.boot_ms += ms;
	now.monotonic_ms += ms;
}

/* A source that is answered by hand, or at once by `at_once`. */
struct desk {
	struct auth_source source; /* first */
	unsigned asked, cancelled, freed;
	auth_granted_fn *done;
	void *self;
	const struct auth_grant *at_once;
};

static void desk_ask(struct auth_source *source, auth_granted_fn *done, void *self)
{
	struct desk *desk = (struct desk *)source;

	assert_null(desk->done); /* one question at a time */
	desk->asked++;
	if (desk->at_once) {
		done(self, desk->at_once);
		return;
	}
	desk->done = done;
	desk->self = self;
}

static void desk_say(struct desk *desk, const struct auth_grant *grant)
{
	auth_granted_fn *done = desk->done;

	assert_non_null(done);
	desk->done = NULL;
	done(desk->self, grant);
}

static void desk_cancel(struct auth_source *source)
{
	struct desk *desk = (struct desk *)source;
	const struct auth_grant cancelled = {.err = {ERR_CANCELLED, 0, "cancelled"}};

	if (!desk->done)
		return;
	desk->cancelled++;
	desk_say(desk, &cancelled);
}

static void desk_free(struct auth_source *source)
{
	desk_cancel(source);
	((struct desk *)source)->freed++;
}

struct world {
	struct fake *fake;
	struct desk desk;
	struct session *session;
	struct auth *auth;
	unsigned done;
	struct response last; /* err and status of the last answer */
	uint64_t last_id;
};

static void open_world(struct world *w, bool again)
{
	struct session_options options = {.endpoint = "https://pipe.example.com", .language = "en-us"};
	struct err err = {0};

	now = (struct auth_moment){T0, 1000000, 2000000};
	dice = 0.5;
	memset(w, 0, sizeof(*w));
	w->fake = fake_new();
	w->desk.source = (struct auth_source){
		.name = "the desk",
		.mend = "ask at the desk",
		.again = again,
		.ask = desk_ask,
		.cancel = desk_cancel,
		.free = desk_free,
	};
	w->auth = auth_new(&w->desk.source);
	auth_set_clock(w->auth, test_clock, test_dice);
	options.auth = w->auth;
	w->session = session_new(fake_transport(w->fake), &options, &err);
	if (!w->session)
		fail_msg("%s", err.text);
	session_set_clock(w->session, test_clock);
}

static void close_world(struct world *w)
{
	session_free(w->session);
	assert_int_equal(w->desk.freed, 1);
	fake_free(w->fake);
}

static void count(void *self, uint64_t id, const struct response *response)
{
	struct world *w = self;

	w->done++;
	w->last = *response;
	w->last_id = id;
}

static uint64_t try_send(struct world *w, const char *path, bool action, struct err *err)
{
	const struct send_request request = {
		.method = "POST",
		.path = path,
		.body = "{}",
		.body_len = 2,
		.max_body = 10000,
		.action = action,
	};

	return session_send(w->session, &request, count, w, err);
}

static uint64_t ask(struct world *w, const char *path)
{
	struct err err = {0};
	uint64_t id = try_send(w, path, false, &err);

	if (!id)
		fail_msg("%s: not sent: %s", path, err.text);
	return id;
}

static void refused_here(struct world *w, enum err_kind kind, const char *says)
{
	size_t sent = fake_count(w->fake);
	struct err err = {0};

	assert_int_equal(try_send(w, "/refused", false, &err), 0);
	assert_int_equal(err.kind, kind);
	if (!strstr(err.text, says))
		fail_msg("\"%s\" does not say \"%s\"", err.text, says);
	assert_int_equal(fake_count(w->fake), sent);
}

/* The oldest pending request is answered so. */
static void answer(struct world *w, int status, const char *body, int64_t date_ms)
{
	struct fake_reply reply = {.status = status, .body = body, .date_ms = date_ms};
	size_t i;

	if (body && body[0] == '<')
		reply.content_type = "text/html";
	for (i = 0; i < fake_count(w->fake); i++) {
		const struct fake_request *r = fake_request(w->fake, i);

		if (r->answered || r->cancelled)
			continue;
		fake_reply(w->fake, &reply);
		assert_true(fake_deliver_one(w->fake, r->id));
		return;
	}
	fail_msg("nothing is pending");
}

static void token(struct world *w, const char *text, int64_t life_ms)
{
	const struct auth_grant grant = {
		.token = text,
		.issued_ms = life_ms ? now.wall_ms + HOUR : WHEN_NONE, /* the server's clock is another */
		.expires_ms = life_ms ? now.wall_ms + HOUR + life_ms : WHEN_NONE,
		.account_id = "acc-1",
		.account = "acme",
		.user = "ops1",
	};

	desk_say(&w->desk, &grant);
}

static void keys(struct world *w, const char *access_key, const char *secret_key, const char *security)
{
	const struct auth_grant grant = {
		.access_key = access_key, .secret_key = secret_key, .security_token = security};

	desk_say(&w->desk, &grant);
}

static void fail_desk(struct world *w, enum err_kind kind, const char *text, int64_t retry_after_ms)
{
	struct auth_grant grant = {.err = {.kind = kind}, .retry_after_ms = retry_after_ms};

	snprintf(grant.err.text, sizeof(grant.err.text), "%s", text);
	desk_say(&w->desk, &grant);
}

static void expect_token(struct world *w, const char *text)
{
	const char *sent = fake_header(fake_last(w->fake), "X-Auth-Token");

	if (!text)
		assert_null(sent);
	else
		assert_string_equal(sent ? sent : "(none)", text);
}

static enum auth_state state_of(struct world *w)
{
	struct auth_info info;

	auth_info(w->auth, &info);
	return info.state;
}

/* A world that has a token, one that the service accepted. */
static void open_signed_in(struct world *w, int64_t life_ms)
{
	open_world(w, true);
	ask(w, "/first");
	token(w, "tok-1", life_ms);
	answer(w, 200, "{}", T0 + HOUR);
	assert_int_equal(w->done, 1);
	assert_int_equal(state_of(w), AUTH_READY);
}

/* ---- tokens ---- */

static void nothing_is_asked_until_a_request_needs_it(void **state)
{
	struct world w;

	open_world(&w, true);
	assert_ptr_equal(session_auth(w.session), w.auth);
	assert_int_equal(state_of(&w), AUTH_UNASKED);
	assert_int_equal(w.desk.asked, 0);
	ask(&w, "/a");
	assert_int_equal(state_of(&w), AUTH_ASKING);
	ask(&w, "/b");
	assert_int_equal(w.desk.asked, 1);
	assert_int_equal(fake_count(w.fake), 0);
	token(&w, "tok-1", 24 * HOUR);
	assert_int_equal(fake_count(w.fake), 2);
	assert_non_null(strstr(fake_request(w.fake, 0)->url, "/a"));
	assert_non_null(strstr(fake_request(w.fake, 1)->url, "/b"));
	expect_token(&w, "tok-1");
	assert_null(fake_header(fake_last(w.fake), "Authorization"));
	assert_null(fake_header(fake_last(w.fake), "Host"));
	assert_int_equal(w.done, 0);
	answer(&w, 200, "{}", 0);
	answer(&w, 200, "{}", 0);
	assert_int_equal(w.done, 2);
	close_world(&w);
}

static void who_signed_in_can_be_told(void **state)
{
	struct auth_info info;
	struct world w;

	open_signed_in(&w, 24 * HOUR);
	auth_info(w.auth, &info);
	assert_string_equal(info.source, "the desk");
	assert_string_equal(info.mend, "ask at the desk");
	assert_string_equal(info.account_id, "acc-1");
	assert_string_equal(info.account, "acme");
	assert_string_equal(info.user, "ops1");
	assert_false(info.keys);
	assert_false(info.renewing);
	assert_int_equal(info.issued_ms, T0 + HOUR);
	assert_int_equal(info.expires_ms, T0 + 25 * HOUR);
	assert_int_equal(info.err.kind, ERR_NONE);
	close_world(&w);
}

static void a_source_may_answer_at_once(void **state)
{
	const struct auth_grant grant = {.token = "quick"};
	const struct auth_grant no = {.err = {ERR_AUTH, 401, "closed for good"}};
	struct world w;

	open_world(&w, true);
	w.desk.at_once = &grant;
	ask(&w, "/a");
	expect_token(&w, "quick");
	close_world(&w);
	open_world(&w, true);
	w.desk.at_once = &no;
	refused_here(&w, ERR_AUTH, "closed for good");
	assert_int_equal(w.done, 0);
	close_world(&w);
}

static void a_source_that_refuses_is_not_asked_again_by_itself(void **state)
{
	struct world w;

	open_world(&w, true);
	ask(&w, "/a");
	ask(&w, "/b");
	fail_desk(&w, ERR_AUTH, "IAM: wrong password: type it again", 0);
	assert_int_equal(w.done, 2);
	assert_int_equal(w.last.err.kind, ERR_AUTH);
	assert_non_null(strstr(w.last.err.text, "wrong password"));
	assert_int_equal(state_of(&w), AUTH_REFUSED);
	pass(24 * HOUR);
	refused_here(&w, ERR_AUTH, "wrong password");
	assert_int_equal(w.desk.asked, 1);
	assert_int_equal(fake_count(w.fake), 0);
	auth_retry(w.auth);
	ask(&w, "/c");
	assert_int_equal(w.desk.asked, 2);
	token(&w, "tok", 0);
	expect_token(&w, "tok");
	close_world(&w);
}

static void a_source_out_of_reach_is_asked_again_later(void **state)
{
	struct auth_info info;
	struct world w;

	open_world(&w, true);
	ask(&w, "/a");
	fail_desk(&w, ERR_NET, "IAM: no answer", 5000);
	assert_int_equal(w.done, 1);
	assert_int_equal(w.last.err.kind, ERR_NET);
	auth_info(w.auth, &info);
	assert_int_equal(info.state, AUTH_LATER);
	assert_true(info.next_ms >= now.monotonic_ms + 5000);
	assert_string_equal(info.err.text, "IAM: no answer");
	pass(4000);
	refused_here(&w, ERR_NET, "IAM: no answer");
	pass(2000);
	ask(&w, "/b");
	assert_int_equal(w.desk.asked, 2);
	token(&w, "tok", 0);
	assert_int_equal(fake_count(w.fake), 1);
	auth_info(w.auth, &info);
	assert_int_equal(info.err.kind, ERR_NONE);
	close_world(&w);
}

static void the_operator_need_not_wait_for_a_source(void **state)
{
	struct world w;

	open_world(&w, true);
	ask(&w, "/a");
	fail_desk(&w, ERR_NET, "IAM: no answer", 0);
	auth_retry(w.auth);
	ask(&w, "/b");
	assert_int_equal(w.desk.asked, 2);
	fail_desk(&w, ERR_RATE, "IAM: too many requests", 60000);
	auth_retry(w.auth); /* not while the server throttles */
	refused_here(&w, ERR_RATE, "too many");
	close_world(&w);
}

static void unfit_credentials_are_never_used(void **state)
{
	static const struct {
		const char *token, *access_key, *secret_key, *security_token, *says;
	} rows[] = {
		{"", NULL, NULL, NULL, "empty"},
		{"a\r\nX-Evil: 1", NULL, NULL, NULL, "on one line"},
		{"a b", NULL, NULL, NULL, "on one line"},
		{"t\xC3\xB6ken", NULL, NULL, NULL, "on one line"},
		{NULL, NULL, "sk", NULL, "missing"},
		{NULL, "ak", "", NULL, "missing"},
		{NULL, "a,b", "sk", NULL, "no key has"},
		{NULL, "ak\n", "sk", NULL, "no key has"},
		{NULL, "ak", "sk", "a\nb", "on one line"},
	};
	char *large = mem_zalloc(20000);
	struct world w;
	size_t i;

	memset(large, 'a', 16385);
	for (i = 0; i <= sizeof(rows) / sizeof(rows[0]); i++) {
		const bool last = i == sizeof(rows) / sizeof(rows[0]);
		const struct auth_grant grant = {
			.token = last ? large : rows[i].token,
			.access_key = last ? NULL : rows[i].access_key,
			.secret_key = last ? NULL : rows[i].secret_key,
			.security_token = last ? NULL : rows[i].security_token,
		};

		open_world(&w, true);
		ask(&w, "/a");
		desk_say(&w.desk, &grant);
		assert_int_equal(fake_count(w.fake), 0);
		assert_int_equal(w.done, 1);
		assert_int_equal(w.last.err.kind, ERR_AUTH);
		assert_non_null(strstr(w.last.err.text, "the desk"));
		if (!strstr(w.last.err.text, last ? "16 KiB" : rows[i].says))
			fail_msg("row %zu: %s", i, w.last.err.text);
		assert_int_equal(state_of(&w), AUTH_REFUSED);
		close_world(&w);
	}
	mem_free(large);
}

/* ---- refusals ---- */

static void a_refused_token_is_renewed_once_for_all_and_each_is_repeated_once(void **state)
{
	struct world w;
	size_t i;

	open_signed_in(&w, 24 * HOUR);
	ask(&w, "/a");
	ask(&w, "/b");
	ask(&w, "/c");
	answer(&w, 401, GATEWAY("APIGW.0307"), 0);
	assert_int_equal(w.desk.asked, 2);
	answer(&w, 200, GATEWAY("APIG.0301"), 0); /* an error inside HTTP 200 */
	ask(&w, "/d"); /* comes while the source is asked */
	answer(&w, 401, "{}", 0);
	assert_int_equal(w.desk.asked, 2);
	assert_int_equal(w.done, 1);
	assert_int_equal(state_of(&w), AUTH_ASKING);
	assert_int_equal(fake_pending(w.fake), 0);
	token(&w, "tok-2", 24 * HOUR);
	assert_int_equal(fake_pending(w.fake), 4);
	for (i = 4; i < 8; i++)
		assert_string_equal(fake_header(fake_request(w.fake, i), "X-Auth-Token"), "tok-2");
	assert_string_equal(fake_last(w.fake)->body, "{}");
	for (i = 0; i < 4; i++)
		answer(&w, 200, "{}", 0);
	assert_int_equal(w.done, 5);
	assert_int_equal(state_of(&w), AUTH_READY);
	close_world(&w);
}

static void a_second_refusal_is_final(void **state)
{
	struct world w;

	open_signed_in(&w, 24 * HOUR);
	ask(&w, "/a");
	answer(&w, 401, "{}", 0);
	ask(&w, "/b");
	token(&w, "tok-2", 24 * HOUR);
	answer(&w, 401, GATEWAY("APIGW.0301"), 0);
	assert_int_equal(w.done, 2);
	assert_int_equal(w.last.status, 401);
	assert_int_equal(state_of(&w), AUTH_REFUSED);
	answer(&w, 401, GATEWAY("APIGW.0301"), 0);
	assert_int_equal(w.done, 3);
	assert_int_equal(w.desk.asked, 2);
	pass(HOUR);
	refused_here(&w, ERR_AUTH, "ask at the desk");
	auth_retry(w.auth);
	ask(&w, "/c");
	assert_int_equal(w.desk.asked, 3);
	close_world(&w);
}

static void a_new_token_that_nobody_accepted_is_not_renewed_for_another_request(void **state)
{
	struct world w;

	open_signed_in(&w, 24 * HOUR);
	try_send(&w, "/action", true, NULL);
	answer(&w, 401, "{}", 0); /* not repeated, but others are asked for */
	assert_int_equal(w.done, 2);
	assert_int_equal(w.last.status, 401);
	assert_int_equal(w.desk.asked, 2);
	token(&w, "tok-2", 24 * HOUR);
	assert_int_equal(fake_count(w.fake), 2);
	ask(&w, "/b");
	answer(&w, 401, "{}", 0);
	assert_int_equal(state_of(&w), AUTH_REFUSED);
	assert_int_equal(w.desk.asked, 2);
	close_world(&w);
}

static void a_late_refusal_of_an_old_token_asks_nothing(void **state)
{
	struct world w;

	open_signed_in(&w, 24 * HOUR);
	ask(&w, "/slow");
	ask(&w, "/quick");
	fake_answer(w.fake, "/quick", 401, "{}");
	fake_deliver(w.fake);
	token(&w, "tok-2", 24 * HOUR);
	assert_int_equal(fake_pending(w.fake), 2);
	answer(&w, 401, "{}", 0); /* the slow one, with the first token */
	assert_int_equal(w.desk.asked, 2);
	assert_int_equal(fake_pending(w.fake), 2);
	expect_token(&w, "tok-2");
	answer(&w, 200, "{}", 0);
	answer(&w, 200, "{}", 0);
	assert_int_equal(w.done, 3);
	close_world(&w);
}

static void what_the_service_does_not_permit_renews_nothing(void **state)
{
	static const struct {
		int status;
		const char *body;
	} rows[] = {
		{403, GATEWAY("APIGW.0302")},
		{401, GATEWAY("DEVCP.00021018")}, /* its 401 means: not permitted */
		{200, GATEWAY("DEVCP.00014031")},
		{404, "{}"},
		{429, GATEWAY("APIGW.0308")},
		{503, "{}"},
		{200, "{\"log\":\"APIGW.0307\"}"},
	};
	struct world w;
	size_t i;

	open_signed_in(&w, 24 * HOUR);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ask(&w, "/a");
		answer(&w, rows[i].status, rows[i].body, 0);
		assert_int_equal(w.done, 2 + i);
		assert_int_equal(w.last.status, rows[i].status);
	}
	assert_int_equal(w.desk.asked, 1);
	assert_int_equal(state_of(&w), AUTH_READY);
	close_world(&w);
}

static void a_token_that_nothing_replaces_is_left_to_the_service_to_judge(void **state)
{
	struct auth_info info;
	struct world w;

	open_world(&w, false);
	ask(&w, "/a");
	token(&w, "fixed", 0);
	answer(&w, 401, GATEWAY("APIGW.0307"), 0);
	assert_int_equal(w.done, 1);
	assert_int_equal(w.last.status, 401);
	auth_info(w.auth, &info);
	assert_int_equal(info.state, AUTH_REFUSED);
	assert_non_null(strstr(info.err.text, "ask at the desk"));
	ask(&w, "/b"); /* it locks nothing */
	answer(&w, 200, "{}", 0);
	assert_int_equal(state_of(&w), AUTH_READY);
	assert_int_equal(w.desk.asked, 1);
	close_world(&w);
}

/* ---- renewal ahead of time ---- */

static void a_token_is_renewed_at_four_fifths_of_its_life_while_it_is_used(void **state)
{
	struct auth_info info;
	struct world w;

	open_signed_in(&w, 10 * HOUR);
	pass(8 * HOUR - MINUTE);
	now.wall_ms -= 100 * HOUR; /* nobody's business */
	ask(&w, "/a");
	assert_int_equal(w.desk.asked, 1);
	pass(2 * MINUTE);
	ask(&w, "/b");
	assert_int_equal(w.desk.asked, 2);
	expect_token(&w, "tok-1");
	auth_info(w.auth, &info);
	assert_int_equal(info.state, AUTH_READY);
	assert_true(info.renewing);
	ask(&w, "/c");
	assert_int_equal(w.desk.asked, 2);
	token(&w, "tok-2", 10 * HOUR);
	ask(&w, "/d");
	expect_token(&w, "tok-2");
	pass(7 * HOUR);
	ask(&w, "/e");
	assert_int_equal(w.desk.asked, 2);
	close_world(&w);
}

static void renewals_of_copies_do_not_align(void **state)
{
	struct world w;
	int64_t early = 0, late = 0;
	double d;

	for (d = 0; d < 1; d += 0.25) {
		open_world(&w, true);
		dice = d;
		ask(&w, "/first");
		token(&w, "tok-1", 100 * MINUTE);
		while (w.desk.asked == 1) {
			pass(1000);
			ask(&w, "/x");
		}
		late = now.boot_ms;
		if (d == 0)
			early = late;
		assert_in_range(now.boot_ms - 2000000, 75 * MINUTE, 85 * MINUTE);
		close_world(&w);
	}
	assert_true(late - early > 2 * MINUTE);
}

static void a_renewal_out_of_reach_is_tried_again_and_the_old_token_goes_on(void **state)
{
	struct auth_info info;
	struct world w;

	open_signed_in(&w, 10 * HOUR);
	pass(8 * HOUR + 30 * MINUTE);
	ask(&w, "/a");
	fail_desk(&w, ERR_REMOTE, "IAM: failed (HTTP 503)", 0);
	auth_info(w.auth, &info);
	assert_int_equal(info.state, AUTH_READY);
	assert_string_equal(info.err.text, "IAM: failed (HTTP 503)");
	ask(&w, "/b");
	expect_token(&w, "tok-1");
	assert_int_equal(w.desk.asked, 2);
	pass(2 * MINUTE);
	ask(&w, "/c");
	assert_int_equal(w.desk.asked, 3);
	expect_token(&w, "tok-1");
	fail_desk(&w, ERR_REMOTE, "IAM: failed (HTTP 503)", 0);
	pass(2 * HOUR); /* now it has expired */
	ask(&w, "/d");
	assert_int_equal(w.desk.asked, 4);
	assert_int_equal(state_of(&w), AUTH_ASKING);
	assert_non_null(strstr(fake_last(w.fake)->url, "/c"));
	token(&w, "tok-2", 10 * HOUR);
	assert_non_null(strstr(fake_last(w.fake)->url, "/d"));
	expect_token(&w, "tok-2");
	close_world(&w);
}

static void a_refused_renewal_is_not_repeated_and_the_old_token_is_used_up(void **state)
{
	struct world w;

	open_signed_in(&w, 10 * HOUR);
	pass(9 * HOUR);
	ask(&w, "/a");
	fail_desk(&w, ERR_AUTH, "IAM: wrong password", 0);
	assert_int_equal(state_of(&w), AUTH_READY);
	pass(30 * MINUTE);
	ask(&w, "/b");
	expect_token(&w, "tok-1");
	assert_int_equal(w.desk.asked, 2);
	pass(HOUR);
	refused_here(&w, ERR_AUTH, "wrong password");
	assert_int_equal(state_of(&w), AUTH_REFUSED);
	auth_retry(w.auth);
	ask(&w, "/c");
	assert_int_equal(w.desk.asked, 3);
	close_world(&w);
}

static void times_that_are_not_to_be_believed_plan_nothing(void **state)
{
	static const int64_t lives[] = {-HOUR, 1, 5000, INT64_C(8000) * 366 * 24 * HOUR};
	struct world w;
	size_t i;

	for (i = 0; i < sizeof(lives) / sizeof(lives[0]); i++) {
		open_signed_in(&w, lives[i]);
		pass(100 * HOUR);
		ask(&w, "/a");
		expect_token(&w, "tok-1");
		assert_int_equal(w.desk.asked, 1);
		close_world(&w);
	}
}

static void the_life_of_a_token_goes_on_while_the_machine_sleeps(void **state)
{
	struct world w;

	open_signed_in(&w, 10 * HOUR);
	now.boot_ms += 11 * HOUR; /* the monotonic clock stood still */
	now.wall_ms += 11 * HOUR;
	ask(&w, "/a");
	assert_int_equal(w.desk.asked, 2);
	assert_int_equal(fake_count(w.fake), 1);
	close_world(&w);
}

/* ---- strangers ---- */

static void nothing_secret_is_sent_while_a_stranger_answers(void **state)
{
	static const struct {
		int status;
		const char *body;
	} strangers[] = {{200, PAGE}, {401, PAGE}, {511, PAGE}, {302, ""}};
	struct err err = {0};
	struct world w;
	size_t i;

	for (i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++) {
		open_signed_in(&w, 24 * HOUR);
		ask(&w, "/a");
		answer(&w, strangers[i].status, strangers[i].body, 0);
		assert_int_equal(w.done, 2);
		assert_int_equal(w.last.status, strangers[i].status);
		ask(&w, "/b");
		expect_token(&w, NULL);
		answer(&w, strangers[i].status, strangers[i].body, 0);
		assert_int_equal(w.done, 3);
		assert_int_equal(try_send(&w, "/action", true, &err), 0);
		assert_int_equal(err.kind, ERR_NET);
		ask(&w, "/c");
		expect_token(&w, NULL);
		answer(&w, 401, GATEWAY("APIGW.0301"), 0); /* the service itself */
		assert_int_equal(w.done, 3);
		expect_token(&w, "tok-1");
		answer(&w, 200, "{}", 0);
		assert_int_equal(w.done, 4);
		assert_int_equal(w.last.status, 200);
		assert_int_equal(w.desk.asked, 1);
		assert_int_equal(state_of(&w), AUTH_READY);
		close_world(&w);
	}
}

/* ---- signatures ---- */

static void open_keys(struct world *w, bool again)
{
	open_world(w, again);
	ask(w, "/first");
	keys(w, "AK", "SK", NULL);
}

static void a_signed_request_carries_what_was_signed(void **state)
{
	const struct fake_request *r;
	const char *authorization;
	struct world w;

	open_world(&w, false);
	ask(&w, "/v5/x?b=2&a=1");
	keys(&w, "AK", "SK", "temporary");
	r = fake_last(w.fake);
	assert_null(fake_header(r, "X-Auth-Token"));
	assert_string_equal(fake_header(r, "X-Sdk-Date"), "20260102T030405Z");
	assert_string_equal(fake_header(r, "Host"), "pipe.example.com");
	assert_string_equal(fake_header(r, "X-Security-Token"), "temporary");
	authorization = fake_header(r, "Authorization");
	assert_int_equal(strncmp(authorization,
				 "SDK-HMAC-SHA256 Access=AK, SignedHeaders="
				 "content-type;host;x-sdk-date;x-security-token, Signature=", 96), 0);
	close_world(&w);
}

static void the_first_signature_is_judged_before_another_is_sent(void **state)
{
	struct world w;

	open_keys(&w, false);
	ask(&w, "/b");
	ask(&w, "/c");
	assert_int_equal(fake_pending(w.fake), 1);
	answer(&w, 503, "{}", T0); /* says nothing of it: the next one is to prove it */
	assert_int_equal(w.done, 1);
	assert_int_equal(fake_pending(w.fake), 1);
	session_cancel(w.session, 2); /* "/b", which is out */
	assert_int_equal(w.done, 2);
	assert_int_equal(fake_pending(w.fake), 1);
	ask(&w, "/d");
	assert_int_equal(fake_pending(w.fake), 1);
	answer(&w, 200, "{}", T0);
	assert_int_equal(fake_pending(w.fake), 1);
	ask(&w, "/e");
	ask(&w, "/f");
	assert_int_equal(fake_pending(w.fake), 3);
	close_world(&w);
}

static void after_one_refused_signature_nothing_is_sent(void **state)
{
	struct auth_info info;
	struct world w;

	open_keys(&w, false);
	ask(&w, "/b");
	answer(&w, 401, GATEWAY("APIGW.0301"), T0);
	assert_int_equal(w.done, 2);
	assert_int_equal(fake_count(w.fake), 1);
	auth_info(w.auth, &info);
	assert_int_equal(info.state, AUTH_REFUSED);
	assert_true(info.keys);
	refused_here(&w, ERR_AUTH, "ask at the desk");
	pass(HOUR);
	refused_here(&w, ERR_AUTH, "ask at the desk");
	auth_retry(w.auth);
	ask(&w, "/c");
	assert_int_equal(fake_count(w.fake), 2);
	ask(&w, "/d"); /* again one at a time */
	assert_int_equal(fake_count(w.fake), 2);
	close_world(&w);
}

static void a_wrong_clock_is_corrected_and_the_request_repeated_once(void **state)
{
	int64_t skew;
	struct world w;

	open_keys(&w, false);
	assert_false(session_skew_ms(w.session, &skew));
	answer(&w, 401, GATEWAY("APIGW.0303"), T0 + 17 * MINUTE);
	assert_int_equal(w.done, 0);
	assert_int_equal(fake_count(w.fake), 2);
	assert_string_equal(fake_header(fake_last(w.fake), "X-Sdk-Date"), "20260102T032105Z");
	assert_true(session_skew_ms(w.session, &skew));
	assert_int_equal(skew, 17 * MINUTE);
	pass(1000);
	answer(&w, 200, "{}", T0 + 17 * MINUTE + 1000);
	assert_int_equal(w.done, 1);
	assert_int_equal(state_of(&w), AUTH_READY);
	now.wall_ms -= 3 * HOUR; /* somebody sets it */
	pass(1000);
	now.boot_ms += HOUR; /* the machine sleeps, and wakes an hour later */
	ask(&w, "/b");
	assert_string_equal(fake_header(fake_last(w.fake), "X-Sdk-Date"), "20260102T042107Z");
	close_world(&w);
}

static void a_clock_that_stays_wrong_is_a_refusal(void **state)
{
	struct world w;

	open_keys(&w, false);
	answer(&w, 401, GATEWAY("APIGW.0301"), T0 + 17 * MINUTE);
	answer(&w, 401, GATEWAY("APIGW.0301"), T0 + 40 * MINUTE);
	assert_int_equal(w.done, 1);
	assert_int_equal(fake_count(w.fake), 2);
	assert_int_equal(state_of(&w), AUTH_REFUSED);
	close_world(&w);
}

static void a_date_that_is_missing_or_absurd_corrects_nothing(void **state)
{
	static const int64_t dates[] = {WHEN_NONE, 1000, INT64_C(253402300799000), T0 + 59000};
	struct world w;
	size_t i;

	for (i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		open_keys(&w, false);
		answer(&w, 401, GATEWAY("APIGW.0303"), dates[i]);
		assert_int_equal(w.done, 1);
		assert_int_equal(state_of(&w), AUTH_REFUSED);
		close_world(&w);
	}
}

static void an_action_refused_for_the_clock_is_not_repeated_but_the_next_is_right(void **state)
{
	struct world w;

	open_world(&w, false);
	try_send(&w, "/stop", true, NULL);
	keys(&w, "AK", "SK", NULL);
	answer(&w, 401, GATEWAY("APIGW.0303"), T0 - 30 * MINUTE);
	assert_int_equal(w.done, 1);
	assert_int_equal(fake_count(w.fake), 1);
	ask(&w, "/b");
	assert_string_equal(fake_header(fake_last(w.fake), "X-Sdk-Date"), "20260102T023405Z");
	answer(&w, 200, "{}", T0 - 30 * MINUTE);
	assert_int_equal(state_of(&w), AUTH_READY);
	close_world(&w);
}

static void temporary_keys_are_renewed_once_but_never_sent_again(void **state)
{
	struct world w;

	open_keys(&w, true);
	answer(&w, 200, "{}", T0);
	ask(&w, "/b");
	answer(&w, 401, GATEWAY("APIGW.0301"), T0);
	assert_int_equal(w.desk.asked, 2);
	keys(&w, "AK2", "SK2", "st");
	assert_int_equal(fake_count(w.fake), 3);
	assert_non_null(strstr(fake_header(fake_last(w.fake), "Authorization"), "Access=AK2,"));
	answer(&w, 200, "{}", T0);
	assert_int_equal(w.done, 2);
	ask(&w, "/c");
	answer(&w, 401, GATEWAY("APIGW.0301"), T0);
	keys(&w, "AK2", "SK2", "st"); /* the same pair: five refusals lock it */
	assert_int_equal(fake_count(w.fake), 4);
	assert_int_equal(w.done, 3);
	assert_int_equal(w.last.err.kind, ERR_AUTH);
	assert_int_equal(state_of(&w), AUTH_REFUSED);
	close_world(&w);
}

/* ---- ends ---- */

static void waiting_requests_can_be_cancelled(void **state)
{
	struct world w;
	uint64_t a, b;

	open_world(&w, true);
	a = ask(&w, "/a");
	b = ask(&w, "/b");
	ask(&w, "/c");
	session_cancel(w.session, b);
	assert_int_equal(w.done, 1);
	assert_int_equal(w.last_id, b);
	assert_int_equal(w.last.err.kind, ERR_CANCELLED);
	session_cancel(w.session, b);
	session_cancel(w.session, 77);
	assert_int_equal(w.done, 1);
	session_cancel(w.session, a);
	token(&w, "tok", 0);
	assert_int_equal(fake_count(w.fake), 1);
	assert_non_null(strstr(fake_last(w.fake)->url, "/c"));
	close_world(&w);
	assert_int_equal(w.done, 3);
}

static void a_session_can_be_freed_while_all_wait(void **state)
{
	struct world w;

	open_signed_in(&w, 24 * HOUR);
	ask(&w, "/a");
	ask(&w, "/b");
	answer(&w, 401, "{}", 0);
	close_world(&w);
	assert_int_equal(w.done, 3);
	assert_int_equal(w.last.err.kind, ERR_CANCELLED);
	assert_int_equal(w.desk.cancelled, 1);
}

static void nothing_of_an_auth_stays_in_the_vault(void **state)
{
	struct world w;

	open_signed_in(&w, 24 * HOUR);
	ask(&w, "/a");
	answer(&w, 401, "{}", 0);
	token(&w, "tok-2-in-the-vault", 24 * HOUR);
	assert_true(vault_found("tok-2-in-the-vault", 18));
	close_world(&w);
	assert_false(vault_found("tok-2-in-the-vault", 18));
}

static void fixed_sources_say_what_they_were_told(void **state)
{
	struct session_options options = {.endpoint = "http://127.0.0.1:8080"};
	struct fake *fake = fake_new();
	struct world w = {.fake = fake};

	options.auth = auth_new(auth_fixed_token("kept-token", "kept by login", "log in again", T0));
	w.session = session_new(fake_transport(fake), &options, NULL);
	ask(&w, "/a");
	assert_string_equal(fake_header(fake_last(fake), "X-Auth-Token"), "kept-token");
	session_free(w.session);
	options.auth = auth_new(auth_fixed_keys("AK", "SK", "ST", "keys", "set others"));
	w.session = session_new(fake_transport(fake), &options, NULL);
	ask(&w, "/a");
	assert_string_equal(fake_header(fake_last(fake), "Host"), "127.0.0.1:8080");
	assert_string_equal(fake_header(fake_last(fake), "X-Security-Token"), "ST");
	session_free(w.session);
	options.endpoint = "nonsense"; /* the auth is taken over also then */
	options.auth = auth_new(auth_fixed_token("kept-token", "kept", "m", WHEN_NONE));
	assert_null(session_new(fake_transport(fake), &options, NULL));
	fake_free(fake);
	assert_false(vault_found("kept-token", 10));
}

/* ---- all of it at random ---- */

#define LOTS 400
#define MANY 2000

struct lot { /* a request and what became of it */
	uint64_t id;
	unsigned done;
	bool action;
};

struct storm {
	struct world w;
	struct lot lots[LOTS];
	unsigned n;
	bool with_keys;
	unsigned grants; /* names what is granted next */
	size_t seen;	 /* requests of the fake's that were judged */
	unsigned wild;	 /* a callback's next whim */
	bool busy;
};

static void storm_done(void *self, uint64_t id, const struct response *response);

/* The index is in the path. */
static void storm_send(struct storm *s)
{
	struct lot *lot = &s->lots[s->n];
	char path[40];
	struct send_request request = {.method = "POST", .path = path, .body = "{}", .body_len = 2,
				       .max_body = 1000, .action = rand() % 5 == 0};

	if (s->n == LOTS)
		return;
	snprintf(path, sizeof(path), "/%s/%u", request.action ? "action" : "read", s->n);
	lot->action = request.action;
	s->n++;
	lot->id = session_send(s->w.session, &request, storm_done, s, NULL);
}

static void storm_cancel(struct storm *s)
{
	if (s->n)
		session_cancel(s->w.session, s->lots[(unsigned)rand() % s->n].id);
}

static void storm_done(void *self, uint64_t id, const struct response *response)
{
	struct storm *s = self;
	unsigned i;

	for (i = 0; i < s->n && s->lots[i].id != id; i++)
		;
	assert_true(i < s->n);
	s->lots[i].done++;
	assert_int_equal(s->lots[i].done, 1);
	if (rand() % 6 == 0)
		storm_send(s);
	if (rand() % 12 == 0)
		storm_cancel(s);
}

static void storm_answer(struct storm *s)
{
	static const struct {
		int status;
		const char *body, *type;
		int64_t date_ms;
	} rows[] = {
		{200, "{}", NULL, T0}, {200, "{}", NULL, T0}, {200, "{}", NULL, T0},
		{401, GATEWAY("APIGW.0301"), NULL, WHEN_NONE},
		{401, GATEWAY("APIGW.0303"), NULL, T0 + 30 * MINUTE},
		{200, GATEWAY("APIGW.0307"), NULL, T0},
		{503, "{}", NULL, T0},
		{200, PAGE, "text/html", T0},
		{404, "{}", NULL, T0},
	};
	struct fake_reply reply = {0};
	size_t n = fake_pending(s->w.fake), at, i;
	unsigned row = (unsigned)rand() % (sizeof(rows) / sizeof(rows[0]) + 1);

	if (!n)
		return;
	if (row == sizeof(rows) / sizeof(rows[0])) {
		reply.err = (struct err){ERR_NET, 56, "reset"};
	} else {
		reply.status = rows[row].status;
		reply.body = rows[row].body;
		reply.content_type = rows[row].type;
		reply.date_ms = rows[row].date_ms;
	}
	at = (size_t)rand() % n;
	for (i = 0; i < fake_count(s->w.fake); i++) {
		const struct fake_request *r = fake_request(s->w.fake, i);

		if (r->answered || r->cancelled || at-- > 0)
			continue;
		fake_reply(s->w.fake, &reply);
		assert_true(fake_deliver_one(s->w.fake, r->id));
		return;
	}
}

static void storm_grant(struct storm *s)
{
	char name[40], secret[40];

	if (!s->w.desk.done)
		return;
	s->grants += rand() % 4 != 0;
	snprintf(name, sizeof(name), "granted-%u", s->grants);
	snprintf(secret, sizeof(secret), "secret-%u", s->grants);
	switch (rand() % 8) {
	case 0:
		fail_desk(&s->w, ERR_AUTH, "refused", 0);
		break;
	case 1:
		fail_desk(&s->w, ERR_NET, "later", 0);
		break;
	case 2:
		fail_desk(&s->w, ERR_RATE, "later", 3000);
		break;
	default:
		if (s->with_keys)
			keys(&s->w, name, secret, NULL);
		else
			token(&s->w, name, rand() % 2 ? (int64_t)(rand() % 100) * 1000 : 0);
	}
}

static void storm_pass(struct storm *s)
{
	pass(rand() % 20000);
	if (rand() % 10 == 0)
		now.wall_ms += rand() % 100000000 - 50000000;
	if (rand() % 10 == 0)
		now.boot_ms += rand() % 100000;
}

static void storm_retry(struct storm *s)
{
	if (rand() % 4 == 0)
		auth_retry(s->w.auth);
}

/* With credentials at most twice, an action once in all. */
static void check_sent(struct storm *s)
{
	unsigned sent[LOTS] = {0}, bare[LOTS] = {0}, i;
	size_t k;

	for (k = 0; k < fake_count(s->w.fake); k++) {
		const struct fake_request *r = fake_request(s->w.fake, k);
		unsigned lot = (unsigned)atoi(strrchr(r->url, '/') + 1);

		if (fake_header(r, "X-Auth-Token") || fake_header(r, "Authorization"))
			sent[lot]++;
		else
			bare[lot]++;
	}
	for (i = 0; i < s->n; i++) {
		assert_true(sent[i] <= (s->lots[i].action ? 1 : 2));
		if (bare[i] > (s->lots[i].action ? 0 : 2))
			fail_msg("%u: action %d, sent %u, bare %u", i, s->lots[i].action, sent[i], bare[i]);
	}
}

/* Nothing left since, if it was final before. */
static void check_refusal(struct storm *s, enum auth_state before, bool final, size_t count_before)
{
	if (before == AUTH_REFUSED && final)
		for (; count_before < fake_count(s->w.fake); count_before++) {
			const struct fake_request *r = fake_request(s->w.fake, count_before);

			assert_null(fake_header(r, "X-Auth-Token"));
			assert_null(fake_header(r, "Authorization"));
		}
}

static void storm_run(unsigned seed, bool with_keys, bool again)
{
	static void (*const steps[])(struct storm *) = {
		storm_send, storm_send, storm_send, storm_answer, storm_answer, storm_answer,
		storm_grant, storm_grant, storm_pass, storm_cancel, storm_retry,
	};
	struct storm *s = mem_zalloc(sizeof(*s));
	unsigned i;

	srand(seed);
	open_world(&s->w, again);
	s->with_keys = with_keys;
	for (i = 0; i < MANY; i++) {
		enum auth_state before = state_of(&s->w);
		size_t n = fake_count(s->w.fake);
		void (*step)(struct storm *) = steps[(unsigned)rand() % (sizeof(steps) / sizeof(steps[0]))];

		dice = (double)(rand() % 1000) / 1000;
		step(s);
		check_refusal(s, before, (again || with_keys) && step != storm_retry, n);
	}
	check_sent(s);
	close_world(&s->w);
	for (i = 0; i < s->n; i++)
		assert_int_equal(s->lots[i].done, s->lots[i].id != 0);
	mem_free(s);
}

static void whatever_comes_in_whatever_order(void **state)
{
	const char *given = getenv("AUTH_SEED");
	unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL), i;

	print_message("AUTH_SEED=%u\n", seed);
	for (i = 0; i < 40; i++)
		storm_run(seed + i, i % 2, i % 4 < 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_asked_until_a_request_needs_it),
		cmocka_unit_test(who_signed_in_can_be_told),
		cmocka_unit_test(a_source_may_answer_at_once),
		cmocka_unit_test(a_source_that_refuses_is_not_asked_again_by_itself),
		cmocka_unit_test(a_source_out_of_reach_is_asked_again_later),
		cmocka_unit_test(the_operator_need_not_wait_for_a_source),
		cmocka_unit_test(unfit_credentials_are_never_used),
		cmocka_unit_test(a_refused_token_is_renewed_once_for_all_and_each_is_repeated_once),
		cmocka_unit_test(a_second_refusal_is_final),
		cmocka_unit_test(a_new_token_that_nobody_accepted_is_not_renewed_for_another_request),
		cmocka_unit_test(a_late_refusal_of_an_old_token_asks_nothing),
		cmocka_unit_test(what_the_service_does_not_permit_renews_nothing),
		cmocka_unit_test(a_token_that_nothing_replaces_is_left_to_the_service_to_judge),
		cmocka_unit_test(a_token_is_renewed_at_four_fifths_of_its_life_while_it_is_used),
		cmocka_unit_test(renewals_of_copies_do_not_align),
		cmocka_unit_test(a_renewal_out_of_reach_is_tried_again_and_the_old_token_goes_on),
		cmocka_unit_test(a_refused_renewal_is_not_repeated_and_the_old_token_is_used_up),
		cmocka_unit_test(times_that_are_not_to_be_believed_plan_nothing),
		cmocka_unit_test(the_life_of_a_token_goes_on_while_the_machine_sleeps),
		cmocka_unit_test(nothing_secret_is_sent_while_a_stranger_answers),
		cmocka_unit_test(a_signed_request_carries_what_was_signed),
		cmocka_unit_test(the_first_signature_is_judged_before_another_is_sent),
		cmocka_unit_test(after_one_refused_signature_nothing_is_sent),
		cmocka_unit_test(a_wrong_clock_is_corrected_and_the_request_repeated_once),
		cmocka_unit_test(a_clock_that_stays_wrong_is_a_refusal),
		cmocka_unit_test(a_date_that_is_missing_or_absurd_corrects_nothing),
		cmocka_unit_test(an_action_refused_for_the_clock_is_not_repeated_but_the_next_is_right),
		cmocka_unit_test(temporary_keys_are_renewed_once_but_never_sent_again),
		cmocka_unit_test(waiting_requests_can_be_cancelled),
		cmocka_unit_test(a_session_can_be_freed_while_all_wait),
		cmocka_unit_test(nothing_of_an_auth_stays_in_the_vault),
		cmocka_unit_test(fixed_sources_say_what_they_were_told),
		cmocka_unit_test(whatever_comes_in_whatever_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
