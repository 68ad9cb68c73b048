/* SPDX-License-Identifier: MIT */
/*
 * The tree is an array in drawing order, so that a pane walks it and needs no recursion:
 * built once for each answer, from the nodes sorted twice (by id, to check the ways up;
 * by parent, to lay them out). An answer is not trusted to be a tree: what has no
 * way up to a root within a bounded depth becomes one itself, so every group is
 * shown exactly once.
 */
#include "model/group.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"

#define DEPTH_MAX 32

struct tree {
	char *project_id;
	struct group *groups; /* in drawing order */
	size_t n;
};

struct groups {
	struct tree *trees;
	size_t n;
	uint64_t version;
};

struct groups *groups_new(void)
{
	return mem_zalloc(sizeof(struct groups));
}

void group_done(struct group *group)
{
	mem_free(group->project_id);
	mem_free(group->id);
	mem_free(group->name);
	mem_free(group->parent_id);
	mem_free(group->path_id);
	memset(group, 0, sizeof(*group));
}

static void list_free(struct group *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		group_done(&list[i]);
	mem_free(list);
}

void groups_free(struct groups *groups)
{
	size_t i;

	if (!groups)
		return;
	for (i = 0; i < groups->n; i++) {
		list_free(groups->trees[i].groups, groups->trees[i].n);
		mem_free(groups->trees[i].project_id);
	}
	mem_free(groups->trees);
	mem_free(groups);
}

uint64_t groups_version(const struct groups *groups)
{
	return groups->version;
}

static struct tree *tree_of(const struct groups *groups, const char *project_id)
{
	size_t i;

	for (i = 0; i < groups->n; i++)
		if (strcmp(groups->trees[i].project_id, text_or_empty(project_id)) == 0)
			return &groups->trees[i];
	return NULL;
}

/* ---- building ---- */

struct node {
	struct group group;
	size_t at; /* in the answer */
};

static int by_id(const void *left, const void *right)
{
	const struct node *a = left, *b = right;
	int order = strcmp(a->group.id, b->group.id);

	return order ? order : (a->at > b->at) - (a->at < b->at);
}

/* Children of one parent together, by ordinal, then name; the answer's place decides the rest. */
static int by_parent(const void *left, const void *right)
{
	const struct node *a = left, *b = right;
	int order = strcmp(text_or_empty(a->group.parent_id), text_or_empty(b->group.parent_id));

	if (order == 0)
		order = (a->group.ordinal > b->group.ordinal) - (a->group.ordinal < b->group.ordinal);
	if (order == 0)
		order = text_compare_natural(text_or_empty(a->group.name), text_or_empty(b->group.name));
	return order ? order : (a->at > b->at) - (a->at < b->at);
}

/* First of the nodes, sorted by `key`, whose key is not less. */
static size_t lower(const struct node *nodes, size_t n, const char *(*key)(const struct node *),
		    const char *wanted)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(key(&nodes[mid]), wanted) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static const char *id_of(const struct node *node)
{
	return node->group.id;
}

static const char *parent_of(const struct node *node)
{
	return text_or_empty(node->group.parent_id);
}

static const struct node *node_of(const struct node *nodes, size_t n, const char *id)
{
	size_t at = lower(nodes, n, id_of, id);

	return at < n && strcmp(nodes[at].group.id, id) == 0 ? &nodes[at] : NULL;
}

/* Does the way up end at a root, before it gets too long? */
static bool rooted(const struct node *nodes, size_t n, const struct node *node)
{
	int steps;

	for (steps = 0; steps <= DEPTH_MAX; steps++) {
		if (!node->group.parent_id)
			return true;
		node = node_of(nodes, n, node->group.parent_id);
		if (!node)
			return false;
	}
	return false;
}

/* What has no way up to a root becomes one. */
static void uproot(struct node *nodes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (rooted(nodes, n, &nodes[i]))
			continue;
		mem_free(nodes[i].group.parent_id);
		nodes[i].group.parent_id = NULL;
	}
}

/* No deeper than rooted() allows. */
static void place(const struct node *nodes, size_t n, const char *parent_id, int depth,
		  struct tree *tree)
{
	size_t i = lower(nodes, n, parent_of, parent_id);

	for (; i < n && strcmp(parent_of(&nodes[i]), parent_id) == 0; i++) {
		struct group *group = &tree->groups[tree->n++];

		*group = nodes[i].group;
		group->depth = depth;
		place(nodes, n, group->id, depth + 1, tree);
	}
}

/* Takes over what has an id of its own; sorted by id. */
static size_t adopt(struct node *nodes, const char *project_id, struct group *list, size_t n)
{
	size_t i, m = 0, kept = 0;

	for (i = 0; i < n; i++) {
		if (text_empty(list[i].id)) {
			group_done(&list[i]);
			continue;
		}
		if (text_empty(list[i].parent_id)) {
			mem_free(list[i].parent_id);
			list[i].parent_id = NULL;
		}
		mem_free(list[i].project_id);
		list[i].project_id = mem_strdup(project_id);
		nodes[m++] = (struct node){.group = list[i], .at = i};
		memset(&list[i], 0, sizeof(list[i]));
	}
	qsort(nodes, m, sizeof(*nodes), by_id);
	for (i = 0; i < m; i++) {
		if (kept && strcmp(nodes[kept - 1].group.id, nodes[i].group.id) == 0)
			group_done(&nodes[i].group);
		else
			nodes[kept++] = nodes[i];
	}
	return kept;
}

static void build(struct tree *tree, const char *project_id, struct group *list, size_t n)
{
	struct node *nodes = mem_calloc(n, sizeof(*nodes));
	size_t kept = adopt(nodes, project_id, list, n);

	uproot(nodes, kept);
	qsort(nodes, kept, sizeof(*nodes), by_parent);
	tree->groups = mem_calloc(kept, sizeof(*tree->groups));
	place(nodes, kept, "", 0, tree);
	mem_free(nodes);
}

static bool tree_same(const struct tree *a, const struct tree *b)
{
	size_t i;

	if (a->n != b->n)
		return false;
	for (i = 0; i < a->n; i++)
		if (!text_same(a->groups[i].id, b->groups[i].id) ||
		    !text_same(a->groups[i].name, b->groups[i].name) ||
		    !text_same(a->groups[i].parent_id, b->groups[i].parent_id) ||
		    !text_same(a->groups[i].path_id, b->groups[i].path_id))
			return false;
	return true;
}

void groups_take(struct groups *groups, const char *project_id, struct group *list, size_t n)
{
	struct tree *tree = tree_of(groups, project_id), made = {0};
	bool news;

	build(&made, text_or_empty(project_id), list, n);
	if (!tree) {
		groups->trees = mem_grow(groups->trees, groups->n, sizeof(*groups->trees));
		tree = &groups->trees[groups->n++];
		*tree = (struct tree){.project_id = mem_strdup(text_or_empty(project_id))};
		groups->version++;
	}
	news = !tree_same(tree, &made);
	list_free(tree->groups, tree->n);
	tree->groups = made.groups;
	tree->n = made.n;
	groups->version += news;
}

/* ---- reading ---- */

bool groups_known(const struct groups *groups, const char *project_id)
{
	return tree_of(groups, project_id) != NULL;
}

size_t groups_of(const struct groups *groups, const char *project_id, const struct group **out)
{
	const struct tree *tree = tree_of(groups, project_id);

	*out = tree ? tree->groups : NULL;
	return tree ? tree->n : 0;
}

static const struct group *find(const struct tree *tree, const char *group_id)
{
	size_t i;

	for (i = 0; tree && group_id && i < tree->n; i++)
		if (strcmp(tree->groups[i].id, group_id) == 0)
			return &tree->groups[i];
	return NULL;
}

const struct group *groups_find(const struct groups *groups, const char *project_id,
				const char *group_id)
{
	return find(tree_of(groups, project_id), group_id);
}

bool groups_path(const struct groups *groups, const char *project_id, const char *group_id,
		 char *out, size_t size)
{
	const struct tree *tree = tree_of(groups, project_id);
	const struct group *way[DEPTH_MAX + 1], *group = find(tree, group_id);
	size_t n = 0, used = 0;

	if (size)
		out[0] = '\0';
	if (!group)
		return false;
	for (; group && n < DEPTH_MAX + 1; group = find(tree, group->parent_id))
		way[n++] = group;
	while (n-- > 0 && used < size) {
		const char *name = text_empty(way[n]->name) ? way[n]->id : way[n]->name;
		int len = snprintf(out + used, size - used, "%s%s", used ? " / " : "", name);

		used += len > 0 ? (size_t)len : 0;
	}
	if (used >= size && size)
		out[text_cut(out, strlen(out))] = '\0';
	return true;
}

bool groups_within(const struct groups *groups, const char *project_id, const char *group_id,
		   const char *word)
{
	const struct tree *tree = tree_of(groups, project_id);
	const struct group *group;

	for (group = find(tree, group_id); group; group = find(tree, group->parent_id))
		if (text_same(group->id, word) || (group->name && strcasestr(group->name, word)))
			return true;
	return text_same(group_id, word);
}

bool groups_below(const struct groups *groups, const char *project_id, const char *inner,
		  const char *outer)
{
	const struct tree *tree = tree_of(groups, project_id);
	const struct group *group = find(tree, inner);

	for (group = group ? find(tree, group->parent_id) : NULL; group;
	     group = find(tree, group->parent_id))
		if (text_same(group->id, outer))
			return true;
	return false;
}
