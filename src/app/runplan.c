/* SPDX-License-Identifier: MIT */
/*
 * A plan is filled from answers that come in any order, changed by words and ticks, and only read
 * from then on (runorder.c). What is chosen is kept as ticks and nothing else: which of the
 * service's two lists says it is the order's business. A value of a secret lies in the vault from
 * the moment it is known here, so that no sentence and no frame can show it, whoever makes one.
 */
#include "runplan.h"

#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/suggest.h"
#include "core/text.h"
#include "core/vault.h"
#include "relay.h"

void runplan_init(struct runplan *plan, const char *project_id, const char *pipeline_id)
{
	*plan = (struct runplan){
		.project_id = mem_strdup(project_id),
		.pipeline_id = mem_strdup(pipeline_id),
	};
}

/* ---- values ---- */

static void drop_value(struct runplan *plan, size_t i)
{
	if (plan->variables[i].secret)
		vault_drop(plan->values[i].text);
	else
		mem_free(plan->values[i].text);
	plan->values[i] = (struct plan_value){NULL, PLAN_DEFAULT};
}

static void put_value(struct runplan *plan, size_t i, const char *text, enum plan_origin origin)
{
	char *copy = plan->variables[i].secret ? vault_keep(text) : mem_strdup(text);

	drop_value(plan, i); /* `text` may be what it was */
	plan->values[i] = (struct plan_value){copy, origin};
}

void runplan_reset(struct runplan *plan, size_t i)
{
	const struct variable *v = &plan->variables[i];

	drop_value(plan, i);
	if (!v->secret && !text_empty(v->value))
		put_value(plan, i, v->value, PLAN_DEFAULT);
}

/* Only what a person could have typed as well, and what is not the default anyhow. */
static void take_last(struct runplan *plan, size_t i, const char *text)
{
	const struct variable *v = &plan->variables[i];

	if (plan->defaults || v->secret || v->type == VARIABLE_INCREMENT || text_empty(text) ||
	    plan->values[i].origin == PLAN_TYPED || !variable_accepts(v, text, NULL))
		return;
	if (text_same(text, v->value))
		runplan_reset(plan, i);
	else
		put_value(plan, i, text, PLAN_LAST);
}

bool runplan_set(struct runplan *plan, size_t i, const char *value, struct err *err)
{
	if (!variable_accepts(&plan->variables[i], value, err))
		return false;
	put_value(plan, i, value, PLAN_TYPED);
	return true;
}

bool runplan_assign(struct runplan *plan, const char *word, struct err *err)
{
	const char *value;
	size_t at;

	if (!plan->n_variables)
		return err_set(err, ERR_INPUT, 0, _("%.80s asks for no variables: leave -p out"),
			       text_or_empty(plan->name));
	return variable_assign(word, plan->variables, plan->n_variables, &at, &value, err) &&
	       runplan_set(plan, at, value, err);
}

/* ---- what the service says ---- */

static char *copy_unless_empty(const char *text)
{
	return text_empty(text) ? NULL : mem_strdup(text);
}

static void add_part(struct runplan *plan, const struct api_plan_item *item)
{
	plan->parts = mem_grow(plan->parts, plan->n_parts, sizeof(*plan->parts));
	plan->parts[plan->n_parts++] = (struct plan_part){
		.identifier = mem_strdup(item->identifier),
		.name = mem_strdup(text_empty(item->name) ? item->identifier : item->name),
		.stage = mem_strdup(item->stage),
		.chosen = true,
	};
}

void runplan_take_pipeline(struct runplan *plan, const struct api_plan *answer)
{
	size_t i;

	plan->name = copy_unless_empty(answer->name);
	plan->banned = answer->banned;
	plan->odd_definition = answer->odd_definition;
	plan->queues = answer->queues;
	plan->concurrency = answer->concurrency;
	plan->sources = copy_unless_empty(answer->sources_json);
	plan->branch = copy_unless_empty(answer->branch);
	for (i = 0; i < answer->n; i++)
		if (!text_empty(answer->items[i].identifier)) /* nothing could name it */
			add_part(plan, &answer->items[i]);
}

static void add_variable(struct runplan *plan, const struct variable *variable)
{
	size_t i = plan->n_variables++;

	variable_copy(&plan->variables[i], variable);
	runplan_reset(plan, i);
	take_last(plan, i, variable->latest);
}

void runplan_add_variables(struct runplan *plan, const struct variable *variables, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (text_empty(variables[i].name))
			continue;
		plan->variables =
			mem_grow(plan->variables, plan->n_variables, sizeof(*plan->variables));
		plan->values = mem_grow(plan->values, plan->n_variables, sizeof(*plan->values));
		plan->values[plan->n_variables] = (struct plan_value){NULL, PLAN_DEFAULT};
		add_variable(plan, &variables[i]);
	}
}

void runplan_take_last(struct runplan *plan, const struct variable *variables, size_t n)
{
	size_t i, k;

	for (k = 0; k < n; k++)
		for (i = 0; i < plan->n_variables; i++)
			if (text_same(plan->variables[i].name, variables[k].name))
				take_last(plan, i, variables[k].value);
}

void runplan_copy(struct runplan *to, const struct runplan *from)
{
	size_t i;

	*to = *from;
	to->project_id = mem_strdup(from->project_id);
	to->pipeline_id = mem_strdup(from->pipeline_id);
	to->name = mem_strdup(from->name);
	to->sources = mem_strdup(from->sources);
	to->branch = mem_strdup(from->branch);
	to->revision_name = mem_strdup(from->revision_name);
	to->description = mem_strdup(from->description);
	to->variables = mem_calloc(from->n_variables, sizeof(*to->variables));
	to->values = mem_calloc(from->n_variables, sizeof(*to->values));
	for (i = 0; i < from->n_variables; i++) {
		variable_copy(&to->variables[i], &from->variables[i]);
		put_value(to, i, from->values[i].text, from->values[i].origin);
	}
	to->parts = mem_calloc(from->n_parts, sizeof(*to->parts));
	for (i = 0; i < from->n_parts; i++)
		to->parts[i] = (struct plan_part){
			.identifier = mem_strdup(from->parts[i].identifier),
			.name = mem_strdup(from->parts[i].name),
			.stage = mem_strdup(from->parts[i].stage),
			.chosen = from->parts[i].chosen,
		};
}

void runplan_done(struct runplan *plan)
{
	size_t i;

	for (i = 0; i < plan->n_variables; i++) {
		drop_value(plan, i);
		variable_done(&plan->variables[i]);
	}
	for (i = 0; i < plan->n_parts; i++) {
		mem_free(plan->parts[i].identifier);
		mem_free(plan->parts[i].name);
		mem_free(plan->parts[i].stage);
	}
	mem_free(plan->variables);
	mem_free(plan->values);
	mem_free(plan->parts);
	mem_free(plan->sources);
	mem_free(plan->branch);
	mem_free(plan->revision_name);
	mem_free(plan->description);
	mem_free(plan->name);
	mem_free(plan->project_id);
	mem_free(plan->pipeline_id);
	*plan = (struct runplan){0};
}

/* ---- stages and jobs ---- */

static bool is_job_of(const struct plan_part *job, const struct plan_part *stage)
{
	return job->stage && text_same(job->stage, stage->identifier);
}

enum plan_share runplan_share(const struct runplan *plan, size_t stage)
{
	const struct plan_part *of = &plan->parts[stage];
	size_t i, jobs = 0, chosen = 0;

	for (i = 0; i < plan->n_parts; i++)
		if (is_job_of(&plan->parts[i], of)) {
			jobs++;
			chosen += plan->parts[i].chosen;
		}
	if (!jobs)
		return of->chosen ? PLAN_ALL : PLAN_NONE;
	return chosen == jobs ? PLAN_ALL : chosen ? PLAN_SOME : PLAN_NONE;
}

/* Ticks of stages follow from those of their jobs. */
static void settle_stages(struct runplan *plan)
{
	size_t i;

	for (i = 0; i < plan->n_parts; i++)
		if (!plan->parts[i].stage)
			plan->parts[i].chosen = runplan_share(plan, i) == PLAN_ALL;
}

void runplan_choose_at(struct runplan *plan, size_t part, bool on)
{
	struct plan_part *chosen = &plan->parts[part];
	size_t i;

	plan->choosing = true;
	chosen->chosen = on;
	for (i = 0; !chosen->stage && i < plan->n_parts; i++)
		if (is_job_of(&plan->parts[i], chosen))
			plan->parts[i].chosen = on;
	settle_stages(plan);
}

static bool no_such_part(const struct runplan *plan, bool stage, const char *word, struct err *err)
{
	struct suggest near = {.word = word};
	size_t i;

	for (i = 0; i < plan->n_parts; i++)
		if (!plan->parts[i].stage == stage) {
			suggest_offer(&near, plan->parts[i].name);
			suggest_offer(&near, plan->parts[i].identifier);
		}
	if (near.best)
		return err_set(err, ERR_INPUT, 0,
			       stage ? _("no stage is called '%.60s': did you mean %.60s?")
				     : _("no job is called '%.60s': did you mean %.60s?"),
			       word, near.best);
	return err_set(err, ERR_INPUT, 0,
		       stage ? _("no stage is called '%.60s': those of %.60s are listed below")
			     : _("no job is called '%.60s': those of %.60s are listed below"),
		       word, text_or_empty(plan->name));
}

/* How many are called so, by name; an identifier is one alone. */
static size_t find_part(const struct runplan *plan, bool stage, const char *word, size_t *at)
{
	size_t i, named = 0;

	for (i = 0; i < plan->n_parts; i++) {
		const struct plan_part *part = &plan->parts[i];

		if (!part->stage != stage)
			continue;
		if (text_same(part->identifier, word)) {
			*at = i;
			return 1;
		}
		if (!text_same(part->name, word))
			continue;
		if (!named++)
			*at = i;
	}
	return named;
}

bool runplan_choose(struct runplan *plan, bool stage, const char *word, struct err *err)
{
	size_t i, at = 0, found = find_part(plan, stage, word, &at);

	if (!found && (plan->odd_definition || !plan->n_parts))
		return err_set(
			err, ERR_INPUT, 0,
			_("the stages of %.80s are not known here: it can only be run whole"),
			text_or_empty(plan->name));
	if (!found)
		return no_such_part(plan, stage, word, err);
	if (found > 1)
		return err_set(err, ERR_INPUT, 0,
			       stage ? _("%zu stages are called '%.60s': give the identifier, such "
					 "as %.60s")
				     : _("%zu jobs are called '%.60s': give the identifier, such "
					 "as %.60s"),
			       found, word, plan->parts[at].identifier);
	for (i = 0; !plan->choosing && i < plan->n_parts; i++)
		plan->parts[i].chosen = false;
	runplan_choose_at(plan, at, true);
	return true;
}

/* ---- branch, tag, description ---- */

static size_t characters(const char *text)
{
	size_t len = strlen(text), at, used, n = 0;

	for (at = 0; at < len; at += used, n++)
		text_decode(text + at, len - at, &used);
	return n;
}

bool runplan_has_code(const struct runplan *plan)
{
	struct span sources =
		span_of(text_or_empty(plan->sources), strlen(text_or_empty(plan->sources)));
	struct span source;
	size_t at = 0;

	while (span_next(sources, &at, &source))
		if (span_is(span_text(span_member(source, "type")), "code"))
			return true;
	return false;
}

/* Git's own rules are longer (git-check-ref-format); what no name can have is caught here. */
static bool is_revision(const char *name)
{
	size_t len = strlen(name);
	const char *p;

	for (p = name; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f || strchr("~^:?*[\\", *p))
			return false;
	return len > 0 && len <= RUNPLAN_REVISION_MAX && text_valid(name, len) && *name != '-' &&
	       *name != '/' && name[len - 1] != '/' && !strstr(name, "..");
}

bool runplan_revision(struct runplan *plan, enum plan_revision revision, const char *name,
		      struct err *err)
{
	const char *what = revision == PLAN_TAG ? _("tag") : _("branch");

	if (revision != PLAN_AS_IT_IS && !runplan_has_code(plan))
		return err_set(err, ERR_INPUT, 0,
			       _("%.80s has no code source: no branch or tag can be chosen"),
			       text_or_empty(plan->name));
	if (revision != PLAN_AS_IT_IS && !is_revision(name))
		return err_set(err, ERR_INPUT, 0, _("'%.60s' is no name of a %s"), name, what);
	mem_free(plan->revision_name);
	plan->revision = revision;
	plan->revision_name = revision == PLAN_AS_IT_IS ? NULL : mem_strdup(name);
	return true;
}

bool runplan_describe(struct runplan *plan, const char *text, struct err *err)
{
	if (!text_valid(text, strlen(text)))
		return err_set(err, ERR_INPUT, 0, _("the description is not UTF-8"));
	if (characters(text) > RUNPLAN_DESCRIPTION_MAX)
		return err_set(err, ERR_INPUT, 0,
			       _("the description has %zu characters, %d at most"),
			       characters(text), RUNPLAN_DESCRIPTION_MAX);
	mem_free(plan->description);
	plan->description = copy_unless_empty(text);
	return true;
}
