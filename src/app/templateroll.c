/* SPDX-License-Identifier: MIT */
/*
 * A page is trusted in nothing (H19): the roll is over at an empty page, at the total, when a
 * page comes again and at a ceiling; a template that two pages show is there once, and a list that
 * changed between two pages is read once more.
 */
#include "templateroll.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"

#define PAGE 100
#define CEILING 20000

void templateroll_begin(struct templateroll *roll, const struct template_wish *wish)
{
	*roll = (struct templateroll){.wish = *wish, .total = -1};
	paging_begin(&roll->paging);
}

void templateroll_done(struct templateroll *roll)
{
	while (roll->n)
		template_done(&roll->all[--roll->n]);
	mem_free(roll->all);
	paging_done(&roll->paging);
	*roll = (struct templateroll){0};
}

static bool full(const struct templateroll *roll)
{
	return roll->wish.most && (int64_t)roll->n >= roll->wish.most;
}

bool templateroll_cut(const struct templateroll *roll)
{
	return full(roll) && (roll->total < 0 || roll->total > (int64_t)roll->n);
}

bool templateroll_next(const struct templateroll *roll, struct api_template_query *query)
{
	const struct template_wish *wish = &roll->wish;
	int64_t left = wish->most - (int64_t)roll->n;

	if (roll->over)
		return false;
	*query = (struct api_template_query){
		.name = wish->name,
		.language = wish->language,
		.system = wish->system,
		.sort_key = wish->sort_key,
		.sort_dir = wish->sort_key || wish->descending ? (wish->descending ? "desc" : "asc") : NULL,
		.offset = roll->offset,
		.limit = wish->most && !wish->favourites && left < PAGE ? left : PAGE,
	};
	return true;
}

static bool wanted(const struct templateroll *roll, const struct template *row)
{
	return !roll->wish.favourites || row->favourite;
}

static void keep(struct templateroll *roll, struct template *row)
{
	roll->all = mem_grow(roll->all, roll->n, sizeof(*roll->all));
	roll->all[roll->n++] = *row;
	*row = (struct template){0};
}

/* A service that ignores `offset` sends the same page for ever. */
static bool comes_again(struct templateroll *roll, const struct api_templates *page)
{
	const char *first = page->n ? page->templates[0].id : "";
	bool again = *first && strcmp(roll->first_id, first) == 0;

	snprintf(roll->first_id, sizeof(roll->first_id), "%s", first);
	return again;
}

static void next_pass(struct templateroll *roll)
{
	if (!paging_again(&roll->paging)) {
		roll->over = true;
		return;
	}
	paging_begin(&roll->paging);
	roll->offset = 0;
	*roll->first_id = '\0';
}

void templateroll_take(struct templateroll *roll, struct api_templates *page)
{
	int64_t rows = (int64_t)(page->n + page->dropped);
	bool again = comes_again(roll, page), last;
	size_t i;

	paging_page(&roll->paging, page->total);
	for (i = 0; i < page->n && !again && !full(roll); i++)
		if (paging_row(&roll->paging, page->templates[i].id) && wanted(roll, &page->templates[i]))
			keep(roll, &page->templates[i]);
	roll->offset += rows;
	last = again || rows == 0 || (page->total >= 0 && roll->offset >= page->total) ||
	       roll->offset >= CEILING;
	roll->total = roll->wish.favourites ? -1 : page->total;
	if (last)
		next_pass(roll);
	if (roll->over && roll->wish.favourites)
		roll->total = (int64_t)roll->n;
	if (full(roll))
		roll->over = true;
}
