/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_GATECHOICE_H
#define PIPETOP_APP_GATECHOICE_H

/*
 * Which open gate of a run a deed is for: the only one that it can be done to and that --stage, --job and
 * --step leave.
 */
#include <stdbool.h>

#include "command.h"
#include "model/deed.h"

/* `gate` points into the run. False: none or several; those are in c->hints then, each with what means it. */
bool gatechoice(struct command *c, enum deed deed, const struct run *run, struct step_at *gate,
		struct deed_view *view, struct err *err);

#endif
