/* SPDX-License-Identifier: MIT */
/*
 * Lines are kept as text, and which of them pass the search is found anew for each draw:
 * there are a hundred.
 */
#include "page.h"

#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"

void page_close(struct page *p)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		mem_free(p->lines[i]);
	mem_free(p->lines);
	mem_free(p->title);
	p->lines = NULL;
	p->title = NULL;
	p->n = 0;
	p->top = 0;
	p->open = p->searching = false;
}

void page_done(struct page *p)
{
	page_close(p);
	prompt_done(&p->search);
}

void page_open(struct page *p, const char *title, int column)
{
	page_close(p);
	p->title = mem_strdup(title);
	p->column = column;
	p->open = true;
	prompt_open(&p->search, '/', NULL);
}

void page_add(struct page *p, const char *left, const char *right)
{
	struct buf line;

	buf_init(&line, BUF_MAX);
	buf_addf(&line, left ? "%s\t%s" : "%s%s", text_or_empty(left), text_or_empty(right));
	p->lines = mem_grow(p->lines, p->n, sizeof(*p->lines));
	p->lines[p->n++] = mem_strdup(line.data);
	buf_done(&line);
}

static bool passes(const struct page *p, const char *line)
{
	return p->search.len == 0 || strcasestr(line, p->search.text);
}

static int count(const struct page *p)
{
	size_t i;
	int n = 0;

	for (i = 0; i < p->n; i++)
		n += passes(p, p->lines[i]);
	return n;
}

static void search_key(struct page *p, const struct key *key)
{
	enum prompt_event event = prompt_key(&p->search, key);

	p->top = 0;
	if (event == PROMPT_CANCELLED)
		prompt_open(&p->search, '/', NULL);
	if (event == PROMPT_CANCELLED || event == PROMPT_DONE)
		p->searching = false;
}

void page_scroll(struct page *p, int rows)
{
	p->top += rows; /* the next draw knows the ends */
}

void page_key(struct page *p, const struct key *key, enum command command, int rows)
{
	if (p->searching) {
		search_key(p, key);
		return;
	}
	switch (command) {
	case CMD_DOWN:
		p->top++;
		break;
	case CMD_UP:
		p->top--;
		break;
	case CMD_PAGE_DOWN:
	case CMD_HALF_DOWN:
		p->top += rows - 3;
		break;
	case CMD_PAGE_UP:
	case CMD_HALF_UP:
		p->top -= rows - 3;
		break;
	case CMD_TOP:
		p->top = 0;
		break;
	case CMD_BOTTOM:
		p->top = (int)p->n;
		break;
	case CMD_SEARCH:
		p->searching = true;
		break;
	case CMD_BACK:
		if (p->search.len > 0)
			prompt_open(&p->search, '/', NULL);
		else
			page_close(p);
		break;
	default:
		page_close(p);
	}
}

static void draw_line(const struct page *p, struct grid *g, const struct rect *r, int row,
		      const char *line)
{
	const char *tab = strchr(line, '\t');
	struct buf left;

	if (!tab) {
		grid_name(g, r, row, 1, r->cols - 2, ROLE_TEXT, line);
		return;
	}
	buf_init(&left, BUF_MAX);
	buf_add(&left, line, (size_t)(tab - line));
	grid_name(g, r, row, 1, p->column - 2, ROLE_KEY, left.data);
	grid_name(g, r, row, p->column, r->cols - p->column - 1, ROLE_TEXT, tab + 1);
	buf_done(&left);
}

void page_draw(struct page *p, struct grid *g, const struct rect *r)
{
	struct rect body = {r->row + 1, r->col, r->rows - 2, r->cols};
	struct rect bottom = {r->row + r->rows - 1, r->col, 1, r->cols};
	int n = count(p), last = n - body.rows, row = 0, at = 0;
	size_t i;

	p->top = p->top > last ? last : p->top;
	p->top = p->top < 0 ? 0 : p->top;
	grid_fill(g, r, 0, 0, -1, ROLE_HEADER, ' ');
	grid_name(g, r, 0, 1, r->cols - 2, ROLE_HEADER, p->title);
	for (i = 0; i < p->n && row < body.rows; i++)
		if (passes(p, p->lines[i]) && at++ >= p->top)
			draw_line(p, g, &body, row++, p->lines[i]);
	grid_fill(g, &bottom, 0, 0, -1, ROLE_STATUS, ' ');
	if (p->searching)
		prompt_draw(&p->search, g, &bottom);
	else if (p->search.len > 0)
		grid_textf(g, &bottom, 0, 1, -1, ROLE_STATUS, _("%d lines with \"%s\": Esc shows all"), n,
			   p->search.text);
	else if (p->hint)
		grid_text(g, &bottom, 0, 1, -1, ROLE_STATUS, p->hint);
	else
		grid_textf(g, &bottom, 0, 1, -1, ROLE_STATUS, _("%d-%d of %d  j k scroll  / search  q leave"),
			   n ? p->top + 1 : 0, p->top + row, n);
}
