/* SPDX-License-Identifier: MIT */
/*
 * Names and messages of the server's in cells. They take the sanitiser's way like log
 * text does; only plain printable ASCII, which it would hand back unchanged, is spared
 * the detour, for lists are redrawn often and most names are ASCII.
 */
#include <string.h>

#include "core/text.h"
#include "ui/grid.h"

static bool plain(const char *s)
{
	for (; *s; s++)
		if (*s < ' ' || *s > '~')
			return false;
	return true;
}

static struct sgr *cleaner(const struct grid *g)
{
	struct sgr_options options = {
		.mode = SGR_NAME,
		.utf8 = grid_utf8(g),
		.ambiguous_wide = grid_ambiguous_wide(g),
	};

	return sgr_new(&options);
}

static struct sgr_line clean(struct sgr *s, const char *text)
{
	sgr_feed(s, text, strlen(text));
	return sgr_end_line(s);
}

/* How many cells there are for text at col: `cols`, or less where the region ends sooner. */
static int room(const struct grid *g, const struct rect *r, int col, int cols)
{
	int end = r->col + r->cols < grid_cols(g) ? r->cols : grid_cols(g) - r->col;
	int left = end - col;

	if (left < 0)
		left = 0;
	return cols < 0 || cols > left ? left : cols;
}

/* The cells of the glyphs that fit in `cols`: all, or as many as leave a place for the `~`. */
static int fitting(const struct sgr_line *line, int cols)
{
	int used = 0;
	size_t i;

	if (line->cells <= (size_t)cols)
		return (int)line->cells;
	for (i = 0; i < line->n && used + line->glyphs[i].width < cols; i++)
		used += line->glyphs[i].width;
	return used;
}

static int name_plain(struct grid *g, const struct rect *r, int row, int col, int cols,
		      enum role role, const char *text)
{
	size_t len = strlen(text);
	int used;

	if (len <= (size_t)cols)
		return grid_text(g, r, row, col, cols, role, text);
	used = grid_text(g, r, row, col, cols - 1, role, text);
	grid_fill(g, r, row, col + used, 1, role, '~');
	return used + 1;
}

int grid_name(struct grid *g, const struct rect *r, int row, int col, int cols, enum role role,
	      const char *server_text)
{
	const char *text = text_or_empty(server_text);
	struct sgr_line line;
	struct sgr *s;
	int used;

	cols = room(g, r, col, cols);
	if (cols == 0)
		return 0;
	if (plain(text))
		return name_plain(g, r, row, col, cols, role, text);
	s = cleaner(g);
	line = clean(s, text);
	used = fitting(&line, cols);
	grid_glyphs(g, r, row, col, used, 0, role, line.glyphs, line.n);
	if (line.cells > (size_t)cols) {
		grid_fill(g, r, row, col + used, 1, role, '~');
		used++;
	}
	sgr_free(s);
	return used;
}

int grid_name_width(const struct grid *g, const char *server_text)
{
	const char *text = text_or_empty(server_text);
	struct sgr *s;
	int cells;

	if (plain(text))
		return (int)strlen(text);
	s = cleaner(g);
	cells = (int)clean(s, text).cells;
	sgr_free(s);
	return cells;
}
