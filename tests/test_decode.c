/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <cjson/cJSON.h>

#include "api/decode.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"

#define CHINA (8 * 3600)
#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static struct json *parse(const char *text)
{
	struct err err = {0};
	struct json *json = json_parse(text, strlen(text), NULL, NULL, NULL, &err);

	if (!json)
		fail_msg("%s", err.text);
	return json;
}

static struct json *fixture(const char *name)
{
	char *text = test_file(name, NULL);
	struct json *json = parse(text);

	free(text);
	return json;
}

static void free_pipelines(struct pipeline *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		pipeline_done(&list[i]);
	mem_free(list);
}

static void free_runs(struct run *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		run_done(&list[i]);
	mem_free(list);
}

static void the_documentations_v3_list_is_read_exactly(void **state)
{
	struct json *json = fixture("fixtures/v3-pipelines-list.json");
	struct decode_page page;
	struct pipeline *list;
	size_t n;

	assert_true(decode_pipelines_v3(json, CHINA, &list, &n, &page, NULL));
	assert_int_equal(n, 2);
	assert_int_equal(page.offset, 0);
	assert_int_equal(page.limit, 10);
	assert_int_equal(page.total, 88);
	assert_int_equal(page.dropped, 0);
	assert_string_equal(list[0].name, "马云多仓");
	assert_string_equal(list[0].id, "d33f98177c3e44f8841b005e1badcaed");
	assert_string_equal(list[0].project_id, "e12ed176898d4841aa9881fe9b933c87");
	assert_string_equal(list[0].project_name, "Pipeline_Beta_自动测试");
	assert_string_equal(list[0].creator, "大Beta测试账号");
	assert_string_equal(list[0].v3_executor, "大Beta测试账号");
	assert_true(list[0].favourite);
	assert_true(list[0].from_v3);
	assert_null(list[0].latest);
	assert_int_equal(list[0].v3_start_ms, INT64_C(1662628082000)); /* 2022-09-08 09:08:02 Z */
	assert_int_equal(list[0].create_ms, INT64_C(1658998931000));
	assert_string_equal(list[1].name, "门禁专用测试_勿删");
	assert_string_equal(list[1].id, "2ec08a45031c4d2896292a48b7fb1a30");
	free_pipelines(list, n);
	json_free(json);
}

static void the_documentations_run_list_is_read_exactly(void **state)
{
	struct json *json = fixture("fixtures/v5-pipeline-runs-list.json");
	struct decode_page page;
	struct run *list, *run;
	size_t n;

	assert_true(decode_runs(json, CHINA, &list, &n, &page, NULL));
	assert_int_equal(n, 1);
	assert_int_equal(page.total, 1);
	run = &list[0];
	assert_string_equal(run->id, "ddb7532cb0e948f2af7bb4397fc19864");
	assert_string_equal(run->pipeline_id, "24949d4f4453495f8e5a76f993af7f43");
	assert_string_equal(run->executor, "beta环境账号");
	assert_string_equal(run->status, "COMPLETED");
	assert_int_equal(run->state, STATE_OK);
	assert_int_equal(run->number, 11);
	assert_string_equal(run->trigger, "Manual");
	assert_string_equal(run->branch, "cloud_pipeline_release_1674026917209");
	assert_string_equal(run->commit, "990ea057751d299f5575aac25bf97e88a60b461e");
	assert_string_equal(run->message, "新建文件 Dockerfile");
	assert_int_equal(run->start_ms, INT64_C(1678066487000));
	assert_int_equal(run->end_ms, INT64_C(1678066488000));
	assert_false(run->detailed);
	assert_int_equal(run->n_stages, 1);
	assert_string_equal(run->stages[0].name, "阶段_1");
	assert_null(run->stages[0].id);
	assert_int_equal(run->stages[0].state, STATE_OK);
	assert_int_equal(run->stages[0].start_ms, INT64_C(1678068286000)); /* 02:04:46 Z */
	free_runs(list, n);
	json_free(json);
}

static void the_documentations_log_is_lifted_and_its_tokens_are_text(void **state)
{
	size_t len, i, lines = 1;
	char *text = test_file("fixtures/v5-step-logs.json", &len);
	struct buf lifted;
	struct decode_log log;
	struct json *json;
	bool was;

	buf_init(&lifted, BUF_MAX);
	json = json_parse(text, len, "log", &lifted, &was, NULL);
	assert_non_null(json);
	assert_true(was);
	assert_true(decode_log(json, &log, NULL));
	assert_string_equal(log.start, "6132");
	assert_string_equal(log.end, "25705");
	assert_string_equal(log.location, "jenkins");
	assert_string_equal(log.step_id, "7a1a7bb1b5e74d1c944d8b8971621033");
	assert_false(log.has_more);
	for (i = 0; i < lifted.len; i++)
		lines += lifted.data[i] == '\n';
	assert_int_equal(lines, 31);
	assert_int_equal(lifted.len, 3691);
	assert_true(text_starts(lifted.data, "[2023/11/24 21:49:32.198 GMT+08:00] [INFO] [real_stage:执行Shell] : "
					     "该步骤开始执行。\n"));
	assert_string_equal(lifted.data + lifted.len - strlen("该步骤执行完成。"), "该步骤执行完成。");
	decode_log_done(&log);
	json_free(json);
	buf_done(&lifted);
	free(text);
}

static void pipelines_come_with_their_latest_run(void **state)
{
	struct json *json = fixture("fixtures/v5-pipelines-list.json");
	struct decode_page page;
	struct pipeline *list;
	const struct run *run;
	size_t n;

	assert_true(decode_pipelines(json, CHINA, &list, &n, &page, NULL));
	assert_int_equal(n, 2);
	assert_int_equal(page.dropped, 1);
	assert_int_equal(page.total, 3);
	assert_true(list[0].favourite);
	assert_false(list[0].from_v3);
	assert_int_equal(list[0].create_ms, INT64_C(1767225600000));
	run = list[0].latest;
	assert_non_null(run);
	assert_int_equal(run->state, STATE_RUNNING);
	assert_string_equal(run->branch, "v1.2.3");
	assert_string_equal(run->message, "Release\n\nsecond line");
	assert_int_equal(run->end_ms, WHEN_NONE);
	assert_null(run->detail_url);
	assert_int_equal(run->n_stages, 2);
	assert_string_equal(run->stages[0].name, "Build");
	assert_string_equal(run->stages[0].id, "99999999000000000000000000000001");
	assert_int_equal(run->stages[0].start_ms, INT64_C(1767312000000));
	assert_string_equal(run->stages[1].name, "部署");
	assert_int_equal(run->stages[1].state, STATE_PENDING);
	assert_string_equal(list[1].name, "从未运行");
	assert_null(list[1].latest);
	assert_false(list[1].favourite);
	assert_int_equal(list[1].create_ms, INT64_C(1767225600001));
	free_pipelines(list, n);
	json_free(json);
}

static void batch_status_keeps_only_what_says_whose_it_is(void **state)
{
	struct json *json = fixture("fixtures/v5-batch-status.json");
	struct decode_page page;
	struct run *list;
	size_t n;

	assert_true(decode_runs(json, CHINA, &list, &n, &page, NULL));
	assert_int_equal(n, 1);
	assert_int_equal(page.dropped, 3);
	assert_int_equal(page.total, -1);
	assert_int_equal(page.offset, -1);
	assert_int_equal(list[0].state, STATE_FAILED);
	assert_int_equal(list[0].stages[1].state, STATE_SKIPPED);
	assert_null(list[0].branch);
	free_runs(list, n);
	json_free(json);
}

static void a_detail_is_a_tree_in_order(void **state)
{
	struct json *json = fixture("fixtures/v5-run-detail.json");
	const struct stage *build, *release;
	const struct job *job;
	int64_t system_ms;
	size_t dropped;
	struct run run;

	assert_true(decode_detail(json, CHINA, &run, &system_ms, &dropped, NULL));
	assert_int_equal(system_ms, INT64_C(1767312042123));
	assert_int_equal(run.server_ms, system_ms);
	assert_int_equal(dropped, 1);
	assert_true(run.detailed);
	assert_string_equal(run.id, "cccccccc000000000000000000000001");
	assert_string_equal(run.branch, "feature/login");
	assert_string_equal(run.message, "修复登录");
	assert_string_equal(run.detail_url, "https://example.com/run/7");
	assert_int_equal(run.pause_ms, 1500);
	assert_int_equal(run.end_ms, WHEN_NONE);
	assert_int_equal(run.state, STATE_WAITING);
	assert_int_equal(run.n_stages, 2);
	build = &run.stages[0];
	release = &run.stages[1];
	assert_string_equal(build->name, "Build");
	assert_string_equal(build->identifier, "st-1");
	assert_string_equal(release->name, "发布");
	assert_int_equal(build->n_pre, 1);
	assert_null(build->pre[0].name);
	assert_int_equal(build->n_post, 1);
	assert_string_equal(build->post[0].message, "passed");
	assert_int_equal(release->n_post, 0);
	job = &build->jobs[0];
	assert_string_equal(job->id, "dddddddd000000000000000000000001");
	assert_string_equal(job->message, "exit code 2");
	assert_int_equal(job->n_steps, 3);
	assert_string_equal(job->steps[0].name, "checkout");
	assert_string_equal(job->steps[1].name, "test");
	assert_string_equal(job->steps[2].name, "archive"); /* same sequence: as sent */
	assert_int_equal(job->steps[1].state, STATE_FAILED);
	assert_int_equal(job->steps[1].end_ms, INT64_C(1767312029000));
	assert_string_equal(release->jobs[0].name, "review");
	assert_string_equal(release->jobs[1].name, "downstream");
	run_done(&run);
	json_free(json);
}

static void a_gate_says_who_and_how_long_and_nothing_else_is_kept(void **state)
{
	struct json *json = fixture("fixtures/v5-run-detail.json");
	const struct step *gate, *sub;
	struct run run;

	assert_true(decode_detail(json, CHINA, &run, NULL, NULL, NULL));
	gate = &run.stages[1].jobs[0].steps[0];
	assert_int_equal(gate->gate, GATE_REVIEW);
	assert_string_equal(gate->approvers, "大Beta测试账号, ops2");
	assert_int_equal(gate->gate_timeout_ms, INT64_C(86400000));
	assert_true(gate->gate_timeout_passes);
	assert_null(gate->message);
	assert_null(gate->child_pipeline);
	sub = &run.stages[1].jobs[1].steps[0];
	assert_string_equal(sub->child_pipeline, "bbbbbbbb000000000000000000000007");
	assert_string_equal(sub->child_run, "cccccccc000000000000000000000007");
	run_done(&run);
	json_free(json);
}

static void gate_inputs_have_many_shapes(void **state)
{
	static const struct {
		const char *inputs;
		const char *approvers;
		int64_t timeout_ms;
		bool passes;
	} rows[] = {
		{"[{\"key\":\"approvers\",\"value\":\"u1,u2\"}]", "u1,u2", 0, false},
		{"[{\"key\":\"approvers\",\"value\":\"[\\\"u1\\\",\\\"u2\\\"]\"}]", "u1, u2", 0, false},
		{"[{\"key\":\"approvers\",\"value\":\"[not json\"}]", "[not json", 0, false},
		{"[{\"key\":\"approvers\",\"value\":[{\"user_name\":\"a\"},{},7,null]}]", "a, 7", 0, false},
		{"[{\"key\":\"approvers\",\"value\":{}}]", NULL, 0, false},
		{"[{\"key\":\"approvers\",\"value\":[]}]", NULL, 0, false},
		{"[{\"key\":\"timeout\",\"value\":\"300\"}]", NULL, 300000, false},
		{"[{\"key\":\"timeout\",\"value\":-1}]", NULL, 0, false},
		{"[{\"key\":\"timeout\",\"value\":9223372036854775807}]", NULL, 0, false},
		{"[{\"key\":\"timeout\",\"value\":[1]}]", NULL, 0, false},
		{"[{\"key\":\"timeout_strategy\",\"value\":\"auto_pass\"}]", NULL, 0, true},
		{"[{\"key\":\"timeout_strategy\",\"value\":\"reject\"}]", NULL, 0, false},
		{"[{\"key\":\"pipeline_id\",\"value\":\"x\"}]", NULL, 0, false},
		{"[{\"key\":[]},{\"value\":1},7,null,[]]", NULL, 0, false},
		{"{\"key\":\"approvers\",\"value\":\"u1\"}", NULL, 0, false},
		{"\"text\"", NULL, 0, false},
	};
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		char doc[600];
		struct json *json;
		struct run run;
		const struct step *step;

		snprintf(doc, sizeof(doc),
			 "{\"id\":\"r\",\"stages\":[{\"jobs\":[{\"id\":\"j\",\"steps\":[{\"id\":\"s\","
			 "\"task\":\"official_devcloud_checkpoint\",\"inputs\":%s}]}]}]}",
			 rows[i].inputs);
		json = parse(doc);
		assert_true(decode_detail(json, CHINA, &run, NULL, NULL, NULL));
		step = &run.stages[0].jobs[0].steps[0];
		if (!text_same(step->approvers, rows[i].approvers))
			fail_msg("%s: %s", rows[i].inputs, text_or_empty(step->approvers));
		assert_int_equal(step->gate_timeout_ms, rows[i].timeout_ms);
		assert_int_equal(step->gate_timeout_passes, rows[i].passes);
		assert_null(step->child_pipeline);
		run_done(&run);
		json_free(json);
	}
}

static struct step decode_one_step(const char *task, const char *inputs, struct run *run)
{
	char doc[1200];
	struct json *json;

	snprintf(doc, sizeof(doc),
		 "{\"id\":\"r\",\"stages\":[{\"jobs\":[{\"id\":\"j\",\"steps\":[{\"id\":\"s\","
		 "\"task\":\"%s\",\"inputs\":[%s]}]}]}]}",
		 task, inputs);
	json = parse(doc);
	assert_true(decode_detail(json, CHINA, run, NULL, NULL, NULL));
	json_free(json);
	return run->stages[0].jobs[0].steps[0];
}

static void a_review_tells_its_instruction_and_how_many_must_agree(void **state)
{
	static const char inputs[] =
		"{\"key\":\"comment\",\"value\":\"\xe7\x9c\x8b look twice\"},"
		"{\"key\":\"check_strategy\",\"value\":\"all\"},"
		"{\"key\":\"audit_source\",\"value\":\"members\"},"
		"{\"key\":\"timeout\",\"value\":\"60\"}";
	struct step step;
	struct run run;

	step = decode_one_step("official_devcloud_checkpoint@1.2.3", inputs, &run);
	assert_string_equal(step.comment, "\xe7\x9c\x8b look twice");
	assert_true(step.gate_all);
	assert_int_equal(step.gate_timeout_ms, 60000);
	assert_false(step.gate_timeout_passes);
	run_done(&run);
	step = decode_one_step("official_devcloud_checkpoint",
			       "{\"key\":\"check_strategy\",\"value\":\"any\"}", &run);
	assert_false(step.gate_all);
	assert_null(step.comment);
	run_done(&run);
	step = decode_one_step("some_delay_plugin", inputs, &run);
	assert_true(step.gate_timeout_passes); /* its end is no rejection */
	assert_int_equal(step.gate_timeout_ms, 60000);
	run_done(&run);
	/* What is no gate may mean anything by these names. */
	step = decode_one_step("official_shell_plugin", inputs, &run);
	assert_null(step.comment);
	assert_false(step.gate_all);
	assert_int_equal(step.gate_timeout_ms, 0);
	run_done(&run);
}

static void a_child_may_be_of_another_project_and_its_task_of_a_version(void **state)
{
	struct step step;
	struct run run;

	step = decode_one_step("official_devcloud_subPipeline@0.0.1",
			       "{\"key\":\"pipelineId\",\"value\":\"p\"},"
			       "{\"key\":\"pipelineRunId\",\"value\":\"r\"},"
			       "{\"key\":\"project_id\",\"value\":\"other\"}",
			       &run);
	assert_string_equal(step.child_pipeline, "p");
	assert_string_equal(step.child_run, "r");
	assert_string_equal(step.child_project, "other");
	run_done(&run);
	step = decode_one_step("official_devcloud_subPipelineX",
			       "{\"key\":\"pipeline_id\",\"value\":\"p\"}", &run);
	assert_null(step.child_pipeline);
	run_done(&run);
}

static void outputs_have_values_of_any_type(void **state)
{
	struct json *json = parse(
		"{\"step_outputs\":[{\"step_run_id\":\"s1\",\"output_result\":["
		"{\"key\":\"image\",\"value\":\"web:7\",\"primitive\":true},"
		"{\"key\":\"n\",\"value\":12345678901234567890},{\"key\":\"yes\",\"value\":true},"
		"{\"key\":\"none\",\"value\":null},{\"value\":\"no key\"},7,"
		"{\"key\":\"review\",\"value\":{\"a \\\"b\":[1,\"x\",null,false,{}],\"c\":[]}}]},"
		"{\"step_run_id\":\"s2\",\"output_result\":["
		"{\"key\":\"pipeline_id\",\"value\":\"child\"},"
		"{\"key\":\"pipelineRunId\",\"value\":\"run-9\"},"
		"{\"key\":\"project_id\",\"value\":\"not an id\"}]},"
		"{\"output_result\":[]},{\"step_run_id\":\"s3\",\"output_result\":null}],"
		"\"current_system_time\":1767312042000}");
	static const char *const values[] = {"web:7", "12345678901234567890", "true", NULL,
					     "{\"a \\\"b\":[1,\"x\",null,false,{}],\"c\":[]}"};
	struct step_outputs *list;
	size_t n, dropped, i;
	int64_t now;

	assert_true(decode_outputs(json, &list, &n, &now, &dropped, NULL));
	assert_int_equal(n, 3);
	assert_int_equal(dropped, 3); /* two pairs, one step */
	assert_true(now == INT64_C(1767312042000));
	assert_string_equal(list[0].step_id, "s1");
	assert_int_equal(list[0].n, LENGTH(values));
	for (i = 0; i < LENGTH(values); i++) {
		if (!text_same(list[0].outputs[i].value, values[i]))
			fail_msg("%s", text_or_empty(list[0].outputs[i].value));
		assert_int_equal(list[0].outputs[i].structured, i == 4);
	}
	assert_null(list[0].child_run);
	assert_string_equal(list[1].child_pipeline, "child");
	assert_string_equal(list[1].child_run, "run-9");
	assert_null(list[1].child_project);
	assert_int_equal(list[2].n, 0);
	decode_outputs_free(list, n);
	json_free(json);
}

static void outputs_that_are_none_are_an_error(void **state)
{
	static const char *const bad[] = {"[]", "{}", "{\"step_outputs\":{}}", "7",
					  "{\"step_outputs\":\"x\",\"current_system_time\":1}"};
	static const char *const empty[] = {"{\"step_outputs\":null}", "{\"step_outputs\":[]}",
					    "{\"current_system_time\":1767312042000}"};
	struct step_outputs *list;
	struct json *json;
	size_t n, dropped, i;
	int64_t now;

	for (i = 0; i < LENGTH(bad); i++) {
		json = parse(bad[i]);
		assert_false(decode_outputs(json, &list, &n, &now, &dropped, NULL));
		json_free(json);
	}
	for (i = 0; i < LENGTH(empty); i++) {
		json = parse(empty[i]);
		assert_true(decode_outputs(json, &list, &n, &now, &dropped, NULL));
		assert_int_equal(n, 0);
		decode_outputs_free(list, n);
		json_free(json);
	}
}

static void an_output_that_is_too_long_has_no_value(void **state)
{
	struct buf doc;
	struct step_outputs *list;
	struct json *json;
	size_t n, dropped;
	int64_t now, i;

	buf_init(&doc, BUF_MAX);
	buf_adds(&doc, "{\"step_outputs\":[{\"step_run_id\":\"s\",\"output_result\":["
		       "{\"key\":\"list\",\"value\":[");
	for (i = 0; i < 20000; i++)
		buf_addf(&doc, "%s\"xx\"", i ? "," : "");
	buf_adds(&doc, "]}]}]}");
	json = json_parse(doc.data, doc.len, NULL, NULL, NULL, NULL);
	assert_non_null(json);
	assert_true(decode_outputs(json, &list, &n, &now, &dropped, NULL));
	assert_string_equal(list[0].outputs[0].key, "list");
	assert_null(list[0].outputs[0].value);
	decode_outputs_free(list, n);
	json_free(json);
	buf_done(&doc);
}

static void a_detail_names_its_pipeline_and_project(void **state)
{
	struct json *json = parse("{\"id\":\"r\",\"name\":\"web\",\"project_id\":\"p\"}");
	char *name, *project;

	decode_detail_owner(json, &name, &project);
	assert_string_equal(name, "web");
	assert_string_equal(project, "p");
	mem_free(name);
	mem_free(project);
	json_free(json);
	json = parse("{\"id\":\"r\",\"name\":null,\"project_id\":[]}");
	decode_detail_owner(json, &name, &project);
	assert_null(name);
	assert_null(project);
	json_free(json);
}

static void times_come_in_any_of_their_shapes(void **state)
{
	static const struct {
		const char *json;
		int64_t want;
	} rows[] = {
		{"1767312000000", INT64_C(1767312000000)},
		{"\"1767312000000\"", INT64_C(1767312000000)},
		{"1767312000e3", INT64_C(1767312000000)},
		{"\"2026-01-02 08:00:00\"", INT64_C(1767312000000)},
		{"\"2026-01-02T00:00:00Z\"", INT64_C(1767312000000)},
		{"0", WHEN_NONE},
		{"-1", WHEN_NONE},
		{"\"\"", WHEN_NONE},
		{"null", WHEN_NONE},
		{"\"0001-01-01 00:00:00\"", WHEN_NONE},
		{"\"soon\"", WHEN_NONE},
		{"1e300", WHEN_NONE},
		{"9223372036854775807", WHEN_NONE},
		{"true", WHEN_NONE},
		{"[]", WHEN_NONE},
	};
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		char doc[200];
		struct json *json;
		struct run run;

		snprintf(doc, sizeof(doc), "{\"id\":\"r\",\"start_time\":%s}", rows[i].json);
		json = parse(doc);
		assert_true(decode_detail(json, CHINA, &run, NULL, NULL, NULL));
		if (run.start_ms != rows[i].want)
			fail_msg("%s gave %lld", rows[i].json, (long long)run.start_ms);
		run_done(&run);
		json_free(json);
	}
}

static void sequences_order_and_their_absence_keeps_the_place(void **state)
{
	struct json *json = parse("{\"id\":\"r\",\"stages\":[{\"name\":\"c\",\"sequence\":\"2\"},"
				  "{\"name\":\"b\"},{\"name\":\"a\",\"sequence\":0},"
				  "{\"name\":\"d\",\"sequence\":99999999999}]}");
	struct run run;

	assert_true(decode_detail(json, CHINA, &run, NULL, NULL, NULL));
	assert_string_equal(run.stages[0].name, "a");
	assert_string_equal(run.stages[1].name, "b");
	assert_string_equal(run.stages[2].name, "c");
	assert_string_equal(run.stages[3].name, "d");
	run_done(&run);
	json_free(json);
}

static void the_branch_follows_the_build_type(void **state)
{
	static const struct {
		const char *params, *branch;
	} rows[] = {
		{"{\"build_type\":\"branch\",\"tag\":\"t\",\"target_branch\":\"b\"}", "b"},
		{"{\"build_type\":\"tag\",\"tag\":\"t\",\"target_branch\":\"b\"}", "t"},
		{"{\"build_type\":\"tag\",\"tag\":null,\"target_branch\":\"b\"}", "b"},
		{"{\"source_branch\":\"s\"}", "s"},
		{"{\"build_type\":null,\"tag\":\"t\"}", "t"},
		{"{}", NULL},
		{"null", NULL},
		{"\"text\"", NULL},
		{"[1]", NULL},
	};
	size_t i, n;

	for (i = 0; i < LENGTH(rows); i++) {
		struct decode_page page;
		struct json *json;
		struct run *list;
		char doc[300];

		snprintf(doc, sizeof(doc), "[{\"pipeline_id\":\"p\",\"pipeline_run_id\":\"r\",\"build_params\":%s}]",
			 rows[i].params);
		json = parse(doc);
		assert_true(decode_runs(json, CHINA, &list, &n, &page, NULL));
		assert_int_equal(n, 1);
		assert_true(text_same(list[0].branch, rows[i].branch));
		free_runs(list, n);
		json_free(json);
	}
}

static void an_id_longer_than_4_kib_is_none(void **state)
{
	char *id = mem_zalloc(DECODE_ID_MAX + 2), *doc = mem_alloc(DECODE_ID_MAX + 100);
	struct decode_page page;
	struct json *json;
	struct run *list;
	size_t n, extra;

	for (extra = 0; extra < 2; extra++) {
		memset(id, 'a', DECODE_ID_MAX + extra);
		snprintf(doc, DECODE_ID_MAX + 100, "[{\"pipeline_id\":\"p\",\"pipeline_run_id\":\"%s\"}]", id);
		json = parse(doc);
		assert_true(decode_runs(json, CHINA, &list, &n, &page, NULL));
		assert_int_equal(n, 1 - extra);
		assert_int_equal(page.dropped, extra);
		free_runs(list, n);
		json_free(json);
	}
	mem_free(doc);
	mem_free(id);
}

static void a_list_that_is_none_is_an_error_and_null_is_empty(void **state)
{
	static const struct {
		const char *doc;
		bool ok;
	} rows[] = {
		{"{\"total\":0,\"pipelines\":null}", true}, {"{\"pipelines\":[]}", true},
		{"{\"total\":5}", true},		    {"{}", false},
		{"{\"pipelines\":{}}", false},		    {"{\"pipelines\":\"\"}", false},
		{"{\"total\":1,\"pipelines\":7}", false},   {"[]", false},
		{"null", false},			    {"\"pipelines\"", false},
		{"{\"Pipelines\":[]}", false},
	};
	size_t i, n = 9;

	for (i = 0; i < LENGTH(rows); i++) {
		struct json *json = parse(rows[i].doc);
		struct pipeline *list;
		struct decode_page page;
		struct err err = {0};

		assert_int_equal(decode_pipelines(json, CHINA, &list, &n, &page, &err), rows[i].ok);
		assert_int_equal(n, 0);
		assert_int_equal(err.kind, rows[i].ok ? ERR_NONE : ERR_PARSE);
		mem_free(list);
		json_free(json);
	}
}

static void counts_that_lie_are_not_said(void **state)
{
	struct json *json = parse("{\"offset\":\"20\",\"limit\":null,\"total\":-5,\"pipeline_runs\":[]}");
	struct decode_page page;
	struct run *list;
	size_t n;

	assert_true(decode_runs(json, CHINA, &list, &n, &page, NULL));
	assert_int_equal(page.offset, 20);
	assert_int_equal(page.limit, -1);
	assert_int_equal(page.total, -1);
	free_runs(list, n);
	json_free(json);
}

static void every_error_shape_is_found(void **state)
{
	static const struct {
		const char *doc;
		bool failed;
		const char *code, *message, *request_id;
	} rows[] = {
		{"{\"error_code\":\"DEVPIPE.1\",\"error_msg\":\"no\"}", true, "DEVPIPE.1", "no", ""}, /* E1 */
		{"{\"error\":{\"code\":\"C.2\",\"message\":\"bad\"}}", true, "C.2", "bad", ""},	   /* E2 */
		{"{\"error_code\":\"DEVPIPE.00011169\",\"error_msg\":\"queued\",\"error\":{\"pipeline_run_id\":\"r\","
		 "\"queue_id\":15}}",
		 true, "DEVPIPE.00011169", "queued", ""}, /* E3 */
		{"{\"error_msg\":\"late\",\"error_code\":\"APIGW.0307\",\"request_id\":\"q1\"}", true,
		 "APIGW.0307", "late", "q1"},				       /* E4 */
		{"{\"success\":false}", true, "", "", ""},		       /* E5 */
		{"{\"success\":\"false\"}", true, "", "", ""},		       /* E5 */
		{"{\"pipeline_run_id\":\"\",\"error_msg\":\"refused\"}", true, "", "refused", ""}, /* E6 */
		{"{\"error\":{\"code\":401,\"message\":\"who?\",\"title\":\"Unauthorized\"}}", true, "401", "who?",
		 ""}, /* IAM */
		{"{\"error\":{\"code\":401,\"title\":\"Unauthorized\"}}", true, "401", "Unauthorized", ""},
		{"{\"error\":\"Not Found\",\"status\":404}", true, "", "Not Found", ""},
		{"{\"error_code\":12}", true, "12", "", ""},
		{"{\"success\":true}", false, "", "", ""},
		{"{\"error_code\":\"\",\"error_msg\":null,\"error\":null,\"total\":0}", false, "", "", ""},
		{"{\"error\":{}}", false, "", "", ""},
		{"{\"pipeline_run_id\":\"r\"}", false, "", "", ""},
		{"{\"id\":\"r\",\"error_msg\":\"of the run\"}", false, "", "of the run", ""},
		{"[]", false, "", "", ""},
		{"7", false, "", "", ""},
	};
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		struct json *json = parse(rows[i].doc);
		struct decode_error error;

		decode_error(json, &error);
		if (error.failed != rows[i].failed)
			fail_msg("%s: failed is %d", rows[i].doc, error.failed);
		assert_string_equal(error.code, rows[i].code);
		assert_string_equal(error.message, rows[i].message);
		assert_string_equal(error.request_id, rows[i].request_id);
		json_free(json);
	}
}

static void long_error_texts_are_cut_at_a_character(void **state)
{
	struct decode_error error;
	struct json *json;
	struct buf doc;
	int i;

	buf_init(&doc, BUF_MAX);
	buf_adds(&doc, "{\"error_code\":\"");
	for (i = 0; i < 100; i++)
		buf_adds(&doc, "错");
	buf_adds(&doc, "\",\"error_msg\":\"a");
	for (i = 0; i < 100; i++)
		buf_adds(&doc, "误");
	buf_adds(&doc, "\"}");
	json = parse(doc.data);
	decode_error(json, &error);
	assert_int_equal(strlen(error.code), 63);
	assert_int_equal(strlen(error.message), 157); /* one more character would need 160 + NUL */
	assert_true(text_valid(error.message, strlen(error.message)));
	json_free(json);
	buf_done(&doc);
}

static void log_answers_have_defaults(void **state)
{
	static const struct {
		const char *doc, *start, *end;
		bool ok, has_more;
	} rows[] = {
		{"{\"has_more\":true,\"start_offset\":5,\"end_offset\":\"9\",\"log\":\"\"}", "5", "9", true, true},
		{"{\"has_more\":\"true\",\"end_offset\":9223372036854775808}", NULL, "9223372036854775808", true, true},
		{"{\"log\":null,\"start_offset\":null}", NULL, NULL, true, false},
		{"{\"log\":[],\"end_offset\":1.5,\"has_more\":null}", NULL, "1.5", true, false},
		{"{\"end_offset\":-3}", NULL, "-3", true, false},
		{"{}", NULL, NULL, false, false},
		{"[]", NULL, NULL, false, false},
		{"\"log\"", NULL, NULL, false, false},
	};
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		struct json *json = parse(rows[i].doc);
		struct decode_log log;
		struct err err = {0};

		assert_int_equal(decode_log(json, &log, &err), rows[i].ok);
		assert_int_equal(err.kind, rows[i].ok ? ERR_NONE : ERR_PARSE);
		assert_true(text_same(log.start, rows[i].start));
		assert_true(text_same(log.end, rows[i].end));
		assert_int_equal(log.has_more, rows[i].has_more);
		decode_log_done(&log);
		json_free(json);
	}
}

/* ---- every field of the wrong type, absent, or null ---- */

#define WRONG 7 /* six types and "absent" */

static cJSON *wrong_value(int kind)
{
	switch (kind) {
	case 0:
		return cJSON_CreateNull();
	case 1:
		return cJSON_CreateTrue();
	case 2:
		return cJSON_CreateNumber(-1.5);
	case 3:
		return cJSON_CreateString("\x1B]0;x\x07");
	case 4:
		return cJSON_CreateArray();
	case 5:
		return cJSON_CreateObject();
	default:
		return NULL;
	}
}

/* The n-th item below `item`, depth first, and what holds it; *left counts down to it. */
static cJSON *nth_below(cJSON *item, size_t *left, cJSON **parent)
{
	cJSON *child, *found;

	cJSON_ArrayForEach(child, item) {
		*parent = item;
		if ((*left)-- == 0)
			return child;
		found = nth_below(child, left, parent);
		if (found)
			return found;
	}
	return NULL;
}

/* Puts a wrong value in the place of the n-th item; false when there are fewer. */
static bool spoil(cJSON *root, size_t n, int kind)
{
	cJSON *parent, *item = nth_below(root, &n, &parent), *value;

	if (!item)
		return false;
	value = wrong_value(kind);
	if (!value)
		cJSON_Delete(cJSON_DetachItemViaPointer(parent, item));
	else if (item->string)
		cJSON_ReplaceItemInObjectCaseSensitive(parent, item->string, value);
	else
		cJSON_ReplaceItemViaPointer(parent, item, value);
	return true;
}

static void decode_anything(const char *text)
{
	struct json *json = json_parse(text, strlen(text), NULL, NULL, NULL, NULL);
	struct decode_error error;
	struct decode_page page;
	struct decode_log log;
	struct pipeline *pipelines;
	struct step_outputs *outputs;
	struct run *runs, run;
	size_t n, n_dropped;
	int64_t now;

	if (!json)
		return;
	decode_error(json, &error);
	decode_pipelines(json, CHINA, &pipelines, &n, &page, NULL);
	free_pipelines(pipelines, n);
	decode_pipelines_v3(json, CHINA, &pipelines, &n, &page, NULL);
	free_pipelines(pipelines, n);
	decode_runs(json, CHINA, &runs, &n, &page, NULL);
	free_runs(runs, n);
	if (decode_detail(json, CHINA, &run, NULL, NULL, NULL))
		run_done(&run);
	decode_log(json, &log, NULL);
	decode_log_done(&log);
	if (decode_outputs(json, &outputs, &n, &now, &n_dropped, NULL))
		decode_outputs_free(outputs, n);
	json_free(json);
}

static void no_field_of_the_wrong_type_harms(void **state)
{
	static const char *const names[] = {
		"fixtures/v5-run-detail.json",	       "fixtures/v5-pipelines-list.json",
		"fixtures/v5-batch-status.json",       "fixtures/v5-pipeline-runs-list.json",
		"fixtures/v3-pipelines-list.json",     "fixtures/v5-step-logs.json",
		"fixtures/v5-step-outputs.json",
	};
	size_t i, n;
	int kind;

	for (i = 0; i < LENGTH(names); i++) {
		char *text = test_file(names[i], NULL);
		bool more = true;

		for (n = 0; more; n++) {
			for (kind = 0; kind < WRONG && more; kind++) {
				cJSON *root = cJSON_Parse(text);
				char *spoilt;

				more = spoil(root, n, kind);
				spoilt = cJSON_PrintUnformatted(root);
				decode_anything(spoilt);
				cJSON_free(spoilt);
				cJSON_Delete(root);
			}
		}
		assert_true(n > 6);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_documentations_v3_list_is_read_exactly),
		cmocka_unit_test(the_documentations_run_list_is_read_exactly),
		cmocka_unit_test(the_documentations_log_is_lifted_and_its_tokens_are_text),
		cmocka_unit_test(pipelines_come_with_their_latest_run),
		cmocka_unit_test(batch_status_keeps_only_what_says_whose_it_is),
		cmocka_unit_test(a_detail_is_a_tree_in_order),
		cmocka_unit_test(a_gate_says_who_and_how_long_and_nothing_else_is_kept),
		cmocka_unit_test(gate_inputs_have_many_shapes),
		cmocka_unit_test(a_review_tells_its_instruction_and_how_many_must_agree),
		cmocka_unit_test(a_child_may_be_of_another_project_and_its_task_of_a_version),
		cmocka_unit_test(outputs_have_values_of_any_type),
		cmocka_unit_test(outputs_that_are_none_are_an_error),
		cmocka_unit_test(an_output_that_is_too_long_has_no_value),
		cmocka_unit_test(a_detail_names_its_pipeline_and_project),
		cmocka_unit_test(times_come_in_any_of_their_shapes),
		cmocka_unit_test(sequences_order_and_their_absence_keeps_the_place),
		cmocka_unit_test(the_branch_follows_the_build_type),
		cmocka_unit_test(an_id_longer_than_4_kib_is_none),
		cmocka_unit_test(a_list_that_is_none_is_an_error_and_null_is_empty),
		cmocka_unit_test(counts_that_lie_are_not_said),
		cmocka_unit_test(every_error_shape_is_found),
		cmocka_unit_test(long_error_texts_are_cut_at_a_character),
		cmocka_unit_test(log_answers_have_defaults),
		cmocka_unit_test(no_field_of_the_wrong_type_harms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
