/* SPDX-License-Identifier: MIT */
/*
 * Reads a scenario. The file is libconfig's; a name that nothing has (a shape without
 * such a step, a lane without such a pipeline) is an error with the file's line, because
 * an operator writes these by hand. Reading goes through a few get_ functions that know
 * the default, so that the shape of the code is the shape of the file.
 *
 * The tree of libconfig lives as long as the scenario, hence strings are borrowed from
 * it; everything else is in one arena.
 */
#include "sim/scenario.h"

#include <dirent.h>
#include <libconfig.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/path.h"
#include "core/text.h"
#include "core/when.h"
#include "sim/arena.h"
#include "sim/scenario_json.h"
#include "sim/stamp.h"

struct loaded { /* what scenario_free must release */
	struct scenario s;
	config_t config;
	struct arena arena;
	struct scenario_json *json;
	struct shape_step *steps;
	const char **step_names;
	int nsteps;
	struct shape *shapes;
	int nshapes;
	struct buf path; /* of the file */
	struct err *err;
	bool failed;
};

/* The first complaint stays; reading goes on harmlessly. */
static void complain(struct loaded *l, const config_setting_t *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void complain(struct loaded *l, const config_setting_t *at, const char *fmt, ...)
{
	va_list ap;

	if (l->failed)
		return;
	l->failed = true;
	va_start(ap, fmt);
	err_vset(l->err, ERR_INPUT, 0, fmt, ap);
	va_end(ap);
	err_prefix(l->err, "%s:%u",
		   at && config_setting_source_file(at) ? config_setting_source_file(at)
							: l->path.data,
		   at ? config_setting_source_line(at) : 0);
}

/* ---- values with defaults ---- */

static const char *get_string(const config_setting_t *s, const char *name, const char *or_else)
{
	const char *value = NULL;

	return s && config_setting_lookup_string(s, name, &value) ? value : or_else;
}

static int get_int(const config_setting_t *s, const char *name, int or_else)
{
	int value;

	return s && config_setting_lookup_int(s, name, &value) ? value : or_else;
}

static bool get_bool(const config_setting_t *s, const char *name)
{
	int value;

	return s && config_setting_lookup_bool(s, name, &value) && value;
}

static int length(const config_setting_t *s)
{
	return s ? config_setting_length(s) : 0;
}

static config_setting_t *member(const config_setting_t *s, const char *name)
{
	return s ? config_setting_get_member(s, name) : NULL;
}

/* "seconds = 5" or "seconds = [5, 20]" */
static struct range get_range(const config_setting_t *s, const char *name, int lo, int hi)
{
	config_setting_t *v = member(s, name);
	struct range r = {lo, hi};

	if (v && config_setting_is_aggregate(v) && length(v) == 2) {
		r.lo = config_setting_get_int_elem(v, 0);
		r.hi = config_setting_get_int_elem(v, 1);
	} else if (v) {
		r.lo = r.hi = config_setting_get_int(v);
	}
	return r;
}

static const char **get_strings(struct loaded *l, const config_setting_t *v, int *n)
{
	const char **list;
	int i;

	*n = length(v);
	list = arena_array(&l->arena, (size_t)*n, sizeof(*list));
	for (i = 0; i < *n; i++) {
		list[i] = config_setting_get_string_elem(v, i);
		if (!list[i]) {
			complain(l, v, "element %d must be a string", i + 1);
			list[i] = "";
		}
	}
	return list;
}

static void get_id(struct loaded *l, const config_setting_t *s, const char *name, uint64_t h,
		   char id[RNG_ID_SIZE])
{
	const char *given = get_string(s, name, NULL);

	rng_id(h, id);
	if (!given)
		return;
	if (strlen(given) >= RNG_ID_SIZE)
		complain(l, s, "%s is longer than 32 characters", name);
	else
		strcpy(id, given);
}

/* A time: seconds after the scenario's start (negative: before), or "YYYY-MM-DD HH:MM:SS", +08:00.
 */
static int64_t get_time(struct loaded *l, const config_setting_t *s, const char *name,
			int64_t or_else)
{
	config_setting_t *v = member(s, name);
	int64_t ms;

	if (!v)
		return or_else;
	if (config_setting_type(v) != CONFIG_TYPE_STRING)
		return l->s.start_ms + INT64_C(1000) * config_setting_get_int(v);
	ms = when_parse_zoneless(config_setting_get_string(v), 8 * 3600);
	if (ms == WHEN_NONE)
		complain(l, v, "%s must be seconds or \"YYYY-MM-DD HH:MM:SS\"", name);
	return ms;
}

/* ---- logs ---- */

static void read_body(struct loaded *l, const config_setting_t *v, struct log_kind *k)
{
	int i, j, at = 0;

	for (i = 0; i < length(v); i++)
		k->nbody += length(config_setting_get_elem(v, (unsigned)i));
	k->body = arena_array(&l->arena, (size_t)k->nbody, sizeof(*k->body));
	k->group = arena_array(&l->arena, (size_t)k->nbody, sizeof(*k->group));
	for (i = 0; i < length(v); i++) {
		int n;
		const char **group = get_strings(l, config_setting_get_elem(v, (unsigned)i), &n);

		for (j = 0; j < n; j++, at++) {
			k->body[at] = group[j];
			k->group[at] = i;
		}
	}
}

static void read_logs(struct loaded *l, const config_setting_t *v)
{
	int i;

	l->s.nlogs = length(v);
	l->s.logs = arena_array(&l->arena, (size_t)l->s.nlogs, sizeof(*l->s.logs));
	for (i = 0; i < l->s.nlogs; i++) {
		config_setting_t *e = config_setting_get_elem(v, (unsigned)i);
		struct log_kind *k = &l->s.logs[i];

		k->name = config_setting_name(e);
		k->head = get_strings(l, member(e, "head"), &k->nhead);
		k->ok = get_strings(l, member(e, "ok"), &k->nok);
		k->fail = get_strings(l, member(e, "fail"), &k->nfail);
		read_body(l, member(e, "body"), k);
		if (strcmp(k->name, "frame") == 0)
			l->s.vocabulary.frame = k;
	}
}

static void read_words(struct loaded *l, const config_setting_t *v)
{
	struct log_words *words = arena_array(&l->arena, (size_t)length(v), sizeof(*words));
	int i;

	for (i = 0; i < length(v); i++) {
		config_setting_t *e = config_setting_get_elem(v, (unsigned)i);

		words[i].name = config_setting_name(e);
		words[i].v = get_strings(l, e, &words[i].n);
	}
	l->s.vocabulary.words = words;
	l->s.vocabulary.nwords = length(v);
}

static const struct log_kind *find_log(struct loaded *l, const config_setting_t *at,
				       const char *name)
{
	int i;

	if (!name)
		return NULL;
	for (i = 0; i < l->s.nlogs; i++)
		if (strcmp(l->s.logs[i].name, name) == 0)
			return &l->s.logs[i];
	complain(l, at, "there is no log \"%s\" under logs", name);
	return NULL;
}

/* ---- shapes ---- */

static void read_steps(struct loaded *l, const config_setting_t *v)
{
	int i;

	l->nsteps = length(v);
	l->steps = arena_array(&l->arena, (size_t)l->nsteps, sizeof(*l->steps));
	l->step_names = arena_array(&l->arena, (size_t)l->nsteps, sizeof(*l->step_names));
	for (i = 0; i < l->nsteps; i++) {
		config_setting_t *e = config_setting_get_elem(v, (unsigned)i);
		struct shape_step *s = &l->steps[i];

		l->step_names[i] = config_setting_name(e);
		s->name = get_string(e, "name", l->step_names[i]);
		s->gate = get_bool(e, "gate");
		s->sub = get_string(e, "sub", NULL);
		s->task = get_string(e, "task",
				     s->gate  ? "official_devcloud_checkpoint"
				     : s->sub ? "official_devcloud_subPipeline"
					      : "official_shell_plugin");
		s->type = get_string(e, "type", "Normal");
		s->log = find_log(l, e, get_string(e, "log", NULL));
		s->seconds = get_range(e, "seconds", 5, 15);
		s->rate = get_range(e, "rate", 1, 3);
		s->fails = get_int(e, "fails", 0);
		s->artifact = get_string(e, "artifact", NULL);
		s->artifact_suffix = get_string(e, "suffix", "");
	}
}

static const struct shape_step *find_step(struct loaded *l, const config_setting_t *at,
					  const char *name)
{
	static const struct shape_step nothing;
	int i;

	for (i = 0; name && i < l->nsteps; i++)
		if (strcmp(l->step_names[i], name) == 0)
			return &l->steps[i];
	complain(l, at, "there is no step \"%s\" under steps", name ? name : "");
	return &nothing;
}

static void read_job(struct loaded *l, const config_setting_t *e, struct shape_job *j)
{
	config_setting_t *steps = member(e, "steps");
	const char **names = get_strings(l, steps, &j->n);
	int i;

	j->name = get_string(e, "name", "job");
	j->steps = arena_array(&l->arena, (size_t)j->n, sizeof(*j->steps));
	for (i = 0; i < j->n; i++)
		j->steps[i] = find_step(l, steps, names[i]);
	if (!j->n)
		complain(l, e, "job \"%s\" has no steps", j->name);
}

static void read_stage(struct loaded *l, const config_setting_t *e, struct shape_stage *g)
{
	config_setting_t *jobs = member(e, "jobs");
	int i;

	g->name = get_string(e, "name", "stage");
	g->manual = get_bool(e, "manual");
	g->always = get_bool(e, "always");
	g->seconds = get_range(e, "wait", 300, 900);
	g->n = length(jobs);
	g->jobs = arena_array(&l->arena, (size_t)g->n, sizeof(*g->jobs));
	for (i = 0; i < g->n; i++)
		read_job(l, config_setting_get_elem(jobs, (unsigned)i), &g->jobs[i]);
}

static void read_shapes(struct loaded *l, const config_setting_t *v)
{
	int i, j;

	l->nshapes = length(v);
	l->shapes = arena_array(&l->arena, (size_t)l->nshapes, sizeof(*l->shapes));
	for (i = 0; i < l->nshapes; i++) {
		config_setting_t *e = config_setting_get_elem(v, (unsigned)i);
		struct shape *s = &l->shapes[i];

		s->name = config_setting_name(e);
		s->n = length(e);
		s->stages = arena_array(&l->arena, (size_t)s->n, sizeof(*s->stages));
		for (j = 0; j < s->n; j++)
			read_stage(l, config_setting_get_elem(e, (unsigned)j), &s->stages[j]);
		if (!s->n)
			complain(l, e, "shape \"%s\" has no stages", s->name);
	}
}

static const struct shape *find_shape(struct loaded *l, const config_setting_t *at,
				      const char *name)
{
	int i;

	if (!name)
		return NULL;
	for (i = 0; i < l->nshapes; i++)
		if (strcmp(l->shapes[i].name, name) == 0)
			return &l->shapes[i];
	complain(l, at, "there is no shape \"%s\" under shapes", name);
	return NULL;
}

/* ---- variables ---- */

static void read_variable(struct loaded *l, const config_setting_t *e, struct scenario_variable *v)
{
	static const char *const types[] = {"string", "enum", "autoIncrement"};
	config_setting_t *shapes = member(e, "shapes");
	int i;

	v->name = config_setting_name(e);
	v->type = get_string(e, "type", "string");
	for (i = 0; i < 3 && strcmp(v->type, types[i]); i++)
		;
	if (i == 3)
		complain(l, e, "type \"%s\" is none of string, enum, autoIncrement", v->type);
	v->value = get_string(e, "value", "");
	v->description = get_string(e, "description", "");
	v->limits = get_strings(l, member(e, "limits"), &v->nlimits);
	v->shapes = get_strings(l, shapes, &v->nshapes);
	for (i = 0; i < v->nshapes; i++)
		find_shape(l, shapes, v->shapes[i]);
	v->secret = get_bool(e, "secret");
	v->runtime = get_bool(e, "runtime");
	v->group = get_bool(e, "group");
}

static void read_variables(struct loaded *l, const config_setting_t *v)
{
	int i;

	l->s.nvariables = length(v);
	l->s.variables = arena_array(&l->arena, (size_t)l->s.nvariables, sizeof(*l->s.variables));
	for (i = 0; i < l->s.nvariables; i++)
		read_variable(l, config_setting_get_elem(v, (unsigned)i), &l->s.variables[i]);
}

/* ---- told runs ---- */

static void read_told_log(struct loaded *l, const config_setting_t *e, struct told_step *s)
{
	const char *file = get_string(e, "log_from", NULL), *kind = get_string(e, "log", NULL);
	struct logtext *t = &s->log;

	t->seed = rng_mix(l->s.seed, (uint64_t)(uintptr_t)config_setting_source_line(e));
	t->start = s->start;
	t->end = s->end ? s->end : INT64_MAX;
	t->step = s->name;
	t->fails = strcmp(s->status, "FAILED") == 0;
	if (file) {
		t->literal = scenario_json_log(l->json, l->path.data, file, l->err);
		t->form = LOG_LITERAL;
		l->failed = l->failed || !t->literal;
	} else if (get_bool(e, "flood")) {
		if (!l->s.flood)
			l->s.flood = flood_new(l->s.seed);
		t->form = LOG_FLOOD;
		t->flood = l->s.flood;
		t->at_start = get_int(e, "lines", 1000000);
		t->per_s = get_int(e, "rate", 0);
		t->needle = get_string(e, "needle", NULL);
	} else if (kind) {
		t->form = LOG_TEMPLATE;
		t->kind = find_log(l, e, kind);
		t->vocabulary = &l->s.vocabulary;
		if (!s->end)
			complain(l, e, "a step with log = \"%s\" needs an end", kind);
		t->lines = t->kind ? logtext_count(t, get_int(e, "lines", 200)) : 0;
	}
}

static void read_told_step(struct loaded *l, const config_setting_t *e, const struct told_job *job,
			   struct told_step *s)
{
	s->id = get_string(e, "id", NULL);
	s->name = get_string(e, "name", "step");
	s->task = get_string(e, "task", "official_shell_plugin");
	s->status = get_string(e, "status", job->status);
	s->start = get_time(l, e, "start", job->start);
	s->end = get_time(l, e, "end", job->end);
	read_told_log(l, e, s);
}

static void read_told_job(struct loaded *l, const config_setting_t *e,
			  const struct told_stage *stage, struct told_job *j)
{
	config_setting_t *steps = member(e, "steps");
	int i;

	j->id = get_string(e, "id", NULL);
	j->name = get_string(e, "name", "job");
	j->status = get_string(e, "status", stage->status);
	j->start = get_time(l, e, "start", stage->start);
	j->end = get_time(l, e, "end", stage->end);
	j->n = length(steps);
	j->steps = arena_array(&l->arena, (size_t)j->n, sizeof(*j->steps));
	for (i = 0; i < j->n; i++)
		read_told_step(l, config_setting_get_elem(steps, (unsigned)i), j, &j->steps[i]);
}

static void read_told_stage(struct loaded *l, const config_setting_t *e, const struct told_run *run,
			    struct told_stage *g)
{
	config_setting_t *jobs = member(e, "jobs");
	int i;

	g->name = get_string(e, "name", "stage");
	g->status = get_string(e, "status", run->status);
	g->start = get_time(l, e, "start", run->start);
	g->end = get_time(l, e, "end", run->end);
	g->n = length(jobs);
	g->jobs = arena_array(&l->arena, (size_t)g->n, sizeof(*g->jobs));
	for (i = 0; i < g->n; i++)
		read_told_job(l, config_setting_get_elem(jobs, (unsigned)i), g, &g->jobs[i]);
}

static void read_told_run(struct loaded *l, const config_setting_t *e, struct told_run *r)
{
	const char *file = get_string(e, "row_from", NULL);
	config_setting_t *stages = member(e, "stages");
	int i;

	r->id = get_string(e, "id", NULL);
	r->status = get_string(e, "status", "COMPLETED");
	r->executor = get_string(e, "executor", NULL);
	r->executor_id = get_string(e, "executor_id", NULL);
	r->trigger = get_string(e, "trigger", "Manual");
	r->branch = get_string(e, "branch", "master");
	r->message = get_string(e, "message", "");
	r->number = get_int(e, "number", 1);
	r->start = get_time(l, e, "start", l->s.start_ms);
	r->end = get_time(l, e, "end", 0);
	if (file && !scenario_json_run(l->json, l->path.data, file, r, l->err))
		l->failed = true;
	r->n = length(stages);
	r->stages = arena_array(&l->arena, (size_t)r->n, sizeof(*r->stages));
	for (i = 0; i < r->n; i++)
		read_told_stage(l, config_setting_get_elem(stages, (unsigned)i), r, &r->stages[i]);
}

/* ---- projects and their pipelines ---- */

static void read_pipeline(struct loaded *l, const config_setting_t *e, int project,
			  struct pipeline_info *p)
{
	uint64_t h = rng_mix(rng_mix(l->s.seed, (uint64_t)(p - l->s.pipelines)), 31);
	config_setting_t *runs = member(e, "runs");
	const struct person *creator =
		l->s.npeople ? &l->s.people[h % (uint64_t)l->s.npeople] : NULL;
	int i;

	p->name = get_string(e, "name", "pipeline");
	p->repo = get_string(e, "repo", p->name);
	p->project = project;
	get_id(l, e, "id", h, p->id);
	p->shape = find_shape(l, e, get_string(e, "shape", NULL));
	p->old = get_bool(e, "old");
	p->banned = get_bool(e, "banned");
	p->favourite = get_bool(e, "favourite");
	p->creator = get_string(e, "creator", creator ? creator->name : "");
	p->creator_id = get_string(e, "creator_id", creator ? creator->id : "");
	p->create_ms =
		get_time(l, e, "created", l->s.start_ms - rng_between(h >> 8, 30, 700) * 86400000);
	p->first_number = get_int(e, "number", (int)rng_between(h >> 20, 20, 1500));
	p->nruns = length(runs);
	p->runs = arena_array(&l->arena, (size_t)p->nruns, sizeof(*p->runs));
	for (i = 0; i < p->nruns; i++)
		read_told_run(l, config_setting_get_elem(runs, (unsigned)i), &p->runs[i]);
}

/* A row of the v3 example gives a pipeline its names and times; the file may add runs to it. */
static void fill_from_row(struct loaded *l, const config_setting_t *e, struct pipeline_info *p)
{
	const char *file = get_string(e, "row_from", NULL);
	int total = 0;

	if (!file)
		return;
	if (!scenario_json_v3_row(l->json, l->path.data, file, get_int(e, "row", 0), p, &total,
				  l->err)) {
		l->failed = true;
		return;
	}
	l->s.projects[p->project].v3_total = total;
}

static void read_project(struct loaded *l, const config_setting_t *e, int index, int *at)
{
	struct project *project = &l->s.projects[index];
	config_setting_t *pipelines = member(e, "pipelines");
	int i;

	project->name = get_string(e, "name", "project");
	get_id(l, e, "id", rng_mix(l->s.seed, (uint64_t)index + 9000), project->id);
	for (i = 0; i < length(pipelines); i++) {
		config_setting_t *p = config_setting_get_elem(pipelines, (unsigned)i);
		struct pipeline_info *info = &l->s.pipelines[(*at)++];

		read_pipeline(l, p, index, info);
		fill_from_row(l, p, info);
	}
}

static void read_projects(struct loaded *l, const config_setting_t *v)
{
	int i, at = 0;

	l->s.nprojects = length(v);
	l->s.projects = arena_array(&l->arena, (size_t)l->s.nprojects, sizeof(*l->s.projects));
	for (i = 0; i < l->s.nprojects; i++)
		l->s.npipelines +=
			length(member(config_setting_get_elem(v, (unsigned)i), "pipelines"));
	l->s.pipelines = arena_array(&l->arena, (size_t)l->s.npipelines, sizeof(*l->s.pipelines));
	for (i = 0; i < l->s.nprojects; i++)
		read_project(l, config_setting_get_elem(v, (unsigned)i), i, &at);
	if (!l->s.nprojects)
		complain(l, NULL, "the scenario has no projects");
}

/* ---- lanes ---- */

static int find_pipeline(struct loaded *l, const config_setting_t *at, const char *name)
{
	int i;

	for (i = 0; i < l->s.npipelines; i++)
		if (strcmp(l->s.pipelines[i].name, name) == 0)
			return i;
	complain(l, at, "there is no pipeline \"%s\" in any project", name);
	return 0;
}

static void read_lane(struct loaded *l, const config_setting_t *e, struct lane *lane, int index)
{
	static const char *const kinds[] = {"steady", "gate", "queue", "retry", "daily"};
	const char *kind = get_string(e, "kind", "steady"), **names;
	config_setting_t *list = member(e, "pipelines");
	int i;

	for (i = 0; i < 5 && strcmp(kind, kinds[i]); i++)
		;
	if (i == 5)
		complain(l, e, "kind \"%s\" is none of steady, gate, queue, retry, daily", kind);
	lane->kind = (enum lane_kind)i;
	names = get_strings(l, list, &lane->n);
	lane->pipelines = arena_array(&l->arena, (size_t)lane->n, sizeof(int));
	for (i = 0; i < lane->n; i++) {
		lane->pipelines[i] = find_pipeline(l, list, names[i]);
		if (l->s.npipelines && !l->s.pipelines[lane->pipelines[i]].shape)
			complain(l, list, "pipeline \"%s\" needs a shape to be in a lane",
				 names[i]);
	}
	if (!lane->n)
		complain(l, e, "a lane needs pipelines");
	lane->gap = get_range(e, "gap", 15, 60);
	lane->fail_every = get_int(e, "fail_every", 0);
	lane->cancel_every = get_int(e, "cancel_every", 0);
	lane->phase = get_int(e, "phase", index);
	lane->at_s = get_int(e, "hour", 2) * 3600 + get_int(e, "minute", 0) * 60;
}

static void read_lanes(struct loaded *l, const config_setting_t *v)
{
	int i;

	l->s.nlanes = length(v);
	l->s.lanes = arena_array(&l->arena, (size_t)l->s.nlanes, sizeof(*l->s.lanes));
	for (i = 0; i < l->s.nlanes; i++)
		read_lane(l, config_setting_get_elem(v, (unsigned)i), &l->s.lanes[i], i);
}

/* ---- the whole ---- */

static void read_people(struct loaded *l, const config_setting_t *v)
{
	const char **names = get_strings(l, v, &l->s.npeople);
	int i;

	l->s.people = arena_array(&l->arena, (size_t)l->s.npeople, sizeof(*l->s.people));
	for (i = 0; i < l->s.npeople; i++) {
		l->s.people[i].name = names[i];
		rng_id(rng_mix(l->s.seed, (uint64_t)i + 500), l->s.people[i].id);
	}
}

static void read_start(struct loaded *l, const config_setting_t *root, const char *start)
{
	const char *text = start ? start : get_string(root, "start", "2026-01-06 15:40:00");

	l->s.start_ms =
		strcmp(text, "now") == 0 ? when_wall_ms() : when_parse_zoneless(text, 8 * 3600);
	if (l->s.start_ms == WHEN_NONE)
		complain(l, NULL, "start \"%s\" is neither \"now\" nor \"YYYY-MM-DD HH:MM:SS\"",
			 text);
}

static void read_all(struct loaded *l, const char *start, uint64_t seed)
{
	config_setting_t *root = config_root_setting(&l->config);

	l->s.seed = rng_mix(seed ? seed : (uint64_t)get_int(root, "seed", 1), 0);
	read_start(l, root, start);
	l->s.history = get_int(root, "history", 20);
	l->s.region = get_string(root, "region", "cn-north-4");
	l->s.domain_name = get_string(root, "domain", "acme");
	rng_id(rng_mix(l->s.seed, 400), l->s.domain_id);
	read_people(l, member(root, "people"));
	l->s.commits = get_strings(l, member(root, "commits"), &l->s.ncommits);
	l->s.branches = get_strings(l, member(root, "branches"), &l->s.nbranches);
	read_words(l, member(root, "words"));
	read_logs(l, member(root, "logs"));
	read_steps(l, member(root, "steps"));
	read_shapes(l, member(root, "shapes"));
	read_variables(l, member(root, "variables"));
	read_projects(l, member(root, "projects"));
	read_lanes(l, member(root, "lanes"));
}

/* "big, demo, flood, seed": what stands beside the binary. */
static void known_names(struct buf *out)
{
	struct buf demo;
	struct dirent **list = NULL;
	int i, n;

	buf_init(&demo, BUF_MAX);
	if (path_data("scenarios", "demo.conf", &demo)) {
		*strrchr(demo.data, '/') = '\0';
		n = scandir(demo.data, &list, NULL, alphasort);
		for (i = 0; i < n; i++) {
			char *dot = strrchr(list[i]->d_name, '.');

			if (dot && strcmp(dot, ".conf") == 0)
				buf_addf(out, "%s%.*s", out->len ? ", " : "",
					 (int)(dot - list[i]->d_name), list[i]->d_name);
			free(list[i]);
		}
		free(list);
	}
	buf_done(&demo);
}

static bool find_file(const char *name, struct buf *path, struct err *err)
{
	struct buf known, file;
	bool found;

	if (strchr(name, '/'))
		return buf_adds(path, name);
	buf_init(&file, BUF_MAX);
	buf_addf(&file, "%s.conf", name);
	found = path_data("scenarios", file.data, path);
	buf_done(&file);
	if (found)
		return true;
	buf_init(&known, 120);
	known_names(&known);
	err_set(err, ERR_INPUT, 0,
		"there is no scenario \"%s\": name one of %s, or a file with a slash in its name",
		name, known.len ? known.data : "demo, seed");
	buf_done(&known);
	return false;
}

static bool parse(struct loaded *l, struct err *err)
{
	struct buf dir;
	char *slash;
	bool read;

	buf_init(&dir, BUF_MAX);
	buf_adds(&dir, l->path.data);
	slash = strrchr(dir.data, '/');
	if (slash)
		buf_truncate(&dir, (size_t)(slash - dir.data));
	config_set_include_dir(&l->config, dir.data);
	buf_done(&dir);
	read = config_read_file(&l->config, l->path.data);
	if (read)
		return true;
	if (config_error_type(&l->config) == CONFIG_ERR_FILE_IO)
		return err_set(err, ERR_INPUT, 0, "cannot read the scenario %s", l->path.data);
	return err_set(err, ERR_INPUT, 0, "%s:%d: %s",
		       config_error_file(&l->config) ? config_error_file(&l->config) : l->path.data,
		       config_error_line(&l->config), config_error_text(&l->config));
}

struct scenario *scenario_load(const char *name, const char *start, uint64_t seed, struct err *err)
{
	struct loaded *l = mem_zalloc(sizeof(*l));

	config_init(&l->config);
	buf_init(&l->path, BUF_MAX);
	l->json = scenario_json_new(&l->arena);
	l->err = err;
	if (find_file(name, &l->path, err) && parse(l, err))
		read_all(l, start, seed);
	else
		l->failed = true;
	l->err = NULL;
	if (!l->failed)
		return &l->s;
	scenario_free(&l->s);
	return NULL;
}

void scenario_free(struct scenario *s)
{
	struct loaded *l = (struct loaded *)s; /* s is its first member */

	if (!s)
		return;
	flood_free(s->flood);
	scenario_json_free(l->json);
	config_destroy(&l->config);
	arena_done(&l->arena);
	buf_done(&l->path);
	mem_free(l);
}
