/* SPDX-License-Identifier: MIT */
/*
 * The dashboard's part between the box and the actions: what was confirmed is begun, what it does and
 * how it ended goes back to the screen, and runs that are read on the way go into the store, so that a row
 * shows what an action has seen of it before the next poll.
 *
 * Whoever asks for more than ids (a run's variables, a template) gives a struct tui_load along, which
 * completes the order.
 */
#include <stdio.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "say.h"
#include "tuistate.h"
#include "tuitemplate.h"

static void saw_run(void *self, const char *project_id, const char *pipeline_id, const struct run *run,
		    const struct api_answer *answer)
{
	struct tui *t = self;
	struct run copy;

	run_copy(&copy, run);
	store_take_detail(t->store, project_id, pipeline_id, &copy, answer->id, answer->now_ms);
}

void tui_open_actions(struct tui *t)
{
	if (t->options->read_only)
		return;
	t->audit = audit_new(NULL, session_host(t->session));
	t->actions = actions_new(&(struct action_options){
		.loop = t->loop, .session = t->session, .audit = t->audit, .budget = &t->budget,
		.tenant = t->options->tenant, .saw_run = saw_run, .self = t});
}

void tui_close_actions(struct tui *t)
{
	if (!t->actions)
		return;
	actions_free(t->actions);
	t->actions = NULL;
	audit_free(t->audit);
}

/* ---- how it ended ---- */

static struct tui_act *act_of(struct tui *t, uint64_t action)
{
	size_t i;

	for (i = 0; i < DIALOG_AT_ONCE; i++)
		if (t->acts[i].action == action)
			return &t->acts[i];
	return NULL;
}

static void tell(struct tui *t, uint64_t shown_as, const struct action_result *result)
{
	static const enum ui_verdict verdicts[] = {
		[VERDICT_DONE] = UI_DONE, [VERDICT_NOT_DONE] = UI_NOT_DONE, [VERDICT_UNKNOWN] = UI_UNKNOWN};
	struct buf text;

	buf_init(&text, BUF_MAX);
	buf_adds(&text, result->sentence);
	if (result->unlogged.kind != ERR_NONE)
		buf_addf(&text, _(" (not in the audit log: %s)"), result->unlogged.text);
	ui_act_over(t->ui, shown_as, verdicts[result->verdict], text.data);
	if (!t->term) /* the program ends: there is no screen any more to tell it on */
		say("%s", text.data);
	buf_done(&text);
}

static void over(void *self, const struct action_result *result)
{
	struct tui *t = self;
	struct tui_act *act = act_of(t, result->id);

	tell(t, act->shown_as, result);
	*act = (struct tui_act){.action = 0};
	if (!t->term)
		return;
	if (result->act == ACT_RUN && *result->run_id)
		feed_follow_run(t->feed, result->ref->id[REF_PROJECT], result->ref->id[REF_PIPELINE], result->run_id);
	tui_template_over(t, result);
	feed_now(t->feed);
}

/* ---- beginning ---- */

static void order_of(const struct ui_act *act, struct action_order *order)
{
	const struct tui_load *load = act->load;

	*order = (struct action_order){
		.act = act->act,
		.ref = act->ref,
		.pipeline_name = act->pipeline_name,
		.step_name = act->step_name,
		.run_number = act->run_number,
		.shown = *act->shown,
		.detail = act->detail,
	};
	if (load)
		load->complete(load, order);
}

void tui_act(struct tui *t, const struct ui_request *r)
{
	struct tui_act *act = act_of(t, 0);
	struct action_order order;
	struct err err = {0};

	/* The screen asks for no more than there is room for, and for none when it is read-only. */
	order_of(r->act, &order);
	act->action = action_begin(t->actions, &order, over, t, &err);
	act->shown_as = r->act->id;
	if (!act->action)
		ui_act_over(t->ui, r->act->id, UI_NOT_DONE, err.text);
}

void tui_put_phases(struct tui *t)
{
	size_t i;

	for (i = 0; i < DIALOG_AT_ONCE; i++)
		if (t->acts[i].action)
			ui_act_phase(t->ui, t->acts[i].shown_as, action_phase(t->actions, t->acts[i].action));
}

/* ---- the end of the program ---- */

bool tui_may_leave(struct tui *t)
{
	if (!t->actions || ui_acts_open(t->ui) == 0)
		return true;
	return ui_may_leave(t->ui, actions_unanswered(t->actions)
					   ? _("An action is unanswered: whether it is done would stay unknown.")
					   : _("An action is not sent yet: it would not be done."));
}
