/* SPDX-License-Identifier: MIT */
/*
 * Laying is four walks: count what each node holds, deal the slots into one bucket for
 * each node (keeping their order), put siblings in order, and write heads and buckets
 * down the tree. Below a head come its groups, then what is filed in itself.
 *
 * A node's parent is always made before it: so one walk backwards adds up the counts.
 */
#include "forest.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"

#define FIRST_SLOTS 64

void forest_clear(struct forest *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		mem_free(f->nodes[i].project);
	if (f->slots)
		memset(f->table, 0, f->slots * sizeof(*f->table));
	f->n = f->n_projects = 0;
}

void forest_done(struct forest *f)
{
	forest_clear(f);
	mem_free(f->nodes);
	mem_free(f->table);
	mem_free(f->sorted);
	mem_free(f->bucket);
	*f = (struct forest){0};
}

/* ---- nodes ---- */

static size_t slot_of(const struct forest *f, uint64_t hash, const char *project, const char *id)
{
	size_t mask = f->slots - 1, at = hash & mask;

	for (; f->table[at]; at = (at + 1) & mask) {
		const struct forest_node *node = &f->nodes[f->table[at] - 1];

		if (node->hash == hash && strcmp(node->id, id) == 0 &&
		    strcmp(node->project, project) == 0)
			break;
	}
	return at;
}

uint32_t forest_find(const struct forest *f, const char *project_id, const char *group_id)
{
	const char *project = text_or_empty(project_id), *id = text_or_empty(group_id);

	if (!f->slots)
		return FOREST_NONE;
	return f->table[slot_of(f, idset_hash(project, id), project, id)] - 1;
}

static void grow(struct forest *f)
{
	size_t i;

	mem_free(f->table);
	f->slots = f->slots ? f->slots * 2 : FIRST_SLOTS;
	f->table = mem_calloc(f->slots, sizeof(*f->table));
	for (i = 0; i < f->n; i++)
		f->table[slot_of(f, f->nodes[i].hash, f->nodes[i].project, f->nodes[i].id)] =
			(uint32_t)i + 1;
}

static char *append(char **to, const char *text)
{
	char *start = *to;
	size_t len = strlen(text) + 1;

	memcpy(start, text, len);
	*to += len;
	return start;
}

static void set_texts(struct forest_node *node, const char *project, const char *id, const char *name)
{
	char *block = mem_alloc(strlen(project) + strlen(id) + strlen(name) + 3), *old = node->project;

	node->project = append(&block, project);
	node->id = append(&block, id);
	node->name = append(&block, name);
	mem_free(old);
}

static uint32_t add(struct forest *f, const char *project, const char *id, const char *name)
{
	struct forest_node node = {.hash = idset_hash(project, id), .parent = FOREST_NONE};

	if ((f->n + 1) * 2 > f->slots)
		grow(f);
	set_texts(&node, project, id, name);
	f->nodes = mem_grow(f->nodes, f->n, sizeof(*f->nodes));
	f->nodes[f->n] = node;
	f->table[slot_of(f, node.hash, node.project, node.id)] = (uint32_t)f->n + 1;
	return (uint32_t)f->n++;
}

static uint32_t project_node(struct forest *f, const struct pipeline *p)
{
	const char *project = text_or_empty(p->project_id);
	const char *name = text_empty(p->project_name) ? project : p->project_name;
	uint32_t at = forest_find(f, project, "");

	if (at == FOREST_NONE) {
		f->n_projects++;
		return add(f, project, "", name);
	}
	if (strcmp(f->nodes[at].name, name) != 0)
		set_texts(&f->nodes[at], project, "", name);
	return at;
}

/* Groups are at most some thirty deep, and no circle: model/group.h sees to it. */
static uint32_t group_node(struct forest *f, const struct groups *groups, const struct pipeline *p,
			   const char *group_id)
{
	const char *project = text_or_empty(p->project_id);
	uint32_t at = forest_find(f, project, group_id), parent;
	const struct group *group, *all;

	if (at != FOREST_NONE)
		return at;
	group = groups_find(groups, project, group_id);
	if (!group)
		return project_node(f, p);
	parent = text_empty(group->parent_id) ? project_node(f, p)
					      : group_node(f, groups, p, group->parent_id);
	at = add(f, project, group_id, text_empty(group->name) ? group_id : group->name);
	groups_of(groups, project, &all);
	f->nodes[at].parent = parent;
	f->nodes[at].place = (int)(group - all);
	return at;
}

uint32_t forest_node(struct forest *f, const struct groups *groups, const struct pipeline *p)
{
	if (!groups || text_empty(p->group_id))
		return project_node(f, p);
	return group_node(f, groups, p, p->group_id);
}

/* ---- laying ---- */

static void reserve(uint32_t **array, size_t *max, size_t n)
{
	if (n <= *max)
		return;
	*max = n + n / 8 + 16;
	*array = mem_realloc(*array, *max * sizeof(**array));
}

static void count(struct forest *f, const struct forest_items *items)
{
	struct forest_node *node, *parent;
	size_t i, at = 0;
	int a;

	for (i = 0; i < f->n; i++) {
		node = &f->nodes[i];
		memset(node->counts, 0, sizeof(node->counts));
		node->own = node->n = node->row = 0;
		node->first = node->next = FOREST_NONE;
	}
	for (i = 0; i < items->n; i++) {
		node = &f->nodes[items->node[items->slots[i]]];
		node->own++;
		node->counts[items->attention[items->slots[i]]]++;
	}
	for (i = 0; i < f->n; i++) {
		f->nodes[i].at = at;
		at += f->nodes[i].own;
	}
	for (i = f->n; i-- > 0;) {
		node = &f->nodes[i];
		node->n += node->own;
		parent = node->parent == FOREST_NONE ? NULL : &f->nodes[node->parent];
		for (a = 0; parent && a < ATTENTION_COUNT; a++)
			parent->counts[a] += node->counts[a];
		if (parent)
			parent->n += node->n;
	}
}

/* One bucket for each node; the nodes' `at` are put back after. */
static void deal(struct forest *f, const struct forest_items *items)
{
	size_t i;

	reserve(&f->bucket, &f->bucket_max, items->n);
	for (i = 0; i < items->n; i++)
		f->bucket[f->nodes[items->node[items->slots[i]]].at++] = items->slots[i];
	for (i = 0; i < f->n; i++)
		f->nodes[i].at -= f->nodes[i].own;
}

static int worst(const struct forest_node *node)
{
	int a = 0;

	while (a < ATTENTION_REST && !node->counts[a])
		a++;
	return a;
}

struct laying {
	struct forest *f;
	const struct forest_items *items;
};

/* Siblings, the last first, because linking them turns the order around. */
static int last_first(const void *left, const void *right, void *arg)
{
	const struct laying *l = arg;
	const struct forest_node *a = &l->f->nodes[*(const uint32_t *)left];
	const struct forest_node *b = &l->f->nodes[*(const uint32_t *)right];
	int order = 0;

	if (l->items->urgent_first)
		order = worst(b) - worst(a);
	if (order == 0)
		order = (b->place > a->place) - (b->place < a->place);
	if (order == 0)
		order = text_compare_natural(b->name, a->name);
	return order ? order : strcmp(b->project, a->project);
}

/* Links children to their parents; the first of the projects is returned. */
static uint32_t link_nodes(struct forest *f, const struct forest_items *items)
{
	struct laying laying = {f, items};
	uint32_t projects = FOREST_NONE, *first, at;
	size_t i;

	reserve(&f->sorted, &f->sorted_max, f->n);
	for (i = 0; i < f->n; i++)
		f->sorted[i] = (uint32_t)i;
	if (f->n)
		qsort_r(f->sorted, f->n, sizeof(*f->sorted), last_first, &laying);
	for (i = 0; i < f->n; i++) {
		at = f->sorted[i];
		first = f->nodes[at].parent == FOREST_NONE ? &projects : &f->nodes[f->nodes[at].parent].first;
		f->nodes[at].next = *first;
		*first = at;
	}
	return projects;
}

static bool has_head(const struct forest *f, const struct forest_node *node)
{
	return node->parent != FOREST_NONE || f->n_projects > 1;
}

/* Writes a node's head. False: nothing of what is in it is to be seen. */
static bool enter(struct forest *f, const struct forest_items *items, uint32_t at, uint32_t *rows,
		  size_t *n)
{
	struct forest_node *node = &f->nodes[at];
	const bool *folded = idset_find(items->folded, node->hash, node->project, node->id);

	if (node->n == 0)
		return false;
	node->depth = node->parent == FOREST_NONE ? 0 : forest_depth(f, node->parent);
	node->folded = folded && *folded;
	if (!has_head(f, node))
		return true;
	rows[(*n)++] = FOREST_HEAD | at;
	node->row = *n;
	return !node->folded;
}

size_t forest_lay(struct forest *f, const struct forest_items *items, uint32_t *rows)
{
	uint32_t at;
	size_t n = 0;

	count(f, items);
	deal(f, items);
	at = link_nodes(f, items);
	while (at != FOREST_NONE) {
		struct forest_node *node = &f->nodes[at];

		if (enter(f, items, at, rows, &n) && node->first != FOREST_NONE) {
			at = node->first;
			continue;
		}
		/* Up from what is done, each parent's own after its groups, to the next sibling. */
		for (;; node = &f->nodes[at]) {
			if (node->n && (!node->folded || !has_head(f, node))) {
				memcpy(rows + n, f->bucket + node->at, node->own * sizeof(*rows));
				n += node->own;
			}
			if (node->next != FOREST_NONE || node->parent == FOREST_NONE)
				break;
			at = node->parent;
		}
		at = node->next;
	}
	return n;
}

int forest_depth(const struct forest *f, uint32_t node)
{
	return f->nodes[node].depth + has_head(f, &f->nodes[node]);
}
