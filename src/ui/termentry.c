/* SPDX-License-Identifier: MIT */
/*
 * The database of terminals, asked without a terminal. It has a file of its own because <term.h>
 * has a `struct term` as ui/term.h has. What is fit is said here as ui/term.c decides it.
 */
#include "ui/termentry.h"

#include <curses.h>
#include <term.h>
#include <unistd.h>

static bool has(const char *name)
{
	const char *s = tigetstr(name);

	return s && s != (const char *)-1;
}

struct termentry termentry_find(const char *name)
{
	struct termentry entry = {false, false, 0};
	int found = 0, numbered;

	if (!name || !*name || setupterm(name, STDOUT_FILENO, &found) != OK)
		return entry;
	numbered = tigetnum("colors");
	entry.found = true;
	entry.fit = has("cup") && has("clear");
	entry.colours = numbered > 0 ? numbered : 0;
	del_curterm(cur_term);
	return entry;
}
