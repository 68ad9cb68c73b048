/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_IDENTITY_H
#define PIPETOP_APP_IDENTITY_H

/*
 * Who we are, as option, environment, profile, a kept token or the keyboard say it (reliability.md
 * 4.1), and the api/auth.h source that is made of it. First found wins; the finding says where it
 * was, never what it is.
 */
#include <stdbool.h>
#include <stdint.h>

#include "api/auth.h"
#include "core/buf.h"
#include "core/err.h"
#include "net/transport.h"

struct ev_loop;
struct options;

enum identity_kind {
	IDENTITY_NONE,
	IDENTITY_TOKEN,		/* a token as such: environment, file, kept by login */
	IDENTITY_TOKEN_COMMAND, /* a program prints it */
	IDENTITY_KEYS,		/* a key pair */
	IDENTITY_KEYS_COMMAND,
	IDENTITY_PASSWORD,	/* IAM account, user and password */
};

/* In struct options. Texts are owned; secrets are the vault's. */
struct identity {
	enum identity_kind kind;
	char *where; /* "PIPETOP_TOKEN", "token file /x", "the token kept by pipetop login" */
	char *mend;  /* what to do when the service refuses it */
	char *token, *access_key, *secret_key, *security_token;
	char *password; /* NULL with IDENTITY_PASSWORD: to be typed, see identity_type */
	char *account, *user;
	char *file;	/* that `token` was read from: it is read again when the token is refused */
	bool kept;	/* by login: the file says which service it is for, and until when */
	char **command;
	bool exchange;	/* a key pair is exchanged for a token (hw_ak_sk) instead of signing */
	int64_t expires_ms; /* of a kept token; WHEN_NONE */
	bool token_set; /* for login: PIPETOP_TOKEN is set, and goes before what is kept */
	struct err why; /* with IDENTITY_NONE: what is there and cannot be used; ERR_NONE: nothing is */
};

/*
 * Fills o->identity and takes every secret out of the environment, whatever is chosen. A source
 * that is unfit is a failure, none at all is not. For the command `login` only what IAM gives a
 * token for is looked at.
 */
bool identity_find(struct options *o, struct err *err);
/* The same of the settings alone, for another profile: what the environment says is not its. */
bool identity_find_settled(struct options *o, struct err *err);
void identity_done(struct identity *identity);
/* Takes every secret out of the environment and forgets it. */
void identity_clear_environment(void);
/* The simulator's token. */
void identity_demo(struct identity *identity);

/* A password that is to be typed is asked for now; nothing else is asked. */
bool identity_type(struct identity *identity, struct err *err);

/*
 * What there is, without the secret itself: "token from PIPETOP_TOKEN, 1432 B". `out` is appended
 * to.
 */
void identity_tell(const struct identity *identity, struct buf *out);
/* "token", "key pair", ... for JSON; "none". */
const char *identity_word(enum identity_kind kind);

/*
 * NULL: there is nothing to sign in with, and err says all that may be set. `loop` is the default
 * loop: only that sees children end (app/spawn.h). It and the transport must outlive the auth.
 */
struct auth *identity_auth(const struct options *o, struct ev_loop *loop, struct transport *transport,
			   struct err *err);
/* The source alone, for login: it is asked once. */
struct auth_source *identity_source(const struct options *o, struct ev_loop *loop,
				    struct transport *transport, struct err *err);

/*
 * What an operator should know of signing in, as one sentence; false: all is well, nothing was asked
 * yet, or it is being renewed while the old token serves.
 */
bool identity_trouble(const struct auth_info *info, int64_t now_ms, char *out, size_t size);

/*
 * "your clock is 17 min slow"; false within two minutes. A service on this machine has our own clock:
 * one that says another day is a simulation, and nobody's clock is wrong.
 */
bool identity_skew(const char *endpoint, int64_t skew_ms, char *out, size_t size);

#endif
