/* SPDX-License-Identifier: MIT */
/*
 * Colours of one palette in the terms of a smaller one. The 16 first colours are the
 * user's own choice in most terminals, so what comes as a palette number stays one where
 * the terminal has it. The 240 fixed ones stand for a direct colour by distance; the 16 by
 * hue, since by distance dark green would be black, and black on black is no text.
 */
#include "palette.h"

#include <stdlib.h>

/* The usual 16, as xterm has them. */
static const uint32_t base[16] = {
	0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
	0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
};

#define BRIGHT_FROM 0xE6 /* between the strongest channel of a dark colour and of a bright one */
#define COLOUR_FROM 0x30 /* what is darker than this has no hue to the eye */

static int red_of(uint32_t rgb)
{
	return (int)(rgb >> 16 & 255);
}

static int green_of(uint32_t rgb)
{
	return (int)(rgb >> 8 & 255);
}

static int blue_of(uint32_t rgb)
{
	return (int)(rgb & 255);
}

static int min(int a, int b)
{
	return a < b ? a : b;
}

static int max(int a, int b)
{
	return a > b ? a : b;
}

/* ---- 256: a cube of 6 levels a channel, and a ramp of 24 greys ---- */

static uint32_t level(int step)
{
	return step == 0 ? 0 : (uint32_t)(55 + 40 * step);
}

uint32_t palette_rgb(int n)
{
	uint32_t grey;

	if (n < 16)
		return base[n];
	if (n < 232) {
		n -= 16;
		return level(n / 36) << 16 | level(n / 6 % 6) << 8 | level(n % 6);
	}
	grey = (uint32_t)(8 + 10 * (n - 232));
	return grey << 16 | grey << 8 | grey;
}

static int distance(uint32_t a, uint32_t b)
{
	int red = red_of(a) - red_of(b), green = green_of(a) - green_of(b);
	int blue = blue_of(a) - blue_of(b);

	/* The eye is keenest for green, least for blue. */
	return 3 * red * red + 4 * green * green + 2 * blue * blue;
}

static int nearest_step(int channel)
{
	return channel < 48 ? 0 : channel < 115 ? 1 : (channel - 35) / 40;
}

static int nearest_256(uint32_t rgb)
{
	int cube = 16 + 36 * nearest_step(red_of(rgb)) + 6 * nearest_step(green_of(rgb)) +
		   nearest_step(blue_of(rgb));
	/* The best grey is the one nearest to the mean by the same weights. */
	int mean = (3 * red_of(rgb) + 4 * green_of(rgb) + 2 * blue_of(rgb)) / 9;
	int grey = 232 + max(0, min(23, (mean - 3) / 10));

	return distance(rgb, palette_rgb(grey)) < distance(rgb, palette_rgb(cube)) ? grey : cube;
}

/* ---- 16: by hue ---- */

static int nearest_grey_of_16(int lightness)
{
	static const int greys[] = {0, 8, 7, 15};
	int best = 0, i;

	for (i = 1; i < 4; i++)
		if (abs(red_of(base[greys[i]]) - lightness) < abs(red_of(base[greys[best]]) - lightness))
			best = i;
	return greys[best];
}

static int nearest_16(uint32_t rgb)
{
	int red = red_of(rgb), green = green_of(rgb), blue = blue_of(rgb);
	int most = max(red, max(green, blue)), least = min(red, min(green, blue));
	int middle = (most + least) / 2;

	if (most < COLOUR_FROM || 4 * (most - least) < most)
		return nearest_grey_of_16((red + green + blue) / 3);
	return (red > middle) | (green > middle) << 1 | (blue > middle) << 2 |
	       (most >= BRIGHT_FROM) << 3;
}

/* ---- direct ---- */

/* The small numbers are the palette's: a blue that dark gets one step of green. */
static int direct(uint32_t colour, int indexed)
{
	int n = (int)COLOUR_VALUE(colour);

	if (COLOUR_TAG(colour) == COLOUR_PALETTE && n < indexed)
		return n;
	if (COLOUR_TAG(colour) == COLOUR_PALETTE)
		n = (int)palette_rgb(n);
	return n < indexed ? n | 0x100 : n;
}

/* ---- all ---- */

int palette_nearest(uint32_t colour, const struct palette *palette, bool *bright)
{
	int n = (int)(COLOUR_VALUE(colour) & 255);

	*bright = false;
	if (COLOUR_TAG(colour) == COLOUR_DEFAULT || palette->colours < 8)
		return -1;
	if (palette->colours >= PALETTE_DIRECT)
		return direct(colour, palette->indexed);
	if (COLOUR_TAG(colour) == COLOUR_RGB)
		n = palette->colours >= 256 ? nearest_256(COLOUR_VALUE(colour))
					    : nearest_16(COLOUR_VALUE(colour));
	else if (n >= 16 && palette->colours < 256)
		n = nearest_16(palette_rgb(n));
	if (palette->colours < 16 && n >= 8) {
		*bright = true;
		n -= 8;
	}
	return n;
}

struct palette_look palette_look(const struct style *style, const struct palette *palette)
{
	struct palette_look look = {.attr = style->attr};
	bool bright, ignored;

	look.fg = palette_nearest(style->fg, palette, &bright);
	look.bg = palette_nearest(style->bg, palette, &ignored);
	if (bright && look.fg == 0 && look.bg < 0) {
		look.fg = -1;
		look.attr |= STYLE_DIM;
	} else if (bright && look.fg != 0) {
		look.attr |= STYLE_BOLD;
	}
	if (look.fg == look.bg)
		look.bg = -1;
	return look;
}
