/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_MODEL_REF_H
#define PIPETOP_MODEL_REF_H

/*
 * Names one thing by ids, from the project down: what panes keep instead of pointers.
 * Levels are filled from the top; the first NULL ends it. A stage that a list gives
 * no id for is named "#" and its sequence number.
 */
#include <stdbool.h>

enum ref_level { REF_PROJECT, REF_PIPELINE, REF_RUN, REF_STAGE, REF_JOB, REF_STEP, REF_LEVELS };

struct ref {
	char *id[REF_LEVELS]; /* owned; NULL: not that deep. Pre and post steps have job "" */
};

void ref_set(struct ref *ref, enum ref_level level, const char *id); /* clears what is below */
void ref_copy(struct ref *to, const struct ref *from);
void ref_done(struct ref *ref);
/* A step is the same by its run and its own id, whatever job it is shown under by now. */
bool ref_same(const struct ref *a, const struct ref *b);
bool ref_within(const struct ref *inner, const struct ref *outer); /* or the same */
int ref_depth(const struct ref *ref); /* number of levels filled */
void ref_cut(struct ref *ref, int depth);

#endif
