/* SPDX-License-Identifier: MIT */
/* How a run went, as an exit status (ux.md), and how long, as text. */
#include "command.h"
#include "core/text.h"
#include "core/when.h"

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

void command_elapsed(int64_t start_ms, int64_t end_ms, int64_t now_ms, char *out, size_t size)
{
	int64_t ms = model_elapsed(start_ms, end_ms, now_ms);

	*out = '\0';
	if (ms >= 0)
		when_duration(ms, out, size);
}
