/* SPDX-License-Identifier: MIT */
/*
 * The nearest name, by the number of edits between two words (optimal string alignment).
 * A third of the word's length may be wrong: farther names would be guesses.
 */
#include "core/suggest.h"

#include <ctype.h>
#include <string.h>

#define WORD_MAX 128

static int fold(char c)
{
	return tolower((unsigned char)c);
}

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

/* rows[i % 3][j]: edits from the first i bytes of a to the first j bytes of b. */
static unsigned cell(unsigned rows[3][WORD_MAX + 1], const char *a, const char *b, size_t i, size_t j)
{
	unsigned same = fold(a[i - 1]) == fold(b[j - 1]) ? 0 : 1;
	unsigned best = least(rows[(i - 1) % 3][j] + 1, rows[i % 3][j - 1] + 1,
			      rows[(i - 1) % 3][j - 1] + same);

	if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) && fold(a[i - 2]) == fold(b[j - 1]))
		best = least(best, best, rows[(i - 2) % 3][j - 2] + 1);
	return best;
}

unsigned suggest_distance(const char *word, const char *name, unsigned most)
{
	unsigned rows[3][WORD_MAX + 1];
	size_t la = strlen(word), lb = strlen(name), i, j;

	if (la > WORD_MAX || lb > WORD_MAX || (la > lb ? la - lb : lb - la) > most)
		return most + 1;
	for (j = 0; j <= lb; j++)
		rows[0][j] = (unsigned)j;
	for (i = 1; i <= la; i++) {
		rows[i % 3][0] = (unsigned)i;
		for (j = 1; j <= lb; j++)
			rows[i % 3][j] = cell(rows, word, name, i, j);
	}
	return rows[la % 3][lb] > most ? most + 1 : rows[la % 3][lb];
}

void suggest_offer(struct suggest *s, const char *name)
{
	unsigned most = (unsigned)(strlen(s->word) + 2) / 3, d;

	d = suggest_distance(s->word, name, most);
	if (d > most || (s->best && d >= s->distance))
		return;
	s->best = name;
	s->distance = d;
}
