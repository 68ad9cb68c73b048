/* SPDX-License-Identifier: MIT */
/* Templates and orchestrations: what lists of them have, which are refused and where, what becomes of the others. */
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
	struct buf ids;

	f->sim = client_demo(&f->loop, NULL);
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
	va_list ap;
	cJSON *o;

	va_start(ap, form);
	o = client_vjson(f->loop, f->sim, status, method, body, form, ap);
	va_end(ap);
	return o;
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
	assert_int_equal(count(f, "{\"language\":\"go\"}", NULL, 0), 2); /* a shape of Go is there too */
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

/* ---- many ---- */

static void control(struct fixture *f, const char *path)
{
	cJSON_Delete(ask(f, 200, "POST", NULL, "/_sim/%s", path));
}

static void assert_sorted(struct fixture *f, const char *key, bool ascending)
{
	const cJSON *row, *before = NULL;
	char body[200];
	cJSON *list;
	int rows = 0;

	snprintf(body, sizeof(body), "{\"is_system\":false,\"limit\":200,\"sort_key\":\"%s\",\"sort_dir\":\"%s\"}",
		 key, ascending ? "ASC" : "desc");
	list = ask(f, 200, "POST", body, T "/list");
	cJSON_ArrayForEach(row, at(list, "templates"))
	{
		double order = 0;

		if (before && strcmp(key, "name") == 0)
			order = strcmp(string_at(row, key), string_at(before, key));
		else if (before)
			order = at(row, key)->valuedouble - at(before, key)->valuedouble;
		assert_true(ascending ? order >= 0 : order <= 0);
		before = row;
		rows++;
	}
	assert_int_equal(rows, 200);
	cJSON_Delete(list);
}

static void many_templates_are_paged_searched_and_sorted(void **state)
{
	static const char *const languages[] = {"java", "python", "nodejs", "go", "net", "cpp", "php", "other", "none"};
	struct fixture *f = *state;
	char body[200];
	cJSON *o;
	size_t i;

	control(f, "templates?count=200");
	control(f, "templates?count=40");
	assert_int_equal(count(f, "{\"is_system\":false}", NULL, 0), 240);
	assert_int_equal(count(f, "{\"is_system\":false,\"name\":\"微服务\"}", NULL, 0), 20);
	assert_int_equal(count(f, "{\"name\":\"-240\"}", NULL, 0), 1);
	for (i = 0; i < sizeof(languages) / sizeof(languages[0]); i++) {
		snprintf(body, sizeof(body), "{\"is_system\":false,\"language\":\"%s\"}", languages[i]);
		assert_true(count(f, body, NULL, 0) > 20);
	}
	o = ask(f, 200, "POST", "{\"is_system\":false,\"offset\":230,\"limit\":100}", T "/list");
	assert_int_equal(cJSON_GetArraySize(at(o, "templates")), 10);
	cJSON_Delete(o);
	assert_sorted(f, "name", true);
	assert_sorted(f, "create_time", false);
	assert_sorted(f, "update_time", true);
	cJSON_Delete(ask(f, 400, "POST", "{\"sort_key\":\"colour\"}", T "/list"));
	cJSON_Delete(ask(f, 400, "POST", NULL, "/_sim/templates?count=x"));
}

static void the_newer_list_of_v3_tells_who_watches(void **state)
{
	struct fixture *f = *state;
	cJSON *o;
	const cJSON *row;

	control(f, "templates?count=30");
	o = ask(f, 200, "POST", "{\"is_system\":false,\"template_name\":\"前端\",\"sort_key\":\"name\"}",
		"/v3/pipeline/templates/list");
	assert_int_equal(at(o, "limit")->valueint, 10);
	assert_int_equal(at(o, "total")->valueint, 3);
	row = cJSON_GetArrayItem(at(o, "result"), 2);
	assert_string_equal(string_at(row, "name"), "前端发布-002"); /* newest first unless asked otherwise */
	assert_true(cJSON_IsBool(at(row, "watched")));
	assert_int_equal(strlen(string_at(row, "user_id")), 32);
	cJSON_Delete(o);
}

#define VALUES(name, value) "\"variables\":[{\"name\":\"" name "\",\"value\":\"" value "\"}]"
#define BORN "{\"name\":\"born\",\"is_publish\":false,\"sources\":[],"

static void a_pipeline_of_a_custom_template_asks_for_its_variables(void **state)
{
	struct fixture *f = *state;
	char id[40], pipeline[40];
	cJSON *o;
	const cJSON *list;

	control(f, "templates?count=3");
	count(f, "{\"name\":\"-001\"}", id, sizeof(id));
	o = ask(f, 200, "GET", NULL, T "/%s", id);
	list = at(o, "variables");
	assert_int_equal(cJSON_GetArraySize(list), 4);
	assert_string_equal(string_at(cJSON_GetArrayItem(list, 1), "type"), "enum");
	assert_int_equal(cJSON_GetArraySize(at(cJSON_GetArrayItem(list, 1), "limits")), 3);
	assert_string_equal(string_at(cJSON_GetArrayItem(list, 2), "type"), "autoIncrement");
	assert_true(cJSON_IsTrue(at(cJSON_GetArrayItem(list, 3), "is_secret")));
	cJSON_Delete(o);
#define USE "/v5/%s/api/pipeline-templates/%s/create-pipeline"
	cJSON_Delete(ask(f, 400, "POST", BORN VALUES("NOSUCH", "1") "}", USE, f->project, id));
	cJSON_Delete(ask(f, 400, "POST", BORN VALUES("TARGET_ENV", "mars") "}", USE, f->project, id));
	cJSON_Delete(ask(f, 400, "POST", BORN VALUES("BUILD_NO", "x1") "}", USE, f->project, id));
	o = ask(f, 200, "POST", BORN VALUES("TARGET_ENV", "生产") "}", USE, f->project, id);
	snprintf(pipeline, sizeof(pipeline), "%s", string_at(o, "pipeline_id"));
	cJSON_Delete(o);
	o = ask(f, 200, "GET", NULL, "/v5/%s/api/pipelines/%s/list-runtime-vars", f->project, pipeline);
	list = at(o, "variables");
	assert_int_equal(cJSON_GetArraySize(list), 3); /* the counter is not asked for */
	assert_string_equal(string_at(cJSON_GetArrayItem(list, 1), "value"), "生产");
	assert_string_equal(string_at(cJSON_GetArrayItem(list, 1), "latest_value"), "");
	cJSON_Delete(o);
	cJSON_Delete(ask(f, 400, "POST", "{" VALUES("TARGET_ENV", "mars") "}", "/v5/%s/api/pipelines/%s/run", f->project,
			 pipeline));
	cJSON_Delete(ask(f, 200, "POST", "{" VALUES("TARGET_ENV", "dev") "}", "/v5/%s/api/pipelines/%s/run", f->project,
			 pipeline));
	o = ask(f, 200, "GET", NULL, "/v5/%s/api/pipelines/%s/list-runtime-vars", f->project, pipeline);
	assert_string_equal(string_at(cJSON_GetArrayItem(at(o, "variables"), 1), "latest_value"), "dev");
	cJSON_Delete(o);
}

/* ---- faults ---- */

/* The nth action of the journal: its kind and what came of it. */
static void assert_action(struct fixture *f, int n, const char *kind, const char *outcome, const char *key)
{
	cJSON *o = ask(f, 200, "GET", NULL, "/_sim/actions");
	const cJSON *e = cJSON_GetArrayItem(at(o, "actions"), n);

	assert_string_equal(string_at(e, "kind"), kind);
	assert_string_equal(string_at(e, "outcome"), outcome);
	if (key)
		assert_int_equal(strlen(string_at(e, key)), 32);
	cJSON_Delete(o);
}

static void faults_of_templates_strike_before_or_after(void **state)
{
	static const struct {
		const char *fault, *outcome;
		int there;
	} rows[] = {
		{"class=template&kind=status&status=503", "not-applied", 0},
		{"class=template&kind=status&status=503&when=after", "applied", 1},
		{"class=template&kind=close", "not-applied", 1},
		{"class=template&kind=close&when=after", "applied", 2},
		{"class=template&kind=never-applied", "not-applied", 2},
		{"class=template&kind=applied-late&ms=5000", "applied", 3},
	};
	struct fixture *f = *state;
	struct reply r;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err err = {0};

		assert_true(sim_fault(f->sim, rows[i].fault, &err));
		client_ask(f->loop, f->sim, "POST", T, "t", CUSTOM("mine"), &r);
		reply_done(&r);
		sim_advance(f->sim, 10);
		assert_int_equal(count(f, "{\"name\":\"mine\"}", NULL, 0), rows[i].there);
		assert_action(f, (int)i, "template-create", rows[i].outcome,
			      strcmp(rows[i].outcome, "applied") ? NULL : "template_id");
		sim_faults_clear(f->sim);
	}
}

static void every_change_of_a_template_is_in_the_journal(void **state)
{
	static const char *const born = BORN "\"variables\":[]}";
	struct fixture *f = *state;
	char id[40], *doc = test_file("../scenarios/seed/v3-templates-task.request.json", NULL);

	a_template_id(f, "POST", CUSTOM("mine"), T, id);
	cJSON_Delete(ask(f, 200, "PUT", CUSTOM("yours"), T "/%s", id));
	cJSON_Delete(ask(f, 200, "POST", NULL, T "/%s/favorite?flag=true", id));
	cJSON_Delete(ask(f, 200, "POST", born, USE, f->project, id));
	cJSON_Delete(ask(f, 200, "DELETE", NULL, T "/%s", id));
	cJSON_Delete(ask(f, 200, "POST", doc, "/v3/templates/task"));
	cJSON_Delete(ask(f, 400, "DELETE", NULL, T "/%s", id));
	assert_action(f, 0, "template-create", "applied", "template_id");
	assert_action(f, 1, "template-update", "applied", "template_id");
	assert_action(f, 2, "template-favorite", "applied", "template_id");
	assert_action(f, 3, "template-use", "applied", "pipeline_id");
	assert_action(f, 4, "template-delete", "applied", "template_id");
	assert_action(f, 5, "task", "applied", "task_id");
	assert_action(f, 6, "template-delete", "refused", "template_id");
	free(doc);
}

static void a_task_that_is_promised_may_never_come(void **state)
{
	struct fixture *f = *state;
	char *doc = test_file("../scenarios/seed/v3-templates-task.request.json", NULL), task[40];
	cJSON *o;

	assert_true(sim_fault(f->sim, "class=task&kind=never-applied", NULL));
	o = ask(f, 200, "POST", doc, "/v3/templates/task");
	snprintf(task, sizeof(task), "%s", string_at(o, "task_id"));
	cJSON_Delete(o);
	o = ask(f, 200, "GET", NULL, "/v3/templates/%s/status", task);
	assert_string_equal(string_at(o, "error_code"), "DEVCP.00012002");
	cJSON_Delete(o);
	assert_true(sim_fault(f->sim, "class=task&kind=applied-late&ms=3000", NULL));
	o = ask(f, 200, "POST", doc, "/v3/templates/task");
	snprintf(task, sizeof(task), "%s", string_at(o, "task_id"));
	cJSON_Delete(o);
	sim_advance(f->sim, 4);
	assert_progress(f, task, "initializing");
	free(doc);
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
		TEMPLATES_TEST(many_templates_are_paged_searched_and_sorted),
		TEMPLATES_TEST(the_newer_list_of_v3_tells_who_watches),
		TEMPLATES_TEST(a_pipeline_of_a_custom_template_asks_for_its_variables),
		TEMPLATES_TEST(faults_of_templates_strike_before_or_after),
		TEMPLATES_TEST(every_change_of_a_template_is_in_the_journal),
		TEMPLATES_TEST(a_task_that_is_promised_may_never_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
