/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_NET_HEADERS_H
#define PIPETOP_NET_HEADERS_H

/*
 * The few response headers that anyone above asks for, each with a ceiling; the rest is
 * counted and forgotten. Pure: lines come in, fields stand.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"

#define HEADERS_MAX (256u << 10) /* bytes of header lines in one exchange, 1xx answers included */

struct headers {
	char content_type[128], request_id[128], location[1024];
	struct buf subject_token; /* a secret: wiped by headers_clear */
	bool token_last;	  /* the line before this one was it */
	int64_t date_ms;
	int64_t retry_s;       /* of Retry-After in seconds; -1: none */
	int64_t retry_date_ms; /* of Retry-After as a date */
	size_t bytes;
};

void headers_init(struct headers *h);
void headers_clear(struct headers *h);
void headers_done(struct headers *h);

/*
 * Takes one line as it came, with or without CR LF. A status line ("HTTP/...") starts an
 * answer anew. False when the exchange has had more than HEADERS_MAX bytes of them.
 */
bool headers_line(struct headers *h, const char *line, size_t len);

/* Retry-After clamped to 1 s .. 10 min, -1 when absent; now_ms: wall, when there was no Date. */
int64_t headers_retry_after_ms(const struct headers *h, int64_t now_ms);

/* The host that Location names, "" for none: of our own host when the reference is relative. */
void headers_location_host(const struct headers *h, const char *own_host, char *out, size_t size);

#endif
