/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_GUIDE_H
#define PIPETOP_APP_GUIDE_H

/*
 * The first start: what is missing and how to give it, as the lines of one screen of 80x24.
 */
#include <stdbool.h>
#include <stddef.h>

#include "app/options.h"

#define GUIDE_COLUMN 15 /* cell where the right part of a line begins */

struct guide_line {
	char *left;  /* NULL: `right` is a line of its own, "" an empty one */
	char *right;
};

struct guide {
	char *title;
	struct guide_line *lines;
	size_t n;
};

/* False: nothing is missing, and the guide is empty. */
bool guide_make(struct guide *g, const struct options *o);
void guide_done(struct guide *g);

#endif
