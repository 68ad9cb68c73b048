/* SPDX-License-Identifier: MIT */
/*
 * The UTF-8 decoder on any bytes: it always moves on, never past the end, agrees with
 * text_valid, and what it decodes without complaint encodes to the same bytes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data;
	bool good = true;
	size_t at, used;
	char out[4];

	for (at = 0; at < size; at += used) {
		uint32_t cp = text_decode(s + at, size - at, &used);

		if (used == 0 || used > size - at)
			abort();
		if (text_encode(cp, out) == used && memcmp(out, s + at, used) == 0)
			continue;
		if (cp != TEXT_BAD)
			abort();
		good = false;
	}
	if (good != text_valid(s, size) || text_cut(s, size) > size)
		abort();
	return 0;
}
