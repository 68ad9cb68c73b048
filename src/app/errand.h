/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_ERRAND_H
#define PIPETOP_APP_ERRAND_H

/*
 * One confirmed action, carried out for a command: begun, waited for until its verdict is there, and
 * told. What is slow is told on stderr while it lasts; SIGINT, SIGTERM and SIGHUP end it at once, with
 * what is known then, in the audit log, too.
 */
#include <stdbool.h>

#include "action.h"
#include "command.h"

struct errand {
	enum course_verdict verdict;
	struct err err;	     /* why not, or what is not known */
	struct err unlogged; /* the outcome is not in the audit log */
	char *sentence;	     /* owned, as are all strings here: "checkout-api 1204: stopped" */
	char *run_id, *new_id, *status; /* NULL: none */
	char *number;			/* in the audit log; NULL: nothing is there */
	int64_t run_number; /* 0: not known */
	bool queued;
	int64_t queue_id;
	enum state state;
	int signum; /* that ended it; 0: none */
};

/* What there is to say of the thing beside the order; each may be NULL. */
struct errand_place {
	const char *stage, *job, *step; /* names */
	const char *gate;		/* gate_word() */
};

/* False: it could not be begun, and nothing was sent. */
bool errand_run(struct command *c, const struct action_order *order, struct errand *e, struct err *err);
/* The question was answered with no: what errand_tell() and errand_status() then say. */
void errand_declined(struct errand *e);
/*
 * The sentence: on stdout if it was done, else on stderr; or with --json the object of docs/json.md.
 * `place` may be NULL.
 */
void errand_tell(struct command *c, const struct action_order *order, const struct errand_place *place,
		 const struct errand *e);
/* That object alone, without a newline. */
void errand_object(const struct action_order *order, const struct errand_place *place, const struct errand *e,
		   struct buf *out);
/* Done 0, not done 1 or, where it is not permitted, 4, unknown 3; 128 + n after a signal. */
int errand_status(const struct errand *e);
void errand_done(struct errand *e);

#endif
