/* SPDX-License-Identifier: MIT */
/* What a run is to be started with: from answers and words to one order, and what is told of it. */
#include "test.h"

#include <locale.h>

#include "../src/app/runplan.h"
#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/vault.h"

#define SECRET "s3cr3t-Passw0rd"
#define SOURCES                                                                         \
	"[ {\"type\":\"artifact\",\"params\":{}},\n  {\"type\" : \"code\", \"x-big\": " \
	"12345678901234567890, \"params\": "                                            \
	"{\"git_type\":\"codehub\",\"git_url\":\"https://h/a\\u002fb.git\", "           \
	"\"default_branch\":\"master\" } }, "                                           \
	"{\"type\":\"code\",\"params\":{\"git_url\":\"second\"}} ]"

#define S(text) ((char[]){text}) /* what a struct variable owns is no constant */

static char *regions[] = {S("cn-north-4"), S("cn-east-3"), NULL};

static const struct variable asked[] = {
	{.name = S("VERSION"),
	 .type = VARIABLE_STRING,
	 .value = S("1.0"),
	 .description = S("what is built")},
	{.name = S("REGION"),
	 .type = VARIABLE_ENUM,
	 .value = S("cn-north-4"),
	 .limits = regions,
	 .n_limits = 2},
	{.name = S("BUILD"), .type = VARIABLE_INCREMENT, .value = S("7"), .latest = S("12")},
	{.name = S("KEY"),
	 .type = VARIABLE_STRING,
	 .value = S("shown-by-the-service"),
	 .secret = true},
	{.name = S("NOTE"), .type = VARIABLE_STRING},
};
#define ASKED (sizeof(asked) / sizeof(asked[0]))

static const struct api_plan_item items[] = {
	{"st_build", "构建", NULL}, {"JOB_a", "compile", "st_build"}, {"JOB_b", "lint", "st_build"},
	{"st_test", "测试", NULL},  {"JOB_c", "unit", "st_test"},     {"JOB_d", "lint", "st_test"},
	{"st_empty", "wait", NULL},
};

static void fill(struct runplan *plan)
{
	runplan_init(plan, "shop", "checkout");
	runplan_take_pipeline(plan, &(struct api_plan){.name = S("checkout-api"),
						       .items = items,
						       .n = 7,
						       .sources_json = SOURCES,
						       .branch = "master"});
	runplan_add_variables(plan, asked, ASKED);
}

/* "VERSION=2 REGION=... | stages a,b | jobs c | sources" of an order. */
static void tell(const struct runplan *plan, struct buf *out)
{
	struct runplan_order order;
	struct err err = {0};
	size_t i;

	if (!runplan_order(plan, &order, &err))
		buf_addf(out, "(%s)", err.text);
	for (i = 0; i < order.order.n_variables; i++)
		buf_addf(out, "%s=%s ", order.order.variables[i].name,
			 order.order.variables[i].value);
	for (i = 0; i < order.order.n_stages; i++)
		buf_addf(out, "stage:%s ", order.order.stages[i]);
	for (i = 0; i < order.order.n_jobs; i++)
		buf_addf(out, "job:%s ", order.order.jobs[i]);
	buf_adds(out, text_or_empty(order.order.sources_json));
	runplan_order_done(&order);
}

static void gives(const struct runplan *plan, const char *want)
{
	struct buf got;

	buf_init(&got, BUF_MAX);
	tell(plan, &got);
	while (got.len && got.data[got.len - 1] == ' ')
		buf_truncate(&got, got.len - 1);
	assert_string_equal(got.data, want);
	buf_done(&got);
}

/* ---- variables ---- */

static void what_nobody_said_is_left_to_the_service(void **state)
{
	struct runplan plan;

	(void)state;
	fill(&plan);
	gives(&plan, "");
	runplan_done(&plan);
}

static void a_word_sets_one_variable(void **state)
{
	static const struct {
		const char *word, *order, *says; /* says: in the failure, NULL: it is taken */
	} rows[] = {
		{"VERSION=2.5", "VERSION=2.5", NULL},
		{"VERSION=1.0", "VERSION=1.0", NULL}, /* said is said, also the default */
		{"VERSION=a=b c", "VERSION=a=b c", NULL},
		{"VERSION=", "VERSION=", NULL},
		{"REGION=cn-east-3", "REGION=cn-east-3", NULL},
		{"REGION=cn-east-4", "", "cn-east-3"},
		{"BUILD=100", "BUILD=100", NULL},
		{"BUILD=next", "", "BUILD"},
		{"KEY=" SECRET, "KEY=" SECRET, NULL},
		{"VERSON=2", "", "VERSION"},
		{"VERSION", "", "VERSION"},
		{"=2", "", "NAME=VALUE"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct runplan plan;
		struct err err = {0};

		fill(&plan);
		assert_int_equal(runplan_assign(&plan, rows[i].word, &err), !rows[i].says);
		if (rows[i].says && !strstr(err.text, rows[i].says))
			fail_msg("%s: \"%s\" does not say %s", rows[i].word, err.text,
				 rows[i].says);
		gives(&plan, rows[i].order);
		runplan_done(&plan);
	}
}

static void the_last_runs_values_are_the_ones_to_begin_with(void **state)
{
	const struct variable last[] = {
		{.name = S("VERSION"), .value = S("1.9")},
		{.name = S("REGION"), .value = S("ap-gone-1")}, /* no longer allowed */
		{.name = S("BUILD"), .value = S("12")},		/* counts on by itself */
		{.name = S("KEY"), .value = S("last-key-as-sent")},
		{.name = S("STRANGER"), .value = S("1")},
	};
	const struct variable same = {.name = S("VERSION"), .value = S("1.0")};
	struct runplan plan;

	(void)state;
	fill(&plan);
	runplan_take_last(&plan, last, 5);
	gives(&plan, "VERSION=1.9");
	assert_int_equal(plan.values[0].origin, PLAN_LAST);
	assert_int_equal(plan.values[1].origin, PLAN_DEFAULT);
	assert_null(plan.values[3].text);
	runplan_take_last(&plan, &same, 1);
	assert_int_equal(plan.values[0].origin,
			 PLAN_DEFAULT); /* that is the default: nothing to send */
	gives(&plan, "");
	runplan_done(&plan);
}

static void what_was_typed_stays_when_the_last_run_comes_later(void **state)
{
	const struct variable last = {.name = S("VERSION"), .value = S("1.9")};
	struct runplan plan;

	(void)state;
	fill(&plan);
	assert_true(runplan_assign(&plan, "VERSION=3", NULL));
	runplan_take_last(&plan, &last, 1);
	gives(&plan, "VERSION=3");
	runplan_reset(&plan, 0);
	gives(&plan, "");
	runplan_done(&plan);
}

static void the_service_may_say_the_last_value_itself(void **state)
{
	const struct variable told = {.name = S("VERSION"),
				      .type = VARIABLE_STRING,
				      .value = S("1.0"),
				      .latest = S("1.8")};
	struct runplan plan;

	(void)state;
	runplan_init(&plan, "shop", "checkout");
	runplan_add_variables(&plan, &told, 1);
	assert_int_equal(plan.values[0].origin, PLAN_LAST);
	gives(&plan, "VERSION=1.8");
	runplan_done(&plan);
	runplan_init(&plan, "shop", "checkout");
	plan.defaults = true; /* nobody wants that now */
	runplan_add_variables(&plan, &told, 1);
	runplan_take_last(&plan, &told, 1);
	gives(&plan, "");
	runplan_done(&plan);
}

static void what_has_no_value_is_listed_with_what_it_takes(void **state)
{
	const struct variable more = {.name = S("ZONE"),
				      .type = VARIABLE_ENUM,
				      .limits = regions,
				      .n_limits = 2,
				      .description = S("where")};
	struct runplan plan;
	struct err err = {0};
	struct buf missing;

	(void)state;
	buf_init(&missing, BUF_MAX);
	fill(&plan);
	assert_false(runplan_complete(&plan, &missing, &err));
	assert_string_equal(err.text,
			    "NOTE has no value and no default: give it with -p NOTE=VALUE");
	runplan_add_variables(&plan, &more, 1);
	buf_clear(&missing);
	assert_false(runplan_complete(&plan, &missing, &err));
	assert_string_equal(missing.data,
			    "NOTE: text\nZONE: one of cn-north-4, cn-east-3: where\n");
	assert_non_null(strstr(err.text, "2 variables"));
	assert_true(runplan_assign(&plan, "NOTE=", NULL)); /* an empty value is a value */
	assert_true(runplan_assign(&plan, "ZONE=cn-east-3", NULL));
	buf_clear(&missing);
	assert_true(runplan_complete(&plan, &missing, &err));
	assert_string_equal(missing.data, "");
	runplan_done(&plan);
	buf_done(&missing);
}

static void without_variables_a_word_is_told_so(void **state)
{
	struct runplan plan;
	struct err err = {0};

	(void)state;
	runplan_init(&plan, "shop", "checkout");
	runplan_take_pipeline(
		&plan,
		&(struct api_plan){.name = S("checkout-api"), .sources_json = "", .branch = ""});
	assert_false(runplan_assign(&plan, "A=1", &err));
	assert_non_null(strstr(err.text, "asks for no variables"));
	runplan_done(&plan);
}

/* ---- secrets ---- */

static void a_secret_is_sent_and_nowhere_told(void **state)
{
	struct runplan plan;
	struct buf told;

	(void)state;
	buf_init(&told, BUF_MAX);
	fill(&plan);
	assert_true(runplan_assign(&plan, "KEY=" SECRET, NULL));
	assert_true(vault_found(SECRET, strlen(SECRET)));
	gives(&plan, "KEY=" SECRET);
	runplan_detail(&plan, &told);
	assert_string_equal(told.data, "variables KEY");
	buf_clear(&told);
	runplan_summary(&plan, &told);
	assert_null(strstr(told.data, SECRET));
	assert_null(strstr(told.data, "shown-by-the-service"));
	assert_non_null(strstr(told.data, "KEY = ********"));
	assert_true(
		runplan_assign(&plan, "KEY=another-secret", NULL)); /* the first one is let go */
	assert_false(vault_found(SECRET, strlen(SECRET)));
	runplan_done(&plan);
	assert_false(vault_found("another-secret", strlen("another-secret")));
	buf_done(&told);
}

/* ---- stages and jobs ---- */

static void stages_and_jobs_are_chosen_by_identifier_or_name(void **state)
{
	static const struct {
		const char *stages[3], *jobs[3], *order;
		const char *says; /* in the last failure */
	} rows[] = {
		{{"st_build"}, {NULL}, "stage:st_build", NULL},
		{{"构建"}, {NULL}, "stage:st_build", NULL},
		{{"构建", "wait"}, {NULL}, "stage:st_build stage:st_empty", NULL},
		{{"构建", "测试", "wait"},
		 {NULL},
		 "",
		 NULL}, /* all of them: as if nothing had been said */
		{{NULL}, {"compile"}, "job:JOB_a", NULL},
		{{NULL}, {"compile", "JOB_b"}, "stage:st_build", NULL}, /* that is the stage */
		{{"测试"}, {"compile"}, "job:JOB_a job:JOB_c job:JOB_d", NULL},
		{{NULL},
		 {"lint"},
		 "",
		 "2 jobs are called 'lint': give the identifier, such as JOB_b"},
		{{NULL}, {"构建"}, "", "no job is called '构建'"},
		{{"bulid"}, {NULL}, "", "no stage is called 'bulid'"},
		{{"st_biuld"}, {NULL}, "", "did you mean st_build?"},
		{{NULL}, {"unti"}, "", "did you mean unit?"},
	};
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct runplan plan;
		struct err err = {0};
		bool ok = true;

		fill(&plan);
		for (k = 0; k < 3 && rows[i].stages[k]; k++)
			ok &= runplan_choose(&plan, true, rows[i].stages[k], &err);
		for (k = 0; k < 3 && rows[i].jobs[k]; k++)
			ok &= runplan_choose(&plan, false, rows[i].jobs[k], &err);
		assert_int_equal(ok, !rows[i].says);
		if (rows[i].says && !strstr(err.text, rows[i].says))
			fail_msg("\"%s\" does not say %s", err.text, rows[i].says);
		gives(&plan, rows[i].order);
		runplan_done(&plan);
	}
}

static void ticks_of_stages_and_jobs_go_together(void **state)
{
	struct runplan plan;

	(void)state;
	fill(&plan);
	assert_int_equal(runplan_share(&plan, 0), PLAN_ALL);
	runplan_choose_at(&plan, 1, false);
	assert_int_equal(runplan_share(&plan, 0), PLAN_SOME);
	gives(&plan, "job:JOB_b job:JOB_c job:JOB_d");
	runplan_choose_at(&plan, 2, false);
	assert_int_equal(runplan_share(&plan, 0), PLAN_NONE);
	gives(&plan, "stage:st_test stage:st_empty");
	runplan_choose_at(&plan, 0, true);
	gives(&plan, "");
	runplan_choose_at(&plan, 0, false);
	runplan_choose_at(&plan, 3, false);
	runplan_choose_at(&plan, 6, false);
	gives(&plan, "(no stage and no job is chosen: nothing would run)");
	runplan_done(&plan);
}

static void a_definition_that_cannot_be_read_can_be_run_whole(void **state)
{
	struct runplan plan;
	struct err err = {0};

	(void)state;
	runplan_init(&plan, "shop", "checkout");
	runplan_take_pipeline(&plan, &(struct api_plan){.name = S("checkout-api"),
							.odd_definition = true,
							.sources_json = "",
							.branch = ""});
	gives(&plan, "");
	assert_false(runplan_choose(&plan, true, "build", &err));
	assert_non_null(strstr(err.text, "can only be run whole"));
	gives(&plan, "");
	runplan_done(&plan);
}

/* ---- branch and tag ---- */

#define FIRST                                                                           \
	"[ {\"type\":\"artifact\",\"params\":{}},\n  {\"type\" : \"code\", \"x-big\": " \
	"12345678901234567890, \"params\": "
#define PARAMS                                                                \
	"{\"git_type\":\"codehub\",\"git_url\":\"https://h/a\\u002fb.git\", " \
	"\"default_branch\":\"master\" "
#define LAST " }, {\"type\":\"code\",\"params\":{\"git_url\":\"second\"}} ]"

static void the_branch_is_put_into_the_sources_and_nothing_else_changes(void **state)
{
	struct runplan plan;

	(void)state;
	fill(&plan);
	assert_true(runplan_revision(&plan, PLAN_BRANCH, "feature/购物车", NULL));
	gives(&plan,
	      FIRST PARAMS ",\"build_params\":{\"build_type\":\"branch\",\"event_type\":\"Manual\","
			   "\"target_branch\":\"feature/购物车\"}}" LAST);
	assert_true(runplan_revision(&plan, PLAN_TAG, "v1.0", NULL));
	gives(&plan, FIRST PARAMS ",\"build_params\":{\"build_type\":\"tag\",\"event_type\":"
				  "\"Manual\",\"tag\":\"v1.0\"}}" LAST);
	assert_true(runplan_revision(&plan, PLAN_AS_IT_IS, NULL, NULL));
	gives(&plan, "");
	runplan_done(&plan);
}

static void sources_of_every_shape_take_a_branch(void **state)
{
#define BUILT                                                                                      \
	"\"build_params\":{\"build_type\":\"branch\",\"event_type\":\"Manual\",\"target_branch\":" \
	"\"main\"}"
	static const struct {
		const char *sources, *order; /* order NULL: refused */
	} rows[] = {
		{"[{\"type\":\"code\",\"params\":{}}]",
		 "[{\"type\":\"code\",\"params\":{" BUILT "}}]"},
		{"[{\"type\":\"code\",\"params\":null}]",
		 "[{\"type\":\"code\",\"params\":{" BUILT "}}]"},
		{"[{\"type\":\"code\"}]", "[{\"type\":\"code\",\"params\":{" BUILT "}}]"},
		{"[{\"type\":\"code\",\"params\":{\"build_params\":{\"build_type\":\"tag\",\"tag\":"
		 "\"v9\"},\"z\":1}}]",
		 "[{\"type\":\"code\",\"params\":{" BUILT ",\"z\":1}}]"},
		{"[{\"type\":\"code\",\"params\":{\"build_params\":null}}]",
		 "[{\"type\":\"code\",\"params\":{" BUILT "}}]"},
		{"[{\"type\":\"artifact\",\"params\":{}}]", NULL},
		{"[]", NULL},
		{"", NULL},
		{"[", NULL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct runplan plan;
		struct err err = {0};

		runplan_init(&plan, "shop", "checkout");
		runplan_take_pipeline(&plan, &(struct api_plan){.name = S("checkout-api"),
								.branch = "",
								.sources_json = rows[i].sources});
		assert_int_equal(runplan_has_code(&plan), rows[i].order != NULL);
		assert_int_equal(runplan_revision(&plan, PLAN_BRANCH, "main", &err),
				 rows[i].order != NULL);
		gives(&plan, text_or_empty(rows[i].order));
		if (!rows[i].order)
			assert_non_null(strstr(err.text, "no code source"));
		runplan_done(&plan);
	}
}

static void what_can_be_no_branch_is_refused_here(void **state)
{
	static const char *const bad[] = {"",	"a b", "a..b", "-x", "/x", "x/",   "a\nb", "a~1",
					  "a^", "a:b", "a?",   "a*", "a[", "a\\b", "\xff"};
	static const char *const good[] = {"main", "feature/x-1", "发布/2026",
					   "a\"b", "v1.0.0",	  "@"};
	struct runplan plan;
	size_t i;

	(void)state;
	fill(&plan);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(runplan_revision(&plan, PLAN_BRANCH, bad[i], NULL));
	assert_int_equal(plan.revision, PLAN_AS_IT_IS);
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(runplan_revision(&plan, PLAN_BRANCH, good[i], NULL));
	runplan_done(&plan);
}

/* ---- description, detail, summary ---- */

static void a_description_is_at_most_1024_characters(void **state)
{
	struct runplan plan;
	struct runplan_order order;
	struct err err = {0};
	struct buf text;
	int i;

	(void)state;
	buf_init(&text, BUF_MAX);
	fill(&plan);
	for (i = 0; i < 1024; i++)
		buf_adds(&text, "发");
	assert_true(runplan_describe(&plan, text.data, NULL));
	assert_true(runplan_order(&plan, &order, NULL));
	assert_string_equal(order.order.description, text.data);
	runplan_order_done(&order);
	buf_adds(&text, "x");
	assert_false(runplan_describe(&plan, text.data, &err));
	assert_non_null(strstr(err.text, "1025 characters"));
	assert_false(runplan_describe(&plan, "\xc3", NULL));
	assert_true(runplan_describe(&plan, "", NULL));
	assert_null(plan.description);
	runplan_done(&plan);
	buf_done(&text);
}

static void the_audit_log_gets_names_and_no_values(void **state)
{
	struct runplan plan;
	struct buf told;

	(void)state;
	buf_init(&told, BUF_MAX);
	fill(&plan);
	runplan_detail(&plan, &told);
	assert_string_equal(told.data, "");
	assert_true(runplan_assign(&plan, "VERSION=2.5", NULL));
	assert_true(runplan_assign(&plan, "KEY=" SECRET, NULL));
	assert_true(runplan_revision(&plan, PLAN_TAG, "v1", NULL));
	assert_true(runplan_choose(&plan, true, "构建", NULL));
	runplan_detail(&plan, &told);
	assert_string_equal(told.data, "variables VERSION, KEY; tag v1; stages st_build");
	runplan_done(&plan);
	buf_done(&told);
}

static void the_operator_is_told_each_value_and_where_it_is_from(void **state)
{
	const struct variable last = {.name = S("VERSION"), .value = S("1.9")};
	struct runplan plan;
	struct buf told;

	(void)state;
	buf_init(&told, BUF_MAX);
	fill(&plan);
	runplan_take_last(&plan, &last, 1);
	assert_true(runplan_assign(&plan, "NOTE=hello", NULL));
	assert_true(runplan_choose(&plan, false, "unit", NULL));
	assert_true(runplan_describe(&plan, "夜间 nightly", NULL));
	runplan_summary(&plan, &told);
	assert_string_equal(
		told.data,
		"VERSION = 1.9 (last run)\nREGION = cn-north-4 (default)\nNOTE = hello\n"
		"branch = master (default)\nonly jobs = unit\ndescription = 夜间 nightly\n");
	runplan_done(&plan);
	buf_done(&told);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_nobody_said_is_left_to_the_service),
		cmocka_unit_test(a_word_sets_one_variable),
		cmocka_unit_test(the_last_runs_values_are_the_ones_to_begin_with),
		cmocka_unit_test(what_was_typed_stays_when_the_last_run_comes_later),
		cmocka_unit_test(the_service_may_say_the_last_value_itself),
		cmocka_unit_test(what_has_no_value_is_listed_with_what_it_takes),
		cmocka_unit_test(without_variables_a_word_is_told_so),
		cmocka_unit_test(a_secret_is_sent_and_nowhere_told),
		cmocka_unit_test(stages_and_jobs_are_chosen_by_identifier_or_name),
		cmocka_unit_test(ticks_of_stages_and_jobs_go_together),
		cmocka_unit_test(a_definition_that_cannot_be_read_can_be_run_whole),
		cmocka_unit_test(the_branch_is_put_into_the_sources_and_nothing_else_changes),
		cmocka_unit_test(sources_of_every_shape_take_a_branch),
		cmocka_unit_test(what_can_be_no_branch_is_refused_here),
		cmocka_unit_test(a_description_is_at_most_1024_characters),
		cmocka_unit_test(the_audit_log_gets_names_and_no_values),
		cmocka_unit_test(the_operator_is_told_each_value_and_where_it_is_from),
	};

	setlocale(LC_ALL, "");
	return cmocka_run_group_tests_name("runplan", tests, NULL, NULL);
}
