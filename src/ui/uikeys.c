/* SPDX-License-Identifier: MIT */
/*
 * Keys: they reach the prompt or the help when one is open, else they become commands
 * through the table, and a command is carried out by a function of its own.
 */
#include <stdio.h>
#include <string.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/text.h"
#include "uistate.h"

/* ---- panes ---- */

static void focus_right(struct ui *ui, const struct ui_now *now)
{
	enum pane next = layout_next(ui->layout.shape, ui->focus, 1);

	if (next != PANE_LIST)
		ui_focus(ui, next, now);
}

static bool focus_left(struct ui *ui, const struct ui_now *now)
{
	if (ui->focus == PANE_LIST || ui->layout.shape == LAYOUT_TREE)
		return false;
	ui_focus(ui, layout_next(ui->layout.shape, ui->focus, -1), now);
	return true;
}

static void to_pane(struct ui *ui, int n, const struct ui_now *now)
{
	enum pane pane = layout_nth(ui->layout.shape, n);

	if (pane == PANES)
		ui_message(ui, false, _("there is no pane %d in a window of this width"), n);
	else
		ui_focus(ui, pane, now);
}

/* ---- commands of the lists ---- */

static bool runs_pipeline(const struct step *step)
{
	return step->child_run || text_starts(text_or_empty(step->task), "official_devcloud_subPipeline");
}

static void open_step(struct ui *ui, const struct row *row, const struct ui_now *now)
{
	if (runs_pipeline(row->step)) {
		ui_enter_child(ui, row, now);
		return;
	}
	if (!row->job || row->step->gate == GATE_REVIEW || row->step->gate == GATE_DELAY) {
		ui_message(ui, false, "%s", _("this step has no log: it is a gate, or its stage's entry or exit"));
		return;
	}
	ui_row_log(row, &ui->wanted);
	if (!ref_same(&ui->wanted, &ui->log.ref))
		logview_open(&ui->log, NULL, &ui->wanted); /* the program brings the log */
	ui_focus(ui, PANE_LOG, now);
	ui->zoomed = ui->layout.shape == LAYOUT_TREE;
	ui_relayout(ui);
}

/* Enter goes on to the next pane; l and Right unfold first where there is something. */
static void open_row(struct ui *ui, const struct key *key, const struct ui_now *now)
{
	enum view_kind view = ui_view(ui);
	const struct row *row = tree_row(&ui->tree, view);

	if (!row)
		return;
	if (row->kind == ROW_STEP)
		open_step(ui, row, now);
	else if (view == VIEW_RUNS || (view == VIEW_LIST && key->code == KEY_CODE_ENTER))
		focus_right(ui, now);
	else if (tree_unfold(&ui->tree, view))
		return;
	else if (view == VIEW_LIST)
		focus_right(ui, now);
	else
		tree_move(&ui->tree, view, 1);
}

static void back(struct ui *ui, const struct key *key, const struct ui_now *now)
{
	bool escape = key->code == KEY_CODE_ESC || key->code == KEY_CODE_BACKSPACE;

	if (escape && *roster_filter(ui->tree.roster)) {
		ui_filter(ui, NULL, true, now);
		return;
	}
	if (escape && focus_left(ui, now))
		return;
	if (tree_fold(&ui->tree, ui_view(ui)) || focus_left(ui, now))
		return;
	ui_leave_child(ui, now);
}

/* Rows that a movement by lines or pages means; false: it is another kind of command. */
static bool movement(enum command command, int height, int64_t *rows)
{
	int page = height > 1 ? height - 1 : 1, half = height > 1 ? height / 2 : 1;

	switch (command) {
	case CMD_DOWN:
	case CMD_UP:
		*rows = command == CMD_DOWN ? 1 : -1;
		return true;
	case CMD_PAGE_DOWN:
	case CMD_PAGE_UP:
		*rows = command == CMD_PAGE_DOWN ? page : -page;
		return true;
	case CMD_HALF_DOWN:
	case CMD_HALF_UP:
		*rows = command == CMD_HALF_DOWN ? half : -half;
		return true;
	default:
		return false;
	}
}

/* Who nears the end of a history that goes on wants its next page. */
static void want_more_runs(struct ui *ui, enum view_kind kind)
{
	const struct view *v = &ui->tree.views[kind];
	struct ref pipeline = {{NULL}};
	const struct row *row;
	size_t i;

	for (i = v->at; i < v->n_rows && i < v->at + (size_t)v->height; i++) {
		row = tree_line(&ui->tree, kind, i);
		if (row->note != NOTE_MORE_RUNS)
			continue;
		tree_ref(row, &pipeline);
		ref_cut(&pipeline, REF_PIPELINE + 1);
		ui_ask(ui, ASK_MORE_RUNS, NULL, &pipeline);
		ref_done(&pipeline);
		return;
	}
}

static void move_rows(struct ui *ui, enum command command)
{
	enum view_kind view = ui_view(ui);
	struct view *v = &ui->tree.views[view];
	int64_t rows;

	if (movement(command, v->height, &rows))
		tree_move(&ui->tree, view, rows);
	else if (command == CMD_TOP)
		tree_goto(&ui->tree, view, 0);
	else if (command == CMD_BOTTOM)
		tree_goto(&ui->tree, view, v->n_rows);
	want_more_runs(ui, view);
}

/* As in htop: the mark changes and the cursor goes on. */
static void mark(struct ui *ui)
{
	struct row target;
	const struct pipeline *p;
	bool now_marked;

	if (!tree_target(&ui->tree, &target))
		return;
	p = target.entry->pipeline;
	now_marked = !roster_is_marked(ui->tree.roster, p->project_id, p->id);
	if (!roster_mark(ui->tree.roster, p->project_id, p->id, now_marked))
		ui_message(ui, true, _("%zu pipelines are marked: that is as many as can be"),
			   roster_mark_count(ui->tree.roster));
	ui->tree.dirty = true; /* only marked ones may be shown */
	move_rows(ui, CMD_DOWN);
}

static void history(struct ui *ui, const struct ui_now *now)
{
	if (layout_has(ui->layout.shape, PANE_RUNS)) {
		ui_focus(ui, PANE_RUNS, now);
		return;
	}
	ui_focus(ui, PANE_LIST, now);
	if (tree_history(&ui->tree))
		tree_set_history(&ui->tree, false);
	else
		tree_to_history(&ui->tree, ui_view(ui), now->server_ms);
}

/* ---- commands of the log ---- */

static void log_back(struct ui *ui, const struct ui_now *now)
{
	if (ui->log.pattern)
		logview_search_clear(&ui->log);
	else
		ui_focus(ui, ui->nav, now);
}

static void move_log(struct ui *ui, enum command command)
{
	struct logview *v = &ui->log;
	int64_t rows;

	if (movement(command, v->rows, &rows))
		logview_move(v, rows);
	else if (command == CMD_TOP)
		logview_top(v);
	else if (command == CMD_BOTTOM)
		logview_follow(v, true);
	else if (command == CMD_LEFT || command == CMD_RIGHT)
		logview_sideways(v, command == CMD_LEFT ? -v->cols / 2 : v->cols / 2);
}

/* ---- taking things out ---- */

/* The id; pressed again the name; again the URL. */
static void copy_thing(struct ui *ui)
{
	static const enum ui_ask asks[] = {ASK_COPY_ID, ASK_COPY_NAME, ASK_COPY_URL};

	ui_ask(ui, asks[ui->repeated % 3], NULL, &ui->tree.selected);
}

static void copy_line(struct ui *ui)
{
	struct buf line;

	buf_init(&line, 1 << 20);
	if (logview_line_text(&ui->log, &line))
		ui_ask(ui, ASK_COPY, line.data, NULL);
	else
		ui_message(ui, true, "%s", _("no log is open"));
	buf_done(&line);
}

/* The thing whose URL is meant: in the log the step that is read. */
static const struct ref *subject(const struct ui *ui)
{
	return ui_in_log(ui) && ui->log.ref.id[REF_RUN] ? &ui->log.ref : &ui->tree.selected;
}

/* ---- prompt ---- */

static void open_prompt(struct ui *ui, char sign)
{
	struct prompt *p = sign == '/' ? &ui->search : &ui->line;

	prompt_open(p, sign, sign == '/' && !ui_in_log(ui) ? roster_filter(ui->tree.roster) : NULL);
	ui->prompt = p;
	ui->is_completing = false;
}

static void prompt_finished(struct ui *ui, const struct ui_now *now)
{
	struct prompt *p = ui->prompt;

	ui->prompt = NULL;
	if (p->sign == ':')
		ui_run_line(ui, p->text, now);
	else if (ui_in_log(ui))
		logview_search(&ui->log, p->text, p->literal, true);
	else
		ui_filter(ui, p->text, true, now);
	prompt_close(p);
}

static void prompt_cancelled(struct ui *ui, bool filter, const struct ui_now *now)
{
	if (filter)
		ui_filter(ui, NULL, true, now);
	if (ui->trying_theme)
		ui_ask(ui, ASK_THEME, NULL, NULL);
	ui->trying_theme = false;
	prompt_close(ui->prompt);
	ui->prompt = NULL;
}

static void prompt_input(struct ui *ui, const struct key *key, const char *paste,
			 const struct ui_now *now)
{
	enum prompt_event event = PROMPT_EDITED;
	bool filter = ui->prompt->sign == '/' && !ui_in_log(ui);

	if (ui->prompt->sign == ':' && (key->code == KEY_CODE_TAB || key->code == KEY_CODE_BACKTAB)) {
		ui_complete(ui, key->code == KEY_CODE_TAB ? 1 : -1);
		return;
	}
	ui->is_completing = false;
	if (key->code == KEY_CODE_PASTE)
		prompt_insert(ui->prompt, text_or_empty(paste));
	else
		event = prompt_key(ui->prompt, key);
	if (event == PROMPT_DONE)
		prompt_finished(ui, now);
	else if (event == PROMPT_CANCELLED)
		prompt_cancelled(ui, filter, now);
	else if (event == PROMPT_EDITED && filter)
		ui_filter(ui, ui->prompt->text, false, now);
}

/* ---- dispatch ---- */

static void list_command(struct ui *ui, enum command command, const struct key *key,
			 const struct ui_now *now)
{
	switch (command) {
	case CMD_OPEN:
		open_row(ui, key, now);
		break;
	case CMD_BACK:
		back(ui, key, now);
		break;
	case CMD_ERROR_NEXT:
		ui_next_failure(ui, 1);
		break;
	case CMD_ERROR_PREVIOUS:
		ui_next_failure(ui, -1);
		break;
	case CMD_FOLLOW:
		ui_to_running(ui, now);
		break;
	case CMD_COPY:
		copy_thing(ui);
		break;
	case CMD_MARK:
		mark(ui);
		break;
	case CMD_SORT_PREVIOUS:
	case CMD_SORT_NEXT:
		ui_sort_step(ui, command == CMD_SORT_NEXT ? 1 : -1);
		break;
	case CMD_INVERT:
		ui_sort_step(ui, 0);
		break;
	default:
		move_rows(ui, command);
	}
}

static void log_command(struct ui *ui, enum command command, const struct ui_now *now)
{
	switch (command) {
	case CMD_OPEN:
		ui->zoomed = !ui->zoomed;
		ui_relayout(ui);
		break;
	case CMD_BACK:
		log_back(ui, now);
		break;
	case CMD_FOLLOW:
		logview_follow(&ui->log, !ui->log.follow);
		break;
	case CMD_ERROR_NEXT:
		logview_error(&ui->log, 1);
		break;
	case CMD_ERROR_PREVIOUS:
		logview_error(&ui->log, -1);
		break;
	case CMD_SEARCH_NEXT:
		logview_search_again(&ui->log, true);
		break;
	case CMD_SEARCH_PREVIOUS:
		logview_search_again(&ui->log, false);
		break;
	case CMD_WRAP:
	case CMD_TIMES:
	case CMD_COLOURS:
	case CMD_RAW:
		logview_toggle(&ui->log, command);
		break;
	case CMD_COPY:
		copy_line(ui);
		break;
	case CMD_SAVE:
		ui_ask(ui, ASK_SAVE, NULL, &ui->log.ref);
		break;
	case CMD_PAGER:
		ui_ask(ui, ASK_PAGER, NULL, &ui->log.ref);
		break;
	default:
		move_log(ui, command);
	}
}

static void back_or_quit(struct ui *ui, const struct ui_now *now)
{
	if (ui_in_log(ui))
		ui_focus(ui, ui->nav, now);
	else if (layout_nearest(ui->layout.shape, ui->focus) != PANE_LIST)
		ui_focus(ui, PANE_LIST, now);
	else if (!layout_has(ui->layout.shape, PANE_RUNS) && tree_history(&ui->tree))
		tree_set_history(&ui->tree, false);
	else if (!ui_leave_child(ui, now))
		ui->quit = true;
}

/* Commands that are the same everywhere; false: the pane's own. */
static bool common_command(struct ui *ui, enum command command, const struct ui_now *now)
{
	switch (command) {
	case CMD_QUIT:
		back_or_quit(ui, now);
		return true;
	case CMD_SEARCH:
		open_prompt(ui, '/');
		return true;
	case CMD_LINE:
		open_prompt(ui, ':');
		return true;
	case CMD_HELP:
		help_open(&ui->page, ui->keys, ui_in_log(ui) ? IN_LOG : IN_TREE, ui->options.utf8);
		return true;
	case CMD_NEWEST_FAILURE:
		ui_to_failure(ui, now);
		return true;
	case CMD_NEXT_GATE:
		ui_to_gate(ui, now);
		return true;
	case CMD_HISTORY:
		history(ui, now);
		return true;
	case CMD_AUTO_FOLLOW:
		ui->auto_follow = true;
		ui_message(ui, false, "%s", _("auto-follow: any key ends it"));
		ui_auto_step(ui, now);
		return true;
	case CMD_NEXT_PANE:
		ui_focus(ui, layout_next(ui->layout.shape, ui->focus, 1), now);
		return true;
	case CMD_PREVIOUS_PANE:
		ui_focus(ui, layout_next(ui->layout.shape, ui->focus, -1), now);
		return true;
	case CMD_PANE_1:
	case CMD_PANE_2:
	case CMD_PANE_3:
	case CMD_PANE_4:
		to_pane(ui, command == CMD_PANE_1 ? 1 : command == CMD_PANE_2 ? 2 : command == CMD_PANE_3 ? 3 : 4, now);
		return true;
	case CMD_ZOOM:
		ui->zoomed = !ui->zoomed;
		ui_relayout(ui);
		return true;
	case CMD_BROWSE:
		ui_ask(ui, ASK_BROWSE, NULL, subject(ui));
		return true;
	case CMD_URL:
		ui_ask(ui, ASK_URL, NULL, subject(ui));
		return true;
	default:
		return false;
	}
}

static void say_unbound(struct ui *ui, const struct key *key)
{
	struct buf name;

	if (key->code == KEY_CODE_PASTE || key->code == KEY_CODE_MOUSE)
		return;
	buf_init(&name, 64);
	key_name(key, &name);
	ui_message(ui, false, _("%s does nothing here: ? lists the keys"), name.data);
	buf_done(&name);
}

static enum command run_command(struct ui *ui, const struct key *key, const struct ui_now *now)
{
	enum command_context context = ui_in_log(ui) ? IN_LOG : IN_TREE;
	enum command command = keymap_command(ui->keys, key, context);

	ui->repeated = command == ui->last ? ui->repeated + 1 : 0;
	ui->last = command;
	switch (command) {
	case CMD_QUIT_NOW:
	case CMD_REPAINT:
	case CMD_SUSPEND:
	case CMD_REFRESH:
		return command;
	case CMD_NONE:
		say_unbound(ui, key);
		return CMD_NONE;
	default:
		break;
	}
	if (common_command(ui, command, now))
		;
	else if (context == IN_TREE)
		list_command(ui, command, key, now);
	else
		log_command(ui, command, now);
	return ui->quit ? CMD_QUIT_NOW : CMD_NONE;
}

/* What no prompt and no page may keep from the operator. */
static enum command always(const struct ui *ui, const struct key *key)
{
	enum command command = keymap_command(ui->keys, key, IN_TREE);

	return command == CMD_QUIT_NOW || command == CMD_SUSPEND || command == CMD_REPAINT ? command
											   : CMD_NONE;
}

/* ---- the mouse ---- */

#define WHEEL_ROWS 3

static void turn_wheel(struct ui *ui, enum pane pane, int rows)
{
	if (pane == PANE_LOG)
		logview_move(&ui->log, rows);
	else
		tree_move(&ui->tree, ui_view_of(ui, pane), rows);
}

/* A click selects; on what is selected it opens, as Enter does. */
static void click(struct ui *ui, enum pane pane, int row, const struct ui_now *now)
{
	static const struct key enter = {.code = KEY_CODE_ENTER};
	const struct rect *body = &ui->layout.body[pane];
	struct view *v;
	size_t at;
	bool same;

	if (pane == PANE_LOG || row < body->row) {
		ui_focus(ui, pane, now);
		return;
	}
	v = &ui->tree.views[ui_view_of(ui, pane)];
	at = v->top + (size_t)(row - body->row);
	if (at >= v->n_rows)
		return;
	same = ui->focus == pane && v->has_at && v->at == at;
	tree_goto(&ui->tree, ui_view_of(ui, pane), at);
	ui_focus(ui, pane, now);
	if (same)
		open_row(ui, &enter, now);
}

static void mouse_input(struct ui *ui, const struct key *key, const struct ui_now *now)
{
	enum pane pane = layout_at(&ui->layout, key->row, key->col);
	bool wheel = key->mouse == MOUSE_WHEEL_UP || key->mouse == MOUSE_WHEEL_DOWN;
	int rows = key->mouse == MOUSE_WHEEL_UP ? -WHEEL_ROWS : WHEEL_ROWS;

	if (ui->prompt)
		return; /* what is being typed is not left by accident */
	if (ui->page.open && wheel)
		page_scroll(&ui->page, rows);
	if (ui->changespane.open && wheel)
		changespane_move(&ui->changespane, ui->changes, rows);
	if (ui->page.open || ui->changespane.open || pane == PANES || ui->layout.too_small)
		return;
	if (wheel)
		turn_wheel(ui, pane, rows);
	else if (key->mouse == MOUSE_LEFT)
		click(ui, pane, key->row, now);
}

/* What waits for an answer, and what goes on by itself, ends with the next key. */
static void drop_intents(struct ui *ui)
{
	ui->intent = INTENT_NONE;
	ui->awaits_failure = false;
	ui->auto_follow = false;
}

static enum command first_start_key(struct ui *ui, const struct key *key)
{
	if (key->code == 'd' && !ui->page.searching)
		ui_ask(ui, ASK_DEMO, NULL, NULL);
	else
		page_key(&ui->page, key, keymap_command(ui->keys, key, IN_LOG), ui->rows);
	return ui->page.open ? CMD_NONE : CMD_QUIT_NOW;
}

static void go_to_change(struct ui *ui, const struct ref *ref, const struct ui_now *now)
{
	if (tree_select(&ui->tree, ref, now->server_ms))
		ui_focus(ui, PANE_LIST, now);
	else
		ui_message(ui, true, "%s", *roster_filter(ui->tree.roster)
						   ? _("the filter hides it: Esc clears the filter")
						   : _("it is no longer there"));
}

/* False: the key is none of the list's. */
static bool change_key(struct ui *ui, const struct key *key, const struct ui_now *now)
{
	struct ref to = {{NULL}};
	enum changespane_answer answer = changespane_key(&ui->changespane, ui->changes, key, &to);

	if (answer == CHANGESPANE_JUMPS)
		go_to_change(ui, &to, now);
	ref_done(&to);
	return answer != CHANGESPANE_OTHER;
}

enum command ui_key(struct ui *ui, const struct key *key, const char *paste,
		    const struct ui_now *now)
{
	tree_refresh(&ui->tree, now->server_ms);
	ui->version++;
	ui->message[0] = '\0';
	if (always(ui, key) != CMD_NONE)
		return always(ui, key);
	if (key->code == KEY_CODE_MOUSE) {
		drop_intents(ui);
		mouse_input(ui, key, now);
		return CMD_NONE;
	}
	if (ui->prompt) {
		prompt_input(ui, key, paste, now);
		return ui->quit ? CMD_QUIT_NOW : CMD_NONE;
	}
	if (ui->first_start)
		return first_start_key(ui, key);
	if (ui->page.open) {
		page_key(&ui->page, key, keymap_command(ui->keys, key, IN_LOG), ui->rows);
		return CMD_NONE;
	}
	drop_intents(ui);
	if (ui->changespane.open && change_key(ui, key, now))
		return CMD_NONE;
	return run_command(ui, key, now);
}
