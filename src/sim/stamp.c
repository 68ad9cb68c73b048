/* SPDX-License-Identifier: MIT */
/*
 * Every log line carries a stamp, at hundreds of thousands of lines a second: digits
 * are written by hand, and the calendar is the usual shift of the year to March.
 */
#include "sim/stamp.h"

#include <stdio.h>
#include <string.h>

struct civil {
	int year, month, day, hour, minute, second, ms, weekday; /* weekday 0 is Sunday */
};

static struct civil civil_of(int64_t ms)
{
	int64_t s = ms / 1000, days = s / 86400, z = days + 719468, era = z / 146097;
	int64_t doe = z - era * 146097, yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
	int in_day = (int)(s % 86400);
	struct civil c;

	c.day = (int)(doy - (153 * mp + 2) / 5 + 1);
	c.month = (int)(mp < 10 ? mp + 3 : mp - 9);
	c.year = (int)(yoe + era * 400) + (c.month <= 2);
	c.hour = in_day / 3600;
	c.minute = in_day / 60 % 60;
	c.second = in_day % 60;
	c.ms = (int)(ms % 1000);
	c.weekday = (int)((days + 4) % 7);
	return c;
}

static void digits(char *to, int n, int value)
{
	while (n--) {
		to[n] = (char)('0' + value % 10);
		value /= 10;
	}
}

size_t stamp_log(int64_t ms, char *out)
{
	static const char form[] = "[0000/00/00 00:00:00.000 GMT+08:00] ";
	struct civil c = civil_of(ms + STAMP_ZONE_MS);

	memcpy(out, form, sizeof(form) - 1);
	digits(out + 1, 4, c.year);
	digits(out + 6, 2, c.month);
	digits(out + 9, 2, c.day);
	digits(out + 12, 2, c.hour);
	digits(out + 15, 2, c.minute);
	digits(out + 18, 2, c.second);
	digits(out + 21, 3, c.ms);
	return sizeof(form) - 1;
}

void stamp_zoneless(int64_t ms, char *out)
{
	struct civil c = civil_of(ms + STAMP_ZONE_MS);

	memcpy(out, "0000-00-00 00:00:00", 20);
	digits(out, 4, c.year);
	digits(out + 5, 2, c.month);
	digits(out + 8, 2, c.day);
	digits(out + 11, 2, c.hour);
	digits(out + 14, 2, c.minute);
	digits(out + 17, 2, c.second);
}

void stamp_http(int64_t ms, char *out)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct civil c = civil_of(ms);

	snprintf(out, STAMP_SIZE, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT", &days[3 * c.weekday],
		 c.day, &months[3 * (c.month - 1)], c.year, c.hour, c.minute, c.second);
}

void stamp_iso(int64_t ms, char *out)
{
	struct civil c = civil_of(ms);

	snprintf(out, STAMP_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d.%03d000Z", c.year, c.month, c.day,
		 c.hour, c.minute, c.second, c.ms);
}
