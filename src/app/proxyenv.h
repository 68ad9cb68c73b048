/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_PROXYENV_H
#define PIPETOP_APP_PROXYENV_H

/*
 * What the usual variables say of proxies, read as libcurl reads them, so that it can be told.
 * Pure: the environment is a function.
 */
#include <stdbool.h>

#include "core/buf.h"

typedef const char *proxyenv_get(const char *name); /* NULL: unset */

struct proxyenv {
	const char *variable; /* NULL: no proxy is named */
	const char *value;
	const char *spared; /* the variable that spares this host, "no_proxy"; NULL: none does */
};

struct proxyenv proxyenv_find(bool tls, const char *host, proxyenv_get *get);
/* Is the host, or a domain that it is in, named in a list with commas or blanks? "*" is every host. */
bool proxyenv_spares(const char *list, const char *host);
/* Appends a proxy's address with its password hidden. */
void proxyenv_mask(const char *value, struct buf *out);

#endif
