/* SPDX-License-Identifier: MIT */
/*
 * Colours of one palette in the terms of a smaller one. The 16 first colours are the
 * user's own choice in most terminals, so what comes as a palette number stays one where
 * the terminal has it, and only the 240 fixed colours and direct ones are compared by
 * distance.
 */
#include "palette.h"

#define DIRECT_MIN 0x1000000

/* The usual 16, as xterm has them. */
static const uint32_t base[16] = {
	0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
	0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
};

static uint32_t level(int step)
{
	return step == 0 ? 0 : (uint32_t)(55 + 40 * step);
}

/* 16..231 are a cube of 6 levels, 232..255 a ramp of greys. */
static uint32_t palette_rgb(int n)
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
	int red = (int)(a >> 16 & 255) - (int)(b >> 16 & 255);
	int green = (int)(a >> 8 & 255) - (int)(b >> 8 & 255);
	int blue = (int)(a & 255) - (int)(b & 255);

	/* The eye is keenest for green, least for blue. */
	return 3 * red * red + 4 * green * green + 2 * blue * blue;
}

static int nearest_of(uint32_t rgb, int from, int to)
{
	int best = from, least = distance(rgb, palette_rgb(from)), i, d;

	for (i = from + 1; i < to; i++) {
		d = distance(rgb, palette_rgb(i));
		if (d < least) {
			least = d;
			best = i;
		}
	}
	return best;
}

static int direct(uint32_t colour)
{
	int n = (int)COLOUR_VALUE(colour);

	if (COLOUR_TAG(colour) == COLOUR_PALETTE && n >= 8)
		n = (int)palette_rgb(n);
	else if (COLOUR_TAG(colour) == COLOUR_RGB && n < 8)
		n = 0; /* 1..7 would be read as palette numbers */
	return n;
}

int palette_nearest(uint32_t colour, int colours, bool *bright)
{
	int n = (int)(COLOUR_VALUE(colour) & 255);

	*bright = false;
	if (COLOUR_TAG(colour) == COLOUR_DEFAULT || colours < 8)
		return -1;
	if (colours >= DIRECT_MIN)
		return direct(colour);
	if (COLOUR_TAG(colour) == COLOUR_RGB)
		n = colours >= 256 ? nearest_of(COLOUR_VALUE(colour), 16, 256)
				   : nearest_of(COLOUR_VALUE(colour), 0, 16);
	else if (n >= 16 && colours < 256)
		n = nearest_of(palette_rgb(n), 0, 16);
	if (colours < 16 && n >= 8) {
		*bright = true;
		n -= 8;
	}
	return n;
}
