/* SPDX-License-Identifier: MIT */
/* The small reads of the simulator: their shapes, types and oddities, in the demo's world. */
#include "test.h"

#include "sim_client.h"

struct fixture {
	struct ev_loop *loop;
	struct sim *sim;
	char base[200]; /* of the pipeline in hand: /v5/{}/api/pipelines/{} */
	char run[40], job[40], step[40];
};

static int open_demo(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const char *top = getenv("top_srcdir");
	struct sim_options o;
	struct err err = {0};
	char path[4096];

	snprintf(path, sizeof(path), "%s/scenarios/demo.conf", top ? top : ".");
	sim_options_init(&o);
	o.scenario = path;
	o.speed = 0;
	f->loop = ev_loop_new(EVFLAG_AUTO);
	f->sim = sim_new(f->loop, &o, &err);
	if (!f->sim)
		fail_msg("%s", err.text);
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

/* ---- finding things in the world ---- */

typedef bool step_wanted(const cJSON *step); /* a function, not a struct */

static bool take_step(struct fixture *f, const cJSON *job, step_wanted *wanted)
{
	const cJSON *step;

	cJSON_ArrayForEach(step, at(job, "steps"))
	{
		if (!wanted(step))
			continue;
		snprintf(f->job, sizeof(f->job), "%s", string_at(job, "id"));
		snprintf(f->step, sizeof(f->step), "%s", string_at(step, "id"));
		return true;
	}
	return false;
}

static bool look_in_run(struct fixture *f, step_wanted *wanted)
{
	char path[400];
	const cJSON *stage, *job;
	bool found = false;
	cJSON *o;

	snprintf(path, sizeof(path), "%s/pipeline-runs/detail?pipeline_run_id=%s", f->base, f->run);
	o = client_json(f->loop, f->sim, "GET", path, NULL, 200);
	cJSON_ArrayForEach(stage, at(o, "stages"))
	{
		cJSON_ArrayForEach(job, at(stage, "jobs"))
		{
			found = found || take_step(f, job, wanted);
		}
	}
	cJSON_Delete(o);
	return found;
}

/* The first such step in the latest runs of the pipelines of that name; NULL: of all. */
static bool find(struct fixture *f, const char *name, step_wanted *wanted)
{
	struct buf b;
	cJSON *world;
	const cJSON *p;
	bool found = false;

	buf_init(&b, BUF_MAX);
	sim_truth_json(f->sim, &b);
	world = cJSON_Parse(b.data);
	buf_done(&b);
	cJSON_ArrayForEach(p, at(world, "pipelines"))
	{
		if (found || (name && strcmp(string_at(p, "name"), name)) || !at(p, "latest"))
			continue;
		snprintf(f->base, sizeof(f->base), "/v5/%s/api/pipelines/%s",
			 string_at(p, "project_id"), string_at(p, "pipeline_id"));
		snprintf(f->run, sizeof(f->run), "%s",
			 string_at(at(p, "latest"), "pipeline_run_id"));
		found = !wanted || look_in_run(f, wanted);
	}
	cJSON_Delete(world);
	return found;
}

static cJSON *get(struct fixture *f, const char *form, ...) __attribute__((format(printf, 2, 3)));
static cJSON *get(struct fixture *f, const char *form, ...)
{
	char path[600];
	int n = snprintf(path, sizeof(path), "%s", f->base);
	va_list ap;

	va_start(ap, form);
	vsnprintf(path + n, sizeof(path) - (size_t)n, form, ap);
	va_end(ap);
	return client_json(f->loop, f->sim, "GET", path, NULL, 200);
}

static void assert_strings(const cJSON *o, const char *const *names)
{
	for (; *names; names++)
		if (!cJSON_IsString(at(o, *names)))
			fail_msg("%s is not a string", *names);
}

static bool has_step_id(const char *id, const cJSON *list)
{
	const cJSON *e;

	cJSON_ArrayForEach(e, list)
	{
		if (strcmp(string_at(e, "step_run_id"), id) == 0)
			return true;
	}
	return false;
}

/* ---- outputs ---- */

static bool is_made_image(const cJSON *step)
{
	return strcmp(string_at(step, "task"), "official_docker") == 0 &&
	       strcmp(string_at(step, "status"), "COMPLETED") == 0;
}

static bool is_passed_review(const cJSON *step)
{
	return strcmp(string_at(step, "task"), "official_devcloud_checkpoint") == 0 &&
	       strcmp(string_at(step, "status"), "COMPLETED") == 0;
}

static const cJSON *output(const cJSON *o, const char *key)
{
	const cJSON *e;

	cJSON_ArrayForEach(e, at(cJSON_GetArrayItem(at(o, "step_outputs"), 0), "output_result"))
	{
		if (strcmp(string_at(e, "key"), key) == 0)
			return e;
	}
	fail_msg("there is no output %s", key);
	return NULL;
}

static void outputs_name_the_image_that_a_step_made(void **state)
{
	struct fixture *f = *state;
	cJSON *o;

	assert_true(find(f, NULL, is_made_image));
	o = get(f, "/pipeline-runs/%s/steps/outputs?step_run_ids=%s", f->run, f->step);
	assert_true(cJSON_IsNumber(at(o, "current_system_time")));
	assert_non_null(strstr(string_at(output(o, "image"), "value"), ":1.0."));
	assert_true(cJSON_IsTrue(at(output(o, "image"), "primitive")));
	cJSON_Delete(o);
}

static void outputs_of_a_gate_are_structured(void **state)
{
	struct fixture *f = *state;
	int minutes;
	cJSON *o;

	for (minutes = 0; minutes < 120 && !find(f, NULL, is_passed_review); minutes++)
		sim_advance(f->sim, 60);
	assert_true(minutes < 120);
	o = get(f, "/pipeline-runs/%s/steps/outputs?step_run_ids=%s", f->run, f->step);
	assert_string_equal(string_at(at(output(o, "review"), "value"), "result"), "pass");
	assert_true(cJSON_IsFalse(at(output(o, "review"), "primitive")));
	cJSON_Delete(o);
}

static void outputs_take_several_ids_however_the_comma_is_written(void **state)
{
	static const char *const commas[] = {",", "%2C", "%2c"};
	struct fixture *f = *state;
	char first[40];
	size_t i;

	assert_true(find(f, NULL, is_made_image));
	snprintf(first, sizeof(first), "%s", f->step);
	for (i = 0; i < 3; i++) {
		cJSON *o = get(f, "/pipeline-runs/%s/steps/outputs?step_run_ids=none%s%s", f->run,
			       commas[i], first);

		assert_int_equal(cJSON_GetArraySize(at(o, "step_outputs")), 1);
		assert_true(has_step_id(first, at(o, "step_outputs")));
		cJSON_Delete(o);
	}
}

/* ---- artifacts, jump-link ---- */

static void artifacts_are_listed_with_every_value_a_string(void **state)
{
	static const char *const names[] = {"project_id",
					    "name",
					    "artifact_version",
					    "upload_target",
					    "artifact_package_type",
					    "artifact_uri",
					    "artifact_download_url_with_id",
					    "artifact_type",
					    "job_id",
					    "build_no",
					    "daily_build_number",
					    "file_size",
					    NULL};
	struct fixture *f = *state;
	const cJSON *list, *e, *hash;
	cJSON *o, *again;

	assert_true(find(f, NULL, is_made_image));
	o = get(f, "/pipeline-runs/%s/artifacts", f->run);
	again = get(f, "/pipeline-runs/%s/artifacts", f->run);
	assert_true(cJSON_Compare(o, again, true));
	list = at(o, "artifacts");
	assert_true(cJSON_GetArraySize(list) >= 1);
	cJSON_ArrayForEach(e, list)
	{
		assert_strings(e, names);
		hash = cJSON_GetArrayItem(at(e, "hash_code"), 0);
		assert_string_equal(string_at(hash, "hash_type"), "sha256");
		assert_int_equal(strlen(string_at(hash, "hash_value")), 64);
	}
	cJSON_Delete(o);
	cJSON_Delete(again);
}

static void the_detail_has_the_same_artifacts_in_camel_case(void **state)
{
	static const char *const names[] = {"name", "packageType", "version", "downloadUrl", NULL};
	struct fixture *f = *state;
	cJSON *o, *detail;
	int i, n;

	assert_true(find(f, NULL, is_made_image));
	o = get(f, "/pipeline-runs/%s/artifacts", f->run);
	detail = get(f, "/pipeline-runs/detail?pipeline_run_id=%s", f->run);
	n = cJSON_GetArraySize(at(o, "artifacts"));
	assert_int_equal(cJSON_GetArraySize(at(detail, "artifacts")), n);
	for (i = 0; i < n; i++) {
		const cJSON *e = cJSON_GetArrayItem(at(detail, "artifacts"), i);

		assert_strings(e, names);
		assert_string_equal(string_at(e, "name"),
				    string_at(cJSON_GetArrayItem(at(o, "artifacts"), i), "name"));
	}
	cJSON_Delete(o);
	cJSON_Delete(detail);
}

static bool is_unmade_image(const cJSON *step)
{
	return strcmp(string_at(step, "task"), "official_docker") == 0 &&
	       strcmp(string_at(step, "status"), "INIT") == 0;
}

static void what_is_not_made_yet_is_no_artifact(void **state)
{
	struct fixture *f = *state;
	const cJSON *e;
	cJSON *o;

	assert_true(find(f, NULL, is_unmade_image));
	o = get(f, "/pipeline-runs/%s/artifacts", f->run);
	assert_true(cJSON_IsArray(at(o, "artifacts")));
	cJSON_ArrayForEach(e, at(o, "artifacts"))
	{
		assert_string_not_equal(string_at(e, "artifact_type"), "image");
	}
	cJSON_Delete(o);
}

static void the_jump_link_is_relative_and_in_camel_case(void **state)
{
	struct fixture *f = *state;
	cJSON *o;

	assert_true(find(f, NULL, is_made_image));
	o = get(f, "/pipeline-runs/%s/jobs/%s/steps/%s/jump-link", f->run, f->job, f->step);
	assert_int_equal(string_at(o, "jumpLink")[0], '/');
	assert_non_null(strstr(string_at(o, "jumpLink"), f->run));
	cJSON_Delete(o);
	o = get(f, "/pipeline-runs/%s/jobs/%s/steps/none/jump-link", f->run, f->job);
	assert_string_equal(string_at(o, "error_code"), "DEVCP.00012002");
	cJSON_Delete(o);
}

/* ---- variables ---- */

static const cJSON *named(const cJSON *list, const char *name)
{
	const cJSON *e;

	cJSON_ArrayForEach(e, list)
	{
		if (strcmp(string_at(e, "name"), name) == 0)
			return e;
	}
	return NULL;
}

static void assert_variable(const cJSON *v)
{
	static const char *const strings[] = {
		"name", "type", "value", "description", "latest_value", "runtime_value", NULL};

	assert_strings(v, strings);
	assert_true(cJSON_IsNumber(at(v, "sequence")));
	assert_true(cJSON_IsBool(at(v, "is_secret")) && cJSON_IsBool(at(v, "is_runtime")));
	assert_true(cJSON_IsBool(at(v, "is_reset")) && cJSON_IsArray(at(v, "limits")));
}

static void run_variables_are_a_bare_array_of_the_mode_asked_for(void **state)
{
	static const struct {
		const char *has, *lacks;
	} rows[] = {{"DEPLOY_KEY", "PIPELINE_ID"},
		    {"PIPELINE_ID", "VERSION"},
		    {"REGISTRY_PASSWORD", "VERSION"}};
	struct fixture *f = *state;
	const cJSON *v;
	cJSON *o;
	int mode;

	assert_true(find(f, "deploy-prod", NULL));
	for (mode = 0; mode < 3; mode++) {
		o = get(f, "/pipeline-runs/%s/run-variables?mode=%d", f->run, mode);
		assert_true(cJSON_IsArray(o));
		cJSON_ArrayForEach(v, o)
		{
			assert_variable(v);
		}
		assert_non_null(named(o, rows[mode].has));
		assert_null(named(o, rows[mode].lacks));
		cJSON_Delete(o);
	}
}

static void secrets_are_marked_and_counters_say_the_runs_number(void **state)
{
	struct fixture *f = *state;
	char number[20];
	cJSON *o, *detail;

	assert_true(find(f, "deploy-prod", NULL));
	o = get(f, "/pipeline-runs/%s/run-variables?mode=0", f->run);
	detail = get(f, "/pipeline-runs/detail?pipeline_run_id=%s", f->run);
	snprintf(number, sizeof(number), "%d", at(detail, "run_number")->valueint);
	assert_string_equal(string_at(named(o, "BUILD_NUMBER"), "value"), number);
	assert_true(cJSON_IsTrue(at(named(o, "DEPLOY_KEY"), "is_secret")));
	assert_true(cJSON_IsFalse(at(named(o, "VERSION"), "is_secret")));
	assert_int_equal(cJSON_GetArraySize(at(named(o, "REGION"), "limits")), 3);
	cJSON_Delete(o);
	cJSON_Delete(detail);
}

static void runtime_variables_are_paged_and_depend_on_the_shape(void **state)
{
	struct fixture *f = *state;
	const cJSON *v;
	cJSON *o;

	assert_true(find(f, "deploy-prod", NULL));
	o = get(f, "/list-runtime-vars?offset=0&limit=10");
	assert_int_equal(at(o, "total")->valueint, 3);
	assert_int_equal(cJSON_GetArraySize(at(o, "variables")), 3);
	cJSON_ArrayForEach(v, at(o, "variables"))
	{
		assert_variable(v);
		assert_true(cJSON_IsTrue(at(v, "is_runtime")));
	}
	cJSON_Delete(o);
	o = get(f, "/list-runtime-vars?offset=2&limit=2");
	assert_int_equal(at(o, "offset")->valueint, 2);
	assert_int_equal(at(o, "total")->valueint, 3);
	assert_int_equal(cJSON_GetArraySize(at(o, "variables")), 1);
	assert_int_equal(at(cJSON_GetArrayItem(at(o, "variables"), 0), "sequence")->valueint, 3);
	cJSON_Delete(o);
	assert_true(find(f, "checkout-api", NULL));
	o = get(f, "/list-runtime-vars");
	assert_int_equal(at(o, "limit")->valueint, 10);
	assert_int_equal(cJSON_GetArraySize(at(o, "variables")), 1);
	cJSON_Delete(o);
}

/* ---- the queue ---- */

static void the_queue_has_an_int_id_and_a_camel_case_name(void **state)
{
	static const char *const names[] = {
		"pipeline_id", "pipeline_run_id", "region", "trigger_type",
		"creator_id",  "creator_name",	  "status", NULL};
	struct fixture *f = *state;
	const cJSON *e;
	cJSON *o;

	assert_true(find(f, "merge-queue", NULL));
	o = get(f, "/queued-pipeline?offset=0&limit=10");
	assert_true(cJSON_GetArraySize(at(o, "queuedPipelines")) >= 1);
	cJSON_ArrayForEach(e, at(o, "queuedPipelines"))
	{
		assert_strings(e, names);
		assert_true(cJSON_IsNumber(at(e, "id")) && cJSON_IsNumber(at(e, "enqueue_time")));
		assert_string_equal(string_at(e, "status"), "QUEUED");
	}
	cJSON_Delete(o);
	o = get(f, "/queued-pipeline?offset=0&limit=0");
	assert_int_equal(cJSON_GetArraySize(at(o, "queuedPipelines")), 0);
	assert_true(at(o, "total")->valueint >= 1);
	cJSON_Delete(o);
}

/* ---- the exec-log ---- */

static void ask_log(struct fixture *f, const char *which, const char *body, int status, cJSON **o)
{
	char path[600];

	snprintf(path, sizeof(path), "%s/pipeline-runs/%s/jobs/%s/steps/%s/%s", f->base, f->run,
		 f->job, f->step, which);
	*o = client_json(f->loop, f->sim, "POST", path, body, status);
}

static void the_exec_log_is_the_log_and_goes_on_from_an_offset(void **state)
{
	struct fixture *f = *state;
	cJSON *log, *exec, *rest, *same;
	char body[200];

	assert_true(find(f, NULL, is_made_image));
	ask_log(f, "logs", "{\"limit\":5,\"sort\":\"asc\"}", 200, &log);
	ask_log(f, "exec-log", "{\"limit\":5,\"sort\":\"asc\",\"offset\":0}", 200, &exec);
	assert_string_equal(string_at(exec, "log"), string_at(log, "log"));
	assert_string_equal(string_at(exec, "end_offset"), string_at(log, "end_offset"));
	assert_string_equal(string_at(exec, "step_run_id"), f->step);
	assert_true(cJSON_IsTrue(at(exec, "has_more")) && !at(exec, "location"));
	snprintf(body, sizeof(body), "{\"limit\":5,\"sort\":\"asc\",\"offset\":%s}",
		 string_at(exec, "end_offset"));
	ask_log(f, "exec-log", body, 200, &rest);
	snprintf(body, sizeof(body),
		 "{\"limit\":5,\"sort\":\"asc\",\"start_offset\":%s,\"end_offset\":%s}",
		 string_at(log, "start_offset"), string_at(log, "end_offset"));
	ask_log(f, "logs", body, 200, &same);
	assert_string_equal(string_at(rest, "log"), string_at(same, "log"));
	assert_string_not_equal(string_at(rest, "log"), string_at(exec, "log"));
	cJSON_Delete(log);
	cJSON_Delete(exec);
	cJSON_Delete(rest);
	cJSON_Delete(same);
}

/* ---- refusals ---- */

static void wrong_questions_are_refused_with_a_code(void **state)
{
	static const struct {
		const char *method, *path, *body;
		int status;
		const char *code;
	} rows[] = {
		{"GET", "/run-variables", NULL, 400, "DEVCP.00021400"},
		{"GET", "/run-variables?mode=3", NULL, 400, "DEVCP.00021400"},
		{"GET", "/run-variables?mode=all", NULL, 400, "DEVCP.00021400"},
		{"GET", "/steps/outputs", NULL, 400, "DEVCP.00021400"},
		{"GET", "/../../queued-pipeline", NULL, 404, "APIGW.0101"},
		{"POST", "/artifacts", "{}", 404, "APIGW.0101"},
	};
	struct fixture *f = *state;
	char path[400];
	size_t i;

	assert_true(find(f, NULL, is_made_image));
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cJSON *o;

		snprintf(path, sizeof(path), "%s/pipeline-runs/%s%s", f->base, f->run,
			 rows[i].path);
		o = client_json(f->loop, f->sim, rows[i].method, path, rows[i].body,
				rows[i].status);
		assert_string_equal(string_at(o, "error_code"), rows[i].code);
		cJSON_Delete(o);
	}
	snprintf(path, sizeof(path), "%s/queued-pipeline?limit=10", f->base);
	cJSON_Delete(client_json(f->loop, f->sim, "GET", path, NULL, 400));
	snprintf(path, sizeof(path), "%s/list-runtime-vars?offset=-1", f->base);
	cJSON_Delete(client_json(f->loop, f->sim, "GET", path, NULL, 400));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define DEMO_TEST(name) cmocka_unit_test_setup_teardown(name, open_demo, close_it)
		DEMO_TEST(outputs_name_the_image_that_a_step_made),
		DEMO_TEST(outputs_of_a_gate_are_structured),
		DEMO_TEST(outputs_take_several_ids_however_the_comma_is_written),
		DEMO_TEST(artifacts_are_listed_with_every_value_a_string),
		DEMO_TEST(the_detail_has_the_same_artifacts_in_camel_case),
		DEMO_TEST(what_is_not_made_yet_is_no_artifact),
		DEMO_TEST(the_jump_link_is_relative_and_in_camel_case),
		DEMO_TEST(run_variables_are_a_bare_array_of_the_mode_asked_for),
		DEMO_TEST(secrets_are_marked_and_counters_say_the_runs_number),
		DEMO_TEST(runtime_variables_are_paged_and_depend_on_the_shape),
		DEMO_TEST(the_queue_has_an_int_id_and_a_camel_case_name),
		DEMO_TEST(the_exec_log_is_the_log_and_goes_on_from_an_offset),
		DEMO_TEST(wrong_questions_are_refused_with_a_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
