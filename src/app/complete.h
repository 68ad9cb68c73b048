/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_COMPLETE_H
#define PIPETOP_APP_COMPLETE_H

/*
 * What may come next on the command line, for the shells' completion: `pipetop __complete`, which
 * completions/ call. Answered from the tables, the configuration, and the names that are kept
 * (names.h): nothing is asked of the service, no secret is read and no program is started. What is wrong
 * with the configuration leaves its part of the answer out.
 *
 *	pipetop __complete words WORD...	the words after "pipetop", unquoted; the last one is being
 *						completed. Answers "CANDIDATE<TAB>DESCRIPTION"
 *	pipetop __complete bash LINE BREAKS	LINE up to the cursor, BREAKS is $COMP_WORDBREAKS.
 *						Answers what readline puts in, quoted as LINE needs it
 *
 * A line that is a tab and "files" says that files complete here. No answer has a control character in
 * it, or anything else that does not show as what it is.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "core/buf.h"

#define COMPLETE_WORD "__complete" /* in place of a command */
#define COMPLETE_MAX 1000	   /* candidates */

struct candidate {
	char *text, *about; /* about: "" for none */
};

struct candidates {
	struct candidate *all;
	size_t n;
	bool files; /* and names of files */
};

/* Those that begin as the last of n words does, n > 0. */
void complete_find(const char *const *words, size_t n, struct candidates *found);
void complete_done(struct candidates *found);

/* The command; `argv` is what follows __complete. Returns the exit status, which says nothing. */
int complete_run(int argc, char **argv, FILE *out);

#endif
