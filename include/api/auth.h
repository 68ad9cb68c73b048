/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_API_AUTH_H
#define PIPETOP_API_AUTH_H

/*
 * What a session signs in with, and how it gets more of it.
 *
 * A source gives a token or a key pair when it is asked: a file, a command, IAM. An auth
 * holds what was given and decides when to ask again: ahead of time at 80 % of a token's life, and once
 * when the service says 401. One question at a time for everybody who waits; a request is
 * repeated once; a source that refused is not asked again by itself, because a loop of refusals locks an
 * account (api.md 2.2, reliability.md H01-H06, H20).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/err.h"
#include "net/transport.h"

/* What a source gave. Everything is borrowed for the call. */
struct auth_grant {
	struct err err;	   /* ERR_AUTH: refused, another try may do harm; other kinds: later perhaps */
	int64_t retry_after_ms; /* with those: not before; 0: not said */
	const char *token; /* NULL: a key pair */
	const char *access_key, *secret_key;
	const char *security_token;	/* of a temporary key pair; NULL: none */
	int64_t issued_ms, expires_ms;	/* the server's clock; WHEN_NONE: not known */
	const char *account_id;		/* token.user.domain.id, for templates; "": not known */
	const char *account, *user, *project; /* names; "": not known */
};

typedef void auth_granted_fn(void *self, const struct auth_grant *grant);

/* Where credentials come from; embedded in the struct of the one that implements it. */
struct auth_source {
	const char *name; /* for sentences: "PIPETOP_TOKEN", "token file /x", "IAM" */
	const char *mend; /* what to do when it is refused: "set a new PIPETOP_TOKEN" */
	bool again;	  /* asked again it may give another */
	/* `done` runs exactly once, perhaps before this returns; with ERR_CANCELLED from cancel(). */
	void (*ask)(struct auth_source *source, auth_granted_fn *done, void *self);
	void (*cancel)(struct auth_source *source); /* nothing was asked: no effect */
	void (*free)(struct auth_source *source);   /* cancels first */
};

/* Sources without a question: what is known already. NULL security_token: none. */
struct auth_source *auth_fixed_token(const char *token, const char *name, const char *mend,
				     int64_t expires_ms);
struct auth_source *auth_fixed_keys(const char *access_key, const char *secret_key,
				    const char *security_token, const char *name, const char *mend);

struct auth; /* opaque */

/* The source is taken over. Nothing is asked before the first request needs it. */
struct auth *auth_new(struct auth_source *source);
void auth_free(struct auth *auth);

enum auth_state {
	AUTH_UNASKED, /* nobody needed it yet */
	AUTH_ASKING,  /* the source is being asked, and requests wait for it */
	AUTH_READY,   /* also while it is renewed ahead of time */
	AUTH_LATER,   /* the source could not be reached; asked again at `next_ms` */
	AUTH_REFUSED, /* final until auth_retry() */
};

struct auth_info {
	enum auth_state state;
	bool keys;		/* every request is signed */
	bool renewing;		/* a question is under way */
	const char *source, *mend; /* of the source */
	int64_t issued_ms, expires_ms; /* the server's clock; WHEN_NONE: not known */
	int64_t next_ms;	/* monotonic; AUTH_LATER */
	struct err err;		/* AUTH_LATER, AUTH_REFUSED; AUTH_READY: why it could not be renewed */
	char account_id[65];
	char account[129], user[129];
};

void auth_info(const struct auth *auth, struct auth_info *info);
/* The operator did something about it (a key, a new login): a refusal is forgotten. NULL is fine. */
void auth_retry(struct auth *auth);

#endif
