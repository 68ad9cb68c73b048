/* SPDX-License-Identifier: MIT */
/*
 * A box says what will be so afterwards for whom, what it is about, and how old that knowledge is. Of an
 * edit each field that changes has its line, old and new; of the definition only how long it was and is, because
 * the operator has just left the editor that he changed it in.
 */
#include "templatequestion.h"

#include "core/i18n.h"
#include "core/text.h"
#include "core/when.h"
#include "definition.h"

static const char *const what[ACT_COUNT] = {
	[ACT_TEMPLATE_COPY] = N_("A new template of the account is made, with the same parameters and stages."),
	[ACT_TEMPLATE_EDIT] = N_("The template changes for everybody. Pipelines that were made from it stay as they are."),
	[ACT_TEMPLATE_DELETE] =
		N_("The template is gone for everybody, for good. Pipelines that were made from it stay."),
	[ACT_TEMPLATE_USE] = N_("A pipeline is made. It does not run yet."),
};

static void line(struct templatequestion *q, const char *label, const char *value)
{
	if (!text_empty(value) && q->ask.n_lines < TEMPLATEQUESTION_LINES)
		q->lines[q->ask.n_lines++] = (struct dialog_line){label, value};
}

/* The text of the next line, to be written; NULL: there is no room. */
static struct buf *text_of_next(struct templatequestion *q)
{
	return q->ask.n_lines < TEMPLATEQUESTION_LINES ? &q->texts[q->ask.n_lines] : NULL;
}

static void change(struct templatequestion *q, const char *label, const char *from, const char *to)
{
	struct buf *text = text_of_next(q);

	if (!text || text_same(text_or_empty(from), text_or_empty(to)))
		return;
	buf_addf(text, "%s -> %s", text_empty(from) ? _("none") : from, text_empty(to) ? _("none") : to);
	line(q, label, text->data);
}

static size_t lines_of(const char *definition)
{
	struct buf pretty;
	size_t n = 0, i;

	buf_init(&pretty, BUF_MAX);
	definition_pretty(definition, &pretty);
	for (i = 0; i < pretty.len; i++)
		n += pretty.data[i] == '\n';
	buf_done(&pretty);
	return n;
}

static void add_changes(struct templatequestion *q, const struct template *from, const struct template *to)
{
	struct buf *text;

	change(q, _("name"), from->name, to->name);
	change(q, _("language"), from->language, to->language);
	change(q, _("description"), from->description, to->description);
	text = text_of_next(q);
	if (!text || definition_same(from->definition, to->definition))
		return;
	buf_addf(text, _("changed: %zu lines -> %zu lines"), lines_of(from->definition), lines_of(to->definition));
	line(q, _("definition"), text->data);
}

/* The values of secrets are not among them. */
static void add_given(struct templatequestion *q, const struct variable *given, size_t n)
{
	struct buf *text = text_of_next(q);
	size_t i;

	if (!text)
		return;
	for (i = 0; i < n; i++)
		buf_addf(text, "%s%s=%s", i ? ", " : "", text_or_empty(given[i].name),
			 given[i].secret ? "********" : text_or_empty(given[i].value));
	if (n == 0)
		buf_adds(text, _("as the template has them"));
	line(q, _("parameters"), text->data);
}

static void add_age(struct templatequestion *q, int64_t age_ms)
{
	struct buf *text = text_of_next(q);
	char age[16];

	if (!text)
		return;
	when_age(age_ms, age, sizeof(age));
	buf_addf(text, _("%s ago"), age);
	line(q, _("read"), text->data);
}

void templatequestion_make(struct templatequestion *q, const struct templatequestion_about *about)
{
	const struct template *t = about->shown;
	size_t i;

	*q = (struct templatequestion){.ask = {.act = about->act}};
	for (i = 0; i < TEMPLATEQUESTION_LINES; i++)
		buf_init(&q->texts[i], BUF_MAX);
	q->ask.lines = q->lines;
	q->ask.what = what[about->act] ? _(what[about->act]) : NULL;
	line(q, _("template"), text_empty(t->name) ? t->id : t->name);
	line(q, _("id"), t->id);
	line(q, _("account"), about->account);
	if (about->act == ACT_TEMPLATE_COPY)
		line(q, _("new name"), about->wanted->name);
	else if (about->act == ACT_TEMPLATE_EDIT)
		add_changes(q, t, about->wanted);
	line(q, _("pipeline"), about->pipeline);
	line(q, _("project"), about->project);
	if (about->act == ACT_TEMPLATE_USE)
		add_given(q, about->given, about->n_given);
	add_age(q, about->age_ms);
	q->name = !text_empty(about->pipeline) ? about->pipeline : text_empty(t->name) ? t->id : t->name;
	q->ask.detail = about->act == ACT_TEMPLATE_USE	  ? about->names
			: about->act == ACT_TEMPLATE_COPY ? about->wanted->name
							  : t->name;
}

void templatequestion_done(struct templatequestion *q)
{
	size_t i;

	for (i = 0; i < TEMPLATEQUESTION_LINES; i++)
		buf_done(&q->texts[i]);
}
