/* SPDX-License-Identifier: MIT */
/* The example configuration that is installed: it can be used as it is and has every setting. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/config.h"

static char dir[] = "/tmp/pipetop-example-XXXXXX", tree[sizeof(dir) + 16];

static char *example(void)
{
	return test_file("../docs/examples/pipetop.conf", NULL);
}

/* Takes the # from each line that has a setting behind it: prose has a blank there. */
static void take_comments_away(char *text)
{
	char *from, *to = text;
	bool line_starts = true;

	for (from = text; *from; from++) {
		bool mark = line_starts && *from == '#' && from[1] != ' ';

		line_starts = *from == '\n';
		if (!mark)
			*to++ = *from;
	}
	*to = '\0';
}

static void read_text(struct config *c, const char *text)
{
	struct err err = {.kind = ERR_NONE};

	if (!config_load_text(c, "pipetop.conf", text, &err))
		fail_msg("%s", err.text);
}

static void as_it_comes_it_changes_nothing(void **state)
{
	char *text = example();
	struct config c;

	read_text(&c, text);
	assert_int_equal(c.settings.given, 0);
	assert_int_equal(c.n_profiles + c.n_hooks, 0);
	config_done(&c);
	free(text);
	(void)state;
}

static void without_its_comments_all_of_it_is_taken(void **state)
{
	char *text = example();
	struct config c;

	take_comments_away(text);
	read_text(&c, text);
	assert_int_equal(c.n_profiles, 2);
	assert_int_equal(c.n_hooks, 1);
	config_done(&c);
	free(text);
	(void)state;
}

static void it_has_every_setting_there_is(void **state)
{
	char *text = example(), line[64];
	size_t i;

	for (i = 0; i < SETTINGS; i++) {
		snprintf(line, sizeof(line), "\n#%s = ", settings_table()[i].name);
		if (!strstr(text, line))
			fail_msg("docs/examples/pipetop.conf has no %s", settings_table()[i].name);
	}
	free(text);
	(void)state;
}

/* Themes are looked for in the user's folder first: there it is the source tree's. */
static int use_themes_of_the_tree(void **state)
{
	const char *top = getenv("top_srcdir");

	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(tree, sizeof(tree), "%s/pipetop", dir);
	return setenv("XDG_CONFIG_HOME", dir, 1) || symlink(top ? top : ".", tree);
}

static int remove_dir(void **state)
{
	(void)state;
	return unlink(tree) || rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_it_comes_it_changes_nothing),
		cmocka_unit_test(without_its_comments_all_of_it_is_taken),
		cmocka_unit_test(it_has_every_setting_there_is),
	};

	return cmocka_run_group_tests_name("example", tests, use_themes_of_the_tree, remove_dir);
}
