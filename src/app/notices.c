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

void notice_config_add(struct notice_config *config, const char *pipeline,
		       char *const *const hooks[NOTICE_HOOKS])
{
	struct notice_rule *rule;
	size_t i;

	config->rules = mem_grow(config->rules, config->n_rules, sizeof(*config->rules));
	rule = &config->rules[config->n_rules++];
	*rule = (struct notice_rule){.pipeline = mem_strdup(pipeline)};
	for (i = 0; i < NOTICE_HOOKS; i++)
		rule->hooks[i] = argv_copy((const char *const *)hooks[i]);
}

void notice_config_clear_rules(struct notice_config *config)
{
	size_t i, k;

	for (i = 0; i < config->n_rules; i++) {
		mem_free(config->rules[i].pipeline);
		for (k = 0; k < NOTICE_HOOKS; k++)
			argv_free(config->rules[i].hooks[k]);
	}
	mem_free(config->rules);
	config->rules = NULL;
	config->n_rules = 0;
}

void notice_config_done(struct notice_config *config)
{
	size_t i;

	notice_config_clear_rules(config);
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

static bool matches(const char *pattern, const struct change *change)
{
	return fnmatch(pattern, text_or_empty(change->pipeline), 0) == 0;
}

static bool concerned(const struct notice_config *config, const struct change *change, bool marked)
{
	size_t i;

	if (config->scope == NOTICE_ALL || (config->scope == NOTICE_MARKED && marked))
		return true;
	for (i = 0; i < config->n_patterns; i++)
		if (matches(config->patterns[i], change))
			return true;
	return false;
}

/* The command of a hook for this pipeline: its own, or the general one if it is concerned at all. */
static char **command_of(const struct notice_config *config, enum notice_hook hook,
			 const struct change *change, bool general)
{
	size_t i;

	for (i = 0; i < config->n_rules; i++)
		if (config->rules[i].hooks[hook] && matches(config->rules[i].pipeline, change))
			return config->rules[i].hooks[hook];
	return general ? config->hooks[hook] : NULL;
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

size_t notice_decide(const struct notice_config *config, const struct change *change, bool marked,
		     struct notice_todo todo[NOTICE_ACTIONS_MAX])
{
	bool general = concerned(config, change, marked);
	bool told = general && (config->events & BIT(change->kind));
	unsigned hooks = hooks_of(change->kind);
	size_t i, n = 0;

	if (told && config->bell)
		todo[n++] = (struct notice_todo){.action = NOTICE_DO_BELL};
	if (told && config->notify)
		todo[n++] = (struct notice_todo){.action = NOTICE_DO_NOTIFY};
	for (i = 0; i < NOTICE_HOOKS; i++) {
		char **argv = hooks & BIT(i) ? command_of(config, (enum notice_hook)i, change, general) : NULL;

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
