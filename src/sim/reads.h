/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_READS_H
#define PIPETOP_SIM_READS_H

/* The small reads of api.md 4.6, one handler each. */
#include "sim/server.h"

/* The variables that runs of such a pipeline have, one after another from *at 0 on; NULL after the last. */
const struct scenario_variable *reads_next_variable(const struct scenario *s, const struct pipeline_info *p, int *at);
/* As a definition has them: without those of parameter groups. */
cJSON *reads_variables_of(const struct scenario *s, const struct pipeline_info *info);

void reads_outputs(struct call *c);	  /* .../steps/outputs?step_run_ids= */
void reads_artifacts(struct call *c);	  /* .../artifacts */
void reads_jump_link(struct call *c);	  /* .../jump-link */
void reads_run_variables(struct call *c); /* .../run-variables?mode= */
void reads_runtime_vars(struct call *c);  /* .../list-runtime-vars */
void reads_queue(struct call *c);	  /* .../queued-pipeline */

#endif
