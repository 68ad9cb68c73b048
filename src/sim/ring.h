/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_RING_H
#define PIPETOP_SIM_RING_H

/*
 * The last requests received, for tests to count and compare: no more than 100,000, and
 * no more than 16 MB of them.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/hash.h"

#define RING_SIZE 100000
#define RING_BYTES ((size_t)16 << 20)

struct ring_entry {
	uint64_t number; /* from 1 */
	int64_t real_ms, sim_ms;
	char method[8];
	char *path; /* with its query */
	char body_sha256[HASH_SHA256_HEX];
	int status; /* of the answer */
	bool with_token, with_signature;
};

struct ring {
	struct ring_entry **v; /* grows to RING_SIZE, then goes round; NULL: forgotten */
	uint64_t received;
	uint64_t forgotten; /* the first so many are gone */
	size_t bytes;
};

/* The next request's entry; `path` is taken. */
struct ring_entry *ring_add(struct ring *r, char *path);
/* NULL when it is gone or not yet there. */
const struct ring_entry *ring_get(const struct ring *r, uint64_t number);
void ring_done(struct ring *r);

#endif
