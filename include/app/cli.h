/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_CLI_H
#define PIPETOP_APP_CLI_H

/* Commands for scripts: o->args[0] is the command. Returns the exit status. */
#include "app/options.h"

int cli_run(const struct options *options);
/* Does the command read from the service the ordinary way, so that it has to be signed in? */
bool cli_signs_in(const struct options *options);

#endif
