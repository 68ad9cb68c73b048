/* SPDX-License-Identifier: MIT */
/*
 * Which lines of a page are new.
 *
 * The server says where a page lies by two tokens whose unit nobody knows (api.md 4.4),
 * so they are only compared, and where they leave a doubt the text decides: hashes of
 * the last lines emitted are kept in a ring. Doubt is rare on purpose. Logs repeat
 * themselves (empty lines, progress bars), so content may only drop a line where the
 * tokens say that it could have been sent before; otherwise equal lines are real.
 *
 * Paging back is the same rule in a mirror: a page's lines are looked at in the order
 * of emission (forward: oldest first; back: newest first) and the tokens change roles.
 * `far` is the token that moves on (end, or start when going back), `near` the other.
 */
#include "log/cursor.h"

#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "core/mem.h"
#include "core/text.h"

enum { RANGE_AFTER = 2, STUCK_AFTER = 20, OVERLAP_SURE = 2, DOUBTS_SURE = 3, TRIAL_LASTS = 4, FALLS_SURE = 1000, STAMP_DIGITS = 14 };

void cursor_init(struct cursor *c, enum cursor_sort sort)
{
	memset(c, 0, sizeof(*c));
	c->sort = sort;
	strcpy(c->start, "0");
	strcpy(c->end, "0");
}

struct cursor_ask cursor_ask(const struct cursor *c)
{
	struct cursor_ask ask = {c->start, c->end, c->sort};

	if (c->range && c->sort == CURSOR_ASC) {
		ask.start = c->end;
		ask.end = "0";
	} else if (c->range) {
		ask.start = "0";
		ask.end = c->start;
	}
	return ask;
}

/* ---- tokens ---- */

static bool token_good(const char *t)
{
	static const char set[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._-";
	size_t n = t ? strnlen(t, CURSOR_TOKEN) : 0;

	return n >= 1 && n < CURSOR_TOKEN && strspn(t, set) == n;
}

/* < 0, 0, > 0; tokens that are not both numbers can only differ, which counts as > 0, but "0" is the start. */
static int token_order(const char *a, const char *b)
{
	int64_t x, y;

	if (text_int(a, &x) && text_int(b, &y))
		return (x > y) - (x < y);
	return strcmp(a, "0") == 0 ? -1 : strcmp(a, b) != 0;
}

static bool token_between(const char *low, const char *t, const char *high)
{
	int64_t x, y, z;

	if (text_int(low, &x) && text_int(t, &y) && text_int(high, &z))
		return x < y && y < z;
	return strcmp(t, low) != 0 && strcmp(t, high) != 0;
}

/* A page's place, with the old tokens where it brings none of use. */
struct place {
	const char *start, *end;
	const char *near, *far;
	int moved; /* the far token: > 0 on, 0 not, < 0 back */
};

static bool untouched(const struct cursor *c)
{
	return c->emitted == 0 && strcmp(c->start, "0") == 0 && strcmp(c->end, "0") == 0;
}

/* An empty answer that only says again what was asked says nothing about the log. */
static bool echo(const struct cursor *c, const struct place *at, const struct cursor_page *page)
{
	struct cursor_ask ask = cursor_ask(c);

	return c->sort == CURSOR_ASC && !page->len && strcmp(at->start, ask.start) == 0 && strcmp(at->end, ask.end) == 0;
}

static struct place place_of(const struct cursor *c, const struct cursor_page *page)
{
	struct place at;

	at.start = token_good(page->start) ? page->start : c->start;
	at.end = token_good(page->end) ? page->end : c->end;
	at.near = c->sort == CURSOR_ASC ? at.start : at.end;
	at.far = c->sort == CURSOR_ASC ? at.end : at.start;
	if (c->sort == CURSOR_ASC || untouched(c))
		at.moved = token_order(at.end, c->end);
	else
		at.moved = token_order(c->start, at.start);
	if (echo(c, &at, page))
		at.moved = 0;
	return at;
}

static const char *far_of(const struct cursor *c)
{
	return c->sort == CURSOR_ASC ? c->end : c->start;
}

static void move_to(struct cursor *c, const struct place *at)
{
	char start[CURSOR_TOKEN];

	strcpy(start, at->start); /* either may point into the cursor */
	memmove(c->end, at->end, strlen(at->end) + 1);
	strcpy(c->start, start);
}

/* ---- lines of a page, in order of emission ---- */

struct lines {
	const char *text;
	size_t len;
	size_t n;
	bool from_end; /* the last line of the text comes first */
};

static size_t count_lines(const char *text, size_t len)
{
	const char *end = text + len, *p = text;
	size_t n = 1;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
		p++;
		n++;
	}
	return n;
}

/* A walk over lines; `at` is an edge of the text not yet walked: its start, or its end. */
static bool lines_next(const struct lines *l, size_t *at, size_t *from, size_t *to)
{
	const char *nl;

	if (*at == SIZE_MAX)
		return false;
	if (l->from_end) {
		*to = *at;
		nl = *to ? memrchr(l->text, '\n', *to) : NULL;
		*from = nl ? (size_t)(nl - l->text) + 1 : 0;
		*at = nl ? (size_t)(nl - l->text) : SIZE_MAX;
		return true;
	}
	*from = *at;
	nl = *from < l->len ? memchr(l->text + *from, '\n', l->len - *from) : NULL;
	*to = nl ? (size_t)(nl - l->text) : l->len;
	*at = nl ? *to + 1 : SIZE_MAX;
	return true;
}

static size_t lines_begin(const struct lines *l)
{
	return l->from_end ? l->len : 0;
}

static uint64_t *lines_hash(const struct lines *l)
{
	uint64_t *hash = mem_calloc(l->n, sizeof(*hash));
	size_t at = lines_begin(l), i, from, to;

	for (i = 0; i < l->n && lines_next(l, &at, &from, &to); i++)
		hash[i] = hash_bytes(l->text + from, to - from);
	return hash;
}

/* The bytes of all lines but the first `skip` in order of emission. */
static void lines_span(const struct lines *l, size_t skip, struct cursor_verdict *v)
{
	size_t at = lines_begin(l), i, from, to;

	for (i = 0; i < skip && lines_next(l, &at, &from, &to); i++)
		;
	v->from = l->from_end ? 0 : at;
	v->to = l->from_end ? at : l->len;
}

/* ---- the ring of what was emitted ---- */

static uint64_t held(const struct cursor *c, size_t back)
{
	return c->tail[(c->emitted - 1 - back) % CURSOR_TAIL];
}

static void hold(struct cursor *c, uint64_t hash)
{
	c->tail[c->emitted++ % CURSOR_TAIL] = hash;
	if (c->held < CURSOR_TAIL)
		c->held++;
}

/* Takes in the lines that come last in order of emission, hashing only what the ring can hold. */
static void hold_lines(struct cursor *c, const struct lines *l, size_t skip)
{
	struct lines reverse = *l;
	uint64_t hash[CURSOR_TAIL];
	size_t fresh = l->n - skip, n = fresh < CURSOR_TAIL ? fresh : CURSOR_TAIL;
	size_t at, i, from, to;

	reverse.from_end = !l->from_end;
	at = lines_begin(&reverse);
	for (i = 0; i < n && lines_next(&reverse, &at, &from, &to); i++)
		hash[i] = hash_bytes(l->text + from, to - from);
	c->emitted += fresh - n;
	while (i-- > 0)
		hold(c, hash[i]);
}

/* Do the page's lines that end before `j` agree with the last ones emitted? */
static bool agrees(const struct cursor *c, const uint64_t *hash, size_t j)
{
	size_t n = j < c->held ? j : c->held, i;

	for (i = 0; i < n; i++)
		if (hash[j - 1 - i] != held(c, i))
			return false;
	return n > 0;
}

/* The longest beginning of the page that is an end of the ring; beyond the ring, the ring itself. */
static size_t overlap(const struct cursor *c, const uint64_t *hash, size_t n)
{
	size_t j;

	for (j = n < c->held ? n : c->held; j > 0; j--)
		if (agrees(c, hash, j))
			return j;
	for (j = c->held + 1; j <= n && c->held; j++)
		if (agrees(c, hash, j))
			return j;
	return 0;
}

/* The page at the same place again: what comes after the part that is known; 0 when nothing is. */
static size_t known_part(const struct cursor *c, const uint64_t *hash, size_t n, bool same_place)
{
	size_t j;

	if (same_place && c->page_lines && c->page_lines <= n && agrees(c, hash, c->page_lines))
		return c->page_lines;
	for (j = n; j > 0; j--)
		if (agrees(c, hash, j))
			return j;
	return 0;
}

/* Are all lines of the page somewhere in the ring, in a row? */
static bool contained(const struct cursor *c, const uint64_t *hash, size_t n)
{
	size_t back, i;

	for (back = 0; back + n <= c->held; back++) {
		for (i = 0; i < n && hash[n - 1 - i] == held(c, back + i); i++)
			;
		if (i == n)
			return true;
	}
	return false;
}

/* ---- the order within a page that goes back ---- */

/* The digits of a line's time stamp, `[2026/01/02 08:00:02.198 ...` or ISO, as one number. */
static uint64_t stamp_of(const char *line, size_t len)
{
	uint64_t stamp = 0;
	unsigned digits = 0;
	size_t i;

	for (i = 0; i < len && i < 32 && digits < 17; i++) {
		if (line[i] >= '0' && line[i] <= '9') {
			stamp = stamp * 10 + (uint64_t)(line[i] - '0');
			digits++;
		} else if (!memchr("[/-:., T", line[i], 8)) {
			break;
		}
	}
	if (digits < STAMP_DIGITS)
		return 0;
	for (; digits < 17; digits++)
		stamp *= 10;
	return stamp;
}

/* Counts how stamps fall and rise down the text: more falls, and the newest line is first. */
static int falls(const char *text, size_t len)
{
	struct lines l = {.text = text, .len = len};
	uint64_t last = 0, stamp;
	size_t at = 0, from, to;
	int sum = 0;

	while (abs(sum) < FALLS_SURE && lines_next(&l, &at, &from, &to)) {
		stamp = stamp_of(text + from, to - from);
		if (!stamp)
			continue;
		if (last)
			sum += (stamp < last) - (stamp > last);
		last = stamp;
	}
	return sum;
}

/* ---- the rule ---- */

struct finding {
	size_t skip;	/* lines of the page that are known already */
	bool resent;	/* the page is an old one: the tokens stay */
	bool rewritten; /* it is none of what we have */
};

static struct finding compare(const struct cursor *c, const struct place *at, const struct lines *l)
{
	struct finding f = {0};
	uint64_t *hash;

	if (at->moved > 0 && !token_between(c->start, at->near, c->end))
		return f;
	hash = lines_hash(l);
	if (at->moved > 0) {
		f.skip = overlap(c, hash, l->n);
	} else if (at->moved == 0) {
		f.skip = known_part(c, hash, l->n, strcmp(at->near, c->sort == CURSOR_ASC ? c->start : c->end) == 0);
		f.resent = f.skip == l->n;
		f.rewritten = f.skip == 0;
	} else if (contained(c, hash, l->n)) {
		f.resent = true;
	} else {
		f.skip = overlap(c, hash, l->n);
		if (f.skip < OVERLAP_SURE)
			f.skip = 0;
		f.rewritten = f.skip == 0;
	}
	mem_free(hash);
	return f;
}

enum reading { READING_OTHER, READING_DOUBTFUL, READING_RANGE };

/* A page that holds all that the ring holds may be the log from its beginning again. */
static bool holds_the_ring(const struct cursor *c, const struct lines *l)
{
	uint64_t *hash = lines_hash(l);
	bool found = false;
	size_t j;

	for (j = c->held; j <= l->n && !found; j++)
		found = agrees(c, hash, j);
	mem_free(hash);
	return found;
}

/* Does this answer to a range question go on where we are? */
static enum reading reading_of(const struct cursor *c, const struct place *at, const struct lines *l)
{
	const char *far = far_of(c);
	int64_t x, y;
	bool on;

	if (at->moved <= 0)
		return READING_OTHER;
	on = text_int(at->near, &x) && text_int(far, &y) && (c->sort == CURSOR_ASC ? x > y : x < y);
	if (!on && strcmp(at->near, far) != 0)
		return READING_OTHER;
	return holds_the_ring(c, l) ? READING_DOUBTFUL : READING_RANGE;
}

/*
 * The first lines in answer to a range question: true when they are to be used. In doubt
 * we ask as before; a server that continues a window has new lines then, and one that
 * reads ranges sends the same page again, until we are sure.
 */
static bool range_proves(struct cursor *c, const struct place *at, const struct lines *l)
{
	enum reading reading = reading_of(c, at, l);

	if (reading == READING_DOUBTFUL && ++c->doubts >= DOUBTS_SURE)
		reading = READING_RANGE;
	c->range = c->range_proven = reading == READING_RANGE;
	if (reading == READING_DOUBTFUL) {
		c->range_tried = false;
		c->idle = 0;
	} else if (reading == READING_OTHER) {
		c->idle++;
		c->done = c->sort == CURSOR_DESC;
	}
	return c->range;
}

/* Going back from the very beginning would be the first question again: the tail. */
static bool at_the_top(const struct cursor *c)
{
	struct cursor_ask ask = cursor_ask(c);

	return c->sort == CURSOR_DESC && strcmp(ask.start, "0") == 0 && strcmp(ask.end, "0") == 0;
}

static void take_nothing(struct cursor *c, const struct place *at)
{
	c->idle++;
	if (c->range && !c->range_proven && (at->moved < 0 || c->idle >= TRIAL_LASTS)) {
		c->range = false;
		c->range_tried = at->moved < 0; /* silence proves nothing either way */
	}
	if (at->moved > 0)
		move_to(c, at);
	else if (c->sort == CURSOR_DESC)
		c->done = true; /* the start has stopped changing */
}

static void take_resent(struct cursor *c, bool has_more, struct cursor_verdict *v)
{
	c->idle++;
	if (++c->same == STUCK_AFTER)
		v->note = CURSOR_STUCK;
	if (!has_more)
		return;
	if (c->range_tried) {
		c->done = c->sort == CURSOR_DESC;
		return;
	}
	if (++c->resent >= RANGE_AFTER) {
		c->range = c->range_tried = true;
		c->resent = c->idle = 0; /* the other reading deserves a try before anyone gives up */
	}
}

static void take_lines(struct cursor *c, const struct place *at, const struct lines *l, size_t skip,
		       struct cursor_verdict *v)
{
	move_to(c, at);
	c->page_lines = l->n;
	if (skip == l->n) {
		c->idle++;
		return;
	}
	lines_span(l, skip, v);
	hold_lines(c, l, skip);
	v->lines = v->progress = true;
	c->idle = c->resent = c->same = 0;
}

static void take_some(struct cursor *c, const struct place *at, const struct lines *l, bool has_more,
		      struct cursor_verdict *v)
{
	struct finding f = {0};

	if (c->range && !c->range_proven && !range_proves(c, at, l))
		return;
	if (c->emitted)
		f = compare(c, at, l);
	if (f.rewritten)
		v->note = CURSOR_RESTARTED;
	if (f.rewritten && c->sort == CURSOR_DESC) {
		c->idle++; /* there is no going back in a log that is another one now */
		return;
	}
	if (f.rewritten)
		c->held = 0;
	if (f.resent)
		take_resent(c, has_more, v);
	else
		take_lines(c, at, l, f.skip, v);
}

/*
 * How many lines the text is. "" is one empty line where the page has moved on, else none,
 * but for a page of one empty line that is sent again with more to come (not with words
 * for tokens: they could not tell a range from a beginning afterwards).
 */
static size_t lines_of(const struct cursor *c, const struct place *at, const struct cursor_page *page)
{
	int64_t number;
	bool again = page->has_more && c->page_lines == 1 && held(c, 0) == hash_bytes("", 0) &&
		     text_int(at->end, &number) && strcmp(at->start, c->start) == 0 && strcmp(at->end, c->end) == 0;

	if (!page->log)
		return 0;
	return page->len ? count_lines(page->log, page->len) : at->moved > 0 || again;
}

struct cursor_verdict cursor_take(struct cursor *c, const struct cursor_page *page)
{
	struct cursor_verdict v = {0};
	struct place at = place_of(c, page);
	struct lines l = {.text = page->log ? page->log : "", .len = page->log ? page->len : 0};
	const char *far = c->sort == CURSOR_ASC ? page->end : page->start;

	if (c->sort == CURSOR_DESC) {
		int sum = falls(l.text, l.len);

		if (abs(c->falling + sum) <= FALLS_SURE)
			c->falling += sum;
		v.reversed = c->falling > 0;
		l.from_end = !v.reversed;
	}
	l.n = lines_of(c, &at, page);
	if (l.n)
		take_some(c, &at, &l, page->has_more, &v);
	else
		take_nothing(c, &at);
	if (!token_good(far) && (far || l.n))
		v.note = CURSOR_BAD_TOKEN;
	if ((c->sort == CURSOR_DESC && !page->has_more) || at_the_top(c))
		c->done = true;
	v.again = page->has_more && v.progress && v.note != CURSOR_BAD_TOKEN;
	return v;
}

void cursor_init_after(struct cursor *c, const struct cursor *desc_first, const char *log, size_t len)
{
	struct lines l = {.text = log ? log : "", .len = log ? len : 0};

	cursor_init(c, CURSOR_ASC);
	strcpy(c->start, desc_first->start);
	strcpy(c->end, desc_first->end);
	if (!log)
		return;
	l.n = count_lines(l.text, l.len);
	c->page_lines = l.n;
	hold_lines(c, &l, 0);
}
