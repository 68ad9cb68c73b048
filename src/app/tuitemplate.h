/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_TUITEMPLATE_H
#define PIPETOP_APP_TUITEMPLATE_H

/*
 * The program's side of `:template`: reads the list and the one that is opened (tuitemplate.c), and makes
 * of what is asked of one a question to the operator and an order (tuitemplateact.c).
 */
#include <ev.h>

#include "action.h"
#include "net/retry.h"
#include "templateask.h"
#include "templatequestion.h"
#include "tuistate.h"

#define TENANT_MAX 128

/* What goes with the question about a template, and with the order that becomes of it. */
struct template_load {
	struct tui_load base;
	struct template shown, wanted;
};

struct template_use; /* a form that is filled in for a new pipeline */

/* Something is to be done to a template, as soon as all of it is known. */
struct template_wish_act {
	enum ui_ask ask; /* ASK_NONE: nothing is */
	char *id, *text;
};

struct tuitemplate {
	struct tui *t;
	char tenant[TENANT_MAX]; /* "" if nobody says */
	/* The list: what is shown is `kept`, or before there is a list what was read of `ask` so far. */
	struct templateask *ask; /* NULL: none is under way */
	bool has_list;
	struct template *kept;
	size_t n_kept;
	int64_t total;	/* of `kept`; -1: not known */
	int64_t read_ms; /* of what is shown; 0: nothing is */
	int64_t began_ms; /* of `ask` */
	struct err fault; /* ERR_NONE: all is well */
	struct backoff backoff;
	ev_timer again;
	/* The one that was opened last. */
	char *id;
	uint64_t asked;	 /* 0: no request is out */
	struct template detail;
	bool has_detail;
	struct buf outline;
	struct err odd, detail_fault;
	int64_t detail_ms;
	/* What is to be done to it. */
	struct template_wish_act wish;
	struct template edited; /* the one that the editor has, as it was shown */
	char *draft; /* a text that was not sent: it is edited further; NULL: none */
	struct template draft_of; /* what it was made from */
	struct template_use *use; /* NULL: none */
	bool outdated; /* something was done since the list was read */
};

/* ---- tuitemplate.c ---- */

struct tuitemplate *tuitemplate_new(struct tui *t);
void tuitemplate_free(struct tuitemplate *m);
/* All that the ui asks about templates. */
void tui_template(struct tui *t, const struct ui_request *r);
/* An action is over: if it was on a template, what is shown is read again. */
void tui_template_over(struct tui *t, const struct action_result *result);
/* The account whose templates they are; "" if nobody says. */
const char *tui_tenant(struct tui *t);

/* ---- tuitemplateact.c ---- */

/* The template that a request is about was read: what is wanted of it is asked. */
void tuitemplate_act(struct tuitemplate *m, const struct ui_request *r);
void tuitemplate_act_over(struct tuitemplate *m, enum act act, bool done);
void tuitemplate_act_done(struct tuitemplate *m);
/* Opens the box; `load` is the ui's from here on. `ref` names more than the template, or is NULL. */
void tuitemplate_ask(struct tuitemplate *m, const struct templatequestion_about *about, const struct ref *ref, void *load,
		     void (*free_load)(void *load));

/* ---- tuitemplateuse.c ---- */

/* A pipeline called `name` of the template that was read. */
void tuitemplate_use(struct tuitemplate *m, const char *name);
void tuitemplate_use_done(struct tuitemplate *m);
/* The button of the form was pressed, or it was left; false: the form is none of a template. */
bool tui_template_pressed(struct tui *t);
bool tui_template_left(struct tui *t);

#endif
