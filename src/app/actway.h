/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_ACTWAY_H
#define PIPETOP_APP_ACTWAY_H

/*
 * The way of one kind of action, as action.c plays it:
 *
 *   read()  starts a fresh look; it ends with action_saw()   -- before the send, and again afterwards
 *   fits()  after the first look: may it be sent?
 *   send()  starts the one request; it ends with action_heard()
 *   effect() after each later look: what has become of it
 *   tell()  the sentence for the operator, once there is a verdict; the reason is put behind it
 *
 * A way keeps what it has seen in `a->own`, which done() releases. A callback of the session may run
 * from within read() and send(): action_saw() and action_heard() only take note, and what follows
 * happens in the next turn. A look of several requests sets `a->asked` for those that its
 * callbacks send.
 */
#include "action.h"
#include "core/buf.h"

struct action;

struct act_way {
	uint64_t (*read)(struct action *a); /* the session's number, as send(); a->asked is set to it */
	bool (*fits)(struct action *a, struct err *err);
	uint64_t (*send)(struct action *a);
	enum deed_effect (*effect)(struct action *a);
	void (*tell)(const struct action *a, struct buf *out);
	void (*done)(struct action *a);
	void (*copy)(struct action *a, const struct action_order *order); /* what of the order it needs */
};

struct action_mind; /* opaque */

struct action {
	struct actions *all;
	const struct act_way *way;
	struct course course;
	uint64_t id, asked;
	enum act act;
	struct ref ref;
	char *pipeline_name, *step_name, *detail;
	int64_t run_number;
	struct deed_view shown;
	bool sent; /* send() was called: a look from now on is a look back */
	int64_t now_ms; /* monotonic, of the turn */
	void *own; /* of the way */
	/* What the way leaves for the audit log and the result. */
	char before[64], after[64];
	char *run_id, *new_id;
	bool queued;
	int64_t queue_id;
	enum state state;
	char status[64];
	char hint[160]; /* what an operator may look at as long as it is not known; "" */
	/* action.c's own: answer, timer, callback ... */
	struct action_mind *mind;
};

struct session *action_session(const struct action *a);
const char *action_tenant(const struct action *a); /* "" if not known */
/* Pays for one read from the budget, if there is one. */
void action_pay(struct action *a);
/* Hands a run on to whoever wants to show it. */
void action_show_run(struct action *a, const struct run *run, const struct api_answer *answer);

/* A look is over: `err` NULL: the way has what it needs. */
void action_saw(struct action *a, const struct err *err);
/* The request was answered. The way has taken what it needs of it. */
void action_heard(struct action *a, const struct api_done *done);

extern const struct act_way actway_deed, actway_run, actway_ban, actway_template, actway_use, actway_task;

#endif
