/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_LOGVIEW_H
#define PIPETOP_UI_LOGVIEW_H

/*
 * The log pane: a window on a log that may grow at both ends. It keeps where it stands as
 * a line of the log's own numbering, so nothing that arrives moves the text under the
 * reader's eyes. Following is a flag: the window is then computed from the end, at each
 * draw. Pausing freezes the view only; what came since is counted.
 */
#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "log/errors.h"
#include "log/log.h"
#include "log/search.h"
#include "log/sgr.h"
#include "model/ref.h"
#include "ui/grid.h"
#include "ui/ui.h"

enum times { TIMES_OFF, TIMES_CLOCK, TIMES_SINCE, TIMES_DELTA, TIMES_SENT, TIMES_COUNT };

struct logview {
	struct log *log;	/* borrowed; NULL: none is open */
	struct ref ref;		/* whose */
	struct ui_log_status status;
	struct errors *errors;
	const struct error_list *own_errors; /* borrowed; NULL: none */

	int64_t top;		/* first line on screen */
	int top_part;		/* wrapped rows of it that are above the screen */
	bool follow;
	bool placed;		/* where to open was decided */
	unsigned pages_for_error; /* older pages asked for to find the first error */
	int64_t paused_end;	/* log_end() when following stopped */
	int64_t focus;		/* line of the last jump */
	bool focused;		/* focus is a line */
	int rows, cols;		/* of the last draw */
	int skip;		/* cells scrolled sideways */
	bool at_top;		/* the last draw showed the first loaded line */

	bool wrap, plain, raw;
	enum times times;
	int64_t base_ms;	/* stamp of the first line, for "since start" */

	struct pattern *pattern;
	char *pattern_text;
	struct search *search;	/* running */
	struct counter *counter;
	bool forward, wrapped;
	struct sgr *sgr;
	unsigned suspicious;	/* in what is on screen */
	bool utf8, ambiguous_wide;
	char message[160];	/* "no match for ..."; taken by the ui */
	uint64_t version;	/* moves when the view wants to be drawn again */
};

void logview_init(struct logview *v, bool utf8, bool ambiguous_wide);
void logview_done(struct logview *v);
void logview_set_ambiguous_wide(struct logview *v, bool wide);
void logview_open(struct logview *v, struct log *log, const struct ref *ref);
void logview_set_status(struct logview *v, const struct ui_log_status *status);

void logview_move(struct logview *v, int64_t rows);
void logview_top(struct logview *v);
void logview_follow(struct logview *v, bool follow);
void logview_sideways(struct logview *v, int cells);
void logview_to_line(struct logview *v, int64_t line);
/* Next or previous error line; false with a message when there is none. */
bool logview_error(struct logview *v, int direction);
/* Open again at the first error (the ! key). */
void logview_reopen_at_error(struct logview *v);
bool logview_search(struct logview *v, const char *text, bool literal, bool forward);
bool logview_search_again(struct logview *v, bool forward);
void logview_search_clear(struct logview *v);
void logview_toggle(struct logview *v, enum command command); /* wrap, times, colours, raw */

/* The text of the line that the operator means: of the last jump, else the last (or first) on screen. */
bool logview_line_text(const struct logview *v, struct buf *out);

bool logview_work(struct logview *v, int64_t slice_us);
bool logview_wants_older(struct logview *v);

/* Text with a gutter of line numbers (strip) or without (full screen). */
void logview_draw(struct logview *v, struct grid *g, const struct rect *r, bool gutter);
/* "8,412 lines | error 1 of 3" and "5,120/5,432  PAUSED +312 new (G) ..." */
void logview_title(const struct logview *v, struct buf *out);
void logview_statusline(const struct logview *v, struct buf *out);

#endif
