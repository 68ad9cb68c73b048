/* SPDX-License-Identifier: MIT */
/*
 * Start and end: the locale, the ending allocator in every library, no core with secrets in
 * it, what the command line says, and then the dashboard or a command.
 */
#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <libintl.h>
#include <locale.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "app/cli.h"
#include "app/options.h"
#include "app/tui.h"
#include "complete.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "debuglog.h"
#include "say.h"

static void *ev_memory(void *p, long size)
{
	if (size > 0)
		return mem_realloc(p, (size_t)size);
	mem_free(p);
	return NULL;
}

/* A core or /proc/PID/mem would hold the token (reliability.md 4.3). */
static void keep_secrets_in(void)
{
	struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
	unsetenv("SSLKEYLOGFILE");
}

/* A closed 0, 1 or 2 would be the next socket's number. What is written to a closed 1 is to fail. */
static void hold_descriptors(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", fd == STDERR_FILENO ? O_WRONLY : O_RDONLY) != fd)
			_exit(EXIT_INTERNAL);
}

static bool says_utf8(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	const char *value = NULL;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]) && text_empty(value); i++)
		value = getenv(names[i]);
	return value && (strcasestr(value, "utf-8") || strcasestr(value, "utf8"));
}

/* A locale that was never generated on this machine is not there, but its terminal speaks UTF-8. */
static void set_locale(void)
{
	if (!setlocale(LC_CTYPE, "") && says_utf8())
		setlocale(LC_CTYPE, "C.UTF-8");
	setlocale(LC_MESSAGES, "");
	bindtextdomain("pipetop", LOCALEDIR);
	textdomain("pipetop");
}

static int run(struct options *o, struct err *err)
{
	struct demo *demo = NULL;
	int status;

	if (o->demo) {
		demo = demo_start(o, err);
		if (!demo)
			return options_exit_status(err);
	}
	if (o->n_args > 0 && cli_signs_in(o) && !identity_type(&o->identity, err))
		status = options_exit_status(err);
	else
		status = o->n_args > 0 ? cli_run(o) : tui_run(o);
	if (o->demo && !demo) { /* chosen at the first start */
		demo = demo_start(o, err);
		status = demo ? tui_run(o) : (int)options_exit_status(err);
	}
	demo_free(demo);
	return status;
}

static int run_watched(struct options *o, struct err *err)
{
	int status = EXIT_USAGE;

	if (o->debug_file)
		o->debuglog = debuglog_open(o->debug_file, err);
	if (!o->debug_file || o->debuglog)
		status = run(o, err);
	debuglog_free(o->debuglog);
	o->debuglog = NULL;
	return status;
}

static int inform(const struct options *o)
{
	if (o->version)
		puts("pipetop " PIPETOP_VERSION);
	else
		options_help(stdout, o->n_args ? o->args[0] : NULL);
	return fflush(stdout) == 0 ? EXIT_OK : EXIT_INTERNAL;
}

int main(int argc, char **argv)
{
	struct options options;
	struct err err = {.kind = ERR_NONE};
	int status;

	hold_descriptors();
	keep_secrets_in();
	set_locale();
	if (argc > 1 && strcmp(argv[1], COMPLETE_WORD) == 0)
		return complete_run(argc - 2, argv + 2, stdout);
	ev_set_allocator(ev_memory);
	signal(SIGPIPE, SIG_IGN);
	if (!options_read(&options, argc, argv, &err))
		status = EXIT_USAGE;
	else if (options.help || options.version)
		status = inform(&options);
	else
		status = run_watched(&options, &err);
	if (err.kind != ERR_NONE)
		say("%s", err.text);
	options_done(&options);
	return status;
}
