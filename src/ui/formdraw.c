/* SPDX-License-Identifier: MIT */
/*
 * A form as cells: a field a line, its mistake on a line of its own below it, and at the foot what
 * there is to know about the field with the focus. Where the window is low the foot gives way
 * first, and the lines scroll so that the focus and its mistake are on screen.
 */
#include <stdio.h>
#include <string.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/text.h"
#include "ui/form.h"
#include "ui/prompt.h"

#define LABEL_MIN 8
#define LABEL_MAX 24
#define NOTE_CELLS 14
#define NARROW 60 /* no notes beside the values */
#define ABOUT_LINES 2
#define FOOT_MIN_ROWS 10 /* a lower window has one line about the field */
#define STARS_MAX 64

struct columns {
	int label, value, note; /* cells where each begins */
	int value_cells, note_cells;
};

static struct columns columns_of(const struct form *form, const struct grid *g,
				 const struct rect *r)
{
	struct columns c = {.label = 2, .note_cells = r->cols < NARROW ? 0 : NOTE_CELLS};
	int widest = LABEL_MIN, width;
	size_t i;

	for (i = 0; i < form->n; i++) {
		enum form_kind kind = form->fields[i].kind;

		if (kind != FORM_TEXT && kind != FORM_SECRET && kind != FORM_CHOICE)
			continue;
		width = grid_name_width(g, form->fields[i].label);
		widest = width > widest ? width : widest;
	}
	widest = widest > LABEL_MAX ? LABEL_MAX : widest;
	if (widest > r->cols / 3)
		widest = r->cols / 3;
	c.value = c.label + widest + 2;
	c.note = r->cols - c.note_cells;
	c.value_cells = c.note - c.value - 1;
	return c;
}

/* ---- values ---- */

static size_t characters(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += (*text & 0xC0) != 0x80;
	return n;
}

/* As many stars as characters, also where the cursor is. */
static void draw_secret(const struct form_field *field, struct grid *g, const struct rect *at,
			bool focused)
{
	char stars[STARS_MAX + 1];
	size_t n = characters(field->prompt->text), before = 0, i;

	for (i = 0; i < field->prompt->at; i++)
		before += (field->prompt->text[i] & 0xC0) != 0x80;
	n = n > STARS_MAX ? STARS_MAX : n;
	before = before > n ? n : before;
	memset(stars, '*', n);
	stars[n] = '\0';
	if (focused)
		grid_fill(g, at, 0, 0, -1, ROLE_PROMPT, ' ');
	if ((int)n > at->cols - 1)
		stars[at->cols - 1] = '\0';
	grid_text(g, at, 0, 0, -1, focused ? ROLE_PROMPT : ROLE_TEXT, stars);
	if (focused && (int)before < at->cols)
		grid_cursor(g, at->row, at->col + (int)before);
}

static void draw_whole(const struct form_field *field, struct grid *g, const struct rect *at)
{
	char count[32], size[64];
	int cells;

	text_grouped((int64_t)characters(field->whole), count, sizeof(count));
	cells = snprintf(size, sizeof(size), _(" (%s characters)"), count);
	grid_name(g, at, 0, 0, at->cols - cells, ROLE_TEXT, field->whole);
	grid_text(g, at, 0, at->cols - cells, -1, ROLE_DIM, size);
}

static void draw_line(const struct form_field *field, struct grid *g, const struct rect *at,
		      bool focused)
{
	if (field->whole)
		draw_whole(field, g, at);
	else if (field->kind == FORM_SECRET && (focused || field->prompt->len))
		draw_secret(field, g, at, focused);
	else if (focused)
		prompt_draw(field->prompt, g, at);
	else if (field->prompt->len)
		grid_name(g, at, 0, 0, -1, ROLE_TEXT, field->prompt->text);
	if (!field->whole && !field->prompt->len && field->empty)
		grid_name(g, at, 0, focused ? 1 : 0, -1, ROLE_DIM, field->empty);
}

/* Cells of all choices side by side, with a blank on each side of each. */
static int choices_width(const struct form_field *field, const struct grid *g)
{
	size_t i;
	int width = 0;

	for (i = 0; i < field->n_choices && width < 10000; i++)
		width += grid_name_width(g, field->choices[i]) + 2;
	return width;
}

static void draw_choices(const struct form_field *field, struct grid *g, const struct rect *at)
{
	size_t i;
	int col = 0;

	for (i = 0; i < field->n_choices; i++) {
		bool chosen = i == field->chosen;

		col += grid_text(g, at, 0, col, 1, ROLE_TEXT, chosen ? "[" : " ");
		col += grid_name(g, at, 0, col, -1, chosen ? ROLE_TEXT : ROLE_DIM,
				 field->choices[i]);
		col += grid_text(g, at, 0, col, 1, ROLE_TEXT, chosen ? "]" : " ");
	}
}

/* All of them where there is room, else the one and where it stands. */
static void draw_choice(const struct form_field *field, struct grid *g, const struct rect *at,
			bool focused)
{
	char place[48];
	int cells;

	if (choices_width(field, g) <= at->cols) {
		draw_choices(field, g, at);
	} else if (field->chosen == FORM_NONE) {
		grid_textf(g, at, 0, 0, -1, ROLE_DIM, _("[ one of %zu ]"), field->n_choices);
	} else {
		cells = snprintf(place, sizeof(place), _(" %zu of %zu"), field->chosen + 1,
				 field->n_choices);
		cells = 1 + grid_name(g, at, 0, 1, at->cols - cells - 2, ROLE_TEXT,
				      field->choices[field->chosen]);
		grid_text(g, at, 0, 0, 1, ROLE_TEXT, "[");
		cells += grid_text(g, at, 0, cells, 1, ROLE_TEXT, "]");
		grid_text(g, at, 0, cells, -1, ROLE_DIM, place);
	}
	if (focused)
		grid_role(g, at, 0, 0, -1, ROLE_PROMPT);
}

/* ---- fields ---- */

static void draw_tick(const struct form_field *field, struct grid *g, const struct rect *r, int row,
		      int col)
{
	static const char *const ticks[] = {
		[FORM_OFF] = "[ ]", [FORM_PART] = "[-]", [FORM_ON] = "[x]"};

	col += 2 * field->depth;
	col += grid_text(g, r, row, col, -1, ROLE_TEXT, ticks[field->tick]) + 1;
	grid_name(g, r, row, col, r->cols - col - 1, field->tick == FORM_OFF ? ROLE_DIM : ROLE_TEXT,
		  field->label);
}

static void draw_valued(const struct form_field *field, struct grid *g, const struct rect *r,
			int row, const struct columns *c, bool focused)
{
	struct rect value = {r->row + row, r->col + c->value, 1, c->value_cells};
	const char *note = field->touched && field->note_typed ? field->note_typed : field->note;

	grid_name(g, r, row, c->label, c->value - c->label - 1, focused ? ROLE_KEY : ROLE_TEXT,
		  field->label);
	if (note)
		grid_name(g, r, row, c->note, c->note_cells - 1, ROLE_DIM, note);
	if (c->value_cells <= 0)
		return;
	if (field->kind == FORM_CHOICE)
		draw_choice(field, g, &value, focused);
	else
		draw_line(field, g, &value, focused);
}

static void draw_field(const struct form_field *field, struct grid *g, const struct rect *r,
		       int row, const struct columns *c, bool focused)
{
	if (focused)
		grid_text(g, r, row, 0, 1, ROLE_KEY, "|");
	switch (field->kind) {
	case FORM_LABEL:
		grid_name(g, r, row, 1, r->cols - 2, ROLE_COLUMNS, field->label);
		break;
	case FORM_TICK:
		draw_tick(field, g, r, row, c->label);
		if (focused)
			grid_role(g, r, row, 0, -1, ROLE_SELECTED);
		break;
	case FORM_BUTTON:
		grid_textf(g, r, row, c->label, -1, focused ? ROLE_SELECTED : ROLE_KEY, "[ %s ]",
			   field->label);
		break;
	default:
		draw_valued(field, g, r, row, c, focused);
	}
}

/* ---- lines ---- */

static int lines_of(const struct form_field *field)
{
	return field->error ? 2 : 1;
}

static int line_of(const struct form *form, size_t at)
{
	int line = 0;
	size_t i;

	for (i = 0; i < at; i++)
		line += lines_of(&form->fields[i]);
	return line;
}

/* The focus with its mistake is on screen; at the top also what stands above it there. */
static void scroll(struct form *form, int rows)
{
	int first = line_of(form, form->at), last = first + lines_of(&form->fields[form->at]) - 1;
	int all = line_of(form, form->n);

	if (form->at == 1 && form->fields[0].kind == FORM_LABEL)
		first = 0;
	if (last >= form->top + rows)
		form->top = last - rows + 1;
	if (first < form->top)
		form->top = first;
	if (form->top > all - rows)
		form->top = all - rows;
	if (form->top < 0)
		form->top = 0;
}

/* In a narrow window the sentence needs the cells below the label too. */
static void draw_error(const struct form_field *field, struct grid *g, const struct rect *r,
		       int row, const struct columns *c)
{
	int col = c->note_cells ? c->value : c->label + 2;

	grid_name(g, r, row, col, r->cols - col - 1, ROLE_MESSAGE_BAD, field->error);
}

static void draw_fields(struct form *form, struct grid *g, const struct rect *r)
{
	struct columns c = columns_of(form, g, r);
	int line = 0, row;
	size_t i;

	scroll(form, r->rows);
	for (i = 0; i < form->n && line - form->top < r->rows;
	     line += lines_of(&form->fields[i]), i++) {
		row = line - form->top;
		if (row >= 0)
			draw_field(&form->fields[i], g, r, row, &c, i == form->at);
		if (form->fields[i].error && row + 1 >= 0 && row + 1 < r->rows)
			draw_error(&form->fields[i], g, r, row + 1, &c);
	}
}

/* ---- the frame around them ---- */

static void draw_hints(const struct form *form, struct grid *g, const struct rect *r)
{
	static const struct hint {
		const char *key, *word;
	} move = {"Up Down", N_("move")}, tick = {"Space", N_("change")},
	  go = {"Enter", N_("go on")}, leave = {"Esc", N_("leave")};
	const struct form_field *field =
		form->state == FORM_READY && form->n ? &form->fields[form->at] : NULL;
	const struct hint *hints[] = {
		field ? &move : NULL, field ? &go : NULL, &leave,
		field && (field->kind == FORM_CHOICE || field->kind == FORM_TICK) ? &tick : NULL};
	size_t i;
	int col = 1;

	grid_fill(g, r, 0, 0, -1, ROLE_STATUS, ' ');
	for (i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
		if (!hints[i])
			continue;
		col += grid_text(g, r, 0, col, -1, ROLE_KEY, hints[i]->key) + 1;
		col += grid_text(g, r, 0, col, -1, ROLE_STATUS, _(hints[i]->word)) + 2;
	}
}

/* Bytes of `text` that fit into `cells`, to the last blank where there is one. */
static size_t fitting(const struct grid *g, const char *text, int cells)
{
	size_t len = strlen(text), at = 0, blank = 0, used;
	struct buf part;
	bool fits = true;

	buf_init(&part, BUF_MAX);
	while (at < len && fits) {
		text_decode(text + at, len - at, &used);
		buf_add(&part, text + at, used);
		fits = grid_name_width(g, part.data) <= cells;
		if (!fits)
			break;
		if (text[at] == ' ')
			blank = at;
		at += used;
	}
	buf_done(&part);
	return fits ? len : blank ? blank : at;
}

static void draw_about(const struct form *form, struct grid *g, const struct rect *r)
{
	const char *text = form->n ? text_or_empty(form->fields[form->at].about) : "";
	struct buf part;
	size_t n;
	int row;

	for (row = 0; row < r->rows && *text; row++) {
		n = row + 1 == r->rows ? strlen(text) : fitting(g, text, r->cols - 3);
		buf_init(&part, BUF_MAX);
		buf_add(&part, text, n);
		grid_name(g, r, row, 2, r->cols - 3, ROLE_DIM, part.data);
		buf_done(&part);
		text += n;
		text += strspn(text, " ");
	}
}

void form_draw(struct form *form, struct grid *g, const struct rect *r)
{
	struct rect body = {r->row + 1, r->col, r->rows - 2, r->cols};
	struct rect bottom = {r->row + r->rows - 1, r->col, 1, r->cols};
	struct rect about = {0, r->col, r->rows < FOOT_MIN_ROWS ? 1 : ABOUT_LINES, r->cols};

	grid_fill(g, r, 0, 0, -1, ROLE_HEADER, ' ');
	grid_name(g, r, 0, 1, r->cols - 2, ROLE_HEADER, form->title);
	draw_hints(form, g, &bottom);
	if (form->sentence && form->state != FORM_READY)
		grid_name(g, &body, 1, 2, r->cols - 3,
			  form->state == FORM_FAILED ? ROLE_MESSAGE_BAD : ROLE_DIM, form->sentence);
	if (form->state != FORM_READY || !form->n)
		return;
	body.rows -= about.rows;
	about.row = body.row + body.rows;
	if (form->warning) {
		grid_name(g, &body, 0, 2, r->cols - 3, ROLE_MESSAGE_BAD, form->warning);
		body.row++;
		body.rows--;
	}
	draw_fields(form, g, &body);
	draw_about(form, g, &about);
}
