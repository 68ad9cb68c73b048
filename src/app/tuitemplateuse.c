/* SPDX-License-Identifier: MIT */
/*
 * A pipeline of a template: a form for its parameters, the question, the order. The form is filled from
 * the template as it was read and bound to that; a copy of what was typed goes along with the question. So
 * a no leaves the form as it was, and a yes makes what was shown in the box.
 */
#include "tuitemplate.h"

#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/vault.h"
#include "templateparams.h"
#include "ui/form.h"

struct template_use {
	struct template tmpl;
	char *name; /* of the pipeline */
	struct ref project;
};

/* What goes with the question. */
struct load {
	struct tui_load base;
	struct tuitemplate *m;
	struct template shown;
	char *name;
	struct templateparams params;
	struct variable *sent; /* rows of `params` */
	struct api_template_use use;
	char **secrets; /* what of it no message may repeat, as long as this is there */
	size_t n_secrets;
};

void tuitemplate_use_done(struct tuitemplate *m)
{
	struct template_use *u = m->use;

	if (!u)
		return;
	template_done(&u->tmpl);
	ref_done(&u->project);
	mem_free(u->name);
	mem_free(u);
	m->use = NULL;
}

/* ---- where it is made ---- */

/* The project of the pipeline that is selected; else the first there is. */
static const char *project_of(struct tui *t)
{
	const struct ref *selected = ui_selection(t->ui);
	struct store_project first;

	if (!text_empty(selected->id[REF_PROJECT]))
		return selected->id[REF_PROJECT];
	if (store_project(t->store, 0, &first))
		return first.id;
	return t->options->n_projects ? t->options->projects[0] : NULL;
}

static const char *project_name(struct tui *t, const char *id)
{
	struct store_project project;
	size_t i;

	for (i = 0; store_project(t->store, i, &project); i++)
		if (text_same(project.id, id) && !text_empty(project.name))
			return project.name;
	return id;
}

/* ---- the question ---- */

/* It is confirmed: the form has done its part. */
static void complete(const struct tui_load *base, struct action_order *order)
{
	const struct load *load = (const struct load *)base;

	order->template = &load->shown;
	order->use = &load->use;
	if (!load->m->use)
		return;
	form_close(ui_form(load->m->t->ui));
	tuitemplate_use_done(load->m);
}

static void load_free(void *self)
{
	struct load *load = self;

	while (load->n_secrets > 0)
		vault_drop(load->secrets[--load->n_secrets]);
	mem_free(load->secrets);
	templateparams_done(&load->params);
	template_done(&load->shown);
	mem_free(load->sent);
	mem_free(load->name);
	mem_free(load);
}

static void keep_secrets(struct load *load)
{
	size_t i;

	load->secrets = mem_calloc(load->use.n_variables, sizeof(*load->secrets));
	for (i = 0; i < load->use.n_variables; i++)
		if (load->sent[i].secret)
			load->secrets[load->n_secrets++] = vault_keep(load->sent[i].value);
}

/* `params` are taken over. */
static void ask(struct tuitemplate *m, const struct template *tmpl, const char *name, const struct ref *project,
		struct templateparams *params)
{
	struct load *load = mem_zalloc(sizeof(*load));
	struct templatequestion_about about = {.act = ACT_TEMPLATE_USE, .pipeline = name,
					       .project = project_name(m->t, project->id[REF_PROJECT])};
	struct buf names;

	load->base.complete = complete;
	load->m = m;
	load->params = *params;
	load->name = mem_strdup(name);
	template_copy(&load->shown, tmpl);
	load->sent = templateparams_send(&load->params, &load->use.n_variables);
	load->use.template_id = load->shown.id;
	load->use.name = load->name;
	load->use.variables = load->sent;
	keep_secrets(load);
	buf_init(&names, BUF_MAX);
	templateparams_names(&load->params, &names);
	about.shown = &load->shown;
	about.given = load->sent;
	about.n_given = load->use.n_variables;
	about.names = names.data;
	tuitemplate_ask(m, &about, project, load, load_free);
	buf_done(&names);
}

/* ---- the form ---- */

static void about_variable(const struct variable *v, struct buf *out)
{
	if (!text_empty(v->description))
		buf_adds(out, v->description);
	else if (v->type == VARIABLE_INCREMENT)
		buf_adds(out, _("a number that goes up with each run"));
	else
		buf_addf(out, _("a parameter of the template (%s)"), text_empty(v->type_name) ? "string" : v->type_name);
}

static void add_variable(struct form *form, const struct variable *v)
{
	bool choice = v->type == VARIABLE_ENUM && v->n_limits && !v->secret;
	struct buf about;
	size_t at;

	if (choice)
		at = form_add_choice(form, v->name, (const char *const *)v->limits, v->n_limits, v->value);
	else
		at = v->secret ? form_add_secret(form, v->name) : form_add_text(form, v->name, v->value);
	buf_init(&about, BUF_MAX);
	about_variable(v, &about);
	form_explain(form, at, about.data, v->secret ? _("secret") : text_empty(v->value) ? NULL : _("default"),
		     v->secret ? NULL : _("typed"), v->secret ? _("as the template has it") : NULL);
	buf_done(&about);
}

/* What was not touched is the template's. */
static bool fits(void *self, const struct form *form, size_t at, struct err *err)
{
	const struct tuitemplate *m = self;
	const struct variable *v = m->use && at < m->use->tmpl.n_variables ? &m->use->tmpl.variables[at] : NULL;

	return !v || (v->secret && !*form_value(form, at)) || variable_accepts(v, form_value(form, at), err);
}

static void open_form(struct tuitemplate *m)
{
	const struct template_use *u = m->use;
	struct form *form = ui_form(m->t->ui);
	struct buf title;
	size_t i;

	buf_init(&title, BUF_MAX);
	buf_addf(&title, _("New pipeline %s of %s"), u->name, text_or_empty(u->tmpl.name));
	form_open(form, title.data, &u->project, "");
	buf_done(&title);
	for (i = 0; i < u->tmpl.n_variables; i++)
		add_variable(form, &u->tmpl.variables[i]);
	form_add_button(form, _("make"));
	form->fits = fits;
	form->self = m;
	form_ready(form);
}

void tuitemplate_use(struct tuitemplate *m, const char *name)
{
	const char *project = project_of(m->t);
	struct template_use *u;
	struct templateparams none;

	if (!project) {
		ui_message(m->t->ui, true, "%s", _("there is no project that a pipeline could be made in"));
		return;
	}
	tuitemplate_use_done(m);
	m->use = u = mem_zalloc(sizeof(*u));
	template_copy(&u->tmpl, &m->detail);
	u->name = mem_strdup(name);
	ref_set(&u->project, REF_PROJECT, project);
	if (u->tmpl.n_variables > 0) {
		open_form(m);
		return;
	}
	templateparams_init(&none, &u->tmpl, NULL, 0, NULL);
	ask(m, &u->tmpl, u->name, &u->project, &none);
	tuitemplate_use_done(m);
}

/* ---- from the fields to values ---- */

/* Of each field that was touched; a secret that is empty again is the template's. The form has found them fit. */
static void take_values(const struct template_use *u, const struct form *form, struct templateparams *params)
{
	size_t i;

	for (i = 0; i < params->n; i++) {
		const char *value = form_value(form, i);

		if (!form->fields[i].touched || (u->tmpl.variables[i].secret && !*value))
			continue;
		mem_free(params->values[i].value);
		params->values[i].value = mem_strdup(value);
		params->said[i] = true;
	}
}

/* The first field that has to have a value. */
static size_t first_missing(const struct templateparams *params)
{
	size_t i;

	for (i = 0; i < params->n; i++)
		if (!params->said[i] && !params->values[i].secret && text_empty(params->values[i].value))
			break;
	return i;
}

bool tui_template_pressed(struct tui *t)
{
	struct tuitemplate *m = t->templates;
	struct form *form = ui_form(t->ui);
	struct templateparams params;

	if (!m->use)
		return false;
	templateparams_init(&params, &m->use->tmpl, NULL, 0, NULL);
	take_values(m->use, form, &params);
	if (templateparams_missing(&params)) {
		form_complain(form, first_missing(&params), _("it has no default: it needs a value"));
		templateparams_done(&params);
	} else {
		ask(m, &m->use->tmpl, m->use->name, &m->use->project, &params);
	}
	return true;
}

bool tui_template_left(struct tui *t)
{
	bool ours = t->templates->use != NULL;

	tuitemplate_use_done(t->templates);
	return ours;
}
