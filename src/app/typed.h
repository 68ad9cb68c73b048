/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_TYPED_H
#define PIPETOP_APP_TYPED_H

/* A line that a person types at the terminal, before there is a dashboard. */
#include <stdbool.h>
#include <stddef.h>

#include "core/err.h"

#define TYPED_MAX 1024 /* bytes of a line, with the NUL */

/* Can somebody be asked? stdin and stderr are a terminal. */
bool typed_possible(void);

/*
 * Writes `prompt` to stderr and reads a line of stdin into `out`; `shown` false: without echo. The
 * terminal is as it was afterwards, also when a signal ends the program meanwhile or Ctrl+Z
 * suspends it. An empty line, a line too long, the end of input: a failure.
 */
bool typed_line(const char *prompt, bool shown, char out[TYPED_MAX], struct err *err);

#endif
