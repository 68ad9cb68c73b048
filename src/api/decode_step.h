/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_API_DECODE_STEP_H
#define PIPETOP_API_DECODE_STEP_H

/*
 * Steps: what a gate or a sub-pipeline says of itself in inputs and outputs.
 */
#include "decode_run.h"

/* False: no id, and nothing is owned. */
bool decode_step(struct decoding *d, const struct cJSON *obj, struct step *step);

/*
 * The failure text of a job or step; where it is JSON of the shape
 * {"errorMessage":"..."}, the text within (api.md 4.3).
 */
char *decode_message(const struct decoding *d, const struct cJSON *obj);

#endif
