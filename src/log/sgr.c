/* SPDX-License-Identifier: MIT */
/*
 * From hostile bytes to glyphs, in steps that can each stop at any byte:
 *
 *	sgr_bytes.c	bytes to characters
 *	sgr_machine.c	characters to actions, as sgr_policy.c has it for each sequence
 *	sgr_write.c	what a character looks like
 *	sgr_row.c	the cells of the line that is being built
 *
 * There is no way from a byte to the screen but a glyph of sgr_write.c, and a glyph is
 * never a control. Plain ASCII between sequences, nearly all of any log, takes a short
 * way past the first three.
 */
#include "log/sgr.h"

#include <string.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"
#include "sgr_machine.h"

struct sgr {
	struct sgr_bytes bytes;
	struct sgr_machine machine;
	bool ended;	     /* the line was handed out and must be cleared before the next */
	unsigned suspicious; /* of the lines before this one */
};

struct sgr *sgr_new(const struct sgr_options *options)
{
	struct sgr *s = mem_zalloc(sizeof(*s));

	s->machine.out.options = *options;
	sgr_machine_reset(&s->machine);
	return s;
}

void sgr_free(struct sgr *s)
{
	if (!s)
		return;
	sgr_machine_done(&s->machine);
	mem_free(s);
}

static void fresh_line(struct sgr *s)
{
	struct sgr_writer *out = &s->machine.out;

	sgr_row_clear(&out->row);
	out->dropped = 0;
	s->suspicious = out->suspicious;
	s->ended = false;
}

void sgr_reset(struct sgr *s)
{
	s->bytes = (struct sgr_bytes){0};
	s->machine.out.suspicious = 0;
	sgr_machine_reset(&s->machine);
	fresh_line(s);
}

static size_t ascii_run(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && (unsigned char)s[n] - 0x20u < 0x5F)
		n++;
	return n;
}

static void feed_ascii(struct sgr *s, const char *text, size_t n)
{
	struct sgr_writer *out = &s->machine.out;

	s->bytes.debris = 0;
	out->dropped += n - sgr_row_run(&out->row, &out->plain, text, n);
	out->row.full = false;
	out->row.seen += n;
}

static void feed_byte(struct sgr *s, char byte)
{
	struct sgr_unit units[2];
	int n = sgr_bytes_take(&s->bytes, (uint8_t)byte, units), i;

	for (i = 0; i < n; i++) {
		sgr_machine_feed(&s->machine, &units[i]);
		s->machine.out.row.seen += units[i].len;
	}
}

void sgr_feed(struct sgr *s, const char *bytes, size_t len)
{
	size_t n;

	if (s->ended)
		fresh_line(s);
	for (; len > 0; bytes += n, len -= n) {
		n = 0;
		if (s->machine.state == AT_GROUND && sgr_bytes_idle(&s->bytes))
			n = ascii_run(bytes, len);
		if (n) {
			feed_ascii(s, bytes, n);
		} else {
			feed_byte(s, *bytes);
			n = 1;
		}
	}
}

struct sgr_line sgr_end_line(struct sgr *s)
{
	struct sgr_writer *out = &s->machine.out;
	struct sgr_line line = {0};
	struct sgr_unit unit;

	if (s->ended)
		fresh_line(s);
	if (sgr_bytes_end(&s->bytes, &unit))
		sgr_machine_feed(&s->machine, &unit);
	sgr_machine_end(&s->machine);
	line.n = sgr_row_pack(&out->row);
	line.glyphs = out->row.cells;
	line.cells = out->row.end;
	line.overwrites = out->row.overwrites;
	line.suspicious = out->suspicious - s->suspicious;
	line.dropped = out->dropped;
	s->ended = true;
	return line;
}

struct style sgr_style(const struct sgr *s)
{
	return s->machine.pen;
}

void sgr_set_style(struct sgr *s, struct style style)
{
	sgr_machine_set_pen(&s->machine, style);
}

unsigned sgr_suspicious(const struct sgr *s)
{
	return s->machine.out.suspicious;
}

/* ---- text ---- */

/* The UTF-8 of one glyph, at most 4 * (1 + SGR_MARKS_MAX) bytes. */
static size_t glyph_text(const struct glyph *g, char *out)
{
	size_t n = text_encode(g->ch, out);
	int i;

	for (i = 0; i < SGR_MARKS_MAX && g->marks[i]; i++)
		n += text_encode(g->marks[i], out + n);
	return n;
}

void sgr_text(const struct sgr_line *line, struct buf *out)
{
	char text[4 * (1 + SGR_MARKS_MAX)], *room;
	size_t i, n = 0;

	for (i = 0; i < line->n; i++)
		n += glyph_text(&line->glyphs[i], text);
	room = buf_room(out, n);
	if (!room)
		return;
	for (i = n = 0; i < line->n; i++)
		n += glyph_text(&line->glyphs[i], room + n);
	buf_seal(out, n);
}

void sgr_clean_name(const char *name, bool utf8, struct buf *out)
{
	struct sgr_options options = {.mode = SGR_NAME, .utf8 = utf8};
	const char *text = text_or_empty(name);
	size_t len = strlen(text);
	struct sgr_line line;
	struct sgr *s;

	if (ascii_run(text, len) == len) {
		buf_add(out, text, len);
		return;
	}
	s = sgr_new(&options);
	sgr_feed(s, text, len);
	line = sgr_end_line(s);
	sgr_text(&line, out);
	sgr_free(s);
}
