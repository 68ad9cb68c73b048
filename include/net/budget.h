/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_NET_BUDGET_H
#define PIPETOP_NET_BUDGET_H

/*
 * The request budget (reliability.md 5): token buckets with AIMD on 429, pure.
 *
 * All polls pay from `polls` (120 a minute, burst 20, by default); repeats of a failed
 * read pay from `retries` as well (10, +0.1 a success, and one each 15 s so that nothing
 * is given up); catching up with a log that was asked for pays from `pages` (20 a second
 * by default, 0 unlimited) instead.
 */
#include <stdbool.h>
#include <stdint.h>

struct bucket {
	double tokens, burst;
	double per_ms;	   /* in force */
	double per_ms_max; /* configured; 0: unlimited */
	int64_t at_ms;	   /* monotonic time that `tokens` is true for */
};

#define BUDGET_WINDOW 60 /* seconds of history for "api 12/120" */

struct budget {
	struct bucket polls, retries, pages;
	uint16_t sent[BUDGET_WINDOW]; /* by second, ring */
	int64_t second;		      /* newest second in the ring */
	int64_t halved_ms, raised_ms; /* when the rates moved last */
};

enum budget_kind { BUDGET_POLL, BUDGET_RETRY, BUDGET_PAGE };

void budget_init(struct budget *b, int per_minute, double pages_per_second, int64_t now_ms);
/* Pays for one request if it can; false: not yet. */
bool budget_pay(struct budget *b, enum budget_kind kind, int64_t now_ms);
/* When the next one of that kind can be paid (>= now_ms). */
int64_t budget_ready_ms(const struct budget *b, enum budget_kind kind, int64_t now_ms);
/*
 * The same for who leaves others the first claim: when it can be paid and `share` of the burst (0
 * to 1) is still there for what comes next.
 */
int64_t budget_spare_ms(const struct budget *b, enum budget_kind kind, double share, int64_t now_ms);
void budget_throttled(struct budget *b, int64_t now_ms); /* 429: halve, then raise slowly */
void budget_success(struct budget *b, int64_t now_ms);
/* Polls and repeats of the last minute. */
int budget_used(const struct budget *b, int64_t now_ms);
int budget_allowed(const struct budget *b); /* a minute, in force now; 0: unlimited */

#endif
