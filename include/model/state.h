/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_MODEL_STATE_H
#define PIPETOP_MODEL_STATE_H

/*
 * Our ten words for the state of a run, stage, job or step (ux.md, "States"), and the
 * one table that maps the server's words to them. The server's own word is always kept
 * beside ours and shown where ours is STATE_OTHER (api.md 8.4).
 */
#include <stdbool.h>

enum state {
	STATE_OTHER,   /* anything unknown: neutral, not terminal, shown as sent */
	STATE_WAITING, /* for a person: PAUSED, SUSPEND, or an open gate below */
	STATE_FAILED,
	STATE_RUNNING,
	STATE_QUEUED,
	STATE_PENDING, /* "not started": INIT in a live run */
	STATE_OK,
	STATE_STOPPED,
	STATE_SKIPPED, /* SKIPPED, UNSELECTED, INIT in a finished run */
	STATE_IGNORED,
	STATE_COUNT
};

/*
 * From the server's v5 word (exact, upper case: api.md 8.1, 8.2). `run_over` says that
 * the run which holds the thing is terminal: INIT is then skipped. NULL or "": OTHER.
 */
enum state state_from_v5(const char *status, bool run_over);

/* v3's pair as the v5 word of the same meaning (api.md 8.3), or `status` itself if unknown. */
const char *state_v3_to_v5(const char *status, const char *outcome);

/* Never changes again by itself (retry aside). OTHER is not terminal. */
bool state_terminal(enum state state);
bool state_live(enum state state); /* waiting, running, queued */

const char *state_word(enum state state);   /* untranslated: "waiting"; "unknown" for OTHER */
const char *state_symbol(enum state state); /* one cell of UTF-8 */
char state_ascii(enum state state);
bool state_from_word(const char *word, enum state *state); /* "failed" -> STATE_FAILED */

#endif
