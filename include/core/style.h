/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_CORE_STYLE_H
#define PIPETOP_CORE_STYLE_H

/*
 * How a cell looks, before a terminal's limits. A colour is one 32-bit word: a tag in
 * the top byte, a value below. Our own screens use roles (a theme turns them into
 * colours); the log sanitiser uses palette and direct colours from the log's SGR.
 */
#include <stdint.h>

enum colour_tag {
	COLOUR_DEFAULT = 0, /* the terminal's own; value 0 */
	COLOUR_PALETTE = 1, /* value 0..255 */
	COLOUR_RGB = 2,	    /* value 0xRRGGBB */
};

#define COLOUR(tag, value) ((uint32_t)(tag) << 24 | ((uint32_t)(value)&0xFFFFFFu))
#define COLOUR_TAG(c) ((enum colour_tag)((c) >> 24))
#define COLOUR_VALUE(c) ((c)&0xFFFFFFu)

enum style_attr {
	STYLE_BOLD = 1 << 0,
	STYLE_DIM = 1 << 1,
	STYLE_ITALIC = 1 << 2,
	STYLE_UNDERLINE = 1 << 3,
	STYLE_REVERSE = 1 << 4,
};

struct style {
	uint32_t fg, bg; /* COLOUR() words */
	uint8_t attr;	 /* enum style_attr bits */
};

#endif
