/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_MODEL_PLACE_H
#define PIPETOP_MODEL_PLACE_H

/*
 * What stood in the place of a thing in an earlier detail of the same run: by id where that
 * is still there, else by what the definition calls it. A retry may give new ids.
 */
#include "model/model.h"

bool place_same_step(const struct step *a, const struct step *b);

/* NULL: it was not there. */
const struct stage *place_stage(const struct run *old, const struct stage *stage);
/* `now` is the stage that the job stands in: an old job that is there under its id is no other's. */
const struct job *place_job(const struct stage *old, const struct stage *now, const struct job *job);
/* Earlier attempts among the old ones do not count. */
const struct step *place_step(const struct step *old, size_t n_old, const struct step *now,
			      size_t n_now, const struct step *step);

#endif
