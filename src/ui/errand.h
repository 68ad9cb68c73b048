/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_ERRAND_H
#define PIPETOP_UI_ERRAND_H

/*
 * What an operator was asked about: one act, to one thing or to several. It is made when the box opens,
 * goes once he has confirmed it, and is over when each of its things is. Plain data; uiact.c drives it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/dialog.h"

enum errand_stage {
	ERRAND_LEFT_OUT, /* never to be begun */
	ERRAND_WAITS,	 /* for its turn, or for the `y` */
	ERRAND_RUNS,	 /* the program has it */
	ERRAND_OVER,
};

struct errand_item {
	uint64_t id;
	struct ref ref;
	char *name, *pipeline_name, *step_name;
	char *line, *left_out;	/* may be NULL */
	int64_t run_number;
	struct deed_view shown;
	enum errand_stage stage;
	char *phase;		/* of one that runs; may be NULL */
	enum ui_verdict verdict; /* of one that is over ... */
	char *sentence;
};

struct errand_line {
	char *label, *value;
};

struct errand {
	enum act act;
	char *title, *what, *detail;
	struct errand_line *lines;
	size_t n_lines;
	struct errand_item *items; /* those that are left out come last */
	size_t n;
	void *load;
	void (*free_load)(void *load);
};

/* `id` is that of the first item, the others follow it. */
struct errand *errand_new(const struct dialog_ask *ask, uint64_t id);
void errand_free(struct errand *e); /* and its load */

size_t errand_count(const struct errand *e, enum errand_stage stage);
/* Of those that are over. */
size_t errand_verdicts(const struct errand *e, enum ui_verdict verdict);
/* Nothing of it waits or runs. */
bool errand_is_over(const struct errand *e);
struct errand_item *errand_item(struct errand *e, uint64_t id); /* NULL: it has none of that number */
struct errand_item *errand_next(struct errand *e);		/* the first that waits; NULL */
void errand_phase(struct errand_item *item, const char *phase);
void errand_over(struct errand_item *item, enum ui_verdict verdict, const char *sentence);

/* Untranslated: "Retry". */
const char *errand_title(enum act act);
/* Untranslated: "done", "not done", "unknown". */
const char *errand_verdict_word(enum ui_verdict verdict);

#endif
