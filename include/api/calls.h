/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_API_CALLS_H
#define PIPETOP_API_CALLS_H

/*
 * The calls of api.md 4, 5.2 and 7.1 as typed functions: they send and return the
 * request's number (0: refused before sending; `done` has run already in that one case
 * with the reason), and hand the decoded answer to a callback exactly once.
 *
 * Everything in an answer is borrowed for the callback, except that a callback may
 * take the contents of `pipelines`, `runs` and `run` over (the store_take_* functions
 * do); what is left is released afterwards.
 *
 * HTTP 200 is not success: every error shape of api.md 3.1 ends up in `err`.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/decode.h"
#include "api/session.h"
#include "core/err.h"
#include "log/cursor.h"
#include "model/group.h"
#include "model/model.h"

/* Class of an endpoint: breakers and faults go by it. */
enum api_class { API_LIST, API_DETAIL, API_LOG, API_IAM, API_ACTION, API_CLASS_COUNT };

/*
 * What every answer has. `err.code` is the HTTP status that the error means, which for
 * an error in HTTP 200 isn't `status`: 401 wants another token, 403 is a permission.
 */
struct api_answer {
	struct err err;		/* kind ERR_NONE: success */
	enum api_class class;
	uint64_t id;		/* of the request; also its order: a "snapshot" number */
	int status;		/* HTTP; 0: no answer */
	char code[64];		/* the server's error code, "" if none */
	const char *request_id; /* X-Request-Id or the gateway's; "" if none */
	int64_t server_ms;	/* server's clock: current_system_time or Date */
	int64_t now_ms;		/* our monotonic clock at the answer, or the refusal */
	int64_t took_ms;
	int64_t retry_after_ms; /* said, or hinted at by a limit in a 429's text; -1: not */
	size_t wire_bytes;
	bool too_large;		/* the body was over its cap */
	const char *body;	/* raw JSON as received, without repair; "" if none */
	size_t body_len;
};

struct api_pipelines {
	struct api_answer answer;
	const char *project_id; /* asked for; "" for v3 over all projects */
	struct pipeline *pipelines;
	size_t n;
	int64_t offset, limit, total; /* total -1: not said */
	size_t dropped;		      /* rows without a required id */
};
typedef void api_pipelines_fn(void *self, struct api_pipelines *page);

/* A flag that is left out of a request unless it is set. */
enum api_flag { API_UNSET, API_TRUE, API_FALSE };

#define API_V3_IDS 10 /* of a kind in one request of v3 */

/*
 * Every documented field of both lists; what is NULL, 0, WHEN_NONE or API_UNSET is left out,
 * and so is what the other API alone knows.
 */
struct api_list_query {
	const char *name;	       /* fuzzy */
	const char *const *status;     /* v5 run states (v3: its own words) */
	size_t n_status;
	const char *const *outcome;    /* v3 only */
	size_t n_outcome;
	const char *creator;	       /* id */
	const char *const *creators;   /* ids, instead of `creator`; v3: API_V3_IDS at most */
	size_t n_creators;
	const char *const *executors;  /* ids; v3: API_V3_IDS at most */
	size_t n_executors;
	const char *const *projects;   /* ids, besides the one asked */
	size_t n_projects;
	const char *component;	       /* id; v5 only, as all below but git_url */
	const char *group_path;	       /* ids from the root, joined by dots */
	enum api_flag by_group, published, banned, query_new;
	int64_t since_ms, until_ms;
	const int *security_levels;
	size_t n_security_levels;
	const char *git_url;	       /* v3 only */
	const char *sort_key, *sort_dir; /* NULL: the server's default */
	int64_t offset, limit;
};

/* 4.1 */
uint64_t api_list_pipelines(struct session *s, const char *project_id,
			    const struct api_list_query *query, api_pipelines_fn *done, void *self);
/* 7.1: project_id NULL means every project. limit is clamped to 10..50. No states: ask 5.2. */
uint64_t api_list_pipelines_v3(struct session *s, const char *project_id,
			       const struct api_list_query *query, api_pipelines_fn *done,
			       void *self);

struct api_runs {
	struct api_answer answer;
	const char *project_id, *pipeline_id; /* asked for; pipeline_id "" for batch status */
	struct run *runs;
	size_t n;
	int64_t offset, limit, total;
	size_t dropped;
};
typedef void api_runs_fn(void *self, struct api_runs *page);

struct api_run_query {
	const char *const *status;
	size_t n_status;
	int64_t since_ms, until_ms; /* WHEN_NONE: open */
	const char *sort_dir;	    /* by start_time; NULL: "desc" */
	int64_t offset, limit;
};

/* 4.2 */
uint64_t api_list_runs(struct session *s, const char *project_id, const char *pipeline_id,
		       const struct api_run_query *query, api_runs_fn *done, void *self);
/* 5.2 */
uint64_t api_batch_status(struct session *s, const char *project_id,
			  const char *const *pipeline_ids, size_t n, api_runs_fn *done, void *self);

struct api_detail {
	struct api_answer answer;
	const char *project_id, *pipeline_id;
	struct run *run; /* NULL on failure */
	const char *pipeline_name; /* as the answer says; "" if it does not */
	const char *owner_project; /* project that it says the pipeline belongs to; "" likewise */
	size_t dropped;	 /* jobs and steps without an id */
};
typedef void api_detail_fn(void *self, struct api_detail *detail);

/* 4.3; run_id NULL: the latest. An answer for another run is ERR_PARSE (H18). */
uint64_t api_run_detail(struct session *s, const char *project_id, const char *pipeline_id,
			const char *run_id, api_detail_fn *done, void *self);

struct api_groups {
	struct api_answer answer;
	const char *project_id;
	struct group *groups; /* flat, parents before children; may be taken over */
	size_t n;
	size_t dropped; /* groups without an id */
};
typedef void api_groups_fn(void *self, struct api_groups *tree);

/* 6.3: every group of the project. */
uint64_t api_group_tree(struct session *s, const char *project_id, api_groups_fn *done, void *self);

struct api_outputs {
	struct api_answer answer;
	const char *project_id, *pipeline_id, *run_id;
	const struct step_outputs *steps;
	size_t n;
	size_t dropped; /* steps without an id, pairs without a key */
};
typedef void api_outputs_fn(void *self, const struct api_outputs *outputs);

/* 4.6: what those steps of a run gave out. */
uint64_t api_step_outputs(struct session *s, const char *project_id, const char *pipeline_id,
			  const char *run_id, const char *const *step_ids, size_t n,
			  api_outputs_fn *done, void *self);

typedef void api_checked_fn(void *self, const struct api_answer *answer);

/* 6.4, one row of the list, which is not read: is it allowed? */
uint64_t api_check_templates(struct session *s, const char *tenant_id, api_checked_fn *done, void *self);

struct api_log_ref {
	const char *project_id, *pipeline_id, *run_id, *job_id, *step_id;
};
struct api_log {
	struct api_answer answer;
	struct cursor_page page;    /* for cursor_take() */
	const char *location;	    /* display only, never fetched (L18) */
	bool other_step;	    /* the answer was for another step: page is empty (L17) */
	bool odd_log;		    /* `log` was there but no string: taken as empty (L16) */
};
typedef void api_log_fn(void *self, struct api_log *log);

/* 4.4. `limit` in lines. The page's text is lifted into a buffer of the session's. */
uint64_t api_step_log(struct session *s, const struct api_log_ref *ref,
		      const struct cursor_ask *ask, int limit, api_log_fn *done, void *self);

#endif
