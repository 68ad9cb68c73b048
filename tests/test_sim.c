/* SPDX-License-Identifier: MIT */
/* The simulator over real HTTP, on one loop with the client that asks it. */
#include "test.h"

#include <ev.h>

#include "sim_client.h"

#define SEED_LOG_PROJECT "d80a8a6530324b7bac972cbb8a9f28ec"
#define SEED_LOG_PIPELINE "/v5/" SEED_LOG_PROJECT "/api/pipelines/e2bcbd561fbc4fd89577fb27c80b09a6"
#define SEED_LOG                                                                  \
	SEED_LOG_PIPELINE "/pipeline-runs/9e91b1fd7ce743b7a1b7a2458bcf76c7/jobs/" \
			  "6ce8600f396c4d5ba5290201ba9fd762/"                     \
			  "steps/7a1a7bb1b5e74d1c944d8b8971621033/logs"
#define SEED_RUNS                                                                              \
	"/v5/54f90b75fc1447b1b65e8d3a9f77923d/api/pipelines/e5460d1d403146a1935c2d4b68ef506c/" \
	"pipeline-runs/list"

struct fixture {
	struct ev_loop *loop;
	struct sim *sim;
};

static const char *scenario(const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/scenarios/%s",
		 getenv("top_srcdir") ? getenv("top_srcdir") : ".", name);
	return path;
}

static int open_with(void **state, struct sim_options *o)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct err err = {0};

	f->loop = ev_loop_new(EVFLAG_AUTO);
	f->sim = sim_new(f->loop, o, &err);
	if (!f->sim)
		fail_msg("%s", err.text);
	*state = f;
	return 0;
}

static int open_scenario(void **state, const char *name)
{
	struct sim_options o;

	sim_options_init(&o);
	o.scenario = scenario(name);
	o.speed = 0;
	return open_with(state, &o);
}

static int open_seed(void **state)
{
	return open_scenario(state, "seed.conf");
}

static int open_demo(void **state)
{
	return open_scenario(state, "demo.conf");
}

static int close_it(void **state)
{
	struct fixture *f = *state;

	sim_free(f->sim);
	ev_loop_destroy(f->loop);
	free(f);
	return 0;
}

static cJSON *post(struct fixture *f, const char *path, const char *body)
{
	return client_json(f->loop, f->sim, "POST", path, body, 200);
}

static cJSON *get(struct fixture *f, const char *path)
{
	return client_json(f->loop, f->sim, "GET", path, NULL, 200);
}

static cJSON *example(const char *name)
{
	char path[200];
	char *text;
	cJSON *json;

	snprintf(path, sizeof(path), "../scenarios/seed/%s", name);
	text = test_file(path, NULL);
	json = cJSON_Parse(text);
	free(text);
	assert_non_null(json);
	return json;
}

static void assert_same(cJSON *got, cJSON *expected)
{
	if (!cJSON_Compare(got, expected, true)) {
		char *a = cJSON_Print(got), *b = cJSON_Print(expected);

		fail_msg("got %s\nexpected %s", a, b);
	}
	cJSON_Delete(got);
	cJSON_Delete(expected);
}

/* ---- the documented examples ---- */

static void seed_answers_the_documented_examples(void **state)
{
	struct fixture *f = *state;

	assert_same(post(f, "/v3/pipelines/list", "{\"offset\":0,\"limit\":10}"),
		    example("v3-pipelines-list.response.json"));
	assert_same(post(f, "/v3/pipelines/list",
			 "{\"pipeline_name\":\"\",\"project_ids\":"
			 "\"e12ed176898d4841aa9881fe9b933c87\",\"creator_ids\":"
			 "\"847a5317086c41798469d0868535943a\",\"status\":\"waiting,running,"
			 "verifying,handling,suspending,"
			 "completed\",\"outcome\":\"error,success,aborted\",\"sort_key\":"
			 "\"pipeline_name\",\"sort_dir\":"
			 "\"desc\",\"git_url\":\"\",\"offset\":0,\"limit\":10}"),
		    example("v3-pipelines-list.response.json"));
	assert_same(post(f, SEED_RUNS,
			 "{\"offset\":0,\"limit\":10,\"status\":[\"COMPLETED\",\"RUNNING\"],\"sort_"
			 "key\":\"start_time\","
			 "\"sort_dir\":\"DESC\",\"start_time\":1677513600000,\"end_time\":"
			 "1678118399000}"),
		    example("v5-pipeline-runs-list.response.json"));
	assert_same(post(f, SEED_LOG,
			 "{\"start_offset\":0,\"end_offset\":0,\"limit\":500,\"sort\":\"asc\"}"),
		    example("v5-step-logs.response.json"));
}

static void seed_pages_end_where_the_documentation_says(void **state)
{
	struct fixture *f = *state;
	cJSON *o = post(f, "/v3/pipelines/list", "{\"offset\":4,\"limit\":10}");

	assert_int_equal(cJSON_GetArraySize(at(o, "result")), 0);
	assert_int_equal(at(o, "total")->valueint, 88);
	assert_int_equal(at(o, "offset")->valueint, 4);
	cJSON_Delete(o);
	o = post(f, SEED_LOG,
		 "{\"start_offset\":6132,\"end_offset\":25705,\"limit\":500,\"sort\":\"asc\"}");
	assert_string_equal(string_at(o, "log"), "");
	assert_string_equal(string_at(o, "start_offset"), "6132");
	assert_string_equal(string_at(o, "end_offset"), "25705");
	assert_true(cJSON_IsFalse(at(o, "has_more")));
	cJSON_Delete(o);
}

static void seed_has_a_small_world_around_the_examples(void **state)
{
	struct fixture *f = *state;
	cJSON *o = post(f, "/v5/" SEED_LOG_PROJECT "/api/pipelines/list", "{}"), *list;
	const cJSON *p = cJSON_GetArrayItem(at(o, "pipelines"), 0), *job;

	assert_string_equal(string_at(p, "pipeline_id"), "e2bcbd561fbc4fd89577fb27c80b09a6");
	assert_string_equal(string_at(at(p, "latest_run"), "pipeline_run_id"),
			    "9e91b1fd7ce743b7a1b7a2458bcf76c7");
	cJSON_Delete(o);
	o = get(f, SEED_LOG_PIPELINE
		"/pipeline-runs/detail?pipeline_run_id=9e91b1fd7ce743b7a1b7a2458bcf76c7");
	job = cJSON_GetArrayItem(at(cJSON_GetArrayItem(at(o, "stages"), 0), "jobs"), 0);
	assert_string_equal(string_at(job, "id"), "6ce8600f396c4d5ba5290201ba9fd762");
	assert_string_equal(string_at(cJSON_GetArrayItem(at(job, "steps"), 0), "id"),
			    "7a1a7bb1b5e74d1c944d8b8971621033");
	assert_string_equal(string_at(cJSON_GetArrayItem(at(job, "steps"), 0), "name"),
			    "执行Shell");
	cJSON_Delete(o);
	list = post(f, "/v5/e12ed176898d4841aa9881fe9b933c87/api/pipelines/status",
		    "[\"d33f98177c3e44f8841b005e1badcaed\",\"2ec08a45031c4d2896292a48b7fb1a30\","
		    "\"unknown\"]");
	assert_int_equal(cJSON_GetArraySize(list), 2);
	assert_string_equal(string_at(cJSON_GetArrayItem(list, 0), "status"), "COMPLETED");
	assert_null(at(cJSON_GetArrayItem(at(cJSON_GetArrayItem(list, 0), "stage_status_list"), 0),
		       "id"));
	cJSON_Delete(list);
	o = post(f, "/v5/e12ed176898d4841aa9881fe9b933c87/api/pipelines/list", "{}");
	assert_int_equal(cJSON_GetArraySize(at(o, "pipelines")), 0);
	cJSON_Delete(o);
}

/* ---- errors and tokens ---- */

static void wrong_requests_get_the_documented_errors(void **state)
{
	static const struct {
		const char *method, *path, *body;
		int status;
		const char *code;
	} rows[] = {
		{"GET", "/v5/nowhere", NULL, 404, "APIGW.0101"},
		{"GET", "/v3/pipelines/list", NULL, 404, "APIGW.0101"},
		{"POST", SEED_LOG_PIPELINE "/pipeline-runs/x/retry", "{}", 404, "APIGW.0101"},
		{"POST", SEED_RUNS, "{not json", 200, "DEVCP.00014004"},
		{"POST", SEED_RUNS, "{\"limit\":0}", 400, "DEVCP.00021400"},
		{"POST", SEED_RUNS, "{\"sort_key\":\"colour\"}", 400, "DEVCP.00021400"},
		{"POST", "/v3/pipelines/list", "{\"limit\":51}", 400, "DEVCP.00021400"},
		{"POST", "/v5/a/api/pipelines/status", "{}", 200, "DEVCP.00014004"},
		{"GET", SEED_LOG_PIPELINE "/pipeline-runs/detail?pipeline_run_id=none", NULL, 200,
		 "DEVCP.00012002"},
		{"GET", "/v5/a/api/pipelines/none/pipeline-runs/detail", NULL, 400,
		 "DEVPIPE.00011401"},
		{"GET", "/v5/a/api/pipelines/e2bcbd561fbc4fd89577fb27c80b09a6/pipeline-runs/detail",
		 NULL, 200, "DEVPIPE.00011136"},
		{"POST", SEED_LOG, "{\"sort\":\"asc\"}", 400, "DEVCP.00021400"},
		{"POST", SEED_LOG, "{\"limit\":10}", 400, "DEVCP.00021400"},
		{"POST", SEED_LOG, "{\"limit\":10,\"sort\":\"asc\",\"end_offset\":25704}", 400,
		 "DEVCP.00021400"},
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cJSON *o = client_json(f->loop, f->sim, rows[i].method, rows[i].path, rows[i].body,
				       rows[i].status);

		if (strcmp(string_at(o, "error_code"), rows[i].code))
			fail_msg("%s %s: %s, expected %s", rows[i].path,
				 rows[i].body ? rows[i].body : "", string_at(o, "error_code"),
				 rows[i].code);
		assert_true(*string_at(o, "error_msg"));
		cJSON_Delete(o);
	}
}

static int status_with(struct fixture *f, const char *token, char *code, size_t size)
{
	struct reply r;
	cJSON *o;
	int status;

	client_ask(f->loop, f->sim, "POST", SEED_RUNS, token, "{}", &r);
	o = cJSON_ParseWithLength(r.body, r.len);
	snprintf(code, size, "%s", string_at(o, "error_code"));
	status = r.status;
	cJSON_Delete(o);
	reply_done(&r);
	return status;
}

static void sign_in(struct fixture *f, char *token, size_t size)
{
	const char *name = "\r\nX-Subject-Token: ", *at_token;
	struct reply r;

	client_ask(f->loop, f->sim, "POST", "/v3/auth/tokens?nocatalog=1", NULL,
		   "{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{"
		   "\"name\":\"ops1\",\"password\":"
		   "\"x\",\"domain\":{\"name\":\"acme\"}}}},\"scope\":{\"project\":{\"name\":\"cn-"
		   "north-4\"}}}}",
		   &r);
	assert_int_equal(r.status, 201);
	at_token = strstr(r.raw.data, name);
	assert_non_null(at_token);
	at_token += strlen(name);
	snprintf(token, size, "%.*s", (int)strcspn(at_token, "\r"), at_token);
	reply_done(&r);
}

static int open_strict(void **state)
{
	struct sim_options o;

	sim_options_init(&o);
	o.scenario = scenario("seed.conf");
	o.speed = 0;
	o.token = "secret";
	return open_with(state, &o);
}

static void tokens_are_given_checked_and_expire(void **state)
{
	struct fixture *f = *state;
	char code[64], first[200], second[200];

	assert_int_equal(status_with(f, NULL, code, sizeof(code)), 401);
	assert_string_equal(code, "APIGW.0301");
	assert_int_equal(status_with(f, "guess", code, sizeof(code)), 401);
	assert_int_equal(status_with(f, "secret", code, sizeof(code)), 200);
	sign_in(f, first, sizeof(first));
	assert_int_equal(status_with(f, first, code, sizeof(code)), 200);
	sim_expire_tokens(f->sim);
	assert_int_equal(status_with(f, first, code, sizeof(code)), 401);
	assert_string_equal(code, "APIGW.0307");
	assert_int_equal(status_with(f, "secret", code, sizeof(code)), 401);
	sign_in(f, second, sizeof(second));
	assert_int_equal(status_with(f, second, code, sizeof(code)), 200);
	sim_advance(f->sim, 23.9 * 3600);
	assert_int_equal(status_with(f, second, code, sizeof(code)), 200);
	sim_advance(f->sim, 0.2 * 3600);
	assert_int_equal(status_with(f, second, code, sizeof(code)), 401);
}

static void a_sign_in_without_a_secret_is_refused_in_keystones_shape(void **state)
{
	struct fixture *f = *state;
	cJSON *o = client_json(f->loop, f->sim, "POST", "/v3/auth/tokens",
			       "{\"auth\":{\"identity\":{\"methods\":[\"password\"]}}}", 400);

	assert_int_equal(at(at(o, "error"), "code")->valueint, 400);
	cJSON_Delete(o);
	o = client_json(f->loop, f->sim, "POST", "/v3/auth/tokens",
			"{\"auth\":{\"identity\":{\"methods\":[\"hw_ak_sk\"],\"hw_ak_sk\":{"
			"\"access\":{\"key\":\"A\"},"
			"\"secret\":{\"key\":\"S\"}}}}}",
			201);
	assert_non_null(at(at(at(o, "token"), "user"), "domain"));
	cJSON_Delete(o);
}

/* ---- types, paging, filters ---- */

#define SHOP_LIST "/v5/%s/api/pipelines/list"

static void project_of(struct fixture *f, int index, char id[40])
{
	struct buf b;
	cJSON *o;
	const cJSON *p;
	const char *last = "";
	int seen = -1;

	buf_init(&b, BUF_MAX);
	sim_truth_json(f->sim, &b);
	o = cJSON_Parse(b.data);
	cJSON_ArrayForEach(p, at(o, "pipelines"))
	{
		seen += strcmp(last, string_at(p, "project_id")) != 0;
		last = string_at(p, "project_id");
		if (seen == index)
			break;
	}
	snprintf(id, 40, "%s", last);
	cJSON_Delete(o);
	buf_done(&b);
}

static void lists_page_filter_and_sort(void **state)
{
	struct fixture *f = *state;
	char project[40], path[200], body[200];
	int offset, total = 0, seen = 0;
	const char *last = "";
	cJSON *o, *pages[20];
	const cJSON *p;

	project_of(f, 0, project);
	snprintf(path, sizeof(path), SHOP_LIST, project);
	for (offset = 0; offset == 0 || offset < total; offset += 5) {
		snprintf(body, sizeof(body),
			 "{\"offset\":\"%d\",\"limit\":5,\"sort_key\":\"name\",\"sort_dir\":"
			 "\"ASC\"}",
			 offset);
		o = pages[offset / 5] = post(f, path, body);
		total = at(o, "total")->valueint;
		cJSON_ArrayForEach(p, at(o, "pipelines"))
		{
			assert_true(strcmp(last, string_at(p, "name")) < 0);
			last = string_at(p, "name");
			seen++;
		}
	}
	assert_int_equal(seen, total);
	assert_true(total > 10);
	for (offset = 0; offset < total; offset += 5)
		cJSON_Delete(pages[offset / 5]);
	o = post(f, path, "{\"status\":[\"QUEUED\"],\"limit\":100}");
	assert_int_equal(cJSON_GetArraySize(at(o, "pipelines")), 1);
	assert_string_equal(string_at(cJSON_GetArrayItem(at(o, "pipelines"), 0), "name"),
			    "merge-queue");
	cJSON_Delete(o);
	o = post(f, path, "{\"name\":\"WEB\"}");
	assert_string_equal(string_at(cJSON_GetArrayItem(at(o, "pipelines"), 0), "name"),
			    "web-mall");
	cJSON_Delete(o);
	o = post(f, path, "{}");
	assert_int_equal(cJSON_GetArraySize(at(o, "pipelines")), 10);
	cJSON_Delete(o);
}

/* Finds the first pipeline of a project whose latest run has that status; copies ids. */
static bool pipeline_with(struct fixture *f, int project, const char *status, char base[300],
			  char run[40])
{
	char id[40], path[200], body[100];
	cJSON *o;
	const cJSON *p;

	project_of(f, project, id);
	snprintf(path, sizeof(path), SHOP_LIST, id);
	snprintf(body, sizeof(body), "{\"status\":[\"%s\"],\"limit\":1}", status);
	o = post(f, path, body);
	p = cJSON_GetArrayItem(at(o, "pipelines"), 0);
	if (p) {
		snprintf(base, 300, "/v5/%s/api/pipelines/%s", id, string_at(p, "pipeline_id"));
		snprintf(run, 40, "%s", string_at(at(p, "latest_run"), "pipeline_run_id"));
	}
	cJSON_Delete(o);
	return p != NULL;
}

/* The text is a JSON object that holds a string of this name. */
static void assert_json_inside(const char *text, const char *name)
{
	cJSON *inner = cJSON_Parse(text);

	assert_true(*string_at(inner, name));
	cJSON_Delete(inner);
}

static void assert_detail_types(const cJSON *detail)
{
	const cJSON *stage, *job, *step;

	assert_true(cJSON_IsNumber(at(detail, "current_system_time")));
	cJSON_ArrayForEach(stage, at(detail, "stages"))
	{
		assert_false(cJSON_IsString(at(stage, "start_time")));
		assert_true(cJSON_IsNull(at(stage, "post")) && cJSON_IsArray(at(stage, "pre")));
		cJSON_ArrayForEach(job, at(stage, "jobs"))
		{
			assert_string_equal(string_at(job, "async"), "false");
			assert_json_inside(string_at(job, "resource"), "type");
			if (strcmp(string_at(job, "status"), "FAILED") == 0)
				assert_json_inside(string_at(job, "message"), "errorMessage");
			cJSON_ArrayForEach(step, at(job, "steps"))
			{
				assert_true(cJSON_IsNumber(at(step, "multi_step_editable")));
				assert_string_equal(string_at(step, "job_run_id"),
						    string_at(job, "id"));
			}
		}
	}
}

static void types_are_the_documented_ones_with_their_oddities(void **state)
{
	struct fixture *f = *state;
	char base[300], run[40], path[400];
	const cJSON *p, *summary;
	cJSON *o;

	assert_true(pipeline_with(f, 0, "FAILED", base, run));
	snprintf(path, sizeof(path), "%s/pipeline-runs/list", base);
	o = post(f, path, "{\"status\":[\"FAILED\"],\"limit\":1}");
	summary = cJSON_GetArrayItem(at(o, "pipeline_runs"), 0);
	p = cJSON_GetArrayItem(at(summary, "stage_status_list"), 0);
	assert_true(cJSON_IsString(at(p, "start_time")) &&
		    strlen(string_at(p, "start_time")) == 19);
	assert_true(cJSON_IsString(at(p, "id")) && cJSON_IsNumber(at(p, "sequence")));
	assert_true(cJSON_IsNumber(at(summary, "start_time")) &&
		    at(summary, "start_time")->valuedouble > 1e12);
	cJSON_Delete(o);
	snprintf(path, sizeof(path), "%s/pipeline-runs/detail?pipeline_run_id=%s", base, run);
	o = get(f, path);
	assert_detail_types(o);
	cJSON_Delete(o);
	o = post(f, "/v3/pipelines/list", "{}");
	cJSON_ArrayForEach(p, at(o, "result"))
	{
		assert_true(cJSON_IsString(at(p, "watched")));
	}
	assert_true(cJSON_GetArraySize(at(o, "result")) >= 2);
	cJSON_Delete(o);
}

/* ---- time ---- */

static void time_stands_still_until_it_is_advanced(void **state)
{
	struct fixture *f = *state;
	int64_t before = sim_now_ms(f->sim);
	cJSON *o = client_json(f->loop, f->sim, "POST", "/_sim/advance?seconds=90.5", NULL, 200);

	assert_int_equal(sim_now_ms(f->sim), before + 90500);
	cJSON_Delete(o);
	o = client_json(f->loop, f->sim, "POST", "/_sim/advance?seconds=-1", NULL, 400);
	cJSON_Delete(o);
	assert_int_equal(sim_now_ms(f->sim), before + 90500);
}

static void the_date_header_is_simulated_and_requests_are_named(void **state)
{
	struct fixture *f = *state;
	struct reply r;

	sim_advance(f->sim, 3600);
	client_ask(f->loop, f->sim, "POST", "/v3/pipelines/list", "t", "{}", &r);
	assert_non_null(strstr(r.raw.data, "\r\nDate: Tue, 06 Jan 2026 08:40:00 GMT\r\n"));
	assert_non_null(strstr(r.raw.data, "\r\nX-Request-Id: "));
	assert_non_null(strstr(r.raw.data, "\r\nContent-Type: application/json"));
	reply_done(&r);
}

static void a_run_in_progress_comes_to_its_end(void **state)
{
	struct fixture *f = *state;
	char base[300], run[40];
	const char *word;
	int minutes = 0, project = 0;

	while (!pipeline_with(f, project, "RUNNING", base, run))
		assert_true(++project < 3);
	while (strcmp(word = sim_truth_state(f->sim, run), "RUNNING") == 0 && minutes++ < 120)
		sim_advance(f->sim, 60);
	assert_true(strcmp(word, "COMPLETED") == 0 || strcmp(word, "FAILED") == 0 ||
		    strcmp(word, "CANCELED") == 0);
}

static void a_fresh_run_is_missing_from_lists_for_the_delay_but_not_by_id(void **state)
{
	struct fixture *f = *state;
	char base[300], run[40], path[400];
	cJSON *o;
	const cJSON *p;

	/* The queue's newest run is younger than its oldest one by far more than the delay. */
	assert_true(pipeline_with(f, 0, "QUEUED", base, run));
	sim_modes(f->sim)->list_delay_s = 86400;
	snprintf(path, sizeof(path), "%s/pipeline-runs/list", base);
	o = post(f, path, "{\"limit\":200}");
	cJSON_ArrayForEach(p, at(o, "pipeline_runs"))
	{
		assert_string_not_equal(string_at(p, "pipeline_run_id"), run);
	}
	cJSON_Delete(o);
	snprintf(path, sizeof(path), "%s/pipeline-runs/detail?pipeline_run_id=%s", base, run);
	o = get(f, path);
	assert_string_equal(string_at(o, "status"), "QUEUED");
	cJSON_Delete(o);
}

/* ---- gates, queue, sub-pipelines ---- */

typedef bool step_wanted(const cJSON *step); /* a function, not a struct */

/* Looks for a step in a run's detail; its place is "JOB/STEP", or "/STEP" for one before the jobs.
 */
static bool find_in_detail(const cJSON *detail, step_wanted *wanted, char place[80])
{
	const cJSON *stage, *job, *step;

	cJSON_ArrayForEach(stage, at(detail, "stages"))
	{
		cJSON_ArrayForEach(step, at(stage, "pre"))
		{
			if (wanted(step)) {
				snprintf(place, 80, "/%s", string_at(step, "id"));
				return true;
			}
		}
		cJSON_ArrayForEach(job, at(stage, "jobs"))
		{
			cJSON_ArrayForEach(step, at(job, "steps"))
			{
				if (wanted(step)) {
					snprintf(place, 80, "%s/%s", string_at(job, "id"),
						 string_at(step, "id"));
					return true;
				}
			}
		}
	}
	return false;
}

/* The first such step in any pipeline's latest run. */
static bool find_step(struct fixture *f, step_wanted *wanted, char base[300], char run[40],
		      char place[80])
{
	struct buf b;
	cJSON *world, *detail;
	const cJSON *p;
	char path[400];
	bool found = false;

	buf_init(&b, BUF_MAX);
	sim_truth_json(f->sim, &b);
	world = cJSON_Parse(b.data);
	buf_done(&b);
	cJSON_ArrayForEach(p, at(world, "pipelines"))
	{
		if (found || !at(p, "latest"))
			continue;
		snprintf(base, 300, "/v5/%s/api/pipelines/%s", string_at(p, "project_id"),
			 string_at(p, "pipeline_id"));
		snprintf(run, 40, "%s", string_at(at(p, "latest"), "pipeline_run_id"));
		snprintf(path, sizeof(path), "%s/pipeline-runs/detail?pipeline_run_id=%s", base,
			 run);
		detail = get(f, path);
		found = find_in_detail(detail, wanted, place);
		cJSON_Delete(detail);
	}
	cJSON_Delete(world);
	return found;
}

static bool is_open_review(const cJSON *step)
{
	return strcmp(string_at(step, "task"), "official_devcloud_checkpoint") == 0 &&
	       cJSON_IsNumber(at(step, "start_time")) && !at(step, "end_time");
}

static bool is_open_trigger(const cJSON *step)
{
	return strcmp(string_at(step, "task"), "official_devcloud_manualTrigger") == 0 &&
	       cJSON_IsNumber(at(step, "start_time")) && !at(step, "end_time");
}

static void a_waiting_review_shows_as_the_mode_says(void **state)
{
	static const char *const modes[][2] = {
		{"running", "RUNNING"}, {"paused", "PAUSED"}, {"suspend", "SUSPEND"}};
	struct fixture *f = *state;
	char base[300], run[40], step[80], path[400];
	size_t i;

	assert_true(find_step(f, is_open_review, base, run, step));
	for (i = 0; i < 3; i++) {
		cJSON *o, *detail;

		snprintf(path, sizeof(path), "/_sim/mode?gate_as=%s", modes[i][0]);
		o = client_json(f->loop, f->sim, "POST", path, NULL, 200);
		cJSON_Delete(o);
		snprintf(path, sizeof(path), "%s/pipeline-runs/detail?pipeline_run_id=%s", base,
			 run);
		detail = get(f, path);
		assert_string_equal(string_at(detail, "status"), modes[i][1]);
		cJSON_Delete(detail);
		assert_string_equal(sim_truth_state(f->sim, strchr(step, '/') + 1), modes[i][1]);
	}
}

static void a_stage_that_a_person_must_start_waits_on_its_pre_step(void **state)
{
	struct fixture *f = *state;
	char base[300], run[40], step[80];
	int minutes;

	for (minutes = 0; minutes < 120 && !find_step(f, is_open_trigger, base, run, step);
	     minutes++)
		sim_advance(f->sim, 60);
	assert_true(minutes < 120);
}

static bool has_started_child(const cJSON *step)
{
	return strcmp(string_at(step, "task"), "official_devcloud_subPipeline") == 0 &&
	       cJSON_IsNumber(at(step, "start_time"));
}

static void outputs_of_a_sub_pipeline_step_name_its_run(void **state)
{
	struct fixture *f = *state;
	char base[300], run[40], step[80], path[600];
	const cJSON *pairs;
	cJSON *o;
	int minutes;

	for (minutes = 0; minutes < 60 && !find_step(f, has_started_child, base, run, step);
	     minutes++)
		sim_advance(f->sim, 60);
	assert_true(minutes < 60);
	snprintf(path, sizeof(path), "%s/pipeline-runs/%s/steps/outputs?step_run_ids=%s", base, run,
		 strchr(step, '/') + 1);
	o = get(f, path);
	pairs = at(cJSON_GetArrayItem(at(o, "step_outputs"), 0), "output_result");
	assert_string_equal(string_at(cJSON_GetArrayItem(pairs, 0), "key"), "pipeline_id");
	assert_non_null(sim_truth_state(f->sim, string_at(cJSON_GetArrayItem(pairs, 1), "value")));
	cJSON_Delete(o);
}

static void the_queue_holds_the_queued_run(void **state)
{
	struct fixture *f = *state;
	char base[300], run[40], path[400];
	const cJSON *last;
	cJSON *o;

	assert_true(pipeline_with(f, 0, "QUEUED", base, run));
	snprintf(path, sizeof(path), "%s/queued-pipeline?offset=0&limit=10", base);
	o = get(f, path);
	last = cJSON_GetArrayItem(at(o, "queuedPipelines"), at(o, "total")->valueint - 1);
	assert_string_equal(string_at(last, "pipeline_run_id"), run);
	assert_true(cJSON_IsNumber(at(last, "id")));
	cJSON_Delete(o);
}

/* ---- logs: every mode and policy gives the truth ---- */

struct reader { /* a correct reader: knows nothing of the modes */
	int64_t s, e;
	bool range; /* it has seen that an echoed pair is sent again */
	char *last; /* the page before */
	struct buf text;
	int polls;
};

static int64_t offset_at(const cJSON *o, const char *name, bool as_int)
{
	const cJSON *v = at(o, name);

	assert_true(as_int ? cJSON_IsNumber(v) : cJSON_IsString(v));
	return as_int ? (int64_t)v->valuedouble : strtoll(v->valuestring, NULL, 10);
}

/* One poll; true when it brought lines. */
static bool reader_poll(struct fixture *f, struct reader *r, const char *path, bool *has_more)
{
	bool as_int = sim_modes(f->sim)->int_offsets;
	const char *log;
	char body[200];
	int64_t e;
	cJSON *o;

	snprintf(body, sizeof(body),
		 "{\"start_offset\":%lld,\"end_offset\":%lld,\"limit\":%d,\"sort\":\"asc\"}",
		 (long long)(r->range ? r->e : r->s), (long long)(r->range ? 0 : r->e),
		 3 + r->polls++ % 40);
	o = post(f, path, body);
	e = offset_at(o, "end_offset", as_int);
	log = string_at(o, "log");
	*has_more = cJSON_IsTrue(at(o, "has_more"));
	if (!*log) {
		assert_int_equal(e, r->e);
		cJSON_Delete(o);
		return false;
	}
	if (e <= r->e && r->last) { /* the same again: read it as a range from now on */
		r->range = true;
		cJSON_Delete(o);
		return reader_poll(f, r, path, has_more);
	}
	buf_adds(&r->text, log);
	buf_addc(&r->text, '\n');
	r->s = offset_at(o, "start_offset", as_int);
	r->e = e;
	free(r->last);
	r->last = strdup(log);
	cJSON_Delete(o);
	return true;
}

static bool writes_much(const cJSON *step)
{
	return strcmp(string_at(step, "status"), "RUNNING") == 0 &&
	       (strcmp(string_at(step, "business_type"), "Test") == 0 ||
		strcmp(string_at(step, "business_type"), "Build") == 0);
}

static void follow(struct fixture *f, const struct sim_modes *modes)
{
	char base[300], run[40], where[80], path[600];
	struct reader r = {0};
	struct buf truth;
	const char *step;
	int idle = 0;
	bool more;

	while (!find_step(f, writes_much, base, run, where))
		sim_advance(f->sim, 30);
	*sim_modes(f->sim) = *modes;
	buf_init(&r.text, BUF_MAX);
	buf_init(&truth, BUF_MAX);
	step = strchr(where, '/') + 1;
	snprintf(path, sizeof(path), "%s/pipeline-runs/%s/jobs/%.*s/steps/%s/logs", base, run,
		 (int)(step - where - 1), where, step);
	while (idle < 2 || strcmp(sim_truth_state(f->sim, step), "RUNNING") == 0) {
		idle = reader_poll(f, &r, path, &more) ? 0 : idle + 1;
		if (idle)
			sim_advance(f->sim, 7);
		if (modes->has_more == SIM_MORE_WHILE_RUNNING &&
		    strcmp(sim_truth_state(f->sim, step), "RUNNING") == 0 && !idle)
			assert_true(more);
	}
	assert_false(more);
	assert_true(sim_truth_log(f->sim, step, &truth));
	assert_true(truth.len > 1000);
	assert_string_equal(r.text.data, truth.data);
	assert_int_equal(r.range, modes->log_mode == SIM_LOG_RANGE);
	free(r.last);
	buf_done(&r.text);
	buf_done(&truth);
}

static void every_log_mode_and_policy_delivers_the_truth(void **state)
{
	struct fixture *f = *state;
	int mode, policy, ints, page;

	for (mode = SIM_LOG_OPAQUE; mode <= SIM_LOG_RANGE; mode++)
		for (policy = 0; policy < 2; policy++)
			for (page = 0; page < 2; page++)
				for (ints = 0; ints < 2; ints++) {
					struct sim_modes m = {.log_mode = (enum sim_log_mode)mode,
							      .has_more = (enum sim_has_more)policy,
							      .page_start = page,
							      .int_offsets = ints};

					follow(f, &m);
				}
}

static void newest_first_turns_only_the_lines_of_a_descending_page(void **state)
{
	struct fixture *f = *state;
	cJSON *a = post(f, SEED_LOG, "{\"limit\":3,\"sort\":\"desc\"}"), *b, *c;
	const char *log = string_at(a, "log");
	const char *second = strchr(log, '\n') + 1, *third = strchr(second, '\n') + 1;
	char turned[2000];

	snprintf(turned, sizeof(turned), "%s\n%.*s\n%.*s", third, (int)(third - second - 1), second,
		 (int)(second - log - 1), log);
	sim_modes(f->sim)->desc_newest_first = true;
	b = post(f, SEED_LOG, "{\"limit\":3,\"sort\":\"desc\"}");
	assert_string_equal(string_at(b, "log"), turned);
	assert_string_equal(string_at(b, "end_offset"), "25705");
	c = post(f, SEED_LOG, "{\"limit\":500,\"sort\":\"ASC\"}");
	assert_non_null(strstr(string_at(c, "log"), log));
	cJSON_Delete(a);
	cJSON_Delete(b);
	cJSON_Delete(c);
}

/* ---- the control path ---- */

static void the_truth_of_a_log_and_its_hash_agree(void **state)
{
	struct fixture *f = *state;
	struct reply r;
	cJSON *o;

	client_ask(f->loop, f->sim, "GET", "/_sim/truth/log/7a1a7bb1b5e74d1c944d8b8971621033", NULL,
		   NULL, &r);
	assert_int_equal(r.status, 200);
	assert_int_equal(r.len, 3692);
	reply_done(&r);
	o = get(f, "/_sim/truth/hash/7a1a7bb1b5e74d1c944d8b8971621033");
	assert_string_equal(string_at(o, "sha256"),
			    "23eab219e860c8ea7977e65e4204dd297da9e9ed27b065d47cbc24982651e85e");
	assert_int_equal(at(o, "lines")->valueint, 31);
	cJSON_Delete(o);
	o = client_json(f->loop, f->sim, "GET", "/_sim/truth/log/none", NULL, 404);
	cJSON_Delete(o);
}

static void requests_are_kept_in_order_and_control_is_not_among_them(void **state)
{
	struct fixture *f = *state;
	const cJSON *first;
	cJSON *o;

	cJSON_Delete(post(f, SEED_RUNS, "{}"));
	cJSON_Delete(get(f, SEED_LOG_PIPELINE
			 "/pipeline-runs/detail?pipeline_run_id=9e91b1fd7ce743b7a1b7a2458bcf76c7"));
	cJSON_Delete(get(f, "/_sim/counts"));
	o = get(f, "/_sim/requests?since=0");
	assert_int_equal(cJSON_GetArraySize(at(o, "requests")), 2);
	first = cJSON_GetArrayItem(at(o, "requests"), 0);
	assert_string_equal(string_at(first, "path"), SEED_RUNS);
	assert_string_equal(string_at(first, "body_sha256"),
			    "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
	assert_non_null(strstr(string_at(cJSON_GetArrayItem(at(o, "requests"), 1), "path"),
			       "detail?pipeline_run_id=9e91"));
	assert_int_equal(at(o, "next")->valueint, 2);
	cJSON_Delete(o);
	assert_int_equal(sim_requests(f->sim, NULL), 2);
	assert_int_equal(sim_requests(f->sim, "list"), 1);
	assert_int_equal(sim_requests(f->sim, "detail"), 1);
}

static void wrong_control_words_are_refused_with_what_would_be_right(void **state)
{
	static const char *const rows[][2] = {
		{"/_sim/mode?log_mode=lines", "opaque, byte, char, line, range"},
		{"/_sim/mode?colour=red", "there is no mode"},
		{"/_sim/fault?class=logs", "list, detail, log, iam, run, stop, retry, approve, reject, ban, template, task, other, any"},
		{"/_sim/fault?kind=explode", "status, error200, html"},
		{"/_sim/fault?status=700", "status must be 100 to 599"},
		{"/_sim/fault?often=3", "a fault has no"},
		{"/_sim/speed?x=fast", "x must be a number"},
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cJSON *o = client_json(f->loop, f->sim, "POST", rows[i][0], NULL, 400);

		if (!strstr(string_at(o, "error_msg"), rows[i][1]))
			fail_msg("%s: %s", rows[i][0], string_at(o, "error_msg"));
		cJSON_Delete(o);
	}
}

/* ---- faults ---- */

static void spoil(struct fixture *f, const char *words)
{
	struct err err = {0};

	if (!sim_fault(f->sim, words, &err))
		fail_msg("%s", err.text);
}

static void a_status_fault_strikes_its_class_and_count_and_no_more(void **state)
{
	struct fixture *f = *state;
	struct reply r;

	spoil(f, "class=list&kind=status&status=429&retry_after=5&count=2&skip=1");
	cJSON_Delete(post(f, SEED_RUNS, "{}"));
	client_ask(f->loop, f->sim, "POST", SEED_RUNS, "t", "{}", &r);
	assert_int_equal(r.status, 429);
	assert_non_null(strstr(r.raw.data, "\r\nRetry-After: 5\r\n"));
	assert_non_null(strstr(r.body, "APIGW.0308"));
	reply_done(&r);
	cJSON_Delete(get(f, SEED_LOG_PIPELINE "/pipeline-runs/detail"));
	cJSON_Delete(client_json(f->loop, f->sim, "POST", SEED_RUNS, "{}", 429));
	cJSON_Delete(post(f, SEED_RUNS, "{}"));
}

static void errors_in_200_have_every_shape(void **state)
{
	static const char *const marks[] = {"error_code",	 "\"error\":{\"code\"",
					    "queue_id",		 "request_id",
					    "\"success\":false", "\"pipeline_run_id\":\"\""};
	struct fixture *f = *state;
	char words[100];
	size_t i;

	for (i = 0; i < 6; i++) {
		struct reply r;

		snprintf(words, sizeof(words), "kind=error200&shape=%zu", i + 1);
		spoil(f, words);
		client_ask(f->loop, f->sim, "POST", SEED_RUNS, "t", "{}", &r);
		assert_int_equal(r.status, 200);
		assert_non_null(strstr(r.body, marks[i]));
		reply_done(&r);
	}
}

static void bodies_break_off_pages_are_html_and_connections_close(void **state)
{
	struct fixture *f = *state;
	struct reply r;

	spoil(f, "kind=truncate&bytes=30");
	client_ask(f->loop, f->sim, "POST", SEED_RUNS, "t", "{}", &r);
	assert_int_equal(r.status, 200);
	assert_false(r.whole);
	assert_int_equal(r.len, 30);
	reply_done(&r);
	spoil(f, "kind=html");
	client_ask(f->loop, f->sim, "POST", SEED_RUNS, "t", "{}", &r);
	assert_non_null(strstr(r.raw.data, "Content-Type: text/html"));
	assert_non_null(strstr(r.body, "<html>"));
	reply_done(&r);
	spoil(f, "kind=redirect");
	client_ask(f->loop, f->sim, "POST", SEED_RUNS, "t", "{}", &r);
	assert_int_equal(r.status, 302);
	assert_non_null(strstr(r.raw.data, "\r\nLocation: http://elsewhere.example.com/"));
	reply_done(&r);
	spoil(f, "kind=close");
	client_ask(f->loop, f->sim, "POST", SEED_RUNS, "t", "{}", &r);
	assert_int_equal(r.status, 0);
	reply_done(&r);
}

static void an_echo_repeats_the_token_and_the_body_where_it_is_told_to(void **state)
{
	static const struct {
		const char *words;
		int status;
		const char *type;
	} rows[] = {
		{"kind=echo&status=401", 401, "application/json"},
		{"kind=echo&status=500", 500, "application/json"},
		{"kind=echo&shape=2", 200, "text/html"},
		{"kind=echo&shape=3&class=log", 200, "application/json"},
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct reply r;

		spoil(f, rows[i].words);
		client_ask(f->loop, f->sim, "POST", SEED_LOG, "canary-token",
			   "{\"start_offset\":0,\"end_offset\":0,\"limit\":5,\"sort\":\"asc\"}", &r);
		assert_int_equal(r.status, rows[i].status);
		assert_non_null(strcasestr(r.raw.data, rows[i].type));
		assert_non_null(strstr(r.body, "X-Auth-Token: canary-token; body: {"));
		reply_done(&r);
	}
}

static void the_last_request_of_a_class_is_shown_as_it_came(void **state)
{
	struct fixture *f = *state;
	struct reply r;

	client_ask(f->loop, f->sim, "POST", SEED_RUNS, "canary-token", "{\"limit\":7}", &r);
	reply_done(&r);
	cJSON_Delete(get(f, SEED_LOG_PIPELINE "/pipeline-runs/detail"));
	client_ask(f->loop, f->sim, "GET", "/_sim/heard?class=list", NULL, NULL, &r);
	assert_int_equal(r.status, 200);
	assert_int_equal(strncmp(r.body, "POST " SEED_RUNS "\n", strlen("POST " SEED_RUNS "\n")), 0);
	assert_non_null(strstr(r.body, "\nX-Auth-Token: canary-token\n"));
	assert_non_null(strstr(r.body, "\n\n{\"limit\":7}"));
	reply_done(&r);
	client_ask(f->loop, f->sim, "GET", "/_sim/heard?class=iam", NULL, NULL, &r);
	assert_int_equal(r.len, 0);
	reply_done(&r);
	cJSON_Delete(client_json(f->loop, f->sim, "GET", "/_sim/heard?class=any", NULL, 400));
}

static void a_hung_answer_ends_when_the_faults_are_cleared(void **state)
{
	struct fixture *f = *state;
	struct client_wait w;
	struct reply r;
	struct buf out;

	spoil(f, "kind=hang");
	client_compose(&out, "POST", SEED_RUNS, "t", "{}");
	client_start(f->loop, &w, sim_port(f->sim), &r, out.data, out.len);
	while (!sim_requests(f->sim, "list"))
		ev_run(f->loop, EVRUN_ONCE);
	cJSON_Delete(post(f, SEED_RUNS, "{}")); /* others are served meanwhile */
	assert_false(w.done);
	sim_faults_clear(f->sim);
	while (!w.done)
		ev_run(f->loop, EVRUN_ONCE);
	client_stop(f->loop, &w);
	assert_int_equal(r.status, 0);
	reply_done(&r);
	buf_done(&out);
}

static void a_late_answer_is_the_right_one(void **state)
{
	struct fixture *f = *state;

	spoil(f, "kind=delay&ms=30");
	assert_same(post(f, SEED_LOG, "{\"limit\":500,\"sort\":\"asc\"}"),
		    example("v5-step-logs.response.json"));
}

static void ending_with_a_hung_request_is_clean(void **state)
{
	struct fixture *f = *state;
	struct client_wait w;
	struct reply r;
	struct buf out;

	spoil(f, "kind=hang");
	client_compose(&out, "POST", SEED_RUNS, "t", "{}");
	client_start(f->loop, &w, sim_port(f->sim), &r, out.data, out.len);
	while (!sim_requests(f->sim, "list"))
		ev_run(f->loop, EVRUN_ONCE);
	client_stop(f->loop, &w);
	reply_done(&r);
	buf_done(&out);
}

/* ---- where it listens ---- */

static void only_the_loopback_address_is_served(void **state)
{
	struct fixture *f = *state;
	int fd = client_connect(sim_port(f->sim), INADDR_LOOPBACK);

	assert_true(fd >= 0);
	close(fd);
	assert_true(client_connect(sim_port(f->sim), 0x7F000002) <
		    0); /* 127.0.0.2: not bound to all */
}

static void a_path_is_decoded_after_it_is_split(void **state)
{
	struct fixture *f = *state;

	cJSON_Delete(client_json(f->loop, f->sim, "GET",
				 "/v5/a/api/pipelines/..%2Fx/pipeline-runs/detail", NULL, 400));
	cJSON_Delete(client_json(f->loop, f->sim, "GET",
				 "/v5/a/api/pipelines/x%00y/pipeline-runs/detail", NULL, 404));
	cJSON_Delete(client_json(f->loop, f->sim, "GET",
				 "/v5//api/pipelines/x/pipeline-runs/detail", NULL, 404));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define SEED_TEST(name) cmocka_unit_test_setup_teardown(name, open_seed, close_it)
#define DEMO_TEST(name) cmocka_unit_test_setup_teardown(name, open_demo, close_it)
		SEED_TEST(seed_answers_the_documented_examples),
		SEED_TEST(seed_pages_end_where_the_documentation_says),
		SEED_TEST(seed_has_a_small_world_around_the_examples),
		SEED_TEST(wrong_requests_get_the_documented_errors),
		cmocka_unit_test_setup_teardown(tokens_are_given_checked_and_expire, open_strict,
						close_it),
		SEED_TEST(a_sign_in_without_a_secret_is_refused_in_keystones_shape),
		DEMO_TEST(lists_page_filter_and_sort),
		DEMO_TEST(types_are_the_documented_ones_with_their_oddities),
		DEMO_TEST(time_stands_still_until_it_is_advanced),
		DEMO_TEST(the_date_header_is_simulated_and_requests_are_named),
		DEMO_TEST(a_run_in_progress_comes_to_its_end),
		DEMO_TEST(a_fresh_run_is_missing_from_lists_for_the_delay_but_not_by_id),
		DEMO_TEST(a_waiting_review_shows_as_the_mode_says),
		DEMO_TEST(a_stage_that_a_person_must_start_waits_on_its_pre_step),
		DEMO_TEST(outputs_of_a_sub_pipeline_step_name_its_run),
		DEMO_TEST(the_queue_holds_the_queued_run),
		DEMO_TEST(every_log_mode_and_policy_delivers_the_truth),
		SEED_TEST(newest_first_turns_only_the_lines_of_a_descending_page),
		SEED_TEST(the_truth_of_a_log_and_its_hash_agree),
		SEED_TEST(requests_are_kept_in_order_and_control_is_not_among_them),
		SEED_TEST(wrong_control_words_are_refused_with_what_would_be_right),
		SEED_TEST(a_status_fault_strikes_its_class_and_count_and_no_more),
		SEED_TEST(errors_in_200_have_every_shape),
		SEED_TEST(bodies_break_off_pages_are_html_and_connections_close),
		SEED_TEST(an_echo_repeats_the_token_and_the_body_where_it_is_told_to),
		SEED_TEST(the_last_request_of_a_class_is_shown_as_it_came),
		SEED_TEST(a_hung_answer_ends_when_the_faults_are_cleared),
		SEED_TEST(a_late_answer_is_the_right_one),
		SEED_TEST(ending_with_a_hung_request_is_clean),
		SEED_TEST(only_the_loopback_address_is_served),
		SEED_TEST(a_path_is_decoded_after_it_is_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
