/* SPDX-License-Identifier: MIT */
/*
 * What a screen asks for beside the runs themselves: what steps gave out, what a run was
 * started with and made, what waits in the queue.
 *
 * Assumptions: a list without offset or limit starts at 0 and gives 10 where the
 * documentation does not call them required; the values of secret variables are sent, and
 * hiding them is the client's duty; the words of a gate's output are made up.
 */
#include "sim/reads.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "sim/artifacts.h"
#include "sim/named.h"

#define READS_LIMIT 10

/* ---- outputs ---- */

static void add_output(cJSON *list, const char *key, cJSON *value)
{
	cJSON *e = cJSON_CreateObject();

	cJSON_AddStringToObject(e, "key", key);
	cJSON_AddItemToObject(e, "value", value);
	cJSON_AddBoolToObject(e, "primitive", cJSON_IsString(value));
	cJSON_AddItemToArray(list, e);
}

/* A structured value where all others are strings. */
static cJSON *gate_output(const struct run *r, const struct plan_step *s)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "approver", r->executor);
	cJSON_AddStringToObject(o, "result", s->span.outcome == SIM_COMPLETED ? "pass" : "refuse");
	cJSON_AddNumberToObject(o, "time", (double)s->span.end);
	return o;
}

static cJSON *step_outputs(const struct call *c, const struct run *r, const struct plan_step *s)
{
	cJSON *o = cJSON_CreateObject(), *list;
	char place[300];

	cJSON_AddStringToObject(o, "step_run_id", s->id);
	list = cJSON_AddArrayToObject(o, "output_result");
	if (s->sub_run && c->now >= s->span.start + PLAN_CHILD_MS) {
		add_output(list, "pipeline_id", cJSON_CreateString(s->sub_pipeline));
		add_output(list, "pipeline_run_id", cJSON_CreateString(s->sub_run));
	}
	if (artifacts_made(s, c->now)) {
		artifacts_place(c, r, s, place, sizeof(place));
		add_output(list, strcmp(s->shape->artifact, "docker") ? "package" : "image",
			   cJSON_CreateString(place));
	}
	if (s->shape && s->shape->gate && c->now >= s->span.end)
		add_output(list, "review", gate_output(r, s));
	return o;
}

void reads_outputs(struct call *c)
{
	struct run *r = named_run(c, c->args[2]);
	char *ids, *rest, *id;
	cJSON *o, *list;

	if (!r)
		return;
	if (text_empty(call_query(c, "step_run_ids"))) {
		call_error(c, 400, "DEVCP.00021400", "step_run_ids is required");
		return;
	}
	o = cJSON_CreateObject();
	list = cJSON_AddArrayToObject(o, "step_outputs");
	ids = rest = mem_strdup(call_query(c, "step_run_ids"));
	while ((id = strsep(&rest, ","))) {
		const struct plan_step *s = run_step(r, NULL, id, c->now);

		if (s && c->now >= s->span.start)
			cJSON_AddItemToArray(list, step_outputs(c, r, s));
	}
	mem_free(ids);
	cJSON_AddNumberToObject(o, "current_system_time", (double)c->now);
	call_json(c, 200, o);
}

/* ---- artifacts, jump-link ---- */

void reads_artifacts(struct call *c)
{
	struct run *r = named_run(c, c->args[2]);
	cJSON *o;

	if (!r)
		return;
	o = cJSON_CreateObject();
	cJSON_AddItemToObject(o, "artifacts", artifacts_list(c, r));
	call_json(c, 200, o);
}

void reads_jump_link(struct call *c)
{
	struct run *r = named_run(c, c->args[2]);
	cJSON *o;
	char link[400];

	if (!r || !named_step(c, r, c->args[3], c->args[4]))
		return;
	o = cJSON_CreateObject();
	snprintf(link, sizeof(link), "/cicd/project/%s/pipeline/detail/%s/%s?stepRunId=%.40s",
		 r->pipeline->project->id, r->pipeline->info->id, r->id, c->args[4]);
	cJSON_AddStringToObject(o, "jumpLink", link);
	call_json(c, 200, o);
}

/* ---- paging in the query ---- */

/* A missing one is `or_else`; false (and answered) when that is negative, or it is no number. */
static bool query_number(struct call *c, const char *name, int64_t or_else, int64_t *out)
{
	const char *text = call_query(c, name);

	*out = or_else;
	if ((text_empty(text) && or_else >= 0) ||
	    (text && text_int(text, out) && *out >= 0 && *out <= INT32_MAX))
		return true;
	call_error(c, 400, "DEVCP.00021400", "%s %s", name,
		   text_empty(text) ? "is required" : "must be a number, at least 0");
	return false;
}

/* ---- variables ---- */

static cJSON *variable(const struct scenario_variable *v, int sequence, const char *value, const char *latest)
{
	cJSON *o = cJSON_CreateObject(), *limits;
	int i;

	cJSON_AddStringToObject(o, "name", v->name);
	cJSON_AddNumberToObject(o, "sequence", sequence);
	cJSON_AddStringToObject(o, "type", v->type);
	cJSON_AddStringToObject(o, "value", value);
	cJSON_AddBoolToObject(o, "is_secret", v->secret);
	cJSON_AddStringToObject(o, "description", v->description);
	cJSON_AddBoolToObject(o, "is_runtime", v->runtime);
	limits = cJSON_AddArrayToObject(o, "limits");
	for (i = 0; i < v->nlimits; i++)
		cJSON_AddItemToArray(limits, cJSON_CreateString(v->limits[i]));
	cJSON_AddBoolToObject(o, "is_reset", false);
	cJSON_AddStringToObject(o, "latest_value", latest);
	cJSON_AddStringToObject(o, "runtime_value", "");
	return o;
}

static bool suits(const struct pipeline_info *p, const struct scenario_variable *v)
{
	int i;

	if (!p->shape)
		return false;
	for (i = 0; i < v->nshapes; i++)
		if (strcmp(v->shapes[i], p->shape->name) == 0)
			return true;
	return !v->nshapes;
}

const struct scenario_variable *reads_next_variable(const struct scenario *s, const struct pipeline_info *p, int *at)
{
	bool own = p->variables != NULL;
	const struct scenario_variable *all = own ? p->variables : s->variables;
	int n = own ? p->nvariables : s->nvariables;

	while (*at < n && !own && !suits(p, &all[*at]))
		++*at;
	return *at < n ? &all[(*at)++] : NULL;
}

cJSON *reads_variables_of(const struct scenario *s, const struct pipeline_info *info)
{
	const struct scenario_variable *v;
	cJSON *list = cJSON_CreateArray();
	int at = 0, n = 0;

	while ((v = reads_next_variable(s, info, &at)))
		if (!v->group)
			cJSON_AddItemToArray(list, variable(v, ++n, v->value, ""));
	return list;
}

/*
 * What was said at its start; else a counter says the number of the run, and what people
 * choose differs from run to run.
 */
static const char *value_in(const struct scenario_variable *v, const struct run *r, char *number,
			    size_t size)
{
	int i;

	for (i = 0; i < r->nvariables; i++)
		if (strcmp(r->variables[i].name, v->name) == 0)
			return r->variables[i].value;
	if (strcmp(v->type, "autoIncrement") == 0) {
		snprintf(number, size, "%d", r->number);
		return number;
	}
	return v->nlimits && v->runtime ? v->limits[rng_mix(r->seed, 77) % (uint64_t)v->nlimits]
					: v->value;
}

enum { MODE_CUSTOM, MODE_SYSTEM, MODE_GROUP };

static cJSON *own_variables(const struct run *r, bool group)
{
	const struct scenario_variable *v;
	cJSON *list = cJSON_CreateArray();
	const char *value;
	char number[16];
	int at = 0, n = 0;

	while ((v = reads_next_variable(world_scenario(r->pipeline->world), r->pipeline->info, &at))) {
		if (v->group != group)
			continue;
		value = value_in(v, r, number, sizeof(number));
		cJSON_AddItemToArray(list, variable(v, ++n, value, value));
	}
	return list;
}

static cJSON *system_variables(const struct run *r)
{
	cJSON *list = cJSON_CreateArray();
	char number[16];
	const char *const pairs[][2] = {{"PROJECT_ID", r->pipeline->project->id},
					{"PIPELINE_ID", r->pipeline->info->id},
					{"PIPELINE_NAME", r->pipeline->info->name},
					{"PIPELINE_RUN_ID", r->id},
					{"PIPELINE_NUMBER", number},
					{"PIPELINE_TRIGGER_TYPE", r->trigger},
					{"COMMIT_ID", r->commit},
					{"EXECUTE_USER", r->executor}};
	size_t i;

	snprintf(number, sizeof(number), "%d", r->number);
	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		const struct scenario_variable v = {
			.name = pairs[i][0], .type = "string", .description = ""};

		cJSON_AddItemToArray(list, variable(&v, (int)i + 1, text_or_empty(pairs[i][1]),
						    text_or_empty(pairs[i][1])));
	}
	return list;
}

/* The answer is a bare array. */
void reads_run_variables(struct call *c)
{
	struct run *r = named_run(c, c->args[2]);
	int64_t mode;

	if (!r || !query_number(c, "mode", -1, &mode))
		return;
	if (mode > MODE_GROUP)
		call_error(c, 400, "DEVCP.00021400",
			   "mode must be 0 (custom), 1 (system) or 2 (parameter group)");
	else
		call_json(c, 200,
			  mode == MODE_SYSTEM ? system_variables(r)
					      : own_variables(r, mode == MODE_GROUP));
}

void reads_runtime_vars(struct call *c)
{
	struct pipeline *p = named_pipeline(c);
	const struct scenario_variable *v;
	const struct run *latest;
	int64_t offset, limit;
	cJSON *o, *list;
	char number[16];
	int at = 0, total = 0;

	if (!p || !query_number(c, "offset", 0, &offset) ||
	    !query_number(c, "limit", READS_LIMIT, &limit))
		return;
	list = cJSON_CreateArray();
	latest = pipeline_latest(p, c->now);
	while ((v = reads_next_variable(world_scenario(p->world), p->info, &at))) {
		if (!v->runtime)
			continue;
		if (total >= offset && total < offset + limit)
			cJSON_AddItemToArray(
				list, variable(v, total + 1, v->value,
					       latest ? value_in(v, latest, number, sizeof(number)) : ""));
		total++;
	}
	o = named_page(offset, limit, total);
	cJSON_AddItemToObject(o, "variables", list);
	call_json(c, 200, o);
}

/* ---- the queue ---- */

static cJSON *queue_row(const struct call *c, const struct run *r)
{
	cJSON *e = cJSON_CreateObject();

	cJSON_AddNumberToObject(e, "id", r->number);
	cJSON_AddStringToObject(e, "pipeline_id", r->pipeline->info->id);
	cJSON_AddStringToObject(e, "pipeline_run_id", r->id);
	cJSON_AddStringToObject(e, "region", world_scenario(c->server->world)->region);
	cJSON_AddNumberToObject(e, "enqueue_time", (double)r->created);
	cJSON_AddStringToObject(e, "trigger_type", r->trigger);
	cJSON_AddStringToObject(e, "creator_id", r->executor_id);
	cJSON_AddStringToObject(e, "creator_name", r->executor);
	cJSON_AddStringToObject(e, "status", "QUEUED");
	return e;
}

void reads_queue(struct call *c)
{
	struct pipeline *p = named_pipeline(c);
	int64_t offset, limit;
	cJSON *o, *list;
	int i, total = 0;

	if (!p || !query_number(c, "offset", -1, &offset) || !query_number(c, "limit", -1, &limit))
		return;
	list = cJSON_CreateArray();
	for (i = 0; i < pipeline_run_count(p); i++) {
		const struct run *r = pipeline_run_at(p, i);

		if (!run_queued(r, c->now))
			continue;
		if (total >= offset && total < offset + limit)
			cJSON_AddItemToArray(list, queue_row(c, r));
		total++;
	}
	o = named_page(offset, limit, total);
	cJSON_AddItemToObject(o, "queuedPipelines", list);
	call_json(c, 200, o);
}
