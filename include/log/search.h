/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_LOG_SEARCH_H
#define PIPETOP_LOG_SEARCH_H

/*
 * Search in slices: no threads, no call longer than the time it is given, whole chunks
 * at a time (performance.md P4, P5). Patterns are PCRE2 with JIT, or literal.
 * Smart case: a pattern without an upper-case letter ignores case.
 *
 * What is matched is the line as delivered, with SGR sequences in it skipped where the
 * line has any (so that a coloured "error:" is found).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/err.h"
#include "log/log.h"

struct pattern; /* a compiled pattern, shared by search, filters and error rules */

struct pattern *pattern_new(const char *text, bool literal, struct err *err);
void pattern_free(struct pattern *p);
/* Does it match in this line? Offsets (bytes) of the first match at or after `from`. */
bool pattern_match(struct pattern *p, const char *line, size_t len, size_t from, size_t *start, size_t *end);
/* Was some text too much for the pattern (its limit of steps)? Then lines may be missing: say so. */
bool pattern_gave_up(const struct pattern *p);

struct search; /* one walk over a log, resumable */

enum search_state { SEARCH_RUNNING, SEARCH_FOUND, SEARCH_NONE };

/* Looks for the first matching line from `from` on (inclusive), forward or backward. */
struct search *search_new(struct log *log, struct pattern *pattern, int64_t from, bool forward);
void search_free(struct search *s);
/* Works for about `slice_us` microseconds. FOUND: *line is the matching line. */
enum search_state search_step(struct search *s, int64_t slice_us, int64_t *line);
/* For the status line: lines looked at so far. */
int64_t search_seen(const struct search *s);

/*
 * Counts matching lines over the whole log as it grows: "shard 2 of 9".
 */
struct counter;
struct counter *counter_new(struct log *log, struct pattern *pattern);
void counter_free(struct counter *c);
bool counter_step(struct counter *c, int64_t slice_us); /* true: up to date */
int64_t counter_total(const struct counter *c);
/* Matching lines at or before `line`; -1 while not yet counted that far. */
int64_t counter_rank(const struct counter *c, int64_t line);

#endif
