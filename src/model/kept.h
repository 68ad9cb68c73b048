/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_MODEL_KEPT_H
#define PIPETOP_MODEL_KEPT_H

/*
 * A run as the store keeps it: everything in one block of memory, released at once.
 *
 * The strings lie behind the structs without gaps, which is what lets 100,000 pipelines
 * fit; the price is that a kept run is never changed, only replaced by another.
 */
#include "model/model.h"
#include "stock.h"

struct kept {
	struct kept *next;	  /* of the same pipeline, older */
	uint32_t place;		  /* in the store's entries, from 1; 0: it has none of its own */
	uint32_t size;		  /* of the block */
	int64_t gone_ms;	  /* since when the server does not have it; 0: it has */
	uint64_t detail_snapshot; /* request that brought the detail; 0: only summaries yet */
	struct run run;
};

/*
 * A copy of `run` with its states derived. `pipeline_id` is shared, not copied: it
 * outlives the kept run. The caller sets the other fields.
 */
struct kept *kept_new(struct stock *stock, const struct run *run, char *pipeline_id);
void kept_free(struct stock *stock, struct kept *kept);

/* Would a person see a difference? Times of reading and snapshot numbers do not count. */
bool kept_same(const struct run *a, const struct run *b);

/*
 * Puts what the `newer` summary says on `run`, a shallow copy of a detailed run whose
 * array of stages the caller may write to. Strings stay those of `newer`. False: it says
 * nothing new.
 */
bool kept_overlay(struct run *run, const struct run *newer);

/* Gives a run the texts and the number that it lacks, from another answer about it. */
bool kept_fill(struct run *run, const struct run *other);

/* A copy of the array alone, so that words can be put on it; mem_free releases it. */
struct stage *kept_stages(const struct run *run);

/* Not over, as far as we know the word: keeps its row though a newer run is there. */
bool kept_alive(const struct kept *kept);

/* Newest first: by number where both have one, else by start. < 0: a is newer. */
int kept_order(const struct run *a, const struct run *b);

#endif
