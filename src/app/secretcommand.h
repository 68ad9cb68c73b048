/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_SECRETCOMMAND_H
#define PIPETOP_APP_SECRETCOMMAND_H

/* Credentials that a program prints: token_command and aksk_command (reliability.md 4.1, F13). */
#include <stdbool.h>
#include <stdint.h>

#include "api/auth.h"

struct ev_loop;

#define SECRETCOMMAND_LIMIT_MS 10000
#define SECRETCOMMAND_OUT_MAX (64u << 10)

struct secretcommand {
	struct ev_loop *loop; /* the default loop: only that sees children end */
	const char *name;     /* of the setting: "token_command" */
	const char *const *argv;
	bool keys;	      /* "AK SK [SECURITY-TOKEN]" instead of a token */
	int64_t limit_ms;     /* 0: the default */
};

/* Everything is copied. The program is started at each question. */
struct auth_source *secretcommand_source(const struct secretcommand *options);

#endif
