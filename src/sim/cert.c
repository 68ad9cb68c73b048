/* SPDX-License-Identifier: MIT */
/*
 * Certificates good and bad, made anew at each start and gone at the end, so that no private
 * key is ever in a package. What is wrong with a kind is one row of a table: when it holds,
 * for whom, and who signed it. A client that is given the file trusts what can be trusted;
 * what is wrong stays wrong also then.
 */
#include "sim/cert.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/mem.h"

#define HOUR 3600L
#define DAY (24 * HOUR)
#define OURS "DNS:localhost,DNS:pipetop.test,IP:127.0.0.1,IP:::1"
/* What a terminal must never see as it stands: a title, colours, text that runs backwards. */
#define EVIL "\033]0;owned\a\033[31m\xe2\x80\xae" "evil"

enum signer { BY_ITSELF, BY_STRANGER, BY_CHAIN };

struct plan {
	const char *name; /* CN */
	long from_s, to_s; /* it holds, seen from now */
	const char *hosts; /* as openssl's configuration writes them; NULL: none, it is a CA */
};

static const struct {
	struct plan leaf;
	enum signer signer;
} kinds[] = {
	[SIM_TLS_SELF_SIGNED] = {{"localhost", -HOUR, 7 * DAY, OURS}, BY_ITSELF},
	[SIM_TLS_EXPIRED] = {{"localhost", -10 * DAY, -HOUR, OURS}, BY_ITSELF},
	[SIM_TLS_NOT_YET_VALID] = {{"localhost", DAY, 8 * DAY, OURS}, BY_ITSELF},
	[SIM_TLS_WRONG_HOST] = {{"other.example", -HOUR, 7 * DAY, "DNS:other.example,IP:192.0.2.1"},
				BY_ITSELF},
	[SIM_TLS_WRONG_HOST_SUFFIX] = {{"localhost.attacker.example", -HOUR, 7 * DAY,
					"DNS:localhost.attacker.example,"
					"DNS:127.0.0.1.attacker.example,"
					"DNS:pipetop.test.attacker.example"},
				       BY_ITSELF},
	[SIM_TLS_UNKNOWN_CA] = {{"localhost", -HOUR, 7 * DAY, OURS}, BY_STRANGER},
	[SIM_TLS_CHAIN] = {{"localhost", -HOUR, 7 * DAY, OURS}, BY_CHAIN},
	[SIM_TLS_HOSTILE_NAMES] = {{EVIL, -HOUR, 7 * DAY, "DNS:" EVIL ".example"}, BY_ITSELF},
	[SIM_TLS_OLD] = {{"localhost", -HOUR, 7 * DAY, OURS}, BY_ITSELF},
};

static const struct plan root_plan = {"pipetop-sim root", -HOUR, 30 * DAY, NULL};
static const struct plan middle_plan = {"pipetop-sim intermediate", -HOUR, 30 * DAY, NULL};
static const struct plan stranger_plan = {"pipetop-sim stranger", -HOUR, 30 * DAY, NULL};

struct cert {
	char *key, *pem;
	char *trusted; /* what goes into the file */
	char path[64];
};

struct pair { /* a certificate and its key */
	X509 *x;
	EVP_PKEY *key;
};

static void pair_done(struct pair *p)
{
	X509_free(p->x);
	EVP_PKEY_free(p->key);
}

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

static void describe(X509 *x, const struct plan *plan, long serial)
{
	X509_NAME *name = X509_get_subject_name(x);

	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), serial);
	X509_gmtime_adj(X509_getm_notBefore(x), plan->from_s);
	X509_gmtime_adj(X509_getm_notAfter(x), plan->to_s);
	X509_NAME_add_entry_by_NID(name, NID_commonName, V_ASN1_UTF8STRING,
				   (const unsigned char *)plan->name, -1, -1, 0);
	if (plan->hosts)
		add_extension(x, NID_subject_alt_name, plan->hosts);
}

/* Signed by `by`, or by itself where that is NULL. */
static bool make_pair(struct pair *p, const struct plan *plan, const struct pair *by)
{
	static long serial;
	bool ca = !plan->hosts || !by;

	p->key = EVP_EC_gen("P-256");
	p->x = X509_new();
	if (!p->key || !p->x)
		return false;
	describe(p->x, plan, (long)getpid() * 16 + serial++ % 16);
	X509_set_pubkey(p->x, p->key);
	X509_set_issuer_name(p->x, X509_get_subject_name(by ? by->x : p->x));
	add_extension(p->x, NID_basic_constraints, ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
	return X509_sign(p->x, by ? by->key : p->key, EVP_sha256()) != 0;
}

static char *text_of(BIO *bio)
{
	char *data;
	long n = BIO_get_mem_data(bio, &data);

	return mem_strndup(data, (size_t)n);
}

static void add_pem(const struct pair *p, struct buf *out)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;

	if (bio && PEM_write_bio_X509(bio, p->x)) {
		text = text_of(bio);
		buf_adds(out, text);
		mem_free(text);
	}
	BIO_free(bio);
}

static char *key_text(const struct pair *p)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;

	if (bio && PEM_write_bio_PrivateKey(bio, p->key, NULL, NULL, 0, NULL, NULL))
		text = text_of(bio);
	BIO_free(bio);
	return text;
}

static bool make(struct cert *c, enum sim_tls kind)
{
	struct pair root = {0}, middle = {0}, leaf = {0}, stranger = {0};
	const struct plan *plan = &kinds[kind].leaf;
	enum signer signer = kinds[kind].signer;
	struct buf sent, trusted;
	bool ok;

	buf_init(&sent, BUF_MAX);
	buf_init(&trusted, BUF_MAX);
	if (signer == BY_ITSELF)
		ok = make_pair(&leaf, plan, NULL);
	else if (signer == BY_STRANGER)
		ok = make_pair(&stranger, &stranger_plan, NULL) && make_pair(&leaf, plan, &stranger) &&
		     make_pair(&root, &root_plan, NULL);
	else
		ok = make_pair(&root, &root_plan, NULL) && make_pair(&middle, &middle_plan, &root) &&
		     make_pair(&leaf, plan, &middle);
	if (ok) {
		add_pem(&leaf, &sent);
		if (signer == BY_CHAIN)
			add_pem(&middle, &sent);
		add_pem(signer == BY_ITSELF ? &leaf : &root, &trusted);
		c->key = key_text(&leaf);
	}
	c->pem = buf_take(&sent);
	c->trusted = buf_take(&trusted);
	pair_done(&leaf);
	pair_done(&middle);
	pair_done(&root);
	pair_done(&stranger);
	return ok && c->key && *c->pem && *c->trusted;
}

static bool save(struct cert *c)
{
	size_t len = strlen(c->trusted);
	int fd;
	bool ok;

	strcpy(c->path, "/tmp/pipetop-sim-XXXXXX.pem");
	fd = mkstemps(c->path, 4);
	if (fd < 0) {
		c->path[0] = '\0';
		return false;
	}
	ok = write(fd, c->trusted, len) == (ssize_t)len;
	close(fd);
	return ok;
}

struct cert *cert_new(enum sim_tls kind, struct err *err)
{
	struct cert *c = mem_zalloc(sizeof(*c));

	if (make(c, kind) && save(c))
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
	mem_free(c->trusted);
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
