/* SPDX-License-Identifier: MIT */
/*
 * Everything of a request that could be a secret is repeated as it came: the headers that
 * sign in, and the body, which is where a password is. That some of it ends in a JSON string or in
 * HTML is left to those who write these.
 */
#include "sim/echo.h"

#include <string.h>
#include <strings.h>

#include "core/text.h"
#include "sim/logtext.h"

#define HEARD_MAX ((size_t)256 << 10)

static const char *const telling[] = {"X-Auth-Token", "Authorization", "X-Security-Token",
				      "Proxy-Authorization"};

/* "X-Auth-Token: abc; body: {...}" */
static void repeat(const struct request *r, struct buf *out)
{
	size_t i;
	int k;

	for (k = 0; k < r->nheaders; k++)
		for (i = 0; i < sizeof(telling) / sizeof(telling[0]); i++)
			if (strcasecmp(r->headers[k].name, telling[i]) == 0)
				buf_addf(out, "%s: %s; ", telling[i], text_or_empty(r->headers[k].value));
	buf_adds(out, "body: ");
	buf_add(out, r->body, r->len);
}

void echo_answer(struct call *c, int status)
{
	bool iam = strcmp(c->request->path, "/v3/auth/tokens") == 0;
	struct buf text;

	buf_init(&text, BUF_MAX);
	repeat(c->request, &text);
	if (iam)
		call_keystone(c, status, "Unauthorized", text.data);
	else
		call_gateway(c, status, status == 401 ? "APIGW.0301" : "APIGW.0201", text.data);
	buf_done(&text);
}

void echo_page(struct call *c)
{
	struct buf text;

	buf_init(&text, BUF_MAX);
	buf_adds(&text, "<html><head><title>Sign in</title></head><body>Not understood: ");
	repeat(c->request, &text);
	buf_adds(&text, "</body></html>\n");
	c->answer->status = 200;
	c->answer->type = "text/html";
	buf_clear(&c->answer->body);
	buf_add(&c->answer->body, text.data, text.len);
	buf_done(&text);
}

void echo_into_log(struct call *c)
{
	static const char member[] = "\"log\":\"";
	struct buf *body = &c->answer->body, whole, line;
	char *at = body->len ? strstr(body->data, member) : NULL;
	size_t head;

	if (!at)
		return;
	head = (size_t)(at - body->data) + strlen(member);
	buf_init(&line, BUF_MAX);
	buf_init(&whole, BUF_MAX);
	repeat(c->request, &line);
	buf_add(&whole, body->data, head);
	logtext_escape(line.data, line.len, &whole);
	buf_adds(&whole, "\\n");
	buf_add(&whole, body->data + head, body->len - head);
	buf_clear(body);
	buf_add(body, whole.data, whole.len);
	buf_done(&whole);
	buf_done(&line);
}

void echo_remember(struct buf *heard, enum fault_class class, const struct request *r)
{
	struct buf *out = &heard[class];
	int i;

	if (!out->max)
		buf_init(out, HEARD_MAX);
	buf_clear(out);
	buf_addf(out, "%s %s\n", r->method, r->path);
	for (i = 0; i < r->nheaders; i++)
		buf_addf(out, "%s: %s\n", r->headers[i].name, text_or_empty(r->headers[i].value));
	buf_adds(out, "\n");
	buf_add(out, r->body, r->len);
}
