/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_UISTATE_H
#define PIPETOP_UI_UISTATE_H

/* What the parts of the dashboard's screen share: ui.c (life), uikeys.c, uijump.c, uiline.c, uidraw.c. */
#include "changespane.h"
#include "dialogbox.h"
#include "errand.h"
#include "help.h"
#include "layout.h"
#include "logview.h"
#include "templatepane.h"
#include "tree.h"
#include "ui/form.h"
#include "ui/prompt.h"
#include "ui/ui.h"

enum intent { INTENT_NONE, INTENT_FAILURE, INTENT_RUNNING, INTENT_GATE, INTENT_CHILD };

/* What the box in the middle is about. */
enum ui_box {
	BOX_CLOSED,
	BOX_ASKS,   /* ... what `shown` says: it is nobody's yet but the box's */
	BOX_GOES,   /* ... how `shown`, one of the errands, is getting on */
	BOX_SAYS,   /* ... why what `shown` asked about cannot be done any more */
	BOX_LEAVES, /* ... whether to quit although something is unanswered */
};

#define ENTERED_MAX 8
#define REQUESTS_MAX 16
#define ERRANDS_MAX 16
#define TELLS_MAX 32
#define SUMMARY_COLUMN 30

/* How an errand ended, to be read in the bottom line. */
struct tell {
	char *text;
	bool bad;
};

struct request {
	enum ui_ask ask;
	char *text, *id;
	struct ref ref;
};

struct ui {
	struct ui_options options;
	struct keymap *own_keys; /* the table as it is, where the program brought no other */
	const struct keymap *keys;
	char *place;
	struct tree tree;
	struct logview log;
	struct prompt search, line; /* `/` and `:` have histories of their own */
	struct prompt *prompt;	    /* the open one, or NULL */
	bool is_completing;
	char completing[PROMPT_MAX + 1]; /* what was typed before Tab */
	size_t completion;		 /* the candidate that is shown, from 1 */
	bool trying_theme;		 /* `:theme` shows one that was not chosen yet */
	struct page page;
	bool first_start; /* the page is all there is */
	struct changes *changes; /* borrowed; NULL: none are noticed */
	struct changespane changespane;
	struct templatepane templates;
	struct form form; /* of `:run` */
	bool awaits_template; /* something is to be done to one, and the program brings what is missing */
	struct ui_status status;
	int rows, cols;
	struct layout layout;
	enum pane focus;
	enum pane nav;	 /* the navigation pane that had the focus last */
	bool zoomed;	 /* the focused pane alone */
	enum intent intent;
	struct ref intent_run;	/* of a child: the step that runs it */
	bool awaits_failure; /* `!` was pressed before the lists were read */
	bool awaits_history; /* `H` was, before the runs were */
	bool zooms_on_arrival; /* `z` was, before the log that a jump goes to was there */
	bool auto_follow;
	bool grouped, favourites_only, marked_only; /* as the roster is told */
	struct ref entered[ENTERED_MAX]; /* steps whose sub-pipelines were entered, outermost first */
	size_t n_entered;
	struct ref inside; /* a run of the innermost of them */
	struct ref wanted; /* step whose log should be open */
	char message[256];
	bool message_bad;
	enum command last; /* the command before this key's */
	int repeated;	   /* times it was given in a row */
	struct request requests[REQUESTS_MAX];
	size_t n_requests;
	struct request taken; /* what ui_take_request lent out */
	enum ui_box box;
	bool box_drawn, box_seen; /* as it is now: in a frame; and the terminal has that frame */
	struct errand *shown;	  /* in the box */
	struct errand *errands[ERRANDS_MAX]; /* confirmed; over at most the one that is shown */
	size_t n_errands;
	uint64_t act_ids;
	struct ui_act lent;	  /* by ui_take_request, too */
	struct tell tells[TELLS_MAX]; /* oldest first */
	size_t n_tells;
	bool tell_drawn;	  /* the first of them was in a frame */
	char *why;		  /* of BOX_SAYS and BOX_LEAVES */
	bool leaves;		  /* the operator wants to quit all the same */
	uint64_t version;
	bool quit;
	const char **visible_project, **visible_pipeline;
	const char **marked_project, **marked_pipeline;
	size_t visible_size;
};

/* ---- ui.c ---- */

bool ui_in_log(const struct ui *ui);
enum view_kind ui_view(const struct ui *ui); /* of the navigation pane with the focus (or that had it) */
enum view_kind ui_view_of(const struct ui *ui, enum pane pane); /* not of the log */
void ui_focus(struct ui *ui, enum pane pane, const struct ui_now *now);
void ui_relayout(struct ui *ui);
void ui_ask(struct ui *ui, enum ui_ask ask, const char *text, const struct ref *ref);
void ui_ask_template(struct ui *ui, enum ui_ask ask, const char *id, const char *text);
/* The step whose log a thing stands for: `out` stays empty when it has none. */
void ui_row_log(const struct row *row, struct ref *out);

/* ---- uiact.c ---- */

void ui_box_done(struct ui *ui);
/* What was asked cannot be done: the box says why, until a key is pressed. */
void ui_box_says(struct ui *ui, const char *why);
/* A key while the box is open; `always` is the command that it has wherever it is pressed. */
enum command ui_box_key(struct ui *ui, const struct key *key, enum command always);
void ui_box_resized(struct ui *ui);
void ui_draw_box(struct ui *ui, struct grid *g, const struct ui_now *now);
/* The next act that the program is to begin. */
bool ui_next_act(struct ui *ui, struct ui_request *out);
/* An action on that run (or other thing) is open: says which. */
bool ui_act_is_open_on(const struct ui *ui, const struct ref *ref, struct buf *why);
void ui_tell_read(struct ui *ui); /* the first of the ends was read */

/* ---- uideed.c ---- */

/* To the marked pipelines, else to what is selected: opens the box, or moves to the nearest that it fits. */
void ui_deed(struct ui *ui, enum deed deed, const struct ui_now *now);
/* A box that asks about what is no longer so says what it is now, and asks no more: true. */
bool ui_box_check(struct ui *ui);

/* ---- uilist.c ---- */

/* `final`: Enter was pressed; the server is asked too. NULL: no filter. */
void ui_filter(struct ui *ui, const char *text, bool final, const struct ui_now *now);
/* The column before or after; 0: the other direction. */
void ui_sort_step(struct ui *ui, int step);
void ui_sort_by(struct ui *ui, const char *word);
void ui_show_groups(struct ui *ui, bool on);
void ui_show_favourites(struct ui *ui, bool only);
void ui_show_marked(struct ui *ui, bool only);
void ui_toggle_favourite(struct ui *ui); /* of the selected pipeline */
/* " by elapsed, inverted  /text  12 shown": what makes the list other than the usual. */
void ui_list_title(const struct ui *ui, struct buf *out);

/* ---- uijump.c ---- */

void ui_to_failure(struct ui *ui, const struct ui_now *now);
void ui_to_gate(struct ui *ui, const struct ui_now *now);
/* To the gate of that run, as soon as it is read. */
void ui_to_gate_of(struct ui *ui, const struct pipeline *pipeline, const struct run *run, const struct ui_now *now);
void ui_to_running(struct ui *ui, const struct ui_now *now);
void ui_next_failure(struct ui *ui, int direction);
/* Carries out the intent if what was read allows it. */
void ui_try_intent(struct ui *ui, const struct ui_now *now);
void ui_to_history(struct ui *ui, const struct ui_now *now);
/* While it is on: selects the next step that runs or failed. */
void ui_auto_step(struct ui *ui, const struct ui_now *now);
void ui_enter_child(struct ui *ui, const struct row *step, const struct ui_now *now);
/* Who has gone elsewhere by other means is in no sub-pipeline any more. */
void ui_check_child(struct ui *ui);
bool ui_leave_child(struct ui *ui, const struct ui_now *now); /* false: not in one */

/* ---- uirun.c ---- */

/* `name` "": the selected pipeline. */
void ui_run(struct ui *ui, const char *name);
void ui_ban(struct ui *ui, bool ban, const char *name);
void ui_form_key(struct ui *ui, const struct key *key, const char *paste);

/* ---- uitemplate.c ---- */

void ui_template_open(struct ui *ui, const char *text);
/* Something is to be done to the template that is selected. */
void ui_template_act(struct ui *ui, enum ui_ask ask, const char *text);
void ui_template_filter(struct ui *ui, const char *text, bool final);
bool ui_template_key(struct ui *ui, enum command command); /* false: it is none of the view's */
void ui_template_click(struct ui *ui, int row);
void ui_template_help(struct ui *ui);
void ui_template_hints(const struct ui *ui, struct grid *g, const struct rect *r);
const char *ui_template_fault(const struct ui *ui);

/* ---- uikeys.c ---- */

void ui_open_prompt(struct ui *ui, char sign);

/* ---- uiline.c ---- */

void ui_run_line(struct ui *ui, const char *text, const struct ui_now *now);
/* Completes what the `:` prompt holds: the next candidate, or the one before. */
void ui_complete(struct ui *ui, int direction);
/* The i-th candidate for what was typed; false: there are not so many. */
bool ui_candidate(struct ui *ui, size_t i, struct buf *out);

#endif
