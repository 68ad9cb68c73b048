/* SPDX-License-Identifier: MIT */
/*
 * Cells. Everything that draws goes through a pen: a position that moves right, knows
 * what part of its row may be touched, and puts one character at a time. So clipping and
 * the rule about wide characters (both halves or a blank, also for what is drawn over)
 * are each in one place, and a caller can never write outside its region.
 *
 * Combining marks are rare: cells hold the index of a set in a side table that is
 * emptied with the frame. Equal cells of two grids may have different indices, so rows
 * are compared by their bytes only while neither grid has marks.
 */
#include "ui/grid.h"

#include <stdio.h>
#include <string.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"

#define SIDE_MAX 2000 /* rows and columns of the largest grid */
#define MARK_SETS_MAX 65535
#define LINE_MAX_BYTES 1024

_Static_assert(sizeof(struct cell) == 16, "a cell is 16 bytes: rows are compared with memcmp");

struct grid {
	int rows, cols;
	bool utf8, ambiguous_wide;
	int cursor_row, cursor_col;
	struct cell *cells;
	uint32_t (*marks)[SGR_MARKS_MAX]; /* set i is marks[i - 1] */
	size_t marks_n, marks_cap;
};

static const struct cell blank = {.ch = ' '};

static int clamp_side(int n)
{
	return n < 1 ? 1 : n > SIDE_MAX ? SIDE_MAX : n;
}

struct grid *grid_new(int rows, int cols)
{
	struct grid *g = mem_zalloc(sizeof(*g));

	g->utf8 = true;
	grid_resize(g, rows, cols);
	return g;
}

void grid_free(struct grid *g)
{
	if (!g)
		return;
	mem_free(g->cells);
	mem_free(g->marks);
	mem_free(g);
}

void grid_resize(struct grid *g, int rows, int cols)
{
	g->rows = clamp_side(rows);
	g->cols = clamp_side(cols);
	mem_free(g->cells);
	g->cells = mem_calloc((size_t)g->rows * (size_t)g->cols, sizeof(*g->cells));
	grid_clear(g);
}

void grid_copy(struct grid *to, const struct grid *from)
{
	size_t n = (size_t)from->rows * (size_t)from->cols;

	if (to->rows != from->rows || to->cols != from->cols)
		grid_resize(to, from->rows, from->cols);
	memcpy(to->cells, from->cells, n * sizeof(*to->cells));
	to->marks_n = from->marks_n;
	if (from->marks_n > 0) {
		to->marks = mem_realloc(to->marks, from->marks_cap * sizeof(*to->marks));
		to->marks_cap = from->marks_cap;
		memcpy(to->marks, from->marks, from->marks_n * sizeof(*to->marks));
	}
	to->utf8 = from->utf8;
	to->ambiguous_wide = from->ambiguous_wide;
	to->cursor_row = from->cursor_row;
	to->cursor_col = from->cursor_col;
}

int grid_rows(const struct grid *g)
{
	return g->rows;
}

int grid_cols(const struct grid *g)
{
	return g->cols;
}

void grid_clear(struct grid *g)
{
	size_t i, n = (size_t)g->rows * (size_t)g->cols;

	for (i = 0; i < n; i++)
		g->cells[i] = blank;
	g->marks_n = 0;
	grid_cursor(g, -1, -1);
}

const struct cell *grid_row(const struct grid *g, int row)
{
	return row < 0 || row >= g->rows ? NULL : g->cells + (size_t)row * (size_t)g->cols;
}

const uint32_t *grid_marks(const struct grid *g, uint16_t index)
{
	static const uint32_t none[SGR_MARKS_MAX];

	return index == 0 || index > g->marks_n ? none : g->marks[index - 1];
}

static bool cell_same(const struct grid *a, const struct cell *x, const struct grid *b,
		      const struct cell *y)
{
	return x->ch == y->ch && x->fg == y->fg && x->bg == y->bg && x->role == y->role &&
	       x->attr == y->attr &&
	       memcmp(grid_marks(a, x->marks), grid_marks(b, y->marks), sizeof(*a->marks)) == 0;
}

bool grid_row_same(const struct grid *a, const struct grid *b, int row)
{
	const struct cell *x = grid_row(a, row), *y = grid_row(b, row);
	int i;

	if (!x || !y || a->cols != b->cols)
		return x == y;
	if (a->marks_n == 0 && b->marks_n == 0)
		return memcmp(x, y, (size_t)a->cols * sizeof(*x)) == 0;
	for (i = 0; i < a->cols; i++)
		if (!cell_same(a, x + i, b, y + i))
			return false;
	return true;
}

void grid_set_utf8(struct grid *g, bool utf8)
{
	g->utf8 = utf8;
}

bool grid_utf8(const struct grid *g)
{
	return g->utf8;
}

void grid_set_ambiguous_wide(struct grid *g, bool wide)
{
	g->ambiguous_wide = wide;
}

bool grid_ambiguous_wide(const struct grid *g)
{
	return g->ambiguous_wide;
}

void grid_cursor(struct grid *g, int row, int col)
{
	bool inside = row >= 0 && row < g->rows && col >= 0 && col < g->cols;

	g->cursor_row = inside ? row : -1;
	g->cursor_col = inside ? col : -1;
}

void grid_cursor_get(const struct grid *g, int *row, int *col)
{
	*row = g->cursor_row;
	*col = g->cursor_col;
}

/* ---- the pen ---- */

struct pen {
	struct grid *g;
	struct cell *row; /* NULL: the whole row is cut away */
	int start, at;	  /* grid columns; may lie outside [low, high) */
	int low, high;	  /* what may be touched */
	int end;	  /* where the text must end */
};

static int min(int a, int b)
{
	return a < b ? a : b;
}

static int max(int a, int b)
{
	return a > b ? a : b;
}

static struct pen pen_at(struct grid *g, const struct rect *r, int row, int col, int cols)
{
	struct pen p = {.g = g};
	int y = r->row + row;

	p.start = p.at = r->col + col;
	p.low = max(r->col, 0);
	p.high = min(r->col + r->cols, g->cols);
	p.end = cols < 0 ? p.high : min(p.start + cols, p.high);
	p.high = max(min(p.high, p.end), p.low);
	if (row >= 0 && row < r->rows && y >= 0 && y < g->rows && p.low < p.high)
		p.row = g->cells + (size_t)y * (size_t)g->cols;
	return p;
}

static int pen_used(const struct pen *p)
{
	return max(min(p->at, p->end) - p->start, 0);
}

/* The other half of a wide character that loses one half to a new character is a blank. */
static void unpair(struct pen *p, int col)
{
	struct cell *c = p->row + col;

	if (c->ch == 0 && col > 0) {
		c[-1].ch = ' ';
		c[-1].marks = 0;
	}
	if (c->ch != 0 && col + 1 < p->g->cols && c[1].ch == 0)
		c[1].ch = ' ';
}

static void pen_cell(struct pen *p, int col, const struct cell *cell)
{
	if (!p->row || col < p->low || col >= p->high)
		return;
	unpair(p, col);
	p->row[col] = *cell;
}

static void pen_pair(struct pen *p, const struct cell *cell)
{
	struct cell *c = p->row + p->at;

	unpair(p, p->at);
	unpair(p, p->at + 1);
	c[0] = c[1] = *cell;
	c[1].ch = 0;
	c[1].marks = 0;
}

/* Puts a character of `width` cells and moves on; false when it does not fit before the end. */
static bool pen_put(struct pen *p, struct cell cell, int width)
{
	bool fits = p->at + width <= p->end;
	bool whole = p->at >= p->low && p->at + width <= p->high;
	int cells = fits ? width : max(p->end - p->at, 0), i;

	if (width == 2 && whole) {
		if (p->row)
			pen_pair(p, &cell);
		p->at += width;
		return true;
	}
	if (width == 2) {
		cell.ch = ' ';
		cell.marks = 0;
	}
	for (i = 0; i < cells; i++)
		pen_cell(p, p->at + i, &cell);
	p->at += fits ? width : 0;
	return fits;
}

static uint16_t marks_index(struct grid *g, const uint32_t *marks)
{
	if (!marks || !marks[0])
		return 0;
	if (g->marks_n && memcmp(g->marks[g->marks_n - 1], marks, sizeof(*g->marks)) == 0)
		return (uint16_t)g->marks_n;
	if (g->marks_n == MARK_SETS_MAX)
		return 0;
	if (g->marks_n == g->marks_cap) {
		g->marks_cap = g->marks_cap ? 2 * g->marks_cap : 64;
		g->marks = mem_realloc(g->marks, g->marks_cap * sizeof(*g->marks));
	}
	memcpy(g->marks[g->marks_n++], marks, sizeof(*g->marks));
	return (uint16_t)g->marks_n;
}

/* ---- text of ours ---- */

/* Our symbols where the terminal has only ASCII; `otherwise` where there is no likeness. */
static uint32_t ascii_of(uint32_t cp, char otherwise)
{
	static const struct {
		uint32_t cp;
		char ascii;
	} symbols[] = {
		{0x2717, 'x'},	{0x21BB, '@'},	{0x2713, 'v'},	{0x23CE, '/'},
		{GRID_ACS_HLINE, '-'}, {GRID_ACS_VLINE, '|'},
		/* of translations */
		{0x00B7, '.'},	{0x00D7, 'x'},	{0x2013, '-'},	{0x2014, '-'},	{0x2018, '\''},
		{0x2019, '\''}, {0x201C, '"'},	{0x201D, '"'},	{0x2026, '.'},
	};
	size_t i;

	for (i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++)
		if (symbols[i].cp == cp)
			return (unsigned char)symbols[i].ascii;
	return cp < 0x80 ? cp : (unsigned char)otherwise;
}

/* Would the terminal take another number of cells than curses counts? */
static bool misjudged(const struct grid *g, uint32_t cp, int width)
{
	return cp >= 0x80 && (width == 2) != g->ambiguous_wide && sgr_ambiguous(cp);
}

/* A line of ours: in ASCII also where its character's width is in doubt. */
static uint32_t line_char(const struct grid *g, uint32_t acs)
{
	return g->utf8 && !g->ambiguous_wide ? acs : ascii_of(acs, '?');
}

static bool is_mark(uint32_t cp)
{
	return cp >= 0x300 && cp <= 0x36F;
}

/* Adds a combining mark to the character before the pen; one too many is dropped. */
static void pen_mark(struct pen *p, uint32_t mark)
{
	uint32_t marks[SGR_MARKS_MAX];
	int col = p->at - 1, i;
	struct cell *c;

	if (!p->row || !p->g->utf8 || p->at == p->start || col < p->low || col >= p->high)
		return;
	c = p->row + col;
	if (c->ch == 0 && col > 0)
		c--;
	memcpy(marks, grid_marks(p->g, c->marks), sizeof(marks));
	for (i = 0; i < SGR_MARKS_MAX && marks[i]; i++)
		;
	if (i == SGR_MARKS_MAX)
		return;
	marks[i] = mark;
	c->marks = marks_index(p->g, marks);
}

int grid_text(struct grid *g, const struct rect *r, int row, int col, int cols, enum role role,
	      const char *utf8)
{
	struct pen p = pen_at(g, r, row, col, cols);
	struct cell cell = {.role = (uint8_t)role};
	size_t len = strlen(utf8), at, used;
	int width;

	for (at = 0; at < len && p.at < p.end; at += used) {
		cell.ch = text_decode(utf8 + at, len - at, &used);
		width = text_width(cell.ch);
		if (is_mark(cell.ch)) {
			pen_mark(&p, cell.ch);
			continue;
		}
		if (width == 0)
			continue;
		if (width < 0)
			cell.ch = '?';
		if (!g->utf8)
			cell.ch = ascii_of(cell.ch, '_');
		else if (misjudged(g, cell.ch, width))
			cell.ch = ascii_of(cell.ch, '?');
		if (!pen_put(&p, cell, width == 2 && cell.ch >= 0x80 ? 2 : 1))
			break;
	}
	return pen_used(&p);
}

int grid_textf(struct grid *g, const struct rect *r, int row, int col, int cols, enum role role,
	       const char *fmt, ...)
{
	char line[LINE_MAX_BYTES];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n < 0)
		return 0;
	if ((size_t)n >= sizeof(line))
		line[text_cut(line, sizeof(line) - 1)] = '\0';
	return grid_text(g, r, row, col, cols, role, line);
}

/* ---- glyphs of the server's ---- */

static struct cell glyph_cell(struct grid *g, enum role role, const struct glyph *glyph)
{
	struct cell cell = {.ch = glyph->ch, .role = (uint8_t)role};

	/* No text may draw our lines, nor pose as the half of a character. */
	if (cell.ch == GRID_ACS_HLINE || cell.ch == GRID_ACS_VLINE || cell.ch == 0)
		cell.ch = g->utf8 ? TEXT_BAD : '?';
	if (g->utf8 && misjudged(g, cell.ch, glyph->width))
		cell.ch = '?';
	if (!g->utf8 && cell.ch >= 0x80)
		cell.ch = '_';
	cell.attr = glyph->style.attr;
	if (glyph->alien) {
		cell.role = ROLE_ALIEN;
	} else {
		cell.fg = glyph->style.fg;
		cell.bg = glyph->style.bg;
	}
	if (g->utf8)
		cell.marks = marks_index(g, glyph->marks);
	return cell;
}

int grid_glyphs(struct grid *g, const struct rect *r, int row, int col, int cols, int skip,
		enum role role, const struct glyph *glyphs, size_t n)
{
	struct pen p = pen_at(g, r, row, col, cols);
	struct cell cell;
	int at = 0, width; /* cells of the line before glyph i */
	size_t i;

	for (i = 0; i < n && p.at < p.end; i++, at += width) {
		width = glyphs[i].width == 2 ? 2 : 1;
		if (at + width <= skip)
			continue;
		cell = glyph_cell(g, role, glyphs + i);
		if (at < skip) {
			/* Its left half is cut away: the right one is a blank. */
			cell.ch = ' ';
			cell.marks = 0;
			pen_put(&p, cell, 1);
			continue;
		}
		if (width == 2 && cell.ch < 0x80) {
			pen_put(&p, cell, 1);
			cell.ch = ' ';
			pen_put(&p, cell, 1);
			continue;
		}
		if (!pen_put(&p, cell, width))
			p.at = p.end;
	}
	return pen_used(&p);
}

/* ---- whole spans ---- */

void grid_fill(struct grid *g, const struct rect *r, int row, int col, int cols, enum role role,
	       char c)
{
	struct pen p = pen_at(g, r, row, col, cols);
	struct cell cell = {.ch = (unsigned char)c, .role = (uint8_t)role};

	if (c < ' ' || c > '~')
		cell.ch = ' ';
	for (p.at = max(p.at, p.low); p.at < p.high; p.at++)
		pen_cell(&p, p.at, &cell);
}

void grid_role(struct grid *g, const struct rect *r, int row, int col, int cols, enum role role)
{
	struct pen p = pen_at(g, r, row, col, cols);
	int i;

	for (i = max(p.at, p.low); p.row && i < p.high; i++) {
		p.row[i].role = (uint8_t)role;
		p.row[i].fg = p.row[i].bg = COLOUR(COLOUR_DEFAULT, 0);
	}
}

void grid_attr(struct grid *g, const struct rect *r, int row, int col, int cols, uint8_t attr)
{
	struct pen p = pen_at(g, r, row, col, cols);
	int i;

	for (i = max(p.at, p.low); p.row && i < p.high; i++)
		p.row[i].attr |= attr;
}

void grid_rule(struct grid *g, const struct rect *r, int row, int col, int cols, enum role role)
{
	struct pen p = pen_at(g, r, row, col, cols);
	struct cell cell = {.ch = line_char(g, GRID_ACS_HLINE), .role = (uint8_t)role};

	for (p.at = max(p.at, p.low); p.at < p.high; p.at++)
		pen_cell(&p, p.at, &cell);
}

void grid_vrule(struct grid *g, const struct rect *r, int row, int col, int rows, enum role role)
{
	struct cell cell = {.ch = line_char(g, GRID_ACS_VLINE), .role = (uint8_t)role};
	int end = rows < 0 ? r->rows : min(row + rows, r->rows), i;
	struct pen p;

	for (i = max(row, 0); i < end; i++) {
		p = pen_at(g, r, i, col, 1);
		pen_cell(&p, p.at, &cell);
	}
}

/* ---- dump ---- */

/* One letter a role, in the order of enum role. */
static const char role_letters[ROLE_COUNT + 1] =
	"."  /* text */
	"d"  /* dim */
	"H"  /* header */
	"C"  /* columns */
	"S"  /* selected */
	"M"  /* marked */
	"|"  /* rule */
	"T"  /* status */
	"k"  /* key */
	"p"  /* prompt */
	"w"  /* waiting */
	"f"  /* failed */
	"u"  /* stuck */
	"r"  /* running */
	"q"  /* queued */
	"o"  /* ok */
	"t"  /* stopped */
	"s"  /* skipped */
	"x"  /* other */
	"z"  /* stale */
	"B"  /* badge-ok */
	"!"  /* badge-bad */
	"m"  /* marker */
	"e"  /* error-line */
	"/"  /* match */
	"^"  /* alien */
	"i"  /* message */
	"E"; /* message-bad */

static void dump_char(uint32_t cp, struct buf *out)
{
	char bytes[4];

	if (cp == GRID_ACS_HLINE)
		cp = 0x2500;
	if (cp == GRID_ACS_VLINE)
		cp = 0x2502;
	buf_add(out, bytes, text_encode(cp, bytes));
}

/* For rows that are in the grid. */
static const struct cell *dump_cells(const struct grid *g, int row)
{
	return g->cells + (size_t)row * (size_t)g->cols;
}

static void dump_row_text(const struct grid *g, int row, struct buf *out)
{
	const struct cell *cells = dump_cells(g, row);
	const uint32_t *marks;
	int end = g->cols, i, m;

	while (end > 0 && cells[end - 1].ch == ' ' && !cells[end - 1].marks)
		end--;
	for (i = 0; i < end; i++) {
		if (cells[i].ch == 0)
			continue;
		dump_char(cells[i].ch, out);
		marks = grid_marks(g, cells[i].marks);
		for (m = 0; m < SGR_MARKS_MAX && marks[m]; m++)
			dump_char(marks[m], out);
	}
	buf_addc(out, '\n');
}

static bool own_look(const struct cell *c)
{
	return c->fg || c->bg || c->attr;
}

static bool same_look(const struct cell *a, const struct cell *b)
{
	return a->fg == b->fg && a->bg == b->bg && a->attr == b->attr;
}

static void dump_row_roles(const struct grid *g, int row, struct buf *out)
{
	const struct cell *cells = dump_cells(g, row);
	int end = g->cols, i;

	while (end > 0 && cells[end - 1].role == ROLE_TEXT)
		end--;
	for (i = 0; i < end; i++)
		buf_addc(out, cells[i].role < ROLE_COUNT ? role_letters[cells[i].role] : '?');
	buf_addc(out, '\n');
}

static void dump_colour(const char *what, uint32_t colour, struct buf *out)
{
	if (COLOUR_TAG(colour) == COLOUR_PALETTE)
		buf_addf(out, " %s=%u", what, (unsigned)COLOUR_VALUE(colour));
	else if (COLOUR_TAG(colour) == COLOUR_RGB)
		buf_addf(out, " %s=#%06x", what, (unsigned)COLOUR_VALUE(colour));
}

static void dump_look(int row, int col, int cols, const struct cell *c, struct buf *out)
{
	static const char *const names[] = {"bold", "dim", "italic", "underline", "reverse"};
	size_t i;

	buf_addf(out, "%d,%d+%d", row, col, cols);
	dump_colour("fg", c->fg, out);
	dump_colour("bg", c->bg, out);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (c->attr & 1u << i)
			buf_addf(out, " %s", names[i]);
	buf_addc(out, '\n');
}

/* "row,col+cells fg=.. bg=.. bold" for each span that has a look of its own. */
static void dump_row_looks(const struct grid *g, int row, struct buf *out)
{
	const struct cell *cells = dump_cells(g, row);
	int i, n;

	for (i = 0; i < g->cols; i += n) {
		for (n = 1; i + n < g->cols && same_look(cells + i, cells + i + n); n++)
			;
		if (own_look(cells + i))
			dump_look(row, i, n, cells + i, out);
	}
}

void grid_dump(const struct grid *g, bool roles, struct buf *out)
{
	int i;

	for (i = 0; i < g->rows; i++)
		dump_row_text(g, i, out);
	if (!roles)
		return;
	buf_adds(out, "--\n");
	for (i = 0; i < g->rows; i++)
		dump_row_roles(g, i, out);
	buf_adds(out, "--\n");
	for (i = 0; i < g->rows; i++)
		dump_row_looks(g, i, out);
	if (g->cursor_row >= 0)
		buf_addf(out, "cursor %d,%d\n", g->cursor_row, g->cursor_col);
}
