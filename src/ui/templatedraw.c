/* SPDX-License-Identifier: MIT */
/*
 * What the view of the templates looks like: a title with what is shown of how many and how old it is,
 * a line that says what narrows the list, the rows. Columns go as the window gets narrow: first the
 * stages, then the time; name, language and kind stay.
 */
#include <stdio.h>
#include <string.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/text.h"
#include "core/when.h"
#include "templatepane.h"
#include "wrap.h"

#define LANGUAGE_WIDTH 8
#define KIND_WIDTH 6
#define UPDATED_WIDTH 7
#define WITH_UPDATED 60 /* cells of the window from which there is such a column */
#define WITH_STAGES 80
#define NAME_MIN 24
#define NAME_MAX 60
#define LOW 12 /* a lower window has no blank lines and no column titles */

struct columns {
	int name, stages, language, kind, updated; /* where they begin; 0: not there */
	int name_width, stages_width;
};

static struct columns columns_of(int cols)
{
	struct columns c = {.name = 2};
	int right = cols;

	if (cols >= WITH_UPDATED)
		right = c.updated = right - UPDATED_WIDTH - 1;
	right = c.kind = right - KIND_WIDTH - 1;
	right = c.language = right - LANGUAGE_WIDTH - 1;
	c.name_width = right - c.name - 1;
	if (cols < WITH_STAGES)
		return c;
	c.name_width = c.name_width * 45 / 100;
	c.name_width = c.name_width < NAME_MIN ? NAME_MIN : c.name_width > NAME_MAX ? NAME_MAX : c.name_width;
	c.stages = c.name + c.name_width + 1;
	c.stages_width = right - c.stages - 1;
	return c;
}

/* ---- above the rows ---- */

static void age_text(int64_t read_ms, const char *fault, bool reading, const struct ui_now *now, char *out,
		     size_t size)
{
	char age[16];

	if (!read_ms) {
		snprintf(out, size, "%s", fault ? _("NOT READ") : reading ? _("reading") : "");
		return;
	}
	when_age(now->now_ms - read_ms, age, sizeof(age));
	snprintf(out, size, fault ? _("STALE %s") : reading ? _("reading, upd %s") : _("upd %s"), age);
}

/* "12", "showing 100 of 240", "7 of 100, read so far of 240" */
static void count_text(const struct templatepane *p, char *out, size_t size)
{
	char shown[32], read[32], total[32];
	bool all = p->known.total < 0 || (uint64_t)p->known.total <= p->known.n;

	text_grouped((int64_t)p->n_shown, shown, sizeof(shown));
	text_grouped((int64_t)p->known.n, read, sizeof(read));
	text_grouped(p->known.total, total, sizeof(total));
	if (!p->known.read_ms)
		out[0] = '\0';
	else if (all)
		snprintf(out, size, p->n_shown == p->known.n ? "%s" : _("%s of %s"), shown, read);
	else if (p->n_shown == p->known.n)
		snprintf(out, size, _("showing %s of %s"), shown, total);
	else
		snprintf(out, size, _("%s of %s, read so far of %s"), shown, read, total);
}

static void put_title(struct grid *g, const struct rect *r, const char *name, const char *more, const char *age,
		      bool bad)
{
	int right = r->cols - (int)strlen(age) - 1, col = 1;

	grid_fill(g, r, 0, 0, -1, ROLE_HEADER, ' ');
	col += grid_name(g, r, 0, col, right - col - 1, ROLE_HEADER, name) + 2;
	if (*more && col < right)
		grid_name(g, r, 0, col, right - col - 1, ROLE_HEADER, more);
	grid_text(g, r, 0, right, -1, bad ? ROLE_BADGE_BAD : ROLE_BADGE_OK, age);
}

static const char *kind_word(enum template_kind kind)
{
	static const char *const words[TEMPLATE_KINDS] = {
		[KIND_ALL] = N_("all"),
		[KIND_SYSTEM] = N_("system"),
		[KIND_CUSTOM] = N_("custom"),
		[KIND_FAVOURITES] = N_("favourites"),
	};

	return _(words[kind]);
}

/* "[all] system  custom  favourites   language java   /text": where it is narrow only what is in force. */
static void put_narrowing(const struct templatepane *p, struct grid *g, const struct rect *r, int line)
{
	bool wide = r->cols >= WITH_UPDATED;
	int col = 1, kind;

	grid_fill(g, r, line, 0, -1, ROLE_STATUS, ' ');
	for (kind = 0; kind < TEMPLATE_KINDS; kind++) {
		bool chosen = (int)p->kind == kind;

		if (chosen)
			col += grid_textf(g, r, line, col, -1, ROLE_KEY, "[%s] ", kind_word(p->kind));
		else if (wide)
			col += grid_textf(g, r, line, col, -1, ROLE_STATUS, " %s  ", kind_word((enum template_kind)kind));
	}
	col += grid_text(g, r, line, col, -1, ROLE_STATUS, _(" language "));
	col += grid_name(g, r, line, col, LANGUAGE_WIDTH, p->language ? ROLE_KEY : ROLE_STATUS,
			 p->language ? p->language : _("any"));
	if (p->filter && col + 4 < r->cols) {
		col += grid_text(g, r, line, col, -1, ROLE_STATUS, "  /");
		grid_name(g, r, line, col, r->cols - col - 1, ROLE_KEY, p->filter);
	}
}

static void put_columns(struct grid *g, const struct rect *r, int line, const struct columns *c)
{
	grid_fill(g, r, line, 0, -1, ROLE_COLUMNS, ' ');
	grid_text(g, r, line, c->name, c->name_width, ROLE_COLUMNS, _("NAME"));
	if (c->stages)
		grid_text(g, r, line, c->stages, c->stages_width, ROLE_COLUMNS, _("STAGES"));
	grid_text(g, r, line, c->language, LANGUAGE_WIDTH, ROLE_COLUMNS, _("LANGUAGE"));
	grid_text(g, r, line, c->kind, KIND_WIDTH, ROLE_COLUMNS, _("KIND"));
	if (c->updated)
		grid_text(g, r, line, c->updated, UPDATED_WIDTH, ROLE_COLUMNS, _("UPDATED"));
}

int templatepane_head(const struct templatepane *p, int rows)
{
	return p->detailed ? 1 : rows < LOW ? 2 : 3;
}

/* ---- rows ---- */

static void put_stages(struct grid *g, const struct rect *r, int line, const struct columns *c,
		       const struct template *t, enum role role)
{
	struct buf text;
	size_t i;

	buf_init(&text, BUF_MAX);
	for (i = 0; i < t->n_stages; i++)
		buf_addf(&text, "%s%s", i ? " > " : "", text_or_empty(t->stages[i]));
	grid_name(g, r, line, c->stages, c->stages_width, role, text.data);
	buf_done(&text);
}

static void put_row(struct grid *g, const struct rect *r, int line, const struct columns *c,
		    const struct template *t, bool stale, const struct ui_now *now)
{
	enum role role = stale ? ROLE_STALE : ROLE_TEXT, dim = stale ? ROLE_STALE : ROLE_DIM;
	char clock[32];

	if (t->favourite)
		grid_text(g, r, line, 1, 1, ROLE_MARKED, "*");
	grid_name(g, r, line, c->name, c->name_width, role, text_empty(t->name) ? text_or_empty(t->id) : t->name);
	if (c->stages)
		put_stages(g, r, line, c, t, dim);
	grid_name(g, r, line, c->language, LANGUAGE_WIDTH, role, text_or_empty(t->language));
	grid_text(g, r, line, c->kind, KIND_WIDTH, role, t->system ? _("system") : _("custom"));
	if (!c->updated || t->updated_ms <= 0)
		return;
	when_clock_short(t->updated_ms, now->wall_ms, clock, sizeof(clock));
	grid_text(g, r, line, c->updated, UPDATED_WIDTH, dim, clock);
}

static void put_sentence(struct grid *g, const struct rect *r, enum role role, const char *text)
{
	int line, width = r->cols - 3;
	struct buf part;

	buf_init(&part, BUF_MAX);
	for (line = r->rows > 3; *text && line < r->rows && width > 0; line++) {
		text += wrap_part(g, text, width, &part);
		grid_name(g, r, line, 2, width, role, part.data);
	}
	buf_done(&part);
}

static void put_empty(const struct templatepane *p, struct grid *g, const struct rect *r)
{
	if (p->known.n > 0)
		put_sentence(g, r, ROLE_DIM, _("nothing passes: Esc clears the filter; Tab and < > go to other kinds and "
					       "languages"));
	else if (p->known.fault)
		put_sentence(g, r, ROLE_MESSAGE_BAD, p->known.fault);
	else if (p->known.read_ms)
		put_sentence(g, r, ROLE_DIM, _("there are no templates that you may see"));
	else
		put_sentence(g, r, ROLE_DIM, _("reading the templates ..."));
}

/* Keeps the cursor on screen, and no empty lines below the last. */
static void scroll(struct templatepane *p)
{
	size_t rows = p->rows > 0 ? (size_t)p->rows : 1;

	if (p->top > p->at)
		p->top = p->at;
	if (p->at >= p->top + rows)
		p->top = p->at - rows + 1;
	if (p->top + rows > p->n_shown)
		p->top = p->n_shown > rows ? p->n_shown - rows : 0;
}

static void draw_list(struct templatepane *p, struct grid *g, const struct rect *r, const struct ui_now *now)
{
	int head = templatepane_head(p, r->rows), line;
	struct rect body = {r->row + head, r->col, r->rows - head, r->cols};
	struct columns c = columns_of(r->cols);
	char age[48], count[96];

	age_text(p->known.read_ms, p->known.fault, p->known.reading, now, age, sizeof(age));
	count_text(p, count, sizeof(count));
	put_title(g, r, _("Templates"), count, age, p->known.fault != NULL);
	put_narrowing(p, g, r, 1);
	if (head > 2)
		put_columns(g, r, 2, &c);
	p->rows = body.rows;
	if (p->n_shown == 0)
		put_empty(p, g, &body);
	scroll(p);
	for (line = 0; line < body.rows && p->top + (size_t)line < p->n_shown; line++) {
		put_row(g, &body, line, &c, &p->known.list[p->shown[p->top + (size_t)line]], p->known.fault != NULL, now);
		if (p->top + (size_t)line != p->at)
			continue;
		grid_text(g, &body, line, 0, 1, ROLE_SELECTED, "|");
		grid_role(g, &body, line, 0, -1, ROLE_SELECTED);
	}
}

/* ---- the detail ---- */

static void put_line(struct grid *g, const struct rect *r, int row, const struct templateline *line)
{
	if (line->left)
		grid_text(g, r, row, 1, line->column - 2, line->left_role, line->left);
	if (line->text)
		grid_name(g, r, row, line->column, r->cols - line->column - 1, line->role, line->text);
}

static void draw_detail(struct templatepane *p, struct grid *g, const struct rect *r, const struct ui_now *now)
{
	struct rect body = {r->row + 1, r->col, r->rows - 1, r->cols};
	const struct template *t = templatepane_selected(p);
	const struct ui_template *o = &p->opened;
	bool same = text_same(o->id, p->selected), bad = same && o->fault;
	char age[48], place[64];
	size_t last;
	int row;

	if (p->lines_width != r->cols)
		templatelines_make(p, g, r->cols, now);
	p->rows = body.rows;
	last = p->n_lines > (size_t)(body.rows > 0 ? body.rows : 0) ? p->n_lines - (size_t)body.rows : 0;
	p->line_top = p->line_top > last ? last : p->line_top;
	age_text(same ? o->read_ms : 0, bad ? o->fault : NULL, !same || o->reading, now, age, sizeof(age));
	place[0] = '\0';
	if (last > 0)
		snprintf(place, sizeof(place), _("lines %zu-%zu of %zu"), p->line_top + 1,
			 p->line_top + (size_t)body.rows, p->n_lines);
	put_title(g, r, t && !text_empty(t->name) ? t->name : text_or_empty(p->selected), place, age, bad);
	for (row = 0; row < body.rows && p->line_top + (size_t)row < p->n_lines; row++)
		put_line(g, &body, row, &p->lines[p->line_top + (size_t)row]);
}

void templatepane_draw(struct templatepane *p, struct grid *g, const struct rect *r, const struct ui_now *now)
{
	(p->detailed ? draw_detail : draw_list)(p, g, r, now);
}
