/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_EMIT_H
#define PIPETOP_SIM_EMIT_H

/*
 * JSON written straight into a buffer, for answers of hundreds of rows. Commas come by
 * themselves; `name` NULL within arrays and at the top.
 */
#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"

void emit_open(struct buf *b, const char *name, char bracket);	      /* { or [ */
void emit_close(struct buf *b, char bracket);			      /* } or ] */
void emit_string(struct buf *b, const char *name, const char *value); /* NULL: null */
void emit_int(struct buf *b, const char *name, int64_t value);
void emit_bool(struct buf *b, const char *name, bool value);
void emit_null(struct buf *b, const char *name);
void emit_raw(struct buf *b, const char *name, const char *json);

#endif
