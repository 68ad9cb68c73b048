/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_TERMKEY_H
#define PIPETOP_UI_TERMKEY_H

/*
 * Bytes from a terminal -> keys. Pure: no descriptor, no clock.
 *
 * Feed bytes with termkey_feed(), take keys with termkey_next() until it gives none.
 * What is not a key (answers, focus, broken UTF-8, and the mouse unless asked for) is swallowed
 * whole: no byte of it ever comes out as a key.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "ui/term.h"

#define TERMKEY_ESC_MS 25
#define TERMKEY_QUEUE 1024
#define TERMKEY_PASTE_MAX (64u * 1024)
#define TERMKEY_CELL_MAX 2000 /* rows and columns of a mouse report that is believed */
#define TERMKEY_STRING_MAX 4096 /* bytes of an OSC or DCS that never ends */

enum termkey_state {
	TERMKEY_GROUND,
	TERMKEY_ESC,
	TERMKEY_CSI,
	TERMKEY_SS3,
	TERMKEY_LINUX,	    /* after CSI [ */
	TERMKEY_X10,	    /* three bytes of an old mouse report follow */
	TERMKEY_STRING,	    /* OSC, DCS, SOS, PM, APC */
	TERMKEY_STRING_ESC, /* ESC within one */
	TERMKEY_UTF8,
	TERMKEY_PASTE,
};

struct termkey {
	enum termkey_state state;
	bool mouse;	   /* reports are keys (set by the owner); else they are swallowed */
	bool alt;	   /* the ESC before this */
	int64_t since_ms;  /* when the unfinished sequence last grew */
	char params[32];   /* of a CSI */
	size_t params_n;
	char utf8[4];
	size_t utf8_n, utf8_want;
	size_t swallowed; /* bytes of an X10 report or a string so far */
	struct buf paste;  /* being collected */
	struct buf pasted; /* the last one, cleaned */
	size_t paste_tail; /* how much of the end mark was seen */
	struct key queue[TERMKEY_QUEUE];
	size_t head, count;
};

void termkey_init(struct termkey *k);
void termkey_done(struct termkey *k);

/* How many bytes may be fed before keys must be taken (a paste always fits). */
size_t termkey_room(const struct termkey *k);
void termkey_feed(struct termkey *k, const char *bytes, size_t len, int64_t now_ms);

/*
 * The next key; false when there is none. *wait_ms is then when to ask again because
 * an Escape may be a key by itself, or -1.
 */
bool termkey_next(struct termkey *k, int64_t now_ms, struct key *key, int *wait_ms);

#endif
