/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_ECHO_H
#define PIPETOP_SIM_ECHO_H

/*
 * A service that repeats what it was sent, as badly made gateways do in their errors: to see
 * what a client lets through. And the last request of each class, whole, for those who
 * want to see what did go over the wire.
 */
#include "sim/server.h"

enum echo_shape {
	ECHO_ERROR = 1, /* in the message of an error */
	ECHO_PAGE,	/* in a web page */
	ECHO_LOG,	/* as the first line of a log page */
	ECHO_SHAPES = ECHO_LOG
};

/* Makes the answer, except with ECHO_LOG, which has the handler make it first. */
void echo_answer(struct call *c, int status);
void echo_page(struct call *c);
void echo_into_log(struct call *c);

/* Remembers the request as the last of its class; `heard` has FAULT_CLASSES buffers. */
void echo_remember(struct buf *heard, enum fault_class class, const struct request *r);

#endif
