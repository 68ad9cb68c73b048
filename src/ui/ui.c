/* SPDX-License-Identifier: MIT */
/*
 * The dashboard put together: a header, the tree-table, the log under it or alone on the
 * screen, and one line at the bottom for hints, messages and the prompt.
 *
 * Keys reach the prompt or the help when one is open, else they become commands through
 * the table, and a command is carried out by a function of its own (handlers below).
 *
 * A jump to a thing that is not read yet (`!` on a run whose detail is still coming) is
 * kept as an intent and carried out by the first answer that makes it possible; any
 * other key of the operator's drops it.
 */
#include "ui/ui.h"

#include <stdio.h>
#include <string.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "header.h"
#include "help.h"
#include "logview.h"
#include "ui/prompt.h"
#include "tree.h"

#define MIN_ROWS 8
#define MIN_COLS 40
#define STRIP_MIN 5
#define TREE_MIN 3

enum intent { INTENT_NONE, INTENT_FAILURE, INTENT_RUNNING, INTENT_GATE };
enum pane { PANE_TREE, PANE_LOG };

struct ui {
	struct ui_options options;
	char *place;
	struct tree tree;
	struct logview log;
	struct prompt search, line; /* `/` and `:` have histories of their own */
	struct prompt *prompt;	    /* the open one, or NULL */
	struct help help;
	struct ui_status status;
	int rows, cols;
	enum pane focus;
	bool full;	 /* the log alone */
	bool tree_only;	 /* the tree alone */
	enum intent intent;
	struct ref intent_run;
	bool awaits_failure; /* `!` was pressed before the lists were read */
	struct ref wanted; /* step whose log should be open */
	char message[256];
	bool message_bad;
	uint64_t version;
	bool quit;
	const char **visible_project, **visible_pipeline;
	size_t visible_size;
};

struct ui *ui_new(const struct ui_options *options)
{
	struct ui *ui = mem_zalloc(sizeof(*ui));

	ui->options = *options;
	ui->place = mem_strdup(text_or_empty(options->place));
	ui->status.badge = "START";
	ui->status.age_ms = -1;
	ui->rows = 24;
	ui->cols = 80;
	tree_init(&ui->tree, options->store);
	logview_init(&ui->log, options->utf8, options->ambiguous_wide);
	return ui;
}

void ui_free(struct ui *ui)
{
	if (!ui)
		return;
	logview_done(&ui->log);
	tree_done(&ui->tree);
	prompt_done(&ui->search);
	prompt_done(&ui->line);
	ref_done(&ui->intent_run);
	ref_done(&ui->wanted);
	mem_free(ui->visible_project);
	mem_free(ui->visible_pipeline);
	mem_free(ui->place);
	mem_free(ui);
}

uint64_t ui_version(const struct ui *ui)
{
	return ui->version + ui->log.version;
}

void ui_resize(struct ui *ui, int rows, int cols)
{
	ui->rows = rows;
	ui->cols = cols;
	ui->version++;
}

void ui_set_place(struct ui *ui, const char *place)
{
	mem_free(ui->place);
	ui->place = mem_strdup(place);
	ui->version++;
}

void ui_set_status(struct ui *ui, const struct ui_status *s)
{
	struct ui_status *old = &ui->status;

	/* The age and the budget alone are no reason to draw: they are drawn with the rest. */
	if (!text_same(old->badge, s->badge) || strcmp(old->fault, s->fault) != 0 ||
	    old->listed != s->listed || old->total != s->total || old->allowed != s->allowed)
		ui->version++;
	*old = *s;
}

void ui_message(struct ui *ui, bool bad, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(ui->message, sizeof(ui->message), fmt, ap);
	va_end(ap);
	ui->message_bad = bad;
	ui->version++;
}

static bool log_has_focus(const struct ui *ui)
{
	return ui->full || ui->focus == PANE_LOG;
}

bool ui_log_is_focused(const struct ui *ui)
{
	return log_has_focus(ui);
}

static void focus(struct ui *ui, enum pane pane)
{
	ui->focus = pane;
	if (pane == PANE_TREE)
		ui->full = false;
	else
		ui->tree_only = false;
}

/* ---- which log ---- */

struct best {
	const struct row *row;
	struct step_at at;
	int rank;
};

static bool inside(const struct row *row, const struct step_at *at)
{
	return (!row->stage || row->stage == at->stage) && (!row->job || row->job == at->job) &&
	       (!row->step || row->step == at->step);
}

/* Failed before running before finished; later steps win among equals, but not failures. */
static bool rank_step(const struct step_at *at, void *arg)
{
	struct best *best = arg;
	int rank = at->step->state == STATE_FAILED    ? 3
		   : at->step->state == STATE_RUNNING ? 2
		   : state_terminal(at->step->state) && at->step->start_ms != WHEN_NONE &&
				   (best->row->stage || best->row->step)
			   ? 1
			   : 0;

	if (at->place != STEP_JOB || !inside(best->row, at))
		return false;
	if (best->row->step && rank == 0)
		rank = 1; /* the step itself was chosen, whatever its state */
	if (rank > best->rank || (rank == best->rank && rank < 3 && rank > 0)) {
		best->rank = rank;
		best->at = *at;
	}
	return false;
}

static void row_log(const struct row *row, struct ref *ref)
{
	struct best best = {.row = row};
	struct step_at found;
	struct row of = *row;

	ref_done(ref);
	if (!row->entry->run || !row->entry->run->detailed)
		return;
	run_find_step(row->entry->run, rank_step, &best, &found);
	if (!best.rank)
		return;
	of.stage = best.at.stage;
	of.job = best.at.job;
	of.step = best.at.step;
	tree_ref(&of, ref);
}

const struct ref *ui_wanted_log(struct ui *ui, const struct ui_now *now)
{
	const struct row *row;

	tree_refresh(&ui->tree, now->server_ms);
	row = tree_row(&ui->tree);
	if (ui->full && ui->log.ref.id[REF_STEP])
		ref_copy(&ui->wanted, &ui->log.ref); /* pinned: the selection may move below */
	else if (row)
		row_log(row, &ui->wanted);
	else
		ref_done(&ui->wanted);
	return ui->wanted.id[REF_STEP] ? &ui->wanted : NULL;
}

void ui_set_log(struct ui *ui, struct log *log, const struct ref *ref)
{
	logview_open(&ui->log, log, ref);
	ui->version++;
}

void ui_set_log_status(struct ui *ui, const struct ui_log_status *s)
{
	const struct ui_log_status *old = &ui->log.status;

	if (!text_same(old->phase, s->phase) || strcmp(old->fault, s->fault) != 0 ||
	    old->running != s->running || old->paging != s->paging)
		ui->version++;
	logview_set_status(&ui->log, s);
}

bool ui_wants_older(struct ui *ui)
{
	return logview_wants_older(&ui->log);
}

bool ui_work(struct ui *ui, int64_t slice_us)
{
	bool more = logview_work(&ui->log, slice_us);

	if (ui->log.message[0]) {
		ui_message(ui, false, "%s", ui->log.message);
		ui->log.message[0] = '\0';
	}
	return more;
}

/* ---- intents ---- */

static void intend(struct ui *ui, enum intent intent, const struct row *row)
{
	struct row run = {.kind = ROW_RUN, .entry = row->entry};

	ui->intent = intent;
	tree_ref(&run, &ui->intent_run);
	ui->version++;
}

static bool step_for(enum intent intent, const struct run *run, struct step_at *at)
{
	switch (intent) {
	case INTENT_FAILURE:
		return run_failed_step(run, at);
	case INTENT_RUNNING:
		return run_running_step(run, at);
	case INTENT_GATE:
		return run_gate_step(run, at);
	default:
		return false;
	}
}

static void arrive(struct ui *ui, enum intent intent)
{
	if (intent == INTENT_GATE) {
		focus(ui, PANE_TREE);
		return;
	}
	focus(ui, PANE_LOG);
	if (intent == INTENT_FAILURE)
		logview_reopen_at_error(&ui->log);
	else
		logview_follow(&ui->log, true);
}

/* The path of a step of the run that the intent is about. */
static void step_ref(const struct ui *ui, const struct run *run, const struct step_at *at,
		     struct ref *ref)
{
	struct entry entry = {
		.pipeline = store_pipeline(ui->options.store, ui->intent_run.id[REF_PROJECT],
					   ui->intent_run.id[REF_PIPELINE]),
		.run = run,
	};
	struct row row = {.entry = &entry, .stage = at->stage, .job = at->job, .step = at->step};

	tree_ref(&row, ref);
}

/* Carries out the intent if what was read allows it. */
static void try_intent(struct ui *ui, const struct ui_now *now)
{
	static const char *const nothing[] = {
		[INTENT_NONE] = "",
		[INTENT_FAILURE] = N_("the run failed, but none of its steps did"),
		[INTENT_RUNNING] = N_("no step of this run is running"),
		[INTENT_GATE] = N_("no gate of this run is open any more"),
	};
	const struct ref *ref = &ui->intent_run;
	enum intent intent = ui->intent;
	const struct run *run;
	struct step_at at;
	struct ref step = {{NULL}};

	if (intent == INTENT_NONE)
		return;
	run = store_run(ui->options.store, ref->id[REF_PROJECT], ref->id[REF_PIPELINE],
			ref->id[REF_RUN]);
	if (!run || !run->detailed) {
		tree_select(&ui->tree, ref, now->server_ms);
		return;
	}
	ui->intent = INTENT_NONE;
	if (!step_for(intent, run, &at)) {
		ui_message(ui, false, "%s", _(nothing[intent]));
		return;
	}
	step_ref(ui, run, &at, &step);
	tree_select(&ui->tree, &step, now->server_ms);
	ref_done(&step);
	arrive(ui, intent);
}

/* ---- commands of the tree ---- */

static void tree_open_row(struct ui *ui)
{
	const struct row *row = tree_row(&ui->tree);

	if (!row)
		return;
	if (row->kind != ROW_STEP) {
		if (!tree_unfold(&ui->tree))
			tree_move(&ui->tree, 1);
		return;
	}
	if (!row->job || row->step->gate == GATE_REVIEW || row->step->gate == GATE_DELAY) {
		ui_message(ui, false, "%s", _("this step has no log: it is a gate, or its stage's entry or exit"));
		return;
	}
	focus(ui, PANE_LOG);
	ui->full = true;
	row_log(row, &ui->wanted);
	if (!ref_same(&ui->wanted, &ui->log.ref))
		logview_open(&ui->log, NULL, &ui->wanted); /* the program brings the log */
}

static void tree_back(struct ui *ui, const struct key *key)
{
	bool escape = key->code == KEY_CODE_ESC || key->code == KEY_CODE_BACKSPACE;

	if (escape && ui->tree.filter_text) {
		tree_filter(&ui->tree, NULL);
		return;
	}
	tree_fold(&ui->tree);
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

static void move_tree(struct ui *ui, enum command command)
{
	int64_t rows;

	if (movement(command, ui->tree.height, &rows))
		tree_move(&ui->tree, rows);
	else if (command == CMD_TOP)
		tree_goto(&ui->tree, 0);
	else if (command == CMD_BOTTOM)
		tree_goto(&ui->tree, ui->tree.n_rows);
}

static void next_failure(struct ui *ui, int direction)
{
	if (!tree_next_state(&ui->tree, false, direction))
		ui_message(ui, false, "%s", _("nothing is failing"));
}

/* ---- commands of the log ---- */

static void log_back(struct ui *ui)
{
	if (ui->log.pattern) {
		logview_search_clear(&ui->log);
		return;
	}
	focus(ui, PANE_TREE);
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

/* ---- jumps ---- */

static void to_newest_failure(struct ui *ui, const struct ui_now *now)
{
	const struct entry *entry = tree_newest_failure(&ui->tree);
	struct row row = {.kind = ROW_RUN, .entry = entry};

	ui->awaits_failure = !entry && !ui->status.loaded;
	if (ui->awaits_failure)
		return; /* the lists are still being read: the first failure that comes is it */
	if (!entry) {
		ui_message(ui, false, "%s",
			   ui->tree.filter_text ? _("nothing that passes the filter is failing")
						: _("nothing is failing"));
		return;
	}
	intend(ui, INTENT_FAILURE, &row);
	try_intent(ui, now);
}

static void to_next_gate(struct ui *ui, const struct ui_now *now)
{
	const struct row *row;

	focus(ui, PANE_TREE);
	if (!tree_next_state(&ui->tree, true, 1)) {
		ui_message(ui, false, "%s", _("no gate waits for a person"));
		return;
	}
	row = tree_row(&ui->tree);
	if (row && row->kind == ROW_RUN) {
		intend(ui, INTENT_GATE, row);
		try_intent(ui, now);
	}
}

/* Something may run in it; only its detail knows for sure. */
static bool may_run(const struct run *run)
{
	struct step_at at;

	if (!run || !run->detailed)
		return run && run->state == STATE_RUNNING;
	return run_running_step(run, &at);
}

static void to_running_step(struct ui *ui, const struct ui_now *now)
{
	const struct row *row = tree_row(&ui->tree);
	size_t i;

	if (!row || !may_run(row->entry->run)) {
		row = NULL; /* nothing runs here: the nearest run that does */
		for (i = 0; i < ui->tree.n_rows && !row; i++)
			if (ui->tree.rows[i].kind == ROW_RUN && may_run(ui->tree.rows[i].entry->run))
				row = &ui->tree.rows[i];
		ui_message(ui, false, "%s",
			   row ? _("nothing runs here: went to the nearest run that does")
			       : _("nothing is running"));
	}
	if (!row)
		return;
	intend(ui, INTENT_RUNNING, row);
	try_intent(ui, now);
}

static void zoom(struct ui *ui)
{
	if (log_has_focus(ui))
		ui->full = !ui->full;
	else
		ui->tree_only = !ui->tree_only;
}

static void back_or_quit(struct ui *ui)
{
	if (log_has_focus(ui))
		focus(ui, PANE_TREE);
	else
		ui->quit = true;
}

/* ---- prompt ---- */

static void open_prompt(struct ui *ui, char sign)
{
	struct prompt *p = sign == '/' ? &ui->search : &ui->line;

	prompt_open(p, sign, sign == '/' && !log_has_focus(ui) ? ui->tree.filter_text : NULL);
	ui->prompt = p;
}

static void goto_line(struct ui *ui, int64_t number)
{
	struct log *log = ui->log.log;

	if (!log || log_end(log) == log_first(log)) {
		ui_message(ui, true, "%s", _("no log is open"));
		return;
	}
	if (!log_head(log)) {
		ui_message(ui, true, "%s", _("line 1 is not loaded yet: g reads further back"));
		return;
	}
	number = number < 1 ? 1 : number;
	number += log_first(log) - 1;
	logview_to_line(&ui->log, number < log_end(log) ? number : log_end(log) - 1);
	focus(ui, PANE_LOG);
}

static void run_line(struct ui *ui, const char *text)
{
	int64_t number;

	if (!*text)
		return;
	if (text_int(text, &number))
		goto_line(ui, number);
	else if (strcmp(text, "q") == 0 || strcmp(text, "quit") == 0)
		ui->quit = true;
	else if (strcmp(text, "help") == 0)
		ui->help = (struct help){.open = true};
	else
		ui_message(ui, true, _("no such command: %.100s (:q :help :NUMBER)"), text);
}

static void prompt_finished(struct ui *ui)
{
	struct prompt *p = ui->prompt;

	ui->prompt = NULL;
	if (p->sign == ':')
		run_line(ui, p->text);
	else if (log_has_focus(ui))
		logview_search(&ui->log, p->text, p->literal, true);
	else
		tree_filter(&ui->tree, p->text);
	prompt_close(p);
}

static void prompt_input(struct ui *ui, const struct key *key, const char *paste)
{
	enum prompt_event event = PROMPT_EDITED;
	bool filter = ui->prompt->sign == '/' && !log_has_focus(ui);

	if (key->code == KEY_CODE_PASTE)
		prompt_insert(ui->prompt, text_or_empty(paste));
	else
		event = prompt_key(ui->prompt, key);
	if (event == PROMPT_DONE) {
		prompt_finished(ui);
	} else if (event == PROMPT_CANCELLED) {
		if (filter)
			tree_filter(&ui->tree, NULL);
		prompt_close(ui->prompt);
		ui->prompt = NULL;
	} else if (event == PROMPT_EDITED && filter) {
		tree_filter(&ui->tree, ui->prompt->text);
	}
}

/* ---- dispatch ---- */

static void tree_command(struct ui *ui, enum command command, const struct key *key)
{
	switch (command) {
	case CMD_OPEN:
		tree_open_row(ui);
		break;
	case CMD_BACK:
		tree_back(ui, key);
		break;
	case CMD_ERROR_NEXT:
		next_failure(ui, 1);
		break;
	case CMD_ERROR_PREVIOUS:
		next_failure(ui, -1);
		break;
	default:
		move_tree(ui, command);
	}
}

static void log_command(struct ui *ui, enum command command)
{
	switch (command) {
	case CMD_OPEN:
		ui->full = !ui->full;
		break;
	case CMD_BACK:
		log_back(ui);
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
	default:
		move_log(ui, command);
	}
}

/* Commands that are the same everywhere; false: the pane's own. */
static bool common_command(struct ui *ui, enum command command, const struct ui_now *now)
{
	switch (command) {
	case CMD_QUIT:
		back_or_quit(ui);
		return true;
	case CMD_SEARCH:
		open_prompt(ui, '/');
		return true;
	case CMD_LINE:
		open_prompt(ui, ':');
		return true;
	case CMD_HELP:
		ui->help = (struct help){.open = true};
		return true;
	case CMD_NEWEST_FAILURE:
		to_newest_failure(ui, now);
		return true;
	case CMD_NEXT_GATE:
		to_next_gate(ui, now);
		return true;
	case CMD_NEXT_PANE:
	case CMD_PREVIOUS_PANE:
		focus(ui, log_has_focus(ui) ? PANE_TREE : PANE_LOG);
		return true;
	case CMD_PANE_1:
		focus(ui, PANE_TREE);
		return true;
	case CMD_PANE_2:
		focus(ui, PANE_LOG);
		return true;
	case CMD_ZOOM:
		zoom(ui);
		return true;
	default:
		return false;
	}
}

static enum command run_command(struct ui *ui, const struct key *key, const struct ui_now *now)
{
	enum command_context context = log_has_focus(ui) ? IN_LOG : IN_TREE;
	enum command command = command_of(key, context);
	struct buf name;

	switch (command) {
	case CMD_QUIT_NOW:
	case CMD_REPAINT:
	case CMD_SUSPEND:
	case CMD_REFRESH:
		return command;
	case CMD_NONE:
		if (key->code == KEY_CODE_PASTE || key->code == KEY_CODE_MOUSE)
			return CMD_NONE;
		buf_init(&name, 64);
		key_name(key, &name);
		ui_message(ui, false, _("%s does nothing here: ? lists the keys"), name.data);
		buf_done(&name);
		return CMD_NONE;
	default:
		break;
	}
	if (common_command(ui, command, now))
		;
	else if (command == CMD_FOLLOW && context == IN_TREE)
		to_running_step(ui, now);
	else if (context == IN_TREE)
		tree_command(ui, command, key);
	else
		log_command(ui, command);
	return ui->quit ? CMD_QUIT_NOW : CMD_NONE;
}

static bool always(const struct key *key)
{
	enum command command = command_of(key, IN_TREE);

	return command == CMD_QUIT_NOW || command == CMD_SUSPEND || command == CMD_REPAINT;
}

enum command ui_key(struct ui *ui, const struct key *key, const char *paste,
		    const struct ui_now *now)
{
	tree_refresh(&ui->tree, now->server_ms);
	ui->version++;
	ui->message[0] = '\0';
	if (always(key))
		return command_of(key, IN_TREE);
	if (ui->prompt) {
		prompt_input(ui, key, paste);
		return ui->quit ? CMD_QUIT_NOW : CMD_NONE;
	}
	if (ui->help.open) {
		help_key(&ui->help, key, ui->rows);
		return CMD_NONE;
	}
	ui->intent = INTENT_NONE;
	ui->awaits_failure = false;
	return run_command(ui, key, now);
}

/* ---- drawing ---- */

static void draw_hints(const struct ui *ui, struct grid *g, const struct rect *r)
{
	enum command_context context = log_has_focus(ui) ? IN_LOG : IN_TREE;
	const struct command_info *table;
	char key[16];
	size_t n, i;
	int col = 1;

	table = command_table(&n);
	for (i = 0; i < n; i++) {
		const char *hint = table[i].hint ? _(table[i].hint) : NULL;

		if (!hint || !(table[i].contexts & context))
			continue;
		snprintf(key, sizeof(key), "%.*s", (int)strcspn(table[i].keys, " "), table[i].keys);
		if (col + (int)strlen(key) + 1 + (int)strlen(hint) > r->cols)
			continue;
		col += grid_text(g, r, 0, col, -1, ROLE_KEY, key) + 1;
		col += grid_text(g, r, 0, col, -1, ROLE_STATUS, hint) + 2;
	}
}

static void draw_bottom(struct ui *ui, struct grid *g, const struct rect *r)
{
	grid_fill(g, r, 0, 0, -1, ROLE_STATUS, ' ');
	if (ui->prompt)
		prompt_draw(ui->prompt, g, r);
	else if (ui->message[0])
		grid_name(g, r, 0, 1, r->cols - 2, ui->message_bad ? ROLE_MESSAGE_BAD : ROLE_MESSAGE,
			  ui->message);
	else if (ui->status.fault[0])
		grid_name(g, r, 0, 1, r->cols - 2, ROLE_MESSAGE_BAD, ui->status.fault);
	else if (ui->awaits_failure)
		grid_text(g, r, 0, 1, -1, ROLE_MESSAGE, _("reading the pipelines ..."));
	else if (ui->intent != INTENT_NONE)
		grid_text(g, r, 0, 1, -1, ROLE_MESSAGE, _("reading the run ..."));
	else
		draw_hints(ui, g, r);
}

/* "3 run tests | checkout-api 1204", from the store as it is now. */
static void log_name(const struct ui *ui, struct buf *out, const char *between, bool stages)
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
	if (stages) {
		buf_addf(out, "%s %lld%s", text_or_empty(p->name), (long long)run->number, between);
		buf_addf(out, "%s%s", text_or_empty(at.stage->name), between);
		if (at.job)
			buf_addf(out, "%s%s", text_or_empty(at.job->name), between);
	}
	buf_adds(out, text_empty(at.step->name) ? text_or_empty(at.step->task) : at.step->name);
	if (stages)
		buf_addf(out, "%s%s", between, state_word(at.step->state));
	else
		buf_addf(out, "%s%s %lld", between, text_or_empty(p->name), (long long)run->number);
}

static void draw_strip_title(struct ui *ui, struct grid *g, const struct rect *r)
{
	enum role role = log_has_focus(ui) ? ROLE_HEADER : ROLE_RULE;
	struct buf name, rest;
	int room, col = 3, width;

	buf_init(&name, 4096);
	buf_init(&rest, 4096);
	log_name(ui, &name, " | ", false);
	logview_title(&ui->log, &rest);
	grid_rule(g, r, 0, 0, -1, ROLE_RULE);
	if (name.len) {
		width = grid_name_width(g, rest.data);
		room = r->cols - 3 - 4 - (width ? width + 3 : 0);
		grid_text(g, r, 0, col - 1, 1, role, " ");
		col += grid_name(g, r, 0, col, room > 8 ? room : 8, role, name.data);
		if (rest.len) {
			col += grid_text(g, r, 0, col, -1, role, " | ");
			col += grid_name(g, r, 0, col, -1, role, rest.data);
		}
		grid_text(g, r, 0, col, 1, role, " ");
	}
	buf_done(&name);
	buf_done(&rest);
}

static void draw_full_log(struct ui *ui, struct grid *g)
{
	struct rect top = {0, 0, 1, ui->cols}, body = {1, 0, ui->rows - 2, ui->cols};
	struct rect bottom = {ui->rows - 1, 0, 1, ui->cols};
	struct buf text;

	buf_init(&text, 8192);
	grid_fill(g, &top, 0, 0, -1, ROLE_HEADER, ' ');
	log_name(ui, &text, " > ", true);
	grid_name(g, &top, 0, 1, ui->cols - 2, ROLE_HEADER, text.data);
	logview_draw(&ui->log, g, &body, false);
	if (ui->prompt || ui->message[0] || (ui->status.fault[0] && !ui->log.status.fault[0])) {
		draw_bottom(ui, g, &bottom);
	} else {
		buf_clear(&text);
		logview_statusline(&ui->log, &text);
		grid_fill(g, &bottom, 0, 0, -1, ROLE_STATUS, ' ');
		grid_name(g, &bottom, 0, 1, ui->cols - 2, ROLE_STATUS, text.data);
	}
	buf_done(&text);
}

static void draw_empty(const struct ui *ui, struct grid *g, const struct rect *r)
{
	const char *why = ui->tree.filter_text ? _("nothing passes the filter: Esc clears it")
			  : ui->status.age_ms < 0 ? _("reading the pipelines ...")
			  : _("nothing here: the project has no pipelines that you may see");

	if (ui->tree.n_rows == 0)
		grid_text(g, r, 0, 1, -1, ROLE_DIM, why);
}

static int strip_rows(const struct ui *ui)
{
	int strip = ui->rows / 3 > STRIP_MIN ? ui->rows / 3 : STRIP_MIN;

	if (ui->tree_only || ui->rows - 3 - strip < TREE_MIN)
		return 0;
	return strip;
}

static void draw_table(struct ui *ui, struct grid *g, const struct ui_now *now)
{
	struct tree_counts counts = tree_counts(&ui->tree, now->server_ms);
	int strip = strip_rows(ui), body = ui->rows - 3 - strip;
	struct rect top = {0, 0, 1, ui->cols}, titles = {1, 0, 1, ui->cols};
	struct rect table = {2, 0, body, ui->cols}, rule = {2 + body, 0, 1, ui->cols};
	struct rect log = {3 + body, 0, strip - 1, ui->cols};
	struct rect bottom = {ui->rows - 1, 0, 1, ui->cols};

	header_draw(g, &top, ui->place, &counts, &ui->status, ui_ticks(ui, now));
	tree_draw_columns(&ui->tree, g, &titles);
	tree_draw(&ui->tree, g, &table, now, !log_has_focus(ui));
	draw_empty(ui, g, &table);
	if (strip > 0) {
		draw_strip_title(ui, g, &rule);
		logview_draw(&ui->log, g, &log, true);
	}
	draw_bottom(ui, g, &bottom);
}

void ui_draw(struct ui *ui, struct grid *g, const struct ui_now *now)
{
	struct rect all = {0, 0, ui->rows, ui->cols};

	tree_refresh(&ui->tree, now->server_ms);
	if (ui->awaits_failure)
		to_newest_failure(ui, now);
	try_intent(ui, now);
	tree_refresh(&ui->tree, now->server_ms);
	grid_clear(g);
	grid_cursor(g, -1, -1);
	if (ui->rows < MIN_ROWS || ui->cols < MIN_COLS) {
		grid_textf(g, &all, 0, 0, -1, ROLE_TEXT, _("%dx%d: needs %dx%d"), ui->cols,
			   ui->rows, MIN_COLS, MIN_ROWS);
		return;
	}
	if (ui->help.open)
		help_draw(&ui->help, g, &all);
	else if (ui->full || (log_has_focus(ui) && strip_rows(ui) == 0))
		draw_full_log(ui, g);
	else
		draw_table(ui, g, now);
}

bool ui_ticks(struct ui *ui, const struct ui_now *now)
{
	const struct tree *t = &ui->tree;
	size_t i;

	if (ui->status.badge_bad || ui->status.fault[0] || ui->log.status.fault[0])
		return true; /* ages and countdowns of a fault */
	if (now->stale || ui->full || ui->help.open)
		return false;
	for (i = t->top; i < t->n_rows && i < t->top + (size_t)t->height; i++)
		if (t->rows[i].state == STATE_RUNNING || t->rows[i].state == STATE_WAITING)
			return true;
	return false;
}

void ui_look(struct ui *ui, struct ui_look *look, const struct ui_now *now)
{
	struct tree *t = &ui->tree;
	const struct row *row;
	size_t i, n = 0;

	tree_refresh(t, now->server_ms);
	if (ui->visible_size < (size_t)t->height + 1) {
		ui->visible_size = (size_t)t->height + 1;
		ui->visible_project = mem_realloc(ui->visible_project,
						  ui->visible_size * sizeof(char *));
		ui->visible_pipeline = mem_realloc(ui->visible_pipeline,
						   ui->visible_size * sizeof(char *));
	}
	for (i = t->top; i < t->n_rows && i < t->top + (size_t)t->height; i++) {
		const struct pipeline *p = t->rows[i].entry->pipeline;

		if (n > 0 && text_same(ui->visible_pipeline[n - 1], p->id))
			continue;
		ui->visible_project[n] = p->project_id;
		ui->visible_pipeline[n++] = p->id;
	}
	row = tree_row(t);
	look->opened = ui->intent != INTENT_NONE		? &ui->intent_run
		       : ui->full && ui->log.ref.id[REF_RUN]	? &ui->log.ref
		       : row && row->entry->run			? &t->selected
								: NULL;
	look->visible_project = ui->visible_project;
	look->visible_pipeline = ui->visible_pipeline;
	look->n_visible = n;
}

const struct ref *ui_selection(const struct ui *ui)
{
	return &ui->tree.selected;
}
