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
	const struct theme *theme; /* borrowed until another is set */
};

/*
 * Colours are those of the terminfo entry: none, 8, 16, 256, or direct ones (xterm-direct and
 * its like). $COLORTERM does not add to them: curses can only send what the entry says, and
 * the 256 are near enough. Without colours a theme made of them is replaced by the mono look.
 */

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
/* The next show draws in its colours; the theme is borrowed until another is set. */
void term_set_theme(struct term *t, const struct theme *theme);
/* Writes what the terminal takes. False when the terminal is gone (EIO, EPIPE). */
bool term_pump(struct term *t);
bool term_pending(const struct term *t); /* bytes wait for the terminal */
uint64_t term_bytes(const struct term *t); /* written in all */
/* Frames that were not shown because their bytes were not all ours (a debug build aborts). */
uint64_t term_dropped(const struct term *t);

/* Ctrl+Z: restores, stops the process group, comes back whole when it is continued. */
void term_suspend(struct term *t);

/*
 * Gives the terminal to a child in the foreground ($PAGER, $EDITOR) as it was before us, and
 * takes it back whole, whatever the child has made of its modes. Between the two nothing is
 * read or written here: no frame is taken, no key comes, and term_in_fd() is not to be watched,
 * since what is typed is the child's. It shares our process group unless the caller gives it
 * one, so the caller ignores SIGINT and SIGQUIT meanwhile.
 */
void term_leave(struct term *t);
void term_return(struct term *t);

/* ---- beside the frames ----
 *
 * What is sent here goes behind the frame that is on its way, never into it. A terminal that
 * takes nothing is not flooded when it wakes: beyond 128 KiB, or a second bell, it is dropped.
 */

/*
 * Mouse reports, off at first: while they are on, the terminal selects text only with Shift.
 * False where the terminal has none by its terminfo entry. Every way out turns them off.
 */
bool term_mouse(struct term *t, bool on);
void term_bell(struct term *t);
/*
 * To the clipboard by OSC 52; most terminals take it, some only when told to, and none answers.
 * tmux takes it with `set -s set-clipboard on`, and hands it on with `set -g allow-passthrough
 * on`; by default it does neither. Fails with a sentence when the text has more than 56,244
 * bytes, where the terminal is not of xterm's kind, or takes nothing now.
 */
bool term_copy(struct term *t, const char *text, size_t len, struct err *err);
/*
 * A notification by OSC 9 and OSC 777; terminals that know neither ignore it. Title and body may
 * be the server's words. In tmux it is wrapped for the terminal around it, which tmux lets
 * through with `set -g allow-passthrough on`.
 */
void term_notify(struct term *t, const char *title, const char *body);

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
	KEY_CODE_MOUSE, /* only after term_mouse(t, true) */
};

/* Releases and movements are not told; nor is a click with Shift, which the terminal keeps. */
enum mouse_act {
	MOUSE_LEFT = 1,
	MOUSE_MIDDLE,
	MOUSE_RIGHT,
	MOUSE_WHEEL_UP,
	MOUSE_WHEEL_DOWN,
};

struct key {
	uint32_t code; /* a code point, or a KEY_CODE_* */
	bool alt;
	uint8_t mouse;	/* of KEY_CODE_MOUSE: an enum mouse_act, pressed or turned ... */
	short row, col; /* ... at this cell of the frame, from 0 */
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
