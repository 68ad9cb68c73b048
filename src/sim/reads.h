/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_READS_H
#define PIPETOP_SIM_READS_H

/* The small reads of api.md 4.6, one handler each. */
#include "sim/server.h"

/* Do runs of the pipeline have it? */
bool reads_has_variable(const struct pipeline *p, const struct scenario_variable *v);

void reads_outputs(struct call *c);	  /* .../steps/outputs?step_run_ids= */
void reads_artifacts(struct call *c);	  /* .../artifacts */
void reads_jump_link(struct call *c);	  /* .../jump-link */
void reads_run_variables(struct call *c); /* .../run-variables?mode= */
void reads_runtime_vars(struct call *c);  /* .../list-runtime-vars */
void reads_queue(struct call *c);	  /* .../queued-pipeline */

#endif
