/* SPDX-License-Identifier: MIT */
/*
 * The `:` commands that are about a pipeline and not about a run of it: `:run`, whose form the
 * program fills, `:ban` and `:unban`. What they are about is fixed when they are given: the
 * selection may move under a form.
 */
#include <string.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/text.h"
#include "uistate.h"

struct form *ui_form(struct ui *ui)
{
	return &ui->form;
}

/* ---- which pipeline ---- */

/* In the log it is the pipeline of the step that is read. */
static const struct pipeline *selected(const struct ui *ui)
{
	const struct ref *ref = &ui->log.ref;
	struct row row;

	if (ui_in_log(ui) && ref->id[REF_PIPELINE])
		return store_pipeline(ui->options.store, ref->id[REF_PROJECT],
				      ref->id[REF_PIPELINE]);
	return tree_target(&ui->tree, &row) ? row.entry->pipeline : NULL;
}

struct named {
	const struct pipeline *exact, *part;
	size_t n_exact, n_part;
};

static void look_at(struct named *found, const struct pipeline *p, const char *name)
{
	bool same = text_same(p->name, name) || text_same(p->id, name);

	if (same && found->exact != p) {
		found->exact = p;
		found->n_exact++;
	} else if (!same && found->part != p && strcasestr(text_or_empty(p->name), name)) {
		found->part = p;
		found->n_part++;
	}
}

/* The whole name, or a part that only one has; NULL: a message says what is wrong. */
static const struct pipeline *called(struct ui *ui, const char *name)
{
	struct named found = {NULL};
	const struct entry *entries;
	size_t i, n = store_entries(ui->options.store, &entries);

	for (i = 0; i < n; i++)
		look_at(&found, entries[i].pipeline, name);
	if (found.n_exact == 1 || (found.n_exact == 0 && found.n_part == 1))
		return found.exact ? found.exact : found.part;
	if (found.n_exact + found.n_part == 0)
		ui_message(ui, true, _("no pipeline here is called %.80s"), name);
	else
		ui_message(ui, true, _("%zu pipelines match %.80s: name one whole, or select it"),
			   found.n_exact ? found.n_exact : found.n_part, name);
	return NULL;
}

static bool find(struct ui *ui, const char *name, struct ref *ref, const struct pipeline **out)
{
	const struct pipeline *p = text_empty(name) ? selected(ui) : called(ui, name);

	*out = p;
	if (!p && text_empty(name))
		ui_message(ui, true, "%s", _("no pipeline is selected"));
	if (!p)
		return false;
	ref_set(ref, REF_PROJECT, text_or_empty(p->project_id));
	ref_set(ref, REF_PIPELINE, p->id);
	return true;
}

/* ---- the form ---- */

void ui_run(struct ui *ui, const char *name)
{
	const struct pipeline *p;
	struct ref ref = {{NULL}};

	if (find(ui, name, &ref, &p)) {
		tree_hold(&ui->tree);
		ui_ask(ui, ASK_RUN, p->name, &ref);
	}
	ref_done(&ref);
}

void ui_form_key(struct ui *ui, const struct key *key, const char *paste)
{
	switch (form_key(&ui->form, key, paste)) {
	case FORM_PRESSED:
		ui_ask(ui, ASK_RUN_START, NULL, &ui->form.ref);
		break;
	case FORM_LEFT:
		ui_ask(ui, ASK_RUN_LEFT, NULL, NULL);
		ui_message(ui, false, "%s", _("nothing was started"));
		break;
	default:
		break;
	}
}

/* ---- off and on ---- */

void ui_ban(struct ui *ui, bool ban, const char *name)
{
	const struct pipeline *p;
	struct ref ref = {{NULL}};
	struct dialog_target target = {.ref = &ref};
	struct dialog_line lines[2] = {{_("pipeline"), NULL}, {_("project"), NULL}};
	struct dialog_ask ask = {.act = ban ? ACT_BAN : ACT_UNBAN,
				 .lines = lines,
				 .n_lines = 2,
				 .targets = &target,
				 .n_targets = 1};

	if (find(ui, name, &ref, &p)) {
		target.name = target.pipeline_name = text_empty(p->name) ? p->id : p->name;
		lines[0].value = target.name;
		lines[1].value = text_empty(p->project_name) ? p->project_id : p->project_name;
		ask.what = ban ? _("Nobody and nothing can start it until it is switched on again. "
				   "What runs goes on.")
			       : _("It can be started again, by hand and by its triggers.");
		ui_confirm(ui, &ask);
	}
	ref_done(&ref);
}
