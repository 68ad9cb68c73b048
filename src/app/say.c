/* SPDX-License-Identifier: MIT */
/*
 * Words on their way to a terminal or a pipe. Names and messages come from a server that
 * anybody may have written to, so they pass the sanitiser here, in pipes as well: a file
 * is shown with cat one day. What goes to stderr, where builds keep it for everybody, passes the
 * filter for secrets too.
 */
#include "say.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/i18n.h"
#include "core/text.h"
#include "core/vault.h"
#include "log/sgr.h"

void say(const char *fmt, ...)
{
	struct buf raw, clean;
	va_list ap;

	buf_init(&raw, BUF_MAX);
	buf_init(&clean, BUF_MAX);
	va_start(ap, fmt);
	buf_vaddf(&raw, fmt, ap);
	va_end(ap);
	vault_scrub(&raw);
	sgr_clean_name(raw.data, text_locale_utf8(), &clean);
	fflush(stdout);
	fprintf(stderr, "pipetop: %s\n", clean.data);
	buf_done(&raw);
	buf_done(&clean);
}

void say_lines(struct buf *lines)
{
	if (!lines->len)
		return;
	vault_scrub(lines);
	fflush(stdout);
	fputs(lines->data, stderr);
}

void say_name(struct buf *out, const char *name, const char *none)
{
	if (text_empty(name))
		buf_adds(out, none);
	else
		sgr_clean_name(name, text_locale_utf8(), out);
}

void say_state(struct buf *out, enum state state, const char *status)
{
	if (text_locale_utf8())
		buf_adds(out, state_symbol(state));
	else
		buf_addc(out, state_ascii(state));
	buf_addc(out, ' ');
	if (state == STATE_OTHER)
		say_name(out, status, _("unknown"));
	else
		buf_adds(out, _(state_word(state)));
}
