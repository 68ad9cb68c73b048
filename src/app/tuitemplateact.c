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
#include "definition.h"
#include "templatetext.h"

#define FILE_NAME "template.txt"

static void complete(const struct tui_load *base, struct action_order *order)
{
	const struct template_load *load = (const struct template_load *)base;

	order->template = &load->shown;
	order->wanted = &load->wanted;
}

static void load_free(void *self)
{
	struct template_load *load = self;

	template_done(&load->shown);
	template_done(&load->wanted);
	mem_free(load);
}

/* Goes with the question, and with the order that becomes of it. */
static struct template_load *load_new(const struct template *shown, const struct template *wanted)
{
	struct template_load *load = mem_zalloc(sizeof(*load));

	load->base.complete = complete;
	template_copy(&load->shown, shown);
	template_copy(&load->wanted, wanted);
	return load;
}

/* ---- the question ---- */

void tuitemplate_ask(struct tuitemplate *m, const struct templatequestion_about *about, const struct ref *ref, void *load,
		     void (*free_load)(void *load))
{
	struct ui_now now = tui_now(m->t);
	struct templatequestion_about whole = *about;
	struct templatequestion q;
	struct dialog_target target = {.ref = ref};

	whole.account = m->tenant;
	whole.age_ms = now.now_ms - m->detail_ms;
	templatequestion_make(&q, &whole);
	target.name = q.name;
	target.pipeline_name = about->pipeline;
	q.ask.targets = &target;
	q.ask.n_targets = 1;
	q.ask.load = load;
	q.ask.free_load = free_load;
	if (m->t->actions)
		actions_set_tenant(m->t->actions, m->tenant);
	ui_confirm(m->t->ui, &q.ask);
	templatequestion_done(&q);
}

static void ask(struct tuitemplate *m, const struct templatequestion_about *about, struct template_load *load)
{
	tuitemplate_ask(m, about, NULL, load, load_free);
}

/* ---- favourite, copy, delete ---- */

static void favour(struct tuitemplate *m, bool on)
{
	const struct template *t = &m->detail;

	if (t->favourite == on) {
		ui_message(m->t->ui, false, on ? _("%.100s is a favourite already") : _("%.100s is no favourite"),
			   text_or_empty(t->name));
		return;
	}
	ask(m, &(struct templatequestion_about){.act = on ? ACT_TEMPLATE_FAVOURITE : ACT_TEMPLATE_UNFAVOURITE, .shown = t},
	    load_new(t, t));
}

static void copy(struct tuitemplate *m, const char *name)
{
	const struct template *t = &m->detail;
	struct err err = {0};
	struct template_load *load;

	if (!templatetext_name(name, &err)) {
		ui_message(m->t->ui, true, "%s", err.text);
		return;
	}
	load = load_new(t, t);
	mem_free(load->wanted.name);
	load->wanted.name = mem_strdup(name);
	load->wanted.system = load->wanted.favourite = false;
	ask(m, &(struct templatequestion_about){.act = ACT_TEMPLATE_COPY, .shown = t, .wanted = &load->wanted}, load);
}

static void delete(struct tuitemplate *m)
{
	const struct template *t = &m->detail;

	ask(m, &(struct templatequestion_about){.act = ACT_TEMPLATE_DELETE, .shown = t}, load_new(t, t));
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
		ask(m, &(struct templatequestion_about){.act = ACT_TEMPLATE_EDIT, .shown = &m->edited, .wanted = &wanted},
		    load_new(&m->edited, &wanted));
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
		tuitemplate_use(m, r->text);
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
	tuitemplate_use_done(m);
}
