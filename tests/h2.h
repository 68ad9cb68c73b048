/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_TESTS_H2_H
#define PIPETOP_TESTS_H2_H

/*
 * A server of HTTP/2 over TLS that says the frames it is told to, on the test's own loop: for
 * what no honest server would answer. Its certificate is one of the simulator's.
 */
#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"

enum h2_kind {
	H2_ANSWER,	  /* 200 with "{}" */
	H2_GOAWAY,	  /* refuses the stream with a goodbye */
	H2_GOAWAY_LATE,	  /* begins an answer, says goodbye, and ends the connection */
	H2_RESET,	  /* ends the stream with `code` instead of an answer */
	H2_RESET_LATE,	  /* the same in the middle of one */
	H2_SILENCE,	  /* takes the headers, lets no byte of the body come, and waits */
	H2_HEADER_BOMB,	  /* headers that do not end */
};

struct h2_step { /* for the n-th request; the last one repeats */
	enum h2_kind kind;
	uint32_t code;
};

struct h2 {
	struct ev_loop *loop;
	ev_io io;
	int port;
	const struct h2_step *steps;
	size_t n_steps;
	int accepted, requests;
	struct cert *cert;
	void *context; /* SSL_CTX */
	struct h2_conn *conns;
};

#define H2_REFUSED_STREAM 7u
#define H2_INTERNAL_ERROR 2u
#define H2_ENHANCE_YOUR_CALM 11u

void h2_start(struct h2 *h, struct ev_loop *loop, const struct h2_step *steps, size_t n);
void h2_stop(struct h2 *h);

#endif
