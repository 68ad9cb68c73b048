/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_FIND_H
#define PIPETOP_APP_FIND_H

/*
 * A search on the server: a query in the words that a request takes, and which rows the
 * answers named. Nothing here sends or waits.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/calls.h"
#include "app/poll.h"
#include "filter.h"
#include "model/group.h"
#include "model/query.h"
#include "model/store.h"

#define FIND_IDS_MAX 100 /* people in one request */

struct find_row {
	char *project_id, *pipeline_id;
};

struct find {
	bool active;
	bool local;   /* nothing that a request could say */
	struct query query;
	bool v3;
	unsigned number;  /* of searches so far */
	char name[16];	  /* of this one, in the poll plan */
	struct query_list people; /* ids of all that `by:` names; empty: not all are known */
	struct find_row *rows;	  /* in the order of the answers */
	size_t n;
	size_t *table; /* of indexes + 1; open addressing */
	size_t slots;
	uint64_t version;
};

void find_done(struct find *f);
void find_stop(struct find *f);
/* False: a field that this API does not know, named in err; there is no search then. */
bool find_start(struct find *f, const struct query *query, bool v3, struct store *store,
		struct err *err);

/* May rows of the project be among what is asked for, as far as we know its name? */
bool find_in_project(const struct find *f, const struct store *store, const char *project_id);
/*
 * The listings in one project: one, or one for each group that the query names. False: the
 * tree of groups must be known first. Appends to an array of targets, which the caller owns.
 */
bool find_targets(const struct find *f, const struct groups *groups, const char *project_id,
		  struct poll_target **targets, size_t *n);

/* What a request says; borrows from the search and from `path`. */
struct find_request {
	struct api_list_query query;
	struct filter filter;
};
void find_request(const struct find *f, bool v3, const char *path, struct find_request *request);

/* A row that an answer named: counted as found if the query, as far as we can tell, wants it. */
void find_take(struct find *f, const struct groups *groups, struct store *store,
	       const char *project_id, const char *pipeline_id);
size_t find_order(const struct find *f, const char *project_id, const char *pipeline_id);

#endif
