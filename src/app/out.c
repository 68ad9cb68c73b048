/* SPDX-License-Identifier: MIT */
/* Output without stdio: a log of gigabytes is not copied once more on its way out. */
#include "out.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define HELD (64u << 10)
#define PIPE_BYTES (1 << 20) /* whole pages of a log, so that we can go on while they are read */

void out_init(struct out *out, int fd)
{
	memset(out, 0, sizeof(*out));
	out->fd = fd;
	out->tty = isatty(fd);
	(void)fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES); /* of a pipe; else it does nothing */
	buf_init(&out->held, BUF_MAX);
}

void out_done(struct out *out)
{
	buf_done(&out->held);
}

static bool write_all(struct out *out, const char *data, size_t len)
{
	ssize_t n;

	while (len && !out->error) {
		n = write(out->fd, data, len);
		if (n < 0 && errno != EINTR)
			out->error = errno;
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		}
	}
	return !out->error;
}

bool out_flush(struct out *out)
{
	bool ok = write_all(out, out->held.data, out->held.len);

	buf_clear(&out->held);
	return ok;
}

bool out_gone(struct out *out)
{
	struct pollfd fd = {.fd = out->fd, .events = 0};

	if (!out->error && poll(&fd, 1, 0) > 0 && fd.revents & POLLERR)
		out->error = EPIPE;
	return out->error != 0;
}

bool out_add(struct out *out, const void *data, size_t len)
{
	if (len >= HELD)
		return out_flush(out) && write_all(out, data, len);
	buf_add(&out->held, data, len);
	return out->held.len < HELD ? !out->error : out_flush(out);
}

bool out_adds(struct out *out, const char *text)
{
	return out_add(out, text, strlen(text));
}

void records_begin(struct records *r, struct out *out, bool lines)
{
	*r = (struct records){.out = out, .lines = lines};
	if (!lines)
		out_adds(out, "[");
}

bool records_add(struct records *r, const struct buf *object)
{
	if (!r->lines)
		out_adds(r->out, r->any ? ",\n" : "\n");
	r->any = true;
	out_add(r->out, object->data, object->len);
	return r->lines ? out_adds(r->out, "\n") : !r->out->error;
}

void records_end(struct records *r)
{
	if (!r->lines)
		out_adds(r->out, r->any ? "\n]\n" : "]\n");
}
