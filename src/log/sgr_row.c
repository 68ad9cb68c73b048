/* SPDX-License-Identifier: MIT */
/*
 * Cells of one line. Log text may move the cursor within it, so hostile text could ask
 * for much work with few bytes: `CSI 1 K` at the end of a megabyte blanks a million
 * cells. Two rules keep time and memory in proportion to the bytes read. Cutting the
 * tail off only moves `end`; and blanking is paid from an allowance that grows with the
 * bytes seen (honest progress bars never come near it). What can't be paid is not
 * obeyed: an erase is skipped, a gap is closed up.
 */
#include "sgr_row.h"

#include "core/mem.h"

#define CELLS_FIRST 64
#define CELLS_KEPT 16384 /* more is given back after the line */
#define ALLOWANCE 8192	 /* cells, and BYTE_WORTH more for each byte */
#define BYTE_WORTH 16

static const struct glyph blank = {.ch = ' ', .width = 1};

void sgr_row_done(struct sgr_row *row)
{
	mem_free(row->cells);
	*row = (struct sgr_row){0};
}

void sgr_row_clear(struct sgr_row *row)
{
	struct glyph *cells = row->cells;
	size_t cap = row->cap;

	if (cap > CELLS_KEPT) {
		mem_free(cells);
		cells = NULL;
		cap = 0;
	}
	*row = (struct sgr_row){.cells = cells, .cap = cap};
}

static void reserve(struct sgr_row *row, size_t n)
{
	size_t cap = row->cap ? row->cap : CELLS_FIRST;

	if (n <= row->cap)
		return;
	while (cap < n)
		cap *= 2;
	row->cells = mem_realloc(row->cells, cap * sizeof(row->cells[0]));
	row->cap = cap;
}

static void fill(struct sgr_row *row, size_t from, size_t to)
{
	while (from < to)
		row->cells[from++] = blank;
}

static bool afford(struct sgr_row *row, size_t cells)
{
	if (row->spent + cells > ALLOWANCE + BYTE_WORTH * row->seen)
		return false;
	row->spent += cells;
	return true;
}

/* A border at column `at` that runs through a wide glyph leaves two blanks of it. */
static void split(struct sgr_row *row, size_t at)
{
	if (at >= row->end || row->cells[at].width)
		return;
	row->cells[at - 1] = blank;
	row->cells[at] = blank;
}

/* Makes [at, at + n) ready to be written; false if that is past the ceiling. */
static bool span(struct sgr_row *row, size_t n)
{
	if (row->at + n > SGR_CELLS_MAX) {
		row->full = true;
		row->at = SGR_CELLS_MAX; /* a narrow glyph must not slip in behind a wide one */
		return false;
	}
	row->overwrites += row->returned;
	row->returned = false;
	if (row->at > row->end) {
		if (!afford(row, row->at - row->end))
			row->at = row->end;
		reserve(row, row->at);
		fill(row, row->end, row->at);
		row->end = row->at;
	}
	reserve(row, row->at + n);
	if (row->at < row->end) {
		split(row, row->at);
		split(row, row->at + n);
	}
	return true;
}

static void advance(struct sgr_row *row, size_t n)
{
	row->at += n;
	if (row->at > row->end)
		row->end = row->at;
}

void sgr_row_put(struct sgr_row *row, const struct glyph *g)
{
	if (!span(row, g->width))
		return;
	row->cells[row->at] = *g;
	if (g->width == 2) {
		row->cells[row->at + 1] = (struct glyph){0};
		row->wide = true;
	}
	advance(row, g->width);
}

size_t sgr_row_run(struct sgr_row *row, const struct glyph *look, const char *s, size_t n)
{
	struct glyph *cell, g = *look;
	size_t room = SGR_CELLS_MAX - row->at, i;

	if (n > room) {
		n = room;
		row->full = true;
	}
	if (n == 0 || !span(row, n))
		return 0;
	cell = row->cells + row->at;
	for (i = 0; i < n; i++) {
		g.ch = (unsigned char)s[i];
		cell[i] = g;
	}
	advance(row, n);
	return n;
}

struct glyph *sgr_row_seat(struct sgr_row *row)
{
	struct glyph *g;

	if (row->at == row->base || row->at > row->end)
		return NULL;
	g = &row->cells[row->at - 1];
	if (!g->width)
		g--;
	return g->alien ? NULL : g;
}

/* The farthest column that a jump may reach. */
static size_t farthest(const struct sgr_row *row)
{
	size_t column = row->end - row->base, room = SGR_CELLS_MAX - row->base;

	if (column < SGR_JUMP_MAX)
		column = SGR_JUMP_MAX;
	return column < room ? column : room;
}

void sgr_row_goto(struct sgr_row *row, size_t column)
{
	size_t limit = farthest(row);

	row->at = row->base + (column < limit ? column : limit);
	if (column == 0 && row->end > row->base)
		row->returned = true;
}

void sgr_row_move(struct sgr_row *row, bool right, size_t n)
{
	size_t column = row->at - row->base, limit = farthest(row);

	if (!right)
		row->at -= n < column ? n : column;
	else if (column < limit)
		row->at += n < limit - column ? n : limit - column;
}

void sgr_row_tab(struct sgr_row *row)
{
	size_t column = row->at - row->base;

	row->at = row->base + (column | 7) + 1;
	if (row->at > SGR_CELLS_MAX)
		row->at = SGR_CELLS_MAX;
}

void sgr_row_erase(struct sgr_row *row, unsigned how)
{
	if (how == 0 && row->at < row->end) {
		split(row, row->at);
		row->end = row->at;
	} else if (how == 2 || (how == 1 && row->at + 1 >= row->end)) {
		row->end = row->base;
	} else if (how == 1 && afford(row, row->at + 1 - row->base)) {
		split(row, row->at + 1);
		fill(row, row->base, row->at + 1);
	}
}

void sgr_row_break(struct sgr_row *row, const struct glyph *g)
{
	row->at = row->end;
	row->returned = false;
	sgr_row_put(row, g);
	row->base = row->at = row->end;
}

size_t sgr_row_pack(struct sgr_row *row)
{
	size_t i, n = 0;

	if (!row->wide)
		return row->end;
	for (i = 0; i < row->end; i++)
		if (row->cells[i].width)
			row->cells[n++] = row->cells[i];
	return n;
}
