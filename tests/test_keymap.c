/* SPDX-License-Identifier: MIT */
/* Keys that the configuration changes: what is taken, what is refused and how it is said. */
#include "test.h"

#include "core/buf.h"
#include "ui/keymap.h"

enum { CMD_RETRY_TEST = CMD_COUNT };

static struct keymap *fresh(void)
{
	size_t n;
	const struct command_info *table = command_table(&n);

	return keymap_new(table, n);
}

static enum command command(const struct keymap *map, const char *name, enum command_context context)
{
	struct key key;

	assert_true(key_parse(name, &key));
	return keymap_command(map, &key, context);
}

static void assert_keys(const struct keymap *map, enum command cmd, enum command_context context,
			const char *want)
{
	struct buf keys;

	buf_init(&keys, BUF_MAX);
	keymap_keys(map, cmd, context, &keys);
	assert_string_equal(keys.data, want);
	buf_done(&keys);
}

static void unchanged_it_is_the_key_table(void **state)
{
	static const enum command_context contexts[] = {IN_TREE, IN_LOG};
	struct keymap *map = fresh();
	struct err err = {.kind = ERR_NONE};
	unsigned line = 0;
	uint32_t code;
	size_t i, c, n;
	const struct command_info *table = command_table(&n);

	if (!keymap_check(map, &line, &err))
		fail_msg("%s", err.text);
	for (c = 0; c < 2; c++) {
		for (code = 1; code < KEY_CODE_F12; code += code == 0x400 ? KEY_CODE_UP - 0x400 : 1) {
			struct key key = {.code = code};

			assert_int_equal(keymap_command(map, &key, contexts[c]), command_of(&key, contexts[c]));
		}
		for (i = 0; i < n; i++)
			assert_string_equal(keymap_row(map, i, contexts[c]),
					    table[i].contexts & contexts[c] ? table[i].keys : "");
	}
	keymap_free(map);
	(void)state;
}

static void a_command_gets_other_keys_in_both_views_or_in_one(void **state)
{
	struct keymap *map = fresh();
	unsigned line;

	assert_true(keymap_bind(map, "down", IN_ALL, "Ctrl+N  Down", 3, NULL));
	assert_true(keymap_bind(map, "zoom", IN_LOG, "Z", 4, NULL));
	assert_true(keymap_check(map, &line, NULL));
	assert_int_equal(command(map, "j", IN_TREE), CMD_NONE);
	assert_int_equal(command(map, "Ctrl+N", IN_TREE), CMD_DOWN);
	assert_int_equal(command(map, "Ctrl+N", IN_LOG), CMD_DOWN);
	assert_keys(map, CMD_DOWN, IN_TREE, "Ctrl+N Down");
	assert_int_equal(command(map, "z", IN_TREE), CMD_ZOOM);
	assert_int_equal(command(map, "z", IN_LOG), CMD_NONE);
	assert_int_equal(command(map, "Z", IN_LOG), CMD_ZOOM);
	keymap_free(map);
	(void)state;
}

static void two_commands_may_trade_their_keys(void **state)
{
	struct keymap *map = fresh();
	struct err err = {.kind = ERR_NONE};
	unsigned line;

	assert_true(keymap_bind(map, "down", IN_ALL, "k Up", 1, NULL));
	assert_true(keymap_bind(map, "up", IN_ALL, "j Down", 2, NULL));
	if (!keymap_check(map, &line, &err))
		fail_msg("%s", err.text);
	assert_int_equal(command(map, "k", IN_LOG), CMD_DOWN);
	keymap_free(map);
	(void)state;
}

static void a_key_of_two_commands_is_an_error_with_both_names_and_the_line(void **state)
{
	struct keymap *map = fresh();
	struct err err = {.kind = ERR_NONE};
	unsigned line = 0;

	assert_true(keymap_bind(map, "zoom", IN_ALL, "j", 12, NULL));
	assert_false(keymap_check(map, &line, &err));
	assert_int_equal(line, 12);
	assert_non_null(strstr(err.text, "key j has two commands in the lists, down and zoom"));
	assert_true(keymap_bind(map, "down", IN_TREE, "Down", 14, NULL));
	assert_false(keymap_check(map, &line, &err));
	assert_int_equal(line, 12);
	assert_non_null(strstr(err.text, "key j has two commands in the log, down and zoom"));
	assert_true(keymap_bind(map, "down", IN_LOG, "Down", 15, NULL));
	assert_true(keymap_check(map, &line, &err));
	keymap_free(map);
	(void)state;
}

static void an_empty_text_takes_the_keys_away_but_a_way_out_remains(void **state)
{
	struct keymap *map = fresh();
	struct err err = {.kind = ERR_NONE};
	unsigned line = 0;

	assert_true(keymap_bind(map, "quit-now", IN_ALL, "", 5, NULL));
	assert_true(keymap_check(map, &line, NULL));
	assert_int_equal(command(map, "Ctrl+C", IN_TREE), CMD_NONE);
	assert_keys(map, CMD_QUIT_NOW, IN_TREE, "");
	assert_true(keymap_bind(map, "quit", IN_ALL, " ", 7, NULL));
	assert_false(keymap_check(map, &line, &err));
	assert_int_equal(line, 7);
	assert_non_null(strstr(err.text, "no way out"));
	keymap_free(map);
	(void)state;
}

static void what_cannot_be_bound_is_refused_with_what_could_be_meant(void **state)
{
	static const struct {
		const char *name, *keys, *says;
	} cases[] = {
		{"dwon", "j", "there is no command 'dwon': did you mean down?"},
		{"make-coffee", "j", "there is no command 'make-coffee': pipetop-config(5) lists them"},
		{"down", "ctrl+d", "did you mean Ctrl+D?"},
		{"down", "C-n", "did you mean Ctrl+N?"},
		{"down", "^N", "did you mean Ctrl+N?"},
		{"down", "Pgdwn", "there is no key 'Pgdwn': did you mean PgDn?"},
		{"down", "F13", "there is no key 'F13'"},
		{"down", "Hyperspace-and-more-than-a-key-is-long", "there is no key"},
		{"down", "xyzzy", "a character, Ctrl+A, Alt+a, F1 to F12"},
		{"down", "Ctrl+I", "Ctrl+I is Tab to a terminal: write Tab"},
		{"down", "Ctrl+M", "write Enter"},
		{"down", "Alt+Ctrl+H", "write Backspace"},
		{"down", "Ctrl+@", "a terminal sends nothing for Ctrl+@"},
		{"down", "a b c d f I J K L", "more than 8 keys"},
		{"quit-now", "x", "it holds while text is typed, too"},
		{"repaint", "Enter", "it holds while text is typed, too"},
	};
	struct keymap *map = fresh();
	struct err err;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		err = (struct err){.kind = ERR_NONE};
		if (keymap_bind(map, cases[i].name, IN_ALL, cases[i].keys, 1, &err) ||
		    !strstr(err.text, cases[i].says))
			fail_msg("%s = \"%s\": \"%s\" instead of \"%s\"", cases[i].name, cases[i].keys, err.text,
				 cases[i].says);
	}
	assert_false(keymap_bind(map, "wrap", IN_TREE, "w", 1, &err));
	assert_string_equal(err.text, "command wrap is not one of that view");
	assert_int_equal(command(map, "j", IN_TREE), CMD_DOWN);
	keymap_free(map);
	(void)state;
}

static void what_changes_the_server_takes_capital_letters_alone(void **state)
{
	static const struct command_info table[] = {
		{(enum command)CMD_RETRY_TEST, "retry", "R", IN_ALL | COMMAND_CHANGES, NULL, "retry"},
		{CMD_QUIT, "quit", "q", IN_ALL, NULL, "quit"},
	};
	static const char *const refused[] = {"r", "Ctrl+R", "F2", "Alt+R", "!", "Enter"};
	struct keymap *map = keymap_new(table, 2);
	struct err err = {.kind = ERR_NONE};
	size_t i;

	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		assert_false(keymap_bind(map, "retry", IN_ALL, refused[i], 1, &err));
		assert_non_null(strstr(err.text, "it takes a capital letter"));
	}
	assert_true(keymap_bind(map, "retry", IN_ALL, "T", 1, &err));
	assert_int_equal(command(map, "T", IN_TREE), CMD_RETRY_TEST);
	keymap_free(map);
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unchanged_it_is_the_key_table),
		cmocka_unit_test(a_command_gets_other_keys_in_both_views_or_in_one),
		cmocka_unit_test(two_commands_may_trade_their_keys),
		cmocka_unit_test(a_key_of_two_commands_is_an_error_with_both_names_and_the_line),
		cmocka_unit_test(an_empty_text_takes_the_keys_away_but_a_way_out_remains),
		cmocka_unit_test(what_cannot_be_bound_is_refused_with_what_could_be_meant),
		cmocka_unit_test(what_changes_the_server_takes_capital_letters_alone),
	};

	return cmocka_run_group_tests_name("keymap", tests, NULL, NULL);
}
