/* SPDX-License-Identifier: MIT */
/*
 * Commands for scripts: finds the command, gives it what it works with, and turns the way
 * it ended into an exit status and a sentence. Data goes to stdout, everything else to
 * stderr.
 */
#include "app/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "core/i18n.h"
#include "core/text.h"
#include "say.h"
#include "templates.h"

static const struct {
	const char *name;
	command_fn *run;
	bool alone; /* it makes its own connections, if any */
} commands[] = {
	{"pipelines", command_pipelines, false},
	{"runs", command_runs, false},
	{"show", command_show, false},
	{"logs", command_logs, false},
	{"watch", command_watch, false},
	{"run", command_run, false},
	{"retry", command_retry, false},
	{"stop", command_stop, false},
	{"approve", command_approve, false},
	{"reject", command_reject, false},
	{"postpone", command_postpone, false},
	{"templates", command_templates, false},
	{"login", command_login, true},
	{"config", command_config, true},
	{"doctor", command_doctor, true},
	{"audit", command_audit, true},
};

void command_completeness(struct out *out, bool cut, int64_t seen, int64_t total)
{
	char some[32], all[32] = "?";

	if (total >= 0 ? seen >= total : !cut)
		return;
	text_grouped(seen, some, sizeof(some));
	if (total >= 0)
		text_grouped(total, all, sizeof(all));
	if (!out_flush(out))
		return; /* nobody has even seen those */
	if (cut)
		say(_("showing %s of %s; --all shows every one"), some, all);
	else
		say(_("showing %s of %s: the service sends no more"), some, all);
}

static int fail(struct command *c, const struct err *err)
{
	say("%s", err->text);
	say_lines(&c->hints);
	return options_exit_status(err);
}

/* `pipetop ... | head` ends as other filters do; a full disk is told. */
static int output_status(const struct out *out, int status)
{
	if (!out->error)
		return status;
	if (out->error == EPIPE)
		return 128 + SIGPIPE;
	say(_("the output could not be written: %s"), strerror(out->error));
	return EXIT_INTERNAL;
}

static int run_command(struct command *c, command_fn *run, bool alone)
{
	struct err err = {.kind = ERR_NONE};
	int status = COMMAND_FAILED;

	c->reader = alone ? NULL : reader_new(c->options, &err);
	if (c->reader || alone)
		status = run(c, &err);
	out_flush(&c->out);
	if (status == COMMAND_FAILED && !c->out.error)
		status = fail(c, &err);
	status = output_status(&c->out, status);
	reader_free(c->reader);
	return status;
}

/* Some make none only with some words. */
static bool is_alone(size_t i, const struct options *options)
{
	return commands[i].alone || (commands[i].run == command_templates && templates_offline(options));
}

bool cli_signs_in(const struct options *options)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(commands[i].name, options->args[0]) == 0)
			return !is_alone(i, options);
	return false;
}

/* doctor has them among its findings. */
static void tell_warnings(const struct options *o)
{
	size_t i;

	if (strcmp(o->args[0], "doctor") == 0)
		return;
	for (i = 0; i < o->config.n_warnings; i++)
		say("%s", o->config.warnings[i]);
}

int cli_run(const struct options *options)
{
	struct command c = {.options = options};
	int status = EXIT_USAGE;
	size_t i;

	out_init(&c.out, STDOUT_FILENO);
	buf_init(&c.hints, BUF_MAX);
	tell_warnings(options);
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(commands[i].name, options->args[0]) == 0)
			status = run_command(&c, commands[i].run, is_alone(i, options));
	buf_done(&c.hints);
	out_done(&c.out);
	return status;
}
