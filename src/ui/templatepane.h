/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_TEMPLATEPANE_H
#define PIPETOP_UI_TEMPLATEPANE_H

/*
 * `:template`: the templates that pipelines are made from, favourites first, and one of them in
 * detail: its parameters and the stages, jobs and steps that it would make. Over the whole window
 * but its last line, which is the ui's (prompt, messages).
 *
 * It shows and selects; nothing in it changes anything on the server.
 */
#include "haystack.h"
#include "model/template.h"
#include "sieve.h"
#include "ui/command.h"
#include "ui/grid.h"
#include "ui/ui.h"

/* Which of them are listed; Tab goes round. */
enum template_kind { KIND_ALL, KIND_SYSTEM, KIND_CUSTOM, KIND_FAVOURITES, TEMPLATE_KINDS };

/* A line of the detail: text from a column on, and what stands before it (ours or the server's). */
struct templateline {
	enum role role, left_role;
	int column;
	char *left, *text; /* owned; may be NULL */
};

struct templatepane {
	bool open, detailed; /* detailed: one of them is shown */
	struct ui_templates known;
	struct ui_template opened;
	char *selected; /* id: the cursor stays on it when rows move; NULL: the first */
	size_t at;	/* where it stands, or stood, in `shown` */
	size_t *shown, n_shown; /* those that pass, as places in known.list, in their order */
	enum template_kind kind;
	char *language; /* NULL: any */
	char *filter;	/* as typed; NULL: none */
	bool inverts;	/* it begins with `!` */
	struct haystack hay;
	struct sieve sieve;
	size_t top;
	int rows; /* for the list, or the detail, at the last draw */
	struct templateline *lines;
	size_t n_lines, line_top;
	int lines_width; /* that `lines` were made for; 0: to be made */
};

enum templatepane_answer {
	TEMPLATEPANE_STAYS,
	TEMPLATEPANE_CLOSED,
	TEMPLATEPANE_DETAIL, /* the detail of the selected one is wanted */
	TEMPLATEPANE_AGAIN,  /* what is on screen is to be read afresh */
	TEMPLATEPANE_FILTER, /* the prompt of the filter is wanted */
	TEMPLATEPANE_OTHER,  /* no command of this view */
};

void templatepane_done(struct templatepane *p);
/* At its top, with `filter` (NULL or "": none) over all kinds and languages. */
void templatepane_open(struct templatepane *p, const char *filter);
void templatepane_know(struct templatepane *p, const struct ui_templates *known);
void templatepane_learn(struct templatepane *p, const struct ui_template *opened);
/*
 * A regular expression over name, language, id, kind and description; `!` in front inverts it. As sieve_set():
 * half-typed text is taken literally, or with `strict` refused.
 */
bool templatepane_filter(struct templatepane *p, const char *text, bool strict, struct err *err);
enum templatepane_answer templatepane_key(struct templatepane *p, enum command command);
/* For the wheel: by rows, down is positive. */
void templatepane_move(struct templatepane *p, int64_t by);
/* A click on a line of the pane: selects; true: on what was selected, which opens it. */
bool templatepane_click(struct templatepane *p, int line);
/* The one that the cursor is on, or that is shown; with its detail where that was read. NULL: none. */
const struct template *templatepane_selected(const struct templatepane *p);
void templatepane_draw(struct templatepane *p, struct grid *g, const struct rect *r,
		       const struct ui_now *now);
/* Its place in the pane, for clicks: lines above the first row. */
int templatepane_head(const struct templatepane *p, int rows);

/* ---- templatelines.c ---- */

/* Makes the lines of the detail for a width. */
void templatelines_make(struct templatepane *p, const struct grid *g, int width, const struct ui_now *now);
void templatelines_clear(struct templatepane *p);

#endif
