/* SPDX-License-Identifier: MIT */
/* The command line, the environment and token files: what is taken, what is refused and how. */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "app/options.h"
#include "../src/app/region.h"
#include "../src/app/secret.h"
#include "../src/app/words.h"
#include "core/suggest.h"
#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"

#define PROJECT "aaaaaaaa000000000000000000000001"
#define WORDS_MAX 16

/* Splits at blanks into argv; `line` is kept by the caller. */
static bool read_line(struct options *o, char *line, struct err *err)
{
	char program[] = "pipetop", *argv[WORDS_MAX + 1] = {program}, *save = NULL, *word;
	int argc = 1;

	for (word = strtok_r(line, " ", &save); word && argc < WORDS_MAX; word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	return options_read(o, argc, argv, err);
}

static void clear_environment(void)
{
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	unsetenv("PIPETOP_ENDPOINT");
	unsetenv("PIPETOP_REGION");
	unsetenv("PIPETOP_PROJECT");
	unsetenv("PIPETOP_TOKEN");
}

static void options_stand_before_and_after_the_command(void **state)
{
	static const char *const lines[] = {
		"--endpoint https://a.example logs web 318 -f --tail 5 --project " PROJECT,
		"logs --tail=5 web --project " PROJECT " -f 318 --endpoint https://a.example",
		"logs -f --tail 5 --endpoint=https://a.example --project=" PROJECT " -- web 318",
	};
	struct options o;
	struct err err = {.kind = ERR_NONE};
	char line[256];
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		clear_environment();
		snprintf(line, sizeof(line), "%s", lines[i]);
		if (!read_line(&o, line, &err))
			fail_msg("%s: %s", lines[i], err.text);
		assert_int_equal(o.n_args, 3);
		assert_string_equal(o.args[0], "logs");
		assert_string_equal(o.args[1], "web");
		assert_string_equal(o.args[2], "318");
		assert_true(o.want.follow);
		assert_int_equal(o.want.tail, 5);
		assert_string_equal(o.endpoint, "https://a.example");
		assert_int_equal(o.n_projects, 1);
		options_done(&o);
	}
}

static void defaults_are_those_of_the_manual(void **state)
{
	struct options o;
	struct err err = {.kind = ERR_NONE};
	char line[] = "";

	clear_environment();
	assert_true(read_line(&o, line, &err));
	assert_int_equal(o.n_args, 0);
	assert_int_equal(o.timeout_ms, 120000);
	assert_int_equal(o.zone_offset_s, 8 * 3600);
	assert_int_equal(o.want.limit, -1);
	assert_int_equal(o.want.tail, -1);
	assert_string_equal(o.theme, "default");
	assert_null(o.endpoint);
	assert_null(o.identity.token);
	assert_false(o.v3 || o.demo || o.read_only || o.help || o.version);
	options_done(&o);
}

static void lists_are_comma_separated_and_repeatable(void **state)
{
	struct options o;
	struct err err = {.kind = ERR_NONE};
	char line[] = "pipelines --project a,b --project ,c, --status failed,RUNNING --json=lines --demo=seed";

	clear_environment();
	assert_true(read_line(&o, line, &err));
	assert_int_equal(o.n_projects, 3);
	assert_string_equal(o.projects[2], "c");
	assert_int_equal(o.want.n_status, 2);
	assert_string_equal(o.want.status[1], "RUNNING");
	assert_int_equal(o.want.json, JSON_LINES);
	assert_true(o.demo);
	assert_string_equal(o.scenario, "seed");
	options_done(&o);
}

static void a_mistake_is_named_with_its_mend(void **state)
{
	static const struct {
		const char *line, *says;
	} cases[] = {
		{"pipelins", "did you mean pipelines?"},
		{"frobnicate", "command 'frobnicate' is not known: pipetop --help lists them"},
		{"pipelines --statsu failed", "option --statsu is not known: did you mean --status?"},
		{"pipelines --xyzzy", "option --xyzzy is not known: pipetop --help shows them all"},
		{"pipelines --st failed", "option --st could be --status, --stage, --step"},
		{"logs web -z", "option -z is not known"},
		{"logs web --tail", "option --tail needs a value: N"},
		{"logs web --tail x", "--tail takes a number from 0 up, not 'x'"},
		{"logs web --tail -3", "--tail takes a number from 0 up, not '-3'"},
		{"logs web --follow=yes", "option --follow takes no value"},
		{"runs web --tail 3", "option --tail does not go with runs: it goes with logs"},
		{"--tail 3", "option --tail does not go with the dashboard: it goes with logs"},
		{"runs", "runs needs a PIPELINE"},
		{"logs", "logs needs a PIPELINE"},
		{"runs web 3", "runs does not know what to do with '3'"},
		{"pipelines web", "pipelines does not know what to do with 'web'"},
		{"--api v4", "--api takes v5 or v3, not 'v4'"},
		{"--ambiguous fat", "--ambiguous takes narrow or wide, not 'fat'"},
		{"pipelines --json=xml", "--json takes array or lines, not 'xml'"},
		{"logs web --color=blue", "--color takes auto, always or never, not 'blue'"},
		{"--timeout -1", "--timeout takes seconds from 0 to 86400, not '-1'"},
		{"--timeout 1s", "--timeout takes seconds"},
		{"runs web --since yesterday", "--since takes a time such as 2h"},
		{"pipelines --sort name:up", "--sort KEY: takes asc or desc, not 'up'"},
		{"--region cn-nroth-4", "did you mean cn-north-4?"},
		{"--region mars", "region mars is not known: give the address of the service with --endpoint URL"},
		{"--project ../x", "project '../x' is not an id"},
		{"--tenant ../x", "--tenant: tenant: '../x' is not an id"},
		{"--endpoint=", "--endpoint needs a value: URL"},
		{"--token-file /nonexistent/token", "token file /nonexistent/token: No such file or directory"},
	};
	struct options o;
	char line[256];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = {.kind = ERR_NONE};

		clear_environment();
		snprintf(line, sizeof(line), "%s", cases[i].line);
		if (read_line(&o, line, &err))
			fail_msg("'%s' was accepted", cases[i].line);
		assert_int_equal(options_exit_status(&err), EXIT_USAGE);
		if (!strstr(err.text, cases[i].says))
			fail_msg("'%s' said: %s", cases[i].line, err.text);
		options_done(&o);
	}
}

static void options_of_the_line_win_over_the_environment(void **state)
{
	struct options o;
	struct err err = {.kind = ERR_NONE};
	char both[] = "--endpoint https://line.example --project p1", none[] = "", region[] = "--region me-east-1";

	setenv("PIPETOP_ENDPOINT", "https://env.example", 1);
	setenv("PIPETOP_PROJECT", "e1,e2", 1);
	setenv("PIPETOP_REGION", "cn-north-4", 1);
	assert_true(read_line(&o, both, &err));
	assert_string_equal(o.endpoint, "https://line.example");
	assert_int_equal(o.n_projects, 1);
	options_done(&o);

	assert_true(read_line(&o, none, &err));
	assert_string_equal(o.endpoint, "https://env.example");
	assert_int_equal(o.n_projects, 2);
	options_done(&o);

	assert_true(read_line(&o, region, &err));
	assert_string_equal(o.endpoint, "https://pipeline.me-east-1.myhuaweicloud.com");
	options_done(&o);

	unsetenv("PIPETOP_ENDPOINT");
	snprintf(none, sizeof(none), "%s", "");
	assert_true(read_line(&o, none, &err));
	assert_string_equal(o.endpoint, "https://cloudpipeline-ext.cn-north-4.myhuaweicloud.com");
	options_done(&o);
	clear_environment();
}

static void a_token_leaves_the_environment_and_its_bytes_are_gone(void **state)
{
	static char variable[] = "PIPETOP_TOKEN=s3cret-canary";
	struct options o;
	struct err err = {.kind = ERR_NONE};
	char line[] = "pipelines", wrong[] = "pipelins";

	clear_environment();
	putenv(variable);
	assert_true(read_line(&o, line, &err));
	assert_string_equal(o.identity.token, "s3cret-canary");
	assert_null(getenv("PIPETOP_TOKEN"));
	assert_memory_equal(variable + strlen("PIPETOP_TOKEN="), "\0\0\0\0\0\0\0\0\0\0\0\0\0", 13);
	options_done(&o);

	setenv("PIPETOP_TOKEN", "again", 1);
	assert_false(read_line(&o, wrong, &err));
	assert_null(getenv("PIPETOP_TOKEN"));
	options_done(&o);
}

static void a_token_that_could_break_a_header_is_refused(void **state)
{
	static const char *const bad[] = {"two words", "line\nbreak", "cr\r", "tab\t", "\xc3\xa9", "\x7f"};
	struct options o;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err err = {.kind = ERR_NONE};
		char line[] = "pipelines";

		clear_environment();
		setenv("PIPETOP_TOKEN", bad[i], 1);
		assert_false(read_line(&o, line, &err));
		assert_int_equal(err.kind, ERR_INPUT);
		assert_non_null(strstr(err.text, "PIPETOP_TOKEN"));
		assert_null(strstr(err.text, bad[i]));
		options_done(&o);
	}
	clear_environment();
}

/* ---- token files ---- */

static char *dir;

static int make_dir(void **state)
{
	char template[] = "/tmp/pipetop-test-XXXXXX";

	dir = mem_strdup(mkdtemp(template));
	return dir ? 0 : -1;
}

static int remove_dir(void **state)
{
	char command[4200];

	snprintf(command, sizeof(command), "%s/token", dir);
	unlink(command);
	snprintf(command, sizeof(command), "%s/link", dir);
	unlink(command);
	rmdir(dir);
	mem_free(dir);
	return 0;
}

static const char *in_dir(const char *name)
{
	static char path[4200];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void write_token(const char *text, size_t len, mode_t mode)
{
	int fd = open(in_dir("token"), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	fchmod(fd, mode);
	close(fd);
}

static void a_token_file_is_read_without_its_line_end(void **state)
{
	static const char *const texts[] = {"tok-1", "tok-1\n", "tok-1\r\n"};
	struct err err = {.kind = ERR_NONE};
	char *token;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		write_token(texts[i], strlen(texts[i]), 0600);
		assert_true(secret_read_file(in_dir("token"), &token, &err));
		assert_string_equal(token, "tok-1");
		secret_erase(token);
	}
}

static void refused(const char *path, const char *says)
{
	struct err err = {.kind = ERR_NONE};
	char *token = NULL;

	assert_false(secret_read_file(path, &token, &err));
	assert_null(token);
	assert_int_equal(err.kind, ERR_INPUT);
	if (!strstr(err.text, says))
		fail_msg("%s said: %s", path, err.text);
}

static void a_token_file_that_others_could_read_is_refused(void **state)
{
	char says[4300];

	snprintf(says, sizeof(says), "chmod 600 %s", in_dir("token"));
	write_token("tok\n", 4, 0640);
	refused(in_dir("token"), says);
	write_token("tok\n", 4, 0604);
	refused(in_dir("token"), says);
	write_token("tok\n", 4, 0610);
	refused(in_dir("token"), says);
}

static void a_token_file_must_be_a_plain_file_of_one_line(void **state)
{
	char path[4200], *big = mem_alloc(SECRET_FILE_MAX + 1);

	write_token("one\ntwo\n", 8, 0600);
	refused(in_dir("token"), "one line");
	write_token("a\0b", 3, 0600);
	refused(in_dir("token"), "NUL");
	write_token("", 0, 0600);
	refused(in_dir("token"), "is empty");
	write_token("\n", 1, 0600);
	refused(in_dir("token"), "is empty");
	memset(big, 'x', SECRET_FILE_MAX + 1);
	write_token(big, SECRET_FILE_MAX + 1, 0600);
	refused(in_dir("token"), "64 KiB");
	mem_free(big);

	snprintf(path, sizeof(path), "%s", in_dir("token"));
	assert_int_equal(symlink(path, in_dir("link")), 0);
	refused(in_dir("link"), "symbolic link");
	unlink(in_dir("link"));
	assert_int_equal(mkfifo(in_dir("link"), 0600), 0);
	refused(in_dir("link"), "not a regular file");
	refused(dir, "not a regular file");
}

static void a_token_file_where_everybody_writes_is_refused(void **state)
{
	write_token("tok\n", 4, 0600);
	chmod(dir, 0777);
	refused(in_dir("token"), "everybody may write");
	chmod(dir, 0700);
}

static void the_token_file_wins_over_the_environment(void **state)
{
	struct options o;
	struct err err = {.kind = ERR_NONE};
	char line[4300];

	clear_environment();
	write_token("from-file\n", 10, 0600);
	setenv("PIPETOP_TOKEN", "from env", 1);
	snprintf(line, sizeof(line), "--token-file %s pipelines", in_dir("token"));
	assert_true(read_line(&o, line, &err));
	assert_string_equal(o.identity.token, "from-file");
	assert_null(getenv("PIPETOP_TOKEN"));
	options_done(&o);
}

/* ---- small words ---- */

static void times_are_read_as_people_type_them(void **state)
{
	static const int64_t now = INT64_C(1767312042000);
	static const struct {
		const char *text;
		int64_t ms;
	} cases[] = {
		{"90s", INT64_C(1767312042000) - 90000},
		{"2h", INT64_C(1767312042000) - 7200000},
		{"7d", INT64_C(1767312042000) - 604800000},
		{"2026-01-02", INT64_C(1767312000000)},
		{"2026-01-02 03:04", INT64_C(1767323040000)},
		{"2026-01-02 03:04:05", INT64_C(1767323045000)},
		{"2026-01-02T03:04:05Z", INT64_C(1767323045000)},
		{"2026-01-02T11:04:05+08:00", INT64_C(1767323045000)},
	};
	static const char *const bad[] = {"", "2", "h", "-2h", "2w", "2026-02-30", "2026-13-01", "noon"};
	int64_t ms;
	size_t i;

	setenv("TZ", "UTC", 1);
	tzset();
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(options_time(cases[i].text, now, &ms));
		assert_int_equal(ms, cases[i].ms);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (options_time(bad[i], now, &ms))
			fail_msg("'%s' was read as a time", bad[i]);
}

static void edits_are_counted(void **state)
{
	static const struct {
		const char *a, *b;
		unsigned d;
	} cases[] = {
		{"status", "status", 0}, {"statsu", "status", 1}, {"Status", "status", 0},
		{"stat", "status", 2},	 {"", "abc", 3},	  {"kitten", "sitting", 3},
		{"logs", "pipelines", 4},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(suggest_distance(cases[i].a, cases[i].b, 3), cases[i].d);
		assert_int_equal(suggest_distance(cases[i].b, cases[i].a, 3), cases[i].d);
	}
}

static char *help_of(const char *command)
{
	char *help = NULL;
	size_t len;
	FILE *f = open_memstream(&help, &len);

	options_help(f, command);
	fclose(f);
	return help;
}

static void help_names_every_command_and_option(void **state)
{
	char *help = help_of(NULL), *of_one, word[64];
	size_t n, i;
	const struct word_command *commands = word_commands(&n);
	const struct word_option *options;

	for (i = 0; i < n; i++) {
		snprintf(word, sizeof(word), "\n  %s ", commands[i].name);
		if (!strstr(help, word))
			fail_msg("--help does not name %s", commands[i].name);
	}
	options = word_options(&n);
	for (i = 0; i < n; i++) {
		snprintf(word, sizeof(word), "--%s", options[i].name);
		if (!strstr(help, word))
			fail_msg("--help does not name %s", word);
	}
	of_one = help_of("nonsense");
	assert_string_equal(of_one, help);
	free(of_one);
	free(help);
}

/* Its usage, what it does, its options and no other's, the statuses that it can end with. */
static void help_of_a_command_is_about_that_command(void **state)
{
	static const struct {
		const char *command, *has[4], *lacks[3];
	} cases[] = {
		{"logs", {"[OPTION...] logs PIPELINE [RUN]\n", "  -f, --follow ", "@waiting", "\n  6 "}, {"--name", "--endpoint", "`"}},
		{"pipelines", {"[OPTION...] pipelines\n", "  --name TEXT ", "\n  128+n ", "\n  4 "}, {"--follow", "\n  6 ", "RUN"}},
		{"runs", {"[OPTION...] runs PIPELINE\n", "  --since TIME ", "newest first", "\n  0 "}, {"--stage", "\n  1 ", "`"}},
	};
	char *help;
	size_t i, k;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		help = help_of(cases[i].command);
		for (k = 0; k < 4; k++)
			if (!strstr(help, cases[i].has[k]))
				fail_msg("%s --help does not say '%s':\n%s", cases[i].command, cases[i].has[k], help);
		for (k = 0; k < 3; k++)
			if (strstr(help, cases[i].lacks[k]))
				fail_msg("%s --help says '%s':\n%s", cases[i].command, cases[i].lacks[k], help);
		free(help);
	}
}

/* Terminals have 80 columns; rows of options may be longer where a word of theirs is. */
static void paragraphs_of_help_fit_the_screen(void **state)
{
	size_t n, i;
	const struct word_command *commands = word_commands(&n);
	char *help, *line, *end;

	for (i = 0; i < n; i++) {
		help = help_of(commands[i].name);
		for (line = help; (end = strchr(line, '\n')); line = end + 1)
			if (*line != ' ' && end - line > 80)
				fail_msg("%s --help: %.*s", commands[i].name, (int)(end - line), line);
		free(help);
	}
}

static void exit_statuses_follow_the_kind_of_failure(void **state)
{
	static const struct {
		enum err_kind kind;
		enum exit_status status;
	} cases[] = {
		{ERR_NONE, EXIT_OK},	  {ERR_INPUT, EXIT_USAGE}, {ERR_GONE, EXIT_USAGE},
		{ERR_NET, EXIT_NETWORK},  {ERR_RATE, EXIT_NETWORK}, {ERR_REMOTE, EXIT_NETWORK},
		{ERR_PARSE, EXIT_NETWORK}, {ERR_AUTH, EXIT_SIGN_IN}, {ERR_IO, EXIT_INTERNAL},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = {.kind = cases[i].kind};

		assert_int_equal(options_exit_status(&err), cases[i].status);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_stand_before_and_after_the_command),
		cmocka_unit_test(defaults_are_those_of_the_manual),
		cmocka_unit_test(lists_are_comma_separated_and_repeatable),
		cmocka_unit_test(a_mistake_is_named_with_its_mend),
		cmocka_unit_test(options_of_the_line_win_over_the_environment),
		cmocka_unit_test(a_token_leaves_the_environment_and_its_bytes_are_gone),
		cmocka_unit_test(a_token_that_could_break_a_header_is_refused),
		cmocka_unit_test_setup_teardown(a_token_file_is_read_without_its_line_end, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(a_token_file_that_others_could_read_is_refused, make_dir,
						remove_dir),
		cmocka_unit_test_setup_teardown(a_token_file_must_be_a_plain_file_of_one_line, make_dir,
						remove_dir),
		cmocka_unit_test_setup_teardown(a_token_file_where_everybody_writes_is_refused, make_dir,
						remove_dir),
		cmocka_unit_test_setup_teardown(the_token_file_wins_over_the_environment, make_dir, remove_dir),
		cmocka_unit_test(times_are_read_as_people_type_them),
		cmocka_unit_test(edits_are_counted),
		cmocka_unit_test(help_names_every_command_and_option),
		cmocka_unit_test(help_of_a_command_is_about_that_command),
		cmocka_unit_test(paragraphs_of_help_fit_the_screen),
		cmocka_unit_test(exit_statuses_follow_the_kind_of_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
