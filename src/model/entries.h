/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_MODEL_ENTRIES_H
#define PIPETOP_MODEL_ENTRIES_H

/*
 * The rows of the first screen as one dense array that is kept true change by change:
 * with 100,000 pipelines, making it anew for each answer costs more than all the rest.
 *
 * An owner (a row for its latest run, a kept run for an older one that is still live)
 * knows its place; the entry leads to the owner. What leaves is replaced by the last one,
 * which counts as changed: `version` says when what stands at an index became what it is.
 */
#include "rows.h"
#include "model/store.h"

struct entries {
	struct entry *array;
	size_t n, max;
	struct row **live; /* rows with a run that is not over, in no order */
	size_t n_live;
	struct entry *shown; /* what entries_live() gave last */
	size_t shown_max;
};

void entries_done(struct entries *e);
/* Makes the entries of a row say what the row does. */
void entries_sync(struct entries *e, struct row *row, uint64_t version);
/* The entries whose run is not over: few, where the entries may be very many. */
size_t entries_live(struct entries *e, const struct entry **out);
/* An answer named the row. */
void entries_freshen(struct entries *e, const struct row *row);
/* `to` takes the place of `from` in the same row. */
void entries_move(struct entries *e, struct kept *from, struct kept *to);
/* Before a run, a row is released. */
void entries_drop_run(struct entries *e, struct kept *kept, uint64_t version);
void entries_drop_row(struct entries *e, struct row *row, uint64_t version);

#endif
