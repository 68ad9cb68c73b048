/* SPDX-License-Identifier: MIT */
/*
 * Lists are what is asked for most and what is largest, so their rows are written straight
 * into the answer: a page of 200 costs a millisecond or two.
 */
#include "sim/rows.h"

#include <stdio.h>
#include <string.h>

#include "sim/emit.h"
#include "sim/stamp.h"

static void emit_ms(struct buf *b, const char *name, int64_t ms)
{
	if (ms > 0 && ms != PLAN_NEVER)
		emit_int(b, name, ms);
	else
		emit_null(b, name);
}

static void emit_zoneless(struct buf *b, const char *name, int64_t ms)
{
	char text[STAMP_SIZE];
	bool known = ms > 0 && ms != PLAN_NEVER;

	if (known)
		stamp_zoneless(ms, text);
	emit_string(b, name, known ? text : NULL);
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

static void stage_list(const struct call *c, const struct plan *p, bool ids, struct buf *b)
{
	int i;

	emit_open(b, "stage_status_list", '[');
	for (i = 0; i < p->n; i++) {
		const struct plan_stage *g = &p->stages[i];

		emit_open(b, NULL, '{');
		if (ids)
			emit_string(b, "id", g->id);
		emit_string(b, "name", g->name);
		emit_int(b, "sequence", i);
		emit_string(b, "status", plan_stage_word(g, c->now, c->server->modes.gate_as));
		emit_zoneless(b, "start_time", started(&g->span, c->now));
		emit_zoneless(b, "end_time", ended(&g->span, c->now));
		emit_close(b, '}');
	}
	emit_close(b, ']');
}

void rows_build_params(const char *name, const struct run *r, bool with_url, struct buf *b)
{
	bool mr = strcmp(r->trigger, "MR") == 0;
	char id[16], url[200];

	snprintf(id, sizeof(id), "%u",
		 2100000000u + (unsigned)(r->pipeline->info->create_ms / 1000 % 100000));
	snprintf(url, sizeof(url), "https://codehub.example.com/acme/%.100s.git",
		 r->pipeline->info->repo);
	emit_open(b, name, '{');
	emit_string(b, "action", mr ? "update" : NULL);
	emit_string(b, "build_type", "branch");
	emit_string(b, "commit_id", r->commit);
	emit_string(b, "event_type", r->trigger);
	emit_string(b, "merge_id", mr ? id + 6 : NULL);
	emit_string(b, "message", r->message);
	emit_string(b, "source_branch", mr ? r->branch : NULL);
	emit_string(b, "tag", NULL);
	emit_string(b, "target_branch", mr ? "master" : r->branch);
	emit_string(b, "codehub_id", id);
	if (with_url)
		emit_string(b, "git_url", url);
	emit_string(b, "source_codehub_id", mr ? id : NULL);
	emit_string(b, "source_codehub_url", NULL);
	emit_string(b, "source_codehub_http_url", NULL);
	emit_close(b, '}');
}

void rows_summary(const struct call *c, const char *name, const struct run *r, bool stage_ids,
		  struct buf *b)
{
	emit_open(b, name, '{');
	emit_string(b, "pipeline_id", r->pipeline->info->id);
	emit_string(b, "pipeline_run_id", r->id);
	emit_string(b, "executor_id", r->executor_id);
	emit_string(b, "executor_name", r->executor);
	stage_list(c, run_plan(r, c->now), stage_ids, b);
	emit_string(b, "status", run_word(r, c->now, c->server->modes.gate_as));
	emit_int(b, "run_number", r->number);
	emit_string(b, "trigger_type", r->trigger);
	rows_build_params("build_params", r, true, b);
	emit_null(b, "artifact_params");
	/* Assumption: a queued run's start is when it was queued. */
	emit_ms(b, "start_time", c->now < r->start ? r->created : r->start);
	emit_ms(b, "end_time", run_end(r, c->now));
	emit_string(b, "detail_url", "");
	emit_string(b, "modify_url", "");
	emit_close(b, '}');
}

void rows_pipeline(const struct call *c, struct pipeline *p, const struct run *latest,
		   struct buf *b)
{
	emit_open(b, NULL, '{');
	emit_string(b, "pipeline_id", p->info->id);
	emit_string(b, "name", p->info->name);
	emit_string(b, "project_id", p->project->id);
	emit_string(b, "project_name", p->project->name);
	emit_string(b, "component_id", p->info->component);
	emit_bool(b, "is_publish", p->info->publish);
	emit_bool(b, "is_collect", p->info->favourite);
	emit_string(b, "manifest_version", "3.0");
	emit_ms(b, "create_time", p->info->create_ms);
	emit_int(b, "convert_sign", 0);
	if (p->info->level)
		emit_int(b, "security_level", p->info->level);
	else
		emit_null(b, "security_level");
	if (latest)
		rows_summary(c, "latest_run", latest, true, b);
	else
		emit_null(b, "latest_run");
	emit_close(b, '}');
}

void rows_v3(struct pipeline *p, const struct run *latest, struct buf *b)
{
	emit_open(b, NULL, '{');
	emit_string(b, "project_id", p->project->id);
	emit_string(b, "project_name", p->project->name);
	emit_string(b, "pipeline_id", p->info->id);
	emit_string(b, "pipeline_name", p->info->name);
	emit_string(b, "creator_id", p->info->creator_id);
	emit_string(b, "creator_name", p->info->creator);
	emit_string(b, "executor_id", latest ? latest->executor_id : NULL);
	emit_string(b, "executor_name", latest ? latest->executor : NULL);
	emit_zoneless(b, "start_time", latest ? latest->start : 0);
	emit_zoneless(b, "create_time", p->info->create_ms);
	emit_string(b, "watched", p->info->favourite ? "true" : "false");
	emit_close(b, '}');
}
