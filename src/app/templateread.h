/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_TEMPLATEREAD_H
#define PIPETOP_APP_TEMPLATEREAD_H

/* Reads of templates for commands: as those of reader.h, one question after the other. */
#include <stdbool.h>

#include "command.h"
#include "model/template.h"
#include "templateroll.h"

#define TENANT_MAX 128 /* bytes of an account's id, with the NUL */

/*
 * The account whose templates they are: --tenant and what else says it, else that which the sign-in is of.
 * False: nobody says; err has the mend.
 */
bool templateread_tenant(struct command *c, char tenant[TENANT_MAX], struct err *err);

/* Every page of a roll that was begun. */
bool templateread_roll(struct command *c, const char *tenant, struct templateroll *roll, struct err *err);
/* One template whole; `tmpl` is the caller's, empty after a failure. */
bool templateread_detail(struct command *c, const char *tenant, const char *id, struct template *tmpl,
			 struct err *err);

/*
 * The template that a word means, whole: an id, a name, or a part of a name that no other has. `exact` (may be
 * NULL) says that it was an id or a whole name. On failure c->hints has the candidates.
 */
bool templateread_pick(struct command *c, const char *tenant, const char *word, struct template *tmpl,
		       bool *exact, struct err *err);

/* How a task (api.md 7.4) is getting on. */
struct task_read {
	enum task_phase phase;
	char status[64];
	char *pipeline_id, *pipeline_name, *pipeline_url; /* NULL as long as there is none */
};
bool templateread_task(struct command *c, const char *task_id, struct task_read *read, struct err *err);
void task_read_done(struct task_read *read);

#endif
