/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_TEMPLATEASK_H
#define PIPETOP_APP_TEMPLATEASK_H

/*
 * The roll of templates read page by page without waiting, for the dashboard. Each page waits for the budget;
 * a failure ends it, and what to do then is the caller's (it has read nothing that would be lost: the rows
 * so far are in the roll).
 */
#include <stdbool.h>

#include "api/session.h"
#include "core/err.h"
#include "net/budget.h"
#include "templateroll.h"

struct ev_loop;
struct templateask; /* opaque */

struct templateask_options {
	struct ev_loop *loop;
	struct session *session;
	struct budget *budget; /* NULL: none */
	const char *tenant;    /* copied */
	struct template_wish wish; /* its texts are copied */
	/* After each page, and with `over` at the end. err NULL: all is well. The roll may be taken from. */
	void (*changed)(void *self, struct templateroll *roll, const struct err *err);
	void *self;
};

/* Begins at the next turn of the loop: `changed` never runs from within. */
struct templateask *templateask_new(const struct templateask_options *options);
void templateask_free(struct templateask *ask); /* `changed` does not run any more */

#endif
