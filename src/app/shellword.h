/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_SHELLWORD_H
#define PIPETOP_APP_SHELLWORD_H

/*
 * A command line of bash, cut into its words for the completion, and a word put back as the line needs
 * it. bash gives the line as it was typed, and replaces only what readline takes for the last word:
 * what stands after a quote that is open, or after a character of $COMP_WORDBREAKS.
 */
#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"

struct shellline {
	char **words; /* unquoted; the first is the program, the last is being typed, maybe "" */
	size_t n;     /* >= 2 */
	char quote;   /* that is open at the end: ' or ", else 0 */
	size_t kept;  /* bytes of the last word before those that are replaced */
};

/*
 * False, and nothing to release: the line is not one that can be completed, such as one without a
 * program, or with a quote closed within its last word.
 */
bool shellline_read(struct shellline *l, const char *line, const char *breaks);
void shellline_done(struct shellline *l);

/* Appends what takes the place of the end of the last word so that it reads `text`; false: nothing does. */
bool shellline_quote(const struct shellline *l, const char *text, struct buf *out);

/* Appends a word as any shell takes it: as it is where that is safe, else between single quotes. */
void shellword_add(struct buf *out, const char *word);

#endif
