/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_API_SEND_H
#define PIPETOP_API_SEND_H

/*
 * What the calls need of a session: to send, and to tell it what time the server has.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/session.h"
#include "authwork.h"
#include "core/buf.h"

struct send_request {
	const char *method;
	const char *path; /* from "/v5/..." on, with the query; encoded */
	const char *body; /* NULL: none */
	size_t body_len;
	size_t max_body;
	bool action; /* changes something: refused when read-only, never re-sent */
};

/*
 * Stamps the request and sends it. 0: it was refused, `err` says why and `done` will not
 * run; otherwise it runs exactly once, later, also when the session is freed before.
 */
uint64_t session_send(struct session *session, const struct send_request *request,
		      response_fn *done, void *self, struct err *err);

/* Where log pages are lifted to; one page at a time. */
struct buf *session_lifted(struct session *session);

/*
 * The server said that it was `server_ms` at some time in the last `span_ms` before
 * monotonic_ms; absurd values are passed by (H22).
 */
void session_saw_clock(struct session *session, int64_t server_ms, int64_t span_ms,
		       int64_t monotonic_ms);

/* For tests: the three clocks. */
void session_set_clock(struct session *session, auth_clock_fn *clock);

#endif
