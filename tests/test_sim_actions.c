/* SPDX-License-Identifier: MIT */
/*
 * The calls that change something: what they do, when they are refused, what the journal keeps,
 * and every way in which what is said differs from what was done.
 */
#include "test.h"

#include "sim_client.h"

struct fixture {
	struct ev_loop *loop;
	struct sim *sim;
	char base[200], run[40]; /* of the run in hand; base: /v5/{}/api/pipelines/{} */
};

static int open_demo(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct sim_options o;

	sim_options_init(&o);
	o.speed = 0;
	o.modes.gate_as = SIM_GATE_PAUSED;
	f->sim = client_demo(&f->loop, &o);
	*state = f;
	return 0;
}

static int close_it(void **state)
{
	struct fixture *f = *state;

	sim_free(f->sim);
	ev_loop_destroy(f->loop);
	free(f);
	return 0;
}

/* ---- asking ---- */

static cJSON *ask(struct fixture *f, int status, const char *method, const char *body,
		  const char *form, ...) __attribute__((format(printf, 5, 6)));
static cJSON *ask(struct fixture *f, int status, const char *method, const char *body,
		  const char *form, ...)
{
	va_list ap;
	cJSON *o;

	va_start(ap, form);
	o = client_vjson(f->loop, f->sim, status, method, body, form, ap);
	va_end(ap);
	return o;
}

#define DO(f, status, method, ...) cJSON_Delete(ask(f, status, method, "{}", __VA_ARGS__))

static bool find_in(struct fixture *f, const char *project, const char *name)
{
	char body[200];
	const cJSON *row;
	cJSON *o;
	bool found;

	snprintf(body, sizeof(body), "{\"name\":\"%s\",\"limit\":1,\"is_banned\":true}", name);
	o = ask(f, 200, "POST", body, "/v5/%s/api/pipelines/list", project);
	row = cJSON_GetArrayItem(at(o, "pipelines"), 0);
	found = row != NULL;
	if (found) {
		snprintf(f->base, sizeof(f->base), "/v5/%s/api/pipelines/%s", project,
			 string_at(row, "pipeline_id"));
		snprintf(f->run, sizeof(f->run), "%s",
			 string_at(at(row, "latest_run"), "pipeline_run_id"));
	}
	cJSON_Delete(o);
	return found;
}

/* That pipeline, and its latest run, in hand. */
static void take(struct fixture *f, const char *name)
{
	struct buf ids;
	bool found = false;
	char *rest, *id;

	buf_init(&ids, BUF_MAX);
	sim_projects(f->sim, &ids);
	rest = ids.data;
	while (!found && (id = strsep(&rest, ",")))
		found = find_in(f, id, name);
	buf_done(&ids);
	assert_true(found);
}

static const char *pipeline_id(const struct fixture *f)
{
	return strrchr(f->base, '/') + 1;
}

/* Starts the pipeline; the new run in hand. */
static void start(struct fixture *f, const char *name, const char *body)
{
	cJSON *o;

	take(f, name);
	o = ask(f, 200, "POST", body, "%s/run", f->base);
	snprintf(f->run, sizeof(f->run), "%s", string_at(o, "pipeline_run_id"));
	cJSON_Delete(o);
	assert_int_equal(strlen(f->run), 32);
}

static cJSON *detail(struct fixture *f)
{
	return ask(f, 200, "GET", NULL, "%s/pipeline-runs/detail?pipeline_run_id=%s", f->base,
		   f->run);
}

static void assert_status(struct fixture *f, const char *expected)
{
	const char *word;

	word = sim_truth_state(f->sim, f->run);
	assert_non_null(word);
	assert_string_equal(word, expected);
}

/* How many actions of callers were applied, and the outcome of the last of all. */
static int applied(struct fixture *f, char *last, size_t size)
{
	cJSON *o = ask(f, 200, "GET", NULL, "/_sim/actions");
	const cJSON *list = at(o, "actions");
	int n = at(o, "applied")->valueint;

	if (last)
		snprintf(last, size, "%s",
			 string_at(cJSON_GetArrayItem(list, cJSON_GetArraySize(list) - 1),
				   "outcome"));
	cJSON_Delete(o);
	return n;
}

/* ---- gates ---- */

struct gate {
	char job[40], step[40]; /* job: "" at the entry of a stage */
};

static bool step_waits(const cJSON *step, const char *task, bool delay, struct gate *g)
{
	const cJSON *e;
	bool timed = false, asked = false;

	if (strcmp(string_at(step, "status"), "PAUSED") && strcmp(string_at(step, "status"), "SUSPEND"))
		return false;
	if (task && strcmp(string_at(step, "task"), task))
		return false;
	cJSON_ArrayForEach(e, at(step, "inputs"))
	{
		timed |= strcmp(string_at(e, "key"), "timeout") == 0;
		asked |= strcmp(string_at(e, "key"), "audit_source") == 0;
	}
	if (delay && (asked || !timed))
		return false;
	snprintf(g->step, sizeof(g->step), "%s", string_at(step, "id"));
	return true;
}

static bool open_gate(struct fixture *f, const char *task, bool delay, struct gate *g)
{
	const cJSON *stage, *job, *step;
	cJSON *o = detail(f);
	bool found = false;

	*g = (struct gate){0};
	cJSON_ArrayForEach(stage, at(o, "stages"))
	{
		found = found || step_waits(cJSON_GetArrayItem(at(stage, "pre"), 0), task, delay, g);
		cJSON_ArrayForEach(job, at(stage, "jobs"))
		{
			cJSON_ArrayForEach(step, at(job, "steps"))
			{
				if (found || !step_waits(step, task, delay, g))
					continue;
				found = true;
				snprintf(g->job, sizeof(g->job), "%s", string_at(job, "id"));
			}
		}
	}
	cJSON_Delete(o);
	return found;
}

static void reach_gate(struct fixture *f, const char *task, bool delay, struct gate *g)
{
	int i;

	for (i = 0; i < 400; i++) {
		if (open_gate(f, task, delay, g))
			return;
		sim_advance(f->sim, 5);
	}
	fail_msg("run %s never comes to its gate", f->run);
}

static void at_gate(struct fixture *f, const char *words, int status, const struct gate *g)
{
	if (*g->job)
		DO(f, status, "POST", "%s/pipeline-runs/%s/jobs/%s/steps/%s/%s", f->base, f->run,
		   g->job, g->step, words);
	else
		DO(f, status, "POST", "%s/pipeline-runs/%s/steps/%s/%s", f->base, f->run, g->step,
		   words);
}

static const struct {
	const char *pipeline, *task;
	bool delay;
	const char *pass, *refuse, *wrong;
} gates[] = {
	{"deploy-prod", "official_devcloud_checkpoint", false, "pass", "refuse", "delay-pass"},
	{"网关-生产上线", "official_devcloud_manualTrigger", false, "manual/pass", "manual/refuse",
	 NULL},
	{"灰度发布 canary", NULL, true, "delay-pass", "delay-refuse", "pass"},
};

static void every_kind_of_gate_is_passed_by_its_own_call_and_no_other(void **state)
{
	struct fixture *f = *state;
	struct gate g;
	size_t i;

	for (i = 0; i < sizeof(gates) / sizeof(gates[0]); i++) {
		start(f, gates[i].pipeline, "{}");
		reach_gate(f, gates[i].task, gates[i].delay, &g);
		if (gates[i].wrong)
			at_gate(f, gates[i].wrong, 400, &g);
		assert_string_equal(sim_truth_state(f->sim, g.step), "PAUSED");
		at_gate(f, gates[i].pass, 200, &g);
		assert_string_equal(sim_truth_state(f->sim, g.step), "COMPLETED");
		at_gate(f, gates[i].pass, 400, &g); /* once is enough */
		sim_advance(f->sim, 2);
		assert_status(f, "RUNNING");
	}
}

static void every_kind_of_gate_is_refused_by_its_own_call(void **state)
{
	struct fixture *f = *state;
	struct gate g;
	size_t i;

	for (i = 0; i < sizeof(gates) / sizeof(gates[0]); i++) {
		start(f, gates[i].pipeline, "{}");
		reach_gate(f, gates[i].task, gates[i].delay, &g);
		at_gate(f, gates[i].refuse, 200, &g);
		assert_string_equal(sim_truth_state(f->sim, g.step), "FAILED");
		sim_advance(f->sim, 300);
		assert_status(f, "FAILED");
	}
}

static void a_gate_answers_for_the_exact_step_asked_for(void **state)
{
	struct fixture *f = *state;
	struct gate g, other;
	const cJSON *job;
	cJSON *o;

	start(f, "deploy-prod", "{}");
	reach_gate(f, "official_devcloud_checkpoint", false, &g);
	o = detail(f);
	job = cJSON_GetArrayItem(at(cJSON_GetArrayItem(at(o, "stages"), 0), "jobs"), 0);
	snprintf(other.job, sizeof(other.job), "%s", string_at(job, "id"));
	snprintf(other.step, sizeof(other.step), "%s",
		 string_at(cJSON_GetArrayItem(at(job, "steps"), 0), "id"));
	cJSON_Delete(o);
	at_gate(f, "pass", 400, &other);
	*other.job = '\0';
	at_gate(f, "manual/pass", 400, &other);
	snprintf(other.step, sizeof(other.step), "%s", g.step);
	at_gate(f, "manual/pass", 400, &other); /* it is no entry of a stage */
	assert_string_equal(sim_truth_state(f->sim, g.step), "PAUSED");
	assert_int_equal(applied(f, NULL, 0), 1); /* the start */
}

static void a_delay_is_put_off_by_an_hour_at_a_time(void **state)
{
	struct fixture *f = *state;
	struct gate g;

	start(f, "灰度发布 canary", "{}");
	reach_gate(f, NULL, true, &g);
	at_gate(f, "delay", 200, &g);
	at_gate(f, "delay", 200, &g);
	sim_advance(f->sim, 7190);
	assert_string_equal(sim_truth_state(f->sim, g.step), "PAUSED");
	sim_advance(f->sim, 490);
	assert_string_equal(sim_truth_state(f->sim, g.step), "COMPLETED");
}

static void only_what_is_suspended_can_be_resumed(void **state)
{
	struct fixture *f = *state;
	struct gate g;

	start(f, "deploy-prod", "{}");
	reach_gate(f, "official_devcloud_checkpoint", false, &g);
	at_gate(f, "resume", 400, &g);
	sim_modes(f->sim)->gate_as = SIM_GATE_SUSPEND;
	at_gate(f, "resume", 200, &g);
	assert_string_equal(sim_truth_state(f->sim, g.step), "COMPLETED");
}

/* ---- run ---- */

static void a_wrong_body_of_a_run_is_refused_and_nothing_starts(void **state)
{
	static const char *const bodies[] = {
		"[]",
		"{\"variables\":{}}",
		"{\"variables\":[{\"name\":\"VERSION\"}]}",
		"{\"variables\":[{\"name\":\"VERSION\",\"value\":3}]}",
		"{\"variables\":[{\"name\":\"BUILD_NUMBER\",\"value\":\"3\"}]}",
		"{\"variables\":[{\"name\":\"REGION\",\"value\":\"mars-1\"}]}",
		"{\"choose_stages\":\"st-1\"}",
		"{\"choose_stages\":[\"st-99\"]}",
		"{\"choose_jobs\":[\"JOB_none\"]}",
		"{\"sources\":[{\"type\":\"tape\"}]}",
		"{\"sources\":[{\"type\":\"code\",\"params\":{\"build_params\":{\"build_type\":\"x\"}}}]}",
		"{\"sources\":[{\"type\":\"code\",\"params\":{\"build_params\":{\"build_type\":\"tag\"}}}]}",
	};
	struct fixture *f = *state;
	char last[20];
	size_t i;

	take(f, "deploy-prod");
	for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		cJSON *o = ask(f, 400, "POST", bodies[i], "%s/run", f->base);

		assert_string_equal(string_at(o, "error_code"), "DEVCP.00021400");
		cJSON_Delete(o);
		assert_int_equal(applied(f, last, sizeof(last)), 0);
		assert_string_equal(last, "refused");
	}
}

static void a_run_has_the_variables_and_the_branch_that_it_was_started_with(void **state)
{
	struct fixture *f = *state;
	const cJSON *v, *build;
	cJSON *o;
	int seen = 0;

	start(f, "deploy-prod",
	      "{\"variables\":[{\"name\":\"VERSION\",\"value\":\"9.9\"},{\"name\":\"REGION\","
	      "\"value\":\"cn-east-3\"}],\"sources\":[{\"type\":\"code\",\"params\":{\"git_type\":"
	      "\"codehub\",\"git_url\":\"https://codehub.example.com/x.git\",\"build_params\":{"
	      "\"build_type\":\"branch\",\"target_branch\":\"hotfix-7\"}}}]}");
	o = ask(f, 200, "GET", NULL, "%s/pipeline-runs/%s/run-variables?mode=0", f->base, f->run);
	cJSON_ArrayForEach(v, o)
	{
		if (strcmp(string_at(v, "name"), "VERSION") == 0)
			seen += strcmp(string_at(v, "value"), "9.9") == 0;
		if (strcmp(string_at(v, "name"), "REGION") == 0)
			seen += strcmp(string_at(v, "value"), "cn-east-3") == 0;
	}
	cJSON_Delete(o);
	assert_int_equal(seen, 2);
	o = detail(f);
	build = at(at(cJSON_GetArrayItem(at(o, "sources"), 0), "params"), "build_params");
	assert_string_equal(string_at(build, "target_branch"), "hotfix-7");
	cJSON_Delete(o);
}

static void what_was_not_chosen_is_unselected_and_the_rest_runs(void **state)
{
	struct fixture *f = *state;
	const cJSON *stage;
	cJSON *o;
	int chosen = 0, left = 0;

	start(f, "web-mall", "{\"choose_stages\":[\"st-1\",\"st-3\"],\"choose_jobs\":[]}");
	sim_advance(f->sim, 3600);
	assert_status(f, "COMPLETED");
	o = detail(f);
	cJSON_ArrayForEach(stage, at(o, "stages"))
	{
		bool second = at(stage, "sequence")->valueint == 1;

		assert_string_equal(string_at(stage, "status"), second ? "UNSELECTED" : "COMPLETED");
		assert_int_equal(cJSON_IsTrue(at(stage, "is_select")), !second);
		chosen += !second;
		left += second;
	}
	cJSON_Delete(o);
	assert_int_equal(chosen, 2);
	assert_int_equal(left, 1);
}

/* The identifier of the last job of stage `n` in the definition. */
static void job_of(struct fixture *f, int n, char *out, size_t size)
{
	cJSON *o = ask(f, 200, "GET", NULL, "%s", f->base), *d;
	const cJSON *jobs;

	d = cJSON_Parse(string_at(o, "definition"));
	jobs = at(cJSON_GetArrayItem(at(d, "stages"), n), "jobs");
	snprintf(out, size, "%s",
		 string_at(cJSON_GetArrayItem(jobs, cJSON_GetArraySize(jobs) - 1), "identifier"));
	cJSON_Delete(d);
	cJSON_Delete(o);
}

static void a_job_is_chosen_by_its_identifier_in_the_definition(void **state)
{
	struct fixture *f = *state;
	char job[40], body[100];
	const cJSON *stage;
	cJSON *o;

	take(f, "web-mall");
	job_of(f, 1, job, sizeof(job));
	snprintf(body, sizeof(body), "{\"choose_jobs\":[\"%s\"]}", job);
	start(f, "web-mall", body);
	sim_advance(f->sim, 3600);
	assert_status(f, "COMPLETED");
	o = detail(f);
	stage = cJSON_GetArrayItem(at(o, "stages"), 1);
	assert_string_equal(string_at(cJSON_GetArrayItem(at(stage, "jobs"), 0), "status"),
			    "UNSELECTED");
	assert_string_equal(string_at(cJSON_GetArrayItem(at(stage, "jobs"), 1), "identifier"), job);
	assert_string_equal(string_at(cJSON_GetArrayItem(at(stage, "jobs"), 1), "status"),
			    "COMPLETED");
	assert_string_equal(string_at(cJSON_GetArrayItem(at(o, "stages"), 2), "status"),
			    "UNSELECTED");
	cJSON_Delete(o);
}

/* ---- stop, retry, ban ---- */

static void a_stopped_run_can_be_retried_and_nothing_else_can_be_done_to_it(void **state)
{
	struct fixture *f = *state;

	start(f, "web-mall", "{}");
	sim_advance(f->sim, 10);
	DO(f, 400, "PUT", "%s/pipeline-runs/%s/retry", f->base, f->run);
	DO(f, 200, "POST", "%s/pipeline-runs/%s/stop", f->base, f->run);
	assert_status(f, "CANCELED");
	DO(f, 400, "POST", "%s/pipeline-runs/%s/stop", f->base, f->run);
	DO(f, 404, "POST", "%s/pipeline-runs/%s/retry", f->base, f->run); /* it is a PUT */
	DO(f, 200, "PUT", "%s/pipeline-runs/%s/retry", f->base, f->run);
	assert_status(f, "RUNNING");
	assert_int_equal(applied(f, NULL, 0), 3);
}

static void a_disabled_pipeline_does_not_run_until_it_is_enabled(void **state)
{
	struct fixture *f = *state;
	cJSON *o;

	take(f, "web-mall");
	DO(f, 200, "PUT", "%s/ban", f->base);
	DO(f, 400, "PUT", "%s/ban", f->base);
	DO(f, 400, "POST", "%s/run", f->base);
	o = ask(f, 200, "GET", NULL, "%s", f->base);
	assert_true(cJSON_IsTrue(at(o, "banned")));
	cJSON_Delete(o);
	DO(f, 200, "PUT", "%s/unban", f->base);
	start(f, "web-mall", "{}");
}

/* ---- the queue ---- */

static int queue_length(struct fixture *f, int *id)
{
	cJSON *o = ask(f, 200, "GET", NULL, "%s/queued-pipeline?offset=0&limit=10", f->base);
	int n = at(o, "total")->valueint;

	*id = n ? at(cJSON_GetArrayItem(at(o, "queuedPipelines"), 0), "id")->valueint : 0;
	cJSON_Delete(o);
	return n;
}

/* Starts what must be queued with that code; the run in hand, its place returned. */
static int start_queued(struct fixture *f, const char *code)
{
	cJSON *o = ask(f, 200, "POST", "{}", "%s/run", f->base);
	int id;

	assert_string_equal(string_at(o, "error_code"), code);
	snprintf(f->run, sizeof(f->run), "%s", string_at(at(o, "error"), "pipeline_run_id"));
	id = at(at(o, "error"), "queue_id")->valueint;
	cJSON_Delete(o);
	assert_status(f, "QUEUED");
	return id;
}

static void a_run_beyond_the_limit_waits_in_the_queue_until_a_slot_is_free(void **state)
{
	struct fixture *f = *state;
	char first[40];
	int id, listed;

	start(f, "nightly-e2e", "{}");
	sim_advance(f->sim, 5);
	snprintf(first, sizeof(first), "%s", f->run);
	DO(f, 200, "POST", "/_sim/concurrency?pipeline=%s&number=1", pipeline_id(f));
	id = start_queued(f, "DEVPIPE.00011169");
	assert_int_equal(queue_length(f, &listed), 1);
	assert_int_equal(listed, id);
	sim_advance(f->sim, 30);
	assert_status(f, "QUEUED");
	DO(f, 200, "POST", "%s/pipeline-runs/%s/stop", f->base, first);
	sim_advance(f->sim, 1);
	assert_status(f, "RUNNING");
	assert_int_equal(queue_length(f, &listed), 0);
	sim_advance(f->sim, 3600);
	assert_status(f, "COMPLETED");
}

static void those_that_wait_begin_one_after_another_by_themselves(void **state)
{
	struct fixture *f = *state;
	char second[40], third[40];
	int listed;

	start(f, "nightly-e2e", "{}");
	sim_advance(f->sim, 5);
	DO(f, 200, "POST", "/_sim/concurrency?pipeline=%s&number=1", pipeline_id(f));
	start_queued(f, "DEVPIPE.00011169");
	snprintf(second, sizeof(second), "%s", f->run);
	start_queued(f, "DEVPIPE.00011169");
	snprintf(third, sizeof(third), "%s", f->run);
	assert_int_equal(queue_length(f, &listed), 2);
	while (strcmp(sim_truth_state(f->sim, second), "QUEUED") == 0)
		sim_advance(f->sim, 10);
	assert_string_equal(sim_truth_state(f->sim, third), "QUEUED");
	while (strcmp(sim_truth_state(f->sim, third), "QUEUED") == 0)
		sim_advance(f->sim, 1);
	assert_string_equal(sim_truth_state(f->sim, second), "COMPLETED");
}

static void a_queued_run_is_cancelled_by_the_id_of_its_record(void **state)
{
	struct fixture *f = *state;
	int id, listed;
	cJSON *o;

	start(f, "nightly-e2e", "{}");
	sim_advance(f->sim, 5);
	DO(f, 400, "POST", "%s/%s/cancel-queuing/1", f->base, f->run);
	DO(f, 200, "POST", "/_sim/concurrency?pipeline=%s&number=1", pipeline_id(f));
	id = start_queued(f, "DEVPIPE.00011169");
	DO(f, 400, "POST", "%s/%s/cancel-queuing/%d", f->base, f->run, id + 1);
	o = ask(f, 200, "POST", "{}", "%s/%s/cancel-queuing/%d", f->base, f->run, id);
	assert_string_equal(string_at(o, "pipeline_run_id"), f->run);
	cJSON_Delete(o);
	assert_status(f, "CANCELED");
	assert_int_equal(queue_length(f, &listed), 0);
}

static void the_limit_of_all_together_and_a_limit_that_refuses(void **state)
{
	struct fixture *f = *state;
	cJSON *o;

	take(f, "nightly-e2e");
	DO(f, 200, "POST", "/_sim/concurrency?number=1");
	start_queued(f, "DEVPIPE.00011170");
	DO(f, 200, "POST", "/_sim/concurrency?number=0");
	start(f, "每日数仓", "{}");
	sim_advance(f->sim, 5);
	DO(f, 200, "POST", "/_sim/concurrency?pipeline=%s&number=1&exceed=abort", pipeline_id(f));
	o = ask(f, 200, "POST", "{}", "%s/run", f->base);
	assert_string_equal(string_at(o, "error_code"), "DEVPIPE.00011104");
	cJSON_Delete(o);
}

static void a_retry_beyond_the_limit_waits_too(void **state)
{
	struct fixture *f = *state;
	char first[40];
	cJSON *o;

	start(f, "nightly-e2e", "{}");
	sim_advance(f->sim, 5);
	DO(f, 200, "POST", "%s/pipeline-runs/%s/stop", f->base, f->run);
	snprintf(first, sizeof(first), "%s", f->run);
	start(f, "nightly-e2e", "{}");
	sim_advance(f->sim, 5);
	DO(f, 200, "POST", "/_sim/concurrency?pipeline=%s&number=1", pipeline_id(f));
	o = ask(f, 200, "PUT", "{}", "%s/pipeline-runs/%s/retry", f->base, first);
	assert_string_equal(string_at(o, "error_code"), "DEVPIPE.00011169");
	assert_string_equal(string_at(at(o, "error"), "pipeline_run_id"), first);
	cJSON_Delete(o);
	assert_string_equal(sim_truth_state(f->sim, first), "QUEUED");
	DO(f, 200, "POST", "%s/pipeline-runs/%s/stop", f->base, f->run);
	sim_advance(f->sim, 1);
	assert_string_equal(sim_truth_state(f->sim, first), "RUNNING");
}

/* ---- faults ---- */

static int stop_status(struct fixture *f, char *text, size_t size)
{
	struct reply r;
	char path[400];
	int status;

	snprintf(path, sizeof(path), "%s/pipeline-runs/%s/stop", f->base, f->run);
	client_ask(f->loop, f->sim, "POST", path, "t", "{}", &r);
	status = r.status;
	snprintf(text, size, "%.*s", r.body ? (int)r.len : 0, r.body ? r.body : "");
	reply_done(&r);
	return status;
}

static void what_is_said_of_a_stop_and_what_was_done_are_two_things(void **state)
{
	static const struct {
		const char *words;
		int status;	  /* 0: the connection ended */
		const char *says; /* within the answer */
		const char *becomes;
		int applied; /* of the caller's stops */
	} rows[] = {
		{"kind=close&when=before", 0, "", "RUNNING", 0},
		{"kind=close&when=after", 0, "", "CANCELED", 1},
		{"kind=delay&ms=1&when=before", 200, "true", "RUNNING", 0},
		{"kind=delay&ms=1&when=after", 200, "true", "CANCELED", 1},
		{"kind=status&status=503&when=before", 503, "COCT", "RUNNING", 0},
		{"kind=status&status=503&when=after", 503, "COCT", "CANCELED", 1},
		{"kind=error200&shape=5&when=before", 200, "false", "RUNNING", 0},
		{"kind=error200&shape=5&when=after", 200, "false", "CANCELED", 1},
		{"kind=status&status=409&when=before", 409, "", "RUNNING", 0},
		{"kind=status&status=409&when=after", 409, "", "CANCELED", 1},
		{"kind=status&status=401&when=before", 401, "", "RUNNING", 0},
		{"kind=status&status=401&when=after", 401, "", "CANCELED", 1},
		{"kind=status&status=403&when=after", 403, "", "CANCELED", 1},
		{"kind=status&status=429&when=after", 429, "", "CANCELED", 1},
		{"kind=finishes&when=before", 400, "over already", "COMPLETED", 0},
		{"kind=finishes&when=after", 200, "true", "COMPLETED", 0},
		{"kind=colleague-did-it&when=before", 400, "over already", "CANCELED", 0},
		{"kind=colleague-did-it&when=after", 200, "true", "RUNNING", 1},
		{"kind=never-applied", 200, "true", "RUNNING", 0},
		{"kind=applied-late&ms=30000", 200, "true", "RUNNING", 0},
		{"kind=redirect&when=before", 302, "", "RUNNING", 0},
		{"kind=redirect&when=after", 302, "", "CANCELED", 1},
		{"kind=truncate&bytes=3&when=before", 200, "", "RUNNING", 0},
		{"kind=truncate&bytes=3&when=after", 200, "", "CANCELED", 1},
	};
	struct fixture *f = *state;
	struct err err = {0};
	char words[100], text[400];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int before, status;

		start(f, "web-mall", "{}");
		sim_advance(f->sim, 5);
		before = applied(f, NULL, 0);
		snprintf(words, sizeof(words), "class=stop&%s", rows[i].words);
		assert_true(sim_fault(f->sim, words, &err));
		status = stop_status(f, text, sizeof(text));
		if (status != rows[i].status || !strstr(text, rows[i].says) ||
		    strcmp(sim_truth_state(f->sim, f->run), rows[i].becomes) ||
		    applied(f, NULL, 0) - before != rows[i].applied)
			fail_msg("%s: %d \"%s\", %s, %d applied", rows[i].words, status, text,
				 sim_truth_state(f->sim, f->run), applied(f, NULL, 0) - before);
	}
	sim_faults_clear(f->sim);
}

static void every_class_has_both_forms_of_a_lost_answer(void **state)
{
	static const char *const classes[] = {"run", "retry", "approve", "reject"};
	static const char *const whens[] = {"before", "after"};
	struct fixture *f = *state;
	struct err err = {0};
	struct gate g;
	char words[100], path[400];
	size_t i, k;

	for (i = 0; i < 4; i++)
		for (k = 0; k < 2; k++) {
			struct reply r;
			int before;

			start(f, "deploy-prod", "{}");
			if (i >= 2)
				reach_gate(f, "official_devcloud_checkpoint", false, &g);
			if (i == 0)
				snprintf(path, sizeof(path), "%s/run", f->base);
			if (i == 1) {
				sim_advance(f->sim, 5);
				DO(f, 200, "POST", "%s/pipeline-runs/%s/stop", f->base, f->run);
				snprintf(path, sizeof(path), "%s/pipeline-runs/%s/retry", f->base,
					 f->run);
			}
			if (i >= 2)
				snprintf(path, sizeof(path), "%s/pipeline-runs/%s/jobs/%s/steps/%s/%s",
					 f->base, f->run, g.job, g.step, i == 2 ? "pass" : "refuse");
			snprintf(words, sizeof(words), "class=%s&kind=close&when=%s", classes[i],
				 whens[k]);
			assert_true(sim_fault(f->sim, words, &err));
			before = applied(f, NULL, 0);
			client_ask(f->loop, f->sim, i == 1 ? "PUT" : "POST", path, "t", "{}", &r);
			if (r.status || applied(f, NULL, 0) - before != (int)k)
				fail_msg("%s: %d, %d applied", words, r.status,
					 applied(f, NULL, 0) - before);
			reply_done(&r);
		}
}

static void an_action_that_is_late_is_applied_in_its_time(void **state)
{
	struct fixture *f = *state;
	struct err err = {0};
	char promised[40];
	cJSON *o;

	start(f, "web-mall", "{}");
	sim_advance(f->sim, 5);
	assert_true(sim_fault(f->sim, "class=stop&kind=applied-late&ms=30000", &err));
	DO(f, 200, "POST", "%s/pipeline-runs/%s/stop", f->base, f->run);
	sim_advance(f->sim, 29);
	assert_status(f, "RUNNING");
	sim_advance(f->sim, 2);
	assert_status(f, "CANCELED");
	assert_true(sim_fault(f->sim, "class=run&kind=applied-late&ms=10000", &err));
	o = ask(f, 200, "POST", "{}", "%s/run", f->base);
	snprintf(promised, sizeof(promised), "%s", string_at(o, "pipeline_run_id"));
	cJSON_Delete(o);
	assert_null(sim_truth_state(f->sim, promised));
	sim_advance(f->sim, 15);
	assert_string_equal(sim_truth_state(f->sim, promised), "RUNNING");
}

static void read_backs_are_old_or_fail_for_as_long_as_was_said(void **state)
{
	struct fixture *f = *state;
	struct err err = {0};
	const char *path = "%s/pipeline-runs/detail?pipeline_run_id=%s";
	cJSON *o;
	int i;

	start(f, "web-mall", "{}");
	sim_advance(f->sim, 5);
	assert_true(sim_fault(f->sim, "class=stop&kind=read-back-stale&reads=2", &err));
	DO(f, 200, "POST", "%s/pipeline-runs/%s/stop", f->base, f->run);
	for (i = 0; i < 3; i++) {
		o = detail(f);
		assert_string_equal(string_at(o, "status"), i < 2 ? "RUNNING" : "CANCELED");
		cJSON_Delete(o);
	}
	assert_true(sim_fault(f->sim, "class=retry&kind=read-back-fails&reads=2&status=500", &err));
	DO(f, 200, "PUT", "%s/pipeline-runs/%s/retry", f->base, f->run);
	DO(f, 500, "GET", path, f->base, f->run);
	DO(f, 500, "GET", path, f->base, f->run);
	o = detail(f);
	assert_string_equal(string_at(o, "status"), "RUNNING");
	cJSON_Delete(o);
}

static void another_run_changes_instead_of_the_one_asked_for(void **state)
{
	struct fixture *f = *state;
	struct err err = {0};
	char other[40];

	start(f, "web-mall", "{}");
	snprintf(other, sizeof(other), "%s", f->run);
	start(f, "web-mall", "{}");
	sim_advance(f->sim, 5);
	assert_true(sim_fault(f->sim, "class=stop&kind=other-run-changes", &err));
	DO(f, 200, "POST", "%s/pipeline-runs/%s/stop", f->base, f->run);
	assert_status(f, "RUNNING");
	assert_string_equal(sim_truth_state(f->sim, other), "CANCELED");
}

static void the_journal_says_who_did_what_to_what_and_when(void **state)
{
	struct fixture *f = *state;
	const cJSON *e;
	cJSON *o;

	start(f, "web-mall", "{}");
	sim_advance(f->sim, 5);
	DO(f, 200, "POST", "/_sim/stop?run=%s", f->run);
	DO(f, 400, "POST", "%s/pipeline-runs/%s/stop", f->base, f->run);
	o = ask(f, 200, "GET", NULL, "/_sim/actions?since=1");
	assert_int_equal(at(o, "applied")->valueint, 1);
	assert_int_equal(at(o, "next")->valueint, 3);
	assert_int_equal(cJSON_GetArraySize(at(o, "actions")), 2);
	e = cJSON_GetArrayItem(at(o, "actions"), 0);
	assert_string_equal(string_at(e, "by"), "control");
	assert_string_equal(string_at(e, "outcome"), "applied");
	assert_string_equal(string_at(e, "pipeline_run_id"), f->run);
	assert_true(at(e, "sim_ms")->valuedouble == (double)sim_now_ms(f->sim));
	e = cJSON_GetArrayItem(at(o, "actions"), 1);
	assert_string_equal(string_at(e, "kind"), "stop");
	assert_string_equal(string_at(e, "by"), "caller");
	assert_string_equal(string_at(e, "outcome"), "refused");
	assert_string_equal(string_at(e, "pipeline_id"), pipeline_id(f));
	cJSON_Delete(o);
}

/* ---- pipelines ---- */

static void a_deleted_pipeline_is_gone_from_everywhere(void **state)
{
	struct fixture *f = *state;
	char base[200];
	cJSON *o;

	take(f, "scratch-pipeline");
	memcpy(base, f->base, sizeof(base));
	o = ask(f, 200, "DELETE", NULL, "%s", base);
	assert_string_equal(string_at(o, "pipeline_id"), strrchr(base, '/') + 1);
	cJSON_Delete(o);
	*strstr(f->base, "/api") = '\0';
	assert_false(find_in(f, f->base + strlen("/v5/"), "scratch-pipeline"));
	o = ask(f, 400, "GET", NULL, "%s", base);
	assert_string_equal(string_at(o, "error_code"), "DEVPIPE.00011401");
	cJSON_Delete(o);
	DO(f, 400, "POST", "%s/run", base);
	DO(f, 400, "DELETE", "%s", base);
	o = ask(f, 200, "GET", NULL, "/_sim/actions");
	assert_int_equal(at(o, "applied")->valueint, 1);
	assert_string_equal(string_at(cJSON_GetArrayItem(at(o, "actions"), 0), "kind"), "delete");
	cJSON_Delete(o);
}

static void faults_of_a_ban_strike_before_or_after(void **state)
{
	static const struct {
		const char *fault;
		bool banned;
	} rows[] = {
		{"class=ban&kind=status&status=409", false},
		{"class=ban&kind=other-run-changes", false},
		{"class=ban&kind=never-applied", false},
		{"class=ban&kind=empty&when=after", true},
		{"class=ban&kind=read-back-stale", true},
		{"class=ban&kind=colleague-did-it&when=after", true},
		{"class=ban&kind=finishes&when=after", true},
	};
	struct fixture *f = *state;
	struct reply r;
	char path[300];
	cJSON *o;
	size_t i;

	take(f, "scratch-pipeline");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(path, sizeof(path), "%s/ban", f->base);
		assert_true(sim_fault(f->sim, rows[i].fault, NULL));
		client_ask(f->loop, f->sim, "PUT", path, "t", "{}", &r);
		reply_done(&r);
		sim_faults_clear(f->sim);
		o = ask(f, 200, "GET", NULL, "%s", f->base);
		if (cJSON_IsTrue(at(o, "banned")) != rows[i].banned)
			fail_msg("%s", rows[i].fault);
		cJSON_Delete(o);
		if (rows[i].banned)
			DO(f, 200, "PUT", "%s/unban", f->base);
	}
	assert_int_equal(sim_requests(f->sim, "ban"), 7 + 4);
}

static void the_definition_tells_variables_and_the_last_value_is_told(void **state)
{
	struct fixture *f = *state;
	const cJSON *v;
	cJSON *o;

	start(f, "网关-生产上线",
	      "{\"variables\":[{\"name\":\"REGION\",\"value\":\"cn-east-3\"}]}");
	o = ask(f, 200, "GET", NULL, "%s", f->base);
	assert_true(cJSON_GetArraySize(at(o, "variables")) >= 4);
	cJSON_ArrayForEach(v, at(o, "variables")) assert_string_not_equal(string_at(v, "name"), "REGISTRY");
	cJSON_Delete(o);
	o = ask(f, 200, "GET", NULL, "%s/list-runtime-vars", f->base);
	cJSON_ArrayForEach(v, at(o, "variables")) if (strcmp(string_at(v, "name"), "REGION") == 0)
	{
		assert_string_equal(string_at(v, "value"), "cn-north-4");
		assert_string_equal(string_at(v, "latest_value"), "cn-east-3");
	}
	cJSON_Delete(o);
}

static void a_suspended_step_goes_on_when_it_is_resumed_and_takes_no_other_word(void **state)
{
	struct fixture *f = *state;
	char step[500];
	const cJSON *job;
	cJSON *o;

	take(f, "model-serving");
	o = detail(f);
	assert_string_equal(string_at(o, "status"), "SUSPEND");
	job = cJSON_GetArrayItem(at(cJSON_GetArrayItem(at(o, "stages"), 0), "jobs"), 0);
	snprintf(step, sizeof(step), "%s/pipeline-runs/%s/jobs/%s/steps/%s", f->base, f->run, string_at(job, "id"),
		 string_at(cJSON_GetArrayItem(at(job, "steps"), 1), "id"));
	cJSON_Delete(o);
	DO(f, 400, "POST", "%s/pass", step);
	DO(f, 400, "POST", "%s/delay-pass", step);
	DO(f, 200, "POST", "%s/resume", step);
	DO(f, 400, "POST", "%s/resume", step);
	sim_advance(f->sim, 2);
	assert_status(f, "RUNNING");
}

#define ACTS_TEST(name) cmocka_unit_test_setup_teardown(name, open_demo, close_it)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ACTS_TEST(every_kind_of_gate_is_passed_by_its_own_call_and_no_other),
		ACTS_TEST(every_kind_of_gate_is_refused_by_its_own_call),
		ACTS_TEST(a_gate_answers_for_the_exact_step_asked_for),
		ACTS_TEST(a_delay_is_put_off_by_an_hour_at_a_time),
		ACTS_TEST(only_what_is_suspended_can_be_resumed),
		ACTS_TEST(a_wrong_body_of_a_run_is_refused_and_nothing_starts),
		ACTS_TEST(a_run_has_the_variables_and_the_branch_that_it_was_started_with),
		ACTS_TEST(what_was_not_chosen_is_unselected_and_the_rest_runs),
		ACTS_TEST(a_job_is_chosen_by_its_identifier_in_the_definition),
		ACTS_TEST(a_stopped_run_can_be_retried_and_nothing_else_can_be_done_to_it),
		ACTS_TEST(a_disabled_pipeline_does_not_run_until_it_is_enabled),
		ACTS_TEST(a_run_beyond_the_limit_waits_in_the_queue_until_a_slot_is_free),
		ACTS_TEST(those_that_wait_begin_one_after_another_by_themselves),
		ACTS_TEST(a_queued_run_is_cancelled_by_the_id_of_its_record),
		ACTS_TEST(the_limit_of_all_together_and_a_limit_that_refuses),
		ACTS_TEST(a_retry_beyond_the_limit_waits_too),
		ACTS_TEST(what_is_said_of_a_stop_and_what_was_done_are_two_things),
		ACTS_TEST(every_class_has_both_forms_of_a_lost_answer),
		ACTS_TEST(an_action_that_is_late_is_applied_in_its_time),
		ACTS_TEST(read_backs_are_old_or_fail_for_as_long_as_was_said),
		ACTS_TEST(another_run_changes_instead_of_the_one_asked_for),
		ACTS_TEST(the_journal_says_who_did_what_to_what_and_when),
		ACTS_TEST(a_deleted_pipeline_is_gone_from_everywhere),
		ACTS_TEST(faults_of_a_ban_strike_before_or_after),
		ACTS_TEST(the_definition_tells_variables_and_the_last_value_is_told),
		ACTS_TEST(a_suspended_step_goes_on_when_it_is_resumed_and_takes_no_other_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
