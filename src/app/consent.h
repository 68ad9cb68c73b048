/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_CONSENT_H
#define PIPETOP_APP_CONSENT_H

/*
 * Whether something may be done that cannot be taken back: --yes says so beforehand, else a person is
 * asked at the terminal, and `y` with Enter is the only yes. Without a terminal nobody can be asked.
 */
#include <stdbool.h>

#include "command.h"

enum consent {
	CONSENT_YES,
	CONSENT_NO,	/* asked, and not said */
	CONSENT_NOBODY, /* there is nobody to ask: err has the sentence */
};

/* False: nothing may be changed (--read-only), whatever anybody says. */
bool consent_possible(const struct options *o, struct err *err);

/*
 * What it is about has been shown. `question` ends in a blank. `line` is the command that does it
 * without a question, as a shell takes it: with NOBODY it is told in c->hints.
 */
enum consent consent_ask(struct command *c, const char *question, const char *line, struct err *err);

#endif
