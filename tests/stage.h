/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_TESTS_STAGE_H
#define PIPETOP_TESTS_STAGE_H

/*
 * The play's house: pipetop-sim as a process of its own, pipetop on a terminal in front of
 * it, and a home of their own in a temporary folder. The binaries are those of
 * $top_builddir. Whatever cannot be set up fails the test.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/buf.h"
#include "pty.h"

#define STAGE_WORDS 16

struct stage_options {
	const char *scenario, *seed, *speed, *start; /* of the simulator; NULL: its own */
	const char *count;
	bool demo;	  /* no simulator of ours: pipetop --demo starts one */
	const char *term; /* NULL: xterm-256color */
	int rows, cols;
	const char *args[STAGE_WORDS]; /* of pipetop, after its name */
	const char *env[STAGE_WORDS];  /* as pty_start() takes it */
	const char *config[STAGE_WORDS]; /* lines of pipetop.conf */
};

struct stage {
	struct stage_options options; /* its strings are the caller's */
	struct pty *pty;
	pid_t sim; /* 0: none */
	int sim_out, port;
	int64_t raised_ms;
	char home[64], projects[1024];
};

void stage_open(struct stage *s, const struct stage_options *options);
void stage_close(struct stage *s); /* ends both, removes the home */

/* The server goes away; it returns on the same port, at the time it would have by then. */
void stage_stop_sim(struct stage *s);
void stage_start_sim(struct stage *s);
/* A request to the simulator's control path; false (its answer in `said`) unless 200. */
bool stage_ask(struct stage *s, const char *method, const char *path, struct buf *said);

/*
 * How long anything may take before it counts as not coming: 20 s, more on a busy machine and
 * under a sanitizer.
 */
int stage_patience_ms(void);

/* What is selected in each pane that shows it, a line each, to the end of `out`. */
void stage_selected(struct stage *s, struct buf *out);

#endif
