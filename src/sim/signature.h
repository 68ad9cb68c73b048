/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_SIGNATURE_H
#define PIPETOP_SIM_SIGNATURE_H

/*
 * SDK-HMAC-SHA256 as the service verifies it (api.md 2.2), written from the rules and not
 * from the program's signer. Pure: a request, a key pair and a time in, a verdict out.
 */
#include "core/hash.h"
#include "sim/server.h"

#define SIGNATURE_SKEW_MS (INT64_C(15) * 60 * 1000)

struct signature_keys {
	const char *access, *secret;
	const char *security_token; /* that has to come as X-Security-Token; NULL: any or none */
};

/* Is this the value of an Authorization header that holds such a signature? NULL is not. */
bool signature_is(const char *authorization);

/* Appends the canonical request for the names in `headers` ("host;x-sdk-date"). */
void signature_canonical(const struct request *r, const char *headers, struct buf *out);

/* What the Authorization header of this request must say as its Signature. */
void signature_make(const struct request *r, const char *headers, const char *secret,
		    char hex[HASH_SHA256_HEX]);

/* Does the Authorization header name this access key? */
bool signature_names(const char *authorization, const char *access);

/* Is its X-Sdk-Date a time, and too far from `now_ms`? */
bool signature_stale(const struct request *r, int64_t now_ms);

/* ERR_AUTH with the words of a refusal unless the request is signed by these keys at `now_ms`. */
bool signature_verify(const struct request *r, const struct signature_keys *keys, int64_t now_ms,
		      struct err *err);

#endif
