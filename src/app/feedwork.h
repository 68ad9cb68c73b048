/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_FEEDWORK_H
#define PIPETOP_APP_FEEDWORK_H

/* What the parts of the feed share. */
#include <ev.h>

#include "app/feed.h"
#include "app/poll.h"
#include "find.h"

/* A request on its way. */
struct asked {
	struct feed *feed;
	struct poll_item *item;
	uint64_t id;
	struct asked *next;
};

struct feed {
	struct ev_loop *loop;
	struct session *session;
	struct store *store;
	struct budget *budget;
	void (*changed)(void *self);
	void *self;
	struct poll poll;
	struct groups *groups;
	struct find find;
	struct asked *asked;
	ev_timer timer;
	int64_t expire_ms; /* rows want to leave then; -1: none */
	bool refused; /* a request was answered while it was sent: plan again */
	bool started, pumping, closing;
};

/* Asks what is due, and sleeps until something is. */
void feed_pump(struct feed *feed);
void feed_arm(struct feed *feed, int64_t now_ms);

/* Sends the request of an item; its answer goes to the store and the plan. */
void feed_ask(struct feed *feed, struct poll_item *item);
void feed_forget(struct feed *feed, struct asked *asked);

/* Puts the search's listings into the plan, as far as they are known. */
void feed_aim(struct feed *feed);
/* The rows of a search page, noted before the store takes them and counted after. */
struct find_row *feed_name_rows(const struct api_pipelines *page, const char *project_id);
void feed_count_rows(struct feed *feed, struct find_row *rows, size_t n);
/* Says of the rows which group they were listed in. */
void feed_put_group(struct feed *feed, const char *group_id, struct api_pipelines *page);

#endif
