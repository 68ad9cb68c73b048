/* SPDX-License-Identifier: MIT */
/*
 * The order of things alone: a course says what is next, a way knows how. Whatever the session reports is
 * taken note of and acted on in the next turn, which the loop's timer makes at once, so that nothing here runs
 * from within somebody else's call, and no callback of ours from within action_begin().
 *
 * An action is on the list from action_begin() until its end, which is reached once: it leaves the list before
 * its callback runs. A report that comes when its course is over changes nothing, because the course ignores it.
 */
#include "action.h"

#include <assert.h>
#include <ev.h>
#include <stdio.h>
#include <string.h>

#include "actway.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"

/* What there is to be acted on. */
enum report { REPORT_NONE, REPORT_BEGUN, REPORT_SAW, REPORT_HEARD, REPORT_TIME };

struct action_mind {
	struct action *next;
	action_over_fn *over;
	void *self;
	enum report report;
	struct err saw; /* of REPORT_SAW: ERR_NONE, or why nothing was seen */
	int64_t look_ms; /* when the last look was begun */
	struct course_answer answer; /* of REPORT_HEARD */
	int64_t due_ms;		     /* of REPORT_TIME */
	int http;
	char code[64], request_id[80];
	char number[40]; /* in the audit log */
	char *template_id;
};

struct actions {
	struct action_options options;
	char *tenant;
	struct action *first; /* in the order in which they were begun */
	uint64_t last_id;
	ev_timer timer;
};

/* ---- for the ways ---- */

struct session *action_session(const struct action *a)
{
	return a->all->options.session;
}

const char *action_tenant(const struct action *a)
{
	return text_or_empty(a->all->tenant);
}

void action_pay(struct action *a)
{
	if (a->all->options.budget)
		(void)budget_pay(a->all->options.budget, BUDGET_POLL, a->now_ms);
}

void action_show_run(struct action *a, const struct run *run, const struct api_answer *answer)
{
	const struct action_options *o = &a->all->options;

	if (o->saw_run)
		o->saw_run(o->self, a->ref.id[REF_PROJECT], a->ref.id[REF_PIPELINE], run, answer);
}

static void arm(struct actions *all);

static void report(struct action *a, enum report what)
{
	a->asked = 0;
	a->mind->report = what;
	arm(a->all);
}

void action_saw(struct action *a, const struct err *err)
{
	a->mind->saw = err ? *err : (struct err){.kind = ERR_NONE};
	report(a, REPORT_SAW);
}

void action_heard(struct action *a, const struct api_done *done)
{
	struct action_mind *mind = a->mind;

	mind->answer = (struct course_answer){done->answer.err, done->sent, done->definite};
	mind->http = done->answer.status;
	snprintf(mind->code, sizeof(mind->code), "%s", done->answer.code);
	snprintf(mind->request_id, sizeof(mind->request_id), "%.*s", (int)sizeof(mind->request_id) - 1,
		 text_or_empty(done->answer.request_id));
	report(a, REPORT_HEARD);
}

/* How much of a sentence goes into a longer one; for "%.*s". */
static int cut(const char *text, size_t most)
{
	size_t len = strlen(text);

	return (int)text_cut(text, len < most ? len : most);
}

/* ---- the audit log ---- */

static bool write_line(struct action *a, enum audit_event event, struct err *err)
{
	const struct action_mind *mind = a->mind;
	const struct course *c = &a->course;
	struct ref ref = a->ref; /* borrowed */
	struct audit_entry entry = {
		.event = event,
		.act = a->act,
		.ref = &ref,
		.pipeline = a->pipeline_name,
		.step = a->step_name,
		.template = mind->template_id,
		.run_number = a->run_number,
		.detail = a->detail,
		.before = a->before,
	};

	memcpy(entry.number, mind->number, sizeof(entry.number));
	if (event == AUDIT_OUTCOME) {
		if (!ref.id[REF_RUN]) /* what was started has a name by now */
			ref.id[REF_RUN] = a->run_id;
		entry.made = a->new_id;
		entry.after = a->after;
		entry.http = mind->http;
		entry.code = mind->code;
		entry.request_id = mind->request_id;
		entry.verdict = course_verdict_word(c->verdict);
		entry.why = c->verdict == VERDICT_DONE && c->refused ? c->said.text : c->err.text;
	}
	return audit_write(a->all->options.audit, &entry, err);
}

static enum course_do write_intent(struct action *a)
{
	struct err err;

	audit_number(a->mind->number, sizeof(a->mind->number));
	if (write_line(a, AUDIT_INTENT, &err))
		return course_written(&a->course, NULL);
	err_prefix(&err, _("nothing was sent, for the audit log cannot be written"));
	return course_written(&a->course, &err);
}

/* What is not known begins with what to look at: the end of a long sentence is cut off. */
static void add_hint(struct action *a)
{
	const struct err why = a->course.err;

	if (a->course.verdict == VERDICT_UNKNOWN && *a->hint)
		err_set(&a->course.err, why.kind, why.code, "%s; %s", a->hint, why.text);
}

static enum course_do write_outcome(struct action *a)
{
	struct err err;

	add_hint(a);
	return course_written(&a->course, write_line(a, AUDIT_OUTCOME, &err) ? NULL : &err);
}

/* ---- the end ---- */

/* C07: it is so, and the service refused to do it again. */
static const char faster[] = N_(" (but not by this: the service refused it, it came too late)");

static void free_action(struct action *a)
{
	if (a->way->done)
		a->way->done(a);
	ref_done(&a->ref);
	mem_free(a->pipeline_name);
	mem_free(a->step_name);
	mem_free(a->detail);
	mem_free(a->run_id);
	mem_free(a->new_id);
	mem_free(a->mind->template_id);
	mem_free(a->mind);
	mem_free(a);
}

static void unlist(struct action *a)
{
	struct action **link = &a->all->first;

	while (*link != a)
		link = &(*link)->mind->next;
	*link = a->mind->next;
}

static void end(struct action *a)
{
	struct action_result result = {
		.id = a->id,
		.act = a->act,
		.ref = &a->ref,
		.verdict = a->course.verdict,
		.err = a->course.err,
		.unlogged = a->course.unlogged,
		.number = a->mind->number,
		.run_id = text_or_empty(a->run_id),
		.run_number = a->run_number,
		.queued = a->queued,
		.queue_id = a->queue_id,
		.new_id = text_or_empty(a->new_id),
		.state = a->state,
		.status = a->status,
	};
	struct buf sentence;

	unlist(a);
	buf_init(&sentence, BUF_MAX);
	a->way->tell(a, &sentence);
	if (result.verdict != VERDICT_DONE)
		buf_addf(&sentence, ": %s", result.err.text);
	else if (a->course.refused)
		buf_adds(&sentence, _(faster));
	result.sentence = sentence.data;
	a->mind->over(a->mind->self, &result);
	buf_done(&sentence);
	free_action(a);
}

/* ---- turns ---- */

static void start_look(struct action *a)
{
	uint64_t asked;

	a->mind->look_ms = a->now_ms;
	asked = a->way->read(a);
	if (a->mind->report == REPORT_NONE)
		a->asked = asked;
}

static void start_send(struct action *a)
{
	uint64_t asked;

	a->sent = true;
	asked = a->way->send(a);
	if (a->mind->report == REPORT_NONE)
		a->asked = asked;
}

/* As far as it goes without an answer or time. */
static void play(struct action *a, enum course_do what)
{
	a->mind->report = REPORT_NONE;
	while (what == COURSE_INTENT || what == COURSE_OUTCOME)
		what = what == COURSE_INTENT ? write_intent(a) : write_outcome(a);
	if (what == COURSE_READ)
		start_look(a);
	else if (what == COURSE_SEND)
		start_send(a);
	else if (what == COURSE_OVER)
		end(a);
	else if (what == COURSE_WAIT) {
		a->mind->report = REPORT_TIME;
		a->mind->due_ms = a->course.next_ms + (a->now_ms - a->mind->look_ms);
	}
}

/* Says of what kept it from being sent that nothing was. */
static const struct err *unsent(struct err *err)
{
	const struct err why = *err;

	err_set(err, why.kind, why.code, _("%.*s: nothing was sent"), cut(why.text, 160), why.text);
	return err;
}

static enum course_do first_look(struct action *a)
{
	struct err err = a->mind->saw;

	if (err.kind == ERR_NONE && a->way->fits(a, &err))
		return course_fresh(&a->course, NULL);
	return course_fresh(&a->course, unsent(&err));
}

/* What it shows was so when it was begun; between then and now this program may have been stopped. */
static enum course_do later_look(struct action *a)
{
	const struct err *failed = a->mind->saw.kind == ERR_NONE ? NULL : &a->mind->saw;

	return course_back(&a->course, failed, failed ? DEED_EFFECT_NONE : a->way->effect(a), a->mind->look_ms);
}

/* What was taken back was so because the program ends. */
static enum course_do taken_back(struct action *a)
{
	if (a->mind->report == REPORT_HEARD && !a->mind->answer.sent)
		return course_answered(&a->course, &a->mind->answer, a->now_ms);
	return course_interrupt(&a->course);
}

static enum course_do next(struct action *a)
{
	const struct action_mind *mind = a->mind;

	switch (mind->report) {
	case REPORT_BEGUN:
		return course_begin(&a->course);
	case REPORT_SAW:
		if (mind->saw.kind == ERR_CANCELLED)
			return taken_back(a);
		return a->sent ? later_look(a) : first_look(a);
	case REPORT_HEARD:
		if (mind->answer.err.kind == ERR_CANCELLED)
			return taken_back(a);
		return course_answered(&a->course, &mind->answer, a->now_ms);
	case REPORT_TIME:
		return course_time(&a->course, a->now_ms);
	default:
		return COURSE_IGNORE;
	}
}

static bool is_due(const struct action *a, int64_t now_ms)
{
	return a->mind->report == REPORT_TIME ? a->mind->due_ms <= now_ms : a->mind->report != REPORT_NONE;
}

static struct action *first_due(const struct actions *all, int64_t now_ms)
{
	struct action *a = all->first;

	while (a && !is_due(a, now_ms))
		a = a->mind->next;
	return a;
}

void actions_turn(struct actions *all, int64_t now_ms)
{
	struct action *a;

	while ((a = first_due(all, now_ms)) != NULL) {
		a->now_ms = now_ms;
		play(a, next(a));
	}
	arm(all);
}

int64_t actions_next_ms(const struct actions *all)
{
	const struct action *a;
	int64_t next_ms = -1, due_ms;

	for (a = all->first; a; a = a->mind->next) {
		if (a->mind->report == REPORT_NONE)
			continue;
		due_ms = a->mind->report == REPORT_TIME ? a->mind->due_ms : 0;
		next_ms = next_ms < 0 || due_ms < next_ms ? due_ms : next_ms;
	}
	return next_ms;
}

static void arm(struct actions *all)
{
	struct ev_loop *loop = all->options.loop;
	int64_t next_ms = actions_next_ms(all), in_ms;

	if (!loop)
		return;
	ev_timer_stop(loop, &all->timer);
	if (next_ms < 0)
		return;
	in_ms = next_ms ? next_ms - when_monotonic_ms() : 0;
	ev_now_update(loop);
	ev_timer_set(&all->timer, in_ms > 0 ? (double)in_ms / 1000.0 : 0.0, 0.0);
	ev_timer_start(loop, &all->timer);
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	actions_turn(timer->data, when_monotonic_ms());
}

/* ---- beginning ---- */

/* What an action is done to: of two at a time on one thing the second is refused (C09). */
enum thing { THING_RUN, THING_PIPELINE, THING_TEMPLATE, THING_PROJECT };

static const struct {
	int depth; /* of ids that name it */
	const char *missing, *busy;
} things[] = {
	[THING_RUN] = {REF_RUN + 1, N_("it is not known which run is meant"),
		       N_("another action on this run is not over yet")},
	[THING_PIPELINE] = {REF_PIPELINE + 1, N_("it is not known which pipeline is meant"),
			    N_("another action on this pipeline is not over yet")},
	[THING_TEMPLATE] = {0, N_("it is not known which template is meant"),
			    N_("another action on this template is not over yet")},
	[THING_PROJECT] = {REF_PROJECT + 1, N_("it is not known which project is meant"),
			   N_("another pipeline is being made in this project")},
};

static const struct {
	const struct act_way *way;
	enum thing thing;
} rows[ACT_COUNT] = {
	[ACT_RETRY] = {&actway_deed, THING_RUN},
	[ACT_STOP] = {&actway_deed, THING_RUN},
	[ACT_APPROVE] = {&actway_deed, THING_RUN},
	[ACT_REJECT] = {&actway_deed, THING_RUN},
	[ACT_POSTPONE] = {&actway_deed, THING_RUN},
	[ACT_CANCEL] = {&actway_deed, THING_RUN},
	[ACT_RUN] = {&actway_run, THING_PIPELINE},
	[ACT_BAN] = {&actway_ban, THING_PIPELINE},
	[ACT_UNBAN] = {&actway_ban, THING_PIPELINE},
	[ACT_TEMPLATE_FAVOURITE] = {&actway_template, THING_TEMPLATE},
	[ACT_TEMPLATE_UNFAVOURITE] = {&actway_template, THING_TEMPLATE},
	[ACT_TEMPLATE_COPY] = {&actway_template, THING_TEMPLATE},
	[ACT_TEMPLATE_EDIT] = {&actway_template, THING_TEMPLATE},
	[ACT_TEMPLATE_DELETE] = {&actway_template, THING_TEMPLATE},
	[ACT_TEMPLATE_USE] = {&actway_use, THING_PROJECT},
	[ACT_TASK] = {&actway_task, THING_PROJECT},
};

static bool has_ids(const struct ref *ref, int depth)
{
	int i;

	for (i = 0; i < depth; i++)
		if (!ref || !model_id_ok(ref->id[i]))
			return false;
	return true;
}

static bool is_whole(const struct action_order *order, struct err *err)
{
	enum thing thing = rows[order->act].thing;

	if (!has_ids(order->ref, things[thing].depth) ||
	    (thing == THING_TEMPLATE && (!order->template || !model_id_ok(order->template->id))))
		return err_set(err, ERR_INPUT, 0, "%s", _(things[thing].missing));
	if (act_is_deed(order->act) && deed_needs_step((enum deed)order->act) &&
	    !model_id_ok(order->ref->id[REF_STEP]))
		return err_set(err, ERR_INPUT, 0, _("it is not known which gate is meant"));
	return true;
}

static bool same_thing(const struct action *a, const struct action_order *order)
{
	enum thing thing = rows[order->act].thing;
	int i;

	if (rows[a->act].thing != thing)
		return false;
	for (i = 0; i < things[thing].depth; i++)
		if (!text_same(a->ref.id[i], order->ref->id[i]))
			return false;
	return thing != THING_TEMPLATE || text_same(a->mind->template_id, order->template->id);
}

static bool may_begin(const struct actions *all, const struct action_order *order, struct err *err)
{
	const struct action *a;

	if (session_read_only(all->options.session))
		return err_set(err, ERR_INPUT, 0, _("read-only: nothing was sent"));
	if (!is_whole(order, err))
		return false;
	for (a = all->first; a; a = a->mind->next)
		if (same_thing(a, order))
			return err_set(err, ERR_INPUT, 0, _("%s (%s): nothing was sent"),
				       _(things[rows[order->act].thing].busy), act_word(a->act));
	return true;
}

static struct action *make_action(struct actions *all, const struct action_order *order)
{
	struct action *a = mem_zalloc(sizeof(*a)), **link;

	a->mind = mem_zalloc(sizeof(*a->mind));
	a->all = all;
	a->way = rows[order->act].way;
	a->id = ++all->last_id;
	a->act = order->act;
	if (order->ref)
		ref_copy(&a->ref, order->ref);
	a->pipeline_name = mem_strdup(order->pipeline_name);
	a->step_name = mem_strdup(order->step_name);
	a->detail = mem_strdup(order->detail);
	a->run_number = order->run_number;
	a->shown = order->shown;
	a->mind->template_id = order->template ? mem_strdup(order->template->id) : NULL;
	if (a->way->copy)
		a->way->copy(a, order);
	for (link = &all->first; *link; link = &(*link)->mind->next)
		;
	*link = a;
	return a;
}

uint64_t action_begin(struct actions *all, const struct action_order *order, action_over_fn *over, void *self,
		      struct err *err)
{
	struct action *a;

	if (!may_begin(all, order, err))
		return 0;
	a = make_action(all, order);
	a->mind->over = over;
	a->mind->self = self;
	report(a, REPORT_BEGUN);
	return a->id;
}

struct actions *actions_new(const struct action_options *options)
{
	struct actions *all = mem_zalloc(sizeof(*all));

	all->options = *options;
	all->tenant = mem_strdup(options->tenant);
	ev_init(&all->timer, on_timer);
	all->timer.data = all;
	return all;
}

void actions_set_tenant(struct actions *all, const char *tenant)
{
	mem_free(all->tenant);
	all->tenant = mem_strdup(tenant);
}

void actions_free(struct actions *all)
{
	if (!all)
		return;
	actions_interrupt(all);
	assert(!all->first);
	if (all->options.loop)
		ev_timer_stop(all->options.loop, &all->timer);
	mem_free(all->tenant);
	mem_free(all);
}

/* ---- what is asked from outside ---- */

size_t actions_open(const struct actions *all)
{
	const struct action *a;
	size_t n = 0;

	for (a = all->first; a; a = a->mind->next)
		n++;
	return n;
}

size_t actions_unanswered(const struct actions *all)
{
	const struct action *a;
	size_t n = 0;

	for (a = all->first; a; a = a->mind->next)
		n += a->course.sent;
	return n;
}

static const char *looking_back(const struct course *c)
{
	if (c->accepted)
		return N_("checking that it is so");
	return c->refused ? N_("checking: the service refused it") : N_("checking: the answer was lost");
}

const char *action_phase(const struct actions *all, uint64_t id)
{
	const struct action *a = all->first;

	while (a && a->id != id)
		a = a->mind->next;
	if (!a)
		return NULL;
	switch (a->course.phase) {
	case PHASE_FRESH:
		return _("reading it afresh");
	case PHASE_BACK:
		return _(looking_back(&a->course));
	default:
		return _("sending");
	}
}

/* Its request is taken back first: that may show that nothing of it has left. */
static void interrupt(struct action *a)
{
	if (a->asked)
		session_cancel(action_session(a), a->asked);
	if (a->mind->report == REPORT_HEARD)
		play(a, taken_back(a));
	else
		play(a, course_interrupt(&a->course));
}

void actions_interrupt(struct actions *all)
{
	while (all->first)
		interrupt(all->first);
	arm(all);
}
