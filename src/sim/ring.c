/* SPDX-License-Identifier: MIT */
/* Number n sits in slot (n - 1) % RING_SIZE: what is older than that has been written over. */
#include "sim/ring.h"

#include <stddef.h>

#include "core/mem.h"

struct ring_entry *ring_add(struct ring *r)
{
	struct ring_entry *e;

	if (r->received < RING_SIZE) {
		r->v = mem_grow(r->v, (size_t)r->received, sizeof(*r->v));
		r->v[r->received].path = NULL;
	}
	e = &r->v[r->received % RING_SIZE];
	mem_free(e->path);
	*e = (struct ring_entry){.number = ++r->received};
	return e;
}

const struct ring_entry *ring_get(const struct ring *r, uint64_t number)
{
	if (!number || number > r->received || r->received - number >= RING_SIZE)
		return NULL;
	return &r->v[(number - 1) % RING_SIZE];
}

void ring_done(struct ring *r)
{
	uint64_t i, n = r->received < RING_SIZE ? r->received : RING_SIZE;

	for (i = 0; i < n; i++)
		mem_free(r->v[i].path);
	mem_free(r->v);
}
