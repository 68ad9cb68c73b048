/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_MODEL_DEED_H
#define PIPETOP_MODEL_DEED_H

/*
 * What a person may do to a run, and how it is seen that it was done (api.md 5, reliability.md
 * 4.4 and 4.5). All of it is a function of what is known of the run: before, so that nothing is
 * sent that cannot succeed; in the fresh read after `y`, so that nothing is sent when the run is
 * not as it was shown; and afterwards, because the answer to a request may be lost or lie.
 */
#include <stdbool.h>
#include <stdint.h>

#include "core/err.h"
#include "model/model.h"

enum deed {
	DEED_RETRY,
	DEED_STOP,
	DEED_APPROVE,  /* a gate: passes it; a suspended step: lets it go on */
	DEED_REJECT,
	DEED_POSTPONE, /* a delayed job: one hour more */
	DEED_CANCEL,   /* a run that is queued */
	DEED_COUNT
};

/* What of a run (and a step of it) a deed depends on. Plain data, no pointers. */
struct deed_view {
	enum state run, step;
	char run_status[24], step_status[24]; /* the server's words, cut */
	enum gate gate;
	enum step_place place;
	int attempt;			 /* of the step */
	int64_t run_start_ms, run_end_ms;
	int64_t step_start_ms;
	bool has_step;
};

/*
 * Looks at a run; step_id NULL: at the run as a whole. False: it has no such step (any more), and
 * the view is of the run alone.
 */
bool deed_look(const struct run *run, const char *step_id, struct deed_view *view);

/* Can it be done? False: the sentence says why not, in terms of the state. */
bool deed_fits(enum deed deed, const struct deed_view *view, struct err *err);

/* Is it as it was shown? What runs on within a running run is no change. False: what changed. */
bool deed_unchanged(enum deed deed, const struct deed_view *shown, const struct deed_view *fresh,
		    struct err *err);

/* The step that a deed of this kind is for when only a run is named: its open gate; "" for those to a run. */
bool deed_needs_step(enum deed deed);

enum deed_effect {
	DEED_EFFECT_NONE,  /* it is as it was */
	DEED_EFFECT_SEEN,  /* what was wanted is so now */
	DEED_EFFECT_OTHER, /* the opposite was decided, or the run went another way */
	DEED_EFFECT_UNSURE, /* nothing that can be read tells: the answer alone does */
	DEED_EFFECT_MAYBE,  /* it went on, and that may be of it or of something else */
};

/*
 * What has become of it. `before` is the fresh read that the request was sent after. A colleague
 * who did the same is not told apart: what counts is what is so.
 */
enum deed_effect deed_effect(enum deed deed, const struct deed_view *before,
			     const struct deed_view *after);

/* "retry", "stop", "approve" ...: the command's name and the audit log's word. */
const char *deed_word(enum deed deed);

#endif
