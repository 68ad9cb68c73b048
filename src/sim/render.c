/* SPDX-License-Identifier: MIT */
/*
 * One function for each object of the API. What has not ended says so in all the ways
 * that the service is known to use: null for runs and stages, 0 for jobs, an absent key
 * for steps.
 */
#include "sim/render.h"

#include <stdio.h>
#include <string.h>

#include "sim/artifacts.h"
#include "sim/rows.h"
#include "sim/stamp.h"

static void add_string(cJSON *o, const char *name, const char *value)
{
	if (value)
		cJSON_AddStringToObject(o, name, value);
	else
		cJSON_AddNullToObject(o, name);
}

static void add_ms(cJSON *o, const char *name, int64_t ms)
{
	if (ms > 0 && ms != PLAN_NEVER)
		cJSON_AddNumberToObject(o, name, (double)ms);
	else
		cJSON_AddNullToObject(o, name);
}

static void add_zoneless(cJSON *o, const char *name, int64_t ms)
{
	char text[STAMP_SIZE];

	stamp_zoneless(ms, text);
	add_string(o, name, ms > 0 && ms != PLAN_NEVER ? text : NULL);
}

/* The start and end that are known by now; 0 for what has not happened. */
static int64_t started(const struct plan_span *s, int64_t now)
{
	return now >= s->start ? s->start : 0;
}

static int64_t ended(const struct plan_span *s, int64_t now)
{
	return now >= s->end ? s->end : 0;
}

void render_ssh_url(const struct pipeline *p, char *out, size_t size)
{
	snprintf(out, size, "git@codehub.example.com:acme/%.100s.git", p->info->repo);
}

/* ---- detail ---- */

static void add_input(cJSON *list, const char *key, cJSON *value)
{
	cJSON *e = cJSON_CreateObject();

	cJSON_AddStringToObject(e, "key", key);
	cJSON_AddItemToObject(e, "value", value);
	cJSON_AddItemToArray(list, e);
}

/* Approvers come as a list or, where all of them must agree, as one text; a limit likewise. */
static void add_gate_inputs(cJSON *list, const struct shape_step *g)
{
	cJSON *people = cJSON_CreateArray();
	char text[600] = "", limit[24];
	int i;

	for (i = 0; i < g->napprovers; i++) {
		cJSON_AddItemToArray(people, cJSON_CreateString(g->approvers[i]));
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%.60s", i ? "," : "",
			 g->approvers[i]);
	}
	add_input(list, "audit_source", cJSON_CreateString("members"));
	if (g->all) {
		cJSON_Delete(people);
		people = cJSON_CreateString(text);
	}
	add_input(list, "approvers", people);
	add_input(list, "check_strategy", cJSON_CreateString(g->all ? "all" : "any"));
	snprintf(limit, sizeof(limit), "%d", g->timeout_s);
	if (g->timeout_s) {
		add_input(list, "timeout_strategy",
			  cJSON_CreateString(g->timeout_passes ? "pass" : "reject"));
		add_input(list, "timeout", /* seconds */
			  g->all ? cJSON_CreateString(limit) : cJSON_CreateNumber(g->timeout_s));
	}
	add_input(list, "comment", cJSON_CreateString(g->comment));
}

/* Assumption: the delay is told as a gate's limit is, since it passes by itself. */
static void add_delay_inputs(cJSON *list, const struct plan_step *s)
{
	const struct shape_step *d = s->shape;
	int64_t ms = s->span.start == PLAN_NEVER ? d->seconds.hi * INT64_C(1000)
						 : s->span.end - s->span.start;
	int64_t whole_s = (ms + 999) / 1000;

	add_input(list, "timeout_strategy", cJSON_CreateString("pass"));
	add_input(list, "timeout", cJSON_CreateNumber((double)whole_s));
}

static void add_inputs(cJSON *o, const struct plan_step *s)
{
	cJSON *list = cJSON_AddArrayToObject(o, "inputs");

	if (s->shape && s->shape->gate) {
		add_gate_inputs(list, s->shape);
	} else if (s->shape && s->shape->delay) {
		add_delay_inputs(list, s);
	} else if (s->shape && s->shape->sub) {
		add_input(list, "pipeline", cJSON_CreateString(s->shape->sub));
		add_input(list, "async", cJSON_CreateBool(false));
	} else if (s->log.form != LOG_NONE) {
		add_input(list, "OFFICIAL_SHELL_SCRIPT_INPUT",
			  cJSON_CreateString("set -e\n./build.sh\n"));
		add_input(list, "retries", cJSON_CreateNumber(0));
	}
}

static cJSON *render_step(const struct call *c, const struct plan_step *s, const char *job_id,
			  int sequence)
{
	cJSON *o = cJSON_CreateObject();
	int64_t start = started(&s->span, c->now), end = ended(&s->span, c->now);

	cJSON_AddStringToObject(o, "id", s->id);
	add_string(o, "name", s->name);
	add_string(o, "task", s->task);
	add_string(o, "business_type", s->type);
	add_inputs(o, s);
	cJSON_AddNumberToObject(o, "sequence", sequence);
	cJSON_AddStringToObject(o, "official_task_version", "0.0.1");
	add_string(o, "identifier", NULL);
	add_string(o, "last_dispatch_id", NULL);
	cJSON_AddNumberToObject(o, "multi_step_editable", 0);
	cJSON_AddArrayToObject(o, "endpoint_ids");
	if (job_id)
		cJSON_AddStringToObject(o, "job_run_id", job_id);
	cJSON_AddStringToObject(o, "status",
				plan_span_word(&s->span, c->now, c->server->modes.gate_as));
	add_string(o, "message", end ? s->message : NULL);
	add_ms(o, "start_time", start);
	if (end)
		add_ms(o, "end_time", end);
	return o;
}

/* The failure text of a job is JSON in a string. */
static void add_job_message(cJSON *o, const char *text)
{
	cJSON *m;
	char *inner;

	if (!text) {
		cJSON_AddNullToObject(o, "message");
		return;
	}
	m = cJSON_CreateObject();
	cJSON_AddStringToObject(m, "errorMessage", text);
	cJSON_AddStringToObject(m, "errorCode", "DEVPIPE.00030001");
	inner = cJSON_PrintUnformatted(m);
	add_string(o, "message", inner);
	cJSON_free(inner);
	cJSON_Delete(m);
}

static cJSON *render_job(const struct call *c, const struct plan_job *j, int sequence)
{
	cJSON *o = cJSON_CreateObject(), *steps;
	int64_t end = ended(&j->span, c->now);
	int k;

	cJSON_AddStringToObject(o, "id", j->id);
	cJSON_AddStringToObject(o, "identifier", j->identifier);
	add_string(o, "name", j->name);
	add_string(o, "category", NULL);
	cJSON_AddStringToObject(o, "async", "false");
	cJSON_AddNumberToObject(o, "sequence", sequence);
	cJSON_AddBoolToObject(o, "is_select", j->span.outcome != SIM_UNSELECTED);
	cJSON_AddStringToObject(o, "condition", "${{ default() }}");
	cJSON_AddStringToObject(o, "resource", "{\"type\":\"system\",\"arch\":\"x86\"}");
	add_string(o, "timeout", NULL);
	cJSON_AddArrayToObject(o, "depends_on");
	add_string(o, "last_dispatch_id", NULL);
	add_string(o, "exec_id", NULL);
	cJSON_AddStringToObject(o, "status", plan_job_word(j, c->now, c->server->modes.gate_as));
	add_job_message(o, end ? j->message : NULL);
	add_ms(o, "start_time", started(&j->span, c->now));
	cJSON_AddNumberToObject(o, "end_time", (double)end);
	steps = cJSON_AddArrayToObject(o, "steps");
	for (k = 0; k < j->n; k++)
		cJSON_AddItemToArray(steps, render_step(c, &j->steps[k], j->id, k));
	return o;
}

static cJSON *render_stage(const struct call *c, const struct plan_stage *g, int sequence)
{
	cJSON *o = cJSON_CreateObject(), *list;
	int j;

	cJSON_AddStringToObject(o, "id", g->id);
	cJSON_AddStringToObject(o, "identifier", g->identifier);
	add_string(o, "name", g->name);
	add_string(o, "category", NULL);
	add_string(o, "condition", NULL);
	cJSON_AddNumberToObject(o, "sequence", sequence);
	add_string(o, "parallel", NULL);
	cJSON_AddBoolToObject(o, "run_always", g->always);
	cJSON_AddBoolToObject(o, "is_select", g->span.outcome != SIM_UNSELECTED);
	cJSON_AddArrayToObject(o, "depends_on");
	cJSON_AddStringToObject(o, "status", plan_stage_word(g, c->now, c->server->modes.gate_as));
	add_ms(o, "start_time", started(&g->span, c->now));
	add_ms(o, "end_time", ended(&g->span, c->now));
	cJSON_AddNumberToObject(o, "pause_time", 0);
	list = cJSON_AddArrayToObject(o, "pre");
	cJSON_AddItemToArray(list, render_step(c, &g->pre, NULL, 0));
	if (g->post)
		cJSON_AddItemToArray(cJSON_AddArrayToObject(o, "post"),
				     render_step(c, g->post, NULL, 0));
	else
		cJSON_AddNullToObject(o, "post");
	list = cJSON_AddArrayToObject(o, "jobs");
	for (j = 0; j < g->n; j++)
		cJSON_AddItemToArray(list, render_job(c, &g->jobs[j], j));
	return o;
}

static void add_params(cJSON *o, const struct run *r)
{
	struct buf text;

	buf_init(&text, BUF_MAX);
	rows_build_params(NULL, r, false, &text);
	cJSON_AddRawToObject(o, "build_params", text.data);
	buf_done(&text);
}

static void add_source(cJSON *o, const struct run *r)
{
	cJSON *source = cJSON_CreateObject(), *params;
	char url[200];

	cJSON_AddStringToObject(source, "type", "code");
	params = cJSON_AddObjectToObject(source, "params");
	snprintf(url, sizeof(url), "https://codehub.example.com/acme/%.100s.git",
		 r->pipeline->info->repo);
	cJSON_AddStringToObject(params, "git_type", "codehub");
	cJSON_AddStringToObject(params, "git_url", url);
	cJSON_AddStringToObject(params, "repo_name", r->pipeline->info->repo);
	cJSON_AddStringToObject(params, "default_branch", "master");
	add_string(params, "endpoint_id", NULL);
	add_params(params, r);
	cJSON_AddItemToArray(cJSON_AddArrayToObject(o, "sources"), source);
}

static void add_where(const struct call *c, cJSON *o, const struct run *r)
{
	const struct pipeline *p = r->pipeline;
	const struct scenario *s = world_scenario(c->server->world);
	const struct group *g = p->info->group < 0 ? NULL : &s->groups[p->info->group];
	char url[256];

	/* A page that nobody has: the name is reserved for examples. */
	snprintf(url, sizeof(url), "https://devcloud.example/cicd/project/%s/pipeline/detail/%s/%s",
		 p->project->id, p->info->id, r->id);
	cJSON_AddStringToObject(o, "domain_id", s->domain_id);
	cJSON_AddStringToObject(o, "project_id", p->project->id);
	cJSON_AddStringToObject(o, "region", s->region);
	add_string(o, "component_id", p->info->component);
	add_string(o, "group_id", g ? g->id : NULL);
	add_string(o, "group_name", g ? g->name : NULL);
	cJSON_AddStringToObject(o, "detail_url", url);
	cJSON_AddStringToObject(o, "language", "zh-cn");
}

cJSON *render_detail(const struct call *c, const struct run *r)
{
	const struct plan *p = run_plan(r, c->now);
	cJSON *o = cJSON_CreateObject(), *stages;
	int i;

	cJSON_AddStringToObject(o, "id", r->id);
	cJSON_AddStringToObject(o, "subject_id", r->id);
	cJSON_AddStringToObject(o, "pipeline_id", r->pipeline->info->id);
	cJSON_AddStringToObject(o, "name", r->pipeline->info->name);
	cJSON_AddStringToObject(o, "description", "");
	cJSON_AddStringToObject(o, "manifest_version", "3.0");
	cJSON_AddBoolToObject(o, "is_publish", r->pipeline->info->publish);
	cJSON_AddStringToObject(o, "executor_id", r->executor_id);
	cJSON_AddStringToObject(o, "executor_name", r->executor);
	cJSON_AddStringToObject(o, "status", run_word(r, c->now, c->server->modes.gate_as));
	cJSON_AddStringToObject(o, "trigger_type", r->trigger);
	cJSON_AddNumberToObject(o, "run_number", r->number);
	add_ms(o, "start_time", c->now < r->start ? r->created : r->start);
	add_ms(o, "end_time", run_end(r, c->now));
	cJSON_AddNumberToObject(o, "pause_time", 0);
	add_where(c, o, r);
	cJSON_AddNumberToObject(o, "current_system_time", (double)c->now);
	add_source(o, r);
	cJSON_AddItemToObject(o, "artifacts", artifacts_detail(c, r));
	stages = cJSON_AddArrayToObject(o, "stages");
	for (i = 0; i < p->n; i++)
		cJSON_AddItemToArray(stages, render_stage(c, &p->stages[i], i));
	return o;
}

/* ---- v3 ---- */

void render_v3_words(const char *v5, const char **status, const char **outcome)
{
	static const struct {
		const char *v5, *status, *outcome;
	} words[] = {
		{"COMPLETED", "completed", "success"}, {"FAILED", "completed", "error"},
		{"CANCELED", "completed", "aborted"},  {"QUEUED", "waiting", NULL},
		{"RUNNING", "running", NULL},	       {"PAUSED", "verifying", NULL},
		{"SUSPEND", "suspending", NULL},
	};
	size_t i;

	*status = "waiting";
	*outcome = NULL;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(v5, words[i].v5) == 0) {
			*status = words[i].status;
			*outcome = words[i].outcome;
		}
}

cJSON *render_v3_status(const struct call *c, const struct pipeline *p, const struct run *latest)
{
	const struct plan *plan = run_plan(latest, c->now);
	cJSON *o = cJSON_CreateObject(), *stages;
	const char *status, *outcome;
	char name[24];
	int i;

	render_v3_words(run_word(latest, c->now, c->server->modes.gate_as), &status, &outcome);
	cJSON_AddStringToObject(o, "pipeline_id", p->info->id);
	cJSON_AddStringToObject(o, "pipeline_name", p->info->name);
	cJSON_AddStringToObject(o, "build_id", latest->id);
	cJSON_AddStringToObject(o, "status", status);
	add_string(o, "result", outcome);
	cJSON_AddStringToObject(o, "executor", latest->executor);
	add_zoneless(o, "start_time", latest->start);
	add_zoneless(o, "end_time", run_end(latest, c->now));
	cJSON_AddStringToObject(o, "detail_url", "");
	cJSON_AddStringToObject(o, "modify_url", "");
	stages = cJSON_AddArrayToObject(o, "stages");
	for (i = 0; i < plan->n; i++) {
		cJSON *e = cJSON_CreateObject();

		render_v3_words(plan_stage_word(&plan->stages[i], c->now, c->server->modes.gate_as),
				&status, &outcome);
		snprintf(name, sizeof(name), "state_%d", i + 1);
		cJSON_AddStringToObject(e, "name", name);
		cJSON_AddStringToObject(e, "display_name", plan->stages[i].name);
		cJSON_AddNumberToObject(e, "order", i + 1);
		cJSON_AddStringToObject(e, "dsl_method", "build");
		cJSON_AddStringToObject(e, "status", status);
		add_string(e, "result", outcome);
		cJSON_AddNullToObject(e, "parameters");
		cJSON_AddItemToArray(stages, e);
	}
	return o;
}
