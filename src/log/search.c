/* SPDX-License-Identifier: MIT */
/*
 * Search as a walk that can be put down at any chunk: no threads, no long call. The
 * same patterns count all matching lines of a log while it grows.
 *
 * A line too long for one chunk is searched in its pieces: what lies across a border of
 * pieces is not found.
 */
#include "log/search.h"

#include <string.h>

#include "core/mem.h"
#include "lineset.h"
#include "pattern.h"
#include "scan.h"

struct search {
	struct log *log;
	struct pattern *pattern;
	struct log_walk walk;
	bool forward;
	int64_t seen;
};

struct search *search_new(struct log *log, struct pattern *pattern, int64_t from, bool forward)
{
	struct search *s = mem_zalloc(sizeof(*s));
	int64_t first = log_first(log), end = log_end(log);

	s->log = log;
	s->pattern = pattern;
	s->forward = forward;
	s->walk.line = forward ? from : from + 1;
	if (s->walk.line < first)
		s->walk.line = first;
	if (s->walk.line > end)
		s->walk.line = end;
	return s;
}

void search_free(struct search *s)
{
	mem_free(s);
}

int64_t search_seen(const struct search *s)
{
	return s->seen;
}

/* Lines between two bytes of a chunk. */
static int64_t lines_in(const char *text, size_t from, size_t to)
{
	int64_t n = 0;
	const char *at = text + from, *end = text + to;

	while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
		n++;
		at++;
	}
	return n;
}

/* The first (or last) matching line of a chunk. */
static bool search_chunk(const struct search *s, const struct log_chunk *chunk, int64_t *line)
{
	struct pattern_scan scan;
	size_t start, end, found = 0;
	bool any = false;

	pattern_scan_init(&scan, s->pattern, chunk->text, chunk->len);
	while (pattern_scan_next(&scan, &start, &end)) {
		found = start;
		any = true;
		if (s->forward)
			break;
	}
	if (any)
		*line = chunk->first + lines_in(chunk->text, 0, found);
	return any;
}

enum search_state search_step(struct search *s, int64_t slice_us, int64_t *line)
{
	int64_t until = scan_clock_us() + slice_us;
	struct log_chunk chunk;

	do {
		if (!(s->forward ? log_chunk(s->log, &s->walk, &chunk)
				 : log_chunk_back(s->log, &s->walk, &chunk)))
			return SEARCH_NONE;
		s->seen += chunk.lines;
		if (chunk.mark == LOG_MARK_NONE && search_chunk(s, &chunk, line))
			return SEARCH_FOUND;
	} while (scan_clock_us() < until);
	return SEARCH_RUNNING;
}

/* ---- counting ---- */

struct counter {
	struct scan scan;
	struct pattern *pattern;
	struct lineset lines;
	int64_t *found; /* scratch: a chunk's lines, for adding them from the last to the first */
	size_t n_found;
};

struct counter *counter_new(struct log *log, struct pattern *pattern)
{
	struct counter *c = mem_zalloc(sizeof(*c));

	scan_init(&c->scan, log);
	c->pattern = pattern;
	return c;
}

void counter_free(struct counter *c)
{
	if (!c)
		return;
	lineset_done(&c->lines);
	mem_free(c->found);
	mem_free(c);
}

static void count_chunk(void *self, const struct log_chunk *chunk, bool before)
{
	struct counter *c = self;
	struct pattern_scan scan;
	size_t start, end, at = 0;
	int64_t line = chunk->first;

	c->n_found = 0;
	pattern_scan_init(&scan, c->pattern, chunk->text, chunk->len);
	while (pattern_scan_next(&scan, &start, &end)) {
		line += lines_in(chunk->text, at, start);
		at = start;
		if (!before) {
			lineset_add_after(&c->lines, line);
			continue;
		}
		c->found = mem_grow(c->found, c->n_found, sizeof(*c->found));
		c->found[c->n_found++] = line;
	}
	while (c->n_found > 0)
		lineset_add_before(&c->lines, c->found[--c->n_found]);
}

bool counter_step(struct counter *c, int64_t slice_us)
{
	lineset_forget_below(&c->lines, log_first(c->scan.log));
	return scan_step(&c->scan, slice_us, count_chunk, c);
}

int64_t counter_total(const struct counter *c)
{
	return lineset_total(&c->lines);
}

int64_t counter_rank(const struct counter *c, int64_t line)
{
	size_t at = lineset_lower(&c->lines, line);

	if (line >= c->scan.after.line || line < c->scan.before.line || c->lines.more)
		return -1;
	if (at < lineset_size(&c->lines) && lineset_at(&c->lines, at) == line)
		at++;
	return (int64_t)at;
}
