/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_RANKS_H
#define PIPETOP_UI_RANKS_H

/*
 * The order of the store's entries, all of them, by any column. An entry is known by its
 * index, a slot; what orders it is copied out of the model into a few arrays of numbers,
 * so that sorting never looks at the entries themselves, texts aside.
 *
 * Texts are compared once, when they come: one order by name is kept always. All other
 * orders are that one sorted stably by numbers.
 */
#include "lexicon.h"
#include "order.h"
#include "roster.h"

struct rank_slot {
	uint64_t identity; /* hash of all that names the row: ids, names, run */
	uint64_t pair;	   /* idset_hash() of project and pipeline */
	int64_t start_ms, end_ms, usual_ms;
	uint32_t name;	      /* hash of the pipeline's name */
	uint32_t project, by; /* words of the lexicons */
	uint8_t state;	      /* RANK_NO_RUN: it never ran */
	bool live, latest, favourite;
};
#define RANK_NO_RUN STATE_COUNT

struct ranks {
	const struct entry *entries; /* the store's */
	size_t n, max;
	struct rank_slot *slots;
	uint8_t *attention;
	int64_t *stuck_ms;  /* when it becomes stuck; INT64_MAX: never */
	uint32_t *order;    /* slots as they are wanted */
	uint32_t *by_name;  /* slots by name, then as ties */
	uint32_t *ties;	    /* slots by project, name, ids, run */
	uint32_t *tie_rank; /* of each slot among those */
	uint32_t *name_rank; /* of each slot, equal names alike; made for ROSTER_NAME only */
	size_t n_order;	    /* slots in each of the orders */
	uint8_t *touched;   /* scratch */
	uint32_t *moved, *renamed; /* slots since the last ranks_settle() */
	size_t n_moved, n_renamed;
	struct lexicon projects, people;
	struct order_room room;
	struct roster_counts counts;
	enum roster_sort sort;
	bool inverted, resort;
	int64_t server_ms, sorted_ms;
};

void ranks_done(struct ranks *k);
/* The entries are these now; slots from n on are no more. */
void ranks_resize(struct ranks *k, const struct entry *entries, size_t n);
/* The entry in a slot is new or has changed. True: the slot shows another thing than before. */
bool ranks_take(struct ranks *k, uint32_t slot);
/* Puts all in order for that time. True: the order is another, or an attention is. */
bool ranks_settle(struct ranks *k, int64_t server_ms);
void ranks_set_sort(struct ranks *k, enum roster_sort sort, bool inverted);

#endif
