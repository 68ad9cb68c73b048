/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <cjson/cJSON.h>
#include <time.h>

#include "api/json.h"
#include "core/mem.h"
#include "core/text.h"

#define FFFD "\xEF\xBF\xBD"

static struct json *parse(const char *text, struct err *err)
{
	return json_parse(text, strlen(text), NULL, NULL, NULL, err);
}

static struct json *parse_fine(const char *text)
{
	struct err err = {0};
	struct json *json = parse(text, &err);

	if (!json)
		fail_msg("%s: %s", text, err.text);
	return json;
}

static char *string_of(const struct json *json, const char *key)
{
	return json_string(json, json_root(json), key);
}

static int64_t int_of(const struct json *json, const char *key)
{
	return json_int(json, json_root(json), key, -7);
}

static void what_is_not_json_is_refused_with_its_place(void **state)
{
	static const struct {
		const char *text;
		size_t at;
	} rows[] = {
		{"", 0},
		{" \n", 2},
		{"<html>", 0},
		{"{\"a\":NaN}", 5},
		{"{\"a\":-Infinity}", 5},
		{"{'a':1}", 1},
		{"{\"a\":1,}", 7},
		{"[1,]", 3},
		{"[,1]", 1},
		{"[1 2]", 3},
		{"{\"a\" 1}", 5},
		{"{\"a\":1", 6},
		{"{\"a\":", 5},
		{"{\"a\"", 4},
		{"{\"a", 3},
		{"{1:2}", 1},
		{"[1}", 2},
		{"{\"a\":1]", 6},
		{"1 1", 2},
		{"{}{}", 2},
		{"{} x", 3},
		{"0x10", 1},
		{"007", 0},
		{"-", 0},
		{"+1", 0},
		{".5", 0},
		{"1.", 0},
		{"1e", 0},
		{"1e+", 0},
		{"tru", 0},
		{"True", 0},
		{"nullx", 4},
		{")]}'{}", 0},
		{"\"\\x41\"", 1},
		{"\"\\u12g4\"", 1},
		{"\"\\u12", 1},
		{"\"\\", 1},
		{"\"a", 2},
		{"\xFF\xFE{", 0},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err err = {0};
		char place[40];

		snprintf(place, sizeof(place), " at byte %zu", rows[i].at);
		assert_null(parse(rows[i].text, &err));
		assert_int_equal(err.kind, ERR_PARSE);
		if (!text_starts(err.text, "bad answer: ") || !strstr(err.text, place) ||
		    strcmp(strstr(err.text, place), place) != 0)
			fail_msg("%s: \"%s\", not%s", rows[i].text, err.text, place);
	}
}

static void every_kind_of_value_is_read(void **state)
{
	struct json *json = parse_fine("\xEF\xBB\xBF { \"s\" : \"a\\\"b\\\\c\\/\\b\\f\\n\\r\\t\" ,\"n\":-12.5e+3,"
				       "\"i\":42,\"t\":true,\"f\":false,\"z\":null,\"a\":[[],{}],\"\":1}\r\n");
	char *s = string_of(json, "s");

	assert_string_equal(s, "a\"b\\c/\b\f\n\r\t");
	mem_free(s);
	assert_int_equal(int_of(json, "n"), -12500);
	assert_int_equal(int_of(json, "i"), 42);
	assert_int_equal(int_of(json, ""), 1);
	assert_true(json_bool(json_root(json), "t", false));
	assert_false(json_bool(json_root(json), "f", true));
	assert_null(string_of(json, "z"));
	assert_non_null(json_array(json_root(json), "a"));
	assert_null(json_array(json_root(json), "s"));
	assert_null(json_array(json_root(json), "missing"));
	json_free(json);
}

static void strings_are_repaired_and_never_cut(void **state)
{
	static const struct {
		const char *text;
		size_t len; /* 0: strlen */
		const char *want;
	} rows[] = {
		{"a\\u0000b", 0, "a" FFFD "b"},
		{"a\0b", 3, "a" FFFD "b"},
		{"\\ud800", 0, FFFD},
		{"\\ud800x", 0, FFFD "x"},
		{"\\udc00\\ud800", 0, FFFD FFFD},
		{"\\ud83d\\ud83d\\ude00", 0, FFFD "\xF0\x9F\x98\x80"},
		{"\\ud83d\\u0041", 0, FFFD "A"},
		{"\\uD83D\\uDE00", 0, "\xF0\x9F\x98\x80"},
		{"\\u9a6c\\u4e91", 0, "\xE9\xA9\xAC\xE4\xBA\x91"},
		{"\xE9\xA9\xAC\xE4\xBA\x91", 0, "\xE9\xA9\xAC\xE4\xBA\x91"},
		{"\\u0022\\u005c", 0, "\"\\"},
		{"\\u001b[31m", 0, "\x1B[31m"},
		{"\x1B[31m\n", 0, "\x1B[31m\n"},
		{"\xC0\xAF", 0, FFFD FFFD},
		{"\xE0\x80\x80", 0, FFFD FFFD FFFD},
		{"\xED\xA0\x80", 0, FFFD FFFD FFFD},
		{"\xF0\x9F\x98", 0, FFFD},
		{"\xF0\x9F\x98z\xFF", 0, FFFD "z" FFFD},
		{"\xFF" "123", 0, FFFD "123"},
		{FFFD, 0, FFFD},
		{"\xC2\x80\xC3\xA9", 0, "\xC2\x80\xC3\xA9"},
		{"0123456789abcdef0123456789abcde\\n", 0, "0123456789abcdef0123456789abcde\n"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf doc, lifted;
		struct json *json;
		bool was = false;
		char *s;

		buf_init(&doc, BUF_MAX);
		buf_init(&lifted, BUF_MAX);
		buf_adds(&doc, "{\"k\":\"");
		buf_add(&doc, rows[i].text, rows[i].len ? rows[i].len : strlen(rows[i].text));
		buf_adds(&doc, "\",\"after\":1}");
		json = json_parse(doc.data, doc.len, NULL, NULL, NULL, NULL);
		assert_non_null(json);
		s = string_of(json, "k");
		assert_string_equal(s, rows[i].want);
		assert_int_equal(int_of(json, "after"), 1);
		mem_free(s);
		json_free(json);
		/* The same bytes as a lifted string. */
		json = json_parse(doc.data, doc.len, "k", &lifted, &was, NULL);
		assert_non_null(json);
		assert_true(was);
		assert_int_equal(lifted.len, strlen(rows[i].want));
		assert_string_equal(lifted.data, rows[i].want);
		assert_null(string_of(json, "k"));
		json_free(json);
		buf_done(&lifted);
		buf_done(&doc);
	}
}

static void a_nul_in_a_key_does_not_make_another_key(void **state)
{
	struct json *json = parse_fine("{\"a\\u0000b\":1,\"c\":2}");

	assert_int_equal(int_of(json, "a"), -7);
	assert_int_equal(int_of(json, "a" FFFD "b"), 1);
	assert_int_equal(int_of(json, "c"), 2);
	json_free(json);
}

static void numbers_are_exact_to_64_bits_and_otherwise_none(void **state)
{
	static const struct {
		const char *text;
		int64_t want;
		const char *string;
	} rows[] = {
		{"9007199254740993", INT64_C(9007199254740993), "9007199254740993"},
		{"9223372036854775807", INT64_MAX, "9223372036854775807"},
		{"-9223372036854775808", INT64_MIN, "-9223372036854775808"},
		{"9223372036854775808", -7, "9223372036854775808"},
		{"1e999", -7, "1e999"},
		{"1.5", -7, "1.5"},
		{"-0", 0, "-0"},
		{"12.0", 12, "12.0"},
		{"1767312000e3", INT64_C(1767312000000), "1767312000e3"},
		{"1e300", -7, "1e300"},
		{"\"42\"", 42, "42"},
		{"\"9223372036854775807\"", INT64_MAX, "9223372036854775807"},
		{"\" 42\"", -7, " 42"},
		{"\"1e3\"", -7, "1e3"},
		{"\"\"", -7, NULL},
		{"null", -7, NULL},
		{"true", -7, "true"},
		{"[1]", -7, NULL},
		{"{\"a\":1}", -7, NULL},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char doc[100];
		struct json *json;
		char *s;

		snprintf(doc, sizeof(doc), "{\"n\":%s}", rows[i].text);
		json = parse_fine(doc);
		if (int_of(json, "n") != rows[i].want)
			fail_msg("%s gave %lld", doc, (long long)int_of(json, "n"));
		s = string_of(json, "n");
		assert_true(text_same(s, rows[i].string));
		mem_free(s);
		json_free(json);
	}
}

static void truth_has_more_than_one_spelling(void **state)
{
	static const struct {
		const char *text;
		bool if_false, if_true; /* the answers with each default */
	} rows[] = {
		{"true", true, true},	    {"false", false, false}, {"\"true\"", true, true},
		{"\"false\"", false, false}, {"1", true, true},	      {"0", false, false},
		{"null", false, true},	    {"\"\"", false, true},    {"\"yes\"", false, true},
		{"[]", false, true},	    {"{}", false, true},      {"2", false, true},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char doc[60];
		struct json *json;

		snprintf(doc, sizeof(doc), "{\"b\":%s}", rows[i].text);
		json = parse_fine(doc);
		assert_int_equal(json_bool(json_root(json), "b", false), rows[i].if_false);
		assert_int_equal(json_bool(json_root(json), "b", true), rows[i].if_true);
		json_free(json);
	}
}

static void the_first_of_two_names_wins_and_case_matters(void **state)
{
	struct json *json = parse_fine("{\"A\":1,\"a\":2,\"a\":3,\"o\":{\"x\":1,\"x\":1,\"x\":2,\"X\":1}}");

	assert_int_equal(int_of(json, "a"), 2);
	assert_int_equal(int_of(json, "A"), 1);
	assert_int_equal(int_of(json, "O"), -7);
	assert_int_equal(json_duplicates(json), 3);
	json_free(json);
	json = parse_fine("[{\"a\":1},{\"a\":1}]");
	assert_int_equal(json_duplicates(json), 0);
	json_free(json);
}

static void getters_take_anything_for_an_object(void **state)
{
	struct json *json = parse_fine("[1,\"a\"]");

	assert_null(json_member(json_root(json), "a"));
	assert_null(json_member(NULL, "a"));
	assert_null(json_array(NULL, "a"));
	assert_null(json_peek(NULL));
	assert_null(json_string(json, json_root(json), "a"));
	assert_int_equal(json_int(json, NULL, "a", 5), 5);
	assert_true(json_bool(NULL, "a", true));
	assert_string_equal(json_peek(json_root(json)->child), "1");
	json_free(json);
}

/* "[" or "{"a":" as often as asked, then as many ends. */
static void nest(struct buf *doc, const char *open, char close, int times)
{
	int i;

	for (i = 0; i < times; i++)
		buf_adds(doc, open);
	buf_adds(doc, "1");
	for (i = 0; i < times; i++)
		buf_addc(doc, close);
}

static void depth_64_is_read_and_65_is_not(void **state)
{
	static const struct {
		const char *open;
		char close;
	} rows[] = {{"[", ']'}, {"{\"a\":", '}'}};
	size_t i;

	for (i = 0; i < 2; i++) {
		struct err err = {0};
		struct buf doc;
		struct json *json;

		buf_init(&doc, BUF_MAX);
		nest(&doc, rows[i].open, rows[i].close, JSON_DEPTH_MAX);
		json = json_parse(doc.data, doc.len, NULL, NULL, NULL, &err);
		assert_non_null(json);
		json_free(json);
		buf_clear(&doc);
		nest(&doc, rows[i].open, rows[i].close, JSON_DEPTH_MAX + 1);
		assert_null(json_parse(doc.data, doc.len, NULL, NULL, NULL, &err));
		assert_non_null(strstr(err.text, "too many levels"));
		buf_clear(&doc);
		nest(&doc, rows[i].open, rows[i].close, 100000);
		assert_null(json_parse(doc.data, doc.len, NULL, NULL, NULL, &err));
		buf_done(&doc);
	}
}

static void nodes_have_a_ceiling(void **state)
{
	struct err err = {0};
	struct buf doc;
	struct json *json;
	int i;

	buf_init(&doc, BUF_MAX);
	buf_adds(&doc, "[1");
	for (i = 2; i < JSON_NODES_MAX; i++)
		buf_adds(&doc, ",1");
	buf_adds(&doc, "]");
	json = json_parse(doc.data, doc.len, NULL, NULL, NULL, &err);
	assert_non_null(json); /* the array and its 199,999 elements */
	json_free(json);
	buf_truncate(&doc, doc.len - 1);
	buf_adds(&doc, ",1]");
	assert_null(json_parse(doc.data, doc.len, NULL, NULL, NULL, &err));
	assert_non_null(strstr(err.text, "too many values"));
	buf_done(&doc);
}

/* {"x":"aaaa...","log":"bbbb..."} */
static void long_doc(struct buf *doc, size_t other, size_t log)
{
	char *fill = mem_alloc(other > log ? other : log);

	memset(fill, 'a', other > log ? other : log);
	buf_init(doc, BUF_MAX);
	buf_adds(doc, "{\"x\":\"");
	buf_add(doc, fill, other);
	buf_adds(doc, "\",\"log\":\"");
	buf_add(doc, fill, log);
	buf_adds(doc, "\"}");
	mem_free(fill);
}

static void four_mebibytes_besides_the_lifted_string(void **state)
{
	struct err err = {0};
	struct buf doc, lifted;
	struct json *json;
	bool was;

	buf_init(&lifted, BUF_MAX);
	long_doc(&doc, 1000, 6u << 20);
	json = json_parse(doc.data, doc.len, "log", &lifted, &was, &err);
	assert_non_null(json);
	assert_true(was);
	assert_int_equal(lifted.len, 6u << 20);
	json_free(json);
	buf_clear(&lifted);
	assert_null(json_parse(doc.data, doc.len, NULL, NULL, NULL, &err));
	buf_done(&doc);

	long_doc(&doc, 5u << 20, 100);
	assert_null(json_parse(doc.data, doc.len, "log", &lifted, &was, &err));
	assert_false(was);
	assert_int_equal(lifted.len, 0);
	assert_non_null(strstr(err.text, "more than can be shown"));
	buf_done(&doc);

	long_doc(&doc, (4u << 20) - 100, 100);
	json = json_parse(doc.data, doc.len, "log", &lifted, &was, &err);
	assert_non_null(json);
	json_free(json);
	buf_done(&doc);
	buf_done(&lifted);
}

static void only_the_top_level_string_of_that_name_is_lifted(void **state)
{
	static const struct {
		const char *doc;
		bool was;
		const char *lifted;
	} rows[] = {
		{"{\"log\":\"a\\nb\",\"has_more\":true}", true, "a\nb"},
		{"{\"l\\u006fg\" : \"x\"}", true, "x"},
		{"{\"log\":\"\"}", true, ""},
		{"{\"log\":null}", false, ""},
		{"{\"log\":[\"a\"]}", false, ""},
		{"{\"log\":12}", false, ""},
		{"{\"Log\":\"a\"}", false, ""},
		{"{\"log2\":\"a\",\"lo\":\"b\"}", false, ""},
		{"{\"a\":{\"log\":\"x\"}}", false, ""},
		{"[{\"log\":\"x\"}]", false, ""},
		{"{\"log\":\"a\",\"log\":\"b\"}", true, "a"},
		{"{\"log\":null,\"log\":\"b\"}", false, ""},
		{"\"log\"", false, ""},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf lifted;
		struct json *json;
		bool was = true;

		buf_init(&lifted, BUF_MAX);
		buf_adds(&lifted, "kept;");
		json = json_parse(rows[i].doc, strlen(rows[i].doc), "log", &lifted, &was, NULL);
		assert_non_null(json);
		assert_int_equal(was, rows[i].was);
		assert_true(text_starts(lifted.data, "kept;"));
		assert_string_equal(lifted.data + 5, rows[i].lifted);
		json_free(json);
		buf_done(&lifted);
	}
}

static void a_failure_lifts_nothing(void **state)
{
	static const char *const docs[] = {
		"{\"log\":\"abc\",}", "{\"log\":\"abc\"", "{\"log\":\"abc", "{\"log\":\"abc\"}x",
		"{\"log\":\"abc\\q\"}",
	};
	size_t i;

	for (i = 0; i < sizeof(docs) / sizeof(docs[0]); i++) {
		struct buf lifted;
		bool was = true;

		buf_init(&lifted, BUF_MAX);
		buf_adds(&lifted, "kept");
		assert_null(json_parse(docs[i], strlen(docs[i]), "log", &lifted, &was, NULL));
		assert_false(was);
		assert_string_equal(lifted.data, "kept");
		buf_done(&lifted);
	}
}

static void a_full_lift_buffer_is_an_error(void **state)
{
	struct err err = {0};
	struct buf lifted;
	bool was;

	buf_init(&lifted, 3);
	assert_null(json_parse("{\"log\":\"abcd\"}", 14, "log", &lifted, &was, &err));
	assert_int_equal(err.kind, ERR_PARSE);
	assert_int_equal(lifted.len, 0);
	buf_done(&lifted);
}

static void every_cut_of_a_document_is_an_error(void **state)
{
	static const char *const seeds[] = {
		"fixtures/v5-step-logs.json",
		"fixtures/v5-pipeline-runs-list.json",
		"fixtures/v3-pipelines-list.json",
	};
	size_t i, n, len;

	for (i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++) {
		char *text = test_file(seeds[i], &len);

		while (len > 0 && text[len - 1] != '}')
			len--;
		for (n = 0; n < len; n++) {
			struct buf lifted;
			struct err err = {0};
			bool was;

			buf_init(&lifted, BUF_MAX);
			assert_null(json_parse(text, n, "log", &lifted, &was, &err));
			assert_int_equal(err.kind, ERR_PARSE);
			assert_int_equal(lifted.len, 0);
			buf_done(&lifted);
		}
		free(text);
	}
}

/* A random string as JSON text, and what it means. Every class of byte, mostly runs. */
static void random_string(unsigned *seed, struct buf *text, struct buf *plain)
{
	static const struct {
		const char *text, *plain;
	} parts[] = {
		{"a", "a"},	    {"\\n", "\n"},	   {"\\\"", "\""},    {"\\\\", "\\"},
		{"\xE9\xA9\xAC", "\xE9\xA9\xAC"},	   {"\\u4e91", "\xE4\xBA\x91"},
		{"\\ud83d\\ude00", "\xF0\x9F\x98\x80"},	   {"\\/", "/"},	{"\xFF", FFFD},
		{"\xE9\xA9", FFFD}, {"\\ud800", FFFD},	   {"\\u0000", FFFD}, {"\xC3\xA9", "\xC3\xA9"},
		{"0123456789abcdefghij", "0123456789abcdefghij"},
		{"=========================================", "========================================="},
		{"\t", "\t"},	    {"\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80"},
	};
	int n = rand_r(seed) % 40;

	while (n-- > 0) {
		size_t i = (size_t)rand_r(seed) % (sizeof(parts) / sizeof(parts[0]));

		/* A cut character must not be completed by what follows: stop it with a letter. */
		buf_adds(text, parts[i].text);
		buf_adds(plain, parts[i].plain);
		buf_addc(text, '.');
		buf_addc(plain, '.');
	}
}

static void lifted_and_parsed_strings_agree_with_what_was_written(void **state)
{
	unsigned seed = (unsigned)time(NULL), round;

	print_message("# seed %u\n", seed);
	for (round = 0; round < 5000; round++) {
		struct buf text, plain, doc, lifted;
		struct json *json;
		bool was;
		char *s;

		buf_init(&text, BUF_MAX);
		buf_init(&plain, BUF_MAX);
		buf_init(&doc, BUF_MAX);
		buf_init(&lifted, BUF_MAX);
		random_string(&seed, &text, &plain);
		buf_addf(&doc, "{\"copy\":\"%s\",\"log\":\"%s\"}", text.data, text.data);
		json = json_parse(doc.data, doc.len, "log", &lifted, &was, NULL);
		assert_non_null(json);
		assert_true(was);
		assert_string_equal(lifted.data, plain.data);
		assert_true(text_valid(lifted.data, lifted.len));
		s = string_of(json, "copy");
		assert_string_equal(text_or_empty(s), plain.data);
		mem_free(s);
		json_free(json);
		buf_done(&lifted);
		buf_done(&doc);
		buf_done(&plain);
		buf_done(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_json_is_refused_with_its_place),
		cmocka_unit_test(every_kind_of_value_is_read),
		cmocka_unit_test(strings_are_repaired_and_never_cut),
		cmocka_unit_test(a_nul_in_a_key_does_not_make_another_key),
		cmocka_unit_test(numbers_are_exact_to_64_bits_and_otherwise_none),
		cmocka_unit_test(truth_has_more_than_one_spelling),
		cmocka_unit_test(the_first_of_two_names_wins_and_case_matters),
		cmocka_unit_test(getters_take_anything_for_an_object),
		cmocka_unit_test(depth_64_is_read_and_65_is_not),
		cmocka_unit_test(nodes_have_a_ceiling),
		cmocka_unit_test(four_mebibytes_besides_the_lifted_string),
		cmocka_unit_test(only_the_top_level_string_of_that_name_is_lifted),
		cmocka_unit_test(a_failure_lifts_nothing),
		cmocka_unit_test(a_full_lift_buffer_is_an_error),
		cmocka_unit_test(every_cut_of_a_document_is_an_error),
		cmocka_unit_test(lifted_and_parsed_strings_agree_with_what_was_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
