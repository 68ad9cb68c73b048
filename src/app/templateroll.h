/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_TEMPLATEROLL_H
#define PIPETOP_APP_TEMPLATEROLL_H

/*
 * The templates of an account, put together from the pages of their list, as plain data: which page to ask
 * for next, and what an answer adds. Commands fill one in order (templateread.h), the dashboard as
 * answers come (templateask.h).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/templates.h"
#include "paging.h"

/* Borrowed texts; all zero: every template, in the service's order. */
struct template_wish {
	const char *name;     /* in the name, as the service compares */
	const char *language;
	enum api_flag system; /* API_TRUE: the service's own alone, API_FALSE: the account's own alone */
	bool favourites;      /* looked for here: the service has no such filter */
	const char *sort_key; /* name, create_time, update_time */
	bool descending;
	int64_t most;	      /* 0: every one */
};

struct templateroll {
	struct template_wish wish;
	struct template *all;
	size_t n;
	int64_t total;	/* that there are; -1: not known, for not all were looked at or the service does not say */
	bool over;	/* there is nothing more to ask */
	/* private */
	int64_t offset;
	struct paging paging;
	char first_id[72]; /* of the page before */
};

void templateroll_begin(struct templateroll *roll, const struct template_wish *wish);
void templateroll_done(struct templateroll *roll); /* also of a zeroed one */

/* The next page; false: the roll is over. */
bool templateroll_next(const struct templateroll *roll, struct api_template_query *query);
/* Takes the rows of an answer that succeeded. */
void templateroll_take(struct templateroll *roll, struct api_templates *page);

/* Was it cut by `most`? */
bool templateroll_cut(const struct templateroll *roll);

#endif
