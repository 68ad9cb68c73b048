/* SPDX-License-Identifier: MIT */
/*
 * Only the white space between tokens is changed, by one walk over the text that knows strings from
 * the rest: a parser and a printer would round numbers, resolve escapes and lose doubled keys, and the
 * service would get back something else than it gave.
 */
#include "definition.h"

#include <string.h>

#include "core/text.h"

#define INDENT 2

/* Bytes of the token at `at`: a string, a mark, or a word or number; at least 1. */
static size_t token_len(const char *at)
{
	size_t len = 1;

	if (strchr("{}[]:,", *at))
		return 1;
	if (*at != '"')
		return strcspn(at, " \t\r\n{}[]:,\"");
	while (at[len] && at[len] != '"')
		len += at[len] == '\\' && at[len + 1] ? 2 : 1;
	return at[len] ? len + 1 : len;
}

static const char *skip_blank(const char *at)
{
	return at + strspn(at, " \t\r\n");
}

void definition_squeeze(const char *json, struct buf *out)
{
	const char *at = skip_blank(text_or_empty(json));
	size_t len;

	for (; *at; at = skip_blank(at + len)) {
		len = token_len(at);
		buf_add(out, at, len);
	}
}

static void new_line(struct buf *out, int depth)
{
	buf_addf(out, "\n%*s", depth * INDENT, "");
}

/* Returns the depth after it. `next` is the first character of the token behind it. */
static int put_token(struct buf *out, const char *at, size_t len, char next, int depth)
{
	bool opens = *at == '{' || *at == '[', closes = next == '}' || next == ']';

	buf_add(out, at, len);
	depth += opens;
	if (closes)
		depth -= depth > 0;
	if (*at == ':')
		buf_addc(out, ' ');
	else if (*at == ',' || (opens && !closes) || (closes && !opens))
		new_line(out, depth);
	return depth;
}

void definition_pretty(const char *json, struct buf *out)
{
	const char *at = skip_blank(text_or_empty(json)), *next;
	int depth = 0;
	size_t len;

	for (; *at; at = next) {
		len = token_len(at);
		next = skip_blank(at + len);
		depth = put_token(out, at, len, *next, depth);
	}
	buf_addc(out, '\n');
}

bool definition_same(const char *a, const char *b)
{
	struct buf x, y;
	bool same;

	if (strcmp(text_or_empty(a), text_or_empty(b)) == 0)
		return true;
	buf_init(&x, BUF_MAX);
	buf_init(&y, BUF_MAX);
	definition_squeeze(a, &x);
	definition_squeeze(b, &y);
	same = x.len == y.len && memcmp(x.data, y.data, x.len) == 0;
	buf_done(&x);
	buf_done(&y);
	return same;
}

static bool same_text(const char *a, const char *b)
{
	return strcmp(text_or_empty(a), text_or_empty(b)) == 0;
}

bool definition_alike(const struct template *a, const struct template *b)
{
	return same_text(a->name, b->name) && same_text(a->language, b->language) &&
	       same_text(a->description, b->description) && definition_same(a->definition, b->definition) &&
	       definition_same(a->variables_json, b->variables_json);
}
