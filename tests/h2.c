/* SPDX-License-Identifier: MIT */
/*
 * Frames are read far enough to see that a request began; header blocks are written in HPACK's
 * plainest forms, an index of the static table or a literal that nobody keeps.
 */
#include "h2.h"

#include "test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/mem.h"
#include "sim/cert.h"

enum { DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION };
#define END_STREAM 1
#define ACK 1
#define END_HEADERS 4
#define PREFACE 24 /* bytes that a client begins with */
#define BOMB_FRAMES 600

struct h2_conn {
	struct h2_conn *next, **at;
	struct h2 *h;
	SSL *ssl;
	int fd;
	ev_io io;
	struct buf heard;
	bool begun; /* the preface was heard, and settings were said */
	bool over;
};

/* ---- saying ---- */

static void say(struct h2_conn *c, int type, int flags, uint32_t stream, const void *data, size_t len)
{
	unsigned char head[9] = {(unsigned char)(len >> 16), (unsigned char)(len >> 8), (unsigned char)len,
				 (unsigned char)type, (unsigned char)flags, (unsigned char)(stream >> 24),
				 (unsigned char)(stream >> 16), (unsigned char)(stream >> 8),
				 (unsigned char)stream};

	if (c->over)
		return;
	if (SSL_write(c->ssl, head, sizeof(head)) <= 0 || (len && SSL_write(c->ssl, data, (int)len) <= 0))
		c->over = true;
}

static void say_number(struct h2_conn *c, int type, uint32_t stream, uint32_t number)
{
	const uint32_t wire = htonl(number);

	say(c, type, 0, stream, &wire, sizeof(wire));
}

static void say_ok(struct h2_conn *c, uint32_t stream)
{
	say(c, HEADERS, END_HEADERS, stream, "\x88", 1); /* :status 200 */
}

static void say_goodbye(struct h2_conn *c, uint32_t last)
{
	const uint32_t wire[2] = {htonl(last), htonl(0)};

	say(c, GOAWAY, 0, 0, wire, sizeof(wire)); /* who heard it hangs up */
}

/* "x-a: aaa..." as often as the client takes it. */
static void say_headers_without_end(struct h2_conn *c, uint32_t stream)
{
	char block[5 + 120];
	int i;

	memcpy(block, "\x00\x03x-a\x78", 6); /* a literal name of 3, a value of 120 */
	memset(block + 6, 'a', sizeof(block) - 6);
	say(c, HEADERS, 0, stream, "\x88", 1);
	for (i = 0; i < BOMB_FRAMES * 20 && !c->over; i++)
		say(c, CONTINUATION, 0, stream, block, sizeof(block));
}

static void answer(struct h2_conn *c, uint32_t stream)
{
	struct h2 *h = c->h;
	size_t i = (size_t)h->requests++;
	const struct h2_step *step = &h->steps[i < h->n_steps ? i : h->n_steps - 1];

	switch (step->kind) {
	case H2_ANSWER:
		say_ok(c, stream);
		say(c, DATA, END_STREAM, stream, "{}", 2);
		break;
	case H2_GOAWAY:
		say_goodbye(c, 0);
		break;
	case H2_GOAWAY_LATE:
		say_ok(c, stream);
		say(c, DATA, 0, stream, "{", 1);
		say_goodbye(c, stream);
		c->over = true;
		break;
	case H2_RESET_LATE:
		say_ok(c, stream);
		say(c, DATA, 0, stream, "{", 1);
		say_number(c, RST_STREAM, stream, step->code);
		break;
	case H2_RESET:
		say_number(c, RST_STREAM, stream, step->code);
		break;
	case H2_HEADER_BOMB:
		say_headers_without_end(c, stream);
		break;
	case H2_SILENCE:
		break;
	}
}

/* ---- hearing ---- */

static void begin(struct h2_conn *c)
{
	/* A window of nothing for bodies, where none may come. */
	static const unsigned char closed[6] = {0, 4, 0, 0, 0, 0};
	bool silent = c->h->steps[0].kind == H2_SILENCE;

	c->begun = true;
	say(c, SETTINGS, 0, 0, closed, silent ? sizeof(closed) : 0);
}

/* One whole frame; its length, 0: there is none yet. */
static size_t take_frame(struct h2_conn *c, const unsigned char *s, size_t len)
{
	size_t size;
	uint32_t stream;

	if (len < 9)
		return 0;
	size = 9 + ((size_t)s[0] << 16 | (size_t)s[1] << 8 | s[2]);
	stream = ((uint32_t)s[5] << 24 | (uint32_t)s[6] << 16 | (uint32_t)s[7] << 8 | s[8]) & 0x7fffffff;
	if (len < size)
		return 0;
	if (s[3] == SETTINGS && !(s[4] & ACK))
		say(c, SETTINGS, ACK, 0, NULL, 0);
	if (s[3] == HEADERS)
		answer(c, stream);
	return size;
}

static void take(struct h2_conn *c)
{
	size_t at = 0, n;

	if (!c->begun && c->heard.len < PREFACE)
		return;
	if (!c->begun) {
		begin(c);
		at = PREFACE;
	}
	while (!c->over && (n = take_frame(c, (const unsigned char *)c->heard.data + at, c->heard.len - at)))
		at += n;
	memmove(c->heard.data, c->heard.data + at, c->heard.len - at);
	c->heard.len -= at;
}

static void end(struct h2_conn *c)
{
	ev_io_stop(c->h->loop, &c->io);
	SSL_free(c->ssl);
	close(c->fd);
	*c->at = c->next;
	if (c->next)
		c->next->at = c->at;
	buf_done(&c->heard);
	mem_free(c);
}

static void on_bytes(struct ev_loop *loop, ev_io *io, int revents)
{
	struct h2_conn *c = io->data;
	char data[16384];
	int n;

	while (!c->over && (n = SSL_read(c->ssl, data, sizeof(data))) > 0) {
		buf_add(&c->heard, data, (size_t)n);
		take(c);
	}
	if (!c->over && SSL_get_error(c->ssl, n) == SSL_ERROR_WANT_READ)
		return;
	if (c->over)
		SSL_shutdown(c->ssl);
	end(c);
}

static void on_accept(struct ev_loop *loop, ev_io *io, int revents)
{
	struct h2 *h = io->data;
	int fd = accept4(io->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct h2_conn *c;

	if (fd < 0)
		return;
	h->accepted++;
	c = mem_zalloc(sizeof(*c));
	c->h = h;
	c->fd = fd;
	c->ssl = SSL_new(h->context);
	SSL_set_fd(c->ssl, fd);
	SSL_set_accept_state(c->ssl);
	buf_init(&c->heard, BUF_MAX);
	ev_io_init(&c->io, on_bytes, fd, EV_READ);
	c->io.data = c;
	c->next = h->conns;
	c->at = &h->conns;
	if (c->next)
		c->next->at = &c->next;
	h->conns = c;
	ev_io_start(loop, &c->io);
}

/* ---- life ---- */

static int choose_h2(SSL *ssl, const unsigned char **out, unsigned char *out_len, const unsigned char *in,
		     unsigned in_len, void *arg)
{
	static const unsigned char h2[] = {2, 'h', '2'};
	unsigned char *chosen;

	if (SSL_select_next_proto(&chosen, out_len, h2, sizeof(h2), in, in_len) != OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

static SSL_CTX *make_context(struct cert *cert)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	BIO *key_bio = BIO_new_mem_buf(cert_key(cert), -1), *cert_bio = BIO_new_mem_buf(cert_pem(cert), -1);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(key_bio, NULL, NULL, NULL);
	X509 *x = PEM_read_bio_X509(cert_bio, NULL, NULL, NULL);

	assert_int_equal(SSL_CTX_use_certificate(context, x), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(context, key), 1);
	SSL_CTX_set_alpn_select_cb(context, choose_h2, NULL);
	X509_free(x);
	EVP_PKEY_free(key);
	BIO_free(key_bio);
	BIO_free(cert_bio);
	return context;
}

void h2_start(struct h2 *h, struct ev_loop *loop, const struct h2_step *steps, size_t n)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct err err;

	*h = (struct h2){.loop = loop, .steps = steps, .n_steps = n};
	h->cert = cert_new(SIM_TLS_SELF_SIGNED, &err);
	assert_non_null(h->cert);
	h->context = make_context(h->cert);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	assert_int_equal(listen(fd, 16), 0);
	h->port = ntohs(a.sin_port);
	ev_io_init(&h->io, on_accept, fd, EV_READ);
	h->io.data = h;
	ev_io_start(loop, &h->io);
}

void h2_stop(struct h2 *h)
{
	while (h->conns)
		end(h->conns);
	ev_io_stop(h->loop, &h->io);
	close(h->io.fd);
	SSL_CTX_free(h->context);
	cert_free(h->cert);
}
