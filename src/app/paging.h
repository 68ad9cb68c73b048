/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_PAGING_H
#define PIPETOP_APP_PAGING_H

/*
 * A list that is read page by page while it changes (H19): which rows were there already, and
 * whether rows may have slipped between two pages, so that the pages are to be read once more.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct paging {
	struct paging_slot {
		char *id; /* owned; NULL: empty */
		int pass; /* the last that showed it */
	} *slots; /* open addressing */
	size_t n_slots, n;
	int passes;	     /* over the whole list, this one included */
	int64_t first_total; /* of this pass; -1: not said */
	int64_t last_total;
	int64_t repeats;     /* rows that this pass showed more than once */
	size_t n_before;     /* rows known when this pass began */
};

void paging_begin(struct paging *p); /* the first pass, or another one */
void paging_done(struct paging *p);  /* also of a zeroed one */

/* A page came, with the total that the service gives (-1: none). */
void paging_page(struct paging *p, int64_t total);
/* A row: false when it was shown before, in this pass or another. */
bool paging_row(struct paging *p, const char *id);

/*
 * After the last page: may a row have slipped through? A row that came in front of those
 * read explains one repeat and a total that is one more; whatever else the two do not
 * explain is read for again, twice at most.
 */
bool paging_again(const struct paging *p);

#endif
