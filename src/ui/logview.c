/* SPDX-License-Identifier: MIT */
/*
 * Where the log pane stands and how it moves: everything but drawing (logdraw.c).
 *
 * Opening (ux.md "Opening a log"): a failed step stands at its first error of what is
 * loaded, once, and never jumps by itself afterwards; everything else opens at the
 * tail, following. Any movement of the operator's ends the opening.
 */
#include "logview.h"

#include <stdio.h>
#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "logdraw.h"

#define PAGES_FOR_ERROR 20 /* older pages read by itself to find a failed step's first error */

void logview_init(struct logview *v, bool utf8, bool ambiguous_wide)
{
	*v = (struct logview){.utf8 = utf8, .ambiguous_wide = ambiguous_wide, .follow = true};
}

static void drop_search(struct logview *v)
{
	search_free(v->search);
	counter_free(v->counter);
	v->search = NULL;
	v->counter = NULL;
}

void logview_done(struct logview *v)
{
	drop_search(v);
	pattern_free(v->pattern);
	mem_free(v->pattern_text);
	errors_free(v->errors);
	sgr_free(v->sgr);
	ref_done(&v->ref);
}

void logview_set_ambiguous_wide(struct logview *v, bool wide)
{
	v->ambiguous_wide = wide;
	sgr_free(v->sgr); /* made anew with the next line */
	v->sgr = NULL;
	v->version++;
}

void logview_open(struct logview *v, struct log *log, const struct ref *ref)
{
	drop_search(v);
	errors_free(v->errors);
	v->errors = log ? errors_new(log, v->own_errors) : NULL;
	v->log = log;
	if (ref)
		ref_copy(&v->ref, ref);
	else
		ref_done(&v->ref);
	v->status = (struct ui_log_status){0};
	v->top = 0;
	v->top_part = v->skip = 0;
	v->follow = true;
	v->placed = v->focused = v->at_top = false;
	v->pages_for_error = 0;
	v->base_ms = 0;
	if (log && v->pattern)
		v->counter = counter_new(log, v->pattern);
	v->version++;
}

void logview_set_status(struct logview *v, const struct ui_log_status *status)
{
	v->status = *status;
	if (!status->failed && !status->running && !v->placed && v->log)
		v->placed = log_end(v->log) > log_first(v->log);
}

static void pause_following(struct logview *v)
{
	if (!v->log)
		return;
	v->placed = true;
	if (!v->follow)
		return;
	logdraw_settle(v); /* the window that following showed becomes a place */
	v->follow = false;
	v->paused_end = log_end(v->log);
}

void logview_follow(struct logview *v, bool follow)
{
	v->version++;
	if (!follow) {
		pause_following(v);
		return;
	}
	v->placed = true;
	v->follow = true;
	v->focused = false;
}

void logview_move(struct logview *v, int64_t rows)
{
	if (!v->log)
		return;
	if (v->follow && rows > 0)
		return;
	pause_following(v);
	logdraw_scroll(v, rows);
	v->focused = false;
	v->version++;
}

void logview_top(struct logview *v)
{
	if (!v->log)
		return;
	pause_following(v);
	v->top = log_first(v->log);
	v->top_part = 0;
	v->focused = false;
	v->version++;
}

void logview_sideways(struct logview *v, int cells)
{
	if (v->wrap)
		return;
	v->skip = v->skip + cells < 0 ? 0 : v->skip + cells;
	v->version++;
}

void logview_to_line(struct logview *v, int64_t line)
{
	int64_t last, above = v->rows / 3;

	if (!v->log)
		return;
	pause_following(v);
	v->focus = line;
	v->focused = true;
	v->version++;
	last = log_end(v->log) - v->rows;
	if (!v->wrap && line >= v->top && line < v->top + v->rows && v->top <= last)
		return; /* it is on screen already: nothing jumps */
	v->top = line - above;
	v->top_part = 0;
	if (!v->wrap && v->top > last)
		v->top = last;
	if (v->top < log_first(v->log))
		v->top = log_first(v->log);
}

/* Where the next jump starts from. */
static int64_t origin(struct logview *v, int direction)
{
	if (v->focused)
		return v->focus;
	if (v->follow)
		logdraw_settle(v);
	return direction > 0 ? v->top - 1 : v->top + (v->follow ? v->rows : 0);
}

bool logview_error(struct logview *v, int direction)
{
	int64_t line, from;
	bool found;

	if (!v->log || !v->errors)
		return false;
	from = origin(v, direction);
	found = direction > 0 ? errors_next(v->errors, from + 1, &line)
			      : errors_previous(v->errors, from, &line);
	if (found)
		logview_to_line(v, line);
	else
		snprintf(v->message, sizeof(v->message), "%s",
			 errors_count(v->errors) == 0 ? _("no error line in what is loaded")
			 : direction > 0	      ? _("no error line below")
						      : _("no error line above"));
	v->version++;
	return found;
}

void logview_reopen_at_error(struct logview *v)
{
	v->placed = false;
	v->pages_for_error = 0;
	v->focused = false;
	v->follow = true;
	v->version++;
}

/* ---- search ---- */

static void start_search(struct logview *v, int64_t from)
{
	search_free(v->search);
	v->search = search_new(v->log, v->pattern, from, v->forward);
	v->version++;
}

void logview_search_clear(struct logview *v)
{
	drop_search(v);
	pattern_free(v->pattern);
	mem_free(v->pattern_text);
	v->pattern = NULL;
	v->pattern_text = NULL;
	v->version++;
}

bool logview_search(struct logview *v, const char *text, bool literal, bool forward)
{
	struct err err = {0};
	struct pattern *pattern;

	if (text_empty(text))
		return logview_search_again(v, forward);
	pattern = pattern_new(text, literal, &err);
	if (!pattern) {
		snprintf(v->message, sizeof(v->message), "%.150s", err.text);
		v->version++;
		return false;
	}
	logview_search_clear(v);
	v->pattern = pattern;
	v->pattern_text = mem_strdup(text);
	if (!v->log)
		return true;
	v->counter = counter_new(v->log, pattern);
	v->forward = forward;
	v->wrapped = false;
	start_search(v, v->focused ? v->focus : origin(v, 1) + 1);
	return true;
}

bool logview_search_again(struct logview *v, bool forward)
{
	if (!v->pattern || !v->log) {
		snprintf(v->message, sizeof(v->message), "%s", _("nothing was searched yet: / searches"));
		v->version++;
		return false;
	}
	v->forward = forward;
	v->wrapped = false;
	start_search(v, forward ? origin(v, 1) + 1 : origin(v, -1) - 1);
	return true;
}

static void search_ended(struct logview *v)
{
	search_free(v->search);
	v->search = NULL;
	if (!v->wrapped) {
		v->wrapped = true;
		start_search(v, v->forward ? log_first(v->log) : log_end(v->log) - 1);
		return;
	}
	snprintf(v->message, sizeof(v->message),
		 log_head(v->log) ? _("no match for %.100s") : _("no match for %.100s in what is loaded"),
		 v->pattern_text);
	v->version++;
}

static bool work_search(struct logview *v, int64_t slice_us)
{
	int64_t line;

	switch (search_step(v->search, slice_us, &line)) {
	case SEARCH_RUNNING:
		return true;
	case SEARCH_FOUND:
		search_free(v->search);
		v->search = NULL;
		logview_to_line(v, line);
		if (v->wrapped)
			snprintf(v->message, sizeof(v->message), "%s",
				 v->forward ? _("search went on at the top")
					    : _("search went on at the end"));
		return false;
	case SEARCH_NONE:
		search_ended(v);
		return v->search != NULL;
	}
	return false;
}

static bool counting(struct logview *v)
{
	return v->counter && !counter_step(v->counter, 0);
}

static bool work_counter(struct logview *v, int64_t slice_us)
{
	int64_t before = counter_total(v->counter);
	bool more = !counter_step(v->counter, slice_us);

	if (before != counter_total(v->counter))
		v->version++;
	return more;
}

/* A failed step opens at its first error, as soon as that is known. */
static void place(struct logview *v)
{
	int64_t line;

	if (v->placed || !v->status.failed || log_end(v->log) == log_first(v->log))
		return;
	if (errors_first(v->errors, &line))
		logview_to_line(v, line); /* which ends the opening */
}

/* The whole line, stamp and all, as it is read: without colours and other sequences. */
static void clean_text(const struct logview *v, const struct log_line *line, struct buf *out)
{
	struct sgr_options options = {.mode = SGR_PLAIN, .utf8 = v->utf8, .ambiguous_wide = v->ambiguous_wide};
	struct sgr *sgr = sgr_new(&options);
	struct sgr_line glyphs;

	sgr_feed(sgr, line->text, line->len);
	glyphs = sgr_end_line(sgr);
	sgr_text(&glyphs, out);
	sgr_free(sgr);
}

bool logview_line_text(const struct logview *v, struct buf *out)
{
	struct log_line text;
	int64_t line;

	if (!v->log || log_end(v->log) == log_first(v->log))
		return false;
	line = v->focused ? v->focus : v->follow ? log_end(v->log) - 1 : v->top;
	if (!log_line(v->log, line, &text))
		return false;
	clean_text(v, &text, out);
	return true;
}

bool logview_work(struct logview *v, int64_t slice_us)
{
	size_t before;
	bool more;

	if (!v->log)
		return false;
	before = errors_count(v->errors);
	more = !errors_step(v->errors, slice_us);
	if (errors_count(v->errors) != before)
		v->version++;
	if (!more)
		place(v);
	if (v->search)
		more |= work_search(v, slice_us);
	else if (v->counter)
		more |= work_counter(v, slice_us);
	return more || v->search || counting(v);
}

bool logview_wants_older(struct logview *v)
{
	if (!v->log || log_head(v->log) || v->status.paging)
		return false;
	if (v->status.failed && !v->placed && log_end(v->log) > log_first(v->log) &&
	    errors_count(v->errors) == 0 && v->pages_for_error < PAGES_FOR_ERROR) {
		v->pages_for_error++;
		return true;
	}
	return v->at_top;
}

void logview_toggle(struct logview *v, enum command command)
{
	if (command == CMD_WRAP)
		v->wrap = !v->wrap;
	else if (command == CMD_TIMES)
		v->times = (v->times + 1) % TIMES_COUNT;
	else if (command == CMD_COLOURS)
		v->plain = !v->plain;
	else if (command == CMD_RAW)
		v->raw = !v->raw;
	v->skip = 0;
	v->top_part = 0;
	sgr_free(v->sgr); /* made anew in the mode that is now in force */
	v->sgr = NULL;
	v->version++;
}
