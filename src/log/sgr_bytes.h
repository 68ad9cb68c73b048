/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_LOG_SGR_BYTES_H
#define PIPETOP_LOG_SGR_BYTES_H

/* UTF-8 that comes in pieces: the twin of text_decode(), resumable at any byte. */
#include <stdbool.h>
#include <stdint.h>

#define SGR_NO_CHAR UINT32_MAX

/* One character of input, or a maximal wrong part of UTF-8 (cp is SGR_NO_CHAR then). */
struct sgr_unit {
	uint32_t cp;
	uint8_t len;
	uint8_t bytes[3]; /* where cp is SGR_NO_CHAR or a lone byte */
};

struct sgr_bytes {
	uint32_t cp; /* the character so far */
	uint8_t need, have, low, high;
	uint8_t debris; /* continuation bytes that a broken character still claims */
	uint8_t bytes[4];
};

/* Nothing is under way: the next byte begins a character. */
static inline bool sgr_bytes_idle(const struct sgr_bytes *b)
{
	return b->need == 0;
}

/* Takes a byte; returns how many units (0 to 2) it completed. */
int sgr_bytes_take(struct sgr_bytes *b, uint8_t byte, struct sgr_unit units[2]);

/* The text ends: gives what was under way as a wrong part, and forgets everything. */
bool sgr_bytes_end(struct sgr_bytes *b, struct sgr_unit *unit);

#endif
