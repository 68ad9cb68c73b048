/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_API_BODY_H
#define PIPETOP_API_BODY_H

/*
 * Request bodies: JSON written straight into a buf. Members come one after another
 * between body_open() and body_close(); text that is NULL or "" leaves its member out.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"

/* A JSON string; false: the buffer is full. */
bool body_quoted(struct buf *body, const char *text);
void body_open(struct buf *body);
void body_close(struct buf *body);
void body_text(struct buf *body, const char *key, const char *text);
void body_value(struct buf *body, const char *key, const char *text); /* also when it is empty */
void body_json(struct buf *body, const char *key, const char *json);  /* as it is; NULL leaves it out */
/* The key of a member whose value the caller writes. */
void body_key(struct buf *body, const char *key);
void body_int(struct buf *body, const char *key, int64_t value);
void body_bool(struct buf *body, const char *key, bool value);
void body_ints(struct buf *body, const char *key, const int *values, size_t n); /* n 0: left out */
/* As a number when it is one, as a text otherwise (offsets of api.md 4.4). */
void body_token(struct buf *body, const char *key, const char *token);
void body_list(struct buf *body, const char *key, const char *const *items, size_t n); /* n 0: left out */
/* v3 wants lists as one text with commas (api.md 7.1). */
void body_joined(struct buf *body, const char *key, const char *const *items, size_t n);
/* A bare list, without an object around it (5.2). */
void body_bare_list(struct buf *body, const char *const *items, size_t n);

#endif
