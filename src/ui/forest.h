/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_FOREST_H
#define PIPETOP_UI_FOREST_H

/*
 * Rows under heads of groups. A node is a group, or a project, which stands above the
 * groups of its own and has no head while there is no other project. Nodes are made when
 * an entry names them and known by number until forest_clear().
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "idset.h"
#include "model/attention.h"
#include "model/group.h"

#define FOREST_HEAD 0x80000000u /* in a row: the rest is a node's number, not a slot's */
#define FOREST_NONE UINT32_MAX

struct forest_node {
	uint64_t hash;
	char *project, *id, *name; /* one block; id "" is the project's node */
	uint32_t parent;	   /* FOREST_NONE: a project */
	uint32_t first, next;	   /* children in order, while laying */
	int place;		   /* in the server's order */
	int depth;
	bool folded;
	size_t counts[ATTENTION_COUNT], n; /* of what is laid in it and below */
	size_t own, at;			   /* of what is laid in it: how many, where */
	size_t row;			   /* of its head, from 1; 0: it has none */
};

struct forest {
	struct forest_node *nodes;
	size_t n, n_projects;
	uint32_t *table; /* node + 1; open addressing, at most half full */
	size_t slots;
	uint32_t *sorted, *bucket; /* scratch */
	size_t sorted_max, bucket_max;
};

void forest_done(struct forest *f);
void forest_clear(struct forest *f);

/* The node of a pipeline's group, or of its project where the group is not known. */
uint32_t forest_node(struct forest *f, const struct groups *groups, const struct pipeline *pipeline);
uint32_t forest_find(const struct forest *f, const char *project_id, const char *group_id);

struct forest_items {
	const uint32_t *slots; /* in the order wanted within a group */
	size_t n;
	const uint32_t *node;	  /* of each slot */
	const uint8_t *attention; /* of each slot */
	const struct idset *folded;
	bool urgent_first; /* groups by what is worst in them, else in the server's order */
};
/* Writes heads and slots to rows, which has room for items->n + f->n; returns how many. */
size_t forest_lay(struct forest *f, const struct forest_items *items, uint32_t *rows);
/* Indent of a slot's row below its node. */
int forest_depth(const struct forest *f, uint32_t node);

#endif
