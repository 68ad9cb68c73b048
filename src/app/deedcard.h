/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_DEEDCARD_H
#define PIPETOP_APP_DEEDCARD_H

/* What is about to be done to a run, in lines: what a person is shown before he says yes. */
#include <stdint.h>

#include "core/buf.h"
#include "model/deed.h"

struct deedcard {
	enum deed deed;
	const char *project, *project_id;  /* name: NULL: not known */
	const char *pipeline, *pipeline_id;
	const struct run *run;
	const struct step_at *gate; /* NULL: it is about the run */
	int64_t now_ms;		    /* the server's */
};

/* Cleaned of control characters; each line ended by a newline. */
void deedcard_add(const struct deedcard *card, struct buf *out);

#endif
