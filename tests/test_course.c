/* SPDX-License-Identifier: MIT */
/*
 * The course of an action against a world that knows the truth: when the request took effect, if ever.
 * Answers are lost, refusals lie, effects come late, reads fail, colleagues are faster, the program ends,
 * and reports arrive that belong to nothing. Whatever the order, at most one request leaves, and a verdict
 * of done or not done is what the world says.
 */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/course.h"

#define WORLDS 200000
#define NEVER INT64_MAX

struct world {
	uint64_t dice;
	enum deed deed;
	struct deed_view before;
	int64_t now_ms, applies_ms, other_ms; /* ours takes effect; the opposite is decided */
	struct course course;
	struct course_answer answer;
	bool intent_ok, fresh_ok, interrupted;
	int sends, intents, outcomes, overs;
};

static uint64_t roll(struct world *w, uint64_t below)
{
	w->dice ^= w->dice << 13;
	w->dice ^= w->dice >> 7;
	w->dice ^= w->dice << 17;
	return w->dice % below;
}

static const struct err lost = {.kind = ERR_NET, .text = "the connection was reset"};
static const struct err denied = {.kind = ERR_REMOTE, .text = "the service says no"};
static const struct err disk = {.kind = ERR_IO, .text = "disk full"};

/* The world decides at the send what becomes of it, and what it says of that need not be so. */
static void send_it(struct world *w)
{
	int64_t later_ms = (int64_t)roll(w, 60000), soon_ms = (int64_t)roll(w, 5000);

	w->sends++;
	w->applies_ms = NEVER;
	switch (roll(w, 5)) {
	case 0: /* nothing left */
		w->answer = (struct course_answer){.err = lost};
		return;
	case 1: /* it left, and no answer came */
		w->answer = (struct course_answer){.err = lost, .sent = true};
		w->applies_ms = roll(w, 2) ? w->now_ms + later_ms : NEVER;
		return;
	case 2: /* a gateway's failure */
		w->answer = (struct course_answer){.err = denied, .sent = true};
		w->applies_ms = roll(w, 2) ? w->now_ms + later_ms : NEVER;
		return;
	case 3: /* a refusal; one in three lies, and shows soon that it did */
		w->answer = (struct course_answer){.err = denied, .sent = true, .definite = true};
		w->applies_ms = roll(w, 3) ? NEVER : w->now_ms + soon_ms;
		return;
	default: /* accepted; one in five is never seen again */
		w->answer = (struct course_answer){.sent = true};
		w->applies_ms = roll(w, 5) ? w->now_ms + later_ms : NEVER;
	}
}

/* A gate is decided once: what comes first counts. */
static bool applied(const struct world *w, int64_t at_ms)
{
	return w->applies_ms <= at_ms && w->applies_ms < w->other_ms;
}

static struct deed_view look(const struct world *w)
{
	struct deed_view view = w->before;
	bool ours = applied(w, w->now_ms), other = w->other_ms <= w->now_ms && !ours;

	if (w->deed == DEED_STOP && ours)
		view.run = STATE_STOPPED;
	if (w->deed == DEED_RETRY && ours)
		view.run = STATE_RUNNING;
	if (w->deed != DEED_APPROVE && w->deed != DEED_REJECT)
		return view;
	if (ours || other) {
		view.gate = GATE_NONE;
		view.step = ours == (w->deed == DEED_APPROVE) ? STATE_OK : STATE_FAILED;
	}
	return view;
}

static enum course_do read_it(struct world *w)
{
	struct deed_view view;

	w->now_ms += 20 + (int64_t)roll(w, 400);
	if (w->course.phase == PHASE_FRESH) {
		w->fresh_ok = roll(w, 10) != 0;
		return course_fresh(&w->course, w->fresh_ok ? NULL : &denied);
	}
	if (roll(w, 3) == 0)
		return course_back(&w->course, &lost, DEED_EFFECT_NONE, w->now_ms);
	view = look(w);
	return course_back(&w->course, NULL, deed_effect(w->deed, &w->before, &view), w->now_ms);
}

/* Reports of phases that the course is not in change nothing and ask for nothing. */
static void stray(struct world *w)
{
	const struct course before = w->course;
	const struct course_answer yes = {.sent = true};
	enum course_phase phase = w->course.phase;

	if (phase != PHASE_FRESH)
		assert_int_equal(course_fresh(&w->course, roll(w, 2) ? NULL : &denied), COURSE_IGNORE);
	if (phase != PHASE_INTENT && phase != PHASE_OUTCOME)
		assert_int_equal(course_written(&w->course, roll(w, 2) ? NULL : &disk), COURSE_IGNORE);
	if (phase != PHASE_SENT)
		assert_int_equal(course_answered(&w->course, &yes, w->now_ms), COURSE_IGNORE);
	if (phase != PHASE_BACK) {
		assert_int_equal(course_back(&w->course, NULL, DEED_EFFECT_SEEN, w->now_ms), COURSE_IGNORE);
		assert_int_equal(course_time(&w->course, w->now_ms), COURSE_IGNORE);
	}
	assert_memory_equal(&before, &w->course, sizeof(before));
}

static enum course_do step(struct world *w, enum course_do what)
{
	switch (what) {
	case COURSE_READ:
		return read_it(w);
	case COURSE_INTENT:
		w->intents++;
		w->intent_ok = roll(w, 10) != 0;
		return course_written(&w->course, w->intent_ok ? NULL : &disk);
	case COURSE_SEND:
		assert_true(w->intent_ok && w->fresh_ok);
		send_it(w);
		w->now_ms += (int64_t)roll(w, 3000);
		if (roll(w, 10) == 0) { /* the end comes while the answer is under way */
			w->interrupted = true;
			what = course_interrupt(&w->course);
			assert_int_equal(course_answered(&w->course, &w->answer, w->now_ms), COURSE_IGNORE);
			return what;
		}
		return course_answered(&w->course, &w->answer, w->now_ms);
	case COURSE_WAIT:
		assert_true(w->course.next_ms > w->now_ms || w->course.phase == PHASE_BACK);
		w->now_ms = w->course.next_ms > w->now_ms ? w->course.next_ms : w->now_ms;
		return course_time(&w->course, w->now_ms);
	case COURSE_OUTCOME:
		w->outcomes++;
		return course_written(&w->course, roll(w, 10) ? NULL : &disk);
	default:
		return COURSE_OVER;
	}
}

static void judge(struct world *w)
{
	const struct course *c = &w->course;

	assert_true(w->sends <= 1);
	assert_int_equal(w->outcomes, w->intent_ok ? 1 : 0);
	if (!w->sends)
		assert_int_equal(c->verdict, VERDICT_NOT_DONE);
	if (c->verdict == VERDICT_DONE)
		assert_true(w->sends == 1 && applied(w, w->now_ms));
	if (c->verdict == VERDICT_NOT_DONE)
		assert_false(w->sends && applied(w, NEVER - 1));
	assert_int_equal(c->err.kind == ERR_NONE, c->verdict == VERDICT_DONE);
	stray(w);
	assert_int_equal(course_interrupt(&w->course), COURSE_IGNORE);
}

static void play(uint64_t seed, int verdicts[3])
{
	static const enum deed deeds[] = {DEED_RETRY, DEED_STOP, DEED_APPROVE, DEED_REJECT};
	struct world w = {.dice = seed * 0x9e3779b97f4a7c15u | 1, .applies_ms = NEVER, .other_ms = NEVER};
	enum course_do what;
	int steps = 0;

	roll(&w, 2);
	w.now_ms = 1000 + (int64_t)roll(&w, 100000);
	w.deed = deeds[roll(&w, 4)];
	w.before = (struct deed_view){.run = w.deed == DEED_RETRY ? STATE_FAILED : STATE_RUNNING,
				      .run_end_ms = w.deed == DEED_RETRY ? 500 : 0};
	if (w.deed == DEED_APPROVE || w.deed == DEED_REJECT) {
		w.before.has_step = true;
		w.before.gate = GATE_REVIEW;
		w.before.step = STATE_WAITING;
		if (roll(&w, 4) == 0)
			w.other_ms = w.now_ms + (int64_t)roll(&w, 40000);
	}
	for (what = course_begin(&w.course); what != COURSE_OVER; steps++) {
		assert_true(steps < 200);
		assert_int_not_equal(what, COURSE_IGNORE);
		if (roll(&w, 4) == 0)
			stray(&w);
		what = roll(&w, 60) == 0 && what != COURSE_OUTCOME && w.course.phase != PHASE_SENT
			       ? course_interrupt(&w.course)
			       : step(&w, what);
	}
	judge(&w);
	verdicts[w.course.verdict]++;
}

static void of_any_order_of_events_one_request_leaves_and_the_verdict_is_true(void **state)
{
	const char *given = getenv("COURSE_SEED");
	uint64_t seed = given ? strtoull(given, NULL, 10) : 20261124, i;
	int verdicts[3] = {0, 0, 0};

	(void)state;
	printf("# seed %llu, %d interleavings (COURSE_SEED)\n", (unsigned long long)seed, WORLDS);
	for (i = 0; i < WORLDS; i++)
		play(seed + i, verdicts);
	printf("# done %d, not done %d, unknown %d\n", verdicts[0], verdicts[1], verdicts[2]);
	assert_true(verdicts[0] > 1000 && verdicts[1] > 1000 && verdicts[2] > 1000);
}

/* Up to the first read back. */
static void get_to_back(struct course *c, struct course_answer answer)
{
	assert_int_equal(course_begin(c), COURSE_READ);
	assert_int_equal(course_fresh(c, NULL), COURSE_INTENT);
	assert_int_equal(course_written(c, NULL), COURSE_SEND);
	assert_int_equal(course_answered(c, &answer, 1000), COURSE_READ);
}

static void a_refusal_is_believed_only_when_a_read_agrees(void **state)
{
	struct course c;

	(void)state;
	get_to_back(&c, (struct course_answer){.err = denied, .sent = true, .definite = true});
	assert_int_equal(course_back(&c, &lost, DEED_EFFECT_NONE, 1000 + COURSE_REFUSED_MS), COURSE_WAIT);
	assert_int_equal(course_back(&c, NULL, DEED_EFFECT_NONE, 2000 + COURSE_REFUSED_MS), COURSE_OUTCOME);
	assert_int_equal(c.verdict, VERDICT_NOT_DONE);
	assert_string_equal(c.err.text, denied.text);
	get_to_back(&c, (struct course_answer){.err = denied, .sent = true, .definite = true});
	assert_int_equal(course_back(&c, &lost, DEED_EFFECT_NONE, 1000 + COURSE_BACK_MS), COURSE_OUTCOME);
	assert_int_equal(c.verdict, VERDICT_UNKNOWN);
}

static void what_cannot_be_read_is_done_when_the_service_said_so(void **state)
{
	struct course c;

	(void)state;
	get_to_back(&c, (struct course_answer){.sent = true});
	assert_int_equal(course_back(&c, NULL, DEED_EFFECT_UNSURE, 1100), COURSE_OUTCOME);
	assert_int_equal(c.verdict, VERDICT_DONE);
	get_to_back(&c, (struct course_answer){.err = lost, .sent = true});
	assert_int_equal(course_back(&c, NULL, DEED_EFFECT_UNSURE, 1100), COURSE_OUTCOME);
	assert_int_equal(c.verdict, VERDICT_UNKNOWN);
}

static void what_may_be_of_somebody_else_is_unknown_whatever_was_answered(void **state)
{
	static const struct course_answer answers[] = {
		{.sent = true},
		{.err = {.kind = ERR_REMOTE, .text = "no"}, .sent = true, .definite = true},
		{.err = {.kind = ERR_NET, .text = "reset"}, .sent = true},
	};
	struct course c;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		get_to_back(&c, answers[i]);
		assert_int_equal(course_back(&c, NULL, DEED_EFFECT_MAYBE, 1100), COURSE_OUTCOME);
		assert_int_equal(c.verdict, VERDICT_UNKNOWN);
		assert_int_not_equal(c.err.kind, ERR_NONE);
	}
}

static void an_outcome_that_cannot_be_written_leaves_the_verdict_and_is_told(void **state)
{
	struct course c;

	(void)state;
	get_to_back(&c, (struct course_answer){.sent = true});
	assert_int_equal(course_back(&c, NULL, DEED_EFFECT_SEEN, 1100), COURSE_OUTCOME);
	assert_int_equal(course_written(&c, &disk), COURSE_OVER);
	assert_int_equal(c.verdict, VERDICT_DONE);
	assert_int_equal(c.err.kind, ERR_NONE);
	assert_string_equal(c.unlogged.text, disk.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refusal_is_believed_only_when_a_read_agrees),
		cmocka_unit_test(what_cannot_be_read_is_done_when_the_service_said_so),
		cmocka_unit_test(what_may_be_of_somebody_else_is_unknown_whatever_was_answered),
		cmocka_unit_test(an_outcome_that_cannot_be_written_leaves_the_verdict_and_is_told),
		cmocka_unit_test(of_any_order_of_events_one_request_leaves_and_the_verdict_is_true),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
