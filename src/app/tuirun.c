/* SPDX-License-Identifier: MIT */
/*
 * The form of `:run` between a plan and the screen. The plan is read and becomes fields; what is
 * typed is checked by the plan's own functions, field by field; when the button is pressed the
 * fields are put into the plan, and a copy of it goes along with the question. So a no leaves the
 * form as it was, and a yes starts what was shown in the box, whatever happens to the form.
 */
#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "runload.h"
#include "tuistate.h"
#include "ui/form.h"

#define LINES_MAX 12 /* in the box; the rest is counted */

struct tui_run {
	struct runload *load; /* NULL: it is over */
	struct runplan plan;
	/* Places of the fields: variables begin at 0, parts at `parts`; FORM_NONE where there is no
	 * such field. */
	size_t branch, tag, parts, description;
};

void tui_run_close(struct tui *t)
{
	if (!t->run)
		return;
	runload_free(t->run->load);
	runplan_done(&t->run->plan);
	mem_free(t->run);
	t->run = NULL;
}

void tui_run_left(struct tui *t, const struct ui_request *r)
{
	(void)r;
	tui_run_close(t);
}

/* ---- from the plan to fields ---- */

static const char *note_of(const struct runplan *plan, size_t i)
{
	if (plan->variables[i].secret)
		return _("secret");
	if (plan->variables[i].type == VARIABLE_INCREMENT)
		return _("counts");
	if (!plan->values[i].text)
		return NULL;
	return plan->values[i].origin == PLAN_LAST ? _("last run") : _("default");
}

static const char *empty_of(const struct variable *v)
{
	if (v->secret)
		return _("as it is set");
	if (v->type == VARIABLE_INCREMENT)
		return text_empty(v->latest) ? v->value : v->latest;
	return NULL;
}

static void add_variable(struct form *form, const struct runplan *plan, size_t i)
{
	const struct variable *v = &plan->variables[i];
	const char *value = v->type == VARIABLE_INCREMENT ? NULL : plan->values[i].text;
	struct buf about;
	size_t at;

	if (v->type == VARIABLE_ENUM && v->n_limits && !v->secret)
		at = form_add_choice(form, v->name, (const char *const *)v->limits, v->n_limits,
				     value);
	else
		at = v->secret ? form_add_secret(form, v->name)
			       : form_add_text(form, v->name, value);
	buf_init(&about, BUF_MAX);
	runplan_about(v, &about);
	form_explain(form, at, about.data, note_of(plan, i), v->secret ? NULL : _("typed"),
		     empty_of(v));
	buf_done(&about);
}

static void add_revision(struct form *form, struct tui_run *run)
{
	run->branch = run->tag = FORM_NONE;
	if (!runplan_has_code(&run->plan))
		return;
	run->branch = form_add_text(form, _("branch"), NULL);
	form_explain(form, run->branch, _("of the first code source; empty: its default branch"),
		     NULL, NULL, run->plan.branch);
	run->tag = form_add_text(form, _("tag"), NULL);
	form_explain(form, run->tag, _("built instead of a branch"), NULL, NULL, NULL);
}

static void add_parts(struct form *form, struct tui_run *run)
{
	const struct runplan *plan = &run->plan;
	size_t i;

	run->parts = FORM_NONE;
	if (plan->n_parts) {
		form_add_label(form, _("Stages and jobs"));
		run->parts = form->n;
	}
	for (i = 0; i < plan->n_parts; i++)
		form_explain(form,
			     form_add_tick(form, plan->parts[i].name, plan->parts[i].stage != NULL,
					   true),
			     plan->parts[i].identifier, NULL, NULL, NULL);
}

static void warn(struct form *form, const struct runplan *plan, const char *note)
{
	if (plan->banned)
		form_warn(form, _("it is switched off: no run can start until :unban"));
	else if (plan->odd_definition)
		form_warn(form, _("its stages could not be read: it can only be run whole"));
	else if (*note)
		form_warn(form, note);
}

static bool fits(void *self, const struct form *form, size_t at, struct err *err);

static void fill(struct tui *t, const char *note)
{
	struct tui_run *run = t->run;
	struct form *form = ui_form(t->ui);
	size_t i;

	for (i = 0; i < run->plan.n_variables; i++)
		add_variable(form, &run->plan, i);
	add_revision(form, run);
	add_parts(form, run);
	run->description = form_add_text(form, _("description"), NULL);
	form_explain(form, run->description, _("at most 1,024 characters"), NULL, NULL, NULL);
	form_add_button(form, _("start"));
	warn(form, &run->plan, note);
	form->fits = fits;
	form->self = t;
	form_ready(form);
}

static void plan_is_read(void *self, const struct err *err, const char *note)
{
	struct tui *t = self;
	struct tui_run *run = t->run;

	if (err->kind == ERR_NONE) {
		mem_free(runload_plan(run->load)->name); /* as the operator saw it */
		runload_plan(run->load)->name = run->plan.name;
		run->plan.name = NULL;
		runplan_done(&run->plan);
		run->plan = *runload_plan(run->load);
		memset(runload_plan(run->load), 0, sizeof(run->plan));
		fill(t, note);
	} else {
		form_fail(ui_form(t->ui), err->text);
	}
	runload_free(run->load);
	run->load = NULL;
}

void tui_run_open(struct tui *t, const struct ui_request *r)
{
	const char *name = text_empty(r->text) ? r->ref->id[REF_PIPELINE] : r->text;
	struct runload_options options = {.session = t->session,
					  .budget = &t->budget,
					  .project_id = r->ref->id[REF_PROJECT],
					  .pipeline_id = r->ref->id[REF_PIPELINE]};
	struct buf title;

	tui_run_close(t);
	t->run = mem_zalloc(sizeof(*t->run));
	t->run->plan.name = mem_strdup(name);
	buf_init(&title, BUF_MAX);
	buf_addf(&title, _("Run %s"), name);
	form_open(ui_form(t->ui), title.data, r->ref, _("reading what it asks for ..."));
	buf_done(&title);
	t->run->load = runload_new(&options, plan_is_read, t);
	runload_start(t->run->load);
}

/* ---- from fields to the plan ---- */

/* Only what was touched is anybody's word. */
static bool put_variable(struct tui_run *run, const struct form *form, size_t i, struct err *err)
{
	const struct variable *v = &run->plan.variables[i];
	const char *value = form_value(form, i);

	if (!form->fields[i].touched)
		return true;
	if (!*value && (v->secret || v->type == VARIABLE_INCREMENT)) {
		runplan_reset(&run->plan, i);
		return true;
	}
	return runplan_set(&run->plan, i, value, err);
}

static bool put_revision(struct tui_run *run, const struct form *form, struct err *err)
{
	const char *branch = run->branch == FORM_NONE ? "" : form_value(form, run->branch);
	const char *tag = run->tag == FORM_NONE ? "" : form_value(form, run->tag);

	if (*branch && *tag)
		return err_set(err, ERR_INPUT, 0, _("only one of branch and tag can be built"));
	return runplan_revision(&run->plan,
				*tag	  ? PLAN_TAG
				: *branch ? PLAN_BRANCH
					  : PLAN_AS_IT_IS,
				*tag ? tag : branch, err);
}

static bool fits(void *self, const struct form *form, size_t at, struct err *err)
{
	struct tui *t = self;
	struct tui_run *run = t->run;

	if (at < run->plan.n_variables)
		return put_variable(run, form, at, err);
	if (at == run->branch || at == run->tag)
		return !*form_value(form, at) || put_revision(run, form, err);
	return at != run->description || runplan_describe(&run->plan, form_value(form, at), err);
}

static void put_parts(struct tui_run *run, const struct form *form)
{
	size_t i;

	for (i = 0; i < run->plan.n_parts; i++)
		if (form->fields[run->parts + i].tick != FORM_PART)
			runplan_choose_at(&run->plan, i,
					  form->fields[run->parts + i].tick == FORM_ON);
}

/* The first field that has to have a value; FORM_NONE: none. */
static size_t first_missing(const struct runplan *plan)
{
	size_t i;

	for (i = 0; i < plan->n_variables; i++)
		if (runplan_is_missing(plan, i))
			return i;
	return FORM_NONE;
}

static bool put_all(struct tui_run *run, struct form *form)
{
	struct err err = {0};
	size_t missing;

	if (!put_revision(run, form, &err)) {
		form_complain(form, run->tag, err.text);
		return false;
	}
	put_parts(run, form);
	missing = first_missing(&run->plan);
	if (missing != FORM_NONE)
		form_complain(form, missing, _("it has no default: it needs a value"));
	return missing == FORM_NONE;
}

/* ---- the question ---- */

struct run_load {
	struct tui_load base;
	struct tui *tui;
	struct runplan plan;
	struct runplan_order order;
};

/* It is confirmed: the form has done its part. */
static void complete(const struct tui_load *base, struct action_order *order)
{
	const struct run_load *load = (const struct run_load *)base;

	order->run = &load->order.order;
	form_close(ui_form(load->tui->ui));
	tui_run_close(load->tui);
}

static void free_load(void *self)
{
	struct run_load *load = self;

	runplan_order_done(&load->order);
	runplan_done(&load->plan);
	mem_free(load);
}

static const char *project_of(const struct tui *t, const struct runplan *plan)
{
	const struct pipeline *p = store_pipeline(t->store, plan->project_id, plan->pipeline_id);

	return p && !text_empty(p->project_name) ? p->project_name : plan->project_id;
}

/* A label and its value for each line of a summary, up to the most. */
static size_t make_lines(char *summary, struct dialog_line *lines, size_t n)
{
	size_t more = 0;
	char *line, *rest = NULL, *equals;

	for (line = strtok_r(summary, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (n == LINES_MAX) {
			more++;
			continue;
		}
		equals = strstr(line, " = "); /* a value may go on over several lines */
		if (equals)
			*equals = '\0';
		lines[n++] = (struct dialog_line){equals ? line : "", equals ? equals + 3 : line};
	}
	if (more)
		lines[n++] = (struct dialog_line){NULL, _("and more, as it stands in the form")};
	return n;
}

static void add_what(const struct runplan *plan, struct buf *out)
{
	buf_addf(out, _("A run of %s is started."), plan->name);
	if (plan->concurrency > 0)
		buf_addf(out,
			 plan->queues ? _(" It waits in the queue while %lld of its runs go on.")
				      : _(" It is refused while %lld of its runs go on."),
			 (long long)plan->concurrency);
}

static void ask(struct tui *t, struct run_load *load)
{
	const struct runplan *plan = &load->plan;
	struct dialog_line lines[LINES_MAX + 1] = {{_("project"), project_of(t, plan)},
						   {_("pipeline"), plan->name}};
	struct dialog_target target = {
		.ref = &ui_form(t->ui)->ref, .name = plan->name, .pipeline_name = plan->name};
	struct dialog_ask ask = {.act = ACT_RUN,
				 .lines = lines,
				 .targets = &target,
				 .n_targets = 1,
				 .load = load,
				 .free_load = free_load};
	struct buf what, summary, detail;

	buf_init(&what, BUF_MAX);
	buf_init(&summary, BUF_MAX);
	buf_init(&detail, BUF_MAX);
	add_what(plan, &what);
	runplan_summary(plan, &summary);
	runplan_detail(plan, &detail);
	ask.what = what.data;
	ask.detail = detail.data;
	ask.n_lines = make_lines(summary.data, lines, 2);
	ui_confirm(t->ui, &ask);
	buf_done(&what);
	buf_done(&summary);
	buf_done(&detail);
}

void tui_run_start(struct tui *t, const struct ui_request *r)
{
	struct form *form = ui_form(t->ui);
	struct run_load *load;
	struct err err = {0};

	(void)r;
	if (!t->run || !put_all(t->run, form))
		return;
	load = mem_zalloc(sizeof(*load));
	load->base.complete = complete;
	load->tui = t;
	runplan_copy(&load->plan, &t->run->plan);
	if (runplan_order(&load->plan, &load->order, &err)) {
		ask(t, load);
		return;
	}
	form_complain(form, t->run->parts, err.text);
	free_load(load);
}
