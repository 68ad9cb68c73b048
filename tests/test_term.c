/* SPDX-License-Identifier: MIT */
/* ui/term.c on a real pseudo terminal, seen through a terminal emulator. */
#include "test.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/style.h"
#include "pty.h"
#include "scene.h"
#include "ui/egress.h"

#define LONG_MS pty_limit_ms(10000)

static char probe_path[4096], stats_path[] = "/tmp/pipetop-probe-XXXXXX";
static char stats_env[64];
static struct probe_stats *stats;

static int prepare(void **state)
{
	const char *top = getenv("top_builddir");
	int fd = mkstemp(stats_path);

	if (fd < 0 || ftruncate(fd, sizeof(*stats)) != 0)
		return -1;
	stats = mmap(NULL, sizeof(*stats), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	snprintf(stats_env, sizeof(stats_env), "PROBE_STATS=%s", stats_path);
	snprintf(probe_path, sizeof(probe_path), "%s/tests/term_probe", top ? top : ".");
	return stats == MAP_FAILED ? -1 : 0;
}

static int clean_up(void **state)
{
	return unlink(stats_path);
}

static struct pty *start(const char *term, int rows, int cols, const char *more)
{
	const char *argv[] = {probe_path, NULL};
	const char *env[] = {stats_env, more ? more : "NO_COLOR", NULL};

	memset(stats, 0, sizeof(*stats));
	return pty_start(argv, term, rows, cols, env);
}

static struct pty *start_hello(const char *term, int rows, int cols)
{
	struct pty *p = start(term, rows, cols, NULL);

	if (!pty_wait_text(p, "hello", LONG_MS)) {
		struct buf screen;

		buf_init(&screen, BUF_MAX);
		pty_screen(p, &screen);
		fail_msg("TERM=%s shows no first frame but: %s", term, screen.data);
	}
	return p;
}

static void assert_screen(struct pty *p, const char *want)
{
	struct buf screen;

	buf_init(&screen, BUF_MAX);
	pty_screen(p, &screen);
	assert_string_equal(screen.data, want);
	buf_done(&screen);
}

static void assert_left(struct pty *p)
{
	struct pty_state s = pty_state(p);

	assert_false(s.alternate);
	assert_true(s.cursor);
	assert_true(pty_modes_restored(p));
}

/* ---- pictures ---- */

static void the_first_frame_is_what_was_drawn(void **state)
{
	static const char *const terms[] = {"xterm-256color", "tmux-256color", "linux", "vt100", "screen",
					    "xterm-direct"};
	struct pty *p;
	size_t i;

	for (i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
		p = start_hello(terms[i], 6, 30);
		assert_true(pty_wait_text(p, "6x30", LONG_MS));
		assert_screen(p, "hello\n  \xE6\xB5\x81\xE6\xB0\xB4\xE7\xBA\xBF\xE5\xB7\xB2\xE5\xAE\x8C\xE6\x88\x90|\n"
				 "e\xCC\x81|\n6x30\n\n\n");
		pty_keys(p, "q");
		assert_int_equal(pty_exit_status(p, LONG_MS), 0);
		assert_left(p);
		pty_free(p);
	}
}

struct want {
	struct grid *grid;
	struct buf dump, screen;
};

static bool screen_is(struct pty *p, void *arg)
{
	struct want *w = arg;

	buf_clear(&w->screen);
	pty_screen(p, &w->screen);
	return strcmp(w->screen.data, w->dump.data) == 0;
}

static void random_frames_arrive_whole_on(const char *term)
{
	struct want w = {.grid = grid_new(24, 80)};
	struct pty *p = start_hello(term, 24, 80);
	unsigned seed;

	buf_init(&w.dump, BUF_MAX);
	buf_init(&w.screen, BUF_MAX);
	for (seed = 1; seed <= 60; seed++) {
		pty_keys(p, "r");
		scene_random(w.grid, seed);
		buf_clear(&w.dump);
		grid_dump(w.grid, false, &w.dump);
		if (!pty_wait(p, screen_is, &w, LONG_MS))
			fail_msg("%s, seed %u: want\n%s\ngot\n%s", term, seed, w.dump.data, w.screen.data);
	}
	buf_done(&w.dump);
	buf_done(&w.screen);
	grid_free(w.grid);
	pty_free(p);
}

static void random_frames_arrive_whole(void **state)
{
	random_frames_arrive_whole_on("xterm-256color");
	random_frames_arrive_whole_on("tmux-256color");
	random_frames_arrive_whole_on("linux");
	random_frames_arrive_whole_on("vt100");
}

static void a_change_of_one_row_sends_few_bytes(void **state)
{
	struct pty *p = start_hello("xterm-256color", 24, 80);
	size_t before, after;

	pty_keys(p, "x");
	assert_true(pty_wait_text(p, "#1", LONG_MS));
	pty_raw(p, &before);
	pty_keys(p, "x");
	assert_true(pty_wait_text(p, "#2", LONG_MS));
	pty_raw(p, &after);
	assert_in_range(after - before, 1, 40);
	pty_free(p);
}

/* ---- looks ---- */

static struct pty *start_looks(const char *term, const char *more)
{
	struct pty *p = start(term, 24, 80, more);

	assert_true(pty_wait_text(p, "hello", LONG_MS));
	pty_keys(p, "l");
	assert_true(pty_wait_text(p, "looks", LONG_MS));
	return p;
}

static void roles_and_log_colours_reach_the_screen(void **state)
{
	struct pty *p = start_looks("xterm-256color", NULL);
	struct pty_cell c = pty_cell(p, 1, 0);
	struct pty_state s;

	assert_int_equal(c.fg, COLOUR(COLOUR_PALETTE, 9));
	assert_true(c.bold);
	assert_int_equal(pty_cell(p, 0, 0).fg, 0);
	assert_int_equal(pty_cell(p, 0, 0).bg, 0);
	assert_true(pty_cell(p, 2, 0).reverse);
	c = pty_cell(p, 3, 0);
	assert_int_equal(c.bg, COLOUR(COLOUR_PALETTE, 3));
	assert_int_equal(pty_cell(p, 4, 0).fg, COLOUR(COLOUR_PALETTE, 196));
	c = pty_cell(p, 4, 1);
	assert_int_equal(c.fg, COLOUR(COLOUR_PALETTE, 208)); /* the nearest to #ff8800 */
	assert_int_equal(c.bg, COLOUR(COLOUR_PALETTE, 12));
	assert_true(c.underline && c.italic);
	c = pty_cell(p, 4, 2);
	assert_int_equal(c.fg, COLOUR(COLOUR_PALETTE, 4)); /* and not blue on blue */
	assert_int_equal(c.bg, 0);
	assert_int_equal(pty_cell(p, 5, 1).ch, 0x2500);
	assert_int_equal(pty_cell(p, 6, 1).ch, 0x2502);
	s = pty_state(p);
	assert_true(s.cursor && s.row == 2 && s.col == 4);
	pty_keys(p, "m");
	assert_true(pty_wait_text(p, "006d", LONG_MS));
	assert_int_equal(pty_cell(p, 1, 0).fg, 0);
	pty_keys(p, "h");
	assert_true(pty_wait_text(p, "hello", LONG_MS));
	assert_false(pty_state(p).cursor);
	pty_free(p);
}

static void eight_colours_get_the_nearest(void **state)
{
	struct pty *p = start_looks("linux", NULL);
	struct pty_cell c = pty_cell(p, 4, 1);

	assert_int_equal(pty_cell(p, 1, 0).fg, COLOUR(COLOUR_PALETTE, 1));
	assert_int_equal(pty_cell(p, 4, 0).fg, COLOUR(COLOUR_PALETTE, 1));
	assert_int_equal(c.bg, COLOUR(COLOUR_PALETTE, 4)); /* the dark sister of 12 */
	assert_in_range(c.fg, COLOUR(COLOUR_PALETTE, 0), COLOUR(COLOUR_PALETTE, 7));
	pty_free(p);
}

static void what_is_stale_looks_so_and_can_be_read(void **state)
{
	struct pty *p = start_looks("xterm-256color", NULL);
	struct pty_cell c = pty_cell(p, 8, 0);

	/* Colours stay, without being bold; the terminal's own text is dimmed by it. */
	assert_int_equal(c.fg, COLOUR(COLOUR_PALETTE, 9));
	assert_false(c.bold);
	assert_true(pty_wait_bytes(p, "\033[0;2m\033[23m\xE2\x94\x80", LONG_MS)); /* dim from the rule on ... */
	assert_true(pty_wait_bytes(p, "dold text", LONG_MS));
	assert_true(pty_wait_bytes(p, "\033[0m\033[91mold failure", LONG_MS)); /* ... to here */
	/* A theme with a look of its own for it. */
	pty_keys(p, "D");
	assert_true(pty_wait_text(p, "0044", LONG_MS));
	assert_int_equal(pty_cell(p, 7, 0).fg, COLOUR(COLOUR_PALETTE, 246));
	c = pty_cell(p, 8, 0);
	assert_int_equal(c.fg, COLOUR(COLOUR_PALETTE, 203));
	assert_false(c.bold);
	pty_free(p);
}

static void the_terminfo_entry_says_which_colours_are_sent(void **state)
{
	/* Of scene_looks: failed (bright-red), palette 196, #ff8800 on bright blue. */
	static const struct {
		const char *term, *more, *sent[3];
	} rows[] = {
		{"xterm", NULL, {"\033[31m", "\033[33m", "\033[44m"}},
		{"linux", NULL, {"\033[31m", "\033[33m", "\033[44m"}},
		{"xterm-16color", NULL, {"\033[91m", "\033[93m", "\033[104m"}},
		{"xterm-256color", NULL, {"\033[91m", "\033[38;5;196m", "\033[38;5;208m"}},
		{"xterm-256color", "COLORTERM=truecolor", {"\033[91m", "\033[38;5;196m", "\033[38;5;208m"}},
		{"tmux-256color", NULL, {"\033[91m", "\033[38;5;196m", "\033[38;5;208m"}},
		{"xterm-direct", NULL, {"\033[38:2::255:0:0m", "\033[38:2::255:136:0m", "\033[48:2::92:92:255m"}},
		{"tmux-direct", NULL, {"\033[38:2::255:0:0m", "\033[38:2::255:136:0m", "\033[48:2::92:92:255m"}},
		{"xterm-direct16", NULL, {"\033[91m", "\033[38:2::255:136:0m", "\033[104m"}},
		{"xterm-direct256", NULL, {"\033[38;5;196m", "\033[38:2::255:136:0m", "\033[104m"}},
		{"alacritty-direct", NULL, {"\033[38;2;255;0;0m", "\033[38;2;255;136;0m", NULL}},
	};
	struct pty *p;
	size_t i, j;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		p = start(rows[i].term, 24, 80, rows[i].more);
		pty_keys(p, "l");
		for (j = 0; j < 3 && rows[i].sent[j]; j++)
			if (!pty_wait_bytes(p, rows[i].sent[j], LONG_MS))
				fail_msg("TERM=%s does not send %s", rows[i].term, rows[i].sent[j] + 1);
		pty_free(p);
	}
}

static void without_colour_attributes_remain(void **state)
{
	static const char *const terms[] = {"xterm-256color", "vt100"};
	struct pty *p;
	size_t i;
	int row;

	for (i = 0; i < 2; i++) {
		p = start_looks(terms[i], i == 0 ? "NO_COLOR=1" : NULL);
		for (row = 0; row < 6; row++) {
			assert_int_equal(pty_cell(p, row, 0).fg, 0);
			assert_int_equal(pty_cell(p, row, 0).bg, 0);
		}
		assert_true(pty_cell(p, 1, 0).bold);
		assert_true(pty_cell(p, 2, 0).reverse);
		assert_true(pty_cell(p, 3, 0).reverse); /* black on yellow elsewhere */
		pty_free(p);
	}
}

static void more_pairs_of_colours_than_the_terminal_has_are_survived(void **state)
{
	static const struct {
		const char *term;
		uint32_t red;
	} rows[] = {{"linux", 1}, {"xterm-16color", 9}, {"xterm-256color", 9}};
	struct pty *p;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		p = start_hello(rows[i].term, 60, 200);
		pty_keys(p, "c");
		assert_true(pty_wait_text(p, "colours", LONG_MS));
		pty_keys(p, "l");
		assert_true(pty_wait_text(p, "looks", LONG_MS));
		assert_int_equal(pty_cell(p, 1, 0).fg, COLOUR(COLOUR_PALETTE, rows[i].red));
		pty_free(p);
	}
}

static void assert_same_cells(struct pty *a, struct pty *b)
{
	struct pty_cell x, y;
	int row, col;

	for (row = 0; row < 23; row++) /* the last has a count of keys */
		for (col = 0; col < 80; col++) {
			x = pty_cell(a, row, col);
			y = pty_cell(b, row, col);
			x.ch = x.ch ? x.ch : ' ';
			y.ch = y.ch ? y.ch : ' ';
			if (memcmp(&x, &y, sizeof(x)) != 0)
				fail_msg("cell %d,%d differs: fg %x %x", row, col, (unsigned)x.fg, (unsigned)y.fg);
		}
}

static void two_hundred_themes_leave_the_last_as_if_it_had_been_the_first(void **state)
{
	static const char *const terms[] = {"linux", "xterm-16color", "xterm-256color"};
	struct pty *p, *fresh;
	size_t i;

	for (i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
		p = start_hello(terms[i], 24, 80);
		pty_keys(p, "rS");
		assert_true(pty_wait_text(p, "looks", LONG_MS));
		assert_in_range(stats->shown, 200, 1000);
		fresh = start_looks(terms[i], NULL);
		assert_same_cells(p, fresh);
		pty_free(p);
		pty_free(fresh);
	}
}

static void without_utf8_everything_is_ascii(void **state)
{
	struct pty *p = start("xterm-256color", 8, 40, "LC_ALL=C");
	const char *raw;
	size_t len, i;

	assert_true(pty_wait_text(p, "8x40", LONG_MS));
	pty_keys(p, "l");
	assert_true(pty_wait_text(p, "looks", LONG_MS));
	pty_keys(p, "r");
	assert_true(pty_wait_text(p, "seed 1", LONG_MS));
	raw = pty_raw(p, &len);
	for (i = 0; i < len; i++)
		assert_true((unsigned char)raw[i] < 0x80);
	pty_free(p);
}

/* ---- size ---- */

static bool settled_at(struct pty *p, void *arg)
{
	return pty_shows(p, arg);
}

static void any_size_is_taken_and_given_back(void **state)
{
	static const struct {
		int rows, cols;
	} sizes[] = {{1, 1}, {2, 2}, {5, 20}, {1, 500}, {200, 1}, {200, 500}, {24, 80}};
	struct pty *p = start_hello("xterm-256color", 24, 80);
	char text[32];
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint32_t resizes = stats->resizes;
		int64_t end = pty_now_ms() + LONG_MS;

		pty_resize(p, sizes[i].rows, sizes[i].cols);
		while (stats->resizes == resizes && pty_now_ms() < end)
			pty_wait_text(p, "\x01", 5);
		assert_int_not_equal(stats->resizes, resizes);
		pty_keys(p, "rlh");
	}
	snprintf(text, sizeof(text), "24x80");
	assert_true(pty_wait(p, settled_at, text, LONG_MS));
	assert_true(pty_shows(p, "hello"));
	pty_keys(p, "q");
	assert_int_equal(pty_exit_status(p, LONG_MS), 0);
	pty_free(p);
}

static void a_size_of_nothing_is_80x24_and_variables_do_not_lie(void **state)
{
	struct pty *p = start("xterm-256color", 0, 0, "COLUMNS=99999");

	assert_true(pty_wait_text(p, "24x80", LONG_MS));
	pty_free(p);
}

static void many_resizes_end_at_the_last(void **state)
{
	struct pty *p = start_hello("xterm-256color", 24, 80);
	int i;

	for (i = 0; i < 500; i++)
		pty_resize_unseen(p, 5 + i % 40, 20 + i % 100);
	pty_resize(p, 30, 90);
	assert_true(pty_wait_text(p, "30x90", LONG_MS));
	assert_true(pty_wait_text(p, "hello", LONG_MS));
	pty_free(p);
}

/* ---- stalled ---- */

static bool skipped_200(struct pty *p, void *arg)
{
	return stats->skipped >= 200;
}

static void stall(struct pty *p)
{
	pty_stall(p, true);
	pty_keys(p, "ra");
	assert_true(pty_wait(p, skipped_200, NULL, LONG_MS));
}

static void a_stalled_terminal_costs_nothing_and_shows_the_newest_after(void **state)
{
	struct pty *p = start_hello("xterm-256color", 24, 80);
	uint32_t shown;
	long cpu;

	stall(p);
	shown = stats->shown;
	cpu = pty_cpu_ms(p);
	stats->skipped = 0;
	assert_true(pty_wait(p, skipped_200, NULL, LONG_MS));
	print_message("# 200 turns while stalled: %ld ms of CPU\n", pty_cpu_ms(p) - cpu);
	assert_in_range(pty_cpu_ms(p) - cpu, 0, 250); /* turning without a wait: 400 and more */
	assert_in_range(stats->shown - shown, 0, 1);
	pty_keys(p, "ah");
	pty_stall(p, false);
	assert_true(pty_wait_text(p, "hello", LONG_MS));
	pty_keys(p, "q");
	assert_int_equal(pty_exit_status(p, LONG_MS), 0);
	assert_left(p);
	pty_free(p);
}

static void quitting_does_not_wait_for_a_stalled_terminal(void **state)
{
	struct pty *p = start_hello("xterm-256color", 24, 80);
	int64_t t0;

	stall(p);
	t0 = pty_now_ms();
	pty_signal(p, SIGTERM);
	assert_int_equal(pty_exit_status(p, LONG_MS), 128 + SIGTERM);
	print_message("# ended %d ms after SIGTERM, %d ms of it in term_free\n",
		      (int)(pty_now_ms() - t0), stats->stopped_ms);
	assert_in_range(stats->stopped_ms, 0, pty_limit_ms(100));
	pty_stall(p, false);
	/* What the kernel still held is read now, and ends with the way back. */
	assert_false(pty_wait_text(p, "\x01", 50));
	assert_left(p);
	pty_free(p);
}

static void a_crash_on_a_stalled_terminal_ends_at_once(void **state)
{
	struct pty *p = start_hello("xterm-256color", 24, 80);

	stall(p);
	pty_signal(p, SIGSEGV);
	assert_int_equal(pty_exit_status(p, LONG_MS), 128 + SIGSEGV);
	assert_in_range(stats->stopped_ms, 0, pty_limit_ms(100));
	pty_stall(p, false);
	assert_false(pty_wait_text(p, "\x01", 50));
	assert_left(p);
	pty_free(p);
}

/* ---- ways out ---- */

static void every_way_out_restores_the_terminal(void **state)
{
	static const struct {
		const char *key;
		int signal, status;
	} rows[] = {
		{"q", 0, 0},
		{"V", 0, 128 + SIGSEGV},
		{"A", 0, 128 + SIGABRT},
		{NULL, SIGTERM, 128 + SIGTERM},
		{NULL, SIGSEGV, 128 + SIGSEGV},
	};
	struct pty *p;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		p = start_hello("xterm-256color", 24, 80);
		assert_true(pty_state(p).alternate);
		assert_false(pty_state(p).cursor);
		assert_false(pty_modes_restored(p));
		if (rows[i].key)
			pty_keys(p, rows[i].key);
		else
			pty_signal(p, rows[i].signal);
		assert_int_equal(pty_exit_status(p, LONG_MS), rows[i].status);
		assert_left(p);
		pty_free(p);
	}
}

static void a_killed_program_leaves_the_mess_that_these_tests_look_for(void **state)
{
	struct pty *p = start_hello("xterm-256color", 24, 80);

	pty_signal(p, SIGKILL);
	assert_int_equal(pty_exit_status(p, LONG_MS), 128 + SIGKILL);
	assert_true(pty_state(p).alternate);
	assert_false(pty_state(p).cursor);
	assert_false(pty_modes_restored(p));
	pty_free(p);
}

static void unusable_terminals_are_refused_in_a_sentence(void **state)
{
	static const struct {
		const char *term, *why;
	} rows[] = {
		{"dumb", "TERM=dumb cannot move the cursor"},
		{"no-such-terminal", "TERM=no-such-terminal is not known"},
		{"../../etc", "is not known"},
		{"", "is not set"},
		{NULL, "is not set"},
	};
	struct pty *p;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		p = start(rows[i].term, 24, 250, NULL);
		assert_int_equal(pty_exit_status(p, LONG_MS), 2);
		if (!pty_shows(p, rows[i].why))
			fail_msg("does not say: %s", rows[i].why);
		assert_true(pty_shows(p, "`pipetop watch`"));
		assert_true(pty_shows(p, "--json"));
		assert_false(pty_state(p).alternate);
		assert_true(pty_modes_restored(p));
		pty_free(p);
	}
}

static void a_pipe_is_refused_in_a_sentence(void **state)
{
	const char *argv[] = {"sh", "-c", "\"$PROBE\" | cat; \"$PROBE\" </dev/null", NULL};
	char probe[4200];
	const char *env[] = {probe, NULL};
	struct pty *p;

	snprintf(probe, sizeof(probe), "PROBE=%s", probe_path);
	p = pty_start(argv, "xterm-256color", 24, 250, env);
	assert_int_equal(pty_exit_status(p, LONG_MS), 2);
	assert_true(pty_shows(p, "standard output is none"));
	assert_true(pty_shows(p, "standard input is none"));
	pty_free(p);
}

static void the_shells_descriptors_stay_blocking(void **state)
{
	const char *argv[] = {"sh", "-c",
			      "\"$PROBE\"; grep flags /proc/self/fdinfo/0; echo end", NULL};
	char probe[4200];
	const char *env[] = {probe, NULL};
	struct pty *p;
	int row, col;
	struct buf screen;

	snprintf(probe, sizeof(probe), "PROBE=%s", probe_path);
	p = pty_start(argv, "xterm-256color", 24, 80, env);
	assert_true(pty_wait_text(p, "hello", LONG_MS));
	pty_keys(p, "q");
	assert_true(pty_wait_text(p, "end", LONG_MS));
	assert_true(pty_find(p, "flags:", &row, &col));
	buf_init(&screen, BUF_MAX);
	pty_screen(p, &screen);
	/* Octal; O_NONBLOCK is 04000. */
	assert_int_equal(strtol(strstr(screen.data, "flags:") + 6, NULL, 8) & O_NONBLOCK, 0);
	buf_done(&screen);
	pty_free(p);
}

static bool mouse_is_on(struct pty *p, void *arg)
{
	return pty_state(p).mouse == *(bool *)arg;
}

static bool wait_mouse(struct pty *p, bool on)
{
	return pty_wait(p, mouse_is_on, &on, LONG_MS);
}

static void ctrl_z_gives_the_terminal_back_and_fg_takes_it_again(void **state)
{
	/* A shell with job control, so that there is somebody to be stopped for. */
	const char *argv[] = {"sh", "-mc", "\"$PROBE\"; stty -a | grep -o ' .icanon'; echo away; read x; fg; echo over", NULL};
	char probe[4200];
	const char *env[] = {probe, NULL};
	struct pty *p;

	snprintf(probe, sizeof(probe), "PROBE=%s", probe_path);
	p = pty_start(argv, "xterm-256color", 24, 80, env);
	assert_true(pty_wait_text(p, "hello", LONG_MS));
	pty_keys(p, "M");
	assert_true(wait_mouse(p, true));
	pty_keys(p, "\x1a");
	assert_true(pty_wait_text(p, "away", LONG_MS));
	assert_left(p);
	assert_false(pty_state(p).mouse);
	pty_resize(p, 20, 70);
	pty_keys(p, "\n");
	assert_true(pty_wait_text(p, "20x70", LONG_MS));
	assert_true(pty_state(p).alternate);
	assert_true(wait_mouse(p, true));
	assert_false(pty_modes_restored(p));
	pty_keys(p, "q");
	assert_true(pty_wait_text(p, "over", LONG_MS));
	assert_left(p);
	pty_free(p);
}

static void a_hang_up_ends_it(void **state)
{
	struct pty *p = start_hello("xterm-256color", 24, 80);

	/* The master's end goes away with SIGHUP ignored: nothing but the read can tell. */
	pty_hang_up(p);
	assert_int_not_equal(pty_exit_status(p, LONG_MS), -1);
	pty_free(p);
}

/* ---- keys ---- */

static void keys_arrive_and_noise_does_not(void **state)
{
	struct pty *p = start_hello("xterm-256color", 24, 80);

	pty_keys(p, "x");
	assert_true(pty_wait_text(p, "key 0078 #1", LONG_MS));
	pty_keys(p, "\033[?64;1;2c\033[12;40R\033]11;rgb:1/2/q\007\033P>|XTerm(q)\033\\\033[I\033[<0;1;2M\xff\xc3");
	pty_keys(p, "\033[A");
	assert_true(pty_wait_text(p, "key 110000 #2", LONG_MS));
	pty_keys(p, "\033");
	assert_true(pty_wait_text(p, "key 11000e #3", LONG_MS));
	pty_keys(p, "\xE4\xB8\xAD");
	assert_true(pty_wait_text(p, "key 4e2d #4", LONG_MS));
	pty_keys(p, "\x03");
	assert_true(pty_wait_text(p, "key 0003 #5", LONG_MS));
	pty_keys(p, "\033[200~q\033[Ay\r\n\033[201~");
	assert_true(pty_wait_text(p, "paste [q[Ay  ] #6", LONG_MS));
	assert_true(pty_wait_bytes(p, "\033[?2004h", 0));
	pty_keys(p, "q");
	assert_int_equal(pty_exit_status(p, LONG_MS), 0);
	assert_true(pty_wait_bytes(p, "\033[?2004l", 0));
	pty_free(p);
}

/* ---- mouse ---- */

static void the_mouse_is_told_only_when_asked_for(void **state)
{
	struct pty *p = start_hello("xterm-256color", 24, 80);

	assert_false(pty_state(p).mouse);
	pty_keys(p, "\033[<0;5;3Mx");
	assert_true(pty_wait_text(p, "key 0078 #1", LONG_MS));
	pty_keys(p, "M");
	assert_true(wait_mouse(p, true));
	pty_keys(p, "\033[<0;5;3M");
	assert_true(pty_wait_text(p, "mouse 1 at 2,4 #3", LONG_MS));
	pty_keys(p, "\033[<0;5;3m\033[<65;80;24M");
	assert_true(pty_wait_text(p, "mouse 5 at 23,79 #4", LONG_MS));
	pty_keys(p, "M");
	assert_true(wait_mouse(p, false));
	pty_keys(p, "\033[<65;80;24Mx");
	assert_true(pty_wait_text(p, "key 0078 #6", LONG_MS));
	pty_free(p);
	p = start_hello("linux", 24, 80);
	pty_keys(p, "Mx");
	assert_true(pty_wait_text(p, "key 0078 #2", LONG_MS));
	assert_false(pty_wait_bytes(p, "\033[?1000", 0));
	pty_free(p);
}

static void every_way_out_turns_the_mouse_off(void **state)
{
	static const char *const keys[] = {"q", "V", "A", NULL};
	struct pty *p;
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		p = start_hello("xterm-256color", 24, 80);
		pty_keys(p, "M");
		assert_true(wait_mouse(p, true));
		if (keys[i])
			pty_keys(p, keys[i]);
		else
			pty_signal(p, SIGTERM);
		assert_int_not_equal(pty_exit_status(p, LONG_MS), -1);
		assert_false(pty_state(p).mouse);
		assert_left(p);
		pty_free(p);
	}
}

/* ---- a child in the foreground ---- */

static bool taken_back(struct pty *p, void *arg)
{
	struct pty_state s = pty_state(p);

	return s.alternate && s.mouse && !s.cursor && pty_shows(p, "18x60");
}

static void a_child_has_the_terminal_and_it_comes_back_whole(void **state)
{
	struct pty *p = start_hello("xterm-256color", 24, 80);

	pty_keys(p, "M");
	assert_true(wait_mouse(p, true));
	pty_keys(p, "P");
	assert_true(pty_wait_text(p, "child is here", LONG_MS));
	assert_left(p);
	assert_false(pty_state(p).mouse);
	pty_resize(p, 18, 60);
	pty_keys(p, "for the child, not for us: q\n");
	assert_true(pty_wait(p, taken_back, NULL, LONG_MS));
	assert_false(pty_modes_restored(p));
	/* The child left bold red on: our own plain text must not be that. */
	assert_true(pty_shows(p, "hello"));
	assert_false(pty_cell(p, 3, 0).bold);
	assert_int_equal(pty_cell(p, 3, 0).fg, 0);
	pty_keys(p, "x");
	assert_true(pty_wait_text(p, "key 0078 #3", LONG_MS));
	pty_keys(p, "q");
	assert_int_equal(pty_exit_status(p, LONG_MS), 0);
	/* ... and turned off echo: the shell gets what it had. */
	assert_left(p);
	assert_false(pty_state(p).mouse);
	pty_free(p);
}

/* ---- beside the frames ---- */

#define NOTIFIED "1,run]0,x: \xE6\xB5\x81 failed, see log"

static void copies_bells_and_notes_are_sent_as_they_should(void **state)
{
	struct pty *p = start_hello("xterm-256color", 24, 100);
	const char *raw, *from;
	size_t len;

	pty_keys(p, "Y");
	assert_true(pty_wait_bytes(p, "\033]52;c;G2E7Cv8=\007", LONG_MS));
	pty_keys(p, "B");
	assert_true(pty_wait_bytes(p, "\007\007", 0) || pty_wait_bytes(p, "\007", LONG_MS));
	pty_keys(p, "N");
	assert_true(pty_wait_bytes(p, "\033]9; " NOTIFIED "\007", LONG_MS));
	assert_true(pty_wait_bytes(p, "\033]777;notify;1,run]0,x;\xE6\xB5\x81 failed, see log\007", LONG_MS));
	pty_keys(p, "U");
	assert_true(pty_wait_bytes(p, "eHh4eHh4\007", LONG_MS));
	raw = pty_raw(p, &len);
	from = memmem(raw, len, "\033]52;c;eHh4", 11);
	assert_non_null(from);
	assert_int_equal((const char *)memchr(from, 7, len - (size_t)(from - raw)) - (from + 7), 74992);
	pty_keys(p, "W");
	assert_true(pty_wait_text(p, "56,245 bytes are too many to copy", LONG_MS));
	pty_free(p);
}

static void a_terminal_that_would_print_them_is_spared(void **state)
{
	struct pty *p = start_hello("linux", 24, 100);

	pty_keys(p, "N");
	assert_true(pty_wait_text(p, "key 004e #1", LONG_MS));
	pty_keys(p, "Y");
	assert_true(pty_wait_text(p, "TERM=linux has no clipboard", LONG_MS));
	assert_false(pty_wait_bytes(p, "\033]", 0));
	pty_free(p);
}

static void in_tmux_they_are_wrapped_for_the_terminal_around_it(void **state)
{
	struct pty *p = start("tmux-256color", 24, 80, "TMUX=/tmp/tmux-0/default,1,0");

	assert_true(pty_wait_text(p, "hello", LONG_MS));
	pty_keys(p, "NY");
	assert_true(pty_wait_bytes(p, "\033Ptmux;\033\033]9; " NOTIFIED "\007\033\\", LONG_MS));
	assert_true(pty_wait_bytes(p, "\033]52;c;G2E7Cv8=\007\033Ptmux;\033\033]52;c;G2E7Cv8=\007\033\\", LONG_MS));
	pty_free(p);
}

static size_t occurrences(struct pty *p, const char *what)
{
	size_t len, n = 0;
	const char *raw = pty_raw(p, &len), *end = raw + len;

	while ((raw = memmem(raw, (size_t)(end - raw), what, strlen(what)))) {
		raw += strlen(what);
		n++;
	}
	return n;
}

static void a_stalled_terminal_is_not_flooded_when_it_wakes(void **state)
{
	struct pty *p = start_hello("xterm-256color", 24, 80);
	int i;

	stall(p);
	for (i = 0; i < 30; i++)
		pty_keys(p, "BU");
	stats->skipped = 0;
	assert_true(pty_wait(p, skipped_200, NULL, LONG_MS));
	pty_keys(p, "a");
	pty_stall(p, false);
	pty_keys(p, "h");
	assert_true(pty_wait_text(p, "hello", LONG_MS));
	/* One copy and one bell, which is also how the copy ends. */
	assert_int_equal(occurrences(p, "\033]52;c;"), 1);
	assert_int_equal(occurrences(p, "\007"), 2);
	pty_free(p);
}

/* Cuts the asides out of raw bytes; what is left on each side of one must be whole. */
static void assert_frames_between_asides(const char *at, const char *end)
{
	const char *aside, *bell;

	while (at < end) {
		aside = memmem(at, (size_t)(end - at), "\033]", 2);
		if (!aside)
			aside = end;
		if (!egress_ok(at, (size_t)(aside - at), NULL))
			fail_msg("a frame is torn by an aside");
		if (aside == end)
			return;
		bell = memchr(aside, 7, (size_t)(end - aside));
		assert_non_null(bell);
		assert_true(egress_aside_ok(aside, (size_t)(bell + 1 - aside)));
		at = bell + 1;
	}
}

static void asides_stand_between_frames_and_in_order(void **state)
{
	static const char enter[] = "\033[?2004h", leave[] = "\033(B\033[m\033(B\033[39;49m\033[?2004l";
	struct pty *p = start_hello("xterm-256color", 24, 80);
	const char *raw, *from, *to;
	size_t len;
	int i;

	for (i = 0; i < 40; i++) {
		pty_stall(p, i % 2);
		pty_keys(p, i % 2 ? "rUrNr" : "rYrNU");
	}
	pty_stall(p, false);
	pty_keys(p, "h");
	assert_true(pty_wait_text(p, "key 0068", LONG_MS));
	pty_keys(p, "q");
	assert_int_equal(pty_exit_status(p, LONG_MS), 0);
	raw = pty_raw(p, &len);
	from = memmem(raw, len, enter, sizeof(enter) - 1);
	to = memmem(raw, len, leave, sizeof(leave) - 1);
	assert_true(from && to && from < to);
	assert_frames_between_asides(from + sizeof(enter) - 1, to);
	assert_true(occurrences(p, "\033]777;notify;") >= 20);
	pty_free(p);
}

/* ---- what leaves the program ---- */

static void nothing_but_frames_is_sent_between_entering_and_leaving(void **state)
{
	static const char enter[] = "\033[?2004h", leave[] = "\033(B\033[m\033(B\033[39;49m\033[?2004l";
	struct pty *p = start_hello("xterm-256color", 24, 80);
	const char *raw, *from, *to;
	char text[32];
	size_t len, at = 0;
	unsigned seed;

	for (seed = 1; seed <= 40; seed++) {
		pty_keys(p, "r");
		snprintf(text, sizeof(text), "seed %u", seed);
		assert_true(pty_wait_text(p, text, LONG_MS));
	}
	pty_keys(p, "q");
	assert_int_equal(pty_exit_status(p, LONG_MS), 0);
	raw = pty_raw(p, &len);
	from = memmem(raw, len, enter, sizeof(enter) - 1);
	assert_non_null(from);
	from += sizeof(enter) - 1;
	to = memmem(raw, len, leave, sizeof(leave) - 1);
	assert_non_null(to);
	if (!egress_ok(from, (size_t)(to - from), &at))
		fail_msg("foreign byte 0x%02x at %zu", (unsigned char)from[at], at);
	pty_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_frame_is_what_was_drawn),
		cmocka_unit_test(random_frames_arrive_whole),
		cmocka_unit_test(a_change_of_one_row_sends_few_bytes),
		cmocka_unit_test(roles_and_log_colours_reach_the_screen),
		cmocka_unit_test(eight_colours_get_the_nearest),
		cmocka_unit_test(without_colour_attributes_remain),
		cmocka_unit_test(more_pairs_of_colours_than_the_terminal_has_are_survived),
		cmocka_unit_test(without_utf8_everything_is_ascii),
		cmocka_unit_test(any_size_is_taken_and_given_back),
		cmocka_unit_test(a_size_of_nothing_is_80x24_and_variables_do_not_lie),
		cmocka_unit_test(many_resizes_end_at_the_last),
		cmocka_unit_test(a_stalled_terminal_costs_nothing_and_shows_the_newest_after),
		cmocka_unit_test(quitting_does_not_wait_for_a_stalled_terminal),
		cmocka_unit_test(a_crash_on_a_stalled_terminal_ends_at_once),
		cmocka_unit_test(every_way_out_restores_the_terminal),
		cmocka_unit_test(a_killed_program_leaves_the_mess_that_these_tests_look_for),
		cmocka_unit_test(unusable_terminals_are_refused_in_a_sentence),
		cmocka_unit_test(a_pipe_is_refused_in_a_sentence),
		cmocka_unit_test(the_shells_descriptors_stay_blocking),
		cmocka_unit_test(ctrl_z_gives_the_terminal_back_and_fg_takes_it_again),
		cmocka_unit_test(a_hang_up_ends_it),
		cmocka_unit_test(keys_arrive_and_noise_does_not),
		cmocka_unit_test(what_is_stale_looks_so_and_can_be_read),
		cmocka_unit_test(the_terminfo_entry_says_which_colours_are_sent),
		cmocka_unit_test(two_hundred_themes_leave_the_last_as_if_it_had_been_the_first),
		cmocka_unit_test(the_mouse_is_told_only_when_asked_for),
		cmocka_unit_test(every_way_out_turns_the_mouse_off),
		cmocka_unit_test(a_child_has_the_terminal_and_it_comes_back_whole),
		cmocka_unit_test(copies_bells_and_notes_are_sent_as_they_should),
		cmocka_unit_test(a_terminal_that_would_print_them_is_spared),
		cmocka_unit_test(in_tmux_they_are_wrapped_for_the_terminal_around_it),
		cmocka_unit_test(a_stalled_terminal_is_not_flooded_when_it_wakes),
		cmocka_unit_test(asides_stand_between_frames_and_in_order),
		cmocka_unit_test(nothing_but_frames_is_sent_between_entering_and_leaving),
	};

	setlocale(LC_CTYPE, "");
	return cmocka_run_group_tests_name("term", tests, prepare, clean_up);
}
