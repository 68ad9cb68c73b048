/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_PROMPT_H
#define PIPETOP_UI_PROMPT_H

/*
 * A one-line editor with history: `/` and `:`. Plain data and pure functions; it knows
 * characters, not the screen. Text is valid UTF-8 of at most PROMPT_MAX bytes.
 */
#include <stdbool.h>
#include <stddef.h>

#include "ui/grid.h"
#include "ui/term.h"

#define PROMPT_MAX 512
#define PROMPT_HISTORY 50

struct prompt {
	char text[PROMPT_MAX + 1];
	size_t len, at; /* bytes; at: where the cursor stands */
	char sign;	/* '/' or ':'; 0: closed */
	bool literal;	/* toggled by Ctrl+R in a search */
	char *history[PROMPT_HISTORY]; /* newest first */
	size_t n_history, shown;	/* shown: 0 the text being typed, i: history[i - 1] */
	char kept[PROMPT_MAX + 1];	/* what was typed before the history was entered */
};

enum prompt_event { PROMPT_EDITED, PROMPT_DONE, PROMPT_CANCELLED, PROMPT_IGNORED };

void prompt_done(struct prompt *p);
void prompt_open(struct prompt *p, char sign, const char *text);
void prompt_close(struct prompt *p);
/* DONE puts the text into the history; the caller reads p->text and closes it. */
enum prompt_event prompt_key(struct prompt *p, const struct key *key);
void prompt_insert(struct prompt *p, const char *utf8); /* a paste */
void prompt_remember(struct prompt *p); /* its text is the newest of the history */
void prompt_set(struct prompt *p, const char *utf8);	/* another text, cursor at its end */
void prompt_draw(const struct prompt *p, struct grid *g, const struct rect *r);

#endif
