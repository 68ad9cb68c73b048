/* SPDX-License-Identifier: MIT */
/*
 * A line has some room to grow in, because most changes are of a word (ok, running) or a
 * number. One that has outgrown its place is written behind the last one; when a quarter
 * of the text is dead, the lines are put together anew, which is rare.
 */
#include "haystack.h"

#include <assert.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"

#define DEAD_LEAST 65536
#define ROOM 16 /* bytes: lines take multiples of it */
#define TEXT_MAX ((size_t)UINT32_MAX - 2 * HAYSTACK_LINE_MAX)

void haystack_done(struct haystack *h)
{
	mem_free(h->text);
	mem_free(h->lines);
	*h = (struct haystack){0};
}

void haystack_resize(struct haystack *h, size_t n)
{
	size_t i;

	for (i = n; i < h->n; i++)
		h->dead += h->lines[i].room;
	if (n > h->n_max) {
		h->n_max = n + n / 8;
		h->lines = mem_realloc(h->lines, h->n_max * sizeof(*h->lines));
	}
	if (n > h->n)
		memset(h->lines + h->n, 0, (n - h->n) * sizeof(*h->lines));
	h->n = n;
}

static void reserve(struct haystack *h, size_t len)
{
	if (h->len + len <= h->max)
		return;
	h->max = h->len + len + h->len / 8 + 4096;
	h->text = mem_realloc(h->text, h->max);
}

/* Copies the lines that are alive, in the order of their numbers, which is that of walks. */
static void compact(struct haystack *h)
{
	size_t i, len = 0;
	char *text;

	h->max = h->len - h->dead + (h->len - h->dead) / 8 + 4096;
	text = mem_alloc(h->max);
	for (i = 0; i < h->n; i++) {
		if (h->lines[i].len)
			memcpy(text + len, h->text + h->lines[i].start, h->lines[i].len);
		h->lines[i].start = (uint32_t)len;
		len += h->lines[i].room;
	}
	assert(len == h->len - h->dead);
	mem_free(h->text);
	h->text = text;
	h->len = len;
	h->dead = 0;
}

static void copy_clean(char *to, const char *from, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		to[i] = (unsigned char)from[i] < ' ' ? ' ' : from[i];
}

bool haystack_put(struct haystack *h, size_t number, const char *text, size_t len)
{
	struct haystack_line *line = &h->lines[number];
	size_t room;

	if (len > HAYSTACK_LINE_MAX)
		len = text_cut(text, HAYSTACK_LINE_MAX);
	if (len == line->len && (len == 0 || memcmp(h->text + line->start, text, len) == 0))
		return false;
	if (len <= line->room) {
		line->len = (uint16_t)len;
		copy_clean(h->text + line->start, text, len);
		return true;
	}
	h->dead += line->room;
	line->len = line->room = 0;
	if (h->dead > DEAD_LEAST && h->dead > h->len / 4)
		compact(h);
	if (h->len > TEXT_MAX)
		return true;
	room = (len / ROOM + 1) * ROOM;
	reserve(h, room);
	*line = (struct haystack_line){(uint32_t)h->len, (uint16_t)len, (uint16_t)room};
	copy_clean(h->text + h->len, text, len);
	h->len += room;
	return true;
}
