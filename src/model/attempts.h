/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_MODEL_ATTEMPTS_H
#define PIPETOP_MODEL_ATTEMPTS_H

/*
 * What a run's detail forgets and an operator still wants: the attempts of a step before
 * the last (model/model.h), and which run a sub-pipeline step had started.
 */
#include "model/model.h"

#define ATTEMPTS_OF_STEP 8  /* earlier ones; the oldest are forgotten first */
#define ATTEMPTS_OF_RUN 200

/* Arrays that a joined run borrows. */
struct attempts {
	void **arrays;
	size_t n;
	size_t left; /* of ATTEMPTS_OF_RUN */
};

/*
 * Puts what the detail `old` knew into `run`, a shallow copy of a newer detail of the same
 * run, whose array of stages is written to. Afterwards the run borrows from all three.
 */
void attempts_join(struct attempts *a, struct run *run, const struct run *old);
void attempts_done(struct attempts *a);

#endif
