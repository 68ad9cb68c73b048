/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_TEMPLATEJSON_H
#define PIPETOP_APP_TEMPLATEJSON_H

/*
 * What the `templates` commands write with --json (docs/json.md): objects of our own, for the service
 * changes the types of its flags between list and detail, and sends the values of secrets.
 */
#include "core/buf.h"
#include "model/template.h"
#include "orchestration.h"

/* Each appends one object, without a newline. */
void templatejson_row(const struct template *row, struct buf *out);
/* Also with the parameters, and the stages of its definition down to steps. */
void templatejson_detail(const struct template *tmpl, struct buf *out);
void templatejson_orchestration(const struct orchestration *doc, struct buf *out);

#endif
