/* SPDX-License-Identifier: MIT */
/*
 * posix_spawn, because a fork of a process that holds 100,000 pipelines copies its page
 * tables while the screen stands still, and because between fork and exec only few calls
 * are safe. It also says at once, and without a pipe of ours, that a program is not there.
 *
 * A child is over when the kernel says so, not when its output ends: what it started may hold
 * the pipe for hours. Its last words are read then, as far as they are there.
 */
#include "app/spawn.h"

#include <ev.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "argv.h"
#include "childenv.h"
#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "log/sgr.h"

#define GRACE_MS 2000	 /* between SIGTERM and SIGKILL */
#define FAREWELL_MS 200	 /* the same when the program ends */
#define SAID_MAX 4096
#define PIECE 16384
#define PIECES 16 /* at once: one that writes without end must not hold up the loop */

/* What a child writes: kept up to a bound, read and forgotten beyond. */
struct tap {
	ev_io io;
	int fd; /* -1: closed */
	struct buf text;
	bool cut;
};

struct child {
	struct child *next;
	struct spawn *spawn;
	struct spawn_job job; /* its strings are the copies below */
	char *name, *cwd, *input;
	char **argv, **env;
	pid_t pid;
	ev_child watch;
	ev_timer limit;
	struct tap out, said;
	bool timed_out;
	struct sigaction was_int, was_quit; /* while a foreground job has the terminal */
};

struct spawn {
	struct ev_loop *loop;
	size_t running_max, queue_max;
	struct child *running;
	struct child *waiting, **waiting_end;
	size_t n_running, n_waiting; /* without those that outlive us */
	uint64_t dropped;
};

struct spawn *spawn_new(struct ev_loop *loop, size_t running_max, size_t queue_max)
{
	struct spawn *s = mem_zalloc(sizeof(*s));

	s->loop = loop;
	s->running_max = running_max ? running_max : SPAWN_RUNNING_MAX;
	s->queue_max = queue_max ? queue_max : SPAWN_QUEUE_MAX;
	s->waiting_end = &s->waiting;
	return s;
}

struct ev_loop *spawn_loop(const struct spawn *s)
{
	return s->loop;
}

size_t spawn_running(const struct spawn *s)
{
	return s->n_running;
}

size_t spawn_waiting(const struct spawn *s)
{
	return s->n_waiting;
}

uint64_t spawn_dropped(const struct spawn *s)
{
	return s->dropped;
}

/* ---- a job of our own ---- */

static struct child *child_new(struct spawn *s, const struct spawn_job *job)
{
	struct child *c = mem_zalloc(sizeof(*c));

	c->spawn = s;
	c->job = *job;
	c->name = mem_strdup(job->name);
	c->cwd = mem_strdup(job->cwd);
	c->argv = argv_copy(job->argv);
	c->env = childenv_new(job->env);
	if (job->input) {
		c->input = mem_alloc(job->input_len);
		memcpy(c->input, job->input, job->input_len);
	}
	c->out.fd = c->said.fd = -1;
	buf_init(&c->out.text, job->capture_max);
	if (job->secret) /* growing would leave pieces of it behind */
		buf_room(&c->out.text, job->capture_max);
	buf_init(&c->said.text, SAID_MAX);
	return c;
}

static void tap_close(struct child *c, struct tap *tap)
{
	if (tap->fd < 0)
		return;
	ev_io_stop(c->spawn->loop, &tap->io);
	close(tap->fd);
	tap->fd = -1;
}

static void child_free(struct child *c)
{
	tap_close(c, &c->out);
	tap_close(c, &c->said);
	if (c->job.secret)
		explicit_bzero(c->out.text.data, c->out.text.len);
	buf_done(&c->out.text);
	buf_done(&c->said.text);
	argv_free(c->argv);
	argv_free(c->env);
	mem_free(c->name);
	mem_free(c->cwd);
	mem_free(c->input);
	mem_free(c);
}

/* ---- its output ---- */

static void tap_keep(struct tap *tap, const char *text, size_t len)
{
	size_t room = tap->text.max - tap->text.len;

	if (len > room)
		tap->cut = true;
	buf_add(&tap->text, text, len < room ? len : room);
}

/* Reads what is there. */
static void tap_read(struct child *c, struct tap *tap)
{
	char piece[PIECE];
	int left = PIECES;
	ssize_t n;

	while (tap->fd >= 0 && left-- > 0) {
		n = read(tap->fd, piece, sizeof(piece));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n <= 0)
			tap_close(c, tap);
		else
			tap_keep(tap, piece, (size_t)n);
		if (n < (ssize_t)sizeof(piece))
			break;
	}
	if (c->job.secret)
		explicit_bzero(piece, sizeof(piece));
}

static void out_readable(struct ev_loop *loop, ev_io *w, int revents)
{
	struct child *c = w->data;

	(void)loop, (void)revents;
	tap_read(c, w == &c->out.io ? &c->out : &c->said);
}

/* A pipe whose reading end is ours: *child_end is for the child. */
static bool tap_open(struct child *c, struct tap *tap, int *child_end)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	tap->fd = ends[0];
	*child_end = ends[1];
	ev_io_init(&tap->io, out_readable, tap->fd, EV_READ);
	tap->io.data = c;
	ev_io_start(c->spawn->loop, &tap->io);
	return true;
}

/* ---- starting ---- */

/* A file in memory: the child reads it at its own pace, and nobody has to feed it. */
static int input_file(const struct child *c)
{
	int fd = memfd_create("pipetop-input", MFD_CLOEXEC);
	size_t at = 0;
	ssize_t n = 1;

	while (fd >= 0 && at < c->job.input_len && n > 0) {
		n = write(fd, c->input + at, c->job.input_len - at);
		at += n > 0 ? (size_t)n : 0;
	}
	if (fd >= 0 && (n <= 0 || lseek(fd, 0, SEEK_SET) != 0)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* The three descriptors of a job in the background; -1: /dev/null. */
struct ends {
	int in, out, said;
};

static void ends_close(const struct ends *ends)
{
	const int fds[] = {ends->in, ends->out, ends->said};
	size_t i;

	for (i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static bool ends_open(struct child *c, struct ends *ends)
{
	if (c->input && (ends->in = input_file(c)) < 0)
		return false;
	if (c->job.foreground || c->job.outlives)
		return true;
	if (c->job.capture_max && !tap_open(c, &c->out, &ends->out))
		return false;
	return tap_open(c, &c->said, &ends->said);
}

static int attach(posix_spawn_file_actions_t *actions, int fd, int as, int flags)
{
	return fd >= 0 ? posix_spawn_file_actions_adddup2(actions, fd, as)
		       : posix_spawn_file_actions_addopen(actions, as, "/dev/null", flags, 0);
}

static int make_actions(const struct child *c, const struct ends *ends, posix_spawn_file_actions_t *actions)
{
	int code = 0;

	if (!c->job.foreground || ends->in >= 0)
		code = attach(actions, ends->in, 0, O_RDONLY);
	if (!code && !c->job.foreground)
		code = attach(actions, ends->out, 1, O_WRONLY);
	if (!code && !c->job.foreground)
		code = attach(actions, ends->said, 2, O_WRONLY);
	if (!code && c->cwd)
		code = posix_spawn_file_actions_addchdir_np(actions, c->cwd);
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
	if (!code) /* ours are close-on-exec; this is for what a library forgot */
		code = posix_spawn_file_actions_addclosefrom_np(actions, 3);
#endif
	return code;
}

/* Signals as a new program expects them, and a session of its own. */
static int make_attributes(const struct child *c, posix_spawnattr_t *attributes)
{
	short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
	sigset_t all, none;
	int code;

	sigfillset(&all);
	sigemptyset(&none);
	if (!c->job.foreground)
		flags |= POSIX_SPAWN_SETSID;
	code = posix_spawnattr_setsigdefault(attributes, &all);
	if (!code)
		code = posix_spawnattr_setsigmask(attributes, &none);
	return code ? code : posix_spawnattr_setflags(attributes, flags);
}

/* Looks for a program where the shell would; 0 or an errno. */
static int find_program(const char *name, const char *cwd, struct buf *path)
{
	const char *dir = getenv("PATH");
	size_t len;

	if (strchr(name, '/')) {
		buf_addf(path, "%s%s%s", cwd && *name != '/' ? cwd : "", cwd && *name != '/' ? "/" : "", name);
		return access(path->data, X_OK) == 0 ? 0 : errno;
	}
	for (; dir && *name; dir = dir[len] ? dir + len + 1 : NULL) {
		len = strcspn(dir, ":");
		buf_clear(path);
		buf_addf(path, "%.*s%s%s", (int)len, dir, len ? "/" : "./", name);
		if (access(path->data, X_OK) == 0)
			return 0;
	}
	return ENOENT;
}

/*
 * What is missing is seen here and not left to the spawn: that says so by sharing memory with
 * the child, which valgrind and emulators of other machines do not do.
 */
static int look_before(const struct child *c)
{
	struct buf path;
	int code;

	if (c->cwd && access(c->cwd, X_OK) != 0)
		return errno;
	buf_init(&path, BUF_MAX);
	code = find_program(c->argv[0], c->cwd, &path);
	buf_done(&path);
	return code;
}

static int run_program(struct child *c, const struct ends *ends)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int code = look_before(c);

	if (code)
		return code;
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	code = make_actions(c, ends, &actions);
	if (!code)
		code = make_attributes(c, &attributes);
	if (!code)
		code = posix_spawnp(&c->pid, c->argv[0], &actions, &attributes, c->argv, c->env);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return code;
}

/* Keys that end a program are the foreground job's alone while it has the terminal. */
static void lend_terminal(struct child *c)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	sigaction(SIGINT, &ignore, &c->was_int);
	sigaction(SIGQUIT, &ignore, &c->was_quit);
}

static void take_terminal(struct child *c)
{
	sigaction(SIGINT, &c->was_int, NULL);
	sigaction(SIGQUIT, &c->was_quit, NULL);
}

static void ended(struct ev_loop *loop, ev_child *w, int revents);
static void time_is_up(struct ev_loop *loop, ev_timer *w, int revents);

static void watch(struct child *c)
{
	struct spawn *s = c->spawn;

	c->next = s->running;
	s->running = c;
	s->n_running += !c->job.outlives;
	ev_child_init(&c->watch, ended, c->pid, 0);
	ev_timer_init(&c->limit, time_is_up, 0., 0.);
	c->watch.data = c->limit.data = c;
	ev_child_start(s->loop, &c->watch);
	if (c->job.time_limit_ms <= 0)
		return;
	ev_now_update(s->loop);
	ev_timer_set(&c->limit, (double)c->job.time_limit_ms / 1000.0, 0.);
	ev_timer_start(s->loop, &c->limit);
}

static bool start(struct child *c, struct err *err)
{
	struct ends ends = {-1, -1, -1};
	int code;

	if (c->job.foreground)
		lend_terminal(c);
	code = ends_open(c, &ends) ? run_program(c, &ends) : errno;
	ends_close(&ends);
	if (code == 0) {
		watch(c);
		return true;
	}
	if (c->job.foreground)
		take_terminal(c);
	return err_set(err, ERR_IO, code, _("%s: %.100s cannot be started: %s"), c->name, c->argv[0],
		       strerror(code));
}

/* ---- ending ---- */

static void first_line(const char *text, struct buf *out)
{
	char *line = mem_strndup(text, strcspn(text, "\r\n"));

	sgr_clean_name(line, text_locale_utf8(), out);
	mem_free(line);
}

static void explain(const struct child *c, const struct spawn_result *r, struct err *err)
{
	struct buf said;

	buf_init(&said, BUF_MAX);
	first_line(c->said.text.data, &said);
	if (r->timed_out)
		err_set(err, ERR_IO, ETIMEDOUT, _("%s: took longer than %lld s and was ended"), c->name,
			(long long)(c->job.time_limit_ms + 999) / 1000);
	else if (r->signum)
		err_set(err, ERR_IO, 0, _("%s: ended by signal %d (%s)"), c->name, r->signum,
			strsignal(r->signum));
	else if (r->status != 0)
		err_set(err, ERR_IO, r->status, said.len ? _("%s: exit status %d: %.120s") : _("%s: exit status %d%s"),
			c->name, r->status, said.data);
	buf_done(&said);
}

static void tell_result(struct child *c, struct spawn_result *result)
{
	result->out = c->out.text.data;
	result->out_len = c->out.text.len;
	result->out_cut = c->out.cut;
	result->said = c->said.text.data;
	if (c->job.done)
		c->job.done(c->job.self, result);
}

static void unlink_running(struct child *c)
{
	struct child **at = &c->spawn->running;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	c->spawn->n_running -= !c->job.outlives;
}

static struct child *take_waiting(struct spawn *s)
{
	struct child *c = s->waiting;

	s->waiting = c->next;
	if (!s->waiting)
		s->waiting_end = &s->waiting;
	s->n_waiting--;
	return c;
}

static void start_waiting(struct spawn *s)
{
	while (s->waiting && s->n_running < s->running_max) {
		struct child *c = take_waiting(s);
		struct spawn_result result = {.status = -1};

		if (start(c, &result.err))
			continue;
		tell_result(c, &result);
		child_free(c);
	}
}

static void stop_watching(struct child *c)
{
	ev_child_stop(c->spawn->loop, &c->watch);
	ev_timer_stop(c->spawn->loop, &c->limit);
	if (c->job.foreground)
		take_terminal(c);
	unlink_running(c);
}

static void ended(struct ev_loop *loop, ev_child *w, int revents)
{
	struct child *c = w->data;
	struct spawn *s = c->spawn;
	struct spawn_result result = {.status = -1, .timed_out = c->timed_out};

	(void)loop, (void)revents;
	if (WIFEXITED(w->rstatus))
		result.status = WEXITSTATUS(w->rstatus);
	else if (WIFSIGNALED(w->rstatus))
		result.signum = WTERMSIG(w->rstatus);
	if (c->timed_out)
		kill(-c->pid, SIGKILL); /* what it left behind */
	stop_watching(c);
	tap_read(c, &c->out);
	tap_read(c, &c->said);
	explain(c, &result, &result.err);
	tell_result(c, &result);
	child_free(c);
	start_waiting(s);
}

/* A foreground job is in our own group: it alone is meant. */
static void send_signal(const struct child *c, int signum)
{
	kill(c->job.foreground ? c->pid : -c->pid, signum);
}

static void time_is_up(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct child *c = w->data;

	(void)revents;
	send_signal(c, c->timed_out ? SIGKILL : SIGTERM);
	if (c->timed_out)
		return;
	c->timed_out = true;
	ev_timer_set(w, GRACE_MS / 1000.0, 0.);
	ev_timer_start(loop, w);
}

/* ---- the face ---- */

bool spawn_run(struct spawn *s, const struct spawn_job *job, struct err *err)
{
	struct child *c;

	if (s->n_waiting >= s->queue_max && !job->outlives && !job->foreground) {
		s->dropped++;
		return err_set(err, ERR_IO, 0,
			       _("%s: not started, for %zu wait already (%llu dropped so far)"), job->name,
			       s->n_waiting, (unsigned long long)s->dropped);
	}
	c = child_new(s, job);
	if (s->n_running >= s->running_max && !job->outlives && !job->foreground) {
		*s->waiting_end = c;
		s->waiting_end = &c->next;
		s->n_waiting++;
		return true;
	}
	if (start(c, err))
		return true;
	child_free(c);
	return false;
}

/* Has it ended? It stays a zombie for now, so that its number is nobody else's. */
static bool is_over(const struct child *c)
{
	siginfo_t info = {.si_pid = 0};

	return waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0;
}

/* Waits for a child that was told to end, and makes it. */
static void see_out(const struct child *c)
{
	int waited_ms;

	for (waited_ms = 0; waited_ms < FAREWELL_MS && !is_over(c); waited_ms += 5)
		poll(NULL, 0, 5);
	send_signal(c, SIGKILL); /* also to what it left behind */
	while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static void give_up(struct child *c)
{
	struct spawn_result result = {.status = -1};

	if (!c->job.outlives)
		err_set(&result.err, ERR_CANCELLED, 0, _("%s: ended with pipetop"), c->name);
	tell_result(c, &result);
	child_free(c);
}

void spawn_free(struct spawn *s)
{
	struct child *c;

	if (!s)
		return;
	while (s->waiting)
		give_up(take_waiting(s));
	for (c = s->running; c; c = c->next)
		if (!c->job.outlives)
			send_signal(c, SIGTERM);
	while ((c = s->running) != NULL) {
		stop_watching(c);
		if (!c->job.outlives)
			see_out(c);
		give_up(c);
	}
	mem_free(s);
}
