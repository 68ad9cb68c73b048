/* SPDX-License-Identifier: MIT */
/*
 * The last door before the terminal. It does not know what the frame should look like; it
 * only takes the stream apart as a terminal would and refuses what no frame of ours
 * needs. Whole sequences only: a frame that ends inside one is refused as well.
 */
#include "egress.h"

#include <string.h>

#include "aside.h"
#include "core/text.h"

#define ESC '\033'

/* Characters that are printable for wcwidth but change how others are shown, or hide. */
static bool hidden(uint32_t cp)
{
	static const struct {
		uint32_t low, high;
	} ranges[] = {
		{0x061C, 0x061C}, {0x180E, 0x180E}, {0x200B, 0x200B}, {0x200E, 0x200F}, {0x2028, 0x202E},
		{0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F},
	};
	size_t i;

	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (cp >= ranges[i].low && cp <= ranges[i].high)
			return true;
	return false;
}

bool egress_char_ok(uint32_t cp)
{
	return (cp >= ' ' && cp <= '~') || (cp >= 0xA0 && !hidden(cp) && text_width(cp) >= 0);
}

/* Each of these gives the bytes of a well-formed thing at s, or 0. */

static size_t character(const char *s, size_t len)
{
	size_t used;
	uint32_t cp = text_decode(s, len, &used);

	if (cp == TEXT_BAD && !(used == 3 && memcmp(s, "\xEF\xBF\xBD", 3) == 0))
		return 0;
	return cp < 0xA0 || !egress_char_ok(cp) ? 0 : used;
}

/* Modes that curses switches within a frame: the cursor's look, auto margin, insert. */
static bool mode_ok(const char *params, size_t len)
{
	static const char *const modes[] = {"?25", "?12", "?7", "?12;25", "4", "34"};
	size_t i;

	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strlen(modes[i]) == len && memcmp(modes[i], params, len) == 0)
			return true;
	return false;
}

static size_t control_sequence(const char *s, size_t len)
{
	size_t i = 2, params;

	while (i < len && i < 64 && strchr("0123456789;:?", s[i]) && s[i])
		i++;
	params = i - 2;
	if (i == len || !s[i])
		return 0;
	if (s[i] == 'h' || s[i] == 'l')
		return mode_ok(s + 2, params) ? i + 1 : 0;
	/* The shape of the cursor on the Linux console; a device query without the '?'. */
	if (s[i] == 'c')
		return params == 2 && s[2] == '?' ? i + 1 : 0;
	if (memchr(s + 2, '?', params))
		return 0;
	return strchr("@ABCDEFGHIJKLMPSTXZ`abdefgmr", s[i]) ? i + 1 : 0;
}

static size_t escape(const char *s, size_t len)
{
	if (len < 2)
		return 0;
	if (s[1] == '[')
		return control_sequence(s, len);
	if (s[1] == '(' || s[1] == ')')
		return len >= 3 && (s[2] == '0' || s[2] == 'A' || s[2] == 'B' || s[2] == 'U') ? 3 : 0;
	return s[1] && strchr("78DEM", s[1]) ? 2 : 0;
}

static size_t one(const char *s, size_t len)
{
	if (*s >= ' ' && *s <= '~')
		return 1;
	if (*s == ESC)
		return escape(s, len);
	if (*s && strchr("\b\t\n\r\016\017", *s))
		return 1;
	return (unsigned char)*s >= 0x80 ? character(s, len) : 0;
}

bool egress_ok(const char *bytes, size_t len, size_t *at)
{
	size_t i = 0, used;

	while (i < len) {
		used = one(bytes + i, len - i);
		if (used == 0) {
			if (at)
				*at = i;
			return false;
		}
		i += used;
	}
	return true;
}

/* ---- beside the frames: the bytes of one, or 0 ---- */

static size_t literal(const char *s, size_t len, const char *wanted)
{
	size_t n = strlen(wanted);

	return len >= n && memcmp(s, wanted, n) == 0 ? n : 0;
}

static size_t base64(const char *s, size_t len)
{
	size_t n = 0, end;

	while (n < len && s[n] &&
	       strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", s[n]))
		n++;
	for (end = n + 2; n < len && n < end && s[n] == '='; n++)
		;
	return n % 4 == 0 && n <= ASIDE_BASE64_MAX ? n : 0;
}

/* Characters up to the first that is none, with at most so many `;` among them. */
static size_t words(const char *s, size_t len, int separators)
{
	size_t n = 0, used;

	while (n < len && n < 1024) {
		if (s[n] == ';' && separators-- == 0)
			return 0;
		used = (unsigned char)s[n] >= 0x80 ? character(s + n, len - n) : s[n] >= ' ' && s[n] <= '~';
		if (used == 0)
			break;
		n += used;
	}
	return n;
}

static size_t command(const char *s, size_t len)
{
	size_t head = literal(s, len, "\033]52;c;"), n;

	if (head) {
		n = head + base64(s + head, len - head);
	} else if ((head = literal(s, len, "\033]9;"))) {
		if (len > head && s[head] >= '0' && s[head] <= '9')
			return 0;
		n = head + words(s + head, len - head, 0);
	} else if ((head = literal(s, len, "\033]777;notify;"))) {
		n = head + words(s + head, len - head, 1);
	} else {
		return 0;
	}
	return n < len && s[n] == '\007' ? n + 1 : 0;
}

static size_t wrapped(const char *s, size_t len)
{
	size_t head = literal(s, len, "\033Ptmux;\033"), body = 0, tail = 0;

	if (head)
		body = command(s + head, len - head);
	if (body)
		tail = literal(s + head + body, len - head - body, "\033\\");
	return tail ? head + body + tail : 0;
}

bool egress_aside_ok(const char *bytes, size_t len)
{
	static const char *const fixed[] = {ASIDE_BELL, ASIDE_MOUSE_ON, ASIDE_MOUSE_OFF};
	size_t at = 0, used, i;

	while (at < len) {
		used = command(bytes + at, len - at);
		if (!used)
			used = wrapped(bytes + at, len - at);
		for (i = 0; !used && i < sizeof(fixed) / sizeof(fixed[0]); i++)
			used = literal(bytes + at, len - at, fixed[i]);
		if (!used)
			return false;
		at += used;
	}
	return true;
}
