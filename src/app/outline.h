/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_OUTLINE_H
#define PIPETOP_APP_OUTLINE_H

/* What a template or an orchestration would make, as lines of text: stages, and their jobs below. */
#include <stdbool.h>

#include "core/buf.h"
#include "core/err.h"

/* One line: `name` indented by depth, `more` (NULL: none) behind it; cleaned, cut to `width` cells. */
void outline_row(struct buf *out, int depth, const char *name, const char *more, int width);

/* The `definition` of a v5 template (api.md 6.2): stages in the order of the list, jobs and steps below. */
bool outline_definition(const char *definition, int width, struct buf *out, struct err *err);

#endif
