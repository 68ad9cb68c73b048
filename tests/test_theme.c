/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "core/path.h"
#include "ui/theme.h"

static char dir[] = "/tmp/pipetop-theme-XXXXXX";
static char file[64];

static int make_dir(void **state)
{
	if (!mkdtemp(dir))
		return -1;
	snprintf(file, sizeof(file), "%s/x.theme", dir);
	return 0;
}

static int remove_dir(void **state)
{
	unlink(file);
	return rmdir(dir);
}

static void write_theme(const char *text, size_t len)
{
	FILE *f = fopen(file, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	fclose(f);
}

static bool load(struct theme *t, const char *text, struct err *err)
{
	write_theme(text, strlen(text));
	return theme_load(t, file, err);
}

static void every_role_has_a_name_of_its_own(void **state)
{
	int i, j;

	for (i = 0; i < ROLE_COUNT; i++) {
		assert_true(theme_role_name((enum role)i)[0]);
		for (j = 0; j < i; j++)
			assert_string_not_equal(theme_role_name((enum role)i),
						theme_role_name((enum role)j));
	}
}

static void looks_are_read_as_written(void **state)
{
	static const struct {
		const char *look;
		uint32_t fg, bg;
		uint8_t attr;
	} rows[] = {
		{"", 0, 0, 0},
		{"default", 0, 0, 0},
		{"red", COLOUR(COLOUR_PALETTE, 1), 0, 0},
		{"bright-white on black bold", COLOUR(COLOUR_PALETTE, 15), COLOUR(COLOUR_PALETTE, 0),
		 STYLE_BOLD},
		{"on blue", 0, COLOUR(COLOUR_PALETTE, 4), 0},
		{"reverse", 0, 0, STYLE_REVERSE},
		{"bold  dim\titalic underline reverse", 0, 0, 31},
		{"color123 on 255", COLOUR(COLOUR_PALETTE, 123), COLOUR(COLOUR_PALETTE, 255), 0},
		{"#10aBff on default", COLOUR(COLOUR_RGB, 0x10ABFF), 0, 0},
		{"Dim Red", COLOUR(COLOUR_PALETTE, 1), 0, STYLE_DIM},
	};
	struct theme t;
	struct err err;
	char text[128];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), "# a comment\nfailed = \"%s\";\n", rows[i].look);
		assert_true(load(&t, text, &err));
		assert_int_equal(t.roles[ROLE_FAILED].fg, rows[i].fg);
		assert_int_equal(t.roles[ROLE_FAILED].bg, rows[i].bg);
		assert_int_equal(t.roles[ROLE_FAILED].attr, rows[i].attr);
		assert_string_equal(t.name, "x");
	}
}

static void mistakes_name_file_line_setting_and_what_would_be_right(void **state)
{
	static const struct {
		const char *text, *want[3];
	} rows[] = {
		{"ok = \"green\";\nfailed = \"redd\";", {"x.theme:2: failed: \"redd\"", "#rrggbb", "bold"}},
		{"failed = \"256\";", {"x.theme:1: failed: \"256\"", "0..255", NULL}},
		{"failed = \"#12345\";", {"\"#12345\"", NULL, NULL}},
		{"failed = \"#1234567\";", {"\"#1234567\"", NULL, NULL}},
		{"failed = \"red blue\";", {"\"blue\"", NULL, NULL}},
		{"failed = \"red on\";", {"\"on\"", NULL, NULL}},
		{"failed = \"red on blue on red\";", {"\"on\"", NULL, NULL}},
		{"failed = \"color-1\";", {"\"color-1\"", NULL, NULL}},
		{"failed = \"\x1b[31m\";", {"\"?[31m\"", NULL, NULL}},
		{"failed = \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\";", {"failed", NULL, NULL}},
		{"\n\nfailed = 3;", {"x.theme:3: failed", NULL, NULL}},
		{"fialed = \"red\";", {"x.theme:1: \"fialed\" is no role", "default.theme", NULL}},
		{"failed = { fg = 1; };", {"x.theme:1: failed", NULL, NULL}},
		{"failed = \"red\";\nfailed = \"blue\";", {"x.theme:2: duplicate", NULL, NULL}},
		{"failed = red;", {"x.theme:1: syntax error", "failed = \"red bold\";", NULL}},
		{"@include \"/dev/zero\"\n", {"@include", NULL, NULL}},
	};
	struct theme t;
	struct err err;
	size_t i, j;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(&t, 0x55, sizeof(t));
		assert_false(load(&t, rows[i].text, &err));
		assert_int_equal(err.kind, ERR_INPUT);
		for (j = 0; j < 3 && rows[i].want[j]; j++)
			if (!strstr(err.text, rows[i].want[j]))
				fail_msg("%s: not in: %s", rows[i].want[j], err.text);
		assert_int_equal(t.name[0], 0x55);
	}
}

static void missing_roles_look_as_in_mono(void **state)
{
	struct theme t, mono;
	struct err err;

	theme_mono(&mono);
	assert_true(load(&t, "ok = \"green\";", &err));
	assert_int_equal(t.roles[ROLE_SELECTED].attr, mono.roles[ROLE_SELECTED].attr);
	assert_int_equal(t.roles[ROLE_OK].fg, COLOUR(COLOUR_PALETTE, 2));
}

static void only_small_regular_text_files_are_read(void **state)
{
	struct theme t;
	struct err err;
	char *big = malloc(300 * 1024);

	assert_non_null(big);
	memset(big, ' ', 300 * 1024);
	write_theme(big, 256 * 1024);
	assert_true(theme_load(&t, file, &err));
	write_theme(big, 256 * 1024 + 1);
	assert_false(theme_load(&t, file, &err));
	write_theme(big, 300 * 1024);
	assert_false(theme_load(&t, file, &err));
	assert_non_null(strstr(err.text, "256 KiB"));
	write_theme("ok = \"green\";\0failed", 20);
	assert_false(theme_load(&t, file, &err));
	free(big);
	unlink(file);
	assert_int_equal(mkfifo(file, 0600), 0);
	assert_false(theme_load(&t, file, &err));
	assert_non_null(strstr(err.text, "regular"));
	assert_false(theme_load(&t, "/dev/zero", &err));
	assert_false(theme_load(&t, dir, &err));
	unlink(file);
	assert_false(theme_load(&t, file, &err));
	assert_non_null(strstr(err.text, "x.theme"));
}

static void themes_are_found_by_name_in_the_users_directory_first(void **state)
{
	char path[128];
	struct theme t;
	struct err err;
	FILE *f;

	setenv("XDG_CONFIG_HOME", dir, 1);
	snprintf(path, sizeof(path), "%s/pipetop", dir);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/pipetop/themes", dir);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/pipetop/themes/mine.theme", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("ok = \"blue\";", f);
	fclose(f);
	assert_true(theme_find(&t, "mine", &err));
	assert_string_equal(t.name, "mine");
	assert_int_equal(t.roles[ROLE_OK].fg, COLOUR(COLOUR_PALETTE, 4));
	assert_true(theme_find(&t, "mono", &err));
	assert_false(theme_find(&t, "nowhere", &err));
	assert_non_null(strstr(err.text, "nowhere"));
	assert_false(theme_find(&t, "../mine", &err));
	assert_false(theme_find(&t, "", &err));
	unlink(path);
	snprintf(path, sizeof(path), "%s/pipetop/themes", dir);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/pipetop", dir);
	rmdir(path);
}

static void every_theme_that_can_be_found_is_listed_the_users_first(void **state)
{
	static const char *const files[] = {"zebra.theme", "mono.theme", "b10.theme", "b9.theme", "notes.txt",
					    ".theme", "a b.theme", ".hidden.theme"};
	char path[128], name[64];
	struct theme t;
	struct err err;
	struct buf names;
	const char *p;
	size_t i;

	setenv("XDG_CONFIG_HOME", dir, 1);
	snprintf(path, sizeof(path), "%s/pipetop/themes", dir);
	assert_true(path_make_dir(path, NULL));
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/pipetop/themes/%s", dir, files[i]);
		fclose(fopen(path, "w"));
	}
	buf_init(&names, BUF_MAX);
	theme_list(&names);
	assert_int_equal(strncmp(names.data, "b9\nb10\nmono\nzebra\n", 18), 0);
	assert_null(strstr(names.data + 18, "mono"));
	assert_null(strstr(names.data, "notes"));
	for (p = names.data; *p; p = strchr(p, '\n') + 1) {
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(p, "\n"), p);
		if (!theme_find(&t, name, &err))
			fail_msg("%s: %s", name, err.text);
	}
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/pipetop/themes/%s", dir, files[i]);
		unlink(path);
	}
	theme_list(&names);
	assert_non_null(strstr(names.data, "mono\n"));
	buf_done(&names);
	snprintf(path, sizeof(path), "%s/pipetop/themes", dir);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/pipetop", dir);
	rmdir(path);
}

static void load_shipped(struct theme *t, const char *name)
{
	const char *top = getenv("top_srcdir");
	struct err err = {0};
	char path[4096];

	snprintf(path, sizeof(path), "%s/themes/%s.theme", top ? top : ".", name);
	if (!theme_load(t, path, &err))
		fail_msg("%s", err.text);
}

static void the_mono_file_is_the_built_in_look(void **state)
{
	struct theme file_look, built_in;
	int i;

	theme_mono(&built_in);
	load_shipped(&file_look, "mono");
	for (i = 0; i < ROLE_COUNT; i++) {
		assert_int_equal(file_look.roles[i].attr, built_in.roles[i].attr);
		assert_int_equal(file_look.roles[i].fg | file_look.roles[i].bg, 0);
	}
}

static void shipped_themes_name_every_role(void **state)
{
	static const char *const names[] = {"default",	"dark", "light", "high-contrast",
					    "colour-blind-safe", "mono"};
	char path[64], *text;
	struct theme t;
	size_t i;
	int r;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		load_shipped(&t, names[i]);
		snprintf(path, sizeof(path), "../themes/%s.theme", names[i]);
		text = test_file(path, NULL);
		for (r = 0; r < ROLE_COUNT; r++) {
			snprintf(path, sizeof(path), "\n%s\t", theme_role_name((enum role)r));
			if (!strstr(text, path))
				fail_msg("%s.theme has no %s", names[i], path + 1);
		}
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_role_has_a_name_of_its_own),
		cmocka_unit_test(looks_are_read_as_written),
		cmocka_unit_test(mistakes_name_file_line_setting_and_what_would_be_right),
		cmocka_unit_test(missing_roles_look_as_in_mono),
		cmocka_unit_test(only_small_regular_text_files_are_read),
		cmocka_unit_test(themes_are_found_by_name_in_the_users_directory_first),
		cmocka_unit_test(every_theme_that_can_be_found_is_listed_the_users_first),
		cmocka_unit_test(the_mono_file_is_the_built_in_look),
		cmocka_unit_test(shipped_themes_name_every_role),
	};

	return cmocka_run_group_tests_name("theme", tests, make_dir, remove_dir);
}
