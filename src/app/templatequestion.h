/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_TEMPLATEQUESTION_H
#define PIPETOP_APP_TEMPLATEQUESTION_H

/* What the operator is asked before something is done to a template, as the box wants it (ui/dialog.h). */
#include <stdint.h>

#include "core/buf.h"
#include "model/template.h"
#include "ui/dialog.h"

#define TEMPLATEQUESTION_LINES 16

/* What is to be done. All borrowed; what an act does not need is NULL. */
struct templatequestion_about {
	enum act act;
	const struct template *shown;  /* as it was read */
	const struct template *wanted; /* of a copy and an edit */
	const char *account;
	const char *pipeline, *project; /* names, of a use */
	const struct variable *given;	/* of a use: the values that are sent */
	size_t n_given;
	const char *names;		/* of a use: of the parameters that somebody gave, for the audit log */
	int64_t age_ms; /* since it was read */
};

struct templatequestion {
	struct dialog_ask ask; /* without a target and a load */
	const char *name;      /* of what it is done to, for the target */
	struct dialog_line lines[TEMPLATEQUESTION_LINES];
	struct buf texts[TEMPLATEQUESTION_LINES];
};

/* What it points to is its own and what it is about. */
void templatequestion_make(struct templatequestion *q, const struct templatequestion_about *about);
void templatequestion_done(struct templatequestion *q);

#endif
