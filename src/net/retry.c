/* SPDX-License-Identifier: MIT */
/*
 * When to try again: nothing but arithmetic. The jitter is full, as in AWS's standard
 * mode, because clients that fail together must not come back together; the floor keeps
 * a lucky draw from hammering; the caps are low on screen, because a person waits there.
 */
#include "net/retry.h"

#include "net/transport.h"

#define BASE_MS 1000
#define FLOOR_MS 250
#define CAP_BACKGROUND_MS 60000
#define CAP_SCREEN_MS 5000
#define CAP_SCREEN_LATER_MS 15000
#define OUTAGE_YOUNG_MS 60000
#define CERTIFICATE_FLOOR_MS 30000
#define THROTTLED_FLOOR_MS 2000 /* without Retry-After: the vendor's advice is 2 to 5 s */
#define THROTTLED_SPREAD_MS 3000
#define OFFLINE_FAILURES 6
#define PROBE_EVERY_MS 2000

#define BREAKER_IN_ROW 5
#define BREAKER_WINDOW 20
#define BREAKER_FAILED 10
#define BREAKER_LOST_MS 30000 /* a try that never reports back does not block the next */

bool retry_worth(const struct err *err)
{
	switch (err->kind) {
	case ERR_NET:
	case ERR_RATE:
	case ERR_PARSE:
		return true;
	case ERR_REMOTE:
		return err->code == 408 || err->code == 429 ||
		       (err->code >= 500 && err->code <= 599);
	default:
		return false;
	}
}

bool retry_broke_off(const struct err *err)
{
	/* libcurl's codes: HTTP/2, partial, nothing, send, receive, encoding, HTTP/2 stream. */
	static const int codes[] = {16, 18, 52, 55, 56, 61, 92};
	size_t i;

	for (i = 0; err->kind == ERR_NET && i < sizeof(codes) / sizeof(codes[0]); i++)
		if (err->code == codes[i])
			return true;
	return false;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t cap_now_ms(const struct backoff *b, bool on_screen, int64_t now_ms)
{
	if (!on_screen)
		return CAP_BACKGROUND_MS;
	return now_ms - b->first_ms < OUTAGE_YOUNG_MS ? CAP_SCREEN_MS : CAP_SCREEN_LATER_MS;
}

/* The wait after the n-th failure, n from 1. */
static int64_t jitter_ms(unsigned n, int64_t cap_ms, double random)
{
	int64_t top = n > 6 ? cap_ms : (int64_t)BASE_MS << (n - 1);

	if (top > cap_ms)
		top = cap_ms;
	return FLOOR_MS + (int64_t)((double)(top - FLOOR_MS) * random);
}

void backoff_failed(struct backoff *b, const struct err *err, bool on_screen,
		    int64_t retry_after_ms, int64_t now_ms, double random)
{
	int64_t wait;

	b->successes = 0;
	if (b->failures++ == 0)
		b->first_ms = now_ms;
	wait = jitter_ms(b->failures, cap_now_ms(b, on_screen, now_ms), random);
	if (err->kind == ERR_NET && err->code == TRANSPORT_CERTIFICATE)
		wait += CERTIFICATE_FLOOR_MS;
	if (err->kind == ERR_RATE && retry_after_ms < 0)
		wait = later(wait, THROTTLED_FLOOR_MS + (int64_t)(THROTTLED_SPREAD_MS * random));
	if (retry_after_ms >= 0)
		wait = later(wait, retry_after_ms +
					   (int64_t)((double)retry_after_ms * 0.1 * random));
	b->next_ms = now_ms + wait;
	b->throttled_ms = err->kind == ERR_RATE || retry_after_ms >= 0 ? b->next_ms : 0;
}

void backoff_succeeded(struct backoff *b, int64_t now_ms)
{
	if (b->failures && b->successes++ == 0)
		b->next_ms = b->throttled_ms = 0;
	else
		*b = (struct backoff){.probed_ms = b->probed_ms};
}

bool backoff_offline(const struct backoff *b)
{
	return b->failures >= OFFLINE_FAILURES && b->successes == 0;
}

bool backoff_probe(struct backoff *b, int64_t now_ms)
{
	if (b->throttled_ms > now_ms || (b->probed_ms && now_ms - b->probed_ms < PROBE_EVERY_MS))
		return false;
	b->probed_ms = now_ms;
	b->next_ms = 0;
	return true;
}

bool breaker_allows(struct breaker *b, int64_t now_ms)
{
	if (!b->open)
		return true;
	if (now_ms < b->probe_ms)
		return false;
	b->half = true;
	b->probe_ms = now_ms + BREAKER_LOST_MS;
	return true;
}

static bool trips(const struct breaker *b)
{
	unsigned window = b->history & ((1u << BREAKER_WINDOW) - 1);

	return b->in_row >= BREAKER_IN_ROW || __builtin_popcount(window) >= BREAKER_FAILED;
}

void breaker_result(struct breaker *b, bool ok, int64_t now_ms, int64_t cap_ms)
{
	if (b->open && ok) {
		*b = (struct breaker){0};
		return;
	}
	if (b->open && !b->half)
		return; /* sent before it opened: known already */
	b->history = b->history << 1 | !ok;
	b->known += b->known < BREAKER_WINDOW;
	b->in_row = ok ? 0 : b->in_row + 1;
	if (!b->half && !trips(b))
		return;
	b->open = true;
	b->half = false;
	b->probe_ms = now_ms + cap_ms;
}
