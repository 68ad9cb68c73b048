/* SPDX-License-Identifier: MIT */
/*
 * Carries out what notices.c decides. Everything here may come in hundreds at once (a
 * project's nightly runs fail together), so the window of notices.h bounds what the terminal
 * gets, and spawn's queue bounds the children; what is dropped there is said.
 *
 * A hook that fails is said in the status line, with how many did before it: the line holds
 * only the newest.
 */
#include "app/hooks.h"

#include <ev.h>
#include <stdio.h>

#include "app/spawn.h"
#include "argv.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/vault.h"
#include "facts.h"

#define TITLE "pipetop"

struct hooks {
	struct hooks_options options;
	struct spawn *spawn;
	struct notice_gate gate;
	ev_timer window;
	uint64_t seen;	 /* newest change that was acted on */
	unsigned failed; /* hooks, so far */
};

static void window_over(struct ev_loop *loop, ev_timer *w, int revents);

struct hooks *hooks_new(const struct hooks_options *options)
{
	struct hooks *h = mem_zalloc(sizeof(*h));

	h->options = *options;
	h->spawn = spawn_new(options->loop, 0, 0);
	ev_timer_init(&h->window, window_over, 0., 0.);
	h->window.data = h;
	return h;
}

void hooks_free(struct hooks *h)
{
	if (!h)
		return;
	ev_timer_stop(h->options.loop, &h->window);
	h->options.say = NULL; /* what ends now was ended by us */
	spawn_free(h->spawn);
	mem_free(h);
}

void hooks_configure(struct hooks *h, const struct notice_config *config)
{
	h->options.config = config;
}

static void say_failure(struct hooks *h, const struct err *err)
{
	char text[sizeof(err->text) + 64];

	if (!h->options.say)
		return;
	h->failed++;
	if (h->failed == 1)
		snprintf(text, sizeof(text), "%s", err->text);
	else
		snprintf(text, sizeof(text), _("%s (%u hooks failed so far)"), err->text, h->failed);
	h->options.say(h->options.self, true, text);
}

/* ---- the terminal ---- */

static void notify(struct hooks *h, struct buf *text)
{
	vault_scrub(text);
	if (h->options.notify)
		h->options.notify(h->options.self, TITLE, text->data);
}

static void notify_change(struct hooks *h, const struct change *change, int64_t now_ms)
{
	struct buf text;

	if (!notice_gate_show(&h->gate, change->kind, now_ms))
		return;
	buf_init(&text, BUF_MAX);
	notice_sentence(change, h->options.utf8, &text);
	notify(h, &text);
	buf_done(&text);
}

static void close_window(struct hooks *h, int64_t now_ms)
{
	struct buf text;

	buf_init(&text, BUF_MAX);
	if (notice_gate_close(&h->gate, now_ms, &text))
		notify(h, &text);
	buf_done(&text);
}

/* What is withheld is told when its window ends, whether or not anything else happens. */
static void arm(struct hooks *h, int64_t now_ms)
{
	int64_t wake_ms = notice_gate_wake_ms(&h->gate);

	if (wake_ms < 0 || ev_is_active(&h->window))
		return;
	ev_now_update(h->options.loop);
	ev_timer_set(&h->window, (double)(wake_ms > now_ms ? wake_ms - now_ms : 0) / 1000.0, 0.);
	ev_timer_start(h->options.loop, &h->window);
}

static void window_over(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct hooks *h = w->data;

	(void)loop, (void)revents;
	/* The timer's word is good: our clock and the loop's may differ by a millisecond. */
	close_window(h, h->gate.opened_ms + NOTICE_WINDOW_MS);
}

/* ---- hooks ---- */

static void hook_ended(void *self, const struct spawn_result *result)
{
	if (result->err.kind != ERR_NONE)
		say_failure(self, &result->err);
}

static void run_hook(struct hooks *h, const struct notice_todo *todo, const struct change *change)
{
	const char *name = notice_hook_name(todo->hook);
	char **env = facts_new(change, h->options.store, name, h->options.utf8);
	struct spawn_job job = {
		.name = name,
		.argv = todo->argv,
		.env = (const char *const *)env,
		.time_limit_ms = h->options.config->hook_limit_ms,
		.done = hook_ended,
		.self = h,
	};
	struct err err = {0};

	if (!spawn_run(h->spawn, &job, &err))
		say_failure(h, &err);
	argv_free(env);
}

/* ---- changes ---- */

static void act(struct hooks *h, const struct change *change, int64_t now_ms)
{
	const struct hooks_options *o = &h->options;
	bool marked = o->marked && o->marked(o->self, &change->ref);
	struct notice_todo todo[NOTICE_ACTIONS_MAX];
	size_t i, n = notice_decide(o->config, change, marked, todo);

	for (i = 0; i < n; i++) {
		if (todo[i].action == NOTICE_DO_HOOK)
			run_hook(h, &todo[i], change);
		else if (todo[i].action == NOTICE_DO_NOTIFY)
			notify_change(h, change, now_ms);
		else if (o->bell && notice_gate_bell(&h->gate, now_ms))
			o->bell(o->self);
	}
}

void hooks_update(struct hooks *h, const struct changes *changes, int64_t now_ms)
{
	const struct change *change;

	while ((change = changes_next(changes, h->seen)) != NULL) {
		h->seen = change->seq;
		if (h->options.config)
			act(h, change, now_ms);
	}
	close_window(h, now_ms);
	arm(h, now_ms);
}
