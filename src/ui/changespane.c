/* SPDX-License-Identifier: MIT */
/*
 * The list is the ring of model/changes, newest first, drawn as it is: there is no copy that
 * could be behind. The cursor is an event's number; one that has left the ring is the oldest
 * that is still there.
 */
#include "changespane.h"

#include <stdio.h>
#include <string.h>

#include "core/i18n.h"
#include "core/text.h"
#include "core/when.h"

#define CLOCK_WIDTH 8
#define WORDS_WIDTH 23 /* "new run -> ? waiting" and some air */
#define WORDS_NARROW 14
#define AGE_WIDTH 5
#define NARROW 60

static size_t index_of(const struct changespane *p, const struct changes *changes)
{
	size_t n = changes_count(changes);
	uint64_t newest = n ? changes_at(changes, 0)->seq : 0;

	if (n == 0 || p->selected == 0 || p->selected > newest)
		return 0;
	return newest - p->selected < n ? (size_t)(newest - p->selected) : n - 1;
}

static void select_at(struct changespane *p, const struct changes *changes, size_t at)
{
	const struct change *change = changes_at(changes, at);

	p->selected = change ? change->seq : 0;
}

void changespane_open(struct changespane *p, const struct changes *changes)
{
	size_t i, n = changes_count(changes);

	*p = (struct changespane){.open = true, .rows = p->rows};
	for (i = 0; i < n && changes_at(changes, i)->seen; i++)
		;
	select_at(p, changes, i < n ? i : 0);
}

void changespane_move(struct changespane *p, const struct changes *changes, int64_t by)
{
	int64_t at = (int64_t)index_of(p, changes) + by, last = (int64_t)changes_count(changes) - 1;

	if (at > last)
		at = last;
	select_at(p, changes, at < 0 ? 0 : (size_t)at);
}

/* ---- drawing ---- */

static enum role role_of(const struct change *change)
{
	static const enum role roles[STATE_COUNT] = {
		[STATE_OTHER] = ROLE_OTHER,	[STATE_WAITING] = ROLE_WAITING,
		[STATE_FAILED] = ROLE_FAILED,	[STATE_RUNNING] = ROLE_RUNNING,
		[STATE_QUEUED] = ROLE_QUEUED,	[STATE_PENDING] = ROLE_SKIPPED,
		[STATE_OK] = ROLE_OK,		[STATE_STOPPED] = ROLE_STOPPED,
		[STATE_SKIPPED] = ROLE_SKIPPED, [STATE_IGNORED] = ROLE_SKIPPED,
	};

	if (change->kind == CHANGE_STUCK)
		return ROLE_STUCK;
	if (change->kind == CHANGE_GONE || change->kind == CHANGE_NEW)
		return ROLE_OTHER;
	return roles[change->to];
}

/* What it was; NULL where there was nothing before, or nothing else. */
static const char *word_before(const struct change *change)
{
	if (change->kind == CHANGE_NEW)
		return NULL;
	if (change->from == STATE_PENDING)
		return _("new run");
	return _(state_word(change->from));
}

static const char *word_after(const struct change *change)
{
	if (change->kind == CHANGE_STUCK)
		return _("stuck");
	if (change->kind == CHANGE_GONE)
		return _("gone");
	if (change->kind == CHANGE_NEW)
		return _("new pipeline");
	if (change->kind == CHANGE_GATE && change->from == STATE_WAITING)
		return _("next gate");
	return _(state_word(change->to));
}

/* "running -> x failed"; in a narrow window what it is now. */
static void put_words(struct grid *g, const struct rect *r, int line, int col, int cols, bool both,
		      const struct change *change)
{
	char ascii[2] = {state_ascii(change->to), '\0'};
	const char *before = both ? word_before(change) : NULL;
	enum role role = role_of(change);
	int used = 0;

	if (before)
		used = grid_textf(g, r, line, col, cols, ROLE_DIM, "%s -> ", before);
	if (change->kind != CHANGE_NEW && change->kind != CHANGE_GONE) {
		used += grid_text(g, r, line, col + used, cols - used, role,
				  grid_utf8(g) ? state_symbol(change->to) : ascii);
		used += grid_text(g, r, line, col + used, cols - used, role, " ");
	}
	grid_text(g, r, line, col + used, cols - used, role, word_after(change));
}

static void put_name(struct grid *g, const struct rect *r, int line, int col, int cols,
		     const struct change *change)
{
	const char *name = text_empty(change->pipeline) ? change->ref.id[REF_PIPELINE] : change->pipeline;
	char number[24] = "";
	int width, used;

	if (change->number)
		snprintf(number, sizeof(number), " %lld", (long long)change->number);
	width = (int)strlen(number);
	used = grid_name(g, r, line, col, cols - width, ROLE_TEXT, text_or_empty(name));
	grid_text(g, r, line, col + used, width, ROLE_TEXT, number);
}

static void put_row(struct grid *g, const struct rect *r, int line, const struct change *change,
		    const struct ui_now *now)
{
	bool wide = r->cols >= NARROW;
	int words = wide ? WORDS_WIDTH : WORDS_NARROW, col = 2;
	char clock[32], age[16];

	when_clock_short(change->wall_ms, now->wall_ms, clock, sizeof(clock));
	when_age(now->wall_ms - change->wall_ms, age, sizeof(age));
	if (wide) {
		grid_text(g, r, line, col, CLOCK_WIDTH - 1, ROLE_DIM, clock);
		col += CLOCK_WIDTH;
	}
	put_words(g, r, line, col, words - 1, wide, change);
	put_name(g, r, line, col + words, r->cols - col - words - AGE_WIDTH, change);
	grid_textf(g, r, line, r->cols - AGE_WIDTH, AGE_WIDTH, ROLE_DIM, "%4s", age);
	if (!change->seen) {
		grid_text(g, r, line, 1, 1, ROLE_MARKED, "*");
		grid_attr(g, r, line, 0, -1, STYLE_BOLD);
	}
}

static void put_title(struct grid *g, const struct rect *r, const struct changes *changes)
{
	char unseen[32], all[32];

	text_grouped((int64_t)changes_unseen(changes), unseen, sizeof(unseen));
	text_grouped((int64_t)changes_count(changes), all, sizeof(all));
	grid_fill(g, r, 0, 0, -1, ROLE_HEADER, ' ');
	grid_textf(g, r, 0, 1, -1, ROLE_HEADER,
		   _("Changes  %s new of %s  (Enter goes there, q leaves: then all are seen)"), unseen, all);
}

/* Keeps the cursor on screen, and no empty lines below the oldest. */
static void scroll(struct changespane *p, size_t at, size_t n)
{
	size_t rows = p->rows > 0 ? (size_t)p->rows : 1;

	if (p->top > at)
		p->top = at;
	if (at >= p->top + rows)
		p->top = at - rows + 1;
	if (p->top + rows > n)
		p->top = n > rows ? n - rows : 0;
}

void changespane_draw(struct changespane *p, const struct changes *changes, struct grid *g,
		      const struct rect *r, const struct ui_now *now)
{
	struct rect body = {r->row + 1, r->col, r->rows - 1, r->cols};
	size_t n = changes_count(changes), at = index_of(p, changes);
	int line;

	p->rows = body.rows;
	put_title(g, r, changes);
	if (n == 0) {
		grid_text(g, &body, 0, 2, -1, ROLE_DIM,
			  _("nothing has changed yet; what was there at the start is no news"));
		return;
	}
	scroll(p, at, n);
	for (line = 0; line < body.rows && p->top + (size_t)line < n; line++) {
		put_row(g, &body, line, changes_at(changes, p->top + (size_t)line), now);
		if (p->top + (size_t)line != at)
			continue;
		grid_text(g, &body, line, 0, 1, ROLE_SELECTED, "|");
		grid_role(g, &body, line, 0, -1, ROLE_SELECTED);
	}
}

/* ---- keys ---- */

static enum changespane_answer jump(struct changespane *p, struct changes *changes, struct ref *out)
{
	const struct change *change = changes_at(changes, index_of(p, changes));

	if (!change)
		return CHANGESPANE_STAYS;
	ref_copy(out, &change->ref);
	changes_see(changes, change->seq);
	p->open = false;
	return CHANGESPANE_JUMPS;
}

static enum changespane_answer leave(struct changespane *p, struct changes *changes)
{
	changes_looked(changes);
	p->open = false;
	return CHANGESPANE_CLOSED;
}

enum changespane_answer changespane_key(struct changespane *p, struct changes *changes,
					const struct key *key, struct ref *out)
{
	enum command command = command_of(key, IN_TREE);
	int64_t by = command_distance(command, p->rows);

	if (by) {
		changespane_move(p, changes, by);
		return CHANGESPANE_STAYS;
	}
	if (command == CMD_OPEN || command == CMD_RIGHT)
		return jump(p, changes, out);
	if (command == CMD_QUIT || command == CMD_BACK || command == CMD_LEFT)
		return leave(p, changes);
	return CHANGESPANE_OTHER;
}
