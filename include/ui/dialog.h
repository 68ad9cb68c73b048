/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_DIALOG_H
#define PIPETOP_UI_DIALOG_H

/*
 * The one box that is asked in before anything changes on the server, whoever opens it: `y` does it,
 * every other key, a paste, a resize and the mouse mean no, and there is no time-out. A `y` counts only
 * once a frame with the box in it has reached the terminal (ui_shown), so none that was typed ahead or is
 * held down confirms what nobody has read.
 *
 * After `y` each thing becomes a request ASK_ACT to the program, at most DIALOG_AT_ONCE at a time, which
 * reports with ui_act_phase() and ends with ui_act_over(). Any key closes the box meanwhile; what
 * was confirmed goes on, and how it ended comes as a message.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/act.h"
#include "model/ref.h"

struct ui;

#define DIALOG_AT_ONCE 4
#define DIALOG_TARGETS_MAX 200

/* A field of the box; label NULL: text alone. */
struct dialog_line {
	const char *label, *value;
};

/* One thing that it is to be done to. */
struct dialog_target {
	const struct ref *ref;
	const char *name;	   /* "checkout-api 1204": in the list, in messages */
	const char *pipeline_name, *step_name; /* for the program; may be NULL */
	int64_t run_number;
	struct deed_view shown;	   /* of deeds: the box closes itself when this no longer holds */
	const char *line;	   /* beside the name where several are listed; may be NULL */
	const char *left_out;	   /* why it is not done to this one, though asked for; NULL: it is */
};

/* What is asked. All of it is copied, but for `load`. */
struct dialog_ask {
	enum act act;
	const char *title;	   /* NULL: the act's own */
	const char *what;	   /* what will happen, a sentence or two */
	const struct dialog_line *lines;
	size_t n_lines;
	const struct dialog_target *targets;
	size_t n_targets;
	const char *detail;	   /* for the audit log; may be NULL */
	void *load;		   /* goes with the request; the ui's from here on, also when it refuses */
	void (*free_load)(void *load); /* may be NULL */
};

/*
 * Opens the box. False: it may not be asked for now, and a message says why: read-only, offline, an
 * earlier action on the same thing is still open.
 */
bool ui_confirm(struct ui *ui, const struct dialog_ask *ask);

/* The request of ASK_ACT: what the program is to begin. Borrowed until its ui_act_over(). */
struct ui_act {
	uint64_t id; /* for the calls below */
	enum act act;
	const struct ref *ref;
	const char *pipeline_name, *step_name; /* may be NULL */
	int64_t run_number;
	const struct deed_view *shown;
	const char *detail;
	void *load;
};

enum ui_verdict { UI_DONE, UI_NOT_DONE, UI_UNKNOWN };

/* What it does now ("reading it afresh"). */
void ui_act_phase(struct ui *ui, uint64_t id, const char *phase);
/* It is over; the sentence names the thing. */
void ui_act_over(struct ui *ui, uint64_t id, enum ui_verdict verdict, const char *sentence);
/* How many were confirmed and are not over, those that were not begun among them. */
size_t ui_acts_open(const struct ui *ui);

/* The terminal has all of the last frame: what is asked in it may be answered. */
void ui_shown(struct ui *ui);

/*
 * The program is about to end although something is unanswered (C02): asks once. True: it was asked and
 * `y` was pressed, or the operator has pressed for the end again.
 */
bool ui_may_leave(struct ui *ui, const char *why);

#endif
