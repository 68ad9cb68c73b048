/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_TABLE_H
#define PIPETOP_APP_TABLE_H

/*
 * A table for people: columns as wide as their widest cell, measured in terminal cells, two
 * blanks between, nothing after the last. Cells are clean text (app/say.h).
 */
#include <stddef.h>

#include "core/buf.h"

struct table; /* opaque */

/* `titles`: one a column, in capitals, translatable; a title that begins with '>' sets its column to the right. */
struct table *table_new(const char *const *titles, size_t columns);
void table_free(struct table *t);

/* Fills the next cell, row by row. NULL is "". */
void table_add(struct table *t, const char *cell);
size_t table_rows(const struct table *t);
void table_print(const struct table *t, struct buf *out);

/* Terminal cells of clean text. */
int table_width(const char *text);

#endif
