/* SPDX-License-Identifier: MIT */
/*
 * A comma is due unless the last byte opened something: no string ends with a bracket
 * outside its quotes, so one look back is enough.
 */
#include "sim/emit.h"

#include <string.h>

#include "sim/logtext.h"

static void begin(struct buf *b, const char *name)
{
	if (b->len && !strchr("{[", b->data[b->len - 1]))
		buf_addc(b, ',');
	if (!name)
		return;
	buf_addc(b, '"');
	buf_adds(b, name);
	buf_add(b, "\":", 2);
}

void emit_open(struct buf *b, const char *name, char bracket)
{
	begin(b, name);
	buf_addc(b, bracket);
}

void emit_close(struct buf *b, char bracket)
{
	buf_addc(b, bracket);
}

void emit_string(struct buf *b, const char *name, const char *value)
{
	if (!value) {
		emit_null(b, name);
		return;
	}
	begin(b, name);
	buf_addc(b, '"');
	logtext_escape(value, strlen(value), b);
	buf_addc(b, '"');
}

void emit_int(struct buf *b, const char *name, int64_t value)
{
	char text[24], *at = text + sizeof(text);
	uint64_t n = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	do {
		*--at = (char)('0' + n % 10);
	} while (n /= 10);
	if (value < 0)
		*--at = '-';
	begin(b, name);
	buf_add(b, at, (size_t)(text + sizeof(text) - at));
}

void emit_raw(struct buf *b, const char *name, const char *json)
{
	begin(b, name);
	buf_adds(b, json);
}

void emit_bool(struct buf *b, const char *name, bool value)
{
	emit_raw(b, name, value ? "true" : "false");
}

void emit_null(struct buf *b, const char *name)
{
	emit_raw(b, name, "null");
}
