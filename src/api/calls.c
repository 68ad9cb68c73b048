/* SPDX-License-Identifier: MIT */
/*
 * The reads: one table, and for each a function that builds its body and one that hands its
 * answer on. What they share with the calls that change something is in call.c.
 */
#include "api/calls.h"

#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "body.h"
#include "call.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "send.h"

#define BODY_MAX CALL_BODY_MAX
#define LOG_BODY_MAX ((size_t)8 << 20)
#define V3_LIMIT_MIN 10
#define V3_LIMIT_MAX 50
#define LIFTED_KEPT ((size_t)4 << 20) /* a larger buffer is not kept for the next page */

enum call_name {
	CALL_PIPELINES,
	CALL_PIPELINES_V3,
	CALL_RUNS,
	CALL_STATUS,
	CALL_DETAIL,
	CALL_LATEST,
	CALL_LOG,
	CALL_GROUPS,
	CALL_OUTPUTS,
	CALL_TEMPLATES,
};

static const struct call calls[] = {
	[CALL_PIPELINES] = {N_("pipelines"), "POST", "/v5/*/api/pipelines/list",
			    API_LIST, false, BODY_MAX},
	[CALL_PIPELINES_V3] = {N_("pipelines"), "POST", "/v3/pipelines/list",
			       API_LIST, false, BODY_MAX},
	[CALL_RUNS] = {N_("runs"), "POST", "/v5/*/api/pipelines/*/pipeline-runs/list",
		       API_LIST, false, BODY_MAX},
	[CALL_STATUS] = {N_("states"), "POST", "/v5/*/api/pipelines/status",
			 API_LIST, false, BODY_MAX},
	[CALL_DETAIL] = {N_("run"), "GET",
			 "/v5/*/api/pipelines/*/pipeline-runs/detail?pipeline_run_id=*",
			 API_DETAIL, false, BODY_MAX},
	[CALL_LATEST] = {N_("run"), "GET", "/v5/*/api/pipelines/*/pipeline-runs/detail",
			 API_DETAIL, false, BODY_MAX},
	[CALL_LOG] = {N_("log"), "POST",
		      "/v5/*/api/pipelines/*/pipeline-runs/*/jobs/*/steps/*/logs",
		      API_LOG, false, LOG_BODY_MAX},
	[CALL_OUTPUTS] = {N_("step outputs"), "GET",
			  "/v5/*/api/pipelines/*/pipeline-runs/*/steps/outputs?step_run_ids=+",
			  API_DETAIL, false, BODY_MAX},
	[CALL_GROUPS] = {N_("groups"), "GET", "/v5/*/api/pipeline-group/tree",
			 API_LIST, false, BODY_MAX},
	[CALL_TEMPLATES] = {N_("templates"), "POST", "/v5/*/api/pipeline-templates/list",
			    API_LIST, false, BODY_MAX},
};

const struct call *calls_table(size_t *n)
{
	*n = sizeof(calls) / sizeof(calls[0]);
	return calls;
}

static struct asked *asked_new(struct session *session, enum call_name name, void *self)
{
	return call_asked(session, &calls[name], self);
}

static void on_pipelines(void *self, uint64_t id, const struct response *response)
{
	struct asked *asked = self;
	struct api_pipelines page = {.project_id = text_or_empty(asked->project_id),
				     .offset = -1, .limit = -1, .total = -1};
	struct json *json = call_open(asked, id, response, NULL, NULL, &page.answer);
	int zone = session_zone_offset_s(asked->session);
	struct decode_page said = {0};
	struct err why = {0};
	size_t i;

	if (json) {
		if (!(asked->call == &calls[CALL_PIPELINES_V3] ? decode_pipelines_v3 : decode_pipelines)(
			    json, zone, &page.pipelines, &page.n, &said, &why))
			call_wrong(asked, &page.answer, &why);
		page.offset = said.offset;
		page.limit = said.limit;
		page.total = said.total;
		page.dropped = said.dropped;
		json_free(json); /* before the callback: it is the larger part */
	}
	for (i = 0; i < page.n; i++) {
		struct pipeline *p = &page.pipelines[i];

		if (!p->project_id)
			p->project_id = mem_strdup(asked->project_id);
		if (!p->latest)
			continue;
		p->latest->server_ms = page.answer.server_ms;
		p->latest->seen_ms = page.answer.now_ms;
		p->latest->snapshot = id;
	}
	((api_pipelines_fn *)asked->done)(asked->self, &page);
	for (i = 0; i < page.n; i++)
		pipeline_done(&page.pipelines[i]);
	mem_free(page.pipelines);
	call_free(asked);
}

static void on_runs(void *self, uint64_t id, const struct response *response)
{
	struct asked *asked = self;
	struct api_runs page = {.project_id = text_or_empty(asked->project_id),
				.pipeline_id = text_or_empty(asked->pipeline_id),
				.offset = -1, .limit = -1, .total = -1};
	struct json *json = call_open(asked, id, response, NULL, NULL, &page.answer);
	int zone = session_zone_offset_s(asked->session);
	struct decode_page said = {0};
	struct err why = {0};
	size_t i;

	if (json) {
		if (!decode_runs(json, zone, &page.runs, &page.n, &said, &why))
			call_wrong(asked, &page.answer, &why);
		page.offset = said.offset;
		page.limit = said.limit;
		page.total = said.total;
		page.dropped = said.dropped;
		json_free(json);
	}
	for (i = 0; i < page.n; i++) {
		struct run *run = &page.runs[i];

		if (!run->pipeline_id)
			run->pipeline_id = mem_strdup(asked->pipeline_id);
		run->server_ms = page.answer.server_ms;
		run->seen_ms = page.answer.now_ms;
		run->snapshot = id;
	}
	((api_runs_fn *)asked->done)(asked->self, &page);
	for (i = 0; i < page.n; i++)
		run_done(&page.runs[i]);
	mem_free(page.runs);
	call_free(asked);
}

/* False, with `why`: no run, or not the one that was asked for. Owns nothing then. */
static bool read_detail(const struct asked *asked, const struct json *json, struct run *run,
			size_t *dropped, struct err *why)
{
	if (!decode_detail(json, session_zone_offset_s(asked->session), run, NULL, dropped, why))
		return false;
	if (asked->run_id && strcmp(asked->run_id, run->id) != 0) {
		run_done(run);
		return err_set(why, ERR_PARSE, 0, _("the answer is for another run"));
	}
	return true;
}

/* The detail says the server's time to the millisecond. */
static void stamp_detail(const struct asked *asked, struct run *run, struct api_answer *answer)
{
	if (run->server_ms != WHEN_NONE) {
		session_saw_clock(asked->session, run->server_ms, answer->took_ms, answer->now_ms);
		answer->server_ms = run->server_ms;
	} else {
		run->server_ms = answer->server_ms;
	}
	if (!run->pipeline_id)
		run->pipeline_id = mem_strdup(asked->pipeline_id);
	run->seen_ms = answer->now_ms;
	run->snapshot = answer->id;
}

static void on_detail(void *self, uint64_t id, const struct response *response)
{
	struct asked *asked = self;
	struct api_detail detail = {.project_id = text_or_empty(asked->project_id),
				    .pipeline_id = text_or_empty(asked->pipeline_id)};
	struct json *json = call_open(asked, id, response, NULL, NULL, &detail.answer);
	struct err why = {0};
	struct run run;
	char *name = NULL, *owner = NULL;

	if (json) {
		if (read_detail(asked, json, &run, &detail.dropped, &why)) {
			stamp_detail(asked, &run, &detail.answer);
			detail.run = &run;
			decode_detail_owner(json, &name, &owner);
		} else {
			call_wrong(asked, &detail.answer, &why);
		}
		json_free(json);
	}
	detail.pipeline_name = text_or_empty(name);
	detail.owner_project = text_or_empty(owner);
	((api_detail_fn *)asked->done)(asked->self, &detail);
	if (detail.run)
		run_done(&run);
	mem_free(name);
	mem_free(owner);
	call_free(asked);
}

static void on_outputs(void *self, uint64_t id, const struct response *response)
{
	struct asked *asked = self;
	struct api_outputs outputs = {.project_id = text_or_empty(asked->project_id),
				      .pipeline_id = text_or_empty(asked->pipeline_id),
				      .run_id = text_or_empty(asked->run_id)};
	struct json *json = call_open(asked, id, response, NULL, NULL, &outputs.answer);
	struct step_outputs *steps = NULL;
	int64_t system_ms = WHEN_NONE;
	struct err why = {0};

	if (json && !decode_outputs(json, &steps, &outputs.n, &system_ms, &outputs.dropped, &why))
		call_wrong(asked, &outputs.answer, &why);
	json_free(json);
	if (system_ms != WHEN_NONE)
		outputs.answer.server_ms = system_ms;
	outputs.steps = steps;
	((api_outputs_fn *)asked->done)(asked->self, &outputs);
	decode_outputs_free(steps, outputs.n);
	call_free(asked);
}

/* From the decoded parts to a page; one for another step stays empty (L17). */
static void put_page(const struct asked *asked, const struct decode_log *said, bool was_lifted,
		     struct api_log *log)
{
	const struct buf *lifted = session_lifted(asked->session);

	log->location = said->location;
	log->other_step = said->step_id && strcmp(said->step_id, asked->step_id) != 0;
	if (log->other_step)
		return;
	log->page.start = said->start;
	log->page.end = said->end;
	log->page.has_more = said->has_more;
	if (!was_lifted)
		return;
	log->page.log = lifted->data;
	log->page.len = lifted->len;
}

static void on_log(void *self, uint64_t id, const struct response *response)
{
	struct asked *asked = self;
	struct buf *lifted = session_lifted(asked->session);
	struct api_log log = {0};
	struct decode_log said = {0};
	struct err why = {0};
	bool was_lifted = false;
	struct json *json;

	if (id) /* else it was refused, perhaps while an answer before is still being read */
		buf_clear(lifted);
	json = call_open(asked, id, response, "log", &was_lifted, &log.answer);
	if (json && !decode_log(json, &said, &why))
		call_wrong(asked, &log.answer, &why);
	else if (json)
		put_page(asked, &said, was_lifted, &log);
	if (json)
		log.odd_log = !was_lifted && !json_is_null(json_member(json_root(json), "log"));
	json_free(json);
	((api_log_fn *)asked->done)(asked->self, &log);
	if (lifted->len > LIFTED_KEPT)
		buf_done(lifted);
	decode_log_done(&said);
	call_free(asked);
}

static void on_groups(void *self, uint64_t id, const struct response *response)
{
	struct asked *asked = self;
	struct api_groups tree = {.project_id = text_or_empty(asked->project_id)};
	struct json *json = call_open(asked, id, response, NULL, NULL, &tree.answer);
	struct err why = {0};
	size_t i;

	if (json && !decode_groups(json, &tree.groups, &tree.n, &tree.dropped, &why))
		call_wrong(asked, &tree.answer, &why);
	json_free(json);
	((api_groups_fn *)asked->done)(asked->self, &tree);
	for (i = 0; i < tree.n; i++)
		group_done(&tree.groups[i]);
	mem_free(tree.groups);
	call_free(asked);
}

static void on_checked(void *self, uint64_t id, const struct response *response)
{
	struct asked *asked = self;
	struct api_answer answer;

	json_free(call_open(asked, id, response, NULL, NULL, &answer));
	((api_checked_fn *)asked->done)(asked->self, &answer);
	call_free(asked);
}

/* Times are sent as texts of digits (api.md 4.2). */
static void body_time(struct buf *body, const char *key, int64_t ms)
{
	char digits[24];

	if (ms == WHEN_NONE)
		return;
	snprintf(digits, sizeof(digits), "%lld", (long long)ms);
	body_text(body, key, digits);
}

static void body_flag(struct buf *body, const char *key, enum api_flag flag)
{
	if (flag != API_UNSET)
		body_bool(body, key, flag == API_TRUE);
}

/* In the order of the documentation (api.md 4.1). */
static void body_list_query(struct buf *body, const struct api_list_query *query)
{
	body_list(body, "project_ids", query->projects, query->n_projects);
	body_text(body, "component_id", query->component);
	body_text(body, "name", query->name);
	body_list(body, "status", query->status, query->n_status);
	body_flag(body, "is_publish", query->published);
	body_text(body, "creator_id", query->creator);
	body_list(body, "creator_ids", query->creators, query->n_creators);
	body_list(body, "executor_ids", query->executors, query->n_executors);
	body_time(body, "start_time", query->since_ms);
	body_time(body, "end_time", query->until_ms);
	body_int(body, "offset", query->offset);
	if (query->limit > 0)
		body_int(body, "limit", query->limit);
	body_text(body, "sort_key", query->sort_key);
	body_text(body, "sort_dir", query->sort_dir);
	body_text(body, "group_path_id", query->group_path);
	body_flag(body, "by_group", query->by_group);
	body_flag(body, "is_banned", query->banned);
	body_flag(body, "query_new", query->query_new);
	body_ints(body, "security_level_list", query->security_levels, query->n_security_levels);
}

uint64_t api_list_pipelines(struct session *s, const char *project_id,
			    const struct api_list_query *query, api_pipelines_fn *done, void *self)
{
	struct asked *asked = asked_new(s, CALL_PIPELINES, self);
	struct buf body;

	asked->project_id = mem_strdup(project_id);
	asked->done = (call_fn *)done;
	buf_init(&body, BUF_MAX);
	body_open(&body);
	body_text(&body, "project_id", project_id);
	body_list_query(&body, query);
	body_close(&body);
	return call_send(asked, &project_id, &body, on_pipelines);
}

static int64_t clamp(int64_t n, int64_t low, int64_t high)
{
	return n < low ? low : n > high ? high : n;
}

static bool too_many(const struct api_list_query *query, struct err *err)
{
	if (query->n_projects <= API_V3_IDS && query->n_creators <= API_V3_IDS &&
	    query->n_executors <= API_V3_IDS)
		return false;
	return !err_set(err, ERR_INPUT, 0, _("the v3 list takes at most %d ids of a kind"), API_V3_IDS);
}

uint64_t api_list_pipelines_v3(struct session *s, const char *project_id,
			       const struct api_list_query *query, api_pipelines_fn *done,
			       void *self)
{
	struct asked *asked = asked_new(s, CALL_PIPELINES_V3, self);
	struct err err = {0};
	struct buf body;

	asked->project_id = mem_strdup(project_id);
	asked->done = (call_fn *)done;
	if (too_many(query, &err)) {
		call_refuse(asked, on_pipelines, &err);
		return 0;
	}
	buf_init(&body, BUF_MAX);
	body_open(&body);
	body_text(&body, "pipeline_name", query->name);
	if (query->n_projects)
		body_joined(&body, "project_ids", query->projects, query->n_projects);
	else
		body_text(&body, "project_ids", project_id);
	if (query->n_creators)
		body_joined(&body, "creator_ids", query->creators, query->n_creators);
	else
		body_text(&body, "creator_ids", query->creator);
	body_joined(&body, "executor_ids", query->executors, query->n_executors);
	body_joined(&body, "status", query->status, query->n_status);
	body_joined(&body, "outcome", query->outcome, query->n_outcome);
	body_text(&body, "sort_key", query->sort_key);
	body_text(&body, "sort_dir", query->sort_dir);
	body_text(&body, "git_url", query->git_url);
	body_int(&body, "offset", query->offset);
	body_int(&body, "limit", clamp(query->limit, V3_LIMIT_MIN, V3_LIMIT_MAX));
	body_close(&body);
	return call_send(asked, &project_id, &body, on_pipelines);
}

uint64_t api_list_runs(struct session *s, const char *project_id, const char *pipeline_id,
		       const struct api_run_query *query, api_runs_fn *done, void *self)
{
	struct asked *asked = asked_new(s, CALL_RUNS, self);
	const char *ids[] = {project_id, pipeline_id};
	struct buf body;

	asked->project_id = mem_strdup(project_id);
	asked->pipeline_id = mem_strdup(pipeline_id);
	asked->done = (call_fn *)done;
	buf_init(&body, BUF_MAX);
	body_open(&body);
	body_int(&body, "offset", query->offset);
	if (query->limit > 0)
		body_int(&body, "limit", query->limit);
	body_list(&body, "status", query->status, query->n_status);
	body_text(&body, "sort_key", "start_time");
	body_text(&body, "sort_dir", text_empty(query->sort_dir) ? "desc" : query->sort_dir);
	body_time(&body, "start_time", query->since_ms);
	body_time(&body, "end_time", query->until_ms);
	body_close(&body);
	return call_send(asked, ids, &body, on_runs);
}

uint64_t api_batch_status(struct session *s, const char *project_id,
			  const char *const *pipeline_ids, size_t n, api_runs_fn *done, void *self)
{
	struct asked *asked = asked_new(s, CALL_STATUS, self);
	struct buf body;

	asked->project_id = mem_strdup(project_id);
	asked->done = (call_fn *)done;
	buf_init(&body, BUF_MAX);
	body_bare_list(&body, pipeline_ids, n);
	return call_send(asked, &project_id, &body, on_runs);
}

uint64_t api_run_detail(struct session *s, const char *project_id, const char *pipeline_id,
			const char *run_id, api_detail_fn *done, void *self)
{
	struct asked *asked = asked_new(s, run_id ? CALL_DETAIL : CALL_LATEST, self);
	const char *ids[] = {project_id, pipeline_id, run_id};

	asked->project_id = mem_strdup(project_id);
	asked->pipeline_id = mem_strdup(pipeline_id);
	asked->run_id = mem_strdup(run_id);
	asked->done = (call_fn *)done;
	return call_send(asked, ids, NULL, on_detail);
}

uint64_t api_step_outputs(struct session *s, const char *project_id, const char *pipeline_id,
			  const char *run_id, const char *const *step_ids, size_t n,
			  api_outputs_fn *done, void *self)
{
	struct asked *asked = asked_new(s, CALL_OUTPUTS, self);
	const char **ids = mem_calloc(n + 4, sizeof(*ids)); /* the last stays NULL */
	uint64_t id;

	ids[0] = project_id;
	ids[1] = pipeline_id;
	ids[2] = run_id;
	memcpy(ids + 3, step_ids, n * sizeof(*ids));
	asked->project_id = mem_strdup(project_id);
	asked->pipeline_id = mem_strdup(pipeline_id);
	asked->run_id = mem_strdup(run_id);
	asked->done = (call_fn *)done;
	id = call_send(asked, ids, NULL, on_outputs);
	mem_free(ids);
	return id;
}

uint64_t api_step_log(struct session *s, const struct api_log_ref *ref,
		      const struct cursor_ask *ask, int limit, api_log_fn *done, void *self)
{
	struct asked *asked = asked_new(s, CALL_LOG, self);
	const char *ids[] = {ref->project_id, ref->pipeline_id, ref->run_id, ref->job_id, ref->step_id};
	struct buf body;

	asked->step_id = mem_strdup(ref->step_id);
	asked->done = (call_fn *)done;
	buf_init(&body, BUF_MAX);
	body_open(&body);
	body_token(&body, "start_offset", ask->start);
	body_token(&body, "end_offset", ask->end);
	body_int(&body, "limit", limit > 0 ? limit : 1);
	body_text(&body, "sort", ask->sort == CURSOR_DESC ? "desc" : "asc");
	body_close(&body);
	return call_send(asked, ids, &body, on_log);
}

uint64_t api_group_tree(struct session *s, const char *project_id, api_groups_fn *done, void *self)
{
	struct asked *asked = asked_new(s, CALL_GROUPS, self);

	asked->project_id = mem_strdup(project_id);
	asked->done = (call_fn *)done;
	return call_send(asked, &project_id, NULL, on_groups);
}

uint64_t api_check_templates(struct session *s, const char *tenant_id, api_checked_fn *done, void *self)
{
	struct asked *asked = asked_new(s, CALL_TEMPLATES, self);
	struct buf body;

	asked->done = (call_fn *)done;
	buf_init(&body, BUF_MAX);
	body_open(&body);
	body_int(&body, "offset", 0);
	body_int(&body, "limit", 1);
	body_close(&body);
	return call_send(asked, &tenant_id, &body, on_checked);
}
