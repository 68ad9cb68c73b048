/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_VEIL_H
#define PIPETOP_UI_VEIL_H

#include "ui/grid.h"

/* Puts stars in the place of every live secret that a row of the frame shows, whole or begun. */
void veil_frame(struct grid *g);

#endif
