/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_CARD_H
#define PIPETOP_UI_CARD_H

/*
 * What is known of a thing that has no log: a gate (who may approve, since when, what its
 * end does and when), a stage's entry or exit, a run as a whole. Drawn where its log
 * would be.
 */
#include "tree.h"

void card_draw(const struct tree *t, const struct row *of, struct grid *g, const struct rect *r,
	       const struct ui_now *now);

#endif
