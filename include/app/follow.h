/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_FOLLOW_H
#define PIPETOP_APP_FOLLOW_H

/*
 * Follows the log of one step: asks for pages, lets the cursor say what is new, puts
 * that into a log. The dashboard and `logs -f` are the same follow.
 *
 * FOLLOW_START reads from line 1. FOLLOW_TAIL asks for the last lines first, goes on
 * forward from there, and reads older pages when asked to (follow_page_up), so that the
 * first paint never waits for the whole log.
 *
 * Periods are reliability.md 5: has_more is followed at once (paid from the budget's
 * pages); a log being written is asked after 0.25 x the silence so far, 0.5 s to 4 s;
 * failures back off with jitter and never give up; at most one request is in flight.
 * It stops by itself when the step is over (follow_step) and everything is read.
 *
 * What happens shows as the log's version, the phase, and one call of `changed`.
 */
#include <stdbool.h>
#include <stdint.h>

#include "api/calls.h"
#include "log/log.h"
#include "model/state.h"
#include "net/budget.h"
#include "net/retry.h"

struct ev_loop;
struct follow; /* opaque */

enum follow_from { FOLLOW_START, FOLLOW_TAIL };

enum follow_phase {
	FOLLOW_QUEUED,	  /* the step has not started */
	FOLLOW_STARTING,  /* the first page is asked for */
	FOLLOW_NO_OUTPUT, /* it runs and has written nothing yet */
	FOLLOW_LIVE,	  /* text is there, more may come */
	FOLLOW_ENDED,	  /* the step is over and all of it is read */
	FOLLOW_EMPTY,	  /* the step is over and wrote nothing */
	FOLLOW_EXPIRED,	  /* the server no longer has it (L10) */
	FOLLOW_DENIED,	  /* not permitted */
	FOLLOW_BROKEN,	  /* the server's offsets cannot be followed (L06): err says why */
};

struct follow_options {
	struct ev_loop *loop;
	struct session *session;
	struct budget *budget;	  /* NULL: unlimited */
	struct api_log_ref ref;	  /* ids, copied */
	enum follow_from from;
	int page_lines;		  /* 0: the default (5,000; 200 for the first tail page) */
	const char *spool_dir;
	int64_t spool_max;	  /* 0: LOG_SPOOL_MAX */
	bool on_screen;		  /* back-off caps of the view on screen */
	void (*changed)(void *self, struct follow *follow); /* may be NULL */
	void *self;
};

struct follow *follow_new(const struct follow_options *options, struct err *err);
void follow_free(struct follow *f); /* cancels; the log goes with it */

struct log *follow_log(struct follow *f);
enum follow_phase follow_phase(const struct follow *f);
const char *follow_phase_text(enum follow_phase phase); /* a sentence, translated */

/*
 * What the run detail says of the step; call at each new answer. Its end starts the last
 * reads. A LOG_MARK_END ("step failed, 4m12s") is written when all is read. A step that was
 * over and has a later start, or runs, was started again: its log is asked again.
 */
void follow_step(struct follow *f, enum state state, int64_t start_ms, int64_t end_ms);

/*
 * A newer attempt has its place: nothing more will be written, whatever was seen last. Call it
 * before follow_step().
 */
void follow_replaced(struct follow *f);

/* Of the step whose log this is; another attempt has a follow of its own. */
const char *follow_step_id(const struct follow *f);

void follow_page_up(struct follow *f);	/* FOLLOW_TAIL: read the next older page */
bool follow_paging(const struct follow *f); /* an older page is on its way */
void follow_hidden(struct follow *f, bool hidden); /* nobody looks: stop asking, keep the cursor */
void follow_now(struct follow *f);	/* the operator pressed r */
bool follow_in_flight(const struct follow *f);

/* Newest failure, kind ERR_NONE when the last answer was good; next try (monotonic ms). */
struct err follow_err(const struct follow *f, int64_t *next_ms);
int64_t follow_fresh_ms(const struct follow *f); /* monotonic time of the last good answer */

/* The pure rule: how long to wait after an answer without news (performance.md P15). */
int64_t follow_wait_ms(int64_t silence_ms, int64_t took_ms, double random);

#endif
