/* SPDX-License-Identifier: MIT */
/*
 * The last filter for secrets, on the way to the screen. Nothing of ours puts a secret into a
 * frame, but a screen shows what others say (a server that repeats a token in a name, a build
 * that prints the one it was given) and what is pasted into the prompt; and screens are
 * shared and recorded. A row cuts long texts, so the beginning of a secret counts as well.
 *
 * Secrets are ASCII: other cells stand as a blank, and nothing needs to be decoded.
 */
#include "veil.h"

#include "core/mem.h"
#include "core/vault.h"

static void row_text(const struct grid *g, int row, char *out)
{
	const struct cell *cells = grid_row(g, row);
	int i, cols = grid_cols(g);

	for (i = 0; i < cols; i++) /* of every cell of every frame: without a jump */
		out[i] = (char)(cells[i].ch - '!' < 0x7F - '!' ? cells[i].ch : ' ');
}

/* `all` is the frame's text, row after row without a sign between them. */
static void veil(struct grid *g, const char *all, size_t at, size_t run)
{
	struct rect whole = {0, 0, grid_rows(g), grid_cols(g)};
	size_t cols = (size_t)grid_cols(g);

	for (; run; at++, run--) {
		const struct cell *cell = grid_row(g, (int)(at / cols)) + at % cols;

		if (all[at] != ' ')
			grid_fill(g, &whole, (int)(at / cols), (int)(at % cols), 1,
				  (enum role)cell->role, '*');
	}
}

void veil_frame(struct grid *g)
{
	size_t cols = (size_t)grid_cols(g), size = (size_t)grid_rows(g) * cols, from, at, run;
	char *all = mem_zalloc(size + 1);
	int row;

	for (row = 0; row < grid_rows(g); row++)
		row_text(g, row, all + (size_t)row * cols);
	for (from = 0; vault_begins(all + from, size - from, &at, &run); from += at + run)
		veil(g, all, from + at, run);
	mem_free(all);
}
