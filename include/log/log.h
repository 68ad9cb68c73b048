/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_LOG_LOG_H
#define PIPETOP_LOG_LOG_H

/*
 * The text of one step's log, of any size, with flat memory (performance.md P3).
 *
 * A log is a list of append-only segments of whole lines. Their bytes live in a spool: an
 * unlinked file of our own; their line index is sparse (a checkpoint each 64 KiB).
 * Lines are named by an int64_t that never changes its meaning: 0 is the first line
 * that was ever added; lines before it (older pages, read while scrolling up) are
 * -1, -2 ...; lines after it 1, 2 ... So [log_first, log_end) grows at both ends and an
 * operator's position stays where it is.
 *
 * A marker (gap, restart, end ...) is a line of its own in that numbering; it has no
 * bytes in the spool and can't be mistaken for log text.
 *
 * Log text goes in byte for byte as delivered; a page ends at a line end (api.md 4.4),
 * so log_append("a\nb") adds two lines, and "" adds one empty line.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/err.h"

#define LOG_LINE_SHOWN (1u << 20) /* bytes of one line that log_line() hands out at most (L13) */
#define LOG_SPOOL_MAX (INT64_C(4) << 30)

struct log;

/*
 * `dir`: where the spool's file is made and unlinked at once ($XDG_CACHE_HOME/pipetop);
 * it is created with mode 0700 where missing. `spool_max`: bytes; the oldest text
 * is given back beyond it under a LOG_MARK_DROPPED. NULL and err when no file can be made.
 */
struct log *log_new(const char *dir, int64_t spool_max, struct err *err);
void log_free(struct log *log);

/* Moves with every change of text, markers or ends. */
uint64_t log_version(const struct log *log);

bool log_append(struct log *log, const char *text, size_t len, struct err *err);
/* Lines of an older page: they come before log_first(). */
bool log_prepend(struct log *log, const char *text, size_t len, struct err *err);

enum log_mark {
	LOG_MARK_NONE,	    /* a line of text */
	LOG_MARK_GAP,	    /* bytes that the server did not deliver */
	LOG_MARK_RESTARTED, /* rewritten, rotated or retried: the old text stays above */
	LOG_MARK_DROPPED,   /* the spool gave the oldest back */
	LOG_MARK_NOTE,	    /* anything else said between lines */
	LOG_MARK_END,	    /* the step ended */
};
void log_mark(struct log *log, enum log_mark mark, const char *text);

/* Line 1 of the log is loaded: numbers can count from the start. */
void log_set_head(struct log *log, bool loaded);
bool log_head(const struct log *log);

int64_t log_first(const struct log *log);
int64_t log_end(const struct log *log); /* one past the last; == log_first() when empty */
int64_t log_bytes(const struct log *log); /* text held, with one newline a line */

struct log_line {
	const char *text; /* borrowed until the next call on this log; no newline; not NUL-terminated */
	size_t len;	  /* at most LOG_LINE_SHOWN */
	size_t full_len;  /* of the whole line */
	enum log_mark mark;
};

/* Reads line i of [first, end); false when it is not there (any more) or reading failed. */
bool log_line(struct log *log, int64_t i, struct log_line *line);

/*
 * Runs over whole chunks of text from line `i` on, forward, for search, saving and
 * output: each call hands out bytes of consecutive whole lines (each with its newline),
 * about 256 KiB, or one marker, and moves *i past them. False at the end.
 */
struct log_chunk {
	const char *text; /* borrowed until the next call on this log */
	size_t len;
	int64_t first;	  /* line at text[0] */
	int64_t lines;	  /* lines in the chunk */
	size_t line_skip; /* > 0: the chunk continues line `first` at this byte (a huge line) */
	bool line_open;	  /* the last line goes on in the next chunk */
	enum log_mark mark;
};
struct log_walk {
	int64_t line;
	size_t skip; /* bytes of `line` already handed out */
};
bool log_chunk(struct log *log, struct log_walk *walk, struct log_chunk *chunk);
/* The same backwards: hands out the chunk that ends just before walk->line. */
bool log_chunk_back(struct log *log, struct log_walk *walk, struct log_chunk *chunk);

#endif
