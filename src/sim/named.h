/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_NAMED_H
#define PIPETOP_SIM_NAMED_H

/*
 * What the path of a call names. Each returns NULL when there is no such thing, and has
 * answered the call then.
 */
#include "sim/server.h"

struct pipeline *named_pipeline(struct call *c); /* /v5/{0}/api/pipelines/{1} */
/* A run of it; an empty id means the latest. */
struct run *named_run(struct call *c, const char *id);
struct plan_step *named_step(struct call *c, struct run *r, const char *job_id,
			     const char *step_id);

/* {"offset":,"limit":,"total":} of a list. */
cJSON *named_page(int64_t offset, int64_t limit, int64_t total);

#endif
