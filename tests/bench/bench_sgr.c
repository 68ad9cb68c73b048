/* SPDX-License-Identifier: MIT */
/*
 * How fast text becomes glyphs, in MB a second of processor time, against finding the
 * lines with memchr and copying them. The text is of the kinds that CI logs are made of,
 * from a fixed seed. Each figure is the median of 7 rounds.
 */
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/buf.h"
#include "log/sgr.h"

#define BYTES (16u << 20)
#define ROUNDS 7

static uint32_t seed;

static uint32_t next_random(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t)(((uint64_t)seed * below) >> 32);
}

static void line_plain(struct buf *out)
{
	static const char *const words[] = {"Downloading", "org.example:core",	     "from central",
					    "compiled in", "src/main/java/App.java", "ok",
					    "x86_64"};
	uint32_t n = 6 + next_random(8);

	buf_adds(out, "[2023/11/24 21:49:32.198 GMT+08:00] [INFO]");
	while (n-- > 0)
		buf_addf(out, " %s", words[next_random(7)]);
}

static void line_colour(struct buf *out)
{
	buf_addf(out,
		 "\033[1;3%um[INFO]\033[0m \033[32mBUILD SUCCESS\033[m in \033[38;5;%um%u s\033[0m"
		 " and the rest of the line without any colour",
		 next_random(8), next_random(256), next_random(100));
}

static void line_chinese(struct buf *out)
{
	uint32_t n = 20 + next_random(20);

	while (n-- > 0)
		buf_adds(out, "\xE6\x9E\x84\xE5\xBB\xBA");
}

static void line_mixed(struct buf *out)
{
	uint32_t kind = next_random(100);

	if (kind < 16)
		line_colour(out);
	else if (kind < 24)
		line_chinese(out);
	else
		line_plain(out);
}

static void line_progress(struct buf *out)
{
	uint32_t n = 1 + next_random(10);

	while (n-- > 0)
		buf_addf(out, "\r\033[2K   \033[32m--------------------\033[0m %u.%u/9.9 MB", n,
			 next_random(10));
}

static void line_binary(struct buf *out)
{
	uint32_t n = 200;
	char c;

	while (n-- > 0) {
		c = (char)next_random(256);
		buf_addc(out, c == '\n' ? ' ' : c);
	}
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static size_t glyphs; /* so that no work can be left out */

static void run_glyphs(const struct buf *text, enum sgr_mode mode)
{
	struct sgr_options options = {.mode = mode, .utf8 = true};
	struct sgr *s = sgr_new(&options);
	const char *p = text->data, *end = p + text->len, *eol;

	for (; p < end; p = eol + 1) {
		eol = memchr(p, '\n', (size_t)(end - p));
		sgr_feed(s, p, (size_t)(eol - p));
		glyphs += sgr_end_line(s).n;
	}
	sgr_free(s);
}

static void run_copy(const struct buf *text, enum sgr_mode mode)
{
	static char line[65536]; /* the longest line is far below */
	const char *p = text->data, *end = p + text->len, *eol;

	for (; p < end; p = eol + 1) {
		eol = memchr(p, '\n', (size_t)(end - p));
		memcpy(line, p, (size_t)(eol - p));
		glyphs += (size_t)line[0];
	}
}

static double speed(void (*run)(const struct buf *, enum sgr_mode), const struct buf *text,
		    enum sgr_mode mode)
{
	double took[ROUNDS], start;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		start = now_s();
		run(text, mode);
		took[i] = now_s() - start;
	}
	qsort(took, ROUNDS, sizeof(took[0]), by_value);
	return (double)text->len / 1e6 / took[ROUNDS / 2];
}

int main(void)
{
	static const struct {
		const char *name;
		void (*line)(struct buf *out);
		enum sgr_mode mode;
	} texts[] = {
		{"plain", line_plain, SGR_LOG},	      {"colours", line_colour, SGR_LOG},
		{"Chinese", line_chinese, SGR_LOG},   {"mixed", line_mixed, SGR_LOG},
		{"progress", line_progress, SGR_LOG}, {"binary", line_binary, SGR_LOG},
		{"raw mixed", line_mixed, SGR_RAW},
	};
	struct buf text;
	size_t i;

	setlocale(LC_ALL, "C.UTF-8");
	printf("%-12s %12s %12s\n", "sgr", "glyphs MB/s", "copy MB/s");
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		seed = 20261124;
		buf_init(&text, BUF_MAX);
		while (text.len < BYTES) {
			texts[i].line(&text);
			buf_addc(&text, '\n');
		}
		printf("%-12s %12.0f %12.0f\n", texts[i].name,
		       speed(run_glyphs, &text, texts[i].mode), speed(run_copy, &text, SGR_LOG));
		buf_done(&text);
	}
	return glyphs == 0;
}
