/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_API_SIGN_H
#define PIPETOP_API_SIGN_H

/* The signature SDK-HMAC-SHA256 of a request (api.md 2.2), as a pure function. */
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "net/transport.h"

#define SIGN_DATE_SIZE 17 /* "20260102T030405Z" and the NUL */

/* X-Sdk-Date of a wall time. */
void sign_date(int64_t wall_ms, char out[SIGN_DATE_SIZE]);

struct sign_request {
	const char *method, *url; /* the whole URL, as it will be sent */
	/*
	 * The headers to be signed, x-sdk-date among them, in any order and case; each is sent as it
	 * is here.
	 */
	const struct header *headers;
	size_t n_headers;
	const char *body; /* NULL: none */
	size_t body_len;
};

/* Part 2 of api.md 2.2, for tests and for who compares with a refusal. */
void sign_canonical(const struct sign_request *request, struct buf *out);
/* Appends "SDK-HMAC-SHA256 Access=..., SignedHeaders=..., Signature=...". */
void sign_authorization(const struct sign_request *request, const char *access_key,
			const char *secret_key, struct buf *out);

#endif
