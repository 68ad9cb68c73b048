/* SPDX-License-Identifier: MIT */
/*
 * The radix sort goes by bytes from the lowest and leaves out those that all keys share:
 * a state is one pass, a time within this year is four.
 */
#include "order.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"

#define DIGITS 8

void order_room_done(struct order_room *room)
{
	mem_free(room->keys);
	mem_free(room->keys_other);
	mem_free(room->items);
	*room = (struct order_room){0};
}

uint64_t *order_keys(struct order_room *room, size_t n)
{
	if (n > room->max) {
		room->max = n + n / 8;
		room->keys = mem_realloc(room->keys, room->max * sizeof(*room->keys));
		room->keys_other = mem_realloc(room->keys_other, room->max * sizeof(*room->keys));
		room->items = mem_realloc(room->items, room->max * sizeof(*room->items));
	}
	return room->keys;
}

/* How often each byte stands at each of the digits. */
static void count_digits(const uint64_t *keys, size_t n, uint32_t counts[DIGITS][256])
{
	size_t i;
	int d;

	memset(counts, 0, DIGITS * sizeof(*counts));
	for (i = 0; i < n; i++)
		for (d = 0; d < DIGITS; d++)
			counts[d][keys[i] >> 8 * d & 0xFF]++;
}

static void starts_of(uint32_t counts[256])
{
	uint32_t sum = 0, count;
	int i;

	for (i = 0; i < 256; i++) {
		count = counts[i];
		counts[i] = sum;
		sum += count;
	}
}

void order_sort(struct order_room *room, uint32_t *items, size_t n)
{
	uint64_t *keys = room->keys, *to_keys = room->keys_other, *swap_keys;
	uint32_t *from = items, *to = room->items, *swap, counts[DIGITS][256], at;
	size_t i;
	int d;

	if (n < 2)
		return;
	count_digits(keys, n, counts);
	for (d = 0; d < DIGITS; d++) {
		if (counts[d][keys[0] >> 8 * d & 0xFF] == n)
			continue;
		starts_of(counts[d]);
		for (i = 0; i < n; i++) {
			at = counts[d][keys[i] >> 8 * d & 0xFF]++;
			to_keys[at] = keys[i];
			to[at] = from[i];
		}
		swap_keys = keys, keys = to_keys, to_keys = swap_keys;
		swap = from, from = to, to = swap;
	}
	if (from != items)
		memcpy(items, from, n * sizeof(*items));
}

size_t order_without(uint32_t *items, size_t n, const uint8_t *marks, uint32_t end)
{
	size_t i, kept = 0;

	for (i = 0; i < n; i++) {
		items[kept] = items[i];
		kept += items[i] < end && !marks[items[i]];
	}
	return kept;
}

struct comparing {
	order_compare *compare;
	void *arg;
};

static int compare_items(const void *a, const void *b, void *arg)
{
	const struct comparing *with = arg;

	return with->compare(*(const uint32_t *)a, *(const uint32_t *)b, with->arg);
}

/* How many of items[0..n) come before `item`. */
static size_t place_of(const uint32_t *items, size_t n, uint32_t item, order_compare *compare, void *arg)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(items[middle], item, arg) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void order_insert(uint32_t *items, size_t n, uint32_t *more, size_t n_more, order_compare *compare,
		  void *arg)
{
	struct comparing with = {compare, arg};
	size_t left = n_more, place;

	if (n_more)
		qsort_r(more, n_more, sizeof(*more), compare_items, &with);
	while (left-- > 0) { /* from the back, so that each item is shifted once */
		place = place_of(items, n, more[left], compare, arg);
		memmove(items + place + left + 1, items + place, (n - place) * sizeof(*items));
		items[place + left] = more[left];
		n = place;
	}
}
