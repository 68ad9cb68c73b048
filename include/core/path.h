/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_CORE_PATH_H
#define PIPETOP_CORE_PATH_H

/*
 * Where files are: our data beside the binary before `make install` and in pkgdatadir
 * after it; the user's by the XDG base directory rules (a relative or unset variable
 * falls back to $HOME/..., and without HOME there is no such place).
 */
#include <stdbool.h>

#include "core/buf.h"
#include "core/err.h"

/*
 * Finds `name` ("default.theme") of `kind` ("themes", "scenarios"): first the user's
 * $XDG_CONFIG_HOME/pipetop/KIND, then KIND beside the running binary, then pkgdatadir/KIND.
 */
bool path_data(const char *kind, const char *name, struct buf *out);
/* Directory `nth` (from 0) of those, whether it exists or not; false when there is none. */
#define PATH_DATA_DIRS 3
bool path_data_dir(const char *kind, int nth, struct buf *out);

/* The directory of the running binary. */
bool path_self(struct buf *out);

enum path_place { PATH_CONFIG, PATH_STATE, PATH_CACHE };
/* "$XDG_..._HOME/pipetop"; false without a home. */
bool path_user(enum path_place place, struct buf *out);

/* mkdir -p with mode 0700 for what is missing. */
bool path_make_dir(const char *path, struct err *err);

#endif
