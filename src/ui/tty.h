/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_TTY_H
#define PIPETOP_UI_TTY_H

/*
 * The terminal as a device: descriptors of our own, its modes, and the way back to what
 * it was. No curses here.
 */
#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#include "core/err.h"

#define TTY_SIDE_MAX 1000 /* rows or columns that are used of a larger terminal */

struct tty {
	int in, out; /* ours: non-blocking, not shared with the shell */
	struct termios saved, ours;
};

/* `t` is all -1 on failure. */
bool tty_open(struct tty *t, int in_fd, int out_fd, struct err *err);
void tty_close(struct tty *t);

/* Waits as a stopped job until we are in the foreground (T19). */
void tty_await_foreground(const struct tty *t);

/*
 * Sets the modes of a full screen program. From here to tty_leave(), and in
 * tty_emergency(), `restore` (copied) is what brings the terminal's look back.
 */
bool tty_enter(struct tty *t, const char *restore, size_t len, struct err *err);
void tty_leave(struct tty *t);
/* Enters again after tty_leave(), whatever modes were set meanwhile: leaving still goes back to
 * those from before tty_enter(). */
void tty_retake(struct tty *t);
/* Async-signal-safe, never waits, a no-op when not entered. */
void tty_emergency(void);

/* The kernel's word on the size, at least 1x1; 80x24 where it says nothing. */
void tty_size(const struct tty *t, int *rows, int *cols);

/* Stops the process group as Ctrl+Z does and returns when it is continued. */
void tty_stop(void);

#endif
