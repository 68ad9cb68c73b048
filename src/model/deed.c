/* SPDX-License-Identifier: MIT */
/*
 * A deed is a row of a table: which states it may be done in, and which state shows that it
 * was. Everything is compared on small copies (views), never on runs, so that what was shown in
 * a dialog stays what it was while the store goes on.
 */
#include "model/deed.h"

#include <stdio.h>
#include <string.h>

#include "core/i18n.h"
#include "core/text.h"

#define BIT(state) (1u << (state))
#define GATE_BIT(gate) (1u << (gate))

static const struct {
	const char *word;
	bool step;	/* is done to a gate, else to the run */
	unsigned runs;	/* states of the run that it fits */
	unsigned gates; /* kinds of gate that it fits */
	const char *refusal; /* "%s" is the state */
} deeds[DEED_COUNT] = {
	[DEED_RETRY] = {"retry", false, BIT(STATE_FAILED) | BIT(STATE_STOPPED), 0,
			N_("only a failed or stopped run can be retried: this one is %s")},
	[DEED_STOP] = {"stop", false,
		       BIT(STATE_RUNNING) | BIT(STATE_WAITING) | BIT(STATE_QUEUED) | BIT(STATE_PENDING) |
			       BIT(STATE_OTHER),
		       0, N_("only a run that is not over can be stopped: this one is %s")},
	[DEED_APPROVE] = {"approve", true, ~0u,
			  GATE_BIT(GATE_REVIEW) | GATE_BIT(GATE_STAGE) | GATE_BIT(GATE_DELAY) |
				  GATE_BIT(GATE_SUSPENDED),
			  N_("nothing waits here: the run is %s")},
	[DEED_REJECT] = {"reject", true, ~0u,
			 GATE_BIT(GATE_REVIEW) | GATE_BIT(GATE_STAGE) | GATE_BIT(GATE_DELAY),
			 N_("nothing waits here that could be rejected: the run is %s")},
	[DEED_POSTPONE] = {"postpone", true, ~0u, GATE_BIT(GATE_DELAY),
			   N_("only a delayed job can be put off by an hour: the run is %s")},
	[DEED_CANCEL] = {"cancel", false, BIT(STATE_QUEUED), 0,
			 N_("only a queued run can be taken out of the queue: this one is %s")},
};

const char *deed_word(enum deed deed)
{
	return deeds[deed].word;
}

bool deed_needs_step(enum deed deed)
{
	return deeds[deed].step;
}

/* ---- looking ---- */

static void cut(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%.*s", (int)size - 1, text_or_empty(text));
}

bool deed_look(const struct run *run, const char *step_id, struct deed_view *view)
{
	struct step_at at;

	memset(view, 0, sizeof(*view));
	view->run = run->state;
	view->run_start_ms = run->start_ms;
	view->run_end_ms = run->end_ms;
	cut(view->run_status, sizeof(view->run_status), run->status);
	if (!step_id)
		return true;
	if (!run_step_by_id(run, step_id, &at) || at.step->superseded)
		return false;
	view->has_step = true;
	view->place = at.place;
	view->gate = at.step->gate;
	view->step = at.step->state;
	view->attempt = at.step->attempt;
	view->step_start_ms = at.step->start_ms;
	cut(view->step_status, sizeof(view->step_status), at.step->status);
	return true;
}

/* ---- before ---- */

static const char *word_of(enum state state, const char *status)
{
	return state == STATE_OTHER && *status ? status : _(state_word(state));
}

bool deed_fits(enum deed deed, const struct deed_view *view, struct err *err)
{
	bool fits = deeds[deed].step ? view->has_step && (deeds[deed].gates >> view->gate & 1) &&
					       view->gate != GATE_NONE
				     : (deeds[deed].runs >> view->run & 1) != 0;

	if (fits)
		return true;
	if (view->has_step && view->gate == GATE_SUSPENDED && deed == DEED_REJECT)
		return err_set(err, ERR_INPUT, 0,
			       _("a suspended step can only go on: stop the run instead"));
	return err_set(err, ERR_INPUT, 0, _(deeds[deed].refusal), word_of(view->run, view->run_status));
}

/*
 * A step that starts anew keeps its id in some answers. Attempts are counted by who has seen several (0: nobody
 * has), so that two looks may know them or not; times are the service's.
 */
static bool other_attempt(const struct deed_view *one, const struct deed_view *two)
{
	return (one->attempt && two->attempt && one->attempt != two->attempt) ||
	       (one->step_start_ms && two->step_start_ms && one->step_start_ms != two->step_start_ms);
}

static bool step_changed(const struct deed_view *shown, const struct deed_view *fresh)
{
	return shown->has_step != fresh->has_step || shown->gate != fresh->gate ||
	       shown->step != fresh->step || other_attempt(shown, fresh) ||
	       strcmp(shown->step_status, fresh->step_status) != 0;
}

bool deed_unchanged(enum deed deed, const struct deed_view *shown, const struct deed_view *fresh,
		    struct err *err)
{
	if (deeds[deed].step && shown->has_step && step_changed(shown, fresh))
		return err_set(err, ERR_INPUT, 0,
			       fresh->has_step ? _("the gate has changed: it is %s now")
					       : _("the gate is not there any more: the run is %s"),
			       fresh->has_step ? word_of(fresh->step, fresh->step_status)
					       : word_of(fresh->run, fresh->run_status));
	if (!deeds[deed].step && (shown->run != fresh->run || shown->run_end_ms != fresh->run_end_ms ||
				  strcmp(shown->run_status, fresh->run_status) != 0))
		return err_set(err, ERR_INPUT, 0, _("the run has changed: it was %s and is %s now"),
			       word_of(shown->run, shown->run_status), word_of(fresh->run, fresh->run_status));
	return true;
}

/* ---- after ---- */

/*
 * A run that failed again at once was retried all the same: it ended later than before. A time
 * or a state that is missing in one of two reads is no sign of anything.
 */
static enum deed_effect retried(const struct deed_view *before, const struct deed_view *after)
{
	if (after->run == STATE_OTHER)
		return DEED_EFFECT_NONE;
	if (!state_terminal(after->run) || after->run != before->run)
		return DEED_EFFECT_SEEN;
	return before->run_end_ms > 0 && after->run_end_ms > before->run_end_ms ? DEED_EFFECT_SEEN
									       : DEED_EFFECT_NONE;
}

/* However it ended: it runs no more (reliability.md 4.5). */
static enum deed_effect over(const struct deed_view *after)
{
	return state_terminal(after->run) ? DEED_EFFECT_SEEN : DEED_EFFECT_NONE;
}

/*
 * A gate is decided once, and its step keeps the decision. A suspended step is no gate of that kind: it goes
 * on and may then fail by itself; a gate that was cut off has not been passed, and perhaps not been rejected
 * either; nor does a step that is gone or has a new attempt tell what became of it.
 */
static enum deed_effect decided(enum deed deed, const struct deed_view *before,
				const struct deed_view *after)
{
	bool failed = after->step == STATE_FAILED || after->step == STATE_STOPPED;

	if (!after->has_step || other_attempt(before, after))
		return DEED_EFFECT_MAYBE;
	if (after->gate != GATE_NONE || after->step == STATE_WAITING || after->step == STATE_OTHER)
		return DEED_EFFECT_NONE;
	if (before->gate == GATE_SUSPENDED ? failed : deed == DEED_REJECT && after->step == STATE_STOPPED)
		return DEED_EFFECT_MAYBE;
	return failed == (deed == DEED_REJECT) ? DEED_EFFECT_SEEN : DEED_EFFECT_OTHER;
}

static enum deed_effect left_queue(const struct deed_view *after)
{
	if (after->run == STATE_QUEUED || after->run == STATE_OTHER)
		return DEED_EFFECT_NONE;
	return state_terminal(after->run) ? DEED_EFFECT_SEEN : DEED_EFFECT_OTHER;
}

enum deed_effect deed_effect(enum deed deed, const struct deed_view *before,
			     const struct deed_view *after)
{
	switch (deed) {
	case DEED_RETRY:
		return retried(before, after);
	case DEED_STOP:
		return over(after);
	case DEED_CANCEL:
		return left_queue(after);
	case DEED_POSTPONE:
		return DEED_EFFECT_UNSURE; /* nothing that can be read shows the hour */
	default:
		return decided(deed, before, after);
	}
}
