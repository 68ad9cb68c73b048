/* SPDX-License-Identifier: MIT */
/*
 * A probe is a child process at the other end of a pipe. The child does its blocking work and
 * writes the result struct, once or again when it knows more; what has come whole when the pipe
 * closes, or when the time is over, is the result. Nothing is shared, so nothing can hold the
 * parent up, and a child that hangs in a resolver is simply ended.
 */
#include "net/probe.h"

#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "probework.h"

#define RESULTS_MAX 4 /* that a child may write */

struct probe {
	struct ev_loop *loop;
	pid_t pid; /* 0: gone */
	int fd;
	ev_io io;
	ev_timer timer;
	struct buf got;
	void *result;
	size_t size;
	probe_done_fn *done;
	void *self;
};

/* ---- the child ---- */

struct child {
	int fd;
	const void *result;
	size_t size;
};

/* The reader may be gone; then there is nobody to tell. */
static void write_result(void *self)
{
	const struct child *c = self;
	size_t at = 0;
	ssize_t n;

	while (at < c->size) {
		n = write(c->fd, (const char *)c->result + at, c->size - at);
		if (n <= 0 && errno != EINTR)
			_exit(1);
		at += n > 0 ? (size_t)n : 0;
	}
}

struct work {
	const char *host;
	const struct probe_ask *ask; /* NULL: look up */
};

static _Noreturn void run_child(int fd, const struct work *work, void *result, size_t size)
{
	struct child c = {fd, result, size};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (work->ask)
		probework_connect(work->ask, result, write_result, &c);
	else
		probework_look_up(work->host, result);
	write_result(&c);
	_exit(0);
}

/* ---- the parent ---- */

/* The loop may have waited for it before us; its number is not ours any more then. */
static void end_child(pid_t pid)
{
	if (waitpid(pid, NULL, WNOHANG) != 0)
		return;
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static void stop(struct probe *p)
{
	ev_io_stop(p->loop, &p->io);
	ev_timer_stop(p->loop, &p->timer);
	if (p->pid)
		end_child(p->pid);
	if (p->fd >= 0)
		close(p->fd);
	p->pid = 0;
	p->fd = -1;
}

/* The last result that came whole. */
static void end(struct probe *p)
{
	size_t whole = p->got.len / p->size;

	stop(p);
	if (whole)
		memcpy(p->result, p->got.data + (whole - 1) * p->size, p->size);
	p->done(p->self);
}

static void on_readable(struct ev_loop *loop, ev_io *io, int events)
{
	struct probe *p = io->data;
	char *room = buf_room(&p->got, p->size);
	ssize_t n = room ? read(p->fd, room, p->size) : 0;

	if (n > 0)
		buf_seal(&p->got, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		end(p);
}

static void on_timeout(struct ev_loop *loop, ev_timer *timer, int events)
{
	end(timer->data);
}

static struct probe *start(struct probe *p, const struct work *work, int64_t timeout_ms, struct err *err)
{
	int fds[2];

	memset(p->result, 0, p->size);
	if (pipe2(fds, O_CLOEXEC) != 0) {
		err_set(err, ERR_IO, errno, _("no pipe for a probe: %s"), strerror(errno));
		mem_free(p);
		return NULL;
	}
	p->pid = fork();
	if (p->pid == 0)
		run_child(fds[1], work, p->result, p->size);
	close(fds[1]);
	if (p->pid < 0) {
		err_set(err, ERR_IO, errno, _("no process for a probe: %s"), strerror(errno));
		close(fds[0]);
		mem_free(p);
		return NULL;
	}
	p->fd = fds[0];
	(void)fcntl(p->fd, F_SETFL, O_NONBLOCK);
	buf_init(&p->got, p->size * (RESULTS_MAX + 1));
	ev_io_init(&p->io, on_readable, p->fd, EV_READ);
	ev_timer_init(&p->timer, on_timeout, (double)timeout_ms / 1000., 0.);
	p->io.data = p->timer.data = p;
	ev_now_update(p->loop);
	ev_io_start(p->loop, &p->io);
	ev_timer_start(p->loop, &p->timer);
	return p;
}

static struct probe *probe_new(struct ev_loop *loop, void *result, size_t size, probe_done_fn *done, void *self)
{
	struct probe *p = mem_zalloc(sizeof(*p));

	p->loop = loop;
	p->fd = -1;
	p->result = result;
	p->size = size;
	p->done = done;
	p->self = self;
	return p;
}

struct probe *probe_look_up(struct ev_loop *loop, const char *host, int64_t timeout_ms,
			    struct probe_lookup *result, probe_done_fn *done, void *self, struct err *err)
{
	struct work work = {.host = host};

	return start(probe_new(loop, result, sizeof(*result), done, self), &work, timeout_ms, err);
}

struct probe *probe_connect(struct ev_loop *loop, const struct probe_ask *ask,
			    struct probe_transfer *result, probe_done_fn *done, void *self, struct err *err)
{
	struct work work = {.ask = ask};

	return start(probe_new(loop, result, sizeof(*result), done, self), &work, ask->timeout_ms, err);
}

void probe_free(struct probe *probe)
{
	if (!probe)
		return;
	stop(probe);
	buf_done(&probe->got);
	mem_free(probe);
}
