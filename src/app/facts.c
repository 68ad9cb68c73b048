/* SPDX-License-Identifier: MIT */
/*
 * Facts go to a hook by name, never as words of its command line: a pipeline called
 * "--config=x" is then no option. Names are cleaned, because the first thing that a hook does
 * is to print them.
 */
#include "facts.h"

#include <stdio.h>

#include "app/chores.h"
#include "argv.h"
#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/vault.h"
#include "core/when.h"
#include "log/sgr.h"

#define VALUE_MAX 1024

struct facts {
	char **env;
	bool utf8;
};

/* NULL and "" are not told. */
static void add(struct facts *f, const char *name, const char *value)
{
	struct buf clean, variable;

	if (text_empty(value))
		return;
	buf_init(&clean, BUF_MAX);
	buf_init(&variable, BUF_MAX);
	sgr_clean_name(value, f->utf8, &clean);
	vault_scrub(&clean);
	buf_truncate(&clean, text_cut(clean.data, clean.len < VALUE_MAX ? clean.len : VALUE_MAX));
	buf_addf(&variable, "PIPETOP_%s=%s", name, clean.data);
	argv_add(&f->env, variable.data);
	buf_done(&variable);
	buf_done(&clean);
}

static void add_time(struct facts *f, const char *name, int64_t ms)
{
	char text[40];

	if (ms == WHEN_NONE)
		return;
	when_rfc3339(ms, text, sizeof(text));
	add(f, name, text);
}

/* Where it failed, or waits: the step if the run's detail was read, else its stage. */
static void add_place(struct facts *f, const struct change *change, const struct run *run)
{
	bool failed = change->kind == CHANGE_FAILED;
	struct step_at at;
	size_t i;

	if (!failed && change->kind != CHANGE_GATE)
		return;
	if (failed ? run_failed_step(run, &at) : run_gate_step(run, &at)) {
		add(f, "STAGE", at.stage->name);
		add(f, "JOB", at.job ? at.job->name : NULL);
		add(f, "STEP", at.step->name);
		return;
	}
	for (i = 0; i < run->n_stages && run->stages[i].state != change->to; i++)
		;
	if (i < run->n_stages)
		add(f, "STAGE", run->stages[i].name);
}

static void add_run(struct facts *f, const struct change *change, const struct run *run)
{
	add(f, "EXECUTOR", run->executor);
	add(f, "BRANCH", run->branch);
	if (chores_url_ok(run->detail_url))
		add(f, "URL", run->detail_url);
	add_time(f, "STARTED", run->start_ms);
	if (state_terminal(run->state))
		add_time(f, "ENDED", run->end_ms);
	add_place(f, change, run);
}

char **facts_new(const struct change *change, const struct store *store, const char *hook, bool utf8)
{
	char *const *id = change->ref.id;
	const struct pipeline *pipeline = store_pipeline(store, id[REF_PROJECT], id[REF_PIPELINE]);
	const struct run *run = store_run(store, id[REF_PROJECT], id[REF_PIPELINE], id[REF_RUN]);
	struct facts f = {.utf8 = utf8};
	char number[24] = "";

	if (change->number)
		snprintf(number, sizeof(number), "%lld", (long long)change->number);
	add(&f, "HOOK", hook);
	add(&f, "EVENT", change_word(change->kind));
	add(&f, "STATE", state_word(change->to));
	add(&f, "FROM", state_word(change->from));
	add(&f, "PROJECT", id[REF_PROJECT]);
	add(&f, "PROJECT_NAME", pipeline ? pipeline->project_name : NULL);
	add(&f, "PIPELINE", id[REF_PIPELINE]);
	add(&f, "PIPELINE_NAME", change->pipeline);
	add(&f, "RUN", id[REF_RUN]);
	add(&f, "RUN_NUMBER", number);
	if (run)
		add_run(&f, change, run);
	return f.env;
}
