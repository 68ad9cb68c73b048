/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_TESTS_ASKER_H
#define PIPETOP_TESTS_ASKER_H

/*
 * The real transport on a test's loop, asked one thing after the other; and a resolver of the
 * test's own, so that no name leaves this machine.
 */
#include <ev.h>

#include "core/buf.h"
#include "net/http.h"

struct asker {
	struct ev_loop *loop;
	ev_timer limit; /* the test fails when a wait is longer than 20 s */
	struct http *http;
	struct transport *t;
};

/* The newest answer, copied; a zero-filled one is empty. */
struct asked {
	int n; /* answers so far */
	struct response r;
	struct buf body;
	char token[256]; /* the beginning of subject_token */
	size_t token_len;
};

void asker_start(struct asker *a, const struct http_options *options);
/* The same on a loop that the caller has made and ends. */
void asker_start_on(struct asker *a, struct ev_loop *loop, const struct http_options *options);
void asker_stop(struct asker *a);
void asker_send(struct asker *a, const struct request *request, struct asked *to);
void asker_wait(struct asker *a, const int *n, int least);
/* GET with the token "secret-token", and its answer. */
void asker_get(struct asker *a, const char *url, struct asked *to);
void asked_done(struct asked *asked);

/*
 * Every name that ends in ".test" has these addresses from now on ("127.0.0.1,::1", tried in
 * that order); NULL: none. Other names do not exist.
 */
void asker_resolve(const char *addresses);

#endif
