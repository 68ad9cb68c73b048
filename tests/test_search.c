/* SPDX-License-Identifier: MIT */
/*
 * Search and counter against the same question asked of each line by itself.
 */
#include "test.h"

#include <unistd.h>

#include "log/log.h"
#include "log/search.h"

static uint64_t random_state;

static unsigned dice(unsigned sides)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (unsigned)(random_state >> 11) % sides;
}

static struct log *log_of(void)
{
	struct err err = {0};
	struct log *log = log_new("/tmp", LOG_SPOOL_MAX, &err);

	if (!log)
		fail_msg("%s", err.text);
	return log;
}

static void append(struct log *log, const char *text)
{
	assert_true(log_append(log, text, strlen(text), NULL));
}

static struct pattern *pattern_of(const char *text, bool literal)
{
	struct err err = {0};
	struct pattern *p = pattern_new(text, literal, &err);

	if (!p)
		fail_msg("%s", err.text);
	return p;
}

/* -1000 where there is none. */
static int64_t find(struct log *log, struct pattern *p, int64_t from, bool forward)
{
	struct search *s = search_new(log, p, from, forward);
	int64_t line = -1000;
	enum search_state state;

	do
		state = search_step(s, 100, &line);
	while (state == SEARCH_RUNNING);
	search_free(s);
	return state == SEARCH_FOUND ? line : -1000;
}

static bool matches(struct log *log, struct pattern *p, int64_t i)
{
	struct log_line line;
	size_t start, end;

	assert_true(log_line(log, i, &line));
	return line.mark == LOG_MARK_NONE && pattern_match(p, line.text, line.len, 0, &start, &end);
}

static void patterns_match_as_a_person_means_them(void **state)
{
	static const struct {
		const char *pattern;
		bool literal;
		const char *line;
		bool match;
	} rows[] = {
		{"error", true, "An ERROR here", true},	  {"Error", true, "An ERROR here", false},
		{"a.c", true, "abc", false},		  {"a.c", false, "abc", true},
		{"^b", false, "ab", false},		  {"b$", false, "ab", true},
		{"error:", true, "\033[31merror\033[0m: x", true}, {"^error", false, "\033[1;31merror", true},
		{"31m", true, "\033[31merror", false},	  {"\xE9\xA9\xAC", true, "x\xE9\xA9\xAC", true},
		{"exit=[1-9]", false, "exit=0", false},	  {"exit=[1-9]", false, "exit=10", true},
	};
	size_t i, start, end;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct log *log = log_of();
		struct pattern *p = pattern_of(rows[i].pattern, rows[i].literal);

		append(log, "first\n\nlast");
		append(log, rows[i].line);
		print_message("# %s in %s\n", rows[i].pattern, rows[i].line);
		assert_int_equal(pattern_match(p, rows[i].line, strlen(rows[i].line), 0, &start, &end), rows[i].match);
		assert_int_equal(find(log, p, 0, true), rows[i].match ? 3 : -1000);
		assert_int_equal(find(log, p, 3, false), rows[i].match ? 3 : -1000);
		pattern_free(p);
		log_free(log);
	}
}

static void a_bad_pattern_is_a_sentence(void **state)
{
	struct err err = {0};

	assert_null(pattern_new("a(b", false, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_non_null(strstr(err.text, "parenthesis"));
	assert_non_null(strstr(err.text, "at character 4")); /* where the other one is missing */
}

static void a_match_never_spans_lines(void **state)
{
	struct log *log = log_of();
	struct pattern *p = pattern_of("a\\s+b", false), *q = pattern_of("a[^x]b", false);

	append(log, "a\nb\na\n b");
	assert_int_equal(find(log, p, 0, true), -1000);
	assert_int_equal(find(log, q, 0, true), -1000);
	append(log, "a b");
	assert_int_equal(find(log, p, 0, true), 4);
	pattern_free(p);
	pattern_free(q);
	log_free(log);
}

static void any_log_is_searched_as_line_by_line_while_it_grows_at_both_ends(void **state)
{
	static const char *const words[] = {"error", "ok", "", "\033[31merr\033[0mor", "x error y", "warn", "shard 7"};
	unsigned seed, step, i;

	for (seed = 1; seed <= 20; seed++) {
		struct log *log = log_of();
		struct pattern *p = pattern_of(seed % 2 ? "error" : "err(or)?|shard [0-9]", seed % 2);
		struct counter *counter = counter_new(log, p);

		print_message("# seed %u\n", seed);
		random_state = seed * UINT64_C(0x9E3779B97F4A7C15);
		for (step = 0; step < 15; step++) {
			static char text[200000];
			size_t len = 0;
			unsigned n = 1 + dice(4000);
			int64_t line, from, expected, total = 0;

			for (i = 0; i < n; i++)
				len += (size_t)sprintf(text + len, "%s%s", i ? "\n" : "",
						       dice(60) ? "ok" : words[dice(7)]);
			switch (dice(4)) {
			case 0:
				assert_true(log_prepend(log, text, len, NULL));
				break;
			case 1:
				log_mark(log, LOG_MARK_GAP, "error in a marker is not log text");
				break;
			default:
				assert_true(log_append(log, text, len, NULL));
			}
			from = log_first(log) + dice((unsigned)(log_end(log) - log_first(log)));
			for (expected = from; expected < log_end(log) && !matches(log, p, expected); expected++)
				;
			assert_int_equal(find(log, p, from, true), expected < log_end(log) ? expected : -1000);
			for (expected = from; expected >= log_first(log) && !matches(log, p, expected); expected--)
				;
			assert_int_equal(find(log, p, from, false), expected >= log_first(log) ? expected : -1000);
			while (!counter_step(counter, 200))
				;
			for (line = log_first(log); line < log_end(log); line++) {
				total += matches(log, p, line);
				if (line == from)
					assert_int_equal(counter_rank(counter, line), total);
			}
			assert_int_equal(counter_total(counter), total);
		}
		counter_free(counter);
		pattern_free(p);
		log_free(log);
	}
}

static void a_pattern_that_explodes_comes_to_an_end(void **state)
{
	struct log *log = log_of();
	struct pattern *p = pattern_of("(a+)+$", false);
	char text[200];

	memset(text, 'a', sizeof(text) - 2);
	text[sizeof(text) - 2] = 'b';
	text[sizeof(text) - 1] = '\0';
	append(log, text);
	append(log, "plain\naaa");
	assert_false(pattern_gave_up(p));
	assert_int_equal(find(log, p, 0, true), 2);
	assert_true(pattern_gave_up(p)); /* and it can be said */
	pattern_free(p);
	log_free(log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_match_as_a_person_means_them),
		cmocka_unit_test(a_bad_pattern_is_a_sentence),
		cmocka_unit_test(a_match_never_spans_lines),
		cmocka_unit_test(any_log_is_searched_as_line_by_line_while_it_grows_at_both_ends),
		cmocka_unit_test(a_pattern_that_explodes_comes_to_an_end),
	};

	return cmocka_run_group_tests_name("search", tests, NULL, NULL);
}
