/* SPDX-License-Identifier: MIT */
/*
 * libcurl tells which sockets and which one deadline it waits for; libev watches them, and
 * curl_multi_socket_action() is called when one is due. Sockets are opened and closed here
 * rather than by libcurl, so that we know which connections are idle.
 */
#include "multi.h"

#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/mem.h"

struct socket {
	struct socket *next, **at;
	struct multi *multi;
	int fd;
	bool ours;    /* opened here; else a pair of libcurl's own, for its resolver */
	bool watched; /* by libcurl: a transfer is on it */
	ev_io io;
};

static void act(struct multi *m, curl_socket_t fd, int events)
{
	int running;

	curl_multi_socket_action(m->curl, fd, events, &running);
	m->acted(m->self);
}

static void on_socket(struct ev_loop *loop, ev_io *io, int revents)
{
	struct socket *s = io->data;
	int events = 0;

	if (revents & EV_READ)
		events |= CURL_CSELECT_IN;
	if (revents & EV_WRITE)
		events |= CURL_CSELECT_OUT;
	act(s->multi, s->fd, events); /* s may be gone after this */
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int revents)
{
	act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static struct socket *find_socket(struct multi *m, int fd)
{
	struct socket *s;

	for (s = m->sockets; s && s->fd != fd; s = s->next)
		;
	return s;
}

static struct socket *add_socket(struct multi *m, int fd, bool ours)
{
	struct socket *s = mem_zalloc(sizeof(*s));

	s->multi = m;
	s->fd = fd;
	s->ours = ours;
	ev_init(&s->io, on_socket);
	s->io.data = s;
	s->next = m->sockets;
	s->at = &m->sockets;
	if (s->next)
		s->next->at = &s->next;
	m->sockets = s;
	return s;
}

static void remove_socket(struct socket *s)
{
	ev_io_stop(s->multi->loop, &s->io);
	*s->at = s->next;
	if (s->next)
		s->next->at = s->at;
	mem_free(s);
}

/*
 * The watcher is set anew each time: the number may have come back as another
 * connection, and only ev_io_set makes libev tell the kernel again.
 */
static int watch(CURL *easy, curl_socket_t fd, int what, void *self, void *unused)
{
	struct multi *m = self;
	struct socket *s = find_socket(m, fd);

	if (!s)
		s = add_socket(m, fd, false);
	ev_io_stop(m->loop, &s->io);
	s->watched = what != CURL_POLL_REMOVE;
	if (s->watched) {
		ev_io_set(&s->io, fd,
			  (what & CURL_POLL_IN ? EV_READ : 0) | (what & CURL_POLL_OUT ? EV_WRITE : 0));
		ev_io_start(m->loop, &s->io);
	} else if (!s->ours) {
		remove_socket(s);
	}
	return 0;
}

static curl_socket_t open_socket(void *self, curlsocktype purpose, struct curl_sockaddr *a)
{
	int fd = socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);

	if (fd < 0)
		return CURL_SOCKET_BAD;
	add_socket(self, fd, true);
	return fd;
}

static int close_socket(void *self, curl_socket_t fd)
{
	struct socket *s = find_socket(self, fd);

	if (s)
		remove_socket(s);
	return close(fd);
}

static int set_timer(CURLM *curl, long ms, void *self)
{
	struct multi *m = self;

	ev_timer_stop(m->loop, &m->timer);
	if (ms < 0)
		return 0;
	ev_now_update(m->loop);
	ev_timer_set(&m->timer, (double)ms / 1000.0, 0.);
	ev_timer_start(m->loop, &m->timer);
	return 0;
}

void multi_init(struct multi *m, struct ev_loop *loop, void (*acted)(void *self), void *self)
{
	*m = (struct multi){.loop = loop, .acted = acted, .self = self};
	ev_init(&m->timer, on_timer);
	m->timer.data = m;
}

void multi_begin(struct multi *m)
{
	m->curl = curl_multi_init();
	if (!m->curl)
		mem_exhausted();
	curl_multi_setopt(m->curl, CURLMOPT_SOCKETFUNCTION, watch);
	curl_multi_setopt(m->curl, CURLMOPT_SOCKETDATA, m);
	curl_multi_setopt(m->curl, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(m->curl, CURLMOPT_TIMERDATA, m);
}

void multi_done(struct multi *m)
{
	if (m->curl)
		curl_multi_cleanup(m->curl);
	m->curl = NULL;
	while (m->sockets)
		remove_socket(m->sockets);
	ev_timer_stop(m->loop, &m->timer);
}

void multi_lend_sockets(struct multi *m, CURL *easy)
{
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, m);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, m);
}

/*
 * libcurl has no call for it. A connection that it does not watch is idle; once shut
 * down it reads as closed, and libcurl discards it when it looks for one to use again.
 */
void multi_drop_idle(struct multi *m)
{
	struct socket *s;

	for (s = m->sockets; s; s = s->next)
		if (s->ours && !s->watched)
			shutdown(s->fd, SHUT_RDWR);
}
