/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_TESTS_ACTWORLD_H
#define PIPETOP_TESTS_ACTWORLD_H

/*
 * A service of one pipeline that knows the truth, behind a transport. What becomes of a request that
 * changes something is thrown when it arrives: whether it takes effect, when, and what is answered, which
 * need not agree. Reads may fail, and may be answered from what was so before.
 *
 * Ids are numbers behind a letter: run r7, its job b7, its gate s7-2 in the second attempt.
 */
#include <stdbool.h>
#include <stdint.h>

#include "model/deed.h"
#include "net/transport.h"

#define WORLD_RUNS 12
#define WORLD_PENDING 16
#define WORLD_PAST 8
#define WORLD_LATE 16
#define WORLD_NEVER INT64_MAX

enum run_now { RUN_RUNNING, RUN_QUEUED, RUN_OK, RUN_FAILED, RUN_CANCELED };
enum step_now { STEP_OPEN, STEP_PASSED, STEP_REJECTED, STEP_RESUMED, STEP_BROKE, STEP_CUT };

struct world_run {
	int id, number;
	enum run_now now;
	int64_t start_ms, end_ms;
	enum gate gate; /* of its one step; NONE: it has none */
	enum step_now step;
	int attempt;
	int64_t step_ms;
	int queue_id;
	bool manual;
	int restarts, ends, resumes; /* so far */
};

struct world_state {
	struct world_run runs[WORLD_RUNS];
	int n;
	bool banned;
	int bans, unbans; /* so far */
};

enum verb { VERB_NONE, VERB_RUN, VERB_STOP, VERB_RETRY, VERB_PASS, VERB_REFUSE, VERB_POSTPONE, VERB_RESUME,
	    VERB_CANCEL, VERB_BAN, VERB_UNBAN };

/* Something that is to change. */
struct change {
	enum verb verb;
	enum gate gate; /* that the call is for */
	int run, attempt, queue_id; /* run: of a start the id that it will have */
	bool queues;
	int owner; /* who asked, as the world's `sent` said; -1: somebody else */
};

struct pending {
	uint64_t id;
	response_fn *done;
	void *self;
	enum { READ_DETAIL, READ_LIST, READ_QUEUE, READ_PLAN, ACTION } kind;
	struct change change;
	enum fate { FATE_UNSENT, FATE_LOST, FATE_GATEWAY, FATE_REFUSED, FATE_ACCEPTED, FATE_QUEUED } fate;
	int word; /* which of several answers of that kind */
};

struct world {
	struct transport transport;
	uint64_t dice;
	int64_t now_ms; /* monotonic */
	struct world_state state, past[WORLD_PAST]; /* past: newest last */
	int n_past, version;
	bool stale;   /* reads may be answered from the past, down to `floor` */
	bool lies;    /* a refusal may be none; nobody else does anything then */
	int floor;
	bool deaf;    /* once something was asked to change, reads fail */
	bool steady;  /* reads never fail */
	int fate;     /* of what is asked for next; -1: thrown */
	int64_t late_ms; /* with `fate`: when it takes effect; WORLD_NEVER */
	char last_call[256]; /* URL of the last changing request */
	struct pending pending[WORLD_PENDING];
	int n_pending;
	struct { int64_t at_ms; struct change change; } late[WORLD_LATE];
	int n_late, last_run, last_queue;
	uint64_t last_id;
	/* For the test. */
	void *self;
	int (*sent)(void *self, const struct change *change); /* a changing request arrived */
	void (*applied)(void *self, int owner);
	void (*looked)(void *self, int kind, int run, const struct world_state *shown);
};

void world_init(struct world *w, uint64_t seed);
uint64_t world_roll(struct world *w, uint64_t below);
bool world_chance(struct world *w, int percent);
/* Lets time pass: what is late takes effect. */
void world_pass(struct world *w, int64_t ms);
/* What others do, and what happens by itself. */
void world_meddle(struct world *w);
/* Answers one of those that wait; false: none does. */
bool world_answer(struct world *w);
/* As a dialog would have shown it. */
struct deed_view world_view(const struct world_run *run, bool step);
const struct world_run *world_run(const struct world_state *state, int id);

#endif
