/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_LEXICON_H
#define PIPETOP_UI_LEXICON_H

/*
 * Words that many rows share (projects, people), each kept once and known by a number,
 * and the natural order among them: rows are then sorted by numbers. Word 0 is "".
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lexicon_word {
	char *text;
	uint64_t hash;
	uint32_t rank;
};

struct lexicon {
	struct lexicon_word *words;
	size_t n, ranked; /* the first `ranked` have their ranks; all of them or some are new */
	uint32_t *table;  /* word number + 1; open addressing, at most half full */
	size_t slots;
};

void lexicon_done(struct lexicon *l);
/* NULL is "". */
uint32_t lexicon_add(struct lexicon *l, const char *text);
/* Makes the ranks true; false: they were. */
bool lexicon_order(struct lexicon *l);
static inline uint32_t lexicon_rank(const struct lexicon *l, uint32_t word)
{
	return l->words[word].rank;
}

#endif
