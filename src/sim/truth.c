/* SPDX-License-Identifier: MIT */
/* Straight from the plans, past everything that pages, renders or spoils. */
#include "sim/truth.h"

#include <string.h>

#include "core/hash.h"

bool truth_log(struct server *s, const char *step_id, struct buf *text)
{
	int64_t now = server_now(s), n, i;
	struct plan_step *step;
	struct run *r;

	server_catch_up(s, now);
	step = world_step(s->world, step_id, now, &r);
	if (!step)
		return false;
	n = logtext_visible(&step->log, now);
	for (i = 0; i < n; i++) {
		logtext_line(&step->log, i, text);
		buf_addc(text, '\n');
	}
	return true;
}

/* Hashed line by line as it is generated: a log of any size costs no memory. */
bool truth_hash(struct server *s, const char *step_id, struct buf *json)
{
	int64_t now = server_now(s), n, i, bytes = 0;
	struct plan_step *step;
	struct hash_sha256 *h;
	char hex[HASH_SHA256_HEX];
	struct buf line;
	struct run *r;

	server_catch_up(s, now);
	step = world_step(s->world, step_id, now, &r);
	if (!step)
		return false;
	h = hash_sha256_new();
	buf_init(&line, BUF_MAX);
	n = logtext_visible(&step->log, now);
	for (i = 0; i < n; i++) {
		logtext_line(&step->log, i, &line);
		buf_addc(&line, '\n');
		if (line.len < 65536 && i + 1 < n)
			continue;
		hash_sha256_add(h, line.data, line.len);
		bytes += (int64_t)line.len;
		buf_clear(&line);
	}
	buf_done(&line);
	hash_sha256_free(h, hex);
	buf_addf(json,
		 "{\"step_run_id\":\"%s\",\"lines\":%lld,\"bytes\":%lld,\"sha256\":\"%s\","
		 "\"final\":%s}",
		 step_id, (long long)n, (long long)bytes, hex,
		 now >= step->span.end ? "true" : "false");
	return true;
}

/* ---- states ---- */

static cJSON *state_node(cJSON *list, const char *id, const char *name, const char *word)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "id", id);
	cJSON_AddStringToObject(o, "name", name ? name : "");
	cJSON_AddStringToObject(o, "status", word);
	cJSON_AddItemToArray(list, o);
	return o;
}

static void state_jobs(const struct server *s, const struct plan_stage *g, cJSON *stage,
		       int64_t now)
{
	cJSON *jobs = cJSON_AddArrayToObject(stage, "jobs"), *job, *steps, *step;
	int j, k;

	for (j = 0; j < g->n; j++) {
		const struct plan_job *pj = &g->jobs[j];

		job = state_node(jobs, pj->id, pj->name, plan_job_word(pj, now, s->modes.gate_as));
		steps = cJSON_AddArrayToObject(job, "steps");
		for (k = 0; k < pj->n; k++) {
			const struct plan_step *ps = &pj->steps[k];

			step = state_node(steps, ps->id, ps->name,
					  plan_span_word(&ps->span, now, s->modes.gate_as));
			cJSON_AddNumberToObject(step, "lines",
						(double)logtext_visible(&ps->log, now));
			cJSON_AddBoolToObject(step, "waits", plan_step_waits(ps, now));
		}
	}
}

static void state_run(const struct server *s, const struct run *r, cJSON *o, int64_t now)
{
	const struct plan *p = run_plan(r, now);
	cJSON *stages, *stage;
	int i;

	cJSON_AddStringToObject(o, "pipeline_run_id", r->id);
	cJSON_AddNumberToObject(o, "run_number", r->number);
	cJSON_AddStringToObject(o, "status", run_word(r, now, s->modes.gate_as));
	cJSON_AddNumberToObject(o, "attempt", run_attempt(r, now));
	cJSON_AddBoolToObject(o, "waits", plan_waits(p, now));
	stages = cJSON_AddArrayToObject(o, "stages");
	for (i = 0; i < p->n; i++) {
		const struct plan_stage *g = &p->stages[i];

		stage = state_node(stages, g->id, g->name,
				   plan_stage_word(g, now, s->modes.gate_as));
		cJSON_AddBoolToObject(stage, "waits", plan_step_waits(&g->pre, now));
		state_jobs(s, g, stage, now);
	}
}

/* Of the crowd no more than the state, and what waits only when it is seen as such. */
static void state_sight(const struct server *s, struct pipeline *p, cJSON *o, int64_t now)
{
	struct sight latest;

	if (pipeline_sight(p, now, now, s->modes.gate_as, &latest))
		cJSON_AddStringToObject(cJSON_AddObjectToObject(o, "latest"), "status",
					latest.word);
}

cJSON *truth_state(struct server *s)
{
	int64_t now = server_now(s);
	cJSON *o = cJSON_CreateObject(), *list, *e;
	int i;

	server_catch_up(s, now);
	cJSON_AddNumberToObject(o, "now", (double)now);
	list = cJSON_AddArrayToObject(o, "pipelines");
	for (i = 0; i < world_count(s->world); i++) {
		struct pipeline *p = world_pipeline_at(s->world, i);
		const struct run *latest = p->computed ? NULL : pipeline_latest(p, now);

		if (p->deleted)
			continue;
		e = cJSON_CreateObject();
		cJSON_AddItemToArray(list, e);
		cJSON_AddStringToObject(e, "project_id", p->project->id);
		cJSON_AddStringToObject(e, "pipeline_id", p->info->id);
		cJSON_AddStringToObject(e, "name", p->info->name);
		cJSON_AddNumberToObject(e, "runs", pipeline_run_count(p));
		if (p->computed)
			state_sight(s, p, e, now);
		if (latest)
			state_run(s, latest, cJSON_AddObjectToObject(e, "latest"), now);
	}
	return o;
}

static const char *word_in_plan(const struct plan *p, const char *id, int64_t now,
				enum sim_gate gate_as)
{
	int i, j;

	for (i = 0; i < p->n; i++) {
		if (strcmp(p->stages[i].id, id) == 0)
			return plan_stage_word(&p->stages[i], now, gate_as);
		if (strcmp(p->stages[i].pre.id, id) == 0)
			return plan_span_word(&p->stages[i].pre.span, now, gate_as);
		for (j = 0; j < p->stages[i].n; j++)
			if (strcmp(p->stages[i].jobs[j].id, id) == 0)
				return plan_job_word(&p->stages[i].jobs[j], now, gate_as);
	}
	return NULL;
}

/* The word of a run, or of a stage, its entry or a job in it. */
static const char *word_in_run(struct run *r, const char *id, int64_t now, enum sim_gate gate_as)
{
	if (r->created > now)
		return NULL;
	if (strcmp(r->id, id) == 0)
		return run_word(r, now, gate_as);
	return word_in_plan(run_plan(r, now), id, now, gate_as);
}

const char *truth_word(struct server *s, const char *id)
{
	int64_t now = server_now(s);
	struct plan_step *step;
	const char *word;
	struct run *r;
	int i, k;

	server_catch_up(s, now);
	for (i = 0; i < world_count(s->world); i++) {
		struct pipeline *p = world_pipeline_at(s->world, i);

		for (k = 0; k < p->n; k++) {
			word = word_in_run(p->runs[k], id, now, s->modes.gate_as);
			if (word)
				return word;
		}
	}
	for (i = 0; (r = world_made(s->world, i)); i++) {
		word = word_in_run(r, id, now, s->modes.gate_as);
		if (word)
			return word;
	}
	step = world_step(s->world, id, now, &r);
	return step ? plan_span_word(&step->span, now, s->modes.gate_as) : NULL;
}
