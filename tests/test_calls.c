/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "api/calls.h"
#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "fake.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define PROJECT "aaaaaaaa000000000000000000000001"
#define PIPELINE "bbbbbbbb000000000000000000000001"
#define RUN "cccccccc000000000000000000000001"
#define JOB "dddddddd000000000000000000000001"
#define STEP "eeeeeeee000000000000000000000001"
#define BASE "https://pipe.example.com:443"
#define DATE INT64_C(1767312042000)

/* What the callbacks saw; texts are copied, since answers are borrowed. */
struct world {
	struct fake *fake;
	struct session *session;
	int done;
	struct api_answer answer;
	char request_id[100], first[200];
	size_t n, dropped, log_len, body_len;
	int64_t total;
	char project[100], pipeline[100];
	struct run run; /* copied from a detail or the first of a list */
	char *log, start[80], end[80], location[80];
	bool has_log, has_more, other_step, odd_log;
	struct pipeline *taken; /* set by take_first */
};

static void start(struct world *w, const char *token)
{
	const struct session_options options = {
		.endpoint = "https://pipe.example.com",
		.token = token,
		.zone_offset_s = 8 * 3600,
	};

	memset(w, 0, sizeof(*w));
	w->fake = fake_new();
	w->session = session_new(fake_transport(w->fake), &options, NULL);
	assert_non_null(w->session);
}

static void stop(struct world *w)
{
	session_free(w->session);
	fake_free(w->fake);
	run_done(&w->run);
	mem_free(w->log);
}

static void put(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", text_or_empty(text));
}

static void see(struct world *w, const struct api_answer *answer)
{
	assert_true(answer->now_ms > 0);
	w->done++;
	w->answer = *answer;
	w->body_len = answer->body_len;
	put(w->request_id, sizeof(w->request_id), answer->request_id);
	assert_int_equal(strlen(answer->body), answer->body_len);
}

static void on_pipelines(void *self, struct api_pipelines *page)
{
	struct world *w = self;

	see(w, &page->answer);
	put(w->project, sizeof(w->project), page->project_id);
	w->n = page->n;
	w->total = page->total;
	w->dropped = page->dropped;
	if (page->n) {
		put(w->first, sizeof(w->first), page->pipelines[0].name);
		run_done(&w->run);
		memset(&w->run, 0, sizeof(w->run));
		if (page->pipelines[0].latest)
			run_copy(&w->run, page->pipelines[0].latest);
	}
}

static void on_runs(void *self, struct api_runs *page)
{
	struct world *w = self;

	see(w, &page->answer);
	put(w->project, sizeof(w->project), page->project_id);
	put(w->pipeline, sizeof(w->pipeline), page->pipeline_id);
	w->n = page->n;
	w->total = page->total;
	w->dropped = page->dropped;
	if (page->n) {
		run_done(&w->run);
		run_copy(&w->run, &page->runs[0]);
	}
}

static void on_detail(void *self, struct api_detail *detail)
{
	struct world *w = self;

	see(w, &detail->answer);
	w->dropped = detail->dropped;
	w->n = detail->run != NULL;
	if (detail->run) {
		run_done(&w->run);
		run_copy(&w->run, detail->run);
	}
}

static void on_log(void *self, struct api_log *log)
{
	struct world *w = self;

	see(w, &log->answer);
	put(w->start, sizeof(w->start), log->page.start);
	put(w->end, sizeof(w->end), log->page.end);
	put(w->location, sizeof(w->location), log->location);
	w->has_more = log->page.has_more;
	w->other_step = log->other_step;
	w->odd_log = log->odd_log;
	w->has_log = log->page.log != NULL;
	w->log_len = log->page.len;
	mem_free(w->log);
	w->log = w->has_log ? mem_alloc(log->page.len + 1) : NULL;
	if (w->has_log)
		memcpy(w->log, log->page.log, log->page.len + 1);
}

static void on_outputs(void *self, const struct api_outputs *outputs)
{
	struct world *w = self;

	see(w, &outputs->answer);
	put(w->project, sizeof(w->project), outputs->project_id);
	put(w->pipeline, sizeof(w->pipeline), outputs->pipeline_id);
	w->n = outputs->n;
	w->dropped = outputs->dropped;
	if (outputs->n)
		put(w->first, sizeof(w->first), outputs->steps[0].child_run);
}

static const struct api_list_query no_query;
static const struct api_run_query no_run_query;

static uint64_t ask_list(struct world *w)
{
	return api_list_pipelines(w->session, PROJECT, &no_query, on_pipelines, w);
}

static uint64_t ask_runs(struct world *w)
{
	return api_list_runs(w->session, PROJECT, PIPELINE, &no_run_query, on_runs, w);
}

static uint64_t ask_detail(struct world *w)
{
	return api_run_detail(w->session, PROJECT, PIPELINE, RUN, on_detail, w);
}

static uint64_t ask_status(struct world *w)
{
	static const char *const ids[] = {PIPELINE};

	return api_batch_status(w->session, PROJECT, ids, 1, on_runs, w);
}

static uint64_t ask_v3(struct world *w)
{
	return api_list_pipelines_v3(w->session, NULL, &no_query, on_pipelines, w);
}

static uint64_t ask_log(struct world *w)
{
	static const struct api_log_ref ref = {PROJECT, PIPELINE, RUN, JOB, STEP};
	static const struct cursor_ask ask = {"0", "0", CURSOR_ASC};

	return api_step_log(w->session, &ref, &ask, 500, on_log, w);
}

static uint64_t (*const asks[])(struct world *w) = {ask_list,	ask_runs, ask_detail,
						     ask_status, ask_v3,   ask_log};

/* Asks, and answers with `reply`. */
static void exchange(struct world *w, uint64_t (*ask)(struct world *w), const struct fake_reply *reply)
{
	int before = w->done;
	uint64_t id;

	fake_reply(w->fake, reply);
	id = ask(w);
	assert_int_not_equal(id, 0);
	assert_int_equal(w->done, before);
	assert_int_equal(fake_deliver(w->fake), 1);
	assert_int_equal(w->done, before + 1);
	assert_int_equal(w->answer.id, id);
}

static void requests_are_as_documented(void **state)
{
	static const char *const states[] = {"RUNNING", "FAILED"};
	static const char *const words[] = {"waiting", "running"};
	static const char *const outcomes[] = {"error"};
	static const char *const ids[] = {"p1", "p\"2"};
	const struct api_list_query query = {.name = "a\"\\\n构建", .status = states, .n_status = 2,
					     .creator = "c1", .sort_key = "update_time",
					     .sort_dir = "desc", .offset = 20, .limit = 100};
	const struct api_list_query v3 = {.name = "x", .status = words, .n_status = 2,
					  .outcome = outcomes, .n_outcome = 1,
					  .sort_key = "start_time", .offset = 4, .limit = 200};
	const struct api_run_query runs = {.status = states, .n_status = 1,
					   .since_ms = INT64_C(1677513600000), .limit = 10};
	const struct api_log_ref ref = {PROJECT, PIPELINE, RUN, JOB, STEP};
	const struct cursor_ask ask = {"9223372036854775808", "1931", CURSOR_DESC};
	const struct cursor_ask odd = {"007", "a-b", CURSOR_ASC};
	const struct fake_request *sent;
	struct world w;

	start(&w, "t");
	api_list_pipelines(w.session, PROJECT, &query, on_pipelines, &w);
	sent = fake_last(w.fake);
	assert_string_equal(sent->method, "POST");
	assert_string_equal(sent->url, BASE "/v5/" PROJECT "/api/pipelines/list");
	assert_string_equal(sent->body,
			    "{\"project_id\":\"" PROJECT "\",\"name\":\"a\\\"\\\\\\u000a构建\","
			    "\"status\":[\"RUNNING\",\"FAILED\"],\"creator_id\":\"c1\",\"offset\":20,"
			    "\"limit\":100,\"sort_key\":\"update_time\",\"sort_dir\":\"desc\"}");
	assert_int_equal(sent->max_body, 4 << 20);
	api_list_pipelines_v3(w.session, NULL, &v3, on_pipelines, &w);
	sent = fake_last(w.fake);
	assert_string_equal(sent->url, BASE "/v3/pipelines/list");
	assert_string_equal(sent->body, "{\"pipeline_name\":\"x\",\"status\":\"waiting,running\","
					"\"outcome\":\"error\",\"sort_key\":\"start_time\",\"offset\":4,"
					"\"limit\":50}");
	api_list_pipelines_v3(w.session, PROJECT, &no_query, on_pipelines, &w);
	assert_string_equal(fake_last(w.fake)->body,
			    "{\"project_ids\":\"" PROJECT "\",\"offset\":0,\"limit\":10}");
	api_list_runs(w.session, PROJECT, PIPELINE, &runs, on_runs, &w);
	sent = fake_last(w.fake);
	assert_string_equal(sent->url, BASE "/v5/" PROJECT "/api/pipelines/" PIPELINE "/pipeline-runs/list");
	assert_string_equal(sent->body, "{\"offset\":0,\"limit\":10,\"status\":[\"RUNNING\"],"
					"\"sort_key\":\"start_time\",\"sort_dir\":\"desc\","
					"\"start_time\":\"1677513600000\"}");
	api_batch_status(w.session, PROJECT, ids, 2, on_runs, &w);
	sent = fake_last(w.fake);
	assert_string_equal(sent->url, BASE "/v5/" PROJECT "/api/pipelines/status");
	assert_string_equal(sent->body, "[\"p1\",\"p\\\"2\"]");
	ask_detail(&w);
	sent = fake_last(w.fake);
	assert_string_equal(sent->method, "GET");
	assert_string_equal(sent->url, BASE "/v5/" PROJECT "/api/pipelines/" PIPELINE
					    "/pipeline-runs/detail?pipeline_run_id=" RUN);
	assert_string_equal(sent->body, "");
	api_run_detail(w.session, PROJECT, PIPELINE, NULL, on_detail, &w);
	assert_string_equal(fake_last(w.fake)->url,
			    BASE "/v5/" PROJECT "/api/pipelines/" PIPELINE "/pipeline-runs/detail");
	api_step_log(w.session, &ref, &ask, 5000, on_log, &w);
	sent = fake_last(w.fake);
	assert_string_equal(sent->url, BASE "/v5/" PROJECT "/api/pipelines/" PIPELINE "/pipeline-runs/" RUN
					    "/jobs/" JOB "/steps/" STEP "/logs");
	assert_string_equal(sent->body, "{\"start_offset\":9223372036854775808,\"end_offset\":1931,"
					"\"limit\":5000,\"sort\":\"desc\"}");
	assert_int_equal(sent->max_body, 8 << 20);
	assert_false(sent->fresh);
	api_step_log(w.session, &ref, &odd, 0, on_log, &w);
	assert_string_equal(fake_last(w.fake)->body, "{\"start_offset\":\"007\",\"end_offset\":\"a-b\","
						     "\"limit\":1,\"sort\":\"asc\"}");
	stop(&w);
	assert_int_equal(w.done, 9);
}

static void a_search_sends_every_documented_field(void **state)
{
	static const char *const states[] = {"FAILED"}, *const people[] = {"u1", "u2"},
		      *const projects[] = {"p1", "p2"}, *const outcomes[] = {"success", "aborted"};
	static const int levels[] = {1, 30};
	const struct api_list_query query = {
		.name = "web", .status = states, .n_status = 1, .creators = people, .n_creators = 1,
		.executors = people, .n_executors = 2, .projects = projects, .n_projects = 2,
		.component = "m1", .group_path = "g1.g2", .by_group = API_TRUE, .published = API_FALSE,
		.banned = API_TRUE, .query_new = API_FALSE, .since_ms = INT64_C(1767312000000),
		.until_ms = INT64_C(1767312000001), .security_levels = levels, .n_security_levels = 2,
		.git_url = "git@x:y.git", .outcome = outcomes, .n_outcome = 2, .sort_key = "name",
		.sort_dir = "asc", .offset = 200, .limit = 200,
	};
	struct world w;

	start(&w, "t");
	api_list_pipelines(w.session, PROJECT, &query, on_pipelines, &w);
	assert_string_equal(fake_last(w.fake)->body,
			    "{\"project_id\":\"" PROJECT "\",\"project_ids\":[\"p1\",\"p2\"],"
			    "\"component_id\":\"m1\",\"name\":\"web\",\"status\":[\"FAILED\"],"
			    "\"is_publish\":false,\"creator_ids\":[\"u1\"],\"executor_ids\":[\"u1\",\"u2\"],"
			    "\"start_time\":\"1767312000000\",\"end_time\":\"1767312000001\","
			    "\"offset\":200,\"limit\":200,\"sort_key\":\"name\",\"sort_dir\":\"asc\","
			    "\"group_path_id\":\"g1.g2\",\"by_group\":true,\"is_banned\":true,"
			    "\"query_new\":false,\"security_level_list\":[1,30]}");
	api_list_pipelines_v3(w.session, PROJECT, &query, on_pipelines, &w);
	assert_string_equal(fake_last(w.fake)->body,
			    "{\"pipeline_name\":\"web\",\"project_ids\":\"p1,p2\",\"creator_ids\":\"u1\","
			    "\"executor_ids\":\"u1,u2\",\"status\":\"FAILED\","
			    "\"outcome\":\"success,aborted\",\"sort_key\":\"name\",\"sort_dir\":\"asc\","
			    "\"git_url\":\"git@x:y.git\",\"offset\":200,\"limit\":50}");
	stop(&w);
}

static void v3_takes_ten_ids_of_a_kind(void **state)
{
	static const char *const ids[11] = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"};
	struct api_list_query query = {.executors = ids, .n_executors = 10};
	struct world w;

	start(&w, "t");
	assert_int_not_equal(api_list_pipelines_v3(w.session, NULL, &query, on_pipelines, &w), 0);
	query.n_executors = 11;
	assert_int_equal(api_list_pipelines_v3(w.session, NULL, &query, on_pipelines, &w), 0);
	assert_int_equal(w.done, 1); /* the refusal came at once */
	assert_int_equal(w.answer.err.kind, ERR_INPUT);
	stop(&w);
}

static void on_groups(void *self, struct api_groups *tree)
{
	struct world *w = self;
	struct buf text;
	size_t i;

	buf_init(&text, BUF_MAX);
	for (i = 0; i < tree->n; i++)
		buf_addf(&text, "%s:%s:%s ", text_or_empty(tree->groups[i].name),
			 text_or_empty(tree->groups[i].parent_id), text_or_empty(tree->groups[i].path_id));
	mem_free(w->log);
	w->log = buf_take(&text);
	see(w, &tree->answer);
	w->n = tree->n;
	w->dropped = tree->dropped;
}

static uint64_t ask_groups(struct world *w)
{
	return api_group_tree(w->session, PROJECT, on_groups, w);
}

static void a_tree_of_groups_comes_flat(void **state)
{
	static const struct {
		const char *body, *flat;
		size_t dropped;
	} rows[] = {
		{"[]", "", 0},
		{"null", "", 0},
		{"[{\"id\":\"a\",\"name\":\"A\",\"path_id\":\"a\",\"ordinal\":1,\"children\":["
		 "{\"id\":\"b\",\"name\":\"B\",\"parent_id\":\"a\",\"children\":null},"
		 "{\"name\":\"no id\"}]},{\"id\":\"c\",\"name\":null,\"parent_id\":null}]",
		 "A::a B:a:a.b ::c ", 1},
	};
	struct world w;
	size_t i;

	start(&w, "t");
	for (i = 0; i < LENGTH(rows); i++) {
		struct fake_reply reply = {.body = rows[i].body};

		exchange(&w, ask_groups, &reply);
		assert_int_equal(w.answer.err.kind, ERR_NONE);
		assert_string_equal(w.log, rows[i].flat);
		assert_int_equal(w.dropped, rows[i].dropped);
	}
	assert_string_equal(fake_last(w.fake)->method, "GET");
	assert_string_equal(fake_last(w.fake)->url, BASE "/v5/" PROJECT "/api/pipeline-group/tree");
	exchange(&w, ask_groups, &(struct fake_reply){.body = "{\"groups\":[]}"});
	assert_int_equal(w.answer.err.kind, ERR_PARSE);
	stop(&w);
}

static void an_odd_id_never_becomes_a_url(void **state)
{
	static const char *const bad[] = {
		NULL, "", "..", "a/b", "a%2fb", "a?b", "a\r\nb", "a b", "\xE9\xA9\xAC",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};
	struct world w;
	size_t i, place;

	start(&w, "t");
	for (i = 0; i < LENGTH(bad); i++) {
		int before = w.done;
		const struct cursor_ask ask = {"0", "0", CURSOR_ASC};

		assert_int_equal(api_list_pipelines(w.session, bad[i], &no_query, on_pipelines, &w), 0);
		assert_int_equal(w.answer.err.kind, ERR_INPUT);
		assert_non_null(strstr(w.answer.err.text, "is not an id"));
		assert_int_equal(w.answer.status, 0);
		assert_int_equal(api_list_runs(w.session, bad[i], PIPELINE, &no_run_query, on_runs, &w), 0);
		assert_int_equal(api_list_runs(w.session, PROJECT, bad[i], &no_run_query, on_runs, &w), 0);
		assert_int_equal(api_batch_status(w.session, bad[i], NULL, 0, on_runs, &w), 0);
		assert_int_equal(api_run_detail(w.session, PROJECT, bad[i], RUN, on_detail, &w), 0);
		if (bad[i]) /* without one it is the latest */
			assert_int_equal(api_run_detail(w.session, PROJECT, PIPELINE, bad[i], on_detail, &w), 0);
		assert_int_equal(w.n, 0);
		for (place = 0; place < 5; place++) {
			const char *ids[5] = {PROJECT, PIPELINE, RUN, JOB, STEP};
			struct api_log_ref ref;

			ids[place] = bad[i];
			ref = (struct api_log_ref){ids[0], ids[1], ids[2], ids[3], ids[4]};
			assert_int_equal(api_step_log(w.session, &ref, &ask, 1, on_log, &w), 0);
		}
		assert_int_equal(w.done, before + 10 + (bad[i] != NULL));
	}
	assert_int_equal(fake_count(w.fake), 0);
	stop(&w);
}

static void lists_come_stamped(void **state)
{
	char *v5 = test_file("fixtures/v5-pipelines-list.json", NULL);
	char *v3 = test_file("fixtures/v3-pipelines-list.json", NULL);
	char *batch = test_file("fixtures/v5-batch-status.json", NULL);
	struct fake_reply reply = {.body = v5, .date_ms = DATE, .request_id = "req-1", .took_ms = 12};
	struct world w;

	start(&w, "t");
	exchange(&w, ask_list, &reply);
	assert_int_equal(w.answer.err.kind, ERR_NONE);
	assert_int_equal(w.answer.class, API_LIST);
	assert_int_equal(w.answer.status, 200);
	assert_int_equal(w.answer.took_ms, 12);
	assert_int_equal(w.answer.retry_after_ms, -1);
	assert_int_equal(w.answer.server_ms, DATE);
	assert_int_equal(session_server_ms(w.session, w.answer.now_ms), DATE);
	assert_string_equal(w.request_id, "req-1");
	assert_int_equal(w.body_len, strlen(v5));
	assert_string_equal(w.project, PROJECT);
	assert_int_equal(w.n, 2);
	assert_int_equal(w.dropped, 1);
	assert_int_equal(w.total, 3);
	assert_string_equal(w.first, "web-build");
	assert_int_equal(w.run.server_ms, DATE);
	assert_int_equal(w.run.seen_ms, w.answer.now_ms);
	assert_int_equal(w.run.snapshot, w.answer.id);
	reply.body = v3;
	exchange(&w, ask_v3, &reply);
	assert_string_equal(w.project, "");
	assert_string_equal(w.first, "马云多仓");
	assert_int_equal(w.total, 88);
	reply.body = batch;
	exchange(&w, ask_status, &reply);
	assert_int_equal(w.n, 1);
	assert_string_equal(w.pipeline, "");
	assert_int_equal(w.run.state, STATE_FAILED);
	assert_int_equal(w.run.snapshot, w.answer.id);
	stop(&w);
	free(v5);
	free(v3);
	free(batch);
}

static void runs_that_do_not_say_their_pipeline_belong_to_the_one_asked(void **state)
{
	struct fake_reply reply = {.body = "{\"total\":1,\"pipeline_runs\":[{\"pipeline_run_id\":\"r1\"}]}"};
	struct world w;

	start(&w, "t");
	exchange(&w, ask_runs, &reply);
	assert_string_equal(w.run.pipeline_id, PIPELINE);
	assert_string_equal(w.pipeline, PIPELINE);
	/* The documentation's list names another pipeline than the one asked: kept (H18). */
	reply.body = "{\"pipeline_runs\":[{\"pipeline_run_id\":\"r1\",\"pipeline_id\":\"other\"}]}";
	exchange(&w, ask_runs, &reply);
	assert_string_equal(w.run.pipeline_id, "other");
	assert_int_equal(w.total, -1);
	stop(&w);
}

static void a_detail_sets_the_clock_and_must_be_of_the_run_asked(void **state)
{
	char *text = test_file("fixtures/v5-run-detail.json", NULL);
	struct fake_reply reply = {.body = text, .date_ms = DATE};
	struct world w;

	start(&w, "t");
	exchange(&w, ask_detail, &reply);
	assert_int_equal(w.answer.err.kind, ERR_NONE);
	assert_int_equal(w.answer.class, API_DETAIL);
	assert_int_equal(w.n, 1);
	assert_int_equal(w.dropped, 1);
	assert_int_equal(w.answer.server_ms, INT64_C(1767312042123));
	assert_int_equal(w.run.server_ms, INT64_C(1767312042123));
	assert_int_equal(session_server_ms(w.session, w.answer.now_ms), INT64_C(1767312042123));
	assert_int_equal(w.run.snapshot, w.answer.id);
	reply.body = "{\"id\":\"another\"}";
	exchange(&w, ask_detail, &reply);
	assert_int_equal(w.answer.err.kind, ERR_PARSE);
	assert_string_equal(w.answer.err.text, "run: the answer is for another run");
	assert_int_equal(w.n, 0);
	reply.body = "{\"status\":\"RUNNING\"}";
	exchange(&w, ask_detail, &reply);
	assert_int_equal(w.answer.err.kind, ERR_PARSE);
	stop(&w);
	free(text);
}

static void a_log_page_is_what_the_cursor_wants(void **state)
{
	char *text = test_file("fixtures/v5-step-logs.json", NULL);
	struct fake_reply reply = {.body = text};
	struct world w;

	start(&w, "t");
	exchange(&w, ask_log, &reply);
	assert_true(w.other_step); /* the documentation's step is not ours (L17) */
	assert_false(w.has_log);
	assert_string_equal(w.end, "");
	assert_string_equal(w.location, "jenkins");
	reply.body = "{\"has_more\":\"true\",\"start_offset\":7,\"end_offset\":\"1931\",\"log\":\"a\\nb\\u0000\","
		     "\"step_run_id\":\"" STEP "\"}";
	exchange(&w, ask_log, &reply);
	assert_int_equal(w.answer.err.kind, ERR_NONE);
	assert_int_equal(w.answer.class, API_LOG);
	assert_false(w.other_step);
	assert_false(w.odd_log);
	assert_true(w.has_more);
	assert_string_equal(w.start, "7");
	assert_string_equal(w.end, "1931");
	assert_string_equal(w.log, "a\nb\xEF\xBF\xBD");
	assert_int_equal(w.log_len, 6);
	stop(&w);
	free(text);
}

static void a_log_that_is_no_text_is_empty_and_noted(void **state)
{
	static const struct {
		const char *log;
		bool has_log, odd;
	} rows[] = {
		{"\"log\":\"\",", true, false}, {"\"log\":null,", false, false}, {"", false, false},
		{"\"log\":[\"a\"],", false, true}, {"\"log\":7,", false, true}, {"\"log\":{},", false, true},
	};
	struct world w;
	char body[200];
	size_t i;

	start(&w, "t");
	for (i = 0; i < LENGTH(rows); i++) {
		struct fake_reply reply = {.body = body};

		snprintf(body, sizeof(body), "{%s\"has_more\":false,\"end_offset\":\"3\"}", rows[i].log);
		exchange(&w, ask_log, &reply);
		assert_int_equal(w.answer.err.kind, ERR_NONE);
		assert_int_equal(w.has_log, rows[i].has_log);
		assert_int_equal(w.odd_log, rows[i].odd);
		assert_int_equal(w.log_len, 0);
		assert_string_equal(w.end, "3");
	}
	stop(&w);
}

/* Every call maps failures alike. */
static void each_failure_has_its_kind_and_sentence(void **state)
{
	static const struct {
		struct fake_reply reply;
		enum err_kind kind;
		int code;
		const char *says[3];
	} rows[] = {
		/* by HTTP status */
		{{.status = 401, .body = "{\"error_msg\":\"Incorrect IAM authentication information: decrypt token "
					 "fail\",\"error_code\":\"APIGW.0301\",\"request_id\":\"gw-1\"}"},
		 ERR_AUTH, 401, {"set PIPETOP_TOKEN or --token-file", "APIGW.0301", "request gw-1"}},
		{{.status = 401, .body = "{\"error\":{\"code\":401,\"message\":\"who are you?\",\"title\":\"U\"}}"},
		 ERR_AUTH, 401, {"--token-file", "who are you?"}},
		{{.status = 403, .body = "{\"error_code\":\"X.1\",\"error_msg\":\"not yours\"}", .request_id = "rq"},
		 ERR_AUTH, 403, {"no permission", "X.1: not yours", "request rq"}},
		{{.status = 404, .body = ""}, ERR_GONE, 404, {"not found (HTTP 404)"}},
		{{.status = 404, .body = "{\"error_code\":\"APIG.0101\",\"error_msg\":\"The API does not exist\"}"},
		 ERR_GONE, 404, {"APIG.0101"}},
		{{.status = 408, .body = "x"}, ERR_REMOTE, 408, {"gave up waiting"}},
		{{.status = 409, .body = "{}"}, ERR_REMOTE, 409, {"state"}},
		{{.status = 400, .body = "{\"error_code\":\"DEVPIPE.00011401\",\"error_msg\":\"no pipeline\"}"},
		 ERR_GONE, 404, {"HTTP 400", "DEVPIPE.00011401: no pipeline"}},
		{{.status = 418, .body = "short and stout"}, ERR_REMOTE, 418, {"HTTP 418"}},
		{{.status = 429, .body = "", .retry_after_ms = 7000}, ERR_RATE, 429, {"too many requests"}},
		{{.status = 500, .body = "{\"error_code\":\"COCT.0070500\",\"error_msg\":\"busy\"}"},
		 ERR_REMOTE, 503, {"the server failed", "HTTP 500, COCT.0070500: busy"}},
		{{.status = 502, .body = "<html>bad gateway</html>", .content_type = "text/html"},
		 ERR_REMOTE, 502, {"HTTP 502"}},
		{{.status = 503, .body = "{\"error\":\"Service Unavailable\"}"}, ERR_REMOTE, 503,
		 {"Service Unavailable"}},
		{{.status = 599, .body = ""}, ERR_REMOTE, 599, {"599"}},
		{{.status = 999, .body = ""}, ERR_REMOTE, 999, {"unknown status", "999"}},
		{{.status = 407, .body = ""}, ERR_NET, 407, {"proxy"}},
		/* within HTTP 200 */
		{{.body = "{\"error_code\":\"DEVCP.00014031\",\"error_msg\":\"no right\"}"}, ERR_AUTH, 403,
		 {"no permission", "HTTP 200, DEVCP.00014031: no right"}},
		{{.body = "{\"error_code\":\"DEVCP.00012002\",\"error_msg\":\"no task\"}"}, ERR_GONE, 404,
		 {"not found"}},
		{{.body = "{\"error_code\":\"APIG.0307\",\"error_msg\":\"The token must be updated\"}"}, ERR_AUTH, 401,
		 {"--token-file"}},
		{{.body = "{\"error_code\":\"DEVPIPE.00011136\",\"error_msg\":\"other project\"}"}, ERR_REMOTE, 200,
		 {"DEVPIPE.00011136: other project"}},
		{{.body = "{\"error\":{\"code\":\"C.9\",\"message\":\"hm\"}}"}, ERR_REMOTE, 200, {"C.9: hm"}},
		{{.body = "{\"success\":false}"}, ERR_REMOTE, 200, {"refused"}},
		{{.body = "{\"pipeline_run_id\":\"\",\"error_msg\":\"not now\"}"}, ERR_REMOTE, 200, {"not now"}},
		/* no document */
		{{.body = ""}, ERR_PARSE, 200, {"no data"}},
		{{.status = 204, .body = ""}, ERR_PARSE, 204, {"no data"}},
		{{.status = 202, .body = "{}"}, ERR_PARSE, 202, {"no data"}},
		{{.body = "{\"total\":"}, ERR_PARSE, 200, {"bad answer: ", "at byte 9"}},
		{{.body = "{} {}"}, ERR_PARSE, 200, {"bad answer: ", "at byte 3"}},
		{{.body = "NaN"}, ERR_PARSE, 200, {"bad answer: "}},
		{{.body = "7"}, ERR_PARSE, 0, {"bad answer: "}},
		/* not the service */
		{{.body = "<!DOCTYPE html><title>Login", .content_type = "text/html; charset=utf-8"}, ERR_NET, 200,
		 {"a web page answered instead of the API (login portal?)"}},
		{{.body = " \n<html>"}, ERR_NET, 200, {"a web page"}},
		{{.status = 511, .body = "<html>", .content_type = "text/html"}, ERR_NET, 511, {"a web page"}},
		{{.status = 401, .body = "<html>log in</html>", .content_type = "text/html"},
		 ERR_NET, 401, {"login portal?"}},
		{{.status = 302, .body = "", .location_host = "evil.example"}, ERR_REMOTE, 302,
		 {"redirects to evil.example: check `endpoint`"}},
		{{.status = 301, .body = ""}, ERR_REMOTE, 301, {"check `endpoint`"}},
		/* no answer */
		{{.err = {ERR_NET, 7, "pipe.example.com: connection refused"}}, ERR_NET, 7,
		 {"pipe.example.com: connection refused"}},
		{{.err = {ERR_REMOTE, 0, "answer too large"}, .too_large = true}, ERR_REMOTE, 0, {"too large"}},
	};
	size_t i, a, k;
	struct world w;

	start(&w, "t");
	for (i = 0; i < LENGTH(rows); i++) {
		for (a = 0; a < LENGTH(asks); a++) {
			exchange(&w, asks[a], &rows[i].reply);
			if (w.answer.err.kind != rows[i].kind || w.answer.err.code != rows[i].code)
				fail_msg("row %zu, call %zu: kind %d code %d: %s", i, a, w.answer.err.kind,
					 w.answer.err.code, w.answer.err.text);
			for (k = 0; k < 3 && rows[i].says[k]; k++)
				if (!strstr(w.answer.err.text, rows[i].says[k]))
					fail_msg("row %zu, call %zu: %s", i, a, w.answer.err.text);
			assert_int_equal(w.answer.too_large, rows[i].reply.too_large);
			assert_int_equal(w.n, 0);
			assert_false(w.has_log);
		}
	}
	stop(&w);
}

static void without_a_token_the_sentence_says_so(void **state)
{
	const struct fake_reply reply = {.status = 401, .body = "{}"};
	struct world w;

	start(&w, NULL);
	exchange(&w, ask_list, &reply);
	assert_string_equal(w.answer.err.text, "pipelines: sign-in is needed: set PIPETOP_TOKEN or --token-file "
					       "(HTTP 401)");
	stop(&w);
}

static void the_limit_in_a_429_hints_at_the_wait(void **state)
{
	static const struct {
		const char *message;
		int64_t header_ms, want_ms;
	} rows[] = {
		{"policy user over ratelimit,limit:100,time:1 second", 0, 1000},
		{"policy user over ratelimit,limit:5,time:1 minute", 0, 60000},
		{"limit:5,time:2minutes", 0, 120000},
		{"limit:5,time:9999 hours", 0, 600000},
		{"limit:5,time:99999999999999999999 seconds", 0, 600000},
		{"limit:5,time:0 second", 0, -1},
		{"limit:5,time:-3 second", 0, -1},
		{"limit:5,time:1 fortnight", 0, -1},
		{"slow down", 0, -1},
		{"limit:5,time:1 minute", 3000, 3000},
	};
	struct world w;
	char body[200];
	size_t i;

	start(&w, "t");
	for (i = 0; i < LENGTH(rows); i++) {
		struct fake_reply reply = {.status = 429, .body = body, .retry_after_ms = rows[i].header_ms};

		snprintf(body, sizeof(body), "{\"error_code\":\"APIGW.0308\",\"error_msg\":\"%s\"}",
			 rows[i].message);
		exchange(&w, ask_list, &reply);
		assert_int_equal(w.answer.err.kind, ERR_RATE);
		assert_int_equal(w.answer.retry_after_ms, rows[i].want_ms);
		assert_string_equal(w.answer.code, "APIGW.0308");
	}
	stop(&w);
}

static void server_text_in_sentences_is_harmless_and_cut(void **state)
{
	const struct fake_reply reply = {
		.status = 500,
		.body = "{\"error_code\":\"A\\u001b[2J\\n%n%s\",\"error_msg\":\"\\u001b]52;c;x\\u0007 \\u202egnp\\u0085"
			"\\u0000%s%n 长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长\"}",
		.request_id = "r\x1B[1m",
	};
	struct world w;
	const char *s;

	start(&w, "t");
	exchange(&w, ask_list, &reply);
	for (s = w.answer.err.text; *s; s++)
		assert_true((unsigned char)*s >= 0x20 && *s != 0x7F);
	assert_null(strstr(w.answer.err.text, "\xE2\x80\xAE"));
	assert_null(strstr(w.answer.err.text, "\xC2\x85"));
	assert_true(text_valid(w.answer.err.text, strlen(w.answer.err.text)));
	assert_non_null(strstr(w.answer.err.text, "%s%n"));
	assert_string_equal(w.answer.code, "A?[2J?%n%s");
	stop(&w);
}

static void cancelled_calls_say_so_once(void **state)
{
	struct world w;
	size_t a;

	start(&w, "t");
	for (a = 0; a < LENGTH(asks); a++) {
		uint64_t id = asks[a](&w);

		session_cancel(w.session, id);
		assert_int_equal(w.done, a + 1);
		assert_int_equal(w.answer.err.kind, ERR_CANCELLED);
	}
	for (a = 0; a < LENGTH(asks); a++)
		asks[a](&w);
	session_free(w.session);
	assert_int_equal(w.done, 2 * LENGTH(asks));
	w.session = NULL;
	stop(&w);
	assert_int_equal(w.done, 2 * LENGTH(asks));
}

static void take_first(void *self, struct api_pipelines *page)
{
	struct world *w = self;

	w->done++;
	w->taken = page->pipelines;
	w->n = page->n;
	page->pipelines = NULL;
	page->n = 0;
}

static void a_callback_may_keep_the_rows(void **state)
{
	char *text = test_file("fixtures/v5-pipelines-list.json", NULL);
	const struct fake_reply reply = {.body = text};
	struct world w;
	size_t i;

	start(&w, "t");
	fake_reply(w.fake, &reply);
	api_list_pipelines(w.session, PROJECT, &no_query, take_first, &w);
	fake_deliver(w.fake);
	assert_int_equal(w.n, 2);
	assert_string_equal(w.taken[1].name, "从未运行");
	for (i = 0; i < w.n; i++)
		pipeline_done(&w.taken[i]);
	mem_free(w.taken);
	stop(&w);
	free(text);
}

static void a_date_that_is_absurd_changes_nothing(void **state)
{
	struct fake_reply reply = {.body = "{\"total\":0}", .date_ms = DATE};
	struct world w;

	start(&w, "t");
	reply.date_ms = 1000;
	exchange(&w, ask_list, &reply);
	assert_int_equal(w.answer.server_ms, WHEN_NONE);
	reply.date_ms = DATE;
	exchange(&w, ask_list, &reply);
	reply.date_ms = INT64_C(253402300799000);
	exchange(&w, ask_list, &reply);
	assert_true(w.answer.server_ms >= DATE && w.answer.server_ms < DATE + 600000);
	stop(&w);
}

/* What an answer cut at any byte, or padded, would do if the transport let it through. */
static void every_cut_answer_is_an_error(void **state)
{
	static const struct {
		const char *name;
		uint64_t (*ask)(struct world *w);
	} rows[] = {
		{"fixtures/v5-pipeline-runs-list.json", ask_runs},
		{"fixtures/v3-pipelines-list.json", ask_v3},
		{"fixtures/v5-step-logs.json", ask_log},
	};
	struct world w;
	size_t i, n, len;

	start(&w, "t");
	for (i = 0; i < LENGTH(rows); i++) {
		char *text = test_file(rows[i].name, &len);

		while (len && text[len - 1] != '}')
			len--;
		for (n = 1; n < len; n++) {
			struct fake_reply reply = {.body = text, .len = n};

			exchange(&w, rows[i].ask, &reply);
			assert_int_equal(w.answer.err.kind, ERR_PARSE);
			assert_false(w.has_log);
		}
		free(text);
	}
	stop(&w);
}

static void outputs_of_several_steps_are_one_question(void **state)
{
	static const char *const ids[] = {STEP, "eeeeeeee000000000000000000000007"}, *const bad[] = {
		STEP, "no id"};
	char *body = test_file("fixtures/v5-step-outputs.json", NULL);
	struct world w;

	start(&w, "t");
	assert_true(api_step_outputs(w.session, PROJECT, PIPELINE, RUN, ids, 2, on_outputs, &w) != 0);
	fake_answer(w.fake, NULL, 200, body);
	fake_deliver(w.fake);
	assert_int_equal(w.done, 1);
	assert_int_equal(w.answer.err.kind, ERR_NONE);
	assert_int_equal(w.n, 1);
	assert_string_equal(w.first, "cccccccc000000000000000000000007");
	assert_true(w.answer.server_ms == DATE);
	assert_string_equal(fake_last(w.fake)->method, "GET");
	assert_string_equal(fake_last(w.fake)->url,
			    BASE "/v5/" PROJECT "/api/pipelines/" PIPELINE "/pipeline-runs/" RUN
				 "/steps/outputs?step_run_ids=" STEP ",eeeeeeee000000000000000000000007");
	assert_int_equal(api_step_outputs(w.session, PROJECT, PIPELINE, RUN, bad, 2, on_outputs, &w), 0);
	assert_int_equal(w.done, 2);
	assert_int_equal(w.answer.err.kind, ERR_INPUT);
	assert_int_equal(api_step_outputs(w.session, PROJECT, PIPELINE, RUN, bad, 0, on_outputs, &w), 0);
	assert_int_equal(w.done, 3);
	assert_true(api_step_outputs(w.session, PROJECT, PIPELINE, RUN, ids, 1, on_outputs, &w) != 0);
	fake_answer(w.fake, NULL, 200, "{\"error_code\":\"DEVCP.00012002\",\"error_msg\":\"gone\"}");
	fake_deliver(w.fake);
	assert_int_equal(w.done, 4);
	assert_true(w.answer.err.kind != ERR_NONE);
	assert_int_equal(w.n, 0);
	free(body);
	stop(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_as_documented),
		cmocka_unit_test(a_search_sends_every_documented_field),
		cmocka_unit_test(v3_takes_ten_ids_of_a_kind),
		cmocka_unit_test(a_tree_of_groups_comes_flat),
		cmocka_unit_test(an_odd_id_never_becomes_a_url),
		cmocka_unit_test(lists_come_stamped),
		cmocka_unit_test(runs_that_do_not_say_their_pipeline_belong_to_the_one_asked),
		cmocka_unit_test(a_detail_sets_the_clock_and_must_be_of_the_run_asked),
		cmocka_unit_test(a_log_page_is_what_the_cursor_wants),
		cmocka_unit_test(a_log_that_is_no_text_is_empty_and_noted),
		cmocka_unit_test(each_failure_has_its_kind_and_sentence),
		cmocka_unit_test(without_a_token_the_sentence_says_so),
		cmocka_unit_test(the_limit_in_a_429_hints_at_the_wait),
		cmocka_unit_test(server_text_in_sentences_is_harmless_and_cut),
		cmocka_unit_test(cancelled_calls_say_so_once),
		cmocka_unit_test(a_callback_may_keep_the_rows),
		cmocka_unit_test(a_date_that_is_absurd_changes_nothing),
		cmocka_unit_test(every_cut_answer_is_an_error),
		cmocka_unit_test(outputs_of_several_steps_are_one_question),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
