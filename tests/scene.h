/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_TESTS_SCENE_H
#define PIPETOP_TESTS_SCENE_H

/*
 * Frames that a program on a terminal draws and its test knows, and the counters which
 * the program keeps in a shared file named by $PROBE_STATS.
 */
#include <stdint.h>

#include "ui/grid.h"

struct probe_stats {
	volatile uint32_t shown, skipped, resizes, stops;
	volatile int32_t stopped_ms; /* in term_free() or term_emergency() */
};

/* The same for the same seed: text, wide and marked characters, lines, roles, colours. */
void scene_random(struct grid *g, unsigned seed);
/* Known looks in known places. */
void scene_looks(struct grid *g);
/* Each cell in a pair of colours of its own. */
void scene_colours(struct grid *g);

#endif
