/* SPDX-License-Identifier: MIT */
/*
 * One step's log. It is a row of extents in the order of their lines: a run of text in
 * the spool with its sparse index, or a marker. Appending lengthens the last extent
 * where the spool allows it, an older page becomes an extent in front, and what the
 * spool can no longer hold goes from the front, extent by extent (which is why they
 * are kept small). A place in the text is an extent and a byte; all reading is "find
 * the place, look at the spool through a window".
 */
#include "log/log.h"

#include <errno.h>
#include <string.h>
#include <stdio.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "index.h"
#include "spool.h"

enum {
	CHUNK = 1 << 18,
	EXTENT_MAX = 1 << 24, /* bytes after which a new extent is begun */
	EXTENT_MIN = 1 << 12,
};

struct extent {
	int64_t first; /* its first line */
	int64_t offset; /* in the spool */
	struct index index;
	enum log_mark mark;
	char *text; /* of a marker */
};

struct place {
	struct extent *extent;
	int64_t line, byte; /* from the extent's beginning */
};

struct log {
	struct spool *spool;
	int64_t spool_max, extent_max;
	uint64_t version;
	int64_t bytes;
	bool head;
	struct extent *ring; /* n of them from `front` on, in a ring of `cap`, a power of two */
	size_t front, n, cap;
	int64_t dropped;     /* lines given back; the marker stands for the last of them */
	char dropped_text[160];
	int64_t next_line, next_byte; /* where log_line() left off */
	size_t next_extent;
};

static struct extent *extent_at(const struct log *log, size_t i)
{
	return &log->ring[(log->front + i) & (log->cap - 1)];
}

static int64_t extent_lines(const struct extent *e)
{
	return e->mark == LOG_MARK_NONE ? e->index.lines : 1;
}

static void extent_done(struct extent *e)
{
	index_done(&e->index);
	mem_free(e->text);
}

struct log *log_new(const char *dir, int64_t spool_max, struct err *err)
{
	struct spool *spool = spool_new(dir, err);
	struct log *log;

	if (!spool)
		return NULL;
	log = mem_zalloc(sizeof(*log));
	log->spool = spool;
	log->spool_max = spool_max;
	log->extent_max = spool_max / 16;
	if (log->extent_max > EXTENT_MAX)
		log->extent_max = EXTENT_MAX;
	if (log->extent_max < EXTENT_MIN)
		log->extent_max = EXTENT_MIN;
	log->cap = 8;
	log->ring = mem_calloc(log->cap, sizeof(*log->ring));
	return log;
}

void log_free(struct log *log)
{
	size_t i;

	if (!log)
		return;
	for (i = 0; i < log->n; i++)
		extent_done(extent_at(log, i));
	mem_free(log->ring);
	spool_free(log->spool);
	mem_free(log);
}

uint64_t log_version(const struct log *log)
{
	return log->version;
}

void log_set_head(struct log *log, bool loaded)
{
	log->version += log->head != loaded;
	log->head = loaded;
}

bool log_head(const struct log *log)
{
	return log->head;
}

static int64_t first_held(const struct log *log)
{
	return log->n ? extent_at(log, 0)->first : 0;
}

int64_t log_first(const struct log *log)
{
	return first_held(log) - (log->dropped > 0);
}

int64_t log_end(const struct log *log)
{
	const struct extent *last;

	if (log->n == 0)
		return 0;
	last = extent_at(log, log->n - 1);
	return last->first + extent_lines(last);
}

int64_t log_bytes(const struct log *log)
{
	return log->bytes;
}

/* ---- adding ---- */

static void make_room(struct log *log)
{
	struct extent *ring;
	size_t i;

	if (log->n < log->cap)
		return;
	ring = mem_calloc(2 * log->cap, sizeof(*ring));
	for (i = 0; i < log->n; i++)
		ring[i] = *extent_at(log, i);
	mem_free(log->ring);
	log->ring = ring;
	log->cap *= 2;
	log->front = 0;
}

static struct extent *extent_push(struct log *log, bool front)
{
	int64_t first = log_end(log);
	struct extent *e;

	make_room(log);
	if (front)
		log->front = (log->front - 1) & (log->cap - 1);
	log->n++;
	log->next_extent += front;
	e = extent_at(log, front ? 0 : log->n - 1);
	memset(e, 0, sizeof(*e));
	e->first = first;
	return e;
}

static void drop_first(struct log *log)
{
	struct extent *e = extent_at(log, 0);

	if (e->mark == LOG_MARK_NONE) {
		log->dropped += e->index.lines;
		log->bytes -= e->index.bytes;
		spool_give_back(log->spool, e->offset, e->index.bytes);
	}
	extent_done(e);
	log->front = (log->front + 1) & (log->cap - 1);
	log->n--;
	log->next_line = INT64_MAX;
}

/* Gives back the oldest, but never what was added last. */
static void keep_to_size(struct log *log)
{
	char lines[40];

	if (log->bytes <= log->spool_max || log->n < 2)
		return;
	while (log->bytes > log->spool_max && log->n > 1)
		drop_first(log);
	log->head = false;
	text_grouped(log->dropped, lines, sizeof(lines));
	snprintf(log->dropped_text, sizeof(log->dropped_text),
		 _("%s lines dropped to save space; s saves all from the server"), lines);
}

static struct extent *extent_to_append(struct log *log, int64_t offset)
{
	struct extent *last = log->n ? extent_at(log, log->n - 1) : NULL;

	if (last && last->mark == LOG_MARK_NONE && last->index.bytes < log->extent_max &&
	    last->offset + last->index.bytes == offset)
		return last;
	last = extent_push(log, false);
	last->offset = offset;
	return last;
}

bool log_append(struct log *log, const char *text, size_t len, struct err *err)
{
	int64_t offset = spool_end(log->spool);
	struct extent *e;

	if (!len)
		text = "";
	if (!spool_add_line(log->spool, text, len, err))
		return false;
	log->bytes += (int64_t)len + 1;
	e = extent_to_append(log, offset);
	index_add(&e->index, text, len);
	keep_to_size(log);
	log->version++;
	return true;
}

bool log_prepend(struct log *log, const char *text, size_t len, struct err *err)
{
	int64_t offset = spool_end(log->spool), first = first_held(log);
	struct extent *e;

	if (log->dropped || log->bytes + (int64_t)len >= log->spool_max)
		return err_set(err, ERR_IO, ENOSPC,
			       _("older lines are not kept: the log has reached its limit on disk (spool_max)"));
	if (!len)
		text = "";
	if (!spool_add_line(log->spool, text, len, err))
		return false;
	log->bytes += (int64_t)len + 1;
	e = extent_push(log, true);
	e->offset = offset;
	index_add(&e->index, text, len);
	e->first = first - e->index.lines;
	log->version++;
	return true;
}

void log_mark(struct log *log, enum log_mark mark, const char *text)
{
	struct extent *e = extent_push(log, false);

	e->mark = mark;
	e->text = mem_strdup(text_or_empty(text));
	log->version++;
}

/* ---- finding ---- */

static size_t extent_of(const struct log *log, int64_t line)
{
	size_t low = 0, high = log->n;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (extent_at(log, middle)->first <= line)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static bool is_dropped_mark(const struct log *log, int64_t line)
{
	return log->dropped && line == log_first(log);
}

/* The byte at which a line starts, from the nearest checkpoint on. */
static bool seek_line(struct log *log, enum spool_window window, struct place *at)
{
	struct index *index = &at->extent->index;
	struct checkpoint point = index->points[index_by_line(index, at->line)];
	int64_t left = at->line - point.line;
	const char *text, *p, *nl;
	size_t len;

	at->byte = point.byte;
	if (left == 0)
		return true;
	len = (size_t)(index->bytes - point.byte < 2 * INDEX_STEP ? index->bytes - point.byte : 2 * INDEX_STEP);
	p = text = spool_view(log->spool, window, at->extent->offset + point.byte, len);
	for (; p && left > 0; left--) {
		nl = memchr(p, '\n', len - (size_t)(p - text));
		p = nl ? nl + 1 : NULL;
	}
	if (!p)
		return false;
	at->byte += p - text;
	return true;
}

/* Where the line ends: its newline. */
static bool line_end(struct log *log, enum spool_window window, const struct place *at, int64_t *end)
{
	const struct index *index = &at->extent->index;
	int64_t left = index->bytes - at->byte;
	size_t len = (size_t)(left < INDEX_STEP ? left : INDEX_STEP);
	const char *text = spool_view(log->spool, window, at->extent->offset + at->byte, len), *nl;

	if (!text)
		return false;
	nl = memchr(text, '\n', len);
	if (nl)
		*end = at->byte + (nl - text);
	else /* no line starts in the 64 KiB after it: the next checkpoint is the next line */
		*end = index_at(index, at->byte / INDEX_STEP + 1).byte - 1;
	return true;
}

static bool find_line(struct log *log, enum spool_window window, int64_t line, struct place *at)
{
	at->extent = extent_at(log, extent_of(log, line));
	at->line = line - at->extent->first;
	at->byte = 0;
	return at->extent->mark != LOG_MARK_NONE || seek_line(log, window, at);
}

/* The same for log_line(), which mostly wants the line after the last one. */
static bool find_next(struct log *log, int64_t line, struct place *at)
{
	if (line != log->next_line || log->next_extent >= log->n)
		return find_line(log, SPOOL_LINES, line, at);
	at->extent = extent_at(log, log->next_extent);
	at->line = line - at->extent->first;
	at->byte = log->next_byte;
	if (at->line >= 0 && at->line < extent_lines(at->extent) && at->byte < at->extent->index.bytes)
		return true;
	return find_line(log, SPOOL_LINES, line, at);
}

static void mark_line(const char *text, enum log_mark mark, struct log_line *line)
{
	line->text = text;
	line->len = line->full_len = strlen(text);
	line->mark = mark;
}

bool log_line(struct log *log, int64_t i, struct log_line *line)
{
	struct place at;
	int64_t end;

	if (i < log_first(log) || i >= log_end(log))
		return false;
	if (is_dropped_mark(log, i)) {
		mark_line(log->dropped_text, LOG_MARK_DROPPED, line);
		return true;
	}
	if (!find_next(log, i, &at))
		return false;
	if (at.extent->mark != LOG_MARK_NONE) {
		mark_line(at.extent->text, at.extent->mark, line);
		return true;
	}
	if (!line_end(log, SPOOL_LINES, &at, &end))
		return false;
	line->mark = LOG_MARK_NONE;
	line->full_len = (size_t)(end - at.byte);
	line->len = line->full_len < LOG_LINE_SHOWN ? line->full_len : LOG_LINE_SHOWN;
	line->text = spool_view(log->spool, SPOOL_LINES, at.extent->offset + at.byte, line->len);
	log->next_line = i + 1;
	log->next_byte = end + 1;
	log->next_extent = (size_t)(at.extent - log->ring - log->front) & (log->cap - 1);
	return line->text != NULL;
}

/* ---- walking ---- */

static bool mark_chunk(const char *text, enum log_mark mark, int64_t line, struct log_chunk *chunk)
{
	*chunk = (struct log_chunk){.text = text, .len = strlen(text), .first = line, .lines = 1, .mark = mark};
	return true;
}

/* The bytes [from, to) of the extent, which are whole lines or a piece of one. */
static bool text_chunk(struct log *log, const struct extent *e, int64_t from, int64_t to,
		       struct log_chunk *chunk)
{
	chunk->mark = LOG_MARK_NONE;
	chunk->len = (size_t)(to - from);
	chunk->text = spool_view(log->spool, SPOOL_WALK, e->offset + from, chunk->len);
	return chunk->text != NULL;
}

/* A line that starts at `at` and is long: whole up to LOG_LINE_SHOWN, else in pieces. */
static bool chunk_of_long_line(struct log *log, const struct place *at, struct log_walk *walk,
			       struct log_chunk *chunk)
{
	int64_t end, from = at->byte + (int64_t)walk->skip, to;

	if (!line_end(log, SPOOL_WALK, at, &end))
		return false;
	end++;
	to = end - at->byte <= (int64_t)LOG_LINE_SHOWN || end - from <= CHUNK ? end : from + CHUNK;
	*chunk = (struct log_chunk){.first = walk->line, .lines = 1, .line_skip = walk->skip, .line_open = to < end};
	walk->skip = to < end ? (size_t)(to - at->byte) : 0;
	walk->line += to == end;
	return text_chunk(log, at->extent, from, to, chunk);
}

bool log_chunk(struct log *log, struct log_walk *walk, struct log_chunk *chunk)
{
	struct checkpoint stop;
	struct place at;
	int64_t line;

	if (walk->line < log_first(log))
		*walk = (struct log_walk){log_first(log), 0};
	line = walk->line;
	if (line >= log_end(log))
		return false;
	if (is_dropped_mark(log, line)) {
		*walk = (struct log_walk){line + 1, 0};
		return mark_chunk(log->dropped_text, LOG_MARK_DROPPED, line, chunk);
	}
	if (!find_line(log, SPOOL_WALK, line, &at))
		return false;
	if (at.extent->mark != LOG_MARK_NONE) {
		*walk = (struct log_walk){line + 1, 0};
		return mark_chunk(at.extent->text, at.extent->mark, line, chunk);
	}
	stop = index_at(&at.extent->index, (at.byte + CHUNK) / INDEX_STEP);
	if (stop.byte - at.byte > 2 * CHUNK && walk->skip == 0)
		stop = at.extent->index.points[index_before_byte(&at.extent->index, at.byte + 2 * CHUNK)];
	if (walk->skip || stop.line <= at.line)
		return chunk_of_long_line(log, &at, walk, chunk);
	*chunk = (struct log_chunk){.first = line, .lines = stop.line - at.line};
	walk->line = at.extent->first + stop.line;
	return text_chunk(log, at.extent, at.byte, stop.byte, chunk);
}

/* The piece of a long line that ends at byte `to`; the line starts somewhere after the checkpoint. */
static bool back_long_line(struct log *log, struct place at, int64_t to, bool open, struct log_walk *walk,
			   struct log_chunk *chunk)
{
	int64_t from;

	if (!seek_line(log, SPOOL_WALK, &at))
		return false;
	from = to - at.byte <= (int64_t)LOG_LINE_SHOWN && !open ? at.byte : to - CHUNK;
	if (from < at.byte)
		from = at.byte;
	*chunk = (struct log_chunk){.first = at.extent->first + at.line, .lines = 1,
				    .line_skip = (size_t)(from - at.byte), .line_open = open};
	walk->line = chunk->first;
	walk->skip = chunk->line_skip;
	return text_chunk(log, at.extent, from, to, chunk);
}

static bool back_text(struct log *log, struct place *at, struct log_walk *walk, struct log_chunk *chunk)
{
	struct index *index = &at->extent->index;
	struct checkpoint start;

	if (walk->skip)
		return back_long_line(log, *at, at->byte + (int64_t)walk->skip, true, walk, chunk);
	start = index_at(index, at->byte > CHUNK ? (at->byte - CHUNK) / INDEX_STEP : 0);
	if (start.line >= at->line) {
		struct place last = {at->extent, at->line - 1, 0};

		return back_long_line(log, last, at->byte, false, walk, chunk);
	}
	*chunk = (struct log_chunk){.first = at->extent->first + start.line, .lines = at->line - start.line};
	walk->line = chunk->first;
	return text_chunk(log, at->extent, start.byte, at->byte, chunk);
}

bool log_chunk_back(struct log *log, struct log_walk *walk, struct log_chunk *chunk)
{
	struct place at;
	int64_t before;

	if (walk->line > log_end(log) || (walk->line == log_end(log) && walk->skip))
		*walk = (struct log_walk){log_end(log), 0};
	before = walk->line - (walk->skip == 0);
	if (before < log_first(log))
		return false;
	if (is_dropped_mark(log, before)) {
		*walk = (struct log_walk){before, 0};
		return mark_chunk(log->dropped_text, LOG_MARK_DROPPED, before, chunk);
	}
	at.extent = extent_at(log, extent_of(log, before));
	at.line = walk->line - at.extent->first;
	if (at.extent->mark != LOG_MARK_NONE) {
		*walk = (struct log_walk){before, 0};
		return mark_chunk(at.extent->text, at.extent->mark, before, chunk);
	}
	at.byte = at.extent->index.bytes;
	if (at.line < at.extent->index.lines && !seek_line(log, SPOOL_WALK, &at))
		return false;
	return back_text(log, &at, walk, chunk);
}
