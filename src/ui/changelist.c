/* SPDX-License-Identifier: MIT */
/*
 * The ring of changes moves while it is on screen, so the selection is an event's number,
 * looked up again for each key and draw.
 */
#include "changelist.h"

#include <stdio.h>

#include "core/i18n.h"
#include "core/text.h"
#include "core/when.h"

#define CLOCK_COL 2
#define SYMBOL_COL 15
#define WORD_COL 17
#define NAME_COL 39

static size_t place_of(const struct changelist *list)
{
	size_t n = changes_count(list->changes), i;

	for (i = 0; i < n; i++)
		if (changes_at(list->changes, i)->seq <= list->seq)
			return i; /* itself, or the one before where it has left the ring */
	return n ? n - 1 : 0;
}

static void select_at(struct changelist *list, int64_t at)
{
	int64_t last = (int64_t)changes_count(list->changes) - 1;

	if (last < 0)
		return;
	at = at < 0 ? 0 : at > last ? last : at;
	list->seq = changes_at(list->changes, (size_t)at)->seq;
}

void changelist_open(struct changelist *list)
{
	size_t n = list->changes ? changes_count(list->changes) : 0, i;

	list->open = list->changes != NULL;
	list->top = 0;
	list->height = list->height ? list->height : 1;
	select_at(list, 0);
	for (i = n; i-- > 0;)
		if (!changes_at(list->changes, i)->seen) {
			select_at(list, (int64_t)i);
			return;
		}
}

static bool go(struct changelist *list, const struct ref **ref)
{
	const struct change *change = changes_find(list->changes, list->seq);

	if (!change)
		return false;
	changes_see(list->changes, list->seq);
	list->open = false;
	*ref = &change->ref;
	return true;
}

bool changelist_key(struct changelist *list, const struct key *key, const struct ref **ref)
{
	int64_t at = (int64_t)place_of(list), page = list->height > 1 ? list->height - 1 : 1;

	switch (command_of(key, IN_TREE)) {
	case CMD_DOWN:
		select_at(list, at + 1);
		return false;
	case CMD_UP:
		select_at(list, at - 1);
		return false;
	case CMD_PAGE_DOWN:
	case CMD_HALF_DOWN:
		select_at(list, at + page);
		return false;
	case CMD_PAGE_UP:
	case CMD_HALF_UP:
		select_at(list, at - page);
		return false;
	case CMD_TOP:
		select_at(list, 0);
		return false;
	case CMD_BOTTOM:
		select_at(list, INT64_MAX - 1);
		return false;
	case CMD_OPEN:
		return go(list, ref);
	default:
		changes_looked(list->changes);
		list->open = false;
		return false;
	}
}

static enum role role_of(enum state state)
{
	return state == STATE_FAILED	? ROLE_FAILED
	       : state == STATE_WAITING ? ROLE_WAITING
	       : state == STATE_RUNNING ? ROLE_RUNNING
	       : state == STATE_OK	? ROLE_OK
					: ROLE_TEXT;
}

static void draw_change(struct grid *g, const struct rect *r, int row, const struct change *c,
			const struct ui_now *now)
{
	char clock[32], text[64], number[24], ascii[2] = {state_ascii(c->to), '\0'};
	int used;

	when_clock(c->wall_ms, now->wall_ms, clock, sizeof(clock));
	if (!c->seen)
		grid_text(g, r, row, 0, 1, ROLE_MARKED, "*");
	grid_text(g, r, row, CLOCK_COL, SYMBOL_COL - CLOCK_COL - 1, ROLE_DIM, clock);
	grid_text(g, r, row, SYMBOL_COL, 1, role_of(c->to), grid_utf8(g) ? state_symbol(c->to) : ascii);
	if (c->kind == CHANGE_NEW || c->kind == CHANGE_GONE || c->kind == CHANGE_STUCK)
		snprintf(text, sizeof(text), "%s", _(change_word(c->kind)));
	else
		snprintf(text, sizeof(text), "%s -> %s",
			 c->from == STATE_PENDING ? _("new") : _(state_word(c->from)), _(state_word(c->to)));
	grid_text(g, r, row, WORD_COL, NAME_COL - WORD_COL - 1, role_of(c->to), text);
	number[0] = '\0';
	if (c->number > 0)
		snprintf(number, sizeof(number), " %lld", (long long)c->number);
	used = grid_name(g, r, row, NAME_COL, r->cols - NAME_COL - 8, ROLE_TEXT,
			 text_empty(c->pipeline) ? text_or_empty(c->ref.id[REF_PIPELINE]) : c->pipeline);
	grid_text(g, r, row, NAME_COL + used, -1, ROLE_TEXT, number);
}

void changelist_draw(struct changelist *list, struct grid *g, const struct rect *r,
		     const struct ui_now *now)
{
	struct rect body = {r->row + 1, r->col, r->rows - 2, r->cols};
	struct rect bottom = {r->row + r->rows - 1, r->col, 1, r->cols};
	size_t n = changes_count(list->changes), at = place_of(list), height;
	int row;

	list->height = body.rows > 0 ? body.rows : 1;
	height = (size_t)list->height;
	if (at < list->top)
		list->top = at;
	if (at >= list->top + height)
		list->top = at - height + 1;
	grid_fill(g, r, 0, 0, -1, ROLE_HEADER, ' ');
	grid_textf(g, r, 0, 1, -1, ROLE_HEADER, _("Changes: %zu, %zu of them new"), n,
		   changes_unseen(list->changes));
	if (n == 0)
		grid_text(g, &body, 0, 1, -1, ROLE_DIM, _("nothing has changed since pipetop was started"));
	for (row = 0; row < body.rows && list->top + (size_t)row < n; row++) {
		draw_change(g, &body, row, changes_at(list->changes, list->top + (size_t)row), now);
		if (list->top + (size_t)row == at)
			grid_role(g, &body, row, 0, -1, ROLE_SELECTED);
	}
	grid_fill(g, &bottom, 0, 0, -1, ROLE_STATUS, ' ');
	grid_text(g, &bottom, 0, 1, -1, ROLE_STATUS, _("Enter go there  j k move  q leave: all are seen then"));
}
