/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_LOG_SPOOL_H
#define PIPETOP_LOG_SPOOL_H

/*
 * Bytes without end in a file that nobody else can reach. Written at the end only, all
 * or nothing; read through windows that are mapped, so that a walk over a gigabyte copies
 * nothing and never holds more than a window.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/err.h"

struct spool;

struct spool *spool_new(const char *dir, struct err *err);
void spool_free(struct spool *s);
int64_t spool_end(const struct spool *s);

/* Adds the text and one newline; false and nothing added when the disk won't take it. */
bool spool_add_line(struct spool *s, const char *text, size_t len, struct err *err);

/* Gives the bytes back to the file system; reading them afterwards is a mistake of the caller. */
void spool_give_back(struct spool *s, int64_t offset, int64_t len);

/* Lines and walks have a window each, so that a search does not move the screen's. */
enum spool_window { SPOOL_LINES, SPOOL_WALK, SPOOL_WINDOWS };

/*
 * `len` bytes at `offset`, which must have been added; borrowed until the next call with
 * the same window. NULL when the system can't map them.
 */
const char *spool_view(struct spool *s, enum spool_window window, int64_t offset, size_t len);

#endif
