/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_ACTION_H
#define PIPETOP_SIM_ACTION_H

/* The calls that change something (api.md 5), by kind. */
#include "core/err.h"

struct call;

enum action_kind {
	ACTION_NONE,
	ACTION_RUN,
	ACTION_STOP,
	ACTION_RETRY,
	ACTION_PASS,
	ACTION_REFUSE,
	ACTION_ENTRY_PASS,
	ACTION_ENTRY_REFUSE,
	ACTION_DELAY_PASS,
	ACTION_DELAY_REFUSE,
	ACTION_DELAY,
	ACTION_RESUME,
	ACTION_CANCEL,
	ACTION_BAN,
	ACTION_UNBAN,
	ACTION_KINDS
};

const char *action_name(enum action_kind kind);

/* Does what the call's route says, answers it and writes it into the journal. */
void action_handle(struct call *c);
/* The journal's entry of a call that is answered without anything being done. */
void action_skip(struct call *c, const char *why);
/* What the call would be told if it had been done. */
void action_pretend(struct call *c);

#endif
