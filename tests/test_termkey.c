/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <locale.h>
#include <time.h>

#include "ui/termkey.h"

#define ALT 0x80000000u
#define F(n) (KEY_CODE_F1 + (n)-1)

/* Takes all keys at `now`; codes with ALT ored in, 0-terminated. */
static void take(struct termkey *k, int64_t now, uint32_t out[16], int *wait_ms)
{
	struct key key;
	int n = 0;

	while (termkey_next(k, now, &key, wait_ms)) {
		assert_in_range(n, 0, 14);
		out[n++] = key.code | (key.alt ? ALT : 0);
	}
	out[n] = 0;
}

struct row {
	const char *bytes;
	uint32_t keys[4];
};

static const struct row rows[] = {
	{"q", {'q'}},
	{"\r", {KEY_CODE_ENTER}},
	{"\n", {KEY_CODE_ENTER}},
	{"\t", {KEY_CODE_TAB}},
	{"\b\x7f", {KEY_CODE_BACKSPACE, KEY_CODE_BACKSPACE}},
	{"\x03\x1a\x1c", {3, 26, 28}},
	{"\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x98\x80", {0xE9, 0x4E2D, 0x1F600}},
	/* xterm, vt220, linux, rxvt */
	{"\033[A\033[B\033[C", {KEY_CODE_UP, KEY_CODE_DOWN, KEY_CODE_RIGHT}},
	{"\033OD\033OH\033OF", {KEY_CODE_LEFT, KEY_CODE_HOME, KEY_CODE_END}},
	{"\033[H\033[F\033[Z", {KEY_CODE_HOME, KEY_CODE_END, KEY_CODE_BACKTAB}},
	{"\033[1~\033[4~\033[7~", {KEY_CODE_HOME, KEY_CODE_END, KEY_CODE_HOME}},
	{"\033[2~\033[3~", {KEY_CODE_INSERT, KEY_CODE_DELETE}},
	{"\033[5~\033[6~\033[8~", {KEY_CODE_PGUP, KEY_CODE_PGDN, KEY_CODE_END}},
	{"\033OP\033OS\033[15~", {F(1), F(4), F(5)}},
	{"\033[21~\033[23~\033[24~", {F(10), F(11), F(12)}},
	{"\033[11~\033[14~", {F(1), F(4)}},
	{"\033[[A\033[[E", {F(1), F(5)}},
	{"\033[1;5A\033[3;2~", {KEY_CODE_UP, KEY_CODE_DELETE}},
	{"\033[1;3C\033[5;3~", {KEY_CODE_RIGHT | ALT, KEY_CODE_PGUP | ALT}},
	{"\033[a\033[5^\033[3$", {KEY_CODE_UP, KEY_CODE_PGUP, KEY_CODE_DELETE}},
	{"\033OM", {KEY_CODE_ENTER}},
	/* Alt */
	{"\033x\033\r", {'x' | ALT, KEY_CODE_ENTER | ALT}},
	{"\033\xC3\xA9", {0xE9 | ALT}},
	{"\033\033[A", {KEY_CODE_UP | ALT}},
	/* swallowed, each with a key behind it */
	{"\033[?64;1;2cZ", {'Z'}},
	{"\033[>41;354;0cZ", {'Z'}},
	{"\033[12;40RZ", {'Z'}},
	{"\033[1;1RZ", {'Z'}},
	{"\033[0nZ", {'Z'}},
	{"\033[I\033[OZ", {'Z'}},
	{"\033[<0;12;13M\033[<0;12;13mZ", {'Z'}},
	{"\033[M qqZ", {'Z'}},
	{"\033[32;10;5MZ", {'Z'}},
	{"\033]11;rgb:ffff/q/q\033\\Z", {'Z'}},
	{"\033]52;c;cXE=\007Z", {'Z'}},
	{"\033P>|term(q)\033\\Z", {'Z'}},
	{"\033_Gq\033\\Z", {'Z'}},
	{"\033[?2026;2$yZ", {'Z'}},
	{"\033[97;5uZ", {'Z'}},
	{"\033[99~\033[0~\033[9QZ", {'Z'}},
	{"\033[8;24;80tZ", {'Z'}},
	{"\xFF\xC0\x80Z", {'Z'}},
	{"\xE4\xB8Z", {'Z'}},
	{"\xE4\xB8\033[AZ", {KEY_CODE_UP, 'Z'}},
	{"\xED\xA0\x80Z", {'Z'}},
	{"\xC2\x9B" "AZ", {'A', 'Z'}}, /* an 8-bit CSI is no introducer in UTF-8 */
	{"\xE2\x80\xAEZ", {'Z'}},
	{"\033[1\033[AZ", {KEY_CODE_UP, 'Z'}},
	{"\033[99999999999999999999999999999999999999999999;q", {0}},
};

static void feed_in_pieces(const struct row *row, size_t piece)
{
	size_t len = strlen(row->bytes), at, n;
	uint32_t keys[16];
	struct termkey k;
	int wait_ms, i;

	termkey_init(&k);
	for (at = 0; at < len; at += n) {
		n = len - at < piece ? len - at : piece;
		termkey_feed(&k, row->bytes + at, n, 1000);
	}
	take(&k, 1000, keys, &wait_ms);
	for (i = 0; i < 4 && (keys[i] || row->keys[i]); i++)
		if (keys[i] != row->keys[i])
			fail_msg("row %d in pieces of %d: key %d is %x and not %x", (int)(row - rows),
				 (int)piece, i, keys[i], row->keys[i]);
	termkey_done(&k);
}

static void bytes_become_keys_however_they_are_cut(void **state)
{
	size_t i, piece;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (piece = 1; piece <= 5; piece++)
			feed_in_pieces(rows + i, piece);
}

static void a_lone_escape_is_a_key_after_a_while(void **state)
{
	uint32_t keys[16];
	struct termkey k;
	int wait_ms;

	termkey_init(&k);
	termkey_feed(&k, "\033", 1, 1000);
	take(&k, 1000, keys, &wait_ms);
	assert_int_equal(keys[0], 0);
	assert_int_equal(wait_ms, TERMKEY_ESC_MS);
	take(&k, 1024, keys, &wait_ms);
	assert_int_equal(keys[0], 0);
	assert_int_equal(wait_ms, 1);
	take(&k, 1025, keys, &wait_ms);
	assert_int_equal(keys[0], KEY_CODE_ESC);
	assert_int_equal(wait_ms, -1);
	/* What comes later is not of the sequence, even when nobody asked between. */
	termkey_feed(&k, "\033", 1, 2000);
	termkey_feed(&k, "x", 1, 2025);
	take(&k, 2025, keys, &wait_ms);
	assert_int_equal(keys[0], KEY_CODE_ESC);
	assert_int_equal(keys[1], 'x');
	termkey_feed(&k, "\033\033", 2, 3000);
	take(&k, 3100, keys, &wait_ms);
	assert_int_equal(keys[0], KEY_CODE_ESC);
	assert_int_equal(keys[1], KEY_CODE_ESC);
	termkey_done(&k);
}

static void unfinished_sequences_are_given_up(void **state)
{
	static const struct row torn[] = {
		{"\033[", {'[' | ALT}}, {"\033O", {'O' | ALT}}, {"\033[1;", {0}}, {"\033]0;q", {0}},
		{"\xE4\xB8", {0}},	{"\033[[", {0}},	{"\033[M!", {0}},
	};
	uint32_t keys[16];
	struct termkey k;
	int wait_ms;
	size_t i;

	for (i = 0; i < sizeof(torn) / sizeof(torn[0]); i++) {
		termkey_init(&k);
		termkey_feed(&k, torn[i].bytes, strlen(torn[i].bytes), 0);
		take(&k, 999, keys, &wait_ms);
		assert_int_equal(keys[0], 0);
		assert_int_equal(wait_ms, 1);
		take(&k, 1000, keys, &wait_ms);
		assert_int_equal(keys[0], torn[i].keys[0]);
		termkey_feed(&k, "j", 1, 1001);
		take(&k, 1001, keys, &wait_ms);
		assert_int_equal(keys[0], 'j');
		termkey_done(&k);
	}
}

static void mouse_reports_are_keys_with_a_place_when_asked_for(void **state)
{
	static const struct {
		const char *bytes;
		struct key want; /* mouse 0: swallowed */
	} reports[] = {
		{"\033[<0;1;1M", {KEY_CODE_MOUSE, false, MOUSE_LEFT, 0, 0}},
		{"\033[<1;7;3M", {KEY_CODE_MOUSE, false, MOUSE_MIDDLE, 2, 6}},
		{"\033[<2;2000;2000M", {KEY_CODE_MOUSE, false, MOUSE_RIGHT, 1999, 1999}},
		{"\033[<64;10;20M", {KEY_CODE_MOUSE, false, MOUSE_WHEEL_UP, 19, 9}},
		{"\033[<65;300;5M", {KEY_CODE_MOUSE, false, MOUSE_WHEEL_DOWN, 4, 299}},
		{"\033[<8;2;2M", {KEY_CODE_MOUSE, true, MOUSE_LEFT, 1, 1}},
		{"\033[<16;2;2M", {KEY_CODE_MOUSE, false, MOUSE_LEFT, 1, 1}},
		{"\033[<0;1;1m", {0}},	       /* released */
		{"\033[<32;1;1M", {0}},       /* moved */
		{"\033[<4;1;1M", {0}},	       /* the terminal's own selection */
		{"\033[<66;1;1M", {0}},       /* sideways */
		{"\033[<0;0;1M", {0}},	       {"\033[<0;1;0M", {0}},
		{"\033[<0;2001;1M", {0}},      {"\033[<0;1;99999M", {0}},
		{"\033[<0;1M", {0}},	       {"\033[<0;1;1;1M", {0}},
		{"\033[<;;M", {0}},	       {"\033[<0:1:1M", {0}},
		{"\033[<0;1;1q", {0}},	       {"\033[<-1;1;1M", {0}},
		{"\033[<0000000000000000000000000000000000000064;1;1M", {0}},
		{"\033[M !!", {0}},	       /* the old form, that nobody asked for */
	};
	struct termkey k;
	struct key key;
	int wait_ms, on;
	size_t i;

	for (on = 0; on < 2; on++) {
		termkey_init(&k);
		k.mouse = on;
		for (i = 0; i < sizeof(reports) / sizeof(reports[0]); i++) {
			termkey_feed(&k, reports[i].bytes, strlen(reports[i].bytes), 0);
			termkey_feed(&k, "Z", 1, 0);
			if (on && reports[i].want.mouse) {
				assert_true(termkey_next(&k, 0, &key, &wait_ms));
				assert_int_equal(key.code, KEY_CODE_MOUSE);
				assert_int_equal(key.alt, reports[i].want.alt);
				assert_int_equal(key.mouse, reports[i].want.mouse);
				assert_int_equal(key.row, reports[i].want.row);
				assert_int_equal(key.col, reports[i].want.col);
			}
			assert_true(termkey_next(&k, 0, &key, &wait_ms));
			if (key.code != 'Z' || termkey_next(&k, 0, &key, &wait_ms))
				fail_msg("%s, %s, gave a key", reports[i].bytes + 1, on ? "on" : "off");
		}
		termkey_done(&k);
	}
}

static void a_paste_is_one_key_and_its_text_is_clean(void **state)
{
	static const char bytes[] = "\033[200~ab\033[31mq\r\n\ty\033[201\x07\xE4\xB8\xAD\xE2\x80\xAE\xFF\033[201~z";
	uint32_t keys[16];
	struct termkey k;
	int wait_ms;
	size_t i;

	termkey_init(&k);
	for (i = 0; i < sizeof(bytes) - 1; i++)
		termkey_feed(&k, bytes + i, 1, 0);
	take(&k, 0, keys, &wait_ms);
	assert_int_equal(keys[0], KEY_CODE_PASTE);
	assert_int_equal(keys[1], 'z');
	assert_int_equal(keys[2], 0);
	assert_string_equal(k.pasted.data, "ab[31mq   y[201\xE4\xB8\xAD");
	termkey_done(&k);
}

static void a_large_paste_is_cut_and_never_leaks_keys(void **state)
{
	uint32_t keys[16];
	struct termkey k;
	int wait_ms, i;

	termkey_init(&k);
	termkey_feed(&k, "\033[200~", 6, 0);
	for (i = 0; i < 100000; i++)
		termkey_feed(&k, "yq\xE4\xB8\xADstop!\n", 10, 0);
	assert_int_equal(termkey_room(&k), TERMKEY_QUEUE);
	take(&k, 0, keys, &wait_ms);
	assert_int_equal(keys[0], 0);
	termkey_feed(&k, "\033[201~", 6, 0);
	take(&k, 0, keys, &wait_ms);
	assert_int_equal(keys[0], KEY_CODE_PASTE);
	assert_int_equal(keys[1], 0);
	assert_in_range(k.pasted.len, 64 * 1024 - 16, 64 * 1024);
	/* One without an end does not lock the user out. */
	termkey_feed(&k, "\033[200~torn", 10, 0);
	take(&k, 5000, keys, &wait_ms);
	assert_int_equal(keys[0], KEY_CODE_PASTE);
	assert_string_equal(k.pasted.data, "torn");
	termkey_done(&k);
}

static void an_endless_answer_is_swallowed_up_to_a_ceiling(void **state)
{
	struct termkey k;
	int i;

	termkey_init(&k);
	termkey_feed(&k, "\033]", 2, 0);
	for (i = 0; i < TERMKEY_STRING_MAX; i++)
		termkey_feed(&k, "q", 1, 0);
	assert_int_equal(k.count, 0);
	termkey_feed(&k, "j", 1, 0);
	assert_int_equal(k.count, 1);
	termkey_done(&k);
}

/* A random thing that must be swallowed; full of letters that would be commands. */
static size_t noise(char *out)
{
	static const char *const shapes[] = {
		"\033[?64;%dc",	  "\033]%d;qqq\033\\", "\033[%d;7R", "\033[<%d;3;4M", "\033P%dqqq\033\\",
		"\033[%d;1;1;1q", "\033_q%dq\033\\",   "\033[I",	 "\033[>%dq",	   "\xFF\xFE\x80",
	};

	return (size_t)sprintf(out, shapes[rand() % 10], rand() % 1000);
}

static void noise_between_keys_is_never_a_key(void **state)
{
	unsigned seed = (unsigned)time(NULL);
	struct termkey k;
	struct key key;
	char bytes[64];
	int i, wait_ms;

	print_message("# seed %u\n", seed);
	srand(seed);
	termkey_init(&k);
	for (i = 0; i < 50000; i++) {
		termkey_feed(&k, bytes, noise(bytes), i);
		if (termkey_next(&k, i, &key, &wait_ms))
			fail_msg("%s gave key %x", bytes + 1, (unsigned)key.code);
		termkey_feed(&k, "J", 1, i);
		assert_true(termkey_next(&k, i, &key, &wait_ms));
		assert_int_equal(key.code, 'J');
	}
	termkey_done(&k);
}

static void random_bytes_are_survived(void **state)
{
	static const char likely[] = "\033\033\033[[]OPM;~<?0123456789ABqy\x9b\xe4\xb8\xad\xff\007\\200~201~";
	unsigned seed = (unsigned)time(NULL);
	struct termkey k;
	struct key key;
	char bytes[32];
	int64_t now = 0;
	int i, j, n, wait_ms;

	print_message("# seed %u\n", seed);
	srand(seed);
	termkey_init(&k);
	for (i = 0; i < 200000; i++) {
		n = rand() % 32;
		for (j = 0; j < n; j++)
			bytes[j] = rand() % 4 ? likely[(size_t)rand() % (sizeof(likely) - 1)]
					      : (char)(rand() % 256);
		termkey_feed(&k, bytes, (size_t)n, now);
		now += rand() % 50;
		for (j = 0; termkey_next(&k, now, &key, &wait_ms); j++)
			assert_in_range(j, 0, 64);
		assert_true(wait_ms >= -1);
	}
	termkey_done(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_become_keys_however_they_are_cut),
		cmocka_unit_test(a_lone_escape_is_a_key_after_a_while),
		cmocka_unit_test(unfinished_sequences_are_given_up),
		cmocka_unit_test(mouse_reports_are_keys_with_a_place_when_asked_for),
		cmocka_unit_test(a_paste_is_one_key_and_its_text_is_clean),
		cmocka_unit_test(a_large_paste_is_cut_and_never_leaks_keys),
		cmocka_unit_test(an_endless_answer_is_swallowed_up_to_a_ceiling),
		cmocka_unit_test(noise_between_keys_is_never_a_key),
		cmocka_unit_test(random_bytes_are_survived),
	};

	setlocale(LC_CTYPE, "");
	return cmocka_run_group_tests_name("termkey", tests, NULL, NULL);
}
