/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_MODEL_VARIABLE_H
#define PIPETOP_MODEL_VARIABLE_H

/* A parameter of a pipeline or a template (api.md 6.1), and what may be put into it. */
#include <stdbool.h>
#include <stddef.h>

#include "core/err.h"

#define VARIABLE_VALUE_MAX 8192 /* characters of a value (api.md 1.4) */

enum variable_type { VARIABLE_STRING, VARIABLE_ENUM, VARIABLE_INCREMENT, VARIABLE_OTHER };

/* Texts are owned; NULL where the service gave none. */
struct variable {
	char *name;
	char *value;  /* the default */
	char *latest; /* what the last run had, where the service says */
	char *description;
	char *type_name; /* as sent */
	enum variable_type type;
	char **limits; /* the values of an enum, NULL-terminated */
	size_t n_limits;
	int sequence; /* in the order of which a list of them stands */
	bool secret;  /* never shown */
	bool runtime; /* asked for at the start of a run */
};

void variable_copy(struct variable *to, const struct variable *from);
void variable_done(struct variable *variable);
enum variable_type variable_type_of(const char *word); /* string, enum, autoIncrement */

/* Is it fit to be sent? The sentence names the variable and what it takes, never a secret's value. */
bool variable_accepts(const struct variable *variable, const char *value, struct err *err);
/*
 * "NAME=VALUE" as -p has it, among `n`; *at is which, *value points into the word and is accepted. What
 * cannot be a name is not repeated in the sentence: it may be a secret without one.
 */
bool variable_assign(const char *word, const struct variable *variables, size_t n, size_t *at,
		     const char **value, struct err *err);

#endif
