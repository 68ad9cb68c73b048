/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_TESTS_SVG_H
#define PIPETOP_TESTS_SVG_H

#include "core/buf.h"
#include "pty.h"

/*
 * The terminal's screen as a picture in a plain frame: text that can be selected, each cell at
 * its place whatever the reader's font. Readers with a dark desktop see it dark. The
 * emulator knows no dim text, so there is none.
 */
void svg_write(struct pty *p, const char *title, struct buf *out);

#endif
