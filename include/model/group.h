/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_MODEL_GROUP_H
#define PIPETOP_MODEL_GROUP_H

/*
 * The groups that pipelines are filed under (api.md 6.3): one tree for each project, kept
 * apart from the pipelines, which only name theirs (pipeline.group_id).
 *
 * A tree is replaced as a whole. Parents come before their children; siblings stand in
 * the server's order. A group that names no known parent is a root; what would close a
 * circle is one too.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct group {
	char *project_id;
	char *id, *name;
	char *parent_id; /* NULL: a root */
	char *path_id;	 /* ids from the root, joined by dots: what a listing asks for */
	int ordinal;
	int depth;	 /* 0: a root */
};

struct groups; /* opaque */

struct groups *groups_new(void);
void groups_free(struct groups *groups);
uint64_t groups_version(const struct groups *groups); /* moves when a person would see it */

/* Takes the array's contents over and leaves it empty; n 0: the project has no groups. */
void groups_take(struct groups *groups, const char *project_id, struct group *list, size_t n);
void group_done(struct group *group);

/* Was the project's tree read at all? */
bool groups_known(const struct groups *groups, const char *project_id);

/*
 * The groups of a project in the order in which a tree is drawn: each parent, then its
 * children. Borrowed until the next groups_take().
 */
size_t groups_of(const struct groups *groups, const char *project_id, const struct group **out);
const struct group *groups_find(const struct groups *groups, const char *project_id,
				const char *group_id);

/* "Team A / Web": the names from the root down. False, and "" in out: not known. */
bool groups_path(const struct groups *groups, const char *project_id, const char *group_id,
		 char *out, size_t size);

/* Is the group, or one above it, called `word` (id, name or part of a name)? */
bool groups_within(const struct groups *groups, const char *project_id, const char *group_id,
		   const char *word);

/* Is `inner` somewhere below `outer`? */
bool groups_below(const struct groups *groups, const char *project_id, const char *inner,
		  const char *outer);

#endif
