/* SPDX-License-Identifier: MIT */
/*
 * One exchange as one line of text, from an allow-list: a list of what must not be said is
 * forgotten in one place. A line stays one line whatever a server put into its words.
 */
#include "trace.h"

#include <string.h>

#include "core/text.h"

char *trace_label(const struct request *r)
{
	const char *authority = strstr(r->url, "://"), *path = authority ? authority + 3 : r->url;
	struct buf text;

	path += strcspn(path, "/?#");
	buf_init(&text, TRACE_MAX / 2);
	if (!buf_addf(&text, "%s %.*s", r->method, (int)strcspn(path, "?#"), path))
		buf_adds(&text, r->method);
	return buf_take(&text);
}

static void add_connection(const struct trace_facts *f, struct buf *line)
{
	if (f->response->http_version)
		buf_addf(line, " HTTP/%d.%d", f->response->http_version / 10,
			 f->response->http_version % 10);
	if (!text_empty(f->address))
		buf_addf(line, strchr(f->address, ':') ? " %s [%s]:%d" : " %s %s:%d",
			 f->connections ? "new" : "kept", f->address, f->port);
	if (f->connections && f->handshake_ms)
		buf_addf(line, " tls %lld ms", (long long)f->handshake_ms);
	if (f->proxy_status)
		buf_addf(line, " proxy %d", f->proxy_status);
}

void trace_write(const struct trace_facts *f, struct buf *line)
{
	const struct response *r = f->response;
	size_t i;

	buf_addf(line, "%s %s", f->host, f->what);
	if (r->status)
		buf_addf(line, " %d %zu B", r->status, r->len);
	if (r->status && r->wire_bytes != r->len)
		buf_addf(line, " (%zu sent)", r->wire_bytes);
	buf_addf(line, " %lld ms", (long long)r->took_ms);
	add_connection(f, line);
	if (!text_empty(r->request_id))
		buf_addf(line, " id %s", r->request_id);
	if (r->err.kind)
		buf_addf(line, ": %s", r->err.text);
	for (i = 0; i < line->len; i++)
		if ((unsigned char)line->data[i] < ' ' || line->data[i] == 0x7f)
			line->data[i] = '?';
}
