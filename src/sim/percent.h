/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_PERCENT_H
#define PIPETOP_SIM_PERCENT_H

/* Percent-encoding as requests and their signatures use it (api.md 2.2). */
#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"

/*
 * Appends s[0..len) decoded; false, and nothing sensible appended, when a % is not followed
 * by two hex digits or stands for NUL, or when it does not fit.
 */
bool percent_decode(const char *s, size_t len, struct buf *out);

/* Appends s[0..len) with all but letters, digits and -_.~ as %XX. */
void percent_encode(const char *s, size_t len, struct buf *out);

#endif
