/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_TUI_H
#define PIPETOP_APP_TUI_H

/*
 * The dashboard: the loop, the panes, the terminal. Returns the exit status. Where something is missing
 * it says so on one screen; the operator may turn to the demo there, which sets options->demo.
 */
#include "app/options.h"

int tui_run(struct options *options);

#endif
