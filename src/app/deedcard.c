/* SPDX-License-Identifier: MIT */
/*
 * One line for each thing that somebody who decides may ask: which, how it stands, since when, who may,
 * until when, and what it will do. What is not known has no line.
 */
#include "deedcard.h"

#include "command.h"
#include "core/i18n.h"
#include "core/text.h"
#include "core/when.h"
#include "model/gate.h"
#include "say.h"

/* ---- what it does ---- */

static const char *const effects[DEED_COUNT] = {
	[DEED_RETRY] = N_("what failed or was stopped runs once more, and then what comes after it"),
	[DEED_STOP] = N_("what runs is broken off, and nothing that comes after it begins"),
	[DEED_CANCEL] = N_("it leaves the queue and does not begin"),
	[DEED_POSTPONE] = N_("the job waits one hour more"),
};

static const struct {
	const char *approve, *reject;
} gate_effects[] = {
	[GATE_NONE] = {"", ""},
	[GATE_REVIEW] = {N_("the review is passed, and the run goes on"),
			 N_("the review is refused, and the run fails here")},
	[GATE_STAGE] = {N_("the stage begins"), N_("the stage does not begin, and the run fails here")},
	[GATE_DELAY] = {N_("the job does not wait any longer and begins"),
			N_("the job does not begin, and the run fails here")},
	[GATE_SUSPENDED] = {N_("the step goes on"), ""},
};

static const char *effect(const struct deedcard *card)
{
	enum gate gate = card->gate ? card->gate->step->gate : GATE_NONE;

	if (card->deed == DEED_APPROVE && gate == GATE_REVIEW && card->gate->step->gate_all)
		return N_("your approval counts, and the run goes on when everybody has approved");
	if (card->deed == DEED_STOP && card->run->state == STATE_QUEUED)
		return effects[DEED_CANCEL];
	if (card->deed == DEED_APPROVE)
		return gate_effects[gate].approve;
	return card->deed == DEED_REJECT ? gate_effects[gate].reject : effects[card->deed];
}

/* ---- lines ---- */

static void begin(struct buf *out, const char *label)
{
	buf_addf(out, "  %s: ", label);
}

static void line(struct buf *out, const char *label, const char *text)
{
	if (text_empty(text))
		return;
	begin(out, label);
	say_name(out, text, "");
	buf_addc(out, '\n');
}

static void named(struct buf *out, const char *label, const char *name, const char *id)
{
	begin(out, label);
	say_name(out, name, "");
	if (!text_empty(id))
		buf_addf(out, text_empty(name) ? "%s" : " (%s)", id);
	buf_addc(out, '\n');
}

static void add_since(struct buf *out, int64_t start_ms, int64_t now_ms)
{
	char clock[32], took[40];

	if (start_ms == WHEN_NONE)
		return;
	when_clock(start_ms, now_ms, clock, sizeof(clock));
	command_elapsed(start_ms, WHEN_NONE, now_ms, took, sizeof(took));
	buf_addf(out, *took ? _(", since %s (%s)") : _(", since %s%s"), clock, took);
}

static void add_times(struct buf *out, const struct run *run, int64_t now_ms)
{
	char clock[32], took[40];

	if (!state_terminal(run->state)) {
		add_since(out, run->start_ms, now_ms);
		return;
	}
	command_elapsed(run->start_ms, run->end_ms, now_ms, took, sizeof(took));
	if (*took)
		buf_addf(out, _(" after %s"), took);
	if (run->end_ms == WHEN_NONE)
		return;
	when_clock(run->end_ms, now_ms, clock, sizeof(clock));
	buf_addf(out, _(", at %s"), clock);
}

static void add_run(const struct deedcard *card, struct buf *out)
{
	const struct run *run = card->run;
	char clock[32];

	begin(out, _("run"));
	if (run->number)
		buf_addf(out, "%lld ", (long long)run->number);
	buf_addf(out, run->number ? "(%s)\n" : "%s\n", text_or_empty(run->id));
	begin(out, _("state"));
	say_state(out, run->state, run->status);
	add_times(out, run, card->now_ms);
	when_clock_exact(card->now_ms, card->now_ms, clock, sizeof(clock));
	buf_addf(out, _("; as it was at %s\n"), clock);
	line(out, _("branch"), run->branch);
	line(out, _("started by"), text_empty(run->executor) ? run->trigger : run->executor);
}

static void add_path(const struct step_at *at, struct buf *out)
{
	say_name(out, at->stage->name, "-");
	if (at->job) {
		buf_adds(out, " / ");
		say_name(out, at->job->name, "-");
	}
	buf_adds(out, " / ");
	say_name(out, command_step_name(at->step), "-");
}

static void add_gate(const struct deedcard *card, struct buf *out)
{
	const struct step *step = card->gate->step;
	struct buf text;

	begin(out, _("gate"));
	add_path(card->gate, out);
	buf_addf(out, ": %s", _(gate_waits(step->gate)));
	add_since(out, step->start_ms, card->now_ms);
	buf_addc(out, '\n');
	buf_init(&text, BUF_MAX);
	gate_add_approvers(step, &text);
	line(out, _("may decide"), text.data);
	buf_clear(&text);
	gate_add_end(step, card->now_ms, &text);
	line(out, _("if nobody does"), text.data);
	line(out, _("reviewers are told"), step->comment);
	buf_done(&text);
}

/* What went wrong, for who wonders whether to try again. */
static void add_failure(const struct run *run, struct buf *out)
{
	struct step_at at;

	if (!run_failed_step(run, &at))
		return;
	begin(out, _("failed"));
	add_path(&at, out);
	if (!text_empty(at.step->message)) {
		buf_adds(out, ": ");
		say_name(out, at.step->message, "");
	}
	buf_addc(out, '\n');
}

void deedcard_add(const struct deedcard *card, struct buf *out)
{
	named(out, _("project"), card->project, card->project_id);
	named(out, _("pipeline"), card->pipeline, card->pipeline_id);
	add_run(card, out);
	if (card->gate)
		add_gate(card, out);
	else if (card->deed == DEED_RETRY)
		add_failure(card->run, out);
	line(out, _("what it does"), _(effect(card)));
}
