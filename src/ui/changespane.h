/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_CHANGESPANE_H
#define PIPETOP_UI_CHANGESPANE_H

/*
 * `:changes`: what happened since the operator last looked, newest first. What he has not seen
 * yet is marked. Enter goes to the run and counts that one as seen, so that opening the list
 * again goes on with the next; leaving the list counts all of it.
 */
#include "model/changes.h"
#include "ui/command.h"
#include "ui/grid.h"
#include "ui/ui.h"

struct changespane {
	bool open;
	uint64_t selected; /* event: the cursor stays on it when new ones come. 0: the newest */
	size_t top;	   /* first on screen, counted from the newest */
	int rows;	   /* for events, at the last draw */
};

enum changespane_answer {
	CHANGESPANE_STAYS,
	CHANGESPANE_CLOSED,
	CHANGESPANE_JUMPS, /* to `out`; the list is closed */
	CHANGESPANE_OTHER, /* no key of this list */
};

/* With the cursor on the newest that was not seen. */
void changespane_open(struct changespane *p, const struct changes *changes);
void changespane_draw(struct changespane *p, const struct changes *changes, struct grid *g,
		      const struct rect *r, const struct ui_now *now);
/* `out` is an empty or filled ref of the caller's. */
enum changespane_answer changespane_key(struct changespane *p, struct changes *changes,
					const struct key *key, struct ref *out);
/* For the wheel: by rows, down is positive. */
void changespane_move(struct changespane *p, const struct changes *changes, int64_t by);

#endif
