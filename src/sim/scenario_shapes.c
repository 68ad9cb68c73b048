/* SPDX-License-Identifier: MIT */
/* How runs of a scenario look: what they write, their steps and stages, their variables. */
#include <string.h>

#include "sim/scenario_file.h"

/* ---- logs ---- */

static void read_body(struct loaded *l, const config_setting_t *v, struct log_kind *k)
{
	int i, j, at = 0;

	for (i = 0; i < file_length(v); i++)
		k->nbody += file_length(config_setting_get_elem(v, (unsigned)i));
	k->body = arena_array(&l->arena, (size_t)k->nbody, sizeof(*k->body));
	k->group = arena_array(&l->arena, (size_t)k->nbody, sizeof(*k->group));
	for (i = 0; i < file_length(v); i++) {
		int n;
		const char **group = file_strings(l, config_setting_get_elem(v, (unsigned)i), &n);

		for (j = 0; j < n; j++, at++) {
			k->body[at] = group[j];
			k->group[at] = i;
		}
	}
}

void file_read_logs(struct loaded *l, const config_setting_t *v)
{
	int i;

	l->s.nlogs = file_length(v);
	l->s.logs = arena_array(&l->arena, (size_t)l->s.nlogs, sizeof(*l->s.logs));
	for (i = 0; i < l->s.nlogs; i++) {
		config_setting_t *e = config_setting_get_elem(v, (unsigned)i);
		struct log_kind *k = &l->s.logs[i];

		k->name = config_setting_name(e);
		k->head = file_strings(l, file_member(e, "head"), &k->nhead);
		k->ok = file_strings(l, file_member(e, "ok"), &k->nok);
		k->fail = file_strings(l, file_member(e, "fail"), &k->nfail);
		read_body(l, file_member(e, "body"), k);
		if (strcmp(k->name, "frame") == 0)
			l->s.vocabulary.frame = k;
	}
}

void file_read_words(struct loaded *l, const config_setting_t *v)
{
	struct log_words *words = arena_array(&l->arena, (size_t)file_length(v), sizeof(*words));
	int i;

	for (i = 0; i < file_length(v); i++) {
		config_setting_t *e = config_setting_get_elem(v, (unsigned)i);

		words[i].name = config_setting_name(e);
		words[i].v = file_strings(l, e, &words[i].n);
	}
	l->s.vocabulary.words = words;
	l->s.vocabulary.nwords = file_length(v);
}

const struct log_kind *file_log(struct loaded *l, const config_setting_t *at, const char *name)
{
	int i;

	if (!name)
		return NULL;
	for (i = 0; i < l->s.nlogs; i++)
		if (strcmp(l->s.logs[i].name, name) == 0)
			return &l->s.logs[i];
	file_complain(l, at, "there is no log \"%s\" under logs", name);
	return NULL;
}

/* ---- shapes ---- */

/* Who may let a run through, and what happens when nobody does. */
static void read_gate(struct loaded *l, const config_setting_t *e, struct shape_step *s)
{
	const char *late = file_string(e, "on_timeout", "reject");

	s->gate = file_bool(e, "gate");
	s->delay = file_bool(e, "delay");
	s->suspends = file_bool(e, "suspends");
	s->approvers = file_strings(l, file_member(e, "approvers"), &s->napprovers);
	s->all = file_bool(e, "all");
	s->timeout_s = file_int(e, "timeout", 0);
	s->timeout_passes = strcmp(late, "pass") == 0;
	if (!s->timeout_passes && strcmp(late, "reject"))
		file_complain(l, e, "on_timeout \"%s\" is none of reject, pass", late);
	s->comment = file_string(e, "comment", "上线前请确认变更单 / check the change ticket");
}

void file_read_steps(struct loaded *l, const config_setting_t *v)
{
	int i;

	l->nsteps = file_length(v);
	l->steps = arena_array(&l->arena, (size_t)l->nsteps, sizeof(*l->steps));
	l->step_names = arena_array(&l->arena, (size_t)l->nsteps, sizeof(*l->step_names));
	for (i = 0; i < l->nsteps; i++) {
		config_setting_t *e = config_setting_get_elem(v, (unsigned)i);
		struct shape_step *s = &l->steps[i];

		l->step_names[i] = config_setting_name(e);
		s->name = file_string(e, "name", l->step_names[i]);
		read_gate(l, e, s);
		s->sub = file_string(e, "sub", NULL);
		s->task = file_string(e, "task",
				      s->gate	 ? "official_devcloud_checkpoint"
				      : s->delay ? "official_devcloud_delay"
				      : s->sub	 ? "official_devcloud_subPipeline"
						 : "official_shell_plugin");
		s->type = file_string(e, "type", "Normal");
		s->log = file_log(l, e, file_string(e, "log", NULL));
		s->seconds = file_range(e, "seconds", 5, 15);
		s->rate = file_range(e, "rate", 1, 3);
		s->fails = file_int(e, "fails", 0);
		s->artifact = file_string(e, "artifact", NULL);
		s->artifact_suffix = file_string(e, "suffix", "");
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
	file_complain(l, at, "there is no step \"%s\" under steps", name ? name : "");
	return &nothing;
}

static void read_job(struct loaded *l, const config_setting_t *e, struct shape_job *j)
{
	config_setting_t *steps = file_member(e, "steps");
	const char **names = file_strings(l, steps, &j->n);
	int i;

	j->name = file_string(e, "name", "job");
	j->steps = arena_array(&l->arena, (size_t)j->n, sizeof(*j->steps));
	for (i = 0; i < j->n; i++)
		j->steps[i] = find_step(l, steps, names[i]);
	if (!j->n)
		file_complain(l, e, "job \"%s\" has no steps", j->name);
}

static void read_stage(struct loaded *l, const config_setting_t *e, struct shape_stage *g)
{
	config_setting_t *jobs = file_member(e, "jobs");
	int i;

	g->name = file_string(e, "name", "stage");
	g->manual = file_bool(e, "manual");
	g->always = file_bool(e, "always");
	read_gate(l, e, &g->entry);
	g->entry.gate = g->manual;
	g->entry.task = "official_devcloud_manualTrigger";
	g->entry.type = "Gate";
	g->entry.seconds = file_range(e, "wait", 300, 900);
	if (file_member(e, "post"))
		g->post = find_step(l, e, file_string(e, "post", NULL));
	g->n = file_length(jobs);
	g->jobs = arena_array(&l->arena, (size_t)g->n, sizeof(*g->jobs));
	for (i = 0; i < g->n; i++)
		read_job(l, config_setting_get_elem(jobs, (unsigned)i), &g->jobs[i]);
}

void file_read_shapes(struct loaded *l, const config_setting_t *v)
{
	int i, j;

	l->nshapes = file_length(v);
	l->shapes = arena_array(&l->arena, (size_t)l->nshapes, sizeof(*l->shapes));
	for (i = 0; i < l->nshapes; i++) {
		config_setting_t *e = config_setting_get_elem(v, (unsigned)i);
		struct shape *s = &l->shapes[i];

		s->name = config_setting_name(e);
		s->n = file_length(e);
		s->stages = arena_array(&l->arena, (size_t)s->n, sizeof(*s->stages));
		for (j = 0; j < s->n; j++)
			read_stage(l, config_setting_get_elem(e, (unsigned)j), &s->stages[j]);
		if (!s->n)
			file_complain(l, e, "shape \"%s\" has no stages", s->name);
	}
}

const struct shape *file_shape(struct loaded *l, const config_setting_t *at, const char *name)
{
	int i;

	if (!name)
		return NULL;
	for (i = 0; i < l->nshapes; i++)
		if (strcmp(l->shapes[i].name, name) == 0)
			return &l->shapes[i];
	file_complain(l, at, "there is no shape \"%s\" under shapes", name);
	return NULL;
}

/* ---- variables ---- */

static void read_variable(struct loaded *l, const config_setting_t *e, struct scenario_variable *v)
{
	static const char *const types[] = {"string", "enum", "autoIncrement"};
	config_setting_t *shapes = file_member(e, "shapes");
	int i;

	v->name = config_setting_name(e);
	v->type = file_string(e, "type", "string");
	for (i = 0; i < 3 && strcmp(v->type, types[i]); i++)
		;
	if (i == 3)
		file_complain(l, e, "type \"%s\" is none of string, enum, autoIncrement", v->type);
	v->value = file_string(e, "value", "");
	v->description = file_string(e, "description", "");
	v->limits = file_strings(l, file_member(e, "limits"), &v->nlimits);
	v->shapes = file_strings(l, shapes, &v->nshapes);
	for (i = 0; i < v->nshapes; i++)
		file_shape(l, shapes, v->shapes[i]);
	v->secret = file_bool(e, "secret");
	v->runtime = file_bool(e, "runtime");
	v->group = file_bool(e, "group");
}

void file_read_variables(struct loaded *l, const config_setting_t *v)
{
	int i;

	l->s.nvariables = file_length(v);
	l->s.variables = arena_array(&l->arena, (size_t)l->s.nvariables, sizeof(*l->s.variables));
	for (i = 0; i < l->s.nvariables; i++)
		read_variable(l, config_setting_get_elem(v, (unsigned)i), &l->s.variables[i]);
}
