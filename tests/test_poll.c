/* SPDX-License-Identifier: MIT */
/*
 * The plan against a small pretend server, in pretend time: hours pass in milliseconds.
 * The server answers from its own table of pipelines after a set delay, so each test is
 * a world, a stretch of time, and what must be true of the requests in it.
 */
#include "test.h"

#include <inttypes.h>

#include "app/poll.h"
#include "core/mem.h"
#include "core/text.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define ROWS_MAX 5000
#define WAITING_MAX 64

struct remote {
	int64_t number; /* of the latest run; 0: never ran */
	const char *status, *stage;
	int64_t older;	/* number of an older run that is live; 0: none */
	bool deleted, hidden; /* hidden: lists lag and show the run before */
};

struct waiting {
	struct poll_item *item;
	int64_t at_ms;
	uint64_t snapshot;
};

struct sim {
	struct poll poll;
	struct store *store;
	struct budget budget;
	struct remote rows[ROWS_MAX];
	size_t n_rows;
	int64_t now, latency;
	bool has_child;	  /* runs have a sub-pipeline step ... */
	int64_t child_ms; /* ... which says from then on what it has started */
	struct waiting waiting[WAITING_MAX];
	size_t n_waiting, most_waiting;
	uint64_t snapshot;
	size_t asked[POLL_KINDS], all;
	size_t wakes;
	int64_t sent_at[100000];
	bool v3;		 /* rows are known to v3 alone */
	int64_t cap;		 /* rows on a page, whatever was asked; 0: as asked */
	int64_t refuses;	 /* pages larger than this; 0: none */
	struct groups *groups;
	struct err fail;	 /* what answers are while its kind is set */
	int fail_status;
	bool fail_kind[POLL_KINDS]; /* only these; none set: all */
	int64_t retry_after;
	char ids[ROWS_MAX][16];
	const char *visible_projects[ROWS_MAX], *visible[ROWS_MAX];
};

static struct sim *sim_new(size_t rows)
{
	static const char *const projects[] = {"prj"};
	struct sim *sim = test_calloc(1, sizeof(*sim));
	struct poll_options options = {projects, 1, false, 12345, 1000 * SECOND, NULL};
	size_t i;

	options.groups = sim->groups = groups_new();
	sim->now = options.now_ms;
	sim->latency = 100;
	sim->store = store_new();
	sim->n_rows = rows;
	for (i = 0; i < rows; i++) {
		snprintf(sim->ids[i], sizeof(sim->ids[i]), "p%zu", i);
		sim->rows[i] = (struct remote){.number = 1, .status = "COMPLETED", .stage = "COMPLETED"};
		sim->visible_projects[i] = "prj";
		sim->visible[i] = sim->ids[i];
	}
	budget_init(&sim->budget, 120, 20, sim->now);
	poll_init(&sim->poll, &options);
	return sim;
}

static void sim_free(struct sim *sim)
{
	poll_done(&sim->poll);
	store_free(sim->store);
	groups_free(sim->groups);
	test_free(sim);
}

static void look(struct sim *sim, size_t visible, const char *pipeline, const char *run)
{
	struct feed_view view = {.project_id = pipeline ? "prj" : NULL, .pipeline_id = pipeline,
				 .run_id = run, .visible_project = sim->visible_projects,
				 .visible_pipeline = sim->visible, .n_visible = visible};

	poll_look(&sim->poll, &view);
}

static struct run make_run(const char *pipeline, int64_t number, const char *status, const char *stage)
{
	struct run run = {0};
	char id[32];

	snprintf(id, sizeof(id), "%s-%" PRId64, pipeline, number);
	run.id = mem_strdup(id);
	run.pipeline_id = mem_strdup(pipeline);
	run.number = number;
	run.status = mem_strdup(status);
	run.start_ms = number * MINUTE;
	run.end_ms = strcmp(status, "COMPLETED") == 0 ? run.start_ms + MINUTE : 0;
	run.n_stages = 1;
	run.stages = mem_calloc(1, sizeof(struct stage));
	run.stages[0].name = mem_strdup("Build");
	run.stages[0].status = mem_strdup(stage);
	run_derive(&run);
	return run;
}

/* The latest run as lists show it; false: none. */
static bool listed_run(const struct sim *sim, size_t i, struct run *run)
{
	const struct remote *row = &sim->rows[i];

	if (row->number - row->hidden < 1)
		return false;
	if (row->hidden)
		*run = make_run(sim->ids[i], row->number - 1, "COMPLETED", "COMPLETED");
	else
		*run = make_run(sim->ids[i], row->number, row->status, row->stage);
	return true;
}

static bool noted(const struct remote *row)
{
	return !row->hidden && row->number &&
	       (strcmp(row->status, "RUNNING") == 0 || strcmp(row->status, "PAUSED") == 0 ||
		strcmp(row->status, "FAILED") == 0 || strcmp(row->status, "QUEUED") == 0);
}

static void answer_list(struct sim *sim, const struct poll_item *item, struct poll_result *r)
{
	struct pipeline *list = mem_calloc(sim->n_rows + 1, sizeof(*list));
	int64_t seen = 0, limit = item->kind == POLL_LIST_V3 ? 50 : poll_project(&sim->poll, "prj")->page;
	size_t i;

	if (sim->refuses && limit > sim->refuses) {
		err_set(&r->err, ERR_REMOTE, 400, "limit");
		r->status = 400;
		mem_free(list);
		return;
	}
	if (sim->cap && limit > sim->cap)
		limit = sim->cap;
	for (i = 0; i < sim->n_rows; i++) {
		struct pipeline *p = &list[r->n];
		struct run run;

		if (sim->rows[i].deleted || (item->kind == POLL_LIVE && !noted(&sim->rows[i])) ||
		    (sim->v3 != (item->kind == POLL_LIST_V3)))
			continue;
		if (seen++ < item->offset || (int64_t)r->n >= limit)
			continue;
		r->n++;
		p->id = mem_strdup(sim->ids[i]);
		p->project_id = mem_strdup("prj");
		p->from_v3 = item->kind == POLL_LIST_V3;
		if (!p->from_v3 && listed_run(sim, i, &run)) {
			p->latest = mem_alloc(sizeof(run));
			*p->latest = run;
		}
	}
	r->total = seen;
	store_take_pipelines(sim->store, "prj", list, r->n, r->snapshot, sim->now);
	mem_free(list);
}

static void answer_status(struct sim *sim, struct poll_item *item, struct poll_result *r)
{
	const char *ids[500];
	size_t n = poll_ids(&sim->poll, item, sim->store, ids, 500), i;
	struct run run;

	for (i = 0; i < n; i++) {
		size_t row = (size_t)atoi(ids[i] + 1);

		if (sim->rows[row].deleted || !listed_run(sim, row, &run))
			continue;
		store_take_runs(sim->store, "prj", &run, 1, r->snapshot, sim->now);
	}
}

static void add_child(struct run *run)
{
	struct job *job = mem_calloc(1, sizeof(*job));

	run->stages[0].jobs = job;
	run->stages[0].n_jobs = 1;
	job->id = mem_strdup("j");
	job->status = mem_strdup(run->status);
	job->n_steps = 1;
	job->steps = mem_calloc(1, sizeof(*job->steps));
	job->steps[0].id = mem_strdup("sub");
	job->steps[0].task = mem_strdup("official_devcloud_subPipeline@1.0");
	job->steps[0].status = mem_strdup(run->status);
	run_derive(run);
}

static void answer_outputs(struct sim *sim, const struct poll_item *item)
{
	struct ref step = {{mem_strdup("prj"), mem_strdup(item->pipeline_id), mem_strdup(item->run_id),
			    mem_strdup("s"), mem_strdup("j"), mem_strdup("sub")}};

	if (sim->now >= sim->child_ms)
		store_take_child(sim->store, &step, NULL, "p900", "p900-1", sim->now);
	ref_done(&step);
}

static void answer_detail(struct sim *sim, const struct poll_item *item, struct poll_result *r)
{
	size_t row = (size_t)atoi(item->pipeline_id + 1);
	int64_t number = atoi(strchr(item->run_id, '-') + 1);
	bool latest = number == sim->rows[row].number;
	bool live = latest || number == sim->rows[row].older;
	struct run run;

	if (sim->rows[row].deleted) {
		err_set(&r->err, ERR_GONE, 404, "gone");
		store_gone(sim->store, "prj", item->pipeline_id, item->run_id, sim->now);
		return;
	}
	run = make_run(item->pipeline_id, number,
		       latest ? sim->rows[row].status : live ? "RUNNING" : "COMPLETED",
		       latest ? sim->rows[row].stage : "COMPLETED");
	if (sim->has_child)
		add_child(&run);
	store_take_detail(sim->store, "prj", item->pipeline_id, &run, r->snapshot, sim->now);
}

static void answer_runs(struct sim *sim, const struct poll_item *item, struct poll_result *r)
{
	size_t row = (size_t)atoi(item->pipeline_id + 1);
	struct run run;

	if (item->kind == POLL_HISTORY) {
		run = make_run(item->pipeline_id, 1, "COMPLETED", "COMPLETED");
		store_take_history(sim->store, "prj", item->pipeline_id, &run, 1, r->snapshot, sim->now);
		return;
	}
	if (sim->rows[row].older) {
		run = make_run(item->pipeline_id, sim->rows[row].older, "RUNNING", "RUNNING");
		store_take_runs(sim->store, "prj", &run, 1, r->snapshot, sim->now);
	}
}

static bool fails(const struct sim *sim, enum poll_kind kind)
{
	static const bool none[POLL_KINDS];

	return sim->fail.kind != ERR_NONE &&
	       (memcmp(sim->fail_kind, none, sizeof(none)) == 0 || sim->fail_kind[kind]);
}

static void answer(struct sim *sim, size_t at)
{
	struct waiting w = sim->waiting[at];
	struct poll_result r = {.status = 200, .snapshot = w.snapshot, .took_ms = sim->latency,
				.retry_after_ms = -1, .total = -1};
	uint64_t sweep;

	sim->waiting[at] = sim->waiting[--sim->n_waiting];
	if (fails(sim, w.item->kind)) {
		r.err = sim->fail;
		r.status = sim->fail_status;
		r.retry_after_ms = sim->retry_after ? sim->retry_after : -1;
		if (r.err.kind == ERR_RATE)
			budget_throttled(&sim->budget, sim->now);
	} else {
		budget_success(&sim->budget, sim->now);
		if (w.item->kind == POLL_LIST || w.item->kind == POLL_LIVE || w.item->kind == POLL_LIST_V3 ||
		    w.item->kind == POLL_FIND || w.item->kind == POLL_GROUP)
			answer_list(sim, w.item, &r);
		else if (w.item->kind == POLL_GROUPS)
			r.n = 1;
		else if (w.item->kind == POLL_STATUS || w.item->kind == POLL_STATUS_ALL)
			answer_status(sim, w.item, &r);
		else if (w.item->kind == POLL_DETAIL)
			answer_detail(sim, w.item, &r);
		else if (w.item->kind == POLL_OUTPUTS)
			answer_outputs(sim, w.item);
		else
			answer_runs(sim, w.item, &r);
	}
	sweep = poll_answered(&sim->poll, w.item, &r, sim->store, sim->now);
	if (sweep)
		store_sweep(sim->store, "prj", sweep, sim->now);
	store_expire(sim->store, sim->now);
}

static void send_all(struct sim *sim)
{
	struct poll_item *item;

	poll_plan(&sim->poll, sim->store, sim->now);
	while ((item = poll_next(&sim->poll, &sim->budget, sim->now))) {
		assert_true(sim->n_waiting < WAITING_MAX);
		sim->waiting[sim->n_waiting++] =
			(struct waiting){item, sim->now + sim->latency, ++sim->snapshot};
		sim->sent_at[sim->all % 100000] = sim->now;
		sim->asked[item->kind]++;
		sim->all++;
		if (sim->n_waiting > sim->most_waiting)
			sim->most_waiting = sim->n_waiting;
	}
}

/* Lets `ms` pass. */
static void pass(struct sim *sim, int64_t ms)
{
	int64_t end = sim->now + ms, next, wake;
	size_t i, first;

	for (;;) {
		send_all(sim);
		wake = poll_wake_ms(&sim->poll, &sim->budget, sim->now);
		assert_true(wake < 0 || wake > sim->now); /* never a spin */
		next = wake < 0 ? end : wake;
		first = SIZE_MAX;
		for (i = 0; i < sim->n_waiting; i++) {
			if (sim->waiting[i].at_ms > next)
				continue;
			next = sim->waiting[i].at_ms;
			first = i;
		}
		if (next >= end)
			break;
		sim->now = next;
		sim->wakes++;
		if (first != SIZE_MAX)
			answer(sim, first);
	}
	sim->now = end;
}

static void forget_counts(struct sim *sim)
{
	memset(sim->asked, 0, sizeof(sim->asked));
	sim->all = sim->wakes = sim->most_waiting = 0;
}

static enum badge badge(struct sim *sim)
{
	struct feed_status status;

	poll_status(&sim->poll, sim->now, &status);
	return status.badge;
}

static const struct run *latest(struct sim *sim, const char *pipeline)
{
	return store_pipeline(sim->store, "prj", pipeline)->latest;
}

#define assert_between(n, low, high)                                                               \
	do {                                                                                       \
		if ((n) < (low) || (n) > (high))                                                   \
			fail_msg("%s is %zu, not %zu..%zu", #n, (size_t)(n), (size_t)(low),       \
				 (size_t)(high));                                                  \
	} while (0)

/* ---- tests ---- */

static void idle_rows_are_asked_every_fifteen_seconds_and_listed_each_minute(void **state)
{
	struct sim *sim = sim_new(20);

	look(sim, 10, NULL, NULL);
	pass(sim, 5 * MINUTE);
	assert_int_equal(badge(sim), BADGE_LIVE);
	forget_counts(sim);
	pass(sim, 60 * MINUTE);
	assert_between(sim->asked[POLL_STATUS], 225, 255);
	assert_between(sim->asked[POLL_LIVE], 225, 255);
	assert_between(sim->asked[POLL_LIST], 55, 65);
	assert_int_equal(sim->asked[POLL_DETAIL], 0);
	assert_int_equal(sim->asked[POLL_HISTORY], 0);
	assert_true(sim->wakes <= 3 * sim->all);
	sim_free(sim);
}

static void usual_is_asked_once_for_what_is_on_screen(void **state)
{
	struct sim *sim = sim_new(20);

	look(sim, 10, NULL, NULL);
	pass(sim, 5 * MINUTE);
	assert_int_equal(sim->asked[POLL_HISTORY], 10);
	sim->rows[3].number = 2; /* another run has completed */
	pass(sim, 5 * MINUTE);
	assert_int_equal(sim->asked[POLL_HISTORY], 11);
	sim_free(sim);
}

static void nothing_but_lists_is_asked_twice_where_all_are_on_screen(void **state)
{
	struct sim *sim = sim_new(10);

	look(sim, 10, NULL, NULL);
	pass(sim, 5 * MINUTE);
	forget_counts(sim);
	pass(sim, 10 * MINUTE);
	assert_int_equal(sim->asked[POLL_LIVE], 0);
	assert_between(sim->asked[POLL_STATUS], 35, 45);
	sim_free(sim);
}

static void five_hundred_rows_cost_eighteen_requests_a_minute(void **state)
{
	struct sim *sim = sim_new(500);
	size_t visible;

	for (visible = 50; visible <= 500; visible += 450) {
		sim->rows[3].status = sim->rows[3].stage = "RUNNING";
		look(sim, visible, NULL, NULL);
		pass(sim, 40 * MINUTE); /* usual of all of them is read by then */
		forget_counts(sim);
		pass(sim, 60 * MINUTE);
		/* those of the live run aside */
		assert_between(sim->all - sim->asked[POLL_DETAIL], 14 * 60, 18 * 60);
		assert_between(sim->asked[POLL_DETAIL], 55, 65);
	}
	sim_free(sim);
}

/* Of many rows batch status asks only for those that run; the lists name the others. */
static void of_many_rows_only_those_that_run_are_swept(void **state)
{
	struct sim *sim = sim_new(500);
	const char *ids[500];
	struct poll_item *status;

	sim->rows[3].status = sim->rows[3].stage = "RUNNING";
	look(sim, 500, NULL, NULL);
	pass(sim, 2 * MINUTE);
	status = poll_find(&sim->poll, POLL_STATUS, "prj", NULL, NULL);
	assert_non_null(status);
	assert_int_equal(poll_ids(&sim->poll, status, sim->store, ids, 500), 1);
	assert_string_equal(ids[0], "p3");
	sim->rows[400] = (struct remote){.number = 2, .status = "RUNNING", .stage = "RUNNING"};
	pass(sim, 20 * SECOND);
	assert_int_equal(latest(sim, "p400")->state, STATE_RUNNING); /* the live filter named it */
	sim->rows[400].status = sim->rows[400].stage = "COMPLETED";
	pass(sim, 12 * SECOND);
	assert_int_equal(latest(sim, "p400")->state, STATE_OK);
	sim->rows[401] = (struct remote){.number = 2, .status = "COMPLETED", .stage = "COMPLETED"};
	pass(sim, 70 * SECOND);
	assert_int_equal(latest(sim, "p401")->number, 2); /* began and ended between two looks */
	sim->rows[3].status = sim->rows[3].stage = "COMPLETED";
	pass(sim, MINUTE);
	assert_null(poll_find(&sim->poll, POLL_STATUS, "prj", NULL, NULL));
	assert_int_equal(badge(sim), BADGE_LIVE);
	sim_free(sim);
}

static void several_projects_on_screen_cost_as_much_as_one(void **state)
{
	static const char *const five[] = {"prj", "a", "b", "c", "d"};
	struct sim *sim = sim_new(500);
	const char *ids[5] = {sim->ids[0], sim->ids[1], sim->ids[2], sim->ids[3], sim->ids[4]};
	struct feed_view view = {.visible_project = five, .visible_pipeline = ids, .n_visible = 5};
	size_t i;

	for (i = 1; i < 5; i++) {
		struct pipeline row = {.id = mem_strdup(sim->ids[i])};

		row.latest = mem_alloc(sizeof(*row.latest));
		*row.latest = make_run(sim->ids[i], 1, "RUNNING", "RUNNING");
		store_take_pipelines(sim->store, five[i], &row, 1, 1, sim->now);
	}
	sim->rows[0].status = sim->rows[0].stage = "RUNNING";
	poll_look(&sim->poll, &view);
	pass(sim, MINUTE);
	forget_counts(sim);
	pass(sim, 20 * MINUTE);
	assert_between(sim->asked[POLL_STATUS], 12 * 20 - 40, 12 * 20 + 10);
	sim_free(sim);
}

/* Hundreds of details and histories wait from the start on: what shows states goes first. */
static void a_backlog_of_background_reads_does_not_hold_up_the_lists(void **state)
{
	struct sim *sim = sim_new(500);
	size_t i;

	for (i = 0; i < 60; i++)
		sim->rows[i].status = sim->rows[i].stage = "RUNNING";
	look(sim, 500, NULL, NULL);
	pass(sim, MINUTE);
	forget_counts(sim);
	pass(sim, 3 * MINUTE);
	assert_true(sim->asked[POLL_LIVE] >= 9);
	assert_true(sim->asked[POLL_STATUS] >= 18);
	assert_true(sim->asked[POLL_LIST] >= 6);
	assert_true(sim->asked[POLL_DETAIL] + sim->asked[POLL_HISTORY] + sim->asked[POLL_OLD_LIVE] > 200);
	sim_free(sim);
}

static void the_opened_run_is_asked_every_three_seconds_and_thirty_when_over(void **state)
{
	struct sim *sim = sim_new(10);

	sim->rows[0].status = sim->rows[0].stage = "RUNNING";
	look(sim, 10, "p0", "p0-1");
	pass(sim, 2 * MINUTE);
	forget_counts(sim);
	pass(sim, 5 * MINUTE);
	assert_between(sim->asked[POLL_DETAIL], 95, 105);
	sim->rows[0].status = sim->rows[0].stage = "COMPLETED";
	pass(sim, 10 * SECOND);
	assert_int_equal(latest(sim, "p0")->state, STATE_OK);
	assert_true(latest(sim, "p0")->detailed);
	forget_counts(sim);
	pass(sim, 10 * MINUTE);
	assert_between(sim->asked[POLL_DETAIL], 18, 22);
	look(sim, 10, NULL, NULL);
	forget_counts(sim);
	pass(sim, 10 * MINUTE);
	assert_int_equal(sim->asked[POLL_DETAIL], 0);
	sim_free(sim);
}

static void a_slow_server_is_asked_less_often(void **state)
{
	struct sim *sim = sim_new(10);

	sim->latency = 5 * SECOND;
	sim->rows[0].status = sim->rows[0].stage = "RUNNING";
	look(sim, 10, "p0", "p0-1");
	pass(sim, 5 * MINUTE);
	forget_counts(sim);
	pass(sim, 10 * MINUTE);
	assert_between(sim->asked[POLL_DETAIL], 27, 33); /* 4 x 5 s */
	assert_int_equal(badge(sim), BADGE_LIVE);
	sim_free(sim);
}

static void live_runs_off_the_screen_are_read_when_seen_when_they_move_and_each_minute(void **state)
{
	struct sim *sim = sim_new(50);

	look(sim, 5, NULL, NULL);
	pass(sim, 5 * MINUTE);
	forget_counts(sim);
	sim->rows[40].number = 2;
	sim->rows[40].status = sim->rows[40].stage = "RUNNING";
	pass(sim, 20 * SECOND);
	assert_int_equal(sim->asked[POLL_DETAIL], 1);
	assert_int_equal(sim->asked[POLL_OLD_LIVE], 1);
	sim->rows[40].stage = "PAUSED";
	pass(sim, 30 * SECOND);
	assert_int_equal(sim->asked[POLL_DETAIL], 2);
	assert_int_equal(latest(sim, "p40")->state, STATE_WAITING);
	forget_counts(sim);
	pass(sim, 10 * MINUTE);
	assert_between(sim->asked[POLL_DETAIL], 9, 11);
	/* Its end is seen in a list, its detail is read once more, and that is all. */
	sim->rows[40].status = sim->rows[40].stage = "COMPLETED";
	forget_counts(sim);
	pass(sim, 2 * MINUTE);
	assert_between(sim->asked[POLL_DETAIL], 1, 2);
	assert_int_equal(latest(sim, "p40")->state, STATE_OK);
	forget_counts(sim);
	pass(sim, 10 * MINUTE);
	assert_int_equal(sim->asked[POLL_DETAIL], 0);
	sim_free(sim);
}

static void the_end_of_a_visible_run_shows_within_a_period(void **state)
{
	struct sim *sim = sim_new(200);
	int round;

	for (round = 0; round < 20; round++) {
		sim->rows[2].status = sim->rows[2].stage = "RUNNING";
		look(sim, 10, NULL, NULL);
		pass(sim, 2 * MINUTE + 700 * round);
		assert_int_equal(latest(sim, "p2")->state, STATE_RUNNING);
		sim->rows[2].status = sim->rows[2].stage = "COMPLETED";
		pass(sim, 6 * SECOND);
		assert_int_equal(latest(sim, "p2")->state, STATE_OK);
	}
	sim_free(sim);
}

static void an_older_run_that_waits_does_not_vanish(void **state)
{
	struct sim *sim = sim_new(10);
	const struct entry *entries;

	sim->rows[0].number = 5;
	sim->rows[0].status = sim->rows[0].stage = "RUNNING";
	sim->rows[0].older = 3; /* never was the latest while we looked */
	look(sim, 10, NULL, NULL);
	pass(sim, MINUTE);
	assert_int_equal(store_entries(sim->store, &entries), 11);
	forget_counts(sim);
	pass(sim, 10 * MINUTE);
	assert_between(sim->asked[POLL_OLD_LIVE], 9, 11);
	sim->rows[0].older = 0;
	pass(sim, 2 * MINUTE);
	assert_int_equal(store_entries(sim->store, &entries), 10);
	sim_free(sim);
}

static void a_run_started_here_is_followed_until_a_list_shows_it(void **state)
{
	struct sim *sim = sim_new(10);

	look(sim, 10, NULL, NULL);
	pass(sim, 2 * MINUTE);
	sim->rows[4].number = 2;
	sim->rows[4].status = sim->rows[4].stage = "RUNNING";
	sim->rows[4].hidden = true;
	poll_follow_run(&sim->poll, "prj", "p4", "p4-2", sim->now);
	pass(sim, SECOND);
	assert_int_equal(latest(sim, "p4")->number, 2);
	forget_counts(sim);
	pass(sim, 2 * MINUTE);
	assert_between(sim->asked[POLL_DETAIL], 36, 44);
	assert_int_equal(latest(sim, "p4")->state, STATE_RUNNING);
	sim->rows[4].hidden = false;
	pass(sim, MINUTE);
	forget_counts(sim);
	pass(sim, 10 * MINUTE);
	assert_between(sim->asked[POLL_DETAIL], 9, 11);
	sim_free(sim);
}

static void what_the_server_no_longer_lists_is_gone(void **state)
{
	struct sim *sim = sim_new(350);
	int64_t i;

	look(sim, 10, NULL, NULL);
	pass(sim, 3 * MINUTE);
	assert_int_equal(store_pipeline_count(sim->store), 350);
	sim->rows[200].deleted = true;
	pass(sim, 5 * MINUTE);
	assert_null(store_pipeline(sim->store, "prj", "p200"));
	for (i = 0; i < 20; i++) {
		pass(sim, MINUTE);
		assert_int_equal(store_pipeline_count(sim->store), 349); /* and only that one */
	}
	sim_free(sim);
}

static void a_project_that_only_v3_lists_gets_its_states_from_batch_status(void **state)
{
	struct sim *sim = sim_new(120);

	sim->v3 = true;
	sim->rows[100].status = sim->rows[100].stage = "FAILED";
	look(sim, 0, NULL, NULL);
	pass(sim, 3 * MINUTE);
	assert_int_equal(store_pipeline_count(sim->store), 120);
	assert_int_equal(latest(sim, "p100")->state, STATE_FAILED);
	assert_int_equal(badge(sim), BADGE_LIVE);
	sim_free(sim);
}

static void the_budget_is_never_exceeded_whatever_happens(void **state)
{
	unsigned seed = 4711;
	struct sim *sim = sim_new(1200);
	size_t i, k, round;

	print_message("# seed %u\n", seed);
	look(sim, 300, "p0", "p0-1");
	for (round = 0; round < 40; round++) {
		for (i = 0; i < 40; i++) {
			struct remote *row = &sim->rows[(size_t)rand_r(&seed) % 300];

			row->number += rand_r(&seed) % 2;
			row->status = row->stage = rand_r(&seed) % 3 ? "RUNNING" : "FAILED";
		}
		sim->fail = (struct err){.kind = round % 7 == 3 ? ERR_REMOTE : ERR_NONE, .code = 503};
		sim->fail_status = 503;
		pass(sim, 3 * MINUTE);
	}
	assert_true(sim->all < 100000);
	/* No minute holds more than the burst and what a minute brings. */
	for (i = 0, k = 0; i < sim->all; i++) {
		while (sim->sent_at[i] - sim->sent_at[k] >= MINUTE)
			k++;
		assert_true(i - k + 1 <= 141);
	}
	assert_true(sim->all <= 120 * 120 + 20);
	assert_true(sim->most_waiting <= 32);
	sim_free(sim);
}

static void a_small_budget_stretches_periods_and_starves_nothing(void **state)
{
	struct sim *sim = sim_new(300);
	size_t i;

	budget_init(&sim->budget, 20, 20, sim->now);
	for (i = 0; i < 100; i++)
		sim->rows[i].status = sim->rows[i].stage = "RUNNING";
	look(sim, 20, "p0", "p0-1");
	pass(sim, 10 * MINUTE);
	forget_counts(sim);
	pass(sim, 60 * MINUTE);
	assert_between(sim->all, 1000, 1220);
	for (i = 0; i < 60; i += 59)
		assert_true(sim->now - latest(sim, sim->ids[i])->seen_ms < 20 * MINUTE);
	assert_true(sim->asked[POLL_DETAIL] > 100);
	assert_true(sim->asked[POLL_LIST] > 10);
	assert_true(sim->asked[POLL_LIVE] > 10);
	assert_true(sim->asked[POLL_STATUS] > 10);
	sim_free(sim);
}

static void an_outage_shows_and_the_view_is_back_soon_after(void **state)
{
	struct sim *sim = sim_new(30);
	struct feed_status status;

	look(sim, 10, NULL, NULL);
	pass(sim, 3 * MINUTE);
	sim->fail = (struct err){.kind = ERR_REMOTE, .code = 503, .text = "busy"};
	sim->fail_status = 503;
	poll_now(&sim->poll, sim->now);
	pass(sim, 1500);
	poll_status(&sim->poll, sim->now, &status);
	assert_int_equal(status.badge, BADGE_RETRY);
	assert_string_equal(status.err.text, "busy");
	assert_true(status.next_ms >= sim->now && status.next_ms <= sim->now + 6 * SECOND);
	forget_counts(sim);
	pass(sim, 30 * MINUTE);
	assert_int_equal(badge(sim), BADGE_OFFLINE);
	assert_between(sim->all, 100, 30 * 8); /* the probe goes on, and nothing else */
	assert_int_equal(store_pipeline_count(sim->store), 30);
	sim->fail.kind = ERR_NONE;
	pass(sim, 20 * SECOND);
	assert_int_equal(badge(sim), BADGE_LIVE);
	sim_free(sim);
}

static void no_network_is_offline_at_once(void **state)
{
	struct sim *sim = sim_new(3);

	assert_int_equal(badge(sim), BADGE_START);
	sim->fail = (struct err){.kind = ERR_NET, .code = 7, .text = "refused"};
	sim->fail_status = 0;
	pass(sim, SECOND);
	assert_int_equal(badge(sim), BADGE_OFFLINE);
	sim->fail.kind = ERR_NONE;
	pass(sim, 16 * SECOND);
	assert_int_equal(badge(sim), BADGE_LIVE);
	sim_free(sim);
}

static void one_class_that_fails_leaves_the_others_alone(void **state)
{
	struct sim *sim = sim_new(30);

	sim->rows[0].status = sim->rows[0].stage = "RUNNING";
	look(sim, 10, "p0", "p0-1");
	pass(sim, 2 * MINUTE);
	sim->fail = (struct err){.kind = ERR_REMOTE, .code = 500};
	sim->fail_status = 500;
	sim->fail_kind[POLL_DETAIL] = true;
	pass(sim, 2 * MINUTE);
	forget_counts(sim);
	pass(sim, 10 * MINUTE);
	assert_between(sim->asked[POLL_STATUS], 70, 125);
	assert_true(sim->now - store_pipeline(sim->store, "prj", "p0")->latest->seen_ms < 16 * SECOND);
	sim_free(sim);
}

static void too_many_requests_stop_all_for_as_long_as_the_server_says(void **state)
{
	struct sim *sim = sim_new(30);
	struct feed_status status;

	look(sim, 10, NULL, NULL);
	pass(sim, 3 * MINUTE);
	sim->fail = (struct err){.kind = ERR_RATE, .code = 429};
	sim->fail_status = 429;
	sim->retry_after = 40 * SECOND;
	pass(sim, 20 * SECOND);
	poll_status(&sim->poll, sim->now, &status);
	assert_int_equal(status.badge, BADGE_THROTTLED);
	assert_true(status.next_ms > sim->now + 15 * SECOND);
	assert_true(budget_allowed(&sim->budget) <= 60);
	sim->fail.kind = ERR_NONE;
	forget_counts(sim);
	pass(sim, 15 * SECOND);
	assert_int_equal(sim->all, 0);
	pass(sim, 40 * SECOND);
	assert_int_equal(badge(sim), BADGE_LIVE);
	pass(sim, 10 * MINUTE);
	assert_true(budget_allowed(&sim->budget) >= 118);
	sim_free(sim);
}

static void without_a_valid_token_only_a_probe_goes_out(void **state)
{
	struct sim *sim = sim_new(30);

	look(sim, 10, NULL, NULL);
	pass(sim, 3 * MINUTE);
	sim->fail = (struct err){.kind = ERR_AUTH, .code = 401};
	sim->fail_status = 401;
	pass(sim, 20 * SECOND);
	assert_int_equal(badge(sim), BADGE_AUTH);
	forget_counts(sim);
	pass(sim, 30 * MINUTE);
	assert_between(sim->all, 28, 31);
	assert_true(poll_now(&sim->poll, sim->now)); /* the operator signed in again */
	sim->fail.kind = ERR_NONE;
	pass(sim, 5 * SECOND);
	assert_int_equal(badge(sim), BADGE_LIVE);
	sim_free(sim);
}

static void a_denied_project_is_tried_each_minute_and_says_so(void **state)
{
	struct sim *sim = sim_new(3);

	sim->fail = (struct err){.kind = ERR_AUTH, .code = 403};
	sim->fail_status = 403;
	pass(sim, MINUTE);
	assert_int_equal(badge(sim), BADGE_DENIED);
	forget_counts(sim);
	pass(sim, 10 * MINUTE);
	assert_between(sim->all, 18, 22); /* the list and the live filter */
	sim_free(sim);
}

static void old_data_is_stale(void **state)
{
	struct sim *sim = sim_new(3);

	look(sim, 3, NULL, NULL);
	pass(sim, MINUTE);
	assert_int_equal(badge(sim), BADGE_LIVE);
	sim->now += 2 * MINUTE; /* nobody asked: the machine slept */
	assert_int_equal(badge(sim), BADGE_STALE);
	sim_free(sim);
}

static void the_operator_may_ask_every_two_seconds(void **state)
{
	struct sim *sim = sim_new(10);

	look(sim, 10, "p0", "p0-1");
	pass(sim, MINUTE);
	while (sim->n_waiting)
		pass(sim, 10);
	forget_counts(sim);
	assert_true(poll_now(&sim->poll, sim->now));
	assert_false(poll_now(&sim->poll, sim->now + 1999));
	pass(sim, 200);
	assert_int_equal(sim->asked[POLL_STATUS], 1);
	assert_int_equal(sim->asked[POLL_DETAIL], 1);
	pass(sim, 1800 + 10);
	assert_true(poll_now(&sim->poll, sim->now));
	sim_free(sim);
}

static void nobody_looking_means_a_minute_between_requests(void **state)
{
	struct sim *sim = sim_new(30);

	sim->rows[0].status = sim->rows[0].stage = "RUNNING";
	look(sim, 10, "p0", "p0-1");
	pass(sim, 2 * MINUTE);
	poll_slow(&sim->poll, true);
	forget_counts(sim);
	pass(sim, 60 * MINUTE);
	assert_true(sim->all <= 6 * 68);
	poll_slow(&sim->poll, false);
	forget_counts(sim);
	pass(sim, 5 * MINUTE);
	assert_true(sim->asked[POLL_DETAIL] >= 80);
	sim_free(sim);
}

static void a_server_that_takes_few_ids_is_asked_for_few(void **state)
{
	struct sim *sim = sim_new(400);
	size_t parts;
	int i;

	look(sim, 100, NULL, NULL);
	pass(sim, MINUTE);
	sim->fail = (struct err){.kind = ERR_REMOTE, .code = 400};
	sim->fail_status = 400;
	sim->fail_kind[POLL_STATUS] = true;
	for (i = 0; i < 100 && sim->poll.projects[0].chunk > 50; i++)
		pass(sim, 200);
	assert_true(sim->poll.projects[0].chunk <= 50);
	sim->fail.kind = ERR_NONE;
	forget_counts(sim);
	pass(sim, 5 * MINUTE);
	parts = (99 + sim->poll.projects[0].chunk) / sim->poll.projects[0].chunk;
	assert_between(sim->asked[POLL_STATUS], 17 * parts, 24 * parts);
	assert_int_equal(badge(sim), BADGE_LIVE);
	sim_free(sim);
}

static void an_endless_list_ends(void **state)
{
	struct sim *sim = sim_new(100);
	struct poll_item *list;
	int i;

	pass(sim, MINUTE);
	list = poll_find(&sim->poll, POLL_LIST, "prj", NULL, NULL);
	for (i = 0; i < 1000; i++) { /* the same page again and again, of very many */
		struct poll_result r = {.status = 200, .snapshot = ++sim->snapshot, .n = 100,
					.total = 1000000000, .retry_after_ms = -1};

		poll_answered(&sim->poll, list, &r, sim->store, sim->now);
		if (list->offset == 0)
			break;
	}
	assert_int_equal(i, 199); /* 20,000 rows */
	sim_free(sim);
}

static void a_view_is_taken_once(void **state)
{
	struct sim *sim = sim_new(10);
	struct feed_view view = {.project_id = "prj", .pipeline_id = "p0", .run_id = "p0-1",
				 .visible_project = sim->visible_projects,
				 .visible_pipeline = sim->visible, .n_visible = 10};
	const char *turned[10];
	int i;

	assert_true(poll_look(&sim->poll, &view));
	assert_false(poll_look(&sim->poll, &view));
	for (i = 0; i < 10; i++)
		turned[i] = sim->ids[9 - i];
	view.visible_pipeline = turned;
	assert_false(poll_look(&sim->poll, &view)); /* the order does not matter */
	view.run_id = "p0-2";
	assert_true(poll_look(&sim->poll, &view));
	sim_free(sim);
}

static void the_largest_page_that_the_server_gives_is_asked(void **state)
{
	static const struct {
		int64_t cap, refuses, page;
		size_t requests;
	} rows[] = {
		{0, 0, 200, 5},
		{100, 0, 100, 10}, /* gives fewer than asked */
		{0, 100, 100, 10}, /* refuses more */
		{0, 60, 50, 20},
		{10, 0, 50, 100},  /* never more than its default */
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sim *sim = sim_new(1000);

		sim->cap = rows[i].cap;
		sim->refuses = rows[i].refuses;
		pass(sim, 2 * MINUTE);
		assert_int_equal(store_pipeline_count(sim->store), 1000);
		assert_int_equal(sim->poll.projects[0].page, rows[i].page);
		sim_free(sim);
		sim = sim_new(1000);
		sim->cap = rows[i].cap;
		sim->refuses = rows[i].refuses;
		while (!sim->poll.projects[0].loaded)
			pass(sim, SECOND);
		assert_between(sim->asked[POLL_LIST], rows[i].requests, rows[i].requests + 2);
		sim_free(sim);
	}
}

static void marked_rows_are_watched_as_if_on_screen(void **state)
{
	struct sim *sim = sim_new(100);
	struct feed_view view = {.marked_project = sim->visible_projects,
				 .marked_pipeline = &sim->visible[50], .n_marked = 3};

	pass(sim, MINUTE);
	assert_int_equal(sim->asked[POLL_STATUS], 0);
	assert_true(poll_look(&sim->poll, &view));
	assert_false(poll_look(&sim->poll, &view));
	pass(sim, MINUTE);
	assert_between(sim->asked[POLL_STATUS], 3, 6);
	assert_int_equal(sim->poll.projects[0].visible, 3);
	sim_free(sim);
}

static void the_interval_stretches_and_shortens_every_period(void **state)
{
	static const struct {
		double factor;
		size_t low, high;
	} rows[] = {{1, 225, 255}, {2, 112, 128}, {0.5, 450, 510}, {100, 22, 26}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sim *sim = sim_new(20);

		look(sim, 10, NULL, NULL);
		pass(sim, 5 * MINUTE);
		poll_interval(&sim->poll, rows[i].factor);
		pass(sim, 5 * MINUTE);
		forget_counts(sim);
		pass(sim, 60 * MINUTE);
		assert_between(sim->asked[POLL_STATUS], rows[i].low, rows[i].high);
		assert_between(sim->asked[POLL_LIVE], rows[i].low, rows[i].high);
		sim_free(sim);
	}
}

/* ---- searches, groups, histories ---- */

static const struct poll_item *search_item(struct sim *sim, const char *name)
{
	return poll_find(&sim->poll, POLL_FIND, "prj", "", name);
}

static void a_search_is_read_once_and_behind_what_is_on_screen(void **state)
{
	static char project[] = "prj", all[] = "";
	const struct poll_target target = {project, all};
	struct sim *sim = sim_new(1000);

	look(sim, 10, NULL, NULL);
	pass(sim, 5 * MINUTE);
	forget_counts(sim);
	poll_search(&sim->poll, "1", &target, 1, false);
	pass(sim, 10 * SECOND);
	assert_int_equal(sim->asked[POLL_FIND], 5);
	assert_true(search_item(sim, "1")->over);
	assert_int_equal(search_item(sim, "1")->total, 1000);
	pass(sim, 5 * MINUTE);
	assert_int_equal(sim->asked[POLL_FIND], 5);
	poll_search(&sim->poll, "2", &target, 1, false);
	pass(sim, 10 * SECOND);
	assert_null(search_item(sim, "1"));
	assert_int_equal(sim->asked[POLL_FIND], 10);
	poll_search(&sim->poll, NULL, NULL, 0, false);
	pass(sim, SECOND);
	assert_null(search_item(sim, "2"));
	sim_free(sim);
}

static void an_endless_search_ends(void **state)
{
	static char project[] = "prj", all[] = "";
	const struct poll_target target = {project, all};
	struct sim *sim = sim_new(ROWS_MAX);

	sim->cap = 20; /* 5,000 rows in pages of 20 would be 250 requests */
	poll_search(&sim->poll, "1", &target, 1, false);
	pass(sim, 10 * MINUTE);
	assert_true(search_item(sim, "1")->over);
	assert_int_equal(sim->asked[POLL_FIND], POLL_FIND_PAGES);
	sim_free(sim);
}

static void a_search_that_is_refused_is_not_repeated(void **state)
{
	static char project[] = "prj", all[] = "";
	const struct poll_target target = {project, all};
	struct sim *sim = sim_new(10);

	pass(sim, MINUTE);
	sim->fail_kind[POLL_FIND] = true;
	err_set(&sim->fail, ERR_AUTH, 403, "not yours");
	sim->fail_status = 403;
	poll_search(&sim->poll, "1", &target, 1, false);
	pass(sim, 5 * MINUTE);
	assert_int_equal(sim->asked[POLL_FIND], 1);
	assert_true(search_item(sim, "1")->over);
	assert_int_equal(badge(sim), BADGE_LIVE);
	err_set(&sim->fail, ERR_REMOTE, 503, "busy"); /* what may pass is tried again */
	sim->fail_status = 503;
	poll_search(&sim->poll, "2", &target, 1, false);
	pass(sim, 20 * SECOND);
	assert_true(sim->asked[POLL_FIND] > 2);
	sim->fail.kind = ERR_NONE;
	pass(sim, MINUTE);
	assert_true(search_item(sim, "2")->over);
	assert_int_equal(poll_err(search_item(sim, "2"))->kind, ERR_NONE);
	sim_free(sim);
}

static void groups_cost_little_however_many_there_are(void **state)
{
	struct sim *sim = sim_new(50);
	struct group list[200] = {0};
	struct feed_view view = {.groups = true};
	size_t i;

	for (i = 0; i < 200; i++) {
		char id[8];

		snprintf(id, sizeof(id), "g%zu", i);
		list[i].id = mem_strdup(id);
		list[i].path_id = mem_strdup(id);
	}
	groups_take(sim->groups, "prj", list, 200);
	pass(sim, MINUTE);
	assert_int_equal(sim->asked[POLL_GROUPS] + sim->asked[POLL_GROUP], 0);
	poll_look(&sim->poll, &view);
	pass(sim, 30 * MINUTE);
	assert_true(sim->asked[POLL_GROUP] >= 200);
	forget_counts(sim);
	pass(sim, 60 * MINUTE);
	assert_between(sim->asked[POLL_GROUPS], 10, 14);
	assert_between(sim->asked[POLL_GROUP], 500, 700);
	view.groups = false;
	poll_look(&sim->poll, &view);
	pass(sim, SECOND);
	forget_counts(sim);
	pass(sim, 30 * MINUTE);
	assert_int_equal(sim->asked[POLL_GROUP], 0);
	sim_free(sim);
}

static void a_history_goes_back_a_page_when_asked(void **state)
{
	struct sim *sim = sim_new(10);
	const struct poll_item *item;

	pass(sim, MINUTE);
	assert_false(poll_more_runs(&sim->poll, "prj", "p1", sim->now));
	look(sim, 10, "p1", NULL);
	pass(sim, 5 * MINUTE);
	assert_int_equal(sim->asked[POLL_MORE], 0);
	assert_true(poll_more_runs(&sim->poll, "prj", "p1", sim->now));
	item = poll_find(&sim->poll, POLL_MORE, "prj", "p1", NULL);
	assert_int_equal(item->offset, POLL_RUNS_PAGE);
	pass(sim, 5 * MINUTE);
	assert_int_equal(sim->asked[POLL_MORE], 1);
	assert_true(item->over); /* the pretend server has none */
	assert_false(poll_more_runs(&sim->poll, "prj", "p1", sim->now));
	look(sim, 10, "p2", NULL);
	pass(sim, SECOND);
	assert_null(poll_find(&sim->poll, POLL_MORE, "prj", "p1", NULL));
	sim_free(sim);
}

/* ---- several projects ---- */

static void projects_share_the_budget_fairly(void **state)
{
	static const char *const ten[] = {"prj", "a", "b", "c", "d", "e", "f", "g", "h", "i"};
	struct sim *sim = sim_new(100);
	int64_t least = INT64_MAX, most = 0;
	size_t i;

	budget_init(&sim->budget, 30, 20, sim->now); /* less than they would like */
	poll_projects(&sim->poll, ten, 10);
	pass(sim, 10 * MINUTE);
	for (i = 0; i < 10; i++) {
		const struct poll_item *list = poll_find(&sim->poll, POLL_LIST, ten[i], NULL, NULL);

		assert_true(list->good_ms > 0);
		least = sim->now - list->good_ms < least ? sim->now - list->good_ms : least;
		most = sim->now - list->good_ms > most ? sim->now - list->good_ms : most;
	}
	assert_true(most < 4 * MINUTE); /* each of them, though 30 a minute are not enough */
	sim_free(sim);
}

static void projects_can_be_changed_while_it_runs(void **state)
{
	static const char *const other[] = {"elsewhere"}, *const both[] = {"prj", "elsewhere"};
	struct sim *sim = sim_new(10);
	struct feed_status status;

	look(sim, 10, NULL, NULL);
	pass(sim, MINUTE);
	poll_projects(&sim->poll, other, 1);
	store_keep(sim->store, other, 1);
	pass(sim, SECOND);
	assert_null(poll_find(&sim->poll, POLL_LIST, "prj", NULL, NULL));
	assert_false(poll_configured(&sim->poll, "prj"));
	poll_projects(&sim->poll, both, 2);
	pass(sim, 2 * MINUTE);
	assert_non_null(poll_find(&sim->poll, POLL_LIST, "prj", NULL, NULL));
	poll_status(&sim->poll, sim->now, &status);
	assert_int_equal(status.listed, 10);
	sim_free(sim);
}

static void enter(struct sim *sim, const char *pipeline, const char *run)
{
	struct ref ref = {{mem_strdup("prj"), mem_strdup(pipeline), mem_strdup(run)}};

	poll_child(&sim->poll, &ref, sim->now);
	ref_done(&ref);
}

static void outputs_are_asked_until_the_child_is_known_and_then_it_is_read(void **state)
{
	struct sim *sim = sim_new(2);

	sim->rows[0] = (struct remote){.number = 3, .status = "RUNNING", .stage = "RUNNING"};
	sim->rows[1].deleted = true;
	sim->has_child = true;
	look(sim, 1, "p0", "p0-3");
	pass(sim, MINUTE);
	assert_int_equal(sim->asked[POLL_OUTPUTS], 0); /* nobody wants to go in */
	sim->child_ms = sim->now + 22 * SECOND;
	enter(sim, "p0", "p0-3");
	pass(sim, 20 * SECOND);
	assert_in_range(sim->asked[POLL_OUTPUTS], 3, 5);
	pass(sim, MINUTE);
	assert_in_range(sim->asked[POLL_OUTPUTS], 5, 6); /* no more once it is known */
	sim->rows[900] = (struct remote){.number = 1, .status = "RUNNING", .stage = "RUNNING"};
	look(sim, 1, "p900", "p900-1");
	forget_counts(sim);
	pass(sim, MINUTE);
	assert_true(store_run(sim->store, "prj", "p900", "p900-1")->detailed);
	assert_true(sim->asked[POLL_DETAIL] >= 18); /* as any opened run, though no list has it */
	assert_true(store_pipeline(sim->store, "prj", "p900")->guest);
	sim_free(sim);
}

static void outputs_of_a_run_that_is_over_are_asked_once(void **state)
{
	struct sim *sim = sim_new(1);

	sim->has_child = true;
	sim->child_ms = POLL_NEVER;
	look(sim, 1, "p0", "p0-1");
	pass(sim, MINUTE);
	enter(sim, "p0", "p0-1");
	pass(sim, 5 * MINUTE);
	assert_int_equal(sim->asked[POLL_OUTPUTS], 1);
	enter(sim, "p0", "p0-1"); /* until somebody asks again */
	pass(sim, 5 * MINUTE);
	assert_int_equal(sim->asked[POLL_OUTPUTS], 2);
	sim_free(sim);
}

static void a_child_that_never_shows_is_not_asked_for_ever(void **state)
{
	struct sim *sim = sim_new(1);

	sim->rows[0] = (struct remote){.number = 3, .status = "RUNNING", .stage = "RUNNING"};
	sim->has_child = true;
	sim->child_ms = POLL_NEVER;
	look(sim, 1, "p0", "p0-3");
	pass(sim, MINUTE);
	enter(sim, "p0", "p0-3");
	pass(sim, 15 * MINUTE);
	forget_counts(sim);
	pass(sim, 10 * MINUTE);
	assert_int_equal(sim->asked[POLL_OUTPUTS], 0);
	sim_free(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(idle_rows_are_asked_every_fifteen_seconds_and_listed_each_minute),
		cmocka_unit_test(usual_is_asked_once_for_what_is_on_screen),
		cmocka_unit_test(nothing_but_lists_is_asked_twice_where_all_are_on_screen),
		cmocka_unit_test(five_hundred_rows_cost_eighteen_requests_a_minute),
		cmocka_unit_test(a_backlog_of_background_reads_does_not_hold_up_the_lists),
		cmocka_unit_test(of_many_rows_only_those_that_run_are_swept),
		cmocka_unit_test(several_projects_on_screen_cost_as_much_as_one),
		cmocka_unit_test(the_opened_run_is_asked_every_three_seconds_and_thirty_when_over),
		cmocka_unit_test(a_slow_server_is_asked_less_often),
		cmocka_unit_test(live_runs_off_the_screen_are_read_when_seen_when_they_move_and_each_minute),
		cmocka_unit_test(the_end_of_a_visible_run_shows_within_a_period),
		cmocka_unit_test(an_older_run_that_waits_does_not_vanish),
		cmocka_unit_test(a_run_started_here_is_followed_until_a_list_shows_it),
		cmocka_unit_test(what_the_server_no_longer_lists_is_gone),
		cmocka_unit_test(a_project_that_only_v3_lists_gets_its_states_from_batch_status),
		cmocka_unit_test(the_budget_is_never_exceeded_whatever_happens),
		cmocka_unit_test(a_small_budget_stretches_periods_and_starves_nothing),
		cmocka_unit_test(an_outage_shows_and_the_view_is_back_soon_after),
		cmocka_unit_test(no_network_is_offline_at_once),
		cmocka_unit_test(one_class_that_fails_leaves_the_others_alone),
		cmocka_unit_test(too_many_requests_stop_all_for_as_long_as_the_server_says),
		cmocka_unit_test(without_a_valid_token_only_a_probe_goes_out),
		cmocka_unit_test(a_denied_project_is_tried_each_minute_and_says_so),
		cmocka_unit_test(old_data_is_stale),
		cmocka_unit_test(the_operator_may_ask_every_two_seconds),
		cmocka_unit_test(nobody_looking_means_a_minute_between_requests),
		cmocka_unit_test(a_server_that_takes_few_ids_is_asked_for_few),
		cmocka_unit_test(an_endless_list_ends),
		cmocka_unit_test(a_view_is_taken_once),
		cmocka_unit_test(the_largest_page_that_the_server_gives_is_asked),
		cmocka_unit_test(marked_rows_are_watched_as_if_on_screen),
		cmocka_unit_test(the_interval_stretches_and_shortens_every_period),
		cmocka_unit_test(a_search_is_read_once_and_behind_what_is_on_screen),
		cmocka_unit_test(an_endless_search_ends),
		cmocka_unit_test(a_search_that_is_refused_is_not_repeated),
		cmocka_unit_test(groups_cost_little_however_many_there_are),
		cmocka_unit_test(a_history_goes_back_a_page_when_asked),
		cmocka_unit_test(projects_share_the_budget_fairly),
		cmocka_unit_test(projects_can_be_changed_while_it_runs),
		cmocka_unit_test(outputs_are_asked_until_the_child_is_known_and_then_it_is_read),
		cmocka_unit_test(outputs_of_a_run_that_is_over_are_asked_once),
		cmocka_unit_test(a_child_that_never_shows_is_not_asked_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
