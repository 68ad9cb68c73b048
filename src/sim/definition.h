/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_DEFINITION_H
#define PIPETOP_SIM_DEFINITION_H

/* What a pipeline is, beside its runs: api.md 6.1 to 6.3. */
#include "sim/server.h"

void definition_show(struct call *c);	/* GET .../pipelines/{} */
void definition_groups(struct call *c); /* GET .../pipeline-group/tree, a bare array */

/* The definition of a shape, as JSON; mem_free. */
char *definition_text(const struct shape *shape);
/* What runs of a definition are like; lives as long as the arena. */
const struct shape *definition_shape(struct arena *a, const struct scenario *s, const char *text,
				     const char *name);

#endif
