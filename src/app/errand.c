/* SPDX-License-Identifier: MIT */
/*
 * The other end of app/action for commands. An action tells its verdict in a callback; a command has
 * nothing else to do, so it turns the loop until that has run. Two things may happen meanwhile: it takes
 * longer than a person waits without a word, then what it does is told; or a signal comes, which must not
 * take the program away between a request and the line in the audit log that tells of it.
 */
#include "errand.h"

#include <ev.h>
#include <signal.h>
#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "relay.h"
#include "say.h"

#define QUIET_S 1.0 /* a phase that is shorter is not worth a line */

static const int signums[] = {SIGINT, SIGTERM, SIGHUP};
#define N_SIGNUMS (sizeof(signums) / sizeof(signums[0]))

struct wait {
	struct errand *errand;
	struct actions *actions;
	uint64_t id;
	bool over;
	const char *phase; /* that runs */
	struct ev_timer timer;
	struct ev_signal signals[N_SIGNUMS];
};

/* ---- the end of it ---- */

static char *copy(const char *text)
{
	return text_empty(text) ? NULL : mem_strdup(text);
}

static void take_result(void *self, const struct action_result *result)
{
	struct wait *w = self;
	struct errand *e = w->errand;

	w->over = true;
	e->verdict = result->verdict;
	e->err = result->err;
	e->unlogged = result->unlogged;
	e->sentence = copy(result->sentence);
	e->run_id = copy(result->run_id);
	e->new_id = copy(result->new_id);
	e->status = copy(result->status);
	e->number = copy(result->number);
	e->run_number = result->run_number;
	e->queued = result->queued;
	e->queue_id = result->queue_id;
	e->state = result->state;
}

static void take_signal(struct ev_loop *loop, struct ev_signal *watcher, int events)
{
	struct wait *w = watcher->data;

	(void)loop, (void)events;
	w->errand->signum = watcher->signum;
	actions_interrupt(w->actions);
}

/* ---- meanwhile ---- */

static void tell_phase(struct ev_loop *loop, struct ev_timer *timer, int events)
{
	struct wait *w = timer->data;

	(void)loop, (void)events;
	say("%s", w->phase);
}

static void look_at_phase(struct wait *w, struct ev_loop *loop)
{
	const char *phase = w->over ? NULL : action_phase(w->actions, w->id);

	if (text_same(phase, w->phase))
		return;
	w->phase = phase;
	ev_timer_stop(loop, &w->timer);
	if (!phase)
		return;
	ev_now_update(loop);
	ev_timer_set(&w->timer, QUIET_S, 0.);
	ev_timer_start(loop, &w->timer);
}

static void wait_for_it(struct wait *w, struct ev_loop *loop)
{
	size_t i;

	ev_timer_init(&w->timer, tell_phase, QUIET_S, 0.);
	w->timer.data = w;
	for (i = 0; i < N_SIGNUMS; i++) {
		ev_signal_init(&w->signals[i], take_signal, signums[i]);
		w->signals[i].data = w;
		ev_signal_start(loop, &w->signals[i]);
	}
	while (!w->over) {
		look_at_phase(w, loop);
		ev_run(loop, EVRUN_ONCE);
	}
	ev_timer_stop(loop, &w->timer);
	for (i = 0; i < N_SIGNUMS; i++)
		ev_signal_stop(loop, &w->signals[i]);
}

bool errand_run(struct command *c, const struct action_order *order, struct errand *e, struct err *err)
{
	struct audit *audit = audit_new(NULL, reader_host(c->reader));
	struct action_options options = {
		.loop = reader_loop(c->reader),
		.session = reader_session(c->reader),
		.audit = audit,
		.budget = reader_budget(c->reader),
		.tenant = c->tenant,
	};
	struct wait w = {.errand = e, .actions = actions_new(&options)};

	memset(e, 0, sizeof(*e));
	w.id = action_begin(w.actions, order, take_result, &w, err);
	if (w.id)
		wait_for_it(&w, options.loop);
	actions_free(w.actions);
	audit_free(audit);
	return w.id != 0;
}

void errand_declined(struct errand *e)
{
	*e = (struct errand){.verdict = VERDICT_NOT_DONE};
	err_set(&e->err, ERR_INPUT, 0, _("it was not confirmed: nothing was sent"));
}

void errand_done(struct errand *e)
{
	mem_free(e->sentence);
	mem_free(e->run_id);
	mem_free(e->new_id);
	mem_free(e->status);
	mem_free(e->number);
	memset(e, 0, sizeof(*e));
}

/* ---- telling ---- */

static const char *id_at(const struct action_order *order, enum ref_level level)
{
	return order->ref ? order->ref->id[level] : NULL;
}

void errand_object(const struct action_order *order, const struct errand_place *place, const struct errand *e,
		   struct buf *out)
{
	bool seen = e->state != STATE_OTHER || !text_empty(e->status);

	buf_addf(out, "{\"action\":\"%s\"", act_word(order->act));
	relay_member_string(out, "project_id", id_at(order, REF_PROJECT));
	relay_member_string(out, "pipeline_id", id_at(order, REF_PIPELINE));
	relay_member_string(out, "name", order->pipeline_name);
	relay_member_string(out, "pipeline_run_id", e->run_id ? e->run_id : id_at(order, REF_RUN));
	relay_member_number(out, "run_number", order->run_number);
	relay_member_string(out, "stage", place->stage);
	relay_member_string(out, "job", place->job);
	relay_member_string(out, "step", place->step);
	relay_member_string(out, "step_run_id", id_at(order, REF_STEP));
	relay_member_string(out, "gate", place->gate);
	relay_member_string(out, "verdict", course_verdict_word(e->verdict));
	relay_member_string(out, "why", e->verdict == VERDICT_DONE ? NULL : e->err.text);
	relay_member_string(out, "state", seen ? state_word(e->state) : NULL);
	relay_member_string(out, "status", e->status);
	relay_member_flag(out, "queued", e->queued);
	relay_member_number(out, "queue_id", e->queue_id);
	relay_member_string(out, "audit_id", e->number);
	buf_addc(out, '}');
}

static void add_sentence(const struct errand *e, struct buf *out)
{
	say_name(out, e->sentence ? e->sentence : e->err.text, "");
	buf_addc(out, '\n');
}

void errand_tell(struct command *c, const struct action_order *order, const struct errand_place *place,
		 const struct errand *e)
{
	static const struct errand_place nowhere = {NULL};
	struct buf text;

	buf_init(&text, BUF_MAX);
	if (c->options->want.json != JSON_NONE) {
		errand_object(order, place ? place : &nowhere, e, &text);
		buf_addc(&text, '\n');
	} else if (e->verdict == VERDICT_DONE) {
		add_sentence(e, &text);
	}
	out_add(&c->out, text.data, text.len);
	out_flush(&c->out);
	if (e->verdict != VERDICT_DONE)
		say("%s", e->sentence ? e->sentence : e->err.text);
	if (e->unlogged.kind != ERR_NONE)
		say(_("how it ended is not in the audit log: %s"), e->unlogged.text);
	buf_done(&text);
}

int errand_status(const struct errand *e)
{
	if (e->signum)
		return 128 + e->signum;
	if (e->verdict == VERDICT_DONE)
		return EXIT_OK;
	if (e->verdict == VERDICT_UNKNOWN)
		return EXIT_NETWORK;
	return e->err.kind == ERR_AUTH ? EXIT_SIGN_IN : EXIT_RUN_FAILED;
}
