/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <locale.h>

#include "core/buf.h"
#include "ui/command.h"
#include "ui/prompt.h"

static void for_each_key(void (*visit)(const struct command_info *info, const char *name))
{
	const struct command_info *table;
	char name[32];
	size_t n, i;
	int used;

	table = command_table(&n);
	for (i = 0; i < n; i++) {
		const char *keys = table[i].keys;

		for (; sscanf(keys, "%31s%n", name, &used) == 1; keys += used)
			visit(&table[i], name);
	}
}

static void check_name(const struct command_info *info, const char *name)
{
	struct key key;
	struct buf back;

	if (!key_parse(name, &key))
		fail_msg("%s of %s is no key", name, info->name);
	buf_init(&back, 64);
	key_name(&key, &back);
	assert_string_equal(back.data, name);
	buf_done(&back);
}

static void every_key_of_the_table_has_a_name_that_reads_back(void **state)
{
	for_each_key(check_name);
}

static void check_binding(const struct command_info *info, const char *name)
{
	struct key key;
	unsigned context;

	assert_true(key_parse(name, &key));
	for (context = IN_TREE; context <= IN_LOG; context <<= 1)
		if ((info->contexts & context) && command_of(&key, context) != info->command)
			fail_msg("%s is bound twice: %s is hidden", name, info->name);
}

static void no_key_is_bound_twice_in_a_context(void **state)
{
	for_each_key(check_binding);
}

static void check_harmless(const struct command_info *info, const char *name)
{
	struct key key;
	bool four;

	assert_true(key_parse(name, &key));
	four = !key.alt && (key.code == 'R' || key.code == 'S' || key.code == 'A' || key.code == 'X');
	assert_int_equal((info->contexts & COMMAND_CHANGES) != 0, four);
	assert_int_equal(command_changes(info->command), four);
}

static void four_keys_and_no_other_change_something(void **state)
{
	for_each_key(check_harmless);
}

static void names_that_are_no_keys_are_refused(void **state)
{
	static const char *const names[] = {"", "Ctrl+", "Ctrl+ab", "F0", "F13", "Hyper", "ab", "\x80", "Alt+"};
	struct key key;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_false(key_parse(names[i], &key));
}

static enum prompt_event type(struct prompt *p, const char *names)
{
	enum prompt_event event = PROMPT_IGNORED;
	char name[32];
	struct key key;
	int used;

	for (; sscanf(names, "%31s%n", name, &used) == 1; names += used) {
		assert_true(key_parse(name, &key));
		event = prompt_key(p, &key);
	}
	return event;
}

static void a_prompt_edits_characters_not_bytes(void **state)
{
	struct prompt p = {.sign = 0};

	prompt_open(&p, '/', NULL);
	prompt_insert(&p, "a\xE9\xA9\xAC\xE4\xBA\x91");
	type(&p, "Left Backspace b");
	assert_string_equal(p.text, "ab\xE4\xBA\x91");
	type(&p, "End Ctrl+W");
	assert_string_equal(p.text, "");
	assert_int_equal(type(&p, "x Backspace Backspace"), PROMPT_CANCELLED);
	prompt_done(&p);
}

static void a_prompt_remembers_and_brings_back(void **state)
{
	struct prompt p = {.sign = 0};

	prompt_open(&p, ':', NULL);
	assert_int_equal(type(&p, "o n e Enter"), PROMPT_DONE);
	prompt_open(&p, ':', NULL);
	assert_int_equal(type(&p, "t w o Enter"), PROMPT_DONE);
	prompt_open(&p, ':', NULL);
	assert_int_equal(type(&p, "o n e Enter"), PROMPT_DONE); /* moves to the front */
	prompt_open(&p, ':', NULL);
	type(&p, "t h r Up");
	assert_string_equal(p.text, "one");
	type(&p, "Up");
	assert_string_equal(p.text, "two");
	assert_int_equal(type(&p, "Up"), PROMPT_IGNORED);
	type(&p, "Down Down");
	assert_string_equal(p.text, "thr");
	prompt_done(&p);
}

static void a_prompt_has_a_ceiling_and_stays_whole(void **state)
{
	struct prompt p = {.sign = 0};
	int i;

	prompt_open(&p, '/', NULL);
	for (i = 0; i < 400; i++)
		prompt_insert(&p, "\xE9\xA9\xAC");
	assert_true(p.len <= PROMPT_MAX);
	assert_int_equal(p.len % 3, 0);
	prompt_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_of_the_table_has_a_name_that_reads_back),
		cmocka_unit_test(no_key_is_bound_twice_in_a_context),
		cmocka_unit_test(four_keys_and_no_other_change_something),
		cmocka_unit_test(names_that_are_no_keys_are_refused),
		cmocka_unit_test(a_prompt_edits_characters_not_bytes),
		cmocka_unit_test(a_prompt_remembers_and_brings_back),
		cmocka_unit_test(a_prompt_has_a_ceiling_and_stays_whole),
	};

	setlocale(LC_ALL, "");
	return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
