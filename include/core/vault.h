/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_CORE_VAULT_H
#define PIPETOP_CORE_VAULT_H

/*
 * Secrets in memory (reliability.md 4.3). Each lies on pages of its own that are not swapped, not
 * dumped, and wiped when they are let go. The vault knows all that live at the moment, so that a last
 * filter can look for them in whatever is about to be written somewhere: a debug line, an
 * error, a file name, the clipboard.
 */
#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"

/* Keeps a copy; NULL gives NULL, never fails. The text may be handed on as any other string. */
char *vault_keep(const char *text);
/* The same of text that mem_* owns: it is wiped and released. */
char *vault_take(char *text);
void vault_drop(char *secret); /* wipes; NULL is fine; only what vault_keep or vault_take gave */
void vault_wipe_all(void);     /* for the way out of a crash: async-signal-safe */

/* Is a live secret (8 bytes or longer) within? */
bool vault_found(const char *data, size_t len);
/*
 * Where the text has a live secret, whole, or its first 16 bytes and as many more as follow there:
 * for places that cut what they show. False: nowhere. Of several the first.
 */
bool vault_begins(const char *data, size_t len, size_t *at, size_t *run);
/*
 * Puts "<token 3f, 1432 B>" (first byte of a keyed hash, length) in the place of each live secret of 8
 * bytes or more; true if there was one. Costs a pass over the text for each live secret.
 */
bool vault_scrub(struct buf *text);
/* The same in place of a C string's buffer of `size` bytes, cut to fit. */
bool vault_scrub_text(char *text, size_t size);

#endif
