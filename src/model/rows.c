/* SPDX-License-Identifier: MIT */
/*
 * Open addressing with linear probing. Removal closes the gap by moving later rows of
 * the same chain forward, so that there are no tombstones and a lookup ends at the first
 * empty slot. Projects are few and searched in order.
 */
#include "rows.h"

#include <assert.h>
#include <string.h>

#include "core/hash.h"
#include "core/mem.h"
#include "core/text.h"

#define FIRST_SLOTS 64

static uint32_t hash_of(const char *project_id, const char *pipeline_id)
{
	uint64_t project = hash_bytes(project_id, strlen(project_id));

	return (uint32_t)(hash_bytes(pipeline_id, strlen(pipeline_id)) ^ (project << 1 | project >> 63));
}

static struct row *row_at(const struct rows *rows, size_t slot)
{
	return rows->table[slot] ? rows->array[rows->table[slot] - 1] : NULL;
}

/* The slot of that pipeline, or the empty one where it would go. */
static size_t slot_of(const struct rows *rows, uint32_t hash, const char *project_id,
		      const char *pipeline_id)
{
	size_t mask = rows->slots - 1, at = hash & mask;
	const struct row *row;

	for (; (row = row_at(rows, at)); at = (at + 1) & mask)
		if (row->hash == hash && strcmp(row->id, pipeline_id) == 0 &&
		    strcmp(row->pipeline.project_id, project_id) == 0)
			break;
	return at;
}

struct row *rows_find(const struct rows *rows, const char *project_id, const char *pipeline_id)
{
	const char *project = text_or_empty(project_id);

	if (!rows->slots || !pipeline_id)
		return NULL;
	return row_at(rows, slot_of(rows, hash_of(project, pipeline_id), project, pipeline_id));
}

struct row *rows_find_anywhere(const struct rows *rows, const char *pipeline_id)
{
	struct row *row;
	size_t i;

	for (i = 0; i < rows->n_projects; i++) {
		row = rows_find(rows, rows->projects[i]->id, pipeline_id);
		if (row)
			return row;
	}
	return NULL;
}

struct row *rows_oldest_guest(const struct rows *rows, const struct row *stays)
{
	struct row *row, *oldest = NULL;
	size_t i;

	for (i = 0; i < rows->n; i++) {
		row = rows->array[i];
		if (row->pipeline.guest && row != stays && (!oldest || row->fresh_ms < oldest->fresh_ms))
			oldest = row;
	}
	return oldest;
}

static void grow(struct rows *rows)
{
	size_t slots = rows->slots ? rows->slots * 2 : FIRST_SLOTS, i, at;
	uint32_t *table = mem_calloc(slots, sizeof(*table));

	for (i = 0; i < rows->n; i++) {
		at = rows->array[i]->hash & (slots - 1);
		while (table[at])
			at = (at + 1) & (slots - 1);
		table[at] = (uint32_t)i + 1;
	}
	mem_free(rows->table);
	rows->table = table;
	rows->slots = slots;
}

static struct project *find_project(const struct rows *rows, const char *id)
{
	size_t i;

	for (i = rows->n_projects; i-- > 0;)
		if (strcmp(rows->projects[i]->id, id) == 0)
			return rows->projects[i];
	return NULL;
}

const struct project *rows_project(const struct rows *rows, const char *project_id)
{
	return find_project(rows, text_or_empty(project_id));
}

static struct project *project_of(struct rows *rows, const char *id)
{
	struct project *project = find_project(rows, id);

	if (project)
		return project;
	project = mem_zalloc(sizeof(*project));
	project->id = mem_strdup(id);
	rows->projects = mem_grow(rows->projects, rows->n_projects, sizeof(*rows->projects));
	rows->projects[rows->n_projects++] = project;
	return project;
}

struct row *rows_add(struct rows *rows, const char *project_id, const char *pipeline_id)
{
	size_t len = strlen(pipeline_id);
	struct project *project = project_of(rows, text_or_empty(project_id));
	struct row *row = stock_take(&rows->stock, sizeof(*row) + len + 1);

	if ((rows->n + 1) * 2 > rows->slots)
		grow(rows);
	memset(row, 0, sizeof(*row));
	memcpy(row->id, pipeline_id, len + 1);
	row->pipeline.id = row->id;
	row->pipeline.project_id = project->id;
	row->pipeline.project_name = project->name;
	row->hash = hash_of(project->id, pipeline_id);
	project->n++;
	row->at = (uint32_t)rows->n;
	rows->array = mem_grow(rows->array, rows->n, sizeof(struct row *));
	rows->array[rows->n++] = row;
	rows->table[slot_of(rows, row->hash, project->id, pipeline_id)] = row->at + 1;
	return row;
}

void rows_set_guest(struct rows *rows, struct row *row, bool guest)
{
	struct project *project;

	if (row->pipeline.guest == guest)
		return;
	project = project_of(rows, row->pipeline.project_id);
	row->pipeline.guest = guest;
	if (guest) {
		rows->n_guests++;
		project->n--;
	} else {
		rows->n_guests--;
		project->n++;
	}
}

struct learned *rows_learn(struct rows *rows, struct row *row)
{
	if (!row->learned) {
		row->learned = stock_take(&rows->stock, sizeof(*row->learned));
		*row->learned = (struct learned){.total = -1};
	}
	return row->learned;
}

bool rows_set_text(struct rows *rows, char **text, const char *to)
{
	if (text_same(*text, to))
		return false;
	stock_drop(&rows->stock, *text);
	*text = stock_text(&rows->stock, to);
	return true;
}

void rows_set_v3(struct rows *rows, struct row *row, bool from_v3)
{
	struct project *project;

	if (row->pipeline.from_v3 == from_v3)
		return;
	project = project_of(rows, row->pipeline.project_id);
	row->pipeline.from_v3 = from_v3;
	if (from_v3)
		project->n_v3++;
	else
		project->n_v3--;
}

bool rows_name_project(struct rows *rows, struct row *row, const char *name)
{
	struct project *project = project_of(rows, row->pipeline.project_id);
	char *old = project->name;
	size_t i;

	if (text_empty(name) || text_same(old, name)) {
		row->pipeline.project_name = old;
		return false;
	}
	project->name = mem_strdup(name);
	for (i = 0; i < rows->n; i++)
		if (rows->array[i]->pipeline.project_id == project->id)
			rows->array[i]->pipeline.project_name = project->name;
	mem_free(old);
	return true;
}

static struct kept **place_of(struct row *row, const char *run_id)
{
	struct kept **at;

	for (at = &row->runs; *at; at = &(*at)->next)
		if (text_same((*at)->run.id, run_id))
			break;
	return at;
}

struct kept *rows_run(struct row *row, const char *run_id)
{
	return run_id ? *place_of(row, run_id) : NULL;
}

void rows_link_run(struct row *row, struct kept *kept)
{
	struct kept **at = &row->runs;

	while (*at && kept_order(&(*at)->run, &kept->run) <= 0)
		at = &(*at)->next;
	kept->next = *at;
	*at = kept;
	row->n_runs++;
	row->pipeline.latest = &row->runs->run;
}

void rows_unlink_at(struct row *row, struct kept **at)
{
	assert(*at);
	*at = (*at)->next;
	row->n_runs--;
	row->pipeline.latest = row->runs ? &row->runs->run : NULL;
}

void rows_unlink_run(struct row *row, struct kept *kept)
{
	rows_unlink_at(row, place_of(row, kept->run.id));
}

static void row_free(struct rows *rows, struct row *row)
{
	struct kept *kept, *next;

	for (kept = row->runs; kept; kept = next) {
		next = kept->next;
		kept_free(&rows->stock, kept);
	}
	stock_drop(&rows->stock, row->pipeline.name);
	stock_drop(&rows->stock, row->pipeline.creator);
	stock_drop(&rows->stock, row->pipeline.group_id);
	stock_drop(&rows->stock, row->pipeline.component);
	stock_drop(&rows->stock, row->pipeline.v3_executor);
	if (row->learned)
		stock_give(&rows->stock, row->learned, sizeof(*row->learned));
	stock_give(&rows->stock, row, sizeof(*row) + strlen(row->id) + 1);
}

/* Takes a slot out and moves forward what was pushed past it. */
static void vacate(struct rows *rows, size_t hole)
{
	size_t mask = rows->slots - 1, at = hole, home;
	const struct row *row;

	rows->table[hole] = 0;
	for (at = (at + 1) & mask; (row = row_at(rows, at)); at = (at + 1) & mask) {
		home = row->hash & mask;
		if (((at - home) & mask) < ((at - hole) & mask))
			continue;
		rows->table[hole] = rows->table[at];
		rows->table[at] = 0;
		hole = at;
	}
}

void rows_remove(struct rows *rows, struct row *row)
{
	struct row *last;

	rows_set_v3(rows, row, false);
	rows_set_guest(rows, row, false);
	project_of(rows, row->pipeline.project_id)->n--;
	vacate(rows, slot_of(rows, row->hash, row->pipeline.project_id, row->id));
	last = rows->array[--rows->n];
	if (last != row)
		rows->table[slot_of(rows, last->hash, last->pipeline.project_id, last->id)] = row->at + 1;
	rows->array[row->at] = last;
	last->at = row->at;
	row_free(rows, row);
}

void rows_done(struct rows *rows)
{
	size_t i;

	for (i = 0; i < rows->n; i++)
		row_free(rows, rows->array[i]);
	for (i = 0; i < rows->n_projects; i++) {
		mem_free(rows->projects[i]->id);
		mem_free(rows->projects[i]->name);
		mem_free(rows->projects[i]);
	}
	mem_free(rows->projects);
	mem_free(rows->array);
	mem_free(rows->table);
	stock_done(&rows->stock);
	memset(rows, 0, sizeof(*rows));
}
