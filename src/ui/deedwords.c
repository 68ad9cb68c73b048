/* SPDX-License-Identifier: MIT */
/*
 * The box speaks of one run. Nothing is left out because it is not known: what an operator would look for
 * and the server did not say is said to be missing.
 */
#include "deedwords.h"

#include <stdio.h>

#include "core/i18n.h"
#include "core/text.h"
#include "core/when.h"
#include "model/gate.h"

bool deedwords_find(const struct store *store, const struct ref *ref, struct deed_thing *out)
{
	*out = (struct deed_thing){.run = NULL};
	if (ref_depth(ref) <= REF_RUN)
		return false;
	out->pipeline = store_pipeline(store, ref->id[REF_PROJECT], ref->id[REF_PIPELINE]);
	out->run = store_run(store, ref->id[REF_PROJECT], ref->id[REF_PIPELINE], ref->id[REF_RUN]);
	return out->pipeline && out->run &&
	       (!ref->id[REF_STEP] || run_step_by_id(out->run, ref->id[REF_STEP], &out->at));
}

void deedwords_name(const struct deed_thing *thing, struct buf *out)
{
	buf_adds(out, text_empty(thing->pipeline->name) ? text_or_empty(thing->pipeline->id) : thing->pipeline->name);
	if (thing->run->number > 0)
		buf_addf(out, " %lld", (long long)thing->run->number);
}

/* ---- what will happen ---- */

/* By the kind of gate; those that a deed does not fit have no sentence. */
static const char *const approving[GATE_SUSPENDED + 1] = {
	[GATE_REVIEW] = N_("The review passes; the run goes on."),
	[GATE_STAGE] = N_("The stage starts."),
	[GATE_DELAY] = N_("The delayed job starts now."),
	[GATE_SUSPENDED] = N_("The suspended step goes on."),
};
static const char *const rejecting[GATE_SUSPENDED + 1] = {
	[GATE_REVIEW] = N_("The review is refused; the run ends."),
	[GATE_STAGE] = N_("The stage is refused; the run ends."),
	[GATE_DELAY] = N_("The job is refused; the run ends."),
};

static const char *stopping(enum state state)
{
	return state == STATE_QUEUED  ? N_("The run is taken out of the queue.")
	       : state == STATE_WAITING ? N_("The run is stopped; its gate stays undecided.")
					: N_("The run is stopped where it is.");
}

const char *deedwords_what(enum deed deed, const struct deed_thing *thing)
{
	const char *const *gates = deed == DEED_APPROVE ? approving : rejecting;
	enum gate gate = thing->at.step ? thing->at.step->gate : GATE_NONE;

	switch (deed) {
	case DEED_RETRY:
		return thing->run->state == STATE_STOPPED ? _("The run goes on from where it was stopped.")
							  : _("The run goes on from what failed.");
	case DEED_APPROVE:
	case DEED_REJECT:
		return gates[gate] ? _(gates[gate]) : "";
	case DEED_POSTPONE:
		return _("The delayed job waits one hour more.");
	default:
		return _(stopping(thing->run->state));
	}
}

/* ---- fields ---- */

static const char *word_of(enum state state, const char *status)
{
	return state == STATE_OTHER && !text_empty(status) ? status : _(state_word(state));
}

/* "failed since 09:33, after 6m40s", "running since 09:41, for 3m12s"; of a gate since when it waits. */
static void state_field(const struct deed_thing *thing, int64_t server_ms, struct dialogbox *b)
{
	const struct run *run = thing->run;
	const struct step *gate = thing->at.step;
	int64_t start_ms = gate ? gate->start_ms : run->start_ms, end_ms = gate ? WHEN_NONE : run->end_ms;
	int64_t since_ms = end_ms == WHEN_NONE ? start_ms : end_ms, ms = model_elapsed(start_ms, end_ms, server_ms);
	char clock[32], lasting[24];
	struct buf text;

	buf_init(&text, BUF_MAX);
	buf_adds(&text, gate ? _(state_word(STATE_WAITING)) : word_of(run->state, run->status));
	if (since_ms != WHEN_NONE) {
		when_clock(since_ms, server_ms, clock, sizeof(clock));
		when_duration(ms, lasting, sizeof(lasting));
		if (ms < 0)
			buf_addf(&text, _(" since %s"), clock);
		else
			buf_addf(&text, end_ms == WHEN_NONE ? _(" since %s, for %s") : _(" since %s, after %s"), clock,
				 lasting);
	}
	dialogbox_field(b, _("state"), FIELD_BARE, ROLE_TEXT, text.data);
	buf_done(&text);
}

static const char *step_title(const struct step *step)
{
	return text_empty(step->name) ? text_or_empty(step->task) : step->name;
}

/* Where in the run: what failed, what runs. */
static void step_fields(const struct run *run, struct dialogbox *b)
{
	struct step_at at;
	struct buf text;

	if (state_terminal(run->state) ? !run_failed_step(run, &at)
				       : !run_gate_step(run, &at) && !run_running_step(run, &at))
		return;
	buf_init(&text, BUF_MAX);
	if (at.job)
		buf_addf(&text, "%s, ", text_or_empty(at.job->name));
	buf_addf(&text, "%s: %s", step_title(at.step), word_of(at.step->state, at.step->status));
	dialogbox_field(b, _("stage"), FIELD_BARE, ROLE_TEXT, at.stage->name);
	dialogbox_field(b, _("step"), FIELD_BARE, ROLE_TEXT, text.data);
	buf_done(&text);
}

static void gate_fields(const struct step_at *at, struct dialogbox *b)
{
	const struct step *step = at->step;
	struct buf text;

	buf_init(&text, BUF_MAX);
	buf_addf(&text, "%s%s%s", _(gate_name(step->gate)), text_empty(step->name) ? "" : ": ",
		 text_or_empty(step->name));
	dialogbox_field(b, _("stage"), FIELD_BARE, ROLE_TEXT, at->stage->name);
	dialogbox_field(b, _("gate"), FIELD_BARE, ROLE_WAITING, text.data);
	buf_done(&text);
}

/* Who may decide, and what happens when nobody does. */
static void decision_fields(const struct step *step, int64_t server_ms, struct dialogbox *b)
{
	struct buf text;

	buf_init(&text, BUF_MAX);
	gate_add_end(step, server_ms, &text);
	dialogbox_field(b, _("ends"), FIELD_BARE, text.len ? ROLE_WAITING : ROLE_DIM,
			text.len ? text.data : _("the step does not say when it ends by itself"));
	buf_clear(&text);
	gate_add_approvers(step, &text);
	if (step->gate == GATE_REVIEW || step->gate == GATE_STAGE || text.len)
		dialogbox_field(b, _("approved by"), FIELD_MINOR, text.len ? ROLE_TEXT : ROLE_DIM,
				text.len ? text.data : _("the step does not say who may"));
	dialogbox_field(b, _("note"), FIELD_MINOR, ROLE_TEXT, step->comment);
	buf_done(&text);
}

static void age_field(const struct run *run, int64_t now_ms, struct dialogbox *b)
{
	char age[24], text[64];

	when_age(now_ms > run->seen_ms ? now_ms - run->seen_ms : 0, age, sizeof(age));
	snprintf(text, sizeof(text), _("%s ago"), age);
	dialogbox_field(b, _("as read"), FIELD_PLAIN, ROLE_DIM, text);
}

void deedwords_fields(const struct deed_thing *thing, int64_t server_ms, int64_t now_ms, struct dialogbox *b)
{
	const struct pipeline *p = thing->pipeline;
	const struct run *run = thing->run;
	char number[24];

	snprintf(number, sizeof(number), "%lld", (long long)run->number);
	dialogbox_field(b, _("project"), FIELD_BARE, ROLE_TEXT,
			text_empty(p->project_name) ? p->project_id : p->project_name);
	dialogbox_field(b, _("pipeline"), FIELD_BARE, ROLE_TEXT, text_empty(p->name) ? p->id : p->name);
	dialogbox_field(b, _("run"), FIELD_BARE, ROLE_TEXT, run->number > 0 ? number : run->id);
	dialogbox_field(b, _("branch"), FIELD_BARE, ROLE_TEXT, text_empty(run->branch) ? "-" : run->branch);
	if (thing->at.step)
		gate_fields(&thing->at, b);
	else
		step_fields(run, b);
	state_field(thing, server_ms, b);
	age_field(run, now_ms, b);
	if (thing->at.step)
		decision_fields(thing->at.step, server_ms, b);
}

void deedwords_line(const struct deed_thing *thing, int64_t server_ms, struct buf *out)
{
	const struct run *run = thing->run;
	int64_t since = run->end_ms != WHEN_NONE ? run->end_ms : run->start_ms;
	char clock[32];

	if (thing->at.step) {
		buf_addf(out, _("%s in %s"), _(gate_name(thing->at.step->gate)), text_or_empty(thing->at.stage->name));
		return;
	}
	buf_adds(out, word_of(run->state, run->status));
	if (since != WHEN_NONE) {
		when_clock(since, server_ms, clock, sizeof(clock));
		buf_addf(out, " %s", clock);
	}
}
