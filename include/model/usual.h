/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_MODEL_USUAL_H
#define PIPETOP_MODEL_USUAL_H

/*
 * "Usual" and "stuck" (ux.md): pure arithmetic over durations in ms.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define USUAL_RUNS 20

/* Median of up to USUAL_RUNS positive durations; 0 when there are none. Order is free. */
int64_t usual_median(const int64_t *durations, size_t n);

/* Median absolute deviation from `median`. */
int64_t usual_mad(const int64_t *durations, size_t n, int64_t median);

/* The longest that is not stuck; INT64_MAX where nothing is known to be usual. */
int64_t usual_limit_ms(int64_t usual_ms, int64_t mad_ms);

/* Longer than usual + max(50 %, 3 MAD), and at least 60 s more than usual. 0 usual: never. */
bool usual_stuck(int64_t elapsed_ms, int64_t usual_ms, int64_t mad_ms);

#endif
