/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_SECRET_H
#define PIPETOP_APP_SECRET_H

/* Where a token may come from, and how it is taken away again (reliability.md 4.1). */
#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "core/err.h"

#define SECRET_FILE_MAX (64u << 10)

/*
 * The token in a file: a regular file of the user's own, nobody else may read it, no symbolic
 * link; the token alone on the first line, and below it nothing but lines that begin with '#'. The
 * caller owns *token (secret_erase).
 */
bool secret_read_file(const char *path, char **token, struct err *err);
/* And those lines; `notes` may be NULL. err->code is ENOENT when there is no such file. */
bool secret_read_noted(const char *path, char **token, struct buf *notes, struct err *err);

/*
 * Takes a variable out of the environment: its bytes are overwritten, so that neither
 * children nor /proc/PID/environ have it. NULL when it is unset or empty; unchecked.
 */
char *secret_take_env(const char *name);

/* Visible ASCII without blanks: fit to stand in a header. `where` names it in the sentence. */
bool secret_check(const char *token, const char *where, struct err *err);

void secret_erase(char *token); /* overwrites and frees; NULL is fine */

#endif
