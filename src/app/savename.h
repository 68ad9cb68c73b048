/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_SAVENAME_H
#define PIPETOP_APP_SAVENAME_H

/* Where a log is saved to. */
#include "core/buf.h"
#include "model/ref.h"
#include "model/store.h"

/*
 * The path that an operator means by `text`: NULL or "" is chores_name() in the current
 * directory, a directory is that name in there, "~/" is his home.
 */
void savename_path(const char *text, const struct store *store, const struct ref *step, struct buf *out);

#endif
