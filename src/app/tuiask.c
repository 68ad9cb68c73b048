/* SPDX-License-Identifier: MIT */
/*
 * What the ui asks the program for: one function for each, in a table.
 */
#include <stdlib.h>
#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "model/query.h"
#include "tuistate.h"
#include "tuitemplate.h"

#define FACTOR_MIN 0.5
#define FACTOR_MAX 10.0

/* ---- looks ---- */

static void theme(struct tui *t, const struct ui_request *r)
{
	struct err err = {0};
	struct theme *to = r->ask == ASK_THEME_TRY ? &t->tried : &t->theme;

	if (r->text && !theme_find(to, r->text, &err)) {
		if (r->ask == ASK_THEME)
			ui_message(t->ui, true, "%s", err.text);
		return;
	}
	term_set_theme(t->term, to);
	t->due = true;
}

static void mouse(struct tui *t, const struct ui_request *r)
{
	bool on = strcmp(r->text, "on") == 0;

	if (!term_mouse(t->term, on) && on)
		ui_message(t->ui, true, "%s", _("this terminal has no mouse, by its terminfo entry"));
	else
		ui_message(t->ui, false, "%s", on ? _("mouse on: Shift selects text") : _("mouse off"));
}

static void show_settings(struct tui *t)
{
	const struct setting *table = settings_table();
	struct buf value, text;
	size_t i;

	buf_init(&value, BUF_MAX);
	buf_init(&text, BUF_MAX);
	ui_page_open(t->ui, _("Settings (:set NAME VALUE changes one; pipetop-config(5))"), 26);
	for (i = 0; i < SETTINGS; i++) {
		buf_clear(&value);
		buf_clear(&text);
		setting_tell(&t->settings, &table[i], &value);
		buf_addf(&text, "%-16s %s%s", value.len ? value.data : "-", _(table[i].help),
			 table[i].where & SETTING_LIVE ? "" : _(" (at the next start)"));
		ui_page_add(t->ui, table[i].name, text.data);
	}
	buf_done(&value);
	buf_done(&text);
}

static void set(struct tui *t, const struct ui_request *r)
{
	const struct setting *row = NULL;
	struct ui_request named = {.ask = ASK_THEME};
	struct err err = {0};
	struct buf said;

	if (text_empty(r->text)) {
		show_settings(t);
		return;
	}
	buf_init(&said, BUF_MAX);
	if (!settings_line(&t->settings, r->text, &row, &said, &err)) {
		ui_message(t->ui, true, "%s", err.text);
	} else {
		ui_message(t->ui, false, "%s", said.data);
		named.text = t->settings.theme;
		if (row == &settings_table()[SET_THEME] && named.text)
			theme(t, &named);
		else
			tui_apply(t, row);
	}
	buf_done(&said);
}

static void profile(struct tui *t, const struct ui_request *r)
{
	struct err err = {0};

	if (ui_acts_open(t->ui) > 0) {
		ui_message(t->ui, true, "%s", _("an action is not over yet: another profile has to wait for it"));
		return;
	}
	tui_save_state(t);
	if (!options_profile(t->options, r->text, &err)) {
		ui_message(t->ui, true, "%s", err.text);
		return;
	}
	t->again = t->state_saved = true;
	tui_leave(t, EXIT_OK);
}

static void demo(struct tui *t, const struct ui_request *r)
{
	(void)r;
	options_demo(t->options);
	tui_leave(t, EXIT_OK);
}

/* ---- what is asked of the server ---- */

static void interval(struct tui *t, const struct ui_request *r)
{
	char *end = NULL;
	double factor = r->text ? strtod(r->text, &end) : 1;

	if (r->text && (end == r->text || *end || !(factor >= FACTOR_MIN && factor <= FACTOR_MAX))) {
		ui_message(t->ui, true, _(":interval %.40s: want a factor between 0.5 and 10"), r->text);
		return;
	}
	feed_interval(t->feed, factor);
	ui_message(t->ui, false, _("polling periods times %g; the budget stays"), factor);
}

static void find(struct tui *t, const struct ui_request *r)
{
	struct query query = {0};
	struct err err = {0};

	if (!r->text)
		feed_find(t->feed, NULL, NULL);
	else if (!query_parse(r->text, when_wall_ms(), &query, &err) || !feed_find(t->feed, &query, &err))
		ui_message(t->ui, true, "%s", err.text);
	query_done(&query);
}

static void more_runs(struct tui *t, const struct ui_request *r)
{
	feed_more_runs(t->feed, r->ref->id[REF_PROJECT], r->ref->id[REF_PIPELINE]);
}

static void child(struct tui *t, const struct ui_request *r)
{
	feed_child(t->feed, r->ref);
}

/* The id of the project that is called so, or is it. */
static const char *project_id(const struct tui *t, const char *name)
{
	struct store_project project;
	size_t i;

	for (i = 0; store_project(t->store, i, &project); i++)
		if (text_same(project.id, name) || text_same(project.name, name))
			return project.id;
	for (i = 0; i < t->options->n_projects; i++)
		if (strcmp(t->options->projects[i], name) == 0)
			return t->options->projects[i];
	return NULL;
}

static void project(struct tui *t, const struct ui_request *r)
{
	const char *one;
	char *id;

	if (!r->text) {
		feed_projects(t->feed, (const char *const *)t->options->projects, t->options->n_projects);
		ui_message(t->ui, false, "%s", _("all projects again"));
		t->named_projects = 0;
		return;
	}
	one = project_id(t, r->text);
	if (!one) {
		ui_message(t->ui, true, _("no project here is called %.80s"), r->text);
		return;
	}
	id = mem_strdup(one); /* the store may let go of its own */
	feed_projects(t->feed, (const char *const[]){id}, 1);
	t->named_projects = 0;
	mem_free(id);
}

/* ---- what is taken out ---- */

static void complain(struct tui *t, bool done, const struct err *err)
{
	if (!done)
		ui_message(t->ui, true, "%s", err->text);
}

static void copy(struct tui *t, const struct ui_request *r)
{
	struct err err = {0};

	complain(t, chores_copy(t->chores, r->text, &err), &err);
}

/* The deepest id of a path, and what it is the id of. A group stands in the place of a pipeline. */
static const char *id_of(const struct ref *ref, const char **what)
{
	static const char *const names[REF_LEVELS] = {
		[REF_PROJECT] = N_("project"), [REF_PIPELINE] = N_("pipeline"), [REF_RUN] = N_("run"),
		[REF_STAGE] = N_("stage"),     [REF_JOB] = N_("job"),		[REF_STEP] = N_("step"),
	};
	int depth = ref_depth(ref);

	while (depth > 1 && text_empty(ref->id[depth - 1]))
		depth--;
	if (depth == 0)
		return NULL;
	*what = names[depth - 1];
	if (depth != REF_PIPELINE + 1 || *ref->id[REF_PIPELINE] != '@')
		return ref->id[depth - 1];
	*what = N_("group");
	return ref->id[REF_PIPELINE] + 1;
}

static void copy_id(struct tui *t, const struct ui_request *r)
{
	const char *what, *id = id_of(r->ref, &what);
	struct err err = {0};

	if (!id)
		ui_message(t->ui, true, "%s", _("nothing is selected"));
	else if (chores_copy(t->chores, id, &err))
		ui_message(t->ui, false, _("copied the %s's id %s (y again: its name)"), _(what), id);
	else
		complain(t, false, &err);
}

static void copy_name(struct tui *t, const struct ui_request *r)
{
	const char *name = chores_thing_name(t->store, r->ref);
	struct err err = {0};

	if (!name)
		ui_message(t->ui, true, "%s", _("it has no name"));
	else if (chores_copy(t->chores, name, &err))
		ui_message(t->ui, false, _("copied the name %.150s (y again: the URL)"), name);
	else
		complain(t, false, &err);
}

static void with_url(struct tui *t, const struct ui_request *r)
{
	struct err err = {0};
	struct buf url;
	bool ok;

	buf_init(&url, BUF_MAX);
	ok = chores_url(t->store, r->ref, &url, &err);
	if (ok && r->ask == ASK_BROWSE) {
		ok = chores_browse(t->chores, url.data, &err);
	} else if (ok && r->ask == ASK_COPY_URL) {
		ok = chores_copy(t->chores, url.data, &err);
		if (ok)
			ui_message(t->ui, false, _("copied %s"), url.data);
	} else if (ok) {
		ui_message(t->ui, false, "%s", url.data);
	}
	complain(t, ok, &err);
	buf_done(&url);
}

static void save(struct tui *t, const struct ui_request *r)
{
	struct err err = {0};

	complain(t, chores_save(t->chores, r->ref, r->text, r->ask == ASK_SAVE_OVER, &err), &err);
}

static void view_log(struct tui *t, const struct ui_request *r)
{
	struct err err = {0};

	complain(t, chores_view(t->chores, r->ref, r->ask == ASK_EDITOR, &err), &err);
}

/* One form at a time is open: of a template, else of `:run`. */
static void form_pressed(struct tui *t, const struct ui_request *r)
{
	if (!tui_template_pressed(t))
		tui_run_start(t, r);
}

static void form_left(struct tui *t, const struct ui_request *r)
{
	if (!tui_template_left(t))
		tui_run_left(t, r);
}

static void (*const answers[ASK_COUNT])(struct tui *t, const struct ui_request *r) = {
	[ASK_COPY] = copy,
	[ASK_COPY_ID] = copy_id,
	[ASK_COPY_NAME] = copy_name,
	[ASK_COPY_URL] = with_url,
	[ASK_BROWSE] = with_url,
	[ASK_URL] = with_url,
	[ASK_SAVE] = save,
	[ASK_SAVE_OVER] = save,
	[ASK_PAGER] = view_log,
	[ASK_EDITOR] = view_log,
	[ASK_THEME] = theme,
	[ASK_THEME_TRY] = theme,
	[ASK_MOUSE] = mouse,
	[ASK_INTERVAL] = interval,
	[ASK_PROJECT] = project,
	[ASK_FIND] = find,
	[ASK_MORE_RUNS] = more_runs,
	[ASK_CHILD] = child,
	[ASK_SET] = set,
	[ASK_PROFILE] = profile,
	[ASK_DEMO] = demo,
	[ASK_ACT] = tui_act,
	[ASK_RUN] = tui_run_open,
	[ASK_RUN_START] = form_pressed,
	[ASK_RUN_LEFT] = form_left,
	[ASK_TEMPLATES] = tui_template,
	[ASK_TEMPLATES_AGAIN] = tui_template,
	[ASK_TEMPLATE] = tui_template,
	[ASK_TEMPLATE_FAVOURITE] = tui_template,
	[ASK_TEMPLATE_COPY] = tui_template,
	[ASK_TEMPLATE_EDIT] = tui_template,
	[ASK_TEMPLATE_DELETE] = tui_template,
	[ASK_TEMPLATE_USE] = tui_template,
	[ASK_VIEW] = tui_view,
	[ASK_VIEW_SAVE] = tui_view_save,
	[ASK_VIEW_DELETE] = tui_view_delete,
};

void tui_answer_requests(struct tui *t)
{
	struct ui_request request;

	while (ui_take_request(t->ui, &request))
		if (answers[request.ask])
			answers[request.ask](t, &request);
}
