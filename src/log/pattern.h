/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_LOG_PATTERN_H
#define PIPETOP_LOG_PATTERN_H

/*
 * A compiled pattern over whole chunks of lines (the public part is in log/search.h).
 */
#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "log/search.h"

/*
 * A pattern of our own: bytes, case as written, extended syntax (blanks do not count).
 * NULL for a pattern that is wrong.
 */
struct pattern *pattern_new_exact(const char *text);

/* Length of the escape sequence at s[0] == ESC, at least 1, never past a newline. */
size_t pattern_escape(const char *s, size_t len);

/* Appends text without its escape sequences. */
void pattern_strip(struct buf *out, const char *text, size_t len);

/*
 * Walks the matching lines of a chunk (bytes of whole lines, each with its newline).
 * Lines with escape sequences match without them; the others are searched in place.
 */
struct pattern_scan {
	struct pattern *pattern;
	const char *text;
	size_t len;
	size_t at;	    /* next line that may be handed out */
	size_t raw;	    /* next match in the text as it is; len: none */
	size_t plain_at;    /* in the pattern's scratch: next match among stripped lines */
	size_t plain_line;  /* its line's start in `text`; len: none */
};

void pattern_scan_init(struct pattern_scan *scan, struct pattern *p, const char *text, size_t len);
/* The next matching line's [start, end) in the chunk; false at the end. */
bool pattern_scan_next(struct pattern_scan *scan, size_t *start, size_t *end);

#endif
