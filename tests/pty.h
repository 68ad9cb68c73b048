/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_TESTS_PTY_H
#define PIPETOP_TESTS_PTY_H

/*
 * A program on a terminal of the test's: what it writes goes through a terminal emulator
 * (libvterm), what a user would see and type is read and written here. All waiting is for a
 * condition, with a deadline; the program's output is read while waiting.
 *
 * Do not include curses' term.h beside this.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/buf.h"

struct pty; /* opaque */

/*
 * Starts argv[0] (looked up in PATH) as the leader of a session on a new terminal of that
 * size. `env` (may be NULL) ends with NULL and adds "NAME=value", or removes "NAME", to the
 * test's own environment. Fails the test when it cannot. `term` NULL: no TERM at all.
 */
struct pty *pty_start(const char *const argv[], const char *term, int rows, int cols,
		      const char *const env[]);
void pty_free(struct pty *p); /* kills what still runs */

/* Do these hold within the time? A program that ends is given its last bytes' due. */
bool pty_wait(struct pty *p, bool (*holds)(struct pty *p, void *arg), void *arg, int timeout_ms);
bool pty_wait_text(struct pty *p, const char *text, int timeout_ms);
bool pty_wait_gone(struct pty *p, const char *text, int timeout_ms); /* text not on the screen */
bool pty_wait_bytes(struct pty *p, const char *bytes, int timeout_ms); /* anywhere in the raw output */

void pty_keys(struct pty *p, const char *keys);
void pty_key_bytes(struct pty *p, const char *bytes, size_t len);
void pty_resize(struct pty *p, int rows, int cols); /* the kernel sends SIGWINCH */
/*
 * The program is told of a size that the emulator does not take: for storms of sizes, where
 * libvterm 0.1.4 has been seen to crash when it is resized a thousand times. End with pty_resize.
 */
void pty_resize_unseen(struct pty *p, int rows, int cols);
/*
 * A new emulator of that size, as a terminal on its second screen after a clear, and the
 * program is told of the size: after a storm of unseen ones.
 */
void pty_renew(struct pty *p, int rows, int cols);
void pty_scribble(struct pty *p, const char *bytes); /* to the emulator, as if the program had */
void pty_size(const struct pty *p, int *rows, int *cols); /* the emulator's */
void pty_signal(struct pty *p, int signal);	     /* to the program */

/* Closes the terminal's side: what the program reads from now on is the end. */
void pty_hang_up(struct pty *p);

/* While stalled nothing is read from the program: the terminal takes no more. */
void pty_stall(struct pty *p, bool stalled);

/* The screen as text: trailing blanks of rows cut, each row ends with a newline. */
void pty_screen(struct pty *p, struct buf *out);
bool pty_shows(struct pty *p, const char *text); /* within one row */

struct pty_cell {
	uint32_t ch;   /* 0 for a blank never written, and for a right half */
	uint32_t marks[5];
	int width;
	uint32_t fg, bg; /* COLOUR() words */
	bool bold, italic, underline, reverse;
};
struct pty_cell pty_cell(struct pty *p, int row, int col);
bool pty_find(struct pty *p, const char *text, int *row, int *col); /* its first cell */

struct pty_state {
	int row, col; /* of the cursor */
	bool cursor, alternate;
	bool mouse; /* reports are asked for */
};
struct pty_state pty_state(struct pty *p);

/* All bytes the program has written, up to 64 MiB. */
const char *pty_raw(struct pty *p, size_t *len);

/* Exit code, or 128 + signal; -1 when it still runs after the time. */
int pty_exit_status(struct pty *p, int timeout_ms);
pid_t pty_pid(const struct pty *p);
long pty_cpu_ms(const struct pty *p); /* user and system time of the program so far */

/* Are the terminal's modes what they were before the program started? */
bool pty_modes_restored(struct pty *p);

/* A clock for tests: milliseconds, monotonic. */
int64_t pty_now_ms(void);

/*
 * What a limit for a quiet machine and a plain build is here and now: more under a sanitizer
 * (whose search for leaks counts as leaving), up to four times as much on a loaded machine.
 */
int pty_limit_ms(int quiet_ms);

#endif
