/* SPDX-License-Identifier: MIT */
/*
 * What was typed before the question was there is no answer to it, and what goes on after the Enter is
 * a paste: neither is a yes.
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

static bool more_to_read(void)
{
	struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};

	return poll(&fd, 1, 0) > 0 && (fd.revents & POLLIN);
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
	return strcmp(answer, "y") == 0 && !more_to_read() ? CONSENT_YES : CONSENT_NO;
}
