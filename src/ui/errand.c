/* SPDX-License-Identifier: MIT */
/*
 * Everything that a box shows is copied into its errand, because what it was opened from (rows, forms, an
 * answer) moves on while it is read.
 */
#include "errand.h"

#include "core/i18n.h"
#include "core/mem.h"

static const char *const titles[ACT_COUNT] = {
	[ACT_RETRY] = N_("Retry"),
	[ACT_STOP] = N_("Stop"),
	[ACT_APPROVE] = N_("Approve"),
	[ACT_REJECT] = N_("Reject"),
	[ACT_POSTPONE] = N_("Put off by an hour"),
	[ACT_CANCEL] = N_("Take out of the queue"),
	[ACT_RUN] = N_("Run"),
	[ACT_BAN] = N_("Switch off"),
	[ACT_UNBAN] = N_("Switch on"),
	[ACT_TEMPLATE_FAVOURITE] = N_("Favourite template"),
	[ACT_TEMPLATE_UNFAVOURITE] = N_("No favourite any more"),
	[ACT_TEMPLATE_COPY] = N_("Copy template"),
	[ACT_TEMPLATE_EDIT] = N_("Change template"),
	[ACT_TEMPLATE_DELETE] = N_("Delete template"),
	[ACT_TEMPLATE_USE] = N_("New pipeline from a template"),
	[ACT_TASK] = N_("New pipeline"),
};

const char *errand_title(enum act act)
{
	return titles[act];
}

const char *errand_verdict_word(enum ui_verdict verdict)
{
	static const char *const words[] = {
		[UI_DONE] = N_("done"), [UI_NOT_DONE] = N_("not done"), [UI_UNKNOWN] = N_("unknown")};

	return words[verdict];
}

static void item_make(struct errand_item *item, const struct dialog_target *of)
{
	item->name = mem_strdup(of->name);
	item->pipeline_name = mem_strdup(of->pipeline_name);
	item->step_name = mem_strdup(of->step_name);
	item->line = mem_strdup(of->line);
	item->left_out = mem_strdup(of->left_out);
	item->run_number = of->run_number;
	item->shown = of->shown;
	item->stage = of->left_out ? ERRAND_LEFT_OUT : ERRAND_WAITS;
	if (of->ref)
		ref_copy(&item->ref, of->ref);
}

static void take_items(struct errand *e, const struct dialog_ask *ask, bool left_out)
{
	size_t i;

	for (i = 0; i < ask->n_targets; i++)
		if ((ask->targets[i].left_out != NULL) == left_out)
			item_make(&e->items[e->n++], &ask->targets[i]);
}

struct errand *errand_new(const struct dialog_ask *ask, uint64_t id)
{
	struct errand *e = mem_zalloc(sizeof(*e));
	size_t i;

	e->act = ask->act;
	e->title = mem_strdup(ask->title ? ask->title : _(titles[ask->act]));
	e->what = mem_strdup(ask->what);
	e->detail = mem_strdup(ask->detail);
	e->load = ask->load;
	e->free_load = ask->free_load;
	e->lines = mem_calloc(ask->n_lines, sizeof(*e->lines));
	for (i = 0; i < ask->n_lines; i++)
		e->lines[i] = (struct errand_line){mem_strdup(ask->lines[i].label),
						   mem_strdup(ask->lines[i].value)};
	e->n_lines = ask->n_lines;
	e->items = mem_calloc(ask->n_targets, sizeof(*e->items));
	take_items(e, ask, false);
	take_items(e, ask, true);
	for (i = 0; i < e->n; i++)
		e->items[i].id = id + i;
	return e;
}

static void item_done(struct errand_item *item)
{
	ref_done(&item->ref);
	mem_free(item->name);
	mem_free(item->pipeline_name);
	mem_free(item->step_name);
	mem_free(item->line);
	mem_free(item->left_out);
	mem_free(item->phase);
	mem_free(item->sentence);
}

void errand_free(struct errand *e)
{
	size_t i;

	if (!e)
		return;
	for (i = 0; i < e->n; i++)
		item_done(&e->items[i]);
	for (i = 0; i < e->n_lines; i++) {
		mem_free(e->lines[i].label);
		mem_free(e->lines[i].value);
	}
	if (e->free_load)
		e->free_load(e->load);
	mem_free(e->items);
	mem_free(e->lines);
	mem_free(e->title);
	mem_free(e->what);
	mem_free(e->detail);
	mem_free(e);
}

size_t errand_count(const struct errand *e, enum errand_stage stage)
{
	size_t i, n = 0;

	for (i = 0; i < e->n; i++)
		n += e->items[i].stage == stage;
	return n;
}

size_t errand_verdicts(const struct errand *e, enum ui_verdict verdict)
{
	size_t i, n = 0;

	for (i = 0; i < e->n; i++)
		n += e->items[i].stage == ERRAND_OVER && e->items[i].verdict == verdict;
	return n;
}

bool errand_is_over(const struct errand *e)
{
	return errand_count(e, ERRAND_WAITS) == 0 && errand_count(e, ERRAND_RUNS) == 0;
}

struct errand_item *errand_item(struct errand *e, uint64_t id)
{
	size_t i;

	for (i = 0; i < e->n; i++)
		if (e->items[i].id == id)
			return &e->items[i];
	return NULL;
}

struct errand_item *errand_next(struct errand *e)
{
	size_t i;

	for (i = 0; i < e->n; i++)
		if (e->items[i].stage == ERRAND_WAITS)
			return &e->items[i];
	return NULL;
}

void errand_phase(struct errand_item *item, const char *phase)
{
	mem_free(item->phase);
	item->phase = mem_strdup(phase);
}

void errand_over(struct errand_item *item, enum ui_verdict verdict, const char *sentence)
{
	item->stage = ERRAND_OVER;
	item->verdict = verdict;
	mem_free(item->sentence);
	item->sentence = mem_strdup(sentence);
}
