/* SPDX-License-Identifier: MIT */
/*
 * What the request layer promises of everything that changes something: a read-only session lets
 * none of it out, and it leaves once, on a connection of its own, whatever becomes of the answer
 * and of the credentials. Proved over the tables of calls themselves: a call that is added without
 * a maker here fails the first test, and so does one whose row says the wrong thing.
 */
#include "test.h"

#include "api/acts.h"
#include "api/auth.h"
#include "api/call.h"
#include "api/templates.h"
#include "core/text.h"
#include "fake.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define TEXT(s) ((char *)(uintptr_t)(s)) /* what a struct owns, and this test does not */
#define ORIGIN "https://pipe.example.com:443"
#define PROJECT "aaaa"
#define PIPELINE "bbbb"
#define RUN "cccc"
#define TENANT "ffff"

/* ---- a source that is answered by hand ---- */

struct desk {
	struct auth_source source; /* first */
	unsigned asked;
	auth_granted_fn *done;
	void *self;
};

static void desk_ask(struct auth_source *source, auth_granted_fn *done, void *self)
{
	struct desk *desk = (struct desk *)source;

	desk->asked++;
	desk->done = done;
	desk->self = self;
}

static void desk_say(struct desk *desk, const struct auth_grant *grant)
{
	auth_granted_fn *done = desk->done;

	desk->done = NULL;
	if (done)
		done(desk->self, grant);
}

static void desk_cancel(struct auth_source *source)
{
	const struct auth_grant cancelled = {.err = {ERR_CANCELLED, 0, "cancelled"}};

	desk_say((struct desk *)source, &cancelled);
}

static void desk_grant(struct desk *desk)
{
	char token[32];
	const struct auth_grant grant = {.token = token};

	snprintf(token, sizeof(token), "token-%u", desk->asked);
	desk_say(desk, &grant);
}

/* ---- the world ---- */

enum sign_in { NOBODY, FIXED_TOKEN, RENEWED, KEYS };

struct world {
	struct fake *fake;
	struct desk desk;
	struct session *session;
	unsigned ended;
	struct api_answer answer;
	bool sent, definite;
};

static struct auth *sign_in_as(struct world *w, enum sign_in how)
{
	w->desk.source = (struct auth_source){
		.name = "the desk",
		.mend = "ask there",
		.again = true,
		.ask = desk_ask,
		.cancel = desk_cancel,
		.free = desk_cancel,
	};
	switch (how) {
	case RENEWED:
		return auth_new(&w->desk.source);
	case KEYS:
		return auth_new(auth_fixed_keys("AK", "SK", NULL, "the keys", "make new ones"));
	default:
		return NULL;
	}
}

static void start(struct world *w, enum sign_in how, bool read_only)
{
	struct session_options options = {
		.endpoint = "https://pipe.example.com",
		.read_only = read_only,
		.token = how == FIXED_TOKEN ? "token" : NULL,
	};
	struct err err = {0};

	memset(w, 0, sizeof(*w));
	w->fake = fake_new();
	options.auth = sign_in_as(w, how);
	w->session = session_new(fake_transport(w->fake), &options, &err);
	if (!w->session)
		fail_msg("%s", err.text);
}

static void stop(struct world *w)
{
	session_free(w->session);
	fake_free(w->fake);
}

/* ---- what every call ends with ---- */

static void see(void *self, const struct api_answer *answer)
{
	struct world *w = self;

	w->ended++;
	w->answer = *answer;
}

static void on_done(void *self, const struct api_done *done)
{
	struct world *w = self;

	see(self, &done->answer);
	w->sent = done->sent;
	w->definite = done->definite;
}

static void on_pipelines(void *self, struct api_pipelines *page)
{
	see(self, &page->answer);
}

static void on_runs(void *self, struct api_runs *page)
{
	see(self, &page->answer);
}

static void on_detail(void *self, struct api_detail *detail)
{
	see(self, &detail->answer);
}

static void on_groups(void *self, struct api_groups *tree)
{
	see(self, &tree->answer);
}

static void on_outputs(void *self, const struct api_outputs *outputs)
{
	see(self, &outputs->answer);
}

static void on_log(void *self, struct api_log *log)
{
	see(self, &log->answer);
}

static void on_variables(void *self, const struct api_variables *variables)
{
	see(self, &variables->answer);
}

static void on_queue(void *self, const struct api_queue *queue)
{
	see(self, &queue->answer);
}

static void on_plan(void *self, const struct api_plan *plan)
{
	see(self, &plan->answer);
}

static void on_templates(void *self, struct api_templates *page)
{
	see(self, &page->answer);
}

static void on_template(void *self, struct api_template *detail)
{
	see(self, &detail->answer);
}

static void on_task(void *self, const struct api_task *task)
{
	see(self, &task->answer);
}

/* ---- every call there is ---- */

static uint64_t deed(struct world *w, enum deed what, enum gate gate, const char *job)
{
	struct ref ref = {
		{TEXT(PROJECT), TEXT(PIPELINE), TEXT(RUN), TEXT("stage"), TEXT(job), TEXT("step")}};

	return api_deed(w->session, what, &ref, gate, 15, on_done, w);
}

static uint64_t do_stop(struct world *w)
{
	return deed(w, DEED_STOP, GATE_NONE, "");
}

static uint64_t do_retry(struct world *w)
{
	return deed(w, DEED_RETRY, GATE_NONE, "");
}

static uint64_t do_cancel(struct world *w)
{
	return deed(w, DEED_CANCEL, GATE_NONE, "");
}

static uint64_t do_pass(struct world *w)
{
	return deed(w, DEED_APPROVE, GATE_REVIEW, "job");
}

static uint64_t do_refuse(struct world *w)
{
	return deed(w, DEED_REJECT, GATE_REVIEW, "job");
}

static uint64_t do_entry_pass(struct world *w)
{
	return deed(w, DEED_APPROVE, GATE_STAGE, "");
}

static uint64_t do_entry_refuse(struct world *w)
{
	return deed(w, DEED_REJECT, GATE_STAGE, "");
}

static uint64_t do_delay_pass(struct world *w)
{
	return deed(w, DEED_APPROVE, GATE_DELAY, "job");
}

static uint64_t do_delay_refuse(struct world *w)
{
	return deed(w, DEED_REJECT, GATE_DELAY, "job");
}

static uint64_t do_delay(struct world *w)
{
	return deed(w, DEED_POSTPONE, GATE_DELAY, "job");
}

static uint64_t do_resume(struct world *w)
{
	return deed(w, DEED_APPROVE, GATE_SUSPENDED, "job");
}

static uint64_t do_run(struct world *w)
{
	const struct api_run_order order = {0};

	return api_run(w->session, PROJECT, PIPELINE, &order, on_done, w);
}

static uint64_t do_ban(struct world *w)
{
	return api_ban(w->session, PROJECT, PIPELINE, true, on_done, w);
}

static uint64_t do_unban(struct world *w)
{
	return api_ban(w->session, PROJECT, PIPELINE, false, on_done, w);
}

static const struct template mine = {
	.id = TEXT("t1"),
	.name = TEXT("mine"),
	.definition = TEXT("{\"stages\":[]}"),
};

static uint64_t do_template_create(struct world *w)
{
	return api_template_create(w->session, TENANT, &mine, on_done, w);
}

static uint64_t do_template_update(struct world *w)
{
	return api_template_update(w->session, TENANT, &mine, on_done, w);
}

static uint64_t do_template_delete(struct world *w)
{
	return api_template_delete(w->session, TENANT, "t1", on_done, w);
}

static uint64_t do_like(struct world *w)
{
	return api_template_favourite(w->session, TENANT, "t1", true, on_done, w);
}

static uint64_t do_unlike(struct world *w)
{
	return api_template_favourite(w->session, TENANT, "t1", false, on_done, w);
}

static uint64_t use(struct world *w, const char *component)
{
	const struct api_template_use order = {
		.template_id = "t1", .name = "new", .component = component};

	return api_template_use(w->session, PROJECT, &order, on_done, w);
}

static uint64_t do_use(struct world *w)
{
	return use(w, NULL);
}

static uint64_t do_use_in(struct world *w)
{
	return use(w, "c1");
}

static uint64_t do_task(struct world *w)
{
	return api_task_create(w->session, "{}", 2, on_done, w);
}

static uint64_t read_pipelines(struct world *w)
{
	const struct api_list_query query = {0};

	return api_list_pipelines(w->session, PROJECT, &query, on_pipelines, w);
}

static uint64_t read_pipelines_v3(struct world *w)
{
	const struct api_list_query query = {0};

	return api_list_pipelines_v3(w->session, PROJECT, &query, on_pipelines, w);
}

static uint64_t read_runs(struct world *w)
{
	const struct api_run_query query = {0};

	return api_list_runs(w->session, PROJECT, PIPELINE, &query, on_runs, w);
}

static uint64_t read_status(struct world *w)
{
	static const char *const ids[] = {PIPELINE};

	return api_batch_status(w->session, PROJECT, ids, 1, on_runs, w);
}

static uint64_t read_detail(struct world *w)
{
	return api_run_detail(w->session, PROJECT, PIPELINE, RUN, on_detail, w);
}

static uint64_t read_latest(struct world *w)
{
	return api_run_detail(w->session, PROJECT, PIPELINE, NULL, on_detail, w);
}

static uint64_t read_log(struct world *w)
{
	const struct api_log_ref ref = {PROJECT, PIPELINE, RUN, "job", "step"};
	const struct cursor_ask ask = {.start = "0", .end = "0"};

	return api_step_log(w->session, &ref, &ask, 500, on_log, w);
}

static uint64_t read_outputs(struct world *w)
{
	static const char *const ids[] = {"step", "other"};

	return api_step_outputs(w->session, PROJECT, PIPELINE, RUN, ids, 2, on_outputs, w);
}

static uint64_t read_groups(struct world *w)
{
	return api_group_tree(w->session, PROJECT, on_groups, w);
}

static uint64_t read_check(struct world *w)
{
	return api_check_templates(w->session, TENANT, see, w);
}

static uint64_t read_runtime(struct world *w)
{
	return api_runtime_variables(w->session, PROJECT, PIPELINE, 0, on_variables, w);
}

static uint64_t read_run_variables(struct world *w)
{
	return api_run_variables(w->session, PROJECT, PIPELINE, RUN, on_variables, w);
}

static uint64_t read_queue(struct world *w)
{
	return api_queue(w->session, PROJECT, PIPELINE, 0, on_queue, w);
}

static uint64_t read_plan(struct world *w)
{
	return api_plan(w->session, PROJECT, PIPELINE, on_plan, w);
}

static uint64_t read_templates(struct world *w)
{
	const struct api_template_query query = {0};

	return api_list_templates(w->session, TENANT, &query, on_templates, w);
}

static uint64_t read_template(struct world *w)
{
	return api_template_detail(w->session, TENANT, "t1", on_template, w);
}

static uint64_t read_task(struct world *w)
{
	return api_task_status(w->session, "task1", on_task, w);
}

typedef uint64_t make_fn(struct world *w);

static make_fn *const actions[] = {
	do_stop,
	do_retry,
	do_cancel,
	do_pass,
	do_refuse,
	do_entry_pass,
	do_entry_refuse,
	do_delay_pass,
	do_delay_refuse,
	do_delay,
	do_resume,
	do_run,
	do_ban,
	do_unban,
	do_template_create,
	do_template_update,
	do_template_delete,
	do_like,
	do_unlike,
	do_use,
	do_use_in,
	do_task,
};

static make_fn *const reads[] = {
	read_pipelines, read_pipelines_v3,  read_runs,	  read_status, read_detail,
	read_latest,	read_log,	    read_outputs, read_groups, read_check,
	read_runtime,	read_run_variables, read_queue,	  read_plan,   read_templates,
	read_template,	read_task,
};

/* ---- the tables ---- */

typedef const struct call *table_fn(size_t *n);
static table_fn *const tables[] = {calls_table, acts_table, templates_table};

/* Is the URL one of that path, where * stands for an id and + for several? */
static bool is_of(const char *url, const char *path)
{
	for (; *path; path++) {
		if (*path != '*' && *path != '+') {
			if (*url++ != *path)
				return false;
			continue;
		}
		if (!*url || *url == '/')
			return false;
		while (*url && *url != '/' && *url != '&' && *url != '?')
			url++;
	}
	return !*url;
}

/* Rows that a request is one of; each that it is one of must say what it does. */
static unsigned rows_of(const struct fake_request *sent, bool action, bool seen[LENGTH(tables)][64])
{
	unsigned found = 0;
	size_t t, i, n;

	assert_true(text_starts(sent->url, ORIGIN));
	for (t = 0; t < LENGTH(tables); t++) {
		const struct call *rows = tables[t](&n);

		assert_true(n <= 64);
		for (i = 0; i < n; i++) {
			if (strcmp(rows[i].method, sent->method) != 0 ||
			    !is_of(sent->url + strlen(ORIGIN), rows[i].path))
				continue;
			found++;
			seen[t][i] = true;
			if (rows[i].action != action || (rows[i].class == API_ACTION) != action)
				fail_msg("%s %s: its row says otherwise", rows[i].method,
					 rows[i].path);
		}
	}
	return found;
}

static void check_row(make_fn *make, bool action, bool seen[LENGTH(tables)][64])
{
	struct world w;

	start(&w, FIXED_TOKEN, false);
	assert_int_not_equal(make(&w), 0);
	assert_int_equal(fake_count(w.fake), 1);
	assert_int_equal(fake_last(w.fake)->fresh, action);
	assert_true(rows_of(fake_last(w.fake), action, seen) > 0);
	stop(&w);
	assert_int_equal(w.ended, 1);
}

static void every_row_is_made_here_and_says_whether_it_changes_something(void **state)
{
	static bool seen[LENGTH(tables)][64];
	size_t t, i, n;

	for (i = 0; i < LENGTH(actions); i++)
		check_row(actions[i], true, seen);
	for (i = 0; i < LENGTH(reads); i++)
		check_row(reads[i], false, seen);
	for (t = 0; t < LENGTH(tables); t++) {
		const struct call *rows = tables[t](&n);

		for (i = 0; i < n; i++)
			if (!seen[t][i])
				fail_msg("%s %s is not tried here", rows[i].method, rows[i].path);
	}
}

/* ---- read-only ---- */

static void a_read_only_session_lets_no_change_out_and_every_read(void **state)
{
	static const enum sign_in ways[] = {NOBODY, FIXED_TOKEN, RENEWED, KEYS};
	size_t i, k;

	for (k = 0; k < LENGTH(ways); k++) {
		for (i = 0; i < LENGTH(actions); i++) {
			struct world w;

			start(&w, ways[k], true);
			assert_int_equal(actions[i](&w), 0);
			assert_int_equal(w.ended, 1);
			assert_int_equal(w.answer.err.kind, ERR_INPUT);
			assert_non_null(strstr(w.answer.err.text, "read-only"));
			assert_false(w.sent);
			assert_false(w.definite);
			assert_int_equal(w.desk.asked, 0); /* not even a token is asked for */
			assert_int_equal(fake_count(w.fake), 0);
			stop(&w);
			assert_int_equal(w.ended, 1);
		}
		for (i = 0; i < LENGTH(reads); i++) {
			struct world w;

			start(&w, ways[k], true);
			assert_int_not_equal(reads[i](&w), 0);
			desk_grant(&w.desk);
			assert_int_equal(fake_count(w.fake), 1);
			stop(&w);
			assert_int_equal(w.ended, 1);
		}
	}
}

static void never(void *self, uint64_t id, const struct response *response)
{
	struct asked *asked = self;
	unsigned *ended = asked->self;

	assert_int_equal(id, 0);
	assert_int_equal(response->err.kind, ERR_INPUT);
	++*ended;
	call_free(asked);
}

/* The same without the functions: whatever sends by such a row is held back. */
static void it_is_the_row_that_is_held_back(void **state)
{
	static const char *const ids[] = {"a", "b", "c", "d", "e", NULL};
	unsigned ended = 0, rows_tried = 0;
	size_t t, i, n;
	struct world w;

	start(&w, FIXED_TOKEN, true);
	for (t = 0; t < LENGTH(tables); t++) {
		const struct call *rows = tables[t](&n);

		for (i = 0; i < n; i++) {
			if (!rows[i].action)
				continue;
			assert_int_equal(call_send(call_asked(w.session, &rows[i], &ended), ids,
						   NULL, never),
					 0);
			rows_tried++;
		}
	}
	assert_true(rows_tried >= LENGTH(actions));
	assert_int_equal(ended, rows_tried);
	assert_int_equal(fake_count(w.fake), 0);
	stop(&w);
}

/* ---- once ---- */

#define E4(code) "{\"error_code\":\"" code "\",\"error_msg\":\"no\",\"request_id\":\"r\"}"

static const struct fake_reply losses[] = {
	{.status = 401, .body = E4("APIGW.0307")},
	{.status = 401,
	 .body = E4("APIGW.0301"),
	 .date_ms = INT64_C(4102444800000)}, /* the clock is off */
	{.status = 401, .body = ""},
	{.status = 401, .body = "<html>sign in</html>", .content_type = "text/html"},
	{.status = 200, .body = E4("APIGW.0307")},
	{.status = 403, .body = E4("DEVCP.00014031")},
	{.status = 404, .body = E4("APIGW.0101")},
	{.status = 407, .body = ""},
	{.status = 408, .body = ""},
	{.status = 425, .body = ""},
	{.status = 429, .body = E4("APIGW.0308"), .retry_after_ms = 1000},
	{.status = 500, .body = E4("COCT.0070003")},
	{.status = 502, .body = "<html>bad gateway</html>", .content_type = "text/html"},
	{.status = 503, .body = "", .retry_after_ms = 1000},
	{.status = 504, .body = ""},
	{.status = 301, .body = "", .location_host = "elsewhere.example.com"},
	{.status = 302, .body = "", .location_host = "pipe.example.com"},
	{.status = 307, .body = "", .location_host = "pipe.example.com"},
	{.status = 308, .body = "", .location_host = "pipe.example.com"},
	{.status = 200, .body = "<html>sign in</html>", .content_type = "text/html"},
	{.status = 200, .body = "{\"success\":"},
	{.status = 200, .body = ""},
	{.status = 200, .body = "{\"success\":false}"},
	{.err = {ERR_NET, 28, "the server took too long"}},
	{.err = {ERR_NET, 56, "the connection was cut"}},
	{.err = {ERR_NET, 7, "no connection"}, .not_sent = true},
	{.err = {ERR_NET, 60, "the certificate is not to be trusted"}, .not_sent = true},
	{.err = {ERR_REMOTE, 0, "the answer is too large"}, .too_large = true},
};

/* All that may still happen happens: tokens are given out, and what is sent is answered the same
 * way. */
static void let_go_on(struct world *w)
{
	int round;

	for (round = 0; round < 10; round++) {
		desk_grant(&w->desk);
		fake_deliver(w->fake);
	}
	desk_grant(&w->desk);
}

static void lose(struct world *w, enum sign_in how, const struct fake_reply *loss, make_fn *make)
{
	struct fake_reply reply = *loss;

	start(w, how, false);
	reply.times = FAKE_ALWAYS;
	fake_reply(w->fake, &reply);
	make(w);
	let_go_on(w);
}

static void an_action_leaves_once_whatever_becomes_of_its_answer(void **state)
{
	static const enum sign_in ways[] = {NOBODY, FIXED_TOKEN, RENEWED, KEYS};
	size_t i, k, l;

	for (k = 0; k < LENGTH(ways); k++)
		for (l = 0; l < LENGTH(losses); l++)
			for (i = 0; i < LENGTH(actions); i++) {
				struct world w;

				lose(&w, ways[k], &losses[l], actions[i]);
				if (fake_count(w.fake) != 1 || w.ended != 1)
					fail_msg("action %zu, loss %zu, sign-in %d: sent %zu "
						 "times, ended %u",
						 i, l, (int)ways[k], fake_count(w.fake), w.ended);
				assert_true(fake_last(w.fake)->fresh);
				assert_int_not_equal(w.answer.err.kind, ERR_NONE);
				assert_int_equal(w.sent, !losses[l].not_sent);
				stop(&w);
				assert_int_equal(w.ended, 1);
			}
}

/* The test above could fail: what it does to an action sends a read twice. */
static void a_read_that_needs_another_token_leaves_twice(void **state)
{
	struct world w;

	lose(&w, RENEWED, &losses[0], read_plan);
	assert_int_equal(fake_count(w.fake), 2);
	assert_int_equal(w.ended, 1);
	stop(&w);
	lose(&w, KEYS, &losses[1], read_plan);
	assert_int_equal(fake_count(w.fake), 2);
	assert_int_equal(w.ended, 1);
	stop(&w);
}

/* ---- while the token is renewed ---- */

static const struct fake_reply accepted = {
	.body = "{\"success\":true,\"pipeline_run_id\":\"x\",\"templateId\":\"x\",\"pipeline_id\":"
		"\"x\",\"task_id\":\"x\"}",
};

static void an_action_waits_for_the_token_and_leaves_once(void **state)
{
	size_t i;

	for (i = 0; i < LENGTH(actions); i++) {
		struct world w;

		start(&w, RENEWED, false);
		fake_reply(w.fake, &accepted);
		assert_int_not_equal(actions[i](&w), 0);
		assert_int_equal(fake_count(w.fake), 0);
		assert_int_equal(w.ended, 0);
		let_go_on(&w);
		assert_int_equal(fake_count(w.fake), 1);
		assert_true(fake_last(w.fake)->fresh);
		assert_string_equal(fake_header(fake_last(w.fake), "X-Auth-Token"), "token-1");
		assert_int_equal(w.ended, 1);
		assert_int_equal(w.answer.err.kind, ERR_NONE);
		assert_true(w.sent);
		stop(&w);
	}
}

/* A read was refused, and the action comes while the desk is asked for another token. */
static void an_action_in_the_middle_of_a_renewal_leaves_once_with_the_new_token(void **state)
{
	struct fake_reply refusal = losses[0];
	size_t i;

	for (i = 0; i < LENGTH(actions); i++) {
		struct world w;

		start(&w, RENEWED, false);
		fake_reply(w.fake, &refusal);
		read_plan(&w);
		desk_grant(&w.desk);
		fake_deliver(w.fake);
		assert_int_equal(w.desk.asked, 2);
		assert_int_not_equal(actions[i](&w), 0);
		assert_int_equal(fake_count(w.fake), 1);
		desk_grant(&w.desk);
		assert_int_equal(fake_count(w.fake), 3); /* the read again, and the action */
		assert_true(fake_last(w.fake)->fresh);
		assert_string_equal(fake_header(fake_last(w.fake), "X-Auth-Token"), "token-2");
		fake_reply(w.fake, &accepted);
		assert_true(fake_deliver_one(w.fake, fake_last(w.fake)->id));
		let_go_on(&w);
		assert_int_equal(fake_count(w.fake), 3);
		assert_int_equal(w.ended, 1);
		assert_int_equal(w.answer.err.kind, ERR_NONE);
		stop(&w);
	}
}

static void an_action_that_gets_no_token_never_leaves(void **state)
{
	static const struct auth_grant grants[] = {
		{.err = {ERR_AUTH, 401, "the password is wrong"}},
		{.err = {ERR_NET, 7, "no connection"}},
	};
	size_t i, g;

	for (g = 0; g < LENGTH(grants); g++)
		for (i = 0; i < LENGTH(actions); i++) {
			struct world w;

			start(&w, RENEWED, false);
			assert_int_not_equal(actions[i](&w), 0);
			desk_say(&w.desk, &grants[g]);
			assert_int_equal(w.ended, 1);
			assert_int_equal(w.answer.err.kind, grants[g].err.kind);
			assert_false(w.sent);
			let_go_on(&w);
			assert_int_equal(fake_count(w.fake), 0);
			stop(&w);
			assert_int_equal(w.ended, 1);
		}
}

static void an_action_that_is_taken_back_while_it_waits_never_leaves(void **state)
{
	size_t i;

	for (i = 0; i < LENGTH(actions); i++) {
		struct world w;

		start(&w, RENEWED, false);
		session_cancel(w.session, actions[i](&w));
		assert_int_equal(w.ended, 1);
		assert_int_equal(w.answer.err.kind, ERR_CANCELLED);
		assert_false(w.sent);
		let_go_on(&w);
		assert_int_equal(fake_count(w.fake), 0);
		stop(&w);
		assert_int_equal(w.ended, 1);
	}
}

/* ---- the way out, and strangers ---- */

static void what_has_left_when_the_session_ends_says_so(void **state)
{
	size_t i;

	for (i = 0; i < LENGTH(actions); i++) {
		struct world w;

		start(&w, FIXED_TOKEN, false);
		actions[i](&w);
		stop(&w);
		assert_int_equal(w.ended, 1);
		assert_int_equal(w.answer.err.kind, ERR_CANCELLED);
		assert_true(w.sent);
		assert_false(w.definite);
	}
}

static void nothing_is_changed_through_a_login_portal(void **state)
{
	const struct fake_reply portal = {.body = "<html>sign in</html>",
					  .content_type = "text/html"};
	size_t i;

	for (i = 0; i < LENGTH(actions); i++) {
		struct world w;

		start(&w, FIXED_TOKEN, false);
		fake_reply(w.fake, &portal);
		read_plan(&w);
		fake_deliver(w.fake);
		w.ended = 0;
		assert_int_equal(actions[i](&w), 0);
		assert_int_equal(w.ended, 1);
		assert_int_equal(w.answer.err.kind, ERR_NET);
		assert_false(w.sent);
		assert_int_equal(fake_count(w.fake), 1);
		stop(&w);
	}
}

/* Two presses are two orders, and each is one request: what the layer above holds back is its own.
 */
static void two_orders_are_two_requests_and_end_apart(void **state)
{
	struct world w;

	start(&w, RENEWED, false);
	do_stop(&w);
	do_stop(&w);
	fake_reply(w.fake, &losses[0]);
	fake_reply(w.fake, &accepted);
	let_go_on(&w);
	assert_int_equal(fake_count(w.fake), 2);
	assert_int_equal(w.ended, 2);
	stop(&w);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_made_here_and_says_whether_it_changes_something),
		cmocka_unit_test(a_read_only_session_lets_no_change_out_and_every_read),
		cmocka_unit_test(it_is_the_row_that_is_held_back),
		cmocka_unit_test(an_action_leaves_once_whatever_becomes_of_its_answer),
		cmocka_unit_test(a_read_that_needs_another_token_leaves_twice),
		cmocka_unit_test(an_action_waits_for_the_token_and_leaves_once),
		cmocka_unit_test(
			an_action_in_the_middle_of_a_renewal_leaves_once_with_the_new_token),
		cmocka_unit_test(an_action_that_gets_no_token_never_leaves),
		cmocka_unit_test(an_action_that_is_taken_back_while_it_waits_never_leaves),
		cmocka_unit_test(what_has_left_when_the_session_ends_says_so),
		cmocka_unit_test(nothing_is_changed_through_a_login_portal),
		cmocka_unit_test(two_orders_are_two_requests_and_end_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
