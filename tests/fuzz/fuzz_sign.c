/* SPDX-License-Identifier: MIT */
/*
 * Two canonical forms of one request must agree: the program's, made of the URL, and the
 * simulator's, written from the rules by another hand and made of what a server has parsed.
 * The input is "METHOD\nPATH?QUERY\nHEADER\nBODY".
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "api/sign.h"
#include "core/buf.h"
#include "core/mem.h"

/* The other hand's, whole: entries are linked with the client's library alone. Both have a request. */
#define request request_there
#include "sim/percent.c"
#include "sim/signature.c"
#undef request

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NAMES "host;x-sdk-date"

/* What a server would not take as a request: broken escapes, %00, more pairs than it keeps. */
static bool sendable(const char *s)
{
	struct buf plain;
	size_t pairs = 1;
	bool ok;

	buf_init(&plain, BUF_MAX);
	ok = percent_decode(s, strlen(s), &plain);
	buf_done(&plain);
	for (; *s; s++)
		pairs += *s == '&';
	return ok && pairs <= SERVER_QUERY;
}

static void add_pairs(struct request_there *r, char *query)
{
	char *item, *equals;

	while ((item = strsep(&query, "&"))) {
		if (!*item)
			continue;
		equals = strchr(item, '=');
		if (equals)
			*equals++ = '\0';
		r->query[r->nquery++] = (struct pair){item, equals};
	}
}

static void compare(char *method, char *target, const char *header_value, const char *body)
{
	struct header headers[] = {{"X-Sdk-Date", "20260102T030405Z"}, {"Host", header_value}};
	struct sign_request ours = {method, NULL, headers, 2, body, body ? strlen(body) : 0};
	struct request_there theirs = {.method = method, .body = body, .len = ours.body_len, .nheaders = 2};
	struct buf url, a, b;
	char *query;

	buf_init(&url, BUF_MAX);
	buf_init(&a, BUF_MAX);
	buf_init(&b, BUF_MAX);
	buf_addf(&url, "https://example.com/%s", target);
	ours.url = url.data;
	sign_canonical(&ours, &a);
	query = strchr(target, '?');
	if (query)
		*query++ = '\0';
	buf_clear(&url);
	buf_addf(&url, "/%s", target);
	theirs.path = url.data;
	add_pairs(&theirs, query);
	theirs.headers[0] = (struct pair){"host", header_value};
	theirs.headers[1] = (struct pair){"x-sdk-date", headers[0].value};
	signature_canonical(&theirs, NAMES, &b);
	if (strcmp(a.data, b.data) != 0)
		abort();
	buf_done(&url);
	buf_done(&a);
	buf_done(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_strndup((const char *)data, size), *rest = text;
	char *method = strsep(&rest, "\n"), *target = strsep(&rest, "\n");
	char *value = strsep(&rest, "\n");

	/* A '#' begins a fragment, which is not sent. */
	if (target && !strchr(target, '#') && sendable(target))
		compare(method, target, value ? value : "", rest);
	mem_free(text);
	return 0;
}
