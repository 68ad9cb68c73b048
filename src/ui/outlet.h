/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_OUTLET_H
#define PIPETOP_UI_OUTLET_H

/*
 * What is on its way to the terminal: whole frames, and asides between them. All that goes in
 * passes ui/egress.h, but for the bytes with which the terminal is entered.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/err.h"

#define OUTLET_ASIDES_MAX ((size_t)128 << 10) /* queued at once; the first may be larger */

struct outlet {
	int fd; /* non-blocking, borrowed */
	struct buf queue;
	size_t sent;   /* of the queue */
	size_t asides; /* bytes in it that are no frame's */
	bool bell;     /* one is in it */
	bool gone;     /* the terminal has hung up */
	uint64_t bytes, refused; /* written in all; frames and asides that were not all ours */
};

void outlet_init(struct outlet *o, int fd);
void outlet_done(struct outlet *o);
void outlet_clear(struct outlet *o); /* forgets what was not yet written */

bool outlet_pending(const struct outlet *o);
/* Writes what the terminal takes; false when it is gone. */
bool outlet_pump(struct outlet *o);

/*
 * Checks what was added to o->queue from `from` on, as a frame; takes it out again and says so
 * when it is none. A debug build ends there, with the terminal restored.
 */
bool outlet_frame(struct outlet *o, size_t from, struct err *err);

/* Queues and pumps; false when it is dropped. */
bool outlet_aside(struct outlet *o, const char *bytes, size_t len);
/* A mode that must be switched, however much is queued. */
bool outlet_mode(struct outlet *o, const char *bytes);
bool outlet_bell(struct outlet *o); /* one at a time */

#endif
