/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_WEBPAGE_H
#define PIPETOP_APP_WEBPAGE_H

/* Opens pages in the operator's browser, trying one after the other of $BROWSER's list. */
#include <stdbool.h>

#include "app/spawn.h"
#include "core/buf.h"

struct webpage; /* opaque: one page on its way to a browser */

/*
 * False: no browser could be started. Where one ends badly and there is no other, `say`
 * hears of it, at the latest when `spawn` is freed.
 */
bool webpage_open(struct spawn *spawn, const char *url,
		  void (*say)(void *self, bool bad, const char *text), void *self);

/* What is to be said where there is no browser, with the whole address, to be copied. */
void webpage_none(const char *url, struct buf *out);

/*
 * The command for a page: `%s` in it is the address, else it comes last. Owned (argv_free).
 * The n-th of $BROWSER's colon list, or of "xdg-open" where that is not set; NULL: no more.
 */
char **webpage_command(const char *browsers, size_t n, const char *url);

#endif
