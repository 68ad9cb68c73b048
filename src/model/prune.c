/* SPDX-License-Identifier: MIT */
/*
 * Runs leave from the oldest on. A finished run that was read in full first loses its
 * jobs and steps: those which were looked at the longest ago go first. What is live, and
 * what a row shows, stays.
 */
#include "prune.h"

#include <stdlib.h>

#include "core/mem.h"

static bool finished_detail(const struct kept *kept)
{
	return kept->run.detailed && state_terminal(kept->run.state);
}

/* Puts a summary in the place of a detail. */
static void lose_detail(struct rows *rows, struct row *row, struct kept *old)
{
	struct run summary = old->run;
	struct kept *kept;
	size_t i;

	summary.stages = kept_stages(&old->run);
	summary.detailed = false;
	for (i = 0; i < summary.n_stages; i++) {
		summary.stages[i].n_pre = summary.stages[i].n_post = summary.stages[i].n_jobs = 0;
		summary.stages[i].pre = summary.stages[i].post = NULL;
		summary.stages[i].jobs = NULL;
	}
	kept = kept_new(&rows->stock, &summary, row->id);
	kept->gone_ms = old->gone_ms;
	mem_free(summary.stages);
	rows_unlink_run(row, old);
	kept_free(&rows->stock, old);
	rows_link_run(row, kept);
}

/* The finished detail that was read the longest ago, if there are more than may stay. */
static struct kept *detail_too_many(const struct row *row, const struct kept *just)
{
	struct kept *kept, *oldest = NULL;
	size_t n = 0;

	for (kept = row->runs; kept; kept = kept->next) {
		if (!finished_detail(kept))
			continue;
		n++;
		if (kept != just && (!oldest || kept->run.seen_ms < oldest->run.seen_ms))
			oldest = kept;
	}
	return n > PRUNE_DETAILS ? oldest : NULL;
}

static bool may_leave(const struct row *row, const struct kept *kept, const struct kept *just)
{
	return kept != just && kept != row->runs && !kept_alive(kept) && !kept->run.detailed;
}

/* Lets the oldest leave, in one walk: a history of thousands is cut at once when it closes. */
static void cut_runs(struct rows *rows, struct row *row, const struct kept *just, size_t most)
{
	struct kept **at, *kept;
	size_t may = 0, stay;

	for (kept = row->runs; kept; kept = kept->next)
		may += may_leave(row, kept, just);
	stay = row->n_runs - most < may ? may - (row->n_runs - most) : 0;
	for (at = &row->runs; (kept = *at);) {
		if (!may_leave(row, kept, just) || stay > 0) {
			stay -= may_leave(row, kept, just);
			at = &kept->next;
			continue;
		}
		rows_unlink_at(row, at);
		kept_free(&rows->stock, kept);
	}
}

void prune_row(struct rows *rows, struct row *row, const struct kept *just, size_t most)
{
	struct kept *kept;

	while ((!just || just->run.detailed) && (kept = detail_too_many(row, just)))
		lose_detail(rows, row, kept);
	if (row->n_runs > most)
		cut_runs(rows, row, just, most);
}

bool prune_crowds_out(const struct run *run)
{
	return !run->detailed && state_terminal(state_from_v5(run->status, false)) &&
	       (run->n_stages || run->detail_url || run->commit || run->message);
}

void prune_cut(struct run *run)
{
	run->n_stages = 0;
	run->detail_url = run->commit = run->message = NULL;
}

static void cut_row(struct rows *rows, struct row *row)
{
	struct kept *kept, *next, *cut;
	struct run run;

	for (kept = row->runs; kept; kept = next) {
		next = kept->next;
		if (!prune_crowds_out(&kept->run))
			continue;
		run = kept->run;
		prune_cut(&run);
		cut = kept_new(&rows->stock, &run, row->id);
		cut->gone_ms = kept->gone_ms;
		rows_unlink_run(row, kept);
		kept_free(&rows->stock, kept);
		rows_link_run(row, cut);
	}
}

void prune_crowd(struct rows *rows, const struct row *opened)
{
	size_t i;

	for (i = 0; i < rows->n; i++)
		if (rows->array[i] != opened)
			cut_row(rows, rows->array[i]);
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* When each finished detail was read last; the array is the caller's. */
static int64_t *reading_times(const struct rows *rows, size_t *n)
{
	int64_t *times = NULL;
	const struct kept *kept;
	size_t i;

	*n = 0;
	for (i = 0; i < rows->n; i++) {
		for (kept = rows->array[i]->runs; kept; kept = kept->next) {
			if (!finished_detail(kept))
				continue;
			times = mem_grow(times, *n, sizeof(*times));
			times[(*n)++] = kept->run.seen_ms;
		}
	}
	return times;
}

static void lose_older(struct rows *rows, struct row *row, int64_t oldest_ms)
{
	struct kept *kept, *next;

	for (kept = row->runs; kept; kept = next) {
		next = kept->next;
		if (finished_detail(kept) && kept->run.seen_ms < oldest_ms)
			lose_detail(rows, row, kept);
	}
}

void prune_all(struct rows *rows)
{
	size_t n, i;
	int64_t *times = reading_times(rows, &n);

	if (n > PRUNE_ALL) {
		qsort(times, n, sizeof(*times), compare);
		for (i = 0; i < rows->n; i++)
			lose_older(rows, rows->array[i], times[n - PRUNE_ALL]);
	}
	mem_free(times);
}
