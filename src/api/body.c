/* SPDX-License-Identifier: MIT */
/*
 * Bodies are a handful of members, so they are written and not built as a tree: numbers
 * keep all their digits, and the order is the one of the documentation.
 */
#include "body.h"

#include <string.h>

#include "core/text.h"

bool body_quoted(struct buf *body, const char *text)
{
	buf_addc(body, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_addf(body, "\\%c", *text);
		else if ((unsigned char)*text < 0x20)
			buf_addf(body, "\\u%04x", (unsigned char)*text);
		else
			buf_addc(body, *text);
	}
	return buf_addc(body, '"');
}

void body_key(struct buf *body, const char *key)
{
	if (body->len && body->data[body->len - 1] != '{')
		buf_addc(body, ',');
	body_quoted(body, key);
	buf_addc(body, ':');
}

void body_open(struct buf *body)
{
	buf_addc(body, '{');
}

void body_close(struct buf *body)
{
	buf_addc(body, '}');
}

void body_text(struct buf *body, const char *key, const char *text)
{
	if (text_empty(text))
		return;
	body_key(body, key);
	body_quoted(body, text);
}

void body_value(struct buf *body, const char *key, const char *text)
{
	body_key(body, key);
	body_quoted(body, text_or_empty(text));
}

void body_json(struct buf *body, const char *key, const char *json)
{
	if (!json)
		return;
	body_key(body, key);
	buf_adds(body, json);
}

void body_int(struct buf *body, const char *key, int64_t value)
{
	body_key(body, key);
	buf_addf(body, "%lld", (long long)value);
}

void body_bool(struct buf *body, const char *key, bool value)
{
	body_key(body, key);
	buf_adds(body, value ? "true" : "false");
}

void body_ints(struct buf *body, const char *key, const int *values, size_t n)
{
	size_t i;

	if (n == 0)
		return;
	body_key(body, key);
	for (i = 0; i < n; i++)
		buf_addf(body, "%c%d", i ? ',' : '[', values[i]);
	buf_addc(body, ']');
}

/* "007" is digits, but no JSON number. */
static bool is_number(const char *token)
{
	return *token && strspn(token, "0123456789") == strlen(token) &&
	       (token[0] != '0' || token[1] == '\0');
}

void body_token(struct buf *body, const char *key, const char *token)
{
	body_key(body, key);
	if (is_number(token))
		buf_adds(body, token);
	else
		body_quoted(body, token);
}

void body_list(struct buf *body, const char *key, const char *const *items, size_t n)
{
	if (n == 0)
		return;
	body_key(body, key);
	body_bare_list(body, items, n);
}

void body_joined(struct buf *body, const char *key, const char *const *items, size_t n)
{
	struct buf joined;
	size_t i;

	buf_init(&joined, BUF_MAX);
	for (i = 0; i < n; i++)
		buf_addf(&joined, "%s%s", i ? "," : "", items[i]);
	body_text(body, key, joined.data);
	buf_done(&joined);
}

void body_bare_list(struct buf *body, const char *const *items, size_t n)
{
	size_t i;

	buf_addc(body, '[');
	for (i = 0; i < n; i++) {
		if (i)
			buf_addc(body, ',');
		body_quoted(body, items[i]);
	}
	buf_addc(body, ']');
}
