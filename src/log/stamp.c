/* SPDX-License-Identifier: MIT */
/*
 * Reads a stamp by position: the form has fixed places, and most lines of a log are asked.
 */
#include "log/stamp.h"

#include <string.h>
#include <time.h>

#include "core/when.h"

static const char form[] = "[dddd/dd/dd dd:dd:dd.ddd GMTsdd:dd]";

static bool fits(const char *line, size_t len)
{
	size_t i;

	if (len < sizeof(form) - 1)
		return false;
	for (i = 0; form[i]; i++) {
		bool digit = line[i] >= '0' && line[i] <= '9';

		if (form[i] == 'd' ? !digit
		    : form[i] == 's' ? line[i] != '+' && line[i] != '-'
				     : line[i] != form[i])
			return false;
	}
	return true;
}

static int number(const char *s, int digits)
{
	int n = 0;

	while (digits-- > 0)
		n = n * 10 + (*s++ - '0');
	return n;
}

bool stamp_parse(const char *line, size_t line_len, int64_t *ms, size_t *len)
{
	struct tm tm = {0};
	int64_t zone;

	if (!fits(line, line_len))
		return false;
	tm.tm_year = number(line + 1, 4) - 1900;
	tm.tm_mon = number(line + 6, 2) - 1;
	tm.tm_mday = number(line + 9, 2);
	tm.tm_hour = number(line + 12, 2);
	tm.tm_min = number(line + 15, 2);
	tm.tm_sec = number(line + 18, 2);
	zone = (number(line + 29, 2) * 60 + number(line + 32, 2)) * (line[28] == '-' ? -60 : 60);
	*ms = when_clean_ms(((int64_t)timegm(&tm) - zone) * 1000 + number(line + 21, 3));
	*len = sizeof(form) - 1;
	if (*len < line_len && line[*len] == ' ')
		++*len;
	return *ms != WHEN_NONE;
}
