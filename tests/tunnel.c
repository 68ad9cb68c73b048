/* SPDX-License-Identifier: MIT */
/*
 * Two sockets and a watcher on each; what comes from one is written to the other at once. Tests
 * are small and this machine is near: a write that would block waits.
 */
#include "tunnel.h"

#include "test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/text.h"

struct tunnel_pair {
	struct tunnel_pair *next, **at;
	struct tunnel *tunnel;
	int client, server; /* server: -1 until the tunnel is open */
	ev_io from_client, from_server;
	struct buf head;
};

static void end(struct tunnel_pair *p)
{
	struct ev_loop *loop = p->tunnel->loop;

	ev_io_stop(loop, &p->from_client);
	ev_io_stop(loop, &p->from_server);
	close(p->client);
	if (p->server >= 0)
		close(p->server);
	*p->at = p->next;
	if (p->next)
		p->next->at = p->at;
	buf_done(&p->head);
	mem_free(p);
}

static bool put(int fd, const char *data, size_t len)
{
	while (len) {
		struct pollfd ready = {fd, POLLOUT, 0};
		ssize_t n;

		if (poll(&ready, 1, 10000) != 1)
			return false;
		n = send(fd, data, len, MSG_NOSIGNAL);
		if (n < 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

static bool lead(struct tunnel_pair *p)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)p->tunnel->to_port),
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int on = 1;

	p->server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(p->server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return p->server >= 0 && connect(p->server, (struct sockaddr *)&a, sizeof(a)) == 0;
}

/* False: the connection is over. */
static bool take_head(struct tunnel_pair *p, const char *data, size_t len)
{
	struct tunnel *t = p->tunnel;
	const char *answer = t->answer;

	buf_add(&p->head, data, len);
	if (!strstr(p->head.data, "\r\n\r\n"))
		return true;
	buf_add(&t->asked, p->head.data, p->head.len);
	t->connects++;
	if (t->wants && !strstr(p->head.data, t->wants))
		answer = "HTTP/1.1 407 Proxy Authentication Required\r\n"
			 "Proxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n";
	if (!answer)
		return true;
	if (!put(p->client, answer, strlen(answer)) || !text_starts(answer, "HTTP/1.1 200"))
		return false;
	if (!lead(p))
		return false;
	ev_io_set(&p->from_server, p->server, EV_READ);
	ev_io_start(t->loop, &p->from_server);
	return true;
}

static void on_bytes(struct ev_loop *loop, ev_io *io, int revents)
{
	struct tunnel_pair *p = io->data;
	bool client = io == &p->from_client, ok;
	char data[65536];
	ssize_t n = recv(io->fd, data, sizeof(data), MSG_DONTWAIT);

	if (n <= 0) {
		end(p);
		return;
	}
	if (client && p->server < 0) {
		ok = take_head(p, data, (size_t)n);
	} else {
		if (client)
			buf_add(&p->tunnel->passed, data, (size_t)n);
		ok = put(client ? p->server : p->client, data, (size_t)n);
	}
	if (!ok)
		end(p);
}

static void on_accept(struct ev_loop *loop, ev_io *io, int revents)
{
	struct tunnel *t = io->data;
	int fd = accept4(io->fd, NULL, NULL, SOCK_CLOEXEC), on = 1;
	struct tunnel_pair *p;

	if (fd < 0)
		return;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	p = mem_zalloc(sizeof(*p));
	p->tunnel = t;
	p->client = fd;
	p->server = -1;
	buf_init(&p->head, BUF_MAX);
	ev_io_init(&p->from_client, on_bytes, fd, EV_READ);
	ev_init(&p->from_server, on_bytes);
	p->from_client.data = p->from_server.data = p;
	p->next = t->pairs;
	p->at = &t->pairs;
	if (p->next)
		p->next->at = &p->next;
	t->pairs = p;
	ev_io_start(loop, &p->from_client);
}

void tunnel_start(struct tunnel *t, struct ev_loop *loop, int to_port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	*t = (struct tunnel){.loop = loop, .to_port = to_port, .answer = TUNNEL_OPEN};
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	assert_int_equal(listen(fd, 16), 0);
	t->port = ntohs(a.sin_port);
	buf_init(&t->asked, BUF_MAX);
	buf_init(&t->passed, BUF_MAX);
	buf_adds(&t->asked, "");
	buf_adds(&t->passed, "");
	ev_io_init(&t->io, on_accept, fd, EV_READ);
	t->io.data = t;
	ev_io_start(loop, &t->io);
}

void tunnel_cut(struct tunnel *t)
{
	while (t->pairs)
		end(t->pairs);
}

void tunnel_stop(struct tunnel *t)
{
	tunnel_cut(t);
	ev_io_stop(t->loop, &t->io);
	close(t->io.fd);
	buf_done(&t->asked);
	buf_done(&t->passed);
}
