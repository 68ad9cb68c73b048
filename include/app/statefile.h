/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_STATEFILE_H
#define PIPETOP_APP_STATEFILE_H

/*
 * What the dashboard keeps from one start to the next: saved views, favourites, marks, the
 * command line's history, the last view. Texts under a key, in sections; what they mean is
 * the caller's.
 *
 * Several programs may have the same file. Each entry knows when it was changed, and saving takes
 * in what others have saved: of the same key the newer is kept, also when it is a removal.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/err.h"

#define STATEFILE_MAX (4u << 20)	 /* bytes of the file */
#define STATEFILE_TEXT_MAX (16u << 10) /* of a key or a value; what is longer is not kept */

struct statefile; /* opaque */

/* "$XDG_STATE_HOME/pipetop/state"; false without a home. */
bool statefile_default(struct buf *path);

/* Empty. NULL: nothing is ever read or written (--no-cache, no home). */
struct statefile *statefile_new(const char *path);
void statefile_free(struct statefile *s);

/*
 * Reads the file, if it is there. False: it could not be read, or it is damaged and was put
 * aside as FILE.bad; `s` has what could be understood and works on.
 */
bool statefile_load(struct statefile *s, struct err *err);

/* NULL when there is none; borrowed until the next change. */
const char *statefile_get(struct statefile *s, const char *section, const char *key);
/* Wall time `now_ms` orders changes. The same value again only makes the entry new. */
void statefile_put(struct statefile *s, const char *section, const char *key, const char *value, int64_t now_ms);
void statefile_remove(struct statefile *s, const char *section, const char *key, int64_t now_ms);
/* Keeps the `most` newest entries of a section. */
void statefile_trim(struct statefile *s, const char *section, size_t most, int64_t now_ms);

/* The i-th entry of a section, the one that was changed last being the last; false past it. */
bool statefile_at(struct statefile *s, const char *section, size_t i, const char **key, const char **value);
size_t statefile_count(const struct statefile *s, const char *section);

/* Writes what was changed (nothing: no-op), after taking in what others have written. */
bool statefile_save(struct statefile *s, struct err *err);
bool statefile_dirty(const struct statefile *s);

#endif
