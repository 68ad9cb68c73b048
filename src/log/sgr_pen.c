/* SPDX-License-Identifier: MIT */
/*
 * Select Graphic Rendition. Parameters come in two dialects: `38;2;R;G;B` strings the
 * numbers out, `38:2::R:G:B` keeps them in one parameter. So the numbers are first cut
 * into groups at the semicolons; a lone 38, 48 or 58 then takes what follows it.
 *
 * Blink and conceal are not known here, and a ground that would swallow its text is
 * dropped: nothing on the screen can be there without being seen.
 */
#include "sgr_pen.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	uint8_t code, set, clear;
} attributes[] = {
	{1, STYLE_BOLD, 0},	{2, STYLE_DIM, 0},
	{3, STYLE_ITALIC, 0},	{4, STYLE_UNDERLINE, 0},
	{7, STYLE_REVERSE, 0},	{21, STYLE_UNDERLINE, 0},
	{23, 0, STYLE_ITALIC},	{24, 0, STYLE_UNDERLINE},
	{27, 0, STYLE_REVERSE}, {22, 0, STYLE_BOLD | STYLE_DIM},
};

static const struct {
	uint8_t code, base;
	bool ground;
} palettes[] = {{30, 0, false}, {40, 0, true}, {90, 8, false}, {100, 8, true}};

static uint32_t clamp(unsigned value)
{
	return value < 255 ? value : 255;
}

static uint32_t *colour_of(struct style *pen, unsigned code)
{
	static uint32_t underline; /* 58: read over, never shown */

	return code == 38 ? &pen->fg : code == 48 ? &pen->bg : &underline;
}

/* A lone number. */
static void apply_one(struct style *pen, unsigned code)
{
	size_t i;

	if (code == 0)
		*pen = (struct style){0};
	else if (code == 39)
		pen->fg = 0;
	else if (code == 49)
		pen->bg = 0;
	for (i = 0; i < COUNT(attributes); i++)
		if (attributes[i].code == code)
			pen->attr =
				(uint8_t)((pen->attr | attributes[i].set) & ~attributes[i].clear);
	for (i = 0; i < COUNT(palettes); i++)
		if (code - palettes[i].code < 8)
			*(palettes[i].ground ? &pen->bg : &pen->fg) =
				COLOUR(COLOUR_PALETTE, code - palettes[i].code + palettes[i].base);
}

static void apply_rgb(uint32_t *colour, const uint16_t *rgb)
{
	*colour = COLOUR(COLOUR_RGB, clamp(rgb[0]) << 16 | clamp(rgb[1]) << 8 | clamp(rgb[2]));
}

/* Numbers joined by colons: `4:3`, `38:5:N`, `38:2:R:G:B`, `38:2:SPACE:R:G:B`. */
static void apply_group(struct style *pen, const uint16_t *value, unsigned n)
{
	uint32_t *colour;

	if (value[0] == 4) {
		apply_one(pen, value[1] ? 4 : 24);
		return;
	}
	if (value[0] != 38 && value[0] != 48)
		return;
	colour = colour_of(pen, value[0]);
	if (value[1] == 5 && n >= 3)
		*colour = COLOUR(COLOUR_PALETTE, clamp(value[2]));
	else if (value[1] == 2 && n >= 5)
		apply_rgb(colour, value + (n > 5 ? 3 : 2));
}

/* 38, 48 or 58 with semicolons: returns how many of the `n` numbers it used. */
static unsigned apply_colour(struct style *pen, const uint16_t *value, unsigned n)
{
	uint32_t *colour = colour_of(pen, value[0]);

	if (n < 2)
		return 1;
	if (value[1] == 5) {
		if (n >= 3)
			*colour = COLOUR(COLOUR_PALETTE, clamp(value[2]));
		return n < 3 ? n : 3;
	}
	if (value[1] == 2) {
		if (n >= 5)
			apply_rgb(colour, value + 2);
		return n < 5 ? n : 5;
	}
	return 2;
}

/* Numbers from `i` on that are parameters of their own, without a colon. */
static unsigned lone_run(const struct sgr_params *p, unsigned i)
{
	unsigned n = 0;

	while (i + n < p->n && !(p->colon >> (i + n) & 1) &&
	       !(i + n + 1 < p->n && p->colon >> (i + n + 1) & 1))
		n++;
	return n;
}

void sgr_pen_apply(struct style *pen, const struct sgr_params *p)
{
	unsigned i = 0, n;

	if (p->n == 0)
		apply_one(pen, 0);
	while (i < p->n) {
		for (n = 1; i + n < p->n && (p->colon >> (i + n) & 1); n++)
			;
		if (n > 1)
			apply_group(pen, p->value + i, n);
		else if (p->value[i] == 38 || p->value[i] == 48 || p->value[i] == 58)
			n = apply_colour(pen, p->value + i, lone_run(p, i));
		else
			apply_one(pen, p->value[i]);
		i += n;
	}
}

/* What most terminals show, for comparing only. */
static uint32_t colour_rgb(uint32_t colour)
{
	static const uint32_t basic[] = {
		0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
		0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
	};
	static const uint8_t cube[] = {0x00, 0x5F, 0x87, 0xAF, 0xD7, 0xFF};
	uint32_t v = COLOUR_VALUE(colour);

	if (COLOUR_TAG(colour) == COLOUR_RGB)
		return v;
	if (v < 16)
		return basic[v];
	if (v >= 232)
		return (8 + (v - 232) * 10) * 0x010101;
	v -= 16;
	return (uint32_t)cube[v / 36 % 6] << 16 | (uint32_t)cube[v / 6 % 6] << 8 | cube[v % 6];
}

/* Colours that an eye can't tell apart: no channel differs by more than 8 of 255. */
static bool alike(uint32_t a, uint32_t b)
{
	uint32_t x = colour_rgb(a), y = colour_rgb(b);
	int shift;

	for (shift = 0; shift <= 16; shift += 8)
		if (abs((int)(x >> shift & 0xFF) - (int)(y >> shift & 0xFF)) > 8)
			return false;
	return true;
}

struct style sgr_pen_visible(struct style pen)
{
	/* Reverse swaps the two, which changes nothing about their being alike. */
	if (COLOUR_TAG(pen.fg) != COLOUR_DEFAULT && COLOUR_TAG(pen.bg) != COLOUR_DEFAULT &&
	    alike(pen.fg, pen.bg))
		pen.bg = 0;
	return pen;
}
