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

static void open_step(struct ui *ui, const struct row *row, const struct ui_now *now)
{
	if (step_is_child(row->step)) {
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
	bool goes_on;

	if (!row)
		return;
	if (row->kind == ROW_STEP) {
		open_step(ui, row, now);
		return;
	}
	goes_on = row->kind != ROW_GROUP && (view == VIEW_LIST || view == VIEW_RUNS);
	if (!(goes_on && (view == VIEW_RUNS || key->code == KEY_CODE_ENTER)) && tree_unfold(&ui->tree, view))
		return;
	if (goes_on)
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

	if (command == CMD_TOP)
		tree_goto(&ui->tree, view, 0);
	else if (command == CMD_BOTTOM)
		tree_goto(&ui->tree, view, v->n_rows);
	else if (command_distance(command, v->height))
		tree_move(&ui->tree, view, command_distance(command, v->height));
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
	if (!tree_history(&ui->tree)) {
		ui_to_history(ui, now);
		return;
	}
	ui_focus(ui, PANE_LIST, now);
	tree_set_history(&ui->tree, false);
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

	if (command == CMD_TOP)
		logview_top(v);
	else if (command == CMD_BOTTOM)
		logview_follow(v, true);
	else if (command_distance(command, v->rows))
		logview_move(v, command_distance(command, v->rows));
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

void ui_open_prompt(struct ui *ui, char sign)
{
	struct prompt *p = sign == '/' ? &ui->search : &ui->line;

	prompt_open(p, sign, sign != '/'	    ? NULL
			     : ui->templates.open ? ui->templates.filter
			     : !ui_in_log(ui)	    ? roster_filter(ui->tree.roster)
						    : NULL);
	ui->prompt = p;
	ui->is_completing = false;
}

/* Does what is typed narrow a list, as opposed to a search in a log? */
static bool narrows(const struct ui *ui)
{
	return ui->prompt->sign == '/' && (ui->templates.open || !ui_in_log(ui));
}

static void set_filter(struct ui *ui, const char *text, bool final, const struct ui_now *now)
{
	if (ui->templates.open)
		ui_template_filter(ui, text, final);
	else
		ui_filter(ui, text, final, now);
}

static void prompt_finished(struct ui *ui, const struct ui_now *now)
{
	struct prompt *p = ui->prompt;
	bool list = narrows(ui);

	ui->prompt = NULL;
	if (p->sign == ':')
		ui_run_line(ui, p->text, now);
	else if (list)
		set_filter(ui, p->text, true, now);
	else
		logview_search(&ui->log, p->text, p->literal, true);
	prompt_close(p);
}

static void prompt_cancelled(struct ui *ui, bool filter, const struct ui_now *now)
{
	if (filter)
		set_filter(ui, NULL, true, now);
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
	bool filter = narrows(ui);

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
		set_filter(ui, ui->prompt->text, false, now);
}

/* ---- dispatch ---- */

/* What a handler gets: the key itself matters where one command has several (h and Esc). */
struct press {
	struct ui *ui;
	enum command command;
	const struct key *key;
	const struct ui_now *now;
};

typedef void handler(const struct press *p);

static void do_quit(const struct press *p)
{
	struct ui *ui = p->ui;

	if (ui_in_log(ui))
		ui_focus(ui, ui->nav, p->now);
	else if (layout_nearest(ui->layout.shape, ui->focus) != PANE_LIST)
		ui_focus(ui, PANE_LIST, p->now);
	else if (!layout_has(ui->layout.shape, PANE_RUNS) && tree_history(&ui->tree))
		tree_set_history(&ui->tree, false);
	else if (!ui_leave_child(ui, p->now))
		ui->quit = true;
}

static void do_prompt(const struct press *p)
{
	ui_open_prompt(p->ui, p->command == CMD_SEARCH ? '/' : ':');
}

static void do_help(const struct press *p)
{
	struct ui *ui = p->ui;

	help_open(&ui->page, ui->keys, ui_in_log(ui) ? IN_LOG : IN_TREE, ui->options.utf8, ui->options.read_only);
}

static void do_failure(const struct press *p)
{
	ui_to_failure(p->ui, p->now);
}

static void do_gate(const struct press *p)
{
	ui_to_gate(p->ui, p->now);
}

static void do_history(const struct press *p)
{
	history(p->ui, p->now);
}

static void do_auto(const struct press *p)
{
	p->ui->auto_follow = true;
	ui_message(p->ui, false, "%s", _("auto-follow: any key ends it"));
	ui_auto_step(p->ui, p->now);
}

static void do_next_pane(const struct press *p)
{
	int direction = p->command == CMD_NEXT_PANE ? 1 : -1;

	ui_focus(p->ui, layout_next(p->ui->layout.shape, p->ui->focus, direction), p->now);
}

static void do_pane(const struct press *p)
{
	static const int numbers[CMD_COUNT] = {
		[CMD_PANE_1] = 1, [CMD_PANE_2] = 2, [CMD_PANE_3] = 3, [CMD_PANE_4] = 4};

	to_pane(p->ui, numbers[p->command], p->now);
}

static void do_zoom(const struct press *p)
{
	p->ui->zoomed = !p->ui->zoomed;
	ui_relayout(p->ui);
}

static void do_url(const struct press *p)
{
	ui_ask(p->ui, p->command == CMD_URL ? ASK_URL : ASK_BROWSE, NULL, subject(p->ui));
}

static void do_deed(const struct press *p)
{
	static const enum deed deeds[CMD_COUNT] = {[CMD_RETRY] = DEED_RETRY, [CMD_STOP] = DEED_STOP,
						   [CMD_APPROVE] = DEED_APPROVE, [CMD_REJECT] = DEED_REJECT};

	ui_deed(p->ui, deeds[p->command], p->now);
}

/* The same everywhere; what is not here is the pane's own. */
static handler *const everywhere[CMD_COUNT] = {
	[CMD_QUIT] = do_quit,		 [CMD_SEARCH] = do_prompt,	    [CMD_LINE] = do_prompt,
	[CMD_HELP] = do_help,		 [CMD_NEWEST_FAILURE] = do_failure, [CMD_NEXT_GATE] = do_gate,
	[CMD_HISTORY] = do_history,	 [CMD_AUTO_FOLLOW] = do_auto,	    [CMD_NEXT_PANE] = do_next_pane,
	[CMD_PREVIOUS_PANE] = do_next_pane, [CMD_PANE_1] = do_pane,	    [CMD_PANE_2] = do_pane,
	[CMD_PANE_3] = do_pane,		 [CMD_PANE_4] = do_pane,	    [CMD_ZOOM] = do_zoom,
	[CMD_BROWSE] = do_url,		 [CMD_URL] = do_url,		    [CMD_RETRY] = do_deed,
	[CMD_STOP] = do_deed,		 [CMD_APPROVE] = do_deed,	    [CMD_REJECT] = do_deed,
};

/* ---- in the lists ---- */

static void list_open(const struct press *p)
{
	open_row(p->ui, p->key, p->now);
}

static void list_back(const struct press *p)
{
	back(p->ui, p->key, p->now);
}

static void list_failure(const struct press *p)
{
	ui_next_failure(p->ui, p->command == CMD_ERROR_NEXT ? 1 : -1);
}

static void list_follow(const struct press *p)
{
	ui_to_running(p->ui, p->now);
}

static void list_copy(const struct press *p)
{
	copy_thing(p->ui);
}

static void list_mark(const struct press *p)
{
	mark(p->ui);
}

static void list_sort(const struct press *p)
{
	ui_sort_step(p->ui, p->command == CMD_SORT_NEXT ? 1 : p->command == CMD_SORT_PREVIOUS ? -1 : 0);
}

static void list_move(const struct press *p)
{
	move_rows(p->ui, p->command);
}

static handler *const in_lists[CMD_COUNT] = {
	[CMD_OPEN] = list_open,		   [CMD_BACK] = list_back,	    [CMD_ERROR_NEXT] = list_failure,
	[CMD_ERROR_PREVIOUS] = list_failure, [CMD_FOLLOW] = list_follow,    [CMD_COPY] = list_copy,
	[CMD_MARK] = list_mark,		   [CMD_SORT_PREVIOUS] = list_sort, [CMD_SORT_NEXT] = list_sort,
	[CMD_INVERT] = list_sort,
};

/* ---- in the log ---- */

static void log_go_back(const struct press *p)
{
	log_back(p->ui, p->now);
}

static void log_follow(const struct press *p)
{
	logview_follow(&p->ui->log, !p->ui->log.follow);
}

static void log_error(const struct press *p)
{
	logview_error(&p->ui->log, p->command == CMD_ERROR_NEXT ? 1 : -1);
}

static void log_search(const struct press *p)
{
	logview_search_again(&p->ui->log, p->command == CMD_SEARCH_NEXT);
}

static void log_toggle(const struct press *p)
{
	logview_toggle(&p->ui->log, p->command);
}

static void log_copy(const struct press *p)
{
	copy_line(p->ui);
}

static void log_take(const struct press *p)
{
	ui_ask(p->ui, p->command == CMD_SAVE ? ASK_SAVE : ASK_PAGER, NULL, &p->ui->log.ref);
}

static void log_move(const struct press *p)
{
	move_log(p->ui, p->command);
}

static handler *const in_log[CMD_COUNT] = {
	[CMD_OPEN] = do_zoom,		  [CMD_BACK] = log_go_back,	  [CMD_FOLLOW] = log_follow,
	[CMD_ERROR_NEXT] = log_error,	  [CMD_ERROR_PREVIOUS] = log_error, [CMD_SEARCH_NEXT] = log_search,
	[CMD_SEARCH_PREVIOUS] = log_search, [CMD_WRAP] = log_toggle,	  [CMD_TIMES] = log_toggle,
	[CMD_COLOURS] = log_toggle,	  [CMD_RAW] = log_toggle,	  [CMD_COPY] = log_copy,
	[CMD_SAVE] = log_take,		  [CMD_PAGER] = log_take,
};

static void carry_out(const struct press *p)
{
	bool log = ui_in_log(p->ui);
	handler *own = log ? in_log[p->command] : in_lists[p->command];

	if (everywhere[p->command])
		everywhere[p->command](p);
	else if (own)
		own(p);
	else
		(log ? log_move : list_move)(p);
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

static void say_read_only(struct ui *ui, const struct key *key)
{
	struct buf name;

	buf_init(&name, 64);
	key_name(key, &name);
	ui_message(ui, false, _("%s does nothing: read-only (--read-only, or read_only in the configuration)"),
		   name.data);
	buf_done(&name);
}

static enum command run_command(struct ui *ui, const struct key *key, const struct ui_now *now)
{
	enum command_context context = ui_in_log(ui) ? IN_LOG : IN_TREE;
	enum command command = keymap_command(ui->keys, key, context);

	ui->repeated = command == ui->last ? ui->repeated + 1 : 0;
	ui->last = command;
	if (ui->options.read_only && command_changes(command)) {
		say_read_only(ui, key);
		return CMD_NONE;
	}
	switch (command) {
	case CMD_QUIT_NOW:
	case CMD_REPAINT:
	case CMD_SUSPEND:
	case CMD_REFRESH:
		return command;
	case CMD_NONE:
		say_unbound(ui, key);
		return CMD_NONE;
	case CMD_RETRY:
	default:
		break;
	}
	carry_out(&(struct press){ui, command, key, now});
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

static void turn_templates(struct ui *ui, const struct key *key, bool wheel, int rows)
{
	if (wheel)
		templatepane_move(&ui->templates, rows);
	else if (key->mouse == MOUSE_LEFT)
		ui_template_click(ui, key->row);
}

static void mouse_input(struct ui *ui, const struct key *key, const struct ui_now *now)
{
	enum pane pane = layout_at(&ui->layout, key->row, key->col);
	bool wheel = key->mouse == MOUSE_WHEEL_UP || key->mouse == MOUSE_WHEEL_DOWN;
	int rows = key->mouse == MOUSE_WHEEL_UP ? -WHEEL_ROWS : WHEEL_ROWS;

	if (ui->prompt || ui->form.state != FORM_CLOSED)
		return; /* what is being typed is not left by accident */
	if (ui->page.open && wheel)
		page_scroll(&ui->page, rows);
	if (ui->changespane.open && wheel)
		changespane_move(&ui->changespane, ui->changes, rows);
	if (ui->page.open || ui->changespane.open || ui->layout.too_small)
		return;
	if (ui->templates.open) {
		turn_templates(ui, key, wheel, rows);
		return;
	}
	if (pane == PANES)
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
	ui->awaits_failure = ui->awaits_history = ui->zooms_on_arrival = ui->awaits_template = false;
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
	if (ui->tell_drawn)
		ui_tell_read(ui);
	if (ui->box != BOX_CLOSED)
		return ui_box_key(ui, key, always(ui, key));
	if (always(ui, key) != CMD_NONE)
		return always(ui, key);
	if (key->code == KEY_CODE_MOUSE) {
		drop_intents(ui);
		mouse_input(ui, key, now);
		return CMD_NONE;
	}
	if (ui->form.state != FORM_CLOSED) {
		ui_form_key(ui, key, paste);
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
	if ((ui->intent == INTENT_FAILURE || ui->intent == INTENT_RUNNING) &&
	    keymap_command(ui->keys, key, IN_TREE) == CMD_ZOOM) {
		ui->zooms_on_arrival = true; /* the log is what is to be zoomed */
		return CMD_NONE;
	}
	drop_intents(ui);
	if (ui->changespane.open && change_key(ui, key, now))
		return CMD_NONE;
	if (ui->templates.open) {
		if (!ui_template_key(ui, keymap_command(ui->keys, key, IN_TREE)))
			say_unbound(ui, key);
		return CMD_NONE;
	}
	return run_command(ui, key, now);
}
