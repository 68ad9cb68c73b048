/* SPDX-License-Identifier: MIT */
/*
 * The documents stay in memory, because strings are borrowed from them and a run's row
 * is answered as it stands. Each is read once, however often it is named.
 */
#include "sim/scenario_json.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/when.h"

#define FILE_MAX ((size_t)64 << 20)

struct document {
	char *path;
	cJSON *json;
};

struct scenario_json {
	struct arena *arena;
	struct document *v;
	size_t n;
};

struct scenario_json *scenario_json_new(struct arena *arena)
{
	struct scenario_json *j = mem_zalloc(sizeof(*j));

	j->arena = arena;
	return j;
}

void scenario_json_free(struct scenario_json *j)
{
	size_t i;

	if (!j)
		return;
	for (i = 0; i < j->n; i++) {
		mem_free(j->v[i].path);
		cJSON_Delete(j->v[i].json);
	}
	mem_free(j->v);
	mem_free(j);
}

static cJSON *parse_file(const char *path, struct err *err)
{
	FILE *f = fopen(path, "rb");
	struct buf text;
	cJSON *json = NULL;
	size_t n;
	char *to;

	if (!f) {
		err_set(err, ERR_INPUT, 0, "cannot open %s", path);
		return NULL;
	}
	buf_init(&text, FILE_MAX);
	while ((to = buf_room(&text, 65536)) && (n = fread(to, 1, 65536, f)) > 0)
		buf_seal(&text, n);
	fclose(f);
	if (to)
		json = cJSON_ParseWithLength(text.data, text.len);
	buf_done(&text);
	if (!json)
		err_set(err, ERR_INPUT, 0, "%s is not a JSON document", path);
	return json;
}

static cJSON *document(struct scenario_json *j, const char *beside, const char *file,
		       struct err *err)
{
	const char *slash = strrchr(beside, '/');
	char *path =
		arena_printf(j->arena, "%.*s%s",
			     *file == '/' || !slash ? 0 : (int)(slash - beside) + 1, beside, file);
	cJSON *json;
	size_t i;

	for (i = 0; i < j->n; i++)
		if (strcmp(j->v[i].path, path) == 0)
			return j->v[i].json;
	json = parse_file(path, err);
	if (!json)
		return NULL;
	j->v = mem_grow(j->v, j->n, sizeof(*j->v));
	j->v[j->n++] = (struct document){mem_strdup(path), json};
	return json;
}

static const char *string_of(const cJSON *o, const char *name)
{
	const char *s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, name));

	return s ? s : "";
}

static int64_t number_of(const cJSON *o, const char *name)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, name);

	return cJSON_IsNumber(v)   ? (int64_t)v->valuedouble
	       : cJSON_IsString(v) ? strtoll(v->valuestring, NULL, 10)
				   : 0;
}

const struct log_literal *scenario_json_log(struct scenario_json *j, const char *beside,
					    const char *file, struct err *err)
{
	cJSON *doc = document(j, beside, file, err);
	struct log_literal *l = arena_alloc(j->arena, sizeof(*l));
	char *at, *nl;
	int i;

	if (!doc)
		return NULL;
	at = arena_strdup(j->arena, string_of(doc, "log"));
	for (l->n = 1, nl = at; (nl = strchr(nl, '\n')); nl++)
		l->n++;
	l->lines = arena_array(j->arena, (size_t)l->n, sizeof(*l->lines));
	for (i = 0; i < l->n; i++, at = nl ? nl + 1 : at) {
		l->lines[i] = at;
		nl = strchr(at, '\n');
		if (nl)
			*nl = '\0';
	}
	l->first_offset = number_of(doc, "start_offset");
	l->last_offset = number_of(doc, "end_offset");
	l->location = string_of(doc, "location");
	return l;
}

bool scenario_json_run(struct scenario_json *j, const char *beside, const char *file,
		       struct told_run *run, struct err *err)
{
	cJSON *doc = document(j, beside, file, err), *row, *params;

	if (!doc)
		return false;
	row = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(doc, "pipeline_runs"), 0);
	if (!row)
		return err_set(err, ERR_INPUT, 0, "%s has no pipeline_runs", file);
	params = cJSON_GetObjectItemCaseSensitive(row, "build_params");
	run->list_row = row;
	run->id = string_of(row, "pipeline_run_id");
	run->status = string_of(row, "status");
	run->executor = string_of(row, "executor_name");
	run->executor_id = string_of(row, "executor_id");
	run->trigger = string_of(row, "trigger_type");
	run->number = (int)number_of(row, "run_number");
	run->start = number_of(row, "start_time");
	run->end = number_of(row, "end_time");
	run->branch = string_of(params, "target_branch");
	run->message = string_of(params, "message");
	run->commit = string_of(params, "commit_id");
	return true;
}

bool scenario_json_v3_row(struct scenario_json *j, const char *beside, const char *file, int row,
			  struct pipeline_info *p, int *total, struct err *err)
{
	cJSON *doc = document(j, beside, file, err), *o;
	int i;

	if (!doc)
		return false;
	o = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(doc, "result"), row);
	if (!o || strlen(string_of(o, "pipeline_id")) >= RNG_ID_SIZE)
		return err_set(err, ERR_INPUT, 0, "%s has no usable row %d in result", file, row);
	*total = (int)number_of(doc, "total");
	p->old = true;
	p->name = string_of(o, "pipeline_name");
	strcpy(p->id, string_of(o, "pipeline_id"));
	p->creator = string_of(o, "creator_name");
	p->creator_id = string_of(o, "creator_id");
	p->favourite = strcmp(string_of(o, "watched"), "true") == 0;
	p->create_ms = when_parse_zoneless(string_of(o, "create_time"), 8 * 3600);
	for (i = 0; i < p->nruns; i++) {
		p->runs[i].executor = string_of(o, "executor_name");
		p->runs[i].executor_id = string_of(o, "executor_id");
	}
	return true;
}
