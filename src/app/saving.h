/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_SAVING_H
#define PIPETOP_APP_SAVING_H

/*
 * A log on its way into a file, slice by slice. The file is 0600; it has its name only when
 * all of it is on the disk, and takes the place of no other unless it was told to.
 */
#include <stdbool.h>
#include <stdint.h>

#include "core/err.h"
#include "log/log.h"

enum saving_form {
	SAVING_RAW,   /* bytes as delivered */
	SAVING_CLEAN, /* as the log view shows them, with colours as SGR and nothing else */
};

struct saving_options {
	const char *path; /* copied */
	bool over;	  /* a file of that name is replaced */
	enum saving_form form;
	bool utf8, ambiguous_wide; /* of SAVING_CLEAN */
};

enum saving_state { SAVING_MORE, SAVING_DONE, SAVING_FAILED };

struct saving; /* opaque */

/* Takes what `log` holds now. NULL with err when no file can be made there, or one is there. */
struct saving *saving_new(const struct saving_options *options, struct log *log, struct err *err);
void saving_free(struct saving *s); /* if it is not done, no trace of it is left */

/* Goes on for about `slice_us`. SAVING_FAILED: err says why, and how far it came. */
enum saving_state saving_work(struct saving *s, struct log *log, int64_t slice_us, struct err *err);

struct saving_figures {
	const char *path; /* borrowed */
	int64_t lines, bytes, total; /* total: bytes of log text at the beginning */
	int64_t gaps; /* markers within the text: they are not written */
};
struct saving_figures saving_figures(const struct saving *s);

#endif
