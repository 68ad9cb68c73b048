/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_API_JSON_PRE_H
#define PIPETOP_API_JSON_PRE_H

/*
 * The pre-pass: one walk over the bytes of a document that refuses what is not JSON or too
 * much of it, and writes what cJSON can be trusted with.
 */
#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "core/err.h"

/*
 * A number leaves the pre-pass as a string that begins with this byte, which no repaired
 * string can hold: it never stands in UTF-8.
 */
#define JSON_PRE_NUMBER '\xFF'

/* Appends to `out`; `lift`, `lifted` and `was_lifted` as json_parse() has them. */
bool json_pre(const char *text, size_t len, const char *lift, struct buf *lifted,
	      bool *was_lifted, struct buf *out, struct err *err);

#endif
