/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_MODEL_MODEL_H
#define PIPETOP_MODEL_MODEL_H

/*
 * What the program knows of pipelines: plain data, owned as a tree.
 *
 * run -> stages -> (pre steps, jobs -> steps, post steps). Strings are owned, may be
 * NULL (absent) and hold the server's bytes after the JSON pre-pass: valid UTF-8,
 * otherwise untouched, so they pass the sanitiser before they are drawn. Times are
 * epoch ms or WHEN_NONE. `state` is our word, `status` the server's.
 *
 * Nothing here knows JSON, requests or panes.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/state.h"

#define MODEL_ID_MAX 64 /* D09: what is longer, or not [A-Za-z0-9_-], is refused for URLs */

/* Fit to stand in a URL: [A-Za-z0-9_-]{1,64}. */
bool model_id_ok(const char *id);

/* Where a step stands in its stage; only JOB steps have a log (api.md 4.3). */
enum step_place { STEP_PRE, STEP_JOB, STEP_POST };

/* A thing that waits for a person (api.md 8.2). */
enum gate { GATE_NONE, GATE_REVIEW, GATE_STAGE, GATE_DELAY, GATE_SUSPENDED };

struct step {
	char *id;      /* = step_run_id */
	char *name;    /* may be NULL for pre steps */
	char *task;    /* plugin, e.g. official_shell_plugin */
	char *status;
	char *message;
	int sequence;
	enum state state;
	enum gate gate; /* not NONE: an open gate stands here */
	int64_t start_ms, end_ms;
	char *approvers;      /* of a gate, from its inputs: all of them; NULL if not given */
	char *comment;	      /* of a gate: what its reviewers are told */
	char *child_pipeline; /* of a sub-pipeline step, where its inputs or outputs say */
	char *child_run;
	char *child_project;	 /* NULL: the project of the run itself */
	int64_t gate_timeout_ms; /* length of the wait from its inputs, 0 unknown */
	bool gate_timeout_passes; /* what its end does: pass (true) or reject */
	bool gate_all;		  /* every approver must approve, not just one */
	bool superseded; /* an earlier attempt: a newer one has its place (see below) */
	int attempt;	 /* from 1 on; 0: as far as is known the only one */
	char *job_id;	 /* job run that its log is under; NULL: the job that it stands in */
};

/*
 * A retry may give jobs and steps new ids. What stood there before is then an earlier
 * attempt and stays, in the same array right before the newer one and with the same
 * sequence, because its log can still be read. Attempts are known only as far as the
 * program saw both; a step that starts anew under its old id has no sibling, but a higher
 * number. An earlier attempt counts for nothing: not for states, gates or what is usual,
 * nor for run_failed_step() and its like. If its end was never seen its state is OTHER.
 */

struct job {
	char *id; /* = job_run_id in log and action URLs */
	char *identifier;
	char *name;
	char *status;
	char *message;
	int sequence;
	enum state state;
	int64_t start_ms, end_ms;
	struct step *steps; /* by sequence */
	size_t n_steps;
};

struct stage {
	char *id; /* NULL in lists of batch status */
	char *identifier;
	char *name;
	char *status;
	int sequence;
	enum state state;
	int64_t start_ms, end_ms, pause_ms;
	struct step *pre, *post;
	struct job *jobs; /* by sequence */
	size_t n_pre, n_post, n_jobs;
};

struct run {
	char *id;
	char *pipeline_id;
	char *status;
	int64_t number; /* 0 unknown */
	enum state state;
	bool detailed; /* from run detail, not from a list */
	char *trigger; /* Manual, Scheduler, MR ... (api.md 8.5) */
	char *executor;
	char *executor_id; /* what a search by person sends */
	char *branch; /* or tag */
	char *commit, *message;
	char *detail_url;
	int64_t start_ms, end_ms, pause_ms;
	struct stage *stages; /* by sequence; jobs only when `detailed` */
	size_t n_stages;
	int64_t server_ms;   /* the server's clock when this was true, WHEN_NONE unknown */
	int64_t seen_ms;     /* our monotonic clock when the answer came */
	uint64_t snapshot;   /* order of the request that brought it: older never wins (N27) */
};

struct pipeline {
	char *project_id, *project_name;
	char *id, *name;
	char *creator;
	char *group_id;
	char *component; /* id of the microservice; NULL: none */
	bool favourite;
	bool published; /* change-triggered */
	bool from_v3; /* known only from the v3 list */
	bool guest;   /* no list names it: a run that was entered belongs to it */
	int64_t create_ms;
	struct run *latest; /* owned; NULL: never ran, or not known yet */
	char *v3_executor;   /* v3 lists say who and when, but no status */
	int64_t v3_start_ms;
};

/* Deep copies and releases. _done releases what the struct owns, not the struct. */
void step_done(struct step *step);
void job_done(struct job *job);
void stage_done(struct stage *stage);
void run_done(struct run *run);
void run_copy(struct run *to, const struct run *from);
void run_free(struct run *run); /* NULL is fine */
void pipeline_done(struct pipeline *pipeline);
void pipeline_copy(struct pipeline *to, const struct pipeline *from); /* with latest */

/*
 * Derives every `state` and `gate` of a run from the `status` words, once, after
 * decoding: INIT by the run's end, a stage or run that holds an open gate is waiting,
 * and `gate` of the steps (api.md 8.2). Pure and idempotent.
 */
void run_derive(struct run *run);

/* Elapsed ms at server time `now_ms`; -1 when it cannot be told (D06). Pauses count. */
int64_t model_elapsed(int64_t start_ms, int64_t end_ms, int64_t now_ms);

/*
 * First step, in order, that a visitor accepts; false if none. Earlier attempts are
 * visited too: a visitor looks at step->superseded. job is NULL for pre and post.
 */
struct step_at {
	const struct stage *stage;
	const struct job *job; /* NULL for pre and post */
	const struct step *step;
	enum step_place place;
};
bool run_find_step(const struct run *run, bool (*accept)(const struct step_at *at, void *arg),
		   void *arg, struct step_at *found);
bool run_step_by_id(const struct run *run, const char *step_id, struct step_at *found);
/* Does it start a run of another pipeline? */
bool step_is_child(const struct step *step);
/* What kind of gate its plugin makes, open or not; NONE for all others (api.md 8.6). */
enum gate step_gate_kind(const struct step *step);
/* The job run id to ask for its log with; NULL: it has none (pre and post steps). */
const char *step_log_job(const struct step_at *at);
bool run_failed_step(const struct run *run, struct step_at *found);  /* first failed with a log, else any failed */
bool run_running_step(const struct run *run, struct step_at *found); /* last that runs */
bool run_gate_step(const struct run *run, struct step_at *found);    /* first open gate */

#endif
