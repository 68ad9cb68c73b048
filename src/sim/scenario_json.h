/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_SCENARIO_JSON_H
#define PIPETOP_SIM_SCENARIO_JSON_H

/*
 * Answers of the real service kept as files, taken into a scenario: a step's log, a row
 * of the run list, a row of the v3 list. Names of files are relative to the scenario's.
 */
#include "core/err.h"
#include "sim/arena.h"
#include "sim/scenario.h"

struct scenario_json; /* opaque: the documents read so far */

struct scenario_json *scenario_json_new(struct arena *arena);
void scenario_json_free(struct scenario_json *j);

const struct log_literal *scenario_json_log(struct scenario_json *j, const char *beside,
					    const char *file, struct err *err);
/* Fills what the row says; the run list will show the row itself. */
bool scenario_json_run(struct scenario_json *j, const char *beside, const char *file,
		       struct told_run *run, struct err *err);
bool scenario_json_v3_row(struct scenario_json *j, const char *beside, const char *file, int row,
			  struct pipeline_info *p, int *total, struct err *err);

#endif
