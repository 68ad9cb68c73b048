/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_NET_URL_H
#define PIPETOP_NET_URL_H

/*
 * The endpoint, and what may be sent to it.
 */
#include <stdbool.h>

#include "core/buf.h"
#include "core/err.h"

struct url {
	char scheme[8]; /* "https" or "http" */
	char host[256]; /* lower case; IPv6 without brackets */
	int port;	/* explicit or the scheme's */
	char path[256]; /* without a trailing slash; "" for none */
};

/*
 * Reads a base URL from configuration. Refuses, with the mend in the sentence: other
 * schemes, plain http to anything but 127.0.0.0/8, ::1 and localhost, user:password@,
 * queries, fragments, control characters.
 */
bool url_parse(const char *text, struct url *url, struct err *err);
bool url_loopback(const struct url *url);

/* Same scheme, host and port: the only test of whether a secret may travel (reliability.md 4.2). */
bool url_same_origin(const struct url *a, const struct url *b);
/* The same of a whole URL, as it will be sent. */
bool url_is_within(const char *whole_url, const struct url *origin);

void url_base(const struct url *url, struct buf *out); /* "https://host:port/path" */
/* Percent-encodes all but A-Z a-z 0-9 - _ . ~ (api.md 2.2). */
void url_encode(const char *s, struct buf *out);

#endif
