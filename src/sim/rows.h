/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_ROWS_H
#define PIPETOP_SIM_ROWS_H

/* The rows of lists, in the service's JSON, appended to a buffer. */
#include "sim/server.h"

/* A run summary: in lists (with ids in its stages), and without them in the batch status. */
void rows_summary(const struct call *c, const char *name, const struct run *r, bool stage_ids,
		  struct buf *b);
void rows_pipeline(const struct call *c, struct pipeline *p, const struct run *latest,
		   struct buf *b);
void rows_v3(struct pipeline *p, const struct run *latest, struct buf *b);
/* What was built, and why. */
void rows_build_params(const char *name, const struct run *r, bool with_url, struct buf *b);

#endif
