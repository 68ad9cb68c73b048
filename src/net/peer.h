/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_NET_PEER_H
#define PIPETOP_NET_PEER_H

/*
 * What a server's certificate says of itself, noted while it is verified: libcurl tells why
 * it refused one, but not whose it is. Looking changes nothing: the verdict stays OpenSSL's.
 */
#include <stdbool.h>
#include <stdint.h>

struct peer {
	bool seen;
	char issuer[96]; /* "" if it names none; clean enough for a terminal, as `hosts` */
	char hosts[120]; /* whom it is for: "a.example, *.b.example, 10.0.0.1", cut with "..." */
	int64_t from_ms, to_ms; /* when it holds; WHEN_NONE: unreadable */
};

/* Can a libcurl that says this of its TLS ("OpenSSL/3.0.2") be looked at? */
bool peer_supported(const char *ssl_version);

/* Where to note the certificate of what is numbered `id`; NULL: nobody asks any more. */
typedef struct peer *peer_find_fn(void *self, uint64_t id);

/* `ssl_ctx`: an SSL_CTX, before its first handshake. `self` outlives it. */
void peer_watch(void *ssl_ctx, peer_find_fn *find, void *self, uint64_t id);

#endif
