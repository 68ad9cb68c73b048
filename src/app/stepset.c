/* SPDX-License-Identifier: MIT */
/*
 * Choosing steps by name. Each of the three names is matched in its strictest way that
 * matches anything in this run, so that `--step test` means the step "test" where there is
 * one, and "unit test" where there is not.
 */
#include "stepset.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "say.h"

enum level { LEVEL_STAGE, LEVEL_JOB, LEVEL_STEP, LEVELS };
enum strictness { STRICT_EXACT, STRICT_PART };

struct chooser {
	const struct stepset_want *want;
	enum strictness how[LEVELS];
	struct step_at *steps;
	size_t n;
	/* while finding out how strict one level can be */
	enum level level;
	bool any;
};

static const char *wanted(const struct stepset_want *want, enum level level)
{
	const char *const names[LEVELS] = {want->stage, want->job, want->step};

	return names[level];
}

static bool matches(const struct step_at *at, enum level level, const char *name, enum strictness how)
{
	const char *names[LEVELS][3] = {
		[LEVEL_STAGE] = {at->stage->name, at->stage->id, at->stage->identifier},
		[LEVEL_STEP] = {at->step->name, at->step->id, at->step->task},
	};
	size_t i;

	if (at->job) {
		names[LEVEL_JOB][0] = at->job->name;
		names[LEVEL_JOB][1] = at->job->id;
		names[LEVEL_JOB][2] = at->job->identifier;
	}
	if (how == STRICT_PART)
		return strcasestr(text_or_empty(names[level][0]), name) != NULL;
	for (i = 0; i < 3; i++)
		if (names[level][i] && strcmp(names[level][i], name) == 0)
			return true;
	return false;
}

static bool eligible(const struct stepset_want *want, const struct step_at *at)
{
	if (want->gates)
		return at->step->gate != GATE_NONE && !at->step->superseded;
	return at->place == STEP_JOB && at->job;
}

static bool look_for_exact(const struct step_at *at, void *arg)
{
	struct chooser *c = arg;

	if (eligible(c->want, at))
		c->any |= matches(at, c->level, wanted(c->want, c->level), STRICT_EXACT);
	return c->any;
}

static bool choose(const struct step_at *at, void *arg)
{
	struct chooser *c = arg;
	size_t level;

	if (!eligible(c->want, at) || (c->want->failed && at->step->state != STATE_FAILED))
		return false;
	for (level = 0; level < LEVELS; level++) {
		const char *name = wanted(c->want, (enum level)level);

		if (name && !matches(at, (enum level)level, name, c->how[level]))
			return false;
	}
	c->steps = mem_grow(c->steps, c->n, sizeof(*c->steps));
	c->steps[c->n++] = *at;
	return false;
}

size_t stepset(const struct run *run, const struct stepset_want *want, struct step_at **steps)
{
	struct chooser c = {.want = want};
	struct step_at ignored;
	size_t level;

	for (level = 0; level < LEVELS; level++) {
		c.level = (enum level)level;
		c.any = false;
		if (wanted(want, c.level))
			run_find_step(run, look_for_exact, &c, &ignored);
		c.how[level] = c.any ? STRICT_EXACT : STRICT_PART;
	}
	run_find_step(run, choose, &c, &ignored);
	*steps = c.steps;
	return c.n;
}

static bool list_step(const struct step_at *at, void *arg)
{
	struct buf *out = arg;

	if (at->place != STEP_JOB || !at->job)
		return false;
	buf_adds(out, "  ");
	say_name(out, at->stage->name, "-");
	buf_adds(out, " / ");
	say_name(out, at->job->name, "-");
	buf_adds(out, " / ");
	say_name(out, at->step->name, "-");
	buf_adds(out, "  ");
	say_state(out, at->step->state, at->step->status);
	buf_addc(out, '\n');
	return false;
}

void stepset_list(const struct run *run, struct buf *out)
{
	struct step_at ignored;

	run_find_step(run, list_step, out, &ignored);
}

bool stepset_begun(const struct step *step)
{
	return step->state != STATE_PENDING && step->state != STATE_QUEUED && step->state != STATE_SKIPPED;
}
