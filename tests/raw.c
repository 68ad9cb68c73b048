/* SPDX-License-Identifier: MIT */
/*
 * One ev_io per connection for both directions and one timer for dripping; a request is
 * whole when its headers and Content-Length are there.
 */
#include "raw.h"

#include "test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/mem.h"

struct raw_conn {
	struct raw_conn *next, **at;
	struct raw *raw;
	int fd;
	ev_io in, out;
	ev_timer drip;
	struct buf heard;
	const struct raw_reply *reply;
	const char *data;
	size_t left;
	int part; /* of the reply: 0 is `text` */
};

static void end(struct raw_conn *c)
{
	ev_io_stop(c->raw->loop, &c->in);
	ev_io_stop(c->raw->loop, &c->out);
	ev_timer_stop(c->raw->loop, &c->drip);
	close(c->fd);
	*c->at = c->next;
	if (c->next)
		c->next->at = c->at;
	buf_done(&c->heard);
	mem_free(c);
}

static void take_leave(struct raw_conn *c)
{
	struct linger hard = {1, 0};

	if (c->reply->then == RAW_RESET)
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	if (c->reply->then != RAW_KEEP)
		end(c);
	else
		ev_io_stop(c->raw->loop, &c->out);
}

/* Goes on to what comes after the part that is out; false: nothing. */
static bool next_part(struct raw_conn *c)
{
	const struct raw_reply *r = c->reply;

	if (!c->left && c->part++ == 0 && r->more) {
		c->data = r->more;
		c->left = r->more_len;
	}
	if (!c->left && r->for_ever) {
		c->data = r->for_ever;
		c->left = strlen(r->for_ever);
	}
	return c->left > 0;
}

static void on_out(struct ev_loop *loop, ev_io *io, int revents)
{
	struct raw_conn *c = io->data;
	ssize_t n;

	if (!next_part(c)) {
		take_leave(c);
		return;
	}
	n = send(c->fd, c->data, c->reply->drip_s > 0 ? 1 : c->left, MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN) {
		end(c);
		return;
	}
	if (n > 0)
		c->data += n, c->left -= (size_t)n;
	if (c->reply->drip_s > 0) {
		ev_io_stop(loop, &c->out);
		ev_timer_set(&c->drip, c->reply->drip_s, 0.);
		ev_timer_start(loop, &c->drip);
	}
}

static void on_drip(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct raw_conn *c = timer->data;

	ev_io_start(loop, &c->out);
}

/* Length of the first whole request in `heard`, or 0. */
static size_t whole(const struct buf *heard)
{
	const char *blank = strstr(heard->data, "\r\n\r\n");
	const char *length = strcasestr(heard->data, "\r\nContent-Length:");
	size_t body = length && blank && length < blank ? strtoul(length + 17, NULL, 10) : 0;
	size_t len = blank ? (size_t)(blank - heard->data) + 4 + body : 0;

	return len && heard->len >= len ? len : 0;
}

static void answer(struct raw_conn *c)
{
	struct raw *raw = c->raw;
	size_t len = whole(&c->heard), i = (size_t)raw->requests;

	if (!len)
		return;
	buf_add(&raw->heard, c->heard.data, len);
	buf_clear(&c->heard);
	raw->requests++;
	c->reply = &raw->replies[i < raw->n_replies ? i : raw->n_replies - 1];
	if (!c->reply->text)
		return;
	c->data = c->reply->text;
	c->left = strlen(c->data);
	c->part = 0;
	ev_io_start(raw->loop, &c->out);
}

static void on_in(struct ev_loop *loop, ev_io *io, int revents)
{
	struct raw_conn *c = io->data;
	char data[65536];
	ssize_t n = read(c->fd, data, sizeof(data));

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		end(c);
		return;
	}
	buf_add(&c->heard, data, (size_t)n);
	answer(c);
}

static void on_accept(struct ev_loop *loop, ev_io *io, int revents)
{
	struct raw *raw = io->data;
	int fd = accept4(io->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct raw_conn *c;
	int on = 1;

	if (fd < 0)
		return;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	raw->accepted++;
	c = mem_zalloc(sizeof(*c));
	c->raw = raw;
	c->fd = fd;
	buf_init(&c->heard, BUF_MAX);
	ev_io_init(&c->in, on_in, fd, EV_READ);
	ev_io_init(&c->out, on_out, fd, EV_WRITE);
	ev_init(&c->drip, on_drip);
	c->in.data = c->out.data = c->drip.data = c;
	c->next = raw->conns;
	c->at = &raw->conns;
	if (c->next)
		c->next->at = &c->next;
	raw->conns = c;
	ev_io_start(loop, &c->in);
}

static int bound(int *port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	*port = ntohs(a.sin_port);
	return fd;
}

void raw_start(struct raw *raw, struct ev_loop *loop, const struct raw_reply *replies, size_t n)
{
	int fd;

	*raw = (struct raw){.loop = loop, .replies = replies, .n_replies = n};
	fd = bound(&raw->port);
	assert_int_equal(listen(fd, 64), 0);
	buf_init(&raw->heard, BUF_MAX);
	ev_io_init(&raw->io, on_accept, fd, EV_READ);
	raw->io.data = raw;
	ev_io_start(loop, &raw->io);
}

void raw_stop(struct raw *raw)
{
	while (raw->conns)
		end(raw->conns);
	ev_io_stop(raw->loop, &raw->io);
	close(raw->io.fd);
	buf_done(&raw->heard);
}

void raw_say(struct raw *raw, const char *text)
{
	assert_non_null(raw->conns);
	assert_int_equal(send(raw->conns->fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

int raw_open(const struct raw *raw)
{
	const struct raw_conn *c;
	int n = 0;

	for (c = raw->conns; c; c = c->next)
		n++;
	return n;
}

int raw_dead_port(void)
{
	int port, fd = bound(&port);

	close(fd);
	return port;
}
