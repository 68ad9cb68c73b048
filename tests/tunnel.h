/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_TESTS_TUNNEL_H
#define PIPETOP_TESTS_TUNNEL_H

/*
 * An HTTP proxy that knows CONNECT alone, on the test's own loop. Whatever name is asked for, the
 * tunnel goes to one port of this machine; what was asked, and what went through, is kept.
 */
#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"

struct tunnel {
	struct ev_loop *loop;
	ev_io io;
	int port;
	int to_port;	       /* where each tunnel leads */
	const char *answer;    /* to a CONNECT; NULL: silence; "HTTP/1.1 200 ..." opens the tunnel */
	const char *wants;     /* what the CONNECT must have in it, else it is 407; NULL: nothing */
	int connects;	       /* asked for */
	struct buf asked;      /* heads of all CONNECTs */
	struct buf passed;     /* bytes of clients through all tunnels */
	struct tunnel_pair *pairs;
};

#define TUNNEL_OPEN "HTTP/1.1 200 Connection established\r\n\r\n"

void tunnel_start(struct tunnel *t, struct ev_loop *loop, int to_port);
void tunnel_stop(struct tunnel *t);
/* Ends every tunnel that is open, both ways. */
void tunnel_cut(struct tunnel *t);

#endif
