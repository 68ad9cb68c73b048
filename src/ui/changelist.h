/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_CHANGELIST_H
#define PIPETOP_UI_CHANGELIST_H

/*
 * `:changes`: what happened since the operator last looked, newest first, over the whole
 * window. Enter goes to the run. What was looked at keeps its place and loses its mark.
 */
#include <stdbool.h>
#include <stdint.h>

#include "model/changes.h"
#include "ui/command.h"
#include "ui/grid.h"
#include "ui/ui.h"

struct changelist {
	struct changes *changes; /* borrowed; NULL: none are noticed */
	bool open;
	uint64_t seq; /* of the selected change */
	size_t top;
	int height;
};

/* Opens at the oldest that was not seen, else at the newest. */
void changelist_open(struct changelist *list);
/* True: *ref (borrowed) is to be gone to. Leaving counts as having looked at all. */
bool changelist_key(struct changelist *list, const struct key *key, const struct ref **ref);
void changelist_draw(struct changelist *list, struct grid *g, const struct rect *r,
		     const struct ui_now *now);

#endif
