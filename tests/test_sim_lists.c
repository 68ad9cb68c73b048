/* SPDX-License-Identifier: MIT */
/* Every documented field of the lists, groups and definitions, in the demo's and the many's world.
 */
#include "test.h"

#include "sim_client.h"

struct fixture {
	struct ev_loop *loop;
	struct sim *sim;
	char projects[5][40];
	int nprojects;
};

static int open_with(void **state, const char *scenario)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const char *top = getenv("top_srcdir");
	struct sim_options o;
	struct err err = {0};
	struct buf ids;
	char path[4096], *rest, *id;

	snprintf(path, sizeof(path), "%s/scenarios/%s.conf", top ? top : ".", scenario);
	sim_options_init(&o);
	o.scenario = path;
	o.speed = 0;
	o.modes.gate_as = SIM_GATE_PAUSED;
	f->loop = ev_loop_new(EVFLAG_AUTO);
	f->sim = sim_new(f->loop, &o, &err);
	if (!f->sim)
		fail_msg("%s", err.text);
	buf_init(&ids, BUF_MAX);
	sim_projects(f->sim, &ids);
	for (rest = ids.data; (id = strsep(&rest, ","));)
		snprintf(f->projects[f->nprojects++], 40, "%s", id);
	buf_done(&ids);
	*state = f;
	return 0;
}

static int open_demo(void **state)
{
	return open_with(state, "demo");
}

static int open_many(void **state)
{
	return open_with(state, "many");
}

static int close_it(void **state)
{
	struct fixture *f = *state;

	sim_free(f->sim);
	ev_loop_destroy(f->loop);
	free(f);
	return 0;
}

static cJSON *list(struct fixture *f, int project, const char *fields, ...)
	__attribute__((format(printf, 3, 4)));
static cJSON *list(struct fixture *f, int project, const char *fields, ...)
{
	char path[200], body[1000];
	va_list ap;

	snprintf(path, sizeof(path), "/v5/%s/api/pipelines/list", f->projects[project]);
	va_start(ap, fields);
	vsnprintf(body, sizeof(body), fields, ap);
	va_end(ap);
	return client_json(f->loop, f->sim, "POST", path, body, 200);
}

static cJSON *get(struct fixture *f, const char *form, ...) __attribute__((format(printf, 2, 3)));
static cJSON *get(struct fixture *f, const char *form, ...)
{
	char path[400];
	va_list ap;

	va_start(ap, form);
	vsnprintf(path, sizeof(path), form, ap);
	va_end(ap);
	return client_json(f->loop, f->sim, "GET", path, NULL, 200);
}

static int total_of(cJSON *o)
{
	int n = at(o, "total")->valueint;

	cJSON_Delete(o);
	return n;
}

/* ---- 4.1 ---- */

/*
 * A filter must leave what has the property and only that: the whole list is asked for, and
 * each row judged here.
 */
typedef bool row_judge(const cJSON *row, const char *value); /* a function, not a struct */

static const char *latest_string(const cJSON *row, const char *name)
{
	return string_at(at(row, "latest_run"), name);
}

static bool name_holds(const cJSON *row, const char *value)
{
	return strcasestr(string_at(row, "name"), value) != NULL;
}

static bool status_is(const cJSON *row, const char *value)
{
	return strcmp(latest_string(row, "status"), value) == 0;
}

static bool executor_is(const cJSON *row, const char *value)
{
	return strcmp(latest_string(row, "executor_id"), value) == 0;
}

static bool is_published(const cJSON *row, const char *value)
{
	return cJSON_IsTrue(at(row, "is_publish")) == (strcmp(value, "true") == 0);
}

static bool has_component(const cJSON *row, const char *value)
{
	return strcmp(string_at(row, "component_id"), value) == 0;
}

static bool has_level(const cJSON *row, const char *value)
{
	return cJSON_IsNumber(at(row, "security_level")) &&
	       at(row, "security_level")->valueint == atoi(value);
}

static bool starts_after(const cJSON *row, const char *value)
{
	const cJSON *start = at(at(row, "latest_run"), "start_time");

	return cJSON_IsNumber(start) && start->valuedouble >= atof(value);
}

static bool starts_before(const cJSON *row, const char *value)
{
	const cJSON *start = at(at(row, "latest_run"), "start_time");

	return cJSON_IsNumber(start) && start->valuedouble <= atof(value);
}

static void check_filter(struct fixture *f, const char *filter, row_judge *judge, const char *value)
{
	cJSON *all = list(f, 0, "{\"limit\":200}"),
	      *some = list(f, 0, "{\"limit\":200,%s}", filter);
	const cJSON *row;
	int expected = 0;

	cJSON_ArrayForEach(row, at(all, "pipelines"))
	{
		expected += judge(row, value);
	}
	cJSON_ArrayForEach(row, at(some, "pipelines"))
	{
		if (!judge(row, value))
			fail_msg("%s lets %s pass", filter, string_at(row, "name"));
	}
	if (at(some, "total")->valueint != expected || !expected ||
	    cJSON_GetArraySize(at(some, "pipelines")) != expected)
		fail_msg("%s: total %d, rows %d, expected %d", filter, at(some, "total")->valueint,
			 cJSON_GetArraySize(at(some, "pipelines")), expected);
	cJSON_Delete(all);
	cJSON_Delete(some);
}

static void each_field_of_the_pipeline_list_filters(void **state)
{
	struct fixture *f = *state;
	cJSON *all = list(f, 0, "{\"limit\":200}");
	const cJSON *row = cJSON_GetArrayItem(at(all, "pipelines"), 3);
	char filter[200], executor[40], time[40];

	snprintf(executor, sizeof(executor), "%s", latest_string(row, "executor_id"));
	snprintf(time, sizeof(time), "%.0f", at(at(row, "latest_run"), "start_time")->valuedouble);
	cJSON_Delete(all);
	check_filter(f, "\"name\":\"WEB\"", name_holds, "web");
	check_filter(f, "\"name\":\"服务\"", name_holds, "服务");
	check_filter(f, "\"status\":[\"COMPLETED\"]", status_is, "COMPLETED");
	check_filter(f, "\"status\":[\"PAUSED\"]", status_is, "PAUSED");
	check_filter(f, "\"is_publish\":true", is_published, "true");
	check_filter(f, "\"is_publish\":\"false\"", is_published, "false");
	check_filter(f, "\"component_id\":\"c0ffee00000000000000000000000001\"", has_component,
		     "c0ffee00000000000000000000000001");
	check_filter(f, "\"security_level_list\":[3,4]", has_level, "3");
	snprintf(filter, sizeof(filter), "\"executor_ids\":[\"%s\"]", executor);
	check_filter(f, filter, executor_is, executor);
	snprintf(filter, sizeof(filter), "\"start_time\":\"%s\"", time);
	check_filter(f, filter, starts_after, time);
	snprintf(filter, sizeof(filter), "\"end_time\":%s", time);
	check_filter(f, filter, starts_before, time);
}

static void times_are_taken_in_both_formats(void **state)
{
	struct fixture *f = *state;
	/* 2026-01-06 15:00:00 +08:00 */
	int a = total_of(list(f, 0, "{\"start_time\":\"1767682800000\"}")),
	    b = total_of(list(f, 0, "{\"start_time\":1767682800000}")),
	    c = total_of(list(f, 0, "{\"start_time\":\"2026-01-06 15:00:00\"}"));

	assert_true(a > 0 && a < total_of(list(f, 0, "{}")));
	assert_int_equal(a, b);
	assert_int_equal(a, c);
}

static void creators_are_those_of_the_detail(void **state)
{
	struct fixture *f = *state;
	cJSON *all = list(f, 1, "{\"limit\":200}"), *one;
	const cJSON *row;
	char creator[40] = "";
	int expected = 0;

	cJSON_ArrayForEach(row, at(all, "pipelines"))
	{
		one = get(f, "/v5/%s/api/pipelines/%s", f->projects[1],
			  string_at(row, "pipeline_id"));
		if (!*creator)
			snprintf(creator, sizeof(creator), "%s", string_at(one, "creator_id"));
		expected += strcmp(string_at(one, "creator_id"), creator) == 0;
		cJSON_Delete(one);
	}
	cJSON_Delete(all);
	assert_int_equal(total_of(list(f, 1, "{\"creator_id\":\"%s\"}", creator)), expected);
	assert_int_equal(total_of(list(f, 1, "{\"creator_ids\":[\"%s\",\"x\"]}", creator)),
			 expected);
	assert_int_equal(total_of(list(f, 1, "{\"creator_ids\":[\"x\"]}")), 0);
}

static void banned_and_old_ones_come_when_they_are_asked_for(void **state)
{
	struct fixture *f = *state;
	int plain = total_of(list(f, 1, "{}"));

	assert_int_equal(total_of(list(f, 1, "{\"is_banned\":true}")), plain + 1);
	assert_int_equal(total_of(list(f, 1, "{\"is_banned\":false}")), plain);
	plain = total_of(list(f, 2, "{}"));
	assert_int_equal(total_of(list(f, 2, "{\"query_new\":false}")), plain + 2);
}

static void several_projects_are_one_list_and_each_row_says_its_own(void **state)
{
	struct fixture *f = *state;
	cJSON *o = list(f, 0, "{\"limit\":200,\"project_ids\":[\"%s\",\"%s\"]}", f->projects[1],
			f->projects[2]);
	const cJSON *row;

	assert_int_equal(at(o, "total")->valueint,
			 total_of(list(f, 1, "{}")) + total_of(list(f, 2, "{}")));
	cJSON_ArrayForEach(row, at(o, "pipelines"))
	{
		assert_string_not_equal(string_at(row, "project_id"), f->projects[0]);
	}
	cJSON_Delete(o);
}

static void limits_are_capped_at_200(void **state)
{
	struct fixture *f = *state;
	cJSON *o = list(f, 0, "{\"limit\":5000}");

	assert_int_equal(at(o, "limit")->valueint, 200);
	assert_int_equal(cJSON_GetArraySize(at(o, "pipelines")), 200);
	cJSON_Delete(o);
}

/* The numbers or names of a list sorted so never go the wrong way. */
static void check_order(struct fixture *f, const char *key, const char *dir)
{
	cJSON *o = list(f, 0, "{\"limit\":200,\"sort_key\":\"%s\",\"sort_dir\":\"%s\"}", key, dir);
	const cJSON *row, *before = NULL;
	bool down = strcasecmp(dir, "desc") == 0;
	double order;

	cJSON_ArrayForEach(row, at(o, "pipelines"))
	{
		if (before && strcmp(key, "name") == 0)
			order = strcmp(string_at(row, "name"), string_at(before, "name"));
		else
			order = before ? at(row, "create_time")->valuedouble -
						 at(before, "create_time")->valuedouble
				       : 0;
		assert_true(down ? order <= 0 : order >= 0);
		before = row;
	}
	cJSON_Delete(o);
}

static void lists_are_sorted_either_way(void **state)
{
	struct fixture *f = *state;

	check_order(f, "name", "asc");
	check_order(f, "name", "DESC");
	check_order(f, "create_time", "asc");
	check_order(f, "create_time", "desc");
	cJSON_Delete(client_json(f->loop, f->sim, "POST", "/v5/x/api/pipelines/list",
				 "{\"sort_key\":\"colour\"}", 400));
}

/* ---- 4.2 ---- */

static void run_lists_are_filtered_by_status_and_time(void **state)
{
	struct fixture *f = *state;
	cJSON *o = list(f, 0, "{\"name\":\"checkout-api\"}"), *all, *some;
	const cJSON *row;
	char path[300], body[200];
	int expected = 0;
	double middle;

	snprintf(path, sizeof(path), "/v5/%s/api/pipelines/%s/pipeline-runs/list", f->projects[0],
		 string_at(cJSON_GetArrayItem(at(o, "pipelines"), 0), "pipeline_id"));
	cJSON_Delete(o);
	all = client_json(f->loop, f->sim, "POST", path, "{\"limit\":200}", 200);
	middle = at(cJSON_GetArrayItem(at(all, "pipeline_runs"), 7), "start_time")->valuedouble;
	cJSON_ArrayForEach(row, at(all, "pipeline_runs"))
	{
		expected += strcmp(string_at(row, "status"), "FAILED") == 0;
	}
	some = client_json(f->loop, f->sim, "POST", path, "{\"status\":[\"FAILED\"],\"limit\":1}",
			   200);
	assert_int_equal(at(some, "total")->valueint, expected);
	assert_int_equal(cJSON_GetArraySize(at(some, "pipeline_runs")), 1);
	cJSON_Delete(some);
	snprintf(body, sizeof(body), "{\"start_time\":\"%.0f\"}", middle);
	assert_int_equal(total_of(client_json(f->loop, f->sim, "POST", path, body, 200)), 8);
	snprintf(body, sizeof(body), "{\"end_time\":%.0f}", middle);
	assert_int_equal(total_of(client_json(f->loop, f->sim, "POST", path, body, 200)),
			 at(all, "total")->valueint - 7);
	snprintf(body, sizeof(body), "{\"update_time\":%.0f}", (double)sim_now_ms(f->sim));
	assert_in_range(total_of(client_json(f->loop, f->sim, "POST", path, body, 200)), 0, 1);
	cJSON_Delete(all);
}

/* ---- 7.1 ---- */

static int v3_total(struct fixture *f, const char *body)
{
	return total_of(client_json(f->loop, f->sim, "POST", "/v3/pipelines/list", body, 200));
}

static void each_field_of_the_old_list_filters(void **state)
{
	struct fixture *f = *state;
	char body[300], creator[40], executor[40], name[200];
	cJSON *o =
		client_json(f->loop, f->sim, "POST", "/v3/pipelines/list", "{\"limit\":50}", 200);
	const cJSON *row = cJSON_GetArrayItem(at(o, "result"), 0);
	int all = at(o, "total")->valueint, sum, n;

	assert_in_range(all, 20, 200);
	snprintf(creator, sizeof(creator), "%s", string_at(row, "creator_id"));
	snprintf(executor, sizeof(executor), "%s", string_at(row, "executor_id"));
	snprintf(name, sizeof(name), "%s", string_at(row, "pipeline_name"));
	cJSON_Delete(o);
	snprintf(body, sizeof(body), "{\"creator_ids\":\"x,%s\"}", creator);
	n = v3_total(f, body);
	assert_true(n > 0 && n < all);
	snprintf(body, sizeof(body), "{\"executor_ids\":\"%s\"}", executor);
	n = v3_total(f, body);
	assert_true(n > 0 && n < all);
	snprintf(body, sizeof(body), "{\"pipeline_name\":\"%s\"}", name);
	assert_int_equal(v3_total(f, body), 1);
	snprintf(body, sizeof(body), "{\"project_ids\":\"%s,%s\"}", f->projects[0], f->projects[1]);
	n = v3_total(f, body);
	assert_true(n > 0 && n < all);
	sum = v3_total(f, "{\"outcome\":\"success\"}") + v3_total(f, "{\"outcome\":\"error\"}") +
	      v3_total(f, "{\"outcome\":\"aborted\"}");
	assert_int_equal(v3_total(f, "{\"status\":\"completed\"}"), sum);
	assert_in_range(
		all - sum - v3_total(f, "{\"status\":\"running,waiting,verifying,suspending\"}"), 0,
		all / 10); /* some have never run */
}

static void the_old_list_knows_a_repository_by_its_ssh_url(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(
		v3_total(f, "{\"git_url\":\"git@codehub.example.com:acme/report-sync.git\"}"), 1);
	assert_int_equal(v3_total(f, "{\"git_url\":\"git@codehub.example.com:acme/none.git\"}"), 0);
	assert_int_equal(v3_total(f, "{\"git_url\":\"\"}"), 2);
}

/* ---- groups ---- */

static const cJSON *group_named(const cJSON *groups, const char *name)
{
	const cJSON *g, *below;

	cJSON_ArrayForEach(g, groups)
	{
		if (strcmp(string_at(g, "name"), name) == 0)
			return g;
		below = group_named(at(g, "children"), name);
		if (below)
			return below;
	}
	return NULL;
}

static void groups_are_a_tree_with_paths(void **state)
{
	struct fixture *f = *state;
	cJSON *o = get(f, "/v5/%s/api/pipeline-group/tree", f->projects[0]), *none;
	const cJSON *root = group_named(o, "后端服务"), *leaf = group_named(o, "交易");
	char path[80];

	assert_true(cJSON_IsArray(o));
	assert_non_null(root);
	assert_true(cJSON_IsNull(at(root, "parent_id")));
	assert_string_equal(string_at(root, "path_id"), string_at(root, "id"));
	assert_string_equal(string_at(leaf, "parent_id"), string_at(root, "id"));
	snprintf(path, sizeof(path), "%s.%s", string_at(root, "id"), string_at(leaf, "id"));
	assert_string_equal(string_at(leaf, "path_id"), path);
	assert_true(cJSON_IsNumber(at(leaf, "ordinal")) && cJSON_IsArray(at(leaf, "children")));
	none = get(f, "/v5/nobody/api/pipeline-group/tree");
	assert_int_equal(cJSON_GetArraySize(none), 0);
	cJSON_Delete(none);
	cJSON_Delete(o);
}

static void a_group_filters_with_what_is_below_it_or_directly(void **state)
{
	struct fixture *f = *state;
	cJSON *o = get(f, "/v5/%s/api/pipeline-group/tree", f->projects[0]);
	const char *root = string_at(group_named(o, "后端服务"), "path_id");
	const char *leaf = string_at(group_named(o, "交易"), "path_id");
	int all = total_of(list(f, 0, "{}")), none, i, in = 0;

	assert_int_equal(total_of(list(f, 0, "{\"group_path_id\":\"%s\"}", root)), 5);
	assert_int_equal(total_of(list(f, 0, "{\"group_path_id\":\"%s\",\"by_group\":true}", root)),
			 3);
	assert_int_equal(total_of(list(f, 0, "{\"group_path_id\":\"%s\"}", leaf)), 2);
	assert_int_equal(total_of(list(f, 0, "{\"group_path_id\":\"none\"}")), 0);
	for (i = 0; i < cJSON_GetArraySize(o); i++)
		in += total_of(list(f, 0, "{\"group_path_id\":\"%s\"}",
				    string_at(cJSON_GetArrayItem(o, i), "path_id")));
	none = total_of(list(f, 0, "{\"by_group\":true}"));
	assert_int_equal(in + none, all);
	cJSON_Delete(o);
}

static void groups_hold_most_of_the_crowd(void **state)
{
	struct fixture *f = *state;
	int all = total_of(list(f, 0, "{}")), none = total_of(list(f, 0, "{\"by_group\":true}"));
	cJSON *o = get(f, "/v5/%s/api/pipeline-group/tree", f->projects[0]);

	assert_in_range(none, all / 5, all / 2);
	assert_true(total_of(list(f, 0, "{\"group_path_id\":\"%s\"}",
				  string_at(group_named(o, "灰度区"), "path_id"))) > 10);
	cJSON_Delete(o);
	assert_int_equal(total_of(list(f, 3, "{\"by_group\":true}")), total_of(list(f, 3, "{}")));
}

static void a_pipeline_and_its_runs_name_their_group(void **state)
{
	struct fixture *f = *state;
	cJSON *o = list(f, 0, "{\"name\":\"deploy-prod\"}"), *one;
	char id[40];

	snprintf(id, sizeof(id), "%s",
		 string_at(cJSON_GetArrayItem(at(o, "pipelines"), 0), "pipeline_id"));
	cJSON_Delete(o);
	o = get(f, "/v5/%s/api/pipelines/%s", f->projects[0], id);
	one = get(f, "/v5/%s/api/pipelines/%s/pipeline-runs/detail", f->projects[0], id);
	assert_string_equal(string_at(one, "group_name"), "生产发布");
	assert_string_equal(string_at(one, "group_id"), string_at(o, "group_id"));
	cJSON_Delete(o);
	cJSON_Delete(one);
}

/* ---- the definition ---- */

static void a_definition_is_json_in_a_string_and_has_the_runs_stages(void **state)
{
	struct fixture *f = *state;
	cJSON *o = list(f, 0, "{\"name\":\"deploy-prod\"}"), *definition, *run;
	const cJSON *stage;
	char id[40];
	int i = 0;

	snprintf(id, sizeof(id), "%s",
		 string_at(cJSON_GetArrayItem(at(o, "pipelines"), 0), "pipeline_id"));
	cJSON_Delete(o);
	o = get(f, "/v5/%s/api/pipelines/%s", f->projects[0], id);
	run = get(f, "/v5/%s/api/pipelines/%s/pipeline-runs/detail", f->projects[0], id);
	assert_true(cJSON_IsTrue(at(o, "is_collect")) && cJSON_IsFalse(at(o, "banned")));
	assert_string_equal(string_at(o, "name"), "deploy-prod");
	definition = cJSON_Parse(string_at(o, "definition"));
	assert_non_null(definition);
	cJSON_ArrayForEach(stage, at(definition, "stages"))
	{
		const cJSON *same = cJSON_GetArrayItem(at(run, "stages"), i++);

		assert_string_equal(string_at(stage, "name"), string_at(same, "name"));
		assert_string_equal(string_at(stage, "identifier"), string_at(same, "identifier"));
		assert_int_equal(cJSON_GetArraySize(at(stage, "jobs")),
				 cJSON_GetArraySize(at(same, "jobs")));
	}
	assert_int_equal(i, 5);
	cJSON_Delete(definition);
	cJSON_Delete(run);
	cJSON_Delete(o);
	o = get(f, "/v5/%s/api/pipelines/%s", f->projects[1], id);
	assert_string_equal(string_at(o, "error_code"), "DEVPIPE.00011136");
	cJSON_Delete(o);
}

/* ---- gates ---- */

static const cJSON *input(const cJSON *step, const char *key)
{
	const cJSON *e;

	cJSON_ArrayForEach(e, at(step, "inputs"))
	{
		if (strcmp(string_at(e, "key"), key) == 0)
			return at(e, "value");
	}
	return NULL;
}

/* The first step of that task in the detail of the pipeline's latest run. */
static const cJSON *step_of(const cJSON *run, const char *list_name, const char *task)
{
	const cJSON *stage, *job, *step;

	cJSON_ArrayForEach(stage, at(run, "stages"))
	{
		cJSON_ArrayForEach(step, at(stage, list_name))
		{
			if (strcmp(string_at(step, "task"), task) == 0)
				return step;
		}
		cJSON_ArrayForEach(job, at(stage, "jobs"))
		{
			cJSON_ArrayForEach(step, at(job, "steps"))
			{
				if (strcmp(string_at(step, "task"), task) == 0)
					return step;
			}
		}
	}
	return NULL;
}

static cJSON *latest(struct fixture *f, int project, const char *name)
{
	cJSON *o = list(f, project, "{\"name\":\"%s\"}", name), *run;

	run = get(f, "/v5/%s/api/pipelines/%s/pipeline-runs/detail", f->projects[project],
		  string_at(cJSON_GetArrayItem(at(o, "pipelines"), 0), "pipeline_id"));
	cJSON_Delete(o);
	return run;
}

static void gates_say_who_may_pass_them_and_what_time_does(void **state)
{
	struct fixture *f = *state;
	cJSON *o = latest(f, 0, "deploy-prod");
	const cJSON *step = step_of(o, "jobs", "official_devcloud_checkpoint");

	assert_int_equal(cJSON_GetArraySize(input(step, "approvers")), 3);
	assert_string_equal(cJSON_GetArrayItem(input(step, "approvers"), 0)->valuestring, "张敏");
	assert_string_equal(cJSON_GetStringValue(input(step, "timeout_strategy")), "reject");
	assert_int_equal(input(step, "timeout")->valueint, 1800);
	cJSON_Delete(o);
	o = latest(f, 0, "coupon-release");
	step = step_of(o, "jobs", "official_devcloud_checkpoint");
	assert_string_equal(cJSON_GetStringValue(input(step, "approvers")), "刘洋,陈静怡");
	assert_string_equal(cJSON_GetStringValue(input(step, "timeout_strategy")), "pass");
	assert_string_equal(cJSON_GetStringValue(input(step, "timeout")), "900");
	assert_non_null(step_of(o, "post", "official_devcloud_passRule"));
	cJSON_Delete(o);
	o = latest(f, 1, "base-images");
	step = step_of(o, "pre", "official_devcloud_manualTrigger");
	assert_int_equal(cJSON_GetArraySize(input(step, "approvers")), 2);
	cJSON_Delete(o);
	o = latest(f, 1, "canary");
	assert_non_null(step_of(o, "jobs", "official_devcloud_delay"));
	cJSON_Delete(o);
}

/* Watches the reviews of a day: some are rejected by their time-out, some passed by it. */
static void time_outs_reject_at_some_gates_and_pass_at_others(void **state)
{
	static const char *const names[] = {"deploy-prod", "coupon-release"};
	static const double limits_ms[] = {1800000, 900000};
	static const char *const ends[] = {"FAILED", "COMPLETED"};
	struct fixture *f = *state;
	int seen[2] = {0}, i, k;

	for (i = 0; i < 24 * 12; i++) {
		for (k = 0; k < 2; k++) {
			cJSON *o = latest(f, 0, names[k]);
			const cJSON *step = step_of(o, "jobs", "official_devcloud_checkpoint");

			if (at(step, "end_time") &&
			    at(step, "end_time")->valuedouble -
					    at(step, "start_time")->valuedouble ==
				    limits_ms[k]) {
				assert_string_equal(string_at(step, "status"), ends[k]);
				seen[k]++;
			}
			cJSON_Delete(o);
		}
		sim_advance(f->sim, 300);
	}
	assert_true(seen[0] > 0 && seen[1] > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define DEMO_TEST(name) cmocka_unit_test_setup_teardown(name, open_demo, close_it)
#define MANY_TEST(name) cmocka_unit_test_setup_teardown(name, open_many, close_it)
		DEMO_TEST(each_field_of_the_pipeline_list_filters),
		DEMO_TEST(times_are_taken_in_both_formats),
		DEMO_TEST(creators_are_those_of_the_detail),
		DEMO_TEST(banned_and_old_ones_come_when_they_are_asked_for),
		DEMO_TEST(several_projects_are_one_list_and_each_row_says_its_own),
		MANY_TEST(limits_are_capped_at_200),
		DEMO_TEST(lists_are_sorted_either_way),
		MANY_TEST(lists_are_sorted_either_way),
		DEMO_TEST(run_lists_are_filtered_by_status_and_time),
		MANY_TEST(each_field_of_the_old_list_filters),
		DEMO_TEST(the_old_list_knows_a_repository_by_its_ssh_url),
		DEMO_TEST(groups_are_a_tree_with_paths),
		DEMO_TEST(a_group_filters_with_what_is_below_it_or_directly),
		MANY_TEST(groups_hold_most_of_the_crowd),
		DEMO_TEST(a_pipeline_and_its_runs_name_their_group),
		DEMO_TEST(a_definition_is_json_in_a_string_and_has_the_runs_stages),
		DEMO_TEST(gates_say_who_may_pass_them_and_what_time_does),
		DEMO_TEST(time_outs_reject_at_some_gates_and_pass_at_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
