/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_MODEL_STOCK_H
#define PIPETOP_MODEL_STOCK_H

/*
 * Where the store keeps what stays for long and is small: rows, runs without jobs, names.
 *
 * Between them the allocator would serve the answers that they come from, which live for
 * a moment: 100,000 rows would lie scattered in the holes of what was read, and each would
 * carry the allocator's own notes. Here pieces of a size lie side by side, and one that is
 * given back is used for the next of its size. Words that very many have in common (people,
 * branches, states, stages) are kept once.
 */
#include <stddef.h>
#include <stdint.h>

#define STOCK_PIECE_MAX 512 /* larger ones are the allocator's after all */
#define STOCK_WORDS_MAX 8192
#define STOCK_WORD_MAX 64 /* bytes, without the NUL */

struct stock {
	void *given[STOCK_PIECE_MAX / 8 + 1]; /* pieces given back, by size */
	char *at; /* of the newest chunk: what is still untouched */
	size_t left;
	void *chunks;
	char **words; /* open addressing; a power of two, at most half full */
	size_t n_words, slots;
};

void stock_done(struct stock *s); /* everything that came from it is gone */

/* Aligned for any struct of ours, not cleared; `size` has to be told again when it is given back. */
void *stock_take(struct stock *s, size_t size);
void stock_give(struct stock *s, void *piece, size_t size);

/* The one copy of a word, for as long as the stock; NULL if it is long, or there are too many. */
char *stock_word(struct stock *s, const char *word);

/* A text of one's own or the one copy of a word; which of them, stock_drop() knows. NULL gives NULL. */
char *stock_text(struct stock *s, const char *text);
void stock_drop(struct stock *s, char *text);

#endif
