/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_LOGTEXT_H
#define PIPETOP_SIM_LOGTEXT_H

/*
 * The text of a step's log as a function: line i of a log is always the same bytes, and
 * how many lines exist at a moment follows from the step's times. Nothing is stored but
 * what was counted on the way (marks).
 */
#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"

struct log_words { /* a named list to draw from: {pkg} */
	const char *name;
	const char **v;
	int n;
};

struct log_kind { /* a tool's manner of writing, from the scenario */
	const char *name;
	const char **head, **ok, **fail; /* the first lines, and how it ends */
	int nhead, nok, nfail;
	const char **body; /* repeated as often as needed ... */
	int *group;	   /* ... lines of one group draw the same words */
	int nbody;
};

struct log_vocabulary { /* what all logs of a scenario share */
	const struct log_words *words;
	int nwords;
	const struct log_kind *frame; /* the runner's own lines around the tool's; may be NULL */
};

struct log_context { /* what a run's log lines may name: {repo}, {branch} ... */
	const char *repo, *branch, *commit;
	int number;
};

struct log_literal { /* a log given word for word */
	const char **lines;
	int n;
	int64_t first_offset, last_offset;
	const char *location;
};

enum log_form { LOG_NONE, LOG_TEMPLATE, LOG_LITERAL, LOG_FLOOD };

struct flood; /* opaque: precomputed lines of the performance text */

struct logtext {
	enum log_form form;
	uint64_t seed;
	int64_t start, end; /* ms; of the step, end = INT64_MAX for one that never ends */
	bool fails;
	const char *step;
	/* template */
	const struct log_kind *kind;
	const struct log_vocabulary *vocabulary;
	const struct log_context *context;
	int64_t lines; /* of the finished log */
	bool is_cut;   /* cancelled: no more than `cut` lines come */
	int64_t cut;
	/* literal */
	const struct log_literal *literal;
	/* flood */
	const struct flood *flood;
	int64_t at_start, per_s;
	const char *needle;
	/* counted so far, for offsets in bytes and characters */
	struct log_marks *marks;
};

/* How many lines a template log of `body` body lines has in all. */
int64_t logtext_count(const struct logtext *t, int64_t body);

int64_t logtext_visible(const struct logtext *t, int64_t now);

/* Line i (0-based) without a newline: raw, and as the inside of a JSON string. */
void logtext_line(const struct logtext *t, int64_t i, struct buf *out);
void logtext_line_json(const struct logtext *t, int64_t i, struct buf *out);

/* Where line i begins, counting each newline as one: in bytes, or in characters. */
int64_t logtext_position(struct logtext *t, int64_t i, bool characters);
/* The line that holds position `at`, at most `visible`. */
int64_t logtext_at_position(struct logtext *t, int64_t at, int64_t visible, bool characters);

/* Releases what was counted. */
void logtext_done(struct logtext *t);

/* The bytes of a JSON string's inside. */
void logtext_escape(const char *s, size_t len, struct buf *out);

struct flood *flood_new(uint64_t seed);
void flood_free(struct flood *f);

#endif
