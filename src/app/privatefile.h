/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_PRIVATEFILE_H
#define PIPETOP_APP_PRIVATEFILE_H

/*
 * A place for one file that nobody else may read, for as long as a pager or an editor has it:
 * a directory of mode 0700 below $XDG_CACHE_HOME/pipetop (a log may be larger than the
 * memory behind $XDG_RUNTIME_DIR, which is the second choice).
 */
#include "core/buf.h"
#include "core/err.h"

/* Appends the path for a file called `name` in a directory made for it alone. */
bool privatefile_make(const char *name, struct buf *path, struct err *err);
void privatefile_remove(const char *path); /* the file, what an editor left beside it, the directory */
/* Removes what pipetops left that were killed. */
void privatefile_sweep(void);

#endif
