/* SPDX-License-Identifier: MIT */
/*
 * One multiplication and one bit for each byte of text, whatever the number of strings;
 * what the bit lets through by accident is compared. An alternation of as many literals
 * costs PCRE2 some twenty times as much.
 */
#include "hints.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

static uint32_t key_at(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;

	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16;
}

/* The same where a fourth byte may be read: one load. */
static uint32_t key_within(const char *s)
{
	uint32_t four;

	memcpy(&four, s, sizeof(four));
	return le32toh(four) & 0xFFFFFF;
}

static uint32_t slot_of(uint32_t key)
{
	return key * UINT32_C(2654435761) >> 16;
}

void hints_init(struct hints *hints, const char *const words[])
{
	uint32_t slot;

	memset(hints, 0, sizeof(*hints));
	for (; *words; words++) {
		assert(hints->n < HINTS_MAX && strlen(*words) >= 3);
		hints->keys[hints->n++] = key_at(*words);
		slot = slot_of(key_at(*words));
		hints->bits[slot >> 3] |= (uint8_t)(1u << (slot & 7));
	}
}

static int is_one(const struct hints *hints, uint32_t key)
{
	size_t i;

	for (i = 0; i < hints->n; i++)
		if (hints->keys[i] == key)
			return 1;
	return 0;
}

const char *hints_find(const struct hints *hints, const char *text, size_t len)
{
	const char *last = text + len - 3;
	uint32_t key, slot;

	if (len < 3)
		return NULL;
	for (; text < last; text++) {
		key = key_within(text);
		slot = slot_of(key);
		if (hints->bits[slot >> 3] >> (slot & 7) & 1 && is_one(hints, key))
			return text;
	}
	return is_one(hints, key_at(last)) ? last : NULL;
}
