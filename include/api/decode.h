/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_API_DECODE_H
#define PIPETOP_API_DECODE_H

/*
 * From a JSON document to model structs, and from any answer to its error (api.md 3.1).
 * Pure: no session, no clock. All results are owned by the caller.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/json.h"
#include "model/group.h"
#include "model/model.h"

/*
 * An id of more than DECODE_ID_MAX bytes is none. A list that is null is empty; a list of
 * another type, or an answer without one, is ERR_PARSE: rows do not vanish by mistake.
 */
#define DECODE_ID_MAX 4096

/* Error code, message and request id of E1 to E6 and IAM's shape, if any. */
struct decode_error {
	char code[64];
	char message[160];
	char request_id[64];
	bool failed;
	bool read;	  /* there was a JSON object to say any of it */
	char run_id[MODEL_ID_MAX + 1]; /* E3: the run that was put into the queue; "" */
	int64_t queue_id; /* E3; 0: not said */
};
void decode_error(const struct json *json, struct decode_error *error);

struct decode_page {
	int64_t offset, limit, total; /* -1: not said */
	size_t dropped;
};

/* v5 4.1 */
bool decode_pipelines(const struct json *json, int zone_offset_s, struct pipeline **list,
		      size_t *n, struct decode_page *page, struct err *err);
/* v3 7.1 */
bool decode_pipelines_v3(const struct json *json, int zone_offset_s, struct pipeline **list,
			 size_t *n, struct decode_page *page, struct err *err);
/* 4.2 (an object with pipeline_runs) and 5.2 (a bare array) */
bool decode_runs(const struct json *json, int zone_offset_s, struct run **list, size_t *n,
		 struct decode_page *page, struct err *err);
/*
 * The name of the run's pipeline and the project that it belongs to, as a run detail says;
 * NULL where it does not.
 */
void decode_detail_owner(const struct json *json, char **pipeline_name, char **project_id);

/*
 * What steps gave out (4.6). A value is its text, or the JSON on one line of what is no
 * scalar; NULL where it is null or longer than DECODE_VALUE_MAX. May hold secrets.
 */
#define DECODE_VALUE_MAX ((size_t)64 << 10)
struct step_output {
	char *key, *value;
	bool structured; /* value is JSON */
};
struct step_outputs {
	char *step_id;
	struct step_output *outputs;
	size_t n;
	char *child_pipeline, *child_run; /* of a sub-pipeline step; else NULL */
	char *child_project;		  /* NULL: the run's own */
};
bool decode_outputs(const struct json *json, struct step_outputs **list, size_t *n,
		    int64_t *system_ms, size_t *dropped, struct err *err);
void decode_outputs_free(struct step_outputs *list, size_t n);

/*
 * 4.3; *system_ms gets current_system_time, *dropped the jobs and steps without an id. Of
 * the steps' inputs, which may hold secrets, only what describes a gate is kept.
 */
bool decode_detail(const struct json *json, int zone_offset_s, struct run *run,
		   int64_t *system_ms, size_t *dropped, struct err *err);

/* 6.3, flat: parents before their children. At most 10,000. */
bool decode_groups(const struct json *json, struct group **list, size_t *n, size_t *dropped,
		   struct err *err);

struct decode_log {
	char *start, *end; /* tokens as text: L06 checks are the cursor's */
	char *location, *step_id;
	bool has_more;
};
bool decode_log(const struct json *json, struct decode_log *log, struct err *err);
void decode_log_done(struct decode_log *log);

#endif
