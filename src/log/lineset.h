/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_LOG_LINESET_H
#define PIPETOP_LOG_LINESET_H

/*
 * Line numbers in order, added at both ends only: what search and the error rules found.
 * Beyond LINESET_MAX on a side nothing more is kept there, but the count goes on.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINESET_MAX 250000

struct lineset {
	int64_t *after;	 /* ascending */
	int64_t *before; /* descending: the first is the one next to `after` */
	size_t n_after, n_before;
	int64_t more;	 /* found but not kept, at the far ends */
};

void lineset_done(struct lineset *s);
void lineset_add_after(struct lineset *s, int64_t line);  /* greater than all in it */
void lineset_add_before(struct lineset *s, int64_t line); /* smaller than all in it */
void lineset_forget_below(struct lineset *s, int64_t first); /* lines that are gone */
size_t lineset_size(const struct lineset *s);	/* kept */
int64_t lineset_total(const struct lineset *s); /* found */
int64_t lineset_at(const struct lineset *s, size_t i);
/* Index of the first kept line >= `line`: lineset_size() when there is none. */
size_t lineset_lower(const struct lineset *s, int64_t line);

#endif
