/* SPDX-License-Identifier: MIT */
/*
 * Echo belongs to the terminal, not to us: whoever turns it off and dies leaves a shell in which
 * nobody sees what he types. So the signals that could end or suspend us are held while
 * echo is off; the read ends, the modes are put back, and then the signal has its way. After Ctrl+Z
 * and `fg` the question is asked again.
 */
#include "typed.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "core/i18n.h"

static const int signums[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU};
#define N_SIGNUMS (sizeof(signums) / sizeof(signums[0]))

static volatile sig_atomic_t caught;

static void note_signal(int signum)
{
	caught = signum;
}

bool typed_possible(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

static void put(const char *text)
{
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		return; /* nobody to tell */
}

enum outcome { LINE, END, TOO_LONG, SIGNALLED };

/* The signals are let in (`open`) only while it waits, so that none falls between two looks. */
static enum outcome read_line(const sigset_t *open, char out[TYPED_MAX])
{
	struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
	size_t len = 0;
	bool cut = false;
	ssize_t n;
	char c;

	for (;;) {
		n = ppoll(&fd, 1, NULL, open);
		if (caught)
			return SIGNALLED;
		n = n < 0 ? n : read(STDIN_FILENO, &c, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return END;
		if (c == '\n' || c == '\r') {
			out[len] = '\0';
			return cut ? TOO_LONG : LINE;
		}
		cut |= len + 1 >= TYPED_MAX;
		if (!cut)
			out[len++] = c;
	}
}

/* The modes are changed, one line is read, and everything is as it was. */
static enum outcome ask_once(const char *prompt, bool shown, char out[TYPED_MAX])
{
	struct sigaction action = {.sa_handler = note_signal}, was[N_SIGNUMS];
	struct termios before, quiet;
	sigset_t held, open;
	enum outcome outcome;
	size_t i;
	bool modes = tcgetattr(STDIN_FILENO, &before) == 0;

	caught = 0;
	sigemptyset(&held);
	for (i = 0; i < N_SIGNUMS; i++) {
		sigaction(signums[i], &action, &was[i]);
		sigaddset(&held, signums[i]);
	}
	sigprocmask(SIG_BLOCK, &held, &open);
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK);
	quiet.c_lflag |= ECHONL; /* Enter is seen */
	if (modes && !shown)
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	put(prompt);
	outcome = read_line(&open, out);
	if (modes && !shown)
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	sigprocmask(SIG_SETMASK, &open, NULL);
	for (i = 0; i < N_SIGNUMS; i++)
		sigaction(signums[i], &was[i], NULL);
	/* With a line there ppoll() does not let a signal in that waits, too. */
	return caught ? SIGNALLED : outcome;
}

static bool is_stop(int signum)
{
	return signum == SIGTSTP || signum == SIGTTIN || signum == SIGTTOU;
}

bool typed_line(const char *prompt, bool shown, char out[TYPED_MAX], struct err *err)
{
	enum outcome outcome;
	const char *p;

	while ((outcome = ask_once(prompt, shown, out)) == SIGNALLED) {
		int signum = caught;

		explicit_bzero(out, TYPED_MAX);
		put("\n");
		raise(signum); /* the program ends here, or goes on after `fg` */
		if (!is_stop(signum))
			return err_set(err, ERR_INPUT, 0, _("nothing was typed"));
	}
	if (outcome == TOO_LONG) {
		explicit_bzero(out, TYPED_MAX);
		return err_set(err, ERR_INPUT, 0, _("that is longer than %d characters"), TYPED_MAX - 1);
	}
	if (outcome == END || !*out)
		return err_set(err, ERR_AUTH, 0, _("nothing was typed"));
	for (p = out; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f) {
			explicit_bzero(out, TYPED_MAX);
			return err_set(err, ERR_AUTH, 0, _("a control character was typed: nothing was sent"));
		}
	return true;
}
