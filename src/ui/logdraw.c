/* SPDX-License-Identifier: MIT */
/*
 * Lines of a log as rows of cells. Nothing off the screen is ever measured, except when
 * wrapping: then the lines that a movement passes over.
 *
 * A colour that an earlier line left on carries into the first line on screen: the lines
 * just above are run through the sanitiser, but only those that hold an escape at all.
 */
#include "logdraw.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "log/stamp.h"

#define CARRY_LINES 100 /* lines above the screen that may have left a colour on */

static void make_sgr(struct logview *v)
{
	struct sgr_options options = {
		.mode = v->raw ? SGR_RAW : v->plain ? SGR_PLAIN : SGR_LOG,
		.utf8 = v->utf8,
		.ambiguous_wide = v->ambiguous_wide,
	};

	if (!v->sgr)
		v->sgr = sgr_new(&options);
}

/* The part of a line that is shown as text: without its stamp, unless as sent. */
static size_t stamp_skip(const struct logview *v, const struct log_line *line, int64_t *ms)
{
	size_t len;

	*ms = WHEN_NONE;
	if (line->mark != LOG_MARK_NONE || !stamp_parse(line->text, line->len, ms, &len))
		return 0;
	return v->times == TIMES_SENT || v->raw ? 0 : len;
}

static struct sgr_line glyphs_of(struct logview *v, const struct log_line *line, int64_t *ms)
{
	size_t skip = stamp_skip(v, line, ms);

	sgr_feed(v->sgr, line->text + skip, line->len - skip);
	return sgr_end_line(v->sgr);
}

static void carry_colours(struct logview *v, int64_t top)
{
	struct log_line line;
	int64_t i = top - CARRY_LINES, first = log_first(v->log), ms;

	sgr_reset(v->sgr);
	for (i = i < first ? first : i; i < top; i++)
		if (log_line(v->log, i, &line) && line.mark == LOG_MARK_NONE &&
		    memchr(line.text, '\033', line.len))
			glyphs_of(v, &line, &ms);
}

/* End of the wrapped row that begins at glyph `from`: at least one glyph. */
static size_t wrap_row(const struct sgr_line *line, size_t from, int width)
{
	int cells = 0;
	size_t i = from;

	while (i < line->n && cells + line->glyphs[i].width <= width)
		cells += line->glyphs[i++].width;
	return i == from && i < line->n ? i + 1 : i;
}

static int wrapped_rows(const struct sgr_line *line, int width)
{
	size_t at = 0;
	int rows = 0;

	do {
		at = wrap_row(line, at, width > 0 ? width : 1);
		rows++;
	} while (at < line->n);
	return rows;
}

static const char *const time_heads[TIMES_COUNT] = {
	[TIMES_CLOCK] = "00:00:00 ", [TIMES_SINCE] = "+000:00.0 ", [TIMES_DELTA] = "+000:00.0 "};

static int time_width(const struct logview *v)
{
	return v->raw || !time_heads[v->times] ? 0 : (int)strlen(time_heads[v->times]);
}

static int gutter_width(const struct logview *v)
{
	char text[32];

	text_grouped(log_end(v->log) - log_first(v->log), text, sizeof(text));
	return 2 + (strlen(text) < 4 ? 4 : (int)strlen(text)) + 2;
}

/* Rows that line i takes; 1 when not wrapping. */
static int rows_of(struct logview *v, int64_t i, int width)
{
	struct log_line line;
	struct sgr_line glyphs;
	int64_t ms;

	if (!v->wrap || !log_line(v->log, i, &line) || line.mark != LOG_MARK_NONE)
		return 1;
	glyphs = glyphs_of(v, &line, &ms);
	return wrapped_rows(&glyphs, width);
}

static int text_width_of(const struct logview *v)
{
	return v->cols - time_width(v) > 0 ? v->cols - time_width(v) : 1;
}

/* The window whose last row is the log's last. */
static void tail_window(struct logview *v, int64_t *top, int *part)
{
	int64_t i = log_end(v->log), first = log_first(v->log);
	int rows = 0, width = text_width_of(v);

	make_sgr(v);
	*part = 0;
	if (!v->wrap) {
		*top = i - v->rows < first ? first : i - v->rows;
		return;
	}
	while (i > first && rows < v->rows)
		rows += rows_of(v, --i, width);
	*top = i;
	*part = rows > v->rows ? rows - v->rows : 0;
}

void logdraw_settle(struct logview *v)
{
	if (v->log)
		tail_window(v, &v->top, &v->top_part);
}

static void scroll_wrapped(struct logview *v, int64_t rows)
{
	int width = text_width_of(v);

	for (; rows < 0; rows++) {
		if (v->top_part > 0) {
			v->top_part--;
		} else if (v->top > log_first(v->log)) {
			v->top--;
			v->top_part = rows_of(v, v->top, width) - 1;
		} else {
			break;
		}
	}
	for (; rows > 0; rows--) {
		if (v->top_part + 1 < rows_of(v, v->top, width)) {
			v->top_part++;
		} else if (v->top + 1 < log_end(v->log)) {
			v->top++;
			v->top_part = 0;
		} else {
			break;
		}
	}
}

void logdraw_scroll(struct logview *v, int64_t rows)
{
	int64_t last_top;
	int last_part;

	make_sgr(v);
	if (v->wrap) {
		scroll_wrapped(v, rows);
	} else {
		v->top += rows;
	}
	tail_window(v, &last_top, &last_part);
	if (v->top > last_top || (v->top == last_top && v->top_part > last_part)) {
		v->top = last_top;
		v->top_part = last_part;
	}
	if (v->top < log_first(v->log)) {
		v->top = log_first(v->log);
		v->top_part = 0;
	}
}

/* ---- drawing ---- */

static void put_gutter(struct logview *v, struct grid *g, const struct rect *r, int row, int width,
		       int64_t i)
{
	bool error = errors_is(v->errors, i);
	char number[32];
	int64_t n = log_head(v->log) ? i - log_first(v->log) + 1 : i - log_end(v->log);

	snprintf(number, sizeof(number), "%" PRId64, n);
	if (error)
		grid_text(g, r, row, 0, 1, ROLE_FAILED, "!");
	grid_text(g, r, row, width - 2 - (int)strlen(number), -1, error ? ROLE_FAILED : ROLE_DIM,
		  number);
}

static void put_time(struct logview *v, struct grid *g, const struct rect *r, int row, int col,
		     int64_t ms, int64_t before_ms)
{
	time_t t = ms / 1000;
	struct tm tm;
	char text[32];
	int64_t since = v->times == TIMES_SINCE ? ms - v->base_ms : ms - before_ms;

	if (ms == WHEN_NONE || !time_heads[v->times])
		return;
	if (v->times == TIMES_CLOCK) {
		if (!localtime_r(&t, &tm) || !strftime(text, sizeof(text), "%H:%M:%S", &tm))
			return;
	} else {
		if (v->times == TIMES_DELTA && before_ms == WHEN_NONE)
			return;
		since = since < 0 ? 0 : since;
		snprintf(text, sizeof(text), "+%d:%02d.%d", (int)(since / 60000),
			 (int)(since / 1000 % 60), (int)(since / 100 % 10));
	}
	grid_text(g, r, row, col, -1, ROLE_DIM, text);
}

/* Cell where glyph byte offset `at` of the cleaned text stands. */
struct text_map {
	struct buf text;
	int *cell; /* of each byte */
	size_t n;
};

static void map_text(struct text_map *map, const struct sgr_line *line)
{
	char utf8[4];
	size_t i, k, len;
	int cell = 0;

	for (i = 0; i < line->n && map->text.len < (64u << 10); i++) {
		len = text_encode(line->glyphs[i].ch, utf8);
		buf_add(&map->text, utf8, len);
		for (k = 0; k < len; k++) {
			map->cell = mem_grow(map->cell, map->n, sizeof(*map->cell));
			map->cell[map->n++] = cell;
		}
		cell += line->glyphs[i].width;
	}
	map->cell = mem_grow(map->cell, map->n, sizeof(*map->cell));
	map->cell[map->n] = cell;
}

/* Marks matches in the part [from, from + width) cells of a line that stands at `col`. */
static void put_matches(struct logview *v, struct grid *g, const struct rect *r, int row, int col,
			const struct sgr_line *line, int from, int width)
{
	struct text_map map = {.n = 0};
	size_t at = 0, start, end;

	if (!v->pattern)
		return;
	buf_init(&map.text, BUF_MAX);
	map_text(&map, line);
	while (at <= map.text.len &&
	       pattern_match(v->pattern, map.text.data, map.text.len, at, &start, &end)) {
		int a = map.cell[start] - from, b = map.cell[end] - from;

		a = a < 0 ? 0 : a;
		b = b > width ? width : b;
		if (a < b)
			grid_role(g, r, row, col + a, b - a, ROLE_MATCH);
		at = end > start ? end : end + 1;
	}
	buf_done(&map.text);
	mem_free(map.cell);
}

static int cells_before(const struct sgr_line *line, size_t glyph)
{
	int cells = 0;
	size_t i;

	for (i = 0; i < glyph; i++)
		cells += line->glyphs[i].width;
	return cells;
}

/* What stands after the text of a line: overwrites by CR, bytes that are not shown. */
static void put_tail(struct grid *g, const struct rect *r, int row, int col,
		     const struct sgr_line *glyphs, const struct log_line *line)
{
	char number[32];

	if (glyphs->overwrites)
		col += grid_textf(g, r, row, col, -1, ROLE_DIM, " @%u", glyphs->overwrites);
	if (line->full_len > line->len) {
		text_grouped((int64_t)(line->full_len - line->len), number, sizeof(number));
		grid_textf(g, r, row, col, -1, ROLE_MARKER, _(" ... +%s bytes in this line"), number);
	}
}

static void put_marker(struct grid *g, const struct rect *r, int row, const struct log_line *line)
{
	char text[256];
	int col;

	snprintf(text, sizeof(text), "%.*s", (int)(line->len < 200 ? line->len : 200), line->text);
	grid_rule(g, r, row, 0, -1, ROLE_MARKER);
	grid_text(g, r, row, 3, 1, ROLE_MARKER, " ");
	col = 4 + grid_name(g, r, row, 4, r->cols - 8, ROLE_MARKER, text);
	grid_text(g, r, row, col, 1, ROLE_MARKER, " ");
}

/* Draws line i from screen row `row` on; returns the rows used. `part` rows are above. */
static int put_line(struct logview *v, struct grid *g, const struct rect *r, int row, int64_t i,
		    int part, bool gutter, int64_t *before_ms)
{
	int lead = gutter ? gutter_width(v) : 0, text_col = lead + time_width(v);
	int width = r->cols - text_col > 0 ? r->cols - text_col : 1, rows = 0, skipped = 0;
	struct log_line line;
	struct sgr_line glyphs;
	size_t at = 0, end;
	int64_t ms;

	if (!log_line(v->log, i, &line))
		return 1;
	if (line.mark != LOG_MARK_NONE) {
		put_marker(g, r, row, &line);
		return 1;
	}
	glyphs = glyphs_of(v, &line, &ms);
	v->suspicious += glyphs.suspicious;
	if (gutter)
		put_gutter(v, g, r, row, lead, i);
	if (part == 0)
		put_time(v, g, r, row, lead, ms, *before_ms);
	if (ms != WHEN_NONE)
		*before_ms = ms;
	do {
		enum role role = errors_is(v->errors, i) ? ROLE_ERROR_LINE : ROLE_TEXT;
		int from, used;

		end = v->wrap ? wrap_row(&glyphs, at, width) : glyphs.n;
		if (v->wrap && skipped++ < part) {
			at = end;
			continue;
		}
		from = v->wrap ? cells_before(&glyphs, at) : v->skip;
		used = grid_glyphs(g, r, row + rows, text_col, width, v->wrap ? 0 : v->skip, role,
				   glyphs.glyphs + at, end - at);
		put_matches(v, g, r, row + rows, text_col, &glyphs, from, width);
		if (end == glyphs.n)
			put_tail(g, r, row + rows, text_col + used, &glyphs, &line);
		at = end;
		rows++;
	} while (at < glyphs.n && row + rows < r->rows);
	if (v->focused && i == v->focus)
		grid_attr(g, r, row, 0, -1, STYLE_BOLD);
	return rows ? rows : 1;
}

static void find_base(struct logview *v)
{
	struct log_line line;
	size_t len;

	if (v->times == TIMES_SINCE && log_line(v->log, log_first(v->log), &line))
		stamp_parse(line.text, line.len, &v->base_ms, &len);
}

static int64_t stamp_before(struct logview *v, int64_t i)
{
	struct log_line line;
	int64_t ms = WHEN_NONE;
	size_t len;

	if (v->times == TIMES_DELTA && i > log_first(v->log) && log_line(v->log, i - 1, &line))
		stamp_parse(line.text, line.len, &ms, &len);
	return ms;
}

static void put_phase(struct logview *v, struct grid *g, const struct rect *r)
{
	const char *text = v->status.fault[0] ? v->status.fault : v->status.phase;

	if (!text && !v->ref.id[0])
		text = _("no log here: a step that failed, runs or ended has one");
	if (text)
		grid_name(g, r, 0, 1, r->cols - 2, v->status.fault[0] ? ROLE_MESSAGE_BAD : ROLE_DIM,
			  text);
}

void logview_draw(struct logview *v, struct grid *g, const struct rect *r, bool gutter)
{
	int64_t i, before_ms;
	int row = 0, part;

	v->rows = r->rows > 0 ? r->rows : 1;
	if (!v->log || log_end(v->log) == log_first(v->log)) {
		v->cols = r->cols;
		v->at_top = false;
		put_phase(v, g, r);
		return;
	}
	v->cols = r->cols - (gutter ? gutter_width(v) : 0);
	make_sgr(v);
	if (v->follow)
		logdraw_settle(v);
	else
		logdraw_scroll(v, 0); /* the window may have grown, the spool given the oldest back */
	v->at_top = v->top == log_first(v->log) && (!v->follow || v->rows > log_end(v->log) - v->top);
	find_base(v);
	carry_colours(v, v->top);
	v->suspicious = 0;
	before_ms = stamp_before(v, v->top);
	part = v->top_part;
	for (i = v->top; row < r->rows && i < log_end(v->log); i++) {
		row += put_line(v, g, r, row, i, part, gutter, &before_ms);
		part = 0;
	}
}

static void add_errors(const struct logview *v, struct buf *out, const char *before)
{
	size_t n = v->errors ? errors_count(v->errors) : 0, rank;

	if (n == 0)
		return;
	rank = v->focused ? errors_rank(v->errors, v->focus) : 0;
	buf_adds(out, before);
	if (rank)
		buf_addf(out, _("error %zu of %zu"), rank, n);
	else
		buf_addf(out, n == 1 ? _("%zu error line") : _("%zu error lines"), n);
	if (!log_head(v->log))
		buf_adds(out, _(" so far"));
}

void logview_title(const struct logview *v, struct buf *out)
{
	char number[32];

	if (!v->log)
		return;
	text_grouped(log_end(v->log) - log_first(v->log), number, sizeof(number));
	buf_addf(out, _("%s%s lines"), log_head(v->log) ? "" : "~", number);
	add_errors(v, out, " | ");
	if (!v->follow && v->status.running) {
		text_grouped(log_end(v->log) - v->paused_end, number, sizeof(number));
		buf_addf(out, _(" | PAUSED +%s new (G)"), number);
	} else if (v->status.running) {
		buf_adds(out, _(" | following"));
	}
	if (v->status.fault[0])
		buf_adds(out, _(", no answer"));
}

static void add_place(const struct logview *v, struct buf *out)
{
	int64_t first = log_first(v->log), end = log_end(v->log);
	int64_t at = v->focused ? v->focus : v->top + v->rows - 1;
	char a[32], b[32];

	at = at >= end ? end - 1 : at;
	text_grouped(log_head(v->log) ? at - first + 1 : at - end, a, sizeof(a));
	text_grouped(end - first, b, sizeof(b));
	buf_addf(out, "%s/%s%s", a, log_head(v->log) ? "" : "~", b);
}

static void add_search(const struct logview *v, struct buf *out)
{
	char number[32];
	int64_t rank = -1;

	if (!v->pattern)
		return;
	buf_addf(out, "  /%.40s", v->pattern_text);
	if (v->search) {
		text_grouped(search_seen(v->search), number, sizeof(number));
		buf_addf(out, _(" searching, %s lines"), number);
		return;
	}
	if (!v->counter)
		return;
	rank = v->focused ? counter_rank(v->counter, v->focus) : -1;
	text_grouped(counter_total(v->counter), number, sizeof(number));
	if (rank > 0)
		buf_addf(out, _(" %" PRId64 " of %s"), rank, number);
	else
		buf_addf(out, _(" %s lines"), number);
}

void logview_statusline(const struct logview *v, struct buf *out)
{
	static const char *const times[TIMES_COUNT] = {N_("off"), N_("clock"), N_("since start"),
						       N_("since the line before"), N_("as sent")};
	char number[32];

	if (!v->log)
		return;
	add_place(v, out);
	if (!v->follow && v->status.running) {
		text_grouped(log_end(v->log) - v->paused_end, number, sizeof(number));
		buf_addf(out, _("  PAUSED +%s new (G)"), number);
	} else if (v->status.running) {
		buf_adds(out, _("  FOLLOWING"));
	}
	if (v->status.paging)
		buf_adds(out, _("  reading older lines"));
	if (v->status.fault[0])
		buf_addf(out, "  %s", v->status.fault);
	add_errors(v, out, "  ");
	add_search(v, out);
	buf_addf(out, _("  wrap %s"), v->wrap ? _("on") : _("off"));
	buf_addf(out, _("  time %s"), _(times[v->times]));
	if (v->plain)
		buf_adds(out, _("  colours off"));
	if (v->raw)
		buf_adds(out, _("  raw"));
	if (v->suspicious)
		buf_addf(out, v->suspicious == 1 ? _("  %u suspicious sequence here")
						  : _("  %u suspicious sequences here"),
			 v->suspicious);
}
