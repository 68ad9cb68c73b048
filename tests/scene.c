/* SPDX-License-Identifier: MIT */
#include "scene.h"

static const struct rect all = {0, 0, 1000, 1000};

static unsigned next(unsigned *state)
{
	*state = *state * 1103515245u + 12345u;
	return *state >> 16;
}

static const char *const texts[] = {
	"plain text",
	"\xE6\xB5\x81\xE6\xB0\xB4\xE7\xBA\xBF\xE8\xBF\x90\xE8\xA1\x8C", /* pipeline run, in Chinese */
	"1\xE4\xB8\xAD-2",
	"e\xCC\x81o\xCC\x88\xCC\xA3",
	"\xE2\x9C\x93 ok \xE2\x9C\x97",
	"                    ",
	"==============================================",
};

static void random_glyphs(struct grid *g, const struct rect *r, unsigned *state)
{
	struct glyph glyphs[12] = {0};
	int i;

	for (i = 0; i < 12; i++) {
		glyphs[i].ch = next(state) % 4 ? 'a' + next(state) % 26 : 0x4E00 + next(state) % 500;
		glyphs[i].width = glyphs[i].ch >= 0x4E00 ? 2 : 1;
		glyphs[i].style.fg = COLOUR(COLOUR_PALETTE, next(state) % 256);
		glyphs[i].style.bg = next(state) % 2 ? COLOUR(COLOUR_RGB, next(state) * 77) : 0;
		glyphs[i].style.attr = next(state) % 32;
	}
	grid_glyphs(g, r, (int)(next(state) % 30) - 2, (int)(next(state) % 60) - 5, -1,
		    (int)(next(state) % 4), ROLE_TEXT, glyphs, 12);
}

void scene_random(struct grid *g, unsigned seed)
{
	unsigned state = seed * 2654435761u + 1;
	int i;

	grid_clear(g);
	for (i = 0; i < 60; i++) {
		struct rect r = {(int)(next(&state) % 20), (int)(next(&state) % 60),
				 (int)(next(&state) % 20), (int)(next(&state) % 60)};
		int row = (int)(next(&state) % 20) - 2, col = (int)(next(&state) % 60) - 4;

		switch (next(&state) % 6) {
		case 0:
			grid_rule(g, &r, row, col, -1, ROLE_RULE);
			break;
		case 1:
			grid_vrule(g, &r, row, col, -1, ROLE_RULE);
			break;
		case 2:
			random_glyphs(g, &r, &state);
			break;
		case 3:
			grid_role(g, &r, row, col, 7, next(&state) % ROLE_COUNT);
			break;
		default:
			grid_text(g, &r, row, col, -1, next(&state) % ROLE_COUNT,
				  texts[next(&state) % (sizeof(texts) / sizeof(texts[0]))]);
		}
	}
	grid_fill(g, &all, 0, 0, -1, ROLE_TEXT, ' ');
	grid_textf(g, &all, 0, 0, -1, ROLE_TEXT, "seed %u", seed);
}

void scene_looks(struct grid *g)
{
	struct glyph red = {.ch = 'R', .width = 1};

	grid_clear(g);
	grid_text(g, &all, 0, 0, -1, ROLE_TEXT, "looks");
	grid_text(g, &all, 1, 0, -1, ROLE_FAILED, "failed");
	grid_text(g, &all, 2, 0, -1, ROLE_SELECTED, "selected");
	grid_text(g, &all, 3, 0, -1, ROLE_MATCH, "match");
	red.style.fg = COLOUR(COLOUR_PALETTE, 196);
	grid_glyphs(g, &all, 4, 0, -1, 0, ROLE_TEXT, &red, 1);
	red.style.fg = COLOUR(COLOUR_RGB, 0xFF8800);
	red.style.bg = COLOUR(COLOUR_PALETTE, 12);
	red.style.attr = STYLE_UNDERLINE | STYLE_ITALIC;
	grid_glyphs(g, &all, 4, 1, -1, 0, ROLE_TEXT, &red, 1);
	red.style.fg = COLOUR(COLOUR_PALETTE, 4);
	red.style.bg = COLOUR(COLOUR_PALETTE, 4);
	grid_glyphs(g, &all, 4, 2, -1, 0, ROLE_TEXT, &red, 1);
	grid_rule(g, &all, 5, 0, 3, ROLE_RULE);
	grid_vrule(g, &all, 6, 1, 1, ROLE_RULE);
	grid_text(g, &all, 7, 0, -1, ROLE_TEXT, "old text");
	grid_text(g, &all, 8, 0, -1, ROLE_FAILED, "old failure");
	grid_attr(g, &all, 7, 0, 20, STYLE_DIM);
	grid_attr(g, &all, 8, 0, 20, STYLE_DIM);
	grid_cursor(g, 2, 4);
}

void scene_colours(struct grid *g)
{
	struct glyph glyph = {.ch = 'o', .width = 1};
	int row, col;

	grid_clear(g);
	for (row = 1; row < grid_rows(g); row++)
		for (col = 0; col < grid_cols(g); col++) {
			glyph.style.fg = COLOUR(COLOUR_PALETTE, (row * 7 + col) % 256);
			glyph.style.bg = COLOUR(COLOUR_PALETTE, (row + col * 3) % 256);
			grid_glyphs(g, &all, row, col, 1, 0, ROLE_TEXT, &glyph, 1);
		}
	grid_text(g, &all, 0, 0, -1, ROLE_TEXT, "colours");
}
