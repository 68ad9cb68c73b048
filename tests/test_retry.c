/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <time.h>

#include "net/retry.h"
#include "net/transport.h"

static const struct err reset = {ERR_NET, 56, "reset"};
static const struct err throttled = {ERR_RATE, 429, "slow down"};

static uint64_t rng;

static double draw(void)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return (double)(rng >> 11) / (double)(UINT64_C(1) << 53);
}

static int seed(void **state)
{
	const char *given = getenv("SEED");

	rng = given ? strtoull(given, NULL, 0) : (uint64_t)time(NULL);
	printf("# SEED=%llu\n", (unsigned long long)rng);
	rng = rng * 2 + 1;
	return 0;
}

static void only_passing_faults_are_worth_a_repeat(void **state)
{
	static const struct {
		struct err err;
		bool worth;
	} rows[] = {
		{{ERR_NET, 7, ""}, true},	{{ERR_NET, TRANSPORT_CERTIFICATE, ""}, true},
		{{ERR_RATE, 429, ""}, true},	{{ERR_PARSE, 0, ""}, true},
		{{ERR_REMOTE, 408, ""}, true},	{{ERR_REMOTE, 429, ""}, true},
		{{ERR_REMOTE, 500, ""}, true},	{{ERR_REMOTE, 503, ""}, true},
		{{ERR_REMOTE, 599, ""}, true},	{{ERR_REMOTE, 600, ""}, false},
		{{ERR_REMOTE, 200, ""}, false}, {{ERR_REMOTE, 400, ""}, false},
		{{ERR_REMOTE, 409, ""}, false}, {{ERR_REMOTE, 302, ""}, false},
		{{ERR_AUTH, 401, ""}, false},	{{ERR_AUTH, 403, ""}, false},
		{{ERR_GONE, 404, ""}, false},	{{ERR_CANCELLED, 0, ""}, false},
		{{ERR_INPUT, 0, ""}, false},	{{ERR_IO, 28, ""}, false},
		{{ERR_NONE, 0, ""}, false},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (retry_worth(&rows[i].err) != rows[i].worth)
			fail_msg("kind %d code %d", rows[i].err.kind, rows[i].err.code);
}

static void an_answer_that_breaks_off_is_no_absence(void **state)
{
	static const struct {
		struct err err;
		bool broke_off;
	} rows[] = {
		{{ERR_NET, 18, ""}, true},   {{ERR_NET, 52, ""}, true},	  {{ERR_NET, 56, ""}, true},
		{{ERR_NET, 6, ""}, false},   {{ERR_NET, 7, ""}, false},	  {{ERR_NET, 28, ""}, false},
		{{ERR_NET, 200, ""}, false}, {{ERR_PARSE, 18, ""}, false}, {{ERR_NONE, 0, ""}, false},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (retry_broke_off(&rows[i].err) != rows[i].broke_off)
			fail_msg("kind %d code %d", rows[i].err.kind, rows[i].err.code);
}

static void retry_after_throttles_whatever_the_status(void **state)
{
	static const struct err busy = {ERR_REMOTE, 503, "busy"};
	struct backoff b = {0};

	backoff_failed(&b, &busy, true, 40000, 1000, 0.5);
	assert_true(b.throttled_ms >= 41000);
	assert_false(backoff_probe(&b, 2000));
	b = (struct backoff){0};
	backoff_failed(&b, &busy, true, -1, 1000, 0.5);
	assert_int_equal(b.throttled_ms, 0);
}

static void waits_stay_in_their_bounds_and_fill_them(void **state)
{
	static const struct {
		unsigned failures; /* before this one */
		bool on_screen;
		int64_t outage_ms, top_ms;
	} rows[] = {
		{0, false, 0, 1000},	   {1, false, 0, 2000},		 {4, false, 9000, 16000},
		{5, false, 9000, 32000},   {6, false, 9000, 60000},	 {4000000, false, 9000, 60000},
		{0, true, 0, 1000},	   {2, true, 9000, 4000},	 {3, true, 9000, 5000},
		{9, true, 59999, 5000},	   {9, true, 60000, 15000},	 {70, true, 9000000, 15000},
	};
	size_t i;
	int n;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		double sum = 0, mean = (250 + (double)rows[i].top_ms) / 2;
		int64_t least = INT64_MAX, most = 0;

		for (n = 0; n < 4000; n++) {
			struct backoff b = {.failures = rows[i].failures, .first_ms = 1000};
			int64_t now = 1000 + rows[i].outage_ms, wait;

			backoff_failed(&b, &reset, rows[i].on_screen, -1, now, draw());
			wait = b.next_ms - now;
			assert_in_range(wait, 250, rows[i].top_ms);
			least = wait < least ? wait : least;
			most = wait > most ? wait : most;
			sum += (double)wait;
		}
		/* Uniform: the mean of 4,000 strays by 0.5 % of the width (one sigma). */
		assert_true(sum / n > mean * 0.95 && sum / n < mean * 1.05);
		assert_true(least < 250 + rows[i].top_ms / 50);
		assert_true(most > rows[i].top_ms - rows[i].top_ms / 50);
	}
}

static void retry_after_is_a_lower_bound_with_a_tenth_of_jitter(void **state)
{
	static const int64_t asked[] = {0, 1000, 7000, 600000};
	size_t i;
	int n;

	for (i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		for (n = 0; n < 500; n++) {
			struct backoff b = {0};
			int64_t top = asked[i] + asked[i] / 10;

			backoff_failed(&b, &throttled, true, asked[i], 5000, draw());
			assert_in_range(b.next_ms - 5000, asked[i] ? asked[i] : 250,
					top > 1000 ? top : 1000);
			assert_int_equal(b.throttled_ms, b.next_ms);
		}
	}
}

static void a_refusal_without_retry_after_waits_two_to_five_seconds(void **state)
{
	int n;

	for (n = 0; n < 500; n++) {
		struct backoff b = {0};

		backoff_failed(&b, &throttled, true, -1, 0, draw());
		assert_in_range(b.next_ms, 2000, 5000);
	}
}

static void a_bad_certificate_is_not_tried_again_within_thirty_seconds(void **state)
{
	const struct err err = {ERR_NET, TRANSPORT_CERTIFICATE, "certificate not trusted"};
	int n;

	for (n = 0; n < 500; n++) {
		struct backoff b = {0};

		backoff_failed(&b, &err, true, -1, 0, draw());
		assert_in_range(b.next_ms, 30000, 32000);
	}
}

static void two_successes_end_an_outage(void **state)
{
	struct backoff b = {0};
	int i;

	for (i = 1; i <= 7; i++) {
		assert_int_equal(backoff_offline(&b), i - 1 >= 6);
		backoff_failed(&b, i == 7 ? &throttled : &reset, true, -1, 1000 * i, 0.5);
		assert_true(b.next_ms > 1000 * i);
	}
	assert_true(backoff_offline(&b));
	backoff_succeeded(&b, 9000);
	assert_false(backoff_offline(&b));
	assert_int_equal(b.next_ms, 0);
	assert_int_equal(b.throttled_ms, 0);
	assert_int_equal(b.failures, 7);
	assert_int_equal(b.first_ms, 1000);
	backoff_succeeded(&b, 9500);
	assert_int_equal(b.failures, 0);
	assert_int_equal(b.first_ms, 0);
	backoff_failed(&b, &reset, false, -1, 10000, 0.999);
	assert_in_range(b.next_ms, 10250, 11000);
}

static void one_success_between_failures_does_not_forget_them(void **state)
{
	struct backoff b = {0};

	backoff_failed(&b, &reset, false, -1, 0, 0.5);
	backoff_failed(&b, &reset, false, -1, 0, 0.5);
	backoff_succeeded(&b, 0);
	backoff_failed(&b, &reset, false, -1, 0, 0.999);
	assert_in_range(b.next_ms, 3000, 4000);
}

static void the_operator_gets_one_probe_per_two_seconds(void **state)
{
	struct backoff b = {0};

	backoff_failed(&b, &reset, false, -1, 10000, 0.999);
	assert_true(backoff_probe(&b, 10000));
	assert_int_equal(b.next_ms, 0);
	assert_false(backoff_probe(&b, 11999));
	assert_true(backoff_probe(&b, 12000));
	backoff_succeeded(&b, 12500);
	backoff_succeeded(&b, 12600);
	assert_false(backoff_probe(&b, 13000));
	backoff_failed(&b, &throttled, true, 60000, 20000, 0);
	assert_false(backoff_probe(&b, 79999));
	assert_true(backoff_probe(&b, 80000));
}

static void five_failures_in_a_row_open_the_breaker(void **state)
{
	struct breaker b = {0};
	int i;

	for (i = 0; i < 5; i++) {
		assert_true(breaker_allows(&b, i));
		breaker_result(&b, false, i, 5000);
	}
	assert_false(breaker_allows(&b, 5003));
	assert_true(breaker_allows(&b, 5004)); /* half open: this one and no other */
	assert_false(breaker_allows(&b, 5005));
	breaker_result(&b, false, 6000, 5000);
	assert_false(breaker_allows(&b, 10999));
	assert_true(breaker_allows(&b, 11000));
	breaker_result(&b, true, 11500, 5000);
	assert_true(breaker_allows(&b, 11500));
	for (i = 0; i < 4; i++)
		breaker_result(&b, false, 12000, 5000);
	assert_true(breaker_allows(&b, 12000));
}

static void ten_failures_of_the_last_twenty_open_it_too(void **state)
{
	struct breaker b = {0};
	int i;

	for (i = 0; i < 19; i++)
		breaker_result(&b, i % 2, 0, 5000);
	assert_true(b.open);
	b = (struct breaker){0};
	for (i = 0; i < 300; i++)
		breaker_result(&b, i % 20 >= 9, 0, 5000), b.in_row = 0;
	assert_false(b.open);
}

static void late_results_do_not_move_an_open_breaker_but_good_ones_close_it(void **state)
{
	struct breaker b = {0};
	int i;

	for (i = 0; i < 5; i++)
		breaker_result(&b, false, 0, 5000);
	breaker_result(&b, false, 4000, 5000);
	assert_true(breaker_allows(&b, 5000));
	assert_false(breaker_allows(&b, 34999));
	assert_true(breaker_allows(&b, 35000)); /* the first try was lost */
	b.half = false;
	breaker_result(&b, true, 36000, 5000);
	assert_true(breaker_allows(&b, 36000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_passing_faults_are_worth_a_repeat),
		cmocka_unit_test(an_answer_that_breaks_off_is_no_absence),
		cmocka_unit_test(retry_after_throttles_whatever_the_status),
		cmocka_unit_test(waits_stay_in_their_bounds_and_fill_them),
		cmocka_unit_test(retry_after_is_a_lower_bound_with_a_tenth_of_jitter),
		cmocka_unit_test(a_refusal_without_retry_after_waits_two_to_five_seconds),
		cmocka_unit_test(a_bad_certificate_is_not_tried_again_within_thirty_seconds),
		cmocka_unit_test(two_successes_end_an_outage),
		cmocka_unit_test(one_success_between_failures_does_not_forget_them),
		cmocka_unit_test(the_operator_gets_one_probe_per_two_seconds),
		cmocka_unit_test(five_failures_in_a_row_open_the_breaker),
		cmocka_unit_test(ten_failures_of_the_last_twenty_open_it_too),
		cmocka_unit_test(late_results_do_not_move_an_open_breaker_but_good_ones_close_it),
	};

	return cmocka_run_group_tests(tests, seed, NULL);
}
