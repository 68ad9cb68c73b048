/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "core/text.h"
#include "model/state.h"

static void server_words_become_ours(void **state)
{
	static const struct {
		const char *status;
		enum state live, over;
	} rows[] = {
		{"INIT", STATE_PENDING, STATE_SKIPPED},
		{"QUEUED", STATE_QUEUED, STATE_QUEUED},
		{"RUNNING", STATE_RUNNING, STATE_RUNNING},
		{"ASYNC_RUNNING", STATE_RUNNING, STATE_RUNNING},
		{"REDISPATCH", STATE_RUNNING, STATE_RUNNING},
		{"PAUSED", STATE_WAITING, STATE_WAITING},
		{"SUSPEND", STATE_WAITING, STATE_WAITING},
		{"COMPLETED", STATE_OK, STATE_OK},
		{"FAILED", STATE_FAILED, STATE_FAILED},
		{"ASYNC_FAILED", STATE_FAILED, STATE_FAILED},
		{"CANCELED", STATE_STOPPED, STATE_STOPPED},
		{"SKIPPED", STATE_SKIPPED, STATE_SKIPPED},
		{"UNSELECTED", STATE_SKIPPED, STATE_SKIPPED},
		{"IGNORED", STATE_IGNORED, STATE_IGNORED},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(state_from_v5(rows[i].status, false), rows[i].live);
		assert_int_equal(state_from_v5(rows[i].status, true), rows[i].over);
	}
}

static void unknown_words_are_never_success(void **state)
{
	static const char *const words[] = {NULL,	 "",	      "completed", "Completed", "SUCCESS",
					    "COMPLETED ", "CANCELLED", "SUSPENDED", "INITIAL"};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		assert_int_equal(state_from_v5(words[i], false), STATE_OTHER);
		assert_int_equal(state_from_v5(words[i], true), STATE_OTHER);
	}
	assert_false(state_terminal(STATE_OTHER));
	assert_false(state_live(STATE_OTHER));
}

static void old_pairs_have_a_new_word(void **state)
{
	static const struct {
		const char *status, *outcome, *v5;
	} rows[] = {
		{"completed", "success", "COMPLETED"}, {"completed", "error", "FAILED"},
		{"completed", "aborted", "CANCELED"},  {"waiting", NULL, "QUEUED"},
		{"running", NULL, "RUNNING"},	       {"handling", NULL, "RUNNING"},
		{"verifying", NULL, "PAUSED"},	       {"suspending", NULL, "SUSPEND"},
		{"running", "success", "RUNNING"},     {"completed", NULL, "completed"},
		{"completed", "odd", "completed"},     {"new word", NULL, "new word"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(state_v3_to_v5(rows[i].status, rows[i].outcome), rows[i].v5);
	assert_null(state_v3_to_v5(NULL, "success"));
}

static void every_state_is_either_over_live_or_neither(void **state)
{
	int i;

	for (i = 0; i < STATE_COUNT; i++)
		assert_false(state_terminal((enum state)i) && state_live((enum state)i));
	assert_true(state_live(STATE_WAITING) && state_live(STATE_RUNNING) && state_live(STATE_QUEUED));
	assert_true(state_terminal(STATE_OK) && state_terminal(STATE_FAILED) &&
		    state_terminal(STATE_STOPPED) && state_terminal(STATE_SKIPPED) &&
		    state_terminal(STATE_IGNORED));
	assert_false(state_terminal(STATE_PENDING) || state_live(STATE_PENDING));
}

static void words_and_symbols_are_those_people_were_promised(void **state)
{
	static const struct {
		enum state state;
		const char *word, *symbol;
		char ascii;
	} rows[] = {
		{STATE_WAITING, "waiting", "?", '?'},
		{STATE_FAILED, "failed", "\xE2\x9C\x97", 'x'},
		{STATE_RUNNING, "running", "\xE2\x86\xBB", '@'},
		{STATE_QUEUED, "queued", ".", '.'},
		{STATE_PENDING, "not started", ".", '.'},
		{STATE_OK, "ok", "\xE2\x9C\x93", 'v'},
		{STATE_STOPPED, "stopped", "=", '='},
		{STATE_SKIPPED, "skipped", "-", '-'},
		{STATE_IGNORED, "ignored", "-", '-'},
		{STATE_OTHER, "unknown", "~", '~'},
	};
	enum state found;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_string_equal(state_word(rows[i].state), rows[i].word);
		assert_string_equal(state_symbol(rows[i].state), rows[i].symbol);
		assert_int_equal(state_ascii(rows[i].state), rows[i].ascii);
		assert_true(state_from_word(rows[i].word, &found));
		assert_int_equal(found, rows[i].state);
	}
	assert_false(state_from_word("FAILED", &found));
	assert_false(state_from_word(NULL, &found));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(server_words_become_ours),
		cmocka_unit_test(unknown_words_are_never_success),
		cmocka_unit_test(old_pairs_have_a_new_word),
		cmocka_unit_test(every_state_is_either_over_live_or_neither),
		cmocka_unit_test(words_and_symbols_are_those_people_were_promised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
