/* SPDX-License-Identifier: MIT */
/*
 * The view of the templates on the screen: its keys, its last line, its help, and the commands of
 * the `:` line that do something to the template which is selected. Those only ask: the program brings
 * what is missing (the whole template, an edited text), and the operator is asked before anything is sent.
 */
#include <stdio.h>
#include <string.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "uistate.h"

/* ---- what the program tells ---- */

void ui_set_templates(struct ui *ui, const struct ui_templates *templates)
{
	templatepane_know(&ui->templates, templates);
	ui->version++;
}

void ui_set_template(struct ui *ui, const struct ui_template *opened)
{
	templatepane_learn(&ui->templates, opened);
	ui->version++;
}

bool ui_shows_templates(const struct ui *ui)
{
	return ui->templates.open;
}

bool ui_awaits_template(const struct ui *ui)
{
	return ui->templates.open && ui->awaits_template;
}

void ui_template_begun(struct ui *ui)
{
	ui->awaits_template = false;
	ui->version++;
}

/* ---- keys ---- */

static void ask_about(struct ui *ui, enum ui_ask ask, const char *text)
{
	const struct template *t = templatepane_selected(&ui->templates);
	const char *id = t ? t->id : ui->templates.detailed ? ui->templates.selected : NULL;

	if (id)
		ui_ask_template(ui, ask, id, text);
}

void ui_template_filter(struct ui *ui, const char *text, bool final)
{
	struct err err = {0};

	if (!templatepane_filter(&ui->templates, text, final, &err))
		ui_message(ui, true, "%s", err.text);
	else if (ui->templates.sieve.gave_up)
		ui_message(ui, true, "%s", _("this expression is too much work for some rows: they are not shown"));
}

/* The id; pressed again the name. */
static void copy_it(struct ui *ui)
{
	const struct template *t = templatepane_selected(&ui->templates);

	if (t)
		ui_ask(ui, ASK_COPY, ui->repeated % 2 && !text_empty(t->name) ? t->name : t->id, NULL);
}

static bool is_own(struct ui *ui, enum command command)
{
	switch (templatepane_key(&ui->templates, command)) {
	case TEMPLATEPANE_OTHER:
		return false;
	case TEMPLATEPANE_DETAIL:
		ask_about(ui, ASK_TEMPLATE, NULL);
		break;
	case TEMPLATEPANE_AGAIN:
		if (ui->templates.detailed)
			ask_about(ui, ASK_TEMPLATE, NULL);
		ui_ask(ui, ASK_TEMPLATES_AGAIN, NULL, NULL);
		break;
	case TEMPLATEPANE_FILTER:
		ui_open_prompt(ui, '/');
		break;
	default:
		break;
	}
	return true;
}

bool ui_template_key(struct ui *ui, enum command command)
{
	ui->repeated = command == ui->last ? ui->repeated + 1 : 0;
	ui->last = command;
	switch (command) {
	case CMD_NONE:
		return false;
	case CMD_LINE:
		ui_open_prompt(ui, ':');
		return true;
	case CMD_HELP:
		ui_template_help(ui);
		return true;
	case CMD_COPY:
		copy_it(ui);
		return true;
	default:
		return is_own(ui, command);
	}
}

void ui_template_click(struct ui *ui, int row)
{
	int line = row - templatepane_head(&ui->templates, ui->rows - 1);

	if (templatepane_click(&ui->templates, line))
		is_own(ui, CMD_OPEN);
}

/* ---- the `:` line ---- */

void ui_template_open(struct ui *ui, const char *text)
{
	ui->changespane.open = false;
	templatepane_open(&ui->templates, text);
	ui_ask(ui, ASK_TEMPLATES, NULL, NULL);
}

/* What is done to a template is done to the one that can be seen. */
static const struct template *subject(struct ui *ui)
{
	const struct template *t = ui->templates.open ? templatepane_selected(&ui->templates) : NULL;

	if (!ui->templates.open)
		ui_message(ui, true, "%s", _("open the templates first: :template, and select one"));
	else if (!t)
		ui_message(ui, true, "%s", _("no template is selected"));
	return t;
}

void ui_template_act(struct ui *ui, enum ui_ask ask, const char *text)
{
	const struct template *t = subject(ui);

	if (!t)
		return;
	if (t->system && (ask == ASK_TEMPLATE_EDIT || ask == ASK_TEMPLATE_DELETE)) {
		ui_message(ui, true,
			   _("%.60s is a template of the system: it can be copied (:template-copy NAME) and used, "
			     "not changed or deleted"),
			   text_or_empty(t->name));
		return;
	}
	if (ask == ASK_TEMPLATE_FAVOURITE && strcmp(text, "on") != 0 && strcmp(text, "off") != 0) {
		ui_message(ui, true, _(":template-favourite %.40s: want on or off"), text);
		return;
	}
	ui->awaits_template = true;
	ask_about(ui, ask, text);
}

/* ---- help ---- */

static const struct {
	enum command command;
	const char *hint, *help;
	bool in_list, in_detail;
} keys[] = {
	{CMD_DOWN, NULL, N_("one row down"), true, true},
	{CMD_UP, NULL, N_("one row up"), true, true},
	{CMD_PAGE_DOWN, NULL, N_("one page down"), true, true},
	{CMD_PAGE_UP, NULL, N_("one page up"), true, true},
	{CMD_HALF_DOWN, NULL, N_("half a page down"), true, true},
	{CMD_HALF_UP, NULL, N_("half a page up"), true, true},
	{CMD_TOP, NULL, N_("to the first row"), true, true},
	{CMD_BOTTOM, NULL, N_("to the last row"), true, true},
	{CMD_OPEN, N_("open"), N_("the template's parameters, and what it makes"), true, false},
	{CMD_SEARCH, N_("filter"),
	 N_("filter: a regular expression, ! in front inverts"),
	 true, false},
	{CMD_NEXT_PANE, N_("kind"), N_("all, system, custom, favourites"), true, false},
	{CMD_PREVIOUS_PANE, NULL, N_("the same, backwards"), true, false},
	{CMD_PANE_1, NULL, N_("all"), true, false},
	{CMD_PANE_2, NULL, N_("those of the system"), true, false},
	{CMD_PANE_3, NULL, N_("custom ones"), true, false},
	{CMD_PANE_4, NULL, N_("favourites"), true, false},
	{CMD_SORT_NEXT, N_("language"), N_("the next language alone; after the last all"), true, false},
	{CMD_SORT_PREVIOUS, NULL, N_("the language before"), true, false},
	{CMD_REFRESH, N_("afresh"), N_("ask the server now"), true, true},
	{CMD_COPY, NULL, N_("copy the id; again the name"), true, true},
	{CMD_LINE, N_("commands"), N_("command line"), true, true},
	{CMD_BACK, NULL, N_("one level up; clears the filter first"), true, true},
	{CMD_HELP, N_("help"), N_("this help"), true, true},
	{CMD_QUIT, N_("back"), N_("back"), true, true},
};
#define N_KEYS (sizeof(keys) / sizeof(keys[0]))

void ui_template_help(struct ui *ui)
{
	const char *usage, *help;
	struct buf names;
	size_t i;

	page_open(&ui->page, _("Help for the templates"), 30);
	buf_init(&names, BUF_MAX);
	for (i = 0; i < N_KEYS; i++) {
		buf_clear(&names);
		keymap_keys(ui->keys, keys[i].command, IN_TREE, &names);
		if (names.len)
			page_add(&ui->page, names.data, _(keys[i].help));
	}
	page_add(&ui->page, NULL, "");
	page_add(&ui->page, NULL, _("After a colon, about the selected template:"));
	for (i = 0; command_line_at(i, &usage, &help); i++)
		if (text_starts(usage, ":template") && !(ui->options.read_only && command_line_changes(i)))
			page_add(&ui->page, usage, _(help));
	buf_done(&names);
}

/* ---- the last line ---- */

void ui_template_hints(const struct ui *ui, struct grid *g, const struct rect *r)
{
	struct buf names;
	const char *hint;
	size_t i;
	int col = 1;

	buf_init(&names, BUF_MAX);
	for (i = 0; i < N_KEYS; i++) {
		buf_clear(&names);
		keymap_keys(ui->keys, keys[i].command, IN_TREE, &names);
		buf_truncate(&names, strcspn(names.data, " "));
		hint = keys[i].hint ? _(keys[i].hint) : NULL;
		if (!hint || !names.len || !(ui->templates.detailed ? keys[i].in_detail : keys[i].in_list))
			continue;
		if (col + (int)names.len + 1 + (int)strlen(hint) > r->cols)
			continue;
		col += grid_text(g, r, 0, col, -1, ROLE_KEY, names.data) + 1;
		col += grid_text(g, r, 0, col, -1, ROLE_STATUS, hint) + 2;
	}
	buf_done(&names);
}

/* Why what is shown is old; where nothing is shown the pane says it itself. */
const char *ui_template_fault(const struct ui *ui)
{
	const struct templatepane *p = &ui->templates;

	if (!p->detailed)
		return p->known.n ? p->known.fault : NULL;
	return p->opened.detail && text_same(p->opened.id, p->selected) ? p->opened.fault : NULL;
}
