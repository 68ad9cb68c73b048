/* SPDX-License-Identifier: MIT */
/*
 * The one home of curses. Curses is given a memory file for a terminal: it works out the
 * bytes that turn the last frame into the next, and we carry them to the real terminal as
 * fast as that takes them (ui/tty.c has the device). Curses thinks it is in an endless
 * full screen session; entering, leaving, and being stopped are bytes of our own around
 * it, after which the screen is drawn whole.
 *
 * A frame is made only when the one before has been written to its end, so the queue is
 * one frame at most, with asides behind it, and what a slow terminal sees next is always the newest. Each
 * frame's bytes pass egress_ok() before they are queued.
 */
#include "ui/term.h"

#include <curses.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "aside.h"
#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "outlet.h"
#include "palette.h"
#include "termkey.h"
#include "tty.h"

#define PAIRS_MAX 4096
#define PAIR_SLOTS (2 * PAIRS_MAX)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A pair of colours that curses was told about. */
struct pair {
	int fg, bg;
	int number; /* 0: the slot is free */
};

struct term {
	struct tty tty;
	const struct theme *theme; /* as given, or `mono` where its colours cannot be seen */
	struct theme mono;
	bool colour, default_colours;
	struct palette palette;
	int rows, cols;
	bool resized; /* and nobody has asked yet */

	SCREEN *screen;
	FILE *memory, *no_input;
	struct buf enter, restore; /* what makes the terminal ours, and not ours any more */
	struct outlet outlet;
	bool away; /* given to a child */
	bool knows_osc, has_mouse, mouse;

	struct grid *shown;
	bool redraw, repaint; /* draw each row; clear the screen first */
	int cursor_row;	      /* as shown */
	cchar_t *line;	      /* one row for curses */

	struct pair pairs[PAIR_SLOTS];
	int pairs_n, pairs_max;
	bool pairs_full;

	struct termkey keys;
};

/* ---- what curses wrote ---- */

static void memory_take(struct term *t, struct buf *out)
{
	int fd = fileno(t->memory);
	off_t size = lseek(fd, 0, SEEK_CUR), at = 0;
	char *room;
	ssize_t n;

	if (size <= 0)
		return;
	room = buf_room(out, (size_t)size);
	while (room && at < size) {
		n = pread(fd, room + at, (size_t)(size - at), at);
		if (n <= 0)
			break;
		at += n;
	}
	if (room)
		buf_seal(out, (size_t)at);
	lseek(fd, 0, SEEK_SET);
	if (ftruncate(fd, 0) != 0)
		t->outlet.gone = true;
}

/* ---- opening ---- */

static const char *capability(const char *name)
{
	const char *s = tigetstr(name);

	return s && s != (const char *)-1 ? s : NULL;
}

/* Capabilities that we send by ourselves have no padding that matters: `$<..>` is left out. */
static void add_capability(struct buf *out, const char *s)
{
	const char *end;

	for (; s && *s; s++) {
		end = *s == '$' && s[1] == '<' ? strchr(s, '>') : NULL;
		if (end)
			s = end;
		else
			buf_addc(out, *s);
	}
}

static bool term_error(struct err *err, const char *why)
{
	char shown[41];
	const char *name = text_or_empty(getenv("TERM"));
	size_t i;

	for (i = 0; i < sizeof(shown) - 1 && name[i]; i++)
		shown[i] = name[i] >= ' ' && name[i] <= '~' ? name[i] : '?';
	shown[i] = '\0';
	return err_set(err, ERR_INPUT, 0,
		       _("the dashboard cannot use this terminal: TERM=%s %s; set TERM, or use "
			 "`pipetop watch`, or a command with --json"),
		       shown, why);
}

/* Curses catches these when nobody does; here they are the program's. */
static const int curses_signals[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};

struct saved_world {
	struct sigaction actions[COUNT(curses_signals)];
	char *old_lines, *old_columns;
};

static void world_save(struct saved_world *w, int rows, int cols)
{
	char number[16];
	size_t i;

	for (i = 0; i < COUNT(curses_signals); i++)
		sigaction(curses_signals[i], NULL, &w->actions[i]);
	w->old_lines = mem_strdup(getenv("LINES"));
	w->old_columns = mem_strdup(getenv("COLUMNS"));
	snprintf(number, sizeof(number), "%d", rows);
	setenv("LINES", number, 1);
	snprintf(number, sizeof(number), "%d", cols);
	setenv("COLUMNS", number, 1);
}

static void variable_restore(const char *name, char *value)
{
	if (value)
		setenv(name, value, 1);
	else
		unsetenv(name);
	mem_free(value);
}

static void world_restore(struct saved_world *w)
{
	size_t i;

	for (i = 0; i < COUNT(curses_signals); i++)
		sigaction(curses_signals[i], &w->actions[i], NULL);
	variable_restore("LINES", w->old_lines);
	variable_restore("COLUMNS", w->old_columns);
}

static FILE *memory_file(const char *mode)
{
	int fd = memfd_create("pipetop-frame", MFD_CLOEXEC);
	FILE *f = fd < 0 ? NULL : fdopen(fd, mode);

	if (!f && fd >= 0)
		close(fd);
	return f;
}

static bool open_curses(struct term *t, struct err *err)
{
	struct saved_world world;

	t->memory = memory_file("w+");
	t->no_input = memory_file("r");
	if (!t->memory || !t->no_input)
		return err_set(err, ERR_IO, errno, _("cannot make a memory file for the screen: %s"),
			       strerror(errno));
	if (text_empty(getenv("TERM")))
		return term_error(err, _("is not set"));
	world_save(&world, t->rows, t->cols);
	t->screen = newterm(getenv("TERM"), t->memory, t->no_input);
	world_restore(&world);
	if (!t->screen)
		return term_error(err, _("is not known here"));
	/* newterm() takes a dumb terminal without a word (T05). */
	if (!capability("cup") || !capability("clear"))
		return term_error(err, _("cannot move the cursor"));
	typeahead(-1);
	nonl();
	scrollok(stdscr, FALSE);
	leaveok(stdscr, TRUE);
	curs_set(0);
	return true;
}

/*
 * How many of the first numbers are the palette where most are 0xRRGGBB: the direct entries
 * differ, and say it only in what they send (38:5:N or 38;2;...).
 */
static int indexed_colours(void)
{
	static const int borders[] = {255, 15};
	const char *set = capability("setaf"), *sent;
	size_t i;

	for (i = 0; set && i < COUNT(borders); i++) {
		sent = tiparm(set, borders[i]);
		if (sent && !strstr(sent, "38:2") && !strstr(sent, "38;2"))
			return borders[i] + 1;
	}
	return 8;
}

static void open_palette(struct term *t)
{
	t->palette.colours = t->colour ? COLORS : 0;
	if (t->palette.colours <= 256)
		return;
	/* Direct colours in other bits than 8 each are not counted on. */
	t->palette.indexed = indexed_colours();
	t->palette.colours = COLORS == PALETTE_DIRECT ? PALETTE_DIRECT : t->palette.indexed;
}

static void open_colours(struct term *t)
{
	if (!t->colour || start_color() != OK || COLORS < 8 || COLOR_PAIRS < 8) {
		t->colour = false;
		return;
	}
	t->default_colours = use_default_colors() == OK;
	t->pairs_max = COLOR_PAIRS - 1 < PAIRS_MAX ? COLOR_PAIRS - 1 : PAIRS_MAX;
}

/* Terminals of xterm's kind know bracketed paste and OSC; others may print what they do not know. */
static bool of_xterms_kind(void)
{
	const char *leave = capability("rmcup");

	return capability("BE") || (leave && (strstr(leave, "?1049l") || strstr(leave, "?47l")));
}

/* The Linux console says so too, but has not the reports that reach beyond column 223. */
static bool knows_mouse(void)
{
	const char *report = capability("kmous");

	return report && of_xterms_kind() && (strcmp(report, "\033[M") == 0 || strcmp(report, "\033[<") == 0);
}

/* Both begin with sgr0, whose Escape ends whatever was being received. */
static void make_ways(struct term *t)
{
	t->knows_osc = of_xterms_kind();
	t->has_mouse = knows_mouse();
	add_capability(&t->enter, capability("sgr0"));
	add_capability(&t->enter, capability("rmacs"));
	memory_take(t, &t->enter);
	if (t->knows_osc)
		buf_adds(&t->enter, "\033[?2004h");
	add_capability(&t->restore, capability("sgr0"));
	add_capability(&t->restore, capability("rmacs"));
	add_capability(&t->restore, capability("op"));
	if (t->knows_osc)
		buf_adds(&t->restore, "\033[?2004l");
	if (t->has_mouse)
		buf_adds(&t->restore, ASIDE_MOUSE_OFF);
	if (!capability("rmcup") && capability("cup")) {
		/* There is no other screen to go back to: leave a clean last line. */
		add_capability(&t->restore, tiparm(capability("cup"), 998, 0));
		add_capability(&t->restore, capability("el"));
	}
	add_capability(&t->restore, capability("rmcup"));
	add_capability(&t->restore, capability("cnorm"));
}

/* The way in, after the device is ours. */
static void queue_enter(struct term *t)
{
	outlet_clear(&t->outlet);
	buf_add(&t->outlet.queue, t->enter.data, t->enter.len);
	if (t->mouse)
		buf_adds(&t->outlet.queue, ASIDE_MOUSE_ON);
	t->redraw = t->repaint = true;
}

static bool enter(struct term *t, struct err *err)
{
	if (!tty_enter(&t->tty, t->restore.data, t->restore.len, err))
		return false;
	queue_enter(t);
	return true;
}

struct term *term_new(const struct term_options *options, struct err *err)
{
	struct term *t = mem_zalloc(sizeof(*t));

	t->colour = options->colour;
	theme_mono(&t->mono);
	buf_init(&t->enter, BUF_MAX);
	buf_init(&t->restore, BUF_MAX);
	termkey_init(&t->keys);
	if (!tty_open(&t->tty, options->in_fd, options->out_fd, err))
		goto fail;
	outlet_init(&t->outlet, t->tty.out);
	tty_size(&t->tty, &t->rows, &t->cols);
	if (!open_curses(t, err))
		goto fail;
	open_colours(t);
	open_palette(t);
	term_set_theme(t, options->theme);
	make_ways(t);
	t->shown = grid_new(t->rows, t->cols);
	t->line = mem_calloc(TTY_SIDE_MAX + 1, sizeof(*t->line));
	tty_await_foreground(&t->tty);
	if (!enter(t, err))
		goto fail;
	term_pump(t);
	return t;
fail:
	term_free(t);
	return NULL;
}

void term_free(struct term *t)
{
	if (!t)
		return;
	tty_leave(&t->tty);
	if (t->screen) {
		set_term(t->screen);
		endwin();
		delscreen(t->screen);
	}
	if (t->memory)
		fclose(t->memory);
	if (t->no_input)
		fclose(t->no_input);
	tty_close(&t->tty);
	termkey_done(&t->keys);
	grid_free(t->shown);
	mem_free(t->line);
	buf_done(&t->enter);
	buf_done(&t->restore);
	outlet_done(&t->outlet);
	mem_free(t);
}

void term_emergency(void)
{
	tty_emergency();
}

void term_suspend(struct term *t)
{
	tty_leave(&t->tty);
	tty_stop();
	if (t->away)
		return;
	if (!enter(t, NULL))
		t->outlet.gone = true;
	t->resized = true;
	term_pump(t);
}

void term_leave(struct term *t)
{
	tty_leave(&t->tty);
	outlet_clear(&t->outlet);
	t->away = true;
}

void term_return(struct term *t)
{
	if (!t->away)
		return;
	t->away = false;
	tty_retake(&t->tty);
	queue_enter(t);
	t->resized = true;
	term_pump(t);
}

/* ---- beside the frames ---- */

bool term_mouse(struct term *t, bool on)
{
	const char *bytes = on ? ASIDE_MOUSE_ON : ASIDE_MOUSE_OFF;

	if (!t->has_mouse)
		return false;
	if (t->mouse == on)
		return true;
	t->mouse = t->keys.mouse = on;
	if (!t->away)
		outlet_mode(&t->outlet, bytes);
	return true;
}

void term_bell(struct term *t)
{
	if (!t->away)
		outlet_bell(&t->outlet);
}

static bool in_tmux(void)
{
	const char *name = text_or_empty(getenv("TERM"));

	return !text_empty(getenv("TMUX")) && (text_starts(name, "tmux") || text_starts(name, "screen"));
}

static struct aside_options aside_options(void)
{
	return (struct aside_options){.utf8 = text_locale_utf8(), .tmux = in_tmux()};
}

bool term_copy(struct term *t, const char *text, size_t len, struct err *err)
{
	struct aside_options options = aside_options();
	struct buf bytes;
	bool ok;

	if (!t->knows_osc)
		return err_set(err, ERR_INPUT, 0, _("TERM=%.40s has no clipboard to copy to; save to a file"),
			       text_or_empty(getenv("TERM")));
	buf_init(&bytes, BUF_MAX);
	ok = aside_copy(&bytes, text, len, &options, err);
	if (ok && (t->away || !outlet_aside(&t->outlet, bytes.data, bytes.len)))
		ok = err_set(err, ERR_IO, EAGAIN, _("nothing was copied: the terminal takes nothing now"));
	buf_done(&bytes);
	return ok;
}

void term_notify(struct term *t, const char *title, const char *body)
{
	struct aside_options options = aside_options();
	struct buf bytes;

	if (!t->knows_osc || t->away)
		return;
	buf_init(&bytes, BUF_MAX);
	aside_notify(&bytes, title, body, &options);
	outlet_aside(&t->outlet, bytes.data, bytes.len);
	buf_done(&bytes);
}

/* ---- size and small questions ---- */

int term_in_fd(const struct term *t)
{
	return t->tty.in;
}

int term_out_fd(const struct term *t)
{
	return t->tty.out;
}

void term_size(const struct term *t, int *rows, int *cols)
{
	*rows = t->rows;
	*cols = t->cols;
}

bool term_resized(struct term *t)
{
	bool told = t->resized;
	int rows, cols;

	t->resized = false;
	tty_size(&t->tty, &rows, &cols);
	if (rows == t->rows && cols == t->cols)
		return told;
	t->rows = rows;
	t->cols = cols;
	resize_term(rows, cols);
	grid_resize(t->shown, rows, cols);
	t->redraw = t->repaint = true;
	return true;
}

bool term_ready(const struct term *t)
{
	return !t->away && !term_pending(t);
}

bool term_pending(const struct term *t)
{
	return outlet_pending(&t->outlet);
}

void term_repaint(struct term *t)
{
	t->redraw = t->repaint = true;
}

/*
 * A theme whose colours cannot be shown has lost what tells its roles apart: the built-in
 * look, which is made of attributes, does that better. One that has no colours stays.
 */
static bool has_colour(const struct theme *theme)
{
	int i;

	for (i = 0; i < ROLE_COUNT; i++)
		if (theme->roles[i].fg || theme->roles[i].bg)
			return true;
	return false;
}

void term_set_theme(struct term *t, const struct theme *theme)
{
	t->theme = t->colour || !has_colour(theme) ? theme : &t->mono;
	t->redraw = true;
}

uint64_t term_bytes(const struct term *t)
{
	return t->outlet.bytes;
}

uint64_t term_dropped(const struct term *t)
{
	return t->outlet.refused;
}

bool term_pump(struct term *t)
{
	return outlet_pump(&t->outlet);
}

/* ---- looks ---- */

static void pairs_forget(struct term *t)
{
	memset(t->pairs, 0, sizeof(t->pairs));
	t->pairs_n = 0;
}

static struct pair *pair_slot(struct term *t, int fg, int bg)
{
	uint32_t hash = ((uint32_t)fg * 2654435761u) ^ ((uint32_t)bg * 40503u);
	size_t i = (hash ^ hash >> 15) % PAIR_SLOTS;

	while (t->pairs[i].number && (t->pairs[i].fg != fg || t->pairs[i].bg != bg))
		i = (i + 1) % PAIR_SLOTS;
	return t->pairs + i;
}

/* The number of a pair; 0, the terminal's own colours, when there are no more. */
static int pair_number(struct term *t, int fg, int bg)
{
	struct pair *pair;

	if (!t->default_colours) {
		fg = fg < 0 ? COLOR_WHITE : fg;
		bg = bg < 0 ? COLOR_BLACK : bg;
	} else if (fg < 0 && bg < 0) {
		return 0;
	}
	pair = pair_slot(t, fg, bg);
	if (pair->number)
		return pair->number;
	if (t->pairs_n == t->pairs_max || init_extended_pair(t->pairs_n + 1, fg, bg) != OK) {
		t->pairs_full = true;
		return 0;
	}
	*pair = (struct pair){.fg = fg, .bg = bg, .number = ++t->pairs_n};
	return pair->number;
}

struct look {
	attr_t attrs;
	int pair;
};

static attr_t attrs_of(uint8_t attr)
{
	return (attr & STYLE_BOLD ? A_BOLD : 0) | (attr & STYLE_DIM ? A_DIM : 0) |
	       (attr & STYLE_ITALIC ? A_ITALIC : 0) | (attr & STYLE_UNDERLINE ? A_UNDERLINE : 0) |
	       (attr & STYLE_REVERSE ? A_REVERSE : 0);
}

/*
 * What is dimmed beyond its role takes the look that the theme has for it. A colour stays, for
 * half of it could often not be read, and loses its boldness instead.
 */
static struct style stale_style(const struct theme *theme, struct style style)
{
	const struct style *stale = &theme->roles[ROLE_STALE];

	if (style.fg || style.bg) {
		style.attr &= (uint8_t)~STYLE_BOLD;
	} else {
		style.fg = stale->fg;
		style.bg = stale->bg;
		style.attr |= stale->attr;
	}
	return style;
}

static struct style style_of(const struct term *t, const struct cell *c)
{
	const struct style *role = &t->theme->roles[c->role < ROLE_COUNT ? c->role : ROLE_TEXT];
	struct style style = *role;

	if (c->fg || c->bg) /* a log's own colours, as they came */
		return (struct style){c->fg, c->bg, c->attr | role->attr};
	if (c->attr & STYLE_DIM)
		style = stale_style(t->theme, style);
	style.attr |= c->attr & (uint8_t)~STYLE_DIM;
	return style;
}

static struct look look_of(struct term *t, const struct cell *c)
{
	struct style style = style_of(t, c);
	struct palette_look seen = palette_look(&style, &t->palette);

	return (struct look){attrs_of(seen.attr), t->colour ? pair_number(t, seen.fg, seen.bg) : 0};
}

/* ---- cells to curses ---- */

static void set_char(cchar_t *cc, const wchar_t *text, attr_t attrs, int pair)
{
	if (setcchar(cc, text, attrs, 0, &pair) != OK)
		setcchar(cc, L"?", attrs, 0, &pair);
}

static void set_line_char(cchar_t *cc, uint32_t ch, const struct look *look)
{
	const cchar_t *acs = ch == GRID_ACS_HLINE ? WACS_HLINE : WACS_VLINE;
	wchar_t text[CCHARW_MAX + 1];
	attr_t attrs;
	short ignored;
	int pair;

	if (getcchar(acs, text, &attrs, &ignored, NULL) != OK) {
		text[0] = ch == GRID_ACS_HLINE ? L'-' : L'|';
		text[1] = L'\0';
		attrs = 0;
	}
	pair = look->pair;
	set_char(cc, text, attrs | look->attrs, pair);
}

/* The cell at `c`, with its marks; `wide` tells that its right half follows. */
static void set_cell(struct term *t, const struct grid *g, const struct cell *c, bool wide,
		     cchar_t *cc)
{
	struct look look = look_of(t, c);
	const uint32_t *marks = grid_marks(g, c->marks);
	wchar_t text[SGR_MARKS_MAX + 2] = {(wchar_t)c->ch};
	int i;

	if (c->ch == GRID_ACS_HLINE || c->ch == GRID_ACS_VLINE) {
		set_line_char(cc, c->ch, &look);
		return;
	}
	/* Curses must agree on the cells taken, or the rest of the row would shift. */
	if (text_width(c->ch) != (wide ? 2 : 1))
		text[0] = L'?';
	for (i = 0; i < SGR_MARKS_MAX && marks[i]; i++)
		if (text_width(marks[i]) == 0)
			text[wcslen(text)] = (wchar_t)marks[i];
	set_char(cc, text, look.attrs, look.pair);
}

static void draw_row(struct term *t, const struct grid *g, int row)
{
	const struct cell *c = grid_row(g, row);
	int cols = grid_cols(g) < t->cols ? grid_cols(g) : t->cols, i, n = 0;
	bool wide;

	for (i = 0; i < cols; i += wide ? 2 : 1) {
		wide = i + 1 < cols && c[i + 1].ch == 0;
		if (c[i].ch == 0)
			set_char(&t->line[n++], L" ", 0, 0);
		else
			set_cell(t, g, c + i, wide, &t->line[n++]);
		if (wide && text_width(c[i].ch) != 2)
			set_char(&t->line[n++], L" ", 0, 0);
	}
	if (n > 0)
		mvadd_wchnstr(row, 0, t->line, n);
}

static bool draw_rows(struct term *t, const struct grid *g, bool all)
{
	int rows = grid_rows(g) < t->rows ? grid_rows(g) : t->rows, row;
	bool drawn = false;

	for (row = 0; row < rows; row++)
		if (all || !grid_row_same(g, t->shown, row)) {
			draw_row(t, g, row);
			drawn = true;
		}
	return drawn;
}

/*
 * When the terminal's pairs run out they are dealt anew, from this frame's cells; what is
 * still too much for one frame is drawn in the terminal's own colours.
 */
static bool draw(struct term *t, const struct grid *g)
{
	bool all = t->redraw || grid_rows(g) != grid_rows(t->shown) ||
		   grid_cols(g) != grid_cols(t->shown);
	bool drawn;

	t->pairs_full = false;
	drawn = draw_rows(t, g, all);
	if (t->pairs_full) {
		pairs_forget(t);
		drawn = draw_rows(t, g, true);
		t->repaint = true;
	}
	return drawn;
}

static bool draw_cursor(struct term *t, const struct grid *g)
{
	int row, col, old_row, old_col;

	grid_cursor_get(g, &row, &col);
	grid_cursor_get(t->shown, &old_row, &old_col);
	leaveok(stdscr, row < 0);
	if (row >= 0)
		move(row, col);
	if ((row < 0) != (t->cursor_row < 0))
		curs_set(row >= 0);
	t->cursor_row = row;
	return row != old_row || col != old_col;
}

/* ---- frames ---- */

static bool queue_frame(struct term *t, struct err *err)
{
	size_t from = t->outlet.queue.len;

	memory_take(t, &t->outlet.queue);
	if (outlet_frame(&t->outlet, from, err))
		return true;
	term_repaint(t);
	return false;
}

bool term_show(struct term *t, const struct grid *g, struct err *err)
{
	bool changed;

	if (t->outlet.gone)
		return err_set(err, ERR_IO, EIO, _("the terminal is gone"));
	if (!term_ready(t))
		return err_set(err, ERR_IO, EAGAIN, _("the terminal has not taken the last frame yet"));
	changed = draw(t, g);
	changed = draw_cursor(t, g) || changed;
	if (!changed && !t->repaint)
		return true;
	if (t->repaint)
		clearok(curscr, TRUE);
	refresh();
	grid_copy(t->shown, g);
	t->redraw = t->repaint = false;
	return queue_frame(t, err) &&
	       (term_pump(t) || err_set(err, ERR_IO, EIO, _("the terminal is gone")));
}

/* ---- keys ---- */

static void read_keys(struct term *t, int64_t now_ms, bool *gone)
{
	char bytes[4096];
	size_t room = termkey_room(&t->keys);
	ssize_t n;

	if (room == 0)
		return;
	n = read(t->tty.in, bytes, room < sizeof(bytes) ? room : sizeof(bytes));
	if (n > 0)
		termkey_feed(&t->keys, bytes, (size_t)n, now_ms);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		*gone = t->outlet.gone = true;
}

bool term_key(struct term *t, int64_t now_ms, struct key *key, int *wait_ms, bool *gone)
{
	*gone = t->outlet.gone;
	*wait_ms = -1;
	if (t->outlet.gone || t->away)
		return false;
	if (termkey_next(&t->keys, now_ms, key, wait_ms))
		return true;
	read_keys(t, now_ms, gone);
	return termkey_next(&t->keys, now_ms, key, wait_ms);
}

const char *term_paste(const struct term *t)
{
	return t->keys.pasted.data;
}
