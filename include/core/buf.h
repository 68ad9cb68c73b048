/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_CORE_BUF_H
#define PIPETOP_CORE_BUF_H

/*
 * A growing string of bytes with a ceiling.
 *
 * Always: `data` is NUL-terminated (also when empty, also after a failure), `len` does
 * not count that NUL, and len <= max. Adding past the ceiling adds nothing and returns
 * false: an answer is taken whole or not at all. The bytes themselves may hold NULs.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data;
	size_t len;
	size_t cap; /* private */
	size_t max; /* ceiling, bytes */
};

#define BUF_MAX ((size_t)-1 / 4) /* for text of our own making */

void buf_init(struct buf *b, size_t max);
void buf_done(struct buf *b);  /* frees; the buf must be init'ed again before use */
void buf_clear(struct buf *b); /* empties, keeps the memory */
char *buf_take(struct buf *b); /* gives the string away (mem_free); b is empty after */

bool buf_add(struct buf *b, const void *data, size_t len);
bool buf_addc(struct buf *b, char c);
bool buf_adds(struct buf *b, const char *s);
bool buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool buf_vaddf(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

/*
 * Room for `len` more bytes at data + b->len, for a caller that writes there itself and
 * then adds to b->len (and writes the NUL through buf_seal). NULL past the ceiling.
 */
char *buf_room(struct buf *b, size_t len);
void buf_seal(struct buf *b, size_t added);

/* Cuts to the first `len` bytes (no effect when it is shorter). */
void buf_truncate(struct buf *b, size_t len);

#endif
