/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_TUI_H
#define PIPETOP_APP_TUI_H

/* The dashboard: the loop, the panes, the terminal. Returns the exit status. */
#include "app/options.h"

int tui_run(const struct options *options);

#endif
