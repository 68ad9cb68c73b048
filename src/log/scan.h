/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_LOG_SCAN_H
#define PIPETOP_LOG_SCAN_H

/*
 * Looks at every line of a log once, in chunks, as the log grows at both ends: from where
 * it was attached on forward, and backward over what is read before that.
 */
#include <stdbool.h>
#include <stdint.h>

#include "log/log.h"

struct scan {
	struct log *log;
	struct log_walk after, before; /* what was looked at: [before.line, after.line) */
	int64_t seen;		       /* lines, in all */
};

/* `before`: the chunk lies before everything seen so far (its lines still ascend). */
typedef void scan_fn(void *self, const struct log_chunk *chunk, bool before);

void scan_init(struct scan *scan, struct log *log);
/* Works for about slice_us, at least one chunk if slice_us > 0; true: everything was seen. */
bool scan_step(struct scan *scan, int64_t slice_us, scan_fn *visit, void *self);

/* Microseconds of the monotonic clock, for slices. */
int64_t scan_clock_us(void);

#endif
