/* SPDX-License-Identifier: MIT */
/*
 * Credentials and when to ask for others. What a source gave is a generation: every answer names
 * the one that its request left with, so a refusal of an old one, that comes late, asks
 * nothing. A refusal of the present one makes it dead and asks the source, once for all who
 * wait; if the service then refuses the new one too, or the source itself refuses, that is final
 * until the operator did something: a loop of refusals locks accounts and keys.
 *
 * There are no timers. What is due (80 % of a token's life, a second try at a source that could
 * not be reached) is done when the next request asks whether it may leave; a program that
 * asks nothing needs no token.
 */
#include "api/auth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authwork.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/vault.h"
#include "core/when.h"
#include "net/retry.h"

#define LIFE_MIN_MS INT64_C(10000) /* shorter or longer: the times are not to be believed */
#define LIFE_MAX_MS (INT64_C(366) * 24 * 3600 * 1000)
#define RENEW_AT 0.78 /* of the life, and up to 4 % later: copies of the program do not align */
#define RENEW_SPREAD 0.04

struct auth {
	struct auth_source *source;
	auth_clock_fn *clock;
	double (*random)(void);
	void (*woken)(void *self);
	void *self;
	enum auth_state state;
	bool asking;  /* the source; with AUTH_READY it is a renewal ahead of time */
	bool inside;  /* of a call of the session's: it looks itself at what waits */
	bool closing;
	bool barred;  /* the source is not asked again by itself */
	bool forced;  /* this generation was asked for because the last one was refused */
	bool proven;  /* the service accepted this generation */
	bool proving; /* a request is out whose answer decides it */
	char *token, *access_key, *secret_key, *security_token; /* the vault's */
	uint64_t generation;
	int64_t issued_ms, expires_ms;	 /* the server's clock */
	int64_t renew_boot_ms, end_boot_ms; /* 0: never */
	struct backoff backoff;
	struct err err; /* why it is refused or later; with AUTH_READY: why it was not renewed */
	char account_id[65];
	char account[129], user[129];
};

void auth_clock(struct auth_moment *now)
{
	*now = (struct auth_moment){when_wall_ms(), when_monotonic_ms(), when_boot_ms()};
}

static struct auth_moment moment(const struct auth *auth)
{
	struct auth_moment now;

	auth->clock(&now);
	return now;
}

struct auth *auth_new(struct auth_source *source)
{
	struct auth *auth = mem_zalloc(sizeof(*auth));

	auth->source = source;
	auth->clock = auth_clock;
	auth->random = drand48;
	return auth;
}

void auth_set_clock(struct auth *auth, auth_clock_fn *clock, double (*random)(void))
{
	auth->clock = clock;
	auth->random = random;
}

void auth_listen(struct auth *auth, void (*woken)(void *self), void *self)
{
	auth->woken = woken;
	auth->self = self;
}

static void keep(char **slot, const char *text)
{
	vault_drop(*slot);
	*slot = vault_keep(text);
}

static void forget(struct auth *auth)
{
	keep(&auth->token, NULL);
	keep(&auth->access_key, NULL);
	keep(&auth->secret_key, NULL);
	keep(&auth->security_token, NULL);
}

void auth_free(struct auth *auth)
{
	if (!auth)
		return;
	auth->closing = true;
	auth->source->free(auth->source);
	forget(auth);
	mem_free(auth);
}

static bool has_keys(const struct auth *auth)
{
	return auth->access_key != NULL;
}

/* ---- what a source gives ---- */

static bool printable(const char *s)
{
	for (; *s; s++)
		if (*s <= ' ' || *s >= 0x7F)
			return false;
	return true;
}

bool auth_token_fit(const char *token, const char *source, struct err *err)
{
	if (!*token)
		return err_set(err, ERR_AUTH, 0, _("%s: the token is empty"), source);
	if (strlen(token) > AUTH_TOKEN_MAX)
		return err_set(err, ERR_AUTH, 0, _("%s: the token is longer than 16 KiB: that is no token"),
			       source);
	if (!printable(token))
		return err_set(err, ERR_AUTH, 0,
			       _("%s: the token has a space, a line end or a control character in it: "
				 "give the token alone, on one line"),
			       source);
	return true;
}

/* The access key stands in a list with commas. */
static bool keys_fit(const struct auth_grant *g, const char *source, struct err *err)
{
	if (text_empty(g->access_key) || text_empty(g->secret_key))
		return err_set(err, ERR_AUTH, 0, _("%s: the access key or the secret key is missing"), source);
	if (!printable(g->access_key) || strchr(g->access_key, ',') || !printable(g->secret_key))
		return err_set(err, ERR_AUTH, 0,
			       _("%s: the access key or the secret key has a character in it that no key has"),
			       source);
	return !g->security_token || auth_token_fit(g->security_token, source, err);
}

static bool grant_fit(const struct auth *auth, const struct auth_grant *g, struct err *err)
{
	return g->token ? auth_token_fit(g->token, auth->source->name, err) :
			  keys_fit(g, auth->source->name, err);
}

/* The refused pair once more would be one more refusal. */
static bool is_refused_pair(const struct auth *auth, const struct auth_grant *g)
{
	return auth->state == AUTH_ASKING && auth->forced && has_keys(auth) && !g->token &&
	       text_same(g->access_key, auth->access_key) &&
	       text_same(g->secret_key, auth->secret_key) &&
	       text_same(g->security_token, auth->security_token);
}

/*
 * A life is counted from now on, on our own clock: the server's may be hours away from it.
 * That a token is older than its answer costs no more than a 401.
 */
static void plan_renewal(struct auth *auth, const struct auth_grant *g, const struct auth_moment *now)
{
	int64_t from = g->issued_ms != WHEN_NONE ? g->issued_ms : now->wall_ms;
	int64_t life = g->expires_ms - from;
	double at = RENEW_AT + RENEW_SPREAD * auth->random();

	auth->issued_ms = g->issued_ms;
	auth->expires_ms = g->expires_ms;
	auth->renew_boot_ms = auth->end_boot_ms = 0;
	if (g->expires_ms == WHEN_NONE || life < LIFE_MIN_MS || life > LIFE_MAX_MS)
		return;
	auth->renew_boot_ms = now->boot_ms + (int64_t)((double)life * at);
	auth->end_boot_ms = now->boot_ms + life;
}

static void take(struct auth *auth, const struct auth_grant *g)
{
	struct auth_moment now = moment(auth);

	keep(&auth->token, g->token);
	keep(&auth->access_key, g->token ? NULL : g->access_key);
	keep(&auth->secret_key, g->token ? NULL : g->secret_key);
	keep(&auth->security_token, g->token ? NULL : g->security_token);
	snprintf(auth->account_id, sizeof(auth->account_id), "%s", text_or_empty(g->account_id));
	snprintf(auth->account, sizeof(auth->account), "%s", text_or_empty(g->account));
	snprintf(auth->user, sizeof(auth->user), "%s", text_or_empty(g->user));
	plan_renewal(auth, g, &now);
	auth->generation++;
	auth->forced = auth->state == AUTH_ASKING && auth->forced;
	auth->proven = auth->proving = false;
	auth->state = AUTH_READY;
	auth->err = (struct err){0};
	backoff_succeeded(&auth->backoff, now.monotonic_ms);
}

/* While an old token is good it goes on being used. */
static void bar(struct auth *auth, const struct err *why)
{
	auth->barred = true;
	auth->err = *why;
	if (auth->state != AUTH_READY)
		auth->state = AUTH_REFUSED;
}

static void put_off(struct auth *auth, const struct auth_grant *g)
{
	int64_t now_ms = moment(auth).monotonic_ms;

	auth->err = g->err;
	backoff_failed(&auth->backoff, &g->err, auth->state != AUTH_READY,
		       g->retry_after_ms > 0 ? g->retry_after_ms : -1, now_ms, auth->random());
	if (auth->state != AUTH_READY)
		auth->state = AUTH_LATER;
}

static void granted(void *self, const struct auth_grant *g)
{
	struct auth *auth = self;
	struct err why = g->err;

	auth->asking = false;
	if (auth->closing)
		return;
	if (why.kind == ERR_NONE && is_refused_pair(auth, g))
		err_set(&why, ERR_AUTH, 401, _("the service refuses the key pair of %s, and it has no other: %s"),
			auth->source->name, auth->source->mend);
	if (why.kind == ERR_NONE && grant_fit(auth, g, &why))
		take(auth, g);
	else if (why.kind == ERR_AUTH)
		bar(auth, &why);
	else
		put_off(auth, g);
	if (!auth->inside && auth->woken)
		auth->woken(auth->self);
}

/* The answer may come before this returns, and then counts at once. */
static void ask(struct auth *auth)
{
	auth->asking = true;
	if (auth->state != AUTH_READY)
		auth->state = AUTH_ASKING;
	auth->source->ask(auth->source, granted, auth);
}

/* ---- may a request leave? ---- */

/* One that no source replaces is left to the service to judge. */
static void let_expire(struct auth *auth, const struct auth_moment *now)
{
	if (auth->state != AUTH_READY || !auth->source->again || !auth->end_boot_ms ||
	    now->boot_ms < auth->end_boot_ms)
		return;
	if (auth->asking)
		auth->state = AUTH_ASKING;
	else if (auth->barred)
		auth->state = AUTH_REFUSED;
	else
		auth->state = auth->backoff.next_ms > now->monotonic_ms ? AUTH_LATER : AUTH_UNASKED;
	auth->forced = false;
}

static bool ask_is_due(const struct auth *auth, const struct auth_moment *now)
{
	if (auth->asking || auth->barred)
		return false;
	if (auth->state == AUTH_UNASKED)
		return true;
	if (now->monotonic_ms < auth->backoff.next_ms)
		return false;
	return auth->state == AUTH_LATER ||
	       (auth->state == AUTH_READY && auth->source->again && auth->renew_boot_ms &&
		now->boot_ms >= auth->renew_boot_ms);
}

/* A refused token, that nothing replaces, locks nothing: requests go on to be judged. */
static bool stopped(const struct auth *auth)
{
	return auth->state == AUTH_LATER ||
	       (auth->state == AUTH_REFUSED && (auth->barred || has_keys(auth)));
}

enum auth_word auth_check(struct auth *auth, struct err *err)
{
	struct auth_moment now = moment(auth);

	auth->inside = true;
	let_expire(auth, &now);
	if (ask_is_due(auth, &now))
		ask(auth);
	auth->inside = false;
	if (stopped(auth)) {
		if (err)
			*err = auth->err;
		return AUTH_STOP;
	}
	if (auth->state == AUTH_ASKING || (has_keys(auth) && !auth->proven && auth->proving))
		return AUTH_WAIT;
	return AUTH_GO;
}

struct auth_credentials auth_credentials(const struct auth *auth)
{
	return (struct auth_credentials){
		.token = auth->token,
		.access_key = auth->access_key,
		.secret_key = auth->secret_key,
		.security_token = auth->security_token,
		.generation = auth->generation,
	};
}

bool auth_sent(struct auth *auth)
{
	if (!has_keys(auth) || auth->proven)
		return false;
	auth->proving = true;
	return true;
}

/* ---- what the service says to them ---- */

static void accepted(struct auth *auth)
{
	auth->proven = true;
	if (auth->state != AUTH_REFUSED || auth->barred)
		return;
	auth->state = AUTH_READY;
	auth->err = (struct err){0};
}

__attribute__((format(printf, 2, 0)))
static void give_up(struct auth *auth, const char *format)
{
	struct err why;

	err_set(&why, ERR_AUTH, 401, format, auth->source->name, auth->source->mend);
	auth->state = AUTH_REFUSED;
	bar(auth, &why);
}

/* The present credentials are refused; true: there may be others. */
static bool refused(struct auth *auth, bool repeated)
{
	if (!auth->source->again && has_keys(auth)) {
		give_up(auth, _("the service refuses the signature by %s: %s"));
		return false;
	}
	if (!auth->source->again) {
		err_set(&auth->err, ERR_AUTH, 401, _("the service refuses %s: %s"), auth->source->name,
			auth->source->mend);
		auth->state = AUTH_REFUSED;
		return false;
	}
	if (repeated || (auth->forced && !auth->proven)) {
		give_up(auth, _("the service refuses what %s gives, also anew: %s"));
		return false;
	}
	auth->state = auth->barred ? AUTH_REFUSED : AUTH_ASKING;
	auth->forced = true;
	if (!auth->barred && !auth->asking)
		ask(auth);
	return true;
}

bool auth_heard(struct auth *auth, const struct auth_answer *answer)
{
	bool present = answer->generation == auth->generation, again = false;

	if (auth->closing)
		return false;
	if (present && answer->proved)
		auth->proving = false;
	if (answer->said == AUTH_SAID_CLOCK)
		return !answer->repeated;
	if (answer->said == AUTH_SAID_YES && present)
		accepted(auth);
	if (answer->said != AUTH_SAID_NO)
		return false;
	/* Another one was refused before it: there are new ones, or they are being asked for. */
	if (!present || (auth->state != AUTH_READY && (auth->source->again || auth->barred)))
		return !answer->repeated;
	auth->inside = true;
	again = refused(auth, answer->repeated);
	auth->inside = false;
	return again && !answer->repeated;
}

/* ---- for people ---- */

void auth_info(const struct auth *auth, struct auth_info *info)
{
	*info = (struct auth_info){
		.state = auth->state,
		.keys = has_keys(auth),
		.renewing = auth->asking,
		.source = auth->source->name,
		.mend = auth->source->mend,
		.issued_ms = auth->issued_ms,
		.expires_ms = auth->expires_ms,
		.next_ms = auth->state == AUTH_LATER ? auth->backoff.next_ms : 0,
		.err = auth->err,
	};
	memcpy(info->account_id, auth->account_id, sizeof(info->account_id));
	memcpy(info->account, auth->account, sizeof(info->account));
	memcpy(info->user, auth->user, sizeof(info->user));
}

void auth_retry(struct auth *auth)
{
	bool asked_for;

	if (!auth)
		return;
	asked_for = auth->barred || auth->state == AUTH_LATER;
	if (auth->barred || auth->state == AUTH_REFUSED) {
		auth->barred = auth->forced = auth->proven = auth->proving = false;
		auth->err = (struct err){0};
	}
	if (auth->state == AUTH_REFUSED)
		auth->state = auth->source->again || !auth->generation ? AUTH_UNASKED : AUTH_READY;
	if (asked_for)
		backoff_probe(&auth->backoff, moment(auth).monotonic_ms);
}
