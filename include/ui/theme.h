/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_THEME_H
#define PIPETOP_UI_THEME_H

/*
 * Role -> look, from a file in themes/ (libconfig syntax; the README of the format is
 * themes/default.theme). A mistake names file, line, setting and the accepted values. Text
 * without a colour that is dimmed (grid_attr) takes the look of the role `stale`.
 */
#include <stdbool.h>

#include "core/buf.h"
#include "core/err.h"
#include "core/style.h"
#include "ui/grid.h"

struct theme {
	char name[64];
	struct style roles[ROLE_COUNT];
};

/* The built-in mono look: needs no file and no colour. */
void theme_mono(struct theme *theme);
bool theme_load(struct theme *theme, const char *path, struct err *err);
/* `name` in the theme directories: $XDG_CONFIG_HOME/pipetop/themes, beside the binary, installed. */
bool theme_find(struct theme *theme, const char *name, struct err *err);
/*
 * The names that theme_find takes, one a line: the user's own first, then the others, in each
 * group by name, none twice. `mono` is always among them.
 */
void theme_list(struct buf *names);
const char *theme_role_name(enum role role); /* "failed" */

#endif
