/* SPDX-License-Identifier: MIT */
/*
 * Packing walks the run twice with the same code: once to count, once to copy. Structs
 * go to the front of the block, where they are aligned, strings to the back. Words that many
 * runs have in common are the stock's and not copied at all.
 */
#include "kept.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"

#define MESSAGE_MAX 1024 /* bytes of a commit message; one of 1 MB is legal (D12) */

struct packer {
	struct stock *stock;
	char *structs, *text; /* where the next one goes; NULL while counting */
	size_t structs_size, text_size;
};

static char *put_bytes(struct packer *p, const char *s, size_t len)
{
	char *to = p->text;

	p->text_size += len + 1;
	if (!to)
		return NULL;
	memcpy(to, s, len);
	to[len] = '\0';
	p->text += len + 1;
	return to;
}

static void put_text(struct packer *p, char **s)
{
	if (*s)
		*s = put_bytes(p, *s, strlen(*s));
}

static void put_message(struct packer *p, char **s)
{
	size_t len = *s ? strlen(*s) : 0;

	if (*s)
		*s = put_bytes(p, *s, len > MESSAGE_MAX ? text_cut(*s, MESSAGE_MAX) : len);
}

/* One of few, which many have. */
static void put_word(struct packer *p, char **s)
{
	char *word = *s ? stock_word(p->stock, *s) : NULL;

	if (word)
		*s = word;
	else
		put_text(p, s);
}

static void *put_array(struct packer *p, const void *from, size_t n, size_t size)
{
	char *to = p->structs;

	p->structs_size += n * size;
	if (!to || n == 0)
		return NULL;
	memcpy(to, from, n * size);
	p->structs += n * size;
	return to;
}

static void put_steps(struct packer *p, struct step **steps, size_t n)
{
	struct step *to = put_array(p, *steps, n, sizeof(**steps)), counted, *step;
	size_t i;

	for (i = 0; i < n; i++) {
		counted = (*steps)[i];
		step = to ? &to[i] : &counted;
		put_text(p, &step->id);
		put_word(p, &step->name);
		put_word(p, &step->task);
		put_word(p, &step->status);
		put_text(p, &step->message);
		put_text(p, &step->approvers);
		put_text(p, &step->comment);
		put_text(p, &step->child_pipeline);
		put_text(p, &step->child_run);
		put_text(p, &step->child_project);
		put_text(p, &step->job_id);
	}
	*steps = to;
}

static void put_jobs(struct packer *p, struct job **jobs, size_t n)
{
	struct job *to = put_array(p, *jobs, n, sizeof(**jobs)), counted, *job;
	size_t i;

	for (i = 0; i < n; i++) {
		counted = (*jobs)[i];
		job = to ? &to[i] : &counted;
		put_text(p, &job->id);
		put_word(p, &job->identifier);
		put_word(p, &job->name);
		put_word(p, &job->status);
		put_text(p, &job->message);
		put_steps(p, &job->steps, job->n_steps);
	}
	*jobs = to;
}

static void put_stages(struct packer *p, struct stage **stages, size_t n)
{
	struct stage *to = put_array(p, *stages, n, sizeof(**stages)), counted, *stage;
	size_t i;

	for (i = 0; i < n; i++) {
		counted = (*stages)[i];
		stage = to ? &to[i] : &counted;
		put_text(p, &stage->id);
		put_word(p, &stage->identifier);
		put_word(p, &stage->name);
		put_word(p, &stage->status);
		put_steps(p, &stage->pre, stage->n_pre);
		put_steps(p, &stage->post, stage->n_post);
		put_jobs(p, &stage->jobs, stage->n_jobs);
	}
	*stages = to;
}

/* All but pipeline_id, which is the pipeline's own. */
static void put_run(struct packer *p, struct run *run)
{
	put_text(p, &run->id);
	put_word(p, &run->status);
	put_word(p, &run->trigger);
	put_word(p, &run->executor);
	put_word(p, &run->executor_id);
	put_word(p, &run->branch);
	put_text(p, &run->commit);
	put_message(p, &run->message);
	put_text(p, &run->detail_url);
	put_stages(p, &run->stages, run->n_stages);
}

struct kept *kept_new(struct stock *stock, const struct run *run, char *pipeline_id)
{
	struct packer count = {.stock = stock}, copy = {.stock = stock};
	struct run counted = *run;
	struct kept *kept;
	size_t size;

	put_run(&count, &counted);
	size = sizeof(*kept) + count.structs_size + count.text_size;
	kept = stock_take(stock, size);
	memset(kept, 0, sizeof(*kept));
	kept->size = (uint32_t)size; /* of an answer, which is 4 MiB at most */
	kept->run = *run;
	kept->run.pipeline_id = pipeline_id;
	copy.structs = (char *)(kept + 1);
	copy.text = copy.structs + count.structs_size;
	put_run(&copy, &kept->run);
	run_derive(&kept->run);
	return kept;
}

void kept_free(struct stock *stock, struct kept *kept)
{
	stock_give(stock, kept, kept->size);
}

struct stage *kept_stages(const struct run *run)
{
	struct stage *stages = mem_calloc(run->n_stages, sizeof(*stages));

	if (run->n_stages)
		memcpy(stages, run->stages, run->n_stages * sizeof(*stages));
	return stages;
}

bool kept_alive(const struct kept *kept)
{
	return state_live(kept->run.state) || kept->run.state == STATE_PENDING;
}

/* ---- comparing ---- */

static bool step_same(const struct step *a, const struct step *b)
{
	return a->state == b->state && a->gate == b->gate && a->start_ms == b->start_ms &&
	       a->end_ms == b->end_ms && a->attempt == b->attempt &&
	       a->superseded == b->superseded && a->gate_all == b->gate_all &&
	       a->gate_timeout_ms == b->gate_timeout_ms &&
	       a->gate_timeout_passes == b->gate_timeout_passes && text_same(a->id, b->id) &&
	       text_same(a->name, b->name) && text_same(a->status, b->status) &&
	       text_same(a->message, b->message) && text_same(a->approvers, b->approvers) &&
	       text_same(a->comment, b->comment) &&
	       text_same(a->child_pipeline, b->child_pipeline) &&
	       text_same(a->child_run, b->child_run) &&
	       text_same(a->child_project, b->child_project) && text_same(a->job_id, b->job_id);
}

static bool steps_same(const struct step *a, size_t n_a, const struct step *b, size_t n_b)
{
	size_t i;

	if (n_a != n_b)
		return false;
	for (i = 0; i < n_a; i++)
		if (!step_same(&a[i], &b[i]))
			return false;
	return true;
}

static bool job_same(const struct job *a, const struct job *b)
{
	return a->state == b->state && a->start_ms == b->start_ms && a->end_ms == b->end_ms &&
	       text_same(a->id, b->id) && text_same(a->name, b->name) &&
	       text_same(a->status, b->status) && text_same(a->message, b->message) &&
	       steps_same(a->steps, a->n_steps, b->steps, b->n_steps);
}

static bool stage_same(const struct stage *a, const struct stage *b)
{
	size_t i;

	if (a->state != b->state || a->start_ms != b->start_ms || a->end_ms != b->end_ms ||
	    a->pause_ms != b->pause_ms || a->n_jobs != b->n_jobs || !text_same(a->id, b->id) ||
	    !text_same(a->name, b->name) || !text_same(a->status, b->status) ||
	    !steps_same(a->pre, a->n_pre, b->pre, b->n_pre) ||
	    !steps_same(a->post, a->n_post, b->post, b->n_post))
		return false;
	for (i = 0; i < a->n_jobs; i++)
		if (!job_same(&a->jobs[i], &b->jobs[i]))
			return false;
	return true;
}

bool kept_same(const struct run *a, const struct run *b)
{
	size_t i;

	if (a->state != b->state || a->number != b->number || a->start_ms != b->start_ms ||
	    a->end_ms != b->end_ms || a->pause_ms != b->pause_ms || a->n_stages != b->n_stages ||
	    a->detailed != b->detailed || !text_same(a->id, b->id) ||
	    !text_same(a->status, b->status) || !text_same(a->trigger, b->trigger) ||
	    !text_same(a->executor, b->executor) || !text_same(a->branch, b->branch) ||
	    !text_same(a->commit, b->commit) || !text_same(a->message, b->message) ||
	    !text_same(a->detail_url, b->detail_url))
		return false;
	for (i = 0; i < a->n_stages; i++)
		if (!stage_same(&a->stages[i], &b->stages[i]))
			return false;
	return true;
}

/* ---- a newer summary on an older detail ---- */

/* Batch status gives no ids of stages; names alone may be doubled, sequences may lie. */
static const struct stage *stage_of(const struct run *run, const struct stage *like, size_t at)
{
	const struct stage *stage = at < run->n_stages ? &run->stages[at] : NULL;
	size_t i;

	if (stage && stage->sequence == like->sequence && text_same(stage->name, like->name))
		return stage;
	for (i = 0; i < run->n_stages; i++)
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): n_stages says that they are */
		if (text_same(run->stages[i].name, like->name))
			return &run->stages[i];
	return NULL;
}

/* The detail's times are exact where it has them; a summary's are text without a zone. */
static bool overlay_stage(struct stage *stage, const struct stage *newer)
{
	bool over = state_terminal(state_from_v5(newer->status, false));

	if (text_same(stage->status, newer->status))
		return false;
	stage->status = newer->status;
	if (stage->start_ms == WHEN_NONE)
		stage->start_ms = newer->start_ms;
	stage->end_ms = over ? newer->end_ms : WHEN_NONE;
	return true;
}

static bool replace_time(int64_t *ms, int64_t newer)
{
	if (newer == WHEN_NONE || *ms == newer)
		return false;
	*ms = newer;
	return true;
}

static bool fill_text(char **text, char *other)
{
	if (*text || !other)
		return false;
	*text = other;
	return true;
}

bool kept_fill(struct run *run, const struct run *other)
{
	bool changed = fill_text(&run->trigger, other->trigger);

	changed |= fill_text(&run->executor, other->executor);
	changed |= fill_text(&run->executor_id, other->executor_id);
	changed |= fill_text(&run->branch, other->branch);
	changed |= fill_text(&run->commit, other->commit);
	changed |= fill_text(&run->message, other->message);
	changed |= fill_text(&run->detail_url, other->detail_url);
	if (run->number > 0 || other->number <= 0)
		return changed;
	run->number = other->number;
	return true;
}

bool kept_overlay(struct run *run, const struct run *newer)
{
	bool over = state_terminal(state_from_v5(newer->status, false));
	bool changed = kept_fill(run, newer);
	const struct stage *stage;
	size_t i;

	if (newer->status && !text_same(run->status, newer->status)) {
		run->status = newer->status;
		run->end_ms = over ? newer->end_ms : WHEN_NONE;
		changed = true;
	}
	if (over)
		changed |= replace_time(&run->end_ms, newer->end_ms);
	changed |= replace_time(&run->start_ms, newer->start_ms);
	for (i = 0; i < run->n_stages; i++) {
		stage = stage_of(newer, &run->stages[i], i);
		if (stage)
			changed |= overlay_stage(&run->stages[i], stage);
	}
	return changed;
}

/* What has no start yet and is not over is about to start: newer than all that have one. */
static int64_t start_of(const struct run *run)
{
	return run->start_ms == WHEN_NONE && !state_terminal(run->state) ? INT64_MAX : run->start_ms;
}

int kept_order(const struct run *a, const struct run *b)
{
	int64_t x = start_of(a), y = start_of(b);

	if (a->number > 0 && b->number > 0 && a->number != b->number)
		return a->number > b->number ? -1 : 1;
	return (x < y) - (x > y);
}
