/* SPDX-License-Identifier: MIT */
/*
 * Searches, groups and histories: what is asked because somebody wants it, beside what the
 * clock asks. A search is a name in the plan; an answer that comes for another name than
 * the one in force fills the store and counts for nothing else.
 */
#include "feedwork.h"

#include <stdio.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"

const struct groups *feed_groups(const struct feed *feed)
{
	return feed->groups;
}

void feed_put_group(struct feed *feed, const char *group_id, struct api_pipelines *page)
{
	size_t i;

	for (i = 0; *group_id && i < page->n; i++) {
		struct pipeline *pipeline = &page->pipelines[i];
		const struct pipeline *known = store_pipeline(feed->store, pipeline->project_id, pipeline->id);

		/* A listing may hold what is in the groups below: those say it better. */
		if (pipeline->group_id || (known && groups_below(feed->groups, pipeline->project_id,
								 known->group_id, group_id)))
			continue;
		pipeline->group_id = mem_strdup(group_id);
	}
}

/* ---- the search ---- */

static void targets_free(struct poll_target *targets, size_t n)
{
	while (n-- > 0) {
		mem_free(targets[n].project_id);
		mem_free(targets[n].path);
	}
	mem_free(targets);
}

void feed_aim(struct feed *feed)
{
	struct poll_target *targets = NULL;
	const struct poll *p = &feed->poll;
	bool trees = false;
	size_t n = 0, i;

	for (i = 0; i < p->n_projects && !feed->find.local; i++) {
		const char *id = p->projects[i].id;

		if (p->projects[i].configured && find_in_project(&feed->find, feed->store, id) &&
		    !find_targets(&feed->find, feed->groups, id, &targets, &n))
			trees = true;
	}
	poll_search(&feed->poll, feed->find.name, targets, n, trees);
	targets_free(targets, n);
}

bool feed_find(struct feed *feed, const struct query *query, struct err *err)
{
	poll_search(&feed->poll, NULL, NULL, 0, false);
	if (!query) {
		find_stop(&feed->find);
		return true;
	}
	if (!find_start(&feed->find, query, feed->poll.v3, feed->store, err))
		return false;
	feed_aim(feed);
	feed_pump(feed);
	return true;
}

struct find_row *feed_name_rows(const struct api_pipelines *page, const char *project_id)
{
	struct find_row *rows = mem_calloc(page->n, sizeof(*rows));
	size_t i;

	for (i = 0; i < page->n; i++) {
		const char *own = page->pipelines[i].project_id;

		rows[i].project_id = mem_strdup(text_empty(own) ? project_id : own);
		rows[i].pipeline_id = mem_strdup(text_or_empty(page->pipelines[i].id));
	}
	return rows;
}

void feed_count_rows(struct feed *feed, struct find_row *rows, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		find_take(&feed->find, feed->groups, feed->store, rows[i].project_id,
			  rows[i].pipeline_id);
		mem_free(rows[i].project_id);
		mem_free(rows[i].pipeline_id);
	}
	mem_free(rows);
}

static void add_listing(const struct poll_item *item, struct feed_found *found)
{
	found->read += (size_t)item->offset;
	if (item->total > 0)
		found->total += (size_t)item->total;
	found->cut |= item->over && item->total > item->offset && poll_err(item)->kind == ERR_NONE;
	if (item->failing)
		found->err = *poll_err(item);
}

/* A tree that will not come is not awaited; `err` says why. */
static bool awaits_trees(const struct feed *feed, struct err *err)
{
	const struct poll *p = &feed->poll;
	bool awaits = false;
	size_t i;

	for (i = 0; i < p->n_projects && p->search_trees; i++) {
		const struct poll_project *project = &p->projects[i];
		const struct poll_item *item = poll_find(p, POLL_GROUPS, project->id, NULL, NULL);

		if (!project->configured || groups_known(feed->groups, project->id) ||
		    !find_in_project(&feed->find, feed->store, project->id))
			continue;
		if (item && item->failing)
			*err = *poll_err(item);
		awaits |= !item || !item->failing || retry_worth(poll_err(item));
	}
	return awaits;
}

void feed_found(const struct feed *feed, struct feed_found *found)
{
	const struct poll *p = &feed->poll;
	struct err found_err = {0};
	size_t i;

	*found = (struct feed_found){
		.active = feed->find.active,
		.local = feed->find.local,
		.n = feed->find.n,
		.version = feed->find.version,
		.done = feed->find.active && !awaits_trees(feed, &found_err),
		.err = found_err,
	};
	for (i = 0; i < p->n_targets; i++) {
		const struct poll_item *item = poll_find(p, POLL_FIND, p->targets[i].project_id,
							 p->targets[i].path, p->search);

		found->done = found->done && item && item->over;
		if (item)
			add_listing(item, found);
	}
}

void feed_found_text(const struct feed_found *found, char *out, size_t size)
{
	size_t rest = found->total > found->read ? found->total - found->read : 0;

	if (!found->active)
		snprintf(out, size, "%s", "");
	else if (found->local)
		snprintf(out, size, "%s", _("only what is loaded: the server cannot be asked this"));
	else if (found->err.kind != ERR_NONE)
		snprintf(out, size, _("%zu found on the server, then: %s"), found->n, found->err.text);
	else if (found->cut)
		snprintf(out, size, _("%zu found in the first %zu of %zu on the server"), found->n, found->read,
			 found->total);
	else if (found->done)
		snprintf(out, size, _("%zu found on the server"), found->n);
	else if (!found->read)
		snprintf(out, size, "%s", _("asking the server"));
	else
		snprintf(out, size, _("%zu found on the server, %zu more being read"), found->n, rest);
}

bool feed_is_found(const struct feed *feed, const char *project_id, const char *pipeline_id)
{
	return feed_found_order(feed, project_id, pipeline_id) != SIZE_MAX;
}

size_t feed_found_order(const struct feed *feed, const char *project_id, const char *pipeline_id)
{
	return find_order(&feed->find, project_id, pipeline_id);
}

/* ---- histories ---- */

bool feed_more_runs(struct feed *feed, const char *project_id, const char *pipeline_id)
{
	int64_t total = store_runs_total(feed->store, project_id, pipeline_id);

	if (total >= 0 && total <= POLL_RUNS_PAGE) /* the newest page is all there is */
		return false;
	if (!poll_more_runs(&feed->poll, project_id, pipeline_id, when_monotonic_ms()))
		return false;
	feed_pump(feed);
	return true;
}

void feed_history(const struct feed *feed, const char *project_id, const char *pipeline_id,
		  struct feed_history *history)
{
	const struct poll_item *item = poll_find(&feed->poll, POLL_MORE, project_id, pipeline_id, NULL);

	*history = (struct feed_history){
		.loaded = store_runs_known(feed->store, project_id, pipeline_id),
		.total = store_runs_total(feed->store, project_id, pipeline_id),
	};
	history->done = history->total >= 0 && history->total <= POLL_RUNS_PAGE;
	if (!item)
		return;
	history->in_flight = item->in_flight || item->due_ms != POLL_NEVER;
	history->done |= item->over;
	history->err = *poll_err(item);
}
