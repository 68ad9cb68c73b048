/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_RNG_H
#define PIPETOP_SIM_RNG_H

/*
 * Chance without state: every "random" choice is a hash of the seed and of what it is
 * for, so that any part of the world can be computed alone, in any order, again.
 */
#include <stddef.h>
#include <stdint.h>

#define RNG_ID_SIZE 33 /* 32 hex digits and the NUL */

static inline uint64_t rng_mix(uint64_t a, uint64_t b)
{
	uint64_t z = a ^ (b * UINT64_C(0x9E3779B97F4A7C15) + UINT64_C(0xD1B54A32D192ED03) +
			  (a << 6) + (a >> 2));

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

/*
 * A name as a number. Not core's hash: that one may change for speed's sake, and every
 * world would change with it.
 */
static inline uint64_t rng_text(const char *s, size_t len)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	size_t i;

	for (i = 0; i < len; i++)
		h = (h ^ (unsigned char)s[i]) * UINT64_C(0x100000001b3);
	return rng_mix(h, len);
}

/* A number in [lo, hi] out of a hash. */
static inline int64_t rng_between(uint64_t h, int64_t lo, int64_t hi)
{
	return hi <= lo ? lo : lo + (int64_t)(h % (uint64_t)(hi - lo + 1));
}

/* An id as the service writes them. */
static inline void rng_id(uint64_t h, char id[RNG_ID_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	uint64_t halves[2] = {rng_mix(h, 1), rng_mix(h, 2)};
	int i;

	for (i = 0; i < RNG_ID_SIZE - 1; i++)
		id[i] = digits[halves[i / 16] >> (60 - i % 16 * 4) & 15];
	id[RNG_ID_SIZE - 1] = '\0';
}

#endif
