/* SPDX-License-Identifier: MIT */
/* `pipetop templates favorite`, `copy` and `delete`: one template is read, and one order given. */
#include <string.h>

#include "consent.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "say.h"
#include "shellword.h"
#include "templatetell.h"
#include "templatetext.h"

static int carry_out(struct templates *t, const struct action_order *order, struct err *err)
{
	struct errand e;
	int status;

	if (!templatetell_run(t, order, &e, err))
		return COMMAND_FAILED;
	status = templatetell_end(t, order, &e, NULL);
	errand_done(&e);
	return status;
}

/* ---- favorite ---- */

static int favour(struct templates *t, const struct template *tmpl, struct err *err)
{
	bool on = !t->want->off;
	struct action_order order = {.act = on ? ACT_TEMPLATE_FAVOURITE : ACT_TEMPLATE_UNFAVOURITE, .template = tmpl};
	char sentence[200];

	if (tmpl->favourite != on)
		return carry_out(t, &order, err);
	snprintf(sentence, sizeof(sentence),
		 on ? _("%.120s is a favourite already: nothing was sent") : _("%.120s is no favourite: nothing was sent"),
		 text_or_empty(tmpl->name));
	return templatetell_nothing(t, &order, sentence);
}

int templates_favourite(struct templates *t, struct err *err)
{
	struct template tmpl;
	int status;

	if (!templateread_pick(t->c, t->tenant, t->word, &tmpl, NULL, err))
		return COMMAND_FAILED;
	status = favour(t, &tmpl, err);
	template_done(&tmpl);
	return status;
}

/* ---- copy ---- */

static void put(char **at, const char *said)
{
	if (!said)
		return;
	mem_free(*at);
	*at = mem_strdup(said);
}

static int copy(struct templates *t, const struct template *tmpl, struct err *err)
{
	const struct want *w = t->want;
	struct template wanted;
	struct action_order order = {
		.act = ACT_TEMPLATE_COPY, .template = tmpl, .wanted = &wanted, .detail = w->name};
	int status;

	template_copy(&wanted, tmpl);
	wanted.system = wanted.favourite = false;
	put(&wanted.name, w->name);
	put(&wanted.language, w->language);
	put(&wanted.description, w->description);
	status = carry_out(t, &order, err);
	template_done(&wanted);
	return status;
}

int templates_copy(struct templates *t, struct err *err)
{
	struct template tmpl;
	int status;

	if (!templatetext_name(t->want->name, err) || !templatetext_description(t->want->description, err) ||
	    !templateread_pick(t->c, t->tenant, t->word, &tmpl, NULL, err))
		return COMMAND_FAILED;
	status = copy(t, &tmpl, err);
	template_done(&tmpl);
	return status;
}

/* ---- delete ---- */

/* The command that does it without a question. */
static void command_line(const struct template *tmpl, struct buf *out)
{
	buf_adds(out, "pipetop templates delete --yes ");
	shellword_add(out, tmpl->id);
}

static enum consent ask(struct templates *t, const struct template *tmpl, struct err *err)
{
	enum consent consent;
	struct buf line, question;

	buf_init(&line, BUF_MAX);
	buf_init(&question, BUF_MAX);
	command_line(tmpl, &line);
	buf_addf(&question, _("delete the template "));
	say_name(&question, tmpl->name, tmpl->id);
	buf_addf(&question, _(" (%s) for good? y and Enter does it: "), tmpl->id);
	consent = consent_ask(t->c, question.data, line.data, err);
	buf_done(&line);
	buf_done(&question);
	return consent;
}

static bool may_delete(struct templates *t, const struct template *tmpl, bool exact, struct err *err)
{
	if (tmpl->system)
		return err_set(err, ERR_INPUT, 0,
			       _("%.60s is a system template: it can be copied and used, not changed or deleted"),
			       text_or_empty(tmpl->name));
	if (exact || !t->want->yes)
		return true;
	return err_set(err, ERR_INPUT, 0, _("with --yes the template is named by its id or its whole name: %.80s"),
		       text_or_empty(tmpl->name));
}

static int delete(struct templates *t, const struct template *tmpl, struct err *err)
{
	struct action_order order = {.act = ACT_TEMPLATE_DELETE, .template = tmpl, .detail = tmpl->name};
	struct errand declined;

	switch (ask(t, tmpl, err)) {
	case CONSENT_YES:
		return carry_out(t, &order, err);
	case CONSENT_NO:
		errand_declined(&declined);
		return templatetell_end(t, &order, &declined, NULL);
	default:
		return COMMAND_FAILED;
	}
}

int templates_delete(struct templates *t, struct err *err)
{
	struct template tmpl;
	bool exact;
	int status;

	if (!templateread_pick(t->c, t->tenant, t->word, &tmpl, &exact, err))
		return COMMAND_FAILED;
	status = may_delete(t, &tmpl, exact, err) ? delete(t, &tmpl, err) : COMMAND_FAILED;
	template_done(&tmpl);
	return status;
}
