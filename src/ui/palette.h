/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_PALETTE_H
#define PIPETOP_UI_PALETTE_H

/* What a terminal with so many colours can show of a style. Pure. */
#include <stdbool.h>
#include <stdint.h>

#include "core/style.h"

#define PALETTE_DIRECT 0x1000000 /* colours of a terminal that takes 0xRRGGBB */

/*
 * What a terminal has. `colours`: fewer than 8 is none, else 8, 16, 256 or PALETTE_DIRECT;
 * what lies between counts as the smaller. With direct colour the numbers below `indexed`
 * (8, 16 or 256) are the palette, the others 0xRRGGBB.
 */
struct palette {
	int colours, indexed;
};

/*
 * A colour word as the terminal's number: -1 for its own. With 8 colours a bright one is its
 * dark sister; *bright is then set.
 */
int palette_nearest(uint32_t colour, const struct palette *palette, bool *bright);

struct palette_look {
	int fg, bg;   /* numbers, or -1 */
	uint8_t attr; /* STYLE_* bits */
};

/*
 * The whole style. With 8 colours bright text is bold; bright black is the terminal's own
 * colour dimmed, for it would be black on black where bold does not brighten. Two colours
 * that are one here are told apart by leaving the background away.
 */
struct palette_look palette_look(const struct style *style, const struct palette *palette);

/* What xterm shows for palette number n, 0xRRGGBB; from 16 on all terminals do. */
uint32_t palette_rgb(int n);

#endif
