/* SPDX-License-Identifier: MIT */
/*
 * From an item of the plan to a request, and from its answer to the store and back to the
 * plan. A request's answer comes exactly once, also when it is cancelled or refused before it
 * left, and everything that must happen then happens in settle().
 */
#include "feedwork.h"

#include <string.h>

#include "api/calls.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "model/usual.h"

#define IDS_MAX 500
#define STEPS_MAX 20 /* asked for their outputs at once */

static const char *const live_states[] = {"RUNNING", "PAUSED", "SUSPEND", "QUEUED"};
static const char *const noted_states[] = {"RUNNING", "PAUSED", "SUSPEND", "QUEUED", "FAILED"};
static const char *const completed[] = {"COMPLETED"};
#define LEN(a) (sizeof(a) / sizeof((a)[0]))

/* ---- answers ---- */

void feed_forget(struct feed *feed, struct asked *asked)
{
	struct asked **at = &feed->asked;

	while (*at != asked)
		at = &(*at)->next;
	*at = asked->next;
	mem_free(asked);
}

static void pay_attention(struct feed *feed, const struct api_answer *answer, int64_t now_ms)
{
	if (answer->err.kind == ERR_NONE)
		budget_success(feed->budget, now_ms);
	else if (answer->err.kind == ERR_RATE)
		budget_throttled(feed->budget, now_ms);
}

/* After the store took what the answer brought: `n` rows of `total`. */
static void settle(struct asked *asked, const struct api_answer *answer, size_t n, int64_t total)
{
	struct feed *feed = asked->feed;
	struct poll_item *item = asked->item;
	int64_t now = when_monotonic_ms();
	struct poll_result result = {
		.err = answer->err,
		.status = answer->status,
		.snapshot = answer->id,
		.took_ms = answer->took_ms,
		.retry_after_ms = answer->retry_after_ms,
		.n = n,
		.total = total,
	};
	uint64_t sweep;

	feed_forget(feed, asked);
	if (feed->closing)
		return;
	pay_attention(feed, answer, now);
	sweep = poll_answered(&feed->poll, item, &result, feed->store, now);
	if (sweep)
		store_sweep(feed->store, item->project_id, sweep, now);
	feed->expire_ms = store_expire(feed->store, now);
	feed->refused = true;
	if (result.err.kind == ERR_CANCELLED) {
		feed_arm(feed, now); /* whoever cancels may be about to leave: ask nothing now */
		return;
	}
	feed_pump(feed);
	if (feed->changed)
		feed->changed(feed->self);
}

/* The last id of a path of them. */
static const char *last_of(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot ? dot + 1 : path;
}

static void take_page(struct feed *feed, const struct poll_item *item, struct api_pipelines *page)
{
	bool found = item->kind == POLL_FIND && text_same(item->run_id, feed->poll.search);
	struct find_row *rows = found ? feed_name_rows(page, item->project_id) : NULL;
	size_t n = page->n;

	if (item->kind == POLL_GROUP || item->kind == POLL_FIND)
		feed_put_group(feed, last_of(item->pipeline_id), page);
	store_take_pipelines(feed->store, item->project_id, page->pipelines, page->n, page->answer.id,
			     page->answer.now_ms);
	if (found)
		feed_count_rows(feed, rows, n);
}

static void pipelines_came(void *self, struct api_pipelines *page)
{
	struct asked *asked = self;
	const struct api_answer *answer = &page->answer;
	size_t n = page->n + page->dropped; /* what paging goes by */

	if (answer->err.kind == ERR_NONE && !asked->feed->closing)
		take_page(asked->feed, asked->item, page);
	settle(asked, answer, n, page->total);
}

static void groups_came(void *self, struct api_groups *tree)
{
	struct asked *asked = self;
	struct feed *feed = asked->feed;

	if (tree->answer.err.kind == ERR_NONE && !feed->closing) {
		groups_take(feed->groups, asked->item->project_id, tree->groups, tree->n);
		if (feed->find.active)
			feed_aim(feed);
	}
	settle(asked, &tree->answer, tree->n, (int64_t)tree->n);
}

/* A pipeline id that the server did not repeat, or got wrong (H18), is the one asked for. */
static void name_pipeline(struct api_runs *page, const char *pipeline_id)
{
	size_t i;

	for (i = 0; i < page->n; i++) {
		if (!text_empty(page->runs[i].pipeline_id))
			continue;
		mem_free(page->runs[i].pipeline_id);
		page->runs[i].pipeline_id = mem_strdup(pipeline_id);
	}
}

static void runs_came(void *self, struct api_runs *page)
{
	struct asked *asked = self;
	const struct poll_item *item = asked->item;
	const struct api_answer *answer = &page->answer;
	size_t n = page->n + page->dropped;

	if (answer->err.kind == ERR_NONE && !asked->feed->closing) {
		if (!text_empty(item->pipeline_id))
			name_pipeline(page, item->pipeline_id);
		if (item->kind == POLL_HISTORY)
			store_take_history(asked->feed->store, item->project_id, item->pipeline_id,
					   page->runs, page->n, answer->id, answer->now_ms);
		else
			store_take_runs(asked->feed->store, item->project_id, page->runs, page->n,
					answer->id, answer->now_ms);
		if (item->kind == POLL_RUNS || item->kind == POLL_MORE)
			store_take_total(asked->feed->store, item->project_id, item->pipeline_id,
					 page->total, answer->id);
	}
	settle(asked, answer, n, page->total);
}

static void outputs_came(void *self, const struct api_outputs *outputs)
{
	struct asked *asked = self;
	const struct poll_item *item = asked->item;
	const struct api_answer *answer = &outputs->answer;
	struct ref step = {{NULL}};
	size_t i;

	ref_set(&step, REF_PROJECT, item->project_id);
	ref_set(&step, REF_PIPELINE, item->pipeline_id);
	ref_set(&step, REF_RUN, item->run_id);
	for (i = 0; i < outputs->n && !asked->feed->closing; i++) {
		const struct step_outputs *of = &outputs->steps[i];

		step.id[REF_STEP] = of->step_id; /* the store looks at the run and this */
		if (of->child_run)
			store_take_child(asked->feed->store, &step, of->child_project,
					 of->child_pipeline, of->child_run, answer->now_ms);
	}
	step.id[REF_STEP] = NULL;
	ref_done(&step);
	settle(asked, answer, outputs->n, -1);
}

static void take_detail(struct feed *feed, const struct poll_item *item, struct api_detail *detail)
{
	store_take_detail(feed->store, item->project_id, item->pipeline_id, detail->run,
			  detail->answer.id, detail->answer.now_ms);
	store_take_name(feed->store, item->project_id, item->pipeline_id, detail->pipeline_name);
}

static void detail_came(void *self, struct api_detail *detail)
{
	struct asked *asked = self;
	const struct poll_item *item = asked->item;
	const struct api_answer *answer = &detail->answer;

	if (answer->err.kind == ERR_NONE && detail->run && !asked->feed->closing)
		take_detail(asked->feed, item, detail);
	else if (answer->err.kind == ERR_GONE && !item->followed && !asked->feed->closing)
		store_gone(asked->feed->store, item->project_id, item->pipeline_id, item->run_id,
			   answer->now_ms);
	settle(asked, answer, 1, 1);
}

/* ---- requests, one function for each kind ---- */

static int64_t page_of(const struct feed *feed, const struct poll_item *item)
{
	const struct poll_project *project = poll_project(&feed->poll, item->project_id);

	return project && !project->v3 ? project->page : POLL_PAGE_MIN;
}

static uint64_t ask_list(struct feed *feed, struct poll_item *item, struct asked *asked)
{
	/* By creation, so that new pipelines come last and shift no page. */
	struct api_list_query query = {
		.sort_key = "create_time",
		.sort_dir = "asc",
		.offset = item->offset,
		.limit = page_of(feed, item),
	};

	return api_list_pipelines(feed->session, item->project_id, &query, pipelines_came, asked);
}

static uint64_t ask_list_v3(struct feed *feed, struct poll_item *item, struct asked *asked)
{
	struct api_list_query query = {
		.sort_key = "create_time",
		.sort_dir = "asc",
		.offset = item->offset,
		.limit = POLL_PAGE_MIN,
	};

	return api_list_pipelines_v3(feed->session, *item->project_id ? item->project_id : NULL,
				     &query, pipelines_came, asked);
}

static uint64_t ask_live(struct feed *feed, struct poll_item *item, struct asked *asked)
{
	struct api_list_query query = {
		.status = noted_states,
		.n_status = LEN(noted_states),
		.sort_key = "create_time",
		.sort_dir = "asc",
		.offset = item->offset,
		.limit = page_of(feed, item),
	};

	return api_list_pipelines(feed->session, item->project_id, &query, pipelines_came, asked);
}

static uint64_t ask_status(struct feed *feed, struct poll_item *item, struct asked *asked)
{
	const char *ids[IDS_MAX];
	size_t n = poll_ids(&feed->poll, item, feed->store, ids, IDS_MAX);

	return api_batch_status(feed->session, item->project_id, ids, n, runs_came, asked);
}

static uint64_t ask_detail(struct feed *feed, struct poll_item *item, struct asked *asked)
{
	return api_run_detail(feed->session, item->project_id, item->pipeline_id, item->run_id,
			      detail_came, asked);
}

static uint64_t ask_runs(struct feed *feed, struct poll_item *item, struct asked *asked)
{
	struct api_run_query query = {.limit = POLL_RUNS_PAGE};

	return api_list_runs(feed->session, item->project_id, item->pipeline_id, &query, runs_came,
			     asked);
}

static uint64_t ask_old_live(struct feed *feed, struct poll_item *item, struct asked *asked)
{
	struct api_run_query query = {
		.status = live_states,
		.n_status = LEN(live_states),
		.limit = POLL_RUNS_PAGE,
	};

	return api_list_runs(feed->session, item->project_id, item->pipeline_id, &query, runs_came,
			     asked);
}

static uint64_t ask_history(struct feed *feed, struct poll_item *item, struct asked *asked)
{
	struct api_run_query query = {
		.status = completed,
		.n_status = LEN(completed),
		.limit = USUAL_RUNS,
	};

	return api_list_runs(feed->session, item->project_id, item->pipeline_id, &query, runs_came,
			     asked);
}

static uint64_t ask_find(struct feed *feed, struct poll_item *item, struct asked *asked)
{
	const struct poll_project *project = poll_project(&feed->poll, item->project_id);
	struct find_request request;

	find_request(&feed->find, project && project->v3, item->pipeline_id, &request);
	request.query.offset = item->offset;
	request.query.limit = page_of(feed, item);
	if (project && project->v3)
		return api_list_pipelines_v3(feed->session, *item->project_id ? item->project_id : NULL,
					     &request.query, pipelines_came, asked);
	return api_list_pipelines(feed->session, item->project_id, &request.query, pipelines_came, asked);
}

static uint64_t ask_more(struct feed *feed, struct poll_item *item, struct asked *asked)
{
	struct api_run_query query = {.offset = item->offset, .limit = POLL_MORE_PAGE};

	return api_list_runs(feed->session, item->project_id, item->pipeline_id, &query, runs_came,
			     asked);
}

static uint64_t ask_groups(struct feed *feed, struct poll_item *item, struct asked *asked)
{
	return api_group_tree(feed->session, item->project_id, groups_came, asked);
}

static uint64_t ask_group(struct feed *feed, struct poll_item *item, struct asked *asked)
{
	const struct group *group = groups_find(feed->groups, item->project_id, item->pipeline_id);
	struct api_list_query query = {
		.group_path = group ? group->path_id : item->pipeline_id,
		.sort_key = "create_time",
		.sort_dir = "asc",
		.offset = item->offset,
		.limit = page_of(feed, item),
	};

	return api_list_pipelines(feed->session, item->project_id, &query, pipelines_came, asked);
}

static uint64_t ask_outputs(struct feed *feed, struct poll_item *item, struct asked *asked)
{
	const char *ids[STEPS_MAX];
	size_t n = poll_steps(item, feed->store, ids, STEPS_MAX);

	return api_step_outputs(feed->session, item->project_id, item->pipeline_id, item->run_id, ids,
				n, outputs_came, asked);
}

static uint64_t (*const ask_kind[POLL_KINDS])(struct feed *, struct poll_item *, struct asked *) = {
	[POLL_LIST] = ask_list,	      [POLL_LIST_V3] = ask_list_v3,
	[POLL_LIVE] = ask_live,	      [POLL_STATUS] = ask_status,
	[POLL_STATUS_ALL] = ask_status, [POLL_DETAIL] = ask_detail,
	[POLL_RUNS] = ask_runs,	      [POLL_OLD_LIVE] = ask_old_live,
	[POLL_HISTORY] = ask_history, [POLL_FIND] = ask_find,
	[POLL_MORE] = ask_more,	      [POLL_GROUPS] = ask_groups,
	[POLL_GROUP] = ask_group,     [POLL_OUTPUTS] = ask_outputs,
};

void feed_ask(struct feed *feed, struct poll_item *item)
{
	struct asked *asked = mem_zalloc(sizeof(*asked));
	uint64_t id;

	asked->feed = feed;
	asked->item = item;
	asked->next = feed->asked;
	feed->asked = asked;
	id = ask_kind[item->kind](feed, item, asked);
	if (id) /* else it was refused, answered and forgotten already */
		asked->id = id;
}

