/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_FILTER_H
#define PIPETOP_APP_FILTER_H

/*
 * --status: our words and the server's, as the words that a request takes, and as a test of
 * what came back (a server may ignore a filter).
 */
#include <stdbool.h>
#include <stddef.h>

#include "core/err.h"
#include "model/model.h"

#define FILTER_MAX 24

struct filter {
	const char *status[FILTER_MAX], *outcome[FILTER_MAX]; /* borrowed words */
	size_t n_status, n_outcome;
	bool states[STATE_COUNT];
	const char *words[FILTER_MAX]; /* the server's, to be compared with `status` */
	size_t n_words;
};

/* `v3`: in v3's words. Unknown lower-case words are refused with the known ones. */
bool filter_make(struct filter *f, const char *const *words, size_t n, bool v3, struct err *err);
/* Our words that it takes, one after the other; NULL past the last. */
const char *filter_word(size_t i);
bool filter_passes(const struct filter *f, const struct run *run);

#endif
