/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_MODEL_PROGRESS_H
#define PIPETOP_MODEL_PROGRESS_H

/*
 * What a run did between two looks at it, in the order in which it happened: begun, queued,
 * waiting, going on, over, begun again. Pure: the same two details, the same events.
 *
 * A thing that began and ended between the looks is told of twice, one event for each. No
 * change is told of twice: what the earlier detail says already is not told again. A stage,
 * job or run that merely holds a gate counts as running; the gate is a step's event.
 * Within what was skipped as a whole nothing more is said to be skipped.
 */
#include <stddef.h>
#include <stdint.h>

#include "model/model.h"

enum progress_what {
	PROGRESS_MOVED, /* queued, running, or a state that we do not know */
	PROGRESS_AGAIN, /* it was over, or was replaced, and is under way once more: a retry */
	PROGRESS_GATE,	/* it waits for a person */
	PROGRESS_ENDED,
};

struct progress {
	enum progress_what what;
	enum state state; /* that it has come to */
	int64_t at_ms;	  /* when, by the server's clock; as near as is known; WHEN_NONE */
	/* Which: the innermost one that is not NULL, else the run. All are `now`'s. */
	const struct stage *stage;
	const struct job *job; /* NULL for pre and post steps */
	const struct step *step;
};

/*
 * From `old` (NULL: nothing was known) to `now`, two details of one run. The array is the
 * caller's (mem_free); how many.
 */
size_t progress_between(const struct run *old, const struct run *now, struct progress **events);

#endif
