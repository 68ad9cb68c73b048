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
	ACTION_DELETE,
	/* Of templates (6.4), and of an orchestration (7.4): */
	ACTION_TEMPLATE_CREATE,
	ACTION_TEMPLATE_UPDATE,
	ACTION_TEMPLATE_DELETE,
	ACTION_TEMPLATE_FAVORITE,
	ACTION_TEMPLATE_USE,
	ACTION_TASK,
	ACTION_KINDS
};

const char *action_name(enum action_kind kind);

struct scenario_variable;
/* Is it of the variable's type, and one of those that its limits allow? */
bool action_value_fits(const struct scenario_variable *v, const char *value);

/* Does what the call's route says, answers it and writes it into the journal. */
void action_handle(struct call *c);
/* The journal's entry of a call that is answered without anything being done. */
void action_skip(struct call *c, const char *why);
/* What the call would be told if it had been done. */
void action_pretend(struct call *c);

#endif
