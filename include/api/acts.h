/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_API_ACTS_H
#define PIPETOP_API_ACTS_H

/*
 * The calls that change something (api.md 5), and the small reads that go with them. A changing
 * call goes out once, on a connection of its own; a session that is read-only refuses it before
 * anything leaves. As in api/calls.h: a number is returned (0: refused, and `done` has run), `done` runs
 * exactly once, everything in an answer is borrowed.
 *
 * What a changing call answers is a struct api_done, also those of api/templates.h. A start that
 * names no run and a template that names no template is a failure that is not definite. An answer that
 * repeats a secret variable's value loses its words.
 */
#include <stdbool.h>
#include <stdint.h>

#include "api/calls.h"
#include "model/deed.h"
#include "model/ref.h"
#include "model/variable.h"

struct api_done {
	struct api_answer answer; /* err.kind ERR_NONE: accepted, also into the queue */
	bool sent;		  /* at least one byte may have left */
	bool definite;		  /* a failure in the service's own words: a 4xx or an E1 to E6 body, and not
				   * "busy", "called too often" or an internal error, which promise nothing */
	const char *run_id;	  /* of `run`, `cancel`, and a `retry` that was queued; "" for others */
	bool queued;		  /* E3: DEVPIPE.00011169 or 70 */
	int64_t queue_id;	  /* 0: not said */
	const char *id;		  /* pipeline_id, templateId, task_id where the call gives one; "" */
};
typedef void api_done_fn(void *self, const struct api_done *done);

/*
 * The call that does `deed` to a thing; which one it is for a gate follows from the kind of gate and where
 * it stands. ref names the run, or its step (with step->job_id as its job where that is set); queue_id is
 * for DEED_CANCEL alone.
 */
uint64_t api_deed(struct session *session, enum deed deed, const struct ref *ref, enum gate gate,
		  int64_t queue_id, api_done_fn *done, void *self);

/* 5.1. Everything may be empty: then the pipeline's defaults run. */
struct api_run_order {
	const char *description;
	const struct variable *variables; /* name and value are sent, an empty value too */
	size_t n_variables;
	const char *sources_json;	  /* the array as it is to be sent; NULL: left out */
	const char *const *stages, *const *jobs; /* identifiers; stages win */
	size_t n_stages, n_jobs;
};
uint64_t api_run(struct session *session, const char *project_id, const char *pipeline_id,
		 const struct api_run_order *order, api_done_fn *done, void *self);

uint64_t api_ban(struct session *session, const char *project_id, const char *pipeline_id, bool ban,
		 api_done_fn *done, void *self);

/* 4.6: what is to be asked for before a run. */
struct api_variables {
	struct api_answer answer;
	const struct variable *variables;
	size_t n;
	int64_t total;
};
typedef void api_variables_fn(void *self, const struct api_variables *answer);
uint64_t api_runtime_variables(struct session *session, const char *project_id, const char *pipeline_id,
			       int64_t offset, api_variables_fn *done, void *self);

/* 4.6: the variables that a run was started with (mode 0). */
uint64_t api_run_variables(struct session *session, const char *project_id, const char *pipeline_id,
			   const char *run_id, api_variables_fn *done, void *self);

/* 4.6: who waits in the queue of a pipeline. */
struct api_queue_item {
	int64_t id, enqueue_ms;
	const char *run_id, *creator, *status;
};
struct api_queue {
	struct api_answer answer;
	const struct api_queue_item *items;
	size_t n;
	int64_t total;
};
typedef void api_queue_fn(void *self, const struct api_queue *queue);
uint64_t api_queue(struct session *session, const char *project_id, const char *pipeline_id, int64_t offset,
		   api_queue_fn *done, void *self);

/* 6.1, as far as starting needs it: banned or not, sources, the stages and jobs of its definition. */
struct api_plan_item {
	const char *identifier, *name;
	const char *stage; /* of a job: the identifier of its stage; NULL: it is a stage */
};
struct api_plan {
	struct api_answer answer;
	bool odd_definition; /* it could not be read: there are no items */
	const char *name;
	bool banned;
	const struct api_plan_item *items; /* in order, each stage before its jobs */
	size_t n;
	const char *sources_json; /* as the service has them; "" if none */
	const char *branch;	  /* default branch of the first source; "" */
	bool queues;		  /* concurrency control: exceed_action QUEUE */
	int64_t concurrency;	  /* 0: no limit */
};
typedef void api_plan_fn(void *self, const struct api_plan *plan);
uint64_t api_plan(struct session *session, const char *project_id, const char *pipeline_id, api_plan_fn *done,
		  void *self);

#endif
