/* SPDX-License-Identifier: MIT */
/* What commands make of the model: tables, filters, which steps, outcomes, colours, records. */
#include "test.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <unistd.h>

#include "../src/app/command.h"
#include "../src/app/filter.h"
#include "../src/app/out.h"
#include "../src/app/paint.h"
#include "../src/app/stepset.h"
#include "../src/app/table.h"
#include "core/buf.h"
#include "core/mem.h"

/* ---- tables ---- */

static void columns_are_as_wide_as_the_screen_shows_them(void **state)
{
	static const char *const titles[] = {"NAME", ">RUN", "BY"};
	struct table *t = table_new(titles, 3);
	struct buf out;

	buf_init(&out, BUF_MAX);
	table_add(t, "\xe9\xa9\xac\xe4\xba\x91"); /* two wide characters: four cells */
	table_add(t, "7");
	table_add(t, "x");
	table_add(t, "web-build");
	table_add(t, "1204");
	table_add(t, "");
	table_print(t, &out);
	assert_string_equal(out.data, "NAME        RUN  BY\n"
				      "\xe9\xa9\xac\xe4\xba\x91          7  x\n"
				      "web-build  1204\n");
	assert_int_equal(table_rows(t), 2);
	assert_int_equal(table_width("\xe9\xa9\xac" "a\xcc\x81"), 3);
	buf_done(&out);
	table_free(t);
}

/* ---- filters ---- */

static void status_words_are_translated_for_each_api(void **state)
{
	static const struct {
		const char *word;
		bool v3;
		const char *status, *outcome;
	} cases[] = {
		{"failed", false, "FAILED", ""},
		{"waiting", false, "PAUSED SUSPEND", ""},
		{"running", false, "RUNNING", ""},
		{"ok", false, "COMPLETED", ""},
		{"stopped", false, "CANCELED", ""},
		{"PAUSED", false, "PAUSED", ""},
		{"BRAND_NEW", false, "BRAND_NEW", ""},
		{"failed", true, "completed", "error"},
		{"waiting", true, "verifying suspending", ""},
		{"running", true, "running handling", ""},
		{"queued", true, "waiting", ""},
		{"stopped", true, "completed", "aborted"},
		{"verifying", true, "verifying", ""},
		{"FAILED", true, "completed", "error"},
	};
	struct filter f;
	size_t i, j;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char status[64] = "", outcome[64] = "";

		assert_true(filter_make(&f, &cases[i].word, 1, cases[i].v3, NULL));
		for (j = 0; j < f.n_status; j++)
			snprintf(status + strlen(status), sizeof(status) - strlen(status), "%s%s", j ? " " : "",
				 f.status[j]);
		for (j = 0; j < f.n_outcome; j++)
			snprintf(outcome + strlen(outcome), sizeof(outcome) - strlen(outcome), "%s",
				 f.outcome[j]);
		assert_string_equal(status, cases[i].status);
		assert_string_equal(outcome, cases[i].outcome);
	}
}

static void an_unknown_status_is_refused_with_the_known_ones(void **state)
{
	static const char *const words[] = {"broken"};
	struct filter f;
	struct err err = {.kind = ERR_NONE};

	assert_false(filter_make(&f, words, 1, false, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_non_null(strstr(err.text, "'broken' is not known: waiting, failed"));
	assert_false(filter_make(&f, words, 1, true, NULL));
}

static void what_a_server_sends_too_much_is_filtered(void **state)
{
	static const char *const words[] = {"failed", "SUSPEND"};
	char suspend[] = "SUSPEND", paused[] = "PAUSED";
	struct run failed = {.state = STATE_FAILED}, ok = {.state = STATE_OK};
	struct run named = {.state = STATE_WAITING, .status = suspend}, other = {.state = STATE_WAITING,
										  .status = paused};
	struct filter f;

	assert_true(filter_make(&f, words, 2, false, NULL));
	assert_true(filter_passes(&f, &failed));
	assert_true(filter_passes(&f, &named));
	assert_false(filter_passes(&f, &ok));
	assert_false(filter_passes(&f, &other));
	assert_false(filter_passes(&f, NULL));
	assert_true(filter_make(&f, NULL, 0, false, NULL));
	assert_true(filter_passes(&f, NULL));
}

/* ---- steps and outcomes ---- */

/* build: compile [fetch, test unit]; check: test [test] */
static char names[][16] = {"build", "compile", "fetch", "test unit", "check", "test", "id1", "id2", "id3", "review"};
static char checkpoint[] = "official_devcloud_checkpoint@1.0";

static struct step first_steps[2], second_steps[2];
static struct job first_job, second_job;
static struct stage stages[2];

static struct run small_run(void)
{
	struct run run = {.stages = stages, .n_stages = 2, .state = STATE_FAILED};

	first_steps[0] = (struct step){.id = names[6], .name = names[2], .state = STATE_OK};
	first_steps[1] = (struct step){.id = names[7], .name = names[3], .state = STATE_OK};
	second_steps[0] = (struct step){.id = names[8], .name = names[5], .state = STATE_FAILED};
	second_steps[1] = (struct step){.name = names[9], .task = checkpoint, .state = STATE_SKIPPED};
	first_job = (struct job){.name = names[1], .steps = first_steps, .n_steps = 2};
	second_job = (struct job){.name = names[5], .steps = second_steps, .n_steps = 2};
	stages[0] = (struct stage){.name = names[0], .jobs = &first_job, .n_jobs = 1};
	stages[1] = (struct stage){.name = names[4], .jobs = &second_job, .n_jobs = 1};
	return run;
}

static void steps_are_chosen_by_the_strictest_match(void **state)
{
	static const struct {
		struct stepset_want want;
		const char *ids;
	} cases[] = {
		{{NULL, NULL, NULL, false}, "fetch,test unit,test,review,"},
		{{NULL, NULL, "test", false}, "test,"},
		{{NULL, NULL, "UNIT", false}, "test unit,"},
		{{NULL, NULL, "id2", false}, "test unit,"},
		{{"build", NULL, NULL, false}, "fetch,test unit,"},
		{{NULL, "comp", "e", false}, "fetch,test unit,"},
		{{NULL, NULL, NULL, true}, "test,"},
		{{"build", NULL, NULL, true}, ""},
		{{NULL, NULL, "deploy", false}, ""},
	};
	struct run run = small_run();
	size_t i, j, n;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct step_at *steps;
		char found[128] = "";

		n = stepset(&run, &cases[i].want, &steps);
		for (j = 0; j < n; j++)
			snprintf(found + strlen(found), sizeof(found) - strlen(found), "%s,", steps[j].step->name);
		assert_string_equal(found, cases[i].ids);
		mem_free(steps);
	}
}

static void the_exit_status_tells_the_outcome(void **state)
{
	static const struct {
		enum state state;
		enum exit_status status;
	} cases[] = {
		{STATE_OK, EXIT_OK},	       {STATE_FAILED, EXIT_RUN_FAILED}, {STATE_STOPPED, EXIT_STOPPED},
		{STATE_WAITING, EXIT_WAITS}, {STATE_IGNORED, EXIT_OK},
	};
	struct run run = small_run();
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		run.state = cases[i].state;
		assert_int_equal(command_outcome(&run), cases[i].status);
	}
	/* Rejected at a gate, and nothing else failed. */
	run.state = STATE_FAILED;
	second_steps[1].state = STATE_FAILED;
	assert_int_equal(command_outcome(&run), EXIT_RUN_FAILED);
	second_steps[0].state = STATE_OK;
	assert_int_equal(command_outcome(&run), EXIT_STOPPED);
}

/* ---- colours ---- */

static void colours_are_written_afresh(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"plain", "plain"},
		{"\033[31mred\033[0m x", "\033[0;31mred\033[0m x"},
		{"\033[1;92mok", "\033[0;1;92mok\033[0m"},
		{"\033[38;5;208ma", "\033[0;38;5;208ma\033[0m"},
		{"\033[48;2;1;2;3ma", "\033[0;48;2;1;2;3ma\033[0m"},
		{"\033]0;title\007z", "z"},
	};
	struct sgr_options options = {.mode = SGR_LOG, .utf8 = true};
	struct sgr *sgr = sgr_new(&options);
	struct sgr_line line;
	struct buf out;
	size_t i;

	buf_init(&out, BUF_MAX);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		sgr_reset(sgr);
		buf_clear(&out);
		sgr_feed(sgr, cases[i].in, strlen(cases[i].in));
		line = sgr_end_line(sgr);
		paint_line(&line, &out);
		if (i + 1 < sizeof(cases) / sizeof(cases[0]))
			assert_string_equal(out.data, cases[i].out);
		else /* however the removed title is marked, none of it is a sequence */
			assert_null(strstr(out.data, "\033]"));
	}
	buf_done(&out);
	sgr_free(sgr);
}

/* ---- output ---- */

static void a_gone_reader_stops_the_output(void **state)
{
	struct out out;
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	signal(SIGPIPE, SIG_IGN);
	out_init(&out, ends[1]);
	assert_true(out_adds(&out, "held back"));
	assert_false(out_flush(&out));
	assert_int_equal(out.error, EPIPE);
	assert_false(out_adds(&out, "more"));
	out_done(&out);
	close(ends[1]);
}

static void records_are_an_array_or_lines(void **state)
{
	static const char *const expected[] = {"[\n{\"a\":1},\n{\"a\":1}\n]\n[]\n", "{\"a\":1}\n{\"a\":1}\n"};
	char text[] = "{\"a\":1}", got[128];
	struct buf object = {.data = text, .len = 7};
	int ends[2], lines;

	for (lines = 0; lines < 2; lines++) {
		struct records records;
		struct out out;
		ssize_t n;

		assert_int_equal(pipe(ends), 0);
		out_init(&out, ends[1]);
		records_begin(&records, &out, lines);
		records_add(&records, &object);
		records_add(&records, &object);
		records_end(&records);
		records_begin(&records, &out, lines);
		records_end(&records);
		assert_true(out_flush(&out));
		n = read(ends[0], got, sizeof(got) - 1);
		assert_true(n > 0);
		got[n] = '\0';
		assert_string_equal(got, expected[lines]);
		out_done(&out);
		close(ends[0]);
		close(ends[1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_as_wide_as_the_screen_shows_them),
		cmocka_unit_test(status_words_are_translated_for_each_api),
		cmocka_unit_test(an_unknown_status_is_refused_with_the_known_ones),
		cmocka_unit_test(what_a_server_sends_too_much_is_filtered),
		cmocka_unit_test(steps_are_chosen_by_the_strictest_match),
		cmocka_unit_test(the_exit_status_tells_the_outcome),
		cmocka_unit_test(colours_are_written_afresh),
		cmocka_unit_test(a_gone_reader_stops_the_output),
		cmocka_unit_test(records_are_an_array_or_lines),
	};

	setlocale(LC_CTYPE, "");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
