/* SPDX-License-Identifier: MIT */
/* Option before environment before profile before file before default; and what a first start lacks. */
#include "test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "app/guide.h"
#include "app/options.h"
#include "core/mem.h"

#define PROJECT "aaaaaaaa000000000000000000000001"
#define OTHER "aaaaaaaa000000000000000000000002"
#define WORDS_MAX 16

static char dir[64], file[96], token[96], other_token[96];

static void write_file(const char *path, const char *text, mode_t mode)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
}

/* `%s` in the text is the folder. */
static void configure(const char *before, const char *name, const char *after)
{
	char text[2048];

	snprintf(text, sizeof(text), "%s%s%s", before, name, after);
	write_file(file, text, 0600);
}

static bool read_line(struct options *o, const char *words, struct err *err)
{
	char program[] = "pipetop", line[512], *argv[WORDS_MAX + 1] = {program}, *save = NULL, *word;
	int argc = 1;

	snprintf(line, sizeof(line), "%s", words);
	for (word = strtok_r(line, " ", &save); word && argc < WORDS_MAX; word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	return options_read(o, argc, argv, err);
}

static void read_ok(struct options *o, const char *words)
{
	struct err err = {.kind = ERR_NONE};

	if (!read_line(o, words, &err))
		fail_msg("%s: %s", words, err.text);
}

#define PLACE                                                                                      \
	"endpoint = \"https://a.example\"; projects = [\"" PROJECT "\"]; theme = \"mono\";"        \
	"mouse = true; ambiguous = \"wide\"; time_offset = \"+00:00\"; requests_per_minute = 7;"   \
	"token_file = \""
#define PROFILES                                                                                   \
	"\"; profiles: { x: { region = \"cn-north-4\"; projects = [\"" OTHER "\"]; read_only = true; }; };"

static void the_file_gives_what_nobody_says(void **state)
{
	struct options o;

	configure(PLACE, token, PROFILES);
	read_ok(&o, "");
	assert_string_equal(o.endpoint, "https://a.example");
	assert_int_equal(o.n_projects, 1);
	assert_string_equal(o.projects[0], PROJECT);
	assert_string_equal(o.theme, "mono");
	assert_string_equal(o.identity.token, "from-file");
	assert_true(o.settings.mouse && o.ambiguous_wide);
	assert_int_equal(o.zone_offset_s, 0);
	assert_int_equal(o.settings.requests_per_minute, 7);
	assert_int_equal(o.settings.log_pages_per_second, 20);
	assert_false(o.read_only);
	assert_null(o.profile);
	options_done(&o);
	(void)state;
}

static void options_and_environment_win_over_the_file(void **state)
{
	struct options o;

	configure(PLACE, token, PROFILES);
	setenv("PIPETOP_ENDPOINT", "https://env.example", 1);
	setenv("PIPETOP_PROJECT", OTHER, 1);
	setenv("PIPETOP_TOKEN", "from-env", 1);
	setenv("PIPETOP_TENANT", OTHER, 1);
	read_ok(&o, "--theme default --mouse=off --ambiguous narrow --read-only --view mine");
	assert_string_equal(o.endpoint, "https://env.example");
	assert_string_equal(o.projects[0], OTHER);
	assert_string_equal(o.identity.token, "from-env");
	assert_string_equal(o.settings.tenant, OTHER);
	assert_string_equal(o.theme, "default");
	assert_string_equal(o.settings.theme, "default");
	assert_string_equal(o.settings.endpoint, "https://env.example");
	assert_string_equal(o.settings.projects[0], OTHER);
	assert_string_equal(o.view, "mine");
	assert_false(o.settings.mouse || o.ambiguous_wide);
	assert_true(o.read_only && o.settings.read_only);
	options_done(&o);

	read_ok(&o, "--endpoint https://said.example --project " PROJECT " --mouse");
	assert_string_equal(o.endpoint, "https://said.example");
	assert_string_equal(o.projects[0], PROJECT);
	assert_int_equal(o.n_projects, 1);
	assert_true(o.settings.mouse);
	options_done(&o);
	(void)state;
}

static void a_region_of_the_line_wins_over_endpoints_farther_off(void **state)
{
	struct options o;

	configure(PLACE, token, PROFILES);
	setenv("PIPETOP_ENDPOINT", "https://env.example", 1);
	read_ok(&o, "--region cn-north-1");
	assert_string_equal(o.endpoint, "https://cloudpipeline-ext.cn-north-1.myhuaweicloud.com");
	options_done(&o);
	unsetenv("PIPETOP_ENDPOINT");
	setenv("PIPETOP_REGION", "cn-north-1", 1);
	read_ok(&o, "");
	assert_string_equal(o.endpoint, "https://cloudpipeline-ext.cn-north-1.myhuaweicloud.com");
	options_done(&o);
	(void)state;
}

static void a_profile_lies_over_the_rest_of_the_file(void **state)
{
	struct options o;
	struct err err = {.kind = ERR_NONE};

	configure(PLACE, token, PROFILES);
	read_ok(&o, "--profile x");
	assert_string_equal(o.endpoint, "https://cloudpipeline-ext.cn-north-4.myhuaweicloud.com");
	assert_string_equal(o.projects[0], OTHER);
	assert_true(o.read_only);
	assert_string_equal(o.identity.token, "from-file");
	assert_string_equal(o.settings.profile, "x");
	options_done(&o);

	assert_false(read_line(&o, "--profile y", &err));
	assert_non_null(strstr(err.text, "there is no profile 'y'"));
	options_done(&o);

	configure("profile = \"x\"; " PLACE, token, PROFILES);
	read_ok(&o, "");
	assert_string_equal(o.profile, "x");
	options_done(&o);
	(void)state;
}

static void a_mistake_in_the_file_is_told_and_the_token_still_leaves_the_environment(void **state)
{
	struct options o;
	struct err err = {.kind = ERR_NONE};

	configure("\n\n", "mouse = 5", ";");
	setenv("PIPETOP_TOKEN", "secret", 1);
	assert_false(read_line(&o, "pipelines", &err));
	assert_non_null(strstr(err.text, "pipetop.conf:3: mouse takes true or false, not '5'"));
	assert_null(getenv("PIPETOP_TOKEN"));
	options_done(&o);
	read_ok(&o, "--help"); /* works whatever the file says */
	options_done(&o);
	assert_false(read_line(&o, "--config /nonexistent/file", &err));
	assert_non_null(strstr(err.text, "configuration /nonexistent/file: No such file"));
	options_done(&o);
	(void)state;
}

static void a_demo_takes_only_the_looks(void **state)
{
	struct options o;

	configure("profile = \"x\"; tenant = \"" OTHER "\"; " PLACE, token, PROFILES);
	read_ok(&o, "--demo");
	assert_null(o.endpoint);
	assert_int_equal(o.n_projects, 0);
	assert_null(o.identity.token);
	assert_null(o.profile);
	assert_null(o.settings.tenant);
	assert_int_equal(o.zone_offset_s, 8 * 3600);
	assert_string_equal(o.theme, "mono");
	assert_true(o.settings.mouse);
	options_done(&o);
	(void)state;
}

static void a_first_start_may_become_a_demo(void **state)
{
	struct options o;

	configure("theme = \"mono\"; time_offset = \"+00:00\"; tenant = \"" OTHER "\"; projects = [\"", PROJECT, "\"];");
	setenv("PIPETOP_TOKEN", "from-env", 1);
	read_ok(&o, "--mouse");
	assert_int_equal(o.n_projects, 1);
	options_demo(&o);
	assert_true(o.demo);
	assert_string_equal(o.scenario, "demo");
	assert_int_equal(o.n_projects, 0); /* else the simulator would be asked for a project it has not */
	assert_null(o.identity.token);
	assert_null(o.settings.projects);
	assert_null(o.settings.tenant);
	assert_int_equal(o.zone_offset_s, 8 * 3600);
	assert_string_equal(o.theme, "mono");
	assert_true(o.settings.mouse);
	options_done(&o);
	(void)state;
}

static void a_home_is_filled_in(void **state)
{
	struct options o;
	char ca[128];

	setenv("HOME", dir, 1);
	configure("token_file = \"~/token\"; ca_file = \"", "~/ca.pem", "\";");
	read_ok(&o, "");
	assert_string_equal(o.identity.token, "from-file");
	snprintf(ca, sizeof(ca), "%s/ca.pem", dir);
	assert_string_equal(o.settings.ca_file, ca);
	options_done(&o);
	(void)state;
}

static void changing_the_profile_takes_place_and_token_of_the_file_alone(void **state)
{
	struct options o;
	struct err err = {.kind = ERR_NONE};
	char after[512];

	snprintf(after, sizeof(after),
		 "\"; profiles: { x: { region = \"cn-north-4\"; projects = [\"" OTHER
		 "\"]; read_only = true; token_file = \"%s\"; }; bare: { token_file = \"/nonexistent\"; }; };",
		 other_token);
	configure(PLACE, token, after);
	setenv("PIPETOP_TOKEN", "from-env", 1);
	read_ok(&o, "--endpoint https://said.example --project " PROJECT);
	assert_string_equal(o.identity.token, "from-env");
	assert_false(options_profile(&o, "nosuch", &err));
	assert_false(options_profile(&o, "bare", &err)); /* no such token file */
	assert_string_equal(o.endpoint, "https://said.example");
	assert_string_equal(o.identity.token, "from-env");

	if (!options_profile(&o, "x", &err))
		fail_msg("%s", err.text);
	assert_string_equal(o.endpoint, "https://cloudpipeline-ext.cn-north-4.myhuaweicloud.com");
	assert_string_equal(o.identity.token, "other");
	assert_string_equal(o.projects[0], OTHER);
	assert_true(o.read_only);
	assert_string_equal(o.profile, "x");

	if (!options_profile(&o, "", &err))
		fail_msg("%s", err.text);
	assert_string_equal(o.endpoint, "https://a.example");
	assert_string_equal(o.identity.token, "from-file");
	assert_false(o.read_only);
	assert_null(o.profile);
	options_done(&o);
	(void)state;
}

static void a_token_does_not_follow_to_a_profile_that_has_none(void **state)
{
	struct options o;
	struct err err = {.kind = ERR_NONE};

	configure("endpoint = \"https://a.example\"; profiles: { x: { endpoint = \"", "https://b.example", "\"; }; };");
	setenv("PIPETOP_TOKEN", "from-env", 1);
	read_ok(&o, "");
	assert_false(options_profile(&o, "x", &err));
	assert_int_equal(err.kind, ERR_AUTH);
	assert_non_null(strstr(err.text, "pipetop --profile x"));
	assert_string_equal(o.endpoint, "https://a.example");
	options_done(&o);
	(void)state;
}

/* ---- the first start ---- */

static bool guide_says(const struct guide *g, const char *words)
{
	size_t i;

	for (i = 0; i < g->n; i++)
		if ((g->lines[i].left && strstr(g->lines[i].left, words)) || strstr(g->lines[i].right, words))
			return true;
	return false;
}

static void assert_fits_a_small_screen(const struct guide *g)
{
	size_t i;

	assert_true(g->n + 2 <= 24);
	for (i = 0; i < g->n; i++)
		if (strlen(g->lines[i].right) + (g->lines[i].left ? GUIDE_COLUMN : 0) > 78)
			fail_msg("too long: %s", g->lines[i].right);
}

static void a_first_start_is_told_all_that_is_missing_on_one_screen(void **state)
{
	static const char *const words[] = {"--region", "PIPETOP_REGION", "region = \"cn-north-4\";",
					    "--project", "PIPETOP_PROJECT", "projects = [", "pipetop login",
					    "PIPETOP_TOKEN", "token_command = ", "--demo", "pipetop/pipetop.conf"};
	struct options o;
	struct guide g;
	size_t i;

	unlink(file);
	read_ok(&o, "");
	assert_true(guide_make(&g, &o));
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!guide_says(&g, words[i]))
			fail_msg("%s is not said", words[i]);
	assert_true(guide_says(&g, "make the file"));
	assert_fits_a_small_screen(&g);
	guide_done(&g);
	options_done(&o);
	(void)state;
}

static void what_is_known_is_said_and_not_asked_for_again(void **state)
{
	struct options o;
	struct guide g;

	configure("endpoint = \"", "https://a.example", "\";");
	read_ok(&o, "--project " PROJECT);
	assert_true(guide_make(&g, &o));
	assert_true(guide_says(&g, "https://a.example"));
	assert_true(guide_says(&g, PROJECT));
	assert_true(guide_says(&g, "pipetop login"));
	assert_true(guide_says(&g, "add to the file"));
	assert_false(guide_says(&g, "--region"));
	assert_false(guide_says(&g, "projects = ["));
	assert_fits_a_small_screen(&g);
	guide_done(&g);
	options_done(&o);

	setenv("PIPETOP_TOKEN", "x", 1);
	read_ok(&o, "--project " PROJECT);
	assert_false(guide_make(&g, &o));
	assert_true(options_dashboard(&o, NULL));
	guide_done(&g);
	options_done(&o);
	(void)state;
}

/* ---- */

static int make_place(void **state)
{
	static const char *const variables[] = {"PIPETOP_ENDPOINT", "PIPETOP_REGION", "PIPETOP_PROJECT",
						"PIPETOP_TOKEN", "PIPETOP_TENANT", "PIPETOP_IAM_ENDPOINT"};
	char folder[96];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		unsetenv(variables[i]);
	strcpy(dir, "/tmp/pipetop-layers-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	setenv("XDG_CONFIG_HOME", dir, 1);
	snprintf(folder, sizeof(folder), "%s/pipetop", dir);
	snprintf(file, sizeof(file), "%s/pipetop/pipetop.conf", dir);
	snprintf(token, sizeof(token), "%s/token", dir);
	snprintf(other_token, sizeof(other_token), "%s/other", dir);
	if (mkdir(folder, 0700) != 0)
		return -1;
	write_file(token, "from-file\n", 0600);
	write_file(other_token, "other\n", 0600);
	return 0;
}

static int remove_place(void **state)
{
	char folder[96];

	(void)state;
	unlink(file);
	unlink(token);
	unlink(other_token);
	snprintf(folder, sizeof(folder), "%s/pipetop", dir);
	rmdir(folder);
	return rmdir(dir);
}

#define in_a_place(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_a_place(the_file_gives_what_nobody_says),
		in_a_place(options_and_environment_win_over_the_file),
		in_a_place(a_region_of_the_line_wins_over_endpoints_farther_off),
		in_a_place(a_profile_lies_over_the_rest_of_the_file),
		in_a_place(a_mistake_in_the_file_is_told_and_the_token_still_leaves_the_environment),
		in_a_place(a_demo_takes_only_the_looks),
		in_a_place(a_first_start_may_become_a_demo),
		in_a_place(a_home_is_filled_in),
		in_a_place(changing_the_profile_takes_place_and_token_of_the_file_alone),
		in_a_place(a_token_does_not_follow_to_a_profile_that_has_none),
		in_a_place(a_first_start_is_told_all_that_is_missing_on_one_screen),
		in_a_place(what_is_known_is_said_and_not_asked_for_again),
	};

	return cmocka_run_group_tests_name("layers", tests, NULL, NULL);
}
