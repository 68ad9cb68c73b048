/* SPDX-License-Identifier: MIT */
/*
 * Two arrays back to back, so that an older page's lines go to the front as cheaply as
 * new ones to the end.
 */
#include "lineset.h"

#include <string.h>

#include "core/mem.h"

void lineset_done(struct lineset *s)
{
	mem_free(s->after);
	mem_free(s->before);
	*s = (struct lineset){0};
}

static void add(struct lineset *s, int64_t **lines, size_t *n, int64_t line)
{
	if (*n == LINESET_MAX) {
		s->more++;
		return;
	}
	*lines = mem_grow(*lines, *n, sizeof(**lines));
	(*lines)[(*n)++] = line;
}

void lineset_add_after(struct lineset *s, int64_t line)
{
	add(s, &s->after, &s->n_after, line);
}

void lineset_add_before(struct lineset *s, int64_t line)
{
	add(s, &s->before, &s->n_before, line);
}

size_t lineset_size(const struct lineset *s)
{
	return s->n_before + s->n_after;
}

int64_t lineset_total(const struct lineset *s)
{
	return (int64_t)lineset_size(s) + s->more;
}

int64_t lineset_at(const struct lineset *s, size_t i)
{
	return i < s->n_before ? s->before[s->n_before - 1 - i] : s->after[i - s->n_before];
}

size_t lineset_lower(const struct lineset *s, int64_t line)
{
	size_t low = 0, high = lineset_size(s);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (lineset_at(s, middle) < line)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void lineset_forget_below(struct lineset *s, int64_t first)
{
	size_t gone = lineset_lower(s, first), after;

	if (gone == 0)
		return;
	after = gone > s->n_before ? gone - s->n_before : 0;
	s->n_before -= gone - after;
	if (after > 0) {
		memmove(s->after, s->after + after, (s->n_after - after) * sizeof(*s->after));
		s->n_after -= after;
	}
}
