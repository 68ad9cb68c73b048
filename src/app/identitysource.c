/* SPDX-License-Identifier: MIT */
/*
 * An identity as what api/auth.h asks. Most kinds are a source as they are. Two are made here:
 * a token file, which is read again because another program may have put a new token into it;
 * and a command whose key pair IAM exchanges, which is two questions one after the other.
 */
#include <string.h>

#include "api/iam.h"
#include "app/identity.h"
#include "app/options.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/vault.h"
#include "core/when.h"
#include "kept.h"
#include "secret.h"
#include "secretcommand.h"

/* ---- a file that is read again ---- */

struct file_source {
	struct auth_source face;
	char *name, *mend, *path;
	char *endpoint; /* that a kept token has to be for; NULL: any other file */
	char *first; /* the vault's: what was read at the start, until it has been asked for */
	int64_t expires_ms;
};

static void file_ask(struct auth_source *face, auth_granted_fn *done, void *self)
{
	struct file_source *s = (struct file_source *)(void *)face;
	struct auth_grant grant = {.expires_ms = s->expires_ms, .issued_ms = WHEN_NONE};
	struct kept kept = {0};

	if (s->first) {
		grant.token = s->first;
	} else if (kept_read(s->path, &kept, &grant.err) &&
		   (!s->endpoint || kept_serves(&kept, s->endpoint, s->mend, when_wall_ms(), &grant.err))) {
		grant.token = kept.token;
		grant.expires_ms = kept.expires_ms;
	} else {
		grant.err.kind = ERR_AUTH;
	}
	done(self, &grant);
	vault_drop(s->first);
	s->first = NULL;
	kept_done(&kept);
}

static void nothing_to_cancel(struct auth_source *face)
{
	(void)face;
}

static void file_free(struct auth_source *face)
{
	struct file_source *s = (struct file_source *)(void *)face;

	vault_drop(s->first);
	mem_free(s->name);
	mem_free(s->mend);
	mem_free(s->path);
	mem_free(s->endpoint);
	mem_free(s);
}

static struct auth_source *file_source(const struct identity *identity, const char *endpoint)
{
	struct file_source *s = mem_zalloc(sizeof(*s));

	s->name = mem_strdup(identity->where);
	s->mend = mem_strdup(identity->mend);
	s->path = mem_strdup(identity->file);
	s->endpoint = identity->kept ? mem_strdup(endpoint) : NULL;
	s->first = vault_keep(identity->token);
	s->expires_ms = identity->expires_ms;
	s->face = (struct auth_source){.name = s->name, .mend = s->mend, .again = true, .ask = file_ask,
				       .cancel = nothing_to_cancel, .free = file_free};
	return &s->face;
}

/* ---- a command's key pair for IAM ---- */

struct exchange_source {
	struct auth_source face;
	struct transport *transport;
	struct auth_source *command;
	struct auth_source *iam;  /* made of the last answer; NULL: none */
	struct auth_source *used; /* the iam before, freed when nothing of it is on the stack */
	char *endpoint, *project, *project_id;
	auth_granted_fn *done;
	void *self;
};

static void exchange_over(struct exchange_source *s, const struct auth_grant *grant)
{
	auth_granted_fn *done = s->done;

	s->done = NULL;
	if (done)
		done(s->self, grant);
}

static void exchanged(void *self, const struct auth_grant *grant)
{
	exchange_over(self, grant);
}

static void command_said(void *self, const struct auth_grant *keys)
{
	struct exchange_source *s = self;
	struct auth_grant failure = {.err = keys->err};
	struct iam_options iam = {.endpoint = s->endpoint, .access_key = keys->access_key,
				  .secret_key = keys->secret_key, .security_token = keys->security_token,
				  .project = s->project, .project_id = s->project_id,
				  .name = "IAM", .mend = s->face.mend};

	s->used = s->iam;
	s->iam = failure.err.kind == ERR_NONE ? iam_source(s->transport, &iam, &failure.err) : NULL;
	if (s->iam)
		s->iam->ask(s->iam, exchanged, s);
	else
		exchange_over(s, &failure);
}

static void drop_used(struct exchange_source *s)
{
	if (s->used)
		s->used->free(s->used);
	s->used = NULL;
}

static void exchange_ask(struct auth_source *face, auth_granted_fn *done, void *self)
{
	struct exchange_source *s = (struct exchange_source *)(void *)face;

	drop_used(s);
	s->done = done;
	s->self = self;
	s->command->ask(s->command, command_said, s);
}

static void exchange_cancel(struct auth_source *face)
{
	struct exchange_source *s = (struct exchange_source *)(void *)face;

	s->command->cancel(s->command);
	if (s->iam)
		s->iam->cancel(s->iam);
}

static void exchange_free(struct auth_source *face)
{
	struct exchange_source *s = (struct exchange_source *)(void *)face;

	s->command->free(s->command);
	if (s->iam)
		s->iam->free(s->iam);
	drop_used(s);
	mem_free(s->endpoint);
	mem_free(s->project);
	mem_free(s->project_id);
	mem_free(s);
}

static struct auth_source *exchange_source(struct auth_source *command, struct transport *transport,
					   const struct iam_options *iam)
{
	struct exchange_source *s = mem_zalloc(sizeof(*s));

	s->transport = transport;
	s->command = command;
	s->endpoint = mem_strdup(iam->endpoint);
	s->project = mem_strdup(iam->project);
	s->project_id = mem_strdup(iam->project_id);
	s->face = (struct auth_source){.name = command->name, .mend = command->mend, .again = true,
				       .ask = exchange_ask, .cancel = exchange_cancel, .free = exchange_free};
	return &s->face;
}

/* ---- by kind ---- */

static bool has_iam(const struct options *o, struct err *err)
{
	return o->settings.iam_endpoint ||
	       err_set(err, ERR_INPUT, 0,
		       _("%s needs the identity service, and its address is not known: set iam_endpoint "
			 "(PIPETOP_IAM_ENDPOINT) or the region"),
		       o->identity.where);
}

static struct auth_source *ask_iam(const struct options *o, struct transport *transport, struct err *err)
{
	const struct identity *id = &o->identity;
	struct iam_options iam = {
		.endpoint = o->settings.iam_endpoint,
		.account = id->account, .user = id->user, .password = id->password,
		.access_key = id->access_key, .secret_key = id->secret_key, .security_token = id->security_token,
		.project = o->settings.iam_project ? NULL : o->iam_scope,
		.project_id = o->settings.iam_project,
		.name = "IAM", .mend = id->mend,
	};

	return has_iam(o, err) ? iam_source(transport, &iam, err) : NULL;
}

static struct auth_source *ask_command(const struct options *o, struct ev_loop *loop,
				       struct transport *transport, struct err *err)
{
	const struct identity *id = &o->identity;
	struct secretcommand options = {.loop = loop, .name = id->where,
					.argv = (const char *const *)id->command,
					.keys = id->kind == IDENTITY_KEYS_COMMAND};
	struct iam_options iam = {.endpoint = o->settings.iam_endpoint,
				  .project = o->settings.iam_project ? NULL : o->iam_scope,
				  .project_id = o->settings.iam_project};

	if (!options.keys || !id->exchange)
		return secretcommand_source(&options);
	return has_iam(o, err) ? exchange_source(secretcommand_source(&options), transport, &iam) : NULL;
}

static struct auth_source *nobody(const struct options *o, struct err *err)
{
	if (o->identity.why.kind != ERR_NONE)
		err_set(err, ERR_AUTH, 0, "%s", o->identity.why.text);
	else
		err_set(err, ERR_AUTH, 0,
			_("not signed in: pipetop login, PIPETOP_TOKEN, PIPETOP_AK and PIPETOP_SK, --token-file, or "
			  "token_command in the configuration"));
	return NULL;
}

struct auth_source *identity_source(const struct options *o, struct ev_loop *loop,
				    struct transport *transport, struct err *err)
{
	const struct identity *id = &o->identity;

	switch (id->kind) {
	case IDENTITY_NONE:
		return nobody(o, err);
	case IDENTITY_TOKEN:
		return id->file ? file_source(id, o->endpoint)
				: auth_fixed_token(id->token, id->where, id->mend, id->expires_ms);
	case IDENTITY_KEYS:
		return id->exchange ? ask_iam(o, transport, err)
				    : auth_fixed_keys(id->access_key, id->secret_key, id->security_token, id->where,
						      id->mend);
	case IDENTITY_PASSWORD:
		return ask_iam(o, transport, err);
	case IDENTITY_TOKEN_COMMAND:
	case IDENTITY_KEYS_COMMAND:
		return ask_command(o, loop, transport, err);
	}
	return NULL;
}

struct auth *identity_auth(const struct options *o, struct ev_loop *loop, struct transport *transport,
			   struct err *err)
{
	struct auth_source *source = identity_source(o, loop, transport, err);

	return source ? auth_new(source) : NULL;
}
