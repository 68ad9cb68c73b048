/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_COURSE_H
#define PIPETOP_APP_COURSE_H

/*
 * The course of a confirmed action (reliability.md 4.4, 4.5), as a pure state machine over plain data:
 *
 *   fresh read -> intent in the audit log -> one send -> read back until it is so or 30 s -> outcome
 *   in the audit log
 *
 * Whoever drives it does what the last call returned and reports how that went. No path leads to a second
 * send. "Not done" is said only where it is certain: nothing left this machine, or the service refused and
 * what is read back agrees with that; whatever else is not seen to have happened is "unknown".
 */
#include <stdbool.h>
#include <stdint.h>

#include "core/err.h"
#include "model/deed.h"

#define COURSE_BACK_MS 30000	/* read back for so long */
#define COURSE_REFUSED_MS 6000	/* after a refusal */
#define COURSE_PAUSE_MS 1000	/* between two reads; then 2 s */

enum course_do {
	COURSE_READ,	/* read afresh; report with course_fresh or, once sent, course_back */
	COURSE_INTENT,	/* write the intent and sync it; report with course_written */
	COURSE_SEND,	/* send, on a connection of its own; report with course_answered */
	COURSE_WAIT,	/* until c->next_ms, then call course_time */
	COURSE_OUTCOME, /* write the outcome; report with course_written */
	COURSE_OVER,	/* c->verdict and c->err are final; returned once */
	COURSE_IGNORE,	/* the report belonged to nothing (a late answer): do nothing */
};

enum course_verdict { VERDICT_DONE, VERDICT_NOT_DONE, VERDICT_UNKNOWN };

struct course {
	enum course_phase { PHASE_FRESH, PHASE_INTENT, PHASE_SENT, PHASE_BACK, PHASE_OUTCOME, PHASE_OVER } phase;
	bool sent;     /* the request may have left */
	bool refused;  /* the service said no */
	bool accepted; /* it said yes */
	int64_t sent_ms, next_ms; /* monotonic */
	enum course_verdict verdict;
	struct err err;	 /* why not, or what is not known; ERR_NONE with VERDICT_DONE */
	struct err unlogged; /* the outcome could not be written to the audit log */
	struct err said; /* the service's refusal, or how the answer was lost */
};

/* The answer to the send. */
struct course_answer {
	struct err err; /* ERR_NONE: accepted */
	bool sent;	/* false: certainly nothing left */
	bool definite;	/* the service refused it in its own words, not a gateway's 5xx or a portal */
};

enum course_do course_begin(struct course *c);
/* The fresh read failed (`err`), or does not allow it (`err` too): nothing is sent. NULL: it does. */
enum course_do course_fresh(struct course *c, const struct err *err);
/* An intent that cannot be written forbids the send; an outcome that cannot be is told in c->unlogged. */
enum course_do course_written(struct course *c, const struct err *err);
enum course_do course_answered(struct course *c, const struct course_answer *answer, int64_t now_ms);
/*
 * err not NULL: this read back failed, and another will follow. `asked_ms`: when it was asked for, as what it
 * shows may not be newer.
 */
enum course_do course_back(struct course *c, const struct err *err, enum deed_effect effect, int64_t asked_ms);
enum course_do course_time(struct course *c, int64_t now_ms);
/* The program ends, or the connection is taken away: what is not known stays unknown (C02). */
enum course_do course_interrupt(struct course *c);

const char *course_verdict_word(enum course_verdict verdict); /* "done", "not done", "unknown" */

#endif
