/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_NET_TRACE_H
#define PIPETOP_NET_TRACE_H

/*
 * What may be told of an exchange for debugging (reliability.md 4.3): this struct is the whole
 * allow-list. Headers, query and bodies cannot be told, since they are not here.
 */
#include "core/buf.h"
#include "net/transport.h"

#define TRACE_MAX 2000u

struct trace_facts {
	const char *what;    /* trace_label() */
	const char *host;
	const char *address; /* that was connected to (a proxy's); NULL or "": none */
	int port;
	int connections; /* made anew for it; 0: a kept one was used */
	int64_t handshake_ms; /* until TLS stood; 0: no handshake */
	int proxy_status;     /* of CONNECT; 0: none */
	const struct response *response;
};

/* "POST /path": without the query, where a secret could be. mem_free it. */
char *trace_label(const struct request *request);

/* Appends one line without a newline. */
void trace_write(const struct trace_facts *facts, struct buf *line);

#endif
