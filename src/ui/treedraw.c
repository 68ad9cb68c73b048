/* SPDX-License-Identifier: MIT */
/*
 * How a row looks: a symbol and a name at its indent, then the columns that every level
 * shares. Which columns there are depends on the width alone; the name gets the rest. A
 * narrow pane has two columns: the state's word and one figure.
 */
#include "tree.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/i18n.h"
#include "core/text.h"
#include "core/when.h"
#include "model/gate.h"

/* Columns from the right: dropped in this order when there is no room. */
struct columns {
	int name, state, elapsed, usual, when, by; /* first cell; 0: not there (name aside) */
	int by_width;
};

#define TABLE_MIN 52 /* narrower: a pane's two columns */
#define TABLE_MAX 140 /* wider than this the eye loses the row */
#define STATE_WIDTH 12
#define WORD_WIDTH 8 /* of the state in a narrow pane */
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

static const char *step_name(const struct row *row)
{
	if (!text_empty(row->step->name))
		return row->step->name;
	if (row->step->gate != GATE_NONE)
		return _(gate_name(row->step->gate));
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
		grid_name(g, r, line, col + used + 2, cols - used - 2, ROLE_WAITING,
			  _(gate_name(row->step->gate)));
	} else if (row->kind == ROW_STEP) {
		used = row->number ? grid_textf(g, r, line, col, cols, role, "%d ", row->number) : 0;
		if (row->step->attempt > 0) /* which one matters more than the end of the name */
			used += grid_textf(g, r, line, col + used, cols - used, role, _("try %d: "),
					   row->step->attempt);
		grid_name(g, r, line, col + used, cols - used, role, step_name(row));
	} else if (row->older) {
		grid_textf(g, r, line, col, cols, role, _("run %lld"), (long long)row->run->number);
	} else if (row->run && row->run->number > 0) {
		char number[24];
		int width;

		/* The number is never cut: the name makes room for it. */
		snprintf(number, sizeof(number), " %lld", (long long)row->run->number);
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
	const struct run *run = row->run;

	if (row->step)
		return (struct span){row->step->start_ms, row->step->end_ms,
				     state_live((enum state)row->state)};
	if (row->job)
		return (struct span){row->job->start_ms, row->job->end_ms, state_live((enum state)row->state)};
	if (row->stage)
		return (struct span){row->stage->start_ms, row->stage->end_ms,
				     state_live((enum state)row->state)};
	if (!run)
		return (struct span){WHEN_NONE, WHEN_NONE, false};
	return (struct span){run->start_ms, run->end_ms, state_live((enum state)row->state)};
}

/* Elapsed ms, or -1; what runs on stale data has only a lower bound, hence the ">". */
static int64_t put_elapsed(struct grid *g, const struct rect *r, int line, int col, int width,
			   enum role role, const struct row *row, const struct ui_now *now)
{
	struct span span = span_of(row);
	int64_t end = span.live ? WHEN_NONE : span.end_ms, ms, until = now->server_ms;
	char text[24], out[26];

	if (span.start_ms == WHEN_NONE || (!span.live && span.end_ms == WHEN_NONE))
		return -1;
	if (now->stale && span.live && row->run->server_ms != WHEN_NONE)
		until = row->run->server_ms;
	ms = model_elapsed(span.start_ms, end, until);
	when_duration(ms, text, sizeof(text));
	snprintf(out, sizeof(out), "%s%s", now->stale && span.live && ms >= 0 ? ">" : "", text);
	put_right(g, r, line, col, width, role, out);
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
	if (width >= USUAL_WIDE && elapsed_ms >= 0 && state_live((enum state)row->state))
		snprintf(out, sizeof(out), "%s %3d%%", text,
			 elapsed_ms > 99 * usual ? 999 : (int)(elapsed_ms * 100 / usual));
	else
		snprintf(out, sizeof(out), "%s", text);
	put_right(g, r, line, col, width, ROLE_DIM, out);
}

static void put_run_end(struct grid *g, const struct rect *r, int line, const struct columns *c,
			const struct row *row, const struct ui_now *now)
{
	const struct run *run = row->run;
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
		if (text[0] && !isupper((unsigned char)text[1])) /* Push is push, MR stays MR */
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
	when_left(left, text, sizeof(text));
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

/* Where it would be cut, "not started" has a shorter form. */
static const char *word_of(const struct row *row, int width)
{
	const char *word = row->stuck ? _("stuck") : _(state_word((enum state)row->state));

	return row->state == STATE_PENDING && (int)strlen(word) >= width ? _("not yet") : word;
}

static void put_state(struct grid *g, const struct rect *r, int line, int col, int width,
		      enum role role, const struct row *row)
{
	const char *status = row->step ? row->step->status : row->job ? row->job->status
			     : row->stage ? row->stage->status
			     : row->run ? row->run->status : NULL;

	if (row->entry->gone_ms)
		grid_text(g, r, line, col, width - 1, ROLE_STALE, _("gone"));
	else if (row->kind == ROW_RUN && !row->run)
		grid_text(g, r, line, col, width - 1, ROLE_DIM,
			  row->entry->pipeline->v3_start_ms ? "-"
			  : width > WORD_WIDTH		    ? _("never ran")
							    : _("no run"));
	else if (row->state == STATE_OTHER)
		grid_name(g, r, line, col, width - 1, role, text_empty(status) ? "-" : status);
	else
		grid_text(g, r, line, col, width - 1, role, word_of(row, width));
}

/* "fetch v  build v  test @": the stages of a folded live run. */
static void put_stages(struct grid *g, const struct rect *r, int line, int col, const struct run *run)
{
	size_t i;
	int width;

	for (i = 0; i < run->n_stages && col < r->cols; i++) {
		const struct stage *stage = &run->stages[i];
		struct row row = {.state = (uint8_t)stage->state};

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

static const char *note_text(const struct row *row)
{
	static const char *const texts[] = {
		[NOTE_NONE] = "",
		[NOTE_RUN] = N_("reading the run ..."),
		[NOTE_RUNS] = N_("reading the runs ..."),
		[NOTE_MORE_RUNS] = N_("more runs come as you go down"),
	};

	return _(texts[row->note]);
}

/* The name of what is fine or at work needs no colour. */
static enum role name_role(const struct row *row, enum role role)
{
	return row->kind == ROW_RUN || role == ROLE_OK || role == ROLE_RUNNING ? ROLE_TEXT : role;
}

struct group_count {
	enum attention attention;
	enum state state;
	enum role role;
};

/* "x2 ?1 @3  14"; without a grid only its cells are counted. */
static int put_group_counts(struct grid *g, const struct rect *r, int line, int col,
			    const struct roster_head *head)
{
	static const struct group_count shown[] = {
		{ATTENTION_FAILING, STATE_FAILED, ROLE_FAILED},
		{ATTENTION_WAITING, STATE_WAITING, ROLE_WAITING},
		{ATTENTION_STUCK, STATE_RUNNING, ROLE_STUCK},
		{ATTENTION_RUNNING, STATE_RUNNING, ROLE_RUNNING}};
	int start = col;
	char text[24];
	size_t i;

	for (i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		size_t n = head->counts[shown[i].attention];

		if (n == 0)
			continue;
		snprintf(text, sizeof(text), "%zu", n);
		if (g) {
			put_symbol(g, r, line, col, shown[i].state, shown[i].role);
			grid_text(g, r, line, col + 1, -1, shown[i].role, text);
		}
		col += 2 + (int)strlen(text);
	}
	snprintf(text, sizeof(text), "%zu", head->n);
	if (g)
		grid_text(g, r, line, col, -1, ROLE_DIM, text);
	return col + (int)strlen(text) - start;
}

/* "Team A   x2 ?1 @3  14" */
static void draw_group(const struct tree *t, struct grid *g, const struct rect *r, int line, int col,
		       const struct row *row)
{
	struct roster_row group = roster_at(t->roster, (size_t)row->number);
	int right = r->cols < TABLE_MAX ? r->cols : TABLE_MAX;
	int counts = put_group_counts(NULL, r, line, 0, &group.head);

	grid_text(g, r, line, col, 1, ROLE_KEY, row->open ? "-" : "+");
	grid_name(g, r, line, col + 2, right - col - 4 - counts, ROLE_HEADER, group.head.name);
	put_group_counts(g, r, line, right - 1 - counts, &group.head);
}

/* True: the row is a line of text, and it was drawn. */
static bool draw_line(const struct tree *t, struct grid *g, const struct rect *r, int line, int col,
		      const struct row *row)
{
	if (row->kind == ROW_GROUP)
		draw_group(t, g, r, line, col, row);
	else if (row->kind == ROW_STAGES)
		put_stages(g, r, line, col, row->run);
	else if (row->kind == ROW_NOTE)
		grid_text(g, r, line, col, -1, ROLE_DIM, note_text(row));
	return row->kind == ROW_GROUP || row->kind == ROW_STAGES || row->kind == ROW_NOTE;
}

static void draw_row(const struct tree *t, struct grid *g, const struct rect *r, int line,
		     const struct row *row, const struct ui_now *now)
{
	struct columns c = columns_for(r->cols);
	int col = 1 + 2 * row->depth;
	enum role role = role_of(row);
	int64_t elapsed;

	if (draw_line(t, g, r, line, col, row))
		return;
	put_symbol(g, r, line, col, (enum state)row->state, role);
	put_name(g, r, line, col + 2, c.state - col - 3, name_role(row, role), row);
	put_state(g, r, line, c.state, STATE_WIDTH, role, row);
	elapsed = put_elapsed(g, r, line, c.elapsed, ELAPSED_WIDTH, ROLE_TEXT, row, now);
	if (row->kind == ROW_STEP) {
		put_step_end(g, r, line, &c, row, now);
		return;
	}
	if (c.usual && !row->older) /* its pipeline's row says it */
		put_usual(g, r, line, c.usual, r->cols >= 100 ? USUAL_WIDE : USUAL_WIDTH, t, row, elapsed);
	if (row->kind == ROW_RUN)
		put_run_end(g, r, line, &c, row, now);
}

/* ---- narrow panes ---- */

#define FIGURE_WIDTH 7
#define FIGURE_WIDE 12
#define CLOCK_WIDTH 6

struct narrow {
	int word, figure; /* first cells */
	int figure_width; /* 0: no room for one */
	int when;	  /* 0: not there */
};

static struct narrow narrow_for(enum view_kind kind, int cols)
{
	struct narrow n = {.figure_width = cols >= 38 ? FIGURE_WIDE : cols >= 30 ? FIGURE_WIDTH : 0};

	if (kind == VIEW_RUNS) { /* numbers are short: there is room for the time */
		n.figure_width = FIGURE_WIDTH;
		n.when = cols - CLOCK_WIDTH;
		cols = n.when;
	}
	n.figure = cols - n.figure_width;
	n.word = n.figure - WORD_WIDTH;
	return n;
}

/* "78%" of the usual time, for what runs and where that is known. */
static bool percent_of(const struct tree *t, const struct row *row, const struct ui_now *now,
		       char *out, size_t size)
{
	int64_t usual = row->state == STATE_RUNNING ? usual_of(t, row) : 0;
	struct span span = span_of(row);
	int64_t ms = now->server_ms - span.start_ms;

	if (usual <= 0 || span.start_ms == WHEN_NONE || ms < 0 || now->stale)
		return false;
	if (ms >= 2 * usual)
		snprintf(out, size, "%d.%dx", ms > 99 * usual ? 99 : (int)(ms / usual),
			 (int)(ms * 10 / usual % 10));
	else
		snprintf(out, size, "%d%%", (int)(ms * 100 / usual));
	return true;
}

/* Where there is no room for a figure a running row's word is its progress. */
static void put_word(const struct tree *t, struct grid *g, const struct rect *r, int line,
		     const struct narrow *n, const struct row *row, const struct ui_now *now)
{
	enum role role = role_of(row);
	char percent[16], text[32];

	if (!n->figure_width && !row->stuck && percent_of(t, row, now, percent, sizeof(percent))) {
		snprintf(text, sizeof(text), _("run %s"), percent);
		grid_text(g, r, line, n->word, WORD_WIDTH, role, text);
		return;
	}
	put_state(g, r, line, n->word, WORD_WIDTH, role, row);
}

static void put_figure(const struct tree *t, struct grid *g, const struct rect *r, int line,
		       const struct narrow *n, const struct row *row, const struct ui_now *now)
{
	char percent[16];
	int width = n->figure_width;

	if (row->kind == ROW_STEP && gate_countdown(row, now, percent, sizeof(percent)))
		width = FIGURE_WIDTH; /* the countdown itself is on the card beside */
	if (width == FIGURE_WIDE && percent_of(t, row, now, percent, sizeof(percent))) {
		put_right(g, r, line, n->figure + FIGURE_WIDTH, FIGURE_WIDE - FIGURE_WIDTH, ROLE_DIM,
			  percent);
		width = FIGURE_WIDTH;
	}
	put_elapsed(g, r, line, n->figure, width, ROLE_TEXT, row, now);
}

/* A run among runs: its number. */
static void put_run_name(struct grid *g, const struct rect *r, int line, int col, int cols,
			 const struct row *row)
{
	grid_textf(g, r, line, col, cols, ROLE_TEXT, "%lld", (long long)row->run->number);
}

static void draw_narrow(const struct tree *t, enum view_kind kind, struct grid *g,
			const struct rect *r, int line, const struct row *row, const struct ui_now *now)
{
	struct narrow n = narrow_for(kind, r->cols);
	int col = 1 + 2 * row->depth;
	enum role role = role_of(row);

	if (draw_line(t, g, r, line, col, row))
		return;
	put_symbol(g, r, line, col, (enum state)row->state, role);
	if (kind == VIEW_RUNS && row->run)
		put_run_name(g, r, line, col + 2, n.word - col - 3, row);
	else if (kind == VIEW_LIST && t->shown & 1u << VIEW_RUNS && row->entry->latest)
		grid_name(g, r, line, col + 2, n.word - col - 3, ROLE_TEXT,
			  text_or_empty(row->entry->pipeline->name)); /* its number is in the next pane */
	else
		put_name(g, r, line, col + 2, n.word - col - 3, name_role(row, role), row);
	put_word(t, g, r, line, &n, row, now);
	if (n.figure_width)
		put_figure(t, g, r, line, &n, row, now);
	if (n.when && row->run) {
		char clock[40];

		when_clock_short(row->run->start_ms, now->server_ms, clock, sizeof(clock));
		put_right(g, r, line, n.when, CLOCK_WIDTH + 1, ROLE_DIM, clock); /* to the edge */
	}
}

/* ---- a view ---- */

static void draw_table_titles(struct grid *g, const struct rect *r, int from)
{
	struct columns c = columns_for(r->cols);

	if (from < c.state)
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

void tree_draw_titles(const struct tree *t, enum view_kind view, struct grid *g,
		      const struct rect *r, const char *title, bool focused)
{
	struct columns c = columns_for(r->cols);
	bool table = r->cols >= TABLE_MIN;
	int room = table ? c.state - 2 : r->cols - 2;

	(void)t, (void)view;
	grid_fill(g, r, 0, 0, -1, ROLE_COLUMNS, ' ');
	grid_name(g, r, 0, 1, room, ROLE_COLUMNS, title);
	if (table)
		draw_table_titles(g, r, 1);
	if (focused && !table)
		grid_attr(g, r, 0, 0, -1, STYLE_REVERSE);
}

static void keep_selection_on_screen(struct tree *t, enum view_kind kind, int height)
{
	struct view *v = &t->views[kind];
	size_t h = (size_t)height;

	if (v->n_rows <= h || v->top > v->n_rows - h)
		v->top = v->n_rows <= h ? 0 : v->n_rows - h;
	if (!v->has_at)
		return;
	if (v->at < v->top)
		v->top = v->at;
	if (v->at >= v->top + h)
		v->top = v->at - h + 1;
	/* A row's line of stages comes with it. */
	if (h > 1 && v->at + 1 == v->top + h && v->at + 1 < v->n_rows &&
	    tree_line(t, kind, v->at + 1)->kind == ROW_STAGES)
		v->top++;
}

static bool marked(const struct tree *t, const struct row *row)
{
	return row->kind == ROW_RUN && row->entry->latest && !row->older &&
	       roster_is_marked(t->roster, row->entry->pipeline->project_id, row->entry->pipeline->id);
}

void tree_draw(struct tree *t, enum view_kind kind, struct grid *g, const struct rect *r,
	       const struct ui_now *now, bool focused)
{
	struct view *v = &t->views[kind];
	int line;

	v->height = r->rows > 0 ? r->rows : 1;
	keep_selection_on_screen(t, kind, v->height);
	for (line = 0; line < r->rows && v->top + (size_t)line < v->n_rows; line++) {
		size_t at = v->top + (size_t)line;
		const struct row *row = tree_line(t, kind, at);

		if (r->cols >= TABLE_MIN)
			draw_row(t, g, r, line, row, now);
		else
			draw_narrow(t, kind, g, r, line, row, now);
		if (now->stale || (row->entry && row->entry->gone_ms))
			grid_attr(g, r, line, 0, -1, STYLE_DIM);
		if (marked(t, row))
			grid_text(g, r, line, 0, 1, ROLE_MARKED, "*");
		if (!v->has_at || at != v->at)
			continue;
		if (!marked(t, row))
			grid_text(g, r, line, 0, 1, ROLE_SELECTED, "|");
		if (focused)
			grid_role(g, r, line, 0, -1, ROLE_SELECTED);
		else
			grid_attr(g, r, line, 0, -1, STYLE_BOLD);
	}
}
