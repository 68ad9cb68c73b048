/* SPDX-License-Identifier: MIT */
/*
 * --demo: a simulated service for as long as we live. pipetop-sim runs as a child on a
 * free loopback port that it tells in its first line. It must not outlive us however we
 * end: the kernel is asked to end it with us (also after SIGKILL), the simulator is told
 * so as well (--with-parent), and demo_free() takes it down in the ordinary case. It gets a
 * process group of its own, so that the terminal's Ctrl+C is ours alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/options.h"
#include "words.h"
#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/path.h"
#include "core/text.h"
#include "core/when.h"

#define START_MS 10000
#define GREETING "listening on "
#define PROJECTS "projects "
#define TENANT "tenant "
#define SAID_MAX 4096

struct demo {
	pid_t child;
	int out; /* the child's stdout; stays open, so that it never writes into a closed pipe */
};

/* Beside the binary first: before `make install` there is no other. */
static void find_simulator(struct buf *out)
{
	struct buf beside;

	buf_init(&beside, BUF_MAX);
	if (path_self(&beside) && buf_adds(&beside, "/pipetop-sim") && access(beside.data, X_OK) == 0)
		buf_adds(out, beside.data);
	else
		buf_adds(out, "pipetop-sim");
	buf_done(&beside);
}

/* In the child: only async-signal-safe calls until the exec. */
static _Noreturn void become_simulator(const char *const *argv, int out, int status, pid_t parent)
{
	int null = open("/dev/null", O_RDWR), code;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(0);
	setpgid(0, 0);
	signal(SIGPIPE, SIG_DFL);
	dup2(null, 0);
	dup2(out, 1);
	dup2(out, 2); /* what is wrong with a scenario is said there */
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	code = errno;
	if (write(status, &code, sizeof(code)) < 0)
		_exit(126);
	_exit(127);
}

/* Waits for the exec: 0, or the errno that it failed with. */
static int exec_result(int status)
{
	int code = 0;
	ssize_t n;

	do
		n = read(status, &code, sizeof(code));
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(code) ? code : 0;
}

static bool start_child(struct demo *d, const char *scenario, struct err *err)
{
	struct buf program;
	char with_parent[40];
	const char *argv[] = {NULL, "--port", "0", "--scenario", scenario, "--start", "now",
			      with_parent, NULL};
	int out[2], status[2], code;
	pid_t parent = getpid();

	if (pipe2(out, O_CLOEXEC) != 0)
		return err_set(err, ERR_IO, errno, _("demo: no pipe: %s"), strerror(errno));
	if (pipe2(status, O_CLOEXEC) != 0) {
		close(out[0]);
		close(out[1]);
		return err_set(err, ERR_IO, errno, _("demo: no pipe: %s"), strerror(errno));
	}
	buf_init(&program, BUF_MAX);
	find_simulator(&program);
	argv[0] = program.data;
	snprintf(with_parent, sizeof(with_parent), "--with-parent=%ld", (long)parent);
	d->child = fork();
	if (d->child == 0)
		become_simulator(argv, out[1], status[1], parent);
	close(out[1]);
	close(status[1]);
	d->out = out[0];
	code = d->child < 0 ? errno : exec_result(status[0]);
	close(status[0]);
	buf_done(&program);
	if (code == 0)
		return true;
	return err_set(err, ERR_INPUT, code,
		       _("--demo needs the simulator, and pipetop-sim could not be started: %s. Install "
			 "it beside pipetop or in the PATH"),
		       strerror(code));
}

/* What the child says at its start: its lines come in one write, so in one read. */
static bool hear(int fd, struct buf *said, struct err *err)
{
	int64_t until_ms = when_monotonic_ms() + START_MS;
	char piece[SAID_MAX];
	ssize_t n;

	while (!memchr(said->data, '\n', said->len)) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int64_t left_ms = until_ms - when_monotonic_ms();

		if (left_ms <= 0)
			return err_set(err, ERR_INPUT, 0, _("--demo: pipetop-sim did not start in 10 s"));
		if (poll(&p, 1, (int)left_ms) <= 0)
			continue;
		n = read(fd, piece, sizeof(piece));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_set(err, ERR_INPUT, 0, _("--demo: pipetop-sim ended at once"));
		if (!buf_add(said, piece, (size_t)n))
			return err_set(err, ERR_INPUT, 0, _("--demo: pipetop-sim says too much"));
	}
	return true;
}

/* What follows `prefix` at the start of a line of `said`; NULL if no line starts so. */
static char *told(const struct buf *said, const char *prefix)
{
	const char *line = said->data;

	while (line && !text_starts(line, prefix)) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	if (!line)
		return NULL;
	line += strlen(prefix);
	return mem_strndup(line, strcspn(line, "\r\n"));
}

/* The account whose templates there are, unless the command line says another. */
static void take_tenant(struct options *o, const struct buf *said)
{
	char *tenant = told(said, TENANT);

	if (tenant && text_empty(o->settings.tenant) &&
	    setting_put(&o->settings, &settings_table()[SET_TENANT], tenant, NULL))
		setting_from(&o->settings, SET_TENANT, FROM_OTHER, 0, "--demo");
	mem_free(tenant);
}

static bool point_at(struct options *o, const struct buf *said, struct err *err)
{
	char *url = told(said, GREETING), *projects = told(said, PROJECTS);

	if (!url) {
		mem_free(projects);
		return err_set(err, ERR_INPUT, 0, "--demo: %.*s", (int)strcspn(said->data, "\n"), said->data);
	}
	mem_free(o->endpoint);
	o->endpoint = url;
	identity_demo(&o->identity);
	take_tenant(o, said);
	if (o->n_projects == 0 && projects)
		word_split(projects, &o->projects, &o->n_projects);
	mem_free(projects);
	return true;
}

struct demo *demo_start(struct options *o, struct err *err)
{
	struct demo *d = mem_zalloc(sizeof(*d));
	struct buf said;
	bool ok;

	d->out = -1;
	buf_init(&said, SAID_MAX);
	ok = start_child(d, o->scenario ? o->scenario : "demo", err) && hear(d->out, &said, err) &&
	     point_at(o, &said, err);
	buf_done(&said);
	if (ok)
		return d;
	demo_free(d);
	return NULL;
}

void demo_free(struct demo *d)
{
	if (!d)
		return;
	if (d->child > 0) {
		kill(d->child, SIGTERM);
		while (waitpid(d->child, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (d->out >= 0)
		close(d->out);
	mem_free(d);
}
