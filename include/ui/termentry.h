/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_TERMENTRY_H
#define PIPETOP_UI_TERMENTRY_H

/* What the terminfo entry of a name says; no terminal is opened or written to. */
#include <stdbool.h>

struct termentry {
	bool found;  /* there is one */
	bool fit;    /* the dashboard can move the cursor with it */
	int colours; /* 0: none */
};

struct termentry termentry_find(const char *name); /* NULL and "": not found */

#endif
