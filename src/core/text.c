/* SPDX-License-Identifier: MIT */
/*
 * UTF-8 and cells. The decoder follows table 3-7 of the Unicode standard: the second
 * byte's range depends on the first, which rejects overlong forms and surrogates
 * without a look at the value, and makes "maximal part" fall out by itself.
 */
#include "core/text.h"

#include <ctype.h>
#include <errno.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static bool continuation(unsigned char c)
{
	return (c & 0xC0) == 0x80;
}

/* Range of the second byte after a lead byte; the rest are plain continuations. */
static void second_range(unsigned char lead, unsigned char *low, unsigned char *high)
{
	*low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
	*high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
}

static size_t lead_length(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xC2 && lead <= 0xDF)
		return 2;
	if (lead >= 0xE0 && lead <= 0xEF)
		return 3;
	return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

uint32_t text_decode(const char *s, size_t len, size_t *used)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t n = lead_length(p[0]), i;
	unsigned char low, high;
	uint32_t cp;

	*used = 1;
	if (n == 1)
		return p[0];
	if (n == 0)
		return TEXT_BAD;
	second_range(p[0], &low, &high);
	cp = p[0] & (0xFFu >> (n + 1));
	for (i = 1; i < n; i++) {
		if (i >= len || p[i] < low || p[i] > high)
			return TEXT_BAD;
		cp = cp << 6 | (p[i] & 0x3F);
		*used = i + 1;
		low = 0x80;
		high = 0xBF;
	}
	return cp;
}

size_t text_encode(uint32_t cp, char out[4])
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xC0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3F));
		return 2;
	}
	if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
		return text_encode(TEXT_BAD, out);
	if (cp < 0x10000) {
		out[0] = (char)(0xE0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
		out[2] = (char)(0x80 | (cp & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
	out[3] = (char)(0x80 | (cp & 0x3F));
	return 4;
}

bool text_valid(const char *s, size_t len)
{
	size_t i = 0, used;

	while (i < len) {
		if ((unsigned char)s[i] < 0x80) {
			i++;
			continue;
		}
		/* U+FFFD itself is three bytes; a wrong part never is. */
		if (text_decode(s + i, len - i, &used) == TEXT_BAD &&
		    !(used == 3 && memcmp(s + i, "\xEF\xBF\xBD", 3) == 0))
			return false;
		i += used;
	}
	return true;
}

size_t text_cut(const char *s, size_t len)
{
	size_t back = 0, n;

	while (back < 3 && back < len && continuation((unsigned char)s[len - 1 - back]))
		back++;
	if (back == len)
		return len;
	n = lead_length((unsigned char)s[len - 1 - back]);
	return n > back + 1 ? len - 1 - back : len;
}

int text_width(uint32_t cp)
{
	if (cp - 0x20u < 0x5Fu)
		return 1;
	if (cp < 0x20 || cp == 0x7F)
		return -1;
	return wcwidth((wchar_t)cp);
}

bool text_locale_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

const char *text_or_empty(const char *s)
{
	return s ? s : "";
}

bool text_same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

bool text_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool text_int(const char *s, int64_t *out)
{
	char *end;
	long long v;

	if (text_empty(s) || !(isdigit((unsigned char)*s) || *s == '-' || *s == '+'))
		return false;
	errno = 0;
	v = strtoll(s, &end, 10);
	if (errno || *end || !isdigit((unsigned char)end[-1]))
		return false;
	*out = v;
	return true;
}

/* Compares the digit runs at *a and *b by value and moves both past them. */
static int compare_digits(const char **a, const char **b)
{
	size_t na, nb;
	int d;

	while (**a == '0')
		++*a;
	while (**b == '0')
		++*b;
	na = strspn(*a, "0123456789");
	nb = strspn(*b, "0123456789");
	d = na != nb ? (na < nb ? -1 : 1) : memcmp(*a, *b, na);
	*a += na;
	*b += nb;
	return d;
}

int text_compare_natural(const char *a, const char *b)
{
	const char *p = a, *q = b;
	int d;

	while (*p && *q) {
		if (isdigit((unsigned char)*p) && isdigit((unsigned char)*q)) {
			d = compare_digits(&p, &q);
			if (d)
				return d;
			continue;
		}
		d = tolower((unsigned char)*p) - tolower((unsigned char)*q);
		if (d)
			return d;
		p++;
		q++;
	}
	d = (unsigned char)*p - (unsigned char)*q;
	return d ? d : strcmp(a, b);
}

void text_grouped(int64_t n, char *out, size_t size)
{
	char digits[24];
	size_t len, i, o = 0;

	snprintf(digits, sizeof(digits), "%lld", (long long)n);
	len = strlen(digits);
	for (i = 0; i < len && o + 2 < size; i++) {
		if (i > (digits[0] == '-') && (len - i) % 3 == 0)
			out[o++] = ',';
		out[o++] = digits[i];
	}
	out[o < size ? o : size - 1] = '\0';
}
