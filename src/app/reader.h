/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_READER_H
#define PIPETOP_APP_READER_H

/*
 * Reads for commands: one question, one answer, in order. Each function sends, runs the
 * loop until the answer is there, and repeats what is worth repeating (net/retry.h) until
 * --timeout is over. What it waits for is told once on stderr.
 *
 * Results belong to the caller; a result is empty ({0}) before and after a failure. `body` is
 * the server's JSON as received, kept only when the reader was asked to (--json).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/calls.h"
#include "app/options.h"
#include "model/model.h"
#include "net/budget.h"

struct ev_loop;
struct reader; /* opaque */

/* NULL: no endpoint, or nothing to sign in with; err has the sentence. One at a time: the loop is the default one. */
struct reader *reader_new(const struct options *options, struct err *err);
void reader_free(struct reader *r);

const struct options *reader_options(const struct reader *r);
struct ev_loop *reader_loop(const struct reader *r);
struct session *reader_session(const struct reader *r);
struct budget *reader_budget(struct reader *r);
const char *reader_host(const struct reader *r);
/* The server's clock now, or ours before it said a time. */
int64_t reader_server_ms(const struct reader *r);

struct body {
	char *text; /* NULL: not kept */
	size_t len;
};

struct pipelines_read {
	struct pipeline *pipelines;
	size_t n;
	size_t rows;   /* that the server sent: n and those without an id */
	int64_t total; /* -1: not said */
	struct body body;
};
/* project_id NULL: every project (v3 only). */
bool reader_pipelines(struct reader *r, bool v3, const char *project_id,
		      const struct api_list_query *query, struct pipelines_read *read,
		      struct err *err);
void pipelines_read_done(struct pipelines_read *read);

struct runs_read {
	struct run *runs;
	size_t n, rows;
	int64_t total;
	struct body body;
};
bool reader_runs(struct reader *r, const char *project_id, const char *pipeline_id,
		 const struct api_run_query *query, struct runs_read *read, struct err *err);
/* Latest runs of pipelines (api.md 5.2). */
bool reader_status(struct reader *r, const char *project_id, const char *const *ids, size_t n,
		   struct runs_read *read, struct err *err);
void runs_read_done(struct runs_read *read);

struct detail_read {
	struct run run;
	char *name;	 /* of the pipeline, as the answer says; NULL: it does not */
	int64_t took_ms; /* the answer's */
	struct body body;
};
/* run_id NULL: the latest. */
bool reader_detail(struct reader *r, const char *project_id, const char *pipeline_id,
		   const char *run_id, struct detail_read *read, struct err *err);
void detail_read_done(struct detail_read *read);

/* Runs the loop for `ms`, or until reader_wake(). */
void reader_wait(struct reader *r, int64_t ms);
void reader_wake(struct reader *r);

#endif
