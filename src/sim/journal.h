/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_JOURNAL_H
#define PIPETOP_SIM_JOURNAL_H

/*
 * Every action that was asked of the world, in order, and what came of it: what a client is
 * compared with.
 */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/action.h"
#include "sim/rng.h"

enum journal_by {
	JOURNAL_CALLER,	   /* a call of the service */
	JOURNAL_COLLEAGUE, /* somebody else, as a fault has it */
	JOURNAL_CONTROL,   /* the control path */
};

enum journal_outcome {
	JOURNAL_APPLIED,
	JOURNAL_REFUSED,     /* by the world's state, or the call was wrong */
	JOURNAL_NOT_APPLIED, /* a fault came before it */
};

struct journal_entry {
	int64_t sim_ms, real_ms;
	const char *kind; /* static */
	enum journal_by by;
	enum journal_outcome outcome;
	/* Each may be "". The ids that were asked for; those of a run that went astray say so in
	 * `text`. */
	char pipeline_id[64], run_id[64], job_id[64], step_id[64], template_id[64], task_id[64];
	int64_t queue_id; /* 0: none */
	bool queued;	  /* applied, and it waits for a slot */
	char text[200];	  /* why not */
};

#define JOURNAL_SIZE 100000

struct journal { /* zero-filled is empty */
	struct journal_entry *v;
	size_t n;
	uint64_t lost; /* that came when it was full */
};

/* Zero-filled but for the times; NULL when the journal is full. */
struct journal_entry *journal_add(struct journal *j, int64_t sim_ms, const char *kind);
/* {"applied":,"actions":[...],"next":}: those after number `since`. */
cJSON *journal_json(const struct journal *j, uint64_t since);
void journal_done(struct journal *j);

#endif
