/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_TESTS_FAKE_H
#define PIPETOP_TESTS_FAKE_H

/*
 * A transport without a network, for tests of everything above it. Requests are recorded;
 * their answers are queued beforehand, or made by a handler; nothing is answered until
 * the test says fake_deliver(). So a test decides every order of events.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/transport.h"

struct fake; /* opaque */

/* As sent; all strings are copies that live as long as the fake. */
struct fake_request {
	uint64_t id;
	char *method, *url, *body; /* body "" for none */
	size_t body_len;
	struct header *headers;
	size_t n_headers;
	size_t max_body;
	int64_t timeout_ms;
	bool fresh;
	bool answered, cancelled;
};

#define FAKE_ALWAYS ((unsigned)-1)

/* An answer. What is left 0 or NULL takes the value said here. */
struct fake_reply {
	const char *match;  /* substring of the URL; NULL: any request */
	const char *method; /* NULL: any */
	unsigned times;	    /* 0: once; FAKE_ALWAYS: for ever */
	int status;	    /* 0: 200 */
	const char *body;   /* NULL: "" */
	size_t len;	    /* 0: strlen(body) */
	const char *content_type; /* NULL: application/json */
	const char *request_id, *subject_token, *location_host; /* NULL: "" */
	int64_t date_ms;	/* WHEN_NONE: none */
	int64_t retry_after_ms; /* 0: none */
	int64_t took_ms;
	struct err err;	  /* kind set: no answer came, only this */
	bool not_sent;	  /* with err: certainly nothing left */
	bool too_large;
};

/* Fills `reply` (zeroed before) and returns true, or false: the request stays unanswered. */
typedef bool fake_handler(void *self, const struct fake_request *request, struct fake_reply *reply);

struct fake *fake_new(void);
void fake_free(struct fake *fake); /* pending requests are cancelled: their done runs */
struct transport *fake_transport(struct fake *fake);

/* Queues an answer (copied). The first queued one that matches a request is used up for it. */
void fake_reply(struct fake *fake, const struct fake_reply *reply);
/* The usual one: one JSON answer for a URL that contains `match`. */
void fake_answer(struct fake *fake, const char *match, int status, const char *body);
/* Asked when no queued answer matches. */
void fake_on(struct fake *fake, fake_handler *handler, void *self);

/*
 * Answers the requests that are pending now, oldest first; those sent meanwhile wait for
 * the next call. Returns how many were answered.
 */
size_t fake_deliver(struct fake *fake);
/* Only the one with that number; false when it is not pending or has no answer. */
bool fake_deliver_one(struct fake *fake, uint64_t id);

size_t fake_pending(const struct fake *fake);
size_t fake_count(const struct fake *fake); /* requests sent so far */
/* i-th request sent; fails the test when there is none. */
const struct fake_request *fake_request(const struct fake *fake, size_t i);
const struct fake_request *fake_last(const struct fake *fake);
/* Value of a header (case-insensitive) or NULL. */
const char *fake_header(const struct fake_request *request, const char *name);
/* Queued answers not used up: a test can insist on 0. */
size_t fake_left(const struct fake *fake);

#endif
