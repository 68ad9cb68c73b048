/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_NAMES_H
#define PIPETOP_APP_NAMES_H

/*
 * The names of pipelines that lists have shown, and their newest run numbers, kept in
 * $XDG_CACHE_HOME/pipetop/names for the shells' completion. Losing them costs nothing: a file that
 * is not ours is nothing, and is written anew.
 *
 * They are kept by place, which is a service as one profile sees it: names of another one are not
 * for completion here.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/err.h"
#include "model/model.h"
#include "model/store.h"

#define NAMES_MAX 100000	/* pipelines in the file */
#define NAMES_BYTES (8u << 20)	/* of the file */
#define NAMES_PLACES 32
#define NAMES_RUNS 20		/* of each pipeline */
#define NAMES_DAYS 30		/* that a name stays which no list shows any more */

struct options;
struct names; /* opaque */

/* "$XDG_CACHE_HOME/pipetop/names"; false without a home. */
bool names_default(struct buf *path);
/* The service and the profile in force. */
void names_place(const struct options *o, struct buf *place);

/* Empty; NULL where nothing is kept: --no-cache, a demo, no home. The functions below take NULL. */
struct names *names_new(const struct options *o);
/* The same for any file and place. */
struct names *names_of(const char *path, const char *place);
void names_free(struct names *n);

void names_take(struct names *n, const struct pipeline *list, size_t count);
/* Of a pipeline whose name may not be known. */
void names_take_runs(struct names *n, const char *project_id, const char *pipeline_id, const struct run *runs,
		     size_t count);
void names_take_store(struct names *n, struct store *store);

/*
 * Puts what was taken into the file, which keeps at most `max` bytes of what it had: the newest.
 * Nothing taken: no-op. It waits a fifth of a second at most for another pipetop that does the same.
 */
bool names_save(struct names *n, int64_t max, int64_t now_ms, struct err *err);

struct name {
	const char *project_id, *pipeline_id;
	const char *name; /* "": not known */
	const char *runs; /* "318,317,315", newest first */
};

/* Calls `visit` for each name of a place, the last seen first, as long as it returns true. */
void names_read(const char *path, const char *place, bool (*visit)(void *self, const struct name *name), void *self);

#endif
