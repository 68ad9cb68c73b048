/* SPDX-License-Identifier: MIT */
/*
 * One request to IAM. What it says no to is final: five wrong passwords lock an account, so
 * only what was surely no verdict about them (no answer, a failing server, a stranger in its
 * place, too many requests) may be tried again. Request and answer are secrets as a whole.
 */
#include "api/iam.h"

#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "api/json.h"
#include "authwork.h"
#include "body.h"
#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/vault.h"
#include "core/when.h"
#include "net/url.h"

#define PATH "/v3/auth/tokens?nocatalog=true"
#define TIMEOUT_MS 30000
#define ANSWER_MAX ((size_t)1 << 20)
#define BODY_ROOM ((size_t)128 << 10) /* never moves, so that no copy of it stays behind */
#define FIELD_MAX ((size_t)2 << 10) /* seven of them, each byte escaped, fit */
#define LIFE_MAX_MS (INT64_C(366) * 24 * 3600 * 1000)
#define MESSAGE_MAX 120

struct iam {
	struct auth_source source; /* first: a source * is an iam * */
	struct transport *transport;
	struct url endpoint;
	struct buf url;
	char *name, *mend;
	char *account, *user, *project, *project_id;
	char *password, *access_key, *secret_key, *security_token; /* the vault's */
	int64_t timeout_ms;
	uint64_t id; /* of the request in flight; 0: none */
	auth_granted_fn *done;
	void *self;
};

/* ---- the question ---- */

/* {"a":{"b":"text"}} without the outer braces: "a":{"b":"text"} */
static void add_named(struct buf *b, const char *outer, const char *inner, const char *text)
{
	buf_addf(b, "\"%s\":{\"%s\":", outer, inner);
	body_quoted(b, text);
	buf_addc(b, '}');
}

static void add_password(struct buf *b, const struct iam *iam)
{
	buf_adds(b, "\"methods\":[\"password\"],\"password\":{\"user\":{\"name\":");
	body_quoted(b, iam->user);
	buf_adds(b, ",\"password\":");
	body_quoted(b, iam->password);
	buf_addc(b, ',');
	add_named(b, "domain", "name", iam->account);
	buf_adds(b, "}}");
}

static void add_keys(struct buf *b, const struct iam *iam)
{
	buf_adds(b, "\"methods\":[\"hw_ak_sk\"],\"hw_ak_sk\":{");
	add_named(b, "access", "key", iam->access_key);
	buf_addc(b, ',');
	add_named(b, "secret", "key", iam->secret_key);
	buf_addc(b, '}');
}

static void add_scope(struct buf *b, const struct iam *iam)
{
	if (iam->project_id)
		add_named(b, "project", "id", iam->project_id);
	else if (iam->project)
		add_named(b, "project", "name", iam->project);
	else
		add_named(b, "domain", "name", iam->account);
}

static void write_body(struct buf *b, const struct iam *iam)
{
	buf_room(b, BODY_ROOM);
	buf_adds(b, "{\"auth\":{\"identity\":{");
	if (iam->password)
		add_password(b, iam);
	else
		add_keys(b, iam);
	buf_adds(b, "}");
	if (iam->project_id || iam->project || iam->account) {
		buf_adds(b, ",\"scope\":{");
		add_scope(b, iam);
		buf_addc(b, '}');
	}
	buf_adds(b, "}}");
}

/* ---- the answer ---- */

static void tell(struct iam *iam, const struct auth_grant *grant)
{
	auth_granted_fn *done = iam->done;

	iam->id = 0;
	iam->done = NULL;
	done(iam->self, grant);
}

static bool is_refusal(int status)
{
	return status >= 400 && status < 500 && status != 407 && status != 408 && status != 429;
}

static bool has(const char *text, const char *secret)
{
	return secret && strstr(text, secret) != NULL;
}

/*
 * May it be shown? A server that repeats the question would repeat it as JSON; its own
 * sentences have no braces.
 */
static bool is_harmless(const struct iam *iam, const char *message)
{
	return !strpbrk(message, "{}") && !has(message, iam->password) && !has(message, iam->secret_key) &&
	       !has(message, iam->security_token) && !vault_found(message, strlen(message));
}

/* Keystone's message, or the gateway's: whole, so that what is cut off later is no half secret. */
static void read_message(const struct iam *iam, const struct response *r, char *out, size_t size)
{
	struct json *json = json_parse(r->body, r->len, NULL, NULL, NULL, NULL);
	const struct cJSON *root = json ? json_root(json) : NULL;
	char *message = json ? json_string(json, json_member(root, "error"), "message") : NULL;

	if (json && !message)
		message = json_string(json, root, "error_msg");
	out[0] = '\0';
	if (message && is_harmless(iam, message))
		answer_clean(message, out, size);
	mem_free(message);
	json_free(json);
}

static void explain_refusal(const struct iam *iam, const struct response *r, struct err *err)
{
	char message[MESSAGE_MAX];

	read_message(iam, r, message, sizeof(message));
	err_set(err, ERR_AUTH, r->status, _("%s refuses the sign-in (HTTP %d%s%s): %s"), iam->name,
		r->status, message[0] ? ": " : "", message, iam->mend);
}

/* The answer is no token: why, and by its kind whether another try may be made. */
static void explain(const struct iam *iam, const struct response *r, struct err *err)
{
	char text[MESSAGE_MAX];

	if (answer_voice(r) == VOICE_STRANGER && r->status >= 300 && r->status < 400) {
		answer_clean(r->location_host, text, sizeof(text));
		err_set(err, ERR_REMOTE, r->status, _("%s: %s redirects to %s: check `iam_endpoint`"),
			iam->name, iam->endpoint.host, text[0] ? text : _("another address"));
	} else if (answer_voice(r) == VOICE_STRANGER) {
		err_set(err, ERR_NET, r->status,
			_("%s: a web page answered instead of %s (login portal?)"), iam->name,
			iam->endpoint.host);
	} else if (is_refusal(r->status)) {
		explain_refusal(iam, r, err);
	} else if (r->status == 429) {
		err_set(err, ERR_RATE, r->status, _("%s: too many requests (HTTP 429)"), iam->name);
	} else {
		read_message(iam, r, text, sizeof(text));
		err_set(err, ERR_REMOTE, r->status, _("%s: %s failed (HTTP %d%s%s)"), iam->name,
			iam->endpoint.host, r->status, text[0] ? ": " : "", text);
	}
}

/* What the body says of a token. */
struct told {
	char *expires, *issued, *account_id, *account, *user, *project;
};

static void read_told(const struct json *json, struct told *told)
{
	const struct cJSON *token = json_member(json_root(json), "token");
	const struct cJSON *user = json_member(token, "user"), *domain = json_member(user, "domain");

	told->expires = json_string(json, token, "expires_at");
	told->issued = json_string(json, token, "issued_at");
	told->account_id = json_string(json, domain, "id");
	told->account = json_string(json, domain, "name");
	told->user = json_string(json, user, "name");
	told->project = json_string(json, json_member(token, "project"), "name");
}

static void told_done(struct told *told)
{
	mem_free(told->expires);
	mem_free(told->issued);
	mem_free(told->account_id);
	mem_free(told->account);
	mem_free(told->user);
	mem_free(told->project);
}

/* An end that is before the beginning, or years away, is no end. */
static void put_times(struct auth_grant *grant, const struct told *told, int64_t date_ms)
{
	int64_t issued = when_parse_iso(text_or_empty(told->issued));
	int64_t expires = when_parse_iso(text_or_empty(told->expires));

	if (issued == WHEN_NONE)
		issued = date_ms;
	grant->issued_ms = issued;
	if (issued != WHEN_NONE && (expires <= issued || expires - issued > LIFE_MAX_MS))
		expires = WHEN_NONE;
	grant->expires_ms = expires;
}

/* A body that cannot be read costs us the times, not the token. */
static void take_token(struct iam *iam, const struct response *r)
{
	struct auth_grant grant = {.token = r->subject_token};
	struct json *json = json_parse(r->body, r->len, NULL, NULL, NULL, NULL);
	struct told told = {0};

	if (json)
		read_told(json, &told);
	put_times(&grant, &told, r->date_ms);
	grant.account_id = text_or_empty(told.account_id);
	grant.account = text_or_empty(told.account);
	grant.user = text_or_empty(told.user);
	grant.project = text_or_empty(told.project);
	tell(iam, &grant);
	told_done(&told);
	json_free(json);
}

static void on_answer(void *self, uint64_t id, const struct response *r)
{
	struct iam *iam = self;
	struct auth_grant failure = {
		.err = r->err,
		.retry_after_ms = r->retry_after_ms > 0 ? r->retry_after_ms : 0,
	};

	if (r->err.kind != ERR_NONE) {
		if (r->err.kind != ERR_CANCELLED)
			err_prefix(&failure.err, "%s", iam->name);
	} else if (r->status != 200 && r->status != 201) {
		explain(iam, r, &failure.err);
	} else if (answer_voice(r) == VOICE_STRANGER) {
		explain(iam, r, &failure.err);
	} else if (!r->subject_token[0]) {
		err_set(&failure.err, ERR_AUTH, r->status,
			_("%s: there is no token in the answer (X-Subject-Token is missing or no token): %s"),
			iam->name, iam->mend);
	} else if (auth_token_fit(r->subject_token, iam->name, &failure.err)) {
		take_token(iam, r);
		return;
	}
	tell(iam, &failure);
}

/* ---- the source ---- */

/* The one test of whether the secrets may go there. */
static bool is_ours(const struct iam *iam)
{
	return url_is_within(iam->url.data, &iam->endpoint);
}

static void ask(struct auth_source *source, auth_granted_fn *done, void *self)
{
	struct iam *iam = (struct iam *)source;
	struct header headers[3] = {
		{"Accept", "application/json"},
		{"Content-Type", "application/json;charset=utf8"},
		{"X-Security-Token", iam->security_token},
	};
	struct request request = {
		.method = "POST",
		.url = iam->url.data,
		.headers = headers,
		.n_headers = iam->security_token ? 3 : 2,
		.max_body = ANSWER_MAX,
		.timeout_ms = iam->timeout_ms,
		.fresh = true, /* the library's own second try would be a second sign-in */
	};
	struct auth_grant failure = {0};
	struct buf body;

	iam->done = done;
	iam->self = self;
	if (!is_ours(iam)) {
		err_set(&failure.err, ERR_AUTH, 0, _("%s: not sent: the address is not IAM's"), iam->name);
		tell(iam, &failure);
		return;
	}
	buf_init(&body, BODY_ROOM);
	write_body(&body, iam);
	request.body = body.data;
	request.body_len = body.len;
	iam->id = iam->transport->send(iam->transport, &request, on_answer, iam);
	explicit_bzero(body.data, body.len);
	buf_done(&body);
}

static void cancel(struct auth_source *source)
{
	struct iam *iam = (struct iam *)source;

	if (iam->id)
		iam->transport->cancel(iam->transport, iam->id);
}

static void free_iam(struct auth_source *source)
{
	struct iam *iam = (struct iam *)source;

	if (!source)
		return;
	cancel(source);
	vault_drop(iam->password);
	vault_drop(iam->access_key);
	vault_drop(iam->secret_key);
	vault_drop(iam->security_token);
	mem_free(iam->account);
	mem_free(iam->user);
	mem_free(iam->project);
	mem_free(iam->project_id);
	mem_free(iam->name);
	mem_free(iam->mend);
	buf_done(&iam->url);
	mem_free(iam);
}

static bool field_fit(const char *value, const char *what, struct err *err)
{
	if (strlen(text_or_empty(value)) > FIELD_MAX)
		return err_set(err, ERR_INPUT, 0, _("IAM: the %s is longer than 2 KiB"), what);
	if (value && !text_valid(value, strlen(value)))
		return err_set(err, ERR_INPUT, 0, _("IAM: the %s is not UTF-8"), what);
	return true;
}

static bool fields_fit(const struct iam_options *o, struct err *err)
{
	return field_fit(o->account, _("account"), err) && field_fit(o->user, _("user"), err) &&
	       field_fit(o->password, _("password"), err) &&
	       field_fit(o->access_key, _("access key"), err) &&
	       field_fit(o->secret_key, _("secret key"), err) &&
	       field_fit(o->project, _("project"), err) &&
	       field_fit(o->project_id, _("project id"), err) &&
	       (!o->security_token || auth_token_fit(o->security_token, _("security token"), err));
}

static bool options_fit(const struct iam_options *o, struct url *endpoint, struct err *err)
{
	if (text_empty(o->endpoint))
		return err_set(err, ERR_INPUT, 0, _("IAM: no address: set `iam_endpoint` or `region`"));
	if (!url_parse(o->endpoint, endpoint, err))
		return err_prefix(err, "IAM");
	if (o->password && (text_empty(o->account) || text_empty(o->user) || !*o->password))
		return err_set(err, ERR_INPUT, 0,
			       _("IAM: signing in by password needs the account, the user and the password"));
	if (!o->password && (text_empty(o->access_key) || text_empty(o->secret_key)))
		return err_set(err, ERR_INPUT, 0,
			       _("IAM: signing in needs a password, or an access key and its secret key"));
	return fields_fit(o, err);
}

static char *some(const char *s)
{
	return text_empty(s) ? NULL : mem_strdup(s);
}

static void take_options(struct iam *iam, const struct iam_options *o)
{
	iam->name = mem_strdup(text_empty(o->name) ? _("IAM") : o->name);
	iam->mend = mem_strdup(text_empty(o->mend) ? _("check account, user and password") : o->mend);
	iam->account = some(o->account);
	iam->user = some(o->user);
	iam->project = some(o->project);
	iam->project_id = some(o->project_id);
	iam->password = vault_keep(o->password);
	iam->access_key = o->password ? NULL : vault_keep(o->access_key);
	iam->secret_key = o->password ? NULL : vault_keep(o->secret_key);
	iam->security_token = o->password ? NULL : vault_keep(o->security_token);
	iam->timeout_ms = o->timeout_ms > 0 ? o->timeout_ms : TIMEOUT_MS;
}

struct auth_source *iam_source(struct transport *transport, const struct iam_options *options,
			       struct err *err)
{
	struct url endpoint;
	struct iam *iam;

	if (!options_fit(options, &endpoint, err))
		return NULL;
	iam = mem_zalloc(sizeof(*iam));
	iam->transport = transport;
	iam->endpoint = endpoint;
	buf_init(&iam->url, BUF_MAX);
	url_base(&endpoint, &iam->url);
	buf_adds(&iam->url, PATH);
	take_options(iam, options);
	iam->source = (struct auth_source){
		.name = iam->name,
		.mend = iam->mend,
		.again = true,
		.ask = ask,
		.cancel = cancel,
		.free = free_iam,
	};
	return &iam->source;
}
