/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_NET_PROBEWORK_H
#define PIPETOP_NET_PROBEWORK_H

/* What the child of a probe does; both block. */
#include "net/probe.h"

void probework_look_up(const char *host, struct probe_lookup *out);

/* `tell` runs when the first answer is in `out`, before the further reads. */
void probework_connect(const struct probe_ask *ask, struct probe_transfer *out,
		       void (*tell)(void *self), void *self);

/* "SSL certificate problem: ..." of libcurl; TRUSTED is never the answer. */
enum probe_trust probework_trust(const char *words);
/* "Jan  2 03:04:05 2026 GMT", as a certificate's dates are printed; WHEN_NONE: none. */
int64_t probework_date(const char *text);

#endif
