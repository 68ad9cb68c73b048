/* SPDX-License-Identifier: MIT */
/*
 * A signature covers a canonical form of the request, so that both sides hash the same
 * bytes whatever a library or a proxy did to the escapes on the way: what came is decoded
 * and encoded again by one rule. Both sides must then agree on six parts; the one that is
 * easily forgotten is the "/" that is put at the end of the path for the signature alone.
 *
 * Who refuses says what was wrong, in this order: the form, the key, the time, what had to
 * be signed and was not, the signature itself. With the last comes the hash of the
 * canonical request: a client that compares it with its own knows which half is wrong.
 */
#include "sim/signature.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "sim/percent.h"

#define ALGORITHM "SDK-HMAC-SHA256"
#define UNSIGNED_PAYLOAD "UNSIGNED-PAYLOAD"

/* ---- the canonical request ---- */

/* Decoded and encoded again; what cannot be decoded is taken as it stands. */
static void add_canonical(struct buf *out, const char *s, size_t len)
{
	struct buf plain;

	buf_init(&plain, BUF_MAX);
	if (percent_decode(s, len, &plain))
		percent_encode(plain.data, plain.len, out);
	else
		percent_encode(s, len, out);
	buf_done(&plain);
}

static void add_path(struct buf *out, const char *path)
{
	size_t len;

	for (; *path; path += len) {
		if (*path == '/') {
			buf_addc(out, '/');
			len = 1;
			continue;
		}
		len = strcspn(path, "/");
		add_canonical(out, path, len);
	}
	if (!out->len || out->data[out->len - 1] != '/')
		buf_addc(out, '/');
}

struct sorted { /* a key and its value, encoded */
	char *key, *value;
};

static int sorted_compare(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	return order ? order : strcmp(x->value, y->value);
}

static char *canonical(const char *s)
{
	struct buf b;

	buf_init(&b, BUF_MAX);
	add_canonical(&b, s, strlen(s));
	return buf_take(&b);
}

static void add_query(struct buf *out, const struct request *r)
{
	struct sorted v[SERVER_QUERY] = {0};
	int i;

	for (i = 0; i < r->nquery; i++)
		v[i] = (struct sorted){canonical(r->query[i].name),
				       canonical(text_or_empty(r->query[i].value))};
	qsort(v, (size_t)r->nquery, sizeof(*v), sorted_compare);
	for (i = 0; i < r->nquery; i++) {
		buf_addf(out, "%s%s=%s", i ? "&" : "", v[i].key, v[i].value);
		mem_free(v[i].key);
		mem_free(v[i].value);
	}
}

/* The header's value without the space around it; *len is 0 for one that is not there. */
static const char *header(const struct request *r, const char *name, size_t name_len, size_t *len)
{
	int i;

	*len = 0;
	for (i = 0; i < r->nheaders; i++) {
		const char *value = text_or_empty(r->headers[i].value);

		if (strlen(r->headers[i].name) != name_len ||
		    strncasecmp(r->headers[i].name, name, name_len))
			continue;
		value += strspn(value, " \t");
		*len = strlen(value);
		while (*len && strchr(" \t", value[*len - 1]))
			--*len;
		return value;
	}
	return NULL;
}

static void add_headers(struct buf *out, const struct request *r, const char *names)
{
	size_t n, len;

	for (; *names; names += n + (names[n] == ';')) {
		const char *value;

		n = strcspn(names, ";");
		value = header(r, names, n, &len);
		buf_add(out, names, n);
		buf_addc(out, ':');
		buf_add(out, value ? value : "", len);
		buf_addc(out, '\n');
	}
}

static const char *payload_header(const struct request *r, size_t *len)
{
	return header(r, "x-sdk-content-sha256", 20, len);
}

static void add_payload(struct buf *out, const struct request *r)
{
	char hex[HASH_SHA256_HEX];
	size_t len;
	const char *given = payload_header(r, &len);

	if (given) {
		buf_add(out, given, len);
		return;
	}
	hash_sha256_hex(r->len ? r->body : "", r->len, hex);
	buf_adds(out, hex);
}

void signature_canonical(const struct request *r, const char *headers, struct buf *out)
{
	struct buf part;

	buf_init(&part, BUF_MAX);
	add_path(&part, r->path);
	buf_addf(out, "%s\n%s\n", r->method, part.data);
	buf_clear(&part);
	add_query(&part, r);
	buf_addf(out, "%s\n", part.data);
	add_headers(out, r, headers);
	buf_addf(out, "\n%s\n", headers);
	add_payload(out, r);
	buf_done(&part);
}

/* Also the hash of the canonical request, for the one who is refused. */
static void make(const struct request *r, const char *headers, const char *secret,
		 char canonical_hex[HASH_SHA256_HEX], char hex[HASH_SHA256_HEX])
{
	struct buf b;
	size_t len;
	const char *date = header(r, "x-sdk-date", 10, &len);

	buf_init(&b, BUF_MAX);
	signature_canonical(r, headers, &b);
	hash_sha256_hex(b.data, b.len, canonical_hex);
	buf_clear(&b);
	buf_addf(&b, ALGORITHM "\n%.*s\n%s", (int)len, text_or_empty(date), canonical_hex);
	hash_hmac_hex(secret, strlen(secret), b.data, b.len, hex);
	buf_done(&b);
}

void signature_make(const struct request *r, const char *headers, const char *secret,
		    char hex[HASH_SHA256_HEX])
{
	char canonical_hex[HASH_SHA256_HEX];

	make(r, headers, secret, canonical_hex, hex);
}

/* ---- the header that carries it ---- */

struct parts {
	char *access, *headers, *value;
	char *memory; /* that they point into */
};

bool signature_is(const char *authorization)
{
	return authorization && text_starts(authorization, ALGORITHM) &&
	       strchr(" \t", authorization[strlen(ALGORITHM)]) != NULL;
}

/* "Access=A, SignedHeaders=a;b, Signature=hex", in any order; false when one is missing. */
static bool parse(const char *authorization, struct parts *p)
{
	char *rest, *item;

	p->memory = rest = mem_strdup(authorization + strlen(ALGORITHM));
	while ((item = strsep(&rest, ","))) {
		item += strspn(item, " \t");
		item[strcspn(item, " \t")] = '\0';
		if (text_starts(item, "Access="))
			p->access = item + strlen("Access=");
		else if (text_starts(item, "SignedHeaders="))
			p->headers = item + strlen("SignedHeaders=");
		else if (text_starts(item, "Signature="))
			p->value = item + strlen("Signature=");
	}
	return p->access && p->headers && p->value;
}

/* Is the name one of "a;b;c"? */
static bool covers(const char *headers, const char *name)
{
	size_t n = strlen(name), len;

	for (;; headers += len + 1) {
		len = strcspn(headers, ";");
		if (len == n && memcmp(headers, name, n) == 0)
			return true;
		if (!headers[len])
			return false;
	}
}

/* "20060102T150405Z" as epoch ms; 0 if it is anything else. */
static int64_t parse_date(const char *s, size_t len)
{
	char zoneless[20];
	size_t i;

	if (len != 16 || s[8] != 'T' || s[15] != 'Z')
		return 0;
	for (i = 0; i < 15; i++)
		if (i != 8 && (s[i] < '0' || s[i] > '9'))
			return 0;
	snprintf(zoneless, sizeof(zoneless), "%.4s-%.2s-%.2s %.2s:%.2s:%.2s", s, s + 4, s + 6,
		 s + 9, s + 11, s + 13);
	return when_parse_zoneless(zoneless, 0);
}

/* ---- the verdict ---- */

#define REFUSE(err, ...) \
	err_set(err, ERR_AUTH, 401, "Incorrect IAM authentication information: " __VA_ARGS__)

static bool skewed(int64_t at, int64_t now_ms)
{
	return at > now_ms + SIGNATURE_SKEW_MS || at < now_ms - SIGNATURE_SKEW_MS;
}

bool signature_stale(const struct request *r, int64_t now_ms)
{
	size_t len;
	const char *date = header(r, "x-sdk-date", 10, &len);
	int64_t at = date ? parse_date(date, len) : 0;

	return at && skewed(at, now_ms);
}

static bool check_date(const struct request *r, int64_t now_ms, struct err *err)
{
	size_t len;
	const char *date = header(r, "x-sdk-date", 10, &len);
	int64_t at = date ? parse_date(date, len) : 0;

	if (!at)
		return REFUSE(err, "X-Sdk-Date must be YYYYMMDDTHHMMSSZ");
	if (skewed(at, now_ms))
		return REFUSE(err, "signature expired: X-Sdk-Date %.16s is %lld minutes %s", date,
			      (long long)(llabs(at - now_ms) / 60000),
			      at > now_ms ? "ahead" : "behind");
	return true;
}

/* Everything that has to be under the signature is; a body hash in a header must be the body's. */
static bool check_covered(const struct request *r, const char *headers, struct err *err)
{
	char hex[HASH_SHA256_HEX];
	size_t len;
	const char *payload = payload_header(r, &len);

	if (!covers(headers, "x-sdk-date"))
		return REFUSE(err, "x-sdk-date is not signed");
	if (header(r, "x-security-token", 16, &(size_t){0}) && !covers(headers, "x-security-token"))
		return REFUSE(err, "x-security-token is not signed");
	if (!payload ||
	    (len == strlen(UNSIGNED_PAYLOAD) && !memcmp(payload, UNSIGNED_PAYLOAD, len)))
		return true;
	hash_sha256_hex(r->len ? r->body : "", r->len, hex);
	return (len == strlen(hex) && memcmp(payload, hex, len) == 0) ||
	       REFUSE(err, "X-Sdk-Content-Sha256 is not the hash of the body");
}

static bool check_security_token(const struct request *r, const char *wanted, struct err *err)
{
	size_t len;
	const char *value = header(r, "x-security-token", 16, &len);

	if (!wanted)
		return true;
	if (!value)
		return REFUSE(err, "a temporary access key needs X-Security-Token");
	return (len == strlen(wanted) && memcmp(value, wanted, len) == 0) ||
	       REFUSE(err, "the security token is not that of the access key");
}

static bool check(const struct request *r, const struct parts *p, const struct signature_keys *keys,
		  int64_t now_ms, struct err *err)
{
	char canonical_hex[HASH_SHA256_HEX], hex[HASH_SHA256_HEX];

	if (strcmp(p->access, keys->access))
		return REFUSE(err, "the access key %.40s does not exist", p->access);
	if (!check_date(r, now_ms, err) || !check_security_token(r, keys->security_token, err) ||
	    !check_covered(r, p->headers, err))
		return false;
	make(r, p->headers, keys->secret, canonical_hex, hex);
	return strcmp(p->value, hex) == 0 ||
	       REFUSE(err, "verify aksk signature fail, canonical request %s", canonical_hex);
}

bool signature_names(const char *authorization, const char *access)
{
	struct parts p = {0};
	bool named = parse(authorization, &p) && strcmp(p.access, access) == 0;

	mem_free(p.memory);
	return named;
}

bool signature_verify(const struct request *r, const struct signature_keys *keys, int64_t now_ms,
		      struct err *err)
{
	struct parts p = {0};
	bool good;

	if (parse(r->authorization, &p))
		good = check(r, &p, keys, now_ms, err);
	else
		good = REFUSE(err, "Authorization must be " ALGORITHM
				   " Access=..., SignedHeaders=..., Signature=...");
	mem_free(p.memory);
	return good;
}
