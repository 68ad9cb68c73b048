/* SPDX-License-Identifier: MIT */
/*
 * The way of deeds to a run or its gate. Every look is the run's detail; what was shown, what is there before
 * the request and what is there afterwards are three views (model/deed.h) that are compared.
 *
 * A run that is queued is stopped by taking it out of the queue, if it stands there. That is found out within
 * the first look, so that the audit log has what is going to be sent.
 */
#include <stdio.h>
#include <string.h>

#include "actway.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "model/gate.h"

#define QUEUE_PAGES 50

struct looked {
	struct deed_view view;
	int64_t server_ms; /* the server's clock then */
	bool overdue;	   /* of a gate: its time was over */
};

struct own {
	struct looked before, now; /* the look before the request; the last one */
	struct ref ref;		   /* as it goes into the request */
	enum deed deed;		   /* what is sent */
	int64_t offset;		   /* in the queue */
	int pages;
};

static struct own *own_of(const struct action *a)
{
	return a->own;
}

static void copy_order(struct action *a, const struct action_order *order)
{
	struct own *own = mem_zalloc(sizeof(*own));

	(void)order;
	own->deed = (enum deed)a->act;
	ref_copy(&own->ref, &a->ref);
	a->own = own;
}

static void release(struct action *a)
{
	ref_done(&own_of(a)->ref);
	mem_free(a->own);
}

/* ---- looking ---- */

/* A retry may have moved the step below another job since it was shown. */
static void find_job(struct own *own, const struct run *run)
{
	const char *step_id = own->ref.id[REF_STEP];
	struct step_at at;
	char *id;

	if (!step_id || !run_step_by_id(run, step_id, &at))
		return;
	id = mem_strdup(at.step->job_id ? at.step->job_id : at.job ? at.job->id : "");
	mem_free(own->ref.id[REF_JOB]);
	own->ref.id[REF_JOB] = id;
	own->now.overdue = gate_deadline_ms(at.step) != WHEN_NONE && own->now.server_ms != WHEN_NONE &&
			   own->now.server_ms >= gate_deadline_ms(at.step);
}

static void put_status(char *out, size_t size, const struct deed_view *view)
{
	const char *status = view->has_step ? view->step_status : view->run_status;

	snprintf(out, size, "%s", *status ? status : state_word(view->has_step ? view->step : view->run));
}

static void take_run(struct action *a, const struct run *run, const struct api_answer *answer)
{
	struct own *own = own_of(a);
	bool step = deed_needs_step(own->deed);

	own->now = (struct looked){.server_ms = answer->server_ms};
	deed_look(run, step ? own->ref.id[REF_STEP] : NULL, &own->now.view);
	if (!a->sent) {
		find_job(own, run);
		own->before = own->now;
		put_status(a->before, sizeof(a->before), &own->now.view);
	} else {
		put_status(a->after, sizeof(a->after), &own->now.view);
	}
	if (run->number)
		a->run_number = run->number;
	a->state = run->state;
	snprintf(a->status, sizeof(a->status), "%s", own->now.view.run_status);
	action_show_run(a, run, answer);
}

static void saw_queue(void *self, const struct api_queue *queue);

static void ask_queue(struct action *a)
{
	struct own *own = own_of(a);
	uint64_t asked;

	action_pay(a);
	own->pages++;
	asked = api_queue(action_session(a), a->ref.id[REF_PROJECT], a->ref.id[REF_PIPELINE], own->offset,
			  saw_queue, a);
	if (asked)
		a->asked = asked;
}

static void take_place(struct action *a, int64_t queue_id)
{
	char text[64];

	own_of(a)->deed = DEED_CANCEL;
	a->queue_id = queue_id;
	snprintf(text, sizeof(text), "cancel-queuing %lld", (long long)queue_id);
	mem_free(a->detail);
	a->detail = mem_strdup(text);
}

static void saw_queue(void *self, const struct api_queue *queue)
{
	struct action *a = self;
	struct own *own = own_of(a);
	size_t i;

	if (queue->answer.err.kind != ERR_NONE) {
		action_saw(a, &queue->answer.err);
		return;
	}
	for (i = 0; i < queue->n && !text_same(queue->items[i].run_id, a->ref.id[REF_RUN]); i++)
		;
	own->offset += (int64_t)queue->n;
	if (i < queue->n) {
		take_place(a, queue->items[i].id);
		action_saw(a, NULL);
	} else if (queue->n == 0 || own->pages == QUEUE_PAGES || (queue->total >= 0 && own->offset >= queue->total))
		action_saw(a, NULL);
	else
		ask_queue(a);
}

/* Has the request to be one that takes it out of the queue? */
static bool may_be_queued(const struct action *a)
{
	enum act act = a->act;

	return !a->sent && (act == ACT_STOP || act == ACT_CANCEL) && own_of(a)->now.view.run == STATE_QUEUED;
}

static void saw_detail(void *self, struct api_detail *detail)
{
	struct action *a = self;

	if (detail->answer.err.kind != ERR_NONE || !detail->run) {
		action_saw(a, &detail->answer.err);
		return;
	}
	take_run(a, detail->run, &detail->answer);
	if (may_be_queued(a))
		ask_queue(a);
	else
		action_saw(a, NULL);
}

static uint64_t look(struct action *a)
{
	action_pay(a);
	return api_run_detail(action_session(a), a->ref.id[REF_PROJECT], a->ref.id[REF_PIPELINE],
			      a->ref.id[REF_RUN], saw_detail, a);
}

/* ---- before ---- */

static const char *state_name(enum state state, const char *status)
{
	return state == STATE_OTHER && *status ? status : _(state_word(state));
}

/* C04: it ended by itself, or somebody else ended it. */
static bool run_is_over(const struct looked *fresh, struct err *err)
{
	const struct deed_view *view = &fresh->view;
	const char *state = state_name(view->run, view->run_status);
	int64_t ago_ms = fresh->server_ms - view->run_end_ms;
	char age[32];

	if (view->run_end_ms == WHEN_NONE || fresh->server_ms == WHEN_NONE || ago_ms < 0)
		return err_set(err, ERR_INPUT, 0, _("already %s"), state);
	when_age(ago_ms, age, sizeof(age));
	return err_set(err, ERR_INPUT, 0, _("already %s, ended %s ago"), state, age);
}

static bool retried_meanwhile(const struct deed_view *view, struct err *err)
{
	if (state_live(view->run))
		return err_set(err, ERR_INPUT, 0, _("somebody was faster: it is %s already"),
			       state_name(view->run, view->run_status));
	return err_set(err, ERR_INPUT, 0, _("somebody has retried it: it is %s again"),
		       state_name(view->run, view->run_status));
}

/* C07: nothing in a run says who it was; but as long as its time is not over, it was a person. */
static bool gate_is_decided(enum gate gate, const struct looked *fresh, struct err *err)
{
	const struct deed_view *view = &fresh->view;
	bool rejected = view->step == STATE_FAILED || view->step == STATE_STOPPED;

	if (rejected && view->run == STATE_STOPPED)
		return err_set(err, ERR_INPUT, 0, _("the run was stopped meanwhile"));
	if (gate == GATE_SUSPENDED)
		return err_set(err, ERR_INPUT, 0, _("somebody was faster: it goes on already"));
	if (fresh->overdue || gate == GATE_DELAY)
		return err_set(err, ERR_INPUT, 0, rejected ? _("its time is over: it was rejected already")
							   : _("its time is over: it was approved already"));
	return err_set(err, ERR_INPUT, 0, rejected ? _("a colleague was faster: already rejected")
						   : _("a colleague was faster: already approved"));
}

static bool fits(struct action *a, struct err *err)
{
	const struct own *own = own_of(a);
	const struct deed_view *shown = &a->shown, *fresh = &own->before.view;
	enum deed deed = (enum deed)a->act;
	bool retried = shown->run == fresh->run && fresh->run_end_ms > shown->run_end_ms && shown->run_end_ms;

	if ((deed == DEED_STOP || deed == DEED_CANCEL) && state_terminal(fresh->run))
		return run_is_over(&own->before, err);
	if (deed == DEED_RETRY && state_terminal(shown->run) && (state_live(fresh->run) || retried))
		return retried_meanwhile(fresh, err);
	if (deed_needs_step(deed) && shown->gate != GATE_NONE && fresh->has_step &&
	    fresh->gate == GATE_NONE && state_terminal(fresh->step))
		return gate_is_decided(shown->gate, &own->before, err);
	if (!deed_unchanged(deed, shown, fresh, err) || !deed_fits(deed, fresh, err))
		return false;
	if (deed == DEED_CANCEL && own->deed == deed && !a->queue_id)
		return err_set(err, ERR_INPUT, 0, _("it does not stand in the queue of its pipeline"));
	return true;
}

/* ---- the request ---- */

static void heard(void *self, const struct api_done *done)
{
	action_heard(self, done);
}

static uint64_t send_deed(struct action *a)
{
	const struct own *own = own_of(a);

	return api_deed(action_session(a), own->deed, &own->ref, own->before.view.gate, a->queue_id, heard, a);
}

/* ---- after ---- */

static enum deed_effect effect_of(struct action *a)
{
	const struct own *own = own_of(a);
	enum deed_effect effect = deed_effect(own->deed, &own->before.view, &own->now.view);

	/* It may have been taken out and started anew: only a refusal says that it was not taken out. */
	if (own->deed == DEED_CANCEL && effect == DEED_EFFECT_OTHER && !a->course.refused)
		effect = DEED_EFFECT_MAYBE;
	*a->hint = '\0';
	if (effect == DEED_EFFECT_MAYBE)
		snprintf(a->hint, sizeof(a->hint), _("the run went on meanwhile and is %s: look at it"),
			 state_name(own->now.view.run, own->now.view.run_status));
	if (effect == DEED_EFFECT_SEEN && a->act == ACT_RETRY && !a->run_id)
		a->run_id = mem_strdup(a->ref.id[REF_RUN]);
	return effect;
}

static const char *const words[DEED_COUNT][3] = {
	[DEED_RETRY] = {N_("retried"), N_("not retried"), N_("it is not known whether it was retried")},
	[DEED_STOP] = {N_("stopped"), N_("not stopped"), N_("it is not known whether it was stopped")},
	[DEED_APPROVE] = {N_("approved"), N_("not approved"), N_("it is not known whether it was approved")},
	[DEED_REJECT] = {N_("rejected"), N_("not rejected"), N_("it is not known whether it was rejected")},
	[DEED_POSTPONE] = {N_("put off by an hour"), N_("not put off"),
			   N_("it is not known whether it was put off")},
	[DEED_CANCEL] = {N_("taken out of the queue"), N_("not taken out of the queue"),
			 N_("it is not known whether it was taken out of the queue")},
};

static void put_name(const struct action *a, struct buf *out)
{
	buf_adds(out, text_empty(a->pipeline_name) ? a->ref.id[REF_PIPELINE] : a->pipeline_name);
	if (a->run_number)
		buf_addf(out, " %lld", (long long)a->run_number);
	else
		buf_addf(out, " %s", a->ref.id[REF_RUN]);
	if (deed_needs_step((enum deed)a->act) && !text_empty(a->step_name))
		buf_addf(out, " %s", a->step_name);
}

static void tell(const struct action *a, struct buf *out)
{
	const struct own *own = own_of(a);
	bool done = a->course.verdict == VERDICT_DONE;

	put_name(a, out);
	if (done && a->act == ACT_STOP && own->deed == DEED_STOP && a->state != STATE_STOPPED)
		buf_addf(out, _(": it has ended: %s"), state_name(a->state, a->status));
	else if (done && own->before.view.gate == GATE_SUSPENDED)
		buf_addf(out, ": %s", _("goes on"));
	else
		buf_addf(out, ": %s", _(words[own->deed][a->course.verdict]));
}

const struct act_way actway_deed = {
	.read = look,
	.fits = fits,
	.send = send_deed,
	.effect = effect_of,
	.tell = tell,
	.done = release,
	.copy = copy_order,
};
