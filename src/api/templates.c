/* SPDX-License-Identifier: MIT */
/*
 * Templates and what is made of them. A template that is changed goes back whole, so its variables
 * go back as they came, with members that this program does not know; and nothing that is made here
 * is a system template.
 */
#include "api/templates.h"

#include <string.h>

#include "body.h"
#include "call.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "decode_acts.h"
#include "done.h"

#define TEMPLATES_PATH "/v5/*/api/pipeline-templates"

enum template_call {
	TEMPLATES_LIST,
	TEMPLATES_DETAIL,
	TEMPLATES_CREATE,
	TEMPLATES_UPDATE,
	TEMPLATES_DELETE,
	TEMPLATES_LIKE,
	TEMPLATES_UNLIKE,
	TEMPLATES_USE,
	TEMPLATES_USE_IN,
	TEMPLATES_TASK,
	TEMPLATES_TASK_STATUS,
};

static const struct call templates[] = {
	[TEMPLATES_LIST] = {N_("templates"), "POST", TEMPLATES_PATH "/list", API_LIST, false,
			    CALL_BODY_MAX},
	[TEMPLATES_DETAIL] = {N_("template"), "GET", TEMPLATES_PATH "/*", API_DETAIL, false,
			      CALL_BODY_MAX},
	[TEMPLATES_CREATE] = CALL_ACTION(N_("new template"), "POST", TEMPLATES_PATH),
	[TEMPLATES_UPDATE] = CALL_ACTION(N_("template"), "PUT", TEMPLATES_PATH "/*"),
	[TEMPLATES_DELETE] = CALL_ACTION(N_("template"), "DELETE", TEMPLATES_PATH "/*"),
	[TEMPLATES_LIKE] =
		CALL_ACTION(N_("favourite"), "POST", TEMPLATES_PATH "/*/favorite?flag=true"),
	[TEMPLATES_UNLIKE] =
		CALL_ACTION(N_("favourite"), "POST", TEMPLATES_PATH "/*/favorite?flag=false"),
	[TEMPLATES_USE] =
		CALL_ACTION(N_("new pipeline"), "POST", TEMPLATES_PATH "/*/create-pipeline"),
	[TEMPLATES_USE_IN] = CALL_ACTION(N_("new pipeline"), "POST",
					 TEMPLATES_PATH "/*/create-pipeline?component_id=*"),
	[TEMPLATES_TASK] = CALL_ACTION(N_("new pipeline"), "POST", "/v3/templates/task"),
	[TEMPLATES_TASK_STATUS] = {N_("task"), "GET", "/v3/templates/*/status", API_DETAIL, false,
				   CALL_BODY_MAX},
};

const struct call *templates_table(size_t *n)
{
	*n = sizeof(templates) / sizeof(templates[0]);
	return templates;
}

static const struct done_rule made_rule = {.id = "templateId", .must = true};
static const struct done_rule changed_rule = {.id = "templateId"};
static const struct done_rule used_rule = {.id = "pipeline_id", .must = true};
static const struct done_rule task_rule = {.id = "task_id", .must = true};

static struct asked *asked_new(struct session *session, enum template_call name,
			       const char *thing_id, void *self)
{
	struct asked *asked = call_asked(session, &templates[name], self);

	asked->thing_id = mem_strdup(thing_id);
	return asked;
}

/* ---- reads ---- */

static void on_templates(void *self, uint64_t id, const struct response *response)
{
	struct asked *asked = self;
	struct api_templates page = {.offset = -1, .limit = -1, .total = -1};
	struct json *json = call_open(asked, id, response, NULL, NULL, &page.answer);
	struct decode_page said = {0};
	struct err why = {0};
	size_t i;

	if (json) {
		if (!decode_templates(json, session_zone_offset_s(asked->session), &page.templates,
				      &page.n, &said, &why))
			call_wrong(asked, &page.answer, &why);
		page.offset = said.offset;
		page.limit = said.limit;
		page.total = said.total;
		page.dropped = said.dropped;
		json_free(json);
	}
	((api_templates_fn *)asked->done)(asked->self, &page);
	for (i = 0; i < page.n; i++)
		template_done(&page.templates[i]);
	mem_free(page.templates);
	call_free(asked);
}

uint64_t api_list_templates(struct session *session, const char *tenant_id,
			    const struct api_template_query *query, api_templates_fn *done,
			    void *self)
{
	struct asked *asked = asked_new(session, TEMPLATES_LIST, NULL, self);
	struct buf body;

	asked->done = (call_fn *)done;
	buf_init(&body, BUF_MAX);
	body_open(&body);
	body_text(&body, "language", query->language);
	if (query->system != API_UNSET)
		body_bool(&body, "is_system", query->system == API_TRUE);
	body_text(&body, "name", query->name);
	if (query->offset > 0)
		body_int(&body, "offset", query->offset);
	if (query->limit > 0)
		body_int(&body, "limit", query->limit);
	body_text(&body, "sort_key", query->sort_key);
	body_text(&body, "sort_dir", query->sort_dir);
	body_close(&body);
	return call_send(asked, &tenant_id, &body, on_templates);
}

/* False, with `why`: no template, or another one. Owns nothing then. */
static bool read_template(const struct asked *asked, const struct json *json, struct template *tmpl,
			  struct err *why)
{
	if (!decode_template(json, session_zone_offset_s(asked->session), tmpl, why))
		return false;
	if (strcmp(tmpl->id, asked->thing_id) == 0)
		return true;
	template_done(tmpl);
	return err_set(why, ERR_PARSE, 0, _("the answer is for another template"));
}

static void on_template(void *self, uint64_t id, const struct response *response)
{
	struct asked *asked = self;
	struct api_template detail = {.template = NULL};
	struct json *json = call_open(asked, id, response, NULL, NULL, &detail.answer);
	struct template tmpl = {0};
	struct err why = {0};

	if (json && read_template(asked, json, &tmpl, &why))
		detail.template = &tmpl;
	else if (json)
		call_wrong(asked, &detail.answer, &why);
	json_free(json);
	((api_template_fn *)asked->done)(asked->self, &detail);
	template_done(&tmpl);
	call_free(asked);
}

uint64_t api_template_detail(struct session *session, const char *tenant_id,
			     const char *template_id, api_template_fn *done, void *self)
{
	struct asked *asked = asked_new(session, TEMPLATES_DETAIL, template_id, self);
	const char *ids[] = {tenant_id, template_id};

	asked->done = (call_fn *)done;
	return call_send(asked, ids, NULL, on_template);
}

/* ---- changes ---- */

/* A variable as api.md 6.1 has it. */
static void body_whole_variable(struct buf *body, const struct variable *v)
{
	body_open(body);
	body_value(body, "name", v->name);
	body_int(body, "sequence", v->sequence);
	body_text(body, "type", v->type_name);
	body_value(body, "value", v->value);
	body_bool(body, "is_secret", v->secret);
	body_text(body, "description", v->description);
	body_bool(body, "is_runtime", v->runtime);
	body_list(body, "limits", (const char *const *)v->limits, v->n_limits);
	body_close(body);
}

static void body_own_variables(struct buf *body, const struct template *t)
{
	size_t i;

	if (t->variables_json) {
		body_json(body, "variables", t->variables_json);
		return;
	}
	body_key(body, "variables");
	buf_addc(body, '[');
	for (i = 0; i < t->n_variables; i++) {
		if (i)
			buf_addc(body, ',');
		body_whole_variable(body, &t->variables[i]);
	}
	buf_addc(body, ']');
}

/* In the order of the documentation (api.md 6.4); what it requires is there also when it is empty.
 */
static void body_template(struct buf *body, const char *tenant_id, const struct template *t)
{
	buf_init(body, BUF_MAX);
	body_open(body);
	body_value(body, "name", t->name);
	body_value(body, "language", text_empty(t->language) ? "none" : t->language);
	body_value(body, "definition", t->definition);
	body_bool(body, "is_system", false);
	body_value(body, "domain_id", tenant_id);
	body_bool(body, "is_show_source", t->shows_source);
	body_value(body, "description", t->description);
	body_own_variables(body, t);
	body_close(body);
}

/* Without them a template would be emptied by a slip. */
static bool is_whole(const struct template *t, struct err *err)
{
	if (text_empty(t->name))
		return err_set(err, ERR_INPUT, 0, _("not sent: the template has no name"));
	if (text_empty(t->definition))
		return err_set(err, ERR_INPUT, 0, _("not sent: the template has no definition"));
	return true;
}

uint64_t api_template_create(struct session *session, const char *tenant_id,
			     const struct template *template, api_done_fn *done, void *self)
{
	struct asked *asked = asked_new(session, TEMPLATES_CREATE, NULL, self);
	struct err err = {0};
	struct buf body;

	if (!is_whole(template, &err))
		return done_refuse(asked, &err, done);
	secrets_keep(&asked->secrets, template->variables, template->n_variables);
	body_template(&body, tenant_id, template);
	return done_send(asked, &made_rule, &tenant_id, &body, done);
}

static bool is_own(const struct template *t, struct err *err)
{
	return !t->system || err_set(err, ERR_INPUT, 0,
				     _("not sent: a system template can only be copied or used"));
}

uint64_t api_template_update(struct session *session, const char *tenant_id,
			     const struct template *template, api_done_fn *done, void *self)
{
	struct asked *asked = asked_new(session, TEMPLATES_UPDATE, template->id, self);
	const char *ids[] = {tenant_id, template->id};
	struct err err = {0};
	struct buf body;

	if (!is_own(template, &err) || !is_whole(template, &err))
		return done_refuse(asked, &err, done);
	secrets_keep(&asked->secrets, template->variables, template->n_variables);
	body_template(&body, tenant_id, template);
	return done_send(asked, &changed_rule, ids, &body, done);
}

uint64_t api_template_delete(struct session *session, const char *tenant_id,
			     const char *template_id, api_done_fn *done, void *self)
{
	struct asked *asked = asked_new(session, TEMPLATES_DELETE, template_id, self);
	const char *ids[] = {tenant_id, template_id};

	return done_send(asked, &changed_rule, ids, NULL, done);
}

uint64_t api_template_favourite(struct session *session, const char *tenant_id,
				const char *template_id, bool on, api_done_fn *done, void *self)
{
	struct asked *asked =
		asked_new(session, on ? TEMPLATES_LIKE : TEMPLATES_UNLIKE, template_id, self);
	const char *ids[] = {tenant_id, template_id};
	struct buf body;

	done_no_body(&body);
	return done_send(asked, &changed_rule, ids, &body, done);
}

/* ---- pipelines of them ---- */

static bool has_name(const struct api_template_use *use, struct err *err)
{
	return !text_empty(use->name) ||
	       err_set(err, ERR_INPUT, 0, _("not sent: the new pipeline has no name"));
}

uint64_t api_template_use(struct session *session, const char *project_id,
			  const struct api_template_use *use, api_done_fn *done, void *self)
{
	struct asked *asked = asked_new(session, use->component ? TEMPLATES_USE_IN : TEMPLATES_USE,
					use->template_id, self);
	const char *ids[] = {project_id, use->template_id, use->component};
	struct err err = {0};
	struct buf body;

	if (!has_name(use, &err) || !done_sources_ok(use->sources_json, &err))
		return done_refuse(asked, &err, done);
	secrets_keep(&asked->secrets, use->variables, use->n_variables);
	buf_init(&body, BUF_MAX);
	body_open(&body);
	body_value(&body, "name", use->name);
	body_bool(&body, "is_publish", false);
	body_json(&body, "sources", use->sources_json ? use->sources_json : "[]");
	body_text(&body, "description", use->description);
	done_variables(&body, use->variables, use->n_variables);
	body_close(&body);
	return done_send(asked, &used_rule, ids, &body, done);
}

uint64_t api_task_create(struct session *session, const char *text, size_t len, api_done_fn *done,
			 void *self)
{
	struct asked *asked = asked_new(session, TEMPLATES_TASK, NULL, self);
	struct err err = {0};
	struct buf body;

	if (len == 0) {
		err_set(&err, ERR_INPUT, 0, _("not sent: the document is empty"));
		return done_refuse(asked, &err, done);
	}
	buf_init(&body, BUF_MAX);
	buf_add(&body, text, len);
	return done_send(asked, &task_rule, NULL, &body, done);
}

/* False, with `why`: it says nothing, or of another task. */
static bool read_task(const struct asked *asked, const struct json *json, struct api_task *task,
		      struct err *why)
{
	const char *id = json_peek(json_member(json_root(json), "task_id"));

	if (id && strcmp(id, asked->thing_id) != 0)
		return err_set(why, ERR_PARSE, 0, _("the answer is for another task"));
	return decode_task(json, task, why);
}

static void on_task(void *self, uint64_t id, const struct response *response)
{
	struct asked *asked = self;
	struct api_task task = {.phase = TASK_OTHER,
				.status = "",
				.pipeline_id = "",
				.pipeline_name = "",
				.pipeline_url = ""};
	struct json *json = call_open(asked, id, response, NULL, NULL, &task.answer);
	struct err why = {0};

	if (json && !read_task(asked, json, &task, &why))
		call_wrong(asked, &task.answer, &why);
	((api_task_fn *)asked->done)(asked->self, &task);
	json_free(json); /* the texts are its */
	call_free(asked);
}

uint64_t api_task_status(struct session *session, const char *task_id, api_task_fn *done,
			 void *self)
{
	struct asked *asked = asked_new(session, TEMPLATES_TASK_STATUS, task_id, self);

	asked->done = (call_fn *)done;
	return call_send(asked, &task_id, NULL, on_task);
}
