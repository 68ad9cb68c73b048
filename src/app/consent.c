/* SPDX-License-Identifier: MIT */
/*
 * What was typed before the question was there is no answer to it, and what goes on after the Enter is
 * a paste: neither is a yes, and none of it is left for the shell.
 */
#include "consent.h"

#include <poll.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "core/i18n.h"
#include "typed.h"

bool consent_possible(const struct options *o, struct err *err)
{
	return !o->read_only ||
	       err_set(err, ERR_INPUT, 0, _("%s changes something, and read_only is set: nothing was sent"),
		       o->args[0]);
}

/* Of a line that is not ended yet, too, which the terminal keeps back until it is told not to wait for its end. */
static bool more_to_read(void)
{
	struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
	struct termios lines, bytes;
	bool more;

	if (tcgetattr(STDIN_FILENO, &lines) != 0)
		return true;
	bytes = lines;
	bytes.c_lflag &= ~(tcflag_t)ICANON;
	tcsetattr(STDIN_FILENO, TCSANOW, &bytes);
	more = poll(&fd, 1, 0) > 0;
	tcsetattr(STDIN_FILENO, TCSANOW, &lines);
	return more;
}

enum consent consent_ask(struct command *c, const char *question, const char *line, struct err *err)
{
	char answer[TYPED_MAX];

	if (c->options->want.yes)
		return CONSENT_YES;
	if (!typed_possible()) {
		buf_addf(&c->hints, "  %s\n", line);
		err_set(err, ERR_INPUT, 0, _("nothing was done: there is no terminal to ask at; this does it"));
		return CONSENT_NOBODY;
	}
	tcflush(STDIN_FILENO, TCIFLUSH);
	if (!typed_line(question, true, answer, NULL))
		return CONSENT_NO;
	if (!more_to_read())
		return strcmp(answer, "y") == 0 ? CONSENT_YES : CONSENT_NO;
	tcflush(STDIN_FILENO, TCIFLUSH);
	return CONSENT_NO;
}
