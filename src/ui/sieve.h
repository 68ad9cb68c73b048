/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_SIEVE_H
#define PIPETOP_UI_SIEVE_H

/*
 * Which lines of a haystack hold a pattern, remembered for each, so that a key costs
 * only what it makes unknown.
 *
 * Of literal text it is remembered how many of its first bytes a line is known to hold
 * and how many it is known not to: a line that holds "search" holds "sear", one that
 * lacks "se" lacks "sea". Typing on looks at the survivors alone; taking back looks at
 * nothing. A regular expression knows yes, no and not yet.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/err.h"
#include "haystack.h"
#include "log/search.h"

struct sieve {
	struct pattern *pattern; /* NULL: every line passes */
	char *literal;		 /* the text that `holds` and `lacks` count in; NULL: none */
	size_t asked;		 /* how much of it is asked for; for an expression 1 */
	uint8_t *holds, *lacks;	 /* for each line, in bytes of `literal` */
	size_t n, max;
	bool gave_up; /* a line was too much for the pattern: not all were looked at */
};

void sieve_done(struct sieve *s);
void sieve_resize(struct sieve *s, size_t n);
/*
 * `text` NULL or "": every line passes. What has nothing special in it is literal. What is not (yet) a
 * regular expression is taken literally, or with `strict` refused: then nothing changes.
 */
bool sieve_set(struct sieve *s, const char *text, bool strict, struct err *err);
/* The line has changed. */
void sieve_forget(struct sieve *s, size_t number);
/*
 * Looks at what is not known: for literal text at all of it, for an expression at `most` lines.
 * True: every line has its answer.
 */
bool sieve_run(struct sieve *s, const struct haystack *h, size_t most);
static inline bool sieve_known(const struct sieve *s, size_t number)
{
	return !s->pattern || s->holds[number] >= s->asked || s->lacks[number] <= s->asked;
}
/* Of what is known. */
static inline bool sieve_passes(const struct sieve *s, size_t number)
{
	return !s->pattern || s->holds[number] >= s->asked;
}

#endif
