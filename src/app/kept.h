/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_KEPT_H
#define PIPETOP_APP_KEPT_H

/* The token that `pipetop login` keeps between runs, one for each profile. */
#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/err.h"

struct kept {
	char *token;	    /* the vault's */
	char *endpoint;	    /* of the service that it is for */
	char *user, *account, *account_id; /* NULL: not known */
	int64_t expires_ms; /* WHEN_NONE: not known */
};

/* $XDG_STATE_HOME/pipetop/token, with "-NAME" for a profile. */
bool kept_path(const char *profile, struct buf *out, struct err *err);
/* err->code is ENOENT when none is kept. `kept` is to be released also on failure. */
bool kept_read(const char *path, struct kept *kept, struct err *err);
/*
 * Is it for the service at `endpoint`, and still of use? If not, why, with the mend ("pipetop login")
 * at the end.
 */
bool kept_serves(const struct kept *kept, const char *endpoint, const char *mend, int64_t now_ms,
		 struct err *why);
/* Mode 0600 in a directory of mode 0700, the whole file or none of it. */
bool kept_write(const char *path, const struct kept *kept, struct err *err);
void kept_done(struct kept *kept);

#endif
