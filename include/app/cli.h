/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_CLI_H
#define PIPETOP_APP_CLI_H

/* Commands for scripts: o->args[0] is the command. Returns the exit status. */
#include "app/options.h"

int cli_run(const struct options *options);

#endif
