/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_TESTS_SIM_CLIENT_H
#define PIPETOP_TESTS_SIM_CLIENT_H

/*
 * The smallest HTTP client that will do, on the simulator's own loop: one connection for
 * each request, read to its end. It knows nothing of the program's client, so that the
 * simulator is judged by somebody else.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "core/buf.h"
#include "core/mem.h"
#include "sim/sim.h"

struct reply {
	int status; /* 0: the connection ended before a whole answer */
	struct buf raw;
	const char *body; /* within raw */
	size_t len;
	bool whole;
};

struct client_wait {
	ev_io io;
	int fd;
	struct reply *reply;
	const char *out;
	size_t left;
	bool done;
};

static bool reply_complete(struct reply *r)
{
	char *end = r->raw.len ? strstr(r->raw.data, "\r\n\r\n") : NULL, *length;

	if (!end)
		return false;
	r->body = end + 4;
	r->len = r->raw.len - (size_t)(r->body - r->raw.data);
	sscanf(r->raw.data, "HTTP/1.1 %d", &r->status);
	length = strcasestr(r->raw.data, "\r\nContent-Length:");
	r->whole = length && length < end && r->len >= strtoull(length + 17, NULL, 10);
	return r->whole;
}

static void client_ready(struct ev_loop *loop, ev_io *w, int events)
{
	struct client_wait *c = w->data;
	ssize_t n;
	char *to;

	if (c->left) {
		n = send(c->fd, c->out, c->left, MSG_NOSIGNAL);
		if (n > 0) {
			c->out += n;
			c->left -= (size_t)n;
		}
		if (c->left)
			return;
		ev_io_stop(loop, w);
		ev_io_set(w, c->fd, EV_READ);
		ev_io_start(loop, w);
		return;
	}
	to = buf_room(&c->reply->raw, 1 << 16);
	n = recv(c->fd, to, 1 << 16, 0);
	if (n > 0)
		buf_seal(&c->reply->raw, (size_t)n);
	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0 || reply_complete(c->reply)) {
		c->done = true;
		ev_break(loop, EVBREAK_ONE);
	}
}

static int client_connect(int port, uint32_t address)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	a.sin_addr.s_addr = htonl(address);
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0) {
		close(fd);
		return -1;
	}
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static void client_start(struct ev_loop *loop, struct client_wait *c, int port, struct reply *r,
			 const char *out, size_t len)
{
	*r = (struct reply){0};
	buf_init(&r->raw, BUF_MAX);
	*c = (struct client_wait){.reply = r, .out = out, .left = len};
	c->fd = client_connect(port, INADDR_LOOPBACK);
	assert_true(c->fd >= 0);
	ev_io_init(&c->io, client_ready, c->fd, EV_WRITE);
	c->io.data = c;
	ev_io_start(loop, &c->io);
}

static void client_stop(struct ev_loop *loop, struct client_wait *c)
{
	ev_io_stop(loop, &c->io);
	close(c->fd);
	reply_complete(c->reply);
}

static void client_compose(struct buf *b, const char *method, const char *path, const char *token,
			   const char *body)
{
	buf_init(b, BUF_MAX);
	buf_addf(b, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %zu\r\n", method, path,
		 body ? strlen(body) : 0);
	if (token)
		buf_addf(b, "X-Auth-Token: %s\r\n", token);
	buf_addf(b, "\r\n%s", body ? body : "");
}

/* These bytes and their answer, the loop running meanwhile; the caller ends it with reply_done. */
static void client_send(struct ev_loop *loop, struct sim *sim, const struct buf *out,
			struct reply *r)
{
	struct client_wait c;

	client_start(loop, &c, sim_port(sim), r, out->data, out->len);
	while (!c.done)
		ev_run(loop, EVRUN_ONCE);
	client_stop(loop, &c);
}

static void client_ask(struct ev_loop *loop, struct sim *sim, const char *method, const char *path,
		       const char *token, const char *body, struct reply *r)
{
	struct buf out;

	client_compose(&out, method, path, token, body);
	client_send(loop, sim, &out, r);
	buf_done(&out);
}

static void reply_done(struct reply *r)
{
	buf_done(&r->raw);
}

/* The JSON of an answer that must have this status; the caller deletes it. */
static inline cJSON *client_json(struct ev_loop *loop, struct sim *sim, const char *method,
			  const char *path, const char *body, int status)
{
	struct reply r;
	cJSON *json;

	client_ask(loop, sim, method, path, "t", body, &r);
	if (r.status != status)
		fail_msg("%s %s: %d, expected %d: %.200s", method, path, r.status, status,
			 r.body ? r.body : "");
	json = cJSON_ParseWithLength(r.body, r.len);
	if (!json)
		fail_msg("%s %s: not JSON: %.200s", method, path, r.body);
	reply_done(&r);
	return json;
}

static inline const cJSON *at(const cJSON *o, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(o, name);
}

static inline const char *string_at(const cJSON *o, const char *name)
{
	const char *s = cJSON_GetStringValue(at(o, name));

	return s ? s : "";
}

/* The demo on a loop of its own, its clock standing still unless `o` (NULL: nothing else) says otherwise. */
static inline struct sim *client_demo(struct ev_loop **loop, const struct sim_options *o)
{
	const char *top = getenv("top_srcdir");
	struct sim_options own;
	struct err err = {0};
	char path[4096];
	struct sim *sim;

	snprintf(path, sizeof(path), "%s/scenarios/demo.conf", top ? top : ".");
	sim_options_init(&own);
	own.speed = 0;
	if (o)
		own = *o;
	own.scenario = path;
	*loop = ev_loop_new(EVFLAG_AUTO);
	sim = sim_new(*loop, &own, &err);
	if (!sim)
		fail_msg("%s", err.text);
	return sim;
}

/* client_json of a path that is put together. */
static inline cJSON *client_vjson(struct ev_loop *loop, struct sim *sim, int status, const char *method,
				  const char *body, const char *form, va_list ap)
{
	char path[500];

	vsnprintf(path, sizeof(path), form, ap);
	return client_json(loop, sim, method, path, body, status);
}

#endif
