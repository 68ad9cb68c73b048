/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_LISTING_H
#define PIPETOP_APP_LISTING_H

/*
 * Every pipeline of the projects asked for, page by page: from the v5 list, or the v3 list
 * with its states from batch status (--api v3, and for a project that v5 knows none of).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "command.h"
#include "relay.h"

struct listing_row {
	struct pipeline *pipeline; /* with `latest` where there is one; may be taken over */
	bool v3;
	/* The server's JSON: the row, and with v3 the run of batch status. len 0: not kept. */
	struct span row, run;
};

/* False ends the walk. */
typedef bool listing_fn(void *self, struct listing_row *row);

struct listing {
	const char *name, *creator;
	const char *const *states; /* our words or the server's; NULL: all */
	size_t n_states;
	const char *outcome; /* v3 */
	const char *sort;    /* "name" ...; NULL: the server's */
	bool descending;
	int64_t most;	     /* rows in all; 0: every one */
	listing_fn *visit;
	void *self;
	/* Result: rows visited, rows there are (-1: not said by some project). */
	int64_t seen, total;
};
bool listing_walk(struct command *c, struct listing *list, struct err *err);

#endif
