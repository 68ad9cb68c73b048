/* SPDX-License-Identifier: MIT */
/* pipetop-sim as a program: what it prints, how it is told off, how it ends. */
#include "test.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS 20000

struct program {
	pid_t pid;
	int out; /* its stdout and stderr */
};

static const char *top(const char *variable)
{
	return getenv(variable) ? getenv(variable) : ".";
}

static struct program start(const char *const *args)
{
	const char *argv[16] = {"pipetop-sim"};
	struct program p;
	char path[4096];
	int fds[2], i;

	snprintf(path, sizeof(path), "%s/pipetop-sim", top("top_builddir"));
	for (i = 0; args[i]; i++)
		argv[i + 1] = args[i];
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	p.pid = fork();
	if (p.pid == 0) {
		dup2(fds[1], 1);
		dup2(fds[1], 2);
		execv(path, (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	close(fds[1]);
	p.out = fds[0];
	return p;
}

/* All that it says up to a newline, or to its end with `line` false. */
static void hear(const struct program *p, char *text, size_t size, bool line)
{
	struct pollfd ready = {p->out, POLLIN, 0};
	size_t n = 0;

	text[0] = '\0';
	while (n + 1 < size) {
		ssize_t got;

		if (poll(&ready, 1, PATIENCE_MS) != 1)
			fail_msg("it says nothing more after \"%s\"", text);
		got = read(p->out, text + n, line ? 1 : size - 1 - n);
		if (got <= 0)
			return;
		n += (size_t)got;
		text[n] = '\0';
		if (line && text[n - 1] == '\n')
			return;
	}
}

static int end_of(struct program *p)
{
	int status;

	assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
	close(p->out);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static const char *seed_file(void)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/scenarios/seed.conf", top("top_srcdir"));
	return path;
}

static void it_says_where_it_listens_and_ends_on_sigterm_and_sigint(void **state)
{
	const int signals[] = {SIGTERM, SIGINT};
	size_t i;

	for (i = 0; i < 2; i++) {
		struct program p =
			start((const char *[]){"--scenario", seed_file(), "--port", "0", NULL});
		char text[200];
		int port = 0;

		hear(&p, text, sizeof(text), true);
		assert_int_equal(sscanf(text, "listening on http://127.0.0.1:%d", &port), 1);
		assert_in_range(port, 1, 65535);
		kill(p.pid, signals[i]);
		assert_int_equal(end_of(&p), 0);
	}
}

static void with_tls_it_names_its_certificate_and_takes_it_away(void **state)
{
	struct program p = start((const char *[]){"--scenario", seed_file(), "--tls", NULL});
	char text[200], path[200];

	hear(&p, text, sizeof(text), true);
	assert_non_null(strstr(text, "listening on https://127.0.0.1:"));
	hear(&p, text, sizeof(text), true);
	assert_non_null(strstr(text, "projects "));
	hear(&p, text, sizeof(text), true);
	assert_int_equal(sscanf(text, "certificate %199s", path), 1);
	assert_int_equal(access(path, R_OK), 0);
	kill(p.pid, SIGTERM);
	assert_int_equal(end_of(&p), 0);
	assert_int_equal(access(path, F_OK), -1);
}

static void bad_usage_names_the_thing_and_the_mend_and_exits_2(void **state)
{
	static const struct {
		const char *args[5], *says;
	} rows[] = {
		{{"--port", "70000"}, "--port \"70000\" is not a number from 0 to 65535"},
		{{"--port", "http"}, "--port \"http\" is not a number"},
		{{"--speed", "-1"}, "--speed \"-1\" is not a number from 0"},
		{{"--count", "0"}, "--count \"0\" is not a number from 1 to 1000000"},
		{{"--count", "9", "--scenario", "demo"}, "has no crowd whose count"},
		{{"--log-mode", "lines"},
		 "log-mode \"lines\" is none of opaque, byte, char, line, range"},
		{{"--has-more", "always"}, "none of more-when-pending, true-while-running"},
		{{"--gate-as", "open"}, "none of running, paused, suspend"},
		{{"--list-delay", "soon"}, "not a number of seconds"},
		{{"--token", ""}, "--token must not be empty"},
		{{"--ak", "A", "--sk", ""}, "--sk must not be empty"},
		{{"--ak", "A"}, "--ak and --sk go together"},
		{{"--start", "yesterday"}, "start \"yesterday\" is neither"},
		{{"--scenario", "atlantis"}, "there is no scenario \"atlantis\""},
		{{"--scenario", "/no/such/file.conf"},
		 "cannot read the scenario /no/such/file.conf"},
		{{"--colour"}, "there is no option --colour"},
		{{"--port"}, "--port needs a value"},
		{{"demo"}, "\"demo\" is not an option"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct program p = start(rows[i].args);
		char text[1000];

		hear(&p, text, sizeof(text), false);
		assert_int_equal(end_of(&p), 2);
		if (!strstr(text, rows[i].says))
			fail_msg("\"%s\" does not say \"%s\"", text, rows[i].says);
	}
}

static void help_and_version_are_for_stdout(void **state)
{
	struct program p = start((const char *[]){"--help", NULL});
	char text[5000];

	hear(&p, text, sizeof(text), false);
	assert_int_equal(end_of(&p), 0);
	assert_non_null(strstr(text, "Usage: pipetop-sim"));
	p = start((const char *[]){"--version", NULL});
	hear(&p, text, sizeof(text), false);
	assert_int_equal(end_of(&p), 0);
	assert_true(strncmp(text, "pipetop-sim ", 12) == 0);
}

/* A parent in between starts it and is killed: it must not be left behind. */
#define NAME_LETTERS "-abcdefghijklmnopqrstuvwxyz"

/* Is there an item (".It Fl -ak Ar AK Fl -sk Ar SK") about the option "-name"? */
static bool man_has_item(const char *man, const char *name, size_t len)
{
	const char *line = man, *end, *at;

	for (; (line = strstr(line, "\n.It Fl ")); line = end) {
		end = line + 1 + strcspn(line + 1, "\n");
		for (at = line; (at = memmem(at, (size_t)(end - at), name, len)); at++)
			if (at[-1] == ' ' && !strchr(NAME_LETTERS, at[len]))
				return true;
	}
	return false;
}

static void help_and_the_man_page_name_the_same_options(void **state)
{
	struct program p = start((const char *[]){"--help", NULL});
	char *man = test_file("../man/pipetop-sim.1", NULL), help[8000], name[100];
	const char *s;
	size_t len;
	int n = 0;

	hear(&p, help, sizeof(help), false);
	assert_int_equal(end_of(&p), 0);
	for (s = help; (s = strstr(s, "--")); s += 2, n++) {
		len = strspn(s + 1, NAME_LETTERS);
		if (!man_has_item(man, s + 1, len))
			fail_msg("the man page has no item for -%.*s", (int)len, s + 1);
	}
	assert_true(n > 15);
	for (s = man; (s = strstr(s, ".It Fl -")); s++) {
		snprintf(name, sizeof(name), "-%.*s", (int)strspn(s + 7, NAME_LETTERS), s + 7);
		if (!strstr(help, name))
			fail_msg("--help lacks %s", name);
	}
	free(man);
}

static void it_ends_with_its_parent(void **state)
{
	int fds[2];
	pid_t middle;
	char text[200];
	struct program p;

	assert_int_equal(pipe(fds), 0);
	middle = fork();
	if (middle == 0) {
		char path[4096], parent[40];

		dup2(fds[1], 1);
		close(fds[0]);
		close(fds[1]);
		snprintf(path, sizeof(path), "%s/pipetop-sim", top("top_builddir"));
		snprintf(parent, sizeof(parent), "--with-parent=%d", (int)getpid());
		if (fork() == 0) {
			execl(path, path, "--scenario", seed_file(), parent, (char *)NULL);
			_exit(127);
		}
		for (;;)
			pause();
	}
	close(fds[1]);
	p = (struct program){middle, fds[0]};
	hear(&p, text, sizeof(text), true);
	assert_non_null(strstr(text, "listening on "));
	hear(&p, text, sizeof(text), true);
	assert_non_null(strstr(text, "projects "));
	hear(&p, text, sizeof(text), true);
	assert_non_null(strstr(text, "tenant "));
	kill(middle, SIGKILL);
	waitpid(middle, NULL, 0);
	hear(&p, text, sizeof(text), false); /* the last writer of the pipe is gone */
	assert_string_equal(text, "");
	close(p.out);
}

static void a_parent_that_is_dead_already_is_noticed(void **state)
{
	struct program p = start(
		(const char *[]){"--scenario", seed_file(), "--with-parent=1999999999", NULL});
	char text[200];

	hear(&p, text, sizeof(text), false);
	assert_string_equal(text, "");
	assert_int_equal(end_of(&p), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_says_where_it_listens_and_ends_on_sigterm_and_sigint),
		cmocka_unit_test(with_tls_it_names_its_certificate_and_takes_it_away),
		cmocka_unit_test(bad_usage_names_the_thing_and_the_mend_and_exits_2),
		cmocka_unit_test(help_and_version_are_for_stdout),
		cmocka_unit_test(help_and_the_man_page_name_the_same_options),
		cmocka_unit_test(it_ends_with_its_parent),
		cmocka_unit_test(a_parent_that_is_dead_already_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
