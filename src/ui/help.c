/* SPDX-License-Identifier: MIT */
/*
 * Help is the key table, drawn: it cannot disagree with what keys do. The symbols are
 * explained below the keys, for they are the other thing a newcomer asks.
 */
#include "help.h"

#include <stdio.h>
#include <string.h>

#include "core/i18n.h"
#include "core/text.h"
#include "model/state.h"

static const char *context_name(unsigned contexts)
{
	return contexts == IN_ALL ? "" : contexts == IN_TREE ? _("tree") : _("log");
}

static void put_key_row(struct grid *g, const struct rect *r, int row, const struct command_info *info)
{
	grid_text(g, r, row, 1, 22, ROLE_KEY, info->keys);
	grid_text(g, r, row, 24, 5, ROLE_DIM, context_name(info->contexts));
	grid_text(g, r, row, 29, -1, ROLE_TEXT, _(info->help));
}

static void put_state_row(struct grid *g, const struct rect *r, int row, enum state state)
{
	char ascii[2] = {state_ascii(state), '\0'};

	grid_text(g, r, row, 1, 2, ROLE_KEY, grid_utf8(g) ? state_symbol(state) : ascii);
	grid_text(g, r, row, 24, -1, ROLE_TEXT, state == STATE_OTHER ? _("as the server says it")
								    : _(state_word(state)));
}

static int help_rows(void)
{
	size_t n;

	command_table(&n);
	return (int)n + 1 + STATE_COUNT;
}

void help_draw(struct help *h, struct grid *g, const struct rect *r)
{
	struct rect body = {r->row + 1, r->col, r->rows - 1, r->cols};
	const struct command_info *table;
	size_t n;
	int row, last = help_rows() - body.rows;

	table = command_table(&n);
	h->top = h->top > last ? last : h->top;
	h->top = h->top < 0 ? 0 : h->top;
	grid_fill(g, r, 0, 0, -1, ROLE_HEADER, ' ');
	grid_textf(g, r, 0, 1, -1, ROLE_HEADER, _("Keys  (%d-%d of %d, j k to scroll, q to leave)"),
		   h->top + 1, h->top + body.rows < help_rows() ? h->top + body.rows : help_rows(),
		   help_rows());
	for (row = 0; row < body.rows; row++) {
		int i = h->top + row;

		if (i < (int)n)
			put_key_row(g, &body, row, &table[i]);
		else if (i > (int)n && i - (int)n - 1 < STATE_COUNT)
			put_state_row(g, &body, row, (enum state)(i - (int)n - 1));
	}
}

void help_key(struct help *h, const struct key *key, int rows)
{
	switch (command_of(key, IN_LOG)) {
	case CMD_DOWN:
		h->top++;
		break;
	case CMD_UP:
		h->top--;
		break;
	case CMD_PAGE_DOWN:
	case CMD_HALF_DOWN:
		h->top += rows - 2;
		break;
	case CMD_PAGE_UP:
	case CMD_HALF_UP:
		h->top -= rows - 2;
		break;
	case CMD_TOP:
		h->top = 0;
		break;
	case CMD_BOTTOM:
		h->top = help_rows();
		break;
	default:
		h->open = false;
	}
}
