/* SPDX-License-Identifier: MIT */
/*
 * The terminal. What keeps the dashboard from starting is a problem where there is a terminal; in a
 * pipe it is a warning, since commands do not need one.
 */
#include "judge.h"

#include <stdio.h>
#include <string.h>

#include "core/i18n.h"
#include "core/text.h"

#define COLS_MIN 40 /* ux.md */
#define ROWS_MIN 8

static void unfit(struct findings *f, const struct judge_terminal *t, const char *why)
{
	const char *name = text_or_empty(t->term);

	if (t->tty)
		finding_problem(f, EXIT_USAGE, why, name);
	else
		finding_warning(f, why, name);
}

void judge_term(struct findings *f, const struct judge_terminal *t)
{
	if (text_empty(t->term)) {
		unfit(f, t, _("TERM is not set%.0s: the dashboard does not start, commands do"));
		finding_mend(f, _("set TERM to what your terminal is, such as xterm-256color"));
	} else if (!t->found) {
		unfit(f, t, _("TERM=%s is not known here: the dashboard does not start, commands do"));
		finding_mend(f, _("install ncurses-term, or set TERM to a known relative such as xterm-256color"));
	} else if (!t->fit) {
		unfit(f, t, _("TERM=%s cannot move the cursor: the dashboard does not start, commands do"));
		finding_mend(f, _("set TERM to what your terminal is; or use `pipetop watch`, or --json"));
	} else
		finding_ok(f, t->tty ? _("TERM=%s is fit for the dashboard")
				     : _("TERM=%s; standard input or output is no terminal, which commands do not need"),
			   t->term);
}

void judge_colours(struct findings *f, const struct judge_terminal *t)
{
	if (t->no_color)
		finding_ok(f, _("none: NO_COLOR is set"));
	else if (t->colours == 0)
		finding_ok(f, _("none in the terminal's entry: states are symbols and words"));
	else
		finding_ok(f, t->colours > 256 ? _("direct (%d)") : "%d", t->colours);
}

void judge_locale(struct findings *f, const struct judge_terminal *t)
{
	if (t->utf8 && t->locale_taken)
		finding_ok(f, _("%s, UTF-8"), t->locale);
	else if (!t->locale_taken) {
		finding_warning(f, t->utf8 ? _("%s is not installed here: C.UTF-8 stands in for it")
					   : _("%s is not installed here: what is not ASCII shows as _"),
				t->locale);
		finding_mend(f, _("export LC_ALL=C.UTF-8, or generate that locale (locale-gen)"));
	} else {
		finding_warning(f, _("%s is not UTF-8: what is not ASCII shows as _"), t->locale);
		finding_mend(f, _("export LC_ALL=C.UTF-8, or the UTF-8 form of your own"));
	}
}

/* The operator is asked, not the terminal: an answer of it would look like typing. */
void judge_widths(struct findings *f, const struct judge_terminal *t)
{
	const char *word = t->wide ? "wide" : "narrow";

	if (!t->utf8)
		finding_skipped(f, _("only UTF-8 has ambiguous characters"));
	else if (!t->tty)
		finding_ok(f, _("ambiguous = %s"), word);
	else
		finding_ok(f, _("ambiguous = %s is right if these two lines are equally long, else it is %s:\n|%s|\n|%s|"), word,
			   t->wide ? "narrow" : "wide", "\u2460\u2461", t->wide ? "1122" : "12");
}

void judge_size(struct findings *f, const struct judge_terminal *t)
{
	if (!t->tty || t->rows <= 0 || t->cols <= 0)
		finding_ok(f, t->tty ? _("not said: 80x24 is taken") : _("no terminal, no size"));
	else if (t->cols < COLS_MIN || t->rows < ROWS_MIN) {
		finding_warning(f, _("%dx%d is too small for the dashboard"), t->cols, t->rows);
		finding_mend(f, _("make the window at least 40x8"));
	} else
		finding_ok(f, "%dx%d", t->cols, t->rows);
}

void judge_multiplexer(struct findings *f, const struct judge_terminal *t)
{
	const char *name = text_or_empty(t->term);
	bool inner = text_starts(name, "tmux") || text_starts(name, "screen");

	if (!t->tmux && !t->screen)
		finding_ok(f, _("none around"));
	else if (inner)
		finding_ok(f, t->tmux ? "tmux, TERM=%s" : "screen, TERM=%s", name);
	else {
		finding_warning(f, t->tmux ? _("tmux, but TERM=%s is of the terminal around it")
					   : _("screen, but TERM=%s is of the terminal around it"),
				name);
		finding_mend(f, t->tmux ? _("in ~/.tmux.conf: set -g default-terminal tmux-256color; and set TERM nowhere else")
					: _("in ~/.screenrc: term screen-256color; and set TERM nowhere else"));
	}
}

void judge_escape(struct findings *f, const struct judge_terminal *t)
{
	if (t->escdelay)
		finding_ok(f, _("answers within 25 ms; ESCDELAY=%s has no effect"), t->escdelay);
	else
		finding_ok(f, _("answers within 25 ms"));
}
