/* SPDX-License-Identifier: MIT */
/*
 * Number n sits in slot (n - 1) % RING_SIZE: what is older than that has been written over.
 * When the entries and their paths come to too many bytes, the oldest go before their time.
 */
#include "sim/ring.h"

#include <string.h>

#include "core/mem.h"

static size_t weight(const struct ring_entry *e)
{
	return sizeof(*e) + strlen(e->path) + 1;
}

static void forget_oldest(struct ring *r)
{
	struct ring_entry **slot = &r->v[r->forgotten++ % RING_SIZE];

	r->bytes -= weight(*slot);
	mem_free((*slot)->path);
	mem_free(*slot);
	*slot = NULL;
}

struct ring_entry *ring_add(struct ring *r, char *path)
{
	struct ring_entry *e = mem_zalloc(sizeof(*e));

	e->path = path ? path : mem_strdup("");
	if (r->received < RING_SIZE)
		r->v = mem_grow(r->v, (size_t)r->received, sizeof(*r->v));
	if (r->received - r->forgotten == RING_SIZE)
		forget_oldest(r);
	r->v[r->received % RING_SIZE] = e;
	e->number = ++r->received;
	r->bytes += weight(e);
	while (r->bytes > RING_BYTES)
		forget_oldest(r);
	return e;
}

const struct ring_entry *ring_get(const struct ring *r, uint64_t number)
{
	if (number <= r->forgotten || number > r->received)
		return NULL;
	return r->v[(number - 1) % RING_SIZE];
}

void ring_done(struct ring *r)
{
	while (r->forgotten < r->received)
		forget_oldest(r);
	mem_free(r->v);
}
