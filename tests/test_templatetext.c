/* SPDX-License-Identifier: MIT */
/* A template as text: nothing is lost on the way to an editor and back, and mistakes have their line. */
#include "test.h"

#include "../src/app/definition.h"
#include "../src/app/templatetext.h"
#include "core/mem.h"

#define DEFINITION "{\"stages\":[{\"name\":\"Build\",\"n\":1.50,\"x\":[],\"jobs\":[{\"a\":{}}]}]}"

static struct template make(const char *language, const char *description)
{
	return (struct template){.id = mem_strdup("1212"),
				 .name = mem_strdup("Go basic"),
				 .language = mem_strdup(language),
				 .description = mem_strdup(description),
				 .definition = mem_strdup(DEFINITION)};
}

static void a_definition_is_one_value_a_line(void **state)
{
	static const struct {
		const char *json, *pretty;
	} cases[] = {
		{"{}", "{}\n"},
		{"{\"a\":[],\"b\":{}}", "{\n  \"a\": [],\n  \"b\": {}\n}\n"},
		{"[1,2.50,\"x, {y}: \\\"z\\\"\"]", "[\n  1,\n  2.50,\n  \"x, {y}: \\\"z\\\"\"\n]\n"},
		{" { \"a\" :\n [ 1 ] } ", "{\n  \"a\": [\n    1\n  ]\n}\n"},
		{"}}]{", NULL}, /* no harm */
		{"\"no end", NULL},
		{"\"\\", NULL},
		{"", "\n"},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out;

		buf_init(&out, BUF_MAX);
		definition_pretty(cases[i].json, &out);
		if (cases[i].pretty) {
			assert_string_equal(out.data, cases[i].pretty);
			assert_true(definition_same(out.data, cases[i].json));
		}
		buf_done(&out);
	}
}

static void white_space_within_strings_counts(void **state)
{
	assert_true(definition_same("{ \"a\" : 1 }", "{\"a\":1}"));
	assert_true(definition_same(NULL, " \n"));
	assert_false(definition_same("{\"a \":1}", "{\"a\":1}"));
	assert_false(definition_same("{\"a\":1.0}", "{\"a\":1}"));
}

static void what_is_not_edited_comes_back_as_it_was(void **state)
{
	static const char *const descriptions[] = {
		NULL, "", "one line: with # and \"quotes\"", "two\nlines\t\x01", " blanks ",
		"\"quoted\"", "\xe8\xae\xa2\xe5\x8d\x95", "# no comment"};
	size_t i;

	for (i = 0; i < sizeof(descriptions) / sizeof(descriptions[0]); i++) {
		struct template from = make("go", descriptions[i]), to = {0};
		struct err err = {.kind = ERR_NONE};
		struct buf text;

		buf_init(&text, BUF_MAX);
		templatetext_write(&from, &text);
		assert_true(templatetext_read(text.data, text.len, &from, &to, &err));
		assert_true(definition_alike(&from, &to));
		assert_string_equal(to.id, from.id);
		assert_string_equal(to.definition, DEFINITION);
		template_done(&from);
		template_done(&to);
		buf_done(&text);
	}
}

static void what_is_edited_is_taken(void **state)
{
	static const char text[] = "# x\n\nlanguage:  java \r\ndescription: \"a\\nb\"\nname: n\ndefinition:\n{\n"
				   "\"stages\": [ ],\"n\" : 1e400 }\n";
	struct template shown = make("go", NULL), to = {0};
	struct err err = {.kind = ERR_NONE};

	assert_true(templatetext_read(text, strlen(text), &shown, &to, &err));
	assert_string_equal(to.name, "n");
	assert_string_equal(to.language, "java");
	assert_string_equal(to.description, "a\nb");
	assert_string_equal(to.definition, "{\"stages\":[],\"n\":1e400}");
	template_done(&shown);
	template_done(&to);
}

static void each_mistake_has_its_line(void **state)
{
#define HEAD "name: n\nlanguage: go\ndescription:\n"
	static const struct {
		const char *text, *said;
	} cases[] = {
		{"", "line 0: the line 'definition:' is missing"},
		{HEAD, "line 3: the line 'definition:' is missing"},
		{"name: n\nlanguage: go\ndefinition:\n{}", "line 3: 'description:' is missing"},
		{HEAD "name: m\ndefinition:\n", "line 4: name is there twice"},
		{HEAD "owner: m\ndefinition:\n", "line 4: 'owner: m' is none of"},
		{HEAD "no colon\ndefinition:\n", "line 4: 'no colon' is none of"},
		{HEAD "definition: {}\n", "line 4: the definition begins on the line below"},
		{"name:\nlanguage: go\n", "line 1: name: a template needs one"},
		{"name: a\n# x\nlanguage: jva\n", "line 3: language 'jva' is not known: did you mean java?"},
		{"name: \"a\n", "line 1: what begins with a quote must be a whole JSON string"},
		{"name: \"a\\tb\"\n", "line 1: name: it has a control character"},
		{HEAD "definition:\n", "line 5, column 1: a value is wanted here"},
		{HEAD "definition:\n{\n\"stages\": [\n}\n", "line 7, column 1: a value is wanted here"},
		{HEAD "definition:\n[]\n", "line 5: the definition must be an object"},
		{HEAD "definition:\n\n{}\n", "line 6: the definition has no \"stages\""},
		{HEAD "definition:\n{\n\"stages\": 3}\n", "line 6: \"stages\" must be a list"},
		{HEAD "definition:\n{\"stages\": []}\nmore\n", "line 6, column 1: nothing may follow"},
		{"name: \xff\n", "the text is not UTF-8"},
	};
	struct template shown = make("go", NULL);
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct template to = {0};
		struct err err = {.kind = ERR_NONE};

		assert_false(templatetext_read(cases[i].text, strlen(cases[i].text), &shown, &to, &err));
		if (strncmp(err.text, cases[i].said, strlen(cases[i].said)) != 0)
			fail_msg("'%s' instead of '%s'", err.text, cases[i].said);
		template_done(&to);
	}
	template_done(&shown);
}

static void a_language_that_only_the_service_knows_may_stay(void **state)
{
	static const char text[] = "name: n\nlanguage: cobol\ndescription:\ndefinition:\n{\"stages\":[]}";
	struct template from = make("cobol", NULL), shown = make("go", NULL), to = {0};

	assert_true(templatetext_read(text, strlen(text), &from, &to, NULL));
	template_done(&to);
	assert_false(templatetext_read(text, strlen(text), &shown, &to, NULL));
	template_done(&to);
	template_done(&from);
	template_done(&shown);
}

static void comments_alone_are_an_empty_text(void **state)
{
	assert_true(templatetext_empty(""));
	assert_true(templatetext_empty("# a\n\n  \t\n# b"));
	assert_false(templatetext_empty("# a\nname:"));
}

static void a_name_has_a_length(void **state)
{
	char name[2 * 129 + 1];
	int i;

	for (i = 0; i < 129; i++)
		memcpy(name + 2 * i, "\xc3\xa9", 3);
	assert_false(templatetext_name(name, NULL));
	assert_true(templatetext_name(name + 2, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_definition_is_one_value_a_line),
		cmocka_unit_test(white_space_within_strings_counts),
		cmocka_unit_test(what_is_not_edited_comes_back_as_it_was),
		cmocka_unit_test(what_is_edited_is_taken),
		cmocka_unit_test(each_mistake_has_its_line),
		cmocka_unit_test(a_language_that_only_the_service_knows_may_stay),
		cmocka_unit_test(comments_alone_are_an_empty_text),
		cmocka_unit_test(a_name_has_a_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
