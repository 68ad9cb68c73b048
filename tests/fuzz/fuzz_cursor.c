/* SPDX-License-Identifier: MIT */
/*
 * A conversation of any answers with the cursor. The first byte is the sort ('d' pages
 * back, 't' pages back once and then follows, anything else follows); then answers, each
 * ended by \001, of four fields split by \002: start, end, has_more (empty or not), log.
 * A missing field is null. Checked: new lines are whole lines of the answer, nothing is
 * asked again at once without progress, tokens to be sent are fit to be sent, and the
 * same answer at once again brings nothing where it would repeat itself.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "log/cursor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition) ((condition) ? (void)0 : abort())

enum { FIELDS = 4 };

static void check_ask(const struct cursor *c)
{
	struct cursor_ask ask = cursor_ask(c);

	CHECK(strlen(ask.start) >= 1 && strlen(ask.start) < CURSOR_TOKEN);
	CHECK(strlen(ask.end) >= 1 && strlen(ask.end) < CURSOR_TOKEN);
	CHECK(!strpbrk(ask.start, " \"\\\n{}") && !strpbrk(ask.end, " \"\\\n{}"));
}

static void check_verdict(const struct cursor *before, const struct cursor *c, const struct cursor_page *page,
			  const struct cursor_verdict *v)
{
	size_t lines = 1, i;

	check_ask(c);
	CHECK(v->progress == v->lines);
	CHECK(!v->again || (v->progress && page->has_more));
	CHECK(v->lines || v->from == v->to);
	CHECK(!v->reversed || c->sort == CURSOR_DESC);
	CHECK(v->progress ? c->idle == 0 : c->emitted == before->emitted);
	if (!v->lines)
		return;
	CHECK(page->log && v->from <= v->to && v->to <= page->len);
	CHECK(v->from == 0 || page->log[v->from - 1] == '\n');
	CHECK(v->to == page->len || page->log[v->to] == '\n');
	for (i = v->from; i < v->to; i++)
		lines += page->log[i] == '\n';
	CHECK(c->emitted == before->emitted + lines);
}

static struct cursor_verdict answer(struct cursor *c, const struct cursor_page *page)
{
	struct cursor before = *c;
	struct cursor_verdict v = cursor_take(c, page);

	check_verdict(&before, c, page, &v);
	if (v.lines && c->sort == CURSOR_ASC && v.note != CURSOR_BAD_TOKEN) {
		struct cursor again = *c;
		struct cursor_verdict w = cursor_take(&again, page);

		CHECK(!w.lines);
	}
	return v;
}

/* Splits one answer in place: NULs take the place of separators. */
static struct cursor_page parse(char *text, size_t len)
{
	char *field[FIELDS] = {text}, *end = text + len, *p = text;
	struct cursor_page page = {0};
	size_t n = 1;

	while (n < FIELDS && (p = memchr(p, '\002', (size_t)(end - p)))) {
		*p++ = '\0';
		field[n++] = p;
	}
	page.start = *field[0] ? field[0] : NULL;
	page.end = n > 1 && *field[1] ? field[1] : NULL;
	page.has_more = n > 2 && *field[2];
	page.log = n > 3 ? field[3] : NULL;
	page.len = n > 3 ? (size_t)(end - field[3]) : 0;
	return page;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *p, *end, *stop;
	bool tail = size && data[0] == 't';
	struct cursor c, on;

	CHECK(text);
	cursor_init(&c, size && (tail || data[0] == 'd') ? CURSOR_DESC : CURSOR_ASC);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	for (p = text + (size > 0), end = text + size; p < end; p = stop + 1) {
		struct cursor_page page;

		stop = memchr(p, '\001', (size_t)(end - p));
		stop = stop ? stop : end;
		*stop = '\0';
		page = parse(p, (size_t)(stop - p));
		answer(&c, &page);
		if (tail) {
			cursor_init_after(&on, &c, page.log, page.len);
			c = on;
			tail = false;
		}
	}
	free(text);
	return 0;
}
