/* SPDX-License-Identifier: MIT */
/*
 * Three token buckets. A bucket is filled lazily: `tokens` is true for `at_ms`, and each
 * question adds what time has added since. The rate in force is moved by the server's
 * 429 as TCP moves its window: halved at once (once for all the refusals of a second),
 * raised a little for each second in which something succeeded.
 *
 * Polls and pages are filled by time. The retry bucket is filled by successes, as the
 * AWS SDKs do, so that a storm cannot double the traffic; time adds a trickle, because
 * an outage has no successes and we never give up.
 */
#include "net/budget.h"

#include <math.h>

#define POLL_BURST 20.0
#define RETRY_BURST 10.0
#define RETRY_PER_SUCCESS 0.1
#define RETRY_TRICKLE_MS 15000.0  /* one repeat per this, whatever happens */
#define UNLIMITED_START_PER_MS 0.01 /* after a 429 with no limit configured */
#define UNLIMITED_AGAIN_PER_MS 1.0
#define RATE_FLOOR (1.0 / 32) /* of the configured rate */
#define HALVE_EVERY_MS 1000
#define RAISE_EVERY_MS 1000
#define RAISE_STEP (1.0 / 60) /* of the configured rate */
#define ENOUGH (1.0 - 1e-6)   /* rounding must not cost a whole wait */

static double tokens_at(const struct bucket *b, int64_t now_ms)
{
	if (b->per_ms <= 0)
		return b->burst;
	if (now_ms <= b->at_ms)
		return b->tokens;
	return fmin(b->burst, b->tokens + (double)(now_ms - b->at_ms) * b->per_ms);
}

static void fill(struct bucket *b, int64_t now_ms)
{
	b->tokens = tokens_at(b, now_ms);
	if (now_ms > b->at_ms)
		b->at_ms = now_ms;
}

static bool can_pay(const struct bucket *b, int64_t now_ms)
{
	return b->per_ms <= 0 || tokens_at(b, now_ms) >= ENOUGH;
}

static void pay(struct bucket *b, int64_t now_ms)
{
	fill(b, now_ms);
	b->tokens = fmax(0, b->tokens - 1);
}

static int64_t ready_ms(const struct bucket *b, int64_t now_ms)
{
	if (can_pay(b, now_ms))
		return now_ms;
	return now_ms + (int64_t)ceil((1.0 - tokens_at(b, now_ms)) / b->per_ms);
}

static struct bucket bucket(double per_ms, double burst, int64_t now_ms)
{
	return (struct bucket){burst, burst, per_ms, per_ms, now_ms};
}

void budget_init(struct budget *b, int per_minute, double pages_per_second, int64_t now_ms)
{
	double polls = per_minute > 0 ? per_minute : 0, pages = fmax(0, pages_per_second);

	*b = (struct budget){.second = now_ms / 1000};
	b->polls = bucket(polls / 60000, polls > 0 ? fmin(POLL_BURST, polls) : POLL_BURST, now_ms);
	b->retries = bucket(1 / RETRY_TRICKLE_MS, RETRY_BURST, now_ms);
	/* A quarter of a second's pages at once: the brake stays a brake. */
	b->pages = bucket(pages / 1000, fmax(1, pages / 4), now_ms);
	b->halved_ms = now_ms - HALVE_EVERY_MS;
	b->raised_ms = now_ms;
}

/* Moves the ring's newest second forward to `second`, emptying what was skipped. */
static void turn(struct budget *b, int64_t second)
{
	if (second - b->second > BUDGET_WINDOW)
		b->second = second - BUDGET_WINDOW;
	while (b->second < second)
		b->sent[++b->second % BUDGET_WINDOW] = 0;
}

bool budget_pay(struct budget *b, enum budget_kind kind, int64_t now_ms)
{
	uint16_t *slot;

	if (budget_ready_ms(b, kind, now_ms) > now_ms)
		return false;
	if (kind == BUDGET_PAGE) {
		pay(&b->pages, now_ms);
		return true;
	}
	pay(&b->polls, now_ms);
	if (kind == BUDGET_RETRY)
		pay(&b->retries, now_ms);
	turn(b, now_ms / 1000);
	slot = &b->sent[b->second % BUDGET_WINDOW];
	if (*slot < UINT16_MAX)
		++*slot;
	return true;
}

int64_t budget_ready_ms(const struct budget *b, enum budget_kind kind, int64_t now_ms)
{
	int64_t polls, retries;

	if (kind == BUDGET_PAGE)
		return ready_ms(&b->pages, now_ms);
	polls = ready_ms(&b->polls, now_ms);
	retries = kind == BUDGET_RETRY ? ready_ms(&b->retries, now_ms) : now_ms;
	return polls > retries ? polls : retries;
}

int64_t budget_spare_ms(const struct budget *b, enum budget_kind kind, double share, int64_t now_ms)
{
	const struct bucket *polls = &b->polls;
	int64_t ready = budget_ready_ms(b, kind, now_ms), past, full;
	double have, need;

	if (kind == BUDGET_PAGE || polls->per_ms <= 0)
		return ready;
	past = now_ms > polls->at_ms ? now_ms - polls->at_ms : 0;
	need = fmin(1 + share * polls->burst, polls->burst) - 1e-6;
	have = fmin(polls->burst, polls->tokens + (double)past * polls->per_ms);
	if (have >= need)
		return ready;
	full = now_ms + (int64_t)ceil((need - have) / polls->per_ms);
	return full > ready ? full : ready;
}

static void halve(struct bucket *b, int64_t now_ms)
{
	double whole = b->per_ms_max > 0 ? b->per_ms_max : UNLIMITED_START_PER_MS;

	fill(b, now_ms);
	b->tokens /= 2;
	b->per_ms = b->per_ms > 0 ? fmax(b->per_ms / 2, RATE_FLOOR * whole) : whole;
}

static void raise_rate(struct bucket *b, int64_t now_ms)
{
	if (b->per_ms == b->per_ms_max)
		return;
	fill(b, now_ms);
	if (b->per_ms_max > 0) {
		b->per_ms = fmin(b->per_ms + RAISE_STEP * b->per_ms_max, b->per_ms_max);
		return;
	}
	b->per_ms *= 1.1;
	if (b->per_ms > UNLIMITED_AGAIN_PER_MS)
		b->per_ms = 0;
}

void budget_throttled(struct budget *b, int64_t now_ms)
{
	if (now_ms - b->halved_ms < HALVE_EVERY_MS)
		return;
	b->halved_ms = b->raised_ms = now_ms;
	halve(&b->polls, now_ms);
	halve(&b->pages, now_ms);
}

void budget_success(struct budget *b, int64_t now_ms)
{
	fill(&b->retries, now_ms);
	b->retries.tokens = fmin(b->retries.burst, b->retries.tokens + RETRY_PER_SUCCESS);
	if (now_ms - b->raised_ms < RAISE_EVERY_MS)
		return;
	b->raised_ms = now_ms;
	raise_rate(&b->polls, now_ms);
	raise_rate(&b->pages, now_ms);
}

int budget_used(const struct budget *b, int64_t now_ms)
{
	int64_t oldest = now_ms / 1000 - BUDGET_WINDOW, second;
	int n = 0, i;

	for (i = 0, second = b->second; i < BUDGET_WINDOW && second >= 0; i++, second--)
		if (second > oldest)
			n += b->sent[second % BUDGET_WINDOW];
	return n;
}

int budget_allowed(const struct budget *b)
{
	return (int)floor(b->polls.per_ms * 60000 + 1e-6);
}
