/* SPDX-License-Identifier: MIT */
/*
 * A card is a few lines "label  value". Lines without a value are left out; what an
 * operator would look for and the server did not say is said to be missing.
 */
#include "card.h"

#include <stdio.h>
#include <string.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/text.h"
#include "core/when.h"
#include "model/gate.h"
#include "wrap.h"

#define LABEL 14
#define LINES_MAX 6 /* of one value */

struct card {
	struct grid *g;
	const struct rect *r;
	int row;
};

/* A label and its value, which goes on below where the pane is narrow. */
static void put(struct card *c, const char *label, enum role role, const char *value)
{
	struct buf part;
	int lines;

	if (text_empty(value) || c->row >= c->r->rows)
		return;
	buf_init(&part, BUF_MAX);
	grid_text(c->g, c->r, c->row, 1, LABEL - 2, ROLE_DIM, label);
	for (lines = 0; *value && lines < LINES_MAX && c->row < c->r->rows; lines++) {
		value += wrap_part(c->g, value, c->r->cols - LABEL - 1, &part);
		grid_name(c->g, c->r, c->row++, LABEL, c->r->cols - LABEL - 1, role, part.data);
	}
	buf_done(&part);
}

static void put_title(struct card *c, enum role role, const char *text)
{
	if (c->row < c->r->rows)
		grid_name(c->g, c->r, c->row++, 1, c->r->cols - 2, role, text);
}

/* "09:41, for 11m02s" */
static void put_since(struct card *c, const char *label, int64_t start_ms, int64_t end_ms,
		      const struct ui_now *now)
{
	int64_t ms = model_elapsed(start_ms, end_ms, now->server_ms);
	char clock[32], lasting[24], text[80];

	if (start_ms == WHEN_NONE)
		return;
	when_clock(start_ms, now->server_ms, clock, sizeof(clock));
	if (ms < 0) {
		put(c, label, ROLE_TEXT, clock);
		return;
	}
	when_duration(ms, lasting, sizeof(lasting));
	snprintf(text, sizeof(text), end_ms == WHEN_NONE ? _("%s, for %s so far") : _("%s, took %s"), clock,
		 lasting);
	put(c, label, ROLE_TEXT, text);
}

/* ---- gates ---- */

static void put_deadline(struct card *c, const struct step *step, const struct ui_now *now)
{
	struct buf text;

	buf_init(&text, BUF_MAX);
	gate_add_end(step, now->server_ms, &text);
	if (text.len)
		put(c, _("ends"), ROLE_WAITING, text.data);
	else
		put(c, _("ends"), ROLE_DIM, _("the step does not say when the wait ends by itself"));
	buf_done(&text);
}

static void put_approvers(struct card *c, const struct step *step)
{
	struct buf text;

	buf_init(&text, BUF_MAX);
	gate_add_approvers(step, &text);
	if (text.len)
		put(c, _("approved by"), ROLE_TEXT, text.data);
	else
		put(c, _("approved by"), ROLE_DIM, _("the step does not say who may"));
	buf_done(&text);
}

static void draw_gate(struct card *c, const struct row *of, const struct ui_now *now)
{
	const struct step *step = of->step;
	char title[300];

	snprintf(title, sizeof(title), "%s%s%.100s", _(gate_name(step->gate)), text_empty(step->name) ? "" : ": ",
		 text_or_empty(step->name));
	put_title(c, ROLE_WAITING, title);
	put(c, _("in stage"), ROLE_TEXT, of->stage ? of->stage->name : NULL);
	put_since(c, _("waits since"), step->start_ms, WHEN_NONE, now);
	put_approvers(c, step);
	put(c, _("note"), ROLE_TEXT, step->comment);
	put_deadline(c, step, now);
	put(c, _("message"), ROLE_TEXT, step->message);
}

/* ---- other things without a log ---- */

static void put_state(struct card *c, enum state state, const char *status)
{
	put(c, _("state"), ROLE_TEXT, state == STATE_OTHER ? status : _(state_word(state)));
}

static void draw_step(struct card *c, const struct row *of, const struct ui_now *now)
{
	const struct step *step = of->step;

	put_title(c, ROLE_TEXT, text_empty(step->name) ? text_or_empty(step->task) : step->name);
	put_state(c, step->state, step->status);
	put(c, _("plugin"), ROLE_TEXT, step->task);
	put_since(c, _("started"), step->start_ms, step->end_ms, now);
	put(c, _("message"), ROLE_TEXT, step->message);
	if (!of->job)
		put(c, _("log"), ROLE_DIM, _("a stage's entry and exit have none"));
}

static void draw_job(struct card *c, const struct row *of, const struct ui_now *now)
{
	put_title(c, ROLE_TEXT, of->job->name);
	put_state(c, of->job->state, of->job->status);
	put_since(c, _("started"), of->job->start_ms, of->job->end_ms, now);
	put(c, _("message"), ROLE_TEXT, of->job->message);
}

static void draw_stage(struct card *c, const struct row *of, const struct ui_now *now)
{
	put_title(c, ROLE_TEXT, of->stage->name);
	put_state(c, of->stage->state, of->stage->status);
	put_since(c, _("started"), of->stage->start_ms, of->stage->end_ms, now);
}

static void put_usual(struct card *c, const struct entry *entry)
{
	char text[24];

	if (entry->usual_ms <= 0)
		return;
	when_duration(entry->usual_ms, text, sizeof(text));
	put(c, _("usual"), ROLE_TEXT, text);
}

static void draw_run(struct card *c, const struct row *of, const struct ui_now *now)
{
	const struct run *run = of->run;
	const struct pipeline *p = of->entry->pipeline;
	char title[300];

	if (!run) {
		put_title(c, ROLE_TEXT, p->name);
		put(c, _("state"), ROLE_DIM, p->v3_start_ms ? _("not read yet") : _("never ran"));
		put(c, _("project"), ROLE_TEXT, p->project_name);
		return;
	}
	snprintf(title, sizeof(title), "%.200s %lld", text_or_empty(p->name), (long long)run->number);
	put_title(c, ROLE_TEXT, title);
	put_state(c, run->state, run->status);
	put_since(c, _("started"), run->start_ms, run->end_ms, now);
	put_usual(c, of->entry);
	put(c, _("by"), ROLE_TEXT, run->executor);
	put(c, _("trigger"), ROLE_TEXT, run->trigger);
	put(c, _("branch"), ROLE_TEXT, run->branch);
	put(c, _("commit"), ROLE_TEXT, run->commit);
	put(c, _("message"), ROLE_TEXT, run->message);
	put(c, _("project"), ROLE_TEXT, p->project_name);
}

/* A run that waits is about its gate. */
static bool gate_of(const struct row *of, struct row *gate)
{
	struct step_at at;

	if (of->step || !of->run || of->state != STATE_WAITING || !run_gate_step(of->run, &at) ||
	    (of->stage && of->stage != at.stage))
		return false;
	*gate = *of;
	gate->stage = at.stage;
	gate->job = at.job;
	gate->step = at.step;
	return true;
}

void card_draw(const struct tree *t, const struct row *of, struct grid *g, const struct rect *r,
	       const struct ui_now *now)
{
	struct card c = {g, r, 0};
	struct row gate;

	(void)t;
	if (of->step && of->step->gate != GATE_NONE)
		draw_gate(&c, of, now);
	else if (gate_of(of, &gate))
		draw_gate(&c, &gate, now);
	else if (of->step)
		draw_step(&c, of, now);
	else if (of->job)
		draw_job(&c, of, now);
	else if (of->stage)
		draw_stage(&c, of, now);
	else
		draw_run(&c, of, now);
}
