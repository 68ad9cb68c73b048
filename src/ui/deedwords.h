/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_DEEDWORDS_H
#define PIPETOP_UI_DEEDWORDS_H

/* What the box says of a deed: what it will do, and to what, as the store has it now. */
#include <stdint.h>

#include "core/buf.h"
#include "dialogbox.h"
#include "model/act.h"
#include "model/store.h"

/* The thing that a deed is for. */
struct deed_thing {
	const struct pipeline *pipeline;
	const struct run *run;
	struct step_at at; /* its gate; at.step NULL: the run as a whole */
};

/* False: the store does not have it any more. */
bool deedwords_find(const struct store *store, const struct ref *ref, struct deed_thing *out);

/* "checkout-api 1204" */
void deedwords_name(const struct deed_thing *thing, struct buf *out);
/* "The run goes on from what failed." */
const char *deedwords_what(enum deed deed, const struct deed_thing *thing);
/* Project, pipeline, run, branch, stage, step, state, its gate, and the age of all that. */
void deedwords_fields(const struct deed_thing *thing, int64_t server_ms, int64_t now_ms, struct dialogbox *b);
/* "failed 09:33", "manual review in release": for a list. */
void deedwords_line(const struct deed_thing *thing, int64_t server_ms, struct buf *out);

#endif
