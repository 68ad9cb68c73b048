/* SPDX-License-Identifier: MIT */
/*
 * Two chains of questions side by side: the pipeline, and its variables page by page; the newest
 * run, and then what that one had. What the last run had is put in when both are over, because it
 * changes variables that have to be there first. `open` counts the questions that are out, and one
 * more while new ones are being asked, so that an answer which comes at once does not end
 * everything too early.
 */
#include "runload.h"

#include <stdio.h>
#include <string.h>

#include "api/calls.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"

#define VARIABLES_MAX 1000 /* of a pipeline; the service documents no limit */

enum question { ASKS_PIPELINE, ASKS_VARIABLES, ASKS_NEWEST, ASKS_LAST, QUESTIONS };

struct runload {
	struct runload_options options; /* its ids are the plan's */
	runload_over_fn *over;
	void *self;
	struct runplan plan;
	struct variable *last;	   /* what the last run had */
	size_t n_last, n_read;	   /* n_read: variables that the pages had */
	uint64_t asked[QUESTIONS]; /* 0: not out */
	int open;
	bool freed;
	struct err err;
	char note[200];
};

struct runload *runload_new(const struct runload_options *options, runload_over_fn *over,
			    void *self)
{
	struct runload *load = mem_zalloc(sizeof(*load));

	load->options = *options;
	load->over = over;
	load->self = self;
	runplan_init(&load->plan, options->project_id, options->pipeline_id);
	load->plan.defaults = options->defaults;
	load->options.project_id = load->plan.project_id;
	load->options.pipeline_id = load->plan.pipeline_id;
	return load;
}

struct runplan *runload_plan(struct runload *load)
{
	return &load->plan;
}

void runload_free(struct runload *load)
{
	size_t i;

	if (!load)
		return;
	load->freed = true;
	for (i = 0; i < QUESTIONS; i++)
		if (load->asked[i])
			session_cancel(load->options.session, load->asked[i]);
	for (i = 0; i < load->n_last; i++)
		variable_done(&load->last[i]);
	mem_free(load->last);
	runplan_done(&load->plan);
	mem_free(load);
}

/* ---- counting ---- */

/* A question is about to go out. */
static void opens(struct runload *load)
{
	load->open++;
	if (load->options.budget) /* a person waits for it: counted, whatever is left */
		budget_pay(load->options.budget, BUDGET_POLL, when_monotonic_ms());
}

/* Nothing may touch the load afterwards. */
static void closes(struct runload *load)
{
	if (--load->open > 0 || load->freed)
		return;
	runplan_take_last(&load->plan, load->last, load->n_last);
	load->over(load->self, &load->err, load->note);
}

static void fails(struct runload *load, const struct err *err)
{
	if (load->err.kind == ERR_NONE)
		load->err = *err;
}

static void notes(struct runload *load, const struct err *err)
{
	snprintf(load->note, sizeof(load->note),
		 _("what the last run had could not be read: %.140s"), err->text);
}

/* ---- the pipeline, its variables ---- */

static void take_pipeline(void *self, const struct api_plan *answer)
{
	struct runload *load = self;

	load->asked[ASKS_PIPELINE] = 0;
	if (answer->answer.err.kind == ERR_NONE)
		runplan_take_pipeline(&load->plan, answer);
	else
		fails(load, &answer->answer.err);
	closes(load);
}

static void ask_variables(struct runload *load);

static void take_variables(void *self, const struct api_variables *answer)
{
	struct runload *load = self;

	load->asked[ASKS_VARIABLES] = 0;
	if (answer->answer.err.kind != ERR_NONE) {
		fails(load, &answer->answer.err);
	} else {
		runplan_add_variables(&load->plan, answer->variables, answer->n);
		load->n_read += answer->n;
		if (answer->n && (int64_t)load->n_read < answer->total &&
		    load->n_read < VARIABLES_MAX)
			ask_variables(load);
	}
	closes(load);
}

static void ask_variables(struct runload *load)
{
	uint64_t asked;

	opens(load);
	asked = api_runtime_variables(load->options.session, load->options.project_id,
				      load->options.pipeline_id, (int64_t)load->n_read,
				      take_variables, load);
	if (asked)
		load->asked[ASKS_VARIABLES] = asked;
}

/* ---- the last run ---- */

static void take_last(void *self, const struct api_variables *answer)
{
	struct runload *load = self;
	size_t i;

	load->asked[ASKS_LAST] = 0;
	if (answer->answer.err.kind != ERR_NONE) {
		notes(load, &answer->answer.err);
	} else {
		load->last = mem_calloc(answer->n + 1, sizeof(*load->last));
		for (i = 0; i < answer->n && i < VARIABLES_MAX; i++)
			variable_copy(&load->last[load->n_last++], &answer->variables[i]);
	}
	closes(load);
}

static void ask_last(struct runload *load, const char *run_id)
{
	uint64_t asked;

	opens(load);
	asked = api_run_variables(load->options.session, load->options.project_id,
				  load->options.pipeline_id, run_id, take_last, load);
	if (asked)
		load->asked[ASKS_LAST] = asked;
}

static void take_newest(void *self, struct api_runs *page)
{
	struct runload *load = self;

	load->asked[ASKS_NEWEST] = 0;
	if (page->answer.err.kind != ERR_NONE)
		notes(load, &page->answer.err);
	else if (page->n && !text_empty(page->runs[0].id))
		ask_last(load, page->runs[0].id);
	closes(load);
}

static void ask_newest(struct runload *load)
{
	static const struct api_run_query newest = {
		.limit = 1, .since_ms = WHEN_NONE, .until_ms = WHEN_NONE};
	uint64_t asked;

	opens(load);
	asked = api_list_runs(load->options.session, load->options.project_id,
			      load->options.pipeline_id, &newest, take_newest, load);
	if (asked)
		load->asked[ASKS_NEWEST] = asked;
}

void runload_start(struct runload *load)
{
	uint64_t asked;

	load->open = 1;
	opens(load);
	asked = api_plan(load->options.session, load->options.project_id, load->options.pipeline_id,
			 take_pipeline, load);
	if (asked)
		load->asked[ASKS_PIPELINE] = asked;
	ask_variables(load);
	if (!load->options.defaults)
		ask_newest(load);
	closes(load);
}
