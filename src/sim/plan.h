/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_PLAN_H
#define PIPETOP_SIM_PLAN_H

/*
 * What will happen in a run, fixed when it is created: each stage, job and step has a
 * start, an end and an outcome, and its state at a moment follows from those. A run has
 * one plan for each attempt; the newest that has begun is the one that shows.
 */
#include <stdbool.h>
#include <stdint.h>

#include "sim/arena.h"
#include "sim/logtext.h"
#include "sim/rng.h"
#include "sim/scenario.h"
#include "sim/sim.h"

enum sim_state {
	SIM_INIT,
	SIM_QUEUED,
	SIM_RUNNING,
	SIM_PAUSED,
	SIM_SUSPEND,
	SIM_COMPLETED,
	SIM_FAILED,
	SIM_CANCELED,
	SIM_SKIPPED,
	SIM_OTHER, /* a told state that is none of these */
};

#define PLAN_NEVER INT64_MAX

struct plan_span {
	int64_t start, end; /* ms; PLAN_NEVER: does not happen */
	enum sim_state outcome;
	const char *told; /* the told state word, instead of the above; NULL */
	bool waits;	  /* for a person, all through */
};

struct plan_step {
	char id[RNG_ID_SIZE];
	struct plan_span span;
	const struct shape_step *shape; /* NULL in told runs */
	const char *name, *task, *type;
	const char *message;		    /* of a failure */
	const char *sub_pipeline, *sub_run; /* ids of what it runs; NULL */
	struct logtext log;
};

struct plan_job {
	char id[RNG_ID_SIZE], identifier[16];
	struct plan_span span;
	const char *name, *message;
	struct plan_step *steps;
	int n;
};

struct plan_stage {
	char id[RNG_ID_SIZE], identifier[16];
	struct plan_span span;
	const char *name;
	bool always;
	struct plan_step pre; /* manual or automatic trigger */
	struct plan_job *jobs;
	int n;
};

struct plan {
	int64_t from; /* shows from here on */
	int64_t end;  /* of the run in this attempt; PLAN_NEVER */
	enum sim_state outcome;
	const char *told;
	int64_t gate_start, gate_end; /* of its first gate; PLAN_NEVER */
	struct plan_stage *stages;
	int n;
};

struct plan_child { /* how a step's sub-pipeline comes to life */
	const char *pipeline_id, *run_id;
	int64_t end;
	enum sim_state outcome;
};

struct plan_order {
	struct arena *arena;
	const struct scenario *scenario;
	const struct shape *shape;
	const struct log_context *context;
	uint64_t seed;
	int64_t start;
	int attempt;		   /* 1, 2 ... */
	bool fails;		   /* one step of this attempt does */
	bool refused;		   /* the gate does */
	const struct plan *before; /* the attempt that this one repeats; NULL */
	/* Starts the pipeline that a step names; NULL: there is none. */
	bool (*run_child)(void *self, const char *pipeline, int64_t at, struct plan_child *child);
	void *self;
};

void plan_make(const struct plan_order *o, struct plan *p);
/* Ends everything at `at`: what runs then is CANCELED, what would come later never does. */
void plan_cancel(struct plan *p, int64_t at);
void plan_told(struct arena *arena, const struct told_run *run, uint64_t seed, struct plan *p);

enum sim_state plan_state(const struct plan_span *s, int64_t now, enum sim_gate gate_as);
const char *plan_word(enum sim_state state);
/* The word to send for a span: the told one, or its state's. */
const char *plan_span_word(const struct plan_span *s, int64_t now, enum sim_gate gate_as);
bool plan_final(enum sim_state state);

/* Does a person have to act on it now? A job and a stage wait when something in them does. */
bool plan_step_waits(const struct plan_step *s, int64_t now);
bool plan_job_waits(const struct plan_job *j, int64_t now);
bool plan_stage_waits(const struct plan_stage *g, int64_t now);
bool plan_waits(const struct plan *p, int64_t now);
/* The words of a job and a stage, with what waits in them shown as `gate_as` says. */
const char *plan_job_word(const struct plan_job *j, int64_t now, enum sim_gate gate_as);
const char *plan_stage_word(const struct plan_stage *g, int64_t now, enum sim_gate gate_as);
const char *plan_gate_word(enum sim_gate gate_as);

#endif
