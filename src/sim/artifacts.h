/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_ARTIFACTS_H
#define PIPETOP_SIM_ARTIFACTS_H

/* What the steps of a run have made by now: an image, a package. */
#include <cjson/cJSON.h>

#include "sim/server.h"

/* Does the step make something, and has it? */
bool artifacts_made(const struct plan_step *s, int64_t now);
/* "swr.../checkout-api:1.0.7" of such a step, where people find it. */
void artifacts_place(const struct call *c, const struct run *r, const struct plan_step *s,
		     char *out, size_t size);

cJSON *artifacts_list(const struct call *c, const struct run *r);   /* as 4.6 has them */
cJSON *artifacts_detail(const struct call *c, const struct run *r); /* as 4.3: camelCase */

#endif
