/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_TEXTFILE_H
#define PIPETOP_APP_TEXTFILE_H

/* Small files of text that a person or we wrote, read whole; and written whole or not at all. */
#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "core/err.h"

/*
 * Appends the text of a regular file of at most `max` bytes without NULs. A file that is not there:
 * err->code is ENOENT.
 */
bool textfile_read(const char *path, size_t max, struct buf *out, struct err *err);

/*
 * Puts a file with mode 0600 in the place of `path`, whose directory is there: written beside it,
 * on the disk before it has the name. Whoever reads finds the old text or the new.
 */
bool textfile_write(const char *path, const char *text, size_t len, struct err *err);

/* The directory of a file, with mode 0700 where it is not there. */
bool textfile_make_dir(const char *path, struct err *err);

/*
 * For programs that read a file, change it and put it back: a lock beside it, which others hold for
 * that moment. -1 when it is not free within a fifth of a second; closing the descriptor frees it.
 */
int textfile_lock(const char *path, struct err *err);

/* Enough of a path to know the file by, so that a sentence about it has room. */
const char *textfile_short(const char *path);

#endif
