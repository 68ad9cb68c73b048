/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_API_IAM_H
#define PIPETOP_API_IAM_H

/*
 * A token from IAM (api.md 2.1), by password or by key pair. The secrets are kept in the vault
 * and go to the one IAM endpoint only.
 */
#include <stdbool.h>
#include <stdint.h>

#include "api/auth.h"
#include "core/err.h"
#include "net/transport.h"

struct iam_options {
	const char *endpoint; /* base URL of IAM */
	/* Either these three (password) ... */
	const char *account, *user, *password;
	/* ... or these (hw_ak_sk). */
	const char *access_key, *secret_key, *security_token;
	const char *project; /* name of the scope: the region ... */
	const char *project_id; /* ... or the IAM project's id; both NULL: a token of the account */
	const char *name, *mend; /* of the source, copied */
	int64_t timeout_ms; /* 0: the default, 30 s */
};

/* NULL: an option is unfit; err says which. The transport must outlive the source. */
struct auth_source *iam_source(struct transport *transport, const struct iam_options *options,
			       struct err *err);

#endif
