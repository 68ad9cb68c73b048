/* SPDX-License-Identifier: MIT */
/*
 * Rows of the tree-table and the selection among them.
 *
 * A row opens in one of two ways. By itself (AUTO), only as far down as its failed or
 * waiting leaf, so that the first screen answers "what fails, what waits" without a
 * key. By the operator (USER), whole. What he opened or closed is kept by id and wins
 * over AUTO for good.
 *
 * The selection is a path of ids. After the rows are made it is looked up again: the
 * thing itself, else the nearest thing above it, else the row number where it was.
 */
#include "tree.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "model/usual.h"

#define FOLDS_MAX 2000
#define RESORT_MS 1000 /* "stuck" comes with time alone */

enum opening { CLOSED, OPEN_AUTO, OPEN_USER };

void tree_init(struct tree *t, struct store *store)
{
	*t = (struct tree){.store = store, .dirty = true, .height = 1};
}

void tree_done(struct tree *t)
{
	size_t i;

	for (i = 0; i < t->n_folds; i++)
		ref_done(&t->folds[i].ref);
	mem_free(t->folds);
	mem_free(t->rows);
	mem_free(t->entries);
	ref_done(&t->selected);
	mem_free(t->filter_text);
	pattern_free(t->filter);
}

/* ---- folds ---- */

static struct fold *fold_of(const struct tree *t, const struct ref *ref)
{
	size_t i;

	for (i = 0; i < t->n_folds; i++)
		if (ref_same(&t->folds[i].ref, ref))
			return &t->folds[i];
	return NULL;
}

static void fold_set(struct tree *t, const struct ref *ref, bool open)
{
	struct fold *fold = fold_of(t, ref);

	if (!fold && t->n_folds == FOLDS_MAX) { /* the oldest is forgotten */
		ref_done(&t->folds[0].ref);
		/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): n_folds says that they are */
		memmove(t->folds, t->folds + 1, --t->n_folds * sizeof(*t->folds));
	}
	if (!fold) {
		t->folds = mem_grow(t->folds, t->n_folds, sizeof(*t->folds));
		fold = &t->folds[t->n_folds++];
		*fold = (struct fold){.open = open};
		ref_copy(&fold->ref, ref);
	}
	fold->open = open;
	t->dirty = true;
}

static enum opening opening_of(const struct tree *t, const struct row *row, bool automatic)
{
	struct ref ref = {{NULL}};
	const struct fold *fold;
	enum opening how = automatic ? OPEN_AUTO : CLOSED;

	if (t->n_folds == 0)
		return how;
	tree_ref(row, &ref);
	fold = fold_of(t, &ref);
	ref_done(&ref);
	if (fold)
		how = fold->open ? OPEN_USER : CLOSED;
	return how;
}

/* ---- ids ---- */

void tree_ref(const struct row *row, struct ref *ref)
{
	const struct pipeline *p = row->entry->pipeline;
	char number[24];

	ref_set(ref, REF_PROJECT, text_or_empty(p->project_id));
	ref_set(ref, REF_PIPELINE, text_or_empty(p->id));
	if (!row->entry->run)
		return;
	ref_set(ref, REF_RUN, text_or_empty(row->entry->run->id));
	if (!row->stage)
		return;
	snprintf(number, sizeof(number), "#%d", row->stage->sequence);
	ref_set(ref, REF_STAGE, text_empty(row->stage->id) ? number : row->stage->id);
	if (!row->job && !row->step)
		return;
	ref_set(ref, REF_JOB, row->job ? text_or_empty(row->job->id) : "");
	if (row->step)
		ref_set(ref, REF_STEP, text_or_empty(row->step->id));
}

static bool selectable(const struct row *row)
{
	return row->kind != ROW_STAGES && row->kind != ROW_NOTE;
}

/* ---- making rows ---- */

static struct row *push(struct tree *t, struct row row)
{
	t->rows = mem_grow(t->rows, t->n_rows, sizeof(*t->rows));
	t->rows[t->n_rows] = row;
	return &t->rows[t->n_rows++];
}

static bool troubled(enum state state)
{
	return state == STATE_FAILED || state == STATE_WAITING;
}

static void push_step(struct tree *t, const struct row *parent, const struct step *step, int number)
{
	struct row row = *parent;

	row.kind = ROW_STEP;
	row.depth = parent->depth + 1;
	row.step = step;
	row.number = number;
	row.state = step->gate != GATE_NONE ? STATE_WAITING : step->state;
	row.open = false;
	row.stuck = false;
	push(t, row);
}

static void push_job(struct tree *t, const struct row *stage_row, const struct job *job)
{
	struct row row = *stage_row;
	enum opening how;
	size_t i;

	row.kind = ROW_JOB;
	row.depth = stage_row->depth + 1;
	row.job = job;
	row.state = job->state;
	how = opening_of(t, &row, troubled(job->state));
	row.open = how != CLOSED && job->n_steps > 0;
	push(t, row);
	for (i = 0; how != CLOSED && i < job->n_steps; i++)
		if (how == OPEN_USER || troubled(job->steps[i].state) || job->steps[i].gate != GATE_NONE)
			push_step(t, &row, &job->steps[i], (int)i + 1);
}

static void push_outer_steps(struct tree *t, const struct row *row, const struct step *steps,
			     size_t n, enum opening how)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (how == OPEN_USER || steps[i].gate != GATE_NONE || steps[i].state == STATE_FAILED)
			push_step(t, row, &steps[i], 0);
}

static void push_stage(struct tree *t, const struct row *run_row, const struct stage *stage)
{
	struct row row = *run_row;
	enum opening how;
	size_t i;

	row.kind = ROW_STAGE;
	row.depth = 1;
	row.stage = stage;
	row.state = stage->state;
	row.stuck = false;
	how = opening_of(t, &row, troubled(stage->state));
	row.open = how != CLOSED && stage->n_jobs + stage->n_pre + stage->n_post > 0;
	push(t, row);
	if (how == CLOSED)
		return;
	push_outer_steps(t, &row, stage->pre, stage->n_pre, how);
	for (i = 0; i < stage->n_jobs; i++)
		if (how == OPEN_USER || troubled(stage->jobs[i].state))
			push_job(t, &row, &stage->jobs[i]);
	push_outer_steps(t, &row, stage->post, stage->n_post, how);
}

struct gate_push {
	struct tree *t;
	const struct row *run_row;
	size_t n;
};

static bool push_gate(const struct step_at *at, void *arg)
{
	struct gate_push *push_to = arg;
	struct row row = *push_to->run_row;

	if (at->step->gate == GATE_NONE)
		return false;
	row.kind = ROW_STEP;
	row.depth = 1;
	row.stage = at->stage;
	row.job = at->job;
	row.step = at->step;
	row.state = STATE_WAITING;
	row.open = row.stuck = false;
	row.gate_path = true;
	push(push_to->t, row);
	push_to->n++;
	return false;
}

/* A waiting run that nobody opened shows its open gates, each in one line. */
static bool push_gates(struct tree *t, const struct row *run_row)
{
	struct gate_push push_to = {t, run_row, 0};
	struct step_at found;

	run_find_step(run_row->entry->run, push_gate, &push_to, &found);
	return push_to.n > 0;
}

static void push_stages_line(struct tree *t, const struct row *run_row)
{
	struct row row = *run_row;

	row.kind = ROW_STAGES;
	row.depth = 1;
	push(t, row);
}

static void push_run(struct tree *t, const struct entry *entry, int64_t server_ms)
{
	struct row row = {.kind = ROW_RUN, .entry = entry};
	const struct run *run = entry->run;
	bool automatic = run && entry->latest && troubled(run->state);
	enum opening how;
	size_t at = t->n_rows, i;

	row.state = run ? run->state : STATE_OTHER;
	row.stuck = attention_of(entry, server_ms) == ATTENTION_STUCK;
	how = run ? opening_of(t, &row, automatic) : CLOSED;
	row.open = how != CLOSED;
	push(t, row);
	if (how == CLOSED) {
		if (run && state_live(run->state) && run->n_stages > 0)
			push_stages_line(t, &row);
		return;
	}
	if (how == OPEN_AUTO && run->state == STATE_WAITING) {
		if (push_gates(t, &row))
			return;
		t->rows[at].open = false; /* the detail is not here yet: show what the list knows */
		if (run->n_stages > 0)
			push_stages_line(t, &row);
		return;
	}
	for (i = 0; i < run->n_stages; i++)
		push_stage(t, &row, &run->stages[i]);
	if (!run->detailed && how == OPEN_USER) {
		row.kind = ROW_NOTE;
		row.depth = 1;
		push(t, row);
	}
}

static bool passes(const struct tree *t, const struct entry *entry)
{
	const struct run *run = entry->run;
	struct buf text;
	size_t start, end;
	bool hit;

	if (!t->filter)
		return true;
	buf_init(&text, 64 << 10);
	buf_adds(&text, text_or_empty(entry->pipeline->name));
	if (run)
		buf_addf(&text, " %lld %s %s %s", (long long)run->number, state_word(run->state),
			 text_or_empty(run->executor), text_or_empty(run->branch));
	buf_addf(&text, " %s", text_or_empty(entry->pipeline->project_name));
	hit = pattern_match(t->filter, text.data, text.len, 0, &start, &end);
	buf_done(&text);
	return hit != t->filter_inverts;
}

/* ---- selection ---- */

static size_t nearest(const struct tree *t, size_t at)
{
	size_t up, down;

	if (t->n_rows == 0)
		return 0;
	at = at < t->n_rows ? at : t->n_rows - 1;
	for (up = at, down = at; down < t->n_rows && !selectable(&t->rows[down]); down++)
		;
	if (down < t->n_rows)
		return down;
	while (up > 0 && !selectable(&t->rows[up]))
		up--;
	return up;
}

static bool find(const struct tree *t, const struct ref *ref, size_t *at)
{
	struct ref row_ref = {{NULL}};
	size_t i;
	bool found = false;

	for (i = 0; i < t->n_rows && !found; i++) {
		const struct row *row = &t->rows[i];

		if (!selectable(row) || !text_same(row->entry->pipeline->id, ref->id[REF_PIPELINE]))
			continue;
		tree_ref(row, &row_ref);
		found = ref_same(&row_ref, ref);
		if (found)
			*at = i;
	}
	ref_done(&row_ref);
	return found;
}

/* The row of a pipeline, whichever run it shows now. */
static bool find_pipeline(const struct tree *t, const struct ref *ref, size_t *at)
{
	size_t i;

	for (i = 0; i < t->n_rows; i++) {
		const struct row *row = &t->rows[i];

		if (row->kind == ROW_RUN && row->entry->latest &&
		    text_same(row->entry->pipeline->id, ref->id[REF_PIPELINE]) &&
		    text_same(row->entry->pipeline->project_id, ref->id[REF_PROJECT])) {
			*at = i;
			return true;
		}
	}
	return false;
}

static void select_row(struct tree *t, size_t at)
{
	t->at = at;
	if (at < t->n_rows)
		tree_ref(&t->rows[at], &t->selected);
}

/* Finds the selected thing again; keeps its place on the screen where that can be. */
static void reselect(struct tree *t)
{
	size_t before = t->at;
	struct ref ref = {{NULL}};
	bool found = false;
	int depth;

	if (t->n_rows == 0)
		return;
	if (!t->touched || !t->selected.id[0]) {
		select_row(t, nearest(t, 0));
		return;
	}
	ref_copy(&ref, &t->selected);
	for (depth = ref_depth(&ref); depth >= REF_RUN && !found; depth--) {
		ref_cut(&ref, depth);
		found = find(t, &ref, &t->at);
	}
	found = found || find_pipeline(t, &t->selected, &t->at);
	ref_done(&ref);
	if (!found)
		select_row(t, nearest(t, before));
	if (t->at >= before || t->top >= before - t->at)
		t->top += t->at - before; /* wraps to a subtraction, checked above */
}

static void sort_entries(struct tree *t, int64_t server_ms)
{
	const struct entry *all;
	size_t n = store_entries(t->store, &all), i;

	t->entries = mem_realloc(t->entries, n * sizeof(*t->entries));
	t->n_entries = 0;
	for (i = 0; i < n; i++)
		if (passes(t, &all[i]))
			t->entries[t->n_entries++] = all[i];
	attention_sort(t->entries, t->n_entries, server_ms);
}

void tree_refresh(struct tree *t, int64_t server_ms)
{
	uint64_t version = store_version(t->store);
	size_t i;

	if (version == t->store_version && !t->dirty && server_ms - t->made_ms < RESORT_MS &&
	    server_ms >= t->made_ms)
		return;
	t->store_version = version;
	t->dirty = false;
	t->made_ms = server_ms;
	sort_entries(t, server_ms);
	t->n_rows = 0;
	for (i = 0; i < t->n_entries; i++)
		push_run(t, &t->entries[i], server_ms);
	reselect(t);
}

const struct row *tree_row(const struct tree *t)
{
	return t->at < t->n_rows && selectable(&t->rows[t->at]) ? &t->rows[t->at] : NULL;
}

void tree_goto(struct tree *t, size_t row)
{
	t->touched = true;
	select_row(t, nearest(t, row));
}

void tree_move(struct tree *t, int64_t by)
{
	int64_t at = (int64_t)t->at + by, last = (int64_t)t->n_rows - 1;
	int64_t step = by < 0 ? -1 : 1;

	if (t->n_rows == 0)
		return;
	at = at < 0 ? 0 : at > last ? last : at;
	while (at > 0 && at < last && !selectable(&t->rows[at]))
		at += step;
	if (!selectable(&t->rows[at])) /* the ends: back the other way */
		while (at > 0 && !selectable(&t->rows[at]))
			at--;
	tree_goto(t, (size_t)at);
}

/* ---- folding ---- */

static bool has_children(const struct row *row)
{
	switch (row->kind) {
	case ROW_RUN:
		return row->entry->run != NULL;
	case ROW_STAGE:
		return row->stage->n_jobs + row->stage->n_pre + row->stage->n_post > 0;
	case ROW_JOB:
		return row->job->n_steps > 0;
	default:
		return false;
	}
}

bool tree_unfold(struct tree *t)
{
	const struct row *row = tree_row(t);
	struct ref ref = {{NULL}};
	const struct fold *fold;
	bool can;

	if (!row || !has_children(row))
		return false;
	tree_ref(row, &ref);
	fold = fold_of(t, &ref);
	can = !fold || !fold->open; /* open by itself: open it whole */
	if (can)
		fold_set(t, &ref, true);
	ref_done(&ref);
	t->touched = true;
	return can;
}

static bool to_parent(struct tree *t, const struct row *row)
{
	size_t i = t->at;

	while (i > 0 && (t->rows[i].depth >= row->depth || !selectable(&t->rows[i])))
		i--;
	if (row->depth == 0)
		return false;
	tree_goto(t, i);
	return true;
}

bool tree_fold(struct tree *t)
{
	const struct row *row = tree_row(t);
	struct ref ref = {{NULL}};

	if (!row)
		return false;
	t->touched = true;
	if (!row->open)
		return to_parent(t, row);
	tree_ref(row, &ref);
	fold_set(t, &ref, false);
	ref_done(&ref);
	return true;
}

bool tree_select(struct tree *t, const struct ref *ref, int64_t server_ms)
{
	struct ref part = {{NULL}};
	int depth;
	size_t at;
	bool found;

	tree_refresh(t, server_ms);
	found = find(t, ref, &at);
	if (!found) {
		ref_copy(&part, ref);
		for (depth = ref_depth(ref) - 1; depth >= REF_RUN + 1; depth--) {
			ref_cut(&part, depth);
			fold_set(t, &part, true);
		}
		ref_done(&part);
		tree_refresh(t, server_ms);
		found = find(t, ref, &at);
	}
	if (found)
		tree_goto(t, at);
	return found;
}

/* ---- jumps ---- */

static bool failing_leaf(const struct tree *t, size_t i)
{
	const struct row *row = &t->rows[i];
	bool deeper = i + 1 < t->n_rows && t->rows[i + 1].depth > row->depth;

	return selectable(row) && row->state == STATE_FAILED && !(deeper && row->open);
}

bool tree_next_state(struct tree *t, bool waiting, int direction)
{
	size_t i, n = t->n_rows;

	for (i = 1; i <= n; i++) {
		size_t at = (t->at + n + (direction > 0 ? i : n - i)) % n;
		const struct row *row = &t->rows[at];
		bool hit = waiting ? row->kind == ROW_STEP && row->step->gate != GATE_NONE
				   : failing_leaf(t, at);

		if (!hit && waiting) /* the gate itself is not read yet: its run */
			hit = row->kind == ROW_RUN && row->state == STATE_WAITING && !row->open;
		if (hit) {
			tree_goto(t, at);
			return true;
		}
	}
	return false;
}

const struct entry *tree_newest_failure(const struct tree *t)
{
	const struct entry *newest = NULL;
	int64_t best = -1;
	size_t i;

	for (i = 0; i < t->n_entries; i++) {
		const struct run *run = t->entries[i].run;
		int64_t at;

		if (!run || run->state != STATE_FAILED || !t->entries[i].latest)
			continue;
		at = run->end_ms != WHEN_NONE ? run->end_ms : run->start_ms;
		if (at > best) {
			best = at;
			newest = &t->entries[i];
		}
	}
	return newest;
}

void tree_filter(struct tree *t, const char *text)
{
	mem_free(t->filter_text);
	pattern_free(t->filter);
	t->filter_text = NULL;
	t->filter = NULL;
	t->filter_inverts = text && text[0] == '!';
	t->dirty = true;
	text = text_or_empty(text);
	if (!*text || (t->filter_inverts && !text[1]))
		return;
	t->filter_text = mem_strdup(text);
	t->filter = pattern_new(text + t->filter_inverts, false, NULL);
	if (!t->filter)
		t->filter = pattern_new(text + t->filter_inverts, true, NULL);
}

struct tree_counts tree_counts(const struct tree *t, int64_t server_ms)
{
	struct tree_counts c = {0};
	const struct entry *all;
	size_t n = store_entries(t->store, &all), i;

	for (i = 0; i < n; i++) {
		const struct run *run = all[i].run;
		enum attention attention = attention_of(&all[i], server_ms);

		c.waiting += attention == ATTENTION_WAITING;
		c.failing += attention == ATTENTION_FAILING;
		c.stuck += attention == ATTENTION_STUCK;
		c.queued += run && run->state == STATE_QUEUED;
		c.running += run && run->state == STATE_RUNNING;
		c.ok += run && all[i].latest && run->state == STATE_OK;
	}
	c.rest = n - c.waiting - c.failing - c.ok - c.running - c.queued;
	return c;
}
