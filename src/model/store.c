/* SPDX-License-Identifier: MIT */
/*
 * Answers about the same thing come from four places (lists, batch status, run lists, run
 * details), in any order, some of them late. Each says at which request it was asked, and
 * the rules of merging follow from that number alone:
 *
 * - of two summaries, and of two details, the later asked one wins;
 * - a summary asked later than the detail changes the detail's words and times, never its
 *   jobs and steps; a detail asked earlier than the summary is taken, and then the
 *   summary's word is put on it again.
 *
 * A row's latest run is the newest that any answer named: lists lag behind a fresh run by
 * minutes (api.md 4.2), so that a list which names an older one does not undo it. Memory
 * is bounded (prune.h), and in large stores finished runs of the list lose their
 * stages, address and commit, which only an opened run needs, and that is read anew.
 */
#include "model/store.h"

#include <string.h>

#include "attempts.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "entries.h"
#include "prune.h"
#include "model/usual.h"

#define GONE_STAY_MS 60000
#define LAG_MS 300000	  /* a list that still names an older run after this is right */
#define CROWD_ROWS 5000   /* with more pipelines, summaries of finished runs are cut short */

struct store {
	struct rows rows;
	uint64_t version;
	struct store_counts counts;
	struct entries entries;
	bool any_gone;
	bool crowd; /* very many: finished summaries are cut short */
	char *opened_project, *opened_pipeline; /* store_open(); NULL: none */
	unsigned details; /* taken since prune_all */
};

/* What an answer is, for all that it brings. */
struct origin {
	uint64_t snapshot;
	int64_t now_ms;
};

struct store *store_new(void)
{
	return mem_zalloc(sizeof(struct store));
}

void store_free(struct store *store)
{
	if (!store)
		return;
	rows_done(&store->rows);
	mem_free(store->opened_project);
	mem_free(store->opened_pipeline);
	entries_done(&store->entries);
	mem_free(store);
}

uint64_t store_version(const struct store *store)
{
	return store->version;
}

struct store_counts store_counts(const struct store *store)
{
	return store->counts;
}

size_t store_pipeline_count(const struct store *store)
{
	return store->rows.n - store->rows.n_guests;
}

/* A person could see a difference in this row. */
static void changed(struct store *store, struct row *row)
{
	store->version++;
	if (!row->pipeline.guest)
		entries_sync(&store->entries, row, store->version);
}

/* Whoever calls these two calls changed() after: what they touch is of the next version. */
static void remove_run(struct store *store, struct row *row, struct kept *kept)
{
	entries_drop_run(&store->entries, kept, store->version + 1);
	rows_unlink_run(row, kept);
	kept_free(&store->rows.stock, kept);
}

static void replace_run(struct store *store, struct row *row, struct kept *old, struct kept *kept)
{
	if (old) {
		entries_move(&store->entries, old, kept);
		remove_run(store, row, old);
	}
	rows_link_run(row, kept);
}

/* Rows that show a run which lost its jobs show another copy of it now. */
static void show_pruned(struct store *store)
{
	struct row *row;
	size_t i;

	for (i = 0; i < store->rows.n; i++) {
		row = store->rows.array[i];
		if (row->place && store->entries.array[row->place - 1].run != row->pipeline.latest)
			entries_sync(&store->entries, row, store->version + 1);
	}
}

static struct row *opened_row(const struct store *store)
{
	return rows_find(&store->rows, store->opened_project, store->opened_pipeline);
}

static bool is_opened(const struct store *store, const struct row *row)
{
	return store->opened_pipeline && strcmp(row->id, store->opened_pipeline) == 0 &&
	       strcmp(row->pipeline.project_id, store->opened_project) == 0;
}

/* One of very many, and nobody looks at it. */
static bool crowded_out(const struct store *store, const struct row *row)
{
	return store->crowd && !is_opened(store, row);
}

static void note_crowd(struct store *store)
{
	bool before = store->crowd;

	store->crowd = store->rows.n > CROWD_ROWS;
	if (!store->crowd || before)
		return;
	prune_crowd(&store->rows, opened_row(store));
	show_pruned(store);
}

static size_t runs_most(const struct store *store, const struct row *row)
{
	if (is_opened(store, row))
		return STORE_OPENED_RUNS;
	return crowded_out(store, row) ? PRUNE_RUNS_CROWD : PRUNE_RUNS;
}

/* Finished details come rarely enough to look at all of them now and then. */
static void prune(struct store *store, struct row *row, const struct kept *just)
{
	prune_row(&store->rows, row, just, runs_most(store, row));
	if (!just->run.detailed || ++store->details < PRUNE_EVERY)
		return;
	store->details = 0;
	prune_all(&store->rows);
	show_pruned(store);
}

/* ---- merging ---- */

static void stamp(struct kept *kept, const struct run *run, const struct origin *origin)
{
	if (origin->snapshot >= kept->run.snapshot) {
		kept->run.snapshot = origin->snapshot;
		kept->run.server_ms = run->server_ms;
	}
	kept->run.seen_ms = origin->now_ms;
	if (run->detailed)
		kept->detail_snapshot = origin->snapshot;
}

/*
 * The run that results from what is kept and what came. Its array of stages is the
 * caller's to free; everything else is borrowed from the two, or from `attempts`.
 */
static struct run merge(const struct kept *kept, const struct run *run, const struct origin *origin,
			bool cut, struct attempts *attempts)
{
	bool onto_detail = kept && kept->run.detailed && !run->detailed;
	struct run merged = onto_detail ? kept->run : *run;

	merged.stages = kept_stages(&merged);
	if (kept && kept->run.detailed && run->detailed)
		attempts_join(attempts, &merged, &kept->run);
	if (onto_detail)
		kept_overlay(&merged, run);
	else if (kept && kept->run.snapshot > origin->snapshot)
		kept_overlay(&merged, &kept->run);
	else if (kept)
		kept_fill(&merged, &kept->run);
	if (cut && prune_crowds_out(&merged))
		prune_cut(&merged);
	return merged;
}

/* Does a newer answer about the same run make this one worthless? */
static bool late(const struct kept *kept, const struct run *run, const struct origin *origin)
{
	return kept && origin->snapshot < (run->detailed ? kept->detail_snapshot : kept->run.snapshot);
}

/* A summary that says nothing new of a detailed run must not cost a copy of its jobs. */
static bool nothing_new(const struct kept *kept, const struct run *run)
{
	struct run merged;
	bool same;

	if (!kept || !kept->run.detailed || run->detailed)
		return false;
	merged = kept->run;
	merged.stages = kept_stages(&merged);
	same = !kept_overlay(&merged, run);
	mem_free(merged.stages);
	return same;
}

/* True if a person could see a difference. */
static bool put_run(struct store *store, struct row *row, struct kept *old, const struct run *run,
		    const struct origin *origin)
{
	struct attempts attempts = {0};
	struct run merged;
	struct kept *kept;

	if (nothing_new(old, run)) {
		stamp(old, run, origin);
		return false;
	}
	merged = merge(old, run, origin, crowded_out(store, row),
		       &attempts);
	kept = kept_new(&store->rows.stock, &merged, row->id);
	mem_free(merged.stages);
	attempts_done(&attempts);
	if (old && kept_same(&old->run, &kept->run)) {
		kept_free(&store->rows.stock, kept);
		stamp(old, run, origin);
		return false;
	}
	kept->run.snapshot = old ? old->run.snapshot : 0;
	kept->run.server_ms = old ? old->run.server_ms : WHEN_NONE;
	kept->detail_snapshot = old ? old->detail_snapshot : 0;
	stamp(kept, run, origin);
	replace_run(store, row, old, kept);
	prune(store, row, kept);
	return true;
}

static void take_run(struct store *store, struct row *row, const struct run *run,
		     const struct origin *origin)
{
	struct kept *old = rows_run(row, run->id);

	if (text_empty(run->id)) {
		store->counts.dropped++;
		return;
	}
	if (late(old, run, origin)) {
		store->counts.stale_answers++;
		return;
	}
	if (old && old->gone_ms) {
		old->gone_ms = 0;
		changed(store, row);
	}
	if (put_run(store, row, old, run, origin))
		changed(store, row);
}

/*
 * The answer names `run` as the pipeline's latest. Where we know a newer one that nobody
 * has confirmed for long, that one no longer exists.
 */
static void take_latest(struct store *store, struct row *row, const struct run *run,
			const struct origin *origin)
{
	struct kept *first;

	take_run(store, row, run, origin);
	first = row->runs;
	if (!first || !rows_run(row, run->id) || text_same(first->run.id, run->id) || first->gone_ms ||
	    first->run.snapshot > origin->snapshot || origin->now_ms - first->run.seen_ms < LAG_MS)
		return;
	first->gone_ms = origin->now_ms;
	store->any_gone = true;
	changed(store, row);
}

/* An answer named this row. */
static void touch(struct store *store, struct row *row, const struct origin *origin)
{
	row->fresh_ms = origin->now_ms;
	if (row->named < origin->snapshot)
		row->named = origin->snapshot;
	if (row->gone_ms) {
		row->gone_ms = 0;
		changed(store, row);
	}
	entries_freshen(&store->entries, row);
}

/* The project has a new name: all its rows show it. */
static void renamed(struct store *store, const struct row *row)
{
	struct row *other;
	size_t i;

	for (i = 0; i < store->rows.n; i++) {
		other = store->rows.array[i];
		if (other->place && other->pipeline.project_id == row->pipeline.project_id)
			entries_sync(&store->entries, other, store->version + 1);
	}
}

static bool take_text(struct store *store, char **to, const char *from)
{
	return from && rows_set_text(&store->rows, to, from);
}

static bool take_words(struct store *store, struct row *row, struct pipeline *from)
{
	struct pipeline *to = &row->pipeline;
	bool news = rows_name_project(&store->rows, row, from->project_name);

	if (news)
		renamed(store, row);
	news |= take_text(store, &to->name, from->name);
	news |= take_text(store, &to->creator, from->creator);
	news |= take_text(store, &to->component, from->component);
	news |= take_text(store, &to->v3_executor, from->v3_executor);
	if (from->v3_start_ms != WHEN_NONE && to->v3_start_ms != from->v3_start_ms) {
		to->v3_start_ms = from->v3_start_ms;
		news = true;
	}
	if (from->create_ms != WHEN_NONE)
		to->create_ms = from->create_ms;
	news |= to->favourite != from->favourite;
	to->favourite = from->favourite;
	news |= to->published != from->published;
	to->published = from->published;
	rows_set_v3(&store->rows, row, to->from_v3 && from->from_v3);
	return news;
}

static void take_pipeline(struct store *store, const char *project_id, struct pipeline *from,
			  const struct origin *origin)
{
	const char *project = text_empty(from->project_id) ? project_id : from->project_id;
	struct row *row = rows_find(&store->rows, project, from->id);

	if (!row) {
		row = rows_add(&store->rows, project, from->id);
		note_crowd(store);
		rows_set_v3(&store->rows, row, from->from_v3);
		changed(store, row);
	} else if (row->pipeline.guest) {
		rows_set_guest(&store->rows, row, false);
		rows_set_v3(&store->rows, row, from->from_v3);
		changed(store, row);
	} else if (row->listed == origin->snapshot) {
		store->counts.duplicates++;
	}
	if (from->group_id && row->grouped < origin->snapshot)
		row->grouped = origin->snapshot;
	/* Listings of a group and of those below it cross: the later asked is not the better. */
	if (take_text(store, &row->pipeline.group_id, from->group_id))
		changed(store, row);
	if (row->listed > origin->snapshot)
		store->counts.stale_answers++;
	else if (take_words(store, row, from))
		changed(store, row);
	if (row->listed < origin->snapshot)
		row->listed = origin->snapshot;
	if (from->latest)
		take_latest(store, row, from->latest, origin);
	touch(store, row, origin);
}

void store_take_pipelines(struct store *store, const char *project_id, struct pipeline *list,
			  size_t n, uint64_t snapshot, int64_t now_ms)
{
	struct origin origin = {snapshot, now_ms};
	size_t i;

	for (i = 0; i < n; i++) {
		if (text_empty(list[i].id))
			store->counts.dropped++;
		else
			take_pipeline(store, project_id, &list[i], &origin);
		pipeline_done(&list[i]);
	}
}

void store_take_runs(struct store *store, const char *project_id, struct run *runs, size_t n,
		     uint64_t snapshot, int64_t now_ms)
{
	struct origin origin = {snapshot, now_ms};
	struct row *row;
	size_t i;

	for (i = 0; i < n; i++) {
		row = rows_find(&store->rows, project_id, runs[i].pipeline_id);
		if (row) {
			take_run(store, row, &runs[i], &origin);
			touch(store, row, &origin);
		} else {
			store->counts.dropped++;
		}
		run_done(&runs[i]);
	}
}

void store_take_detail(struct store *store, const char *project_id, const char *pipeline_id,
		       struct run *run, uint64_t snapshot, int64_t now_ms)
{
	struct row *row = rows_find(&store->rows, project_id, pipeline_id);
	struct origin origin = {snapshot, now_ms};

	if (row) {
		run->detailed = true;
		take_run(store, row, run, &origin);
		touch(store, row, &origin);
	} else {
		store->counts.dropped++;
	}
	run_done(run);
}

void store_take_history(struct store *store, const char *project_id, const char *pipeline_id,
			struct run *runs, size_t n, uint64_t snapshot, int64_t now_ms)
{
	struct row *row = rows_find(&store->rows, project_id, pipeline_id);
	struct origin origin = {snapshot, now_ms};
	int64_t durations[USUAL_RUNS], usual, mad;
	struct learned *learned;
	size_t i, known = 0;
	bool news;

	for (i = 0; i < n; i++) {
		if (known < USUAL_RUNS && state_from_v5(runs[i].status, false) == STATE_OK)
			durations[known++] = model_elapsed(runs[i].start_ms, runs[i].end_ms, WHEN_NONE);
		run_done(&runs[i]);
	}
	learned = row ? rows_learn(&store->rows, row) : NULL;
	if (!learned || learned->usual_snapshot > snapshot)
		return;
	usual = usual_median(durations, known);
	mad = usual_mad(durations, known, usual);
	news = usual != learned->usual_ms || mad != learned->mad_ms;
	learned->usual_ms = usual;
	learned->mad_ms = mad;
	learned->usual_snapshot = snapshot;
	if (news)
		changed(store, row);
	touch(store, row, &origin);
}

void store_take_total(struct store *store, const char *project_id, const char *pipeline_id,
		      int64_t total, uint64_t snapshot)
{
	struct row *row = rows_find(&store->rows, project_id, pipeline_id);

	struct learned *learned;

	if (!row || total < 0)
		return;
	learned = rows_learn(&store->rows, row);
	if (learned->total_snapshot > snapshot)
		return;
	learned->total_snapshot = snapshot;
	if (learned->total == total)
		return;
	learned->total = total;
	changed(store, row);
}

void store_open(struct store *store, const char *project_id, const char *pipeline_id)
{
	const char *project = text_or_empty(project_id);
	struct row *row;

	if (text_same(pipeline_id, store->opened_pipeline) &&
	    (!pipeline_id || strcmp(project, store->opened_project) == 0))
		return;
	row = rows_find(&store->rows, store->opened_project, store->opened_pipeline);
	mem_free(store->opened_project);
	mem_free(store->opened_pipeline);
	store->opened_project = mem_strdup(pipeline_id ? project : NULL);
	store->opened_pipeline = mem_strdup(pipeline_id);
	if (!row || row->n_runs <= runs_most(store, row))
		return;
	prune_row(&store->rows, row, NULL, runs_most(store, row));
	changed(store, row);
}

/* ---- children and guests ---- */

static void remove_row(struct store *store, struct row *row)
{
	store->version++;
	entries_drop_row(&store->entries, row, store->version);
	rows_remove(&store->rows, row);
}

static void invite(struct store *store, const char *project_id, const char *pipeline_id,
		   int64_t now_ms)
{
	struct row *row;

	if (rows_find(&store->rows, project_id, pipeline_id))
		return;
	if (store->rows.n_guests >= STORE_GUESTS)
		remove_row(store, rows_oldest_guest(&store->rows, opened_row(store)));
	row = rows_add(&store->rows, project_id, pipeline_id);
	rows_set_guest(&store->rows, row, true);
	row->fresh_ms = now_ms;
	changed(store, row);
}

static void replace_text(char **to, const char *from)
{
	mem_free(*to);
	*to = mem_strdup(from);
}

/* Puts another copy of the run, with the child in that step, in its place. */
static void set_child(struct store *store, struct row *row, struct kept *old, const char *step_id,
		      const struct step *child)
{
	struct step_at at;
	struct step *step;
	struct kept *kept;
	struct run run;

	run_copy(&run, &old->run);
	run_step_by_id(&run, step_id, &at);
	step = (struct step *)(uintptr_t)at.step; /* of a run that is ours */
	replace_text(&step->child_project, child->child_project);
	replace_text(&step->child_pipeline, child->child_pipeline);
	replace_text(&step->child_run, child->child_run);
	kept = kept_new(&store->rows.stock, &run, row->id);
	run_done(&run);
	kept->gone_ms = old->gone_ms;
	kept->detail_snapshot = old->detail_snapshot;
	replace_run(store, row, old, kept);
	changed(store, row);
}

void store_take_child(struct store *store, const struct ref *ref, const char *project_id,
		      const char *pipeline_id, const char *run_id, int64_t now_ms)
{
	struct row *row = rows_find(&store->rows, ref->id[REF_PROJECT], ref->id[REF_PIPELINE]), *known;
	struct kept *kept = row ? rows_run(row, ref->id[REF_RUN]) : NULL;
	const char *project = project_id;
	struct step child = {0};
	struct step_at at;

	if (!kept || !run_step_by_id(&kept->run, ref->id[REF_STEP], &at) ||
	    !model_id_ok(pipeline_id) || !model_id_ok(run_id)) {
		store->counts.dropped++;
		return;
	}
	known = project ? NULL : rows_find_anywhere(&store->rows, pipeline_id);
	if (!project)
		project = known ? known->pipeline.project_id : row->pipeline.project_id;
	if (strcmp(project, row->pipeline.project_id) != 0)
		child.child_project = (char *)(uintptr_t)project;
	child.child_pipeline = (char *)(uintptr_t)pipeline_id;
	child.child_run = (char *)(uintptr_t)run_id;
	if (!text_same(at.step->child_run, run_id) ||
	    !text_same(at.step->child_pipeline, pipeline_id) ||
	    !text_same(at.step->child_project, child.child_project))
		set_child(store, row, kept, ref->id[REF_STEP], &child);
	invite(store, project, pipeline_id, now_ms);
}

void store_take_name(struct store *store, const char *project_id, const char *pipeline_id,
		     const char *name)
{
	struct row *row = rows_find(&store->rows, project_id, pipeline_id);

	if (!row || text_empty(name) || (row->pipeline.name && !row->pipeline.guest) ||
	    text_same(row->pipeline.name, name))
		return;
	rows_set_text(&store->rows, &row->pipeline.name, name);
	changed(store, row);
}

/* ---- what is no longer there ---- */

static void mark_gone(struct store *store, struct row *row, int64_t *gone_ms, int64_t now_ms)
{
	if (*gone_ms)
		return;
	*gone_ms = now_ms > 0 ? now_ms : 1;
	store->any_gone = true;
	changed(store, row);
}

void store_gone(struct store *store, const char *project_id, const char *pipeline_id,
		const char *run_id, int64_t now_ms)
{
	struct row *row = rows_find(&store->rows, project_id, pipeline_id);
	struct kept *kept = row ? rows_run(row, run_id) : NULL;

	if (kept)
		mark_gone(store, row, &kept->gone_ms, now_ms);
	else if (row && !run_id)
		mark_gone(store, row, &row->gone_ms, now_ms);
}

void store_sweep(struct store *store, const char *project_id, uint64_t snapshot, int64_t now_ms)
{
	struct row *row;
	size_t i;

	for (i = 0; i < store->rows.n; i++) {
		row = store->rows.array[i];
		if (row->named < snapshot && !row->pipeline.guest &&
		    (text_empty(project_id) || strcmp(row->pipeline.project_id, project_id) == 0))
			mark_gone(store, row, &row->gone_ms, now_ms);
	}
}

void store_keep(struct store *store, const char *const *project_ids, size_t n)
{
	size_t i, at;

	for (i = store->rows.n; i-- > 0;) {
		struct row *row = store->rows.array[i];

		for (at = 0; at < n; at++)
			if (strcmp(row->pipeline.project_id, project_ids[at]) == 0)
				break;
		if (at == n)
			remove_row(store, row);
	}
}

void store_ungroup(struct store *store, const char *project_id, const char *group_id,
		   uint64_t snapshot)
{
	size_t i;

	for (i = 0; i < store->rows.n; i++) {
		struct row *row = store->rows.array[i];

		if (row->grouped >= snapshot || !text_same(row->pipeline.group_id, group_id) ||
		    strcmp(row->pipeline.project_id, project_id) != 0)
			continue;
		rows_set_text(&store->rows, &row->pipeline.group_id, NULL);
		changed(store, row);
	}
}

/* Earlier of two times of which 0 is none. */
static int64_t earlier(int64_t a, int64_t b)
{
	return !a || (b && b < a) ? b : a;
}

/* Lets the runs of a row leave that are gone for long; the oldest gone time of the rest. */
static int64_t expire_runs(struct store *store, struct row *row, int64_t now_ms)
{
	struct kept *kept, *next;
	int64_t oldest = 0;

	for (kept = row->runs; kept; kept = next) {
		next = kept->next;
		if (!kept->gone_ms)
			continue;
		if (now_ms - kept->gone_ms < GONE_STAY_MS) {
			oldest = earlier(oldest, kept->gone_ms);
			continue;
		}
		remove_run(store, row, kept);
		changed(store, row);
	}
	return oldest;
}

int64_t store_expire(struct store *store, int64_t now_ms)
{
	struct row *row;
	int64_t oldest = 0;
	size_t i;

	if (!store->any_gone)
		return -1;
	for (i = store->rows.n; i-- > 0;) {
		row = store->rows.array[i];
		if (row->gone_ms && now_ms - row->gone_ms >= GONE_STAY_MS) {
			remove_row(store, row);
			continue;
		}
		oldest = earlier(oldest, row->gone_ms);
		oldest = earlier(oldest, expire_runs(store, row, now_ms));
	}
	store->any_gone = oldest != 0;
	return oldest ? oldest + GONE_STAY_MS : -1;
}

/* ---- reading ---- */

size_t store_entries(struct store *store, const struct entry **out)
{
	*out = store->entries.array;
	return store->entries.n;
}

bool store_entry(const struct store *store, const char *project_id, const char *pipeline_id,
		 const char *run_id, size_t *at)
{
	struct row *row = rows_find(&store->rows, project_id, pipeline_id);
	const struct kept *kept = row && run_id ? rows_run(row, run_id) : NULL;
	size_t place = 0;

	if (row && (!run_id || (kept && kept == row->runs)))
		place = row->place;
	else if (kept)
		place = kept->place;
	*at = place - 1;
	return place != 0;
}

size_t store_live(struct store *store, const struct entry **out)
{
	return entries_live(&store->entries, out);
}

bool store_project(const struct store *store, size_t i, struct store_project *out)
{
	const struct project *project;

	if (i >= store->rows.n_projects)
		return false;
	project = store->rows.projects[i];
	*out = (struct store_project){project->id, project->name, project->n, project->n_v3};
	return true;
}

const char *store_project_name(const struct store *store, const char *project_id)
{
	const struct project *project = rows_project(&store->rows, project_id);

	return project ? project->name : NULL;
}

const struct pipeline *store_pipeline(const struct store *store, const char *project_id,
				      const char *pipeline_id)
{
	const struct row *row = rows_find(&store->rows, project_id, pipeline_id);

	return row ? &row->pipeline : NULL;
}

const struct run *store_run(const struct store *store, const char *project_id,
			    const char *pipeline_id, const char *run_id)
{
	struct row *row = rows_find(&store->rows, project_id, pipeline_id);
	const struct kept *kept = row ? rows_run(row, run_id) : NULL;

	return kept ? &kept->run : NULL;
}

size_t store_runs(const struct store *store, const char *project_id, const char *pipeline_id,
		  const struct run **out, size_t max)
{
	const struct row *row = rows_find(&store->rows, project_id, pipeline_id);
	const struct kept *kept;
	size_t n = 0;

	for (kept = row ? row->runs : NULL; kept && n < max; kept = kept->next)
		out[n++] = &kept->run;
	return n;
}

size_t store_runs_known(const struct store *store, const char *project_id, const char *pipeline_id)
{
	const struct row *row = rows_find(&store->rows, project_id, pipeline_id);

	return row ? row->n_runs : 0;
}

int64_t store_runs_total(const struct store *store, const char *project_id, const char *pipeline_id)
{
	const struct row *row = rows_find(&store->rows, project_id, pipeline_id);

	return row && row->learned ? row->learned->total : -1;
}

/* Length of the stage of that name, or of its job where one is named; 0: not known. */
static int64_t part_length(const struct run *run, const char *stage_name, const char *job_name)
{
	const struct stage *stage;
	const struct job *job;
	size_t i, k;

	for (i = 0; i < run->n_stages; i++) {
		stage = &run->stages[i];
		if (!text_same(stage->name, stage_name))
			continue;
		if (!job_name)
			return stage->state != STATE_OK ? 0
			       : model_elapsed(stage->start_ms, stage->end_ms, WHEN_NONE);
		for (k = 0; k < stage->n_jobs; k++) {
			job = &stage->jobs[k];
			if (text_same(job->name, job_name) && job->state == STATE_OK)
				return model_elapsed(job->start_ms, job->end_ms, WHEN_NONE);
		}
	}
	return 0;
}

static int64_t usual_part(const struct store *store, const char *project_id,
			  const char *pipeline_id, const char *stage_name, const char *job_name)
{
	const struct row *row = rows_find(&store->rows, project_id, pipeline_id);
	int64_t durations[PRUNE_DETAILS];
	const struct kept *kept;
	size_t n = 0;

	for (kept = row ? row->runs : NULL; kept && n < PRUNE_DETAILS; kept = kept->next)
		if (kept->run.detailed && part_length(&kept->run, stage_name, job_name) > 0)
			durations[n++] = part_length(&kept->run, stage_name, job_name);
	return usual_median(durations, n);
}

int64_t store_usual_stage(const struct store *store, const char *project_id,
			  const char *pipeline_id, const char *stage_name)
{
	return usual_part(store, project_id, pipeline_id, stage_name, NULL);
}

int64_t store_usual_job(const struct store *store, const char *project_id, const char *pipeline_id,
			const char *stage_name, const char *job_name)
{
	return job_name ? usual_part(store, project_id, pipeline_id, stage_name, job_name) : 0;
}
