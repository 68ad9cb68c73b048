/* SPDX-License-Identifier: MIT */
/* The simulator's logs as functions: text by line number, lines by time, pages by offsets. */
#include "test.h"

#include "core/buf.h"
#include "sim/arena.h"
#include "sim/logtext.h"
#include "sim/pager.h"
#include "sim/rng.h"

static const char *head[] = {"[INFO] begin {step} of {repo}",
			     "\x1b[32mgreen\x1b[0m \"quoted\" back\\slash\ttab"};
static const char *body[] = {"Running {Class}Test", "Tests run: {2-40} in {Class}Test",
			     "编译 {percent}% {bar}\r100%", "{hex:7} {unknown}"};
static int group[] = {0, 0, 1, 2};
static const char *ok[] = {"done"};
static const char *bad[] = {"error: expected 19.99, got 20.00 (tax_test.c:57)", "exit code 1"};
static const char *classes[] = {"Cart", "Tax", "订单"};
static const struct log_words words[] = {{"Class", classes, 3}};
static const struct log_kind kind = {"t", head, ok, bad, 2, 1, 2, body, group, 4};
static const struct log_vocabulary vocabulary = {words, 1, NULL};
static const struct log_context context = {"shop", "master", "abc", 7};

static struct logtext make(uint64_t seed, bool fails, int64_t body_lines)
{
	struct logtext t = {.form = LOG_TEMPLATE,
			    .seed = seed,
			    .start = 1000000,
			    .end = 1060000,
			    .fails = fails,
			    .step = "run",
			    .kind = &kind,
			    .vocabulary = &vocabulary,
			    .context = &context};

	t.lines = logtext_count(&t, body_lines);
	return t;
}

static const char *line(const struct logtext *t, int64_t i, struct buf *b)
{
	buf_clear(b);
	logtext_line(t, i, b);
	return b->data;
}

static void a_line_is_always_the_same_and_a_group_shares_its_words(void **state)
{
	struct logtext t = make(5, false, 40);
	struct buf a, b;
	int64_t i;

	buf_init(&a, BUF_MAX);
	buf_init(&b, BUF_MAX);
	for (i = 0; i < t.lines; i++)
		assert_string_equal(line(&t, i, &a), line(&t, i, &b));
	for (i = 2; i + 1 < 42; i += 4) {
		const char *class = strstr(line(&t, i, &a), "Running ") + 8;

		assert_non_null(strstr(line(&t, i + 1, &b), class));
	}
	assert_non_null(strstr(line(&t, 0, &a), "[INFO] begin run of shop"));
	assert_non_null(strstr(line(&t, 5, &a), "{unknown}"));
	assert_non_null(strstr(line(&t, t.lines - 1, &a), "done"));
	buf_done(&a);
	buf_done(&b);
}

static void a_failed_step_ends_with_its_error_and_exit_code(void **state)
{
	struct logtext t = make(6, true, 10);
	struct buf b;

	buf_init(&b, BUF_MAX);
	assert_int_equal(t.lines, 2 + 10 + 2);
	assert_non_null(strstr(line(&t, t.lines - 2, &b), "error: expected 19.99"));
	assert_non_null(strstr(line(&t, t.lines - 1, &b), "exit code 1"));
	buf_done(&b);
}

static void lines_appear_in_order_and_all_of_them_by_the_end(void **state)
{
	uint64_t seed;

	for (seed = 1; seed < 200; seed++) {
		struct logtext t = make(seed, false, (int64_t)(seed * 7 % 400));
		int64_t now, last = 0;

		assert_int_equal(logtext_visible(&t, t.start - 1), 0);
		for (now = t.start; now <= t.end; now += 97) {
			int64_t n = logtext_visible(&t, now);

			assert_true(n >= last && n <= t.lines);
			last = n;
		}
		assert_int_equal(logtext_visible(&t, t.end), t.lines);
		assert_int_equal(logtext_visible(&t, t.end + 1000000), t.lines);
		assert_true(t.lines < 20 ||
			    logtext_visible(&t, (t.start + t.end) / 2) > t.lines / 4);
	}
}

static void stamps_never_go_backwards_and_name_the_moment_of_the_line(void **state)
{
	struct logtext t = make(9, false, 300);
	char last[64] = "";
	struct buf b;
	int64_t i;

	buf_init(&b, BUF_MAX);
	for (i = 0; i < t.lines; i++) {
		char stamp[64];

		snprintf(stamp, sizeof(stamp), "%.35s", line(&t, i, &b));
		assert_true(strcmp(last, stamp) <= 0);
		strcpy(last, stamp);
	}
	assert_true(strcmp(last, "[1970/01/01 08:17:30") > 0 &&
		    strcmp(last, "[1970/01/01 08:17:40") < 0);
	buf_done(&b);
}

static void json_of_a_line_is_the_line_escaped(void **state)
{
	struct logtext t = make(5, false, 4);
	struct buf raw, json;

	buf_init(&raw, BUF_MAX);
	buf_init(&json, BUF_MAX);
	logtext_line_json(&t, 1, &json);
	assert_non_null(
		strstr(json.data, "\\u001b[32mgreen\\u001b[0m \\\"quoted\\\" back\\\\slash\\ttab"));
	buf_done(&raw);
	buf_done(&json);
}

static void positions_are_bytes_or_characters_and_lead_back_to_their_line(void **state)
{
	struct logtext t = make(11, false, 900);
	int64_t bytes = 0, chars = 0, i;
	struct buf b;

	buf_init(&b, BUF_MAX);
	for (i = 0; i <= t.lines; i++) {
		const char *p;

		assert_int_equal(logtext_position(&t, i, false), bytes);
		assert_int_equal(logtext_position(&t, i, true), chars);
		assert_int_equal(logtext_at_position(&t, bytes, t.lines, false), i);
		assert_int_equal(logtext_at_position(&t, chars, t.lines, true), i);
		if (i == t.lines)
			break;
		for (p = line(&t, i, &b); *p; p++)
			chars += ((unsigned char)*p & 0xC0) != 0x80;
		chars++;
		bytes += (int64_t)b.len + 1;
		assert_int_equal(logtext_at_position(&t, bytes - 1, t.lines, false), i);
	}
	buf_done(&b);
	logtext_done(&t);
}

static void a_cut_log_keeps_what_was_written(void **state)
{
	struct logtext t = make(12, false, 300);

	t.cut = logtext_visible(&t, t.start + 20000);
	t.is_cut = true;
	assert_true(t.cut > 10 && t.cut < t.lines);
	assert_int_equal(logtext_visible(&t, t.start + 20000), t.cut);
	assert_int_equal(logtext_visible(&t, t.end + 1), t.cut);
	assert_true(logtext_visible(&t, t.start + 5000) < t.cut);
}

static void flood_lines_are_the_same_raw_and_in_json(void **state)
{
	struct flood *f = flood_new(3);
	struct logtext t = {.form = LOG_FLOOD,
			    .seed = 4,
			    .start = 1000,
			    .end = INT64_MAX,
			    .flood = f,
			    .at_start = 20000,
			    .per_s = 5000,
			    .needle = "the \"needle\""};
	struct buf raw, json, again;
	int64_t i, bytes = 0;
	bool needle = false;

	buf_init(&raw, BUF_MAX);
	buf_init(&json, BUF_MAX);
	buf_init(&again, BUF_MAX);
	assert_int_equal(logtext_visible(&t, 999), 0);
	assert_int_equal(logtext_visible(&t, 1000), 20000);
	assert_int_equal(logtext_visible(&t, 3000), 30000);
	for (i = 0; i < 30000; i++) {
		line(&t, i, &raw);
		buf_clear(&json);
		buf_clear(&again);
		logtext_line_json(&t, i, &json);
		logtext_escape(raw.data, raw.len, &again);
		assert_string_equal(json.data, again.data);
		bytes += (int64_t)raw.len + 1;
		needle = needle || strcmp(raw.data, "the \"needle\"") == 0;
	}
	assert_true(needle);
	assert_in_range(bytes / 30000, 85, 125);
	buf_done(&raw);
	buf_done(&json);
	buf_done(&again);
	flood_free(f);
}

/* ---- pages ---- */

static struct pager_page page_of(const struct sim_modes *m, struct logtext *t, int64_t visible,
				 bool running, int64_t s, int64_t e, int64_t limit, bool desc)
{
	struct pager_query q = {s, e, limit, desc};
	struct pager_page p;
	struct err err = {0};

	if (!pager_page(m, t, visible, running, &q, &p, &err))
		fail_msg("mode %d refused %lld/%lld: %s", m->log_mode, (long long)s, (long long)e,
			 err.text);
	return p;
}

static const struct sim_modes every_mode[] = {
	{.log_mode = SIM_LOG_OPAQUE},
	{.log_mode = SIM_LOG_OPAQUE, .page_start = true},
	{.log_mode = SIM_LOG_BYTE},
	{.log_mode = SIM_LOG_BYTE, .page_start = true},
	{.log_mode = SIM_LOG_CHAR},
	{.log_mode = SIM_LOG_LINE},
	{.log_mode = SIM_LOG_LINE, .page_start = true},
	{.log_mode = SIM_LOG_RANGE},
};
#define MODES (sizeof(every_mode) / sizeof(every_mode[0]))

/* Ascending pages over a growing log are the lines 0, 1, 2 ... in every mode. */
static void ascending_pages_give_each_line_once_while_the_log_grows(void **state)
{
	size_t m;
	uint64_t seed;

	for (m = 0; m < MODES; m++)
		for (seed = 1; seed < 40; seed++) {
			struct logtext t = make(seed, false, 200);
			const struct sim_modes *mode = &every_mode[m];
			bool range = mode->log_mode == SIM_LOG_RANGE;
			int64_t s = 0, e = 0, next = 0, now = t.start - 100, polls = 0;

			while (next < t.lines && polls++ < 10000) {
				int64_t visible = logtext_visible(&t, now);
				struct pager_page p = page_of(
					mode, &t, visible, true, range ? e : s, range ? 0 : e,
					rng_between(rng_mix(seed, (uint64_t)polls), 1, 30), false);

				if (p.first == p.last) {
					assert_int_equal(p.end, e);
					now += 1500;
					continue;
				}
				assert_int_equal(p.first, next);
				assert_true(p.end > e);
				assert_int_equal(p.has_more, p.last < visible);
				next = p.last;
				s = p.start;
				e = p.end;
			}
			assert_int_equal(next, t.lines);
			logtext_done(&t);
		}
}

static void descending_pages_lead_from_the_tail_to_line_one(void **state)
{
	size_t m;

	for (m = 0; m < MODES; m++) {
		struct logtext t = make(m + 3, false, 200);
		const struct sim_modes *mode = &every_mode[m];
		bool range = mode->log_mode == SIM_LOG_RANGE;
		int64_t s = 0, e = 0, next = t.lines;

		while (next > 0) {
			struct pager_page p = page_of(mode, &t, t.lines, false, range ? 0 : s,
						      range ? s : e, 17, true);

			assert_int_equal(p.last, next);
			assert_true(p.first < p.last && p.last - p.first <= 17);
			assert_int_equal(p.has_more, p.first > 0);
			next = p.first;
			s = p.start;
			e = p.end;
		}
		if (!range) {
			struct pager_page p = page_of(mode, &t, t.lines, false, s, e, 17, true);

			assert_int_equal(p.first, p.last);
			assert_int_equal(p.start, s);
			assert_int_equal(p.end, e);
		}
		logtext_done(&t);
	}
}

static void the_range_mode_sends_an_echoed_page_again_and_reads_on_from_a_lone_start(void **state)
{
	const struct sim_modes mode = {.log_mode = SIM_LOG_RANGE};
	struct logtext t = make(3, false, 100);
	struct pager_page a = page_of(&mode, &t, t.lines, false, 0, 0, 10, false), b, c;

	b = page_of(&mode, &t, t.lines, false, a.start, a.end, 10, false);
	assert_true(a.first == b.first && a.last == b.last);
	assert_true(a.start == b.start && a.end == b.end && a.has_more == b.has_more);
	c = page_of(&mode, &t, t.lines, false, a.end, 0, 10, false);
	assert_int_equal(c.first, a.last);
}

static void opaque_offsets_grow_and_have_nothing_to_do_with_the_text(void **state)
{
	const struct sim_modes mode = {.log_mode = SIM_LOG_OPAQUE, .page_start = true};
	struct logtext t = make(8, false, 500);
	struct pager_page p = page_of(&mode, &t, t.lines, false, 0, 0, 1, false);
	int64_t last = p.start, first = p.start, step = p.end - p.start;
	bool uneven = false;

	assert_true(first >= 1000);
	while (p.last < t.lines) {
		p = page_of(&mode, &t, t.lines, false, p.start, p.end, 1, false);
		assert_true(p.start > last && p.end > p.start);
		uneven = uneven || p.end - p.start != step;
		last = p.start;
	}
	assert_true(uneven);
	assert_true(p.end - first != logtext_position(&t, t.lines, false));
	logtext_done(&t);
}

static void an_offset_that_was_never_given_out_is_refused_where_offsets_are_opaque(void **state)
{
	const struct sim_modes mode = {.log_mode = SIM_LOG_OPAQUE};
	struct logtext t = make(8, false, 50);
	struct pager_page p = page_of(&mode, &t, t.lines, false, 0, 0, 10, false);
	struct pager_query q = {p.start, p.end + 1, 10, false};
	struct err err;

	assert_false(pager_page(&mode, &t, t.lines, false, &q, &p, &err));
	assert_non_null(strstr(err.text, "never given out"));
}

static void true_while_running_says_so_until_the_step_ends(void **state)
{
	const struct sim_modes mode = {.has_more = SIM_MORE_WHILE_RUNNING};
	struct logtext t = make(8, false, 50);
	struct pager_page p = page_of(&mode, &t, t.lines, true, 0, 0, 5000, false);

	assert_true(p.has_more);
	p = page_of(&mode, &t, t.lines, true, p.start, p.end, 5000, false);
	assert_true(p.has_more);
	assert_int_equal(p.first, p.last);
	p = page_of(&mode, &t, t.lines, false, p.start, p.end, 5000, false);
	assert_false(p.has_more);
}

static void a_page_has_no_more_than_5000_lines(void **state)
{
	const struct sim_modes mode = {.log_mode = SIM_LOG_LINE};
	struct logtext t = make(8, false, 9000);
	struct pager_page p = page_of(&mode, &t, t.lines, false, 0, 0, INT64_MAX, false);

	assert_int_equal(p.last - p.first, 5000);
	p = page_of(&mode, &t, t.lines, false, 0, 0, INT64_MAX, true);
	assert_int_equal(p.first, t.lines - 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_always_the_same_and_a_group_shares_its_words),
		cmocka_unit_test(a_failed_step_ends_with_its_error_and_exit_code),
		cmocka_unit_test(lines_appear_in_order_and_all_of_them_by_the_end),
		cmocka_unit_test(stamps_never_go_backwards_and_name_the_moment_of_the_line),
		cmocka_unit_test(json_of_a_line_is_the_line_escaped),
		cmocka_unit_test(positions_are_bytes_or_characters_and_lead_back_to_their_line),
		cmocka_unit_test(a_cut_log_keeps_what_was_written),
		cmocka_unit_test(flood_lines_are_the_same_raw_and_in_json),
		cmocka_unit_test(ascending_pages_give_each_line_once_while_the_log_grows),
		cmocka_unit_test(descending_pages_lead_from_the_tail_to_line_one),
		cmocka_unit_test(
			the_range_mode_sends_an_echoed_page_again_and_reads_on_from_a_lone_start),
		cmocka_unit_test(opaque_offsets_grow_and_have_nothing_to_do_with_the_text),
		cmocka_unit_test(
			an_offset_that_was_never_given_out_is_refused_where_offsets_are_opaque),
		cmocka_unit_test(true_while_running_says_so_until_the_step_ends),
		cmocka_unit_test(a_page_has_no_more_than_5000_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
