/* SPDX-License-Identifier: MIT */
/*
 * What is worth asking, as items: compared with the store each time that it or the view
 * moved. What is wanted gets an item, or keeps the one it has with its due time; what
 * nothing wants any more loses it. A run that was live is wanted until its detail was
 * read once after its end.
 *
 * One answer may serve two needs. Where every pipeline of a project is on screen, batch
 * status says all that the live filter would; where rows run, the live filter stands in
 * for every third batch status (see pollanswer.c).
 */
#include <string.h>

#include "core/hash.h"
#include "core/text.h"
#include "model/group.h"
#include "pollitem.h"

#define LIST_MS POLL_MINUTE
#define STATUS_LIVE_MS (5 * POLL_SECOND)
#define STATUS_IDLE_MS (15 * POLL_SECOND)
#define LIVE_MS (15 * POLL_SECOND)
#define LIVE_PACE_MS (5 * POLL_SECOND) /* of many pages, for each */
#define WATCH_ALL 100 /* rows of a project on screen */
#define STATUS_ALL_MS (30 * POLL_SECOND)
#define OPENED_LIVE_MS (3 * POLL_SECOND)
#define OPENED_ODD_MS (15 * POLL_SECOND) /* a word that nobody knows */
#define OPENED_OVER_MS (30 * POLL_SECOND)
#define BACKGROUND_MS POLL_MINUTE
#define CHANGE_MS (5 * POLL_SECOND) /* between details read because stages changed */
#define CHILD_MS (5 * POLL_SECOND) /* between looks for the run of a sub-pipeline */
#define RUNS_MS POLL_MINUTE
#define HISTORY_MAX 2000 /* pipelines whose usual is not asked again when they come back */
#define GROUPS_MS (5 * POLL_MINUTE)
#define GROUP_PACE_MS (6 * POLL_SECOND) /* of many groups, for each */
#define FOLLOW_MAX_MS (10 * POLL_MINUTE)

/* First want of a round decides: the most urgent ones come first. */
static struct poll_item *want(struct poll *p, enum poll_kind kind, enum poll_priority priority,
			      const char *project_id, const char *pipeline_id, const char *run_id,
			      int64_t period_ms, int64_t now_ms)
{
	struct poll_item *item = pollitem_get(p, kind, project_id, pipeline_id, run_id, now_ms);

	if (item->round == p->round)
		return item;
	if (period_ms != POLL_NEVER)
		period_ms = (int64_t)((double)period_ms * p->factor);
	item->round = p->round;
	item->priority = priority;
	if (period_ms < item->period_ms && item->asked_ms && !item->in_flight)
		pollitem_sooner(item, item->asked_ms + period_ms);
	item->period_ms = period_ms;
	return item;
}

/* ---- runs ---- */

/* Asks soon where the words moved since the last answer. */
static void ask_if_moved(struct poll_item *item, const struct run *run, int64_t gap_ms, int64_t now_ms)
{
	int64_t due = item->asked_ms + gap_ms;

	if (item->answered && pollitem_digest(run) != item->digest)
		pollitem_sooner(item, due > now_ms ? due : now_ms);
}

static void want_opened(struct poll *p, struct store *store, int64_t now_ms)
{
	const struct run *run;
	const struct pipeline *pipeline;
	struct poll_item *item;
	int64_t period = OPENED_LIVE_MS;

	if (!model_id_ok(p->opened_pipeline))
		return;
	pipeline = store_pipeline(store, p->opened_project, p->opened_pipeline);
	if (!pipeline)
		return; /* the store would not take an answer */
	item = want(p, POLL_RUNS, POLL_OPENED, p->opened_project, p->opened_pipeline, NULL, RUNS_MS,
		    now_ms);
	if (pipeline->latest)
		ask_if_moved(item, pipeline->latest, CHANGE_MS, now_ms);
	if (poll_find(p, POLL_MORE, p->opened_project, p->opened_pipeline, NULL))
		want(p, POLL_MORE, POLL_OPENED, p->opened_project, p->opened_pipeline, NULL, POLL_NEVER,
		     now_ms);
	if (!model_id_ok(p->opened_run))
		return;
	run = store_run(store, p->opened_project, p->opened_pipeline, p->opened_run);
	if (run && state_terminal(run->state))
		period = OPENED_OVER_MS;
	else if (run && !pollitem_alive(run))
		period = OPENED_ODD_MS;
	item = want(p, POLL_DETAIL, POLL_OPENED, p->opened_project, p->opened_pipeline,
		    p->opened_run, period, now_ms);
	if (run)
		ask_if_moved(item, run, POLL_SECOND, now_ms);
}

/* Until another answer than its detail names the run, or it is over. */
static bool still_followed(const struct poll_item *item, const struct store *store, int64_t now_ms)
{
	const struct run *run =
		store_run(store, item->project_id, item->pipeline_id, item->run_id);

	if (now_ms - item->made_ms > FOLLOW_MAX_MS)
		return false;
	return !run || !item->answered ||
	       (run->snapshot <= item->answered && !state_terminal(run->state));
}

static void want_followed(struct poll *p, struct store *store, int64_t now_ms)
{
	struct poll_item *item = NULL;
	size_t bucket = 0;

	while ((item = pollitem_each(p, &bucket, item))) {
		item->followed = item->followed && still_followed(item, store, now_ms);
		if (item->followed)
			want(p, item->kind, POLL_OPENED, item->project_id, item->pipeline_id,
			     item->run_id, OPENED_LIVE_MS, now_ms);
	}
}

/* ---- sub-pipelines ---- */

struct childless {
	const char **ids; /* NULL: only counted */
	size_t n, max;
};

static bool note_childless(const struct step_at *at, void *arg)
{
	struct childless *found = arg;
	const struct step *step = at->step;

	if (!step_is_child(step) || step->child_run || step->superseded || !model_id_ok(step->id) ||
	    step->state == STATE_PENDING || step->state == STATE_SKIPPED || found->n == found->max)
		return false;
	if (found->ids)
		found->ids[found->n] = step->id;
	found->n++;
	return false;
}

/* Steps of a run that have begun a sub-pipeline's run which is not known. */
static size_t childless_steps(const struct run *run, const char **ids, size_t max)
{
	struct childless found = {.ids = ids, .max = max};
	struct step_at ignored;

	run_find_step(run, note_childless, &found, &ignored);
	return found.n;
}

size_t poll_steps(const struct poll_item *item, const struct store *store, const char **ids,
		  size_t max)
{
	const struct run *run = store_run(store, item->project_id, item->pipeline_id, item->run_id);

	return run ? childless_steps(run, ids, max) : 0;
}

void poll_child(struct poll *p, const struct ref *run, int64_t now_ms)
{
	struct poll_item *item = poll_find(p, POLL_OUTPUTS, run->id[REF_PROJECT],
					   run->id[REF_PIPELINE], run->id[REF_RUN]);

	ref_copy(&p->parent, run);
	ref_cut(&p->parent, REF_RUN + 1);
	p->parent_ms = now_ms;
	p->dirty = true;
	if (item && !item->in_flight)
		pollitem_sooner(item, now_ms);
}

static void want_children(struct poll *p, struct store *store, int64_t now_ms)
{
	char *const *id = p->parent.id;
	const struct run *run;

	if (!id[REF_RUN])
		return;
	run = store_run(store, id[REF_PROJECT], id[REF_PIPELINE], id[REF_RUN]);
	if (now_ms - p->parent_ms > FOLLOW_MAX_MS || !run || !model_id_ok(run->id) ||
	    !model_id_ok(id[REF_PIPELINE]) || !childless_steps(run, NULL, 1))
		return;
	want(p, POLL_OUTPUTS, POLL_OPENED, id[REF_PROJECT], id[REF_PIPELINE], id[REF_RUN],
	     pollitem_alive(run) ? CHILD_MS : POLL_NEVER, now_ms);
}

static void want_detail(struct poll *p, const struct entry *entry, int64_t now_ms)
{
	const struct pipeline *pipeline = entry->pipeline;
	struct poll_item *item;

	if (!model_id_ok(entry->run->id) || !model_id_ok(pipeline->id))
		return;
	item = want(p, POLL_DETAIL, POLL_BACKGROUND, pipeline->project_id, pipeline->id,
		    entry->run->id, BACKGROUND_MS, now_ms);
	ask_if_moved(item, entry->run, CHANGE_MS, now_ms);
}

/*
 * Lists show only the latest run. Once for each pipeline that runs we look whether it has
 * older live runs; where it has, each minute.
 */
static void want_old_live(struct poll *p, const struct entry *entry, int64_t now_ms)
{
	const struct pipeline *pipeline = entry->pipeline;
	struct poll_item *item;

	if (!model_id_ok(pipeline->id))
		return;
	item = want(p, POLL_OLD_LIVE, POLL_BACKGROUND, pipeline->project_id, pipeline->id, NULL,
		    POLL_NEVER, now_ms);
	if (entry->latest || item->period_ms != POLL_NEVER)
		return;
	item->period_ms = (int64_t)((double)BACKGROUND_MS * p->factor);
	if (!item->in_flight)
		pollitem_sooner(item, item->asked_ms ? item->asked_ms + item->period_ms : now_ms);
}

/* Usual is asked once, and again when another run has completed. */
static void want_history(struct poll *p, const struct pipeline *pipeline, enum poll_priority priority,
			 int64_t now_ms)
{
	struct poll_item *item;
	uint64_t newest;

	if (!pipeline->latest || !model_id_ok(pipeline->id))
		return;
	item = want(p, POLL_HISTORY, priority, pipeline->project_id, pipeline->id, NULL,
		    POLL_NEVER, now_ms);
	if (pipeline->latest->state != STATE_OK || text_empty(pipeline->latest->id))
		return;
	newest = hash_bytes(pipeline->latest->id, strlen(pipeline->latest->id));
	if (newest != item->digest && (item->answered || item->due_ms == POLL_NEVER))
		pollitem_sooner(item, now_ms);
	if (!item->in_flight)
		item->digest = newest;
}

static void want_runs(struct poll *p, struct store *store, int64_t now_ms)
{
	const struct entry *entries;
	size_t n = store_live(store, &entries), i;

	for (i = 0; i < n; i++) {
		if (entries[i].gone_ms)
			continue;
		want_detail(p, &entries[i], now_ms);
		want_old_live(p, &entries[i], now_ms);
		want_history(p, entries[i].pipeline, POLL_BACKGROUND, now_ms); /* what is stuck? */
	}
}

static void count_rows(struct poll *p, const struct store *store)
{
	struct store_project known;
	struct poll_project *project;
	size_t i;

	for (i = 0; store_project(store, i, &known); i++) {
		if (!known.rows)
			continue;
		project = pollitem_project(p, known.id);
		project->rows = known.rows;
		project->only_v3 = known.only_v3;
	}
}

/* ---- lists ---- */

/* A failed run on screen opens down to its failed step: its detail is read once. */
static void want_failure(struct poll *p, const struct pipeline *pipeline, int64_t now_ms)
{
	const struct run *run = pipeline->latest;

	if (run && run->state == STATE_FAILED && !run->detailed && model_id_ok(run->id) &&
	    model_id_ok(pipeline->id))
		want(p, POLL_DETAIL, POLL_EXTRAS, pipeline->project_id, pipeline->id, run->id, POLL_NEVER,
		     now_ms);
}

/*
 * Of few rows on screen each is asked. Of many only those that run: 150 bytes and 5 us a row
 * add up, and what begins is named by the live filter, what else there is by the list.
 * v3 lists name no states at all, and no list names a guest.
 */
static bool watched(const struct poll_project *project, const struct pipeline *pipeline)
{
	return project->visible <= WATCH_ALL ||
	       (pipeline && (pipeline->from_v3 || pipeline->guest || pollitem_alive(pipeline->latest)));
}

static void want_visible(struct poll *p, struct store *store, int64_t now_ms)
{
	const struct pipeline *pipeline;
	struct poll_project *project;
	size_t i;

	for (i = 0; i < p->n_visible; i++)
		pollitem_project(p, p->visible[2 * i])->visible++;
	for (i = 0; i < p->n_visible; i++) {
		pipeline = store_pipeline(store, p->visible[2 * i], p->visible[2 * i + 1]);
		project = pollitem_project(p, p->visible[2 * i]);
		project->watched += watched(project, pipeline);
		project->guests += pipeline && pipeline->guest;
		if (!pipeline)
			continue;
		project->visible_live |= pollitem_alive(pipeline->latest);
		want_failure(p, pipeline, now_ms);
		want_history(p, pipeline, POLL_EXTRAS, now_ms);
	}
}

/* A long list may take a third of the budget, no more. */
static int64_t list_period(const struct poll_project *project)
{
	int64_t pages = (int64_t)project->rows / pollitem_page(project) + 1;

	return pages * POLL_PAGE_PACE_MS > LIST_MS ? pages * POLL_PAGE_PACE_MS : LIST_MS;
}

/* And so must one of very many failing pipelines. */
static int64_t live_period(const struct poll *p, const struct poll_project *project)
{
	const struct poll_item *item = poll_find(p, POLL_LIVE, project->id, NULL, NULL);
	int64_t pages = item && item->total > 0 ? item->total / pollitem_page(project) : 0;
	int64_t period = ((int64_t)p->n_configured + 1) / 2 * LIVE_MS;

	return pages * LIVE_PACE_MS > period ? pages * LIVE_PACE_MS : period;
}

static void want_lists(struct poll *p, const struct poll_project *project, int64_t now_ms)
{
	bool all_visible = project->loaded && project->visible &&
			   project->visible - project->guests >= project->rows &&
			   project->watched == project->visible;
	enum poll_priority first = project->loaded ? POLL_LISTS : POLL_SCREEN;

	if (!project->configured)
		return;
	if (project->v3)
		want(p, POLL_LIST_V3, first, project->id, NULL, NULL, list_period(project), now_ms);
	if (p->v3)
		return;
	if (!all_visible && !project->v3)
		want(p, POLL_LIVE, POLL_LISTS, project->id, NULL, NULL, live_period(p, project), now_ms);
	want(p, POLL_LIST, first, project->id, NULL, NULL, list_period(project), now_ms);
}

/* What a minute of looking costs does not grow with the number of projects looked at. */
static int64_t status_period(const struct poll *p, const struct poll_project *project)
{
	int64_t lively = 0, all = 0;
	size_t i;

	for (i = 0; i < p->n_projects; i++) {
		lively += p->projects[i].watched && p->projects[i].visible_live;
		all += p->projects[i].watched != 0;
	}
	if (project->visible_live)
		return lively * STATUS_LIVE_MS;
	return all * STATUS_IDLE_MS;
}

static void want_states(struct poll *p, const struct poll_project *project, int64_t now_ms)
{
	if (project->watched)
		want(p, POLL_STATUS, POLL_SCREEN, project->id, NULL, NULL, status_period(p, project), now_ms);
	if (project->only_v3)
		want(p, POLL_STATUS_ALL, POLL_OTHERS, project->id, NULL, NULL, STATUS_ALL_MS, now_ms);
}

/* ---- searches and groups ---- */

/* The first page is waited for; the others come behind what is on screen. */
static void want_search(struct poll *p, int64_t now_ms)
{
	const struct poll_item *item;
	size_t i;

	for (i = 0; i < p->n_targets; i++) {
		const struct poll_target *target = &p->targets[i];

		item = poll_find(p, POLL_FIND, target->project_id, target->path, p->search);
		want(p, POLL_FIND, item && item->pages ? POLL_LISTS : POLL_SCREEN, target->project_id,
		     target->path, p->search, POLL_NEVER, now_ms);
	}
}

static void want_members(struct poll *p, const struct poll_project *project, int64_t now_ms)
{
	const struct group *groups;
	size_t n = groups_of(p->groups, project->id, &groups), i;
	int64_t period = (int64_t)n * GROUP_PACE_MS;

	for (i = 0; i < n; i++)
		want(p, POLL_GROUP, POLL_BACKGROUND, project->id, groups[i].id, NULL,
		     period > GROUPS_MS ? period : GROUPS_MS, now_ms);
}

/* Only v5 has groups. */
static void want_groups(struct poll *p, const struct poll_project *project, int64_t now_ms)
{
	bool waits = p->search_trees && !groups_known(p->groups, project->id);

	if (!project->configured || project->v3 || (!p->show_groups && !waits))
		return;
	want(p, POLL_GROUPS, waits ? POLL_SCREEN : POLL_OTHERS, project->id, NULL, NULL, GROUPS_MS,
	     now_ms);
	if (p->show_groups)
		want_members(p, project, now_ms);
}

/* ---- what nothing wanted ---- */

/* May an item that no view or row wants still be asked? */
static bool keep(struct poll *p, struct poll_item *item, struct store *store, int64_t now_ms)
{
	const struct run *run;

	if (item->in_flight)
		return true;
	if (item->kind == POLL_HISTORY) {
		item->due_ms = POLL_NEVER;
		return item->answered && p->n_history <= HISTORY_MAX;
	}
	if (item->kind != POLL_DETAIL)
		return false;
	run = store_run(store, item->project_id, item->pipeline_id, item->run_id);
	if (!run || poll_err(item)->kind == ERR_GONE)
		return false;
	if (!item->answered && item->priority != POLL_BACKGROUND)
		return false; /* it was opened, and is no longer */
	if (item->answered && pollitem_digest(run) == item->digest)
		return false;
	item->priority = POLL_BACKGROUND;
	pollitem_sooner(item, now_ms); /* its end was seen in a list: the last read */
	return true;
}

static void drop_unwanted(struct poll *p, struct store *store, int64_t now_ms)
{
	size_t bucket = 0;
	struct poll_item *item = pollitem_each(p, &bucket, NULL), *next;

	for (; item; item = next) {
		next = pollitem_each(p, &bucket, item);
		if (item->round != p->round && !keep(p, item, store, now_ms))
			pollitem_remove(p, item);
	}
}

void poll_plan(struct poll *p, struct store *store, int64_t now_ms)
{
	size_t i;

	if (!p->dirty && p->planned == store_version(store))
		return;
	p->dirty = false;
	p->planned = store_version(store);
	p->round++;
	for (i = 0; i < p->n_projects; i++) {
		p->projects[i].rows = p->projects[i].only_v3 = 0;
		p->projects[i].visible = p->projects[i].watched = 0;
		p->projects[i].guests = 0;
		p->projects[i].visible_live = false;
	}
	count_rows(p, store);
	want_opened(p, store, now_ms);
	want_followed(p, store, now_ms);
	want_children(p, store, now_ms);
	want_runs(p, store, now_ms);
	want_visible(p, store, now_ms);
	for (i = 0; i < p->n_projects; i++) {
		want_lists(p, &p->projects[i], now_ms);
		want_states(p, &p->projects[i], now_ms);
		if (p->groups)
			want_groups(p, &p->projects[i], now_ms);
	}
	want_search(p, now_ms);
	drop_unwanted(p, store, now_ms);
}

/* ---- ids of batch status ---- */

static size_t visible_ids(struct poll *p, const struct poll_item *item, const struct store *store,
			  const char **ids, size_t max)
{
	const struct poll_project *project = poll_project(p, item->project_id);
	size_t i, at = 0, n = 0;

	for (i = 0; i < p->n_visible && n < max; i++)
		if (strcmp(p->visible[2 * i], item->project_id) == 0 &&
		    watched(project, store_pipeline(store, p->visible[2 * i], p->visible[2 * i + 1])) &&
		    (int64_t)at++ >= item->offset)
			ids[n++] = p->visible[2 * i + 1];
	return n;
}

static size_t v3_ids(const struct poll_item *item, struct store *store, const char **ids, size_t max)
{
	const struct entry *entries;
	size_t rows = store_entries(store, &entries), i, at = 0, n = 0;

	for (i = 0; i < rows && n < max; i++)
		if (entries[i].latest && entries[i].pipeline->from_v3 &&
		    model_id_ok(entries[i].pipeline->id) &&
		    text_same(entries[i].pipeline->project_id, item->project_id) &&
		    (int64_t)at++ >= item->offset)
			ids[n++] = entries[i].pipeline->id;
	return n;
}

size_t poll_ids(struct poll *p, struct poll_item *item, struct store *store, const char **ids,
		size_t max)
{
	const struct poll_project *project = pollitem_project(p, item->project_id);
	size_t n = 0, tries;

	if (max > project->chunk)
		max = project->chunk;
	/* What was visible when the first chunk was asked may have scrolled away since. */
	for (tries = 0; n == 0 && tries < 2; tries++) {
		n = item->kind == POLL_STATUS ? visible_ids(p, item, store, ids, max)
					      : v3_ids(item, store, ids, max);
		if (n == 0)
			item->offset = 0;
	}
	return n;
}
