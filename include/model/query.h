/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_MODEL_QUERY_H
#define PIPETOP_MODEL_QUERY_H

/*
 * What is typed after `/` in the lists, as plain data.
 *
 * A line is words. `field:value` restricts what a row may be; every other word is free
 * text, and all free text together is one regular expression, inverted by a `!` in
 * front. A word with an unknown field (`http://x`) is free text too. Commas part
 * alternatives; quotes hold blanks together: name:"web build". A field without a value
 * yet (`state:`, while it is typed) restricts nothing.
 *
 * The same query filters the rows that are here (query_match) and is put to the server
 * (app/feed.h), which alone can tell some of the fields.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/err.h"
#include "model/store.h"

struct groups; /* model/group.h */

enum query_flag { QUERY_ANY, QUERY_YES, QUERY_NO };

enum query_sort { QUERY_SORT_NONE, QUERY_SORT_NAME, QUERY_SORT_CREATE, QUERY_SORT_UPDATE, QUERY_SORT_START };

struct query_list {
	char **items; /* owned */
	size_t n;
};

struct query {
	unsigned states;	  /* bits 1u << enum state; 0: any */
	struct query_list status; /* the server's words, as typed */
	struct query_list names, executors, creators, projects, groups;
	struct query_list outcomes; /* success, error, aborted */
	char *component, *git;	  /* NULL: any */
	enum query_flag published, banned, favourite;
	int64_t since_ms, until_ms; /* start of the run, wall; WHEN_NONE: open */
	enum query_sort sort;
	bool descending;
	char *text;  /* free text without the `!`; NULL: none */
	bool invert; /* it had one */
};

/*
 * `now_ms`: the wall, for since:2h. On failure `query` is empty and `err` names the bad word
 * and what is accepted in its place.
 */
bool query_parse(const char *line, int64_t now_ms, struct query *query, struct err *err);
void query_done(struct query *query); /* also of a zeroed one */
void query_copy(struct query *to, const struct query *from);
bool query_empty(const struct query *query); /* nothing but, perhaps, an order */

/*
 * Does the row pass all that can be told of it here? The free text is the caller's, who
 * has the compiled pattern. `groups` may be NULL: then only a group's id is known, and a
 * group's name passes. What only the server knows passes: query_beyond() says so.
 */
bool query_match(const struct query *query, const struct groups *groups, const struct entry *entry);

/* The name of the first field in the query that only the server can tell; NULL: none. */
const char *query_beyond(const struct query *query);

/* The words of the language, in the order of the documentation, for completion and help. */
struct query_field {
	const char *name;   /* without the colon */
	const char *values; /* accepted ones, separated by blanks; NULL: any */
	const char *help;   /* untranslated */
};
const struct query_field *query_field(size_t i); /* NULL past the last */

/* The field's name in both APIs for an order: "create_time"; NULL for none. */
const char *query_sort_word(enum query_sort sort);

#endif
