/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_LOG_INDEX_H
#define PIPETOP_LOG_INDEX_H

/*
 * Where lines start, sparsely. Offsets count from the beginning of an extent, a run of
 * whole lines in the spool. Checkpoint k is the first line that starts at or after
 * k * INDEX_STEP; so a line is found by a look at 64 KiB at most, and a line longer
 * than that has its end in the next checkpoint, without a look at its bytes.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INDEX_STEP ((int64_t)1 << 16)

struct checkpoint {
	int64_t line, byte;
};

struct index {
	struct checkpoint *points;
	size_t n;
	int64_t lines, bytes; /* of the extent, so far */
};

void index_done(struct index *index);

/* Takes in whole lines, the last one without its newline. */
void index_add(struct index *index, const char *text, size_t len);

/* The last checkpoint at or before a line, and the last strictly before a byte > 0. */
size_t index_by_line(const struct index *index, int64_t line);
size_t index_before_byte(const struct index *index, int64_t byte);

/* Byte of checkpoint k, or the end of the extent where there is none (yet). */
struct checkpoint index_at(const struct index *index, int64_t k);

#endif
