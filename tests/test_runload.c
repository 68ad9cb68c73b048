/* SPDX-License-Identifier: MIT */
/* What a plan of a run is read from, with every order of answers, and given up at any time. */
#include "test.h"

#include "../src/app/runload.h"
#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"
#include "fake.h"

#define PROJECT "aaaaaaaa000000000000000000000001"
#define PIPELINE "bbbbbbbb000000000000000000000001"
#define RUN "cccccccc000000000000000000000001"

static const char plan_json[] =
	"{\"id\":\"" PIPELINE "\",\"name\":\"checkout-api\",\"banned\":false,"
	"\"sources\":[{\"type\":\"code\",\"params\":{\"default_branch\":\"master\"}}],"
	"\"definition\":\"{\\\"stages\\\":[{\\\"name\\\":\\\"build\\\",\\\"identifier\\\":\\\"st-"
	"1\\\",\\\"jobs\\\":"
	"[{\\\"name\\\":\\\"compile\\\",\\\"identifier\\\":\\\"JOB_1\\\"}]}]}\"}";
static const char asks_json[] = "{\"offset\":0,\"limit\":100,\"total\":1,\"variables\":[{\"name\":"
				"\"VERSION\",\"type\":\"string\",\"value\":\"1.0\"}]}";
static const char runs_json[] =
	"{\"offset\":0,\"limit\":1,\"total\":1,\"pipeline_runs\":[{\"pipeline_id\":\"" PIPELINE
	"\",\"pipeline_run_id\":\"" RUN "\",\"run_number\":7,\"status\":\"COMPLETED\"}]}";
static const char last_json[] = "[{\"name\":\"VERSION\",\"type\":\"string\",\"value\":\"1.9\"}]";

struct scene {
	struct fake *fake;
	struct session *session;
	struct budget budget;
	struct runload *load;
	int over;
	struct err err;
	char note[200];
	struct runplan plan; /* taken */
};

static void over(void *self, const struct err *err, const char *note)
{
	struct scene *s = self;

	s->over++;
	s->err = *err;
	snprintf(s->note, sizeof(s->note), "%s", note);
	s->plan = *runload_plan(s->load);
	memset(runload_plan(s->load), 0, sizeof(s->plan));
	runload_free(s->load); /* as its users do */
	s->load = NULL;
}

static void scene_open(struct scene *s, bool defaults, const char *pipeline)
{
	*s = (struct scene){.fake = fake_new()};
	s->session = session_new(
		fake_transport(s->fake),
		&(struct session_options){.endpoint = "https://pipe.example.com", .token = "t"},
		NULL);
	budget_init(&s->budget, 120, 20, 1000);
	s->load = runload_new(&(struct runload_options){.session = s->session,
							.budget = &s->budget,
							.defaults = defaults,
							.project_id = PROJECT,
							.pipeline_id = pipeline},
			      over, s);
	runload_start(s->load);
}

static void scene_close(struct scene *s)
{
	runload_free(s->load);
	runplan_done(&s->plan);
	session_free(s->session);
	fake_free(s->fake);
}

static void answer_all(struct scene *s)
{
	fake_answer(s->fake, "/list-runtime-vars", 200, asks_json);
	fake_answer(s->fake, "/pipeline-runs/list", 200, runs_json);
	fake_answer(s->fake, "/run-variables", 200, last_json);
	fake_answer(s->fake, "/pipelines/" PIPELINE, 200, plan_json);
	while (fake_deliver(s->fake))
		;
}

static void all_of_it_makes_a_plan(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, false, PIPELINE);
	answer_all(&s);
	assert_int_equal(s.over, 1);
	assert_int_equal(s.err.kind, ERR_NONE);
	assert_string_equal(s.note, "");
	assert_string_equal(s.plan.name, "checkout-api");
	assert_int_equal(s.plan.n_parts, 2);
	assert_string_equal(s.plan.branch, "master");
	assert_int_equal(s.plan.n_variables, 1);
	assert_string_equal(s.plan.values[0].text, "1.9");
	assert_int_equal(s.plan.values[0].origin, PLAN_LAST);
	assert_int_equal(fake_count(s.fake), 4);
	scene_close(&s);
}

/* Which of the questions that are out is about `match`? */
static uint64_t question(const struct scene *s, const char *match)
{
	size_t i;

	for (i = 0; i < fake_count(s->fake); i++)
		if (strstr(fake_request(s->fake, i)->url, match) &&
		    !fake_request(s->fake, i)->answered)
			return fake_request(s->fake, i)->id;
	return 0;
}

static void the_order_of_the_answers_does_not_matter(void **state)
{
	static const char *const matches[] = {"", "/list-runtime-vars", "/pipeline-runs/list",
					      "/run-variables"};
	static const int orders[][4] = {{0, 1, 2, 3}, {2, 3, 1, 0}, {1, 2, 3, 0},
					{2, 1, 3, 0}, {2, 3, 0, 1}, {2, 0, 1, 3}};
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		struct scene s;

		scene_open(&s, false, PIPELINE);
		fake_answer(s.fake, "/list-runtime-vars", 200, asks_json);
		fake_answer(s.fake, "/pipeline-runs/list", 200, runs_json);
		fake_answer(s.fake, "/run-variables", 200, last_json);
		fake_answer(s.fake, "/pipelines/" PIPELINE, 200, plan_json);
		for (k = 0; k < 4; k++) {
			uint64_t id = orders[i][k] == 0 ? fake_request(s.fake, 0)->id
							: question(&s, matches[orders[i][k]]);

			assert_int_equal(s.over, 0);
			assert_true(fake_deliver_one(s.fake, id));
		}
		assert_int_equal(s.over, 1);
		assert_string_equal(s.plan.values[0].text, "1.9");
		assert_int_equal(s.plan.n_parts, 2);
		scene_close(&s);
	}
}

static void variables_are_read_page_by_page(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, true, PIPELINE);
	fake_answer(
		s.fake, "/list-runtime-vars?offset=0", 200,
		"{\"total\":3,\"variables\":[{\"name\":\"A\",\"type\":\"string\",\"value\":\"1\"},"
		"{\"name\":\"B\",\"type\":\"string\",\"value\":\"2\"}]}");
	fake_answer(s.fake, "/list-runtime-vars?offset=2", 200,
		    "{\"total\":3,\"variables\":[{\"name\":\"C\",\"type\":\"string\",\"value\":"
		    "\"3\"}]}");
	fake_answer(s.fake, "/pipelines/" PIPELINE, 200, plan_json);
	while (fake_deliver(s.fake))
		;
	assert_int_equal(s.over, 1);
	assert_int_equal(s.plan.n_variables, 3);
	assert_string_equal(s.plan.variables[2].name, "C");
	assert_int_equal(fake_count(s.fake), 3); /* the last run is not looked at */
	scene_close(&s);
}

/* A service that always says that there is more is not asked for ever. */
static bool one_more(void *self, const struct fake_request *request, struct fake_reply *reply)
{
	(void)self;
	reply->body = strstr(request->url, "/list-runtime-vars")
			      ? "{\"total\":1000000,\"variables\":[{\"name\":\"A\",\"type\":"
				"\"string\",\"value\":\"1\"}]}"
			      : plan_json;
	return true;
}

static void pages_without_end_have_one(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, true, PIPELINE);
	fake_on(s.fake, one_more, NULL);
	while (fake_deliver(s.fake))
		;
	assert_int_equal(s.over, 1);
	assert_int_equal(s.plan.n_variables, 1000);
	scene_close(&s);
}

static void what_the_last_run_had_is_no_more_than_a_help(void **state)
{
	static const char *const fails[] = {"/pipeline-runs/list", "/run-variables"};
	struct scene s;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		scene_open(&s, false, PIPELINE);
		fake_answer(s.fake, fails[i], 403,
			    "{\"error_code\":\"X.1\",\"error_msg\":\"may not\"}");
		answer_all(&s);
		assert_int_equal(s.over, 1);
		assert_int_equal(s.err.kind, ERR_NONE);
		assert_non_null(strstr(s.note, "what the last run had could not be read"));
		assert_string_equal(s.plan.values[0].text, "1.0");
		scene_close(&s);
	}
}

static void a_pipeline_that_never_ran_has_no_last_run(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, false, PIPELINE);
	fake_answer(s.fake, "/pipeline-runs/list", 200, "{\"total\":0,\"pipeline_runs\":[]}");
	answer_all(&s);
	assert_int_equal(s.over, 1);
	assert_string_equal(s.note, "");
	assert_int_equal(s.plan.values[0].origin, PLAN_DEFAULT);
	assert_int_equal(fake_count(s.fake), 3);
	scene_close(&s);
}

static void without_the_pipeline_or_its_variables_there_is_no_plan(void **state)
{
	static const char *const fails[] = {"/list-runtime-vars", "/pipelines/" PIPELINE};
	struct scene s;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		scene_open(&s, true, PIPELINE);
		/* The first queued answer is the first question's: the pipeline itself is asked for
		 * first. */
		fake_reply(s.fake,
			   &(struct fake_reply){
				   .match = fails[i],
				   .status = 500,
				   .body = "{\"error_code\":\"X.2\",\"error_msg\":\"broken\"}"});
		if (i == 0)
			fake_deliver_one(s.fake, question(&s, "/list-runtime-vars"));
		answer_all(&s);
		assert_int_equal(s.over, 1);
		assert_int_not_equal(s.err.kind, ERR_NONE);
		scene_close(&s);
	}
}

static void an_id_that_cannot_stand_in_a_url_ends_it_at_once(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, false, "../..");
	assert_int_equal(s.over, 1);
	assert_int_equal(s.err.kind, ERR_INPUT);
	assert_int_equal(fake_count(s.fake), 0);
	scene_close(&s);
}

static void it_is_given_up_at_any_time(void **state)
{
	int answers;

	(void)state;
	for (answers = 0; answers < 4; answers++) {
		struct scene s;
		int i;

		scene_open(&s, false, PIPELINE);
		fake_answer(s.fake, "/pipeline-runs/list", 200, runs_json);
		fake_answer(s.fake, "/list-runtime-vars", 200, asks_json);
		fake_answer(s.fake, "/pipelines/" PIPELINE, 200, plan_json);
		for (i = 0; i < answers; i++)
			fake_deliver_one(s.fake, fake_request(s.fake, (size_t)(2 - i % 3))->id);
		runload_free(s.load);
		s.load = NULL;
		assert_int_equal(s.over, 0);
		assert_int_equal(fake_pending(s.fake), 0);
		scene_close(&s);
	}
}

static void its_reads_are_counted(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, false, PIPELINE);
	answer_all(&s);
	assert_true(s.budget.polls.tokens < s.budget.polls.burst - 3);
	scene_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_it_makes_a_plan),
		cmocka_unit_test(the_order_of_the_answers_does_not_matter),
		cmocka_unit_test(variables_are_read_page_by_page),
		cmocka_unit_test(pages_without_end_have_one),
		cmocka_unit_test(what_the_last_run_had_is_no_more_than_a_help),
		cmocka_unit_test(a_pipeline_that_never_ran_has_no_last_run),
		cmocka_unit_test(without_the_pipeline_or_its_variables_there_is_no_plan),
		cmocka_unit_test(an_id_that_cannot_stand_in_a_url_ends_it_at_once),
		cmocka_unit_test(it_is_given_up_at_any_time),
		cmocka_unit_test(its_reads_are_counted),
	};

	return cmocka_run_group_tests_name("runload", tests, NULL, NULL);
}
