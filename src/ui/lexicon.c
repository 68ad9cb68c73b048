/* SPDX-License-Identifier: MIT */
/*
 * Words are only added; whoever fills a lexicon starts it anew when it has grown far
 * beyond what he needs.
 */
#include "lexicon.h"

#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "core/mem.h"
#include "core/text.h"

#define FIRST_SLOTS 64

void lexicon_done(struct lexicon *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		mem_free(l->words[i].text);
	mem_free(l->words);
	mem_free(l->table);
	*l = (struct lexicon){0};
}

/* The slot of that word, or the empty one where it would go. */
static size_t slot_of(const struct lexicon *l, uint64_t hash, const char *text)
{
	size_t mask = l->slots - 1, at = hash & mask;

	for (; l->table[at]; at = (at + 1) & mask) {
		const struct lexicon_word *word = &l->words[l->table[at] - 1];

		if (word->hash == hash && strcmp(word->text, text) == 0)
			break;
	}
	return at;
}

static void grow(struct lexicon *l)
{
	size_t i;

	mem_free(l->table);
	l->slots = l->slots ? l->slots * 2 : FIRST_SLOTS;
	l->table = mem_calloc(l->slots, sizeof(*l->table));
	for (i = 0; i < l->n; i++)
		l->table[slot_of(l, l->words[i].hash, l->words[i].text)] = (uint32_t)i + 1;
}

static uint32_t add(struct lexicon *l, const char *text)
{
	uint64_t hash = hash_bytes(text, strlen(text));
	size_t at;

	if ((l->n + 1) * 2 > l->slots)
		grow(l);
	at = slot_of(l, hash, text);
	if (!l->table[at]) {
		l->words = mem_grow(l->words, l->n, sizeof(*l->words));
		l->words[l->n] = (struct lexicon_word){.text = mem_strdup(text), .hash = hash};
		l->table[at] = (uint32_t)++l->n;
	}
	return l->table[at] - 1;
}

uint32_t lexicon_add(struct lexicon *l, const char *text)
{
	if (l->n == 0)
		add(l, "");
	return text_empty(text) ? 0 : add(l, text);
}

static int compare(const void *a, const void *b, void *arg)
{
	const struct lexicon *l = arg;

	return text_compare_natural(l->words[*(const uint32_t *)a].text,
				    l->words[*(const uint32_t *)b].text);
}

bool lexicon_order(struct lexicon *l)
{
	uint32_t *sorted, i;

	if (l->ranked == l->n)
		return false;
	sorted = mem_calloc(l->n, sizeof(*sorted));
	for (i = 0; i < l->n; i++)
		sorted[i] = i;
	qsort_r(sorted, l->n, sizeof(*sorted), compare, l);
	for (i = 0; i < l->n; i++)
		l->words[sorted[i]].rank = i;
	mem_free(sorted);
	l->ranked = l->n;
	return true;
}
