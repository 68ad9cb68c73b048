/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_LOG_SGR_CHARS_H
#define PIPETOP_LOG_SGR_CHARS_H

/*
 * What the sanitiser must know of characters beyond their width: which ones are not
 * text, and which ones a terminal may draw wider than the C library believes.
 */
#include <stdbool.h>
#include <stdint.h>

enum sgr_kind {
	SGR_TEXT,    /* shown as its width allows */
	SGR_BIDI,    /* turns the direction of what follows: shown by number */
	SGR_HIDDEN,  /* takes no room and hides something: removed and marked */
	SGR_DROPPED, /* takes no room and is common in honest text: removed */
	SGR_BREAK,   /* ends a line */
	SGR_VOID,    /* no character, or nothing a cell can show: replaced */
};

/* For code points from U+00A0 on. */
enum sgr_kind sgr_chars_kind(uint32_t cp);

#endif
