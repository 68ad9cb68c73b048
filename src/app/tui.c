/* SPDX-License-Identifier: MIT */
/* The dashboard's door: it opens on a terminal only, and says what serves elsewhere. */
#include "app/tui.h"

#include <stdio.h>
#include <unistd.h>

#include "core/i18n.h"

int tui_run(const struct options *options)
{
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		fputs(_("pipetop: the dashboard needs a terminal: `pipetop watch` follows a run line by line, "
			"and pipelines, runs, show and logs with --json serve scripts\n"),
		      stderr);
		return EXIT_USAGE;
	}
	fputs(_("pipetop: this build has no dashboard\n"), stderr);
	return EXIT_INTERNAL;
}
