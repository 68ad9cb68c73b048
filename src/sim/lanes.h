/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_LANES_H
#define PIPETOP_SIM_LANES_H

/* The lanes of a world: who runs when. */
#include "sim/world.h"

struct lanes; /* opaque */

struct lanes *lanes_new(struct world *w);
void lanes_free(struct lanes *l);
void lanes_catch_up(struct lanes *l, int64_t now);

#endif
