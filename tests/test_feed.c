/* SPDX-License-Identifier: MIT */
/*
 * The feed over the real api and session, with a transport that has no network: what is
 * asked, what of it reaches the store, and what the header says.
 */
#include "test.h"

#include <ev.h>

#include "app/feed.h"
#include "core/mem.h"
#include "core/text.h"
#include "fake.h"
#include "core/when.h"

#define PRJ "aaaaaaaa000000000000000000000001"
#define OTHER "aaaaaaaa000000000000000000000002"
#define P1 "bbbbbbbb000000000000000000000001"
#define P2 "bbbbbbbb000000000000000000000002"
#define R1 "cccccccc000000000000000000000001"
#define R2 "cccccccc000000000000000000000002"
#define P3 "bbbbbbbb000000000000000000000003"
#define R3 "cccccccc000000000000000000000003"
#define OUTPUTS "/steps/outputs"
#define LIST "/api/pipelines/list"
#define STATUS "/api/pipelines/status"
#define DETAIL "/pipeline-runs/detail"
#define RUNS "/pipeline-runs/list"
#define TREE "/api/pipeline-group/tree"
#define P3 "bbbbbbbb000000000000000000000003"
#define P4 "bbbbbbbb000000000000000000000004"
#define R3 "cccccccc000000000000000000000003"

#define RUN(pipeline, id, number, status)                                                          \
	"{\"pipeline_id\":\"" pipeline "\",\"pipeline_run_id\":\"" id "\",\"run_number\":" number   \
	",\"status\":\"" status "\",\"start_time\":1767312000000,\"end_time\":null,"               \
	"\"stage_status_list\":[{\"name\":\"Build\",\"sequence\":0,\"status\":\"" status "\"}]}"
#define ROW(id, name, run)                                                                         \
	"{\"pipeline_id\":\"" id "\",\"name\":\"" name "\",\"project_id\":\"" PRJ                  \
	"\",\"project_name\":\"Demo\",\"latest_run\":" run "}"
#define PAGE(total, rows)                                                                          \
	"{\"offset\":0,\"limit\":100,\"total\":" total ",\"pipelines\":[" rows "]}"
#define GATE                                                                                       \
	"{\"id\":\"" R1 "\",\"pipeline_id\":\"" P1 "\",\"name\":\"web\",\"status\":\"RUNNING\","    \
	"\"run_number\":7,\"start_time\":1767312000000,\"current_system_time\":1767312042000,"     \
	"\"stages\":[{\"id\":\"s1\",\"name\":\"Build\",\"sequence\":0,\"status\":\"RUNNING\","     \
	"\"pre\":null,\"post\":null,\"jobs\":[{\"id\":\"j1\",\"name\":\"review\",\"sequence\":0,"  \
	"\"status\":\"RUNNING\",\"steps\":[{\"id\":\"t1\",\"name\":\"Review\",\"sequence\":0,"     \
	"\"task\":\"official_devcloud_checkpoint\",\"status\":\"PAUSED\"}]}]}]}"

struct rig {
	struct ev_loop *loop;
	struct fake *fake;
	struct session *session;
	struct store *store;
	struct budget budget;
	struct feed *feed;
	int changes;
	const char *list, *live, *status, *detail, *runs, *v3; /* bodies */
	const char *outputs, *child;
	const char *find, *find_next, *tree, *group, *older;
	int code; /* of every answer; 0: 200 */
	int64_t retry_after;
};

static void changed(void *self)
{
	((struct rig *)self)->changes++;
}

static const char *body_for(const struct rig *rig, const struct fake_request *request)
{
	if (strstr(request->url, "/v3/pipelines/list"))
		return rig->v3;
	if (strstr(request->url, STATUS))
		return rig->status;
	if (strstr(request->url, OUTPUTS))
		return rig->outputs;
	if (strstr(request->url, DETAIL) && strstr(request->url, P3))
		return rig->child;
	if (strstr(request->url, DETAIL))
		return rig->detail;
	if (strstr(request->url, RUNS))
		return strstr(request->body, "\"offset\":0") || !rig->older ? rig->runs : rig->older;
	if (strstr(request->url, TREE))
		return rig->tree;
	if (strstr(request->url, LIST) && rig->group && strstr(request->body, "\"group_path_id\""))
		return rig->group;
	if (strstr(request->url, LIST) && rig->find && strstr(request->body, "\"name\""))
		return strstr(request->body, "\"offset\":0") ? rig->find : rig->find_next;
	if (strstr(request->url, LIST))
		return strstr(request->body, "\"FAILED\"") ? rig->live : rig->list;
	return NULL;
}

static bool serve(void *self, const struct fake_request *request, struct fake_reply *reply)
{
	const struct rig *rig = self;

	reply->status = rig->code;
	reply->retry_after_ms = rig->retry_after;
	reply->date_ms = 1767312042000;
	reply->body = rig->code ? "{\"error_code\":\"X.1\",\"error_msg\":\"no\"}"
				: body_for(rig, request);
	return reply->body != NULL;
}

static void rig_up(struct rig *rig, bool v3)
{
	static const char *const projects[] = {PRJ};
	struct session_options so = {.endpoint = "https://example.com", .token = "t", .language = "en-us",
				     .zone_offset_s = 28800};
	struct feed_options fo = {.projects = projects, .n_projects = 1, .v3 = v3,
				  .changed = changed, .self = rig};

	memset(rig, 0, sizeof(*rig));
	rig->list = PAGE("2", ROW(P1, "web", RUN(P1, R1, "7", "RUNNING")) "," ROW(P2, "api", "null"));
	rig->live = PAGE("1", ROW(P1, "web", RUN(P1, R1, "7", "RUNNING")));
	rig->status = "[" RUN(P1, R1, "7", "RUNNING") "]";
	rig->runs = "{\"offset\":0,\"limit\":30,\"total\":1,\"pipeline_runs\":[" RUN(
		P1, R1, "7", "RUNNING") "]}";
	rig->detail = GATE;
	rig->loop = ev_loop_new(EVFLAG_AUTO);
	rig->fake = fake_new();
	fake_on(rig->fake, serve, rig);
	rig->session = session_new(fake_transport(rig->fake), &so, NULL);
	assert_non_null(rig->session);
	rig->store = store_new();
	budget_init(&rig->budget, 120, 20, 0);
	fo.loop = rig->loop;
	fo.session = rig->session;
	fo.store = rig->store;
	fo.budget = &rig->budget;
	rig->feed = feed_new(&fo);
}

static void rig_down(struct rig *rig)
{
	feed_free(rig->feed);
	assert_int_equal(fake_pending(rig->fake), 0);
	session_free(rig->session);
	fake_free(rig->fake);
	store_free(rig->store);
	ev_loop_destroy(rig->loop);
}

/* Answers until nothing is asked any more. */
static void settle(struct rig *rig)
{
	int i;

	for (i = 0; i < 100 && fake_deliver(rig->fake) > 0; i++)
		;
	assert_true(i < 100);
}

static size_t asked(const struct rig *rig, const char *part)
{
	size_t i, n = 0;

	for (i = 0; i < fake_count(rig->fake); i++)
		n += strstr(fake_request(rig->fake, i)->url, part) != NULL;
	return n;
}

/* The newest request to such a URL that waits for its answer; NULL: none. */
static const struct fake_request *waiting(const struct rig *rig, const char *part)
{
	const struct fake_request *request;
	size_t i;

	for (i = fake_count(rig->fake); i-- > 0;) {
		request = fake_request(rig->fake, i);
		if (!request->answered && strstr(request->url, part))
			return request;
	}
	return NULL;
}

static enum badge badge(const struct rig *rig, struct feed_status *status)
{
	feed_status(rig->feed, when_monotonic_ms(), status);
	return status->badge;
}

static void look(struct rig *rig, const char *pipeline, const char *run)
{
	static const char *const projects[] = {PRJ, PRJ}, *const pipelines[] = {P1, P2};
	struct feed_view view = {pipeline ? PRJ : NULL, pipeline, run, projects, pipelines, 2};

	feed_look(rig->feed, &view);
}

static void the_first_screen_comes_from_the_lists(void **state)
{
	struct feed_status status;
	const struct entry *entries;
	struct rig rig;

	rig_up(&rig, false);
	assert_int_equal(fake_count(rig.fake), 0); /* not before the start */
	feed_start(rig.feed);
	assert_int_equal(asked(&rig, LIST), 2); /* the whole, and what is live or failed */
	assert_int_equal(badge(&rig, &status), BADGE_START);
	assert_int_equal(status.in_flight, 2);
	settle(&rig);
	assert_int_equal(badge(&rig, &status), BADGE_LIVE);
	assert_true(status.loaded);
	assert_int_equal(status.listed, 2);
	assert_int_equal(status.total, 2);
	assert_int_equal(status.in_flight, 0);
	assert_int_equal(status.used, fake_count(rig.fake));
	assert_int_equal(status.allowed, 120);
	assert_true(rig.changes > 0);
	assert_int_equal(store_entries(rig.store, &entries), 2);
	rig_down(&rig);
}

static void a_gate_of_a_run_that_nobody_opened_shows(void **state)
{
	struct rig rig;

	rig_up(&rig, false);
	feed_start(rig.feed);
	settle(&rig);
	assert_int_equal(asked(&rig, DETAIL), 1);
	assert_int_equal(store_run(rig.store, PRJ, P1, R1)->state, STATE_WAITING);
	rig_down(&rig);
}

static void what_is_looked_at_is_asked(void **state)
{
	struct rig rig;

	rig_up(&rig, false);
	look(&rig, P1, R1);
	feed_start(rig.feed);
	settle(&rig);
	assert_int_equal(asked(&rig, STATUS), 1);
	assert_int_equal(asked(&rig, DETAIL), 1);
	assert_true(asked(&rig, RUNS) >= 2); /* the newest runs, and what is usual */
	assert_true(store_run(rig.store, PRJ, P1, R1)->detailed);
	rig_down(&rig);
}

static void answers_out_of_order_leave_the_newest(void **state)
{
	const struct fake_request *status, *detail;
	struct rig rig;

	rig_up(&rig, false);
	feed_start(rig.feed);
	settle(&rig);
	look(&rig, NULL, NULL); /* batch status is asked now ... */
	status = waiting(&rig, STATUS);
	assert_non_null(status);
	rig.detail = "{\"id\":\"" R2 "\",\"status\":\"FAILED\",\"run_number\":8,\"stages\":[]}";
	feed_follow_run(rig.feed, PRJ, P1, R2); /* ... and then a run */
	detail = waiting(&rig, DETAIL);
	assert_non_null(detail);
	assert_true(detail->id > status->id);
	assert_true(fake_deliver_one(rig.fake, detail->id));
	rig.status = "[" RUN(P1, R2, "8", "RUNNING") "]";
	assert_true(fake_deliver_one(rig.fake, status->id));
	assert_string_equal(store_run(rig.store, PRJ, P1, R2)->status, "FAILED");
	assert_int_equal(store_counts(rig.store).stale_answers, 1);
	rig_down(&rig);
}

static void requests_on_their_way_end_with_the_feed(void **state)
{
	struct rig rig;

	rig_up(&rig, false);
	look(&rig, P1, R1);
	feed_start(rig.feed);
	assert_true(fake_pending(rig.fake) >= 2);
	rig_down(&rig);
}

static void a_session_that_ends_first_is_survived(void **state)
{
	struct rig rig;
	size_t n;

	rig_up(&rig, false);
	feed_start(rig.feed);
	n = fake_count(rig.fake);
	session_free(rig.session);
	rig.session = NULL;
	assert_int_equal(fake_count(rig.fake), n); /* and nothing was asked of it again */
	feed_free(rig.feed);
	fake_free(rig.fake);
	store_free(rig.store);
	ev_loop_destroy(rig.loop);
}

static void a_run_that_vanished_is_marked(void **state)
{
	const struct entry *entries;
	struct rig rig;

	rig_up(&rig, false);
	feed_start(rig.feed);
	while (!waiting(&rig, DETAIL) && fake_deliver(rig.fake) > 0)
		;
	assert_non_null(waiting(&rig, DETAIL));
	rig.code = 404;
	settle(&rig);
	assert_int_equal(store_entries(rig.store, &entries), 2);
	assert_true(entries[0].gone_ms || entries[1].gone_ms);
	rig_down(&rig);
}

static void too_many_requests_stop_everything_and_halve_the_budget(void **state)
{
	struct feed_status status;
	struct rig rig;
	size_t n;

	rig_up(&rig, false);
	rig.code = 429;
	rig.retry_after = 40000;
	look(&rig, NULL, NULL);
	feed_start(rig.feed);
	settle(&rig);
	n = fake_count(rig.fake);
	assert_int_equal(badge(&rig, &status), BADGE_THROTTLED);
	assert_true(status.next_ms >= when_monotonic_ms() + 39000);
	assert_int_equal(status.allowed, 60);
	assert_true(status.since_ms > 0);
	feed_now(rig.feed);
	assert_int_equal(fake_count(rig.fake), n); /* not even when asked to */
	rig_down(&rig);
}

static void a_failed_list_is_asked_again_by_itself(void **state)
{
	struct feed_status status;
	struct rig rig;
	size_t n;

	rig_up(&rig, false);
	rig.code = 503;
	feed_start(rig.feed);
	settle(&rig);
	assert_int_equal(badge(&rig, &status), BADGE_RETRY);
	n = fake_count(rig.fake);
	rig.code = 0;
	while (fake_count(rig.fake) == n)
		ev_run(rig.loop, EVRUN_ONCE);
	while (store_pipeline_count(rig.store) < 2) {
		settle(&rig);
		if (store_pipeline_count(rig.store) < 2)
			ev_run(rig.loop, EVRUN_ONCE);
	}
	rig_down(&rig);
}

static void a_wrong_token_is_said_and_asking_stops(void **state)
{
	struct feed_status status;
	struct rig rig;
	size_t n;

	rig_up(&rig, false);
	rig.code = 401;
	feed_start(rig.feed);
	settle(&rig);
	n = fake_count(rig.fake);
	assert_int_equal(badge(&rig, &status), BADGE_AUTH);
	rig.code = 0;
	assert_true(feed_now(rig.feed));
	assert_int_equal(fake_count(rig.fake), n + 1); /* one probe, and then all of it */
	settle(&rig);
	assert_int_equal(badge(&rig, &status), BADGE_LIVE);
	rig_down(&rig);
}

static void the_operator_asks_at_most_every_two_seconds(void **state)
{
	struct rig rig;
	size_t n;

	rig_up(&rig, false);
	look(&rig, NULL, NULL);
	feed_start(rig.feed);
	settle(&rig);
	n = asked(&rig, STATUS);
	assert_true(feed_now(rig.feed));
	assert_false(feed_now(rig.feed));
	assert_int_equal(asked(&rig, STATUS), n + 1);
	rig_down(&rig);
}

static void old_pipelines_are_listed_through_v3_where_v5_has_none(void **state)
{
	struct rig rig;

	rig_up(&rig, false);
	rig.list = rig.live = PAGE("0", "");
	rig.v3 = "{\"offset\":0,\"limit\":50,\"total\":1,\"result\":[{\"project_id\":\"" PRJ
		 "\",\"project_name\":\"Demo\",\"pipeline_id\":\"" P1 "\",\"pipeline_name\":\"old\","
		 "\"start_time\":\"2026-01-02 08:00:00\",\"watched\":\"false\"}]}";
	feed_start(rig.feed);
	settle(&rig);
	assert_int_equal(asked(&rig, "/v3/pipelines/list"), 1);
	assert_true(asked(&rig, STATUS) >= 1);
	assert_int_equal(store_pipeline_count(rig.store), 1);
	assert_string_equal(store_pipeline(rig.store, PRJ, P1)->name, "old");
	assert_non_null(store_pipeline(rig.store, PRJ, P1)->latest);
	rig_down(&rig);
}

static void with_v3_asked_for_nothing_else_lists(void **state)
{
	struct rig rig;

	rig_up(&rig, true);
	rig.v3 = "{\"offset\":0,\"limit\":50,\"total\":0,\"result\":[]}";
	feed_start(rig.feed);
	settle(&rig);
	assert_int_equal(fake_count(rig.fake), 1);
	assert_int_equal(asked(&rig, "/v3/pipelines/list"), 1);
	rig_down(&rig);
}

static void a_started_run_is_asked_by_id(void **state)
{
	struct rig rig;
	size_t n;

	rig_up(&rig, false);
	feed_start(rig.feed);
	settle(&rig);
	n = asked(&rig, DETAIL);
	rig.detail = "{\"id\":\"" R2 "\",\"status\":\"RUNNING\",\"run_number\":8,"
		     "\"start_time\":1767312009000,\"stages\":[]}";
	feed_follow_run(rig.feed, PRJ, P1, R2);
	assert_int_equal(asked(&rig, DETAIL), n + 1);
	settle(&rig);
	assert_string_equal(store_pipeline(rig.store, PRJ, P1)->latest->id, R2);
	rig_down(&rig);
}

static void the_loop_sleeps_until_something_is_due(void **state)
{
	struct rig rig;
	size_t n;
	int i;

	rig_up(&rig, false);
	feed_start(rig.feed);
	settle(&rig);
	n = fake_count(rig.fake);
	for (i = 0; i < 100; i++)
		ev_run(rig.loop, EVRUN_NOWAIT);
	assert_int_equal(fake_count(rig.fake), n);
	assert_int_equal(ev_pending_count(rig.loop), 0);
	rig_down(&rig);
}

/* ---- searches ---- */

static bool find_line(struct rig *rig, const char *line, struct err *err)
{
	struct query query;
	bool good;

	assert_true(query_parse(line, INT64_C(1767312042000), &query, NULL));
	good = feed_find(rig->feed, &query, err);
	query_done(&query);
	return good;
}

/* The newest request whose URL has `part` and whose body has `words`. */
static const char *body_with(const struct rig *rig, const char *part, const char *words)
{
	size_t i;

	for (i = fake_count(rig->fake); i-- > 0;) {
		const struct fake_request *request = fake_request(rig->fake, i);

		if (strstr(request->url, part) && strstr(request->body, words))
			return request->body;
	}
	return NULL;
}

static void a_search_is_read_to_its_end_and_kept_in_order(void **state)
{
	struct feed_found found;
	struct rig rig;

	rig_up(&rig, false);
	rig.find = PAGE("3", ROW(P3, "web-old", RUN(P3, R3, "1", "FAILED")) ","
			     ROW(P1, "web", RUN(P1, R1, "7", "RUNNING")));
	rig.find_next = PAGE("3", ROW(P4, "web-x", "null"));
	feed_start(rig.feed);
	settle(&rig);
	feed_found(rig.feed, &found);
	assert_false(found.active);
	assert_true(find_line(&rig, "web", NULL));
	feed_found(rig.feed, &found);
	assert_true(found.active);
	assert_false(found.done);
	assert_int_equal(found.n, 0);
	assert_int_equal(fake_deliver(rig.fake), 1);
	feed_found(rig.feed, &found);
	assert_int_equal(found.n, 2);
	assert_int_equal(found.read, 2);
	assert_int_equal(found.total, 3);
	assert_false(found.done);
	settle(&rig);
	feed_found(rig.feed, &found);
	assert_true(found.done);
	assert_int_equal(found.n, 3);
	assert_int_equal(feed_found_order(rig.feed, PRJ, P3), 0);
	assert_int_equal(feed_found_order(rig.feed, PRJ, P4), 2);
	assert_true(feed_is_found(rig.feed, PRJ, P1));
	assert_false(feed_is_found(rig.feed, PRJ, P2));
	assert_string_equal(store_pipeline(rig.store, PRJ, P4)->name, "web-x");
	assert_true(feed_find(rig.feed, NULL, NULL));
	feed_found(rig.feed, &found);
	assert_false(found.active);
	assert_false(feed_is_found(rig.feed, PRJ, P1));
	rig_down(&rig);
}

static void a_request_says_all_that_the_server_understands(void **state)
{
	static const struct {
		const char *line, *body;
	} rows[] = {
		{"name:web state:failed,waiting",
		 "{\"project_id\":\"" PRJ "\",\"name\":\"web\",\"status\":[\"PAUSED\",\"SUSPEND\","
		 "\"FAILED\",\"RUNNING\"],\"offset\":0,\"limit\":200,\"sort_key\":\"create_time\","
		 "\"sort_dir\":\"asc\"}"},
		{"web creator:c1,c2 published:yes banned:no component:m1 sort:name desc since:2h",
		 "{\"project_id\":\"" PRJ "\",\"component_id\":\"m1\",\"name\":\"web\","
		 "\"is_publish\":true,\"creator_ids\":[\"c1\",\"c2\"],\"start_time\":\"1767304842000\","
		 "\"offset\":0,\"limit\":200,\"sort_key\":\"name\",\"sort_dir\":\"desc\","
		 "\"is_banned\":false}"},
		{"name:x by:77777777000000000000000000000001",
		 "{\"project_id\":\"" PRJ "\",\"name\":\"x\","
		 "\"executor_ids\":[\"77777777000000000000000000000001\"],"
		 "\"offset\":0,\"limit\":200,\"sort_key\":\"create_time\",\"sort_dir\":\"asc\"}"},
		{"name:x by:li", /* nobody is known by that name: sorted out here */
		 "{\"project_id\":\"" PRJ "\",\"name\":\"x\","
		 "\"offset\":0,\"limit\":200,\"sort_key\":\"create_time\",\"sort_dir\":\"asc\"}"},
		{"web.*x name:y outcome:success",
		 "{\"project_id\":\"" PRJ "\",\"name\":\"y\",\"status\":[\"COMPLETED\"],"
		 "\"offset\":0,\"limit\":200,\"sort_key\":\"create_time\",\"sort_dir\":\"asc\"}"},
	};
	struct rig rig;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rig_up(&rig, false);
		rig.find = PAGE("0", "");
		feed_start(rig.feed);
		settle(&rig);
		assert_true(find_line(&rig, rows[i].line, NULL));
		assert_string_equal(fake_last(rig.fake)->body, rows[i].body);
		settle(&rig);
		rig_down(&rig);
	}
}

static void v3_is_asked_in_its_own_words(void **state)
{
	struct feed_found found;
	struct err err = {0};
	struct rig rig;

	rig_up(&rig, true);
	rig.status = "[]";
	rig.v3 = "{\"offset\":0,\"limit\":50,\"total\":1,\"result\":[{\"project_id\":\"" PRJ
		 "\",\"pipeline_id\":\"" P1 "\",\"pipeline_name\":\"old\","
		 "\"start_time\":\"2026-01-02 08:00:00\",\"watched\":\"false\"}]}";
	feed_start(rig.feed);
	settle(&rig);
	assert_true(find_line(&rig, "old state:failed git:ssh://x sort:name", NULL));
	assert_string_equal(fake_last(rig.fake)->body,
			    "{\"pipeline_name\":\"old\",\"project_ids\":\"" PRJ "\","
			    "\"status\":\"completed\",\"outcome\":\"error\",\"sort_key\":\"pipeline_name\","
			    "\"sort_dir\":\"asc\",\"git_url\":\"ssh://x\",\"offset\":0,\"limit\":50}");
	settle(&rig);
	feed_found(rig.feed, &found);
	assert_true(found.done);
	assert_int_equal(found.n, 1); /* its state is not known yet, but the server chose it */
	assert_false(find_line(&rig, "component:x", &err));
	assert_non_null(strstr(err.text, "component"));
	feed_found(rig.feed, &found);
	assert_false(found.active);
	rig_down(&rig);
}

static void what_a_server_cannot_be_asked_is_said_or_stays_here(void **state)
{
	struct feed_found found;
	struct err err = {0};
	struct rig rig;
	size_t n;

	rig_up(&rig, false);
	feed_start(rig.feed);
	settle(&rig);
	n = fake_count(rig.fake);
	assert_false(find_line(&rig, "git:x", &err));
	assert_non_null(strstr(err.text, "v3"));
	assert_true(find_line(&rig, "web.*build fav:yes", NULL));
	feed_found(rig.feed, &found);
	assert_true(found.active && found.local && found.done);
	assert_true(find_line(&rig, "web project:nowhere", NULL));
	feed_found(rig.feed, &found);
	assert_true(found.done);
	assert_int_equal(found.n, 0);
	assert_int_equal(fake_count(rig.fake), n);
	rig_down(&rig);
}

static void a_search_that_fails_says_why_and_the_header_does_not(void **state)
{
	struct feed_status status;
	struct feed_found found;
	struct rig rig;

	rig_up(&rig, false);
	rig.find = PAGE("0", "");
	feed_start(rig.feed);
	settle(&rig);
	assert_true(find_line(&rig, "web", NULL));
	rig.code = 403;
	settle(&rig);
	feed_found(rig.feed, &found);
	assert_true(found.done);
	assert_int_equal(found.err.kind, ERR_AUTH);
	assert_int_equal(badge(&rig, &status), BADGE_LIVE);
	rig_down(&rig);
}

static void an_answer_to_the_search_before_does_not_count(void **state)
{
	const struct fake_request *old;
	struct feed_found found;
	struct rig rig;

	rig_up(&rig, false);
	rig.find = PAGE("1", ROW(P3, "web-old", "null"));
	feed_start(rig.feed);
	settle(&rig);
	assert_true(find_line(&rig, "name:web", NULL));
	old = fake_last(rig.fake);
	assert_true(find_line(&rig, "name:other", NULL));
	assert_true(fake_deliver_one(rig.fake, old->id));
	feed_found(rig.feed, &found);
	assert_int_equal(found.n, 0);
	assert_non_null(store_pipeline(rig.store, PRJ, P3));
	rig_down(&rig);
}

/* ---- groups ---- */

#define TWO_GROUPS                                                                                 \
	"[{\"id\":\"g1\",\"name\":\"Team A\",\"path_id\":\"g1\",\"children\":["                       \
	"{\"id\":\"g2\",\"name\":\"Web\",\"path_id\":\"g1.g2\",\"parent_id\":\"g1\"}]}]"

static void groups_are_read_while_they_are_shown(void **state)
{
	struct feed_view view = {.groups = true};
	struct rig rig;
	char path[64];

	rig_up(&rig, false);
	rig.tree = TWO_GROUPS;
	rig.group = PAGE("1", ROW(P1, "web", "null"));
	feed_start(rig.feed);
	settle(&rig);
	assert_int_equal(asked(&rig, TREE), 0);
	feed_look(rig.feed, &view);
	settle(&rig);
	assert_int_equal(asked(&rig, TREE), 1);
	assert_non_null(body_with(&rig, LIST, "\"group_path_id\":\"g1\""));
	assert_non_null(body_with(&rig, LIST, "\"group_path_id\":\"g1.g2\""));
	assert_true(groups_path(feed_groups(rig.feed), PRJ, store_pipeline(rig.store, PRJ, P1)->group_id,
				path, sizeof(path)));
	assert_string_equal(path, "Team A / Web"); /* the deepest that named it */
	assert_null(store_pipeline(rig.store, PRJ, P2)->group_id);
	rig_down(&rig);
}

static void a_search_in_a_group_learns_the_tree_first(void **state)
{
	struct feed_found found;
	struct rig rig;

	rig_up(&rig, false);
	rig.tree = TWO_GROUPS;
	rig.group = PAGE("1", ROW(P1, "web", RUN(P1, R1, "7", "RUNNING")));
	feed_start(rig.feed);
	settle(&rig);
	assert_true(find_line(&rig, "group:web", NULL));
	assert_true(strstr(fake_last(rig.fake)->url, TREE) != NULL);
	feed_found(rig.feed, &found);
	assert_false(found.done);
	settle(&rig);
	assert_non_null(body_with(&rig, LIST, "\"group_path_id\":\"g1.g2\""));
	assert_null(body_with(&rig, LIST, "\"group_path_id\":\"g1\"}"));
	feed_found(rig.feed, &found);
	assert_true(found.done);
	assert_int_equal(found.n, 1);
	rig_down(&rig);
}

static void a_tree_that_does_not_come_ends_the_search_with_a_reason(void **state)
{
	struct feed_found found;
	struct rig rig;

	rig_up(&rig, false);
	feed_start(rig.feed);
	settle(&rig);
	assert_true(find_line(&rig, "group:web", NULL));
	rig.code = 404;
	settle(&rig);
	feed_found(rig.feed, &found);
	assert_true(found.done);
	assert_int_equal(found.err.kind, ERR_GONE);
	rig_down(&rig);
}

static void what_was_found_is_said_in_a_sentence(void **state)
{
	static const struct {
		struct feed_found found;
		const char *text;
	} rows[] = {
		{{.active = false}, ""},
		{{.active = true}, "asking the server"},
		{{.active = true, .n = 37, .read = 40, .total = 52},
		 "37 found on the server, 12 more being read"},
		{{.active = true, .done = true, .n = 49, .read = 52, .total = 52}, "49 found on the server"},
		{{.active = true, .done = true, .cut = true, .n = 5, .read = 200, .total = 900},
		 "5 found in the first 200 of 900 on the server"},
		{{.active = true, .done = true, .local = true},
		 "only what is loaded: the server cannot be asked this"},
		{{.active = true, .done = true, .n = 1, .err = {.kind = ERR_AUTH, .text = "no"}},
		 "1 found on the server, then: no"},
	};
	char text[300];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		feed_found_text(&rows[i].found, text, sizeof(text));
		assert_string_equal(text, rows[i].text);
	}
}

/* ---- histories, projects ---- */

static void older_runs_come_a_page_at_a_time(void **state)
{
	struct feed_history history;
	struct rig rig;

	rig_up(&rig, false);
	rig.runs = "{\"offset\":0,\"limit\":30,\"total\":32,\"pipeline_runs\":[" RUN(
		P1, R2, "40", "COMPLETED") "]}";
	rig.older = "{\"offset\":30,\"limit\":100,\"total\":32,\"pipeline_runs\":[" RUN(
		P1, R1, "7", "COMPLETED") "," RUN(P1, R3, "6", "FAILED") "]}";
	feed_start(rig.feed);
	settle(&rig);
	assert_false(feed_more_runs(rig.feed, PRJ, P1)); /* not the opened one */
	look(&rig, P1, R1);
	settle(&rig);
	feed_history(rig.feed, PRJ, P1, &history);
	assert_int_equal(history.total, 32);
	assert_false(history.done || history.in_flight);
	assert_true(feed_more_runs(rig.feed, PRJ, P1));
	assert_false(feed_more_runs(rig.feed, PRJ, P1)); /* under way */
	assert_non_null(body_with(&rig, RUNS, "{\"offset\":30,\"limit\":100,"));
	feed_history(rig.feed, PRJ, P1, &history);
	assert_true(history.in_flight);
	settle(&rig);
	feed_history(rig.feed, PRJ, P1, &history);
	assert_true(history.done);
	assert_int_equal(history.loaded, 3);
	assert_non_null(store_run(rig.store, PRJ, P1, R3));
	assert_false(feed_more_runs(rig.feed, PRJ, P1));
	rig_down(&rig);
}

static void other_projects_take_the_place_of_these(void **state)
{
	static const char *const other[] = {OTHER};
	struct feed_status status;
	struct rig rig;
	size_t n;

	rig_up(&rig, false);
	look(&rig, NULL, NULL);
	feed_start(rig.feed);
	settle(&rig);
	feed_now(rig.feed); /* something of it is under way */
	assert_true(fake_pending(rig.fake) > 0);
	rig.list = PAGE("0", "");
	rig.live = rig.v3 = NULL;
	n = fake_count(rig.fake);
	feed_projects(rig.feed, other, 1);
	assert_int_equal(store_pipeline_count(rig.store), 0);
	for (; n < fake_count(rig.fake); n++)
		assert_null(strstr(fake_request(rig.fake, n)->url, PRJ));
	assert_true(asked(&rig, "/v5/" OTHER LIST) >= 1);
	settle(&rig);
	assert_int_equal(store_pipeline_count(rig.store), 0);
	badge(&rig, &status);
	assert_int_equal(status.listed, 0);
	rig_down(&rig);
}

static void badges_have_words(void **state)
{
	int badge;

	for (badge = BADGE_START; badge <= BADGE_OFFLINE; badge++)
		assert_false(text_empty(badge_word((enum badge)badge)));
	assert_string_equal(badge_word(BADGE_THROTTLED), "THROTTLED");
}

static void a_sub_pipeline_is_found_by_its_outputs_and_read(void **state)
{
	static const char said[] = "{\"step_outputs\":[{\"step_run_id\":\"t1\",\"output_result\":["
				   "{\"key\":\"pipeline_id\",\"value\":\"" P3 "\"},"
				   "{\"key\":\"pipeline_run_id\",\"value\":\"" R3 "\"}]}]}";
	struct ref step = {{mem_strdup(PRJ), mem_strdup(P1), mem_strdup(R1), mem_strdup("s1"),
			    mem_strdup("j1"), mem_strdup("t1")}};
	const struct run *run;
	struct step_at at;
	struct rig rig;

	rig_up(&rig, false);
	rig.detail = "{\"id\":\"" R1 "\",\"status\":\"RUNNING\",\"run_number\":7,\"stages\":[{\"id\":"
		     "\"s1\",\"status\":\"RUNNING\",\"jobs\":[{\"id\":\"j1\",\"status\":\"RUNNING\","
		     "\"steps\":[{\"id\":\"t1\",\"status\":\"RUNNING\","
		     "\"task\":\"official_devcloud_subPipeline\"}]}]}]}";
	rig.child = "{\"id\":\"" R3 "\",\"name\":\"inner\",\"status\":\"RUNNING\",\"stages\":[]}";
	rig.outputs = said;
	look(&rig, P1, R1);
	feed_start(rig.feed);
	settle(&rig);
	assert_int_equal(asked(&rig, OUTPUTS), 0);
	feed_child(rig.feed, &step);
	feed_child(rig.feed, &step);
	settle(&rig);
	assert_int_equal(asked(&rig, "/steps/outputs?step_run_ids=t1"), 1);
	run = store_run(rig.store, PRJ, P1, R1);
	assert_true(run_step_by_id(run, "t1", &at));
	assert_string_equal(at.step->child_run, R3);
	look(&rig, P3, R3);
	settle(&rig);
	assert_true(store_run(rig.store, PRJ, P3, R3)->detailed);
	assert_string_equal(store_pipeline(rig.store, PRJ, P3)->name, "inner");
	assert_int_equal(store_pipeline_count(rig.store), 2);
	ref_done(&step);
	rig_down(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_screen_comes_from_the_lists),
		cmocka_unit_test(a_gate_of_a_run_that_nobody_opened_shows),
		cmocka_unit_test(what_is_looked_at_is_asked),
		cmocka_unit_test(answers_out_of_order_leave_the_newest),
		cmocka_unit_test(requests_on_their_way_end_with_the_feed),
		cmocka_unit_test(a_session_that_ends_first_is_survived),
		cmocka_unit_test(a_run_that_vanished_is_marked),
		cmocka_unit_test(too_many_requests_stop_everything_and_halve_the_budget),
		cmocka_unit_test(a_failed_list_is_asked_again_by_itself),
		cmocka_unit_test(a_wrong_token_is_said_and_asking_stops),
		cmocka_unit_test(the_operator_asks_at_most_every_two_seconds),
		cmocka_unit_test(old_pipelines_are_listed_through_v3_where_v5_has_none),
		cmocka_unit_test(with_v3_asked_for_nothing_else_lists),
		cmocka_unit_test(a_started_run_is_asked_by_id),
		cmocka_unit_test(the_loop_sleeps_until_something_is_due),
		cmocka_unit_test(a_search_is_read_to_its_end_and_kept_in_order),
		cmocka_unit_test(a_request_says_all_that_the_server_understands),
		cmocka_unit_test(v3_is_asked_in_its_own_words),
		cmocka_unit_test(what_a_server_cannot_be_asked_is_said_or_stays_here),
		cmocka_unit_test(a_search_that_fails_says_why_and_the_header_does_not),
		cmocka_unit_test(an_answer_to_the_search_before_does_not_count),
		cmocka_unit_test(groups_are_read_while_they_are_shown),
		cmocka_unit_test(a_search_in_a_group_learns_the_tree_first),
		cmocka_unit_test(a_tree_that_does_not_come_ends_the_search_with_a_reason),
		cmocka_unit_test(what_was_found_is_said_in_a_sentence),
		cmocka_unit_test(older_runs_come_a_page_at_a_time),
		cmocka_unit_test(other_projects_take_the_place_of_these),
		cmocka_unit_test(badges_have_words),
		cmocka_unit_test(a_sub_pipeline_is_found_by_its_outputs_and_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
