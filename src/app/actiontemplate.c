/* SPDX-License-Identifier: MIT */
/*
 * What is done to a template (app/actway.h). Each look reads the template whole; a copy is also looked for
 * by its name, because the only other proof of it, its id, stands in an answer that may be lost. So a name
 * that is there already is refused: it would prove nothing afterwards.
 *
 * A template that the service does not know (any more) is what was wanted of a deletion, and a
 * failure for everything else.
 */
#include <stdio.h>
#include <string.h>

#include "actway.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "definition.h"

#define NAMESAKES 100 /* templates looked at for one of a name */

struct own {
	struct template shown, wanted; /* as ordered */
	struct template before, now;   /* the look that it was sent after, and the last one */
	bool gone;		       /* the last look found none */
	char *namesake;		       /* the id of one that has the name of the copy; NULL: none */
};

static bool is_favour(enum act act)
{
	return act == ACT_TEMPLATE_FAVOURITE || act == ACT_TEMPLATE_UNFAVOURITE;
}

static void take_copy(struct template *to, const struct template *from)
{
	if (from)
		template_copy(to, from);
}

static void copy(struct action *a, const struct action_order *order)
{
	struct own *own = a->own = mem_zalloc(sizeof(*own));

	take_copy(&own->shown, order->template);
	take_copy(&own->wanted, order->wanted);
}

static void done(struct action *a)
{
	struct own *own = a->own;

	if (!own)
		return;
	template_done(&own->shown);
	template_done(&own->wanted);
	template_done(&own->before);
	template_done(&own->now);
	mem_free(own->namesake);
	mem_free(own);
	a->own = NULL;
}

/* ---- looking ---- */

static void saw_namesakes(void *self, struct api_templates *page)
{
	struct action *a = self;
	struct own *own = a->own;
	size_t i;

	mem_free(own->namesake);
	own->namesake = NULL;
	for (i = 0; i < page->n && !own->namesake; i++)
		if (!page->templates[i].system && text_same(page->templates[i].name, own->wanted.name))
			own->namesake = mem_strdup(page->templates[i].id);
	action_saw(a, page->answer.err.kind == ERR_NONE ? NULL : &page->answer.err);
}

static uint64_t look_for_name(struct action *a)
{
	const struct own *own = a->own;
	struct api_template_query query = {.name = own->wanted.name,
					   .system = API_FALSE,
					   .sort_key = "create_time",
					   .sort_dir = "desc",
					   .limit = NAMESAKES};

	return api_list_templates(action_session(a), action_tenant(a), &query, saw_namesakes, a);
}

static void saw_template(void *self, struct api_template *detail)
{
	struct action *a = self;
	struct own *own = a->own;
	const struct err *err = &detail->answer.err;
	uint64_t asked;

	own->gone = err->kind == ERR_GONE;
	template_done(&own->now);
	if (err->kind == ERR_NONE && detail->template) {
		own->now = *detail->template;
		*detail->template = (struct template){0};
	}
	if (err->kind == ERR_NONE && a->act == ACT_TEMPLATE_COPY && !a->sent) {
		action_pay(a);
		asked = look_for_name(a);
		if (asked) /* else it is over already */
			a->asked = asked;
		return;
	}
	/* Once it was sent, that a template is not there is news and no failure. */
	action_saw(a, err->kind == ERR_NONE || (own->gone && a->sent) ? NULL : err);
}

static uint64_t read_template(struct action *a)
{
	const struct own *own = a->own;
	const char *id = a->act == ACT_TEMPLATE_COPY && a->sent ? a->new_id : own->shown.id;

	if (text_empty(id))
		return look_for_name(a);
	return api_template_detail(action_session(a), action_tenant(a), id, saw_template, a);
}

/* ---- before ---- */

static bool may_be_changed(const struct action *a, const struct template *now, struct err *err)
{
	if (!now->system || is_favour(a->act) || a->act == ACT_TEMPLATE_COPY)
		return true;
	return err_set(err, ERR_INPUT, 0,
		       _("%.60s is a system template: it can be copied and used, not changed or deleted"),
		       text_or_empty(now->name));
}

/* Of a row of the list not all is known. */
static bool as_shown(const struct template *shown, const struct template *now)
{
	if (shown->definition)
		return definition_alike(now, shown);
	return text_same(now->name, shown->name) &&
	       (!now->updated_ms || !shown->updated_ms || now->updated_ms == shown->updated_ms);
}

static bool fits(struct action *a, struct err *err)
{
	const struct own *own = a->own;
	const struct template *now = &own->now;
	const char *name = text_or_empty(now->name);

	if (!may_be_changed(a, now, err))
		return false;
	if (is_favour(a->act)) {
		snprintf(a->before, sizeof(a->before), "%s", now->favourite ? "favourite" : "no favourite");
		if (now->favourite != (a->act == ACT_TEMPLATE_FAVOURITE))
			return true;
		return err_set(err, ERR_INPUT, 0,
			       now->favourite ? _("%.60s is a favourite already") : _("%.60s is no favourite"), name);
	}
	if (!as_shown(&own->shown, now))
		return err_set(err, ERR_REMOTE, 409,
			       _("%.60s was changed on the service meanwhile: look at it again"),
			       name);
	if (a->act != ACT_TEMPLATE_COPY || !own->namesake)
		return true;
	return err_set(err, ERR_INPUT, 0, _("there is a template called '%.60s' already (%.40s): give another name"),
		       own->wanted.name, own->namesake);
}

/* ---- the request ---- */

static void heard(void *self, const struct api_done *answer)
{
	struct action *a = self;

	if (a->act == ACT_TEMPLATE_COPY && !text_empty(answer->id)) {
		mem_free(a->new_id);
		a->new_id = mem_strdup(answer->id);
	}
	action_heard(a, answer);
}

static uint64_t send_change(struct action *a)
{
	struct own *own = a->own;
	struct session *s = action_session(a);
	const char *tenant = action_tenant(a);

	template_done(&own->before);
	own->before = own->now;
	own->now = (struct template){0};
	switch (a->act) {
	case ACT_TEMPLATE_COPY:
		return api_template_create(s, tenant, &own->wanted, heard, a);
	case ACT_TEMPLATE_EDIT:
		return api_template_update(s, tenant, &own->wanted, heard, a);
	case ACT_TEMPLATE_DELETE:
		return api_template_delete(s, tenant, own->shown.id, heard, a);
	default:
		return api_template_favourite(s, tenant, own->shown.id, a->act == ACT_TEMPLATE_FAVOURITE, heard, a);
	}
}

/* ---- afterwards ---- */

static enum deed_effect effect_of_edit(const struct own *own)
{
	if (definition_alike(&own->now, &own->wanted))
		return DEED_EFFECT_SEEN;
	/* The service may write a definition its own way. */
	return definition_alike(&own->now, &own->before) ? DEED_EFFECT_NONE : DEED_EFFECT_UNSURE;
}

static enum deed_effect effect_of_copy(struct action *a)
{
	const struct own *own = a->own;

	if (!text_empty(a->new_id))
		return own->gone ? DEED_EFFECT_NONE : DEED_EFFECT_SEEN;
	if (!own->namesake)
		return DEED_EFFECT_NONE;
	a->new_id = mem_strdup(own->namesake);
	return DEED_EFFECT_SEEN;
}

static enum deed_effect effect(struct action *a)
{
	const struct own *own = a->own;

	if (a->act == ACT_TEMPLATE_COPY)
		return effect_of_copy(a);
	if (a->act == ACT_TEMPLATE_DELETE)
		return own->gone ? DEED_EFFECT_SEEN : DEED_EFFECT_NONE;
	if (own->gone)
		return DEED_EFFECT_OTHER;
	if (a->act == ACT_TEMPLATE_EDIT)
		return effect_of_edit(own);
	snprintf(a->after, sizeof(a->after), "%s", own->now.favourite ? "favourite" : "no favourite");
	return own->now.favourite == (a->act == ACT_TEMPLATE_FAVOURITE) ? DEED_EFFECT_SEEN : DEED_EFFECT_NONE;
}

static void tell(const struct action *a, struct buf *out)
{
	static const char *const sentences[][3] = { /* by verdict */
		[ACT_TEMPLATE_FAVOURITE] = {N_("is a favourite now"), N_("not made a favourite"),
					    N_("perhaps a favourite now")},
		[ACT_TEMPLATE_UNFAVOURITE] = {N_("is no favourite any more"), N_("still a favourite"),
					      N_("perhaps no favourite any more")},
		[ACT_TEMPLATE_COPY] = {N_("copied"), N_("not copied"), N_("perhaps copied")},
		[ACT_TEMPLATE_EDIT] = {N_("changed"), N_("not changed"), N_("perhaps changed")},
		[ACT_TEMPLATE_DELETE] = {N_("deleted"), N_("not deleted"), N_("perhaps deleted")},
	};
	const struct own *own = a->own;
	const char *name = text_empty(own->shown.name) ? own->shown.id : own->shown.name;

	buf_addf(out, _("template %s: %s"), text_or_empty(name), _(sentences[a->act][a->course.verdict]));
	if (a->act == ACT_TEMPLATE_COPY && a->course.verdict == VERDICT_DONE)
		buf_addf(out, _(", as %s (%s)"), text_or_empty(own->wanted.name), text_or_empty(a->new_id));
}

const struct act_way actway_template = {
	.read = read_template,
	.fits = fits,
	.send = send_change,
	.effect = effect,
	.tell = tell,
	.done = done,
	.copy = copy,
};
