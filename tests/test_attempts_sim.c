/* SPDX-License-Identifier: MIT */
/*
 * Retries and sub-pipelines against the simulated service: what the feed reads, the store
 * keeps and the logbook opens, from the list to the last line. The simulator knows what each
 * step wrote, and which run a sub-pipeline's step has started.
 */
#include "test.h"

#include <ev.h>

#include "api/session.h"
#include "app/feed.h"
#include "app/logbook.h"
#include "core/text.h"
#include "core/when.h"
#include "net/http.h"
#include "sim_client.h"

#define LIMIT_MS 60000
#define PIPELINE "checkout-api"

struct bench {
	struct ev_loop *loop;
	struct sim *sim;
	struct http *http;
	struct session *session;
	struct store *store;
	struct budget budget;
	struct feed *feed;
	struct logbook *book;
	struct buf projects;
	struct ref ref; /* of the run in hand, and a step of it */
};

/* Is the latest run of the pipeline, in this project, a failed one now? It is the one in hand then. */
static bool find_failed_in(struct bench *b, const char *project)
{
	char path[200];
	const cJSON *row;
	cJSON *o;

	snprintf(path, sizeof(path), "/v5/%s/api/pipelines/list", project);
	o = client_json(b->loop, b->sim, "POST", path,
			"{\"status\":[\"FAILED\"],\"name\":\"" PIPELINE "\",\"limit\":1}", 200);
	row = cJSON_GetArrayItem(at(o, "pipelines"), 0);
	ref_set(&b->ref, REF_PROJECT, project);
	if (row) {
		ref_set(&b->ref, REF_PIPELINE, string_at(row, "pipeline_id"));
		ref_set(&b->ref, REF_RUN, string_at(at(row, "latest_run"), "pipeline_run_id"));
	}
	cJSON_Delete(o);
	return row != NULL;
}

/* Waits for hours of the world's time. */
static void find_failed(struct bench *b)
{
	struct buf ids;
	char *rest, *id;
	bool found = false;
	int i;

	for (i = 0; i < 500 && !found; i++) {
		buf_init(&ids, BUF_MAX);
		sim_projects(b->sim, &ids);
		for (rest = ids.data; !found && (id = strsep(&rest, ","));)
			found = find_failed_in(b, id);
		buf_done(&ids);
		if (!found)
			sim_advance(b->sim, 30);
	}
	assert_true(found);
}

static void start_feed(struct bench *b)
{
	struct feed_options options = {.loop = b->loop, .session = b->session, .store = b->store,
				       .budget = &b->budget};
	const char *ids[8];
	char *rest, *id;

	buf_init(&b->projects, BUF_MAX);
	sim_projects(b->sim, &b->projects);
	for (rest = b->projects.data; options.n_projects < 8 && (id = strsep(&rest, ","));)
		ids[options.n_projects++] = id;
	options.projects = ids;
	b->feed = feed_new(&options);
	feed_start(b->feed);
}

static void open_book(struct bench *b)
{
	struct logbook_options options = {.loop = b->loop, .session = b->session, .store = b->store,
					  .spool_dir = "."};

	b->book = logbook_new(&options);
}

static void open_bench(struct bench *b, bool same_ids)
{
	struct http_options ho = {.user_agent = "pipetop-test"};
	struct session_options so = {.token = "t", .language = "en-us", .zone_offset_s = 28800};
	const char *top = getenv("top_srcdir");
	struct sim_options options;
	struct err err = {0};
	char path[4096];

	snprintf(path, sizeof(path), "%s/scenarios/demo.conf", top ? top : ".");
	sim_options_init(&options);
	options.scenario = path;
	options.speed = 0;
	options.modes.retry_same_ids = same_ids;
	*b = (struct bench){.loop = ev_loop_new(EVFLAG_AUTO)};
	b->sim = sim_new(b->loop, &options, &err);
	if (!b->sim)
		fail_msg("%s", err.text);
	b->http = http_new(b->loop, &ho);
	so.endpoint = sim_url(b->sim);
	b->session = session_new(http_transport(b->http), &so, &err);
	assert_non_null(b->session);
	b->store = store_new();
	budget_init(&b->budget, 6000, 0, when_monotonic_ms());
	open_book(b);
}

static void close_bench(struct bench *b)
{
	logbook_free(b->book);
	feed_free(b->feed);
	session_free(b->session);
	http_free(b->http);
	sim_free(b->sim);
	store_free(b->store);
	buf_done(&b->projects);
	ref_done(&b->ref);
	ev_loop_destroy(b->loop);
}

/* ---- waiting for the store ---- */

static const struct run *run_in_hand(struct bench *b)
{
	return store_run(b->store, b->ref.id[REF_PROJECT], b->ref.id[REF_PIPELINE],
			 b->ref.id[REF_RUN]);
}

static void look(struct bench *b)
{
	struct feed_view view = {.project_id = b->ref.id[REF_PROJECT],
				 .pipeline_id = b->ref.id[REF_PIPELINE],
				 .run_id = b->ref.id[REF_RUN]};

	feed_look(b->feed, &view);
}

static void wait_for(struct bench *b, bool (*there)(struct bench *b))
{
	int64_t limit_ms = when_monotonic_ms() + LIMIT_MS;

	while (!there(b)) {
		assert_true(when_monotonic_ms() < limit_ms);
		feed_now(b->feed);
		ev_run(b->loop, EVRUN_ONCE);
		logbook_update(b->book);
	}
}

static bool is_listed(struct bench *b)
{
	return run_in_hand(b) != NULL;
}

static bool is_detailed(struct bench *b)
{
	return run_in_hand(b) && run_in_hand(b)->detailed;
}

static bool runs_again(struct bench *b)
{
	return run_in_hand(b)->state == STATE_RUNNING;
}

static bool is_done(struct bench *b)
{
	return run_in_hand(b)->state == STATE_OK;
}

/* The failed step of the run in hand becomes the step in hand. */
static void take_failed_step(struct bench *b)
{
	struct step_at at;

	assert_true(run_failed_step(run_in_hand(b), &at));
	ref_set(&b->ref, REF_STAGE, at.stage->id);
	ref_set(&b->ref, REF_JOB, at.job->id);
	ref_set(&b->ref, REF_STEP, at.step->id);
}

static bool log_has_ended(struct bench *b)
{
	enum follow_phase phase = follow_phase(logbook_shown(b->book));

	assert_true(phase != FOLLOW_DENIED && phase != FOLLOW_BROKEN && phase != FOLLOW_EXPIRED);
	return phase == FOLLOW_ENDED;
}

/* Reads all of the step's log through the logbook; what it says, marks in angle brackets. */
static void read_log(struct bench *b, const struct ref *ref, struct buf *text)
{
	struct err err = {0};
	struct log_line line;
	struct log *log;
	int64_t i;

	assert_non_null(logbook_show(b->book, ref, &err));
	wait_for(b, log_has_ended);
	log = follow_log(logbook_shown(b->book));
	while (!log_head(log)) {
		follow_page_up(logbook_shown(b->book));
		ev_run(b->loop, EVRUN_ONCE);
	}
	buf_init(text, BUF_MAX);
	for (i = log_first(log); i < log_end(log) && log_line(log, i, &line); i++) {
		if (!line.mark)
			buf_add(text, line.text, line.len);
		else
			buf_addf(text, "<%.*s>", (int)line.len, line.text);
		buf_addc(text, '\n');
	}
}

/* The lines that the simulator says the step wrote, all of them and at the front. */
static void assert_begins_with_truth(struct bench *b, const char *step, const struct buf *text)
{
	struct buf truth;

	buf_init(&truth, BUF_MAX);
	assert_true(sim_truth_log(b->sim, step, &truth));
	assert_true(truth.len > 0 && text->len >= truth.len);
	assert_memory_equal(text->data, truth.data, truth.len);
	assert_int_equal(text->data[truth.len], '<'); /* nothing but the end's mark follows */
	buf_done(&truth);
}

static void retry(struct bench *b)
{
	char path[200];

	snprintf(path, sizeof(path), "/_sim/retry?run=%s", b->ref.id[REF_RUN]);
	cJSON_Delete(client_json(b->loop, b->sim, "POST", path, NULL, 200));
	wait_for(b, runs_again);
	sim_advance(b->sim, 1800);
	wait_for(b, is_done);
}

static void open_failed(struct bench *b, bool same_ids)
{
	open_bench(b, same_ids);
	find_failed(b);
	start_feed(b);
	wait_for(b, is_listed);
	look(b);
	wait_for(b, is_detailed);
	take_failed_step(b);
}

static void both_logs_of_a_retried_step_stay(void **state)
{
	struct step_at old, new;
	struct buf first, again, second;
	struct bench b;

	open_failed(&b, false);
	read_log(&b, &b.ref, &first);
	assert_begins_with_truth(&b, b.ref.id[REF_STEP], &first);
	retry(&b);
	assert_true(run_step_by_id(run_in_hand(&b), b.ref.id[REF_STEP], &old));
	assert_true(old.step->superseded);
	assert_int_equal(old.step->attempt, 1);
	assert_int_equal(old.step->state, STATE_FAILED);
	assert_string_equal(old.step->job_id, b.ref.id[REF_JOB]);
	new = old;
	new.step++; /* its sibling is the next one */
	assert_int_equal(new.step->attempt, 2);
	assert_int_equal(new.step->state, STATE_OK);
	assert_string_equal(new.step->name, old.step->name);
	ref_set(&b.ref, REF_JOB, new.job->id);
	ref_set(&b.ref, REF_STEP, new.step->id);
	read_log(&b, &b.ref, &second);
	assert_begins_with_truth(&b, new.step->id, &second);
	assert_string_not_equal(first.data, second.data);
	/* The old one anew, from the service, by the place where it is shown now. */
	logbook_free(b.book);
	open_book(&b);
	ref_set(&b.ref, REF_STEP, old.step->id);
	read_log(&b, &b.ref, &again);
	assert_string_equal(again.data, first.data);
	buf_done(&first);
	buf_done(&again);
	buf_done(&second);
	close_bench(&b);
}

static void a_retry_under_the_same_ids_goes_on_in_the_same_log(void **state)
{
	struct buf first, both;
	struct step_at at;
	struct bench b;
	size_t i, n;

	open_failed(&b, true);
	read_log(&b, &b.ref, &first);
	retry(&b);
	assert_true(run_step_by_id(run_in_hand(&b), b.ref.id[REF_STEP], &at));
	assert_false(at.step->superseded);
	assert_int_equal(at.step->attempt, 2);
	for (i = n = 0; i < at.job->n_steps; i++)
		n += at.job->steps[i].superseded;
	assert_int_equal(n, 0);
	read_log(&b, &b.ref, &both);
	assert_memory_equal(both.data, first.data, first.len); /* what was read stays */
	assert_non_null(strstr(both.data, "<log restarted by the server>"));
	assert_non_null(strstr(both.data + first.len, "<step ok"));
	buf_done(&first);
	buf_done(&both);
	close_bench(&b);
}

/* ---- sub-pipelines ---- */

static bool take_child_step(const struct step_at *at, void *arg)
{
	struct bench *b = arg;

	if (!step_is_child(at->step) || at->step->start_ms == WHEN_NONE)
		return false;
	ref_set(&b->ref, REF_STAGE, at->stage->id);
	ref_set(&b->ref, REF_JOB, at->job->id);
	ref_set(&b->ref, REF_STEP, at->step->id);
	return true;
}

static bool parent_is_detailed(struct bench *b)
{
	const struct entry *entries;
	size_t n = store_entries(b->store, &entries), i;
	struct step_at ignored;

	for (i = 0; i < n; i++) {
		if (!entries[i].run)
			continue;
		ref_set(&b->ref, REF_PROJECT, entries[i].pipeline->project_id);
		ref_set(&b->ref, REF_PIPELINE, entries[i].pipeline->id);
		ref_set(&b->ref, REF_RUN, entries[i].run->id);
		if (run_find_step(entries[i].run, take_child_step, b, &ignored))
			return true;
	}
	sim_advance(b->sim, 20); /* until one that runs has come so far */
	return false;
}

static bool child_is_known(struct bench *b)
{
	struct step_at at;

	return run_step_by_id(run_in_hand(b), b->ref.id[REF_STEP], &at) && at.step->child_run;
}

static void a_sub_pipeline_is_entered(void **state)
{
	struct ref child = {{NULL}};
	struct step_at at;
	struct bench b;

	open_bench(&b, false);
	start_feed(&b);
	wait_for(&b, parent_is_detailed);
	look(&b);
	feed_child(b.feed, &b.ref);
	wait_for(&b, child_is_known);
	assert_true(run_step_by_id(run_in_hand(&b), b.ref.id[REF_STEP], &at));
	ref_set(&child, REF_PROJECT,
		at.step->child_project ? at.step->child_project : b.ref.id[REF_PROJECT]);
	ref_set(&child, REF_PIPELINE, at.step->child_pipeline);
	ref_set(&child, REF_RUN, at.step->child_run);
	ref_copy(&b.ref, &child);
	look(&b);
	wait_for(&b, is_detailed);
	assert_true(run_in_hand(&b)->n_stages > 0);
	assert_non_null(store_pipeline(b.store, child.id[REF_PROJECT], child.id[REF_PIPELINE])->name);
	ref_done(&child);
	close_bench(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_logs_of_a_retried_step_stay),
		cmocka_unit_test(a_retry_under_the_same_ids_goes_on_in_the_same_log),
		cmocka_unit_test(a_sub_pipeline_is_entered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
