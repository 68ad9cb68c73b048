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

/* Sorts in place. `server_now_ms` is the server's clock now (for "stuck"). */
void attention_sort(struct entry *entries, size_t n, int64_t server_now_ms);

#endif
