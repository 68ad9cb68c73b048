/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_CERT_H
#define PIPETOP_SIM_CERT_H

/*
 * Throw-away certificates of every kind (sim_tls) for this machine, and the file that a client
 * is told to trust. Also for a test's own server in front of the simulator.
 */
#include "core/err.h"
#include "sim/sim.h"

struct cert; /* opaque */

struct cert *cert_new(enum sim_tls kind, struct err *err); /* not of SIM_TLS_OFF */
void cert_free(struct cert *c);		      /* removes the file */
char *cert_key(struct cert *c);
char *cert_pem(struct cert *c); /* what the server sends: itself, then who signed it */
const char *cert_path(const struct cert *c);

#endif
