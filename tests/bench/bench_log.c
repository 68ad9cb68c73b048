/* SPDX-License-Identifier: MIT */
/*
 * The log store and search against ripgrep over the same text (performance.md P3, P4, P5
 * and the store's share of P7): ours and the peer's in turn, medians of seven.
 * BENCH_MB sets the size, 256 by default.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/err.h"
#include "log/log.h"
#include "log/search.h"

enum { ROUNDS = 7, PAGE_LINES = 500, WINDOWS = 200, WINDOW_LINES = 60, LINE_MAX_BYTES = 10200 };

#define NEEDLE "zq-needle-7f3a"

static uint64_t random_state = UINT64_C(0x9E3779B97F4A7C15);

static unsigned dice(unsigned sides)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (unsigned)(random_state >> 11) % sides;
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double rss_mb(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long size = 0, resident = 0;

	if (f && fscanf(f, "%ld %ld", &size, &resident) != 2)
		resident = 0;
	if (f)
		fclose(f);
	return (double)resident * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *times)
{
	qsort(times, ROUNDS, sizeof(*times), ascending);
	return times[ROUNDS / 2];
}

/* ---- CI-like lines ---- */

static size_t make_line(char *out, uint64_t n)
{
	static const char *const levels[] = {"INFO", "INFO", "INFO", "INFO", "INFO", "INFO", "WARN", "DEBUG"};
	unsigned kind = dice(100), s = (unsigned)(n / 50);

	if (dice(8000) == 0) {
		memset(out, 'x', 10000);
		return 10000;
	}
	if (kind < 62)
		return (size_t)sprintf(out, "[2023/11/24 %02u:%02u:%02u.%03u GMT+08:00] [%s] task %u of module-%u took %u ms, exit=%u",
				       s / 3600 % 24, s / 60 % 60, s % 60, dice(1000),
				       dice(400) ? levels[dice(8)] : "ERROR", dice(9999), dice(300), dice(100000),
				       dice(5000) == 0 ? 1u : 0u);
	if (kind < 78)
		return (size_t)sprintf(out, "\033[1;3%um==>\033[0m building target \033[32m%u/%u\033[0m libs/component-%u/src/file_%u.c ok",
				       1 + dice(7), dice(500), 500u, dice(200), dice(9000));
	if (kind < 88)
		return (size_t)sprintf(out, "Downloading from central: https://repo.example.com/maven2/org/example/part-%u/%u.%u/part-%u.jar (%u kB)",
				       dice(900), dice(9), dice(30), dice(900), dice(9000));
	if (kind < 96)
		return (size_t)sprintf(out, "\xE6\xAD\xA3\xE5\x9C\xA8\xE6\x9E\x84\xE5\xBB\xBA\xE6\xA8\xA1\xE5\x9D\x97 %u\xEF\xBC\x8C\xE8\xAF\xB7\xE7\xA8\x8D\xE5\x80\x99 \xE5\xB7\xB2\xE5\xAE\x8C\xE6\x88\x90 %u%%",
				       dice(900), dice(100));
	return (size_t)sprintf(out, "\tat com.example.service.module%u.Handler.process(Handler.java:%u)", dice(300), dice(2000));
}

struct text {
	int fd;
	char path[256];
	double append_ms;
	int64_t bytes;
};

static void add_page(struct log *log, struct text *text, char *page, size_t len)
{
	struct err err = {0};
	double start = now_ms();

	if (!log_append(log, page, len, &err)) {
		fprintf(stderr, "bench_log: %s\n", err.text);
		exit(1);
	}
	text->append_ms += now_ms() - start;
	page[len] = '\n';
	if (write(text->fd, page, len + 1) != (ssize_t)len + 1) {
		perror("bench_log");
		exit(1);
	}
	text->bytes += (int64_t)len + 1;
}

static void fill(struct log *log, struct text *text, int64_t size)
{
	char *page = malloc((size_t)PAGE_LINES * LINE_MAX_BYTES);
	uint64_t n = 0;
	bool needle = false;

	while (text->bytes < size) {
		size_t len = 0, i;

		for (i = 0; i < PAGE_LINES; i++, n++) {
			if (i)
				page[len++] = '\n';
			len += make_line(page + len, n);
			if (!needle && text->bytes + (int64_t)len >= size / 1000 * 999) {
				len += (size_t)sprintf(page + len, "\nstep said %s here", NEEDLE);
				needle = true;
			}
		}
		add_page(log, text, page, len);
	}
	free(page);
}

/* ---- measuring ---- */

static int64_t ours_count(struct log *log, struct pattern *pattern)
{
	struct counter *c = counter_new(log, pattern);
	int64_t n;

	while (!counter_step(c, 4000))
		;
	n = counter_total(c);
	counter_free(c);
	return n;
}

static int64_t ours_find(struct log *log, struct pattern *pattern)
{
	struct search *s = search_new(log, pattern, log_first(log), true);
	enum search_state state;
	int64_t line = -1;

	while ((state = search_step(s, 4000, &line)) == SEARCH_RUNNING)
		;
	search_free(s);
	return state == SEARCH_FOUND;
}

/* ripgrep's count, or -1 where there is no ripgrep. */
static int64_t peer_count(const struct text *text, const char *pattern, bool literal)
{
	char command[600];
	FILE *f;
	long n = -1;

	snprintf(command, sizeof(command), "rg --no-config -c %s -e '%s' '%s' 2>/dev/null", literal ? "-F" : "",
		 pattern, text->path);
	f = popen(command, "r");
	if (f && fscanf(f, "%ld", &n) != 1)
		n = -1;
	if (f)
		pclose(f);
	return n;
}

static void row(const char *what, double ours, const char *unit, double peer, double target)
{
	if (peer > 0)
		printf("%-34s %9.1f %-5s %9.1f  %5.2f x  <= %.2f x%s\n", what, ours, unit, peer, ours / peer, target,
		       ours / peer <= target ? "" : "  MISSED");
	else
		printf("%-34s %9.1f %-5s         -        -  <= %.2f x\n", what, ours, unit, target);
}

static void versus(struct log *log, const struct text *text, const char *what, const char *words, bool literal,
		   bool find)
{
	struct err err = {0};
	struct pattern *pattern = pattern_new(words, literal, &err);
	double ours[ROUNDS], peer[ROUNDS], start;
	int64_t n = 0, m = 0;
	size_t i;

	if (!pattern) {
		fprintf(stderr, "bench_log: %s\n", err.text);
		exit(1);
	}
	for (i = 0; i < ROUNDS; i++) {
		start = now_ms();
		n = find ? ours_find(log, pattern) : ours_count(log, pattern);
		ours[i] = now_ms() - start;
		start = now_ms();
		m = peer_count(text, words, literal);
		peer[i] = now_ms() - start;
	}
	row(what, median(ours), "ms", m < 0 ? 0 : median(peer), 1.5);
	if (m >= 0 && n != m)
		printf("  counts differ: ours %jd, rg %jd\n", (intmax_t)n, (intmax_t)m);
	pattern_free(pattern);
}

static void windows(struct log *log)
{
	double times[WINDOWS], start;
	int64_t span = log_end(log) - log_first(log) - WINDOW_LINES, at, i;
	struct log_line line;
	size_t k;

	for (k = 0; k < WINDOWS; k++) {
		at = log_first(log) + (int64_t)(((uint64_t)dice(1u << 30) << 10 | dice(1024)) % (uint64_t)span);
		start = now_ms();
		for (i = 0; i < WINDOW_LINES; i++)
			if (!log_line(log, at + i, &line))
				exit(1);
		times[k] = now_ms() - start;
	}
	qsort(times, WINDOWS, sizeof(*times), ascending);
	printf("%-34s %9.3f ms    (p50 %.3f ms; a frame may take 16 ms)\n", "P7 60 lines anywhere, p99",
	       times[WINDOWS * 99 / 100], times[WINDOWS / 2]);
}

int main(int argc, char **argv)
{
	const char *mb = argc > 1 ? argv[1] : getenv("BENCH_MB");
	const char *tmp = getenv("TMPDIR");
	int64_t size = (mb ? strtoll(mb, NULL, 10) : 256) * 1000000;
	struct text text = {0};
	struct err err = {0};
	double base = rss_mb(), grown;
	struct log *log;

	snprintf(text.path, sizeof(text.path), "%s/pipetop-bench-XXXXXX", tmp ? tmp : "/var/tmp");
	text.fd = mkstemp(text.path);
	log = log_new(tmp ? tmp : "/var/tmp", LOG_SPOOL_MAX, &err);
	if (text.fd < 0 || !log || size < 1000000) {
		fprintf(stderr, "bench_log: %s\n", err.text[0] ? err.text : "a size in MB and a TMPDIR are needed");
		return 1;
	}
	fill(log, &text, size);
	printf("%jd MB, %jd lines\n%-34s %9s %-5s %9s  %7s  target\n", (intmax_t)(text.bytes / 1000000),
	       (intmax_t)log_end(log), "what", "ours", "", "rg", "ratio");
	printf("%-34s %9.0f MB/s\n", "append, 500-line pages", (double)text.bytes / 1e3 / text.append_ms);
	versus(log, &text, "P4 rare literal, to the hit", NEEDLE, true, true);
	versus(log, &text, "P4 rare literal, counted", NEEDLE, true, false);
	versus(log, &text, "P5 ERROR.*module", "ERROR.*module", false, false);
	versus(log, &text, "P5 exit=[1-9]|time(d )?out.*sha", "exit=[1-9]|time(d )?out.*SHA", false, false);
	windows(log);
	grown = rss_mb() - base;
	printf("%-34s %9.1f MB    over base; <= 24 MB%s\n", "P3 memory, open and searched", grown,
	       grown <= 24 ? "" : "  MISSED");
	log_free(log);
	close(text.fd);
	unlink(text.path);
	return 0;
}
