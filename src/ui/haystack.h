/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_HAYSTACK_H
#define PIPETOP_UI_HAYSTACK_H

/*
 * What a filter looks at: one line of text for each numbered thing, all in one piece of
 * memory, because the words themselves lie all over it, and reaching 100,000 of them at
 * every key costs more than searching does.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HAYSTACK_LINE_MAX 2000 /* bytes; what a row says beyond is not searched */

struct haystack {
	char *text;
	size_t len, max; /* bytes used */
	size_t dead;	 /* of them, bytes of lines that moved away */
	struct haystack_line {
		uint32_t start;
		uint16_t len, room;
	} *lines;
	size_t n, n_max; /* things */
};

void haystack_done(struct haystack *h);
/* Things numbered n and above have no line any more; new ones have empty ones. */
void haystack_resize(struct haystack *h, size_t n);
/* Control characters become blanks. False: it is the line that stands there. */
bool haystack_put(struct haystack *h, size_t number, const char *text, size_t len);
static inline const char *haystack_line(const struct haystack *h, size_t number, size_t *len)
{
	*len = h->lines[number].len;
	return *len ? h->text + h->lines[number].start : "";
}

#endif
