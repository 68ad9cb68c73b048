/* SPDX-License-Identifier: MIT */
/*
 * Made anew at each start and gone at the end, so that no private key is ever in a
 * package. It signs itself: a client that is given the file trusts it, nobody else does.
 */
#include "sim/cert.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/mem.h"

#define DAYS 7

struct cert {
	char *key, *pem;
	char path[64];
};

static void add_extension(X509 *x, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	if (e)
		X509_add_ext(x, e, -1);
	X509_EXTENSION_free(e);
}

static X509 *make_x509(EVP_PKEY *key)
{
	X509 *x = X509_new();
	X509_NAME *name;

	if (!x)
		return NULL;
	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), (long)getpid());
	X509_gmtime_adj(X509_getm_notBefore(x), -3600);
	X509_gmtime_adj(X509_getm_notAfter(x), DAYS * 86400L);
	X509_set_pubkey(x, key);
	name = X509_get_subject_name(x);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1,
				   -1, 0);
	X509_set_issuer_name(x, name);
	add_extension(x, NID_basic_constraints, "critical,CA:TRUE");
	add_extension(x, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
	if (X509_sign(x, key, EVP_sha256()))
		return x;
	X509_free(x);
	return NULL;
}

static char *text_of(BIO *bio)
{
	char *data;
	long n = BIO_get_mem_data(bio, &data);

	return mem_strndup(data, (size_t)n);
}

static bool make(struct cert *c)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = key ? make_x509(key) : NULL;
	BIO *key_bio = BIO_new(BIO_s_mem()), *pem_bio = BIO_new(BIO_s_mem());
	bool ok = x && key_bio && pem_bio &&
		  PEM_write_bio_PrivateKey(key_bio, key, NULL, NULL, 0, NULL, NULL) &&
		  PEM_write_bio_X509(pem_bio, x);

	if (ok) {
		c->key = text_of(key_bio);
		c->pem = text_of(pem_bio);
	}
	BIO_free(key_bio);
	BIO_free(pem_bio);
	X509_free(x);
	EVP_PKEY_free(key);
	return ok;
}

static bool save(struct cert *c)
{
	size_t len = strlen(c->pem);
	int fd;
	bool ok;

	strcpy(c->path, "/tmp/pipetop-sim-XXXXXX.pem");
	fd = mkstemps(c->path, 4);
	if (fd < 0) {
		c->path[0] = '\0';
		return false;
	}
	ok = write(fd, c->pem, len) == (ssize_t)len;
	close(fd);
	return ok;
}

struct cert *cert_new(struct err *err)
{
	struct cert *c = mem_zalloc(sizeof(*c));

	if (make(c) && save(c))
		return c;
	cert_free(c);
	err_set(err, ERR_IO, 0, "cannot make a certificate in /tmp");
	return NULL;
}

void cert_free(struct cert *c)
{
	if (!c)
		return;
	if (c->path[0])
		unlink(c->path);
	mem_free(c->key);
	mem_free(c->pem);
	mem_free(c);
}

char *cert_key(struct cert *c)
{
	return c->key;
}

char *cert_pem(struct cert *c)
{
	return c->pem;
}

const char *cert_path(const struct cert *c)
{
	return c->path;
}
