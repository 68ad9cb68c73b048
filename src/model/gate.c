/* SPDX-License-Identifier: MIT */
/*
 * Gates in words. What an operator asks at a gate is always the same: what kind it is, who
 * may decide, and what happens when nobody does. The answers are made here once, so that the
 * dashboard and the commands cannot differ in them.
 */
#include "model/gate.h"

#include "core/i18n.h"
#include "core/text.h"
#include "core/when.h"

static const struct {
	const char *name, *waits, *word;
} words[] = {
	[GATE_NONE] = {"", "", "none"},
	[GATE_REVIEW] = {N_("manual review"), N_("waits for a review"), "review"},
	[GATE_STAGE] = {N_("stage check point"), N_("waits for a person to start the stage"), "stage"},
	[GATE_DELAY] = {N_("delayed"), N_("waits for its time"), "delay"},
	[GATE_SUSPENDED] = {N_("suspended"), N_("suspended: waits for a person"), "suspended"},
};

const char *gate_name(enum gate gate)
{
	return words[gate].name;
}

const char *gate_waits(enum gate gate)
{
	return words[gate].waits;
}

const char *gate_word(enum gate gate)
{
	return words[gate].word;
}

int64_t gate_deadline_ms(const struct step *step)
{
	if (step->gate_timeout_ms <= 0 || step->start_ms == WHEN_NONE)
		return WHEN_NONE;
	return step->start_ms + step->gate_timeout_ms;
}

void gate_add_approvers(const struct step *step, struct buf *out)
{
	if (!text_empty(step->approvers))
		buf_addf(out, step->gate_all ? _("all of %s") : "%s", step->approvers);
}

void gate_add_end(const struct step *step, int64_t now_ms, struct buf *out)
{
	int64_t end_ms = gate_deadline_ms(step);
	char left[24], clock[32];

	if (end_ms == WHEN_NONE)
		return;
	when_left(end_ms - now_ms, left, sizeof(left));
	when_clock(end_ms, now_ms, clock, sizeof(clock));
	buf_addf(out,
		 step->gate_timeout_passes ? _("passes by itself in %s, at %s")
					   : _("rejects by itself in %s, at %s"),
		 left, clock);
}
