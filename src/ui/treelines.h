/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_TREELINES_H
#define PIPETOP_UI_TREELINES_H

/*
 * The rows of the two lists, of which there may be 100,000 and more: none is made before it is
 * asked for. The roster knows how many lines each entry takes; tree_line() makes the
 * block of rows that a line is in, and the blocks made lately are kept.
 */
#include "tree.h"

void treelines_init(struct tree *t);
void treelines_done(struct tree *t);
/* Makes the number of a list's rows true, and what was made before old. */
void treelines_make(struct tree *t, enum view_kind kind);

/* The lines [*from, *to) of the roster's row; ROSTER_NONE: of the guest, if there is one. */
void treelines_of(const struct tree *t, size_t row, size_t *from, size_t *to);
/* The roster's row of a line; ROSTER_NONE: the guest's. */
size_t treelines_row(const struct tree *t, size_t line);

#endif
