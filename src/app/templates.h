/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_TEMPLATES_H
#define PIPETOP_APP_TEMPLATES_H

/* The verbs of `pipetop templates` (templates.c has their table). */
#include <stdbool.h>
#include <stddef.h>

#include "command.h"
#include "templateread.h"

struct templates {
	struct command *c;
	const struct want *want;
	const char *word; /* behind the verb; NULL: none */
	char tenant[TENANT_MAX]; /* "" with a verb that needs none */
};

/* As a command_fn: the exit status, or COMMAND_FAILED. */
typedef int templates_fn(struct templates *t, struct err *err);
templates_fn templates_list, templates_show, templates_create, templates_favourite, templates_copy, templates_edit,
	templates_delete;

/* For the completion and the tables of options: the verbs, ended by NULL. */
const char *const *templates_verbs(void);
/* Do words and options go together? Asked before anybody signs in. */
bool templates_check(const struct options *o, struct err *err);
/* Is nothing asked of the service? */
bool templates_offline(const struct options *o);

#endif
