/* SPDX-License-Identifier: MIT */
/* What may leave for the terminal, and in which of its colours. */
#include "test.h"

#include <locale.h>

#include "ui/egress.h"
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_curses_sends_passes),
		cmocka_unit_test(what_an_attack_would_need_does_not),
		cmocka_unit_test(colours_are_the_nearest_there_are),
	};

	setlocale(LC_CTYPE, "");
	return cmocka_run_group_tests_name("egress", tests, NULL, NULL);
}
