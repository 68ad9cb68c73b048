/* SPDX-License-Identifier: MIT */
/*
 * The items of the poll plan and the choice among them.
 *
 * Strict priority would let a long listing starve the details that show gates, so what
 * is due gains a rank for each two of its periods that it waits: late by its own measure,
 * or a backlog of reads that are made once would come before what shows states. A part of
 * the budget's burst is kept back from low ranks: a key that opens a run must not wait for
 * a background read to be paid off.
 */
#include "app/poll.h"

#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "core/mem.h"
#include "core/text.h"
#include "pollitem.h"

/* Waiting that is worth a rank: two periods, within these. */
#define AGE_MIN_MS (10 * POLL_SECOND)
#define AGE_MAX_MS (2 * POLL_MINUTE)
#define FORCE_EVERY_MS (2 * POLL_SECOND)
#define AUTH_PROBE_MS POLL_MINUTE
#define STATUS_CHUNK 500
#define EXTRAS_MS (3 * POLL_SECOND)

/* Part of the burst that requests of a priority leave alone. */
static const double reserve[POLL_PRIORITIES] = {0, 0.05, 0.1, 0.15, 0.2, 0.3};

/* ---- items ---- */

static uint64_t hash_of(enum poll_kind kind, const char *project_id, const char *pipeline_id,
			const char *run_id)
{
	uint64_t h = hash_bytes(project_id, strlen(project_id));

	h = h * 31 + hash_bytes(pipeline_id, strlen(pipeline_id));
	h = h * 31 + hash_bytes(run_id, strlen(run_id)) + (uint64_t)kind;
	return h ^ h >> 17;
}

static struct poll_item *find(const struct poll *p, uint64_t hash, enum poll_kind kind,
			      const char *project, const char *pipeline, const char *run)
{
	struct poll_item *item = p->buckets[hash % POLL_BUCKETS];

	for (; item; item = item->next)
		if (item->hash == hash && item->kind == kind && strcmp(item->run_id, run) == 0 &&
		    strcmp(item->pipeline_id, pipeline) == 0 && strcmp(item->project_id, project) == 0)
			return item;
	return NULL;
}

struct poll_item *poll_find(const struct poll *p, enum poll_kind kind, const char *project_id,
			    const char *pipeline_id, const char *run_id)
{
	const char *project = text_or_empty(project_id), *pipeline = text_or_empty(pipeline_id),
		   *run = text_or_empty(run_id);

	return find(p, hash_of(kind, project, pipeline, run), kind, project, pipeline, run);
}

const struct err *poll_err(const struct poll_item *item)
{
	static const struct err none;

	return item->err ? item->err : &none;
}

struct poll_item *pollitem_get(struct poll *p, enum poll_kind kind, const char *project_id,
			       const char *pipeline_id, const char *run_id, int64_t now_ms)
{
	const char *project = text_or_empty(project_id), *pipeline = text_or_empty(pipeline_id),
		   *run = text_or_empty(run_id);
	uint64_t hash = hash_of(kind, project, pipeline, run);
	struct poll_item *item = find(p, hash, kind, project, pipeline, run);

	if (item)
		return item;
	item = mem_zalloc(sizeof(*item));
	item->kind = kind;
	item->hash = hash;
	item->project_id = mem_strdup(project);
	item->pipeline_id = mem_strdup(pipeline);
	item->run_id = mem_strdup(run);
	item->due_ms = item->made_ms = now_ms;
	item->total = -1;
	item->next = p->buckets[hash % POLL_BUCKETS];
	p->buckets[hash % POLL_BUCKETS] = item;
	p->n_items++;
	p->n_history += kind == POLL_HISTORY;
	return item;
}

struct poll_item *pollitem_each(const struct poll *p, size_t *bucket, struct poll_item *last)
{
	struct poll_item *item = last ? last->next : p->buckets[*bucket];

	while (!item && ++*bucket < POLL_BUCKETS)
		item = p->buckets[*bucket];
	return item;
}

static void item_free(struct poll_item *item)
{
	mem_free(item->project_id);
	mem_free(item->pipeline_id);
	mem_free(item->run_id);
	mem_free(item->err);
	mem_free(item);
}

void pollitem_remove(struct poll *p, struct poll_item *item)
{
	struct poll_item **at = &p->buckets[item->hash % POLL_BUCKETS];

	while (*at != item)
		at = &(*at)->next;
	*at = item->next;
	p->n_items--;
	p->n_history -= item->kind == POLL_HISTORY;
	item_free(item);
}

struct poll_project *pollitem_project(struct poll *p, const char *project_id)
{
	struct poll_project *project;
	size_t i;

	for (i = 0; i < p->n_projects; i++)
		if (strcmp(p->projects[i].id, text_or_empty(project_id)) == 0)
			return &p->projects[i];
	p->projects = mem_grow(p->projects, p->n_projects, sizeof(*p->projects));
	project = &p->projects[p->n_projects++];
	*project = (struct poll_project){.id = mem_strdup(text_or_empty(project_id))};
	project->chunk = STATUS_CHUNK;
	project->page = POLL_PAGE;
	return project;
}

int64_t pollitem_page(const struct poll_project *project)
{
	return project->v3 ? POLL_PAGE_MIN : project->page;
}

double pollitem_random(struct poll *p)
{
	p->random ^= p->random << 13;
	p->random ^= p->random >> 7;
	p->random ^= p->random << 17;
	return (double)(p->random >> 11) / (double)(UINT64_C(1) << 53);
}

int64_t pollitem_next_due(struct poll *p, const struct poll_item *item)
{
	int64_t period = item->period_ms;

	if (period == POLL_NEVER)
		return POLL_NEVER;
	if (period < 4 * item->took_ms)
		period = 4 * item->took_ms;
	if (p->slow && period < POLL_MINUTE)
		period = POLL_MINUTE;
	return item->asked_ms + (int64_t)((double)period * (0.9 + 0.2 * pollitem_random(p)));
}

void pollitem_sooner(struct poll_item *item, int64_t due_ms)
{
	if (due_ms < item->due_ms)
		item->due_ms = due_ms;
}

bool pollitem_on_screen(const struct poll_item *item)
{
	return item->priority <= POLL_LISTS;
}

enum api_class pollitem_class(const struct poll_item *item)
{
	return item->kind == POLL_DETAIL || item->kind == POLL_OUTPUTS ? API_DETAIL : API_LIST;
}

bool pollitem_alive(const struct run *run)
{
	return run && (state_live(run->state) || run->state == STATE_PENDING);
}

static uint64_t mix(uint64_t h, const char *word)
{
	const char *text = text_or_empty(word);

	return (h ^ hash_bytes(text, strlen(text))) * UINT64_C(0x9E3779B97F4A7C15);
}

uint64_t pollitem_digest(const struct run *run)
{
	uint64_t h = mix(run->n_stages + 1, run->status);
	size_t i;

	for (i = 0; i < run->n_stages; i++)
		h = mix(h, run->stages[i].status);
	return h;
}

/* ---- projects ---- */

void poll_projects(struct poll *p, const char *const *projects, size_t n)
{
	size_t i;

	for (i = 0; i < p->n_projects; i++)
		p->projects[i].configured = false;
	for (i = 0; i < n; i++)
		pollitem_project(p, projects[i])->configured = true;
	if (n == 0 && p->v3)
		pollitem_project(p, "")->configured = true;
	p->n_configured = 0;
	for (i = 0; i < p->n_projects; i++) {
		p->n_configured += p->projects[i].configured;
		if (p->v3)
			p->projects[i].v3 = true;
		if (!p->projects[i].configured)
			p->projects[i].loaded = false;
	}
	p->dirty = true;
}

const struct poll_project *poll_project(const struct poll *p, const char *project_id)
{
	size_t i;

	for (i = 0; i < p->n_projects; i++)
		if (strcmp(p->projects[i].id, text_or_empty(project_id)) == 0)
			return &p->projects[i];
	return NULL;
}

bool poll_configured(const struct poll *p, const char *project_id)
{
	size_t i;

	for (i = 0; i < p->n_projects; i++)
		if (p->projects[i].configured &&
		    (!*p->projects[i].id || strcmp(p->projects[i].id, text_or_empty(project_id)) == 0))
			return true;
	return false;
}

/* ---- life, and what the outside says ---- */

void poll_init(struct poll *p, const struct poll_options *options)
{
	memset(p, 0, sizeof(*p));
	p->v3 = options->v3;
	p->groups = options->groups;
	p->factor = 1;
	p->dirty = true;
	p->random = options->seed ? options->seed : 1;
	p->forced_ms = options->now_ms - FORCE_EVERY_MS;
	poll_projects(p, options->projects, options->n_projects);
}

static void visible_free(struct poll *p)
{
	size_t i;

	for (i = 0; i < 2 * p->n_visible; i++)
		mem_free(p->visible[i]);
	mem_free(p->visible);
	p->visible = NULL;
	p->n_visible = 0;
}

void poll_done(struct poll *p)
{
	struct poll_item *item;
	size_t i;

	for (i = 0; i < POLL_BUCKETS; i++) {
		while ((item = p->buckets[i])) {
			p->buckets[i] = item->next;
			item_free(item);
		}
	}
	for (i = 0; i < p->n_projects; i++)
		mem_free(p->projects[i].id);
	mem_free(p->projects);
	mem_free(p->opened_project);
	mem_free(p->opened_pipeline);
	mem_free(p->opened_run);
	ref_done(&p->parent);
	visible_free(p);
	poll_search(p, NULL, NULL, 0, false);
	memset(p, 0, sizeof(*p));
}

static bool set_text(char **text, const char *value)
{
	if (text_same(*text, value))
		return false;
	mem_free(*text);
	*text = mem_strdup(value);
	return true;
}

static int compare_pairs(const void *left, const void *right)
{
	const char *const *a = left, *const *b = right;
	int order = strcmp(a[0], b[0]);

	return order ? order : strcmp(a[1], b[1]);
}

/* The visible and the marked pairs, sorted, once each; borrowed from the view. */
static const char **sorted_pairs(const struct feed_view *view, size_t *n)
{
	size_t all = view->n_visible + view->n_marked, i, kept = 0;
	const char **pairs = mem_calloc(all + 1, 2 * sizeof(*pairs));

	for (i = 0; i < view->n_visible; i++) {
		pairs[2 * i] = text_or_empty(view->visible_project[i]);
		pairs[2 * i + 1] = text_or_empty(view->visible_pipeline[i]);
	}
	for (; i < all; i++) {
		pairs[2 * i] = text_or_empty(view->marked_project[i - view->n_visible]);
		pairs[2 * i + 1] = text_or_empty(view->marked_pipeline[i - view->n_visible]);
	}
	qsort(pairs, all, 2 * sizeof(*pairs), compare_pairs);
	for (i = 0; i < all; i++) {
		if (!model_id_ok(pairs[2 * i + 1]) ||
		    (kept && compare_pairs(&pairs[2 * kept - 2], &pairs[2 * i]) == 0))
			continue;
		pairs[2 * kept] = pairs[2 * i];
		pairs[2 * kept + 1] = pairs[2 * i + 1];
		kept++;
	}
	*n = kept;
	return pairs;
}

static bool set_visible(struct poll *p, const struct feed_view *view)
{
	size_t n, i;
	const char **pairs = sorted_pairs(view, &n);
	bool same = n == p->n_visible;

	for (i = 0; same && i < 2 * n; i++)
		same = strcmp(pairs[i], p->visible[i]) == 0;
	if (!same) {
		visible_free(p);
		p->visible = mem_calloc(2 * n + 1, sizeof(*p->visible));
		for (i = 0; i < 2 * n; i++)
			p->visible[i] = mem_strdup(pairs[i]);
		p->n_visible = n;
	}
	mem_free(pairs);
	return !same;
}

bool poll_look(struct poll *p, const struct feed_view *view)
{
	bool moved = set_text(&p->opened_project, view->project_id);

	moved |= set_text(&p->opened_pipeline, view->pipeline_id);
	moved |= set_text(&p->opened_run, view->run_id);
	moved |= set_visible(p, view);
	moved |= p->show_groups != view->groups;
	p->show_groups = view->groups;
	p->dirty |= moved;
	return moved;
}

bool poll_slow(struct poll *p, bool slow)
{
	struct poll_item *item = NULL;
	size_t bucket = 0;

	if (p->slow == slow)
		return false;
	p->slow = slow;
	while ((item = pollitem_each(p, &bucket, item)))
		if (item->due_ms != POLL_NEVER && item->asked_ms)
			item->due_ms = pollitem_next_due(p, item);
	return true;
}

bool poll_now(struct poll *p, int64_t now_ms)
{
	struct poll_item *item = NULL;
	size_t bucket = 0, i;

	if (now_ms - p->forced_ms < FORCE_EVERY_MS)
		return false;
	p->forced_ms = p->auth_ms = now_ms;
	for (i = 0; i < API_CLASS_COUNT; i++)
		if (p->breakers[i].open && p->breakers[i].probe_ms > now_ms)
			p->breakers[i].probe_ms = now_ms;
	while ((item = pollitem_each(p, &bucket, item))) {
		if (item->priority > POLL_SCREEN && item->kind != POLL_LIVE && !item->failing)
			continue;
		backoff_probe(&item->backoff, now_ms);
		if (item->due_ms != POLL_NEVER)
			pollitem_sooner(item, now_ms);
	}
	return true;
}

void poll_follow_run(struct poll *p, const char *project_id, const char *pipeline_id,
		     const char *run_id, int64_t now_ms)
{
	struct poll_item *item;

	if (!model_id_ok(pipeline_id) || !model_id_ok(run_id))
		return;
	item = pollitem_get(p, POLL_DETAIL, project_id, pipeline_id, run_id, now_ms);
	item->followed = true;
	item->made_ms = now_ms;
	item->priority = POLL_OPENED;
	item->period_ms = 3 * POLL_SECOND;
	p->dirty = true;
	pollitem_sooner(item, now_ms);
}

static void targets_free(struct poll *p)
{
	size_t i;

	for (i = 0; i < p->n_targets; i++) {
		mem_free(p->targets[i].project_id);
		mem_free(p->targets[i].path);
	}
	mem_free(p->targets);
	p->targets = NULL;
	p->n_targets = 0;
}

void poll_search(struct poll *p, const char *name, const struct poll_target *targets, size_t n,
		 bool trees)
{
	size_t i;

	targets_free(p);
	set_text(&p->search, name);
	p->search_trees = name && trees;
	p->targets = n ? mem_calloc(n, sizeof(*targets)) : NULL;
	for (i = 0; i < n; i++)
		p->targets[p->n_targets++] = (struct poll_target){
			.project_id = mem_strdup(targets[i].project_id),
			.path = mem_strdup(text_or_empty(targets[i].path)),
		};
	p->dirty = true;
}

/* The newest page is POLL_RUNS': a history starts behind it. */
bool poll_more_runs(struct poll *p, const char *project_id, const char *pipeline_id, int64_t now_ms)
{
	struct poll_item *item = poll_find(p, POLL_MORE, project_id, pipeline_id, NULL);

	if (!model_id_ok(pipeline_id) || !text_same(p->opened_pipeline, pipeline_id) ||
	    !text_same(p->opened_project, project_id))
		return false;
	if (item && (item->over || item->in_flight || item->due_ms != POLL_NEVER))
		return false;
	if (!item) {
		item = pollitem_get(p, POLL_MORE, project_id, pipeline_id, NULL, now_ms);
		item->offset = POLL_RUNS_PAGE;
	}
	item->priority = POLL_OPENED;
	item->period_ms = POLL_NEVER;
	item->due_ms = now_ms;
	p->dirty = true;
	return true;
}

void poll_interval(struct poll *p, double factor)
{
	p->factor = factor < 0.5 ? 0.5 : factor > 10 ? 10 : factor;
	p->dirty = true;
}

/* ---- the choice ---- */

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* When the item may be asked, leaving the budget aside. */
static int64_t ready_ms(const struct poll *p, const struct poll_item *item)
{
	const struct breaker *breaker = &p->breakers[pollitem_class(item)];
	int64_t ready = item->due_ms;

	if (item->in_flight || ready == POLL_NEVER)
		return POLL_NEVER;
	ready = later(ready, item->backoff.next_ms);
	ready = later(ready, p->throttled_ms);
	if (item->priority == POLL_EXTRAS)
		ready = later(ready, p->extras_ms);
	if (p->auth)
		ready = later(ready, p->auth_ms);
	return breaker->open ? later(ready, breaker->probe_ms) : ready;
}

static int rank_of(const struct poll_item *item, int64_t now_ms)
{
	int64_t age = item->period_ms < AGE_MAX_MS / 2 ? 2 * item->period_ms : AGE_MAX_MS;
	int64_t waited = now_ms > item->due_ms ? (now_ms - item->due_ms) / later(age, AGE_MIN_MS) : 0;

	return waited >= (int64_t)item->priority ? 0 : (int)item->priority - (int)waited;
}

/*
 * A repeat pays twice while the trouble lasts; once anything of its class has succeeded,
 * what failed before is an ordinary poll, so that all views are back at once.
 */
static enum budget_kind budget_of(const struct poll *p, const struct poll_item *item)
{
	const struct breaker *breaker = &p->breakers[pollitem_class(item)];

	return item->failing && (breaker->open || breaker->in_row) ? BUDGET_RETRY : BUDGET_POLL;
}

/* When the budget can pay for the item and still hold what is kept back from its rank. */
static int64_t paid_ms(const struct poll *p, const struct poll_item *item,
		       const struct budget *budget, int64_t now_ms)
{
	return budget_spare_ms(budget, budget_of(p, item), reserve[rank_of(item, now_ms)], now_ms);
}

/* Smaller goes first: rank, then what has waited longest. */
static bool before(const struct poll_item *a, const struct poll_item *b, int64_t now_ms)
{
	int rank_a = rank_of(a, now_ms), rank_b = rank_of(b, now_ms);

	if (rank_a != rank_b)
		return rank_a < rank_b;
	return a->due_ms < b->due_ms;
}

struct poll_item *poll_next(struct poll *p, struct budget *budget, int64_t now_ms)
{
	struct poll_item *item = NULL, *best = NULL;
	size_t bucket = 0;

	while ((item = pollitem_each(p, &bucket, item)))
		if (ready_ms(p, item) <= now_ms && paid_ms(p, item, budget, now_ms) <= now_ms &&
		    (!best || before(item, best, now_ms)))
			best = item;
	if (!best || !breaker_allows(&p->breakers[pollitem_class(best)], now_ms) ||
	    !budget_pay(budget, budget_of(p, best), now_ms))
		return NULL;
	if (p->auth)
		p->auth_ms = now_ms + AUTH_PROBE_MS;
	if (best->priority == POLL_EXTRAS)
		p->extras_ms = now_ms + EXTRAS_MS;
	best->in_flight = true;
	best->asked_ms = now_ms;
	return best;
}

int64_t poll_wake_ms(const struct poll *p, const struct budget *budget, int64_t now_ms)
{
	struct poll_item *item = NULL;
	int64_t first = POLL_NEVER, ready;
	size_t bucket = 0;

	while ((item = pollitem_each(p, &bucket, item))) {
		ready = ready_ms(p, item);
		if (ready < first)
			ready = paid_ms(p, item, budget, later(ready, now_ms));
		if (ready < first)
			first = ready;
	}
	if (first == POLL_NEVER)
		return -1;
	return first;
}
