/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_TERM_H
#define PIPETOP_UI_TERM_H

/*
 * The operator's terminal: the one home of curses.
 *
 * ncurses writes a frame into a memory file; term_pump() moves it to our own
 * non-blocking descriptor of the terminal as fast as that takes it, and a frame is only
 * made while none is queued. So a stalled terminal costs nothing and quitting never
 * waits (design.md "Measured").
 *
 * The terminal is restored on every way out: term_free(), and term_emergency() from
 * signal handlers (async-signal-safe; a no-op when no terminal is open).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/err.h"
#include "ui/grid.h"
#include "ui/theme.h"

struct term; /* opaque; at most one */

struct term_options {
	int in_fd, out_fd;   /* the tty */
	bool colour;	     /* false: NO_COLOR */
	const struct theme *theme; /* borrowed for the life of the term */
};

/*
 * Opens $TERM. Fails with the sentence for exit 2 where the terminal is no terminal, unknown, dumb
 * or without cursor addressing: it names `watch` and `--json`.
 */
struct term *term_new(const struct term_options *options, struct err *err);
void term_free(struct term *t); /* restores, after what is queued was dropped */
void term_emergency(void);

/* For polling: readable keys at `in`, writable queue at `out`. */
int term_in_fd(const struct term *t);
int term_out_fd(const struct term *t);

void term_size(const struct term *t, int *rows, int *cols);
bool term_resized(struct term *t); /* asks the kernel; true when the size is another */

/* True when no frame is queued, so a new one may be shown. */
bool term_ready(const struct term *t);
/* Makes the bytes of the change from the last frame; then pump. */
bool term_show(struct term *t, const struct grid *g, struct err *err);
void term_repaint(struct term *t); /* the next show redraws everything (Ctrl+L) */
void term_set_theme(struct term *t, const struct theme *theme);
/* Writes what the terminal takes. False when the terminal is gone (EIO, EPIPE). */
bool term_pump(struct term *t);
bool term_pending(const struct term *t); /* bytes wait for the terminal */
uint64_t term_bytes(const struct term *t); /* written in all */
/* Frames that were not shown because their bytes were not all ours (a debug build aborts). */
uint64_t term_dropped(const struct term *t);

/* Ctrl+Z: restores, stops the process group, comes back whole when it is continued. */
void term_suspend(struct term *t);

/* ---- keys ---- */

enum key_code {
	KEY_CODE_CHAR = 0, /* ch is a code point; control keys are ch 1..31 */
	KEY_CODE_UP = 0x110000,
	KEY_CODE_DOWN,
	KEY_CODE_LEFT,
	KEY_CODE_RIGHT,
	KEY_CODE_HOME,
	KEY_CODE_END,
	KEY_CODE_PGUP,
	KEY_CODE_PGDN,
	KEY_CODE_INSERT,
	KEY_CODE_DELETE,
	KEY_CODE_BACKSPACE,
	KEY_CODE_ENTER,
	KEY_CODE_TAB,
	KEY_CODE_BACKTAB,
	KEY_CODE_ESC,
	KEY_CODE_F1, /* .. F12 follow */
	KEY_CODE_F12 = KEY_CODE_F1 + 11,
	KEY_CODE_PASTE, /* pasted text came and was swallowed or kept in term_paste() */
	KEY_CODE_MOUSE,
};

struct key {
	uint32_t code; /* a code point, or a KEY_CODE_* */
	bool alt;
};

/*
 * Reads what the terminal sent and decodes the next key; false when there is none yet.
 * A lone Escape is a key after 25 ms without more: *wait_ms is then how long to wait
 * before asking again (-1: until readable). Answers, focus and mouse noise, broken
 * UTF-8 are swallowed (T18). *gone is set when the terminal has hung up (T09).
 */
bool term_key(struct term *t, int64_t now_ms, struct key *key, int *wait_ms, bool *gone);
/* Text of the last paste (KEY_CODE_PASTE), cleaned of controls, at most 64 KiB. */
const char *term_paste(const struct term *t);

#endif
