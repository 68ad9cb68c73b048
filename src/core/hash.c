/* SPDX-License-Identifier: MIT */
/* The one place that speaks to libcrypto. */
#include "core/hash.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"

static uint64_t mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * UINT64_C(0x9E3779B97F4A7C15);
	return h ^ h >> 32;
}

uint64_t hash_bytes(const void *data, size_t len)
{
	const unsigned char *p = data;
	uint64_t h = mix(UINT64_C(0xcbf29ce484222325), len), word;

	for (; len >= sizeof(word); len -= sizeof(word), p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		h = mix(h, word);
	}
	word = 0;
	if (len)
		memcpy(&word, p, len);
	return mix(mix(h, word), len);
}

static void to_hex(const unsigned char *bytes, size_t len, char *hex)
{
	size_t i;

	for (i = 0; i < len; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

struct hash_sha256 {
	EVP_MD_CTX *ctx;
};

struct hash_sha256 *hash_sha256_new(void)
{
	struct hash_sha256 *h = mem_zalloc(sizeof(*h));

	h->ctx = EVP_MD_CTX_new();
	if (!h->ctx || !EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL))
		mem_exhausted();
	return h;
}

void hash_sha256_add(struct hash_sha256 *h, const void *data, size_t len)
{
	if (!EVP_DigestUpdate(h->ctx, data, len))
		mem_exhausted();
}

void hash_sha256_free(struct hash_sha256 *h, char hex[HASH_SHA256_HEX])
{
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned int n = 0;

	if (!h)
		return;
	if (hex && EVP_DigestFinal_ex(h->ctx, md, &n))
		to_hex(md, n, hex);
	EVP_MD_CTX_free(h->ctx);
	mem_free(h);
}

void hash_sha256_hex(const void *data, size_t len, char hex[HASH_SHA256_HEX])
{
	struct hash_sha256 *h = hash_sha256_new();

	hash_sha256_add(h, data, len);
	hash_sha256_free(h, hex);
}

void hash_hmac_hex(const void *key, size_t key_len, const void *data, size_t len,
		   char hex[HASH_SHA256_HEX])
{
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned int n = 0;

	if (!HMAC(EVP_sha256(), key, (int)key_len, data, len, md, &n))
		mem_exhausted();
	to_hex(md, n, hex);
}
