/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <locale.h>

#include "core/buf.h"
#include "core/err.h"
#include "core/hash.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"

static void buf_takes_up_to_its_ceiling_and_not_a_byte_more(void **state)
{
	struct buf b;

	buf_init(&b, 10);
	assert_true(buf_add(&b, "12345", 5));
	assert_true(buf_adds(&b, "67890"));
	assert_false(buf_addc(&b, 'x'));
	assert_false(buf_addf(&b, "%d", 7));
	assert_string_equal(b.data, "1234567890");
	buf_truncate(&b, 3);
	assert_true(buf_addf(&b, "%s", "4567"));
	assert_string_equal(b.data, "1234567");
	buf_done(&b);
	assert_string_equal(b.data, "");
}

static void err_cuts_its_text_at_a_character(void **state)
{
	struct err err = {0};
	char text[300] = {0};

	memset(text, 'a', 198);
	strcat(text, "\xE9\xA9\xAC");
	assert_false(err_set(&err, ERR_REMOTE, 500, "%s", text));
	assert_int_equal(strlen(err.text), 198);
	assert_false(err_prefix(&err, "x"));
	assert_true(text_starts(err.text, "x: aaa"));
}

static void decoder_replaces_maximal_parts(void **state)
{
	static const struct {
		const char *bytes;
		int bad, characters;
	} rows[] = {
		{"a\xE9\xA9\xAC", 0, 2},   {"\xC0\xAF", 2, 2},	      {"\xE0\x80\x80", 3, 3},
		{"\xED\xA0\x80", 3, 3},	   {"\xF4\x90\x80\x80", 4, 4}, {"\xF0\x9F\x98", 1, 1},
		{"\xF0\x9F\x98" "A", 1, 2}, {"\xFF", 1, 1},	      {"\xE9\xA9", 1, 1},
	};
	size_t i, at, used;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *s = rows[i].bytes;
		int bad = 0, characters = 0;

		for (at = 0; at < strlen(s); at += used, characters++)
			bad += text_decode(s + at, strlen(s) - at, &used) == TEXT_BAD;
		assert_int_equal(bad, rows[i].bad);
		assert_int_equal(characters, rows[i].characters);
		assert_int_equal(text_valid(s, strlen(s)), bad == 0);
	}
}

static void every_code_point_comes_back(void **state)
{
	uint32_t cp;
	char out[4];
	size_t n, used;

	for (cp = 1; cp <= 0x10FFFF; cp++) {
		if (cp == 0xD800)
			cp = 0xE000;
		n = text_encode(cp, out);
		assert_int_equal(text_decode(out, n, &used), cp);
		assert_int_equal(used, n);
	}
}

static void widths_are_in_cells(void **state)
{
	assert_int_equal(text_width('a'), 1);
	assert_int_equal(text_width(0x9A6C), 2);
	assert_int_equal(text_width(0x0301), 0);
	assert_int_equal(text_width(0x1B), -1);
}

static void cutting_never_splits_a_character(void **state)
{
	const char *s = "a\xE9\xA9\xAC\xF0\x9F\x98\x80";

	assert_int_equal(text_cut(s, 8), 8);
	assert_int_equal(text_cut(s, 7), 4);
	assert_int_equal(text_cut(s, 5), 4);
	assert_int_equal(text_cut(s, 3), 1);
	assert_int_equal(text_cut(s, 0), 0);
}

static void numbers_are_whole_or_nothing(void **state)
{
	int64_t v = 5;

	assert_true(text_int("-42", &v));
	assert_int_equal(v, -42);
	assert_false(text_int("9223372036854775808", &v));
	assert_false(text_int("12x", &v));
	assert_false(text_int(" 1", &v));
	assert_false(text_int("-", &v));
	assert_false(text_int(NULL, &v));
	assert_int_equal(v, -42);
}

static void natural_order_reads_numbers(void **state)
{
	assert_true(text_compare_natural("build-9", "build-10") < 0);
	assert_true(text_compare_natural("Alpha", "beta") < 0);
	assert_true(text_compare_natural("a", "ab") < 0);
	assert_int_equal(text_compare_natural("x7", "x7"), 0);
	assert_true(text_compare_natural("x07", "x7") != 0);
}

static void grouped_numbers(void **state)
{
	char out[32];

	text_grouped(1234567, out, sizeof(out));
	assert_string_equal(out, "1,234,567");
	text_grouped(-123, out, sizeof(out));
	assert_string_equal(out, "-123");
	text_grouped(0, out, sizeof(out));
	assert_string_equal(out, "0");
}

static void times_of_all_four_shapes(void **state)
{
	char out[40];

	assert_int_equal(when_parse_zoneless("2023-03-06 10:04:46", 8 * 3600), INT64_C(1678068286000));
	assert_int_equal(when_parse_zoneless("2023-02-30 10:04:46", 0), WHEN_NONE);
	assert_int_equal(when_parse_zoneless("2023-03-06 10:04:46 ", 0), WHEN_NONE);
	assert_int_equal(when_parse_zoneless("0001-01-01 00:00:00", 0), WHEN_NONE);
	assert_int_equal(when_parse_zoneless(NULL, 0), WHEN_NONE);
	assert_int_equal(when_parse_iso("2030-01-02T03:04:05.123000Z"), INT64_C(1893553445123));
	assert_int_equal(when_parse_iso("2030-01-02T11:04:05+08:00"), INT64_C(1893553445000));
	assert_int_equal(when_parse_iso("2030-01-02T03:04:05"), WHEN_NONE);
	assert_int_equal(when_parse_http("Sun, 06 Nov 1994 08:49:37 GMT"), INT64_C(784111777000));
	assert_int_equal(when_parse_http("Sun, 06 Nov 1994 08:49:37 GMTx"), WHEN_NONE);
	assert_int_equal(when_parse_http("never"), WHEN_NONE);
	when_rfc3339(INT64_C(1893553445123), out, sizeof(out));
	assert_string_equal(out, "2030-01-02T03:04:05.123Z");
	assert_int_equal(when_parse_iso(out), INT64_C(1893553445123));
}

static void durations_as_people_read_them(void **state)
{
	static const struct {
		int64_t ms;
		const char *text;
	} rows[] = {{-1, "?"}, {900, "0s"}, {4000, "4s"}, {65000, "1m05s"}, {662000, "11m02s"},
		    {7380000, "2h03m"}, {273600000, "3d04h"}};
	char out[32];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		when_duration(rows[i].ms, out, sizeof(out));
		assert_string_equal(out, rows[i].text);
	}
}

static void clocks_carry_the_date_when_it_is_not_today(void **state)
{
	int64_t now = when_parse_iso("2026-11-24T06:00:00Z");
	char out[32];

	when_clock(when_parse_iso("2026-11-24T05:41:00Z"), now, out, sizeof(out));
	assert_string_equal(out, "05:41");
	when_clock(when_parse_iso("2026-11-23T05:41:00Z"), now, out, sizeof(out));
	assert_string_equal(out, "Nov 23 05:41");
	when_clock(when_parse_iso("2025-11-23T05:41:00Z"), now, out, sizeof(out));
	assert_string_equal(out, "2025-11-23");
	when_clock_exact(when_parse_iso("2026-11-24T05:41:07Z"), now, out, sizeof(out));
	assert_string_equal(out, "05:41:07");
	when_clock_exact(when_parse_iso("2026-11-23T05:41:07Z"), now, out, sizeof(out));
	assert_string_equal(out, "2026-11-23 05:41:07");
	when_clock(0, now, out, sizeof(out));
	assert_string_equal(out, "-");
}

static void hashes_match_their_vectors(void **state)
{
	char hex[HASH_SHA256_HEX];
	const char *body = "{\"offset\":0,\"limit\":10,\"status\":[\"RUNNING\"]}";

	hash_sha256_hex("", 0, hex);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	hash_sha256_hex(body, strlen(body), hex);
	assert_string_equal(hex, "f06ca01742ee9e1c33967c855ac7ce70098608703a4846efdb47622addb87ce8");
	/* RFC 4231, test case 2 */
	hash_hmac_hex("Jefe", 4, "what do ya want for nothing?", 28, hex);
	assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	assert_true(hash_bytes("a", 1) != hash_bytes("b", 1));
}

static void a_buf_with_room_and_nothing_in_it_is_an_empty_string(void **state)
{
	struct buf b;
	int i;

	/* The second time the memory is one that has been used. */
	for (i = 0; i < 2; i++) {
		buf_init(&b, BUF_MAX);
		assert_non_null(buf_room(&b, 4096));
		assert_int_equal(b.data[0], '\0');
		memset(b.data, 'x', 4096);
		buf_seal(&b, 4096);
		buf_done(&b);
	}
}

static void growing_keeps_what_is_there(void **state)
{
	int *a = NULL;
	size_t i;

	for (i = 0; i < 1000; i++) {
		a = mem_grow(a, i, sizeof(*a));
		a[i] = (int)i;
	}
	for (i = 0; i < 1000; i++)
		assert_int_equal(a[i], i);
	mem_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buf_takes_up_to_its_ceiling_and_not_a_byte_more),
		cmocka_unit_test(err_cuts_its_text_at_a_character),
		cmocka_unit_test(decoder_replaces_maximal_parts),
		cmocka_unit_test(every_code_point_comes_back),
		cmocka_unit_test(widths_are_in_cells),
		cmocka_unit_test(cutting_never_splits_a_character),
		cmocka_unit_test(numbers_are_whole_or_nothing),
		cmocka_unit_test(natural_order_reads_numbers),
		cmocka_unit_test(grouped_numbers),
		cmocka_unit_test(times_of_all_four_shapes),
		cmocka_unit_test(durations_as_people_read_them),
		cmocka_unit_test(clocks_carry_the_date_when_it_is_not_today),
		cmocka_unit_test(hashes_match_their_vectors),
		cmocka_unit_test(a_buf_with_room_and_nothing_in_it_is_an_empty_string),
		cmocka_unit_test(growing_keeps_what_is_there),
	};

	setlocale(LC_ALL, "");
	return cmocka_run_group_tests_name("core", tests, NULL, NULL);
}
