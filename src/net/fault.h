/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_NET_FAULT_H
#define PIPETOP_NET_FAULT_H

/*
 * From how a transfer ended to the sentence that the operator reads (reliability.md N).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/err.h"

struct peer;

/* How far the exchange had come. */
enum fault_stage {
	FAULT_RESOLVE,
	FAULT_CONNECT,
	FAULT_TLS,
	FAULT_WAIT, /* request sent, no answer yet */
	FAULT_BODY,
};

struct fault {
	int code;	    /* libcurl's */
	const char *detail; /* libcurl's words, "" for none */
	enum fault_stage stage;
	const char *host;    /* with its port where it is not the scheme's */
	const char *ca_file; /* NULL: the system's */
	bool tls;	     /* it was https */
	int os_errno;
	int proxy_status; /* of CONNECT; 0: none */
	bool proxy;	  /* the failing peer is a proxy */
	bool proxy_tls;	  /* it is the proxy's certificate that was refused */
	const struct peer *peer; /* whose certificate it was; NULL: nobody saw */
	int64_t now_ms, built_ms; /* wall clock, and when this program was built */
	int64_t took_ms;
};

void fault_explain(const struct fault *fault, struct err *err);

#endif
