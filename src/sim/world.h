/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_WORLD_H
#define PIPETOP_SIM_WORLD_H

/*
 * Pipelines and their runs at a moment of simulated time. Runs come from lanes: each
 * lane is an endless sequence, a function of the seed, of which the world has made as
 * much as the time asks for; old runs are forgotten, so memory stays flat. Those of the
 * crowd are not kept at all but computed when they are looked at; see crowd.h.
 *
 * A run that was found stays where it is until the world catches up with a later time.
 */
#include <stdbool.h>
#include <stdint.h>

#include "sim/plan.h"
#include "sim/run.h"
#include "sim/scenario.h"

struct pipeline {
	const struct pipeline_info *info;
	const struct project *project;
	struct world *world;
	struct run **runs; /* by number, oldest first; some may not be created yet */
	int n;
	int next_number;
	bool banned;
	bool deleted; /* its place stays, but nothing finds it any more */
	int concurrency; /* runs at a time; 0: any number */
	bool aborts;	 /* one more is refused instead of queued */
	bool computed; /* of the crowd, and nobody has changed it: `runs` is empty */
};

struct world; /* opaque */

struct world *world_new(struct scenario *scenario); /* owns it from now on */
void world_free(struct world *w);
const struct scenario *world_scenario(const struct world *w);

/* For retries that are planned from now on. */
void world_retry_same_ids(struct world *w, bool same);

/* Makes all that exists at `now`, which never goes backwards. */
void world_catch_up(struct world *w, int64_t now);
/* Moves whenever a run was created, or changed by somebody. */
uint64_t world_version(const struct world *w);

int world_count(const struct world *w);
struct pipeline *world_pipeline_at(struct world *w, int i);
int world_pipeline_index(const struct world *w, const struct pipeline *p);
struct pipeline *world_pipeline(struct world *w, const char *id); /* NULL, also when it was deleted */
/* Its place among all in the order of names. */
int world_name_rank(struct world *w, const struct pipeline *p);
const struct project *world_project(const struct world *w, const char *id); /* NULL */
/* The run of that id, and its pipeline, anywhere; slow. Of the crowd: one that was looked at. */
struct run *world_run(struct world *w, const char *id, int64_t now);

/* Runs of the crowd that were looked at; NULL after the last. */
struct run *world_made(struct world *w, int i);

/* The runs that there are, oldest first; some may not be created yet. */
int pipeline_run_count(const struct pipeline *p);
struct run *pipeline_run_at(struct pipeline *p, int i);
/* The newest run created by `now`; NULL. */
struct run *pipeline_latest(struct pipeline *p, int64_t now);
struct run *pipeline_run(struct pipeline *p, const char *id, int64_t now);

/* What lists ask about a pipeline's latest run: cheap enough to be asked of all of them. */
struct sight {
	int64_t created, start;
	const char *executor_id;
	const char *word; /* its state */
};

/* At `now`, of the newest run created by `listed`. False: it has none. */
bool pipeline_sight(struct pipeline *p, int64_t listed, int64_t now, enum sim_gate gate_as,
		    struct sight *out);

/* By the id alone, anywhere; of the crowd: in a run that was looked at. */
struct plan_step *world_step(struct world *w, const char *step_id, int64_t now, struct run **run);

/* ---- for those who make runs (lanes.c, act.c) ---- */

/* The next run of the pipeline, in its place from now on. */
struct run *world_make_run(struct world *w, struct pipeline *p, const struct run_fate *fate);
/* Puts a run between the others by its time; those that are still to come get other numbers. */
void world_insert_run(struct world *w, struct pipeline *p, struct run *r, int64_t now);
void world_remove_run(struct pipeline *p, struct run *r);
/* Starts a sub-pipeline: a plan_run_child with the world as `self`. */
bool world_run_child(void *self, const char *name, int64_t at, struct plan_child *child);
/*
 * The sub-pipelines that `old` started and `fresh` (NULL: nothing) does not: those still
 * to come do not, the others are stopped.
 */
void world_settle_children(struct world *w, struct plan *old, struct plan *fresh, int64_t now);
/* The pipeline's runs are kept from now on, because somebody is about to change them. */
void world_keep(struct world *w, struct pipeline *p);
void world_changed(struct world *w);
/* A number for a run made now: no two runs of one moment and pipeline are the same. */
uint64_t world_salt(struct world *w, int64_t now);

/*
 * One more pipeline, without runs; NULL when it is there already, or there are too many. What
 * `info` points to must live as long as the world: world_arena is for that.
 */
struct pipeline *world_add_pipeline(struct world *w, const struct pipeline_info *info);
struct arena *world_arena(struct world *w);

/* How many runs may go on at a time, in all; 0: any number. */
int world_tenant_limit(const struct world *w);
void world_set_tenant_limit(struct world *w, int limit);

#endif
