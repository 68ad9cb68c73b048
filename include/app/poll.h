/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_POLL_H
#define PIPETOP_APP_POLL_H

/*
 * What to ask next, and when: the plan of api.md 9 with the periods, the back-off and
 * the budget of reliability.md 5. Pure: it reads the store, the time is an argument, the
 * jitter comes from its own seed, and it sends nothing. The feed carries it out.
 *
 * Each thing worth asking again is an item with its own due time and back-off, so at
 * most one request is in flight for each and a failure holds up only its own. Of the
 * items that are due the one with the highest priority goes first; what waits gains
 * rank with time, so that a small budget stretches periods but starves nothing.
 *
 * The loop is: poll_plan, which is cheap when nothing moved; poll_next until it gives
 * NULL; poll_answered for each answer, after the store took it; sleep until poll_wake_ms.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/calls.h"
#include "app/feed.h"
#include "model/store.h"
#include "net/budget.h"
#include "net/retry.h"

enum poll_kind {
	POLL_LIST,	 /* 4.1, one page of the whole */
	POLL_LIST_V3,	 /* 7.1, one page */
	POLL_LIVE,	 /* 4.1 with the live states and FAILED, one page */
	POLL_STATUS,	 /* 5.2 of the visible pipelines of a project */
	POLL_STATUS_ALL, /* 5.2 of all that only v3 lists, which have no states */
	POLL_DETAIL,	 /* 4.3 of one run */
	POLL_RUNS,	 /* 4.2, newest runs of the opened pipeline */
	POLL_OLD_LIVE,	 /* 4.2 with the live states, of a pipeline that may have older live runs */
	POLL_HISTORY,	 /* 4.2 with COMPLETED: what is usual */
	POLL_FIND,	 /* 4.1 or 7.1, one page of a search; pipeline_id: group path, run_id: search */
	POLL_MORE,	 /* 4.2, the next page of the opened pipeline's history */
	POLL_GROUPS,	 /* 6.3: the tree */
	POLL_GROUP,	 /* 4.1, one page of a group's pipelines; pipeline_id: the group */
	POLL_OUTPUTS,	 /* 4.6 of the sub-pipeline steps of a run whose child is not known */
	POLL_KINDS
};

enum poll_priority {
	POLL_OPENED,
	POLL_SCREEN,
	POLL_LISTS,
	POLL_OTHERS, /* rows off the screen */
	POLL_BACKGROUND,
	POLL_EXTRAS, /* one in EXTRAS_MS at most */
	POLL_PRIORITIES
};

#define POLL_PAGE 200	     /* rows asked for at once, if the server takes that many */
#define POLL_PAGE_MIN 50     /* what v3 takes, and v5 in the end */
#define POLL_RUNS_PAGE 30
#define POLL_MORE_PAGE 100   /* runs */
#define POLL_FIND_PAGES 100  /* of a search in one project */
#define POLL_NEVER INT64_MAX

struct poll_item {
	enum poll_kind kind;
	enum poll_priority priority;
	char *project_id, *pipeline_id, *run_id; /* "" where it does not apply */
	int64_t period_ms;
	int64_t due_ms;	  /* POLL_NEVER: when something moves it */
	int64_t asked_ms; /* last request; 0: none */
	int64_t good_ms;  /* last good answer; 0: none */
	int64_t took_ms;  /* of the last answer */
	bool in_flight, failing, followed;
	struct backoff backoff;
	struct err *err;       /* of the last answer; NULL: it was good, or there was none */
	int64_t failing_ms;    /* monotonic, since when */
	uint64_t answered;     /* snapshot of the last good answer */
	uint64_t digest;       /* of what it told, to see that something moved since */
	int64_t offset;	       /* of the next page or chunk */
	int64_t total;	       /* as the server says; -1: not said */
	uint64_t first_page;   /* snapshot of this listing's first page; 0: none under way */
	uint64_t last_listing; /* of the one before */
	int64_t pages;	       /* of this listing */
	bool over;	       /* a search or a history: read to its end, or given up */
	int64_t made_ms;
	uint64_t hash;	       /* private: of its name */
	unsigned round;	       /* private: of the plan that wanted it */
	struct poll_item *next; /* private: same bucket */
};

struct poll_project {
	char *id; /* "" where v3 lists every project */
	bool configured;   /* asked for; the others came with rows */
	bool v3;	   /* listed through v3 */
	bool loaded;	   /* listed to its end once */
	size_t rows;	   /* pipelines known */
	size_t only_v3;	   /* of them, known from v3 alone */
	size_t visible;	   /* of them, on screen */
	size_t guests;	   /* of those on screen, in no list */
	size_t watched;	   /* of them, asked by batch status: all, or those that run if they are many */
	bool visible_live; /* one on screen runs */
	size_t chunk;	   /* ids in one batch status; halved when the server refuses */
	int64_t page;	   /* rows asked for at once; smaller when the server gives fewer */
};

struct poll_options {
	const char *const *projects;
	size_t n_projects;
	bool v3;
	uint64_t seed;
	int64_t now_ms;
	const struct groups *groups; /* NULL: none are ever asked */
};

/* One listing of a search: a project, or a group in it. */
struct poll_target {
	char *project_id, *path; /* path "": the whole project */
};

#define POLL_BUCKETS 8192 /* three items for each of thousands of live runs */

struct poll {
	struct poll_project *projects;
	size_t n_projects, n_configured;
	struct poll_item *buckets[POLL_BUCKETS];
	size_t n_items, n_history;
	char *opened_project, *opened_pipeline, *opened_run; /* NULL: none */
	struct ref parent; /* run whose sub-pipelines' runs are asked for; empty: none */
	int64_t parent_ms; /* since when */
	char **visible; /* pairs of project and pipeline, sorted */
	size_t n_visible;
	const struct groups *groups;
	bool show_groups;  /* somebody looks at them */
	char *search;	   /* the name of the search; NULL: none */
	struct poll_target *targets;
	size_t n_targets;
	bool search_trees; /* it waits for the trees of groups */
	double factor;	   /* of all periods */
	struct breaker breakers[API_CLASS_COUNT];
	bool v3;
	bool slow;	      /* nobody looks */
	bool auth;	      /* 401: only probes */
	int64_t auth_ms;      /* next probe */
	int64_t throttled_ms; /* nothing before; 0: any time */
	int64_t extras_ms;    /* none of POLL_EXTRAS before */
	int64_t forced_ms;    /* last poll_now */
	uint64_t random;
	uint64_t planned; /* the store's version that the items are in line with */
	bool dirty;	  /* something else than the store moved */
	unsigned round;
};

void poll_init(struct poll *p, const struct poll_options *options);
void poll_done(struct poll *p);

/* What is looked at. False when that is what it was. */
bool poll_look(struct poll *p, const struct feed_view *view);
/*
 * Nobody looks (terminal stalled or out of focus): a minute at least between requests of an
 * item. False when that is what it was.
 */
bool poll_slow(struct poll *p, bool slow);
/* The operator asked: all on screen is due. False: less than 2 s ago. */
bool poll_now(struct poll *p, int64_t now_ms);
/* A run that was started from here: asked by id until a list shows it (api.md 4.2). */
void poll_follow_run(struct poll *p, const char *project_id, const char *pipeline_id,
		     const char *run_id, int64_t now_ms);

/*
 * A search from now on, under a name that no search had before: each target is listed to
 * its end, or to POLL_FIND_PAGES. `trees`: it wants the trees of groups first. Name NULL:
 * none. The targets are copied.
 */
void poll_search(struct poll *p, const char *name, const struct poll_target *targets, size_t n,
		 bool trees);
/* The next page of a pipeline's history; false while one is asked, or at its end. */
bool poll_more_runs(struct poll *p, const char *project_id, const char *pipeline_id, int64_t now_ms);
/* All periods times `factor`, within 0.5 and 10. */
void poll_interval(struct poll *p, double factor);
/* Other projects from now on; none with v3: every one. */
void poll_projects(struct poll *p, const char *const *projects, size_t n);
bool poll_configured(const struct poll *p, const char *project_id);
const struct poll_project *poll_project(const struct poll *p, const char *project_id); /* or NULL */

/*
 * The operator wants to go into a sub-pipeline of that run: what its steps gave out is asked
 * until their runs are known, the run is over or ten minutes have passed.
 */
void poll_child(struct poll *p, const struct ref *run, int64_t now_ms);

/* Brings the items into line with the store and the view, where one of them moved. */
void poll_plan(struct poll *p, struct store *store, int64_t now_ms);

/*
 * The item to ask now, paid for and marked as in flight; NULL: none now. The pointer is
 * good until it was answered.
 */
struct poll_item *poll_next(struct poll *p, struct budget *budget, int64_t now_ms);
/* When poll_next will have something (>= now_ms), -1: not before something else happens. */
int64_t poll_wake_ms(const struct poll *p, const struct budget *budget, int64_t now_ms);

/* What an answer was. */
struct poll_result {
	struct err err;
	int status; /* HTTP */
	uint64_t snapshot;
	int64_t took_ms, retry_after_ms;
	size_t n;	/* rows on the page */
	int64_t total;	/* -1: not said */
};
/*
 * Notes an answer, after the store took it. Not 0: a listing of item->project_id is
 * complete, and what no answer since that snapshot named is gone.
 */
uint64_t poll_answered(struct poll *p, struct poll_item *item, const struct poll_result *result,
		       struct store *store, int64_t now_ms);

/* Everything of feed_status but the budget. since_ms is monotonic here. */
void poll_status(const struct poll *p, int64_t now_ms, struct feed_status *status);

/*
 * Ids of the pipelines that a POLL_STATUS or POLL_STATUS_ALL item asks about now; at most
 * `max`. Borrowed from the plan or the store.
 */
size_t poll_ids(struct poll *p, struct poll_item *item, struct store *store, const char **ids,
		size_t max);

/* Ids of the steps that a POLL_OUTPUTS item asks about; at most `max`. Borrowed from the store. */
size_t poll_steps(const struct poll_item *item, const struct store *store, const char **ids,
		  size_t max);

struct poll_item *poll_find(const struct poll *p, enum poll_kind kind, const char *project_id,
			    const char *pipeline_id, const char *run_id);
/* Of the last answer; ERR_NONE: it was good, or there was none. */
const struct err *poll_err(const struct poll_item *item);

#endif
