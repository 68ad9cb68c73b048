/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_MODEL_ROWS_H
#define PIPETOP_MODEL_ROWS_H

/*
 * The store's pipelines, found by (project, pipeline): a hash table of pointers beside
 * an array of the same rows. A row stays where it is until it is removed; the words of a
 * project are kept once.
 */
#include "kept.h"

struct project {
	char *id, *name;
	size_t n, n_v3; /* rows but guests, and those that only v3 lists */
};

/* What is asked of few rows only. */
struct learned {
	int64_t total; /* runs that the server has; -1: not said */
	uint64_t total_snapshot;
	int64_t usual_ms, mad_ms;
	uint64_t usual_snapshot;
};

struct row {
	struct pipeline pipeline; /* its id is `id`, its project's words the project's */
	struct kept *runs;	  /* newest first; pipeline.latest is one of them */
	struct learned *learned;  /* NULL: nothing yet */
	uint32_t at;		  /* place in rows.array */
	uint32_t n_runs;
	uint32_t place;		  /* in the store's entries, from 1 */
	uint32_t live;		  /* in the entries' list of rows with a live run, from 1 */
	uint32_t hash;
	uint64_t named, listed;	  /* newest requests whose answer, list named it */
	uint64_t grouped;	  /* newest request whose answer said its group */
	int64_t fresh_ms, gone_ms;
	char id[];
};

struct rows {
	struct row **array;
	size_t n, n_guests; /* of them */
	uint32_t *table; /* index + 1 of a row; open addressing; a power of two, at most half full */
	size_t slots;
	struct stock stock;
	struct project **projects;
	size_t n_projects;
};

void rows_done(struct rows *rows);
/* project_id NULL is "". */
struct row *rows_find(const struct rows *rows, const char *project_id, const char *pipeline_id);
struct row *rows_add(struct rows *rows, const char *project_id, const char *pipeline_id);
void rows_remove(struct rows *rows, struct row *row);
struct learned *rows_learn(struct rows *rows, struct row *row); /* made if missing */
/* Puts a copy of the text in the place of one of the row's; true if it is another. */
bool rows_set_text(struct rows *rows, char **text, const char *to);
void rows_set_guest(struct rows *rows, struct row *row, bool guest);
/* The guest that was named the longest ago, save the one that is to stay (or NULL). */
struct row *rows_oldest_guest(const struct rows *rows, const struct row *stays);
/* The row of that pipeline in whichever project it is known. */
struct row *rows_find_anywhere(const struct rows *rows, const char *pipeline_id);
/* Remembers the project's name; true if it is news. */
/* Is the row known from the v3 list alone? */
void rows_set_v3(struct rows *rows, struct row *row, bool from_v3);
const struct project *rows_project(const struct rows *rows, const char *project_id);
bool rows_name_project(struct rows *rows, struct row *row, const char *name);

/* The runs of a row. Linking keeps the order and pipeline.latest true; the row owns them. */
struct kept *rows_run(struct row *row, const char *run_id); /* NULL if it is not there */
void rows_link_run(struct row *row, struct kept *kept);
void rows_unlink_run(struct row *row, struct kept *kept);
void rows_unlink_at(struct row *row, struct kept **at); /* where a walk found it */

#endif
