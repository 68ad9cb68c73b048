/* SPDX-License-Identifier: MIT */
/* Details of one run as they come before, during and after retries, and what stays of each. */
#include "test.h"

#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"
#include "model/store.h"

#define P "aaaa"
#define REVIEW "official_devcloud_checkpoint"
#define TRIGGER "official_devcloud_manualTrigger"

struct bench {
	struct store *store;
	uint64_t snapshot;
};

static void open_bench(struct bench *b)
{
	struct pipeline p = {.id = mem_strdup("p1"), .name = mem_strdup("p1")};

	*b = (struct bench){.store = store_new(), .snapshot = 1};
	store_take_pipelines(b->store, P, &p, 1, b->snapshot++, 1000);
}

/* What a detail says of one step: "id name status start-end". */
static void put_step(struct step **steps, size_t *n, const char *words, const char *task)
{
	char id[32], name[32], status[32];
	int start = 0, end = 0;
	struct step *step;

	*steps = mem_grow(*steps, *n, sizeof(**steps));
	step = &(*steps)[*n];
	memset(step, 0, sizeof(*step));
	assert_true(sscanf(words, "%31s %31s %31s %d-%d", id, name, status, &start, &end) >= 3);
	step->id = mem_strdup(id);
	step->name = mem_strdup(name);
	step->status = mem_strdup(status);
	step->task = mem_strdup(task);
	step->sequence = (int)(*n)++;
	step->start_ms = start;
	step->end_ms = end;
}

struct said {
	const char *run, *stage, *job; /* statuses */
	const char *job_id;
	const char *steps[12], *pre[4];
	const char *task;
	bool flat; /* all have the same sequence */
};

static void take(struct bench *b, const struct said *said)
{
	struct run run = {.id = mem_strdup("r1"), .status = mem_strdup(said->run), .start_ms = 1,
			  .server_ms = 900, .n_stages = 1};
	struct stage *stage = run.stages = mem_calloc(1, sizeof(struct stage));
	size_t i;

	stage->id = mem_strdup("s1");
	stage->name = mem_strdup("Build");
	stage->status = mem_strdup(said->stage);
	stage->n_jobs = 1;
	stage->jobs = mem_calloc(1, sizeof(struct job));
	stage->jobs[0].id = mem_strdup(said->job_id);
	stage->jobs[0].identifier = mem_strdup("JOB_1");
	stage->jobs[0].name = mem_strdup("unit");
	stage->jobs[0].status = mem_strdup(said->job);
	for (i = 0; i < 12 && said->steps[i]; i++)
		put_step(&stage->jobs[0].steps, &stage->jobs[0].n_steps, said->steps[i],
			 said->task ? said->task : "official_shell_plugin");
	for (i = 0; i < 4 && said->pre[i]; i++)
		put_step(&stage->pre, &stage->n_pre, said->pre[i], TRIGGER);
	for (i = 0; said->flat && i < stage->jobs[0].n_steps; i++)
		stage->jobs[0].steps[i].sequence = 0;
	run_derive(&run);
	store_take_detail(b->store, P, "p1", &run, b->snapshot++, 1000);
}

static const struct run *run_of(struct bench *b)
{
	return store_run(b->store, P, "p1", "r1");
}

/* "a1 failed 1 old@j1, a2 running 2": id, state, attempt, whose log an earlier one is. */
static void show(struct buf *out, const struct step *steps, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		buf_addf(out, "%s%s %s", out->len ? ", " : "", steps[i].id,
			 state_word(steps[i].state));
		if (steps[i].attempt)
			buf_addf(out, " %d", steps[i].attempt);
		if (steps[i].superseded)
			buf_addf(out, " old@%s", text_or_empty(steps[i].job_id));
	}
}

static void is(const struct step *steps, size_t n, const char *wanted)
{
	struct buf out;

	buf_init(&out, BUF_MAX);
	show(&out, steps, n);
	assert_string_equal(n ? out.data : "", wanted);
	buf_done(&out);
}

static void steps_are(struct bench *b, const char *wanted)
{
	const struct job *job = &run_of(b)->stages[0].jobs[0];

	is(job->steps, job->n_steps, wanted);
}

static void a_retry_with_new_ids_leaves_the_old_steps_beside_the_new(void **state)
{
	struct step_at at;
	struct bench b;

	open_bench(&b);
	take(&b, &(struct said){"FAILED", "FAILED", "FAILED", "j1",
				{"a1 fetch COMPLETED 10-20", "b1 test FAILED 20-30"}});
	steps_are(&b, "a1 ok, b1 failed");
	take(&b, &(struct said){"RUNNING", "RUNNING", "RUNNING", "j2",
				{"a2 fetch COMPLETED 40-50", "b2 test RUNNING 50-0"}});
	steps_are(&b, "a1 ok 1 old@j1, a2 ok 2, b1 failed 1 old@j1, b2 running 2");
	assert_true(run_step_by_id(run_of(&b), "b1", &at));
	assert_string_equal(step_log_job(&at), "j1");
	assert_int_equal(at.step->sequence, 1);
	assert_true(run_step_by_id(run_of(&b), "b2", &at));
	assert_string_equal(step_log_job(&at), "j2");
	take(&b, &(struct said){"COMPLETED", "COMPLETED", "COMPLETED", "j2",
				{"a2 fetch COMPLETED 40-50", "b2 test COMPLETED 50-60"}});
	steps_are(&b, "a1 ok 1 old@j1, a2 ok 2, b1 failed 1 old@j1, b2 ok 2");
	store_free(b.store);
}

static void attempts_count_up_and_keep_their_own_jobs(void **state)
{
	struct bench b;

	open_bench(&b);
	take(&b, &(struct said){"FAILED", "FAILED", "FAILED", "j1", {"a1 test FAILED 1-2"}});
	take(&b, &(struct said){"FAILED", "FAILED", "FAILED", "j2", {"a2 test FAILED 3-4"}});
	take(&b, &(struct said){"RUNNING", "RUNNING", "RUNNING", "j3", {"a3 test RUNNING 5-0"}});
	steps_are(&b, "a1 failed 1 old@j1, a2 failed 2 old@j2, a3 running 3");
	store_free(b.store);
}

/* Only the step's id is another: its log stays under the same job. */
static void a_step_may_be_replaced_within_its_job(void **state)
{
	struct step_at at;
	struct bench b;

	open_bench(&b);
	take(&b, &(struct said){"FAILED", "FAILED", "FAILED", "j1",
				{"a1 fetch COMPLETED 1-2", "b1 test FAILED 3-4"}});
	take(&b, &(struct said){"RUNNING", "RUNNING", "RUNNING", "j1",
				{"a1 fetch COMPLETED 1-2", "b2 test RUNNING 5-0"}});
	steps_are(&b, "a1 ok, b1 failed 1 old@, b2 running 2");
	assert_true(run_step_by_id(run_of(&b), "b1", &at));
	assert_string_equal(step_log_job(&at), "j1");
	take(&b, &(struct said){"RUNNING", "RUNNING", "RUNNING", "j2",
				{"a2 fetch RUNNING 7-0", "b3 test INIT"}});
	assert_true(run_step_by_id(run_of(&b), "b1", &at));
	assert_string_equal(step_log_job(&at), "j1");
	store_free(b.store);
}

/* Jobs that start anew may have no steps for a while. */
static void attempts_outlast_a_job_without_steps(void **state)
{
	struct bench b;

	open_bench(&b);
	take(&b, &(struct said){"FAILED", "FAILED", "FAILED", "j1", {"a1 test FAILED 1-2"}});
	take(&b, &(struct said){"RUNNING", "RUNNING", "INIT", "j2", {NULL}});
	steps_are(&b, "a1 failed 1 old@j1");
	take(&b, &(struct said){"RUNNING", "RUNNING", "RUNNING", "j2", {"a2 test RUNNING 5-0"}});
	steps_are(&b, "a1 failed 1 old@j1, a2 running 2");
	take(&b, &(struct said){"RUNNING", "RUNNING", "RUNNING", "j2", {NULL}}); /* a glitch */
	take(&b, &(struct said){"RUNNING", "RUNNING", "RUNNING", "j2", {"a2 test RUNNING 5-0"}});
	steps_are(&b, "a1 failed 1 old@j1, a2 running 2"); /* no id stands twice */
	store_free(b.store);
}

static void the_same_id_again_is_another_attempt_without_a_sibling(void **state)
{
	static const char *const words[] = {"a1 test FAILED 10-20", "a1 test INIT",
					    "a1 test RUNNING 30-0", "a1 test FAILED 30-40",
					    "a1 test FAILED 50-60"};
	static const char *const wanted[] = {"a1 failed", "a1 not started 2", "a1 running 2",
					     "a1 failed 2", "a1 failed 3"};
	struct bench b;
	size_t i;

	open_bench(&b);
	for (i = 0; i < 5; i++) {
		take(&b, &(struct said){"RUNNING", "RUNNING", "RUNNING", "j1", {words[i]}});
		steps_are(&b, wanted[i]);
	}
	store_free(b.store);
}

static void what_had_not_begun_is_no_attempt(void **state)
{
	struct bench b;

	open_bench(&b);
	take(&b, &(struct said){"FAILED", "FAILED", "FAILED", "j1",
				{"a1 fetch FAILED 1-2", "b1 test INIT"}});
	take(&b, &(struct said){"RUNNING", "RUNNING", "RUNNING", "j2",
				{"a2 fetch RUNNING 3-0", "b2 test INIT"}});
	steps_are(&b, "a1 failed 1 old@j1, a2 running 2, b2 not started");
	store_free(b.store);
}

/* Nobody knows how it ended: it gets no word, and its clock stands. */
static void an_attempt_whose_end_was_not_seen_runs_no_longer(void **state)
{
	struct step_at at;
	struct bench b;

	open_bench(&b);
	take(&b, &(struct said){"RUNNING", "RUNNING", "RUNNING", "j1", {"a1 test RUNNING 10-0"}});
	take(&b, &(struct said){"RUNNING", "RUNNING", "INIT", "j2", {"a2 test INIT"}});
	steps_are(&b, "a1 unknown 1 old@j1, a2 not started 2");
	assert_false(run_running_step(run_of(&b), &at));
	assert_true(run_step_by_id(run_of(&b), "a1", &at));
	assert_int_equal(at.step->end_ms, 900);
	store_free(b.store);
}

static void earlier_attempts_count_for_nothing(void **state)
{
	struct step_at at;
	struct bench b;

	open_bench(&b);
	take(&b, &(struct said){.run = "RUNNING", .stage = "RUNNING", .job = "RUNNING",
				.job_id = "j1", .steps = {"a1 review RUNNING 1-0"}, .task = REVIEW});
	assert_int_equal(run_of(&b)->state, STATE_WAITING);
	take(&b, &(struct said){.run = "RUNNING", .stage = "RUNNING", .job = "INIT",
				.job_id = "j2", .steps = {"a2 review INIT"}, .task = REVIEW});
	assert_int_equal(run_of(&b)->state, STATE_RUNNING);
	assert_false(run_gate_step(run_of(&b), &at));
	take(&b, &(struct said){"FAILED", "FAILED", "FAILED", "j3", {"a3 test FAILED 7-8"}});
	take(&b, &(struct said){"COMPLETED", "COMPLETED", "COMPLETED", "j4",
				{"a4 test COMPLETED 9-10"}});
	assert_false(run_failed_step(run_of(&b), &at));
	assert_int_equal(run_of(&b)->state, STATE_OK);
	store_free(b.store);
}

/* An old trigger before the new one must not keep that from being the open gate. */
static void steps_before_a_stage_are_attempts_too(void **state)
{
	const struct stage *stage;
	struct step_at at;
	struct bench b;

	open_bench(&b);
	take(&b, &(struct said){.run = "RUNNING", .stage = "RUNNING", .job = "INIT",
				.job_id = "j1", .pre = {"g1 go RUNNING 1-0"}});
	take(&b, &(struct said){.run = "RUNNING", .stage = "RUNNING", .job = "INIT",
				.job_id = "j1", .pre = {"g2 go INIT"}});
	stage = &run_of(&b)->stages[0];
	is(stage->pre, stage->n_pre, "g1 unknown 1 old@, g2 waiting 2");
	assert_true(run_gate_step(run_of(&b), &at));
	assert_string_equal(at.step->id, "g2");
	assert_null(step_log_job(&at));
	store_free(b.store);
}

static void summaries_leave_attempts_alone(void **state)
{
	struct run run = {0};
	uint64_t version;
	struct bench b;

	open_bench(&b);
	take(&b, &(struct said){"FAILED", "FAILED", "FAILED", "j1", {"a1 test FAILED 1-2"}});
	take(&b, &(struct said){"RUNNING", "RUNNING", "RUNNING", "j2", {"a2 test RUNNING 5-0"}});
	run.id = mem_strdup("r1");
	run.pipeline_id = mem_strdup("p1");
	run.status = mem_strdup("COMPLETED");
	store_take_runs(b.store, P, &run, 1, b.snapshot++, 1000);
	steps_are(&b, "a1 failed 1 old@j1, a2 running 2");
	take(&b, &(struct said){"COMPLETED", "RUNNING", "RUNNING", "j2", {"a2 test RUNNING 5-0"}});
	version = store_version(b.store);
	take(&b, &(struct said){"COMPLETED", "RUNNING", "RUNNING", "j2", {"a2 test RUNNING 5-0"}});
	assert_int_equal(store_version(b.store), version); /* nothing new is nothing new */
	store_free(b.store);
}

static void attempts_are_bounded_and_the_newest_stay(void **state)
{
	char job[16], words[12][64];
	struct said said = {"FAILED", "FAILED", "FAILED", job, {NULL}};
	const struct job *kept;
	struct bench b;
	size_t n = 0, i, k;

	open_bench(&b);
	for (i = 0; i < 60; i++) {
		snprintf(job, sizeof(job), "j%zu", i);
		for (k = 0; k < 12; k++) {
			snprintf(words[k], sizeof(words[k]), "s%zu-%zu step%zu FAILED %zu-%zu", k, i, k,
				 10 * i + 1, 10 * i + 5);
			said.steps[k] = words[k];
		}
		take(&b, &said);
	}
	kept = &run_of(&b)->stages[0].jobs[0];
	assert_int_equal(kept->n_steps, 12 * 9);
	for (i = 0; i < 12; i++) {
		assert_int_equal(kept->steps[9 * i].attempt, 52);
		assert_true(kept->steps[9 * i].superseded);
		assert_int_equal(kept->steps[9 * i + 8].attempt, 60);
		assert_false(kept->steps[9 * i + 8].superseded);
		n += kept->steps[9 * i + 7].superseded;
	}
	assert_int_equal(n, 12);
	store_free(b.store);
}

/* Whatever a server does with its ids: none stands twice, and the answer's steps are all there. */
static void no_id_ever_stands_twice(void **state)
{
	static const char *const statuses[] = {"INIT", "RUNNING", "FAILED", "COMPLETED"};
	unsigned seed = 31;
	size_t round, k, i, m;

	print_message("# seed %u\n", seed);
	for (round = 0; round < 200; round++) {
		struct bench b;

		open_bench(&b);
		for (k = 0; k < 12; k++) {
			char job[8], words[3][64];
			struct said said = {"RUNNING", "RUNNING", "RUNNING", job, {NULL}};
			const struct job *kept;
			size_t n = (size_t)rand_r(&seed) % 4, now = 0;

			said.flat = round % 2;
			snprintf(job, sizeof(job), "j%d", rand_r(&seed) % 3);
			for (i = 0; i < n; i++) {
				snprintf(words[i], sizeof(words[i]), "id%zu-%d step%d %s %d-%d", i,
					 rand_r(&seed) % 3, rand_r(&seed) % 2,
					 statuses[rand_r(&seed) % 4], rand_r(&seed) % 50,
					 rand_r(&seed) % 50);
				said.steps[i] = words[i];
			}
			take(&b, &said);
			kept = &run_of(&b)->stages[0].jobs[0];
			for (i = 0; i < kept->n_steps; i++) {
				now += !kept->steps[i].superseded;
				for (m = 0; m < i; m++)
					assert_string_not_equal(kept->steps[m].id, kept->steps[i].id);
			}
			assert_int_equal(now, n);
		}
		store_free(b.store);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_retry_with_new_ids_leaves_the_old_steps_beside_the_new),
		cmocka_unit_test(attempts_count_up_and_keep_their_own_jobs),
		cmocka_unit_test(a_step_may_be_replaced_within_its_job),
		cmocka_unit_test(attempts_outlast_a_job_without_steps),
		cmocka_unit_test(the_same_id_again_is_another_attempt_without_a_sibling),
		cmocka_unit_test(what_had_not_begun_is_no_attempt),
		cmocka_unit_test(an_attempt_whose_end_was_not_seen_runs_no_longer),
		cmocka_unit_test(earlier_attempts_count_for_nothing),
		cmocka_unit_test(steps_before_a_stage_are_attempts_too),
		cmocka_unit_test(summaries_leave_attempts_alone),
		cmocka_unit_test(attempts_are_bounded_and_the_newest_stay),
		cmocka_unit_test(no_id_ever_stands_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
