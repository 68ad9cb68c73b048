/* SPDX-License-Identifier: MIT */
/*
 * Only whole things are added, always at the end: so an aside never stands within a frame,
 * and what a frame does to the terminal's state is never seen half by an aside. The term makes
 * a new frame only when all has been written; asides may come at any time and have a ceiling.
 */
#include "outlet.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aside.h"
#include "core/i18n.h"
#include "egress.h"
#include "tty.h"

#define QUEUE_MAX ((size_t)256 << 20)

void outlet_init(struct outlet *o, int fd)
{
	memset(o, 0, sizeof(*o));
	o->fd = fd;
	buf_init(&o->queue, QUEUE_MAX);
}

void outlet_done(struct outlet *o)
{
	buf_done(&o->queue);
}

void outlet_clear(struct outlet *o)
{
	buf_clear(&o->queue);
	o->sent = o->asides = 0;
	o->bell = false;
}

bool outlet_pending(const struct outlet *o)
{
	return o->sent < o->queue.len;
}

bool outlet_pump(struct outlet *o)
{
	ssize_t n;

	while (!o->gone && outlet_pending(o)) {
		n = write(o->fd, o->queue.data + o->sent, o->queue.len - o->sent);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return true;
		if (n < 0) {
			o->gone = true;
			break;
		}
		o->sent += (size_t)n;
		o->bytes += (uint64_t)n;
	}
	if (!outlet_pending(o))
		outlet_clear(o);
	return !o->gone;
}

/* ---- frames ---- */

bool outlet_frame(struct outlet *o, size_t from, struct err *err)
{
	size_t at;

	if (egress_ok(o->queue.data + from, o->queue.len - from, &at))
		return true;
#ifndef NDEBUG
	tty_emergency();
	fprintf(stderr, "a frame has foreign bytes at %zu of %zu: 0x%02x\n", at, o->queue.len - from,
		(unsigned char)o->queue.data[from + at]);
	abort();
#endif
	buf_truncate(&o->queue, from);
	o->refused++;
	return err_set(err, ERR_IO, 0, _("a frame with foreign bytes was not shown (%llu so far)"),
		       (unsigned long long)o->refused);
}

/* ---- asides ---- */

static bool add(struct outlet *o, const char *bytes, size_t len)
{
	if (o->gone)
		return false;
	if (!egress_aside_ok(bytes, len)) {
		assert(!"an aside of foreign bytes");
		o->refused++;
		return false;
	}
	if (!buf_add(&o->queue, bytes, len))
		return false;
	o->asides += len;
	return true;
}

bool outlet_aside(struct outlet *o, const char *bytes, size_t len)
{
	if (o->asides > 0 && o->asides + len > OUTLET_ASIDES_MAX)
		return false;
	return add(o, bytes, len) && outlet_pump(o);
}

bool outlet_mode(struct outlet *o, const char *bytes)
{
	return add(o, bytes, strlen(bytes)) && outlet_pump(o);
}

bool outlet_bell(struct outlet *o)
{
	if (o->bell || !add(o, ASIDE_BELL, strlen(ASIDE_BELL)))
		return false;
	o->bell = true;
	return outlet_pump(o);
}
