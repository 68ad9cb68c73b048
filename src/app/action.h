/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_ACTION_H
#define PIPETOP_APP_ACTION_H

/*
 * Carries confirmed actions out: plays app/course for each over a session, with the audit log and the
 * loop's timers. Dashboard and commands use the same. An action, once begun, ends exactly once with a
 * verdict; nothing is sent twice.
 *
 * What an action reads, what it requires, how it is sent and what shows that it was done is a strategy
 * (struct act_way) for each kind: actiondeed.c (runs and gates), actionstart.c (run, ban, unban),
 * actiontemplate.c (templates). action.c knows only the order of things.
 */
#include <stdbool.h>
#include <stdint.h>

#include "api/acts.h"
#include "api/session.h"
#include "api/templates.h"
#include "audit.h"
#include "course.h"
#include "model/act.h"
#include "net/budget.h"

struct ev_loop;
struct actions; /* opaque: those that are open */

struct action_options {
	struct ev_loop *loop; /* its timer turns them; NULL: the caller does, with actions_turn() */
	struct session *session;
	struct audit *audit;	/* borrowed */
	struct budget *budget;	/* its reads are counted there, never held up; NULL: none */
	const char *tenant;	/* for templates; NULL: not known */
	/* A run as it was read on the way (borrowed, with the answer that brought it). May be NULL. */
	void (*saw_run)(void *self, const char *project_id, const char *pipeline_id, const struct run *run,
			const struct api_answer *answer);
	void *self;
};

/* What is to be done. All borrowed for action_begin(), which copies what it needs. */
struct action_order {
	enum act act;
	const struct ref *ref;	   /* project, pipeline; for deeds also run, and for gates stage, job, step */
	const char *pipeline_name; /* for sentences and the audit log; NULL: not known */
	const char *step_name;
	int64_t run_number;
	struct deed_view shown;	   /* deeds: what the operator was shown when he said yes */
	const struct api_run_order *run; /* ACT_RUN */
	const char *detail;	   /* for the audit log, NULL: none */
	const struct template *template; /* ACT_TEMPLATE_*: with its id; as it was shown, but for ... */
	const struct template *wanted;	 /* ... COPY and EDIT: as it is to be */
	const struct api_template_use *use; /* ACT_TEMPLATE_USE */
	const char *document;	   /* ACT_TASK */
	size_t document_len;
};

/* Borrowed for the callback. */
struct action_result {
	uint64_t id;
	enum act act; /* as ordered */
	const struct ref *ref;
	enum course_verdict verdict;
	struct err err;		/* why not, or what is not known */
	struct err unlogged;	/* the outcome is not in the audit log */
	const char *number;	/* in the audit log; "": nothing is there, for nothing was to be sent */
	const char *sentence;	/* for the operator: "checkout-api 1204: stopped"; with why not */
	const char *run_id;	/* ACT_RUN, ACT_RETRY: of the run that goes on; "" */
	int64_t run_number;	/* as ordered, or of the run that goes on where it was seen; 0: not known */
	bool queued;		/* ACT_RUN: it waits in the queue */
	int64_t queue_id;
	const char *new_id;	/* template, pipeline or task that was made; "" */
	enum state state;	/* deeds: of the run as last read; STATE_OTHER with status "" if it was not */
	const char *status;
};
typedef void action_over_fn(void *self, const struct action_result *result);

struct actions *actions_new(const struct action_options *options);
/* The tenant, where it is only known later. */
void actions_set_tenant(struct actions *actions, const char *tenant);
/* Interrupts what is open; the callbacks run. Before the session is freed, and not from within a callback. */
void actions_free(struct actions *actions);

/*
 * 0: it cannot be begun, and err says why (read-only; another action on that run is open, C09;
 * incomplete order): `over` will not run then. `over` never runs from within.
 */
uint64_t action_begin(struct actions *actions, const struct action_order *order, action_over_fn *over,
		      void *self, struct err *err);
/* Those that are open. */
size_t actions_open(const struct actions *actions);
/* Of them, those whose request may have left: their outcome would be unknown if the program ended now. */
size_t actions_unanswered(const struct actions *actions);
/* "reading it afresh", "sending", "checking: the answer was lost" ...: what it does now; NULL: not open. */
const char *action_phase(const struct actions *actions, uint64_t id);
/* Does what is due; for who has no loop. The loop's timer does the same. */
void actions_turn(struct actions *actions, int64_t now_ms);
/* Monotonic time of the next turn; 0: at once; -1: none, as long as no answer comes. */
int64_t actions_next_ms(const struct actions *actions);
/* The program ends (C02): each ends now, with its outcome in the audit log. */
void actions_interrupt(struct actions *actions);

#endif
