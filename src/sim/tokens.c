/* SPDX-License-Identifier: MIT */
/*
 * IAM, as far as a client sees it (api.md 2.1). A token names its number and the time it
 * was given, with a check over both, so that none needs to be remembered. This is a
 * simulator without accounts: whoever signs in is taken, unless one password or key pair
 * was said to be the right one. A signed request needs no token; its signature is checked to
 * the letter. Who is wrong too often in a row is locked out for a while, as in the service: an
 * access key after more than five signatures, the account after as many sign-ins as was said.
 */
#include "sim/tokens.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "sim/signature.h"
#include "sim/stamp.h"

#define KEY_FAILURES 5 /* api.md 2.2: more than these lock it ... */
#define KEY_LOCK_MS (INT64_C(5) * 60 * 1000)
#define ACCOUNT_LOCK_MS (INT64_C(15) * 60 * 1000)
#define LONG_TOKEN 16384

static bool locked(const struct server_lock *l, int64_t now)
{
	return now < l->until_ms;
}

static void note(struct server_lock *l, bool good, int most, int64_t lock_ms, int64_t now)
{
	l->failures = good ? 0 : l->failures + 1;
	if (l->failures <= most)
		return;
	l->failures = 0;
	l->until_ms = now + lock_ms;
}

void tokens_unlock(struct server *s)
{
	s->key_lock = s->account_lock = (struct server_lock){0};
}

static void add_lock(cJSON *o, const char *name, const struct server_lock *l, int64_t now)
{
	cJSON *lock = cJSON_AddObjectToObject(o, name);

	cJSON_AddBoolToObject(lock, "locked", locked(l, now));
	cJSON_AddNumberToObject(lock, "failures", l->failures);
}

void tokens_locks(struct call *c)
{
	cJSON *o = cJSON_CreateObject();

	add_lock(o, "account", &c->server->account_lock, c->now);
	add_lock(o, "access_key", &c->server->key_lock, c->now);
	call_json(c, 200, o);
}

static uint64_t token_check(const struct call *c, uint64_t number, int64_t at)
{
	return rng_mix(rng_mix(world_scenario(c->server->world)->seed, number), (uint64_t)at);
}

static void token_write(const struct call *c, uint64_t number, int64_t at, char *out, size_t size)
{
	snprintf(out, size, "sim-%" PRIu64 "-%" PRId64 "-%016" PRIx64, number, at,
		 token_check(c, number, at));
}

static bool token_read(const struct call *c, const char *token, uint64_t *number, int64_t *at)
{
	uint64_t check;

	return sscanf(token, "sim-%" SCNu64 "-%" SCNd64 "-%" SCNx64, number, at, &check) == 3 &&
	       check == token_check(c, *number, *at);
}

void tokens_expire(struct server_tokens *t)
{
	t->expired = t->given;
	t->strangers_expired = true;
}

static bool refuse(struct call *c, const char *code, const char *text)
{
	call_gateway(c, 401, code, text);
	return false;
}

static bool check_signature(struct call *c)
{
	struct server *s = c->server;
	const struct signature_keys keys = {s->access_key, s->secret_key, s->security_token};
	bool other_code = s->modes.skew_as_0303 && signature_stale(c->request, c->now);
	bool known = signature_names(c->request->authorization, s->access_key), good;
	struct err err = {0};

	if (known && locked(&s->key_lock, c->now))
		return refuse(c, "APIGW.0301",
			      "Incorrect IAM authentication information: the access key is locked for "
			      "5 minutes after too many wrong signatures");
	good = signature_verify(c->request, &keys, c->now, &err);
	if (known)
		note(&s->key_lock, good, KEY_FAILURES, KEY_LOCK_MS, c->now);
	return good || refuse(c, other_code ? "APIGW.0303" : "APIGW.0301", err.text);
}

bool tokens_check(struct call *c)
{
	const struct server_tokens *t = &c->server->tokens;
	const char *token = c->request->token;
	uint64_t number;
	int64_t at;

	if (signature_is(c->request->authorization))
		return check_signature(c);
	if (text_empty(token))
		return refuse(c, "APIGW.0301",
			      "Incorrect IAM authentication information: no token");
	if (token_read(c, token, &number, &at)) {
		if (number <= t->expired || c->now - at >= t->life_ms)
			return refuse(c, "APIGW.0307", "The token must be updated");
		return true;
	}
	if (t->only && strcmp(token, t->only))
		return refuse(c, "APIGW.0301",
			      "Incorrect IAM authentication information: decrypt token fail");
	if (t->strangers_expired)
		return refuse(c, "APIGW.0307", "The token must be updated");
	return true;
}

static const cJSON *dig(const cJSON *o, const char *a, const char *b, const char *d)
{
	o = cJSON_GetObjectItemCaseSensitive(o, a);
	o = b ? cJSON_GetObjectItemCaseSensitive(o, b) : o;
	return d ? cJSON_GetObjectItemCaseSensitive(o, d) : o;
}

static const char *dig_string(const cJSON *o, const char *a, const char *b, const char *d)
{
	return text_or_empty(cJSON_GetStringValue(dig(o, a, b, d)));
}

/* expires_at as the fault wants it; false: it is missing. */
static bool spoil_expiry(const struct call *c, char at[STAMP_SIZE])
{
	switch (c->fault.shape) {
	case 1:
		snprintf(at, STAMP_SIZE, "in a while");
		return true;
	case 2:
		stamp_iso(c->now - INT64_C(3600) * 1000, at);
		return true;
	case 3:
		snprintf(at, STAMP_SIZE, "9999-12-31T23:59:59.999999Z");
		return true;
	default:
		return false;
	}
}

static bool fault_is(const struct call *c, enum fault_kind kind)
{
	return c->struck && c->fault.kind == kind;
}

/* The method that the body signs in with: its name, or NULL when something is missing. */
static const char *sign_in(const cJSON *identity, const char **user, const char **domain)
{
	const char *method =
		cJSON_GetStringValue(cJSON_GetArrayItem(dig(identity, "methods", NULL, NULL), 0));

	*user = "ops1";
	if (text_same(method, "password")) {
		*user = dig_string(identity, "password", "user", "name");
		*domain = text_or_empty(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(
			dig(identity, "password", "user", "domain"), "name")));
		return **user && **domain && *dig_string(identity, "password", "user", "password")
			       ? "password"
			       : NULL;
	}
	if (text_same(method, "hw_ak_sk"))
		return *dig_string(identity, "hw_ak_sk", "access", "key") &&
				       *dig_string(identity, "hw_ak_sk", "secret", "key")
			       ? "hw_ak_sk"
			       : NULL;
	return NULL;
}

static cJSON *token_body(struct call *c, const char *method, const char *user, const char *domain,
			 const char *project)
{
	const struct scenario *s = world_scenario(c->server->world);
	cJSON *o = cJSON_CreateObject(), *t = cJSON_AddObjectToObject(o, "token"), *u, *d;
	char id[RNG_ID_SIZE], at[STAMP_SIZE];

	cJSON_AddItemToArray(cJSON_AddArrayToObject(t, "methods"), cJSON_CreateString(method));
	stamp_iso(c->now + c->server->tokens.life_ms, at);
	if (!fault_is(c, FAULT_EXPIRES) || spoil_expiry(c, at))
		cJSON_AddStringToObject(t, "expires_at", at);
	stamp_iso(c->now, at);
	cJSON_AddStringToObject(t, "issued_at", at);
	u = cJSON_AddObjectToObject(t, "user");
	rng_id(rng_mix(s->seed, 410), id);
	cJSON_AddStringToObject(u, "id", id);
	cJSON_AddStringToObject(u, "name", user);
	d = cJSON_AddObjectToObject(u, "domain");
	cJSON_AddStringToObject(d, "id", s->domain_id);
	cJSON_AddStringToObject(d, "name", domain);
	u = cJSON_AddObjectToObject(t, "project");
	rng_id(rng_mix(s->seed, 411), id);
	cJSON_AddStringToObject(u, "id", id);
	cJSON_AddStringToObject(u, "name", project);
	cJSON_AddItemToObject(u, "domain", cJSON_Duplicate(d, true));
	cJSON_AddArrayToObject(t, "roles");
	cJSON_AddArrayToObject(t, "catalog");
	return o;
}

/* Is what was signed in with right, where one thing is? */
static bool right(const struct call *c, const cJSON *identity, const char *method)
{
	const struct server *s = c->server;

	if (strcmp(method, "password") == 0)
		return !s->password ||
		       strcmp(dig_string(identity, "password", "user", "password"), s->password) == 0;
	return strcmp(s->access_key, SIM_ACCESS_KEY) == 0 ||
	       (strcmp(dig_string(identity, "hw_ak_sk", "access", "key"), s->access_key) == 0 &&
		strcmp(dig_string(identity, "hw_ak_sk", "secret", "key"), s->secret_key) == 0);
}

static bool check_sign_in(struct call *c, const cJSON *identity, const char *method)
{
	struct server *s = c->server;
	bool good = right(c, identity, method);

	if (locked(&s->account_lock, c->now)) {
		call_keystone(c, 401, "Unauthorized",
			      "The account is locked for 15 minutes after too many wrong sign-ins.");
		return false;
	}
	if (s->lock_after)
		note(&s->account_lock, good, s->lock_after - 1, ACCOUNT_LOCK_MS, c->now);
	if (!good)
		call_keystone(c, 401, "Unauthorized", "The username or password is wrong.");
	return good;
}

/* The header breaks in two ways; what no web server library would write is written past it. */
static void split_answer(struct answer *a)
{
	size_t len = a->body.len;
	char *json = buf_take(&a->body);

	buf_addf(&a->body,
		 "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nDate: %s\r\n"
		 "X-Subject-Token: %s\r\n and-a-second-line\rand-a-third\r\nContent-Length: %zu\r\n"
		 "Connection: close\r\n\r\n%s",
		 a->date, a->subject_token, len, json);
	mem_free(json);
	a->manner = ANSWER_RAW;
}

static void hand_out(struct call *c)
{
	size_t size = fault_is(c, FAULT_LONG_TOKEN) ? LONG_TOKEN + 1 : 96, len;
	struct answer *a = c->answer;

	if (fault_is(c, FAULT_NO_TOKEN))
		return;
	a->subject_token = mem_zalloc(size);
	token_write(c, ++c->server->tokens.given, c->now, a->subject_token, size);
	len = strlen(a->subject_token);
	if (fault_is(c, FAULT_LONG_TOKEN))
		memset(a->subject_token + len, '-', size - 1 - len);
	if (fault_is(c, FAULT_SPLIT_TOKEN))
		split_answer(a);
}

void tokens_give(struct call *c)
{
	const cJSON *auth = cJSON_GetObjectItemCaseSensitive(c->body, "auth");
	const cJSON *identity = cJSON_GetObjectItemCaseSensitive(auth, "identity");
	const char *user, *domain = world_scenario(c->server->world)->domain_name;
	const char *method = sign_in(identity, &user, &domain);
	const char *project = dig_string(auth, "scope", "project", "name");

	if (!method) {
		call_keystone(c, 400, "Bad Request",
			      "auth.identity lacks a method, a name or a secret");
		return;
	}
	if (!check_sign_in(c, identity, method))
		return;
	call_json(c, 201, token_body(c, method, user, domain, project));
	hand_out(c);
}
