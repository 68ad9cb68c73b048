/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_CORE_TEXT_H
#define PIPETOP_CORE_TEXT_H

/*
 * UTF-8, cells and small string chores. Bytes may be anything: what is not UTF-8 reads
 * as U+FFFD, one for each maximal wrong part (Unicode 3.9, as the W3C decoders do).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_BAD 0xFFFDu

/*
 * Decodes the code point at s[0..len), len > 0; *used gets the bytes it took (>= 1).
 * Surrogates, overlong forms and values above U+10FFFF give TEXT_BAD.
 */
uint32_t text_decode(const char *s, size_t len, size_t *used);

/* Writes the UTF-8 of `cp` (<= 4 bytes, no NUL) and returns its length. */
size_t text_encode(uint32_t cp, char out[4]);

/* Are all bytes valid UTF-8? */
bool text_valid(const char *s, size_t len);

/* The largest n <= len such that s[0..n) does not end within a character. */
size_t text_cut(const char *s, size_t len);

/*
 * Cells of a code point: 0, 1 or 2, and -1 for what has no width of its own (controls).
 * It is wcwidth's word, because curses lays out by it, behind a fast path for ASCII.
 * Needs LC_CTYPE to be a UTF-8 locale for anything beyond ASCII.
 */
int text_width(uint32_t cp);

/* Does the C locale in force speak UTF-8? */
bool text_locale_utf8(void);

/* s, or "" for NULL. */
const char *text_or_empty(const char *s);

/* Equal, with NULL equal to NULL and to nothing else. */
bool text_same(const char *a, const char *b);
/* NULL or "" */
static inline bool text_empty(const char *s)
{
	return !s || !*s;
}

bool text_starts(const char *s, const char *prefix);

/* A whole string as a decimal int64 (sign allowed); false on anything else or overflow. */
bool text_int(const char *s, int64_t *out);

/* Orders by Unicode code point with ASCII letters folded, then exactly; runs of digits by value. */
int text_compare_natural(const char *a, const char *b);

/* "1,234,567" into out. */
void text_grouped(int64_t n, char *out, size_t size);

#endif
