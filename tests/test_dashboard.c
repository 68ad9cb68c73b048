/* SPDX-License-Identifier: MIT */
/*
 * The real dashboard on a terminal emulator, with the real simulator behind real HTTP:
 * what an operator sees when he starts it, jumps, searches, loses the server, resizes,
 * and leaves in every way.
 */
#include "test.h"

#include <locale.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/buf.h"
#include "pty.h"

#define SOON 15000

static char binary[4096], simulator[4096];

static struct pty *start(const char *term, int rows, int cols, const char *const extra[])
{
	const char *argv[8] = {binary, "--demo"};
	static char cache[4200];
	const char *env[16] = {"PIPETOP_ENDPOINT", "PIPETOP_PROJECT", "PIPETOP_TOKEN", "NO_COLOR"};
	size_t n = 4;
	int i;

	snprintf(cache, sizeof(cache), "XDG_CACHE_HOME=%s/tests", getenv("top_builddir"));
	env[n++] = cache;
	for (i = 0; extra && extra[i]; i++)
		env[n++] = extra[i];
	return pty_start(argv, term, rows, cols, env);
}

static void expect(struct pty *p, const char *text)
{
	struct buf screen;

	if (pty_wait_text(p, text, SOON))
		return;
	buf_init(&screen, BUF_MAX);
	pty_screen(p, &screen);
	fprintf(stderr, "%s", screen.data); /* whole: cmocka cuts messages at 1 KiB */
	buf_done(&screen);
	fail_msg("\"%s\" did not come", text);
}

static void leave(struct pty *p)
{
	pty_keys(p, "\003");
	assert_int_equal(pty_exit_status(p, SOON), 0);
	assert_true(pty_modes_restored(p));
	assert_false(pty_state(p).alternate);
	assert_true(pty_state(p).cursor);
	pty_free(p);
}

static void the_first_screen_answers_without_a_key(void **state)
{
	struct pty *p = start("xterm-256color", 24, 80, NULL);

	expect(p, "NAME");
	expect(p, "LIVE upd");
	expect(p, "waiting");
	expect(p, "failed");
	leave(p);
}

static void a_debug_file_tells_each_request_beside_the_screen(void **state)
{
	char path[4200], text[8192];
	const char *argv[] = {binary, "--demo", "--debug", path, NULL};
	const char *env[] = {"PIPETOP_ENDPOINT", "PIPETOP_PROJECT", "PIPETOP_TOKEN", NULL};
	struct pty *p;
	struct stat st;
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/tests/debug-%d.txt", getenv("top_builddir"), (int)getpid());
	p = pty_start(argv, "xterm-256color", 24, 80, env);
	expect(p, "LIVE");
	leave(p);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_int_equal(fstat(fileno(f), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	unlink(path);
	assert_non_null(strstr(text, " POST /v5/"));
	assert_non_null(strstr(text, "/api/pipelines/list 200 "));
	assert_non_null(strstr(text, " HTTP/1.1 new 127.0.0.1:"));
}

static void one_key_shows_the_error_line(void **state)
{
	struct pty *p = start("xterm-256color", 24, 80, NULL);
	struct buf screen;

	expect(p, "NAME");
	pty_keys(p, "!"); /* at once: it waits for the lists */
	expect(p, "error 1 of");
	pty_keys(p, "\r");
	expect(p, "wrap off");
	buf_init(&screen, BUF_MAX);
	pty_screen(p, &screen);
	assert_non_null(strstr(screen.data, " > "));
	buf_done(&screen);
	pty_keys(p, "q");
	expect(p, "NAME");
	leave(p);
}

static void following_searching_and_going_on(void **state)
{
	struct pty *p = start("tmux-256color", 30, 120, NULL);

	expect(p, "running");
	pty_keys(p, "F");
	expect(p, "following");
	pty_keys(p, "z");
	expect(p, "FOLLOWING");
	pty_keys(p, "k");
	expect(p, "PAUSED");
	pty_keys(p, "/.\r");
	expect(p, "/. ");
	pty_keys(p, "G");
	expect(p, "FOLLOWING");
	pty_keys(p, "\033");
	assert_true(pty_wait_gone(p, "/. ", SOON));
	leave(p);
}

static void any_size_at_any_moment(void **state)
{
	static const struct {
		int rows, cols;
	} sizes[] = {{1, 1}, {2, 2}, {5, 20}, {6, 20}, {8, 40}, {60, 200}, {24, 80}, {3, 300}, {24, 80}};
	struct pty *p = start("xterm-256color", 24, 80, NULL);
	size_t i;

	expect(p, "LIVE upd");
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		pty_resize(p, sizes[i].rows, sizes[i].cols);
		pty_keys(p, "jk");
	}
	expect(p, "NAME");
	pty_resize(p, 6, 20);
	expect(p, ": needs 40x8");
	pty_resize(p, 24, 80);
	expect(p, "NAME");
	leave(p);
}

static void a_thousand_resizes_leave_a_whole_frame(void **state)
{
	struct pty *p = start("xterm-256color", 24, 80, NULL);
	unsigned seed = 7;
	int i;

	expect(p, "LIVE upd");
	for (i = 0; i < 1000; i++) {
		seed = seed * 1103515245 + 12345;
		pty_resize_unseen(p, 1 + (int)(seed >> 16) % 70, 1 + (int)(seed >> 20) % 220);
	}
	pty_resize(p, 24, 80);
	expect(p, "NAME");
	expect(p, "quit");
	leave(p);
}

static void every_way_out_restores_the_terminal(void **state)
{
	static const int signals[] = {SIGTERM, SIGHUP, SIGQUIT, SIGINT, SIGSEGV, SIGABRT};
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct pty *p = start("xterm-256color", 24, 80, NULL);
		int status;

		expect(p, "NAME");
		pty_signal(p, signals[i]);
		status = pty_exit_status(p, SOON);
		assert_int_equal(status, 128 + signals[i]);
		assert_true(pty_modes_restored(p));
		assert_false(pty_state(p).alternate);
		pty_free(p);
	}
}

static void a_stalled_terminal_costs_nothing_and_quits_at_once(void **state)
{
	struct pty *p = start("xterm-256color", 60, 200, NULL);
	int64_t asked;
	long before;

	expect(p, "LIVE upd");
	pty_keys(p, "F");
	expect(p, "following");
	pty_stall(p, true);
	before = pty_cpu_ms(p);
	/* Two seconds of a log that grows while the terminal takes nothing. */
	assert_int_equal(pty_exit_status(p, 2000), -1);
	assert_true(pty_cpu_ms(p) - before < 400);
	asked = pty_now_ms();
	pty_signal(p, SIGTERM);
	assert_int_equal(pty_exit_status(p, SOON), 128 + SIGTERM);
	assert_true(pty_now_ms() - asked < pty_limit_ms(1000));
	pty_stall(p, false);
	assert_true(pty_modes_restored(p));
	pty_free(p);
}

static void a_terminal_that_goes_away_ends_it(void **state)
{
	struct pty *p = start("xterm-256color", 24, 80, NULL);

	expect(p, "NAME");
	pty_hang_up(p);
	assert_int_equal(pty_exit_status(p, SOON), 128 + SIGHUP);
	pty_free(p);
}

static void no_usable_terminal_is_said_in_a_sentence(void **state)
{
	static const char *const terms[] = {"dumb", "no-such-terminal", NULL};
	size_t i;

	for (i = 0; i < 3; i++) {
		struct pty *p = start(terms[i], 24, 80, NULL);

		assert_int_equal(pty_exit_status(p, SOON), 2);
		assert_true(pty_wait_bytes(p, "watch", SOON));
		assert_true(pty_wait_bytes(p, "--json", SOON));
		pty_free(p);
	}
}

static void without_utf8_the_symbols_are_ascii(void **state)
{
	static const char *const env[] = {"LC_ALL=C", NULL};
	struct pty *p = start("xterm", 24, 80, env);
	const char *raw;
	size_t len, i;

	expect(p, "LIVE upd");
	expect(p, "x ");
	raw = pty_raw(p, &len);
	for (i = 0; i < len; i++)
		assert_true((unsigned char)raw[i] < 0x80);
	leave(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_screen_answers_without_a_key),
		cmocka_unit_test(a_debug_file_tells_each_request_beside_the_screen),
		cmocka_unit_test(one_key_shows_the_error_line),
		cmocka_unit_test(following_searching_and_going_on),
		cmocka_unit_test(any_size_at_any_moment),
		cmocka_unit_test(a_thousand_resizes_leave_a_whole_frame),
		cmocka_unit_test(every_way_out_restores_the_terminal),
		cmocka_unit_test(a_stalled_terminal_costs_nothing_and_quits_at_once),
		cmocka_unit_test(a_terminal_that_goes_away_ends_it),
		cmocka_unit_test(no_usable_terminal_is_said_in_a_sentence),
		cmocka_unit_test(without_utf8_the_symbols_are_ascii),
	};

	setlocale(LC_ALL, "");
	snprintf(binary, sizeof(binary), "%s/pipetop", getenv("top_builddir"));
	snprintf(simulator, sizeof(simulator), "%s/pipetop-sim", getenv("top_builddir"));
	return cmocka_run_group_tests_name("dashboard", tests, NULL, NULL);
}
