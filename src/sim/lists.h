/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_LISTS_H
#define PIPETOP_SIM_LISTS_H

/* The calls that list: api.md 4.1, 4.2, 5.2, 7.1. */
#include "sim/server.h"

void lists_pipelines(struct call *c);
void lists_runs(struct call *c);
void lists_status(struct call *c);
void lists_v3(struct call *c);

#endif
