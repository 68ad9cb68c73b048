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
#include "feedwork.h"

#include "core/i18n.h"
#include "core/mem.h"
#include "core/when.h"

/* ---- the loop ---- */

void feed_arm(struct feed *feed, int64_t now_ms)
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

void feed_pump(struct feed *feed)
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
			feed_ask(feed, item);
	} while (feed->refused);
	feed->pumping = false;
	feed_arm(feed, now);
}

static void due(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct feed *feed = w->data;
	int64_t now = when_monotonic_ms();
	uint64_t version = store_version(feed->store);

	(void)loop, (void)revents;
	if (feed->expire_ms >= 0 && feed->expire_ms <= now)
		feed->expire_ms = store_expire(feed->store, now);
	feed_pump(feed);
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

	plan_options.groups = feed->groups = groups_new();
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
			feed_forget(feed, asked); /* the session is gone already */
	}
	poll_done(&feed->poll);
	find_done(&feed->find);
	groups_free(feed->groups);
	mem_free(feed);
}

void feed_start(struct feed *feed)
{
	feed->started = true;
	feed_pump(feed);
}

void feed_look(struct feed *feed, const struct feed_view *view)
{
	store_open(feed->store, view->project_id, view->pipeline_id);
	if (!poll_look(&feed->poll, view))
		return;
	feed_pump(feed);
}

bool feed_now(struct feed *feed)
{
	if (!poll_now(&feed->poll, when_monotonic_ms()))
		return false;
	feed_pump(feed);
	return true;
}

void feed_follow_run(struct feed *feed, const char *project_id, const char *pipeline_id,
		     const char *run_id)
{
	poll_follow_run(&feed->poll, project_id, pipeline_id, run_id, when_monotonic_ms());
	feed_pump(feed);
}

void feed_interval(struct feed *feed, double factor)
{
	poll_interval(&feed->poll, factor);
	feed_pump(feed);
}

/* Requests for what is left out are taken back: their answers would bring it in again. */
static void cancel_strays(struct feed *feed)
{
	struct asked *asked = feed->asked;

	while (asked) {
		if (poll_configured(&feed->poll, asked->item->project_id)) {
			asked = asked->next;
			continue;
		}
		session_cancel(feed->session, asked->id);
		asked = feed->asked;
	}
}

void feed_projects(struct feed *feed, const char *const *projects, size_t n)
{
	poll_projects(&feed->poll, projects, n);
	cancel_strays(feed);
	if (n)
		store_keep(feed->store, projects, n);
	if (feed->find.active)
		feed_aim(feed);
	feed_pump(feed);
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
	feed_pump(feed);
}

void feed_slow(struct feed *feed, bool slow)
{
	if (poll_slow(&feed->poll, slow))
		feed_pump(feed);
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
