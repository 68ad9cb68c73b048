/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_MODEL_PRUNE_H
#define PIPETOP_MODEL_PRUNE_H

/* How much of the past is kept: days of running must not add up. */
#include "rows.h"

#define PRUNE_RUNS 60	  /* of a pipeline; live ones, details and the latest stay beyond */
#define PRUNE_RUNS_CROWD 2 /* of a pipeline that is not looked at, where there are very many */
#define PRUNE_DETAILS 5	  /* of a pipeline: finished runs with their jobs */
#define PRUNE_ALL 200	  /* finished runs with their jobs, all together */
#define PRUNE_EVERY 50	  /* details taken between two calls of prune_all */

/* After `just` (or NULL) was put into the row, which may hold `most` runs; it stays whatever it is. */
void prune_row(struct rows *rows, struct row *row, const struct kept *just, size_t most);
void prune_all(struct rows *rows);
/* Very many: what only an opened run needs leaves the finished summaries of all other rows. */
void prune_crowd(struct rows *rows, const struct row *opened);
/* Does it leave a summary, and is there something to leave? */
bool prune_crowds_out(const struct run *run);
void prune_cut(struct run *run);

#endif
