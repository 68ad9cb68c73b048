/* SPDX-License-Identifier: MIT */
/* The configuration file and the settings: what is taken, what is refused, and with which words. */
#include "test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/config.h"
#include "core/buf.h"
#include "core/mem.h"
#include "ui/keymap.h"

#define PROJECT "aaaaaaaa000000000000000000000001"

static char dir[64];

static void read_ok(struct config *c, const char *text)
{
	struct err err = {.kind = ERR_NONE};

	if (!config_load_text(c, "pipetop.conf", text, &err))
		fail_msg("%s", err.text);
}

static void assert_shows(const struct settings *s, enum setting_id id, const char *want)
{
	struct buf text;

	buf_init(&text, BUF_MAX);
	setting_show(s, &settings_table()[id], &text);
	assert_string_equal(text.data, want);
	buf_done(&text);
}

static void a_file_of_everything_is_read_as_it_says(void **state)
{
	char *text = test_file("fuzz/corpus/config/whole", NULL);
	struct config c;
	struct key key;

	read_ok(&c, text);
	assert_string_equal(c.settings.profile, "work");
	assert_string_equal(c.settings.theme, "mono");
	assert_true(c.settings.mouse && c.settings.bell && c.settings.notify);
	assert_int_equal(c.settings.ambiguous, 1);
	assert_true(c.settings.interval == 1.5);
	assert_int_equal(c.settings.requests_per_minute, 240);
	assert_int_equal(c.settings.log_pages_per_second, 0);
	assert_int_equal(c.settings.spool_max, INT64_C(512) << 20);
	assert_int_equal(c.settings.time_offset_s, -(3 * 3600 + 1800));
	assert_int_equal(c.settings.notify_on, 1u << CHANGE_FAILED | 1u << CHANGE_GATE);
	assert_int_equal(c.settings.notify_for, NOTICE_MARKED);
	assert_string_equal(c.settings.notify_pipelines[1], "web");
	assert_string_equal(c.settings.hooks[NOTICE_ON_FAIL][1], "--quietly");
	assert_string_equal(c.settings.hooks[NOTICE_ON_FAIL][2], "");
	assert_null(c.settings.hooks[NOTICE_ON_FAIL][3]);
	assert_int_equal(c.n_profiles, 2);
	assert_string_equal(c.profiles[0].settings.projects[0], PROJECT);
	assert_true(c.profiles[1].settings.read_only);
	assert_int_equal(c.n_hooks, 2);
	assert_string_equal(c.hooks[1].hooks[NOTICE_ON_FINISH][1], "web");
	assert_true(key_parse("Ctrl+Y", &key));
	assert_int_equal(keymap_command(c.keys, &key, IN_TREE), CMD_HISTORY);
	assert_true(key_parse("s", &key));
	assert_int_equal(keymap_command(c.keys, &key, IN_LOG), CMD_SEARCH);
	assert_string_equal(c.settings.token_command[2], "pipetop");
	assert_int_equal(c.settings.key_pair, KEY_PAIR_EXCHANGE);
	assert_int_equal(c.settings.cache_max, 8 << 20);
	assert_int_equal(c.settings.origins[SET_PROFILE].line, 2);
	assert_int_equal(c.settings.origins[SET_PROFILE].from, FROM_FILE);
	assert_int_equal(c.profiles[0].settings.origins[SET_REGION].from, FROM_PROFILE);
	assert_int_equal(c.errors.n, 3);
	assert_string_equal(c.errors.rules[0].pattern, "^E-[0-9]+");
	assert_int_equal(c.errors.rules[1].strength, ERROR_WEAK);
	assert_int_equal(c.errors.rules[2].strength, ERROR_NONE);
	config_done(&c);
	free(text);
	(void)state;
}

static void a_setting_that_is_not_known_is_passed_by_with_a_warning(void **state)
{
	static const char text[] = "tehme = \"dark\";\ntheme = \"mono\";\nfrobnicate = { a = 1; };\n"
				   "profiles: { a: { regoin = \"x\"; read_only = true; }; };";
	struct config c;
	struct buf many;
	int i;

	assert_true(config_load_text(&c, "f.conf", text, NULL));
	assert_string_equal(c.settings.theme, "mono");
	assert_true(c.profiles[0].settings.read_only);
	assert_int_equal(c.n_warnings, 3);
	assert_string_equal(c.warnings[0], "f.conf:1: setting 'tehme' is not known: did you mean theme?");
	assert_string_equal(c.warnings[1], "f.conf:3: setting 'frobnicate' is not known: pipetop-config(5) lists them");
	assert_string_equal(c.warnings[2], "f.conf:4: setting 'regoin' is not known: did you mean region?");
	config_done(&c);
	buf_init(&many, BUF_MAX);
	for (i = 0; i < 3 * CONFIG_WARNINGS; i++)
		buf_addf(&many, "odd%d = 1;\n", i);
	assert_true(config_load_text(&c, "f.conf", many.data, NULL));
	assert_int_equal(c.n_warnings, CONFIG_WARNINGS);
	config_done(&c);
	buf_done(&many);
	(void)state;
}

static void a_slip_of_read_only_stops_wherever_it_stands(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{"raed_only = true;", "f.conf:1: setting 'raed_only' is not known, and read_only is not set by it"},
		{"\nreadonly = true;", "f.conf:2: setting 'readonly' "},
		{"read-only = true;", "setting 'read-only' "},
		{"Read_Only = true;", "setting 'Read_Only' "},
		{"READONLY = false;", "setting 'READONLY' "},
		{"read_onyl = true;", "setting 'read_onyl' "},
		{"read_only_mode = true;", "setting 'read_only_mode' "},
		{"ready_onl = true;", "setting 'ready_onl' "},
		{"profiles: { prod: {\nreadonly = true; }; };", "f.conf:2: setting 'readonly' "},
		{"safety = { deep: { read_only = true; }; };", "setting 'read_only' is not known"},
		{"profiles: { prod: { actions = { raed-only = 1; }; }; };", "setting 'raed-only' "},
		{"keys: { read_only = \"w\"; };", "read_only"},
	};
	static const char *const others[] = {"read = 1;", "only = true;", "reading = 1;", "readable = 1;",
					     "monthly = 1;", "regoin = \"x\";", "write_only = true;"};
	struct config c;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = {.kind = ERR_NONE};

		if (config_load_text(&c, "f.conf", cases[i].text, &err) || !strstr(err.text, cases[i].says))
			fail_msg("%s: %s", cases[i].text, err.text);
		assert_int_equal(err.kind, ERR_INPUT);
		config_done(&c);
	}
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (!config_load_text(&c, "f.conf", others[i], NULL))
			fail_msg("%s stops", others[i]);
		assert_int_equal(c.n_warnings, 1);
		config_done(&c);
	}
	(void)state;
}

static void a_mistake_names_file_line_setting_and_what_is_taken(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{"\nmouse = 5;", "f.conf:2: mouse takes true or false, not '5'"},
		{"mouse = \"on\";", "f.conf:1: mouse takes true or false, not 'on'"},
		{"ambiguous = \"fat\";", "f.conf:1: ambiguous takes narrow or wide, not 'fat'"},
		{"interval = 11.0;", "interval takes a number from 0.5 to 10, not '11'"},
		{"interval = \"2\";", "interval takes a number from 0.5 to 10, not '2'"},
		{"requests_per_minute = -1;", "takes a number from 0 to 6000, not '-1'"},
		{"requests_per_minute = 1.5;", "takes a number from 0 to 6000, not '1.5'"},
		{"spool_max = \"4X\";", "spool_max takes a size such as 512M, from 1M to 1T, not '4X'"},
		{"spool_max = 5;", "from 1M to 1T, not '5'"},
		{"spool_max = \"9999999T\";", "not '9999999T'"},
		{"time_offset = \"8\";", "time_offset takes an offset such as +08:00, or UTC, not '8'"},
		{"time_offset = \"+25:00\";", "not '+25:00'"},
		{"theme = 5;", "theme takes a text in one line, not '5'"},
		{"theme = \"\";", "theme takes a text in one line, not ''"},
		{"theme = \"nosuch\";", "f.conf:1: theme: there is no theme 'nosuch': default, mono or"},
		{"theme = \"a\\nb\";", "theme takes a text in one line, not 'a?b'"},
		{"endpoint = \"http://example.com\";", "f.conf:1: endpoint: "},
		{"region = \"cn-nroth-4\";", "f.conf:1: region: region cn-nroth-4 is not known: did you mean cn-north-4?"},
		{"projects = [\"" PROJECT "\", \"../x\"];", "projects: '../x' is not an id"},
		{"projects = [1, 2];", "projects takes a list of texts, each in one line, not '1'"},
		{"projects = {};", "projects takes a list of texts, each in one line, not '{ ... }'"},
		{"token_file = \"token\";", "token_file: 'token' should begin with / or ~/"},
		{"notify_on = [\"fail\", \"fial\"];", "notify_on takes a list of start, fail, finish, stop, gate, passed, "
						       "stuck, new or gone, not 'fial'"},
		{"on_fail = \"rm -rf /\";", "on_fail takes a program and its arguments, [\"/path/to/program\", "
					    "\"argument\"], not 'rm -rf /'"},
		{"on_fail = [\"\"];", "on_fail takes a program"},
		{"token = \"x\";", "a secret does not stand in this file: use token_command or aksk_command, or token_file"},
		{"profiles: { a: { sk = \"x\"; }; };", "a secret does not stand in this file"},
		{"profiles: {\n a: {\n mouse = true; }; };", "f.conf:3: mouse does not belong in a profile"},
		{"profiles = 1;", "profiles are like: profiles: {"},
		{"profiles: { a = 1; };", "a profile is like: work: {"},
		{"\nprofile = \"wrok\";\nprofiles: { work: {}; };",
		 "f.conf:2: there is no profile 'wrok': did you mean work?"},
		{"profile = \"x\";", "there is no profile 'x': the file has none"},
		{"hooks = 1;", "hooks are like: hooks: ("},
		{"hooks: ( { on_fail = [\"/x\"]; } );", "a hook of a pipeline is like: { pipeline ="},
		{"hooks: ( { pipeline = \"a\"; theme = \"mono\"; } );", "'theme' does not belong here: pipeline, on_finish"},
		{"hooks: ( { pipeline = \"a\"; token_command = [\"/x\"]; } );", "'token_command' does not belong here"},
		{"token_command = \"pass show x\";", "token_command takes a program and its arguments"},
		{"profiles: { a: { key_pair = \"sing\"; }; };", "key_pair takes sign or exchange, not 'sing'"},
		{"iam_project = \"a b\";", "iam_project: 'a b' is not an id"},
		{"iam_endpoint = \"http://iam.example\";", "f.conf:1: iam_endpoint: "},
		{"errors = 1;", "f.conf:1: error rules are like: errors: ("},
		{"errors: ( { weak = true; } );", "an error rule is like: { pattern ="},
		{"errors: (\n { pattern = \"(\"; } );", "f.conf:2: pattern: "},
		{"errors: ( { pattern = \"x\"; weak = 1; } );", "weak takes true or false"},
		{"errors: ( { pattern = \"x\"; strong = true; } );", "'strong' does not belong here: pattern, weak and ignore do"},
		{"keys = 1;", "keys are like: keys: {"},
		{"keys: { down = 1; };", "down takes names of keys, \"j Down\", or \"\" for none"},
		{"keys: {\n\n dwon = \"j\"; };", "f.conf:3: there is no command 'dwon': did you mean down?"},
		{"keys: {\n down = \"k\"; };", "f.conf:2: key k has two commands in the lists, down and up"},
		{"keys: { log: {\n zoom = \"/\"; }; };", "f.conf:2: key / has two commands in the log, search and zoom"},
		{"theme = \"mono\";\ntheme = \"dark\";", "f.conf:2: duplicate setting name"},
		{"theme = dark;", "f.conf:1: syntax error; a setting is like: theme = \"dark\";"},
		{"\n @include \"/etc/passwd\"\n", "f.conf:2: @include is not taken: put the settings here"},
	};
	struct config c;
	struct err err;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		err = (struct err){.kind = ERR_NONE};
		if (config_load_text(&c, "f.conf", cases[i].text, &err) || !strstr(err.text, cases[i].says))
			fail_msg("%s: \"%s\" instead of \"%s\"", cases[i].text, err.text, cases[i].says);
		assert_int_equal(err.kind, ERR_INPUT);
		config_done(&c);
	}
	(void)state;
}

static void an_include_is_not_followed_wherever_it_stands(void **state)
{
	static const char *const texts[] = {"@include \"%s\"\n", "mouse = true; @include \"%s\"\n",
					    "mouse = true;\n\t@include \"%s\"\n", "/* */ @include \"%s\"\n",
					    "/*\n*/ @include \"%s\"\n"};
	struct config c;
	char path[96], text[256];
	size_t i;
	FILE *f;

	snprintf(path, sizeof(path), "%s/included", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("bell = true;\n", f);
	fclose(f);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(text, sizeof(text), texts[i], path);
#pragma GCC diagnostic pop
		assert_false(config_load_text(&c, "f.conf", text, NULL));
		assert_false(c.settings.bell);
		config_done(&c);
	}
	unlink(path);
	(void)state;
}

static void the_default_file_may_be_missing_and_a_named_one_may_not(void **state)
{
	struct config c;
	struct err err = {.kind = ERR_NONE};
	char path[128];

	setenv("XDG_CONFIG_HOME", dir, 1);
	assert_true(config_load(&c, NULL, &err));
	assert_false(c.found);
	snprintf(path, sizeof(path), "%s/pipetop/pipetop.conf", dir);
	assert_string_equal(c.path, path);
	config_done(&c);

	assert_false(config_load(&c, path, &err));
	assert_non_null(strstr(err.text, "configuration "));
	assert_non_null(strstr(err.text, "No such file or directory"));
	config_done(&c);

	unsetenv("XDG_CONFIG_HOME");
	setenv("HOME", "relative", 1);
	assert_true(config_load(&c, NULL, &err));
	assert_null(c.path);
	config_done(&c);
	(void)state;
}

static void what_is_no_file_of_a_sensible_size_is_refused(void **state)
{
	static const char *const paths[] = {"/dev/zero", "/dev/null", "/tmp", "fifo", "big", "nul"};
	struct config c;
	struct err err;
	char path[128], *big = mem_zalloc(CONFIG_FILE_MAX + 1);
	size_t i;
	int fd;

	memset(big, '\n', CONFIG_FILE_MAX + 1);
	snprintf(path, sizeof(path), "%s/big", dir);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	assert_int_equal(write(fd, big, CONFIG_FILE_MAX + 1), CONFIG_FILE_MAX + 1);
	close(fd);
	snprintf(path, sizeof(path), "%s/nul", dir);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	assert_int_equal(write(fd, "a\0b", 3), 3);
	close(fd);
	snprintf(path, sizeof(path), "%s/fifo", dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		err = (struct err){.kind = ERR_NONE};
		if (*paths[i] == '/')
			snprintf(path, sizeof(path), "%s", paths[i]);
		else
			snprintf(path, sizeof(path), "%s/%s", dir, paths[i]);
		assert_false(config_load(&c, path, &err));
		assert_non_null(strstr(err.text, path));
		config_done(&c);
		if (*paths[i] != '/')
			unlink(path);
	}
	mem_free(big);
	(void)state;
}

static void defaults_are_those_of_the_table_and_nothing_is_given(void **state)
{
	struct settings s;
	struct buf text;
	size_t i;

	settings_init(&s);
	assert_int_equal(s.given, 0);
	buf_init(&text, BUF_MAX);
	for (i = 0; i < SETTINGS; i++) {
		const struct setting *row = &settings_table()[i];

		assert_non_null(row->name);
		buf_clear(&text);
		setting_show(&s, row, &text);
		assert_string_equal(text.data, row->fallback);
		assert_ptr_equal(setting_find(row->name), row);
	}
	buf_done(&text);
	settings_done(&s);
	(void)state;
}

static void what_is_shown_is_taken_back(void **state)
{
	static const struct {
		enum setting_id id;
		const char *typed, *shown;
	} cases[] = {
		{SET_MOUSE, "on", "true"},
		{SET_SPOOL_MAX, "1536M", "1536M"},
		{SET_SPOOL_MAX, "1073741824", "1G"},
		{SET_SPOOL_MAX, "1048577", "1048577"},
		{SET_TIME_OFFSET, "-00:30", "-00:30"},
		{SET_TIME_OFFSET, "UTC", "+00:00"},
		{SET_INTERVAL, "0.75", "0.75"},
		{SET_NOTIFY_ON, "gone,fail", "fail, gone"},
		{SET_NOTIFY_PIPELINES, " a ,b c,, ", "a, b c"},
		{SET_ON_GATE, "prog 'two words' \"\" it\\'s", "prog 'two words' '' 'it'\\''s'"},
		{SET_ON_GATE, "", ""},
	};
	struct settings s;
	struct buf text;
	struct err err = {.kind = ERR_NONE};
	size_t i, pass;

	settings_init(&s);
	buf_init(&text, BUF_MAX);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct setting *row = &settings_table()[cases[i].id];

		buf_clear(&text);
		buf_adds(&text, cases[i].typed);
		for (pass = 0; pass < 2; pass++) {
			if (!setting_put(&s, row, text.data, &err))
				fail_msg("%s: %s", text.data, err.text);
			buf_clear(&text);
			setting_show(&s, row, &text);
			assert_string_equal(text.data, cases[i].shown);
		}
	}
	buf_done(&text);
	settings_done(&s);
	(void)state;
}

static void the_nearer_layer_wins_and_a_region_puts_off_a_farther_endpoint(void **state)
{
	struct config c;
	struct settings s, copy;
	struct err err = {.kind = ERR_NONE};

	read_ok(&c, "endpoint = \"https://a.example\"; requests_per_minute = 60; on_fail = [\"/a\", \"b\"];"
		    "profiles: { x: { region = \"cn-north-4\"; on_fail = [\"/c\"]; }; };");
	settings_init(&s);
	settings_cover(&s, &c.settings);
	assert_string_equal(s.endpoint, "https://a.example");
	settings_cover(&s, &config_profile(&c, "x", &err)->settings);
	assert_null(s.endpoint);
	assert_false(setting_given(&s, SET_ENDPOINT));
	assert_string_equal(s.region, "cn-north-4");
	assert_int_equal(s.requests_per_minute, 60);
	assert_shows(&s, SET_ON_FAIL, "/c");
	settings_copy(&copy, &s);
	settings_done(&s);
	config_done(&c);
	assert_shows(&copy, SET_ON_FAIL, "/c");
	assert_true(setting_given(&copy, SET_REGION));
	settings_done(&copy);
	(void)state;
}

static void the_set_line_asks_changes_and_refuses(void **state)
{
	static const struct {
		const char *line, *says;
		bool ok;
	} cases[] = {
		{"theme", "theme = default", true},
		{" mouse true ", "mouse = true", true},
		{"mouse=off", "mouse = false", true},
		{"interval = 2", "interval = 2", true},
		{"interval 20", "interval takes a number from 0.5 to 10, not '20'", false},
		{"endpoint", "endpoint = ", true},
		{"endpoint https://b.example", "endpoint cannot be changed while the dashboard runs", false},
		{"muose on", "setting 'muose' is not known: did you mean mouse?", false},
	};
	const struct setting *row;
	struct settings s;
	struct buf said;
	struct err err;
	size_t i;

	settings_init(&s);
	buf_init(&said, BUF_MAX);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		err = (struct err){.kind = ERR_NONE};
		buf_clear(&said);
		if (settings_line(&s, cases[i].line, &row, &said, &err) != cases[i].ok)
			fail_msg("%s: %s", cases[i].line, err.text);
		if (!strstr(cases[i].ok ? said.data : err.text, cases[i].says))
			fail_msg("%s: \"%s\" instead of \"%s\"", cases[i].line, cases[i].ok ? said.data : err.text,
				 cases[i].says);
	}
	assert_false(s.mouse);
	assert_true(s.interval == 2);
	buf_done(&said);
	settings_done(&s);
	(void)state;
}

static void completion_has_every_name_and_the_values_that_are_few(void **state)
{
	const char *word;
	size_t i, names = 0;
	bool mouse = false, wide = false;

	for (i = 0; (word = settings_word(i)); i++) {
		names += setting_find(word) != NULL;
		mouse |= strcmp(word, "mouse true") == 0;
		wide |= strcmp(word, "ambiguous wide") == 0;
		assert_null(strstr(word, "read_only "));
	}
	assert_int_equal(names, SETTINGS);
	assert_true(mouse && wide);
	(void)state;
}

static void notices_are_set_up_from_the_settings(void **state)
{
	struct notice_config n;
	struct settings s;
	struct config c;
	int pass;

	settings_init(&s);
	notice_config_init(&n);
	settings_notices(&s, &n);
	assert_false(n.bell || n.notify || n.hooks[NOTICE_ON_FAIL]);
	assert_int_equal(n.scope, NOTICE_ALL);
	assert_int_equal(n.events, 1u << CHANGE_FAILED | 1u << CHANGE_GATE | 1u << CHANGE_STUCK);
	assert_int_equal(n.hook_limit_ms, NOTICE_HOOK_LIMIT_MS);
	read_ok(&c, "bell = true; notify_for = \"named\"; notify_pipelines = [\"a*\"]; hook_timeout = 5;"
		    "on_fail = [\"/x\", \"y\"]; hooks: ( { pipeline = \"b*\"; on_gate = [\"/z\"]; } );");
	settings_cover(&s, &c.settings);
	for (pass = 0; pass < 2; pass++) {
		config_notices(&c, &s, &n);
		assert_true(n.bell);
		assert_int_equal(n.n_rules, 1);
		assert_string_equal(n.rules[0].pipeline, "b*");
		assert_string_equal(n.rules[0].hooks[NOTICE_ON_GATE][0], "/z");
		assert_null(n.rules[0].hooks[NOTICE_ON_FAIL]);
		assert_int_equal(n.scope, NOTICE_PATTERNS);
		assert_int_equal(n.n_patterns, 1);
		assert_string_equal(n.hooks[NOTICE_ON_FAIL][1], "y");
		assert_int_equal(n.hook_limit_ms, 5000);
	}
	notice_config_done(&n);
	settings_done(&s);
	config_done(&c);
	(void)state;
}

/* Each literal block of the manual, and all of them must be taken. */
static void the_examples_of_the_manual_are_taken(void **state)
{
	char *man = test_file("../man/pipetop-config.5", NULL), *block, *end, path[128], link[128];
	const char *top = getenv("top_srcdir");
	struct config c;
	struct err err = {.kind = ERR_NONE};
	int n = 0;

	snprintf(link, sizeof(link), "%s/pipetop", dir); /* the themes of the tree are the user's */
	snprintf(path, sizeof(path), "%s", top ? top : ".");
	assert_int_equal(symlink(path, link), 0);
	setenv("XDG_CONFIG_HOME", dir, 1);
	for (block = man; (block = strstr(block, "\n.Bd -literal")); block = end + 4) {
		block = strchr(block + 1, '\n') + 1;
		end = strstr(block, "\n.Ed");
		assert_non_null(end);
		*end = '\0';
		if (!config_load_text(&c, "pipetop-config.5", block, &err))
			fail_msg("%s: %s", block, err.text);
		config_done(&c);
		n++;
	}
	assert_int_equal(n, 6);
	unlink(link);
	free(man);
	(void)state;
}

static int make_dir(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/pipetop-config-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_of_everything_is_read_as_it_says),
		cmocka_unit_test(a_setting_that_is_not_known_is_passed_by_with_a_warning),
		cmocka_unit_test(a_slip_of_read_only_stops_wherever_it_stands),
		cmocka_unit_test(a_mistake_names_file_line_setting_and_what_is_taken),
		cmocka_unit_test(an_include_is_not_followed_wherever_it_stands),
		cmocka_unit_test(the_examples_of_the_manual_are_taken),
		cmocka_unit_test(the_default_file_may_be_missing_and_a_named_one_may_not),
		cmocka_unit_test(what_is_no_file_of_a_sensible_size_is_refused),
		cmocka_unit_test(defaults_are_those_of_the_table_and_nothing_is_given),
		cmocka_unit_test(what_is_shown_is_taken_back),
		cmocka_unit_test(the_nearer_layer_wins_and_a_region_puts_off_a_farther_endpoint),
		cmocka_unit_test(the_set_line_asks_changes_and_refuses),
		cmocka_unit_test(completion_has_every_name_and_the_values_that_are_few),
		cmocka_unit_test(notices_are_set_up_from_the_settings),
	};

	return cmocka_run_group_tests_name("config", tests, make_dir, remove_dir);
}
