/* SPDX-License-Identifier: MIT */
/*
 * OpenSSL asks a callback about each certificate of a chain; ours gives the answer that it
 * was given and notes the leaf on the way. A connection may outlive the exchange that opened
 * it and be verified anew, so the SSL_CTX keeps no pointer to the note but a number to find
 * it by.
 *
 * Names in a certificate are foreign bytes: what has no width on a terminal (controls,
 * characters that turn the direction of text) is replaced before anybody sees it.
 */
#include "peer.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"

struct watch {
	peer_find_fn *find;
	void *self;
	uint64_t id;
};

static int watch_index = -1;

bool peer_supported(const char *ssl_version)
{
	char ours[32];

	snprintf(ours, sizeof(ours), "OpenSSL/%d.", OPENSSL_VERSION_MAJOR);
	return ssl_version && text_starts(ssl_version, ours) &&
	       OPENSSL_version_major() == OPENSSL_VERSION_MAJOR;
}

/* ---- words ---- */

/* Appends the visible part of foreign text. False: it was cut. */
static bool add_clean(char *out, size_t size, const char *s, size_t len)
{
	size_t at = strlen(out), used, n;
	char piece[4];
	uint32_t cp;

	for (; len; s += used, len -= used) {
		cp = text_decode(s, len, &used);
		if (text_width(cp) <= 0)
			cp = '?';
		n = text_encode(cp, piece);
		if (at + n >= size)
			return false;
		memcpy(out + at, piece, n);
		out[at += n] = '\0';
	}
	return true;
}

static void add_issuer(struct peer *peer, X509 *x)
{
	static const int wanted[] = {NID_commonName, NID_organizationName,
				     NID_organizationalUnitName};
	X509_NAME *name = X509_get_issuer_name(x);
	unsigned char *text;
	size_t i;
	int at, len;

	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]) && !peer->issuer[0]; i++) {
		at = X509_NAME_get_index_by_NID(name, wanted[i], -1);
		if (at < 0)
			continue;
		len = ASN1_STRING_to_UTF8(&text,
					  X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
		if (len < 0)
			continue;
		add_clean(peer->issuer, sizeof(peer->issuer), (const char *)text, (size_t)len);
		OPENSSL_free(text);
	}
}

/* The name as text: its length, 0 for a kind of name that is no host's. */
static size_t host_text(const GENERAL_NAME *name, const char **text, char address[INET6_ADDRSTRLEN])
{
	int type, len;
	const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &type);

	if (type != GEN_DNS && type != GEN_IPADD)
		return 0;
	len = ASN1_STRING_length(value);
	*text = (const char *)ASN1_STRING_get0_data(value);
	if (type == GEN_DNS)
		return (size_t)len;
	*text = address;
	return (len == 4 || len == 16) && inet_ntop(len == 4 ? AF_INET : AF_INET6,
						    ASN1_STRING_get0_data(value), address,
						    INET6_ADDRSTRLEN)
		       ? strlen(address)
		       : 0;
}

/* Room is kept for the mark of a cut. */
static bool add_host(struct peer *peer, const char *text, size_t len)
{
	size_t size = sizeof(peer->hosts) - strlen("...");

	return (!peer->hosts[0] || add_clean(peer->hosts, size, ", ", 2)) &&
	       add_clean(peer->hosts, size, text, len);
}

static void add_hosts(struct peer *peer, X509 *x)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	int i, n = names ? sk_GENERAL_NAME_num(names) : 0;
	char address[INET6_ADDRSTRLEN];
	const char *text;
	bool fits = true;
	size_t len;

	for (i = 0; i < n && fits; i++) {
		len = host_text(sk_GENERAL_NAME_value(names, i), &text, address);
		if (len)
			fits = add_host(peer, text, len);
	}
	if (!fits)
		strcat(peer->hosts, "...");
	GENERAL_NAMES_free(names);
}

static int64_t time_ms(const ASN1_TIME *t)
{
	struct tm tm;
	char text[32];

	if (!t || !ASN1_TIME_to_tm(t, &tm))
		return WHEN_NONE;
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return when_parse_iso(text);
}

static void note(struct peer *peer, X509 *leaf)
{
	*peer = (struct peer){.seen = true};
	add_issuer(peer, leaf);
	add_hosts(peer, leaf);
	peer->from_ms = time_ms(X509_get0_notBefore(leaf));
	peer->to_ms = time_ms(X509_get0_notAfter(leaf));
}

/* ---- looking on ---- */

static int look(int verdict, X509_STORE_CTX *store)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	const struct watch *w = ssl ? SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), watch_index) : NULL;
	X509 *leaf = X509_STORE_CTX_get0_cert(store);
	struct peer *peer = w && leaf ? w->find(w->self, w->id) : NULL;

	if (peer && !peer->seen)
		note(peer, leaf);
	return verdict;
}

static void forget(void *parent, void *watch, CRYPTO_EX_DATA *data, int index, long argl, void *argp)
{
	mem_free(watch);
}

void peer_watch(void *ssl_ctx, peer_find_fn *find, void *self, uint64_t id)
{
	struct watch *w;

	if (watch_index < 0)
		watch_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, forget);
	if (watch_index < 0)
		return;
	w = mem_zalloc(sizeof(*w));
	*w = (struct watch){find, self, id};
	if (!SSL_CTX_set_ex_data(ssl_ctx, watch_index, w)) {
		mem_free(w);
		return;
	}
	SSL_CTX_set_verify(ssl_ctx, SSL_VERIFY_PEER, look);
}
