/* SPDX-License-Identifier: MIT */
/*
 * Pieces are multiples of 8 bytes, cut from chunks one after another; the first word of one
 * that was given back leads to the next of its size. Chunks leave all together at the end:
 * the number of pieces follows the number of pipelines, which hardly falls.
 *
 * Under AddressSanitizer, pieces that were given back are poisoned, so that a use of one
 * is found as it would be with the allocator.
 */
#include "stock.h"

#include <stdbool.h>
#include <string.h>

#include "core/hash.h"
#include "core/mem.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define STOCK_ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define STOCK_ASAN 1
#endif

#ifdef STOCK_ASAN
#include <sanitizer/asan_interface.h>
#define HIDE(p, size) ASAN_POISON_MEMORY_REGION(p, size)
#define SHOW(p, size) ASAN_UNPOISON_MEMORY_REGION(p, size)
#else
#define HIDE(p, size) ((void)(p), (void)(size))
#define SHOW(p, size) ((void)(p), (void)(size))
#endif

#define CHUNK ((size_t)64 << 10)
#define FIRST_SLOTS 256

/* The head of each chunk; what follows it is cut up. */
struct chunk {
	struct chunk *next;
};

static size_t rounded(size_t size)
{
	return size ? (size + 7) & ~(size_t)7 : 8;
}

void stock_done(struct stock *s)
{
	struct chunk *chunk, *next;

	for (chunk = s->chunks; chunk; chunk = next) {
		next = chunk->next;
		SHOW(chunk, CHUNK);
		mem_free(chunk);
	}
	mem_free(s->words);
	*s = (struct stock){0};
}

static void *cut(struct stock *s, size_t size)
{
	struct chunk *chunk;
	void *piece;

	if (size > s->left) {
		chunk = mem_alloc(CHUNK);
		chunk->next = s->chunks;
		s->chunks = chunk;
		s->at = (char *)(chunk + 1);
		s->left = CHUNK - sizeof(*chunk);
	}
	piece = s->at;
	s->at += size;
	s->left -= size;
	return piece;
}

void *stock_take(struct stock *s, size_t size)
{
	void **given, *piece;

	size = rounded(size);
	if (size > STOCK_PIECE_MAX)
		return mem_alloc(size);
	given = &s->given[size / 8];
	piece = *given;
	if (!piece)
		return cut(s, size);
	SHOW(piece, size);
	memcpy(given, piece, sizeof(*given));
	return piece;
}

void stock_give(struct stock *s, void *piece, size_t size)
{
	void **given;

	size = rounded(size);
	if (size > STOCK_PIECE_MAX) {
		mem_free(piece);
		return;
	}
	given = &s->given[size / 8];
	memcpy(piece, given, sizeof(*given));
	*given = piece;
	HIDE(piece, size);
}

/* ---- words ---- */

/* The slot of that word, or the empty one where it would go. */
static size_t slot_of(const struct stock *s, const char *word, size_t len)
{
	size_t mask = s->slots - 1, at = hash_bytes(word, len) & mask;

	while (s->words[at] && strcmp(s->words[at], word) != 0)
		at = (at + 1) & mask;
	return at;
}

static void more_slots(struct stock *s)
{
	char **old = s->words;
	size_t n = s->slots, i;

	s->slots = n ? 2 * n : FIRST_SLOTS;
	s->words = mem_calloc(s->slots, sizeof(*s->words));
	for (i = 0; i < n; i++)
		if (old[i])
			s->words[slot_of(s, old[i], strlen(old[i]))] = old[i];
	mem_free(old);
}

char *stock_word(struct stock *s, const char *word)
{
	size_t len = strnlen(word, STOCK_WORD_MAX + 1), at;

	if (len > STOCK_WORD_MAX)
		return NULL;
	if (2 * (s->n_words + 1) > s->slots && s->n_words < STOCK_WORDS_MAX)
		more_slots(s);
	at = slot_of(s, word, len);
	if (s->words[at] || s->n_words == STOCK_WORDS_MAX)
		return s->words[at];
	s->words[at] = memcpy(stock_take(s, len + 1), word, len + 1);
	s->n_words++;
	return s->words[at];
}

char *stock_text(struct stock *s, const char *text)
{
	char *word = text ? stock_word(s, text) : NULL;
	size_t size;

	if (word || !text)
		return word;
	size = strlen(text) + 1;
	return memcpy(stock_take(s, size), text, size);
}

static bool is_word(const struct stock *s, const char *text)
{
	size_t len = strnlen(text, STOCK_WORD_MAX + 1);

	return len <= STOCK_WORD_MAX && s->slots && s->words[slot_of(s, text, len)] == text;
}

void stock_drop(struct stock *s, char *text)
{
	if (text && !is_word(s, text))
		stock_give(s, text, strlen(text) + 1);
}
