/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_CORE_HASH_H
#define PIPETOP_CORE_HASH_H

/*
 * Hashes: a fast one for "are these lines the same" (not against an adversary) and
 * libcrypto's SHA-256 where the protocol or a test asks for it.
 */
#include <stddef.h>
#include <stdint.h>

#define HASH_SHA256_HEX 65 /* with the NUL */

uint64_t hash_bytes(const void *data, size_t len); /* a word at a time, ~3 GB/s */

void hash_sha256_hex(const void *data, size_t len, char hex[HASH_SHA256_HEX]);

/* HMAC-SHA256 as lower-case hex (api.md 2.2). */
void hash_hmac_hex(const void *key, size_t key_len, const void *data, size_t len,
		   char hex[HASH_SHA256_HEX]);

/* SHA-256 over pieces. */
struct hash_sha256; /* opaque */
struct hash_sha256 *hash_sha256_new(void);
void hash_sha256_add(struct hash_sha256 *h, const void *data, size_t len);
void hash_sha256_free(struct hash_sha256 *h, char hex[HASH_SHA256_HEX]); /* hex may be NULL */

#endif
