/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_MODEL_ATTENTION_H
#define PIPETOP_MODEL_ATTENTION_H

/*
 * Which row comes first (ux.md "Order"): waits for a person, failing, stuck, running,
 * the rest by time, newest first; ties by project, name, run number, so that the order
 * of equal rows never flickers. Pure: the same entries at the same time, the same order.
 */
#include <stddef.h>
#include <stdint.h>

#include "model/store.h"

enum attention {
	ATTENTION_WAITING,
	ATTENTION_FAILING, /* the pipeline's latest run failed */
	ATTENTION_STUCK,
	ATTENTION_RUNNING, /* and queued */
	ATTENTION_REST,
	ATTENTION_COUNT
};

enum attention attention_of(const struct entry *entry, int64_t server_now_ms);

/* Since when (the server's clock) a running row is stuck; INT64_MAX: never. */
int64_t attention_stuck_ms(const struct entry *entry);

/*
 * The order as a number, for whoever keeps rows sorted: lower comes first. Rows of one
 * number are ordered by attention_compare_names(). Always < UINT64_MAX / 2.
 */
uint64_t attention_key(enum attention attention, int64_t start_ms);

/* By project, name and ids, then the newer run first. 0: the same row. */
int attention_compare_names(const struct entry *a, const struct entry *b);
/* When what the row shows began, in its run's words or v3's; WHEN_NONE: never or not known. */
int64_t attention_start_ms(const struct entry *entry);

/* Sorts in place. `server_now_ms` is the server's clock now (for "stuck"). */
void attention_sort(struct entry *entries, size_t n, int64_t server_now_ms);

#endif
