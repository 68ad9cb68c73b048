/* SPDX-License-Identifier: MIT */
/*
 * The list is the program's, drawn as it is: here are only the order of what passes and the
 * cursor, which is an id. A tenant has hundreds of templates, so all of it is put in order anew
 * whenever something moved.
 */
#include "templatepane.h"

#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"


void templatepane_done(struct templatepane *p)
{
	templatelines_clear(p);
	haystack_done(&p->hay);
	sieve_done(&p->sieve);
	mem_free(p->selected);
	mem_free(p->shown);
	mem_free(p->language);
	mem_free(p->filter);
	*p = (struct templatepane){0};
}

/* ---- what passes, in order ---- */

static int compare(const void *a, const void *b, void *list)
{
	const struct template *x = (const struct template *)list + *(const size_t *)a,
			      *y = (const struct template *)list + *(const size_t *)b;
	int order;

	if (x->favourite != y->favourite)
		return x->favourite ? -1 : 1;
	order = text_compare_natural(text_or_empty(x->name), text_or_empty(y->name));
	return order ? order : strcmp(text_or_empty(x->id), text_or_empty(y->id));
}

static bool is_of_kind(const struct template *t, enum template_kind kind)
{
	switch (kind) {
	case KIND_SYSTEM:
		return t->system;
	case KIND_CUSTOM:
		return !t->system;
	case KIND_FAVOURITES:
		return t->favourite;
	default:
		return true;
	}
}

static bool passes(const struct templatepane *p, size_t i)
{
	const struct template *t = &p->known.list[i];

	return is_of_kind(t, p->kind) && (!p->language || text_same(p->language, text_or_empty(t->language))) &&
	       (!p->sieve.pattern || sieve_passes(&p->sieve, i) != p->inverts);
}

static const struct template *listed(const struct templatepane *p, const char *id)
{
	size_t i;

	for (i = 0; i < p->known.n; i++)
		if (text_same(p->known.list[i].id, id))
			return &p->known.list[i];
	return NULL;
}

/*
 * The cursor's place follows its id. Where that is not listed for now it is on the first that is; one that
 * went away leaves it where it was.
 */
static void find_cursor(struct templatepane *p)
{
	size_t i;

	for (i = 0; i < p->n_shown && p->selected; i++)
		if (text_same(p->known.list[p->shown[i]].id, p->selected)) {
			p->at = i;
			return;
		}
	if (!p->selected || listed(p, p->selected))
		p->at = 0;
	if (p->at >= p->n_shown)
		p->at = p->n_shown ? p->n_shown - 1 : 0;
}

static void arrange(struct templatepane *p)
{
	size_t i;

	sieve_run(&p->sieve, &p->hay, p->known.n);
	p->shown = mem_realloc(p->shown, (p->known.n + 1) * sizeof(*p->shown));
	p->n_shown = 0;
	for (i = 0; i < p->known.n; i++)
		if (passes(p, i))
			p->shown[p->n_shown++] = i;
	if (p->n_shown)
		qsort_r(p->shown, p->n_shown, sizeof(*p->shown), compare, (void *)(uintptr_t)p->known.list);
	find_cursor(p);
}

static void put_hay(struct templatepane *p, size_t i, struct buf *line)
{
	const struct template *t = &p->known.list[i];

	buf_clear(line);
	buf_addf(line, "%s  %s  %s  %s  %s", text_or_empty(t->name), text_or_empty(t->language),
		 text_or_empty(t->id), t->system ? "system" : "custom", text_or_empty(t->description));
	if (haystack_put(&p->hay, i, line->data, line->len))
		sieve_forget(&p->sieve, i);
}

void templatepane_know(struct templatepane *p, const struct ui_templates *known)
{
	struct buf line;
	size_t i;

	p->known = *known;
	buf_init(&line, BUF_MAX);
	haystack_resize(&p->hay, known->n);
	sieve_resize(&p->sieve, known->n);
	for (i = 0; i < known->n; i++)
		put_hay(p, i, &line);
	buf_done(&line);
	/* One that is gone, as a whole list says, is not looked at any more. */
	if (p->detailed && !known->reading && !known->fault && known->read_ms && !listed(p, p->selected))
		p->detailed = false;
	arrange(p);
	p->lines_width = 0;
}

void templatepane_learn(struct templatepane *p, const struct ui_template *opened)
{
	p->opened = *opened;
	p->lines_width = 0;
}

bool templatepane_filter(struct templatepane *p, const char *text, bool strict, struct err *err)
{
	bool inverts = text && *text == '!';

	if (!sieve_set(&p->sieve, inverts ? text + 1 : text, strict, err))
		return false;
	mem_free(p->filter);
	p->filter = text_empty(text) ? NULL : mem_strdup(text);
	p->inverts = inverts;
	arrange(p);
	return true;
}

static void select_at(struct templatepane *p, size_t at)
{
	p->at = at;
	mem_free(p->selected);
	p->selected = at < p->n_shown ? mem_strdup(p->known.list[p->shown[at]].id) : NULL;
}

void templatepane_open(struct templatepane *p, const char *filter)
{
	p->open = true;
	p->detailed = false;
	p->kind = KIND_ALL;
	mem_free(p->language);
	p->language = NULL;
	p->top = 0;
	templatepane_filter(p, filter, false, NULL);
	select_at(p, 0);
}

/* ---- what is selected ---- */

const struct template *templatepane_selected(const struct templatepane *p)
{
	const char *id = p->detailed		? p->selected
			 : p->at < p->n_shown ? p->known.list[p->shown[p->at]].id
					      : NULL;

	if (!id)
		return NULL;
	if (p->opened.detail && text_same(p->opened.id, id))
		return p->opened.detail;
	return listed(p, id);
}

/* ---- keys ---- */

void templatepane_move(struct templatepane *p, int64_t by)
{
	int64_t at = (int64_t)(p->detailed ? p->line_top : p->at) + by;
	int64_t last = (int64_t)(p->detailed ? p->n_lines : p->n_shown) - 1;

	at = at > last ? last : at;
	at = at < 0 ? 0 : at;
	if (p->detailed)
		p->line_top = (size_t)at; /* the next draw knows the end */
	else
		select_at(p, (size_t)at);
}

bool templatepane_click(struct templatepane *p, int line)
{
	size_t at = p->top + (size_t)line;

	if (p->detailed || line < 0 || line >= p->rows || at >= p->n_shown)
		return false;
	if (at == p->at)
		return true;
	select_at(p, at);
	return false;
}

/* The language after (1) or before (-1) the one in force, of those that are there; NULL: any. */
static const char *language_beside(const struct templatepane *p, int step)
{
	const char *word, *best = NULL, *now = p->language;
	size_t i;
	int side;

	for (i = 0; i < p->known.n; i++) {
		word = text_or_empty(p->known.list[i].language);
		side = now ? strcmp(word, now) * step : 1;
		if (side > 0 && *word && (!best || strcmp(word, best) * step < 0))
			best = word;
	}
	return best;
}

static void step_language(struct templatepane *p, int step)
{
	const char *next = language_beside(p, step);
	char *copy = next ? mem_strdup(next) : NULL;

	mem_free(p->language);
	p->language = copy;
	arrange(p);
}

static enum templatepane_answer narrow(struct templatepane *p, enum command command)
{
	switch (command) {
	case CMD_NEXT_PANE:
	case CMD_PREVIOUS_PANE:
		p->kind = (p->kind + (command == CMD_NEXT_PANE ? 1 : TEMPLATE_KINDS - 1)) % TEMPLATE_KINDS;
		break;
	case CMD_PANE_1:
	case CMD_PANE_2:
	case CMD_PANE_3:
	case CMD_PANE_4:
		p->kind = (enum template_kind)(command - CMD_PANE_1);
		break;
	case CMD_SORT_NEXT:
	case CMD_SORT_PREVIOUS:
		step_language(p, command == CMD_SORT_NEXT ? 1 : -1);
		break;
	default:
		return TEMPLATEPANE_OTHER;
	}
	arrange(p);
	return TEMPLATEPANE_STAYS;
}

/* One level up: out of the detail, the filter away, out of the view. */
static enum templatepane_answer back(struct templatepane *p, bool clears)
{
	if (p->detailed) {
		p->detailed = false;
		find_cursor(p);
		return TEMPLATEPANE_STAYS;
	}
	if (clears && p->filter) {
		templatepane_filter(p, NULL, false, NULL);
		return TEMPLATEPANE_STAYS;
	}
	p->open = false;
	return TEMPLATEPANE_CLOSED;
}

static enum templatepane_answer enter(struct templatepane *p)
{
	if (p->detailed || p->at >= p->n_shown)
		return TEMPLATEPANE_STAYS;
	select_at(p, p->at);
	p->detailed = true;
	p->line_top = 0;
	p->lines_width = 0;
	return TEMPLATEPANE_DETAIL;
}

enum templatepane_answer templatepane_key(struct templatepane *p, enum command command)
{
	int64_t by = command_distance(command, p->rows);

	if (by) {
		templatepane_move(p, by);
		return TEMPLATEPANE_STAYS;
	}
	switch (command) {
	case CMD_OPEN:
		return enter(p);
	case CMD_BACK:
		return back(p, true);
	case CMD_QUIT:
		return back(p, false);
	case CMD_REFRESH:
		return TEMPLATEPANE_AGAIN;
	case CMD_SEARCH:
		return p->detailed ? TEMPLATEPANE_OTHER : TEMPLATEPANE_FILTER;
	default:
		return p->detailed ? TEMPLATEPANE_OTHER : narrow(p, command);
	}
}
