/* SPDX-License-Identifier: MIT */
/*
 * The sanitiser on any bytes. The first byte chooses the screen, the second seeds the
 * cuts; the rest is several lines of text. The same bytes in pieces must give the same
 * glyphs; glyphs must be allowed ones of the width that the C library has for them; and
 * cleaned text must come through unchanged and without suspicion.
 */
#include <locale.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/text.h"
#include "log/sgr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static bool forbidden(uint32_t ch)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{0x0000, 0x001F}, {0x007F, 0x009F}, {0x00AD, 0x00AD}, {0x061C, 0x061C},
		{0x115F, 0x1160}, {0x180B, 0x180F}, {0x200B, 0x200F}, {0x2028, 0x202E},
		{0x2060, 0x206F}, {0x3164, 0x3164}, {0xD800, 0xDFFF}, {0xFDD0, 0xFDEF},
		{0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}, {0xFFF0, 0xFFFB}, {0xE0000, 0xE01EF},
	};
	size_t i;

	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (ch >= ranges[i].first && ch <= ranges[i].last)
			return true;
	return ch > 0x10FFFF || (ch & 0xFFFE) == 0xFFFE;
}

static void check_glyphs(const struct sgr_line *line, const struct sgr_options *options)
{
	size_t i, k, cells = 0;

	require(line->cells <= SGR_CELLS_MAX);
	for (i = 0; i < line->n; i++) {
		const struct glyph *g = &line->glyphs[i];

		require(g->width == 1 || g->width == 2);
		require(text_width(g->ch) == g->width);
		require(!forbidden(g->ch));
		require(options->utf8 || g->ch < 0x80);
		for (k = 0; k < SGR_MARKS_MAX && g->marks[k]; k++)
			require(text_width(g->marks[k]) == 0 && !forbidden(g->marks[k]));
		require(options->mode == SGR_LOG ||
			(g->style.fg == 0 && g->style.bg == 0 &&
			 !(g->style.attr & ~(g->alien ? STYLE_REVERSE : 0))));
		require(!g->style.fg || g->style.fg != g->style.bg);
		cells += g->width;
	}
	require(cells == line->cells);
}

static void check_same(const struct sgr_line *a, const struct sgr_line *b)
{
	size_t i;

	require(a->n == b->n && a->cells == b->cells && a->overwrites == b->overwrites &&
		a->suspicious == b->suspicious && a->dropped == b->dropped);
	for (i = 0; i < a->n; i++) {
		const struct glyph *x = &a->glyphs[i], *y = &b->glyphs[i];

		require(x->ch == y->ch && memcmp(x->marks, y->marks, sizeof(x->marks)) == 0 &&
			x->width == y->width && x->alien == y->alien &&
			x->style.fg == y->style.fg && x->style.bg == y->style.bg &&
			x->style.attr == y->style.attr);
	}
}

static void check_clean(const struct sgr_line *line, const struct sgr_options *options)
{
	struct sgr *s = sgr_new(options);
	struct sgr_line again;
	struct buf once, twice;

	buf_init(&once, BUF_MAX);
	buf_init(&twice, BUF_MAX);
	sgr_text(line, &once);
	require(text_valid(once.data, once.len));
	sgr_feed(s, once.data, once.len);
	again = sgr_end_line(s);
	sgr_text(&again, &twice);
	require(again.suspicious == 0 && again.overwrites == 0);
	require(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);
	buf_done(&once);
	buf_done(&twice);
	sgr_free(s);
}

static void feed_cut(struct sgr *s, const char *text, size_t len, unsigned cut)
{
	size_t n;

	for (; len > 0; text += n, len -= n) {
		n = 1 + cut % 5;
		cut = cut * 31 + 7;
		n = n < len ? n : len;
		sgr_feed(s, text, n);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sgr_options options;
	struct sgr *whole, *parts;
	const char *text = (const char *)data + 2, *end = (const char *)data + size, *eol;

	if (size < 2)
		return 0;
	if (!text_locale_utf8())
		setlocale(LC_CTYPE, "C.UTF-8");
	options.mode = (enum sgr_mode)(data[0] & 3);
	options.utf8 = data[0] & 4;
	options.ambiguous_wide = data[0] & 8;
	whole = sgr_new(&options);
	parts = sgr_new(&options);
	for (; text < end; text = eol + 1) {
		struct sgr_line a, b;

		eol = options.mode == SGR_NAME ? NULL : memchr(text, '\n', (size_t)(end - text));
		eol = eol ? eol : end;
		sgr_feed(whole, text, (size_t)(eol - text));
		feed_cut(parts, text, (size_t)(eol - text), data[1]);
		a = sgr_end_line(whole);
		b = sgr_end_line(parts);
		check_same(&a, &b);
		check_glyphs(&a, &options);
		if (options.mode != SGR_RAW)
			check_clean(&a, &options);
	}
	require(sgr_suspicious(whole) == sgr_suspicious(parts));
	sgr_free(whole);
	sgr_free(parts);
	return 0;
}
