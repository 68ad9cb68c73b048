/* SPDX-License-Identifier: MIT */
/*
 * A frame: the header, the panes where the layout puts them, and one line at the bottom for
 * hints, messages and the prompt.
 */
#include <stdio.h>
#include <string.h>

#include "card.h"
#include "core/buf.h"
#include "core/i18n.h"
#include "core/text.h"
#include "core/when.h"
#include "header.h"
#include "uistate.h"
#include "veil.h"

#define NAME_CELLS_MIN 6 /* of a log's name in its title */
#define GUTTER_MIN 60 /* a narrower log pane has no room for line numbers */

/* "7 changes", at the right end where there is room. */
static void draw_unseen(const struct ui *ui, struct grid *g, const struct rect *r, int from)
{
	size_t n = ui->changes ? changes_unseen(ui->changes) : 0;
	char text[40];
	int col;

	if (n == 0)
		return;
	snprintf(text, sizeof(text), _(":changes %zu new"), n);
	col = r->cols - (int)strlen(text) - 1;
	if (col >= from)
		grid_text(g, r, 0, col, -1, ROLE_KEY, text);
}

/* The first key of a row of the table, and its word; false: it has none there. */
static bool hint_of(const struct ui *ui, size_t i, enum command_context context, char *key, size_t size,
		    const char **hint)
{
	const struct command_info *info;
	const char *keys;
	size_t n;

	info = command_table(&n) + i;
	if (!info->hint || !(info->contexts & context))
		return false;
	/* Keys that change something: not where they do nothing, nor in the log's crowded line. */
	if ((info->contexts & COMMAND_CHANGES) && (ui->options.read_only || context == IN_LOG))
		return false;
	keys = keymap_row(ui->keys, i, context);
	snprintf(key, size, "%.*s", (int)strcspn(keys, " "), keys);
	*hint = _(info->hint);
	return *key != '\0';
}

/* All of them, less those that change something where there is no room for all. */
static void draw_hints(const struct ui *ui, struct grid *g, const struct rect *r)
{
	enum command_context context = ui_in_log(ui) ? IN_LOG : IN_TREE;
	const struct command_info *table;
	const char *hint;
	char key[16];
	size_t n, i;
	int col = 1, all = 1;

	table = command_table(&n);
	for (i = 0; i < n; i++)
		if (hint_of(ui, i, context, key, sizeof(key), &hint))
			all += (int)strlen(key) + (int)strlen(hint) + 3;
	for (i = 0; i < n; i++) {
		if (!hint_of(ui, i, context, key, sizeof(key), &hint) ||
		    (all - 2 > r->cols && (table[i].contexts & COMMAND_CHANGES)) ||
		    col + (int)strlen(key) + 1 + (int)strlen(hint) > r->cols)
			continue;
		col += grid_text(g, r, 0, col, -1, ROLE_KEY, key) + 1;
		col += grid_text(g, r, 0, col, -1, ROLE_STATUS, hint) + 2;
	}
	draw_unseen(ui, g, r, col);
}

/* What Tab goes through, above the `:` line. */
static void draw_candidates(struct ui *ui, struct grid *g, const struct rect *bottom)
{
	struct rect r = {bottom->row - 1, bottom->col, 1, bottom->cols};
	struct buf text;
	size_t i;
	int col = 1;

	if (!ui->prompt || ui->prompt->sign != ':' || !ui->is_completing)
		return;
	buf_init(&text, BUF_MAX);
	grid_fill(g, &r, 0, 0, -1, ROLE_STATUS, ' ');
	for (i = 0; col < r.cols && ui_candidate(ui, i, &text); i++) {
		const char *space = strchr(text.data, ' ');

		col += grid_name(g, &r, 0, col, -1, i + 1 == ui->completion ? ROLE_SELECTED : ROLE_STATUS,
				 space && space[1] ? space + 1 : text.data) + 2;
		buf_clear(&text);
	}
	if (i == 0)
		grid_text(g, &r, 0, 1, -1, ROLE_DIM, _("nothing begins like that"));
	buf_done(&text);
}

/* How an action ended. */
static void draw_tell(struct ui *ui, struct grid *g, const struct rect *r)
{
	grid_name(g, r, 0, 1, r->cols - 2, ui->tells[0].bad ? ROLE_MESSAGE_BAD : ROLE_MESSAGE, ui->tells[0].text);
	ui->tell_drawn = true;
}

static void draw_bottom(struct ui *ui, struct grid *g, const struct rect *r)
{
	grid_fill(g, r, 0, 0, -1, ROLE_STATUS, ' ');
	if (ui->prompt)
		prompt_draw(ui->prompt, g, r);
	else if (ui->n_tells > 0)
		draw_tell(ui, g, r);
	else if (ui->message[0])
		grid_name(g, r, 0, 1, r->cols - 2, ui->message_bad ? ROLE_MESSAGE_BAD : ROLE_MESSAGE,
			  ui->message);
	else if (ui->status.fault[0])
		grid_name(g, r, 0, 1, r->cols - 2, ROLE_MESSAGE_BAD, ui->status.fault);
	else if (ui->awaits_failure)
		grid_text(g, r, 0, 1, -1, ROLE_MESSAGE, _("reading the pipelines ..."));
	else if (ui->intent == INTENT_CHILD)
		grid_text(g, r, 0, 1, -1, ROLE_MESSAGE, _("asking which run the sub-pipeline is ..."));
	else if (ui->intent != INTENT_NONE)
		grid_text(g, r, 0, 1, -1, ROLE_MESSAGE, _("reading the run ..."));
	else if (ui->auto_follow)
		grid_text(g, r, 0, 1, -1, ROLE_MESSAGE, _("auto-follow: any key ends it"));
	else
		draw_hints(ui, g, r);
}

enum name { NAME_STEP, NAME_SHORT, NAME_PATH };

/* "run tests | checkout-api 1204", from the store as it is now. */
static void log_name(const struct ui *ui, struct buf *out, const char *between, enum name how)
{
	const struct ref *ref = &ui->log.ref;
	const struct pipeline *p;
	const struct run *run;
	struct step_at at;

	if (!ref->id[REF_STEP])
		return;
	p = store_pipeline(ui->options.store, ref->id[REF_PROJECT], ref->id[REF_PIPELINE]);
	run = store_run(ui->options.store, ref->id[REF_PROJECT], ref->id[REF_PIPELINE],
			ref->id[REF_RUN]);
	if (!p || !run || !run_step_by_id(run, ref->id[REF_STEP], &at))
		return;
	if (how == NAME_PATH) {
		buf_addf(out, "%s %lld%s", text_or_empty(p->name), (long long)run->number, between);
		buf_addf(out, "%s%s", text_or_empty(at.stage->name), between);
		if (at.job)
			buf_addf(out, "%s%s", text_or_empty(at.job->name), between);
	}
	buf_adds(out, text_empty(at.step->name) ? text_or_empty(at.step->task) : at.step->name);
	if (how == NAME_PATH)
		buf_addf(out, "%s%s", between, state_word(at.step->state));
	else if (how == NAME_SHORT)
		buf_addf(out, "%s%s %lld", between, text_or_empty(p->name), (long long)run->number);
}

/* Between strip and tree: a rule with the log's name in it. */
static void draw_strip_title(struct ui *ui, struct grid *g, const struct rect *r, const char *name,
			     const char *rest)
{
	enum role role = ui_in_log(ui) ? ROLE_HEADER : ROLE_RULE;
	int width = grid_name_width(g, rest), room = r->cols - 3 - 4 - (width ? width + 3 : 0), col = 3;

	grid_rule(g, r, 0, 0, -1, ROLE_RULE);
	if (!*name)
		return;
	grid_text(g, r, 0, col - 1, 1, role, " ");
	col += grid_name(g, r, 0, col, room > 8 ? room : 8, role, name);
	if (*rest) {
		col += grid_text(g, r, 0, col, -1, role, " | ");
		col += grid_name(g, r, 0, col, -1, role, rest);
	}
	grid_text(g, r, 0, col, 1, role, " ");
}

/* Above a pane: where the reader is in the log matters more than the step's whole name. */
static void draw_pane_title(struct ui *ui, struct grid *g, const struct rect *r, const char *name,
			    const char *rest)
{
	int width, room, used;

	/* Which error, and whether it follows, outlive the count of lines and the name. */
	while (grid_name_width(g, rest) + 3 + NAME_CELLS_MIN > r->cols && strstr(rest, " | "))
		rest = strstr(rest, " | ") + 3;
	width = grid_name_width(g, rest);
	room = r->cols - 2 - (width ? width + 3 : 0);
	grid_fill(g, r, 0, 0, -1, ROLE_COLUMNS, ' ');
	room = room > NAME_CELLS_MIN ? room : NAME_CELLS_MIN;
	used = 1 + grid_name(g, r, 0, 1, room, ROLE_COLUMNS, *name ? name : _("DETAILS"));
	if (*rest)
		grid_name(g, r, 0, used + 2, r->cols - used - 3, ROLE_COLUMNS, rest);
	if (ui_in_log(ui))
		grid_attr(g, r, 0, 0, -1, STYLE_REVERSE);
}

static void draw_log_title(struct ui *ui, struct grid *g, const struct rect *r)
{
	bool strip = ui->layout.shape == LAYOUT_TREE;
	struct buf name, rest;

	buf_init(&name, 4096);
	buf_init(&rest, 4096);
	log_name(ui, &name, " | ", strip ? NAME_SHORT : NAME_STEP);
	logview_title(&ui->log, &rest);
	(strip ? draw_strip_title : draw_pane_title)(ui, g, r, name.data, rest.data);
	buf_done(&name);
	buf_done(&rest);
}

static void draw_full_log(struct ui *ui, struct grid *g)
{
	const struct layout *l = &ui->layout;
	struct buf text;

	buf_init(&text, 8192);
	grid_fill(g, &l->header, 0, 0, -1, ROLE_HEADER, ' ');
	log_name(ui, &text, " > ", NAME_PATH);
	grid_name(g, &l->header, 0, 1, ui->cols - 2, ROLE_HEADER, text.data);
	logview_draw(&ui->log, g, &l->body[PANE_LOG], false);
	if (ui->prompt || ui->n_tells > 0 || ui->message[0] || (ui->status.fault[0] && !ui->log.status.fault[0])) {
		draw_bottom(ui, g, &l->bottom);
	} else {
		buf_clear(&text);
		logview_statusline(&ui->log, &text);
		grid_fill(g, &l->bottom, 0, 0, -1, ROLE_STATUS, ' ');
		grid_name(g, &l->bottom, 0, 1, ui->cols - 2, ROLE_STATUS, text.data);
	}
	draw_candidates(ui, g, &l->bottom);
	buf_done(&text);
}

static void draw_empty(const struct ui *ui, struct grid *g, const struct rect *r)
{
	const char *why = *roster_filter(ui->tree.roster) ? _("nothing passes the filter: Esc clears it")
			  : ui->status.age_ms < 0 ? (ui->status.fault[0] ? _("nothing could be read yet")
									 : _("reading the pipelines ..."))
			  : _("nothing here: the project has no pipelines that you may see");

	if (roster_count(ui->tree.roster) == 0 && !ui->tree.guest.pipeline)
		grid_text(g, r, 0, 1, -1, ROLE_DIM, why);
}

/* ---- panes ---- */

/* "deploy-prod 318 > release > integration": where the entered sub-pipeline was started. */
static void add_path(const struct ui *ui, struct buf *out)
{
	const struct ref *ref;
	const struct pipeline *p;
	const struct run *run;
	struct step_at at;
	size_t i;

	for (i = 0; i < ui->n_entered; i++) {
		ref = &ui->entered[i];
		p = store_pipeline(ui->options.store, ref->id[REF_PROJECT], ref->id[REF_PIPELINE]);
		run = store_run(ui->options.store, ref->id[REF_PROJECT], ref->id[REF_PIPELINE],
				ref->id[REF_RUN]);
		if (!p || !run)
			continue;
		buf_addf(out, "%s%s %lld", i ? " > " : "", text_or_empty(p->name), (long long)run->number);
		if (run_step_by_id(run, ref->id[REF_STEP], &at))
			buf_addf(out, " > %s", text_or_empty(at.step->name));
	}
}

static void pane_title(const struct ui *ui, enum pane pane, struct buf *out)
{
	struct row target;

	if (pane == PANE_LIST && ui->n_entered > 0) {
		buf_adds(out, _("in "));
		add_path(ui, out);
	} else if (pane == PANE_LIST) {
		if (ui->layout.shape == LAYOUT_TREE)
			buf_adds(out, _("NAME"));
		else if (!*roster_filter(ui->tree.roster)) /* its text needs the room */
			buf_adds(out, _("PIPELINES"));
		ui_list_title(ui, out);
	} else if (pane == PANE_RUNS) {
		buf_adds(out, _("RUNS"));
	} else {
		buf_adds(out, _("STAGES"));
		if (tree_target(&ui->tree, &target) && target.run && target.run->number > 0)
			buf_addf(out, _(" of run %lld"), (long long)target.run->number);
	}
}

static void draw_nav(struct ui *ui, struct grid *g, enum pane pane, const struct ui_now *now)
{
	const struct layout *l = &ui->layout;
	bool focused = ui->focus == pane;
	struct buf title;

	if (l->body[pane].cols <= 0)
		return;
	buf_init(&title, 8192);
	pane_title(ui, pane, &title);
	tree_draw_titles(&ui->tree, ui_view_of(ui, pane), g, &l->title[pane], title.data, focused);
	tree_draw(&ui->tree, ui_view_of(ui, pane), g, &l->body[pane], now, focused);
	buf_done(&title);
	if (pane == PANE_LIST)
		draw_empty(ui, g, &l->body[pane]);
}

static void draw_log(struct ui *ui, struct grid *g, const struct ui_now *now)
{
	const struct layout *l = &ui->layout;
	const struct rect *body = &l->body[PANE_LOG];
	struct row target;

	if (body->cols <= 0 || body->rows <= 0)
		return;
	draw_log_title(ui, g, &l->title[PANE_LOG]);
	if (ui->log.ref.id[REF_STEP])
		logview_draw(&ui->log, g, body, body->cols >= GUTTER_MIN);
	else if (tree_target(&ui->tree, &target))
		card_draw(&ui->tree, &target, g, body, now);
}

/* The view over the window, and the line at the bottom that is shared. */
static void draw_templates(struct ui *ui, struct grid *g, const struct ui_now *now)
{
	struct rect top = {0, 0, ui->rows - 1, ui->cols};
	const struct rect *bottom = &ui->layout.bottom;
	const char *fault = ui_template_fault(ui);

	templatepane_draw(&ui->templates, g, &top, now);
	grid_fill(g, bottom, 0, 0, -1, ROLE_STATUS, ' ');
	if (ui->prompt || ui->n_tells > 0 || ui->message[0])
		draw_bottom(ui, g, bottom);
	else if (ui->awaits_template)
		grid_text(g, bottom, 0, 1, -1, ROLE_MESSAGE, _("reading the template ..."));
	else if (fault)
		grid_name(g, bottom, 0, 1, bottom->cols - 2, ROLE_MESSAGE_BAD, fault);
	else
		ui_template_hints(ui, g, bottom);
	draw_candidates(ui, g, bottom);
}

/* The list has the whole window, but not where something is being typed or was said. */
static void draw_changes(struct ui *ui, struct grid *g, const struct ui_now *now)
{
	struct rect all = {0, 0, ui->rows, ui->cols};

	changespane_draw(&ui->changespane, ui->changes, g, &all, now);
	if (ui->prompt || ui->n_tells > 0 || ui->message[0])
		draw_bottom(ui, g, &ui->layout.bottom);
	draw_candidates(ui, g, &ui->layout.bottom);
}

static void draw_panes(struct ui *ui, struct grid *g, const struct ui_now *now)
{
	struct roster_counts counts = roster_counts(ui->tree.roster);
	const struct layout *l = &ui->layout;
	int pane;

	header_draw(g, &l->header, ui->place, &counts, &ui->status, ui_ticks(ui, now));
	for (pane = 0; pane < PANE_LOG; pane++) {
		draw_nav(ui, g, (enum pane)pane, now);
		if (l->rules[pane] >= 0)
			grid_vrule(g, &l->rule_body, 0, l->rules[pane], -1, ROLE_RULE);
	}
	draw_log(ui, g, now);
	draw_bottom(ui, g, &l->bottom);
	draw_candidates(ui, g, &l->bottom);
}

/* What is said to the operator takes the place of its hints. */
static void draw_form(struct ui *ui, struct grid *g, const struct rect *all)
{
	struct rect bottom = {all->rows - 1, 0, 1, all->cols};

	form_draw(&ui->form, g, all);
	if (ui->message[0] || ui->n_tells)
		draw_bottom(ui, g, &bottom);
}

static void catch_up(struct ui *ui, const struct ui_now *now)
{
	tree_refresh(&ui->tree, now->server_ms);
	if (ui->awaits_failure)
		ui_to_failure(ui, now);
	if (ui->awaits_history)
		ui_to_history(ui, now);
	ui_try_intent(ui, now);
	ui_auto_step(ui, now);
	ui_check_child(ui);
	tree_refresh(&ui->tree, now->server_ms);
	ui_box_check(ui);
}

void ui_draw(struct ui *ui, struct grid *g, const struct ui_now *now)
{
	struct rect all = {0, 0, ui->rows, ui->cols};

	catch_up(ui, now);
	grid_clear(g);
	grid_cursor(g, -1, -1);
	if (ui->layout.too_small)
		grid_textf(g, &all, 0, 0, -1, ROLE_TEXT, _("%dx%d: needs %dx%d"), ui->cols, ui->rows,
			   LAYOUT_MIN_COLS, LAYOUT_MIN_ROWS);
	else if (ui->form.state != FORM_CLOSED)
		draw_form(ui, g, &all);
	else if (ui->page.open)
		page_draw(&ui->page, g, &all);
	else if (ui->changespane.open)
		draw_changes(ui, g, now);
	else if (ui->templates.open)
		draw_templates(ui, g, now);
	else if (ui->layout.log_full)
		draw_full_log(ui, g);
	else
		draw_panes(ui, g, now);
	ui_draw_box(ui, g, now);
	veil_frame(g);
}
