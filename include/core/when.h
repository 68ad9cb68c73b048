/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_CORE_WHEN_H
#define PIPETOP_CORE_WHEN_H

/*
 * Times and durations. Wall times are epoch milliseconds in int64_t with WHEN_NONE for
 * "not known" (the server's 0, null, negative and unreadable values all become it);
 * deadlines and ages use the monotonic clock, never the wall. Both are read in one
 * place and handed on as arguments: nothing else asks for the time.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WHEN_NONE INT64_C(0)
#define WHEN_MAX_MS INT64_C(253402300799000) /* end of the year 9999 */

int64_t when_wall_ms(void);	 /* CLOCK_REALTIME */
int64_t when_monotonic_ms(void); /* CLOCK_MONOTONIC */
int64_t when_boot_ms(void);	 /* CLOCK_BOOTTIME: runs on while the machine sleeps */

/* Epoch ms in (0, year 9999], else WHEN_NONE (api.md 1.4: unfinished is null, absent or 0). */
int64_t when_clean_ms(int64_t ms);

/*
 * "YYYY-MM-DD HH:MM:SS" without a zone, taken to be `offset_s` seconds east of UTC
 * (api.md 1.4: the zone is unknown, hence a setting; default +08:00). WHEN_NONE if it
 * is anything else.
 */
int64_t when_parse_zoneless(const char *s, int offset_s);

/* ISO-8601 with Z or +hh:mm, fractions allowed (IAM's times, our own JSON). */
int64_t when_parse_iso(const char *s);

/* An HTTP date (RFC 9110, the preferred form), as in `Date` and `Retry-After`. */
int64_t when_parse_http(const char *s);

/*
 * A time as people say it, WHEN_NONE if it is none: 30s, 5m, 2h, 7d (before now), a local
 * date or date and time ("2026-01-31", "2026-01-31 08:00", T for the blank), or ISO-8601.
 */
int64_t when_parse_said(const char *s, int64_t now_ms);

/* Duration as people read it: "4s", "1m05s", "11m02s", "2h03m", "3d04h". Negative: "?". */
void when_duration(int64_t ms, char *out, size_t size);

/* Rough age for headers: "4s", "3m", "2h", "5d". Negative counts as 0. */
void when_age(int64_t ms, char *out, size_t size);
/* Until a deadline, two units: "40s", "48m", "1h23m", "2d3h". */
void when_left(int64_t ms, char *out, size_t size);

/* Local clock of a wall time: "09:41", or "Nov 23 09:41" (other day), "2025-11-23" (other year). */
void when_clock(int64_t ms, int64_t now_ms, char *out, size_t size);

/* The same in seven cells at most: "09:41", "Nov 23", "2025-11". */
void when_clock_short(int64_t ms, int64_t now_ms, char *out, size_t size);

/* The same to the second: "09:41:03", or "2025-11-23 09:41:03" on another day. */
void when_clock_exact(int64_t ms, int64_t now_ms, char *out, size_t size);

/* RFC 3339 in UTC with milliseconds: "2026-01-02T03:04:05.678Z". */
void when_rfc3339(int64_t ms, char *out, size_t size);

#endif
