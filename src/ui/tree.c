/* SPDX-License-Identifier: MIT */
/*
 * The selection, the folds, and moving among the rows that treerows.c makes.
 *
 * The selection is a path of ids. After the rows of a view are made it is looked up again:
 * the thing itself, else the nearest thing above it, else the row number where it was.
 * A pipeline that is selected in a list stands for its newest run; a run that was chosen
 * as such, or anything inside one, is pinned and stays selected when newer runs come.
 */
#include "tree.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "treelines.h"
#include "treerows.h"

#define FOLDS_MAX 2000
#define BIT(view) (1u << (view))

void tree_init(struct tree *t, struct store *store)
{
	int i;

	*t = (struct tree){.store = store, .dirty = true, .shown = BIT(VIEW_TREE)};
	t->roster = roster_new(store);
	treelines_init(t);
	for (i = 0; i < VIEW_KINDS; i++)
		t->views[i].height = 1;
}

void tree_done(struct tree *t)
{
	size_t i;

	for (i = 0; i < t->n_folds; i++)
		ref_done(&t->folds[i].ref);
	for (i = 0; i < VIEW_KINDS; i++)
		mem_free(t->views[i].rows);
	mem_free(t->folds);
	treelines_done(t);
	idset_done(&t->folded);
	roster_free(t->roster);
	mem_free(t->runs);
	ref_done(&t->selected);
}

void tree_show(struct tree *t, unsigned views)
{
	int i;

	if (t->shown == views)
		return;
	for (i = 0; i < VIEW_KINDS; i++)
		t->views[i].stale = true; /* also those that stay: lists unfold or not */
	t->reveal = views & BIT(VIEW_TREE) && ref_depth(&t->selected) > REF_STAGE;
	t->shown = views;
	roster_measure(t->roster, NULL, NULL);
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

/* The oldest is forgotten. */
static void fold_drop(struct tree *t)
{
	struct ref *ref;

	assert(t->folds && t->n_folds > 0);
	ref = &t->folds[0].ref;
	roster_measure(t->roster, ref->id[REF_PROJECT], ref->id[REF_PIPELINE]);
	ref_done(ref);
	memmove(t->folds, t->folds + 1, --t->n_folds * sizeof(*t->folds));
}

/* Its pipeline is one of those that have folds, or had them since the set was last made anew. */
static void note_folded(struct tree *t, const struct ref *ref)
{
	size_t i;

	roster_measure(t->roster, ref->id[REF_PROJECT], ref->id[REF_PIPELINE]);
	if (idset_put(&t->folded, ref->id[REF_PROJECT], ref->id[REF_PIPELINE], true))
		return;
	idset_clear(&t->folded);
	for (i = 0; i < t->n_folds; i++)
		idset_put(&t->folded, t->folds[i].ref.id[REF_PROJECT], t->folds[i].ref.id[REF_PIPELINE],
			  true);
}

static void fold_set(struct tree *t, const struct ref *ref, bool open)
{
	struct fold *fold = fold_of(t, ref);

	if (!fold && t->n_folds == FOLDS_MAX)
		fold_drop(t);
	if (!fold) {
		t->folds = mem_grow(t->folds, t->n_folds, sizeof(*t->folds));
		fold = &t->folds[t->n_folds++];
		*fold = (struct fold){.open = open};
		ref_copy(&fold->ref, ref);
	}
	t->dirty = true;
	fold->open = open;
	note_folded(t, ref);
}

static bool may_be_folded(const struct tree *t, const struct pipeline *p)
{
	const char *project = text_or_empty(p->project_id), *id = text_or_empty(p->id);

	return t->folded.n && idset_may_hold(&t->folded, idset_hash(project, id));
}

enum opening tree_opening(const struct tree *t, const struct row *row, enum opening by_itself)
{
	struct ref ref = {{NULL}};
	const struct fold *fold;

	if (!may_be_folded(t, row->entry->pipeline))
		return by_itself;
	tree_ref(row, &ref);
	fold = fold_of(t, &ref);
	ref_done(&ref);
	return !fold ? by_itself : fold->open ? OPEN_USER : CLOSED;
}

/* The fold of a pipeline itself says whether its history is shown. */
static void history_ref(const struct pipeline *p, struct ref *ref)
{
	ref_set(ref, REF_PROJECT, text_or_empty(p->project_id));
	ref_set(ref, REF_PIPELINE, text_or_empty(p->id));
}

bool tree_history_of(const struct tree *t, const struct pipeline *p)
{
	struct ref ref = {{NULL}};
	const struct fold *fold;

	if (!may_be_folded(t, p))
		return false;
	history_ref(p, &ref);
	fold = fold_of(t, &ref);
	ref_done(&ref);
	return fold && fold->open;
}

bool tree_history(const struct tree *t)
{
	struct row target;

	return tree_target(t, &target) && tree_history_of(t, target.entry->pipeline);
}

void tree_set_history(struct tree *t, bool open)
{
	struct ref ref = {{NULL}};
	struct row target;

	if (!tree_target(t, &target))
		return;
	history_ref(target.entry->pipeline, &ref);
	fold_set(t, &ref, open);
	if (!open && t->pinned) { /* or it would be opened again to show the selection */
		ref_cut(&t->selected, REF_PIPELINE + 1);
		t->pinned = false;
	}
	ref_done(&ref);
}

/* ---- ids ---- */

static void stage_id(const struct stage *stage, char *out, size_t size)
{
	if (text_empty(stage->id))
		snprintf(out, size, "#%d", stage->sequence);
	else
		snprintf(out, size, "%s", stage->id);
}

/* A group is named in the place of a pipeline, by a name that no pipeline can have. */
static void group_ref(const struct roster_head *head, struct ref *ref)
{
	char id[128];

	snprintf(id, sizeof(id), "@%s", head->group_id);
	ref_set(ref, REF_PROJECT, text_or_empty(head->project_id));
	ref_set(ref, REF_PIPELINE, id);
}

void tree_ref(const struct row *row, struct ref *ref)
{
	const struct pipeline *p = row->entry->pipeline;
	char id[128];

	ref_set(ref, REF_PROJECT, text_or_empty(p->project_id));
	ref_set(ref, REF_PIPELINE, text_or_empty(p->id));
	if (!row->run)
		return;
	ref_set(ref, REF_RUN, text_or_empty(row->run->id));
	if (!row->stage)
		return;
	stage_id(row->stage, id, sizeof(id));
	ref_set(ref, REF_STAGE, id);
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

/* The entry that shows the run, else the one of the pipeline's newest run. */
static const struct entry *entry_of(const struct tree *t, const struct ref *ref)
{
	const char *project = ref->id[REF_PROJECT], *pipeline = ref->id[REF_PIPELINE];
	size_t at = ROSTER_NONE;

	if (ref->id[REF_RUN])
		at = roster_find(t->roster, project, pipeline, ref->id[REF_RUN]);
	if (at == ROSTER_NONE)
		at = roster_find(t->roster, project, pipeline, NULL);
	if (at != ROSTER_NONE)
		return roster_at(t->roster, at).entry;
	if (t->guest.pipeline && text_same(t->guest.pipeline->id, pipeline))
		return &t->guest;
	return NULL;
}

static const struct stage *stage_of(const struct run *run, const char *id)
{
	char own[128];
	size_t i;

	for (i = 0; id && i < run->n_stages; i++) {
		stage_id(&run->stages[i], own, sizeof(own));
		if (strcmp(own, id) == 0)
			return &run->stages[i];
	}
	return NULL;
}

static const struct job *job_of(const struct stage *stage, const char *id)
{
	size_t i;

	for (i = 0; !text_empty(id) && i < stage->n_jobs; i++)
		if (text_same(stage->jobs[i].id, id))
			return &stage->jobs[i];
	return NULL;
}

bool tree_target(const struct tree *t, struct row *target)
{
	const struct ref *ref = &t->selected;
	const struct entry *entry = ref->id[REF_PIPELINE] ? entry_of(t, ref) : NULL;
	struct step_at at;

	if (!entry)
		return false;
	*target = (struct row){.kind = ROW_RUN, .entry = entry, .run = entry->run};
	if (ref->id[REF_RUN] && !(entry->run && text_same(entry->run->id, ref->id[REF_RUN])))
		target->run = store_run(t->store, ref->id[REF_PROJECT], ref->id[REF_PIPELINE],
					ref->id[REF_RUN]);
	target->state = (uint8_t)(target->run ? target->run->state : STATE_OTHER);
	if (!target->run || !ref->id[REF_STAGE])
		return true;
	target->stage = stage_of(target->run, ref->id[REF_STAGE]);
	if (!target->stage)
		return true;
	target->kind = ROW_STAGE;
	target->state = (uint8_t)target->stage->state;
	target->job = job_of(target->stage, ref->id[REF_JOB]);
	if (target->job) {
		target->kind = ROW_JOB;
		target->state = (uint8_t)target->job->state;
	}
	if (ref->id[REF_STEP] && run_step_by_id(target->run, ref->id[REF_STEP], &at)) {
		target->kind = ROW_STEP;
		target->step = at.step;
		target->state = (uint8_t)(at.step->gate != GATE_NONE ? STATE_WAITING : at.step->state);
	}
	return true;
}

/* ---- selection ---- */

static bool selectable_at(const struct tree *t, enum view_kind kind, size_t at)
{
	return selectable(tree_line(t, kind, at));
}

static size_t nearest(const struct tree *t, enum view_kind kind, size_t at)
{
	size_t up, down, n = t->views[kind].n_rows;

	if (n == 0)
		return 0;
	at = at < n ? at : n - 1;
	for (up = at, down = at; down < n && !selectable_at(t, kind, down); down++)
		;
	if (down < n)
		return down;
	while (up > 0 && !selectable_at(t, kind, up))
		up--;
	return up;
}

static bool is_list(enum view_kind kind)
{
	return kind == VIEW_TREE || kind == VIEW_LIST;
}

static bool find_between(const struct tree *t, enum view_kind kind, const struct ref *ref, size_t from,
			 size_t to, size_t *at)
{
	struct ref row_ref = {{NULL}};
	bool found = false;

	for (; from < to && !found; from++) {
		const struct row *row = tree_line(t, kind, from);

		if (!selectable(row) || row->kind == ROW_GROUP ||
		    !text_same(row->entry->pipeline->id, ref->id[REF_PIPELINE]))
			continue;
		tree_ref(row, &row_ref);
		found = ref_same(&row_ref, ref);
		if (found)
			*at = from;
	}
	ref_done(&row_ref);
	return found;
}

/* Among the rows of a run's own entry, of its pipeline's entry, of the guest. */
static bool find(const struct tree *t, enum view_kind kind, const struct ref *ref, size_t *at)
{
	const char *project = ref->id[REF_PROJECT], *pipeline = ref->id[REF_PIPELINE];
	size_t rows[3], from, to, i;

	if (!is_list(kind))
		return find_between(t, kind, ref, 0, t->views[kind].n_rows, at);
	rows[0] = ref->id[REF_RUN] ? roster_find(t->roster, project, pipeline, ref->id[REF_RUN])
				   : ROSTER_NONE;
	rows[1] = roster_find(t->roster, project, pipeline, NULL);
	rows[2] = ROSTER_NONE; /* the guest */
	for (i = 0; i < 3; i++) {
		if (i < 2 && rows[i] == ROSTER_NONE)
			continue;
		treelines_of(t, rows[i], &from, &to);
		if (find_between(t, kind, ref, from, to, at))
			return true;
	}
	return false;
}

static bool find_group(const struct tree *t, size_t *at)
{
	const char *id = text_or_empty(t->selected.id[REF_PIPELINE]);
	size_t row = *id == '@' ? roster_find_head(t->roster, t->selected.id[REF_PROJECT], id + 1)
				: ROSTER_NONE, to;

	if (row == ROSTER_NONE)
		return false;
	treelines_of(t, row, at, &to);
	return true;
}

/* The row of a pipeline in a list, whichever run it shows now. */
static bool find_pipeline(const struct tree *t, const struct ref *ref, size_t *at)
{
	const struct pipeline *guest = t->guest.pipeline;
	size_t row = roster_find(t->roster, ref->id[REF_PROJECT], ref->id[REF_PIPELINE], NULL), to;

	if (row == ROSTER_NONE && !(guest && text_same(guest->id, ref->id[REF_PIPELINE]) &&
				    text_same(guest->project_id, ref->id[REF_PROJECT])))
		return false;
	treelines_of(t, row, at, &to);
	return true;
}

static void select_row(struct tree *t, enum view_kind kind, size_t at)
{
	struct view *v = &t->views[kind];
	const struct row *row;
	int right;

	v->at = at;
	v->has_at = at < v->n_rows && selectable_at(t, kind, at);
	if (!v->has_at)
		return;
	row = tree_line(t, kind, at);
	if (row->kind == ROW_GROUP) {
		struct roster_row group = roster_at(t->roster, (size_t)row->number);

		t->pinned = false;
		group_ref(&group.head, &t->selected);
	} else {
		t->pinned = kind == VIEW_RUNS || row->kind != ROW_RUN || row->older || !row->entry->latest;
		tree_ref(row, &t->selected);
	}
	for (right = kind + 1; right < VIEW_KINDS; right++)
		t->views[right].stale = true;
}

/* The thing itself, else the nearest thing above it that this view shows. */
static bool find_selected(const struct tree *t, enum view_kind kind, size_t *at)
{
	static const int least[] = {[VIEW_TREE] = REF_RUN, [VIEW_LIST] = REF_RUN, [VIEW_RUNS] = REF_STAGE,
				    [VIEW_STAGES] = REF_JOB};
	struct ref ref = {{NULL}};
	int depth = ref_depth(&t->selected);
	bool found = false;

	ref_copy(&ref, &t->selected);
	if ((kind == VIEW_LIST || kind == VIEW_RUNS) && depth > REF_STAGE)
		depth = REF_STAGE;
	for (; depth >= least[kind] && !found; depth--) {
		ref_cut(&ref, depth);
		found = find(t, kind, &ref, at);
	}
	ref_done(&ref);
	if (!found && is_list(kind))
		found = find_pipeline(t, &t->selected, at) || find_group(t, at);
	return found;
}

/* Finds the selected thing again; keeps its place on the screen where that can be. */
static void place(struct tree *t, enum view_kind kind)
{
	struct view *v = &t->views[kind];
	bool leads = is_list(kind);
	size_t before = v->at;

	v->has_at = false;
	if (v->n_rows == 0)
		return;
	if (leads && (!t->touched || !t->selected.id[0])) {
		select_row(t, kind, nearest(t, kind, 0));
		return;
	}
	v->has_at = find_selected(t, kind, &v->at);
	if (!v->has_at && leads)
		select_row(t, kind, nearest(t, kind, before));
	if (v->has_at && !t->jumps && (v->at >= before || v->top >= before - v->at))
		v->top += v->at - before; /* wraps to a subtraction, checked above */
}

/* A pipeline that was entered may be in no list. */
static void find_guest(struct tree *t)
{
	const struct ref *ref = &t->selected;

	t->guest = (struct entry){.pipeline = NULL};
	if (!t->entered || !ref->id[REF_PIPELINE] || entry_of(t, ref))
		return;
	t->guest.pipeline = store_pipeline(t->store, ref->id[REF_PROJECT], ref->id[REF_PIPELINE]);
	if (!t->guest.pipeline)
		return;
	t->guest.run = t->guest.pipeline->latest;
	t->guest.latest = true;
}

/* Opens what is above a thing, so that the tree has a row for it. */
static void open_above(struct tree *t, const struct ref *ref)
{
	struct ref part = {{NULL}};
	int depth;

	ref_copy(&part, ref);
	for (depth = ref_depth(ref) - 1; depth >= REF_RUN + 1; depth--) {
		ref_cut(&part, depth);
		fold_set(t, &part, true);
	}
	ref_done(&part);
}

/* A selected pipeline moves on to its newest run; a pinned run is brought into the rows. */
static void follow_pipeline(struct tree *t)
{
	const struct ref *ref = &t->selected;
	const struct entry *entry = t->touched && ref->id[REF_PIPELINE] ? entry_of(t, ref) : NULL;
	struct ref history = {{NULL}};
	const char *shown;

	if (!entry)
		return;
	shown = entry->run ? entry->run->id : NULL;
	if (!t->pinned) {
		if (!text_same(shown, ref->id[REF_RUN]))
			ref_set(&t->selected, REF_RUN, shown);
		return;
	}
	if (t->shown & BIT(VIEW_RUNS) || text_same(shown, ref->id[REF_RUN]) ||
	    tree_history_of(t, entry->pipeline))
		return;
	if (store_run(t->store, ref->id[REF_PROJECT], ref->id[REF_PIPELINE], ref->id[REF_RUN])) {
		history_ref(entry->pipeline, &history);
		fold_set(t, &history, true);
		open_above(t, ref);
		ref_done(&history);
	}
}

void tree_refresh(struct tree *t, int64_t server_ms)
{
	uint64_t version = store_version(t->store);
	bool moved = roster_refresh(t->roster, server_ms);
	bool all = moved || version != t->store_version || t->dirty, stale = false;
	int kind;

	for (kind = 0; kind < VIEW_KINDS; kind++)
		stale |= t->shown & BIT(kind) && t->views[kind].stale;
	if (!all && !stale)
		return;
	if (all) {
		t->store_version = version;
		find_guest(t);
	}
	follow_pipeline(t);
	if (t->reveal) /* what was selected in another pane has a row in the tree too */
		open_above(t, &t->selected);
	t->dirty = t->reveal = false;
	roster_refresh(t->roster, server_ms); /* what was opened just now has another height */
	for (kind = 0; kind < VIEW_KINDS; kind++) {
		struct view *v = &t->views[kind];

		if (!(t->shown & BIT(kind)) || (!all && !v->stale))
			continue;
		if (is_list((enum view_kind)kind))
			treelines_make(t, (enum view_kind)kind);
		else
			treerows_make(t, (enum view_kind)kind);
		v->stale = false;
		place(t, (enum view_kind)kind);
	}
}

const struct row *tree_row(const struct tree *t, enum view_kind kind)
{
	const struct view *v = &t->views[kind];

	if (!v->has_at || v->at >= v->n_rows)
		return NULL;
	t->picked[kind] = *tree_line(t, kind, v->at);
	return &t->picked[kind];
}

void tree_goto(struct tree *t, enum view_kind kind, size_t row)
{
	t->touched = true;
	select_row(t, kind, nearest(t, kind, row));
}

/* Where a pane without a selection begins: at what fails, waits or runs. */
static size_t first_choice(const struct view *v)
{
	static const enum state order[] = {STATE_FAILED, STATE_WAITING, STATE_RUNNING};
	size_t i, k;

	for (k = 0; k < sizeof(order) / sizeof(order[0]); k++)
		for (i = v->n_rows; i-- > 0;)
			if (v->rows[i].state == order[k] && selectable(&v->rows[i]))
				return i;
	return 0;
}

void tree_move(struct tree *t, enum view_kind kind, int64_t by)
{
	struct view *v = &t->views[kind];
	int64_t at = (int64_t)v->at + by, last = (int64_t)v->n_rows - 1;
	int64_t step = by < 0 ? -1 : 1;

	if (v->n_rows == 0)
		return;
	if (!v->has_at) {
		tree_goto(t, kind, is_list(kind) ? 0 : first_choice(v));
		return;
	}
	at = at < 0 ? 0 : at > last ? last : at;
	while (at > 0 && at < last && !selectable_at(t, kind, (size_t)at))
		at += step;
	while (at > 0 && !selectable_at(t, kind, (size_t)at)) /* the ends: back the other way */
		at--;
	tree_goto(t, kind, (size_t)at);
}

/* ---- folding ---- */

static bool has_children(const struct row *row)
{
	switch (row->kind) {
	case ROW_RUN:
		return row->run != NULL;
	case ROW_STAGE:
		return row->stage->n_jobs + row->stage->n_pre + row->stage->n_post > 0;
	case ROW_JOB:
		return row->job->n_steps > 0;
	default:
		return false;
	}
}

/* False: it is so already. */
static bool fold_group(struct tree *t, const struct row *row, bool fold)
{
	struct roster_row group = roster_at(t->roster, (size_t)row->number);

	t->touched = true;
	if (group.head.folded == fold)
		return false;
	roster_fold(t->roster, group.head.project_id, group.head.group_id, fold);
	t->dirty = true;
	return true;
}

bool tree_unfold(struct tree *t, enum view_kind kind)
{
	const struct row *row = tree_row(t, kind);
	struct ref ref = {{NULL}};
	bool can;

	if (row && row->kind == ROW_GROUP)
		return fold_group(t, row, false);
	if (!row || !has_children(row) || kind == VIEW_RUNS)
		return false;
	if (kind == VIEW_LIST) {
		can = !row->older && !row->history && !(t->shown & BIT(VIEW_RUNS));
		if (can)
			tree_set_history(t, true);
	} else {
		can = !row->open || row->partly;
		tree_ref(row, &ref);
		if (can)
			fold_set(t, &ref, true);
		ref_done(&ref);
	}
	t->touched = true;
	return can;
}

void tree_hold(struct tree *t)
{
	t->touched = true;
}

/* The last row before line `at` that stands further left; entries without one are skipped whole. */
static size_t parent_line(const struct tree *t, enum view_kind kind, size_t at)
{
	int depth = tree_line(t, kind, at)->depth;
	size_t row = 0, from = 0, to = t->views[kind].n_rows;

	if (is_list(kind)) {
		row = treelines_row(t, at);
		treelines_of(t, row, &from, &to);
	}
	while (at > from && (tree_line(t, kind, at)->depth >= depth || !selectable_at(t, kind, at)))
		at--;
	if (tree_line(t, kind, at)->depth < depth || !is_list(kind) || row == ROSTER_NONE)
		return at;
	while (row > 0 && roster_at(t->roster, row).depth >= depth)
		row--;
	treelines_of(t, row, &at, &to);
	return at;
}

static bool to_parent(struct tree *t, enum view_kind kind)
{
	size_t at = t->views[kind].at;

	if (tree_line(t, kind, at)->depth == 0)
		return false;
	tree_goto(t, kind, parent_line(t, kind, at));
	return true;
}

bool tree_fold(struct tree *t, enum view_kind kind)
{
	const struct row *row = tree_row(t, kind);
	struct ref ref = {{NULL}};

	if (!row)
		return false;
	t->touched = true;
	if (row->kind == ROW_GROUP)
		return fold_group(t, row, true) || to_parent(t, kind);
	if (!row->open && row->history && !row->older) {
		tree_set_history(t, false);
		return true;
	}
	if (!row->open)
		return to_parent(t, kind);
	tree_ref(row, &ref);
	fold_set(t, &ref, false);
	ref_done(&ref);
	return true;
}

void tree_to_history(struct tree *t, enum view_kind kind, int64_t server_ms)
{
	const struct view *v = &t->views[kind];
	size_t at, i;
	int depth;

	tree_set_history(t, true);
	tree_refresh(t, server_ms);
	if (!find_pipeline(t, &t->selected, &at))
		return;
	depth = tree_line(t, kind, at)->depth;
	for (i = at + 1; i < v->n_rows && tree_line(t, kind, i)->depth > depth; i++)
		if (tree_line(t, kind, i)->older)
			break;
	tree_goto(t, kind, i < v->n_rows && tree_line(t, kind, i)->older ? i : at);
}

/* Is the thing itself, not just what is above it, what tree_target finds? */
static bool known(const struct tree *t)
{
	struct ref ref = {{NULL}};
	struct row target;
	bool same = tree_target(t, &target);

	if (same) {
		tree_ref(&target, &ref);
		same = ref_same(&ref, &t->selected);
	}
	ref_done(&ref);
	return same;
}

bool tree_select(struct tree *t, const struct ref *ref, int64_t server_ms)
{
	struct ref before = {{NULL}};
	bool was_pinned = t->pinned, found, shown;
	const struct entry *entry;
	size_t at;

	tree_refresh(t, server_ms);
	ref_copy(&before, &t->selected);
	ref_copy(&t->selected, ref);
	entry = entry_of(t, ref);
	t->dirty = true;
	if (!entry && t->entered) {
		find_guest(t);
		entry = entry_of(t, ref);
	}
	found = entry && known(t);
	if (!found) {
		ref_copy(&t->selected, &before);
		t->pinned = was_pinned;
	} else {
		t->touched = true;
		t->jumps = !ref_same(&before, ref);
		t->pinned = ref_depth(ref) > REF_STAGE || !entry->latest || !entry->run ||
			    (ref->id[REF_RUN] && !text_same(entry->run->id, ref->id[REF_RUN]));
		tree_refresh(t, server_ms);
		shown = !(t->shown & BIT(VIEW_TREE)) || find(t, VIEW_TREE, ref, &at);
		if (!shown) {
			open_above(t, ref);
			tree_refresh(t, server_ms);
		}
		t->jumps = false;
	}
	ref_done(&before);
	return found;
}

/* ---- jumps ---- */

static bool failing_leaf(const struct tree *t, enum view_kind kind, size_t i)
{
	const struct row *row = tree_line(t, kind, i);

	if (!selectable(row) || row->state != STATE_FAILED)
		return false;
	return !row->open || i + 1 >= t->views[kind].n_rows || tree_line(t, kind, i + 1)->depth <= row->depth;
}

static bool waiting_row(const struct row *row)
{
	if (row->kind == ROW_STEP)
		return row->step->gate != GATE_NONE;
	/* The gate itself is not read yet, or not shown here: its run. */
	return row->kind == ROW_RUN && row->state == STATE_WAITING && !row->open;
}

/*
 * Lines from `at` on, itself included, that can't be what is looked for: those of entries that
 * are one line of another attention.
 */
static size_t skip(const struct tree *t, enum view_kind kind, size_t at, bool waiting, int direction)
{
	unsigned wanted = 1u << (waiting ? ATTENTION_WAITING : ATTENTION_FAILING);
	size_t row = is_list(kind) ? treelines_row(t, at) : ROSTER_NONE, next, from, to;

	if (row == ROSTER_NONE || roster_is_tall(t->roster, row, wanted))
		return 0;
	next = roster_next_tall(t->roster, row, wanted, direction);
	if (next != ROSTER_NONE) {
		treelines_of(t, next, &from, &to);
		return direction > 0 ? from - at : at - (to - 1);
	}
	treelines_of(t, ROSTER_NONE, &from, &to);
	return direction > 0 ? t->views[kind].n_rows - at : at - to + 1;
}

bool tree_next_state(struct tree *t, enum view_kind kind, bool waiting, int direction)
{
	const struct view *v = &t->views[kind];
	size_t i, n = v->n_rows, at, skipped;

	for (i = 1; i <= n; i += skipped ? skipped : 1) {
		at = (v->at + n + (direction > 0 ? i : n - i)) % n;
		skipped = skip(t, kind, at, waiting, direction);
		if (skipped || !(waiting ? waiting_row(tree_line(t, kind, at)) : failing_leaf(t, kind, at)))
			continue;
		tree_goto(t, kind, at);
		return true;
	}
	return false;
}
