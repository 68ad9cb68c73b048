/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_GZIP_H
#define PIPETOP_SIM_GZIP_H

#include <stdbool.h>

#include "core/buf.h"

/* Does a request with that Accept-Encoding (NULL: none) take gzip? */
bool gzip_accepted(const char *accept_encoding);
/* Replaces the bytes by their gzip. */
void gzip_pack(struct buf *body);

#endif
