/* SPDX-License-Identifier: MIT */
/*
 * Makes the rows of a view.
 *
 * A row opens in one of two ways. By itself (AUTO): in the tree only as far down as its
 * failed or waiting leaf, so that the first screen answers "what fails, what waits"
 * without a key; in the stages pane down to the jobs, and to the steps where something
 * goes on. By the operator (USER), whole. What he opened or closed is kept by id and
 * wins for good.
 */
#include "treerows.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"

#define RUNS_MAX 5000

static struct row *push(struct view *v, const struct row *row)
{
	if (v->n_rows == v->size) {
		v->size = v->size ? 2 * v->size : 64;
		v->rows = mem_realloc(v->rows, v->size * sizeof(*v->rows));
	}
	v->rows[v->n_rows] = *row;
	return &v->rows[v->n_rows++];
}

static struct row below(const struct row *parent, enum row_kind kind)
{
	struct row row = *parent;

	row.kind = (uint8_t)kind;
	row.depth = (uint8_t)(parent->depth + 1);
	row.open = row.partly = row.stuck = row.history = row.older = false;
	row.number = 0;
	return row;
}

static void push_note(struct view *v, const struct row *parent, enum note note)
{
	struct row row = below(parent, ROW_NOTE);

	row.note = (uint8_t)note;
	push(v, &row);
}

static bool troubled(enum state state)
{
	return state == STATE_FAILED || state == STATE_WAITING;
}

/* ---- inside a run ---- */

/* How far the rows of a view open by themselves. */
struct depth {
	struct tree *t;
	struct view *v;
	bool wide; /* the stages pane: room for everything that matters */
};

static void push_step(const struct depth *d, const struct row *parent, const struct step *step,
		      int number)
{
	struct row row = below(parent, ROW_STEP);

	row.step = step;
	row.number = number;
	row.state = (uint8_t)(step->gate != GATE_NONE ? STATE_WAITING : step->state);
	push(d->v, &row);
}

static bool step_matters(const struct step *step)
{
	return !step->superseded && (troubled(step->state) || step->gate != GATE_NONE);
}

static enum opening job_by_itself(const struct depth *d, const struct job *job)
{
	if (d->wide)
		return troubled(job->state) || state_live(job->state) ? OPEN_USER : CLOSED;
	return troubled(job->state) ? OPEN_AUTO : CLOSED;
}

static void push_job(const struct depth *d, const struct row *stage_row, const struct job *job)
{
	struct row row = below(stage_row, ROW_JOB), *put;
	enum opening how;
	size_t i, at = d->v->n_rows, shown = 0;
	int number = 1; /* earlier attempts have the number of the step that replaced them */

	row.job = job;
	row.state = (uint8_t)job->state;
	how = tree_opening(d->t, &row, job_by_itself(d, job));
	row.open = how != CLOSED && job->n_steps > 0;
	push(d->v, &row);
	for (i = 0; how != CLOSED && i < job->n_steps; number += !job->steps[i++].superseded) {
		if (how != OPEN_USER && !step_matters(&job->steps[i]))
			continue;
		push_step(d, &row, &job->steps[i], number);
		shown++;
	}
	put = &d->v->rows[at];
	put->partly = put->open && shown < job->n_steps;
}

static size_t push_outer_steps(const struct depth *d, const struct row *row, const struct step *steps,
			       size_t n, enum opening how)
{
	size_t i, shown = 0;

	for (i = 0; i < n; i++) {
		bool matters = step_matters(&steps[i]);

		/* An entry that let the run pass by itself says nothing. */
		if (how != OPEN_USER && !matters)
			continue;
		push_step(d, row, &steps[i], 0);
		shown++;
	}
	return shown;
}

static void push_stage(const struct depth *d, const struct row *run_row, const struct stage *stage)
{
	struct row row = below(run_row, ROW_STAGE);
	enum opening how, jobs;
	size_t i, at = d->v->n_rows, shown, all = stage->n_pre + stage->n_jobs + stage->n_post;

	if (d->wide)
		row.depth = 0;
	row.stage = stage;
	row.state = (uint8_t)stage->state;
	how = tree_opening(d->t, &row, d->wide || troubled(stage->state) ? OPEN_AUTO : CLOSED);
	jobs = d->wide && how == OPEN_AUTO ? OPEN_USER : how;
	row.open = how != CLOSED && all > 0;
	push(d->v, &row);
	if (how == CLOSED)
		return;
	shown = push_outer_steps(d, &row, stage->pre, stage->n_pre, how);
	for (i = 0; i < stage->n_jobs; i++) {
		if (jobs != OPEN_USER && !troubled(stage->jobs[i].state))
			continue;
		push_job(d, &row, &stage->jobs[i]);
		shown++;
	}
	shown += push_outer_steps(d, &row, stage->post, stage->n_post, how);
	d->v->rows[at].partly = row.open && shown < all;
}

/* ---- runs ---- */

struct gate_push {
	struct view *v;
	const struct row *run_row;
	size_t n;
};

static bool push_gate(const struct step_at *at, void *arg)
{
	struct gate_push *to = arg;
	struct row row = below(to->run_row, ROW_STEP);

	if (at->step->gate == GATE_NONE)
		return false;
	row.stage = at->stage;
	row.job = at->job;
	row.step = at->step;
	row.state = STATE_WAITING;
	row.gate_path = true;
	push(to->v, &row);
	to->n++;
	return false;
}

/* A waiting run that nobody opened shows its open gates, each in one line. */
static bool push_gates(struct view *v, const struct row *run_row)
{
	struct gate_push to = {v, run_row, 0};
	struct step_at found;

	run_find_step(run_row->run, push_gate, &to, &found);
	return to.n > 0;
}

static void push_stages_line(struct view *v, const struct row *run_row)
{
	struct row row = below(run_row, ROW_STAGES);

	row.stage = NULL;
	push(v, &row);
}

/* The rows below a run in the tree. `at` is the run's own row. */
static void push_inside(struct tree *t, struct view *v, size_t at, enum opening how)
{
	struct depth d = {t, v, false};
	struct row row = v->rows[at];
	const struct run *run = row.run;
	size_t i;

	if (how == CLOSED) {
		if (run && state_live(run->state) && run->n_stages > 0)
			push_stages_line(v, &row);
		return;
	}
	if (how == OPEN_AUTO && run->state == STATE_WAITING) {
		v->rows[at].partly = true;
		if (push_gates(v, &row))
			return;
		v->rows[at].open = false; /* the detail is not here yet: show what the list knows */
		if (run->n_stages > 0)
			push_stages_line(v, &row);
		return;
	}
	for (i = 0; i < run->n_stages; i++)
		push_stage(&d, &row, &run->stages[i]);
	if (!run->detailed && how == OPEN_USER)
		push_note(v, &row, NOTE_RUN);
}

static void push_run_row(struct tree *t, struct view *v, const struct row *row)
{
	bool automatic = row->run && row->entry->latest && !row->older && troubled(row->run->state);
	enum opening how = row->run ? tree_opening(t, row, automatic ? OPEN_AUTO : CLOSED) : CLOSED;
	size_t at = v->n_rows;
	struct row *put = push(v, row);

	put->open = how != CLOSED;
	push_inside(t, v, at, how);
}

static struct row run_row(const struct entry *entry, const struct run *run, int depth)
{
	struct row row = {.kind = ROW_RUN, .entry = entry, .run = run, .depth = (uint8_t)depth};

	row.state = (uint8_t)(run ? run->state : STATE_OTHER);
	return row;
}

static size_t runs_of(struct tree *t, const struct pipeline *p)
{
	if (!t->runs) {
		t->runs_size = RUNS_MAX;
		t->runs = mem_calloc(t->runs_size, sizeof(*t->runs));
	}
	return store_runs(t->store, p->project_id, p->id, t->runs, t->runs_size);
}

static int64_t runs_total(const struct tree *t, const struct pipeline *p)
{
	return store_runs_total(t->store, p->project_id, p->id);
}

/* Older runs that have a row of their own among the pipelines are not said twice. */
static bool has_own_row(const struct entry *entry, const struct run *run)
{
	return run == entry->run || text_same(run->id, entry->run ? entry->run->id : NULL) ||
	       state_live(run->state);
}

static void push_history(struct tree *t, enum view_kind kind, struct view *v,
			 const struct entry *entry, int depth)
{
	size_t n = runs_of(t, entry->pipeline), i, shown = 0;
	struct row row;

	for (i = 0; i < n; i++) {
		if (has_own_row(entry, t->runs[i]))
			continue;
		row = run_row(entry, t->runs[i], depth + 1);
		row.older = true;
		if (kind == VIEW_TREE)
			push_run_row(t, v, &row);
		else
			push(v, &row);
		shown++;
	}
	row = run_row(entry, entry->run, depth);
	if (runs_total(t, entry->pipeline) > (int64_t)n)
		push_note(v, &row, shown ? NOTE_MORE_RUNS : NOTE_RUNS);
}

void treerows_entry(struct tree *t, enum view_kind kind, const struct roster_row *of, struct view *v)
{
	const struct entry *entry = of->entry;
	struct row row = run_row(entry, entry->run, of->depth);

	row.stuck = of->attention == ATTENTION_STUCK;
	row.history = entry->latest && !(t->shown & 1u << VIEW_RUNS) &&
		      tree_history_of(t, entry->pipeline);
	if (kind == VIEW_TREE)
		push_run_row(t, v, &row);
	else
		push(v, &row);
	if (row.history)
		push_history(t, kind, v, entry, of->depth);
}

void treerows_head(const struct roster_row *of, size_t at, struct view *v)
{
	struct row row = {.kind = ROW_GROUP, .number = (int)at, .depth = (uint8_t)of->depth,
			  .open = !of->head.folded, .state = STATE_OTHER};

	push(v, &row);
}

/* ---- views ---- */

static void make_runs(struct tree *t, struct view *v)
{
	struct row target, row;
	size_t n, i;

	if (!tree_target(t, &target))
		return;
	n = runs_of(t, target.entry->pipeline);
	for (i = 0; i < n; i++) {
		row = run_row(target.entry, t->runs[i], 0);
		push(v, &row);
	}
	if (n == 0 && target.entry->run) { /* known from a list alone */
		row = run_row(target.entry, target.entry->run, 0);
		push(v, &row);
	}
	if (runs_total(t, target.entry->pipeline) > (int64_t)n)
		push_note(v, &target, n > 1 ? NOTE_MORE_RUNS : NOTE_RUNS);
}

static void make_stages(struct tree *t, struct view *v)
{
	struct depth d = {t, v, true};
	struct row target, row;
	size_t i;

	if (!tree_target(t, &target) || !target.run)
		return;
	row = run_row(target.entry, target.run, 0);
	for (i = 0; i < target.run->n_stages; i++)
		push_stage(&d, &row, &target.run->stages[i]);
	if (!target.run->detailed)
		push_note(v, &row, NOTE_RUN);
}

void treerows_make(struct tree *t, enum view_kind kind)
{
	struct view *v = &t->views[kind];

	v->n_rows = 0;
	if (kind == VIEW_RUNS)
		make_runs(t, v);
	else
		make_stages(t, v);
}
