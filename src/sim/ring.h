/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_RING_H
#define PIPETOP_SIM_RING_H

/* The last 100,000 requests received, for tests to count and compare. */
#include <stdbool.h>
#include <stdint.h>

#include "core/hash.h"

#define RING_SIZE 100000

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
	struct ring_entry *v; /* grows to RING_SIZE, then goes round */
	uint64_t received;
};

struct ring_entry *ring_add(struct ring *r);
/* NULL when it is gone or not yet there. */
const struct ring_entry *ring_get(const struct ring *r, uint64_t number);
void ring_done(struct ring *r);

#endif
