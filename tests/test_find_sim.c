/* SPDX-License-Identifier: MIT */
/*
 * Two readings of one query must agree: what the simulator, which knows nothing of our
 * language, answers to the request made of it, and what query_match() says of the same
 * pipelines once all of them are loaded.
 */
#include "test.h"

#include <ev.h>

#include "api/session.h"
#include "app/feed.h"
#include "core/buf.h"
#include "core/when.h"
#include "net/http.h"
#include "sim/sim.h"

#define LIMIT_MS 60000

struct rig {
	struct ev_loop *loop;
	struct sim *sim;
	struct http *http;
	struct session *session;
	struct store *store;
	struct budget budget;
	struct feed *feed;
};

static void rig_up(struct rig *rig, bool v3)
{
	struct session_options so = {.token = "t", .language = "en-us", .zone_offset_s = 28800};
	struct feed_options fo = {.v3 = v3};
	const char *projects[16];
	struct sim_options options;
	char path[4096];
	struct buf ids;
	char *at;

	sim_options_init(&options);
	snprintf(path, sizeof(path), "%s/scenarios/demo.conf",
		 getenv("top_srcdir") ? getenv("top_srcdir") : ".");
	options.scenario = path;
	options.speed = 0;
	*rig = (struct rig){.loop = ev_loop_new(EVFLAG_AUTO), .store = store_new()};
	rig->sim = sim_new(rig->loop, &options, NULL);
	assert_non_null(rig->sim);
	rig->http = http_new(rig->loop, &(struct http_options){.user_agent = "pipetop-test"});
	so.endpoint = sim_url(rig->sim);
	rig->session = session_new(http_transport(rig->http), &so, NULL);
	buf_init(&ids, BUF_MAX);
	sim_projects(rig->sim, &ids);
	for (at = strtok(ids.data, ","); at && fo.n_projects < 16; at = strtok(NULL, ","))
		projects[fo.n_projects++] = at;
	budget_init(&rig->budget, 0, 0, when_monotonic_ms()); /* unlimited */
	fo.projects = projects;
	fo.loop = rig->loop;
	fo.session = rig->session;
	fo.store = rig->store;
	fo.budget = &rig->budget;
	rig->feed = feed_new(&fo);
	feed_start(rig->feed);
	buf_done(&ids);
}

static void rig_down(struct rig *rig)
{
	feed_free(rig->feed);
	session_free(rig->session);
	http_free(rig->http);
	sim_free(rig->sim);
	store_free(rig->store);
	ev_loop_destroy(rig->loop);
}

static bool loaded(const struct rig *rig)
{
	struct feed_status status;

	feed_status(rig->feed, when_monotonic_ms(), &status);
	return status.loaded && status.in_flight == 0;
}

static bool searched(const struct rig *rig)
{
	struct feed_found found;

	feed_found(rig->feed, &found);
	if (found.err.kind != ERR_NONE)
		fail_msg("%s", found.err.text);
	return found.done;
}

static void await(struct rig *rig, bool (*done)(const struct rig *rig))
{
	int64_t limit_ms = when_monotonic_ms() + LIMIT_MS;

	while (!done(rig)) {
		assert_true(when_monotonic_ms() < limit_ms);
		ev_run(rig->loop, EVRUN_ONCE);
	}
}

/* How many the server found; each pipeline is found exactly if it matches. */
static size_t search(struct rig *rig, const char *line)
{
	const struct entry *entries;
	struct feed_found found;
	struct query query;
	struct err err = {0};
	size_t n, i;

	if (!query_parse(line, sim_now_ms(rig->sim), &query, &err) || !feed_find(rig->feed, &query, &err))
		fail_msg("%s: %s", line, err.text);
	await(rig, searched);
	feed_found(rig->feed, &found);
	assert_false(found.local);
	n = store_entries(rig->store, &entries);
	for (i = 0; i < n; i++) {
		const struct pipeline *p = entries[i].pipeline;

		if (!entries[i].latest)
			continue;
		if (feed_is_found(rig->feed, p->project_id, p->id) !=
		    query_match(&query, feed_groups(rig->feed), &entries[i]))
			fail_msg("%s: %s (%s) is %s by the server", line, p->name,
				 entries[i].run ? entries[i].run->status : "never ran",
				 feed_is_found(rig->feed, p->project_id, p->id) ? "found" : "not found");
	}
	query_done(&query);
	return found.n;
}

static void the_server_and_we_read_a_query_alike(void **state)
{
	static const struct {
		const char *line;
		bool some; /* the demo has such pipelines */
	} rows[] = {
		{"name:a", true},	  {"name:no-such-name", false}, {"state:failed", true},
		{"state:running", true},  {"state:ok,stopped", true},	{"status:FAILED,CANCELED", true},
		{"outcome:success", true}, {"since:2h", true},		{"until:1h", true},
		{"state:ok since:7d until:10m", true},
		{"group:front", true},	  {"group:后端", true},		{"group:no-such-group", false},
		{"group:交易 state:ok,failed,running", true},
		{"published:yes", true}, {"sort:name desc state:ok", true},
	};
	struct rig rig;
	size_t i, n;

	rig_up(&rig, false);
	await(&rig, loaded);
	assert_true(store_pipeline_count(rig.store) > 5);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		n = search(&rig, rows[i].line);
		if ((n > 0) != rows[i].some)
			fail_msg("%s: %zu found", rows[i].line, n);
	}
	rig_down(&rig);
}

/* A person is searched by the id that rows give for the name. */
static void a_persons_name_is_searched_by_id(void **state)
{
	const struct entry *entries;
	char line[200];
	struct rig rig;
	size_t n, i;

	rig_up(&rig, false);
	await(&rig, loaded);
	n = store_entries(rig.store, &entries);
	for (i = 0; i < n && !(entries[i].run && entries[i].run->executor_id); i++)
		;
	assert_true(i < n);
	snprintf(line, sizeof(line), "by:\"%s\"", entries[i].run->executor);
	assert_true(search(&rig, line) > 0);
	rig_down(&rig);
}

static bool grouped(const struct rig *rig)
{
	const struct entry *entries;
	size_t n = store_entries(rig->store, &entries), i, known = 0;

	for (i = 0; i < n; i++)
		known += entries[i].latest && entries[i].pipeline->group_id;
	return known >= 12;
}

/* A listing of a group holds those of the groups below it too: the deepest is the one. */
static void each_pipeline_is_in_its_own_group(void **state)
{
	struct feed_view view = {.groups = true};
	const struct entry *entries;
	bool seen = false;
	struct rig rig;
	char path[200];
	size_t n, i;

	rig_up(&rig, false);
	await(&rig, loaded);
	feed_look(rig.feed, &view);
	await(&rig, grouped);
	await(&rig, loaded);
	n = store_entries(rig.store, &entries);
	for (i = 0; i < n; i++) {
		const struct pipeline *p = entries[i].pipeline;

		if (strcmp(p->name, "订单服务-构建") != 0)
			continue;
		seen = true;
		assert_true(groups_path(feed_groups(rig.feed), p->project_id, p->group_id, path, sizeof(path)));
		assert_string_equal(path, "后端服务 / 交易");
	}
	assert_true(seen);
	rig_down(&rig);
}

static void nothing_is_found_before_all_is_loaded_but_the_search_needs_no_list(void **state)
{
	struct query query;
	struct feed_found found;
	struct rig rig;

	rig_up(&rig, false);
	assert_true(query_parse("state:failed", sim_now_ms(rig.sim), &query, NULL));
	assert_true(feed_find(rig.feed, &query, NULL));
	await(&rig, searched);
	feed_found(rig.feed, &found);
	assert_true(found.n > 0);
	assert_true(found.n <= store_pipeline_count(rig.store));
	query_done(&query);
	rig_down(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_server_and_we_read_a_query_alike),
		cmocka_unit_test(a_persons_name_is_searched_by_id),
		cmocka_unit_test(each_pipeline_is_in_its_own_group),
		cmocka_unit_test(nothing_is_found_before_all_is_loaded_but_the_search_needs_no_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
