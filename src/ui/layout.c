/* SPDX-License-Identifier: MIT */
/*
 * The panes of a shape are a row of widths; the log's is what is left. A zoomed pane is
 * a shape of one. The tree-table is the exception: its log lies under it.
 */
#include "layout.h"

#include <string.h>

#define THREE_COLS 100
#define FOUR_COLS 130
#define STRIP_MIN 5
#define TREE_MIN 3

static const int widths[][PANES] = {
	[LAYOUT_TREE] = {0, 0, 0, 0},
	[LAYOUT_THREE] = {40, 0, 30, 0},
	[LAYOUT_FOUR] = {26, 30, 34, 0},
};

enum layout_shape layout_shape(int cols)
{
	return cols < THREE_COLS ? LAYOUT_TREE : cols < FOUR_COLS ? LAYOUT_THREE : LAYOUT_FOUR;
}

bool layout_has(enum layout_shape shape, enum pane pane)
{
	return pane == PANE_LIST || pane == PANE_LOG ||
	       (shape != LAYOUT_TREE && pane < PANES && widths[shape][pane] > 0);
}

enum pane layout_nearest(enum layout_shape shape, enum pane pane)
{
	return layout_has(shape, pane) ? pane : PANE_LIST;
}

enum pane layout_next(enum layout_shape shape, enum pane pane, int direction)
{
	do
		pane = (enum pane)(((int)pane + PANES + direction) % PANES);
	while (!layout_has(shape, pane));
	return pane;
}

enum pane layout_nth(enum layout_shape shape, int n)
{
	int pane;

	for (pane = 0; pane < PANES; pane++)
		if (layout_has(shape, (enum pane)pane) && --n == 0)
			return (enum pane)pane;
	return PANES;
}

static void put_pane(struct layout *l, enum pane pane, int col, int rows, int cols)
{
	l->title[pane] = (struct rect){1, col, 1, cols};
	l->body[pane] = (struct rect){2, col, rows - 3, cols};
}

static void put_tree(struct layout *l, int rows, int cols, bool zoomed)
{
	int strip = rows / 3 > STRIP_MIN ? rows / 3 : STRIP_MIN, body;

	if (zoomed || rows - 3 - strip < TREE_MIN)
		strip = 0;
	body = rows - 3 - strip;
	put_pane(l, PANE_LIST, 0, rows, cols);
	l->body[PANE_LIST].rows = body;
	if (!strip)
		return;
	l->title[PANE_LOG] = (struct rect){2 + body, 0, 1, cols};
	l->body[PANE_LOG] = (struct rect){3 + body, 0, strip - 1, cols};
}

static void put_columns(struct layout *l, int rows, int cols)
{
	int pane, col = 0;

	l->rule_body = (struct rect){1, 0, rows - 2, cols};
	for (pane = 0; pane < PANE_LOG; pane++) {
		int width = widths[l->shape][pane];

		if (!width)
			continue;
		put_pane(l, (enum pane)pane, col, rows, width);
		l->rules[pane] = col + width;
		col += width + 1;
	}
	put_pane(l, PANE_LOG, col, rows, cols - col);
}

void layout_make(struct layout *l, int rows, int cols, enum pane focus, bool zoomed)
{
	int pane;

	memset(l, 0, sizeof(*l));
	for (pane = 0; pane < PANES; pane++)
		l->rules[pane] = -1;
	l->shape = layout_shape(cols);
	l->too_small = rows < LAYOUT_MIN_ROWS || cols < LAYOUT_MIN_COLS;
	l->header = (struct rect){0, 0, 1, cols};
	l->bottom = (struct rect){rows - 1, 0, 1, cols};
	focus = layout_nearest(l->shape, focus);
	if (l->too_small)
		return;
	if (l->shape == LAYOUT_TREE && !(zoomed && focus == PANE_LOG))
		put_tree(l, rows, cols, zoomed);
	else if (!zoomed)
		put_columns(l, rows, cols);
	else if (focus != PANE_LOG)
		put_pane(l, focus, 0, rows, cols);
	/* A strip that has no room is the log alone once it is wanted. */
	if (focus == PANE_LOG && (zoomed || l->body[PANE_LOG].rows <= 0)) {
		l->log_full = true;
		memset(l->title, 0, sizeof(l->title));
		memset(l->body, 0, sizeof(l->body));
		l->body[PANE_LOG] = (struct rect){1, 0, rows - 2, cols};
	}
}

enum pane layout_at(const struct layout *l, int row, int col)
{
	int pane;

	for (pane = 0; pane < PANES; pane++) {
		const struct rect *t = &l->title[pane], *b = &l->body[pane];
		bool in_title = t->cols > 0 && row == t->row && col >= t->col && col < t->col + t->cols;
		bool in_body = b->cols > 0 && row >= b->row && row < b->row + b->rows &&
			       col >= b->col && col < b->col + b->cols;

		if (in_title || in_body)
			return (enum pane)pane;
	}
	return PANES;
}
