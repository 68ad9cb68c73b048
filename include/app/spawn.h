/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_SPAWN_H
#define PIPETOP_APP_SPAWN_H

/*
 * Children: hooks, pagers, browsers. Never through a shell: a job is a list of words.
 *
 * A child has a session and a process group of its own (so it cannot reach the terminal, and
 * all that it starts ends with it), signals as a program expects them, no descriptor of ours
 * but 0, 1 and 2, and our environment without secrets (spawn_secret). A foreground job is
 * the exception: it has the terminal, and stays in our group.
 *
 * At most `running_max` at once; more wait, at most `queue_max` of them; more still are
 * dropped and counted. Watched by the default loop, because only that sees children.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/err.h"

struct ev_loop;
struct spawn; /* opaque */

#define SPAWN_RUNNING_MAX 8
#define SPAWN_QUEUE_MAX 100

struct spawn_result {
	struct err err;	 /* kind ERR_NONE: it ended with status 0; else why not, as a sentence */
	int status;	 /* exit status; -1: ended by a signal, or never started */
	int signum;	 /* signal that ended it; 0: none */
	bool timed_out;
	const char *out; /* what was captured, NUL-terminated; borrowed */
	size_t out_len;
	bool out_cut;	 /* it wrote more than capture_max */
	const char *said; /* beginning of its stderr, NUL-terminated; the first line is in err */
};

struct spawn_job {
	const char *name;	  /* what sentences call it: "on_fail hook" */
	const char *const *argv;  /* NULL-terminated; argv[0] is looked for in PATH */
	const char *const *env;	  /* "NAME=value" beside ours, NULL-terminated; NULL: none */
	const char *cwd;	  /* NULL: ours */
	const void *input;	  /* its stdin; NULL: /dev/null */
	size_t input_len;
	size_t capture_max;	  /* bytes of stdout to keep; 0: stdout is /dev/null */
	int64_t time_limit_ms;	  /* then SIGTERM, and 2 s later SIGKILL; 0: none */
	bool secret;		  /* what is captured is wiped when the job is over */
	bool foreground;	  /* has the terminal: descriptors 0 to 2 are ours */
	bool outlives;		  /* spawn_free leaves it alone (a browser) */
	/* Exactly once for each job that spawn_run took; also from spawn_free (ERR_CANCELLED). */
	void (*done)(void *self, const struct spawn_result *result); /* may be NULL */
	void *self;
};

/* 0 for the default number. */
struct spawn *spawn_new(struct ev_loop *loop, size_t running_max, size_t queue_max);
struct ev_loop *spawn_loop(const struct spawn *spawn);
void spawn_free(struct spawn *spawn); /* ends those that run, and waits for them */

/*
 * Starts a job, or queues it; everything in it is copied. False, and `done` is not called, when
 * it could not be started (no such program) or the queue is full.
 */
bool spawn_run(struct spawn *spawn, const struct spawn_job *job, struct err *err);

size_t spawn_running(const struct spawn *spawn); /* those that run, without `outlives` */
size_t spawn_waiting(const struct spawn *spawn);
uint64_t spawn_dropped(const struct spawn *spawn); /* for a full queue, in all */

/* Does a variable of this name hold a secret of ours, that no child is to have? */
bool spawn_secret(const char *name, size_t len);

#endif
