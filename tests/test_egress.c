/* SPDX-License-Identifier: MIT */
/* What may leave for the terminal, and in which of its colours. */
#include "test.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "ui/aside.h"
#include "ui/egress.h"
#include "ui/outlet.h"
#include "ui/palette.h"

static void what_curses_sends_passes(void **state)
{
	static const char *const good[] = {
		"", "plain ~ text", "\xE6\xB5\x81\xE6\xB0\xB4 e\xCC\x81 \xE2\x94\x80\xEF\xBF\xBD",
		"\033[H\033[2J\033[5;10H\033[K\033[1K\033[4X\033[12d\033[3G", "\033[38;5;208;48;5;1m",
		"\033[38:2::1:2:3m", "\033(B\033[m\033(0lqk\033(B", "\033)0\016qqq\017",
		"\033[?25l\033[?25h\033[?12l\033[?12;25h\033[?7l", "\033[34h", "\033[?1c\033[?0c",
		"\033[3b\033M\0337\0338", "\r\n\b\t",
	};
	size_t i, at;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!egress_ok(good[i], strlen(good[i]), &at))
			fail_msg("row %d is refused at %d", (int)i, (int)at);
}

static void what_an_attack_would_need_does_not(void **state)
{
	static const char *const bad[] = {
		"\033]0;title\007", "\033]52;c;cXE=\007", "\033]8;;http://x\033\\", "\033Pq\033\\", "\033_x\033\\",
		"\033^x\033\\", "\033Xx\033\\", "\033c", "\033[c", "\033[>c", "\033[5n", "\033[6n", "\033[x",
		"\033[?1049h", "\033[?1000h", "\033[?2004h", "\033[8;1;1t", "\033[!p", "\033[4i", "\033[20h",
		"\033[>0q", "\033[1 q", "\033[?1;2$p", "\033Z", "\033#8", "\033", "\033[", "\033[1", "\033(",
		"\033(%", "\033=", "\007", "\x05", "\x18", "\x7F", "\xC2\x9B" "2J", "\xC2\x90", "\x9B" "2J",
		"\xE2\x80\xAE", "\xE2\x80\xAB", "\xD8\x9C", "\xE2\x81\xA6", "\xE2\x80\x8B", "\xEF\xBB\xBF",
		"\xE2\x80\xA8", "\xE4\xB8", "\xFF", "\xC0\xAF", "\xF3\xA0\x80\xA0",
	};
	char padded[64];
	size_t i, at = 0;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(padded, sizeof(padded), "ok%s", bad[i]);
		if (egress_ok(padded, strlen(padded), &at))
			fail_msg("row %d passes", (int)i);
		assert_int_equal(at, 2);
	}
	assert_false(egress_ok("a\0b", 3, NULL));
}

/* ---- beside the frames ---- */

static void asides_are_refused_in_frames_and_frames_among_asides(void **state)
{
	static const char *const good[] = {
		"", ASIDE_BELL, ASIDE_MOUSE_ON, ASIDE_MOUSE_OFF, "\033]52;c;\007", "\033]52;c;cXE=\007",
		"\033]9;done: \xE6\xB5\x81\007", "\033]9; 4,x\007", "\033]777;notify;a;b\007",
		"\033Ptmux;\033\033]9;a\007\033\\", "\033]52;c;eA==\007\007\033]9;x\007",
	};
	static const char *const bad[] = {
		"x", "\033[m", "\033]52;c;?\007", "\033]52;p;eA==\007", "\033]52;c;eA\007", "\033]52;c;eA==",
		"\033]52;c;eA==\033\\", "\033]52;c;eA=\007=", "\033]0;t\007", "\033]9;4;1;50\007", "\033]9;a;b\007",
		"\033]9;4\007", "\033]9;a\033]0;t\007", "\033]9;a\xC2\x9B\007", "\033]9;\xE2\x80\xAE\007", "\033]9;\xFF\007",
		"\033]777;notify;a;b;c\007", "\033]777;x;a;b\007", "\033]777;notify;a\nb;c\007", "\033]8;;http://x\007",
		"\033Ptmux;\033\033]9;a\007", "\033Ptmux;\033\033]0;a\007\033\\", "\033Ptmux;\033\033[c\033\\",
		"\033[?1000h", "\033[?1003h\033[?1006h", "\007\007x", "\033Pq\033\\",
	};
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!egress_aside_ok(good[i], strlen(good[i])))
			fail_msg("good row %d is refused", (int)i);
		if (*good[i] && egress_ok(good[i], strlen(good[i]), NULL))
			fail_msg("good row %d passes as a frame", (int)i);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (egress_aside_ok(bad[i], strlen(bad[i])))
			fail_msg("bad row %d passes", (int)i);
	assert_false(egress_aside_ok("\033]9;a\0b\007", 8));
}

static unsigned value_of(char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned)(c - 'A')
	       : c >= 'a' && c <= 'z' ? (unsigned)(c - 'a' + 26)
	       : c >= '0' && c <= '9' ? (unsigned)(c - '0' + 52)
	       : c == '+' ? 62u : 63u;
}

/* What a terminal would have on its clipboard. */
static size_t decode(const char *s, size_t len, char *out)
{
	size_t n = 0, i;
	unsigned bits;

	for (i = 0; i < len; i += 4) {
		bits = value_of(s[i]) << 18 | value_of(s[i + 1]) << 12 | value_of(s[i + 2]) << 6 | value_of(s[i + 3]);
		out[n++] = (char)(bits >> 16);
		if (s[i + 2] != '=')
			out[n++] = (char)(bits >> 8 & 255);
		if (s[i + 3] != '=')
			out[n++] = (char)(bits & 255);
	}
	return n;
}

static void a_copy_carries_any_bytes_up_to_its_limit(void **state)
{
	static const size_t sizes[] = {0, 1, 2, 3, 4, 5, 255, 1000, ASIDE_COPY_MAX - 1, ASIDE_COPY_MAX};
	char *text = malloc(ASIDE_COPY_MAX + 1), *got = malloc(ASIDE_COPY_MAX + 3);
	struct aside_options options = {true, false};
	struct err err = {0};
	struct buf out;
	size_t i, n;

	assert_true(text && got);
	for (i = 0; i <= ASIDE_COPY_MAX; i++)
		text[i] = (char)(i * 7 + i / 256);
	buf_init(&out, BUF_MAX);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		buf_clear(&out);
		assert_true(aside_copy(&out, text, sizes[i], &options, &err));
		assert_true(egress_aside_ok(out.data, out.len));
		assert_true(out.len <= 7 + ASIDE_BASE64_MAX + 1);
		n = decode(out.data + 7, out.len - 8, got);
		assert_int_equal(n, sizes[i]);
		assert_memory_equal(got, text, n);
	}
	buf_clear(&out);
	assert_false(aside_copy(&out, text, ASIDE_COPY_MAX + 1, &options, &err));
	assert_int_equal(out.len, 0);
	assert_non_null(strstr(err.text, "56,245 bytes"));
	options.tmux = true;
	assert_true(aside_copy(&out, "xyz", 3, &options, &err));
	assert_string_equal(out.data, "\033]52;c;eHl6\007\033Ptmux;\033\033]52;c;eHl6\007\033\\");
	assert_true(egress_aside_ok(out.data, out.len));
	buf_done(&out);
	free(text);
	free(got);
}

static void notes_are_cleaned_and_bounded(void **state)
{
	static const struct {
		const char *title, *body, *want;
		bool utf8, tmux;
	} rows[] = {
		{"pipetop", "run 5 failed", "\033]9;pipetop: run 5 failed\007\033]777;notify;pipetop;run 5 failed\007", true, false},
		{"a", NULL, "\033]9;a\007\033]777;notify;a;\007", true, false},
		{NULL, "4", "\033]9; 4\007\033]777;notify;;4\007", true, false},
		{"4;1;50", "x", "\033]9; 4,1,50: x\007\033]777;notify;4,1,50;x\007", true, false},
		{"\xE6\xB5\x81", "e\xCC\x81\xFF", "\033]9;\xE6\xB5\x81: e\xCC\x81_\007\033]777;notify;\xE6\xB5\x81;e\xCC\x81_\007", true, false},
		{"\xE6\xB5\x81", "x", "\033]9;_: x\007\033]777;notify;_;x\007", false, false},
		{"a\033]0;t\007b", "c\nd\xC2\x9B" "e\xE2\x80\xAE" "f", "\033]9;a]0,tb: c def\007\033]777;notify;a]0,tb;c def\007", true, false},
		{"a", "b", "\033Ptmux;\033\033]9;a: b\007\033\\\033Ptmux;\033\033]777;notify;a;b\007\033\\", true, true},
	};
	struct aside_options options;
	struct buf out, longer;
	size_t i;

	buf_init(&out, BUF_MAX);
	buf_init(&longer, BUF_MAX);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_clear(&out);
		options = (struct aside_options){rows[i].utf8, rows[i].tmux};
		aside_notify(&out, rows[i].title, rows[i].body, &options);
		assert_string_equal(out.data, rows[i].want);
		assert_true(egress_aside_ok(out.data, out.len));
	}
	for (i = 0; i < 10000; i++)
		buf_adds(&longer, "\xE6\xB5\x81");
	buf_clear(&out);
	aside_notify(&out, longer.data, longer.data, &options);
	assert_true(egress_aside_ok(out.data, out.len));
	assert_in_range(out.len, 600, 1000);
	buf_done(&out);
	buf_done(&longer);
}

static void random_words_make_no_other_aside(void **state)
{
	static const char likely[] = "\033\007\\;;]9Pctmux\x9b\xc2\xe2\x80\xae\xad\xe6\xb5\x81";
	unsigned seed = (unsigned)time(NULL);
	struct aside_options options;
	char words[2][300];
	struct buf out;
	int i, w, j, n;

	print_message("# seed %u\n", seed);
	srand(seed);
	buf_init(&out, BUF_MAX);
	for (i = 0; i < 20000; i++) {
		for (w = 0; w < 2; w++) {
			n = rand() % 299;
			for (j = 0; j < n; j++)
				words[w][j] = (char)(rand() % 3 ? likely[(size_t)rand() % (sizeof(likely) - 1)]
								: 1 + rand() % 255);
			words[w][n] = '\0';
		}
		options = (struct aside_options){rand() % 2, rand() % 2};
		buf_clear(&out);
		aside_notify(&out, words[0], words[1], &options);
		assert_true(egress_aside_ok(out.data, out.len));
	}
	buf_done(&out);
}

/* ---- on their way ---- */

/* A terminal that has room for so many bytes and is read by the test. */
static void open_pipe(int fds[2])
{
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
	assert_true(fcntl(fds[1], F_SETPIPE_SZ, 4096) >= 4096);
}

static void drain(int fd, struct outlet *o, struct buf *got)
{
	char bytes[4096];
	ssize_t n;

	do {
		n = read(fd, bytes, sizeof(bytes));
		if (n > 0)
			buf_add(got, bytes, (size_t)n);
		outlet_pump(o);
	} while (n > 0 || outlet_pending(o));
}

static bool frame(struct outlet *o, char c, size_t len)
{
	size_t from = o->queue.len;
	char *room = buf_room(&o->queue, len);

	assert_non_null(room);
	memset(room, c, len);
	buf_seal(&o->queue, len);
	return outlet_frame(o, from, NULL) && outlet_pump(o);
}

static void asides_queue_behind_frames_and_have_a_ceiling(void **state)
{
	size_t i;
	struct outlet o;
	struct buf copy, got;
	int fds[2];

	open_pipe(fds);
	outlet_init(&o, fds[1]);
	buf_init(&copy, BUF_MAX);
	buf_init(&got, BUF_MAX);
	buf_adds(&copy, "\033]52;c;");
	for (i = 0; i < ASIDE_BASE64_MAX / 4 * 4; i++)
		buf_addc(&copy, 'A');
	buf_addc(&copy, '\007');
	assert_true(frame(&o, 'f', 10000));
	assert_true(outlet_pending(&o));
	assert_true(outlet_bell(&o));
	assert_false(outlet_bell(&o));
	assert_true(outlet_aside(&o, copy.data, copy.len));
	assert_false(outlet_aside(&o, copy.data, copy.len));
	assert_true(outlet_mode(&o, ASIDE_MOUSE_ON));
	drain(fds[0], &o, &got);
	assert_int_equal(got.len, 10000 + 1 + copy.len + strlen(ASIDE_MOUSE_ON));
	assert_int_equal(got.data[9999], 'f');
	assert_int_equal(got.data[10000], '\007');
	assert_memory_equal(got.data + 10001, copy.data, copy.len);
	assert_int_equal(o.bytes, got.len);
	/* All is written: there is room again, also for a bell. */
	assert_true(outlet_aside(&o, copy.data, copy.len));
	assert_true(outlet_bell(&o));
	outlet_clear(&o);
	assert_false(outlet_pending(&o));
	close(fds[0]);
	signal(SIGPIPE, SIG_IGN);
	assert_false(frame(&o, 'f', 10));
	assert_true(o.gone);
	assert_false(outlet_bell(&o));
	close(fds[1]);
	outlet_done(&o);
	buf_done(&copy);
	buf_done(&got);
}

static void colours_are_the_nearest_there_are(void **state)
{
	static const struct {
		uint32_t colour;
		int colours, want;
		bool bright;
	} rows[] = {
		{COLOUR(COLOUR_DEFAULT, 0), 256, -1, false},
		{COLOUR(COLOUR_PALETTE, 9), 256, 9, false},
		{COLOUR(COLOUR_PALETTE, 9), 16, 9, false},
		{COLOUR(COLOUR_PALETTE, 9), 8, 1, true},
		{COLOUR(COLOUR_PALETTE, 196), 16, 9, false},
		{COLOUR(COLOUR_PALETTE, 196), 8, 1, true},
		{COLOUR(COLOUR_PALETTE, 232), 8, 0, false},
		{COLOUR(COLOUR_PALETTE, 255), 16, 7, false},
		{COLOUR(COLOUR_RGB, 0xFF8700), 256, 208, false},
		{COLOUR(COLOUR_RGB, 0xFE8801), 256, 208, false},
		{COLOUR(COLOUR_RGB, 0x080808), 256, 232, false},
		{COLOUR(COLOUR_RGB, 0xFFFFFF), 256, 231, false},
		{COLOUR(COLOUR_RGB, 0xFFFFFF), 8, 7, true},
		{COLOUR(COLOUR_RGB, 0x00CC00), 8, 2, false},
		{COLOUR(COLOUR_RGB, 0x123456), 0x1000000, 0x123456, false},
		{COLOUR(COLOUR_RGB, 0x000003), 0x1000000, 0x103, false},
		{COLOUR(COLOUR_PALETTE, 3), 0x1000000, 3, false},
		{COLOUR(COLOUR_PALETTE, 208), 0x1000000, 0xFF8700, false},
		{COLOUR(COLOUR_PALETTE, 3), 0, -1, false},
		/* by hue: dark colours and pale ones, and greys as greys */
		{COLOUR(COLOUR_PALETTE, 22), 16, 2, false},
		{COLOUR(COLOUR_PALETTE, 17), 8, 4, false},
		{COLOUR(COLOUR_PALETTE, 52), 8, 1, false},
		{COLOUR(COLOUR_PALETTE, 214), 16, 11, false},
		{COLOUR(COLOUR_PALETTE, 208), 8, 3, true},
		{COLOUR(COLOUR_RGB, 0x5FAFFF), 16, 12, false},
		{COLOUR(COLOUR_RGB, 0x9A9A9A), 16, 8, false},
		{COLOUR(COLOUR_RGB, 0xDADADA), 8, 7, false},
		{COLOUR(COLOUR_RGB, 0x101010), 16, 0, false},
		/* between 8 and 16, and so on: the smaller */
		{COLOUR(COLOUR_PALETTE, 9), 15, 1, true},
		{COLOUR(COLOUR_RGB, 0xFF8700), 88, 11, false},
	};
	bool bright;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct palette palette = {rows[i].colours, 8};
		int got = palette_nearest(rows[i].colour, &palette, &bright);

		if (got != rows[i].want || bright != rows[i].bright)
			fail_msg("row %d gives %d", (int)i, got);
	}
}

static void every_direct_colour_finds_the_nearest_of_the_fixed_240(void **state)
{
	static const struct palette palette = {256, 0};
	int weights[3] = {3, 4, 2}, i, n, c, d, got, least, of_got;
	uint32_t rgb;
	bool bright;

	srand(5);
	for (i = 0; i < 20000; i++) {
		rgb = (uint32_t)rand() & 0xFFFFFF;
		got = palette_nearest(COLOUR(COLOUR_RGB, rgb), &palette, &bright);
		assert_in_range(got, 16, 255);
		least = 1 << 30;
		of_got = 0;
		for (n = 16; n < 256; n++) {
			for (c = d = 0; c < 3; c++) {
				int x = (int)(rgb >> (16 - 8 * c) & 255), y = (int)(palette_rgb(n) >> (16 - 8 * c) & 255);

				d += weights[c] * (x - y) * (x - y);
			}
			least = d < least ? d : least;
			of_got = n == got ? d : of_got;
		}
		if (of_got != least)
			fail_msg("%06x gives %d", (unsigned)rgb, got);
	}
}

static void direct_colours_never_fall_among_the_palettes_numbers(void **state)
{
	static const int indexed[] = {8, 16, 256};
	struct palette palette = {PALETTE_DIRECT, 0};
	bool bright;
	size_t i;
	int n, got;

	for (i = 0; i < 3; i++) {
		palette.indexed = indexed[i];
		for (n = 0; n < 256; n++) {
			got = palette_nearest(COLOUR(COLOUR_RGB, n), &palette, &bright);
			assert_true(got >= palette.indexed && (got & 255) == n && got < 0x200);
			got = palette_nearest(COLOUR(COLOUR_PALETTE, n), &palette, &bright);
			assert_true(n < palette.indexed ? got == n : got >= palette.indexed || got == 0);
		}
	}
}

static void text_stays_visible_where_colours_are_few(void **state)
{
	static const struct palette eight = {8, 0}, sixteen = {16, 0}, none = {0, 0};
	struct style style = {COLOUR(COLOUR_PALETTE, 8), 0, 0};
	struct palette_look look = palette_look(&style, &eight);

	/* Bright black: no black on black, bold or not. */
	assert_int_equal(look.fg, -1);
	assert_int_equal(look.attr, STYLE_DIM);
	look = palette_look(&style, &sixteen);
	assert_int_equal(look.fg, 8);
	style.bg = COLOUR(COLOUR_PALETTE, 3);
	look = palette_look(&style, &eight);
	assert_true(look.fg == 0 && look.bg == 3 && look.attr == 0);
	/* Red on bright red. */
	style = (struct style){COLOUR(COLOUR_PALETTE, 1), COLOUR(COLOUR_PALETTE, 9), STYLE_UNDERLINE};
	look = palette_look(&style, &eight);
	assert_true(look.fg == 1 && look.bg == -1 && look.attr == STYLE_UNDERLINE);
	look = palette_look(&style, &none);
	assert_true(look.fg == -1 && look.bg == -1 && look.attr == STYLE_UNDERLINE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_curses_sends_passes),
		cmocka_unit_test(what_an_attack_would_need_does_not),
		cmocka_unit_test(asides_are_refused_in_frames_and_frames_among_asides),
		cmocka_unit_test(a_copy_carries_any_bytes_up_to_its_limit),
		cmocka_unit_test(notes_are_cleaned_and_bounded),
		cmocka_unit_test(random_words_make_no_other_aside),
		cmocka_unit_test(asides_queue_behind_frames_and_have_a_ceiling),
		cmocka_unit_test(colours_are_the_nearest_there_are),
		cmocka_unit_test(every_direct_colour_finds_the_nearest_of_the_fixed_240),
		cmocka_unit_test(direct_colours_never_fall_among_the_palettes_numbers),
		cmocka_unit_test(text_stays_visible_where_colours_are_few),
	};

	setlocale(LC_CTYPE, "");
	return cmocka_run_group_tests_name("egress", tests, NULL, NULL);
}
