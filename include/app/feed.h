/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_FEED_H
#define PIPETOP_APP_FEED_H

/*
 * Keeps the store fresh: asks the service what api.md 9 says to ask, as often as
 * reliability.md 5 allows, and puts the answers into the store. What to ask next is
 * decided by app/poll.h, a pure function; the feed carries it out.
 *
 * At most one request is in flight for each view (a project's list, its live filter, its
 * batch status, one run's detail ...). Every request pays from the budget. A failure
 * keeps the last good data and backs that view off; the others go on (H21).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/session.h"
#include "core/err.h"
#include "model/group.h"
#include "model/query.h"
#include "model/store.h"
#include "net/budget.h"

struct ev_loop;
struct feed; /* opaque */

struct feed_options {
	struct ev_loop *loop;
	struct session *session;
	struct store *store;
	struct budget *budget;
	const char *const *projects; /* copied; none with v3: every project */
	size_t n_projects;
	bool v3;		 /* list through /v3/pipelines/list, states from batch status */
	void (*changed)(void *self); /* something came, failed or became due; may be NULL */
	void *self;
};

struct feed *feed_new(const struct feed_options *options);
void feed_free(struct feed *feed);
void feed_start(struct feed *feed);

/* What the operator looks at: copied. Decides periods and priorities. */
struct feed_view {
	const char *project_id, *pipeline_id, *run_id; /* opened run; run_id NULL: none */
	const char *const *visible_project; /* pipelines on screen: pairs of ids */
	const char *const *visible_pipeline;
	size_t n_visible;
	const char *const *marked_project; /* pairs that are watched as if they were on screen */
	const char *const *marked_pipeline;
	size_t n_marked;
	bool groups; /* groups are shown: the trees are read, and which pipeline is in which */
};
void feed_look(struct feed *feed, const struct feed_view *view);

/*
 * The groups of the projects, as far as they were read: owned by the feed, for whoever
 * draws them (feed_view.groups) or filters by them.
 */
const struct groups *feed_groups(const struct feed *feed);

/*
 * Puts a query to the server, in each configured project that it allows, and reads the
 * pages behind the screen. What comes goes into the store as any pipeline does; which
 * rows it was is kept. Copied; NULL ends the search. False: the server cannot be asked
 * this, and err says which field and why; then there is no search.
 */
bool feed_find(struct feed *feed, const struct query *query, struct err *err);

struct feed_found {
	bool active;	    /* a search was asked for and not ended */
	bool done;	    /* read to its end, or as far as it goes (err, cut) */
	bool local;	    /* nothing in the query that a server could be asked: not asked */
	bool cut;	    /* there were more rows than are read */
	size_t n;	    /* rows found */
	size_t read, total; /* rows read, of how many as the server says; total 0: not said */
	struct err err;	    /* of the newest failure, kind ERR_NONE: none */
	uint64_t version;   /* moves when the rows do */
};
void feed_found(const struct feed *feed, struct feed_found *found);
/* "37 found on the server, 12 more being read", in the operator's language. */
void feed_found_text(const struct feed_found *found, char *out, size_t size);
bool feed_is_found(const struct feed *feed, const char *project_id, const char *pipeline_id);
/* The place of a found row in the order of the answers; SIZE_MAX: it was not found. */
size_t feed_found_order(const struct feed *feed, const char *project_id, const char *pipeline_id);

/*
 * The next page of the opened pipeline's run history. False: it is being read, or there is no
 * more. Pages are counted from the newest run; runs that came since only make a page
 * repeat some that are known.
 */
bool feed_more_runs(struct feed *feed, const char *project_id, const char *pipeline_id);
struct feed_history {
	size_t loaded;	/* runs known */
	int64_t total;	/* as the server says; -1: not said */
	bool in_flight, done;
	struct err err; /* of the last try, kind ERR_NONE: none */
};
void feed_history(const struct feed *feed, const char *project_id, const char *pipeline_id,
		  struct feed_history *history);

/* All polling periods times `factor`, within 0.5 and 10. The budget stays. */
void feed_interval(struct feed *feed, double factor);

/*
 * Other projects from now on (with v3, none: every one). The pipelines of those that are left
 * out leave the store; a search is put again to those that stay.
 */
void feed_projects(struct feed *feed, const char *const *projects, size_t n);

/* r: everything on screen is asked now, at most once per 2 s; false when it was too soon. */
bool feed_now(struct feed *feed);

/*
 * A run that was started from here: it is asked by id until a list shows it, which can
 * take minutes (api.md 4.2).
 */
void feed_follow_run(struct feed *feed, const char *project_id, const char *pipeline_id,
		     const char *run_id);

/*
 * Which run does a sub-pipeline step stand for? Asked until the store knows it
 * (step->child_run), while its run goes on; the child's own run is read when it is looked at.
 */
void feed_child(struct feed *feed, const struct ref *step);

/* Nobody can see it (the terminal stalls or has no focus): a minute between requests. */
void feed_slow(struct feed *feed, bool slow);

enum badge {
	BADGE_START, /* nothing came yet */
	BADGE_LIVE,
	BADGE_STALE,
	BADGE_RETRY,
	BADGE_THROTTLED,
	BADGE_AUTH,
	BADGE_DENIED,
	BADGE_OFFLINE,
};
const char *badge_word(enum badge badge); /* "LIVE" ... untranslated */

/* Everything the header says about freshness. */
struct feed_status {
	enum badge badge;
	int64_t fresh_ms;   /* monotonic time of the oldest of the lists' last good answers; 0: none yet */
	int64_t since_ms;   /* wall time since when it is failing; 0: it is not */
	int64_t next_ms;    /* monotonic time of the next try where it waits for one; 0: none */
	struct err err;	    /* newest failure on screen, kind ERR_NONE: none */
	int used, allowed;  /* requests in the last minute, and per minute */
	size_t listed, total; /* pipelines loaded of how many; total 0: not known */
	bool loaded;	    /* every list was read to its end once */
	unsigned in_flight;
};
void feed_status(const struct feed *feed, int64_t now_ms, struct feed_status *status);

#endif
