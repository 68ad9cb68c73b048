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
#include "core/when.h"
#include "say.h"

static const struct {
	const char *name;
	command_fn *run;
} commands[] = {
	{"pipelines", command_pipelines},
	{"runs", command_runs},
	{"show", command_show},
	{"logs", command_logs},
};

/* A gate that was closed by a refusal leaves a failed step of these plugins (api.md 8.6). */
static bool is_gate_task(const char *task)
{
	return text_starts(text_or_empty(task), "official_devcloud_checkpoint") ||
	       text_starts(text_or_empty(task), "official_devcloud_manualTrigger");
}

struct failures {
	bool gate, other;
};

static bool count_failure(const struct step_at *at, void *arg)
{
	struct failures *failures = arg;

	if (at->step->state != STATE_FAILED)
		return false;
	if (is_gate_task(at->step->task))
		failures->gate = true;
	else
		failures->other = true;
	return false;
}

enum exit_status command_outcome(const struct run *run)
{
	struct failures failures = {false, false};
	struct step_at ignored;

	switch (run->state) {
	case STATE_STOPPED:
		return EXIT_STOPPED;
	case STATE_WAITING:
		return EXIT_WAITS;
	case STATE_FAILED:
		run_find_step(run, count_failure, &failures, &ignored);
		return failures.gate && !failures.other ? EXIT_STOPPED : EXIT_RUN_FAILED;
	default:
		return EXIT_OK;
	}
}

void command_elapsed(int64_t start_ms, int64_t end_ms, int64_t now_ms, char *out, size_t size)
{
	int64_t ms = model_elapsed(start_ms, end_ms, now_ms);

	*out = '\0';
	if (ms >= 0)
		when_duration(ms, out, size);
}

static int fail(const struct command *c, const struct err *err)
{
	say("%s", err->text);
	if (c->hints.len)
		fputs(c->hints.data, stderr);
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

static int run_command(struct command *c, command_fn *run)
{
	struct err err = {.kind = ERR_NONE};
	int status = COMMAND_FAILED;

	c->reader = reader_new(c->options, &err);
	if (c->reader)
		status = run(c, &err);
	out_flush(&c->out);
	if (status == COMMAND_FAILED && !c->out.error)
		status = fail(c, &err);
	status = output_status(&c->out, status);
	reader_free(c->reader);
	return status;
}

int cli_run(const struct options *options)
{
	struct command c = {.options = options};
	int status = EXIT_USAGE;
	size_t i;

	out_init(&c.out, STDOUT_FILENO);
	buf_init(&c.hints, BUF_MAX);
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(commands[i].name, options->args[0]) == 0)
			status = run_command(&c, commands[i].run);
	buf_done(&c.hints);
	out_done(&c.out);
	return status;
}
