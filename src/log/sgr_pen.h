/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_LOG_SGR_PEN_H
#define PIPETOP_LOG_SGR_PEN_H

/* From the numbers of `CSI ... m` to a style. */
#include <stdbool.h>
#include <stdint.h>

#include "core/style.h"

#define SGR_PARAMS_MAX 32

struct sgr_params {
	uint16_t value[SGR_PARAMS_MAX];
	unsigned n;
	uint32_t colon; /* bit i: a colon stands before value[i] */
	bool more;	/* there were more, which were read over */
};

/* No parameter is a reset; what is unknown or incomplete is skipped. */
void sgr_pen_apply(struct style *pen, const struct sgr_params *params);

/* The pen as text may look: where it would draw with the colour of its ground, without ground. */
struct style sgr_pen_visible(struct style pen);

#endif
