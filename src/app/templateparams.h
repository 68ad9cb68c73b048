/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_TEMPLATEPARAMS_H
#define PIPETOP_APP_TEMPLATEPARAMS_H

/*
 * The values of a template's parameters for a new pipeline: said with -p, typed, or the template's own
 * defaults.
 */
#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "core/err.h"
#include "model/template.h"

struct templateparams {
	struct variable *values; /* in the template's order; `value` is what is to be sent, NULL: nothing is */
	bool *said;		 /* of each: somebody gave the value */
	bool *asked;		 /* of each: it is to be typed (-p with its name alone) */
	size_t n;
};

/* `words` are NAME=VALUE, or NAME for what is to be typed. On failure there is nothing to release. */
bool templateparams_init(struct templateparams *p, const struct template *tmpl, char *const *words, size_t n,
			 struct err *err);
void templateparams_done(struct templateparams *p);

/* Those that have no value: how many; their rows, one a line, for an operator who cannot be asked. */
size_t templateparams_missing(const struct templateparams *p);
void templateparams_list(const struct templateparams *p, struct buf *out);
/* Asks for each of them at the terminal. */
bool templateparams_ask(struct templateparams *p, struct err *err);

/* What is sent, as variables in a row: a secret that nobody gave stays the template's own. Owned (mem_free). */
struct variable *templateparams_send(const struct templateparams *p, size_t *n);
/* Their names, separated by ", ", for the audit log. */
void templateparams_names(const struct templateparams *p, struct buf *out);

#endif
