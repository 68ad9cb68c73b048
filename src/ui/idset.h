/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_IDSET_H
#define PIPETOP_UI_IDSET_H

/*
 * A set of things named by two ids (a project's and a pipeline's, or a group's), each
 * with one yes or no: what the operator marked, opened, chose. It outlives the rows.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IDSET_MAX 10000 /* what is added beyond is refused */

struct idset {
	struct idset_item {
		uint64_t hash;
		char *project, *id; /* one block, the project's */
		bool value;
	} *items; /* open addressing: project NULL is empty; at most half full */
	size_t slots, n;
	uint64_t version; /* moves with every change */
};

void idset_done(struct idset *s);
void idset_clear(struct idset *s);
uint64_t idset_hash(const char *project, const char *id);
/* NULL: it is not in the set. */
const bool *idset_find(const struct idset *s, uint64_t hash, const char *project, const char *id);
/* Something in it has that hash: almost surely the thing itself. */
bool idset_may_hold(const struct idset *s, uint64_t hash);
/* False: the set is full. */
bool idset_put(struct idset *s, const char *project, const char *id, bool value);
void idset_remove(struct idset *s, const char *project, const char *id);
void idset_each(const struct idset *s,
		void (*each)(const char *project, const char *id, bool value, void *arg), void *arg);

#endif
