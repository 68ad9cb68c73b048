/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_HEADER_H
#define PIPETOP_UI_HEADER_H

/* The top line of the dashboard. */
#include "ui/grid.h"
#include "tree.h"
#include "ui/ui.h"

/* `ticking`: the screen is drawn each second, so that an age in seconds stays true. */
void header_draw(struct grid *g, const struct rect *r, const char *place,
		 const struct roster_counts *c, const struct ui_status *s, bool ticking);

#endif
