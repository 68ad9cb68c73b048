/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_TREEROWS_H
#define PIPETOP_UI_TREEROWS_H

/* What tree.c and the making of its rows share. */
#include "tree.h"

enum opening { CLOSED, OPEN_AUTO, OPEN_USER };

/* Makes the rows of one view anew; the selection is not looked up. */
void treerows_make(struct tree *t, enum view_kind kind);

/* How a row is opened, given how it would be by itself. */
enum opening tree_opening(const struct tree *t, const struct row *row, enum opening by_itself);
/* Does the operator want this pipeline's older runs below it? */
bool tree_history_of(const struct tree *t, const struct pipeline *p);

#endif
