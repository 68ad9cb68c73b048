/* SPDX-License-Identifier: MIT */
/*
 * One timer and one request at a time: the timer waits for the budget and sends, the answer goes to
 * the roll and arms the timer again.
 */
#include "templateask.h"

#include <ev.h>

#include "core/mem.h"
#include "core/when.h"

struct templateask {
	struct templateask_options options; /* its strings are the copies below */
	char *tenant, *name, *language, *sort_key;
	struct templateroll roll;
	struct ev_timer timer;
	uint64_t asked; /* 0: nothing is under way */
	bool over;
};

static void arm(struct templateask *a, int64_t delay_ms)
{
	ev_now_update(a->options.loop);
	ev_timer_stop(a->options.loop, &a->timer);
	ev_timer_set(&a->timer, (double)(delay_ms > 0 ? delay_ms : 0) / 1000.0, 0.);
	ev_timer_start(a->options.loop, &a->timer);
}

static void take_page(void *self, struct api_templates *page)
{
	struct templateask *a = self;
	struct err err = page->answer.err;

	a->asked = 0;
	if (err.kind == ERR_CANCELLED)
		return;
	if (err.kind == ERR_NONE)
		templateroll_take(&a->roll, page);
	a->over = err.kind != ERR_NONE || a->roll.over;
	if (!a->over)
		arm(a, 0);
	a->options.changed(a->options.self, &a->roll, err.kind == ERR_NONE ? NULL : &err);
}

static void send_next(struct ev_loop *loop, struct ev_timer *timer, int events)
{
	struct templateask *a = timer->data;
	struct budget *budget = a->options.budget;
	int64_t now_ms = when_monotonic_ms();
	struct api_template_query query;
	uint64_t asked;

	(void)loop, (void)events;
	if (budget && !budget_pay(budget, BUDGET_POLL, now_ms)) {
		arm(a, budget_ready_ms(budget, BUDGET_POLL, now_ms) - now_ms + 1);
		return;
	}
	if (!templateroll_next(&a->roll, &query))
		return;
	asked = api_list_templates(a->options.session, a->tenant, &query, take_page, a);
	if (asked) /* else it was refused, take_page has run, and `a` may be gone */
		a->asked = asked;
}

struct templateask *templateask_new(const struct templateask_options *options)
{
	struct templateask *a = mem_zalloc(sizeof(*a));
	struct template_wish wish = options->wish;

	a->options = *options;
	a->tenant = mem_strdup(options->tenant);
	wish.name = a->name = mem_strdup(wish.name);
	wish.language = a->language = mem_strdup(wish.language);
	wish.sort_key = a->sort_key = mem_strdup(wish.sort_key);
	templateroll_begin(&a->roll, &wish);
	ev_timer_init(&a->timer, send_next, 0., 0.);
	a->timer.data = a;
	arm(a, 0);
	return a;
}

void templateask_free(struct templateask *a)
{
	if (!a)
		return;
	ev_timer_stop(a->options.loop, &a->timer);
	if (a->asked)
		session_cancel(a->options.session, a->asked);
	templateroll_done(&a->roll);
	mem_free(a->tenant);
	mem_free(a->name);
	mem_free(a->language);
	mem_free(a->sort_key);
	mem_free(a);
}
