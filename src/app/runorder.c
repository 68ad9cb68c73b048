/* SPDX-License-Identifier: MIT */
/*
 * What comes out of a plan: the order for the service, a detail for the audit log, lines for the
 * operator. The sources go back as the service has them, byte for byte, but for the one member that
 * says which branch or tag is built: keys that are not known here may matter there.
 */
#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "relay.h"
#include "runplan.h"

#define STARS "********" /* whatever the length: that is nobody's business either */

/* Is the value sent? The service's own defaults hold without being said. */
static bool is_sent(const struct runplan *plan, size_t i)
{
	return plan->values[i].text && plan->values[i].origin != PLAN_DEFAULT;
}

/* ---- what is missing ---- */

/* "one of cn-north-4, cn-east-3"; what a secret may be is not told. */
static void add_type(const struct variable *v, struct buf *out)
{
	size_t i;

	if (v->secret)
		buf_adds(out, _("secret"));
	else if (v->type == VARIABLE_ENUM)
		buf_adds(out, _("one of"));
	else if (v->type == VARIABLE_INCREMENT)
		buf_adds(out, _("counts up by itself"));
	else if (v->type == VARIABLE_OTHER && !text_empty(v->type_name))
		buf_adds(out, v->type_name);
	else
		buf_adds(out, _("text"));
	for (i = 0; i < v->n_limits && !v->secret; i++)
		buf_addf(out, "%s%s", i ? ", " : " ", v->limits[i]);
}

void runplan_about(const struct variable *v, struct buf *out)
{
	add_type(v, out);
	if (!text_empty(v->description))
		buf_addf(out, ": %s", v->description);
}

/* A secret's default is not shown to anybody, and a counter has one by itself. */
bool runplan_is_missing(const struct runplan *plan, size_t i)
{
	const struct variable *v = &plan->variables[i];

	return !v->secret && v->type != VARIABLE_INCREMENT && !plan->values[i].text;
}

bool runplan_complete(const struct runplan *plan, struct buf *missing, struct err *err)
{
	size_t i, n = 0, first = 0;

	for (i = 0; i < plan->n_variables; i++) {
		if (!runplan_is_missing(plan, i))
			continue;
		if (!n++)
			first = i;
		buf_addf(missing, "%s: ", plan->variables[i].name);
		runplan_about(&plan->variables[i], missing);
		buf_addc(missing, '\n');
	}
	if (n == 1)
		return err_set(err, ERR_INPUT, 0,
			       _("%.60s has no value and no default: give it with -p %.60s=VALUE"),
			       plan->variables[first].name, plan->variables[first].name);
	if (n)
		return err_set(err, ERR_INPUT, 0,
			       _("%zu variables have no value and no default: give them with "
				 "-p NAME=VALUE"),
			       n);
	return true;
}

/* ---- stages and jobs ---- */

/* May the choice be said in whole stages? */
static bool in_stages(const struct runplan *plan)
{
	size_t i;

	for (i = 0; i < plan->n_parts; i++)
		if (!plan->parts[i].stage && runplan_share(plan, i) == PLAN_SOME)
			return false;
	return true;
}

static size_t count_chosen(const struct runplan *plan, bool stages)
{
	size_t i, n = 0;

	for (i = 0; i < plan->n_parts; i++)
		n += plan->parts[i].chosen && !plan->parts[i].stage == stages;
	return n;
}

static size_t count_parts(const struct runplan *plan, bool stages)
{
	size_t i, n = 0;

	for (i = 0; i < plan->n_parts; i++)
		n += !plan->parts[i].stage == stages;
	return n;
}

static bool all_chosen(const struct runplan *plan)
{
	return !plan->choosing ||
	       (in_stages(plan) && count_chosen(plan, true) == count_parts(plan, true));
}

static size_t list_chosen(const struct runplan *plan, bool stages, const char ***out)
{
	const char **list = mem_calloc(plan->n_parts + 1, sizeof(*list));
	size_t i, n = 0;

	for (i = 0; i < plan->n_parts; i++)
		if (plan->parts[i].chosen && !plan->parts[i].stage == stages)
			list[n++] = plan->parts[i].identifier;
	*out = list;
	return n;
}

/* ---- sources ---- */

static void add_build(const struct runplan *plan, struct buf *out)
{
	bool tag = plan->revision == PLAN_TAG;

	buf_addf(out,
		 "{\"build_type\":\"%s\",\"event_type\":\"Manual\",\"%s\":", tag ? "tag" : "branch",
		 tag ? "tag" : "target_branch");
	relay_string(plan->revision_name, strlen(plan->revision_name), out);
	buf_addc(out, '}');
}

/* `object` with a member put in, in the place of the one of that name or at its end. */
static void put_member(struct span object, const char *key, const struct buf *value,
		       struct buf *out)
{
	struct span old = span_member(object, key);
	const char *end = object.at + object.len - 1, *last = end; /* its closing brace */

	if (old.len) {
		buf_add(out, object.at, (size_t)(old.at - object.at));
		buf_add(out, value->data, value->len);
		buf_add(out, old.at + old.len,
			(size_t)(object.at + object.len - (old.at + old.len)));
		return;
	}
	while (last > object.at + 1 && strchr(" \t\r\n", last[-1]))
		last--;
	buf_add(out, object.at, (size_t)(end - object.at));
	buf_addf(out, "%s\"%s\":", last > object.at + 1 ? "," : "", key);
	buf_add(out, value->data, value->len);
	buf_addc(out, '}');
}

static void build_source(const struct runplan *plan, struct span source, struct buf *out)
{
	struct span params = span_member(source, "params");
	struct buf build, whole;

	buf_init(&build, BUF_MAX);
	buf_init(&whole, BUF_MAX);
	add_build(plan, &build);
	if (params.len < 2 || *params.at != '{')
		params = span_of("{}", 2);
	put_member(params, "build_params", &build, &whole);
	put_member(source, "params", &whole, out);
	buf_done(&build);
	buf_done(&whole);
}

/* The first code source is the one whose branch a pipeline's page shows. */
static char *order_sources(const struct runplan *plan)
{
	const char *text = text_or_empty(plan->sources);
	struct span sources = span_of(text, strlen(text)), source;
	struct buf out;
	size_t at = 0;

	if (plan->revision == PLAN_AS_IT_IS)
		return NULL;
	buf_init(&out, BUF_MAX);
	while (span_next(sources, &at, &source)) {
		if (!span_is(span_text(span_member(source, "type")), "code"))
			continue;
		buf_add(&out, sources.at, (size_t)(source.at - sources.at));
		build_source(plan, source, &out);
		buf_add(&out, source.at + source.len,
			(size_t)(sources.at + sources.len - (source.at + source.len)));
		break;
	}
	return buf_take(&out);
}

/* ---- the order ---- */

static void order_variables(const struct runplan *plan, struct runplan_order *out)
{
	size_t i;

	out->variables = mem_calloc(plan->n_variables + 1, sizeof(*out->variables));
	for (i = 0; i < plan->n_variables; i++) {
		struct variable *v = &out->variables[out->order.n_variables];

		if (!is_sent(plan, i))
			continue;
		*v = plan->variables[i];
		v->value = plan->values[i].text;
		out->order.n_variables++;
	}
	out->order.variables = out->variables;
}

bool runplan_order(const struct runplan *plan, struct runplan_order *out, struct err *err)
{
	*out = (struct runplan_order){.order = {.description = plan->description}};
	order_variables(plan, out);
	out->sources = order_sources(plan);
	out->order.sources_json = out->sources;
	if (all_chosen(plan))
		return true;
	if (in_stages(plan))
		out->order.n_stages = list_chosen(plan, true, &out->stages);
	else
		out->order.n_jobs = list_chosen(plan, false, &out->jobs);
	out->order.stages = out->stages;
	out->order.jobs = out->jobs;
	return out->order.n_stages || out->order.n_jobs ||
	       err_set(err, ERR_INPUT, 0, _("no stage and no job is chosen: nothing would run"));
}

void runplan_order_done(struct runplan_order *out)
{
	mem_free(out->variables);
	mem_free(out->stages);
	mem_free(out->jobs);
	mem_free(out->sources);
	*out = (struct runplan_order){.sources = NULL};
}

/* ---- in words ---- */

static void add_chosen(const struct runplan *plan, const char *between, bool names, struct buf *out)
{
	bool stages = in_stages(plan);
	size_t i, n = 0;

	for (i = 0; i < plan->n_parts; i++)
		if (plan->parts[i].chosen && !plan->parts[i].stage == stages)
			buf_addf(out, "%s%s", n++ ? between : "",
				 names ? plan->parts[i].name : plan->parts[i].identifier);
}

void runplan_detail(const struct runplan *plan, struct buf *out)
{
	size_t i, n = 0;

	for (i = 0; i < plan->n_variables; i++)
		if (is_sent(plan, i))
			buf_addf(out, "%s%s", n++ ? ", " : "variables ", plan->variables[i].name);
	if (plan->revision != PLAN_AS_IT_IS)
		buf_addf(out, "%s%s %s", out->len ? "; " : "",
			 plan->revision == PLAN_TAG ? "tag" : "branch", plan->revision_name);
	if (all_chosen(plan))
		return;
	buf_addf(out, "%s%s ", out->len ? "; " : "", in_stages(plan) ? "stages" : "jobs");
	add_chosen(plan, ", ", false, out);
}

static void summarize_variable(const struct runplan *plan, size_t i, struct buf *out)
{
	static const char *const origins[] = {N_("default"), N_("last run"), NULL};
	const struct plan_value *value = &plan->values[i];
	const char *origin = origins[value->origin];

	if (!value->text)
		return;
	buf_addf(out, "%s = %s", plan->variables[i].name,
		 plan->variables[i].secret ? STARS : value->text);
	if (origin)
		buf_addf(out, " (%s)", _(origin));
	buf_addc(out, '\n');
}

void runplan_summary(const struct runplan *plan, struct buf *out)
{
	size_t i;

	for (i = 0; i < plan->n_variables; i++)
		if (plan->variables[i].type != VARIABLE_INCREMENT ||
		    plan->values[i].origin == PLAN_TYPED)
			summarize_variable(plan, i, out);
	if (plan->revision != PLAN_AS_IT_IS)
		buf_addf(out, "%s = %s\n", plan->revision == PLAN_TAG ? _("tag") : _("branch"),
			 plan->revision_name);
	else if (!text_empty(plan->branch))
		buf_addf(out, "%s = %s (%s)\n", _("branch"), plan->branch, _("default"));
	if (!all_chosen(plan)) {
		buf_addf(out, "%s = ", in_stages(plan) ? _("only stages") : _("only jobs"));
		add_chosen(plan, ", ", true, out);
		buf_addc(out, '\n');
	}
	if (plan->description)
		buf_addf(out, "%s = %s\n", _("description"), plan->description);
}
