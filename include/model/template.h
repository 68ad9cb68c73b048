/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_MODEL_TEMPLATE_H
#define PIPETOP_MODEL_TEMPLATE_H

/*
 * A template of pipelines (api.md 6.4), as its list or its detail has it. A list names stages and
 * no variables; a detail has variables and the definition, which holds the stages.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/variable.h"

/* Texts are owned; NULL where the service gave none. All zero is an empty template. */
struct template {
	char *id, *name;
	char *language;	   /* java, python, ... none */
	char *description;
	char *definition;  /* JSON, as sent; NULL in a list */
	bool system;	   /* can be copied and used, not changed or deleted */
	bool favourite;
	bool shows_source; /* its users may see the definition */
	int64_t updated_ms; /* 0: unknown */
	struct variable *variables;
	size_t n_variables;
	char *variables_json; /* as the service has them: goes back unread where it is set; NULL */
	char **stages;	   /* names, in their order */
	size_t n_stages;
};

void template_copy(struct template *to, const struct template *from);
void template_done(struct template *tmpl); /* leaves an empty one */

#endif
