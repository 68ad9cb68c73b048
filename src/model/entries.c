/* SPDX-License-Identifier: MIT */
/*
 * Places are counted from 1, so that memory of zeros means "not there".
 */
#include "entries.h"

#include "core/mem.h"

void entries_done(struct entries *e)
{
	mem_free(e->array);
	mem_free(e->live);
	mem_free(e->shown);
	*e = (struct entries){0};
}

/* Grows by an eighth: at 100,000 rows a doubling would show. */
static void reserve(struct entries *e)
{
	if (e->n < e->max)
		return;
	e->max += e->max / 8 + 64;
	e->array = mem_realloc(e->array, e->max * sizeof(*e->array));
}

/* Where the owner of an entry keeps its place. */
static uint32_t *owner_of(const struct entry *entry)
{
	const char *row = (const char *)entry->pipeline, *run = (const char *)entry->run;

	if (entry->latest)
		return &((struct row *)(uintptr_t)(row - offsetof(struct row, pipeline)))->place;
	return &((struct kept *)(uintptr_t)(run - offsetof(struct kept, run)))->place;
}

static void put(struct entries *e, uint32_t *place, const struct row *row, const struct kept *kept,
		uint64_t version)
{
	if (!*place) {
		reserve(e);
		*place = (uint32_t)++e->n;
	}
	e->array[*place - 1] = (struct entry){
		.pipeline = &row->pipeline,
		.run = kept ? &kept->run : NULL,
		.latest = kept == row->runs,
		.usual_ms = row->learned ? row->learned->usual_ms : 0,
		.mad_ms = row->learned ? row->learned->mad_ms : 0,
		.gone_ms = row->gone_ms || !kept ? row->gone_ms : kept->gone_ms,
		.fresh_ms = row->fresh_ms,
		.version = version,
	};
}

static void drop(struct entries *e, uint32_t *place, uint64_t version)
{
	size_t at = *place - 1, last;

	if (!*place)
		return;
	*place = 0;
	last = --e->n;
	if (at == last)
		return;
	e->array[at] = e->array[last];
	e->array[at].version = version;
	*owner_of(&e->array[at]) = (uint32_t)at + 1;
}

static void set_live(struct entries *e, struct row *row, bool live)
{
	if (live == (row->live != 0))
		return;
	if (live) {
		e->live = mem_grow(e->live, e->n_live, sizeof(struct row *));
		e->live[e->n_live++] = row;
		row->live = (uint32_t)e->n_live;
		return;
	}
	e->live[row->live - 1] = e->live[--e->n_live];
	e->live[row->live - 1]->live = row->live;
	row->live = 0;
}

void entries_sync(struct entries *e, struct row *row, uint64_t version)
{
	struct kept *kept;
	bool live = false;

	put(e, &row->place, row, row->runs, version);
	for (kept = row->runs; kept; kept = kept->next) {
		live |= kept_alive(kept);
		if (kept != row->runs && kept_alive(kept))
			put(e, &kept->place, row, kept, version);
		else
			drop(e, &kept->place, version);
	}
	set_live(e, row, live);
}

static void show(struct entries *e, size_t *n, size_t place)
{
	if (*n == e->shown_max) {
		e->shown_max = 2 * e->shown_max + 16;
		e->shown = mem_realloc(e->shown, e->shown_max * sizeof(*e->shown));
	}
	e->shown[(*n)++] = e->array[place - 1];
}

size_t entries_live(struct entries *e, const struct entry **out)
{
	const struct kept *kept;
	size_t i, n = 0;

	for (i = 0; i < e->n_live; i++) {
		const struct row *row = e->live[i];

		if (row->runs && kept_alive(row->runs))
			show(e, &n, row->place);
		for (kept = row->runs; kept; kept = kept->next)
			if (kept->place)
				show(e, &n, kept->place);
	}
	*out = e->shown;
	return n;
}

void entries_freshen(struct entries *e, const struct row *row)
{
	const struct kept *kept;

	if (!row->place)
		return;
	e->array[row->place - 1].fresh_ms = row->fresh_ms;
	for (kept = row->runs; kept; kept = kept->next)
		if (kept->place)
			e->array[kept->place - 1].fresh_ms = row->fresh_ms;
}

void entries_move(struct entries *e, struct kept *from, struct kept *to)
{
	to->place = from->place;
	from->place = 0;
	if (to->place)
		e->array[to->place - 1].run = &to->run;
}

void entries_drop_run(struct entries *e, struct kept *kept, uint64_t version)
{
	drop(e, &kept->place, version);
}

void entries_drop_row(struct entries *e, struct row *row, uint64_t version)
{
	struct kept *kept;

	set_live(e, row, false);
	drop(e, &row->place, version);
	for (kept = row->runs; kept; kept = kept->next)
		drop(e, &kept->place, version);
}
