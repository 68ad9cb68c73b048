/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_COMMAND_H
#define PIPETOP_APP_COMMAND_H

/* What every command works with, and the commands themselves (cli.c has their table). */
#include "app/options.h"
#include "core/buf.h"
#include "out.h"
#include "reader.h"

struct command {
	const struct options *options;
	struct reader *reader; /* NULL for a command that is `alone` in the table of cli.c */
	struct out out;
	const char *tenant; /* for templates, once it is known; NULL */
	struct buf hints; /* lines told after the error: candidates, what there is */
};

/*
 * Each returns the exit status of a command that worked; a negative number says that it did
 * not, and err why.
 */
typedef int command_fn(struct command *c, struct err *err);
command_fn command_pipelines, command_runs, command_show, command_logs, command_watch,
	command_retry, command_stop, command_approve, command_reject, command_postpone,
	command_login, command_config, command_doctor, command_run, command_templates,
	command_audit;
#define COMMAND_FAILED (-1)

struct picked;
/*
 * Watches the run that was picked, as `watch` does, and with its exit status. `first` NULL, or with
 * --json an object that comes before the events.
 */
int command_watch_picked(struct command *c, const struct picked *picked, const struct buf *first,
			 struct err *err);

/* ux.md's exit status of a run that is over, or waits. Rejected at a gate and nothing else: stopped. */
enum exit_status command_outcome(const struct run *run);

/* Does nothing in this run go on until a person decides? */
bool command_waits(const struct run *run);

/* Who may decide at the gate, what its end does, what its reviewers are told; "" if nothing is known. */
void command_gate(const struct step *step, int64_t now_ms, struct buf *out);

/* A step's name; of one without, the kind of its gate, or its plugin. */
const char *command_step_name(const struct step *step);

/*
 * Says on stderr that a list is not whole: `cut` by --limit, or shorter than the total that the
 * service gave (-1: it gave none). The data goes out first.
 */
void command_completeness(struct out *out, bool cut, int64_t seen, int64_t total);

/* "3m02s", or "" when the time is not known. */
void command_elapsed(int64_t start_ms, int64_t end_ms, int64_t now_ms, char *out, size_t size);

#endif
