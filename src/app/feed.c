/* SPDX-License-Identifier: MIT */
/*
 * The hands of the poll plan: it says what to ask, this sends it, puts the answer into
 * the store, tells the plan, and sleeps until the plan has something again. One timer,
 * armed only for a time at which there will be something to do.
 *
 * A request is paid for and marked by the plan before it is sent; its answer comes once,
 * also when it is cancelled. Answers that come while we are sending (a request refused on
 * the spot) only mark that there is more to do.
 */
#include "app/feed.h"

#include <ev.h>
#include <string.h>

#include "api/calls.h"
#include "app/poll.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "model/usual.h"

#define V3_PAGE 50 /* api.md 7.1 */
#define IDS_MAX 500
#define STEPS_MAX 20 /* asked for their outputs at once */

static const char *const live_states[] = {"RUNNING", "PAUSED", "SUSPEND", "QUEUED"};
static const char *const noted_states[] = {"RUNNING", "PAUSED", "SUSPEND", "QUEUED", "FAILED"};
static const char *const completed[] = {"COMPLETED"};
#define LEN(a) (sizeof(a) / sizeof((a)[0]))

/* A request on its way. */
struct asked {
	struct feed *feed;
	struct poll_item *item;
	uint64_t id;
	struct asked *next;
};

struct feed {
	struct ev_loop *loop;
	struct session *session;
	struct store *store;
	struct budget *budget;
	void (*changed)(void *self);
	void *self;
	struct poll poll;
	struct asked *asked;
	ev_timer timer;
	int64_t expire_ms; /* rows want to leave then; -1: none */
	bool refused; /* a request was answered while it was sent: plan again */
	bool started, pumping, closing;
};

static void pump(struct feed *feed);
static void arm(struct feed *feed, int64_t now_ms);

/* ---- answers ---- */

static void forget(struct feed *feed, struct asked *asked)
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

	forget(feed, asked);
	if (feed->closing)
		return;
	pay_attention(feed, answer, now);
	sweep = poll_answered(&feed->poll, item, &result, feed->store, now);
	if (sweep)
		store_sweep(feed->store, item->project_id, sweep, now);
	feed->expire_ms = store_expire(feed->store, now);
	feed->refused = true;
	if (result.err.kind == ERR_CANCELLED) {
		arm(feed, now); /* whoever cancels may be about to leave: ask nothing now */
		return;
	}
	pump(feed);
	if (feed->changed)
		feed->changed(feed->self);
}

static void pipelines_came(void *self, struct api_pipelines *page)
{
	struct asked *asked = self;
	const struct api_answer *answer = &page->answer;
	size_t n = page->n + page->dropped; /* what paging goes by */

	if (answer->err.kind == ERR_NONE && !asked->feed->closing)
		store_take_pipelines(asked->feed->store, asked->item->project_id, page->pipelines,
				     page->n, answer->id, answer->now_ms);
	settle(asked, answer, n, page->total);
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
		if (item->kind == POLL_RUNS)
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

static uint64_t ask_list(struct feed *feed, struct poll_item *item, struct asked *asked)
{
	/* By creation, so that new pipelines come last and shift no page. */
	struct api_list_query query = {
		.sort_key = "create_time",
		.sort_dir = "asc",
		.offset = item->offset,
		.limit = POLL_PAGE,
	};

	return api_list_pipelines(feed->session, item->project_id, &query, pipelines_came, asked);
}

static uint64_t ask_list_v3(struct feed *feed, struct poll_item *item, struct asked *asked)
{
	struct api_list_query query = {
		.sort_key = "create_time",
		.sort_dir = "asc",
		.offset = item->offset,
		.limit = V3_PAGE,
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
		.limit = POLL_PAGE,
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
	[POLL_HISTORY] = ask_history,   [POLL_OUTPUTS] = ask_outputs,
};

static void ask(struct feed *feed, struct poll_item *item)
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

/* ---- the loop ---- */

static void arm(struct feed *feed, int64_t now_ms)
{
	int64_t wake = poll_wake_ms(&feed->poll, feed->budget, now_ms);

	if (feed->expire_ms >= 0 && (wake < 0 || feed->expire_ms < wake))
		wake = feed->expire_ms;
	ev_timer_stop(feed->loop, &feed->timer);
	if (wake < 0)
		return;
	ev_now_update(feed->loop);
	/* A millisecond more than asked: the timer must not fire before its time. */
	ev_timer_set(&feed->timer, (double)(wake > now_ms ? wake - now_ms + 1 : 0) / 1000.0, 0.);
	ev_timer_start(feed->loop, &feed->timer);
}

static void pump(struct feed *feed)
{
	int64_t now = when_monotonic_ms();
	struct poll_item *item;

	if (feed->pumping || !feed->started || feed->closing)
		return;
	feed->pumping = true;
	do {
		feed->refused = false;
		poll_plan(&feed->poll, feed->store, now);
		while ((item = poll_next(&feed->poll, feed->budget, now)))
			ask(feed, item);
	} while (feed->refused);
	feed->pumping = false;
	arm(feed, now);
}

static void due(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct feed *feed = w->data;
	int64_t now = when_monotonic_ms();
	uint64_t version = store_version(feed->store);

	(void)loop, (void)revents;
	if (feed->expire_ms >= 0 && feed->expire_ms <= now)
		feed->expire_ms = store_expire(feed->store, now);
	pump(feed);
	if (feed->changed && version != store_version(feed->store))
		feed->changed(feed->self);
}

struct feed *feed_new(const struct feed_options *options)
{
	struct feed *feed = mem_zalloc(sizeof(*feed));
	int64_t now = when_monotonic_ms();
	struct poll_options plan_options = {
		.projects = options->projects,
		.n_projects = options->n_projects,
		.v3 = options->v3,
		.seed = (uint64_t)when_wall_ms() * UINT64_C(0x9E3779B97F4A7C15) + (uint64_t)now,
		.now_ms = now,
	};

	feed->loop = options->loop;
	feed->session = options->session;
	feed->store = options->store;
	feed->budget = options->budget;
	feed->changed = options->changed;
	feed->self = options->self;
	feed->expire_ms = -1;
	poll_init(&feed->poll, &plan_options);
	ev_timer_init(&feed->timer, due, 0., 0.);
	feed->timer.data = feed;
	return feed;
}

void feed_free(struct feed *feed)
{
	struct asked *asked;

	if (!feed)
		return;
	feed->closing = true;
	ev_timer_stop(feed->loop, &feed->timer);
	while ((asked = feed->asked)) {
		session_cancel(feed->session, asked->id);
		if (feed->asked == asked)
			forget(feed, asked); /* the session is gone already */
	}
	poll_done(&feed->poll);
	mem_free(feed);
}

void feed_start(struct feed *feed)
{
	feed->started = true;
	pump(feed);
}

void feed_look(struct feed *feed, const struct feed_view *view)
{
	store_open(feed->store, view->project_id, view->pipeline_id);
	if (!poll_look(&feed->poll, view))
		return;
	pump(feed);
}

bool feed_now(struct feed *feed)
{
	if (!poll_now(&feed->poll, when_monotonic_ms()))
		return false;
	pump(feed);
	return true;
}

void feed_follow_run(struct feed *feed, const char *project_id, const char *pipeline_id,
		     const char *run_id)
{
	poll_follow_run(&feed->poll, project_id, pipeline_id, run_id, when_monotonic_ms());
	pump(feed);
}

/* A detail may have said it already; then only the child's pipeline may be unknown. */
static void invite_child(struct feed *feed, const struct ref *step)
{
	const struct run *run = store_run(feed->store, step->id[REF_PROJECT], step->id[REF_PIPELINE],
					  step->id[REF_RUN]);
	struct step_at at;

	if (run && run_step_by_id(run, step->id[REF_STEP], &at) && at.step->child_run)
		store_take_child(feed->store, step, at.step->child_project, at.step->child_pipeline,
				 at.step->child_run, when_monotonic_ms());
}

void feed_child(struct feed *feed, const struct ref *step)
{
	invite_child(feed, step);
	poll_child(&feed->poll, step, when_monotonic_ms());
	pump(feed);
}

void feed_slow(struct feed *feed, bool slow)
{
	if (poll_slow(&feed->poll, slow))
		pump(feed);
}

void feed_status(const struct feed *feed, int64_t now_ms, struct feed_status *status)
{
	poll_status(&feed->poll, now_ms, status);
	if (status->since_ms)
		status->since_ms = when_wall_ms() - (now_ms - status->since_ms);
	status->used = budget_used(feed->budget, now_ms);
	status->allowed = budget_allowed(feed->budget);
}

const char *badge_word(enum badge badge)
{
	static const char *const words[] = {
		[BADGE_START] = N_("START"),	     [BADGE_LIVE] = N_("LIVE"),
		[BADGE_STALE] = N_("STALE"),	     [BADGE_RETRY] = N_("RETRY"),
		[BADGE_THROTTLED] = N_("THROTTLED"), [BADGE_AUTH] = N_("AUTH"),
		[BADGE_DENIED] = N_("DENIED"),	     [BADGE_OFFLINE] = N_("OFFLINE"),
	};

	return words[badge];
}
