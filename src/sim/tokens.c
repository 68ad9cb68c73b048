/* SPDX-License-Identifier: MIT */
/*
 * IAM, as far as a client sees it (api.md 2.1). A token names its number and the time it
 * was given, with a check over both, so that none needs to be remembered. Passwords and
 * keys of a sign-in are not checked beyond being there: this is a simulator without
 * accounts. A signed request needs no token; its signature is checked to the letter.
 */
#include "sim/tokens.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/text.h"
#include "sim/signature.h"
#include "sim/stamp.h"

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
	const struct signature_keys keys = {c->server->access_key, c->server->secret_key};
	bool other_code = c->server->modes.skew_as_0303 && signature_stale(c->request, c->now);
	struct err err = {0};

	return signature_verify(c->request, &keys, c->now, &err) ||
	       refuse(c, other_code ? "APIGW.0303" : "APIGW.0301", err.text);
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

void tokens_give(struct call *c)
{
	const cJSON *auth = cJSON_GetObjectItemCaseSensitive(c->body, "auth");
	const char *user, *domain = world_scenario(c->server->world)->domain_name;
	const char *method =
		sign_in(cJSON_GetObjectItemCaseSensitive(auth, "identity"), &user, &domain);
	const char *project = dig_string(auth, "scope", "project", "name");
	struct server_tokens *t = &c->server->tokens;

	if (!method) {
		call_keystone(c, 400, "Bad Request",
			      "auth.identity lacks a method, a name or a secret");
		return;
	}
	token_write(c, ++t->given, c->now, c->answer->subject_token,
		    sizeof(c->answer->subject_token));
	call_json(c, 201, token_body(c, method, user, domain, project));
}
