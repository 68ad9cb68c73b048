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
	char *where; /* "PIPETOP_TOKEN", "token file /x", "kept by pipetop login" */
	char *mend;  /* what to do when the service refuses it */
	char *token, *access_key, *secret_key, *security_token, *password;
	char *account, *user;
	char *file;	/* that `token` was read from: it is read again when the token is refused */
	char **command;
	bool exchange;	/* a key pair is exchanged for a token (hw_ak_sk) instead of signing */
	int64_t expires_ms; /* of a kept token; WHEN_NONE */
};

/* Fills o->identity; a source that is unfit is a failure, none at all is not. */
bool identity_find(struct options *o, struct err *err);
void identity_done(struct identity *identity);

/* NULL: there is nothing to sign in with, and err says all that may be set. */
struct auth *identity_auth(const struct options *o, struct ev_loop *loop, struct transport *transport,
			   struct err *err);

#endif
