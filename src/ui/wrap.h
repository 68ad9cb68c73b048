/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_WRAP_H
#define PIPETOP_UI_WRAP_H

/* Text over several rows of so many cells. */
#include <stddef.h>

#include "core/buf.h"
#include "ui/grid.h"

/*
 * Puts into `part` what of `text` fits into so many cells, to the last blank where there is one. Returns
 * the bytes to go on from, at least 1 unless the text is empty.
 */
size_t wrap_part(const struct grid *g, const char *text, int cells, struct buf *part);

#endif
