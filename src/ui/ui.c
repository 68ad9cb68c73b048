/* SPDX-License-Identifier: MIT */
/*
 * The dashboard's screen as a state: what is shown, what has the focus, what is wanted
 * from the program. Keys change it in uikeys.c, jumps in uijump.c, the `:` line in
 * uiline.c; uidraw.c makes a frame of it.
 */
#include "ui/ui.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "core/vault.h"
#include "core/when.h"
#include "uistate.h"

struct ui *ui_new(const struct ui_options *options)
{
	struct ui *ui = mem_zalloc(sizeof(*ui));

	ui->options = *options;
	ui->place = mem_strdup(text_or_empty(options->place));
	ui->status.badge = "START";
	ui->status.age_ms = -1;
	ui->rows = 24;
	ui->cols = 80;
	if (!options->keys) {
		size_t n;
		const struct command_info *table = command_table(&n);

		ui->own_keys = keymap_new(table, n);
	}
	ui->keys = options->keys ? options->keys : ui->own_keys;
	tree_init(&ui->tree, options->store);
	logview_init(&ui->log, options->utf8, options->ambiguous_wide);
	ui->log.own_errors = options->errors;
	ui_relayout(ui);
	return ui;
}

static void request_done(struct request *request)
{
	mem_free(request->text);
	mem_free(request->id);
	ref_done(&request->ref);
	*request = (struct request){.ask = ASK_NONE};
}

void ui_free(struct ui *ui)
{
	size_t i;

	if (!ui)
		return;
	logview_done(&ui->log);
	tree_done(&ui->tree);
	prompt_done(&ui->search);
	prompt_done(&ui->line);
	page_done(&ui->page);
	form_close(&ui->form);
	ui_box_done(ui);
	templatepane_done(&ui->templates);
	ref_done(&ui->intent_run);
	ref_done(&ui->wanted);
	ref_done(&ui->inside);
	for (i = 0; i < ENTERED_MAX; i++)
		ref_done(&ui->entered[i]);
	for (i = 0; i < ui->n_requests; i++)
		request_done(&ui->requests[i]);
	request_done(&ui->taken);
	mem_free(ui->visible_project);
	mem_free(ui->visible_pipeline);
	mem_free(ui->marked_project);
	mem_free(ui->marked_pipeline);
	keymap_free(ui->own_keys);
	mem_free(ui->place);
	mem_free(ui);
}

uint64_t ui_version(const struct ui *ui)
{
	return ui->version + ui->log.version + ui->form.version + (ui->changes ? changes_version(ui->changes) : 0);
}

/* ---- panes ---- */

bool ui_in_log(const struct ui *ui)
{
	return ui->focus == PANE_LOG;
}

bool ui_log_is_focused(const struct ui *ui)
{
	return ui_in_log(ui);
}

enum view_kind ui_view_of(const struct ui *ui, enum pane pane)
{
	static const enum view_kind views[PANES] = {
		[PANE_LIST] = VIEW_LIST, [PANE_RUNS] = VIEW_RUNS, [PANE_STAGES] = VIEW_STAGES,
	};
	enum layout_shape shape = ui->layout.shape;

	return shape == LAYOUT_TREE ? VIEW_TREE : views[layout_nearest(shape, pane)];
}

enum view_kind ui_view(const struct ui *ui)
{
	return ui_view_of(ui, ui->nav);
}

void ui_relayout(struct ui *ui)
{
	static const unsigned views[] = {
		[LAYOUT_TREE] = 1u << VIEW_TREE,
		[LAYOUT_THREE] = 1u << VIEW_LIST | 1u << VIEW_STAGES,
		[LAYOUT_FOUR] = 1u << VIEW_LIST | 1u << VIEW_RUNS | 1u << VIEW_STAGES,
	};

	layout_make(&ui->layout, ui->rows, ui->cols, ui->focus, ui->zoomed);
	tree_show(&ui->tree, views[ui->layout.shape]);
	ui->version++;
}

/* The pane that holds the selection, for a shape that has other panes than the last. */
static enum pane pane_of_selection(const struct ui *ui, enum layout_shape shape)
{
	enum pane pane = ref_depth(&ui->tree.selected) > REF_STAGE ? PANE_STAGES
			 : ui->tree.pinned			   ? PANE_RUNS
								   : PANE_LIST;

	return layout_nearest(shape, pane);
}

void ui_focus(struct ui *ui, enum pane pane, const struct ui_now *now)
{
	struct view *v;

	if (pane != ui->focus)
		ui->zoomed = false;
	ui->focus = pane;
	if (pane != PANE_LOG)
		ui->nav = pane;
	ui_relayout(ui);
	tree_refresh(&ui->tree, now->server_ms);
	v = &ui->tree.views[ui_view(ui)];
	if (pane != PANE_LOG && !v->has_at)
		tree_move(&ui->tree, ui_view(ui), 0);
}

void ui_resize(struct ui *ui, int rows, int cols)
{
	enum layout_shape before = ui->layout.shape, shape = layout_shape(cols);
	bool same = rows == ui->rows && cols == ui->cols; /* an editor gave the terminal back */

	ui->rows = rows;
	ui->cols = cols;
	if (shape != before) {
		ui->nav = before == LAYOUT_TREE ? pane_of_selection(ui, shape)
						: layout_nearest(shape, ui->nav);
		if (ui->focus != PANE_LOG)
			ui->focus = ui->nav;
	}
	ui_relayout(ui);
	if (!same)
		ui_box_resized(ui);
}

/* ---- what the program tells ---- */

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
	    strcmp(old->found, s->found) != 0 || old->listed != s->listed || old->total != s->total ||
	    old->allowed != s->allowed)
		ui->version++;
	*old = *s;
}

void ui_message(struct ui *ui, bool bad, const char *fmt, ...)
{
	char whole[1024];
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	vsnprintf(whole, sizeof(whole), fmt, ap);
	va_end(ap);
	vault_scrub_text(whole, sizeof(whole)); /* while a secret in it is whole */
	n = strlen(whole) < sizeof(ui->message) ? strlen(whole) : text_cut(whole, sizeof(ui->message) - 1);
	memcpy(ui->message, whole, n);
	ui->message[n] = '\0';
	ui->message_bad = bad;
	ui->version++;
}

/* ---- what the program is asked ---- */

void ui_ask(struct ui *ui, enum ui_ask ask, const char *text, const struct ref *ref)
{
	struct request *request;

	if (ui->n_requests == REQUESTS_MAX)
		return; /* the program takes them after every key: nothing is ever left to lose */
	request = &ui->requests[ui->n_requests++];
	*request = (struct request){.ask = ask, .text = text ? mem_strdup(text) : NULL};
	if (ref)
		ref_copy(&request->ref, ref);
	ui->version++;
}

void ui_ask_template(struct ui *ui, enum ui_ask ask, const char *id, const char *text)
{
	size_t n = ui->n_requests;

	ui_ask(ui, ask, text, NULL);
	if (ui->n_requests > n)
		ui->requests[n].id = mem_strdup(id);
}

bool ui_take_request(struct ui *ui, struct ui_request *out)
{
	if (ui->n_requests == 0)
		return ui_next_act(ui, out);
	request_done(&ui->taken);
	ui->taken = ui->requests[0];
	memmove(ui->requests, ui->requests + 1, --ui->n_requests * sizeof(ui->requests[0]));
	*out = (struct ui_request){.ask = ui->taken.ask, .text = ui->taken.text, .ref = &ui->taken.ref, .id = ui->taken.id};
	return true;
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

	if (at->place != STEP_JOB || !inside(best->row, at) ||
	    (at->step->superseded && best->row->step != at->step))
		return false;
	if (best->row->step && rank == 0)
		rank = 1; /* the step itself was chosen, whatever its state */
	if (rank > best->rank || (rank == best->rank && rank < 3 && rank > 0)) {
		best->rank = rank;
		best->at = *at;
	}
	return false;
}

void ui_row_log(const struct row *row, struct ref *ref)
{
	struct best best = {.row = row};
	struct step_at found;
	struct row of = *row;

	ref_done(ref);
	if (!row->run || !row->run->detailed)
		return;
	run_find_step(row->run, rank_step, &best, &found);
	if (!best.rank)
		return;
	of.stage = best.at.stage;
	of.job = best.at.job;
	of.step = best.at.step;
	tree_ref(&of, ref);
}

const struct ref *ui_wanted_log(struct ui *ui, const struct ui_now *now)
{
	struct row target;

	tree_refresh(&ui->tree, now->server_ms);
	if (ui_in_log(ui) && ui->log.ref.id[REF_STEP])
		ref_copy(&ui->wanted, &ui->log.ref); /* who reads a log keeps it, whatever goes on */
	else if (tree_target(&ui->tree, &target))
		ui_row_log(&target, &ui->wanted);
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

	if (roster_working(ui->tree.roster)) { /* a frame carries out a slice of the filter */
		more = true;
		ui->version += slice_us > 0 && roster_work(ui->tree.roster);
	}
	if (ui->log.message[0]) {
		ui_message(ui, false, "%s", ui->log.message);
		ui->log.message[0] = '\0';
	}
	return more;
}

/* ---- what is on screen ---- */

static bool counts_seconds(const struct row *row)
{
	return row->state == STATE_RUNNING || row->state == STATE_WAITING;
}

bool ui_ticks(struct ui *ui, const struct ui_now *now)
{
	const struct layout *l = &ui->layout;
	size_t i;
	int kind;

	tree_refresh(&ui->tree, now->server_ms);
	if (ui->box == BOX_ASKS)
		return true; /* ages, countdowns */
	if (ui->status.badge_bad || ui->status.fault[0] || ui->log.status.fault[0])
		return true; /* ages and countdowns of a fault */
	if (ui->form.state != FORM_CLOSED)
		return false;
	if (ui->templates.open && !ui->page.open && !l->too_small)
		return ui->templates.known.read_ms != 0; /* it is read once: its age grows */
	if (now->stale || l->log_full || l->too_small || ui->page.open || ui->changespane.open)
		return false;
	for (kind = 0; kind < VIEW_KINDS; kind++) {
		const struct view *v = &ui->tree.views[kind];

		if (!(ui->tree.shown & 1u << kind))
			continue;
		for (i = v->top; i < v->n_rows && i < v->top + (size_t)v->height; i++)
			if (counts_seconds(tree_line(&ui->tree, (enum view_kind)kind, i)))
				return true;
	}
	return false;
}

static enum view_kind list_of(const struct ui *ui)
{
	return ui->layout.shape == LAYOUT_TREE ? VIEW_TREE : VIEW_LIST;
}

/* Pipelines whose rows are on screen, each once where its rows stand together. */
static size_t visible(struct ui *ui)
{
	enum view_kind kind = list_of(ui);
	const struct view *v = &ui->tree.views[kind];
	size_t i, n = 0;

	if (ui->visible_size < (size_t)v->height + 1) {
		ui->visible_size = (size_t)v->height + 1;
		ui->visible_project = mem_realloc(ui->visible_project,
						  ui->visible_size * sizeof(char *));
		ui->visible_pipeline = mem_realloc(ui->visible_pipeline,
						   ui->visible_size * sizeof(char *));
	}
	for (i = v->top; i < v->n_rows && i < v->top + (size_t)v->height; i++) {
		const struct row *row = tree_line(&ui->tree, kind, i);
		const struct pipeline *p = row->kind == ROW_GROUP ? NULL : row->entry->pipeline;

		if (!p || (n > 0 && text_same(ui->visible_pipeline[n - 1], p->id)))
			continue;
		ui->visible_project[n] = p->project_id;
		ui->visible_pipeline[n++] = p->id;
	}
	return n;
}

struct marks {
	struct ui *ui;
	size_t n;
};

static void add_mark(const char *project_id, const char *pipeline_id, void *arg)
{
	struct marks *marks = arg;

	marks->ui->marked_project[marks->n] = project_id;
	marks->ui->marked_pipeline[marks->n++] = pipeline_id;
}

static size_t list_marks(struct ui *ui)
{
	struct marks marks = {ui, 0};
	size_t n = roster_mark_count(ui->tree.roster);

	ui->marked_project = mem_realloc(ui->marked_project, n * sizeof(char *));
	ui->marked_pipeline = mem_realloc(ui->marked_pipeline, n * sizeof(char *));
	roster_marks(ui->tree.roster, add_mark, &marks);
	return marks.n;
}

void ui_look(struct ui *ui, struct ui_look *look, const struct ui_now *now)
{
	const struct ref *selected = &ui->tree.selected;
	struct row target;

	tree_refresh(&ui->tree, now->server_ms);
	*look = (struct ui_look){.n_visible = visible(ui), .n_marked = list_marks(ui)};
	look->groups = ui->grouped || roster_filters_groups(ui->tree.roster);
	look->marked_project = ui->marked_project;
	look->marked_pipeline = ui->marked_pipeline;
	look->visible_project = ui->visible_project;
	look->visible_pipeline = ui->visible_pipeline;
	look->opened = ui->intent != INTENT_NONE && ui->intent != INTENT_CHILD ? &ui->intent_run
		       : ui_in_log(ui) && ui->log.ref.id[REF_RUN]	      ? &ui->log.ref
		       : tree_target(&ui->tree, &target) && target.run	      ? selected
									      : NULL;
}

const struct ref *ui_selection(const struct ui *ui)
{
	return &ui->tree.selected;
}
