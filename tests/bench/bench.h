/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_TESTS_BENCH_H
#define PIPETOP_TESTS_BENCH_H

/*
 * What the benches share: processes that are timed, a simulator, a program on a terminal
 * that is only counted, and the row of the table. Nothing here is a test: a miss is
 * printed, never an exit status.
 */
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/buf.h"

#define BENCH_RUNS_MOST 99

/* From the environment: a number, or `otherwise`. BENCH_RUNS: 7 unless it says less or more. */
int bench_number(const char *name, int otherwise);
int bench_runs(void);

double bench_now_ms(void);
double bench_cpu_ms(void); /* of this thread: on a shared machine the wall says more about the others */
double bench_median(double *values, int n); /* sorts them */
_Noreturn void bench_fail(const char *text, ...) __attribute__((format(printf, 1, 2)));

void bench_head(void);
/* One row; `target` is the most that ours / peer may be. */
void bench_row(const char *what, double ours, double peer, const char *unit, double target);
/* A row of a figure that has a ceiling instead of a peer. */
void bench_row_most(const char *what, double ours, const char *unit, double most);

/* ---- processes ---- */

struct bench_took {
	double wall_ms, cpu_ms;
	int64_t bytes; /* that it wrote, where they were asked for */
};
/* Runs argv to its end, which must be success. `piped`: its output is read from a pipe and dropped. */
struct bench_took bench_run(const char *const argv[], bool piped);

struct bench_sim {
	pid_t pid;
	char url[64];
	char projects[1024]; /* their ids, with commas between them */
	int port;
};
/* ./pipetop-sim with these options (NULL ends them) in the build tree. */
void bench_sim_start(struct bench_sim *sim, const char *const options[]);
void bench_sim_stop(struct bench_sim *sim);
void bench_sim_get(const struct bench_sim *sim, const char *path, struct buf *body);

/* ---- a program on a terminal ---- */

struct bench_pty {
	pid_t pid;
	int master;
	double started_ms;
	int64_t bytes;
};
void bench_pty_start(struct bench_pty *p, const char *const argv[], int rows, int cols);
void bench_pty_drain(struct bench_pty *p, double ms); /* takes what it writes, for that long */
/* When it had written that text, within its first 64 KiB; it must within so long. */
double bench_pty_until(struct bench_pty *p, const char *text, double ms);
void bench_pty_keys(struct bench_pty *p, const char *keys);
void bench_pty_stop(struct bench_pty *p);

struct bench_usage {
	double cpu_ms, rss_mb;
	int64_t switches; /* voluntary: how often it slept */
};
struct bench_usage bench_usage(pid_t pid);

#endif
