/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_MODEL_PRUNE_H
#define PIPETOP_MODEL_PRUNE_H

/* How much of the past is kept: days of running must not add up. */
#include "rows.h"

#define PRUNE_RUNS 60	  /* of a pipeline; live ones, details and the latest stay beyond */
#define PRUNE_RUNS_MANY 1  /* the same where there are thousands of pipelines */
#define PRUNE_DETAILS 5	  /* of a pipeline: finished runs with their jobs */
#define PRUNE_ALL 200	  /* finished runs with their jobs, all together */
#define PRUNE_EVERY 50	  /* details taken between two calls of prune_all */

/* After `just` (or NULL) was put into the row, which may hold `most` runs; it stays whatever it is. */
void prune_row(struct row *row, const struct kept *just, size_t most);
void prune_all(struct rows *rows);

#endif
