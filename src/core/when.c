/* SPDX-License-Identifier: MIT */
/*
 * Times in the four shapes that the service has (api.md 1.4) and the three that people
 * read. Calendar arithmetic is timegm's; what the parsers add is that they take the
 * whole string or nothing.
 */
#include "core/when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/text.h"

static int64_t clock_ms(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t when_wall_ms(void)
{
	return clock_ms(CLOCK_REALTIME);
}

int64_t when_monotonic_ms(void)
{
	return clock_ms(CLOCK_MONOTONIC);
}

int64_t when_boot_ms(void)
{
	return clock_ms(CLOCK_BOOTTIME);
}

int64_t when_clean_ms(int64_t ms)
{
	return ms > 0 && ms <= WHEN_MAX_MS ? ms : WHEN_NONE;
}

/* Epoch seconds of a broken-down UTC time, or -1 when a field is out of its range. */
static int64_t utc_seconds(struct tm *tm)
{
	struct tm asked = *tm;
	time_t t = timegm(tm);

	if (tm->tm_mday != asked.tm_mday || tm->tm_hour != asked.tm_hour || tm->tm_min != asked.tm_min)
		return -1;
	return t;
}

int64_t when_parse_zoneless(const char *s, int offset_s)
{
	struct tm tm = {0};
	const char *end = s ? strptime(s, "%Y-%m-%d %H:%M:%S", &tm) : NULL;
	int64_t t;

	if (!end || *end)
		return WHEN_NONE;
	t = utc_seconds(&tm);
	return t < 0 ? WHEN_NONE : when_clean_ms((t - offset_s) * 1000);
}

int64_t when_parse_iso(const char *s)
{
	struct tm tm = {0};
	const char *p = s ? strptime(s, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;
	int64_t t, ms = 0, zone = 0, scale = 100;
	int hours, minutes, used = 0;

	if (!p)
		return WHEN_NONE;
	if (*p == '.')
		for (p++; *p >= '0' && *p <= '9'; p++, scale /= 10)
			ms += (*p - '0') * scale;
	if (strcmp(p, "Z") != 0) {
		if (sscanf(p, "%*1[+-]%2d:%2d%n", &hours, &minutes, &used) != 2 || p[used])
			return WHEN_NONE;
		zone = (hours * 60 + minutes) * (*p == '-' ? -60 : 60);
	}
	t = utc_seconds(&tm);
	return t < 0 ? WHEN_NONE : when_clean_ms((t - zone) * 1000 + ms);
}

/* Day and month names are English by RFC 9110, whatever the locale. */
int64_t when_parse_http(const char *s)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm tm = {0};
	char month[4];
	const char *at;
	int used = 0;
	int64_t t;

	if (!s || sscanf(s, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n", &tm.tm_mday, month,
			 &tm.tm_year, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &used) != 6 ||
	    !used || s[used])
		return WHEN_NONE;
	at = strstr(months, month);
	if (!at || (at - months) % 3)
		return WHEN_NONE;
	tm.tm_mon = (int)(at - months) / 3;
	tm.tm_year -= 1900;
	t = utc_seconds(&tm);
	return t < 0 ? WHEN_NONE : when_clean_ms(t * 1000);
}

/* ---- as people say it ---- */

static int64_t ago(const char *s, int64_t now_ms)
{
	static const char units[] = "smhd";
	static const int64_t unit_ms[] = {1000, 60000, 3600000, 86400000};
	size_t len = strlen(s);
	const char *unit;
	char digits[16];
	int64_t n;

	if (len < 2 || len > 10 || !(unit = strchr(units, s[len - 1])))
		return WHEN_NONE;
	memcpy(digits, s, len - 1);
	digits[len - 1] = '\0';
	if (!text_int(digits, &n) || n < 0)
		return WHEN_NONE;
	return when_clean_ms(now_ms - n * unit_ms[unit - units]);
}

static int64_t local_time(const char *s)
{
	static const char *const forms[] = {"%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S",
					    "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"};
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct tm tm = {.tm_mday = 1};
		const char *end = strptime(s, forms[i], &tm);
		int day = tm.tm_mday;
		time_t t;

		if (!end || *end)
			continue;
		tm.tm_isdst = -1;
		t = mktime(&tm);
		return tm.tm_mday == day ? when_clean_ms((int64_t)t * 1000) : WHEN_NONE; /* no February 30 */
	}
	return WHEN_NONE;
}

int64_t when_parse_said(const char *s, int64_t now_ms)
{
	int64_t ms;

	if (!s)
		return WHEN_NONE;
	ms = ago(s, now_ms);
	if (ms == WHEN_NONE)
		ms = local_time(s);
	return ms != WHEN_NONE ? ms : when_parse_iso(s);
}

void when_duration(int64_t ms, char *out, size_t size)
{
	long long s = ms / 1000;

	if (ms < 0)
		snprintf(out, size, "?");
	else if (s < 60)
		snprintf(out, size, "%llds", s);
	else if (s < 3600)
		snprintf(out, size, "%lldm%02llds", s / 60, s % 60);
	else if (s < 86400)
		snprintf(out, size, "%lldh%02lldm", s / 3600, s / 60 % 60);
	else
		snprintf(out, size, "%lldd%02lldh", s / 86400, s / 3600 % 24);
}

void when_age(int64_t ms, char *out, size_t size)
{
	long long s = ms < 0 ? 0 : ms / 1000;

	if (s < 60)
		snprintf(out, size, "%llds", s);
	else if (s < 3600)
		snprintf(out, size, "%lldm", s / 60);
	else if (s < 86400)
		snprintf(out, size, "%lldh", s / 3600);
	else
		snprintf(out, size, "%lldd", s / 86400);
}

void when_left(int64_t ms, char *out, size_t size)
{
	long long s = ms < 0 ? 0 : ms / 1000;

	if (s < 3600)
		when_age(ms, out, size);
	else if (s < 86400)
		snprintf(out, size, "%lldh%02lldm", s / 3600, s / 60 % 60);
	else
		snprintf(out, size, "%lldd%lldh", s / 86400, s / 3600 % 24);
}

static void clock_as(const char *today_fmt, const char *year_fmt, const char *else_fmt, int64_t ms,
		     int64_t now_ms, char *out, size_t size)
{
	time_t t = ms / 1000, now = now_ms / 1000;
	struct tm at, today;
	const char *fmt = today_fmt;

	if (when_clean_ms(ms) == WHEN_NONE || !localtime_r(&t, &at) || !localtime_r(&now, &today)) {
		snprintf(out, size, "-");
		return;
	}
	if (at.tm_year != today.tm_year)
		fmt = else_fmt;
	else if (at.tm_yday != today.tm_yday)
		fmt = year_fmt;
	if (!strftime(out, size, fmt, &at))
		snprintf(out, size, "-");
}

void when_clock(int64_t ms, int64_t now_ms, char *out, size_t size)
{
	clock_as("%H:%M", "%b %d %H:%M", "%Y-%m-%d", ms, now_ms, out, size);
}

void when_clock_short(int64_t ms, int64_t now_ms, char *out, size_t size)
{
	clock_as("%H:%M", "%b %d", "%Y-%m", ms, now_ms, out, size);
}

void when_clock_exact(int64_t ms, int64_t now_ms, char *out, size_t size)
{
	clock_as("%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S", ms, now_ms, out, size);
}

void when_rfc3339(int64_t ms, char *out, size_t size)
{
	time_t t = ms / 1000;
	struct tm tm;
	char head[32];

	if (!gmtime_r(&t, &tm) || !strftime(head, sizeof(head), "%Y-%m-%dT%H:%M:%S", &tm))
		snprintf(out, size, "-");
	else
		snprintf(out, size, "%s.%03dZ", head, (int)(ms % 1000));
}
