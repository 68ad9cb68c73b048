/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_CROWD_H
#define PIPETOP_SIM_CROWD_H

/*
 * Pipelines by the thousand. Each takes its turn once in a period of its own, and turn k
 * is a function of the pipeline and k: when it is created, when it starts, what comes of
 * it. So what a pipeline shows at a moment costs a division, and how it ends is known
 * without its plan. Only a run that is looked at closer, or that is in progress, is made
 * whole, and kept for a while.
 */
#include "sim/world.h"

struct crowd; /* opaque */

/* For the pipelines of the scenario that are of the crowd, at its start. */
struct crowd *crowd_new(struct world *w);
void crowd_free(struct crowd *c);
/*
 * Forgets runs that were not looked at for long; makes the next run of those pipelines
 * that are kept. True when a run was created since.
 */
bool crowd_catch_up(struct crowd *c, int64_t now);

/* The pipeline by its place in the world. Run 0 is the oldest that is remembered. */
int crowd_count(struct crowd *c, int pipeline);
struct run *crowd_run_at(struct crowd *c, int pipeline, int i);
struct run *crowd_latest(struct crowd *c, int pipeline, int64_t now);
struct run *crowd_run(struct crowd *c, int pipeline, const char *id, int64_t now);
bool crowd_sight(struct crowd *c, int pipeline, int64_t listed, int64_t now, enum sim_gate gate_as,
		 struct sight *out);

/* From now on the world keeps the pipeline's runs, and is told to make the next ones. */
void crowd_keep(struct crowd *c, int pipeline);

/* Each run that is made whole at present; NULL after the last. */
struct run *crowd_made(struct crowd *c, int i);

#endif
