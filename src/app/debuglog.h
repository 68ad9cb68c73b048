/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_DEBUGLOG_H
#define PIPETOP_APP_DEBUGLOG_H

/*
 * The file of --debug: lines with their time, for the person who looks for a fault and for the
 * one who is sent the file afterwards. Ours alone (0600), bounded in size and rate, and every line
 * passes the filter for live secrets.
 */
#include <stdint.h>

#include "core/err.h"

#define DEBUGLOG_MAX ((int64_t)10 << 20) /* bytes of the file, what it had before included */
#define DEBUGLOG_RATE 200		 /* lines a second; of more, only the number is told */

struct debuglog; /* opaque */

/* Appends to `path`, which is made if need be. A link, a pipe, another's or a full file is refused. */
struct debuglog *debuglog_open(const char *path, struct err *err);
void debuglog_free(struct debuglog *log); /* NULL is fine */

/* Of the moment; as the transport's `trace`, hence the void pointer. NULL is fine. */
void debuglog_trace(void *log, const char *line);

/* The same at a monotonic time. */
void debuglog_line(struct debuglog *log, const char *line, int64_t now_ms);

#endif
