/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_CONFIGSHOW_H
#define PIPETOP_APP_CONFIGSHOW_H

/* Where a setting comes from, for people: "default", "PIPETOP_REGION", "/x/pipetop.conf:7". */
#include "app/options.h"
#include "core/buf.h"

void configshow_origin(const struct options *o, const struct setting_origin *origin, struct buf *out);

#endif
