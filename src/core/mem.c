/* SPDX-License-Identifier: MIT */
/*
 * The ending allocator. A dashboard that has lost a row because malloc failed lies;
 * one that ends with the terminal restored and a sentence does not.
 */
#include "core/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void (*exhausted_hook)(void);

void mem_on_exhausted(void (*hook)(void))
{
	exhausted_hook = hook;
}

void mem_exhausted(void)
{
	static const char line[] = "pipetop: out of memory\n";
	void (*hook)(void) = exhausted_hook;

	exhausted_hook = NULL; /* a hook that fails itself must not come here twice */
	if (hook)
		hook();
	if (write(STDERR_FILENO, line, sizeof(line) - 1) < 0)
		_exit(MEM_EXIT);
	_exit(MEM_EXIT);
}

void *mem_realloc(void *p, size_t size)
{
	void *q = realloc(p, size ? size : 1);

	if (!q)
		mem_exhausted();
	return q;
}

void *mem_alloc(size_t size)
{
	return mem_realloc(NULL, size);
}

void *mem_calloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		mem_exhausted();
	return p;
}

void *mem_zalloc(size_t size)
{
	return mem_calloc(1, size);
}

char *mem_strndup(const char *s, size_t len)
{
	size_t n = strnlen(s, len);
	char *copy = mem_alloc(n + 1);

	memcpy(copy, s, n);
	copy[n] = '\0';
	return copy;
}

char *mem_strdup(const char *s)
{
	return s ? mem_strndup(s, strlen(s)) : NULL;
}

void mem_free(void *p)
{
	free(p);
}

void *mem_grow(void *p, size_t n, size_t size)
{
	if (n == 0)
		return mem_realloc(p, 8 * size);
	if (n < 8 || (n & (n - 1)))
		return p;
	if (n > SIZE_MAX / 2 / size)
		mem_exhausted();
	return mem_realloc(p, 2 * n * size);
}
