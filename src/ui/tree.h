/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_TREE_H
#define PIPETOP_UI_TREE_H

/*
 * The tree-table: pipelines (each with the run it shows), stages, jobs and steps as rows
 * that share the columns. Rows are a function of the store, the folds, the filter and
 * the time; they are made anew when one of these moved and hold borrowed pointers for
 * one pass only. Selection and folds are kept as ids, so they survive any reordering.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "log/search.h"
#include "model/attention.h"
#include "model/ref.h"
#include "model/store.h"
#include "ui/grid.h"
#include "ui/ui.h"

enum row_kind {
	ROW_RUN,    /* a pipeline with the run it shows */
	ROW_STAGES, /* one line under a folded live run: its stages; not selectable */
	ROW_STAGE,
	ROW_JOB,
	ROW_STEP,
	ROW_NOTE, /* "reading ..."; not selectable */
};

struct row {
	enum row_kind kind;
	int depth;		/* levels of indent */
	const struct entry *entry;
	const struct stage *stage;
	const struct job *job;
	const struct step *step;
	enum state state;
	int number;		/* of a step within its job, 1-based */
	bool open;		/* its children follow */
	bool stuck;
	bool gate_path;	/* a gate's step drawn with its stage's name */
};

struct fold {
	struct ref ref;
	bool open;
};

struct tree {
	struct store *store;
	struct row *rows;
	size_t n_rows;
	struct entry *entries; /* sorted copy of the store's */
	size_t n_entries;
	uint64_t store_version;
	bool dirty;		/* folds or filter moved */
	int64_t made_ms;	/* server time of the last sort */

	struct fold *folds;	/* what the operator opened or closed himself */
	size_t n_folds;

	struct ref selected;
	size_t at;		/* its row, when it is there */
	size_t top;		/* first row on screen */
	int height;		/* rows on screen, of the last draw */
	bool touched;		/* the operator has moved: until then the first row is selected */

	char *filter_text;
	struct pattern *filter;
	bool filter_inverts;
};

struct tree_counts {
	size_t waiting, failing, stuck, running, queued, ok, rest;
};

void tree_init(struct tree *t, struct store *store);
void tree_done(struct tree *t);
/* Makes the rows true; call before anything below, in every pass. */
void tree_refresh(struct tree *t, int64_t server_ms);
struct tree_counts tree_counts(const struct tree *t, int64_t server_ms);

const struct row *tree_row(const struct tree *t); /* selected; NULL when there is none */
void tree_ref(const struct row *row, struct ref *ref);
void tree_move(struct tree *t, int64_t by);
void tree_goto(struct tree *t, size_t row); /* nearest selectable */
bool tree_unfold(struct tree *t); /* false: nothing to unfold */
bool tree_fold(struct tree *t);	  /* folds, or goes to the parent; false: at the top */
/* Selects a thing, unfolding what is above it. False when it is not known (filtered or gone). */
bool tree_select(struct tree *t, const struct ref *ref, int64_t server_ms);
/* Next failing (or waiting) row in a direction, wrapping once. */
bool tree_next_state(struct tree *t, bool waiting, int direction);
/* Newest failed run among the rows; NULL: none fails. */
const struct entry *tree_newest_failure(const struct tree *t);
/* `text` NULL or "": none. A pattern that is not complete yet is taken literally. */
void tree_filter(struct tree *t, const char *text);

void tree_draw_columns(const struct tree *t, struct grid *g, const struct rect *r);
void tree_draw(struct tree *t, struct grid *g, const struct rect *r, const struct ui_now *now,
	       bool focused);

#endif
