/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_TUISTATE_H
#define PIPETOP_APP_TUISTATE_H

/*
 * The dashboard's program, shared by its parts: tui.c (the loop and its one pass),
 * tuiopen.c (setting up and leaving), tuiask.c (what the ui asks for), tuiact.c (what changes something).
 */
#include <ev.h>

#include "action.h"
#include "api/session.h"
#include "app/chores.h"
#include "app/feed.h"
#include "app/hooks.h"
#include "app/logbook.h"
#include "app/notices.h"
#include "app/settings.h"
#include "app/statefile.h"
#include "app/tui.h"
#include "net/http.h"
#include "ui/term.h"
#include "ui/theme.h"
#include "ui/ui.h"

/* What the program gives along to ui_confirm(): completes the order when it was confirmed. */
struct tui_load {
	void (*complete)(const struct tui_load *load, struct action_order *order);
};

/* An action that is open, and what the screen calls it. */
struct tui_act {
	uint64_t action; /* 0: none */
	uint64_t shown_as;
};

struct tuitemplate;

struct tui {
	struct options *options; /* `:profile` and the first start change them */
	struct settings settings; /* in force: `:set` changes them */
	struct statefile *state;
	bool state_saved; /* for the profile that is being left */
	char **words; /* lent to the completion */
	size_t n_words;
	bool again;   /* leave, and start with other options */
	struct ev_loop *loop;
	struct theme theme, tried; /* tried: the one that `:theme` previews */
	struct term *term;
	struct grid *grid;
	struct http *http;
	struct session *session;
	struct budget budget;
	struct store *store;
	struct feed *feed;
	struct logbook *book;
	struct ui *ui;
	struct changes *changes; /* since the program came */
	struct notice_config notices;
	struct hooks *hooks;
	struct chores *chores;
	struct audit *audit;
	struct actions *actions; /* NULL: read-only */
	struct tui_act acts[DIALOG_AT_ONCE];
	struct tui_run *run; /* what the form of `:run` is filled from; NULL: none is open */
	struct tuitemplate *templates;
	struct feed_status status;
	bool skew_told;

	ev_io keys, out;
	ev_prepare prepare;
	ev_idle work;
	ev_timer tick, frame, settle, escape;
	ev_signal signals[6];

	uint64_t drawn_ui, drawn_store, drawn_log;
	bool whole;	     /* the last frame was made into bytes for the terminal */
	bool due;	     /* draw even if no version moved: a second passed, a resize */
	bool pressed;	     /* a key came since the last frame: answer at once */
	bool winch;
	int64_t frame_ms;    /* monotonic time of the last frame */
	int64_t untaken_ms;  /* since when the terminal has bytes of it to take; 0: it took all */
	uint64_t found_version; /* of the search that the ui knows, plus 1; 0: none */
	size_t named_projects; /* how many the header speaks of */
	struct ref settling; /* step that the selection rests on */
	int64_t away_ms;     /* boot time minus monotonic time */
	int exit_status;
};

/* ---- tui.c ---- */

void tui_leave(struct tui *t, int status); /* the loop ends after this pass */
struct ui_now tui_now(const struct tui *t);

/* ---- tuiopen.c ---- */

bool tui_open_session(struct tui *t, struct err *err);
void tui_make_data(struct tui *t);
bool tui_open_terminal(struct tui *t, struct err *err);
void tui_catch_crashes(void);
/* The terminal is given back first; the watchers are stopped by then. */
void tui_close(struct tui *t);

/* A pager or an editor gets the terminal, and gives it back. */
void tui_lend_terminal(struct tui *t);
void tui_take_terminal(struct tui *t);

/* Brings what depends on a setting into line with it. */
void tui_apply(struct tui *t, const struct setting *row);

/* ---- tuikeep.c ---- */

void tui_load_state(struct tui *t);
void tui_save_state(struct tui *t);
void tui_view(struct tui *t, const struct ui_request *r);
void tui_view_save(struct tui *t, const struct ui_request *r);
void tui_view_delete(struct tui *t, const struct ui_request *r);
const char *const *tui_words(void *self, enum ui_words kind, size_t *n);
void tui_forget_words(struct tui *t);

/* ---- tuiact.c ---- */

void tui_open_actions(struct tui *t);
/* Those that are open end now, with their outcome in the audit log. */
void tui_close_actions(struct tui *t);
void tui_act(struct tui *t, const struct ui_request *r);
void tui_put_phases(struct tui *t);
/* False: something is unanswered, and the operator is being asked. */
bool tui_may_leave(struct tui *t);

/* ---- tuirun.c ---- */

/* The form of `:run`: opened, its button pressed, left. */
void tui_run_open(struct tui *t, const struct ui_request *r);
void tui_run_start(struct tui *t, const struct ui_request *r);
void tui_run_left(struct tui *t, const struct ui_request *r);
/* Gives up what is read, and forgets what was typed. */
void tui_run_close(struct tui *t);

/* ---- tuiask.c ---- */

/* Does all that the ui asks for now. */
void tui_answer_requests(struct tui *t);

#endif
