/* SPDX-License-Identifier: MIT */
/* Runs that a scenario tells word for word, down to their steps and logs. */
#include <string.h>

#include "sim/scenario_file.h"

static void read_told_log(struct loaded *l, const config_setting_t *e, struct told_step *s)
{
	const char *file = file_string(e, "log_from", NULL), *kind = file_string(e, "log", NULL);
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
	} else if (file_bool(e, "flood")) {
		if (!l->s.flood)
			l->s.flood = flood_new(l->s.seed);
		t->form = LOG_FLOOD;
		t->flood = l->s.flood;
		t->at_start = file_int(e, "lines", 1000000);
		t->per_s = file_int(e, "rate", 0);
		t->needle = file_string(e, "needle", NULL);
	} else if (kind) {
		t->form = LOG_TEMPLATE;
		t->kind = file_log(l, e, kind);
		t->vocabulary = &l->s.vocabulary;
		if (!s->end)
			file_complain(l, e, "a step with log = \"%s\" needs an end", kind);
		t->lines = t->kind ? logtext_count(t, file_int(e, "lines", 200)) : 0;
	}
}

static void read_told_step(struct loaded *l, const config_setting_t *e, const struct told_job *job,
			   struct told_step *s)
{
	s->id = file_string(e, "id", NULL);
	s->name = file_string(e, "name", "step");
	s->task = file_string(e, "task", "official_shell_plugin");
	s->status = file_string(e, "status", job->status);
	s->start = file_time(l, e, "start", job->start);
	s->end = file_time(l, e, "end", job->end);
	read_told_log(l, e, s);
}

static void read_told_job(struct loaded *l, const config_setting_t *e,
			  const struct told_stage *stage, struct told_job *j)
{
	config_setting_t *steps = file_member(e, "steps");
	int i;

	j->id = file_string(e, "id", NULL);
	j->name = file_string(e, "name", "job");
	j->status = file_string(e, "status", stage->status);
	j->start = file_time(l, e, "start", stage->start);
	j->end = file_time(l, e, "end", stage->end);
	j->n = file_length(steps);
	j->steps = arena_array(&l->arena, (size_t)j->n, sizeof(*j->steps));
	for (i = 0; i < j->n; i++)
		read_told_step(l, config_setting_get_elem(steps, (unsigned)i), j, &j->steps[i]);
}

static void read_told_stage(struct loaded *l, const config_setting_t *e, const struct told_run *run,
			    struct told_stage *g)
{
	config_setting_t *jobs = file_member(e, "jobs");
	int i;

	g->name = file_string(e, "name", "stage");
	g->status = file_string(e, "status", run->status);
	g->start = file_time(l, e, "start", run->start);
	g->end = file_time(l, e, "end", run->end);
	g->n = file_length(jobs);
	g->jobs = arena_array(&l->arena, (size_t)g->n, sizeof(*g->jobs));
	for (i = 0; i < g->n; i++)
		read_told_job(l, config_setting_get_elem(jobs, (unsigned)i), g, &g->jobs[i]);
}

void file_read_told_run(struct loaded *l, const config_setting_t *e, struct told_run *r)
{
	const char *file = file_string(e, "row_from", NULL);
	config_setting_t *stages = file_member(e, "stages");
	int i;

	r->id = file_string(e, "id", NULL);
	r->status = file_string(e, "status", "COMPLETED");
	r->executor = file_string(e, "executor", NULL);
	r->executor_id = file_string(e, "executor_id", NULL);
	r->trigger = file_string(e, "trigger", "Manual");
	r->branch = file_string(e, "branch", "master");
	r->message = file_string(e, "message", "");
	r->number = file_int(e, "number", 1);
	r->start = file_time(l, e, "start", l->s.start_ms);
	r->end = file_time(l, e, "end", 0);
	if (file && !scenario_json_run(l->json, l->path.data, file, r, l->err))
		l->failed = true;
	r->n = file_length(stages);
	r->stages = arena_array(&l->arena, (size_t)r->n, sizeof(*r->stages));
	for (i = 0; i < r->n; i++)
		read_told_stage(l, config_setting_get_elem(stages, (unsigned)i), r, &r->stages[i]);
}
