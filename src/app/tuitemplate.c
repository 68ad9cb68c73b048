/* SPDX-License-Identifier: MIT */
/*
 * The list is read when somebody looks at it, and again when he says so: templates change by people's hands,
 * so there is no poll. While a list is read anew the old one stays on screen until the new one is whole; only a
 * first reading shows its pages as they come. A failure that may pass is tried again while it is looked
 * at, at the pace that failures have everywhere.
 *
 * The ui borrows: whatever moves here is told to it in the same turn.
 */
#include "tuitemplate.h"

#include <stdio.h>
#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "outline.h"

#define FRESH_MS 60000	  /* a list that is younger is shown as it is */
#define OUTLINE_CELLS 400 /* the window cuts */

/* ---- whose ---- */

const char *tui_tenant(struct tui *t)
{
	const struct options *o = t->options;
	const char *said = text_empty(o->tenant) ? o->settings.tenant : o->tenant;
	struct tuitemplate *m = t->templates;
	struct auth *auth = session_auth(t->session);
	struct auth_info info;

	snprintf(m->tenant, sizeof(m->tenant), "%s", text_empty(said) && o->demo ? "demo" : text_or_empty(said));
	if (*m->tenant || !auth)
		return m->tenant;
	auth_info(auth, &info); /* IAM says whose token it is */
	snprintf(m->tenant, sizeof(m->tenant), "%s", info.account_id);
	return m->tenant;
}

static bool has_tenant(struct tuitemplate *m, struct err *err)
{
	return *tui_tenant(m->t) ||
	       err_set(err, ERR_INPUT, 0,
		       _("templates belong to an account, and none is named: set `tenant` in pipetop.conf, or give its id "
			 "with --tenant or PIPETOP_TENANT (console: My Credentials, Account ID)"));
}

/* ---- the list ---- */

static const char *fault_text(const struct err *err)
{
	return err->kind == ERR_NONE ? NULL : err->text;
}

static void show_list(struct tuitemplate *m, const struct templateroll *roll)
{
	bool partial = roll && !m->has_list;

	ui_set_templates(m->t->ui, &(struct ui_templates){
		.list = partial ? roll->all : m->kept,
		.n = partial ? roll->n : m->n_kept,
		.total = partial ? roll->total : m->total,
		.read_ms = m->read_ms,
		.reading = m->ask != NULL,
		.fault = fault_text(&m->fault),
	});
}

static void drop_kept(struct tuitemplate *m)
{
	while (m->n_kept)
		template_done(&m->kept[--m->n_kept]);
	mem_free(m->kept);
	m->kept = NULL;
}

static void keep(struct tuitemplate *m, struct templateroll *roll)
{
	drop_kept(m);
	m->kept = roll->all;
	m->n_kept = roll->n;
	m->total = roll->total;
	m->has_list = true;
	m->read_ms = m->began_ms;
	roll->all = NULL;
	roll->n = 0;
}

/* The ui lets go of its rows first. */
static void stop_ask(struct tuitemplate *m)
{
	struct templateask *ask = m->ask;

	m->ask = NULL;
	if (!m->has_list)
		m->read_ms = 0; /* what was read so far goes */
	show_list(m, NULL);
	templateask_free(ask);
}

static void try_later(struct tuitemplate *m, const struct err *err)
{
	int64_t now_ms = when_monotonic_ms(), delay_ms;

	backoff_failed(&m->backoff, err, true, -1, now_ms, (double)(when_wall_ms() % 1000) / 1000.0);
	if (!retry_worth(err))
		return;
	delay_ms = m->backoff.next_ms - now_ms;
	ev_timer_stop(m->t->loop, &m->again);
	ev_timer_set(&m->again, (double)(delay_ms > 0 ? delay_ms : 0) / 1000.0, 0.);
	ev_now_update(m->t->loop);
	ev_timer_start(m->t->loop, &m->again);
}

static void failed(struct tuitemplate *m, struct templateroll *roll, const struct err *err)
{
	m->fault = *err;
	if (!m->has_list && roll->n > 0)
		keep(m, roll);
	try_later(m, err);
}

static void list_moved(void *self, struct templateroll *roll, const struct err *err)
{
	struct tuitemplate *m = self;
	bool over = err || roll->over || !ui_shows_templates(m->t->ui);

	if (err) {
		failed(m, roll, err);
	} else {
		m->fault = (struct err){0};
		backoff_succeeded(&m->backoff, when_monotonic_ms());
		if (!m->has_list)
			m->read_ms = m->began_ms;
		if (roll->over)
			keep(m, roll);
	}
	if (over)
		stop_ask(m);
	else
		show_list(m, roll);
}

static void read_list(struct tuitemplate *m)
{
	struct tui *t = m->t;

	ev_timer_stop(t->loop, &m->again);
	if (m->ask)
		return;
	m->fault = (struct err){0};
	if (has_tenant(m, &m->fault)) {
		m->began_ms = when_monotonic_ms();
		m->outdated = false;
		m->ask = templateask_new(&(struct templateask_options){
			.loop = t->loop, .session = t->session, .budget = &t->budget, .tenant = m->tenant,
			.changed = list_moved, .self = m});
	}
	show_list(m, NULL);
}

static void try_again(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct tuitemplate *m = timer->data;

	(void)loop, (void)events;
	if (ui_shows_templates(m->t->ui))
		read_list(m);
}

static void open_list(struct tuitemplate *m)
{
	if (m->outdated || m->fault.kind != ERR_NONE || !m->read_ms || when_monotonic_ms() - m->read_ms > FRESH_MS)
		read_list(m);
}

/* ---- the one that is opened ---- */

static void show_detail(struct tuitemplate *m)
{
	ui_set_template(m->t->ui, &(struct ui_template){
		.id = m->id,
		.detail = m->has_detail ? &m->detail : NULL,
		.outline = m->outline.len ? m->outline.data : NULL,
		.odd = fault_text(&m->odd),
		.read_ms = m->has_detail ? m->detail_ms : 0,
		.reading = m->asked != 0,
		.fault = fault_text(&m->detail_fault),
	});
}

static void forget_detail(struct tuitemplate *m)
{
	template_done(&m->detail);
	m->has_detail = false;
	buf_clear(&m->outline);
	m->odd = m->detail_fault = (struct err){0};
}

static void take_detail(struct tuitemplate *m, struct template *tmpl)
{
	forget_detail(m);
	m->detail = *tmpl;
	*tmpl = (struct template){0};
	m->has_detail = true;
	m->detail_ms = when_monotonic_ms();
	if (text_empty(m->detail.definition))
		err_set(&m->odd, ERR_PARSE, 0, _("the service does not show what it makes"));
	else
		outline_definition(m->detail.definition, OUTLINE_CELLS, &m->outline, &m->odd);
}

static void go_on(struct tuitemplate *m)
{
	struct ui_request r = {.ask = m->wish.ask, .id = m->wish.id, .text = m->wish.text};
	bool fits = text_same(m->wish.id, m->id);

	m->wish = (struct template_wish_act){ASK_NONE, NULL, NULL};
	if (r.ask != ASK_NONE && fits && ui_awaits_template(m->t->ui)) {
		ui_template_begun(m->t->ui);
		if (m->has_detail && m->detail_fault.kind == ERR_NONE)
			tuitemplate_act(m, &r);
		else
			ui_message(m->t->ui, true, "%s", m->detail_fault.text);
	}
	mem_free((char *)(uintptr_t)r.id);
	mem_free((char *)(uintptr_t)r.text);
}

static void detail_came(void *self, struct api_template *answer)
{
	struct tuitemplate *m = self;

	m->asked = 0;
	if (answer->answer.err.kind == ERR_CANCELLED)
		return;
	if (answer->answer.err.kind == ERR_NONE && answer->template)
		take_detail(m, answer->template);
	else
		m->detail_fault = answer->answer.err;
	show_detail(m);
	go_on(m);
}

static void read_detail(struct tuitemplate *m, const char *id)
{
	struct tui *t = m->t;
	struct err err = {0};
	uint64_t asked;
	bool same = text_same(m->id, id);

	if (same && m->asked)
		return;
	if (m->asked)
		session_cancel(t->session, m->asked);
	m->asked = 0;
	if (!same) {
		forget_detail(m);
		mem_free(m->id);
		m->id = mem_strdup(id);
	}
	m->detail_fault = (struct err){0};
	if (!has_tenant(m, &err)) {
		m->detail_fault = err;
		show_detail(m);
		return;
	}
	budget_pay(&t->budget, BUDGET_POLL, when_monotonic_ms()); /* counted, never held up */
	asked = api_template_detail(t->session, m->tenant, id, detail_came, m);
	if (!asked)
		return; /* refused: detail_came has run */
	m->asked = asked;
	show_detail(m);
}

/* ---- what is asked ---- */

/* What is done to one needs all of it: a copy and an edit have its definition, a use its parameters. */
static void act_on(struct tuitemplate *m, const struct ui_request *r)
{
	if (m->has_detail && text_same(m->id, r->id) && m->detail_fault.kind == ERR_NONE) {
		ui_template_begun(m->t->ui);
		tuitemplate_act(m, r);
		return;
	}
	mem_free(m->wish.id);
	mem_free(m->wish.text);
	m->wish = (struct template_wish_act){r->ask, mem_strdup(r->id), r->text ? mem_strdup(r->text) : NULL};
	read_detail(m, r->id);
}

void tui_template(struct tui *t, const struct ui_request *r)
{
	struct tuitemplate *m = t->templates;

	switch (r->ask) {
	case ASK_TEMPLATES:
		open_list(m);
		break;
	case ASK_TEMPLATES_AGAIN:
		auth_retry(session_auth(t->session));
		read_list(m);
		break;
	case ASK_TEMPLATE:
		read_detail(m, r->id);
		break;
	default:
		act_on(m, r);
	}
}

void tui_template_over(struct tui *t, const struct action_result *result)
{
	struct tuitemplate *m = t->templates;

	if (result->act < ACT_TEMPLATE_FAVOURITE || result->act > ACT_TEMPLATE_DELETE)
		return;
	tuitemplate_act_over(m, result->act, result->verdict == VERDICT_DONE);
	m->outdated = true;
	if (!ui_shows_templates(t->ui))
		return;
	if (m->ask) /* what it has read is from before */
		stop_ask(m);
	read_list(m);
	if (m->id && m->has_detail && result->act != ACT_TEMPLATE_DELETE)
		read_detail(m, m->id);
}

/* ---- life ---- */

struct tuitemplate *tuitemplate_new(struct tui *t)
{
	struct tuitemplate *m = mem_zalloc(sizeof(*m));

	m->t = t;
	m->total = -1;
	buf_init(&m->outline, BUF_MAX);
	ev_timer_init(&m->again, try_again, 0., 0.);
	m->again.data = m;
	return m;
}

void tuitemplate_free(struct tuitemplate *m)
{
	if (!m)
		return;
	ev_timer_stop(m->t->loop, &m->again);
	templateask_free(m->ask);
	if (m->asked)
		session_cancel(m->t->session, m->asked);
	drop_kept(m);
	forget_detail(m);
	buf_done(&m->outline);
	mem_free(m->id);
	mem_free(m->wish.id);
	mem_free(m->wish.text);
	tuitemplate_act_done(m);
	mem_free(m);
}
