/* SPDX-License-Identifier: MIT */
/*
 * Cells of one look next to each other become one text element whose width is given
 * (textLength), so that rows stay on the grid with any monospaced font; wide characters end
 * a run, since fonts disagree most about them. Colours are classes of a style sheet that
 * has a light and a dark half: the terminal's own foreground and background follow the
 * reader's desktop, as they would in a terminal.
 */
#include "svg.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/style.h"
#include "core/text.h"

#define CELL_W 8.4
#define CELL_H 17
#define MARGIN 12
#define BAR 26 /* the window's title */

/* The sixteen colours on a light and on a dark ground, readable on both. */
static const char *const light[16] = {"#24292f", "#b3261e", "#1a7f37", "#9a6700", "#0550ae", "#8250df", "#0b7285",
				      "#6e7781", "#57606a", "#c5221f", "#2da44e", "#b08800", "#0969da", "#a475f9",
				      "#1b7c83", "#f6f8fa"};
static const char *const dark[16] = {"#1c2128", "#e5534b", "#57ab5a", "#d4a72c", "#539bf5", "#b083f0", "#39c5cf",
				     "#adbac7", "#768390", "#ff7b72", "#6bc46d", "#e8c34a", "#6cb6ff", "#dcbdfb",
				     "#56d4dd", "#f0f6fc"};

static void colour_classes(struct buf *out, const char *const palette[16])
{
	int i;

	for (i = 0; i < 16; i++)
		buf_addf(out, ".f%d{fill:%s}", i, palette[i]);
}

static void style_sheet(struct buf *out)
{
	buf_adds(out, "<style>\ntext{font-family:'DejaVu Sans Mono','Cascadia Mono',Menlo,Consolas,"
		      "'Noto Sans Mono CJK SC','Sarasa Mono SC',monospace;font-size:14px;white-space:pre}\n"
		      ".b{font-weight:bold}.i{font-style:italic}.u{text-decoration:underline}"
		      ".t{fill:#57606a;font-size:12px}\n"
		      ".fd,.bar{fill:#24292f}.bd{fill:#fff}.bar{fill:#eaeef2}.edge{fill:none;stroke:#d0d7de}\n");
	colour_classes(out, light);
	buf_adds(out, "\n@media(prefers-color-scheme:dark){.fd{fill:#c9d1d9}.bd{fill:#0d1117}.bar{fill:#21262d}"
		      ".edge{stroke:#30363d}.t{fill:#8b949e}\n");
	colour_classes(out, dark);
	buf_adds(out, "}\n</style>\n");
}

/* What a colour word is drawn with: a class of the sheet, or a fixed colour. */
static void paint(struct buf *out, uint32_t colour, bool is_ground, const char *extra)
{
	static const int levels[6] = {0, 95, 135, 175, 215, 255};
	uint32_t v = COLOUR_VALUE(colour);
	int grey;

	if (COLOUR_TAG(colour) == COLOUR_DEFAULT)
		buf_addf(out, " class=\"%s%s\"", is_ground ? "bd" : "fd", extra);
	else if (COLOUR_TAG(colour) == COLOUR_PALETTE && v < 16)
		buf_addf(out, " class=\"f%u%s\"", v, extra);
	else {
		grey = 8 + 10 * ((int)v - 232);
		if (COLOUR_TAG(colour) == COLOUR_PALETTE && v >= 232)
			v = (uint32_t)(grey << 16 | grey << 8 | grey);
		else if (COLOUR_TAG(colour) == COLOUR_PALETTE)
			v = (uint32_t)(levels[(v - 16) / 36] << 16 | levels[(v - 16) / 6 % 6] << 8 |
				       levels[(v - 16) % 6]);
		buf_addf(out, " fill=\"#%06x\"", v);
		if (*extra)
			buf_addf(out, " class=\"%s\"", extra);
	}
}

struct look {
	uint32_t fg, bg;
	bool fg_is_ground, bg_is_ground; /* reverse video swaps the terminal's own two */
	bool bold, italic, underline;
};

static struct look look_of(const struct pty_cell *c)
{
	struct look l = {.fg = c->fg, .bg = c->bg, .fg_is_ground = false, .bg_is_ground = true,
			 .bold = c->bold, .italic = c->italic, .underline = c->underline};

	if (c->reverse) {
		l.fg = c->bg;
		l.bg = c->fg;
		l.fg_is_ground = true;
		l.bg_is_ground = false;
	}
	return l;
}

static bool same_look(const struct look *a, const struct look *b)
{
	return a->fg == b->fg && a->bg == b->bg && a->fg_is_ground == b->fg_is_ground &&
	       a->bg_is_ground == b->bg_is_ground && a->bold == b->bold && a->italic == b->italic &&
	       a->underline == b->underline;
}

static void add_escaped(struct buf *out, uint32_t cp)
{
	char bytes[4];

	if (cp == '&')
		buf_adds(out, "&amp;");
	else if (cp == '<')
		buf_adds(out, "&lt;");
	else if (cp == '>')
		buf_adds(out, "&gt;");
	else
		buf_add(out, bytes, text_encode(cp, bytes));
}

static void ground(struct buf *out, const struct look *l, int row, int col, int cells)
{
	if (l->bg_is_ground && COLOUR_TAG(l->bg) == COLOUR_DEFAULT)
		return;
	buf_addf(out, "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"", MARGIN + col * CELL_W,
		 BAR + MARGIN + row * CELL_H, cells * CELL_W + 0.2, CELL_H);
	paint(out, l->bg, l->bg_is_ground, "");
	buf_adds(out, "/>\n");
}

static void text_run(struct buf *out, const struct look *l, int row, int col, int cells, const char *text)
{
	char extra[16];

	if (text[strspn(text, " ")] == '\0' && !l->underline)
		return;
	snprintf(extra, sizeof(extra), "%s%s%s", l->bold ? " b" : "", l->italic ? " i" : "", l->underline ? " u" : "");
	buf_addf(out, "<text x=\"%.1f\" y=\"%d\" textLength=\"%.1f\"", MARGIN + col * CELL_W,
		 BAR + MARGIN + row * CELL_H + 13, cells * CELL_W);
	paint(out, l->fg, l->fg_is_ground, extra);
	buf_addf(out, ">%s</text>\n", text);
}

static bool plain(const struct pty_cell *c)
{
	return c->ch < 0x80 && !c->marks[0];
}

/* From `col` on, cells of one look; characters beyond ASCII stand alone, but wide ones keep together. */
static int run_length(struct pty *p, int row, int col, int cols)
{
	struct pty_cell first = pty_cell(p, row, col), c;
	struct look a = look_of(&first), b;
	int end = col;

	while (end < cols) {
		c = pty_cell(p, row, end);
		b = look_of(&c);
		if (end > col && (!same_look(&a, &b) || c.width != first.width || plain(&c) != plain(&first)))
			break;
		end += c.width > 0 ? c.width : 1;
		if (!plain(&first) && first.width == 1 && first.ch != 0x2500)
			break;
	}
	return end - col;
}

static void draw_row(struct pty *p, int row, int cols, struct buf *out)
{
	struct buf text;
	struct pty_cell c;
	struct look l;
	int col, n, i, k;

	for (col = 0; col < cols; col += n) {
		n = run_length(p, row, col, cols);
		c = pty_cell(p, row, col);
		l = look_of(&c);
		buf_init(&text, BUF_MAX);
		buf_adds(&text, "");
		for (i = col; i < col + n; i += c.width > 0 ? c.width : 1) {
			c = pty_cell(p, row, i);
			add_escaped(&text, c.ch ? c.ch : ' ');
			for (k = 0; k < 5 && c.marks[k]; k++)
				add_escaped(&text, c.marks[k]);
		}
		ground(out, &l, row, col, n);
		text_run(out, &l, row, col, n, text.data);
		buf_done(&text);
	}
}

void svg_write(struct pty *p, const char *title, struct buf *out)
{
	int rows, cols, row;
	double width, height;

	pty_size(p, &rows, &cols);
	width = cols * CELL_W + 2 * MARGIN;
	height = rows * CELL_H + 2 * MARGIN + BAR;
	buf_addf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" xml:space=\"preserve\" viewBox=\"0 0 %.1f %.1f\" "
		      "width=\"%.1f\" height=\"%.1f\">\n<title>%s</title>\n",
		 width, height, width, height, title);
	style_sheet(out);
	buf_addf(out, "<rect class=\"bd\" width=\"%.1f\" height=\"%.1f\" rx=\"6\"/>\n"
		      "<path class=\"bar\" d=\"M0 %d V6 Q0 0 6 0 H%.1f Q%.1f 0 %.1f 6 V%d Z\"/>\n"
		      "<rect class=\"edge\" x=\".5\" y=\".5\" width=\"%.1f\" height=\"%.1f\" rx=\"6\"/>\n"
		      "<text class=\"t\" x=\"%.1f\" y=\"17\" text-anchor=\"middle\">pipetop: %s</text>\n",
		 width, height, BAR, width - 6, width, width, BAR, width - 1, height - 1, width / 2, title);
	for (row = 0; row < rows; row++)
		draw_row(p, row, cols, out);
	buf_adds(out, "</svg>\n");
}
