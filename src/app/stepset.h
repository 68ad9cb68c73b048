/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_STEPSET_H
#define PIPETOP_APP_STEPSET_H

/*
 * Which steps of a run are meant: those with a log, or the gates that are open, narrowed by --stage,
 * --job, --step and --failed. A name is an id, an exact name, or else a part of one.
 */
#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "model/model.h"

struct stepset_want {
	const char *stage, *job, *step; /* NULL: any */
	bool failed;
	bool gates; /* open gates, wherever they stand, instead of steps with a log */
};

/* The chosen steps in order; the array is the caller's (mem_free), what it points at the run's. */
size_t stepset(const struct run *run, const struct stepset_want *want, struct step_at **steps);

/* What there is, one "stage / job / step  state" a line, for the error's hints. */
void stepset_list(const struct run *run, struct buf *out);

/* Has it begun, so that it may have written something? */
bool stepset_begun(const struct step *step);

#endif
