/* SPDX-License-Identifier: MIT */
/*
 * The ways of what is done to a pipeline: a run of it is started, it is switched off or on.
 *
 * A run has no name before the service gives it one. When that answer is lost, only a run that stands in the
 * list now and did not before can be it, and a colleague may have started that one: it is told, and the
 * operator has to look. So the first look notes which runs there are.
 */
#include <stdio.h>
#include <string.h>

#include "actway.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/vault.h"

#define KNOWN 20 /* newest runs that are looked at */
#define MANUAL "Manual" /* trigger of a run that a person started, also from here */

static void heard(void *self, const struct api_done *done);

static const char *name_of(const struct action *a)
{
	return text_empty(a->pipeline_name) ? a->ref.id[REF_PIPELINE] : a->pipeline_name;
}

/* ---- what is ordered ---- */

struct start {
	bool banned;
	char known[KNOWN][MODEL_ID_MAX + 1];
	size_t n_known;
	int64_t newest; /* number */
	bool there;	/* the run that the service named was seen */
	/* The order, ours. */
	struct api_run_order order;
	struct variable *variables;
	char **secrets; /* their values in the vault, so that nothing written has them */
	char *description, *sources, **stages, **jobs;
};

static struct start *start_of(const struct action *a)
{
	return a->own;
}

static char **copy_words(const char *const *words, size_t n)
{
	char **copy = mem_calloc(n ? n : 1, sizeof(*copy));
	size_t i;

	for (i = 0; i < n; i++)
		copy[i] = mem_strdup(words[i]);
	return copy;
}

static void free_words(char **words, size_t n)
{
	size_t i;

	for (i = 0; words && i < n; i++)
		mem_free(words[i]);
	mem_free(words);
}

static void keep_secrets(struct start *s)
{
	size_t i;

	s->secrets = mem_calloc(s->order.n_variables ? s->order.n_variables : 1, sizeof(*s->secrets));
	for (i = 0; i < s->order.n_variables; i++)
		if (s->variables[i].secret)
			s->secrets[i] = vault_keep(s->variables[i].value);
}

static void copy_run(struct action *a, const struct action_order *order)
{
	static const struct api_run_order defaults = {0};
	const struct api_run_order *from = order->run ? order->run : &defaults;
	struct start *s = mem_zalloc(sizeof(*s));
	size_t i;

	a->own = s;
	s->order = *from;
	s->order.description = s->description = mem_strdup(from->description);
	s->order.sources_json = s->sources = mem_strdup(from->sources_json);
	s->stages = copy_words(from->stages, from->n_stages);
	s->jobs = copy_words(from->jobs, from->n_jobs);
	s->order.stages = (const char *const *)s->stages;
	s->order.jobs = (const char *const *)s->jobs;
	s->variables = mem_calloc(from->n_variables ? from->n_variables : 1, sizeof(*s->variables));
	for (i = 0; i < from->n_variables; i++)
		variable_copy(&s->variables[i], &from->variables[i]);
	s->order.variables = s->variables;
	keep_secrets(s);
}

/* What was typed may be a secret. */
static void wipe(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
}

static void release_run(struct action *a)
{
	struct start *s = start_of(a);
	size_t i;

	for (i = 0; i < s->order.n_variables; i++) {
		vault_drop(s->secrets[i]);
		wipe(s->variables[i].value);
		variable_done(&s->variables[i]);
	}
	mem_free(s->variables);
	mem_free(s->secrets);
	mem_free(s->description);
	mem_free(s->sources);
	free_words(s->stages, s->order.n_stages);
	free_words(s->jobs, s->order.n_jobs);
	mem_free(s);
}

/* ---- before ---- */

static bool is_known(const struct start *s, const struct run *run)
{
	size_t i;

	for (i = 0; i < s->n_known; i++)
		if (text_same(s->known[i], run->id))
			return true;
	return run->number > 0 && run->number <= s->newest;
}

static void note_runs(struct start *s, const struct api_runs *page)
{
	size_t i;

	for (i = 0; i < page->n && s->n_known < KNOWN; i++) {
		snprintf(s->known[s->n_known++], sizeof(s->known[0]), "%s", text_or_empty(page->runs[i].id));
		if (page->runs[i].number > s->newest)
			s->newest = page->runs[i].number;
	}
}

static void saw_runs_before(void *self, struct api_runs *page)
{
	struct action *a = self;

	if (page->answer.err.kind == ERR_NONE)
		note_runs(start_of(a), page);
	action_saw(a, page->answer.err.kind == ERR_NONE ? NULL : &page->answer.err);
}

static uint64_t list_runs(struct action *a, api_runs_fn *done)
{
	static const struct api_run_query newest = {.limit = KNOWN};

	action_pay(a);
	return api_list_runs(action_session(a), a->ref.id[REF_PROJECT], a->ref.id[REF_PIPELINE], &newest, done,
			     a);
}

static void saw_plan(void *self, const struct api_plan *plan)
{
	struct action *a = self;
	uint64_t asked;

	if (plan->answer.err.kind != ERR_NONE) {
		action_saw(a, &plan->answer.err);
		return;
	}
	start_of(a)->banned = plan->banned;
	asked = list_runs(a, saw_runs_before);
	if (asked)
		a->asked = asked;
}

static bool may_start(struct action *a, struct err *err)
{
	if (!start_of(a)->banned)
		return true;
	return err_set(err, ERR_INPUT, 0, _("%.80s is switched off: :unban switches it on"), name_of(a));
}

/* ---- the request ---- */

static uint64_t send_run(struct action *a)
{
	return api_run(action_session(a), a->ref.id[REF_PROJECT], a->ref.id[REF_PIPELINE], &start_of(a)->order,
		       heard, a);
}

/* A yes that does not name the run is none that could be looked at. */
static void heard(void *self, const struct api_done *done)
{
	struct action *a = self;

	if (done->answer.err.kind == ERR_NONE && !text_empty(done->run_id)) {
		a->run_id = mem_strdup(done->run_id);
		a->queued = done->queued;
		a->queue_id = done->queue_id;
	}
	action_heard(a, done);
}

/* ---- after ---- */

static void saw_started(void *self, struct api_detail *detail)
{
	struct action *a = self;
	const struct run *run = detail->run;

	if (detail->answer.err.kind != ERR_NONE || !run) {
		action_saw(a, &detail->answer.err);
		return;
	}
	start_of(a)->there = true;
	a->run_number = run->number;
	a->state = run->state;
	snprintf(a->status, sizeof(a->status), "%.*s", (int)sizeof(a->status) - 1, text_or_empty(run->status));
	snprintf(a->after, sizeof(a->after), "%s", a->status);
	action_show_run(a, run, &detail->answer);
	action_saw(a, NULL);
}

/* The first that a person started and that was not there; or any, where all of a page are new. */
static const struct run *new_run(const struct start *s, const struct api_runs *page)
{
	size_t i, fresh = 0;

	for (i = 0; i < page->n; i++) {
		if (is_known(s, &page->runs[i]))
			continue;
		if (text_same(page->runs[i].trigger, MANUAL) || text_empty(page->runs[i].trigger))
			return &page->runs[i];
		fresh++;
	}
	return fresh == KNOWN ? &page->runs[0] : NULL;
}

static void put_hint(struct action *a, const struct run *run)
{
	const char *by = text_or_empty(run->executor);

	if (run->number && *by)
		snprintf(a->hint, sizeof(a->hint), _("run %lld by %.40s started since then: look whether it is yours"),
			 (long long)run->number, by);
	else
		snprintf(a->hint, sizeof(a->hint), _("a run started since then: look whether it is yours (%s)"),
			 text_or_empty(run->id));
}

static void saw_runs_after(void *self, struct api_runs *page)
{
	struct action *a = self;
	const struct run *run;

	*a->hint = '\0';
	if (page->answer.err.kind == ERR_NONE) {
		run = new_run(start_of(a), page);
		if (run)
			put_hint(a, run);
	}
	action_saw(a, page->answer.err.kind == ERR_NONE ? NULL : &page->answer.err);
}

static uint64_t look_for_run(struct action *a)
{
	if (a->sent && !a->run_id)
		return list_runs(a, saw_runs_after);
	action_pay(a);
	if (!a->sent)
		return api_plan(action_session(a), a->ref.id[REF_PROJECT], a->ref.id[REF_PIPELINE], saw_plan, a);
	return api_run_detail(action_session(a), a->ref.id[REF_PROJECT], a->ref.id[REF_PIPELINE], a->run_id,
			      saw_started, a);
}

static enum deed_effect effect_of_run(struct action *a)
{
	if (start_of(a)->there)
		return DEED_EFFECT_SEEN;
	return *a->hint ? DEED_EFFECT_MAYBE : DEED_EFFECT_NONE;
}

static void tell_started(const struct action *a, struct buf *out)
{
	int64_t number = a->run_number;

	if (a->queued && a->queue_id)
		buf_addf(out, _("queued as %lld"), (long long)a->queue_id);
	else if (a->queued)
		buf_adds(out, _("queued"));
	else if (number)
		buf_addf(out, _("run %lld started"), (long long)number);
	else
		buf_adds(out, _("a run has started"));
}

static void tell_run(const struct action *a, struct buf *out)
{
	buf_addf(out, "%s: ", name_of(a));
	if (a->course.verdict == VERDICT_DONE)
		tell_started(a, out);
	else if (a->course.verdict == VERDICT_NOT_DONE)
		buf_adds(out, _("no run was started"));
	else
		buf_adds(out, _("it is not known whether a run was started"));
}

const struct act_way actway_run = {
	.read = look_for_run,
	.fits = may_start,
	.send = send_run,
	.effect = effect_of_run,
	.tell = tell_run,
	.done = release_run,
	.copy = copy_run,
};

/* ---- off and on ---- */

struct toggle {
	bool banned; /* as it was last read */
};

static void copy_ban(struct action *a, const struct action_order *order)
{
	(void)order;
	a->own = mem_zalloc(sizeof(struct toggle));
}

static void release_ban(struct action *a)
{
	mem_free(a->own);
}

static void saw_ban(void *self, const struct api_plan *plan)
{
	struct action *a = self;
	struct toggle *toggle = a->own;

	if (plan->answer.err.kind == ERR_NONE) {
		toggle->banned = plan->banned;
		snprintf(a->sent ? a->after : a->before, sizeof(a->after), "%s",
			 plan->banned ? "banned" : "not banned");
	}
	action_saw(a, plan->answer.err.kind == ERR_NONE ? NULL : &plan->answer.err);
}

static uint64_t look_whether_banned(struct action *a)
{
	action_pay(a);
	return api_plan(action_session(a), a->ref.id[REF_PROJECT], a->ref.id[REF_PIPELINE], saw_ban, a);
}

static bool is_as_wanted(const struct action *a)
{
	return ((const struct toggle *)a->own)->banned == (a->act == ACT_BAN);
}

static bool may_ban(struct action *a, struct err *err)
{
	if (!is_as_wanted(a))
		return true;
	return err_set(err, ERR_INPUT, 0, a->act == ACT_BAN ? _("it is switched off already")
							    : _("it is switched on already"));
}

static void heard_ban(void *self, const struct api_done *done)
{
	action_heard(self, done);
}

static uint64_t send_ban(struct action *a)
{
	return api_ban(action_session(a), a->ref.id[REF_PROJECT], a->ref.id[REF_PIPELINE], a->act == ACT_BAN,
		       heard_ban, a);
}

static enum deed_effect effect_of_ban(struct action *a)
{
	return is_as_wanted(a) ? DEED_EFFECT_SEEN : DEED_EFFECT_NONE;
}

static void tell_ban(const struct action *a, struct buf *out)
{
	static const char *const words[2][3] = {
		{N_("switched off"), N_("not switched off"), N_("it is not known whether it was switched off")},
		{N_("switched on"), N_("not switched on"), N_("it is not known whether it was switched on")},
	};

	buf_addf(out, "%s: %s", name_of(a), _(words[a->act == ACT_UNBAN][a->course.verdict]));
}

const struct act_way actway_ban = {
	.read = look_whether_banned,
	.fits = may_ban,
	.send = send_ban,
	.effect = effect_of_ban,
	.tell = tell_ban,
	.done = release_ban,
	.copy = copy_ban,
};
