/* SPDX-License-Identifier: MIT */
/*
 * The order of the phases is the safety of the whole: a send is returned in one place only, on
 * the way out of PHASE_INTENT, and that phase is entered once. Reports that do not belong to the phase
 * that the course is in (a late answer after an interrupt) change nothing.
 */
#include "course.h"

#include <string.h>

#include "core/i18n.h"

static enum course_do end(struct course *c, enum course_verdict verdict, const struct err *why)
{
	c->verdict = verdict;
	c->err = why ? *why : (struct err){.kind = ERR_NONE};
	c->phase = PHASE_OUTCOME;
	return COURSE_OUTCOME;
}

/* Nothing was written to the audit log yet, so there is no outcome to be written either. */
static enum course_do refuse(struct course *c, const struct err *why)
{
	c->verdict = VERDICT_NOT_DONE;
	c->err = *why;
	c->phase = PHASE_OVER;
	return COURSE_OVER;
}

enum course_do course_begin(struct course *c)
{
	memset(c, 0, sizeof(*c));
	c->verdict = VERDICT_UNKNOWN;
	return COURSE_READ;
}

enum course_do course_fresh(struct course *c, const struct err *err)
{
	if (c->phase != PHASE_FRESH)
		return COURSE_IGNORE;
	if (err)
		return refuse(c, err);
	c->phase = PHASE_INTENT;
	return COURSE_INTENT;
}

enum course_do course_written(struct course *c, const struct err *err)
{
	if (c->phase == PHASE_INTENT && err)
		return refuse(c, err);
	if (c->phase == PHASE_INTENT) {
		c->phase = PHASE_SENT;
		c->sent = true; /* from here on until it is known better */
		return COURSE_SEND;
	}
	if (c->phase != PHASE_OUTCOME)
		return COURSE_IGNORE;
	if (err)
		c->unlogged = *err;
	c->phase = PHASE_OVER;
	return COURSE_OVER;
}

enum course_do course_answered(struct course *c, const struct course_answer *answer, int64_t now_ms)
{
	if (c->phase != PHASE_SENT)
		return COURSE_IGNORE;
	c->sent_ms = now_ms;
	c->said = answer->err;
	c->accepted = answer->err.kind == ERR_NONE;
	c->refused = !c->accepted && answer->definite;
	if (!c->accepted && !answer->sent) {
		c->sent = false;
		return end(c, VERDICT_NOT_DONE, &answer->err);
	}
	c->phase = PHASE_BACK;
	return COURSE_READ;
}

/* The time is over and the effect was not seen. A refusal is believed only when a read agrees with it. */
static enum course_do give_up(struct course *c, bool agrees)
{
	struct err why = c->said;

	if (c->refused && agrees)
		return end(c, VERDICT_NOT_DONE, &why);
	if (c->accepted)
		err_set(&why, ERR_REMOTE, 0,
			_("the service said yes, but nothing of it is to be seen after %d s: look again "
			  "before you repeat it"),
			COURSE_BACK_MS / 1000);
	else if (c->refused)
		err_set(&why, c->said.kind, c->said.code,
			_("the service refused it (%.90s), but the run could not be read to see whether "
			  "that is so"),
			c->said.text);
	else
		err_set(&why, c->said.kind, c->said.code,
			_("the answer was lost (%.90s), and nothing is to be seen after %d s: look again"),
			c->said.text, COURSE_BACK_MS / 1000);
	return end(c, VERDICT_UNKNOWN, &why);
}

/* The run went another way. A yes that is contradicted is not a no. */
static enum course_do otherwise(struct course *c)
{
	struct err why = c->said;

	if (c->accepted)
		err_set(&why, ERR_REMOTE, 0,
			_("the service said yes, but the run went another way: look at it"));
	else if (!c->refused)
		err_set(&why, ERR_REMOTE, 0, _("somebody was faster: the run went another way"));
	return end(c, c->accepted ? VERDICT_UNKNOWN : VERDICT_NOT_DONE, &why);
}

/* Nothing that can be read tells, so that the answer counts. */
static enum course_do unsure(struct course *c)
{
	struct err why = c->said;

	if (c->accepted)
		return end(c, VERDICT_DONE, NULL);
	if (c->refused)
		return end(c, VERDICT_NOT_DONE, &why);
	err_set(&why, c->said.kind, c->said.code,
		_("the answer was lost (%.90s), and what can be read does not tell: look at the run"),
		c->said.text);
	return end(c, VERDICT_UNKNOWN, &why);
}

/*
 * Something is to be seen that may be of it or of something else. No answer settles that: one may lie, and what
 * is to be seen does not agree with it.
 */
static enum course_do maybe(struct course *c)
{
	struct err why = c->said;

	if (c->accepted)
		err_set(&why, ERR_REMOTE, 0, _("the service said yes, but what can be read does not show it"));
	else if (c->refused)
		err_set(&why, why.kind, why.code, _("the service refused it (%.80s)"), c->said.text);
	else
		err_set(&why, why.kind, why.code, _("the answer was lost (%.80s)"), c->said.text);
	return end(c, VERDICT_UNKNOWN, &why);
}

enum course_do course_back(struct course *c, const struct err *err, enum deed_effect effect, int64_t asked_ms)
{
	int64_t pause_ms = asked_ms - c->sent_ms < 5000 ? COURSE_PAUSE_MS : 2 * COURSE_PAUSE_MS;
	int64_t until_ms = c->sent_ms + (c->refused && !err ? COURSE_REFUSED_MS : COURSE_BACK_MS);

	if (c->phase != PHASE_BACK)
		return COURSE_IGNORE;
	if (!err && effect == DEED_EFFECT_SEEN)
		return end(c, VERDICT_DONE, NULL);
	if (!err && effect == DEED_EFFECT_OTHER)
		return otherwise(c);
	if (!err && effect == DEED_EFFECT_UNSURE)
		return unsure(c);
	if (!err && effect == DEED_EFFECT_MAYBE)
		return maybe(c);
	if (asked_ms >= until_ms)
		return give_up(c, !err);
	c->next_ms = asked_ms + pause_ms < until_ms ? asked_ms + pause_ms : until_ms;
	return COURSE_WAIT;
}

enum course_do course_time(struct course *c, int64_t now_ms)
{
	if (c->phase != PHASE_BACK)
		return COURSE_IGNORE;
	return now_ms >= c->next_ms ? COURSE_READ : COURSE_WAIT;
}

enum course_do course_interrupt(struct course *c)
{
	struct err why;

	if (c->phase == PHASE_OVER || c->phase == PHASE_OUTCOME)
		return COURSE_IGNORE;
	if (!c->sent) {
		err_set(&why, ERR_CANCELLED, 0, _("nothing was sent: it was given up before"));
		return refuse(c, &why);
	}
	err_set(&why, ERR_CANCELLED, 0, _("the program ended before it was known whether it was done"));
	return end(c, VERDICT_UNKNOWN, &why);
}

const char *course_verdict_word(enum course_verdict verdict)
{
	static const char *const words[] = {N_("done"), N_("not done"), N_("unknown")};

	return words[verdict];
}
