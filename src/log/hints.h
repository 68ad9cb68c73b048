/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_LOG_HINTS_H
#define PIPETOP_LOG_HINTS_H

/*
 * Where in a text one of a few dozen strings of three bytes stands: a sieve before
 * patterns that are dear. Plain data, read only once made.
 */
#include <stddef.h>
#include <stdint.h>

#define HINTS_MAX 64

struct hints {
	uint8_t bits[1 << 13]; /* by a hash of 16 bits */
	uint32_t keys[HINTS_MAX];
	size_t n;
};

/* `words` ends with NULL; the first three bytes of each count. At most HINTS_MAX of them. */
void hints_init(struct hints *hints, const char *const words[]);
/* The first place of any of them, or NULL. */
const char *hints_find(const struct hints *hints, const char *text, size_t len);

#endif
