/* SPDX-License-Identifier: MIT */
/* JSON on its way from the server to --json. */
#include "test.h"

#include <unistd.h>

#include "../src/app/relay.h"
#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"

static char *relayed(const struct relay *relay, const char *json, const char *more)
{
	struct buf out;

	buf_init(&out, BUF_MAX);
	relay_object(relay, span_of(json, strlen(json)), more ? "latest_run" : NULL, more, &out);
	return out.data;
}

static void json_is_handed_on_with_our_state_and_times(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"{}", "{}"},
		{" { \"a\" : [ 1 , -2.50e3, true,null ,\"x\" ] } ", "{\"a\":[1,-2.50e3,true,null,\"x\"]}"},
		{"{\"n\":9007199254740993123}", "{\"n\":9007199254740993123}"},
		{"{\"start_time\":1678066487000}", "{\"start_time\":\"2023-03-06T01:34:47.000Z\"}"},
		{"{\"start_time\":\"1678066487000\"}", "{\"start_time\":\"2023-03-06T01:34:47.000Z\"}"},
		{"{\"start_time\":1.678066487e12}", "{\"start_time\":\"2023-03-06T01:34:47.000Z\"}"},
		{"{\"start_time\":\"2023-03-06 10:04:46\"}", "{\"start_time\":\"2023-03-06T02:04:46.000Z\"}"},
		{"{\"end_time\":0,\"update_time\":null,\"create_time\":\"\",\"enqueue_time\":-1}",
		 "{\"end_time\":null,\"update_time\":null,\"create_time\":null,\"enqueue_time\":null}"},
		{"{\"end_time\":\"yesterday\"}", "{\"end_time\":null}"},
		{"{\"pause_time\":12}", "{\"pause_time\":12}"},
		{"{\"status\":\"FAILED\"}", "{\"status\":\"FAILED\",\"state\":\"failed\"}"},
		{"{\"status\":\"BRAND_NEW\",\"state\":7}", "{\"status\":\"BRAND_NEW\",\"state\":\"unknown\"}"},
		{"{\"status\":null}", "{\"status\":null,\"state\":\"unknown\"}"},
		{"{\"a\":{\"status\":\"RUNNING\"}}", "{\"a\":{\"status\":\"RUNNING\",\"state\":\"running\"}}"},
		{"{\"inputs\":[{\"key\":\"pw\",\"value\":\"s3cret\"},{\"value\":[1]},{\"key\":\"b\",\"value\":{\"x\":1}}]}",
		 "{\"inputs\":[{\"key\":\"pw\"},{\"key\":\"b\"}]}"},
		{"{\"t\":\"a\\u001b[31m\\\"\\\\\\/\\n\"}", "{\"t\":\"a\\u001b[31m\\\"\\\\\\/\\n\"}"},
		{"{\"t\":\"raw\033esc\xc2\x9b\xe2\x80\xae\x7f\"}", "{\"t\":\"raw\\u001besc\\u009b\\u202e\\u007f\"}"},
		{"{\"t\":\"\\ud83d\\ude00 \\ud83d x \\ude00 \\u0000\"}",
		 "{\"t\":\"\\ud83d\\ude00 \\ufffd x \\ufffd \\ufffd\"}"},
		{"{\"t\":\"\xff\xe9\x98\xb6\"}", "{\"t\":\"\xef\xbf\xbd\xe9\x98\xb6\"}"},
		{"{\"a,b\":\"}]\",\"c\":{\"d\":[{}]}}", "{\"a,b\":\"}]\",\"c\":{\"d\":[{}]}}"},
	};
	struct relay relay = {.zone_offset_s = 8 * 3600};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *out = relayed(&relay, cases[i].in, NULL);

		assert_string_equal(out, cases[i].out);
		mem_free(out);
	}
}

static void v3_rows_get_the_names_of_v5(void **state)
{
	struct relay relay = {.zone_offset_s = 8 * 3600, .v3 = true};
	char *out = relayed(&relay,
			    "{\"pipeline_name\":\"w\",\"watched\":\"true\",\"latest_run\":3,\"create_time\":"
			    "\"2022-07-28 17:02:11\",\"in\":{\"pipeline_name\":1}}",
			    "\"latest_run\":null,\"state\":null");

	assert_string_equal(out, "{\"name\":\"w\",\"is_collect\":true,\"create_time\":"
				 "\"2022-07-28T09:02:11.000Z\",\"in\":{\"pipeline_name\":1},"
				 "\"latest_run\":null,\"state\":null}");
	mem_free(out);
}

static void states_come_from_the_model_by_id(void **state)
{
	char sid[] = "s1", rid[] = "r1";
	struct stage stage = {.id = sid, .state = STATE_WAITING};
	struct run run = {.id = rid, .state = STATE_WAITING, .stages = &stage, .n_stages = 1};
	struct relay relay = {.run = &run};
	char *out = relayed(&relay,
			    "{\"id\":\"r1\",\"status\":\"RUNNING\",\"stages\":[{\"id\":\"s1\",\"status\":"
			    "\"RUNNING\"},{\"status\":\"INIT\"}]}",
			    NULL);

	assert_string_equal(out, "{\"id\":\"r1\",\"status\":\"RUNNING\",\"stages\":[{\"id\":\"s1\",\"status\":"
				 "\"RUNNING\",\"state\":\"waiting\"},{\"status\":\"INIT\",\"state\":"
				 "\"not started\"}],\"state\":\"waiting\"}");
	mem_free(out);
}

/* Whatever the bytes are: nothing is read past their end (the sanitizers look on). */
static void a_step_tells_its_gate_as_long_as_it_is_open(void **state)
{
	char id[] = "e1", people[] = "li.na, \u202e\u5f20\u654f", comment[] = "say \"go\"";
	struct step step = {.id = id, .gate = GATE_REVIEW, .state = STATE_WAITING, .start_ms = 1678066487000,
			    .approvers = people, .comment = comment, .gate_timeout_ms = 900000, .gate_all = true};
	struct job job = {.steps = &step, .n_steps = 1};
	struct stage stage = {.jobs = &job, .n_jobs = 1};
	struct run run = {.stages = &stage, .n_stages = 1};
	struct relay relay = {.run = &run};
	const char *json = "{\"id\":\"e1\",\"status\":\"RUNNING\",\"gate\":7,\"x\":{\"status\":\"INIT\",\"gate\":8}}";
	char *out = relayed(&relay, json, NULL);

	assert_string_equal(out, "{\"id\":\"e1\",\"status\":\"RUNNING\",\"x\":{\"status\":\"INIT\",\"gate\":8,"
				 "\"state\":\"not started\"},\"state\":\"waiting\",\"gate\":{\"kind\":\"review\","
				 "\"since\":\"2023-03-06T01:34:47.000Z\",\"approvers\":\"li.na, \\u202e\u5f20\u654f\","
				 "\"all_approve\":true,\"deadline\":\"2023-03-06T01:49:47.000Z\",\"at_deadline\":\"reject\","
				 "\"comment\":\"say \\\"go\\\"\"}}");
	mem_free(out);
	step.gate = GATE_NONE;
	out = relayed(&relay, "{\"id\":\"e1\",\"status\":\"COMPLETED\",\"gate\":7}", NULL);
	assert_string_equal(out, "{\"id\":\"e1\",\"status\":\"COMPLETED\",\"gate\":7,\"state\":\"waiting\"}");
	mem_free(out);
	(void)state;
}

static void broken_json_is_survived(void **state)
{
	static const char alphabet[] = "{}[]\",:\\u0d8 \n1e-tn\xff\x80\xe9";
	struct relay relay = {0};
	unsigned seed = (unsigned)getpid(), round;
	char text[64];

	print_message("# seed %u\n", seed);
	srand(seed);
	for (round = 0; round < 20000; round++) {
		size_t len = (size_t)rand() % (sizeof(text) - 1), i, at = 0;
		char *exact;
		struct span element;
		struct buf out;

		text[0] = round & 1 ? '{' : '[';
		for (i = 1; i < len; i++)
			text[i] = alphabet[(size_t)rand() % (sizeof(alphabet) - 1)];
		exact = malloc(len ? len : 1);
		memcpy(exact, text, len);
		buf_init(&out, BUF_MAX);
		relay_object(&relay, span_of(exact, len), NULL, NULL, &out);
		while (span_next(span_of(exact, len), &at, &element))
			assert_true(element.at >= exact && element.at + element.len <= exact + len);
		assert_true(text_valid(out.data, out.len));
		buf_done(&out);
		free(exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_is_handed_on_with_our_state_and_times),
		cmocka_unit_test(v3_rows_get_the_names_of_v5),
		cmocka_unit_test(states_come_from_the_model_by_id),
		cmocka_unit_test(a_step_tells_its_gate_as_long_as_it_is_open),
		cmocka_unit_test(broken_json_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
