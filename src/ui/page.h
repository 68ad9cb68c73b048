/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_UI_PAGE_H
#define PIPETOP_UI_PAGE_H

/*
 * A page of text over the whole window: the help, a list of settings, what is missing at
 * a first start. It scrolls, and `/` narrows it to the lines that hold what is typed.
 */
#include <stdbool.h>
#include <stddef.h>

#include "ui/command.h"
#include "ui/grid.h"
#include "ui/prompt.h"

struct page {
	bool open;
	char *title;
	char **lines; /* "left<TAB>right" or one text */
	size_t n;
	int column;   /* cell where the right part begins */
	int top;      /* first line on screen, of those that pass */
	const char *hint; /* of the bottom line; NULL: the usual */
	struct prompt search;
	bool searching;
};

void page_done(struct page *p);
/* Empty, open, at its top. */
void page_open(struct page *p, const char *title, int column);
void page_add(struct page *p, const char *left, const char *right); /* NULL left: text alone */
void page_close(struct page *p);
/* Keys while it is open, and their commands in a log; any key that moves nothing closes it. */
void page_key(struct page *p, const struct key *key, enum command command, int rows);
void page_scroll(struct page *p, int rows);
void page_draw(struct page *p, struct grid *g, const struct rect *r);

#endif
