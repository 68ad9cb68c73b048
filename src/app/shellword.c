/* SPDX-License-Identifier: MIT */
/*
 * One pass over the line with the quoting that bash knows: backslash, single quotes, double
 * quotes. Nothing is expanded: a $ or ` in the line is a letter. What is put back has a backslash before
 * every ASCII character that is not known to be harmless, so that the shell can read it as nothing
 * but text.
 */
#include "shellword.h"

#include <ctype.h>
#include <string.h>

#include "core/mem.h"

struct reading {
	struct shellline *line;
	struct buf word;
	bool begun;  /* a word, maybe of nothing but quotes */
	bool closed; /* a quote was closed within it */
};

static void end_word(struct reading *r)
{
	struct shellline *l = r->line;

	l->words = mem_grow(l->words, l->n, sizeof(*l->words));
	l->words[l->n++] = mem_strdup(r->word.data);
	buf_clear(&r->word);
	r->begun = r->closed = false;
}

/* Unquoted; returns how many characters it took. */
static size_t take_plain(struct reading *r, const char *s, const char *breaks)
{
	if (*s == ' ' || *s == '\t' || *s == '\n') {
		if (r->begun)
			end_word(r);
		r->line->kept = 0;
		return 1;
	}
	r->begun = true;
	if (*s == '\'' || *s == '"') {
		r->line->quote = *s;
		r->line->kept = r->word.len;
		return 1;
	}
	if (*s == '\\' && s[1]) {
		buf_addc(&r->word, s[1]);
		return 2;
	}
	buf_addc(&r->word, *s);
	if (strchr(breaks, *s)) /* readline's rl_special_prefixes go with what follows */
		r->line->kept = r->word.len - (*s == '@');
	return 1;
}

static size_t take_quoted(struct reading *r, const char *s)
{
	if (*s == r->line->quote) {
		r->line->quote = '\0';
		r->closed = true;
		return 1;
	}
	if (r->line->quote == '"' && *s == '\\' && s[1] && strchr("\\\"$`", s[1])) {
		buf_addc(&r->word, s[1]);
		return 2;
	}
	buf_addc(&r->word, *s);
	return 1;
}

/* "NAME=value" before the program. */
static bool is_assignment(const char *word)
{
	size_t len = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

	return len && word[len] == '=' && !isdigit((unsigned char)*word);
}

static void drop_assignments(struct shellline *l)
{
	while (l->n > 1 && is_assignment(l->words[0])) {
		mem_free(l->words[0]);
		memmove(l->words, l->words + 1, --l->n * sizeof(*l->words));
	}
}

bool shellline_read(struct shellline *l, const char *line, const char *breaks)
{
	struct reading r = {.line = l};
	bool closed;

	*l = (struct shellline){0};
	buf_init(&r.word, BUF_MAX);
	while (*line)
		line += l->quote ? take_quoted(&r, line) : take_plain(&r, line, breaks);
	closed = r.closed;
	end_word(&r); /* also of nothing: the one that is being typed */
	buf_done(&r.word);
	drop_assignments(l);
	if (l->n >= 2 && !closed)
		return true;
	shellline_done(l);
	return false;
}

void shellline_done(struct shellline *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		mem_free(l->words[i]);
	mem_free(l->words);
	*l = (struct shellline){0};
}

static bool harmless(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 || strchr("_-./:=@,+%", c);
}

bool shellline_quote(const struct shellline *l, const char *text, struct buf *out)
{
	if (strlen(text) < l->kept)
		return false;
	for (text += l->kept; *text; text++) {
		if (l->quote == '\'' && *text == '\'')
			buf_adds(out, "'\\''");
		else if (l->quote == '"' && *text == '!')
			return false; /* history would be looked up, and a backslash would stay */
		else if (l->quote == '"' && strchr("\\\"$`", *text))
			buf_addf(out, "\\%c", *text);
		else if (!l->quote && !harmless(*text))
			buf_addf(out, "\\%c", *text);
		else
			buf_addc(out, *text);
	}
	return true;
}

void shellword_add(struct buf *out, const char *word)
{
	static const char marks[] = " \t\n\"'\\$`&|;<>()[]{}*?!#~=%^";

	if (*word && !word[strcspn(word, marks)]) {
		buf_adds(out, word);
		return;
	}
	buf_addc(out, '\'');
	for (; *word; word++)
		if (*word == '\'')
			buf_adds(out, "'\\''");
		else
			buf_addc(out, *word);
	buf_addc(out, '\'');
}
