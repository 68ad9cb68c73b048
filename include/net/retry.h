/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_NET_RETRY_H
#define PIPETOP_NET_RETRY_H

/*
 * When to try a read again (reliability.md 5), as pure functions over plain data.
 * `now_ms` is monotonic, `random` in [0, 1) is the caller's.
 */
#include <stdbool.h>
#include <stdint.h>

#include "core/err.h"

/* Transport faults, 408, 429, 5xx, short or bad bodies: yes. Certificates: with a floor of 30 s. */
bool retry_worth(const struct err *err);

/*
 * Did the server take the request and the answer break off? Then it is there; else there
 * is no way to it (no host, no connection, silence, a stranger that answers).
 */
bool retry_broke_off(const struct err *err);

struct backoff {
	unsigned failures;	/* in a row */
	unsigned successes;	/* in a row; n falls to 0 after two */
	int64_t first_ms;	/* start of the outage, 0: none */
	int64_t next_ms;	/* not before; 0: any time */
	int64_t throttled_ms;	/* until then the server wants nothing (429, Retry-After); 0: any time */
	int64_t probed_ms;	/* the operator's last probe; 0: none */
};

/*
 * Notes a failure and sets next_ms: full jitter in [250 ms, min(cap, 1 s * 2^n)], cap
 * 60 s in the background, 5 s on screen in the first minute of an outage, then 15 s.
 * retry_after_ms >= 0 is a lower bound, plus up to 10 %.
 */
void backoff_failed(struct backoff *b, const struct err *err, bool on_screen,
		    int64_t retry_after_ms, int64_t now_ms, double random);
void backoff_succeeded(struct backoff *b, int64_t now_ms);
bool backoff_offline(const struct backoff *b); /* n >= 6 */
/* The operator asked: one probe now, at most one per 2 s, and not while the server throttles. */
bool backoff_probe(struct backoff *b, int64_t now_ms);

/* Breaker for one class of endpoint: opens at 5 failures in a row or 10 of the last 20. */
struct breaker {
	uint32_t history; /* bit a request, newest lowest: 1 failed */
	unsigned known;
	unsigned in_row;
	bool open, half;  /* half: one request is out to try */
	int64_t probe_ms; /* next try when open */
};
/* True obliges to report a breaker_result(); a lost one is written off after 30 s. */
bool breaker_allows(struct breaker *b, int64_t now_ms);
void breaker_result(struct breaker *b, bool ok, int64_t now_ms, int64_t cap_ms);

#endif
