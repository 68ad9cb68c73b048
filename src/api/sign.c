/* SPDX-License-Identifier: MIT */
/*
 * Both sides hash one canonical form of the request. It is made of the URL as it will be sent:
 * escapes are decoded and written again by one rule, so that an escape in the URL and
 * the plain byte mean the same, and pairs of the query are sorted. The "/" that is put after the path
 * stands in the canonical form only.
 */
#include "api/sign.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "core/hash.h"
#include "core/mem.h"

#define ALGORITHM "SDK-HMAC-SHA256"
#define DATE_HEADER "x-sdk-date"

void sign_date(int64_t wall_ms, char out[SIGN_DATE_SIZE])
{
	time_t t = (time_t)(wall_ms / 1000);
	struct tm tm = {0};

	gmtime_r(&t, &tm);
	if (strftime(out, SIGN_DATE_SIZE, "%Y%m%dT%H%M%SZ", &tm) != SIGN_DATE_SIZE - 1)
		out[0] = '\0';
}

/* ---- escapes ---- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool unreserved(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       (c && strchr("-_.~", c));
}

static void add_byte(struct buf *out, unsigned char c)
{
	if (unreserved(c))
		buf_addc(out, (char)c);
	else
		buf_addf(out, "%%%02X", c);
}

/* Decoded and encoded again. A '%' that begins no escape is a byte as others. */
static void add_escaped(struct buf *out, const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		int high = s[i] == '%' && len - i > 2 ? hex_digit(s[i + 1]) : -1;
		int low = high >= 0 ? hex_digit(s[i + 2]) : -1;

		if (low < 0) {
			add_byte(out, (unsigned char)s[i]);
			continue;
		}
		add_byte(out, (unsigned char)(high << 4 | low));
		i += 2;
	}
}

/* ---- parts of the URL ---- */

/* What follows scheme and host: "/path?query". */
static const char *path_of(const char *url)
{
	const char *host = strstr(url, "://");

	host = host ? host + 3 : url;
	return host + strcspn(host, "/?#");
}

static void add_path(struct buf *out, const char *path, size_t len)
{
	size_t i = 0, n;

	while (i < len) {
		if (path[i] == '/') {
			buf_addc(out, '/');
			i++;
			continue;
		}
		n = 0;
		while (i + n < len && path[i + n] != '/')
			n++;
		add_escaped(out, path + i, n);
		i += n;
	}
	if (len == 0 || path[len - 1] != '/')
		buf_addc(out, '/');
}

struct pair {
	char *key, *value; /* escaped */
};

static int compare_pairs(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	return order ? order : strcmp(x->value, y->value);
}

static char *escaped(const char *s, size_t len)
{
	struct buf b;

	buf_init(&b, BUF_MAX);
	add_escaped(&b, s, len);
	return buf_take(&b);
}

/* Splits "k=v&k=v"; a key without '=' has an empty value. */
static size_t split_query(const char *query, size_t len, struct pair **pairs)
{
	const char *end = query + len, *next, *equals;
	size_t n = 0, size;

	for (; query < end; query = next + 1) {
		next = memchr(query, '&', (size_t)(end - query));
		next = next ? next : end;
		size = (size_t)(next - query);
		if (size == 0)
			continue;
		equals = memchr(query, '=', size);
		*pairs = mem_grow(*pairs, n, sizeof(**pairs));
		(*pairs)[n].key = escaped(query, equals ? (size_t)(equals - query) : size);
		(*pairs)[n++].value = equals ? escaped(equals + 1, (size_t)(next - equals - 1)) :
					       escaped("", 0);
	}
	return n;
}

static void add_query(struct buf *out, const char *query, size_t len)
{
	struct pair *pairs = NULL;
	size_t n = split_query(query, len, &pairs), i;

	if (n)
		qsort(pairs, n, sizeof(*pairs), compare_pairs);
	for (i = 0; i < n; i++) {
		buf_addf(out, "%s%s=%s", i ? "&" : "", pairs[i].key, pairs[i].value);
		mem_free(pairs[i].key);
		mem_free(pairs[i].value);
	}
	mem_free(pairs);
}

/* ---- headers ---- */

static int compare_headers(const void *a, const void *b)
{
	const struct header *x = *(const struct header *const *)a;
	const struct header *y = *(const struct header *const *)b;

	return strcasecmp(x->name, y->name);
}

/* The caller releases it. */
static const struct header **sorted_headers(const struct sign_request *r)
{
	const struct header **sorted = mem_calloc(r->n_headers, sizeof(const struct header *));
	size_t i;

	for (i = 0; i < r->n_headers; i++)
		sorted[i] = &r->headers[i];
	if (r->n_headers)
		qsort(sorted, r->n_headers, sizeof(const struct header *), compare_headers);
	return sorted;
}

static void add_lower(struct buf *out, const char *s)
{
	for (; *s; s++)
		buf_addc(out, *s >= 'A' && *s <= 'Z' ? (char)(*s - 'A' + 'a') : *s);
}

static void add_trimmed(struct buf *out, const char *s)
{
	size_t len;

	s += strspn(s, " \t");
	len = strlen(s);
	while (len && strchr(" \t", s[len - 1]))
		len--;
	buf_add(out, s, len);
}

/* "a;b;c" */
static void add_names(struct buf *out, const struct header *const *sorted, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (i)
			buf_addc(out, ';');
		add_lower(out, sorted[i]->name);
	}
}

static void add_headers(struct buf *out, const struct header *const *sorted, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		add_lower(out, sorted[i]->name);
		buf_addc(out, ':');
		add_trimmed(out, sorted[i]->value);
		buf_addc(out, '\n');
	}
}

/* ---- the whole ---- */

static void add_canonical(const struct sign_request *r, const struct header *const *sorted,
			  struct buf *out)
{
	const char *path = path_of(r->url);
	size_t path_len = strcspn(path, "?#");
	const char *query = path[path_len] == '?' ? path + path_len + 1 : "";
	char body_hex[HASH_SHA256_HEX];

	buf_addf(out, "%s\n", r->method);
	add_path(out, path, path_len);
	buf_addc(out, '\n');
	add_query(out, query, strcspn(query, "#"));
	buf_addc(out, '\n');
	add_headers(out, sorted, r->n_headers);
	buf_addc(out, '\n');
	add_names(out, sorted, r->n_headers);
	hash_sha256_hex(r->body ? r->body : "", r->body ? r->body_len : 0, body_hex);
	buf_addf(out, "\n%s", body_hex);
}

void sign_canonical(const struct sign_request *request, struct buf *out)
{
	const struct header **sorted = sorted_headers(request);

	add_canonical(request, sorted, out);
	mem_free(sorted);
}

static const char *date_of(const struct sign_request *r)
{
	size_t i;

	for (i = 0; i < r->n_headers; i++)
		if (strcasecmp(r->headers[i].name, DATE_HEADER) == 0)
			return r->headers[i].value;
	return "";
}

void sign_authorization(const struct sign_request *request, const char *access_key,
			const char *secret_key, struct buf *out)
{
	const struct header **sorted = sorted_headers(request);
	char hex[HASH_SHA256_HEX];
	struct buf text;

	buf_init(&text, BUF_MAX);
	add_canonical(request, sorted, &text);
	hash_sha256_hex(text.data, text.len, hex);
	explicit_bzero(text.data, text.len); /* a security token may be in it */
	buf_clear(&text);
	buf_addf(&text, ALGORITHM "\n%s\n%s", date_of(request), hex);
	hash_hmac_hex(secret_key, strlen(secret_key), text.data, text.len, hex);
	buf_addf(out, ALGORITHM " Access=%s, SignedHeaders=", access_key);
	add_names(out, sorted, request->n_headers);
	buf_addf(out, ", Signature=%s", hex);
	buf_done(&text);
	mem_free(sorted);
}
