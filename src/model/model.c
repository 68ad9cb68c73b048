/* SPDX-License-Identifier: MIT */
/*
 * Copies, releases and the derived part of a run.
 *
 * The server reports status words; what an operator needs to know (what is over, what
 * waits for a person) follows from the words together with where they stand. run_derive
 * is the one place that draws this conclusion (api.md 8.2): a gate is open only where
 * the run has arrived, so a review in a stage that has yet to start is no gate, and
 * nothing waits in a run that is over. Everything that holds an open gate is waiting.
 */
#include "model/model.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"

#define TASK_REVIEW "official_devcloud_checkpoint"
#define TASK_STAGE_GATE "official_devcloud_manualTrigger"
#define TASK_CHILD "official_devcloud_subPipeline"
#define TASK_DELAY "delay" /* the plugin's full name is unknown (api.md 8.6) */

bool model_id_ok(const char *id)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
	size_t len = id ? strspn(id, letters) : 0;

	return len > 0 && len <= MODEL_ID_MAX && id[len] == '\0';
}

/* ---- releases and copies ---- */

void step_done(struct step *step)
{
	mem_free(step->id);
	mem_free(step->name);
	mem_free(step->task);
	mem_free(step->status);
	mem_free(step->message);
	mem_free(step->approvers);
	mem_free(step->comment);
	mem_free(step->child_pipeline);
	mem_free(step->child_run);
	mem_free(step->child_project);
	mem_free(step->job_id);
	memset(step, 0, sizeof(*step));
}

static void steps_free(struct step *steps, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		step_done(&steps[i]);
	mem_free(steps);
}

void job_done(struct job *job)
{
	mem_free(job->id);
	mem_free(job->identifier);
	mem_free(job->name);
	mem_free(job->status);
	mem_free(job->message);
	steps_free(job->steps, job->n_steps);
	memset(job, 0, sizeof(*job));
}

void stage_done(struct stage *stage)
{
	size_t i;

	mem_free(stage->id);
	mem_free(stage->identifier);
	mem_free(stage->name);
	mem_free(stage->status);
	steps_free(stage->pre, stage->n_pre);
	steps_free(stage->post, stage->n_post);
	for (i = 0; i < stage->n_jobs; i++)
		job_done(&stage->jobs[i]);
	mem_free(stage->jobs);
	memset(stage, 0, sizeof(*stage));
}

void run_done(struct run *run)
{
	size_t i;

	mem_free(run->id);
	mem_free(run->pipeline_id);
	mem_free(run->status);
	mem_free(run->trigger);
	mem_free(run->executor);
	mem_free(run->executor_id);
	mem_free(run->branch);
	mem_free(run->commit);
	mem_free(run->message);
	mem_free(run->detail_url);
	for (i = 0; i < run->n_stages; i++)
		stage_done(&run->stages[i]);
	mem_free(run->stages);
	memset(run, 0, sizeof(*run));
}

void run_free(struct run *run)
{
	if (!run)
		return;
	run_done(run);
	mem_free(run);
}

void pipeline_done(struct pipeline *pipeline)
{
	mem_free(pipeline->project_id);
	mem_free(pipeline->project_name);
	mem_free(pipeline->id);
	mem_free(pipeline->name);
	mem_free(pipeline->creator);
	mem_free(pipeline->group_id);
	mem_free(pipeline->component);
	mem_free(pipeline->v3_executor);
	run_free(pipeline->latest);
	memset(pipeline, 0, sizeof(*pipeline));
}

static struct step *steps_copy(const struct step *from, size_t n)
{
	struct step *to = n ? mem_calloc(n, sizeof(*to)) : NULL;
	size_t i;

	for (i = 0; i < n; i++) {
		to[i] = from[i];
		to[i].id = mem_strdup(from[i].id);
		to[i].name = mem_strdup(from[i].name);
		to[i].task = mem_strdup(from[i].task);
		to[i].status = mem_strdup(from[i].status);
		to[i].message = mem_strdup(from[i].message);
		to[i].approvers = mem_strdup(from[i].approvers);
		to[i].comment = mem_strdup(from[i].comment);
		to[i].child_pipeline = mem_strdup(from[i].child_pipeline);
		to[i].child_run = mem_strdup(from[i].child_run);
		to[i].child_project = mem_strdup(from[i].child_project);
		to[i].job_id = mem_strdup(from[i].job_id);
	}
	return to;
}

static void job_copy(struct job *to, const struct job *from)
{
	*to = *from;
	to->id = mem_strdup(from->id);
	to->identifier = mem_strdup(from->identifier);
	to->name = mem_strdup(from->name);
	to->status = mem_strdup(from->status);
	to->message = mem_strdup(from->message);
	to->steps = steps_copy(from->steps, from->n_steps);
}

static void stage_copy(struct stage *to, const struct stage *from)
{
	size_t i;

	*to = *from;
	to->id = mem_strdup(from->id);
	to->identifier = mem_strdup(from->identifier);
	to->name = mem_strdup(from->name);
	to->status = mem_strdup(from->status);
	to->pre = steps_copy(from->pre, from->n_pre);
	to->post = steps_copy(from->post, from->n_post);
	to->jobs = from->n_jobs ? mem_calloc(from->n_jobs, sizeof(*to->jobs)) : NULL;
	for (i = 0; i < from->n_jobs; i++)
		job_copy(&to->jobs[i], &from->jobs[i]);
}

void run_copy(struct run *to, const struct run *from)
{
	size_t i;

	*to = *from;
	to->id = mem_strdup(from->id);
	to->pipeline_id = mem_strdup(from->pipeline_id);
	to->status = mem_strdup(from->status);
	to->trigger = mem_strdup(from->trigger);
	to->executor = mem_strdup(from->executor);
	to->executor_id = mem_strdup(from->executor_id);
	to->branch = mem_strdup(from->branch);
	to->commit = mem_strdup(from->commit);
	to->message = mem_strdup(from->message);
	to->detail_url = mem_strdup(from->detail_url);
	to->stages = from->n_stages ? mem_calloc(from->n_stages, sizeof(*to->stages)) : NULL;
	for (i = 0; i < from->n_stages; i++)
		stage_copy(&to->stages[i], &from->stages[i]);
}

void pipeline_copy(struct pipeline *to, const struct pipeline *from)
{
	*to = *from;
	to->project_id = mem_strdup(from->project_id);
	to->project_name = mem_strdup(from->project_name);
	to->id = mem_strdup(from->id);
	to->name = mem_strdup(from->name);
	to->creator = mem_strdup(from->creator);
	to->group_id = mem_strdup(from->group_id);
	to->component = mem_strdup(from->component);
	to->v3_executor = mem_strdup(from->v3_executor);
	to->latest = NULL;
	if (from->latest) {
		to->latest = mem_alloc(sizeof(*to->latest));
		run_copy(to->latest, from->latest);
	}
}

/* ---- what follows from the status words ---- */

/* Has the run arrived here, and not left yet? */
static bool active(enum state state)
{
	return state == STATE_RUNNING || state == STATE_WAITING;
}

/* INIT, or a step that the server has not given a word yet. */
static bool unstarted(const struct step *step)
{
	return step->state == STATE_PENDING || text_empty(step->status);
}

/* `task` may carry "@version". */
static bool task_is(const char *task, const char *name)
{
	size_t len = strlen(name);

	return task && strncmp(task, name, len) == 0 && (task[len] == '\0' || task[len] == '@');
}

static bool task_is_delay(const char *task)
{
	return task && strcasestr(task, TASK_DELAY);
}

bool step_is_child(const struct step *step)
{
	return task_is(step->task, TASK_CHILD);
}

enum gate step_gate_kind(const struct step *step)
{
	if (task_is(step->task, TASK_REVIEW))
		return GATE_REVIEW;
	if (task_is(step->task, TASK_STAGE_GATE))
		return GATE_STAGE;
	return task_is_delay(step->task) ? GATE_DELAY : GATE_NONE;
}

static enum gate job_gate(const struct step *step)
{
	enum gate kind = step_gate_kind(step);

	if (!active(step->state) || step->superseded)
		return GATE_NONE;
	if (kind == GATE_REVIEW || kind == GATE_DELAY)
		return kind;
	return step->state == STATE_WAITING ? GATE_SUSPENDED : GATE_NONE;
}

/*
 * A manual trigger whose own word says nothing is open when its stage has begun, the
 * steps before it are over and no job has started: then it is all that holds the stage.
 */
static bool stage_gate_open(const struct stage *stage, size_t at)
{
	const struct step *step = &stage->pre[at];
	size_t i;

	if (step_gate_kind(step) != GATE_STAGE || step->superseded)
		return false;
	if (active(step->state))
		return true;
	if (!unstarted(step) || !active(stage->state))
		return false;
	for (i = 0; i < at; i++)
		if (!stage->pre[i].superseded && !state_terminal(stage->pre[i].state))
			return false;
	for (i = 0; i < stage->n_jobs; i++)
		if (stage->jobs[i].state != STATE_PENDING && stage->jobs[i].state != STATE_SKIPPED)
			return false;
	return true;
}

static void steps_derive(struct step *steps, size_t n, bool run_over)
{
	size_t i;

	for (i = 0; i < n; i++) {
		steps[i].state = state_from_v5(steps[i].status, run_over);
		steps[i].gate = GATE_NONE;
	}
}

static void stage_states(struct stage *stage, bool run_over)
{
	size_t i;

	stage->state = state_from_v5(stage->status, run_over);
	steps_derive(stage->pre, stage->n_pre, run_over);
	steps_derive(stage->post, stage->n_post, run_over);
	for (i = 0; i < stage->n_jobs; i++) {
		stage->jobs[i].state = state_from_v5(stage->jobs[i].status, run_over);
		steps_derive(stage->jobs[i].steps, stage->jobs[i].n_steps, run_over);
	}
}

/* Marks the open gates of a job; true if it has one. */
static bool job_gates(struct job *job)
{
	bool open = false;
	size_t i;

	if (!active(job->state))
		return false;
	for (i = 0; i < job->n_steps; i++) {
		job->steps[i].gate = job_gate(&job->steps[i]);
		if (job->steps[i].gate == GATE_NONE)
			continue;
		job->steps[i].state = STATE_WAITING;
		open = true;
	}
	if (open)
		job->state = STATE_WAITING;
	return job->state == STATE_WAITING;
}

/* Marks the open gates of a stage; true if something in it waits for a person. */
static bool stage_gates(struct stage *stage)
{
	bool open = stage->state == STATE_WAITING;
	size_t i;

	if (state_terminal(stage->state))
		return false;
	for (i = 0; i < stage->n_pre; i++) {
		if (!stage_gate_open(stage, i))
			continue;
		stage->pre[i].gate = GATE_STAGE;
		stage->pre[i].state = STATE_WAITING;
		open = true;
	}
	for (i = 0; i < stage->n_jobs; i++)
		open |= job_gates(&stage->jobs[i]);
	if (open)
		stage->state = STATE_WAITING;
	return open;
}

void run_derive(struct run *run)
{
	bool open = false, over;
	size_t i;

	run->state = state_from_v5(run->status, false);
	over = state_terminal(run->state);
	for (i = 0; i < run->n_stages; i++)
		stage_states(&run->stages[i], over);
	if (over)
		return;
	for (i = 0; i < run->n_stages; i++)
		open |= stage_gates(&run->stages[i]);
	if (open)
		run->state = STATE_WAITING;
}

int64_t model_elapsed(int64_t start_ms, int64_t end_ms, int64_t now_ms)
{
	if (end_ms == WHEN_NONE)
		end_ms = now_ms;
	if (start_ms == WHEN_NONE || end_ms == WHEN_NONE || end_ms < start_ms)
		return -1;
	return end_ms - start_ms;
}

/* ---- finding steps ---- */

typedef bool accept_fn(const struct step_at *at, void *arg);

static bool find_in(const struct step *steps, size_t n, struct step_at at, accept_fn *accept,
		    void *arg, struct step_at *found)
{
	size_t i;

	for (i = 0; i < n; i++) {
		at.step = &steps[i];
		if (!accept(&at, arg))
			continue;
		*found = at;
		return true;
	}
	return false;
}

static bool find_in_stage(const struct stage *stage, accept_fn *accept, void *arg,
			  struct step_at *found)
{
	struct step_at at = {.stage = stage, .place = STEP_PRE};
	size_t i;

	if (find_in(stage->pre, stage->n_pre, at, accept, arg, found))
		return true;
	at.place = STEP_JOB;
	for (i = 0; i < stage->n_jobs; i++) {
		at.job = &stage->jobs[i];
		if (find_in(at.job->steps, at.job->n_steps, at, accept, arg, found))
			return true;
	}
	at.place = STEP_POST;
	at.job = NULL;
	return find_in(stage->post, stage->n_post, at, accept, arg, found);
}

bool run_find_step(const struct run *run, bool (*accept)(const struct step_at *at, void *arg),
		   void *arg, struct step_at *found)
{
	size_t i;

	for (i = 0; i < run->n_stages; i++)
		if (find_in_stage(&run->stages[i], accept, arg, found))
			return true;
	return false;
}

static bool has_id(const struct step_at *at, void *arg)
{
	return text_same(at->step->id, arg);
}

bool run_step_by_id(const struct run *run, const char *step_id, struct step_at *found)
{
	return step_id && run_find_step(run, has_id, (void *)(uintptr_t)step_id, found);
}

const char *step_log_job(const struct step_at *at)
{
	if (at->step->job_id)
		return at->step->job_id;
	return at->job ? at->job->id : NULL;
}

static bool failed_with_log(const struct step_at *at, void *arg)
{
	(void)arg;
	return at->place == STEP_JOB && at->step->state == STATE_FAILED && !at->step->superseded;
}

static bool failed(const struct step_at *at, void *arg)
{
	(void)arg;
	return at->step->state == STATE_FAILED && !at->step->superseded;
}

bool run_failed_step(const struct run *run, struct step_at *found)
{
	return run_find_step(run, failed_with_log, NULL, found) ||
	       run_find_step(run, failed, NULL, found);
}

/* Accepts none, so that it sees all of them and the last one stays. */
static bool note_running(const struct step_at *at, void *arg)
{
	struct step_at *last = arg;

	if (at->step->state == STATE_RUNNING && !at->step->superseded)
		*last = *at;
	return false;
}

bool run_running_step(const struct run *run, struct step_at *found)
{
	struct step_at last = {0};

	run_find_step(run, note_running, &last, found);
	if (!last.step)
		return false;
	*found = last;
	return true;
}

static bool is_gate(const struct step_at *at, void *arg)
{
	(void)arg;
	return at->step->gate != GATE_NONE;
}

bool run_gate_step(const struct run *run, struct step_at *found)
{
	return run_find_step(run, is_gate, NULL, found);
}
