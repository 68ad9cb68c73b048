/* SPDX-License-Identifier: MIT */
/* What a person does to the world through the control path, and what the service says then. */
#include "test.h"

#include "sim_client.h"

struct fixture {
	struct ev_loop *loop;
	struct sim *sim;
	char base[200], run[40]; /* of the run in hand; base: /v5/{}/api/pipelines/{} */
};

static int open_with(void **state, const char *scenario, bool same_ids)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const char *top = getenv("top_srcdir");
	struct sim_options o;
	struct err err = {0};
	char path[4096];

	snprintf(path, sizeof(path), "%s/scenarios/%s.conf", top ? top : ".", scenario);
	sim_options_init(&o);
	o.scenario = path;
	o.speed = 0;
	o.modes.gate_as = SIM_GATE_PAUSED;
	o.modes.retry_same_ids = same_ids;
	f->loop = ev_loop_new(EVFLAG_AUTO);
	f->sim = sim_new(f->loop, &o, &err);
	if (!f->sim)
		fail_msg("%s", err.text);
	*state = f;
	return 0;
}

static int open_demo(void **state)
{
	return open_with(state, "demo", false);
}

static int open_demo_same_ids(void **state)
{
	return open_with(state, "demo", true);
}

static int open_flood(void **state)
{
	return open_with(state, "flood", false);
}

static int open_many(void **state)
{
	return open_with(state, "many", false);
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

static cJSON *act(struct fixture *f, int status, const char *form, ...)
	__attribute__((format(printf, 3, 4)));
static cJSON *act(struct fixture *f, int status, const char *form, ...)
{
	char path[300];
	va_list ap;

	va_start(ap, form);
	vsnprintf(path, sizeof(path), form, ap);
	va_end(ap);
	return client_json(f->loop, f->sim, "POST", path, NULL, status);
}

static void do_it(struct fixture *f, const char *verb)
{
	cJSON_Delete(act(f, 200, "/_sim/%s?run=%s", verb, f->run));
}

static cJSON *detail(struct fixture *f)
{
	char path[400];

	snprintf(path, sizeof(path), "%s/pipeline-runs/detail?pipeline_run_id=%s", f->base, f->run);
	return client_json(f->loop, f->sim, "GET", path, NULL, 200);
}

static void client_text(struct fixture *f, const char *path, struct buf *text)
{
	struct reply r;

	client_ask(f->loop, f->sim, "GET", path, NULL, NULL, &r);
	assert_int_equal(r.status, 200);
	buf_add(text, r.body, r.len);
	reply_done(&r);
}

static void assert_status(struct fixture *f, const char *expected)
{
	cJSON *o = detail(f);

	assert_string_equal(string_at(o, "status"), expected);
	cJSON_Delete(o);
}

/* A pipeline of the project with a latest run of that status; false: there is none now. */
static bool find_in(struct fixture *f, const char *project, const char *name, const char *status)
{
	char path[200], body[200];
	const cJSON *row;
	cJSON *o;
	bool found;

	snprintf(path, sizeof(path), "/v5/%s/api/pipelines/list", project);
	snprintf(body, sizeof(body), "{\"status\":[\"%s\"],\"name\":\"%s\",\"limit\":1}", status,
		 name);
	o = client_json(f->loop, f->sim, "POST", path, body, 200);
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

static bool find_now(struct fixture *f, const char *name, const char *status)
{
	struct buf ids;
	bool found = false;
	char *rest, *id;

	buf_init(&ids, BUF_MAX);
	sim_projects(f->sim, &ids);
	rest = ids.data;
	while (!found && (id = strsep(&rest, ",")))
		found = find_in(f, id, name, status);
	buf_done(&ids);
	return found;
}

/* Waits for such a run for hours of the world's time. */
static void find(struct fixture *f, const char *name, const char *status)
{
	int i;

	for (i = 0; i < 500; i++) {
		if (find_now(f, name, status))
			return;
		sim_advance(f->sim, 30);
	}
	fail_msg("no run of %s is ever %s", name, status);
}

/* ---- stop, start ---- */

static void a_stopped_run_is_canceled_and_its_logs_end(void **state)
{
	struct fixture *f = *state;
	const cJSON *stage, *e;
	struct buf before, after;
	char step[40] = "";
	cJSON *o;

	find(f, "web-mall", "RUNNING");
	sim_advance(f->sim, 20);
	do_it(f, "stop");
	o = detail(f);
	assert_string_equal(string_at(o, "status"), "CANCELED");
	assert_true(at(o, "end_time")->valuedouble == (double)sim_now_ms(f->sim));
	cJSON_ArrayForEach(stage, at(o, "stages"))
	{
		assert_string_not_equal(string_at(stage, "status"), "RUNNING");
		cJSON_ArrayForEach(e, at(cJSON_GetArrayItem(at(stage, "jobs"), 0), "steps"))
		{
			if (strcmp(string_at(e, "status"), "CANCELED") == 0)
				snprintf(step, sizeof(step), "%s", string_at(e, "id"));
		}
	}
	cJSON_Delete(o);
	assert_true(*step);
	buf_init(&before, BUF_MAX);
	buf_init(&after, BUF_MAX);
	assert_true(sim_truth_log(f->sim, step, &before));
	sim_advance(f->sim, 600);
	assert_true(sim_truth_log(f->sim, step, &after));
	assert_string_equal(before.data, after.data);
	buf_done(&before);
	buf_done(&after);
	cJSON_Delete(act(f, 400, "/_sim/stop?run=%s", f->run));
}

static void a_told_run_can_be_stopped_but_not_retried(void **state)
{
	struct fixture *f = *state;
	struct buf before, after;

	snprintf(f->base, sizeof(f->base), "/v5/f100d000000000000000000000000001/api/pipelines/"
					   "f100d000000000000000000000000002");
	snprintf(f->run, sizeof(f->run), "f100d000000000000000000000000003");
	do_it(f, "stop");
	assert_status(f, "CANCELED");
	buf_init(&before, BUF_MAX);
	buf_init(&after, BUF_MAX);
	client_text(f, "/_sim/truth/hash/f100d000000000000000000000000005", &before);
	sim_advance(f->sim, 5);
	client_text(f, "/_sim/truth/hash/f100d000000000000000000000000005", &after);
	assert_string_equal(before.data, after.data);
	buf_done(&before);
	buf_done(&after);
	cJSON_Delete(act(f, 400, "/_sim/retry?run=%s", f->run));
}

static void a_queued_run_can_be_stopped(void **state)
{
	struct fixture *f = *state;

	find(f, "merge-queue", "QUEUED");
	do_it(f, "stop");
	assert_status(f, "CANCELED");
	sim_advance(f->sim, 600);
	assert_status(f, "CANCELED");
}

static cJSON *runs(struct fixture *f)
{
	char path[300];

	snprintf(path, sizeof(path), "%s/pipeline-runs/list", f->base);
	return client_json(f->loop, f->sim, "POST", path, "{\"limit\":200}", 200);
}

static void assert_numbers_fall_by_one(cJSON *o)
{
	const cJSON *e;
	int last = 0;

	cJSON_ArrayForEach(e, at(o, "pipeline_runs"))
	{
		int number = at(e, "run_number")->valueint;

		if (last && number != last - 1)
			fail_msg("run %d comes after run %d", number, last);
		last = number;
	}
}

static void check_start(struct fixture *f)
{
	cJSON *o = act(f, 200, "/_sim/start?pipeline=%s", strrchr(f->base, '/') + 1), *list;
	int number = at(o, "run_number")->valueint, i;

	snprintf(f->run, sizeof(f->run), "%s", string_at(o, "pipeline_run_id"));
	cJSON_Delete(o);
	assert_status(f, "QUEUED");
	sim_advance(f->sim, 2);
	assert_status(f, "RUNNING");
	list = runs(f);
	assert_int_equal(
		at(cJSON_GetArrayItem(at(list, "pipeline_runs"), 0), "run_number")->valueint,
		number);
	assert_numbers_fall_by_one(list);
	cJSON_Delete(list);
	for (i = 0; i < 3; i++) {
		sim_advance(f->sim, 600);
		list = runs(f);
		assert_numbers_fall_by_one(list);
		cJSON_Delete(list);
	}
	o = detail(f);
	assert_int_equal(at(o, "run_number")->valueint, number);
	cJSON_Delete(o);
}

static void a_started_run_is_the_newest_and_has_the_next_number(void **state)
{
	static const char *const rows[][2] = {
		{"checkout-api", "RUNNING"}, {"merge-queue", "QUEUED"}, {"deploy-prod", "PAUSED"}};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < 3; i++) {
		find(f, rows[i][0], rows[i][1]);
		check_start(f);
	}
}

static void a_pipeline_that_never_ran_has_its_first_run(void **state)
{
	struct fixture *f = *state;
	struct buf text;
	cJSON *world;
	const cJSON *p;

	buf_init(&text, BUF_MAX);
	sim_truth_json(f->sim, &text);
	world = cJSON_Parse(text.data);
	cJSON_ArrayForEach(p, at(world, "pipelines"))
	{
		if (strcmp(string_at(p, "name"), "scratch-pipeline"))
			continue;
		assert_null(at(p, "latest"));
		snprintf(f->base, sizeof(f->base), "/v5/%s/api/pipelines/%s",
			 string_at(p, "project_id"), string_at(p, "pipeline_id"));
	}
	cJSON_Delete(world);
	buf_done(&text);
	check_start(f);
}

/* ---- gates ---- */

static void a_passed_gate_lets_the_run_go_on_at_once(void **state)
{
	struct fixture *f = *state;

	find(f, "deploy-prod", "PAUSED");
	do_it(f, "pass");
	assert_status(f, "RUNNING");
	sim_advance(f->sim, 300);
	assert_status(f, "COMPLETED");
	cJSON_Delete(act(f, 400, "/_sim/pass?run=%s", f->run));
}

static void a_refused_gate_fails_the_run_and_what_came_before_stays(void **state)
{
	struct fixture *f = *state;
	cJSON *before, *after;
	int i;

	find(f, "deploy-prod", "PAUSED");
	before = detail(f);
	do_it(f, "refuse");
	after = detail(f);
	for (i = 0; i < 2; i++)
		assert_true(cJSON_Compare(cJSON_GetArrayItem(at(before, "stages"), i),
					  cJSON_GetArrayItem(at(after, "stages"), i), true));
	assert_string_equal(string_at(cJSON_GetArrayItem(at(after, "stages"), 2), "status"),
			    "FAILED");
	assert_string_equal(string_at(cJSON_GetArrayItem(at(after, "stages"), 3), "status"),
			    "INIT");
	cJSON_Delete(before);
	cJSON_Delete(after);
	sim_advance(f->sim, 60);
	assert_status(f, "FAILED");
}

static void a_stage_gate_and_a_delay_are_passed_the_same_way(void **state)
{
	static const char *const names[] = {"base-images", "canary", "coupon-release"};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < 3; i++) {
		find(f, names[i], "PAUSED");
		do_it(f, "pass");
		assert_status(f, "RUNNING");
	}
}

/* ---- retry ---- */

struct attempt {
	char job[40], step[40];
	struct buf log;
};

/* The failed job of the run in hand, its last step that has run, and that step's log. */
static void take_failed(struct fixture *f, struct attempt *a)
{
	cJSON *o = detail(f);
	const cJSON *stage, *job, *step;

	memset(a, 0, sizeof(*a));
	cJSON_ArrayForEach(stage, at(o, "stages"))
	{
		cJSON_ArrayForEach(job, at(stage, "jobs"))
		{
			cJSON_ArrayForEach(step, at(job, "steps"))
			{
				if (strcmp(string_at(step, "status"), "FAILED"))
					continue;
				snprintf(a->job, sizeof(a->job), "%s", string_at(job, "id"));
				snprintf(a->step, sizeof(a->step), "%s", string_at(step, "id"));
			}
		}
	}
	cJSON_Delete(o);
	assert_true(*a->step);
	buf_init(&a->log, BUF_MAX);
	assert_true(sim_truth_log(f->sim, a->step, &a->log));
}

/* The text of a log as the service pages it, each line ended. */
static void read_log(struct fixture *f, const char *job, const char *step, struct buf *text)
{
	char path[500];
	cJSON *o;

	snprintf(path, sizeof(path), "%s/pipeline-runs/%s/jobs/%s/steps/%s/logs", f->base, f->run,
		 job, step);
	o = client_json(f->loop, f->sim, "POST", path, "{\"limit\":5000,\"sort\":\"asc\"}", 200);
	buf_addf(text, "%s\n", string_at(o, "log"));
	cJSON_Delete(o);
}

static bool has_id(const char *json, const char *id)
{
	return strstr(json, id) != NULL;
}

static void check_retry(struct fixture *f, bool same_ids)
{
	struct attempt first;
	struct buf text;
	char *after;
	cJSON *o;

	find(f, "checkout-api", "FAILED");
	take_failed(f, &first);
	do_it(f, "retry");
	assert_status(f, "RUNNING");
	sim_advance(f->sim, 1800);
	o = detail(f);
	assert_string_equal(string_at(o, "status"), "COMPLETED");
	assert_string_equal(string_at(o, "id"), f->run);
	after = cJSON_PrintUnformatted(o);
	assert_int_equal(has_id(after, first.job), same_ids);
	assert_int_equal(has_id(after, first.step), same_ids);
	cJSON_free(after);
	cJSON_Delete(o);
	buf_init(&text, BUF_MAX);
	read_log(f, first.job, first.step, &text);
	if (same_ids)
		assert_string_not_equal(text.data, first.log.data);
	else
		assert_string_equal(text.data, first.log.data);
	buf_done(&text);
	buf_done(&first.log);
}

static void a_retry_has_new_ids_and_the_old_log_is_still_there(void **state)
{
	check_retry(*state, false);
}

static void a_retry_with_the_same_ids_begins_their_log_again(void **state)
{
	check_retry(*state, true);
}

static void a_stopped_run_can_be_retried_but_not_for_ever(void **state)
{
	struct fixture *f = *state;
	int i;

	find(f, "checkout-api", "RUNNING");
	for (i = 0; i < 7; i++) {
		sim_advance(f->sim, 5);
		do_it(f, "stop");
		assert_status(f, "CANCELED");
		do_it(f, "retry");
		assert_status(f, "RUNNING");
	}
	do_it(f, "stop");
	cJSON_Delete(act(f, 400, "/_sim/retry?run=%s", f->run));
}

/* ---- sub-pipelines ---- */

struct child {
	char pipeline[40], run[40], status[20];
};

static void take_child(struct fixture *f, const char *step, struct child *child)
{
	char path[400];
	const cJSON *list;
	cJSON *o;

	memset(child, 0, sizeof(*child));
	snprintf(path, sizeof(path), "%s/pipeline-runs/%s/steps/outputs?step_run_ids=%s", f->base,
		 f->run, step);
	o = client_json(f->loop, f->sim, "GET", path, NULL, 200);
	list = at(cJSON_GetArrayItem(at(o, "step_outputs"), 0), "output_result");
	if (cJSON_GetArraySize(list) >= 2) {
		snprintf(child->pipeline, 40, "%s",
			 string_at(cJSON_GetArrayItem(list, 0), "value"));
		snprintf(child->run, 40, "%s", string_at(cJSON_GetArrayItem(list, 1), "value"));
	}
	cJSON_Delete(o);
}

/* The project that the pipeline is in, by asking them all for the run. */
static int project_of_child(struct fixture *f, struct child *child)
{
	char path[300], id[40];
	struct buf ids;
	int i, found = -1;
	cJSON *o;

	buf_init(&ids, BUF_MAX);
	sim_projects(f->sim, &ids);
	for (i = 0; i < 3; i++) {
		snprintf(id, sizeof(id), "%.32s", ids.data + 33 * i);
		snprintf(path, sizeof(path),
			 "/v5/%s/api/pipelines/%s/pipeline-runs/detail?pipeline_run_id=%s", id,
			 child->pipeline, child->run);
		o = client_json(f->loop, f->sim, "GET", path, NULL, 200);
		if (!at(o, "error_code")) {
			found = i;
			assert_string_equal(string_at(o, "id"), child->run);
			snprintf(child->status, sizeof(child->status), "%s",
				 string_at(o, "status"));
		}
		cJSON_Delete(o);
	}
	buf_done(&ids);
	return found;
}

static int children_of(struct fixture *f, struct child *children)
{
	cJSON *o = detail(f);
	const cJSON *stage, *job, *step;
	int n = 0;

	cJSON_ArrayForEach(stage, at(o, "stages"))
	{
		cJSON_ArrayForEach(job, at(stage, "jobs"))
		{
			cJSON_ArrayForEach(step, at(job, "steps"))
			{
				if (strcmp(string_at(step, "task"),
					   "official_devcloud_subPipeline"))
					continue;
				if (strcmp(string_at(step, "status"), "RUNNING") == 0)
					take_child(f, string_at(step, "id"), &children[n++]);
			}
		}
	}
	cJSON_Delete(o);
	return n;
}

static void find_parent(struct fixture *f, struct child *children)
{
	int i;

	for (i = 0; i < 100; i++) {
		find(f, "release-train", "RUNNING");
		if (children_of(f, children) == 2)
			break;
		sim_advance(f->sim, 20);
	}
	assert_true(i < 100);
	sim_advance(f->sim, 2);
}

static void children_run_while_their_step_does_here_and_in_another_project(void **state)
{
	struct fixture *f = *state;
	struct child children[4];

	find_parent(f, children);
	assert_int_equal(project_of_child(f, &children[0]), 1);
	assert_string_equal(children[0].status, "RUNNING");
	assert_int_equal(project_of_child(f, &children[1]), 2);
	assert_string_equal(children[1].status, "RUNNING");
	assert_string_not_equal(children[0].pipeline, strrchr(f->base, '/') + 1);
}

static void children_of_a_stopped_run_stop_with_it(void **state)
{
	struct fixture *f = *state;
	struct child children[4];
	int i;

	find_parent(f, children);
	do_it(f, "stop");
	for (i = 0; i < 2; i++) {
		project_of_child(f, &children[i]);
		assert_string_equal(children[i].status, "CANCELED");
	}
}

/* ---- of a crowd ---- */

static void the_crowd_takes_all_that_too(void **state)
{
	struct fixture *f = *state;

	find(f, "-build", "FAILED");
	do_it(f, "retry");
	assert_status(f, "RUNNING");
	sim_advance(f->sim, 3 * 3600);
	assert_status(f, "COMPLETED");
	find(f, "订单", "RUNNING");
	do_it(f, "stop");
	assert_status(f, "CANCELED");
	find(f, "", "PAUSED");
	do_it(f, "pass");
	assert_status(f, "RUNNING");
	find(f, "service", "COMPLETED");
	check_start(f);
}

static void what_cannot_be_done_is_said(void **state)
{
	struct fixture *f = *state;
	cJSON *o;

	find(f, "", "COMPLETED");
	o = act(f, 400, "/_sim/retry?run=%s", f->run);
	assert_non_null(strstr(string_at(o, "error_msg"), "it has not failed"));
	cJSON_Delete(o);
	o = act(f, 400, "/_sim/pass?run=%s", f->run);
	assert_non_null(strstr(string_at(o, "error_msg"), "is open"));
	cJSON_Delete(o);
	cJSON_Delete(act(f, 404, "/_sim/stop?run=ghost"));
	cJSON_Delete(act(f, 404, "/_sim/stop"));
	cJSON_Delete(act(f, 404, "/_sim/start?pipeline=ghost"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define DEMO_TEST(name) cmocka_unit_test_setup_teardown(name, open_demo, close_it)
		DEMO_TEST(a_stopped_run_is_canceled_and_its_logs_end),
		cmocka_unit_test_setup_teardown(a_told_run_can_be_stopped_but_not_retried,
						open_flood, close_it),
		DEMO_TEST(a_queued_run_can_be_stopped),
		DEMO_TEST(a_started_run_is_the_newest_and_has_the_next_number),
		DEMO_TEST(a_pipeline_that_never_ran_has_its_first_run),
		DEMO_TEST(a_passed_gate_lets_the_run_go_on_at_once),
		DEMO_TEST(a_refused_gate_fails_the_run_and_what_came_before_stays),
		DEMO_TEST(a_stage_gate_and_a_delay_are_passed_the_same_way),
		DEMO_TEST(a_retry_has_new_ids_and_the_old_log_is_still_there),
		cmocka_unit_test_setup_teardown(a_retry_with_the_same_ids_begins_their_log_again,
						open_demo_same_ids, close_it),
		DEMO_TEST(a_stopped_run_can_be_retried_but_not_for_ever),
		DEMO_TEST(children_run_while_their_step_does_here_and_in_another_project),
		DEMO_TEST(children_of_a_stopped_run_stop_with_it),
		cmocka_unit_test_setup_teardown(the_crowd_takes_all_that_too, open_many, close_it),
		DEMO_TEST(what_cannot_be_done_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
