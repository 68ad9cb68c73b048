/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_ACT_H
#define PIPETOP_SIM_ACT_H

/*
 * What a person may do to the world, at the present moment of its time. False, and the
 * world is as it was, when it cannot be done; `err` says why.
 */
#include "core/err.h"
#include "sim/world.h"

bool act_stop(struct world *w, struct run *r, int64_t now, struct err *err);
/* One more attempt of a run that failed or was stopped; that one fails no more. */
bool act_retry(struct world *w, struct run *r, int64_t now, struct err *err);
/* At the first gate that is open: SIM_COMPLETED passes it, SIM_FAILED refuses it. */
bool act_decide(struct world *w, struct run *r, enum sim_state outcome, int64_t now,
		struct err *err);
/* The new run; NULL. */
struct run *act_start(struct world *w, struct pipeline *p, int64_t now, struct err *err);

#endif
