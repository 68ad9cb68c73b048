/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_LAYOUT_H
#define PIPETOP_UI_LAYOUT_H

/*
 * Where panes go: a pure function of the window's size, of which pane has the focus and
 * whether it is zoomed (ux.md "Layouts"). It knows cells, not what is drawn in them.
 *
 *	below 100	one tree-table, the log a strip under it
 *	100 to 129	the attention list (40), stages (30), log
 *	from 130	pipelines (26), runs (30), stages (34), log
 *
 * Navigation panes keep their width, the log gets every other column.
 */
#include <stdbool.h>

#include "ui/grid.h"

#define LAYOUT_MIN_ROWS 8
#define LAYOUT_MIN_COLS 40

enum layout_shape { LAYOUT_TREE, LAYOUT_THREE, LAYOUT_FOUR };

/* From left to right. In the tree-table PANE_LIST is the tree. */
enum pane { PANE_LIST, PANE_RUNS, PANE_STAGES, PANE_LOG, PANES };

struct layout {
	enum layout_shape shape;
	bool too_small;	   /* nothing but a sentence fits */
	bool log_full;	   /* the log alone, with a breadcrumb above and a status line below */
	struct rect header, bottom;
	struct rect title[PANES]; /* one row each; cols 0: the pane is not on screen */
	struct rect body[PANES];
	int rules[PANES];  /* columns of the lines between panes; -1: none */
	struct rect rule_body; /* rows that those lines span */
};

enum layout_shape layout_shape(int cols);
void layout_make(struct layout *layout, int rows, int cols, enum pane focus, bool zoomed);

/* Is the pane part of the shape (though perhaps hidden by a zoom)? */
bool layout_has(enum layout_shape shape, enum pane pane);
/* The pane that stands for `pane` in another shape: runs are in the list, all is in the tree. */
enum pane layout_nearest(enum layout_shape shape, enum pane pane);
/* The next pane in a direction, around the ends. */
enum pane layout_next(enum layout_shape shape, enum pane pane, int direction);
/* The n-th pane from the left, 1-based; PANES: there are fewer. */
enum pane layout_nth(enum layout_shape shape, int n);
/* The pane at a cell of the window; PANES: none. */
enum pane layout_at(const struct layout *layout, int row, int col);

#endif
