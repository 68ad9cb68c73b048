/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_LOG_SGR_ROW_H
#define PIPETOP_LOG_SGR_ROW_H

/*
 * The line that is being built: cells that can be written over. A wide glyph takes two
 * cells, the second of width 0; sgr_row_pack() takes those out when the line is done.
 *
 * Columns count from `base`, which moves on at a line end shown within the line: what
 * came before can't be touched any more. Always: base <= end <= SGR_CELLS_MAX and
 * base <= at <= SGR_CELLS_MAX. The cursor may stand past the end; the gap becomes
 * blanks when something is written there.
 */
#include <stdbool.h>
#include <stddef.h>

#include "log/sgr.h"

/* The farthest column that a jump reaches beyond the line's end. */
#define SGR_JUMP_MAX 1024

struct sgr_row {
	struct glyph *cells;
	size_t cap;
	size_t base, at, end;
	bool wide;     /* some cell has width 0 */
	bool returned; /* the cursor went back to column 0 of a line with text */
	bool full;     /* something did not fit; the caller clears it */
	unsigned overwrites;
	size_t seen;  /* bytes of this line so far: what they may cost follows from it */
	size_t spent; /* cells blanked so far */
};

void sgr_row_done(struct sgr_row *row);
void sgr_row_clear(struct sgr_row *row);

/* Writes one glyph at the cursor. */
void sgr_row_put(struct sgr_row *row, const struct glyph *g);
/* Writes printable ASCII in the look of `look`; returns how many fitted. */
size_t sgr_row_run(struct sgr_row *row, const struct glyph *look, const char *s, size_t n);

/* The glyph left of the cursor if marks can sit on it, else NULL. */
struct glyph *sgr_row_seat(struct sgr_row *row);

void sgr_row_goto(struct sgr_row *row, size_t column);
void sgr_row_move(struct sgr_row *row, bool right, size_t n);
void sgr_row_tab(struct sgr_row *row);
/* 0: from the cursor on; 1: up to and with the cursor; 2: all. */
void sgr_row_erase(struct sgr_row *row, unsigned how);

/* Writes `g` behind the text and makes that the end of what can be touched. */
void sgr_row_break(struct sgr_row *row, const struct glyph *g);

/* Takes the second cells of wide glyphs out; returns the number of glyphs left. */
size_t sgr_row_pack(struct sgr_row *row);

#endif
