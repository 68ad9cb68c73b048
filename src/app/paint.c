/* SPDX-License-Identifier: MIT */
/*
 * Colours of a log for stdout. The sanitiser has turned the log's bytes into glyphs with a
 * look; here looks become SGR sequences again, each written from scratch (reset, then
 * what holds), so that no state of the log's own making reaches the terminal.
 */
#include "paint.h"

#include "core/style.h"
#include "core/text.h"

static bool same_style(const struct style *a, const struct style *b)
{
	return a->fg == b->fg && a->bg == b->bg && a->attr == b->attr;
}

/* `base` 30 for text, 40 for the background; 16 colours in their short form. */
static void add_colour(uint32_t colour, unsigned base, struct buf *out)
{
	unsigned value = COLOUR_VALUE(colour);

	switch (COLOUR_TAG(colour)) {
	case COLOUR_DEFAULT:
		return;
	case COLOUR_PALETTE:
		if (value < 8)
			buf_addf(out, ";%u", base + value);
		else if (value < 16)
			buf_addf(out, ";%u", base + 60 + value - 8);
		else
			buf_addf(out, ";%u;5;%u", base + 8, value);
		return;
	case COLOUR_RGB:
		buf_addf(out, ";%u;2;%u;%u;%u", base + 8, value >> 16, value >> 8 & 0xff, value & 0xff);
		return;
	}
}

static void add_style(const struct style *style, struct buf *out)
{
	static const struct {
		uint8_t bit;
		char code;
	} attrs[] = {{STYLE_BOLD, '1'}, {STYLE_DIM, '2'}, {STYLE_ITALIC, '3'}, {STYLE_UNDERLINE, '4'},
		     {STYLE_REVERSE, '7'}};
	size_t i;

	buf_adds(out, "\033[0");
	for (i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++)
		if (style->attr & attrs[i].bit)
			buf_addf(out, ";%c", attrs[i].code);
	add_colour(style->fg, 30, out);
	add_colour(style->bg, 40, out);
	buf_addc(out, 'm');
}

static void add_glyph(const struct glyph *glyph, struct buf *out)
{
	char utf8[4];
	size_t i;

	buf_add(out, utf8, text_encode(glyph->ch, utf8));
	for (i = 0; i < SGR_MARKS_MAX && glyph->marks[i]; i++)
		buf_add(out, utf8, text_encode(glyph->marks[i], utf8));
}

void paint_line(const struct sgr_line *line, struct buf *out)
{
	static const struct style plain = {0, 0, 0};
	struct style now = plain;
	size_t i;

	for (i = 0; i < line->n; i++) {
		if (!same_style(&line->glyphs[i].style, &now)) {
			now = line->glyphs[i].style;
			add_style(&now, out);
		}
		add_glyph(&line->glyphs[i], out);
	}
	if (!same_style(&now, &plain))
		buf_adds(out, "\033[0m");
}
