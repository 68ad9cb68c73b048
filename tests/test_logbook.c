/* SPDX-License-Identifier: MIT */
/* Which log a step's name leads to, when a retry has moved what the names stand for. */
#include "test.h"

#include <ev.h>

#include "api/session.h"
#include "app/logbook.h"
#include "core/mem.h"
#include "core/when.h"
#include "fake.h"

#define P "p"

struct bench {
	struct ev_loop *loop;
	struct fake *fake;
	struct session *session;
	struct store *store;
	struct logbook *book;
	uint64_t snapshot;
};

static void open_bench(struct bench *b)
{
	struct session_options so = {.endpoint = "http://127.0.0.1:1", .token = "t", .language = "en-us"};
	struct logbook_options lo = {.spool_dir = "."};
	struct pipeline p = {.id = mem_strdup("l"), .name = mem_strdup("l")};
	struct err err = {0};

	*b = (struct bench){.loop = ev_loop_new(EVFLAG_AUTO), .fake = fake_new(), .snapshot = 1};
	b->session = session_new(fake_transport(b->fake), &so, &err);
	assert_non_null(b->session);
	b->store = store_new();
	store_take_pipelines(b->store, P, &p, 1, b->snapshot++, 1);
	lo.loop = b->loop;
	lo.session = b->session;
	lo.store = b->store;
	b->book = logbook_new(&lo);
}

static void close_bench(struct bench *b)
{
	logbook_free(b->book);
	store_free(b->store);
	session_free(b->session);
	fake_free(b->fake);
	ev_loop_destroy(b->loop);
}

/* A run of one step. */
static void take(struct bench *b, const char *job, const char *step, const char *status,
		 int64_t start_ms)
{
	struct run run = {.id = mem_strdup("r"), .status = mem_strdup("RUNNING"), .n_stages = 1};
	struct job *j = mem_calloc(1, sizeof(*j));

	run.stages = mem_calloc(1, sizeof(struct stage));
	run.stages[0].name = mem_strdup("Build");
	run.stages[0].status = mem_strdup("RUNNING");
	run.stages[0].jobs = j;
	run.stages[0].n_jobs = 1;
	j->id = mem_strdup(job);
	j->name = mem_strdup("unit");
	j->status = mem_strdup(status);
	j->n_steps = 1;
	j->steps = mem_calloc(1, sizeof(struct step));
	j->steps[0].id = mem_strdup(step);
	j->steps[0].name = mem_strdup("test");
	j->steps[0].status = mem_strdup(status);
	j->steps[0].start_ms = start_ms;
	store_take_detail(b->store, P, "l", &run, b->snapshot++, 1);
}

static struct ref ref_of(const char *job, const char *step)
{
	struct ref ref = {{mem_strdup(P), mem_strdup("l"), mem_strdup("r"), mem_strdup("#0"),
			   mem_strdup(job), mem_strdup(step)}};

	return ref;
}

static struct follow *show(struct bench *b, const char *job, const char *step)
{
	struct ref ref = ref_of(job, step);
	struct err err = {0};
	struct follow *follow = logbook_show(b->book, &ref, &err);

	assert_non_null(follow);
	ref_done(&ref);
	return follow;
}

/* Waits for the next question and answers it. */
static const char *answer(struct bench *b, struct follow *f, const char *end, const char *log)
{
	int64_t limit_ms = when_monotonic_ms() + 20000;
	char body[200];

	while (!follow_in_flight(f)) {
		assert_true(when_monotonic_ms() < limit_ms);
		ev_run(b->loop, EVRUN_ONCE);
	}
	snprintf(body, sizeof(body),
		 "{\"has_more\":false,\"start_offset\":\"0\",\"end_offset\":\"%s\",\"log\":\"%s\"}", end,
		 log);
	fake_answer(b->fake, NULL, 200, body);
	assert_int_equal(fake_deliver(b->fake), 1);
	return fake_last(b->fake)->url;
}

static bool read_is(struct follow *f, const char *wanted)
{
	struct log *log = follow_log(f);
	struct log_line line;
	char text[400] = "";
	int64_t i;

	for (i = log_first(log); i < log_end(log) && log_line(log, i, &line); i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 line.mark ? "<%.*s>" : "%.*s ", (int)line.len, line.text);
	if (strcmp(text, wanted) != 0)
		print_message("# %s\n", text);
	return strcmp(text, wanted) == 0;
}

static void an_earlier_attempt_is_read_from_the_job_that_wrote_it(void **state)
{
	struct follow *f;
	struct bench b;

	open_bench(&b);
	take(&b, "j1", "s1", "FAILED", 10);
	take(&b, "j2", "s2", "RUNNING", 20);
	f = show(&b, "j2", "s1"); /* as it is shown: below the job that is there now */
	assert_non_null(strstr(answer(&b, f, "9", "one"), "/jobs/j1/steps/s1/logs"));
	answer(&b, f, "9", "");
	assert_int_equal(follow_phase(f), FOLLOW_ENDED);
	assert_true(read_is(f, "one <step failed>"));
	f = show(&b, "j2", "s2");
	assert_non_null(strstr(answer(&b, f, "9", "two"), "/jobs/j2/steps/s2/logs"));
	assert_int_equal(follow_phase(f), FOLLOW_LIVE);
	close_bench(&b);
}

static void a_log_stays_open_through_the_retry_that_replaces_it_and_ends(void **state)
{
	struct follow *f;
	struct bench b;

	open_bench(&b);
	take(&b, "j1", "s1", "RUNNING", 10);
	f = show(&b, "j1", "s1");
	answer(&b, f, "9", "one");
	take(&b, "j2", "s2", "RUNNING", 20);
	logbook_update(b.book);
	answer(&b, f, "12", "last"); /* was asked before */
	answer(&b, f, "12", "");
	assert_int_equal(follow_phase(f), FOLLOW_ENDED);
	assert_true(read_is(f, "one last <step was retried>"));
	assert_ptr_equal(show(&b, "j2", "s1"), f); /* the same log under its new address */
	assert_string_equal(logbook_ref(b.book)->id[REF_JOB], "j2");
	close_bench(&b);
}

static void a_step_that_starts_anew_under_its_id_goes_on_in_one_log(void **state)
{
	struct step_at at;
	struct follow *f;
	struct bench b;

	open_bench(&b);
	take(&b, "j1", "s1", "FAILED", 10);
	f = show(&b, "j1", "s1");
	answer(&b, f, "9", "one");
	answer(&b, f, "9", "");
	assert_int_equal(follow_phase(f), FOLLOW_ENDED);
	take(&b, "j1", "s1", "FAILED", 30); /* nobody saw it run */
	logbook_update(b.book);
	answer(&b, f, "4", "two"); /* from the beginning */
	assert_true(logbook_step(b.book, &at));
	assert_int_equal(at.step->attempt, 2);
	assert_int_equal(at.job->n_steps, 1);
	assert_int_equal(follow_phase(f), FOLLOW_ENDED);
	assert_true(read_is(f, "one <step failed><log restarted by the server>two <step failed>"));
	close_bench(&b);
}

static void a_step_is_the_same_below_another_job_and_stage(void **state)
{
	struct ref a = ref_of("j1", "s1"), b = ref_of("j2", "s1"), c = ref_of("j1", "s2");

	ref_set(&b, REF_STAGE, "other");
	ref_set(&b, REF_JOB, "j2");
	ref_set(&b, REF_STEP, "s1");
	assert_true(ref_same(&a, &b));
	assert_false(ref_same(&a, &c));
	ref_cut(&a, REF_STEP);
	assert_false(ref_same(&a, &b));
	ref_cut(&b, REF_STEP);
	assert_false(ref_same(&a, &b)); /* jobs are not */
	ref_done(&a);
	ref_done(&b);
	ref_done(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_earlier_attempt_is_read_from_the_job_that_wrote_it),
		cmocka_unit_test(a_log_stays_open_through_the_retry_that_replaces_it_and_ends),
		cmocka_unit_test(a_step_that_starts_anew_under_its_id_goes_on_in_one_log),
		cmocka_unit_test(a_step_is_the_same_below_another_job_and_stage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
