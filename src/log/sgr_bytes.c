/* SPDX-License-Identifier: MIT */
/*
 * UTF-8 by table 3-7 of the standard, a byte at a time. A continuation byte that no lead
 * has asked for is a C1 control if it is in 80..9F: programs of old send those. But the
 * bytes that follow a broken lead are what is left of one character (overlong forms,
 * surrogates, a character cut in half), and each is one wrong part.
 */
#include "sgr_bytes.h"

#include <string.h>

static struct sgr_unit wrong_part(struct sgr_bytes *b)
{
	struct sgr_unit unit = {.cp = SGR_NO_CHAR, .len = b->have};

	memcpy(unit.bytes, b->bytes, sizeof(unit.bytes));
	b->debris = b->need;
	b->need = b->have = 0;
	return unit;
}

static struct sgr_unit lone_byte(uint32_t cp, uint8_t byte)
{
	return (struct sgr_unit){.cp = cp, .len = 1, .bytes = {byte}};
}

/* Continuation bytes that a lead claims, also the leads that no UTF-8 has. */
static uint8_t claimed(uint8_t lead)
{
	uint8_t n = 0;

	while (n < 6 && lead & (0x40 >> n))
		n++;
	return n < 6 ? n : 0;
}

static int lead_byte(struct sgr_bytes *b, uint8_t byte, struct sgr_unit *unit)
{
	b->bytes[0] = byte;
	b->have = 1;
	b->need = claimed(byte);
	b->debris = 0;
	if (byte < 0xC2 || byte > 0xF4) {
		*unit = wrong_part(b);
		return 1;
	}
	b->cp = byte & (0x3Fu >> b->need);
	b->low = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
	b->high = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
	return 0;
}

static int next_byte(struct sgr_bytes *b, uint8_t byte, struct sgr_unit *unit)
{
	b->bytes[b->have++] = byte;
	b->cp = b->cp << 6 | (byte & 0x3F);
	b->low = 0x80;
	b->high = 0xBF;
	if (--b->need)
		return 0;
	*unit = (struct sgr_unit){.cp = b->cp, .len = b->have};
	b->have = 0;
	return 1;
}

int sgr_bytes_take(struct sgr_bytes *b, uint8_t byte, struct sgr_unit units[2])
{
	int n = 0;

	if (b->need) {
		if (byte >= b->low && byte <= b->high)
			return next_byte(b, byte, units);
		units[n++] = wrong_part(b);
	}
	if (byte >= 0xC0)
		return n + lead_byte(b, byte, units + n);
	if (byte < 0x80) {
		b->debris = 0;
		units[n++] = lone_byte(byte, byte);
	} else if (b->debris) {
		b->debris--;
		units[n++] = lone_byte(SGR_NO_CHAR, byte);
	} else {
		units[n++] = lone_byte(byte < 0xA0 ? byte : SGR_NO_CHAR, byte);
	}
	return n;
}

bool sgr_bytes_end(struct sgr_bytes *b, struct sgr_unit *unit)
{
	bool open = b->need;

	if (open)
		*unit = wrong_part(b);
	*b = (struct sgr_bytes){0};
	return open;
}
