/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_RUNLOAD_H
#define PIPETOP_APP_RUNLOAD_H

/*
 * Reads what a plan of a run is made of: the pipeline, the variables that it asks for, and what its newest
 * run was started with. Only reads, so that it may be given up and begun again at any time. The last run
 * is a help and nothing more: when it cannot be read there is a note, and the plan is whole.
 */
#include <stdbool.h>

#include "api/session.h"
#include "net/budget.h"
#include "runplan.h"

struct runload; /* opaque */

struct runload_options {
	struct session *session;
	struct budget *budget; /* its reads are counted there, never held up; NULL: none */
	const char *project_id, *pipeline_id;
	bool defaults; /* what the last run had does not matter */
};

/*
 * It is over, once: err->kind ERR_NONE: runload_plan() is whole. `note` says what could not be read
 * besides; "" for nothing. The load may be freed from within.
 */
typedef void runload_over_fn(void *self, const struct err *err, const char *note);

struct runload *runload_new(const struct runload_options *options, runload_over_fn *over, void *self);
void runload_start(struct runload *load); /* `over` may run from within, as the last thing */
/* The plan, which the caller may take over (and then leaves it empty). */
struct runplan *runload_plan(struct runload *load);
void runload_free(struct runload *load); /* gives up what is asked; `over` will not run */

#endif
