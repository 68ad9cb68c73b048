/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_NET_PROBE_H
#define PIPETOP_NET_PROBE_H

/*
 * Looks at the way to a service without saying who we are: what the resolver says of its name, and
 * what a request without credentials meets on the way (addresses, proxy, TLS, times). For
 * `pipetop doctor`; everything else goes through net/http.h.
 *
 * A probe runs in a child process, because a resolver blocks; several run side by side, and each
 * ends at its time limit whatever holds it up.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/err.h"

struct ev_loop;
struct probe; /* opaque: one that is under way */

#define PROBE_ADDRESSES 12
#define PROBE_CERTIFICATES 6
#define PROBE_READS 3

struct probe_address {
	bool v6;
	char text[46];
};

/* What getaddrinfo said. */
struct probe_lookup {
	bool ended;	 /* false: it was still asking when the time was over */
	int code;	 /* getaddrinfo's; 0: the name has addresses */
	char words[120]; /* the resolver's reason; "" with code 0 */
	int64_t took_ms;
	struct probe_address addresses[PROBE_ADDRESSES]; /* the first n of n_all */
	size_t n, n_all;
};

/* Texts are the certificate's own, and so anybody's. */
struct probe_certificate {
	char subject[160], issuer[160];
	char names[320];	   /* "DNS:a, DNS:b, IP Address:c" */
	int64_t from_ms, until_ms; /* WHEN_NONE: unreadable */
};

enum probe_trust {
	PROBE_TRUSTED,
	PROBE_UNTRUSTED,     /* issuer unknown, self-signed */
	PROBE_EXPIRED,
	PROBE_NOT_YET_VALID,
	PROBE_WRONG_HOST,
};

/* What a GET without credentials met. All zero until it ended. */
struct probe_transfer {
	bool ended;	     /* false: still under way when the time was over */
	struct err err;	     /* ERR_NONE: an HTTP answer came, whatever its status */
	int code;	     /* libcurl's; 0: none */
	int status;
	int http;	     /* 10, 11, 20; 0: no answer */
	int proxy_status;    /* of CONNECT; 0: none */
	bool at_proxy;	     /* it failed at the proxy, or on the way there */
	bool no_tls;	     /* the other side does not speak TLS */
	char tls[24];	     /* "TLSv1.3"; "" without */
	enum probe_trust trust;
	char reason[160];    /* of a certificate that is not trusted, in libcurl's words */
	struct probe_certificate chain[PROBE_CERTIFICATES]; /* as the server sends it, its own first */
	size_t n_chain;
	struct probe_address tried[PROBE_ADDRESSES]; /* in order; the proxy's where there is one */
	size_t n_tried;
	struct probe_address peer; /* the one that answered; "" for none */
	int64_t name_us, connect_us, tls_us, first_us; /* how long each took; first: to the first byte */
	int64_t reads_us[PROBE_READS]; /* further requests on the same connection */
	size_t n_reads;
	int64_t date_ms;     /* its `Date`; WHEN_NONE: none */
	int64_t date_wall_ms; /* our clock when that came */
	char content_type[128], location_host[256];
	char ca_file[200], ca_folder[200]; /* where trusted certificates were looked for */
};

struct probe_ask {
	const char *url;     /* whole; https, or http to a loopback address */
	const char *host;    /* of it ... */
	const char *shown;   /* ... and for sentences, with a port that is not the usual one */
	const char *ca_file; /* NULL: the system's */
	bool loopback;	     /* no proxy */
	int64_t timeout_ms;  /* of the whole probe */
};

/*
 * Both fill the result, which must stay where it is, and then run `done`, once and never from
 * within; NULL: the system gave no process, err says why and `done` will not run. The
 * loop has to be kept running.
 */
typedef void probe_done_fn(void *self);
struct probe *probe_look_up(struct ev_loop *loop, const char *host, int64_t timeout_ms,
			    struct probe_lookup *result, probe_done_fn *done, void *self,
			    struct err *err);
struct probe *probe_connect(struct ev_loop *loop, const struct probe_ask *ask,
			    struct probe_transfer *result, probe_done_fn *done, void *self,
			    struct err *err);
/* Ends it if it has not ended: `done` does not run then. NULL is fine. */
void probe_free(struct probe *probe);

#endif
