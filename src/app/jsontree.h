/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_JSONTREE_H
#define PIPETOP_APP_JSONTREE_H

/*
 * The JSON of a file of the operator's, strict (RFC 8259), with the line of everything in it, so
 * that a complaint can say where. The text stays the caller's and must outlive the tree.
 */
#include <stdbool.h>
#include <stddef.h>

#include "core/err.h"

#define JSONTREE_DEPTH_MAX 64
#define JSONTREE_NODES_MAX 200000
#define JSONTREE_NONE ((size_t)-1)

enum jsontree_kind { JSONTREE_OBJECT, JSONTREE_ARRAY, JSONTREE_STRING, JSONTREE_NUMBER, JSONTREE_BOOL, JSONTREE_NULL };

struct jsontree_node {
	enum jsontree_kind kind;
	char *key;    /* of a member, decoded; else NULL */
	char *string; /* of a string, decoded: UTF-8, a NUL in it is U+FFFD; else NULL */
	int line;     /* of the key, else of the value; from 1 */
	size_t first, next; /* child and sibling, JSONTREE_NONE for none */
};

/* Node 0 is the document. A document after jsontree_parse() has failed is empty. */
struct jsontree {
	struct jsontree_node *nodes;
	size_t n;
};

/* The sentence has line and column (in characters, from 1). */
bool jsontree_parse(struct jsontree *tree, const char *text, size_t len, struct err *err);
void jsontree_done(struct jsontree *tree);

/* The first member of that name of an object; JSONTREE_NONE, also for `at` JSONTREE_NONE. */
size_t jsontree_member(const struct jsontree *tree, size_t at, const char *key);
size_t jsontree_first(const struct jsontree *tree, size_t at);
bool jsontree_is(const struct jsontree *tree, size_t at, enum jsontree_kind kind);
/* The text of a string member; NULL when it is none. Borrowed. */
const char *jsontree_text(const struct jsontree *tree, size_t at, const char *key);

#endif
