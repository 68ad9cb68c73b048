/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_CHORES_H
#define PIPETOP_APP_CHORES_H

/*
 * What the dashboard does outside itself for its operator: saves a log, opens one in a
 * pager or an editor, opens a run's page in a browser, copies text.
 *
 * None of it holds up the loop: a log of gigabytes is written in slices (chores_work), and the
 * pager has the terminal while requests and logs go on behind it. Each ends with one
 * sentence for the status line.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/err.h"
#include "log/log.h"
#include "model/ref.h"
#include "model/store.h"

struct ev_loop;
struct chores; /* opaque */

struct chores_options {
	struct ev_loop *loop; /* the default loop */
	struct store *store;
	bool utf8, ambiguous_wide;
	void (*say)(void *self, bool bad, const char *text); /* for the status line */
	/* The log of a step, if it is still open: asked again before each slice. */
	struct log *(*log_of)(void *self, const struct ref *ref);
	/* To the clipboard; false with err where that cannot be. */
	bool (*copy)(void *self, const char *text, size_t len, struct err *err);
	void (*leave)(void *self);     /* give the terminal to a pager or editor */
	void (*come_back)(void *self); /* and take it back */
	void *self;
};

struct chores *chores_new(const struct chores_options *options);
/*
 * Breaks off what is under way, ends a pager, removes private copies. Calls nothing of the options:
 * the terminal may be closed by then.
 */
void chores_free(struct chores *chores);

/*
 * Starts to save the text of a step's log that is loaded now, byte for byte, with mode 0600. NULL or
 * "": into PIPELINE-RUN-STEP.log in the current directory; a directory: into that name there;
 * "~/" is the home directory. A file that is there already is only written over with `over`.
 * The file appears whole or not at all. False: said in err and nothing is under way.
 */
bool chores_save(struct chores *chores, const struct ref *step, const char *path, bool over,
		 struct err *err);

/*
 * Opens the log's text in $PAGER (less, more) or in $VISUAL, $EDITOR (vi), from a private copy
 * that is removed when it ends. The pager gets cleaned text with colours as the log view
 * shows it (terminals obey what a pager passes on); the editor gets the bytes as delivered.
 */
bool chores_view(struct chores *chores, const struct ref *step, bool editor, struct err *err);
/*
 * Opens a text in $VISUAL, $EDITOR (vi), in a private file called `name` that is removed when it ends.
 * `done` gets what it says then, at most `max` bytes, or NULL with the reason; it does not run from within,
 * nor after chores_free. False: nothing was opened.
 */
typedef void chores_edited_fn(void *self, const char *text, size_t len, const struct err *err);
bool chores_edit(struct chores *chores, const char *name, const char *text, size_t max, chores_edited_fn *done,
		 void *self, struct err *err);
/* The terminal is away: draw nothing, read no keys. */
bool chores_foreground(const struct chores *chores);

/* Works for about this long; true while there is more to do. 0: only asks. */
bool chores_work(struct chores *chores, int64_t slice_us);
/* Under way: its share, 0 to 100, of what is written; -1: nothing is. */
int chores_percent(const struct chores *chores);

/* Opens a web page with $BROWSER or xdg-open, and says so. Without either err has the address. */
bool chores_browse(struct chores *chores, const char *url, struct err *err);
/* http or https, visible ASCII, no longer than 2 KiB: fit to be handed to a browser. */
bool chores_url_ok(const char *url);
/* The page of a run, or of a pipeline's latest run, as the server names it. */
bool chores_url(const struct store *store, const struct ref *ref, struct buf *out, struct err *err);

/* Hands text to the clipboard: without control characters but line ends and tabs. */
bool chores_copy(struct chores *chores, const char *text, struct err *err);

/* The name of the thing that a path of ids ends at; NULL where it is not known or has none. */
const char *chores_thing_name(const struct store *store, const struct ref *ref);

/* The name that a saved log gets: [A-Za-z0-9._-] only, never starting with a dot or a dash. */
void chores_name(const struct store *store, const struct ref *step, struct buf *out);

#endif
