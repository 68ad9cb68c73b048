/* SPDX-License-Identifier: MIT */
/*
 * A server takes less than our language says: one name, ids and no people's names, no
 * pattern. So a request asks for no less than what is wanted, and what comes is sorted
 * out here by the same rule as the rows that are loaded. Where a request could say nothing
 * at all, none is made: reading everything is what the list does anyway.
 *
 * A run that waits at a gate can be RUNNING to the server (api.md 8.2), and only its detail
 * tells; a search for what waits asks for both.
 */
#include "find.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/hash.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"

#define PATTERN_CHARS "\\^$.|?*+()[]{}"

/* ---- what was found ---- */

static void rows_clear(struct find *f)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		mem_free(f->rows[i].project_id);
		mem_free(f->rows[i].pipeline_id);
	}
	mem_free(f->rows);
	mem_free(f->table);
	f->rows = NULL;
	f->table = NULL;
	f->n = f->slots = 0;
}

static size_t slot_of(const struct find *f, const char *project_id, const char *pipeline_id)
{
	uint64_t hash = hash_bytes(project_id, strlen(project_id)) * 31 +
			hash_bytes(pipeline_id, strlen(pipeline_id));
	size_t at = (size_t)(hash ^ hash >> 29) & (f->slots - 1);

	for (; f->table[at]; at = (at + 1) & (f->slots - 1)) {
		const struct find_row *row = &f->rows[f->table[at] - 1];

		if (strcmp(row->pipeline_id, pipeline_id) == 0 && strcmp(row->project_id, project_id) == 0)
			break;
	}
	return at;
}

static void grow(struct find *f)
{
	size_t i;

	f->slots = f->slots ? 2 * f->slots : 256;
	mem_free(f->table);
	f->table = mem_calloc(f->slots, sizeof(*f->table));
	for (i = 0; i < f->n; i++)
		f->table[slot_of(f, f->rows[i].project_id, f->rows[i].pipeline_id)] = i + 1;
}

static void add(struct find *f, const char *project_id, const char *pipeline_id)
{
	size_t at;

	if (2 * (f->n + 1) > f->slots)
		grow(f);
	at = slot_of(f, project_id, pipeline_id);
	if (f->table[at])
		return;
	f->rows = mem_grow(f->rows, f->n, sizeof(*f->rows));
	f->rows[f->n++] = (struct find_row){mem_strdup(project_id), mem_strdup(pipeline_id)};
	f->table[at] = f->n;
	f->version++;
}

size_t find_order(const struct find *f, const char *project_id, const char *pipeline_id)
{
	size_t at;

	if (!f->n)
		return SIZE_MAX;
	at = slot_of(f, text_or_empty(project_id), text_or_empty(pipeline_id));
	return f->table[at] ? f->table[at] - 1 : SIZE_MAX;
}

void find_take(struct find *f, const struct groups *groups, struct store *store,
	       const char *project_id, const char *pipeline_id)
{
	const struct pipeline *pipeline = store_pipeline(store, project_id, pipeline_id);
	struct entry entry = {.pipeline = pipeline, .latest = true};

	if (!f->active || !pipeline)
		return;
	entry.run = pipeline->latest;
	if (query_match(&f->query, groups, &entry))
		add(f, pipeline->project_id, pipeline->id);
}

/* ---- the query in a request's words ---- */

static bool plain_text(const struct query *q)
{
	return q->text && !q->invert && !strpbrk(q->text, PATTERN_CHARS);
}

static const char *name_of(const struct query *q)
{
	if (q->names.n == 1)
		return q->names.items[0];
	return q->names.n == 0 && plain_text(q) ? q->text : NULL;
}

static enum api_flag flag_of(enum query_flag flag)
{
	return flag == QUERY_ANY ? API_UNSET : flag == QUERY_YES ? API_TRUE : API_FALSE;
}

static const char *const *items(const struct query_list *list)
{
	return (const char *const *)list->items;
}

/* Our words, the server's and outcomes, all as what a request may ask for. */
static void put_states(const struct query *q, bool v3, struct find_request *out)
{
	static const char *const ends[][2] = {{"success", "ok"}, {"error", "failed"}, {"aborted", "stopped"}};
	const char *words[STATE_COUNT + 2 * FILTER_MAX];
	size_t n = 0, i, end;

	for (i = 0; i < STATE_COUNT; i++)
		if (q->states & 1u << i)
			words[n++] = state_word((enum state)i);
	for (i = 0; i < q->status.n && i < FILTER_MAX; i++)
		words[n++] = q->status.items[i];
	for (i = 0; i < q->outcomes.n && i < FILTER_MAX; i++)
		for (end = 0; end < 3; end++)
			if (strcasecmp(q->outcomes.items[i], ends[end][0]) == 0)
				words[n++] = ends[end][1];
	/* What no request can say (skipped, unknown) is sorted out of everything. */
	if (!filter_make(&out->filter, words, n, v3, NULL))
		return;
	out->query.status = out->filter.status;
	out->query.n_status = out->filter.n_status;
	out->query.outcome = out->filter.outcome;
	out->query.n_outcome = out->filter.n_outcome;
}

static const char *sort_key(enum query_sort sort, bool v3)
{
	if (sort == QUERY_SORT_NONE)
		return "create_time"; /* new pipelines come last and shift no page */
	if (v3)
		return sort == QUERY_SORT_NAME ? "pipeline_name"
					       : sort == QUERY_SORT_UPDATE ? "create_time" : query_sort_word(sort);
	return sort == QUERY_SORT_START ? "update_time" : query_sort_word(sort);
}

void find_request(const struct find *f, bool v3, const char *path, struct find_request *request)
{
	const struct query *q = &f->query;

	*request = (struct find_request){0};
	put_states(q, v3, request);
	request->query.name = name_of(q);
	request->query.creators = items(&q->creators);
	request->query.n_creators = q->creators.n;
	request->query.executors = items(&f->people);
	request->query.n_executors = f->people.n;
	request->query.sort_key = sort_key(q->sort, v3);
	request->query.sort_dir = q->descending ? "desc" : "asc";
	if (v3) {
		request->query.git_url = q->git;
		return;
	}
	request->query.component = q->component;
	request->query.group_path = path;
	request->query.published = flag_of(q->published);
	request->query.banned = flag_of(q->banned);
	request->query.since_ms = q->since_ms;
	request->query.until_ms = q->until_ms;
}

static bool says_something(const struct find *f)
{
	const struct query *q = &f->query;
	struct find_request r;

	find_request(f, f->v3, "", &r);
	return r.query.name || r.query.n_status || r.query.n_outcome || r.query.n_creators ||
	       r.query.n_executors || r.query.git_url || r.query.component || r.query.published ||
	       r.query.banned || r.query.since_ms != WHEN_NONE || r.query.until_ms != WHEN_NONE ||
	       q->groups.n;
}

/* ---- people ---- */

static bool looks_like_id(const char *word)
{
	return strlen(word) == 32 && strspn(word, "0123456789abcdef") == 32;
}

/* Ids of the person called exactly so, as rows say. */
static void add_people(struct query_list *people, struct store *store, const char *name)
{
	const struct entry *entries;
	size_t n = store_entries(store, &entries), i, at;

	for (i = 0; i < n && people->n < FIND_IDS_MAX; i++) {
		const struct run *run = entries[i].run;

		if (!run || !run->executor || !run->executor_id || strcasecmp(run->executor, name) != 0)
			continue;
		for (at = 0; at < people->n; at++)
			if (strcmp(people->items[at], run->executor_id) == 0)
				break;
		if (at < people->n)
			continue;
		people->items = mem_grow(people->items, people->n, sizeof(*people->items));
		people->items[people->n++] = mem_strdup(run->executor_id);
	}
}

static void people_clear(struct query_list *people)
{
	while (people->n)
		mem_free(people->items[--people->n]);
	mem_free(people->items);
	*people = (struct query_list){0};
}

/* All, or none: a request for some of them would hide the others. */
static void find_people(struct find *f, struct store *store)
{
	size_t i, before;

	for (i = 0; i < f->query.executors.n; i++) {
		const char *word = f->query.executors.items[i];

		before = f->people.n;
		if (looks_like_id(word)) {
			f->people.items = mem_grow(f->people.items, f->people.n, sizeof(*f->people.items));
			f->people.items[f->people.n++] = mem_strdup(word);
		} else {
			add_people(&f->people, store, word);
		}
		if (f->people.n == before || f->people.n > (f->v3 ? API_V3_IDS : FIND_IDS_MAX)) {
			people_clear(&f->people);
			return;
		}
	}
}

/* ---- life ---- */

void find_stop(struct find *f)
{
	if (!f->active)
		return;
	f->active = f->local = false;
	query_done(&f->query);
	people_clear(&f->people);
	rows_clear(f);
	f->version++;
}

void find_done(struct find *f)
{
	find_stop(f);
}

static bool known_to(const struct query *q, bool v3, struct err *err)
{
	const char *field = NULL;

	if (!v3)
		field = q->git ? "git" : NULL;
	else if (q->groups.n)
		field = "group";
	else if (q->component)
		field = "component";
	else if (q->published != QUERY_ANY)
		field = "published";
	else if (q->banned != QUERY_ANY)
		field = "banned";
	else if (q->creators.n > API_V3_IDS)
		return err_set(err, ERR_INPUT, 0, _("creator: takes at most %d ids"), API_V3_IDS);
	if (!field)
		return true;
	return err_set(err, ERR_INPUT, 0,
		       v3 ? _("%s: is not known to the v3 list: without --api v3 it is")
			  : _("%s: is known to the v3 list alone: start with --api v3"),
		       field);
}

bool find_start(struct find *f, const struct query *query, bool v3, struct store *store,
		struct err *err)
{
	find_stop(f);
	if (!known_to(query, v3, err))
		return false;
	query_copy(&f->query, query);
	if (f->query.states & 1u << STATE_WAITING)
		f->query.states |= 1u << STATE_RUNNING;
	f->v3 = v3;
	f->active = true;
	f->version++;
	snprintf(f->name, sizeof(f->name), "%u", ++f->number);
	find_people(f, store);
	f->local = !says_something(f);
	return true;
}

/* ---- where ---- */

bool find_in_project(const struct find *f, const struct store *store, const char *project_id)
{
	const char *name = store_project_name(store, project_id);
	size_t i;

	for (i = 0; i < f->query.projects.n; i++) {
		const char *word = f->query.projects.items[i];

		if (!*project_id || strcmp(project_id, word) == 0 ||
		    (name ? strcasestr(name, word) != NULL : !looks_like_id(word)))
			return true;
	}
	return f->query.projects.n == 0;
}

static void add_target(struct poll_target **targets, size_t *n, const char *project_id,
		       const char *path)
{
	*targets = mem_grow(*targets, *n, sizeof(**targets));
	(*targets)[(*n)++] = (struct poll_target){mem_strdup(project_id), mem_strdup(text_or_empty(path))};
}

static bool group_named(const struct find *f, const struct groups *groups, const struct group *group)
{
	size_t i;

	for (i = 0; i < f->query.groups.n; i++)
		if (groups_within(groups, group->project_id, group->id, f->query.groups.items[i]))
			return true;
	return false;
}

bool find_targets(const struct find *f, const struct groups *groups, const char *project_id,
		  struct poll_target **targets, size_t *n)
{
	const struct group *list;
	size_t all, i;

	if (f->query.groups.n == 0) {
		add_target(targets, n, project_id, "");
		return true;
	}
	if (!groups_known(groups, project_id))
		return false;
	all = groups_of(groups, project_id, &list);
	for (i = 0; i < all; i++)
		if (group_named(f, groups, &list[i]))
			add_target(targets, n, project_id, list[i].path_id);
	return true;
}
