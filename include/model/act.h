/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_MODEL_ACT_H
#define PIPETOP_MODEL_ACT_H

/*
 * Everything that this program can ask the service to change (api.md 5, 6.4, 7.4), by name. The first
 * ones are the deeds to a run (model/deed.h).
 */
#include <stdbool.h>

#include "model/deed.h"

enum act {
	ACT_RETRY = DEED_RETRY,
	ACT_STOP = DEED_STOP,
	ACT_APPROVE = DEED_APPROVE,
	ACT_REJECT = DEED_REJECT,
	ACT_POSTPONE = DEED_POSTPONE,
	ACT_CANCEL = DEED_CANCEL,
	ACT_RUN = DEED_COUNT,	/* start a run of a pipeline */
	ACT_BAN,		/* switch a pipeline off */
	ACT_UNBAN,
	ACT_TEMPLATE_FAVOURITE,
	ACT_TEMPLATE_UNFAVOURITE,
	ACT_TEMPLATE_COPY,	/* a new template */
	ACT_TEMPLATE_EDIT,
	ACT_TEMPLATE_DELETE,
	ACT_TEMPLATE_USE,	/* a pipeline from a v5 template */
	ACT_TASK,		/* a pipeline from a v3 orchestration */
	ACT_COUNT
};

/* "retry", "run", "template-edit" ...: the audit log's word, never translated. */
const char *act_word(enum act act);
/* Is it done to a run or its gate (a deed)? */
bool act_is_deed(enum act act);

#endif
