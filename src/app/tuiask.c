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

static void (*const answers[ASK_COUNT])(struct tui *t, const struct ui_request *r) = {
	[ASK_THEME] = theme,	     [ASK_THEME_TRY] = theme, [ASK_INTERVAL] = interval, [ASK_FIND] = find,
	[ASK_MORE_RUNS] = more_runs, [ASK_PROJECT] = project, [ASK_MOUSE] = mouse,
};

void tui_answer_requests(struct tui *t)
{
	struct ui_request request;

	while (ui_take_request(t->ui, &request))
		if (answers[request.ask])
			answers[request.ask](t, &request);
}
