/* SPDX-License-Identifier: MIT */
/*
 * The top line: where, what is wrong, how fresh, at what price. It drops from the left when it
 * is short of room: the place is cut to 8 cells, then the ok count goes, then the
 * budget, then the place; the badge and the age never.
 */
#include "header.h"

#include <stdio.h>
#include <string.h>

#include "core/i18n.h"
#include "core/text.h"
#include "core/when.h"

#define PLACE_MIN 8
#define GAP 3

struct count {
	enum state state;
	enum role role;
	size_t n;
	const char *word;
};

static int put_counts(struct grid *g, const struct rect *r, int col, const struct count *counts,
		      size_t n)
{
	char text[48];
	size_t i;
	int start = col;

	for (i = 0; i < n; i++) {
		char ascii[2] = {state_ascii(counts[i].state), '\0'};

		if (counts[i].n == 0)
			continue;
		if (g)
			grid_text(g, r, 0, col, 1, counts[i].role,
				  grid_utf8(g) ? state_symbol(counts[i].state) : ascii);
		snprintf(text, sizeof(text), "%zu %s", counts[i].n, counts[i].word);
		if (g)
			grid_text(g, r, 0, col + 1, -1, counts[i].role, text);
		col += 1 + (int)strlen(text) + 2;
	}
	return col - start;
}

/* "LIVE upd 4s", "OFFLINE 2m", "START". */
static void badge_text(const struct ui_status *s, bool ticking, char *out, size_t size)
{
	char age[16];

	if (s->age_ms < 0) {
		snprintf(out, size, "%s", s->badge);
		return;
	}
	/* While nothing on screen runs, nothing is drawn each second: say what stays true. */
	if (!ticking && !s->badge_bad && s->age_ms < 60000)
		snprintf(age, sizeof(age), "<1m");
	else
		when_age(s->age_ms, age, sizeof(age));
	snprintf(out, size, s->badge_bad ? "%s %s" : _("%s upd %s"), s->badge, age);
}

static void budget_text(const struct ui_status *s, char *out, size_t size)
{
	out[0] = '\0';
	if (s->allowed > 0)
		snprintf(out, size, _("api %d/%d"), s->used, s->allowed);
}

void header_draw(struct grid *g, const struct rect *r, const char *place,
		 const struct roster_counts *c, const struct ui_status *s, bool ticking)
{
	struct count counts[] = {
		{STATE_FAILED, ROLE_FAILED, c->failing, _("failing")},
		{STATE_WAITING, ROLE_WAITING, c->waiting, c->waiting == 1 ? _("gate") : _("gates")},
		{STATE_RUNNING, ROLE_STUCK, c->stuck, _("stuck")},
		{STATE_RUNNING, ROLE_RUNNING, c->running, _("running")},
		{STATE_QUEUED, ROLE_QUEUED, c->queued, _("queued")},
		{STATE_OK, ROLE_OK, c->ok, _("ok")},
	};
	size_t n = sizeof(counts) / sizeof(counts[0]);
	char badge[64], budget[96];
	int place_width = grid_name_width(g, place), right, left, col;

	badge_text(s, ticking, badge, sizeof(badge));
	budget_text(s, budget, sizeof(budget));
	grid_fill(g, r, 0, 0, -1, ROLE_HEADER, ' ');
	right = (int)strlen(badge) + 1 + (budget[0] ? (int)strlen(budget) + 2 : 0);
	left = put_counts(NULL, r, 0, counts, n) + GAP;
	if (1 + place_width + left + right > r->cols)
		place_width = place_width < PLACE_MIN ? place_width : PLACE_MIN;
	if (1 + place_width + left + right > r->cols)
		left = put_counts(NULL, r, 0, counts, --n) + GAP;
	if (1 + place_width + left + right > r->cols) {
		budget[0] = '\0';
		right = (int)strlen(badge) + 1;
	}
	if (1 + place_width + left + right > r->cols)
		place_width = 0;
	col = place_width ? 1 + grid_name(g, r, 0, 1, place_width, ROLE_HEADER, place) + GAP : 1;
	put_counts(g, r, col, counts, n);
	col = r->cols - right;
	grid_fill(g, r, 0, col - 1, -1, ROLE_HEADER, ' '); /* counts never run into the badge */
	grid_text(g, r, 0, col, -1, s->badge_bad ? ROLE_BADGE_BAD : ROLE_BADGE_OK, badge);
	if (budget[0])
		grid_text(g, r, 0, col + (int)strlen(badge) + 2, -1, ROLE_HEADER, budget);
}
