/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "core/mem.h"
#include "model/model.h"

#define REVIEW "official_devcloud_checkpoint"
#define TRIGGER "official_devcloud_manualTrigger"
#define SHELL "official_shell_plugin"

static void add_step(struct step **steps, size_t *n, const char *id, const char *task, const char *status)
{
	struct step *step;

	*steps = mem_grow(*steps, *n, sizeof(**steps));
	step = &(*steps)[(*n)++];
	memset(step, 0, sizeof(*step));
	step->id = mem_strdup(id);
	step->task = mem_strdup(task);
	step->status = mem_strdup(status);
}

/* A run of two stages: "one" with a pre step and a job of a step, "two" not started. */
static void make_run(struct run *run, const char *status, const char *stage, const char *pre_task,
		     const char *pre, const char *job, const char *task, const char *step)
{
	memset(run, 0, sizeof(*run));
	run->status = mem_strdup(status);
	run->n_stages = 2;
	run->stages = mem_calloc(2, sizeof(*run->stages));
	run->stages[0].status = mem_strdup(stage);
	run->stages[1].status = mem_strdup("INIT");
	add_step(&run->stages[0].pre, &run->stages[0].n_pre, "pre-1", pre_task, pre);
	add_step(&run->stages[1].pre, &run->stages[1].n_pre, "pre-2", TRIGGER, "INIT");
	run->stages[0].n_jobs = 1;
	run->stages[0].jobs = mem_calloc(1, sizeof(struct job));
	run->stages[0].jobs[0].status = mem_strdup(job);
	add_step(&run->stages[0].jobs[0].steps, &run->stages[0].jobs[0].n_steps, "step-1", task, step);
	run_derive(run);
}

static void ids_that_fit_a_url_are_short_and_plain(void **state)
{
	char longest[MODEL_ID_MAX + 2];

	memset(longest, 'a', sizeof(longest));
	longest[MODEL_ID_MAX + 1] = '\0';
	assert_false(model_id_ok(longest));
	longest[MODEL_ID_MAX] = '\0';
	assert_true(model_id_ok(longest));
	assert_true(model_id_ok("00012"));
	assert_true(model_id_ok("A-b_9"));
	assert_false(model_id_ok(NULL));
	assert_false(model_id_ok(""));
	assert_false(model_id_ok("a/b"));
	assert_false(model_id_ok(".."));
	assert_false(model_id_ok("a%2f"));
	assert_false(model_id_ok("a b"));
	assert_false(model_id_ok("a\r\nX: y"));
}

static void a_gate_is_open_only_where_the_run_has_arrived(void **state)
{
	static const struct {
		const char *run, *stage, *pre_task, *pre, *job, *task, *step;
		enum gate pre_gate, step_gate;
		enum state run_state, stage_state;
	} rows[] = {
		/* an ordinary run */
		{"RUNNING", "RUNNING", "official_devcloud_autoTrigger", "COMPLETED", "RUNNING", SHELL,
		 "RUNNING", GATE_NONE, GATE_NONE, STATE_RUNNING, STATE_RUNNING},
		/* a review shows as any of three words */
		{"RUNNING", "RUNNING", "x", "COMPLETED", "RUNNING", REVIEW, "RUNNING", GATE_NONE,
		 GATE_REVIEW, STATE_WAITING, STATE_WAITING},
		{"PAUSED", "PAUSED", "x", "COMPLETED", "PAUSED", REVIEW "@0.0.2", "PAUSED", GATE_NONE,
		 GATE_REVIEW, STATE_WAITING, STATE_WAITING},
		{"RUNNING", "RUNNING", "x", "COMPLETED", "SUSPEND", REVIEW, "SUSPEND", GATE_NONE,
		 GATE_REVIEW, STATE_WAITING, STATE_WAITING},
		/* passed, or not reached */
		{"RUNNING", "RUNNING", "x", "COMPLETED", "RUNNING", REVIEW, "COMPLETED", GATE_NONE,
		 GATE_NONE, STATE_RUNNING, STATE_RUNNING},
		{"RUNNING", "RUNNING", "x", "COMPLETED", "RUNNING", REVIEW, "INIT", GATE_NONE,
		 GATE_NONE, STATE_RUNNING, STATE_RUNNING},
		{"RUNNING", "RUNNING", "x", "COMPLETED", "INIT", REVIEW, "RUNNING", GATE_NONE,
		 GATE_NONE, STATE_RUNNING, STATE_RUNNING},
		{"RUNNING", "RUNNING", "x", "COMPLETED", "RUNNING", REVIEW "Other", "RUNNING",
		 GATE_NONE, GATE_NONE, STATE_RUNNING, STATE_RUNNING},
		/* delays and suspended steps */
		{"RUNNING", "RUNNING", "x", "COMPLETED", "RUNNING", "official_devcloud_Delay", "RUNNING",
		 GATE_NONE, GATE_DELAY, STATE_WAITING, STATE_WAITING},
		{"RUNNING", "RUNNING", "x", "COMPLETED", "SUSPEND", SHELL, "SUSPEND", GATE_NONE,
		 GATE_SUSPENDED, STATE_WAITING, STATE_WAITING},
		/* the entry of a stage, with and without a word of its own */
		{"RUNNING", "RUNNING", TRIGGER, "RUNNING", "INIT", SHELL, "INIT", GATE_STAGE, GATE_NONE,
		 STATE_WAITING, STATE_WAITING},
		{"PAUSED", "INIT", TRIGGER, "PAUSED", "INIT", SHELL, "INIT", GATE_STAGE, GATE_NONE,
		 STATE_WAITING, STATE_WAITING},
		{"RUNNING", "PAUSED", TRIGGER, "", "INIT", SHELL, NULL, GATE_STAGE, GATE_NONE,
		 STATE_WAITING, STATE_WAITING},
		{"RUNNING", "RUNNING", TRIGGER, "INIT", "INIT", SHELL, "INIT", GATE_STAGE, GATE_NONE,
		 STATE_WAITING, STATE_WAITING},
		{"RUNNING", "RUNNING", TRIGGER, "INIT", "RUNNING", SHELL, "RUNNING", GATE_NONE,
		 GATE_NONE, STATE_RUNNING, STATE_RUNNING},
		{"RUNNING", "INIT", TRIGGER, "INIT", "INIT", SHELL, "INIT", GATE_NONE, GATE_NONE,
		 STATE_RUNNING, STATE_PENDING},
		{"RUNNING", "COMPLETED", TRIGGER, "RUNNING", "COMPLETED", SHELL, "COMPLETED", GATE_NONE,
		 GATE_NONE, STATE_RUNNING, STATE_OK},
		/* a paused stage with nothing in it that says why */
		{"RUNNING", "PAUSED", "x", "COMPLETED", "INIT", SHELL, "INIT", GATE_NONE, GATE_NONE,
		 STATE_WAITING, STATE_WAITING},
		/* nothing waits in a run that is over; what never started was skipped */
		{"CANCELED", "RUNNING", TRIGGER, "RUNNING", "RUNNING", REVIEW, "RUNNING", GATE_NONE,
		 GATE_NONE, STATE_STOPPED, STATE_RUNNING},
		{"FAILED", "INIT", TRIGGER, "INIT", "INIT", REVIEW, "INIT", GATE_NONE, GATE_NONE,
		 STATE_FAILED, STATE_SKIPPED},
		/* an unknown word hides no gate */
		{"BRAND_NEW", "RUNNING", "x", "COMPLETED", "RUNNING", REVIEW, "RUNNING", GATE_NONE,
		 GATE_REVIEW, STATE_WAITING, STATE_WAITING},
	};
	struct run run;
	size_t i, twice;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		make_run(&run, rows[i].run, rows[i].stage, rows[i].pre_task, rows[i].pre, rows[i].job,
			 rows[i].task, rows[i].step);
		for (twice = 0; twice < 2; twice++) {
			if (run.state != rows[i].run_state || run.stages[0].state != rows[i].stage_state)
				fail_msg("row %zu: run %s, stage %s", i, state_word(run.state),
					 state_word(run.stages[0].state));
			if (run.stages[0].pre[0].gate != rows[i].pre_gate ||
			    run.stages[0].jobs[0].steps[0].gate != rows[i].step_gate)
				fail_msg("row %zu: gates", i);
			assert_int_equal(run.stages[1].pre[0].gate, GATE_NONE);
			run_derive(&run);
		}
		run_done(&run);
	}
}

static void a_job_with_an_open_gate_waits(void **state)
{
	struct step_at at;
	struct run run;

	make_run(&run, "RUNNING", "RUNNING", "x", "COMPLETED", "RUNNING", REVIEW, "RUNNING");
	assert_int_equal(run.stages[0].jobs[0].state, STATE_WAITING);
	assert_true(run_gate_step(&run, &at));
	assert_string_equal(at.step->id, "step-1");
	assert_int_equal(at.step->state, STATE_WAITING);
	assert_int_equal(at.place, STEP_JOB);
	assert_ptr_equal(at.job, &run.stages[0].jobs[0]);
	assert_ptr_equal(at.stage, &run.stages[0]);
	run_done(&run);
}

static void steps_are_found_where_they_stand(void **state)
{
	struct step_at at;
	struct run run;

	make_run(&run, "RUNNING", "RUNNING", "x", "FAILED", "RUNNING", SHELL, "FAILED");
	add_step(&run.stages[0].post, &run.stages[0].n_post, "post-1", "y", "RUNNING");
	run_derive(&run);
	assert_true(run_failed_step(&run, &at)); /* one with a log comes first */
	assert_string_equal(at.step->id, "step-1");
	assert_true(run_running_step(&run, &at));
	assert_string_equal(at.step->id, "post-1");
	assert_int_equal(at.place, STEP_POST);
	assert_null(at.job);
	assert_true(run_step_by_id(&run, "pre-2", &at));
	assert_int_equal(at.place, STEP_PRE);
	assert_ptr_equal(at.stage, &run.stages[1]);
	assert_false(run_step_by_id(&run, "none", &at));
	assert_false(run_step_by_id(&run, NULL, &at));
	assert_false(run_gate_step(&run, &at));
	run_done(&run);

	make_run(&run, "FAILED", "FAILED", "x", "FAILED", "INIT", SHELL, "INIT");
	assert_true(run_failed_step(&run, &at));
	assert_string_equal(at.step->id, "pre-1");
	assert_false(run_running_step(&run, &at));
	run_done(&run);
}

static void copies_share_nothing(void **state)
{
	struct run run, copy;
	struct pipeline pipeline = {0}, other;

	make_run(&run, "RUNNING", "RUNNING", "x", "COMPLETED", "RUNNING", REVIEW, "RUNNING");
	run.stages[0].name = mem_strdup("one");
	run_copy(&copy, &run);
	pipeline.id = mem_strdup("p");
	pipeline.latest = mem_alloc(sizeof(run));
	*pipeline.latest = run;
	pipeline_copy(&other, &pipeline);
	pipeline_done(&pipeline); /* releases `run` as well */
	assert_string_equal(copy.stages[0].name, "one");
	assert_int_equal(copy.stages[0].jobs[0].steps[0].gate, GATE_REVIEW);
	assert_string_equal(copy.stages[1].pre[0].id, "pre-2");
	assert_string_equal(other.latest->stages[0].name, "one");
	assert_string_equal(other.id, "p");
	run_done(&copy);
	pipeline_done(&other);
	run_free(NULL);
}

static void elapsed_is_never_negative_and_never_invented(void **state)
{
	assert_int_equal(model_elapsed(1000, 3000, 9000), 2000);
	assert_int_equal(model_elapsed(1000, 0, 9000), 8000);
	assert_int_equal(model_elapsed(0, 3000, 9000), -1);
	assert_int_equal(model_elapsed(3000, 1000, 9000), -1);
	assert_int_equal(model_elapsed(9001, 0, 9000), -1);
	assert_int_equal(model_elapsed(1000, 0, 0), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_that_fit_a_url_are_short_and_plain),
		cmocka_unit_test(a_gate_is_open_only_where_the_run_has_arrived),
		cmocka_unit_test(a_job_with_an_open_gate_waits),
		cmocka_unit_test(steps_are_found_where_they_stand),
		cmocka_unit_test(copies_share_nothing),
		cmocka_unit_test(elapsed_is_never_negative_and_never_invented),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
