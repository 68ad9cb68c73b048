/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_TEMPLATETELL_H
#define PIPETOP_APP_TEMPLATETELL_H

/*
 * What the verbs that change something do with an order: carry it out (errand.h), and tell how it
 * ended, as a sentence or, with --json, as the object of docs/json.md.
 */
#include "errand.h"
#include "templates.h"

/* What is known of a pipeline that a task makes; each may be NULL. */
struct template_task {
	const char *id, *status;
	const char *pipeline_id, *pipeline_url;
};

/* Carries it out; true: `e` is the caller's to release. */
bool templatetell_run(struct templates *t, const struct action_order *order, struct errand *e, struct err *err);
/* The exit status. `task` may be NULL. */
int templatetell_end(struct templates *t, const struct action_order *order, const struct errand *e,
		     const struct template_task *task);
/* It is so already: nothing was sent, and nothing is wrong. */
int templatetell_nothing(struct templates *t, const struct action_order *order, const char *sentence);

#endif
