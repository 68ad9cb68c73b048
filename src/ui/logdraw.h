/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_LOGDRAW_H
#define PIPETOP_UI_LOGDRAW_H

/* What moving needs to know of drawing: how many rows lines take. */
#include "logview.h"

/* Sets top and top_part to the window that following shows. */
void logdraw_settle(struct logview *v);
/* Moves the window by rows of the screen, within the log. */
void logdraw_scroll(struct logview *v, int64_t rows);

#endif
