/* SPDX-License-Identifier: MIT */
/*
 * What a character looks like. Every glyph of the sanitiser is made in this file, and
 * each is one of three: a character that curses gives the width we count for it, one of
 * a handful of signs of ours (flagged alien, so that text which only looks like a sign
 * can be told from it), or a blank.
 *
 * The signs are of neutral width, so that no setting of a terminal changes them; U+FFFD
 * is the exception, and a screen that draws ambiguous characters wide gets `?` for it.
 */
#include "sgr_write.h"

#include "core/text.h"
#include "sgr_chars.h"

#define SIGN_NEWLINE 0x23CEu
#define SIGN_CONTROL 0x2400u /* + the control */
#define SIGN_DELETE 0x2421u
#define SIGN_SEAT 0x25CCu /* a dotted circle carries marks that have no base */

static const struct style mark_style = {.attr = STYLE_REVERSE};

static void put(struct sgr_writer *w, uint32_t ch, int width, bool alien)
{
	struct glyph g = w->plain;

	g.ch = ch;
	g.width = (uint8_t)width;
	g.alien = alien;
	sgr_row_put(&w->row, &g);
}

static void put_hex(struct sgr_writer *w, uint32_t value, int digits)
{
	while (digits-- > 0)
		put(w, (unsigned char)"0123456789ABCDEF"[value >> 4 * digits & 15], 1, true);
}

/* ---- signs ---- */

void sgr_write_mark(struct sgr_writer *w)
{
	struct glyph g = {.ch = '^', .style = mark_style, .width = 1, .alien = true};

	sgr_row_put(&w->row, &g);
	g.ch = '[';
	sgr_row_put(&w->row, &g);
	w->suspicious++;
}

/* In the clean view with brackets that plain text hardly has. */
void sgr_write_number(struct sgr_writer *w, uint32_t cp)
{
	bool own = w->options.utf8 && w->options.mode != SGR_RAW;
	int digits = 4;

	if (!w->options.utf8 && w->options.mode == SGR_NAME) {
		put(w, '_', 1, true);
		return;
	}
	while (cp >> 4 * digits)
		digits++;
	put(w, own ? 0x2039 : '<', 1, true);
	put(w, 'U', 1, true);
	put(w, '+', 1, true);
	put_hex(w, cp, digits);
	put(w, own ? 0x203A : '>', 1, true);
}

static void put_replacement(struct sgr_writer *w)
{
	put(w, w->options.utf8 && !w->options.ambiguous_wide ? TEXT_BAD : '?', 1, true);
}

static void put_void(struct sgr_writer *w, uint32_t cp)
{
	if (w->options.mode == SGR_RAW)
		sgr_write_number(w, cp);
	else
		put_replacement(w);
}

static void put_caret(struct sgr_writer *w, uint32_t control)
{
	put(w, '^', 1, true);
	put(w, control ^ 0x40, 1, true);
}

void sgr_write_control(struct sgr_writer *w, uint32_t control)
{
	if (w->options.utf8 && w->options.mode != SGR_RAW)
		put(w, control == 0x7F ? SIGN_DELETE : SIGN_CONTROL + control, 1, true);
	else
		put_caret(w, control);
}

static void put_bytes(struct sgr_writer *w, const struct sgr_unit *u)
{
	size_t i;

	for (i = 0; i < u->len; i++) {
		put(w, '<', 1, true);
		put_hex(w, u->bytes[i], 2);
		put(w, '>', 1, true);
	}
}

void sgr_write_break(struct sgr_writer *w, uint32_t cp)
{
	struct glyph g = {.ch = SIGN_NEWLINE, .style = w->plain.style, .width = 1, .alien = true};
	bool name = w->options.mode == SGR_NAME;

	if (cp != '\n') {
		g.style = mark_style;
		w->suspicious++;
	}
	if (!w->options.utf8)
		g.ch = name ? '_' : '^';
	sgr_row_break(&w->row, &g);
	if (!w->options.utf8 && !name) {
		g.ch = cp < 0x20 ? cp ^ 0x40 : 'J';
		sgr_row_break(&w->row, &g);
	}
}

/* ---- text ---- */

/* Nothing sits on a sign of ours: "^[" must read as such. */
static void put_combining(struct sgr_writer *w, uint32_t cp)
{
	struct glyph *seat;
	int i;

	if (w->dropped) { /* its base may be among what was dropped */
		w->row.full = true;
		return;
	}
	seat = sgr_row_seat(&w->row);
	if (!seat) {
		put(w, SIGN_SEAT, 1, false);
		seat = sgr_row_seat(&w->row);
	}
	for (i = 0; seat && i < SGR_MARKS_MAX; i++) {
		if (!seat->marks[i]) {
			seat->marks[i] = cp;
			return;
		}
	}
	if (w->options.mode == SGR_RAW)
		sgr_write_number(w, cp);
}

static void put_text(struct sgr_writer *w, uint32_t cp)
{
	bool wide = w->options.ambiguous_wide;
	int width;

	if (!w->options.utf8) {
		sgr_write_number(w, cp);
		return;
	}
	width = text_width(cp);
	if (width == 0)
		put_combining(w, cp);
	else if (width < 0 || width > 2 || ((width == 2) != wide && sgr_ambiguous(cp)))
		put_void(w, cp);
	else
		put(w, cp, width, false);
}

/* A character beyond ASCII and C1. */
static void put_char(struct sgr_writer *w, uint32_t cp)
{
	enum sgr_kind kind = sgr_chars_kind(cp);

	if (kind == SGR_TEXT)
		put_text(w, cp);
	else if (w->options.mode == SGR_RAW || kind == SGR_BIDI)
		sgr_write_number(w, cp);
	else if (kind == SGR_HIDDEN)
		sgr_write_mark(w);
	else if (kind == SGR_BREAK)
		sgr_write_break(w, cp);
	else if (kind == SGR_VOID)
		put_replacement(w);
}

void sgr_write_raw(struct sgr_writer *w, const struct sgr_unit *u)
{
	if (u->cp == SGR_NO_CHAR || (u->cp >= 0x80 && u->len == 1))
		put_bytes(w, u);
	else if (u->cp < 0x20 || u->cp == 0x7F)
		sgr_write_control(w, u->cp);
	else if (u->cp < 0x80)
		put(w, u->cp, 1, false);
	else if (u->cp < 0xA0)
		sgr_write_number(w, u->cp);
	else
		put_char(w, u->cp);
}

void sgr_write_char(struct sgr_writer *w, const struct sgr_unit *u)
{
	if (u->cp == SGR_NO_CHAR)
		put_replacement(w);
	else if (u->cp < 0x80)
		put(w, u->cp, 1, false);
	else
		put_char(w, u->cp);
}
