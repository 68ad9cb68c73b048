/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_NET_TRANSPORT_H
#define PIPETOP_NET_TRANSPORT_H

/*
 * One HTTP exchange, ignorant of pipelines: the seam between everything above and the
 * network. net/http.h is the real transport; tests/fake.c is the other.
 *
 * Always: `done` runs exactly once for each accepted request, also on cancel and when
 * the transport is freed, never from inside send(). Everything in the response is
 * borrowed for that call. Redirects are never followed; a 3xx is an answer like any
 * other, with its Location's host in `location_host`.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/err.h"

/* err.code of an ERR_NET that says: the certificate is not to be trusted (libcurl's number). */
#define TRANSPORT_CERTIFICATE 60

struct header {
	const char *name, *value;
};

struct request {
	const char *method; /* GET, POST, PUT, DELETE */
	const char *url;    /* whole; https, or http to a loopback address */
	const struct header *headers;
	size_t n_headers;
	const char *body; /* NULL: none */
	size_t body_len;
	size_t max_body;     /* decoded bytes of the answer; more is ERR_REMOTE "answer too large" */
	int64_t timeout_ms;  /* cap of the whole exchange */
	bool fresh;	     /* actions: a connection of its own, never re-sent by the library */
};

struct response {
	struct err err;	 /* kind ERR_NONE: an HTTP answer came, whatever its status */
	int status;
	const char *body; /* never NULL; NUL-terminated after len */
	size_t len;
	const char *content_type;  /* "" when absent; the three below too */
	const char *request_id;	   /* X-Request-Id */
	const char *subject_token; /* X-Subject-Token */
	const char *location_host; /* of a 3xx */
	int64_t date_ms;	   /* `Date`, WHEN_NONE if absent or unreadable */
	int64_t retry_after_ms;	   /* `Retry-After` clamped to 1 s .. 10 min; -1: absent */
	int64_t took_ms;	   /* from send to the last byte */
	size_t wire_bytes;	   /* body as transferred, before decoding */
	int http_version;	   /* of the answer: 10, 11, 20; 0: none came */
	bool sent;		   /* at least one byte of the request may have left */
	bool too_large;		   /* err is "answer too large" */
};

typedef void response_fn(void *self, uint64_t id, const struct response *response);

struct transport {
	/* Returns the request's number (never 0). Copies what it needs of the request. */
	uint64_t (*send)(struct transport *t, const struct request *request, response_fn *done,
			 void *self);
	/* `done` runs with ERR_CANCELLED before cancel returns; unknown numbers are fine. */
	void (*cancel)(struct transport *t, uint64_t id);
};

#endif
