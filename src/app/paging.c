/* SPDX-License-Identifier: MIT */
/*
 * Offsets count rows from the front of a list that others change. What comes in front pushes
 * rows back over the next offset: they are shown twice, and the second time is left out here.
 * What goes from the front pulls rows forward past an offset that was asked for already: these
 * are shown never, and nothing in the pages tells. But the totals do, so the pages are read
 * once more when they do not add up. Totals that are simply wrong, always the same, cost nothing.
 */
#include "paging.h"

#include <string.h>

#include "core/hash.h"
#include "core/mem.h"

#define PASSES_MAX 3
#define SLOTS_LEAST 256

void paging_begin(struct paging *p)
{
	p->passes++;
	p->first_total = p->last_total = -1;
	p->repeats = 0;
	p->n_before = p->n;
}

void paging_done(struct paging *p)
{
	size_t i;

	for (i = 0; i < p->n_slots; i++)
		mem_free(p->slots[i].id);
	mem_free(p->slots);
	memset(p, 0, sizeof(*p));
}

void paging_page(struct paging *p, int64_t total)
{
	if (p->first_total < 0)
		p->first_total = total;
	p->last_total = total;
}

/* The slot of an id, or the empty one where it belongs. */
static struct paging_slot *slot_of(struct paging_slot *slots, size_t n_slots, const char *id)
{
	size_t i = hash_bytes(id, strlen(id)) & (n_slots - 1);

	while (slots[i].id && strcmp(slots[i].id, id) != 0)
		i = (i + 1) & (n_slots - 1);
	return &slots[i];
}

static void grow(struct paging *p)
{
	size_t n_slots = p->n_slots ? p->n_slots * 2 : SLOTS_LEAST, i;
	struct paging_slot *slots = mem_calloc(n_slots, sizeof(*slots));

	for (i = 0; i < p->n_slots; i++)
		if (p->slots[i].id)
			*slot_of(slots, n_slots, p->slots[i].id) = p->slots[i];
	mem_free(p->slots);
	p->slots = slots;
	p->n_slots = n_slots;
}

bool paging_row(struct paging *p, const char *id)
{
	struct paging_slot *slot;
	bool known;

	if (2 * (p->n + 1) > p->n_slots)
		grow(p);
	slot = slot_of(p->slots, p->n_slots, id);
	known = slot->id != NULL;
	if (!known) {
		slot->id = mem_strdup(id);
		p->n++;
	} else if (slot->pass == p->passes) {
		p->repeats++;
	}
	slot->pass = p->passes;
	return !known;
}

bool paging_again(const struct paging *p)
{
	if (p->first_total < 0 || p->last_total < 0 || p->passes >= PASSES_MAX)
		return false;
	if (p->passes > 1 && p->n == p->n_before)
		return false; /* nothing new came of it */
	return p->last_total - p->first_total != p->repeats;
}
