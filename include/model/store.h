/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_MODEL_STORE_H
#define PIPETOP_MODEL_STORE_H

/*
 * All pipelines and runs that were read, keyed by id, and when.
 *
 * Answers go in through the store_take_* functions (which take the struct's contents
 * over and leave it empty); panes look things up by id each pass and keep no pointer.
 * Every change that a person could see moves store_version(). Keys are (project,
 * pipeline, run): the same pipeline id in two projects is two rows (D10).
 *
 * Merging: a snapshot from an older request never replaces a newer one (N27); a list's
 * summary updates the status of a run whose detail is known without losing the detail;
 * a v3 row takes its states from batch status; duplicates are one row, counted (D03).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/model.h"
#include "model/ref.h"

struct store;

struct store *store_new(void);
void store_free(struct store *store);
uint64_t store_version(const struct store *store);

/* ---- what answers bring ---- */

/* One page of a pipeline list, v5 or v3. Rows without a usable id are dropped and counted. */
void store_take_pipelines(struct store *store, const char *project_id, struct pipeline *list,
			  size_t n, uint64_t snapshot, int64_t now_ms);

/* Run summaries from batch status or a run list. Those of unknown pipelines are dropped. */
void store_take_runs(struct store *store, const char *project_id, struct run *runs, size_t n,
		     uint64_t snapshot, int64_t now_ms);

/* A run detail. `pipeline_id` is the one asked for. */
void store_take_detail(struct store *store, const char *project_id, const char *pipeline_id,
		       struct run *run, uint64_t snapshot, int64_t now_ms);

/* The completed runs of one page of the run list: what "usual" is computed from. */
void store_take_history(struct store *store, const char *project_id, const char *pipeline_id,
			struct run *runs, size_t n, uint64_t snapshot, int64_t now_ms);

/*
 * Which run a sub-pipeline step has started. The child's project is the one given, else
 * one in which the child's pipeline is known, else the step's own. A pipeline that no list
 * names is kept as a guest: found by its ids, never among the entries or the counts, until
 * a list names it; of guests STORE_GUESTS stay, those that were looked at last.
 */
#define STORE_GUESTS 50
void store_take_child(struct store *store, const struct ref *step, const char *project_id,
		      const char *pipeline_id, const char *run_id, int64_t now_ms);
/* The name that a run's detail gives to its pipeline: a guest has no other. */
void store_take_name(struct store *store, const char *project_id, const char *pipeline_id,
		     const char *name);

/* How many runs the pipeline has, as a page of its whole run list said; < 0 says nothing. */
void store_take_total(struct store *store, const char *project_id, const char *pipeline_id,
		      int64_t total, uint64_t snapshot);

/*
 * The pipeline whose history is looked at: up to STORE_OPENED_RUNS of its runs are kept, in
 * full. The one that was opened before goes back to a short history. NULL: none.
 */
#define STORE_OPENED_RUNS 5000
void store_open(struct store *store, const char *project_id, const char *pipeline_id);

/* The server no longer has it: the row stays 60 s, marked, then leaves (H08). */
void store_gone(struct store *store, const char *project_id, const char *pipeline_id,
		const char *run_id, int64_t now_ms);
/* After a whole listing of a project: pipelines that no answer since `snapshot` named are gone. */
void store_sweep(struct store *store, const char *project_id, uint64_t snapshot, int64_t now_ms);
/* Only the rows of these projects stay; the others leave at once. */
void store_keep(struct store *store, const char *const *project_ids, size_t n);
/* After a whole listing of a group: its rows that no answer since `snapshot` put there left it. */
void store_ungroup(struct store *store, const char *project_id, const char *group_id,
		   uint64_t snapshot);
/* Lets rows that are gone for 60 s leave. Returns the next time it wants to be called, or -1. */
int64_t store_expire(struct store *store, int64_t now_ms);

/* ---- what panes and the poll plan read: borrowed until the next store_take_* ---- */

struct entry {
	const struct pipeline *pipeline;
	const struct run *run;	   /* the run that the row shows: never NULL for live older runs */
	bool latest;		   /* run is the pipeline's latest (run may be NULL: never ran) */
	int64_t usual_ms, mad_ms;  /* 0: not known (model/usual.h) */
	int64_t gone_ms;	   /* since when the server does not have it; 0: it has */
	int64_t fresh_ms;	   /* monotonic time of the newest answer about it */
	uint64_t version;	   /* store_version() since which the rest, fresh_ms aside, stands here */
};

size_t store_pipeline_count(const struct store *store);

/*
 * Every row of the first screen, in no particular order: each pipeline with its latest
 * run, and each older run that is still live (api.md 9). `out` is an array that the
 * store owns. An entry keeps its index until another one leaves; then the last one may
 * come to stand in its place, with a new version.
 */
size_t store_entries(struct store *store, const struct entry **out);
/*
 * Those of them whose run is not over, in no particular order: cheap where they are few
 * among very many. Borrowed until the next call.
 */
size_t store_live(struct store *store, const struct entry **out);
/* The index among them of a pipeline's latest run (run_id NULL), or of that run. */
bool store_entry(const struct store *store, const char *project_id, const char *pipeline_id,
		 const char *run_id, size_t *at);

const struct pipeline *store_pipeline(const struct store *store, const char *project_id,
				      const char *pipeline_id);
const struct run *store_run(const struct store *store, const char *project_id,
			    const char *pipeline_id, const char *run_id);
/* Known runs of a pipeline, newest first, summaries and details alike. */
size_t store_runs(const struct store *store, const char *project_id, const char *pipeline_id,
		  const struct run **out, size_t max);
/* How many store_runs() would give, and how many the server has (-1: not said). */
size_t store_runs_known(const struct store *store, const char *project_id, const char *pipeline_id);
int64_t store_runs_total(const struct store *store, const char *project_id,
			 const char *pipeline_id);
/* Usual of stages, jobs by name from the run details read so far (at most 5). 0: unknown. */
int64_t store_usual_stage(const struct store *store, const char *project_id,
			  const char *pipeline_id, const char *stage_name);
int64_t store_usual_job(const struct store *store, const char *project_id, const char *pipeline_id,
			const char *stage_name, const char *job_name);

/* What is known of a project that rows came from. */
struct store_project {
	const char *id, *name; /* name NULL: not known */
	size_t rows;	       /* pipelines */
	size_t only_v3;	       /* of them, known from the v3 list alone */
};
bool store_project(const struct store *store, size_t i, struct store_project *out); /* false: past the last */
const char *store_project_name(const struct store *store, const char *project_id);

struct store_counts {
	size_t dropped;	   /* rows without a usable id */
	size_t duplicates;
	size_t stale_answers; /* older snapshots that came after newer */
};
struct store_counts store_counts(const struct store *store);

#endif
