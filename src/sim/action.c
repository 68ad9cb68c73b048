/* SPDX-License-Identifier: MIT */
/*
 * A call that acts goes one way, whatever it does: what its path names is found, the world
 * is asked to do it (act.c knows when it will not), it is answered, and the journal says what
 * came of it. A row of the table is a kind of action; the rest is what rows have in common.
 *
 * Assumptions, since the service publishes no codes for it: a wrong state is HTTP 400 E1
 * DEVPIPE.00000000; a run beyond the limit of a pipeline that refuses instead of queueing is
 * HTTP 200 E1 DEVPIPE.00011104; a wrong body of a run is HTTP 400 E1 DEVCP.00021400; one
 * pass is enough where all approvers have to agree; a counter takes digits only; a stage none of
 * whose jobs was chosen is not chosen. `sources` may choose a branch or a tag, the rest of it has to have its type only.
 * A pipeline that is deleted is gone with all its runs, whatever they do.
 */
#include "sim/action.h"

#include <stdio.h>
#include <string.h>

#include "core/text.h"
#include "sim/act.h"
#include "sim/fields.h"
#include "sim/named.h"
#include "sim/orchestra.h"
#include "sim/reads.h"
#include "sim/server.h"
#include "sim/templates.h"

#define WRONG_STATE "DEVPIPE.00000000"
#define WRONG_BODY "DEVCP.00021400"
#define DESCRIPTION_MAX 1024
#define VALUE_MAX 8192

struct doing {
	struct world *world;
	struct pipeline *pipeline;
	struct run *run;
	const char *job, *step;
	int64_t queue_id;
	enum act_limit limit; /* that makes it wait */
};

/* False: `err`, or the call is answered already. */
typedef bool action_apply(struct call *c, struct doing *d, struct err *err);

/* ---- the body of a run ---- */

static bool wrong_body(struct call *c, const char *what, const char *name)
{
	call_error(c, 400, WRONG_BODY, "%s: %.100s", what, name);
	return false;
}

static const struct scenario_variable *asked_variable(const struct pipeline *p, const char *name)
{
	const struct scenario_variable *v;
	int at = 0;

	while ((v = reads_next_variable(world_scenario(p->world), p->info, &at)))
		if (v->runtime && strcmp(v->name, name) == 0)
			return v;
	return NULL;
}

bool action_value_fits(const struct scenario_variable *v, const char *value)
{
	int i;

	if (strcmp(v->type, "autoIncrement") == 0)
		return *value && value[strspn(value, "0123456789")] == '\0';
	for (i = 0; i < v->nlimits; i++)
		if (strcmp(v->limits[i], value) == 0)
			return true;
	return !v->nlimits;
}

static bool read_variable(struct call *c, const struct pipeline *p, const cJSON *e,
			  struct pair_text *out)
{
	const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(e, "name"));
	const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(e, "value"));
	const struct scenario_variable *v = name ? asked_variable(p, name) : NULL;

	if (!name || !value)
		return wrong_body(c, "variables", "each needs a name and a value, both text");
	if (!v)
		return wrong_body(c, "the pipeline asks for no variable", name);
	if (strlen(value) > VALUE_MAX)
		return wrong_body(c, "a value is longer than 8192 bytes", name);
	if (!action_value_fits(v, value))
		return wrong_body(c, "the value is none of those allowed", name);
	*out = (struct pair_text){name, value};
	return true;
}

static bool read_variables(struct call *c, const struct pipeline *p, struct act_order *o)
{
	const cJSON *list = field(c, "variables"), *e;
	struct pair_text *all;

	if (!list || cJSON_IsNull(list))
		return true;
	if (!cJSON_IsArray(list))
		return wrong_body(c, "variables", "not an array");
	all = arena_array(&c->words, (size_t)cJSON_GetArraySize(list) + 1, sizeof(*all));
	o->variables = all;
	cJSON_ArrayForEach(e, list) if (!read_variable(c, p, e, &all[o->nvariables++])) return false;
	return true;
}

/* Does the pipeline have a stage (or a job) of that identifier? */
static bool has_part(const struct pipeline *p, bool stage, const char *name)
{
	const struct shape *s = p->info->shape;
	char have[PLAN_IDENTIFIER_SIZE];
	int i, j;

	for (i = 0; s && i < s->n; i++) {
		plan_stage_identifier(i, have);
		if (stage && strcmp(have, name) == 0)
			return true;
		for (j = 0; !stage && j < s->stages[i].n; j++) {
			plan_job_identifier(s, i, j, have);
			if (strcmp(have, name) == 0)
				return true;
		}
	}
	return false;
}

static bool read_choice(struct call *c, const struct pipeline *p, const char *name, bool stage,
			const char ***out, int *n)
{
	const cJSON *list = field(c, name), *e;

	if (!list || cJSON_IsNull(list))
		return true;
	if (!cJSON_IsArray(list))
		return wrong_body(c, name, "not an array");
	*out = arena_array(&c->words, (size_t)cJSON_GetArraySize(list) + 1, sizeof(**out));
	cJSON_ArrayForEach(e, list)
	{
		const char *word = cJSON_GetStringValue(e);

		if (!word || !has_part(p, stage, word))
			return wrong_body(c, name, word ? word : "not a text");
		(*out)[(*n)++] = word;
	}
	return true;
}

static bool read_sources(struct call *c, struct act_order *o)
{
	const cJSON *list = field(c, "sources"), *e;

	if (!list || cJSON_IsNull(list))
		return true;
	if (!cJSON_IsArray(list))
		return wrong_body(c, "sources", "not an array");
	cJSON_ArrayForEach(e, list)
	{
		const cJSON *params = cJSON_GetObjectItemCaseSensitive(e, "params");
		const cJSON *build = cJSON_GetObjectItemCaseSensitive(params, "build_params");
		const char *type = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(e, "type"));
		const char *kind =
			cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(build, "build_type"));
		const char *word;

		if (!type || (strcmp(type, "code") && strcmp(type, "artifact")))
			return wrong_body(c, "sources", "type must be code or artifact");
		if (!build)
			continue;
		if (!kind || (strcmp(kind, "branch") && strcmp(kind, "tag")))
			return wrong_body(c, "build_type", "must be branch or tag");
		word = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(
			build, *kind == 'b' ? "target_branch" : "tag"));
		if (text_empty(word))
			return wrong_body(c, "build_params", "names no branch or tag");
		o->branch = word;
	}
	return true;
}

static bool read_order(struct call *c, const struct pipeline *p, struct act_order *o)
{
	if (c->body && !cJSON_IsObject(c->body))
		return wrong_body(c, "the body", "not an object");
	if (strlen(field_string(c, "description")) > DESCRIPTION_MAX)
		return wrong_body(c, "description", "longer than 1024 bytes");
	return read_variables(c, p, o) && read_sources(c, o) &&
	       read_choice(c, p, "choose_stages", true, &o->choice.stages, &o->choice.nstages) &&
	       read_choice(c, p, "choose_jobs", false, &o->choice.jobs, &o->choice.njobs);
}

/* ---- each kind ---- */

static bool apply_run(struct call *c, struct doing *d, struct err *err)
{
	struct act_order order = {0};

	if (!read_order(c, d->pipeline, &order))
		return false;
	d->limit = act_limit(d->world, d->pipeline, c->now);
	if (d->limit == ACT_PIPELINE_FULL && d->pipeline->aborts) {
		call_error(c, 200, "DEVPIPE.00011104", "the concurrency limit of %d is reached",
			   d->pipeline->concurrency);
		return false;
	}
	d->run = act_start(d->world, d->pipeline, &order, c->now, err);
	if (!d->run)
		return false;
	if (*c->made)
		snprintf(d->run->id, sizeof(d->run->id), "%s", c->made);
	return true;
}

static bool apply_stop(struct call *c, struct doing *d, struct err *err)
{
	return act_stop(d->world, d->run, c->now, err);
}

static bool apply_retry(struct call *c, struct doing *d, struct err *err)
{
	d->limit = act_limit(d->world, d->pipeline, c->now);
	return act_retry(d->world, d->run, c->now, err);
}

static bool decide(struct call *c, struct doing *d, enum act_gate kind, enum sim_state outcome,
		   int64_t later_ms, struct err *err)
{
	struct plan_step *gate = act_gate(d->run, kind, d->job, d->step, c->now, err);

	if (gate)
		act_settle(d->world, d->run, gate, outcome,
			   later_ms ? gate->span.end + later_ms : c->now, c->now);
	return gate != NULL;
}

static bool apply_pass(struct call *c, struct doing *d, struct err *err)
{
	return decide(c, d, ACT_REVIEW, SIM_COMPLETED, 0, err);
}

static bool apply_refuse(struct call *c, struct doing *d, struct err *err)
{
	return decide(c, d, ACT_REVIEW, SIM_FAILED, 0, err);
}

static bool apply_entry_pass(struct call *c, struct doing *d, struct err *err)
{
	return decide(c, d, ACT_ENTRY, SIM_COMPLETED, 0, err);
}

static bool apply_entry_refuse(struct call *c, struct doing *d, struct err *err)
{
	return decide(c, d, ACT_ENTRY, SIM_FAILED, 0, err);
}

static bool apply_delay_pass(struct call *c, struct doing *d, struct err *err)
{
	return decide(c, d, ACT_DELAY, SIM_COMPLETED, 0, err);
}

static bool apply_delay_refuse(struct call *c, struct doing *d, struct err *err)
{
	return decide(c, d, ACT_DELAY, SIM_FAILED, 0, err);
}

static bool apply_delay(struct call *c, struct doing *d, struct err *err)
{
	return decide(c, d, ACT_DELAY, SIM_COMPLETED, ACT_DELAY_MS, err);
}

static bool apply_resume(struct call *c, struct doing *d, struct err *err)
{
	const struct plan_step *step = act_gate(d->run, ACT_SUSPENDED, d->job, d->step, c->now, err);

	if (!step)
		return false;
	if (c->server->modes.gate_as != SIM_GATE_SUSPEND && !step->span.suspends)
		return err_set(err, ERR_INPUT, 0, "the step is not suspended");
	return decide(c, d, ACT_SUSPENDED, SIM_COMPLETED, 0, err);
}

static bool apply_cancel(struct call *c, struct doing *d, struct err *err)
{
	if (d->queue_id != d->run->number)
		return err_set(err, ERR_INPUT, 0, "the queue has no record %lld of that run",
			       (long long)d->queue_id);
	return act_cancel(d->world, d->run, c->now, err);
}

static bool set_ban(struct doing *d, bool banned, struct err *err)
{
	if (d->pipeline->banned == banned)
		return err_set(err, ERR_INPUT, 0, "the pipeline is %s already",
			       banned ? "disabled" : "enabled");
	d->pipeline->banned = banned;
	world_changed(d->world);
	return true;
}

static bool apply_ban(struct call *c, struct doing *d, struct err *err)
{
	return set_ban(d, true, err);
}

static bool apply_delete(struct call *c, struct doing *d, struct err *err)
{
	d->pipeline->deleted = true;
	world_changed(d->world);
	return true;
}

static bool apply_unban(struct call *c, struct doing *d, struct err *err)
{
	return set_ban(d, false, err);
}

/* ---- the table ---- */

static const struct kind {
	const char *name;
	action_apply *apply;	       /* NULL: about no pipeline that there is, */
	void (*serve)(struct call *c); /* and answered by this */
	int run, job, step, queue;     /* which {} of the path; 0: none */
	const char *key;	       /* the id that it is answered with; NULL: `success` alone */
	int id;			       /* which {} that is; 0: of something new */
} kinds[ACTION_KINDS] = {
	[ACTION_RUN] = {"run", apply_run, NULL, 0, 0, 0, 0, "pipeline_run_id", 0},
	[ACTION_STOP] = {"stop", apply_stop, NULL, 2, 0, 0, 0, NULL, 0},
	[ACTION_RETRY] = {"retry", apply_retry, NULL, 2, 0, 0, 0, NULL, 0},
	[ACTION_PASS] = {"pass", apply_pass, NULL, 2, 3, 4, 0, NULL, 0},
	[ACTION_REFUSE] = {"refuse", apply_refuse, NULL, 2, 3, 4, 0, NULL, 0},
	[ACTION_ENTRY_PASS] = {"manual-pass", apply_entry_pass, NULL, 2, 0, 3, 0, NULL, 0},
	[ACTION_ENTRY_REFUSE] = {"manual-refuse", apply_entry_refuse, NULL, 2, 0, 3, 0, NULL, 0},
	[ACTION_DELAY_PASS] = {"delay-pass", apply_delay_pass, NULL, 2, 3, 4, 0, NULL, 0},
	[ACTION_DELAY_REFUSE] = {"delay-refuse", apply_delay_refuse, NULL, 2, 3, 4, 0, NULL, 0},
	[ACTION_DELAY] = {"delay", apply_delay, NULL, 2, 3, 4, 0, NULL, 0},
	[ACTION_RESUME] = {"resume", apply_resume, NULL, 2, 3, 4, 0, NULL, 0},
	[ACTION_CANCEL] = {"cancel-queuing", apply_cancel, NULL, 2, 0, 0, 3, "pipeline_run_id", 2},
	[ACTION_BAN] = {"ban", apply_ban, NULL, 0, 0, 0, 0, NULL, 0},
	[ACTION_UNBAN] = {"unban", apply_unban, NULL, 0, 0, 0, 0, NULL, 0},
	[ACTION_DELETE] = {"delete", apply_delete, NULL, 0, 0, 0, 0, "pipeline_id", 1},
	[ACTION_TEMPLATE_CREATE] = {"template-create", NULL, templates_create, 0, 0, 0, 0, "templateId", 0},
	[ACTION_TEMPLATE_UPDATE] = {"template-update", NULL, templates_update, 0, 0, 0, 0, "templateId", 1},
	[ACTION_TEMPLATE_DELETE] = {"template-delete", NULL, templates_delete, 0, 0, 0, 0, "templateId", 1},
	[ACTION_TEMPLATE_FAVORITE] = {"template-favorite", NULL, templates_favorite, 0, 0, 0, 0, "templateId", 1},
	[ACTION_TEMPLATE_USE] = {"template-use", NULL, templates_use, 0, 0, 0, 0, "pipeline_id", 0},
	[ACTION_TASK] = {"task", NULL, orchestra_create, 0, 0, 0, 0, "task_id", 0},
};

const char *action_name(enum action_kind kind)
{
	return kinds[kind].name;
}

/* ---- the way of all of them ---- */

static const char *arg(const struct call *c, int i)
{
	return i ? c->args[i] : "";
}

/* Of a call that is about no pipeline that there is. */
static void write_ids(const struct call *c, struct journal_entry *e)
{
	enum action_kind kind = c->route->action;

	if (kind == ACTION_TASK)
		snprintf(e->task_id, sizeof(e->task_id), "%s", c->made);
	else
		snprintf(e->template_id, sizeof(e->template_id), "%.60s",
			 kind == ACTION_TEMPLATE_CREATE ? c->made : c->args[1]);
	if (kind == ACTION_TEMPLATE_USE)
		snprintf(e->pipeline_id, sizeof(e->pipeline_id), "%s", c->made);
}

static struct journal_entry *write_down(struct call *c, enum journal_outcome outcome)
{
	const struct kind *k = &kinds[c->route->action];
	struct journal_entry *e = journal_add(&c->server->journal, c->now, k->name);

	if (!e)
		return NULL;
	e->by = c->by;
	e->outcome = outcome;
	if (k->serve) {
		write_ids(c, e);
		return e;
	}
	snprintf(e->pipeline_id, sizeof(e->pipeline_id), "%.60s", c->args[1]);
	snprintf(e->run_id, sizeof(e->run_id), "%.60s", arg(c, k->run));
	snprintf(e->job_id, sizeof(e->job_id), "%.60s", arg(c, k->job));
	snprintf(e->step_id, sizeof(e->step_id), "%.60s", arg(c, k->step));
	text_int(arg(c, k->queue), &e->queue_id);
	return e;
}

static bool find(struct call *c, const struct kind *k, struct doing *d)
{
	d->world = c->server->world;
	d->pipeline = named_pipeline(c);
	if (!d->pipeline)
		return false;
	if (!k->run)
		return true;
	d->run = named_run(c, c->args[k->run]);
	if (!d->run)
		return false;
	d->job = k->job ? c->args[k->job] : NULL;
	d->step = arg(c, k->step);
	if (k->job && !named_step(c, d->run, d->job, d->step))
		return false;
	return !k->queue || text_int(c->args[k->queue], &d->queue_id) ||
	       wrong_body(c, "the id of a queue record is a number, not", c->args[k->queue]);
}

/* E3: a success, though it looks like an error. */
static void answer_queued(struct call *c, const struct doing *d)
{
	cJSON *o = cJSON_CreateObject(), *e;

	cJSON_AddStringToObject(o, "error_code",
				d->limit == ACT_TENANT_FULL ? "DEVPIPE.00011170" : "DEVPIPE.00011169");
	cJSON_AddStringToObject(o, "error_msg", "limit reached, queued");
	e = cJSON_AddObjectToObject(o, "error");
	cJSON_AddStringToObject(e, "pipeline_run_id", d->run->id);
	cJSON_AddNumberToObject(e, "queue_id", d->run->number);
	call_json(c, 200, o);
}

/* What was promised or made, or what the path names. */
static void answer_well(struct call *c)
{
	const struct kind *k = &kinds[c->route->action];
	cJSON *o = cJSON_CreateObject();

	if (k->key)
		cJSON_AddStringToObject(o, k->key, *c->made ? c->made : arg(c, k->id));
	else
		cJSON_AddBoolToObject(o, "success", true);
	call_json(c, 200, o);
}

static void serve_apart(struct call *c, const struct kind *k)
{
	struct journal_entry *e;
	bool done;

	k->serve(c);
	done = c->answer->status == 200;
	e = write_down(c, done ? JOURNAL_APPLIED : JOURNAL_REFUSED);
	if (e && !done)
		snprintf(e->text, sizeof(e->text), "the call is wrong");
}

void action_handle(struct call *c)
{
	const struct kind *k = &kinds[c->route->action];
	struct doing d = {0};
	struct err err = {0};
	struct journal_entry *e;
	bool done;

	if (k->serve) {
		serve_apart(c, k);
		return;
	}
	done = find(c, k, &d) && k->apply(c, &d, &err);
	e = write_down(c, done ? JOURNAL_APPLIED : JOURNAL_REFUSED);
	if (!done) {
		if (err.kind)
			call_error(c, 400, WRONG_STATE, "%s", err.text);
		if (e)
			snprintf(e->text, sizeof(e->text), "%s", err.kind ? err.text : "the call is wrong");
		return;
	}
	if (d.run)
		snprintf(c->made, sizeof(c->made), "%s", d.run->id);
	if (e && d.run)
		snprintf(e->run_id, sizeof(e->run_id), "%s", d.run->id);
	if (d.limit == ACT_FREE) {
		answer_well(c);
		return;
	}
	answer_queued(c, &d);
	if (e) {
		e->queued = true;
		e->queue_id = d.run->number;
	}
}

void action_skip(struct call *c, const char *why)
{
	struct journal_entry *e = write_down(c, JOURNAL_NOT_APPLIED);

	if (e)
		snprintf(e->text, sizeof(e->text), "%s", why);
}

void action_pretend(struct call *c)
{
	const struct kind *k = &kinds[c->route->action];

	if (k->key && !k->id && !*c->made)
		rng_id(rng_mix(c->server->answers, 0x9e7e), c->made);
	answer_well(c);
}
