/* SPDX-License-Identifier: MIT */
/*
 * Signing in to the simulator over real HTTP. It checks every signature to the letter with
 * a verifier of its own, counts sign-ins, locks out who is wrong too often, and spoils IAM's
 * answers on demand (faults.md I). Its time stands still but for sim_advance(); the client's clocks
 * are moved by the test alike.
 */
#include "test.h"

#include <ev.h>
#include <time.h>

#include "api/auth.h"
#include "api/authwork.h"
#include "api/iam.h"
#include "api/send.h"
#include "api/session.h"
#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "net/http.h"
#include "sim/sim.h"

#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define LIMIT_MS 20000
#define PASSWORD "correct horse \"battery\" staple \xE4\xB8\xAD"

/* ---- the world ---- */

static int64_t shifted_ms; /* how far the client's clocks have been moved */
static int64_t wall_off_ms; /* how wrong its wall clock is */

static void shifted_clock(struct auth_moment *now)
{
	auth_clock(now);
	now->wall_ms += shifted_ms + wall_off_ms;
	now->boot_ms += shifted_ms;
	now->monotonic_ms += shifted_ms;
}

static double half(void)
{
	return 0.5;
}

struct bench {
	struct ev_loop *loop;
	struct sim *sim;
	struct http *http;
	struct session *session;
	struct auth *auth;
	char project[64];
	unsigned done, waiting, bad;
	int status; /* of the last answer */
	char body[400];
	struct err err;
};

static void open_sim(struct bench *b, const struct sim_options *given)
{
	struct http_options ho = {.user_agent = "pipetop-test"};
	struct sim_options o = *given;
	struct err err = {0};
	char path[4096];
	struct buf projects;

	snprintf(path, sizeof(path), "%s/tests/fixtures/follow.conf",
		 getenv("top_srcdir") ? getenv("top_srcdir") : ".");
	o.scenario = path;
	o.speed = 0;
	*b = (struct bench){.loop = ev_loop_new(EVFLAG_AUTO)};
	b->sim = sim_new(b->loop, &o, &err);
	if (!b->sim)
		fail_msg("%s", err.text);
	b->http = http_new(b->loop, &ho);
	buf_init(&projects, BUF_MAX);
	sim_projects(b->sim, &projects);
	snprintf(b->project, sizeof(b->project), "%.*s", (int)strcspn(projects.data, ","), projects.data);
	buf_done(&projects);
	/* Both sides agree on the time, until a test says otherwise. */
	shifted_ms = 0;
	wall_off_ms = sim_now_ms(b->sim) - when_wall_ms();
}

static void open_session(struct bench *b, struct auth_source *source)
{
	struct session_options so = {.endpoint = sim_url(b->sim), .language = "en-us"};
	struct err err = {0};

	b->auth = so.auth = auth_new(source);
	auth_set_clock(b->auth, shifted_clock, half);
	b->session = session_new(http_transport(b->http), &so, &err);
	if (!b->session)
		fail_msg("%s", err.text);
	session_set_clock(b->session, shifted_clock);
}

static struct auth_source *password_source(struct bench *b, const char *password)
{
	const struct iam_options o = {
		.endpoint = sim_url(b->sim),
		.account = "acme",
		.user = "ops1",
		.password = password,
		.project = "cn-north-4",
		.mend = "check the password",
	};
	struct err err = {0};
	struct auth_source *source = iam_source(http_transport(b->http), &o, &err);

	if (!source)
		fail_msg("%s", err.text);
	return source;
}

static void open_with_password(struct bench *b, int life_s)
{
	struct sim_options o;

	sim_options_init(&o);
	o.token = "no stranger's";
	o.password = PASSWORD;
	o.lock_after = 3;
	o.token_life_s = life_s;
	open_sim(b, &o);
	open_session(b, password_source(b, PASSWORD));
}

static void open_with_keys(struct bench *b, const char *secret_key, const char *start)
{
	struct sim_options o;

	sim_options_init(&o);
	o.token = "no stranger's";
	o.start = start;
	open_sim(b, &o);
	open_session(b, auth_fixed_keys(SIM_ACCESS_KEY, secret_key, NULL, "the keys", "set others"));
}

static void close_bench(struct bench *b)
{
	session_free(b->session);
	http_free(b->http);
	sim_free(b->sim);
	ev_loop_destroy(b->loop);
}

static void pass(struct bench *b, int64_t ms)
{
	shifted_ms += ms;
	sim_advance(b->sim, (double)ms / 1000);
}

static void take(void *self, uint64_t id, const struct response *response)
{
	struct bench *b = self;

	b->done++;
	b->waiting--;
	b->status = response->status;
	b->err = response->err;
	snprintf(b->body, sizeof(b->body), "%.*s", (int)response->len, response->body);
	b->bad += response->status != 200;
}

static bool start_request(struct bench *b, const char *method, const char *path, const char *body,
			  bool action)
{
	const struct send_request request = {
		.method = method,
		.path = path,
		.body = body,
		.body_len = body ? strlen(body) : 0,
		.max_body = 1 << 20,
		.action = action,
	};

	if (!session_send(b->session, &request, take, b, &b->err))
		return false;
	b->waiting++;
	return true;
}

static bool start_list(struct bench *b)
{
	char path[200];

	snprintf(path, sizeof(path), "/v5/%s/api/pipelines/list", b->project);
	return start_request(b, "POST", path, "{\"offset\":0,\"limit\":1}", false);
}

static void settle(struct bench *b)
{
	int64_t limit_ms = when_monotonic_ms() + LIMIT_MS;

	while (b->waiting) {
		assert_true(when_monotonic_ms() < limit_ms);
		ev_run(b->loop, EVRUN_ONCE);
	}
}

/* One list; its status, or 0 when it was not answered (b->err says why). */
static int list(struct bench *b)
{
	b->status = 0;
	if (start_list(b))
		settle(b);
	return b->status;
}

static void expect_list(struct bench *b, int status)
{
	if (list(b) != status)
		fail_msg("%d, expected %d: %s %s", b->status, status, b->err.text, b->body);
}

static void fault(struct bench *b, const char *words)
{
	struct err err = {0};

	if (!sim_fault(b->sim, words, &err))
		fail_msg("%s", err.text);
}

static struct auth_info info_of(struct bench *b)
{
	struct auth_info info;

	auth_info(b->auth, &info);
	return info;
}

static void expect_sign_ins(struct bench *b, uint64_t n)
{
	assert_int_equal(sim_requests(b->sim, "iam"), n);
}

/* ---- tokens ---- */

static void a_password_signs_in_once_for_all(void **state)
{
	struct auth_info info;
	struct bench b;
	int i;

	open_with_password(&b, 0);
	for (i = 0; i < 5; i++)
		assert_true(start_list(&b));
	settle(&b);
	assert_int_equal(b.done, 5);
	assert_int_equal(b.bad, 0);
	expect_sign_ins(&b, 1);
	info = info_of(&b);
	assert_int_equal(info.state, AUTH_READY);
	assert_string_equal(info.account, "acme");
	assert_string_equal(info.user, "ops1");
	assert_true(*info.account_id);
	assert_int_equal(info.expires_ms - info.issued_ms, 24 * HOUR);
	close_bench(&b);
}

static void a_key_pair_is_exchanged_for_a_token(void **state)
{
	struct sim_options o;
	struct iam_options io = {.access_key = SIM_ACCESS_KEY, .secret_key = SIM_SECRET_KEY};
	struct bench b;

	sim_options_init(&o);
	o.token = "no stranger's";
	open_sim(&b, &o);
	io.endpoint = sim_url(b.sim);
	open_session(&b, iam_source(http_transport(b.http), &io, NULL));
	expect_list(&b, 200);
	expect_sign_ins(&b, 1);
	assert_false(info_of(&b).keys);
	close_bench(&b);
}

static void a_revoked_token_is_renewed_once_and_nobody_notices(void **state)
{
	struct bench b;
	int i, round;

	open_with_password(&b, 0);
	for (round = 1; round <= 3; round++) {
		for (i = 0; i < 6; i++)
			assert_true(start_list(&b));
		settle(&b);
		assert_int_equal(b.bad, 0);
		expect_sign_ins(&b, (uint64_t)round);
		sim_expire_tokens(b.sim);
	}
	close_bench(&b);
}

static void a_token_is_renewed_before_it_ends(void **state)
{
	struct bench b;

	open_with_password(&b, 1000);
	expect_list(&b, 200);
	pass(&b, 790 * 1000);
	expect_list(&b, 200);
	expect_sign_ins(&b, 1);
	pass(&b, 20 * 1000);
	expect_list(&b, 200); /* with the old one, and a new one is asked for */
	while (info_of(&b).renewing)
		ev_run(b.loop, EVRUN_ONCE);
	expect_sign_ins(&b, 2);
	pass(&b, 300 * 1000); /* the first one is dead now */
	expect_list(&b, 200);
	expect_sign_ins(&b, 2);
	close_bench(&b);
}

static void a_slow_renewal_holds_nobody_up_while_the_token_is_good(void **state)
{
	struct bench b;

	open_with_password(&b, 1000);
	expect_list(&b, 200);
	pass(&b, 900 * 1000);
	fault(&b, "class=iam&kind=hang");
	expect_list(&b, 200);
	expect_list(&b, 200);
	assert_true(info_of(&b).renewing);
	pass(&b, 200 * 1000); /* now they have to wait */
	assert_true(start_list(&b));
	assert_int_equal(info_of(&b).state, AUTH_ASKING);
	sim_faults_clear(b.sim);
	settle(&b);
	/* What hung may have been answered or closed: either way the next list has a token. */
	shifted_ms += 2 * MINUTE;
	expect_list(&b, 200);
	close_bench(&b);
}

static void a_renewal_that_fails_is_tried_again_and_one_that_is_refused_is_not(void **state)
{
	struct bench b;
	int i;

	open_with_password(&b, 1000);
	expect_list(&b, 200);
	pass(&b, 850 * 1000);
	fault(&b, "class=iam&kind=status&status=503&count=1");
	expect_list(&b, 200);
	while (info_of(&b).renewing)
		ev_run(b.loop, EVRUN_ONCE);
	assert_int_equal(info_of(&b).state, AUTH_READY);
	assert_int_equal(info_of(&b).err.kind, ERR_REMOTE);
	fault(&b, "class=iam&kind=status&status=401&count=-1");
	shifted_ms += MINUTE;
	expect_list(&b, 200);
	while (info_of(&b).renewing)
		ev_run(b.loop, EVRUN_ONCE);
	expect_sign_ins(&b, 3);
	for (i = 0; i < 10; i++) {
		shifted_ms += 5000;
		expect_list(&b, 200);
	}
	pass(&b, 200 * 1000);
	expect_list(&b, 0);
	assert_int_equal(b.err.kind, ERR_AUTH);
	assert_non_null(strstr(b.err.text, "check the password"));
	expect_sign_ins(&b, 3);
	sim_faults_clear(b.sim);
	auth_retry(b.auth);
	expect_list(&b, 200);
	expect_sign_ins(&b, 4);
	close_bench(&b);
}

static void spoilt_tokens_are_refused_with_a_sentence(void **state)
{
	static const struct {
		const char *fault;
		int status;
		const char *says;
	} rows[] = {
		{"class=iam&kind=no-token", 0, "X-Subject-Token"},
		{"class=iam&kind=empty", 0, "IAM"},
		{"class=iam&kind=status&status=403", 0, "HTTP 403"},
		{"class=iam&kind=html", 0, "login portal?"},
		{"class=iam&kind=redirect", 0, "elsewhere.example.com"},
		{"class=iam&kind=close", 0, "IAM"},
		{"class=iam&kind=status&status=429&retry_after=9", 0, "too many requests"},
	};
	struct bench b;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		open_with_password(&b, 0);
		fault(&b, rows[i].fault);
		if (list(&b) != rows[i].status)
			fail_msg("%s: %d", rows[i].fault, b.status);
		if (!strstr(b.err.text, rows[i].says))
			fail_msg("%s: \"%s\"", rows[i].fault, b.err.text);
		sim_faults_clear(b.sim);
		shifted_ms += 2 * MINUTE; /* a throttle holds even the operator */
		auth_retry(b.auth);
		expect_list(&b, 200);
		close_bench(&b);
	}
}

static void a_token_in_pieces_is_never_used(void **state)
{
	struct bench b;

	open_with_password(&b, 0);
	fault(&b, "class=iam&kind=split-token");
	expect_list(&b, 0);
	assert_int_equal(b.err.kind, ERR_AUTH);
	assert_non_null(strstr(b.err.text, "X-Subject-Token"));
	assert_int_equal(sim_requests(b.sim, "list"), 0);
	close_bench(&b);
}

static void a_token_of_16_kib_is_the_longest(void **state)
{
	struct bench b;

	open_with_password(&b, 0);
	fault(&b, "class=iam&kind=long-token");
	expect_list(&b, 200);
	close_bench(&b);
}

static void an_absurd_expiry_plans_nothing_and_the_token_is_used(void **state)
{
	char words[60];
	struct bench b;
	int shape;

	for (shape = 1; shape <= 4; shape++) {
		open_with_password(&b, 1000);
		snprintf(words, sizeof(words), "class=iam&kind=expires&shape=%d", shape);
		fault(&b, words);
		expect_list(&b, 200);
		assert_int_equal(info_of(&b).expires_ms, WHEN_NONE);
		pass(&b, 900 * 1000);
		expect_list(&b, 200);
		expect_sign_ins(&b, 1);
		pass(&b, 200 * 1000); /* it is dead: a 401 tells */
		expect_list(&b, 200);
		expect_sign_ins(&b, 2);
		close_bench(&b);
	}
}

static void a_wrong_password_is_tried_once_and_locks_nothing(void **state)
{
	struct sim_options o;
	struct bench b;
	int i;

	sim_options_init(&o);
	o.token = "no stranger's";
	o.password = PASSWORD;
	o.lock_after = 3;
	open_sim(&b, &o);
	open_session(&b, password_source(&b, "not the one"));
	for (i = 0; i < 4; i++)
		assert_true(start_list(&b));
	settle(&b);
	assert_int_equal(b.done, 4);
	assert_non_null(strstr(b.err.text, "The username or password is wrong."));
	assert_non_null(strstr(b.err.text, "check the password"));
	for (i = 0; i < 30; i++) {
		pass(&b, MINUTE);
		expect_list(&b, 0);
		assert_int_equal(b.err.kind, ERR_AUTH);
	}
	expect_sign_ins(&b, 1);
	auth_retry(b.auth); /* the operator's own tries are counted by the service */
	list(&b);
	auth_retry(b.auth);
	list(&b);
	auth_retry(b.auth);
	list(&b);
	assert_non_null(strstr(b.err.text, "locked"));
	expect_sign_ins(&b, 4);
	close_bench(&b);
}

static void a_service_that_refuses_every_token_is_asked_once_more_and_no_further(void **state)
{
	struct bench b;
	int i;

	open_with_password(&b, 0);
	expect_list(&b, 200);
	fault(&b, "class=list&kind=status&status=401&count=-1");
	for (i = 0; i < 4; i++)
		assert_true(start_list(&b));
	settle(&b);
	for (i = 0; i < 10; i++)
		list(&b);
	expect_sign_ins(&b, 2);
	assert_true(sim_requests(b.sim, "list") <= 1 + 4 + 4);
	assert_int_equal(info_of(&b).state, AUTH_REFUSED);
	close_bench(&b);
}

static void an_iam_out_of_reach_is_tried_again_later(void **state)
{
	const struct iam_options o = {
		.endpoint = "http://127.0.0.1:1", .account = "a", .user = "u", .password = "p"};
	struct sim_options so;
	struct bench b;

	sim_options_init(&so);
	open_sim(&b, &so);
	open_session(&b, iam_source(http_transport(b.http), &o, NULL));
	expect_list(&b, 0);
	assert_int_equal(b.err.kind, ERR_NET);
	assert_non_null(strstr(b.err.text, "IAM"));
	assert_int_equal(info_of(&b).state, AUTH_LATER);
	assert_int_equal(sim_requests(b.sim, "list"), 0);
	close_bench(&b);
}

/* The log of all that was received says whether a credential was with it. */
static void a_portal_gets_no_second_token(void **state)
{
	struct bench b;

	open_with_password(&b, 0);
	expect_list(&b, 200);
	fault(&b, "class=list&kind=html&count=2");
	expect_list(&b, 200);
	assert_non_null(strstr(b.body, "sign in"));
	expect_list(&b, 200); /* this one left without */
	assert_non_null(strstr(b.body, "sign in"));
	expect_list(&b, 200); /* without, 401, and then with */
	assert_non_null(strstr(b.body, "\"pipelines\""));
	assert_int_equal(sim_requests(b.sim, "list"), 5);
	expect_sign_ins(&b, 1);
	close_bench(&b);
}

/* ---- signatures ---- */

static void signed_requests_pass_without_a_token(void **state)
{
	struct bench b;
	int i;

	open_with_keys(&b, SIM_SECRET_KEY, NULL);
	for (i = 0; i < 5; i++)
		assert_true(start_list(&b));
	settle(&b);
	assert_int_equal(b.bad, 0);
	assert_int_equal(sim_requests(b.sim, "list"), 5);
	expect_sign_ins(&b, 0);
	assert_true(info_of(&b).keys);
	close_bench(&b);
}

static void one_wrong_signature_is_all_there_ever_is(void **state)
{
	struct bench b;
	int i;

	open_with_keys(&b, "not-the-secret-key", NULL);
	for (i = 0; i < 8; i++)
		assert_true(start_list(&b));
	settle(&b);
	assert_int_equal(b.done, 8);
	for (i = 0; i < 30; i++) {
		pass(&b, MINUTE);
		expect_list(&b, 0);
		assert_int_equal(b.err.kind, ERR_AUTH);
	}
	assert_int_equal(sim_requests(b.sim, "list"), 1);
	assert_int_equal(info_of(&b).state, AUTH_REFUSED);
	close_bench(&b);
}

static void a_clock_that_is_wrong_at_the_start_and_jumps_later_does_no_harm(void **state)
{
	static const int64_t off[] = {17 * MINUTE, -17 * MINUTE, 400 * 24 * HOUR, -20 * 365 * 24 * HOUR};
	int64_t skew;
	struct bench b;
	size_t i, mode;

	for (i = 0; i < 2 * sizeof(off) / sizeof(off[0]); i++) {
		mode = i % 2;
		open_with_keys(&b, SIM_SECRET_KEY, NULL);
		sim_modes(b.sim)->skew_as_0303 = mode;
		wall_off_ms += off[i / 2];
		expect_list(&b, 200);
		assert_int_equal(sim_requests(b.sim, "list"), 2);
		assert_false(session_skew_ms(b.session, &skew)); /* without TLS nobody vouches for a Date */
		wall_off_ms += 5 * HOUR;
		expect_list(&b, 200);
		assert_int_equal(sim_requests(b.sim, "list"), 3);
		pass(&b, 3 * HOUR); /* the machine sleeps */
		expect_list(&b, 200);
		assert_int_equal(sim_requests(b.sim, "list"), 4);
		sim_advance(b.sim, 3600); /* the server's clock is set */
		expect_list(&b, 200);
		assert_int_equal(sim_requests(b.sim, "list"), 6);
		close_bench(&b);
	}
}

static void a_temporary_key_pair_sends_its_security_token(void **state)
{
	struct sim_options o;
	struct bench b;

	sim_options_init(&o);
	o.token = "no stranger's";
	o.security_token = "the-temporary-one";
	open_sim(&b, &o);
	open_session(&b, auth_fixed_keys(SIM_ACCESS_KEY, SIM_SECRET_KEY, "the-temporary-one", "k", "m"));
	expect_list(&b, 200);
	close_bench(&b);
	open_sim(&b, &o);
	open_session(&b, auth_fixed_keys(SIM_ACCESS_KEY, SIM_SECRET_KEY, NULL, "k", "m"));
	expect_list(&b, 401);
	close_bench(&b);
}

/* ---- what two hands make of one request ---- */

/* Random words of a URL: escapes of every byte but NUL, in both cases, and plain characters. */
static void add_word(struct buf *out, bool empty_too)
{
	static const char plain[] = "abcXYZ019-_~!$'()*,;:@";
	static const char *const whole[] = {"%E4%B8%AD%e6%96%87", "%20", "%2B", "%2f", "%7E", "%25", "a.b", "~"};
	int n = rand() % 6 + !empty_too;

	while (n-- > 0)
		switch (rand() % 3) {
		case 0:
			buf_addc(out, plain[(size_t)rand() % (sizeof(plain) - 1)]);
			break;
		case 1:
			buf_addf(out, rand() % 2 ? "%%%02X" : "%%%02x", 1 + (unsigned)rand() % 255);
			break;
		default:
			buf_adds(out, whole[(size_t)rand() % (sizeof(whole) / sizeof(whole[0]))]);
		}
}

static void add_query(struct buf *out)
{
	static const char *const keys[] = {"limit", "k", "K", "a-b", "a", "%61"};
	int n = rand() % 9;

	for (; n > 0; n--) {
		buf_addc(out, strchr(out->data, '?') ? '&' : '?');
		if (rand() % 2)
			buf_adds(out, keys[(size_t)rand() % (sizeof(keys) / sizeof(keys[0]))]);
		else
			add_word(out, false);
		if (rand() % 4 == 0)
			continue; /* a key alone */
		buf_addc(out, '=');
		add_word(out, true);
	}
}

/* Paths that the simulator has, so that it looks at the signature at all. */
static void add_path(struct buf *out, const char **method)
{
	static const struct {
		const char *method, *pattern;
	} rows[] = {
		{"POST", "/v5/*/api/pipelines/list"},
		{"GET", "/v5/*/api/pipelines/*"},
		{"GET", "/v5/*/api/pipelines/*/pipeline-runs/detail"},
		{"POST", "/v5/*/api/pipelines/*/pipeline-runs/list"},
	};
	const char *s = rows[(size_t)rand() % (sizeof(rows) / sizeof(rows[0]))].pattern;
	size_t i;

	for (i = 0; rows[i].pattern != s; i++)
		;
	*method = rows[i].method;
	for (; *s; s++)
		if (*s == '*')
			add_word(out, false);
		else
			buf_addc(out, *s);
}

static void whatever_is_asked_the_other_hand_takes_its_signature(void **state)
{
	static const char *const bodies[] = {NULL, "", "{}", "{\"name\":\"\xE4\xB8\xAD\"}", "no json\r\n\x01"};
	const char *given = getenv("SIGN_SEED"), *method;
	unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL), i, other = 0;
	struct bench b;
	struct buf path;

	print_message("SIGN_SEED=%u\n", seed);
	srand(seed);
	open_with_keys(&b, SIM_SECRET_KEY, NULL);
	for (i = 0; i < 1000; i++) {
		const char *body = bodies[(size_t)rand() % (sizeof(bodies) / sizeof(bodies[0]))];

		buf_init(&path, BUF_MAX);
		add_path(&path, &method);
		add_query(&path);
		if (strcmp(method, "GET") == 0)
			body = NULL;
		b.status = 0;
		if (!start_request(&b, method, path.data, body, rand() % 50 == 0))
			fail_msg("%s: %s", path.data, b.err.text);
		settle(&b);
		if (b.status == 0 || b.status == 401)
			fail_msg("%s %s: %d %s %s", method, path.data, b.status, b.err.text, b.body);
		other += b.status == 404;
		buf_done(&path);
	}
	assert_true(other < 100); /* else there was no signature to look at */
	assert_int_equal(info_of(&b).state, AUTH_READY);
	close_bench(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_password_signs_in_once_for_all),
		cmocka_unit_test(a_key_pair_is_exchanged_for_a_token),
		cmocka_unit_test(a_revoked_token_is_renewed_once_and_nobody_notices),
		cmocka_unit_test(a_token_is_renewed_before_it_ends),
		cmocka_unit_test(a_slow_renewal_holds_nobody_up_while_the_token_is_good),
		cmocka_unit_test(a_renewal_that_fails_is_tried_again_and_one_that_is_refused_is_not),
		cmocka_unit_test(spoilt_tokens_are_refused_with_a_sentence),
		cmocka_unit_test(a_token_in_pieces_is_never_used),
		cmocka_unit_test(a_token_of_16_kib_is_the_longest),
		cmocka_unit_test(an_absurd_expiry_plans_nothing_and_the_token_is_used),
		cmocka_unit_test(a_wrong_password_is_tried_once_and_locks_nothing),
		cmocka_unit_test(a_service_that_refuses_every_token_is_asked_once_more_and_no_further),
		cmocka_unit_test(an_iam_out_of_reach_is_tried_again_later),
		cmocka_unit_test(a_portal_gets_no_second_token),
		cmocka_unit_test(signed_requests_pass_without_a_token),
		cmocka_unit_test(one_wrong_signature_is_all_there_ever_is),
		cmocka_unit_test(a_clock_that_is_wrong_at_the_start_and_jumps_later_does_no_harm),
		cmocka_unit_test(a_temporary_key_pair_sends_its_security_token),
		cmocka_unit_test(whatever_is_asked_the_other_hand_takes_its_signature),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
