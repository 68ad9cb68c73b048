/* SPDX-License-Identifier: MIT */
/*
 * The store against a plain array of strings that does the same.
 */
#include "test.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/mem.h"
#include "log/log.h"

static uint64_t random_state;

static unsigned dice(unsigned sides)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (unsigned)(random_state >> 11) % sides;
}

static char dir[64];

static int make_dir(void **state)
{
	strcpy(dir, "/tmp/pipetop-test-log-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	return rmdir(dir); /* fails where the store left a file */
}

static struct log *log_of(int64_t spool_max)
{
	struct err err = {0};
	struct log *log = log_new(dir, spool_max, &err);

	if (!log)
		fail_msg("%s", err.text);
	return log;
}

/* ---- the model ---- */

struct item {
	char *text;
	size_t len;
	enum log_mark mark;
};

struct model {
	struct item *items;
	size_t n, room;
	int64_t first;
};

/* Room for `n` items at `at`, made in one move: the list is long and texts have many lines. */
static struct item *model_room(struct model *m, size_t at, size_t n)
{
	if (m->n + n > m->room) {
		m->room = 2 * (m->n + n);
		m->items = mem_realloc(m->items, m->room * sizeof(*m->items));
	}
	memmove(m->items + at + n, m->items + at, (m->n - at) * sizeof(*m->items));
	m->n += n;
	return m->items + at;
}

static struct item item_of(const char *text, size_t len, enum log_mark mark)
{
	char *copy = mem_alloc(len + 1);

	memcpy(copy, text, len);
	return (struct item){copy, len, mark};
}

static void model_mark(struct model *m, const char *text, enum log_mark mark)
{
	*model_room(m, m->n, 1) = item_of(text, strlen(text), mark);
}

static size_t model_lines(struct model *m, size_t at, const char *text, size_t len)
{
	const char *end = text + len, *nl;
	size_t n = 1, i;
	struct item *item;

	for (i = 0; i < len; i++)
		n += text[i] == '\n';
	item = model_room(m, at, n);
	for (;; text = nl + 1) {
		nl = memchr(text, '\n', (size_t)(end - text));
		*item++ = item_of(text, (size_t)((nl ? nl : end) - text), LOG_MARK_NONE);
		if (!nl)
			return n;
	}
}

static void model_done(struct model *m)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		mem_free(m->items[i].text);
	mem_free(m->items);
}

static void check_line(struct log *log, const struct model *m, int64_t i)
{
	const struct item *item = &m->items[i - m->first];
	struct log_line line;

	assert_true(log_line(log, i, &line));
	assert_int_equal(line.mark, item->mark);
	assert_int_equal(line.full_len, item->len);
	assert_int_equal(line.len, item->len < LOG_LINE_SHOWN ? item->len : LOG_LINE_SHOWN);
	assert_memory_equal(line.text, item->text, line.len);
}

/* Does this chunk say what the model says? Gives the number of bytes checked. */
static void check_chunk(const struct model *m, const struct log_chunk *chunk)
{
	const struct item *item = &m->items[chunk->first - m->first];
	size_t at = 0;
	int64_t i;

	assert_int_equal(chunk->mark, item->mark);
	if (chunk->mark != LOG_MARK_NONE) {
		assert_int_equal(chunk->len, item->len);
		assert_memory_equal(chunk->text, item->text, item->len);
		return;
	}
	assert_true(chunk->lines > 0 && chunk->len > 0);
	for (i = 0; i < chunk->lines; i++, item++) {
		size_t skip = i == 0 ? chunk->line_skip : 0;
		bool open = i == chunk->lines - 1 && chunk->line_open;
		size_t len = open ? chunk->len - at : item->len - skip;

		assert_int_equal(item->mark, LOG_MARK_NONE);
		assert_true(skip + len <= item->len && at + len <= chunk->len);
		assert_memory_equal(chunk->text + at, item->text + skip, len);
		at += len;
		if (!open)
			assert_int_equal(chunk->text[at++], '\n');
	}
	assert_int_equal(at, chunk->len);
}

static int64_t text_bytes(const struct model *m, int64_t from, int64_t to)
{
	int64_t sum = 0, i;

	for (i = from; i < to; i++)
		if (m->items[i - m->first].mark == LOG_MARK_NONE)
			sum += (int64_t)m->items[i - m->first].len + 1;
	return sum;
}

static void check_walk(struct log *log, const struct model *m, int64_t from, bool forward)
{
	struct log_walk walk = {from, 0};
	struct log_chunk chunk;
	int64_t sum = 0, line = from;

	while (forward ? log_chunk(log, &walk, &chunk) : log_chunk_back(log, &walk, &chunk)) {
		check_chunk(m, &chunk);
		if (chunk.mark == LOG_MARK_NONE)
			sum += (int64_t)chunk.len;
		if (forward) {
			assert_int_equal(chunk.first, line);
			line = walk.line;
		} else {
			assert_int_equal(chunk.first + chunk.lines, line + chunk.line_open);
			line = walk.line;
		}
		assert_true(chunk.len <= LOG_LINE_SHOWN + 1);
	}
	assert_int_equal(sum, forward ? text_bytes(m, from, log_end(log)) : text_bytes(m, log_first(log), from));
}

static void check_all(struct log *log, const struct model *m)
{
	int64_t end = m->first + (int64_t)m->n, i;
	unsigned k;

	assert_int_equal(log_first(log), m->first);
	assert_int_equal(log_end(log), end);
	assert_int_equal(log_bytes(log), text_bytes(m, m->first, end));
	if (m->n == 0)
		return;
	for (k = 0; k < 20; k++)
		check_line(log, m, m->first + dice((unsigned)m->n));
	i = m->first + dice((unsigned)m->n);
	for (k = 0; k < 50 && i < end; k++)
		check_line(log, m, i++);
	check_walk(log, m, m->first + dice((unsigned)m->n + 1), true);
	check_walk(log, m, m->first + dice((unsigned)m->n + 1), false);
}

static char *random_text(size_t *len)
{
	static const size_t sizes[] = {0, 1, 20, 3000, 100000, 300000};
	size_t n = dice(60) == 0 ? 2500000 : dice((unsigned)sizes[dice(6)] + 1), i;
	unsigned breaks = 2 + dice(dice(4) ? 100 : 400000);
	char *text = mem_alloc(n + 1);

	for (i = 0; i < n; i++)
		text[i] = dice(breaks) == 0 ? '\n' : (char)('a' + dice(60) - (dice(50) == 0 ? 'a' : 0));
	*len = n;
	return text;
}

static void any_mix_of_calls_gives_what_a_list_of_strings_gives(void **state)
{
	unsigned seed, step;

	for (seed = 1; seed <= 8; seed++) {
		struct log *log = log_of(LOG_SPOOL_MAX);
		struct model m = {0};

		print_message("# seed %u\n", seed);
		random_state = seed * UINT64_C(0x9E3779B97F4A7C15);
		for (step = 0; step < 40; step++) {
			uint64_t version = log_version(log);
			size_t len;
			char *text = random_text(&len);

			switch (dice(5)) {
			case 0:
				m.first -= (int64_t)model_lines(&m, 0, text, len);
				assert_true(log_prepend(log, text, len, NULL));
				break;
			case 1:
				model_mark(&m, "retried", LOG_MARK_RESTARTED);
				log_mark(log, LOG_MARK_RESTARTED, "retried");
				break;
			default:
				model_lines(&m, m.n, text, len);
				assert_true(log_append(log, text, len, NULL));
			}
			assert_true(log_version(log) != version);
			mem_free(text);
			check_all(log, &m);
		}
		model_done(&m);
		log_free(log);
	}
}

static void pages_are_lines_and_numbers_stay(void **state)
{
	struct log *log = log_of(LOG_SPOOL_MAX);
	struct log_line line;

	assert_int_equal(log_first(log), 0);
	assert_int_equal(log_end(log), 0);
	assert_false(log_line(log, 0, &line));
	assert_true(log_append(log, "a\nb", 3, NULL));
	assert_true(log_append(log, "", 0, NULL));
	assert_true(log_append(log, "x\0y\n", 4, NULL));
	assert_true(log_prepend(log, "old\nolder", 9, NULL));
	log_mark(log, LOG_MARK_END, "the step ended");
	assert_int_equal(log_first(log), -2);
	assert_int_equal(log_end(log), 6);
	assert_int_equal(log_bytes(log), 4 + 1 + 5 + 10);
	assert_true(log_line(log, 2, &line) && line.len == 0);
	assert_true(log_line(log, 3, &line) && line.len == 3 && memcmp(line.text, "x\0y", 3) == 0);
	assert_true(log_line(log, 4, &line) && line.len == 0);
	assert_true(log_line(log, -1, &line) && memcmp(line.text, "older", 5) == 0);
	assert_true(log_line(log, 5, &line) && line.mark == LOG_MARK_END);
	assert_false(log_line(log, 6, &line) || log_line(log, -3, &line));
	assert_false(log_head(log));
	log_set_head(log, true);
	assert_true(log_head(log));
	log_free(log);
}

static void beyond_its_limit_the_oldest_goes_under_a_marker(void **state)
{
	struct log *log = log_of(64 << 10);
	struct log_line line;
	char text[64];
	int64_t i, n = 20000;
	struct err err = {0};

	for (i = 0; i < n; i++) {
		int len = snprintf(text, sizeof(text), "line %jd of a long log", (intmax_t)i);

		assert_true(log_append(log, text, (size_t)len, NULL));
		assert_true(log_bytes(log) <= 64 << 10);
		if (i % 1000 == 999)
			assert_true(log_line(log, i, &line) && memcmp(line.text, text, (size_t)len) == 0);
	}
	assert_true(log_bytes(log) > 48 << 10);
	assert_int_equal(log_end(log), n);
	assert_true(log_line(log, log_first(log), &line));
	assert_int_equal(line.mark, LOG_MARK_DROPPED);
	snprintf(text, sizeof(text), "%jd,%03jd lines dropped", (intmax_t)((log_first(log) + 1) / 1000),
		 (intmax_t)((log_first(log) + 1) % 1000));
	assert_memory_equal(line.text, text, strlen(text));
	for (i = log_first(log) + 1; i < n; i++) {
		int len = snprintf(text, sizeof(text), "line %jd of a long log", (intmax_t)i);

		assert_true(log_line(log, i, &line) && line.len == (size_t)len);
		assert_memory_equal(line.text, text, line.len);
	}
	assert_false(log_line(log, log_first(log) - 1, &line));
	assert_false(log_prepend(log, "older", 5, &err));
	assert_non_null(strstr(err.text, "spool_max"));
	log_free(log);
}

static void what_is_dropped_goes_back_to_the_disk(void **state)
{
	struct log *log = log_of(1 << 20);
	char *text = mem_zalloc(1 << 16);
	struct stat st;
	int i, fd;

	memset(text, 'x', 1 << 16);
	for (i = 0; i < 200; i++)
		assert_true(log_append(log, text, (1 << 16) - 1, NULL));
	for (fd = 3; fd < 100; fd++) /* the spool is the only big file that is open here */
		if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 200 << 16)
			break;
	assert_true(fd < 100);
	assert_true(st.st_blocks * 512 < 4 << 20);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(st.st_nlink, 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	mem_free(text);
	log_free(log);
}

static void a_full_disk_keeps_nothing_of_a_page_and_says_so(void **state)
{
	struct rlimit old, small = {100000, 100000};
	struct log *log = log_of(LOG_SPOOL_MAX);
	char *text = mem_zalloc(80000);
	struct log_line line;
	struct err err = {0};

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small.rlim_max = old.rlim_max;
	assert_true(log_append(log, text, 80000, NULL));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_false(log_append(log, text, 80000, &err));
	assert_false(log_prepend(log, text, 80000, &err));
	setrlimit(RLIMIT_FSIZE, &old);
	assert_int_equal(err.kind, ERR_IO);
	assert_true(strncmp(err.text, "not saved: no space", 19) == 0);
	assert_int_equal(log_end(log), 1);
	assert_int_equal(log_bytes(log), 80001);
	assert_true(log_append(log, "after", 5, NULL));
	assert_true(log_line(log, 1, &line) && line.len == 5 && memcmp(line.text, "after", 5) == 0);
	mem_free(text);
	log_free(log);
}

static void without_a_place_for_its_file_there_is_no_log_but_a_reason(void **state)
{
	struct err err = {0};

	assert_null(log_new("/dev/null/x", LOG_SPOOL_MAX, &err));
	assert_int_equal(err.kind, ERR_IO);
	assert_non_null(strstr(err.text, "/dev/null"));
}

/* L13 */
static void a_line_without_end_is_shown_in_part_and_walked_in_pieces(void **state)
{
	size_t len = 48 << 20, sum = 0;
	struct log *log = log_of(LOG_SPOOL_MAX);
	char *text = mem_alloc(len);
	struct log_line line;
	struct log_walk walk = {1, 0};
	struct log_chunk chunk;

	memset(text, 'z', len);
	assert_true(log_append(log, "before", 6, NULL));
	assert_true(log_append(log, text, len, NULL));
	assert_true(log_append(log, "after", 5, NULL));
	assert_true(log_line(log, 1, &line));
	assert_int_equal(line.full_len, len);
	assert_int_equal(line.len, LOG_LINE_SHOWN);
	assert_true(log_line(log, 2, &line) && line.len == 5 && memcmp(line.text, "after", 5) == 0);
	while (log_chunk(log, &walk, &chunk) && chunk.first == 1) {
		assert_int_equal(chunk.line_skip, sum);
		assert_int_equal(chunk.line_open, sum + chunk.len < len + 1);
		sum += chunk.len;
	}
	assert_int_equal(sum, len + 1);
	walk = (struct log_walk){2, 0};
	while (log_chunk_back(log, &walk, &chunk) && chunk.first == 1) {
		assert_int_equal(chunk.line_open, sum <= len);
		sum -= chunk.len;
		assert_int_equal(chunk.line_skip, sum);
	}
	assert_int_equal(sum, 0);
	mem_free(text);
	log_free(log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_are_lines_and_numbers_stay),
		cmocka_unit_test(any_mix_of_calls_gives_what_a_list_of_strings_gives),
		cmocka_unit_test(beyond_its_limit_the_oldest_goes_under_a_marker),
		cmocka_unit_test(what_is_dropped_goes_back_to_the_disk),
		cmocka_unit_test(a_full_disk_keeps_nothing_of_a_page_and_says_so),
		cmocka_unit_test(without_a_place_for_its_file_there_is_no_log_but_a_reason),
		cmocka_unit_test(a_line_without_end_is_shown_in_part_and_walked_in_pieces),
	};

	return cmocka_run_group_tests_name("log", tests, make_dir, remove_dir);
}
