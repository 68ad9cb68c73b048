/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "model/usual.h"

#define S(n) ((int64_t)(n) * 1000)

static void median_takes_the_middle_of_the_positive_ones(void **state)
{
	static const struct {
		int64_t values[5];
		size_t n;
		int64_t median, mad;
	} rows[] = {
		{{0}, 0, 0, 0},
		{{7}, 1, 7, 0},
		{{9, 1}, 2, 5, 4},
		{{5, 1, 3}, 3, 3, 2},
		{{1, 100, 2, 3}, 4, 2, 1},
		{{-1, 0, 4, -9}, 4, 4, 0},
		{{-1, 0}, 2, 0, 0},
		{{INT64_MAX, INT64_MAX}, 2, INT64_MAX, 0},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(usual_median(rows[i].values, rows[i].n), rows[i].median);
		assert_int_equal(usual_mad(rows[i].values, rows[i].n, rows[i].median), rows[i].mad);
	}
}

static void one_run_that_hung_does_not_teach_that_this_is_usual(void **state)
{
	int64_t values[USUAL_RUNS];
	size_t i;

	for (i = 0; i < USUAL_RUNS; i++)
		values[i] = S(300);
	values[3] = S(86400);
	assert_int_equal(usual_median(values, USUAL_RUNS), S(300));
	assert_int_equal(usual_mad(values, USUAL_RUNS, S(300)), 0);
}

static void only_the_newest_runs_count(void **state)
{
	int64_t values[USUAL_RUNS + 30];
	size_t i;

	for (i = 0; i < USUAL_RUNS + 30; i++)
		values[i] = i < USUAL_RUNS ? S(10) : S(9999);
	assert_int_equal(usual_median(values, USUAL_RUNS + 30), S(10));
}

static void stuck_needs_half_more_and_three_deviations_and_a_minute(void **state)
{
	static const struct {
		int64_t elapsed, usual, mad;
		bool stuck;
	} rows[] = {
		{S(9999), 0, 0, false},		     /* usual is not known */
		{S(15), S(10), 0, false},	     /* a minute at least */
		{S(70), S(10), 0, false},
		{S(71), S(10), 0, true},
		{S(900), S(600), S(50), false},	     /* half of ten minutes */
		{S(901), S(600), S(50), true},
		{S(1199), S(600), S(200), false},    /* three deviations are more */
		{S(1201), S(600), S(200), true},
		{-1, S(600), 0, false},
		{INT64_MAX, S(1), INT64_MAX, false}, /* no overflow */
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(usual_stuck(rows[i].elapsed, rows[i].usual, rows[i].mad), rows[i].stuck);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(median_takes_the_middle_of_the_positive_ones),
		cmocka_unit_test(one_run_that_hung_does_not_teach_that_this_is_usual),
		cmocka_unit_test(only_the_newest_runs_count),
		cmocka_unit_test(stuck_needs_half_more_and_three_deviations_and_a_minute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
