/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_NET_HTTP_H
#define PIPETOP_NET_HTTP_H

/*
 * HTTP over a libcurl multi handle on a libev loop: the one home of libcurl.
 *
 * libcurl is initialised on the first send, not before: the first frame does not wait
 * for it (performance.md P10).
 */
#include <stdbool.h>

#include "net/transport.h"

struct ev_loop;
struct http; /* opaque */

/* Compression costs more than it saves on a loopback address; a bench wants to see it. */
enum http_gzip { HTTP_GZIP_REMOTE, HTTP_GZIP_ALWAYS };

struct http_options {
	const char *user_agent; /* "pipetop/0.1" */
	const char *ca_file;	/* NULL: the system's */
	enum http_gzip gzip;
	/*
	 * One line about each exchange that ended, without its newline: method, path without
	 * query, status, sizes, connection, error. No header but X-Request-Id, no body. NULL: none.
	 */
	void (*trace)(void *trace_self, const char *line);
	void *trace_self;
};

struct http *http_new(struct ev_loop *loop, const struct http_options *options);
/*
 * Cancels what is in flight (each done runs), at once: no resolver holds it up. Not from
 * within a done.
 */
void http_free(struct http *http);
struct transport *http_transport(struct http *http); /* borrowed */
unsigned http_in_flight(const struct http *http);

/* All idle connections are dropped: the network or the machine was away (N24, N25, F11). */
void http_drop_idle(struct http *http);

#endif
