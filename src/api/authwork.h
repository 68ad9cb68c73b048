/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_API_AUTHWORK_H
#define PIPETOP_API_AUTHWORK_H

/*
 * What the session and an auth say to each other. The session asks before a request
 * leaves (auth_check), tells when one has left (auth_sent) and what its answer meant
 * (auth_heard); the auth tells when those that wait should ask again (auth_listen).
 */
#include <stdbool.h>
#include <stdint.h>

#include "api/auth.h"

#define AUTH_TOKEN_MAX ((size_t)16 << 10)

/* One moment on the three clocks. Tests have moments of their own. */
struct auth_moment {
	int64_t wall_ms, monotonic_ms;
	int64_t boot_ms; /* runs on while the machine sleeps, as a token's life does */
};
typedef void auth_clock_fn(struct auth_moment *now);

void auth_clock(struct auth_moment *now); /* the real one */
/* For tests; random is in [0, 1). */
void auth_set_clock(struct auth *auth, auth_clock_fn *clock, double (*random)(void));

/* `woken` runs when a question was answered or a signature was judged; never from auth_check(). */
void auth_listen(struct auth *auth, void (*woken)(void *self), void *self);

enum auth_word {
	AUTH_GO,
	AUTH_WAIT, /* `woken` will run */
	AUTH_STOP, /* nothing is sent, for the reason in `err` */
};

/* May a request leave now? Asks the source if that is what is missing or due. */
enum auth_word auth_check(struct auth *auth, struct err *err);

/* After AUTH_GO: what to stamp with, until the next call. */
struct auth_credentials {
	const char *token; /* NULL: the keys */
	const char *access_key, *secret_key;
	const char *security_token; /* NULL: none */
	uint64_t generation;	    /* which of those that the source gave */
};
struct auth_credentials auth_credentials(const struct auth *auth);

/*
 * A request left with these. True: it proves a key pair, and others wait for its answer: five
 * wrong signatures lock a key.
 */
bool auth_sent(struct auth *auth);

/* An answer to one that left with `generation`. */
struct auth_answer {
	enum {
		AUTH_SAID_NOTHING, /* no answer, or one that may be anybody's */
		AUTH_SAID_YES,
		AUTH_SAID_NO,
		AUTH_SAID_CLOCK, /* refused for the time that was signed */
	} said;
	uint64_t generation;
	bool proved;   /* what auth_sent() returned */
	bool repeated; /* the request was sent before */
};

/* True: the request may be sent once more, when auth_check() says so. */
bool auth_heard(struct auth *auth, const struct auth_answer *answer);

/* Is it fit for a header (F14, H06)? `source` begins the sentence. */
bool auth_token_fit(const char *token, const char *source, struct err *err);

#endif
