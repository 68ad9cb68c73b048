/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_LOGBOOK_H
#define PIPETOP_APP_LOGBOOK_H

/*
 * The logs that were opened: one is on screen, the last few others keep their text and
 * their cursor and stop asking, so that coming back neither loses nor doubles a line
 * (reliability.md L22).
 */
#include "app/follow.h"
#include "model/ref.h"
#include "model/store.h"

struct logbook; /* opaque */

struct logbook_options {
	struct ev_loop *loop;
	struct session *session;
	struct budget *budget;
	struct store *store;
	const char *spool_dir; /* copied */
	int64_t spool_max;     /* bytes of one log on disk; 0: the default */
};

struct logbook *logbook_new(const struct logbook_options *options);
void logbook_free(struct logbook *book);

/*
 * Brings a step's log on screen: one that is known, or a new one that starts to read its
 * tail. NULL ref: nothing is on screen. The follow is borrowed; NULL with err when its
 * spool cannot be made.
 */
struct follow *logbook_show(struct logbook *book, const struct ref *ref, struct err *err);
struct follow *logbook_shown(struct logbook *book);
/* One that is kept, on screen or not; NULL: it was not opened, or is closed again. */
struct follow *logbook_find(struct logbook *book, const struct ref *ref);
const struct ref *logbook_ref(const struct logbook *book);

/* Tells the follow on screen what the store knows of its step now. */
void logbook_update(struct logbook *book);
/* The step on screen as the store knows it; false when it does not (any more). */
bool logbook_step(const struct logbook *book, struct step_at *at);

#endif
