/* SPDX-License-Identifier: MIT */
/*
 * The cursor rule against a pretend server in every reading of api.md 4.4 that nobody
 * can rule out. What arrives is compared with what the server had, line by line.
 */
#include "test.h"

#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"
#include "log/cursor.h"

static uint64_t random_state;

static unsigned dice(unsigned sides)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (unsigned)(random_state >> 11) % sides;
}

/* ---- the pretend server ---- */

enum unit { UNIT_OPAQUE, UNIT_BYTE, UNIT_CHAR, UNIT_LINE, UNIT_WORD, UNITS };

struct server {
	enum unit unit;
	bool range;		 /* {S,E} names a range and is served as such */
	bool more_while_running; /* else: more when pending */
	bool window_start;	 /* start_offset of the whole window, else of the page */
	bool newest_first;	 /* inside desc pages */
	bool moody;		 /* now and then an empty answer although there is more */
	size_t overlap;		 /* lines sent again before each asc page */
	bool running;
	char **lines;
	int64_t *pos; /* pos[i]: before line i; pos[n]: the end */
	size_t n;
	struct buf log; /* of the last answer */
	char start[CURSOR_TOKEN], end[CURSOR_TOKEN];
};

static int64_t step_of(const struct server *s, const char *line)
{
	int64_t characters = 1;
	const char *p;

	for (p = line; *p; p++)
		characters += (*p & 0xC0) != 0x80;
	switch (s->unit) {
	case UNIT_BYTE:
		return (int64_t)strlen(line) + 1;
	case UNIT_CHAR:
		return characters;
	case UNIT_LINE:
		return 1;
	default:
		return 1 + (int64_t)dice(700);
	}
}

static void server_line(struct server *s, const char *line)
{
	s->lines = mem_realloc(s->lines, (s->n + 1) * sizeof(*s->lines));
	s->pos = mem_realloc(s->pos, (s->n + 2) * sizeof(*s->pos));
	if (s->n == 0)
		s->pos[0] = s->unit == UNIT_OPAQUE || s->unit == UNIT_WORD ? 6132 : 0;
	s->lines[s->n] = mem_strdup(line);
	s->pos[s->n + 1] = s->pos[s->n] + step_of(s, line);
	s->n++;
}

/* Every other line has a rising stamp; the rest is empty, repeated or UTF-8. */
static void server_grow(struct server *s, unsigned lines)
{
	static const char *const common[] = {"", "", "same", "same", "\xE9\xA9\xAC\xE4\xB8\x8A", "+ make",
					     "same ", "\xF0\x9F\x98\x80 ok"};
	char line[80];

	for (; lines > 0; lines--) {
		if (s->n % 2)
			snprintf(line, sizeof(line), "[2026/01/02 %02zu:%02zu:%02zu.%03u GMT+08:00] [INFO] x",
				 s->n / 3600 % 24, s->n / 60 % 60, s->n % 60, 500u);
		else
			strcpy(line, common[dice(8)]);
		if (s->unit == UNIT_WORD && !*line)
			strcpy(line, "."); /* words can't go back: too little to go by for "" */
		server_line(s, line);
	}
}

static void server_done(struct server *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		mem_free(s->lines[i]);
	mem_free(s->lines);
	mem_free(s->pos);
	buf_done(&s->log);
}

static void token_write(const struct server *s, size_t i, char token[CURSOR_TOKEN])
{
	int64_t pos = s->n ? s->pos[i] : 0;

	snprintf(token, CURSOR_TOKEN, s->unit == UNIT_WORD && pos ? "p.%jd" : "%jd", (intmax_t)pos);
}

static int by_position(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static size_t token_read(const struct server *s, const char *token, size_t fallback)
{
	int64_t pos = strtoll(text_starts(token, "p.") ? token + 2 : token, NULL, 10), *at;

	if (strcmp(token, "0") == 0)
		return fallback;
	at = bsearch(&pos, s->pos, s->n + 1, sizeof(pos), by_position);
	if (!at)
		fail_msg("the server was asked for %s, which it never said", token);
	return at ? (size_t)(at - s->pos) : 0;
}

/* Lines [a, b) as an answer at [start, end). */
static struct cursor_page server_page(struct server *s, size_t a, size_t b, bool reverse, bool has_more)
{
	size_t i;

	buf_clear(&s->log);
	for (i = 0; i < b - a; i++) {
		if (i)
			buf_addc(&s->log, '\n');
		buf_adds(&s->log, s->lines[reverse ? b - 1 - i : a + i]);
	}
	return (struct cursor_page){s->start, s->end, s->log.data, s->log.len, has_more};
}

static struct cursor_page server_empty(struct server *s, const struct cursor_ask *ask)
{
	struct cursor_page page = {s->start, s->end, dice(2) ? "" : NULL, 0,
				   s->running && s->more_while_running};

	snprintf(s->start, sizeof(s->start), "%s", ask->start);
	snprintf(s->end, sizeof(s->end), "%s", ask->end);
	return page;
}

static struct cursor_page server_asc(struct server *s, const struct cursor_ask *ask, size_t limit)
{
	bool whole = strcmp(ask->end, "0") == 0;
	size_t low = token_read(s, ask->start, 0), high = token_read(s, ask->end, whole && s->range ? s->n : 0);
	size_t a = s->range ? low : high, b;

	if (!s->range && a > s->overlap && dice(2))
		a -= s->overlap;
	b = s->range && high < s->n ? high : s->n;
	if (b - a > limit + (a < high && !s->range ? s->overlap : 0))
		b = a + limit;
	if (b <= a || (!s->range && b <= high))
		return server_empty(s, ask);
	token_write(s, s->window_start && !s->range ? low : a, s->start);
	token_write(s, b, s->end);
	return server_page(s, a, b, false, b < s->n || (s->running && s->more_while_running));
}

static struct cursor_page server_desc(struct server *s, const struct cursor_ask *ask, size_t limit)
{
	bool first = strcmp(ask->start, "0") == 0 && strcmp(ask->end, "0") == 0;
	size_t low = token_read(s, ask->start, 0), high = token_read(s, ask->end, first ? s->n : 0);
	size_t b = s->range || first ? high : low, a = b > limit ? b - limit : 0;
	bool has_more;

	if (s->range && a < low)
		a = low;
	has_more = a > 0 || (s->running && s->more_while_running);
	if (b == a) {
		struct cursor_ask here = *ask;
		struct cursor_page page;

		if (s->range)
			here.start = here.end;
		page = server_empty(s, &here);

		page.has_more = has_more;
		return page;
	}
	token_write(s, a, s->start);
	token_write(s, s->window_start && !s->range ? high : b, s->end);
	return server_page(s, a, b, s->newest_first, has_more);
}

static struct cursor_page server_answer(struct server *s, const struct cursor_ask *ask, size_t limit)
{
	if (s->moody && s->running && ask->sort == CURSOR_ASC && dice(4) == 0)
		return server_empty(s, ask);
	return ask->sort == CURSOR_ASC ? server_asc(s, ask, limit) : server_desc(s, ask, limit);
}

/* ---- what arrives ---- */

struct got {
	char **lines;
	size_t n;
};

static void got_done(struct got *got)
{
	size_t i;

	for (i = 0; i < got->n; i++)
		mem_free(got->lines[i]);
	mem_free(got->lines);
}

static void got_insert(struct got *got, size_t at, const char *line, size_t len)
{
	got->lines = mem_realloc(got->lines, (got->n + 1) * sizeof(*got->lines));
	memmove(got->lines + at + 1, got->lines + at, (got->n - at) * sizeof(*got->lines));
	got->lines[at] = mem_strndup(line, len);
	got->n++;
}

static void got_take(struct got *got, size_t at, const struct cursor_page *page,
		     const struct cursor_verdict *v)
{
	const char *p = page->log + v->from, *end = page->log + v->to, *nl;

	assert_true(v->from <= v->to && v->to <= page->len);
	for (;; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		got_insert(got, at, p, (size_t)((nl ? nl : end) - p));
		if (!v->reversed)
			at++;
		if (!nl)
			return;
	}
}

static void assert_truth(const struct server *s, const struct got *got, size_t first)
{
	size_t i;

	for (i = 0; i < got->n && first + i < s->n; i++)
		if (strcmp(got->lines[i], s->lines[first + i]) != 0)
			fail_msg("line %zu is \"%s\", not \"%s\"", first + i, got->lines[i], s->lines[first + i]);
	assert_int_equal(got->n, s->n - first);
}

/* Follows to the end by the stop rule of api.md 4.4, with the log growing for a while. */
static void follow(struct server *s, struct cursor *c, struct got *got, size_t limit, unsigned grow_polls)
{
	unsigned polls, extra = 0;

	for (polls = 0; extra < 2; polls++) {
		struct cursor_ask ask = cursor_ask(c);
		struct cursor_page page = server_answer(s, &ask, limit);
		struct cursor_verdict v = cursor_take(c, &page);

		assert_int_equal(v.note, CURSOR_OK);
		assert_false(v.again && !v.progress);
		if (v.lines)
			got_take(got, got->n, &page, &v);
		if (polls < grow_polls && !v.again)
			server_grow(s, dice(3) ? dice(9) : 0);
		s->running = polls < grow_polls;
		if (!s->running && (!page.has_more || c->idle >= 2))
			extra++;
		assert_true(polls < 100000);
	}
}

static void page_up(struct server *s, struct cursor *c, struct got *got, size_t limit)
{
	unsigned polls;

	for (polls = 0; !c->done; polls++) {
		struct cursor_ask ask = cursor_ask(c);
		struct cursor_page page = server_answer(s, &ask, limit);
		struct cursor_verdict v = cursor_take(c, &page);

		assert_int_equal(v.note, CURSOR_OK);
		if (v.lines)
			got_take(got, 0, &page, &v);
		server_grow(s, dice(3));
		assert_true(polls < 100000);
	}
}

static const size_t limits[] = {1, 7, 500};

/* Every server there is, by number. */
static bool server_number(struct server *s, unsigned i, unsigned seed)
{
	memset(s, 0, sizeof(*s));
	buf_init(&s->log, BUF_MAX);
	random_state = (i + 1) * UINT64_C(0x9E3779B97F4A7C15) ^ seed;
	s->unit = i % UNITS;
	i /= UNITS;
	s->range = i & 1;
	s->more_while_running = i & 2;
	s->window_start = i & 4;
	s->newest_first = i & 8;
	s->running = true;
	s->moody = (seed & 1);
	return i < 16;
}

static void forward_nothing_is_lost_or_doubled_on_any_server(void **state)
{
	unsigned i, seed, k;

	for (seed = 0; seed < 6; seed++)
		for (k = 0; k < 3; k++)
			for (i = 0;; i++) {
				struct server s;
				struct cursor c;
				struct got got = {0};

				if (!server_number(&s, i, seed))
					break;
				print_message("# server %u seed %u limit %zu\n", i, seed, limits[k]);
				server_grow(&s, dice(2) ? dice(1200) : 0);
				cursor_init(&c, CURSOR_ASC);
				follow(&s, &c, &got, limits[k], 40);
				assert_truth(&s, &got, 0);
				got_done(&got);
				server_done(&s);
			}
}

static void from_the_tail_up_to_line_1_and_on_is_the_whole_log(void **state)
{
	unsigned i, seed, k;

	for (seed = 0; seed < 6; seed++)
		for (k = 0; k < 3; k++)
			for (i = 0;; i++) {
				struct server s;
				struct cursor up, on;
				struct cursor_page page;
				struct cursor_verdict v;
				struct cursor_ask ask;
				struct got got = {0}, text = {0};
				struct buf log;
				size_t j;

				if (!server_number(&s, i, seed))
					break;
				print_message("# server %u seed %u limit %zu\n", i, seed, limits[k]);
				server_grow(&s, 4 + dice(700)); /* two stamps at least */
				cursor_init(&up, CURSOR_DESC);
				ask = cursor_ask(&up);
				page = server_answer(&s, &ask, limits[k]);
				v = cursor_take(&up, &page);
				assert_true(v.lines);
				got_take(&text, 0, &page, &v);
				buf_init(&log, BUF_MAX);
				for (j = 0; j < text.n; j++) {
					buf_adds(&log, j ? "\n" : "");
					buf_adds(&log, text.lines[j]);
				}
				cursor_init_after(&on, &up, log.data, log.len);
				page_up(&s, &up, &text, limits[k]);
				for (j = 0; j < text.n; j++)
					got_insert(&got, j, text.lines[j], strlen(text.lines[j]));
				follow(&s, &on, &got, limits[k], 20);
				assert_truth(&s, &got, 0);
				buf_done(&log);
				got_done(&text);
				got_done(&got);
				server_done(&s);
			}
}

static void an_overlap_is_dropped_where_the_offsets_allow_one(void **state)
{
	unsigned i;
	char line[32];

	for (i = 0; i < 12; i++) {
		struct server s;
		struct cursor c;
		struct got got = {0};
		size_t j;

		server_number(&s, i % 4, 5);
		s.range = s.window_start = s.more_while_running = false;
		s.overlap = 1 + i * 30;
		s.running = false;
		for (j = 0; j < 2000; j++) {
			snprintf(line, sizeof(line), "line %zu", j);
			server_line(&s, line);
		}
		cursor_init(&c, CURSOR_ASC);
		follow(&s, &c, &got, 400, 0);
		assert_truth(&s, &got, 0);
		got_done(&got);
		server_done(&s);
	}
}

/* ---- single answers ---- */

static struct cursor_verdict take(struct cursor *c, const char *start, const char *end, const char *log,
				  bool has_more)
{
	struct cursor_page page = {start, end, log, log ? strlen(log) : 0, has_more};

	return cursor_take(c, &page);
}

static void assert_new(struct cursor_verdict v, const char *log, const char *expected)
{
	assert_true(v.lines && v.progress);
	assert_int_equal(v.to - v.from, strlen(expected));
	assert_memory_equal(log + v.from, expected, v.to - v.from);
}

static struct cursor following(const char *end, const char *log)
{
	struct cursor c;

	cursor_init(&c, CURSOR_ASC);
	assert_new(take(&c, "100", end, log, false), log, log);
	return c;
}

static void the_documents_example_is_one_page(void **state)
{
	struct cursor c;
	struct cursor_ask ask;
	const char *log = "[2026/01/02 08:00:02.198 GMT+08:00] [INFO] [shell] : begin\n\nend";

	cursor_init(&c, CURSOR_ASC);
	ask = cursor_ask(&c);
	assert_string_equal(ask.start, "0");
	assert_string_equal(ask.end, "0");
	assert_new(take(&c, "6132", "25705", log, false), log, log);
	ask = cursor_ask(&c);
	assert_string_equal(ask.start, "6132");
	assert_string_equal(ask.end, "25705");
	assert_int_equal(ask.sort, CURSOR_ASC);
	assert_int_equal(c.emitted, 3);
}

static void an_empty_log_is_a_line_only_where_the_end_moves(void **state)
{
	struct cursor c = following("200", "a");
	struct cursor_verdict v = take(&c, "200", "200", "", true);

	assert_false(v.lines || v.again);
	assert_int_equal(c.idle, 1);
	v = take(&c, "200", "201", "", true);
	assert_true(v.lines && v.again && v.from == v.to);
	assert_int_equal(c.idle, 0);
	v = take(&c, "201", "300", NULL, true);
	assert_false(v.lines || v.again); /* filtered away; L03: no progress, the period rule */
	assert_string_equal(cursor_ask(&c).end, "300");
}

/* L01 */
static void going_back_is_a_resent_page_or_a_restart(void **state)
{
	struct cursor c = following("200", "a\nb\nc\nd");
	struct cursor_verdict v = take(&c, "100", "150", "b\nc", false);

	assert_false(v.lines);
	assert_int_equal(v.note, CURSOR_OK);
	assert_string_equal(cursor_ask(&c).end, "200");
	v = take(&c, "100", "150", "c\nd\ne", false);
	assert_new(v, "c\nd\ne", "e");
	assert_int_equal(v.note, CURSOR_OK);
	v = take(&c, "0", "50", "begin\nagain", false);
	assert_new(v, "begin\nagain", "begin\nagain");
	assert_int_equal(v.note, CURSOR_RESTARTED);
	assert_string_equal(cursor_ask(&c).end, "50");
}

/* L02 */
static void the_same_page_for_ever_is_shown_once_and_noted_once(void **state)
{
	struct cursor c = following("200", "a\nb");
	unsigned i, notes = 0;

	for (i = 1; i <= 60; i++) {
		struct cursor_verdict v = take(&c, "100", "200", "a\nb", false);

		assert_false(v.lines || v.again);
		assert_int_equal(c.idle, i);
		notes += v.note == CURSOR_STUCK;
		assert_int_equal(notes, i >= 20);
	}
}

static void a_page_resent_twice_with_more_asks_for_the_range_after_it_once(void **state)
{
	struct cursor c = following("200", "a\nb");
	struct cursor_verdict v;

	take(&c, "100", "200", "a\nb", true);
	assert_string_equal(cursor_ask(&c).start, "100");
	take(&c, "100", "200", "a\nb", true);
	assert_int_equal(c.idle, 0);
	assert_string_equal(cursor_ask(&c).start, "200");
	assert_string_equal(cursor_ask(&c).end, "0");
	v = take(&c, "0", "150", "a", true); /* not a range server: it began again */
	assert_false(v.lines);
	assert_int_equal(v.note, CURSOR_OK);
	take(&c, "100", "200", "a\nb", true);
	take(&c, "100", "200", "a\nb", true);
	take(&c, "100", "200", "a\nb", true);
	assert_string_equal(cursor_ask(&c).start, "100");
	assert_string_equal(cursor_ask(&c).end, "200");
}

static void a_resent_page_that_has_grown_gives_what_was_added(void **state)
{
	struct cursor c = following("200", "a\na");

	assert_new(take(&c, "100", "200", "a\na\na\nb", false), "a\na\na\nb", "a\nb");
	assert_new(take(&c, "50", "200", "x\na\na\na\nb\nc", false), "x\na\na\na\nb\nc", "c");
}

/* L06 */
static void tokens_of_any_sort_are_kept_or_end_the_following(void **state)
{
	static const struct {
		const char *end;
		bool good;
	} rows[] = {
		{"9223372036854775808", true},
		{"99999999999999999999999999999999999999999999999999999999999999aa", true},
		{"99999999999999999999999999999999999999999999999999999999999999aaa", false},
		{"-5", true},
		{"1.5e9", true},
		{"a_b-c.d", true},
		{"", false},
		{"1 2", false},
		{"{}", false},
		{"12\n", false},
		{NULL, false},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cursor c;
		struct cursor_verdict v;

		cursor_init(&c, CURSOR_ASC);
		v = take(&c, "0", rows[i].end, "a\nb", true);
		assert_new(v, "a\nb", "a\nb"); /* what was read stays */
		assert_int_equal(v.note, rows[i].good ? CURSOR_OK : CURSOR_BAD_TOKEN);
		assert_int_equal(v.again, rows[i].good);
		assert_string_equal(cursor_ask(&c).end, rows[i].good ? rows[i].end : "0");
	}
}

static void words_for_offsets_differ_or_do_not(void **state)
{
	struct cursor c = following("aa", "x\ny");

	assert_new(take(&c, "aa", "Z", "y", false), "y", "y"); /* "repeated lines are real" */
	assert_false(take(&c, "aa", "Z", "y", false).lines);
	assert_new(take(&c, "Z", "aa", "q", false), "q", "q");
}

/* L07 */
static void repeated_lines_are_real_where_nothing_can_overlap(void **state)
{
	struct cursor c = following("200", "a\na\na");

	assert_new(take(&c, "200", "300", "a\na", false), "a\na", "a\na");  /* the page's start */
	assert_new(take(&c, "200", "400", "a\na", false), "a\na", "a\na");  /* the window's start */
	assert_new(take(&c, "350", "500", "a\na\nb", false), "a\na\nb", "b"); /* inside: an overlap */
}

/* L09 */
static void another_text_at_the_same_place_is_a_rewrite(void **state)
{
	struct cursor c = following("200", "a\nb");
	struct cursor_verdict v = take(&c, "100", "200", "c\nd", false);

	assert_int_equal(v.note, CURSOR_RESTARTED);
	assert_new(v, "c\nd", "c\nd");
	assert_false(take(&c, "100", "200", "c\nd", false).lines);
}

static void going_up_stops_where_the_start_stops(void **state)
{
	struct cursor c;

	cursor_init(&c, CURSOR_DESC);
	assert_new(take(&c, "500", "900", "c\nd", true), "c\nd", "c\nd");
	assert_new(take(&c, "100", "500", "a\nb", true), "a\nb", "a\nb");
	assert_false(c.done);
	assert_false(take(&c, "100", "500", "", true).lines);
	assert_true(c.done);
}

static void pages_with_the_newest_line_first_are_told_by_their_stamps(void **state)
{
	const char *falling = "[2026/01/02 08:00:02.198 GMT+08:00] b\n[2026/01/02 08:00:01.198 GMT+08:00] a";
	const char *rising = "2026-01-02T08:00:01Z a\n\tat x\n2026-01-02T08:00:02Z b";
	struct cursor c;

	cursor_init(&c, CURSOR_DESC);
	assert_true(take(&c, "500", "900", falling, true).reversed);
	assert_true(take(&c, "400", "500", "no stamp\nat all", true).reversed); /* remembered */
	cursor_init(&c, CURSOR_DESC);
	assert_false(take(&c, "500", "900", rising, true).reversed);
	cursor_init(&c, CURSOR_ASC);
	assert_false(take(&c, "500", "900", falling, true).reversed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forward_nothing_is_lost_or_doubled_on_any_server),
		cmocka_unit_test(from_the_tail_up_to_line_1_and_on_is_the_whole_log),
		cmocka_unit_test(an_overlap_is_dropped_where_the_offsets_allow_one),
		cmocka_unit_test(the_documents_example_is_one_page),
		cmocka_unit_test(an_empty_log_is_a_line_only_where_the_end_moves),
		cmocka_unit_test(going_back_is_a_resent_page_or_a_restart),
		cmocka_unit_test(the_same_page_for_ever_is_shown_once_and_noted_once),
		cmocka_unit_test(a_page_resent_twice_with_more_asks_for_the_range_after_it_once),
		cmocka_unit_test(a_resent_page_that_has_grown_gives_what_was_added),
		cmocka_unit_test(tokens_of_any_sort_are_kept_or_end_the_following),
		cmocka_unit_test(words_for_offsets_differ_or_do_not),
		cmocka_unit_test(repeated_lines_are_real_where_nothing_can_overlap),
		cmocka_unit_test(another_text_at_the_same_place_is_a_rewrite),
		cmocka_unit_test(going_up_stops_where_the_start_stops),
		cmocka_unit_test(pages_with_the_newest_line_first_are_told_by_their_stamps),
	};

	return cmocka_run_group_tests_name("cursor", tests, NULL, NULL);
}
