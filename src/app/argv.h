/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_ARGV_H
#define PIPETOP_APP_ARGV_H

/* Lists of words that a program is started with: owned, NULL-terminated. */
#include <stdbool.h>
#include <stddef.h>

#include "core/err.h"

/*
 * Splits a command line such as $PAGER: blanks separate, '...' and "..." keep blanks, a
 * backslash takes the next character as it is (not within '...'). What only a shell could do
 * is refused, for no shell is started. `name` is whose value it is.
 */
bool argv_split(const char *text, const char *name, char ***argv, struct err *err);

char **argv_copy(const char *const *argv); /* NULL gives NULL */
void argv_add(char ***argv, const char *word); /* *argv may be NULL */
size_t argv_count(const char *const *argv);
void argv_free(char **argv);

#endif
