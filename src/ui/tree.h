/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_TREE_H
#define PIPETOP_UI_TREE_H

/*
 * What the navigation panes show: pipelines (each with the run it shows), older runs,
 * stages, jobs and steps as rows. One selection, a path of ids, is shared by all views of
 * it, so a pane shows what the pane to its left has selected and a change of layout
 * changes nothing else.
 *
 * Rows are a function of the store, the folds, the filter, the selection and the time;
 * they are made anew when one of these moved and hold borrowed pointers for one pass
 * only. Selection and folds are kept as ids, so they survive any reordering.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/attention.h"
#include "model/ref.h"
#include "model/store.h"
#include "ui/grid.h"
#include "idset.h"
#include "roster.h"
#include "ui/ui.h"

enum view_kind {
	VIEW_TREE,   /* everything, one under the other */
	VIEW_LIST,   /* pipelines; their runs below them where there is no pane for runs */
	VIEW_RUNS,   /* of the selected pipeline */
	VIEW_STAGES, /* with jobs and steps, of the selected run */
	VIEW_KINDS
};

enum row_kind {
	ROW_GROUP,  /* the head of a group of pipelines */
	ROW_RUN,    /* a pipeline with the run it shows, or an older run of it */
	ROW_STAGES, /* one line under a folded live run: its stages; not selectable */
	ROW_STAGE,
	ROW_JOB,
	ROW_STEP,
	ROW_NOTE, /* what is not read yet; not selectable */
};

enum note { NOTE_NONE, NOTE_RUN, NOTE_RUNS, NOTE_MORE_RUNS };

struct row {
	const struct entry *entry; /* of its pipeline; NULL: the head of a group */
	const struct run *run;	   /* NULL: never ran */
	const struct stage *stage;
	const struct job *job;
	const struct step *step;
	int number;		/* of a step within its job, 1-based; of a group: its row of the roster */
	uint8_t kind;		/* enum row_kind */
	uint8_t note;		/* enum note */
	uint8_t state;		/* enum state */
	uint8_t depth;		/* levels of indent */
	bool open;		/* its children follow */
	bool partly;		/* but only those that led here */
	bool stuck;
	bool gate_path;		/* a gate's step drawn with its stage's name */
	bool older;		/* a run of the history, below its pipeline */
	bool history;		/* that history follows */
};

struct fold {
	struct ref ref;
	bool open;
};

struct view {
	struct row *rows;	/* of the lists none: tree_line() makes them as they are asked for */
	size_t n_rows, size;
	size_t at;		/* row of the selection */
	bool has_at;		/* it is there */
	size_t top;		/* first row on screen */
	int height;		/* rows on screen, of the last draw */
	bool stale;		/* its rows are to be made anew */
};

struct block; /* treelines.c */

struct tree {
	struct store *store;
	struct view views[VIEW_KINDS];
	unsigned shown;		/* bit set of the views that are on screen */
	struct roster *roster;	/* the pipelines in order, filtered, grouped */
	struct block *blocks;	/* rows of the lists that were made lately */
	uint64_t made;		/* counts the times that those became old */
	struct row *picked;	/* what tree_row() lends out, one of each view */
	uint64_t store_version;
	bool dirty;		/* folds moved */
	bool jumps;		/* another thing is being selected: it is the cursor that moves, not the rows */
	bool reveal;		/* the tree came on screen: open what is above the selection */

	struct fold *folds;	/* what the operator opened or closed himself */
	size_t n_folds;
	struct idset folded;	/* pipelines that may have folds */

	struct ref selected;
	bool touched;		/* the operator has moved: until then the first row is selected */
	bool pinned;		/* this very run is selected, not the pipeline's newest */
	bool entered;		/* the selection may be in a pipeline that no list shows */
	struct entry guest;	/* that pipeline */
	const struct run **runs; /* room for store_runs() */
	size_t runs_size;
};

void tree_init(struct tree *t, struct store *store);
void tree_done(struct tree *t);
/* Which views there are to make rows for: a bit set of 1 << enum view_kind. */
void tree_show(struct tree *t, unsigned views);
/* Makes the rows true; call before anything below, in every pass. */
void tree_refresh(struct tree *t, int64_t server_ms);

/* The selected thing as a row of no view; false: nothing is selected or it is not known. */
bool tree_target(const struct tree *t, struct row *target);
/* A row of a view, at < its n_rows. Borrowed until the next call of anything here. */
const struct row *tree_line(const struct tree *t, enum view_kind view, size_t at);
/* The selected row of a view; NULL when it has none. */
const struct row *tree_row(const struct tree *t, enum view_kind view);
void tree_ref(const struct row *row, struct ref *ref);
void tree_move(struct tree *t, enum view_kind view, int64_t by);
void tree_goto(struct tree *t, enum view_kind view, size_t row); /* nearest selectable */
bool tree_unfold(struct tree *t, enum view_kind view); /* false: nothing to unfold */
/* Folds, or goes to the parent; false: at the top. */
bool tree_fold(struct tree *t, enum view_kind view);
/*
 * Selects a thing, unfolding what is above it; an older run brings its history. False when
 * it is not known (gone, or what the filter leaves out).
 */
bool tree_select(struct tree *t, const struct ref *ref, int64_t server_ms);
/* From now on the selection stays on its thing, whatever comes first. */
void tree_hold(struct tree *t);
/* The older runs of the selected pipeline below it. */
bool tree_history(const struct tree *t);
void tree_set_history(struct tree *t, bool open);
/* Opens it and goes to the first older run that is known, else to the pipeline itself. */
void tree_to_history(struct tree *t, enum view_kind view, int64_t server_ms);
/* Next failing (or waiting) row in a direction, wrapping once. */
bool tree_next_state(struct tree *t, enum view_kind view, bool waiting, int direction);
/* A table where there is room for it, else symbol, name, word and one figure. */
void tree_draw_titles(const struct tree *t, enum view_kind view, struct grid *g,
		      const struct rect *r, const char *title, bool focused);
void tree_draw(struct tree *t, enum view_kind view, struct grid *g, const struct rect *r,
	       const struct ui_now *now, bool focused);

#endif
