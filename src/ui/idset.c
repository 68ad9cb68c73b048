/* SPDX-License-Identifier: MIT */
/*
 * Open addressing with linear probing; removal moves later items of the chain forward,
 * so that a lookup ends at the first empty slot.
 */
#include "idset.h"

#include <string.h>

#include "core/hash.h"
#include "core/mem.h"
#include "core/text.h"

#define FIRST_SLOTS 32

void idset_clear(struct idset *s)
{
	size_t i;

	for (i = 0; i < s->slots; i++)
		mem_free(s->items[i].project);
	mem_free(s->items);
	*s = (struct idset){.version = s->version + 1};
}

void idset_done(struct idset *s)
{
	idset_clear(s);
}

uint64_t idset_hash(const char *project, const char *id)
{
	uint64_t hash = hash_bytes(project, strlen(project));

	return hash_bytes(id, strlen(id)) ^ (hash << 1 | hash >> 63);
}

/* The slot of that thing, or the empty one where it would go. */
static size_t slot_of(const struct idset *s, uint64_t hash, const char *project, const char *id)
{
	size_t mask = s->slots - 1, at = hash & mask;

	for (; s->items[at].project; at = (at + 1) & mask)
		if (s->items[at].hash == hash && strcmp(s->items[at].id, id) == 0 &&
		    strcmp(s->items[at].project, project) == 0)
			break;
	return at;
}

const bool *idset_find(const struct idset *s, uint64_t hash, const char *project, const char *id)
{
	size_t at;

	if (s->n == 0)
		return NULL;
	at = slot_of(s, hash, project, id);
	return s->items[at].project ? &s->items[at].value : NULL;
}

bool idset_may_hold(const struct idset *s, uint64_t hash)
{
	size_t mask = s->slots - 1, at = hash & mask;

	if (s->n == 0)
		return false;
	while (s->items[at].project && s->items[at].hash != hash)
		at = (at + 1) & mask;
	return s->items[at].project != NULL;
}

static void grow(struct idset *s)
{
	struct idset_item *old = s->items;
	size_t n = s->slots, i;

	s->slots = n ? n * 2 : FIRST_SLOTS;
	s->items = mem_calloc(s->slots, sizeof(*s->items));
	for (i = 0; i < n; i++)
		if (old[i].project)
			s->items[slot_of(s, old[i].hash, old[i].project, old[i].id)] = old[i];
	mem_free(old);
}

static struct idset_item new_item(const char *project, const char *id, uint64_t hash)
{
	size_t len = strlen(project) + 1, id_len = strlen(id) + 1;
	char *block = mem_alloc(len + id_len);

	memcpy(block, project, len);
	memcpy(block + len, id, id_len);
	return (struct idset_item){.hash = hash, .project = block, .id = block + len};
}

bool idset_put(struct idset *s, const char *project, const char *id, bool value)
{
	uint64_t hash;
	size_t at;

	project = text_or_empty(project);
	id = text_or_empty(id);
	hash = idset_hash(project, id);
	if ((s->n + 1) * 2 > s->slots)
		grow(s);
	at = slot_of(s, hash, project, id);
	if (!s->items[at].project) {
		if (s->n == IDSET_MAX)
			return false;
		s->items[at] = new_item(project, id, hash);
		s->n++;
	}
	s->items[at].value = value;
	s->version++;
	return true;
}

/* Takes a slot out and moves forward what was pushed past it. */
static void vacate(struct idset *s, size_t hole)
{
	size_t mask = s->slots - 1, at, home;

	s->items[hole].project = NULL;
	for (at = (hole + 1) & mask; s->items[at].project; at = (at + 1) & mask) {
		home = s->items[at].hash & mask;
		if (((at - home) & mask) < ((at - hole) & mask))
			continue;
		s->items[hole] = s->items[at];
		s->items[at].project = NULL;
		hole = at;
	}
}

void idset_remove(struct idset *s, const char *project, const char *id)
{
	size_t at;

	if (s->n == 0)
		return;
	project = text_or_empty(project);
	id = text_or_empty(id);
	at = slot_of(s, idset_hash(project, id), project, id);
	if (!s->items[at].project)
		return;
	mem_free(s->items[at].project);
	vacate(s, at);
	s->n--;
	s->version++;
}

void idset_each(const struct idset *s,
		void (*each)(const char *project, const char *id, bool value, void *arg), void *arg)
{
	size_t i;

	for (i = 0; i < s->slots; i++)
		if (s->items[i].project)
			each(s->items[i].project, s->items[i].id, s->items[i].value, arg);
}
