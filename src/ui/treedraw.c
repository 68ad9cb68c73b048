/* SPDX-License-Identifier: MIT */
/*
 * How a row looks: a symbol and a name at its indent, then the columns that every level
 * shares. Which columns there are depends on the width alone; the name gets the rest.
 */
#include "tree.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/i18n.h"
#include "core/text.h"
#include "core/when.h"

/* Columns from the right: dropped in this order when there is no room. */
struct columns {
	int name, state, elapsed, usual, when, by; /* first cell; 0: not there (name aside) */
	int by_width;
};

#define TABLE_MAX 140 /* wider than this the eye loses the row */
#define STATE_WIDTH 10
#define ELAPSED_WIDTH 8
#define USUAL_WIDTH 8
#define USUAL_WIDE 13
#define WHEN_WIDTH 8

static struct columns columns_for(int cols)
{
	struct columns c = {.name = 1};
	int right = cols < TABLE_MAX ? cols : TABLE_MAX;

	if (cols >= 70) {
		c.by_width = cols >= 110 ? 16 : 10;
		right -= c.by_width;
		c.by = right;
	}
	if (cols >= 52) {
		right -= WHEN_WIDTH;
		c.when = right;
	}
	if (cols >= 60) {
		right -= cols >= 100 ? USUAL_WIDE : USUAL_WIDTH;
		c.usual = right;
	}
	right -= ELAPSED_WIDTH;
	c.elapsed = right;
	right -= STATE_WIDTH;
	c.state = right;
	return c;
}

static enum role role_of(const struct row *row)
{
	static const enum role roles[STATE_COUNT] = {
		[STATE_OTHER] = ROLE_OTHER,	[STATE_WAITING] = ROLE_WAITING,
		[STATE_FAILED] = ROLE_FAILED,	[STATE_RUNNING] = ROLE_RUNNING,
		[STATE_QUEUED] = ROLE_QUEUED,	[STATE_PENDING] = ROLE_SKIPPED,
		[STATE_OK] = ROLE_OK,		[STATE_STOPPED] = ROLE_STOPPED,
		[STATE_SKIPPED] = ROLE_SKIPPED, [STATE_IGNORED] = ROLE_SKIPPED,
	};

	return row->stuck ? ROLE_STUCK : roles[row->state];
}

static void put_symbol(struct grid *g, const struct rect *r, int line, int col, enum state state,
		       enum role role)
{
	char ascii[2] = {state_ascii(state), '\0'};

	grid_text(g, r, line, col, 1, role, grid_utf8(g) ? state_symbol(state) : ascii);
}

static void put_right(struct grid *g, const struct rect *r, int line, int col, int width,
		      enum role role, const char *text)
{
	int len = (int)strlen(text);

	grid_text(g, r, line, col + (len < width - 1 ? width - 1 - len : 0), width - 1, role, text);
}

static const char *gate_name(const struct row *row)
{
	static const char *const names[] = {
		[GATE_NONE] = "", [GATE_REVIEW] = N_("manual review"),
		[GATE_STAGE] = N_("stage check point"), [GATE_DELAY] = N_("delayed"),
		[GATE_SUSPENDED] = N_("suspended"),
	};

	return _(names[row->step->gate]);
}

static const char *step_name(const struct row *row)
{
	if (!text_empty(row->step->name))
		return row->step->name;
	return text_empty(row->step->task) ? "-" : row->step->task;
}

/* The name cell of each kind; returns nothing: it ends where the columns begin. */
static void put_name(struct grid *g, const struct rect *r, int line, int col, int cols,
		     enum role role, const struct row *row)
{
	const struct entry *e = row->entry;
	int used;

	if (row->kind == ROW_STAGE) {
		grid_name(g, r, line, col, cols, role, text_or_empty(row->stage->name));
	} else if (row->kind == ROW_JOB) {
		grid_name(g, r, line, col, cols, role, text_or_empty(row->job->name));
	} else if (row->kind == ROW_STEP && row->gate_path) {
		used = grid_name(g, r, line, col, cols, role, text_or_empty(row->stage->name));
		grid_name(g, r, line, col + used + 2, cols - used - 2, ROLE_WAITING, gate_name(row));
	} else if (row->kind == ROW_STEP) {
		used = row->number ? grid_textf(g, r, line, col, cols, role, "%d ", row->number) : 0;
		grid_name(g, r, line, col + used, cols - used, role, step_name(row));
	} else if (e->run && e->run->number > 0) {
		char number[24];
		int width;

		/* The number is never cut: the name makes room for it. */
		snprintf(number, sizeof(number), " %lld", (long long)e->run->number);
		width = (int)strlen(number);
		used = grid_name(g, r, line, col, cols - width, role, text_or_empty(e->pipeline->name));
		grid_text(g, r, line, col + used, width, role, number);
	} else {
		grid_name(g, r, line, col, cols, role, text_or_empty(e->pipeline->name));
	}
}

struct span {
	int64_t start_ms, end_ms;
	bool live;
};

static struct span span_of(const struct row *row)
{
	const struct run *run = row->entry->run;

	if (row->step)
		return (struct span){row->step->start_ms, row->step->end_ms,
				     state_live(row->state)};
	if (row->job)
		return (struct span){row->job->start_ms, row->job->end_ms, state_live(row->state)};
	if (row->stage)
		return (struct span){row->stage->start_ms, row->stage->end_ms,
				     state_live(row->state)};
	if (!run)
		return (struct span){WHEN_NONE, WHEN_NONE, false};
	return (struct span){run->start_ms, run->end_ms, state_live(row->state)};
}

/* Elapsed ms, or -1; what runs on stale data has only a lower bound, hence the ">". */
static int64_t put_elapsed(struct grid *g, const struct rect *r, int line, int col, enum role role,
			   const struct row *row, const struct ui_now *now)
{
	struct span span = span_of(row);
	int64_t end = span.live ? WHEN_NONE : span.end_ms, ms, until = now->server_ms;
	char text[24], out[26];

	if (span.start_ms == WHEN_NONE || (!span.live && span.end_ms == WHEN_NONE))
		return -1;
	if (now->stale && span.live && row->entry->run->server_ms != WHEN_NONE)
		until = row->entry->run->server_ms;
	ms = model_elapsed(span.start_ms, end, until);
	when_duration(ms, text, sizeof(text));
	snprintf(out, sizeof(out), "%s%s", now->stale && span.live && ms >= 0 ? ">" : "", text);
	put_right(g, r, line, col, ELAPSED_WIDTH, role, out);
	return ms;
}

static int64_t usual_of(const struct tree *t, const struct row *row)
{
	const struct pipeline *p = row->entry->pipeline;

	if (row->kind == ROW_RUN)
		return row->entry->usual_ms;
	if (row->kind == ROW_STAGE)
		return store_usual_stage(t->store, p->project_id, p->id, row->stage->name);
	if (row->kind == ROW_JOB)
		return store_usual_job(t->store, p->project_id, p->id, row->stage->name,
				       row->job->name);
	return 0;
}

static void put_usual(struct grid *g, const struct rect *r, int line, int col, int width,
		      const struct tree *t, const struct row *row, int64_t elapsed_ms)
{
	int64_t usual = usual_of(t, row);
	char text[24], out[40];

	if (usual <= 0)
		return;
	when_duration(usual, text, sizeof(text));
	if (width >= USUAL_WIDE && elapsed_ms >= 0 && state_live(row->state))
		snprintf(out, sizeof(out), "%s %3d%%", text,
			 elapsed_ms > 99 * usual ? 999 : (int)(elapsed_ms * 100 / usual));
	else
		snprintf(out, sizeof(out), "%s", text);
	put_right(g, r, line, col, width, ROLE_DIM, out);
}

static void put_run_end(struct grid *g, const struct rect *r, int line, const struct columns *c,
			const struct row *row, const struct ui_now *now)
{
	const struct run *run = row->entry->run;
	const struct pipeline *p = row->entry->pipeline;
	int64_t start = run ? run->start_ms : p->v3_start_ms;
	char text[40];

	if (c->when) {
		when_clock_short(start, now->server_ms, text, sizeof(text));
		put_right(g, r, line, c->when, WHEN_WIDTH, ROLE_DIM, text);
	}
	if (!c->by)
		return;
	if (run && run->trigger && strcmp(run->trigger, "Manual") != 0) {
		snprintf(text, sizeof(text), "%.30s", run->trigger);
		if (!isupper((unsigned char)text[1])) /* Push is push, MR stays MR */
			text[0] = (char)tolower((unsigned char)text[0]);
		grid_name(g, r, line, c->by, c->by_width, ROLE_DIM, text);
	} else {
		grid_name(g, r, line, c->by, c->by_width, ROLE_DIM,
			  text_or_empty(run ? run->executor : p->v3_executor));
	}
}

/* "rejects in 48m": what the end of the wait does, where the step's inputs give it. */
static bool gate_countdown(const struct row *row, const struct ui_now *now, char *out, size_t size)
{
	const struct step *step = row->step;
	int64_t left;
	char text[24];

	if (step->gate == GATE_NONE || step->gate_timeout_ms <= 0 || step->start_ms == WHEN_NONE)
		return false;
	left = step->start_ms + step->gate_timeout_ms - now->server_ms;
	when_age(left, text, sizeof(text));
	snprintf(out, size, step->gate_timeout_passes ? _("passes in %s") : _("rejects in %s"), text);
	return true;
}

static void put_step_end(struct grid *g, const struct rect *r, int line, const struct columns *c,
			 const struct row *row, const struct ui_now *now)
{
	int col = c->usual ? c->usual + 1 : c->when ? c->when + 1 : 0;
	char text[64];

	if (!col)
		return;
	if (gate_countdown(row, now, text, sizeof(text)))
		grid_text(g, r, line, col, -1, ROLE_WAITING, text);
	else if (row->step->gate != GATE_NONE && !text_empty(row->step->approvers))
		grid_name(g, r, line, col, r->cols - col, ROLE_DIM, row->step->approvers);
	else if (!text_empty(row->step->message))
		grid_name(g, r, line, col, r->cols - col, ROLE_DIM, row->step->message);
}

static void put_state(struct grid *g, const struct rect *r, int line, int col, enum role role,
		      const struct row *row)
{
	const char *status = row->step ? row->step->status : row->job ? row->job->status
			     : row->stage ? row->stage->status
			     : row->entry->run ? row->entry->run->status : NULL;

	if (row->entry->gone_ms)
		grid_text(g, r, line, col, STATE_WIDTH - 1, ROLE_STALE, _("gone"));
	else if (row->kind == ROW_RUN && !row->entry->run)
		grid_text(g, r, line, col, STATE_WIDTH - 1, ROLE_DIM,
			  row->entry->pipeline->v3_start_ms ? "-" : _("never ran"));
	else if (row->state == STATE_OTHER)
		grid_name(g, r, line, col, STATE_WIDTH - 1, role, text_empty(status) ? "-" : status);
	else
		grid_text(g, r, line, col, STATE_WIDTH - 1, role,
			  row->stuck ? _("stuck") : _(state_word(row->state)));
}

/* "fetch v  build v  test @": the stages of a folded live run. */
static void put_stages(struct grid *g, const struct rect *r, int line, int col, const struct run *run)
{
	size_t i;
	int width;

	for (i = 0; i < run->n_stages && col < r->cols; i++) {
		const struct stage *stage = &run->stages[i];
		struct row row = {.state = stage->state};

		width = grid_name_width(g, text_or_empty(stage->name));
		if (col + width + 2 > r->cols) {
			grid_text(g, r, line, r->cols - 1, 1, ROLE_DIM, "~");
			return;
		}
		col += grid_name(g, r, line, col, width, ROLE_DIM, text_or_empty(stage->name)) + 1;
		put_symbol(g, r, line, col, stage->state, role_of(&row));
		col += 3;
	}
}

static void draw_row(const struct tree *t, struct grid *g, const struct rect *r, int line,
		     const struct row *row, const struct ui_now *now)
{
	struct columns c = columns_for(r->cols);
	int col = 1 + 2 * row->depth;
	enum role role = role_of(row), name = row->kind == ROW_RUN ? ROLE_TEXT : role;
	int64_t elapsed;

	if (row->kind == ROW_STAGES) {
		put_stages(g, r, line, col, row->entry->run);
		return;
	}
	if (row->kind == ROW_NOTE) {
		grid_text(g, r, line, col, -1, ROLE_DIM, _("reading the run ..."));
		return;
	}
	if (name == ROLE_OK || name == ROLE_RUNNING)
		name = ROLE_TEXT;
	put_symbol(g, r, line, col, row->state, role);
	put_name(g, r, line, col + 2, c.state - col - 3, name, row);
	put_state(g, r, line, c.state, role, row);
	elapsed = put_elapsed(g, r, line, c.elapsed, ROLE_TEXT, row, now);
	if (row->kind == ROW_STEP) {
		put_step_end(g, r, line, &c, row, now);
		return;
	}
	if (c.usual)
		put_usual(g, r, line, c.usual, r->cols >= 100 ? USUAL_WIDE : USUAL_WIDTH, t, row, elapsed);
	if (row->kind == ROW_RUN)
		put_run_end(g, r, line, &c, row, now);
}

void tree_draw_columns(const struct tree *t, struct grid *g, const struct rect *r)
{
	struct columns c = columns_for(r->cols);

	(void)t;
	grid_fill(g, r, 0, 0, -1, ROLE_COLUMNS, ' ');
	grid_text(g, r, 0, c.name, -1, ROLE_COLUMNS, _("NAME"));
	grid_text(g, r, 0, c.state, -1, ROLE_COLUMNS, _("STATE"));
	put_right(g, r, 0, c.elapsed, ELAPSED_WIDTH, ROLE_COLUMNS, _("ELAPSED"));
	if (c.usual)
		put_right(g, r, 0, c.usual, r->cols >= 100 ? USUAL_WIDE : USUAL_WIDTH, ROLE_COLUMNS,
			  _("USUAL"));
	if (c.when)
		put_right(g, r, 0, c.when, WHEN_WIDTH, ROLE_COLUMNS, _("WHEN"));
	if (c.by)
		grid_text(g, r, 0, c.by, -1, ROLE_COLUMNS, _("BY"));
}

static void keep_selection_on_screen(struct tree *t, int height)
{
	size_t h = (size_t)height;

	if (t->n_rows <= h || t->top > t->n_rows - h)
		t->top = t->n_rows <= h ? 0 : t->n_rows - h;
	if (t->at < t->top)
		t->top = t->at;
	if (t->at >= t->top + h)
		t->top = t->at - h + 1;
	/* A row's line of stages comes with it. */
	if (t->at + 1 == t->top + h && t->at + 1 < t->n_rows && t->rows[t->at + 1].kind == ROW_STAGES &&
	    h > 1)
		t->top++;
}

void tree_draw(struct tree *t, struct grid *g, const struct rect *r, const struct ui_now *now,
	       bool focused)
{
	int line;

	t->height = r->rows > 0 ? r->rows : 1;
	keep_selection_on_screen(t, t->height);
	for (line = 0; line < r->rows && t->top + (size_t)line < t->n_rows; line++) {
		size_t at = t->top + (size_t)line;
		const struct row *row = &t->rows[at];

		draw_row(t, g, r, line, row, now);
		if (now->stale || row->entry->gone_ms)
			grid_attr(g, r, line, 0, -1, STYLE_DIM);
		if (at != t->at)
			continue;
		grid_text(g, r, line, 0, 1, ROLE_SELECTED, "|");
		if (focused)
			grid_role(g, r, line, 0, -1, ROLE_SELECTED);
		else
			grid_attr(g, r, line, 0, -1, STYLE_BOLD);
	}
}
