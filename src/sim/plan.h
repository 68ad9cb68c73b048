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
	SIM_UNSELECTED,
	SIM_OTHER, /* a told state that is none of these */
};

#define PLAN_NEVER INT64_MAX
#define PLAN_IDENTIFIER_SIZE 16

struct plan_span {
	int64_t start, end; /* ms; PLAN_NEVER: does not happen */
	enum sim_state outcome;
	const char *told; /* the told state word, instead of the above; NULL */
	bool waits;	  /* for a person, all through */
	bool suspends;	  /* and is no gate: it shows as suspended in any mode */
};

struct plan_step {
	char id[RNG_ID_SIZE];
	struct plan_span span;
	const struct shape_step *shape; /* NULL in told runs */
	const char *name, *task, *type;
	const char *message;		    /* of a failure */
	bool timed_out;			    /* a gate that nobody came to in time */
	const char *sub_pipeline, *sub_run; /* ids of what it runs; NULL */
	struct logtext log;
};

struct plan_job {
	char id[RNG_ID_SIZE], identifier[PLAN_IDENTIFIER_SIZE];
	struct plan_span span;
	const char *name, *message;
	struct plan_step *steps;
	int n;
};

struct plan_stage {
	char id[RNG_ID_SIZE], identifier[PLAN_IDENTIFIER_SIZE];
	struct plan_span span;
	const char *name;
	bool always;
	struct plan_step pre;	/* manual or automatic trigger */
	struct plan_step *post; /* after the jobs; NULL */
	struct plan_job *jobs;
	int n;
};

struct plan {
	int64_t from; /* shows from here on */
	int64_t start; /* when its first stage begins: later, where it waits in a queue */
	int64_t end;  /* of the run in this attempt; PLAN_NEVER */
	enum sim_state outcome;
	const char *told;
	int64_t gate_start, gate_end; /* of its first gate; PLAN_NEVER */
	bool fails, refused, slow;    /* as it was ordered */
	struct plan_stage *stages;
	int n;
};

#define PLAN_CHILD_MS 500 /* a sub-pipeline's run is there so long after its step began */

struct plan_child { /* how a step's sub-pipeline comes to life */
	const char *pipeline_id, *run_id;
	int64_t end;
	enum sim_state outcome;
};

/* Starts the pipeline of that name; false: there is none. */
typedef bool plan_run_child(void *self, const char *pipeline, int64_t at,
			    struct plan_child *child); /* a function, not a struct */

struct plan_decision { /* what a person said at a gate, and when */
	char step_id[RNG_ID_SIZE];
	int64_t at;
	enum sim_state outcome;
};

struct plan_choice { /* identifiers of what shall run; stages win; neither: all */
	const char **stages, **jobs;
	int nstages, njobs;
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
	bool slow;		   /* one step takes much longer than usual */
	const struct plan *before; /* the attempt that this one repeats; NULL */
	struct plan *was;	   /* what it replaces, whose sub-pipelines it keeps; NULL */
	const struct plan_decision *decisions;
	int ndecisions;
	struct plan_choice choice;
	plan_run_child *run_child; /* NULL: there are no pipelines to start */
	void *self;
};

void plan_make(const struct plan_order *o, struct plan *p);
void plan_never(struct plan_span *s); /* it does not happen */
/* Ends everything at `at`: what runs then is CANCELED, what would come later never does. */
void plan_cancel(struct plan *p, int64_t at);
/* Ends everything at `at`, and well: what had not begun is through in no time. */
void plan_finish(struct plan *p, int64_t at);
/* Releases what its logs hold; the rest is the arena's. */
void plan_done(struct plan *p);
void plan_told(struct arena *arena, const struct told_run *run, uint64_t seed, struct plan *p);

/* What a definition and a choice call the parts of a shape. */
void plan_stage_identifier(int stage, char out[PLAN_IDENTIFIER_SIZE]);
void plan_job_identifier(const struct shape *shape, int stage, int job,
			 char out[PLAN_IDENTIFIER_SIZE]);

enum sim_state plan_state(const struct plan_span *s, int64_t now, enum sim_gate gate_as);
const char *plan_word(enum sim_state state);
/* The word to send for a span: the told one, or its state's. */
const char *plan_span_word(const struct plan_span *s, int64_t now, enum sim_gate gate_as);
bool plan_final(enum sim_state state);

/* A job's step; `job_id` NULL for any. */
struct plan_step *plan_find_step(struct plan *p, const char *job_id, const char *step_id);
/* The step at the entry of a stage. */
struct plan_step *plan_find_entry(struct plan *p, const char *step_id);
/* The first step that waits for a person; NULL. */
struct plan_step *plan_open_gate(struct plan *p, int64_t now);

/* Does a person have to act on it now? A job and a stage wait when something in them does. */
bool plan_step_waits(const struct plan_step *s, int64_t now);
bool plan_job_waits(const struct plan_job *j, int64_t now);
bool plan_stage_waits(const struct plan_stage *g, int64_t now);
bool plan_waits(const struct plan *p, int64_t now);
/* The words of a job and a stage, with what waits in them shown as `gate_as` says. */
const char *plan_job_word(const struct plan_job *j, int64_t now, enum sim_gate gate_as);
const char *plan_stage_word(const struct plan_stage *g, int64_t now, enum sim_gate gate_as);
/* Of the whole run, which waits. */
const char *plan_gate_word(const struct plan *p, int64_t now, enum sim_gate gate_as);

#endif
