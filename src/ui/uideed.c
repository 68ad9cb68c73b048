/* SPDX-License-Identifier: MIT */
/*
 * R S A X and the deeds of the `:` line: from what is selected, or marked, to the thing that the box asks
 * about.
 *
 * A deed is for a run or for a gate. Where the selection is not one that it fits, the selection moves to the
 * nearest that is, says so, and nothing else happens: nobody confirms what he has not looked at. For the same
 * reason a run with several open gates only leads to the first of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "deedwords.h"
#include "uistate.h"

/* ---- what fits ---- */

/* Where a deed may be done: a run, and what of it is looked at. */
struct aim {
	enum deed deed;
	const struct pipeline *pipeline;
	const struct run *run; /* NULL: never ran */
	const struct stage *stage; /* the gates in these alone; NULL: in all of the run */
	const struct job *job;
	const struct step *step;
};

struct gates {
	const struct aim *aim;
	size_t n;
	struct step_at first;
};

static bool gate_fits(enum deed deed, const struct run *run, const struct step *step)
{
	struct deed_view view;

	return step->gate != GATE_NONE && !step->superseded && deed_look(run, step->id, &view) &&
	       deed_fits(deed, &view, NULL);
}

static bool count_gate(const struct step_at *at, void *arg)
{
	struct gates *gates = arg;
	const struct aim *aim = gates->aim;

	if ((aim->stage && aim->stage != at->stage) || (aim->job && aim->job != at->job) ||
	    (aim->step && aim->step != at->step) || !gate_fits(aim->deed, aim->run, at->step))
		return false;
	if (gates->n++ == 0)
		gates->first = *at;
	return false;
}

static size_t count_gates(const struct aim *aim, struct step_at *first)
{
	struct gates gates = {.aim = aim};
	struct step_at found;

	if (aim->run)
		run_find_step(aim->run, count_gate, &gates, &found);
	*first = gates.first;
	return gates.n;
}

static bool run_fits(enum deed deed, const struct run *run)
{
	struct deed_view view;

	return run && deed_look(run, NULL, &view) && deed_fits(deed, &view, NULL);
}

/* Something of the run fits, or may: a gate that waits may not be read yet. */
static bool run_may_fit(enum deed deed, const struct run *run)
{
	struct aim aim = {.deed = deed, .run = run};
	struct step_at first;

	if (!deed_needs_step(deed))
		return run_fits(deed, run);
	return run && (run->detailed ? count_gates(&aim, &first) > 0 : run->state == STATE_WAITING);
}

/* ---- references ---- */

static void refer(const struct pipeline *p, const struct run *run, const struct step_at *at, struct ref *out)
{
	struct entry entry = {.pipeline = p, .run = run};
	struct row row = {.kind = ROW_RUN, .entry = &entry, .run = run};

	if (at) {
		row.stage = at->stage;
		row.job = at->job;
		row.step = at->step;
	}
	tree_ref(&row, out);
}

/* ---- the nearest ---- */

static const char *const nearest[DEED_COUNT] = {
	[DEED_RETRY] = N_("nothing to retry there: this is the nearest run that can be retried"),
	[DEED_STOP] = N_("nothing to stop there: this is the nearest run that can be stopped"),
	[DEED_APPROVE] = N_("no gate to approve there: this is the nearest"),
	[DEED_REJECT] = N_("no gate to reject there: this is the nearest"),
	[DEED_POSTPONE] = N_("no delayed job there: this is the nearest"),
	[DEED_CANCEL] = N_("nothing queued there: this is the nearest run that is"),
};
static const char *const nowhere[DEED_COUNT] = {
	[DEED_RETRY] = N_("none of the listed runs can be retried"),
	[DEED_STOP] = N_("none of the listed runs can be stopped"),
	[DEED_APPROVE] = N_("no gate that can be approved is known so far in the listed runs"),
	[DEED_REJECT] = N_("no gate that can be rejected is known so far in the listed runs"),
	[DEED_POSTPONE] = N_("no delayed job is known so far in the listed runs"),
	[DEED_CANCEL] = N_("none of the listed runs is queued"),
};

/* The gate of a run that is nearest to a step of it, by their order. */
struct near_gate {
	const struct aim *aim;
	size_t at;   /* of the step that is being looked at */
	size_t from; /* of the selected one */
	size_t away; /* of the best so far */
	struct step_at best;
};

static bool is_selected(const struct aim *aim, const struct step_at *at)
{
	return aim->step ? aim->step == at->step : aim->job ? aim->job == at->job : aim->stage == at->stage;
}

static bool find_from(const struct step_at *at, void *arg)
{
	struct near_gate *g = arg;

	if (is_selected(g->aim, at))
		return true;
	g->from++;
	return false;
}

static bool find_near(const struct step_at *at, void *arg)
{
	struct near_gate *g = arg;
	size_t away = g->at > g->from ? g->at - g->from : g->from - g->at;

	if (gate_fits(g->aim->deed, g->aim->run, at->step) &&
	    (!g->best.step || away < g->away || (away == g->away && g->at > g->from))) {
		g->away = away;
		g->best = *at;
	}
	g->at++;
	return false;
}

static bool near_gate(const struct aim *aim, struct step_at *out)
{
	struct near_gate g = {.aim = aim};
	struct step_at found;

	if (!aim->run)
		return false;
	run_find_step(aim->run, find_from, &g, &found);
	run_find_step(aim->run, find_near, &g, &found);
	*out = g.best;
	return g.best.step != NULL;
}

/* Of rows at so many steps from a place: those below come first. */
typedef bool row_at(struct ui *ui, enum deed deed, size_t at, struct aim *out);

static bool outward(struct ui *ui, enum deed deed, row_at *look, size_t from, size_t n, struct aim *out)
{
	size_t away;

	for (away = 0; away < n; away++) {
		if (from + away < n && look(ui, deed, from + away, out))
			return true;
		if (away > 0 && away <= from && from - away < n && look(ui, deed, from - away, out))
			return true;
	}
	return false;
}

static bool takes(enum deed deed, const struct pipeline *p, const struct run *run, struct aim *out)
{
	if (!run_may_fit(deed, run))
		return false;
	*out = (struct aim){.deed = deed, .pipeline = p, .run = run};
	return true;
}

static bool run_row(struct ui *ui, enum deed deed, size_t at, struct aim *out)
{
	const struct row *row = tree_line(&ui->tree, VIEW_RUNS, at);

	return row->kind == ROW_RUN && takes(deed, row->entry->pipeline, row->run, out);
}

static bool list_row(struct ui *ui, enum deed deed, size_t at, struct aim *out)
{
	const struct entry *entry = roster_at(ui->tree.roster, at).entry;

	return entry && takes(deed, entry->pipeline, entry->run, out);
}

/* The runs of the selected pipeline's open history stand between its row and the next. */
static bool near_history(struct ui *ui, enum deed deed, const struct aim *from, struct aim *out)
{
	enum view_kind kind = ui_view(ui);
	const struct view *v = &ui->tree.views[kind];
	size_t away, at;
	int side;

	if ((kind != VIEW_TREE && kind != VIEW_LIST) || !v->has_at || !from->pipeline)
		return false;
	for (away = 1; away < v->n_rows; away++) {
		bool within = false;

		for (side = 1; side >= -1; side -= 2) {
			const struct row *row;

			at = side > 0 ? v->at + away : v->at - away;
			if (side < 0 ? away > v->at : at >= v->n_rows)
				continue;
			row = tree_line(&ui->tree, kind, at);
			if (row->kind == ROW_GROUP || row->entry->pipeline != from->pipeline)
				continue;
			within = true;
			if (row->kind == ROW_RUN && takes(deed, row->entry->pipeline, row->run, out))
				return true;
		}
		if (!within)
			return false;
	}
	return false;
}

static bool near_run(struct ui *ui, enum deed deed, const struct aim *from, struct aim *out)
{
	const struct view *runs = &ui->tree.views[VIEW_RUNS];
	size_t n = roster_count(ui->tree.roster), at = ROSTER_NONE;
	const struct ref *selected = &ui->tree.selected;

	if (ui_view(ui) == VIEW_RUNS && runs->has_at && outward(ui, deed, run_row, runs->at, runs->n_rows, out))
		return true;
	if (near_history(ui, deed, from, out))
		return true;
	if (selected->id[REF_PIPELINE])
		at = roster_find(ui->tree.roster, selected->id[REF_PROJECT], selected->id[REF_PIPELINE], NULL);
	return outward(ui, deed, list_row, at == ROSTER_NONE ? 0 : at, n, out);
}

/* ---- moving there ---- */

static void go_to(struct ui *ui, const struct aim *aim, const struct step_at *at, const struct ui_now *now)
{
	struct ref to = {{NULL}};
	bool in_runs = ui_view(ui) == VIEW_RUNS && !ui_in_log(ui);

	refer(aim->pipeline, aim->run, at, &to);
	if (tree_select(&ui->tree, &to, now->server_ms))
		ui_focus(ui, at ? layout_nearest(ui->layout.shape, PANE_STAGES) : in_runs ? PANE_RUNS : PANE_LIST,
			 now);
	ref_done(&to);
}

static void go_to_nearest(struct ui *ui, enum deed deed, const struct aim *from, const struct ui_now *now)
{
	struct step_at at;
	struct aim to;

	if (deed_needs_step(deed) && near_gate(from, &at)) {
		go_to(ui, from, &at, now);
	} else if (near_run(ui, deed, from, &to)) {
		at.step = NULL;
		if (deed_needs_step(deed))
			count_gates(&to, &at);
		go_to(ui, &to, at.step ? &at : NULL, now);
	} else {
		ui_message(ui, false, "%s", _(nowhere[deed]));
		return;
	}
	ui_message(ui, false, "%s", _(nearest[deed]));
}

/* ---- asking ---- */

static void ask_one(struct ui *ui, enum deed deed, const struct deed_thing *thing)
{
	struct dialog_target target = {.pipeline_name = thing->pipeline->name, .run_number = thing->run->number};
	struct dialog_ask ask = {.act = (enum act)deed, .targets = &target, .n_targets = 1};
	struct ref ref = {{NULL}};
	struct buf name;

	buf_init(&name, BUF_MAX);
	deedwords_name(thing, &name);
	refer(thing->pipeline, thing->run, thing->at.step ? &thing->at : NULL, &ref);
	deed_look(thing->run, ref.id[REF_STEP], &target.shown);
	target.ref = &ref;
	target.name = name.data;
	target.step_name = thing->at.step ? thing->at.step->name : NULL;
	ask.what = deedwords_what(deed, thing);
	ui_confirm(ui, &ask);
	ref_done(&ref);
	buf_done(&name);
}

static void aim_gate(struct ui *ui, const struct aim *aim, const struct ui_now *now)
{
	struct deed_thing thing = {.pipeline = aim->pipeline, .run = aim->run};
	size_t n = count_gates(aim, &thing.at);

	if (n == 1) {
		ask_one(ui, aim->deed, &thing);
	} else if (n > 1) {
		go_to(ui, aim, &thing.at, now);
		ui_message(ui, false, _("%zu gates are open there: this is the first"), n);
	} else if (aim->run && !aim->run->detailed && aim->run->state == STATE_WAITING) {
		ui_to_gate_of(ui, aim->pipeline, aim->run, now);
		ui_message(ui, false, "%s", _("its gate is being read: press again when it is selected"));
	} else {
		go_to_nearest(ui, aim->deed, aim, now);
	}
}

/* In the log it is its run that is meant, else what is selected. */
static struct aim aim_of(const struct ui *ui, enum deed deed)
{
	const struct ref *ref = &ui->log.ref;
	struct deed_thing thing;
	struct row row;

	if (ui_in_log(ui) && deedwords_find(ui->options.store, ref, &thing))
		return (struct aim){.deed = deed, .pipeline = thing.pipeline, .run = thing.run};
	if (!tree_target(&ui->tree, &row))
		return (struct aim){.deed = deed};
	return (struct aim){deed, row.entry->pipeline, row.run, row.stage, row.job, row.step};
}

/* ---- marked pipelines ---- */

struct marked_row {
	struct deed_thing thing;
	struct ref ref;
	char *name, *line;
	char *left_out; /* why; NULL: it is not */
};

struct marked {
	struct ui *ui;
	enum deed deed;
	const struct ui_now *now;
	struct marked_row *rows;
	size_t n, n_fit;
};

/* Of a marked pipeline, the run that is meant: its latest, else one that is still live. */
static const struct run *run_of(struct ui *ui, enum deed deed, const struct pipeline *p)
{
	const struct entry *live;
	size_t i, n;

	if (run_may_fit(deed, p->latest))
		return p->latest;
	n = store_live(ui->options.store, &live);
	for (i = 0; i < n; i++)
		if (live[i].pipeline == p && run_may_fit(deed, live[i].run))
			return live[i].run;
	return p->latest;
}

/* Why it is not done to this one; false: nothing speaks against it. */
static bool is_left_out(const struct marked *m, const struct marked_row *row, size_t gates, struct buf *why)
{
	bool gate = deed_needs_step(m->deed);
	const struct run *run = row->thing.run;
	struct deed_view view;
	struct err err = {0};

	if (!run)
		return buf_adds(why, _("it never ran"));
	if (ui_act_is_open_on(m->ui, &row->ref, why))
		return true;
	if (gate && gates > 1)
		return buf_addf(why, _("%zu gates are open in it"), gates);
	if (gate && gates == 0 && !run->detailed && run->state == STATE_WAITING)
		return buf_adds(why, _("its gate is not read yet"));
	deed_look(run, row->ref.id[REF_STEP], &view);
	return !deed_fits(m->deed, &view, &err) && buf_adds(why, err.text);
}

static void name_row(const struct marked *m, struct marked_row *row)
{
	struct buf name, line;

	buf_init(&name, BUF_MAX);
	buf_init(&line, BUF_MAX);
	if (row->thing.run) {
		deedwords_name(&row->thing, &name);
		deedwords_line(&row->thing, m->now->server_ms, &line);
	} else {
		buf_adds(&name, text_or_empty(row->thing.pipeline->name));
	}
	row->name = buf_take(&name);
	row->line = buf_take(&line);
}

static void add_marked(const char *project_id, const char *pipeline_id, void *arg)
{
	struct marked *m = arg;
	const struct pipeline *p = store_pipeline(m->ui->options.store, project_id, pipeline_id);
	struct aim aim = {.deed = m->deed, .pipeline = p};
	struct marked_row *row = &m->rows[m->n];
	size_t gates = 0;
	struct buf why;

	if (!p)
		return; /* of a project that is not shown now */
	m->n++;
	aim.run = run_of(m->ui, m->deed, p);
	row->thing = (struct deed_thing){.pipeline = p, .run = aim.run};
	if (deed_needs_step(m->deed))
		gates = count_gates(&aim, &row->thing.at);
	if (gates != 1)
		row->thing.at.step = NULL;
	refer(p, aim.run, row->thing.at.step ? &row->thing.at : NULL, &row->ref);
	name_row(m, row);
	buf_init(&why, BUF_MAX);
	if (is_left_out(m, row, gates, &why))
		row->left_out = buf_take(&why);
	else
		m->n_fit++;
	buf_done(&why);
}

static int by_name(const void *a, const void *b)
{
	const struct marked_row *x = a, *y = b;

	return text_compare_natural(x->name, y->name);
}

static struct dialog_target target_of(const struct marked_row *row)
{
	struct dialog_target target = {.ref = &row->ref, .name = row->name, .line = row->line,
				       .left_out = row->left_out, .pipeline_name = row->thing.pipeline->name};

	if (!row->thing.run)
		return target;
	deed_look(row->thing.run, row->ref.id[REF_STEP], &target.shown);
	target.run_number = row->thing.run->number;
	target.step_name = row->thing.at.step ? row->thing.at.step->name : NULL;
	return target;
}

static void ask_marked(const struct marked *m)
{
	static const char *const what[DEED_COUNT] = {
		[DEED_RETRY] = N_("%zu of %zu marked pipelines: their runs go on from what failed."),
		[DEED_STOP] = N_("%zu of %zu marked pipelines: their runs are stopped."),
		[DEED_APPROVE] = N_("%zu of %zu marked pipelines: their gates are passed."),
		[DEED_REJECT] = N_("%zu of %zu marked pipelines: their gates are refused."),
		[DEED_POSTPONE] = N_("%zu of %zu marked pipelines: their delayed jobs wait one hour more."),
		[DEED_CANCEL] = N_("%zu of %zu marked pipelines: their runs are taken out of the queue."),
	};
	struct dialog_target *targets = mem_calloc(m->n, sizeof(*targets));
	struct dialog_line elsewhere = {NULL, _("The selected row is not one of them.")};
	struct dialog_ask ask = {.act = (enum act)m->deed, .targets = targets, .n_targets = m->n, .lines = &elsewhere};
	struct buf text;
	size_t i;

	for (i = 0; i < m->n; i++)
		targets[i] = target_of(&m->rows[i]);
	buf_init(&text, BUF_MAX);
	buf_addf(&text, _(what[m->deed]), m->n_fit, m->n);
	ask.what = text.data;
	ask.n_lines = !ui_is_marked(m->ui, &m->ui->tree.selected);
	ui_confirm(m->ui, &ask);
	buf_done(&text);
	mem_free(targets);
}

static void deed_to_marked(struct ui *ui, enum deed deed, const struct ui_now *now)
{
	size_t n = roster_mark_count(ui->tree.roster), i;
	struct marked m = {.ui = ui, .deed = deed, .now = now};

	if (n > DIALOG_TARGETS_MAX) {
		ui_message(ui, true, _("%zu pipelines are marked: at most %d at a time"), n, DIALOG_TARGETS_MAX);
		return;
	}
	m.rows = mem_calloc(n, sizeof(*m.rows));
	roster_marks(ui->tree.roster, add_marked, &m);
	qsort(m.rows, m.n, sizeof(*m.rows), by_name);
	if (m.n_fit > 0)
		ask_marked(&m);
	else if (m.n > 0)
		ui_message(ui, false, _("none of the %zu marked pipelines (:unmark takes the marks away): %s: %s"), m.n,
			   m.rows[0].name, m.rows[0].left_out);
	else
		ui_message(ui, false, "%s", _("what is marked is not shown here: :unmark takes the marks away"));
	for (i = 0; i < m.n; i++) {
		mem_free(m.rows[i].name);
		mem_free(m.rows[i].line);
		mem_free(m.rows[i].left_out);
		ref_done(&m.rows[i].ref);
	}
	mem_free(m.rows);
}

/* ---- */

void ui_deed(struct ui *ui, enum deed deed, const struct ui_now *now)
{
	struct aim aim = aim_of(ui, deed);
	struct deed_thing thing = {.pipeline = aim.pipeline, .run = aim.run};

	if (!ui_in_log(ui) && roster_mark_count(ui->tree.roster) > 0)
		deed_to_marked(ui, deed, now);
	else if (deed_needs_step(deed))
		aim_gate(ui, &aim, now);
	else if (run_fits(deed, aim.run))
		ask_one(ui, deed, &thing);
	else
		go_to_nearest(ui, deed, &aim, now);
}

/* ---- what is asked about has changed (C06) ---- */

static bool has_changed(const struct ui *ui, const struct errand_item *item, struct buf *why)
{
	enum deed deed = (enum deed)ui->shown->act;
	struct deed_thing thing;
	struct deed_view view;
	struct err err = {0};

	if (item->stage == ERRAND_LEFT_OUT)
		return false;
	if (!deedwords_find(ui->options.store, &item->ref, &thing) && !thing.run)
		return buf_addf(why, _("%s is not there any more"), item->name);
	deed_look(thing.run, item->ref.id[REF_STEP], &view);
	return !deed_unchanged(deed, &item->shown, &view, &err) && buf_addf(why, "%s: %s", item->name, err.text);
}

bool ui_box_check(struct ui *ui)
{
	bool changed = false;
	struct buf why;
	size_t i;

	if (ui->box != BOX_ASKS || !act_is_deed(ui->shown->act))
		return false;
	buf_init(&why, BUF_MAX);
	for (i = 0; i < ui->shown->n && !changed; i++)
		changed = has_changed(ui, &ui->shown->items[i], &why);
	if (changed)
		ui_box_says(ui, why.data);
	buf_done(&why);
	return changed;
}
