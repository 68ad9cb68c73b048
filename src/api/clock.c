/* SPDX-License-Identifier: MIT */
/* The server's clock, estimated from what answers say (clock.h has the idea). */
#include "clock.h"

#include "core/when.h"

#define FIRST_MS INT64_C(1577836800000) /* 2020 */
#define LAST_MS INT64_C(4102444800000)  /* 2100 */

int64_t clock_server_ms(const struct clock *clock, int64_t now_ms)
{
	if (clock->server_ms == WHEN_NONE)
		return WHEN_NONE;
	return clock->server_ms + (now_ms - clock->at_ms);
}

bool clock_plausible(int64_t server_ms)
{
	return server_ms >= FIRST_MS && server_ms <= LAST_MS;
}

void clock_saw(struct clock *clock, int64_t server_ms, int64_t span_ms, int64_t now_ms)
{
	int64_t guess = clock_server_ms(clock, now_ms);

	if (!clock_plausible(server_ms))
		return;
	if (guess < server_ms)
		guess = server_ms;
	else if (guess > server_ms + span_ms)
		guess = server_ms + span_ms;
	clock->server_ms = guess;
	clock->at_ms = now_ms;
}
