/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_CORE_MEM_H
#define PIPETOP_CORE_MEM_H

/*
 * Allocation that does not fail: when memory runs out the program ends through one
 * hook (which restores the terminal), says one sentence and exits with MEM_EXIT.
 * Whatever is fed from outside has a ceiling instead (see core/buf.h), so running out
 * is a fault of the machine, not of an answer.
 *
 * The same functions are given to libev, cJSON and libcurl.
 */
#include <stddef.h>

#define MEM_EXIT 7

/* All return memory to be released with mem_free(); never NULL, also for size 0. */
void *mem_alloc(size_t size);
void *mem_zalloc(size_t size); /* zero-filled */
void *mem_calloc(size_t n, size_t size);
void *mem_realloc(void *p, size_t size);
char *mem_strdup(const char *s);		  /* NULL gives NULL */
char *mem_strndup(const char *s, size_t len); /* at most len bytes, always terminated */
void mem_free(void *p);

/*
 * Makes room for one more element in a plain array: `p` holds `n` elements of `size`
 * bytes and grows at powers of two (8, 16, 32 ...). Returns the (moved) array.
 */
void *mem_grow(void *p, size_t n, size_t size);

/* Called once, before the exit, when memory has run out. It must not allocate. */
void mem_on_exhausted(void (*hook)(void));

/* For the allocators' own hooks of foreign libraries: says the sentence and exits. */
_Noreturn void mem_exhausted(void);

#endif
