/* SPDX-License-Identifier: MIT */
/* What a deed fits, what counts as a change under the dialog, and what shows that it was done. */
#include "test.h"

#include <string.h>

#include "model/deed.h"

static struct deed_view run_in(enum state state, int64_t end_ms)
{
	return (struct deed_view){.run = state, .run_end_ms = end_ms};
}

static struct deed_view gate_in(enum gate gate, enum state state, int attempt)
{
	return (struct deed_view){.run = STATE_WAITING, .has_step = true, .gate = gate, .step = state,
				  .attempt = attempt};
}

static struct deed_view began(struct deed_view view, int64_t start_ms)
{
	view.step_start_ms = start_ms;
	return view;
}

static void a_deed_fits_the_states_that_the_service_takes_it_in(void **state)
{
	static const struct {
		enum deed deed;
		enum state run;
		bool fits;
	} cases[] = {
		{DEED_RETRY, STATE_FAILED, true},   {DEED_RETRY, STATE_STOPPED, true},
		{DEED_RETRY, STATE_OK, false},	    {DEED_RETRY, STATE_RUNNING, false},
		{DEED_STOP, STATE_RUNNING, true},   {DEED_STOP, STATE_WAITING, true},
		{DEED_STOP, STATE_FAILED, false},   {DEED_STOP, STATE_OK, false},
		{DEED_CANCEL, STATE_QUEUED, true},  {DEED_CANCEL, STATE_RUNNING, false},
		{DEED_APPROVE, STATE_WAITING, false}, /* without a gate */
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct deed_view view = run_in(cases[i].run, 0);
		struct err err = {.kind = ERR_NONE};

		assert_int_equal(deed_fits(cases[i].deed, &view, &err), cases[i].fits);
		assert_int_equal(err.kind, cases[i].fits ? ERR_NONE : ERR_INPUT);
	}
}

static void each_kind_of_gate_takes_what_the_service_has_for_it(void **state)
{
	static const struct {
		enum gate gate;
		bool approve, reject, postpone;
	} cases[] = {
		{GATE_REVIEW, true, true, false}, {GATE_STAGE, true, true, false},
		{GATE_DELAY, true, true, true},	  {GATE_SUSPENDED, true, false, false},
		{GATE_NONE, false, false, false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct deed_view view = gate_in(cases[i].gate, STATE_WAITING, 1);

		assert_int_equal(deed_fits(DEED_APPROVE, &view, NULL), cases[i].approve);
		assert_int_equal(deed_fits(DEED_REJECT, &view, NULL), cases[i].reject);
		assert_int_equal(deed_fits(DEED_POSTPONE, &view, NULL), cases[i].postpone);
	}
}

static void what_moved_under_the_dialog_is_told(void **state)
{
	struct deed_view shown = run_in(STATE_FAILED, 5), fresh = run_in(STATE_FAILED, 5);
	struct deed_view gate = gate_in(GATE_REVIEW, STATE_WAITING, 1), gone = run_in(STATE_RUNNING, 0);
	struct err err;

	(void)state;
	assert_true(deed_unchanged(DEED_RETRY, &shown, &fresh, &err));
	gate.attempt = 0; /* who looked afresh has seen one attempt only */
	assert_true(deed_unchanged(DEED_APPROVE, &(struct deed_view){.run = gate.run, .has_step = true,
								     .gate = gate.gate, .step = gate.step,
								     .attempt = 2}, &gate, &err));
	fresh.run_end_ms = 9; /* it was retried and failed again meanwhile */
	assert_false(deed_unchanged(DEED_RETRY, &shown, &fresh, &err));
	assert_true(deed_unchanged(DEED_APPROVE, &gate, &gate, &err));
	assert_false(deed_unchanged(DEED_APPROVE, &gate, &gone, &err));
	assert_non_null(strstr(err.text, "not there any more"));
}

static void the_effect_is_what_two_reads_prove(void **state)
{
	const struct deed_view failed = run_in(STATE_FAILED, 100), queued = run_in(STATE_QUEUED, 0);
	const struct deed_view running = run_in(STATE_RUNNING, 0);
	const struct deed_view review = gate_in(GATE_REVIEW, STATE_WAITING, 1);
	const struct deed_view asleep = gate_in(GATE_SUSPENDED, STATE_WAITING, 1);
	const struct deed_view delay = gate_in(GATE_DELAY, STATE_WAITING, 1);
	const struct {
		enum deed deed;
		struct deed_view before, after;
		enum deed_effect effect;
	} cases[] = {
		{DEED_RETRY, failed, failed, DEED_EFFECT_NONE},
		{DEED_RETRY, failed, run_in(STATE_RUNNING, 0), DEED_EFFECT_SEEN},
		{DEED_RETRY, failed, run_in(STATE_FAILED, 200), DEED_EFFECT_SEEN},
		{DEED_RETRY, failed, run_in(STATE_FAILED, 0), DEED_EFFECT_NONE}, /* the time is missing */
		{DEED_RETRY, run_in(STATE_FAILED, 0), failed, DEED_EFFECT_NONE},
		{DEED_RETRY, failed, run_in(STATE_OTHER, 0), DEED_EFFECT_NONE}, /* no word that we know */
		{DEED_STOP, running, run_in(STATE_STOPPED, 9), DEED_EFFECT_SEEN},
		{DEED_STOP, running, running, DEED_EFFECT_NONE},
		{DEED_CANCEL, queued, queued, DEED_EFFECT_NONE},
		{DEED_CANCEL, queued, run_in(STATE_STOPPED, 9), DEED_EFFECT_SEEN},
		{DEED_CANCEL, queued, running, DEED_EFFECT_OTHER},
		{DEED_APPROVE, review, review, DEED_EFFECT_NONE},
		{DEED_APPROVE, review, gate_in(GATE_NONE, STATE_OK, 1), DEED_EFFECT_SEEN},
		{DEED_APPROVE, review, gate_in(GATE_NONE, STATE_FAILED, 1), DEED_EFFECT_OTHER},
		{DEED_REJECT, review, gate_in(GATE_NONE, STATE_FAILED, 1), DEED_EFFECT_SEEN},
		{DEED_REJECT, review, gate_in(GATE_NONE, STATE_OK, 1), DEED_EFFECT_OTHER},
		/* Another attempt, a step that is gone: nothing tells what became of the first. */
		{DEED_APPROVE, review, gate_in(GATE_REVIEW, STATE_WAITING, 2), DEED_EFFECT_MAYBE},
		{DEED_APPROVE, review, run_in(STATE_FAILED, 9), DEED_EFFECT_MAYBE},
		/* The run was stopped at the gate, or the service calls a rejection so. */
		{DEED_APPROVE, review, gate_in(GATE_NONE, STATE_STOPPED, 1), DEED_EFFECT_OTHER},
		{DEED_REJECT, review, gate_in(GATE_NONE, STATE_STOPPED, 1), DEED_EFFECT_MAYBE},
		/* A step that went on may fail by itself. */
		{DEED_APPROVE, asleep, gate_in(GATE_NONE, STATE_RUNNING, 1), DEED_EFFECT_SEEN},
		{DEED_APPROVE, asleep, gate_in(GATE_NONE, STATE_FAILED, 1), DEED_EFFECT_MAYBE},
		/* The hour is not to be read. */
		{DEED_POSTPONE, delay, delay, DEED_EFFECT_UNSURE},
		{DEED_POSTPONE, delay, gate_in(GATE_NONE, STATE_OK, 1), DEED_EFFECT_UNSURE},
		/* One look knows of attempts, the other does not; the step is the same. */
		{DEED_APPROVE, gate_in(GATE_REVIEW, STATE_WAITING, 2), gate_in(GATE_NONE, STATE_OK, 0), DEED_EFFECT_SEEN},
		{DEED_APPROVE, began(review, 100), began(gate_in(GATE_NONE, STATE_OK, 1), 200), DEED_EFFECT_MAYBE},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (deed_effect(cases[i].deed, &cases[i].before, &cases[i].after) != cases[i].effect)
			fail_msg("case %zu (%s)", i, deed_word(cases[i].deed));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_deed_fits_the_states_that_the_service_takes_it_in),
		cmocka_unit_test(each_kind_of_gate_takes_what_the_service_has_for_it),
		cmocka_unit_test(what_moved_under_the_dialog_is_told),
		cmocka_unit_test(the_effect_is_what_two_reads_prove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
