/* SPDX-License-Identifier: MIT */
/*
 * What may be done to a template: each is made from the whole template as it was shown, so that the action can
 * hold it against what the service has when the operator has said yes. An edit goes through the editor first;
 * what comes back and is not fit to be sent is not lost: the next edit of that template goes on with it.
 */
#include "tuitemplate.h"

#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "definition.h"
#include "templatetext.h"
#include "ui/dialog.h"

#define LINES_MAX 12
#define FILE_NAME "template.txt"

/* Goes with the question, and with the order that becomes of it. */
struct load {
	struct template shown, wanted;
	struct api_template_use use; /* its texts are the members below and `shown`'s */
	char *name;
};

static void load_free(void *self)
{
	struct load *load = self;

	template_done(&load->shown);
	template_done(&load->wanted);
	mem_free(load->name);
	mem_free(load);
}

void tuitemplate_order(void *self, struct action_order *order)
{
	struct load *load = self;

	order->template = &load->shown;
	order->wanted = &load->wanted;
	order->use = &load->use;
}

static struct load *load_new(const struct template *shown, const struct template *wanted)
{
	struct load *load = mem_zalloc(sizeof(*load));

	template_copy(&load->shown, shown);
	template_copy(&load->wanted, wanted);
	return load;
}

/* ---- the question ---- */

struct question {
	struct tuitemplate *m;
	struct dialog_ask ask;
	struct dialog_line lines[LINES_MAX];
	struct buf texts[LINES_MAX];
};

static void line(struct question *q, const char *label, const char *value)
{
	if (text_empty(value) || q->ask.n_lines == LINES_MAX)
		return;
	q->lines[q->ask.n_lines++] = (struct dialog_line){label, value};
}

static void change(struct question *q, const char *label, const char *from, const char *to)
{
	struct buf *text = &q->texts[q->ask.n_lines];

	if (text_same(text_or_empty(from), text_or_empty(to)) || q->ask.n_lines == LINES_MAX)
		return;
	buf_addf(text, "%s -> %s", text_empty(from) ? _("none") : from, text_empty(to) ? _("none") : to);
	line(q, label, text->data);
}

static void begin(struct question *q, struct tuitemplate *m, enum act act, const char *what)
{
	size_t i;

	*q = (struct question){.m = m, .ask = {.act = act, .what = what}};
	for (i = 0; i < LINES_MAX; i++)
		buf_init(&q->texts[i], BUF_MAX);
	q->ask.lines = q->lines;
}

static void add_place(struct question *q, const struct template *t)
{
	line(q, _("template"), text_empty(t->name) ? t->id : t->name);
	line(q, _("id"), t->id);
	line(q, _("account"), q->m->tenant);
}

static void add_age(struct question *q)
{
	char age[16];
	struct buf *text = &q->texts[LINES_MAX - 1];

	when_age(when_monotonic_ms() - q->m->detail_ms, age, sizeof(age));
	buf_addf(text, _("as read %s ago"), age);
	line(q, _("known"), text->data);
}

static void put(struct question *q, const struct template *t, const char *name, const struct ref *ref,
		struct load *load)
{
	struct ui_now now = tui_now(q->m->t);
	struct dialog_target target = {.ref = ref, .name = text_empty(name) ? t->id : name, .pipeline_name = name};
	size_t i;

	add_age(q);
	q->ask.targets = &target;
	q->ask.n_targets = 1;
	q->ask.load = load;
	q->ask.free_load = load_free;
	ui_confirm(q->m->t->ui, &q->ask, &now);
	for (i = 0; i < LINES_MAX; i++)
		buf_done(&q->texts[i]);
}

/* ---- favourite, copy, delete ---- */

static void favour(struct tuitemplate *m, bool on)
{
	const struct template *t = &m->detail;
	struct question q;

	if (t->favourite == on) {
		ui_message(m->t->ui, false, on ? _("%.100s is a favourite already") : _("%.100s is no favourite"),
			   text_or_empty(t->name));
		return;
	}
	begin(&q, m, on ? ACT_TEMPLATE_FAVOURITE : ACT_TEMPLATE_UNFAVOURITE, NULL);
	add_place(&q, t);
	put(&q, t, t->name, NULL, load_new(t, t));
}

static void copy(struct tuitemplate *m, const char *name)
{
	const struct template *t = &m->detail;
	struct err err = {0};
	struct load *load;
	struct question q;

	if (!templatetext_name(name, &err)) {
		ui_message(m->t->ui, true, "%s", err.text);
		return;
	}
	load = load_new(t, t);
	mem_free(load->wanted.name);
	load->wanted.name = mem_strdup(name);
	load->wanted.system = load->wanted.favourite = false;
	begin(&q, m, ACT_TEMPLATE_COPY, _("A new template of the account is made, with the same parameters and stages."));
	add_place(&q, t);
	line(&q, _("new name"), name);
	q.ask.detail = name;
	put(&q, t, t->name, NULL, load);
}

static void delete(struct tuitemplate *m)
{
	const struct template *t = &m->detail;
	struct question q;

	begin(&q, m, ACT_TEMPLATE_DELETE,
	      _("The template is gone for everybody, for good. Pipelines that were made from it stay."));
	add_place(&q, t);
	q.ask.detail = t->name;
	put(&q, t, t->name, NULL, load_new(t, t));
}

/* ---- edit ---- */

static void drop_draft(struct tuitemplate *m)
{
	mem_free(m->draft);
	m->draft = NULL;
	template_done(&m->draft_of);
}

static void keep_draft(struct tuitemplate *m, const char *text, size_t len)
{
	m->draft = mem_strndup(text, len);
	template_copy(&m->draft_of, &m->edited);
}

static size_t lines_of(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* "3 lines fewer, of 120": which ones they are the operator knows best. */
static void change_definition(struct question *q, const struct template *from, const struct template *to)
{
	struct buf before, after, *text = &q->texts[q->ask.n_lines];

	if (definition_same(from->definition, to->definition))
		return;
	buf_init(&before, BUF_MAX);
	buf_init(&after, BUF_MAX);
	definition_pretty(from->definition, &before);
	definition_pretty(to->definition, &after);
	buf_addf(text, _("changed: %zu lines -> %zu lines"), lines_of(before.data), lines_of(after.data));
	line(q, _("definition"), text->data);
	buf_done(&before);
	buf_done(&after);
}

static void ask_edit(struct tuitemplate *m, const struct template *wanted)
{
	const struct template *t = &m->edited;
	struct question q;

	begin(&q, m, ACT_TEMPLATE_EDIT,
	      _("The template changes for everybody. Pipelines that were made from it stay as they are."));
	add_place(&q, t);
	change(&q, _("name"), t->name, wanted->name);
	change(&q, _("language"), t->language, wanted->language);
	change(&q, _("description"), t->description, wanted->description);
	change_definition(&q, t, wanted);
	put(&q, t, t->name, NULL, load_new(t, wanted));
}

/* What the editor left is a change, none, or a mistake that is to be mended. */
static void judge(struct tuitemplate *m, const char *text, size_t len)
{
	struct template wanted = {0};
	struct err err = {0};

	if (!templatetext_read(text, len, &m->edited, &wanted, &err)) {
		keep_draft(m, text, len);
		ui_message(m->t->ui, true, _("%s (:template-edit goes on with your text)"), err.text);
	} else if (definition_alike(&m->edited, &wanted)) {
		ui_message(m->t->ui, false, "%s", _("nothing was changed"));
	} else {
		keep_draft(m, text, len); /* for who says no, or is refused, and edits once more */
		ask_edit(m, &wanted);
	}
	template_done(&wanted);
}

static void edited(void *self, const char *text, size_t len, const struct err *err)
{
	struct tuitemplate *m = self;

	drop_draft(m);
	if (!text)
		ui_message(m->t->ui, true, _("not changed: %s"), err->text);
	else if (templatetext_empty(text))
		ui_message(m->t->ui, false, "%s", _("not changed: the text is empty"));
	else
		judge(m, text, len);
	template_done(&m->edited);
}

/* The text to be edited: the one that was not sent the last time, if there is one. */
static void write_text(struct tuitemplate *m, struct buf *out)
{
	const struct template *t = &m->detail;

	if (!m->draft || !text_same(m->draft_of.id, t->id)) {
		templatetext_write(t, out);
		return;
	}
	if (!definition_alike(&m->draft_of, t))
		buf_addf(out, "# %s\n", _("This is your last text. The template was changed since: that would be undone."));
	buf_adds(out, m->draft);
}

static void edit(struct tuitemplate *m)
{
	const struct template *t = &m->detail;
	struct err err = {0};
	struct buf text;

	buf_init(&text, BUF_MAX);
	write_text(m, &text);
	template_done(&m->edited);
	template_copy(&m->edited, t);
	if (!chores_edit(m->t->chores, FILE_NAME, text.data, TEMPLATETEXT_MAX, edited, m, &err))
		ui_message(m->t->ui, true, "%s", err.text);
	buf_done(&text);
}

/* ---- use ---- */

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

static void use(struct tuitemplate *m, const char *name)
{
	const struct template *t = &m->detail;
	struct ref ref = {{NULL}};
	const char *project = project_of(m->t);
	struct load *load;
	struct question q;

	if (!project) {
		ui_message(m->t->ui, true, "%s", _("there is no project that a pipeline could be made in"));
		return;
	}
	ref.id[REF_PROJECT] = mem_strdup(project);
	load = load_new(t, t);
	load->name = mem_strdup(name);
	load->use = (struct api_template_use){.template_id = load->shown.id, .name = load->name};
	begin(&q, m, ACT_TEMPLATE_USE, _("A pipeline is made, with the parameters as the template has them."));
	add_place(&q, t);
	line(&q, _("pipeline"), name);
	line(&q, _("project"), project_name(m->t, project));
	put(&q, t, name, &ref, load);
	ref_done(&ref);
}

/* ---- */

void tuitemplate_act(struct tuitemplate *m, const struct ui_request *r)
{
	switch (r->ask) {
	case ASK_TEMPLATE_FAVOURITE:
		favour(m, strcmp(text_or_empty(r->text), "on") == 0);
		break;
	case ASK_TEMPLATE_COPY:
		copy(m, r->text);
		break;
	case ASK_TEMPLATE_DELETE:
		delete(m);
		break;
	case ASK_TEMPLATE_EDIT:
		edit(m);
		break;
	case ASK_TEMPLATE_USE:
		use(m, r->text);
		break;
	default:
		break;
	}
}

void tuitemplate_act_over(struct tuitemplate *m, enum act act, bool done)
{
	if (act == ACT_TEMPLATE_EDIT && done)
		drop_draft(m);
}

void tuitemplate_act_done(struct tuitemplate *m)
{
	template_done(&m->edited);
	drop_draft(m);
}
