/* SPDX-License-Identifier: MIT */
/* How a run went, as an exit status (ux.md), and how long, as text. */
#include "command.h"
#include "core/i18n.h"
#include "core/text.h"
#include "core/when.h"
#include "model/gate.h"

/* A gate that was closed by a refusal leaves a failed step of these plugins (api.md 8.6). */
static bool is_gate_task(const char *task)
{
	return text_starts(text_or_empty(task), "official_devcloud_checkpoint") ||
	       text_starts(text_or_empty(task), "official_devcloud_manualTrigger");
}

struct failures {
	bool gate, other;
};

static bool count_failure(const struct step_at *at, void *arg)
{
	struct failures *failures = arg;

	if (at->step->state != STATE_FAILED)
		return false;
	if (is_gate_task(at->step->task))
		failures->gate = true;
	else
		failures->other = true;
	return false;
}

enum exit_status command_outcome(const struct run *run)
{
	struct failures failures = {false, false};
	struct step_at ignored;

	switch (run->state) {
	case STATE_STOPPED:
		return EXIT_STOPPED;
	case STATE_WAITING:
		return EXIT_WAITS;
	case STATE_FAILED:
		run_find_step(run, count_failure, &failures, &ignored);
		return failures.gate && !failures.other ? EXIT_STOPPED : EXIT_RUN_FAILED;
	default:
		return EXIT_OK;
	}
}

/* A delay is over by itself: nobody is waited for. */
static bool goes_on(const struct step_at *at, void *arg)
{
	const struct step *step = at->step;

	(void)arg;
	if (step->superseded)
		return false;
	return step->gate == GATE_DELAY || (step->gate == GATE_NONE && (step->state == STATE_RUNNING ||
									 step->state == STATE_QUEUED));
}

static bool job_goes_on(const struct run *run)
{
	size_t i, j;

	for (i = 0; i < run->n_stages; i++)
		for (j = 0; j < run->stages[i].n_jobs; j++)
			if (run->stages[i].jobs[j].state == STATE_RUNNING ||
			    run->stages[i].jobs[j].state == STATE_QUEUED)
				return true;
	return false;
}

bool command_waits(const struct run *run)
{
	struct step_at ignored;

	return run->state == STATE_WAITING && !run_find_step(run, goes_on, NULL, &ignored) &&
	       !job_goes_on(run);
}

void command_gate(const struct step *step, int64_t now_ms, struct buf *out)
{
	struct buf who;

	buf_init(&who, BUF_MAX);
	gate_add_approvers(step, &who);
	if (who.len)
		buf_addf(out, _("to be approved by %s"), who.data);
	if (gate_deadline_ms(step) != WHEN_NONE) {
		buf_adds(out, out->len ? "; " : "");
		gate_add_end(step, now_ms, out);
	}
	if (!text_empty(step->comment))
		buf_addf(out, "%s%s", out->len ? "; " : "", step->comment);
	buf_done(&who);
}

const char *command_step_name(const struct step *step)
{
	enum gate kind = step->gate != GATE_NONE ? step->gate : step_gate_kind(step);

	if (!text_empty(step->name))
		return step->name;
	return kind != GATE_NONE ? _(gate_name(kind)) : text_or_empty(step->task);
}

void command_elapsed(int64_t start_ms, int64_t end_ms, int64_t now_ms, char *out, size_t size)
{
	int64_t ms = model_elapsed(start_ms, end_ms, now_ms);

	*out = '\0';
	if (ms >= 0)
		when_duration(ms, out, size);
}
