/* SPDX-License-Identifier: MIT */
/* Sources that know all they will ever say: a token or a key pair that was given to us. */
#include <string.h>

#include "api/auth.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/vault.h"

struct fixed {
	struct auth_source source; /* first: a source * is a fixed * */
	struct auth_grant grant;
	char *name, *mend;
	char *token, *access_key, *secret_key, *security_token; /* the vault's */
};

static void ask(struct auth_source *source, auth_granted_fn *done, void *self)
{
	const struct fixed *fixed = (const struct fixed *)source;

	done(self, &fixed->grant);
}

static void cancel(struct auth_source *source)
{
}

static void free_fixed(struct auth_source *source)
{
	struct fixed *fixed = (struct fixed *)source;

	if (!source)
		return;
	vault_drop(fixed->token);
	vault_drop(fixed->access_key);
	vault_drop(fixed->secret_key);
	vault_drop(fixed->security_token);
	mem_free(fixed->name);
	mem_free(fixed->mend);
	mem_free(fixed);
}

static struct fixed *new_fixed(const char *name, const char *mend)
{
	struct fixed *fixed = mem_zalloc(sizeof(*fixed));

	fixed->name = mem_strdup(text_or_empty(name));
	fixed->mend = mem_strdup(text_or_empty(mend));
	fixed->source = (struct auth_source){
		.name = fixed->name,
		.mend = fixed->mend,
		.ask = ask,
		.cancel = cancel,
		.free = free_fixed,
	};
	return fixed;
}

struct auth_source *auth_fixed_token(const char *token, const char *name, const char *mend,
				     int64_t expires_ms)
{
	struct fixed *fixed = new_fixed(name, mend);

	fixed->token = vault_keep(text_or_empty(token));
	fixed->grant.token = fixed->token;
	fixed->grant.expires_ms = expires_ms;
	return &fixed->source;
}

struct auth_source *auth_fixed_keys(const char *access_key, const char *secret_key,
				    const char *security_token, const char *name, const char *mend)
{
	struct fixed *fixed = new_fixed(name, mend);

	fixed->access_key = vault_keep(access_key);
	fixed->secret_key = vault_keep(secret_key);
	fixed->security_token = vault_keep(security_token);
	fixed->grant.access_key = fixed->access_key;
	fixed->grant.secret_key = fixed->secret_key;
	fixed->grant.security_token = fixed->security_token;
	return &fixed->source;
}
