/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_ROSTER_H
#define PIPETOP_UI_ROSTER_H

/*
 * The list of the first screen: every entry of the store in an order, less what a filter
 * hides, with heads of groups between if that is wanted. Made for 100,000 pipelines and
 * an answer five times a second: what a refresh or a key costs follows from what changed.
 *
 * Call roster_refresh() in every pass before anything that reads rows; indices, rows and
 * entries are good until the next answer comes to the store. Setters act at the next
 * refresh. Everything else (order, filter, marks, folds) is kept by id and stays.
 *
 * The order is total: ties go by project, name and run number, so equal rows never
 * change places. What a column does not know comes last, in either direction.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/err.h"
#include "model/attention.h"
#include "model/store.h"

struct groups;
struct roster;

enum roster_sort {
	ROSTER_ATTENTION,
	ROSTER_NAME,
	ROSTER_STATE,
	ROSTER_ELAPSED, /* longest first */
	ROSTER_USUAL,	/* longest first */
	ROSTER_WHEN,	/* newest first */
	ROSTER_BY,
	ROSTER_PROJECT,
	ROSTER_SORTS
};

struct roster *roster_new(struct store *store); /* borrowed */
void roster_free(struct roster *r);

/* ---- what is shown ---- */

const char *roster_sort_name(enum roster_sort sort); /* translated short word */
const char *roster_sort_word(enum roster_sort sort); /* the same for files and commands */
bool roster_sort_from_word(const char *word, enum roster_sort *sort);
void roster_set_sort(struct roster *r, enum roster_sort sort, bool inverted);
enum roster_sort roster_sorted(const struct roster *r, bool *inverted);

void roster_set_favourites(struct roster *r, bool only);
void roster_set_marked_only(struct roster *r, bool only);
/* `groups` is borrowed and may be NULL: then no group has a name. */
void roster_set_groups(struct roster *r, const struct groups *groups);
void roster_set_grouped(struct roster *r, bool grouped);
/* Folds a group of a project ("" for the project's own head). */
void roster_fold(struct roster *r, const char *project_id, const char *group_id, bool folded);

/*
 * The line after `/` (model/query.h): fields, and free text that is searched in name, run
 * number, state, person, branch, project and group. While it is typed (`final` false)
 * every line is taken: an incomplete expression literally, a field's incomplete value
 * as no restriction. With `final` a wrong one is refused, with an err, and
 * the filter stays as it was. `wall_ms` is what "since:2h" counts from.
 */
bool roster_set_filter(struct roster *r, const char *text, bool final, int64_t wall_ms,
		       struct err *err);
const char *roster_filter(const struct roster *r); /* as it was given; "" none */
/*
 * An expression over very many rows is carried out in slices: the first with the next refresh, each
 * other with a refresh after a call of this, which returns false when there is no more to do. Until a
 * row's turn has come it stays as it was, shown or hidden.
 */
bool roster_work(struct roster *r);
bool roster_working(const struct roster *r);
/*
 * Which pipelines the server has found for this filter: asked where the filter has a field that
 * only the server can tell (query_beyond). NULL: no search, and such a field restricts nothing. To be
 * set again when the answers move.
 */
typedef bool roster_found(void *self, const char *project_id, const char *pipeline_id);
void roster_set_found(struct roster *r, roster_found *found, void *self);
/* The filter names groups, so which pipeline is in which has to be known. */
bool roster_filters_groups(const struct roster *r);
/* Some text was too much for the filter's expression: rows may be missing. */
bool roster_filter_gave_up(const struct roster *r);

/* ---- rows ---- */

/* Makes the rows true. True: order, membership, heights or a group's counts moved. */
bool roster_refresh(struct roster *r, int64_t server_ms);

struct roster_counts {
	size_t waiting, failing, stuck, running, queued, ok, rest, all;
};
/* Of all entries, whatever is shown; running counts the stuck ones too. */
struct roster_counts roster_counts(const struct roster *r);

struct roster_head {
	const char *project_id, *group_id; /* group "": the head of a project */
	const char *name;
	size_t counts[ATTENTION_COUNT]; /* of what is shown in it and in groups below */
	size_t n;
	bool folded;
};

struct roster_row {
	const struct entry *entry; /* NULL: the head of a group */
	enum attention attention;
	int depth; /* levels of indent: 0 without groups */
	struct roster_head head;
};

size_t roster_count(const struct roster *r); /* rows, heads among them */
size_t roster_shown(const struct roster *r); /* entries that pass the filter, folded ones too */
struct roster_row roster_at(const struct roster *r, size_t i);

/* ---- lines: rows of several, for whoever draws them unfolded ---- */

/*
 * How many lines an entry's row takes, at least 1. Asked for an entry that is new or has changed,
 * after roster_measure(), and at no other time. `pair` is idset_hash() of its project
 * and pipeline. NULL: every row is one line, as a head is.
 */
typedef uint32_t roster_height(void *self, const struct entry *entry, enum attention attention,
			       uint64_t pair);
void roster_set_height(struct roster *r, roster_height *height, void *self);
/* A pipeline's heights have moved otherwise; NULL: all have. Asked for at the next refresh. */
void roster_measure(struct roster *r, const char *project_id, const char *pipeline_id);
size_t roster_lines(const struct roster *r);
size_t roster_line(const struct roster *r, size_t row); /* its first; of roster_count(): the end */
/* The row that a line belongs to; *offset is the line's place in it. */
size_t roster_row_of(const struct roster *r, size_t line, size_t *offset);
/* Is it an entry of several lines, or one whose attention is among the bits? */
bool roster_is_tall(const struct roster *r, size_t row, unsigned attentions);
/* The nearest such row after `from`, or before; ROSTER_NONE: none up to the end. */
size_t roster_next_tall(const struct roster *r, size_t from, unsigned attentions, int direction);

/* ---- finding ---- */

#define ROSTER_NONE ((size_t)-1)

/* The row of a pipeline's latest run (run_id NULL), or of that run. ROSTER_NONE: hidden or gone. */
size_t roster_find(const struct roster *r, const char *project_id, const char *pipeline_id,
		   const char *run_id);
size_t roster_find_head(const struct roster *r, const char *project_id, const char *group_id);
/* The failing entry that ended last, among those that pass the filter; NULL: none. */
const struct entry *roster_newest_failure(const struct roster *r);
/*
 * The next row from `from` on, itself excluded, whose attention is among the bits 1u <<
 * enum attention; it wraps once. ROSTER_NONE: there is none but `from`.
 */
size_t roster_next(const struct roster *r, size_t from, unsigned attentions, int direction);

/* ---- marks and favourites: pipelines by id, at most 10,000 of each ---- */

/* False: there are too many. */
bool roster_mark(struct roster *r, const char *project_id, const char *pipeline_id, bool marked);
bool roster_is_marked(const struct roster *r, const char *project_id, const char *pipeline_id);
size_t roster_mark_count(const struct roster *r);
void roster_clear_marks(struct roster *r);
void roster_marks(const struct roster *r,
		  void (*each)(const char *project_id, const char *pipeline_id, void *arg), void *arg);
/* Set here, a favourite is one or none whatever the server says. */
bool roster_set_favourite(struct roster *r, const char *project_id, const char *pipeline_id,
			  bool favourite);
bool roster_is_favourite(const struct roster *r, const struct pipeline *pipeline);
void roster_favourites(const struct roster *r,
		       void (*each)(const char *project_id, const char *pipeline_id, bool favourite,
				    void *arg),
		       void *arg);

#endif
