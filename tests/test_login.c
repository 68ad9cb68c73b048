/* SPDX-License-Identifier: MIT */
/*
 * Signing in as a person does it: the real program on a terminal, the simulator as identity service
 * and as the service, and what lies on the disk afterwards.
 */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <locale.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/buf.h"
#include "pty.h"

#define SOON 20000
#define PASSWORD "correct-horse-battery"

static char binary[4096], simulator[4096], dir[64];
static char endpoint[64], projects[256], certificate[256]; /* of a --tls service; else "" */
static pid_t service;

/* ---- the service ---- */

/* `when`: the service's clock at its start. */
static void start_service_at(const char *when, const char *const more[])
{
	const char *argv[24] = {simulator, "--port", "0", "--scenario", "demo", "--start", when, "--with-parent",
				"--token", "none-but-those-given-out"};
	size_t n = 10, i;
	int out[2];
	FILE *f;

	for (i = 0; more && more[i]; i++)
		argv[n++] = more[i];
	assert_int_equal(pipe(out), 0);
	service = fork();
	assert_true(service >= 0);
	if (service == 0) {
		dup2(out[1], 1);
		close(out[0]);
		close(out[1]);
		execv(simulator, (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	close(out[1]);
	f = fdopen(out[0], "r");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "listening on %63s projects %255s", endpoint, projects), 2);
	projects[strcspn(projects, ",")] = '\0';
	*certificate = '\0';
	if (strncmp(endpoint, "https", 5) == 0)
		assert_int_equal(fscanf(f, " certificate %255s", certificate), 1);
	fclose(f);
}

static void start_service(const char *const more[])
{
	start_service_at("now", more);
}

static void end_service(void)
{
	if (service <= 0)
		return;
	kill(service, SIGTERM);
	while (waitpid(service, NULL, 0) < 0 && errno == EINTR)
		;
	service = 0;
}

/* ---- the program ---- */

/* Places and folders of the test's; `more` is added. */
static struct pty *start(const char *const words[], const char *const more[])
{
	const char *argv[16] = {binary}, *env[32];
	static char texts[6][320];
	size_t n = 0, i;

	for (i = 0; words && words[i]; i++)
		argv[i + 1] = words[i];
	snprintf(texts[0], sizeof(texts[0]), "PIPETOP_ENDPOINT=%s", endpoint);
	snprintf(texts[1], sizeof(texts[1]), "PIPETOP_IAM_ENDPOINT=%s", endpoint);
	snprintf(texts[2], sizeof(texts[2]), "PIPETOP_PROJECT=%s", projects);
	snprintf(texts[3], sizeof(texts[3]), "XDG_STATE_HOME=%s/state", dir);
	snprintf(texts[4], sizeof(texts[4]), "XDG_CONFIG_HOME=%s/config", dir);
	snprintf(texts[5], sizeof(texts[5]), "XDG_CACHE_HOME=%s/cache", dir);
	for (i = 0; i < 6; i++)
		env[n++] = texts[i];
	env[n++] = "PIPETOP_TOKEN";
	env[n++] = "PIPETOP_PASSWORD";
	env[n++] = "PIPETOP_DOMAIN";
	env[n++] = "PIPETOP_USER";
	env[n++] = "PIPETOP_AK";
	env[n++] = "PIPETOP_SK";
	for (i = 0; more && more[i]; i++)
		env[n++] = more[i];
	env[n] = NULL;
	return pty_start(argv, "xterm-256color", 24, 100, env);
}

static void expect(struct pty *p, const char *text)
{
	struct buf screen;

	if (pty_wait_text(p, text, SOON))
		return;
	buf_init(&screen, BUF_MAX);
	pty_screen(p, &screen);
	fprintf(stderr, "%s", screen.data);
	buf_done(&screen);
	fail_msg("\"%s\" did not come", text);
}

static void expect_end(struct pty *p, int status)
{
	int got = pty_exit_status(p, SOON);
	struct buf screen;

	if (got != status) {
		buf_init(&screen, BUF_MAX);
		pty_screen(p, &screen);
		fprintf(stderr, "%s", screen.data);
		buf_done(&screen);
		fail_msg("exit status %d, not %d", got, status);
	}
	assert_true(pty_modes_restored(p));
	pty_free(p);
}

static void assert_never_written(struct pty *p, const char *secret)
{
	size_t len;
	const char *raw = pty_raw(p, &len);

	assert_null(memmem(raw, len, secret, strlen(secret)));
}

static void token_path(char *out, size_t size)
{
	snprintf(out, size, "%s/state/pipetop/token", dir);
}

static void read_token(char *out, size_t size)
{
	char path[192];
	struct stat st;
	FILE *f;

	token_path(path, sizeof(path));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(fgets(out, (int)size, f));
	out[strcspn(out, "\n")] = '\0';
	fclose(f);
}

static bool is_kept(void)
{
	char path[192];

	token_path(path, sizeof(path));
	return access(path, F_OK) == 0;
}

static void sign_in_with_fingers(const char *password)
{
	struct pty *p = start((const char *const[]){"login", NULL}, NULL);

	expect(p, "Account:");
	pty_keys(p, "acme\r");
	expect(p, "IAM user:");
	pty_keys(p, "ops1\r");
	expect(p, "Password of ops1 in the account acme:");
	pty_keys(p, password);
	pty_keys(p, "\r");
	expect(p, "signed in as ops1 of the account acme until ");
	assert_never_written(p, password);
	expect_end(p, 0);
}

/* ---- what people do ---- */

static void a_person_signs_in_and_the_next_commands_use_it(void **state)
{
	char token[512];
	struct pty *p;

	start_service((const char *const[]){"--password", PASSWORD, NULL});
	p = start((const char *const[]){"pipelines", NULL}, NULL);
	expect(p, "not signed in: pipetop login");
	expect_end(p, 4);
	sign_in_with_fingers(PASSWORD);
	read_token(token, sizeof(token));
	assert_int_equal(strncmp(token, "sim-", 4), 0);
	p = start((const char *const[]){"pipelines", "--limit", "1", NULL}, NULL);
	expect(p, "showing 1 of");
	expect_end(p, 0);
	p = start((const char *const[]){"config", NULL}, NULL);
	assert_true(pty_wait_bytes(p, "signing in     the token kept by pipetop login, ", SOON));
	assert_never_written(p, token);
	expect_end(p, 0);
	p = start(NULL, NULL);
	expect(p, "LIVE");
	assert_never_written(p, token);
	pty_keys(p, "\003");
	expect_end(p, 0);
	p = start((const char *const[]){"login", "--forget", NULL}, NULL);
	expect(p, "is removed");
	expect_end(p, 0);
	assert_false(is_kept());
	(void)state;
}

/* Three wrong ones would lock the account: one wrong try is one try. */
static void a_refused_password_is_tried_once_and_nothing_is_kept(void **state)
{
	const char *const wrong[] = {"PIPETOP_DOMAIN=acme", "PIPETOP_USER=ops1", "PIPETOP_PASSWORD=wrong-password", NULL};
	struct pty *p;
	int i;

	start_service((const char *const[]){"--password", PASSWORD, "--lock-after", "3", NULL});
	for (i = 0; i < 2; i++) {
		p = start((const char *const[]){i ? "pipelines" : "login", NULL}, wrong);
		expect(p, "pipetop: ");
		assert_never_written(p, "wrong-password");
		expect_end(p, 4);
	}
	assert_false(is_kept());
	sign_in_with_fingers(PASSWORD); /* not locked */
	(void)state;
}

static void ctrl_c_at_the_password_gives_the_terminal_back(void **state)
{
	struct pty *p;

	start_service(NULL);
	p = start((const char *const[]){"login", NULL},
		  (const char *const[]){"PIPETOP_DOMAIN=acme", "PIPETOP_USER=ops1", NULL});
	expect(p, "Password of ops1");
	pty_keys(p, "half\003");
	expect_end(p, 128 + SIGINT);
	assert_false(is_kept());
	(void)state;
}

/* A program without a shell that could wake it is not stopped; it puts the modes back and asks again. */
static void ctrl_z_at_the_password_asks_again_afterwards(void **state)
{
	struct pty *p;

	start_service((const char *const[]){"--password", PASSWORD, NULL});
	p = start((const char *const[]){"login", NULL},
		  (const char *const[]){"PIPETOP_DOMAIN=acme", "PIPETOP_USER=ops1", "PIPETOP_TOKEN=another", NULL});
	expect(p, "Password of ops1 in the account acme:");
	pty_keys(p, "half\032");
	assert_true(pty_wait_bytes(p, "acme: \r\nPassword of ops1", SOON));
	pty_keys(p, PASSWORD "\r");
	expect(p, "signed in as ops1");
	expect(p, "PIPETOP_TOKEN is set: it goes before the token that is kept");
	expect_end(p, 0);
	(void)state;
}

static void an_empty_password_and_the_end_of_input_send_nothing(void **state)
{
	const char *const who[] = {"PIPETOP_DOMAIN=acme", "PIPETOP_USER=ops1", NULL};
	struct pty *p;

	start_service(NULL);
	p = start((const char *const[]){"login", NULL}, who);
	expect(p, "Password of ops1");
	pty_keys(p, "\r");
	expect(p, "nothing was typed");
	expect_end(p, 4);
	p = start((const char *const[]){"login", NULL}, who);
	expect(p, "Password of ops1");
	pty_keys(p, "\004");
	expect(p, "nothing was typed");
	expect_end(p, 4);
	(void)state;
}

static void a_token_of_another_service_is_not_sent(void **state)
{
	struct pty *p;

	start_service(NULL);
	sign_in_with_fingers("any");
	end_service();
	start_service(NULL);
	p = start((const char *const[]){"pipelines", NULL}, NULL);
	expect(p, "the token kept by pipetop login is for http://127.0.0.1:");
	expect_end(p, 4);
	(void)state;
}

static void a_password_typed_at_the_start_is_for_the_dashboard_alone(void **state)
{
	const char *const who[] = {"PIPETOP_DOMAIN=acme", "PIPETOP_USER=ops1", NULL};
	struct pty *p;

	start_service((const char *const[]){"--password", PASSWORD, NULL});
	p = start(NULL, who);
	expect(p, "Password of ops1 in the account acme:");
	pty_keys(p, PASSWORD "\r");
	expect(p, "LIVE");
	assert_never_written(p, PASSWORD);
	pty_keys(p, "\003");
	expect_end(p, 0);
	assert_false(is_kept());
	(void)state;
}

static void a_refused_password_stops_the_dashboard_until_r(void **state)
{
	const char *const wrong[] = {"PIPETOP_DOMAIN=acme", "PIPETOP_USER=ops1", "PIPETOP_PASSWORD=wrong-password", NULL};
	struct pty *p;

	start_service((const char *const[]){"--password", PASSWORD, NULL});
	p = start(NULL, wrong);
	expect(p, "AUTH");
	expect(p, "r tries again: IAM refuses");
	assert_never_written(p, "wrong-password");
	pty_keys(p, "\003");
	expect_end(p, 0);
	(void)state;
}

static void write_file(const char *name, const char *text, mode_t mode)
{
	char path[192];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void make_config(const char *text)
{
	char path[192];

	snprintf(path, sizeof(path), "%s/config", dir);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/config/pipetop", dir);
	mkdir(path, 0700);
	write_file("config/pipetop/pipetop.conf", text, 0600);
}

static const char *read_file(const char *name)
{
	static char text[65536];
	char path[192];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	return text;
}

static void a_program_gives_the_token_to_commands_and_after_r_to_the_dashboard(void **state)
{
	char text[1024], path[192], token[512];
	struct pty *p;

	start_service(NULL);
	sign_in_with_fingers("any");
	read_token(token, sizeof(token));
	token_path(path, sizeof(path));
	unlink(path);
	snprintf(text, sizeof(text), "token_command = [\"%s/vault\", \"--for\", \"pipetop\"];\n", dir);
	make_config(text);
	write_file("vault", "#!/bin/sh\necho the vault is closed >&2\nexit 3\n", 0700);

	p = start((const char *const[]){"pipelines", NULL}, NULL);
	expect(p, "token_command: exit status 3: the vault is closed");
	expect_end(p, 4);
	p = start(NULL, NULL);
	expect(p, "AUTH");
	expect(p, "the vault is closed");
	snprintf(text, sizeof(text), "#!/bin/sh\nenv >%s/seen\necho %s\necho second line\n", dir, token);
	write_file("vault", text, 0700);
	pty_keys(p, "r");
	expect(p, "LIVE");
	assert_never_written(p, token);
	pty_keys(p, "\003");
	expect_end(p, 0);
	p = start((const char *const[]){"pipelines", "--limit", "1", NULL},
		  (const char *const[]){"HW_ACCESS_KEY=canary", "HW_SECRET_KEY=canary", "OS_PASSWORD=canary", NULL});
	expect(p, "showing 1 of");
	expect_end(p, 0);
	assert_null(strstr(read_file("seen"), "canary"));
	(void)state;
}

static void another_profile_signs_in_with_what_it_names(void **state)
{
	char text[2048], token[512];
	struct pty *p;

	start_service(NULL);
	sign_in_with_fingers("any");
	read_token(token, sizeof(token));
	snprintf(text, sizeof(text), "#!/bin/sh\nenv >%s/seen\necho %.500s\n", dir, token);
	write_file("vault", text, 0700);
	snprintf(text, sizeof(text),
		 "profiles: { other: { endpoint = \"%s\"; projects = [\"%.100s\"]; token_command = [\"%s/vault\"]; };\n"
		 " bare: { endpoint = \"%s\"; projects = [\"%.100s\"]; }; };\n",
		 endpoint, projects, dir, endpoint, projects);
	make_config(text);
	p = start(NULL, NULL); /* with the token that is kept outside the profiles */
	expect(p, "LIVE");
	pty_keys(p, ":profile bare\r");
	expect(p, "pipetop --profile bare login");
	expect(p, "LIVE");
	pty_keys(p, ":profile other\r");
	assert_true(pty_wait_gone(p, "pipetop --profile bare login", SOON));
	expect(p, "LIVE");
	assert_non_null(strstr(read_file("seen"), "XDG_STATE_HOME"));
	assert_never_written(p, token);
	pty_keys(p, "\003");
	expect_end(p, 0);
	(void)state;
}

/* The service's clock is 17 minutes ahead of ours; signatures are made by its clock, and it is told. */
static void a_clock_that_is_behind_is_told_and_signatures_are_good(void **state)
{
	char when[32], text[512];
	time_t ahead = time(NULL) + 17 * 60 + 8 * 3600;
	struct tm tm;
	struct pty *p;

	gmtime_r(&ahead, &tm);
	strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &tm);
	start_service_at(when, (const char *const[]){"--tls", "--ak", "AKID0123456789", "--sk", "SKEY0123456789", NULL});
	snprintf(text, sizeof(text), "ca_file = \"%s\";\n", certificate);
	make_config(text);
	p = start((const char *const[]){"pipelines", "--limit", "1", NULL},
		  (const char *const[]){"PIPETOP_AK=AKID0123456789", "PIPETOP_SK=SKEY0123456789", NULL});
	expect(p, "your clock is 17 min slow");
	expect(p, "showing 1 of");
	expect_end(p, 0);
	p = start(NULL, (const char *const[]){"PIPETOP_AK=AKID0123456789", "PIPETOP_SK=SKEY0123456789", NULL});
	expect(p, "your clock is 17 min slow");
	expect(p, "LIVE");
	pty_keys(p, "\003");
	expect_end(p, 0);
	(void)state;
}

static void a_pair_of_keys_is_exchanged_for_a_token(void **state)
{
	struct pty *p;

	start_service((const char *const[]){"--ak", "AKID0123456789", "--sk", "SKEY0123456789", NULL});
	p = start((const char *const[]){"login", "--json", NULL},
		  (const char *const[]){"PIPETOP_AK=AKID0123456789", "PIPETOP_SK=SKEY0123456789", NULL});
	expect(p, "{\"user\":\"ops1\"");
	assert_never_written(p, "SKEY0123456789");
	expect_end(p, 0);
	assert_true(is_kept());
	(void)state;
}

/* ---- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st, (void)type, (void)where;
	return remove(path);
}

static int make_place(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/pipetop-login-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_place(void **state)
{
	(void)state;
	end_service();
	return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#define in_a_place(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_a_place(a_person_signs_in_and_the_next_commands_use_it),
		in_a_place(a_refused_password_is_tried_once_and_nothing_is_kept),
		in_a_place(ctrl_c_at_the_password_gives_the_terminal_back),
		in_a_place(ctrl_z_at_the_password_asks_again_afterwards),
		in_a_place(an_empty_password_and_the_end_of_input_send_nothing),
		in_a_place(a_token_of_another_service_is_not_sent),
		in_a_place(a_password_typed_at_the_start_is_for_the_dashboard_alone),
		in_a_place(a_refused_password_stops_the_dashboard_until_r),
		in_a_place(a_program_gives_the_token_to_commands_and_after_r_to_the_dashboard),
		in_a_place(another_profile_signs_in_with_what_it_names),
		in_a_place(a_clock_that_is_behind_is_told_and_signatures_are_good),
		in_a_place(a_pair_of_keys_is_exchanged_for_a_token),
	};
	const char *top = getenv("top_builddir");

	setlocale(LC_CTYPE, "");
	snprintf(binary, sizeof(binary), "%s/pipetop", top ? top : ".");
	snprintf(simulator, sizeof(simulator), "%s/pipetop-sim", top ? top : ".");
	return cmocka_run_group_tests_name("login", tests, NULL, NULL);
}
