/* SPDX-License-Identifier: MIT */
/*
 * Drawing goes in two steps: lines become rows of the inner width, tighter and tighter until they fit
 * the window, and then the rows are drawn. Names and sentences may be the server's, so everything goes
 * through grid_name and is cut at cells.
 */
#include "dialogbox.h"

#include <stdio.h>
#include <string.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "wrap.h"

#define WIDTH_MAX 70
#define FRAME_COLS 4	  /* a border and a blank on either side */
#define FRAME_ROWS 3	  /* the borders and the foot */
#define TEXT_ROWS_MAX 4	  /* of one sentence or one value */
#define FLOW_ROWS_MAX 20  /* of fields that run together */
#define LABEL_COLS 13
#define FLOW_VALUE_COLS 24 /* of a value where fields run together */
#define LIST_ROWS_MIN 3	  /* fewer of a list are shown only when nothing else can give way */

/* ---- filling ---- */

void dialogbox_open(struct dialogbox *b, const char *title)
{
	*b = (struct dialogbox){.title = mem_strdup(title)};
}

void dialogbox_done(struct dialogbox *b)
{
	size_t i;

	for (i = 0; i < b->n; i++) {
		mem_free(b->lines[i].label);
		mem_free(b->lines[i].text);
	}
	mem_free(b->lines);
	mem_free(b->title);
	mem_free(b->key);
	mem_free(b->foot);
	*b = (struct dialogbox){.n = 0};
}

static void add(struct dialogbox *b, struct dialogbox_line line)
{
	b->lines = mem_grow(b->lines, b->n, sizeof(*b->lines));
	b->lines[b->n++] = line;
}

void dialogbox_text(struct dialogbox *b, enum role role, const char *text)
{
	if (!text_empty(text))
		add(b, (struct dialogbox_line){.kind = BOX_TEXT, .role = role, .text = mem_strdup(text)});
}

void dialogbox_field(struct dialogbox *b, const char *label, enum dialogbox_field field, enum role role,
		     const char *value)
{
	if (!text_empty(value))
		add(b, (struct dialogbox_line){.kind = BOX_FIELD, .role = role, .field = field,
					       .label = mem_strdup(label), .text = mem_strdup(value)});
}

void dialogbox_row(struct dialogbox *b, int list, const char *name, enum role role, const char *text)
{
	add(b, (struct dialogbox_line){.kind = BOX_ROW, .role = role, .list = list,
				       .label = mem_strdup(text_or_empty(name)),
				       .text = mem_strdup(text_or_empty(text))});
}

void dialogbox_gap(struct dialogbox *b)
{
	add(b, (struct dialogbox_line){.kind = BOX_GAP});
}

void dialogbox_foot(struct dialogbox *b, const char *key, const char *text)
{
	mem_free(b->key);
	mem_free(b->foot);
	b->key = mem_strdup(key);
	b->foot = mem_strdup(text);
}

/* ---- from lines to rows ---- */

/* One row of the box: a label of so many cells, and text behind it. */
struct laid_row {
	const char *label; /* borrowed; NULL: none */
	int label_cols;
	enum role role;
	char *text;
};

struct laid {
	const struct grid *g;
	int cols;		     /* inside the box */
	bool gaps, flows;	     /* empty rows are kept; fields run together */
	int text_rows;		     /* that a sentence may take */
	size_t limit[DIALOGBOX_LISTS]; /* rows of each list */
	struct laid_row *rows;
	size_t n;
};

static void laid_done(struct laid *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		mem_free(l->rows[i].text);
	mem_free(l->rows);
	l->rows = NULL;
	l->n = 0;
}

static void put(struct laid *l, const char *label, int label_cols, enum role role, const char *text)
{
	l->rows = mem_grow(l->rows, l->n, sizeof(*l->rows));
	l->rows[l->n++] = (struct laid_row){label, label_cols, role, mem_strdup(text)};
}

static void put_wrapped(struct laid *l, const char *label, int label_cols, enum role role, const char *text,
			int rows_max)
{
	struct buf part;
	int i, cols = l->cols - label_cols;

	buf_init(&part, BUF_MAX);
	for (i = 0; *text && i < rows_max; i++) {
		if (i == rows_max - 1) { /* grid_name marks the cut */
			put(l, i ? NULL : label, label_cols, role, text);
			break;
		}
		text += wrap_part(l->g, text, cols, &part);
		put(l, i ? NULL : label, label_cols, role, part.data);
	}
	buf_done(&part);
}

/* As much of a value as its share of a paragraph is. */
static void add_cut(const struct grid *g, struct buf *out, const char *value)
{
	struct buf part;

	buf_init(&part, BUF_MAX);
	if (grid_name_width(g, value) <= FLOW_VALUE_COLS) {
		buf_adds(out, value);
	} else {
		wrap_part(g, value, FLOW_VALUE_COLS - 1, &part);
		buf_addf(out, "%s~", part.data);
	}
	buf_done(&part);
}

/* The fields from the i-th on as one paragraph; returns how many lines it took. */
static size_t put_flow(struct laid *l, const struct dialogbox *b, size_t i)
{
	struct buf text;
	size_t from = i;

	buf_init(&text, BUF_MAX);
	for (; i < b->n && b->lines[i].kind == BOX_FIELD; i++) {
		if (b->lines[i].field == FIELD_MINOR)
			continue;
		buf_adds(&text, text.len ? ", " : "");
		if (b->lines[i].field == FIELD_PLAIN)
			buf_addf(&text, "%s ", text_or_empty(b->lines[i].label));
		add_cut(l->g, &text, b->lines[i].text);
	}
	put_wrapped(l, NULL, 0, ROLE_TEXT, text.data, FLOW_ROWS_MAX);
	buf_done(&text);
	return i - from;
}

/* The cells that the names of a list take. */
static int names_cols(const struct laid *l, const struct dialogbox *b, int list)
{
	int cols = 0, most = l->cols * 45 / 100, width;
	size_t i;

	for (i = 0; i < b->n; i++) {
		if (b->lines[i].kind != BOX_ROW || b->lines[i].list != list)
			continue;
		width = grid_name_width(l->g, b->lines[i].label) + 2;
		cols = width > cols ? width : cols;
	}
	return cols < most ? cols : most;
}

/* The rows of a list from the i-th line on; returns how many lines there are of it. */
static size_t put_list(struct laid *l, const struct dialogbox *b, size_t i)
{
	int list = b->lines[i].list, cols = names_cols(l, b, list);
	size_t from = i, shown = 0;
	char more[40];

	for (; i < b->n && b->lines[i].kind == BOX_ROW && b->lines[i].list == list; i++)
		if (shown < l->limit[list]) {
			put(l, b->lines[i].label, cols, b->lines[i].role, b->lines[i].text);
			shown++;
		}
	if (shown < i - from && (shown > 0 || list == 0)) {
		snprintf(more, sizeof(more), _("+%zu more"), i - from - shown);
		put(l, NULL, 0, ROLE_DIM, more);
	}
	return i - from;
}

static void lay(struct laid *l, const struct dialogbox *b)
{
	size_t i = 0;

	laid_done(l);
	while (i < b->n) {
		const struct dialogbox_line *line = &b->lines[i];

		if (line->kind == BOX_ROW) {
			i += put_list(l, b, i);
			continue;
		}
		if (line->kind == BOX_FIELD && l->flows) {
			i += put_flow(l, b, i);
			continue;
		}
		if (line->kind == BOX_GAP && l->gaps)
			put(l, NULL, 0, ROLE_TEXT, "");
		else if (line->kind == BOX_TEXT)
			put_wrapped(l, NULL, 0, line->role, line->text, l->text_rows);
		else if (line->kind == BOX_FIELD)
			put_wrapped(l, line->label, LABEL_COLS, line->role, line->text, TEXT_ROWS_MAX);
		i++;
	}
}

static size_t list_size(const struct dialogbox *b, int list)
{
	size_t i, n = 0;

	for (i = 0; i < b->n; i++)
		n += b->lines[i].kind == BOX_ROW && b->lines[i].list == list;
	return n;
}

/*
 * Shares so many rows out between the lists. The second gives way first, to nothing; a list of which some is
 * shown has one row more that says what is not.
 */
static void share(size_t room, const size_t size[DIALOGBOX_LISTS], size_t limit[DIALOGBOX_LISTS])
{
	if (room >= size[0] + size[1]) {
		limit[0] = size[0];
		limit[1] = size[1];
	} else if (room >= size[0] + 2) {
		limit[0] = size[0];
		limit[1] = room - size[0] - 1;
	} else {
		limit[0] = room >= size[0] ? size[0] : room > 0 ? room - 1 : 0;
		limit[1] = 0;
	}
}

/* Cuts the lists so that all fits; false: the rest leaves them too little. */
static bool cut_lists(struct laid *l, const struct dialogbox *b, size_t room, size_t least)
{
	const size_t size[DIALOGBOX_LISTS] = {list_size(b, 0), list_size(b, 1)};
	size_t rest = l->n - size[0] - size[1]; /* nothing is cut yet */

	least = size[0] < least ? size[0] : least;
	if (size[0] + size[1] == 0 || room < rest + least + 1)
		return false;
	share(room - rest, size, l->limit);
	lay(l, b);
	return true;
}

static void fit(struct laid *l, const struct dialogbox *b, size_t room)
{
	static const struct {
		bool gaps, flows;
		int text_rows;
		size_t least; /* rows of the first list, or the next way is better */
	} ways[] = {
		{true, false, TEXT_ROWS_MAX, LIST_ROWS_MIN + 2},
		{false, false, TEXT_ROWS_MAX, LIST_ROWS_MIN + 1},
		{false, true, TEXT_ROWS_MAX, LIST_ROWS_MIN},
		{false, true, 1, 0},
	};
	size_t i;

	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		l->gaps = ways[i].gaps;
		l->flows = ways[i].flows;
		l->text_rows = ways[i].text_rows;
		l->limit[0] = l->limit[1] = SIZE_MAX;
		lay(l, b);
		if (l->n <= room || cut_lists(l, b, room, ways[i].least))
			return;
	}
}

/* ---- drawing ---- */

static void draw_frame(const struct dialogbox *b, struct grid *g, const struct rect *r)
{
	int last = r->rows - 1, row;

	for (row = 0; row < r->rows; row++)
		grid_fill(g, r, row, 0, -1, ROLE_TEXT, ' ');
	grid_rule(g, r, 0, 0, -1, ROLE_RULE);
	grid_rule(g, r, last, 0, -1, ROLE_RULE);
	grid_vrule(g, r, 0, 0, -1, ROLE_RULE);
	grid_vrule(g, r, 0, r->cols - 1, -1, ROLE_RULE);
	for (row = 0; row <= last; row += last > 0 ? last : 1) {
		grid_text(g, r, row, 0, 1, ROLE_RULE, "+");
		grid_text(g, r, row, r->cols - 1, 1, ROLE_RULE, "+");
	}
	grid_text(g, r, 0, 2, 1, ROLE_HEADER, " ");
	row = 3 + grid_name(g, r, 0, 3, r->cols - 6, ROLE_HEADER, b->title);
	grid_text(g, r, 0, row, 1, ROLE_HEADER, " ");
}

static void draw_foot(const struct dialogbox *b, struct grid *g, const struct rect *r)
{
	int row = r->rows - 2, col = 2;

	if (b->key)
		col += grid_text(g, r, row, col, -1, ROLE_KEY, b->key) + 1;
	grid_name(g, r, row, col, r->cols - col - 2, ROLE_STATUS, text_or_empty(b->foot));
}

static void draw_row(const struct laid_row *row, struct grid *g, const struct rect *r, int at)
{
	if (row->label)
		grid_name(g, r, at, 2, row->label_cols - 1, row->role == ROLE_DIM ? ROLE_DIM : ROLE_TEXT, row->label);
	grid_name(g, r, at, 2 + row->label_cols, r->cols - FRAME_COLS - row->label_cols, row->role, row->text);
}

void dialogbox_draw(const struct dialogbox *b, struct grid *g, const struct rect *window)
{
	int cols = window->cols >= WIDTH_MAX + 4 ? WIDTH_MAX
		   : window->cols > 44		 ? window->cols - 4
						 : window->cols;
	struct laid l = {.g = g, .cols = cols - FRAME_COLS};
	int room = window->rows - FRAME_ROWS, rows, i;
	struct rect r;

	fit(&l, b, (size_t)(room > 0 ? room : 0));
	rows = (int)l.n < room ? (int)l.n : room;
	r = (struct rect){window->row + (window->rows - rows - FRAME_ROWS) / 2,
			  window->col + (window->cols - cols) / 2, rows + FRAME_ROWS, cols};
	draw_frame(b, g, &r);
	for (i = 0; i < rows; i++)
		draw_row(&l.rows[i], g, &r, i + 1);
	draw_foot(b, g, &r);
	laid_done(&l);
}
