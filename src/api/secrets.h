/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_API_SECRETS_H
#define PIPETOP_API_SECRETS_H

/* Values of secret variables that a request carries, for as long as it is under way. */
#include <stdbool.h>
#include <stddef.h>

#include "model/variable.h"

struct secrets {
	char **values; /* in the vault */
	size_t n;
};

void secrets_keep(struct secrets *secrets, const struct variable *variables, size_t n);
void secrets_done(struct secrets *secrets);
/* Does the text hold one, as it is or as JSON has it? secrets NULL: no. */
bool secrets_found(const struct secrets *secrets, const char *text, size_t len);

#endif
