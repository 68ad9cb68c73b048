/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_HELP_H
#define PIPETOP_UI_HELP_H

/* The help pane: the key table as text, scrolled. */
#include "ui/command.h"
#include "ui/grid.h"

struct help {
	bool open;
	int top;
};

void help_draw(struct help *h, struct grid *g, const struct rect *r);
/* Keys while it is open; any key that moves nothing closes it. */
void help_key(struct help *h, const struct key *key, int rows);

#endif
