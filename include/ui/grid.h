/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_GRID_H
#define PIPETOP_UI_GRID_H

/*
 * A frame: a rectangle of cells that panes draw into and nothing else reads but the
 * terminal (ui/term.h) and tests (grid_dump). No curses here.
 *
 * A cell of ours has a role; a cell of log text may have colours of its own. Drawing
 * outside a region is cut, never an error. A wide character takes two cells, the second
 * with width 0; it never stands half in a region: its place is filled with a blank.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/style.h"
#include "log/sgr.h"

/* Roles that themes give colours to (the files in themes/; ui/theme.h has their names). */
enum role {
	ROLE_TEXT,
	ROLE_DIM,
	ROLE_HEADER,	   /* the top line */
	ROLE_COLUMNS,	   /* column titles */
	ROLE_SELECTED,
	ROLE_MARKED,
	ROLE_RULE,	   /* separators, gutters */
	ROLE_STATUS,	   /* status line */
	ROLE_KEY,	   /* a key's name in hints */
	ROLE_PROMPT,
	ROLE_WAITING,
	ROLE_FAILED,
	ROLE_STUCK,
	ROLE_RUNNING,
	ROLE_QUEUED,
	ROLE_OK,
	ROLE_STOPPED,
	ROLE_SKIPPED,
	ROLE_OTHER,
	ROLE_STALE,
	ROLE_BADGE_OK,	   /* LIVE */
	ROLE_BADGE_BAD,	   /* OFFLINE, AUTH ... */
	ROLE_MARKER,	   /* a log's gap, restart, end */
	ROLE_ERROR_LINE,
	ROLE_MATCH,	   /* a search hit */
	ROLE_ALIEN,	   /* the ^[ of a removed sequence */
	ROLE_MESSAGE,
	ROLE_MESSAGE_BAD,
	ROLE_COUNT
};

struct cell {
	uint32_t ch;	/* 0: the right half of a wide character */
	uint32_t fg, bg; /* COLOUR() words; both default: the role's */
	uint16_t marks; /* index of a set of combining marks in the grid, 0 none */
	uint8_t role;
	uint8_t attr;	/* STYLE_* bits in addition to the role's */
};

struct grid; /* opaque */

struct grid *grid_new(int rows, int cols);
void grid_free(struct grid *g);
void grid_resize(struct grid *g, int rows, int cols); /* contents become blank */
int grid_rows(const struct grid *g);
int grid_cols(const struct grid *g);
void grid_clear(struct grid *g);
const struct cell *grid_row(const struct grid *g, int row);
const uint32_t *grid_marks(const struct grid *g, uint16_t index); /* 4, 0-terminated unless full */
/* Makes `to` the same frame, size and settings included. */
void grid_copy(struct grid *to, const struct grid *from);
bool grid_row_same(const struct grid *a, const struct grid *b, int row);

/* Unless set, symbols and lines are drawn in ASCII, and text beyond ASCII as '_'. */
void grid_set_utf8(struct grid *g, bool utf8);
bool grid_utf8(const struct grid *g);
/*
 * The terminal draws East Asian ambiguous characters in two cells (the setting ambiguous = wide):
 * where the C library says one, none is drawn; lines are ASCII, and other text shows `?` or
 * an ASCII likeness.
 */
void grid_set_ambiguous_wide(struct grid *g, bool wide);
bool grid_ambiguous_wide(const struct grid *g);

/* Where the terminal's cursor stands; -1,-1 hides it. */
void grid_cursor(struct grid *g, int row, int col);
void grid_cursor_get(const struct grid *g, int *row, int *col);

/* A region of a grid; rows and cols may be 0 or less: everything is cut. */
struct rect {
	int row, col, rows, cols;
};

/* All return the cells used. `cols` limits (-1: to the end of the rect). Text of ours: */
int grid_text(struct grid *g, const struct rect *r, int row, int col, int cols, enum role role,
	      const char *utf8);
int grid_textf(struct grid *g, const struct rect *r, int row, int col, int cols, enum role role,
	       const char *fmt, ...) __attribute__((format(printf, 7, 8)));
/*
 * Text of the server's: goes through the sanitiser (SGR_NAME), is cut with `~` when it does not
 * fit, and never takes more than `cols`. Returns the cells used.
 */
int grid_name(struct grid *g, const struct rect *r, int row, int col, int cols, enum role role,
	      const char *server_text);
/* Glyphs of a log line from glyph cell `skip` on; wide characters cut at both ends. */
int grid_glyphs(struct grid *g, const struct rect *r, int row, int col, int cols, int skip,
		enum role role, const struct glyph *glyphs, size_t n);
void grid_fill(struct grid *g, const struct rect *r, int row, int col, int cols, enum role role,
	       char c);
/*
 * Without touching their text (selection, matches): gives cells a role (colours that a log
 * gave them go, so that the role is seen), or adds attributes.
 */
void grid_role(struct grid *g, const struct rect *r, int row, int col, int cols, enum role role);
void grid_attr(struct grid *g, const struct rect *r, int row, int col, int cols, uint8_t attr);

/* Cells that a server text would take in grid_name. */
int grid_name_width(const struct grid *g, const char *server_text);

/* Lines, drawn through ACS by the terminal; `rows` -1: to the end of the rect. */
enum grid_line { GRID_HLINE, GRID_VLINE };
void grid_rule(struct grid *g, const struct rect *r, int row, int col, int cols, enum role role);
void grid_vrule(struct grid *g, const struct rect *r, int row, int col, int rows, enum role role);

/* Private-use code points that ui/term.c sends as ACS line drawing. */
#define GRID_ACS_HLINE 0xF0001u
#define GRID_ACS_VLINE 0xF0002u

/*
 * The frame as text: each row with trailing blanks cut. With roles then a line "--" and a
 * block of role letters (see grid.c; plain text is '.') one a cell, trailing '.' cut; and
 * another "--" with a line for each span whose look is its own ("row,col+cells fg=1
 * bg=#102030 bold") and one for the cursor when it shows. For golden screens.
 */
struct buf;
void grid_dump(const struct grid *g, bool roles, struct buf *out);

#endif
