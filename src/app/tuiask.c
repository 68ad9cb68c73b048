/* SPDX-License-Identifier: MIT */
/*
 * What the ui asks the program for: one function for each, in a table.
 */
#include "core/i18n.h"
#include "core/text.h"
#include "tuistate.h"

static void theme(struct tui *t, const struct ui_request *r)
{
	struct err err = {0};
	struct theme *to = r->ask == ASK_THEME_TRY ? &t->tried : &t->theme;

	if (r->text && !theme_find(to, r->text, &err)) {
		if (r->ask == ASK_THEME)
			ui_message(t->ui, true, "%s", err.text);
		return;
	}
	term_set_theme(t->term, to);
	t->due = true;
}

static void (*const answers[ASK_COUNT])(struct tui *t, const struct ui_request *r) = {
	[ASK_THEME] = theme,
	[ASK_THEME_TRY] = theme,
};

void tui_answer_requests(struct tui *t)
{
	struct ui_request request;

	while (ui_take_request(t->ui, &request))
		if (answers[request.ask])
			answers[request.ask](t, &request);
}
