/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"
#include "model/variable.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define TEXT(s) ((char *)(uintptr_t)(s)) /* what a struct owns, and this test does not */
#define SECRET "hunter2-hunter2"

static char *environments[] = {TEXT("dev"), TEXT("test"), TEXT("prod"), NULL};
static char *keys[] = {TEXT(SECRET), TEXT("other-secret"), NULL};

/* What a pipeline asks for. */
static const struct variable asked[] = {
	{.name = TEXT("VERSION"), .type = VARIABLE_STRING, .value = TEXT("1.0")},
	{.name = TEXT("ENVIRONMENT"), .type = VARIABLE_ENUM, .limits = environments, .n_limits = 3},
	{.name = TEXT("BUILD"), .type = VARIABLE_INCREMENT, .value = TEXT("1")},
	{.name = TEXT("KEY"), .type = VARIABLE_STRING, .secret = true, .value = TEXT(SECRET)},
	{.name = TEXT("CHOICE"),
	 .type = VARIABLE_ENUM,
	 .secret = true,
	 .limits = keys,
	 .n_limits = 2},
	{.name = TEXT("OPEN"), .type = VARIABLE_ENUM},
	{.name = TEXT("FILE"), .type = VARIABLE_OTHER},
	{.name = NULL},
};

enum { RELEASE, ENVIRONMENT, BUILD, KEY, CHOICE, OPEN, FILE_ };

static void a_value_is_accepted_or_the_sentence_says_what_is(void **state)
{
	static const struct {
		size_t variable;
		const char *value;
		const char *says; /* NULL: accepted */
	} rows[] = {
		{RELEASE, "", NULL},
		{RELEASE, "2.0 beta\nand more \xE4\xBD\xA0", NULL},
		{RELEASE, "a\xFF", "VERSION: the value is not UTF-8"},
		{ENVIRONMENT, "prod", NULL},
		{ENVIRONMENT, "", "ENVIRONMENT takes one of dev, test, prod"},
		{ENVIRONMENT, "Prod",
		 "ENVIRONMENT takes one of dev, test, prod: did you mean prod?"},
		{ENVIRONMENT, "tets", "did you mean test?"},
		{ENVIRONMENT, "production", "ENVIRONMENT takes one of dev, test, prod"},
		{BUILD, "7", NULL},
		{BUILD, "1.0.7", NULL},
		{BUILD, "", "must end in a digit"},
		{BUILD, "beta", "BUILD counts up with each run"},
		{BUILD, "\xD9\xA3", "must end in a digit"}, /* a digit elsewhere */
		{KEY, "any", NULL},
		{CHOICE, "other-secret", NULL},
		{CHOICE, "nope", "CHOICE: that is none of the values that it takes"},
		{OPEN, "whatever", NULL}, /* the service did not say which */
		{FILE_, "whatever", NULL},
	};
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		const struct variable *variable = &asked[rows[i].variable];
		struct err err = {0};
		bool ok = variable_accepts(variable, rows[i].value, &err);

		assert_int_equal(ok, rows[i].says == NULL);
		assert_int_equal(err.kind, ok ? ERR_NONE : ERR_INPUT);
		if (!ok && !strstr(err.text, rows[i].says))
			fail_msg("row %zu: %s", i, err.text);
	}
}

/* A value of `n` copies of a character. */
static bool accepts_so_many(const char *character, size_t n, struct err *err)
{
	struct buf value;
	bool ok;

	buf_init(&value, BUF_MAX);
	while (n--)
		buf_adds(&value, character);
	ok = variable_accepts(&asked[RELEASE], value.data, err);
	buf_done(&value);
	return ok;
}

static void a_value_is_as_long_as_it_has_characters(void **state)
{
	struct err err = {0};

	assert_true(accepts_so_many("a", VARIABLE_VALUE_MAX, NULL));
	assert_true(accepts_so_many("\xE4\xBD\xA0", VARIABLE_VALUE_MAX, NULL));
	assert_true(accepts_so_many("\xF0\x9F\x9A\x80", VARIABLE_VALUE_MAX, NULL));
	assert_false(accepts_so_many("\xE4\xBD\xA0", VARIABLE_VALUE_MAX + 1, &err));
	assert_non_null(strstr(err.text, "VERSION: the value has 8193 characters, 8192 at most"));
	assert_false(accepts_so_many("a", VARIABLE_VALUE_MAX + 1, NULL));
}

static void many_choices_are_cut_and_the_near_one_is_still_named(void **state)
{
	char *many[200], text[200][24];
	struct variable variable = {
		.name = TEXT("V"), .type = VARIABLE_ENUM, .limits = many, .n_limits = 200};
	struct err err = {0};
	size_t i;

	for (i = 0; i < LENGTH(many); i++) {
		snprintf(text[i], sizeof(text[i]), "release-%03zu", i);
		many[i] = text[i];
	}
	assert_true(variable_accepts(&variable, "release-199", NULL));
	assert_false(variable_accepts(&variable, "release_150", &err));
	assert_non_null(strstr(err.text, "V takes one of release-000, release-001"));
	assert_non_null(strstr(err.text, "..."));
	assert_non_null(strstr(err.text, "did you mean release-150?"));
}

static void a_word_sets_the_variable_that_it_names(void **state)
{
	static const struct {
		const char *word;
		size_t at;
		const char *value; /* NULL: refused */
		const char *says;
	} rows[] = {
		{"VERSION=1.2.3", RELEASE, "1.2.3", NULL},
		{"VERSION=", RELEASE, "", NULL},
		{"VERSION=a=b=", RELEASE, "a=b=", NULL},
		{"ENVIRONMENT=test", ENVIRONMENT, "test", NULL},
		{"ENVIRONMENT=qa", 0, NULL, "ENVIRONMENT takes one of dev, test, prod"},
		{"BUILD=x", 0, NULL, "BUILD counts up"},
		{"VERSION", 0, NULL, "VERSION has no value: write VERSION=VALUE"},
		{"VERSOIN=1", 0, NULL,
		 "there is no variable \"VERSOIN\": did you mean \"VERSION\"?"},
		{"version=1", 0, NULL,
		 "there is no variable \"version\": did you mean \"VERSION\"?"},
		{"COLOUR=1", 0, NULL, "there is no variable \"COLOUR\""},
		{"=1", 0, NULL, "written NAME=VALUE"},
		{"", 0, NULL, "written NAME=VALUE"},
		{"nothing", 0, NULL, "written NAME=VALUE"},
		{"A B=1", 0, NULL, "letters, digits and _ only"},
		{"\xE4\xBD\xA0=1", 0, NULL, "letters, digits and _ only"},
	};
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		const char *value = "untouched";
		size_t at = 99;
		struct err err = {0};
		bool ok = variable_assign(rows[i].word, asked, LENGTH(asked), &at, &value, &err);

		if (ok != (rows[i].value != NULL))
			fail_msg("row %zu: %s", i, err.text);
		if (ok) {
			assert_int_equal(at, rows[i].at);
			assert_string_equal(value, rows[i].value);
			continue;
		}
		assert_int_equal(err.kind, ERR_INPUT);
		if (!strstr(err.text, rows[i].says))
			fail_msg("row %zu: %s", i, err.text);
	}
}

static void where_nothing_is_asked_for_nothing_can_be_set(void **state)
{
	struct err err = {0};
	const char *value;
	size_t at;

	assert_false(variable_assign("A=1", NULL, 0, &at, &value, &err));
	assert_non_null(strstr(err.text, "there is none"));
}

static void a_name_is_no_longer_than_a_name_can_be(void **state)
{
	char word[200];
	struct err err = {0};
	const char *value;
	size_t at;

	memset(word, 'A', sizeof(word));
	memcpy(word + 128, "=1", 3);
	assert_false(variable_assign(word, asked, LENGTH(asked), &at, &value, &err));
	assert_non_null(strstr(err.text, "there is no variable"));
	memset(word, 'A', 129);
	memcpy(word + 129, "=1", 3);
	assert_false(variable_assign(word, asked, LENGTH(asked), &at, &value, &err));
	assert_non_null(strstr(err.text, "letters, digits and _ only"));
}

/* Whatever is wrong with it, a secret's value stands in no sentence, nor do those that it may take.
 */
static void no_sentence_has_a_secret(void **state)
{
	static const char *const words[] = {
		"CHOICE=" SECRET "x",
		"CHOICE=hunter2",
		"CHOICE=",
		"KEY=" SECRET "\xFF",
		SECRET,
		SECRET ":x",
		"=" SECRET,
		"KEY " SECRET "=x",
		"CHOICE=other-secre",
	};
	size_t i;

	for (i = 0; i < LENGTH(words); i++) {
		const char *value;
		struct err err = {0};
		size_t at;

		assert_false(variable_assign(words[i], asked, LENGTH(asked), &at, &value, &err));
		assert_true(err.text[0]);
		if (strstr(err.text, "hunter2") || strstr(err.text, "other"))
			fail_msg("row %zu: %s", i, err.text);
	}
}

static void types_are_known_by_the_services_words(void **state)
{
	assert_int_equal(variable_type_of("string"), VARIABLE_STRING);
	assert_int_equal(variable_type_of("enum"), VARIABLE_ENUM);
	assert_int_equal(variable_type_of("autoIncrement"), VARIABLE_INCREMENT);
	assert_int_equal(variable_type_of("file"), VARIABLE_OTHER);
	assert_int_equal(variable_type_of(""), VARIABLE_OTHER);
	assert_int_equal(variable_type_of(NULL), VARIABLE_OTHER);
}

static void a_copy_shares_nothing(void **state)
{
	struct variable from = asked[ENVIRONMENT], one, two;

	from.latest = TEXT("dev");
	from.description = TEXT("where to");
	from.type_name = TEXT("enum");
	variable_copy(&one, &from);
	variable_copy(&two, &one);
	variable_done(&one);
	assert_null(one.name);
	assert_string_equal(two.name, "ENVIRONMENT");
	assert_string_equal(two.latest, "dev");
	assert_string_equal(two.description, "where to");
	assert_int_equal(two.n_limits, 3);
	assert_string_equal(two.limits[2], "prod");
	assert_null(two.limits[3]);
	variable_done(&two);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_is_accepted_or_the_sentence_says_what_is),
		cmocka_unit_test(a_value_is_as_long_as_it_has_characters),
		cmocka_unit_test(many_choices_are_cut_and_the_near_one_is_still_named),
		cmocka_unit_test(a_word_sets_the_variable_that_it_names),
		cmocka_unit_test(where_nothing_is_asked_for_nothing_can_be_set),
		cmocka_unit_test(a_name_is_no_longer_than_a_name_can_be),
		cmocka_unit_test(no_sentence_has_a_secret),
		cmocka_unit_test(types_are_known_by_the_services_words),
		cmocka_unit_test(a_copy_shares_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
