/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_ASIDE_H
#define PIPETOP_UI_ASIDE_H

/* What is said to a terminal beside the frames, as the bytes of it. Pure. */
#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "core/err.h"

#define ASIDE_BELL "\007"
#define ASIDE_MOUSE_ON "\033[?1000h\033[?1006h"
#define ASIDE_MOUSE_OFF "\033[?1006l\033[?1000l"

/* Base64 that terminals take in one OSC 52 (xterm's limit), and the text that makes as much. */
#define ASIDE_BASE64_MAX 74994
#define ASIDE_COPY_MAX (ASIDE_BASE64_MAX / 4 * 3)

struct aside_options {
	bool utf8; /* else what is beyond ASCII becomes '_' */
	bool tmux; /* wrapped so that tmux hands it on to the terminal around it */
};

/*
 * `text` for the clipboard, whatever its bytes. Fails when it is longer than ASIDE_COPY_MAX. For
 * tmux it is there twice, since its settings decide which of the two it heeds, if any.
 */
bool aside_copy(struct buf *out, const char *text, size_t len, const struct aside_options *options,
		struct err *err);

/*
 * A notification, as OSC 9 and as OSC 777: terminals know one or the other, or neither. The
 * words may be the server's: controls and what is invisible are left out, `;` becomes a
 * comma, and each is cut to a line.
 */
void aside_notify(struct buf *out, const char *title, const char *body,
		  const struct aside_options *options);

#endif
