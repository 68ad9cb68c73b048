/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_LAYERS_H
#define PIPETOP_APP_LAYERS_H

/* What the command line left open, from the environment, the configuration file and the defaults. */
#include <stdbool.h>

#include "app/options.h"

/*
 * Completes options that were read from argv. The secrets are gone from the environment after
 * success; after failure that is the caller's.
 */
bool layers_read(struct options *o, struct err *err);
/* All of that but the credentials, which stay where they are: which service it is, and how it looks. */
bool layers_place(struct options *o, struct err *err);

#endif
