/* SPDX-License-Identifier: MIT */
/*
 * A pipeline's definition is JSON within a string, made of the shape that its runs have;
 * the groups of a project are a tree. Assumptions: a pipeline whose runs are told has a
 * definition without stages; a project that nobody knows has no groups.
 */
#include "sim/definition.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "sim/named.h"
#include "sim/reads.h"
#include "sim/render.h"

static void add_string(cJSON *o, const char *name, const char *value)
{
	if (value)
		cJSON_AddStringToObject(o, name, value);
	else
		cJSON_AddNullToObject(o, name);
}

/* ---- the definition ---- */

static cJSON *define_step(const struct shape_step *s, int sequence)
{
	cJSON *o = cJSON_CreateObject();

	add_string(o, "name", s->name);
	add_string(o, "task", s->task);
	cJSON_AddNumberToObject(o, "sequence", sequence);
	add_string(o, "business_type", s->type);
	cJSON_AddArrayToObject(o, "inputs");
	cJSON_AddStringToObject(o, "official_task_version", "0.0.1");
	cJSON_AddNumberToObject(o, "multi_step_editable", 0);
	return o;
}

static cJSON *define_job(const struct shape *shape, int stage, int sequence)
{
	const struct shape_job *j = &shape->stages[stage].jobs[sequence];
	cJSON *o = cJSON_CreateObject(), *steps;
	char identifier[PLAN_IDENTIFIER_SIZE];
	int k;

	plan_job_identifier(shape, stage, sequence, identifier);
	add_string(o, "identifier", identifier);
	add_string(o, "name", j->name);
	cJSON_AddNumberToObject(o, "sequence", sequence);
	cJSON_AddStringToObject(o, "async", "false");
	cJSON_AddStringToObject(o, "condition", "${{ default() }}");
	cJSON_AddStringToObject(o, "resource", "{\"type\":\"system\",\"arch\":\"x86\"}");
	cJSON_AddStringToObject(o, "exec_type", "OCTOPUS_JOB");
	cJSON_AddArrayToObject(o, "depends_on");
	steps = cJSON_AddArrayToObject(o, "steps");
	for (k = 0; k < j->n; k++)
		cJSON_AddItemToArray(steps, define_step(j->steps[k], k));
	return o;
}

static cJSON *define_pre(const struct shape_stage *g)
{
	cJSON *list = cJSON_CreateArray(), *o = cJSON_CreateObject();

	add_string(o, "task",
		   g->manual ? "official_devcloud_manualTrigger" : "official_devcloud_autoTrigger");
	cJSON_AddNumberToObject(o, "sequence", 0);
	cJSON_AddArrayToObject(o, "inputs");
	cJSON_AddItemToArray(list, o);
	return list;
}

static cJSON *define_stage(const struct shape *shape, int sequence)
{
	const struct shape_stage *g = &shape->stages[sequence];
	cJSON *o = cJSON_CreateObject(), *jobs, *post;
	char identifier[PLAN_IDENTIFIER_SIZE];
	int j;

	plan_stage_identifier(sequence, identifier);
	add_string(o, "name", g->name);
	cJSON_AddStringToObject(o, "identifier", identifier);
	cJSON_AddNumberToObject(o, "sequence", sequence);
	cJSON_AddBoolToObject(o, "run_always", g->always);
	cJSON_AddItemToObject(o, "pre", define_pre(g));
	post = cJSON_AddArrayToObject(o, "post");
	if (g->post)
		cJSON_AddItemToArray(post, define_step(g->post, 0));
	jobs = cJSON_AddArrayToObject(o, "jobs");
	for (j = 0; j < g->n; j++)
		cJSON_AddItemToArray(jobs, define_job(shape, sequence, j));
	return o;
}

char *definition_text(const struct shape *shape)
{
	cJSON *d = cJSON_CreateObject(), *stages = cJSON_AddArrayToObject(d, "stages");
	char *text, *own;
	int i;

	for (i = 0; shape && i < shape->n; i++)
		cJSON_AddItemToArray(stages, define_stage(shape, i));
	text = cJSON_PrintUnformatted(d);
	own = mem_strdup(text);
	cJSON_free(text);
	cJSON_Delete(d);
	return own;
}

static void add_definition(cJSON *o, const struct shape *shape)
{
	char *text = definition_text(shape);

	add_string(o, "definition", text);
	mem_free(text);
}

/* ---- the other way: what runs of a definition are like ---- */

static const char *name_in(struct arena *a, const cJSON *o, const char *or_else)
{
	const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, "name"));

	return arena_strdup(a, text_empty(name) ? or_else : name);
}

static void shape_job(struct arena *a, const struct scenario *s, const cJSON *job,
		      struct shape_job *out)
{
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(job, "steps"), *e;
	const struct shape_step **steps =
		arena_array(a, (size_t)cJSON_GetArraySize(list) + 1, sizeof(*steps));
	const char *task;

	out->name = name_in(a, job, "job");
	out->steps = steps;
	cJSON_ArrayForEach(e, list)
	{
		struct shape_step *step = arena_alloc(a, sizeof(*step));

		task = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(e, "task"));
		step->name = name_in(a, e, "step");
		step->task = arena_strdup(a, text_empty(task) ? "official_shell_plugin" : task);
		step->type = "Normal";
		step->log = s->nlogs ? &s->logs[s->nlogs - 1] : NULL;
		step->seconds = (struct range){20, 60};
		step->rate = (struct range){1, 4};
		steps[out->n++] = step;
	}
}

const struct shape *definition_shape(struct arena *a, const struct scenario *s, const char *text,
				     const char *name)
{
	cJSON *d = cJSON_Parse(text);
	const cJSON *stages = cJSON_GetObjectItemCaseSensitive(d, "stages"), *stage, *job;
	struct shape *shape = arena_alloc(a, sizeof(*shape));

	shape->name = arena_strdup(a, name);
	shape->stages =
		arena_array(a, (size_t)cJSON_GetArraySize(stages) + 1, sizeof(*shape->stages));
	cJSON_ArrayForEach(stage, stages)
	{
		const cJSON *jobs = cJSON_GetObjectItemCaseSensitive(stage, "jobs");
		struct shape_stage *g = &shape->stages[shape->n++];

		g->name = name_in(a, stage, "stage");
		g->jobs = arena_array(a, (size_t)cJSON_GetArraySize(jobs) + 1, sizeof(*g->jobs));
		cJSON_ArrayForEach(job, jobs) shape_job(a, s, job, &g->jobs[g->n++]);
	}
	cJSON_Delete(d);
	return shape;
}

/* ---- the pipeline ---- */

static void add_sources(cJSON *o, const struct pipeline *p)
{
	cJSON *source = cJSON_CreateObject(), *params;
	char url[200];

	cJSON_AddStringToObject(source, "type", "code");
	params = cJSON_AddObjectToObject(source, "params");
	snprintf(url, sizeof(url), "https://codehub.example.com/acme/%.100s.git", p->info->repo);
	cJSON_AddStringToObject(params, "git_type", "codehub");
	cJSON_AddStringToObject(params, "git_url", url);
	render_ssh_url(p, url, sizeof(url));
	cJSON_AddStringToObject(params, "ssh_git_url", url);
	cJSON_AddStringToObject(params, "repo_name", p->info->repo);
	cJSON_AddStringToObject(params, "default_branch", "master");
	cJSON_AddItemToArray(cJSON_AddArrayToObject(o, "sources"), source);
}

static void add_concurrency(cJSON *o, const struct pipeline *p)
{
	cJSON *limit = cJSON_AddObjectToObject(o, "concurrency_control");

	cJSON_AddBoolToObject(limit, "enable", p->concurrency > 0);
	cJSON_AddNumberToObject(limit, "concurrency_number", p->concurrency);
	cJSON_AddStringToObject(limit, "exceed_action", p->aborts ? "ABORT" : "QUEUE");
}

void definition_show(struct call *c)
{
	const struct scenario *s = world_scenario(c->server->world);
	struct pipeline *p = named_pipeline(c);
	cJSON *o;

	if (!p)
		return;
	o = cJSON_CreateObject();
	cJSON_AddStringToObject(o, "id", p->info->id);
	cJSON_AddStringToObject(o, "name", p->info->name);
	cJSON_AddStringToObject(o, "description", "");
	cJSON_AddBoolToObject(o, "is_publish", p->info->publish);
	cJSON_AddBoolToObject(o, "is_collect", p->info->favourite);
	cJSON_AddBoolToObject(o, "banned", p->banned);
	cJSON_AddStringToObject(o, "manifest_version", "3.0");
	cJSON_AddStringToObject(o, "region", s->region);
	cJSON_AddStringToObject(o, "domain_id", s->domain_id);
	cJSON_AddStringToObject(o, "project_id", p->project->id);
	add_string(o, "component_id", p->info->component);
	add_string(o, "group_id", p->info->group < 0 ? NULL : s->groups[p->info->group].id);
	cJSON_AddStringToObject(o, "creator_id", p->info->creator_id);
	cJSON_AddStringToObject(o, "creator_name", p->info->creator);
	cJSON_AddNullToObject(o, "updater_id");
	cJSON_AddNumberToObject(o, "create_time", (double)p->info->create_ms);
	cJSON_AddNumberToObject(o, "update_time", (double)p->info->create_ms);
	cJSON_AddNumberToObject(o, "security_level", p->info->level);
	add_sources(o, p);
	cJSON_AddItemToObject(o, "variables", reads_variables_of(s, p->info));
	cJSON_AddArrayToObject(o, "schedules");
	cJSON_AddArrayToObject(o, "triggers");
	add_concurrency(o, p);
	add_definition(o, p->info->shape);
	call_json(c, 200, o);
}

/* ---- groups ---- */

static cJSON *groups_below(const struct scenario *s, int project, int parent);

static cJSON *one_group(const struct scenario *s, int index)
{
	const struct group *g = &s->groups[index];
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "id", g->id);
	cJSON_AddStringToObject(o, "domain_id", s->domain_id);
	cJSON_AddStringToObject(o, "project_id", s->projects[g->project].id);
	cJSON_AddStringToObject(o, "name", g->name);
	add_string(o, "parent_id", g->parent < 0 ? NULL : s->groups[g->parent].id);
	cJSON_AddStringToObject(o, "path_id", g->path);
	cJSON_AddNumberToObject(o, "ordinal", g->ordinal);
	add_string(o, "creator", g->creator ? g->creator->id : NULL);
	cJSON_AddNullToObject(o, "updater");
	cJSON_AddNumberToObject(o, "create_time", (double)g->create_ms);
	cJSON_AddNumberToObject(o, "update_time", (double)g->create_ms);
	cJSON_AddItemToObject(o, "children", groups_below(s, g->project, index));
	return o;
}

static cJSON *groups_below(const struct scenario *s, int project, int parent)
{
	cJSON *list = cJSON_CreateArray();
	int i;

	for (i = 0; i < s->ngroups; i++)
		if (s->groups[i].project == project && s->groups[i].parent == parent)
			cJSON_AddItemToArray(list, one_group(s, i));
	return list;
}

void definition_groups(struct call *c)
{
	const struct scenario *s = world_scenario(c->server->world);
	const struct project *project = world_project(c->server->world, c->args[0]);

	call_json(c, 200,
		  project ? groups_below(s, (int)(project - s->projects), -1)
			  : cJSON_CreateArray());
}
