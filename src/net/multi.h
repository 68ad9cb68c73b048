/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_NET_MULTI_H
#define PIPETOP_NET_MULTI_H

/* libcurl's multi interface on libev: its sockets, and its one deadline. */
#include <curl/curl.h>
#include <ev.h>

struct socket;

struct multi {
	CURLM *curl; /* NULL until multi_begin() */
	struct ev_loop *loop;
	ev_timer timer; /* libcurl's deadline */
	struct socket *sockets;
	void (*acted)(void *self);
	void *self;
};

/* `acted` runs after libcurl did something; transfers may have finished. */
void multi_init(struct multi *m, struct ev_loop *loop, void (*acted)(void *self), void *self);
/* libcurl is initialised by now. */
void multi_begin(struct multi *m);
void multi_done(struct multi *m);

/* The transfer's sockets are opened and closed here. */
void multi_lend_sockets(struct multi *m, CURL *easy);
/* Connections that no transfer is on are not used again. */
void multi_drop_idle(struct multi *m);

#endif
