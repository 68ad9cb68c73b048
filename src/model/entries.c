/* SPDX-License-Identifier: MIT */
/*
 * Places are counted from 1, so that memory of zeros means "not there".
 */
#include "entries.h"

#include "core/mem.h"

void entries_done(struct entries *e)
{
	mem_free(e->array);
	mem_free(e->places);
	*e = (struct entries){0};
}

/* Grows by an eighth: at 100,000 rows a doubling would show. */
static void reserve(struct entries *e)
{
	if (e->n < e->max)
		return;
	e->max += e->max / 8 + 64;
	e->array = mem_realloc(e->array, e->max * sizeof(*e->array));
	e->places = mem_realloc(e->places, e->max * sizeof(*e->places));
}

static void put(struct entries *e, size_t *place, const struct row *row, const struct kept *kept,
		uint64_t version)
{
	if (!*place) {
		reserve(e);
		e->places[e->n] = place;
		*place = ++e->n;
	}
	e->array[*place - 1] = (struct entry){
		.pipeline = &row->pipeline,
		.run = kept ? &kept->run : NULL,
		.latest = kept == row->runs,
		.usual_ms = row->usual_ms,
		.mad_ms = row->mad_ms,
		.gone_ms = row->gone_ms || !kept ? row->gone_ms : kept->gone_ms,
		.fresh_ms = row->fresh_ms,
		.version = version,
	};
}

static void drop(struct entries *e, size_t *place, uint64_t version)
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
	e->places[at] = e->places[last];
	*e->places[at] = at + 1;
}

void entries_sync(struct entries *e, struct row *row, uint64_t version)
{
	struct kept *kept;

	put(e, &row->place, row, row->runs, version);
	for (kept = row->runs; kept; kept = kept->next) {
		if (kept != row->runs && kept_alive(kept))
			put(e, &kept->place, row, kept, version);
		else
			drop(e, &kept->place, version);
	}
}

void entries_freshen(struct entries *e, const struct row *row)
{
	const struct kept *kept;

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
		e->places[to->place - 1] = &to->place;
}

void entries_drop_run(struct entries *e, struct kept *kept, uint64_t version)
{
	drop(e, &kept->place, version);
}

void entries_drop_row(struct entries *e, struct row *row, uint64_t version)
{
	struct kept *kept;

	drop(e, &row->place, version);
	for (kept = row->runs; kept; kept = kept->next)
		drop(e, &kept->place, version);
}
