/* SPDX-License-Identifier: MIT */
/*
 * From main() to the dashboard or a command: what the process must be before anything
 * secret is in it (no core, not traceable), the locale, one ending for exhausted memory,
 * then the options.
 */
#include <ev.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "app/cli.h"
#include "app/options.h"
#include "app/tui.h"
#include "core/i18n.h"
#include "core/mem.h"

static void *ev_memory(void *p, long size)
{
	if (size > 0)
		return mem_realloc(p, (size_t)size);
	mem_free(p);
	return NULL;
}

/* reliability.md 4.3: tokens must not reach a core file, a tracer or a TLS key log. */
static void guard_process(void)
{
	static const struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	unsetenv("SSLKEYLOGFILE");
	signal(SIGPIPE, SIG_IGN);
}

/* Numbers stay the C locale's: they go into JSON and requests. */
static void speak(void)
{
	setlocale(LC_CTYPE, "");
	setlocale(LC_MESSAGES, "");
	bindtextdomain("pipetop", LOCALEDIR);
	textdomain("pipetop");
}

static int complain(const struct err *err)
{
	fprintf(stderr, "pipetop: %s\n", err->text);
	return options_exit_status(err);
}

static int run(struct options *o)
{
	struct err err = {.kind = ERR_NONE};
	struct demo *demo = NULL;
	int status;

	if (o->demo && !(demo = demo_start(o, &err)))
		return complain(&err);
	status = o->n_args ? cli_run(o) : tui_run(o);
	demo_free(demo);
	return status;
}

/* Data that could not be written (a full disk) is a failure, whatever the command said. */
static int flush_output(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	fputs(_("pipetop: the output could not be written\n"), stderr);
	return EXIT_INTERNAL;
}

int main(int argc, char **argv)
{
	struct options options;
	struct err err = {.kind = ERR_NONE};
	int status;

	guard_process();
	speak();
	ev_set_allocator(ev_memory);
	if (!options_read(&options, argc, argv, &err))
		status = complain(&err);
	else if (options.help)
		options_help(stdout), status = EXIT_OK;
	else if (options.version)
		puts("pipetop " PIPETOP_VERSION), status = EXIT_OK;
	else
		status = run(&options);
	options_done(&options);
	return flush_output(status);
}
