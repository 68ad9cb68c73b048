/* SPDX-License-Identifier: MIT */
/*
 * Times are of the wall, because waiting counts, and of the processor, because a shared
 * machine stretches the wall. Children that outlive nothing: the simulator ends with us.
 */
#include "bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int bench_number(const char *name, int otherwise)
{
	const char *text = getenv(name);

	return text && atoi(text) > 0 ? atoi(text) : otherwise;
}

int bench_runs(void)
{
	int runs = bench_number("BENCH_RUNS", 7);

	return runs < BENCH_RUNS_MOST ? runs : BENCH_RUNS_MOST;
}

double bench_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

double bench_cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double bench_median(double *values, int n)
{
	qsort(values, (size_t)n, sizeof(*values), ascending);
	return values[n / 2];
}

void bench_fail(const char *text, ...)
{
	va_list args;

	va_start(args, text);
	fputs("bench: ", stderr);
	vfprintf(stderr, text, args);
	fputc('\n', stderr);
	va_end(args);
	exit(1);
}

/* ---- the table ---- */

void bench_head(void)
{
	printf("%-44s %10s %10s %-5s %7s  target\n", "what", "ours", "peer", "", "ratio");
	fflush(stdout);
}

void bench_row(const char *what, double ours, double peer, const char *unit, double target)
{
	double ratio = peer > 0 ? ours / peer : 0;

	printf("%-44s %10.2f %10.2f %-5s %7.2f  <= %.2f%s\n", what, ours, peer, unit, ratio, target,
	       ratio <= target ? "" : "  MISSED");
	fflush(stdout);
}

void bench_row_most(const char *what, double ours, const char *unit, double most)
{
	printf("%-44s %10.2f %10s %-5s %7s  <= %.2f%s\n", what, ours, "", unit, "", most,
	       ours <= most ? "" : "  MISSED");
	fflush(stdout);
}

/* ---- processes ---- */

static _Noreturn void become(const char *const argv[])
{
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

static int64_t drop_all(int fd)
{
	static char buffer[1 << 18];
	int64_t all = 0;
	ssize_t n;

	while ((n = read(fd, buffer, sizeof(buffer))) > 0)
		all += n;
	return all;
}

struct bench_took bench_run(const char *const argv[], bool piped)
{
	struct bench_took took = {0};
	struct rusage usage;
	double start = bench_now_ms();
	int out[2], status;
	pid_t pid;

	if (pipe2(out, O_CLOEXEC) != 0)
		bench_fail("no pipe: %s", strerror(errno));
	pid = fork();
	if (pid == 0) {
		dup2(piped ? out[1] : open("/dev/null", O_WRONLY), STDOUT_FILENO);
		become(argv);
	}
	close(out[1]);
	took.bytes = drop_all(out[0]);
	close(out[0]);
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid || status != 0)
		bench_fail("%s did not succeed", argv[0]);
	took.wall_ms = bench_now_ms() - start;
	took.cpu_ms = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
		      (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
	return took;
}

/* ---- the simulator ---- */

void bench_sim_start(struct bench_sim *sim, const char *const options[])
{
	const char *argv[16] = {"./pipetop-sim", "--with-parent"};
	int out[2], n = 2;
	FILE *says;

	while (*options && n < 15)
		argv[n++] = *options++;
	if (pipe2(out, O_CLOEXEC) != 0)
		bench_fail("no pipe: %s", strerror(errno));
	sim->pid = fork();
	if (sim->pid == 0) {
		dup2(out[1], STDOUT_FILENO);
		become(argv);
	}
	close(out[1]);
	says = fdopen(out[0], "r");
	if (!says || fscanf(says, "listening on %63s projects %1023s", sim->url, sim->projects) != 2 || !strrchr(sim->url, ':'))
		bench_fail("no simulator: is ./pipetop-sim built?");
	fclose(says);
	sim->port = atoi(strrchr(sim->url, ':') + 1);
}

void bench_sim_stop(struct bench_sim *sim)
{
	kill(sim->pid, SIGTERM);
	waitpid(sim->pid, NULL, 0);
}

void bench_sim_get(const struct bench_sim *sim, const char *path, struct buf *body)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)sim->port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char piece[65536];
	const char *rest;
	struct buf all;
	ssize_t n;

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		bench_fail("the simulator is not there");
	dprintf(fd, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", path);
	buf_init(&all, BUF_MAX);
	while ((n = read(fd, piece, sizeof(piece))) > 0)
		buf_add(&all, piece, (size_t)n);
	close(fd);
	rest = all.len ? strstr(all.data, "\r\n\r\n") : NULL;
	if (!rest)
		bench_fail("the simulator does not answer %s", path);
	buf_clear(body);
	buf_adds(body, rest + 4);
	buf_done(&all);
}

/* ---- terminals ---- */

void bench_pty_start(struct bench_pty *p, const char *const argv[], int rows, int cols)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};

	*p = (struct bench_pty){.started_ms = bench_now_ms()};
	p->pid = forkpty(&p->master, NULL, NULL, &size);
	if (p->pid < 0)
		bench_fail("no pseudo terminal: %s", strerror(errno));
	if (p->pid == 0) {
		setenv("TERM", "xterm-256color", 1);
		become(argv);
	}
	fcntl(p->master, F_SETFD, FD_CLOEXEC);
}

/* What it writes next, at most len bytes, before `until`; 0: nothing came, or it has ended. */
static size_t take(struct bench_pty *p, char *buffer, size_t len, double until)
{
	struct pollfd ready = {.fd = p->master, .events = POLLIN};
	double left = until - bench_now_ms();
	ssize_t n;

	if (left <= 0 || poll(&ready, 1, (int)left + 1) <= 0)
		return 0;
	n = read(p->master, buffer, len);
	p->bytes += n > 0 ? n : 0;
	return n > 0 ? (size_t)n : 0;
}

void bench_pty_drain(struct bench_pty *p, double ms)
{
	double until = bench_now_ms() + ms;
	char buffer[65536];

	while (take(p, buffer, sizeof(buffer), until))
		;
}

double bench_pty_until(struct bench_pty *p, const char *text, double ms)
{
	double until = bench_now_ms() + ms;
	char buffer[65536];
	size_t len = 0, n;

	while ((n = take(p, buffer + len, sizeof(buffer) - len, until))) {
		len += n;
		if (memmem(buffer, len, text, strlen(text)))
			return bench_now_ms();
	}
	bench_fail("\"%s\" did not appear", text);
}

void bench_pty_keys(struct bench_pty *p, const char *keys)
{
	if (write(p->master, keys, strlen(keys)) < 0)
		bench_fail("the program took no key");
}

void bench_pty_stop(struct bench_pty *p)
{
	kill(p->pid, SIGKILL);
	waitpid(p->pid, NULL, 0);
	close(p->master);
}

/* The number behind `name` in a file of /proc. */
static int64_t proc_number(pid_t pid, const char *file, const char *name)
{
	char path[64], line[256];
	int64_t value = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	f = fopen(path, "r");
	while (f && value < 0 && fgets(line, sizeof(line), f))
		if (strncmp(line, name, strlen(name)) == 0)
			value = strtoll(line + strlen(name), NULL, 10);
	if (f)
		fclose(f);
	return value;
}

struct bench_usage bench_usage(pid_t pid)
{
	return (struct bench_usage){
		.cpu_ms = (double)proc_number(pid, "schedstat", "") / 1e6,
		.rss_mb = (double)proc_number(pid, "status", "VmRSS:") / 1024,
		.switches = proc_number(pid, "status", "voluntary_ctxt_switches:"),
	};
}
