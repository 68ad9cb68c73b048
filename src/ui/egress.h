/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_EGRESS_H
#define PIPETOP_UI_EGRESS_H

/*
 * What a frame may consist of: printable characters and the few sequences with which
 * curses moves, erases and colours. Anything else (titles, clipboard, device queries, C1,
 * bidi controls ...) means that foreign bytes have found a way around the sanitiser.
 */
#include <stdbool.h>
#include <stddef.h>

/* Are all bytes within the grammar? `at` (may be NULL) gets the place of the first that is not. */
bool egress_ok(const char *bytes, size_t len, size_t *at);

#endif
