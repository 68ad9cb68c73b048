/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_CORE_SUGGEST_H
#define PIPETOP_CORE_SUGGEST_H

/* "Did you mean": the name that a mistyped word is nearest to. */
#include <stddef.h>

/*
 * Edits (insert, delete, replace, swap of neighbours; letters compared without case) from
 * `word` to `name`, counted no further than `most` + 1.
 */
unsigned suggest_distance(const char *word, const char *name, unsigned most);

/* Keeps the best so far: start with {word, NULL}, offer every name, read `best` (borrowed). */
struct suggest {
	const char *word;
	const char *best; /* NULL: nothing is near enough */
	unsigned distance;
};
void suggest_offer(struct suggest *s, const char *name);

#endif
