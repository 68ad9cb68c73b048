/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_SAY_H
#define PIPETOP_APP_SAY_H

/* What commands say beside their data: sentences on stderr, cleaned of control characters. */
#include "core/buf.h"
#include "model/state.h"

/* "pipetop: " and the sentence; anything in it may come from the server. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Lines that are clean already, such as the candidates below a refusal. */
void say_lines(struct buf *lines);

/* A name or message of the server's, fit for one line of output; `none` for NULL and "". */
void say_name(struct buf *out, const char *name, const char *none);

/* "x failed": symbol and word; the server's own word where ours is OTHER. */
void say_state(struct buf *out, enum state state, const char *status);

#endif
