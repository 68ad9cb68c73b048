/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_API_CLOCK_H
#define PIPETOP_API_CLOCK_H

/*
 * Another clock as ours sees it: pure arithmetic. `now_ms` is one clock of ours, always the same.
 *
 * `Date` has whole seconds, so the estimate moves only as far as the answer's second
 * demands. Taking each Date as it comes would make running durations jump back and forth
 * by a second.
 */
#include <stdbool.h>
#include <stdint.h>

struct clock { /* zero-filled: nothing known */
	int64_t server_ms, at_ms; /* the server's time at one moment of ours */
};

/* WHEN_NONE before anything was seen. */
int64_t clock_server_ms(const struct clock *clock, int64_t now_ms);

/* It was server_ms there at some time in the last span_ms; absurd values are passed by (H22). */
void clock_saw(struct clock *clock, int64_t server_ms, int64_t span_ms, int64_t now_ms);

/* Not absurd? */
bool clock_plausible(int64_t server_ms);

#endif
