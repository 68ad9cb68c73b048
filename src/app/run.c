/* SPDX-License-Identifier: MIT */
/*
 * `pipetop run`: reads what the pipeline asks for, puts the operator's words over it, and has
 * app/action start it. Every mistake in the words is found before anything is sent; whether the
 * request leaves, and what became of it, is the same code as in the dashboard.
 */
#include <string.h>

#include "command.h"
#include "consent.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "errand.h"
#include "pick.h"
#include "readercall.h"
#include "runload.h"
#include "say.h"
#include "typed.h"

/* ---- which pipeline ---- */

static bool words_fit(const struct options *o, struct err *err)
{
	if (*o->args[1] == '@')
		return err_set(err, ERR_INPUT, 0,
			       _("%s is a run, and run starts one: name the pipeline"), o->args[1]);
	if (o->want.branch && o->want.tag)
		return err_set(err, ERR_INPUT, 0,
			       _("--branch and --tag: only one of them can be built"));
	if (o->want.through_gates && !o->want.watch)
		return err_set(err, ERR_INPUT, 0, _("--through-gates goes with --watch"));
	return true;
}

/* Who cannot be shown what a part of a name stands for has to say all of it. */
static bool named_whole(struct command *c, const struct picked *picked, struct err *err)
{
	const char *word = c->options->args[1];

	if ((typed_possible() && !c->options->want.yes) || text_same(word, picked->pipeline_id) ||
	    text_same(word, picked->name))
		return true;
	buf_addf(&c->hints, "  %s  ", picked->pipeline_id);
	say_name(&c->hints, picked->name, "");
	buf_addc(&c->hints, '\n');
	return err_set(err, ERR_INPUT, 0,
		       _("'%.60s' is a part of a name: a script has to say the pipeline's id or "
			 "whole name"),
		       word);
}

/* ---- what it asks for ---- */

struct reading {
	struct reader_call base;
	const struct picked *picked;
	struct runplan *plan;
	struct runload *load;
};

static void plan_is_read(void *self, const struct err *err, const char *note)
{
	struct reading *r = self;
	struct api_answer answer = {.err = *err, .retry_after_ms = -1, .body = ""};

	if (err->kind == ERR_NONE) {
		*r->plan = *runload_plan(r->load);
		memset(runload_plan(r->load), 0, sizeof(*r->plan));
		if (*note)
			say("%s", note);
	}
	runload_free(r->load);
	r->load = NULL;
	reader_answered(&r->base, &answer);
}

static uint64_t send_reading(void *self)
{
	struct reading *r = self;
	struct runload_options options = {
		.session = reader_session(r->base.reader),
		.budget = reader_budget(r->base.reader),
		.project_id = r->picked->project_id,
		.pipeline_id = r->picked->pipeline_id,
		.defaults = reader_options(r->base.reader)->want.defaults,
	};

	r->load = runload_new(&options, plan_is_read, r);
	runload_start(r->load);
	return 1;
}

static bool read_plan(struct command *c, const struct picked *picked, struct runplan *plan,
		      struct err *err)
{
	struct reading r = {.picked = picked, .plan = plan};
	bool ok;

	r.base = (struct reader_call){.reader = c->reader, .send = send_reading, .self = &r};
	ok = reader_call(&r.base, err);
	mem_free(r.base.body.text);
	if (ok && !plan->name)
		plan->name = mem_strdup(picked_name(picked));
	return ok;
}

/* ---- the operator's words ---- */

/* "-p KEY": a secret that is typed at the terminal; false: it is no such word. */
static bool is_to_be_typed(const struct runplan *plan, const char *word, size_t *at)
{
	size_t i;

	for (i = 0; i < plan->n_variables; i++)
		if (plan->variables[i].secret && text_same(plan->variables[i].name, word)) {
			*at = i;
			return typed_possible();
		}
	return false;
}

static bool type_secret(struct runplan *plan, size_t at, struct err *err)
{
	char value[TYPED_MAX];
	struct buf prompt;
	bool ok;

	buf_init(&prompt, BUF_MAX);
	say_name(&prompt, plan->variables[at].name, "");
	buf_adds(&prompt, ": ");
	ok = typed_line(prompt.data, false, value, err) && runplan_set(plan, at, value, err);
	explicit_bzero(value, sizeof(value));
	buf_done(&prompt);
	return ok;
}

static bool set_variables(const struct want *want, struct runplan *plan, struct err *err)
{
	bool ok = true;
	size_t i, at;

	for (i = 0; ok && i < want->n_params; i++)
		ok = is_to_be_typed(plan, want->params[i], &at)
			     ? type_secret(plan, at, err)
			     : runplan_assign(plan, want->params[i], err);
	return ok;
}

static void list_parts(struct command *c, const struct runplan *plan)
{
	size_t i;

	for (i = 0; i < plan->n_parts; i++) {
		const struct plan_part *part = &plan->parts[i];

		buf_addf(&c->hints, "  --%s ", part->stage ? "job" : "stage");
		say_name(&c->hints, part->name, "");
		buf_adds(&c->hints, "  ");
		say_name(&c->hints, part->identifier, "");
		buf_addc(&c->hints, '\n');
	}
}

static bool choose(struct command *c, struct runplan *plan, struct err *err)
{
	const struct want *want = &c->options->want;
	bool ok = true;
	size_t i;

	for (i = 0; ok && i < want->n_stages; i++)
		ok = runplan_choose(plan, true, want->stages[i], err);
	for (i = 0; ok && i < want->n_jobs; i++)
		ok = runplan_choose(plan, false, want->jobs[i], err);
	if (!ok)
		list_parts(c, plan);
	return ok;
}

static bool is_complete(struct command *c, const struct runplan *plan, struct err *err)
{
	struct buf missing;
	char *line, *rest = NULL;
	bool ok;

	buf_init(&missing, BUF_MAX);
	ok = runplan_complete(plan, &missing, err);
	for (line = strtok_r(missing.data, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		buf_adds(&c->hints, "  ");
		say_name(&c->hints, line, "");
		buf_addc(&c->hints, '\n');
	}
	buf_done(&missing);
	return ok;
}

static bool apply(struct command *c, struct runplan *plan, struct err *err)
{
	const struct want *want = &c->options->want;

	return set_variables(want, plan, err) && choose(c, plan, err) &&
	       (!want->branch || runplan_revision(plan, PLAN_BRANCH, want->branch, err)) &&
	       (!want->tag || runplan_revision(plan, PLAN_TAG, want->tag, err)) &&
	       is_complete(c, plan, err);
}

/* ---- starting it ---- */

static void tell_last_values(const struct runplan *plan)
{
	size_t i;

	for (i = 0; i < plan->n_variables; i++)
		if (plan->values[i].origin == PLAN_LAST)
			say(_("%s = %s, as the last run had it"), plan->variables[i].name,
			    plan->values[i].text);
}

static int watch_it(struct command *c, struct picked *picked, const struct action_order *order,
		    const struct errand *e, struct err *err)
{
	static const struct errand_place nowhere = {NULL};
	struct buf first;
	int status;

	picked->run_id = mem_strdup(e->run_id);
	buf_init(&first, BUF_MAX);
	errand_object(order, &nowhere, e, &first);
	if (c->options->want.json == JSON_NONE)
		errand_tell(c, order, NULL, e);
	status = command_watch_picked(c, picked, &first, err);
	buf_done(&first);
	return status;
}

static int start(struct command *c, struct picked *picked, const struct runplan *plan,
		 const struct runplan_order *run, struct err *err)
{
	struct ref ref = {{NULL}};
	struct action_order order = {
		.act = ACT_RUN, .ref = &ref, .pipeline_name = plan->name, .run = &run->order};
	struct errand errand;
	struct buf detail;
	int status = COMMAND_FAILED;

	ref_set(&ref, REF_PROJECT, picked->project_id);
	ref_set(&ref, REF_PIPELINE, picked->pipeline_id);
	buf_init(&detail, BUF_MAX);
	runplan_detail(plan, &detail);
	order.detail = detail.data;
	if (errand_run(c, &order, &errand, err)) {
		order.run_number = errand.run_number;
		status = errand_status(&errand);
		if (c->options->want.watch && status == EXIT_OK && errand.run_id)
			status = watch_it(c, picked, &order, &errand, err);
		else
			errand_tell(c, &order, NULL, &errand);
		errand_done(&errand);
	}
	buf_done(&detail);
	ref_done(&ref);
	return status;
}

static int run_pipeline(struct command *c, struct picked *picked, struct err *err)
{
	struct runplan plan = {0};
	struct runplan_order order = {.sources = NULL};
	int status = COMMAND_FAILED;

	if (read_plan(c, picked, &plan, err) && apply(c, &plan, err) &&
	    runplan_order(&plan, &order, err)) {
		tell_last_values(&plan);
		status = start(c, picked, &plan, &order, err);
	}
	runplan_order_done(&order);
	runplan_done(&plan);
	return status;
}

int command_run(struct command *c, struct err *err)
{
	const struct options *o = c->options;
	struct picked picked = {.project_id = NULL};
	int status = COMMAND_FAILED;

	if (consent_possible(o, err) && words_fit(o, err) &&
	    pick(c, o->args[1], NULL, &picked, err) && named_whole(c, &picked, err))
		status = run_pipeline(c, &picked, err);
	picked_done(&picked);
	return status;
}
