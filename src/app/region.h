/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_REGION_H
#define PIPETOP_APP_REGION_H

/* The service's address in a region (api.md 1.1). */
#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "core/err.h"

/* Adds "https://..." to `out`; an unknown region is refused with the known ones or the nearest. */
bool region_endpoint(const char *region, struct buf *out, struct err *err);

/* Those that are known, one after the other; NULL past the last. */
const char *region_at(size_t i);

#endif
