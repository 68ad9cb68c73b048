/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_LOG_SGR_H
#define PIPETOP_LOG_SGR_H

/*
 * The only door for server text to the screen: a byte-driven state machine that turns
 * hostile bytes into glyphs (code point + look), never into bytes for a terminal
 * (reliability.md 3.2, whose table is the specification).
 *
 * The machine is resumable at any byte: feeding a text in pieces gives the glyphs of
 * feeding it whole. Glyphs of a line are complete once sgr_end_line() was called, for
 * CR, BS, `CSI G` and `CSI K` rewrite the line that is being built. Colours carry on
 * from line to line until sgr_reset() (a new step's log).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/style.h"

#define SGR_MARKS_MAX 4 /* combining marks a cell, as many as curses draws */
#define SGR_CELLS_MAX (1u << 20) /* cells of one line that are kept; the rest is counted */

struct glyph {
	uint32_t ch;			/* a visible code point, width 1 or 2 */
	uint32_t marks[SGR_MARKS_MAX];	/* 0-terminated unless full */
	struct style style;
	uint8_t width;			/* cells: 1 or 2 */
	bool alien;			/* stands for something removed or replaced: draw it marked */
};

enum sgr_mode {
	SGR_LOG,  /* clean view of a log: colours obeyed */
	SGR_PLAIN, /* clean view, colours off (the c key) */
	SGR_RAW,  /* everything visible in caret and hex form, no colour */
	SGR_NAME, /* one row for names and messages: SGR off, newline shown as U+23CE */
};

struct sgr_options {
	enum sgr_mode mode;
	bool utf8;	     /* can the screen show it? else <U+XXXX> (logs) or _ (names) */
	bool ambiguous_wide; /* the setting ambiguous = wide */
};

struct sgr; /* opaque */

struct sgr *sgr_new(const struct sgr_options *options);
void sgr_free(struct sgr *s);
void sgr_reset(struct sgr *s);

/*
 * Feeds bytes of one line (a newline among them is LF in SGR_NAME and a line end
 * shown as such otherwise: the log store hands out lines without their newline).
 */
void sgr_feed(struct sgr *s, const char *bytes, size_t len);

struct sgr_line {
	const struct glyph *glyphs; /* borrowed until the next sgr_feed or sgr_reset */
	size_t n;
	size_t cells;	      /* sum of widths */
	unsigned overwrites;  /* how often a CR started the line again (the dim @n) */
	unsigned suspicious;  /* marked sequences in this line */
	size_t dropped;	      /* bytes beyond SGR_CELLS_MAX */
};

/* Ends the line, hands it out, and starts the next with the colours in force. */
struct sgr_line sgr_end_line(struct sgr *s);

/* Colours in force, to start a later line as an earlier one left off. */
struct style sgr_style(const struct sgr *s);
void sgr_set_style(struct sgr *s, struct style style);

/* Sum over all lines since sgr_reset(). */
unsigned sgr_suspicious(const struct sgr *s);

/*
 * Cleaned text as UTF-8 (or ASCII), for pipes (--clean), copies and messages: the glyphs
 * of one line, without colours, appended to a caller's buffer.
 */
struct buf;
void sgr_text(const struct sgr_line *line, struct buf *out);

/* East Asian Width "A": one cell or two, as the terminal's settings have it. */
bool sgr_ambiguous(uint32_t cp);

/* A name or message through SGR_NAME as text, in one call: result is appended to `out`. */
void sgr_clean_name(const char *s, bool utf8, struct buf *out);

#endif
