/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_NET_HTTP_LIMITS_H
#define PIPETOP_NET_HTTP_LIMITS_H

/* When an exchange is given up. Tests shorten them, nothing else does. */
struct http;

struct http_limits {
	long connect_ms;
	long slow_bytes; /* a second, for ... */
	long slow_s;	 /* ... so long; holds for the headers as well */
};

void http_set_limits(struct http *http, const struct http_limits *limits);

#endif
