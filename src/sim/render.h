/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_RENDER_H
#define PIPETOP_SIM_RENDER_H

/*
 * Details in the service's JSON, with the types that it documents and its oddities
 * (api.md 11): times as strings in lists and numbers in details, flags as strings,
 * JSON within strings.
 */
#include <cjson/cJSON.h>

#include "sim/server.h"

cJSON *render_detail(const struct call *c, const struct run *r);
cJSON *render_v3_status(const struct call *c, const struct pipeline *p, const struct run *latest);

/* Where a pipeline's code is: git@HOST:GROUP/REPO.git */
void render_ssh_url(const struct pipeline *p, char *out, size_t size);

/* The v3 words for a v5 state. */
void render_v3_words(const char *v5, const char **status, const char **outcome);

#endif
