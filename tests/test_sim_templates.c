/* SPDX-License-Identifier: MIT */
/* Pipelines made of orchestrations: which are refused and where, and what becomes of the others. */
#include "test.h"

#include "sim_client.h"

struct fixture {
	struct ev_loop *loop;
	struct sim *sim;
	char project[40];
};

static int open_demo(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const char *top = getenv("top_srcdir");
	struct sim_options o;
	struct err err = {0};
	struct buf ids;
	char path[4096];

	snprintf(path, sizeof(path), "%s/scenarios/demo.conf", top ? top : ".");
	sim_options_init(&o);
	o.scenario = path;
	o.speed = 0;
	f->loop = ev_loop_new(EVFLAG_AUTO);
	f->sim = sim_new(f->loop, &o, &err);
	if (!f->sim)
		fail_msg("%s", err.text);
	buf_init(&ids, BUF_MAX);
	sim_projects(f->sim, &ids);
	snprintf(f->project, sizeof(f->project), "%.32s", ids.data);
	buf_done(&ids);
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

static cJSON *ask(struct fixture *f, int status, const char *method, const char *body,
		  const char *form, ...) __attribute__((format(printf, 5, 6)));
static cJSON *ask(struct fixture *f, int status, const char *method, const char *body,
		  const char *form, ...)
{
	char path[500];
	va_list ap;

	va_start(ap, form);
	vsnprintf(path, sizeof(path), form, ap);
	va_end(ap);
	return client_json(f->loop, f->sim, method, path, body, status);
}

static void assert_progress(struct fixture *f, const char *task, const char *expected)
{
	cJSON *o = ask(f, 200, "GET", NULL, "/v3/templates/%s/status", task);

	assert_string_equal(string_at(o, "task_status"), expected);
	assert_int_equal(cJSON_IsString(at(o, "pipeline_id")), strcmp(expected, "succeeded") == 0);
	cJSON_Delete(o);
}

static void assert_listed(struct fixture *f, const char *path, const char *list, const char *body,
			  int n)
{
	cJSON *o = ask(f, 200, "POST", body, "%s", path);

	assert_int_equal(cJSON_GetArraySize(at(o, list)), n);
	cJSON_Delete(o);
}

static void the_documented_orchestration_becomes_a_pipeline_that_runs(void **state)
{
	struct fixture *f = *state;
	char *doc = test_file("../scenarios/seed/v3-templates-task.request.json", NULL);
	char task[40], pipeline[40], run[40], path[200];
	const cJSON *stages;
	cJSON *o, *d;

	o = ask(f, 200, "POST", doc, "/v3/templates/task");
	free(doc);
	snprintf(task, sizeof(task), "%s", string_at(o, "task_id"));
	cJSON_Delete(o);
	snprintf(path, sizeof(path), "/v5/%s/api/pipelines/list", f->project);
	assert_progress(f, task, "initializing");
	sim_advance(f->sim, 3);
	assert_progress(f, task, "processing");
	assert_listed(f, path, "pipelines", "{\"name\":\"pipeline-123123\"}", 0);
	sim_advance(f->sim, 5);
	assert_progress(f, task, "succeeded");
	assert_listed(f, path, "pipelines", "{\"name\":\"pipeline-123123\"}", 1);
	assert_listed(f, path, "pipelines",
		      "{\"name\":\"pipeline-123123\",\"sort_key\":\"name\"}", 1);
	assert_listed(f, "/v3/pipelines/list", "result", "{\"pipeline_name\":\"pipeline-123123\"}",
		      1);
	o = ask(f, 200, "GET", NULL, "/v3/templates/%s/status", task);
	snprintf(pipeline, sizeof(pipeline), "%s", string_at(o, "pipeline_id"));
	cJSON_Delete(o);
	o = ask(f, 200, "GET", NULL, "/v5/%s/api/pipelines/%s", f->project, pipeline);
	d = cJSON_Parse(string_at(o, "definition"));
	stages = at(d, "stages");
	assert_int_equal(cJSON_GetArraySize(stages), 3);
	assert_string_equal(string_at(cJSON_GetArrayItem(stages, 1), "name"), "Build_and_Check");
	assert_int_equal(cJSON_GetArraySize(at(cJSON_GetArrayItem(stages, 1), "jobs")), 2);
	cJSON_Delete(d);
	cJSON_Delete(o);
	o = ask(f, 200, "POST", "{}", "/v5/%s/api/pipelines/%s/run", f->project, pipeline);
	snprintf(run, sizeof(run), "%s", string_at(o, "pipeline_run_id"));
	cJSON_Delete(o);
	sim_advance(f->sim, 10);
	assert_string_equal(sim_truth_state(f->sim, run), "RUNNING");
	sim_advance(f->sim, 600);
	assert_string_equal(sim_truth_state(f->sim, run), "COMPLETED");
}

static void a_wrong_orchestration_is_refused_with_its_place(void **state)
{
#define STAGE "{\"type\":\"stage\"}"
#define TASK "{\"type\":\"task\"}"
#define DOC(flow, states) \
	"{\"flow\":" flow ",\"states\":" states ",\"workflow\":{\"name\":\"x\"}}"
#define ENDS "\"initial\":" STAGE ",\"final\":" STAGE
	static const char *const rows[][2] = {
		{"{}", "flow: is required"},
		{"[]", "flow: is required"},
		{"{\"flow\":{},\"states\":{},\"workflow\":{}}", "workflow.name"},
		{DOC("{}", "{\"initial\":" STAGE "}"), "states.final: is required"},
		{DOC("{}", "{" ENDS "}"), "final is not reached"},
		{DOC("{}", "{" ENDS ",\"a\":{\"type\":\"gate\"}}"), "states.a.type"},
		{DOC("{}", "{" ENDS ",\"a\":{\"type\":\"task\",\"name\":\"b\"}}"), "states.a.name"},
		{DOC("{\"initial\":{\"final\":\"always\",\"Task_9\":\"always\"}}", "{" ENDS "}"),
		 "flow.initial.Task_9: no such state"},
		{DOC("{\"state_7\":{\"final\":\"always\"}}", "{" ENDS "}"),
		 "flow.state_7: no such state"},
		{DOC("{\"initial\":{\"final\":true}}", "{" ENDS "}"), "flow.initial.final: must be"},
		{DOC("{\"initial\":{\"a\":\"always\",\"final\":\"always\"},\"a\":{\"b\":\"always\"},"
		     "\"b\":{\"a\":\"always\"}}",
		     "{" ENDS ",\"a\":" STAGE ",\"b\":" STAGE "}"),
		 "is part of a cycle"},
		{DOC("{\"initial\":{\"t\":\"always\"},\"t\":{\"final\":\"always\"}}",
		     "{" ENDS ",\"t\":" TASK "}"),
		 "flow.t: a task has no successors"},
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cJSON *o = ask(f, 400, "POST", rows[i][0], "/v3/templates/task");

		if (!strstr(string_at(o, "error_msg"), rows[i][1]))
			fail_msg("%s: %s", rows[i][0], string_at(o, "error_msg"));
		assert_string_equal(string_at(o, "error_code"), "DEVCP.00021400");
		cJSON_Delete(o);
	}
}

static void an_unknown_task_is_said_to_be_so_with_200(void **state)
{
	struct fixture *f = *state;
	cJSON *o = ask(f, 200, "GET", NULL, "/v3/templates/nothing/status");

	assert_string_equal(string_at(o, "error_code"), "DEVCP.00012002");
	cJSON_Delete(o);
}

/* ---- v5 ---- */

#define T "/v5/ffffffff000000000000000000000001/api/pipeline-templates"

static int count(struct fixture *f, const char *body, char *first, size_t size)
{
	cJSON *o = ask(f, 200, "POST", body, T "/list");
	int n = at(o, "total")->valueint;

	if (first)
		snprintf(first, size, "%s",
			 string_at(cJSON_GetArrayItem(at(o, "templates"), 0), "id"));
	cJSON_Delete(o);
	return n;
}

static void a_template_id(struct fixture *f, const char *method, const char *body, const char *path,
			  char id[40])
{
	cJSON *o = ask(f, 200, method, body, "%s", path);

	snprintf(id, 40, "%s", string_at(o, "templateId"));
	cJSON_Delete(o);
	assert_int_equal(strlen(id), 32);
}

#define CUSTOM(name) \
	"{\"name\":\"" name "\",\"language\":\"go\",\"is_system\":false,\"domain_id\":\"d\"," \
	"\"is_show_source\":true,\"definition\":\"{\\\"stages\\\":[{\\\"name\\\":\\\"Build\\\"," \
	"\\\"jobs\\\":[{\\\"name\\\":\\\"j\\\",\\\"steps\\\":[{\\\"name\\\":\\\"s\\\"}]}]}]}\"}"

static void templates_are_listed_by_kind_language_and_name_in_pages(void **state)
{
	struct fixture *f = *state;
	char id[40], path[200];
	int system = count(f, "{\"is_system\":true}", NULL, 0);
	cJSON *o;

	assert_true(system > 5);
	assert_int_equal(count(f, "{\"is_system\":false}", NULL, 0), 0);
	a_template_id(f, "POST", CUSTOM("mine"), T, id);
	assert_int_equal(count(f, "{\"is_system\":false}", path, sizeof(path)), 1);
	assert_string_equal(path, id);
	assert_int_equal(count(f, "{}", NULL, 0), system + 1);
	assert_int_equal(count(f, "{\"language\":\"go\"}", NULL, 0), 1);
	assert_int_equal(count(f, "{\"name\":\"MIN\"}", NULL, 0), 1);
	o = ask(f, 200, "POST", "{\"offset\":1,\"limit\":2}", T "/list");
	assert_int_equal(cJSON_GetArraySize(at(o, "templates")), 2);
	cJSON_Delete(o);
	o = ask(f, 200, "GET", NULL, "/v3/templates?template_type=pipeline&is_build_in=false");
	assert_int_equal(at(o, "total")->valueint, 1);
	cJSON_Delete(o);
}

static void a_custom_template_is_changed_and_deleted_a_system_one_is_not(void **state)
{
	struct fixture *f = *state;
	char id[40], same[40], path[200], system[40];
	cJSON *o;

	count(f, "{\"is_system\":true}", system, sizeof(system));
	cJSON_Delete(ask(f, 401, "PUT", CUSTOM("x"), T "/%s", system));
	cJSON_Delete(ask(f, 401, "DELETE", NULL, T "/%s", system));
	cJSON_Delete(ask(f, 400, "POST", "{\"name\":\"x\"}", T));
	a_template_id(f, "POST", CUSTOM("mine"), T, id);
	snprintf(path, sizeof(path), T "/%s", id);
	a_template_id(f, "PUT", CUSTOM("yours"), path, same);
	assert_string_equal(id, same);
	o = ask(f, 200, "GET", NULL, "%s", path);
	assert_string_equal(string_at(o, "name"), "yours");
	assert_string_equal(string_at(o, "is_collect"), "false");
	cJSON_Delete(o);
	cJSON_Delete(ask(f, 400, "POST", NULL, "%s/favorite?flag=maybe", path));
	cJSON_Delete(ask(f, 200, "POST", NULL, "%s/favorite?flag=true", path));
	o = ask(f, 200, "GET", NULL, "%s", path);
	assert_string_equal(string_at(o, "is_collect"), "true");
	cJSON_Delete(o);
	a_template_id(f, "DELETE", NULL, path, same);
	cJSON_Delete(ask(f, 400, "GET", NULL, "%s", path));
}

static void a_pipeline_of_a_template_is_listed_and_runs(void **state)
{
	static const char *const body = "{\"name\":\"born\",\"is_publish\":false,\"sources\":[]}";
	struct fixture *f = *state;
	char id[2][40], path[200], run[40], pipeline[40];
	cJSON *o;
	int i;

	count(f, "{\"is_system\":true}", id[0], sizeof(id[0]));
	a_template_id(f, "POST", CUSTOM("mine"), T, id[1]);
	snprintf(path, sizeof(path), "/v5/%s/api/pipelines/list", f->project);
	for (i = 0; i < 2; i++) {
		cJSON_Delete(ask(f, 400, "POST", "{\"name\":\"born\"}",
				 "/v5/%s/api/pipeline-templates/%s/create-pipeline", f->project,
				 id[i]));
		o = ask(f, 200, "POST", body, "/v5/%s/api/pipeline-templates/%s/create-pipeline",
			f->project, id[i]);
		snprintf(pipeline, sizeof(pipeline), "%s", string_at(o, "pipeline_id"));
		cJSON_Delete(o);
		assert_listed(f, path, "pipelines", "{\"name\":\"born\"}", i + 1);
		o = ask(f, 200, "POST", "{}", "/v5/%s/api/pipelines/%s/run", f->project, pipeline);
		snprintf(run, sizeof(run), "%s", string_at(o, "pipeline_run_id"));
		cJSON_Delete(o);
		sim_advance(f->sim, 5);
		assert_string_equal(sim_truth_state(f->sim, run), "RUNNING");
	}
	sim_advance(f->sim, 300);
	assert_string_equal(sim_truth_state(f->sim, run), "COMPLETED");
}

#define TEMPLATES_TEST(name) cmocka_unit_test_setup_teardown(name, open_demo, close_it)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEMPLATES_TEST(the_documented_orchestration_becomes_a_pipeline_that_runs),
		TEMPLATES_TEST(a_wrong_orchestration_is_refused_with_its_place),
		TEMPLATES_TEST(templates_are_listed_by_kind_language_and_name_in_pages),
		TEMPLATES_TEST(a_custom_template_is_changed_and_deleted_a_system_one_is_not),
		TEMPLATES_TEST(a_pipeline_of_a_template_is_listed_and_runs),
		TEMPLATES_TEST(an_unknown_task_is_said_to_be_so_with_200),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
