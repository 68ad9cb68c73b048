/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_MISCHIEF_H
#define PIPETOP_SIM_MISCHIEF_H

/*
 * What goes wrong with an action: whether it is applied, and what is said of it, are two
 * things, and every pair of them can be had.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/faults.h"
#include "sim/rng.h"

struct server;
struct call;
struct mischief_late;

struct mischief {
	struct mischief_late *late; /* actions that are still to be done */
	size_t nlate;
	/* What the next `stale_reads` readers of that run are told. */
	char stale_run[RNG_ID_SIZE];
	struct cJSON *stale_detail; /* NULL: that there is no such run */
	int stale_reads;
};

void mischief_serve(struct call *c, const struct fault *f);
/* Does what is due by `now`. */
void mischief_catch_up(struct server *s, int64_t now);
/* True, and answered, when the detail of that run is still to be the old one. */
bool mischief_stale(struct call *c, const char *run_id);
void mischief_done(struct mischief *m);

#endif
