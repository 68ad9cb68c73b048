/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "core/when.h"
#include "model/group.h"
#include "model/query.h"

#define NOW INT64_C(1767312000000)
#define HOUR INT64_C(3600000)

static struct query parsed(const char *line)
{
	struct query q;
	struct err err = {0};

	if (!query_parse(line, NOW, &q, &err))
		fail_msg("%s: %s", line, err.text);
	return q;
}

static void words_without_a_field_are_one_pattern(void **state)
{
	static const struct {
		const char *line, *text;
		bool invert;
	} rows[] = {
		{"", NULL, false},
		{"   ", NULL, false},
		{"!", NULL, false},
		{"web", "web", false},
		{"  web   build ", "web build", false},
		{"!web.*build$", "web.*build$", true},
		{"http://x a:b", "http://x a:b", false},
		{"State:failed", "State:failed", false},
		{"(?i)name:x", "(?i)name:x", false},
		{"state:failed web", "web", false},
		{"web state:failed !x", "web !x", false},
		{"state:failed !web", "web", true},
		{"desc", "desc", false},
		{"\"a b\"", "\"a b\"", false},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct query q = parsed(rows[i].line);

		if (rows[i].text)
			assert_string_equal(q.text, rows[i].text);
		else
			assert_null(q.text);
		assert_int_equal(q.invert, rows[i].invert);
		query_done(&q);
	}
}

static void a_field_takes_one_value_or_several(void **state)
{
	struct query q = parsed("state:failed,running state:not-started status:PAUSED,odd name:web,\"a b\" "
				"by:ops1 executor:id2 creator:c1 project:shop group:Team,x component:m1 "
				"git:ssh://git@example/a.git outcome:SUCCESS,error");

	assert_int_equal(q.states, 1u << STATE_FAILED | 1u << STATE_RUNNING | 1u << STATE_PENDING);
	assert_int_equal(q.status.n, 2);
	assert_string_equal(q.status.items[1], "odd");
	assert_int_equal(q.names.n, 2);
	assert_string_equal(q.names.items[1], "a b");
	assert_int_equal(q.executors.n, 2);
	assert_string_equal(q.executors.items[1], "id2");
	assert_string_equal(q.creators.items[0], "c1");
	assert_string_equal(q.projects.items[0], "shop");
	assert_int_equal(q.groups.n, 2);
	assert_string_equal(q.component, "m1");
	assert_string_equal(q.git, "ssh://git@example/a.git");
	assert_int_equal(q.outcomes.n, 2);
	assert_null(q.text);
	query_done(&q);
}

static void times_are_counted_back_from_now(void **state)
{
	struct query q = parsed("since:2h until:30m");

	assert_int_equal(q.since_ms, NOW - 2 * HOUR);
	assert_int_equal(q.until_ms, NOW - HOUR / 2);
	query_done(&q);
	q = parsed("since:2026-01-02T00:00:00Z");
	assert_int_equal(q.since_ms, INT64_C(1767312000000));
	query_done(&q);
}

static void an_order_has_a_direction(void **state)
{
	static const struct {
		const char *line;
		enum query_sort sort;
		bool descending;
		const char *text;
	} rows[] = {
		{"sort:name", QUERY_SORT_NAME, false, NULL},
		{"sort:name desc", QUERY_SORT_NAME, true, NULL},
		{"sort:create_time,desc web", QUERY_SORT_CREATE, true, "web"},
		{"sort:update_time asc", QUERY_SORT_UPDATE, false, NULL},
		{"sort:start_time web desc", QUERY_SORT_START, false, "web desc"},
		{"sort:", QUERY_SORT_NONE, false, NULL},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct query q = parsed(rows[i].line);

		assert_int_equal(q.sort, rows[i].sort);
		assert_int_equal(q.descending, rows[i].descending);
		if (rows[i].text)
			assert_string_equal(q.text, rows[i].text);
		assert_int_equal(query_empty(&q), !rows[i].text);
		query_done(&q);
	}
}

static void a_bad_value_is_named_with_the_good_ones(void **state)
{
	static const struct {
		const char *line, *bad, *good;
	} rows[] = {
		{"state:fa", "state:fa", "waiting, failed, running"},
		{"web state:ok,wrong", "state:wrong", "not-started"},
		{"fav:perhaps", "fav:perhaps", "yes, no"},
		{"published:1", "published:1", "yes, no"},
		{"outcome:good", "outcome:good", "success, error, aborted"},
		{"since:soon", "since:soon", "2h"},
		{"sort:colour", "sort:colour", "create_time"},
		{"sort:name,up", "sort:name,up", "asc or desc"},
		{"!state:ok", "!state:ok", "free text"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct query q;
		struct err err = {0};

		assert_false(query_parse(rows[i].line, NOW, &q, &err));
		assert_int_equal(err.kind, ERR_INPUT);
		assert_non_null(strstr(err.text, rows[i].bad));
		assert_non_null(strstr(err.text, rows[i].good));
		assert_true(query_empty(&q));
	}
}

static void a_field_without_a_value_yet_restricts_nothing(void **state)
{
	size_t i;
	char line[64];

	for (i = 0; query_field(i); i++) {
		struct query q;

		snprintf(line, sizeof(line), "%s:", query_field(i)->name);
		q = parsed(line);
		assert_true(query_empty(&q));
		query_done(&q);
	}
	assert_true(i > 10);
}

static void every_value_that_completion_offers_is_taken(void **state)
{
	size_t i;

	for (i = 0; query_field(i); i++) {
		const char *at = query_field(i)->values;

		while (at && *at) {
			size_t n = strcspn(at, " ");
			char line[64];
			struct query q;

			snprintf(line, sizeof(line), "%s:%.*s", query_field(i)->name, (int)n, at);
			q = parsed(line);
			assert_null(q.text);
			query_done(&q);
			at += n + (at[n] == ' ');
		}
	}
}

/* ---- matching ---- */

static char project[] = "p1", project_name[] = "Shop Front", name[] = "Web-build", executor[] = "Li Na",
	    executor_id[] = "u77", failed_word[] = "FAILED", group[] = "g2", component[] = "m1";

static void rows_pass_by_what_is_known_of_them(void **state)
{
	static const struct {
		const char *line;
		bool passes;
	} rows[] = {
		{"", true},
		{"free text is the caller's", true},
		{"state:failed", true},
		{"state:ok,failed", true},
		{"state:ok", false},
		{"status:failed", true},
		{"status:COMPLETED", false},
		{"outcome:error", true},
		{"outcome:success", false},
		{"name:WEB", true},
		{"name:nope,build", true},
		{"name:nope", false},
		{"by:li", true},
		{"by:u77", true},
		{"by:u7", false},
		{"project:shop", true},
		{"project:p1", true},
		{"project:p", true},
		{"project:p2", false},
		{"component:m1", true},
		{"component:m", false},
		{"fav:yes", true},
		{"fav:no", false},
		{"published:yes", false},
		{"published:no", true},
		{"since:2h", true},
		{"since:30m", false},
		{"until:30m", true},
		{"until:2h", false},
		{"creator:c banned:yes git:x", true}, /* only the server can tell */
		{"state:failed name:web by:li project:shop fav:yes", true},
		{"state:failed name:web by:wang", false},
	};
	struct pipeline pipeline = {.project_id = project, .project_name = project_name, .name = name,
				    .component = component, .group_id = group, .favourite = true};
	struct run run = {.status = failed_word, .state = STATE_FAILED, .executor = executor,
			  .executor_id = executor_id, .start_ms = NOW - HOUR};
	struct entry entry = {.pipeline = &pipeline, .run = &run, .latest = true};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct query q = parsed(rows[i].line);

		if (query_match(&q, NULL, &entry) != rows[i].passes)
			fail_msg("%s", rows[i].line);
		query_done(&q);
	}
}

static void what_never_ran_has_no_state_and_no_time(void **state)
{
	static const char *const lines[] = {"state:ok", "status:COMPLETED", "outcome:success", "since:7d",
					    "until:1h", "by:li"};
	struct pipeline pipeline = {.project_id = project, .name = name};
	struct entry entry = {.pipeline = &pipeline};
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct query q = parsed(lines[i]);

		assert_false(query_match(&q, NULL, &entry));
		query_done(&q);
	}
}

static void a_group_is_known_by_its_name_once_the_tree_is(void **state)
{
	struct group list[2] = {
		{.id = strdup("g1"), .name = strdup("Team A")},
		{.id = strdup("g2"), .name = strdup("Web"), .parent_id = strdup("g1")},
	};
	struct pipeline pipeline = {.project_id = project, .name = name, .group_id = group};
	struct entry entry = {.pipeline = &pipeline};
	struct groups *groups = groups_new();
	struct query team = parsed("group:team"), other = parsed("group:nightly"), id = parsed("group:g2");

	assert_true(query_match(&other, groups, &entry));
	groups_take(groups, project, list, 2);
	assert_true(query_match(&team, groups, &entry));
	assert_true(query_match(&id, groups, &entry));
	assert_false(query_match(&other, groups, &entry));
	pipeline.group_id = NULL;
	assert_false(query_match(&team, groups, &entry));
	query_done(&team);
	query_done(&other);
	query_done(&id);
	groups_free(groups);
}

static void it_says_which_field_only_the_server_knows(void **state)
{
	struct query q = parsed("name:x banned:yes");

	assert_string_equal(query_beyond(&q), "banned");
	query_done(&q);
	q = parsed("name:x state:ok");
	assert_null(query_beyond(&q));
	query_done(&q);
}

static void a_copy_lives_on_its_own(void **state)
{
	struct query q = parsed("state:ok name:a,b by:c git:d component:e text group:f"), copy;

	query_copy(&copy, &q);
	query_done(&q);
	assert_string_equal(copy.names.items[1], "b");
	assert_string_equal(copy.git, "d");
	assert_string_equal(copy.text, "text");
	assert_int_equal(copy.states, 1u << STATE_OK);
	query_done(&copy);
	assert_true(query_empty(&copy));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_without_a_field_are_one_pattern),
		cmocka_unit_test(a_field_takes_one_value_or_several),
		cmocka_unit_test(times_are_counted_back_from_now),
		cmocka_unit_test(an_order_has_a_direction),
		cmocka_unit_test(a_bad_value_is_named_with_the_good_ones),
		cmocka_unit_test(a_field_without_a_value_yet_restricts_nothing),
		cmocka_unit_test(every_value_that_completion_offers_is_taken),
		cmocka_unit_test(rows_pass_by_what_is_known_of_them),
		cmocka_unit_test(what_never_ran_has_no_state_and_no_time),
		cmocka_unit_test(a_group_is_known_by_its_name_once_the_tree_is),
		cmocka_unit_test(it_says_which_field_only_the_server_knows),
		cmocka_unit_test(a_copy_lives_on_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
