/* SPDX-License-Identifier: MIT */
/*
 * The terminal is opened anew through /proc/self/fd, because O_NONBLOCK belongs to the
 * open file, and the file behind our standard descriptors is the shell's as well.
 *
 * What restores it is prepared when it is entered, so that a signal handler needs only
 * write() and tcsetattr(). The restoring bytes begin with an escape sequence: a terminal
 * gives up a half-received sequence at the next Escape. Where the terminal takes nothing,
 * what the kernel still holds for it is thrown away to make room; this is the one case
 * in which bytes that were written are lost, and the restoring bytes are then sent whole.
 */
#include "tty.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/i18n.h"

#define RESTORE_MAX 512
#define FOREGROUND_TRIES 64

static struct {
	volatile sig_atomic_t entered;
	int fd;
	struct termios saved;
	char restore[RESTORE_MAX];
	size_t len;
} emergency;

/* ---- open ---- */

static int reopen(int fd, int flags)
{
	char path[32];
	int made;

	flags |= O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	made = open(path, flags);
	/* After su the terminal is still another user's; /dev/tty is open to all. */
	if (made < 0 && tcgetpgrp(fd) >= 0)
		made = open("/dev/tty", flags);
	return made;
}

bool tty_open(struct tty *t, int in_fd, int out_fd, struct err *err)
{
	t->in = t->out = -1;
	if (!isatty(in_fd) || !isatty(out_fd))
		return err_set(err, ERR_INPUT, 0,
			       _("the dashboard needs a terminal, and standard %s is none; use "
				 "`pipetop watch`, or a command with --json"),
			       isatty(in_fd) ? _("output") : _("input"));
	t->in = reopen(in_fd, O_RDONLY);
	t->out = reopen(out_fd, O_RDWR);
	if (t->in < 0 || t->out < 0) {
		err_set(err, ERR_IO, errno,
			_("cannot open the terminal: %s; use `pipetop watch`, or a command with --json"),
			strerror(errno));
		tty_close(t);
		return false;
	}
	return true;
}

void tty_close(struct tty *t)
{
	if (t->in >= 0)
		close(t->in);
	if (t->out >= 0)
		close(t->out);
	t->in = t->out = -1;
}

/* A group that nobody can continue is not stopped by the kernel: hence the limit. */
void tty_await_foreground(const struct tty *t)
{
	int i;
	pid_t group;

	for (i = 0; i < FOREGROUND_TRIES; i++) {
		group = tcgetpgrp(t->out);
		if (group < 0 || group == getpgrp())
			return;
		kill(0, SIGTTIN);
	}
}

/* ---- modes ---- */

/* What follows is done from the background, too, and must not stop us there. */
static void block_ttou(sigset_t *old)
{
	sigset_t block;

	sigemptyset(&block);
	sigaddset(&block, SIGTTOU);
	sigprocmask(SIG_BLOCK, &block, old);
}

static void set_modes(int fd, const struct termios *modes)
{
	sigset_t old;

	block_ttou(&old);
	while (tcsetattr(fd, TCSANOW, modes) != 0 && errno == EINTR)
		;
	sigprocmask(SIG_SETMASK, &old, NULL);
}

static struct termios full_screen(struct termios modes)
{
	modes.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INLCR | IGNCR | ISTRIP | INPCK | IXON | PARMRK);
	modes.c_oflag &= ~(tcflag_t)OPOST;
	modes.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN | ISIG);
	modes.c_cc[VMIN] = 1; /* with 0 a hang-up would look like silence */
	modes.c_cc[VTIME] = 0;
	return modes;
}

bool tty_enter(struct tty *t, const char *restore, size_t len, struct err *err)
{
	if (tcgetattr(t->out, &t->saved) != 0)
		return err_set(err, ERR_IO, errno, _("cannot read the terminal's modes: %s"),
			       strerror(errno));
	t->ours = full_screen(t->saved);
	emergency.fd = t->out;
	emergency.saved = t->saved;
	emergency.len = len < RESTORE_MAX ? len : 0;
	memcpy(emergency.restore, restore, emergency.len);
	emergency.entered = 1;
	set_modes(t->out, &t->ours);
	return true;
}

/* True when all was taken. */
static bool write_now(int fd, const char *bytes, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, bytes, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

void tty_emergency(void)
{
	int saved_errno = errno;
	sigset_t old;

	if (!emergency.entered)
		return;
	block_ttou(&old);
	if (!write_now(emergency.fd, emergency.restore, emergency.len)) {
		tcflush(emergency.fd, TCOFLUSH);
		write_now(emergency.fd, emergency.restore, emergency.len);
	}
	/* What was typed at the full screen is not meant for the shell. */
	tcflush(emergency.fd, TCIFLUSH);
	tcsetattr(emergency.fd, TCSANOW, &emergency.saved);
	emergency.entered = 0;
	sigprocmask(SIG_SETMASK, &old, NULL);
	errno = saved_errno;
}

void tty_leave(struct tty *t)
{
	if (t->out >= 0)
		tty_emergency();
}

void tty_retake(struct tty *t)
{
	sigset_t old;

	/* A child with a process group of its own may have died in the foreground. */
	block_ttou(&old);
	if (tcgetpgrp(t->out) != getpgrp())
		tcsetpgrp(t->out, getpgrp());
	sigprocmask(SIG_SETMASK, &old, NULL);
	tcflush(t->out, TCIFLUSH);
	emergency.entered = 1;
	set_modes(t->out, &t->ours);
}

static int clamp(int n, int otherwise)
{
	return n <= 0 ? otherwise : n > TTY_SIDE_MAX ? TTY_SIDE_MAX : n;
}

void tty_size(const struct tty *t, int *rows, int *cols)
{
	struct winsize size = {0};

	while (ioctl(t->out, TIOCGWINSZ, &size) != 0 && errno == EINTR)
		;
	*rows = clamp(size.ws_row, 24);
	*cols = clamp(size.ws_col, 80);
}

void tty_stop(void)
{
	struct sigaction plain = {.sa_handler = SIG_DFL}, old;
	sigset_t open_mask, old_mask;

	sigemptyset(&plain.sa_mask);
	sigaction(SIGTSTP, &plain, &old);
	sigemptyset(&open_mask);
	sigaddset(&open_mask, SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &open_mask, &old_mask);
	kill(0, SIGTSTP);
	sigprocmask(SIG_SETMASK, &old_mask, NULL);
	sigaction(SIGTSTP, &old, NULL);
}
