/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_CERT_H
#define PIPETOP_SIM_CERT_H

/* A throw-away certificate for 127.0.0.1 and localhost, and its file for clients to trust. */
#include "core/err.h"

struct cert; /* opaque */

struct cert *cert_new(struct err *err);
void cert_free(struct cert *c); /* removes the file */
char *cert_key(struct cert *c);
char *cert_pem(struct cert *c);
const char *cert_path(const struct cert *c);

#endif
