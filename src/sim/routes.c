/* SPDX-License-Identifier: MIT */
/*
 * The service's calls by path; those about one run and its log are answered here. What
 * is asked for is read tolerantly, what is answered is strict.
 */
#include <string.h>
#include <strings.h>

#include "core/mem.h"
#include "core/text.h"
#include "sim/definition.h"
#include "sim/fields.h"
#include "sim/lists.h"
#include "sim/named.h"
#include "sim/orchestra.h"
#include "sim/pager.h"
#include "sim/reads.h"
#include "sim/render.h"
#include "sim/server.h"
#include "sim/templates.h"
#include "sim/tokens.h"

/* ---- 4.3 detail ---- */

static void show_run(struct call *c)
{
	const char *id = text_or_empty(call_query(c, "pipeline_run_id"));
	struct run *r;

	if (mischief_stale(c, id))
		return;
	r = named_run(c, id);
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

/* ---- 7.2 ---- */

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
#define TEMPLATES "/v5/{}/api/pipeline-templates"
#define RUN PIPELINE "/pipeline-runs/{}"
#define STEP RUN "/jobs/{}/steps/{}"

/* Fixed words come before {} of the same length. */
const struct route service_routes[] = {
	{"POST", "/v3/auth/tokens", FAULT_IAM, tokens_give, ACTION_NONE},
	{"POST", "/v5/{}/api/pipelines/list", FAULT_LIST, lists_pipelines, ACTION_NONE},
	{"POST", "/v5/{}/api/pipelines/status", FAULT_LIST, lists_status, ACTION_NONE},
	{"POST", PIPELINE "/pipeline-runs/list", FAULT_LIST, lists_runs, ACTION_NONE},
	{"GET", "/v5/{}/api/pipeline-group/tree", FAULT_LIST, definition_groups, ACTION_NONE},
	{"GET", PIPELINE, FAULT_OTHER, definition_show, ACTION_NONE},
	{"GET", PIPELINE "/pipeline-runs/detail", FAULT_DETAIL, show_run, ACTION_NONE},
	{"GET", PIPELINE "/queued-pipeline", FAULT_OTHER, reads_queue, ACTION_NONE},
	{"GET", PIPELINE "/list-runtime-vars", FAULT_OTHER, reads_runtime_vars, ACTION_NONE},
	{"GET", RUN "/steps/outputs", FAULT_OTHER, reads_outputs, ACTION_NONE},
	{"GET", RUN "/artifacts", FAULT_OTHER, reads_artifacts, ACTION_NONE},
	{"GET", RUN "/run-variables", FAULT_OTHER, reads_run_variables, ACTION_NONE},
	{"GET", RUN "/jobs/{}/steps/{}/jump-link", FAULT_OTHER, reads_jump_link, ACTION_NONE},
	{"POST", RUN "/jobs/{}/steps/{}/logs", FAULT_LOG, show_log, ACTION_NONE},
	{"POST", RUN "/jobs/{}/steps/{}/exec-log", FAULT_LOG, show_exec_log, ACTION_NONE},
	{"POST", "/v3/pipelines/list", FAULT_LIST, lists_v3, ACTION_NONE},
	{"GET", "/v3/pipelines/status", FAULT_LIST, status_v3, ACTION_NONE},
	{"GET", "/v3/templates", FAULT_OTHER, templates_v3_list, ACTION_NONE},
	{"POST", "/v3/pipeline/templates/list", FAULT_OTHER, templates_v3_watched, ACTION_NONE},
	{"GET", "/v3/templates/{}", FAULT_OTHER, templates_v3_show, ACTION_NONE},
	{"POST", TEMPLATES "/list", FAULT_OTHER, templates_list, ACTION_NONE},
	{"GET", TEMPLATES "/{}", FAULT_OTHER, templates_show, ACTION_NONE},
	{"GET", "/v3/templates/{}/status", FAULT_OTHER, orchestra_status, ACTION_NONE},
#define ACTS action_handle
	{"POST", PIPELINE "/run", FAULT_RUN, ACTS, ACTION_RUN},
	{"POST", RUN "/stop", FAULT_STOP, ACTS, ACTION_STOP},
	{"PUT", RUN "/retry", FAULT_RETRY, ACTS, ACTION_RETRY},
	{"POST", STEP "/pass", FAULT_APPROVE, ACTS, ACTION_PASS},
	{"POST", STEP "/refuse", FAULT_REJECT, ACTS, ACTION_REFUSE},
	{"POST", RUN "/steps/{}/manual/pass", FAULT_APPROVE, ACTS, ACTION_ENTRY_PASS},
	{"POST", RUN "/steps/{}/manual/refuse", FAULT_REJECT, ACTS, ACTION_ENTRY_REFUSE},
	{"POST", STEP "/delay-pass", FAULT_APPROVE, ACTS, ACTION_DELAY_PASS},
	{"POST", STEP "/delay-refuse", FAULT_REJECT, ACTS, ACTION_DELAY_REFUSE},
	{"POST", STEP "/delay", FAULT_APPROVE, ACTS, ACTION_DELAY},
	{"POST", STEP "/resume", FAULT_APPROVE, ACTS, ACTION_RESUME},
	{"POST", PIPELINE "/{}/cancel-queuing/{}", FAULT_STOP, ACTS, ACTION_CANCEL},
	{"PUT", PIPELINE "/ban", FAULT_BAN, ACTS, ACTION_BAN},
	{"PUT", PIPELINE "/unban", FAULT_BAN, ACTS, ACTION_UNBAN},
	{"DELETE", PIPELINE, FAULT_BAN, ACTS, ACTION_DELETE},
	{"POST", "/v3/templates/task", FAULT_TASK, ACTS, ACTION_TASK},
	{"POST", TEMPLATES, FAULT_TEMPLATE, ACTS, ACTION_TEMPLATE_CREATE},
	{"PUT", TEMPLATES "/{}", FAULT_TEMPLATE, ACTS, ACTION_TEMPLATE_UPDATE},
	{"DELETE", TEMPLATES "/{}", FAULT_TEMPLATE, ACTS, ACTION_TEMPLATE_DELETE},
	{"POST", TEMPLATES "/{}/favorite", FAULT_TEMPLATE, ACTS, ACTION_TEMPLATE_FAVORITE},
	{"POST", TEMPLATES "/{}/create-pipeline", FAULT_TEMPLATE, ACTS, ACTION_TEMPLATE_USE},
#undef ACTS
};
const size_t service_routes_count = sizeof(service_routes) / sizeof(service_routes[0]);
