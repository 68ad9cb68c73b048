/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_TESTS_RAW_H
#define PIPETOP_TESTS_RAW_H

/*
 * A server that says exactly the bytes it is told to, on the test's own loop: for what
 * no honest web server would answer.
 */
#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"

enum raw_then { RAW_KEEP, RAW_FIN, RAW_RESET };

struct raw_reply {
	const char *text;	 /* first this; NULL: say nothing at all, and hold the connection */
	const void *more;	 /* then these bytes */
	size_t more_len;
	const char *for_ever;	 /* then this again and again, as fast as it is taken */
	double drip_s;		 /* > 0: one byte of `text` each so often */
	enum raw_then then;
};

struct raw {
	struct ev_loop *loop;
	ev_io io;
	int port;
	int accepted, requests;
	struct buf heard;		/* all requests, one after the other */
	const struct raw_reply *replies; /* n-th request's answer; the last one repeats */
	size_t n_replies;
	struct raw_conn *conns;
};

void raw_start(struct raw *raw, struct ev_loop *loop, const struct raw_reply *replies, size_t n);
void raw_stop(struct raw *raw);
/* Sends unasked on the newest connection. */
void raw_say(struct raw *raw, const char *text);
int raw_open(const struct raw *raw); /* connections that are open now */

/* A port that nobody listens on. */
int raw_dead_port(void);

#endif
