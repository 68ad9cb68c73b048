/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_PALETTE_H
#define PIPETOP_UI_PALETTE_H

/* The nearest colour that a terminal has. Pure. */
#include <stdbool.h>
#include <stdint.h>

#include "core/style.h"

/*
 * A colour word as curses' number: -1 for the terminal's own, else 0..colours-1 (direct
 * colour: 0..7 are the palette, the rest 0xRRGGBB). With 8 colours a bright one is its
 * dark sister; *bright is then set (bold shows it so).
 */
int palette_nearest(uint32_t colour, int colours, bool *bright);

#endif
