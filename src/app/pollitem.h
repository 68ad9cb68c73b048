/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_POLLITEM_H
#define PIPETOP_APP_POLLITEM_H

/* What the three parts of the poll plan share: items, projects, times. */
#include "app/poll.h"

#define POLL_SECOND INT64_C(1000)
#define POLL_MINUTE INT64_C(60000)
#define POLL_PAGE_PACE_MS 1500 /* of a long list, for each page */
#define POLL_LIST_CAP 20000 /* rows of a listing whose pages repeat (H19) */
#define POLL_LIVE_PAGES 10  /* of the live filter: failing pipelines may be very many */

/* The item of that name, made (and due at once) if there is none. Ids may be NULL. */
struct poll_item *pollitem_get(struct poll *p, enum poll_kind kind, const char *project_id,
			       const char *pipeline_id, const char *run_id, int64_t now_ms);
/* Every item, in turn: bucket 0 and NULL to begin with. */
struct poll_item *pollitem_each(const struct poll *p, size_t *bucket, struct poll_item *last);
void pollitem_remove(struct poll *p, struct poll_item *item);

struct poll_project *pollitem_project(struct poll *p, const char *project_id); /* made if missing */

/* Rows that one request for a page asks for. */
int64_t pollitem_page(const struct poll_project *project);

/* In [0, 1). */
double pollitem_random(struct poll *p);
/* After its last request, with stretch and jitter. */
int64_t pollitem_next_due(struct poll *p, const struct poll_item *item);
void pollitem_sooner(struct poll_item *item, int64_t due_ms);
bool pollitem_on_screen(const struct poll_item *item);
enum api_class pollitem_class(const struct poll_item *item);

/* The server's words for a run and its stages in one number: moves when one of them does. */
uint64_t pollitem_digest(const struct run *run);
bool pollitem_alive(const struct run *run); /* not over; NULL: no */

#endif
