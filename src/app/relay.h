/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_RELAY_H
#define PIPETOP_APP_RELAY_H

/*
 * Hands the server's JSON on to --json (docs/json.md): member by member, every number
 * digit for digit, with our `state` added, the `gate` of a step that holds one open, and times
 * turned into RFC 3339.
 *
 * The text has been through the decoder already, so its shape is known to be JSON; what
 * the decoder repaired (bad UTF-8, lone surrogates, NULs) is repaired here too, and
 * control characters leave as \u escapes only. No span ever reaches past the text.
 */
#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "model/model.h"

/* A value within a text, without the white space around it. len 0: not there. */
struct span {
	const char *at;
	size_t len;
};

struct span span_of(const char *text, size_t len);
/* A member of an object; len 0 when it is none or has no such member. */
struct span span_member(struct span object, const char *key);
/* Walks an array: start with {0} in *at, ends with false. */
bool span_next(struct span array, size_t *at, struct span *element);
/* A string without its quotes, or a number's text, as it stands there (escapes and all). */
struct span span_text(struct span value);
bool span_is(struct span text, const char *word);

struct relay {
	const struct run *run; /* states and gates are looked up here by id; NULL: by word alone */
	int zone_offset_s;     /* of zone-less times */
	bool v3;	       /* pipeline_name -> name, watched -> is_collect as a boolean */
};

/*
 * Appends an object. `more` is text of our own for its end, such as "\"x\":1", or NULL; members
 * of the server's that are called as `instead` (NULL: none) are left out for it.
 */
void relay_object(const struct relay *relay, struct span object, const char *instead,
		  const char *more, struct buf *out);

/* Any text as a JSON string with its quotes: not UTF-8 becomes U+FFFD. */
void relay_string(const char *text, size_t len, struct buf *out);
void relay_time(int64_t ms, struct buf *out); /* RFC 3339, or null */
/* ,"approvers":...,"comment":... of a gate, each with a comma before it; NULL: nothing is known of it. */
void relay_gate(const struct step *step, struct buf *out);

/* Members of an object of our own after its first one, each with its comma in front. */
void relay_member_string(struct buf *out, const char *key, const char *value); /* NULL, "": null */
void relay_member_time(struct buf *out, const char *key, int64_t ms);
void relay_member_number(struct buf *out, const char *key, int64_t value); /* 0: null */
void relay_member_flag(struct buf *out, const char *key, bool value);

#endif
