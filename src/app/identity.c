/* SPDX-License-Identifier: MIT */
/*
 * The sources of credentials, in the order of reliability.md 4.1, as a table of steps: the first that
 * finds something decides. The environment is emptied of secrets before anything is looked at,
 * whichever of them is used, so that no child and no /proc/PID/environ has them.
 *
 * What other tools of the provider call the same thing is understood: the key pair of the SDKs
 * beside our own variables; those of the Terraform provider last, for they are set for another
 * program. KooCLI keeps its keys encrypted in a file of its own and reads no variables.
 */
#include "app/identity.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "app/options.h"
#include "argv.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/vault.h"
#include "core/when.h"
#include "kept.h"
#include "secret.h"
#include "typed.h"

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

/* ---- the environment ---- */

enum secret_id {
	OUR_TOKEN,
	OUR_PASSWORD,
	OUR_AK,
	OUR_SK,
	OUR_SECURITY_TOKEN,
	SDK_AK,
	SDK_SK,
	SDK_SECURITY_TOKEN,
	HW_TOKEN,
	HW_PASSWORD,
	HW_AK,
	HW_SK,
	HW_SECURITY_TOKEN,
	SECRETS
};

static const char *const variables[SECRETS] = {
	[OUR_TOKEN] = "PIPETOP_TOKEN",
	[OUR_PASSWORD] = "PIPETOP_PASSWORD",
	[OUR_AK] = "PIPETOP_AK",
	[OUR_SK] = "PIPETOP_SK",
	[OUR_SECURITY_TOKEN] = "PIPETOP_SECURITY_TOKEN",
	[SDK_AK] = "HUAWEICLOUD_SDK_AK",
	[SDK_SK] = "HUAWEICLOUD_SDK_SK",
	[SDK_SECURITY_TOKEN] = "HUAWEICLOUD_SDK_SECURITY_TOKEN",
	[HW_TOKEN] = "HW_AUTH_TOKEN",
	[HW_PASSWORD] = "HW_USER_PASSWORD",
	[HW_AK] = "HW_ACCESS_KEY",
	[HW_SK] = "HW_SECRET_KEY",
	[HW_SECURITY_TOKEN] = "HW_SECURITY_TOKEN",
};

static void take_environment(char *taken[SECRETS])
{
	size_t i;

	for (i = 0; i < SECRETS; i++)
		taken[i] = vault_take(secret_take_env(variables[i]));
}

static void drop_taken(char *taken[SECRETS])
{
	size_t i;

	for (i = 0; i < SECRETS; i++) {
		vault_drop(taken[i]);
		taken[i] = NULL;
	}
}

void identity_clear_environment(void)
{
	char *taken[SECRETS];

	take_environment(taken);
	drop_taken(taken);
}

/* ---- a finding ---- */

enum look { NOTHING, FOUND, UNFIT };

struct search {
	struct options *o;
	struct identity *to;
	char **taken; /* by enum secret_id */
	struct err *err;
};

static char *sentence(const char *fmt, const char *what)
{
	struct buf text;

	buf_init(&text, BUF_MAX);
	if (strstr(fmt, "%s")) {
		const char *at = strstr(fmt, "%s");

		buf_add(&text, fmt, (size_t)(at - fmt));
		buf_adds(&text, what);
		buf_adds(&text, at + 2);
	} else {
		buf_adds(&text, fmt);
	}
	return buf_take(&text);
}

/* `%s` in either is `what`. */
static enum look found(struct search *s, enum identity_kind kind, const char *where, const char *mend,
		       const char *what)
{
	s->to->kind = kind;
	s->to->where = sentence(where, what);
	s->to->mend = sentence(mend, what);
	return FOUND;
}

__attribute__((format(printf, 2, 3))) static enum look unfit(struct search *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	err_vset(s->err, ERR_INPUT, 0, fmt, ap);
	va_end(ap);
	return UNFIT;
}

/* The secret of a variable, out of the hands of the search. */
static char *give(struct search *s, enum secret_id id)
{
	char *secret = s->taken[id];

	s->taken[id] = NULL;
	return secret;
}

/* ---- tokens ---- */

static enum look token_of(struct search *s, enum secret_id id)
{
	if (!s->taken[id])
		return NOTHING;
	if (!secret_check(s->taken[id], variables[id], s->err))
		return UNFIT;
	s->to->token = give(s, id);
	return found(s, IDENTITY_TOKEN, "%s", _("set a new %s"), variables[id]);
}

static enum look our_token(struct search *s)
{
	return token_of(s, OUR_TOKEN);
}

static enum look hw_token(struct search *s)
{
	return token_of(s, HW_TOKEN);
}

static enum look token_in(struct search *s, const char *path)
{
	char *token;

	if (!path)
		return NOTHING;
	if (!secret_read_file(path, &token, s->err))
		return UNFIT;
	s->to->token = vault_take(token);
	s->to->file = mem_strdup(path);
	return found(s, IDENTITY_TOKEN, _("token file %s"), _("put a new token into %s"), path);
}

static enum look said_file(struct search *s)
{
	return token_in(s, s->o->token_file);
}

static enum look settled_file(struct search *s)
{
	return token_in(s, s->o->settings.token_file);
}

/* ---- the token that login kept ---- */

static const char *login_again(const struct options *o, char *out, size_t size)
{
	snprintf(out, size, o->profile ? "pipetop --profile %.80s login" : "pipetop login", o->profile);
	return out;
}

static bool serves(const struct options *o, const struct kept *kept, struct err *why)
{
	char again[120];

	return kept_serves(kept, o->endpoint, login_again(o, again, sizeof(again)), when_wall_ms(), why);
}

static enum look take_kept(struct search *s, const char *path, struct kept *kept)
{
	struct settings *settings = &s->o->settings;
	char again[120];

	s->to->token = kept->token;
	s->to->user = kept->user;
	s->to->account = kept->account;
	kept->token = kept->user = kept->account = NULL;
	s->to->expires_ms = kept->expires_ms;
	s->to->file = mem_strdup(path);
	s->to->kept = true;
	if (!settings->tenant && kept->account_id &&
	    setting_put(settings, &settings_table()[SET_TENANT], kept->account_id, NULL))
		setting_from(settings, SET_TENANT, FROM_OTHER, 0, "pipetop login");
	return found(s, IDENTITY_TOKEN, _("the token kept by pipetop login"), "%s",
		     login_again(s->o, again, sizeof(again)));
}

static enum look kept_token(struct search *s)
{
	struct err why = {.kind = ERR_NONE};
	struct kept kept = {0};
	enum look look = NOTHING;
	struct buf path;

	buf_init(&path, BUF_MAX);
	if (!s->o->endpoint || !kept_path(s->o->profile, &path, NULL))
		look = NOTHING;
	else if (!kept_read(path.data, &kept, &why))
		look = why.code == ENOENT || why.code == ENOTDIR ? NOTHING : UNFIT;
	else if (serves(s->o, &kept, &s->to->why))
		look = take_kept(s, path.data, &kept);
	if (look == UNFIT && s->err)
		*s->err = why;
	kept_done(&kept);
	buf_done(&path);
	return look;
}

/* ---- key pairs ---- */

/* `ak`, and after it the secret key and the security token. */
static enum look keys_of(struct search *s, enum secret_id ak)
{
	enum secret_id sk = ak + 1, security = ak + 2, id;

	if (!s->taken[ak] && !s->taken[sk])
		return s->taken[security] ? unfit(s, _("%s is set without %s and its secret key"),
						  variables[security], variables[ak])
					  : NOTHING;
	if (!s->taken[ak] || !s->taken[sk])
		return unfit(s, _("%s is set and %s is not: a key pair is both"),
			     variables[s->taken[ak] ? ak : sk], variables[s->taken[ak] ? sk : ak]);
	for (id = ak; id <= security; id++)
		if (s->taken[id] && !secret_check(s->taken[id], variables[id], s->err))
			return UNFIT;
	s->to->access_key = give(s, ak);
	s->to->secret_key = give(s, sk);
	s->to->security_token = give(s, security);
	s->to->exchange = s->o->settings.key_pair == KEY_PAIR_EXCHANGE;
	return found(s, IDENTITY_KEYS, "%s", _("set the right %s and its secret key"), variables[ak]);
}

static enum look our_keys(struct search *s)
{
	return keys_of(s, OUR_AK);
}

static enum look sdk_keys(struct search *s)
{
	return keys_of(s, SDK_AK);
}

static enum look hw_keys(struct search *s)
{
	return keys_of(s, HW_AK);
}

/* ---- passwords ---- */

static enum look named_user(struct search *s, const char *variable)
{
	const struct settings *settings = &s->o->settings;

	if (!settings->domain)
		return unfit(s, _("%s is set and the account is not: set PIPETOP_DOMAIN to its name"), variable);
	if (!settings->user)
		return unfit(s, _("%s is set and the user is not: set PIPETOP_USER to the IAM user's name"), variable);
	s->to->account = mem_strdup(settings->domain);
	s->to->user = mem_strdup(settings->user);
	return FOUND;
}

static enum look password_of(struct search *s, enum secret_id id)
{
	const char *p = s->taken[id];

	if (!p)
		return NOTHING;
	for (; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return unfit(s, _("%s holds a line end or a control character"), variables[id]);
	if (named_user(s, variables[id]) == UNFIT)
		return UNFIT;
	s->to->password = give(s, id);
	return found(s, IDENTITY_PASSWORD, "%s", _("set the right %s"), variables[id]);
}

static enum look our_password(struct search *s)
{
	return password_of(s, OUR_PASSWORD);
}

static enum look hw_password(struct search *s)
{
	return password_of(s, HW_PASSWORD);
}

static enum look typed_password(struct search *s)
{
	const struct settings *settings = &s->o->settings;

	if (!settings->domain || !settings->user || !typed_possible())
		return NOTHING;
	named_user(s, "");
	return found(s, IDENTITY_PASSWORD, _("the password typed at the start"), _("start again and type it"), "");
}

/* ---- commands ---- */

static enum look command_of(struct search *s, enum setting_id id, char *const *argv, enum identity_kind kind)
{
	if (!argv)
		return NOTHING;
	s->to->command = argv_copy((const char *const *)argv);
	s->to->exchange = s->o->settings.key_pair == KEY_PAIR_EXCHANGE;
	return found(s, kind, "%s", _("see what %s prints"), settings_table()[id].name);
}

static enum look token_command(struct search *s)
{
	return command_of(s, SET_TOKEN_COMMAND, s->o->settings.token_command, IDENTITY_TOKEN_COMMAND);
}

static enum look aksk_command(struct search *s)
{
	return command_of(s, SET_AKSK_COMMAND, s->o->settings.aksk_command, IDENTITY_KEYS_COMMAND);
}

/* ---- the order ---- */

typedef enum look step(struct search *s);

/* Who has to type is told why. */
static bool is_to_be_typed(const struct identity *identity)
{
	return identity->kind == IDENTITY_PASSWORD && !identity->password;
}

static bool run(struct search *s, step *const *steps, size_t n)
{
	enum look look = NOTHING;
	size_t i;

	s->to->kind = IDENTITY_NONE;
	s->to->expires_ms = WHEN_NONE;
	for (i = 0; i < n && look == NOTHING; i++)
		look = steps[i](s);
	if (look == FOUND && !is_to_be_typed(s->to))
		s->to->why = (struct err){.kind = ERR_NONE};
	return look != UNFIT;
}

bool identity_find(struct options *o, struct err *err)
{
	static step *const all[] = {said_file, our_token, our_password, our_keys, sdk_keys,
				    token_command, aksk_command, settled_file, kept_token,
				    hw_token, hw_password, hw_keys, typed_password};
	/* What IAM gives a token for; the rest is one already. */
	static step *const to_log_in[] = {our_password, our_keys, sdk_keys, aksk_command,
					  hw_password, hw_keys, typed_password};
	bool login = o->n_args > 0 && strcmp(o->args[0], "login") == 0, ok;
	char *taken[SECRETS];
	struct search s = {.o = o, .to = &o->identity, .taken = taken, .err = err};

	take_environment(taken);
	o->identity.token_set = login && taken[OUR_TOKEN];
	ok = login ? run(&s, to_log_in, COUNT_OF(to_log_in)) : run(&s, all, COUNT_OF(all));
	drop_taken(taken);
	return ok;
}

bool identity_find_settled(struct options *o, struct err *err)
{
	static step *const settled[] = {token_command, aksk_command, settled_file, kept_token, typed_password};
	char *taken[SECRETS] = {NULL};
	struct search s = {.o = o, .to = &o->identity, .taken = taken, .err = err};

	return run(&s, settled, COUNT_OF(settled));
}

void identity_demo(struct identity *identity)
{
	identity_done(identity);
	identity->kind = IDENTITY_TOKEN;
	identity->token = vault_keep("demo");
	identity->where = mem_strdup("--demo");
	identity->mend = mem_strdup(_("start again"));
}

void identity_done(struct identity *identity)
{
	char *secrets[] = {identity->token, identity->access_key, identity->secret_key,
			   identity->security_token, identity->password};
	char *texts[] = {identity->where, identity->mend, identity->account, identity->user, identity->file};
	size_t i;

	for (i = 0; i < COUNT_OF(secrets); i++)
		vault_drop(secrets[i]);
	for (i = 0; i < COUNT_OF(texts); i++)
		mem_free(texts[i]);
	argv_free(identity->command);
	memset(identity, 0, sizeof(*identity));
	identity->expires_ms = WHEN_NONE;
}
