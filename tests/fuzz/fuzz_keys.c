/* SPDX-License-Identifier: MIT */
/*
 * The key parser on any bytes: the first byte says in what pieces the rest comes and how
 * much time passes between them, and whether the mouse is on. What comes out is a key, a
 * paste is clean, and the mouse is within a screen.
 */
#include <stdint.h>
#include <stdlib.h>

#include "core/text.h"
#include "ui/termkey.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_paste(const struct termkey *k)
{
	size_t i;

	if (k->pasted.len > TERMKEY_PASTE_MAX || !text_valid(k->pasted.data, k->pasted.len))
		abort();
	for (i = 0; i < k->pasted.len; i++)
		if ((unsigned char)k->pasted.data[i] < ' ' || k->pasted.data[i] == 0x7F)
			abort();
}

static void check_mouse(const struct termkey *k, const struct key *key)
{
	if (key->code != KEY_CODE_MOUSE) {
		if (key->mouse || key->row || key->col)
			abort();
		return;
	}
	if (!k->mouse || key->mouse < MOUSE_LEFT || key->mouse > MOUSE_WHEEL_DOWN || key->row < 0 ||
	    key->row >= TERMKEY_CELL_MAX || key->col < 0 || key->col >= TERMKEY_CELL_MAX)
		abort();
}

static void take(struct termkey *k, int64_t now_ms)
{
	struct key key;
	int wait_ms;

	while (termkey_next(k, now_ms, &key, &wait_ms)) {
		if (key.code == 0 || key.code > KEY_CODE_MOUSE)
			abort();
		check_mouse(k, &key);
		if (key.code == KEY_CODE_PASTE)
			check_paste(k);
	}
	if (wait_ms < -1 || (k->state == TERMKEY_GROUND && wait_ms != -1))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t piece = size ? 1 + data[0] % 16u : 1, at, n;
	int64_t now_ms = 0;
	struct termkey k;

	termkey_init(&k);
	k.mouse = size && data[0] & 1;
	for (at = 1; at < size; at += n) {
		n = size - at < piece ? size - at : piece;
		termkey_feed(&k, (const char *)data + at, n, now_ms);
		now_ms += size ? data[0] / 16 * 3 : 0;
		take(&k, now_ms);
	}
	take(&k, now_ms + 100000);
	if (k.state != TERMKEY_GROUND)
		abort();
	termkey_done(&k);
	return 0;
}
