/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_ORDER_H
#define PIPETOP_UI_ORDER_H

/*
 * Arrays of numbered things kept in order. Anew by number (a radix sort, a few ms for
 * 100,000), or after a few things moved: those are taken out, sorted by themselves and
 * put back where they belong, and the rest is only shifted.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sorts items[0..n) by keys[item], stably: what has one key keeps its order. */
struct order_room { /* scratch, kept for the next time */
	uint64_t *keys, *keys_other;
	uint32_t *items;
	size_t max;
};
void order_room_done(struct order_room *room);
/* Where the caller puts the key of each of the n items, by position, before order_sort(). */
uint64_t *order_keys(struct order_room *room, size_t n);
void order_sort(struct order_room *room, uint32_t *items, size_t n);

/* < 0: a comes first; never 0 for two things. */
typedef int order_compare(uint32_t a, uint32_t b, void *arg);

/*
 * items[0..n) without those that are marked, or numbered `end` and above: returns how
 * many stay, in their order.
 */
size_t order_without(uint32_t *items, size_t n, const uint8_t *marks, uint32_t end);
/*
 * Puts more[0..n_more), which gets sorted, into the ordered items[0..n); there is room.
 */
void order_insert(uint32_t *items, size_t n, uint32_t *more, size_t n_more, order_compare *compare,
		  void *arg);

#endif
