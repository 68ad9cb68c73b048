/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_TRUTH_H
#define PIPETOP_SIM_TRUTH_H

/* What is really so, for those who compare. */
#include "sim/server.h"

/* The step's log as far as it exists, each line ended; false: no such step. */
bool truth_log(struct server *s, const char *step_id, struct buf *text);
/* {"step_run_id","lines","bytes","sha256","final"} */
bool truth_hash(struct server *s, const char *step_id, struct buf *json);
/* Every pipeline with its latest run, its stages and steps. */
cJSON *truth_state(struct server *s);
/* The state word of a run, job or step. */
const char *truth_word(struct server *s, const char *id);

#endif
