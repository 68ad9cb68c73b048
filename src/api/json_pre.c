/* SPDX-License-Identifier: MIT */
/*
 * What cJSON must not see, it does not get to see.
 *
 * cJSON takes two documents for one, cuts strings at \u0000, refuses a whole document
 * for one lone surrogate, rounds numbers above 2^53 and spends 64 bytes on each node. So
 * one linear walk, with a stack of 64 brackets instead of recursion, checks the grammar
 * and the ceilings and writes the document anew: escapes undone (but for quotes and
 * backslashes), every byte valid UTF-8, no space between tokens, and numbers as marked
 * strings, so that their text survives. A long top-level string that the caller names
 * goes, unescaped, to a buffer of the caller's: a log is copied once.
 *
 * Nearly all bytes of an answer stand within strings. plain_run() passes over them
 * sixteen at a time; the rest of the walk sees only quotes, escapes and what is not ASCII.
 */
#include "json_pre.h"

#include <stdint.h>
#include <string.h>

#include "api/json.h"
#include "core/i18n.h"
#include "core/text.h"

/* What the walk expects next. FIRST: right after an opening bracket, which may close at once. */
enum want { WANT_VALUE, WANT_FIRST_VALUE, WANT_KEY, WANT_FIRST_KEY, WANT_AFTER };

struct walk {
	const char *s;
	size_t len, at;
	struct buf *out;
	const char *lift;
	struct buf *lifted;
	bool lift_seen, was_lifted;
	size_t lift_raw; /* bytes of the document that went to `lifted` */
	unsigned nodes;
	int depth;
	char open[JSON_DEPTH_MAX];
	struct err *err;
};

static bool fail(const struct walk *w, const char *what)
{
	return err_set(w->err, ERR_PARSE, 0, _("bad answer: %s at byte %zu"), what, w->at);
}

static bool fail_size(const struct walk *w)
{
	return fail(w, _("more than can be shown"));
}

typedef signed char bytes16 __attribute__((vector_size(16)));
typedef uint64_t lanes16 __attribute__((vector_size(16)));

/* Length of what needs no look at s: no quote, backslash, control or non-ASCII byte. */
static size_t plain_run(const char *s, size_t len)
{
	size_t n = 0;
	bytes16 v;
	lanes16 odd;

	for (; len - n >= sizeof(v); n += sizeof(v)) {
		memcpy(&v, s + n, sizeof(v));
		/* Signed: what is below a space is a control or not ASCII. */
		odd = (lanes16)((v < ' ') | (v == '"') | (v == '\\'));
		if (odd[0] | odd[1])
			break;
	}
	while (n < len && (signed char)s[n] >= ' ' && s[n] != '"' && s[n] != '\\')
		n++;
	return n;
}

static bool tail_byte(char c)
{
	return (c & 0xC0) == 0x80;
}

/* Length of the whole valid characters beyond ASCII at s; most are of three plain bytes. */
static size_t wide_run(const char *s, size_t len)
{
	size_t n = 0, used;
	unsigned char lead;

	while (n < len && (lead = (unsigned char)s[n]) >= 0x80) {
		if (len - n >= 3 && lead > 0xE0 && lead < 0xED && tail_byte(s[n + 1]) &&
		    tail_byte(s[n + 2])) {
			n += 3;
			continue;
		}
		if (text_decode(s + n, len - n, &used) == TEXT_BAD &&
		    !(used == 3 && memcmp(s + n, "\xEF\xBF\xBD", 3) == 0))
			break;
		n += used;
	}
	return n;
}

/* Adds a code point; NUL becomes U+FFFD, and `quoted` keeps it within a JSON string. */
static bool add_cp(struct buf *out, uint32_t cp, bool quoted)
{
	char utf8[5] = "\\";
	size_t n = text_encode(cp ? cp : TEXT_BAD, utf8 + 1);

	if (quoted && (cp == '"' || cp == '\\'))
		return buf_add(out, utf8, n + 1);
	return buf_add(out, utf8 + 1, n);
}

/* The four hex digits at s[at], or -1. */
static int32_t hex4(const struct walk *w, size_t at)
{
	int32_t v = 0;
	size_t i;

	if (at > w->len || w->len - at < 4)
		return -1;
	for (i = at; i < at + 4; i++) {
		unsigned char c = (unsigned char)w->s[i], low = c | 0x20;

		if (c >= '0' && c <= '9')
			v = v << 4 | (c - '0');
		else if (low >= 'a' && low <= 'f')
			v = v << 4 | (low - 'a' + 10);
		else
			return -1;
	}
	return v;
}

/* \uXXXX, with its other half where it is a surrogate; a half alone is U+FFFD. */
static bool unicode_escape(struct walk *w, struct buf *out, bool quoted)
{
	int32_t cp = hex4(w, w->at + 2), low;

	if (cp < 0)
		return fail(w, _("an escape that JSON does not have"));
	w->at += 6;
	if (cp >= 0xD800 && cp <= 0xDFFF) {
		low = w->len - w->at >= 6 && w->s[w->at] == '\\' && w->s[w->at + 1] == 'u'
			      ? hex4(w, w->at + 2)
			      : -1;
		if (cp < 0xDC00 && low >= 0xDC00 && low <= 0xDFFF) {
			cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
			w->at += 6;
		} else {
			cp = TEXT_BAD;
		}
	}
	return add_cp(out, (uint32_t)cp, quoted) || fail_size(w);
}

static bool escape(struct walk *w, struct buf *out, bool quoted)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	const char *found;

	if (w->len - w->at < 2)
		return fail(w, _("a string without an end"));
	if (w->s[w->at + 1] == 'u')
		return unicode_escape(w, out, quoted);
	found = memchr(names, w->s[w->at + 1], sizeof(names) - 1);
	if (!found)
		return fail(w, _("an escape that JSON does not have"));
	w->at += 2;
	return add_cp(out, (uint32_t)values[found - names], quoted) || fail_size(w);
}

/* One stretch of bytes beyond ASCII: what is valid as it is, else one U+FFFD for a wrong part. */
static bool wide(struct walk *w, struct buf *out)
{
	const char *s = w->s + w->at;
	size_t left = w->len - w->at, n = wide_run(s, left), used;

	if (n == 0) {
		text_decode(s, left, &used);
		w->at += used;
		return add_cp(out, TEXT_BAD, false) || fail_size(w);
	}
	w->at += n;
	return buf_add(out, s, n) || fail_size(w);
}

/* The rest of a string whose opening quote has been passed, with its closing quote. */
static bool string_rest(struct walk *w, struct buf *out, bool quoted)
{
	while (w->at < w->len) {
		const char *s = w->s + w->at;
		size_t n = plain_run(s, w->len - w->at);
		bool ok = true;

		if (!buf_add(out, s, n))
			return fail_size(w);
		w->at += n;
		if (w->at == w->len)
			break;
		if (s[n] == '"') {
			w->at++;
			return true;
		}
		if (s[n] == '\\')
			ok = escape(w, out, quoted);
		else if ((unsigned char)s[n] >= 0x80)
			ok = wide(w, out);
		else
			ok = add_cp(out, (unsigned char)w->s[w->at++], false) || fail_size(w);
		if (!ok)
			return false;
	}
	return fail(w, _("a string without an end"));
}

static bool string(struct walk *w)
{
	w->at++;
	return (buf_addc(w->out, '"') || fail_size(w)) && string_rest(w, w->out, true) &&
	       (buf_addc(w->out, '"') || fail_size(w));
}

static size_t digits(const struct walk *w, size_t at)
{
	size_t n = 0;

	while (at + n < w->len && w->s[at + n] >= '0' && w->s[at + n] <= '9')
		n++;
	return n;
}

/* Length of the JSON number at the walk's place, 0 for none. */
static size_t number_length(const struct walk *w)
{
	size_t at = w->at, n;

	at += w->s[at] == '-';
	n = digits(w, at);
	if (n == 0 || (n > 1 && w->s[at] == '0'))
		return 0;
	at += n;
	if (at < w->len && w->s[at] == '.') {
		n = digits(w, at + 1);
		if (n == 0)
			return 0;
		at += 1 + n;
	}
	if (at < w->len && (w->s[at] | 0x20) == 'e') {
		at++;
		at += at < w->len && (w->s[at] == '+' || w->s[at] == '-');
		n = digits(w, at);
		if (n == 0)
			return 0;
		at += n;
	}
	return at - w->at;
}

static bool number(struct walk *w)
{
	size_t n = number_length(w);
	const char mark[2] = {'"', JSON_PRE_NUMBER};

	if (n == 0)
		return fail(w, _("a number that JSON does not have"));
	if (!buf_add(w->out, mark, sizeof(mark)) || !buf_add(w->out, w->s + w->at, n) ||
	    !buf_addc(w->out, '"'))
		return fail_size(w);
	w->at += n;
	return true;
}

static bool word(struct walk *w)
{
	static const char *const words[] = {"true", "false", "null"};
	size_t i, n;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		n = strlen(words[i]);
		if (w->len - w->at < n || memcmp(w->s + w->at, words[i], n) != 0)
			continue;
		w->at += n;
		return buf_add(w->out, words[i], n) || fail_size(w);
	}
	return fail(w, w->at == w->len ? _("the end came too early")
				       : _("something that is no JSON value"));
}

static bool open_bracket(struct walk *w, enum want *want)
{
	char c = w->s[w->at];

	if (w->depth == JSON_DEPTH_MAX)
		return fail(w, _("too many levels"));
	w->open[w->depth++] = c;
	*want = c == '{' ? WANT_FIRST_KEY : WANT_FIRST_VALUE;
	w->at++;
	return buf_addc(w->out, c) || fail_size(w);
}

static bool value(struct walk *w, enum want *want)
{
	char c = w->at < w->len ? w->s[w->at] : '\0';

	if (++w->nodes > JSON_NODES_MAX)
		return fail(w, _("too many values"));
	if (c == '{' || c == '[')
		return open_bracket(w, want);
	*want = WANT_AFTER;
	if (c == '"')
		return string(w);
	if (c == '-' || (c >= '0' && c <= '9'))
		return number(w);
	return word(w);
}

static void skip_space(struct walk *w)
{
	while (w->at < w->len && (w->s[w->at] == ' ' || w->s[w->at] == '\n' || w->s[w->at] == '\t' ||
				  w->s[w->at] == '\r'))
		w->at++;
}

/* Is the key that begins at out->data[from] the top-level one to lift, for the first time? */
static bool is_lift(const struct walk *w, size_t from)
{
	size_t n = w->lift ? strlen(w->lift) : 0;

	return n && w->depth == 1 && !w->lift_seen && w->out->len - from == n + 2 &&
	       memcmp(w->out->data + from + 1, w->lift, n) == 0;
}

/* The string goes to `lifted`; an empty one stays in the document. */
static bool lift_string(struct walk *w)
{
	size_t from = w->at++;

	w->nodes++;
	if (!string_rest(w, w->lifted, false))
		return false;
	w->lift_raw = w->at - from;
	w->was_lifted = true;
	return buf_add(w->out, "\"\"", 2) || fail_size(w);
}

static bool key(struct walk *w, enum want *want)
{
	size_t from = w->out->len;
	bool lift;

	if (w->at == w->len || w->s[w->at] != '"')
		return fail(w, _("no name where a member's should stand"));
	if (!string(w))
		return false;
	lift = is_lift(w, from);
	w->lift_seen |= lift;
	skip_space(w);
	if (w->at == w->len || w->s[w->at] != ':')
		return fail(w, _("no colon after a name"));
	w->at++;
	if (!buf_addc(w->out, ':'))
		return fail_size(w);
	skip_space(w);
	*want = WANT_VALUE;
	if (!lift || w->at == w->len || w->s[w->at] != '"')
		return true;
	*want = WANT_AFTER;
	return lift_string(w);
}

/* After a value within a container: a comma or the closing bracket. */
static bool after(struct walk *w, enum want *want)
{
	char open = w->open[w->depth - 1], c = w->at < w->len ? w->s[w->at] : '\0';

	if (c == ',')
		*want = open == '{' ? WANT_KEY : WANT_VALUE;
	else if (c == (open == '{' ? '}' : ']'))
		w->depth--;
	else
		return fail(w, w->at == w->len ? _("the end came too early")
					       : _("neither a comma nor a closing bracket"));
	w->at++;
	return buf_addc(w->out, c) || fail_size(w);
}

static bool closes_at_once(const struct walk *w, enum want want)
{
	char c = w->at < w->len ? w->s[w->at] : '\0';

	return (want == WANT_FIRST_KEY && c == '}') || (want == WANT_FIRST_VALUE && c == ']');
}

static bool document(struct walk *w)
{
	enum want want = WANT_VALUE;
	bool ok;

	do {
		skip_space(w);
		if (closes_at_once(w, want))
			want = WANT_AFTER;
		if (want == WANT_AFTER)
			ok = after(w, &want);
		else if (want == WANT_KEY || want == WANT_FIRST_KEY)
			ok = key(w, &want);
		else
			ok = value(w, &want);
		if (!ok)
			return false;
		if (w->at - w->lift_raw > JSON_BYTES_MAX)
			return fail_size(w);
	} while (w->depth > 0);
	skip_space(w);
	return w->at == w->len || fail(w, _("something after the end"));
}

bool json_pre(const char *text, size_t len, const char *lift, struct buf *lifted,
	      bool *was_lifted, struct buf *out, struct err *err)
{
	struct walk w = {.s = text, .len = len, .out = out, .lift = lift, .lifted = lifted, .err = err};
	size_t kept = lifted ? lifted->len : 0;

	if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
		w.at = 3;
	if (!document(&w)) {
		if (lifted)
			buf_truncate(lifted, kept);
		return false;
	}
	if (was_lifted)
		*was_lifted = w.was_lifted;
	return true;
}
