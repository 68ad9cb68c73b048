/* SPDX-License-Identifier: MIT */
/*
 * An expression is a "text" of one byte of which a line holds one or lacks one: so the
 * same two arrays, and the same walk, serve both.
 *
 * Smart case keeps the rule of prefixes true: text with a capital letter asks for more
 * than the same text without, never for less.
 */
#include "sieve.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"

#define LITERAL_MAX 250 /* bytes; longer text is an expression in this respect */
#define NOT_KNOWN 255	/* of `lacks` */

void sieve_done(struct sieve *s)
{
	pattern_free(s->pattern);
	mem_free(s->literal);
	mem_free(s->holds);
	mem_free(s->lacks);
	*s = (struct sieve){0};
}

void sieve_resize(struct sieve *s, size_t n)
{
	if (n > s->max) {
		s->max = n + n / 8;
		s->holds = mem_realloc(s->holds, s->max);
		s->lacks = mem_realloc(s->lacks, s->max);
	}
	if (n > s->n) {
		memset(s->holds + s->n, 0, n - s->n);
		memset(s->lacks + s->n, NOT_KNOWN, n - s->n);
	}
	s->n = n;
}

void sieve_forget(struct sieve *s, size_t number)
{
	s->holds[number] = 0;
	s->lacks[number] = NOT_KNOWN;
}

static bool is_literal(const char *text)
{
	return !text[strcspn(text, "\\^$.[|()?*+{")];
}

/* Only such text is matched by bytes; other text has more pairs of capital and small. */
static bool ascii(const char *text)
{
	while (*text && (unsigned char)*text < 0x80)
		text++;
	return !*text;
}

static void forget_all(struct sieve *s)
{
	if (!s->n)
		return;
	memset(s->holds, 0, s->n);
	memset(s->lacks, NOT_KNOWN, s->n);
}

/* What is known beyond the first `common` bytes is of other text. */
static void keep_common(struct sieve *s, size_t common)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (s->holds[i] > common)
			s->holds[i] = (uint8_t)common;
		if (s->lacks[i] > common)
			s->lacks[i] = NOT_KNOWN;
	}
}

static void ask_literal(struct sieve *s, const char *text)
{
	size_t common = 0;

	if (!s->literal)
		forget_all(s);
	while (s->literal && ascii(s->literal) == ascii(text) && text[common] &&
	       s->literal[common] == text[common])
		common++;
	s->asked = strlen(text);
	if (s->literal && common == s->asked)
		return; /* some was taken back: what is known beyond stays worth knowing */
	keep_common(s, common);
	mem_free(s->literal);
	s->literal = mem_strdup(text);
}

static void ask_expression(struct sieve *s)
{
	mem_free(s->literal);
	s->literal = NULL;
	s->asked = 1;
	forget_all(s);
}

bool sieve_set(struct sieve *s, const char *text, bool strict, struct err *err)
{
	bool literal = is_literal(text_or_empty(text));
	struct pattern *pattern = NULL;

	if (!text_empty(text))
		pattern = pattern_new(text, literal, strict ? err : NULL);
	if (!text_empty(text) && !pattern && strict)
		return false;
	if (!text_empty(text) && !pattern) {
		literal = true;
		pattern = pattern_new(text, true, NULL);
	}
	pattern_free(s->pattern);
	s->pattern = pattern;
	s->gave_up = false;
	if (pattern && literal && strlen(text) <= LITERAL_MAX)
		ask_literal(s, text);
	else if (pattern)
		ask_expression(s);
	return true;
}

bool sieve_run(struct sieve *s, const struct haystack *h, size_t most)
{
	size_t i, len, start, end;
	const char *line;

	for (i = 0; s->pattern && i < s->n; i++) {
		if (sieve_known(s, i))
			continue;
		if (!s->literal && most-- == 0)
			return false;
		line = haystack_line(h, i, &len);
		if (!s->gave_up && pattern_match(s->pattern, line, len, 0, &start, &end))
			s->holds[i] = (uint8_t)s->asked;
		else
			s->lacks[i] = (uint8_t)s->asked;
		s->gave_up = s->gave_up || pattern_gave_up(s->pattern);
	}
	return true;
}
