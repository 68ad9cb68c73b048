/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_PAINT_H
#define PIPETOP_APP_PAINT_H

/* A cleaned line as bytes for a terminal: SGR sequences of our own making, nothing else. */
#include "core/buf.h"
#include "log/sgr.h"

/* Appends the line without a newline; the look is back to normal at its end. */
void paint_line(const struct sgr_line *line, struct buf *out);

#endif
