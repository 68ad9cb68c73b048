/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "core/mem.h"
#include "model/stock.h"
#include "model/store.h"

#define P "aaaa"
#define REVIEW "official_devcloud_checkpoint"

static struct run summary(const char *pipeline, const char *id, int64_t number, const char *status,
			  const char *stage)
{
	struct run run = {0};

	run.id = mem_strdup(id);
	run.pipeline_id = mem_strdup(pipeline);
	run.status = mem_strdup(status);
	run.number = number;
	run.start_ms = number * 1000;
	run.n_stages = 1;
	run.stages = mem_calloc(1, sizeof(struct stage));
	run.stages[0].name = mem_strdup("Build");
	run.stages[0].status = mem_strdup(stage);
	run_derive(&run);
	return run;
}

/* With one job of one step. */
static struct run detail(const char *id, int64_t number, const char *status, const char *task,
			 const char *step)
{
	struct run run = summary("p1", id, number, status, step);
	struct job *job = mem_calloc(1, sizeof(*job));

	run.detailed = true;
	run.stages[0].id = mem_strdup("stage-run");
	run.stages[0].start_ms = 5000;
	run.stages[0].end_ms = 9000;
	run.stages[0].jobs = job;
	run.stages[0].n_jobs = 1;
	job->name = mem_strdup("unit");
	job->status = mem_strdup(step);
	job->start_ms = 5000;
	job->end_ms = 6000;
	job->n_steps = 1;
	job->steps = mem_calloc(1, sizeof(struct step));
	job->steps[0].id = mem_strdup("step");
	job->steps[0].task = mem_strdup(task);
	job->steps[0].status = mem_strdup(step);
	run_derive(&run);
	return run;
}

static void take_list_as(struct store *store, const char *project, const char *id,
			 const struct run *latest, uint64_t snapshot, int64_t now)
{
	struct pipeline p = {0};

	p.id = mem_strdup(id);
	p.name = mem_strdup(id);
	p.project_id = mem_strdup(project);
	p.project_name = mem_strdup("Demo");
	if (latest) {
		p.latest = mem_alloc(sizeof(*latest));
		*p.latest = *latest;
	}
	store_take_pipelines(store, project, &p, 1, snapshot, now);
	assert_null(p.id);
	assert_null(p.latest);
}

static void take_list(struct store *store, const char *id, const struct run *latest, uint64_t snapshot)
{
	take_list_as(store, P, id, latest, snapshot, 1000);
}

static void take_run(struct store *store, struct run run, uint64_t snapshot)
{
	store_take_runs(store, P, &run, 1, snapshot, 1000);
	assert_null(run.id);
}

static void take_detail(struct store *store, struct run run, uint64_t snapshot)
{
	store_take_detail(store, P, "p1", &run, snapshot, 1000);
	assert_null(run.id);
}

static const char *status_of(struct store *store, const char *run)
{
	return store_run(store, P, "p1", run)->status;
}

static void older_answers_never_replace_newer_ones(void **state)
{
	struct store *store = store_new();
	struct run run = summary("p1", "r1", 1, "RUNNING", "RUNNING");
	uint64_t version;

	take_list(store, "p1", &run, 10);
	take_run(store, summary("p1", "r1", 1, "COMPLETED", "COMPLETED"), 12);
	version = store_version(store);
	take_run(store, summary("p1", "r1", 1, "RUNNING", "RUNNING"), 11);
	assert_string_equal(status_of(store, "r1"), "COMPLETED");
	assert_int_equal(store_version(store), version);
	assert_int_equal(store_counts(store).stale_answers, 1);
	take_run(store, summary("p1", "r1", 1, "RUNNING", "RUNNING"), 13); /* a retry (D07) */
	assert_string_equal(status_of(store, "r1"), "RUNNING");
	store_free(store);
}

static void answers_in_any_order_end_in_the_same_state(void **state)
{
	static const char *const words[] = {"QUEUED", "RUNNING", "PAUSED", "FAILED", "RUNNING", "COMPLETED"};
	unsigned seed = 42;
	size_t order[6], round, i, k, swap;

	print_message("# seed %u\n", seed);
	for (round = 0; round < 300; round++) {
		struct store *store = store_new();

		take_list(store, "p1", NULL, 1);
		for (i = 0; i < 6; i++)
			order[i] = i;
		for (i = 5; i > 0; i--) {
			k = (size_t)rand_r(&seed) % (i + 1);
			swap = order[i];
			order[i] = order[k];
			order[k] = swap;
		}
		for (i = 0; i < 6; i++) {
			if (order[i] % 2)
				take_detail(store, detail("r1", 1, words[order[i]], "t", words[order[i]]),
					    10 + order[i]);
			else
				take_run(store, summary("p1", "r1", 1, words[order[i]], words[order[i]]),
					 10 + order[i]);
		}
		assert_string_equal(status_of(store, "r1"), "COMPLETED");
		assert_int_equal(store_run(store, P, "p1", "r1")->state, STATE_OK);
		assert_true(store_run(store, P, "p1", "r1")->detailed);
		assert_string_equal(store_run(store, P, "p1", "r1")->stages[0].jobs[0].name, "unit");
		store_free(store);
	}
}

static void a_summary_changes_the_words_of_a_detail_and_keeps_its_jobs(void **state)
{
	struct store *store = store_new();
	const struct run *run;

	take_list(store, "p1", NULL, 1);
	take_detail(store, detail("r1", 1, "RUNNING", REVIEW, "RUNNING"), 2);
	assert_int_equal(store_run(store, P, "p1", "r1")->state, STATE_WAITING);
	take_run(store, summary("p1", "r1", 1, "RUNNING", "RUNNING"), 3); /* no news: still waits */
	run = store_run(store, P, "p1", "r1");
	assert_int_equal(run->state, STATE_WAITING);
	assert_int_equal(run->stages[0].jobs[0].steps[0].gate, GATE_REVIEW);
	take_run(store, summary("p1", "r1", 1, "COMPLETED", "COMPLETED"), 4);
	run = store_run(store, P, "p1", "r1");
	assert_int_equal(run->state, STATE_OK);
	assert_true(run->detailed);
	assert_int_equal(run->stages[0].state, STATE_OK);
	assert_int_equal(run->stages[0].start_ms, 5000);
	assert_string_equal(run->stages[0].id, "stage-run");
	assert_int_equal(run->stages[0].jobs[0].steps[0].gate, GATE_NONE);
	store_free(store);
}

static void a_late_detail_is_worth_its_jobs_but_not_its_word(void **state)
{
	struct store *store = store_new();
	const struct run *run;

	take_list(store, "p1", NULL, 1);
	take_run(store, summary("p1", "r1", 1, "COMPLETED", "COMPLETED"), 9);
	take_detail(store, detail("r1", 1, "RUNNING", "t", "RUNNING"), 8);
	run = store_run(store, P, "p1", "r1");
	assert_string_equal(run->status, "COMPLETED");
	assert_string_equal(run->stages[0].status, "COMPLETED");
	assert_string_equal(run->stages[0].jobs[0].status, "RUNNING"); /* shown as sent */
	assert_int_equal(store_counts(store).stale_answers, 0);
	take_detail(store, detail("r1", 1, "FAILED", "t", "FAILED"), 7);
	assert_string_equal(status_of(store, "r1"), "COMPLETED");
	assert_int_equal(store_counts(store).stale_answers, 1);
	store_free(store);
}

static void the_same_answer_again_moves_no_version_but_is_fresh(void **state)
{
	struct store *store = store_new();
	struct run run = summary("p1", "r1", 1, "RUNNING", "RUNNING");
	const struct entry *entries;
	uint64_t version;

	take_list_as(store, P, "p1", &run, 2, 1000);
	take_detail(store, detail("r1", 1, "RUNNING", "t", "RUNNING"), 3);
	assert_int_equal(store_entries(store, &entries), 1);
	version = store_version(store);
	run = summary("p1", "r1", 1, "RUNNING", "RUNNING");
	take_list_as(store, P, "p1", &run, 4, 7000);
	take_detail(store, detail("r1", 1, "RUNNING", "t", "RUNNING"), 5);
	run = summary("p1", "r1", 1, "RUNNING", "RUNNING");
	store_take_runs(store, P, &run, 1, 6, 9000);
	assert_int_equal(store_version(store), version);
	store_entries(store, &entries);
	assert_int_equal(entries[0].fresh_ms, 9000);
	assert_int_equal(entries[0].run->seen_ms, 9000);
	assert_int_equal(entries[0].run->snapshot, 6);
	store_free(store);
}

static void rows_of_two_projects_are_two(void **state)
{
	struct store *store = store_new();
	struct run a = summary("p1", "r1", 1, "RUNNING", "RUNNING");
	struct run b = summary("p1", "r1", 1, "FAILED", "FAILED");

	take_list_as(store, "one", "p1", &a, 1, 1);
	take_list_as(store, "two", "p1", &b, 2, 1);
	assert_int_equal(store_pipeline_count(store), 2);
	assert_string_equal(store_run(store, "one", "p1", "r1")->status, "RUNNING");
	assert_string_equal(store_run(store, "two", "p1", "r1")->status, "FAILED");
	assert_null(store_pipeline(store, "three", "p1"));
	store_free(store);
}

static void duplicates_are_one_row_and_counted(void **state)
{
	struct store *store = store_new();
	struct pipeline list[3];
	int i;

	memset(list, 0, sizeof(list));
	for (i = 0; i < 2; i++) {
		list[i].id = mem_strdup("p1");
		list[i].name = mem_strdup(i ? "last" : "first");
	}
	store_take_pipelines(store, P, list, 3, 5, 1); /* the third has no id */
	assert_int_equal(store_pipeline_count(store), 1);
	assert_string_equal(store_pipeline(store, P, "p1")->name, "last");
	assert_int_equal(store_counts(store).duplicates, 1);
	assert_int_equal(store_counts(store).dropped, 1);
	store_free(store);
}

static void an_older_live_run_keeps_its_row(void **state)
{
	struct store *store = store_new();
	struct run run = summary("p1", "r1", 1, "RUNNING", "RUNNING");
	const struct entry *entries;

	take_list(store, "p1", &run, 1);
	run = summary("p1", "r2", 2, "RUNNING", "RUNNING");
	take_list(store, "p1", &run, 2);
	assert_int_equal(store_entries(store, &entries), 2);
	assert_string_equal(entries[0].run->id, "r2");
	assert_true(entries[0].latest);
	assert_string_equal(entries[1].run->id, "r1");
	assert_false(entries[1].latest);
	take_run(store, summary("p1", "r1", 1, "COMPLETED", "COMPLETED"), 3);
	assert_int_equal(store_entries(store, &entries), 1);
	assert_string_equal(entries[0].run->id, "r2");
	store_free(store);
}

static void a_list_that_lags_does_not_undo_a_fresh_run(void **state)
{
	struct store *store = store_new();
	struct run run = summary("p1", "r1", 1, "COMPLETED", "COMPLETED");

	take_list_as(store, P, "p1", &run, 1, 1000);
	take_detail(store, detail("r2", 2, "RUNNING", "t", "RUNNING"), 2);
	run = summary("p1", "r1", 1, "COMPLETED", "COMPLETED");
	take_list_as(store, P, "p1", &run, 3, 100000);
	assert_string_equal(store_pipeline(store, P, "p1")->latest->id, "r2");
	run = summary("p1", "r1", 1, "COMPLETED", "COMPLETED");
	take_list_as(store, P, "p1", &run, 4, 400000); /* long after: r2 was deleted */
	store_expire(store, 470000);
	assert_string_equal(store_pipeline(store, P, "p1")->latest->id, "r1");
	store_free(store);
}

static void what_is_gone_is_marked_stays_a_minute_and_leaves(void **state)
{
	struct store *store = store_new();
	struct run run = summary("p1", "r1", 1, "RUNNING", "RUNNING");
	const struct entry *entries;

	take_list(store, "p1", &run, 5);
	take_list(store, "p2", NULL, 6);
	assert_int_equal(store_expire(store, 1), -1);
	store_sweep(store, "other", 6, 10000);
	store_sweep(store, P, 6, 10000);
	assert_int_equal(store_entries(store, &entries), 2);
	assert_int_equal(entries[0].gone_ms + entries[1].gone_ms, 10000);
	assert_int_equal(store_expire(store, 69999), 70000);
	assert_int_equal(store_pipeline_count(store), 2);
	assert_int_equal(store_expire(store, 70000), -1);
	assert_int_equal(store_pipeline_count(store), 1);
	assert_null(store_pipeline(store, P, "p1"));
	assert_non_null(store_pipeline(store, P, "p2"));
	store_free(store);
}

static void what_comes_back_is_not_gone(void **state)
{
	struct store *store = store_new();
	struct run run = summary("p1", "r1", 1, "RUNNING", "RUNNING");
	const struct entry *entries;

	take_list(store, "p1", &run, 1);
	store_gone(store, P, "p1", NULL, 10);
	store_gone(store, P, "p1", "r1", 10);
	run = summary("p1", "r1", 1, "RUNNING", "RUNNING");
	take_list(store, "p1", &run, 2);
	store_expire(store, 100000);
	assert_int_equal(store_entries(store, &entries), 1);
	assert_int_equal(entries[0].gone_ms, 0);
	assert_string_equal(entries[0].run->id, "r1");
	store_free(store);
}

static void a_gone_run_leaves_and_its_pipeline_stays(void **state)
{
	struct store *store = store_new();
	struct run run = summary("p1", "r1", 1, "FAILED", "FAILED");
	const struct entry *entries;

	take_list(store, "p1", &run, 1);
	store_gone(store, P, "p1", "r1", 10);
	store_entries(store, &entries);
	assert_int_equal(entries[0].gone_ms, 10);
	store_expire(store, 60010);
	assert_int_equal(store_entries(store, &entries), 1);
	assert_null(entries[0].run);
	assert_null(store_pipeline(store, P, "p1")->latest);
	store_free(store);
}

static void a_v3_row_takes_its_states_from_batch_status(void **state)
{
	struct store *store = store_new();
	struct pipeline p = {0};

	p.id = mem_strdup("p1");
	p.from_v3 = true;
	p.v3_executor = mem_strdup("ops1");
	p.v3_start_ms = 77;
	store_take_pipelines(store, P, &p, 1, 1, 1);
	take_run(store, summary("p1", "r1", 4, "RUNNING", "RUNNING"), 2);
	assert_true(store_pipeline(store, P, "p1")->from_v3);
	assert_int_equal(store_pipeline(store, P, "p1")->latest->state, STATE_RUNNING);
	memset(&p, 0, sizeof(p));
	p.id = mem_strdup("p1");
	p.from_v3 = true;
	store_take_pipelines(store, P, &p, 1, 3, 1); /* no status there: nothing is lost */
	assert_int_equal(store_pipeline(store, P, "p1")->latest->state, STATE_RUNNING);
	assert_string_equal(store_pipeline(store, P, "p1")->v3_executor, "ops1");
	take_list(store, "p1", NULL, 4);
	assert_false(store_pipeline(store, P, "p1")->from_v3);
	store_free(store);
}

static void usual_comes_from_completed_runs_only(void **state)
{
	struct store *store = store_new();
	struct run runs[4];
	const struct entry *entries;
	int64_t lengths[] = {100, 300, 5000, 200};
	int i;

	take_list(store, "p1", NULL, 1);
	for (i = 0; i < 4; i++) {
		runs[i] = summary("p1", "h", i + 1, i == 2 ? "FAILED" : "COMPLETED", "COMPLETED");
		runs[i].end_ms = runs[i].start_ms + lengths[i];
	}
	store_take_history(store, P, "p1", runs, 4, 2, 1);
	store_entries(store, &entries);
	assert_int_equal(entries[0].usual_ms, 200);
	assert_int_equal(entries[0].mad_ms, 100);
	store_free(store);
}

static void usual_of_stages_and_jobs_comes_from_details(void **state)
{
	struct store *store = store_new();

	take_list(store, "p1", NULL, 1);
	assert_int_equal(store_usual_stage(store, P, "p1", "Build"), 0);
	take_detail(store, detail("r1", 1, "COMPLETED", "t", "COMPLETED"), 2);
	take_detail(store, detail("r2", 2, "FAILED", "t", "FAILED"), 3);
	assert_int_equal(store_usual_stage(store, P, "p1", "Build"), 4000);
	assert_int_equal(store_usual_job(store, P, "p1", "Build", "unit"), 1000);
	assert_int_equal(store_usual_job(store, P, "p1", "Build", "none"), 0);
	assert_int_equal(store_usual_stage(store, P, "none", "Build"), 0);
	store_free(store);
}

static void memory_of_one_pipeline_is_bounded_and_live_runs_stay(void **state)
{
	struct store *store = store_new();
	const struct run *runs[200];
	size_t n, i, details = 0;
	char id[16];

	take_list(store, "p1", NULL, 1);
	take_run(store, summary("p1", "live", 1, "PAUSED", "PAUSED"), 2);
	for (i = 2; i < 150; i++) {
		snprintf(id, sizeof(id), "r%zu", i);
		take_detail(store, detail(id, (int64_t)i, "COMPLETED", "t", "COMPLETED"), i + 1);
	}
	n = store_runs(store, P, "p1", runs, 200);
	assert_true(n <= 61);
	assert_string_equal(runs[0]->id, "r149");
	assert_string_equal(runs[n - 1]->id, "live");
	for (i = 0; i < n; i++) {
		details += runs[i]->detailed;
		if (i)
			assert_true(runs[i - 1]->number > runs[i]->number);
	}
	assert_int_equal(details, 5);
	assert_int_equal(store_runs(store, P, "p1", runs, 3), 3);
	store_free(store);
}

static size_t take_runs_of(struct store *store, const char *pipeline, int64_t from, int64_t to)
{
	char id[16];
	int64_t i;

	for (i = from; i < to; i++) {
		snprintf(id, sizeof(id), "r%d", (int)i);
		take_run(store, summary(pipeline, id, i, "COMPLETED", "COMPLETED"), 2);
	}
	return store_runs_known(store, P, pipeline);
}

static void an_opened_pipeline_keeps_a_long_history_until_another_is_opened(void **state)
{
	struct store *store = store_new();
	const struct run *runs[100];
	uint64_t version;

	take_list(store, "p1", NULL, 1);
	take_list(store, "p2", NULL, 1);
	assert_int_equal(store_runs_total(store, P, "p1"), -1);
	store_open(store, P, "p1");
	assert_int_equal(take_runs_of(store, "p1", 1, 301), 300);
	assert_int_equal(take_runs_of(store, "p2", 1, 101), 60);
	version = store_version(store);
	store_take_total(store, P, "p1", 4812, 9);
	store_take_total(store, P, "p1", 3, 8); /* asked earlier */
	store_take_total(store, P, "p1", -1, 10);
	assert_int_equal(store_runs_total(store, P, "p1"), 4812);
	assert_int_equal(store_version(store), version + 1);
	store_open(store, P, "p1");
	assert_int_equal(store_version(store), version + 1);
	store_open(store, P, "p2");
	assert_true(store_version(store) > version + 1);
	assert_int_equal(store_runs(store, P, "p1", runs, 100), 60);
	assert_string_equal(runs[0]->id, "r300");
	assert_string_equal(runs[59]->id, "r241");
	store_open(store, NULL, NULL);
	store_free(store);
}

static void even_an_opened_history_is_bounded(void **state)
{
	struct store *store = store_new();

	take_list(store, "p1", NULL, 1);
	store_open(store, P, "p1");
	assert_int_equal(take_runs_of(store, "p1", 1, STORE_OPENED_RUNS + 50), STORE_OPENED_RUNS);
	store_free(store);
}

static void memory_of_all_pipelines_is_bounded(void **state)
{
	struct store *store = store_new();
	const struct entry *entries;
	size_t i, n, details = 0;
	char id[16];

	for (i = 0; i < 1000; i++) {
		struct run run = detail("r1", 1, "COMPLETED", "t", "COMPLETED");

		snprintf(id, sizeof(id), "p%zu", i);
		take_list(store, id, NULL, 1 + 2 * i);
		store_take_detail(store, P, id, &run, 2 + 2 * i, 1000 + (int64_t)i);
		if (i == 500)
			store_entries(store, &entries); /* must not outlive what it points to */
	}
	n = store_entries(store, &entries);
	assert_int_equal(n, 1000);
	for (i = 0; i < n; i++) {
		assert_int_equal(entries[i].run->state, STATE_OK);
		details += entries[i].run->detailed;
	}
	assert_true(details >= 200 && details <= 250);
	assert_true(store_run(store, P, "p999", "r1")->detailed);
	store_free(store);
}

static struct ref step_ref(const char *run, const char *step)
{
	struct ref ref = {{mem_strdup(P), mem_strdup("p1"), mem_strdup(run), mem_strdup("s"),
			   mem_strdup("j"), mem_strdup(step)}};

	return ref;
}

static void take_child(struct store *store, const char *project, const char *pipeline,
		       const char *run, int64_t now)
{
	struct ref ref = step_ref("r1", "step");

	store_take_child(store, &ref, project, pipeline, run, now);
	ref_done(&ref);
}

static const struct step *the_step(struct store *store)
{
	struct step_at at;

	assert_true(run_step_by_id(store_run(store, P, "p1", "r1"), "step", &at));
	return at.step;
}

static void a_sub_pipeline_that_no_list_names_is_a_guest(void **state)
{
	struct run run = detail("c1", 9, "RUNNING", "t", "RUNNING");
	struct store *store = store_new();
	const struct entry *entries;
	uint64_t version;

	take_list(store, "p1", NULL, 1);
	take_detail(store, detail("r1", 1, "RUNNING", "official_devcloud_subPipeline", "RUNNING"), 2);
	version = store_version(store);
	take_child(store, NULL, "child", "c1", 5);
	assert_true(store_version(store) > version);
	assert_string_equal(the_step(store)->child_pipeline, "child");
	assert_string_equal(the_step(store)->child_run, "c1");
	assert_null(the_step(store)->child_project);
	assert_true(store_pipeline(store, P, "child")->guest);
	store_take_detail(store, P, "child", &run, 3, 6);
	store_take_name(store, P, "child", "inner");
	assert_string_equal(store_pipeline(store, P, "child")->name, "inner");
	assert_string_equal(store_run(store, P, "child", "c1")->id, "c1");
	assert_int_equal(store_pipeline_count(store), 1);
	assert_int_equal(store_entries(store, &entries), 1);
	assert_ptr_equal(entries[0].run, store_run(store, P, "p1", "r1"));
	store_sweep(store, P, 1, 7);
	store_sweep(store, P, 99, 7); /* p1 only: no list can tell of a guest */
	assert_int_not_equal(entries[0].gone_ms, 0);
	store_expire(store, 60007);
	assert_int_equal(store_entries(store, &entries), 0);
	assert_non_null(store_pipeline(store, P, "child"));
	take_list(store, "child", NULL, 100); /* and one that names it makes it ordinary */
	assert_false(store_pipeline(store, P, "child")->guest);
	assert_int_equal(store_entries(store, &entries), 1);
	assert_string_equal(entries[0].run->id, "c1");
	assert_int_equal(store_pipeline_count(store), 1);
	store_free(store);
}

static void a_child_is_known_through_later_answers_and_in_its_own_project(void **state)
{
	struct store *store = store_new();
	uint64_t version;

	take_list(store, "p1", NULL, 1);
	take_list_as(store, "other", "known", NULL, 1, 1000);
	take_detail(store, detail("r1", 1, "RUNNING", "official_devcloud_subPipeline", "RUNNING"), 2);
	take_child(store, NULL, "known", "c1", 5);
	assert_string_equal(the_step(store)->child_project, "other");
	assert_false(store_pipeline(store, "other", "known")->guest);
	version = store_version(store);
	take_child(store, NULL, "known", "c1", 6);
	assert_int_equal(store_version(store), version);
	take_detail(store, detail("r1", 1, "COMPLETED", "official_devcloud_subPipeline", "COMPLETED"), 3);
	assert_string_equal(the_step(store)->child_run, "c1");
	assert_string_equal(the_step(store)->child_project, "other");
	take_child(store, "third", "elsewhere", "c2", 7);
	assert_string_equal(the_step(store)->child_project, "third");
	assert_true(store_pipeline(store, "third", "elsewhere")->guest);
	take_child(store, NULL, "bad id", "c3", 7);
	take_child(store, NULL, "known", NULL, 7);
	assert_string_equal(the_step(store)->child_run, "c2");
	assert_int_equal(store_counts(store).dropped, 2);
	store_free(store);
}

static void guests_are_bounded_and_the_opened_one_stays(void **state)
{
	struct store *store = store_new();
	char id[16];
	int i;

	take_list(store, "p1", NULL, 1);
	take_detail(store, detail("r1", 1, "RUNNING", "t", "RUNNING"), 2);
	for (i = 0; i < 60; i++) {
		snprintf(id, sizeof(id), "g%d", i);
		take_child(store, NULL, id, "c", 10 + i);
		if (i == 0)
			store_open(store, P, "g0");
	}
	assert_non_null(store_pipeline(store, P, "g0"));
	for (i = 1; i < 60; i++) {
		snprintf(id, sizeof(id), "g%d", i);
		assert_int_equal(store_pipeline(store, P, id) != NULL, i >= 11);
	}
	assert_int_equal(store_pipeline_count(store), 1);
	store_free(store);
}

static struct run long_summary(const char *pipeline, const char *id, int64_t number, const char *status)
{
	struct run run = summary(pipeline, id, number, status, status);

	run.commit = mem_strdup("c0ffee");
	run.message = mem_strdup("Mend it");
	run.detail_url = mem_strdup("https://example.com/");
	return run;
}

static void very_many_finished_runs_are_cut_short_but_the_opened_ones(void **state)
{
	struct store *store = store_new();
	const struct entry *entries;
	const struct run *cut, *live;
	struct run run;
	char id[16];
	size_t i, n;

	for (i = 0; i < 5001; i++) {
		snprintf(id, sizeof(id), "p%zu", i);
		run = long_summary(id, "r1", 1, i == 7 ? "RUNNING" : "COMPLETED");
		take_list(store, id, &run, 1);
		if (i == 3)
			store_open(store, P, "p3");
		if (i == 4999)
			assert_string_equal(store_run(store, P, "p0", "r1")->message, "Mend it");
	}
	cut = store_run(store, P, "p0", "r1");
	live = store_run(store, P, "p7", "r1");
	assert_null(cut->message);
	assert_int_equal(cut->n_stages, 0);
	assert_int_equal(cut->state, STATE_OK);
	assert_int_equal(live->n_stages, 1);
	assert_string_equal(store_run(store, P, "p3", "r1")->commit, "c0ffee");
	n = store_entries(store, &entries);
	for (i = 0; i < n; i++)
		assert_ptr_equal(entries[i].run, entries[i].pipeline->latest);
	for (i = 2; i < 9; i++) {
		snprintf(id, sizeof(id), "r%zu", i);
		take_run(store, long_summary("p0", id, (int64_t)i, "COMPLETED"), i);
		take_run(store, long_summary("p3", id, (int64_t)i, "COMPLETED"), i);
	}
	assert_int_equal(store_runs_known(store, P, "p0"), 2);
	assert_int_equal(store_runs_known(store, P, "p3"), 8);
	store_free(store);
}

/* What comes and goes all day must not add up. */
static void memory_is_used_again(void **state)
{
	struct stock stock = {0};
	void *first = stock_take(&stock, 100), *other;
	char *word = stock_word(&stock, "COMPLETED"), *text, *long_text;
	char letters[STOCK_WORD_MAX + 2];
	int i;

	stock_give(&stock, first, 100);
	other = stock_take(&stock, 104);
	assert_ptr_equal(other, first); /* the same after rounding */
	assert_ptr_not_equal(stock_take(&stock, 104), other);
	assert_ptr_equal(stock_text(&stock, "COMPLETED"), word);
	stock_drop(&stock, word);
	assert_ptr_equal(stock_word(&stock, "COMPLETED"), word);
	memset(letters, 'x', sizeof(letters));
	letters[STOCK_WORD_MAX + 1] = '\0';
	assert_null(stock_word(&stock, letters));
	long_text = stock_text(&stock, letters);
	assert_string_equal(long_text, letters);
	stock_drop(&stock, long_text);
	assert_ptr_equal(stock_text(&stock, letters), long_text);
	for (i = 0; i < 2 * STOCK_WORDS_MAX; i++) {
		snprintf(letters, sizeof(letters), "w%d", i);
		assert_int_equal(stock_word(&stock, letters) != NULL, i < STOCK_WORDS_MAX - 1);
	}
	text = stock_text(&stock, "not one of them");
	assert_string_equal(text, "not one of them");
	assert_ptr_not_equal(stock_text(&stock, "not one of them"), text);
	assert_ptr_equal(stock_word(&stock, "w17"), stock_text(&stock, "w17"));
	assert_null(stock_text(&stock, NULL));
	stock_drop(&stock, NULL);
	first = stock_take(&stock, 100000);
	stock_give(&stock, first, 100000);
	stock_done(&stock);
}

static void runs_of_unknown_pipelines_are_dropped(void **state)
{
	struct store *store = store_new();

	take_run(store, summary("p1", "r1", 1, "RUNNING", "RUNNING"), 1);
	take_detail(store, detail("r1", 1, "RUNNING", "t", "RUNNING"), 2);
	store_gone(store, P, "p1", NULL, 3);
	assert_int_equal(store_pipeline_count(store), 0);
	assert_int_equal(store_counts(store).dropped, 2);
	store_free(store);
}

static void any_rows_may_leave_and_all_others_are_still_found(void **state)
{
	struct store *store = store_new();
	unsigned seed = 7;
	bool gone[2000] = {false};
	char id[16];
	int i;

	print_message("# seed %u\n", seed);
	for (i = 0; i < 2000; i++) {
		snprintf(id, sizeof(id), "p%d", i);
		take_list(store, id, NULL, 1);
	}
	for (i = 0; i < 1500; i++) {
		int k = rand_r(&seed) % 2000;

		snprintf(id, sizeof(id), "p%d", k);
		store_gone(store, P, id, NULL, 1);
		gone[k] = true;
	}
	store_expire(store, 60001);
	for (i = 0; i < 2000; i++) {
		snprintf(id, sizeof(id), "p%d", i);
		assert_int_equal(store_pipeline(store, P, id) == NULL, gone[i]);
	}
	store_free(store);
}

/* ---- entries, against what the store says otherwise ---- */

#define MANY 12
#define SAID 160

/* What a person sees of an entry. */
static void say_entry(const struct entry *e, char out[SAID])
{
	const struct run *run = e->run;

	snprintf(out, SAID, "%s %s %s %s %s %s %s %d %lld %lld", e->pipeline->project_id,
		 e->pipeline->project_name, e->pipeline->id, e->pipeline->name, run ? run->id : "-",
		 run ? run->status : "-", run && run->branch ? run->branch : "-", e->latest,
		 (long long)e->usual_ms, (long long)e->gone_ms);
}

static size_t expected_entries(struct store *store, const char *project, const char *id)
{
	const struct run *runs[64];
	size_t n = store_runs(store, project, id, runs, 64), i, expected = 1;

	if (!store_pipeline(store, project, id))
		return 0;
	for (i = 1; i < n; i++)
		expected += state_live(runs[i]->state) || runs[i]->state == STATE_PENDING;
	return expected;
}

static void assert_entries_true(struct store *store, char said[][SAID], size_t *n_said, uint64_t seen)
{
	const struct entry *all;
	size_t n = store_entries(store, &all), expected = 0, i, at;
	char id[16], now[SAID];

	for (i = 0; i < MANY; i++) {
		snprintf(id, sizeof(id), "p%zu", i / 2);
		expected += expected_entries(store, i % 2 ? "one" : "two", id);
	}
	assert_int_equal(n, expected);
	for (i = 0; i < n; i++) {
		const struct pipeline *p = all[i].pipeline;

		assert_true(store_entry(store, p->project_id, p->id,
					all[i].latest ? NULL : all[i].run->id, &at));
		assert_int_equal(at, i);
		if (all[i].latest)
			assert_ptr_equal(all[i].run, p->latest);
		else
			assert_ptr_equal(all[i].run, store_run(store, p->project_id, p->id, all[i].run->id));
		say_entry(&all[i], now);
		if (i >= *n_said || strcmp(now, said[i]) != 0)
			assert_true(all[i].version > seen);
		snprintf(said[i], SAID, "%s", now);
		assert_true(all[i].version <= store_version(store));
	}
	*n_said = n;
}

/* Live entries and the counts of projects, both kept change by change, against a walk. */
static void assert_live_true(struct store *store)
{
	const struct entry *all, *live;
	struct store_project project;
	size_t n = store_entries(store, &all), i, at, alive = 0, pipelines = 0, counted = 0;
	size_t n_live = store_live(store, &live);

	for (i = 0; i < n; i++) {
		const struct run *run = all[i].run;

		pipelines += all[i].latest;
		if (!run || !(state_live(run->state) || run->state == STATE_PENDING))
			continue;
		alive++;
		for (at = 0; at < n_live && live[at].run != run; at++)
			;
		assert_true(at < n_live);
		assert_memory_equal(&live[at], &all[i], sizeof(all[i]));
	}
	assert_int_equal(alive, n_live);
	for (i = 0; store_project(store, i, &project); i++)
		counted += project.rows;
	assert_int_equal(counted, pipelines);
}

static void change_at_random(struct store *store, unsigned *seed, int step)
{
	static const char *const words[] = {"RUNNING", "PAUSED", "COMPLETED", "FAILED", "QUEUED"};
	const char *project = rand_r(seed) % 2 ? "one" : "two", *word = words[rand_r(seed) % 5];
	char id[16], run_id[16];
	struct run run;
	uint64_t asked = (uint64_t)step + 1;
	int number = rand_r(seed) % 6;

	snprintf(id, sizeof(id), "p%d", rand_r(seed) % (MANY / 2));
	snprintf(run_id, sizeof(run_id), "r%d", number);
	run = summary(id, run_id, number, word, word);
	run.end_ms = run.start_ms + rand_r(seed) % 5000;
	switch (rand_r(seed) % 7) {
	case 0:
		take_list_as(store, project, id, &run, asked, step * 1000);
		return;
	case 1:
		store_take_detail(store, project, id, &run, asked, step * 1000);
		return;
	case 2:
		store_take_history(store, project, id, &run, 1, asked, step * 1000);
		return;
	case 3:
		store_gone(store, project, id, rand_r(seed) % 2 ? NULL : run_id, step * 1000);
		run_done(&run);
		return;
	case 4:
		store_expire(store, step * 1000);
		run_done(&run);
		return;
	default:
		store_take_runs(store, project, &run, 1, asked, step * 1000);
	}
}

static void entries_say_what_the_store_knows_and_changes_have_new_versions(void **state)
{
	struct store *store = store_new();
	char said[MANY * 8][SAID];
	size_t n_said = 0;
	unsigned seed = 20261124;
	int step;

	print_message("# seed %u\n", seed);
	for (step = 0; step < 20000; step++) {
		uint64_t seen = store_version(store);

		if (step % 1000 == 999)
			store_keep(store, (const char *const[]){"two"}, 1);
		else
			change_at_random(store, &seed, step);
		assert_entries_true(store, said, &n_said, seen);
		assert_live_true(store);
	}
	store_free(store);
}

static struct pipeline listed(const char *id, const char *group, bool from_v3)
{
	return (struct pipeline){.id = mem_strdup(id), .group_id = mem_strdup(group), .from_v3 = from_v3};
}

static void a_project_knows_its_rows_and_which_only_v3_lists(void **state)
{
	struct store *store = store_new();
	struct pipeline list[] = {listed("p1", NULL, true), listed("p2", NULL, true),
				  listed("p3", NULL, false)};
	struct pipeline again = listed("p1", NULL, false);
	struct store_project project;

	store_take_pipelines(store, P, list, 3, 1, 1);
	assert_true(store_project(store, 0, &project));
	assert_string_equal(project.id, P);
	assert_int_equal(project.rows, 3);
	assert_int_equal(project.only_v3, 2);
	store_take_pipelines(store, P, &again, 1, 2, 2);
	assert_true(store_project(store, 0, &project));
	assert_int_equal(project.only_v3, 1);
	assert_false(store_project(store, 1, &project));
	store_keep(store, NULL, 0);
	assert_true(store_project(store, 0, &project));
	assert_int_equal(project.rows, 0);
	assert_int_equal(project.only_v3, 0);
	assert_int_equal(store_pipeline_count(store), 0);
	store_free(store);
}

static void only_the_rows_of_the_projects_asked_for_stay(void **state)
{
	static const char *const keep[] = {"two"};
	struct store *store = store_new();
	struct pipeline one = listed("p1", NULL, false), two = listed("p1", NULL, false);
	uint64_t version;

	store_take_pipelines(store, "one", &one, 1, 1, 1);
	store_take_pipelines(store, "two", &two, 1, 2, 1);
	version = store_version(store);
	store_keep(store, keep, 1);
	assert_true(store_version(store) > version);
	assert_null(store_pipeline(store, "one", "p1"));
	assert_non_null(store_pipeline(store, "two", "p1"));
	version = store_version(store);
	store_keep(store, keep, 1);
	assert_true(store_version(store) == version);
	store_free(store);
}

static void what_a_whole_listing_of_a_group_does_not_name_has_left_it(void **state)
{
	struct store *store = store_new();
	struct pipeline list[] = {listed("p1", "g1", false), listed("p2", "g1", false)};
	struct pipeline later = listed("p1", "g1", false), plain = listed("p2", NULL, false);

	store_take_pipelines(store, P, list, 2, 5, 1);
	store_take_pipelines(store, P, &plain, 1, 6, 2); /* an answer that says no group changes none */
	assert_string_equal(store_pipeline(store, P, "p2")->group_id, "g1");
	store_take_pipelines(store, P, &later, 1, 7, 3);
	store_ungroup(store, P, "g1", 7);
	assert_string_equal(store_pipeline(store, P, "p1")->group_id, "g1");
	assert_null(store_pipeline(store, P, "p2")->group_id);
	store_free(store);
}

static void the_group_of_an_answer_that_comes_late_counts(void **state)
{
	struct store *store = store_new();
	struct pipeline outer = listed("p1", "outer", false), inner = listed("p1", "inner", false);

	store_take_pipelines(store, P, &outer, 1, 6, 1);
	store_take_pipelines(store, P, &inner, 1, 5, 2); /* asked before, answered after */
	assert_string_equal(store_pipeline(store, P, "p1")->group_id, "inner");
	store_free(store);
}

static void a_projects_new_name_is_news_to_all_its_rows(void **state)
{
	struct store *store = store_new();
	struct pipeline p = {0};
	const struct entry *all;
	uint64_t seen;
	size_t i;

	take_list(store, "p1", NULL, 1);
	take_list(store, "p2", NULL, 2);
	seen = store_version(store);
	p.id = mem_strdup("p1");
	p.project_name = mem_strdup("Shop");
	store_take_pipelines(store, P, &p, 1, 3, 1);
	assert_int_equal(store_entries(store, &all), 2);
	for (i = 0; i < 2; i++) {
		assert_string_equal(all[i].pipeline->project_name, "Shop");
		assert_true(all[i].version > seen);
	}
	store_free(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(older_answers_never_replace_newer_ones),
		cmocka_unit_test(answers_in_any_order_end_in_the_same_state),
		cmocka_unit_test(a_summary_changes_the_words_of_a_detail_and_keeps_its_jobs),
		cmocka_unit_test(a_late_detail_is_worth_its_jobs_but_not_its_word),
		cmocka_unit_test(the_same_answer_again_moves_no_version_but_is_fresh),
		cmocka_unit_test(rows_of_two_projects_are_two),
		cmocka_unit_test(duplicates_are_one_row_and_counted),
		cmocka_unit_test(an_older_live_run_keeps_its_row),
		cmocka_unit_test(a_list_that_lags_does_not_undo_a_fresh_run),
		cmocka_unit_test(what_is_gone_is_marked_stays_a_minute_and_leaves),
		cmocka_unit_test(what_comes_back_is_not_gone),
		cmocka_unit_test(a_gone_run_leaves_and_its_pipeline_stays),
		cmocka_unit_test(a_v3_row_takes_its_states_from_batch_status),
		cmocka_unit_test(usual_comes_from_completed_runs_only),
		cmocka_unit_test(usual_of_stages_and_jobs_comes_from_details),
		cmocka_unit_test(memory_of_one_pipeline_is_bounded_and_live_runs_stay),
		cmocka_unit_test(an_opened_pipeline_keeps_a_long_history_until_another_is_opened),
		cmocka_unit_test(even_an_opened_history_is_bounded),
		cmocka_unit_test(memory_of_all_pipelines_is_bounded),
		cmocka_unit_test(a_sub_pipeline_that_no_list_names_is_a_guest),
		cmocka_unit_test(a_child_is_known_through_later_answers_and_in_its_own_project),
		cmocka_unit_test(guests_are_bounded_and_the_opened_one_stays),
		cmocka_unit_test(very_many_finished_runs_are_cut_short_but_the_opened_ones),
		cmocka_unit_test(memory_is_used_again),
		cmocka_unit_test(runs_of_unknown_pipelines_are_dropped),
		cmocka_unit_test(any_rows_may_leave_and_all_others_are_still_found),
		cmocka_unit_test(entries_say_what_the_store_knows_and_changes_have_new_versions),
		cmocka_unit_test(a_project_knows_its_rows_and_which_only_v3_lists),
		cmocka_unit_test(only_the_rows_of_the_projects_asked_for_stay),
		cmocka_unit_test(what_a_whole_listing_of_a_group_does_not_name_has_left_it),
		cmocka_unit_test(the_group_of_an_answer_that_comes_late_counts),
		cmocka_unit_test(a_projects_new_name_is_news_to_all_its_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
