/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_WORLD_H
#define PIPETOP_SIM_WORLD_H

/*
 * Pipelines and their runs at a moment of simulated time. Runs come from lanes: each
 * lane is an endless sequence, a function of the seed, of which the world has made as
 * much as the time asks for; old runs are forgotten, so memory stays flat.
 */
#include <stdbool.h>
#include <stdint.h>

#include "sim/plan.h"
#include "sim/scenario.h"

#define RUN_ATTEMPTS 2

struct run {
	char id[RNG_ID_SIZE];
	struct pipeline *pipeline;
	int number;
	const char *executor, *trigger, *branch, *message;
	char executor_id[RNG_ID_SIZE], commit[41];
	int64_t created; /* from here on it is known; QUEUED until `start` */
	int64_t start;
	uint64_t seed;
	struct plan plans[RUN_ATTEMPTS]; /* by attempt */
	int nplans;
	struct log_context context;
	struct cJSON *list_row; /* borrowed; what the run list shows instead */
	struct arena arena;
};

struct pipeline {
	const struct pipeline_info *info;
	const struct project *project;
	struct run **runs; /* by number, oldest first; some may not be created yet */
	int n;
	int next_number;
};

struct world; /* opaque */

struct world *world_new(struct scenario *scenario); /* owns it from now on */
void world_free(struct world *w);
const struct scenario *world_scenario(const struct world *w);

/* Makes all that exists at `now`, which never goes backwards. */
void world_catch_up(struct world *w, int64_t now);

int world_count(const struct world *w);
struct pipeline *world_pipeline_at(struct world *w, int i);
struct pipeline *world_pipeline(struct world *w, const char *id);

/* The newest run created by `now`; NULL. */
struct run *pipeline_latest(const struct pipeline *p, int64_t now);
struct run *pipeline_run(const struct pipeline *p, const char *id, int64_t now);

/* The plan that shows at `now`. */
const struct plan *run_plan(const struct run *r, int64_t now);
int run_attempt(const struct run *r, int64_t now); /* 1, 2 ... */
const char *run_word(const struct run *r, int64_t now, enum sim_gate gate_as);
bool run_final(const struct run *r, int64_t now);
int64_t run_end(const struct run *r, int64_t now); /* 0: it has not ended */

/* A step of any attempt; `job_id` NULL for any. */
struct plan_step *run_step(struct run *r, const char *job_id, const char *step_id, int64_t now);
/* By the id alone, anywhere. */
struct plan_step *world_step(struct world *w, const char *step_id, int64_t now, struct run **run);

#endif
