/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_UI_H
#define PIPETOP_UI_UI_H

/*
 * The dashboard's screen, without a terminal and without a network: keys and data go in,
 * commands and frames come out.
 *
 * The ui decides what is shown and selected. What it can't do itself it asks for:
 * ui_wanted_log() names the step whose log should be open, ui_look() the run and the
 * pipelines that are on screen, ui_key() returns the commands that are the program's.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "log/log.h"
#include "model/ref.h"
#include "model/store.h"
#include "ui/command.h"
#include "ui/dialog.h"
#include "ui/form.h"
#include "ui/grid.h"
#include "ui/keymap.h"

struct ui; /* opaque */

/* Words that the program knows, for the completion of the `:` line. */
enum ui_words {
	WORDS_NONE,
	WORDS_ON_OFF,
	WORDS_THEMES,
	WORDS_SETTINGS,
	WORDS_VIEWS,
	WORDS_PROFILES,
	WORDS_PROJECTS,
	WORDS_SORTS,
	WORDS_FILES,
};

struct error_list;

struct ui_options {
	struct store *store; /* borrowed */
	const char *place;   /* "shop@cn-north-4": project and region or host */
	bool utf8;
	bool ambiguous_wide;
	bool read_only;
	const struct keymap *keys; /* borrowed; NULL: the table as it is */
	const struct error_list *errors; /* the operator's rules (log/errors.h), borrowed; NULL: none */
	/* The n words of a kind, borrowed until the next call; NULL: none are known. */
	const char *const *(*words)(void *self, enum ui_words kind, size_t *n);
	void *self;
};

struct ui *ui_new(const struct ui_options *options);
void ui_free(struct ui *ui);

/* Times that a frame is drawn for. */
struct ui_now {
	int64_t now_ms;	   /* monotonic */
	int64_t wall_ms;   /* ours, for "today" */
	int64_t server_ms; /* the server's clock; durations of what runs end here */
	bool stale;	   /* data is too old: durations stop counting, rows are dimmed */
};

/* What the header says; filled by the program. */
struct ui_status {
	const char *badge; /* "LIVE" */
	bool badge_bad;
	bool cut_off;	   /* OFFLINE, or not signed in: nothing that changes something may be asked for */
	int64_t age_ms;	   /* of the data; -1: none yet */
	int used, allowed; /* requests a minute */
	size_t listed, total; /* pipelines read of how many; total 0: all or unknown */
	bool loaded;	   /* every list was read to its end once */
	char fault[256];   /* why it is slow or silent, "" when all is well */
	char found[80];	   /* of a search on the server, "" none */
};

/* What is known of the log that is open; filled by the program each pass. */
struct ui_log_status {
	const char *phase;  /* sentence for a log without text; NULL: there is text */
	char fault[200];    /* of the log's own requests, "" none */
	bool running;	    /* more may come */
	bool failed;	    /* the step failed: the view opens at its first error */
	bool paging;	    /* an older page is on its way */
};

void ui_set_status(struct ui *ui, const struct ui_status *status);
void ui_resize(struct ui *ui, int rows, int cols);
void ui_set_place(struct ui *ui, const char *place); /* copied */
/* The operator is in the log: what the selection wants is opened without waiting. */
bool ui_log_is_focused(const struct ui *ui);

/* Something of the screen may have changed since that number. */
uint64_t ui_version(const struct ui *ui);
/* Does anything on screen count seconds? */
bool ui_ticks(struct ui *ui, const struct ui_now *now);

void ui_draw(struct ui *ui, struct grid *g, const struct ui_now *now);

/*
 * Takes a key. Returns what the program has to do itself: CMD_QUIT_NOW, CMD_REPAINT,
 * CMD_SUSPEND, CMD_REFRESH, else CMD_NONE. `paste` is the text of a KEY_CODE_PASTE.
 */
enum command ui_key(struct ui *ui, const struct key *key, const char *paste,
		    const struct ui_now *now);

void ui_message(struct ui *ui, bool bad, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The step whose log should be open (borrowed until the next ui call); NULL: none. */
const struct ref *ui_wanted_log(struct ui *ui, const struct ui_now *now);
/* The log that is open now, or NULL; `ref` says whose. Borrowed until the next ui_set_log. */
void ui_set_log(struct ui *ui, struct log *log, const struct ref *ref);
void ui_set_log_status(struct ui *ui, const struct ui_log_status *status);
/* The view stands at the top of what is loaded and wants older lines. */
bool ui_wants_older(struct ui *ui);

/* Searching and counting in slices; true while there is more to do. */
bool ui_work(struct ui *ui, int64_t slice_us);

/*
 * What the ui asks the program for, beside the commands that ui_key returns: taken one
 * by one after each key and before each pause until there is none.
 */
enum ui_ask {
	ASK_NONE,
	ASK_COPY,	/* `text` to the clipboard */
	ASK_COPY_ID, ASK_COPY_NAME, ASK_COPY_URL, /* of `ref` */
	ASK_BROWSE,	/* `ref` in a browser */
	ASK_URL,	/* the URL of `ref` as a message */
	ASK_SAVE,	/* the log of `ref` to the file `text`; NULL: a name of the program's */
	ASK_SAVE_OVER,	/* the same, over a file that is there */
	ASK_PAGER, ASK_EDITOR, /* the log of `ref` */
	ASK_THEME,	/* theme `text`; NULL: the one before the preview */
	ASK_THEME_TRY,	/* theme `text` for a look */
	ASK_MOUSE,	/* `text` "on" or "off" */
	ASK_INTERVAL,	/* factor `text` for the polling periods */
	ASK_PROJECT, ASK_PROFILE, /* `text` */
	ASK_FIND,	/* the filter `text` on the server; NULL: no longer */
	ASK_SET,	/* setting: `text` "NAME VALUE", "NAME" or "" */
	ASK_VIEW, ASK_VIEW_SAVE, ASK_VIEW_DELETE, /* view `text` */
	ASK_CHILD,	/* which run does the sub-pipeline step `ref` stand for? */
	ASK_MORE_RUNS,	/* the next page of the pipeline `ref` */
	ASK_DEMO,	/* start the demo instead (first start) */
	ASK_RUN,	/* open the form to start the pipeline `ref`, called `text` */
	ASK_RUN_START,	/* its button was pressed */
	ASK_RUN_LEFT,	/* it was left */
	ASK_ACT,	/* what was confirmed: `act` (ui/dialog.h) */
	ASK_TEMPLATES,	/* `:template` was opened: read the list, unless it is fresh */
	ASK_TEMPLATES_AGAIN, /* read it afresh */
	ASK_TEMPLATE,	/* the detail of the template `id`, afresh */
	ASK_TEMPLATE_FAVOURITE, /* `text` "on" or "off" */
	ASK_TEMPLATE_COPY, /* as a template called `text` */
	ASK_TEMPLATE_EDIT, ASK_TEMPLATE_DELETE,
	ASK_TEMPLATE_USE, /* a pipeline called `text` */
	ASK_COUNT
};

struct ui_request {
	enum ui_ask ask;
	const char *text;      /* may be NULL */
	const struct ref *ref; /* empty where none is meant */
	const struct ui_act *act; /* of ASK_ACT, else NULL */
	const char *id;	       /* of a template; NULL where none is meant */
};

/* False: nothing more. What `out` points to is borrowed until the next call. */
bool ui_take_request(struct ui *ui, struct ui_request *out);

/* What is on screen, for the poll plan. All borrowed until the next ui call. */
struct ui_look {
	const struct ref *opened; /* run whose detail is wanted; NULL: none */
	const char *const *visible_project;
	const char *const *visible_pipeline;
	size_t n_visible;
	const char *const *marked_project; /* pipelines that the operator marked */
	const char *const *marked_pipeline;
	size_t n_marked;
	bool groups; /* groups are shown */
};
void ui_look(struct ui *ui, struct ui_look *look, const struct ui_now *now);

/* Which pipelines the server has found for the filter; to be said again when the answers move. NULL: no search. */
void ui_set_found(struct ui *ui, bool (*found)(void *self, const char *project_id, const char *pipeline_id),
		  void *self);

/* The groups that pipelines are filed under; borrowed for the life of the ui. */
struct groups;
void ui_set_groups(struct ui *ui, const struct groups *groups);

/*
 * A page of text over the window, with a left column of so many cells. As the first start it
 * is all there is: leaving it is CMD_QUIT_NOW, and `d` asks for the demo.
 */
void ui_page_open(struct ui *ui, const char *title, int column);
void ui_page_add(struct ui *ui, const char *left, const char *right); /* NULL left: text alone */
void ui_page_is_first_start(struct ui *ui);

/*
 * The form of `:run`, which is over everything while it is open. The program fills it, reads it when ASK_RUN_START
 * comes, and closes it once the start is confirmed.
 */
struct form *ui_form(struct ui *ui);

/* What was noticed, for `:changes`; borrowed for the life of the ui. */
struct changes;
void ui_set_changes(struct ui *ui, struct changes *changes);

/* What is known of the service's templates, for `:template`. All of it borrowed until the next call. */
struct template;
struct ui_templates {
	const struct template *list;
	size_t n;
	int64_t total;	   /* -1: not said */
	int64_t read_ms;   /* monotonic: its age counts from there; 0: nothing was read */
	bool reading;	   /* more of it is on its way */
	const char *fault; /* why it could not be read, or no further; NULL: all is well */
};
void ui_set_templates(struct ui *ui, const struct ui_templates *templates);

/* The same of the one that was opened (ASK_TEMPLATE). */
struct ui_template {
	const char *id;
	const struct template *detail; /* NULL: not read */
	const char *outline; /* what it would make: clean lines, indented; NULL: see `odd` */
	const char *odd;     /* why there is no outline */
	int64_t read_ms;
	bool reading;
	const char *fault;
};
void ui_set_template(struct ui *ui, const struct ui_template *opened);
bool ui_shows_templates(const struct ui *ui); /* `:template` is on screen */
/* What was asked to be done to a template is still wanted: no key was pressed since. */
bool ui_awaits_template(const struct ui *ui);
void ui_template_begun(struct ui *ui); /* it is awaited no more */

/*
 * What the list shows and how, as lines "name=value" (filter, sort, groups ...): a view that can be
 * saved. Unknown names are passed over: a newer program may have written them.
 */
void ui_view_get(const struct ui *ui, struct buf *out);
void ui_view_set(struct ui *ui, const char *text, const struct ui_now *now);

/* Marks and favourites of the operator's, by id; `on` false: none whatever the server says. */
void ui_mark(struct ui *ui, const char *project_id, const char *pipeline_id, bool on);
void ui_favourite(struct ui *ui, const char *project_id, const char *pipeline_id, bool on);
typedef void ui_each_pipeline(const char *project_id, const char *pipeline_id, bool on, void *arg);
void ui_marks(const struct ui *ui, ui_each_pipeline *each, void *arg);
void ui_favourites(const struct ui *ui, ui_each_pipeline *each, void *arg);

/* The history of the `:` line: the i-th, 0 the newest; NULL past the last. */
const char *ui_remembered_line(const struct ui *ui, size_t i);
void ui_remember_line(struct ui *ui, const char *text); /* as the newest */

void ui_set_ambiguous_wide(struct ui *ui, bool wide);

/* Did the operator mark the pipeline of that path? */
bool ui_is_marked(const struct ui *ui, const struct ref *ref);

/* The selected thing, as ids. Borrowed. */
const struct ref *ui_selection(const struct ui *ui);

#endif
