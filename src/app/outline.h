/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_OUTLINE_H
#define PIPETOP_APP_OUTLINE_H

/* What a template or an orchestration would make, as lines of text: stages, and their jobs below. */
#include <stdbool.h>

#include "core/buf.h"
#include "core/err.h"

/* One line: `name` indented by depth, `more` (NULL: none) behind it; cleaned, cut to `width` cells. */
void outline_row(struct buf *out, int depth, const char *name, const char *more, int width);

/*
 * The `definition` of a v5 template (api.md 6.2): stages in the order of the list, depth 0, their jobs, 1, and
 * steps, 2. `name` may be NULL; `more` is a step's task, else NULL.
 */
typedef void outline_each_fn(void *self, int depth, const char *name, const char *more);
bool outline_each(const char *definition, outline_each_fn *each, void *self, struct err *err);
/* The same as lines. */
bool outline_definition(const char *definition, int width, struct buf *out, struct err *err);

#endif
