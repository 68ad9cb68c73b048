/* SPDX-License-Identifier: MIT */
/*
 * The sparse line index: 16 bytes for each 64 KiB. Checkpoints stand at fixed places
 * rather than at every n-th line, so that "which checkpoint" from a byte is a division.
 */
#include "index.h"

#include <string.h>

#include "core/mem.h"

void index_done(struct index *index)
{
	mem_free(index->points);
	memset(index, 0, sizeof(*index));
}

static void line_starts(struct index *index, int64_t line, int64_t byte)
{
	while ((int64_t)index->n * INDEX_STEP <= byte) {
		index->points = mem_grow(index->points, index->n, sizeof(*index->points));
		index->points[index->n++] = (struct checkpoint){line, byte};
	}
}

void index_add(struct index *index, const char *text, size_t len)
{
	const char *p = text, *end = text + len, *nl;
	int64_t wanted, line = index->lines, base = index->bytes;

	line_starts(index, line, base);
	wanted = (int64_t)index->n * INDEX_STEP - base;
	while (p < end && (nl = memchr(p, '\n', (size_t)(end - p)))) {
		p = nl + 1;
		line++;
		if (p - text < wanted)
			continue;
		line_starts(index, line, base + (p - text));
		wanted = (int64_t)index->n * INDEX_STEP - base;
	}
	index->lines = line + 1;
	index->bytes += (int64_t)len + 1;
}

size_t index_by_line(const struct index *index, int64_t line)
{
	size_t low = 0, high = index->n;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (index->points[middle].line <= line)
			low = middle;
		else
			high = middle;
	}
	return low;
}

size_t index_before_byte(const struct index *index, int64_t byte)
{
	size_t low = 0, high = index->n;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (index->points[middle].byte < byte)
			low = middle;
		else
			high = middle;
	}
	return low;
}

struct checkpoint index_at(const struct index *index, int64_t k)
{
	if (k < (int64_t)index->n)
		return index->points[k];
	return (struct checkpoint){index->lines, index->bytes};
}
