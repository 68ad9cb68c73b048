/* SPDX-License-Identifier: MIT */
/*
 * Pipelines that are made (app/actway.h): of a v5 template, whose answer has the pipeline's id, and of a
 * v3 orchestration, whose answer has only the id of a task that makes one. Where the answer is lost there is
 * nothing to go by but the pipeline's name. So no pipeline of that name may be there before; one that is
 * there afterwards is the one for a template, while for a task it proves nothing: the service gives the
 * task's id to nobody else.
 */
#include <stdio.h>
#include <string.h>

#include "actway.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"

#define NAMESAKES 100 /* pipelines looked at for one of a name */

struct own {
	char *name; /* of the pipeline */
	/* ACT_TEMPLATE_USE */
	struct api_template_use use; /* its texts are owned */
	struct template now;
	/* ACT_TASK */
	char *document;
	size_t document_len;
	char *task_id;
	/* looks */
	char *namesake; /* the id of a pipeline of that name; NULL: none */
	bool there;	/* the pipeline, or the task, was read by its id */
};

/* ---- what is ordered ---- */

static void copy_variables(struct api_template_use *to, const struct api_template_use *from)
{
	struct variable *list = mem_calloc(from->n_variables, sizeof(*list));
	size_t i;

	for (i = 0; i < from->n_variables; i++)
		variable_copy(&list[i], &from->variables[i]);
	to->variables = list;
	to->n_variables = from->n_variables;
}

static void copy_use(struct action *a, const struct action_order *order)
{
	const struct api_template_use *from = order->use;
	struct own *own = a->own = mem_zalloc(sizeof(*own));

	if (!from)
		return;
	own->use.template_id = mem_strdup(from->template_id);
	own->use.name = mem_strdup(from->name);
	own->use.description = mem_strdup(from->description);
	own->use.sources_json = mem_strdup(from->sources_json);
	own->use.component = mem_strdup(from->component);
	copy_variables(&own->use, from);
	own->name = mem_strdup(from->name);
}

static void copy_task(struct action *a, const struct action_order *order)
{
	struct own *own = a->own = mem_zalloc(sizeof(*own));

	own->name = mem_strdup(order->pipeline_name);
	own->document = mem_strndup(text_or_empty(order->document), order->document_len);
	own->document_len = order->document_len;
}

static void free_use(struct api_template_use *use)
{
	const char *const texts[] = {use->template_id, use->name, use->description, use->sources_json,
				     use->component};
	struct variable *variables = (struct variable *)(uintptr_t)use->variables;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		mem_free((char *)(uintptr_t)texts[i]);
	for (i = 0; i < use->n_variables; i++)
		variable_done(&variables[i]);
	mem_free(variables);
}

static void done(struct action *a)
{
	struct own *own = a->own;

	if (!own)
		return;
	free_use(&own->use);
	template_done(&own->now);
	mem_free(own->name);
	mem_free(own->document);
	mem_free(own->task_id);
	mem_free(own->namesake);
	mem_free(own);
	a->own = NULL;
}

/* ---- looking ---- */

static void saw_pipelines(void *self, struct api_pipelines *page)
{
	struct action *a = self;
	struct own *own = a->own;
	size_t i;

	mem_free(own->namesake);
	own->namesake = NULL;
	for (i = 0; i < page->n && !own->namesake; i++)
		if (text_same(page->pipelines[i].name, own->name))
			own->namesake = mem_strdup(page->pipelines[i].id);
	action_saw(a, page->answer.err.kind == ERR_NONE ? NULL : &page->answer.err);
}

static uint64_t look_for_name(struct action *a)
{
	const struct own *own = a->own;
	struct api_list_query query = {.name = own->name,
				       .sort_key = "create_time",
				       .sort_dir = "desc",
				       .limit = NAMESAKES};

	return api_list_pipelines(action_session(a), a->ref.id[REF_PROJECT], &query, saw_pipelines, a);
}

static void saw_template(void *self, struct api_template *detail)
{
	struct action *a = self;
	struct own *own = a->own;
	uint64_t asked;

	if (detail->answer.err.kind != ERR_NONE || !detail->template) {
		action_saw(a, &detail->answer.err);
		return;
	}
	template_done(&own->now);
	own->now = *detail->template;
	*detail->template = (struct template){0};
	action_pay(a);
	asked = look_for_name(a);
	if (asked) /* else it is over already */
		a->asked = asked;
}

static void saw_pipeline(void *self, const struct api_plan *plan)
{
	struct action *a = self;
	struct own *own = a->own;

	own->there = plan->answer.err.kind == ERR_NONE;
	/* It may take a moment until it is there. */
	action_saw(a, own->there || plan->answer.err.kind == ERR_GONE ? NULL : &plan->answer.err);
}

static void saw_task(void *self, const struct api_task *task)
{
	struct action *a = self;
	struct own *own = a->own;

	own->there = task->answer.err.kind == ERR_NONE;
	action_saw(a, own->there || task->answer.err.kind == ERR_GONE ? NULL : &task->answer.err);
}

static uint64_t read_use(struct action *a)
{
	const struct own *own = a->own;

	if (a->sent && text_empty(a->new_id))
		return look_for_name(a);
	if (a->sent)
		return api_plan(action_session(a), a->ref.id[REF_PROJECT], a->new_id, saw_pipeline, a);
	return api_template_detail(action_session(a), action_tenant(a), own->use.template_id, saw_template, a);
}

static uint64_t read_task(struct action *a)
{
	const struct own *own = a->own;

	if (!own->task_id)
		return look_for_name(a);
	return api_task_status(action_session(a), own->task_id, saw_task, a);
}

/* ---- before ---- */

static bool name_is_free(const struct own *own, struct err *err)
{
	if (!own->namesake)
		return true;
	return err_set(err, ERR_INPUT, 0, _("there is a pipeline called '%.60s' already (%.40s): give another name"),
		       own->name, own->namesake);
}

/* The values were given for the parameters as they were shown. */
static bool values_fit(const struct own *own, struct err *err)
{
	size_t i, j;

	for (i = 0; i < own->use.n_variables; i++) {
		const struct variable *given = &own->use.variables[i];

		for (j = 0; j < own->now.n_variables && !text_same(own->now.variables[j].name, given->name); j++)
			;
		if (j == own->now.n_variables)
			return err_set(err, ERR_REMOTE, 409,
				       _("the template has no parameter %.60s any more: look at it again"), given->name);
		if (!variable_accepts(&own->now.variables[j], text_or_empty(given->value), err))
			return false;
	}
	return true;
}

static bool use_fits(struct action *a, struct err *err)
{
	const struct own *own = a->own;

	return values_fit(own, err) && name_is_free(own, err);
}

static bool task_fits(struct action *a, struct err *err)
{
	return name_is_free(a->own, err);
}

/* ---- the request ---- */

static void heard(void *self, const struct api_done *answer)
{
	struct action *a = self;
	struct own *own = a->own;
	char **id = a->act == ACT_TASK ? &own->task_id : &a->new_id;

	if (!text_empty(answer->id)) {
		mem_free(*id);
		*id = mem_strdup(answer->id);
	}
	if (a->act == ACT_TASK && own->task_id) {
		mem_free(a->new_id);
		a->new_id = mem_strdup(own->task_id);
	}
	action_heard(a, answer);
}

static uint64_t send_use(struct action *a)
{
	struct own *own = a->own;

	return api_template_use(action_session(a), a->ref.id[REF_PROJECT], &own->use, heard, a);
}

static uint64_t send_task(struct action *a)
{
	struct own *own = a->own;

	return api_task_create(action_session(a), own->document, own->document_len, heard, a);
}

/* ---- afterwards ---- */

static enum deed_effect use_effect(struct action *a)
{
	const struct own *own = a->own;

	if (!text_empty(a->new_id))
		return own->there ? DEED_EFFECT_SEEN : DEED_EFFECT_NONE;
	if (!own->namesake)
		return DEED_EFFECT_NONE;
	a->new_id = mem_strdup(own->namesake);
	return DEED_EFFECT_SEEN;
}

/* That the service works on it: what comes of the task takes longer than a look back does. */
static enum deed_effect task_effect(struct action *a)
{
	const struct own *own = a->own;

	if (own->task_id)
		return own->there ? DEED_EFFECT_SEEN : DEED_EFFECT_NONE;
	if (!own->namesake)
		return DEED_EFFECT_NONE;
	snprintf(a->hint, sizeof(a->hint), _("there is a pipeline of that name now (%.64s)"), own->namesake);
	return DEED_EFFECT_UNSURE;
}

static void tell(const struct action *a, struct buf *out)
{
	static const char *const sentences[] = {N_("made"), N_("not made"), N_("perhaps made")};
	static const char *const task_sentences[] = {N_("the service makes it now"), N_("not made"),
						     N_("perhaps made")};
	const struct own *own = a->own;

	buf_addf(out, _("pipeline %s: %s"), text_or_empty(own->name),
		 _((a->act == ACT_TASK ? task_sentences : sentences)[a->course.verdict]));
	if (a->course.verdict == VERDICT_DONE && a->new_id)
		buf_addf(out, a->act == ACT_TASK ? _(" (task %s)") : " (%s)", a->new_id);
}

const struct act_way actway_use = {
	.read = read_use,
	.fits = use_fits,
	.send = send_use,
	.effect = use_effect,
	.tell = tell,
	.done = done,
	.copy = copy_use,
};

const struct act_way actway_task = {
	.read = read_task,
	.fits = task_fits,
	.send = send_task,
	.effect = task_effect,
	.tell = tell,
	.done = done,
	.copy = copy_task,
};
