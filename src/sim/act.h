/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_ACT_H
#define PIPETOP_SIM_ACT_H

/*
 * What a person may do to the world, at the present moment of its time. False (or NULL), and
 * the world is as it was, when it cannot be done; `err` says why.
 */
#include "core/err.h"
#include "sim/world.h"

bool act_stop(struct world *w, struct run *r, int64_t now, struct err *err);
/* One more attempt of a run that failed or was stopped; that one fails no more. */
bool act_retry(struct world *w, struct run *r, int64_t now, struct err *err);
/* At the first gate that is open: SIM_COMPLETED passes it, SIM_FAILED refuses it. */
bool act_decide(struct world *w, struct run *r, enum sim_state outcome, int64_t now,
		struct err *err);

enum act_gate { ACT_REVIEW, ACT_DELAY, ACT_ENTRY, ACT_SUSPENDED };
#define ACT_DELAY_MS INT64_C(3600000)

/* The open gate of that kind and no other; `job_id` NULL for one at the entry of a stage. */
struct plan_step *act_gate(struct run *r, enum act_gate kind, const char *job_id,
			   const char *step_id, int64_t now, struct err *err);
/* What becomes of an open gate, and when: now, or later for one that is put off. */
void act_settle(struct world *w, struct run *r, const struct plan_step *gate,
		enum sim_state outcome, int64_t at, int64_t now);

/* It ends now, and well. */
bool act_finish(struct world *w, struct run *r, int64_t now, struct err *err);
/* A run that waits in the queue does so no more, and never begins. */
bool act_cancel(struct world *w, struct run *r, int64_t now, struct err *err);

struct act_order { /* what a new run is to be; zero-filled: as the pipeline has it */
	struct plan_choice choice;
	const struct pair_text *variables;
	int nvariables;
	const char *branch; /* or tag; NULL */
};

enum act_limit { ACT_FREE, ACT_PIPELINE_FULL, ACT_TENANT_FULL };
/* What keeps one more run of the pipeline from beginning now. */
enum act_limit act_limit(struct world *w, const struct pipeline *p, int64_t now);

/* The new run, which waits for its turn where a limit is reached (run_queued); copies `order`. */
struct run *act_start(struct world *w, struct pipeline *p, const struct act_order *order,
		      int64_t now, struct err *err);

#endif
