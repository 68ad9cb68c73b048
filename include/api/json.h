/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_API_JSON_H
#define PIPETOP_API_JSON_H

/*
 * JSON from a server that is not trusted, read the tolerant way (api.md 0).
 *
 * A pre-pass walks the bytes before cJSON sees them (reliability.md, rows J): whole
 * input used, UTF-8 repaired to U+FFFD, depth <= 64, nodes <= 200,000, `\u0000` and lone
 * surrogates to U+FFFD. It can lift one long string member out of the top-level
 * object, unescaped, so that cJSON never copies a log.
 *
 * Numbers keep their text: cJSON rounds above 2^53 (J05). In the tree a number is a string
 * behind a private mark, so read scalars through the getters only. They are
 * case-sensitive, the first of two members of one name wins, they accept number for
 * string and string for number, and treat null, absent and "" alike.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/err.h"

struct cJSON;
struct json; /* a parsed document; opaque */

#define JSON_DEPTH_MAX 64
#define JSON_NODES_MAX 200000
#define JSON_BYTES_MAX (4u << 20) /* besides the lifted string */

/*
 * `lift`: name of the top-level string member to append to `lifted` instead of parsing it
 * (both NULL: none). On failure nothing was added to `lifted`.
 */
struct json *json_parse(const char *text, size_t len, const char *lift, struct buf *lifted,
			bool *was_lifted, struct err *err);
void json_free(struct json *json);
const struct cJSON *json_root(const struct json *json);

/* NULL when `obj` is no object or has no such member. */
const struct cJSON *json_member(const struct cJSON *obj, const char *key);
const struct cJSON *json_array(const struct cJSON *obj, const char *key); /* first element or NULL */
/* Copy of a string, or of a number's text, or "true"/"false"; NULL for null, "" and others. */
char *json_string(const struct json *json, const struct cJSON *obj, const char *key);
int64_t json_int(const struct json *json, const struct cJSON *obj, const char *key, int64_t missing);
bool json_bool(const struct cJSON *obj, const char *key, bool missing);

/* The text of one scalar as json_string() has it, borrowed from the document; item may be NULL. */
const char *json_peek(const struct cJSON *item);

/*
 * A copy of the text of any value: a scalar's as json_peek() has it, of a list or object its
 * JSON on one line. NULL for null, "" and what would be longer than `max` bytes.
 */
char *json_value_text(const struct cJSON *item, size_t max);

/* What an item is; all false for NULL but json_is_null(), which takes absent for null. */
bool json_is_array(const struct cJSON *item);
bool json_is_object(const struct cJSON *item);
bool json_is_null(const struct cJSON *item);

/* Elements of a list, walked and never indexed (J14). */
const struct cJSON *json_first(const struct cJSON *array); /* NULL if empty or no array */
const struct cJSON *json_next(const struct cJSON *element);
size_t json_count(const struct cJSON *first); /* the element and those after it; NULL: 0 */

/* Members whose name their object had already (J08). Costs a sort: for diagnostics. */
size_t json_duplicates(const struct json *json);

#endif
