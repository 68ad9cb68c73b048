/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_TREEROWS_H
#define PIPETOP_UI_TREEROWS_H

/* What tree.c and the making of its rows share. */
#include "tree.h"

enum opening { CLOSED, OPEN_AUTO, OPEN_USER };

/* Makes the rows of the runs' or the stages' view anew; the selection is not looked up. */
void treerows_make(struct tree *t, enum view_kind kind);
/* Adds the rows of one entry, of one head, in a list, behind those that v holds. */
void treerows_entry(struct tree *t, enum view_kind kind, const struct roster_row *of, struct view *v);
void treerows_head(const struct roster_row *of, size_t at, struct view *v);

/* How a row is opened, given how it would be by itself. */
enum opening tree_opening(const struct tree *t, const struct row *row, enum opening by_itself);
/* Does the operator want this pipeline's older runs below it? */
bool tree_history_of(const struct tree *t, const struct pipeline *p);

#endif
