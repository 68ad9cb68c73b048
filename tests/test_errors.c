/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <locale.h>

#include "log/errors.h"
#include "log/log.h"
#include "log/search.h"

#define STAMP "[2026/01/02 08:00:02.198 GMT+08:00] "

static const struct {
	enum error_strength strength;
	const char *line;
} lines[] = {
	/* compilers */
	{ERROR_STRONG, "tax_test.c:57: error: expected 19.99, got 20.00"},
	{ERROR_STRONG, "src/main.c:12:5: error: unknown type name 'foo'"},
	{ERROR_STRONG, "src/main.c:12:5: fatal error: curl/curl.h: No such file or directory"},
	{ERROR_STRONG, "error[E0382]: borrow of moved value: `x`"},
	{ERROR_STRONG, "src/app.ts(3,7): error TS2322: Type 'string' is not assignable"},
	{ERROR_STRONG, "/usr/bin/ld: main.o: undefined reference to `foo'"},
	{ERROR_STRONG, "collect2: error: ld returned 1 exit status"},
	{ERROR_STRONG, "CMake Error at CMakeLists.txt:3 (find_package):"},
	{ERROR_STRONG, "make: *** [Makefile:12: all] Error 2"},
	{ERROR_STRONG, "make[2]: *** [src/x.o] Error 1"},
	{ERROR_NONE, "gcc -Wall -Werror -c error.c -o error.o"},
	{ERROR_NONE, "[INFO] Compiling ErrorHandler.java"},
	{ERROR_NONE, "  CC       src/core/err.o"},
	{ERROR_NONE, "Get:3 http://deb.debian.org/debian libgpg-error0 1.46"},
	/* Maven, Gradle */
	{ERROR_STRONG, "[ERROR] COMPILATION ERROR :"},
	{ERROR_STRONG, "[ERROR] /src/Cart.java:[12,3] cannot find symbol"},
	{ERROR_STRONG, "[ERROR] Tests run: 5, Failures: 1, Errors: 0, Skipped: 0"},
	{ERROR_STRONG, "Tests run: 5, Failures: 0, Errors: 2"},
	{ERROR_NONE, "[INFO] Tests run: 5, Failures: 0, Errors: 0, Skipped: 0"},
	{ERROR_NONE, "[ERROR] "},
	{ERROR_NONE, "[ERROR] -> [Help 1]"},
	{ERROR_NONE, "[ERROR] For more information about the errors"},
	{ERROR_WEAK, "[INFO] BUILD FAILURE"},
	{ERROR_STRONG, "Execution failed for task ':app:compileJava'."},
	{ERROR_WEAK, "> Task :app:test FAILED"},
	{ERROR_WEAK, "FAILURE: Build failed with an exception."},
	{ERROR_STRONG, "java.lang.NullPointerException: Cannot invoke \"x\""},
	{ERROR_STRONG, "Caused by: java.io.IOException"},
	{ERROR_STRONG, "Exception in thread \"main\" java.lang.Error"},
	/* JavaScript */
	{ERROR_STRONG, "npm ERR! code ELIFECYCLE"},
	{ERROR_STRONG, "npm error code E404"},
	{ERROR_STRONG, " ERR_PNPM_NO_MATCHING_VERSION  No matching version"},
	{ERROR_STRONG, "error Command failed with exit code 1."},
	{ERROR_STRONG, "  \xE2\x97\x8F cart \xE2\x80\xBA adds tax"},
	{ERROR_STRONG, "TypeError: Cannot read properties of undefined"},
	{ERROR_NONE, "added 214 packages, 0 errors"},
	{ERROR_NONE, "found 0 vulnerabilities"},
	{ERROR_WEAK, "FAIL src/cart.test.js"},
	/* Python */
	{ERROR_STRONG, "E       assert 19.99 == 20.00"},
	{ERROR_STRONG, "FAILED tests/test_cart.py::test_tax - assert 19.99 == 20.0"},
	{ERROR_STRONG, "ERROR tests/test_cart.py::test_tax"},
	{ERROR_STRONG, "ValueError: invalid literal"},
	{ERROR_WEAK, "Traceback (most recent call last):"},
	{ERROR_WEAK, "==== 1 failed, 213 passed in 3.21s ===="},
	{ERROR_NONE, "==== 214 passed in 3.21s ===="},
	{ERROR_NONE, "0 failed, 214 passed"},
	/* Go, Rust */
	{ERROR_STRONG, "--- FAIL: TestTax (0.01s)"},
	{ERROR_STRONG, "panic: runtime error: index out of range [3]"},
	{ERROR_STRONG, "thread 'main' panicked at 'boom', src/main.rs:2:5"},
	{ERROR_WEAK, "FAIL\tgithub.com/x/cart\t0.013s"},
	{ERROR_NONE, "ok  \tgithub.com/x/cart\t0.013s"},
	/* Docker, Kubernetes, git, shell */
	{ERROR_STRONG, "ERROR: failed to solve: process \"/bin/sh -c make\" did not complete"},
	{ERROR_STRONG, "The command '/bin/sh -c make' returned a non-zero code: 2"},
	{ERROR_STRONG, "Warning  Failed  Error: ImagePullBackOff"},
	{ERROR_STRONG, "fatal: repository 'x' not found"},
	{ERROR_STRONG, "error: failed to push some refs"},
	{ERROR_STRONG, "bash: foo: command not found"},
	{ERROR_STRONG, "cat: /x: No such file or directory"},
	{ERROR_STRONG, "Process exited with code 137"},
	{ERROR_STRONG, "exit status 1"},
	{ERROR_STRONG, "script returned exit code 3"},
	{ERROR_STRONG, "+ exit 1"},
	{ERROR_STRONG, "Segmentation fault (core dumped)"},
	{ERROR_STRONG, "Killed"},
	{ERROR_NONE, "Process exited with code 0"},
	{ERROR_NONE, "exit status 0"},
	{ERROR_NONE, "current step exit code: 0"},
	{ERROR_NONE, "proxy_intercept_errors on; error_page 404 /404.html;"},
	{ERROR_NONE, "GET /api/errors HTTP/1.1 200"},
	/* loggers */
	{ERROR_STRONG, "2026-01-02 08:00:02 ERROR c.x.Cart - tax"},
	{ERROR_STRONG, "time=\"x\" level=error msg=\"boom\""},
	{ERROR_STRONG, "{\"level\":\"error\",\"msg\":\"boom\"}"},
	{ERROR_NONE, "[INFO] ERROR_CODES loaded"},
	{ERROR_NONE, "errors=0 warnings=3"},
	{ERROR_NONE, "no errors found"},
	/* Chinese */
	{ERROR_STRONG, "错误：无法连接数据库"},
	{ERROR_WEAK, "该步骤执行失败。"},
	{ERROR_NONE, "该步骤执行完成。"},
	/* summaries */
	{ERROR_WEAK, "1 of 214 tests failed"},
	{ERROR_WEAK, "FAIL cart/tax_test"},
	{ERROR_NONE, "all 214 tests passed"},
	/* stamped and coloured */
	{ERROR_STRONG, STAMP "[ERROR] boom"},
	{ERROR_STRONG, STAMP "\033[1;31merr\033[0mor: boom"},
	{ERROR_STRONG, "\033[31mE   assert 1 == 2\033[0m"},
	{ERROR_NONE, STAMP "[INFO] fine"},
	{ERROR_NONE, STAMP},
	{ERROR_NONE, ""},
};

#define N_LINES (sizeof(lines) / sizeof(lines[0]))

static void the_table_knows_real_lines(void **state)
{
	struct error_rules *rules = error_rules_new(NULL);
	size_t i, wrong = 0;

	for (i = 0; i < N_LINES; i++) {
		enum error_strength got =
			error_rules_line(rules, lines[i].line, strlen(lines[i].line));

		if (got == lines[i].strength)
			continue;
		print_message("# %d, not %d: %s\n", (int)got, (int)lines[i].strength, lines[i].line);
		wrong++;
	}
	error_rules_free(rules);
	assert_int_equal(wrong, 0);
}

static struct log *open_log(void)
{
	const char *dir = getenv("top_builddir");
	struct log *log = log_new(dir ? dir : ".", LOG_SPOOL_MAX, NULL);

	assert_non_null(log);
	return log;
}

static void add(struct log *log, const char *text, bool before)
{
	assert_true(before ? log_prepend(log, text, strlen(text), NULL)
			   : log_append(log, text, strlen(text), NULL));
}

static void errors_are_found_at_both_ends_as_the_log_grows(void **state)
{
	struct log *log = open_log();
	struct errors *e = errors_new(log, NULL);
	int64_t line;

	assert_false(errors_first(e, &line));
	add(log, "fine\nerror: one\nfine", false);
	while (!errors_step(e, 1000))
		;
	assert_int_equal(errors_count(e), 1);
	assert_true(errors_first(e, &line));
	assert_int_equal(line, 1);
	add(log, "error: minus three\nfine\nfine", true);
	log_mark(log, LOG_MARK_NOTE, "error: a marker is no line of the log");
	add(log, "FAIL summary\nfatal: last", false);
	while (!errors_step(e, 1000))
		;
	assert_int_equal(errors_count(e), 3);
	assert_true(errors_first(e, &line));
	assert_int_equal(line, -3);
	assert_int_equal(errors_rank(e, 1), 2);
	assert_true(errors_next(e, 2, &line));
	assert_int_equal(line, 5);
	assert_true(errors_previous(e, 1, &line));
	assert_int_equal(line, -3);
	assert_false(errors_next(e, 6, &line));
	assert_false(errors_is(e, 4)); /* weak, and there are strong ones */
	errors_free(e);
	log_free(log);
}

static void weak_lines_count_where_there_is_nothing_stronger(void **state)
{
	struct log *log = open_log();
	struct errors *e = errors_new(log, NULL);
	int64_t line;

	add(log, "fine\n1 of 214 tests failed\nBUILD FAILURE", false);
	while (!errors_step(e, 1000))
		;
	assert_int_equal(errors_count(e), 2);
	assert_true(errors_next(e, 2, &line));
	assert_int_equal(line, 2);
	errors_free(e);
	log_free(log);
}

static void pieces_find_what_the_whole_finds(void **state)
{
	struct log *whole = open_log(), *parts = open_log();
	struct errors *a = errors_new(whole, NULL), *b = errors_new(parts, NULL);
	unsigned seed = 42, i;
	int64_t x = INT64_MIN, y = INT64_MIN;

	for (i = 0; i < 3000; i++) {
		seed = seed * 1103515245 + 12345;
		add(whole, lines[(seed >> 16) % N_LINES].line, false);
		add(parts, lines[(seed >> 16) % N_LINES].line, false);
		if (seed >> 28 == 0)
			errors_step(b, 1);
	}
	while (!errors_step(a, 100000) || !errors_step(b, 10))
		;
	assert_true(errors_count(a) > 100);
	assert_int_equal(errors_count(a), errors_count(b));
	while (errors_next(a, x + 1, &x)) {
		assert_true(errors_next(b, y + 1, &y));
		assert_int_equal(x, y);
	}
	errors_free(a);
	errors_free(b);
	log_free(whole);
	log_free(parts);
}

/* One line for each alternative of the trigger, in a log: the sieve before it lets all through. */
static void no_kind_of_error_falls_through_the_sieve(void **state)
{
	static const char *const kinds[] = {
		"x: error: y", "[ERROR] y", "Failures: 3", "fatal: y", "level=fatal", "[FATAL] y",
		"[SEVERE] y", "npm ERR! y", " ERR_PNPM", "exited 3", "exit code 3", "x.IOException: y",
		"panic: y", "thread panicked at y", "non-zero code", "returned 3 exit status",
		"E  y", "[err] y", " \xE2\x97\x8F y \xE2\x80\xBA z", "make: *** missing", "Segmentation fault",
		"core dumped", "Killed", "killed by signal", "Out of memory", "out of memory",
		"ImagePullBackOff", "ErrImagePull", "undefined reference to y", "x: not found",
		"x: No such file or directory", "x: Permission denied", "Caused by: y",
		"\xE9\x94\x99\xE8\xAF\xAF: y", "\xE5\xBC\x82\xE5\xB8\xB8: y",
		/* with a colour in the middle, and behind a stamp */
		"x: er\033[31mror: y", STAMP "E  y", STAMP "\033[1mKil\033[0mled",
	};
	static const char *const weak[] = {
		"FAIL y", "a FAILURE", "it failed", "Traceback (most recent call last)", "y timed out",
		"\xE5\xA4\xB1\xE8\xB4\xA5",
	};
	size_t n = sizeof(kinds) / sizeof(kinds[0]), i;
	struct error_rules *rules = error_rules_new(NULL);
	struct log *log = log_new("/tmp", LOG_SPOOL_MAX, NULL);
	struct errors *errors = errors_new(log, NULL);

	(void)state;
	for (i = 0; i < n; i++) {
		assert_true(log_append(log, kinds[i], strlen(kinds[i]), NULL));
		assert_true(log_append(log, "an uneventful line", 18, NULL));
	}
	while (!errors_step(errors, 1000))
		;
	for (i = 0; i < n; i++) {
		if (!errors_is(errors, (int64_t)(2 * i)))
			fail_msg("not seen: %s", kinds[i]);
		assert_false(errors_is(errors, (int64_t)(2 * i + 1)));
	}
	for (i = 0; i < sizeof(weak) / sizeof(weak[0]); i++)
		assert_int_equal(error_rules_line(rules, weak[i], strlen(weak[i])), ERROR_WEAK);
	error_rules_free(rules);
	errors_free(errors);
	log_free(log);
}

static void rules_of_the_operator_go_before_the_built_in_ones(void **state)
{
	static const struct {
		enum error_strength strength;
		const char *line;
	} rows[] = {
		{ERROR_STRONG, "E-4711 the press is jammed"},	/* nothing that a built-in rule looks for */
		{ERROR_STRONG, STAMP "E-4711 behind a stamp"},
		{ERROR_STRONG, "\033[31mE-47\033[m11 in colours"},
		{ERROR_WEAK, "lamp 3 is DIM"},
		{ERROR_NONE, "error: known and accepted"},
		{ERROR_STRONG, "error: any other"},
		{ERROR_NONE, "an uneventful line"},
	};
	struct error_list own = {0};
	struct err err = {.kind = ERR_NONE};
	struct log *log = open_log();
	struct errors *errors;
	size_t i, n = sizeof(rows) / sizeof(rows[0]);

	assert_true(error_list_add(&own, "^E-[0-9]+", ERROR_STRONG, &err));
	assert_true(error_list_add(&own, "is DIM$", ERROR_WEAK, &err));
	assert_true(error_list_add(&own, "known and accepted", ERROR_NONE, &err));
	assert_false(error_list_add(&own, "(", ERROR_STRONG, &err));
	assert_non_null(strstr(err.text, "pattern: "));
	errors = errors_new(log, &own);
	for (i = 0; i < n; i++)
		add(log, rows[i].line, false);
	while (!errors_step(errors, 1000))
		;
	for (i = 0; i < n; i++)
		if (errors_is(errors, (int64_t)i) != (rows[i].strength == ERROR_STRONG))
			fail_msg("%s", rows[i].line);
	errors_free(errors);
	log_free(log);
	error_list_done(&own);
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_knows_real_lines),
		cmocka_unit_test(rules_of_the_operator_go_before_the_built_in_ones),
		cmocka_unit_test(errors_are_found_at_both_ends_as_the_log_grows),
		cmocka_unit_test(weak_lines_count_where_there_is_nothing_stronger),
		cmocka_unit_test(pieces_find_what_the_whole_finds),
		cmocka_unit_test(no_kind_of_error_falls_through_the_sieve),
	};

	setlocale(LC_ALL, "");
	return cmocka_run_group_tests_name("errors", tests, NULL, NULL);
}
