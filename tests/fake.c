/* SPDX-License-Identifier: MIT */
/*
 * The fake keeps every request for ever, by pointer, so that a test can look at it after
 * any number of others; a queued answer is a deep copy, so that tests may build theirs
 * on the stack.
 */
#include "fake.h"

#include "test.h"

#include <strings.h>

#include "core/mem.h"
#include "core/text.h"

struct slot {
	struct fake_request request;
	response_fn *done;
	void *self;
};

struct queued {
	struct fake_reply reply;
	unsigned left;
};

struct fake {
	struct transport transport;
	struct slot **slots;
	size_t n_slots;
	struct queued *queue;
	size_t n_queue;
	fake_handler *handler;
	void *handler_self;
};

static struct slot *find(const struct fake *f, uint64_t id)
{
	size_t i;

	for (i = 0; i < f->n_slots; i++)
		if (f->slots[i]->request.id == id)
			return f->slots[i];
	return NULL;
}

static bool waits(const struct slot *s)
{
	return !s->request.answered && !s->request.cancelled;
}

static uint64_t send_request(struct transport *t, const struct request *r, response_fn *done,
			     void *self)
{
	struct fake *f = (struct fake *)t;
	struct slot *s = mem_zalloc(sizeof(*s));
	size_t i;

	f->slots = mem_grow(f->slots, f->n_slots, sizeof(*f->slots));
	f->slots[f->n_slots++] = s;
	s->done = done;
	s->self = self;
	s->request = (struct fake_request){
		.id = f->n_slots,
		.method = mem_strdup(r->method),
		.url = mem_strdup(r->url),
		.body = mem_alloc(r->body_len + 1),
		.body_len = r->body ? r->body_len : 0,
		.headers = mem_calloc(r->n_headers, sizeof(struct header)),
		.n_headers = r->n_headers,
		.max_body = r->max_body,
		.timeout_ms = r->timeout_ms,
		.fresh = r->fresh,
	};
	if (s->request.body_len)
		memcpy(s->request.body, r->body, r->body_len);
	s->request.body[s->request.body_len] = '\0';
	for (i = 0; i < r->n_headers; i++) {
		s->request.headers[i].name = mem_strdup(r->headers[i].name);
		s->request.headers[i].value = mem_strdup(r->headers[i].value);
	}
	return s->request.id;
}

static void cancel(struct transport *t, uint64_t id)
{
	struct slot *s = find((struct fake *)t, id);
	struct response response = {
		.body = "", .content_type = "", .request_id = "", .subject_token = "",
		.location_host = "", .retry_after_ms = -1, .sent = true,
	};

	if (!s || !waits(s))
		return;
	s->request.cancelled = true;
	err_set(&response.err, ERR_CANCELLED, 0, "cancelled");
	s->done(s->self, id, &response);
}

struct fake *fake_new(void)
{
	struct fake *f = mem_zalloc(sizeof(*f));

	f->transport = (struct transport){send_request, cancel};
	return f;
}

static void free_slot(struct slot *s)
{
	size_t i;

	for (i = 0; i < s->request.n_headers; i++) {
		mem_free((char *)(uintptr_t)s->request.headers[i].name);
		mem_free((char *)(uintptr_t)s->request.headers[i].value);
	}
	mem_free(s->request.headers);
	mem_free(s->request.method);
	mem_free(s->request.url);
	mem_free(s->request.body);
	mem_free(s);
}

static const char **strings_of(struct fake_reply *r, size_t i)
{
	const char **all[] = {&r->match,	 &r->method,	    &r->content_type,
			      &r->request_id, &r->subject_token, &r->location_host};

	return i < sizeof(all) / sizeof(all[0]) ? all[i] : NULL;
}

static void free_reply(struct fake_reply *r)
{
	const char **s;
	size_t i;

	for (i = 0; (s = strings_of(r, i)); i++)
		mem_free((char *)(uintptr_t)*s);
	mem_free((char *)(uintptr_t)r->body);
}

void fake_free(struct fake *f)
{
	size_t i;

	if (!f)
		return;
	for (i = 0; i < f->n_slots; i++)
		cancel(&f->transport, f->slots[i]->request.id);
	for (i = 0; i < f->n_slots; i++)
		free_slot(f->slots[i]);
	for (i = 0; i < f->n_queue; i++)
		free_reply(&f->queue[i].reply);
	mem_free(f->slots);
	mem_free(f->queue);
	mem_free(f);
}

struct transport *fake_transport(struct fake *f)
{
	return &f->transport;
}

void fake_reply(struct fake *f, const struct fake_reply *reply)
{
	struct fake_reply copy = *reply;
	const char **s;
	char *body;
	size_t i;

	if (!copy.len)
		copy.len = strlen(text_or_empty(copy.body));
	body = mem_alloc(copy.len + 1);
	if (copy.len)
		memcpy(body, copy.body, copy.len);
	body[copy.len] = '\0';
	copy.body = body;
	for (i = 0; (s = strings_of(&copy, i)); i++)
		*s = mem_strdup(*s);
	f->queue = mem_grow(f->queue, f->n_queue, sizeof(*f->queue));
	f->queue[f->n_queue++] = (struct queued){copy, copy.times ? copy.times : 1};
}

void fake_answer(struct fake *f, const char *match, int status, const char *body)
{
	fake_reply(f, &(struct fake_reply){.match = match, .status = status, .body = body});
}

void fake_on(struct fake *f, fake_handler *handler, void *self)
{
	f->handler = handler;
	f->handler_self = self;
}

static bool choose(struct fake *f, const struct fake_request *r, struct fake_reply *reply)
{
	size_t i;

	for (i = 0; i < f->n_queue; i++) {
		struct queued *q = &f->queue[i];

		if (!q->left || (q->reply.match && !strstr(r->url, q->reply.match)) ||
		    (q->reply.method && strcmp(r->method, q->reply.method) != 0))
			continue;
		if (q->left != FAKE_ALWAYS)
			q->left--;
		*reply = q->reply;
		return true;
	}
	*reply = (struct fake_reply){0};
	return f->handler && f->handler(f->handler_self, r, reply);
}

/* A ceiling is kept as the real transport keeps it. */
static void limit(const struct fake_request *r, struct response *response)
{
	if (response->err.kind || !r->max_body || response->len <= r->max_body)
		return;
	err_set(&response->err, ERR_REMOTE, response->status, "answer too large");
	response->too_large = true;
	response->body = "";
	response->len = 0;
}

static bool deliver(struct fake *f, struct slot *s)
{
	struct fake_reply r;
	struct response response;

	if (!waits(s) || !choose(f, &s->request, &r))
		return false;
	s->request.answered = true;
	response = (struct response){
		.err = r.err,
		.status = r.err.kind ? r.status : r.status ? r.status : 200,
		.body = r.err.kind ? "" : text_or_empty(r.body),
		.len = r.err.kind ? 0 : r.len ? r.len : strlen(text_or_empty(r.body)),
		.content_type = r.content_type ? r.content_type : "application/json",
		.request_id = text_or_empty(r.request_id),
		.subject_token = text_or_empty(r.subject_token),
		.location_host = text_or_empty(r.location_host),
		.date_ms = r.date_ms,
		.retry_after_ms = r.retry_after_ms ? r.retry_after_ms : -1,
		.took_ms = r.took_ms,
		.sent = !r.not_sent,
		.too_large = r.too_large,
	};
	response.wire_bytes = response.len;
	limit(&s->request, &response);
	s->done(s->self, s->request.id, &response);
	return true;
}

size_t fake_deliver(struct fake *f)
{
	size_t n = f->n_slots, i, delivered = 0;

	for (i = 0; i < n; i++)
		delivered += deliver(f, f->slots[i]);
	return delivered;
}

bool fake_deliver_one(struct fake *f, uint64_t id)
{
	struct slot *s = find(f, id);

	return s && deliver(f, s);
}

size_t fake_pending(const struct fake *f)
{
	size_t i, n = 0;

	for (i = 0; i < f->n_slots; i++)
		n += waits(f->slots[i]);
	return n;
}

size_t fake_count(const struct fake *f)
{
	return f->n_slots;
}

const struct fake_request *fake_request(const struct fake *f, size_t i)
{
	if (i >= f->n_slots)
		fail_msg("request %zu was not sent; there are %zu", i, f->n_slots);
	return &f->slots[i]->request;
}

const struct fake_request *fake_last(const struct fake *f)
{
	return fake_request(f, f->n_slots - 1);
}

const char *fake_header(const struct fake_request *r, const char *name)
{
	size_t i;

	for (i = 0; i < r->n_headers; i++)
		if (strcasecmp(r->headers[i].name, name) == 0)
			return r->headers[i].value;
	return NULL;
}

size_t fake_left(const struct fake *f)
{
	size_t i, n = 0;

	for (i = 0; i < f->n_queue; i++)
		if (f->queue[i].left != FAKE_ALWAYS)
			n += f->queue[i].left;
	return n;
}
