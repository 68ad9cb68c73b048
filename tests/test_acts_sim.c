/* SPDX-License-Identifier: MIT */
/*
 * The calls that change something, over real HTTP against the simulator: each does what its name
 * says there, and says no where the simulator says no. The simulator's journal is the witness of
 * what was done.
 */
#include "test.h"

#include "api/acts.h"
#include "api/templates.h"
#include "core/text.h"
#include "core/when.h"
#include "net/http.h"
#include "sim_client.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define TEXT(s) ((char *)(uintptr_t)(s)) /* what a struct owns, and this test does not */
#define TENANT "ffffffff000000000000000000000001"
#define LIMIT_MS 20000

struct bench {
	struct ev_loop *loop;
	struct sim *sim;
	struct http *http;
	struct session *session;
	bool ended;
	struct api_answer answer;
	struct api_done done;
	char made_run[80], made[80]; /* done.run_id, done.id */
	struct ref ref;		     /* project, pipeline, run (and gate) in hand */
	enum gate gate;
	struct run run; /* as last read */
	/* of other reads */
	int64_t queue_id;
	char items[4][64];
	size_t n_items, n_variables, n_templates;
	bool banned, odd;
	char value[200];
	struct template template;
	char status[40], pipeline[80];
	enum task_phase phase;
};

static int open_bench(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	const struct http_options http = {.user_agent = "pipetop-test"};
	struct session_options session = {
		.token = "t", .language = "en-us", .zone_offset_s = 8 * 3600};
	struct sim_options sim;
	struct err err = {0};
	char scenario[4096];

	snprintf(scenario, sizeof(scenario), "%s/scenarios/demo.conf",
		 getenv("top_srcdir") ? getenv("top_srcdir") : ".");
	sim_options_init(&sim);
	sim.scenario = scenario;
	sim.speed = 0;
	sim.modes.gate_as = SIM_GATE_PAUSED;
	b->loop = ev_loop_new(EVFLAG_AUTO);
	b->sim = sim_new(b->loop, &sim, &err);
	if (!b->sim)
		fail_msg("%s", err.text);
	b->http = http_new(b->loop, &http);
	session.endpoint = sim_url(b->sim);
	b->session = session_new(http_transport(b->http), &session, &err);
	if (!b->session)
		fail_msg("%s", err.text);
	*state = b;
	return 0;
}

static int close_bench(void **state)
{
	struct bench *b = *state;

	session_free(b->session);
	http_free(b->http);
	sim_free(b->sim);
	ev_loop_destroy(b->loop);
	run_done(&b->run);
	ref_done(&b->ref);
	template_done(&b->template);
	free(b);
	return 0;
}

static void wait_for(struct bench *b)
{
	int64_t limit_ms = when_monotonic_ms() + LIMIT_MS;

	while (!b->ended) {
		assert_true(when_monotonic_ms() < limit_ms);
		ev_run(b->loop, EVRUN_ONCE);
	}
	b->ended = false;
}

static void see(struct bench *b, const struct api_answer *answer)
{
	assert_false(b->ended);
	b->ended = true;
	b->answer = *answer;
}

static void on_done(void *self, const struct api_done *done)
{
	struct bench *b = self;

	see(b, &done->answer);
	b->done = *done;
	snprintf(b->made_run, sizeof(b->made_run), "%s", done->run_id);
	snprintf(b->made, sizeof(b->made), "%s", done->id);
}

static void must_be_accepted(struct bench *b)
{
	wait_for(b);
	if (b->answer.err.kind != ERR_NONE)
		fail_msg("%s", b->answer.err.text);
	assert_true(b->done.sent);
	assert_false(b->done.definite);
}

/* Refused in the service's own words. */
static void must_be_refused(struct bench *b, const char *code)
{
	wait_for(b);
	assert_int_not_equal(b->answer.err.kind, ERR_NONE);
	assert_true(b->done.sent);
	assert_true(b->done.definite);
	assert_string_equal(b->answer.code, code);
}

/* ---- what there is ---- */

static void on_pipelines(void *self, struct api_pipelines *page)
{
	struct bench *b = self;

	see(b, &page->answer);
	b->n_items = page->n;
	if (!page->n)
		return;
	ref_set(&b->ref, REF_PROJECT, page->pipelines[0].project_id);
	ref_set(&b->ref, REF_PIPELINE, page->pipelines[0].id);
	if (page->pipelines[0].latest)
		ref_set(&b->ref, REF_RUN, page->pipelines[0].latest->id);
}

static bool find_in(struct bench *b, const char *project, const char *name)
{
	const struct api_list_query query = {.name = name, .limit = 1, .banned = API_TRUE};

	api_list_pipelines(b->session, project, &query, on_pipelines, b);
	wait_for(b);
	return b->n_items > 0;
}

/* That pipeline in hand, and its latest run. */
static void take(struct bench *b, const char *name)
{
	struct buf ids;
	bool found = false;
	char *rest, *id;

	buf_init(&ids, BUF_MAX);
	sim_projects(b->sim, &ids);
	rest = ids.data;
	while (!found && (id = strsep(&rest, ",")))
		found = find_in(b, id, name);
	buf_done(&ids);
	assert_true(found);
}

static const char *project(const struct bench *b)
{
	return b->ref.id[REF_PROJECT];
}

static const char *pipeline(const struct bench *b)
{
	return b->ref.id[REF_PIPELINE];
}

static void order(struct bench *b, const struct api_run_order *run_order)
{
	api_run(b->session, project(b), pipeline(b), run_order, on_done, b);
}

/* Starts the pipeline; the new run in hand. */
static void start(struct bench *b, const char *name)
{
	const struct api_run_order defaults = {0};

	take(b, name);
	order(b, &defaults);
	must_be_accepted(b);
	assert_int_equal(strlen(b->made_run), 32);
	assert_false(b->done.queued);
	ref_set(&b->ref, REF_RUN, b->made_run);
}

static void on_detail(void *self, struct api_detail *detail)
{
	struct bench *b = self;

	see(b, &detail->answer);
	assert_non_null(detail->run);
	run_done(&b->run);
	b->run = *detail->run; /* its contents are taken */
	memset(detail->run, 0, sizeof(*detail->run));
}

static void look(struct bench *b)
{
	api_run_detail(b->session, project(b), pipeline(b), b->ref.id[REF_RUN], on_detail, b);
	wait_for(b);
}

static void assert_status(struct bench *b, const char *expected)
{
	look(b);
	assert_string_equal(b->run.status, expected);
}

/* Until a gate is open, which then is in hand. */
static void reach_gate(struct bench *b)
{
	struct step_at found;
	int i;

	for (i = 0; i < 400; i++) {
		look(b);
		if (run_gate_step(&b->run, &found)) {
			ref_set(&b->ref, REF_STAGE, found.stage->id);
			ref_set(&b->ref, REF_JOB, found.job ? found.job->id : "");
			ref_set(&b->ref, REF_STEP, found.step->id);
			b->gate = found.step->gate;
			return;
		}
		sim_advance(b->sim, 5);
	}
	fail_msg("run %s never comes to its gate", b->ref.id[REF_RUN]);
}

static void do_deed(struct bench *b, enum deed deed)
{
	api_deed(b->session, deed, &b->ref, b->gate, b->queue_id, on_done, b);
}

/* Actions of callers that were applied, by the simulator's journal. */
static int applied(struct bench *b)
{
	cJSON *o = client_json(b->loop, b->sim, "GET", "/_sim/actions", NULL, 200);
	int n = at(o, "applied")->valueint;

	cJSON_Delete(o);
	return n;
}

/* ---- gates ---- */

static const struct {
	const char *pipeline;
	enum gate gate;
	bool suspended; /* as the simulator shows it */
} gates[] = {
	{"deploy-prod", GATE_REVIEW, false},
	{"网关-生产上线", GATE_STAGE, false},
	{"灰度发布 canary", GATE_DELAY, false},
};

static void every_kind_of_gate_is_passed(void **state)
{
	struct bench *b = *state;
	size_t i;

	for (i = 0; i < LENGTH(gates); i++) {
		start(b, gates[i].pipeline);
		reach_gate(b);
		assert_int_equal(b->gate, gates[i].gate);
		do_deed(b, DEED_APPROVE);
		must_be_accepted(b);
		assert_string_equal(sim_truth_state(b->sim, b->ref.id[REF_STEP]), "COMPLETED");
		do_deed(b, DEED_APPROVE); /* once is enough */
		must_be_refused(b, "DEVPIPE.00000000");
	}
	assert_int_equal(applied(b), 6);
}

static void every_kind_of_gate_is_refused(void **state)
{
	struct bench *b = *state;
	size_t i;

	for (i = 0; i < LENGTH(gates); i++) {
		start(b, gates[i].pipeline);
		reach_gate(b);
		do_deed(b, DEED_REJECT);
		must_be_accepted(b);
		assert_string_equal(sim_truth_state(b->sim, b->ref.id[REF_STEP]), "FAILED");
	}
	assert_int_equal(applied(b), 6);
}

static void a_delay_is_put_off_and_is_still_there(void **state)
{
	struct bench *b = *state;

	start(b, "灰度发布 canary");
	reach_gate(b);
	do_deed(b, DEED_POSTPONE);
	must_be_accepted(b);
	sim_advance(b->sim, 3590);
	assert_string_equal(sim_truth_state(b->sim, b->ref.id[REF_STEP]), "PAUSED");
}

static void a_suspended_step_goes_on(void **state)
{
	struct bench *b = *state;

	start(b, "deploy-prod");
	reach_gate(b);
	sim_modes(b->sim)->gate_as = SIM_GATE_SUSPEND;
	b->gate = GATE_SUSPENDED;
	do_deed(b, DEED_APPROVE);
	must_be_accepted(b);
	assert_string_equal(sim_truth_state(b->sim, b->ref.id[REF_STEP]), "COMPLETED");
}

/* ---- runs ---- */

static void a_run_is_stopped_and_retried_and_not_twice(void **state)
{
	struct bench *b = *state;

	start(b, "web-mall");
	sim_advance(b->sim, 10);
	do_deed(b, DEED_RETRY);
	must_be_refused(b, "DEVPIPE.00000000");
	do_deed(b, DEED_STOP);
	must_be_accepted(b);
	assert_status(b, "CANCELED");
	do_deed(b, DEED_STOP);
	must_be_refused(b, "DEVPIPE.00000000");
	do_deed(b, DEED_RETRY);
	must_be_accepted(b);
	assert_status(b, "RUNNING");
	assert_int_equal(applied(b), 3);
}

static void on_variables(void *self, const struct api_variables *answer)
{
	struct bench *b = self;
	size_t i;

	see(b, &answer->answer);
	b->n_variables = answer->n;
	b->value[0] = '\0';
	for (i = 0; i < answer->n; i++)
		if (strcmp(answer->variables[i].name, "VERSION") == 0)
			snprintf(b->value, sizeof(b->value), "%s", answer->variables[i].value);
}

static void on_asked(void *self, const struct api_variables *answer)
{
	struct bench *b = self;
	const char *value;
	struct err err = {0};
	size_t at;

	on_variables(self, answer);
	assert_true(variable_assign("REGION=cn-east-3", answer->variables, answer->n, &at, &value,
				    &err));
	assert_int_equal(answer->variables[at].type, VARIABLE_ENUM);
	assert_false(
		variable_assign("REGION=mars-1", answer->variables, answer->n, &at, &value, &err));
	assert_true(
		variable_assign("DEPLOY_KEY=x", answer->variables, answer->n, &at, &value, &err));
	assert_true(answer->variables[at].secret);
	assert_int_equal(b->n_variables, answer->total);
}

static void a_run_has_the_values_that_it_was_started_with(void **state)
{
	struct bench *b = *state;
	struct variable variables[] = {
		{.name = TEXT("VERSION"), .value = TEXT("9.9 \"\xE4\xBD\xA0\"")},
		{.name = TEXT("DEPLOY_KEY"), .value = TEXT("")},
	};
	const struct api_run_order run = {
		.description = "nightly",
		.variables = variables,
		.n_variables = 2,
		.sources_json = "[{\"type\":\"code\",\"params\":{\"git_type\":\"codehub\",\"git_"
				"url\":\"x\","
				"\"build_params\":{\"build_type\":\"branch\",\"target_branch\":"
				"\"hotfix-7\"}}}]",
	};

	take(b, "deploy-prod");
	api_runtime_variables(b->session, project(b), pipeline(b), 0, on_asked, b);
	wait_for(b);
	order(b, &run);
	must_be_accepted(b);
	ref_set(&b->ref, REF_RUN, b->made_run);
	look(b);
	assert_string_equal(b->run.branch, "hotfix-7");
	api_run_variables(b->session, project(b), pipeline(b), b->made_run, on_variables, b);
	wait_for(b);
	assert_string_equal(b->value, "9.9 \"\xE4\xBD\xA0\"");
}

static void a_value_that_is_not_allowed_starts_nothing(void **state)
{
	struct bench *b = *state;
	struct variable variables[] = {{.name = TEXT("REGION"), .value = TEXT("mars-1")}};
	const struct api_run_order run = {.variables = variables, .n_variables = 1};

	take(b, "deploy-prod");
	order(b, &run);
	must_be_refused(b, "DEVCP.00021400");
	assert_int_equal(applied(b), 0);
}

/* ---- the plan ---- */

static void on_plan(void *self, const struct api_plan *plan)
{
	struct bench *b = self;
	size_t i;

	see(b, &plan->answer);
	b->n_items = plan->n;
	b->banned = plan->banned;
	b->odd = plan->odd_definition;
	for (i = 0; i < plan->n && i < LENGTH(b->items); i++)
		snprintf(b->items[i], sizeof(b->items[i]), "%s%s%s", plan->items[i].identifier,
			 plan->items[i].stage ? "<" : "", text_or_empty(plan->items[i].stage));
}

static void plan(struct bench *b)
{
	api_plan(b->session, project(b), pipeline(b), on_plan, b);
	wait_for(b);
	if (b->answer.err.kind != ERR_NONE)
		fail_msg("%s", b->answer.err.text);
}

static void what_the_plan_names_can_be_chosen(void **state)
{
	struct bench *b = *state;
	const char *stages[1];
	const struct api_run_order run = {.stages = stages, .n_stages = 1};
	size_t i, unselected = 0;

	take(b, "web-mall");
	plan(b);
	assert_false(b->odd);
	assert_true(b->n_items > 4);
	assert_string_equal(b->items[0], "st-1");
	assert_non_null(strstr(b->items[1], "<st-1"));
	stages[0] = b->items[0];
	order(b, &run);
	must_be_accepted(b);
	ref_set(&b->ref, REF_RUN, b->made_run);
	look(b);
	for (i = 0; i < b->run.n_stages; i++)
		unselected += strcmp(b->run.stages[i].status, "UNSELECTED") == 0;
	assert_int_equal(unselected, b->run.n_stages - 1);
}

static void a_pipeline_is_switched_off_and_on(void **state)
{
	struct bench *b = *state;
	const struct api_run_order defaults = {0};

	take(b, "web-mall");
	api_ban(b->session, project(b), pipeline(b), true, on_done, b);
	must_be_accepted(b);
	plan(b);
	assert_true(b->banned);
	order(b, &defaults);
	must_be_refused(b, "DEVPIPE.00000000");
	api_ban(b->session, project(b), pipeline(b), true, on_done, b);
	must_be_refused(b, "DEVPIPE.00000000");
	api_ban(b->session, project(b), pipeline(b), false, on_done, b);
	must_be_accepted(b);
	plan(b);
	assert_false(b->banned);
	order(b, &defaults);
	must_be_accepted(b);
}

/* ---- the queue ---- */

static void on_queue(void *self, const struct api_queue *queue)
{
	struct bench *b = self;

	see(b, &queue->answer);
	b->n_items = queue->n;
	b->queue_id = 0;
	if (!queue->n)
		return;
	b->queue_id = queue->items[0].id;
	snprintf(b->items[0], sizeof(b->items[0]), "%s", queue->items[0].run_id);
	assert_string_equal(queue->items[0].status, "QUEUED");
	assert_true(queue->items[0].enqueue_ms > 0);
	assert_true(*queue->items[0].creator);
}

static void queue(struct bench *b)
{
	api_queue(b->session, project(b), pipeline(b), 0, on_queue, b);
	wait_for(b);
}

static void limit(struct bench *b, const char *exceed)
{
	char path[200];

	snprintf(path, sizeof(path), "/_sim/concurrency?pipeline=%s&number=1&exceed=%s",
		 pipeline(b), exceed);
	cJSON_Delete(client_json(b->loop, b->sim, "POST", path, NULL, 200));
}

static void a_start_beyond_the_limit_is_queued_and_taken_back(void **state)
{
	struct bench *b = *state;
	const struct api_run_order defaults = {0};
	int64_t place;

	start(b, "nightly-e2e");
	sim_advance(b->sim, 5);
	limit(b, "queue");
	order(b, &defaults);
	must_be_accepted(b);
	assert_true(b->done.queued);
	place = b->done.queue_id;
	assert_true(place > 0);
	ref_set(&b->ref, REF_RUN, b->made_run);
	assert_status(b, "QUEUED");
	queue(b);
	assert_int_equal(b->n_items, 1);
	assert_int_equal(b->queue_id, place);
	assert_string_equal(b->items[0], b->ref.id[REF_RUN]);
	b->queue_id = place + 1;
	do_deed(b, DEED_CANCEL);
	must_be_refused(b, "DEVPIPE.00000000");
	b->queue_id = place;
	do_deed(b, DEED_CANCEL);
	must_be_accepted(b);
	assert_string_equal(b->made_run, b->ref.id[REF_RUN]);
	assert_status(b, "CANCELED");
	queue(b);
	assert_int_equal(b->n_items, 0);
}

static void a_pipeline_that_does_not_queue_refuses(void **state)
{
	struct bench *b = *state;
	const struct api_run_order defaults = {0};

	start(b, "nightly-e2e");
	sim_advance(b->sim, 5);
	limit(b, "abort");
	order(b, &defaults);
	must_be_refused(b, "DEVPIPE.00011104");
	assert_false(b->done.queued);
	assert_int_equal(applied(b), 1);
}

/* ---- when the answer is not what it should be ---- */

static const struct {
	const char *fault; /* of an action that is a stop */
	int applied;	   /* was it done? */
	bool accepted, sent, definite;
} faults[] = {
	{"class=stop&kind=status&status=503&when=before", 0, false, true, false},
	{"class=stop&kind=status&status=503&when=after", 1, false, true, false},
	{"class=stop&kind=status&status=401&when=before", 0, false, true, true},
	{"class=stop&kind=status&status=403&when=before", 0, false, true, true},
	{"class=stop&kind=status&status=409&when=before", 0, false, true, false}, /* says: busy */
	{"class=stop&kind=status&status=429&when=before", 0, false, true, true},
	{"class=stop&kind=error200&shape=1&when=before", 0, false, true, true},
	{"class=stop&kind=error200&shape=2&when=before", 0, false, true, false}, /* internal error */
	{"class=stop&kind=error200&shape=5&when=before", 0, false, true, true},
	{"class=stop&kind=html&when=after", 1, false, true, false},
	{"class=stop&kind=empty&when=after", 1, false, true, false},
	{"class=stop&kind=redirect&when=after", 1, false, true, false},
	{"class=stop&kind=close&when=before", 0, false, true, false},
	{"class=stop&kind=close&when=after", 1, false, true, false},
	{"class=stop&kind=truncate&bytes=4", 1, false, true, false},
	{"class=stop&kind=never-applied", 0, true, true, false},
};

static void an_odd_answer_is_no_refusal_and_nothing_is_sent_again(void **state)
{
	struct bench *b = *state;
	size_t i;

	for (i = 0; i < LENGTH(faults); i++) {
		int before;

		close_bench(state); /* a portal stays in a session's memory */
		open_bench(state);
		b = *state;
		start(b, "web-mall");
		sim_advance(b->sim, 10);
		before = applied(b);
		assert_true(sim_fault(b->sim, faults[i].fault, NULL));
		do_deed(b, DEED_STOP);
		wait_for(b);
		if ((b->answer.err.kind == ERR_NONE) != faults[i].accepted ||
		    b->done.sent != faults[i].sent || b->done.definite != faults[i].definite)
			fail_msg("%s: sent %d, definite %d: %s", faults[i].fault, b->done.sent,
				 b->done.definite, b->answer.err.text);
		assert_int_equal(applied(b) - before, faults[i].applied);
		sim_faults_clear(b->sim);
		assert_string_equal(sim_truth_state(b->sim, b->ref.id[REF_RUN]),
				    faults[i].applied ? "CANCELED" : "RUNNING");
	}
}

/* ---- templates ---- */

static void on_templates(void *self, struct api_templates *page)
{
	struct bench *b = self;

	see(b, &page->answer);
	assert_int_equal(page->dropped, 0);
	b->n_templates = page->n;
	template_done(&b->template);
	if (!page->n)
		return;
	b->template = page->templates[0]; /* its contents are taken */
	page->templates[0] = (struct template){0};
}

static void list_templates(struct bench *b, enum api_flag system, const char *name)
{
	const struct api_template_query query = {.system = system, .name = name, .limit = 50};

	api_list_templates(b->session, TENANT, &query, on_templates, b);
	wait_for(b);
	if (b->answer.err.kind != ERR_NONE)
		fail_msg("%s", b->answer.err.text);
}

static void on_template(void *self, struct api_template *detail)
{
	struct bench *b = self;

	see(b, &detail->answer);
	template_done(&b->template);
	if (!detail->template)
		return;
	b->template = *detail->template;
	*detail->template = (struct template){0};
}

static void read_template(struct bench *b, const char *id)
{
	char copy[80];

	snprintf(copy, sizeof(copy), "%s", id);
	api_template_detail(b->session, TENANT, copy, on_template, b);
	wait_for(b);
}

/* A system template in hand, with its definition. */
static void take_template(struct bench *b)
{
	list_templates(b, API_TRUE, NULL);
	assert_true(b->n_templates > 3);
	assert_true(b->template.system);
	assert_true(b->template.n_stages > 0);
	assert_null(b->template.definition);
	read_template(b, b->template.id);
	assert_int_equal(b->answer.err.kind, ERR_NONE);
	assert_non_null(strstr(b->template.definition, "\"stages\""));
}

static void a_template_is_copied_changed_liked_and_deleted(void **state)
{
	struct bench *b = *state;
	char id[80];

	take_template(b);
	mem_free(b->template.name);
	b->template.name = mem_strdup("mine");
	api_template_create(b->session, TENANT, &b->template, on_done, b);
	must_be_accepted(b);
	snprintf(id, sizeof(id), "%s", b->made);
	read_template(b, id);
	assert_string_equal(b->template.name, "mine");
	assert_false(b->template.system);
	assert_false(b->template.favourite);
	mem_free(b->template.description);
	b->template.description = mem_strdup("said \"so\"");
	api_template_update(b->session, TENANT, &b->template, on_done, b);
	must_be_accepted(b);
	assert_string_equal(b->made, id);
	api_template_favourite(b->session, TENANT, id, true, on_done, b);
	must_be_accepted(b);
	list_templates(b, API_FALSE, "mine");
	assert_int_equal(b->n_templates, 1);
	assert_true(b->template.favourite);
	assert_string_equal(b->template.description, "said \"so\"");
	api_template_favourite(b->session, TENANT, id, false, on_done, b);
	must_be_accepted(b);
	read_template(b, id);
	assert_false(b->template.favourite);
	api_template_delete(b->session, TENANT, id, on_done, b);
	must_be_accepted(b);
	read_template(b, id);
	assert_int_equal(b->answer.err.kind, ERR_GONE);
	api_template_delete(b->session, TENANT, id, on_done, b);
	must_be_refused(b, "DEVCP.00021006");
}

static void a_system_template_is_not_deleted(void **state)
{
	struct bench *b = *state;

	take_template(b);
	api_template_delete(b->session, TENANT, b->template.id, on_done, b);
	must_be_refused(b, "DEVCP.00021018");
	assert_int_equal(b->answer.err.kind, ERR_AUTH);
}

static void a_pipeline_of_a_template_is_listed_and_runs(void **state)
{
	struct bench *b = *state;
	struct api_template_use use = {.name = "of-a-template", .description = "made by a test"};

	take(b, "web-mall");
	take_template(b);
	use.template_id = b->template.id;
	api_template_use(b->session, project(b), &use, on_done, b);
	must_be_accepted(b);
	snprintf(b->pipeline, sizeof(b->pipeline), "%s", b->made);
	take(b, "of-a-template");
	assert_string_equal(pipeline(b), b->pipeline);
	start(b, "of-a-template");
}

/* ---- an orchestration ---- */

static void on_task(void *self, const struct api_task *task)
{
	struct bench *b = self;

	see(b, &task->answer);
	b->phase = task->phase;
	snprintf(b->status, sizeof(b->status), "%s", task->status);
	snprintf(b->pipeline, sizeof(b->pipeline), "%s", task->pipeline_id);
	assert_int_equal(*task->pipeline_url != '\0', task->phase == TASK_DONE);
}

static void the_documented_orchestration_becomes_a_pipeline(void **state)
{
	struct bench *b = *state;
	size_t len;
	char *doc = test_file("../scenarios/seed/v3-templates-task.request.json", &len), task[80];
	bool waited = false, worked = false;
	int i;

	api_task_create(b->session, doc, len, on_done, b);
	free(doc);
	must_be_accepted(b);
	snprintf(task, sizeof(task), "%s", b->made);
	for (i = 0; i < 100 && b->phase != TASK_DONE; i++) {
		api_task_status(b->session, task, on_task, b);
		wait_for(b);
		assert_int_equal(b->answer.err.kind, ERR_NONE);
		waited |= b->phase == TASK_WAITS;
		worked |= b->phase == TASK_WORKS;
		sim_advance(b->sim, 1);
	}
	assert_true(waited && worked);
	assert_int_equal(b->phase, TASK_DONE);
	assert_int_equal(strlen(b->pipeline), 32);
	api_task_status(b->session, "13131313000000000000000000000001", on_task, b);
	wait_for(b);
	assert_int_equal(b->answer.err.kind, ERR_GONE);
}

static void a_wrong_orchestration_is_refused(void **state)
{
	struct bench *b = *state;

	api_task_create(b->session, "{\"flow\":{}}", 11, on_done, b);
	wait_for(b);
	assert_int_not_equal(b->answer.err.kind, ERR_NONE);
	assert_true(b->done.definite);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_bench, close_bench)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(every_kind_of_gate_is_passed),
		TEST(every_kind_of_gate_is_refused),
		TEST(a_delay_is_put_off_and_is_still_there),
		TEST(a_suspended_step_goes_on),
		TEST(a_run_is_stopped_and_retried_and_not_twice),
		TEST(a_run_has_the_values_that_it_was_started_with),
		TEST(a_value_that_is_not_allowed_starts_nothing),
		TEST(what_the_plan_names_can_be_chosen),
		TEST(a_pipeline_is_switched_off_and_on),
		TEST(a_start_beyond_the_limit_is_queued_and_taken_back),
		TEST(a_pipeline_that_does_not_queue_refuses),
		TEST(an_odd_answer_is_no_refusal_and_nothing_is_sent_again),
		TEST(a_template_is_copied_changed_liked_and_deleted),
		TEST(a_system_template_is_not_deleted),
		TEST(a_pipeline_of_a_template_is_listed_and_runs),
		TEST(the_documented_orchestration_becomes_a_pipeline),
		TEST(a_wrong_orchestration_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
