/* SPDX-License-Identifier: MIT */
/*
 * Blocks of at least 4 KiB in a chain, filled from the front. Nothing is freed alone:
 * whoever owns the arena ends all of it, so half-built things need no clean-up code.
 */
#include "sim/arena.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"

#define BLOCK_SIZE 4000

struct arena_block {
	struct arena_block *before;
	size_t used, size;
	max_align_t bytes[];
};

void *arena_alloc(struct arena *a, size_t size)
{
	struct arena_block *b = a->last;
	void *p;

	size = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	if (!b || b->size - b->used < size) {
		size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;

		b = mem_zalloc(sizeof(*b) + room);
		b->size = room;
		b->before = a->last;
		a->last = b;
	}
	p = (char *)b->bytes + b->used;
	b->used += size;
	return p;
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	if (size && n > (size_t)-1 / 2 / size)
		mem_exhausted();
	return arena_alloc(a, n * size);
}

char *arena_strdup(struct arena *a, const char *s)
{
	size_t len;

	if (!s)
		return NULL;
	len = strlen(s) + 1;
	return memcpy(arena_alloc(a, len), s, len);
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *s;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	s = arena_alloc(a, (size_t)n + 1);
	vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	return s;
}

void arena_done(struct arena *a)
{
	while (a->last) {
		struct arena_block *b = a->last;

		a->last = b->before;
		mem_free(b);
	}
}
