/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_MODEL_CHANGES_H
#define PIPETOP_MODEL_CHANGES_H

/*
 * What happened while the program looked on: the store's rows are compared with what they
 * were at the last look, and each difference that a person may want to hear of is an event
 * in a ring of the newest CHANGES_MAX.
 *
 * What was there when the program came is not news, however late its page arrives: a
 * pipeline that is seen for the first time is only told of when it was made, or its run
 * started, after the first reading. Pure: no clock, no requests.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/ref.h"
#include "model/state.h"
#include "model/store.h"

#define CHANGES_MAX 1000

enum change_kind {
	CHANGE_STARTED, /* a new run, or a retried one runs again */
	CHANGE_FAILED,
	CHANGE_FINISHED, /* ok (or ignored: `to` says) */
	CHANGE_STOPPED,
	CHANGE_GATE,	    /* it waits for a person */
	CHANGE_GATE_PASSED, /* it waited, and goes on */
	CHANGE_STUCK,	    /* it takes much longer than usual (model/usual.h) */
	CHANGE_NEW,	    /* a pipeline was made */
	CHANGE_GONE,	    /* the server no longer has it */
	CHANGE_KINDS
};

struct change {
	uint64_t seq; /* 1, 2 ...: names the event */
	enum change_kind kind;
	int64_t server_ms, wall_ms; /* when it was noticed, by either clock */
	struct ref ref;		    /* of the run; of the pipeline where there is none */
	char *pipeline;		    /* its name, as the server says it; may be NULL */
	int64_t number;		    /* of the run; 0: not known */
	enum state from, to;	    /* from STATE_PENDING: it was not known before */
	bool seen;		    /* changes_see, changes_looked */
};

struct changes; /* opaque */

struct changes *changes_new(void);
void changes_free(struct changes *changes);

/*
 * Compares. Cheap when the store's version has not moved; call it in every pass, for
 * becoming stuck is a matter of time. The first call that finds a row says nothing.
 */
void changes_update(struct changes *changes, struct store *store, int64_t server_ms, int64_t wall_ms);

/* Moves with every event, and with what was seen. */
uint64_t changes_version(const struct changes *changes);

/* Those in the ring, i = 0 is the newest. Borrowed until the next changes_update. */
size_t changes_count(const struct changes *changes);
const struct change *changes_at(const struct changes *changes, size_t i);
/* The oldest in the ring that came after event `after` (0: of all); NULL: none. */
const struct change *changes_next(const struct changes *changes, uint64_t after);
const struct change *changes_find(const struct changes *changes, uint64_t seq); /* NULL: left the ring */

size_t changes_unseen(const struct changes *changes);
void changes_see(struct changes *changes, uint64_t seq); /* the operator looked at this one */
void changes_looked(struct changes *changes);		 /* and at all that is in the ring */

/* When something becomes stuck if it goes on as it is (server's clock); -1: nothing will. */
int64_t changes_wake_ms(const struct changes *changes);

const char *change_word(enum change_kind kind); /* untranslated: "failed", "gate-passed" */
bool change_from_word(const char *word, enum change_kind *kind);

#endif
