/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_RUN_H
#define PIPETOP_SIM_RUN_H

/*
 * One run: its label (who, why, of what) and what will happen in it. It is made with its
 * whole future, from the scenario, the pipeline and its number alone.
 */
#include <stdbool.h>
#include <stdint.h>

#include "sim/plan.h"
#include "sim/scenario.h"

#define RUN_ATTEMPTS 8

struct pair_text {
	const char *name, *value;
};

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
	const struct plan_decision *decisions; /* what people said at its gates */
	int ndecisions;
	struct plan_choice choice;
	const struct pair_text *variables; /* what was said at its start */
	int nvariables;
	bool held;	    /* it waits for a slot, or did */
	int64_t held_since, held_until; /* QUEUED meanwhile */
	struct log_context context;
	struct cJSON *list_row; /* borrowed; what the run list shows instead */
	struct arena arena;
};

struct run_fate { /* what is wanted of a run */
	int64_t created, start;
	bool fails, refused, retried, cancelled;
	bool slow; /* one of its steps takes much longer than usual */
};

/* What `run_begin` draws a run's numbers from: its pipeline's hash, and its number. */
uint64_t run_pipeline_hash(const struct scenario *s, const char *pipeline_id);
uint64_t run_seed(uint64_t pipeline_hash, int number);
/* Which of the scenario's people started the run of that seed; -1 when there are none. */
int run_person(const struct scenario *s, uint64_t seed);

/* A run with an id and a label, and no plan yet. `salt` tells apart runs of one number; 0. */
struct run *run_begin(const struct scenario *s, struct pipeline *p, int number, uint64_t salt);
/* Plans it; without `run_child` sub-pipelines do not start. */
void run_make_plans(const struct scenario *s, struct run *r, const struct run_fate *fate,
		    plan_run_child *run_child, void *self);
/* What all attempts of the run share; attempt, start and fate are the caller's. */
struct plan_order run_order(const struct scenario *s, struct run *r, plan_run_child *run_child,
			    void *self);
void run_tell(const struct scenario *s, struct run *r, const struct told_run *told);
void sim_run_free(struct run *r); /* the model has a run_free of its own */

const struct plan *run_last_plan(const struct run *r);
/* The plan that shows at `now`. */
const struct plan *run_plan(const struct run *r, int64_t now);
int run_attempt(const struct run *r, int64_t now); /* 1, 2 ... */
const char *run_word(const struct run *r, int64_t now, enum sim_gate gate_as);
bool run_queued(const struct run *r, int64_t now); /* its id in the queue is its number */
bool run_final(const struct run *r, int64_t now);
int64_t run_end(const struct run *r, int64_t now); /* 0: it has not ended */

/* A step of any attempt, the newest first; `job_id` NULL for any. */
struct plan_step *run_step(struct run *r, const char *job_id, const char *step_id, int64_t now);

#endif
