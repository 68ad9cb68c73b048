/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_OUT_H
#define PIPETOP_APP_OUT_H

/*
 * A command's data on its way to stdout: large pieces go straight to write(2), small ones are
 * gathered. The first failure is kept; everything after it fails at once, so that a
 * command can stop when its reader (`| head`) has gone.
 */
#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"

struct out {
	int fd;
	bool tty;
	int error; /* errno of the first failure; 0: none */
	struct buf held;
};

void out_init(struct out *out, int fd);
void out_done(struct out *out); /* without a flush */
bool out_add(struct out *out, const void *data, size_t len);
bool out_adds(struct out *out, const char *text);
bool out_flush(struct out *out);
/* Has the reader of our pipe gone? Then it is as if a write had failed; asks the system only. */
bool out_gone(struct out *out);

/* Rows of --json: an array with one object a line, or lines alone. */
struct records {
	struct out *out;
	bool lines;
	bool any;
};
void records_begin(struct records *r, struct out *out, bool lines);
bool records_add(struct records *r, const struct buf *object);
void records_end(struct records *r);

#endif
