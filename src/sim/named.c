/* SPDX-License-Identifier: MIT */
/*
 * One place decides how an unknown name is refused. Assumptions, since the service does
 * not publish them: an unknown pipeline is HTTP 400 DEVPIPE.00011401, one of another
 * project HTTP 200 DEVPIPE.00011136, an unknown run or step HTTP 200 DEVCP.00012002.
 */
#include "sim/named.h"

#include <string.h>

struct pipeline *named_pipeline(struct call *c)
{
	struct pipeline *p = world_pipeline(c->server->world, c->args[1]);

	if (!p) {
		call_error(c, 400, "DEVPIPE.00011401", "pipeline %s does not exist", c->args[1]);
		return NULL;
	}
	if (strcmp(p->project->id, c->args[0])) {
		call_error(c, 200, "DEVPIPE.00011136", "project %s does not own the pipeline",
			   c->args[0]);
		return NULL;
	}
	return p;
}

struct run *named_run(struct call *c, const char *id)
{
	struct pipeline *p = named_pipeline(c);
	struct run *r;

	if (!p)
		return NULL;
	r = *id ? pipeline_run(p, id, c->now) : pipeline_latest(p, c->now);
	if (!r)
		call_error(c, 200, "DEVCP.00012002", "%s%s%s",
			   *id ? "the run " : "the pipeline has never run", id,
			   *id ? " does not exist" : "");
	return r;
}

struct plan_step *named_step(struct call *c, struct run *r, const char *job_id, const char *step_id)
{
	struct plan_step *s = run_step(r, job_id, step_id, c->now);

	if (!s)
		call_error(c, 200, "DEVCP.00012002", "the step %s does not exist in that job",
			   step_id);
	return s;
}

cJSON *named_page(int64_t offset, int64_t limit, int64_t total)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddNumberToObject(o, "offset", (double)offset);
	cJSON_AddNumberToObject(o, "limit", (double)limit);
	cJSON_AddNumberToObject(o, "total", (double)total);
	return o;
}
