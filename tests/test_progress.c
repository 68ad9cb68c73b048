/* SPDX-License-Identifier: MIT */
/*
 * What is told of a run between two looks at it. Cases first; then histories that are drawn at
 * random, looked at at random moments, for what must hold of all of them.
 */
#include "test.h"

#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "model/progress.h"

#define REVIEW "official_devcloud_checkpoint"
#define TRIGGER "official_devcloud_manualTrigger"

/* ---- runs from words ---- */

struct said {
	const char *id, *name, *status;
	int64_t start_ms, end_ms;
	const char *task;
};

static void set_step(struct step *step, const struct said *said, int sequence)
{
	step->id = mem_strdup(said->id);
	step->name = mem_strdup(said->name);
	step->status = mem_strdup(said->status);
	step->task = mem_strdup(said->task ? said->task : "official_shell_plugin");
	step->sequence = sequence;
	step->start_ms = said->start_ms;
	step->end_ms = said->end_ms;
}

static void set_job(struct job *job, const struct said *said, int sequence)
{
	job->id = mem_strdup(said->id);
	job->identifier = mem_strdup(said->name);
	job->name = mem_strdup(said->name);
	job->status = mem_strdup(said->status);
	job->sequence = sequence;
	job->start_ms = said->start_ms;
	job->end_ms = said->end_ms;
}

static void set_stage(struct stage *stage, const struct said *said, int sequence)
{
	stage->id = mem_strdup(said->id);
	stage->identifier = mem_strdup(said->name);
	stage->name = mem_strdup(said->name);
	stage->status = mem_strdup(said->status);
	stage->sequence = sequence;
	stage->start_ms = said->start_ms;
	stage->end_ms = said->end_ms;
}

/* Run, stage, job and up to four steps: one of each. */
struct small {
	struct said run, stage, job, steps[4], pre;
	int64_t server_ms;
};

static void make(struct run *run, const struct small *small)
{
	struct stage *stage;
	struct job *job;
	size_t i;

	memset(run, 0, sizeof(*run));
	run->id = mem_strdup("r1");
	run->status = mem_strdup(small->run.status);
	run->start_ms = small->run.start_ms;
	run->end_ms = small->run.end_ms;
	run->server_ms = small->server_ms;
	run->detailed = true;
	run->stages = stage = mem_calloc(1, sizeof(*stage));
	run->n_stages = 1;
	set_stage(stage, &small->stage, 0);
	if (small->pre.id) {
		stage->pre = mem_calloc(1, sizeof(*stage->pre));
		stage->n_pre = 1;
		set_step(stage->pre, &small->pre, 0);
	}
	stage->jobs = job = mem_calloc(1, sizeof(*job));
	stage->n_jobs = 1;
	set_job(job, &small->job, 0);
	job->steps = mem_calloc(4, sizeof(*job->steps));
	for (i = 0; i < 4 && small->steps[i].id; i++)
		set_step(&job->steps[job->n_steps++], &small->steps[i], (int)i);
	run_derive(run);
}

static const char *name_of(const struct progress *event)
{
	return event->step ? event->step->name : event->job ? event->job->name
	       : event->stage ? event->stage->name : "run";
}

static void add_events(struct buf *out, const struct run *old, const struct run *now)
{
	static const char *const whats[] = {"", " again", " gate", " end"};
	struct progress *events;
	size_t n = progress_between(old, now, &events), i;

	for (i = 0; i < n; i++)
		buf_addf(out, "%s%s %s%s@%lld", out->len ? ", " : "", name_of(&events[i]),
			 state_word(events[i].state), whats[events[i].what], (long long)events[i].at_ms);
	mem_free(events);
}

static void tells(const struct small *before, const struct small *after, const char *wanted)
{
	struct run old, now;
	struct buf out;

	buf_init(&out, BUF_MAX);
	make(&now, after);
	if (before)
		make(&old, before);
	add_events(&out, before ? &old : NULL, &now);
	assert_string_equal(out.data, wanted);
	buf_clear(&out);
	add_events(&out, &now, &now); /* what was told is not told again */
	assert_string_equal(out.data, "");
	if (before)
		run_done(&old);
	run_done(&now);
	buf_done(&out);
}

/* ---- cases ---- */

static const struct small running = {
	{"r1", "run", "RUNNING", 10, 0}, {"s1", "test", "RUNNING", 11, 0}, {"j1", "unit", "RUNNING", 12, 0},
	{{"a1", "fetch", "COMPLETED", 12, 15}, {"b1", "build", "RUNNING", 15, 0}, {"c1", "check", "INIT", 0, 0}},
	.server_ms = 20,
};
static const struct small failed = {
	{"r1", "run", "FAILED", 10, 30}, {"s1", "test", "FAILED", 11, 30}, {"j1", "unit", "FAILED", 12, 29},
	{{"a1", "fetch", "COMPLETED", 12, 15}, {"b1", "build", "FAILED", 15, 29}, {"c1", "check", "INIT", 0, 0}},
	.server_ms = 40,
};

static void the_first_look_tells_what_is_known_in_order(void **state)
{
	tells(NULL, &running,
	      "run running@10, test running@11, unit running@12, fetch running@12, fetch ok end@15, "
	      "build running@15");
}

static void each_change_is_told_once_and_the_inner_end_first(void **state)
{
	tells(&running, &failed,
	      "build failed end@29, check skipped end@29, unit failed end@29, test failed end@30, "
	      "run failed end@30");
}

static void what_began_and_ended_between_the_looks_is_told_in_order(void **state)
{
	struct small after = running;

	after.steps[1] = (struct said){"b1", "build", "COMPLETED", 15, 18};
	after.steps[2] = (struct said){"c1", "check", "COMPLETED", 18, 19};
	after.steps[3] = (struct said){"d1", "pack", "RUNNING", 19, 0};
	tells(&running, &after,
	      "build ok end@18, check running@18, check ok end@19, pack running@19");
}

static void times_that_contradict_the_tree_do_not_turn_it_round(void **state)
{
	struct small odd = running;

	odd.stage.start_ms = 1000; /* after its job, as the documentation's own answer has it */
	odd.run.start_ms = 500;
	tells(NULL, &odd,
	      "run running@500, test running@1000, unit running@12, fetch running@12, fetch ok end@15, "
	      "build running@15");
}

static void what_was_skipped_as_a_whole_is_one_event(void **state)
{
	struct small over = failed;

	over.stage = (struct said){"s1", "test", "SKIPPED", 0, 0};
	over.job = (struct said){"j1", "unit", "INIT", 0, 0};
	over.steps[0] = (struct said){"a1", "fetch", "INIT", 0, 0};
	over.steps[1] = (struct said){"b1", "build", "UNSELECTED", 0, 0};
	tells(NULL, &over, "run running@10, test skipped end@10, run failed end@30");
}

static void a_gate_is_its_steps_and_what_holds_it_is_running(void **state)
{
	struct small before = running, after = running;

	after.steps[1].status = "COMPLETED";
	after.steps[1].end_ms = 18;
	after.steps[2] = (struct said){"c1", "review", "RUNNING", 18, 0, REVIEW};
	before.steps[2] = (struct said){"c1", "review", "INIT", 0, 0, REVIEW};
	tells(&before, &after, "build ok end@18, review waiting gate@18");
	before = after;
	after.steps[2].status = "COMPLETED";
	after.steps[2].end_ms = 25;
	tells(&before, &after, "review ok end@25");
	before.steps[2].status = "INIT";
	before.steps[2].start_ms = 0;
	tells(&before, &after, "review waiting gate@18, review ok end@25");
}

static void a_gate_at_the_stages_entry_is_told(void **state)
{
	struct small before = {
		{"r1", "run", "RUNNING", 10, 0}, {"s1", "test", "RUNNING", 11, 0}, {"j1", "unit", "INIT", 0, 0},
		{{"a1", "fetch", "INIT", 0, 0}}, {"p1", "entry", "RUNNING", 11, 0, TRIGGER}, 20,
	};
	struct small after = before;

	tells(NULL, &before, "run running@10, test running@11, entry waiting gate@11");
	after.pre = (struct said){"p1", "entry", "COMPLETED", 11, 14, TRIGGER};
	after.job = (struct said){"j1", "unit", "RUNNING", 14, 0};
	tells(&before, &after, "entry ok end@14, unit running@14");
}

static void what_pauses_without_a_gate_waits_and_goes_on(void **state)
{
	struct small before = running, after = running;

	before.job.status = "PAUSED";
	before.steps[1].status = "INIT";
	before.steps[1].start_ms = 0;
	tells(NULL, &before,
	      "run running@10, test running@11, unit waiting gate@12, fetch running@12, fetch ok end@15");
	tells(&before, &after, "unit running@15, build running@15");
}

static void queued_is_told_and_then_the_start(void **state)
{
	struct small before = {
		{"r1", "run", "QUEUED", 10, 0}, {"s1", "test", "INIT", 0, 0}, {"j1", "unit", "INIT", 0, 0},
		{{"a1", "fetch", "INIT", 0, 0}}, .server_ms = 11,
	};
	struct small after = before;

	tells(NULL, &before, "run queued@10");
	after.run.status = after.stage.status = "RUNNING";
	after.stage.start_ms = 14;
	after.job.status = "QUEUED";
	after.server_ms = 20;
	tells(&before, &after, "run running@10, test running@14, unit queued@20");
}

static void a_retry_under_the_same_ids_is_told_as_such(void **state)
{
	struct small again = failed;

	again.run.status = again.stage.status = "RUNNING";
	again.run.end_ms = again.stage.end_ms = 0;
	again.job = (struct said){"j1", "unit", "RUNNING", 50, 0};
	again.steps[1] = (struct said){"b1", "build", "RUNNING", 51, 0};
	again.server_ms = 60;
	tells(&failed, &again, "run running again@50, test running again@50, unit running again@50, "
			       "build running again@51");
}

static void a_retry_under_new_ids_is_told_as_such(void **state)
{
	struct small again = failed;

	again.run.status = again.stage.status = "RUNNING";
	again.run.end_ms = again.stage.end_ms = 0;
	again.job = (struct said){"j2", "unit", "RUNNING", 50, 0};
	again.steps[0] = (struct said){"a2", "fetch", "COMPLETED", 50, 55};
	again.steps[1] = (struct said){"b2", "build", "RUNNING", 55, 0};
	again.steps[2].id = "c2";
	again.server_ms = 60;
	tells(&failed, &again,
	      "run running again@50, test running again@50, unit running again@50, fetch running again@50, "
	      "fetch ok end@55, build running again@55");
}

static void a_retry_that_was_missed_whole_is_told_with_its_end(void **state)
{
	struct small again = failed;

	again.steps[1] = (struct said){"b1", "build", "FAILED", 50, 55};
	again.server_ms = 60;
	tells(&failed, &again, "build running again@50, build failed end@55");
}

static void a_state_that_nobody_knows_is_told_as_such(void **state)
{
	struct small after = running;

	after.steps[1].status = "BRAND_NEW";
	tells(&running, &after, "build unknown@20");
}

/* ---- histories at random ---- */

#define STAGES 3
#define JOBS 3
#define STEPS 4
#define LEAVES (STAGES * JOBS * STEPS)
#define NEVER INT64_MAX

struct leaf {
	int64_t start_ms, end_ms; /* NEVER: it does not come to that */
	const char *status;	  /* at its end */
	char id[16];
	int began, ended; /* times told */
	bool gate;
};

struct history {
	struct leaf leaves[LEAVES];
	int64_t end_ms;
	bool fails;
};

static uint32_t seed;

static int any(int n)
{
	seed = seed * 1664525u + 1013904223u;
	return (int)((seed >> 8) % (uint32_t)n);
}

static struct leaf *leaf_at(struct history *h, int stage, int job, int step)
{
	return &h->leaves[(stage * JOBS + job) * STEPS + step];
}

/* Jobs of a stage side by side, steps of a job one after the other, no stage after a failure. */
static void draw(struct history *h)
{
	int64_t stage_ms = 1000, job_ms, end_ms;
	int stage, job, step;
	bool ended;

	memset(h, 0, sizeof(*h));
	for (stage = 0; stage < STAGES; stage++) {
		end_ms = stage_ms;
		ended = h->fails;
		for (job = 0; job < JOBS; job++) {
			bool broken = ended;

			job_ms = stage_ms + any(3) * 10;
			for (step = 0; step < STEPS; step++) {
				struct leaf *leaf = leaf_at(h, stage, job, step);

				snprintf(leaf->id, sizeof(leaf->id), "%d%d%d", stage, job, step);
				leaf->gate = any(10) == 0;
				leaf->start_ms = broken ? NEVER : job_ms;
				leaf->end_ms = broken ? NEVER : job_ms + any(5) * 20;
				leaf->status = any(12) == 0 ? "FAILED" : any(9) == 0 ? "IGNORED" : "COMPLETED";
				if (broken)
					continue;
				job_ms = leaf->end_ms;
				broken = strcmp(leaf->status, "FAILED") == 0;
				h->fails = h->fails || broken;
			}
			end_ms = job_ms > end_ms ? job_ms : end_ms;
		}
		stage_ms = end_ms;
	}
	h->end_ms = stage_ms;
}

static const char *status_at(int64_t start_ms, int64_t end_ms, const char *end, int64_t now_ms)
{
	return now_ms < start_ms ? "INIT" : now_ms < end_ms ? "RUNNING" : end;
}

/* What holds others: from the first start to the last end of those that come to it. */
struct span_of_time {
	int64_t start_ms, end_ms;
	bool failed;
};

static void stretch(struct span_of_time *s, const struct leaf *leaf)
{
	if (leaf->start_ms == NEVER)
		return;
	s->start_ms = leaf->start_ms < s->start_ms ? leaf->start_ms : s->start_ms;
	s->end_ms = leaf->end_ms > s->end_ms ? leaf->end_ms : s->end_ms;
	s->failed = s->failed || strcmp(leaf->status, "FAILED") == 0;
}

static struct said said_at(const char *id, const struct span_of_time *s, int64_t now_ms)
{
	bool begun = s->start_ms != NEVER && now_ms >= s->start_ms, over = begun && now_ms >= s->end_ms;

	return (struct said){id, id,
			     s->start_ms == NEVER ? "INIT"
						  : status_at(s->start_ms, s->end_ms,
							      s->failed ? "FAILED" : "COMPLETED", now_ms),
			     begun ? s->start_ms : 0, over ? s->end_ms : 0};
}

static void fill_job(struct history *h, int s, int j, struct job *job, int64_t now_ms)
{
	struct span_of_time span = {NEVER, 0, false};
	struct said said;
	char id[16];
	int k;

	for (k = 0; k < STEPS; k++)
		stretch(&span, leaf_at(h, s, j, k));
	snprintf(id, sizeof(id), "j%d%d", s, j);
	said = said_at(id, &span, now_ms);
	set_job(job, &said, j);
	job->steps = mem_calloc(STEPS, sizeof(*job->steps));
	job->n_steps = STEPS;
	for (k = 0; k < STEPS; k++) {
		struct leaf *leaf = leaf_at(h, s, j, k);

		said = (struct said){leaf->id, leaf->id,
				     status_at(leaf->start_ms, leaf->end_ms, leaf->status, now_ms),
				     now_ms >= leaf->start_ms ? leaf->start_ms : 0,
				     now_ms >= leaf->end_ms ? leaf->end_ms : 0, leaf->gate ? REVIEW : NULL};
		set_step(&job->steps[k], &said, k);
	}
}

static void look_at(struct history *h, struct run *run, int64_t now_ms)
{
	struct span_of_time whole = {NEVER, 0, false};
	int s, j, k;

	memset(run, 0, sizeof(*run));
	run->id = mem_strdup("r1");
	run->server_ms = now_ms;
	run->stages = mem_calloc(STAGES, sizeof(*run->stages));
	run->n_stages = STAGES;
	for (s = 0; s < STAGES; s++) {
		struct stage *stage = &run->stages[s];
		struct span_of_time span = {NEVER, 0, false};
		char id[16];
		struct said said;

		for (j = 0; j < JOBS; j++)
			for (k = 0; k < STEPS; k++) {
				stretch(&span, leaf_at(h, s, j, k));
				stretch(&whole, leaf_at(h, s, j, k));
			}
		snprintf(id, sizeof(id), "s%d", s);
		said = said_at(id, &span, now_ms);
		set_stage(stage, &said, s);
		stage->jobs = mem_calloc(JOBS, sizeof(*stage->jobs));
		stage->n_jobs = JOBS;
		for (j = 0; j < JOBS; j++)
			fill_job(h, s, j, &stage->jobs[j], now_ms);
	}
	run->start_ms = 1000;
	run->end_ms = now_ms >= h->end_ms ? h->end_ms : 0;
	run->status = mem_strdup(now_ms < h->end_ms ? "RUNNING" : h->fails ? "FAILED" : "COMPLETED");
	run_derive(run);
}

/* What was told so far of the things that hold others. */
struct told {
	bool run, stages[STAGES], jobs[STAGES][JOBS];
	bool run_over, stages_over[STAGES], jobs_over[STAGES][JOBS];
};

static void check_step(struct history *h, struct told *t, const struct progress *event)
{
	int s = event->step->id[0] - '0', j = event->step->id[1] - '0', k = event->step->id[2] - '0';
	struct leaf *leaf = leaf_at(h, s, j, k);

	if (event->what == PROGRESS_ENDED) {
		leaf->ended++;
		if (event->state == STATE_SKIPPED)
			return;
		assert_int_equal(leaf->began, 1);
		assert_int_equal(event->at_ms, leaf->end_ms);
		assert_string_equal(event->step->status, leaf->status);
	} else {
		leaf->began++;
		assert_int_equal(event->what, leaf->gate ? PROGRESS_GATE : PROGRESS_MOVED);
		assert_int_equal(event->at_ms, leaf->start_ms);
		assert_int_equal(leaf->ended, 0);
		if (k > 0) /* the one before it is over */
			assert_int_equal(leaf_at(h, s, j, k - 1)->ended, 1);
	}
	assert_true(t->run && t->stages[s] && t->jobs[s][j]);
	assert_false(t->run_over || t->stages_over[s] || t->jobs_over[s][j]);
}

static void note(bool *began, bool *over, const struct progress *event)
{
	bool *which = event->what == PROGRESS_ENDED ? over : began;

	assert_false(*which); /* once */
	*which = true;
}

static void check_event(struct history *h, struct told *t, const struct progress *event)
{
	int s, j;

	if (event->step) {
		check_step(h, t, event);
	} else if (event->job) {
		s = event->job->id[1] - '0';
		j = event->job->id[2] - '0';
		note(&t->jobs[s][j], &t->jobs_over[s][j], event);
		assert_false(t->stages_over[s]);
	} else if (event->stage) {
		s = event->stage->id[1] - '0';
		note(&t->stages[s], &t->stages_over[s], event);
		assert_false(t->run_over);
	} else {
		note(&t->run, &t->run_over, event);
	}
}

static void check_history(struct history *h)
{
	struct run old, now;
	struct told told = {0};
	struct progress *events;
	int64_t now_ms = 1000 + any(50);
	bool first = true, last;
	size_t n, i;

	do {
		last = now_ms >= h->end_ms;
		look_at(h, &now, now_ms);
		n = progress_between(first ? NULL : &old, &now, &events);
		for (i = 0; i < n; i++)
			check_event(h, &told, &events[i]);
		mem_free(events);
		if (!first)
			run_done(&old);
		old = now;
		first = false;
		now_ms += any(4) == 0 ? any(400) : any(30);
	} while (!last);
	run_done(&old);
	assert_true(told.run && told.run_over);
	for (i = 0; i < LEAVES; i++) {
		const struct leaf *leaf = &h->leaves[i];

		assert_int_equal(leaf->began, leaf->start_ms == NEVER ? 0 : 1);
		if (leaf->start_ms != NEVER)
			assert_int_equal(leaf->ended, 1);
		else
			assert_true(leaf->ended <= 1);
	}
}

static void of_any_history_each_start_and_end_is_told_once_however_it_is_looked_at(void **state)
{
	struct history h;
	int i;

	for (i = 0; i < 3000; i++) {
		seed = (uint32_t)i;
		draw(&h);
		check_history(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_look_tells_what_is_known_in_order),
		cmocka_unit_test(each_change_is_told_once_and_the_inner_end_first),
		cmocka_unit_test(what_began_and_ended_between_the_looks_is_told_in_order),
		cmocka_unit_test(times_that_contradict_the_tree_do_not_turn_it_round),
		cmocka_unit_test(what_was_skipped_as_a_whole_is_one_event),
		cmocka_unit_test(a_gate_is_its_steps_and_what_holds_it_is_running),
		cmocka_unit_test(a_gate_at_the_stages_entry_is_told),
		cmocka_unit_test(what_pauses_without_a_gate_waits_and_goes_on),
		cmocka_unit_test(queued_is_told_and_then_the_start),
		cmocka_unit_test(a_retry_under_the_same_ids_is_told_as_such),
		cmocka_unit_test(a_retry_under_new_ids_is_told_as_such),
		cmocka_unit_test(a_retry_that_was_missed_whole_is_told_with_its_end),
		cmocka_unit_test(a_state_that_nobody_knows_is_told_as_such),
		cmocka_unit_test(of_any_history_each_start_and_end_is_told_once_however_it_is_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
