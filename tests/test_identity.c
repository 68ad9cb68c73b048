/* SPDX-License-Identifier: MIT */
/* Where credentials come from: each source, their order, what is refused, and that nothing stays behind. */
#include "test.h"

#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/kept.h"
#include "app/options.h"
#include "app/secret.h"
#include "app/secretcommand.h"
#include "core/mem.h"
#include "core/vault.h"
#include "core/when.h"

#define PROJECT "aaaaaaaa000000000000000000000001"
#define ACCOUNT_ID "ffffffff000000000000000000000001"
#define HERE "https://a.example"
#define WORDS_MAX 16

static char dir[64], file[128], token[128], state_dir[128];

static const char *const secrets[] = {
	"PIPETOP_TOKEN", "PIPETOP_PASSWORD", "PIPETOP_AK", "PIPETOP_SK", "PIPETOP_SECURITY_TOKEN",
	"HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_SECURITY_TOKEN", "HW_AUTH_TOKEN",
	"HW_USER_PASSWORD", "HW_ACCESS_KEY", "HW_SECRET_KEY", "HW_SECURITY_TOKEN",
};
static const char *const places[] = {
	"PIPETOP_ENDPOINT", "PIPETOP_REGION", "PIPETOP_PROJECT", "PIPETOP_IAM_ENDPOINT", "PIPETOP_TENANT",
	"PIPETOP_DOMAIN", "PIPETOP_USER", "HW_REGION_NAME", "HW_AUTH_URL", "HW_DOMAIN_ID", "HW_DOMAIN_NAME",
	"HW_USER_NAME", "HW_PROJECT_ID", "HUAWEICLOUD_SDK_IAM_ENDPOINT", "HUAWEICLOUD_SDK_DOMAIN_ID",
	"HUAWEICLOUD_SDK_PROJECT_ID",
};
#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

static void write_file(const char *path, const char *text, mode_t mode)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
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

/* "NAME=value NAME=value" */
static void set_variables(const char *list)
{
	char copy[512], *save = NULL, *one;

	snprintf(copy, sizeof(copy), "%s", list);
	for (one = strtok_r(copy, " ", &save); one; one = strtok_r(NULL, " ", &save)) {
		char *equals = strchr(one, '=');

		assert_non_null(equals);
		*equals = '\0';
		setenv(one, equals + 1, 1);
	}
}

static void nothing_is_set(void)
{
	size_t i;

	for (i = 0; i < COUNT_OF(secrets); i++)
		unsetenv(secrets[i]);
	for (i = 0; i < COUNT_OF(places); i++)
		unsetenv(places[i]);
	unlink(file);
}

static int begin(void **state)
{
	char path[192];

	(void)state;
	nothing_is_set();
	snprintf(path, sizeof(path), "%s/pipetop/token", state_dir);
	unlink(path);
	snprintf(path, sizeof(path), "%s/pipetop/token-work", state_dir);
	unlink(path);
	return 0;
}

static void assert_no_secret_stays(void)
{
	size_t i;

	for (i = 0; i < COUNT_OF(secrets); i++)
		if (getenv(secrets[i]))
			fail_msg("%s is still in the environment", secrets[i]);
}

static void keep_token(const char *profile, const char *endpoint, int64_t expires_ms)
{
	struct kept kept = {.token = vault_keep("kept-token"), .endpoint = mem_strdup(endpoint),
			    .user = mem_strdup("ops1"), .account = mem_strdup("acme"),
			    .account_id = mem_strdup(ACCOUNT_ID), .expires_ms = expires_ms};
	struct err err = {.kind = ERR_NONE};
	struct buf path;

	buf_init(&path, BUF_MAX);
	if (!kept_path(profile, &path, &err) || !kept_write(path.data, &kept, &err))
		fail_msg("%s", err.text);
	buf_done(&path);
	kept_done(&kept);
}

/* ---- the order ---- */

#define ALL_OF_THEM                                                                                     \
	"PIPETOP_DOMAIN=acme PIPETOP_USER=ops1 HW_AUTH_TOKEN=t HW_USER_PASSWORD=p HW_ACCESS_KEY=a "     \
	"HW_SECRET_KEY=s "
#define OURS "PIPETOP_TOKEN=t PIPETOP_PASSWORD=p PIPETOP_AK=a PIPETOP_SK=s PIPETOP_SECURITY_TOKEN=x "
#define SDK "HUAWEICLOUD_SDK_AK=a HUAWEICLOUD_SDK_SK=s "

static void the_first_source_in_the_order_decides(void **state)
{
	static const struct {
		const char *variables, *config, *words;
		bool kept;
		enum identity_kind kind;
		const char *where;
	} rows[] = {
		{ALL_OF_THEM SDK OURS, "token_command = [\"/bin/x\"];", "--token-file @", true, IDENTITY_TOKEN, "token file "},
		{ALL_OF_THEM SDK OURS, "token_command = [\"/bin/x\"];", "", true, IDENTITY_TOKEN, "PIPETOP_TOKEN"},
		{ALL_OF_THEM SDK "PIPETOP_PASSWORD=p PIPETOP_AK=a PIPETOP_SK=s", "", "", true, IDENTITY_PASSWORD,
		 "PIPETOP_PASSWORD"},
		{ALL_OF_THEM SDK "PIPETOP_AK=a PIPETOP_SK=s", "", "", true, IDENTITY_KEYS, "PIPETOP_AK"},
		{ALL_OF_THEM SDK, "token_command = [\"/bin/x\"];", "", true, IDENTITY_KEYS, "HUAWEICLOUD_SDK_AK"},
		{ALL_OF_THEM, "token_command = [\"/bin/x\"]; token_file = \"/nosuch\";", "", true, IDENTITY_TOKEN_COMMAND,
		 "token_command"},
		{ALL_OF_THEM, "aksk_command = [\"/bin/x\"];", "", true, IDENTITY_KEYS_COMMAND, "aksk_command"},
		{ALL_OF_THEM, "token_file = \"@\";", "", true, IDENTITY_TOKEN, "token file "},
		{ALL_OF_THEM, "", "", true, IDENTITY_TOKEN, "the token kept by pipetop login"},
		{ALL_OF_THEM, "", "", false, IDENTITY_TOKEN, "HW_AUTH_TOKEN"},
		{"HW_USER_PASSWORD=p HW_DOMAIN_NAME=a HW_USER_NAME=u HW_ACCESS_KEY=a HW_SECRET_KEY=s", "", "", false,
		 IDENTITY_PASSWORD, "HW_USER_PASSWORD"},
		{"HW_ACCESS_KEY=a HW_SECRET_KEY=s HW_SECURITY_TOKEN=x", "", "", false, IDENTITY_KEYS, "HW_ACCESS_KEY"},
		{"", "", "", false, IDENTITY_NONE, NULL},
		{ALL_OF_THEM SDK OURS, "token_command = [\"/bin/x\"];", "login", true, IDENTITY_PASSWORD, "PIPETOP_PASSWORD"},
		{"PIPETOP_TOKEN=t", "token_command = [\"/bin/x\"];", "login", true, IDENTITY_NONE, NULL},
		{"PIPETOP_TOKEN=t", "aksk_command = [\"/bin/x\"];", "login", true, IDENTITY_KEYS_COMMAND, "aksk_command"},
	};
	size_t i;

	for (i = 0; i < COUNT_OF(rows); i++) {
		char words[256], config[256], *at;
		struct err err = {.kind = ERR_NONE};
		struct options o;

		begin(state);
		if (rows[i].kept)
			keep_token(NULL, HERE, WHEN_NONE);
		set_variables(rows[i].variables);
		snprintf(config, sizeof(config), "%s", rows[i].config);
		if ((at = strchr(config, '@')))
			snprintf(config, sizeof(config), "%.*s%s%s", (int)(strchr(rows[i].config, '@') - rows[i].config),
				 rows[i].config, token, strchr(rows[i].config, '@') + 1);
		write_file(file, config, 0600);
		snprintf(words, sizeof(words), "--endpoint " HERE " %s", rows[i].words);
		if ((at = strchr(words, '@')))
			snprintf(at, sizeof(words) - (size_t)(at - words), "%s", token);
		if (!read_line(&o, words, &err))
			fail_msg("row %zu: %s", i, err.text);
		if (o.identity.kind != rows[i].kind)
			fail_msg("row %zu: %s from %s", i, identity_word(o.identity.kind), o.identity.where);
		if (rows[i].where && strncmp(o.identity.where, rows[i].where, strlen(rows[i].where)) != 0)
			fail_msg("row %zu: from %s", i, o.identity.where);
		assert_no_secret_stays();
		options_done(&o);
	}
}

static void half_a_pair_is_told_by_what_is_missing(void **state)
{
	static const struct {
		const char *variables, *says;
	} rows[] = {
		{"PIPETOP_AK=a", "PIPETOP_AK is set and PIPETOP_SK is not: a key pair is both"},
		{"PIPETOP_SK=s", "PIPETOP_SK is set and PIPETOP_AK is not"},
		{"PIPETOP_SECURITY_TOKEN=s", "PIPETOP_SECURITY_TOKEN is set without PIPETOP_AK"},
		{"HUAWEICLOUD_SDK_AK=a", "HUAWEICLOUD_SDK_AK is set and HUAWEICLOUD_SDK_SK is not"},
		{"HW_SECRET_KEY=a", "HW_SECRET_KEY is set and HW_ACCESS_KEY is not"},
		{"PIPETOP_PASSWORD=p", "PIPETOP_PASSWORD is set and the account is not: set PIPETOP_DOMAIN"},
		{"PIPETOP_PASSWORD=p PIPETOP_DOMAIN=acme", "PIPETOP_PASSWORD is set and the user is not: set PIPETOP_USER"},
	};
	struct options o;
	size_t i;

	for (i = 0; i < COUNT_OF(rows); i++) {
		struct err err = {.kind = ERR_NONE};

		begin(state);
		set_variables(rows[i].variables);
		assert_false(read_line(&o, "pipelines --endpoint " HERE, &err));
		if (!strstr(err.text, rows[i].says))
			fail_msg("%s: %s", rows[i].variables, err.text);
		assert_no_secret_stays();
		options_done(&o);

		set_variables(rows[i].variables); /* the commands that mend it still run */
		assert_true(read_line(&o, "doctor --endpoint " HERE, &err));
		assert_non_null(strstr(o.identity.why.text, rows[i].says));
		assert_int_equal(o.identity.kind, IDENTITY_NONE);
		options_done(&o);
	}
}

static void what_could_break_a_header_is_refused_in_every_variable(void **state)
{
	static const char *const bad[] = {"qx zz", "a\nX-Evil: 1", "a\r", "\x1b[2J", "caf\xc3\xa9"};
	static const char *const pairs[][2] = {{"PIPETOP_TOKEN", NULL}, {"PIPETOP_AK", "PIPETOP_SK"},
					       {"HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_AK"}, {"HW_AUTH_TOKEN", NULL}};
	struct options o;
	size_t i, k;

	for (i = 0; i < COUNT_OF(bad); i++)
		for (k = 0; k < COUNT_OF(pairs); k++) {
			struct err err = {.kind = ERR_NONE};

			begin(state);
			setenv(pairs[k][0], bad[i], 1);
			if (pairs[k][1])
				setenv(pairs[k][1], "fine", 1);
			assert_false(read_line(&o, "pipelines --endpoint " HERE, &err));
			assert_non_null(strstr(err.text, pairs[k][0]));
			assert_null(strstr(err.text, bad[i]));
			options_done(&o);
		}
}

static void a_password_may_have_any_character_of_a_line(void **state)
{
	struct err err = {.kind = ERR_NONE};
	struct options o;

	set_variables("PIPETOP_DOMAIN=acme PIPETOP_USER=ops1");
	setenv("PIPETOP_PASSWORD", "p\xc3\xa4ss word\"\\", 1);
	assert_true(read_line(&o, "--endpoint " HERE, &err));
	assert_string_equal(o.identity.password, "p\xc3\xa4ss word\"\\");
	assert_string_equal(o.identity.account, "acme");
	assert_string_equal(o.identity.user, "ops1");
	options_done(&o);
	setenv("PIPETOP_PASSWORD", "two\nlines", 1);
	assert_false(read_line(&o, "--endpoint " HERE, &err));
	assert_non_null(strstr(err.text, "PIPETOP_PASSWORD holds a line end or a control character"));
	options_done(&o);
	(void)state;
}

static void the_place_of_other_tools_serves_where_nobody_else_says_it(void **state)
{
	struct err err = {.kind = ERR_NONE};
	struct options o;

	set_variables("HW_REGION_NAME=cn-north-4 HW_AUTH_URL=https://iam.example:443/v3 HW_DOMAIN_NAME=acme "
		      "HW_USER_NAME=ops1 HUAWEICLOUD_SDK_DOMAIN_ID=" ACCOUNT_ID " HW_PROJECT_ID=" PROJECT);
	assert_true(read_line(&o, "", &err));
	assert_string_equal(o.endpoint, "https://cloudpipeline-ext.cn-north-4.myhuaweicloud.com");
	assert_string_equal(o.settings.iam_endpoint, "https://iam.example:443");
	assert_string_equal(o.settings.tenant, ACCOUNT_ID);
	assert_string_equal(o.settings.domain, "acme");
	assert_string_equal(o.settings.iam_project, PROJECT);
	assert_int_equal(o.n_projects, 0); /* IAM's project is none of CodeArts */
	options_done(&o);
	write_file(file, "endpoint = \"" HERE "\"; domain = \"ours\"; iam_endpoint = \"https://b.example\";", 0600);
	assert_true(read_line(&o, "", &err));
	assert_string_equal(o.endpoint, HERE);
	assert_null(o.region);
	assert_string_equal(o.settings.domain, "ours");
	assert_string_equal(o.settings.iam_endpoint, "https://b.example");
	options_done(&o);
	(void)state;
}

static void iam_is_that_of_the_region(void **state)
{
	static const struct {
		const char *words, *iam, *scope;
	} rows[] = {
		{"--region cn-north-4", "https://iam.cn-north-4.myhuaweicloud.com", "cn-north-4"},
		{"--endpoint https://cloudpipeline-ext.cn-east-3.myhuaweicloud.com",
		 "https://iam.cn-east-3.myhuaweicloud.com", "cn-east-3"},
		{"--endpoint " HERE " --region mine", "https://iam.mine.myhuaweicloud.com", "mine"},
		{"--endpoint " HERE, NULL, NULL},
	};
	size_t i;

	for (i = 0; i < COUNT_OF(rows); i++) {
		struct err err = {.kind = ERR_NONE};
		struct options o;

		if (!read_line(&o, rows[i].words, &err))
			fail_msg("%s", err.text);
		if (rows[i].iam) {
			assert_string_equal(o.settings.iam_endpoint, rows[i].iam);
			assert_string_equal(o.iam_scope, rows[i].scope);
		} else {
			assert_null(o.settings.iam_endpoint);
			assert_null(o.iam_scope);
		}
		options_done(&o);
	}
	(void)state;
}

static void a_nearer_source_of_the_file_puts_off_a_farther_one(void **state)
{
	struct err err = {.kind = ERR_NONE};
	char text[512];
	struct options o;

	snprintf(text, sizeof(text),
		 "token_command = [\"/bin/x\"]; profiles: { work: { region = \"cn-north-4\"; token_file = \"%s\"; }; };",
		 token);
	write_file(file, text, 0600);
	assert_true(read_line(&o, "--profile work", &err));
	assert_int_equal(o.identity.kind, IDENTITY_TOKEN);
	assert_null(o.settings.token_command);
	options_done(&o);
	(void)state;
}

/* ---- the token that login kept ---- */

static void a_kept_token_is_used_at_its_service_until_it_expires(void **state)
{
	struct err err = {.kind = ERR_NONE};
	int64_t now_ms = when_wall_ms();
	struct stat st;
	struct options o;
	char path[192];

	keep_token(NULL, HERE, now_ms + 3600000);
	snprintf(path, sizeof(path), "%s/pipetop/token", state_dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	snprintf(path, sizeof(path), "%s/pipetop", state_dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_true(read_line(&o, "--endpoint " HERE, &err));
	assert_string_equal(o.identity.token, "kept-token");
	assert_string_equal(o.settings.tenant, ACCOUNT_ID);
	assert_int_equal(o.identity.expires_ms / 1000, (now_ms + 3600000) / 1000);
	options_done(&o);

	assert_true(read_line(&o, "--endpoint https://other.example", &err));
	assert_int_equal(o.identity.kind, IDENTITY_NONE);
	assert_non_null(strstr(o.identity.why.text, "is for " HERE ": pipetop login"));
	options_done(&o);

	keep_token(NULL, HERE, now_ms - 3 * 3600000 - 60000);
	assert_true(read_line(&o, "--endpoint " HERE " --project " PROJECT, &err));
	assert_int_equal(o.identity.kind, IDENTITY_NONE);
	assert_non_null(strstr(o.identity.why.text, "the token kept by pipetop login expired 3h ago: pipetop login"));
	assert_false(options_dashboard(&o, &err));
	assert_non_null(strstr(err.text, "expired 3h ago"));
	options_done(&o);
	(void)state;
}

static void a_kept_token_is_over_when_both_clocks_say_so(void **state)
{
	static const int64_t hour_ms = 3600000;
	struct kept kept = {.endpoint = mem_strdup("https://a"), .expires_ms = 100 * hour_ms};
	struct err why;

	/* Ours is ten hours fast: it says that the token is over, and is not believed. */
	kept.clock_ms = -10 * hour_ms;
	assert_true(kept_serves(&kept, "https://a", "again", 109 * hour_ms, &why));
	assert_false(kept_serves(&kept, "https://a", "again", 111 * hour_ms, &why));
	assert_non_null(strstr(why.text, "expired 11h ago"));
	/* It was ten hours slow and may have been put right since: the service decides. */
	kept.clock_ms = 10 * hour_ms;
	assert_true(kept_serves(&kept, "https://a", "again", 91 * hour_ms, &why));
	assert_false(kept_serves(&kept, "https://a", "again", 101 * hour_ms, &why));
	kept_done(&kept);
	(void)state;
}

static void each_profile_has_a_kept_token_of_its_own(void **state)
{
	struct err err = {.kind = ERR_NONE};
	struct options o;
	struct buf path;

	keep_token(NULL, HERE, WHEN_NONE);
	write_file(file, "endpoint = \"" HERE "\"; profiles: { work: { tenant = \"" PROJECT "\"; }; a*b: {}; };", 0600);
	assert_true(read_line(&o, "--profile work", &err));
	assert_int_equal(o.identity.kind, IDENTITY_NONE);
	options_done(&o);
	keep_token("work", HERE, WHEN_NONE);
	assert_true(read_line(&o, "--profile work", &err));
	assert_int_equal(o.identity.kind, IDENTITY_TOKEN);
	assert_string_equal(o.settings.tenant, PROJECT); /* what is set stays */
	assert_string_equal(o.identity.mend, "pipetop --profile work login");
	options_done(&o);
	buf_init(&path, BUF_MAX);
	assert_false(kept_path("a*b", &path, &err));
	assert_non_null(strstr(err.text, "letters, digits, - and _ alone"));
	assert_false(kept_path("../x", &path, &err));
	buf_done(&path);
	(void)state;
}

static void a_kept_token_that_others_can_read_is_refused(void **state)
{
	struct err err = {.kind = ERR_NONE};
	struct options o;
	char path[192];

	keep_token(NULL, HERE, WHEN_NONE);
	snprintf(path, sizeof(path), "%s/pipetop/token", state_dir);
	assert_int_equal(chmod(path, 0644), 0);
	assert_false(read_line(&o, "pipelines --endpoint " HERE, &err));
	assert_non_null(strstr(err.text, "can be read by others: chmod 600"));
	options_done(&o);
	assert_true(read_line(&o, "config --endpoint " HERE, &err));
	assert_non_null(strstr(o.identity.why.text, "chmod 600"));
	options_done(&o);
	(void)state;
}

static void a_token_file_may_have_remarks_below_the_token_and_nothing_else(void **state)
{
	static const struct {
		const char *text;
		bool ok;
	} rows[] = {{"abc", true},		 {"abc\n", true},	 {"abc\r\n", true},
		    {"abc\n# x\n#\n", true},	 {"abc\n# x", true},	 {"abc\nx\n", false},
		    {"abc\n# x\ny\n", false},	 {"# x\nabc\n", false}, {"\nabc\n", false},
		    {"\n", false},		 {"abc\n\n", false}};
	char path[192], *got;
	size_t i;

	snprintf(path, sizeof(path), "%s/remarks", dir);
	for (i = 0; i < COUNT_OF(rows); i++) {
		struct err err = {.kind = ERR_NONE};
		bool ok;

		got = NULL;
		write_file(path, rows[i].text, 0600);
		ok = secret_read_file(path, &got, &err);
		if (ok != rows[i].ok)
			fail_msg("row %zu: %s", i, ok ? "taken" : err.text);
		if (ok)
			assert_string_equal(got, "abc");
		secret_erase(got);
	}
	unlink(path);
	(void)state;
}

static void a_profile_that_is_switched_to_has_nothing_of_the_environment(void **state)
{
	struct err err = {.kind = ERR_NONE};
	struct options o;

	write_file(file,
		   "profiles: { work: { region = \"cn-north-4\"; aksk_command = [\"/bin/x\", \"y\"]; key_pair = \"exchange\"; };"
		   " bare: { region = \"cn-north-4\"; }; };",
		   0600);
	set_variables("PIPETOP_TOKEN=t PIPETOP_IAM_ENDPOINT=https://iam.example PIPETOP_TENANT=" PROJECT);
	assert_true(read_line(&o, "--endpoint " HERE, &err));
	assert_true(options_profile(&o, "work", &err));
	assert_int_equal(o.identity.kind, IDENTITY_KEYS_COMMAND);
	assert_true(o.identity.exchange);
	assert_null(o.identity.token);
	assert_string_equal(o.settings.iam_endpoint, "https://iam.cn-north-4.myhuaweicloud.com");
	assert_null(o.settings.tenant);
	assert_false(options_profile(&o, "bare", &err));
	assert_non_null(strstr(err.text, "pipetop --profile bare login"));
	assert_string_equal(o.profile, "work");
	options_done(&o);
	(void)state;
}

/* ---- where a setting comes from ---- */

static void every_setting_remembers_what_said_it(void **state)
{
	struct err err = {.kind = ERR_NONE};
	const struct setting_origin *from;
	struct options o;

	write_file(file,
		   "theme = \"mono\";\nmouse = true;\nprofiles: { work: {\n region = \"cn-north-4\";\n read_only = true; }; };",
		   0600);
	set_variables("PIPETOP_PROJECT=" PROJECT);
	assert_true(read_line(&o, "--profile work --mouse=off config", &err));
	from = o.settings.origins;
	assert_int_equal(from[SET_THEME].from, FROM_FILE);
	assert_int_equal(from[SET_THEME].line, 1);
	assert_int_equal(from[SET_MOUSE].from, FROM_OPTION);
	assert_string_equal(from[SET_MOUSE].name, "--mouse");
	assert_int_equal(from[SET_REGION].from, FROM_PROFILE);
	assert_int_equal(from[SET_REGION].line, 4);
	assert_int_equal(from[SET_READ_ONLY].line, 5);
	assert_int_equal(from[SET_PROJECTS].from, FROM_ENVIRONMENT);
	assert_string_equal(from[SET_PROJECTS].name, "PIPETOP_PROJECT");
	assert_int_equal(from[SET_ENDPOINT].from, FROM_OTHER);
	assert_string_equal(from[SET_ENDPOINT].name, "region");
	assert_string_equal(from[SET_IAM_ENDPOINT].name, "region");
	assert_int_equal(from[SET_INTERVAL].from, FROM_DEFAULT);
	options_done(&o);
	(void)state;
}

static void what_is_told_of_credentials_is_not_the_secret(void **state)
{
	static const char *const rows[][2] = {
		{"PIPETOP_TOKEN=canary-secret", "token from PIPETOP_TOKEN, 13 B"},
		{"PIPETOP_AK=canary-id PIPETOP_SK=canary-secret", "key pair from PIPETOP_AK, signs every request"},
		{"PIPETOP_PASSWORD=canary-secret PIPETOP_USER=ops1 PIPETOP_DOMAIN=acme",
		 "password of ops1 in the account acme from PIPETOP_PASSWORD"},
	};
	size_t i;

	for (i = 0; i < COUNT_OF(rows); i++) {
		struct err err = {.kind = ERR_NONE};
		struct options o;
		struct buf text;

		begin(state);
		set_variables(rows[i][0]);
		assert_true(read_line(&o, "--endpoint " HERE, &err));
		buf_init(&text, BUF_MAX);
		identity_tell(&o.identity, &text);
		assert_string_equal(text.data, rows[i][1]);
		buf_done(&text);
		options_done(&o);
	}
}

/* ---- what a program prints ---- */

struct said {
	bool answered;
	struct err err;
	char token[64], access_key[64], secret_key[64], security_token[64];
};

static void copy(char out[64], const char *text)
{
	snprintf(out, 64, "%s", text ? text : "");
}

static void granted(void *self, const struct auth_grant *grant)
{
	struct said *said = self;

	said->answered = true;
	said->err = grant->err;
	copy(said->token, grant->token);
	copy(said->access_key, grant->access_key);
	copy(said->secret_key, grant->secret_key);
	copy(said->security_token, grant->security_token);
}

static void ask_program(const char *script, bool keys, int64_t limit_ms, struct said *said)
{
	struct ev_loop *loop = ev_default_loop(EVFLAG_AUTO);
	const char *const argv[] = {"/bin/sh", "-c", script, NULL};
	struct secretcommand options = {.loop = loop, .name = keys ? "aksk_command" : "token_command",
					.argv = argv, .keys = keys, .limit_ms = limit_ms};
	struct auth_source *source = secretcommand_source(&options);

	memset(said, 0, sizeof(*said));
	source->ask(source, granted, said);
	while (!said->answered)
		ev_run(loop, EVRUN_ONCE);
	source->free(source);
}

static void the_first_line_of_a_program_is_the_token(void **state)
{
	static const char *const scripts[] = {"echo tok", "printf tok", "printf 'tok\\r\\nurl: x\\n'", "echo 'tok  '",
					      "echo tok; echo second; echo noise >&2"};
	struct said said;
	size_t i;

	for (i = 0; i < COUNT_OF(scripts); i++) {
		ask_program(scripts[i], false, 0, &said);
		if (said.err.kind != ERR_NONE)
			fail_msg("%s: %s", scripts[i], said.err.text);
		assert_string_equal(said.token, "tok");
	}
	ask_program("echo AKID SKEY", true, 0, &said);
	assert_string_equal(said.access_key, "AKID");
	assert_string_equal(said.secret_key, "SKEY");
	assert_string_equal(said.security_token, "");
	ask_program("echo '  AKID\tSKEY  SECURITY '", true, 0, &said);
	assert_string_equal(said.security_token, "SECURITY");
	(void)state;
}

static void a_program_that_gives_no_token_is_told_by_what_it_did(void **state)
{
	static const struct {
		const char *script;
		bool keys;
		int64_t limit_ms;
		const char *says;
	} rows[] = {
		{"exec tail -f /dev/null", false, 200, "token_command: took longer than"},
		{"trap '' TERM; while :; do tail -f /dev/null; done", false, 200, "took longer than"},
		{"echo no vault today >&2; exit 3", false, 0, "token_command: exit status 3: no vault today"},
		{"printf '\\033[31mred\\033[m\\n' >&2; exit 1", false, 0, "exit status 1: red"},
		{"kill -9 $$", false, 0, "ended by signal 9"},
		{":", false, 0, "token_command printed nothing on its first line: it should print a token"},
		{"echo; echo tok", false, 0, "printed nothing on its first line"},
		{":", true, 0, "aksk_command printed nothing on its first line: it should print a key pair"},
		{"head -c 70000 /dev/zero | tr '\\0' x", false, 0, "token_command printed more than 64 KiB"},
		{"yes token", false, 300, "took longer than"},
		{"echo 'two words'", false, 0, "holds a blank, a line break or a character that no token has"},
		{"printf '\\033]0;x\\007tok\\n'", false, 0, "a character that no token has"},
		{"echo ONLY", true, 0, "its first line is not \"AK SK\""},
		{"echo A B C D", true, 0, "its first line is not \"AK SK\""},
		{"read x </dev/tty || exit 1", false, 0, "(it has no terminal to ask at)"},
	};
	struct said said;
	size_t i;

	for (i = 0; i < COUNT_OF(rows); i++) {
		ask_program(rows[i].script, rows[i].keys, rows[i].limit_ms, &said);
		if (said.err.kind != ERR_AUTH || !strstr(said.err.text, rows[i].says) || strchr(said.err.text, '\033'))
			fail_msg("%s: %d %s", rows[i].script, said.err.kind, said.err.text);
	}
	(void)state;
}

static void a_program_that_is_not_there_is_named(void **state)
{
	const char *const argv[] = {"/nonexistent/vault", NULL};
	struct secretcommand options = {.loop = ev_default_loop(EVFLAG_AUTO), .name = "token_command", .argv = argv};
	struct auth_source *source = secretcommand_source(&options);
	struct said said = {0};

	source->ask(source, granted, &said);
	assert_true(said.answered);
	assert_non_null(strstr(said.err.text, "token_command: /nonexistent/vault cannot be started: No such file"));
	source->free(source);
	(void)state;
}

static void a_question_that_is_taken_back_is_answered_and_the_program_ended(void **state)
{
	const char *const argv[] = {"/bin/sh", "-c", "exec tail -f /dev/null", NULL};
	struct secretcommand options = {.loop = ev_default_loop(EVFLAG_AUTO), .name = "token_command", .argv = argv};
	struct auth_source *source = secretcommand_source(&options);
	struct said said = {0};

	source->ask(source, granted, &said);
	assert_false(said.answered);
	source->cancel(source);
	assert_true(said.answered);
	assert_int_equal(said.err.kind, ERR_CANCELLED);
	said.answered = false;
	source->cancel(source);
	assert_false(said.answered);
	source->free(source);
	(void)state;
}

static void a_program_gets_none_of_our_secrets(void **state)
{
	struct said said;

	set_variables("PIPETOP_TOKEN=kept-out-1 HW_SECRET_KEY=kept-out-2 OS_PASSWORD=kept-out-3 FRIENDLY=yes");
	ask_program("env | grep -q kept-out && exit 9; echo ${FRIENDLY}", false, 0, &said);
	if (said.err.kind != ERR_NONE)
		fail_msg("%s", said.err.text);
	assert_string_equal(said.token, "yes");
	unsetenv("OS_PASSWORD");
	unsetenv("FRIENDLY");
	(void)state;
}

/* ---- as the auth layer sees it ---- */

static void a_file_is_read_again_and_a_kept_token_checked_again(void **state)
{
	struct err err = {.kind = ERR_NONE};
	struct auth_source *source;
	struct said said = {0};
	struct options o;

	keep_token(NULL, HERE, when_wall_ms() + 3600000);
	assert_true(read_line(&o, "--endpoint " HERE, &err));
	source = identity_source(&o, ev_default_loop(EVFLAG_AUTO), NULL, &err);
	assert_non_null(source);
	source->ask(source, granted, &said);
	assert_string_equal(said.token, "kept-token");
	keep_token(NULL, "https://other.example", WHEN_NONE);
	source->ask(source, granted, &said);
	assert_int_equal(said.err.kind, ERR_AUTH);
	assert_non_null(strstr(said.err.text, "is for https://other.example"));
	keep_token(NULL, HERE, when_wall_ms() - 1);
	source->ask(source, granted, &said);
	assert_int_equal(said.err.kind, ERR_AUTH);
	assert_non_null(strstr(said.err.text, "expired"));
	source->free(source);
	options_done(&o);
	(void)state;
}

static void nothing_to_sign_in_with_is_told_with_all_that_may_be_set(void **state)
{
	struct err err = {.kind = ERR_NONE};
	struct options o;

	assert_true(read_line(&o, "pipelines --endpoint " HERE, &err));
	assert_null(identity_auth(&o, ev_default_loop(EVFLAG_AUTO), NULL, &err));
	assert_int_equal(err.kind, ERR_AUTH);
	assert_non_null(strstr(err.text, "pipetop login"));
	assert_non_null(strstr(err.text, "PIPETOP_AK"));
	options_done(&o);
	set_variables("PIPETOP_PASSWORD=p PIPETOP_DOMAIN=a PIPETOP_USER=u");
	assert_true(read_line(&o, "pipelines --endpoint " HERE, &err));
	assert_null(identity_auth(&o, ev_default_loop(EVFLAG_AUTO), NULL, &err));
	assert_non_null(strstr(err.text, "set iam_endpoint"));
	options_done(&o);
	(void)state;
}

static void trouble_is_told_with_its_mend_and_skew_in_words(void **state)
{
	struct auth_info info = {.state = AUTH_READY, .source = "PIPETOP_TOKEN", .mend = "set a new PIPETOP_TOKEN"};
	char text[256];

	assert_false(identity_trouble(&info, 0, text, sizeof(text)));
	info.state = AUTH_ASKING;
	assert_true(identity_trouble(&info, 0, text, sizeof(text)));
	assert_string_equal(text, "signing in: PIPETOP_TOKEN is asked");
	info.state = AUTH_REFUSED;
	err_set(&info.err, ERR_AUTH, 401, "it is refused");
	assert_true(identity_trouble(&info, 0, text, sizeof(text)));
	assert_string_equal(text, "r tries again: it is refused: set a new PIPETOP_TOKEN");
	info.state = AUTH_LATER;
	info.next_ms = 40000;
	assert_true(identity_trouble(&info, 0, text, sizeof(text)));
	assert_string_equal(text, "signing in, next try in 40s: it is refused");

	assert_false(identity_skew(HERE, 119000, text, sizeof(text)));
	assert_false(identity_skew(HERE, -119000, text, sizeof(text)));
	assert_true(identity_skew(HERE, 17 * 60000, text, sizeof(text)));
	assert_non_null(strstr(text, "your clock is 17 min slow"));
	assert_true(identity_skew(HERE, INT64_C(-3) * 3600000, text, sizeof(text)));
	assert_non_null(strstr(text, "your clock is 3h"));
	assert_non_null(strstr(text, "fast"));
	assert_true(identity_skew(HERE, INT64_C(900) * 86400000, text, sizeof(text)));
	assert_false(identity_skew("http://127.0.0.1:8080", INT64_C(900) * 86400000, text, sizeof(text)));
	assert_true(identity_skew("http://127.0.0.1:8080", 17 * 60000, text, sizeof(text)));
	(void)state;
}

static int make_dir(void **state)
{
	char path[128];

	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/pipetop-identity-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/pipetop", dir);
	if (mkdir(path, 0700) != 0)
		return -1;
	snprintf(file, sizeof(file), "%s/pipetop/pipetop.conf", dir);
	snprintf(token, sizeof(token), "%s/token", dir);
	snprintf(state_dir, sizeof(state_dir), "%s/state", dir);
	write_file(token, "from-file\n", 0600);
	setenv("XDG_CONFIG_HOME", dir, 1);
	setenv("XDG_STATE_HOME", state_dir, 1);
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st, (void)type, (void)where;
	return remove(path);
}

static int remove_dir(void **state)
{
	(void)state;
	return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_first_source_in_the_order_decides, begin),
		cmocka_unit_test_setup(half_a_pair_is_told_by_what_is_missing, begin),
		cmocka_unit_test_setup(what_could_break_a_header_is_refused_in_every_variable, begin),
		cmocka_unit_test_setup(a_password_may_have_any_character_of_a_line, begin),
		cmocka_unit_test_setup(the_place_of_other_tools_serves_where_nobody_else_says_it, begin),
		cmocka_unit_test_setup(iam_is_that_of_the_region, begin),
		cmocka_unit_test_setup(a_nearer_source_of_the_file_puts_off_a_farther_one, begin),
		cmocka_unit_test_setup(a_kept_token_is_used_at_its_service_until_it_expires, begin),
		cmocka_unit_test(a_kept_token_is_over_when_both_clocks_say_so),
		cmocka_unit_test_setup(each_profile_has_a_kept_token_of_its_own, begin),
		cmocka_unit_test_setup(a_kept_token_that_others_can_read_is_refused, begin),
		cmocka_unit_test_setup(a_token_file_may_have_remarks_below_the_token_and_nothing_else, begin),
		cmocka_unit_test_setup(a_profile_that_is_switched_to_has_nothing_of_the_environment, begin),
		cmocka_unit_test_setup(every_setting_remembers_what_said_it, begin),
		cmocka_unit_test_setup(what_is_told_of_credentials_is_not_the_secret, begin),
		cmocka_unit_test_setup(the_first_line_of_a_program_is_the_token, begin),
		cmocka_unit_test_setup(a_program_that_gives_no_token_is_told_by_what_it_did, begin),
		cmocka_unit_test_setup(a_program_that_is_not_there_is_named, begin),
		cmocka_unit_test_setup(a_question_that_is_taken_back_is_answered_and_the_program_ended, begin),
		cmocka_unit_test_setup(a_program_gets_none_of_our_secrets, begin),
		cmocka_unit_test_setup(a_file_is_read_again_and_a_kept_token_checked_again, begin),
		cmocka_unit_test_setup(nothing_to_sign_in_with_is_told_with_all_that_may_be_set, begin),
		cmocka_unit_test_setup(trouble_is_told_with_its_mend_and_skew_in_words, begin),
	};

	return cmocka_run_group_tests_name("identity", tests, make_dir, remove_dir);
}
