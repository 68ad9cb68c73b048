/* SPDX-License-Identifier: MIT */
/*
 * The policy for text from outside, row by row as data, and what must hold for any
 * bytes whatever: the same glyphs however the bytes are cut, only allowed characters,
 * widths as the C library has them, and cleaned text that is clean.
 */
#include "test.h"

#include <locale.h>

#include "core/buf.h"
#include "core/text.h"
#include "log/sgr.h"

#define COUNT(a) (sizeof(a) / sizeof(a[0]))
#define BYTES(s) s, sizeof(s) - 1

enum screen { LOG8, PLAIN8, RAW8, NAME8, LOG7, RAW7, NAME7, WIDE8, SCREENS };

static const struct sgr_options screens[SCREENS] = {
	[LOG8] = {SGR_LOG, true, false},    [PLAIN8] = {SGR_PLAIN, true, false},
	[RAW8] = {SGR_RAW, true, false},    [NAME8] = {SGR_NAME, true, false},
	[LOG7] = {SGR_LOG, false, false},   [RAW7] = {SGR_RAW, false, false},
	[NAME7] = {SGR_NAME, false, false}, [WIDE8] = {SGR_LOG, true, true},
};

static const char *escaped(const char *bytes, size_t len)
{
	static char out[4096];
	size_t n = 0, i;

	for (i = 0; i < len && n < sizeof(out) - 8; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c >= 0x20 && c < 0x7F && c != '\\')
			out[n++] = (char)c;
		else
			n += (size_t)sprintf(out + n, "\\x%02X", c);
	}
	out[n] = '\0';
	return out;
}

/* The line as text, with what stands for something else between { }, or [ ] if reversed. */
static void picture(const struct sgr_line *line, struct buf *out)
{
	const char *close = "";
	size_t i;

	for (i = 0; i < line->n; i++) {
		const struct glyph *g = &line->glyphs[i];
		struct sgr_line one = {.glyphs = g, .n = 1};
		const char *open = !g->alien ? "" : g->style.attr & STYLE_REVERSE ? "[" : "{";
		const char *shut = !g->alien ? "" : g->style.attr & STYLE_REVERSE ? "]" : "}";

		if (strcmp(shut, close) != 0) {
			buf_adds(out, close);
			buf_adds(out, open);
			close = shut;
		}
		sgr_text(&one, out);
	}
	buf_adds(out, close);
}

struct row {
	const char *what;
	enum screen screen;
	const char *bytes;
	size_t len;
	const char *picture;
	unsigned suspicious;
};

static void check_row(const struct row *row)
{
	struct sgr *s = sgr_new(&screens[row->screen]);
	struct sgr_line line;
	struct buf out;

	buf_init(&out, BUF_MAX);
	sgr_feed(s, row->bytes, row->len);
	line = sgr_end_line(s);
	picture(&line, &out);
	if (strcmp(out.data, row->picture) != 0)
		fail_msg("%s: %s\n   gives %s\n   not   %s", row->what,
			 escaped(row->bytes, row->len), out.data, row->picture);
	if (line.suspicious != row->suspicious)
		fail_msg("%s: %s counts %u, not %u", row->what, escaped(row->bytes, row->len),
			 line.suspicious, row->suspicious);
	buf_done(&out);
	sgr_free(s);
}

#define CHECK(rows)                                         \
	do {                                                \
		for (size_t i_ = 0; i_ < COUNT(rows); i_++) \
			check_row(&rows[i_]);               \
	} while (0)

#define M "[^[]" /* the sign of something removed */
#define MM "[^[^[]"

static void cursor_moves_stay_within_the_line(void **state)
{
	static const struct row rows[] = {
		{"CR overwrites", LOG8, BYTES("12345\rab"), "ab345", 0},
		{"CR clears nothing", LOG8, BYTES("12345\r"), "12345", 0},
		{"CR CR at the end", LOG8, BYTES("12345\r\r"), "12345", 0},
		{"BS", LOG8, BYTES("abc\b\bX"), "aXc", 0},
		{"BS stops at column 0", LOG8, BYTES("a\b\b\b\bX"), "X", 0},
		{"K", LOG8, BYTES("12345\r12\033[K"), "12", 0},
		{"0K", LOG8, BYTES("12345\033[2G\033[0K"), "1", 0},
		{"1K", LOG8, BYTES("12345\033[2G\033[1K"), "  345", 0},
		{"1K over all", LOG8, BYTES("12345\033[1Kx"), "     x", 0},
		{"2K keeps the column", LOG8, BYTES("123\033[2Kx"), "   x", 0},
		{"3K is unknown", LOG8, BYTES("123\033[3Kx"), "123x", 0},
		{"G", LOG8, BYTES("12345\033[2GX"), "1X345", 0},
		{"G without number", LOG8, BYTES("12345\033[GX"), "X2345", 0},
		{"G past the end", LOG8, BYTES("ab\033[5GX"), "ab  X", 0},
		{"D and C", LOG8, BYTES("12345\033[3DX\033[CY"), "12X4Y", 0},
		{"TAB", LOG8, BYTES("a\tb"), "a       b", 0},
		{"TAB at 8", LOG8, BYTES("12345678\tb"), "12345678        b", 0},
		{"TAB moves over text", LOG8, BYTES("12345678abc\r\tX"), "12345678Xbc", 0},
		{"TAB after wide", LOG8, BYTES("\xE4\xB8\xAD\tb"), "\xE4\xB8\xAD      b", 0},
		{"left half of wide", LOG8, BYTES("\xE4\xB8\xAD\xE6\x96\x87\rx"), "x \xE6\x96\x87",
		 0},
		{"right half of wide", LOG8, BYTES("\xE4\xB8\xAD\xE6\x96\x87\033[2Gx"),
		 " x\xE6\x96\x87", 0},
		{"wide over two halves", LOG8, BYTES("\xE4\xB8\xAD\xE6\x96\x87\033[2G\xE5\xAD\x97"),
		 " \xE5\xAD\x97 ", 0},
		{"K cuts a wide one", LOG8, BYTES("\xE4\xB8\xAD\033[2G\033[K"), " ", 0},
		{"1K cuts a wide one", LOG8, BYTES("\xE4\xB8\xAD\xE6\x96\x87\r\033[1K"),
		 "  \xE6\x96\x87", 0},
		{"in names too", NAME8, BYTES("12345\rab\033[K"), "ab", 0},
		{"raw shows all", RAW8, BYTES("a\r\b\033[K\tb"), "a{^M^H^[}[K{^I}b", 0},
	};

	CHECK(rows);
}

static void line_ends_within_a_line_are_shown(void **state)
{
	static const struct row rows[] = {
		{"LF", LOG8, BYTES("a\nb"), "a{\xE2\x8F\x8E}b", 0},
		{"LF in names", NAME8, BYTES("a\r\nb\n"), "a{\xE2\x8F\x8E}b{\xE2\x8F\x8E}", 0},
		{"VT", LOG8, BYTES("a\vb"), "a[\xE2\x8F\x8E]b", 1},
		{"FF", LOG8, BYTES("a\fb"), "a[\xE2\x8F\x8E]b", 1},
		{"NEL", LOG8,
		 BYTES("a\xC2\x85"
		       "b"),
		 "a[\xE2\x8F\x8E]b", 1},
		{"NEL as a byte", LOG8,
		 BYTES("a\x85"
		       "b"),
		 "a[\xE2\x8F\x8E]b", 1},
		{"NEL as ESC E", LOG8, BYTES("a\033Eb"), "a[\xE2\x8F\x8E]b", 1},
		{"LS", LOG8,
		 BYTES("a\xE2\x80\xA8"
		       "b"),
		 "a[\xE2\x8F\x8E]b", 1},
		{"PS", LOG8,
		 BYTES("a\xE2\x80\xA9"
		       "b"),
		 "a[\xE2\x8F\x8E]b", 1},
		{"what is above stays", LOG8, BYTES("top\v12\rX\b\b\b\033[2K\033[1Gy"),
		 "top[\xE2\x8F\x8E]y", 1},
		{"without UTF-8", LOG7, BYTES("a\nb\vc\xE2\x80\xA8"), "a{^J}b[^K]c[^J]", 2},
		{"names without UTF-8", NAME7, BYTES("a\nb"), "a{_}b", 0},
		{"raw", RAW8, BYTES("a\n\v\f\xC2\x85\x85\xE2\x80\xA8"),
		 "a{^J^K^L<U+0085><85><U+2028>}", 0},
	};

	CHECK(rows);
}

static void harmless_sequences_go_without_a_word(void **state)
{
	static const char *const sequences[] = {
		"\033[A",
		"\033[3B",
		"\033[2E",
		"\033[F",
		"\033[5d",
		"\033[1;5r",
		"\033[2J",
		"\033[H",
		"\033[1;1H",
		"\033[3;4f",
		"\033[?1049h",
		"\033[?1049l",
		"\033[?47h",
		"\033[s",
		"\033[u",
		"\0337",
		"\0338",
		"\033H",
		"\033[g",
		"\033[3g",
		"\033(B",
		"\033)0",
		"\033%G",
		"\033#8",
		"\033[?25l",
		"\033[?25h",
		"\033[?7l",
		"\033[?2026h",
		"\033[L",
		"\033[2M",
		"\033[S",
		"\033[T",
		"\033M",
		"\033D",
		"\033=",
		"\033>",
		"\033[4l",
		"\033[2 q",
		"\033[?1;25h",
		"\033[?1s",
		"\033\\",
		"\033[0J",
		"\033]8;;http://example.test/\033\\",
		"\033]8;id=1;http://example.test/\a",
		"\033[31m",
		"\033[0m",
		"\033[m",
	};
	char bytes[128];
	size_t i;

	for (i = 0; i < COUNT(sequences); i++) {
		struct row row = {"silent", LOG8, bytes, 0, "ab", 0};

		row.len = (size_t)snprintf(bytes, sizeof(bytes), "a%sb", sequences[i]);
		check_row(&row);
		row.screen = NAME7;
		check_row(&row);
	}
}

static void dangerous_sequences_are_removed_and_marked(void **state)
{
	static const char *const sequences[] = {
		"\033]0;title\a",
		"\033]1;icon\033\\",
		"\033]2;title\xC2\x9C",
		"\033]4;1;?\a",
		"\033]7;file://h/\a",
		"\033]9;note\a",
		"\033]10;?\a",
		"\033]11;#000000\a",
		"\033]19;?\a",
		"\033]52;c;cm0gLXJmIC8K\a",
		"\033]52;c;?\033\\",
		"\033]133;A\a",
		"\033]777;notify;a;b\a",
		"\033]1337;File=x:AAAA\a",
		"\033]999;new\a",
		"\033]\a",
		"\033P$q\"p\033\\",
		"\033P+q544e\033\\",
		"\033Ptmux;x\033\\",
		"\033Xsos\033\\",
		"\033^pm\033\\",
		"\033_Gi=31;AAAA\033\\",
		"\033ktitle\033\\",
		"\033[c",
		"\033[0c",
		"\033[>c",
		"\033[=c",
		"\033[5n",
		"\033[6n",
		"\033[?6n",
		"\033[x",
		"\033[1x",
		"\033[?2026$p",
		"\033[4$p",
		"\033[>q",
		"\033[>0q",
		"\033c",
		"\033[!p",
		"\033[?9h",
		"\033[?1000h",
		"\033[?1002l",
		"\033[?1003h",
		"\033[?1006h",
		"\033[?1015h",
		"\033[?2004h",
		"\033[?1004h",
		"\033[?25;1003h",
		"\033[21t",
		"\033[8;1;1t",
		"\033[t",
		"\033[5i",
		"\033[?5i",
		"\033[>4;2m",
		"\033[?4m",
		"\033[>1u",
		"\033Z",
		"\033[1y",
		"\033 G",
		"\033[2h",
		"\033[12l",
		"\033[1;2'z",
		"\033[?1<2m",
		"\033[$1m",
		"\033[  q",
		"\x9B"
		"31m",
		"\xC2\x9B"
		"2K",
		"\x9D"
		"0;t\a",
		"\xC2\x9D"
		"8;;u\033\\",
		"\x90q\x9C",
		"\x98s\033\\",
		"\x9Ep\xC2\x9C",
		"\x9F"
		"a\x9C",
		"\033]8;;u\x9C",
	};
	char bytes[128];
	size_t i;

	for (i = 0; i < COUNT(sequences); i++) {
		struct row row = {"marked", LOG8, bytes, 0, "a" M "b", 1};

		row.len = (size_t)snprintf(bytes, sizeof(bytes), "a%sb", sequences[i]);
		check_row(&row);
		row.screen = PLAIN8;
		check_row(&row);
		row.screen = NAME8;
		check_row(&row);
		row.screen = LOG7;
		check_row(&row);
	}
}

static void sequences_without_an_end_swallow_nothing(void **state)
{
	static const struct row rows[] = {
		{"OSC", LOG8, BYTES("a\033]0;title"), "a" M "]0;title", 1},
		{"OSC and CR", LOG8, BYTES("a\033]0;title\r"), "a" M "]0;title", 1},
		{"OSC 8", LOG8, BYTES("a\033]8;;http://x"), "a" M "]8;;http://x", 1},
		{"OSC and newline", NAME8, BYTES("a\033]0;t\nb"), "a" M "]0;t{\xE2\x8F\x8E}b", 1},
		{"OSC and ESC", LOG8, BYTES("\033]0;t\033[31mb"), M "]0;tb", 1},
		{"OSC and ESC at the end", LOG8, BYTES("\033]0;t\033"), M "]0;t" M, 2},
		{"OSC and CAN", LOG8, BYTES("\033]0;t\030b"), M "]0;t{\xE2\x90\x98}b", 1},
		{"OSC in OSC", LOG8, BYTES("\033]0;a\033]0;b\a"), M "]0;a" M, 2},
		{"OSC in 8-bit OSC", LOG8,
		 BYTES("\x9D"
		       "0;a\x9D"
		       "0;b"),
		 M "0;a" M "0;b", 2},
		{"BEL does not end a DCS", LOG8, BYTES("\033Pq\ab"), M "Pq{\xE2\x90\x87}b", 1},
		{"tmux in tmux", LOG8, BYTES("\033Ptmux;\033\033]52;c;eA==\a\033\\b"),
		 M "Ptmux;" MM "b", 3},
		{"UTF-8 in a string", LOG8, BYTES("\033]0;\xE6\x9C\x9C\ab"), M "b", 1},
		{"CSI", LOG8, BYTES("a\033[31;1"), "a" M "[31;1", 1},
		{"CSI and text", LOG8, BYTES("a\033[31\xE4\xB8\xAD"), "a" M "[31\xE4\xB8\xAD", 1},
		{"CSI and control", LOG8, BYTES("a\033[31\tb"), "a" M "[31  b", 1},
		{"CSI and CSI", LOG8, BYTES("a\033[31\033[1mb"), "a" M "[31b", 1},
		{"intermediate", LOG8, BYTES("a\033[1$"), "a" M "[1$", 1},
		{"ESC", LOG8, BYTES("a\033"), "a" M, 1},
		{"ESC ESC", LOG8, BYTES("a\033\033"), "a" MM, 2},
		{"ESC (", LOG8, BYTES("a\033("), "a" M "(", 1},
		{"ESC and a letter beyond ASCII", LOG8, BYTES("\033\xC3\xA9"), M "\xC3\xA9", 1},
	};

	CHECK(rows);
}

static void a_string_ends_at_4_kib(void **state)
{
	struct sgr *s = sgr_new(&screens[LOG8]);
	struct sgr_line line;
	char text[10000];
	size_t len;

	memset(text, 'x', sizeof(text));
	memcpy(text, "\033]52;c;", 7);
	sgr_feed(s, text, sizeof(text));
	line = sgr_end_line(s);
	assert_int_equal(line.suspicious, 1);
	len = line.n;
	assert_int_equal(len, sizeof(text) - 1 + 2);
	assert_int_equal(line.glyphs[0].ch, '^');
	assert_int_equal(line.glyphs[2].ch, ']');
	assert_int_equal(line.glyphs[len - 1].ch, 'x');
	sgr_free(s);
}

static void c1_and_control_characters_are_shown(void **state)
{
	static const struct row rows[] = {
		{"C1", LOG8, BYTES("a\xC2\x80\xC2\x99\xC2\x9C"),
		 "a{\xE2\x80\xB9U+0080\xE2\x80\xBA\xE2\x80\xB9U+0099\xE2\x80\xBA\xE2\x80\xB9U+"
		 "009C\xE2\x80\xBA}",
		 0},
		{"C1 bytes", LOG8, BYTES("a\x84"), "a{\xE2\x80\xB9U+0084\xE2\x80\xBA}", 0},
		{"C1 without UTF-8", LOG7, BYTES("\x80\xC2\x84"), "{<U+0080><U+0084>}", 0},
		{"C1 in names without UTF-8", NAME7, BYTES("\x80\xC2\x84"), "{__}", 0},
		{"C1 raw", RAW8,
		 BYTES("\x9B\xC2\x9B"
		       "31m"),
		 "{<9B><U+009B>}31m", 0},
		{"C0", LOG8, BYTES("\x01\a\x0E\x0F\x1A\x1F\x7F"),
		 "{\xE2\x90\x81\xE2\x90\x87\xE2\x90\x8E\xE2\x90\x8F\xE2\x90\x9A\xE2\x90\x9F\xE2\x90"
		 "\xA1}",
		 0},
		{"NUL", LOG8, BYTES("a\0b"), "a{\xE2\x90\x80}b", 0},
		{"C0 without UTF-8", LOG7, BYTES("\0\x01\x1F\x7F"), "{^@^A^_^?}", 0},
		{"C0 in names without UTF-8", NAME7, BYTES("\x01"), "{^A}", 0},
		{"C0 raw", RAW8, BYTES("\x01\033\x7F"), "{^A^[^?}", 0},
	};

	CHECK(rows);
}

static void direction_and_hidden_characters_are_seen(void **state)
{
	static const struct row rows[] = {
		{"RLO", LOG8,
		 BYTES("a\xE2\x80\xAE"
		       "b"),
		 "a{\xE2\x80\xB9U+202E\xE2\x80\xBA}b", 0},
		{"ALM LRM RLM", LOG8, BYTES("\xD8\x9C\xE2\x80\x8E\xE2\x80\x8F"),
		 "{\xE2\x80\xB9U+061C\xE2\x80\xBA\xE2\x80\xB9U+200E\xE2\x80\xBA\xE2\x80\xB9U+"
		 "200F\xE2\x80\xBA}",
		 0},
		{"Trojan Source", NAME8,
		 BYTES("/*\xE2\x80\xAE } \xE2\x81\xA6if (admin)\xE2\x81\xA9"),
		 "/*{\xE2\x80\xB9U+202E\xE2\x80\xBA} } {\xE2\x80\xB9U+2066\xE2\x80\xBA}if (admin)"
		 "{\xE2\x80\xB9U+2069\xE2\x80\xBA}",
		 0},
		{"bidi without UTF-8", LOG7, BYTES("\xE2\x80\xAE"), "{<U+202E>}", 0},
		{"bidi in names without UTF-8", NAME7, BYTES("\xE2\x80\xAE"), "{_}", 0},
		{"bidi raw", RAW8, BYTES("\xE2\x80\xAE"), "{<U+202E>}", 0},
		{"ZWSP", LOG8,
		 BYTES("a\xE2\x80\x8B"
		       "b"),
		 "a" M "b", 1},
		{"WJ, plus, BOM, SHY", LOG8, BYTES("\xE2\x81\xA0\xE2\x81\xA4\xEF\xBB\xBF\xC2\xAD"),
		 "[^[^[^[^[]", 4},
		{"MVS, fillers", LOG8, BYTES("\xE1\xA0\x8E\xE1\x85\x9F\xE1\x85\xA0\xE3\x85\xA4"),
		 "[^[^[^[^[]", 4},
		{"annotation, tags", LOG8,
		 BYTES("\xEF\xBF\xB9\xEF\xBF\xBB\xF3\xA0\x80\x81\xF3\xA0\x81\xBF"), "[^[^[^[^[]",
		 4},
		{"hidden raw", RAW8, BYTES("\xE2\x80\x8B\xEF\xBB\xBF"), "{<U+200B><U+FEFF>}", 0},
		{"ZWJ", LOG8, BYTES("\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB"),
		 "\xF0\x9F\x91\xA9\xF0\x9F\x92\xBB", 0},
		{"ZWNJ, VS16", LOG8,
		 BYTES("a\xE2\x80\x8C"
		       "b\xE2\x9C\x94\xEF\xB8\x8F"),
		 "ab\xE2\x9C\x94", 0},
		{"ZWJ raw", RAW8, BYTES("\xE2\x80\x8D"), "{<U+200D>}", 0},
	};

	CHECK(rows);
}

#define ACUTE "\xCC\x81"

static void marks_sit_on_a_base_four_at_most(void **state)
{
	static const struct row rows[] = {
		{"one", LOG8, BYTES("e" ACUTE "x"), "e" ACUTE "x", 0},
		{"six", LOG8, BYTES("e" ACUTE ACUTE ACUTE ACUTE ACUTE ACUTE "x"),
		 "e" ACUTE ACUTE ACUTE ACUTE "x", 0},
		{"leading", LOG8, BYTES(ACUTE "x"), "\xE2\x97\x8C" ACUTE "x", 0},
		{"on wide", LOG8, BYTES("\xE4\xB8\xAD" ACUTE), "\xE4\xB8\xAD" ACUTE, 0},
		{"not on a sign", LOG8, BYTES("\033c" ACUTE), M "\xE2\x97\x8C" ACUTE, 1},
		{"not over a line end", LOG8, BYTES("a\v" ACUTE),
		 "a[\xE2\x8F\x8E]\xE2\x97\x8C" ACUTE, 1},
		{"after a tab", LOG8, BYTES("a\t" ACUTE), "a       \xE2\x97\x8C" ACUTE, 0},
		{"raw hides none", RAW8, BYTES("e" ACUTE ACUTE ACUTE ACUTE ACUTE),
		 "e" ACUTE ACUTE ACUTE ACUTE "{<U+0301>}", 0},
		{"without UTF-8", LOG7, BYTES("e" ACUTE), "e{<U+0301>}", 0},
		{"Hangul syllable of jamo", LOG8, BYTES("\xE1\x84\x80\xE1\x85\xA1"),
		 "\xE1\x84\x80\xE1\x85\xA1", 0},
	};

	CHECK(rows);
}

#define BAD "\xEF\xBF\xBD"

static void what_is_no_character_is_replaced(void **state)
{
	static const struct row rows[] = {
		{"lone bytes", LOG8,
		 BYTES("a\xFF\xC0\xAF\xF5"
		       "b"),
		 "a{" BAD BAD BAD BAD "}b", 0},
		{"overlong", LOG8, BYTES("\xE0\x80\xAF"), "{" BAD BAD BAD "}", 0},
		{"surrogate", LOG8, BYTES("\xED\xA0\x80"), "{" BAD BAD BAD "}", 0},
		{"above U+10FFFF", LOG8, BYTES("\xF4\x90\x80\x80"), "{" BAD BAD BAD BAD "}", 0},
		{"maximal part", LOG8,
		 BYTES("\xF0\x9F\x98"
		       "A"),
		 "{" BAD "}A", 0},
		{"cut at the end", LOG8, BYTES("a\xE9\xA9"), "a{" BAD "}", 0},
		{"cut twice", LOG8,
		 BYTES("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF"
		       "A"),
		 "{" BAD BAD BAD BAD "}A", 0},
		{"the standard's table 3-8", LOG8,
		 BYTES("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82"
		       "A"),
		 "{" BAD BAD BAD BAD BAD BAD BAD BAD "}A", 0},
		{"noncharacters", LOG8, BYTES("\xEF\xBF\xBF\xEF\xB7\x90\xF0\x9F\xBF\xBE"),
		 "{" BAD BAD BAD "}", 0},
		{"unassigned", LOG8, BYTES("\xCD\xB8"), "{" BAD "}", 0},
		{"U+FFFD itself", LOG8, BYTES(BAD), BAD, 0},
		{"without UTF-8", LOG7,
		 BYTES("\xFF"
		       "a\xEF\xBF\xBF"),
		 "{?}a{?}", 0},
		{"in names", NAME7,
		 BYTES("\xFF"
		       "a"),
		 "{?}a", 0},
		{"raw", RAW8,
		 BYTES("\xFF\xF0\x9F\x98"
		       "A\xEF\xBF\xBF"),
		 "{<FF><F0><9F><98>}A{<U+FFFF>}", 0},
	};

	CHECK(rows);
}

static void screens_get_what_they_can_show(void **state)
{
	static const struct row rows[] = {
		{"Chinese", LOG8,
		 BYTES("\xE6\x9E\x84\xE5\xBB\xBA"
		       " ok"),
		 "\xE6\x9E\x84\xE5\xBB\xBA ok", 0},
		{"Chinese without UTF-8", LOG7,
		 BYTES("\xE6\x9E\x84"
		       "x"),
		 "{<U+6784>}x", 0},
		{"Chinese raw without UTF-8", RAW7, BYTES("\xE6\x9E\x84"), "{<U+6784>}", 0},
		{"names without UTF-8", NAME7,
		 BYTES("\xE6\x9E\x84\xE5\xBB\xBA"
		       "x"),
		 "{__}x", 0},
		{"tab in names", NAME8, BYTES("a\tb"), "a b", 0},
		{"colour in names", NAME8, BYTES("a\033[31mb"), "ab", 0},
		{"ambiguous, narrow", LOG8, BYTES("\xC2\xB1\xE2\x80\xA6"), "\xC2\xB1\xE2\x80\xA6",
		 0},
		{"ambiguous, wide", WIDE8,
		 BYTES("\xC2\xB1\xE2\x80\xA6\xEE\x80\x80"
		       "x\xE4\xB8\xAD"),
		 "{???}x\xE4\xB8\xAD", 0},
		{"replacement, wide", WIDE8, BYTES("\xFF" BAD), "{??}", 0},
		{"signs, wide", WIDE8, BYTES("\n\x01\xE2\x80\xAE" ACUTE),
		 "{\xE2\x8F\x8E\xE2\x90\x81\xE2\x80\xB9U+202E\xE2\x80\xBA}\xE2\x97\x8C" ACUTE, 0},
	};

	CHECK(rows);
}

static void colours_and_attributes_are_mapped(void **state)
{
#define P(n) COLOUR(COLOUR_PALETTE, n)
#define RGB(v) COLOUR(COLOUR_RGB, v)
	static const struct {
		const char *sequence;
		struct style style;
	} rows[] = {
		{"\033[31m", {P(1), 0, 0}},
		{"\033[1;2;3;4;7;97;104m", {P(15), P(12), 0x1F}},
		{"\033[1;22;3;23;4;24;7;27m", {0, 0, 0}},
		{"\033[1;31m\033[m", {0, 0, 0}},
		{"\033[31;;1m", {0, 0, STYLE_BOLD}},
		{"\033[31;42;39m", {0, P(2), 0}},
		{"\033[31;42;49m", {P(1), 0, 0}},
		{"\033[38;5;200m", {P(200), 0, 0}},
		{"\033[38:5:200m", {P(200), 0, 0}},
		{"\033[48;5;300m", {0, P(255), 0}},
		{"\033[38;2;1;2;300m", {RGB(0x0102FF), 0, 0}},
		{"\033[38:2:1:2:3;1m", {RGB(0x010203), 0, STYLE_BOLD}},
		{"\033[38:2::1:2:3m", {RGB(0x010203), 0, 0}},
		{"\033[48:2::1:2:3:0:1m", {0, RGB(0x010203), 0}},
		{"\033[38;5;1;48;5;2;4m", {P(1), P(2), STYLE_UNDERLINE}},
		{"\033[38m", {0, 0, 0}},
		{"\033[38;5m", {0, 0, 0}},
		{"\033[38;2;1;2m", {0, 0, 0}},
		{"\033[38;5:1;1m", {0, 0, STYLE_BOLD}},
		{"\033[38:5m\033[48:2:1m", {0, 0, 0}},
		{"\033[58;5;1;31m", {P(1), 0, 0}},
		{"\033[58:2::1:1:1;31m", {P(1), 0, 0}},
		{"\033[4:3m", {0, 0, STYLE_UNDERLINE}},
		{"\033[4m\033[4:0m", {0, 0, 0}},
		{"\033[21m", {0, 0, STYLE_UNDERLINE}},
		{"\033[5;6;8;9;28;11;999;99999999999m", {0, 0, 0}},
		{"\033[;m", {0, 0, 0}},
		{"\033[31;41m", {P(1), 0, 0}},
		{"\033[7;31;41m", {P(1), 0, STYLE_REVERSE}},
		{"\033[38;5;16;48;2;0;0;0m", {P(16), 0, 0}},
		{"\033[38;2;9;9;9;48;2;8;8;8m", {RGB(0x090909), 0, 0}},
		{"\033[37;107m", {P(7), P(15), 0}},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		struct sgr *s = sgr_new(&screens[LOG8]);
		const char *bytes = rows[i].sequence;
		struct sgr_line line;
		struct style got;

		sgr_feed(s, bytes, strlen(bytes));
		sgr_feed(s, "x", 1);
		line = sgr_end_line(s);
		assert_int_equal(line.n, 1);
		assert_int_equal(line.suspicious, 0);
		got = line.glyphs[0].style;
		if (got.fg != rows[i].style.fg || got.bg != rows[i].style.bg ||
		    got.attr != rows[i].style.attr)
			fail_msg("%s gives %08x %08x %02x", escaped(bytes, strlen(bytes)), got.fg,
				 got.bg, got.attr);
		sgr_free(s);
	}
}

static void colours_carry_on_until_reset(void **state)
{
	struct sgr *s = sgr_new(&screens[LOG8]);
	struct sgr_line line;
	struct style kept;

	sgr_feed(s, BYTES("\033[31;41mred"));
	sgr_end_line(s);
	kept = sgr_style(s);
	assert_int_equal(kept.bg, P(1));
	sgr_feed(s, BYTES("\033[39mx"));
	line = sgr_end_line(s);
	assert_int_equal(line.glyphs[0].style.bg, P(1));
	sgr_feed(s, BYTES("\033c"));
	sgr_end_line(s);
	assert_int_equal(sgr_suspicious(s), 1);
	sgr_reset(s);
	assert_int_equal(sgr_suspicious(s), 0);
	sgr_feed(s, BYTES("x"));
	line = sgr_end_line(s);
	assert_int_equal(line.glyphs[0].style.bg, 0);
	sgr_set_style(s, kept);
	sgr_feed(s, BYTES("x"));
	line = sgr_end_line(s);
	assert_int_equal(line.glyphs[0].style.fg, P(1));
	sgr_free(s);
}

static void plain_names_and_raw_have_no_colour(void **state)
{
	static const enum screen which[] = {PLAIN8, RAW8, NAME8, NAME7, RAW7};
	size_t i, k;

	for (i = 0; i < COUNT(which); i++) {
		struct sgr *s = sgr_new(&screens[which[i]]);
		struct sgr_line line;

		sgr_feed(s, BYTES("\033[1;31;42mab\033[4mc"));
		line = sgr_end_line(s);
		assert_true(line.n >= 3);
		for (k = 0; k < line.n; k++) {
			assert_int_equal(line.glyphs[k].style.fg, 0);
			assert_int_equal(line.glyphs[k].style.bg, 0);
			assert_int_equal(line.glyphs[k].style.attr, 0);
		}
		sgr_free(s);
	}
}

static void a_hundred_thousand_parameters_are_read_over(void **state)
{
	struct sgr *s = sgr_new(&screens[LOG8]);
	struct sgr_line line;
	int i;

	sgr_feed(s, BYTES("\033[1"));
	for (i = 0; i < 100000; i++)
		sgr_feed(s, ";4", 2);
	sgr_feed(s, BYTES("mx"));
	line = sgr_end_line(s);
	assert_int_equal(line.n, 1);
	assert_int_equal(line.suspicious, 0);
	assert_int_equal(line.glyphs[0].style.attr, STYLE_BOLD | STYLE_UNDERLINE);
	/* The 33rd is not obeyed. */
	sgr_feed(s, BYTES("\033[0"));
	for (i = 0; i < 31; i++)
		sgr_feed(s, ";3", 2);
	sgr_feed(s, BYTES(";1mx"));
	line = sgr_end_line(s);
	assert_int_equal(line.glyphs[0].style.attr, STYLE_ITALIC);
	sgr_free(s);
}

static void progress_bars_fall_to_their_last_state(void **state)
{
	static const struct {
		const char *bytes, *text;
		unsigned overwrites;
	} rows[] = {
		/* curl, pip, npm, docker, apt */
		{"\r 10  100M\r 55  100M\r100  100M\r", "100  100M", 2},
		{"\033[?25l   \033[90m----\033[0m 0.1/9 MB\r\033[2K   \033[32m----\033[0m 9/9 "
		 "MB\033[?25h\r",
		 "   ---- 9/9 MB", 1},
		{"\033[1G\033[0K|\033[1G\033[0K/\033[1G\033[0K-\033[1G\033[0K", "", 2},
		{"\033[1A\033[2K\rabc: Downloading [=>   ]  1MB/9MB\r\033[1B",
		 "abc: Downloading [=>   ]  1MB/9MB", 0},
		{"0% [Working]\r            \rHit:1 x", "Hit:1 x     ", 2},
		{"a\r\r", "a", 0},
		{"\r\rb", "b", 0},
		{"12\b\b34", "34", 0},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		struct sgr *s = sgr_new(&screens[LOG8]);
		struct sgr_line line;
		struct buf out;

		buf_init(&out, BUF_MAX);
		sgr_feed(s, rows[i].bytes, strlen(rows[i].bytes));
		line = sgr_end_line(s);
		sgr_text(&line, &out);
		assert_string_equal(out.data, rows[i].text);
		assert_int_equal(line.overwrites, rows[i].overwrites);
		assert_int_equal(line.suspicious, 0);
		buf_done(&out);
		sgr_free(s);
	}
}

static void a_line_of_any_length_has_a_ceiling(void **state)
{
	struct sgr *s = sgr_new(&screens[LOG8]);
	struct sgr_line line;
	static char text[1 << 16];
	int i;

	memset(text, 'x', sizeof(text));
	for (i = 0; i < 40; i++)
		sgr_feed(s, text, sizeof(text));
	sgr_feed(s, BYTES("\xE4\xB8\xAD" ACUTE "\033c"));
	line = sgr_end_line(s);
	assert_int_equal(line.n, SGR_CELLS_MAX);
	assert_int_equal(line.cells, SGR_CELLS_MAX);
	assert_int_equal(line.dropped, 24 * sizeof(text) + 3 + 2 + 1);
	sgr_feed(s, "y", 1);
	line = sgr_end_line(s);
	assert_int_equal(line.n, 1);
	assert_int_equal(line.dropped, 0);
	sgr_free(s);
}

/* Few bytes that ask for much: far columns, and blanking a long line again and again. */
static void work_stays_in_proportion_to_the_bytes(void **state)
{
	static const char *const rounds[] = {"\033[2Kx\b", "\033[1K\rx\033[999999G",
					     "\t\t\t\033[2Ky", "\033[99999G\033[2Kx"};
	struct sgr *s = sgr_new(&screens[LOG8]);
	struct sgr_line line;
	size_t i, k, len;

	sgr_feed(s, BYTES("\033[4000000000Gx"));
	line = sgr_end_line(s);
	assert_int_equal(line.n, 1025);
	for (i = 0; i < COUNT(rounds); i++) {
		len = strlen(rounds[i]);
		for (k = 0; k < 100000; k++)
			sgr_feed(s, "\txxxxxxx", 8);
		for (k = 0; k < 100000; k++)
			sgr_feed(s, rounds[i], len);
		line = sgr_end_line(s);
		assert_true(line.n <= SGR_CELLS_MAX);
	}
	sgr_free(s);
}

static void a_sequence_beyond_the_ceiling_is_counted_if_it_was_none(void **state)
{
	struct sgr *s = sgr_new(&screens[LOG8]);
	struct sgr_line line;
	int i;

	sgr_feed(s, BYTES("\033["));
	for (i = 0; i < 5000; i++)
		sgr_feed(s, "1", 1);
	line = sgr_end_line(s);
	assert_int_equal(line.suspicious, 1);
	assert_int_equal(line.n, 2 + 4096);
	assert_int_equal(line.dropped, 5001 - 4096);
	sgr_free(s);
}

static void a_line_ended_is_over(void **state)
{
	struct sgr *s = sgr_new(&screens[LOG8]);
	struct sgr_line line;
	struct buf small;

	buf_init(&small, 4);
	sgr_feed(s, BYTES("a\033c\r\033]0;"));
	line = sgr_end_line(s);
	assert_int_equal(line.suspicious, 2);
	sgr_text(&line, &small); /* whole or not at all */
	assert_int_equal(small.len, 0);
	line = sgr_end_line(s);
	assert_int_equal(line.n, 0);
	assert_int_equal(line.suspicious, 0);
	assert_int_equal(line.overwrites, 0);
	sgr_text(&line, &small);
	assert_int_equal(small.len, 0);
	assert_int_equal(sgr_suspicious(s), 2);
	sgr_feed(s, BYTES("\xE4\xB8"));
	sgr_reset(s); /* half a character does not outlive it */
	sgr_feed(s, BYTES("\xAD"));
	line = sgr_end_line(s);
	assert_int_equal(line.n, 1);
	assert_int_equal(line.glyphs[0].ch, TEXT_BAD);
	buf_done(&small);
	sgr_free(s);
}

static void names_become_one_line_of_text(void **state)
{
	static const struct {
		const char *name, *utf8, *ascii;
	} rows[] = {
		{NULL, "", ""},
		{"", "", ""},
		{"deploy to prod", "deploy to prod", "deploy to prod"},
		{"\xE9\x83\xA8\xE7\xBD\xB2", "\xE9\x83\xA8\xE7\xBD\xB2", "__"},
		{"a\nb",
		 "a\xE2\x8F\x8E"
		 "b",
		 "a_b"},
		{"\033[31mred\033]0;x\a", "red^[", "red^["},
		{"   ", "   ", "   "},
	};
	struct buf out;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		buf_init(&out, 4096);
		buf_adds(&out, ">");
		sgr_clean_name(rows[i].name, true, &out);
		assert_string_equal(out.data + 1, rows[i].utf8);
		buf_truncate(&out, 1);
		sgr_clean_name(rows[i].name, false, &out);
		assert_string_equal(out.data + 1, rows[i].ascii);
		buf_done(&out);
	}
}

/* ---- for any bytes ---- */

static uint64_t seed;

static uint32_t next_random(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 32);
}

/* Bits of what is dangerous, strung together at random with plain bytes. */
static size_t random_text(char *out, size_t size)
{
	static const char *const bits[] = {"\033[",
					   "\033]",
					   "\033]52;c;",
					   "\033]8;;",
					   "\033P",
					   "\033\\",
					   "\a",
					   "\033",
					   "m",
					   "31;1",
					   "38;2;1;2;3",
					   "38:5:9",
					   "K",
					   "1K",
					   "2K",
					   "5G",
					   "\r",
					   "\b",
					   "\t",
					   "\n",
					   "\v",
					   "\xC2\x85",
					   "\xC2\x9B",
					   "\x9B",
					   "\x9D",
					   "\x9C",
					   "\x90",
					   "\xE2\x80\xAE",
					   "\xE2\x80\x8B",
					   "\xE2\x80\xA8",
					   "\xE2\x80\x8D",
					   "\xEF\xB8\x8F",
					   ACUTE,
					   ACUTE ACUTE ACUTE ACUTE ACUTE,
					   "\xE4\xB8\xAD",
					   "\xE6\x96\x87",
					   "\xF0\x9F\x91\xA9",
					   "\xE9\xA9",
					   "\xF0\x9F",
					   "\xED\xA0\x80",
					   "\xFF",
					   "\xC2\xB1",
					   "\xEE\x80\x80",
					   "\xEF\xBF\xBF",
					   "abc",
					   "hello world",
					   "\030",
					   "\xE1\x85\xA1",
					   "?25",
					   "?1000h",
					   "$p",
					   "(B",
					   "\xE3\x85\xA4",
					   "\x84",
					   "\xC2",
					   "    ",
					   "\033[2D",
					   "\033[9C"};
	size_t n = 0, target = next_random() % (size - 32);

	while (n < target) {
		uint32_t r = next_random();

		if (r % 8 == 0) {
			out[n++] = (char)(r >> 8);
		} else {
			const char *bit = bits[(r >> 8) % COUNT(bits)];

			memcpy(out + n, bit, strlen(bit));
			n += strlen(bit);
		}
	}
	return n;
}

static void check_allowed(const struct sgr_line *line, const struct sgr_options *options)
{
	size_t i, k, cells = 0;

	for (i = 0; i < line->n; i++) {
		const struct glyph *g = &line->glyphs[i];

		if (!options->utf8 && (g->ch < 0x20 || g->ch > 0x7E))
			fail_msg("U+%04X on an ASCII screen", g->ch);
		if (text_width(g->ch) != g->width || g->width < 1 || g->width > 2)
			fail_msg("U+%04X has width %d", g->ch, g->width);
		if (g->ch < 0x20 || (g->ch >= 0x7F && g->ch < 0xA0) || g->ch == 0xAD ||
		    g->ch == 0x61C || (g->ch >= 0x200B && g->ch <= 0x200F) ||
		    (g->ch >= 0x2028 && g->ch <= 0x202E) || (g->ch >= 0x2060 && g->ch <= 0x206F) ||
		    g->ch == 0x3164 || g->ch == 0xFEFF || (g->ch & 0xFFFE) == 0xFFFE)
			fail_msg("U+%04X got through", g->ch);
		for (k = 0; k < SGR_MARKS_MAX && g->marks[k]; k++)
			if (text_width(g->marks[k]) != 0 || g->marks[k] == 0x200B ||
			    (g->marks[k] >= 0x202A && g->marks[k] <= 0x202E))
				fail_msg("U+%04X sits as a mark", g->marks[k]);
		cells += g->width;
	}
	assert_int_equal(cells, line->cells);
}

static bool same_glyph(const struct glyph *a, const struct glyph *b)
{
	return a->ch == b->ch && memcmp(a->marks, b->marks, sizeof(a->marks)) == 0 &&
	       a->style.fg == b->style.fg && a->style.bg == b->style.bg &&
	       a->style.attr == b->style.attr && a->width == b->width && a->alien == b->alien;
}

static void check_same(const struct sgr_line *a, const struct sgr_line *b)
{
	size_t i;

	assert_int_equal(a->n, b->n);
	assert_int_equal(a->cells, b->cells);
	assert_int_equal(a->overwrites, b->overwrites);
	assert_int_equal(a->suspicious, b->suspicious);
	assert_int_equal(a->dropped, b->dropped);
	for (i = 0; i < a->n; i++)
		if (!same_glyph(&a->glyphs[i], &b->glyphs[i]))
			fail_msg("glyph %zu: U+%04X and U+%04X", i, a->glyphs[i].ch,
				 b->glyphs[i].ch);
}

static void any_cut_gives_the_same_glyphs(void **state)
{
	static const char sample[] =
		"a\xE4\xB8\xAD\033[38;2;1;2;3mb\033]0;t\aq\xF0\x9F\x98\r\n12\r3\033]8;;u\033\\l"
		"\xC2\x9B"
		"31m\033P+q\033[31\xE9\xA9\xE2\x80\xAE\xCC\x81\033[2K\tz\033]52;x";
	enum screen screen;
	size_t cut;

	for (screen = 0; screen < SCREENS; screen++) {
		for (cut = 0; cut <= sizeof(sample) - 1; cut++) {
			struct sgr *whole = sgr_new(&screens[screen]);
			struct sgr *parts = sgr_new(&screens[screen]);
			struct sgr_line a, b;

			sgr_feed(whole, sample, sizeof(sample) - 1);
			sgr_feed(parts, sample, cut);
			sgr_feed(parts, sample + cut, sizeof(sample) - 1 - cut);
			a = sgr_end_line(whole);
			b = sgr_end_line(parts);
			check_same(&a, &b);
			sgr_free(whole);
			sgr_free(parts);
		}
	}
}

static void random_cuts_give_the_same_glyphs_and_only_allowed_ones(void **state)
{
	static char text[4096];
	int round;

	for (round = 0; round < 6000; round++) {
		const struct sgr_options *options = &screens[next_random() % SCREENS];
		struct sgr *whole = sgr_new(options), *parts = sgr_new(options);
		size_t len = random_text(text, round % 100 ? 300 : sizeof(text)), at = 0, n;
		struct sgr_line a, b;

		sgr_feed(whole, text, len);
		while (at < len) {
			n = 1 + next_random() % 7;
			n = n < len - at ? n : len - at;
			sgr_feed(parts, text + at, n);
			at += n;
		}
		a = sgr_end_line(whole);
		b = sgr_end_line(parts);
		check_same(&a, &b);
		check_allowed(&a, options);
		assert_int_equal(sgr_suspicious(whole), a.suspicious);
		sgr_free(whole);
		sgr_free(parts);
	}
}

static void cleaned_text_stays_as_it_is(void **state)
{
	static const enum screen clean[] = {LOG8, PLAIN8, NAME8, LOG7, NAME7, WIDE8};
	static char text[4096];
	int round;

	for (round = 0; round < 6000; round++) {
		struct sgr *s = sgr_new(&screens[clean[next_random() % COUNT(clean)]]);
		size_t len = random_text(text, 400);
		struct sgr_line line;
		struct buf once, twice;

		buf_init(&once, BUF_MAX);
		buf_init(&twice, BUF_MAX);
		sgr_feed(s, text, len);
		line = sgr_end_line(s);
		sgr_text(&line, &once);
		sgr_feed(s, once.data, once.len);
		line = sgr_end_line(s);
		assert_int_equal(line.suspicious, 0);
		sgr_text(&line, &twice);
		assert_string_equal(once.data, twice.data);
		assert_true(text_valid(once.data, once.len));
		buf_done(&once);
		buf_done(&twice);
		sgr_free(s);
	}
}

static void every_code_point_is_allowed_or_replaced(void **state)
{
	struct sgr *s;
	struct sgr_line line;
	enum screen screen;
	char bytes[8];
	uint32_t cp;

	for (screen = 0; screen < SCREENS; screen++) {
		s = sgr_new(&screens[screen]);
		for (cp = 0; cp <= 0x10FFFF; cp += cp >= 0x20000 && cp < 0xDFF00 ? 0x101 : 1) {
			sgr_feed(s, bytes, text_encode(cp, bytes));
			line = sgr_end_line(s);
			check_allowed(&line, &screens[screen]);
		}
		sgr_free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cursor_moves_stay_within_the_line),
		cmocka_unit_test(line_ends_within_a_line_are_shown),
		cmocka_unit_test(harmless_sequences_go_without_a_word),
		cmocka_unit_test(dangerous_sequences_are_removed_and_marked),
		cmocka_unit_test(sequences_without_an_end_swallow_nothing),
		cmocka_unit_test(a_string_ends_at_4_kib),
		cmocka_unit_test(c1_and_control_characters_are_shown),
		cmocka_unit_test(direction_and_hidden_characters_are_seen),
		cmocka_unit_test(marks_sit_on_a_base_four_at_most),
		cmocka_unit_test(what_is_no_character_is_replaced),
		cmocka_unit_test(screens_get_what_they_can_show),
		cmocka_unit_test(colours_and_attributes_are_mapped),
		cmocka_unit_test(colours_carry_on_until_reset),
		cmocka_unit_test(plain_names_and_raw_have_no_colour),
		cmocka_unit_test(a_hundred_thousand_parameters_are_read_over),
		cmocka_unit_test(progress_bars_fall_to_their_last_state),
		cmocka_unit_test(a_line_of_any_length_has_a_ceiling),
		cmocka_unit_test(work_stays_in_proportion_to_the_bytes),
		cmocka_unit_test(a_sequence_beyond_the_ceiling_is_counted_if_it_was_none),
		cmocka_unit_test(a_line_ended_is_over),
		cmocka_unit_test(names_become_one_line_of_text),
		cmocka_unit_test(any_cut_gives_the_same_glyphs),
		cmocka_unit_test(random_cuts_give_the_same_glyphs_and_only_allowed_ones),
		cmocka_unit_test(cleaned_text_stays_as_it_is),
		cmocka_unit_test(every_code_point_is_allowed_or_replaced),
	};
	const char *given = getenv("SEED");

	setlocale(LC_ALL, "C.UTF-8");
	seed = given ? strtoull(given, NULL, 10) : 20261124;
	printf("# SEED=%llu\n", (unsigned long long)seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
