/* SPDX-License-Identifier: MIT */
/* What the program noticed while it looked on. */
#include "test.h"

#include <time.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/when.h"
#include "model/changes.h"

#define BEGIN INT64_C(1795500000000)
#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define PROJECT "p1"

struct world {
	struct store *store;
	struct changes *changes;
	uint64_t snapshot;
	int64_t now_ms; /* the server's clock */
	uint64_t told;	/* newest event that a test has read */
};

static int setup(void **state)
{
	struct world *w = mem_zalloc(sizeof(*w));

	w->store = store_new();
	w->changes = changes_new();
	w->now_ms = BEGIN;
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	changes_free(w->changes);
	store_free(w->store);
	mem_free(w);
	return 0;
}

static struct run *make_run(const char *pipeline, int64_t number, const char *status, int64_t start_ms)
{
	struct run *run = mem_zalloc(sizeof(*run));
	char id[64];

	snprintf(id, sizeof(id), "%s-run-%lld", pipeline, (long long)number);
	run->id = mem_strdup(id);
	run->pipeline_id = mem_strdup(pipeline);
	run->status = mem_strdup(status);
	run->number = number;
	run->start_ms = start_ms;
	run_derive(run);
	return run;
}

/* A list's answer names one pipeline with its latest run (status NULL: it never ran). */
static void list_made(struct world *w, const char *id, int64_t number, const char *status,
		      int64_t start_ms, int64_t create_ms)
{
	struct pipeline p = {.id = mem_strdup(id), .name = mem_strdup(id), .create_ms = create_ms};

	if (status)
		p.latest = make_run(id, number, status, start_ms);
	store_take_pipelines(w->store, PROJECT, &p, 1, ++w->snapshot, ++w->now_ms);
}

static void list(struct world *w, const char *id, int64_t number, const char *status, int64_t start_ms)
{
	list_made(w, id, number, status, start_ms, WHEN_NONE);
}

static void look(struct world *w)
{
	changes_update(w->changes, w->store, w->now_ms, w->now_ms + 5);
}

/* What was told since the last call: "a 1 not started>running started; ..." */
static char *news(struct world *w)
{
	const struct change *change;
	static char text[4096];
	struct buf out;

	look(w);
	buf_init(&out, sizeof(text) - 1);
	while ((change = changes_next(w->changes, w->told)) != NULL) {
		w->told = change->seq;
		buf_addf(&out, "%s%s %lld %s>%s %s", out.len ? "; " : "", change->pipeline,
			 (long long)change->number, state_word(change->from), state_word(change->to),
			 change_word(change->kind));
	}
	snprintf(text, sizeof(text), "%s", out.data);
	buf_done(&out);
	return text;
}

static void nothing_that_was_there_at_first_is_told(void **state)
{
	struct world *w = *state;

	assert_string_equal(news(w), "");
	list(w, "a", 1, "RUNNING", BEGIN - MINUTE);
	list(w, "b", 7, "FAILED", BEGIN - MINUTE);
	list(w, "c", 2, "PAUSED", BEGIN - MINUTE);
	list(w, "d", 0, NULL, WHEN_NONE);
	assert_string_equal(news(w), "");
	assert_int_equal(changes_count(w->changes), 0);
	assert_null(changes_at(w->changes, 0));
}

static void pages_that_come_later_are_no_news_but_what_began_since_is(void **state)
{
	struct world *w = *state;

	list(w, "a", 1, "COMPLETED", BEGIN - MINUTE);
	news(w);
	w->now_ms += MINUTE;
	list_made(w, "old", 1, "FAILED", BEGIN - MINUTE, BEGIN - 100 * MINUTE);
	list_made(w, "unknown", 1, "QUEUED", WHEN_NONE, WHEN_NONE);
	assert_string_equal(news(w), "");
	list_made(w, "ran", 3, "RUNNING", BEGIN + 30 * SECOND, BEGIN - 100 * MINUTE);
	assert_string_equal(news(w), "ran 3 not started>running started");
	list_made(w, "made", 0, NULL, WHEN_NONE, BEGIN + 40 * SECOND);
	assert_string_equal(news(w), "made 0 not started>not started new-pipeline");
	list_made(w, "both", 1, "FAILED", BEGIN + 50 * SECOND, BEGIN + 45 * SECOND);
	assert_string_equal(news(w), "both 0 not started>failed new-pipeline; both 1 not started>failed failed");
}

static void each_transition_has_its_kind(void **state)
{
	static const struct {
		const char *status, *told;
	} steps[] = {
		{"RUNNING", ""},
		{"PAUSED", "a 1 running>waiting gate"},
		{"RUNNING", "a 1 waiting>running gate-passed"},
		{"FAILED", "a 1 running>failed failed"},
		{"RUNNING", "a 1 failed>running started"},
		{"COMPLETED", "a 1 running>ok finished"},
		{"QUEUED", "a 1 ok>queued started"},
		{"RUNNING", ""},
		{"CANCELED", "a 1 running>stopped stopped"},
		{"SUSPEND", "a 1 stopped>waiting gate"},
		{"FAILED", "a 1 waiting>failed failed"},
		{"IGNORED", "a 1 failed>ignored finished"},
		{"BRAND_NEW", ""},
		{"COMPLETED", "a 1 unknown>ok finished"},
		{"COMPLETED", ""},
	};
	struct world *w = *state;
	size_t i;

	list(w, "a", 1, "QUEUED", BEGIN - MINUTE);
	assert_string_equal(news(w), "");
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		list(w, "a", 1, steps[i].status, BEGIN - MINUTE);
		assert_string_equal(news(w), steps[i].told);
	}
}

static void a_new_run_is_told_by_what_became_of_it(void **state)
{
	struct world *w = *state;

	list(w, "a", 1, "COMPLETED", BEGIN - MINUTE);
	list(w, "v3", 0, NULL, WHEN_NONE);
	news(w);
	list(w, "a", 2, "QUEUED", WHEN_NONE);
	assert_string_equal(news(w), "a 2 not started>queued started");
	list(w, "a", 2, "RUNNING", BEGIN + SECOND);
	assert_string_equal(news(w), "");
	list(w, "a", 3, "FAILED", BEGIN + 2 * SECOND);
	assert_string_equal(news(w), "a 3 not started>failed failed");
	list(w, "a", 4, "PAUSED", BEGIN + 3 * SECOND);
	assert_string_equal(news(w), "a 4 not started>waiting gate");
	/* What only v3 lists had no run until batch status came: that one is old. */
	list(w, "v3", 9, "FAILED", BEGIN - MINUTE);
	assert_string_equal(news(w), "");
}

static void a_run_below_a_newer_one_is_watched_to_its_end(void **state)
{
	struct world *w = *state;
	struct run *run;

	list(w, "a", 1, "RUNNING", BEGIN - MINUTE);
	news(w);
	list(w, "a", 2, "RUNNING", BEGIN + SECOND);
	assert_string_equal(news(w), "a 2 not started>running started");
	run = make_run("a", 1, "PAUSED", BEGIN - MINUTE);
	store_take_runs(w->store, PROJECT, run, 1, ++w->snapshot, ++w->now_ms);
	mem_free(run);
	assert_string_equal(news(w), "a 1 running>waiting gate");
	run = make_run("a", 1, "FAILED", BEGIN - MINUTE);
	store_take_runs(w->store, PROJECT, run, 1, ++w->snapshot, ++w->now_ms);
	mem_free(run);
	assert_string_equal(news(w), "a 1 waiting>failed failed");
	list(w, "a", 2, "COMPLETED", BEGIN + SECOND);
	assert_string_equal(news(w), "a 2 running>ok finished");
}

static void what_ended_and_what_began_between_two_looks_are_both_told(void **state)
{
	struct world *w = *state;
	struct run *run;

	list(w, "a", 1, "RUNNING", BEGIN - MINUTE);
	news(w);
	run = make_run("a", 1, "FAILED", BEGIN - MINUTE);
	store_take_runs(w->store, PROJECT, run, 1, ++w->snapshot, ++w->now_ms);
	mem_free(run);
	list(w, "a", 2, "COMPLETED", BEGIN + SECOND);
	list(w, "a", 3, "RUNNING", BEGIN + 2 * SECOND);
	assert_string_equal(news(w), "a 1 running>failed failed; a 2 not started>ok finished; "
				     "a 3 not started>running started");
}

/* A run list read for an opened pipeline brings old runs: they are no news. */
static void history_is_no_news(void **state)
{
	struct world *w = *state;
	int64_t number;

	list(w, "a", 10, "RUNNING", BEGIN - MINUTE);
	news(w);
	for (number = 5; number < 10; number++) {
		struct run *run = make_run("a", number, number == 9 ? "RUNNING" : "FAILED",
					   BEGIN - (20 - number) * MINUTE);

		store_take_runs(w->store, PROJECT, run, 1, ++w->snapshot, ++w->now_ms);
		mem_free(run);
	}
	assert_string_equal(news(w), "");
}

static void stuck_is_told_once_when_the_time_has_come(void **state)
{
	struct world *w = *state;
	struct run history[3] = {0};
	size_t i;

	list(w, "a", 4, "RUNNING", BEGIN - SECOND);
	list(w, "slow", 1, "RUNNING", BEGIN - 100 * MINUTE);
	for (i = 0; i < 3; i++) {
		struct run *run = make_run("a", (int64_t)i + 1, "COMPLETED", BEGIN - 100 * MINUTE);

		history[i] = *run;
		history[i].end_ms = history[i].start_ms + 10 * MINUTE;
		mem_free(run);
	}
	assert_int_equal(changes_wake_ms(w->changes), -1);
	store_take_history(w->store, PROJECT, "a", history, 3, ++w->snapshot, w->now_ms);
	assert_string_equal(news(w), "");
	/* usual 10m, so stuck after 15m */
	assert_true(changes_wake_ms(w->changes) == BEGIN - SECOND + 15 * MINUTE + 1);
	w->now_ms = BEGIN - SECOND + 15 * MINUTE;
	assert_string_equal(news(w), "");
	w->now_ms++;
	assert_string_equal(news(w), "a 4 running>running stuck");
	w->now_ms += MINUTE;
	assert_string_equal(news(w), "");
	list(w, "a", 4, "COMPLETED", BEGIN - SECOND);
	assert_string_equal(news(w), "a 4 running>ok finished");
	assert_int_equal(changes_wake_ms(w->changes), -1);
}

static void what_was_stuck_already_is_no_news(void **state)
{
	struct world *w = *state;
	struct run *run;

	list(w, "a", 4, "RUNNING", BEGIN - 100 * MINUTE);
	run = make_run("a", 1, "COMPLETED", BEGIN - 500 * MINUTE);
	run->end_ms = run->start_ms + MINUTE;
	store_take_history(w->store, PROJECT, "a", run, 1, ++w->snapshot, w->now_ms);
	mem_free(run);
	assert_string_equal(news(w), "");
	w->now_ms += 100 * MINUTE;
	list(w, "b", 1, "COMPLETED", BEGIN - MINUTE);
	assert_string_equal(news(w), "");
}

static void what_is_gone_is_told_once(void **state)
{
	struct world *w = *state;

	list(w, "a", 1, "FAILED", BEGIN - MINUTE);
	list(w, "b", 1, "FAILED", BEGIN - MINUTE);
	news(w);
	store_gone(w->store, PROJECT, "a", NULL, ++w->now_ms);
	assert_string_equal(news(w), "a 1 failed>failed gone");
	list(w, "b", 1, "RUNNING", BEGIN - MINUTE);
	assert_string_equal(news(w), "b 1 failed>running started");
	store_expire(w->store, w->now_ms + 100 * MINUTE);
	assert_string_equal(news(w), "");
}

static struct run *waiting_at(const char *step_id, const char *first)
{
	struct run *run = make_run("a", 1, "PAUSED", BEGIN - MINUTE);
	struct stage *stage = run->stages = mem_zalloc(sizeof(*stage));
	size_t i;

	run->n_stages = 1;
	stage->id = mem_strdup("s1");
	stage->status = mem_strdup("PAUSED");
	stage->n_pre = 2;
	stage->pre = mem_calloc(2, sizeof(*stage->pre));
	for (i = 0; i < 2; i++) {
		stage->pre[i].id = mem_strdup(i ? "gate-two" : "gate-one");
		stage->pre[i].task = mem_strdup("official_devcloud_manualTrigger");
		stage->pre[i].status = mem_strdup(strcmp(stage->pre[i].id, step_id) == 0 ? "PAUSED"
						  : i == 0				 ? first
											 : "INIT");
	}
	run_derive(run);
	return run;
}

static void the_next_gate_of_a_run_that_waits_is_news(void **state)
{
	struct world *w = *state;
	struct run *run;

	list(w, "a", 1, "PAUSED", BEGIN - MINUTE);
	news(w);
	run = waiting_at("gate-one", "PAUSED");
	store_take_detail(w->store, PROJECT, "a", run, ++w->snapshot, ++w->now_ms);
	mem_free(run);
	assert_string_equal(news(w), "");
	run = waiting_at("gate-two", "COMPLETED");
	store_take_detail(w->store, PROJECT, "a", run, ++w->snapshot, ++w->now_ms);
	mem_free(run);
	assert_string_equal(news(w), "a 1 waiting>waiting gate");
}

static void events_name_their_run_and_both_clocks(void **state)
{
	struct world *w = *state;
	const struct change *change;

	list(w, "a", 1, "RUNNING", BEGIN - MINUTE);
	news(w);
	w->now_ms += MINUTE;
	list(w, "a", 1, "FAILED", BEGIN - MINUTE);
	news(w);
	change = changes_at(w->changes, 0);
	assert_string_equal(change->ref.id[REF_PROJECT], PROJECT);
	assert_string_equal(change->ref.id[REF_PIPELINE], "a");
	assert_string_equal(change->ref.id[REF_RUN], "a-run-1");
	assert_int_equal(ref_depth(&change->ref), 3);
	assert_true(change->server_ms == w->now_ms && change->wall_ms == w->now_ms + 5);
}

static void the_ring_keeps_the_newest_thousand_and_knows_what_was_seen(void **state)
{
	struct world *w = *state;
	uint64_t version;
	int i;

	list(w, "a", 1, "QUEUED", BEGIN - MINUTE);
	news(w);
	for (i = 0; i < 1500; i++) {
		list(w, "a", 1, i % 2 ? "RUNNING" : "PAUSED", BEGIN - MINUTE);
		look(w);
	}
	assert_int_equal(changes_count(w->changes), CHANGES_MAX);
	assert_int_equal(changes_unseen(w->changes), CHANGES_MAX);
	assert_int_equal(changes_at(w->changes, 0)->seq, 1500);
	assert_int_equal(changes_at(w->changes, 999)->seq, 501);
	assert_null(changes_at(w->changes, 1000));
	assert_null(changes_find(w->changes, 500));
	assert_int_equal(changes_next(w->changes, 0)->seq, 501);
	assert_int_equal(changes_next(w->changes, 1499)->seq, 1500);
	assert_null(changes_next(w->changes, 1500));
	version = changes_version(w->changes);
	changes_see(w->changes, 1500);
	assert_true(changes_version(w->changes) > version);
	changes_see(w->changes, 1500);
	changes_see(w->changes, 3);
	assert_int_equal(changes_unseen(w->changes), CHANGES_MAX - 1);
	changes_looked(w->changes);
	assert_int_equal(changes_unseen(w->changes), 0);
	list(w, "a", 1, "PAUSED", BEGIN - MINUTE);
	look(w);
	assert_int_equal(changes_unseen(w->changes), 1);
	assert_false(changes_at(w->changes, 0)->seen);
}

/* The same states by another way: a plain list of what each run was. */
static void any_order_of_answers_tells_what_differs(void **state)
{
	static const char *const statuses[] = {"RUNNING", "PAUSED", "FAILED", "COMPLETED", "CANCELED"};
	struct world *w = *state;
	enum state was[20];
	unsigned seed = (unsigned)getpid(), round;
	size_t i;

	print_message("# seed %u\n", seed);
	srand(seed);
	for (i = 0; i < 20; i++) {
		char id[8];

		snprintf(id, sizeof(id), "p%zu", i);
		list(w, id, 1, "RUNNING", BEGIN - MINUTE);
		was[i] = STATE_RUNNING;
	}
	news(w);
	for (round = 0; round < 2000; round++) {
		const char *status = statuses[(size_t)rand() % 5];
		enum state to = state_from_v5(status, false);
		size_t before = (size_t)w->told;
		char id[8];

		i = (size_t)rand() % 20;
		snprintf(id, sizeof(id), "p%zu", i);
		list(w, id, 1, status, BEGIN - MINUTE);
		news(w);
		assert_int_equal(w->told - before, was[i] == to ? 0 : 1);
		if (was[i] != to) {
			assert_string_equal(changes_at(w->changes, 0)->pipeline, id);
			assert_int_equal(changes_at(w->changes, 0)->from, was[i]);
			assert_int_equal(changes_at(w->changes, 0)->to, to);
		}
		was[i] = to;
	}
}

static double ms_of(struct world *w)
{
	struct timespec a, b;
	const struct entry *entries;

	store_entries(w->store, &entries); /* the store's own cost is not ours */
	clock_gettime(CLOCK_MONOTONIC, &a);
	look(w);
	clock_gettime(CLOCK_MONOTONIC, &b);
	return (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6;
}

static void a_hundred_thousand_pipelines_are_compared_in_a_blink(void **state)
{
	struct world *w = *state;
	double first, later;
	char id[33];
	int i;

	for (i = 0; i < 100000; i++) {
		snprintf(id, sizeof(id), "%032d", i);
		list(w, id, 1, "COMPLETED", BEGIN - MINUTE);
	}
	first = ms_of(w);
	list(w, id, 1, "FAILED", BEGIN - MINUTE);
	later = ms_of(w);
	print_message("# first look %.1f ms, after one change %.1f ms\n", first, later);
	assert_int_equal(changes_count(w->changes), 1);
	assert_true(later < 1000); /* under valgrind too; the figure above is what to watch */
}

static void kinds_have_words(void **state)
{
	enum change_kind kind;
	int i;

	for (i = 0; i < CHANGE_KINDS; i++) {
		assert_true(change_from_word(change_word((enum change_kind)i), &kind));
		assert_int_equal(kind, i);
	}
	assert_false(change_from_word("exploded", &kind));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_that_was_there_at_first_is_told),
		TEST(pages_that_come_later_are_no_news_but_what_began_since_is),
		TEST(each_transition_has_its_kind),
		TEST(a_new_run_is_told_by_what_became_of_it),
		TEST(a_run_below_a_newer_one_is_watched_to_its_end),
		TEST(what_ended_and_what_began_between_two_looks_are_both_told),
		TEST(history_is_no_news),
		TEST(stuck_is_told_once_when_the_time_has_come),
		TEST(what_was_stuck_already_is_no_news),
		TEST(what_is_gone_is_told_once),
		TEST(the_next_gate_of_a_run_that_waits_is_news),
		TEST(events_name_their_run_and_both_clocks),
		TEST(the_ring_keeps_the_newest_thousand_and_knows_what_was_seen),
		TEST(any_order_of_answers_tells_what_differs),
		TEST(a_hundred_thousand_pipelines_are_compared_in_a_blink),
		TEST(kinds_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
