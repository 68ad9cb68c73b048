/* SPDX-License-Identifier: MIT */
/*
 * What an answer changes in the plan: when its item is due again, which page comes next,
 * and what the answer says about other items. And what all of that amounts to in the one
 * word of the header.
 */
#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "pollitem.h"

#define DENIED_MS POLL_MINUTE /* between tries of what will not get better by itself */
#define REFUSED_MS (15 * POLL_SECOND) /* and of what may: a portal's redirect, an error in HTTP 200 */
#define AUTH_PROBE_MS POLL_MINUTE
#define BREAKER_YOUNG_MS (5 * POLL_SECOND)
#define BREAKER_OLD_MS (15 * POLL_SECOND)
#define CHUNK_MIN 20
#define LONG_LIST 2000 /* rows; the pages of a longer one are spread out once it was read */
#define STALE_PERIODS 5

/* ---- failures ---- */

static int64_t breaker_cap(const struct poll_item *item, int64_t now_ms)
{
	return now_ms - item->failing_ms < POLL_MINUTE ? BREAKER_YOUNG_MS : BREAKER_OLD_MS;
}

/* A server that takes fewer ids than we sent says so as a bad request. */
static bool try_smaller(struct poll *p, struct poll_item *item, const struct poll_result *r)
{
	struct poll_project *project = pollitem_project(p, item->project_id);

	if ((item->kind != POLL_STATUS && item->kind != POLL_STATUS_ALL) ||
	    r->err.kind != ERR_REMOTE || r->status >= 500 || project->chunk <= CHUNK_MIN ||
	    (item->kind == POLL_STATUS && project->watched <= CHUNK_MIN))
		return false;
	project->chunk = project->chunk / 2 > CHUNK_MIN ? project->chunk / 2 : CHUNK_MIN;
	item->offset = 0;
	return true;
}

static bool is_page(const struct poll_item *item)
{
	return item->kind == POLL_LIST || item->kind == POLL_LIVE || item->kind == POLL_FIND ||
	       item->kind == POLL_GROUP;
}

/* And so does one that gives no pages as large as we asked for. */
static bool try_smaller_page(struct poll *p, struct poll_item *item, const struct poll_result *r)
{
	struct poll_project *project = pollitem_project(p, item->project_id);

	if (!is_page(item) || r->err.kind != ERR_REMOTE || r->status != 400 || project->v3 ||
	    project->page <= POLL_PAGE_MIN)
		return false;
	project->page = project->page / 2 > POLL_PAGE_MIN ? project->page / 2 : POLL_PAGE_MIN;
	return true;
}

/* Nobody asks these again by the clock: the one who wanted them sees why and may. */
static bool gives_up(const struct poll_item *item)
{
	return item->kind == POLL_FIND || item->kind == POLL_MORE;
}

static void failed(struct poll *p, struct poll_item *item, const struct poll_result *r, int64_t now_ms)
{
	bool again = retry_worth(&r->err), may_pass = r->status >= 200 && r->status < 400;

	if (!item->failing)
		item->failing_ms = now_ms;
	item->failing = true;
	if (!item->err)
		item->err = mem_alloc(sizeof(*item->err));
	*item->err = r->err;
	breaker_result(&p->breakers[pollitem_class(item)], !again, now_ms, breaker_cap(item, now_ms));
	if (r->err.kind == ERR_AUTH && r->err.code == 401) {
		p->auth = true;
		p->auth_ms = now_ms + AUTH_PROBE_MS;
		item->due_ms = now_ms;
		return;
	}
	if (!again) {
		if (try_smaller(p, item, r) || try_smaller_page(p, item, r)) {
			item->due_ms = now_ms;
			return;
		}
		if (gives_up(item)) {
			item->over = item->kind == POLL_FIND;
			item->due_ms = POLL_NEVER;
			return;
		}
		item->due_ms = pollitem_next_due(p, item);
		if (item->due_ms != POLL_NEVER && may_pass)
			item->due_ms = now_ms + REFUSED_MS;
		else if (item->due_ms < now_ms + DENIED_MS)
			item->due_ms = now_ms + DENIED_MS;
		return;
	}
	item->due_ms = now_ms;
	backoff_failed(&item->backoff, &r->err, pollitem_on_screen(item), r->retry_after_ms, now_ms,
		       pollitem_random(p));
	if (item->backoff.throttled_ms > p->throttled_ms)
		p->throttled_ms = item->backoff.throttled_ms;
}

/* ---- lists ---- */

/* Listed to its end, or as far as it makes sense to go (H19)? */
static bool list_over(const struct poll *p, const struct poll_item *item, const struct poll_result *r)
{
	const struct poll_project *project = poll_project(p, item->project_id);

	if (r->n == 0 || (r->total >= 0 && item->offset >= r->total))
		return true;
	if (item->kind == POLL_LIVE)
		return item->pages >= POLL_LIVE_PAGES;
	return item->offset >= POLL_LIST_CAP && project && (int64_t)project->rows < item->offset / 2;
}

/*
 * From where on rows must have been named to be there. Pages shift while they are read:
 * only a listing of one page proves by itself that a row is gone, two in a row do else.
 */
static uint64_t swept_from(const struct poll_item *item, const struct poll_result *r)
{
	if (r->n > 0 && r->total >= 0 && item->offset < r->total)
		return 0; /* cut short */
	return item->pages <= 1 ? item->first_page : item->last_listing;
}

static uint64_t list_ended(struct poll *p, struct poll_item *item, const struct poll_result *r)
{
	struct poll_project *project = pollitem_project(p, item->project_id);
	uint64_t sweep = swept_from(item, r);

	if (item->kind == POLL_LIST && !p->v3)
		project->v3 = item->pages == 1 && r->n == 0;
	if (item->kind == POLL_LIST || p->v3)
		project->loaded = true;
	item->last_listing = item->first_page;
	/* Only the list that the rows come from can tell that one is gone. */
	return project->v3 == (item->kind == POLL_LIST_V3) ? sweep : 0;
}

/* Live rows of a project that a complete live listing did not name are over. */
static void live_ended(struct poll *p, struct poll_item *live, struct store *store, int64_t now_ms)
{
	struct poll_item *status = poll_find(p, POLL_STATUS, live->project_id, NULL, NULL), *detail;
	const struct entry *entries;
	size_t n = store_live(store, &entries), i;
	bool missed = false;

	for (i = 0; i < n; i++) {
		const struct pipeline *pipeline = entries[i].pipeline;

		if (!entries[i].latest ||
		    entries[i].run->snapshot >= live->first_page ||
		    !text_same(pipeline->project_id, live->project_id))
			continue;
		missed = true;
		detail = poll_find(p, POLL_DETAIL, pipeline->project_id, pipeline->id, entries[i].run->id);
		if (detail)
			pollitem_sooner(detail, now_ms);
	}
	if (!status || status->in_flight || status->offset)
		return;
	if (missed)
		pollitem_sooner(status, now_ms);
	else if (status->period_ms < live->period_ms && status->due_ms < live->asked_ms + status->period_ms)
		status->due_ms = live->asked_ms + status->period_ms;
}

/*
 * A server may cap pages below what it is asked for, or fall back to a default when it is
 * asked for too many: then the largest that it does give is asked for from now on.
 */
static void note_page(struct poll *p, const struct poll_item *item, const struct poll_result *r)
{
	struct poll_project *project = pollitem_project(p, item->project_id);
	int64_t n = (int64_t)r->n;

	if (item->kind != POLL_LIST || n == 0 || n >= project->page || item->offset + n >= r->total)
		return;
	if (n < POLL_PAGE_MIN)
		n = project->page / 2;
	project->page = n > POLL_PAGE_MIN ? n : POLL_PAGE_MIN;
}

static uint64_t listed(struct poll *p, struct poll_item *item, const struct poll_result *r,
		       struct store *store, int64_t now_ms)
{
	const struct poll_project *project = poll_project(p, item->project_id);
	bool spread = project && project->loaded && project->rows > LONG_LIST;
	uint64_t sweep = 0;

	if (item->offset == 0) {
		item->first_page = r->snapshot;
		item->pages = 0;
	}
	note_page(p, item, r);
	item->offset += (int64_t)r->n;
	item->pages++;
	item->total = r->total;
	if (!list_over(p, item, r)) {
		item->due_ms = spread ? item->asked_ms + POLL_PAGE_PACE_MS : now_ms;
		return 0;
	}
	if (item->kind == POLL_LIVE) {
		if (r->n == 0 || r->total < 0 || item->offset >= r->total)
			live_ended(p, item, store, now_ms);
	} else {
		sweep = list_ended(p, item, r);
	}
	item->offset = 0;
	return sweep;
}

/* ---- searches, groups, histories ---- */

static bool paged_out(const struct poll_item *item, const struct poll_result *r)
{
	return r->n == 0 || (r->total >= 0 && item->offset >= r->total);
}

/* Pages that are read once, one after the other by themselves or each when it is wanted. */
static void turned(struct poll_item *item, const struct poll_result *r, int64_t next_ms)
{
	item->offset += (int64_t)r->n;
	item->pages++;
	item->total = r->total;
	item->over = paged_out(item, r) ||
		     (item->kind == POLL_FIND && item->pages >= POLL_FIND_PAGES);
	item->due_ms = item->over ? POLL_NEVER : next_ms;
}

/* What a whole listing of a group did not name has left the group. */
static void group_listed(struct poll_item *item, const struct poll_result *r, struct store *store,
			 int64_t now_ms)
{
	if (item->offset == 0) {
		item->first_page = r->snapshot;
		item->pages = 0;
	}
	item->offset += (int64_t)r->n;
	item->pages++;
	if (!paged_out(item, r)) {
		item->due_ms = now_ms;
		return;
	}
	store_ungroup(store, item->project_id, item->pipeline_id, item->first_page);
	item->offset = 0;
}

/* ---- the rest ---- */

/*
 * Where rows run, the live filter is due every third time that batch status is, and says
 * of the running rows what batch status would: it takes that turn, instead of coming
 * between two.
 */
static void leave_turn_to_live(struct poll *p, struct poll_item *status, int64_t now_ms)
{
	struct poll_item *live = poll_find(p, POLL_LIVE, status->project_id, NULL, NULL);

	if (status->kind != POLL_STATUS || !live || live->in_flight || live->offset ||
	    live->failing || live->due_ms <= now_ms || live->period_ms <= status->period_ms ||
	    live->due_ms > status->due_ms + status->period_ms / 2)
		return;
	live->due_ms = status->due_ms;
	status->due_ms += status->period_ms;
}

static void status_answered(struct poll *p, struct poll_item *item, int64_t now_ms)
{
	const struct poll_project *project = poll_project(p, item->project_id);
	int64_t all = !project ? 0 : (int64_t)(item->kind == POLL_STATUS ? project->watched : project->only_v3);

	item->offset += project ? (int64_t)project->chunk : 0;
	if (item->offset < all) {
		item->due_ms = now_ms;
		return;
	}
	item->offset = 0;
	leave_turn_to_live(p, item, now_ms);
}

/* Older runs that were live and are not among the live ones any more: their end is news. */
static void old_live_answered(struct poll *p, const struct poll_item *item,
			      const struct poll_result *r, struct store *store, int64_t now_ms)
{
	const struct run *runs[64];
	struct poll_item *detail;
	size_t n = store_runs(store, item->project_id, item->pipeline_id, runs, 64), i;

	for (i = 1; i < n; i++) {
		if (!pollitem_alive(runs[i]) || runs[i]->snapshot >= r->snapshot)
			continue;
		detail = poll_find(p, POLL_DETAIL, item->project_id, item->pipeline_id, runs[i]->id);
		if (detail)
			pollitem_sooner(detail, now_ms);
	}
}

static void note_digest(struct poll_item *item, struct store *store)
{
	const struct pipeline *pipeline;
	const struct run *run = NULL;

	if (item->kind == POLL_DETAIL)
		run = store_run(store, item->project_id, item->pipeline_id, item->run_id);
	if (item->kind == POLL_RUNS) {
		pipeline = store_pipeline(store, item->project_id, item->pipeline_id);
		run = pipeline ? pipeline->latest : NULL;
	}
	if (run)
		item->digest = pollitem_digest(run);
}

static uint64_t succeeded(struct poll *p, struct poll_item *item, const struct poll_result *r,
			  struct store *store, int64_t now_ms)
{
	uint64_t sweep = 0;

	p->auth = false;
	item->failing = false;
	mem_free(item->err);
	item->err = NULL;
	item->good_ms = now_ms;
	item->answered = r->snapshot;
	backoff_succeeded(&item->backoff, now_ms);
	breaker_result(&p->breakers[pollitem_class(item)], true, now_ms, 0);
	item->due_ms = pollitem_next_due(p, item);
	switch (item->kind) {
	case POLL_LIST:
	case POLL_LIST_V3:
	case POLL_LIVE:
		sweep = listed(p, item, r, store, now_ms);
		break;
	case POLL_STATUS:
	case POLL_STATUS_ALL:
		status_answered(p, item, now_ms);
		break;
	case POLL_OLD_LIVE:
		old_live_answered(p, item, r, store, now_ms);
		break;
	case POLL_FIND:
		turned(item, r, now_ms);
		break;
	case POLL_MORE:
		turned(item, r, POLL_NEVER);
		break;
	case POLL_GROUP:
		group_listed(item, r, store, now_ms);
		break;
	default:
		note_digest(item, store);
	}
	return sweep;
}

uint64_t poll_answered(struct poll *p, struct poll_item *item, const struct poll_result *result,
		       struct store *store, int64_t now_ms)
{
	item->in_flight = false;
	/* What these say of a project or a run decides what is wanted, whether news or not. */
	p->dirty |= item->kind == POLL_LIST || item->kind == POLL_LIST_V3 ||
		    item->kind == POLL_DETAIL || item->kind == POLL_FIND || item->kind == POLL_GROUPS;
	if (result->err.kind == ERR_CANCELLED) {
		item->due_ms = now_ms + POLL_SECOND;
		return 0;
	}
	item->took_ms = result->took_ms;
	if (result->err.kind == ERR_NONE)
		return succeeded(p, item, result, store, now_ms);
	failed(p, item, result, now_ms);
	return 0;
}

/* ---- the header ---- */

/* Does the header speak of this item's failures? Background reads fail in silence. */
static bool counts(const struct poll *p, const struct poll_item *item, int64_t now_ms)
{
	if (p->auth && poll_err(item)->kind == ERR_AUTH)
		return true;
	if (poll_err(item)->kind == ERR_GONE)
		return false; /* its row says so */
	if (item->backoff.throttled_ms > now_ms)
		return true; /* it stops all others */
	if (item->kind == POLL_LIST_V3)
		return p->v3;
	return item->kind != POLL_RUNS && item->kind != POLL_FIND && item->kind != POLL_MORE &&
	       item->kind != POLL_GROUPS && pollitem_on_screen(item);
}

static enum badge badge_of(const struct poll *p, const struct poll_item *item, int64_t now_ms)
{
	if (p->auth)
		return BADGE_AUTH;
	if (poll_err(item)->kind == ERR_AUTH)
		return BADGE_DENIED;
	if (item->backoff.throttled_ms > now_ms)
		return BADGE_THROTTLED;
	if (poll_err(item)->kind == ERR_RATE)
		return BADGE_RETRY;
	if ((poll_err(item)->kind == ERR_NET && !retry_broke_off(poll_err(item))) ||
	    backoff_offline(&item->backoff))
		return BADGE_OFFLINE;
	return BADGE_RETRY;
}

static bool graver(enum badge a, enum badge b)
{
	static const int order[] = {
		[BADGE_START] = 0, [BADGE_LIVE] = 0,	  [BADGE_STALE] = 1,   [BADGE_RETRY] = 2,
		[BADGE_DENIED] = 3, [BADGE_THROTTLED] = 4, [BADGE_OFFLINE] = 5, [BADGE_AUTH] = 6,
	};

	return order[a] > order[b];
}

static int64_t next_try(const struct poll *p, const struct poll_item *item)
{
	int64_t next = item->due_ms == POLL_NEVER ? 0 : item->due_ms;
	const struct breaker *breaker = &p->breakers[pollitem_class(item)];

	if (item->backoff.next_ms > next)
		next = item->backoff.next_ms;
	if (p->throttled_ms > next)
		next = p->throttled_ms;
	if (breaker->open && breaker->probe_ms > next)
		next = breaker->probe_ms;
	return p->auth ? p->auth_ms : next;
}

static void take_failure(const struct poll *p, const struct poll_item *item, int64_t now_ms,
			 struct feed_status *s)
{
	enum badge badge = badge_of(p, item, now_ms);
	int64_t next = next_try(p, item);

	if (!s->since_ms || item->failing_ms < s->since_ms)
		s->since_ms = item->failing_ms;
	if (!s->next_ms || next < s->next_ms)
		s->next_ms = next;
	if (s->err.kind != ERR_NONE && !graver(badge, s->badge))
		return;
	s->badge = badge;
	s->err = *poll_err(item);
}

/* Newest good answer that shows the states of a project's rows, and how often one is due. */
static void list_age(const struct poll *p, const struct poll_project *project, int64_t *good_ms,
		     int64_t *period_ms)
{
	static const enum poll_kind kinds[] = {POLL_STATUS, POLL_LIVE, POLL_STATUS_ALL, POLL_LIST,
					       POLL_LIST_V3};
	const struct poll_item *item;
	size_t i;

	*good_ms = *period_ms = 0;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		item = poll_find(p, kinds[i], project->id, NULL, NULL);
		if (!item)
			continue;
		if (item->good_ms > *good_ms)
			*good_ms = item->good_ms;
		if (!*period_ms)
			*period_ms = item->period_ms > 4 * item->took_ms ? item->period_ms : 4 * item->took_ms;
	}
	if (p->slow && *period_ms < POLL_MINUTE)
		*period_ms = POLL_MINUTE;
}

static void take_ages(const struct poll *p, int64_t now_ms, struct feed_status *s)
{
	int64_t good, period;
	size_t i;

	s->loaded = p->n_configured > 0;
	for (i = 0; i < p->n_projects; i++) {
		const struct poll_project *project = &p->projects[i];
		const struct poll_item *list = poll_find(p, p->v3 ? POLL_LIST_V3 : POLL_LIST,
							 project->id, NULL, NULL);

		s->listed += project->rows;
		s->loaded = s->loaded && (!project->configured || project->loaded);
		if (list && list->total > 0)
			s->total += (size_t)list->total;
		list_age(p, project, &good, &period);
		if (!good)
			continue;
		if (!s->fresh_ms || good < s->fresh_ms)
			s->fresh_ms = good;
		if (s->badge != BADGE_STALE)
			s->badge = now_ms - good > STALE_PERIODS * period ? BADGE_STALE : BADGE_LIVE;
	}
}

void poll_status(const struct poll *p, int64_t now_ms, struct feed_status *status)
{
	struct poll_item *item = NULL;
	size_t bucket = 0;

	*status = (struct feed_status){.badge = BADGE_START};
	take_ages(p, now_ms, status);
	while ((item = pollitem_each(p, &bucket, item))) {
		status->in_flight += item->in_flight;
		if (item->failing && counts(p, item, now_ms))
			take_failure(p, item, now_ms, status);
	}
}
