/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_TESTS_CROWD_H
#define PIPETOP_TESTS_CROWD_H

/*
 * A store full of pipelines, made and changed by dice: the same seed, the same crowd.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/group.h"
#include "model/store.h"

#define CROWD_NOW INT64_C(1795500000000) /* the server's clock when it is made */

struct crowd {
	struct store *store;
	unsigned seed;
	int projects;
	uint64_t asked; /* requests so far */
	int64_t now_ms; /* the server's clock; the tests move it */
	size_t n;	/* pipelines are numbered 0..n-1 */
};

void crowd_init(struct crowd *c, struct store *store, unsigned seed, int projects);
unsigned crowd_dice(struct crowd *c, unsigned sides);
/* `n` more pipelines, in pages as a listing brings them, some with older runs that live. */
void crowd_add(struct crowd *c, size_t n);
/* A batch status of `n` pipelines from number `first` on: each at another state by dice. */
void crowd_change(struct crowd *c, size_t first, size_t n);
/* A tree of groups for each project; the pipelines name them from the start. */
void crowd_groups(struct crowd *c, struct groups *groups);
const char *crowd_project(size_t pipeline, const struct crowd *c);
void crowd_id(size_t pipeline, char out[33]);

#endif
