/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_NOTICES_H
#define PIPETOP_APP_NOTICES_H

/*
 * Who is told of a change, and how: pure decisions over plain configuration. Everything is
 * off until the configuration says otherwise. Carrying out is app/hooks.h.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "model/changes.h"

#define NOTICE_HOOK_LIMIT_MS 30000
#define NOTICE_BURST 3		/* notices shown singly in a window of NOTICE_WINDOW_MS */
#define NOTICE_WINDOW_MS 1000	/* what comes beyond is one "and 27 more" */

enum notice_hook {
	NOTICE_ON_FINISH, /* a run ended, in any way */
	NOTICE_ON_FAIL,	  /* a run failed (on_finish is run as well) */
	NOTICE_ON_GATE,	  /* a run waits for a person */
	NOTICE_HOOKS
};

/* Which pipelines. Those that `patterns` name are always among them. */
enum notice_scope {
	NOTICE_PATTERNS, /* only those */
	NOTICE_MARKED,	 /* marked by the operator (Space) */
	NOTICE_ALL,
};

/* Hooks of single pipelines: each takes the place of the general one. */
struct notice_rule {
	char *pipeline;		    /* pattern of names */
	char **hooks[NOTICE_HOOKS]; /* NULL-terminated argv; NULL: the general one */
};

/* From the configuration; plain data, everything owned. */
struct notice_config {
	bool bell;
	bool notify;		 /* the terminal's own notices: OSC 9 and 777 */
	unsigned events;	 /* 1u << enum change_kind that bell and notify tell */
	enum notice_scope scope;
	char **patterns;	 /* of pipeline names, as fnmatch(3) has them: deploy-* */
	size_t n_patterns;
	char **hooks[NOTICE_HOOKS]; /* NULL-terminated argv; NULL: none */
	struct notice_rule *rules;  /* the first that matches counts, whatever the scope */
	size_t n_rules;
	int64_t hook_limit_ms;	    /* time that a hook may take */
};

/* All off: no bell, no notice, no hook. Were they on: of all pipelines, failures, gates, what is stuck. */
void notice_config_init(struct notice_config *config);
void notice_config_done(struct notice_config *config);
/* Adds a rule, copied. */
void notice_config_add(struct notice_config *config, const char *pipeline,
		       char *const *const hooks[NOTICE_HOOKS]);
void notice_config_clear_rules(struct notice_config *config);
const char *notice_hook_name(enum notice_hook hook); /* "on_fail" */

enum notice_action {
	NOTICE_DO_BELL,
	NOTICE_DO_NOTIFY,
	NOTICE_DO_HOOK,
};
#define NOTICE_ACTIONS_MAX 5

struct notice_todo {
	enum notice_action action;
	enum notice_hook hook;	  /* of NOTICE_DO_HOOK: which, */
	const char *const *argv;  /* and its command; borrowed from the configuration */
};

/* What is to be done about one change. Returns the number of actions. */
size_t notice_decide(const struct notice_config *config, const struct change *change, bool marked,
		     struct notice_todo todo[NOTICE_ACTIONS_MAX]);

/* One line about a change, cleaned of controls: "checkout-api 1204 failed". */
void notice_sentence(const struct change *change, bool utf8, struct buf *out);

/*
 * Many at once: in a window that begins with its first notice one bell rings and
 * NOTICE_BURST notices are shown; the others are counted and told in one at its end. What
 * is told then opens the next window, so a storm costs a bell and a few lines a second.
 */
struct notice_gate {
	bool open;
	int64_t opened_ms; /* monotonic, while it is open */
	unsigned shown, withheld;
	unsigned kinds[CHANGE_KINDS]; /* of what is withheld */
	bool rung;
};

bool notice_gate_bell(struct notice_gate *gate, int64_t now_ms); /* may it ring? */
/* May this one be shown? If not it is counted. */
bool notice_gate_show(struct notice_gate *gate, enum change_kind kind, int64_t now_ms);
/* When the window ends, if something is withheld; -1: nothing is. */
int64_t notice_gate_wake_ms(const struct notice_gate *gate);
/* At its end: "and 27 more: 25 failed, 2 finished". False: nothing to say (yet). */
bool notice_gate_close(struct notice_gate *gate, int64_t now_ms, struct buf *out);

#endif
