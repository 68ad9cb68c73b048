/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_HOOKS_H
#define PIPETOP_APP_HOOKS_H

/*
 * Tells of changes outside the screen: bell, the terminal's notices, and the commands
 * on_finish, on_fail and on_gate of the configuration. What is told to whom is decided in
 * app/notices.h.
 *
 * A hook gets its facts in the environment only (never as arguments, so that no server text
 * is ever parsed as an option), cleaned of control characters:
 *   PIPETOP_EVENT          finished, failed, stopped or gate
 *   PIPETOP_HOOK           on_finish, on_fail or on_gate
 *   PIPETOP_PROJECT        project id        PIPETOP_PROJECT_NAME where known
 *   PIPETOP_PIPELINE       pipeline id       PIPETOP_PIPELINE_NAME
 *   PIPETOP_RUN            run id            PIPETOP_RUN_NUMBER
 *   PIPETOP_STATE, PIPETOP_FROM   our words for the state now and before
 *   PIPETOP_STAGE, PIPETOP_JOB, PIPETOP_STEP   where it failed or waits, if known
 *   PIPETOP_EXECUTOR, PIPETOP_BRANCH, PIPETOP_URL   if known
 *   PIPETOP_STARTED, PIPETOP_ENDED   RFC 3339, if known
 * What is not known is not set.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/notices.h"
#include "model/changes.h"
#include "model/store.h"

struct ev_loop;
struct hooks; /* opaque */

struct hooks_options {
	struct ev_loop *loop; /* the default loop */
	struct store *store;
	const struct notice_config *config; /* borrowed; NULL: nothing is told */
	bool utf8;
	void (*bell)(void *self);
	void (*notify)(void *self, const char *title, const char *text); /* a clean line each */
	void (*say)(void *self, bool bad, const char *text); /* for the status line */
	bool (*marked)(void *self, const struct ref *ref);   /* did the operator mark its pipeline? */
	void *self;
};

struct hooks *hooks_new(const struct hooks_options *options);
void hooks_free(struct hooks *hooks); /* ends hooks that still run */

/* Acts on every change since the last call. */
void hooks_update(struct hooks *hooks, const struct changes *changes, int64_t now_ms);

/* Another configuration from now on (it was read again). */
void hooks_configure(struct hooks *hooks, const struct notice_config *config);

#endif
