/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_EGRESS_H
#define PIPETOP_UI_EGRESS_H

/*
 * What may leave for the terminal. A frame is printable characters and the few sequences
 * with which curses moves, erases and colours; anything else in it (titles, clipboard, device
 * queries, C1, bidi controls ...) means that foreign bytes have found a way around the
 * sanitiser. What is said beside the frames (ui/aside.h) has a grammar of its own.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Are all bytes within the grammar? `at` (may be NULL) gets the place of the first that is not. */
bool egress_ok(const char *bytes, size_t len, size_t *at);

/* Are these whole asides, and nothing but? */
bool egress_aside_ok(const char *bytes, size_t len);

/* May the character stand in a frame: is it visible, and does it leave its neighbours alone? */
bool egress_char_ok(uint32_t cp);

#endif
