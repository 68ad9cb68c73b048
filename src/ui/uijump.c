/* SPDX-License-Identifier: MIT */
/*
 * Jumps: to the newest failure, to a gate, to what runs, into a sub-pipeline and out.
 *
 * A jump to a thing that is not read yet (`!` on a run whose detail is still coming) is
 * kept as an intent and carried out by the first answer that makes it possible; any
 * other key of the operator's drops it. Auto-follow is an intent that stays.
 */
#include <string.h>

#include "core/i18n.h"
#include "core/text.h"
#include "uistate.h"

/* ---- intents ---- */

static void intend(struct ui *ui, enum intent intent, const struct row *row)
{
	struct row run = {.kind = ROW_RUN, .entry = row->entry, .run = row->run};

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

/* The log of the selection, at once: the program brings it. */
static void open_selected_log(struct ui *ui)
{
	struct row target;

	if (!tree_target(&ui->tree, &target))
		return;
	ui_row_log(&target, &ui->wanted);
	if (!ref_same(&ui->wanted, &ui->log.ref))
		logview_open(&ui->log, NULL, &ui->wanted);
}

static void arrive(struct ui *ui, enum intent intent, const struct ui_now *now)
{
	if (intent == INTENT_GATE) {
		ui_focus(ui, layout_nearest(ui->layout.shape, PANE_STAGES), now);
		return;
	}
	open_selected_log(ui);
	ui->nav = layout_nearest(ui->layout.shape, PANE_STAGES); /* where the step is, to go back to */
	ui_focus(ui, PANE_LOG, now);
	if (ui->zooms_on_arrival) {
		ui->zooms_on_arrival = false;
		ui->zoomed = true;
		ui_relayout(ui);
	}
	if (intent == INTENT_FAILURE)
		logview_reopen_at_error(&ui->log);
	else
		logview_follow(&ui->log, true);
}

/* The path of a step of a run. */
static void step_ref(const struct ui *ui, const struct ref *of, const struct run *run,
		     const struct step_at *at, struct ref *ref)
{
	struct entry entry = {
		.pipeline = store_pipeline(ui->options.store, of->id[REF_PROJECT], of->id[REF_PIPELINE]),
		.run = run,
	};
	struct row row = {.entry = &entry, .run = run, .stage = at->stage, .job = at->job, .step = at->step};

	tree_ref(&row, ref);
}

static void try_step(struct ui *ui, enum intent intent, const struct run *run, const struct ui_now *now)
{
	static const char *const nothing[] = {
		[INTENT_NONE] = "",
		[INTENT_FAILURE] = N_("the run failed, but none of its steps did"),
		[INTENT_RUNNING] = N_("no step of this run is running"),
		[INTENT_GATE] = N_("no gate of this run is open any more"),
	};
	struct step_at at;
	struct ref step = {{NULL}};

	ui->intent = INTENT_NONE;
	if (!step_for(intent, run, &at)) {
		ui_message(ui, false, "%s", _(nothing[intent]));
		return;
	}
	step_ref(ui, &ui->intent_run, run, &at, &step);
	tree_select(&ui->tree, &step, now->server_ms);
	ref_done(&step);
	arrive(ui, intent, now);
}

/* Below its pipeline; while no older run is known yet, as soon as one is. */
void ui_to_history(struct ui *ui, const struct ui_now *now)
{
	const struct row *row;

	ui_focus(ui, PANE_LIST, now);
	tree_to_history(&ui->tree, ui_view(ui), now->server_ms);
	row = tree_row(&ui->tree, ui_view(ui));
	ui->awaits_history = row && !row->older;
}

/* ---- sub-pipelines ---- */

static void go_into(struct ui *ui, const struct step_at *at, const struct ui_now *now)
{
	struct ref child = {{NULL}};

	ref_set(&child, REF_PROJECT, at->step->child_project ? at->step->child_project
							      : ui->intent_run.id[REF_PROJECT]);
	ref_set(&child, REF_PIPELINE, at->step->child_pipeline);
	ref_set(&child, REF_RUN, at->step->child_run);
	ui->tree.entered = true;
	if (tree_select(&ui->tree, &child, now->server_ms)) {
		ref_copy(&ui->entered[ui->n_entered++], &ui->intent_run);
		ref_copy(&ui->inside, &child);
		ui->intent = INTENT_NONE;
		ui_focus(ui, layout_nearest(ui->layout.shape, PANE_STAGES), now);
		tree_unfold(&ui->tree, ui_view(ui));
	}
	ui->tree.entered = ui->n_entered > 0;
	ref_done(&child);
}

static void try_child(struct ui *ui, const struct ui_now *now)
{
	const struct ref *ref = &ui->intent_run;
	const struct run *run = store_run(ui->options.store, ref->id[REF_PROJECT], ref->id[REF_PIPELINE],
					  ref->id[REF_RUN]);
	struct step_at at;

	if (run && run_step_by_id(run, ref->id[REF_STEP], &at) && at.step->child_pipeline &&
	    at.step->child_run)
		go_into(ui, &at, now);
}

void ui_enter_child(struct ui *ui, const struct row *step, const struct ui_now *now)
{
	if (ui->n_entered == ENTERED_MAX) {
		ui_message(ui, true, _("%d sub-pipelines deep: Esc leaves"), ENTERED_MAX);
		return;
	}
	ui->intent = INTENT_CHILD;
	tree_ref(step, &ui->intent_run);
	ui_ask(ui, ASK_CHILD, NULL, &ui->intent_run);
	try_child(ui, now);
}

void ui_check_child(struct ui *ui)
{
	const struct ref *at = &ui->tree.selected;

	if (ui->n_entered == 0 || (text_same(at->id[REF_PIPELINE], ui->inside.id[REF_PIPELINE]) &&
				   text_same(at->id[REF_PROJECT], ui->inside.id[REF_PROJECT])))
		return;
	while (ui->n_entered > 0)
		ref_done(&ui->entered[--ui->n_entered]);
	ui->tree.entered = false;
	ui->tree.dirty = true; /* a pipeline that no list shows leaves the rows */
}

bool ui_leave_child(struct ui *ui, const struct ui_now *now)
{
	struct ref *step;

	if (ui->n_entered == 0)
		return false;
	step = &ui->entered[--ui->n_entered];
	ref_copy(&ui->inside, step);
	tree_select(&ui->tree, step, now->server_ms);
	ref_done(step);
	ui->tree.entered = ui->n_entered > 0;
	ui_focus(ui, layout_nearest(ui->layout.shape, PANE_STAGES), now);
	return true;
}

void ui_try_intent(struct ui *ui, const struct ui_now *now)
{
	const struct ref *ref = &ui->intent_run;
	const struct run *run;

	if (ui->intent == INTENT_NONE)
		return;
	if (ui->intent == INTENT_CHILD) {
		try_child(ui, now);
		return;
	}
	run = store_run(ui->options.store, ref->id[REF_PROJECT], ref->id[REF_PIPELINE],
			ref->id[REF_RUN]);
	if (run && run->detailed)
		try_step(ui, ui->intent, run, now);
	else
		tree_select(&ui->tree, ref, now->server_ms);
}

/* ---- the keys ---- */

void ui_next_failure(struct ui *ui, int direction)
{
	if (!tree_next_state(&ui->tree, ui_view(ui), false, direction))
		ui_message(ui, false, "%s", _("nothing is failing"));
}

void ui_to_failure(struct ui *ui, const struct ui_now *now)
{
	const struct entry *entry = roster_newest_failure(ui->tree.roster);
	struct row row = {.kind = ROW_RUN, .entry = entry, .run = entry ? entry->run : NULL};

	ui->awaits_failure = !entry && !ui->status.loaded;
	if (ui->awaits_failure)
		return; /* the lists are still being read: the first failure that comes is it */
	if (!entry) {
		ui_message(ui, false, "%s",
			   *roster_filter(ui->tree.roster) ? _("nothing that passes the filter is failing")
						: _("nothing is failing"));
		return;
	}
	intend(ui, INTENT_FAILURE, &row);
	ui_try_intent(ui, now);
}

static bool is_waiting_run(const struct row *row)
{
	return row && row->kind == ROW_RUN && row->run && row->run->state == STATE_WAITING;
}

/* Where no other waits it is the gate of the selected run. */
void ui_to_gate(struct ui *ui, const struct ui_now *now)
{
	const struct row *row;

	ui_focus(ui, PANE_LIST, now);
	if (!tree_next_state(&ui->tree, ui_view(ui), true, 1) &&
	    !is_waiting_run(tree_row(&ui->tree, ui_view(ui)))) {
		ui_message(ui, false, "%s", _("no gate that waits for a person is known so far"));
		return;
	}
	row = tree_row(&ui->tree, ui_view(ui));
	if (row && row->kind == ROW_RUN) {
		intend(ui, INTENT_GATE, row);
		ui_try_intent(ui, now);
	}
}

void ui_to_gate_of(struct ui *ui, const struct pipeline *pipeline, const struct run *run, const struct ui_now *now)
{
	struct entry entry = {.pipeline = pipeline, .run = run};

	intend(ui, INTENT_GATE, &(struct row){.kind = ROW_RUN, .entry = &entry, .run = run});
	ui_try_intent(ui, now);
}

/* Something may run in it; only its detail knows for sure. */
static bool may_run(const struct run *run)
{
	struct step_at at;

	if (!run || !run->detailed)
		return run && run->state == STATE_RUNNING;
	return run_running_step(run, &at);
}

/* The nearest row of a run in which something may run. */
static bool running_row(const struct ui *ui, struct row *found)
{
	const struct roster *r = ui->tree.roster;
	size_t n = roster_count(r), i;
	struct row target;

	if (tree_target(&ui->tree, &target) && may_run(target.run)) {
		*found = target;
		return true;
	}
	for (i = 0; i < n; i++) {
		const struct entry *entry = roster_at(r, i).entry;

		if (!entry || !may_run(entry->run))
			continue;
		*found = (struct row){.kind = ROW_RUN, .entry = entry, .run = entry->run};
		return true;
	}
	return false;
}

void ui_to_running(struct ui *ui, const struct ui_now *now)
{
	struct row target = {.run = NULL}, row;

	tree_target(&ui->tree, &target);
	if (!running_row(ui, &row)) {
		ui_message(ui, false, "%s", _("nothing is running"));
		return;
	}
	if (row.run != target.run)
		ui_message(ui, false, "%s", _("nothing runs here: went to the nearest run that does"));
	intend(ui, INTENT_RUNNING, &row);
	ui_try_intent(ui, now);
}

/* ---- auto-follow ---- */

/*
 * The step to be at now; NULL: stay. A step that runs is kept until it ends, a failed one
 * for good: its run has the attention until somebody presses a key.
 */
static bool auto_target(const struct row *at, struct step_at *next)
{
	if (!at->run || !at->run->detailed)
		return false;
	if (at->step && (at->step->state == STATE_RUNNING || at->step->state == STATE_FAILED))
		return false;
	if (at->run->state == STATE_FAILED && run_failed_step(at->run, next))
		return true;
	return run_running_step(at->run, next);
}

void ui_auto_step(struct ui *ui, const struct ui_now *now)
{
	struct row target, other;
	struct ref run = {{NULL}}, step = {{NULL}};
	struct step_at next;

	if (!ui->auto_follow || !tree_target(&ui->tree, &target))
		return;
	tree_ref(&target, &run);
	if (target.step && target.step->state == STATE_FAILED) {
		ref_done(&run);
		return;
	}
	if (auto_target(&target, &next)) {
		step_ref(ui, &run, target.run, &next, &step);
		if (tree_select(&ui->tree, &step, now->server_ms))
			arrive(ui, next.step->state == STATE_FAILED ? INTENT_FAILURE : INTENT_RUNNING, now);
	} else if (target.run && state_terminal(target.run->state) && running_row(ui, &other)) {
		tree_ref(&other, &step); /* this one is over: the nearest that runs */
		tree_select(&ui->tree, &step, now->server_ms);
		ui_focus(ui, PANE_LIST, now);
	}
	ref_done(&step);
	ref_done(&run);
}
