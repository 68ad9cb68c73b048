/* SPDX-License-Identifier: MIT */
/*
 * What a person is asked and told of signing in. Nothing here may be a secret: it stands on the
 * screen, in what `config` prints, and in the report that somebody pastes into an issue.
 */
#include <stdio.h>
#include <string.h>

#include "app/identity.h"
#include "core/i18n.h"
#include "core/text.h"
#include "core/vault.h"
#include "core/when.h"
#include "net/url.h"
#include "say.h"
#include "typed.h"

/* ---- asking a person ---- */

bool identity_type(struct identity *identity, struct err *err)
{
	char line[TYPED_MAX];
	struct buf prompt;
	bool ok;

	if (identity->kind != IDENTITY_PASSWORD || identity->password)
		return true;
	if (identity->why.kind != ERR_NONE)
		say("%s", identity->why.text);
	buf_init(&prompt, BUF_MAX);
	buf_addf(&prompt, _("Password of %s in the account %s: "), identity->user, identity->account);
	ok = typed_line(prompt.data, false, line, err);
	if (ok)
		identity->password = vault_keep(line);
	explicit_bzero(line, sizeof(line));
	buf_done(&prompt);
	return ok;
}

/* ---- what there is ---- */

const char *identity_word(enum identity_kind kind)
{
	static const char *const words[] = {
		[IDENTITY_NONE] = N_("none"),
		[IDENTITY_TOKEN] = N_("token"),
		[IDENTITY_TOKEN_COMMAND] = N_("token command"),
		[IDENTITY_KEYS] = N_("key pair"),
		[IDENTITY_KEYS_COMMAND] = N_("key pair command"),
		[IDENTITY_PASSWORD] = N_("password"),
	};

	return words[kind];
}

static void tell_kind(const struct identity *identity, struct buf *out)
{
	switch (identity->kind) {
	case IDENTITY_NONE:
		buf_adds(out, identity->why.kind != ERR_NONE ? identity->why.text : _("none"));
		return;
	case IDENTITY_TOKEN:
		buf_addf(out, identity->file ? _("%s, %zu B") : _("token from %s, %zu B"), identity->where,
			 strlen(text_or_empty(identity->token)));
		return;
	case IDENTITY_KEYS:
		buf_addf(out, identity->security_token ? _("temporary key pair from %s") : _("key pair from %s"),
			 identity->where);
		return;
	case IDENTITY_PASSWORD:
		buf_addf(out, _("password of %s in the account %s from %s"), identity->user, identity->account,
			 identity->where);
		return;
	case IDENTITY_TOKEN_COMMAND:
		buf_addf(out, _("token from what %s starts, %s"), identity->where, identity->command[0]);
		return;
	case IDENTITY_KEYS_COMMAND:
		buf_addf(out, _("key pair from what %s starts, %s"), identity->where, identity->command[0]);
		return;
	}
}

void identity_tell(const struct identity *identity, struct buf *out)
{
	bool keys = identity->kind == IDENTITY_KEYS || identity->kind == IDENTITY_KEYS_COMMAND;

	tell_kind(identity, out);
	if (keys)
		buf_adds(out, identity->exchange ? _(", exchanged for a token") : _(", signs every request"));
}

/* ---- what is wrong ---- */

bool identity_trouble(const struct auth_info *info, int64_t now_ms, char *out, size_t size)
{
	char in[16];

	switch (info->state) {
	case AUTH_UNASKED:
	case AUTH_READY:
		return false;
	case AUTH_ASKING:
		snprintf(out, size, _("signing in: %s is asked"), info->source);
		return true;
	case AUTH_LATER:
		when_age(info->next_ms - now_ms + 999, in, sizeof(in));
		snprintf(out, size, _("signing in, next try in %s: %s"), in, info->err.text);
		return true;
	case AUTH_REFUSED:
		if (strstr(info->err.text, info->mend))
			snprintf(out, size, _("r tries again: %s"), info->err.text);
		else
			snprintf(out, size, _("r tries again: %s: %s"), info->err.text, info->mend);
		return true;
	}
	return false;
}

#define SKEW_TOLD_MS (120 * 1000)
#define SKEW_SIMULATED_MS (INT64_C(24) * 3600 * 1000)

bool identity_skew(const char *endpoint, int64_t skew_ms, char *out, size_t size)
{
	int64_t off_ms = skew_ms < 0 ? -skew_ms : skew_ms;
	struct url url;
	char text[32];

	if (off_ms < SKEW_TOLD_MS ||
	    (off_ms >= SKEW_SIMULATED_MS && url_parse(endpoint, &url, NULL) && url_loopback(&url)))
		return false;
	if (off_ms < INT64_C(2) * 3600 * 1000)
		snprintf(text, sizeof(text), _("%lld min"), (long long)((off_ms + 30000) / 60000));
	else
		when_left(off_ms, text, sizeof(text));
	snprintf(out, size, skew_ms > 0 ? _("your clock is %s slow: set it, or let a time service do it")
					: _("your clock is %s fast: set it, or let a time service do it"),
		 text);
	return true;
}
