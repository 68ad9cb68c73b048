/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_DEFINITION_H
#define PIPETOP_APP_DEFINITION_H

/*
 * The definition of a template as text: it is JSON that the service may have any white space in, and
 * that an operator edits. Nothing here changes a number, a string or the order of anything.
 */
#include <stdbool.h>

#include "core/buf.h"
#include "model/template.h"

/* One value a line, indented by two blanks a level, with a newline at the end. Not JSON: any text, never harm. */
void definition_pretty(const char *json, struct buf *out);
/* Without white space between its values. */
void definition_squeeze(const char *json, struct buf *out);
/* Are they the same but for white space? NULL is the same as "". */
bool definition_same(const char *a, const char *b);

/* Is everything of a template that can be edited the same: names, texts, parameters, definition? */
bool definition_alike(const struct template *a, const struct template *b);

#endif
