/* SPDX-License-Identifier: MIT */
/*
 * The service's calls: find, filter, sort, cut a page, render. What is asked for is
 * read tolerantly (numbers as strings and the like), what is answered is strict.
 *
 * Assumptions throughout, since the real values are not published: a list without a
 * limit gives 10, no more than 200; newest first unless asked otherwise; a list of a
 * project that nobody knows is empty.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "sim/named.h"
#include "sim/pager.h"
#include "sim/reads.h"
#include "sim/render.h"
#include "sim/server.h"
#include "sim/tokens.h"

#define LIST_LIMIT 10
#define LIST_LIMIT_MAX 200

/* ---- reading requests ---- */

static const cJSON *field(const struct call *c, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(c->body, name);
}

static const char *field_string(const struct call *c, const char *name)
{
	return text_or_empty(cJSON_GetStringValue(field(c, name)));
}

/* A number, or a string of digits. False when the field is there and is neither. */
static bool field_number(const struct call *c, const char *name, int64_t or_else, int64_t *out)
{
	const cJSON *v = field(c, name);

	*out = or_else;
	if (!v || cJSON_IsNull(v))
		return true;
	if (cJSON_IsString(v))
		return !*v->valuestring || text_int(v->valuestring, out);
	if (!cJSON_IsNumber(v) || v->valuedouble < -9e15 || v->valuedouble > 9e15)
		return false;
	*out = (int64_t)v->valuedouble;
	return true;
}

/* A time filter: epoch ms as number or string, or "yyyy-MM-dd HH:mm:ss". */
static int64_t field_time(const struct call *c, const char *name)
{
	const char *s = cJSON_GetStringValue(field(c, name));
	int64_t ms;

	if (s && strchr(s, '-'))
		return when_parse_zoneless(s, 8 * 3600);
	return field_number(c, name, 0, &ms) ? ms : 0;
}

/* Is it one of the words between commas? */
static bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word), len;

	for (;; list += len + 1) {
		len = strcspn(list, ",");
		if (len == n && memcmp(list, word, n) == 0)
			return true;
		if (!list[len])
			return false;
	}
}

/* Does the array (or comma string) `name` hold the word? True also when it asks for nothing. */
static bool field_allows(const struct call *c, const char *name, const char *word)
{
	const cJSON *v = field(c, name), *e;
	const char *s = cJSON_GetStringValue(v);

	if (!cJSON_IsArray(v) || !cJSON_GetArraySize(v))
		return text_empty(s) || has_word(s, word);
	cJSON_ArrayForEach(e, v)
	{
		if (text_same(cJSON_GetStringValue(e), word))
			return true;
	}
	return false;
}

struct paging {
	int64_t offset, limit;
	bool ascending;
	const char *key;
};

/* False (and answered) when the request's paging is not of its type. */
static bool read_paging(struct call *c, const char *keys, struct paging *p)
{
	const char *dir = field_string(c, "sort_dir");

	p->key = field_string(c, "sort_key");
	p->ascending = strcasecmp(dir, "asc") == 0;
	if (!field_number(c, "offset", 0, &p->offset) ||
	    !field_number(c, "limit", LIST_LIMIT, &p->limit) || p->offset < 0 || p->limit < 1) {
		call_error(c, 400, "DEVCP.00021400",
			   "offset and limit must be numbers, limit at least 1");
		return false;
	}
	if (*p->key && !has_word(keys, p->key)) {
		call_error(c, 400, "DEVCP.00021400", "sort_key %.60s is none of %s", p->key, keys);
		return false;
	}
	if (p->limit > LIST_LIMIT_MAX)
		p->limit = LIST_LIMIT_MAX;
	return true;
}

/* The run that lists show: a fresh one may be missing from them for a while. */
static struct run *listed_run(const struct call *c, const struct pipeline *p)
{
	return pipeline_latest(p, c->now - c->server->modes.list_delay_s * INT64_C(1000));
}

/* ---- 4.1 pipelines ---- */

struct row {
	const struct pipeline *pipeline;
	const struct run *latest;
	int64_t number; /* to sort by, when not by name */
};

struct rows {
	struct row *v;
	size_t n;
	bool by_name, ascending;
};

static int row_compare(const void *a, const void *b, void *how)
{
	const struct row *x = a, *y = b;
	const struct rows *rows = how;
	int order;

	if (rows->by_name)
		order = strcmp(x->pipeline->info->name, y->pipeline->info->name);
	else
		order = x->number < y->number ? -1 : x->number > y->number;
	if (!order)
		order = strcmp(x->pipeline->info->id, y->pipeline->info->id);
	return rows->ascending ? order : -order;
}

static bool contains_folded(const char *text, const char *part)
{
	return !*part || strcasestr(text, part);
}

static bool time_within(const struct call *c, int64_t ms)
{
	int64_t from = field_time(c, "start_time"), to = field_time(c, "end_time");

	return (from <= 0 || ms >= from) && (to <= 0 || ms <= to);
}

static bool pipeline_wanted(const struct call *c, const struct pipeline *p,
			    const struct run *latest)
{
	bool asks_runs = cJSON_GetArraySize(field(c, "status")) ||
			 field_time(c, "start_time") > 0 || field_time(c, "end_time") > 0;

	if (strcmp(p->project->id, c->args[0]) ||
	    (p->info->banned && !cJSON_IsTrue(field(c, "is_banned"))))
		return false;
	if (p->info->old && !cJSON_IsFalse(field(c, "query_new")))
		return false;
	if (cJSON_IsTrue(field(c, "is_publish"))) /* none of ours is change-triggered */
		return false;
	if (!contains_folded(p->info->name, field_string(c, "name")))
		return false;
	if (!field_allows(c, "creator_id", p->info->creator_id) ||
	    !field_allows(c, "creator_ids", p->info->creator_id))
		return false;
	if (!latest)
		return !asks_runs;
	return field_allows(c, "executor_id", latest->executor_id) &&
	       field_allows(c, "executor_ids", latest->executor_id) &&
	       field_allows(c, "status", run_word(latest, c->now, c->server->modes.gate_as)) &&
	       time_within(c, latest->start);
}

static void rows_add(struct rows *rows, const struct pipeline *p, const struct run *latest,
		     int64_t number)
{
	rows->v = mem_grow(rows->v, rows->n, sizeof(*rows->v));
	rows->v[rows->n++] = (struct row){p, latest, number};
}

static void list_pipelines(struct call *c)
{
	struct rows rows = {0};
	struct paging page;
	cJSON *o, *list;
	int i;

	if (!read_paging(c, "name,create_time,update_time", &page))
		return;
	for (i = 0; i < world_count(c->server->world); i++) {
		struct pipeline *p = world_pipeline_at(c->server->world, i);
		struct run *latest = listed_run(c, p);

		if (pipeline_wanted(c, p, latest))
			rows_add(&rows, p, latest,
				 strcmp(page.key, "create_time") == 0 || !latest
					 ? p->info->create_ms
					 : latest->created);
	}
	rows.by_name = strcmp(page.key, "name") == 0;
	rows.ascending = page.ascending;
	if (rows.n)
		qsort_r(rows.v, rows.n, sizeof(*rows.v), row_compare, &rows);
	o = named_page(page.offset, page.limit, (int64_t)rows.n);
	list = cJSON_AddArrayToObject(o, "pipelines");
	for (i = (int)page.offset; i < page.offset + page.limit && i < (int64_t)rows.n; i++)
		cJSON_AddItemToArray(list,
				     render_pipeline(c, rows.v[i].pipeline, rows.v[i].latest));
	mem_free(rows.v);
	call_json(c, 200, o);
}

/* ---- 4.2 runs ---- */

static bool run_wanted(const struct call *c, const struct run *r)
{
	int64_t changed = field_time(c, "update_time");

	if (r->created > c->now - c->server->modes.list_delay_s * INT64_C(1000))
		return false;
	if (changed > 0 && run_final(r, c->now) && run_end(r, c->now) < changed)
		return false; /* assumption: it means "changed since" */
	return field_allows(c, "status", run_word(r, c->now, c->server->modes.gate_as)) &&
	       time_within(c, r->start);
}

static cJSON *run_row(const struct call *c, const struct run *r)
{
	return r->list_row ? cJSON_Duplicate(r->list_row, true) : render_summary(c, r, true);
}

static void list_runs(struct call *c)
{
	struct pipeline *p = named_pipeline(c);
	struct paging page;
	cJSON *o, *list;
	int i, total = 0;

	if (!p || !read_paging(c, "start_time", &page))
		return;
	list = cJSON_CreateArray();
	for (i = 0; i < p->n; i++) {
		const struct run *r = p->runs[page.ascending ? i : p->n - 1 - i];

		if (!run_wanted(c, r))
			continue;
		if (total >= page.offset && total < page.offset + page.limit)
			cJSON_AddItemToArray(list, run_row(c, r));
		total++;
	}
	o = named_page(page.offset, page.limit, total);
	cJSON_AddItemToObject(o, "pipeline_runs", list);
	call_json(c, 200, o);
}

/* ---- 4.3 detail ---- */

static void show_run(struct call *c)
{
	struct run *r = named_run(c, text_or_empty(call_query(c, "pipeline_run_id")));

	if (r)
		call_json(c, 200, render_detail(c, r));
}

/* ---- 4.4 log ---- */

static bool read_log_query(struct call *c, struct pager_query *q)
{
	const char *sort = field_string(c, "sort");

	q->desc = strcasecmp(sort, "desc") == 0;
	if (!q->desc && strcasecmp(sort, "asc")) {
		call_error(c, 400, "DEVCP.00021400", "sort is required: asc or desc");
		return false;
	}
	if (!field_number(c, "limit", 0, &q->limit) || q->limit < 1) {
		call_error(c, 400, "DEVCP.00021400",
			   "limit is required: a number of lines, at least 1");
		return false;
	}
	if (!field_number(c, "start_offset", 0, &q->start) ||
	    !field_number(c, "end_offset", 0, &q->end) || q->start < 0 || q->end < 0) {
		call_error(c, 400, "DEVCP.00021400", "start_offset and end_offset must be numbers");
		return false;
	}
	return true;
}

static void add_page_text(const struct call *c, const struct logtext *t, const struct pager_page *p,
			  bool desc)
{
	bool reverse = desc && c->server->modes.desc_newest_first;
	int64_t i;

	for (i = p->first; i < p->last; i++) {
		if (i > p->first)
			buf_add(&c->answer->body, "\\n", 2);
		logtext_line_json(t, reverse ? p->last - 1 - (i - p->first) : i, &c->answer->body);
	}
}

/* Written by hand: a page may hold 5,000 lines, and its text should be touched once. */
static void write_log_page(struct call *c, const struct plan_step *s, const struct pager_page *p,
			   bool desc, bool with_location)
{
	struct buf *b = &c->answer->body;
	const char *quote = c->server->modes.int_offsets ? "" : "\"";
	const char *location = s->log.form == LOG_LITERAL ? s->log.literal->location : "jenkins";

	c->answer->status = 200;
	c->answer->type = "application/json;charset=UTF-8";
	buf_addf(b, "{\"has_more\":%s,\"end_offset\":%s%lld%s,\"start_offset\":%s%lld%s,\"log\":\"",
		 p->has_more ? "true" : "false", quote, (long long)p->end, quote, quote,
		 (long long)p->start, quote);
	add_page_text(c, &s->log, p, desc);
	buf_adds(b, "\",");
	if (with_location &&
	    (s->log.form == LOG_LITERAL || s->log.seed % 4)) /* it may be missing */
		buf_addf(b, "\"location\":\"%s\",", location);
	buf_addf(b, "\"step_run_id\":\"%s\"}", s->id);
}

/* Assumption: a step that writes no log, or has not begun, has an empty one. */
static void answer_log(struct call *c, struct run *r, const struct pager_query *q,
		       bool with_location)
{
	struct plan_step *s = named_step(c, r, c->args[3], c->args[4]);
	struct pager_page p;
	struct err err = {0};

	if (!s)
		return;
	if (pager_page(&c->server->modes, &s->log, logtext_visible(&s->log, c->now),
		       c->now >= s->span.start && c->now < s->span.end, q, &p, &err))
		write_log_page(c, s, &p, q->desc, with_location);
	else
		call_error(c, 400, "DEVCP.00021400", "%s", err.text);
}

static void show_log(struct call *c)
{
	struct run *r = named_run(c, c->args[2]);
	struct pager_query q;

	if (r && read_log_query(c, &q))
		answer_log(c, r, &q, true);
}

/*
 * 4.5. Nobody says how it differs from the log. Assumption: not at all, but that `offset`
 * may stand for the pair of offsets, and that no location is told.
 */
static void show_exec_log(struct call *c)
{
	struct run *r = named_run(c, c->args[2]);
	struct pager_query q;
	int64_t offset;

	if (!r || !read_log_query(c, &q))
		return;
	if (!field_number(c, "offset", 0, &offset) || offset < 0) {
		call_error(c, 400, "DEVCP.00021400", "offset must be a number");
		return;
	}
	if (!q.start && !q.end)
		q.start = q.end = offset;
	answer_log(c, r, &q, false);
}

/* ---- 5.2 batch status ---- */

static void batch_status(struct call *c)
{
	cJSON *list, *e;

	if (!cJSON_IsArray(c->body)) {
		call_error(c, 200, "DEVCP.00014004", "the body must be an array of pipeline ids");
		return;
	}
	list = cJSON_CreateArray();
	cJSON_ArrayForEach(e, c->body)
	{
		const char *id = cJSON_GetStringValue(e);
		struct pipeline *p = id ? world_pipeline(c->server->world, id) : NULL;
		struct run *latest = p ? pipeline_latest(p, c->now) : NULL;

		if (latest && strcmp(p->project->id, c->args[0]) == 0)
			cJSON_AddItemToArray(list, render_summary(c, latest, false));
	}
	call_json(c, 200, list);
}

/* ---- 7.1 and 7.2: the old API ---- */

static bool v3_wanted(const struct call *c, const struct pipeline *p, const struct run *latest)
{
	const char *status, *outcome;

	if (!p->info->old || p->info->banned || !field_allows(c, "project_ids", p->project->id) ||
	    !field_allows(c, "creator_ids", p->info->creator_id) ||
	    !contains_folded(p->info->name, field_string(c, "pipeline_name")))
		return false;
	if (!latest)
		return !*field_string(c, "status") && !*field_string(c, "outcome") &&
		       !*field_string(c, "executor_ids");
	render_v3_words(run_word(latest, c->now, c->server->modes.gate_as), &status, &outcome);
	return field_allows(c, "executor_ids", latest->executor_id) &&
	       field_allows(c, "status", status) &&
	       (!outcome || field_allows(c, "outcome", outcome));
}

static int64_t v3_total(const struct rows *rows)
{
	size_t i;

	for (i = 0; i < rows->n; i++)
		if (rows->v[i].pipeline->project->v3_total)
			return rows->v[i].pipeline->project->v3_total;
	return (int64_t)rows->n;
}

static void list_v3(struct call *c)
{
	struct rows rows = {0};
	struct paging page;
	cJSON *o, *list;
	int i;

	if (!read_paging(c, "pipeline_name,create_time,start_time", &page))
		return;
	if (page.limit < 10 || page.limit > 50) {
		/* Assumption: out of range is refused. */
		call_error(c, 400, "DEVCP.00021400", "limit must be 10 to 50");
		return;
	}
	for (i = 0; i < world_count(c->server->world); i++) {
		struct pipeline *p = world_pipeline_at(c->server->world, i);
		struct run *latest = listed_run(c, p);

		if (v3_wanted(c, p, latest))
			rows_add(&rows, p, latest,
				 strcmp(page.key, "create_time") == 0 || !latest
					 ? p->info->create_ms
					 : latest->start);
	}
	rows.by_name = strcmp(page.key, "pipeline_name") == 0;
	rows.ascending = page.ascending;
	if (rows.n)
		qsort_r(rows.v, rows.n, sizeof(*rows.v), row_compare, &rows);
	o = named_page(page.offset, page.limit, v3_total(&rows));
	list = cJSON_AddArrayToObject(o, "result");
	for (i = (int)page.offset; i < page.offset + page.limit && i < (int64_t)rows.n; i++)
		cJSON_AddItemToArray(list, render_v3_row(rows.v[i].pipeline, rows.v[i].latest));
	mem_free(rows.v);
	call_json(c, 200, o);
}

static void status_v3(struct call *c)
{
	char *ids, *rest, *id;
	cJSON *list;

	if (!call_query(c, "pipeline_ids")) {
		call_error(c, 400, "DEVCP.00021400", "pipeline_ids is required");
		return;
	}
	list = cJSON_CreateArray();
	ids = rest = mem_strdup(call_query(c, "pipeline_ids"));
	while ((id = strsep(&rest, ","))) {
		struct pipeline *p = world_pipeline(c->server->world, id);
		struct run *latest = p && p->info->old ? pipeline_latest(p, c->now) : NULL;

		if (latest)
			cJSON_AddItemToArray(list, render_v3_status(c, p, latest));
	}
	mem_free(ids);
	call_json(c, 200, list);
}

#define PIPELINE "/v5/{}/api/pipelines/{}"
#define RUN PIPELINE "/pipeline-runs/{}"

/* Fixed words come before {} of the same length. */
const struct route service_routes[] = {
	{"POST", "/v3/auth/tokens", FAULT_IAM, tokens_give},
	{"POST", "/v5/{}/api/pipelines/list", FAULT_LIST, list_pipelines},
	{"POST", "/v5/{}/api/pipelines/status", FAULT_LIST, batch_status},
	{"POST", PIPELINE "/pipeline-runs/list", FAULT_LIST, list_runs},
	{"GET", PIPELINE "/pipeline-runs/detail", FAULT_DETAIL, show_run},
	{"GET", PIPELINE "/queued-pipeline", FAULT_OTHER, reads_queue},
	{"GET", PIPELINE "/list-runtime-vars", FAULT_OTHER, reads_runtime_vars},
	{"GET", RUN "/steps/outputs", FAULT_OTHER, reads_outputs},
	{"GET", RUN "/artifacts", FAULT_OTHER, reads_artifacts},
	{"GET", RUN "/run-variables", FAULT_OTHER, reads_run_variables},
	{"GET", RUN "/jobs/{}/steps/{}/jump-link", FAULT_OTHER, reads_jump_link},
	{"POST", RUN "/jobs/{}/steps/{}/logs", FAULT_LOG, show_log},
	{"POST", RUN "/jobs/{}/steps/{}/exec-log", FAULT_LOG, show_exec_log},
	{"POST", "/v3/pipelines/list", FAULT_LIST, list_v3},
	{"GET", "/v3/pipelines/status", FAULT_LIST, status_v3},
};
const size_t service_routes_count = sizeof(service_routes) / sizeof(service_routes[0]);
