/* SPDX-License-Identifier: MIT */
/* What the environment and the system say of the terminal. It is not asked: its answer would be typing. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/text.h"
#include "doctor.h"
#include "ui/termentry.h"

/* Does the system have what the environment asks for? Another may be in force in its place. */
static bool has_locale(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);

	if (!locale)
		return false;
	freelocale(locale);
	return true;
}

/* "LANG=de_DE.UTF-8": the variable that decides about characters. */
static void put_locale(struct doctor *d)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	const char *value = NULL;
	struct judge_terminal *t = &d->terminal;
	char *out = d->locale;
	size_t size = sizeof(d->locale), i;

	for (i = 0; i < 3 && text_empty(value); i++)
		value = getenv(names[i]);
	t->utf8 = text_locale_utf8();
	snprintf(out, size, "%s=%.80s", text_empty(value) ? "LANG" : names[i - 1], text_or_empty(value));
	t->locale_taken = has_locale();
	t->locale = out;
}

void doctor_terminal_gather(struct doctor *d)
{
	struct judge_terminal *t = &d->terminal;
	struct termentry entry;
	struct winsize size;

	t->tty = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	t->term = getenv("TERM");
	entry = termentry_find(t->term);
	t->found = entry.found;
	t->fit = entry.fit;
	t->colours = entry.colours;
	t->no_color = !text_empty(getenv("NO_COLOR"));
	t->wide = d->options->ambiguous_wide;
	t->tmux = !text_empty(getenv("TMUX"));
	t->screen = !text_empty(getenv("STY"));
	t->escdelay = getenv("ESCDELAY");
	put_locale(d);
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
		t->rows = size.ws_row;
		t->cols = size.ws_col;
	}
}
