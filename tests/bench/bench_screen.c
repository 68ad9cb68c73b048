/* SPDX-License-Identifier: MIT */
/*
 * The dashboard on a terminal, seen from outside: when its first frame is there, what it
 * weighs, what it does when nothing happens, and what it costs when a log runs through it
 * (performance.md P9 to P12). The peers are an empty program on the same libraries and
 * tail -f.
 */
#include <netinet/in.h>
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define EMPTY "tests/bench/empty_curses"
/* Of the projects of the world "seed", the two with runs. */
#define SEED_PROJECTS "54f90b75fc1447b1b65e8d3a9f77923d,d80a8a6530324b7bac972cbb8a9f28ec"
#define FLOOD_PROJECT "f100d000000000000000000000000001"
#define FLOOD_STEP "f100d000000000000000000000000005"
#define FLOOD_RATE 5000
#define FLOOD_SPEED 20 /* 100,000 lines a second: 10 MB */

/* ---- P10 ---- */

/* A port that takes connections and never answers. */
static int silent_port(int *port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 || listen(fd, 64) != 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &len) != 0)
		bench_fail("no port to be silent on");
	*port = ntohs(at.sin_port);
	return fd;
}

/* Until the last word of the last row is there. */
static double first_frame_ms(const char *const argv[], const char *last_word)
{
	struct bench_pty p;
	double ms;

	bench_pty_start(&p, argv, 24, 80);
	ms = bench_pty_until(&p, last_word, 10000) - p.started_ms;
	bench_pty_stop(&p);
	return ms;
}

static void first_frame(void)
{
	double ours[BENCH_RUNS_MOST], peer[BENCH_RUNS_MOST];
	int port, fd = silent_port(&port), runs = 3 * bench_runs(), i;
	char url[64];
	const char *pipetop[] = {"./pipetop", "--endpoint", url, "--project", FLOOD_PROJECT, NULL};
	const char *empty[] = {EMPTY, NULL};

	snprintf(url, sizeof(url), "http://127.0.0.1:%d", port);
	if (runs > BENCH_RUNS_MOST)
		runs = BENCH_RUNS_MOST;
	for (i = 0; i < runs; i++) {
		ours[i] = first_frame_ms(pipetop, "quit");
		peer[i] = first_frame_ms(empty, "nothing");
	}
	bench_row("P10 first frame, whole, 80x24", bench_median(ours, runs), bench_median(peer, runs), "ms", 1.10);
	bench_row("P10 the quickest of these", ours[0], peer[0], "ms", 1.10); /* sorted by now */
	close(fd);
}

/* ---- P11 ---- */

static double rss_mb(const char *const argv[])
{
	struct bench_pty p;
	double mb;

	bench_pty_start(&p, argv, 24, 80);
	bench_pty_drain(&p, 5000);
	mb = bench_usage(p.pid).rss_mb;
	bench_pty_stop(&p);
	return mb;
}

static void weight(void)
{
	const char *empty[] = {EMPTY, "multi", NULL};
	struct bench_sim sim;
	const char *pipetop[] = {"./pipetop", "--endpoint", sim.url, "--project", SEED_PROJECTS, NULL};

	bench_sim_start(&sim, (const char *const[]){"--scenario", "seed", NULL});
	bench_row("P11 memory, connected, a small world", rss_mb(pipetop), rss_mb(empty), "MB", 1.20);
	bench_sim_stop(&sim);
}

/* ---- P12 ---- */

static int64_t requests(const struct bench_sim *sim)
{
	struct buf body;
	const char *at;
	int64_t n;

	buf_init(&body, BUF_MAX);
	bench_sim_get(sim, "/_sim/requests?since=99999999", &body);
	at = strstr(body.data, "\"received\":");
	n = at ? strtoll(at + strlen("\"received\":"), NULL, 10) : 0;
	buf_done(&body);
	return n;
}

static void idle(void)
{
	int seconds = bench_number("BENCH_SECONDS", 60);
	struct bench_usage before, after;
	int64_t asked, bytes;
	struct bench_sim sim;
	struct bench_pty p;
	char what[80];
	const char *pipetop[] = {"./pipetop", "--endpoint", sim.url, "--project", SEED_PROJECTS, NULL};

	bench_sim_start(&sim, (const char *const[]){"--scenario", "seed", NULL});
	bench_pty_start(&p, pipetop, 24, 80);
	bench_pty_drain(&p, 10000);
	before = bench_usage(p.pid);
	asked = requests(&sim);
	bytes = p.bytes;
	bench_pty_drain(&p, seconds * 1e3);
	after = bench_usage(p.pid);
	asked = requests(&sim) - asked;
	snprintf(what, sizeof(what), "P12 idle for %d s: bytes to the terminal", seconds);
	bench_row_most(what, (double)(p.bytes - bytes), "B", 0);
	snprintf(what, sizeof(what), "P12 wakeups per request, of %jd", (intmax_t)asked);
	bench_row_most(what, (double)(after.switches - before.switches) / (double)(asked ? asked : 1), "", 3);
	bench_row_most("P12 CPU per request", (after.cpu_ms - before.cpu_ms) / (double)(asked ? asked : 1), "ms", 2);
	bench_pty_stop(&p);
	bench_sim_stop(&sim);
}

/* ---- P9 ---- */

/* Bytes to the terminal and time on the processor within `seconds` of following. */
struct cost {
	double kb_per_s, cpu_ms;
};

static struct cost cost_of(struct bench_pty *p, int seconds)
{
	struct bench_usage before, after;
	int64_t bytes;

	bench_pty_drain(p, 3000);
	before = bench_usage(p->pid);
	bytes = p->bytes;
	bench_pty_drain(p, seconds * 1e3);
	after = bench_usage(p->pid);
	return (struct cost){(double)(p->bytes - bytes) / 1e3 / seconds, after.cpu_ms - before.cpu_ms};
}

static struct cost follow_flood(int rows, int cols, int seconds)
{
	struct bench_sim sim;
	struct bench_pty p;
	struct cost cost;
	const char *pipetop[] = {"./pipetop", "--endpoint", sim.url, "--project", FLOOD_PROJECT, NULL};

	bench_sim_start(&sim, (const char *const[]){"--scenario", "flood", "--speed", "20", NULL});
	bench_pty_start(&p, pipetop, rows, cols);
	bench_pty_drain(&p, 3000);
	bench_pty_keys(&p, "F");
	cost = cost_of(&p, seconds);
	bench_pty_stop(&p);
	bench_sim_stop(&sim);
	return cost;
}

/* The same text at the same pace at the end of a file, until killed. */
static _Noreturn void write_on(const char *path, const struct buf *text)
{
	FILE *to = fopen(path, "a");
	size_t at = 0, piece;
	double start = bench_now_ms(), due = 0;

	while (to) {
		due = (bench_now_ms() - start) * FLOOD_RATE * FLOOD_SPEED * 0.106;
		while (due > 0 && (double)at < due) {
			piece = text->len < 65536 ? text->len : 65536;
			fwrite(text->data + at % (text->len - piece + 1), 1, piece, to);
			at += piece;
		}
		fflush(to);
		usleep(5000);
	}
	_exit(1);
}

static struct cost tail_flood(int rows, int cols, int seconds, const struct buf *text)
{
	char path[] = "/tmp/pipetop-bench-XXXXXX";
	int fd = mkstemp(path);
	const char *tail[] = {"tail", "-f", path, NULL};
	struct bench_pty p;
	struct cost cost;
	pid_t writer;

	bench_pty_start(&p, tail, rows, cols);
	writer = fork();
	if (writer == 0)
		write_on(path, text);
	cost = cost_of(&p, seconds);
	kill(writer, SIGKILL);
	waitpid(writer, NULL, 0);
	bench_pty_stop(&p);
	unlink(path);
	close(fd);
	return cost;
}

static void flood(int rows, int cols, const struct buf *text)
{
	double kb[BENCH_RUNS_MOST], ours[BENCH_RUNS_MOST], peer[BENCH_RUNS_MOST];
	int runs = (bench_runs() + 1) / 2, i, seconds = 5;
	char what[80];

	for (i = 0; i < runs; i++) {
		struct cost cost = follow_flood(rows, cols, seconds);

		kb[i] = cost.kb_per_s;
		ours[i] = cost.cpu_ms / seconds / 10;
		peer[i] = tail_flood(rows, cols, seconds, text).cpu_ms / seconds / 10;
	}
	snprintf(what, sizeof(what), "P9 10 MB/s at %dx%d: to the terminal", cols, rows);
	bench_row_most(what, bench_median(kb, runs), "KB/s", 250);
	snprintf(what, sizeof(what), "P9 10 MB/s at %dx%d: CPU; tail -f", cols, rows);
	bench_row(what, bench_median(ours, runs), bench_median(peer, runs), "%", 1.0);
}

static void floods(void)
{
	struct bench_sim sim;
	struct buf text;

	buf_init(&text, BUF_MAX);
	bench_sim_start(&sim, (const char *const[]){"--scenario", "flood", "--speed", "0", NULL});
	bench_sim_get(&sim, "/_sim/truth/log/" FLOOD_STEP, &text);
	bench_sim_stop(&sim);
	flood(24, 80, &text);
	flood(60, 200, &text);
	buf_done(&text);
}

int main(int argc, char **argv)
{
	const char *only = argc > 1 ? argv[1] : "";

	setenv("PIPETOP_TOKEN", "bench", 1);
	bench_head();
	if (!*only || strcmp(only, "P10") == 0)
		first_frame();
	if (!*only || strcmp(only, "P11") == 0)
		weight();
	if (!*only || strcmp(only, "P12") == 0)
		idle();
	if (!*only || strcmp(only, "P9") == 0)
		floods();
	return 0;
}
