/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <time.h>

#include "net/budget.h"

static uint64_t rng;

static uint64_t draw(uint64_t below)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return rng % below;
}

static int seed(void **state)
{
	const char *given = getenv("SEED");

	rng = given ? strtoull(given, NULL, 0) : (uint64_t)time(NULL);
	printf("# SEED=%llu\n", (unsigned long long)rng);
	rng = rng * 2 + 1;
	return 0;
}

static int pay_all(struct budget *b, enum budget_kind kind, int64_t now_ms)
{
	int n = 0;

	while (n < 100000 && budget_pay(b, kind, now_ms))
		n++;
	return n;
}

static void a_burst_of_twenty_then_two_a_second(void **state)
{
	struct budget b;

	budget_init(&b, 120, 20, 5000);
	assert_int_equal(pay_all(&b, BUDGET_POLL, 5000), 20);
	assert_int_equal(budget_ready_ms(&b, BUDGET_POLL, 5000), 5500);
	assert_int_equal(budget_ready_ms(&b, BUDGET_POLL, 5300), 5500);
	assert_int_equal(pay_all(&b, BUDGET_POLL, 5499), 0);
	assert_int_equal(pay_all(&b, BUDGET_POLL, 5500), 1);
	assert_int_equal(pay_all(&b, BUDGET_POLL, 7500), 4);
	assert_int_equal(budget_used(&b, 7500), 25);
	assert_int_equal(budget_allowed(&b), 120);
	assert_int_equal(pay_all(&b, BUDGET_POLL, 1000000), 20);
}

static void any_window_holds_no_more_than_burst_and_rate(void **state)
{
	int round;

	for (round = 0; round < 200; round++) {
		int per_minute = 1 + (int)draw(600);
		double burst = per_minute < 20 ? per_minute : 20;
		int64_t now = (int64_t)draw(100000), paid[3000];
		struct budget b;
		int n = 0, i;

		budget_init(&b, per_minute, 20, now);
		for (i = 0; i < 3000; i++) {
			now += (int64_t)draw(draw(20) ? 300 : 20000);
			if (budget_pay(&b, draw(2) ? BUDGET_POLL : BUDGET_RETRY, now))
				paid[n++] = now;
			if (!draw(3))
				budget_success(&b, now);
			if (!draw(200))
				budget_throttled(&b, now);
		}
		for (i = 0; i < 500 && n; i++) {
			int from = (int)draw((uint64_t)n), to = from + (int)draw((uint64_t)(n - from));
			double most = burst + (double)(paid[to] - paid[from]) * per_minute / 60000;

			if (to - from + 1 > most + 0.001)
				fail_msg("%d in %lld ms at %d a minute", to - from + 1,
					 (long long)(paid[to] - paid[from]), per_minute);
		}
	}
}

static void what_is_promised_ready_can_be_paid_and_not_sooner(void **state)
{
	int round;

	for (round = 0; round < 3000; round++) {
		enum budget_kind kind = (enum budget_kind)draw(3);
		int64_t now = (int64_t)draw(1000000), ready;
		struct budget b;
		int i;

		budget_init(&b, 1 + (int)draw(600), (double)(1 + draw(50)) / 3, now);
		for (i = 0; i < 40; i++) {
			now += (int64_t)draw(200);
			budget_pay(&b, kind, now);
			if (!draw(10))
				budget_throttled(&b, now);
		}
		ready = budget_ready_ms(&b, kind, now);
		assert_true(ready >= now);
		if (ready > now)
			assert_false(budget_pay(&b, kind, ready - 2 > now ? ready - 2 : now));
		assert_true(budget_pay(&b, kind, ready));
	}
}

static void a_storm_of_failures_cannot_double_the_traffic(void **state)
{
	struct budget b;
	int64_t now;
	int repeats = 0, i;

	budget_init(&b, 600, 20, 0);
	for (now = 0; now < 600000; now += 100)
		repeats += budget_pay(&b, BUDGET_RETRY, now);
	assert_in_range(repeats, 10 + 39, 10 + 40); /* the bucket, and the trickle of ten minutes */

	for (i = 0; i < 50; i++)
		budget_success(&b, now);
	assert_in_range(pay_all(&b, BUDGET_RETRY, now), 5, 6);
}

static void refusals_halve_the_rates_once_a_second_down_to_a_floor(void **state)
{
	struct budget b;
	int i;

	budget_init(&b, 120, 20, 0);
	for (i = 0; i < 20; i++)
		budget_throttled(&b, 10000 + i);
	assert_int_equal(budget_allowed(&b), 60);
	assert_int_equal(pay_all(&b, BUDGET_POLL, 10020), 10);
	budget_throttled(&b, 11000);
	assert_int_equal(budget_allowed(&b), 30);
	for (i = 0; i < 100; i++)
		budget_throttled(&b, 20000 + i * 1000);
	assert_in_range(budget_allowed(&b), 3, 4);
	assert_true(budget_ready_ms(&b, BUDGET_PAGE, 130000) < 132000);
}

static void successes_raise_the_rate_slowly_to_what_was_configured(void **state)
{
	struct budget b;
	int64_t now, whole = 0;
	int before = 0;

	budget_init(&b, 120, 20, 0);
	budget_throttled(&b, 0);
	for (now = 0; now < 120000; now += 50) {
		budget_success(&b, now);
		assert_true(budget_allowed(&b) >= before && budget_allowed(&b) <= 120);
		before = budget_allowed(&b);
		if (!whole && before == 120)
			whole = now;
	}
	assert_in_range(whole, 25000, 35000);
}

static void pages_do_not_count_as_polls(void **state)
{
	struct budget b;

	budget_init(&b, 120, 20, 0);
	assert_int_equal(pay_all(&b, BUDGET_PAGE, 0), 5);
	assert_int_equal(budget_ready_ms(&b, BUDGET_PAGE, 0), 50);
	assert_int_equal(budget_used(&b, 0), 0);
	assert_int_equal(pay_all(&b, BUDGET_POLL, 0), 20);
}

static void no_limit_means_none_until_the_server_says_so(void **state)
{
	struct budget b;
	int64_t now;

	budget_init(&b, 0, 0, 0);
	assert_int_equal(pay_all(&b, BUDGET_PAGE, 0), 100000);
	assert_int_equal(pay_all(&b, BUDGET_POLL, 0), 100000);
	assert_int_equal(budget_allowed(&b), 0);
	budget_throttled(&b, 0);
	assert_in_range(pay_all(&b, BUDGET_PAGE, 0), 0, 20);
	assert_int_equal(pay_all(&b, BUDGET_PAGE, 1000), 1);
	for (now = 1000; now < 120000; now += 1000)
		budget_success(&b, now);
	assert_int_equal(pay_all(&b, BUDGET_PAGE, now), 100000);
}

static void use_is_counted_over_the_last_minute_only(void **state)
{
	struct budget b;
	int64_t now;

	budget_init(&b, 600, 20, 0);
	for (now = 0; now <= 120000; now += 1000)
		assert_true(budget_pay(&b, BUDGET_POLL, now));
	assert_int_equal(budget_used(&b, 120000), 60);
	assert_int_equal(budget_used(&b, 150000), 30);
	assert_int_equal(budget_used(&b, 180000), 0);
	assert_true(budget_pay(&b, BUDGET_POLL, 10000000));
	assert_int_equal(budget_used(&b, 10000000), 1);
	assert_int_equal(budget_used(&b, 10059999), 1);
	assert_int_equal(budget_used(&b, 10060000), 0);
}

static void a_clock_that_steps_back_gives_nothing_away(void **state)
{
	struct budget b;

	budget_init(&b, 120, 20, 100000);
	assert_int_equal(pay_all(&b, BUDGET_POLL, 100000), 20);
	assert_int_equal(pay_all(&b, BUDGET_POLL, 50000), 0);
	assert_int_equal(pay_all(&b, BUDGET_POLL, 100500), 1);
	assert_int_equal(budget_used(&b, 100500), 21);
}

static void who_leaves_a_share_waits_until_it_is_there(void **state)
{
	struct budget b;
	int i;

	(void)state;
	budget_init(&b, 120, 0, 0); /* two a second, burst 20 */
	assert_int_equal(budget_spare_ms(&b, BUDGET_POLL, 0.12, 0), 0);
	for (i = 0; i < 18; i++)
		assert_true(budget_pay(&b, BUDGET_POLL, 0));
	assert_int_equal(budget_ready_ms(&b, BUDGET_POLL, 0), 0); /* two are left for anybody */
	assert_in_range(budget_spare_ms(&b, BUDGET_POLL, 0.12, 0), 600, 800);
	assert_int_equal(budget_spare_ms(&b, BUDGET_POLL, 0.12, 800), 800);
	assert_int_equal(budget_spare_ms(&b, BUDGET_PAGE, 0.12, 0), 0); /* pages have a bucket of their own */
	budget_init(&b, 0, 0, 0);
	assert_int_equal(budget_spare_ms(&b, BUDGET_POLL, 0.5, 7), 7); /* unlimited */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_leaves_a_share_waits_until_it_is_there),
		cmocka_unit_test(a_burst_of_twenty_then_two_a_second),
		cmocka_unit_test(any_window_holds_no_more_than_burst_and_rate),
		cmocka_unit_test(what_is_promised_ready_can_be_paid_and_not_sooner),
		cmocka_unit_test(a_storm_of_failures_cannot_double_the_traffic),
		cmocka_unit_test(refusals_halve_the_rates_once_a_second_down_to_a_floor),
		cmocka_unit_test(successes_raise_the_rate_slowly_to_what_was_configured),
		cmocka_unit_test(pages_do_not_count_as_polls),
		cmocka_unit_test(no_limit_means_none_until_the_server_says_so),
		cmocka_unit_test(use_is_counted_over_the_last_minute_only),
		cmocka_unit_test(a_clock_that_steps_back_gives_nothing_away),
	};

	return cmocka_run_group_tests(tests, seed, NULL);
}
