/* SPDX-License-Identifier: MIT */
/*
 * `pipetop login`: a token for a password (or a key pair), kept in a file of the user's own until it
 * expires. The identity service is asked once: a refusal is told and not repeated, for a few of them
 * lock the user. What was got is tried at the service before it is kept, so that "signed in" is said of
 * what works. The token itself is never printed.
 */
#include <errno.h>
#include <ev.h>
#include <string.h>
#include <unistd.h>

#include "api/calls.h"
#include "api/session.h"
#include "command.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/vault.h"
#include "core/when.h"
#include "debuglog.h"
#include "kept.h"
#include "net/http.h"
#include "relay.h"
#include "say.h"
#include "typed.h"

struct login {
	const struct options *o;
	struct options signing; /* `o` with the identity that is used; only that is ours */
	struct identity own;
	struct ev_loop *loop;
	struct http *http;
	struct kept kept;
	bool answered;
	struct err err; /* of the last answer */
};

/* ---- who ---- */

static bool ask_name(const char *prompt, char **name, struct err *err)
{
	char line[TYPED_MAX];

	if (!typed_line(prompt, true, line, err))
		return false;
	*name = mem_strdup(line);
	return true;
}

static bool ask_person(struct login *l, struct err *err)
{
	const struct settings *s = &l->o->settings;
	struct identity *own = &l->own;

	if (!typed_possible())
		return err_set(err, ERR_AUTH, 0,
			       _("login has no terminal to ask for the password at: set PIPETOP_PASSWORD, with "
				 "PIPETOP_DOMAIN and PIPETOP_USER, or PIPETOP_AK and PIPETOP_SK"));
	own->kind = IDENTITY_PASSWORD;
	own->where = mem_strdup(_("the password that was typed"));
	own->mend = mem_strdup("pipetop login");
	own->account = mem_strdup(s->domain);
	own->user = mem_strdup(s->user);
	return (own->account || ask_name(_("Account: "), &own->account, err)) &&
	       (own->user || ask_name(_("IAM user: "), &own->user, err)) && identity_type(own, err);
}

/* What the environment or the configuration has, or a person types. */
static bool choose(struct login *l, struct err *err)
{
	const struct identity *known = &l->o->identity;

	l->signing = *l->o;
	if (known->kind == IDENTITY_NONE && known->why.kind != ERR_NONE)
		return err_set(err, known->why.kind, known->why.code, "%s", known->why.text);
	if (known->kind == IDENTITY_NONE || (known->kind == IDENTITY_PASSWORD && !known->password)) {
		if (!ask_person(l, err))
			return false;
		l->signing.identity = l->own;
	}
	l->signing.identity.exchange = true;
	return true;
}

/* ---- the token ---- */

static void granted(void *self, const struct auth_grant *grant)
{
	struct login *l = self;

	l->answered = true;
	l->err = grant->err;
	if (grant->err.kind != ERR_NONE)
		return;
	l->kept.token = vault_keep(grant->token);
	l->kept.expires_ms = grant->expires_ms;
	l->kept.user = mem_strdup(text_empty(grant->user) ? l->signing.identity.user : grant->user);
	l->kept.account = mem_strdup(text_empty(grant->account) ? l->signing.identity.account : grant->account);
	l->kept.account_id = text_empty(grant->account_id) ? NULL : mem_strdup(grant->account_id);
	l->kept.endpoint = mem_strdup(l->o->endpoint);
}

static bool wait_for_answer(struct login *l, struct err *err)
{
	while (!l->answered)
		ev_run(l->loop, EVRUN_ONCE);
	return l->err.kind == ERR_NONE || err_set(err, l->err.kind, l->err.code, "%s", l->err.text);
}

static bool get_token(struct login *l, struct err *err)
{
	struct auth_source *source =
		identity_source(&l->signing, l->loop, http_transport(l->http), err);
	bool ok;

	if (!source)
		return false;
	l->answered = false;
	source->ask(source, granted, l);
	ok = wait_for_answer(l, err);
	source->free(source);
	return ok;
}

/* ---- is it of use? ---- */

static void listed(void *self, struct api_pipelines *page)
{
	struct login *l = self;

	l->answered = true;
	l->err = page->answer.err;
}

static bool ask_service(struct login *l, struct session *session, struct err *err)
{
	const struct api_list_query query = {.limit = 1};
	int64_t skew_ms;
	char text[128];
	bool ok;

	l->answered = false;
	api_list_pipelines(session, l->o->projects[0], &query, listed, l);
	ok = wait_for_answer(l, err);
	if (session_skew_ms(session, &skew_ms) && identity_skew(l->o->endpoint, skew_ms, text, sizeof(text)))
		say("%s", text);
	return ok;
}

/* A token that the service refuses is not kept; what else goes wrong is told and changes nothing. */
static bool try_token(struct login *l, struct err *err)
{
	struct session_options options = {.endpoint = l->o->endpoint, .token = l->kept.token,
					  .zone_offset_s = l->o->zone_offset_s, .read_only = true};
	struct session *session;
	struct err why = {.kind = ERR_NONE};
	bool ok;

	if (l->o->n_projects == 0)
		return true;
	session = session_new(http_transport(l->http), &options, err);
	if (!session)
		return false;
	ok = ask_service(l, session, &why);
	session_free(session);
	if (!ok && why.kind == ERR_AUTH && why.code == 401)
		return err_set(err, ERR_AUTH, why.code, _("IAM gave a token that the service refuses: %.120s"), why.text);
	if (!ok)
		say(_("signed in, but the first request failed: %s"), why.text);
	return true;
}

/* ---- telling ---- */

static void string(const char *name, const char *value, struct buf *out)
{
	buf_addf(out, "%s\"%s\":", out->len > 1 ? "," : "", name);
	if (value)
		relay_string(value, strlen(value), out);
	else
		buf_adds(out, "null");
}

static void tell_programs(const struct login *l, const char *path, struct buf *out)
{
	const struct kept *k = &l->kept;
	char at[40];

	when_rfc3339(k->expires_ms, at, sizeof(at));
	buf_addc(out, '{');
	string("user", k->user, out);
	string("account", k->account, out);
	string("account_id", k->account_id, out);
	string("endpoint", k->endpoint, out);
	string("expires_at", k->expires_ms == WHEN_NONE ? NULL : at, out);
	string("file", path, out);
	buf_adds(out, "}\n");
}

static void tell_people(const struct login *l, const char *path, struct buf *out)
{
	const struct kept *k = &l->kept;
	char until[32] = "";

	buf_adds(out, _("signed in"));
	if (k->user) {
		buf_adds(out, _(" as "));
		say_name(out, k->user, "?");
	}
	if (k->account) {
		buf_adds(out, _(" of the account "));
		say_name(out, k->account, "?");
	}
	if (k->expires_ms != WHEN_NONE) {
		when_clock(k->expires_ms, when_wall_ms(), until, sizeof(until));
		buf_addf(out, _(" until %s"), until);
	}
	buf_addf(out, _("; the token is kept in %s\n"), path);
}

static void tell(struct command *c, const struct login *l, const char *path)
{
	struct buf text;

	buf_init(&text, BUF_MAX);
	if (c->options->want.json == JSON_NONE)
		tell_people(l, path, &text);
	else
		tell_programs(l, path, &text);
	out_add(&c->out, text.data, text.len);
	buf_done(&text);
}

/* What the next command would sign in with instead. */
static void tell_what_goes_before(const struct options *o)
{
	const struct settings *s = &o->settings;
	const char *name = o->identity.token_set ? "PIPETOP_TOKEN"
			   : s->token_command	 ? "token_command"
			   : s->aksk_command	 ? "aksk_command"
			   : s->token_file	 ? "token_file"
						 : NULL;

	if (name)
		say(_("%s is set: it goes before the token that is kept"), name);
}

/* ---- the command ---- */

static bool sign_in(struct command *c, const char *path, struct err *err)
{
	struct http_options http = {.user_agent = "pipetop/" PIPETOP_VERSION,
				    .ca_file = c->options->settings.ca_file,
				    .trace = c->options->debuglog ? debuglog_trace : NULL,
				    .trace_self = c->options->debuglog};
	struct login l = {.o = c->options, .loop = ev_default_loop(EVFLAG_NOSIGMASK)};
	bool ok;

	l.http = http_new(l.loop, &http);
	ok = choose(&l, err) && get_token(&l, err) && try_token(&l, err) && kept_write(path, &l.kept, err);
	if (ok) {
		tell(c, &l, path);
		tell_what_goes_before(c->options);
	}
	http_free(l.http);
	kept_done(&l.kept);
	identity_done(&l.own);
	return ok;
}

static bool forget(struct command *c, const char *path, struct err *err)
{
	bool was = unlink(path) == 0;
	struct buf text;

	if (!was && errno != ENOENT && errno != ENOTDIR)
		return err_set(err, ERR_IO, errno, _("%.120s could not be removed: %s"), path, strerror(errno));
	buf_init(&text, BUF_MAX);
	if (c->options->want.json != JSON_NONE)
		buf_addf(&text, "{\"removed\":%s}\n", was ? "true" : "false");
	else
		buf_addf(&text, was ? _("%s is removed\n") : _("%s: no token was kept\n"), path);
	out_add(&c->out, text.data, text.len);
	buf_done(&text);
	return true;
}

static bool possible(const struct options *o, struct err *err)
{
	if (o->demo)
		return err_set(err, ERR_INPUT, 0, _("--demo needs no login: its service takes anybody"));
	if (o->endpoint || o->want.forget)
		return true;
	return err_set(err, ERR_INPUT, 0,
		       _("login has to know the service that the token is for: --region NAME, or --endpoint URL, or "
			 "a profile"));
}

int command_login(struct command *c, struct err *err)
{
	struct buf path;
	bool ok;

	buf_init(&path, BUF_MAX);
	ok = possible(c->options, err) && kept_path(c->options->profile, &path, err) &&
	     (c->options->want.forget ? forget(c, path.data, err) : sign_in(c, path.data, err));
	buf_done(&path);
	return ok ? EXIT_OK : COMMAND_FAILED;
}
