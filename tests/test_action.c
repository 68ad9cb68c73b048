/* SPDX-License-Identifier: MIT */
/*
 * Actions over the real session and calls against a service that knows the truth (actworld.h). Confirmations
 * and their doubles, answers, losses, answers that lie, colleagues, runs that end, time, a full disk under
 * the audit log and the end of the program come in any order. Whatever it is: one intent before each
 * request, one request for an action at most, one outcome for each intent, one end; "done" only of what was
 * so, "not done" only of what our request never did.
 *
 * The audit log of this test is in memory: it stands in for app/audit.c, so that disks do not slow it down.
 */
#include "test.h"

#include <ev.h>

#include "actworld.h"
#include "api/send.h"
#include "app/action.h"
#include "core/text.h"
#include "core/when.h"

#define INTERLEAVINGS (TEST_SANITIZED ? 10000 : 100000)
#define TRIES 4

struct tried {
	uint64_t id;
	enum act act;
	int run; /* id; 0: the pipeline */
	int attempt;
	bool looked; /* `before` is what the first look showed */
	struct world_state before;
	int intents, sends, outcomes, ends;
	bool logged, applied, unlogged;
	char number[40];
	enum course_verdict verdict;
	char sentence[300];
	int started; /* id of the run */
};

struct play {
	struct world world;
	struct session *session;
	struct actions *actions;
	struct tried tries[TRIES];
	int n;
	int sending;	    /* whose intent was written last, and not sent yet; -1 */
	bool within;	    /* action_begin() */
	int disk_full;	    /* percent */
	unsigned numbers, shown;
	char detail[64]; /* of the last intent */
	bool interrupted;
};

static struct play *playing; /* for the audit log */

/* ---- the audit log ---- */

struct audit {
	int unused;
};

void audit_number(char *out, size_t size)
{
	snprintf(out, size, "%u", ++playing->numbers);
}

static struct tried *open_on(struct play *p, enum act act, int run)
{
	int i;

	for (i = 0; i < p->n; i++)
		if (!p->tries[i].ends && p->tries[i].act == act && p->tries[i].run == run)
			return &p->tries[i];
	return NULL;
}

static bool write_intent(struct play *p, const struct audit_entry *e, bool ok)
{
	struct tried *t = open_on(p, e->act, e->ref->id[REF_RUN] ? atoi(e->ref->id[REF_RUN] + 1) : 0);

	assert_non_null(t);
	assert_int_equal(t->intents++, 0);
	assert_int_equal(p->sending, -1);
	t->logged = ok;
	snprintf(t->number, sizeof(t->number), "%s", e->number);
	snprintf(p->detail, sizeof(p->detail), "%s", text_or_empty(e->detail));
	if (ok)
		p->sending = (int)(t - p->tries);
	return ok;
}

static bool write_outcome(struct play *p, const struct audit_entry *e, bool ok)
{
	int i;

	for (i = 0; i < p->n && strcmp(p->tries[i].number, e->number) != 0; i++)
		;
	assert_true(i < p->n);
	assert_true(p->tries[i].logged);
	assert_int_equal(p->tries[i].outcomes++, 0);
	assert_non_null(e->verdict);
	p->tries[i].unlogged = !ok;
	if (p->sending == i)
		p->sending = -1; /* nothing left */
	return ok;
}

bool audit_write(struct audit *audit, const struct audit_entry *entry, struct err *err)
{
	bool ok = !world_chance(&playing->world, playing->disk_full);

	(void)audit;
	if (!(entry->event == AUDIT_INTENT ? write_intent : write_outcome)(playing, entry, ok))
		return err_set(err, ERR_IO, 28, "disk full");
	return true;
}

/* ---- what the world tells ---- */

static int saw_request(void *self, const struct change *change)
{
	struct play *p = self;
	int at = p->sending;

	(void)change;
	assert_true(at >= 0); /* an intent was written right before */
	p->sending = -1;
	assert_int_equal(p->tries[at].sends++, 0);
	if (change->verb == VERB_RUN)
		p->tries[at].started = change->run;
	return at;
}

static void saw_effect(void *self, int owner)
{
	struct play *p = self;

	assert_false(p->tries[owner].applied); /* once */
	p->tries[owner].applied = true;
}

/* The first look of an action; or, of a run that was just started here, a look back for that: no later one. */
static void saw_look(void *self, int kind, int run, const struct world_state *shown)
{
	struct play *p = self;
	int i;

	for (i = 0; i < p->n; i++) {
		struct tried *t = &p->tries[i];
		bool its = act_is_deed(t->act) ? kind == READ_DETAIL && run == t->run
					       : kind == READ_LIST || kind == READ_PLAN;

		if (t->ends || t->intents || !its || t->looked || (t->run && !world_run(shown, t->run)))
			continue;
		t->before = *shown;
		t->looked = act_is_deed(t->act) || t->act != ACT_RUN || kind == READ_LIST;
		/* What is read back is not older. */
		p->world.floor = p->world.version;
	}
}

static void over(void *self, const struct action_result *result)
{
	struct play *p = self;
	int i;

	assert_false(p->within);
	for (i = 0; i < p->n && p->tries[i].id != result->id; i++)
		;
	assert_true(i < p->n);
	assert_int_equal(p->tries[i].ends++, 0);
	p->tries[i].verdict = result->verdict;
	snprintf(p->tries[i].sentence, sizeof(p->tries[i].sentence), "%s", result->sentence);
	assert_true(*result->sentence != '\0');
	assert_int_equal(result->err.kind == ERR_NONE, result->verdict == VERDICT_DONE);
	assert_int_equal(result->unlogged.kind != ERR_NONE, p->tries[i].unlogged);
	assert_int_equal(result->act, p->tries[i].act);
	assert_null(action_phase(p->actions, result->id));
}

static void saw_run(void *self, const char *project_id, const char *pipeline_id, const struct run *run,
		    const struct api_answer *answer)
{
	struct play *p = self;

	assert_int_equal(answer->err.kind, ERR_NONE);
	assert_string_equal(project_id, "j1");
	assert_string_equal(pipeline_id, "p1");
	assert_true(run->detailed);
	p->shown++;
}

/* ---- what the operator does ---- */

static const struct world_state *some_past(struct play *p)
{
	struct world *w = &p->world;

	return world_chance(w, 80) ? &w->state : &w->past[world_roll(w, (uint64_t)w->n_past)];
}

static enum act thrown_act(struct world *w, const struct world_run *r)
{
	static const enum act gates[] = {ACT_APPROVE, ACT_REJECT, ACT_POSTPONE, ACT_STOP};
	static const enum act any[] = {ACT_RETRY, ACT_STOP, ACT_CANCEL, ACT_APPROVE, ACT_RUN, ACT_BAN, ACT_UNBAN};

	if (world_chance(w, 10))
		return any[world_roll(w, sizeof(any) / sizeof(any[0]))];
	if (world_chance(w, 20))
		return world_chance(w, 60) ? ACT_RUN : w->state.banned ? ACT_UNBAN : ACT_BAN;
	if (r->now == RUN_RUNNING && r->step == STEP_OPEN && r->gate != GATE_NONE)
		return r->gate == GATE_SUSPENDED ? ACT_APPROVE : gates[world_roll(w, r->gate == GATE_DELAY ? 4 : 2)];
	if (r->now == RUN_FAILED || r->now == RUN_CANCELED)
		return ACT_RETRY;
	return r->now == RUN_QUEUED && world_chance(w, 50) ? ACT_CANCEL : ACT_STOP;
}

static void begin(struct play *p)
{
	struct world *w = &p->world;
	const struct world_state *s = some_past(p);
	const struct world_run *r = &s->runs[world_roll(w, (uint64_t)s->n)];
	struct tried *t = &p->tries[p->n];
	enum act act = thrown_act(w, r);
	char project[] = "j1", pipeline[] = "p1", run[16], stage[] = "g1", job[16], step[32];
	struct ref ref = {{project, pipeline, run, stage, job, step}};
	struct action_order order = {.act = act, .ref = &ref, .pipeline_name = "web", .step_name = "gate"};
	struct err err = {.kind = ERR_NONE};
	bool deed = act_is_deed(act), gate = deed && deed_needs_step((enum deed)act), busy = false;
	int i;

	if (p->n == TRIES || (w->lies && w->n_late))
		return;
	snprintf(run, sizeof(run), "r%d", r->id);
	snprintf(job, sizeof(job), "%s%d", world_chance(w, 10) ? "old" : "b", r->id);
	snprintf(step, sizeof(step), "s%d-%d", r->id, r->attempt);
	if (!deed)
		ref.id[REF_RUN] = NULL;
	order.shown = world_view(r, gate);
	for (i = 0; i < p->n; i++)
		busy |= !p->tries[i].ends && (deed ? p->tries[i].run == r->id : p->tries[i].run == 0);
	*t = (struct tried){.act = act, .run = deed ? r->id : 0, .attempt = r->attempt};
	p->within = true;
	p->n++;
	t->id = action_begin(p->actions, &order, over, p, &err);
	p->within = false;
	assert_int_equal(t->id == 0, busy);
	assert_int_equal(err.kind != ERR_NONE, busy);
	p->n -= t->id == 0;
	if (t->id && world_chance(w, 30)) { /* the key was pressed twice */
		assert_int_equal(action_begin(p->actions, &order, over, p, &err), 0);
		assert_int_equal(err.kind, ERR_INPUT);
	}
}

static void turn(struct play *p)
{
	int64_t next_ms = actions_next_ms(p->actions);

	if (next_ms >= 0 && next_ms <= p->world.now_ms)
		actions_turn(p->actions, p->world.now_ms);
}

static void interrupt(struct play *p)
{
	actions_interrupt(p->actions);
	assert_int_equal(actions_open(p->actions), 0);
	assert_int_equal(actions_unanswered(p->actions), 0);
	assert_int_equal(p->world.n_pending, 0);
	p->interrupted = true;
}

static void something(struct play *p)
{
	struct world *w = &p->world;
	uint64_t dice = world_roll(w, 100);

	if (dice < 8)
		begin(p);
	else if (dice < 40)
		world_answer(w);
	else if (dice < 72)
		turn(p);
	else if (dice < 82)
		world_pass(w, (int64_t)world_roll(w, 3000));
	else if (dice < 92)
		world_meddle(w);
	else if (dice == 92 && world_chance(w, 10))
		interrupt(p);
	assert_true(actions_unanswered(p->actions) <= actions_open(p->actions));
}

/* What is open comes to its end, as time passes. */
static void see_it_through(struct play *p)
{
	int i;

	for (i = 0; actions_open(p->actions); i++) {
		assert_true(i < 2000);
		turn(p);
		if (!world_answer(&p->world)) {
			int64_t next_ms = actions_next_ms(p->actions), wait_ms = next_ms - p->world.now_ms;

			world_pass(&p->world, wait_ms > 0 ? wait_ms : 0);
		}
		if (world_chance(&p->world, 10))
			world_meddle(&p->world);
		if (world_roll(&p->world, 400) == 0)
			interrupt(p);
	}
}

/* ---- the judge ---- */

/* Was what was wanted so at any time since the look? */
static bool was_so(const struct play *p, const struct tried *t)
{
	const struct world_state *s = &p->world.state;
	const struct world_run *now = world_run(s, t->run), *before = world_run(&t->before, t->run);

	switch (t->act) {
	case ACT_RETRY:
		return now->restarts > before->restarts;
	case ACT_STOP:
	case ACT_CANCEL:
		return now->ends > before->ends;
	case ACT_APPROVE:
		if (before->gate == GATE_SUSPENDED)
			return now->resumes > before->resumes;
		return now->attempt > before->attempt || now->step == STEP_PASSED;
	case ACT_REJECT:
		return now->attempt > before->attempt || now->step == STEP_REJECTED;
	case ACT_RUN:
		return world_run(s, t->started) != NULL;
	case ACT_BAN:
		return s->bans > t->before.bans;
	case ACT_UNBAN:
		return s->unbans > t->before.unbans;
	default:
		return t->applied;
	}
}

static void judge(const struct play *p, const struct tried *t)
{
	const char *what = NULL;

	if (t->ends != 1)
		what = "did not end once";
	else if (t->sends > 1 || (t->sends && !t->logged))
		what = "was sent twice, or without an intent";
	else if (t->outcomes != (t->logged ? 1 : 0))
		what = "has not one outcome";
	else if (!t->sends && t->verdict != VERDICT_NOT_DONE && !p->interrupted)
		what = "was not sent, and is not `not done`";
	else if (t->verdict == VERDICT_DONE && !was_so(p, t))
		what = "is `done`, and never was so";
	else if (t->verdict == VERDICT_NOT_DONE && t->applied)
		what = "is `not done`, and our request did it";
	if (what)
		fail_msg("%s of r%d %s: %s", act_word(t->act), t->run, what, t->sentence);
}

struct count {
	unsigned verdicts[3], sent, refused_disk, interrupts, shown, acts[ACT_COUNT];
};

static void count(const struct play *p, struct count *c)
{
	int i;

	for (i = 0; i < p->n; i++) {
		const struct tried *t = &p->tries[i];

		c->verdicts[t->verdict]++;
		c->sent += (unsigned)t->sends;
		c->refused_disk += t->intents && !t->logged;
		c->acts[t->act] += t->verdict == VERDICT_DONE;
	}
	c->interrupts += p->interrupted;
	c->shown += p->shown;
}

/* ---- a play ---- */

static void moment(struct auth_moment *now)
{
	now->monotonic_ms = now->boot_ms = playing->world.now_ms;
	now->wall_ms = INT64_C(1767312000000) + now->monotonic_ms;
}

static void start(struct play *p, uint64_t seed, bool read_only)
{
	static struct audit audit;
	struct session_options session = {.endpoint = "https://pipe.example.com", .read_only = read_only};
	struct action_options options = {.audit = &audit, .saw_run = saw_run, .self = p};

	memset(p, 0, sizeof(*p));
	playing = p;
	p->sending = -1;
	world_init(&p->world, seed);
	p->world.self = p;
	p->world.sent = saw_request;
	p->world.applied = saw_effect;
	p->world.looked = saw_look;
	p->disk_full = world_chance(&p->world, 20) ? 30 : 0;
	session.token = world_chance(&p->world, 10) ? "MIIEtoken" : NULL;
	p->session = session_new(&p->world.transport, &session, NULL);
	assert_non_null(p->session);
	session_set_clock(p->session, moment);
	options.session = p->session;
	p->actions = actions_new(&options);
}

static void stop(struct play *p)
{
	actions_free(p->actions);
	session_free(p->session);
	assert_int_equal(p->world.n_pending, 0);
}

static void play(uint64_t seed, struct count *c)
{
	static struct play p;
	int steps, i;

	start(&p, seed, false);
	begin(&p);
	for (steps = 12 + (int)world_roll(&p.world, 36); steps > 0; steps--)
		something(&p);
	see_it_through(&p);
	world_pass(&p.world, 120000); /* what is still to take effect does */
	for (i = 0; i < p.n; i++)
		judge(&p, &p.tries[i]);
	count(&p, c);
	stop(&p);
}

/* ---- one by one ---- */

/* A world of one run as the test wants it, and nothing by chance. */
static struct play *quiet(enum run_now now, enum gate gate)
{
	static struct play p;
	struct world *w = &p.world;

	start(&p, 1, false);
	p.disk_full = 0;
	w->lies = w->stale = w->deaf = w->state.banned = false;
	w->steady = true;
	w->fate = FATE_ACCEPTED;
	w->state.n = 1;
	w->state.runs[0] = (struct world_run){.id = 7, .number = 1204, .now = now, .gate = gate, .manual = true,
					      .start_ms = INT64_C(1767312000000), .attempt = 1,
					      .step_ms = INT64_C(1767312100000)};
	if (now == RUN_FAILED)
		w->state.runs[0].end_ms = INT64_C(1767312200000);
	w->state.runs[0].queue_id = now == RUN_QUEUED ? 15 : 0;
	w->last_run = 7;
	w->last_queue = 15;
	return &p;
}

static struct tried *begin_one(struct play *p, enum act act)
{
	char project[] = "j1", pipeline[] = "p1", run[] = "r7", stage[] = "g7", job[] = "old7", step[] = "s7-1";
	struct ref ref = {{project, pipeline, run, stage, job, step}};
	const struct world_run *r = &p->world.state.runs[0];
	bool deed = act_is_deed(act);
	struct action_order order = {.act = act, .ref = &ref, .pipeline_name = "web", .step_name = "Review",
				     .shown = world_view(r, deed && deed_needs_step((enum deed)act))};
	struct tried *t = &p->tries[p->n++];

	if (!deed)
		ref.id[REF_RUN] = NULL;
	*t = (struct tried){.act = act, .run = deed ? 7 : 0};
	t->id = action_begin(p->actions, &order, over, p, NULL);
	assert_true(t->id != 0);
	return t;
}

/* Until nothing more is to be done or waited for at this moment. */
static void settle(struct play *p)
{
	do
		turn(p);
	while (world_answer(&p->world));
	turn(p);
}

static void wait_out(struct play *p)
{
	settle(p);
	while (actions_open(p->actions)) {
		world_pass(&p->world, 500);
		settle(p);
	}
}

static void expect_end(struct play *p, const struct tried *t, enum course_verdict verdict, const char *sentence)
{
	if (t->verdict != verdict || !t->ends || strcmp(t->sentence, sentence) != 0)
		fail_msg("%s: '%s', not '%s'", course_verdict_word(t->verdict), t->sentence, sentence);
	judge(p, t);
	stop(p);
}

static void what_ended_meanwhile_is_told_with_its_age_and_nothing_is_sent(void **state)
{
	struct play *p = quiet(RUN_RUNNING, GATE_NONE);
	struct tried *t = begin_one(p, ACT_STOP);

	(void)state;
	p->world.state.runs[0].now = RUN_OK;
	p->world.state.runs[0].end_ms = INT64_C(1767312000000) + p->world.now_ms;
	world_pass(&p->world, 2000);
	wait_out(p);
	assert_int_equal(t->sends + t->intents, 0);
	expect_end(p, t, VERDICT_NOT_DONE, "web 1204: not stopped: already ok, ended 2s ago: nothing was sent");
}

static void a_colleague_who_was_faster_is_told(void **state)
{
	static const struct {
		enum gate gate;
		enum step_now step;
		enum run_now run;
		const char *sentence;
	} cases[] = {
		{GATE_REVIEW, STEP_PASSED, RUN_RUNNING, "a colleague was faster: already approved"},
		{GATE_STAGE, STEP_REJECTED, RUN_FAILED, "a colleague was faster: already rejected"},
		{GATE_DELAY, STEP_PASSED, RUN_RUNNING, "its time is over: it was approved already"},
		{GATE_SUSPENDED, STEP_PASSED, RUN_RUNNING, "somebody was faster: it goes on already"},
		{GATE_REVIEW, STEP_CUT, RUN_CANCELED, "the run was stopped meanwhile"},
	};
	char sentence[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct play *p = quiet(RUN_RUNNING, cases[i].gate);
		struct tried *t = begin_one(p, ACT_APPROVE);

		p->world.state.runs[0].step = cases[i].step;
		p->world.state.runs[0].now = cases[i].run;
		wait_out(p);
		assert_int_equal(t->sends, 0);
		snprintf(sentence, sizeof(sentence), "web 1204 Review: not approved: %s: nothing was sent",
			 cases[i].sentence);
		expect_end(p, t, VERDICT_NOT_DONE, sentence);
	}
}

static void a_retry_that_somebody_made_first_is_told(void **state)
{
	struct play *p = quiet(RUN_FAILED, GATE_NONE);
	struct tried *t = begin_one(p, ACT_RETRY);

	(void)state;
	p->world.state.runs[0].end_ms += 5000;
	wait_out(p);
	expect_end(p, t, VERDICT_NOT_DONE,
		   "web 1204: not retried: somebody has retried it: it is failed again: nothing was sent");
	p = quiet(RUN_FAILED, GATE_NONE);
	t = begin_one(p, ACT_RETRY);
	p->world.state.runs[0].now = RUN_RUNNING;
	wait_out(p);
	expect_end(p, t, VERDICT_NOT_DONE,
		   "web 1204: not retried: somebody was faster: it is running already: nothing was sent");
}

/* C05; and what it says meanwhile. */
static void a_lost_answer_is_looked_for_until_it_is_seen(void **state)
{
	struct play *p = quiet(RUN_RUNNING, GATE_NONE);
	struct tried *t = begin_one(p, ACT_STOP);

	(void)state;
	p->world.fate = FATE_LOST;
	p->world.late_ms = 7000;
	assert_string_equal(action_phase(p->actions, t->id), "reading it afresh");
	turn(p);
	assert_int_equal(actions_unanswered(p->actions), 0);
	world_answer(&p->world);
	turn(p);
	assert_string_equal(action_phase(p->actions, t->id), "sending");
	assert_int_equal(actions_unanswered(p->actions), 1);
	settle(p);
	assert_string_equal(action_phase(p->actions, t->id), "checking: the answer was lost");
	wait_out(p);
	expect_end(p, t, VERDICT_DONE, "web 1204: stopped");
}

/* C07 between the fresh look and the request: it is so, but the service refused ours. */
static void what_is_so_by_another_is_done_and_told(void **state)
{
	struct play *p = quiet(RUN_RUNNING, GATE_REVIEW);
	struct tried *t = begin_one(p, ACT_APPROVE);

	(void)state;
	p->world.fate = FATE_REFUSED;
	turn(p);
	world_answer(&p->world); /* the look */
	p->world.state.runs[0].step = STEP_PASSED;
	wait_out(p);
	expect_end(p, t, VERDICT_DONE,
		   "web 1204 Review: approved (but not by this: the service refused it, it came too late)");
}

static void a_yes_of_which_nothing_is_to_be_seen_is_unknown(void **state)
{
	struct play *p = quiet(RUN_RUNNING, GATE_REVIEW);
	struct tried *t = begin_one(p, ACT_REJECT);
	int64_t from_ms = p->world.now_ms;

	(void)state;
	p->world.late_ms = WORLD_NEVER;
	wait_out(p);
	assert_in_range(p->world.now_ms - from_ms, COURSE_BACK_MS, COURSE_BACK_MS + 1000);
	expect_end(p, t, VERDICT_UNKNOWN,
		   "web 1204 Review: it is not known whether it was rejected: the service said yes, but nothing of "
		   "it is to be seen after 30 s: look again before you repeat it");
}

static void a_run_that_queues_is_taken_out_of_the_queue(void **state)
{
	static const enum act acts[] = {ACT_STOP, ACT_CANCEL};
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct play *p = quiet(RUN_QUEUED, GATE_NONE);
		struct tried *t = begin_one(p, acts[i]);

		wait_out(p);
		assert_non_null(strstr(p->world.last_call, "/pipelines/p1/r7/cancel-queuing/15"));
		assert_string_equal(p->detail, "cancel-queuing 15"); /* of the intent */
		expect_end(p, t, VERDICT_DONE, "web 1204: taken out of the queue");
	}
}

static void a_gate_is_decided_under_the_job_that_it_has_now(void **state)
{
	struct play *p = quiet(RUN_RUNNING, GATE_REVIEW);
	struct tried *t = begin_one(p, ACT_APPROVE);

	(void)state;
	wait_out(p);
	assert_non_null(strstr(p->world.last_call, "/pipeline-runs/r7/jobs/b7/steps/s7-1/pass"));
	expect_end(p, t, VERDICT_DONE, "web 1204 Review: approved");
}

static void what_cannot_be_logged_is_not_sent(void **state)
{
	struct play *p = quiet(RUN_RUNNING, GATE_NONE);
	struct tried *t = begin_one(p, ACT_STOP);

	(void)state;
	p->disk_full = 100;
	wait_out(p);
	assert_int_equal(t->sends, 0);
	expect_end(p, t, VERDICT_NOT_DONE, "web 1204: not stopped: nothing was sent, for the audit log cannot be written: disk full");
}

static void a_run_that_may_be_ours_is_named(void **state)
{
	struct play *p = quiet(RUN_OK, GATE_NONE);
	struct tried *t = begin_one(p, ACT_RUN);

	(void)state;
	p->world.fate = FATE_LOST;
	wait_out(p);
	expect_end(p, t, VERDICT_UNKNOWN,
		   "web: it is not known whether a run was started: run 1205 by ops1 started since then: look whether "
		   "it is yours; the answer was lost (the connection was reset)");
}

static void a_start_that_is_queued_says_so(void **state)
{
	struct play *p = quiet(RUN_OK, GATE_NONE);
	struct tried *t = begin_one(p, ACT_RUN);

	(void)state;
	p->world.fate = FATE_QUEUED;
	wait_out(p);
	expect_end(p, t, VERDICT_DONE, "web: queued as 15");
	p = quiet(RUN_OK, GATE_NONE);
	t = begin_one(p, ACT_RUN);
	wait_out(p);
	expect_end(p, t, VERDICT_DONE, "web: run 1205 started");
}

static void what_is_under_way_at_the_end_is_unknown_what_is_not_is_not_done(void **state)
{
	struct play *p = quiet(RUN_RUNNING, GATE_NONE);
	struct tried *t = begin_one(p, ACT_STOP);

	(void)state;
	turn(p);
	world_answer(&p->world);
	turn(p);
	assert_int_equal(t->sends, 1);
	interrupt(p);
	expect_end(p, t, VERDICT_UNKNOWN,
		   "web 1204: it is not known whether it was stopped: the program ended before it was known whether "
		   "it was done");
	p = quiet(RUN_RUNNING, GATE_NONE);
	t = begin_one(p, ACT_STOP);
	turn(p);
	interrupt(p);
	assert_int_equal(t->sends, 0);
	expect_end(p, t, VERDICT_NOT_DONE, "web r7: not stopped: nothing was sent: it was given up before");
}

static void a_session_for_reading_begins_nothing(void **state)
{
	static struct play p;
	char project[] = "j1", pipeline[] = "p1", run[] = "r1";
	struct ref ref = {{project, pipeline, run}};
	struct err err = {.kind = ERR_NONE};
	int act;

	(void)state;
	start(&p, 1, true);
	for (act = 0; act < ACT_COUNT; act++) {
		struct action_order order = {.act = (enum act)act, .ref = &ref};

		err.kind = ERR_NONE;
		assert_int_equal(action_begin(p.actions, &order, over, &p, &err), 0);
		assert_string_equal(err.text, "read-only: nothing was sent");
	}
	assert_int_equal(actions_open(p.actions), 0);
	assert_int_equal(actions_next_ms(p.actions), -1);
	stop(&p);
}

static void what_is_not_named_whole_begins_nothing(void **state)
{
	static struct play p;
	char project[] = "j1", pipeline[] = "p1", run[] = "r1", bad[] = "../x";
	struct ref whole = {{project, pipeline, run}}, odd = {{project, pipeline, bad}}, none = {{NULL}};
	const struct action_order orders[] = {
		{.act = ACT_STOP, .ref = NULL},	     {.act = ACT_STOP, .ref = &none}, {.act = ACT_RETRY, .ref = &odd},
		{.act = ACT_APPROVE, .ref = &whole}, {.act = ACT_RUN, .ref = &none},  {.act = ACT_TEMPLATE_DELETE},
		{.act = ACT_TEMPLATE_USE, .ref = &none},
	};
	struct err err;
	size_t i;

	(void)state;
	start(&p, 1, false);
	for (i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		err = (struct err){.kind = ERR_NONE};
		assert_int_equal(action_begin(p.actions, &orders[i], over, &p, &err), 0);
		assert_int_equal(err.kind, ERR_INPUT);
		assert_non_null(strstr(err.text, "it is not known which"));
	}
	stop(&p);
}

/* The real clock and the loop's timer, and the service answers whenever it is asked. */
static void serve(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct play *p = timer->data;

	(void)events;
	world_answer(&p->world);
	if (!actions_open(p->actions))
		ev_break(loop, EVBREAK_ALL);
}

static void the_loop_turns_them(void **state)
{
	struct play *p = quiet(RUN_FAILED, GATE_NONE);
	struct ev_loop *loop = ev_loop_new(0);
	struct action_options options = {.loop = loop, .session = p->session, .saw_run = saw_run, .self = p};
	struct tried *t;
	ev_timer timer;

	(void)state;
	actions_free(p->actions);
	p->actions = actions_new(&options);
	t = begin_one(p, ACT_RETRY);
	ev_timer_init(&timer, serve, 0.0, 0.001);
	timer.data = p;
	ev_timer_start(loop, &timer);
	ev_run(loop, 0);
	ev_timer_stop(loop, &timer);
	assert_int_equal(ev_run(loop, EVRUN_NOWAIT), 0); /* nothing of it is left in the loop */
	actions_free(p->actions);
	p->actions = NULL;
	ev_loop_destroy(loop);
	expect_end(p, t, VERDICT_DONE, "web 1204: retried");
}

/* ---- any order ---- */

static uint64_t seed_now;

/* For who wants to see what went wrong: that one alone. */
static int tell_seed(void **state)
{
	(void)state;
	printf("# the last was ACTION_SEED=%llu ACTION_TIMES=1\n", (unsigned long long)seed_now);
	return 0;
}

static void of_any_order_of_events_each_action_ends_once_and_true(void **state)
{
	const char *given = getenv("ACTION_SEED"), *times = getenv("ACTION_TIMES");
	uint64_t seed = given ? strtoull(given, NULL, 10) : 20261124, i;
	uint64_t n = times ? strtoull(times, NULL, 10) : INTERLEAVINGS;
	struct count c = {.sent = 0};
	int64_t from_ms = when_monotonic_ms();
	int act;

	(void)state;
	printf("# seed %llu, %llu interleavings (ACTION_SEED, ACTION_TIMES)\n", (unsigned long long)seed,
	       (unsigned long long)n);
	for (i = 0; i < n; i++)
		play(seed_now = seed + i, &c);
	printf("# done %u, not done %u, unknown %u; %u requests; %u kept back by a full disk; %u interrupted; "
	       "%lld ms\n",
	       c.verdicts[0], c.verdicts[1], c.verdicts[2], c.sent, c.refused_disk, c.interrupts,
	       (long long)(when_monotonic_ms() - from_ms));
	for (act = 0; act <= ACT_UNBAN; act++)
		printf("# %s: done %u\n", act_word((enum act)act), c.acts[act]);
	assert_true(c.verdicts[0] > n / 10 && c.verdicts[1] > n / 10 && c.verdicts[2] > n / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_ended_meanwhile_is_told_with_its_age_and_nothing_is_sent),
		cmocka_unit_test(a_colleague_who_was_faster_is_told),
		cmocka_unit_test(a_retry_that_somebody_made_first_is_told),
		cmocka_unit_test(a_lost_answer_is_looked_for_until_it_is_seen),
		cmocka_unit_test(what_is_so_by_another_is_done_and_told),
		cmocka_unit_test(a_yes_of_which_nothing_is_to_be_seen_is_unknown),
		cmocka_unit_test(a_run_that_queues_is_taken_out_of_the_queue),
		cmocka_unit_test(a_gate_is_decided_under_the_job_that_it_has_now),
		cmocka_unit_test(what_cannot_be_logged_is_not_sent),
		cmocka_unit_test(a_run_that_may_be_ours_is_named),
		cmocka_unit_test(a_start_that_is_queued_says_so),
		cmocka_unit_test(what_is_under_way_at_the_end_is_unknown_what_is_not_is_not_done),
		cmocka_unit_test(a_session_for_reading_begins_nothing),
		cmocka_unit_test(the_loop_turns_them),
		cmocka_unit_test(what_is_not_named_whole_begins_nothing),
		cmocka_unit_test_teardown(of_any_order_of_events_each_action_ends_once_and_true, tell_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
