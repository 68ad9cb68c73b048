/* SPDX-License-Identifier: MIT */
/*
 * A table says which hooks a kind of change has; bell and terminal notices go by a set of
 * kinds. The window that bounds a storm counts kinds, so that "and 27 more" can say what
 * they were without keeping them.
 */
#include "app/notices.h"

#include <fnmatch.h>
#include <string.h>

#include "argv.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "log/sgr.h"

#define BIT(kind) (1u << (kind))

void notice_config_init(struct notice_config *config)
{
	*config = (struct notice_config){
		.events = BIT(CHANGE_FAILED) | BIT(CHANGE_GATE) | BIT(CHANGE_STUCK),
		.scope = NOTICE_ALL,
		.hook_limit_ms = NOTICE_HOOK_LIMIT_MS,
	};
}

void notice_config_done(struct notice_config *config)
{
	size_t i;

	for (i = 0; i < config->n_patterns; i++)
		mem_free(config->patterns[i]);
	mem_free(config->patterns);
	for (i = 0; i < NOTICE_HOOKS; i++)
		argv_free(config->hooks[i]);
	notice_config_init(config);
}

const char *notice_hook_name(enum notice_hook hook)
{
	static const char *const names[NOTICE_HOOKS] = {
		[NOTICE_ON_FINISH] = "on_finish", [NOTICE_ON_FAIL] = "on_fail", [NOTICE_ON_GATE] = "on_gate",
	};

	return names[hook];
}

/* ---- deciding ---- */

static bool concerned(const struct notice_config *config, const struct change *change, bool marked)
{
	size_t i;

	if (config->scope == NOTICE_ALL || (config->scope == NOTICE_MARKED && marked))
		return true;
	for (i = 0; i < config->n_patterns; i++)
		if (fnmatch(config->patterns[i], text_or_empty(change->pipeline), 0) == 0)
			return true;
	return false;
}

static unsigned hooks_of(enum change_kind kind)
{
	static const unsigned hooks[CHANGE_KINDS] = {
		[CHANGE_FAILED] = BIT(NOTICE_ON_FAIL) | BIT(NOTICE_ON_FINISH),
		[CHANGE_FINISHED] = BIT(NOTICE_ON_FINISH),
		[CHANGE_STOPPED] = BIT(NOTICE_ON_FINISH),
		[CHANGE_GATE] = BIT(NOTICE_ON_GATE),
	};

	return hooks[kind];
}

static bool rules_pipeline(const struct notice_rule *rule, const struct change *change)
{
	return fnmatch(rule->pipeline, text_or_empty(change->pipeline), 0) == 0 ||
	       text_same(rule->pipeline, change->ref.id[REF_PIPELINE]);
}

/* A rule that names the pipeline holds whoever else is concerned. */
static char **hook_argv(const struct notice_config *config, const struct change *change, size_t hook, bool all)
{
	size_t i;

	for (i = 0; i < config->n_rules; i++)
		if (config->rules[i].hooks[hook] && rules_pipeline(&config->rules[i], change))
			return config->rules[i].hooks[hook];
	return all ? config->hooks[hook] : NULL;
}

size_t notice_decide(const struct notice_config *config, const struct change *change, bool marked,
		     struct notice_todo todo[NOTICE_ACTIONS_MAX])
{
	bool all = concerned(config, change, marked);
	bool told = all && config->events & BIT(change->kind);
	unsigned hooks = hooks_of(change->kind);
	size_t i, n = 0;
	char **argv;

	if (told && config->bell)
		todo[n++] = (struct notice_todo){.action = NOTICE_DO_BELL};
	if (told && config->notify)
		todo[n++] = (struct notice_todo){.action = NOTICE_DO_NOTIFY};
	for (i = 0; i < NOTICE_HOOKS; i++) {
		argv = hooks & BIT(i) ? hook_argv(config, change, i, all) : NULL;
		if (argv)
			todo[n++] = (struct notice_todo){NOTICE_DO_HOOK, (enum notice_hook)i,
							 (const char *const *)argv};
	}
	return n;
}

/* ---- saying ---- */

static const char *verb_of(const struct change *change)
{
	static const char *const verbs[CHANGE_KINDS] = {
		[CHANGE_STARTED] = N_("started"),
		[CHANGE_FAILED] = N_("failed"),
		[CHANGE_FINISHED] = N_("finished"),
		[CHANGE_STOPPED] = N_("was stopped"),
		[CHANGE_GATE] = N_("waits for a person"),
		[CHANGE_GATE_PASSED] = N_("passed its gate"),
		[CHANGE_STUCK] = N_("takes much longer than usual"),
		[CHANGE_NEW] = N_("is a new pipeline"),
		[CHANGE_GONE] = N_("is gone"),
	};

	return change->kind == CHANGE_FINISHED && change->to != STATE_OK ? _(state_word(change->to))
									 : _(verbs[change->kind]);
}

void notice_sentence(const struct change *change, bool utf8, struct buf *out)
{
	const char *name = text_empty(change->pipeline) ? change->ref.id[REF_PIPELINE] : change->pipeline;

	sgr_clean_name(text_or_empty(name), utf8, out);
	if (change->number)
		buf_addf(out, " %lld", (long long)change->number);
	buf_addf(out, " %s", verb_of(change));
}

/* ---- many at once ---- */

static bool over(const struct notice_gate *gate, int64_t now_ms)
{
	return gate->open && now_ms - gate->opened_ms >= NOTICE_WINDOW_MS;
}

/* A window that withheld something stays until that is told. */
static void enter(struct notice_gate *gate, int64_t now_ms)
{
	if (gate->open && (gate->withheld || !over(gate, now_ms)))
		return;
	*gate = (struct notice_gate){.open = true, .opened_ms = now_ms};
}

bool notice_gate_bell(struct notice_gate *gate, int64_t now_ms)
{
	bool first;

	enter(gate, now_ms);
	first = !gate->rung;
	gate->rung = true;
	return first;
}

bool notice_gate_show(struct notice_gate *gate, enum change_kind kind, int64_t now_ms)
{
	enter(gate, now_ms);
	if (gate->shown < NOTICE_BURST) {
		gate->shown++;
		return true;
	}
	gate->withheld++;
	gate->kinds[kind]++;
	return false;
}

int64_t notice_gate_wake_ms(const struct notice_gate *gate)
{
	return gate->open && gate->withheld ? gate->opened_ms + NOTICE_WINDOW_MS : -1;
}

bool notice_gate_close(struct notice_gate *gate, int64_t now_ms, struct buf *out)
{
	struct notice_gate was = *gate;
	const char *separator = ": ";
	size_t i;

	if (!was.withheld || !over(gate, now_ms))
		return false;
	/* What is said now is the next window's. */
	*gate = (struct notice_gate){.open = true, .opened_ms = now_ms, .shown = 1, .rung = true};
	buf_addf(out, _("and %u more"), was.withheld);
	for (i = 0; i < CHANGE_KINDS; i++) {
		if (!was.kinds[i])
			continue;
		buf_addf(out, "%s%u %s", separator, was.kinds[i], _(change_word((enum change_kind)i)));
		separator = ", ";
	}
	return true;
}
