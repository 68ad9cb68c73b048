/* SPDX-License-Identifier: MIT */
/*
 * Growing bytes with a ceiling: the only kind of buffer that the network may fill.
 * An empty buf points at a shared NUL, so that init costs nothing and `data` is always
 * a string.
 */
#include "core/buf.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"

static char empty[1];

void buf_init(struct buf *b, size_t max)
{
	b->data = empty;
	b->len = b->cap = 0;
	b->max = max < BUF_MAX ? max : BUF_MAX;
}

void buf_done(struct buf *b)
{
	if (b->cap)
		mem_free(b->data);
	buf_init(b, b->max);
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	if (b->cap)
		b->data[0] = '\0';
}

char *buf_take(struct buf *b)
{
	char *s = b->cap ? b->data : mem_strdup("");

	buf_init(b, b->max);
	return s;
}

char *buf_room(struct buf *b, size_t len)
{
	size_t need = b->len + len + 1, cap = b->cap ? b->cap : 64;

	if (len > b->max || b->len > b->max - len)
		return NULL;
	if (need > b->cap) {
		while (cap < need)
			cap += cap < (1u << 20) ? cap : cap / 2;
		if (cap > b->max + 1)
			cap = b->max + 1;
		b->data = mem_realloc(b->cap ? b->data : NULL, cap);
		b->cap = cap;
		b->data[b->len] = '\0';
	}
	return b->data + b->len;
}

void buf_seal(struct buf *b, size_t added)
{
	b->len += added;
	if (b->cap)
		b->data[b->len] = '\0';
}

bool buf_add(struct buf *b, const void *data, size_t len)
{
	char *room = buf_room(b, len);

	if (!room)
		return false;
	if (len)
		memcpy(room, data, len);
	buf_seal(b, len);
	return true;
}

bool buf_addc(struct buf *b, char c)
{
	return buf_add(b, &c, 1);
}

bool buf_adds(struct buf *b, const char *s)
{
	return buf_add(b, s, strlen(s));
}

bool buf_vaddf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	char *room;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	room = n < 0 ? NULL : buf_room(b, (size_t)n);
	if (!room)
		return false;
	vsnprintf(room, (size_t)n + 1, fmt, ap);
	buf_seal(b, (size_t)n);
	return true;
}

bool buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	bool ok;

	va_start(ap, fmt);
	ok = buf_vaddf(b, fmt, ap);
	va_end(ap);
	return ok;
}

void buf_truncate(struct buf *b, size_t len)
{
	if (len >= b->len)
		return;
	b->len = len;
	b->data[len] = '\0';
}
